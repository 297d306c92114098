//! What hosts take at most. Some of them drop what is over it without a word, others fail midway: it is looked at before
//! anything is sent.

use std::collections::BTreeMap;

use crate::base::paths::OutputPath;
use crate::config::targets::Place;
use crate::publish::Refusal;
use crate::publish::parcel::Parcel;

/// What one host takes at most.
#[derive(Clone, Copy, Debug, Default)]
struct Limits {
    /// What it is called.
    host: &'static str,
    /// Bytes of one file.
    file: Option<u64>,
    /// Bytes of all files.
    all: Option<u64>,
    /// Bytes of a name.
    name: Option<usize>,
    /// Letters that no name may hold.
    letters: &'static str,
    /// Rules of `_headers`, and letters of a line of it.
    headers: Option<(usize, usize)>,
    /// Rules of `_redirects` without and with wildcards, and letters of a line of it.
    redirects: Option<(usize, usize, usize)>,
    /// Files that it would run.
    code: &'static [&'static str],
}

const CLOUDFLARE: Limits = Limits {
    host: "Cloudflare Pages",
    file: Some(25 << 20),
    all: None,
    name: None,
    letters: "",
    headers: Some((100, 2000)),
    redirects: Some((2000, 100, 1000)),
    code: &["_worker.js", "_routes.json"],
};

const NETLIFY: Limits = Limits {
    host: "Netlify",
    file: None,
    all: None,
    name: None,
    letters: "#?",
    headers: None,
    redirects: None,
    code: &[],
};

const GITHUB: Limits = Limits {
    host: "GitHub Pages",
    file: Some(100 << 20),
    all: Some(1 << 30),
    name: None,
    letters: "",
    headers: None,
    redirects: None,
    code: &[],
};

const BUCKETS: Limits = Limits {
    host: "a bucket",
    file: None,
    all: None,
    name: Some(1024),
    letters: "",
    headers: None,
    redirects: None,
    code: &[],
};

/// What a place takes at most, with the length that it puts before each name.
fn of(place: &Place) -> Option<(Limits, usize)> {
    match place {
        Place::CloudflarePages { .. } => Some((CLOUDFLARE, 0)),
        Place::Netlify { .. } => Some((NETLIFY, 0)),
        Place::Git { repository, .. } if repository.contains("github.com") => Some((GITHUB, 0)),
        Place::S3 { prefix, .. } | Place::Gcs { prefix, .. } | Place::Azure { prefix, .. } => {
            Some((BUCKETS, prefix.len() + 1))
        }
        _ => None,
    }
}

/// Looks whether a host takes a site; `most_files` is how many files it takes, and `more` how many go along with the
/// site.
pub fn check(
    place: &Place,
    files: &BTreeMap<OutputPath, Parcel>,
    most_files: usize,
    more: usize,
) -> Result<(), Refusal> {
    let host = of(place).map_or("the host", |(limits, _)| limits.host);
    let refused =
        |message: String, help: &str, files: Vec<String>| Err(Refusal { message, help: help.to_string(), files });
    if files.len() + more > most_files {
        let message = format!("the site has {} files, and {host} takes {most_files} at most", files.len() + more);
        let help = "leave out outputs that nobody needs (`markdown_twins`, `pairs`, `pagination` of site.yaml), or publish to a bucket";
        return refused(message, help, Vec::new());
    }
    let Some((limits, before)) = of(place) else { return Ok(()) };
    let those = |is: &dyn Fn(&OutputPath, &Parcel) -> bool| -> Vec<String> {
        files.iter().filter(|(path, parcel)| is(path, parcel)).map(|(path, _)| path.to_string()).collect()
    };
    let length = |parcel: &Parcel| parcel.length();
    if let Some(most) = limits.file {
        let large = those(&|_, parcel| length(parcel) > most);
        if !large.is_empty() {
            let message = format!("{host} takes no file of more than {} MiB", most >> 20);
            return refused(message, "make them smaller, or link to another place that has them", large);
        }
    }
    if let Some(most) = limits.all {
        let all: u64 = files.values().map(length).sum();
        if all > most {
            let message = format!("the site has {} MiB, and {host} takes {} MiB at most", all >> 20, most >> 20);
            return refused(message, "publish to another host, or leave out large files", Vec::new());
        }
    }
    if let Some(most) = limits.name {
        let long = those(&|path, _| path.as_str().len() + before > most);
        if !long.is_empty() {
            let message = format!("{host} takes no name of more than {most} bytes");
            return refused(message, "give these shorter names (`slug:`)", long);
        }
    }
    let odd = those(&|path, _| path.as_str().contains(|letter| limits.letters.contains(letter)));
    if !odd.is_empty() {
        let letters: Vec<String> = limits.letters.chars().map(|letter| format!("`{letter}`")).collect();
        let message = format!("{host} takes no name with {}", letters.join(" or "));
        return refused(message, "give these files other names", odd);
    }
    let code = those(&|path, _| limits.code.contains(&path.as_str()));
    if !code.is_empty() {
        let message = format!("{host} would run these files, and Crossbrief publishes none that run there");
        return refused(message, "take them out of `static/`, or publish by Cloudflare’s own tools", code);
    }
    let text = |name: &str| {
        let parcel = OutputPath::new(name).ok().and_then(|path| files.get(&path));
        Some(String::from_utf8_lossy(&parcel?.bytes().ok()?).into_owned())
    };
    if let (Some((rules, letters)), Some(text)) = (limits.headers, text("_headers")) {
        let lines = || text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
        let count = lines().filter(|line| !line.starts_with([' ', '\t'])).count();
        let long = lines().find(|line| line.chars().count() > letters);
        if count > rules || long.is_some() {
            let message = match long {
                Some(line) => format!("{host} reads no line of more than {letters} letters: `{}…`", start(line)),
                None => format!("`_headers` has {count} rules, and {host} reads the first {rules}"),
            };
            return refused(
                message,
                "make `static/_headers` shorter: what is over is dropped without a word",
                Vec::new(),
            );
        }
    }
    if let (Some((fixed, wild, letters)), Some(text)) = (limits.redirects, text("_redirects")) {
        let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let is_wild = |line: &&str| line.split_whitespace().next().is_some_and(|from| from.contains(['*', ':']));
        let (all, wilds) = (lines().count(), lines().filter(is_wild).count());
        let long = lines().find(|line| line.chars().count() > letters);
        if all - wilds > fixed || wilds > wild || long.is_some() {
            let message = match long {
                Some(line) => format!("{host} reads no line of more than {letters} letters: `{}…`", start(line)),
                None => format!(
                    "`_redirects` has {} rules and {wilds} with wildcards, and {host} reads {fixed} and {wild}",
                    all - wilds
                ),
            };
            return refused(
                message,
                "make `static/_redirects` shorter: what is over is dropped without a word (`redirect_from:` needs no rules)",
                Vec::new(),
            );
        }
    }
    Ok(())
}

