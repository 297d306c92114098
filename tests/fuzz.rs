//! The promises of the fuzz targets (`fuzz/`), held for their seeds and for seeded changes of them.
//!
//! `cargo fuzz` looks for inputs that break them, for as long as it is let; this looks for a moment, on any
//! compiler, and keeps the targets compiling. `FUZZ_ROUNDS=5000 cargo test --test fuzz` looks longer.

#[allow(dead_code, reason = "the oracle serves other tests too")]
#[path = "../fuzz/src/lib.rs"]
mod bodies;

use std::path::Path;

/// Changes of each seed; the same every time.
const ROUNDS: u64 = 30;

/// Pieces that mean something to one parser or another.
const PIECES: [&str; 40] = [
    "\n",
    "\n\n",
    "---\n",
    ":",
    ": ",
    "- ",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "\"",
    "'",
    "<",
    ">",
    "&",
    "&#x3c;",
    "*",
    "_",
    "`",
    "```\n",
    "$",
    "|",
    "[^",
    "[[",
    "![",
    "]]",
    "::",
    ":::",
    "@s1",
    "<!--",
    "-->",
    "javascript:",
    "../",
    "%2e",
    "\\",
    "\u{301}",
    "\u{202E}",
    "é",
];

struct Random(u64);

impl Random {
    /// A number below `end` (xorshift64).
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

/// Puts in, takes out, doubles and swaps a few pieces.
fn changed(seed: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(20)).min(bytes.len());
        match random.below(6) {
            0 | 1 => drop(bytes.splice(at..at, PIECES[random.below(PIECES.len())].bytes())),
            2 => drop(bytes.splice(at..end, PIECES[random.below(PIECES.len())].bytes())),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            _ => {
                let from = random.below(other.len());
                let part = &other[from..(from + random.below(60)).min(other.len())];
                bytes.splice(at..at, part.iter().copied());
            }
        }
    }
    bytes
}

fn hold(target: &str, run: fn(&[u8])) {
    let rounds = std::env::var("FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).expect("seeds").map(|entry| entry.expect("a readable entry").path()).collect();
    files.sort();
    assert!(files.len() >= 3, "{target} has hardly any seeds");
    let seeds: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).expect("a readable seed")).collect();
    let tried = |bytes: &[u8]| {
        if std::panic::catch_unwind(|| run(bytes)).is_err() {
            panic!("{target} breaks at {:?}", String::from_utf8_lossy(bytes));
        }
    };
    for (number, seed) in seeds.iter().enumerate() {
        tried(seed);
        let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ (number as u64 + 1));
        for _ in 0..rounds {
            tried(&changed(seed, &seeds[random.below(seeds.len())], &mut random));
        }
    }
}

#[test]
fn front_matter_is_read_or_told() {
    hold("front_matter", bodies::front_matter::run);
}

#[test]
fn markdown_becomes_harmless_html() {
    hold("markdown", bodies::markdown::run);
}

/// Every character in every place of a formula where its reader passes on what stands there.
#[test]
fn formulas_are_only_formulas() {
    let places = [
        "C",
        "\\C",
        "\\operatorname{C}",
        "\\operatorname{aCb}",
        "\\operatorname{CimgC}",
        "\\operatorname*{CpC}x",
        "\\text{C}",
        "\\mathrm{C}",
        "\\left C x\\right C",
        "\\big C",
        "x_C^C",
        "\\overset{C}{x}",
        "\\not C",
        "\\sqrt[C]{C}",
        "\\begin{array}{C}C\\end{array}",
        "\\color{C}x",
        "\\hspace{C}",
        "\\tag{C}x",
        "\\begin{C}x\\end{C}",
        "\\mathbb{C}",
    ];
    for c in (' '..='~').chain(['é', '\u{338}', '\u{a0}']) {
        let text: String =
            places.iter().map(|place| format!("\0${}$\n\n", place.replace('C', &c.to_string()))).collect();
        bodies::markdown::run(text.as_bytes());
    }
    bodies::markdown::run(b"\0$\\operatorname{<script>alert(1)</script>}$ $\\operatorname{<img src=x onerror=alert(1)>}x$ $a \\lt b \\not\\lt c$\n");
}

#[test]
fn names_are_found_where_they_stand() {
    hold("mentions", bodies::mentions::run);
}

#[test]
fn paths_stay_within_the_site() {
    hold("paths", bodies::paths::run);
}

#[test]
fn tidying_changes_nothing_that_is_read() {
    hold("tidy", bodies::tidy::run);
}
