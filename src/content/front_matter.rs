//! The front matter of a Markdown file: where it stands, and what must not stand in it.
//!
//! Knows bytes and lines; what the keys mean is known elsewhere.

use std::ops::Range;

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::paths::SourcePath;
use crate::base::source_text;
use crate::base::text::is_invisible_control;
use crate::base::yaml::{Opening, front_matter_block};

/// Largest front matter in bytes.
pub const LARGEST: usize = 64 << 10;
/// Most control characters that are told of one file.
const MOST_CHARACTERS: usize = 10;

/// The text of a Markdown file, and where its parts are. Byte positions in diagnostics count in this text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceText {
    /// The file in UTF-8, without a byte order mark, lines ended by `\n`.
    pub text: String,
    /// The YAML between the lines `---`.
    pub yaml: Option<Range<usize>>,
    /// The Markdown below.
    pub body: Range<usize>,
}

/// Reads a file's text: see [`source_text::read`].
pub fn text(path: &SourcePath, bytes: &[u8]) -> (Option<String>, Vec<Diagnostic>) {
    source_text::read(path, bytes)
}

/// Reads a Markdown file and finds its front matter. `None` when it cannot be told what is front matter and what is
/// text: nothing of such a file may be used.
pub fn split(path: &SourcePath, bytes: &[u8]) -> (Option<SourceText>, Vec<Diagnostic>) {
    let (text, mut diagnostics) = source_text::read(path, bytes);
    let Some(mut text) = text else { return (None, diagnostics) };
    let block = front_matter_block(&text);
    let fault = match &block.opening {
        Opening::Closed => None,
        Opening::Text => misplaced(path, &text),
        Opening::Unclosed(line) => Some(
            Diagnostic::error("bad-front-matter", "this front matter is never closed")
                .at(Place::span(path, line.clone()))
                .label("begins here")
                .help("put a line `---` below its last key; a rule at the top of a text is written `***`"),
        ),
        Opening::Toml(line) => Some(
            Diagnostic::error("bad-front-matter", "this front matter is TOML, and only YAML is read")
                .at(Place::span(path, line.clone()))
                .help("put it between lines `---` and write `key: value` instead of `key = value`"),
        ),
    };
    let too_large = block.yaml.as_ref().filter(|yaml| yaml.len() > LARGEST).map(|yaml| {
        Diagnostic::error(
            "too-large",
            format!("this front matter has {} KiB; at most 64 KiB are read", yaml.len().div_ceil(1024)),
        )
        .at(Place::span(path, yaml.start..yaml.start))
        .help("put the text below the front matter, or is the line `---` that ends it missing?")
    });
    if let Some(fault) = fault.or(too_large) {
        diagnostics.push(fault);
        return (None, diagnostics);
    }
    if let Some(yaml) = &block.yaml {
        diagnostics.extend(characters(path, &mut text, yaml.clone()));
    }
    (Some(SourceText { text, yaml: block.yaml, body: block.body }), diagnostics)
}

/// Tells of control characters (errors) and of characters that are not seen and change what is (warnings). Control
/// characters become spaces, so that what stands around them can be read.
fn characters(path: &SourcePath, text: &mut String, yaml: Range<usize>) -> Vec<Diagnostic> {
    let suspect = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || is_invisible_control(c);
    let found: Vec<(usize, char)> =
        text[yaml.clone()].char_indices().filter(|(_, c)| suspect(*c)).map(|(at, c)| (yaml.start + at, c)).collect();
    for (at, c) in found.iter().filter(|(_, c)| c.is_control()) {
        text.replace_range(*at..at + c.len_utf8(), &" ".repeat(c.len_utf8()));
    }
    let tell = |(at, c): &(usize, char)| {
        let code_point = format!("U+{:04X}", u32::from(*c));
        let diagnostic = if c.is_control() {
            Diagnostic::error(
                "control-character",
                format!("the control character {code_point} stands in the front matter"),
            )
        } else {
            Diagnostic::warning(
                "invisible-character",
                format!("the invisible character {code_point} stands in the front matter"),
            )
        };
        diagnostic.at(Place::span(path, *at..at + c.len_utf8())).help("take it out")
    };
    let controls = found.iter().filter(|(_, c)| c.is_control()).take(MOST_CHARACTERS);
    let invisible = found.iter().filter(|(_, c)| !c.is_control()).take(MOST_CHARACTERS);
    controls.chain(invisible).map(tell).collect()
}

