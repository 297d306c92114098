//! A build on what the last one left, which notes the files that were made anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use crossbrief::base::paths::OutputPath;
use crossbrief::build;
use crossbrief::build::disk::Stamp;
use crossbrief::build::fs_error::FsError;
use crossbrief::build::incremental::{self, Known};
use crossbrief::build::manifest::Fingerprint;
use crossbrief::build::memory::Memory;
use crossbrief::build::sink::{MemorySink, Sink, Taken};
use crossbrief::content::vocabulary::Tlp;

use crate::tiny::request;

/// Notes which files are put anew.
struct Watched {
    inner: MemorySink,
    put: Mutex<BTreeSet<String>>,
}

impl Sink for Watched {
    fn put(&self, path: &OutputPath, bytes: &[u8]) -> Result<Taken, FsError> {
        self.put.lock().expect("no panic").insert(path.to_string());
        self.inner.put(path, bytes)
    }

    fn copy(&self, path: &OutputPath, from: &Path) -> Result<Taken, FsError> {
        self.inner.copy(path, from)
    }

    fn keep(&self, path: &OutputPath, fingerprint: &Fingerprint, stamp: Option<Stamp>) -> Result<bool, FsError> {
        self.inner.keep(path, fingerprint, stamp)
    }
}

/// Files by path.
pub type Tree = BTreeMap<OutputPath, Arc<[u8]>>;

/// What a build made.
pub struct Made {
    pub tree: Tree,
    pub memory: Memory,
    /// Files that were made anew.
    pub put: BTreeSet<String>,
    pub told: Vec<String>,
}

/// Builds the site in a folder, below `https://example.org/desk/`, on what was made before.
pub fn make(folder: &Path, clearance: Tlp, before: Option<&Made>) -> Made {
    let loaded = build::load(&request(folder, clearance)).expect("a readable site");
    let inner = before.map_or_else(MemorySink::new, |before| MemorySink::after(before.tree.clone()));
    let sink = Watched { inner, put: Mutex::default() };
    let built =
        incremental::render(&loaded, Known::here(before.map(|before| &before.memory)), &sink, &|| ()).expect("memory");
    Made {
        put: sink.put.into_inner().expect("no panic"),
        tree: sink.inner.into_files(),
        memory: built.memory,
        told: built.diagnostics.iter().map(|one| one.message.clone()).collect(),
    }
}
