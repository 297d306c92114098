//! A host that takes files one by one.

use std::fmt;

use crate::publish::parcel::Parcel;

/// Takes, gives and removes files by their path from the root of the site. From many threads.
pub trait Store: Sync {
    /// The bytes of a file; none when there is none.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Puts a file in its place, under its headers. Readers see the old one or the new one whole.
    fn write(&self, path: &str, parcel: &Parcel) -> Result<(), StoreError>;

    /// Puts bytes at a path, under no special headers.
    fn note(&self, path: &str, bytes: Vec<u8>) -> Result<(), StoreError>;

    /// Puts bytes at a path if nothing is there; says whether it did. None when the host cannot do that.
    fn create(&self, path: &str, bytes: Vec<u8>) -> Result<Option<bool>, StoreError>;

    /// Removes a file; that there is none is no fault.
    fn remove(&self, path: &str) -> Result<(), StoreError>;

    /// All files, with their lengths.
    fn list(&self) -> Result<Vec<(String, u64)>, StoreError>;
}

/// Why a host did not do what it was asked to. Holds no secret.
#[derive(Clone, Debug)]
pub struct StoreError {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl StoreError {
    /// Returns an error of these words.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
