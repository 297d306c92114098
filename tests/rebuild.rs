//! The incremental build gives what a clean one gives, byte for byte, whatever was edited before: random sites are edited
//! at random, and after each edit both are compared. `CROSSBRIEF_CASES` and `CROSSBRIEF_SEED` make the run longer.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use crossbrief::base::paths::OutputPath;
use crossbrief::build::incremental::{self, Built};
use crossbrief::build::memory::Memory;
use crossbrief::build::sink::MemorySink;
use crossbrief::build::{self, Request};
use crossbrief::content::vocabulary::Tlp;

type Tree = BTreeMap<OutputPath, Arc<[u8]>>;

/// Numbers that look random and are the same each time (Knuth, MMIX).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.roll(list.len())]
    }
}

const PEOPLE: [&str; 6] = ["Ada Lund", "Bo Reyes", "Cy Okoro", "Di Marsh", "Ed Stone", "Fay Marsh"];
const COUNTRIES: [&str; 5] = ["Ukraine", "France", "Chad", "Georgia", "Japan"];
const TOPICS: [&str; 4] = ["trade", "energy", "sanctions", "arms control"];
const WORDS: [&str; 8] = ["talks", "pipeline", "border", "treaty", "harbour", "cable", "summit", "budget"];
const DAYS: [&str; 6] = ["2024-03-01", "2024-11-20", "2025-01-15", "2025-06-02", "2025-06-03", "2025-12-10"];

/// The files of a site.
#[derive(Clone, Default)]
struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    fn put(&mut self, path: &str, text: impl Into<Vec<u8>>) {
        self.0.insert(path.to_string(), text.into());
    }

    fn roll(dice: &mut Dice) -> Self {
        let mut files = Self::default();
        files.put("site.yaml", site(dice));
        for index in 0..6 + dice.roll(6) {
            files.put(&format!("content/briefings/b{index}.md"), article(dice, index));
        }
        files.put("content/people/ada-lund.md", person(dice, "Ada Lund"));
        files.put("content/briefings/_index.md", section(dice));
        files.put("content/about.md", page(dice));
        files.put("content/briefings/p.png", picture(dice));
        files
    }

    /// Changes something, and says what.
    fn edit(&mut self, dice: &mut Dice) -> String {
        let index = dice.roll(12);
        let path = format!("content/briefings/b{index}.md");
        match dice.roll(20) {
            0..=5 => {
                self.put(&path, article(dice, index));
                format!("write {path}")
            }
            6 | 7 => match self.0.get_mut(&path) {
                Some(text) => {
                    text.extend(format!("\nThe {} of {}.\n", dice.pick(&WORDS), dice.pick(&PEOPLE)).into_bytes());
                    format!("add a sentence to {path}")
                }
                None => "nothing".to_string(),
            },
            8 => {
                self.0.remove(&path);
                format!("delete {path}")
            }
            9 => match self.0.remove(&path) {
                Some(text) => {
                    self.put(&format!("content/briefings/b{}.md", dice.roll(14)), text);
                    format!("rename {path}")
                }
                None => "nothing".to_string(),
            },
            10 | 11 => {
                let name = dice.pick(&PEOPLE);
                let path = format!("content/people/{}.md", name.to_lowercase().replace(' ', "-"));
                if dice.one_in(4) {
                    self.0.remove(&path);
                    return format!("delete {path}");
                }
                self.put(&path, person(dice, name));
                format!("write {path}")
            }
            12 => {
                let rows = (0..dice.roll(3))
                    .map(|_| format!("- {{name: {}, summary: \"On {}.\"}}\n", dice.pick(&TOPICS), dice.pick(&WORDS)));
                let text: String = rows.collect();
                self.put("content/topics.yaml", if text.is_empty() { "[]\n".to_string() } else { text });
                "write content/topics.yaml".to_string()
            }
            13 => {
                self.put("site.yaml", site(dice));
                "write site.yaml".to_string()
            }
            14 => {
                let (name, text) = match dice.roll(5) {
                    0 => ("article.html", "{% extends \"@default/article.html\" %}"),
                    1 => ("page.html", "{{ loose.content }}{{ site.counts.articles }}{{ data }}"),
                    2 => ("redirect.html", "<a href=\"{{ redirect.url }}\">{{ site.title }}</a>"),
                    3 => (
                        "shortcodes/aside.html",
                        "{% component aside(title: string = \"\") %}<aside>{{ title }}{{ body }}</aside>{% endcomponent aside %}",
                    ),
                    _ => ("pair.html", "{{ pair.pair.title }} {{ pager.count }}"),
                };
                let path = format!("templates/{name}");
                if self.0.remove(&path).is_none() {
                    self.put(&path, format!("{text}{}", if dice.one_in(2) { "\n" } else { "" }));
                }
                format!("write or delete {path}")
            }
            15 => {
                self.put("data/numbers.yaml", format!("a: {}\n", dice.roll(3)));
                "write data/numbers.yaml".to_string()
            }
            16 => {
                self.put("content/briefings/p.png", picture(dice));
                "write content/briefings/p.png".to_string()
            }
            17 => {
                self.put("content/briefings/_index.md", section(dice));
                "write content/briefings/_index.md".to_string()
            }
            18 => {
                self.put("content/about.md", page(dice));
                "write content/about.md".to_string()
            }
            _ => {
                self.put(
                    "content/authors/desk.md",
                    format!("---\nname: The {} desk\n---\nWho we are.\n", dice.pick(&WORDS)),
                );
                "write content/authors/desk.md".to_string()
            }
        }
    }

    /// Makes a folder hold these files and no others.
    fn write(&self, folder: &Path, before: &Files) {
        for path in before.0.keys().filter(|path| !self.0.contains_key(*path)) {
            fs::remove_file(folder.join(path)).expect("a file that was written");
        }
        for (path, text) in self.0.iter().filter(|(path, text)| before.0.get(*path) != Some(*text)) {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
            fs::write(path, text).expect("a new file");
        }
    }
}

