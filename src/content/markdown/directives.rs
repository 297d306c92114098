//! Block directives: shortcodes on lines of their own.
//!
//! `:::name{key="value"}` opens a container and `:::` closes it; `::name[label]{key="value"}` stands alone. The lines
//! are taken out before the Markdown parser sees the text, and a marker is put in their place that it passes on as a
//! block of its own. A text without such lines costs one search.

use std::borrow::Cow;
use std::ops::Range;

use borsh::{BorshDeserialize, BorshSerialize};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::base::diagnostics::{Diagnostic, Place, Tally};
use crate::content::markdown::Body;

/// A directive as written.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Call {
    /// Name of the component.
    pub name: String,
    /// Arguments in order; a bare word has the value `true`.
    pub args: Vec<(String, String)>,
    /// Words after the name, outside the braces: `amber` in `:::tlp amber`.
    pub words: Vec<String>,
    /// Whether it is a container.
    pub container: bool,
    /// Its line, in bytes of the file.
    pub span: Range<usize>,
    /// All of it, for a container: from its line to the one that closes it, or the end of the text.
    pub block: Range<usize>,
}

/// A text whose directives are replaced by markers.
#[derive(Debug)]
pub struct Prepared<'a> {
    /// The text for the parser.
    pub text: Cow<'a, str>,
    /// The directives in order.
    pub calls: Vec<Call>,
    /// Where the parser's text departs from the body: from the first byte on, it goes on with the body's second byte.
    shifts: Vec<(usize, usize)>,
    offset: usize,
    /// Where the body ends in the file: what closes blocks that are open there comes from nowhere behind it.
    end: usize,
}

/// What a marker stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// The directive with this index opens or stands alone.
    Open(usize),
    /// The innermost container ends.
    Close,
}

impl<'a> Prepared<'a> {
    /// A body without directives: the parser reads it as it is.
    pub fn without_directives(body: &Body<'a>) -> Self {
        Self {
            text: Cow::Borrowed(body.text),
            calls: Vec::new(),
            shifts: Vec::new(),
            offset: body.offset,
            end: body.offset + body.text.len(),
        }
    }

    /// Whether the parser reads the body as it is.
    pub fn is_plain(&self) -> bool {
        matches!(self.text, Cow::Borrowed(_))
    }

    /// The bytes of the file that bytes of the prepared text come from.
    pub fn in_file(&self, range: Range<usize>) -> Range<usize> {
        let map = |at: usize| {
            let before = self.shifts.partition_point(|(from, _)| *from <= at);
            let (from, body) = before.checked_sub(1).map_or((0, 0), |last| self.shifts[last]);
            (self.offset + body + (at - from)).min(self.end)
        };
        map(range.start)..map(range.end).max(map(range.start))
    }
}

/// Markers are HTML comments that begin with a character of no meaning.
const MARK: &str = "<!--\u{E000}";

/// What an author's own comment begins with that would look like a marker: it has as many bytes.
const NO_MARK: &str = "<!--\u{FFFD}";

/// Most containers that are open at once: each is written anew into the one around it.
const DEEPEST: usize = 32;

/// Reads a marker out of a block of HTML.
pub fn marker(html: &str) -> Option<Marker> {
    let inner = html.trim().strip_prefix(MARK)?.strip_suffix("-->")?;
    match inner {
        "/" => Some(Marker::Close),
        number => number.parse().ok().map(Marker::Open),
    }
}

