//! Writes a site into a folder so that at every instant either the old site stands there, whole, or the new one.
//!
//! The new site is made in a folder beside the output (see `work_folder.rs`) and takes its place in one step.
//! While it is made, only files that are new or have changed are written; when it is complete and anything changed at
//! all, files that stayed the same get a second name in the new tree (a hard link, so they keep their inode and time),
//! and so do files that are not ours: those that our list ([`crate::build::manifest`]) does not name.
//!
//! ```no_run
//! # use std::path::Path;
//! # use crossbrief::base::paths::OutputPath;
//! # use crossbrief::build::sink::{FolderSink, Guard, Sink, SinkError, Written};
//! # fn write(home_page: &OutputPath) -> Result<Written, SinkError> {
//! let sink = FolderSink::open(Path::new("public"), &Guard::new(Path::new("."), None))?;
//! sink.put(home_page, b"<!doctype html>")?; // from as many threads as there are
//! sink.finish()
//! # }
//! ```
//!
//! Where a single file differs, or some in one folder that has no folders below it, the file or folder alone is put in the
//! place of the old one, in one step too: readers see the old site or the new one, and nothing else is touched. Our list
//! follows it; a build that is killed between the two leaves a list that names the old bytes, which the next build finds
//! out.
//!
//! Where much is to be kept and little differs, the new tree is made of the one that was switched away the time before
//! (`folder_sink/spare.rs`).
//!
//! Dropped without [`FolderSink::finish`], it leaves the old site as it was. Where a file system cannot exchange two
//! names there is one instant, between two renames, with no site; a build that is killed just then is made good by the
//! next. The folder itself is a new one after each switch: what keeps the old one open (a shell in it, a container that
//! it is mounted in) has to look again. Knows nothing of what the files mean.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use crate::base::paths::OutputPath;
use crate::build::disk::{Disk, Kind, RealDisk, Stamp};
use crate::build::fs_error::{Deed, FsError};
use crate::build::manifest::{Fingerprint, MANIFEST_NAME, Manifest};
use crate::build::output_guard::{Guard, OutputRefused, Refusal, SinkError, check_contents, check_place};
use crate::build::sink::{Fingerprinted, Put, Sink, Taken, WritePieces, Written, written_twice};
use crate::build::work_folder::{
    Found, Retired, When, WorkFolder, by_depth, fill, names, read_all, same_bytes, slashed, walk,
};

mod in_place;
mod spare;

use spare::{Change, Lies, Spare};

/// Files up to this length are copied in one piece.
const ONE_PIECE: u64 = 1 << 20;

/// A folder that a site is written to.
pub struct FolderSink {
    disk: Arc<dyn Disk>,
    /// The output folder, as it was asked for.
    shown: PathBuf,
    /// The output folder, where it really is.
    site: PathBuf,
    /// The tree that the new site is made in.
    new_tree: PathBuf,
    work: WorkFolder,
    /// What the old site holds of ours; none when there is no old site.
    old: Option<Manifest>,
    /// BLAKE3 of the list that says so.
    old_list: Option<blake3::Hash>,
    spare: Option<Spare>,
    files: Mutex<HashMap<OutputPath, Taken>>,
    /// Folders of the new tree that exist.
    made: RwLock<HashSet<String>>,
    /// Folders of the old tree, and whether they are folders and not links.
    plain: RwLock<HashMap<String, bool>>,
    failure: Mutex<Option<FsError>>,
    survive_power_cut: bool,
    set_aside: Vec<PathBuf>,
}

impl std::fmt::Debug for FolderSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FolderSink").field("site", &self.site).finish_non_exhaustive()
    }
}

impl FolderSink {
    /// Locks the output folder, having made sure that it is one, and clears what a killed build left.
    pub fn open(output: &Path, guard: &Guard) -> Result<Self, SinkError> {
        Self::open_on(Arc::new(RealDisk), output, guard)
    }

    /// As [`FolderSink::open`], on a disk of the caller's.
    pub fn open_on(disk: Arc<dyn Disk>, output: &Path, guard: &Guard) -> Result<Self, SinkError> {
        let site = check_place(&*disk, output, guard)?;
        // Twice: a folder that is refused must not be touched, and a build that was killed may have left none.
        check_contents(&*disk, output, &site)?;
        if let Some(parent) = site.parent() {
            make_folders(&*disk, parent)?;
        }
        let work = WorkFolder::open(&disk, output, &site)?;
        let Retired { set_aside, .. } = work.recover()?;
        check_contents(&*disk, output, &site)?;
        let (old, old_list) = read_old_manifest(&*disk, output, &site)?.unzip();
        let new_tree = work.new_tree();
        disk.make_folder(&new_tree).map_err(|error| FsError::new(Deed::MakeFolder, &new_tree, &error))?;
        Ok(Self {
            disk,
            shown: output.to_path_buf(),
            site,
            new_tree,
            work,
            old,
            old_list,
            spare: None,
            files: Mutex::default(),
            made: RwLock::default(),
            plain: RwLock::default(),
            failure: Mutex::default(),
            survive_power_cut: false,
            set_aside,
        })
    }

    /// Says whether the new site must have reached the disk itself before it takes the place of the old one, so that
    /// even a power cut leaves one of them whole. It is not so unless asked for: it means to wait for everything that
    /// is being written to that file system (measured on ext4: twice the time), and what a power cut spoils the next
    /// build makes good, since it compares bytes.
    #[must_use]
    pub fn survive_power_cut(mut self, survive: bool) -> Self {
        self.survive_power_cut = survive;
        self
    }

    /// Forgets what it was given so far, as if it had just been opened.
    pub fn forget(&self) -> Result<(), SinkError> {
        let taken = std::mem::take(&mut *hold(&self.files));
        self.spare.iter().for_each(Spare::forget);
        let written = taken.iter().filter(|(_, taken)| taken.put == Put::Written).map(|(path, _)| path.as_str());
        written.into_iter().try_for_each(|path| {
            let failed = |error: io::Error| FsError::new(Deed::Write, self.shown.join(path), &error);
            self.disk.remove_file(&self.new_tree.join(path)).map_err(failed)
        })?;
        Ok(())
    }

    /// Where the site is written to, all links followed.
    pub fn folder(&self) -> &Path {
        &self.site
    }

    /// Puts the new site into the place of the old one, or leaves all as it is when nothing has changed.
    ///
    /// Fails, with the old site as it was, when any file could not be taken before.
    pub fn finish(self) -> Result<Written, SinkError> {
        if let Some(failure) = hold(&self.failure).take() {
            return Err(failure.into());
        }
        let taken = std::mem::take(&mut *hold(&self.files));
        let mut written = self.count(&taken);
        let manifest =
            Manifest { files: taken.iter().map(|(path, taken)| (path.clone(), taken.fingerprint)).collect() };
        if written.written == 0 && self.old.as_ref() == Some(&manifest) && self.is_marked() {
            return Ok(written);
        }
        let no_files = Manifest::default();
        let change = Change::new(self.old.as_ref().unwrap_or(&no_files), &manifest, &taken);
        let only = self.only_change(&taken, &manifest);
        let mut list = None;
        if let Some(only) = &only {
            let written_list = *list.insert(self.write_manifest(&manifest)?);
            if self.put_in_place(only)? {
                self.follow_in_place(only, &change, written_list);
                written.in_place = true;
                return Ok(written);
            }
        }
        let is_of_spare = only.is_none() && self.use_spare(&change, written.linked)?;
        let looked = if is_of_spare { None } else { Some(self.make_whole(&taken, &change)?) };
        let list = match list {
            Some(list) => list,
            None => self.write_manifest(&manifest)?,
        };
        let lies = match &looked {
            Some(looked) => looked.alone_at.and_then(|then| Some(Lies::new(then, self.instant()?, list))),
            None => self.instant().and_then(|now| Lies::of_spare(&self, now, list)),
        };
        self.sync()?;
        let mut retired = Retired::default();
        if let Some(Away { old_tree, in_one_step }) = self.switch()? {
            // Where two names cannot be exchanged, the clocks of folders may be others', too: a share in the network.
            let lies = lies.filter(|_| in_one_step);
            let is_kept = lies.as_ref().is_some_and(|lies| self.keep_as_spare(&old_tree, &change, lies));
            match looked {
                _ if is_kept => {}
                Some(Looked { found, .. }) if lies.is_none() => {
                    self.work.retire(&old_tree, &found, change.old, &manifest, When::AfterTheSwitch, &mut retired);
                }
                _ => {
                    let failed = self.work.retire_leftover(&old_tree, &mut retired).err();
                    retired.untidy.extend(failed);
                }
            }
            if !is_kept {
                retired.untidy.extend(self.clear_spare().err());
            }
        } else {
            // It would keep files alive that somebody removed.
            retired.untidy.extend(self.clear_spare().err());
        }
        written.switched = true;
        written.restamped = !is_of_spare;
        written.set_aside.extend(retired.set_aside);
        written.untidy = retired.untidy;
        Ok(written)
    }

    /// Gives the new tree what it lacks, of the old site: what stayed the same, and what is not ours.
    fn make_whole(&self, taken: &HashMap<OutputPath, Taken>, change: &Change) -> Result<Looked, SinkError> {
        let then = if self.wants_spare(change) { self.instant() } else { None };
        let found = match &self.old {
            Some(_) => walk(&*self.disk, &self.site)?,
            None => Vec::new(),
        };
        let theirs = theirs(&found, change.old);
        self.check_for_things_in_the_way(&theirs, change.new)?;
        self.complete_new_tree(taken, &theirs)?;
        let alone_at = then.filter(|_| theirs.is_empty());
        Ok(Looked { found, alone_at })
    }