fn site(dice: &mut Dice) -> String {
    format!(
        "title: {} Desk\nbase_url: https://example.org/{}\npagination: {{articles: {}, entity: {}}}\nconnections: {{pages: {}}}\nlinking: {{related: {}}}\nminify: {}\nmaps: {{show: {}}}\n",
        dice.pick(&["The", "Our"]),
        dice.pick(&["", "", "desk/"]),
        3 + dice.roll(3),
        2 + dice.roll(3),
        1 + dice.roll(3),
        dice.roll(4),
        dice.one_in(2),
        dice.one_in(6),
    )
}

fn section(dice: &mut Dice) -> String {
    format!(
        "---\ntitle: {}\norder: {}\ndefaults: {{authors: [{}]}}\n---\nAbout [the about page](../about.md).\n",
        dice.pick(&["Briefings", "All"]),
        dice.pick(&["date", "weight", "title"]),
        dice.pick(&["desk", "Ann"]),
    )
}

fn page(dice: &mut Dice) -> String {
    format!(
        "---\ntitle: About\n---\nSee [[{}]] and [one](briefings/b{}.md) by {}.\n",
        dice.pick(&PEOPLE),
        dice.roll(6),
        dice.pick(&WORDS)
    )
}

fn person(dice: &mut Dice, name: &str) -> String {
    let family = name.split(' ').next_back().unwrap_or(name);
    let mut text = format!("---\nname: {name}\nfamily_name: {family}\n");
    if dice.one_in(2) {
        text.push_str(&format!("aliases: [{}]\n", dice.pick(&["the broker", "Old Hand", "Marshal"])));
    }
    if dice.one_in(2) {
        text.push_str(&format!(
            "roles: [{{title: {}, country: {}, start: {}}}]\n",
            dice.pick(&["President", "Minister"]),
            dice.pick(&COUNTRIES),
            dice.pick(&["2024", "2025-02"])
        ));
    }
    if dice.one_in(3) {
        text.push_str(&format!("summary: Known for {}.\n", dice.pick(&WORDS)));
    }
    if dice.one_in(5) {
        text.push_str("tlp: AMBER\n");
    }
    format!("{text}---\nBorn in {}. Knows {}.\n", dice.pick(&COUNTRIES), dice.pick(&PEOPLE))
}

fn article(dice: &mut Dice, index: usize) -> String {
    let mut text = format!(
        "---\ntitle: {} {} in {}\ndate: {}\n",
        dice.pick(&["New", "Old"]),
        dice.pick(&WORDS),
        dice.pick(&COUNTRIES),
        dice.pick(&DAYS)
    );
    let mut maybe = |one_in: usize, line: String| {
        if dice.one_in(one_in) {
            text.push_str(&line);
        }
    };
    let next = |index: usize| index.wrapping_add(1);
    maybe(2, "people: [Ada Lund, Bo Reyes]\n".to_string());
    maybe(2, "countries: [Ukraine, France]\n".to_string());
    maybe(2, "topics: [trade, energy]\n".to_string());
    maybe(2, "summary: A short line.\n".to_string());
    maybe(3, "bottom_line: Ada Lund leads.\n".to_string());
    maybe(4, format!("follows: [b{}]\n", next(index)));
    maybe(4, "series: The long story\n".to_string());
    maybe(4, "corrections: [{date: 2025-07-01, text: A name was wrong.}]\n".to_string());
    maybe(4, "events: [{date: 2025-05, title: Cy Okoro resigns, people: [Cy Okoro]}]\n".to_string());
    maybe(5, "draft: true\n".to_string());
    maybe(5, "tlp: AMBER\n".to_string());
    maybe(6, "embargoed_until: 2030-01-01\n".to_string());
    maybe(6, "redirect_from: [/old/]\n".replace("old", &format!("old{index}")));
    maybe(6, "image: {src: p.png, alt: A picture}\n".to_string());
    maybe(6, format!("weight: {index}\n"));
    maybe(7, "pub_status: canceled\n".to_string());
    maybe(
        6,
        "sources: [{id: s1, title: A paper}]\nkey_judgments: [{text: It holds., sources: [s1], tlp: GREEN}]\n"
            .to_string(),
    );
    text.push_str("---\n");
    for _ in 0..2 + dice.roll(3) {
        let line = match dice.roll(8) {
            0 => format!("{} met {} on the {}.\n", dice.pick(&PEOPLE), dice.pick(&PEOPLE), dice.pick(&WORDS)),
            1 => format!("## The {}\n", dice.pick(&WORDS)),
            2 => format!("See [[{}]].\n", dice.pick(&COUNTRIES)),
            3 => format!("The broker spoke of {}.\n", dice.pick(&TOPICS)),
            4 => "![A picture](p.png)\n".to_string(),
            5 => ":::tlp amber\nFay Marsh alone knows.\n:::\n".to_string(),
            6 => ":::aside title=\"Note\"\nMore of it.\n:::\n".to_string(),
            _ => format!("French and Ukrainian {}.\n", dice.pick(&WORDS)),
        };
        text.push_str(&format!("\n{line}"));
    }
    text
}

