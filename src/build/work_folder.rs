//! The folder beside an output in which the new site is made: `.public.crossbrief` for `public`.
//!
//! It holds `lock`, and at most one tree of each of these names:
//!
//! | tree | is | and may be |
//! |---|---|---|
//! | `new` | a site being made | thrown away: all in it is ours or a second name of something |
//! | `next` | a spare tree (`folder_sink/spare.rs`) being made into `new` | thrown away: all in it are second names |
//! | `switch` | a site about to be switched, or just switched | either of the others |
//! | `old` | the site that was, after the switch | removed file by file: what is not ours goes into the new site |
//!
//! A build that is killed leaves it behind; the next one finds it here, and knows by the names what had happened. Since
//! it lies beside the output, and is made anew for each build, nothing of it outlives a build that ends well.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rayon::prelude::*;

use crate::base::paths::OutputPath;
use crate::build::disk::{Disk, Kind, stat_of};
use crate::build::fs_error::{Deed, FsError};
use crate::build::manifest::{MANIFEST_NAME, Manifest};
use crate::build::output_guard::{OutputRefused, Refusal, SinkError};

/// The folder beside an output, locked.
pub(crate) struct WorkFolder {
    disk: Arc<dyn Disk>,
    /// The output folder, as it was asked for.
    shown: PathBuf,
    /// The output folder, where it really is.
    site: PathBuf,
    folder: PathBuf,
    lock: Option<File>,
}

/// What became of a tree that was removed.
#[derive(Debug, Default)]
pub(crate) struct Retired {
    /// Where other people's files went that had no place in the site.
    pub(crate) set_aside: Vec<PathBuf>,
    /// What could not be removed.
    pub(crate) untidy: Vec<FsError>,
}

/// Something in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its path within the tree.
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
}

/// When a tree is removed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Right after it was switched: other people's files in the site are still what we put there.
    AfterTheSwitch,
    /// In a later build: somebody may have worked in the site since.
    Later,
}

impl WorkFolder {
    /// Makes the folder beside `site` and locks it.
    pub(crate) fn open(disk: &Arc<dyn Disk>, shown: &Path, site: &Path) -> Result<Self, SinkError> {
        let name = site.file_name().unwrap_or_default().to_string_lossy();
        let folder = site.with_file_name(format!(".{name}.crossbrief"));
        let mut work =
            Self { disk: Arc::clone(disk), shown: shown.to_path_buf(), site: site.to_path_buf(), folder, lock: None };
        // Another build that ends just now may remove the folder between our steps; then they are taken again.
        for _ in 0..20 {
            work.make()?;
            let lock_path = work.lock_path();
            match work.disk.lock(&lock_path) {
                Ok(Some(lock)) => {
                    if work.is_still_there(&lock) {
                        work.sign(&lock);
                        work.lock = Some(lock);
                        return Ok(work);
                    }
                }
                Ok(None) => {
                    let process = std::fs::read_to_string(&lock_path).ok().and_then(|text| text.trim().parse().ok());
                    if process.is_some() {
                        return Err(OutputRefused::new(shown, Refusal::Locked(process)).into());
                    }
                    // It is about to be signed, or to be removed.
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    // Only when it is empty, so nobody else's lock is in it.
                    let _ = work.disk.remove_folder(&work.folder);
                    return Err(FsError::new(Deed::Lock, shown, &error).into());
                }
            }
        }
        Err(OutputRefused::new(shown, Refusal::Locked(None)).into())
    }

    /// The tree that is being made.
    pub(crate) fn new_tree(&self) -> PathBuf {
        self.folder.join("new")
    }

    /// A spare tree that is about to be the new one.
    pub(crate) fn next_tree(&self) -> PathBuf {
        self.folder.join("next")
    }

    /// The tree that is being switched.
    pub(crate) fn switch_tree(&self) -> PathBuf {
        self.folder.join("switch")
    }

    /// The tree that was switched away.
    pub(crate) fn old_tree(&self) -> PathBuf {
        self.folder.join("old")
    }

