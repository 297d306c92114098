//! Hosts that take a site as a whole, and show it when they have all of it: Netlify, Cloudflare Pages.
//!
//! They are told of every file by its digest and ask for those that they do not have. No reader ever sees a site that is
//! half new, so that the order does not matter; but such hosts keep what they showed before, each at an address of its
//! own. What is withdrawn would live on there: the ledger says since which publication nothing withdrawn is in them, and
//! all of ours before it are deleted ([`Deploys::forget`]).

use std::collections::BTreeMap;
use std::fmt;

use crate::base::paths::OutputPath;
use crate::publish::ledger::{LEDGER, Ledger};
use crate::publish::parcel::Parcel;
use crate::publish::piecemeal::{Progress, Stopped};
use crate::publish::store::StoreError;
use crate::publish::{Found, plan::Plan};

/// A host that takes a site as a whole.
pub trait Deploys: fmt::Debug {
    /// Looks at what is live.
    fn look(&mut self) -> Result<Found, StoreError>;

    /// The bytes of a file that is live; none when there is none.
    fn read(&self, path: &OutputPath) -> Result<Option<Vec<u8>>, StoreError>;

    /// Puts these files there, all of them, and sees that they are live.
    fn deploy(
        &self,
        files: &BTreeMap<OutputPath, Parcel>,
        generation: u64,
        sample: &[OutputPath],
        progress: &Progress,
    ) -> Result<(), Stopped>;

    /// Deletes what we published before this publication.
    fn forget(&self, before: u64) -> Result<(), StoreError>;

    /// Files that the host takes.
    fn most_files(&self) -> usize;
}

/// What our deployments are called: by it we know them again.
pub fn title(generation: u64) -> String {
    format!("Crossbrief publication {generation}")
}

/// The publication that a deployment of this title is, when it is one of ours.
pub fn generation_of(title: &str) -> Option<u64> {
    title.strip_prefix("Crossbrief publication ")?.split_whitespace().next()?.parse().ok()
}

/// Publishes as the plan says.
pub fn publish(
    host: &mut dyn Deploys,
    plan: &Plan,
    files: &BTreeMap<OutputPath, Parcel>,
    there: &Ledger,
    after: &Ledger,
    progress: &Progress,
) -> Result<(), Stopped> {
    let now = host.look().map_err(Stopped::Before)?.ledger.unwrap_or_default();
    if now != *there {
        let why = StoreError::new("somebody else has published there meanwhile");
        return Err(Stopped::Before(why.help("publish again: the plan is made anew for what lies there now")));
    }
    let mut after = after.clone();
    let mut files = files.clone();
    for path in &plan.staying {
        // Assets of old pages that readers may still have open; the host shows nothing that it is not told of anew.
        let bytes = host.read(path).map_err(Stopped::Before)?;
        let entry = after.files.get(path);
        match bytes.filter(|bytes| entry.is_some_and(|entry| entry.hash == blake3::hash(bytes).to_hex().as_str())) {
            Some(bytes) => drop(files.insert(path.clone(), Parcel::of(path, &*bytes, "file ", None))),
            None => drop(after.files.remove(path)),
        }
    }
    let fault = |error: crate::base::paths::BadPath| Stopped::Before(StoreError::new(error.to_string()));
    let ledger = OutputPath::new(LEDGER).map_err(fault)?;
    files.insert(ledger.clone(), Parcel::of(&ledger, &*after.to_json(), "ledger", None));
    host.deploy(&files, after.generation, &sample(plan), progress)?;
    host.forget(after.clean_since.unwrap_or(0)).map_err(Stopped::Midway)
}

