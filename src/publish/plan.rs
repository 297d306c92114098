//! What a publication does, before it does it: which files are new, changed, withdrawn or removed, and in which order.
//!
//! At every moment each page that a reader can reach must work, but what is withdrawn must vanish before all else. So:
//! first the withdrawn go, with the files that only they can have used; then assets come, whose names are new; then all
//! other new files, which nothing leads to yet; then changed pages, which lead only to what is there by now; then the
//! entrances; and last, when all else is well, what is left over goes.
//!
//! The words of what is withdrawn stand in the files of the search too, under names that stay. Those that change are taken
//! away with the pages; then what searching begins with is sent, and what was taken away, as it is now. Articles go by
//! numbers in these files, and every later one has another when one is withdrawn: a reader who got some files of before
//! and some of now would be shown one briefing for another. So a file that changes is missing for a while instead, and the
//! page of the search does without; those that do not change are of both.
//!
//! Lists, feeds and other pages go on naming what was withdrawn until they are replaced, and lead to a page that is gone.
//! To replace them first would leave the page itself up for so much longer; so they come right after it. A changed file
//! that leads to nothing new need not wait for anything: it is sent at once, entrances first ([`Plan::prompt`]). One that
//! leads to new files waits for these alone. A publication that only withdraws replaces all that named the page before
//! it does anything else.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use crate::base::paths::{OutputPath, percent_encode};
use crate::publish::ledger::{Entry, Ledger};
use crate::publish::parcel::{Parcel, Part};

/// What there is to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Files to take away first: nobody may see them any more.
    pub withdrawn: Vec<OutputPath>,
    /// New files, in the order in which they are sent.
    pub new: Vec<OutputPath>,
    /// Changed files, in the order in which they are sent.
    pub changed: Vec<OutputPath>,
    /// Changed files that are taken away with the withdrawn, since they may hold words of theirs, and then sent first.
    pub renewed: Vec<OutputPath>,
    /// Those of the changed files that are sent as soon as the withdrawn are gone: they may name them, and lead to nothing
    /// that is not there.
    pub prompt: BTreeSet<OutputPath>,
    /// Whether something is withdrawn now, or may have been by a publication that was cut off.
    pub withdraws: bool,
    /// Files to take away last.
    pub removed: Vec<OutputPath>,
    /// Assets that no page uses any more, and that stay for a while.
    pub staying: Vec<OutputPath>,
    /// Files that are there already.
    pub unchanged: usize,
    /// Bytes to send.
    pub bytes: u64,
}

impl Plan {
    /// Compares what lies on a host with what shall lie there. `gone` are the sources whose outputs are withdrawn: held
    /// back now, or no more. `keep` is for how many publications assets stay that no page uses.
    pub fn of(there: &Ledger, files: &BTreeMap<OutputPath, Parcel>, gone: &dyn Fn(&str) -> bool, keep: u32) -> Self {
        let mut plan = Self::default();
        for (path, parcel) in files {
            let list = match there.files.get(path) {
                Some(entry) if entry.is(parcel) => {
                    plan.unchanged += 1;
                    continue;
                }
                Some(entry) if !entry.pending => &mut plan.changed,
                _ => &mut plan.new,
            };
            plan.bytes += parcel.length();
            list.push(path.clone());
        }
        let order = |path: &OutputPath| (files.get(path).map(|parcel| parcel.part), path.clone());
        plan.new.sort_by_key(order);
        plan.changed.sort_by_key(order);
        let left = there.files.iter().filter(|(path, _)| !files.contains_key(*path));
        let mut unreferenced: Vec<OutputPath> = Vec::new();
        for (path, entry) in left {
            let is_page = path.as_str().ends_with(".html");
            // A history that goes is one that shows what nobody shall read any more.
            if entry.origin.as_deref().is_some_and(gone) || is_history(path, entry, there) {
                plan.withdrawn.push(path.clone());
            } else if is_asset(path) {
                let since = entry.unused_since.unwrap_or(there.generation + 1);
                let list =
                    if there.generation + 1 - since < u64::from(keep) { &mut plan.staying } else { &mut plan.removed };
                list.push(path.clone());
            } else if is_page {
                plan.removed.push(path.clone());
            } else {
                unreferenced.push(path.clone());
            }
        }
        // A picture that nothing shows any more may have been shown by what is withdrawn alone.
        let list = if plan.withdrawn.is_empty() { &mut plan.removed } else { &mut plan.withdrawn };
        list.extend(unreferenced);
        list.sort_unstable();
        if !plan.withdrawn.is_empty() {
            let is_words = |path: &&OutputPath| files.get(*path).is_some_and(|parcel| parcel.part == Part::Words);
            plan.renewed = plan.changed.iter().filter(is_words).cloned().collect();
        }
        plan.removed.sort_unstable();
        plan.withdraws = !plan.withdrawn.is_empty() || !there.complete;
        if plan.withdraws {
            plan.prompt = leading_to_nothing_new(&plan, files);
        }
        plan
    }

