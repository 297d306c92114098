//! The running text of a Markdown body, without its markup, and the way back into the file.

use std::ops::Range;

use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Parser, Tag, TagEnd};

use crate::content::markdown::directives::{self, Prepared};
use crate::content::markdown::events::{citation, plain_wikilink};
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

/// Reads the running text of a body.
pub fn prose<'a>(body: &Body<'a>, options: &MarkdownOptions) -> Prose<'a> {
    let prepared = directives::prepare(body, options.parser(), &mut Vec::new());
    let runs = runs(&prepared.text, options, false);
    Prose { runs, prepared }
}

/// Reads the running text of a line, as [`super::inline_html`] does; at most one stretch.
pub fn inline_prose(line: &str, options: &MarkdownOptions) -> Option<Run> {
    let line = crate::base::text::one_line(line);
    let options = super::html::inline_options(options);
    runs(&line, &options, true).into_iter().next()
}

fn runs(text: &str, options: &MarkdownOptions, inline: bool) -> Vec<Run> {
    let callback = |link: BrokenLink| -> Option<(CowStr, CowStr)> {
        citation(&link.reference).map(|_| (CowStr::Borrowed(""), CowStr::Borrowed("")))
    };
    let parser = Parser::new_with_broken_link_callback(text, options.parser(), Some(callback));
    let mut reading = Reading { inline, ..Reading::default() };
    for (event, range) in parser.into_offset_iter() {
        reading.event(event, range);
    }
    reading.flush();
    reading.runs
}

#[derive(Default)]
struct Reading {
    runs: Vec<Run>,
    run: Run,
    section: usize,
    /// Formatting around the text at hand: an id each.
    scopes: Vec<u32>,
    next_scope: u32,
    /// Links around the text at hand: whether each is skipped.
    links: Vec<bool>,
    /// What is skipped: code blocks, pictures, citations, blocks of HTML.
    skipped: usize,
    notes: usize,
    inline: bool,
}

impl Reading {
    fn event(&mut self, event: Event, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.skipped == 0 => self.put(&text, range),
            Event::SoftBreak | Event::HardBreak if self.skipped == 0 => self.put(" ", range),
            Event::Code(_) | Event::InlineMath(_) | Event::DisplayMath(_) | Event::InlineHtml(_)
                if self.skipped == 0 =>
            {
                self.gap();
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag) {
        match tag {
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Superscript | Tag::Subscript => {
                self.next_scope += 1;
                self.scopes.push(self.next_scope);
            }
            Tag::Link { link_type, id, dest_url, .. } => {
                let is_citation = link_type == LinkType::ShortcutUnknown && citation(&id).is_some();
                let is_plain = matches!(link_type, LinkType::WikiLink { .. }) && plain_wikilink(&dest_url).is_some();
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
                self.run.kind = RunKind::Heading;
            }
            Tag::FootnoteDefinition(_) => {
                self.flush();
                self.notes += 1;
            }
            _ => self.flush(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
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
                self.notes = self.notes.saturating_sub(1);
            }
            _ => self.flush(),
        }
    }

    fn put(&mut self, text: &str, source: Range<usize>) {
        let start = self.run.text.len();
        self.run.text.push_str(text);
        self.run.pieces.push(Piece {
            text: start..self.run.text.len(),
            source,
            scope: self.scopes.last().copied().unwrap_or_default(),
            closed: !self.links.is_empty(),
        });
    }

    fn gap(&mut self) {
        self.run.text.push(GAP);
    }

    fn flush(&mut self) {
        // A field of one line is one stretch, whatever blocks its text happens to look like.
        if self.inline {
            return self.inline_flush();
        }
        let mut run = std::mem::take(&mut self.run);
        if self.notes > 0 {
            run.kind = RunKind::Note;
        }
        run.section = self.section;
        if !run.pieces.is_empty() {
            self.runs.push(run);
        }
    }

    fn inline_flush(&mut self) {
        if self.run.pieces.is_empty() {
            return;
        }
        let run = std::mem::take(&mut self.run);
        match self.runs.first_mut() {
            None => self.runs.push(run),
            Some(first) => {
                first.text.push(GAP);
                let shift = first.text.len();
                first.text.push_str(&run.text);
                first.pieces.extend(run.pieces.into_iter().map(|mut piece| {
                    piece.text = piece.text.start + shift..piece.text.end + shift;
                    piece
                }));
            }
        }
    }
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
