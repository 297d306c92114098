//! What texts cost that are made to cost much: each at one, two and four times its length.
//!
//! `cargo bench --bench bombs [WORD]` prints for each kind the time of the three and how it grew: twice is linear, four
//! times is quadratic. A text that is refused costs next to nothing, whatever its length. `tests/bombs.rs` holds what
//! must be refused; the limits of `content/markdown/limits.rs` were read off this table.

use std::time::Instant;

use crossbrief::base::diagnostics::{Diagnostic, count_errors};
use crossbrief::base::paths::SourcePath;
use crossbrief::content::kinds::Kind;
use crossbrief::content::markdown::{
    Body, Call, CitationInfo, ComponentFault, ImageInfo, LinkTarget, MarkdownOptions, Resolved, Resolver, html, prose,
};
use crossbrief::content::read::{self, ParsedFile, Settings};

/// Bytes of the shortest text.
const LENGTH: usize = 32 << 10;

/// Pieces that are repeated, with what stands before and after all of them.
const REPEATED: &[(&str, &str, &str)] = &[
    ("", "word and word. ", ""),
    ("", "paragraph\n\n", ""),
    ("", "[^", ""),
    ("", "[^\n", ""),
    ("", "[^a\n", ""),
    ("", "[^a]\n", ""),
    ("", "[^a]: x\n", ""),
    ("", "<x [^\n", ""),
    ("[^a]: x\n\n", "[^a]", ""),
    ("", "[^a]:\n> ", ""),
    ("", "> [^a]:\n", ""),
    ("", "- [^a]:\n", ""),
    ("", "[a](<b", ""),
    ("", "[a](<b\n", ""),
    ("", "[](", ""),
    ("", "![](", ""),
    ("", "![[", ""),
    ("", "[[a|", ""),
    ("", "[[", ""),
    ("", "[ (](", ""),
    ("", "[a](b \"", ""),
    ("", "[a](b '\n", ""),
    ("", "[", ""),
    ("", "[", "]"),
    ("", "[a][", ""),
    ("[a]: /x\n\n", "[a]", ""),
    ("", "[a]: x\n", ""),
    ("", "[a\n", ""),
    ("", "[a]: <x\n", ""),
    ("", "[a]:\n'", ""),
    ("", "> ", "a"),
    ("", ">", ""),
    ("", "> a\n", ""),
    ("", "* ", "a"),
    ("", "- ", ""),
    ("", "1. ", "a"),
    ("", "1) - > ", "a"),
    ("", "- a\n\n", ""),
    ("", "*", ""),
    ("", "**a", ""),
    ("", "a**b", ""),
    ("", "*a_ ", ""),
    ("", "_a*", ""),
    ("", "[*_a", ""),
    ("", "a***", ""),
    ("", "~a~~", ""),
    ("", "`a", ""),
    ("", "``a`", ""),
    ("", "$a", ""),
    ("", "$$a", ""),
    ("", "${", ""),
    ("", "a$b{", ""),
    ("", "a <!-- ", ""),
    ("", "<!-- ", ""),
    ("", "<!--\n", ""),
    ("", "<!---->", ""),
    ("", "a <![CDATA[", ""),
    ("", "a <?", ""),
    ("", "a <!A ", ""),
    ("", "<a ", ""),
    ("", "<a href='", ""),
    ("", "</a ", ""),
    ("", "<", ""),
    ("", "<div>\n", ""),
    ("", "<x:", ""),
    ("", "&", ""),
    ("", "&#", ""),
    ("", "\\", ""),
    ("", "|", ""),
    ("", "|a", "\n|-|\n"),
    ("|a|\n|-|\n", "|b\n", ""),
    ("", "|a\n|-\n", ""),
    ("", "a\n-\n", ""),
    ("", "a\n: b\n", ""),
    ("", ": ", ""),
    ("", "# a\n", ""),
    ("", "# a {#b}\n", ""),
    ("", "# {", ""),
    ("", "# a {#b .c", "}"),
    ("", "```\n", ""),
    ("", "```a\n```\n::b\n", ""),
    ("", "~~~", ""),
    ("", "    a\n", ""),
    ("", ":::a\n", ""),
    ("", "::::a\n", "\n:::\n"),
    ("", ":::aside\n:::\n", ""),
    ("", ":::\n", ""),
    ("", "::a{b=c}\n", ""),
    ("::a{", "b=c ", "}\n"),
    ("", "> :::tlp red\n", ""),
    ("", ":::tlp red\n", ""),
    ("", ":::timeline\n", ""),
    ("", "- 2025: a\n", ""),
    ("", "![a](b.png)\n\n", ""),
    ("", "![[a]]\n\n", ""),
    ("", "[[a]] ", ""),
    ("", "[a](#b) ", ""),
    ("", "[@s1] ", ""),
    ("", "@s1; ", ""),
    ("[@s1", "; @s1", "]"),
    ("", "- [ ] a\n", ""),
    ("", "> [!NOTE]\n", ""),
    ("", "'\"", ""),
    ("", "\u{301}", ""),
    ("", "\u{FDFA}", ""),
    ("", "a--...", ""),
    ("$", "{", "$"),
    ("$", "a^", "$"),
    ("$", "\\frac", "$"),
    ("$", "\\sqrt{", "$"),
    ("$", "\\left(", "$"),
    ("$", "\\begin{matrix}", "$"),
    ("```rust\n", "(", "\n```\n"),
    ("```html\n", "<a ", "\n```\n"),
    ("```js\n", "`${", "\n```\n"),
    ("```md\n", "> ", "\n```\n"),
];

