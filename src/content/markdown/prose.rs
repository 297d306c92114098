//! The running text of a Markdown body, without its markup, and the way back into the file.

use std::ops::Range;

use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Parser, Tag, TagEnd};

use crate::content::markdown::directives::{self, Prepared};
use crate::content::markdown::events::{citation, plain_wikilink};
use crate::content::markdown::notes;
use crate::content::markdown::{Body, MarkdownOptions};

/// A stretch of text that is read as one: a paragraph, a heading, a cell of a table.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// What it is.
    pub kind: RunKind,
    /// Number of headings before it, or of it.
    pub section: usize,
    /// Plain text; what is no prose (code, formulas, pictures) is one [`GAP`].
    pub text: String,
    /// Where its parts come from, in order.
    pieces: Vec<Piece>,
}

/// What a stretch of text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunKind {
    /// Running text, also in lists, tables and quotations.
    #[default]
    Text,
    /// A heading.
    Heading,
    /// A footnote, which is read after the text.
    Note,
}

/// Stands in a [`Run`] for what is no prose.
pub const GAP: char = '\u{FFFC}';

#[derive(Clone, Debug)]
struct Piece {
    /// Bytes of the run's text.
    text: Range<usize>,
    /// Bytes of the prepared text.
    source: Range<usize>,
    /// The innermost emphasis or the like around it; two pieces of one name may only share a link within one.
    scope: u32,
    /// Whether it is part of a link already.
    closed: bool,
}

/// Where a stretch of a run comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Bytes of the text that the parser reads: what [`super::AutoLink`] takes.
    pub prepared: Range<usize>,
    /// Whether a link can be put around it: no markup begins or ends in it, and it is not in a link.
    pub linkable: bool,
    /// Whether it is in a link that the author wrote.
    pub in_link: bool,
}

impl Run {
    /// Where bytes of the run's text come from.
    pub fn origin(&self, range: Range<usize>) -> Option<Origin> {
        let first = self.pieces.partition_point(|piece| piece.text.end <= range.start);
        let mut parts = self.pieces[first..].iter().take_while(|piece| piece.text.start < range.end).peekable();
        let head = *parts.peek()?;
        let (scope, mut linkable, mut in_link) = (head.scope, true, false);
        let mut prepared = head.source.clone();
        for piece in parts {
            linkable &= piece.scope == scope && !piece.closed;
            in_link |= piece.closed;
            let inside = piece.text.start.max(range.start)..piece.text.end.min(range.end);
            let alike = piece.text.len() == piece.source.len();
            // What the parser rewrote (an entity, a curly quote) can only be taken whole.
            linkable &= alike || inside == piece.text;
            if alike && piece.text.start <= range.start {
                prepared.start = piece.source.start + (range.start - piece.text.start);
            }
            prepared.end = if alike { piece.source.start + (inside.end - piece.text.start) } else { piece.source.end };
        }
        Some(Origin { prepared, linkable, in_link })
    }
}

/// The running text of a body, with the way from prepared bytes to those of the file.
pub struct Prose<'a> {
    /// Its stretches, in the order of the text.
    pub runs: Vec<Run>,
    prepared: Prepared<'a>,
}

impl Prose<'_> {
    /// The bytes of the file that bytes of the prepared text come from.
    pub fn in_file(&self, range: Range<usize>) -> Range<usize> {
        self.prepared.in_file(range)
    }
}

/// Where the running text of a body without directives stands in it: so much less than the text itself that it is kept
/// from the reading of the file until names are looked for, and nothing is parsed again.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    stretches: Vec<Stretch>,
    parts: Vec<Part>,
    /// What the parser wrote otherwise than the author.
    rewritten: String,
}

/// A [`Run`] of an outline.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    kind: RunKind,
    section: u32,
    /// Number of parts up to its end.
    end: u32,
    /// Whether it is in a footnote that nothing refers to, which no page shows.
    is_hidden: bool,
}

/// A part of a stretch.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// Bytes of the prepared text.
    start: u32,
    end: u32,
    scope: u32,
    closed: bool,
    words: Words,
}