    /// Whether there is nothing to send and nothing to take away.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty() && self.withdrawn.is_empty() && self.removed.is_empty()
    }

    /// Pages that go.
    pub fn pages_removed(&self) -> usize {
        self.withdrawn.iter().chain(&self.removed).filter(|path| path.as_str().ends_with(".html")).count()
    }

    /// The files to send, step by step; those of one step may be sent in any order.
    pub fn steps<'a>(&'a self, files: &'a BTreeMap<OutputPath, Parcel>) -> Vec<Vec<(&'a OutputPath, &'a Parcel)>> {
        let of = |list: &'a [OutputPath], is: &dyn Fn(Part) -> bool| -> Vec<(&'a OutputPath, &'a Parcel)> {
            let parcels = list.iter().filter_map(|path| files.get_key_value(path));
            parcels.filter(|(_, parcel)| is(parcel.part)).collect()
        };
        // The search first, where some of it was taken away.
        let first = |part| !self.renewed.is_empty() && matches!(part, Part::Words | Part::Start);
        let both = |is: &dyn Fn(Part) -> bool| [of(&self.new, is), of(&self.changed, is)].concat();
        let is_prompt = |(path, _): &(&OutputPath, &Parcel)| self.prompt.contains(*path);
        let pages = of(&self.changed, &|part| part <= Part::Page);
        let entrances = of(&self.changed, &|part| part > Part::Page && !first(part));
        let (prompt_pages, pages): (Vec<_>, Vec<_>) = pages.into_iter().partition(is_prompt);
        let (prompt_entrances, entrances): (Vec<_>, Vec<_>) = entrances.into_iter().partition(is_prompt);
        // All that is new is there by then: which of both comes first matters to those who meet what is gone.
        let changed = if self.withdraws { [entrances, pages] } else { [pages, entrances] };
        let steps = [
            both(&|part| first(part) && part == Part::Start),
            both(&|part| first(part) && part == Part::Words),
            prompt_entrances,
            prompt_pages,
            of(&self.new, &|part| part == Part::Asset),
            of(&self.new, &|part| part != Part::Asset && !first(part)),
        ];
        steps.into_iter().chain(changed).filter(|step| !step.is_empty()).collect()
    }

    /// The ledger of a host once all is done.
    pub fn ledger(&self, there: &Ledger, files: &BTreeMap<OutputPath, Parcel>) -> Ledger {
        let mut ledger = there.clone();
        ledger.generation += 1;
        ledger.complete = true;
        if !self.withdrawn.is_empty() {
            ledger.clean_since = Some(ledger.generation);
        }
        let staying: BTreeSet<&OutputPath> = self.staying.iter().collect();
        ledger.files.retain(|path, _| staying.contains(path));
        for entry in ledger.files.values_mut() {
            entry.unused_since.get_or_insert(there.generation + 1);
        }
        ledger.files.extend(files.iter().map(|(path, parcel)| (path.clone(), Entry::of(parcel))));
        ledger
    }
}

/// The changed files whose bytes name none of the new ones. Addresses in pages and feeds begin at the root of the site, so
/// that one which leads to a file holds its whole path.
fn leading_to_nothing_new(plan: &Plan, files: &BTreeMap<OutputPath, Parcel>) -> BTreeSet<OutputPath> {
    let mut named: BTreeSet<String> = BTreeSet::new();
    for path in &plan.new {
        let address = path.as_str().strip_suffix("index.html").unwrap_or(path.as_str());
        let encoded = percent_encode(address);
        named.extend([address.replace('&', "&amp;"), encoded.replace('&', "&amp;"), address.to_string(), encoded]);
    }
    // Nobody can say what leads to a new home page: its address is in all others.
    let names = AhoCorasick::new(&named).ok().filter(|_| !named.contains(""));
    let Some(names) = names else { return BTreeSet::new() };
    let is_prompt = |path: &&OutputPath| {
        files.get(*path).and_then(|parcel| parcel.bytes().ok()).is_some_and(|bytes| !names.is_match(&*bytes))
    };
    plan.changed.par_iter().filter(is_prompt).cloned().collect()
}

/// Whether it is the history of a briefing: the page below the briefing's own that comes of the same file
/// (`urls::history`).
fn is_history(path: &OutputPath, entry: &Entry, there: &Ledger) -> bool {
    let article =
        path.as_str().strip_suffix("history/index.html").map(|folder| OutputPath::new(&format!("{folder}index.html")));
    let article = article.and_then(|path| there.files.get(&path.ok()?));
    entry.origin.is_some() && article.is_some_and(|article| article.origin == entry.origin)
}

