//! Where the files of a site go: into memory, or into a folder ([`crate::build::folder_sink`]).
//!
//! Knows bytes and paths, not what they mean. Every sink is given the same bytes.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::paths::OutputPath;
use crate::build::disk::{Disk, RealDisk, Stamp};
use crate::build::fs_error::{Deed, FsError};
use crate::build::manifest::Fingerprint;

pub use crate::build::folder_sink::FolderSink;
pub use crate::build::output_guard::{Guard, OutputRefused, Refusal, SinkError};

/// Takes the files of a site, from many threads. Each path is given once.
pub trait Sink: Sync {
    /// Takes a file of these bytes.
    fn put(&self, path: &OutputPath, bytes: &[u8]) -> Result<Taken, FsError>;

    /// Takes a file of the bytes that `write` writes, however many they are.
    fn put_pieces(&self, path: &OutputPath, write: &mut WritePieces) -> Result<Taken, FsError> {
        let mut bytes = Vec::new();
        write(&mut bytes).map_err(|error| FsError::new(Deed::Write, path.as_str(), &error))?;
        self.put(path, &bytes)
    }

    /// Takes a copy of the file `from`, however large it is. A link is not followed, a pipe not waited for.
    fn copy(&self, path: &OutputPath, from: &Path) -> Result<Taken, FsError>;

    /// Takes the file that the sink has at `path` already, if it is still the one that `fingerprint` tells of; `stamp` is
    /// what the disk told of it when it was known to be. Says whether it is: else it must be put.
    fn keep(&self, path: &OutputPath, fingerprint: &Fingerprint, stamp: Option<Stamp>) -> Result<bool, FsError>;
}

/// Writes a file piece by piece, and fails where that cannot be written to.
pub type WritePieces<'a> = dyn FnMut(&mut dyn io::Write) -> io::Result<()> + 'a;

/// Passes on what is written, and tells what it was.
pub(crate) struct Fingerprinted<W> {
    to: W,
    hasher: blake3::Hasher,
    length: u64,
}

impl<W: io::Write> Fingerprinted<W> {
    pub(crate) fn new(to: W) -> Self {
        Self { to, hasher: blake3::Hasher::new(), length: 0 }
    }

    pub(crate) fn finish(self) -> Fingerprint {
        Fingerprint { length: self.length, hash: self.hasher.finalize() }
    }
}

impl<W: io::Write> io::Write for Fingerprinted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// What a sink says of a file that it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What the file holds.
    pub fingerprint: Fingerprint,
    /// What became of it.
    pub put: Put,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is new or has changed.
    Written,
    /// It was there already with the very same bytes.
    Unchanged,
}

/// What became of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that are new or have changed.
    pub written: usize,
    /// Files that were there already and kept their inode and time.
    pub linked: usize,
    /// Files of the old site that the new one does not have.
    pub removed: usize,
    /// Bytes of the files written.
    pub bytes: u64,
    /// True when a new folder took the place of the old one.
    pub switched: bool,
    /// True when files that stayed the same have other stamps than before: they were given names in a new folder.
    pub restamped: bool,
    /// True when one file alone was put in the place of an old one.
    pub in_place: bool,
    /// Other people's files that could be kept only at another place, which is told; caused by an earlier build that
    /// was killed, or by somebody who wrote into the output during the build.
    pub set_aside: Vec<PathBuf>,
    /// What could not be tidied up after the switch; the site itself is whole, and the next build tries again.
    pub untidy: Vec<FsError>,
}

/// Keeps the files of a site in memory, for tests, checks and the preview.
#[derive(Debug, Default)]
pub struct MemorySink {
    files: Mutex<BTreeMap<OutputPath, Arc<[u8]>>>,
    before: BTreeMap<OutputPath, Arc<[u8]>>,
}

impl MemorySink {
    /// Returns an empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns one that has the files of an earlier build, to keep what is the same.
    pub fn after(before: BTreeMap<OutputPath, Arc<[u8]>>) -> Self {
        Self { before, ..Self::default() }
    }

    /// Returns the files, sorted by path.
    pub fn into_files(self) -> BTreeMap<OutputPath, Arc<[u8]>> {
        self.files.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MemorySink {
    fn take(&self, path: &OutputPath, bytes: Arc<[u8]>) -> Result<(), FsError> {
        match self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone(), bytes) {
            None => Ok(()),
            Some(_) => Err(written_twice(path.as_str())),
        }
    }
}

impl Sink for MemorySink {
    fn put(&self, path: &OutputPath, bytes: &[u8]) -> Result<Taken, FsError> {
        self.take(path, Arc::from(bytes))?;
        Ok(Taken { fingerprint: Fingerprint::of(bytes), put: Put::Written })
    }

    fn copy(&self, path: &OutputPath, from: &Path) -> Result<Taken, FsError> {
        self.put(path, &read_whole(&RealDisk, from)?)
    }

