//! Diagnostics for people and for programs.
//!
//! [`locate_all`] finds the lines and columns, once for all; [`text`] then writes what a person reads on a terminal,
//! and [`json_lines`] what an editor or a CI job reads. Source lines are shown as they are, except that a long line is
//! cut around the place that is meant, and that no character of a file can do anything to a terminal.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use unicode_segmentation::UnicodeSegmentation;

use crate::base::diagnostics::{At, Diagnostic, Place, Severity, Tally};
use crate::base::paths::SourcePath;
use crate::base::text::is_invisible_control;
use crate::base::yaml::locate_in_file;

/// Most characters of a source line that are shown.
const WIDEST_LINE: usize = 120;

/// A diagnostic whose place was looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// How bad it is.
    pub severity: Severity,
    /// The rule.
    pub code: std::borrow::Cow<'static, str>,
    /// What is wrong.
    pub message: String,
    /// Where; none when it is about the site as a whole.
    pub place: Option<LocatedPlace>,
    /// A few words under the caret.
    pub label: Option<String>,
    /// Other places, each with a few words.
    pub related: Vec<(LocatedPlace, String)>,
    /// What to do about it, each a sentence.
    pub help: Vec<String>,
    /// How many more like it in this file are counted and not told.
    pub more: usize,
}

/// A place in a file, as people count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocatedPlace {
    /// The file.
    pub path: SourcePath,
    /// Line, from 1; none when the file as a whole is meant.
    pub line: Option<usize>,
    /// Column of the first character, from 1; none when the line as a whole is meant.
    pub column: Option<usize>,
    /// Column behind the last character on that line, from 1.
    pub end_column: Option<usize>,
    /// What the line says, when it could be read.
    pub shown: Option<ShownLine>,
}

/// A source line as it is shown: cut where it is long, harmless, tabs as spaces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShownLine {
    /// The text.
    pub text: String,
    /// Bytes of it that are meant.
    pub span: (usize, usize),
}

/// How the report looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether it is coloured by terminal escapes.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 140 }
    }
}

/// Looks up the places of all diagnostics and sorts them: by file, line, column, severity, rule; each is there once.
///
/// `source_text` gives the text of a file as `source_text::read` returns it: positions count in that.
///
/// What is only a consequence is left out: a field whose value was refused when it was decoded cannot be right for the
/// later checks, and the author has one thing to mend there. Of each sort the first [`Tally::MOST`] of a file are
/// there, and the last of them knows how many more there are.
pub fn locate_all(diagnostics: &[Diagnostic], source_text: &dyn Fn(&SourcePath) -> Option<Arc<str>>) -> Vec<Located> {
    let mut files = Files { source_text, known: HashMap::new() };
    let mut found: Vec<(Located, bool)> = diagnostics
        .iter()
        .map(|diagnostic| {
            let located = Located {
                severity: diagnostic.severity,
                code: diagnostic.code.clone(),
                message: diagnostic.message.clone(),
                place: diagnostic.place.as_ref().map(|place| files.locate(place)),
                label: diagnostic.label.clone(),
                related: diagnostic.related.iter().map(|(place, words)| (files.locate(place), words.clone())).collect(),
                help: diagnostic.help.clone(),
                more: diagnostic.more,
            };
            (located, matches!(diagnostic.place, Some(Place { at: At::Field(_), .. })))
        })
        .collect();
    let at = |place: &LocatedPlace| (place.path.clone(), place.line, place.column);
    let refused: HashSet<_> = found
        .iter()
        .filter(|(located, _)| {
            matches!(&*located.code, "wrong-type" | "unknown-value" | "missing-key" | "duplicate-key")
        })
        .filter_map(|(located, is_field)| located.place.as_ref().filter(|_| !is_field).map(at))
        .collect();
    found.retain(|(located, is_field)| {
        !is_field || !located.place.as_ref().is_some_and(|place| refused.contains(&at(place)))
    });
    let mut found: Vec<Located> = found.into_iter().map(|(located, _)| located).collect();
    found.sort_by(|left, right| order(left).cmp(&order(right)));
    found.dedup();
    first_of_each_sort(found)
}

