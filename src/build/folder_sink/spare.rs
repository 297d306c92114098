//! The tree that was switched away, kept for the next switch.
//!
//! A new tree needs a second name for each file that stayed the same, and an old one is removed name by name: with 30,000
//! files that takes a third of a second, however little has changed. So the old tree of a large site is brought up to date
//! after the switch and kept, and the next build puts into it what differs, and no more.
//!
//! | in the folder of the spare | is |
//! |---|---|
//! | `tree` | all folders of the site, with second names of its files; nothing that the site has not |
//! | `state` | [`State`]: what it is a spare of; not there while the tree is worked on |
//!
//! It is made use of only when nobody can tell it from a tree that was made for the purpose: our list is the one that it
//! was made for, every file that is kept has two names (and not one, since somebody removed the other), and no folder of
//! either tree has changed since, by the clock of the file system that holds them. So nobody else has files in either. In
//! all other cases it is removed, and the switch goes its longer way. A file system that cannot exchange two names, or
//! does not tell when a folder changed, has no spare.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use borsh::{BorshDeserialize, BorshSerialize};
use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use super::in_place::Only;
use super::{FolderSink, folders_of, is_file_of, make_folders};
use crate::base::paths::OutputPath;
use crate::build::disk::{Disk, Kind};
use crate::build::fs_error::{Deed, FsError};
use crate::build::manifest::{MANIFEST_NAME, Manifest};
use crate::build::sink::{Put, Taken};
use crate::build::work_folder::read_all;

/// What a state of another format begins with is none.
pub(super) const FORMAT: &[u8] = b"crossbrief spare 1\n";

/// Most folders that are noted to have been changed one by one.
const MOST_TOUCHED: usize = 64;

/// Where a spare tree is kept, and what is known of it.
#[derive(Debug)]
pub(super) struct Spare {
    folder: PathBuf,
    /// Least number of files of a site that has one.
    least: usize,
    state: Option<State>,
    /// Files that were kept, and have two names.
    two_names: AtomicUsize,
}

/// What a spare tree is a spare of.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
struct State {
    /// BLAKE3 of our list.
    list: [u8; 32],
    /// How the folders of the site lay when it was written.
    site: Lay,
    /// How those of the spare tree did.
    tree: Lay,
}

/// How the folders of a tree lie: none has changed from an instant on, but for some that we changed ourselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
struct Lay {
    /// The instant by the clock of the file system, in nanoseconds since 1970.
    since: i128,
    /// The folders, and when they changed.
    touched: Vec<(String, i128)>,
}

/// What differs between the old site and the new one, and where it lies.
pub(super) struct Change<'a> {
    pub(super) old: &'a Manifest,
    pub(super) new: &'a Manifest,
    written: Vec<&'a str>,
    gone: Vec<&'a str>,
    /// All folders that the old site needs, but for the outermost.
    folders: OnceLock<Vec<&'a str>>,
}

impl<'a> Change<'a> {
    pub(super) fn new(old: &'a Manifest, new: &'a Manifest, taken: &'a HashMap<OutputPath, Taken>) -> Self {
        let written = taken.iter().filter(|(_, file)| file.put == Put::Written).map(|(path, _)| path.as_str());
        let gone = old.files.keys().filter(|path| !taken.contains_key(*path)).map(OutputPath::as_str);
        Self { old, new, written: written.collect(), gone: gone.collect(), folders: OnceLock::new() }
    }

    fn folders(&self) -> &[&'a str] {
        self.folders.get_or_init(|| folders(self.old))
    }

    /// Whether to change a tree is less work than to make one.
    fn is_small(&self) -> bool {
        4 * (self.written.len() + self.gone.len()) <= self.new.files.len()
    }
}

impl Spare {
    /// Reads what is known of the spare tree in a folder, which may be none.
    pub(super) fn read(disk: &dyn Disk, folder: PathBuf, least: usize) -> Self {
        let known = read_all(disk, &folder.join("state")).ok();
        let state = known.and_then(|bytes| State::try_from_slice(bytes.strip_prefix(FORMAT)?).ok());
        Self { folder, least, state, two_names: AtomicUsize::new(0) }
    }

