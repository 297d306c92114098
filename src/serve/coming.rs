//! A site that is being made: its pages can be had before the last of them is there.
//!
//! Stands between the builder, which makes outputs one by one, and visitors, who wait for some of them: what is asked for
//! is made next. Knows nothing of how pages come about.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::build::Loaded;
use crate::serve::rebuild::Made;
use crate::serve::tree::{Addresses, Entry, MISSING_PAGE, Reply, Routes, Way};

/// A site that is being made.
#[derive(Debug)]
pub struct Coming {
    /// The newest generation of which whoever loads a page now knows all.
    pub since: u64,
    loaded: Arc<Loaded>,
    routes: Routes,
    /// The outputs that are made or looked at anew, by their places in the plan, in rising order.
    places: Vec<usize>,
    /// What is shown of all others.
    previous: Option<Arc<Made>>,
    /// Whether that is shown too in the place of pages that cannot be made.
    keep_good: bool,
    state: Mutex<State>,
    news: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// What is there; nothing for what could not be made.
    there: BTreeMap<usize, Option<Entry>>,
    /// What is to be made next.
    queue: VecDeque<usize>,
    /// What somebody waits for.
    awaited: BTreeSet<usize>,
    /// Whether nothing will come any more.
    is_over: bool,
}

impl Coming {
    /// Returns a site of which nothing is there yet.
    pub fn new(
        loaded: Arc<Loaded>,
        routes: Routes,
        places: Vec<usize>,
        previous: Option<Arc<Made>>,
        keep_good: bool,
        since: u64,
    ) -> Self {
        Self { since, loaded, routes, places, previous, keep_good, state: Mutex::default(), news: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to be made next, because somebody waits for it.
    pub fn next(&self) -> Option<usize> {
        self.state().queue.pop_front()
    }

    /// Takes an output; nothing when it could not be made.
    pub fn put(&self, place: usize, entry: Option<Entry>) {
        let mut state = self.state();
        state.there.insert(place, entry);
        if state.awaited.remove(&place) {
            self.news.notify_waiters();
        }
    }

    /// Says that no more will come.
    pub fn end(&self) {
        self.state().is_over = true;
        self.news.notify_waiters();
    }

    /// Answers at a decoded address, as soon as what is there is made. None when it never will be.
    pub async fn reply(&self, address: &str, addresses: Addresses) -> Option<Reply> {
        match self.routes.find(address, addresses, |path| self.place(path).is_some()) {
            Way::Moved(redirect) => Some(Reply::Moved(redirect)),
            Way::Nothing => Some(Reply::Missing(self.file(MISSING_PAGE).await?)),
            Way::File(path) => match self.file(&path).await? {
                Some(entry) => Some(Reply::File(entry)),
                None => Some(Reply::Missing(self.file(MISSING_PAGE).await?)),
            },
        }
    }

    fn place(&self, path: &str) -> Option<usize> {
        self.loaded.outputs.binary_search_by(|output| output.path.as_str().cmp(path)).ok()
    }

    /// The file at a path, when it is made; `Some(None)` when there is none.
    async fn file(&self, path: &str) -> Option<Option<Entry>> {
        let before = || self.previous.as_ref().and_then(|made| made.tree.files().get(path)).cloned();
        let Some(place) = self.place(path) else { return Some(None) };
        if self.places.binary_search(&place).is_err() {
            return Some(before());
        }
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            // What comes from here on is heard.
            news.as_mut().enable();
            {
                let mut state = self.state();
                if let Some(there) = state.there.get(&place) {
                    return Some(there.clone().or_else(|| before().filter(|_| self.keep_good)));
                }
                if state.is_over {
                    return None;
                }
                if state.awaited.insert(place) {
                    state.queue.push_back(place);
                }
            }
            news.await;
        }
    }
}
