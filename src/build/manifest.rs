//! The list of what we wrote to an output folder: `.crossbrief.json` in it.
//!
//! It names every file of the site with its length and hash, and is by that the proof that the folder is ours: what it
//! does not name is somebody else's and is never removed. It holds no time and no version, so that the same site gives
//! the same list. Knows nothing of the disk.

use std::fmt::Write;

use foldhash::HashMap;
use rayon::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::base::paths::OutputPath;

/// The name of the list within the output folder.
pub const MANIFEST_NAME: &str = ".crossbrief.json";

/// The format that this version writes, and the newest that it reads.
const FORMAT: u32 = 1;

/// The files of a written site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// What is known of each file, by its path.
    pub files: HashMap<OutputPath, Fingerprint>,
}

/// What is known of a file of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Length in bytes.
    pub length: u64,
    /// BLAKE3 of its bytes.
    pub hash: blake3::Hash,
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.length, self.hash.as_bytes()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (length, hash): (u64, [u8; 32]) = Deserialize::deserialize(deserializer)?;
        Ok(Self { length, hash: hash.into() })
    }
}

impl Fingerprint {
    /// Returns the fingerprint of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self { length: bytes.len() as u64, hash: blake3::hash(bytes) }
    }
}

#[derive(Deserialize)]
struct Written<'a> {
    format: u32,
    #[serde(borrow, default)]
    files: Vec<WrittenFile<'a>>,
}

#[derive(Deserialize)]
struct WrittenFile<'a> {
    path: std::borrow::Cow<'a, str>,
    length: u64,
    blake3: &'a str,
}

impl Manifest {
    /// Reads a list; says what is wrong with it, as the end of a sentence.
    ///
    /// An empty text is an empty list: with such a file somebody gives us a folder that holds things already.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        if text.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        let written: Written = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        if written.format > FORMAT {
            return Err(format!("it has format {}, this version knows formats up to {FORMAT}", written.format));
        }
        let file = |file: &WrittenFile| -> Result<(OutputPath, Fingerprint), String> {
            let path =
                OutputPath::new(&file.path).map_err(|bad| format!("the path {:?} in it: {}", bad.path, bad.why))?;
            let hash = blake3::Hash::from_hex(file.blake3).map_err(|error| format!("the hash of {path}: {error}"))?;
            Ok((path, Fingerprint { length: file.length, hash }))
        };
        let files: Vec<Result<(OutputPath, Fingerprint), String>> =
            written.files.par_iter().with_min_len(1024).map(file).collect();
        // One after the other, so that the first fault is the one that is told.
        Ok(Self { files: files.into_iter().collect::<Result<_, String>>()? })
    }

    /// Returns the list as JSON, sorted by path, one file a line.
    pub fn to_json(&self) -> String {
        let mut files: Vec<_> = self.files.iter().collect();
        files.par_sort_unstable_by_key(|(path, _)| *path);
        let line = |json: &mut String, (path, fingerprint): &(&OutputPath, &Fingerprint)| {
            let path = serde_json::Value::from(path.as_str());
            let Fingerprint { length, hash } = fingerprint;
            let _ = write!(json, "{{\"path\":{path},\"length\":{length},\"blake3\":\"{}\"}}", hash.to_hex());
        };
        let some = |files: &[(&OutputPath, &Fingerprint)]| {
            let mut json = String::with_capacity(files.len() * 160);
            for file in files {
                json.push_str(if json.is_empty() { "" } else { ",\n" });
                line(&mut json, file);
            }
            json
        };
        let lines = files.par_chunks(4096).map(some).collect::<Vec<String>>().join(",\n");
        let gap = if lines.is_empty() { "" } else { "\n" };
        format!("{{\n\"format\": {FORMAT},\n\"files\": [{gap}{lines}\n]\n}}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_in_any_order() {
        let mut manifest = Manifest::default();
        for path in ["b/index.html", "a/ü \u{e9}.html", "404.html"] {
            manifest.files.insert(OutputPath::new(path).unwrap(), Fingerprint::of(path.as_bytes()));
        }
        let json = manifest.to_json();
        assert_eq!(Manifest::parse(json.as_bytes()).unwrap(), manifest);
        assert_eq!(Manifest::parse(json.as_bytes()).unwrap().to_json(), json);
        assert!(json.find("404.html") < json.find("b/index.html"));
        assert_eq!(Manifest::parse(Manifest::default().to_json().as_bytes()).unwrap(), Manifest::default());
    }

    #[test]
    fn refuses_what_it_cannot_trust() {
        assert_eq!(Manifest::parse(b" \n").unwrap(), Manifest::default());
        let hash = "0".repeat(64);
        let with_path = |path: &str| {
            format!("{{\"format\":1,\"files\":[{{\"path\":\"{path}\",\"length\":1,\"blake3\":\"{hash}\"}}]}}")
        };
        assert!(Manifest::parse(with_path("a/b").as_bytes()).is_ok());
        for path in ["../a", "/etc/passwd", "a/../../b", ""] {
            assert!(Manifest::parse(with_path(path).as_bytes()).is_err(), "{path}");
        }
        assert!(Manifest::parse(b"{\"format\":2}").unwrap_err().contains("format 2"));
        assert!(Manifest::parse(b"{\"format\":1,\"files\":[{\"path\":\"a\",\"length\":1,\"blake3\":\"x\"}]}").is_err());
        assert!(Manifest::parse(&b"[".repeat(100_000)).is_err());
    }
}