    fn tree(&self) -> PathBuf {
        self.folder.join("tree")
    }

    fn state_path(&self) -> PathBuf {
        self.folder.join("state")
    }

    /// Counts a file that was kept.
    pub(super) fn note_names(&self, names: Option<u64>) {
        self.two_names.fetch_add(usize::from(names == Some(2)), Ordering::Relaxed);
    }

    /// Forgets what was counted.
    pub(super) fn forget(&self) {
        self.two_names.store(0, Ordering::Relaxed);
    }

    /// Takes the state away: from here on the tree is none that can be used, until another state is written.
    fn give_up(&self, disk: &dyn Disk) -> io::Result<()> {
        remove(disk, &self.state_path())
    }

    fn write(&self, disk: &dyn Disk, state: &State) -> io::Result<()> {
        let (new, place) = (self.folder.join("state.new"), self.state_path());
        remove(disk, &new)?;
        let file = disk.create(&new)?;
        disk.write(&file, FORMAT)?;
        disk.write(&file, &borsh::to_vec(state)?)?;
        disk.rename(&new, &place)
    }
}

impl Lay {
    /// Whether no folder of a tree, that of the old site, has changed, and its outermost has nothing but what is listed.
    fn holds(&self, disk: &dyn Disk, root: &Path, change: &Change) -> bool {
        let touched: HashMap<&str, i128> =
            self.touched.iter().map(|(path, changed)| (path.as_str(), *changed)).collect();
        let is_as_it_was = |folder: &&str| {
            let changed = changed(disk, &root.join(folder));
            changed.is_some_and(|changed| changed < self.since || touched.get(folder) == Some(&changed))
        };
        // The outermost folder itself changes with each switch.
        let listed = |name: &str| name == MANIFEST_NAME || lists(change.old, name);
        let names = disk.list(root);
        names.is_ok_and(|names| names.iter().all(|(name, _)| name.to_str().is_some_and(listed)))
            && change.folders().par_iter().with_min_len(256).all(is_as_it_was)
    }

    /// Notes that we have changed some folders of a tree; none when it is not worth to go on so.
    fn touch(&mut self, disk: &dyn Disk, root: &Path, folders: &HashSet<&str>) -> Option<()> {
        for folder in folders {
            let changed = changed(disk, &root.join(folder))?;
            self.touched.retain(|(other, _)| other != folder);
            self.touched.push((folder.to_string(), changed));
        }
        (self.touched.len() <= MOST_TOUCHED).then_some(())
    }
}

/// Whether a file or a folder of a list has this name in the outermost folder.
fn lists(list: &Manifest, name: &str) -> bool {
    is_file_of(list, name)
        || list.files.keys().any(|path| path.as_str().strip_prefix(name).is_some_and(|rest| rest.starts_with('/')))
}

/// Whether a folder of a tree holds nothing but what is listed.
fn is_ours_alone(disk: &dyn Disk, root: &Path, folder: &str, list: &Manifest) -> bool {
    let below = list.files.keys().filter_map(|path| path.as_str().strip_prefix(folder)?.strip_prefix('/'));
    let listed: HashSet<&str> = below.filter_map(|path| path.split('/').next()).collect();
    let names = disk.list(&root.join(folder));
    names.is_ok_and(|names| names.iter().all(|(name, _)| name.to_str().is_some_and(|name| listed.contains(name))))
}

/// When a folder last changed; none when it is not a folder.
fn changed(disk: &dyn Disk, folder: &Path) -> Option<i128> {
    let stat = disk.stat(folder).ok().filter(|stat| stat.kind == Kind::Folder)?;
    Some(stat.stamp?.changed())
}

/// All folders that a list needs, but for the outermost.
fn folders(list: &Manifest) -> Vec<&str> {
    let mut known: HashSet<&str> = HashSet::default();
    for path in list.files.keys() {
        for folder in folders_of(path.as_str()) {
            if !known.insert(folder) {
                break;
            }
        }
    }
    known.into_iter().collect()
}