/// What a part of a stretch says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Words {
    /// What stands there, ends of lines as spaces.
    AsWritten,
    /// So many bytes of what the parser wrote instead: a curly quote, a letter for an entity.
    Rewritten(u32),
    /// Something that is no prose.
    Gap,
}

impl Outline {
    /// The running text; `body` is the one that the outline was taken of.
    pub fn prose<'a>(&self, body: &Body<'a>) -> Prose<'a> {
        Prose { runs: self.runs(body.text), prepared: Prepared::without_directives(body) }
    }

    fn runs(&self, text: &str) -> Vec<Run> {
        let mut runs = Vec::with_capacity(self.stretches.len());
        let mut rewritten = self.rewritten.as_str();
        let mut first = 0;
        for stretch in &self.stretches {
            let parts = &self.parts[first..stretch.end as usize];
            first = stretch.end as usize;
            let length = parts.iter().map(|part| (part.end - part.start) as usize).sum();
            let mut run = Run {
                kind: stretch.kind,
                section: stretch.section as usize,
                text: String::with_capacity(length),
                pieces: Vec::with_capacity(parts.len()),
            };
            for part in parts {
                let source = part.start as usize..part.end as usize;
                let start = run.text.len();
                match part.words {
                    Words::Gap => {
                        run.text.push(GAP);
                        continue;
                    }
                    Words::Rewritten(bytes) => {
                        let (words, rest) = rewritten.split_at(bytes as usize);
                        run.text.push_str(words);
                        rewritten = rest;
                    }
                    Words::AsWritten => {
                        for (index, line) in text[source.clone()].split('\n').enumerate() {
                            if index > 0 {
                                run.text.push(' ');
                            }
                            run.text.push_str(line);
                        }
                    }
                }
                let text = start..run.text.len();
                run.pieces.push(Piece { text, source, scope: part.scope, closed: part.closed });
            }
            if stretch.is_hidden {
                continue;
            }
            runs.push(run);
        }
        runs
    }
}

/// Reads the running text of a body.
pub fn prose<'a>(body: &Body<'a>, options: &MarkdownOptions) -> Prose<'a> {
    let prepared = directives::prepare(body, options.parser(), &mut Vec::new());
    let runs = outline(&prepared.text, options, false).runs(&prepared.text);
    Prose { runs, prepared }
}

/// Reads the running text of a line, as [`super::inline_html`] does; at most one stretch.
pub fn inline_prose(line: &str, options: &MarkdownOptions) -> Option<Run> {
    let line = crate::base::text::one_line(line);
    if is_plain(&line) {
        let pieces = vec![Piece { text: 0..line.len(), source: 0..line.len(), scope: 0, closed: false }];
        return Some(Run { text: line, pieces, ..Run::default() });
    }
    let options = super::html::inline_options(options);
    outline(&line, &options, true).runs(&line).into_iter().next()
}

/// Whether a line is sure to have no markup, as most titles have none: then no parser has to be set up for it. Letters,
/// digits and a few signs, a letter first; no two full stops or hyphens together, which become others.
fn is_plain(line: &str) -> bool {
    let bytes = line.as_bytes();
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
    bytes.first().is_some_and(is_letter)
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii() || b" ,.;:()/%?-".contains(byte))
        && bytes.windows(2).all(|pair| pair != b".." && pair != b"--")
}

fn outline(text: &str, options: &MarkdownOptions, inline: bool) -> Outline {
    let callback = |link: BrokenLink| -> Option<(CowStr, CowStr)> {
        citation(&link.reference).map(|_| (CowStr::Borrowed(""), CowStr::Borrowed("")))
    };
    let parser = Parser::new_with_broken_link_callback(text, options.parser(), Some(callback));
    let mut reading = Reading { inline, ..Reading::of(text) };
    for (event, range) in parser.into_offset_iter() {
        reading.event(&event, range);
    }
    reading.finish()
}