/// Whether a file is an asset with its hash in its name.
fn is_asset(path: &OutputPath) -> bool {
    path.as_str().starts_with("assets/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::paths::SourcePath;
    use crate::publish::parcel::origin_of;

    fn site(files: &[(&str, &str, &str)]) -> BTreeMap<OutputPath, Parcel> {
        let parcel = |(path, sort, text): &(&str, &str, &str)| {
            let path = OutputPath::new(path).unwrap();
            let origin = (*sort == "article page").then(|| SourcePath::new(&format!("content/{path}.md")));
            let parcel = Parcel::of(&path, text.as_bytes(), sort, origin.as_ref());
            (path, parcel)
        };
        files.iter().map(parcel).collect()
    }

    fn shown(paths: &[OutputPath]) -> String {
        paths.iter().map(OutputPath::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_withdrawn_goes_first_and_assets_stay_a_while() {
        let before = site(&[
            ("index.html", "home page", "/a/ /b/"),
            ("list/index.html", "section page", "/a/ /b/"),
            ("x/index.html", "entity page", "x /b/"),
            ("a/index.html", "article page", "a"),
            ("b/index.html", "article page", "b"),
            ("b.png", "copy of b.png", "png"),
            ("page/2/index.html", "section page", "2"),
            ("assets/s.1.css", "file 1", "css"),
        ]);
        let first = Plan::of(&Ledger::default(), &before, &|_| false, 3);
        assert_eq!((first.new.len(), first.changed.len(), first.bytes), (8, 0, 28));
        let there = first.ledger(&Ledger::default(), &before);
        assert!(Plan::of(&there, &before, &|_| false, 3).is_empty(), "nothing changed, nothing to do");

        let after = site(&[
            ("index.html", "home page", "/a/ /c/"),
            ("list/index.html", "section page", "/a/"),
            ("x/index.html", "entity page", "x"),
            ("a/index.html", "article page", "a and /c/"),
            ("c/index.html", "article page", "c"),
            ("assets/s.2.css", "file 2", "css2"),
        ]);
        let secret = origin_of(&SourcePath::new("content/b/index.html.md"));
        let plan = Plan::of(&there, &after, &|origin| origin == secret, 3);
        assert_eq!(shown(&plan.withdrawn), "b.png b/index.html");
        assert_eq!(shown(&plan.removed), "page/2/index.html");
        assert_eq!(shown(&plan.staying), "assets/s.1.css");
        let steps = |plan: &Plan| -> Vec<String> {
            let steps = plan.steps(&after);
            let names = steps.iter().map(|step| step.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>());
            names.map(|names| names.join(" ")).collect()
        };
        // What may name the withdrawn and leads to nothing new; the new; what leads there. Entrances before pages.
        let wanted =
            ["list/index.html", "x/index.html", "assets/s.2.css", "c/index.html", "index.html", "a/index.html"];
        assert_eq!(steps(&plan), wanted);
        // Where nothing is withdrawn, entrances are last.
        let plan_of_removal = Plan::of(&there, &after, &|_| false, 3);
        let wanted = ["assets/s.2.css", "c/index.html", "a/index.html x/index.html", "index.html list/index.html"];
        assert_eq!(steps(&plan_of_removal), wanted);
        // The next publication goes on as the one that was cut off.
        let mut cut = there.clone();
        cut.complete = false;
        assert_eq!(steps(&Plan::of(&cut, &after, &|_| false, 3)), steps(&plan));

        // The old style sheet stays for three publications.
        let mut there = plan.ledger(&there, &after);
        for turn in 0..3 {
            assert_eq!(there.files.len(), 7, "{turn}");
            let plan = Plan::of(&there, &after, &|_| false, 3);
            assert_eq!(plan.removed.len(), usize::from(turn == 2), "{turn}");
            there = plan.ledger(&there, &after);
        }
        assert_eq!(there.files.len(), 6);
        assert_eq!((there.generation, there.clean_since), (5, Some(2)), "it holds nothing that the first one withdrew");
    }

    #[test]
    fn a_history_that_is_shown_no_more_goes_first() {
        let before = site(&[
            ("a/index.html", "article page", "a"),
            ("a/history/index.html", "article page", "a and what it was"),
            ("b/index.html", "section page", "b"),
            ("topics/history/index.html", "article page", "a topic"),
        ]);
        let mut there = Plan::of(&Ledger::default(), &before, &|_| false, 3).ledger(&Ledger::default(), &before);
        let path = |path: &str| OutputPath::new(path).unwrap();
        let origin = there.files[&path("a/index.html")].origin.clone();
        there.files.get_mut(&path("a/history/index.html")).unwrap().origin = origin;
        let after = site(&[("a/index.html", "article page", "a")]);
        let plan = Plan::of(&there, &after, &|_| false, 3);
        assert_eq!(shown(&plan.withdrawn), "a/history/index.html");
        assert_eq!(shown(&plan.removed), "b/index.html topics/history/index.html", "a page that goes by this name");
    }

    #[test]
    fn other_headers_are_a_change() {
        let files = site(&[("a/index.html", "article page", "a")]);
        let mut there = Plan::of(&Ledger::default(), &files, &|_| false, 3).ledger(&Ledger::default(), &files);
        there.files.values_mut().for_each(|entry| entry.headers = "other".to_string());
        assert_eq!(shown(&Plan::of(&there, &files, &|_| false, 3).changed), "a/index.html");
    }
}
