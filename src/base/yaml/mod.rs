//! YAML into typed values, with every mistake told in one run and in its place.
//!
//! Two paths, one answer. The *fast path* is `serde_yaml` under a [`strict`] wrapper; nearly every text is decoded by
//! it alone. Only when it refuses, the text is read again as a [`tree`] with positions, and decoded from there in an
//! *elimination loop*: each mistake is told, taken out of the tree, and decoding begins anew, until what is left
//! decodes. The tree never makes a text good that the fast path refuses. A text with anything of YAML's rarer parts in
//! it (anchors, tags, merge keys, deep nesting: see [`is_plain`]) must please both, the tree first, since that one
//! counts before it unfolds.
//!
//! ```
//! use crossbrief::base::{paths::SourcePath, yaml};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Meta { title: Option<String>, draft: Option<bool> }
//!
//! let path = SourcePath::new("content/a.md");
//! let (meta, mistakes) = yaml::decode::<Meta>(&path, "titel: A\ndraft: yes\ntitle: B\n", 4);
//! assert_eq!(meta.and_then(|meta| meta.title).as_deref(), Some("B"));
//! assert_eq!(mistakes.len(), 2);
//! ```
//!
//! Knows nothing of what the values mean.

use std::collections::HashSet;
use std::ops::Range;

use serde::de::DeserializeOwned;

use crate::base::diagnostics::{Diagnostic, Place, Severity, Tally};
use crate::base::paths::SourcePath;
use crate::base::suggest::did_you_mean;

mod deserialize;
mod locate;
mod strict;
mod syntax;
mod tree;
pub mod values;

pub use locate::{FrontMatterBlock, Opening, front_matter_block, locate, locate_in_file};

use deserialize::{Found, Mistake, Why};
use tree::{NodeId, Tree};

/// Largest text that is read, in bytes.
pub const LARGEST_TEXT: usize = 4 << 20;
/// With so many mistakes the values of a text are not looked at further.
const MOST_MISTAKES: usize = 100;

/// Decodes YAML that begins at byte `offset` of the file at `path`.
///
/// Without diagnostics there is always a value. With some, the value is what remains when the mistakes are left out,
/// so that the caller can look for mistakes of other kinds: it must not be published. A required text that is missing
/// is then empty, so that entries of lists keep their places. There is no value when the text as a whole is
/// something else, and when a part of it could not be read as YAML.
pub fn decode<T: DeserializeOwned>(path: &SourcePath, text: &str, offset: usize) -> (Option<T>, Vec<Diagnostic>) {
    let (value, faults) = decode_text(text);
    let (mut tally, mut told) = (Tally::default(), Vec::new());
    faults.into_iter().for_each(|fault| tally.tell(&mut told, fault.diagnostic(path, offset)));
    (value, told)
}

/// Decodes; places are bytes of `text`.
fn decode_text<T: DeserializeOwned>(text: &str) -> (Option<T>, Vec<Fault>) {
    if text.len() > LARGEST_TEXT {
        return (None, vec![too_large(text.len())]);
    }
    if !is_plain(text) {
        let (value, faults) = slow::<T>(text);
        if !faults.is_empty() {
            return (value, faults);
        }
    }
    match fast::<T>(text) {
        Ok(value) => (Some(value), Vec::new()),
        Err(error) => {
            let (value, faults) = slow::<T>(text);
            if faults.is_empty() { (None, vec![unexplained(text, &error)]) } else { (value, faults) }
        }
    }
}

fn fast<T: DeserializeOwned>(text: &str) -> Result<T, serde_yaml::Error> {
    T::deserialize(strict::Strict(serde_yaml::Deserializer::from_str(text)))
}

/// Whether `text` has nothing in it that the fast path cannot be trusted with: anchors, aliases, tags, directives,
/// merge keys, keys that are lists, tabs in indentation, nesting beyond all that people write.
///
/// A wrong `false` costs a slower reading and nothing else.
fn is_plain(text: &str) -> bool {
    const DEEP: usize = 50;
    let bytes = text.as_bytes();
    let mut brackets = 0_usize;
    let mut line = 0;
    let begins_word =
        |at: usize| at == 0 || matches!(bytes[at - 1], b' ' | b'\n' | b'\t' | b'[' | b'{' | b',' | b':' | b'-');
    let ends_word = |at: usize| bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace);
    let mut at = 0;
    // The head of a line is looked at as a whole: what is nested deep in blocks stands far to the right.
    loop {
        let head = bytes[line..].iter().take_while(|byte| matches!(byte, b' ' | b'-' | b'?')).count();
        if head > DEEP || matches!(bytes.get(line + head), Some(b'\t' | b'%')) {
            return false;
        }
        while let Some(&byte) = bytes.get(at) {
            if INTERESTING[usize::from(byte)] {
                match byte {
                    b'\n' => break,
                    b'&' | b'*' | b'!' if begins_word(at) && !ends_word(at) => return false,
                    b'!' if begins_word(at) => return false,
                    b'?' if begins_word(at) && ends_word(at) => return false,
                    b'<' if begins_word(at) && bytes.get(at + 1) == Some(&b'<') => return false,
                    b':' if at > 0 && matches!(bytes[at - 1], b']' | b'}') => return false,
                    b'[' | b'{' => brackets += 1,
                    b']' | b'}' => brackets = brackets.saturating_sub(1),
                    _ => {}
                }
                if brackets > DEEP {
                    return false;
                }
            }
            at += 1;
        }
        if at >= bytes.len() {
            return true;
        }
        at += 1;
        line = at;
    }
}