    /// True when the old site has our list; a folder that was empty has none.
    fn is_marked(&self) -> bool {
        self.disk.stat(&self.site.join(MANIFEST_NAME)).is_ok_and(|stat| stat.kind == Kind::File && stat.length > 0)
    }

    /// Counts what became of the files.
    fn count(&self, taken: &HashMap<OutputPath, Taken>) -> Written {
        let mut written = Written { set_aside: self.set_aside.clone(), ..Written::default() };
        for file in taken.values() {
            match file.put {
                Put::Written => {
                    written.written += 1;
                    written.bytes += file.fingerprint.length;
                }
                Put::Unchanged => written.linked += 1,
            }
        }
        let old_files = self.old.iter().flat_map(|old| old.files.keys());
        written.removed = old_files.filter(|path| !taken.contains_key(*path)).count();
        written
    }

    /// Refuses to go on when a file that is not ours has a name that the new site needs.
    fn check_for_things_in_the_way(&self, theirs: &[&Found], manifest: &Manifest) -> Result<(), SinkError> {
        if theirs.is_empty() {
            return Ok(());
        }
        let mut needed: HashMap<&str, &OutputPath> = HashMap::default();
        for path in manifest.files.keys() {
            for folder in folders_of(path.as_str()) {
                let first = needed.entry(folder).or_insert(path);
                *first = path.min(first);
            }
        }
        let mut in_the_way: Vec<(PathBuf, String)> = theirs
            .iter()
            .filter_map(|found| {
                let text = slashed(&found.path)?;
                let same_name = is_file_of(manifest, &text).then(|| text.to_string());
                let below = || match found.kind {
                    Kind::Folder => None,
                    _ => needed.get(&*text).map(ToString::to_string),
                };
                let above = || folders_of(&text).find(|folder| is_file_of(manifest, folder)).map(str::to_string);
                Some((found.path.clone(), same_name.or_else(below).or_else(above)?))
            })
            .collect();
        if in_the_way.is_empty() {
            return Ok(());
        }
        in_the_way.sort();
        Err(OutputRefused::new(&self.shown, Refusal::InTheWay(in_the_way)).into())
    }

    /// Gives the new tree all that it does not have yet: files that stayed the same, and those that are not ours.
    fn complete_new_tree(&self, taken: &HashMap<OutputPath, Taken>, theirs: &[&Found]) -> Result<(), FsError> {
        let mut same: Vec<&str> =
            taken.iter().filter(|(_, file)| file.put == Put::Unchanged).map(|(path, _)| path.as_str()).collect();
        // Neighbours together: what two threads do to one folder waits for each other.
        same.sort_unstable();
        self.make_folders(&same, theirs)?;
        same.par_iter().with_min_len(64).try_for_each(|path| self.keep_file(Path::new(path)))?;
        theirs.par_iter().try_for_each(|found| match found.kind {
            Kind::Folder => Ok(()),
            Kind::Link => self.keep_link(&found.path),
            Kind::File | Kind::Other => self.keep_file(&found.path),
        })?;
        for folder in theirs.iter().rev().filter(|found| found.kind == Kind::Folder) {
            self.keep_rights(&folder.path)?;
        }
        if self.old.is_some() { self.keep_rights(Path::new("")) } else { Ok(()) }
    }

    /// Makes the folders of the new tree that files kept from the old one need.
    fn make_folders(&self, same: &[&str], theirs: &[&Found]) -> Result<(), FsError> {
        let made = std::mem::take(&mut *self.made.write().unwrap_or_else(PoisonError::into_inner));
        let mut missing: HashSet<PathBuf> = HashSet::default();
        let mut last = "";
        for path in same {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if folder != last {
                last = folder;
                missing.extend(folders_of(path).filter(|folder| !made.contains(*folder)).map(PathBuf::from));
            }
        }
        for found in theirs {
            let above =
                found.path.ancestors().skip(1).filter(|path| !path.as_os_str().is_empty()).map(Path::to_path_buf);
            missing.extend(above.chain((found.kind == Kind::Folder).then(|| found.path.clone())));
        }
        missing.retain(|folder| !slashed(folder).is_some_and(|folder| made.contains(&*folder)));
        for level in by_depth(missing.into_iter().collect()) {
            let mut level = level;
            level.sort_unstable();
            level.par_iter().with_min_len(32).try_for_each(|folder| {
                let error = |error: io::Error| FsError::new(Deed::MakeFolder, self.shown.join(folder), &error);
                self.disk.make_folder(&self.new_tree.join(folder)).map_err(error)
            })?;
        }
        Ok(())
    }

    /// Gives a file of the old tree a second name in the new one, or copies it where the file system has no such names.
    fn keep_file(&self, path: &Path) -> Result<(), FsError> {
        let (from, to) = (self.site.join(path), self.new_tree.join(path));
        match self.disk.hard_link(&from, &to) {
            Ok(()) => Ok(()),
            Err(error) if may_be_copied_instead(&error) => self.copy_kept(&from, &to),
            Err(error) => Err(error),
        }
        .map_err(|error| FsError::new(Deed::Keep, self.shown.join(path), &error))
    }

    fn copy_kept(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (source, _) = self.disk.open(from)?;
        let target = self.disk.create(to)?;
        let mut buffer = vec![0; 1 << 17];
        loop {
            match self.disk.read(&source, &mut buffer)? {
                0 => break,
                read => self.disk.write(&target, &buffer[..read])?,
            }
        }
        self.disk.copy_attributes(&source, &target)
    }

    /// Makes a symbolic link of the old tree in the new one.
    fn keep_link(&self, path: &Path) -> Result<(), FsError> {
        self.disk
            .read_link(&self.site.join(path))
            .and_then(|target| self.disk.make_link(&target, &self.new_tree.join(path)))
            .map_err(|error| FsError::new(Deed::Keep, self.shown.join(path), &error))
    }

    /// Gives a folder of the new tree the access rights that it has in the old one.
    fn keep_rights(&self, path: &Path) -> Result<(), FsError> {
        self.disk
            .copy_rights(&self.site.join(path), &self.new_tree.join(path))
            .map_err(|error| FsError::new(Deed::Keep, self.shown.join(path), &error))
    }

    /// Waits until the new tree has reached the disk, when that was asked for.
    fn sync(&self) -> Result<(), FsError> {
        if self.survive_power_cut {
            self.disk.sync(&self.new_tree).map_err(|error| FsError::new(Deed::Write, &self.shown, &error))?;
        }
        Ok(())
    }

    fn write_manifest(&self, manifest: &Manifest) -> Result<blake3::Hash, FsError> {
        let json = manifest.to_json();
        self.write_new(MANIFEST_NAME, json.as_bytes())?;
        Ok(blake3::hash(json.as_bytes()))
    }

