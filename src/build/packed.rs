//! Files packed beforehand, for servers that send `x.gz` to whoever takes it packed: nginx, Caddy, Apache.
//!
//! The same bytes give the same packed ones, on every machine. Packing well is slow, so what was packed once is kept in
//! `.crossbrief/packed/`, by the hash of what it was made of; what a build does not ask for any more is removed from there.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use flate2::{Compression, GzBuilder};

use crate::config::targets::Packing;

/// Stands for how packing is done here: other settings, another number.
const MANNER: u32 = 1;

/// Packs files, and remembers.
#[derive(Debug)]
pub struct Packer {
    folder: PathBuf,
    used: Mutex<BTreeSet<String>>,
}

impl Packer {
    /// One for the site in a folder.
    pub fn new(root: &Path) -> Self {
        Self { folder: root.join(".crossbrief/packed"), used: Mutex::default() }
    }

    /// The packed bytes of a file with this hash; none where packing does not make it smaller.
    pub fn pack(&self, packing: Packing, hash: &blake3::Hash, bytes: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let name = format!("{}-{MANNER}.{}", &hash.to_hex()[..40], packing.extension());
        let place = self.folder.join(&name);
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
        let packed = match kept(&place) {
            Some(packed) => packed,
            None => {
                let packed = packed(packing, bytes)?;
                // That it cannot be kept costs time only.
                let _ = keep(&self.folder, &place, &packed);
                packed
            }
        };
        Ok(Some(packed).filter(|packed| packed.len() < bytes.len()))
    }

    /// Removes what nobody has asked for.
    pub fn tidy(&self) {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if !used.contains(&*entry.file_name().to_string_lossy()) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

/// What lies at a place, if it is whole: its hash stands before it.
fn kept(place: &Path) -> Option<Vec<u8>> {
    let mut bytes = std::fs::read(place).ok()?;
    let packed = bytes.split_off(bytes.len().min(32));
    (blake3::hash(&packed).as_bytes()[..] == bytes[..]).then_some(packed)
}

fn keep(folder: &Path, place: &Path, packed: &[u8]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(blake3::hash(packed).as_bytes())?;
    file.write_all(packed)?;
    file.persist(place).map(drop).map_err(|error| error.error)
}

fn packed(packing: Packing, bytes: &[u8]) -> io::Result<Vec<u8>> {
    match packing {
        Packing::Gz => {
            // Neither the moment nor the system stands in its head.
            let mut packer = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
            packer.write_all(bytes)?;
            packer.finish()
        }
        Packing::Br => {
            let mut packed = Vec::new();
            let settings = brotli::enc::BrotliEncoderParams {
                quality: 10,
                lgwin: 22,
                size_hint: bytes.len(),
                ..Default::default()
            };
            brotli::BrotliCompress(&mut &bytes[..], &mut packed, &settings)?;
            Ok(packed)
        }
        Packing::Zst => zstd::bulk::compress(bytes, 19),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_is_packed_is_kept_and_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let text = "A sentence that comes again and again. ".repeat(100);
        let (hash, bytes) = (blake3::hash(text.as_bytes()), text.as_bytes());
        for packing in [Packing::Gz, Packing::Br, Packing::Zst] {
            let packer = Packer::new(folder.path());
            let first = packer.pack(packing, &hash, bytes).unwrap().expect("smaller");
            assert!(first.len() < 200, "{packing:?} {}", first.len());
            let mut back = Vec::new();
            match packing {
                Packing::Gz => drop(flate2::read::GzDecoder::new(&first[..]).read_to_end(&mut back).unwrap()),
                Packing::Br => brotli::BrotliDecompress(&mut &first[..], &mut back).unwrap(),
                Packing::Zst => back = zstd::stream::decode_all(&first[..]).unwrap(),
            }
            assert_eq!(back, bytes);
            assert_eq!(packed(packing, bytes).unwrap(), first, "the same each time");
            // What was kept is taken, if it is whole.
            let place = std::fs::read_dir(packer.folder).unwrap().next().unwrap().unwrap().path();
            let mut whole = std::fs::read(&place).unwrap();
            let last = whole.len() - 1;
            whole[last] ^= 1;
            std::fs::write(&place, &whole).unwrap();
            let packer = Packer::new(folder.path());
            assert_eq!(packer.pack(packing, &hash, bytes).unwrap().unwrap(), first, "half a file is none");
            assert_eq!(packer.pack(packing, &blake3::hash(b"x"), b"x").unwrap(), None, "it would be larger");
            std::fs::write(packer.folder.join("old"), "").unwrap();
            packer.tidy();
            assert_eq!(std::fs::read_dir(&packer.folder).unwrap().count(), 2);
            std::fs::remove_dir_all(&packer.folder).unwrap();
        }
    }
}
