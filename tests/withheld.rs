//! What is withheld reaches no output: the site is the same, byte for byte, as if it did not exist.
//!
//! Random sites are built twice: as they are, and with everything deleted that the audience may not see. Every name and
//! every byte must be the same; and so they must when the first is built again after everything was released and then
//! withheld once more, on what the builds before remember (every fourth site, or all when their number is given). `CROSSBRIEF_CASES` says how many sites are tried (200 without it), and
//! `CROSSBRIEF_SEED` where to begin, to try a reported case again.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use crossbrief::base::diagnostics::Severity;
use crossbrief::build::incremental::{self, Built, Known};
use crossbrief::build::memory::Memory;
use crossbrief::build::{self, Request, sink::MemorySink};
use crossbrief::content::vocabulary::Tlp;

#[path = "withheld/canaries.rs"]
mod canaries;
#[path = "tiny/repository.rs"]
mod repository;

use canaries::{CANARY, Search};

/// The three words that are looked for, in one.
const WORDS: &str = "zqkanari Zqŵîdé 秘匿札";

type Outputs = BTreeMap<String, Arc<[u8]>>;

/// Numbers that look like chance (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.roll(list.len())]
    }
}

/// Why something is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Plain,
    Draft,
    Embargo,
    Expired,
    Status,
    Marked(Tlp),
}

impl State {
    fn roll(dice: &mut Dice) -> Self {
        match dice.roll(10) {
            0 => State::Draft,
            1 => State::Embargo,
            2 => State::Expired,
            3 => State::Status,
            4 | 5 => State::Marked(Tlp::ALL[1 + dice.roll(4)]),
            _ => State::Plain,
        }
    }

    fn hides(self, clearance: Tlp) -> bool {
        match self {
            State::Plain => false,
            State::Marked(label) => label > clearance,
            _ => true,
        }
    }

    fn front_matter(self) -> String {
        match self {
            State::Plain => String::new(),
            State::Draft => "draft: true\n".to_string(),
            State::Embargo => format!("embargoed_until: 2026-06-01T09:00:00Z\ned_note: {CANARY}\n"),
            State::Expired => "expires: 2025-12-31\n".to_string(),
            State::Status => "pub_status: withheld\n".to_string(),
            State::Marked(label) => format!("tlp: {}\n", &label.label()[4..]),
        }
    }
}

const PEOPLE: [&str; 5] = ["Ada Novak", "Bo Lind", "Cem Aksoy", "Dara Ivens", "Eli Farkas"];
const COUNTRIES: [&str; 6] = ["France", "Algeria", "Georgia", "Spain", "Chad", "Japan"];
const TOPICS: [&str; 3] = ["Gas", "Fishing rights", "Cables"];

/// A random site: its files as they are, and as they are without what `clearance` may not see.
struct Case {
    whole: BTreeMap<String, Vec<u8>>,
    bare: BTreeMap<String, Vec<u8>>,
    /// Briefings with what they were before: withheld, then open, in other words. Committed one after the other, where there
    /// are any.
    past: BTreeMap<String, [Vec<u8>; 2]>,
}

/// A part of a front matter that has a marking of its own: as written, and as it is for the audience.
struct Part {
    /// Stands where the part belongs until the whole is known.
    mark: &'static str,
    text: String,
    hidden: bool,
}

impl Case {
    /// A file that is in both sites unless it is withheld.
    fn add(&mut self, path: String, text: impl Into<Vec<u8>>, hidden: bool) {
        let bytes = text.into();
        if !hidden {
            self.bare.insert(path.clone(), bytes.clone());
        }
        self.whole.insert(path, bytes);
    }

    /// Looks for the three words, and for what tells of the files that are withheld or lose something.
    fn search(&self) -> Search {
        let gone = self.whole.iter().filter(|(path, bytes)| self.bare.get(*path) != Some(*bytes));
        Search::new(gone.map(|(path, bytes)| (path.as_str(), bytes.as_slice())))
    }

    /// The site with everything released that its authors withhold.
    fn released(&self) -> BTreeMap<String, Vec<u8>> {
        let release = |bytes: &Vec<u8>| match std::str::from_utf8(bytes) {
            Ok(text) => text.lines().map(|line| released(line) + "\n").collect::<String>().into_bytes(),
            Err(_) => bytes.clone(),
        };
        self.whole.iter().map(|(path, bytes)| (path.clone(), release(bytes))).collect()
    }

    fn roll(seed: u64, clearance: Tlp) -> Self {
        let mut dice = Dice(seed);
        let mut case = Case { whole: BTreeMap::new(), bare: BTreeMap::new(), past: BTreeMap::new() };
        let minify = dice.one_in(2);
        let content = if seed.is_multiple_of(2) { "full" } else { "summary" };
        case.add(
            "site.yaml".into(),
            format!(
                "title: Desk\nbase_url: https://example.org/\nminify: {minify}\nmaps: {{show: false}}\nconnections: {{pairs: 2}}\n\
                 pagination: {{articles: {}}}\nfeed: {{size: 4, rss: true, content: {content}}}\nmarkdown_twins: true\n{}",
                2 + dice.roll(4),
                match seed % 6 {
                    0 => "languages: [en, uk]\n",
                    3 => "languages: [en, {tag: uk, fallback: show}, ar]\n",
                    _ => "",
                }
            ),
            false,
        );
        // Drawing takes long, so few sites have cards, and those draw little.
        if seed.is_multiple_of(11) {
            let settings = case.whole["site.yaml"].clone();
            let settings = [settings, b"social_cards: articles\n".to_vec()].concat();
            case.add("site.yaml".into(), settings, false);
            let card = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 120 63\"><text y=\"9\" font-size=\"4\">{{ card.title }} {{ card.summary }} {{ card.label }} {% if page.marking %}{{ page.marking.label }}{% endif %}</text></svg>";
            case.add("templates/card.svg".into(), card, false);
        }
        let template = "{{ page.title }} {{ site.counts.articles }} {{ site.counts.entities }} {{ site.counts.years }}";
        case.add("templates/404.html".into(), template, false);
        let count = 3 + dice.roll(7);
        let states: Vec<State> = (0..count).map(|_| State::roll(&mut dice)).collect();
        for (index, state) in states.iter().enumerate() {
            case.article(&mut dice, index, *state, &states, clearance);
        }
        for (index, name) in PEOPLE.iter().enumerate() {
            if dice.one_in(2) {
                case.person(&mut dice, index, name, clearance);
            }
        }
        if seed.is_multiple_of(3) {
            for index in 0..count {
                if dice.one_in(2) {
                    case.version(&mut dice, index, count, clearance);
                }
            }
            for name in PEOPLE {
                if dice.one_in(3) {
                    case.version_of_person(&mut dice, name, clearance);
                }
            }
        }
        for name in ["about", "method"] {
            if dice.one_in(2) {
                let state = State::roll(&mut dice);
                let state = if state == State::Status { State::Draft } else { state };
                let hidden = state.hides(clearance);
                let secret = if hidden { CANARY } else { "plain" };
                let text = format!("---\ntitle: {name} {secret}\n{}---\n{secret} text.\n", state.front_matter());
                case.add(format!("content/{name}.md"), text, hidden);
            }
        }
        if dice.one_in(2) {
            let hidden = dice.one_in(2);
            let secret = if hidden { CANARY } else { "plain" };
            let draft = if hidden { "draft: true\n" } else { "" };
            case.add(
                "content/authors/desk.md".into(),
                format!("---\nname: Night desk\n{draft}---\n{secret}\n"),
                hidden,
            );
        }
        if dice.one_in(3) {
            let label = Tlp::ALL[dice.roll(5)];
            let hidden = label > clearance;
            let secret = if hidden { CANARY } else { "plain" };
            let text = format!(
                "---\ntitle: Notes {secret}\nsummary: {secret}\ndefaults: {{tlp: {}}}\n---\n{secret}\n",
                &label.label()[4..]
            );
            case.add("content/notes/_index.md".into(), text, hidden);
            let text = format!(
                "---\ntitle: A note {secret}\ndate: 2025-11-01\npeople: [Ada Novak]\n---\n{secret} [x](file-{secret}.txt)\n"
            );
            case.add("content/notes/one.md".into(), text, hidden);
            case.add(format!("content/notes/file-{secret}.txt"), secret.to_string(), hidden);
            // What lies below a section is marked as it is, whatever its own page says.
            let text = format!("---\ntitle: Below {secret}\n---\n{secret}\n");
            case.add("content/notes/below/_index.md".into(), text, hidden);
            let text = format!("---\ntitle: Deep {secret}\ndate: 2025-11-02\n---\n{secret}\n");
            case.add("content/notes/below/deep/two.md".into(), text, hidden);
        }
        if seed % 9 == 5 {
            case.give_past(&mut dice, clearance);
        }
        case
    }

