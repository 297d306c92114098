//! A folder for files on their way to a host whose tool takes them from the disk. It is gone with its value.

use std::io;
use std::path::Path;

/// The folder.
#[derive(Debug)]
pub struct Staging(tempfile::TempDir);

impl Staging {
    /// Makes an empty one, which nobody else can look into.
    pub fn new() -> io::Result<Self> {
        tempfile::Builder::new().prefix("crossbrief-").tempdir().map(Self)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Makes a folder in it.
    pub fn folder(&self, path: &str) -> io::Result<()> {
        std::fs::create_dir_all(self.path().join(path))
    }

    /// Puts a file there.
    pub fn put(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let place = self.path().join(path);
        if let Some(folder) = place.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(place, bytes)
    }

    /// The bytes of a file that a tool has put there; none when there is none.
    pub fn take(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        match std::fs::read(self.path().join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