/// Takes the outline of a text from the parser's events.
#[derive(Default)]
pub(super) struct Reading<'t> {
    text: &'t str,
    outline: Outline,
    /// Parts before the stretch at hand.
    begin: usize,
    kind: RunKind,
    section: u32,
    /// Formatting around the text at hand: an id each.
    scopes: Vec<u32>,
    next_scope: u32,
    /// Links around the text at hand: whether each is skipped.
    links: Vec<bool>,
    /// What is skipped: code blocks, pictures, citations, blocks of HTML.
    skipped: usize,
    /// The footnotes around the text at hand, by their places in `defined`.
    notes: Vec<usize>,
    /// The labels of all footnotes.
    defined: Vec<String>,
    /// The footnote of each stretch that is in one.
    of_notes: Vec<(usize, usize)>,
    /// The labels that are referred to, each with the footnote from which.
    referred: Vec<(Option<usize>, String)>,
    inline: bool,
}

impl<'t> Reading<'t> {
    /// Begins to read the events of a text.
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, ..Self::default() }
    }

    /// The outline of all that was read.
    pub(super) fn finish(mut self) -> Outline {
        self.flush();
        if !self.of_notes.is_empty() {
            self.hide_notes();
        }
        // All outlines are there at once, until names are looked for.
        self.outline.parts.shrink_to_fit();
        self.outline.stretches.shrink_to_fit();
        self.outline
    }

    /// Hides the footnotes that nothing refers to, or only others that are hidden.
    fn hide_notes(&mut self) {
        let labels: Vec<&str> = self.defined.iter().map(|label| &**label).collect();
        let shown = notes::shown(&labels, self.referred.iter().map(|(from, to)| (*from, &**to)));
        for (stretch, note) in &self.of_notes {
            self.outline.stretches[*stretch].is_hidden = !shown[*note];
        }
    }

    /// Reads an event; the range is that of the parser.
    pub(super) fn event(&mut self, event: &Event, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.skipped == 0 => self.put(text, range),
            Event::FootnoteReference(label) => self.referred.push((self.notes.last().copied(), label.to_string())),
            Event::SoftBreak | Event::HardBreak if self.skipped == 0 => self.put(" ", range),
            Event::Code(_) | Event::InlineMath(_) | Event::DisplayMath(_) | Event::InlineHtml(_)
                if self.skipped == 0 =>
            {
                self.gap();
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag) {
        match tag {
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Superscript | Tag::Subscript => {
                self.next_scope += 1;
                self.scopes.push(self.next_scope);
            }
            Tag::Link { link_type, id, dest_url, .. } => {
                let is_citation = *link_type == LinkType::ShortcutUnknown && citation(id).is_some();
                let is_plain = matches!(link_type, LinkType::WikiLink { .. }) && plain_wikilink(dest_url).is_some();
                if is_plain {
                    self.gap();
                }
                self.links.push(is_citation || is_plain);
                self.skipped += usize::from(is_citation || is_plain);
            }
            Tag::Image { .. } => {
                self.gap();
                self.skipped += 1;
            }
            Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::MetadataBlock(_) => {
                self.flush();
                self.skipped += 1;
            }
            Tag::Heading { .. } => {
                self.flush();
                self.section += 1;
                self.kind = RunKind::Heading;
            }
            Tag::FootnoteDefinition(label) => {
                self.flush();
                self.notes.push(self.defined.len());
                self.defined.push(label.to_string());
            }
            _ => self.flush(),
        }
    }

    fn end(&mut self, tag: &TagEnd) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Superscript | TagEnd::Subscript => {
                self.scopes.pop();
            }
            TagEnd::Link => {
                if self.links.pop() == Some(true) {
                    self.skipped = self.skipped.saturating_sub(1);
                }
            }
            TagEnd::Image | TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::MetadataBlock(_) => {
                self.skipped = self.skipped.saturating_sub(1);
            }
            TagEnd::FootnoteDefinition => {
                self.flush();
                self.notes.pop();
            }
            _ => self.flush(),
        }
    }

    fn put(&mut self, text: &str, source: Range<usize>) {
        let written = self.text.get(source.clone()).unwrap_or_default();
        let as_written = if written == "\n" { text == " " } else { text == written && !text.contains('\n') };
        let (start, end) = (number(source.start), number(source.end));
        let scope = self.scopes.last().copied().unwrap_or_default();
        let closed = !self.links.is_empty();
        if !as_written {
            self.outline.rewritten.push_str(text);
            let words = Words::Rewritten(number(text.len()));
            return self.outline.parts.push(Part { start, end, scope, closed, words });
        }
        let parts = &mut self.outline.parts;
        match parts.last_mut() {
            // The parser hands a line out in pieces, which are one for all that is asked of them.
            Some(last)
                if last.words == Words::AsWritten
                    && last.end == start
                    && last.scope == scope
                    && last.closed == closed =>
            {
                last.end = end;
            }
            _ => parts.push(Part { start, end, scope, closed, words: Words::AsWritten }),
        }
    }

    fn gap(&mut self) {
        self.outline.parts.push(Part { start: 0, end: 0, scope: 0, closed: false, words: Words::Gap });
    }

    fn flush(&mut self) {
        let own = &self.outline.parts[self.begin..];
        let is_empty = own.iter().all(|part| part.words == Words::Gap);
        // A field of one line is one stretch, whatever blocks its text happens to look like.
        if self.inline {
            if is_empty {
                return;
            }
            match self.outline.stretches.first_mut() {
                None => self.outline.stretches.push(Stretch { kind: self.kind, section: 0, end: 0, is_hidden: false }),
                Some(_) => {
                    let gap = Part { start: 0, end: 0, scope: 0, closed: false, words: Words::Gap };
                    self.outline.parts.insert(self.begin, gap);
                }
            }
            self.begin = self.outline.parts.len();
            if let Some(first) = self.outline.stretches.first_mut() {
                first.end = number(self.begin);
            }
        } else if is_empty {
            self.outline.parts.truncate(self.begin);
        } else {
            self.begin = self.outline.parts.len();
            let kind = if self.notes.is_empty() { self.kind } else { RunKind::Note };
            self.of_notes.extend(self.notes.last().map(|note| (self.outline.stretches.len(), *note)));
            let (section, end) = (self.section, number(self.begin));
            self.outline.stretches.push(Stretch { kind, section, end, is_hidden: false });
        }
        self.kind = RunKind::Text;
    }
}