    /// Gives a past to briefings of which nothing is withheld now, and lets the site show it.
    fn give_past(&mut self, dice: &mut Dice, clearance: Tlp) {
        let settings = [self.whole["site.yaml"].as_slice(), b"history: true\n"].concat();
        self.add("site.yaml".into(), settings, false);
        for (path, bytes) in &self.bare {
            let text = String::from_utf8_lossy(bytes);
            let is_whole = self.whole.get(path) == Some(bytes) && !text.contains("pub_status");
            if !path.starts_with("content/briefings/2025-b") || !path.ends_with(".md") || !is_whole {
                continue;
            }
            let open = text.replace("\nAfter.\n", "\nBefore.\n");
            let state = (0..64).map(|_| State::roll(dice)).find(|state| state.hides(clearance));
            let front_matter = state.unwrap_or(State::Draft).front_matter();
            let secret = open.replacen("---\n", &format!("---\n{front_matter}"), 1);
            let secret = secret.replace("\nBefore.\n", &format!("\nBefore {WORDS}.\n"));
            self.past.insert(path.clone(), [secret.into_bytes(), open.into_bytes()]);
        }
    }

    /// The site with all that it was before, or without what was withheld of that.
    fn commits(&self, is_whole: bool) -> Vec<BTreeMap<String, Vec<u8>>> {
        let files = if is_whole { &self.whole } else { &self.bare };
        let at = |step: usize| {
            let mut then = files.clone();
            self.past.iter().for_each(|(path, past)| drop(then.insert(path.clone(), past[step].clone())));
            then
        };
        let mut first = at(0);
        first.retain(|path, _| is_whole || !self.past.contains_key(path));
        if self.past.is_empty() { Vec::new() } else { vec![first, at(1), files.clone()] }
    }

