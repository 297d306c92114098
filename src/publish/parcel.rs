//! One file on its way to a host.

use std::borrow::Cow;

use crate::base::content_types;
use crate::base::hash::Digest;
use crate::base::paths::{OutputPath, SourcePath};
use crate::build::spool::Content;
use crate::publish::store::StoreError;

/// A file as a host gets it.
#[derive(Clone, Debug)]
pub struct Parcel {
    content: Content,
    /// Its media type.
    pub content_type: &'static str,
    /// What part it has in the site.
    pub part: Part,
    /// Stands for the source file that asked for it.
    pub origin: Option<String>,
}

/// What part a file has in a site; the order is that in which a reader meets them last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A style sheet, script or font whose name holds its hash: it never changes.
    Asset,
    /// A picture, a document, or another file that pages refer to.
    Attachment,
    /// A page that others lead to.
    Page,
    /// Words of briefings for the search, or their texts.
    Words,
    /// What searching begins with.
    Start,
    /// Where readers come in: home, lists, feeds.
    Entrance,
}

/// Stands for a source file, without telling its name.
pub fn origin_of(path: &SourcePath) -> String {
    Digest::of(path.as_str()).to_string()[..16].to_string()
}

impl Parcel {
    /// Packs a file; `sort` is what its recipe is called.
    pub fn of(path: &OutputPath, content: impl Into<Content>, sort: &str, origin: Option<&SourcePath>) -> Self {
        let part = match sort {
            "article page" | "history page" | "entity page" | "pair page" | "page" | "Markdown twin" => Part::Page,
            _ if sort.starts_with("redirect") || sort.starts_with("tombstone") => Part::Page,
            "words to search" => Part::Words,
            "start of searching" => Part::Start,
            _ if sort.starts_with("texts to search") => Part::Words,
            _ if sort.starts_with("file ") && path.as_str().starts_with("assets/") => Part::Asset,
            _ if ["file ", "copy ", "icon "].iter().any(|start| sort.starts_with(start)) => Part::Attachment,
            _ => Part::Entrance,
        };
        Self {
            content: content.into(),
            content_type: content_types::of_extension(&path.extension()),
            part,
            origin: origin.map(origin_of),
        }
    }

    /// Its bytes. They lie on the disk: each is read when its turn has come.
    pub fn bytes(&self) -> Result<Cow<'_, [u8]>, StoreError> {
        self.content.read().map_err(|error| StoreError::new(format!("cannot read what was made: {error}")))
    }

    /// Its bytes from a place on, but no more than `most`.
    pub fn part_of_bytes(&self, from: u64, most: u64) -> Result<Cow<'_, [u8]>, StoreError> {
        self.content
            .read_part(from, most)
            .map_err(|error| StoreError::new(format!("cannot read what was made: {error}")))
    }

    /// BLAKE3 of its bytes.
    pub fn hash(&self) -> &blake3::Hash {
        &self.content.fingerprint.hash
    }

    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        self.content.fingerprint.length
    }

    /// How long it may be kept by browsers and caches: `Cache-Control`.
    pub fn cache_control(&self) -> &'static str {
        match self.part {
            Part::Asset => "public, max-age=31536000, immutable",
            // Kept, but asked for again each time.
            _ => "no-cache",
        }
    }

    /// Stands for its headers.
    pub fn headers(&self) -> String {
        Digest::of(&(self.content_type, self.cache_control())).to_string()[..16].to_string()
    }
}
