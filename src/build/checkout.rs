//! Whether git is about to change the files of a site: it holds a lock for as long.

use std::path::{Path, PathBuf};

/// The lock of the repository around a folder.
#[derive(Clone, Debug)]
pub struct Checkout(Option<PathBuf>);

impl Checkout {
    /// Looks for a repository around a folder.
    pub fn around(folder: &Path) -> Self {
        let own = folder.ancestors().map(|folder| folder.join(".git")).find(|own| own.exists());
        Self(own.and_then(|own| index_of(&own)).map(|folder| folder.join("index.lock")))
    }

    /// Whether git is at work now.
    pub fn is_going_on(&self) -> bool {
        self.0.as_ref().is_some_and(|lock| lock.exists())
    }
}

/// The folder in which git keeps what belongs to one working tree: `.git`, or where a file of that name leads.
fn index_of(own: &Path) -> Option<PathBuf> {
    if own.is_dir() {
        return Some(own.to_path_buf());
    }
    let text = std::fs::read_to_string(own).ok()?;
    Some(own.parent()?.join(text.lines().next()?.strip_prefix("gitdir: ")?))
}

/// Whether a folder and those below it hold `left` or more entries; else takes from it what they hold.
pub fn is_full(folder: &Path, left: &mut usize) -> bool {
    std::fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
        *left = left.saturating_sub(1);
        *left == 0 || (entry.file_type().is_ok_and(|kind| kind.is_dir()) && is_full(&entry.path(), left))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_as_full_as_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("a/b");
        std::fs::create_dir_all(&below).unwrap();
        let is_full = |many: usize| is_full(folder.path(), &mut many.clone());
        assert!(is_full(2) && !is_full(3));
        std::fs::write(below.join("c"), "").unwrap();
        assert!(is_full(3) && !is_full(4));
    }

    #[test]
    fn the_lock_is_found_from_below_and_in_linked_trees() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert!(!Checkout::around(root).is_going_on());
        for path in ["main/.git/worktrees/other", "main/site", "other"] {
            std::fs::create_dir_all(root.join(path)).unwrap();
        }
        std::fs::write(root.join("other/.git"), "gitdir: ../main/.git/worktrees/other\n").unwrap();
        let (main, other) = (Checkout::around(&root.join("main/site")), Checkout::around(&root.join("other")));
        std::fs::write(root.join("main/.git/worktrees/other/index.lock"), "").unwrap();
        assert!(!main.is_going_on() && other.is_going_on());
        std::fs::write(root.join("main/.git/index.lock"), "").unwrap();
        assert!(main.is_going_on());
    }
}