    fn article(&mut self, dice: &mut Dice, index: usize, state: State, states: &[State], clearance: Tlp) {
        let hidden = state.hides(clearance);
        let canceled = state == State::Plain && dice.one_in(8);
        let secret = if hidden { CANARY } else { "" };
        let words = if hidden { WORDS } else { "" };
        let (day, month) = (1 + dice.roll(28), 1 + dice.roll(12));
        let mut text = format!("---\ntitle: \"Briefing {index} {words} {}\"\n", dice.pick(&COUNTRIES));
        let _ = writeln!(text, "date: 2025-{month:02}-{day:02}\nsummary: Summary {index} {words}.");
        text.push_str(&state.front_matter());
        let people = [dice.pick(&PEOPLE), if hidden { "Zqkanari Person" } else { dice.pick(&PEOPLE) }];
        let _ = writeln!(text, "people: [{}, {}]\ncountries: [{}]", people[0], people[1], dice.pick(&COUNTRIES));
        let topic = if hidden { "Zqŵîdé 秘匿札 zqkanari" } else { dice.pick(&TOPICS) };
        let _ =
            writeln!(text, "topics: [{topic}]\nauthors: [{}]", if hidden { "Zqkanari Author" } else { "Night desk" });
        if dice.one_in(2) {
            let _ =
                writeln!(text, "bottom_line: \"{} and {} {words} [@s1].\"", dice.pick(&COUNTRIES), dice.pick(&PEOPLE));
        }
        if dice.one_in(2) {
            let _ =
                writeln!(text, "series: {}", if dice.one_in(2) && hidden { "zqkanari series" } else { "Grid watch" });
        }
        let other = dice.roll(states.len());
        // Never in a ring, which is an error as soon as all of it is released.
        if other < index && dice.one_in(2) {
            let _ = writeln!(text, "follows: [briefing-{other}]");
        }
        if other != index && dice.one_in(5) {
            let _ = writeln!(text, "lang: fr\ntranslation_of: briefing-{other}");
        }
        if dice.one_in(3) {
            let _ = writeln!(text, "redirect_from: [/old/{secret}{index}/]");
        }
        if dice.one_in(3) {
            let _ = writeln!(
                text,
                "events: [{{date: 2025-0{}-02, title: \"Talks {secret} in {}\", place: Paris, people: [{}]}}]",
                1 + dice.roll(9),
                dice.pick(&COUNTRIES),
                people[1]
            );
        }
        if dice.one_in(3) {
            let _ = writeln!(
                text,
                "corrections: [{{date: 2025-12-2{}, text: \"It was {words} {}.\"}}]",
                dice.roll(9),
                people[0]
            );
        }
        let _ = writeln!(
            text,
            "sources: [{{id: s1, title: \"Paper {words}\", url: 'https://example.org/{secret}{index}'}}, {{id: s2, title: Other}}«sources»«own source»]"
        );
        let _ = writeln!(
            text,
            "key_judgments: [«judgment»{{text: \"{} will {words}.\", likelihood: likely, sources: [s1], outcome: {{came_true: true, note: \"{words}\"}}}}]",
            dice.pick(&COUNTRIES)
        );
        let parts = marked_parts(dice, hidden, clearance);
        let letter = if parts[0].text.is_empty() { "" } else { " [@s3]" };
        text.push_str("---\n");
        let _ = writeln!(
            text,
            "{} met {} in {} {words}[^n].\n",
            dice.pick(&PEOPLE),
            dice.pick(&PEOPLE),
            dice.pick(&COUNTRIES)
        );
        let _ = writeln!(
            text,
            "See [[briefing-{other}|that one]] and [this](/briefings/2025-b{other}.md). [@s1]{letter}\n"
        );
        if dice.one_in(3) && other != index {
            let _ = writeln!(text, "![[briefing-{other}]]\n");
        }
        if dice.one_in(2) {
            let _ = writeln!(
                text,
                "## Heading {words}\n\n| a | {words} |\n|---|---|\n| 1 | `{words}` |\n\n- item {words}\n"
            );
        }
        let picture = format!("{secret}picture-{index}.svg");
        if dice.one_in(2) {
            let _ = writeln!(text, "![Alt {words}]({picture} \"Caption {words}\")\n");
            self.add(
                format!("content/briefings/{picture}"),
                format!("<svg xmlns=\"http://www.w3.org/2000/svg\"><title>{secret}</title></svg>"),
                hidden,
            );
        }
        if dice.one_in(3) {
            let _ = writeln!(text, "![Photograph]({secret}photo-{index}.jpg) [File]({secret}file-{index}.bin)\n");
            let path = format!("content/briefings/{secret}photo-{index}.jpg");
            self.whole.insert(path.clone(), photograph(index, WORDS));
            if !hidden {
                // It loses what it tells about its making.
                self.bare.insert(path, photograph(index, ""));
            }
            let bytes: Vec<u8> = (0..64).map(|_| dice.roll(256) as u8).chain(words.bytes()).collect();
            self.add(format!("content/briefings/{secret}file-{index}.bin"), bytes, hidden);
        }
        let mut without = text.clone();
        if dice.one_in(2) {
            let label = Tlp::ALL[dice.roll(5)];
            let cut = label > clearance || hidden;
            let (secret, words) = if cut { (CANARY, WORDS) } else { ("plain", "plain") };
            let block = format!(
                "\n:::tlp {}\n## Part {words}\n\n{words} {}, {} [@s2].[^m]\n\n![{words}]({secret}-part-{index}.svg)\n\n[[briefing-{other}]]\n:::\n\n",
                label.slug().replace('-', "+"),
                dice.pick(&COUNTRIES),
                dice.pick(&PEOPLE),
            );
            text.push_str(&block);
            // Without the block, nothing cites its source and nothing refers to its note.
            if cut {
                without = without.replace(", {id: s2, title: Other}", "");
            } else {
                without.push_str(&block);
            }
            self.add(
                format!("content/briefings/{secret}-part-{index}.svg"),
                "<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_string(),
                cut,
            );
            let note = "\n[^m]: Note of the part.\n\n";
            text.push_str(note);
            if !cut {
                without.push_str(note);
            }
        }
        for text in [&mut text, &mut without] {
            let _ = writeln!(text, "After.\n\n[^n]: A note {words}.");
        }
        for part in &parts {
            text = text.replace(part.mark, &part.text);
            without = without.replace(part.mark, if part.hidden { "" } else { &part.text });
        }
        if canceled {
            // Of a canceled article only its address is told: another text under the same name makes no difference.
            text = text.replacen("\ntitle: \"", "\npub_status: canceled\ntitle: \"zqkanari ", 1);
            without =
                format!("---\ntitle: Another\ndate: 2024-01-01\npub_status: canceled\n{}---\n", redirects_in(&text));
        }
        let path = format!("content/briefings/2025-b{index}.md");
        let slug = format!("---\nslug: briefing-{index}\n");
        self.whole.insert(path.clone(), text.replacen("---\n", &slug, 1).into_bytes());
        if !hidden {
            self.bare.insert(path, without.replacen("---\n", &slug, 1).into_bytes());
        }
    }

    /// A briefing in another language, with a state of its own.
    fn version(&mut self, dice: &mut Dice, index: usize, count: usize, clearance: Tlp) {
        let state = State::roll(dice);
        let hidden = state.hides(clearance);
        let (secret, words) = if hidden { (CANARY, WORDS) } else { ("", "") };
        let picture = format!("{secret}picture-uk-{index}.svg");
        let text = format!(
            "---\ntitle: \"Огляд {index} {words} {}\"\ndate: 2025-0{}-11\nsummary: Про що {words}.\n{}people: [{}]\n\
             countries: [{}]\ntopics: [{}]\nredirect_from: [/old-uk/{secret}{index}/]\n---\n{} {words} і {}. Див. [[briefing-{}]] \
             та [це](/briefings/2025-b{}.md).\n\n![Alt {words}](/briefings/{picture})\n",
            dice.pick(&COUNTRIES),
            1 + dice.roll(9),
            state.front_matter(),
            if hidden { "Zqkanari Person" } else { dice.pick(&PEOPLE) },
            dice.pick(&COUNTRIES),
            if hidden { "Zqŵîdé 秘匿札 zqkanari" } else { dice.pick(&TOPICS) },
            dice.pick(&PEOPLE),
            dice.pick(&COUNTRIES),
            dice.roll(count),
            dice.roll(count),
        );
        self.add(
            format!("content/briefings/{picture}"),
            format!("<svg xmlns=\"http://www.w3.org/2000/svg\"><title>{secret}</title></svg>"),
            hidden,
        );
        let path = match dice.one_in(2) {
            true => format!("content/briefings/2025-b{index}.uk.md"),
            false => format!("content/uk/briefings/2025-b{index}.md"),
        };
        self.add(path, text, hidden);
    }

    /// A profile in another language.
    fn version_of_person(&mut self, dice: &mut Dice, name: &str, clearance: Tlp) {
        let hidden = dice.one_in(2);
        let marking = if hidden { Tlp::ALL.into_iter().find(|label| *label > clearance) } else { None };
        let state = match (hidden, marking) {
            (false, _) => State::Plain,
            (true, Some(label)) if dice.one_in(2) => State::Marked(label),
            (true, _) => State::Draft,
        };
        let secret = if hidden { CANARY } else { "plain" };
        let text = format!(
            "---\nname: Хтось {name} {secret}\naliases: [Інший {secret} {name}]\nsummary: Хто це {secret}.\n{}---\nЗнає {} {secret}.\n",
            state.front_matter(),
            dice.pick(&PEOPLE),
        );
        self.add(format!("content/people/{}.uk.md", name.to_lowercase().replace(' ', "-")), text, hidden);
    }