impl FolderSink {
    /// Keeps the tree that is switched away in `folder`, of the same file system, when the site has at least so many
    /// files; and makes use of the one that is there.
    #[must_use]
    pub fn with_spare(mut self, folder: &Path, least: usize) -> Self {
        self.spare = Some(Spare::read(&*self.disk, folder.to_path_buf(), least));
        self
    }

    /// Whether the tree that is switched away shall be kept.
    pub(super) fn wants_spare(&self, change: &Change) -> bool {
        self.old.is_some()
            && change.is_small()
            && self.spare.as_ref().is_some_and(|spare| change.new.files.len() >= spare.least)
    }

    /// Notes how many names a file has that was kept.
    pub(super) fn note_names(&self, path: &OutputPath) {
        if let Some(spare) = &self.spare {
            spare.note_names(self.disk.stat(&self.site.join(path.as_str())).ok().and_then(|stat| stat.names));
        }
    }

    /// Makes the new tree out of the spare one; says whether it did. Then there is nothing of anybody else in the site.
    pub(super) fn use_spare(&self, change: &Change, unchanged: usize) -> Result<bool, FsError> {
        let Some((spare, state)) = self.spare.as_ref().and_then(|spare| Some((spare, spare.state.as_ref()?))) else {
            return Ok(false);
        };
        let (disk, next) = (&*self.disk, self.work.next_tree());
        let fits = self.wants_spare(change)
            && self.old_list.map(|list| *list.as_bytes()) == Some(state.list)
            && spare.two_names.load(Ordering::Relaxed) == unchanged
            && state.site.holds(disk, &self.site, change)
            && state.tree.holds(disk, &spare.tree(), change);
        if !fits || spare.give_up(disk).is_err() || disk.rename(&spare.tree(), &next).is_err() {
            return Ok(false);
        }
        // From here on what fails would have failed the other way, too.
        let failed = |path: &str| {
            let shown = self.shown.join(path);
            move |error: io::Error| FsError::new(Deed::Keep, shown.clone(), &error)
        };
        self.remove_all(&next, &change.gone)?;
        disk.remove_file(&next.join(MANIFEST_NAME)).map_err(failed(MANIFEST_NAME))?;
        for path in &change.written {
            self.work.make_folders_for(&next, Path::new(path)).map_err(failed(path))?;
            disk.rename(&self.new_tree.join(path), &next.join(path)).map_err(failed(path))?;
        }
        self.work.remove_tree(&self.new_tree)?;
        disk.rename(&next, &self.new_tree).map_err(failed(""))?;
        self.keep_rights(Path::new(""))?;
        Ok(true)
    }

    /// Brings the old tree, which was switched away, up to date, and keeps it for the next build; says whether it did, and
    /// else leaves a tree to be removed.
    pub(super) fn keep_as_spare(&self, old_tree: &Path, change: &Change, then: &Lies) -> bool {
        let Some(spare) = &self.spare else { return false };
        let keep = || -> Option<()> {
            let disk = &*self.disk;
            // Somebody may have put something there since.
            then.old.holds(disk, old_tree, change).then_some(())?;
            self.remove_all(old_tree, &change.gone).ok()?;
            for path in &change.written {
                self.second_name(old_tree, path).ok()?;
            }
            // Last: with the old list one can tell ours from theirs at any moment before.
            self.second_name(old_tree, MANIFEST_NAME).ok()?;
            spare.give_up(disk).ok()?;
            if disk.stat(&spare.tree()).is_ok() {
                self.work.remove_tree(&spare.tree()).ok()?;
            }
            make_folders(disk, &spare.folder).ok()?;
            let tree = Lay { since: self.instant()?, touched: Vec::new() };
            if disk.rename(old_tree, &spare.tree()).is_err() {
                // On another file system, for one.
                let _ = disk.remove_folder(&spare.folder);
                return None;
            }
            let state = State { list: *then.list.as_bytes(), site: then.new.clone(), tree };
            // Without it the tree is removed by the next build.
            let _ = spare.write(disk, &state);
            Some(())
        };
        keep().is_some()
    }

