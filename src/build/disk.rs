//! The few operations on the disk that a build needs, one method each.
//!
//! Everything that a build reads and writes goes through [`Disk`], so that a test can make any one operation fail, or
//! end the process before it. Knows nothing of sites.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

/// What lies at a path; links are not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// What the disk knows of a path; links are not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// What lies there.
    pub kind: Kind,
    /// Length in bytes.
    pub length: u64,
    /// Device and inode: equal for two names of one file. None where the system does not tell.
    pub identity: Option<(u64, u64)>,
    /// How many names the file has. None where the system does not tell.
    pub names: Option<u64>,
    /// Changes whenever the file does.
    pub stamp: Option<Stamp>,
}

/// Changes whenever a file does, by whatever means: inode, length, and the times of the last change of its bytes and of
/// itself, as the index of git has it. None where the system does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
pub struct Stamp {
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// When the file last changed, in nanoseconds since 1970.
    pub fn changed(&self) -> i128 {
        i128::from(self.changed.0) * 1_000_000_000 + i128::from(self.changed.1)
    }
}

/// The stamp of a file.
#[cfg(unix)]
pub fn stamp_of(metadata: &fs::Metadata) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt;
    Some(Stamp {
        inode: metadata.ino(),
        length: metadata.len(),
        modified: (metadata.mtime(), metadata.mtime_nsec()),
        changed: (metadata.ctime(), metadata.ctime_nsec()),
    })
}

/// The stamp of a file.
#[cfg(not(unix))]
pub fn stamp_of(_: &fs::Metadata) -> Option<Stamp> {
    None
}

/// One operation on the disk a method. Called from many threads.
pub trait Disk: std::fmt::Debug + Send + Sync {
    /// Tells where a path leads when all links in it are followed.
    fn real_path(&self, path: &Path) -> io::Result<PathBuf>;
    /// Tells what lies at `path`.
    fn stat(&self, path: &Path) -> io::Result<Stat>;
    /// Lists a folder, in no order.
    fn list(&self, path: &Path) -> io::Result<Vec<(OsString, Kind)>>;
    /// Opens a regular file, never waiting and never following a link at the end; gives its length too.
    fn open(&self, path: &Path) -> io::Result<(File, u64)>;
    /// As [`Disk::open`], for a path that must have no link in any of its parts.
    fn open_without_links(&self, path: &Path) -> io::Result<(File, u64)>;
    /// Reads the next bytes of a file; 0 at its end.
    fn read(&self, file: &File, buffer: &mut [u8]) -> io::Result<usize>;
    /// Makes a new file; an error when the name is taken.
    fn create(&self, path: &Path) -> io::Result<File>;
    /// Writes all bytes to the end of a file.
    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<()>;
    /// Gives the file `to`, a copy, the time and the access rights of the file `from`.
    fn copy_attributes(&self, from: &File, to: &File) -> io::Result<()>;
    /// Makes a folder; an error when the name is taken.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// Gives the folder `to` the access rights of `from`.
    fn copy_rights(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Gives the file `from` a second name.
    fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Tells where a symbolic link leads.
    fn read_link(&self, path: &Path) -> io::Result<PathBuf>;
    /// Makes a symbolic link at `path` that leads to `target`.
    fn make_link(&self, target: &Path, path: &Path) -> io::Result<()>;
    /// Renames; takes the place of a file or an empty folder.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Exchanges two names in one step; [`io::ErrorKind::Unsupported`] where that cannot be.
    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()>;
    /// Removes a file or a link.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
    /// Opens (or makes) a lock file and locks it; none when another process holds it.
    fn lock(&self, path: &Path) -> io::Result<Option<File>>;
    /// Waits until everything written to the file system that holds the folder `path` would outlive a power cut.
    fn sync(&self, path: &Path) -> io::Result<()>;
}

/// The disk of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        fs::canonicalize(path)
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        fs::symlink_metadata(path).map(|metadata| stat_of(&metadata))
    }

    fn list(&self, path: &Path) -> io::Result<Vec<(OsString, Kind)>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            match entry.file_type() {
                Ok(file_type) => entries.push((entry.file_name(), kind_of(file_type))),
                // It went away since the folder was opened.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(entries)
    }

    fn open(&self, path: &Path) -> io::Result<(File, u64)> {
        open_regular(path)
    }

    fn open_without_links(&self, path: &Path) -> io::Result<(File, u64)> {
        open_without_links(path)
    }

    fn read(&self, mut file: &File, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(path)
    }

    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn copy_attributes(&self, from: &File, to: &File) -> io::Result<()> {
        let metadata = from.metadata()?;
        to.set_permissions(metadata.permissions())?;
        metadata.modified().and_then(|time| to.set_modified(time))
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn copy_rights(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::set_permissions(to, fs::symlink_metadata(from)?.permissions())
    }

    fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::hard_link(from, to)
    }

    fn read_link(&self, path: &Path) -> io::Result<PathBuf> {
        fs::read_link(path)
    }

    fn make_link(&self, target: &Path, path: &Path) -> io::Result<()> {
        make_symlink(target, path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        exchange(one, other)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn lock(&self, path: &Path) -> io::Result<Option<File>> {
        let file = open_lock_file(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        sync(path)
    }
}

/// Returns what `metadata` says, in our words.
pub fn stat_of(metadata: &fs::Metadata) -> Stat {
    Stat {
        kind: kind_of(metadata.file_type()),
        length: metadata.len(),
        identity: identity(metadata),
        names: names(metadata),
        stamp: stamp_of(metadata),
    }
}

/// Returns what a file type says, in our words.
pub fn kind_of(file_type: fs::FileType) -> Kind {
    if file_type.is_symlink() {
        Kind::Link
    } else if file_type.is_dir() {
        Kind::Folder
    } else if file_type.is_file() {
        Kind::File
    } else {
        Kind::Other
    }
}

#[cfg(unix)]
fn identity(metadata: &fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_metadata: &fs::Metadata) -> Option<(u64, u64)> {
    None
}

#[cfg(unix)]
fn names(metadata: &fs::Metadata) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    Some(metadata.nlink())
}

#[cfg(not(unix))]
fn names(_metadata: &fs::Metadata) -> Option<u64> {
    None
}

/// Opens a regular file without following a link at its end, and without waiting for a pipe's other end.
///
/// What is opened is looked at after it was opened, so that nothing can be swapped in between.
fn open_regular(path: &Path) -> io::Result<(File, u64)> {
    let file = open_carefully(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    Ok((file, metadata.len()))
}

#[cfg(unix)]
fn open_carefully(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW;
    let file = rustix::fs::open(path, flags, Mode::empty()).map_err(io::Error::from).map_err(link_met)?;
    Ok(File::from(file))
}

#[cfg(not(unix))]
fn open_carefully(path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path)?.file_type().is_symlink() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a symbolic link"));
    }
    File::open(path)
}

