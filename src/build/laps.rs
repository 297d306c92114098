//! How long the parts of a build took: for people, never for outputs.

use std::borrow::Cow;
use std::time::{Duration, Instant};

/// The stages of a build, one after another.
#[derive(Clone, Debug)]
pub struct Laps {
    begun: Instant,
    laps: Vec<Lap>,
    /// Whether somebody wants to know of each output how it was made.
    pub by_output: bool,
}

/// One stage.
#[derive(Clone, Copy, Debug)]
pub struct Lap {
    /// What was done.
    pub name: &'static str,
    /// When it began, after the build did.
    pub from: Duration,
    /// When it ended.
    pub to: Duration,
}

/// How one output was made.
#[derive(Clone, Debug)]
pub struct Timed {
    /// When that began, after the build did.
    pub from: Duration,
    /// How long it took.
    pub took: Duration,
    /// The thread that did it.
    pub thread: usize,
    /// What sort of output it is.
    pub sort: Cow<'static, str>,
    /// Templates that were rendered for it, and how long each took.
    pub templates: Vec<(Box<str>, Duration)>,
    /// Its length in bytes.
    pub bytes: u64,
}

impl Default for Laps {
    fn default() -> Self {
        Self { begun: Instant::now(), laps: Vec::new(), by_output: false }
    }
}

impl Laps {
    /// Ends a stage: it began where the one before ended.
    pub fn end(&mut self, name: &'static str) {
        let from = self.laps.last().map_or(Duration::ZERO, |lap| lap.to);
        self.laps.push(Lap { name, from, to: self.begun.elapsed() });
    }

    /// The time since the build began.
    pub fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    /// The stages so far.
    pub fn laps(&self) -> &[Lap] {
        &self.laps
    }
}