    /// Lets the spare tree follow what was put in place, or gives it up.
    pub(super) fn follow_in_place(&self, only: &Only, change: &Change, list: blake3::Hash) {
        let Some((spare, state)) = self.spare.as_ref().and_then(|spare| Some((spare, spare.state.clone()?))) else {
            return;
        };
        let disk = &*self.disk;
        let known = self.old_list.map(|list| *list.as_bytes()) == Some(state.list);
        if spare.give_up(disk).is_err() || !known {
            return;
        }
        let follow = || -> Option<()> {
            let State { mut site, mut tree, .. } = state;
            // A folder that took the place of another is a new one; so the folder above it has changed as well.
            let mut folders: HashSet<&str> = change.written.iter().filter_map(|path| folders_of(path).next()).collect();
            folders.extend(folders_of(only.path()).next());
            site.touch(disk, &self.site, &folders)?;
            // What comes from here on changes a folder at a later instant; what came before is there.
            self.instant()?;
            folders.iter().all(|folder| is_ours_alone(disk, &self.site, folder, change.new)).then_some(())?;
            for path in change.written.iter().copied().chain([MANIFEST_NAME]) {
                self.second_name(&spare.tree(), path).ok()?;
            }
            tree.touch(disk, &spare.tree(), &folders)?;
            spare.write(disk, &State { list: *list.as_bytes(), site, tree }).ok()
        };
        // Without a state the tree is removed at the next switch.
        let _ = follow();
    }

    /// Removes a spare tree that cannot be used.
    pub(super) fn clear_spare(&self) -> Result<(), FsError> {
        let Some(spare) = &self.spare else { return Ok(()) };
        let removed = |error: io::Error| FsError::new(Deed::Remove, &spare.folder, &error);
        spare.give_up(&*self.disk).map_err(removed)?;
        if self.disk.stat(&spare.tree()).is_ok() {
            self.work.remove_tree(&spare.tree())?;
        }
        let _ = self.disk.remove_folder(&spare.folder);
        Ok(())
    }

    /// An instant by the clock of the file system that holds the work folder, after all that happened there before.
    pub(super) fn instant(&self) -> Option<i128> {
        let first = self.work.instant()?;
        // The clock of a file system goes on some milliseconds at a time.
        for _ in 0..50 {
            match self.work.instant()? {
                now if now > first => return Some(now),
                _ => std::thread::sleep(Duration::from_millis(1)),
            }
        }
        None
    }

    /// Gives a file of the site a second name in a tree, where another one may stand.
    fn second_name(&self, tree: &Path, path: &str) -> io::Result<()> {
        let there = tree.join(path);
        remove(&*self.disk, &there)?;
        self.work.make_folders_for(tree, Path::new(path))?;
        self.disk.hard_link(&self.site.join(path), &there)
    }

    /// Removes files of a tree, and the folders that are empty then.
    fn remove_all(&self, tree: &Path, paths: &[&str]) -> Result<(), FsError> {
        let failed = |path: &str, error: &io::Error| FsError::new(Deed::Remove, self.shown.join(path), error);
        for path in paths {
            remove(&*self.disk, &tree.join(path)).map_err(|error| failed(path, &error))?;
            for folder in folders_of(path) {
                match self.disk.remove_folder(&tree.join(folder)) {
                    // Then those above it are not, either.
                    Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => break,
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(folder, &error)),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// How the folders of the old site and the new one lie, and what is listed of the new one.
pub(super) struct Lies {
    old: Lay,
    new: Lay,
    list: blake3::Hash,
}

impl Lies {
    /// Of an old site that had no spare: looked through after `before`, and the new one made since; `now` is after that.
    pub(super) fn new(before: i128, now: i128, list: blake3::Hash) -> Self {
        let lay = |since| Lay { since, touched: Vec::new() };
        Self { old: lay(before), new: lay(now), list }
    }

    /// Of one that had a spare.
    pub(super) fn of_spare(sink: &FolderSink, now: i128, list: blake3::Hash) -> Option<Self> {
        let state = sink.spare.as_ref()?.state.as_ref()?;
        Some(Self { old: state.site.clone(), new: Lay { since: now, touched: Vec::new() }, list })
    }
}

/// Removes a file; that it is gone already is no error.
fn remove(disk: &dyn Disk, file: &Path) -> io::Result<()> {
    match disk.remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
