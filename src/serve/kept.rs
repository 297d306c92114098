//! What the last build made, in memory, so that the next makes only what is different.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;

use crate::base::diagnostics::Diagnostic;
use crate::base::layered::Layered;
use crate::base::paths::OutputPath;
use crate::build::disk::Stamp;
use crate::build::fs_error::FsError;
use crate::build::incremental::Before;
use crate::build::manifest::Fingerprint;
use crate::build::memory::Memory;
use crate::build::sink::{self, Put, Sink, Taken};
use crate::site::faces::Faces;

/// The outputs of a build, and what it remembers of how they came about.
#[derive(Debug)]
pub struct Kept {
    /// Bytes by path, as the build made them.
    pub files: Layered<OutputPath, File>,
    /// What the engine starts from.
    pub memory: Memory,
    /// What there was to see of the site.
    faces: Faces,
    /// What was told of outputs, by their places in the plan.
    told: BTreeMap<usize, Vec<Diagnostic>>,
}

impl Kept {
    /// Returns what a build made.
    pub fn new(
        files: impl Into<Layered<OutputPath, File>>,
        memory: Memory,
        faces: Faces,
        told: BTreeMap<usize, Vec<Diagnostic>>,
    ) -> Self {
        Self { files: files.into(), memory, faces, told }
    }

    /// What a revision starts from.
    pub fn before(&self) -> Before<'_> {
        Before { memory: &self.memory, faces: &self.faces, told: &self.told }
    }
}

/// One output.
#[derive(Clone, Debug)]
pub struct File {
    /// Its bytes.
    pub bytes: Bytes,
    /// What tells them from others.
    pub fingerprint: Fingerprint,
}

/// Takes the outputs of a build; shares with the last one what is the same.
#[derive(Debug)]
pub struct KeepingSink<'a> {
    before: Option<&'a Kept>,
    files: Mutex<BTreeMap<OutputPath, File>>,
}

impl<'a> KeepingSink<'a> {
    /// Returns an empty one.
    pub fn after(before: Option<&'a Kept>) -> Self {
        Self { before, files: Mutex::default() }
    }

    /// What it took at a path.
    pub fn get(&self, path: &OutputPath) -> Option<File> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    /// Returns what it took.
    pub fn into_files(self) -> BTreeMap<OutputPath, File> {
        self.files.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn last(&self, path: &OutputPath, fingerprint: &Fingerprint) -> Option<&'a File> {
        self.before?.files.get(path).filter(|file| file.fingerprint == *fingerprint)
    }

    fn take(&self, path: &OutputPath, file: File) -> Result<(), FsError> {
        match self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone(), file) {
            None => Ok(()),
            Some(_) => Err(sink::written_twice(path.as_str())),
        }
    }

    fn take_bytes(&self, path: &OutputPath, bytes: impl AsRef<[u8]> + Into<Vec<u8>>) -> Result<Taken, FsError> {
        let fingerprint = Fingerprint::of(bytes.as_ref());
        let (file, put) = match self.last(path, &fingerprint) {
            Some(file) => (file.clone(), Put::Unchanged),
            None => (File { bytes: Bytes::from(bytes.into()), fingerprint }, Put::Written),
        };
        self.take(path, file)?;
        Ok(Taken { fingerprint, put })
    }
}

impl Sink for KeepingSink<'_> {
    fn put(&self, path: &OutputPath, bytes: &[u8]) -> Result<Taken, FsError> {
        self.take_bytes(path, bytes)
    }

    fn copy(&self, path: &OutputPath, from: &Path) -> Result<Taken, FsError> {
        self.take_bytes(path, sink::read_file(from)?)
    }

    fn keep(&self, path: &OutputPath, fingerprint: &Fingerprint, _: Option<Stamp>) -> Result<bool, FsError> {
        let Some(file) = self.last(path, fingerprint) else { return Ok(false) };
        self.take(path, file.clone())?;
        Ok(true)
    }
}