/// Texts are far shorter than this; see `build::fs::DiscoverOptions`.
fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::paths::SourcePath;

    fn read(text: &str) -> Vec<Run> {
        let path = SourcePath::new("a.md");
        prose(&Body { path: &path, text, offset: 0 }, &MarkdownOptions::default()).runs
    }

    fn texts(text: &str) -> Vec<String> {
        read(text).into_iter().map(|run| run.text).collect()
    }

    #[test]
    fn footnotes_that_nothing_refers_to_are_no_text() {
        assert_eq!(
            texts("A[^a] b.\n\n[^a]: One &amp; [^c].\n\n[^b]: Two [^d].\n\n[^c]: Three.\n\n[^d]: Four.\n\nEnd."),
            ["A b.", "One & .", "Three.", "End."]
        );
    }

    #[test]
    fn blocks_are_stretches_of_their_own() {
        assert_eq!(
            texts("# Head *line*\n\nOne\ntwo `code` x [@s1].\n\n- a\n- b\n\n|c|d|\n|-|-|\n|e|f|\n\n```\nno\n```\n"),
            ["Head line", "One two \u{FFFC} x .", "a", "b", "c", "d", "e", "f"]
        );
        assert_eq!(texts(":::aside\nInside.\n:::\n\n<div>\nno\n</div>\n"), ["Inside."]);
        assert_eq!(texts("See ![alt](a.png) and $x$."), ["See \u{FFFC} and \u{FFFC}."]);
        assert_eq!(texts("In [[!Georgia]], [[Xi Jinping|Xi]]."), ["In \u{FFFC}, Xi."]);
    }

    #[test]
    fn plain_lines_need_no_parser() {
        let signs =
            ["a", "B", "é", "習", "7", " ", ",", ".", ";", ":", "(", ")", "/", "%", "?", "-", "http://x.org", "1."];
        let options = super::super::html::inline_options(&MarkdownOptions {
            superscript_subscript: true,
            ..MarkdownOptions::default()
        });
        let mut random = 7_u64;
        let mut plain = 0;
        for _ in 0..20_000 {
            let mut line = String::new();
            for _ in 0..6 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                line.push_str(signs[(random >> 33) as usize % signs.len()]);
            }
            let line = crate::base::text::one_line(&line);
            let read = outline(&line, &options, true).runs(&line);
            if is_plain(&line) {
                plain += 1;
                assert_eq!(read.len(), 1, "{line}");
                assert_eq!(read[0].text, line);
                assert_eq!(read[0].kind, RunKind::Text);
                let whole = Origin { prepared: 0..line.len(), linkable: true, in_link: false };
                assert_eq!(read[0].origin(0..line.len()), Some(whole), "{line}");
            }
        }
        assert!(plain > 2_000, "{plain}");
        assert!(!is_plain("") && !is_plain("- a") && !is_plain("a*b*") && !is_plain("it's") && !is_plain("a -- b"));
    }

    #[test]
    fn the_outline_of_a_file_is_that_of_its_text() {
        let path = SourcePath::new("a.md");
        let options = MarkdownOptions::default();
        for text in [
            "Two\nlines, *one\nname*, “quoted” it's -- A&amp;B...  \nbroken `x` [@s1] [l](m) ![a](b) $x$\n",
            "# Head\n\n- a\n  b\n- c\n\n> d\n> e\n\n|f|g|\n|-|-|\n|h|i|\n\nX[^1] [[!Y]] [[Z]]\n\n[^1]: note\n",
            "Term\n: its definition\n\n```\ncode\n```\n\n<div>\nno\n</div>\n\n~~a~~ [r][s]\n\n[s]: x.md\n",
            "習近平\n他\\*說 <!-- more --> end\n\n`only code`\n",
        ] {
            let body = Body { path: &path, text, offset: 0 };
            let (facts, _) = crate::content::markdown::facts(&body, &options);
            let kept = facts.prose.expect("a text without directives").prose(&body);
            assert_eq!(format!("{:?}", kept.runs), format!("{:?}", prose(&body, &options).runs));
            assert!(kept.runs.iter().all(|run| !run.text.contains('\n') && run.text.is_char_boundary(0)), "{text}");
        }
        let text = "::toc\n\nText.\n";
        assert!(crate::content::markdown::facts(&Body { path: &path, text, offset: 0 }, &options).0.prose.is_none());
    }

    #[test]
    fn the_way_into_the_file_leads_past_directives() {
        let path = SourcePath::new("a.md");
        let body = "One.\n\n:::quote{by=\"A speaker of some renown\"}\nTwo.\n:::\n\n::toc\n\nThree.\n";
        let file = format!("---\n---\n{body}");
        let prose = prose(&Body { path: &path, text: body, offset: 8 }, &MarkdownOptions::default());
        for run in &prose.runs {
            let origin = run.origin(0..run.text.len()).unwrap();
            assert_eq!(&file[prose.in_file(origin.prepared)], run.text);
        }
        assert_eq!(prose.runs.len(), 3);
    }

    #[test]
    fn the_way_back_is_known() {
        let text = "Now **Xi** Jinping and Xi\nJinping, A&amp;B, it's [Xi](x.md).";
        let run = &read(text)[0];
        let origin = |name: &str, time: usize| {
            let (at, _) = run.text.match_indices(name).nth(time).unwrap();
            let origin = run.origin(at..at + name.len()).unwrap();
            (text[origin.prepared.clone()].to_string(), origin.linkable, origin.in_link)
        };
        assert_eq!(origin("Xi Jinping", 0), ("Xi** Jinping".into(), false, false));
        assert_eq!(origin("Xi Jinping", 1), ("Xi\nJinping".into(), true, false));
        assert_eq!(origin("A&B", 0), ("A&amp;B".into(), true, false));
        assert_eq!(origin("Xi", 0), ("Xi".into(), true, false));
        assert_eq!(origin("Xi", 2), ("Xi".into(), false, true));
        assert_eq!(origin("it", 0), ("it".into(), true, false));
    }
}