    fn person(&mut self, dice: &mut Dice, index: usize, name: &str, clearance: Tlp) {
        let state = match State::roll(dice) {
            State::Marked(label) => State::Marked(label),
            State::Draft => State::Draft,
            _ => State::Plain,
        };
        let hidden = state.hides(clearance);
        let secret = if hidden { CANARY } else { "plain" };
        let mut other = Dice(dice.0);
        let image = match other.roll(3) {
            0 => {
                let path = format!("content/people/{secret}face-{index}.jpg");
                self.whole.insert(path.clone(), photograph(100 + index, secret));
                if !hidden {
                    self.bare.insert(path, photograph(100 + index, ""));
                }
                format!("image: {{src: {secret}face-{index}.jpg, alt: {secret}, focus: {}% 30%}}\n", 10 + index)
            }
            // A picture that others may show whole: no square of it tells that it is somebody's.
            1 => {
                self.add("content/people/shared.jpg".into(), photograph(99, ""), false);
                self.add("content/shown.md".into(), "---\ntitle: Shown\n---\n![A hall](people/shared.jpg)\n", false);
                format!("image: {{src: shared.jpg, alt: {secret}, focus: {}% 70%}}\n", 10 + index)
            }
            _ => String::new(),
        };
        let text = format!(
            "---\nname: {name}\n{image}aliases: [{secret}{index}]\nsummary: Somebody {secret}.\nroles: [{{title: Envoy {secret}, country: {}, start: 2024-01-01}}]\n{}---\nProfile {secret} of {}.\n",
            dice.pick(&COUNTRIES),
            state.front_matter(),
            dice.pick(&PEOPLE),
        );
        self.add(format!("content/people/{}.md", name.to_lowercase().replace(' ', "-")), text, hidden);
    }
}

/// A source with a marking of its own, and a key judgment with one and a source that only it cites.
fn marked_parts(dice: &mut Dice, hidden: bool, clearance: Tlp) -> [Part; 3] {
    let mut label = || Some(Tlp::ALL[dice.roll(5)]).filter(|_| !dice.one_in(3));
    let (source, judgment) = (label(), label());
    let part = |mark: &'static str, label: Option<Tlp>, write: &dyn Fn(&str, &str) -> String| {
        let cut = hidden || label.is_some_and(|label| label > clearance);
        let text = label.map(|label| write(&label.label()[4..], if cut { WORDS } else { "plain" }));
        Part { mark, text: text.unwrap_or_default(), hidden: cut }
    };
    let letter = if source.is_some() { ", s3" } else { "" };
    let (country, person) = (dice.pick(&COUNTRIES), dice.pick(&PEOPLE));
    [
        part("«sources»", source, &|label, words| {
            format!(", {{id: s3, title: \"Letter {words}\", publisher: \"{words}\", tlp: {label}}}")
        }),
        part("«own source»", judgment, &|_, words| format!(", {{id: s4, title: \"Only for it {words}\"}}")),
        part("«judgment»", judgment, &|label, words| {
            format!(
                "{{text: \"{country} and {person} {words}.\", tlp: {label}, confidence: low, sources: [s4{letter}]}}, "
            )
        }),
    ]
}

/// A JPEG of three columns and two rows; `secret` stands in its EXIF, in a comment and after its end.
fn photograph(number: usize, secret: &str) -> Vec<u8> {
    let segment = |marker: u8, payload: &[u8]| -> Vec<u8> {
        let length = u16::try_from(payload.len() + 2).expect("a short segment").to_be_bytes();
        [&[0xFF, marker], &length[..], payload].concat()
    };
    let told = |marker: u8, before: &[u8]| match secret {
        "" => Vec::new(),
        secret => segment(marker, &[before, secret.as_bytes()].concat()),
    };
    [
        vec![0xFF, 0xD8],
        told(0xE1, b"Exif\0\0MM\0\x2A\0\0\0\x08\0\0\0\0\0\0"),
        told(0xFE, b""),
        segment(0xDB, &[0; 65]),
        segment(0xC0, &[8, 0, 2, 0, 3, 1, 1, 0x11, 0]),
        segment(0xDA, &[1, 1, 0, 0, 63, 0]),
        vec![1, 2, u8::try_from(number).unwrap_or(0), 0xFF, 0xD9],
        secret.as_bytes().to_vec(),
    ]
    .concat()
}

/// A line without what withholds its file or a part of it.
fn released(line: &str) -> String {
    let withholds =
        ["draft: true", "embargoed_until: ", "expires: ", "pub_status: withheld", "tlp: ", "defaults: {tlp: "];
    if withholds.iter().any(|start| line.starts_with(start)) {
        return "# Released.".to_string();
    }
    let mut line = match line.strip_prefix(":::tlp ") {
        Some(_) => ":::tlp clear".to_string(),
        None => line.to_string(),
    };
    for label in Tlp::ALL.iter().rev() {
        line = line.replace(&format!(", tlp: {}", &label.label()[4..]), "");
    }
    line
}

fn redirects_in(text: &str) -> String {
    text.lines().filter(|line| line.starts_with("redirect_from")).map(|line| format!("{line}\n")).collect()
}

fn write(folder: &Path, files: &BTreeMap<String, impl AsRef<[u8]>>) {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        std::fs::write(path, text).expect("a new file");
    }
}

fn request(folder: &Path, clearance: Tlp) -> Request {
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

/// A folder whose site is built again and again, each time on what is remembered of the last time.
struct Kept {
    folder: tempfile::TempDir,
    clearance: Tlp,
    outputs: Outputs,
    memory: Option<Memory>,
}

impl Kept {
    fn new(clearance: Tlp) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder, clearance, outputs: Outputs::new(), memory: None }
    }

    /// Builds with these files; how many outputs were kept, or none when the site has errors and nothing is switched.
    fn build(&mut self, files: &BTreeMap<String, Vec<u8>>, threads: usize) -> Option<usize> {
        write(self.folder.path(), files);
        let request = request(self.folder.path(), self.clearance);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let (built, outputs): (Built, _) = pool.install(|| {
            let loaded = build::load(&request).expect("a readable site");
            let before = self.outputs.iter().map(|(path, bytes)| {
                (crossbrief::base::paths::OutputPath::new(path).expect("an output"), Arc::clone(bytes))
            });
            let sink = MemorySink::after(before.collect());
            let built = incremental::render(&loaded, Known::here(self.memory.as_ref()), &sink, &|| ()).expect("memory");
            (built, sink.into_files())
        });
        if built.memory.has_errors() {
            let errors = built.diagnostics.iter().filter(|one| one.severity == Severity::Error);
            errors.for_each(|one| eprintln!("{} {:?}", one.message, one.place));
            return None;
        }
        let kept = built.outputs.len() - built.made();
        self.outputs = outputs.into_iter().map(|(path, bytes)| (path.to_string(), bytes)).collect();
        self.memory = Some(built.memory);
        Some(kept)
    }
}

/// The outputs of a site after some commits.
fn outputs_after(
    commits: &[BTreeMap<String, Vec<u8>>],
    files: &BTreeMap<String, Vec<u8>>,
    clearance: Tlp,
    threads: usize,
) -> Outputs {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (at, files) in commits.iter().enumerate() {
        write(folder.path(), files);
        // Later than all days of briefings.
        repository::commit(folder.path(), &format!("2025-12-30T00:0{at}:00Z"));
    }
    outputs_in(folder, files, clearance, threads)
}