    /// Puts the new tree into the place of the old one, and says where that is now.
    fn switch(&self) -> Result<Option<Away>, FsError> {
        let disk = &*self.disk;
        let failed = |error: io::Error| FsError::new(Deed::Switch, &self.shown, &error);
        let (new, old) = (self.work.switch_tree(), self.work.old_tree());
        disk.rename(&self.new_tree, &new).map_err(failed)?;
        if self.old.is_none() {
            return disk.rename(&new, &self.site).map(|()| None).map_err(failed);
        }
        match disk.exchange(&new, &self.site) {
            // Another name for the old tree, so that a later build knows it; when that fails it finds out.
            Ok(()) => {
                let old_tree = if disk.rename(&new, &old).is_ok() { old } else { new };
                Ok(Some(Away { old_tree, in_one_step: true }))
            }
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                disk.rename(&self.site, &old).map_err(failed)?;
                disk.rename(&new, &self.site).map_err(|error| {
                    // When this fails too, the next to open the folder puts it back.
                    let _ = disk.rename(&old, &self.site);
                    failed(error)
                })?;
                Ok(Some(Away { old_tree: old, in_one_step: false }))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Notes a file that the sink was given.
    fn take(&self, path: &OutputPath, fingerprint: Fingerprint, put: Put) -> Result<Taken, FsError> {
        let taken = Taken { fingerprint, put };
        match hold(&self.files).insert(path.clone(), taken) {
            None => Ok(taken),
            Some(_) => Err(written_twice(self.shown.join(path.as_str()))),
        }
    }

    /// Remembers the first failure, so that no site is finished that lacks a file.
    fn remember<T>(&self, result: Result<T, FsError>) -> Result<T, FsError> {
        if let Err(error) = &result {
            hold(&self.failure).get_or_insert_with(|| error.clone());
        }
        result
    }

    /// True when the old site has this very file: ours, and a regular file below no link.
    fn was_ours(&self, path: &OutputPath, fingerprint: &Fingerprint) -> bool {
        let known = self.old.as_ref().and_then(|old| old.files.get(path));
        known == Some(fingerprint) && folders_of(path.as_str()).next().is_none_or(|folder| self.is_plain(folder))
    }

    /// True when `folder` of the old site is a folder, and so are those above it.
    fn is_plain(&self, folder: &str) -> bool {
        if let Some(known) = self.plain.read().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return *known;
        }
        let above = folder.rsplit_once('/').is_none_or(|(above, _)| self.is_plain(above));
        let plain = above && self.disk.stat(&self.site.join(folder)).is_ok_and(|stat| stat.kind == Kind::Folder);
        self.plain.write().unwrap_or_else(PoisonError::into_inner).insert(folder.to_string(), plain);
        plain
    }

    /// True when the file of the old site is what `fingerprint` tells of: by its stamp, or else by its bytes.
    fn still_holds(&self, path: &OutputPath, fingerprint: &Fingerprint, stamp: Option<Stamp>) -> bool {
        let file = self.site.join(path.as_str());
        let found = self.disk.stat(&file).ok().filter(|found| found.kind == Kind::File);
        let Some(found) = found.filter(|found| found.length == fingerprint.length) else { return false };
        let is_known = stamp.is_some() && found.stamp == stamp;
        let is_the_same = is_known || self.has_hash(&file, found.length, &fingerprint.hash);
        if let Some(spare) = self.spare.as_ref().filter(|_| is_the_same) {
            spare.note_names(found.names);
        }
        is_the_same
    }

    /// True when the bytes of a file have a hash.
    fn has_hash(&self, file: &Path, length: u64, expected: &blake3::Hash) -> bool {
        let hash = || -> io::Result<blake3::Hash> {
            let (file, _) = self.disk.open(file)?;
            let mut hasher = blake3::Hasher::new();
            let mut buffer = vec![0; usize::try_from(length).unwrap_or(usize::MAX).clamp(1, 1 << 17)];
            loop {
                match self.disk.read(&file, &mut buffer)? {
                    0 => return Ok(hasher.finalize()),
                    read => drop(hasher.update(&buffer[..read])),
                }
            }
        };
        hash().is_ok_and(|hash| hash == *expected)
    }

    /// True when the file of the old site holds `bytes`. The list says so; the file may have been changed by hand.
    fn holds(&self, path: &OutputPath, bytes: &[u8]) -> bool {
        let holds = || -> io::Result<bool> {
            let (file, length) = self.disk.open(&self.site.join(path.as_str()))?;
            if length != bytes.len() as u64 {
                return Ok(false);
            }
            let mut rest = bytes;
            let mut buffer = vec![0; bytes.len().clamp(1, 1 << 17)];
            while !rest.is_empty() {
                let read = self.disk.read(&file, &mut buffer)?;
                if read == 0 || read > rest.len() || buffer[..read] != rest[..read] {
                    return Ok(false);
                }
                rest = &rest[read..];
            }
            Ok(true)
        };
        // What cannot be read is written anew.
        holds().unwrap_or(false)
    }

    /// Writes a file into the new tree.
    fn write_new(&self, path: &str, bytes: &[u8]) -> Result<(), FsError> {
        let file = self.create(path)?;
        self.disk.write(&file, bytes).map_err(|error| FsError::new(Deed::Write, self.shown.join(path), &error))
    }

    /// Makes a file in the new tree, and the folders above it.
    fn create(&self, path: &str) -> Result<File, FsError> {
        if let Some(folder) = folders_of(path).next() {
            self.make_folder(folder)?;
        }
        match self.disk.create(&self.new_tree.join(path)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(written_twice(self.shown.join(path))),
            result => result.map_err(|error| FsError::new(Deed::Write, self.shown.join(path), &error)),
        }
    }

    /// Makes a folder in the new tree, and those above it, unless that was done before.
    fn make_folder(&self, folder: &str) -> Result<(), FsError> {
        if self.made.read().unwrap_or_else(PoisonError::into_inner).contains(folder) {
            return Ok(());
        }
        if let Some((above, _)) = folder.rsplit_once('/') {
            self.make_folder(above)?;
        }
        match self.disk.make_folder(&self.new_tree.join(folder)) {
            // Another thread was quicker; that it is a folder shows when a file is made in it.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(FsError::new(Deed::MakeFolder, self.shown.join(folder), &error));
            }
            _ => {}
        }
        self.made.write().unwrap_or_else(PoisonError::into_inner).insert(folder.to_string());
        Ok(())
    }

    fn put_bytes(&self, path: &OutputPath, bytes: &[u8]) -> Result<Taken, FsError> {
        if path.as_str() == MANIFEST_NAME {
            return Err(written_twice(self.shown.join(MANIFEST_NAME)));
        }
        let fingerprint = Fingerprint::of(bytes);
        if self.was_ours(path, &fingerprint) && self.holds(path, bytes) {
            self.note_names(path);
            return self.take(path, fingerprint, Put::Unchanged);
        }
        self.write_new(path.as_str(), bytes)?;
        self.take(path, fingerprint, Put::Written)
    }

    /// Writes a file of any length, a piece at a time; where it is what lies there already, that is kept.
    fn write_pieces(&self, path: &OutputPath, write: &mut WritePieces) -> Result<Taken, FsError> {
        if path.as_str() == MANIFEST_NAME {
            return Err(written_twice(self.shown.join(MANIFEST_NAME)));
        }
        let unwritable = |error: io::Error| FsError::new(Deed::Write, self.shown.join(path.as_str()), &error);
        let file = OnDisk { disk: &*self.disk, file: self.create(path.as_str())? };
        let mut to = BufWriter::with_capacity(1 << 18, Fingerprinted::new(file));
        write(&mut to).map_err(unwritable)?;
        let fingerprint = to.into_inner().map_err(|error| unwritable(error.into_error()))?.finish();
        if self.was_ours(path, &fingerprint) && self.still_holds(path, &fingerprint, None) {
            self.disk.remove_file(&self.new_tree.join(path.as_str())).map_err(unwritable)?;
            return self.take(path, fingerprint, Put::Unchanged);
        }
        self.take(path, fingerprint, Put::Written)
    }

    fn copy_file(&self, path: &OutputPath, from: &Path) -> Result<Taken, FsError> {
        let unreadable = |error: io::Error| FsError::new(Deed::Read, from, &error);
        let (source, length) = self.disk.open_without_links(from).map_err(unreadable)?;
        if length <= ONE_PIECE {
            let mut bytes = vec![0; usize::try_from(length).unwrap_or(0) + 1];
            let read = fill(&*self.disk, &source, &mut bytes).map_err(unreadable)?;
            if read as u64 == length {
                return self.put_bytes(path, &bytes[..read]);
            }
            // It grew or shrank since it was opened.
            return self.copy_stream(path, from, &self.disk.open_without_links(from).map_err(unreadable)?.0);
        }
        let known = self.old.as_ref().and_then(|old| old.files.get(path)).copied();
        if let Some(known) = known.filter(|known| known.length == length && self.was_ours(path, known))
            && let Ok((old, _)) = self.disk.open(&self.site.join(path.as_str()))
            && same_bytes(&*self.disk, &source, &old).unwrap_or(false)
        {
            self.note_names(path);
            return self.take(path, known, Put::Unchanged);
        }
        self.copy_stream(path, from, &self.disk.open_without_links(from).map_err(unreadable)?.0)
    }

    /// Copies a file of any length, a piece at a time.
    fn copy_stream(&self, path: &OutputPath, from: &Path, source: &File) -> Result<Taken, FsError> {
        if path.as_str() == MANIFEST_NAME {
            return Err(written_twice(self.shown.join(MANIFEST_NAME)));
        }
        let mut target = Fingerprinted::new(OnDisk { disk: &*self.disk, file: self.create(path.as_str())? });
        let mut buffer = vec![0; 1 << 18];
        loop {
            let read =
                fill(&*self.disk, source, &mut buffer).map_err(|error| FsError::new(Deed::Read, from, &error))?;
            if read == 0 {
                break;
            }
            let unwritable = |error: io::Error| FsError::new(Deed::Write, self.shown.join(path.as_str()), &error);
            target.write_all(&buffer[..read]).map_err(unwritable)?;
        }
        self.take(path, target.finish(), Put::Written)
    }
}

impl Sink for FolderSink {
    fn put(&self, path: &OutputPath, bytes: &[u8]) -> Result<Taken, FsError> {
        self.remember(self.put_bytes(path, bytes))
    }

    fn put_pieces(&self, path: &OutputPath, write: &mut WritePieces) -> Result<Taken, FsError> {
        self.remember(self.write_pieces(path, write))
    }

    fn copy(&self, path: &OutputPath, from: &Path) -> Result<Taken, FsError> {
        self.remember(self.copy_file(path, from))
    }

    fn keep(&self, path: &OutputPath, fingerprint: &Fingerprint, stamp: Option<Stamp>) -> Result<bool, FsError> {
        if !self.was_ours(path, fingerprint) || !self.still_holds(path, fingerprint, stamp) {
            return Ok(false);
        }
        self.remember(self.take(path, *fingerprint, Put::Unchanged)).map(|_| true)
    }
}

/// The old site, after the new one took its place.
struct Away {
    old_tree: PathBuf,
    in_one_step: bool,
}

/// What was found in the old site.
struct Looked {
    found: Vec<Found>,
    /// The instant from which on nothing in it is somebody else's, as long as no folder changes; where that is asked for.
    alone_at: Option<i128>,
}

/// A file that is written to by way of a disk.
struct OnDisk<'a> {
    disk: &'a dyn Disk,
    file: File,
}

impl io::Write for OnDisk<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.write(&self.file, bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Makes a folder and those above it, where there are none.
fn make_folders(disk: &dyn Disk, folder: &Path) -> Result<(), FsError> {
    if disk.stat(folder).is_ok() {
        return Ok(());
    }
    folder.parent().map_or(Ok(()), |above| make_folders(disk, above))?;
    match disk.make_folder(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(FsError::new(Deed::MakeFolder, folder, &error))
        }
        _ => Ok(()),
    }
}

