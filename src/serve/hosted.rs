//! A folder that was built, served as a static host will serve it: with its own `_headers` and `_redirects`.
//!
//! Both files are read as Netlify and Cloudflare Pages read them: `*` at the end of a path stands for anything,
//! `:name` for one part of it. A host that knows neither file shows the redirect pages of the site instead.

use std::collections::BTreeMap;
use std::path::Path;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::base::content_types;
use crate::base::paths::{OutputPath, percent_encode};
use crate::build::built;
use crate::build::fs_error::FsError;
use crate::serve::tree::{Addresses, Entry, Found, Redirect, Routes, Tree};

/// A built site.
#[derive(Debug)]
pub struct Hosted {
    tree: Tree,
    rules: Vec<HeaderRule>,
    redirects: Vec<RedirectRule>,
}

/// Headers for addresses of a form.
#[derive(Debug)]
struct HeaderRule {
    pattern: Pattern,
    set: Vec<(HeaderName, HeaderValue)>,
    unset: Vec<HeaderName>,
}

/// Where addresses of a form lead.
#[derive(Debug)]
struct RedirectRule {
    from: Pattern,
    to: String,
    status: u16,
    /// Whether it holds even where there is a file.
    forced: bool,
}

impl Hosted {
    /// Reads a folder; `base_path` is where on its host the site will be.
    pub fn read(folder: &Path, base_path: &str) -> Result<Self, FsError> {
        Ok(Self::new(built::read(folder)?, base_path))
    }

    fn new(read: BTreeMap<OutputPath, Vec<u8>>, base_path: &str) -> Self {
        let mut files = BTreeMap::new();
        let (mut rules, mut redirects) = (Vec::new(), Vec::new());
        for (path, bytes) in read {
            match path.as_str() {
                "_headers" => rules = header_rules(&String::from_utf8_lossy(&bytes)),
                "_redirects" => redirects = redirect_rules(&String::from_utf8_lossy(&bytes)),
                _ => drop(files.insert(
                    path.to_string(),
                    Entry::of(content_types::of_extension(&path.extension()), Bytes::from(bytes)),
                )),
            }
        }
        Self { tree: Tree::new(files, Routes::new(base_path, BTreeMap::new())), rules, redirects }
    }

    /// The files.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Finds what answers at a decoded address, and with which status if that is a file.
    pub fn find(&self, address: &str, addresses: Addresses) -> (Found<'_>, StatusCode) {
        let found = self.tree.find(address, addresses);
        for rule in &self.redirects {
            let is_shadowed = !rule.forced && matches!(found, Found::File(..));
            let Some(parts) = rule.from.matches(address).filter(|_| !is_shadowed) else { continue };
            let to = parts.iter().fold(rule.to.clone(), |to, (name, part)| to.replace(&format!(":{name}"), part));
            if !(300..400).contains(&rule.status) {
                // What stands there is sent from here: 200 in its place, 404 or 410 as what is left of it.
                let status = StatusCode::from_u16(rule.status).unwrap_or(StatusCode::OK);
                return (self.tree.find(&to, addresses), status);
            }
            let to = if to.contains("://") { to } else { percent_encode(&to) };
            return (Found::Moved(Redirect { to, status: rule.status }), StatusCode::OK);
        }
        (found, StatusCode::OK)
    }

    /// Puts the headers of the site on an answer.
    pub fn headers(&self, address: &str, headers: &mut HeaderMap) {
        for rule in self.rules.iter().filter(|rule| rule.pattern.matches(address).is_some()) {
            for name in &rule.unset {
                headers.remove(name);
            }
            for (name, value) in &rule.set {
                headers.insert(name, value.clone());
            }
        }
    }
}

/// The form of an address.
#[derive(Debug)]
struct Pattern(String);

