//! What the disk refused, told with the name of the file.
//!
//! Knows nothing of what the file is for.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::paths::SourcePath;

/// An operation on a file or folder that did not work.
///
/// ```
/// use crossbrief::build::fs_error::{Deed, FsError};
/// let cause = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
/// assert_eq!(FsError::new(Deed::Read, "content/a.md", &cause).to_string(), "cannot read content/a.md: permission denied");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FsError {
    /// The file or folder, as its owner knows it.
    pub path: PathBuf,
    /// What was tried.
    pub deed: Deed,
    /// What kind of cause the system named.
    pub kind: io::ErrorKind,
    /// The cause in words, without a full stop.
    pub cause: String,
}

/// What was tried on a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Reading a file or listing a folder.
    Read,
    /// Writing a file.
    Write,
    /// Making a folder.
    MakeFolder,
    /// Giving a file of the old site to the new one.
    Keep,
    /// Removing a file or folder.
    Remove,
    /// Putting the new site into the place of the old one.
    Switch,
    /// Locking the output folder.
    Lock,
}

impl Deed {
    /// The verb that stands before the path.
    pub fn verb(self) -> &'static str {
        match self {
            Deed::Read => "read",
            Deed::Write => "write",
            Deed::MakeFolder => "make the folder",
            Deed::Keep => "keep",
            Deed::Remove => "remove",
            Deed::Switch => "put the new site into the place of",
            Deed::Lock => "lock",
        }
    }
}

impl FsError {
    /// Returns the error for `path`.
    pub fn new(deed: Deed, path: impl AsRef<Path>, cause: &io::Error) -> Self {
        Self { path: path.as_ref().to_path_buf(), deed, kind: cause.kind(), cause: words(cause) }
    }

    /// Returns an error of our own making, not the system's.
    pub fn because(deed: Deed, path: impl AsRef<Path>, kind: io::ErrorKind, cause: impl Into<String>) -> Self {
        Self { path: path.as_ref().to_path_buf(), deed, kind, cause: cause.into() }
    }

    /// True when there is no room left to write.
    pub fn is_disk_full(&self) -> bool {
        matches!(self.kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    }

    /// What to do about it, when there is something to say.
    pub fn help(&self) -> Option<&'static str> {
        match (self.kind, self.deed) {
            (io::ErrorKind::StorageFull, _) => Some(
                "free some space (or inodes: `df -i`); while a site is written, the old one is still there beside it",
            ),
            (io::ErrorKind::QuotaExceeded, _) => Some("free some space, or ask for a larger quota"),
            (io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem, Deed::MakeFolder | Deed::Lock) => {
                Some("the new site is made beside the old one, so the folder that holds the output must be writable")
            }
            _ => None,
        }
    }

    /// Tells of it as of a mistake in the site, when it is a matter of this one file and not of the machine: then the
    /// others are read all the same, so that one build shows all such files.
    pub fn of_one_file(self, path: &SourcePath) -> Result<Diagnostic, FsError> {
        match self.kind {
            io::ErrorKind::PermissionDenied
            | io::ErrorKind::NotFound
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::IsADirectory
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::FileTooLarge => {
                Ok(Diagnostic::error("unreadable-file", self.to_string()).at(Place::file(path)))
            }
            _ => Err(self),
        }
    }

    /// What the program ends with.
    pub fn exit_code(&self) -> u8 {
        2
    }
}

impl fmt::Display for FsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_disk_full() {
            let (what, verb) = match self.kind {
                io::ErrorKind::StorageFull => ("disk full", self.deed),
                _ => ("disk quota used up", self.deed),
            };
            let doing = match verb {
                Deed::MakeFolder => "making the folder",
                Deed::Keep => "keeping",
                _ => "writing",
            };
            return write!(f, "{what} while {doing} {}", shown(&self.path));
        }
        write!(f, "cannot {} {}: {}", self.deed.verb(), shown(&self.path), self.cause)
    }
}

impl std::error::Error for FsError {}

/// Returns `path` as text that cannot play tricks on a terminal: control characters are written out.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if !text.chars().any(is_trick) {
        return text.into_owned();
    }
    text.chars().map(|c| if is_trick(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// True for characters that a path should not bring to a terminal.
fn is_trick(c: char) -> bool {
    c.is_control() || crate::base::text::is_invisible_control(c)
}

/// Returns the cause in words that need no manual.
fn words(cause: &io::Error) -> String {
    use io::ErrorKind as Kind;
    let known = match cause.kind() {
        Kind::NotFound => "there is no such file or folder",
        Kind::PermissionDenied => "permission denied",
        Kind::AlreadyExists => "something of that name is there already",
        Kind::ReadOnlyFilesystem => "the file system is read-only",
        Kind::StorageFull => "disk full",
        Kind::QuotaExceeded => "the disk quota is used up",
        Kind::FileTooLarge => "the file is too large",
        Kind::IsADirectory => "it is a folder",
        Kind::NotADirectory => "a part of the path is not a folder",
        Kind::DirectoryNotEmpty => "the folder is not empty",
        Kind::CrossesDevices => "it lies on another file system",
        Kind::InvalidFilename => "the name is too long or not allowed here",
        Kind::ResourceBusy => "it is in use or a mount point",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_string();
    }
    let text = cause.to_string();
    match text.rfind(" (os error ") {
        Some(end) => lower_first(&text[..end]),
        None => lower_first(&text),
    }
}

/// Returns `text` with its first letter in lower case, as the middle of a sentence.
fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: io::ErrorKind, deed: Deed, expected: &str) {
        assert_eq!(FsError::new(deed, "public/a.html", &io::Error::from(kind)).to_string(), expected);
    }

    #[test]
    fn says_what_and_why() {
        check(io::ErrorKind::PermissionDenied, Deed::Read, "cannot read public/a.html: permission denied");
        check(io::ErrorKind::StorageFull, Deed::Write, "disk full while writing public/a.html");
        check(io::ErrorKind::QuotaExceeded, Deed::Write, "disk quota used up while writing public/a.html");
        let error = FsError::new(Deed::Read, "a", &io::Error::from_raw_os_error(5));
        assert_eq!(error.to_string(), "cannot read a: input/output error");
        assert_eq!(error.exit_code(), 2);
    }

    #[test]
    fn paths_play_no_tricks() {
        assert_eq!(shown(Path::new("a\u{1b}[31m\u{202e}")), "a\\u{1b}[31m\\u{202e}");
    }
}