/// Some of the files that are sent, to be fetched again: those that were sent last are the entrances.
fn sample(plan: &Plan) -> Vec<OutputPath> {
    let sent: Vec<&OutputPath> = plan.new.iter().chain(&plan.changed).collect();
    let step = (sent.len() / 8).max(1);
    sent.into_iter().rev().step_by(step).take(8).cloned().collect()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::base::paths::SourcePath;
    use crate::publish::parcel::origin_of;

    /// A host in memory.
    #[derive(Debug, Default)]
    struct Shelf {
        live: RefCell<BTreeMap<OutputPath, Parcel>>,
        forgotten: RefCell<Vec<u64>>,
    }

    impl Deploys for Shelf {
        fn look(&mut self) -> Result<Found, StoreError> {
            let ledger = self.read(&OutputPath::new(LEDGER).unwrap())?.map(|text| Ledger::parse(&text).unwrap());
            Ok(Found { ledger, foreign: Vec::new() })
        }

        fn read(&self, path: &OutputPath) -> Result<Option<Vec<u8>>, StoreError> {
            self.live.borrow().get(path).map(|parcel| Ok(parcel.bytes()?.into_owned())).transpose()
        }

        fn deploy(
            &self,
            files: &BTreeMap<OutputPath, Parcel>,
            _: u64,
            _: &[OutputPath],
            _: &Progress,
        ) -> Result<(), Stopped> {
            *self.live.borrow_mut() = files.clone();
            Ok(())
        }

        fn forget(&self, before: u64) -> Result<(), StoreError> {
            self.forgotten.borrow_mut().push(before);
            Ok(())
        }

        fn most_files(&self) -> usize {
            usize::MAX
        }
    }

    fn put(shelf: &mut Shelf, files: &[(&str, &str)], gone: &str) -> Ledger {
        let origin = |path: &str| SourcePath::new(&format!("content/{path}"));
        let parcel = |(path, text): &(&str, &str)| {
            let (sort, origin) =
                if path.starts_with("assets/") { ("file ", None) } else { ("article page", Some(origin(path))) };
            let path = OutputPath::new(path).unwrap();
            (path.clone(), Parcel::of(&path, text.as_bytes(), sort, origin.as_ref()))
        };
        let files: BTreeMap<_, _> = files.iter().map(parcel).collect();
        let there = shelf.look().unwrap().ledger.unwrap_or_default();
        let gone = origin_of(&origin(gone));
        let plan = Plan::of(&there, &files, &|origin| origin == gone, 2);
        publish(shelf, &plan, &files, &there, &plan.ledger(&there, &files), &|_| ()).unwrap();
        shelf.look().unwrap().ledger.unwrap()
    }

    #[test]
    fn assets_of_old_pages_go_along_a_while_and_the_withdrawn_are_forgotten() {
        let mut shelf = Shelf::default();
        put(&mut shelf, &[("a.html", "a"), ("b.html", "b"), ("assets/1.css", "1")], "");
        let second = put(&mut shelf, &[("a.html", "a"), ("assets/2.css", "2")], "b.html");
        let has = |shelf: &Shelf, path: &str| shelf.live.borrow().contains_key(&OutputPath::new(path).unwrap());
        assert!(has(&shelf, "assets/1.css") && has(&shelf, "assets/2.css") && !has(&shelf, "b.html"));
        assert_eq!(second.files.len(), 3);
        put(&mut shelf, &[("a.html", "a new"), ("assets/2.css", "2")], "");
        put(&mut shelf, &[("a.html", "a newer"), ("assets/2.css", "2")], "");
        assert!(!has(&shelf, "assets/1.css"));
        assert_eq!(*shelf.forgotten.borrow(), [0, 2, 2, 2]);
        // What somebody has put in its place is not taken along.
        let mut shelf = Shelf::default();
        put(&mut shelf, &[("a.html", "a"), ("assets/1.css", "1")], "");
        let path = OutputPath::new("assets/1.css").unwrap();
        shelf.live.borrow_mut().insert(path.clone(), Parcel::of(&path, b"other".as_slice(), "file ", None));
        let ledger = put(&mut shelf, &[("a.html", "a"), ("assets/2.css", "2")], "");
        assert!(!has(&shelf, "assets/1.css") && ledger.files.len() == 2);
    }

    #[test]
    fn ours_are_known_by_their_titles() {
        assert_eq!(generation_of(&title(12)), Some(12));
        assert_eq!(generation_of("Crossbrief publication 12 (by hand)"), Some(12));
        assert_eq!(generation_of("fix: typo"), None);
        assert_eq!(generation_of("Crossbrief publication of mine"), None);
    }
}