/// Leaves the first of each sort and file, and lets the last of them know how many went.
fn first_of_each_sort(found: Vec<Located>) -> Vec<Located> {
    let mut kept: Vec<Located> = Vec::new();
    let mut sorts: HashMap<_, (usize, usize, usize)> = HashMap::new();
    for mut located in found {
        let file = located.place.as_ref().map(|place| place.path.clone());
        let (times, last, more) = sorts.entry((file, located.code.clone(), located.severity)).or_default();
        *times += 1;
        // Some were counted when the file was read, in another order than that of their places.
        *more += std::mem::take(&mut located.more);
        if *times <= Tally::MOST {
            *last = kept.len();
            kept.push(located);
        } else {
            *more += 1;
        }
    }
    sorts.into_values().for_each(|(_, last, more)| kept[last].more = more);
    kept
}

type Order<'a> = (Option<(&'a str, Option<usize>, Option<usize>)>, Severity, &'a str, &'a str);

fn order(located: &Located) -> Order<'_> {
    let place = located.place.as_ref().map(|place| (place.path.as_str(), place.line, place.column));
    (place, located.severity, &*located.code, &located.message)
}

/// The texts of files, each asked for once.
struct Files<'a> {
    source_text: &'a dyn Fn(&SourcePath) -> Option<Arc<str>>,
    known: HashMap<SourcePath, Option<Arc<str>>>,
}

impl Files<'_> {
    fn locate(&mut self, place: &Place) -> LocatedPlace {
        let text = self.known.entry(place.path.clone()).or_insert_with(|| (self.source_text)(&place.path)).clone();
        let whole = |line| LocatedPlace { path: place.path.clone(), line, column: None, end_column: None, shown: None };
        let is_markdown = matches!(place.path.extension().as_str(), "md" | "markdown");
        match (&place.at, text) {
            (At::File, _) => whole(None),
            (At::LineColumn(line, column), None) => {
                LocatedPlace { column: Some(*column), end_column: Some(*column), ..whole(Some(*line)) }
            }
            (_, None) => whole(None),
            (At::Span(span), Some(text)) => span_place(&place.path, &text, span.start..span.end),
            (At::Field(field), Some(text)) => match locate_in_file(is_markdown, &text, field, false) {
                Some(span) => span_place(&place.path, &text, span),
                None => whole(None),
            },
            (At::Key(field), Some(text)) => match locate_in_file(is_markdown, &text, field, true) {
                Some(span) => span_place(&place.path, &text, span),
                None => whole(None),
            },
            (At::LineColumn(line, column), Some(text)) => {
                let Some(start) = line_starts(&text).nth(line.saturating_sub(1)) else { return whole(Some(*line)) };
                let end = text[start..].find('\n').map_or(text.len(), |end| start + end);
                let at =
                    text[start..end].char_indices().nth(column.saturating_sub(1)).map_or(end, |(at, _)| start + at);
                span_place(&place.path, &text, at..next_char(&text, at))
            }
        }
    }
}

fn line_starts(text: &str) -> impl Iterator<Item = usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1))
}

fn next_char(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8)
}

/// Line and columns of a span, clipped to its first line and to whole characters.
fn span_place(path: &SourcePath, text: &str, span: Range<usize>) -> LocatedPlace {
    let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (start, end) = (boundary(span.start), boundary(span.end.max(span.start)));
    let line_start = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |end| start + end);
    let end = end.min(line_end);
    let line = &text[line_start..line_end];
    let column = text[line_start..start].chars().count() + 1;
    LocatedPlace {
        path: path.clone(),
        line: Some(text[..line_start].matches('\n').count() + 1),
        column: Some(column),
        end_column: Some(column + text[start..end].chars().count()),
        shown: Some(shown_line(line, start - line_start..end - line_start)),
    }
}