/// Tells of front matter that stands below a text. Its keys would be shown to readers, and a `draft: true` among them
/// would do nothing.
fn misplaced(path: &SourcePath, text: &str) -> Option<Diagnostic> {
    let mut at = 0;
    let lines: Vec<(usize, &str)> = text
        .split_inclusive('\n')
        .take(200)
        .map(|line| {
            let start = at;
            at += line.len();
            (start, line.trim_end())
        })
        .collect();
    let first = lines.iter().position(|(_, line)| *line == "---")?;
    let last = first + 1 + lines[first + 1..].iter().position(|(_, line)| matches!(*line, "---" | "..."))?;
    let between = &lines[first + 1..last];
    let is_key = |line: &str| {
        line.split_once(':').is_some_and(|(key, rest)| {
            !key.is_empty()
                && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
                && (rest.is_empty() || rest.starts_with(' '))
        })
    };
    let looks_like_keys = between.first().is_some_and(|(_, line)| is_key(line))
        && between.iter().all(|(_, line)| is_key(line) || line.is_empty() || line.starts_with([' ', '-', '#']));
    let start = lines[first].0;
    looks_like_keys.then(|| {
        Diagnostic::error("bad-front-matter", "front matter has to stand at the very top of the file")
            .at(Place::span(path, start..start + 3))
            .help("move it above the text; a rule in a text is also written `***`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(file: &str) -> (Option<String>, String) {
        let (source, diagnostics) = split(&SourcePath::new("content/a.md"), file.as_bytes());
        assert_eq!(diagnostics, [], "{file:?}");
        let source = source.unwrap();
        (source.yaml.map(|yaml| source.text[yaml].to_string()), source.text[source.body].to_string())
    }

    fn fault(file: &str) -> String {
        let (source, diagnostics) = split(&SourcePath::new("content/a.md"), file.as_bytes());
        assert!(source.is_none(), "{file:?}");
        diagnostics[0].message.clone()
    }

    #[test]
    fn every_way_of_writing_it_gives_the_same() {
        let expected = (Some("title: A\n".to_string()), "Text\n".to_string());
        for file in [
            "---\ntitle: A\n---\nText\n",
            "---\r\ntitle: A\r\n---\r\nText\r\n",
            "---\rtitle: A\r---\rText\r",
            "\u{FEFF}---\ntitle: A\n---\nText\n",
            "\n\n---\ntitle: A\n...\nText\n",
            "---  \ntitle: A\n---\t\nText\n",
        ] {
            assert_eq!(parts(file), expected, "{file:?}");
        }
    }

    #[test]
    fn without_front_matter_all_is_text() {
        for file in [
            "",
            "Text\n",
            "# Heading\n\n---\n\nMore\n",
            "----\na: b\n----\n",
            "--- x\n",
            "Text\n---\nNote: this is prose.\n---\n",
        ] {
            assert_eq!(parts(file), (None, file.to_string()), "{file:?}");
        }
    }

    #[test]
    fn rules_in_the_body_stay() {
        assert_eq!(parts("---\na: b\n---\nText\n\n---\n\nMore\n").1, "Text\n\n---\n\nMore\n");
        assert_eq!(parts("---\n---\n").0.as_deref(), Some(""));
        assert_eq!(parts("---\na: b\n---").1, "");
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused() {
        assert_eq!(fault("---\ntitle: A\n\nText\n"), "this front matter is never closed");
        assert_eq!(fault("---"), "this front matter is never closed");
        assert_eq!(fault("+++\ntitle = 'A'\n+++\n"), "this front matter is TOML, and only YAML is read");
        assert_eq!(fault("# Heading\n\n---\ntlp: RED\n---\n"), "front matter has to stand at the very top of the file");
        assert_eq!(
            fault(&format!("---\ntitle: {}\n---\n", "x".repeat(LARGEST))),
            "this front matter has 65 KiB; at most 64 KiB are read"
        );
    }

    #[test]
    fn hidden_characters_are_told() {
        let (source, diagnostics) =
            split(&SourcePath::new("a.md"), "---\ntitle: A\u{1b}[31mB\nsummary: a\u{202E}b\u{85}\n---\n".as_bytes());
        let source = source.unwrap();
        assert_eq!(&source.text[source.yaml.unwrap()], "title: A [31mB\nsummary: a\u{202E}b  \n");
        let messages: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "the control character U+001B stands in the front matter",
                "the control character U+0085 stands in the front matter",
                "the invisible character U+202E stands in the front matter",
            ]
        );
    }
}
