//! Publishing to a branch of a git repository.
//!
//! The branch holds the site and nothing else, made of git's own objects without any working tree: the user's files and
//! index are never touched. A push is all or nothing; one that would overwrite what somebody else has pushed since is
//! refused by the server (`--force-with-lease`).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::Timestamp;

use crate::base::paths::{OutputPath, SourcePath};
use crate::build::fs::DiscoverOptions;
use crate::build::git::{blobs, told as git_in};
use crate::publish::ledger::{LEDGER, Ledger};
use crate::publish::parcel::Parcel;
use crate::publish::store::StoreError;

/// A branch that holds a site.
pub struct Branch<'a> {
    /// The site's folder: a name of a remote is looked up in the repository there.
    pub root: &'a Path,
    /// The repository.
    pub repository: &'a str,
    /// The branch.
    pub branch: &'a str,
    /// Domain that the host shall answer for.
    pub domain: Option<&'a str>,
    work: tempfile::TempDir,
    address: String,
    /// How the site’s own repository speaks to servers: keys and values, some of them secret.
    settings: Vec<(String, String)>,
}

impl std::fmt::Debug for Branch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Branch")
            .field("repository", &self.repository)
            .field("branch", &self.branch)
            .finish_non_exhaustive()
    }
}

/// What a branch holds.
#[derive(Debug, Default)]
pub struct Head {
    /// Its newest commit; none when there is no such branch.
    pub commit: Option<String>,
    /// What was published there, when it is ours.
    pub ledger: Option<Ledger>,
    /// Files that it holds.
    pub files: Vec<String>,
}

impl<'a> Branch<'a> {
    /// Makes ready, with a repository for the work alone.
    pub fn new(
        root: &'a Path,
        repository: &'a str,
        branch: &'a str,
        domain: Option<&'a str>,
    ) -> Result<Self, StoreError> {
        let work = tempfile::Builder::new().prefix("crossbrief-").tempdir();
        let work = work.map_err(|error| StoreError::new(format!("cannot make a folder for the work: {error}")))?;
        let settings = settings_of(root);
        let mut branch = Self { root, repository, branch, domain, work, address: String::new(), settings };
        branch.git(&["init", "--quiet", "--bare", "."], None)?;
        branch.address = branch.look_up()?;
        Ok(branch)
    }

