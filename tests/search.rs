//! What can be searched on whole sites: which files there are, what is in them, what an edit makes anew, and how large
//! they are. `tests/browser/search.mjs` types into the page itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crossbrief::base::paths::{OutputPath, SourcePath};
use crossbrief::build::incremental::{self, Before, Built, Known, Rest};
use crossbrief::build::revise::revise;
use crossbrief::build::sink::MemorySink;
use crossbrief::build::{self, Loaded, Request};
use crossbrief::content::vocabulary::Tlp;
use crossbrief::outputs::search::MOST_PACKED;
use crossbrief::site::search::{MOST_ARTICLES, SHARD, postings};
use serde_json::{Value, json};

mod tiny;

type Files = BTreeMap<String, Arc<[u8]>>;

const SITE: &str = "\
//- site.yaml
title: Desk
base_url: https://example.org/desk/
//- content/people/volodymyr-zelenskyy.md
---
name: Volodymyr Zelenskyy
native_name: Володимир Зеленський
weak_aliases: [Zelensky]
tlp: GREEN
---
//- content/briefings/2025-12-10-visit.md
---
title: A visit
people: [Volodymyr Zelenskyy]
countries: [France]
topics: [Energy]
tlp: GREEN
---
The President of Ukraine landed in Paris[^n] to talk of `code` and generators.

[^n]: At Orly.