/// Makes a line fit to be shown. `span` are the bytes of `line` that are meant.
fn shown_line(line: &str, span: Range<usize>) -> ShownLine {
    // What is meant begins about a third from the left, so that one sees what stands before it.
    let before: Vec<(usize, char)> = line[..span.start].char_indices().collect();
    let room = WIDEST_LINE.saturating_sub(line[span.start..].chars().count()).max(WIDEST_LINE / 3);
    let from =
        before.len().checked_sub(room).filter(|cut| *cut > 0).map_or(0, |cut| grapheme_start(line, before[cut].0));
    let kept = line[from..].char_indices().nth(WIDEST_LINE).map_or(line.len(), |(at, _)| from + at);
    let to = if kept < line.len() { grapheme_start(line, kept).max(span.start) } else { kept };
    let mut shown = String::new();
    if from > 0 {
        shown.push('…');
    }
    shown.push_str(&harmless(&line[from..span.start]));
    let start = shown.len();
    let end = span.end.min(to);
    shown.push_str(&harmless(&line[span.start..end]));
    let shown_end = shown.len();
    shown.push_str(&harmless(&line[end..to]));
    if to < line.len() {
        shown.push('…');
    }
    ShownLine { text: shown, span: (start, shown_end) }
}

/// The start of the grapheme in which `at` lies: an accent stays with its letter.
fn grapheme_start(line: &str, at: usize) -> usize {
    // Looked for from a little before only, since a line may be a megabyte long.
    let from = (at.saturating_sub(64)..=at).find(|from| line.is_char_boundary(*from)).unwrap_or(at);
    let to = (at..line.len().min(at + 64)).rev().find(|to| line.is_char_boundary(*to)).unwrap_or(at);
    line[from..to]
        .grapheme_indices(true)
        .map(|(start, _)| from + start)
        .take_while(|start| *start <= at)
        .last()
        .unwrap_or(at)
}

/// Returns `text` with everything made visible that could move a cursor, turn the writing direction or hide:
/// control characters as their pictures (`␛`), others as `<U+202E>`. Tabs become four spaces.
pub fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => shown.push_str("    "),
            '\0'..='\x1F' => shown.extend(char::from_u32(0x2400 + u32::from(c))),
            '\x7F' => shown.push('␡'),
            c if c.is_control() || is_invisible_control(c) || is_unseen(c) => {
                let _ = write!(shown, "<U+{:04X}>", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    shown
}

/// Characters beyond [`is_invisible_control`] that must not reach a terminal: other direction marks, line separators,
/// tag characters and what is no character.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{2028}' | '\u{2029}' | '\u{FFF9}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}' | '\u{E0000}'..='\u{E007F}')
}

/// Writes the diagnostics as a compiler does: message, place, line, caret, help.
pub fn text(located: &[Located], style: Style) -> String {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(style.width.max(40));
    let mut report = String::new();
    for diagnostic in located {
        let rendered = renderer.render(&[group(diagnostic)]);
        report.push_str(with_real_columns(rendered, diagnostic).trim_end_matches('\n'));
        report.push_str("\n\n");
    }
    report
}

fn group(diagnostic: &Located) -> Group<'static> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(harmless(&diagnostic.message)).id(diagnostic.code.clone()));
    if let Some(place) = &diagnostic.place {
        group = show(group, place, AnnotationKind::Primary, diagnostic.label.as_deref());
    }
    for (place, words) in &diagnostic.related {
        group = show(group, place, AnnotationKind::Context, Some(words));
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(harmless(help)));
    }
    if diagnostic.more > 0 {
        group = group.element(Level::NOTE.message(more_like_this(diagnostic)));
    }
    group
}

/// Adds a place with its line.
fn show(group: Group<'static>, place: &LocatedPlace, kind: AnnotationKind, label: Option<&str>) -> Group<'static> {
    let path = harmless(place.path.as_str());
    let (Some(shown), Some(line)) = (&place.shown, place.line) else {
        let mut origin = Origin::path(path);
        if let Some(line) = place.line {
            origin = origin.line(line);
        }
        if let Some(column) = place.column {
            origin = origin.char_column(column);
        }
        let group = group.element(origin);
        return match label {
            Some(label) => group.element(Level::NOTE.message(harmless(label))),
            None => group,
        };
    };
    let annotation: Annotation = kind.span(shown.span.0..shown.span.1).label(label.map(harmless));
    group.element(Snippet::source(shown.text.clone()).path(path).line_start(line).annotation(annotation))
}

/// `and 19,980 more like this in this file`.
pub fn more_like_this(diagnostic: &Located) -> String {
    let digits = diagnostic.more.to_string();
    let mut number = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            number.push(',');
        }
        number.push(digit);
    }
    format!("and {number} more like this{}", if diagnostic.place.is_some() { " in this file" } else { "" })
}