/// Lines that nest, then lines that are held against all of them.
fn nested() -> Vec<(&'static str, String)> {
    let half = LENGTH / 2;
    let mut made = Vec::new();
    for times in [1, 2, 4] {
        let lines = |open: &str, line: &str| {
            let mut text = open.repeat(half * times / open.len());
            text.push_str("a\n");
            text.push_str(&line.repeat(half * times / line.len()));
            text
        };
        made.push(("lists, then empty lines", lines("- ", "\n")));
        made.push(("lists, then lines", lines("- ", "a\n")));
        made.push(("quotations, then lines", lines(">", "a\n")));
        made.push(("quotations, then empty lines", lines(">", "\n")));
        made.push(("numbers, then rules", lines("1. ", "***\n")));
        let mut text = String::new();
        for depth in 0..(LENGTH as f64 * times as f64).sqrt() as usize {
            text.push_str(&format!("{}- a\n", "  ".repeat(depth)));
        }
        made.push(("lists by indent", text));
    }
    made
}

static WORDS: std::sync::LazyLock<crossbrief::words::Words> =
    std::sync::LazyLock::new(crossbrief::words::Words::built_in);

struct Anywhere;

impl Resolver for Anywhere {
    fn link(&self, _: &LinkTarget) -> Result<Resolved, Box<Diagnostic>> {
        Ok(Resolved { href: "/x/".into(), ..Resolved::default() })
    }
    fn image(&self, _: &str) -> Result<ImageInfo, Box<Diagnostic>> {
        Ok(ImageInfo { url: "/x".into(), ..ImageInfo::default() })
    }
    fn citation(&self, _: &str) -> Result<CitationInfo, Box<Diagnostic>> {
        Ok(CitationInfo { number: 1, title: "A".into() })
    }
    fn component(&self, _: &Call, body: Option<&str>) -> Result<String, ComponentFault> {
        Ok(body.unwrap_or_default().to_string())
    }
    fn embed(&self, _: &LinkTarget, _: usize) -> Result<String, Box<Diagnostic>> {
        Ok("<p>x</p>".into())
    }
    fn language(&self) -> &crossbrief::words::Language {
        WORDS.of("en")
    }
}

/// Reads an article and makes its HTML; the seconds, and whether it was refused.
fn seconds(text: &str) -> (f64, bool) {
    let kinds = Kind::built_in();
    let options = MarkdownOptions::default();
    let zone = crossbrief::config::defaults("site").zone;
    let settings = Settings { zone: &zone, kinds: &kinds, markdown: &options, packed: false };
    let path = SourcePath::new("content/briefings/a.md");
    let file = format!("---\ntitle: A\ndate: 2025-01-01\n---\n{text}");
    let role = read::role("briefings/a.md", &kinds);
    let started = Instant::now();
    let (parsed, diagnostics) = read::parse(&path, &role, file.as_bytes(), &settings);
    let refused = count_errors(&diagnostics) > 0;
    if let (Some(ParsedFile::Article(article, _)), false) = (parsed, refused) {
        let opened = article.document.open(&path);
        let body: Body = opened.body();
        drop(prose(&body, &options));
        drop(html(&body, &options, &Anywhere, &[]));
    }
    (started.elapsed().as_secs_f64(), refused)
}

fn main() {
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with("--"));
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for (before, piece, after) in REPEATED {
        let texts = [1, 2, 4].map(|times| format!("{before}{}{after}", piece.repeat(LENGTH * times / piece.len())));
        rows.push((format!("{before:?} {piece:?} {after:?}"), texts.to_vec()));
    }
    let nested = nested();
    for (name, _) in nested.iter().take(nested.len() / 3) {
        let texts = nested.iter().filter(|(other, _)| other == name).map(|(_, text)| text.clone());
        rows.push((name.to_string(), texts.collect()));
    }
    println!("{:<44} {:>9} {:>9} {:>9} {:>6} {:>6}", "text", "1", "2", "4", "2:1", "4:2");
    for (name, texts) in rows {
        if wanted.as_ref().is_some_and(|word| !name.contains(word.as_str())) {
            continue;
        }
        let times: Vec<(f64, bool)> = texts.iter().map(|text| seconds(text)).collect();
        let ms = |at: usize| times[at].0 * 1000.0;
        let refused = times.iter().filter(|(_, refused)| *refused).count();
        let note = if refused > 0 { format!("  refused: {refused}") } else { String::new() };
        println!(
            "{name:<44} {:>8.1}m {:>8.1}m {:>8.1}m {:>6.1} {:>6.1}{note}",
            ms(0),
            ms(1),
            ms(2),
            ms(1) / ms(0),
            ms(2) / ms(1)
        );
    }
}