const INTERESTING: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b"\n&*!?<:[]{}";
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

/// Reads the text as a tree and decodes that, telling every mistake.
fn slow<T: DeserializeOwned>(text: &str) -> (Option<T>, Vec<Fault>) {
    let tree::Reading { mut tree, mut faults, incomplete } = tree::read(text);
    if faults.iter().any(|fault| fault.code == "too-large") {
        return (None, faults);
    }
    let mut found = Vec::new();
    let value = eliminate(&mut tree, incomplete, &mut found);
    if found.len() >= MOST_MISTAKES {
        found.push(Fault::new("too-many", "the rest is looked at when these mistakes are mended", 0..0));
    }
    faults.append(&mut found);
    (value.filter(|_| !incomplete), faults)
}

/// Decodes the tree; takes out what is in the way and tells of it, until the rest decodes.
fn eliminate<T: DeserializeOwned>(tree: &mut Tree, incomplete: bool, faults: &mut Vec<Fault>) -> Option<T> {
    // What was taken out is not told to be missing, nor is a value that we put in told to be wrong.
    let mut taken: HashSet<(NodeId, String)> = HashSet::new();
    let mut filled: HashSet<NodeId> = HashSet::new();
    for _ in 0..10 * MOST_MISTAKES {
        let mistake = match deserialize::from_tree::<T>(tree) {
            Ok(value) => return Some(value),
            Err(mistake) => mistake,
        };
        let node = mistake.node().unwrap_or(tree.root);
        if let Why::Missing(key) = mistake.why() {
            let expected = incomplete && node == tree.root;
            if !expected && !taken.contains(&(node, key.to_string())) {
                faults.push(describe(tree, node, &mistake));
            }
            // A key that we put in ourselves and that is missing still cannot be helped.
            if taken.insert((node, format!("{key} filled in")))
                && matches!(tree.node(node).kind, tree::Kind::Mapping { .. })
            {
                filled.insert(tree.fill_in(node, key));
                continue;
            }
            taken.extend(tree.detach(node));
        } else if filled.contains(&node) {
            // No text will do in this place: the entry as a whole goes.
            let holder = tree.holder(node)?;
            taken.extend(tree.detach(holder.node));
            if holder.node == tree.root {
                return None;
            }
        } else {
            faults.push(describe(tree, node, &mistake));
            taken.extend(tree.detach(node));
        }
        if node == tree.root || faults.len() >= MOST_MISTAKES {
            return None;
        }
    }
    None
}

/// A mistake, in bytes of the text.
#[derive(Clone, Debug)]
struct Fault {
    code: &'static str,
    message: String,
    span: Range<usize>,
    label: Option<String>,
    also: Option<(Range<usize>, String)>,
    help: Vec<String>,
}

impl Fault {
    fn new(code: &'static str, message: impl Into<String>, span: Range<usize>) -> Self {
        Self { code, message: message.into(), span, label: None, also: None, help: Vec::new() }
    }

    fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    fn also(mut self, span: Range<usize>, words: &str) -> Self {
        self.also = Some((span, words.to_string()));
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    fn diagnostic(self, path: &SourcePath, offset: usize) -> Diagnostic {
        let place = |span: Range<usize>| Place::span(path, span.start + offset..span.end + offset);
        let severity = if self.code == "too-many" { Severity::Note } else { Severity::Error };
        let mut diagnostic = Diagnostic::new(severity, self.code, self.message).at(place(self.span));
        diagnostic.label = self.label;
        diagnostic.related = self.also.into_iter().map(|(span, words)| (place(span), words)).collect();
        diagnostic.help = self.help;
        diagnostic
    }
}

fn too_large(bytes: usize) -> Fault {
    Fault::new(
        "too-large",
        format!("this is {} KiB of YAML; at most {} KiB are read", bytes.div_ceil(1024), LARGEST_TEXT / 1024),
        0..0,
    )
    .help("split it into several files, or make it a CSV table")
}

/// The fast path refused what the tree finds nothing wrong with.
fn unexplained(text: &str, error: &serde_yaml::Error) -> Fault {
    let at = error.location().map_or(0, |location| location.index()).min(text.len());
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    if let Some(fault) = syntax::tab(text, at).filter(|_| text[at..end].trim_start_matches(' ').starts_with('\t')) {
        return fault;
    }
    Fault::new("bad-yaml", "this cannot be read as YAML", at..end)
        .help("look at quotation marks, colons and indentation near here")
        .help(format!("in the words of the YAML reader: {error}"))
}

/// Says in plain words what serde found at `node`.
fn describe(tree: &Tree, node: NodeId, mistake: &Mistake) -> Fault {
    let holder = tree.holder(node);
    let key = holder.as_ref().and_then(|holder| holder.key);
    let span = tree.pointing(node, key);
    let subject = subject(tree, node);
    match mistake.why() {
        Why::UnknownKey { key, known } => {
            let fault = Fault::new("unknown-key", format!("unknown key `{}`", shown(key)), span);
            match did_you_mean(key, known.iter().copied()) {
                Some(help) => fault.help(help),
                None if known.is_empty() => fault,
                None => fault.help(format!("known here: {}", code_list(known))),
            }
        }
        Why::UnknownWord { word, known } => {
            let message = format!("{subject} is one of {}", plain_list(known));
            let fault = Fault::new("unknown-value", message, span).label(format!("`{}` is none of them", shown(word)));
            match did_you_mean(word, known.iter().copied()) {
                Some(help) => fault.help(help),
                None => fault,
            }
        }
        Why::WrongType { found, expected } => {
            let fault =
                Fault::new("wrong-type", format!("{subject} must be {}", plain(expected)), span).label(this_is(found));
            let fault = match (found, expected.as_str()) {
                (Found::Text(word), "a boolean") => match word.to_lowercase().as_str() {
                    "yes" | "on" | "y" | "1" => fault.help("write `true`"),
                    "no" | "off" | "n" | "0" => fault.help("write `false`"),
                    _ => fault,
                },
                _ => fault,
            };
            match (found, plain(expected).as_str()) {
                (Found::Text(_), "a list of entries") => fault.help("begin each entry on a line of its own with `- `"),
                (Found::Mapping, "a list of entries") => {
                    fault.help("put `- ` before the first key, and indent the others like it")
                }
                _ => fault,
            }
        }
        Why::WrongValue { found, expected } => {
            Fault::new("unknown-value", format!("{subject} must be {}", plain(expected)), span).label(this_is(found))
        }
        Why::Missing(missing) => {
            let message = match &holder {
                None => format!("`{missing}` is missing"),
                Some(holder) if holder.key.is_none() => match tree.holder(holder.node).and_then(|above| above.key) {
                    Some(list) => {
                        format!("this entry of `{}` has no `{missing}`", shown(tree.scalar(list).unwrap_or_default()))
                    }
                    None => format!("this entry has no `{missing}`"),
                },
                Some(_) => format!("{subject} has no `{missing}`"),
            };
            Fault::new("missing-key", message, span).help(format!("add `{missing}: …`"))
        }
        Why::Duplicate(key) => Fault::new("duplicate-key", format!("`{key}` stands here twice"), span),
        Why::Custom(words) => Fault::new("unknown-value", shown(words), span),
    }
}

/// What a mistake is about: a key's value, an entry of a list, or everything.
fn subject(tree: &Tree, node: NodeId) -> String {
    let Some(holder) = tree.holder(node) else { return "this".to_string() };
    if let Some(key) = holder.key {
        return format!("`{}`", shown(tree.scalar(key).unwrap_or_default()));
    }
    match tree.holder(holder.node).and_then(|above| above.key) {
        Some(key) => format!("entry {} of `{}`", holder.index + 1, shown(tree.scalar(key).unwrap_or_default())),
        None => format!("entry {}", holder.index + 1),
    }
}

/// What serde expects, in words that editors use.
fn plain(expected: &str) -> String {
    let words = match expected {
        "a string" | "a borrowed string" | "str" | "string" | "String" | "a character" => "a text",
        "a boolean" => "`true` or `false`",
        "a sequence" | "a seq" | "sequence" => "a list of entries",
        "a map" | "a YAML mapping" => "a mapping (`key: value` lines)",
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "an integer" => "a whole number",
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => "a whole number, 0 or more",
        "f32" | "f64" | "a float" => "a number",
        "unit" | "null" => "empty",
        other if other.starts_with("struct ") => "a mapping (`key: value` lines)",
        other => return shown(other),
    };
    words.to_string()
}

fn this_is(found: &Found) -> String {
    match found {
        Found::Nothing => "this is empty".to_string(),
        Found::Truth(truth) => format!("this is `{truth}`"),
        Found::Number(number) => format!("this is the number {number}"),
        Found::Text(text) if text.chars().count() <= 30 && !text.contains('\n') => {
            format!("this is the text `{}`", shown(text))
        }
        Found::Text(_) => "this is a text".to_string(),
        Found::List => "this is a list".to_string(),
        Found::Mapping => "this is a mapping".to_string(),
    }
}

/// Words of a file as they may stand in a message: short, and on one line.
fn shown(words: &str) -> String {
    crate::base::text::excerpt(&crate::base::text::one_line(words), 200)
}

fn code_list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn plain_list(words: &[&str]) -> String {
    words.join(", ")
}
