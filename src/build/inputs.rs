//! What the files of a site hold, so that a change on the disk can be told from noise.
//!
//! Events of a file system are hints: they come twice, late, for what was not changed, and sometimes not at all. So the
//! preview asks here what is different *in the bytes*, either for the files that events name or for all of them.
//! [`Inputs::compare`] only looks; [`Inputs::accept`] takes note, so that a caller may wait a moment and look again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rayon::prelude::*;

use crate::base::hash::ContentHash;
use crate::base::paths::SourcePath;
use crate::build::disk::{Stamp, Stat};
use crate::build::fs::{self, DiscoverOptions, Discovered, Role, SourceFile};
use crate::build::fs_error::FsError;

/// Longest file whose bytes are compared; of longer ones, length and time.
const LONGEST_HASHED: u64 = 32 << 20;

/// A time stamp younger than this may hide a second change: file systems count in steps, some in ones of two seconds.
const COARSEST_CLOCK: i128 = 2_000_000_000;

/// The files of a site with what they held when they were last looked at.
#[derive(Debug, Default)]
pub struct Inputs {
    root: PathBuf,
    bare: bool,
    options: DiscoverOptions,
    known: BTreeMap<SourcePath, Known>,
    /// The files at each real path: links may give one file several names.
    by_real_path: BTreeMap<PathBuf, Vec<SourcePath>>,
}

/// How closely a file is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Closeness {
    /// Not at its bytes, where its stamp says enough for now.
    Glance,
    /// At its bytes, unless length and time are as they were.
    Stamps,
    /// At its bytes.
    Bytes,
}

/// What is known of a file.
#[derive(Clone, Debug)]
struct Known {
    file: SourceFile,
    stamp: Option<Stamp>,
    hash: Option<ContentHash>,
}

/// Which files to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those at these real paths, and all if one of them is a folder or new.
    Paths(BTreeSet<PathBuf>),
    /// All.
    Everything,
}

/// What is different.
#[derive(Debug, Default)]
pub struct Difference {
    /// Files that changed, came or went; what is known of them now.
    files: BTreeMap<SourcePath, Option<Known>>,
    /// Those of them that are gone, or empty, and were not.
    vanished: BTreeSet<SourcePath>,
    /// True when all files were looked at.
    pub whole: bool,
}

impl Difference {
    /// The files that changed, came or went.
    pub fn paths(&self) -> impl Iterator<Item = &SourcePath> {
        self.files.keys()
    }

    /// True when nothing is different.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// True when a file is gone or empty that was not: an editor may be about to write it.
    pub fn has_vanished(&self) -> bool {
        !self.vanished.is_empty()
    }
}

impl Inputs {
    /// Takes note of all files of the site in `root`. Those that have lain there for a while are not read yet:
    /// [`Inputs::read_rest`] does that when there is time.
    pub fn read(root: &Path, options: DiscoverOptions) -> Result<Self, FsError> {
        let mut inputs = Self { root: root.to_path_buf(), options, ..Self::default() };
        let difference = inputs.compare_all(Closeness::Glance)?;
        inputs.accept(difference);
        Ok(inputs)
    }

    /// Reads the files that were not read yet. Until then, one that is touched counts as changed.
    pub fn read_rest(&mut self) {
        let unread = self.known.par_iter_mut().filter(|(_, known)| known.hash.is_none());
        unread.for_each(|(_, known)| {
            let hash = hash(&known.file);
            // Looked at after it was read: one that has changed since it was noted is none that is known.
            let now = fs::stat(&known.file).and_then(|now| now.stamp);
            known.hash = hash.filter(|_| now.is_some() && now == known.stamp);
        });
    }

    /// Says which names and paths are left alone from now on: `ignore` of the settings. Returns whether that is new.
    pub fn ignore(&mut self, patterns: &[String]) -> bool {
        let is_new = self.options.ignore != patterns;
        self.options.ignore = patterns.to_vec();
        is_new
    }

    /// Whether the folder itself is the content.
    pub fn is_bare(&self) -> bool {
        self.bare
    }

    /// The real folders that hold the files.
    pub fn folders(&self) -> BTreeSet<&Path> {
        self.by_real_path.keys().filter_map(|path| path.parent()).collect()
    }

    /// The files, by what they are for.
    pub fn count(&self, role: Role) -> usize {
        self.known.values().filter(|known| known.file.role == role).count()
    }

    /// Looks at files and says what is different from what was accepted last.
    pub fn compare(&self, scope: &Scope) -> Result<Difference, FsError> {
        match scope {
            Scope::Paths(paths) if paths.iter().all(|path| self.is_settled(path)) => Ok(self.compare_paths(paths)),
            _ => self.compare_all(Closeness::Stamps),
        }
    }

    /// Whether a path needs no look at anything but itself: a file that is known, or something that is not read.
    fn is_settled(&self, path: &Path) -> bool {
        if self.by_real_path.contains_key(path) {
            return true;
        }
        if !self.is_read(path) {
            return true;
        }
        // A name that was there for a moment only, and below which nothing is known, is nothing.
        let is_gone = self.options.disk.stat(path).is_err();
        is_gone && self.by_real_path.range(path.to_path_buf()..).next().is_none_or(|(next, _)| !next.starts_with(path))
    }

