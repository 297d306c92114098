//! What a host keeps of what was published there: a list of all files, and a line for each publication.
//!
//! It lies at [`LEDGER`] beside the site, written last. By it a publisher knows which files are its own (others are
//! never touched), what they hold, and whether somebody else was there since. It names what is public anyway.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::paths::OutputPath;
use crate::publish::parcel::Parcel;

/// Where the ledger lies, from the root of the site.
pub const LEDGER: &str = ".crossbrief/published.json";

/// Where publishers say that they are at work.
pub const LOCK: &str = ".crossbrief/lock.json";

/// The format that this version writes, and the newest that it reads.
const FORMAT: u32 = 1;

/// Publications that are remembered.
const MOST_REMEMBERED: usize = 100;

/// What lies on a host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    format: u32,
    /// Counts the publications.
    pub generation: u64,
    /// Whether the last one came to its end: else some files may be those of the one before.
    pub complete: bool,
    /// The commit of the site's sources that was published, where they lie in a git repository.
    pub source: Option<String>,
    /// The files, those of the site and those that only stay a while.
    pub files: BTreeMap<OutputPath, Entry>,
    /// The publications, newest first.
    pub history: Vec<Publication>,
    /// The commit that a rollback has taken back: it, and what comes before it, is not published again by mistake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_back: Option<String>,
    /// The first publication since the last withdrawal: hosts that go on showing earlier ones are to delete those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clean_since: Option<u64>,
}

/// A file on a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// BLAKE3 of its bytes, in hexadecimal digits.
    pub hash: String,
    /// Its length in bytes.
    pub length: u64,
    /// Stands for its headers: its media type and how long it may be cached.
    pub headers: String,
    /// Stands for the source file that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Whether it may be there or not, and nothing leads to it: its sending was cut off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pending: bool,
    /// The publication since which no page uses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unused_since: Option<u64>,
}

/// One publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Its number.
    pub generation: u64,
    /// When, in UTC.
    pub at: String,
    /// Who, when they gave a name (`CROSSBRIEF_BY`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Files of the site.
    pub files: usize,
    /// New ones.
    pub new: usize,
    /// Changed ones.
    pub changed: usize,
    /// Those taken away.
    pub removed: usize,
    /// The commit that holds its sources; none when no commit holds them all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Stands for the files of the site, all paths and bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
    /// The earlier publication that it brought back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<u64>,
}

impl Entry {
    /// The entry of a file that is published now.
    pub fn of(parcel: &Parcel) -> Self {
        Self {
            hash: parcel.hash().to_hex().to_string(),
            length: parcel.length(),
            headers: parcel.headers(),
            origin: parcel.origin.clone(),
            pending: false,
            unused_since: None,
        }
    }

    /// The entry of a file that may be the old one or the new one; `is_new` when there was none before.
    pub fn unsure(parcel: &Parcel, is_new: bool) -> Self {
        Self { hash: String::new(), pending: is_new, ..Self::of(parcel) }
    }

    /// Whether a host that has this file has that one.
    pub fn is(&self, parcel: &Parcel) -> bool {
        self.hash == parcel.hash().to_hex().as_str() && self.headers == parcel.headers()
    }
}

impl Ledger {
    /// Reads a ledger; says what is wrong with it, as the end of a sentence.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let ledger: Self = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        if ledger.format > FORMAT {
            return Err(format!(
                "it has format {}, and this version knows formats up to {FORMAT}; a newer Crossbrief has published there",
                ledger.format
            ));
        }
        Ok(ledger)
    }

    /// The ledger as JSON.
    pub fn to_json(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec(&Self { format: FORMAT, ..self.clone() }).unwrap_or_default();
        text.push(b'\n');
        text
    }

    /// Notes a publication.
    pub fn note(&mut self, publication: Publication) {
        self.history.insert(0, publication);
        self.history.truncate(MOST_REMEMBERED);
    }

    /// The files of the site: without those that only stay a while.
    pub fn site(&self) -> impl Iterator<Item = (&OutputPath, &Entry)> {
        self.files.iter().filter(|(_, entry)| entry.unused_since.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_nothing_newer() {
        let mut ledger = Ledger { generation: 3, complete: true, ..Ledger::default() };
        let parcel = Parcel::of(&OutputPath::new("a/index.html").unwrap(), b"x".as_slice(), "article page", None);
        ledger.files.insert(OutputPath::new("a/index.html").unwrap(), Entry::of(&parcel));
        let text = ledger.to_json();
        assert_eq!(Ledger::parse(&text).unwrap().files, ledger.files);
        assert!(Ledger::parse(&text).unwrap().files.values().next().unwrap().is(&parcel));
        let newer = String::from_utf8(text).unwrap().replace("\"format\":1", "\"format\":2");
        assert!(Ledger::parse(newer.as_bytes()).unwrap_err().contains("format 2"));
        let outside = br#"{"format":1,"generation":1,"complete":true,"source":null,"files":{"../a":{"hash":"","length":0,"headers":""}},"history":[]}"#;
        assert!(Ledger::parse(outside).is_err(), "a ledger names no file outside of the site");
    }
}
