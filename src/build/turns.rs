//! In which order outputs are made: as they stand in the plan, but first what somebody waits for.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::base::diagnostics::Diagnostic;
use crate::build::fs_error::FsError;

/// Who looks on while outputs are made, from many threads; outputs are told by their places in the plan.
///
/// A function without arguments is one that counts: it is called after each.
pub trait Onlooker: Sync {
    /// These will be made or kept, in rising order; what is in the plan besides is as it was.
    fn begins(&self, _places: &[usize]) {}

    /// One that is waited for, each time another; asked before every output.
    fn wants(&self) -> Option<usize> {
        None
    }

    /// The sink has one now, unless it could not be made; `told` is what is wrong with it.
    fn done(&self, place: usize, told: &[Diagnostic]);
}

impl<F: Fn() + Sync> Onlooker for F {
    fn done(&self, _: usize, _: &[Diagnostic]) {
        self();
    }
}

/// Makes the outputs at `places`, which rise, on all threads; returns what became of each, in the order of `places`. What
/// is large is better boxed.
pub fn in_turn<T: Send + Sync>(
    places: &[usize],
    onlooker: &dyn Onlooker,
    make: impl Fn(usize) -> Result<T, FsError> + Sync,
) -> Result<Vec<T>, FsError> {
    onlooker.begins(places);
    let taken: Vec<AtomicBool> = places.iter().map(|_| AtomicBool::new(false)).collect();
    let is_free = |at: &usize| !taken[*at].swap(true, Ordering::Relaxed);
    let next = AtomicUsize::new(0);
    let in_line = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < places.len());
    let take = || {
        let wanted = std::iter::from_fn(|| onlooker.wants()).filter_map(|place| places.binary_search(&place).ok());
        wanted.chain(std::iter::from_fn(in_line)).find(is_free)
    };
    let slots: Vec<OnceLock<T>> = places.iter().map(|_| OnceLock::new()).collect();
    let ends: Vec<Result<(), FsError>> = rayon::broadcast(|_| {
        while let Some(at) = take() {
            match make(places[at]) {
                // Nobody else has this place.
                Ok(made) => drop(slots[at].set(made)),
                Err(error) => {
                    // Nothing of it is of use any more.
                    next.store(places.len(), Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
        Ok(())
    });
    ends.into_iter().collect::<Result<(), FsError>>()?;
    Ok(slots.into_iter().filter_map(OnceLock::into_inner).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::build::fs_error::Deed;

    /// Wants some, and notes what is done when.
    #[derive(Default)]
    struct Desk {
        wants: Mutex<Vec<usize>>,
        done: Mutex<Vec<usize>>,
    }

    impl Onlooker for Desk {
        fn wants(&self) -> Option<usize> {
            self.wants.lock().unwrap().pop()
        }

        fn done(&self, place: usize, _: &[Diagnostic]) {
            self.done.lock().unwrap().push(place);
        }
    }

    #[test]
    fn what_is_wanted_comes_first_and_each_once() {
        let places: Vec<usize> = (0..2_000).step_by(2).collect();
        let desk = Desk::default();
        // 7 is not to be made; 1500 is asked for twice.
        *desk.wants.lock().unwrap() = vec![1_500, 1_998, 7, 1_500];
        let made = in_turn(&places, &desk, |place| {
            desk.done(place, &[]);
            Ok(place * 10)
        });
        assert_eq!(made.unwrap(), places.iter().map(|place| place * 10).collect::<Vec<_>>());
        let done = desk.done.into_inner().unwrap();
        assert_eq!(done.len(), places.len());
        let first = 2 + 2 * rayon::current_num_threads();
        assert!(done[..first].contains(&1_500) && done[..first].contains(&1_998), "{:?}", &done[..first]);
    }

    #[test]
    fn a_fault_ends_it() {
        let made = AtomicUsize::new(0);
        let places: Vec<usize> = (0..10_000).collect();
        let end = in_turn(&places, &|| (), |place| {
            made.fetch_add(1, Ordering::Relaxed);
            if place == 5 {
                Err(FsError::new(Deed::Write, "x", &std::io::ErrorKind::StorageFull.into()))
            } else {
                Ok(())
            }
        });
        assert!(end.is_err());
        assert!(made.into_inner() < 10_000);
        assert_eq!(in_turn(&[], &|| (), Ok).unwrap(), Vec::<usize>::new());
    }
}