    /// Whether a site reads what has this path: what editors leave lying about, and what is left out, it does not.
    fn is_read(&self, path: &Path) -> bool {
        let Ok(within) = path.strip_prefix(&self.root) else { return true };
        let Some(within) = within.to_str() else { return true };
        let role = fs::role_of(within, self.bare);
        let is_skipped = self.options.skip.iter().any(|skip| path.starts_with(self.root.join(skip)));
        let is_ignored = || {
            let ends = within.match_indices('/').map(|(at, _)| at).chain([within.len()]);
            ends.map(|end| &within[..end])
                .any(|part| self.options.ignore.iter().any(|pattern| fs::is_ignored(pattern, part)))
        };
        match role {
            // The site's folder itself.
            None => within.is_empty(),
            Some(role) => !is_skipped && !within.split('/').any(|part| fs::is_left_over(part, role)) && !is_ignored(),
        }
    }

    fn compare_paths(&self, paths: &BTreeSet<PathBuf>) -> Difference {
        let mut difference = Difference::default();
        for path in paths.iter().filter_map(|path| self.by_real_path.get(path)).flatten() {
            let Some(known) = self.known.get(path) else { continue };
            self.compare_file(&known.file, Closeness::Bytes, &mut difference);
        }
        difference
    }

    fn compare_all(&self, closeness: Closeness) -> Result<Difference, FsError> {
        let Discovered { files, .. } = fs::discover(&self.root, &self.options)?;
        let mut difference = Difference { whole: true, ..Difference::default() };
        let found: Vec<Difference> = files
            .par_iter()
            .map(|file| {
                let mut difference = Difference::default();
                self.compare_file(file, closeness, &mut difference);
                difference
            })
            .collect();
        for one in found {
            difference.files.extend(one.files);
            difference.vanished.extend(one.vanished);
        }
        let here: BTreeSet<&SourcePath> = files.iter().map(|file| &file.path).collect();
        for path in self.known.keys().filter(|path| !here.contains(path)) {
            difference.files.insert(path.clone(), None);
            difference.vanished.insert(path.clone());
        }
        Ok(difference)
    }

    fn compare_file(&self, file: &SourceFile, closeness: Closeness, difference: &mut Difference) {
        let before = self.known.get(&file.path);
        let Some(Stat { length, stamp, .. }) = fs::stat(file) else {
            if before.is_some() {
                difference.files.insert(file.path.clone(), None);
                difference.vanished.insert(file.path.clone());
            }
            return;
        };
        let is_as_it_was = before
            .is_some_and(|known| known.stamp.is_some() && known.stamp == stamp && known.file.absolute == file.absolute);
        if is_as_it_was && closeness != Closeness::Bytes {
            return;
        }
        // A change within the same step of the clock would leave this stamp as it is.
        let now = Timestamp::now().as_nanosecond();
        let stamp = stamp.filter(|stamp| now - stamp.changed() > COARSEST_CLOCK);
        let may_wait = closeness == Closeness::Glance && stamp.is_some();
        let hash = (length <= LONGEST_HASHED && !may_wait).then(|| hash(file)).flatten();
        let is_same = before.is_some_and(|known| match (known.hash, hash) {
            (Some(before), Some(now)) => before == now,
            (None, None) => known.stamp.is_some() && known.stamp == stamp,
            _ => false,
        });
        if is_same {
            return;
        }
        if length == 0 && before.is_some_and(|known| known.file.length > 0) {
            difference.vanished.insert(file.path.clone());
        }
        let file = SourceFile { length, ..file.clone() };
        difference.files.insert(file.path.clone(), Some(Known { file, stamp, hash }));
    }

    /// Takes note of what is different.
    pub fn accept(&mut self, difference: Difference) {
        if difference.whole {
            self.bare = fs::is_bare(&self.root);
        }
        for (path, now) in difference.files {
            if let Some(before) = self.known.remove(&path)
                && let Some(names) = self.by_real_path.get_mut(&before.file.absolute)
            {
                names.retain(|name| *name != path);
                if names.is_empty() {
                    self.by_real_path.remove(&before.file.absolute);
                }
            }
            if let Some(now) = now {
                self.by_real_path.entry(now.file.absolute.clone()).or_default().push(path.clone());
                self.known.insert(path, now);
            }
        }
    }
}

