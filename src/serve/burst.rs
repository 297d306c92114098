//! Gathers the events of a moment: one saved file, or the thousands of a checkout, are one change.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::build::checkout::Checkout;
use crate::serve::preview::{Event, View};
use crate::serve::watch::Hint;

/// How long it must be quiet before a change is looked at.
const QUIET: Duration = Duration::from_millis(8);
/// The same in a storm of changes, as a checkout of another branch makes.
const QUIET_AFTER_MANY: Duration = Duration::from_millis(60);
/// The same while git is at work and has changed little so far.
const QUIET_BESIDE_GIT: Duration = Duration::from_millis(250);
/// Paths that make a storm.
const MANY: usize = 24;
/// Longest that changes are gathered.
const LONGEST_GATHERING: Duration = Duration::from_secs(2);
/// The same while git is at work.
const LONGEST_CHECKOUT: Duration = Duration::from_secs(20);

/// What came in a while.
#[derive(Debug, Default)]
pub struct Burst {
    /// Where something may have changed.
    pub paths: BTreeSet<PathBuf>,
    /// Folders that have come.
    pub new_folders: Vec<PathBuf>,
    /// Whether anything may have changed.
    pub anything: bool,
    /// Who asked to see the site.
    pub views: BTreeSet<View>,
    /// Whether it is the end.
    pub stop: bool,
}

impl Burst {
    /// Waits for an event, at most for `patience`, and then until it is quiet; while git is at work, until it has ended.
    pub fn gather(events: &mpsc::Receiver<Event>, patience: Duration, checkout: &Checkout) -> Self {
        let mut burst = Self::default();
        match events.recv_timeout(patience) {
            Ok(event) => burst.take(event),
            Err(mpsc::RecvTimeoutError::Timeout) => return burst,
            Err(mpsc::RecvTimeoutError::Disconnected) => burst.stop = true,
        }
        let started = Instant::now();
        while burst.has_hints() && !burst.stop {
            let is_storm = burst.is_storm();
            let is_checkout = checkout.is_going_on();
            // Only in a storm: an author may save a file while git waits for the words of a commit.
            let is_endless = is_storm && is_checkout;
            let longest = if is_endless { LONGEST_CHECKOUT } else { LONGEST_GATHERING };
            if started.elapsed() > longest {
                break;
            }
            let quiet = match (is_storm, is_checkout) {
                (true, _) => QUIET_AFTER_MANY,
                (false, true) => QUIET_BESIDE_GIT,
                (false, false) => QUIET,
            };
            match events.recv_timeout(quiet) {
                Ok(event) => burst.take(event),
                Err(_) if is_endless || burst.is_storm() != is_storm => {}
                Err(_) => break,
            }
        }
        burst
    }

    /// Takes in what one event says.
    pub fn take(&mut self, event: Event) {
        match event {
            Event::Hint(Hint::Paths(paths)) => self.paths.extend(paths),
            Event::Hint(Hint::NewFolder(folder)) => {
                self.paths.insert(folder.clone());
                self.new_folders.push(folder);
            }
            Event::Hint(Hint::Anything) => self.anything = true,
            Event::Wanted(view) => drop(self.views.insert(view)),
            Event::Stop => self.stop = true,
        }
    }

    /// Whether something may have changed.
    pub fn has_hints(&self) -> bool {
        self.anything || !self.paths.is_empty()
    }

    /// Whether so much comes that more must be on its way. A folder that has come stands for what is in it: the files in
    /// it may have come before it was watched.
    fn is_storm(&self) -> bool {
        let mut left = MANY.saturating_sub(self.paths.len());
        left == 0 || self.new_folders.iter().any(|folder| is_full(folder, &mut left))
    }
}

/// Whether a folder and those below it hold `left` or more entries; else takes from it what they hold.
fn is_full(folder: &Path, left: &mut usize) -> bool {
    std::fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
        *left = left.saturating_sub(1);
        *left == 0 || (entry.file_type().is_ok_and(|kind| kind.is_dir()) && is_full(&entry.path(), left))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_folder_counts_as_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("a/b");
        std::fs::create_dir_all(&below).unwrap();
        let mut burst = Burst::default();
        burst.take(Event::Hint(Hint::NewFolder(folder.path().join("a"))));
        assert!(!burst.is_storm());
        // The folder itself and `b` are two.
        for number in 2..MANY {
            assert!(!burst.is_storm(), "{number}");
            std::fs::write(below.join(number.to_string()), "").unwrap();
        }
        assert!(burst.is_storm());
    }

    /// As on a slow machine: all that is told of is the folder, then it is quiet for longer than a change is waited for.
    #[test]
    fn git_that_makes_a_folder_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_path_buf();
        let (lock, new) = (root.join(".git/index.lock"), root.join("new"));
        for folder in [root.join(".git"), new.clone()] {
            std::fs::create_dir(folder).unwrap();
        }
        std::fs::write(&lock, "").unwrap();
        for number in 0..MANY {
            std::fs::write(new.join(number.to_string()), "").unwrap();
        }
        let (tell, events) = mpsc::channel();
        tell.send(Event::Hint(Hint::NewFolder(new))).unwrap();
        std::thread::scope(|threads| {
            let gathered = threads.spawn(move || Burst::gather(&events, QUIET, &Checkout::around(&root)));
            std::thread::sleep(QUIET_BESIDE_GIT * 2);
            assert!(!gathered.is_finished());
            std::fs::remove_file(&lock).unwrap();
            assert!(gathered.join().unwrap().has_hints());
        });
    }
}
