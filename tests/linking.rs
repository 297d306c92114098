//! How well names are found: hand-marked passages, and the precision and recall of what is found in them.
//!
//! `cargo test --test linking -- --nocapture` prints the table; it is kept in `tests/linking/table.txt`, and
//! `UPDATE_SNAPSHOTS=1` writes it anew. The passages and their marks are told of at the head of
//! `tests/linking/passages.txt`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use crossbrief::base::diagnostics::Severity;
use crossbrief::base::text::fold;
use crossbrief::build::{self, Request};
use crossbrief::content::vocabulary::Tlp;
use crossbrief::site::Site;
use crossbrief::site::mentions::Spot;

/// A passage with the names that a reader sees in it.
struct Passage {
    trap: String,
    about: Vec<String>,
    text: String,
    /// First byte, last byte and what is meant.
    marks: BTreeSet<(usize, usize, String)>,
}

/// What came of one trap.
#[derive(Default)]
struct Score {
    passages: usize,
    marks: usize,
    found: usize,
    right: usize,
}

impl Score {
    fn precision(&self) -> f64 {
        if self.found == 0 { 1.0 } else { self.right as f64 / self.found as f64 }
    }

    fn recall(&self) -> f64 {
        if self.marks == 0 { 1.0 } else { self.right as f64 / self.marks as f64 }
    }

    fn add(&mut self, other: &Score) {
        self.passages += other.passages;
        self.marks += other.marks;
        self.found += other.found;
        self.right += other.right;
    }

    fn row(&self, name: &str) -> String {
        let Score { passages, marks, found, right } = self;
        let (precision, recall) = (self.precision(), self.recall());
        format!("{name:<22} {passages:>8} {marks:>6} {found:>6} {right:>6} {precision:>10.3} {recall:>7.3}\n")
    }
}

fn passages(text: &str) -> Vec<Passage> {
    text.split("\n== ").skip(1).map(passage).collect()
}

fn passage(block: &str) -> Passage {
    let (trap, marked) = block.split_once('\n').expect("a trap and a text");
    let (marked, about) = match marked.rsplit_once("\nabout:") {
        Some((marked, about)) => (marked, about.split(',').map(|name| name.trim().to_string()).collect()),
        None => (marked, Vec::new()),
    };
    let mut text = String::new();
    let mut marks = BTreeSet::new();
    let mut rest = marked.trim_end();
    while let Some((before, after)) = rest.split_once("[[") {
        let (mark, after) = after.split_once("]]").expect("a closed mark");
        let (written, meant) = mark.split_once('|').unwrap_or((mark, mark));
        text.push_str(before);
        marks.insert((text.len(), text.len() + written.len(), meant.to_string()));
        text.push_str(written);
        rest = after;
    }
    text.push_str(rest);
    Passage { trap: trap.trim().to_string(), about, text, marks }
}

/// Writes the passages as articles of a site, each a briefing of its own; returns where each text begins.
fn write_site(folder: &Path, passages: &[Passage], kinds: &BTreeMap<String, &'static str>) -> Vec<usize> {
    let articles = folder.join("content/briefings");
    std::fs::create_dir_all(&articles).expect("a new folder");
    let write = |(index, passage): (usize, &Passage)| {
        let mut front = String::from("---\ntitle: A passage\ndate: 2025-12-10\n");
        for name in &passage.about {
            let kind = kinds.get(&fold(name)).copied().unwrap_or("countries");
            writeln!(front, "{kind}: [{name}]").expect("memory");
        }
        // Several of one kind become one list.
        let mut merged: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for line in front.lines().filter(|line| line.ends_with(']')) {
            let (kind, name) = line.trim_end_matches(']').split_once(": [").expect("a list");
            merged.entry(kind).or_default().push(name);
        }
        let mut front: String =
            front.lines().filter(|line| !line.ends_with(']')).map(|line| format!("{line}\n")).collect();
        for (kind, names) in merged {
            writeln!(front, "{kind}: [{}]", names.join(", ")).expect("memory");
        }
        front.push_str("---\n");
        std::fs::write(articles.join(format!("p{index:03}.md")), format!("{front}{}\n", passage.text)).expect("a file");
        front.len()
    };
    passages.iter().enumerate().map(write).collect()
}

