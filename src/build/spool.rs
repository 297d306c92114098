//! The files of a site on their way to a host: laid down on the disk as they are made, and read again one by one.
//!
//! What is published is larger than what it is made of: kept in memory, it would be most of what a publication needs, and
//! grow with every briefing. So it lies in one file without a name, which goes with the process however that ends.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::paths::OutputPath;
use crate::build::disk::{Disk, RealDisk, Stamp};
use crate::build::fs_error::{Deed, FsError};
use crate::build::manifest::Fingerprint;
use crate::build::memory;
use crate::build::sink::{Fingerprinted, Put, Sink, Taken, WritePieces, written_twice};

/// A sink that lays files down.
#[derive(Debug)]
pub struct Spool {
    /// Where it may lay files down; none when that is with the system's.
    folder: Option<PathBuf>,
    file: Arc<Mutex<File>>,
    files: Mutex<BTreeMap<OutputPath, Content>>,
}

/// The bytes of a file, wherever they lie.
#[derive(Clone, Debug)]
pub struct Content {
    /// What they are.
    pub fingerprint: Fingerprint,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Memory(Arc<[u8]>),
    Spool { file: Arc<Mutex<File>>, at: u64 },
}

impl From<&[u8]> for Content {
    fn from(bytes: &[u8]) -> Self {
        Self { fingerprint: Fingerprint::of(bytes), place: Place::Memory(bytes.into()) }
    }
}

impl Content {
    /// Reads them.
    pub fn read(&self) -> io::Result<Cow<'_, [u8]>> {
        self.read_part(0, self.fingerprint.length)
    }

    /// Reads some of them: as many as there are from a place on, but no more than `most`.
    pub fn read_part(&self, from: u64, most: u64) -> io::Result<Cow<'_, [u8]>> {
        let end = from.saturating_add(most).min(self.fingerprint.length);
        let from = from.min(end);
        let length = usize::try_from(end - from).map_err(io::Error::other)?;
        match &self.place {
            Place::Memory(bytes) => {
                let from = usize::try_from(from).map_err(io::Error::other)?;
                Ok(Cow::Borrowed(bytes.get(from..from + length).unwrap_or_default()))
            }
            Place::Spool { file, at } => {
                let mut bytes = vec![0; length];
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(*at + from))?;
                file.read_exact(&mut bytes)?;
                Ok(Cow::Owned(bytes))
            }
        }
    }
}

impl Spool {
    /// One for the site in `root`: its own disk has room for a site, which `/tmp`, often memory, need not have.
    pub fn new(root: &Path) -> io::Result<Self> {
        let folder = root.join(memory::FOLDER);
        let folder = memory::make_folder(&folder).is_ok().then_some(folder);
        let file = nameless(&folder)?;
        Ok(Self { folder, file: Arc::new(Mutex::new(file)), files: Mutex::default() })
    }

    /// The files, sorted by path.
    pub fn into_files(self) -> BTreeMap<OutputPath, Content> {
        self.files.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lays down what `write` writes, and says where it begins.
    fn lay<T>(&self, write: impl FnOnce(&mut File) -> io::Result<T>) -> io::Result<(u64, T)> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let at = file.seek(SeekFrom::End(0))?;
        write(&mut file).map(|written| (at, written))
    }

    fn take(&self, path: &OutputPath, file: &Arc<Mutex<File>>, at: u64, of: Fingerprint) -> Result<Taken, FsError> {
        let content = Content { fingerprint: of, place: Place::Spool { file: Arc::clone(file), at } };
        match self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone(), content) {
            None => Ok(Taken { fingerprint: of, put: Put::Written }),
            Some(_) => Err(written_twice(path.as_str())),
        }
    }
}

impl Sink for Spool {
    fn put(&self, path: &OutputPath, bytes: &[u8]) -> Result<Taken, FsError> {
        // Hashed by the thread that made it, while others lay theirs down.
        let fingerprint = Fingerprint::of(bytes);
        let laid = self.lay(|file| file.write_all(bytes));
        let (at, ()) = laid.map_err(|error| FsError::new(Deed::Write, path.as_str(), &error))?;
        self.take(path, &self.file, at, fingerprint)
    }