/// Puts the columns of the file into the heads `path:line:column`: the renderer counts in the line as it is shown,
/// which may be cut, or have more characters than the file.
fn with_real_columns(mut report: String, diagnostic: &Located) -> String {
    let places = diagnostic.place.iter().chain(diagnostic.related.iter().map(|(place, _)| place));
    for place in places {
        if let (Some(line), Some(column), Some(shown)) = (place.line, place.column, &place.shown) {
            let shown_column = shown.text[..shown.span.0].chars().count() + 1;
            if shown_column != column {
                let head = format!("{}:{line}:", harmless(place.path.as_str()));
                report = report.replacen(&format!("{head}{shown_column}"), &format!("{head}{column}"), 1);
            }
        }
    }
    report
}

/// Writes one JSON object a line. Lines and columns count from 1, columns in characters; `end_column` is behind the
/// last character. What is not known is left out. `more` tells how many more like it the file has that are not told.
pub fn json_lines(located: &[Located]) -> String {
    let mut lines = String::new();
    for diagnostic in located {
        let mut object = serde_json::Map::new();
        object.insert("severity".into(), diagnostic.severity.as_str().into());
        object.insert("code".into(), (*diagnostic.code).into());
        object.insert("message".into(), diagnostic.message.as_str().into());
        if let Some(place) = &diagnostic.place {
            put_place(&mut object, place);
        }
        if let Some(label) = &diagnostic.label {
            object.insert("label".into(), label.as_str().into());
        }
        object.insert("help".into(), diagnostic.help.clone().into());
        let related: Vec<serde_json::Value> = diagnostic
            .related
            .iter()
            .map(|(place, words)| {
                let mut object = serde_json::Map::new();
                put_place(&mut object, place);
                object.insert("label".into(), words.as_str().into());
                object.into()
            })
            .collect();
        object.insert("related".into(), related.into());
        if diagnostic.more > 0 {
            object.insert("more".into(), diagnostic.more.into());
        }
        lines.push_str(&serde_json::Value::from(object).to_string());
        lines.push('\n');
    }
    lines
}

fn put_place(object: &mut serde_json::Map<String, serde_json::Value>, place: &LocatedPlace) {
    object.insert("file".into(), place.path.as_str().into());
    for (name, number) in [("line", place.line), ("column", place.column), ("end_column", place.end_column)] {
        if let Some(number) = number {
            object.insert(name.into(), number.into());
        }
    }
}

/// The number of this severity, told or only counted.
pub fn count(located: &[Located], severity: Severity) -> usize {
    located.iter().filter(|one| one.severity == severity).map(|one| 1 + one.more).sum()
}