/// Takes the directives out of a text.
pub fn prepare<'a>(body: &Body<'a>, options: Options, diagnostics: &mut Vec<Diagnostic>) -> Prepared<'a> {
    if !body.text.contains("::") {
        return Prepared::without_directives(body);
    }
    let mut tally = Tally::default();
    let mut tell = |diagnostic: Diagnostic| tally.tell(diagnostics, diagnostic);
    let code = code_ranges(body.text, options);
    let is_code = |at: usize| {
        let before = code.partition_point(|range| range.start <= at);
        before > 0 && code[before - 1].contains(&at)
    };
    let mut text = String::with_capacity(body.text.len() + 64);
    let mut prepared = Prepared::without_directives(body);
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for line in body.text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let content = line.trim();
        let indent = line.len() - line.trim_start().len();
        let colons = content.bytes().take_while(|byte| *byte == b':').count();
        // An indented block of code begins after its indent.
        let in_code = is_code(start) || is_code(start + indent);
        if colons < 2 || indent > 3 || in_code {
            if !in_code && hides(content) {
                let span = body.offset + start + indent..body.offset + start + indent + content.len();
                tell(
                    Diagnostic::error("bad-directive", "a marked block cannot begin inside a list or quotation")
                        .at(Place::span(body.path, span))
                        .help("put `:::tlp` and the line that closes it at the margin, around the whole list"),
                );
            }
            text.push_str(&unmarked(line));
            continue;
        }
        let span = body.offset + start + indent..body.offset + start + indent + content.len();
        let rest = content[colons..].trim_start();
        let place = || Place::span(body.path, span.clone());
        let mark = if rest.is_empty() && colons >= 3 {
            // A closer ends the innermost container; one with more colons ends those opened with as many.
            match open.iter().rposition(|(_, opened)| *opened <= colons) {
                Some(index) => {
                    let closed = open.len() - index;
                    for (call, _) in open.drain(index..) {
                        prepared.calls[call].block.end = body.offset + at;
                    }
                    vec![format!("{MARK}/-->"); closed]
                }
                None => {
                    tell(
                        Diagnostic::error("stray-directive", "this `:::` closes nothing")
                            .at(place())
                            .help("take it out, or open a block above it with `:::name`"),
                    );
                    Vec::new()
                }
            }
        } else {
            match call(rest, colons >= 3, span.clone()) {
                Ok(call) if call.container && open.len() >= DEEPEST => {
                    tell(
                        Diagnostic::error("too-deep", format!("blocks are nested more than {DEEPEST} deep here"))
                            .at(place())
                            .help(format!("close some of them: what is open begins with `:::{}`", call.name)),
                    );
                    Vec::new()
                }
                Ok(call) => {
                    if call.container {
                        open.push((prepared.calls.len(), colons));
                    }
                    prepared.calls.push(call);
                    vec![format!("{MARK}{}-->", prepared.calls.len() - 1)]
                }
                // `::` alone, or in prose, is no directive.
                Err(None) => {
                    if hides(content) {
                        tell(
                            Diagnostic::error("bad-directive", "a marked block begins with three colons")
                                .at(place())
                                .help("write `:::tlp amber`, and `:::` on a line of its own where the block ends"),
                        );
                    }
                    text.push_str(&unmarked(line));
                    continue;
                }
                Err(Some((message, help))) => {
                    tell(Diagnostic::error("bad-directive", message).at(place()).help(help));
                    Vec::new()
                }
            }
        };
        text.push('\n');
        for mark in mark {
            text.push_str(&mark);
            text.push_str("\n\n");
        }
        prepared.shifts.push((text.len(), at));
    }
    for (index, _) in open.iter().rev() {
        let call = &mut prepared.calls[*index];
        call.block.end = body.offset + body.text.len();
        tell(
            Diagnostic::error("unclosed-directive", format!("`:::{}` is never closed", call.name))
                .at(Place::span(body.path, call.span.clone()))
                .help("write a line `:::` where the block ends"),
        );
        text.push_str(&format!("\n\n{MARK}/-->\n"));
    }
    prepared.text = Cow::Owned(text);
    prepared
}

/// A line without what looks like a marker.
fn unmarked(line: &str) -> Cow<'_, str> {
    if line.contains(MARK) { Cow::Owned(line.replace(MARK, NO_MARK)) } else { Cow::Borrowed(line) }
}

/// Whether a line that is no directive looks as if it would hide what follows: in a list or quotation, or far indented.
fn hides(line: &str) -> bool {
    let inner = line.trim_start_matches(|c: char| c.is_whitespace() || c.is_ascii_digit() || ">-*+.)".contains(c));
    let name = inner.trim_start_matches(':');
    inner.len() - name.len() >= 2 && name.trim_start().to_ascii_lowercase().starts_with("tlp")
}