fn outputs(files: &BTreeMap<String, impl AsRef<[u8]>>, clearance: Tlp, threads: usize) -> Outputs {
    outputs_in(tempfile::tempdir().expect("a temporary folder"), files, clearance, threads)
}

fn outputs_in(
    folder: tempfile::TempDir,
    files: &BTreeMap<String, impl AsRef<[u8]>>,
    clearance: Tlp,
    threads: usize,
) -> Outputs {
    write(folder.path(), files);
    let request = request(folder.path(), clearance);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| {
        let loaded = build::load(&request).expect("a readable site");
        let unread = loaded.diagnostics.iter().find(|one| one.severity == Severity::Error && one.code == "unknown-key");
        assert!(unread.is_none(), "{unread:?}");
        let sink = MemorySink::new();
        build::render(&loaded, &sink, &|| ()).expect("memory");
        sink.into_files().into_iter().map(|(path, bytes)| (path.to_string(), bytes)).collect()
    })
}

/// The first difference between two sites.
fn difference(one: &Outputs, other: &Outputs) -> Option<String> {
    let names = |outputs: &Outputs| outputs.keys().cloned().collect::<std::collections::BTreeSet<_>>();
    if let Some(name) = names(one).symmetric_difference(&names(other)).next() {
        return Some(format!("only one of them has {name}"));
    }
    one.iter().find_map(|(path, bytes)| {
        let (left, right) = (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&other[path]));
        let at = left.bytes().zip(right.bytes()).position(|(a, b)| a != b);
        let at = at.or_else(|| (left.len() != right.len()).then_some(left.len().min(right.len())))?;
        let around = |text: &str| {
            let bytes = &text.as_bytes()[at.saturating_sub(60).min(text.len())..(at + 60).min(text.len())];
            String::from_utf8_lossy(bytes).into_owned()
        };
        Some(format!("{path}:\n  {}\n  {}", around(&left), around(&right)))
    })
}

/// What a file says, where it is packed.
fn unpacked<'a>(path: &str, bytes: &'a [u8]) -> std::borrow::Cow<'a, [u8]> {
    if !path.starts_with("search/texts/") {
        return bytes.into();
    }
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::DeflateDecoder::new(bytes), &mut text).expect("a packed text");
    assert!(text.starts_with(b"[{"), "{path}");
    text.into()
}

/// Where in the outputs, their names included, something stands that is looked for.
fn holds_canary(outputs: &Outputs, search: &Search) -> Option<String> {
    outputs.iter().find_map(|(path, bytes)| {
        assert!(!canaries::is_packed(path), "{path} is packed: unpack it here, else nothing can be found in it");
        let unpacked = unpacked(path, bytes);
        let found = search.find(path.as_bytes()).or_else(|| search.find(&unpacked))?;
        Some(format!("{path} holds {found}"))
    })
}

#[test]
fn a_site_is_as_if_what_is_withheld_did_not_exist() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (cases, first) = (number("CROSSBRIEF_CASES").unwrap_or(200), number("CROSSBRIEF_SEED").unwrap_or(1));
    // It takes as long as all else.
    let each = if number("CROSSBRIEF_CASES").is_some() { 1 } else { 4 };
    let mut tried = 0;
    let (mut again_withheld, mut kept, mut histories) = (0, 0, 0);
    let started = std::time::Instant::now();
    for seed in first..first + cases {
        let clearance = Tlp::ALL[(seed % 5) as usize];
        let case = Case::roll(seed, clearance);
        let threads = [1, 2, 8][(seed % 3) as usize];
        let whole = outputs_after(&case.commits(true), &case.whole, clearance, threads);
        let bare = outputs_after(&case.commits(false), &case.bare, clearance, 1);
        histories += whole.keys().filter(|path| path.ends_with("/history/index.html")).count();
        let again = format!("CROSSBRIEF_SEED={seed} CROSSBRIEF_CASES=1, for {}", clearance.label());
        if let Some(found) = difference(&whole, &bare) {
            panic!("{again}: {found}");
        }
        if let Some(found) = holds_canary(&whole, &case.search()) {
            panic!("{again}: {found}");
        }
        // What is told of commits is not told where there are none.
        if seed % each != 0 || !case.past.is_empty() {
            continue;
        }
        tried += 1;
        // Withheld, released, withheld: nothing of what was shown in between is left, on the page or in the memory.
        let mut site = Kept::new(clearance);
        let first = site.build(&case.whole, threads);
        let released = case.released();
        if first.is_none() || site.build(&released, threads).is_none() {
            continue;
        }
        if let Some(found) = difference(&site.outputs, &outputs(&released, clearance, 1)) {
            panic!("{again}, released: {found}");
        }
        kept += site.build(&case.whole, threads).expect("a site that was sound before");
        if let Some(found) = difference(&site.outputs, &bare) {
            panic!("{again}, withheld again: {found}");
        }
        again_withheld += 1;
    }
    println!(
        "{cases} sites at five audiences and 1, 2 and 8 threads, {again_withheld} of them withheld, released and withheld \
         again ({kept} outputs kept), {histories} histories, no difference, in {:.0} s",
        started.elapsed().as_secs_f64()
    );
    assert!(again_withheld * 10 + 20 >= tried * 9, "only {again_withheld} of {tried} sites could be released");
}

/// The test of the test above: with any one channel leaking, it must find a difference. Prints which oracle found it.
#[cfg(feature = "leaks")]
#[test]
fn every_leak_is_found() {
    use crossbrief::site::leaks::{CHANNELS, open};
    let mut missed = Vec::new();
    println!("{:<14} {:<9} {:<8} what leaks", "channel", "by bytes", "by token");
    for (channel, about) in CHANNELS {
        let (mut by_bytes, mut by_token) = (None, None);
        for seed in 1..400_u64 {
            let clearance = Tlp::ALL[(seed % 5) as usize];
            let case = Case::roll(seed, clearance);
            open(Some(channel));
            let whole = outputs_after(&case.commits(true), &case.whole, clearance, 2);
            open(None);
            let bare = || outputs_after(&case.commits(false), &case.bare, clearance, 2);
            by_bytes = by_bytes.or_else(|| difference(&whole, &bare()).map(|_| seed));
            by_token = by_token.or_else(|| holds_canary(&whole, &case.search()).map(|_| seed));
            if by_bytes.is_some() && (by_token.is_some() || seed > 40) {
                break;
            }
        }
        let site = |seed: Option<u64>| seed.map_or("-".to_string(), |seed| format!("site {seed}"));
        println!("{channel:<14} {:<9} {:<8} {about}", site(by_bytes), site(by_token));
        missed.extend(by_bytes.is_none().then_some(channel));
    }
    assert!(missed.is_empty(), "not found: {missed:?}");
}

const TIMED: &str = "---
title: Timed
embargoed_until: 2026-10-25T01:30
expires: 2026-10-26T09:00:00+01:00
---
Now.
";