/// Counts them: `3 errors, 1 warning`; `no problems` when there are none.
pub fn summary(located: &[Located]) -> String {
    let counted: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| (severity, count(located, severity)))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {}{}", severity.as_str(), if count == 1 { "" } else { "s" }))
        .collect();
    if counted.is_empty() { "no problems".to_string() } else { counted.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diagnostics::FieldPath;

    fn path() -> SourcePath {
        SourcePath::new("content/a.md")
    }

    fn located(file: &str, diagnostics: &[Diagnostic]) -> Vec<Located> {
        locate_all(diagnostics, &|_| Some(file.into()))
    }

    #[track_caller]
    fn check(file: &str, diagnostics: &[Diagnostic], expected: &str) {
        let found = text(&located(file, diagnostics), Style::default());
        assert!(found.trim_end() == expected.trim_end(), "⟦found⟧\n{found}⟦end⟧");
    }

    #[test]
    fn looks_like_a_compiler() {
        let file = "---\ntitle: Ä\nsources:\n  - {id: s1, url: nowhere}\n---\nText\n";
        let diagnostics = [
            Diagnostic::warning("style", "something about the whole file").at(Place::file(&path())),
            Diagnostic::error("bad-url", "`nowhere` is not an address")
                .at(Place::field(&path(), FieldPath::key("sources").index(0).then("url")))
                .label("no scheme")
                .also(Place::key(&path(), "title"), "of this article")
                .help("write `https://…`")
                .help("or leave it out"),
            Diagnostic::error("site", "something about everything"),
        ];
        check(
            file,
            &diagnostics,
            "\
error[site]: something about everything

warning[style]: something about the whole file
--> content/a.md

error[bad-url]: `nowhere` is not an address
 --> content/a.md:4:19
  |
4 |   - {id: s1, url: nowhere}
  |                   ^^^^^^^ no scheme
  |
 ::: content/a.md:2:1
  |
2 | title: Ä
  | ----- of this article
  |
  = help: write `https://…`
  = help: or leave it out
",
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let file = format!("{}here{}\n", "ab ".repeat(100), " yz".repeat(100));
        check(&file, &[Diagnostic::error("x", "found").at(Place::span(&path(), 300..304))], "\
error[x]: found
 --> content/a.md:1:301
  |
1 | … ab ab ab ab ab ab ab ab ab ab ab ab ab here yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz …
  |                                          ^^^^
");
        check(&file, &[Diagnostic::error("x", "found").at(Place::span(&path(), 0..2))], "\
error[x]: found
 --> content/a.md:1:1
  |
1 | ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab …
  | ^^
");
        check(&file, &[Diagnostic::error("x", "found").at(Place::span(&path(), 601..604))], "\
error[x]: found
 --> content/a.md:1:602
  |
1 | … yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz
  |                                                                                                                       ^^^
");
    }

    #[test]
    fn nothing_of_a_file_reaches_the_terminal() {
        let file = "a\tb\u{1b}[31m\u{202E}c\u{200B}\u{9b} 習\n";
        check(
            file,
            &[Diagnostic::error("x", "odd \u{1b}]0;title\u{7}").at(Place::span(&path(), 17..18)).label("\u{202E}")],
            "\
error[x]: odd ␛]0;title␇
 --> content/a.md:1:13
  |
1 | a    b␛[31m<U+202E>c<U+200B><U+009B> 習
  |                                     ^ <U+202E>
",
        );
    }

    #[test]
    fn json_has_a_line_for_each() {
        let file = "---\ntitle: Äb\n---\n";
        let diagnostics = [
            Diagnostic::error("x", "odd \u{1b} \"\n")
                .at(Place::field(&path(), "title"))
                .also(Place::file(&path()), "there")
                .help("mend it"),
            Diagnostic::error("x", "everything"),
        ];
        assert_eq!(
            json_lines(&located(file, &diagnostics)),
            r#"{"severity":"error","code":"x","message":"everything","help":[],"related":[]}
{"severity":"error","code":"x","message":"odd \u001b \"\n","file":"content/a.md","line":2,"column":8,"end_column":10,"help":["mend it"],"related":[{"file":"content/a.md","label":"there"}]}
"#
        );
    }

    #[test]
    fn consequences_and_doubles_are_left_out() {
        let file = "---\ndate: [x]\n---\n";
        let refused = Diagnostic::error("wrong-type", "`date` must be a text").at(Place::span(&path(), 10..13));
        let later = Diagnostic::error("bad-date", "`` is not a date").at(Place::field(&path(), "date"));
        let found = located(file, &[later, refused.clone(), refused]);
        assert_eq!(found.iter().map(|located| &*located.code).collect::<Vec<_>>(), ["wrong-type"]);
        assert_eq!(summary(&found), "1 error");
        assert_eq!(summary(&[]), "no problems");
    }

    #[test]
    fn no_place_is_too_odd() {
        for file in ["", "\n", "é", "---\n", "---\na: é\n---"] {
            for (start, end) in [(0, 0), (1, 1), (0, 99), (99, 99), (2, 1)] {
                let place = Place { path: path(), at: At::Span(crate::base::diagnostics::SpanRange { start, end }) };
                let diagnostics = [
                    Diagnostic::error("x", "y").at(place),
                    Diagnostic::error("x", "y").at(Place::line_column(&path(), start, end)),
                    Diagnostic::error("x", "y").at(Place::field(&path(), FieldPath::key("a").index(start))),
                ];
                text(&located(file, &diagnostics), Style { color: true, width: 0 });
            }
        }
    }
}