    fn lock_path(&self) -> PathBuf {
        self.folder.join("lock")
    }

    /// Makes the folder, or sees to it that the one there is ours.
    fn make(&self) -> Result<(), SinkError> {
        match self.disk.make_folder(&self.folder) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(FsError::new(Deed::MakeFolder, &self.folder, &error).into()),
        }
        let taken = |what: PathBuf| Err(OutputRefused::new(&self.shown, Refusal::WorkFolderTaken(what)).into());
        let entries = match self.disk.stat(&self.folder) {
            Ok(stat) if stat.kind != Kind::Folder => return taken(self.folder.clone()),
            Ok(_) => self.disk.list(&self.folder),
            Err(error) => Err(error),
        };
        match entries {
            Ok(entries) => {
                let ours = |name: &str, kind| match name {
                    "lock" => kind == Kind::File,
                    "new" | "next" | "switch" | "old" => kind == Kind::Folder,
                    _ => false,
                };
                match entries.iter().find(|(name, kind)| !name.to_str().is_some_and(|name| ours(name, *kind))) {
                    Some((name, _)) => taken(self.folder.join(name)),
                    // The lock is made first and removed last.
                    None if !entries.is_empty() && !entries.iter().any(|(name, _)| name == "lock") => {
                        taken(self.folder.clone())
                    }
                    None => Ok(()),
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(FsError::new(Deed::Read, &self.folder, &error).into()),
        }
    }

    /// True when the lock is that of the file now at its path, not of one that another build removed meanwhile.
    fn is_still_there(&self, lock: &File) -> bool {
        let held = lock.metadata().map(|metadata| stat_of(&metadata).identity);
        let there = self.disk.stat(&self.lock_path()).map(|stat| stat.identity);
        matches!((held, there), (Ok(held), Ok(there)) if held == there)
    }

    /// Writes our process number into the lock; only for the message to whoever comes second.
    fn sign(&self, lock: &File) {
        if lock.set_len(0).is_ok() {
            let _ = self.disk.write(lock, std::process::id().to_string().as_bytes());
        }
    }

    /// What the clock of this file system says, in nanoseconds since 1970; none when it cannot be told.
    pub(crate) fn instant(&self) -> Option<i128> {
        // What is in the lock stays readable; that it changed is told by the clock asked for, whatever time it is given.
        self.lock.as_ref()?.set_modified(SystemTime::now()).ok()?;
        Some(self.disk.stat(&self.lock_path()).ok()?.stamp?.changed())
    }

    /// Clears what a killed build left, and puts the old site back when it was killed between two renames.
    pub(crate) fn recover(&self) -> Result<Retired, SinkError> {
        let (old, new) = (self.old_tree(), self.new_tree());
        if !self.exists(&self.site)? && self.exists(&old.join(MANIFEST_NAME))? {
            self.disk.rename(&old, &self.site).map_err(|error| FsError::new(Deed::Switch, &self.shown, &error))?;
        }
        for tree in [new, self.next_tree()] {
            if self.exists(&tree)? {
                self.remove_tree(&tree)?;
            }
        }
        let mut retired = Retired::default();
        for tree in [self.switch_tree(), old] {
            if self.exists(&tree)? {
                self.retire_leftover(&tree, &mut retired)?;
            }
        }
        match retired.untidy.first() {
            Some(error) => Err(error.clone().into()),
            None => Ok(retired),
        }
    }

    fn exists(&self, path: &Path) -> Result<bool, FsError> {
        match self.disk.stat(path) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(FsError::new(Deed::Read, path, &error)),
        }
    }

    /// Removes a tree that another build left, saving what is not ours.
    pub(crate) fn retire_leftover(&self, tree: &Path, retired: &mut Retired) -> Result<(), FsError> {
        let found = walk(&*self.disk, tree)?;
        // A list that cannot be read names nothing; then everything is compared with the site, or set aside.
        let manifest = read_all(&*self.disk, &tree.join(MANIFEST_NAME))
            .ok()
            .and_then(|text| Manifest::parse(&text).ok())
            .unwrap_or_default();
        self.retire(tree, &found, &manifest, &Manifest::default(), When::Later, retired);
        Ok(())
    }

