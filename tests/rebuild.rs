//! The incremental build gives what a clean one gives, byte for byte, whatever was edited before: random sites are edited
//! at random, and after each edit both are compared. `CROSSBRIEF_CASES` and `CROSSBRIEF_SEED` make the run longer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use crossbrief::base::diagnostics::Diagnostic;
use crossbrief::base::paths::{OutputPath, SourcePath};
use crossbrief::build::again::load_again;
use crossbrief::build::cache::folder::FolderDepot;
use crossbrief::build::cache::{Cache, Depot, Seal};
use crossbrief::build::incremental::{self, Before, Built, Known, Rest};
use crossbrief::build::kept::{self, Continued, Kept};
use crossbrief::build::memory::Memory;
use crossbrief::build::revise::revise;
use crossbrief::build::sink::MemorySink;
use crossbrief::build::{self, Loaded, Request};
use crossbrief::content::vocabulary::Tlp;

#[path = "tiny/repository.rs"]
mod repository;

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
const DEMONYMS: [&str; 3] = ["Chadian", "Georgian", "Frenchman"];
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
        if files.speaks_several() {
            let mut other = Dice(dice.0);
            for _ in 0..other.roll(4) {
                files.edit_version(&mut other);
            }
        }
        files
    }

    fn speaks_several(&self) -> bool {
        self.0["site.yaml"].windows(10).any(|text| text == b"languages:")
    }

    fn shows_history(&self) -> bool {
        self.0["site.yaml"].windows(13).any(|text| text == b"history: true")
    }

    /// Commits some of the edits of a site that shows histories, which then may be others; whether it did.
    fn commit(&self, folder: &Path, dice: &mut Dice, step: usize) -> bool {
        let commits = self.shows_history() && (step == 0 || dice.one_in(2));
        if commits {
            // What the build remembers is not committed.
            let ignored = folder.join(".gitignore");
            fs::write(ignored, ".*\n").expect("a file");
            // Later than all days of articles.
            repository::commit(folder, &format!("2025-12-12T00:{step:02}:00Z"));
        }
        commits
    }

    /// Leaves the site with its main language alone: one in several is always assembled whole.
    fn speak_one_language(&mut self) {
        let settings = String::from_utf8_lossy(&self.0["site.yaml"]).into_owned();
        let others: Vec<&str> = settings.lines().filter(|line| !line.starts_with("languages:")).collect();
        self.put("site.yaml", others.join("\n") + "\n");
        self.0.retain(|path, _| ![".uk.", ".ar.", "/uk/"].iter().any(|mark| path.contains(mark)));
    }

    /// Writes or deletes a version of a file in another language, and says which.
    fn edit_version(&mut self, dice: &mut Dice) -> String {
        let index = dice.roll(12);
        let (path, text) = match dice.roll(10) {
            0 => ("content/people/ada-lund.uk.md".to_string(), version_of_person(dice)),
            1 => ("content/uk/people/bo-reyes.md".to_string(), version_of_person(dice)),
            2 => ("content/briefings/_index.uk.md".to_string(), section(dice)),
            3 => ("content/uk/about.md".to_string(), page(dice)),
            4 => ("content/_index.uk.md".to_string(), section(dice)),
            5 => ("content/authors/desk.uk.md".to_string(), "---\nname: Відділ\n---\nМи.\n".to_string()),
            6 => (format!("content/uk/briefings/b{index}.md"), article(dice, index)),
            7 => (format!("content/briefings/b{index}.ar.md"), article(dice, index)),
            _ => (format!("content/briefings/b{index}.uk.md"), article(dice, index)),
        };
        if dice.one_in(4) {
            self.0.remove(&path);
            return format!("delete {path}");
        }
        self.put(&path, text);
        format!("write {path}")
    }

    /// Changes something, and says what.
    fn edit(&mut self, dice: &mut Dice) -> String {
        let index = dice.roll(12);
        let path = format!("content/briefings/b{index}.md");
        match dice.roll(if self.speaks_several() { 24 } else { 21 }) {
            21..=23 => self.edit_version(dice),
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
                let (path, text) = match dice.roll(8) {
                    0 => ("templates/article.html", "{% extends \"@default/article.html\" %}"),
                    1 => ("templates/page.html", "{{ loose.content }}{{ site.counts.articles }}{{ data }}"),
                    2 => ("templates/redirect.html", "<a href=\"{{ redirect.url }}\">{{ site.title }}</a>"),
                    3 => (
                        "templates/shortcodes/aside.html",
                        "{% component aside(title: string = \"\") %}<aside>{{ title }}{{ body }}</aside>{% endcomponent aside %}",
                    ),
                    4 => ("templates/pair.html", "{{ pair.pair.title }} {{ pager.count }}"),
                    5 => ("assets/style.scss", "@use \"@default/style\"; @use \"tone\"; b { color: tone.$ink }"),
                    6 => ("assets/_tone.scss", dice.pick(&["$ink: red;", "$ink: blue;"])),
                    _ => ("assets/search-key.js", "export const key = 1;"),
                };
                if self.0.remove(path).is_none() {
                    self.put(path, format!("{text}{}", if dice.one_in(2) { "\n" } else { "" }));
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
            19 => {
                let path = dice.pick(&["languages/en.ftl", "languages/uk.ftl", "languages/pl.ftl"]);
                if self.0.remove(path).is_none() {
                    let words = [
                        "sources = What this rests on\n",
                        "count-briefings = { $count } texts\nkind-person = Name\n",
                        "becomes = now { $role }\n",
                        "type-analysis = { $nothing }\n",
                        "script-search-or = or\n",
                    ];
                    self.put(path, dice.pick(&words));
                }
                format!("write or delete {path}")
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

    /// Changes the text of some articles a little, as an author does; says which.
    fn revise(&mut self, dice: &mut Dice) -> BTreeSet<SourcePath> {
        let mut changed = BTreeSet::new();
        if dice.one_in(8) {
            let (path, text) = match dice.roll(3) {
                0 => ("templates/article.html", "{% extends \"@default/article.html\" %}"),
                1 => ("templates/article.html", "{% extends \"@default/article.html\" %}{# Once more. #}"),
                _ => ("templates/page.html", "{{ loose.content }}{{ site.counts.articles }}"),
            };
            self.put(path, text);
            changed.insert(SourcePath::new(path));
        }
        for _ in 0..=dice.roll(2) {
            let path = format!("content/briefings/b{}.md", dice.roll(12));
            let Some(bytes) = self.0.get(&path) else { continue };
            let text = String::from_utf8(bytes.clone()).expect("text");
            let after = text[4..].find("---\n").expect("front matter") + 8;
            let end = text.len();
            let line = match dice.roll(12) {
                0 | 1 => format!("More of the {}.", dice.pick(&WORDS)),
                2 => format!("Then {} left.", dice.pick(&PEOPLE)),
                3 => format!("Nobody in {} knew, and no {} did.", dice.pick(&COUNTRIES), dice.pick(&DEMONYMS)),
                4 => format!("See [[{}]].", dice.pick(&COUNTRIES)),
                5 => format!("See [one](b{}.md#on-the-{}).", dice.roll(14), dice.pick(&WORDS)),
                6 => format!("## On the {}", dice.pick(&WORDS)),
                7 => "![A picture](p.png)".to_string(),
                8 => "[Elsewhere](https://example.com/) as [@s1] said.".to_string(),
                9 => ":::tlp amber\nA secret.\n:::".to_string(),
                10 => ":::timeline\n- 2025-05-01: Bo Reyes came.\n:::".to_string(),
                _ => "word ".repeat(120),
            };
            let new = match dice.roll(4) {
                0 => format!("{}\n{line}\n{}", &text[..after], &text[after..]),
                // Something goes.
                1 => {
                    let cut = text[after..].rfind("\n\n").map_or(end, |at| after + at + 1);
                    text[..cut].to_string()
                }
                _ => format!("{text}\n{line}\n"),
            };
            self.put(&path, new);
            changed.insert(SourcePath::new(&path));
        }
        changed
    }

    /// Changes what other files hang on: a line of an article's front matter, or the names of somebody.
    fn reword(&mut self, dice: &mut Dice) {
        if dice.one_in(3) {
            let name = dice.pick(&PEOPLE);
            let path = format!("content/people/{}.md", name.to_lowercase().replace(' ', "-"));
            let aliases = [dice.pick(&["the broker", "Old Hand", "Marshal"]), dice.pick(&["talks", "Chad", "Reyes"])];
            let text = format!(
                "---\nname: {name}\naliases: [{}]\n---\nBorn in Chad.\n",
                aliases[..1 + dice.roll(2)].join(", ")
            );
            if self.0.contains_key(&path) {
                self.put(&path, text);
                return;
            }
        }
        let path = format!("content/briefings/b{}.md", dice.roll(12));
        let Some(bytes) = self.0.get(&path) else { return };
        let text = String::from_utf8(bytes.clone()).expect("text");
        let line = match dice.roll(7) {
            6 => format!("nolink: [{}]", dice.pick(&["the broker", "Old Hand", "Marshal"])),
            0 => format!("title: The {} of {}", dice.pick(&WORDS), dice.pick(&PEOPLE)),
            1 => format!("date: {}", dice.pick(&DAYS)),
            2 => format!("people: [{}]", dice.pick(&PEOPLE)),
            3 => format!("topics: [{}, {}]", dice.pick(&TOPICS), dice.pick(&WORDS)),
            4 => format!("countries: [{}]", dice.pick(&COUNTRIES)),
            _ => format!("summary: {} on {}.", dice.pick(&PEOPLE), dice.pick(&TOPICS)),
        };
        let key = line.split(':').next().expect("a key").to_string() + ":";
        let (head, body) = text[4..].split_once("---\n").expect("front matter");
        let others: Vec<&str> = head.lines().filter(|line| !line.starts_with(&key)).collect();
        self.put(&path, format!("---\n{}\n{line}\n---\n{body}", others.join("\n")));
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
    // What has no part in what is edited does not change which edits there are.
    let mut other = Dice(dice.0);
    format!(
        "title: {} Desk\nbase_url: https://example.org/{}\npagination: {{articles: {}, entity: {}}}\nconnections: {{pairs: {}}}\nlinking: {{related: {}}}\nminify: {}\nmaps: {{show: {}}}\nfeed: {{size: {}, content: {}, json: {}, rss: {}}}\nmarkdown_twins: {}\nsocial_cards: {}\n",
        dice.pick(&["The", "Our"]),
        dice.pick(&["", "", "desk/"]),
        3 + dice.roll(3),
        2 + dice.roll(3),
        1 + dice.roll(3),
        dice.roll(4),
        dice.one_in(2),
        dice.one_in(6),
        1 + other.roll(5),
        other.pick(&["summary", "full"]),
        !other.one_in(3),
        other.one_in(2),
        other.one_in(2),
        other.pick(&["off", "off", "off", "off", "off", "off", "articles", "all"]),
    ) + other.pick(&["", "images: {widths: [16]}\n", "images: {widths: [16], placeholder: false}\n"])
        + match other.roll(5) {
            0 => "languages: [en, {tag: uk, title: Бюро}, ar]\n",
            1 => "languages: [en, {tag: uk, fallback: show}]\n",
            _ => "",
        }
        + other.pick(&["", "", "history: true\n"])
}

fn version_of_person(dice: &mut Dice) -> String {
    let name = dice.pick(&["name: Ада\n", "summary: Хто це.\n", "slug: another\n", "draft: true\n", "tlp: AMBER\n"]);
    format!("---\n{name}---\nЗнає {}.\n", dice.pick(&PEOPLE))
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
    // What has no part in other edits does not change which there are.
    let mut other = Dice(dice.0);
    if other.one_in(4) {
        text.push_str(&format!("names: {{uk: {}}}\n", other.pick(&["Ада", "Хтось", "talks"])));
    }
    if other.one_in(2) {
        let focus = other.pick(&["", ", focus: top", ", focus: 20% 80%", ", focus: nowhere"]);
        text.push_str(&format!("image: {{src: /briefings/p.png, alt: A face{focus}}}\n"));
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
    if index % 5 == 4 {
        text.push_str("lang: fr\n");
    }
    if index % 3 == 2 {
        text.push_str("authors: [desk, Ann]\nupdated: 2025-12-20\n");
    }
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
    maybe(4, format!("corrections: [{{date: 202{}-07-01, text: A name was wrong.}}]\n", 4 + index % 2));
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
    if !text.contains("key_judgments") && dice.one_in(3) {
        let outcome = dice.pick(&["", ", outcome: {came_true: true}", ", outcome: {came_true: false, note: It fell.}"]);
        // What has no part in other edits does not change which there are.
        let sourced = Dice(dice.0).one_in(2) && !outcome.is_empty();
        let outcome = if sourced { outcome.replace('}', ", sources: [s2]}") } else { outcome.to_string() };
        if sourced {
            text.push_str(&format!("sources: [{{id: s2, title: A note on the {}}}]\n", Dice(dice.0).pick(&WORDS)));
        }
        text.push_str(&format!(
            "key_judgments: [{{text: The {} holds., likelihood: likely{outcome}}}]\n",
            dice.pick(&WORDS)
        ));
    }
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

/// A PNG of some size: one that can be read, or one of which the head is all.
fn picture(dice: &mut Dice) -> Vec<u8> {
    let (width, height) = (1 + dice.roll(3) as u32, 1 + dice.roll(3) as u32);
    if height > 1 {
        let shade = (width * 3 + height) as u8 * 20;
        let image = image::GrayImage::from_fn(width * 12, height * 10, |x, _| image::Luma([shade ^ (x as u8) << 2]));
        let mut bytes = std::io::Cursor::new(Vec::new());
        image.write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
        return bytes.into_inner();
    }
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend(b"\0\0\0\0IEND\xae\x42\x60\x82");
    bytes
}

/// Builds, on what the last build left.
fn build(folder: &Path, clearance: Tlp, memory: Option<&Memory>, before: Tree) -> (Built, Tree) {
    let request = asks(folder, clearance);
    let sources = build::discover(&request).expect("a readable site");
    let loaded = build::load_sources(&request, sources).expect("a readable site");
    let sink = MemorySink::after(before);
    let built = incremental::render(&loaded, Known::here(memory), &sink, &|| ()).expect("memory");
    (built, sink.into_files())
}

/// As [`build`] asks.
fn asks(folder: &Path, clearance: Tlp) -> Request {
    Request {
        root: folder.to_path_buf(),
        skip: Vec::new(),
        clearance,
        drafts: false,
        embargoed: false,
        now: "2026-01-01T00:00:00Z".parse().expect("an instant"),
        base_url: None,
    }
}

/// Of more than how many files texts are kept packed: in every other case of all.
fn packing(case: u64) -> usize {
    if case.is_multiple_of(2) { usize::MAX } else { 0 }
}

/// A loaded site and what was made of it; with its texts packed when it has more than `many` files.
fn whole(folder: &Path, clearance: Tlp, many: usize) -> (Loaded, Built, Tree) {
    let request = asks(folder, clearance);
    let sources = build::discover(&request).expect("a readable site");
    let loaded = build::load_packing(&request, sources, many).expect("a readable site");
    let sink = MemorySink::new();
    let built = incremental::render(&loaded, Known::default(), &sink, &|| ()).expect("memory");
    (loaded, built, sink.into_files())
}

/// What is told, whatever its order.
fn sorted(mut told: Vec<Diagnostic>) -> Vec<Diagnostic> {
    told.sort_by(|left, right| format!("{left:?}").cmp(&format!("{right:?}")));
    told
}

#[test]
fn a_revised_site_is_what_a_clean_build_makes() {
    let (cases, seed) = (number("CROSSBRIEF_CASES", 12), number("CROSSBRIEF_SEED", 1));
    let (mut revised, mut edits) = (0, 0);
    for case in seed..seed + cases {
        let mut dice = Dice(case);
        let clearance = Tlp::ALL[dice.roll(5)];
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut files = Files::roll(&mut dice);
        files.speak_one_language();
        files.put("templates/article.html", "{% extends \"@default/article.html\" %}\n");
        files.put("templates/page.html", "{{ loose.content }}");
        files.write(folder.path(), &Files::default());
        files.commit(folder.path(), &mut Dice(case), 0);
        let (mut loaded, mut built, mut tree) = whole(folder.path(), clearance, packing(case));
        let mut history = Vec::new();
        for step in 1..=8 {
            let before = files.clone();
            let changed = files.revise(&mut dice);
            files.write(folder.path(), &before);
            history.push(changed.clone());
            files.commit(folder.path(), &mut Dice(case + step as u64), step);
            let (clean, made, expected) = whole(folder.path(), clearance, packing(case));
            edits += 1;
            let revision = revise(&loaded, &asks(folder.path(), clearance), &changed).and_then(|(new, articles)| {
                let sink = MemorySink::new();
                let start = Before { memory: &built.memory, faces: &built.faces, told: &built.told };
                let again = incremental::render_revised(&new, &start, &articles, Rest::Elsewhere, &sink, &|| ())
                    .expect("memory")?;
                Some((new, again, sink.into_files()))
            });
            let Some((new, again, some)) = revision else {
                (loaded, built, tree) = (clean, made, expected);
                continue;
            };
            tree.extend(some);
            let differs = expected.keys().chain(tree.keys()).find(|path| expected.get(*path) != tree.get(*path));
            assert_eq!(differs, None, "case {case}: edits {history:?}");
            assert_eq!(again.faces.by_name(), made.faces.by_name(), "case {case}: edits {history:?}");
            assert_eq!(
                sorted(again.diagnostics.clone()),
                sorted(made.diagnostics.clone()),
                "case {case}: edits {history:?}"
            );
            (loaded, built) = (new, again);
            revised += 1;
        }
    }
    println!("{edits} edits, {revised} of them revised one page or a few");
    assert!(revised * 10 > edits, "only {revised} of {edits} edits were small");
}

#[test]
fn a_site_assembled_again_is_what_a_clean_build_makes() {
    let (cases, seed) = (number("CROSSBRIEF_CASES", 12), number("CROSSBRIEF_SEED", 1));
    let (mut again, mut edits) = (0, 0);
    for case in seed..seed + cases {
        let mut dice = Dice(case);
        let clearance = Tlp::ALL[dice.roll(5)];
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut files = Files::roll(&mut dice);
        files.speak_one_language();
        files.put("content/topics.yaml", "- {name: trade}\n");
        files.write(folder.path(), &Files::default());
        files.commit(folder.path(), &mut Dice(case), 0);
        let (mut loaded, mut built, mut tree) = whole(folder.path(), clearance, packing(case));
        let mut history = Vec::new();
        for step in 1..=10 {
            let before = files.clone();
            if dice.one_in(3) {
                files.edit(&mut dice);
                files.speak_one_language();
            } else {
                files.reword(&mut dice);
            }
            files.write(folder.path(), &before);
            let paths = files.0.keys().chain(before.0.keys());
            let changed = paths.filter(|path| files.0.get(*path) != before.0.get(*path));
            let changed: BTreeSet<SourcePath> = changed.map(|path| SourcePath::new(path)).collect();
            history.push(changed.clone());
            if step % 5 == 0 {
                // After a commit all is read anew.
                files.commit(folder.path(), &mut Dice(case + step as u64), step);
            }
            let (clean, made, expected) = whole(folder.path(), clearance, packing(case));
            edits += 1;
            let asks = asks(folder.path(), clearance);
            let Some((new, seen)) = load_again(&loaded, &built.faces, &asks, &changed) else {
                (loaded, built, tree) = (clean, made, expected);
                continue;
            };
            let sink = MemorySink::after(tree);
            let next =
                incremental::render_seen(&new, seen, Known::here(Some(&built.memory)), &sink, &|| ()).expect("memory");
            tree = sink.into_files();
            let differs = expected.keys().chain(tree.keys()).find(|path| expected.get(*path) != tree.get(*path));
            assert_eq!(differs, None, "case {case}: edits {history:?}");
            assert_eq!(next.faces.by_name(), made.faces.by_name(), "case {case}: edits {history:?}");
            assert_eq!(next.diagnostics, made.diagnostics, "case {case}: edits {history:?}");
            (loaded, built) = (new, next);
            again += 1;
        }
    }
    println!("{edits} edits, {again} of them without reading the other texts again");
    assert!(again * 4 > edits, "only {again} of {edits} edits");
}

#[test]
fn a_new_alias_is_seen_where_its_words_do_not_stand() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut files = Files::default();
    let article = |head: &str, text: &str| format!("---\ntitle: T\ndate: 2025-06-02\nsummary: S.\n{head}---\n{text}\n");
    files.put("site.yaml", "title: T\n");
    files.put("content/people/ada-lund.md", "---\nname: Ada Lund\n---\n");
    // She is not linked, by an alias that the text does not have.
    files.put("content/briefings/a.md", article("nolink: [the broker]\n", "Ada Lund came."));
    // A word of the alias stands in the text already, and says more of it than the name of somebody alone.
    files.put("content/briefings/b.md", article("", "Ada Lund met a broker. The other broker left."));
    files.write(folder.path(), &Files::default());
    let (loaded, built, tree) = whole(folder.path(), Tlp::Clear, usize::MAX);
    let before = files.clone();
    files.put("content/people/ada-lund.md", "---\nname: Ada Lund\naliases: [the broker]\n---\n");
    files.write(folder.path(), &before);
    let changed = [SourcePath::new("content/people/ada-lund.md")].into();
    let asks = asks(folder.path(), Tlp::Clear);
    let (new, seen) = load_again(&loaded, &built.faces, &asks, &changed).expect("it can be told");
    let sink = MemorySink::after(tree);
    incremental::render_seen(&new, seen, Known::here(Some(&built.memory)), &sink, &|| ()).expect("memory");
    let (again, (_, _, expected)) = (sink.into_files(), whole(folder.path(), Tlp::Clear, usize::MAX));
    let differs = expected.keys().chain(again.keys()).find(|path| expected.get(*path) != again.get(*path));
    assert_eq!(differs, None);
    let page =
        String::from_utf8_lossy(&expected[&OutputPath::new("briefings/a/index.html").expect("a path")]).into_owned();
    assert!(!page.contains(">Ada Lund</a> came"), "{page}");
}

#[test]
fn a_site_that_was_kept_goes_on_as_a_clean_build() {
    let (cases, seed) = (number("CROSSBRIEF_CASES", 12), number("CROSSBRIEF_SEED", 1));
    let (mut revised, mut edits, mut anew) = (0, 0, 0);
    for case in seed..seed + cases {
        let mut dice = Dice(case);
        let clearance = Tlp::ALL[dice.roll(5)];
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (of_memory, of_site) =
            (folder.path().join(".crossbrief/a.memory"), folder.path().join(".crossbrief/a.site"));
        let mut files = Files::roll(&mut dice);
        files.put("templates/article.html", "{% extends \"@default/article.html\" %}\n");
        files.write(folder.path(), &Files::default());
        let mut tree = Tree::new();
        let mut history = Vec::new();
        let mut versions = vec![files.clone()];
        for step in 0..9 {
            files.commit(folder.path(), &mut Dice(case + step as u64), step);
            let request = asks(folder.path(), clearance);
            // As `crossbrief build` goes about it.
            let memory = Memory::read(&of_memory);
            let kept = Kept::open(&of_site);
            let sources = build::discover_knowing(&request, kept.as_ref()).expect("a readable site");
            let mut sink = MemorySink::after(tree.clone());
            let small = match memory.as_ref().zip(kept) {
                Some((memory, kept)) => kept.revised(&request, &sources, memory, &sink).expect("memory"),
                None => None,
            };
            let built = match small {
                Some(Continued { loaded, mut built, keep_anew }) => {
                    revised += 1;
                    if keep_anew {
                        anew += 1;
                        built.memory.kept = kept::write(&loaded, &built.faces, &of_site).ok();
                        built.memory.since.clear();
                    }
                    built
                }
                None => {
                    sink = MemorySink::after(tree.clone());
                    let loaded = build::load_packing(&request, sources, packing(case)).expect("a readable site");
                    let mut built =
                        incremental::render(&loaded, Known::here(memory.as_ref()), &sink, &|| ()).expect("memory");
                    built.memory.kept = kept::write(&loaded, &built.faces, &of_site).ok();
                    // A site in several languages is not kept.
                    assert_eq!(built.memory.kept.is_some(), loaded.site.editions.is_empty());
                    built
                }
            };
            built.memory.write(&of_memory).expect("it can be kept");
            tree = sink.into_files();
            let (_, clean, expected) = whole(folder.path(), clearance, usize::MAX);
            let differs = expected.keys().chain(tree.keys()).find(|path| expected.get(*path) != tree.get(*path));
            assert_eq!(differs, None, "case {case}: edits {history:?}");
            assert_eq!(sorted(built.diagnostics), sorted(clean.diagnostics), "case {case}: edits {history:?}");
            // Texts change, and become again what they were.
            let before = files.clone();
            if dice.roll(3) == 0 {
                // Mostly the last edit is taken back.
                let at = if dice.roll(3) > 0 { versions.len().saturating_sub(2) } else { dice.roll(versions.len()) };
                files = versions[at].clone();
                history.push(BTreeSet::new());
            } else {
                history.push(files.revise(&mut dice));
                versions.push(files.clone());
            }
            files.write(folder.path(), &before);
            edits += 1;
        }
    }
    println!("{edits} edits, {revised} of them put into a site that was kept, which was kept anew {anew} times");
    assert!(revised * 10 > edits, "only {revised} of {edits} edits were small");
}

#[test]
fn a_site_that_was_kept_is_gone_on_from_however_it_has_changed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (of_memory, of_site) = (folder.path().join(".crossbrief/a.memory"), folder.path().join(".crossbrief/a.site"));
    let mut files = Files::default();
    let article =
        |title: &str, text: &str| format!("---\ntitle: {title}\ndate: 2025-06-02\nsummary: S.\n---\n{text}\n");
    files.put("site.yaml", "title: T\n");
    files.put("content/people/ada-lund.md", "---\nname: Ada Lund\n---\n");
    files.put("content/briefings/a.md", article("One", "Ada Lund came."));
    files.put("content/briefings/b.md", article("Two", "Ada Lund went."));
    files.write(folder.path(), &Files::default());
    let (loaded, mut built, mut tree) = whole(folder.path(), Tlp::Clear, usize::MAX);
    built.memory.kept = kept::write(&loaded, &built.faces, &of_site).ok();
    built.memory.write(&of_memory).expect("it can be kept");
    let steps = [
        // A page that there was not, and is not any more.
        ("One", "Ada Lund came to Chad.", false),
        ("One", "Ada Lund came.", true),
        // Another title, twice: what the first has changed is in the site that is kept after the second.
        ("Three", "Ada Lund came.", false),
        ("Four", "Ada Lund came.", true),
        ("Four", "Ada Lund came, and stayed.", false),
    ];
    for (title, text, is_kept_anew) in steps {
        let before = files.clone();
        files.put("content/briefings/a.md", article(title, text));
        files.write(folder.path(), &before);
        let request = asks(folder.path(), Tlp::Clear);
        let memory = Memory::read(&of_memory).expect("a memory");
        let kept = Kept::open(&of_site).expect("a kept site");
        let sources = build::discover_knowing(&request, Some(&kept)).expect("a readable site");
        let sink = MemorySink::after(tree);
        let gone = kept.revised(&request, &sources, &memory, &sink).expect("memory");
        let Continued { loaded, mut built, keep_anew } = gone.expect("a change that can be put in");
        assert_eq!(keep_anew, is_kept_anew, "{title}: {text}");
        if keep_anew {
            built.memory.kept = kept::write(&loaded, &built.faces, &of_site).ok();
            built.memory.since.clear();
        }
        built.memory.write(&of_memory).expect("it can be kept");
        tree = sink.into_files();
        let (_, _, expected) = whole(folder.path(), Tlp::Clear, usize::MAX);
        let differs = expected.keys().chain(tree.keys()).find(|path| expected.get(*path) != tree.get(*path));
        assert_eq!(differs, None, "{title}: {text}");
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn any_edit_gives_what_a_clean_build_gives() {
    let (cases, seed) = (number("CROSSBRIEF_CASES", 10), number("CROSSBRIEF_SEED", 1));
    let (mut edits, mut kept, mut made) = (0, 0, 0);
    let (mut commits, mut compared) = (0, 0);
    for case in seed..seed + cases {
        let mut dice = Dice(case);
        let clearance = Tlp::ALL[dice.roll(5)];
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = folder.path().join(".crossbrief/memory");
        let mut files = Files::roll(&mut dice);
        files.write(folder.path(), &Files::default());
        files.commit(folder.path(), &mut Dice(case), 0);
        let (first, mut tree) = build(folder.path(), clearance, None, Tree::new());
        first.memory.write(&place).expect("a place for the memory");
        let mut history = Vec::new();
        for step in 1..=5 {
            let before = files.clone();
            history.push(files.edit(&mut dice));
            files.write(folder.path(), &before);
            commits += usize::from(files.commit(folder.path(), &mut Dice(case + step as u64), step));
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
            compared += next.keys().filter(|path| path.as_str().ends_with("/history/index.html")).count();
            edits += 1;
            // Random sites are hardly ever without errors; the preview goes on from such a one, too.
            built.memory.write(&place).expect("a place for the memory");
            tree = next;
        }
    }
    println!("{edits} edits, {commits} of them committed: {made} outputs made, {kept} kept, {compared} histories");
    assert!(compared > 0, "no briefing had a history");
    assert!(kept > made, "most of a site is kept: {kept} kept, {made} made");
}

#[test]
fn machines_that_share_a_cache_make_what_a_clean_build_makes() {
    let (cases, seed) = (number("CROSSBRIEF_CASES", 8), number("CROSSBRIEF_SEED", 1));
    let (mut builds, mut taken, mut made) = (0, 0, 0);
    for case in seed..seed + cases {
        let mut dice = Dice(case);
        let clearance = Tlp::ALL[dice.roll(5)];
        let folder = tempfile::tempdir().expect("a temporary folder");
        let depot: Arc<dyn Depot> = Arc::new(FolderDepot::new(&folder.path().join("cache")));
        let with_cache = |files: &mut Files| {
            let settings = String::from_utf8(files.0["site.yaml"].clone()).expect("text");
            if !settings.contains("cache:") {
                files.put("site.yaml", format!("{settings}cache: {{type: folder, path: ../cache, audience: RED}}\n"));
            }
        };
        let mut first = Files::roll(&mut dice);
        with_cache(&mut first);
        let mut desks: Vec<(Files, Option<(Memory, Tree)>)> = vec![(first.clone(), None), (first, None)];
        let place = |desk: usize| folder.path().join(format!("desk{desk}"));
        for (desk, (files, _)) in desks.iter().enumerate() {
            files.write(&place(desk), &Files::default());
        }
        let mut history = Vec::new();
        for step in 0..8 {
            let desk = dice.roll(2);
            let before = desks[desk].0.clone();
            if dice.one_in(4) {
                // It pulls what the other one has.
                desks[desk].0 = desks[1 - desk].0.clone();
                history.push(format!("{desk} pulls"));
            } else {
                history.push(format!("{desk}: {}", desks[desk].0.edit(&mut dice)));
            }
            with_cache(&mut desks[desk].0);
            desks[desk].0.write(&place(desk), &before);
            let loaded = build::load(&asks(&place(desk), clearance)).expect("a readable site");
            let (_, ground) = loaded.shared_cache().expect("a cache").expect("it may be used");
            let seal = Seal::of(None).expect("no key");
            let cache = Cache::read(depot.clone(), seal, ground, &place(desk)).expect("a folder");
            let (memory, tree) = match desks[desk].1.take().filter(|_| dice.one_in(2)) {
                Some((memory, tree)) => (Some(memory), tree),
                None => (None, Tree::new()),
            };
            let sink = MemorySink::after(tree);
            let earlier = Known { memory: memory.as_ref(), cache: Some(&cache) };
            let built = incremental::render(&loaded, earlier, &sink, &|| ()).expect("memory");
            let next = sink.into_files();
            let (_, clean, expected) = whole(&place(desk), clearance, usize::MAX);
            let differs = expected.keys().chain(next.keys()).find(|path| expected.get(*path) != next.get(*path));
            assert_eq!(differs, None, "case {case}: edits {history:?}");
            assert_eq!(built.diagnostics, clean.diagnostics, "case {case}: edits {history:?}");
            (builds, taken, made) = (builds + 1, taken + built.shared.taken, made + built.made());
            let read = |path: &OutputPath| Ok(next[path].to_vec());
            cache.add(&built.memory.traces, &built.shared, &read, step).expect("it takes them");
            desks[desk].1 = Some((built.memory, next));
        }
    }
    println!("{builds} builds: {taken} outputs taken, {made} made");
    assert!(taken * 2 > made, "{taken} taken, {made} made");
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

const DESK: &str = "\
//- site.yaml
title: Desk
base_url: https://example.org/
//- content/briefings/2025-12-10-visit.md
---
title: A visit
summary: Two meet.
people: [Ada Lund]
countries: [France]
---
Ada Lund landed in Paris. Talks went on.
//- content/briefings/2025-12-01-grid.md
---
title: The grid
summary: Power is short.
countries: [Spain]
---
Spain has less of it.
//- content/briefings/2025-11-01-secret.md
---
title: Zqsecret plans
draft: true
people: [Zqhidden Person]
---
Not yet.
//- content/people/ada-lund.md
---
name: Ada Lund
family_name: Lund
---
A diplomat.
";

/// A site on disk, and what the program does with it.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().expect("a temporary folder"));
        for file in DESK.split("//- ").skip(1) {
            let (path, text) = file.split_once('\n').expect("a line with a path");
            desk.write(path.trim(), text);
        }
        desk
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        fs::write(path, text).expect("a new file");
    }

    fn replace(&self, path: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.0.path().join(path)).expect("a text");
        assert!(text.contains(old), "{path} has no `{old}`");
        self.write(path, &text.replace(old, new));
    }

    fn run(&self, arguments: &[&str]) -> (String, String) {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_crossbrief"))
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .expect("the binary runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{}", text(&output.stderr));
        (text(&output.stdout), text(&output.stderr))
    }

    /// Builds; returns the numbers of outputs made and of files written.
    fn build(&self, more: &[&str]) -> (u64, u64) {
        let (report, _) = self.run(&[&["build", "--json"], more].concat());
        let line = report.lines().last().expect("a report");
        let report: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        (report["made"].as_u64().expect("a number"), report["written"].as_u64().expect("a number"))
    }

    /// The outputs that another build would make, with the reason.
    fn explained(&self) -> BTreeMap<String, String> {
        let (lines, _) = self.run(&["build", "--explain", "/"]);
        let made = lines.lines().filter_map(|line| line.split_once(": made, since "));
        made.map(|(path, why)| (path.to_string(), why.to_string())).collect()
    }

    fn tree(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let folder = self.0.path().join(folder);
        let read = |path: String| (path.clone(), fs::read(folder.join(path)).expect("a file"));
        fs_paths(&folder).into_iter().map(read).collect()
    }

    /// Panics unless `public/` is what a build from scratch makes.
    fn is_as_fresh(&self) {
        self.run(&["build", "--fresh", "--output", "fresh"]);
        let (one, other) = (self.tree("public"), self.tree("fresh"));
        let differs = one.keys().chain(other.keys()).find(|path| one.get(*path) != other.get(*path));
        assert_eq!(differs, None);
        fs::remove_dir_all(self.0.path().join("fresh")).expect("a folder to remove");
    }

    /// The file in which the last build remembers.
    fn memory(&self) -> std::path::PathBuf {
        let files = fs::read_dir(self.0.path().join(".crossbrief")).expect("a folder").flatten();
        let mut files =
            files.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "memory"));
        files.next().expect("a memory")
    }
}

#[test]
fn each_edit_makes_the_pages_that_show_it_and_no_others() {
    let desk = Desk::new();
    assert!(desk.build(&[]).0 > 10);
    assert_eq!(desk.build(&[]), (0, 0), "nothing has changed");

    desk.replace("content/briefings/2025-12-10-visit.md", "Talks went on.", "Talks went on until night.");
    let made = desk.explained();
    let expected = ["briefings/visit/index.html", "search/texts/0.bin", "search/words/0.bin"];
    assert_eq!(made.keys().collect::<Vec<_>>(), expected, "a body shows on its own page alone, and is searched");
    assert!(made["briefings/visit/index.html"].contains("the article itself"), "{made:?}");
    desk.is_as_fresh();

    desk.replace("content/briefings/2025-12-10-visit.md", "title: A visit", "title: A long visit");
    let made = desk.explained();
    for page in
        ["index.html", "people/ada-lund/index.html", "countries/france/index.html", "briefings/visit/index.html"]
    {
        assert!(made.contains_key(page), "{page} shows the title");
    }
    for page in ["countries/spain/index.html", "briefings/grid/index.html", "404.html", "countries/index.html"] {
        assert!(
            !made.contains_key(page) || page.contains("grid"),
            "{page} does not show the title: {:?}",
            made.get(page)
        );
    }
    desk.is_as_fresh();

    desk.write("templates/404.html", "{% extends \"@default/404.html\" %}");
    let made = desk.explained();
    assert_eq!(made.keys().collect::<Vec<_>>(), ["404.html"], "a template makes its own pages anew");
    desk.is_as_fresh();
}

#[test]
fn registers_are_made_anew_where_an_edit_shows() {
    let desk = Desk::new();
    let judged = |day: &str, judgment: &str| {
        let path = format!("content/briefings/{day}-b.md");
        let judgments = format!("key_judgments: [{{text: {judgment}, likelihood: likely}}]\n");
        let corrections = format!("corrections: [{{date: {day}, text: A name.}}]\n");
        desk.write(
            &path,
            &format!("---\ntitle: On {day}\nsummary: S\nslug: s{day}\n{judgments}{corrections}---\nText.\n"),
        );
        path
    };
    let (november, _) = (judged("2025-11-03", "It holds."), judged("2025-12-03", "It falls."));
    desk.build(&[]);
    let registers = || -> Vec<String> {
        let made = desk.explained().into_keys();
        made.filter(|path| path.starts_with("judgments/") || path.starts_with("corrections/")).collect()
    };
    desk.replace(&november, "Text.", "Another text.");
    assert_eq!(registers(), [""; 0]);
    desk.replace(&november, "summary: S", "summary: Another");
    assert_eq!(registers(), [""; 0]);
    desk.replace(&november, "It holds.", "It holds on.");
    assert_eq!(registers(), ["judgments/2025-11/index.html"]);
    desk.replace(&november, "likely}", "likely, outcome: {came_true: true}}");
    assert_eq!(registers(), ["judgments/2025-11/index.html", "judgments/index.html"]);
    desk.replace(
        &november,
        "came_true: true}}]",
        "came_true: true, sources: [s1]}}]\nsources: [{id: s1, title: A note}]",
    );
    assert_eq!(registers(), ["judgments/2025-11/index.html"]);
    desk.replace(&november, "title: A note", "title: A letter");
    assert_eq!(registers(), ["judgments/2025-11/index.html"]);
    desk.replace(&november, "A name.", "A word.");
    let corrections =
        ["corrections/2025/index.html", "corrections/feed.json", "corrections/feed.xml", "corrections/index.html"];
    assert_eq!(registers(), corrections);
    desk.is_as_fresh();
}

#[test]
fn what_is_released_and_withheld_again_leaves_no_trace() {
    let desk = Desk::new();
    let secret = "content/briefings/2025-11-01-secret.md";
    let without = Desk::new();
    fs::remove_file(without.0.path().join(secret)).expect("a file to remove");
    without.build(&[]);
    desk.build(&[]);
    assert_eq!(desk.tree("public"), without.tree("public"));
    desk.replace(secret, "draft: true", "draft: false");
    desk.build(&[]);
    assert!(desk.tree("public").contains_key("people/zqhidden-person/index.html"));
    desk.replace(secret, "draft: false", "draft: true");
    desk.build(&[]);
    assert_eq!(desk.tree("public"), without.tree("public"));
}

#[test]
fn a_memory_that_is_damaged_costs_time_and_nothing_else() {
    let desk = Desk::new();
    let (all, _) = desk.build(&[]);
    let whole = fs::read(desk.memory()).expect("a memory");
    // Every kind of place: the head, the middle, the hash at the end.
    for at in (0..12).map(|part| part * (whole.len() - 1) / 11) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(desk.memory(), damaged).expect("a memory to damage");
        assert_eq!(desk.build(&[]), (all, 0), "byte {at} of {}", whole.len());
    }
    for short in [0, 10, whole.len() / 2, whole.len() - 1] {
        fs::write(desk.memory(), &whole[..short]).expect("a memory to cut");
        assert_eq!(desk.build(&[]), (all, 0), "cut to {short}");
    }
    fs::remove_dir_all(desk.0.path().join(".crossbrief")).expect("a folder to remove");
    assert_eq!(desk.build(&[]), (all, 0));
    assert_eq!(desk.build(&[]).0, 0);
    // Where nothing can be kept, all is made each time.
    fs::remove_dir_all(desk.0.path().join(".crossbrief")).expect("a folder to remove");
    desk.write(".crossbrief", "a file in the way\n");
    assert_eq!(desk.build(&[]), (all, 0));
    assert_eq!(desk.build(&[]), (all, 0));
    desk.is_as_fresh();
}

#[test]
fn what_was_changed_in_the_output_is_written_again() {
    let desk = Desk::new();
    desk.build(&[]);
    let page = desk.0.path().join("public/briefings/visit/index.html");
    let text = fs::read(&page).expect("a page");
    for change in ["same length", "other length", "gone"] {
        match change {
            "same length" => fs::write(&page, vec![b'x'; text.len()]).expect("a page to change"),
            "other length" => fs::write(&page, "x").expect("a page to change"),
            _ => fs::remove_file(&page).expect("a page to remove"),
        }
        assert_eq!(desk.build(&[]), (1, 1), "{change}");
        assert_eq!(fs::read(&page).expect("a page"), text);
    }
    assert_eq!(desk.build(&[]), (0, 0));
}

#[test]
fn another_audience_or_address_is_another_build() {
    let desk = Desk::new();
    desk.build(&[]);
    for more in [&["--audience", "red"][..], &["--base-url", "https://example.org/desk/"], &["--drafts"]] {
        assert!(desk.build(more).0 > 10, "{more:?}");
        assert_eq!(desk.build(more).0, 0, "{more:?}");
    }
    desk.build(&[]);
    desk.is_as_fresh();
}

/// Runs `crossbrief build` on a folder; the exit code and what was told.
fn crossbrief(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossbrief"));
    let ended = command.arg("build").args(arguments).current_dir(folder).output().expect("the binary runs");
    (ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned())
}

/// All files below a folder.
fn files_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = crossbrief::build::built::read(folder).expect("a site");
    files.into_iter().map(|(path, bytes)| (path.to_string(), bytes)).collect()
}