    /// The address of the repository: that of a remote of the site's own repository, or what is written.
    fn look_up(&self) -> Result<String, StoreError> {
        let is_name = !self.repository.contains(['/', ':', '\\', '.']);
        if !is_name {
            let path = self.root.join(self.repository);
            let local = !self.repository.contains("://") && path.exists();
            return Ok(if local { path.display().to_string() } else { self.repository.to_string() });
        }
        let told = Command::new("git")
            .args(["-C"])
            .arg(self.root)
            .args(["remote", "get-url", "--push", "--", self.repository])
            .stdin(Stdio::null())
            .output()
            .map_err(|error| no_git(&error))?;
        if !told.status.success() {
            return Err(StoreError::new(format!("the site’s repository has no remote `{}`", self.repository))
                .help("write `repository:` with an address to the target, or `git remote add` it"));
        }
        Ok(String::from_utf8_lossy(&told.stdout).trim().to_string())
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command
            .current_dir(self.work.path())
            .env("GIT_DIR", self.work.path())
            .env("GIT_INDEX_FILE", self.work.path().join("crossbrief-index"))
            // Nobody is there to answer.
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // By the environment, where no list of processes shows them.
        command.env("GIT_CONFIG_COUNT", self.settings.len().to_string());
        for (at, (key, value)) in self.settings.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{at}"), key).env(format!("GIT_CONFIG_VALUE_{at}"), value);
        }
        command
    }

    /// Runs git and returns what it says.
    fn git(&self, arguments: &[&str], input: Option<&[u8]>) -> Result<Vec<u8>, StoreError> {
        match input {
            Some(bytes) => self.fed(arguments, Some(&|input| input.write_all(bytes))),
            None => self.fed(arguments, None),
        }
    }

    /// The same with an input that is made while it is read.
    fn fed(&self, arguments: &[&str], input: Option<Feed>) -> Result<Vec<u8>, StoreError> {
        let mut command = self.command();
        command.args(arguments).stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = command.spawn().map_err(|error| no_git(&error))?;
        let stdin = child.stdin.take();
        let done = std::thread::scope(|scope| {
            if let (Some(mut stdin), Some(input)) = (stdin, input) {
                // Read and written at once, or both may wait for each other.
                scope.spawn(move || {
                    let mut buffered = io::BufWriter::new(&mut stdin);
                    // Where it breaks off, git says so: it was told how long each file is.
                    input(&mut buffered).and_then(|()| buffered.flush())
                });
            }
            child.wait_with_output()
        });
        let done = done.map_err(|error| no_git(&error))?;
        if done.status.success() {
            return Ok(done.stdout);
        }
        let told = String::from_utf8_lossy(&done.stderr);
        let told: Vec<String> =
            told.lines().map(|line| without_password(line.trim())).filter(|line| !line.is_empty()).collect();
        let what = arguments.first().copied().unwrap_or_default();
        Err(StoreError::new(format!("git {what}: {}", told.join("; "))))
    }

    fn text(&self, arguments: &[&str], input: Option<&[u8]>) -> Result<String, StoreError> {
        Ok(String::from_utf8_lossy(&self.git(arguments, input)?).trim().to_string())
    }

    /// Looks at the branch as it is.
    pub fn look(&self) -> Result<Head, StoreError> {
        let name = format!("refs/heads/{}", self.branch);
        let listed = self.text(&["ls-remote", "--", &self.address, &name], None)?;
        let Some((commit, _)) = listed.split_once('\t') else { return Ok(Head::default()) };
        let commit = commit.to_string();
        self.git(&["fetch", "--quiet", "--depth=1", "--no-tags", "--", &self.address, &name], None)?;
        let tree = self.text(&["ls-tree", "-r", "-z", "--name-only", &commit], None)?;
        let files = tree.split('\0').filter(|path| !path.is_empty()).map(str::to_string).collect();
        let ledger = self.git(&["cat-file", "blob", &format!("{commit}:{LEDGER}")], None).ok();
        let ledger = ledger.map(|text| Ledger::parse(&text)).transpose();
        let ledger = ledger.map_err(|why| {
            StoreError::new(format!("the list of what was published ({LEDGER}) cannot be read: {why}"))
        })?;
        Ok(Head { commit: Some(commit), ledger, files })
    }

    /// Puts the site there in one push.
    pub fn push(
        &self,
        head: &Head,
        files: &BTreeMap<OutputPath, Parcel>,
        staying: &[OutputPath],
        ledger: &Ledger,
        message: &str,
    ) -> Result<(), StoreError> {
        let mut all: BTreeMap<&str, Blob> =
            files.iter().map(|(path, parcel)| (path.as_str(), Blob::Parcel(parcel))).collect();
        let text = ledger.to_json();
        all.insert(LEDGER, Blob::Bytes(&text));
        // GitHub would take folders that begin with `_` for its own.
        all.insert(".nojekyll", Blob::Bytes(b""));
        let domain = self.domain.map(|domain| format!("{domain}\n"));
        if let Some(domain) = &domain {
            all.insert("CNAME", Blob::Bytes(domain.as_bytes()));
            // The same for Codeberg.
            all.insert(".domains", Blob::Bytes(domain.as_bytes()));
        }
        let mut index: Vec<u8> = Vec::new();
        for ((path, _), id) in all.iter().zip(self.objects(&all)?) {
            index.extend(format!("100644 {id}\t{path}\0").into_bytes());
        }
        if let Some(commit) = &head.commit
            && !staying.is_empty()
        {
            let kept = self.git(&["ls-tree", "-r", "-z", commit], None)?;
            let wanted: BTreeSet<&[u8]> = staying.iter().map(|path| path.as_str().as_bytes()).collect();
            for line in kept.split(|byte| *byte == 0) {
                let Some(tab) = line.iter().position(|byte| *byte == b'\t') else { continue };
                if wanted.contains(&line[tab + 1..]) {
                    index.extend(line);
                    index.push(0);
                }
            }
        }
        self.git(&["update-index", "-z", "--index-info"], Some(&index))?;
        let tree = self.text(&["write-tree"], None)?;
        let mut commit = vec!["commit-tree", "-m", message];
        if let Some(parent) = &head.commit {
            commit.extend(["-p", parent]);
        }
        commit.push(&tree);
        let commit = self.commit(&commit)?;
        let name = format!("refs/heads/{}", self.branch);
        let lease = format!("--force-with-lease={name}:{}", head.commit.as_deref().unwrap_or_default());
        let pushed = self.git(&["push", "--quiet", &lease, "--", &self.address, &format!("{commit}:{name}")], None);
        pushed.map(drop).map_err(|error| {
            if error.message.contains("stale info") || error.message.contains("fetch first") {
                StoreError::new("somebody else has pushed to the branch meanwhile")
                    .help("publish again: the plan is made anew for what lies there now")
            } else {
                error
            }
        })?;
        // What the server says it has.
        let listed = self.text(&["ls-remote", "--", &self.address, &name], None)?;
        if listed.starts_with(&commit) {
            return Ok(());
        }
        Err(StoreError::new("the push was accepted, but the branch holds another commit").help("publish again"))
    }

    /// Commits under the user's own name where git knows one.
    fn commit(&self, arguments: &[&str]) -> Result<String, StoreError> {
        self.text(arguments, None).or_else(|_| {
            let named = ["-c", "user.name=Crossbrief", "-c", "user.email=crossbrief@localhost"]
                .into_iter()
                .chain(arguments.iter().copied());
            self.text(&named.collect::<Vec<_>>(), None)
        })
    }

    /// Puts bytes into the repository; returns their names, in the order of the paths.
    fn objects(&self, files: &BTreeMap<&str, Blob>) -> Result<Vec<String>, StoreError> {
        // The stream of `git fast-import`: one process for all, and one file at a time.
        let feed = |input: &mut dyn Write| -> io::Result<()> {
            for (at, blob) in files.values().enumerate() {
                let bytes = blob.read()?;
                write!(input, "blob\nmark :{}\ndata {}\n", at + 1, bytes.len())?;
                input.write_all(&bytes)?;
                input.write_all(b"\n")?;
            }
            for at in 1..=files.len() {
                writeln!(input, "get-mark :{at}")?;
            }
            input.write_all(b"done\n")
        };
        let names = self.fed(&["fast-import", "--quiet", "--done"], Some(&feed))?;
        Ok(String::from_utf8_lossy(&names).lines().map(str::to_string).collect())
    }
}