    /// Removes the tree `tree`, in which `found` was found and of which `manifest` is ours.
    ///
    /// Other people's files are not removed but given to the site, unless it has them already. Our list goes last:
    /// whoever finds the tree half removed must still be able to tell ours from theirs.
    pub(crate) fn retire(
        &self,
        tree: &Path,
        found: &[Found],
        manifest: &Manifest,
        new_manifest: &Manifest,
        when: When,
        retired: &mut Retired,
    ) {
        let list = Path::new(MANIFEST_NAME);
        let (ours, theirs): (Vec<&Found>, Vec<&Found>) = found
            .iter()
            .filter(|found| found.kind != Kind::Folder && found.path != list)
            .partition(|found| found.kind == Kind::File && names(manifest, &found.path));
        for file in theirs {
            self.settle(tree, file, new_manifest, when, retired);
        }
        let failures: Vec<FsError> =
            ours.par_iter().filter_map(|file| self.remove_file(&tree.join(&file.path)).err()).collect();
        retired.untidy.extend(failures);
        if !retired.untidy.is_empty() {
            return;
        }
        if let Err(error) = self.remove_file(&tree.join(list)) {
            retired.untidy.push(error);
            return;
        }
        let folders = |found: &[Found]| -> Vec<PathBuf> {
            let folders = found.iter().filter(|found| found.kind == Kind::Folder);
            folders.map(|folder| tree.join(&folder.path)).chain([tree.to_path_buf()]).collect()
        };
        if self.remove_folders(folders(found)).is_ok() {
            return;
        }
        // Something was put into the tree since we looked.
        match walk(&*self.disk, tree) {
            Ok(late) => {
                for file in late.iter().filter(|found| found.kind != Kind::Folder) {
                    self.settle(tree, file, new_manifest, when, retired);
                }
                retired.untidy.extend(self.remove_folders(folders(&late)).err());
            }
            Err(error) => retired.untidy.push(error),
        }
    }

    /// Sees to it that a file of somebody else in a tree that goes away is in the site, or else in a place of its own.
    fn settle(&self, tree: &Path, file: &Found, new_manifest: &Manifest, when: When, retired: &mut Retired) {
        let (here, there) = (tree.join(&file.path), self.site.join(&file.path));
        let keep = |error: io::Error| FsError::new(Deed::Keep, &here, &error);
        let done = match (self.disk.stat(&here), self.disk.stat(&there)) {
            (Err(error), _) => Err(keep(error)),
            (Ok(mine), Ok(other)) if mine.identity.is_some() && mine.identity == other.identity => {
                self.remove_file(&here)
            }
            (Ok(_), Ok(other)) => {
                if when == When::AfterTheSwitch && other.kind != Kind::Folder && !names(new_manifest, &file.path) {
                    // The site has our copy of it; the original may be newer.
                    self.disk.rename(&here, &there).map_err(keep)
                } else if self.is_same(&here, &there, file.kind) {
                    self.remove_file(&here)
                } else {
                    self.set_aside(&here, &file.path, retired)
                }
            }
            (Ok(_), Err(_)) => match self.move_into_site(&here, &file.path) {
                Ok(()) => Ok(()),
                Err(_) => self.set_aside(&here, &file.path, retired),
            },
        };
        retired.untidy.extend(done.err());
    }

    /// Moves a file into the site, where there is nothing of its name yet.
    fn move_into_site(&self, here: &Path, path: &Path) -> io::Result<()> {
        self.disk.stat(&self.site)?;
        self.make_folders_for(&self.site, path)?;
        self.disk.rename(here, &self.site.join(path))
    }

