//! A disk that tells of each operation before it is done, so that something can happen in between.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crossbrief::build::disk::{Disk, Kind, RealDisk, Stat};

/// The real disk; `before` is told the operation and the path.
pub struct Watched<F>(pub F);

impl<F> fmt::Debug for Watched<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watched")
    }
}

impl<F: Fn(&str, &Path) + Send + Sync> Disk for Watched<F> {
    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        (self.0)("real_path", path);
        RealDisk.real_path(path)
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        (self.0)("stat", path);
        RealDisk.stat(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<(OsString, Kind)>> {
        (self.0)("list", path);
        RealDisk.list(path)
    }

    fn open(&self, path: &Path) -> io::Result<(File, u64)> {
        (self.0)("open", path);
        RealDisk.open(path)
    }

    fn open_without_links(&self, path: &Path) -> io::Result<(File, u64)> {
        (self.0)("open_without_links", path);
        RealDisk.open_without_links(path)
    }

    fn read(&self, file: &File, buffer: &mut [u8]) -> io::Result<usize> {
        RealDisk.read(file, buffer)
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        (self.0)("create", path);
        RealDisk.create(path)
    }

    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<()> {
        (self.0)("write", Path::new(""));
        RealDisk.write(file, bytes)
    }

    fn copy_attributes(&self, from: &File, to: &File) -> io::Result<()> {
        RealDisk.copy_attributes(from, to)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        (self.0)("make_folder", path);
        RealDisk.make_folder(path)
    }

    fn copy_rights(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.copy_rights(from, to)
    }

    fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        (self.0)("hard_link", to);
        RealDisk.hard_link(from, to)
    }

    fn read_link(&self, path: &Path) -> io::Result<PathBuf> {
        RealDisk.read_link(path)
    }

    fn make_link(&self, target: &Path, path: &Path) -> io::Result<()> {
        (self.0)("make_link", path);
        RealDisk.make_link(target, path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        (self.0)("rename", to);
        RealDisk.rename(from, to)
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        (self.0)("exchange", other);
        RealDisk.exchange(one, other)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        (self.0)("remove_file", path);
        RealDisk.remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        (self.0)("remove_folder", path);
        RealDisk.remove_folder(path)
    }

    fn lock(&self, path: &Path) -> io::Result<Option<File>> {
        (self.0)("lock", path);
        RealDisk.lock(path)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        (self.0)("sync", path);
        RealDisk.sync(path)
    }
}