fn start(line: &str) -> String {
    line.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[(&str, String)]) -> BTreeMap<OutputPath, Parcel> {
        let parcel = |(path, text): &(&str, String)| {
            let path = OutputPath::new(path).unwrap();
            let parcel = Parcel::of(&path, text.as_bytes(), "page", None);
            (path, parcel)
        };
        files.iter().map(parcel).collect()
    }

    fn told(place: &Place, files: &[(&str, String)]) -> String {
        check(place, &site(files), 20_000, 1).map_or_else(|refusal| refusal.message, |()| String::new())
    }

    #[test]
    fn what_is_over_is_told_before_it_is_sent() {
        let cloudflare = Place::CloudflarePages { project: "desk".to_string(), account: None, endpoint: None };
        let netlify = Place::Netlify { site: "desk".to_string(), endpoint: None };
        let rules = |count: usize, line: &str| line.repeat(count);
        for (place, files, wanted) in [
            (&cloudflare, vec![("index.html", String::new())], ""),
            (
                &cloudflare,
                vec![("a.pdf", "x".repeat((25 << 20) + 1))],
                "Cloudflare Pages takes no file of more than 25 MiB",
            ),
            (&cloudflare, vec![("a.pdf", "x".repeat(25 << 20))], ""),
            (&cloudflare, vec![("_worker.js", String::new())], "Cloudflare Pages would run these files"),
            (
                &cloudflare,
                vec![("_headers", rules(101, "/a\n  x: y\n"))],
                "`_headers` has 101 rules, and Cloudflare Pages reads the first 100",
            ),
            (&cloudflare, vec![("_headers", rules(100, "/a\n  x: y\n# no\n"))], ""),
            (
                &cloudflare,
                vec![("_headers", format!("/a\n  x: {}\n", "y".repeat(2000)))],
                "Cloudflare Pages reads no line of more than 2000",
            ),
            (
                &cloudflare,
                vec![("_redirects", rules(2001, "/a /b\n"))],
                "`_redirects` has 2001 rules and 0 with wildcards",
            ),
            (
                &cloudflare,
                vec![("_redirects", rules(101, "/a/* /b\n"))],
                "`_redirects` has 0 rules and 101 with wildcards",
            ),
            (&netlify, vec![("a#b.png", String::new())], "Netlify takes no name with `#` or `?`"),
            (&netlify, vec![("_redirects", rules(3000, "/a /b\n"))], ""),
        ] {
            let told = told(place, &files);
            assert!(if wanted.is_empty() { told.is_empty() } else { told.starts_with(wanted) }, "{wanted}: {told}");
        }
        let many = check(&cloudflare, &site(&[("index.html", String::new())]), 1, 1).unwrap_err();
        assert_eq!(many.message, "the site has 2 files, and Cloudflare Pages takes 1 at most");
    }
}