impl Pattern {
    /// What the parts of an address are that the pattern leaves open; `None` when it has another form.
    fn matches(&self, address: &str) -> Option<Vec<(String, String)>> {
        let mut parts = Vec::new();
        let (mut pattern, mut rest) = (self.0.as_str(), address);
        loop {
            if pattern == "*" {
                parts.push(("splat".to_string(), rest.to_string()));
                return Some(parts);
            }
            match pattern.chars().next() {
                None => return (rest.is_empty() || rest == "/").then_some(parts),
                Some(':') => {
                    let end = pattern.find('/').unwrap_or(pattern.len());
                    let until = rest.find('/').unwrap_or(rest.len());
                    if until == 0 {
                        return None;
                    }
                    parts.push((pattern[1..end].to_string(), rest[..until].to_string()));
                    (pattern, rest) = (&pattern[end..], &rest[until..]);
                }
                Some(wanted) => {
                    if pattern == "/*" && rest.is_empty() {
                        parts.push(("splat".to_string(), String::new()));
                        return Some(parts);
                    }
                    rest = rest.strip_prefix(wanted)?;
                    pattern = &pattern[wanted.len_utf8()..];
                }
            }
        }
    }
}

fn header_rules(text: &str) -> Vec<HeaderRule> {
    let mut rules: Vec<HeaderRule> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')) {
        if !line.starts_with([' ', '\t']) {
            rules.push(HeaderRule { pattern: Pattern(line.trim().to_string()), set: Vec::new(), unset: Vec::new() });
            continue;
        }
        let Some(rule) = rules.last_mut() else { continue };
        if let Some(name) = line.trim().strip_prefix('!') {
            rule.unset.extend(name.trim().parse::<HeaderName>().ok());
        } else if let Some((name, value)) = line.trim().split_once(':')
            && let (Ok(name), Ok(value)) = (name.trim().parse(), HeaderValue::from_str(value.trim()))
        {
            rule.set.push((name, value));
        }
    }
    rules
}

fn redirect_rules(text: &str) -> Vec<RedirectRule> {
    let rules = text.lines().filter(|line| !line.trim_start().starts_with('#')).filter_map(|line| {
        let mut words = line.split_whitespace();
        let (from, to) = (words.next()?, words.next()?);
        let status = words.next().unwrap_or("301");
        let forced = status.ends_with('!');
        let status = status.trim_end_matches('!').parse().ok()?;
        Some(RedirectRule { from: Pattern(from.to_string()), to: to.to_string(), status, forced })
    });
    rules.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosted() -> Hosted {
        let files = [
            ("index.html", "home"),
            ("a/index.html", "a"),
            ("_headers", "# all\n/*\n  X-One: 1\n  X-Two: 2\n/a/*\n  X-One: a\n  ! X-Two\n"),
            (
                "_redirects",
                "/old/*  /a/:splat\n/p/:id/x /a/?id=:id 302\n/gone /a/ 410\n/app/* / 200\n/a/ /b/ 301\n/index.html /z/ 301!\n",
            ),
        ];
        let files = files.map(|(path, text)| (OutputPath::new(path).unwrap(), text.as_bytes().to_vec()));
        Hosted::new(files.into(), "/")
    }

    #[test]
    fn redirects_are_followed_as_on_the_host() {
        let hosted = hosted();
        for (address, wanted) in [
            ("/old/x/y", "301 → /a/x/y"),
            ("/old", "301 → /a/"),
            ("/p/7/x", "302 → /a/%3Fid=7"),
            ("/app/anything", "home"),
            ("/gone", "410 a"),
            ("/a/", "a"),
            ("/index.html", "301 → /z/"),
            ("/_headers", "-"),
            ("/_redirects", "-"),
        ] {
            let found = match hosted.find(address, Addresses::Folder) {
                (Found::File(_, entry), StatusCode::OK) => String::from_utf8_lossy(&entry.bytes).into_owned(),
                (Found::File(_, entry), status) => {
                    format!("{} {}", status.as_u16(), String::from_utf8_lossy(&entry.bytes))
                }
                (Found::Moved(to), _) => format!("{} → {}", to.status, to.to),
                (Found::Nothing, _) => "-".to_string(),
            };
            assert_eq!(found, wanted, "{address}");
        }
    }

    #[test]
    fn later_rules_for_headers_win() {
        let hosted = hosted();
        let of = |address| {
            let mut headers = HeaderMap::new();
            hosted.headers(address, &mut headers);
            let mut shown: Vec<String> =
                headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
            shown.sort();
            shown
        };
        assert_eq!(of("/"), ["x-one: 1", "x-two: 2"]);
        assert_eq!(of("/a/"), ["x-one: a"]);
    }
}