/// Reads our list in the old site, with its hash; none when there is no old site.
fn read_old_manifest(
    disk: &dyn Disk,
    shown: &Path,
    site: &Path,
) -> Result<Option<(Manifest, blake3::Hash)>, SinkError> {
    match disk.stat(site) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(FsError::new(Deed::Read, shown, &error).into()),
        Ok(_) => {}
    }
    match read_all(disk, &site.join(MANIFEST_NAME)) {
        Ok(text) => match Manifest::parse(&text) {
            Ok(manifest) => Ok(Some((manifest, blake3::hash(&text)))),
            Err(what) => Err(OutputRefused::new(shown, Refusal::BrokenManifest(what)).into()),
        },
        // An empty folder: see `check_contents`.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some((Manifest::default(), blake3::hash(b"")))),
        Err(error) => Err(FsError::new(Deed::Read, shown.join(MANIFEST_NAME), &error).into()),
    }
}

/// Returns what in the old tree is not ours: files that our list does not name, and folders that it does not need.
fn theirs<'a>(found: &'a [Found], old: &Manifest) -> Vec<&'a Found> {
    let our_folders: HashSet<&str> = old.files.keys().flat_map(|path| folders_of(path.as_str())).collect();
    found
        .iter()
        .filter(|found| match found.kind {
            Kind::Folder => !slashed(&found.path).is_some_and(|path| our_folders.contains(&*path)),
            Kind::File => found.path != Path::new(MANIFEST_NAME) && !names(old, &found.path),
            Kind::Link | Kind::Other => true,
        })
        .collect()
}

/// Returns the folders above a path, the nearest first: of `a/b/c`, `a/b` and `a`.
fn folders_of(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').map(|(at, _)| &path[..at])
}

/// True when the site has a file of this name.
fn is_file_of(manifest: &Manifest, path: &str) -> bool {
    OutputPath::new(path).is_ok_and(|path| manifest.files.contains_key(&path))
}

