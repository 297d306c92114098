//! Publishing to a host that takes files one by one.
//!
//! Nothing but the order protects readers here: see [`plan`](crate::publish::plan). The ledger says at any time what is
//! there at most: it is written before the first change (as incomplete, with all that may lie there from then on), now
//! and then while files are sent, and at the end. A publication that was cut off is taken up by the next one, whoever
//! makes it.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::base::paths::OutputPath;
use crate::publish::ledger::{Entry, LEDGER, LOCK, Ledger};
use crate::publish::parcel::Parcel;
use crate::publish::plan::Plan;
use crate::publish::store::{Store, StoreError};

/// Files that are sent side by side.
const SIDE_BY_SIDE: usize = 16;

/// Files after which the ledger is written once more: so many, or an eighth of all where that is more, since it names
/// them all.
const CHECKPOINT: usize = 1000;

/// How long a publisher that says nothing more is believed to be at work, in minutes.
const PATIENCE: i64 = 15;

/// Files that are fetched again at the end.
const SAMPLE: usize = 8;

/// What a publication has done so far.
pub type Progress<'a> = dyn Fn(u64) + Sync + 'a;

/// Why a publication came to no end.
#[derive(Clone, Debug)]
pub enum Stopped {
    /// Nothing was changed.
    Before(StoreError),
    /// Something was changed; the next publication goes on from there.
    Midway(StoreError),
}

/// Reads what lies on a host; `Err` when that cannot be known, none when nobody has published there.
pub fn look(store: &dyn Store) -> Result<Option<Ledger>, StoreError> {
    match store.read(LEDGER)? {
        None => Ok(None),
        Some(text) => Ledger::parse(&text)
            .map(Some)
            .map_err(|why| StoreError::new(format!("the list of what was published ({LEDGER}) cannot be read: {why}"))),
    }
}

/// Who is at work on a host.
#[derive(Debug, Serialize, Deserialize)]
struct Claim {
    id: String,
    /// In seconds since 1970.
    since: i64,
}

/// Keeps others from publishing to the same place at the same time.
#[derive(Debug)]
struct Lock<'a> {
    store: &'a dyn Store,
}

impl std::fmt::Debug for dyn Store + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a store")
    }
}

impl<'a> Lock<'a> {
    fn take(store: &'a dyn Store, id: &str, now: Timestamp) -> Result<Self, StoreError> {
        let claim = Claim { id: id.to_string(), since: now.as_second() };
        let text = serde_json::to_vec(&claim).unwrap_or_default();
        for _ in 0..2 {
            // Looked at first: there are hosts that create what is there already.
            if store.read(LOCK)?.is_some_and(|other| other != text && is_fresh(&other, now)) {
                return Err(busy());
            }
            match store.create(LOCK, text.clone())? {
                // A host that lets the same be created twice does not heed the condition.
                Some(true) if store.create(LOCK, text.clone())? == Some(false) => return Ok(Self { store }),
                Some(true) | None => return Self::take_by_word(store, &claim, &text),
                Some(false) => {}
            }
            match store.read(LOCK)? {
                // The answer to our own request was lost.
                Some(own) if own == text => return Ok(Self { store }),
                Some(other) if is_fresh(&other, now) => return Err(busy()),
                _ => {}
            }
            // Whoever left it is gone.
            store.remove(LOCK)?;
        }
        Err(busy())
    }

    /// Where a host knows no conditions: says so, and looks whether somebody else said so later.
    fn take_by_word(store: &'a dyn Store, claim: &Claim, text: &[u8]) -> Result<Self, StoreError> {
        store.note(LOCK, text.to_vec())?;
        let now = store.read(LOCK)?;
        let is_ours =
            now.and_then(|text| serde_json::from_slice::<Claim>(&text).ok()).is_some_and(|now| now.id == claim.id);
        if is_ours { Ok(Self { store }) } else { Err(busy()) }
    }
}

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        // It goes out of date by itself.
        let _ = self.store.remove(LOCK);
    }
}

fn is_fresh(claim: &[u8], now: Timestamp) -> bool {
    let claim: Option<Claim> = serde_json::from_slice(claim).ok();
    claim.is_some_and(|claim| (now.as_second() - claim.since).abs() < PATIENCE * 60)
}

