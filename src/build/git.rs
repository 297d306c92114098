//! What git knows of a site's folder. Nothing is written, nothing is fetched, and no hook runs.

use std::collections::{BTreeSet, HashMap};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::Timestamp;

/// What git says; none when it fails, or is not there.
pub fn told(root: &Path, arguments: &[&str]) -> Option<String> {
    let done = Command::new("git").arg("-C").arg(root).args(arguments).stdin(Stdio::null()).output().ok()?;
    done.status.success().then(|| String::from_utf8_lossy(&done.stdout).into_owned())
}

/// The newest commit of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its name.
    pub commit: String,
    /// Whether the commits before it are not all there.
    pub is_shallow: bool,
}

/// The newest commit around a folder; none when there is none, or git cannot be asked.
pub fn head(root: &Path) -> Option<Head> {
    let told = told(root, &["rev-parse", "--is-shallow-repository", "HEAD"])?;
    let (shallow, commit) = told.split_once('\n')?;
    Some(Head { commit: commit.trim().to_string(), is_shallow: shallow.trim() != "false" })
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// When it was made (the committer's date: when it came to where it is).
    pub made: Timestamp,
    /// What it did to files.
    pub changes: Vec<Change>,
}

/// What a commit did to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its path from the folder that was asked about.
    pub path: String,
    /// Its path before, when it was moved as it was, byte for byte.
    pub before: Option<String>,
    /// Whether there was no such file before.
    pub is_new: bool,
    /// The name of what it holds; none when it is no regular file any more.
    pub blob: Option<String>,
}

/// The commits before `head` that changed something at or below `paths`, newest first.
///
/// Of a merge it is the merge itself that counts, not the commits of the branch that was merged: what was tried out there
/// was on no site.
pub fn log(root: &Path, head: &Head, paths: &[&str]) -> Option<Vec<Commit>> {
    let settings = ["--literal-pathspecs", "--no-replace-objects", "-c", "log.showRoot=true"];
    let settings = settings.into_iter().chain(["-c", "log.showSignature=false", "-c", "core.fsmonitor=false"]);
    let asked = ["log", "--first-parent", "--diff-merges=first-parent", "--format=%x01%ct", "--raw", "-z"];
    let asked = asked.into_iter().chain(["--no-abbrev", "-M100%", "--relative", &head.commit, "--"]);
    let arguments: Vec<&str> = settings.chain(asked).chain(paths.iter().copied()).collect();
    read_log(&told(root, &arguments)?)
}

/// Reads what `git log --raw -z` says.
fn read_log(text: &str) -> Option<Vec<Commit>> {
    let mut commits: Vec<Commit> = Vec::new();
    let mut fields = text.split('\0').map(|field| field.trim_start_matches('\n')).filter(|field| !field.is_empty());
    while let Some(field) = fields.next() {
        if let Some(second) = field.strip_prefix('\u{1}') {
            let made = Timestamp::from_second(second.trim().parse().ok()?).ok()?;
            commits.push(Commit { made, changes: Vec::new() });
            continue;
        }
        // `:100644 100644 OLD NEW M`, then one path, or two for what was moved.
        let mut parts = field.strip_prefix(':')?.split(' ');
        let (_, mode, _, blob, status) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let first = fields.next()?.to_string();
        let (before, path) = match status.starts_with('R') {
            true => (Some(first), fields.next()?.to_string()),
            false => (None, first),
        };
        let blob = mode.starts_with("100").then(|| blob.to_string());
        commits.last_mut()?.changes.push(Change { path, before, is_new: status == "A", blob });
    }
    Some(commits)
}

/// What some blobs hold, by their names, as far as they are there and no longer than `longest` bytes. One process reads
/// them all.
pub fn blobs(root: &Path, names: &BTreeSet<&str>, longest: u64) -> Option<HashMap<String, Vec<u8>>> {
    if names.is_empty() {
        return Some(HashMap::new());
    }
    let mut command = Command::new("git");
    // A repository that fetches what it lacks is not to do so: a build asks no network.
    command.args(["--no-replace-objects", "-c", "protocol.allow=never", "-C"]).arg(root);
    command.args(["cat-file", "--batch"]).env("GIT_NO_LAZY_FETCH", "1");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let (mut asking, answers) = (child.stdin.take()?, child.stdout.take()?);
    let found = std::thread::scope(|scope| {
        // Written and read at once, or both may wait for each other. Where it breaks off, answers are missing.
        scope.spawn(move || {
            let lines: String = names.iter().map(|name| format!("{name}\n")).collect();
            let _ = asking.write_all(lines.as_bytes());
        });
        read_blobs(BufReader::new(answers), longest)
    });
    let is_well = child.wait().ok()?.success();
    found.filter(|_| is_well)
}

/// Reads what `git cat-file --batch` says.
fn read_blobs(mut answers: impl BufRead, longest: u64) -> Option<HashMap<String, Vec<u8>>> {
    let mut found = HashMap::new();
    let mut line = String::new();
    loop {
        line.clear();
        if answers.read_line(&mut line).ok()? == 0 {
            return Some(found);
        }
        // `NAME blob LENGTH`, or `NAME missing`.
        let mut parts = line.trim_end().split(' ');
        let (name, sort, length) = (parts.next()?, parts.next()?, parts.next());
        let Some(length) = length else { continue };
        let length: u64 = length.parse().ok()?;
        // The end of the line behind it, too.
        let mut rest = answers.by_ref().take(length.checked_add(1)?);
        if length <= longest && sort == "blob" {
            let mut bytes = Vec::new();
            rest.read_to_end(&mut bytes).ok()?;
            bytes.pop();
            found.insert(name.to_string(), bytes);
        } else {
            std::io::copy(&mut rest, &mut std::io::sink()).ok()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read() {
        let text = "\u{1}20\0\n:100644 100644 aa bb M\0c/b.md\0:100644 000000 aa 00 D\0c/d.md\0\u{1}10\0\n:100644 100644 aa aa R100\0c/a.md\0c/b.md\0:000000 120000 00 cc A\0c/l.md\0";
        let commits = read_log(text).unwrap();
        let told: Vec<String> = commits
            .iter()
            .flat_map(|commit| commit.changes.iter().map(move |one| format!("{} {one:?}", commit.made.as_second())))
            .collect();
        assert_eq!(
            told,
            [
                "20 Change { path: \"c/b.md\", before: None, is_new: false, blob: Some(\"bb\") }",
                "20 Change { path: \"c/d.md\", before: None, is_new: false, blob: None }",
                "10 Change { path: \"c/b.md\", before: Some(\"c/a.md\"), is_new: false, blob: Some(\"aa\") }",
                "10 Change { path: \"c/l.md\", before: None, is_new: true, blob: None }",
            ]
        );
        assert_eq!(read_log(""), Some(Vec::new()));
        for broken in [":100644 1 a b M\0x\0", "\u{1}x\0", "\u{1}1\0:1 2\0x\0", "\u{1}1\0:1 1006 a b R100\0x\0"] {
            assert_eq!(read_log(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn blobs_are_read_up_to_a_length() {
        let read = |text: &str| read_blobs(text.as_bytes(), 4);
        let found = read("aa blob 3\nx\ny\nbb missing\ncc blob 5\n12345\ndd tree 1\nx\nee blob 0\n\n").unwrap();
        let mut names: Vec<_> = found.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        names.sort();
        assert_eq!(names, [("aa", &b"x\ny"[..]), ("ee", b"")]);
        assert_eq!(read("aa blob x\n"), None);
        assert_eq!(read("aa blob 18446744073709551615\n"), None);
    }
}