    fn put_pieces(&self, path: &OutputPath, write: &mut WritePieces) -> Result<Taken, FsError> {
        // A nameless file of its own: nobody waits for it, and it is not cut in two by what others lay down.
        let mut lay = || -> io::Result<(File, Fingerprint)> {
            let file = nameless(&self.folder)?;
            let mut to = BufWriter::with_capacity(1 << 18, Fingerprinted::new(&file));
            write(&mut to)?;
            let fingerprint = to.into_inner().map_err(io::IntoInnerError::into_error)?.finish();
            Ok((file, fingerprint))
        };
        let (file, fingerprint) = lay().map_err(|error| FsError::new(Deed::Write, path.as_str(), &error))?;
        self.take(path, &Arc::new(Mutex::new(file)), 0, fingerprint)
    }

    fn copy(&self, path: &OutputPath, from: &Path) -> Result<Taken, FsError> {
        let cannot_read = |error: io::Error| FsError::new(Deed::Read, from, &error);
        let (source, _) = RealDisk.open_without_links(from).map_err(cannot_read)?;
        let mut buffer = vec![0; 1 << 16];
        let mut unread = None;
        let laid = self.lay(|file| {
            let mut to = Fingerprinted::new(file);
            loop {
                match RealDisk.read(&source, &mut buffer) {
                    Ok(0) => return Ok(to.finish()),
                    Ok(read) => to.write_all(&buffer[..read])?,
                    Err(error) => {
                        unread = Some(error);
                        return Ok(to.finish());
                    }
                }
            }
        });
        if let Some(error) = unread {
            return Err(cannot_read(error));
        }
        let (at, fingerprint) = laid.map_err(|error| FsError::new(Deed::Write, path.as_str(), &error))?;
        self.take(path, &self.file, at, fingerprint)
    }

    fn keep(&self, _: &OutputPath, _: &Fingerprint, _: Option<Stamp>) -> Result<bool, FsError> {
        // A publication is always made anew.
        Ok(false)
    }
}

/// A file without a name in the folder, or where that cannot be written to, in that of the system: a site that may only be
/// read is published, too.
fn nameless(folder: &Option<PathBuf>) -> io::Result<File> {
    let file = folder.as_ref().map_or_else(tempfile::tempfile, tempfile::tempfile_in);
    file.or_else(|_| tempfile::tempfile())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_back_as_they_were_laid_down() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path()).unwrap();
        let path = |name: &str| OutputPath::new(name).unwrap();
        std::fs::write(folder.path().join("large.bin"), vec![7; 200_000]).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (spool, path) = (&spool, &path);
                scope.spawn(move || {
                    for number in 0..50 {
                        let name = format!("{thread}/{number}.html");
                        spool.put(&path(&name), name.repeat(number).as_bytes()).unwrap();
                    }
                });
            }
            scope.spawn(|| {
                let mut pieces = (0..1000).map(|number| format!("{number}\n"));
                let mut write = |to: &mut dyn Write| pieces.try_for_each(|piece| to.write_all(piece.as_bytes()));
                spool.put_pieces(&path("long.txt"), &mut write).unwrap()
            });
            scope.spawn(|| spool.copy(&path("large.bin"), &folder.path().join("large.bin")).unwrap());
        });
        assert!(spool.put(&path("0/0.html"), b"").unwrap_err().to_string().contains("two outputs have this path"));
        assert!(spool.copy(&path("none"), &folder.path().join("none")).is_err());
        let files = spool.into_files();
        assert_eq!(files.len(), 202);
        for (path, content) in &files {
            let bytes = content.read().unwrap();
            assert_eq!(content.fingerprint, Fingerprint::of(&bytes), "{path}");
        }
        assert_eq!(&*files[&path("3/2.html")].read().unwrap(), b"3/2.html3/2.html");
        assert_eq!(&*files[&path("long.txt")].read_part(2, 4).unwrap(), b"1\n2\n");
        // Nothing of it can be found beside the site.
        let beside: Vec<_> = std::fs::read_dir(folder.path().join(".crossbrief")).unwrap().collect();
        assert!(beside.iter().flatten().all(|entry| entry.metadata().unwrap().len() < 200), "{beside:?}");
    }
}