fn load(passages: &[Passage]) -> (Site, Vec<usize>, Vec<String>) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/linking");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let content = folder.path().join("content");
    std::fs::create_dir_all(&content).expect("a new folder");
    let kind = "kinds:\n  organization: {singular: Organization, plural: Organizations, path: organizations}\n";
    std::fs::write(folder.path().join("site.yaml"), kind).expect("a file");
    let mut kinds = BTreeMap::new();
    for kind in ["people", "organizations", "topics"] {
        let rows = std::fs::read_to_string(here.join(format!("{kind}.yaml"))).expect("a file of the test set");
        for row in rows.lines().filter_map(|row| row.strip_prefix("- {name: ")) {
            let name = row.split([',', '}']).next().expect("a name");
            kinds.insert(fold(name), kind);
        }
        std::fs::write(content.join(format!("{kind}.yaml")), rows).expect("a file");
    }
    let begins = write_site(folder.path(), passages, &kinds);
    let request = Request {
        root: folder.path().to_path_buf(),
        skip: Vec::new(),
        clearance: Tlp::Clear,
        drafts: false,
        embargoed: false,
        now: "2026-01-01T00:00:00Z".parse().expect("an instant"),
        base_url: None,
    };
    let loaded = build::load(&request).expect("a readable site");
    let faults =
        loaded.diagnostics.iter().filter(|one| one.severity == Severity::Error).map(|one| format!("{one:?}")).collect();
    (loaded.site, begins, faults)
}

#[test]
fn names_are_found_and_nothing_else() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/linking");
    let passages = passages(&std::fs::read_to_string(here.join("passages.txt")).expect("the passages"));
    let (site, begins, faults) = load(&passages);
    assert_eq!(faults, [""; 0]);
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    let mut misses = String::new();
    for (index, passage) in passages.iter().enumerate() {
        let path = format!("content/briefings/p{index:03}.md");
        let article = site.articles.iter().find(|article| article.path.as_str() == path).expect("an article");
        let found: BTreeSet<(usize, usize, String)> = article
            .found
            .mentions
            .iter()
            .filter(|mention| mention.spot == Spot::Body)
            .map(|mention| {
                let at = |byte: u32| byte as usize - begins[index];
                (at(mention.in_file.start), at(mention.in_file.end), site.entity(mention.entity).name.clone())
            })
            .collect();
        let score = scores.entry(&passage.trap).or_default();
        score.add(&Score {
            passages: 1,
            marks: passage.marks.len(),
            found: found.len(),
            right: found.intersection(&passage.marks).count(),
        });
        let mut tell = |what: &str, (start, end, name): &(usize, usize, String)| {
            let line = passage.text.replace('\n', " ");
            writeln!(misses, "{what} {} = {name}\n        {line}", &passage.text[*start..*end]).expect("memory");
        };
        passage.marks.difference(&found).for_each(|mark| tell("missed:", mark));
        found.difference(&passage.marks).for_each(|mark| tell("wrong: ", mark));
    }
    let mut all = Score::default();
    let mut table = String::from("trap                   passages  marks  found  right  precision  recall\n");
    for (trap, score) in &scores {
        table.push_str(&score.row(trap));
        all.add(score);
    }
    table.push_str(&all.row("all"));
    println!("{table}\n{misses}");
    let kept = here.join("table.txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&kept, format!("{table}\n{misses}")).expect("a written table");
    }
    let expected = std::fs::read_to_string(&kept).unwrap_or_default();
    assert_eq!(format!("{table}\n{misses}"), expected, "UPDATE_SNAPSHOTS=1 keeps the new table");
    assert!(all.precision() >= 0.99 && all.recall() >= 0.95, "{table}");
}