/// The bytes of code blocks, in which colons are colons.
fn code_ranges(text: &str, options: Options) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = None;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_)) => start = Some(range.start),
            Event::End(TagEnd::CodeBlock) => ranges.extend(start.take().map(|start| start..range.end)),
            _ => {}
        }
    }
    ranges
}

type Fault = Option<(String, &'static str)>;

/// Reads `name words [label]{key="value" flag}`.
fn call(text: &str, container: bool, span: Range<usize>) -> Result<Call, Fault> {
    let name_end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).unwrap_or(text.len());
    let name = &text[..name_end];
    if name.is_empty() || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(None);
    }
    let block = span.clone();
    let mut call = Call { name: name.to_string(), args: Vec::new(), words: Vec::new(), container, span, block };
    let mut rest = text[name_end..].trim();
    if let Some(inner) = rest.strip_prefix('[') {
        let Some((label, after)) = inner.split_once(']') else {
            return Err(Some(("this label is never closed".to_string(), "write `]` at its end")));
        };
        call.args.push(("label".to_string(), label.trim().to_string()));
        rest = after.trim();
    }
    let (words, braces) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
    call.words = words.split_whitespace().map(str::to_string).collect();
    // A leaf with words but no braces is a line of prose that begins with two colons.
    if !container && !call.words.is_empty() {
        return Err(None);
    }
    if let Some(inner) = braces.strip_prefix('{') {
        let Some(inner) = inner.trim_end().strip_suffix('}') else {
            return Err(Some(("these arguments are never closed".to_string(), "write `}` at the end of the line")));
        };
        call.args.extend(arguments(inner)?);
    }
    Ok(call)
}

/// Reads `key="value" key=value flag`.
fn arguments(text: &str) -> Result<Vec<(String, String)>, Fault> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_whitespace() || c == '=' || c == ',').unwrap_or(rest.len());
        let key = &rest[..end];
        if key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            return Err(Some((
                format!("`{}` is no argument", rest.trim_end()),
                "write `name=\"value\"`, with a space between arguments",
            )));
        }
        rest = &rest[end..];
        let mut value = "true".to_string();
        if let Some(after) = rest.strip_prefix('=') {
            let (read, tail) = value_of(after)?;
            value = read;
            rest = tail;
        }
        if found.iter().any(|(known, _)| known == key) {
            return Err(Some((format!("the argument `{key}` is given twice"), "take one of them out")));
        }
        found.push((key.replace('-', "_"), value));
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    }
    Ok(found)
}

