//! What the file system tells of changes, as hints: see [`crate::build::inputs`] for what they are worth.
//!
//! Folders are watched, never files, since editors put new files in the place of old ones. `notify` is used without its
//! debouncer: that one wakes up hundreds of times a second for as long as a preview is open, and holds every event for
//! its time, while here a burst of events is gathered by whoever waits for it ([`crate::serve::preview`]).

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use notify::event::{AccessKind, AccessMode, CreateKind, EventKind};
use notify::{Config, ErrorKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::build::fs;

/// A hint that something changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// At these paths.
    Paths(Vec<PathBuf>),
    /// A folder came, and files may have come in it before it was watched.
    NewFolder(PathBuf),
    /// Somewhere: events were lost.
    Anything,
}

/// Why a folder cannot be watched.
#[derive(Debug)]
pub enum Fault {
    /// The system watches no more folders for this user.
    Limit,
    /// Something else, in words.
    Other(String),
}

/// Watches the folders of a site.
pub struct Watcher {
    inner: RecommendedWatcher,
    root: PathBuf,
    /// Single folders that links lead to.
    beyond: BTreeSet<PathBuf>,
}

impl std::fmt::Debug for Watcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watcher").field("root", &self.root).field("beyond", &self.beyond).finish_non_exhaustive()
    }
}

impl Watcher {
    /// Watches the site in the real folder `root`; in a `bare` one, all of it. `tell` is called on another thread.
    pub fn new(root: &Path, bare: bool, tell: impl Fn(Hint) + Send + 'static) -> Result<Self, Fault> {
        let told = move |event: notify::Result<notify::Event>| match event {
            Ok(event) => {
                if let Some(hint) = hint(event) {
                    tell(hint);
                }
            }
            // What cannot be told may be anything.
            Err(_) => tell(Hint::Anything),
        };
        let inner = RecommendedWatcher::new(told, Config::default().with_follow_symlinks(false)).map_err(fault)?;
        let mut watcher = Self { inner, root: root.to_path_buf(), beyond: BTreeSet::new() };
        let depth = if bare { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        watcher.inner.watch(root, depth).map_err(fault)?;
        if !bare {
            for name in fs::folders() {
                watcher.add(&root.join(name))?;
            }
        }
        Ok(watcher)
    }

    /// Watches a folder of the site that has come, and what is below it.
    pub fn add(&mut self, folder: &Path) -> Result<(), Fault> {
        if !folder.is_dir() || folder.is_symlink() {
            return Ok(());
        }
        match self.inner.watch(folder, RecursiveMode::Recursive) {
            // It went away again.
            Err(notify::Error { kind: ErrorKind::PathNotFound, .. }) => Ok(()),
            Err(notify::Error { kind: ErrorKind::Io(error), .. }) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other.map_err(fault),
        }
    }

    /// Watches those of `folders` that lie outside of the site’s own, where links led to.
    pub fn follow<'a>(&mut self, folders: impl Iterator<Item = &'a Path>, bare: bool) -> Result<(), Fault> {
        for folder in folders {
            let is_watched = folder.strip_prefix(&self.root).is_ok_and(|within| {
                bare || within.as_os_str().is_empty() || fs::folders().any(|name| within.starts_with(name))
            });
            if !is_watched && !self.beyond.contains(folder) {
                self.inner.watch(folder, RecursiveMode::NonRecursive).map_err(fault)?;
                self.beyond.insert(folder.to_path_buf());
            }
        }
        Ok(())
    }
}

/// What an event hints at; none for events of reading.
fn hint(event: notify::Event) -> Option<Hint> {
    if event.need_rescan() {
        return Some(Hint::Anything);
    }
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => {}
        EventKind::Access(_) => return None,
        EventKind::Create(CreateKind::Folder) => return event.paths.into_iter().next().map(Hint::NewFolder),
        _ => {}
    }
    Some(if event.paths.is_empty() { Hint::Anything } else { Hint::Paths(event.paths) })
}

fn fault(error: notify::Error) -> Fault {
    // Linux: `inotify_add_watch` says ENOSPC, `inotify_init` EMFILE.
    const NO_SPACE: i32 = 28;
    const TOO_MANY_FILES: i32 = 24;
    match error.kind {
        ErrorKind::MaxFilesWatch => Fault::Limit,
        ErrorKind::Io(error) if matches!(error.raw_os_error(), Some(NO_SPACE | TOO_MANY_FILES)) => Fault::Limit,
        ErrorKind::Io(error) => Fault::Other(error.to_string()),
        other => Fault::Other(notify::Error::new(other).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::Event;
    use notify::event::{DataChange, Flag, ModifyKind};

    #[test]
    fn reading_is_no_change() {
        let of = |kind| hint(Event::new(kind).add_path("a.md".into()));
        let paths = Some(Hint::Paths(vec!["a.md".into()]));
        assert_eq!(of(EventKind::Access(AccessKind::Open(AccessMode::Any))), None);
        assert_eq!(of(EventKind::Access(AccessKind::Close(AccessMode::Read))), None);
        assert_eq!(of(EventKind::Access(AccessKind::Close(AccessMode::Write))), paths);
        assert_eq!(of(EventKind::Modify(ModifyKind::Data(DataChange::Any))), paths);
        assert_eq!(of(EventKind::Create(CreateKind::Folder)), Some(Hint::NewFolder("a.md".into())));
    }

    #[test]
    fn lost_events_may_be_anything() {
        assert_eq!(hint(Event::new(EventKind::Other).set_flag(Flag::Rescan)), Some(Hint::Anything));
    }

    #[test]
    fn the_limit_of_the_system_is_known_by_its_numbers() {
        for number in [24, 28] {
            assert!(matches!(fault(notify::Error::io(io::Error::from_raw_os_error(number))), Fault::Limit));
        }
        assert!(matches!(fault(notify::Error::io(io::Error::from_raw_os_error(13))), Fault::Other(_)));
    }
}