/// What becomes a file of the branch.
enum Blob<'a> {
    Parcel(&'a Parcel),
    Bytes(&'a [u8]),
}

impl Blob<'_> {
    fn read(&self) -> io::Result<Cow<'_, [u8]>> {
        match self {
            Blob::Parcel(parcel) => parcel.bytes().map_err(|error| io::Error::other(error.message)),
            Blob::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
        }
    }
}

/// Writes what a program reads.
type Feed<'a> = &'a (dyn Fn(&mut dyn Write) -> io::Result<()> + Sync);

/// How the repository that holds the site speaks to servers: a server that builds the site (GitHub Actions) keeps its
/// token there.
fn settings_of(root: &Path) -> Vec<(String, String)> {
    let wanted = r"^(http|credential|url|core\.sshcommand)";
    let told = git_in(root, &["config", "--local", "--null", "--get-regexp", wanted]).unwrap_or_default();
    let entries = told.split('\0').filter_map(|entry| entry.split_once('\n'));
    entries.map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

/// The commit of the site's sources, when they lie in a git repository.
pub fn source_of(root: &Path) -> Option<String> {
    let told = git_in(root, &["rev-parse", "--verify", "--quiet", "HEAD"])?;
    Some(told.trim().to_string()).filter(|commit| commit.len() >= 40)
}

/// Whether `older` is known to come before `newer` in the history of the site's sources.
pub fn is_before(root: &Path, older: &str, newer: &str) -> bool {
    let is_name = |text: &str| text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_name(older)
        && is_name(newer)
        && older != newer
        && git_in(root, &["merge-base", "--is-ancestor", older, newer]).is_some()
}

/// Whether these sources are what the newest commit holds of the site in `root`, and nothing else.
pub fn is_committed<'p>(root: &Path, sources: impl Iterator<Item = &'p SourcePath>) -> bool {
    let status = ["--no-optional-locks", "status", "--porcelain", "-z", "--untracked-files=no", "--", "."];
    let Some(changed) = git_in(root, &status) else { return false };
    let Some(known) = git_in(root, &["ls-files", "-z", "--recurse-submodules"]) else { return false };
    let known: BTreeSet<&str> = known.split('\0').collect();
    let mut sources = sources;
    changed.is_empty() && sources.all(|source| known.contains(source.as_str()))
}