/// A PNG of some size: its head is what counts.
fn picture(dice: &mut Dice) -> Vec<u8> {
    let (width, height) = (1 + dice.roll(3) as u32, 1 + dice.roll(3) as u32);
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend(b"\0\0\0\0IEND\xae\x42\x60\x82");
    bytes
}

/// Builds, on what the last build left.
fn build(folder: &Path, clearance: Tlp, memory: Option<&Memory>, before: Tree) -> (Built, Tree) {
    let request = Request {
        root: folder.to_path_buf(),
        skip: Vec::new(),
        clearance,
        drafts: false,
        now: "2026-01-01T00:00:00Z".parse().expect("an instant"),
        base_url: None,
    };
    let sources = build::discover(&request).expect("a readable site");
    let loaded = build::load_sources(&request, sources).expect("a readable site");
    let sink = MemorySink::after(before);
    let built = incremental::render(&loaded, memory, &sink, &|| ()).expect("memory");
    (built, sink.into_files())
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn any_edit_gives_what_a_clean_build_gives() {
    let (cases, seed) = (number("CROSSBRIEF_CASES", 10), number("CROSSBRIEF_SEED", 1));
    let (mut edits, mut kept, mut made) = (0, 0, 0);
    for case in seed..seed + cases {
        let mut dice = Dice(case);
        let clearance = Tlp::ALL[dice.roll(5)];
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = folder.path().join(".crossbrief/memory");
        let mut files = Files::roll(&mut dice);
        files.write(folder.path(), &Files::default());
        let (first, mut tree) = build(folder.path(), clearance, None, Tree::new());
        first.memory.write(&place).expect("a place for the memory");
        let mut history = Vec::new();
        for _ in 0..5 {
            let before = files.clone();
            history.push(files.edit(&mut dice));
            files.write(folder.path(), &before);
            // Through the file, as the next process would.
            let memory = Memory::read(&place).expect("a memory that is whole");
            let (built, next) = build(folder.path(), clearance, Some(&memory), tree);
            let (clean, expected) = build(folder.path(), clearance, None, Tree::new());
            let differs = expected.keys().chain(next.keys()).find(|path| expected.get(*path) != next.get(*path));
            if let Some(path) = differs {
                let text = |tree: &Tree| tree.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
                panic!(
                    "case {case}: {path} is not as a clean build makes it\nedits: {}\n--- clean\n{:?}\n--- incremental\n{:?}",
                    history.join(", "),
                    text(&expected),
                    text(&next)
                );
            }
            assert_eq!(built.diagnostics, clean.diagnostics, "case {case}: edits {history:?}");
            made += built.made();
            kept += built.outputs.len() - built.made();
            edits += 1;
            // A site with errors is not written, so the memory stays that of the last good one.
            if built.memory.has_errors() {
                files = before.clone();
                files.write(folder.path(), &Files::default());
                for path in fs_paths(folder.path()) {
                    if !files.0.contains_key(&path) {
                        let _ = fs::remove_file(folder.path().join(path));
                    }
                }
                tree = build(folder.path(), clearance, None, Tree::new()).1;
                continue;
            }
            built.memory.write(&place).expect("a place for the memory");
            tree = next;
        }
    }
    println!("{edits} edits: {made} outputs made, {kept} kept");
    assert!(kept > made, "most of a site is kept: {kept} kept, {made} made");
}

/// The files of a site, by path.
fn fs_paths(folder: &Path) -> Vec<String> {
    let mut paths = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(path) = path.strip_prefix(folder) {
                let path = path.to_string_lossy().into_owned();
                if !path.starts_with(".crossbrief") {
                    paths.push(path);
                }
            }
        }
    }
    paths
}