fn value_of(text: &str) -> Result<(String, &str), Fault> {
    let Some(quote) = text.chars().next().filter(|c| *c == '"' || *c == '\'') else {
        let end = text.find(|c: char| c.is_whitespace() || c == ',').unwrap_or(text.len());
        return Ok((text[..end].to_string(), &text[end..]));
    };
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\\' if !escaped => escaped = true,
            c if c == quote && !escaped => return Ok((value, &text[at + c.len_utf8()..])),
            c => {
                if escaped && c != quote && c != '\\' {
                    value.push('\\');
                }
                value.push(c);
                escaped = false;
            }
        }
    }
    Err(Some((
        "this value is never closed".to_string(),
        "write a quotation mark at its end; within the value write `\\\"`",
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::paths::SourcePath;

    fn calls(text: &str) -> (Vec<Call>, Vec<String>) {
        let path = SourcePath::new("a.md");
        let mut diagnostics = Vec::new();
        let prepared = prepare(&Body { path: &path, text, offset: 0 }, Options::empty(), &mut diagnostics);
        (prepared.calls, diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect())
    }

    #[test]
    fn directives_are_read() {
        let (calls, faults) =
            calls("::figure{src=\"a.svg\" alt='A \\'b\\'' wide}\n\n:::tlp amber\nText\n:::\n::map[Kyiv]{lat=50.45}\n");
        assert_eq!(faults, Vec::<String>::new());
        let arg = |key: &str, value: &str| (key.to_string(), value.to_string());
        assert_eq!(calls[0].args, [arg("src", "a.svg"), arg("alt", "A 'b'"), arg("wide", "true")]);
        assert_eq!((calls[1].name.as_str(), calls[1].words.as_slice()), ("tlp", ["amber".to_string()].as_slice()));
        assert_eq!(calls[2].args, [arg("label", "Kyiv"), arg("lat", "50.45")]);
    }

    #[test]
    fn colons_in_code_and_prose_stay() {
        let (calls, faults) = calls("```\n::figure{}\n```\n\n:: not one\n\n::std vec\n\n    ::figure{}\n");
        assert!(calls.is_empty() && faults.is_empty(), "{calls:?} {faults:?}");
    }

    #[test]
    fn containers_know_where_they_end() {
        let text = "A\n:::tlp amber\nB\n\n:::aside\nC\n:::\n:::\nD\n:::tlp red\nE";
        let (found, faults) = calls(text);
        let blocks: Vec<&str> = found.iter().map(|call| &text[call.block.clone()]).collect();
        assert_eq!(blocks, [&text[2..37], ":::aside\nC\n:::\n", ":::tlp red\nE"]);
        assert_eq!(faults, ["`:::tlp` is never closed"]);
    }

    #[test]
    fn what_closes_an_open_block_is_no_part_of_the_file() {
        let path = SourcePath::new("a.md");
        let text = ":::aside\nText\n\n# Heading";
        let body = Body { path: &path, text, offset: 7 };
        let prepared = prepare(&body, Options::empty(), &mut Vec::new());
        let heading = Parser::new(&prepared.text)
            .into_offset_iter()
            .find_map(|(event, range)| matches!(event, Event::Start(Tag::Heading { .. })).then_some(range));
        assert_eq!(prepared.in_file(heading.expect("a heading")), 7 + 15..7 + text.len());
    }

    #[test]
    fn nobody_else_writes_markers() {
        let path = SourcePath::new("a.md");
        for forged in ["/", "0", "1"] {
            let text = format!(":::tlp amber\nA\n.{MARK}{forged}-->\n\n{MARK}{forged}-->\nB\n:::\n");
            let body = Body { path: &path, text: &text, offset: 0 };
            let prepared = prepare(&body, Options::empty(), &mut Vec::new());
            assert_eq!(prepared.text.matches(MARK).count(), 2, "{}", prepared.text);
            assert_eq!(prepared.text.matches(NO_MARK).count(), 2, "{}", prepared.text);
        }
        assert_eq!(MARK.len(), NO_MARK.len());
    }

    #[test]
    fn a_marked_block_in_a_list_is_told_of() {
        for text in
            ["> :::tlp amber\n> A\n> :::\n", "- A\n- :::TLP red\n", "- A\n\n     ::: tlp red\n", "1. ::::tlp red\n"]
        {
            assert_eq!(calls(text).1, ["a marked block cannot begin inside a list or quotation"], "{text}");
        }
        assert!(calls("    :::tlp red\n\n```\n> :::tlp red\n```\n").1.is_empty());
    }

    #[test]
    fn a_marked_block_that_is_none_is_told_of() {
        for text in ["::tlp amber\nA\n", ":: TLP: amber\nA\n", "- ::tlp amber\n"] {
            assert!(calls(text).1.iter().any(|fault| fault.starts_with("a marked block ")), "{text}");
        }
        assert!(calls("TLP::AMBER\n\nstd::tlp\n").1.is_empty());
    }

    #[test]
    fn faults_are_told() {
        let (_, faults) = calls(":::\n::figure{src=\"a}\n::figure{src=a src=b}\n:::aside\nText\n");
        assert_eq!(
            faults,
            [
                "this `:::` closes nothing",
                "this value is never closed",
                "the argument `src` is given twice",
                "`:::aside` is never closed"
            ]
        );
    }
}