fn timed_site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = BTreeMap::from([
        ("site.yaml".to_string(), "title: Desk\ntime_zone: Europe/London\n".to_string()),
        ("content/briefings/timed.md".to_string(), TIMED.to_string()),
        ("content/briefings/open.md".to_string(), "---\ntitle: Open\n---\nText.\n".to_string()),
    ]);
    write(folder.path(), &files);
    folder
}

/// The embargo ends at half past one on the night when clocks in London show that twice: it is the later one.
#[test]
fn embargoes_open_and_briefings_expire_at_the_very_instant() {
    let folder = timed_site();
    let shown = |now: &str| {
        let request = Request { now: now.parse().expect("an instant"), ..request(folder.path(), Tlp::Clear) };
        let loaded = build::load(&request).expect("a readable site");
        (loaded.site.articles.len() == 2, loaded.site.withheld.scheduled.len())
    };
    assert_eq!(shown("2026-10-25T00:30:00Z"), (false, 2));
    assert_eq!(shown("2026-10-25T01:29:59.999Z"), (false, 2));
    assert_eq!(shown("2026-10-25T01:30:00Z"), (true, 1));
    assert_eq!(shown("2026-10-26T07:59:59Z"), (true, 1));
    assert_eq!(shown("2026-10-26T08:00:00Z"), (false, 0));
}

#[test]
fn nothing_but_time_opens_an_embargo() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = BTreeMap::from([
        ("site.yaml".to_string(), "title: Desk\n".to_string()),
        (
            "content/briefings/later.md".to_string(),
            "---\ntitle: Zqkanari\nembargoed_until: 2900-01-01T00:00:00Z\n---\nText.\n".to_string(),
        ),
        ("content/briefings/open.md".to_string(), "---\ntitle: Open\n---\nText.\n".to_string()),
    ]);
    write(folder.path(), &files);
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_crossbrief"));
        // The first second of the year 2950, for tools that take the time from there.
        let output = command.args(arguments).env("SOURCE_DATE_EPOCH", "30925497600").current_dir(folder.path());
        output.output().expect("the binary runs")
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let built = run(&["build"]);
    assert_eq!(built.status.code(), Some(0));
    assert!(text(&built.stderr).contains("next change by itself: 2900-01-01"), "{}", text(&built.stderr));
    assert!(!folder.path().join("public/briefings/later").exists());
    for refused in [["build", "--now=2950-01-01"], ["build", "--at=2950-01-01"], ["check", "--at=2950-01-01"]] {
        assert_eq!(run(&refused).status.code(), Some(2), "{refused:?}");
    }
    // The desk may look ahead.
    assert!(!text(&run(&["list"]).stdout).contains("Zqkanari"));
    let ahead = run(&["list", "--at", "2900-01-01"]);
    assert!(text(&ahead.stdout).contains("Zqkanari") && text(&ahead.stderr).contains("as of 2900-01-01T00:00:00Z"));
    assert!(text(&run(&["list", "--scheduled"]).stdout).starts_with("2900-01-01T00:00:00+00:00  appears"));
    let fault = run(&["list", "--at", "soon"]);
    assert_eq!(fault.status.code(), Some(2));
    assert!(text(&fault.stderr).contains("`soon` is not a date"), "{}", text(&fault.stderr));
}

#[test]
fn pictures_tell_nothing_of_their_making() {
    const PICTURE: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF\x21\xFE\x08zqkanari\0\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3B";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let build = |settings: &str, picture: &[u8]| {
        let text = "---\ntitle: Open\n---\n![A dot](dot.gif)\n".to_string();
        let settings = format!("title: Desk\n{settings}");
        let files =
            BTreeMap::from([("site.yaml".to_string(), settings), ("content/briefings/open.md".to_string(), text)]);
        write(folder.path(), &files);
        std::fs::write(folder.path().join("content/briefings/dot.gif"), picture).expect("a new file");
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_crossbrief"));
        let output = command.arg("build").current_dir(folder.path()).output().expect("the binary runs");
        let made = std::fs::read(folder.path().join("public/briefings/dot.gif")).expect("the picture");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned(), made)
    };
    let (code, told, stripped) = build("", PICTURE);
    assert_eq!(code, Some(0), "{told}");
    assert!(stripped.len() == PICTURE.len() - 12 && !String::from_utf8_lossy(&stripped).contains(CANARY));
    assert_eq!(build("images: {metadata: keep}\n", PICTURE).2, PICTURE);
    // A drawing that is more than one is told of; a sound one loses what its editor noted.
    let drawing = |inner: &str| {
        let text = format!("<svg xmlns=\"http://www.w3.org/2000/svg\"><!-- zqkanari -->{inner}</svg>");
        std::fs::write(folder.path().join("content/briefings/line.svg"), text).expect("a new file");
        std::fs::write(folder.path().join("content/briefings/line.md"), "---\ntitle: Line\n---\n![A line](line.svg)\n")
            .expect("a new file");
        build("", PICTURE)
    };
    let (code, told, _) = drawing("<script>alert(1)</script>");
    assert_eq!(code, Some(1));
    assert!(told.contains("this picture cannot be published: it holds `script`"), "{told}");
    assert_eq!(drawing("<path d=\"M0\"/>").0, Some(0));
    let line = std::fs::read_to_string(folder.path().join("public/briefings/line.svg")).expect("the drawing");
    assert_eq!(line, "<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0\"/></svg>");
    build("images: {metadata: keep}\n", PICTURE);
    // A damaged one is told of, and the site stays as it was.
    let (code, told, made) = build("", &PICTURE[..30]);
    assert_eq!((code, made.as_slice()), (Some(1), PICTURE), "{told}");
    assert!(told.contains("error[bad-image]: this picture cannot be published: it is damaged or cut short"), "{told}");
}

const PARTS: &str = "content/briefings/2025-12-01-parts.md";

fn parts(clearance: Tlp) -> Outputs {
    let text = "---
title: Parts
tlp: CLEAR
countries: [Spain]
sources: [{id: open, title: A paper}, {id: closed, title: A zqkanari}]
---
Spain speaks [@open].

:::tlp green
## Green words

Japan listens.
:::

:::aside
Beside.

:::tlp amber+strict
Chad zqkanari [@closed]. ![zqkanari](zqkanari.svg)
:::

Still beside.
:::

After.
";
    let other = "---\ntitle: Open\ntlp: CLEAR\ncountries: [Spain]\n---\nSpain.\n";
    let files = BTreeMap::from([
        ("site.yaml".to_string(), "title: Desk\nminify: false\n".to_string()),
        (PARTS.to_string(), text.to_string()),
        ("content/briefings/2025-12-02-open.md".to_string(), other.to_string()),
        ("content/briefings/zqkanari.svg".to_string(), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_string()),
    ]);
    outputs(&files, clearance, 2)
}

