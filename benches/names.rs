//! What it costs to find names: `cargo bench --bench names`.
//!
//! A made-up archive of 10,000 briefings of about 700 words (47 MB) and 5,000 names, from a fixed seed; the same text
//! every time. `scan` looks for the names alone, `mentions` decides what each means and where links go, both on all
//! threads as in a build.

use crossbrief::base::paths::SourcePath;
use crossbrief::config::linking::Linking;
use crossbrief::content::gazetteer::{Gazetteer, Name, Spelling};
use crossbrief::content::markdown::{Body, MarkdownOptions};
use crossbrief::site::mentions::{self, By, Class, Lexicon, Meant, OwnerInfo, Spot, Text};
use divan::Bencher;
use rayon::prelude::*;

const NAMES: usize = 5_000;
const WORDS: usize = 700;

fn main() {
    divan::main();
}

/// Numbers that look like chance (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

fn word(dice: &mut Dice) -> String {
    const PARTS: [&str; 16] =
        ["ba", "ko", "ri", "te", "mu", "sa", "lo", "vi", "ne", "da", "shi", "ra", "po", "gu", "el", "an"];
    (0..2 + dice.roll(2)).map(|_| PARTS[dice.roll(PARTS.len())]).collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Names of two words.
fn names() -> Vec<String> {
    let mut dice = Dice(7);
    (0..NAMES).map(|_| format!("{} {}", capital(&word(&mut dice)), capital(&word(&mut dice)))).collect()
}

/// Texts of paragraphs, with a name in every twentieth place.
fn texts(count: usize) -> Vec<String> {
    const COMMON: [&str; 12] =
        ["the", "of", "and", "to", "in", "said", "that", "for", "with", "on", "government", "minister"];
    let names = names();
    let mut dice = Dice(11);
    let text = |_| {
        let mut text = String::new();
        for at in 0..WORDS {
            match dice.roll(20) {
                0 => text.push_str(&names[dice.roll(names.len())]),
                1..10 => text.push_str(COMMON[dice.roll(COMMON.len())]),
                _ => text.push_str(&word(&mut dice)),
            }
            text.push_str(if at % 90 == 89 {
                ".\n\n"
            } else if at % 15 == 14 {
                ". "
            } else {
                " "
            });
        }
        text
    };
    (0..count).map(text).collect()
}

#[divan::bench(args = [1_000, 10_000], sample_count = 10)]
fn scan(bencher: Bencher, count: usize) {
    let texts = texts(count);
    let names =
        names().into_iter().zip(0..).map(|(text, owner)| Name { text, owner, sort: 0, spelling: Spelling::Case });
    let gazetteer = Gazetteer::new(names);
    // Paragraph by paragraph, as texts are read.
    let scan = |text: &String| text.split("\n\n").map(|run| gazetteer.find(run, "en").len()).sum::<usize>();
    bencher.bench(|| texts.par_iter().map(scan).sum::<usize>());
}

#[divan::bench(args = [1_000, 10_000], sample_count = 5)]
fn mentions(bencher: Bencher, count: usize) {
    let texts = texts(count);
    let owners = names().into_iter().map(|name| {
        let mut owner = OwnerInfo::new(Class::Person, Meant { kind: 0, name: name.clone(), slug: String::new() });
        owner.name(&name, By::Name);
        owner
    });
    let lexicon = Lexicon::new(owners.collect(), &[]);
    let (path, linking, markdown) = (SourcePath::new("a.md"), Linking::default(), MarkdownOptions::default());
    bencher.bench(|| {
        let found = |text: &String| {
            let text = Text {
                lines: vec![(Spot::Title, "A title".into())],
                body: Body { path: &path, text, offset: 0 },
                prose: None,
                lang: "en",
                day: None,
                declared: Default::default(),
                by_hand: Default::default(),
                subject: None,
                nolink: &[],
                markdown: &markdown,
                words: WORDS,
            };
            mentions::find(&lexicon, &linking, &text).mentions.len()
        };
        texts.par_iter().map(found).sum::<usize>()
    });
}