    /// Makes the folders that the file `path` below `root` needs.
    pub(crate) fn make_folders_for(&self, root: &Path, path: &Path) -> io::Result<()> {
        let mut folders: Vec<&Path> = path.ancestors().skip(1).collect();
        folders.reverse();
        for folder in folders {
            let folder = root.join(folder);
            match self.disk.stat(&folder) {
                Ok(stat) if stat.kind == Kind::Folder => {}
                Ok(_) => return Err(io::ErrorKind::NotADirectory.into()),
                Err(_) => self.disk.make_folder(&folder)?,
            }
        }
        Ok(())
    }

    /// Moves a file into a folder beside the site, `public.kept`.
    fn set_aside(&self, here: &Path, path: &Path, retired: &mut Retired) -> Result<(), FsError> {
        let name = self.site.file_name().unwrap_or_default().to_string_lossy();
        let keep = |error: io::Error| FsError::new(Deed::Keep, here, &error);
        for attempt in 1..100 {
            let suffix = if attempt == 1 { String::new() } else { format!("-{attempt}") };
            let root = self.site.with_file_name(format!("{name}.kept{suffix}"));
            let there = root.join(path);
            if self.disk.stat(&there).is_ok() || self.make_folders_for(&root, path).is_err() {
                continue;
            }
            self.disk.rename(here, &there).map_err(keep)?;
            retired.set_aside.push(there);
            return Ok(());
        }
        Err(keep(io::ErrorKind::AlreadyExists.into()))
    }

    /// True when two files, or two links, hold the same.
    fn is_same(&self, one: &Path, other: &Path, kind: Kind) -> bool {
        match kind {
            Kind::Link => {
                matches!((self.disk.read_link(one), self.disk.read_link(other)), (Ok(one), Ok(other)) if one == other)
            }
            Kind::File => {
                let (Ok((one, length)), Ok((other, other_length))) = (self.disk.open(one), self.disk.open(other))
                else {
                    return false;
                };
                length == other_length && same_bytes(&*self.disk, &one, &other).unwrap_or(false)
            }
            Kind::Folder | Kind::Other => false,
        }
    }

    /// Removes a file; that it is gone already is no error.
    fn remove_file(&self, path: &Path) -> Result<(), FsError> {
        match self.disk.remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FsError::new(Deed::Remove, path, &error)),
            _ => Ok(()),
        }
    }

    /// Removes empty folders, the deepest first.
    fn remove_folders(&self, folders: Vec<PathBuf>) -> Result<(), FsError> {
        for level in by_depth(folders).into_iter().rev() {
            level.par_iter().try_for_each(|folder| match self.disk.remove_folder(folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    Err(FsError::new(Deed::Remove, folder, &error))
                }
                _ => Ok(()),
            })?;
        }
        Ok(())
    }

    /// Removes a tree with all that is in it; links in it are removed, not followed.
    pub(crate) fn remove_tree(&self, tree: &Path) -> Result<(), FsError> {
        let found = walk(&*self.disk, tree)?;
        let files: Vec<&Found> = found.iter().filter(|found| found.kind != Kind::Folder).collect();
        files.par_iter().try_for_each(|file| self.remove_file(&tree.join(&file.path)))?;
        let folders = found.iter().filter(|found| found.kind == Kind::Folder).map(|folder| tree.join(&folder.path));
        self.remove_folders(folders.chain([tree.to_path_buf()]).collect())
    }
}

impl Drop for WorkFolder {
    /// Removes what is left, as far as that can be done; the next build removes the rest.
    fn drop(&mut self) {
        if self.lock.is_none() {
            return;
        }
        let _ = self.recover();
        let is_empty =
            |entries: Vec<(_, _)>| entries.iter().all(|(name, _): &(std::ffi::OsString, Kind)| name == "lock");
        if self.disk.list(&self.folder).is_ok_and(is_empty) {
            // While the lock is held: see `is_still_there`.
            let _ = self.disk.remove_file(&self.lock_path());
            let _ = self.disk.remove_folder(&self.folder);
        }
        // Said, not left to the closing of the file: a process that is just being started holds a copy of it.
        if let Some(lock) = self.lock.take() {
            let _ = lock.unlock();
        }
    }
}