/// Puts what a commit holds of the site in `root` into an empty folder, with the submodules below it. Neither index nor
/// files of the repository are touched.
pub fn check_out(root: &Path, commit: &str, into: &Path) -> Result<(), StoreError> {
    let commit = commit.to_ascii_lowercase();
    let is_there = |name: &str| git_in(root, &["cat-file", "-e", name]).is_some();
    if commit.len() < 40
        || !commit.bytes().all(|byte| byte.is_ascii_hexdigit())
        || !is_there(&format!("{commit}^{{commit}}"))
    {
        let short: String = commit.chars().take(10).collect();
        return Err(StoreError::new(format!("the repository in {} does not hold the commit {short}", root.display()))
            .help("fetch it: `git fetch --unshallow`, or `fetch-depth: 0` of actions/checkout"));
    }
    let told = |arguments: &[&str]| {
        let said = git_in(root, arguments).ok_or_else(|| StoreError::new(format!("git {} failed", arguments[0])))?;
        Ok::<String, StoreError>(said.trim_end_matches('\n').to_string())
    };
    let (folder, below) = (told(&["rev-parse", "--absolute-git-dir"])?, told(&["rev-parse", "--show-prefix"])?);
    let tree = format!("{commit}:{}", below.trim_end_matches('/'));
    if !is_there(&tree) {
        return Err(StoreError::new(format!("the site did not lie at {below} in the commit {}", &commit[..10])));
    }
    let index = tempfile::tempdir().map_err(|error| StoreError::new(format!("cannot make a folder: {error}")))?;
    for arguments in [["read-tree", &*tree].as_slice(), &["checkout-index", "--all", "--quiet"]] {
        let done = Command::new("git")
            .args(["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"])
            .args(arguments)
            .current_dir(into)
            .env("GIT_DIR", &folder)
            .env("GIT_WORK_TREE", into)
            .env("GIT_INDEX_FILE", index.path().join("index"))
            .stdin(Stdio::null())
            .output()
            .map_err(|error| no_git(&error))?;
        if !done.status.success() {
            let said = crate::base::text::one_line(&String::from_utf8_lossy(&done.stderr));
            return Err(StoreError::new(format!("git {}: {}", arguments[0], without_password(&said))));
        }
    }
    for line in told(&["ls-tree", "-r", "-z", "--full-tree", &tree])?.split('\0') {
        let Some((entry, path)) = line.split_once('\t') else { continue };
        if let Some(module) = entry.strip_prefix("160000 commit ") {
            check_out(&root.join(path), module, &into.join(path))?;
        }
    }
    Ok(())
}

/// What a commit holds of files that are others now.
#[derive(Debug)]
pub struct Earlier {
    /// When the commit was made.
    pub made: Timestamp,
    /// Files of the site, as they were.
    pub files: Vec<(SourcePath, Vec<u8>)>,
}

/// The files of the site in `root` that a commit holds, and that have another content now.
pub fn changed_since(root: &Path, commit: &str) -> Result<Earlier, StoreError> {
    let name = format!("{commit}^{{commit}}");
    let told = git_in(root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &name]);
    let Some(commit) = told.map(|told| told.trim().to_string()).filter(|told| !told.is_empty()) else {
        let fault = format!("the repository in {} does not hold the commit {commit}", root.display());
        return Err(
            StoreError::new(fault).help("fetch it: `git fetch --unshallow`, or `fetch-depth: 0` of actions/checkout")
        );
    };
    let failed = |what: &str| StoreError::new(format!("git {what} failed"));
    let made = git_in(root, &["show", "--no-patch", "--format=%ct", &commit]).ok_or_else(|| failed("show"))?;
    let made = made.trim().parse().ok().and_then(|second| Timestamp::from_second(second).ok());
    let made = made.ok_or_else(|| failed("show"))?;
    let options = ["--no-optional-locks", "diff", "--raw", "--no-abbrev", "-z", "--no-renames", "--diff-filter=M"];
    let changed = git_in(root, &[options.as_slice(), &["--relative", &commit, "--", "."]].concat());
    let changed = changed.ok_or_else(|| failed("diff"))?;
    // `:100644 100644 BEFORE NOW M`, then the path.
    let fields: Vec<&str> = changed.split('\0').collect();
    let blob = |entry: &[&'_ str]| {
        let (told, path) = (entry.first()?, entry.get(1)?);
        Some((SourcePath::new(path), told.split(' ').nth(2)?.to_string()))
    };
    let changed: Vec<(SourcePath, String)> = fields.chunks_exact(2).filter_map(blob).collect();
    let names: BTreeSet<&str> = changed.iter().map(|(_, blob)| blob.as_str()).collect();
    let blobs = blobs(root, &names, DiscoverOptions::default().text_limit).ok_or_else(|| failed("cat-file"))?;
    let files = changed.into_iter().filter_map(|(path, blob)| Some((path, blobs.get(&blob)?.clone()))).collect();
    Ok(Earlier { made, files })
}

fn no_git(error: &std::io::Error) -> StoreError {
    StoreError::new(format!("git cannot be run: {error}")).help("install git, and look that it is on the PATH")
}

/// A line of git's without the passwords of its addresses.
fn without_password(line: &str) -> String {
    let words = line.split(' ').map(|word| match (word.find("://"), word.rfind('@')) {
        (Some(start), Some(end)) if start + 3 < end => format!("{}…{}", &word[..start + 3], &word[end..]),
        _ => word.to_string(),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_told() {
        assert_eq!(
            without_password("fatal: unable to access 'https://me:secret@example.org/x.git/': no"),
            "fatal: unable to access 'https://…@example.org/x.git/': no"
        );
    }
}
