//! A shared cache in a folder: of this machine, or of the network.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::build::cache::Depot;

/// A folder that holds a cache.
#[derive(Debug)]
pub struct FolderDepot {
    folder: PathBuf,
}

impl FolderDepot {
    /// The cache in a folder, which is made when something is put into it.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf() }
    }

    /// Whether the folder is there, or can be made where it should be: else a disk of the network is not there today.
    fn is_within_reach(&self) -> bool {
        self.folder.is_dir() || self.folder.parent().is_none_or(Path::is_dir)
    }

    fn told(&self, error: &io::Error) -> String {
        format!("{}: {}", self.folder.display(), crate::base::text::one_line(&error.to_string()))
    }
}

impl Depot for FolderDepot {
    fn list(&self, prefix: &str) -> Result<Vec<String>, String> {
        let entries = match fs::read_dir(self.folder.join(prefix)) {
            // Nothing lies in it yet.
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.is_within_reach() => return Ok(Vec::new()),
            entries => entries.map_err(|error| self.told(&error))?,
        };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        Ok(names.map(|name| format!("{prefix}{name}")).collect())
    }

    fn read(&self, name: &str, range: Option<Range<u64>>) -> Result<Option<Vec<u8>>, String> {
        let read = || -> io::Result<Vec<u8>> {
            let mut file = fs::File::open(self.folder.join(name))?;
            let mut bytes = Vec::new();
            match range {
                None => file.read_to_end(&mut bytes)?,
                Some(range) => {
                    file.seek(SeekFrom::Start(range.start))?;
                    file.take(range.end - range.start).read_to_end(&mut bytes)?
                }
            };
            Ok(bytes)
        };
        match read() {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.told(&error)),
        }
    }

    fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), String> {
        let place = self.folder.join(name);
        let write = || -> io::Result<()> {
            if !self.is_within_reach() {
                return Err(io::ErrorKind::NotFound.into());
            }
            let folder = place.parent().unwrap_or(&self.folder);
            fs::create_dir_all(folder)?;
            let mut builder = tempfile::Builder::new();
            // For others too, as far as they may read what this user makes.
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
            let mut file = builder.tempfile_in(folder)?;
            file.write_all(&bytes)?;
            file.persist(&place).map(drop).map_err(|error| error.error)
        };
        write().map_err(|error| self.told(&error))
    }

    fn remove(&self, name: &str) -> Result<(), String> {
        match fs::remove_file(self.folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.told(&error)),
            _ => Ok(()),
        }
    }
}