[^m]: Nothing refers to this leftover.
//- content/briefings/2025-11-01-grid.md
---
title: The grid
topics: [Energy]
---
Power is short, said [a spokesman](https://example.org/).
//- content/briefings/2025-12-24-later.md
---
title: Zqsecret plans
draft: true
topics: [Zqhidden topic]
---
Zqhidden.
";

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

/// Builds a site from scratch.
fn whole(folder: &Path) -> (Loaded, Built, Files) {
    let loaded = build::load(&request(folder, Tlp::Green)).expect("a readable site");
    let sink = MemorySink::new();
    let built = incremental::render(&loaded, Known::default(), &sink, &|| ()).expect("memory");
    assert!(!built.memory.has_errors(), "{:?}", built.diagnostics);
    (loaded, built, named(sink.into_files()))
}

fn named(files: BTreeMap<OutputPath, Arc<[u8]>>) -> Files {
    files.into_iter().map(|(path, bytes)| (path.to_string(), bytes)).collect()
}

/// A shard's words, each with its articles and entities.
fn words(bytes: &[u8]) -> BTreeMap<String, (Vec<(u32, u8)>, Vec<Value>)> {
    let length = u32::from_le_bytes(bytes[..4].try_into().expect("four bytes")) as usize;
    let head: Value = serde_json::from_slice(&bytes[4..4 + length]).expect("a head");
    let mut rest = &bytes[4 + length..];
    let mut found = BTreeMap::new();
    for word in head["w"].as_array().expect("words") {
        let (own, next) = rest.split_at(word[2].as_u64().expect("a size") as usize);
        rest = next;
        let articles: Vec<(u32, u8)> = postings::decode(own).collect();
        assert_eq!(word[1], articles.len(), "{word}");
        let places = word[3].as_array().into_iter().flatten();
        let entities = places.map(|place| head["e"][place.as_u64().expect("a place") as usize].clone()).collect();
        found.insert(word[0].as_str().expect("a word").to_string(), (articles, entities));
    }
    assert!(rest.is_empty());
    found
}

fn text(bytes: &[u8]) -> Value {
    let mut text = String::new();
    flate2::read::DeflateDecoder::new(bytes).read_to_string(&mut text).expect("a packed text");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn words_names_and_texts_are_there_and_nothing_withheld() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    tiny::write(folder.path(), SITE);
    let (_, _, files) = whole(folder.path());
    let start: Value = serde_json::from_slice(&files["search/index.json"]).expect("JSON");
    assert_eq!(start["articles"], 2);
    assert_eq!(start["months"], json!([["2025-11", 0], ["2025-12", 1]]));
    assert_eq!(start["topics"], json!([["Energy", "@topics/energy", 2]]));
    assert_eq!(start["words"], json!([""]));
    let words = words(&files["search/words/0.bin"]);
    let numbers = |word: &str| -> Vec<u32> {
        let (articles, _) = words.get(word).unwrap_or_else(|| panic!("no `{word}` in {:?}", words.keys()));
        articles.iter().map(|(number, _)| *number).collect()
    };
    // The oldest briefing comes first; a name leads to a briefing by all of its spellings.
    assert_eq!((numbers("grid"), numbers("visit")), (vec![0], vec![1]));
    for word in ["zelenskyy", "zelensky", "зеленськии", "orly", "generators", "@topics/energy", "frenchman"] {
        assert_eq!(words[word].0.iter().any(|(number, _)| *number == 1), word != "frenchman", "{word}");
    }
    assert_eq!(numbers("@topics/energy"), [0, 1]);
    let person = json!([0, "Volodymyr Zelenskyy", "people/volodymyr-zelenskyy/", 1, null, "TLP:GREEN"]);
    assert_eq!(words["zelensky"].1, [person]);
    assert_eq!(words["frenchman"].1, [json!([1, "France", "countries/france/", 1, "fr"])]);
    for word in words.keys() {
        assert!(!word.contains("zq") && !word.contains("code") && word != "leftover", "{word}");
    }
    let texts = text(&files["search/texts/0.bin"]);
    assert_eq!(texts.as_array().map(Vec::len), Some(2));
    assert_eq!(texts[1]["marking"], "TLP:GREEN");
    assert_eq!(texts[1]["url"], "briefings/visit/");
    assert_eq!(texts[0]["text"], "Power is short, said a spokesman.\n");
    assert_eq!(texts[1]["text"], "The President of Ukraine landed in Paris to talk of and generators.\nAt Orly.\n");
    let page = String::from_utf8_lossy(&files["search/index.html"]).into_owned();
    assert!(page.contains("href=\"/desk/countries/\"") || page.contains("href=/desk/countries/"), "{page}");

    fs::write(folder.path().join("site.yaml"), "title: Desk\nsearch: false\n").expect("a file");
    let (_, _, files) = whole(folder.path());
    assert!(!files.keys().any(|path| path.starts_with("search/")));
    assert!(!String::from_utf8_lossy(&files["index.html"]).contains("search"));
}

#[test]
fn the_program_makes_the_same_twice() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    tiny::write(folder.path(), SITE);
    let build = |output: &str| tiny::run(folder.path(), &["build", "--fresh", "--output", output]).2;
    assert_eq!((build("one"), build("two")), (0, 0));
    for file in ["index.html", "index.json", "words/0.bin", "texts/0.bin"] {
        let read = |output: &str| fs::read(folder.path().join(output).join("search").join(file)).expect("a file");
        assert_eq!(read("one"), read("two"), "{file}");
    }
}

/// Numbers that look random and are the same each time (Knuth, MMIX).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    /// A made-up word; some are far more common than others.
    fn word(&mut self) -> String {
        const PARTS: [&str; 12] = ["con", "tra", "me", "ли", "ту", "ra", "no", "ис", "pe", "sol", "vi", "da"];
        let rank = self.roll(40) * self.roll(40);
        format!("{}{}{}", PARTS[rank % 12], PARTS[rank / 12 % 12], PARTS[rank / 144 % 12])
    }

    fn text(&mut self, count: usize) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

/// A site whose words lie in many shards.
fn write_large(folder: &Path, dice: &mut Dice) {
    fs::create_dir_all(folder.join("content/briefings")).expect("a folder");
    fs::write(folder.join("site.yaml"), "title: Desk\nlinking: {related: 0}\n").expect("a file");
    for index in 0..400 {
        let text = format!("---\ntitle: Title {index}\ndate: 2025-01-01\nsummary: S.\n---\n{}.\n", dice.text(500));
        fs::write(folder.join(file(index)), text).expect("a file");
    }
}

fn file(index: usize) -> String {
    format!("content/briefings/b{index:03}.md")
}

