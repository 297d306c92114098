//! Mistakes of syntax in plain words.
//!
//! The parser says where it stopped and why, in the language of its grammar. Editors need the place where they went
//! wrong, which is often a line earlier, and what to type; both are found by looking at the text around.

use std::ops::Range;

use super::{Fault, shown};

/// Says in plain words what is wrong. `at` is where the parser stopped, `info` its reason, `bracket` the innermost `[`
/// or `{` that was open then.
pub(super) fn explain(text: &str, at: usize, info: &str, bracket: Option<usize>) -> Fault {
    let at = at.min(text.len());
    if let Some(bracket) = bracket
        && !closes(text, bracket)
    {
        let (open, close) = if text[bracket..].starts_with('[') { ('[', ']') } else { ('{', '}') };
        return Fault::new("bad-yaml", format!("this `{open}` is never closed"), bracket..bracket + 1)
            .label("begins here")
            .help(format!("add the `{close}`, or put the text in quotes when it begins with `{open}`"));
    }
    if info.contains("tab")
        && let Some(fault) = tab(text, at)
    {
        return fault;
    }
    if info.contains("trailing content") || (closed_before(text, at) && !info.contains("misplaced")) {
        return trailing(text, at);
    }
    if info.contains("escape") {
        return escape(text, at);
    }
    if info.contains("quoted scalar") {
        return unclosed_quote(text, at);
    }
    if info.contains("mapping values are not allowed") {
        return second_colon(text, at);
    }
    if info.contains("simple key expect") {
        return no_key(text, at);
    }
    if info.contains("unexpected character") {
        return bad_start(text, at);
    }
    if info.contains("unknown anchor") {
        let word = word_at(text, at);
        return Fault::new(
            "bad-yaml",
            format!("`{}` is read as a YAML alias, and there is no such anchor", shown(&text[word.clone()])),
            word,
        )
        .help("put the whole text in quotes when it begins with `*`");
    }
    if info.contains("misplaced bracket") {
        return Fault::new("bad-yaml", "this bracket closes nothing", one_char(text, at))
            .help("take it out, or put the text in quotes");
    }
    if info.contains("block sequence entries") {
        return Fault::new("bad-yaml", "a list cannot begin on the line of its key", rest_of_line(text, at))
            .help("put each `- entry` on a line of its own, or write `[one, two]`");
    }
    if info.contains("recursion limit") {
        return Fault::new("too-large", "this is nested more than 100 levels deep", one_char(text, at))
            .help("make it flatter");
    }
    if info.contains("unprintable") || info.contains("control character") {
        return Fault::new("bad-yaml", "a control character stands here", one_char(text, at)).help("take it out");
    }
    if info.contains("did not find expected") || info.contains("indentation") {
        return bad_indentation(text, at);
    }
    Fault::new("bad-yaml", "this cannot be read as YAML", rest_of_line(text, at))
        .help("look at quotation marks, colons and indentation near here")
        .help(format!("in the words of the YAML reader: {info}"))
}

/// The bytes of the entry at the top level in which `at` lies, from the start of its first line. `None` when the text
/// is one list in brackets, in which entries cannot be told apart by lines.
pub(super) fn top_entry(text: &str, at: usize) -> Option<Range<usize>> {
    let first = lines(text).find(|line| is_significant(&text[line.clone()]))?;
    let first = &text[first];
    let column = indent(first);
    let is_list = first.trim_start().starts_with('-');
    if first.trim_start().starts_with(['[', '{']) {
        return None;
    }
    let begins_entry = |line: &str| {
        is_significant(line)
            && indent(line) == column
            && !line[column..].starts_with('\t')
            && !line[column..].starts_with([']', '}'])
            && (line[column..] == *"-" || line[column..].starts_with("- ")) == is_list
    };
    let mut entry = 0..text.len();
    for line in lines(text) {
        if begins_entry(&text[line.clone()]) {
            if line.start > at {
                entry.end = line.start;
                break;
            }
            entry.start = line.start;
        }
    }
    Some(entry)
}

