//! A disk that fails, for tests: at any one operation, from one on, or by ending the process.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::build::disk::{Disk, Kind, RealDisk, Stat};

/// What goes wrong, and when; operations are counted from 1.
#[derive(Default)]
pub(crate) struct FaultyDisk {
    /// The first operation that fails, and the error number it fails with.
    pub(crate) fail_at: Option<(usize, i32)>,
    /// True when all operations after it fail too.
    pub(crate) for_good: bool,
    /// Only operations of this name fail.
    pub(crate) only: Option<&'static str>,
    /// The operation before which the process ends.
    pub(crate) abort_at: Option<usize>,
    /// As on file systems that cannot exchange two names.
    pub(crate) no_exchange: bool,
    /// As on file systems that have no second names for a file.
    pub(crate) no_hard_links: bool,
    /// Runs before each operation.
    pub(crate) before: Option<Box<dyn Fn(&'static str) + Send + Sync>>,
    /// How many operations there were.
    pub(crate) count: AtomicUsize,
}

impl FaultyDisk {
    /// How many operations there were.
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    fn step(&self, name: &'static str) -> io::Result<()> {
        if self.only.is_some_and(|only| only != name) {
            return Ok(());
        }
        let count = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        if self.abort_at == Some(count) {
            std::process::abort();
        }
        if let Some(before) = &self.before {
            before(name);
        }
        match self.fail_at {
            Some((at, number)) if count == at || (self.for_good && count > at) => {
                Err(io::Error::from_raw_os_error(number))
            }
            _ => Ok(()),
        }
    }
}

impl Disk for FaultyDisk {
    fn stat(&self, path: &Path) -> io::Result<Stat> {
        self.step("stat").and_then(|()| RealDisk.stat(path))
    }

    fn list(&self, path: &Path) -> io::Result<Vec<(OsString, Kind)>> {
        self.step("list").and_then(|()| RealDisk.list(path))
    }

    fn open(&self, path: &Path) -> io::Result<(File, u64)> {
        self.step("open").and_then(|()| RealDisk.open(path))
    }

    fn read(&self, file: &File, buffer: &mut [u8]) -> io::Result<usize> {
        self.step("read").and_then(|()| RealDisk.read(file, buffer))
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        self.step("create").and_then(|()| RealDisk.create(path))
    }

    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<()> {
        // A disk that is full takes the first half.
        self.step("write").inspect_err(|_| {
            let _ = RealDisk.write(file, &bytes[..bytes.len() / 2]);
        })?;
        let (first, second) = bytes.split_at(bytes.len() / 2);
        RealDisk.write(file, first)?;
        self.step("write")?;
        RealDisk.write(file, second)
    }

    fn copy_attributes(&self, from: &File, to: &File) -> io::Result<()> {
        self.step("copy_attributes").and_then(|()| RealDisk.copy_attributes(from, to))
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.step("make_folder").and_then(|()| RealDisk.make_folder(path))
    }

    fn copy_rights(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("copy_rights").and_then(|()| RealDisk.copy_rights(from, to))
    }

    fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("hard_link")?;
        if self.no_hard_links { Err(io::ErrorKind::Unsupported.into()) } else { RealDisk.hard_link(from, to) }
    }

    fn read_link(&self, path: &Path) -> io::Result<PathBuf> {
        self.step("read_link").and_then(|()| RealDisk.read_link(path))
    }

    fn make_link(&self, target: &Path, path: &Path) -> io::Result<()> {
        self.step("make_link").and_then(|()| RealDisk.make_link(target, path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("rename").and_then(|()| RealDisk.rename(from, to))
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        self.step("exchange")?;
        if self.no_exchange { Err(io::ErrorKind::Unsupported.into()) } else { RealDisk.exchange(one, other) }
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step("remove_file").and_then(|()| RealDisk.remove_file(path))
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.step("remove_folder").and_then(|()| RealDisk.remove_folder(path))
    }

    fn lock(&self, path: &Path) -> io::Result<Option<File>> {
        self.step("lock").and_then(|()| RealDisk.lock(path))
    }

    fn sync(&self, _path: &Path) -> io::Result<()> {
        // Not really: it would wait for all that this machine writes.
        self.step("sync")
    }
}