#[test]
fn parts_are_shown_to_those_who_may_see_them() {
    let page = |outputs: &Outputs, name: &str| {
        String::from_utf8_lossy(&outputs[&format!("briefings/{name}/index.html")]).into_owned()
    };
    for (clearance, green, strict) in
        [(Tlp::Clear, false, false), (Tlp::Green, true, false), (Tlp::Amber, true, false), (Tlp::Red, true, true)]
    {
        let outputs = parts(clearance);
        let text = page(&outputs, "parts");
        assert_eq!(text.contains("Green words") && text.contains("class=\"marked\""), green, "{clearance:?}");
        assert_eq!(outputs.contains_key("countries/japan/index.html"), green, "{clearance:?}");
        assert_eq!(holds_canary(&outputs, &Search::new([])).is_some(), strict, "{clearance:?}");
        assert_eq!(outputs.contains_key("countries/chad/index.html"), strict, "{clearance:?}");
        assert!(text.contains("Still beside.") && text.contains("After."), "{clearance:?}");
        // The page is marked as the highest of what it shows, and so is a list; other briefings are not.
        let label = match (green, strict) {
            (_, true) => "TLP:AMBER+STRICT",
            (true, _) => "TLP:GREEN",
            _ => "TLP:CLEAR",
        };
        let banner = |page: &str| {
            page.split("<p class=\"banner\">")
                .nth(1)
                .and_then(|rest| rest.split(['>', '<']).nth(2))
                .unwrap_or("")
                .to_string()
        };
        assert_eq!(banner(&text), label);
        let list = String::from_utf8_lossy(&outputs["countries/spain/index.html"]).into_owned();
        assert_eq!(banner(&list), if green { label } else { "" });
        let open = page(&outputs, "open");
        assert_eq!(banner(&open), "TLP:CLEAR");
        // A page marked lower tells of nothing marked higher.
        assert_eq!(open.contains("/briefings/parts/"), !green, "{clearance:?}");
    }
}

/// The text of a page of a small site that is built for `clearance`.
fn page_of(site: &[(&str, &str)], clearance: Tlp, page: &str) -> String {
    let settings = ("site.yaml", "title: Desk\nminify: false\nlinking: {links: off}\n");
    let files: BTreeMap<String, String> =
        site.iter().chain([&settings]).map(|(path, text)| (path.to_string(), text.to_string())).collect();
    let outputs = outputs(&files, clearance, 2);
    String::from_utf8_lossy(&outputs[page]).into_owned()
}

#[test]
fn key_judgments_and_sources_have_markings_of_their_own() {
    let text = "---
title: Parts
tlp: CLEAR
bottom_line: It rests on [@s10].
sources:
  - {id: s1, title: Only for the judgment}
  - {id: s10, title: For all}
  - {id: s3, title: A letter, tlp: AMBER}
key_judgments:
  - {text: Closed words., tlp: GREEN, sources: [s1, s10]}
  - {text: Open words., sources: [s3, s10]}
---
So it is [@s3; @s10].
";
    let site = [("content/briefings/2025-12-01-parts.md", text)];
    for (clearance, judgment, source) in
        [(Tlp::Clear, false, false), (Tlp::Green, true, false), (Tlp::Amber, true, true), (Tlp::Red, true, true)]
    {
        let page = page_of(&site, clearance, "briefings/parts/index.html");
        let holds = |text: &str| page.contains(text);
        assert_eq!(holds("Closed words."), judgment, "{clearance:?}");
        assert_eq!(holds("Only for the judgment"), judgment, "{clearance:?}");
        assert_eq!(holds("A letter"), source, "{clearance:?}");
        assert!(holds("Open words.") && holds("For all"), "{clearance:?}");
        assert_eq!(holds("id=\"kj2\""), judgment, "{clearance:?}");
        assert_eq!(holds("id=\"source-3\""), judgment && source, "{clearance:?}");
        assert_eq!(holds("<li id=\"kj1\"><p><span class=\"tlp tlp-green\">TLP:GREEN</span> Closed"), judgment);
        assert_eq!(holds("<p class=\"source\"><span class=\"tlp tlp-amber\">TLP:AMBER</span> A letter"), source);
        // The page is marked as the highest of what it shows.
        let label = if source { "TLP:AMBER" } else { ["TLP:CLEAR", "TLP:GREEN"][usize::from(judgment)] };
        assert!(page.contains(&format!("<p class=\"banner\"><span class=\"tlp tlp-{}", &label[4..].to_lowercase())));
    }
}

#[test]
fn a_marking_holds_for_all_below_it() {
    let closed = "---\ntitle: Closed\ndefaults: {tlp: AMBER}\n---\n";
    let section = "---\ntitle: Zqkanari\n---\nZqkanari.\n";
    let site = [
        ("content/closed/_index.md", closed),
        ("content/closed/below/_index.md", section),
        ("content/closed/below/2025-12-01-one.md", section),
        ("content/briefings/2025-12-01-open.md", "---\ntitle: Open\n---\nText.\n"),
    ];
    let all = |site: &[(&str, &str)], settings: &str, clearance: Tlp| {
        let settings = format!("title: Desk\nminify: false\n{settings}");
        let files: BTreeMap<String, String> = site
            .iter()
            .chain([&("site.yaml", &*settings)])
            .map(|(path, text)| (path.to_string(), text.to_string()))
            .collect();
        outputs(&files, clearance, 2)
    };
    let search = Search::new([]);
    assert_eq!(holds_canary(&all(&site, "", Tlp::Green), &search), None);
    let shown = all(&site, "", Tlp::Amber);
    assert!(String::from_utf8_lossy(&shown["closed/below/index.html"]).contains("TLP:AMBER"));
    // A site's marking holds for all of its files.
    let site = [
        ("content/_index.md", "---\ntitle: Zqkanari\n---\nZqkanari.\n"),
        ("content/briefings/_index.md", section),
        ("content/people/ada-novak.md", "---\nname: Zqkanari\n---\nZqkanari.\n"),
        ("content/topics.yaml", "- {name: Zqkanari}\n"),
        ("content/authors/desk.md", "---\nname: Zqkanari\n---\n"),
        ("content/about.md", section),
        ("content/briefings/2025-12-01-one.md", section),
    ];
    assert_eq!(holds_canary(&all(&site, "tlp: AMBER\n", Tlp::Green), &search), None);
    let shown = all(&site, "tlp: AMBER\n", Tlp::Amber);
    let pages = [
        "index.html",
        "people/ada-novak/index.html",
        "authors/desk/index.html",
        "about/index.html",
        "briefings/index.html",
    ];
    for page in pages {
        let text = String::from_utf8_lossy(&shown[page]).into_owned();
        assert!(text.contains("Zqkanari") && text.matches("TLP:AMBER").count() >= 2, "{page}: {text}");
    }
}