/// The ranges of all lines, without their ends.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        start..start + line.trim_end_matches('\n').len()
    })
}

fn is_significant(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#') && line != "---"
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether the bracket at `open` is closed again before its entry ends. Brackets within quotes do not count.
fn closes(text: &str, open: usize) -> bool {
    let end = top_entry(text, open).map_or(text.len(), |entry| entry.end);
    let mut depth = 0_usize;
    let mut quote = None;
    for c in text[open..end.max(open)].chars() {
        match (quote, c) {
            (Some(mark), c) if c == mark => quote = None,
            (Some(_), _) => {}
            (None, '"') => quote = Some('"'),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => {
                depth -= 1;
                if depth == 0 {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// Whether a bracket or quotation mark was closed right before `at`, on the same line.
fn closed_before(text: &str, at: usize) -> bool {
    let before = &text[line_of(text, at).start..at];
    before.trim_end_matches(' ').ends_with([']', '}']) && !text[at..].trim_start_matches(' ').starts_with('\n')
}

/// The first tab that indents a line, from the line of `at` on.
pub(super) fn tab(text: &str, at: usize) -> Option<Fault> {
    let start = line_of(text, at).start;
    lines(text).filter(|line| line.start >= start).find_map(|line| {
        let lead = text[line.clone()].len() - text[line.clone()].trim_start_matches([' ', '\t']).len();
        let tab = text[line.start..line.start + lead].find('\t')?;
        let tab = line.start + tab;
        Some(
            Fault::new("bad-yaml", "a tab is used for indentation", tab..tab + 1)
                .label("a tab")
                .help("indent with spaces: two for each level"),
        )
    })
}

fn trailing(text: &str, at: usize) -> Fault {
    let rest = rest_of_line(text, at);
    let before = text[line_of(text, at).start..at].trim_end();
    if before.ends_with([']', '}']) {
        return Fault::new("bad-yaml", "something follows the closing bracket", rest)
            .help("put the whole text in quotes when it begins with a bracket");
    }
    let fault = Fault::new("bad-yaml", "something follows the closing quotation mark", rest);
    if before.ends_with('\'') {
        fault.help("between single quotes an apostrophe is written twice: `'it''s'`; or use double quotes: `\"it's\"`")
    } else {
        fault.help("between double quotes a quotation mark is written `\\\"`; or put the whole text in single quotes: `'a \"word\"'`")
    }
}

fn escape(text: &str, at: usize) -> Fault {
    const KNOWN: &str = "0abt\tnvfre \"/\\N_LPxuU\n";
    let rest = &text[at..];
    let mut from = 0;
    while let Some(found) = rest[from..].find('\\') {
        let found = from + found;
        let Some(letter) = rest[found + 1..].chars().next() else { break };
        if !KNOWN.contains(letter) {
            let span = at + found..at + found + 1 + letter.len_utf8();
            return Fault::new(
                "bad-yaml",
                format!("`\\{}` means nothing between double quotes", shown(&letter.to_string())),
                span,
            )
            .help("write `\\\\` for a backslash, or put the text in single quotes");
        }
        from = found + 1 + letter.len_utf8();
    }
    Fault::new("bad-yaml", "something after a `\\` between these double quotes means nothing", rest_of_line(text, at))
        .help("write `\\\\` for a backslash, or put the text in single quotes")
}

fn unclosed_quote(text: &str, at: usize) -> Fault {
    let mark = text[at..].chars().next().filter(|mark| ['"', '\''].contains(mark)).unwrap_or('"');
    let fault = Fault::new("bad-yaml", "this quotation mark is never closed", one_char(text, at)).label("begins here");
    fault.help(format!("end the text with `{mark}`; lines that go on with it have to be indented"))
}

fn second_colon(text: &str, at: usize) -> Fault {
    let line = line_of(text, at);
    let words = &text[line.clone()];
    if let Some(first) = words.find(": ").filter(|first| line.start + first < at) {
        let key = words[..first].trim_start().trim_start_matches("- ");
        let value = words[first + 2..].trim();
        let fault =
            Fault::new("bad-yaml", "a second colon makes this another key", one_char(text, at)).label("this colon");
        return if value.len() < 60 && !value.contains(['"', '\\']) {
            fault.help(format!("put the text in quotes: `{}: \"{}\"`", shown(key), shown(value)))
        } else {
            fault.help("put the whole text in quotes")
        };
    }
    // The line is read as going on with a text that began above it.
    match line_before(text, line.start) {
        Some(above) if glued_colon(&text[above.clone()]).is_some() => glued(text, above),
        _ => Fault::new(
            "bad-yaml",
            "this line is indented further than the one above, which holds a value already",
            rest_of_line(text, line.start),
        )
        .help("let keys of one mapping begin in the same column"),
    }
}

fn no_key(text: &str, at: usize) -> Fault {
    let at_line = line_of(text, at);
    // The parser notices at the start of the line below.
    let line = if text[at_line.start..at].trim().is_empty() {
        line_before(text, at_line.start).unwrap_or(at_line)
    } else {
        at_line
    };
    if glued_colon(&text[line.clone()]).is_some() {
        return glued(text, line);
    }
    Fault::new("bad-yaml", "this line has no key", trimmed(text, line))
        .help("a line is `key: value`; indent it when it goes on with the text above")
}

/// The place of a colon with a word before it and none of the space that has to follow.
fn glued_colon(line: &str) -> Option<usize> {
    let body = line.trim_start().trim_start_matches("- ");
    let colon = body.find(':')?;
    let is_word = colon > 0 && body[..colon].chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    let is_glued = body[colon + 1..].starts_with(|c: char| !c.is_whitespace()) && !body[colon + 1..].starts_with("//");
    (is_word && is_glued).then(|| line.len() - body.len() + colon)
}

fn glued(text: &str, line: Range<usize>) -> Fault {
    let colon = line.start + glued_colon(&text[line.clone()]).unwrap_or(0);
    let (key, value) = (text[line.start..colon].trim(), text[colon + 1..line.end].trim());
    Fault::new("bad-yaml", "a space is missing after the colon", colon..colon + 1).label("here").help(format!(
        "write `{}: {}`",
        shown(key),
        shown(value)
    ))
}

fn bad_start(text: &str, at: usize) -> Fault {
    let start = text[at..].chars().next().unwrap_or(' ');
    let value = text[rest_of_line(text, at)].trim();
    let fault =
        Fault::new("bad-yaml", format!("a text without quotes cannot begin with `{start}`"), one_char(text, at));
    if value.len() < 60 && !value.contains(['"', '\\']) {
        fault.help(format!("put it in quotes: `\"{}\"`", shown(value)))
    } else {
        fault.help("put the whole text in quotes")
    }
}

fn bad_indentation(text: &str, at: usize) -> Fault {
    let at = at.min(text.trim_end().len());
    Fault::new("bad-yaml", "this line does not fit the ones above it", rest_of_line(text, at))
        .help("let keys of one mapping, and the `-` of one list, begin in the same column")
}

/// The line in which `at` lies, without its end.
fn line_of(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    start..text[at..].find('\n').map_or(text.len(), |end| at + end)
}

/// The last line with something on it before the one that begins at `start`.
fn line_before(text: &str, start: usize) -> Option<Range<usize>> {
    lines(&text[..start]).filter(|line| is_significant(&text[line.clone()])).last()
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let line = &text[range.clone()];
    let start = range.start + line.len() - line.trim_start().len();
    start..start + line.trim().len()
}

fn rest_of_line(text: &str, at: usize) -> Range<usize> {
    let range = trimmed(text, at..line_of(text, at).end);
    if range.is_empty() { one_char(text, at) } else { range }
}

fn one_char(text: &str, at: usize) -> Range<usize> {
    at..at + text[at..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8)
}

fn word_at(text: &str, at: usize) -> Range<usize> {
    let end = text[at..].find(|c: char| c.is_whitespace() || ",]}".contains(c)).unwrap_or(text.len() - at);
    at..at + end
}
