//! A host that takes files one by one.

use std::collections::BTreeSet;
use std::fmt;

use crate::base::paths::OutputPath;
use crate::publish::parcel::Parcel;
use crate::publish::piecemeal::{Progress, each};

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

    /// Puts files in their places, in any order.
    fn write_all(&self, files: &[(&OutputPath, &Parcel)], progress: &Progress) -> Result<(), StoreError> {
        each(files, &|(path, parcel)| {
            self.write(path.as_str(), parcel)?;
            progress(parcel.length());
            Ok(())
        })
    }

    /// Removes files, in any order.
    fn remove_all(&self, paths: &[&str]) -> Result<(), StoreError> {
        each(paths, &|path| self.remove(path))
    }
}

/// The folders that are empty now that these files were removed, the deepest first; `entries` is what lies there, folders
/// with a slash behind them.
///
/// They are removed too: servers refuse to show an empty folder, where what never was is not found.
pub fn left_empty(removed: &[&str], entries: &[(String, u64)]) -> Vec<String> {
    let above = |path: &str| path.trim_end_matches('/').rsplit_once('/').map(|(folder, _)| format!("{folder}/"));
    let folders_of = |path: &str| std::iter::successors(above(path), |folder| above(folder));
    let held: BTreeSet<String> =
        entries.iter().filter(|(path, _)| !path.ends_with('/')).flat_map(|(path, _)| folders_of(path)).collect();
    let there: BTreeSet<&str> = entries.iter().map(|(path, _)| path.as_str()).collect();
    let mut empty: BTreeSet<String> = removed.iter().flat_map(|path| folders_of(path)).collect();
    empty.retain(|folder| there.contains(folder.as_str()) && !held.contains(folder));
    empty.into_iter().rev().collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_go_with_what_was_in_them() {
        let entries: Vec<(String, u64)> =
            ["a/", "a/b/", "a/b/c/", "a/d/", "a/d/x.html", "e/", "f/"].map(|path| (path.to_string(), 0)).into();
        assert_eq!(
            left_empty(&["a/b/c/i.html", "a/d/y.html", "e/i.html", "g/i.html", "top.html"], &entries),
            ["e/", "a/b/c/", "a/b/"]
        );
    }
}