/// True when a second name cannot be had here, but a copy may.
fn may_be_copied_instead(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::CrossesDevices
            | io::ErrorKind::TooManyLinks
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::Unsupported
    )
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::*;
    use crate::build::faults::FaultyDisk;

    type Files = [(&'static str, &'static str)];

    const OLD: &Files = &[
        ("index.html", "old home"),
        ("a/index.html", "same"),
        ("a/b/c.html", "same too"),
        ("a/b/d.html", "old"),
        ("gone/index.html", "stale"),
        ("img.png", "same image"),
    ];
    const NEW: &Files = &[
        ("index.html", "new home"),
        ("a/index.html", "same"),
        ("a/b/c.html", "same too"),
        ("a/b/d.html", "new"),
        ("img.png", "same image"),
        ("x/y/index.html", "more"),
    ];
    /// As [`OLD`], but for one file.
    const ONE: &Files = &[
        ("index.html", "old home"),
        ("a/index.html", "same"),
        ("a/b/c.html", "not the same"),
        ("a/b/d.html", "old"),
        ("gone/index.html", "stale"),
        ("img.png", "same image"),
    ];
    /// As [`OLD`], but for some files of one folder.
    const FOLDER: &Files = &[
        ("index.html", "old home"),
        ("a/index.html", "same"),
        ("a/b/c.html", "not the same"),
        ("a/b/d.html", "new"),
        ("gone/index.html", "stale"),
        ("img.png", "same image"),
    ];
    const NO_SPACE: i32 = 28;
    const NO_ACCESS: i32 = 13;
    const BROKEN: i32 = 5;

    /// Files that stay the same, so that what differs is little.
    const MORE: &Files = &[
        ("p/1.html", "1"),
        ("p/2.html", "2"),
        ("p/3.html", "3"),
        ("p/4.html", "4"),
        ("p/q/5.html", "5"),
        ("p/q/6.html", "6"),
        ("p/q/7.html", "7"),
        ("p/q/8.html", "8"),
        ("r/1/index.html", "9"),
        ("r/2/index.html", "10"),
        ("r/3/index.html", "11"),
    ];

    /// What a site of these files is where nobody else has any.
    fn alone(files: &Files) -> BTreeMap<String, String> {
        let place = Place::new();
        place.build(files).unwrap();
        place.tree()
    }

    /// A site with an output folder that somebody else uses too, or that keeps a spare tree.
    struct Place {
        folder: tempfile::TempDir,
        has_spare: bool,
    }

    impl Place {
        fn new() -> Self {
            // Thousands of small trees: in memory where that can be had.
            let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
            fs::create_dir(folder.path().join("content")).unwrap();
            Self { folder, has_spare: false }
        }

        /// The place with a site and a spare tree, and nothing of somebody else: `files` are what it holds.
        fn with_spare(files: &Files) -> Self {
            let place = Self { has_spare: true, ..Self::new() };
            place.build(&[files, &[("more/than/one.html", "folder")]].concat()).unwrap();
            place.build(files).unwrap();
            assert!(place.is_ready());
            place
        }

        /// Where the spare tree is.
        fn spare(&self) -> PathBuf {
            self.folder.path().join("content/.spare")
        }

        /// Whether the next build can make use of the spare tree, which then is the same as the site.
        fn is_ready(&self) -> bool {
            let is_ready = self.spare().join("state").exists();
            if is_ready {
                assert_eq!(tree(&self.spare().join("tree")), self.tree());
            }
            is_ready
        }

        /// Builds, and says whether the spare tree was made use of: then hardly any file is given another name.
        fn uses_spare(&self, files: &Files) -> bool {
            let disk = Arc::new(FaultyDisk { only: Some("hard_link"), ..FaultyDisk::default() });
            let written = self.build_on(Arc::clone(&disk), files).unwrap();
            assert!(written.switched && written.untidy.is_empty() && written.set_aside.is_empty(), "{written:?}");
            assert_eq!(self.beside(), [""; 0]);
            // Those that were written, and our list.
            let uses_spare = disk.count() == written.written + 1;
            assert_eq!(uses_spare, !written.restamped);
            uses_spare
        }

        /// The place after a first build, with files of somebody else put into it.
        fn built() -> Self {
            let place = Self::new();
            place.build(OLD).unwrap();
            place.add_foreign_files();
            place
        }

        fn add_foreign_files(&self) {
            let output = self.output();
            for folder in [".git/objects", "notes/empty"] {
                fs::create_dir_all(output.join(folder)).unwrap();
            }
            for file in ["CNAME", ".git/config", "notes/keep.txt", "a/b/mine.txt"] {
                fs::write(output.join(file), file).unwrap();
            }
            #[cfg(unix)]
            std::os::unix::fs::symlink("../nowhere", output.join("notes/link")).unwrap();
        }

        fn output(&self) -> PathBuf {
            self.folder.path().join("public")
        }

        fn open(&self, disk: FaultyDisk) -> Result<FolderSink, SinkError> {
            self.open_on(Arc::new(disk))
        }

        fn open_on(&self, disk: Arc<dyn Disk>) -> Result<FolderSink, SinkError> {
            let sink = FolderSink::open_on(disk, &self.output(), &Guard::new(self.folder.path(), None))?;
            Ok(if self.has_spare { sink.with_spare(&self.spare(), 1) } else { sink })
        }

        fn build(&self, files: &Files) -> Result<Written, SinkError> {
            self.build_on(Arc::default(), files)
        }

        fn build_on(&self, disk: Arc<FaultyDisk>, files: &Files) -> Result<Written, SinkError> {
            let sink = self.open_on(disk)?;
            put_all(&sink, files)?;
            sink.survive_power_cut(true).finish()
        }

        /// All that is in the output folder: files with their text, links with their target.
        fn tree(&self) -> BTreeMap<String, String> {
            tree(&self.output())
        }

        /// What lies beside the output folder, other than the content.
        fn beside(&self) -> Vec<String> {
            let entries = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
            let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
            names.retain(|name| name != "content" && name != "public");
            names
        }
    }

    /// Puts files, those in `a/b` piece by piece.
    fn put_all(sink: &FolderSink, files: &Files) -> Result<(), FsError> {
        files.par_iter().try_for_each(|(path, text)| {
            let (path, mut pieces) = (OutputPath::new(path).unwrap(), text.as_bytes().chunks(3));
            let taken = match path.as_str().starts_with("a/b/") {
                true => sink.put_pieces(&path, &mut |to| pieces.try_for_each(|piece| to.write_all(piece))),
                false => sink.put(&path, text.as_bytes()),
            };
            taken.map(|taken| assert_eq!(taken.fingerprint, Fingerprint::of(text.as_bytes())))
        })
    }

    fn tree(root: &Path) -> BTreeMap<String, String> {
        let Ok(found) = walk(&RealDisk, root) else { return BTreeMap::new() };
        let text = |found: &Found| match found.kind {
            Kind::Folder => "folder".to_string(),
            Kind::Link => fs::read_link(root.join(&found.path)).unwrap().display().to_string(),
            _ => fs::read_to_string(root.join(&found.path)).unwrap(),
        };
        found.iter().map(|found| (found.path.to_str().unwrap().to_string(), text(found))).collect()
    }

    /// The tree that a site gives in an output folder that somebody else uses too.
    fn expected(files: &Files) -> BTreeMap<String, String> {
        let place = Place::new();
        place.build(files).unwrap();
        fs::create_dir_all(place.output().join("a/b")).unwrap();
        place.add_foreign_files();
        place.tree()
    }

    fn inode(path: &Path) -> Option<(u64, u64)> {
        RealDisk.stat(path).unwrap().identity
    }

    #[test]
    fn writes_a_site_and_nothing_beside_it() {
        let place = Place::new();
        let written = place.build(OLD).unwrap();
        assert_eq!((written.written, written.linked, written.removed, written.switched), (6, 0, 0, true));
        assert_eq!(written.bytes, OLD.iter().map(|(_, text)| text.len() as u64).sum::<u64>());
        let mut tree = place.tree();
        assert!(tree.remove(MANIFEST_NAME).unwrap().contains("\"path\":\"gone/index.html\",\"length\":5,"));
        tree.retain(|_, text| text != "folder");
        assert_eq!(
            tree,
            OLD.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect::<BTreeMap<_, _>>()
        );
        assert_eq!(place.beside(), [""; 0]);
    }

    #[test]
    fn keeps_what_is_not_ours_and_removes_what_is_stale() {
        let place = Place::built();
        let written = place.build(NEW).unwrap();
        assert_eq!((written.written, written.linked, written.removed), (3, 3, 1));
        assert_eq!((written.set_aside, written.untidy), (vec![], vec![]));
        assert_eq!(place.tree(), expected(NEW));
        assert_eq!(place.beside(), [""; 0]);
        // And back, through the file system's other ways.
        for (no_exchange, no_hard_links) in [(true, false), (false, true), (true, true)] {
            for files in [OLD, NEW] {
                let disk = FaultyDisk { no_exchange, no_hard_links, ..FaultyDisk::default() };
                place.build_on(Arc::new(disk), files).unwrap();
                assert_eq!(place.tree(), expected(files));
                assert_eq!(place.beside(), [""; 0]);
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn unchanged_files_keep_their_inode_and_time() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let place = Place::built();
        let (same, mine) = (place.output().join("a/index.html"), place.output().join("CNAME"));
        let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        fs::File::options().write(true).open(&same).unwrap().set_modified(long_ago).unwrap();
        fs::set_permissions(place.output(), fs::Permissions::from_mode(0o750)).unwrap();
        fs::set_permissions(place.output().join("notes"), fs::Permissions::from_mode(0o700)).unwrap();
        let before = (inode(&same), inode(&mine));
        place.build(NEW).unwrap();
        assert_eq!((inode(&same), inode(&mine)), before);
        let metadata = fs::metadata(&same).unwrap();
        assert_eq!((metadata.modified().unwrap(), metadata.nlink()), (long_ago, 1));
        assert_eq!(fs::metadata(place.output()).unwrap().mode() & 0o777, 0o750);
        assert_eq!(fs::metadata(place.output().join("notes")).unwrap().mode() & 0o777, 0o700);
        // Where a file cannot have two names it is copied, and keeps at least its time.
        place.build_on(Arc::new(FaultyDisk { no_hard_links: true, ..FaultyDisk::default() }), OLD).unwrap();
        assert_eq!(fs::metadata(&same).unwrap().modified().unwrap(), long_ago);
    }

    #[test]
    fn an_unchanged_site_is_not_touched() {
        let place = Place::built();
        let before = inode(&place.output());
        let disk = Arc::new(FaultyDisk { only: Some("rename"), ..FaultyDisk::default() });
        let written = place.build_on(Arc::clone(&disk), OLD).unwrap();
        assert_eq!((written.written, written.linked, written.removed, written.switched), (0, 6, 0, false));
        assert_eq!((inode(&place.output()), disk.count()), (before, 0));
        assert_eq!(place.tree(), expected(OLD));
        assert_eq!(place.beside(), [""; 0]);
    }

    #[test]
    fn one_file_alone_is_put_in_its_place() {
        let place = Place::built();
        let (folder, other) = (inode(&place.output()), inode(&place.output().join("img.png")));
        let written = place.build(ONE).unwrap();
        assert_eq!((written.written, written.linked, written.switched, written.in_place), (1, 5, false, true));
        assert_eq!((inode(&place.output()), inode(&place.output().join("img.png"))), (folder, other));
        assert_eq!(place.tree(), expected(ONE));
        assert_eq!(place.beside(), [""; 0]);
        // Not when a file has come or gone as well, or when what stands there is none of ours.
        assert!(!place.build(NEW).unwrap().in_place);
        place.build(OLD).unwrap();
        fs::remove_file(place.output().join("a/b/c.html")).unwrap();
        fs::create_dir(place.output().join("a/b/c.html")).unwrap();
        assert!(place.build(ONE).is_err());
        fs::remove_dir(place.output().join("a/b/c.html")).unwrap();
        assert!(place.build(ONE).unwrap().switched, "a file that is missing is a file that has come");
        let disk = FaultyDisk { no_exchange: true, ..FaultyDisk::default() };
        assert!(place.build_on(Arc::new(disk), OLD).unwrap().switched);
        assert_eq!(place.tree(), expected(OLD));
    }

    #[test]
    fn the_tree_that_was_switched_away_is_the_next_one() {
        let (old, new, one) = ([OLD, MORE].concat(), [NEW, MORE].concat(), [ONE, MORE].concat());
        let place = Place::with_spare(&old);
        let unchanged = inode(&place.output().join("p/q/5.html"));
        for files in [&new, &old, &new] {
            assert!(place.uses_spare(files));
            assert_eq!(place.tree(), alone(files));
            assert!(place.is_ready());
        }
        assert_eq!(inode(&place.output().join("p/q/5.html")), unchanged);
        assert_eq!(inode(&place.spare().join("tree/index.html")), inode(&place.output().join("index.html")));
        // What goes is nowhere any more, and neither are its folders.
        assert!(!place.spare().join("tree/gone").exists());
        // The folder has the rights that somebody gave it.
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, PermissionsExt};
            fs::set_permissions(place.output(), fs::Permissions::from_mode(0o750)).unwrap();
            for files in [&old, &new] {
                assert!(place.uses_spare(files));
                assert_eq!(fs::metadata(place.output()).unwrap().mode() & 0o777, 0o750);
            }
        }
        // A file or a folder alone is put in its place, and the spare tree follows.
        assert!(place.uses_spare(&old));
        for files in [&one, &[FOLDER, MORE].concat(), &old] {
            assert!(place.build(files).unwrap().in_place);
            assert!(place.is_ready());
            assert_eq!(place.tree(), alone(files));
        }
        assert!(place.uses_spare(&new));
        // Where nearly all is new, or little is there, another tree is as soon made.
        assert!(!place.uses_spare(NEW) && !place.spare().join("tree").exists());
        assert_eq!(place.tree(), alone(NEW));
        // Where two names cannot be exchanged, there is none.
        let place = Place::with_spare(&old);
        let disk = FaultyDisk { no_exchange: true, ..FaultyDisk::default() };
        place.build_on(Arc::new(disk), &new).unwrap();
        assert!(!place.spare().join("tree").exists());
        assert_eq!((place.tree(), place.beside()), (alone(&new), vec![]));
        assert!(!place.spare().exists());
        // A site that was removed does not live on.
        let place = Place::with_spare(&old);
        fs::remove_dir_all(place.output()).unwrap();
        place.build(&old).unwrap();
        assert!(!place.spare().join("tree").exists());
    }

    #[test]
    fn a_spare_tree_that_somebody_else_touched_is_not_used() {
        let (old, new) = ([OLD, MORE].concat(), [NEW, MORE].concat());
        let spoil: [(&str, &dyn Fn(&Path)); 8] = [
            ("a file was added", &|spare| fs::write(spare.join("tree/r/1/.DS_Store"), "").unwrap()),
            ("a file was added above", &|spare| fs::write(spare.join("tree/.DS_Store"), "").unwrap()),
            ("a file was removed", &|spare| fs::remove_file(spare.join("tree/r/1/index.html")).unwrap()),
            ("a folder was removed", &|spare| fs::remove_dir_all(spare.join("tree/p")).unwrap()),
            ("a file was exchanged", &|spare| {
                fs::write(spare.join("new"), "11").unwrap();
                fs::rename(spare.join("new"), spare.join("tree/r/3/index.html")).unwrap();
            }),
            ("the tree is gone", &|spare| fs::remove_dir_all(spare.join("tree")).unwrap()),
            ("the state is damaged", &|spare| {
                let state = fs::read(spare.join("state")).unwrap();
                fs::write(spare.join("state"), &state[..state.len() - 1]).unwrap();
            }),
            ("the state is of another list", &|spare| {
                let mut state = fs::read(spare.join("state")).unwrap();
                state[spare::FORMAT.len()] ^= 1;
                fs::write(spare.join("state"), &state).unwrap();
            }),
        ];
        for (what, spoil) in spoil {
            let place = Place::with_spare(&old);
            spoil(&place.spare());
            assert!(!place.uses_spare(&new), "{what}");
            assert_eq!(place.tree(), alone(&new), "{what}");
            assert!(place.is_ready(), "{what}");
            assert!(place.uses_spare(&old), "{what}");
        }
        // A file that could have no second name is another one in the spare tree.
        let place = Place { has_spare: true, ..Place::new() };
        place.build(&[old.as_slice(), &[("more/than/one.html", "folder")]].concat()).unwrap();
        let disk = FaultyDisk { only: Some("hard_link"), fail_at: Some((1, NO_ACCESS)), ..FaultyDisk::default() };
        place.build_on(Arc::new(disk), &old).unwrap();
        let paths = old.iter().map(|(path, _)| *path);
        let two = |path: &&str| inode(&place.output().join(path)) != inode(&place.spare().join("tree").join(path));
        let copied: Vec<&str> = paths.filter(two).collect();
        assert_eq!(copied.len(), 1);
        fs::write(place.spare().join("tree").join(copied[0]), "changed").unwrap();
        assert!(!place.uses_spare(&new));
        assert_eq!(place.tree(), alone(&new));
        // A site that was copied has the same files, and none of them is in the spare tree.
        let place = Place::with_spare(&old);
        fs::remove_file(place.output().join("p/1.html")).unwrap();
        fs::write(place.output().join("p/1.html"), "1").unwrap();
        assert!(!place.uses_spare(&new));
        assert_eq!(place.tree(), alone(&new));
    }

    #[test]
    fn what_others_add_beside_a_spare_tree_is_kept() {
        let (old, new) = ([OLD, MORE].concat(), [NEW, MORE].concat());
        for theirs in ["CNAME", "r/1/mine.txt", "mine/x.txt", "p/q/mine"] {
            let place = Place::with_spare(&old);
            let file = place.output().join(theirs);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, "mine").unwrap();
            for files in [&new, &old] {
                assert!(!place.uses_spare(files), "{theirs}");
                assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
                assert!(!place.spare().join("tree").exists(), "{theirs}");
            }
            fs::remove_file(&file).unwrap();
            assert!(!place.uses_spare(&new) && !file.exists());
            // An empty folder is theirs, too.
            assert_eq!(place.is_ready(), !theirs.starts_with("mine/"), "{theirs}");
        }
        // To the folder in which something is put in place.
        for (files, theirs) in [([ONE, MORE].concat(), "a/b/mine.txt"), ([FOLDER, MORE].concat(), "a/mine.txt")] {
            let place = Place::with_spare(&old);
            fs::write(place.output().join(theirs), "mine").unwrap();
            assert!(place.build(&files).unwrap().in_place);
            assert!(!place.uses_spare(&new));
            assert_eq!(fs::read_to_string(place.output().join(theirs)).unwrap(), "mine");
        }
    }

    #[test]
    fn what_others_add_while_a_spare_tree_is_switched_is_kept() {
        let (old, new) = ([OLD, MORE].concat(), [NEW, MORE].concat());
        for moment in ["sync", "exchange"] {
            let place = Place::with_spare(&old);
            let output = place.output();
            let before = move |name: &'static str| {
                if name == moment {
                    fs::write(output.join("r/1/late.txt"), "late").unwrap();
                    fs::write(output.join("late.txt"), "late too").unwrap();
                }
            };
            let disk = FaultyDisk { before: Some(Box::new(before)), ..FaultyDisk::default() };
            let written = place.build_on(Arc::new(disk), &new).unwrap();
            assert_eq!((written.switched, written.restamped, written.set_aside.len()), (true, false, 0));
            let mut expected = alone(&new);
            expected.insert("r/1/late.txt".to_string(), "late".to_string());
            expected.insert("late.txt".to_string(), "late too".to_string());
            assert_eq!(place.tree(), expected);
            assert_eq!(place.beside(), [""; 0]);
            assert!(!place.spare().join("tree").exists());
        }
    }

    #[test]
    fn any_operation_on_a_spare_tree_may_fail() {
        let files = [[OLD, MORE], [NEW, MORE], [ONE, MORE], [FOLDER, MORE]].map(|parts| parts.concat());
        let [old, others @ ..] = &files;
        for files in others {
            let (before, after) = (alone(old), alone(files));
            for (for_good, number) in [(false, BROKEN), (true, NO_SPACE), (false, NO_ACCESS)] {
                let mut at = 1;
                loop {
                    let place = Place::with_spare(old);
                    let disk = FaultyDisk { fail_at: Some((at, number)), for_good, ..FaultyDisk::default() };
                    let disk = Arc::new(disk);
                    let result = place.build_on(Arc::clone(&disk), files);
                    let (now, told) = (place.tree(), format!("operation {at}, for good {for_good}: {result:?}"));
                    match &result {
                        Ok(_) => assert_eq!(now, after, "{told}"),
                        Err(_) => assert!(now == before || seen(&now) == seen(&after), "{told}"),
                    }
                    place.build(files).unwrap_or_else(|error| panic!("{told}, then {error}"));
                    assert_eq!(place.tree(), after, "{told}");
                    assert_eq!(place.beside(), [""; 0], "{told}");
                    // Nothing of what went is left in the spare tree, whether it can be used or not.
                    place.build(&[old.as_slice(), &[("x/1.html", "x"), ("z/1.html", "z")]].concat()).unwrap();
                    place.build(old).unwrap();
                    assert_eq!(place.tree(), before, "{told}");
                    assert!(place.is_ready(), "{told}");
                    if disk.count() < at {
                        break;
                    }
                    at += 1;
                }
                assert!(at > 60, "only {at} operations");
            }
        }
    }

    #[test]
    fn with_a_spare_tree_any_instant_may_be_the_last() {
        let [old, new] = [[OLD, MORE], [NEW, MORE]].map(|parts| parts.concat());
        let (before, after) = (seen(&alone(&old)), seen(&alone(&new)));
        let place = Place::with_spare(&old);
        let disk = Arc::new(FaultyDisk::default());
        place.build_on(Arc::clone(&disk), &new).unwrap();
        let total = disk.count();
        let mut killed = 0;
        for at in 1..=total {
            let place = Place::with_spare(&old);
            let order = format!("{}|{at}|false|false|3", place.folder.path().display());
            killed += usize::from(is_killed(&order));
            let now = seen(&place.tree());
            assert!(now == before || now == after, "killed at {at} of {total}: {now:#?}");
            place.build(&new).unwrap();
            assert_eq!(place.tree(), alone(&new), "killed at {at}");
            place.build(&old).unwrap();
            assert_eq!(place.tree(), alone(&old), "killed at {at}");
            assert_eq!(place.beside(), [""; 0], "killed at {at}");
            assert!(place.is_ready(), "killed at {at}");
        }
        assert!(killed * 10 > total * 8, "{killed} of {total}");
    }

    #[test]
    fn files_changed_or_removed_by_hand_are_made_good() {
        let place = Place::built();
        fs::write(place.output().join("a/index.html"), "SAME").unwrap();
        fs::remove_file(place.output().join("img.png")).unwrap();
        assert_eq!(place.build(OLD).unwrap().written, 2);
        assert_eq!(place.tree(), expected(OLD));
    }

    #[test]
    fn files_of_others_are_never_overwritten() {
        for (theirs, ours, told) in [
            ("CNAME", "CNAME", "`CNAME` there is not from crossbrief and stands where `CNAME` of the site belongs"),
            ("CNAME", "CNAME/index.html", "where `CNAME/index.html` of the site"),
            ("notes/keep.txt", "notes", "`notes` there is not from crossbrief and stands where `notes` of"),
            ("notes/link", "notes/link", "`notes/link` there"),
            ("a/b/mine.txt", "a/b", "`a/b/mine.txt` there is not from crossbrief and stands where `a/b` of"),
        ] {
            let place = Place::built();
            let before = place.tree();
            let sink = place.open(FaultyDisk::default()).unwrap();
            sink.put(&OutputPath::new(ours).unwrap(), b"ours").unwrap();
            let error = sink.finish().unwrap_err();
            assert!(error.to_string().contains(told), "{theirs}: {error}");
            assert_eq!((error.help().len(), error.exit_code()), (1, 2));
            assert_eq!(place.tree(), before);
            assert_eq!(place.beside(), [""; 0]);
        }
    }

    #[test]
    fn a_folder_may_be_given_to_us_with_what_is_in_it() {
        let place = Place::new();
        fs::create_dir(place.output()).unwrap();
        fs::write(place.output().join("CNAME"), "mine").unwrap();
        let refused = place.build(OLD).unwrap_err();
        assert!(refused.to_string().contains("it is not empty (it holds `CNAME`)"), "{refused}");
        assert!(refused.help()[1].contains(".crossbrief.json"));
        fs::write(place.output().join(MANIFEST_NAME), "").unwrap();
        place.build(OLD).unwrap();
        assert_eq!(fs::read_to_string(place.output().join("CNAME")).unwrap(), "mine");
        fs::write(place.output().join(MANIFEST_NAME), "{").unwrap();
        let refused = place.build(NEW).unwrap_err();
        assert!(refused.to_string().contains("`.crossbrief.json`, cannot be understood"), "{refused}");
        assert_eq!(place.beside(), [""; 0]);
    }

    #[test]
    fn empty_folders_are_taken_and_parents_made() {
        let place = Place::new();
        fs::create_dir(place.output()).unwrap();
        place.build(&[]).unwrap();
        assert_eq!(place.tree().into_keys().collect::<Vec<_>>(), [MANIFEST_NAME]);
        let output = place.folder.path().join("deep/er/public");
        let sink = FolderSink::open(&output, &Guard::new(place.folder.path(), None)).unwrap().survive_power_cut(true);
        put_all(&sink, OLD).unwrap();
        sink.finish().unwrap();
        assert!(output.join("index.html").exists());
        assert_eq!(fs::read_dir(output.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_second_build_is_told() {
        let place = Place::built();
        let sink = place.open(FaultyDisk::default()).unwrap();
        put_all(&sink, NEW).unwrap();
        let error = place.build(NEW).unwrap_err().to_string();
        assert!(error.ends_with(&format!("another build (process {}) writes there", std::process::id())), "{error}");
        sink.finish().unwrap();
        assert_eq!(place.tree(), expected(NEW));
        assert!(!place.build(NEW).unwrap().switched);
    }

    #[test]
    fn who_builds_is_told_though_it_has_only_just_begun() {
        let place = Place::built();
        let work = place.folder.path().join(".public.crossbrief");
        fs::create_dir(&work).unwrap();
        let other = File::create(work.join("lock")).unwrap();
        other.try_lock().unwrap();
        let asked = std::sync::atomic::AtomicUsize::new(0);
        let before = move |name: &'static str| {
            // It signs when it was asked for once.
            if name == "lock" && asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 1 {
                fs::write(work.join("lock"), "4711").unwrap();
            }
        };
        let error = place.open(FaultyDisk { before: Some(Box::new(before)), ..FaultyDisk::default() }).unwrap_err();
        assert!(error.to_string().ends_with("another build (process 4711) writes there"), "{error}");
        // One that never does.
        fs::write(place.folder.path().join(".public.crossbrief/lock"), "").unwrap();
        let error = place.open(FaultyDisk::default()).unwrap_err();
        assert!(error.to_string().ends_with("another build writes there"), "{error}");
    }

    #[test]
    fn a_clock_that_is_asked_for_leaves_the_lock_signed() {
        let place = Place::with_spare(&[OLD, MORE].concat());
        let work = place.folder.path().join(".public.crossbrief");
        let seen: Arc<Mutex<HashSet<String>>> = Arc::default();
        let noted = Arc::clone(&seen);
        let before = move |_: &'static str| {
            if work.join("new").exists() {
                hold(&noted).insert(fs::read_to_string(work.join("lock")).unwrap_or_default());
            }
        };
        let disk = FaultyDisk { before: Some(Box::new(before)), ..FaultyDisk::default() };
        assert!(!place.build_on(Arc::new(disk), &[NEW, MORE].concat()).unwrap().restamped);
        assert_eq!(*hold(&seen), HashSet::from_iter([std::process::id().to_string()]));
    }

    #[test]
    fn many_builds_at_once_do_not_mix() {
        let place = Place::built();
        std::thread::scope(|scope| {
            for number in 0..8 {
                let place = &place;
                scope.spawn(move || {
                    for turn in 0..20 {
                        match place.build(if (number + turn) % 2 == 0 { OLD } else { NEW }) {
                            Ok(_) => {}
                            Err(SinkError::Refused(OutputRefused { why: Refusal::Locked(_), .. })) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                });
            }
        });
        let tree = place.tree();
        assert!(tree == expected(OLD) || tree == expected(NEW));
        assert_eq!(place.beside(), [""; 0]);
    }

    #[test]
    fn a_build_given_up_leaves_the_old_site() {
        let place = Place::built();
        let before = (place.tree(), inode(&place.output()));
        let sink = place.open(FaultyDisk::default()).unwrap();
        put_all(&sink, NEW).unwrap();
        drop(sink);
        let sink = place.open(FaultyDisk::default()).unwrap();
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let sink = sink;
            put_all(&sink, NEW).unwrap();
            panic!("a template went wrong");
        }));
        assert!(panic.is_err());
        assert_eq!((place.tree(), inode(&place.output())), before);
        assert_eq!(place.beside(), [""; 0]);
    }

    #[test]
    fn a_failed_file_fails_the_build_even_when_nobody_listens() {
        let place = Place::built();
        let sink = place.open(FaultyDisk::default()).unwrap();
        let path = OutputPath::new("index.html").unwrap();
        sink.put(&path, b"one").unwrap();
        let twice = sink.put(&path, b"two").unwrap_err();
        assert!(twice.to_string().ends_with("index.html: two outputs have this path"));
        assert_eq!(sink.finish().unwrap_err(), SinkError::Disk(twice));
        let sink = place.open(FaultyDisk::default()).unwrap();
        sink.put(&OutputPath::new("x").unwrap(), b"file").unwrap();
        assert!(sink.put(&OutputPath::new("x/y").unwrap(), b"below a file").is_err());
        assert!(sink.put(&OutputPath::new(MANIFEST_NAME).unwrap(), b"{}").is_err());
        assert!(sink.copy(&OutputPath::new("z").unwrap(), &place.folder.path().join("none")).is_err());
        assert!(sink.finish().is_err());
        assert_eq!(place.tree(), expected(OLD));
    }

    #[test]
    fn copies_files_of_any_length() {
        let place = Place::new();
        let (long, short) = (place.folder.path().join("content/long"), place.folder.path().join("content/short"));
        let build = |long_bytes: &[u8]| {
            fs::write(&long, long_bytes).unwrap();
            fs::write(&short, "short").unwrap();
            let sink = place.open(FaultyDisk::default()).unwrap();
            let puts = [("long", &long), ("short", &short)]
                .map(|(path, from)| sink.copy(&OutputPath::new(path).unwrap(), from).unwrap().put);
            sink.finish().unwrap();
            assert_eq!(fs::read(place.output().join("long")).unwrap(), long_bytes);
            let list = fs::read(place.output().join(MANIFEST_NAME)).unwrap();
            let known = Manifest::parse(&list).unwrap().files[&OutputPath::new("long").unwrap()];
            assert_eq!(known, Fingerprint::of(long_bytes));
            puts
        };
        let mut bytes: Vec<u8> = (0..3_000_001_u32).map(|at| at.to_le_bytes()[0]).collect();
        assert_eq!(build(&bytes), [Put::Written, Put::Written]);
        assert_eq!(build(&bytes), [Put::Unchanged, Put::Unchanged]);
        bytes[2_900_000] ^= 1;
        assert_eq!(build(&bytes), [Put::Written, Put::Unchanged]);
    }

    #[cfg(unix)]
    #[test]
    fn links_in_the_output_lead_us_nowhere() {
        use std::os::unix::fs::symlink;
        let place = Place::built();
        let elsewhere = tempfile::tempdir().unwrap();
        for file in ["c.html", "d.html"] {
            fs::write(elsewhere.path().join(file), "same too").unwrap();
        }
        fs::remove_dir_all(place.output().join("a/b")).unwrap();
        symlink(elsewhere.path(), place.output().join("a/b")).unwrap();
        let refused = place.build(NEW).unwrap_err().to_string();
        assert!(refused.contains("`a/b` there is not from crossbrief"), "{refused}");
        // Stale files of ours behind a link are not ours to remove.
        place.build(&[("index.html", "alone")]).unwrap();
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 2);
        assert!(place.output().join("a/b").is_symlink());
        // A work folder that is a link is not ours either.
        symlink(elsewhere.path(), place.folder.path().join(".public.crossbrief")).unwrap();
        let refused = place.build(NEW).unwrap_err().to_string();
        assert!(refused.contains(".public.crossbrief` beside it is not from crossbrief"), "{refused}");
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 2);
    }

    #[test]
    fn files_that_others_add_during_the_switch_are_kept() {
        let place = Place::built();
        let output = place.output();
        let work = place.folder.path().join(".public.crossbrief");
        let before = move |name: &'static str| match name {
            // Just before the switch: a new file, and a new version of one that was linked already.
            "sync" => {
                fs::write(output.join("gone/late.txt"), "late").unwrap();
                fs::write(output.join("tmp"), "newer").unwrap();
                fs::rename(output.join("tmp"), output.join("CNAME")).unwrap();
                fs::write(output.join("index.html.txt"), "late too").unwrap();
                fs::create_dir(output.join("x")).unwrap();
                fs::write(output.join("x/y"), "stands where a page belongs").unwrap();
            }
            "remove_folder" if work.join("old").exists() => {
                let _ = fs::write(work.join("old/later.txt"), "later");
            }
            _ => {}
        };
        let disk = FaultyDisk { before: Some(Box::new(before)), ..FaultyDisk::default() };
        let written = place.build_on(Arc::new(disk), NEW).unwrap();
        let mut expected = expected(NEW);
        for (path, text) in [
            ("gone", "folder"),
            ("gone/late.txt", "late"),
            ("CNAME", "newer"),
            ("index.html.txt", "late too"),
            ("later.txt", "later"),
        ] {
            expected.insert(path.to_string(), text.to_string());
        }
        assert_eq!(place.tree(), expected);
        assert_eq!(written.set_aside.len(), 1);
        assert_eq!(
            fs::read_to_string(place.folder.path().join("public.kept/x/y")).unwrap(),
            "stands where a page belongs"
        );
    }

    #[test]
    fn files_that_others_add_to_the_one_folder_are_kept() {
        for no_hard_links in [false, true] {
            let place = Place::built();
            let output = place.output();
            let before = move |name: &'static str| {
                if name == "sync" {
                    fs::write(output.join("a/b/late.txt"), "late").unwrap();
                    fs::write(output.join("tmp"), "newer").unwrap();
                    fs::rename(output.join("tmp"), output.join("a/b/mine.txt")).unwrap();
                }
            };
            let disk = FaultyDisk { before: Some(Box::new(before)), no_hard_links, ..FaultyDisk::default() };
            assert!(place.build_on(Arc::new(disk), FOLDER).unwrap().in_place);
            let mut expected = expected(FOLDER);
            expected.insert("a/b/late.txt".to_string(), "late".to_string());
            expected.insert("a/b/mine.txt".to_string(), "newer".to_string());
            assert_eq!(place.tree(), expected);
            assert_eq!(place.beside(), [""; 0]);
        }
    }

    #[test]
    fn says_what_the_disk_says() {
        let check = |only, number, expected: &str| {
            let place = Place::built();
            let disk =
                FaultyDisk { fail_at: Some((1, number)), for_good: true, only: Some(only), ..FaultyDisk::default() };
            let error = place.build_on(Arc::new(disk), NEW).unwrap_err();
            let shown = error.to_string().replace(&place.folder.path().display().to_string(), "");
            assert!(shown.contains(expected), "{shown}");
            assert_eq!(error.exit_code(), 2);
            assert_eq!(place.tree(), self::expected(OLD));
            error
        };
        let full = check("write", NO_SPACE, "disk full while writing /public/");
        assert!(full.help()[0].starts_with("free some space"));
        check("make_folder", NO_SPACE, "disk full while making the folder /.public.crossbrief");
        let closed = check("make_folder", NO_ACCESS, "cannot make the folder /.public.crossbrief: permission denied");
        assert!(closed.help()[0].contains("must be writable"));
        check("create", 30, "the file system is read-only");
        check("hard_link", NO_SPACE, "disk full while keeping /public/");
        check("sync", BROKEN, "cannot write /public: input/output error");
        check("exchange", 16, "cannot put the new site into the place of /public: it is in use or a mount point");
        check("lock", 37, "cannot lock /public: no locks available");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn writes_to_another_file_system() {
        let Ok(memory) = tempfile::tempdir_in("/dev/shm") else { return };
        let site = tempfile::tempdir().unwrap();
        fs::write(site.path().join("a.pdf"), "pdf").unwrap();
        let output = memory.path().join("public");
        for turn in 0..2 {
            let sink = FolderSink::open(&output, &Guard::new(site.path(), None)).unwrap();
            sink.copy(&OutputPath::new("a.pdf").unwrap(), &site.path().join("a.pdf")).unwrap();
            sink.put(&OutputPath::new("index.html").unwrap(), turn.to_string().as_bytes()).unwrap();
            assert_eq!(sink.finish().unwrap().linked, turn);
        }
        assert_eq!(tree(&output)["a.pdf"], "pdf");
        // Nothing is kept on the one for the other.
        let spare = site.path().join(".spare");
        for files in [[OLD, MORE], [NEW, MORE], [OLD, MORE]].map(|parts| parts.concat()) {
            let sink = FolderSink::open(&output, &Guard::new(site.path(), None)).unwrap().with_spare(&spare, 1);
            put_all(&sink, &files).unwrap();
            let written = sink.finish().unwrap();
            assert!(written.switched && written.untidy.is_empty(), "{written:?}");
            assert_eq!(tree(&output), alone(&files));
            assert!(!spare.exists());
        }
    }

    /// A tree without our list, which no reader sees.
    fn seen(tree: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        tree.iter()
            .filter(|(path, _)| *path != MANIFEST_NAME)
            .map(|(path, text)| (path.clone(), text.clone()))
            .collect()
    }

    /// Ways in which file systems differ.
    const SYSTEMS: [(bool, bool); 4] = [(false, false), (true, false), (false, true), (true, true)];

    #[test]
    fn at_every_operation_the_old_site_or_the_new_one_stands() {
        for ((no_exchange, no_hard_links), files) in
            SYSTEMS.into_iter().flat_map(|system| [(system, NEW), (system, ONE), (system, FOLDER)])
        {
            let place = Place::built();
            let output = place.output();
            let (old, new) = (seen(&expected(OLD)), seen(&expected(files)));
            let before_new = new.clone();
            let before = move |name: &'static str| {
                let now = seen(&tree(&output));
                // Without an exchange there is one instant with neither: before the second rename.
                let between = no_exchange && name == "rename" && !output.exists();
                assert!(now == old || now == before_new || between, "before {name}: {now:#?}");
            };
            let disk =
                FaultyDisk { no_exchange, no_hard_links, before: Some(Box::new(before)), ..FaultyDisk::default() };
            place.build_on(Arc::new(disk), files).unwrap();
            assert_eq!(seen(&place.tree()), new);
            assert_eq!(place.tree(), expected(files));
        }
    }

    #[test]
    fn any_operation_may_fail() {
        for ((no_exchange, no_hard_links), files) in
            SYSTEMS.into_iter().flat_map(|system| [(system, NEW), (system, ONE), (system, FOLDER)])
        {
            let (old, new) = (expected(OLD), expected(files));
            for (for_good, number) in [(false, BROKEN), (true, NO_SPACE), (false, NO_ACCESS)] {
                let mut at = 1;
                loop {
                    let place = Place::built();
                    let fail_at = Some((at, number));
                    let disk =
                        Arc::new(FaultyDisk { fail_at, for_good, no_exchange, no_hard_links, ..FaultyDisk::default() });
                    let result = place.build_on(Arc::clone(&disk), files);
                    let now = place.tree();
                    let told = format!("operation {at}, {SYSTEMS:?}, for good {for_good}, {number}: {result:?}");
                    match &result {
                        Ok(_) => assert_eq!(now, new, "{told}"),
                        // Nothing works any more, not even putting the old site back; the next build does that.
                        Err(_) if no_exchange && for_good && !place.output().exists() => {}
                        Err(_) if files != NEW && for_good && seen(&now) == seen(&new) => {}
                        Err(_) => assert_eq!(now, old, "{told}"),
                    }
                    if !for_good && result.as_ref().is_err_and(|error| matches!(error, SinkError::Disk(_))) {
                        assert_eq!(place.beside(), [""; 0], "{told}");
                    }
                    // The next build puts all right.
                    place.build(files).unwrap_or_else(|error| panic!("{told}, then {error}"));
                    assert_eq!(place.tree(), new, "{told}");
                    assert_eq!(place.beside(), [""; 0], "{told}");
                    if disk.count() < at {
                        break;
                    }
                    at += 1;
                }
                assert!(at > if files == NEW { 50 } else { 25 }, "only {at} operations");
            }
        }
    }

    /// Where [`a_build_that_is_killed`] builds, and how: `folder`, `operation`, `no exchange`, `no hard links`, `files`.
    const CHILD: &str = "CROSSBRIEF_TEST_BUILD_AND_ABORT";

    const FILES: [&Files; 3] = [NEW, ONE, FOLDER];

    /// Not a test by itself: what [`any_instant_may_be_the_last`] starts in a process of its own.
    #[test]
    fn a_build_that_is_killed() {
        let Ok(order) = std::env::var(CHILD) else { return };
        let parts: Vec<&str> = order.split('|').collect();
        let [folder, at, no_exchange, no_hard_links, which] = parts[..] else { panic!("{order}") };
        let disk = FaultyDisk {
            abort_at: at.parse().ok(),
            no_exchange: no_exchange == "true",
            no_hard_links: no_hard_links == "true",
            ..FaultyDisk::default()
        };
        let disk: Arc<dyn Disk> = Arc::new(disk);
        let folder = Path::new(folder);
        let sink = FolderSink::open_on(disk, &folder.join("public"), &Guard::new(folder, None)).unwrap();
        match FILES.get(which.parse::<usize>().unwrap()) {
            Some(files) => {
                put_all(&sink, files).unwrap();
                sink.finish().unwrap();
            }
            None => {
                let sink = sink.with_spare(&folder.join("content/.spare"), 1);
                put_all(&sink, &[NEW, MORE].concat()).unwrap();
                sink.finish().unwrap();
            }
        }
    }

    /// Has a process of its own build as it is ordered, and says whether it was killed.
    fn is_killed(order: &str) -> bool {
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "build::folder_sink::tests::a_build_that_is_killed", "--test-threads=1"])
            .env(CHILD, order)
            .output();
        !child.unwrap().status.success()
    }

    #[test]
    fn any_instant_may_be_the_last() {
        let mut killed = 0;
        for ((no_exchange, no_hard_links), files) in
            SYSTEMS.into_iter().flat_map(|system| [(system, NEW), (system, ONE), (system, FOLDER)])
        {
            let (old, new) = (seen(&expected(OLD)), seen(&expected(files)));
            let place = Place::built();
            let disk = Arc::new(FaultyDisk { no_exchange, no_hard_links, ..FaultyDisk::default() });
            place.build_on(Arc::clone(&disk), files).unwrap();
            let total = disk.count();
            for turn in 0..12 {
                let place = Place::built();
                // Killed twice: what the first left is cleared by the second, which is killed as well.
                for at in [1 + turn * total / 12, 1 + (turn * 7 + 3) % 12 * total / 12] {
                    let which = FILES.iter().position(|other| *other == files).unwrap();
                    let folder = place.folder.path().display();
                    let order = format!("{folder}|{at}|{no_exchange}|{no_hard_links}|{which}");
                    killed += usize::from(is_killed(&order));
                    let now = seen(&place.tree());
                    let between = no_exchange && !place.output().exists();
                    assert!(now == old || now == new || between, "killed at {at} of {total}: {now:#?}");
                }
                place.build(files).unwrap();
                assert_eq!(place.tree(), expected(files));
                assert_eq!(place.beside(), [""; 0]);
            }
        }
        assert!(killed >= 120, "{killed}");
    }
}