/// A site whose texts can be changed one by one, already built.
fn three_briefings() -> (tempfile::TempDir, impl Fn(usize, &str)) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path().to_path_buf();
    let write = move |number: usize, text: &str| {
        let path = root.join(format!("content/briefings/b{number}.md"));
        fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        let front = format!("---\ntitle: Briefing {number}\ndate: 2025-01-0{number}\nsummary: In short.\n---\n");
        fs::write(path, front + text).expect("a file");
    };
    fs::write(folder.path().join("site.yaml"), "title: Desk\n").expect("a file");
    (1..=3).for_each(|number| write(number, "They met in the harbour.\n"));
    (folder, write)
}

#[test]
fn a_sentence_that_is_taken_back_leaves_nothing() {
    let (folder, write) = three_briefings();
    let fresh = tempfile::tempdir().expect("a temporary folder");
    let as_fresh = |told: &str| {
        let to = fresh.path().join("public");
        assert_eq!(crossbrief(folder.path(), &["--fresh", "-o", to.to_str().expect("text")]).0, Some(0));
        let (made, expected) = (files_below(&folder.path().join("public")), files_below(&to));
        let differs = expected.keys().chain(made.keys()).find(|path| expected.get(*path) != made.get(*path));
        assert_eq!(differs, None, "{told}");
    };
    assert_eq!(crossbrief(folder.path(), &[]).0, Some(0));
    for (told, text) in [
        ("a sentence more", "They met in the harbour. A zeppelin waited.\n"),
        ("the same again", "They met in the harbour.\n"),
        ("another", "They met in the harbour. A tanker waited.\n"),
    ] {
        write(2, text);
        let (code, words) = crossbrief(folder.path(), &[]);
        assert_eq!(code, Some(0), "{words}");
        as_fresh(told);
    }
}

#[test]
fn a_template_that_fails_on_some_pages_is_told_of_after_a_site_was_kept() {
    let (folder, _) = three_briefings();
    let template = folder.path().join("templates/article.html");
    fs::create_dir_all(template.parent().expect("a folder")).expect("a new folder");
    let put = |main: &str| {
        let text = format!("{{% extends \"@default/article.html\" %}}{{% block main %}}{main}{{% endblock %}}");
        fs::write(&template, text).expect("a file");
    };
    put("{{ page.title }}");
    assert_eq!(crossbrief(folder.path(), &[]).0, Some(0));
    let before = files_below(&folder.path().join("public"));
    put("{{ page.title }}{% if page.title == \"Briefing 2\" %}{{ 1 / 0 }}{% endif %}!");
    let (code, told) = crossbrief(folder.path(), &[]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("error[template]: cannot divide by 0"), "{told}");
    assert_eq!(files_below(&folder.path().join("public")), before);
    put("{{ page.title }}?");
    assert_eq!(crossbrief(folder.path(), &[]).0, Some(0));
}