/// Lists all that is in a tree, parents before children, without following links.
pub(crate) fn walk(disk: &dyn Disk, tree: &Path) -> Result<Vec<Found>, FsError> {
    let mut all = Vec::new();
    let mut level = vec![PathBuf::new()];
    while !level.is_empty() {
        let lists: Vec<Vec<Found>> = level
            .par_iter()
            .map(|folder| {
                let path = tree.join(folder);
                let entries = disk.list(&path).map_err(|error| FsError::new(Deed::Read, &path, &error))?;
                Ok(entries.into_iter().map(|(name, kind)| Found { path: folder.join(name), kind }).collect())
            })
            .collect::<Result<_, FsError>>()?;
        level.clear();
        for found in lists.into_iter().flatten() {
            if found.kind == Kind::Folder {
                level.push(found.path.clone());
            }
            all.push(found);
        }
    }
    Ok(all)
}

/// Returns the paths in groups of equal depth, the shallowest first.
pub(crate) fn by_depth(paths: Vec<PathBuf>) -> Vec<Vec<PathBuf>> {
    let mut groups: std::collections::BTreeMap<usize, Vec<PathBuf>> = std::collections::BTreeMap::new();
    for path in paths {
        groups.entry(path.components().count()).or_default().push(path);
    }
    groups.into_values().collect()
}

/// Returns a path within a tree with `/` between its parts; none when it is not Unicode.
pub(crate) fn slashed(path: &Path) -> Option<Cow<'_, str>> {
    let text = path.to_str()?;
    if std::path::MAIN_SEPARATOR == '/' { Some(text.into()) } else { Some(text.replace('\\', "/").into()) }
}

/// True when the list names `path`.
pub(crate) fn names(manifest: &Manifest, path: &Path) -> bool {
    slashed(path).and_then(|path| OutputPath::new(&path).ok()).is_some_and(|path| manifest.files.contains_key(&path))
}

/// Reads all of a file.
pub(crate) fn read_all(disk: &dyn Disk, path: &Path) -> io::Result<Vec<u8>> {
    let (file, length) = disk.open(path)?;
    let mut bytes = Vec::new();
    let mut buffer = vec![0; usize::try_from(length).unwrap_or(usize::MAX).clamp(1 << 12, 1 << 16)];
    loop {
        match disk.read(&file, &mut buffer)? {
            0 => return Ok(bytes),
            read => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

/// True when two files hold the same bytes from where they stand.
pub(crate) fn same_bytes(disk: &dyn Disk, one: &File, other: &File) -> io::Result<bool> {
    let (mut left, mut right) = (vec![0; 1 << 17], vec![0; 1 << 17]);
    loop {
        let read = fill(disk, one, &mut left)?;
        if read != fill(disk, other, &mut right)? || left[..read] != right[..read] {
            return Ok(false);
        }
        if read == 0 {
            return Ok(true);
        }
    }
}

/// Reads until the buffer is full or the file ends.
pub(crate) fn fill(disk: &dyn Disk, file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match disk.read(file, &mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::disk::RealDisk;

    #[test]
    fn the_end_of_a_build_unlocks_even_while_another_process_holds_a_copy() {
        let place = tempfile::tempdir().unwrap();
        let site = place.path().join("public");
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        let first = WorkFolder::open(&disk, &site, &site).unwrap_or_else(|error| panic!("{error:?}"));
        // What a process that is being started by another thread holds until it runs its own program.
        let copy = first.lock.as_ref().unwrap().try_clone().unwrap();
        assert!(WorkFolder::open(&disk, &site, &site).is_err(), "two builds at once");
        // A folder that is not empty is kept, and so the next build meets the same lock.
        let reason_to_stay = first.folder.join("notes");
        std::fs::write(&reason_to_stay, "").unwrap();
        drop(first);
        std::fs::remove_file(&reason_to_stay).unwrap();
        assert!(WorkFolder::open(&disk, &site, &site).is_ok());
        drop(copy);
    }
}