fn busy() -> StoreError {
    StoreError::new("somebody else is publishing there at this moment")
        .help(format!("wait until they are done; a publisher that was killed is forgotten after {PATIENCE} minutes"))
}

/// Does what the plan says. `there` is what the plan was made for, `after` the ledger for the end.
pub fn publish(
    store: &dyn Store,
    plan: &Plan,
    files: &BTreeMap<OutputPath, Parcel>,
    there: &Ledger,
    after: &Ledger,
    id: &str,
    progress: &Progress,
) -> Result<(), Stopped> {
    let lock = Lock::take(store, id, Timestamp::now()).map_err(Stopped::Before)?;
    let now = look(store).map_err(Stopped::Before)?.unwrap_or_default();
    if now != *there {
        let why = StoreError::new("somebody else has published there meanwhile");
        return Err(Stopped::Before(why.help("publish again: the plan is made anew for what lies there now")));
    }
    // From now on a file may be the old one, the new one, or be gone.
    let mut known = there.clone();
    known.complete = false;
    for (list, is_new) in [(&plan.new, true), (&plan.changed, false)] {
        let parcels = list.iter().filter_map(|path| files.get_key_value(path));
        known.files.extend(parcels.map(|(path, parcel)| (path.clone(), Entry::unsure(parcel, is_new))));
    }
    store.note(LEDGER, known.to_json()).map_err(Stopped::Before)?;
    let midway = |error: StoreError| Stopped::Midway(error);
    // The words of the withdrawn go with them.
    remove(store, plan.withdrawn.iter().chain(&plan.renewed)).map_err(midway)?;
    for path in &plan.withdrawn {
        known.files.remove(path);
    }
    for step in plan.steps(files) {
        for part in step.chunks(CHECKPOINT.max(known.files.len() / 8)) {
            store.write_all(part, progress).map_err(midway)?;
            let sent = part.iter().map(|(path, parcel)| ((*path).clone(), Entry::of(parcel)));
            known.files.extend(sent);
            // Before the next step leads readers to it.
            store.note(LEDGER, known.to_json()).map_err(midway)?;
        }
    }
    remove(store, &plan.removed).map_err(midway)?;
    verify(store, plan, files, after).map_err(midway)?;
    store.note(LEDGER, after.to_json()).map_err(midway)?;
    drop(lock);
    Ok(())
}