    fn keep(&self, path: &OutputPath, fingerprint: &Fingerprint, _: Option<Stamp>) -> Result<bool, FsError> {
        // Nobody else can have changed what lies in memory.
        match self.before.get(path).filter(|bytes| bytes.len() as u64 == fingerprint.length) {
            Some(bytes) => self.take(path, bytes.clone()).map(|()| true),
            None => Ok(false),
        }
    }
}

/// Takes the files of a site and keeps none of them: for checks, however large the site is.
#[derive(Debug, Default)]
pub struct Nowhere {
    paths: Mutex<HashSet<OutputPath>>,
}

impl Nowhere {
    fn take(&self, path: &OutputPath, fingerprint: Fingerprint) -> Result<Taken, FsError> {
        if self.paths.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone()) {
            Ok(Taken { fingerprint, put: Put::Written })
        } else {
            Err(written_twice(path.as_str()))
        }
    }
}

impl Sink for Nowhere {
    fn put(&self, path: &OutputPath, bytes: &[u8]) -> Result<Taken, FsError> {
        self.take(path, Fingerprint::of(bytes))
    }

    fn put_pieces(&self, path: &OutputPath, write: &mut WritePieces) -> Result<Taken, FsError> {
        let mut to = Fingerprinted::new(io::sink());
        write(&mut to).map_err(|error| FsError::new(Deed::Write, path.as_str(), &error))?;
        self.take(path, to.finish())
    }

    fn copy(&self, path: &OutputPath, from: &Path) -> Result<Taken, FsError> {
        let cannot_read = |error: io::Error| FsError::new(Deed::Read, from, &error);
        let (file, _) = RealDisk.open_without_links(from).map_err(cannot_read)?;
        let (mut to, mut buffer) = (Fingerprinted::new(io::sink()), vec![0; 1 << 16]);
        loop {
            match RealDisk.read(&file, &mut buffer).map_err(cannot_read)? {
                0 => return self.take(path, to.finish()),
                read => to.write_all(&buffer[..read]).map_err(cannot_read)?,
            }
        }
    }

    fn keep(&self, _: &OutputPath, _: &Fingerprint, _: Option<Stamp>) -> Result<bool, FsError> {
        Ok(false)
    }
}

/// Reads all of a regular file, however long it is.
pub fn read_file(path: &Path) -> Result<Vec<u8>, FsError> {
    read_whole(&RealDisk, path)
}

/// Reads all of a regular file.
fn read_whole(disk: &dyn Disk, path: &Path) -> Result<Vec<u8>, FsError> {
    let cannot_read = |error: io::Error| FsError::new(Deed::Read, path, &error);
    let (file, length) = disk.open_without_links(path).map_err(cannot_read)?;
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0).min(1 << 24));
    let mut buffer = vec![0; 1 << 16];
    loop {
        match disk.read(&file, &mut buffer).map_err(cannot_read)? {
            0 => return Ok(bytes),
            read => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

/// The error for a path that is given a second time.
pub(crate) fn written_twice(path: impl AsRef<Path>) -> FsError {
    FsError::because(Deed::Write, path, io::ErrorKind::AlreadyExists, "two outputs have this path")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nowhere_is_told_of_the_same_files() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("a.png");
        std::fs::write(&from, vec![1; 70_000]).unwrap();
        let path = |path| OutputPath::new(path).unwrap();
        let mut write = |to: &mut dyn io::Write| (0..9).try_for_each(|number| write!(to, "{number}"));
        let told = |sink: &dyn Sink, write: &mut WritePieces| {
            let taken = [sink.put(&path("b.html"), b"page"), sink.copy(&path("a.png"), &from)];
            let again = sink.put(&path("b.html"), b"other").unwrap_err().to_string();
            let none = sink.copy(&path("c"), &folder.path().join("none")).unwrap_err().to_string();
            (taken.map(Result::unwrap), sink.put_pieces(&path("d.json"), write).unwrap(), again, none)
        };
        let of_memory = told(&MemorySink::new(), &mut write);
        assert_eq!(told(&Nowhere::default(), &mut write), of_memory);
        assert_eq!(of_memory.1.fingerprint, Fingerprint::of(b"012345678"));
    }

    #[test]
    fn memory_keeps_what_it_is_given() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.png"), "image").unwrap();
        let sink = MemorySink::new();
        let path = |path| OutputPath::new(path).unwrap();
        assert_eq!(sink.put(&path("b.html"), b"page").unwrap().put, Put::Written);
        assert_eq!(sink.copy(&path("a.png"), &folder.path().join("a.png")).unwrap().put, Put::Written);
        assert_eq!(
            sink.put(&path("b.html"), b"other").unwrap_err().to_string(),
            "cannot write b.html: two outputs have this path"
        );
        assert!(
            sink.copy(&path("c"), &folder.path().join("none")).unwrap_err().to_string().starts_with("cannot read ")
        );
        let names: Vec<String> = sink.into_files().keys().map(OutputPath::to_string).collect();
        assert_eq!(names, ["a.png", "b.html"]);
    }
}
