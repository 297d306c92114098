//! Gathers the events of a moment: one saved file, or the thousands of a checkout, are one change.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::build::checkout::{Checkout, is_full};
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
                Err(mpsc::RecvTimeoutError::Disconnected) => burst.stop = true,
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