/// Does something for each of these, side by side; stops at the first fault.
pub fn each<T: Sync>(items: &[T], act: &(dyn Fn(&T) -> Result<(), StoreError> + Sync)) -> Result<(), StoreError> {
    let (next, stop, fault) = (AtomicUsize::new(0), AtomicBool::new(false), Mutex::new(None));
    let work = || {
        while !stop.load(Ordering::Relaxed) {
            let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
            if let Err(error) = act(item) {
                stop.store(true, Ordering::Relaxed);
                fault.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(error);
                return;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..SIDE_BY_SIDE.min(items.len()) {
            // With fewer threads it takes longer.
            let _ = std::thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    fault.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).map_or(Ok(()), Err)
}

fn remove<'p>(store: &dyn Store, paths: impl IntoIterator<Item = &'p OutputPath>) -> Result<(), StoreError> {
    store.remove_all(&paths.into_iter().map(OutputPath::as_str).collect::<Vec<_>>())
}

/// Looks whether the host has what it was given: all names and lengths, and some files byte for byte.
fn verify(
    store: &dyn Store,
    plan: &Plan,
    files: &BTreeMap<OutputPath, Parcel>,
    after: &Ledger,
) -> Result<(), StoreError> {
    let wrong = |what: String| {
        StoreError::new(format!("the host does not have what it was given: {what}"))
            .help("publish again; if it is so again, somebody else changes files there, or the host drops them")
    };
    let listed: BTreeMap<String, u64> = store.list()?.into_iter().collect();
    for (path, entry) in after.site() {
        match listed.get(path.as_str()) {
            Some(length) if *length == entry.length => {}
            Some(length) => return Err(wrong(format!("`{path}` has {length} bytes, not {}", entry.length))),
            None => return Err(wrong(format!("`{path}` is missing"))),
        }
    }
    if let Some(path) = plan.withdrawn.iter().chain(&plan.removed).find(|path| listed.contains_key(path.as_str())) {
        return Err(wrong(format!("`{path}` is still there")));
    }
    let sent: Vec<&OutputPath> = plan.new.iter().chain(&plan.changed).collect();
    let step = (sent.len() / SAMPLE).max(1);
    let sample: Vec<&OutputPath> = sent.into_iter().rev().step_by(step).take(SAMPLE).collect();
    each(&sample, &|path| {
        let bytes = store.read(path.as_str())?;
        match files.get(*path) {
            Some(parcel) if bytes.is_some_and(|bytes| blake3::hash(&bytes) == *parcel.hash()) => Ok(()),
            _ => Err(wrong(format!("`{path}` holds other bytes"))),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::base::paths::SourcePath;
    use crate::publish::parcel::origin_of;

    /// A host in memory, whose operations fail from some number on.
    #[derive(Default)]
    struct Shelf {
        files: Mutex<BTreeMap<String, Vec<u8>>>,
        /// Operations that still go well; all when there is none.
        left: Mutex<Option<usize>>,
        heeds_conditions: bool,
        /// What a reader could not reach at some moment.
        broken: Mutex<Vec<String>>,
        /// Whether readers look after each change.
        watched: AtomicBool,
        /// What was done to files of the site, in this order.
        done: Mutex<Vec<String>>,
    }

    impl Shelf {
        fn count(&self) -> Result<(), StoreError> {
            let mut left = self.left.lock().unwrap();
            match &mut *left {
                Some(0) => Err(StoreError::new("the line is cut")),
                Some(left) => {
                    *left -= 1;
                    Ok(())
                }
                None => Ok(()),
            }
        }

        /// What readers are shown who search, as the page of the search does it: what is missing is done without, but
        /// no briefing is shown for another, and the search can always begin.
        fn search(&self, files: &BTreeMap<String, Vec<u8>>) {
            let text = |path: &str| files.get(path).map(|text| String::from_utf8_lossy(text).into_owned());
            if !files.contains_key("search/index.html") {
                return;
            }
            let Some(start) = text("search/index.json") else {
                return self.broken.lock().unwrap().push("search/index.json".to_string());
            };
            for word in start.split(' ') {
                let numbers = text(&format!("search/words/{word}.bin")).unwrap_or_default();
                for number in numbers.split(' ').filter(|number| !number.is_empty()) {
                    let hit = text(&format!("search/texts/{number}.bin"));
                    if hit.is_some_and(|hit| !hit.split(' ').any(|own| own == word)) {
                        self.broken.lock().unwrap().push(format!("{word} leads to {number}"));
                    }
                }
            }
        }

        /// Every page that can be reached from the home page is there.
        fn look(&self, files: &BTreeMap<String, Vec<u8>>) {
            if self.watched.load(Ordering::Relaxed) {
                self.search(files);
            }
            if !self.watched.load(Ordering::Relaxed) || !files.contains_key("index.html") {
                return;
            }
            let (mut seen, mut open) = (BTreeSet::new(), vec!["index.html".to_string()]);
            while let Some(path) = open.pop() {
                let Some(text) = files.get(&path) else {
                    self.broken.lock().unwrap().push(path);
                    continue;
                };
                if seen.insert(path) {
                    let text = String::from_utf8_lossy(text).into_owned();
                    open.extend(text.split(' ').filter_map(|word| word.strip_prefix('@')).map(str::to_string));
                }
            }
        }
    }

    impl Store for Shelf {
        fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
            self.count()?;
            Ok(self.files.lock().unwrap().get(path).cloned())
        }

        fn write(&self, path: &str, parcel: &Parcel) -> Result<(), StoreError> {
            self.note(path, parcel.bytes()?.into_owned())
        }

        fn note(&self, path: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
            self.count()?;
            let mut files = self.files.lock().unwrap();
            files.insert(path.to_string(), bytes);
            self.done.lock().unwrap().push(format!("+{path}"));
            self.look(&files);
            Ok(())
        }

        fn create(&self, path: &str, bytes: Vec<u8>) -> Result<Option<bool>, StoreError> {
            if self.heeds_conditions && self.files.lock().unwrap().contains_key(path) {
                self.count()?;
                return Ok(Some(false));
            }
            self.note(path, bytes).map(|()| Some(true))
        }

        fn remove(&self, path: &str) -> Result<(), StoreError> {
            self.count()?;
            let mut files = self.files.lock().unwrap();
            files.remove(path);
            self.done.lock().unwrap().push(format!("-{path}"));
            self.look(&files);
            Ok(())
        }

        fn list(&self) -> Result<Vec<(String, u64)>, StoreError> {
            self.count()?;
            Ok(self.files.lock().unwrap().iter().map(|(path, bytes)| (path.clone(), bytes.len() as u64)).collect())
        }
    }

    fn site(files: &[(&str, &str, &str)]) -> BTreeMap<OutputPath, Parcel> {
        let parcel = |(path, sort, text): &(&str, &str, &str)| {
            let path = OutputPath::new(path).unwrap();
            let origin = SourcePath::new(&format!("content/{path}"));
            let parcel = Parcel::of(&path, text.as_bytes(), sort, Some(&origin));
            (path, parcel)
        };
        files.iter().map(parcel).collect()
    }

    const OLD: &[(&str, &str, &str)] = &[
        ("index.html", "home page", "home @a.html @b.html @list/2.html @assets/1.css"),
        ("a.html", "article page", "a @b.html @assets/1.css"),
        ("b.html", "article page", "b @assets/1.css"),
        ("list/2.html", "section page", "list @b.html"),
        ("assets/1.css", "file 1", "css"),
    ];

    const NEW: &[(&str, &str, &str)] = &[
        ("index.html", "home page", "home @a.html @b.html @c.html @assets/2.css"),
        ("a.html", "article page", "a @b.html @c.html @p.png @assets/2.css"),
        ("b.html", "article page", "b @assets/2.css"),
        ("c.html", "article page", "c @d.html @assets/2.css"),
        ("d.html", "entity page", "d @c.html @assets/2.css"),
        ("p.png", "copy of p.png", "png"),
        ("assets/2.css", "file 2", "css2"),
    ];

    fn put(shelf: &Shelf, files: &[(&str, &str, &str)], gone: &str) -> Result<Ledger, Stopped> {
        let files = site(files);
        let there = look(shelf).map_err(Stopped::Before)?.unwrap_or_default();
        let secret = origin_of(&SourcePath::new(&format!("content/{gone}")));
        let plan = Plan::of(&there, &files, &|origin| origin == secret, 1);
        let after = plan.ledger(&there, &files);
        publish(shelf, &plan, &files, &there, &after, "me", &|_| ())?;
        Ok(after)
    }

    fn names(shelf: &Shelf) -> Vec<String> {
        let files = shelf.files.lock().unwrap();
        files.keys().filter(|path| !path.starts_with(".crossbrief/")).cloned().collect()
    }

    #[test]
    fn cut_off_anywhere_readers_find_a_whole_site_and_the_next_run_ends_it() {
        let mut points = 0;
        for cut in 0.. {
            let shelf = Shelf { heeds_conditions: true, ..Shelf::default() };
            put(&shelf, OLD, "").unwrap();
            shelf.watched.store(true, Ordering::Relaxed);
            *shelf.left.lock().unwrap() = Some(cut);
            let done = put(&shelf, NEW, "");
            *shelf.left.lock().unwrap() = None;
            assert_eq!(*shelf.broken.lock().unwrap(), [""; 0], "cut after {cut} operations");
            if done.is_ok() {
                break;
            }
            points += 1;
            // A publisher that was killed is forgotten after a while.
            shelf.files.lock().unwrap().remove(LOCK);
            put(&shelf, NEW, "").unwrap();
            assert_eq!(*shelf.broken.lock().unwrap(), [""; 0], "taken up after {cut} operations");
            let wanted =
                ["a.html", "assets/1.css", "assets/2.css", "b.html", "c.html", "d.html", "index.html", "p.png"];
            let mut names = names(&shelf);
            names.retain(|name| name != "assets/1.css");
            assert_eq!(names, wanted.iter().filter(|name| **name != "assets/1.css").copied().collect::<Vec<_>>());
        }
        assert!(points > 15, "only {points} operations");
    }

    #[test]
    fn what_is_withdrawn_goes_before_anything_comes() {
        let shelf = Shelf { heeds_conditions: true, ..Shelf::default() };
        put(&shelf, OLD, "").unwrap();
        let mut without: Vec<_> = OLD.iter().filter(|(path, ..)| *path != "b.html").copied().collect();
        without[0].2 = "home @a.html @assets/1.css";
        without[1].2 = "a @assets/1.css";
        without.push(("c.html", "article page", "c"));
        let mut seen = 0;
        for cut in 0.. {
            *shelf.left.lock().unwrap() = Some(cut);
            let stopped = put(&shelf, &without, "b.html");
            *shelf.left.lock().unwrap() = None;
            let files = shelf.files.lock().unwrap().clone();
            let is_new = |path: &str, before: &str| files[path] != before.as_bytes();
            let has_come = files.contains_key("c.html") || is_new("a.html", OLD[1].2) || is_new("index.html", OLD[0].2);
            assert!(!has_come || !files.contains_key("b.html"), "{cut}");
            seen += usize::from(has_come);
            shelf.files.lock().unwrap().remove(LOCK);
            if stopped.is_ok() {
                break;
            }
        }
        assert!(!names(&shelf).contains(&"b.html".to_string()) && seen > 3, "{seen}");
    }

    const NAMED: &[(&str, &str, &str)] = &[
        ("index.html", "home page", "home @a.html @b.html @list.html @x.html @y.html"),
        ("list.html", "section page", "list @a.html @b.html"),
        ("feed.xml", "feed", "feed @a.html @b.html"),
        ("a.html", "article page", "a"),
        ("b.html", "article page", "b"),
        ("x.html", "entity page", "x @a.html @b.html"),
        ("y.html", "entity page", "y @a.html @b.html"),
    ];

    /// Without `b.html`, and with a new briefing that `y.html` and the home page name.
    const NAMED_LATER: &[(&str, &str, &str)] = &[
        ("index.html", "home page", "home @a.html @c.html @list.html @x.html @y.html"),
        ("list.html", "section page", "list @a.html"),
        ("feed.xml", "feed", "feed @a.html"),
        ("a.html", "article page", "a changed"),
        ("c.html", "article page", "c @d.png"),
        ("d.png", "copy of d.png", "png"),
        ("x.html", "entity page", "x @a.html"),
        ("y.html", "entity page", "y @a.html @c.html"),
    ];

    #[test]
    fn what_names_the_withdrawn_is_replaced_right_after_it() {
        let shelf = Shelf { heeds_conditions: true, ..Shelf::default() };
        put(&shelf, NAMED, "").unwrap();
        shelf.done.lock().unwrap().clear();
        put(&shelf, NAMED_LATER, "b.html").unwrap();
        let done: Vec<String> =
            shelf.done.lock().unwrap().iter().filter(|one| !one.contains("crossbrief")).cloned().collect();
        assert_eq!(done.len(), 9, "{done:?}");
        // Those of one step are sent side by side.
        let mut steps = [0..1, 1..3, 3..5, 5..7, 7..8, 8..9].map(|step| done[step].to_vec());
        steps.iter_mut().for_each(|step| step.sort());
        let wanted: [&[&str]; 6] = [
            &["-b.html"],
            &["+feed.xml", "+list.html"],
            &["+a.html", "+x.html"],
            &["+c.html", "+d.png"],
            &["+index.html"],
            &["+y.html"],
        ];
        assert_eq!(steps, wanted, "{done:?}");
    }

    #[test]
    fn cut_off_in_a_withdrawal_nothing_leads_to_what_is_not_there_but_the_withdrawn() {
        let mut points = 0;
        for cut in 0.. {
            let shelf = Shelf { heeds_conditions: true, ..Shelf::default() };
            put(&shelf, NAMED, "").unwrap();
            shelf.watched.store(true, Ordering::Relaxed);
            *shelf.left.lock().unwrap() = Some(cut);
            let done = put(&shelf, NAMED_LATER, "b.html");
            *shelf.left.lock().unwrap() = None;
            let all_of = |shelf: &Shelf| {
                let mut broken = std::mem::take(&mut *shelf.broken.lock().unwrap());
                broken.retain(|path| path != "b.html");
                broken
            };
            assert_eq!(all_of(&shelf), [""; 0], "cut after {cut} operations");
            if done.is_ok() {
                break;
            }
            points += 1;
            shelf.files.lock().unwrap().remove(LOCK);
            shelf.done.lock().unwrap().clear();
            put(&shelf, NAMED_LATER, "b.html").unwrap();
            assert_eq!(all_of(&shelf), [""; 0], "taken up after {cut} operations");
            // The next publisher is in the same haste.
            let done = shelf.done.lock().unwrap().clone();
            let at = |path: &str| done.iter().position(|one| one == path);
            if let (Some(list), Some(new)) = (at("+list.html"), at("+c.html")) {
                assert!(list < new, "{done:?}");
            }
            let wanted: Vec<&str> = NAMED_LATER.iter().map(|(path, ..)| *path).collect();
            let mut wanted: Vec<String> = wanted.into_iter().map(str::to_string).collect();
            wanted.sort();
            assert_eq!(names(&shelf), wanted);
        }
        assert!(points > 12, "only {points} operations");
    }

    /// Three briefings, the second of which is withdrawn: the third has its number then.
    const SEARCHED: &[(&str, &str, &str)] = &[
        ("index.html", "home page", "home @a.html @c.html @search/index.html"),
        ("a.html", "article page", "a"),
        ("b.html", "article page", "b"),
        ("c.html", "article page", "c"),
        ("search/index.html", "search page", "search"),
        ("search/index.json", "start of searching", "alpha gamma secret talks"),
        ("search/texts/0.bin", "texts to search a", "alpha talks"),
        ("search/texts/1.bin", "texts to search b", "secret talks"),
        ("search/texts/2.bin", "texts to search c", "gamma talks"),
        ("search/words/alpha.bin", "words to search", "0"),
        ("search/words/gamma.bin", "words to search", "2"),
        ("search/words/secret.bin", "words to search", "1"),
        ("search/words/talks.bin", "words to search", "0 1 2"),
    ];

    const SEARCHED_LATER: &[(&str, &str, &str)] = &[
        ("index.html", "home page", "home @a.html @c.html @d.html @search/index.html"),
        ("a.html", "article page", "a new"),
        ("c.html", "article page", "c"),
        ("d.html", "article page", "d"),
        ("search/index.html", "search page", "search"),
        ("search/index.json", "start of searching", "alpha delta gamma talks"),
        ("search/texts/0.bin", "texts to search a", "alpha talks"),
        ("search/texts/1.bin", "texts to search c", "gamma talks"),
        ("search/texts/2.bin", "texts to search d", "delta talks"),
        ("search/words/alpha.bin", "words to search", "0"),
        ("search/words/delta.bin", "words to search", "2"),
        ("search/words/gamma.bin", "words to search", "1"),
        ("search/words/talks.bin", "words to search", "0 1 2"),
    ];

    #[test]
    fn the_words_of_the_withdrawn_go_with_them_and_searching_goes_on() {
        let mut points = 0;
        for cut in 0.. {
            let shelf = Shelf { heeds_conditions: true, ..Shelf::default() };
            put(&shelf, SEARCHED, "").unwrap();
            shelf.watched.store(true, Ordering::Relaxed);
            *shelf.left.lock().unwrap() = Some(cut);
            let done = put(&shelf, SEARCHED_LATER, "b.html");
            *shelf.left.lock().unwrap() = None;
            assert_eq!(*shelf.broken.lock().unwrap(), [""; 0], "cut after {cut} operations");
            let files = shelf.files.lock().unwrap().clone();
            let holds = |word: &str| {
                let texts = files.iter().filter(|(path, _)| path.starts_with("search/texts/"));
                texts.into_iter().any(|(_, text)| String::from_utf8_lossy(text).contains(word))
            };
            // What searching begins with is the first that comes.
            let has_come = String::from_utf8_lossy(&files["search/index.json"]).contains("delta");
            let is_there =
                files.contains_key("b.html") || files.contains_key("search/words/secret.bin") || holds("secret");
            assert!(!has_come || !is_there, "{cut}");
            assert!(!files.contains_key("d.html") || holds("delta"), "the search is whole before anything else comes");
            if done.is_ok() {
                break;
            }
            points += 1;
            shelf.files.lock().unwrap().remove(LOCK);
            put(&shelf, SEARCHED_LATER, "b.html").unwrap();
            assert_eq!(*shelf.broken.lock().unwrap(), [""; 0], "taken up after {cut} operations");
            let wanted: Vec<&str> = SEARCHED_LATER.iter().map(|(path, ..)| *path).collect();
            let mut wanted: Vec<String> = wanted.into_iter().map(str::to_string).collect();
            wanted.sort();
            assert_eq!(names(&shelf), wanted);
        }
        assert!(points > 15, "only {points} operations");
    }

    #[test]
    fn of_two_publishers_one_is_told() {
        for heeds_conditions in [true, false] {
            let shelf = Shelf { heeds_conditions, ..Shelf::default() };
            let claim = Claim { id: "other".to_string(), since: Timestamp::now().as_second() };
            shelf.note(LOCK, serde_json::to_vec(&claim).unwrap()).unwrap();
            let Err(Stopped::Before(why)) = put(&shelf, OLD, "") else { panic!("it published all the same") };
            assert_eq!(why.message, "somebody else is publishing there at this moment");
            let long_ago = Claim { id: "other".to_string(), since: 0 };
            shelf.note(LOCK, serde_json::to_vec(&long_ago).unwrap()).unwrap();
            put(&shelf, OLD, "").unwrap();
            assert!(!shelf.files.lock().unwrap().contains_key(LOCK));
        }
    }

    #[test]
    fn what_others_published_since_the_plan_is_not_overwritten() {
        let shelf = Shelf { heeds_conditions: true, ..Shelf::default() };
        let first = put(&shelf, OLD, "").unwrap();
        put(&shelf, NEW, "").unwrap();
        let files = site(OLD);
        let plan = Plan::of(&first, &files, &|_| false, 1);
        let after = plan.ledger(&first, &files);
        let Err(Stopped::Before(why)) = publish(&shelf, &plan, &files, &first, &after, "me", &|_| ()) else { panic!() };
        assert_eq!(why.message, "somebody else has published there meanwhile");
    }

    #[test]
    fn a_host_that_drops_or_changes_files_is_found_out() {
        struct Careless(Shelf, &'static str);
        impl Store for Careless {
            fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
                self.0.read(path)
            }
            fn write(&self, path: &str, parcel: &Parcel) -> Result<(), StoreError> {
                match self.1 {
                    "drops" if path == "a.html" => Ok(()),
                    "spoils" if path == "index.html" => self.0.note(path, vec![b'?'; parcel.length() as usize]),
                    _ => self.0.write(path, parcel),
                }
            }
            fn note(&self, path: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
                self.0.note(path, bytes)
            }
            fn create(&self, path: &str, bytes: Vec<u8>) -> Result<Option<bool>, StoreError> {
                self.0.create(path, bytes)
            }
            fn remove(&self, path: &str) -> Result<(), StoreError> {
                self.0.remove(path)
            }
            fn list(&self) -> Result<Vec<(String, u64)>, StoreError> {
                self.0.list()
            }
        }
        for (sort, told) in [("drops", "`a.html` is missing"), ("spoils", "`index.html` holds other bytes")] {
            let store = Careless(Shelf { heeds_conditions: true, ..Shelf::default() }, sort);
            let files = site(OLD);
            let plan = Plan::of(&Ledger::default(), &files, &|_| false, 1);
            let after = plan.ledger(&Ledger::default(), &files);
            let stopped = publish(&store, &plan, &files, &Ledger::default(), &after, "me", &|_| ());
            let Err(Stopped::Midway(why)) = stopped else { panic!("{sort}") };
            assert!(why.message.ends_with(told), "{}", why.message);
        }
    }
}