fn hash(file: &SourceFile) -> Option<ContentHash> {
    (file.length <= LONGEST_HASHED).then(|| fs::read(file).ok()).flatten().map(|bytes| ContentHash::of(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Place {
        folder: tempfile::TempDir,
        inputs: Inputs,
    }

    impl Place {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().canonicalize().unwrap();
            for (path, text) in
                [("site.yaml", "title: T\n"), ("content/briefings/a.md", "# A\n"), ("content/b.md", "# B\n")]
            {
                write(&root, path, text);
            }
            let options = DiscoverOptions { skip: vec!["public".into()], ..DiscoverOptions::default() };
            let inputs = Inputs::read(&root, options).unwrap();
            Self { folder, inputs }
        }

        fn root(&self) -> PathBuf {
            self.folder.path().canonicalize().unwrap()
        }

        /// What is different when these paths are named; `*` when all files had to be looked at.
        fn different(&self, paths: &[&str]) -> Vec<String> {
            let paths = paths.iter().map(|path| self.root().join(path)).collect();
            self.shown(&self.inputs.compare(&Scope::Paths(paths)).unwrap())
        }

        fn shown(&self, difference: &Difference) -> Vec<String> {
            let gone = |path: &SourcePath| if difference.vanished.contains(path) { " gone" } else { "" };
            let paths = difference.paths().map(|path| format!("{path}{}", gone(path)));
            difference.whole.then(|| "*".to_string()).into_iter().chain(paths).collect()
        }
    }

    fn write(root: &Path, path: &str, text: &str) {
        std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        std::fs::write(root.join(path), text).unwrap();
    }

    #[test]
    fn only_bytes_count() {
        let mut place = Place::new();
        write(&place.root(), "content/b.md", "# B\n");
        assert_eq!(place.different(&["content/b.md"]), [""; 0]);
        write(&place.root(), "content/b.md", "# C\n");
        assert_eq!(place.different(&["content/b.md"]), ["content/b.md"]);
        // Nothing is noted until it is accepted.
        let difference = place.inputs.compare(&Scope::Everything).unwrap();
        assert_eq!(place.shown(&difference), ["*", "content/b.md"]);
        place.inputs.accept(difference);
        assert_eq!(place.different(&["content/b.md"]), [""; 0]);
    }

    #[test]
    fn what_was_not_read_yet_is_read_when_there_is_time() {
        let mut place = Place::new();
        let root = place.root();
        let old = |inputs: &mut Inputs| {
            for known in inputs.known.values_mut() {
                (known.hash, known.stamp) = (None, fs::stat(&known.file).unwrap().stamp);
            }
        };
        old(&mut place.inputs);
        assert_eq!(place.different(&["content/b.md"]), ["content/b.md"], "nobody knows what it held");
        place.inputs.read_rest();
        assert_eq!(place.different(&["content/b.md", "site.yaml"]), [""; 0]);
        old(&mut place.inputs);
        write(&root, "content/b.md", "# Changed\n");
        place.inputs.read_rest();
        assert_eq!(place.different(&["content/b.md"]), ["content/b.md"], "it changed before it was read");
    }

    #[test]
    fn what_is_emptied_or_gone_is_told_apart() {
        let place = Place::new();
        write(&place.root(), "content/b.md", "");
        assert_eq!(place.different(&["content/b.md"]), ["content/b.md gone"]);
        std::fs::remove_file(place.root().join("content/b.md")).unwrap();
        assert_eq!(place.different(&["content/b.md"]), ["content/b.md gone"]);
    }

    #[test]
    fn what_no_site_reads_is_no_reason_to_look() {
        let place = Place::new();
        for path in [
            "content/.b.md.swp",
            "content/4913",
            "content/b.md~",
            "content/.#b.md",
            "content/#b.md#",
            "public/index.html",
            "target/x",
            "README.md",
            "content/b.md___jb_tmp___",
            ".git/index",
            "content/sedAbCdEf",
        ] {
            assert_eq!(place.different(&[path]), [""; 0], "{path}");
        }
        write(&place.root(), "public/index.html", "x");
        write(&place.root(), "README.md", "x");
        assert_eq!(place.different(&["public/index.html", "public", "README.md"]), [""; 0]);
    }

    #[test]
    fn new_files_and_folders_are_found_by_a_look_at_all() {
        let mut place = Place::new();
        write(&place.root(), "content/people/new.md", "---\nname: N\n---\n");
        assert_eq!(place.different(&["content/people"]), ["*", "content/people/new.md"]);
        std::fs::remove_dir_all(place.root().join("content/briefings")).unwrap();
        assert_eq!(
            place.different(&["content/briefings"]),
            ["*", "content/briefings/a.md gone", "content/people/new.md"]
        );
        let difference = place.inputs.compare(&Scope::Everything).unwrap();
        place.inputs.accept(difference);
        assert_eq!(place.different(&["content/briefings"]), [""; 0]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_known_by_what_it_leads_to() {
        let mut place = Place::new();
        write(&place.root(), "shared/c.md", "# C\n");
        std::os::unix::fs::symlink(place.root().join("shared"), place.root().join("content/linked")).unwrap();
        let difference = place.inputs.compare(&Scope::Everything).unwrap();
        place.inputs.accept(difference);
        write(&place.root(), "shared/c.md", "# D\n");
        assert_eq!(place.different(&["shared/c.md"]), ["content/linked/c.md"]);
        assert!(place.inputs.folders().contains(&*place.root().join("shared")));
    }
}