/// The outputs below `search/` that differ.
fn differing(one: &Files, other: &Files) -> BTreeSet<String> {
    let paths = one.keys().chain(other.keys()).filter(|path| path.starts_with("search/"));
    paths.filter(|path| one.get(*path) != other.get(*path)).cloned().collect()
}

#[test]
fn an_edit_makes_the_shards_anew_that_its_words_are_in() {
    let mut dice = Dice(7);
    let folder = tempfile::tempdir().expect("a temporary folder");
    write_large(folder.path(), &mut dice);
    let (mut loaded, mut built, mut files) = whole(folder.path());
    let shards = |files: &Files| files.keys().filter(|path| path.starts_with("search/words/")).count();
    let all = shards(&files);
    assert!(all > 18, "{all} shards");
    let (mut revised, mut edits) = (0, 0);
    for _ in 0..8 {
        let index = dice.roll(400);
        let path = folder.path().join(file(index));
        let text = fs::read_to_string(&path).expect("a file");
        // Words come and go; the last one is new to the site.
        let cut = text.len() - 1 - dice.roll(20);
        let cut = text.floor_char_boundary(cut);
        fs::write(&path, format!("{} {} {}new.\n", &text[..cut], dice.word(), dice.word())).expect("a file");
        let (clean, made, expected) = whole(folder.path());
        let differs = differing(&files, &expected);
        assert!(
            differs.contains(&format!("search/texts/{}.bin", (399 - index) / 2)) || differs.len() > 1,
            "{differs:?}"
        );
        edits += 1;
        if shards(&expected) == shards(&files) {
            let words = differs.iter().filter(|path| path.starts_with("search/words/")).count();
            assert!(words <= 6, "{words} of {all} shards for a few words: {differs:?}");
        }
        let changed = BTreeSet::from([SourcePath::new(&file(index))]);
        let request = request(folder.path(), Tlp::Green);
        let again = revise(&loaded, &request, &changed).and_then(|(new, articles)| {
            let sink = MemorySink::new();
            let before = Before { memory: &built.memory, faces: &built.faces, told: &built.told };
            let again = incremental::render_revised(&new, &before, &articles, Rest::Elsewhere, &sink, &|| ())
                .expect("memory")?;
            Some((new, again, named(sink.into_files())))
        });
        let Some((new, again, some)) = again else {
            (loaded, built, files) = (clean, made, expected);
            continue;
        };
        files.extend(some);
        assert_eq!(differing(&files, &expected), BTreeSet::new());
        assert_eq!(again.faces.by_name(), made.faces.by_name());
        (loaded, built) = (new, again);
        revised += 1;
    }
    println!("{revised} of {edits} edits were put into the site that there was; {all} shards");
    assert!(revised * 2 > edits, "{revised} of {edits}");
}

#[test]
fn files_stay_small_whatever_the_site() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut dice = Dice(3);
    // Texts that can hardly be packed, and far longer than any briefing.
    let mut site = "//- site.yaml\ntitle: Desk\n".to_string();
    for index in 0..3 {
        let words = (0..40_000).map(|_| format!("{:x}", dice.roll(1 << 30))).collect::<Vec<_>>().join(" ");
        let _ = write!(site, "//- {}\n---\ntitle: B{index}\ndate: 2025-01-01\n---\n{words}\n", file(index));
    }
    tiny::write(folder.path(), &site);
    let (_, _, files) = whole(folder.path());
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".bin")) {
        assert!(bytes.len() <= MOST_PACKED, "{path}: {}", bytes.len());
        if path.starts_with("search/words/") {
            assert!(bytes.len() <= 2 * SHARD, "{path}: {}", bytes.len());
        }
    }
    assert!(files.keys().filter(|path| path.starts_with("search/words/")).count() > 100);
    // What very many articles have is told of the best.
    let many = postings::encode((0..50_000).map(|number| (number, (number % 7) as u8 + 1)));
    let best = postings::best(&many, 50_000, MOST_ARTICLES);
    assert!(best.len() < MOST_PACKED / 2 && postings::decode(&best).all(|(_, impact)| impact >= 6));
}
