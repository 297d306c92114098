//! Who is connected, and who has to go when there is no room.
//!
//! There is a most of connections, well below what the system lets a process hold open. When all are taken, the one
//! that asked for nothing for the longest time makes room: whoever opens many and says little (slowloris) starves only
//! itself. Reload channels stay, and are kept below a most of their own, so that pages can always be asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::task::AbortHandle;

/// All connections.
#[derive(Debug)]
pub struct Connections {
    open: Mutex<BTreeMap<u64, Open>>,
    most: usize,
}

#[derive(Debug)]
struct Open {
    asked: Instant,
    task: Option<AbortHandle>,
    is_channel: bool,
}

/// A place among the connections; given back when it is dropped.
#[derive(Debug)]
pub struct Seat {
    all: Arc<Connections>,
    id: u64,
}

impl Connections {
    /// Returns room for this many.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { open: Mutex::default(), most: most.max(8) })
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<u64, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a seat to a new connection; `None` when all are taken by channels.
    pub fn enter(self: &Arc<Self>) -> Option<Seat> {
        let mut open = self.open();
        if open.len() >= self.most {
            let idle = open.iter().filter(|(_, one)| !one.is_channel).min_by_key(|(_, one)| one.asked);
            let (id, _) = idle.map(|(id, one)| (*id, one.asked))?;
            if let Some(task) = open.remove(&id).and_then(|one| one.task) {
                task.abort();
            }
        }
        let id = open.last_key_value().map_or(0, |(id, _)| id + 1);
        open.insert(id, Open { asked: Instant::now(), task: None, is_channel: false });
        Some(Seat { all: Arc::clone(self), id })
    }
}

impl Seat {
    /// Says which task serves the connection, so that it can be ended.
    pub fn served_by(&self, task: AbortHandle) {
        if let Some(one) = self.all.open().get_mut(&self.id) {
            one.task = Some(task);
        }
    }

    /// Notes that something was asked for.
    pub fn asks(&self) {
        if let Some(one) = self.all.open().get_mut(&self.id) {
            one.asked = Instant::now();
        }
    }

    /// Makes the connection a reload channel; false when there are enough of them.
    pub fn becomes_channel(&self) -> bool {
        let mut open = self.all.open();
        let channels = open.values().filter(|one| one.is_channel).count();
        let may = channels < self.all.most - self.all.most / 4;
        if let Some(one) = open.get_mut(&self.id).filter(|_| may) {
            one.is_channel = true;
        }
        may
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.all.open().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_says_least_makes_room() {
        let all = Connections::new(8);
        let seats: Vec<Seat> = (0..8).map(|_| all.enter().unwrap()).collect();
        seats[0].asks();
        assert!(seats[1].becomes_channel());
        let ninth = all.enter().unwrap();
        let open: Vec<u64> = all.open().keys().copied().collect();
        assert_eq!(
            open,
            [0, 1, 3, 4, 5, 6, 7, 8],
            "the third made room: the first asked since, the second is a channel"
        );
        drop(seats);
        assert_eq!(all.open().len(), 1);
        drop(ninth);
        assert_eq!(all.open().len(), 0);
    }

    #[test]
    fn channels_leave_room_for_pages() {
        let all = Connections::new(8);
        let seats: Vec<Seat> = (0..8).map(|_| all.enter().unwrap()).collect();
        let channels = seats.iter().filter(|seat| seat.becomes_channel()).count();
        assert_eq!(channels, 6);
        assert!(all.enter().is_some());
    }
}
