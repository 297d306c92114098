//! Putting a single file, or some files of one folder, in the place of the old ones without a new tree.
//!
//! One exchange of two names is all that a reader can see of it. Of two folders a reader could see one changed and the
//! other not yet, so whatever concerns more than one goes into a new tree (see `folder_sink.rs`).

use std::io;
use std::path::Path;

use foldhash::HashMap;

use super::{FolderSink, folders_of, is_file_of};
use crate::base::paths::OutputPath;
use crate::build::disk::Kind;
use crate::build::fs_error::{Deed, FsError};
use crate::build::manifest::{MANIFEST_NAME, Manifest};
use crate::build::sink::{Put, Taken};

/// Most files of a folder that are put in their place without a new tree.
const MOST_IN_PLACE: usize = 16;

/// What alone differs from the old site.
pub(super) struct Only {
    /// A file, or a folder of files.
    path: String,
    /// The files of the folder that are the same, and those of others.
    kept: Vec<String>,
}

impl Only {
    /// The file or the folder.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

impl FolderSink {
    /// What alone differs from the old site, when no file has come or gone.
    pub(super) fn only_change(&self, taken: &HashMap<OutputPath, Taken>, manifest: &Manifest) -> Option<Only> {
        let old = self.old.as_ref().filter(|old| old.files.len() == manifest.files.len() && self.is_marked())?;
        let new = taken.iter().filter(|(_, taken)| taken.put == Put::Written).map(|(path, _)| path.as_str());
        let new: Vec<&str> = new.take(MOST_IN_PLACE + 1).collect();
        let (first, others) = new.split_first().filter(|_| new.len() <= MOST_IN_PLACE)?;
        let folder = folders_of(first).next();
        let is_file = |path: &str| self.disk.stat(&self.site.join(path)).is_ok_and(|stat| stat.kind == Kind::File);
        // Of as many files, all the others are the same.
        if !new.iter().all(|path| is_file_of(old, path) && is_file(path))
            || !folder.is_none_or(|folder| self.is_plain(folder))
        {
            return None;
        }
        if others.is_empty() {
            return Some(Only { path: first.to_string(), kept: Vec::new() });
        }
        let folder = folder.filter(|folder| others.iter().all(|path| folders_of(path).next() == Some(*folder)))?;
        let mut kept = Vec::new();
        for (name, kind) in self.disk.list(&self.site.join(folder)).ok()? {
            let path = format!("{folder}/{}", name.to_str().filter(|_| kind == Kind::File)?);
            if !new.contains(&path.as_str()) {
                kept.push(path);
            }
        }
        Some(Only { path: folder.to_string(), kept })
    }

    /// Puts a file or a folder, and our list, in the place of the old ones; says whether the file system can do that in
    /// such a way that it can be taken back.
    pub(super) fn put_in_place(&self, only: &Only) -> Result<bool, FsError> {
        let failed = |error: io::Error| FsError::new(Deed::Switch, &self.shown, &error);
        let (new, site) = (self.new_tree.join(&only.path), self.site.join(&only.path));
        let identity = |path: &String| self.disk.stat(&self.site.join(path)).ok().and_then(|stat| stat.identity);
        let kept: Vec<(&String, Option<(u64, u64)>)> = only.kept.iter().map(|path| (path, identity(path))).collect();
        only.kept.iter().try_for_each(|path| self.keep_file(Path::new(path)))?;
        if self.disk.stat(&new).is_ok_and(|stat| stat.kind == Kind::Folder) {
            self.keep_rights(Path::new(&only.path))?;
        }
        self.sync()?;
        match self.disk.exchange(&new, &site) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                only.kept
                    .iter()
                    .try_for_each(|path| self.disk.remove_file(&self.new_tree.join(path)))
                    .map_err(failed)?;
                return Ok(false);
            }
            result => result.map_err(failed)?,
        }
        let listed = self.disk.rename(&self.new_tree.join(MANIFEST_NAME), &self.site.join(MANIFEST_NAME));
        listed.map_err(|error| {
            // When this fails too, the next build finds out that the list is of another time.
            let _ = self.disk.exchange(&new, &site);
            failed(error)
        })?;
        self.bring_back(only, &kept);
        Ok(true)
    }

    /// Gives a folder what somebody else put into the one that it took the place of, after that was looked at. `kept` is
    /// what was kept, with what told it from others then.
    fn bring_back(&self, only: &Only, kept: &[(&String, Option<(u64, u64)>)]) {
        let Ok(names) = self.disk.list(&self.new_tree.join(&only.path)) else { return };
        for (name, _) in names {
            let Some(path) = name.to_str().map(|name| format!("{}/{name}", only.path)) else { continue };
            let (old, new) = (self.new_tree.join(&path), self.site.join(&path));
            let is_theirs = match kept.iter().find(|(known, _)| **known == path) {
                Some((_, then)) => self.disk.stat(&old).is_ok_and(|now| now.identity != *then),
                None => self.disk.stat(&new).is_err_and(|error| error.kind() == io::ErrorKind::NotFound),
            };
            if is_theirs {
                let _ = self.disk.rename(&old, &new);
            }
        }
    }
}