/// However it is written, a link to something withheld is plain text and a warning: the site is sound for all others.
#[test]
fn a_link_to_what_is_withheld_is_no_error() {
    let links =
        "[[Ada Novak]], [[person:Ada Novak]], [[The broker]], [[Closed words]], [[closed]], [[Rules]], [[grain]]";
    let files = BTreeMap::from([
        ("site.yaml".to_string(), "title: Desk\nminify: false\n".to_string()),
        (
            "content/people/ada-novak.md".to_string(),
            "---\nname: Ada Novak\naliases: [The broker]\ntlp: RED\n---\n".to_string(),
        ),
        ("content/topics.yaml".to_string(), "- {name: Grain, tlp: RED}\n".to_string()),
        (
            "content/briefings/2025-12-01-closed.md".to_string(),
            "---\ntitle: Closed words\ntlp: RED\n---\nText.\n".to_string(),
        ),
        ("content/rules.md".to_string(), "---\ntitle: Rules\ndraft: true\n---\nText.\n".to_string()),
        ("content/briefings/2025-12-02-open.md".to_string(), format!("---\ntitle: Open\n---\n{links}\n")),
    ]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), &files);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_crossbrief"));
    let output = command.arg("build").current_dir(folder.path()).output().expect("the binary runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert_eq!(told.matches("warning[withheld-link]").count(), 7, "{told}");
    let page = std::fs::read_to_string(folder.path().join("public/briefings/open/index.html")).expect("the page");
    assert!(page.contains("Ada Novak, person:Ada Novak, The broker, Closed words, closed, Rules, grain"), "{page}");
}

/// A key that withholds and says nothing is a mistake: it was meant to.
#[test]
fn a_key_that_withholds_says_how() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let build = |path: &str, text: &str, settings: &str| {
        let files = BTreeMap::from([
            ("site.yaml".to_string(), format!("title: Desk\n{settings}")),
            ("content/briefings/open.md".to_string(), "---\ntitle: Open\n---\nText.\n".to_string()),
            (path.to_string(), text.to_string()),
        ]);
        write(folder.path(), &files);
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_crossbrief"));
        let output = command.arg("build").current_dir(folder.path()).output().expect("the binary runs");
        std::fs::remove_file(folder.path().join(path)).expect("a file");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for nothing in ["", " ~", " null", " \"\"", " # AMBER"] {
        for key in ["tlp", "embargoed_until", "expires", "draft", "pub_status"] {
            let (code, told) =
                build("content/briefings/a.md", &format!("---\ntitle: A\n{key}:{nothing}\n---\nText.\n"), "");
            assert_eq!(code, Some(1), "{key}:{nothing}: {told}");
            assert!(told.contains("content/briefings/a.md:3"), "{key}:{nothing}: {told}");
        }
        for (path, name) in
            [("content/people/a.md", "name"), ("content/authors/a.md", "name"), ("content/a.md", "title")]
        {
            let (code, told) = build(path, &format!("---\n{name}: A\ntlp:{nothing}\n---\nText.\n"), "");
            assert_eq!(code, Some(1), "{path}: {told}");
        }
        assert_eq!(build("content/x.txt", "", &format!("tlp:{nothing}\n")).0, Some(1), "of the site");
        let section = format!("---\ntitle: A\ndefaults:\n  tlp:{nothing}\n---\n");
        assert_eq!(build("content/notes/_index.md", &section, "").0, Some(1), "of a section");
    }
}

#[test]
fn no_link_tells_of_what_is_marked_higher_than_its_page() {
    let links = "[words](2025-12-01-closed.md), [more](/briefings/closed/), [[closed]], [[rules]], [[about]]";
    let (low, high, about) = (
        format!("---\ntitle: Low\ntlp: CLEAR\n---\n{links}\n"),
        format!("---\ntitle: High\ntlp: AMBER\n---\n{links}\n"),
        format!("---\ntitle: About\n---\n{links}\n"),
    );
    let site = [
        ("content/briefings/2025-12-01-closed.md", "---\ntitle: Hidden words\ntlp: GREEN\n---\nText.\n"),
        ("content/rules.md", "---\ntitle: Rules of the house\ntlp: AMBER\n---\nText.\n"),
        ("content/briefings/2025-12-02-low.md", &low),
        ("content/briefings/2025-12-03-high.md", &high),
        ("content/about.md", &about),
        // Shown on another page, a text tells no more than that page may.
        ("content/briefings/2025-12-04-shows.md", "---\ntitle: Shows\ntlp: CLEAR\n---\n![[low]]\n"),
    ];
    let prose = |page: &str| {
        let page = page_of(&site, Tlp::Red, page);
        page.split("class=\"prose").nth(1).and_then(|rest| rest.split("</article>").next()).unwrap_or(&page).to_string()
    };
    for page in ["briefings/low/index.html", "about/index.html", "briefings/shows/index.html"] {
        let text = prose(page);
        assert!(text.contains("words, more, closed, rules"), "{page}: {text}");
        assert!(!text.contains("Hidden words") && !text.contains("/briefings/closed/"), "{page}: {text}");
        assert!(!text.contains("Rules of the house") && !text.contains("/rules/"), "{page}: {text}");
    }
    let high = prose("briefings/high/index.html");
    assert_eq!(high.matches("/briefings/closed/").count(), 3, "{high}");
    assert!(high.contains("Hidden words") && high.contains("Rules of the house"), "{high}");
}

/// The zones and nights that clocks trip over: both ends of the date line, odd offsets, the hour that comes twice.
#[test]
fn the_zone_of_the_machine_opens_nothing() {
    let folder = timed_site();
    let list = |zone: &str, at: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_crossbrief"));
        let output = command.args(["list", "--at", at]).env("TZ", zone).current_dir(folder.path()).output();
        let output = output.expect("the binary runs");
        assert_eq!(output.status.code(), Some(0), "{zone} {at}");
        (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let zones = [
        "UTC",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Europe/London",
        "America/St_Johns",
        "nonsense",
        "",
    ];
    for (at, shown) in [
        ("2026-10-25T01:29:59Z", false),
        ("2026-10-25T01:30:00Z", true),
        ("2026-10-26T07:59:59Z", true),
        ("2026-10-26T08:00:00Z", false),
        // A local time is one of the site's zone, not of the machine's: in London it is this late an hour after.
        ("2026-10-25 01:29", false),
        ("2026-10-25 02:00", true),
    ] {
        let expected = list("UTC", at);
        assert_eq!(expected.0.contains("Timed"), shown, "{at}: {expected:?}");
        for zone in zones {
            assert_eq!(list(zone, at), expected, "{zone}, {at}");
        }
    }
}

#[test]
#[ignore = "shows the case of CROSSBRIEF_SEED"]
fn show() {
    let seed = std::env::var("CROSSBRIEF_SEED").expect("a seed").parse().expect("a number");
    let case = Case::roll(seed, Tlp::ALL[(seed % 5) as usize]);
    for (path, text) in &case.whole {
        let bare = case.bare.get(path);
        println!("=== {path} {}", if bare == Some(text) { "" } else { "DIFFERS" });
        println!("{}", String::from_utf8_lossy(text));
        if let Some(bare) = bare.filter(|bare| *bare != text) {
            println!("--- as if:\n{}", String::from_utf8_lossy(bare));
        }
    }
}