/// Opens a regular file at a path that has no symbolic link in any of its parts (a canonical one), and errs when one
/// was swapped in since.
pub fn open_without_links(path: &Path) -> io::Result<(File, u64)> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW;
        match rustix::fs::openat2(CWD, path, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS) {
            Ok(file) => {
                let file = File::from(file);
                let metadata = file.metadata()?;
                if metadata.is_file() {
                    return Ok((file, metadata.len()));
                }
            }
            // Kernels before 5.6 and some sandboxes do not know the call.
            Err(rustix::io::Errno::NOSYS | rustix::io::Errno::PERM | rustix::io::Errno::AGAIN) => {}
            Err(error) => return Err(link_met(error.into())),
        }
    }
    open_regular(path)
}

#[cfg(unix)]
fn link_met(error: io::Error) -> io::Error {
    if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) {
        return io::Error::new(io::ErrorKind::InvalidInput, "a symbolic link stands in the way");
    }
    // A socket cannot be opened at all.
    if error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) {
        return io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file");
    }
    error
}

/// Opens the lock file; a link in its place is not followed.
fn open_lock_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
    }
    options.open(path)
}

#[cfg(unix)]
fn make_symlink(target: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, at)
}

#[cfg(windows)]
fn make_symlink(target: &Path, at: &Path) -> io::Result<()> {
    if at.parent().is_some_and(|folder| folder.join(target).is_dir()) {
        std::os::windows::fs::symlink_dir(target, at)
    } else {
        std::os::windows::fs::symlink_file(target, at)
    }
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        Err(Errno::NOSYS | Errno::INVAL | Errno::NOTSUP) => Err(io::ErrorKind::Unsupported.into()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn exchange(_one: &Path, _other: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(target_os = "linux")]
fn sync(path: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(path)?)?)
}

#[cfg(not(target_os = "linux"))]
fn sync(path: &Path) -> io::Result<()> {
    // Other systems can only be asked file by file, which costs more than the whole build.
    let _ = path;
    Ok(())
}

/// True when something else is mounted at the folder `path`, so that it cannot be renamed.
pub fn is_mount_point(path: &Path) -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
        if let Ok(answer) = statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::TYPE)
            && answer.stx_attributes_mask.contains(StatxAttributes::MOUNT_ROOT)
        {
            return answer.stx_attributes.contains(StatxAttributes::MOUNT_ROOT);
        }
    }
    let device = |path: &Path| RealDisk.stat(path).ok().and_then(|stat| stat.identity).map(|(device, _)| device);
    path.parent().is_some_and(|parent| device(parent) != device(path))
}
