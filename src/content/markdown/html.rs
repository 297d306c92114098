//! The HTML of a text.
//!
//! The parser's events pass through a [`Writer`] that replaces those which need more than plain HTML: headings,
//! footnotes, citations, links, pictures, tables, code, math, alerts, shortcodes. All that comes from the text is
//! escaped; raw HTML is text unless the site allows it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use pulldown_cmark::{
    Alignment, BlockQuoteKind, BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Parser, Tag, TagEnd,
};

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::dates::PartialDate;
use crate::base::diagnostics::{Diagnostic, Place, Tally};
use crate::base::text::escape_html;
use crate::content::markdown::code;
use crate::content::markdown::directives::{self, Call, Marker, Prepared};
use crate::content::markdown::events::{HeadingIds, Ids, citation, is_picture, plain_wikilink};
use crate::content::markdown::facts::{LinkTarget, width};
use crate::content::markdown::math::mathml;
use crate::content::markdown::raised::raised;
use crate::content::markdown::url::scheme_is_safe;
use crate::content::markdown::{Body, MarkdownOptions};
use crate::content::vocabulary::Tlp;
use crate::words::Language;
use crate::words::message::Arg;

/// Knows the rest of the site.
pub trait Resolver {
    /// Where a link within the site leads. The diagnostic needs no place.
    fn link(&self, target: &LinkTarget) -> Result<Resolved, Box<Diagnostic>>;
    /// Where a picture is. The diagnostic needs no place.
    fn image(&self, src: &str) -> Result<ImageInfo, Box<Diagnostic>>;
    /// The source that an id stands for. The diagnostic needs no place.
    fn citation(&self, id: &str) -> Result<CitationInfo, Box<Diagnostic>>;
    /// The HTML of a shortcode; `body` is that of its container.
    fn component(&self, call: &Call, body: Option<&str>) -> Result<String, ComponentFault>;
    /// The HTML of the text that `![[target]]` shows, the `number`th on its page. The diagnostic needs no place.
    fn embed(&self, target: &LinkTarget, number: usize) -> Result<String, Box<Diagnostic>>;
    /// The words of the page, and how it writes dates and numbers.
    fn language(&self) -> &Language;
}

/// Where a link leads.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// For `href`.
    pub href: String,
    /// For `class`.
    pub class: Option<String>,
    /// What to show when a wikilink has no label of its own.
    pub text: Option<String>,
}

/// A picture.
#[derive(Clone, Debug, Default)]
pub struct ImageInfo {
    /// Its address.
    pub url: String,
    /// Width and height in pixels, when known.
    pub size: Option<(usize, usize)>,
    /// Its versions with their widths, for `srcset`; empty when there is only one.
    pub srcset: String,
    /// What it is offered as besides its own format, for `source` elements.
    pub sources: Vec<PictureSource>,
    /// The SVG that is seen while it loads; empty for none.
    pub placeholder: String,
}

/// A picture in another format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PictureSource {
    /// Media type: `image/webp`.
    pub media_type: String,
    /// Its versions with their widths, for `srcset`.
    pub srcset: String,
}

impl ImageInfo {
    /// How wide a picture is on a page: as wide as the text, and a screen at most.
    pub const SIZES: &str = "(min-width: 46rem) 44rem, 100vw";
}

/// A cited source.
#[derive(Clone, Debug)]
pub struct CitationInfo {
    /// Its number on the page.
    pub number: usize,
    /// Its title.
    pub title: String,
}

/// Why a shortcode cannot be shown.
#[derive(Clone, Debug)]
pub struct ComponentFault {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// The HTML of a text.
#[derive(Clone, Debug, Default)]
pub struct Html {
    /// The HTML.
    pub content: String,
    /// Headings as level, anchor, plain text.
    pub headings: Vec<(u8, String, String)>,
}

/// Deepest nesting of blocks; a text that goes deeper is not prose.
const DEEPEST: usize = 100;

/// Most code that is coloured in one text, in bytes: grammars take up to 10 µs a byte (measured on brackets without
/// end), so this is some seconds at worst.
const MOST_COLOURED: usize = 256 << 10;

/// Most headings that a broken link is compared with.
const HEADINGS_COMPARED: usize = 1_000;

/// Most texts of other pages that one text shows, and most bytes of HTML that they may come to: a page of a hundred
/// lines could otherwise be the whole site a hundred times.
const MOST_EMBEDS: usize = 100;
const MOST_EMBEDDED: usize = 16 << 20;

/// A link that is put around a name which the author wrote plainly.
#[derive(Clone, Debug)]
pub struct AutoLink {
    /// Bytes of the text that the parser reads, as [`super::Origin`] tells them.
    pub range: Range<usize>,
    /// Address.
    pub href: String,
    /// CSS classes.
    pub class: String,
}

/// Makes the HTML of a text, with links around the names at `auto` (in order, apart from each other).
pub fn html(
    body: &Body,
    options: &MarkdownOptions,
    resolver: &dyn Resolver,
    auto: &[AutoLink],
) -> (Html, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    // What is wrong with directives themselves was told with the facts.
    let prepared = directives::prepare(body, options.parser(), &mut Vec::new());
    let mut writer = Writer { auto, ..Writer::new(body, options, resolver, &prepared) };
    let parser = Parser::new_with_broken_link_callback(&prepared.text, options.parser(), callback(options));
    for (event, range) in parser.into_offset_iter() {
        if !writer.event(event, range) {
            break;
        }
    }
    let html = writer.finish(&mut diagnostics);
    (html, diagnostics)
}

/// How a text stands within that of another page.
#[derive(Clone, Debug)]
pub struct Within {
    /// Address of the page that the text is from.
    pub href: String,
    /// The title of that page.
    pub title: String,
    /// What tells the ids of its footnotes from others on the page.
    pub prefix: String,
    /// The id of the heading whose section alone is shown.
    pub section: Option<String>,
}

/// Makes the HTML of a text that another page shows. Its headings have no anchors, its citations lead to the sources of
/// its own page, and what it embeds itself is a link. Faults are told where the text has its own page.
pub fn embedded_html(
    body: &Body,
    options: &MarkdownOptions,
    resolver: &dyn Resolver,
    auto: &[AutoLink],
    within: &Within,
) -> String {
    let prepared = directives::prepare(body, options.parser(), &mut Vec::new());
    let mut writer = Writer { auto, within: Some(within), ..Writer::new(body, options, resolver, &prepared) };
    let mut section = Section::new(within.section.as_deref());
    let parser = Parser::new_with_broken_link_callback(&prepared.text, options.parser(), callback(options));
    let events: Vec<(Event, Range<usize>)> = parser.into_offset_iter().collect();
    let headings = heading_ids(&events);
    for (event, range) in events {
        if section.holds(&event, &headings, range.start) && !writer.event(event, range) {
            break;
        }
    }
    writer.finish(&mut Vec::new()).content
}

/// The headings of a text: where each begins, its level and its id.
fn heading_ids(events: &[(Event, Range<usize>)]) -> Vec<(usize, u8, String)> {
    let (mut ids, mut found, mut open) = (HeadingIds::default(), Vec::new(), None);
    for (event, range) in events {
        if let Event::Start(Tag::Heading { level, .. }) = event {
            open = Some((range.start, *level as u8));
        }
        if let Some(((start, level), id)) = ids.take(event).and_then(|id| Some((open.take()?, id))) {
            found.push((start, level, id));
        }
    }
    found
}

/// Tells the blocks of one section from the others.
struct Section<'a> {
    wanted: Option<&'a str>,
    /// The level of the section's heading, once it began.
    level: Option<u8>,
    depth: usize,
    /// Whether the block at hand is shown.
    shown: bool,
}

impl<'a> Section<'a> {
    fn new(wanted: Option<&'a str>) -> Self {
        Self { wanted, level: None, depth: 0, shown: wanted.is_none() }
    }

    fn holds(&mut self, event: &Event, headings: &[(usize, u8, String)], start: usize) -> bool {
        let Some(wanted) = self.wanted else { return true };
        let outermost = self.depth == 0;
        match event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if let (true, Event::Start(tag)) = (outermost, event) {
            let heading = headings.iter().find(|(at, ..)| *at == start && matches!(tag, Tag::Heading { .. }));
            match (heading, self.level) {
                (Some((_, level, id)), None) if id == wanted => self.level = Some(*level),
                (Some((_, level, _)), Some(of)) if *level <= of => self.level = Some(0),
                _ => {}
            }
            // Footnotes stand anywhere, and show only where something refers to them. The heading is told beside.
            let first = heading.is_some_and(|(_, _, id)| id == wanted);
            self.shown =
                matches!(tag, Tag::FootnoteDefinition(_)) || self.level.is_some_and(|level| level > 0) && !first;
        }
        self.shown
    }
}

/// Writes events as HTML.
fn push_html(html: &mut String, events: Vec<Event<'_>>, options: &MarkdownOptions) {
    let events = if options.superscript_subscript { raised(events) } else { events };
    pulldown_cmark::html::push_html(html, events.into_iter());
}

/// Makes the HTML of one line of Markdown, without a paragraph around it. Blocks become plain text.
pub fn inline_html(
    text: &str,
    place: &Place,
    options: &MarkdownOptions,
    resolver: &dyn Resolver,
    auto: &[AutoLink],
) -> (String, Vec<Diagnostic>) {
    let line = crate::base::text::one_line(text);
    let body = Body { path: &place.path, text: &line, offset: 0 };
    let options = inline_options(options);
    let prepared = Prepared::without_directives(&body);
    let mut writer = Writer { auto, inline: true, ..Writer::new(&body, &options, resolver, &prepared) };
    for (event, range) in
        Parser::new_with_broken_link_callback(&line, options.parser(), callback(&options)).into_offset_iter()
    {
        let paragraph = matches!(event, Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph));
        if !paragraph && !writer.event(event, range) {
            break;
        }
    }
    let mut diagnostics = Vec::new();
    let html = writer.finish(&mut diagnostics).content;
    diagnostics.iter_mut().for_each(|diagnostic| diagnostic.place = Some(place.clone()));
    (html.trim().to_string(), diagnostics)
}

/// The options for one line: without the extensions that make blocks.
pub(super) fn inline_options(options: &MarkdownOptions) -> MarkdownOptions {
    MarkdownOptions { footnotes: false, tables: false, alerts: false, definition_lists: false, ..options.clone() }
}

/// Returns a line of Markdown as plain text.
pub fn plain_text(text: &str) -> String {
    if !text.contains(['*', '_', '[', '`', '<', '&', '\\', '~', '$']) {
        return text.to_string();
    }
    let mut plain = String::with_capacity(text.len());
    let mut in_citation = false;
    let options = MarkdownOptions::default();
    for event in Parser::new_with_broken_link_callback(text, options.parser(), callback(&options)) {
        match event {
            Event::Start(Tag::Link { link_type: LinkType::ShortcutUnknown, .. }) => in_citation = true,
            Event::End(TagEnd::Link) => in_citation = false,
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) if !in_citation => plain.push_str(&text),
            Event::SoftBreak | Event::HardBreak => plain.push(' '),
            _ => {}
        }
    }
    plain.trim().to_string()
}

type Callback = fn(BrokenLink) -> Option<(CowStr<'static>, CowStr<'static>)>;

/// Lets the parser take citations for links.
fn callback(options: &MarkdownOptions) -> Option<Callback> {
    let take: Callback = |link| citation(&link.reference).map(|_| (CowStr::Borrowed(""), CowStr::Borrowed("")));
    (!options.plain).then_some(take)
}

struct Writer<'a, 'o> {
    body: &'o Body<'o>,
    options: &'o MarkdownOptions,
    resolver: &'o dyn Resolver,
    prepared: &'o Prepared<'o>,
    out: Vec<Event<'a>>,
    diagnostics: Vec<Diagnostic>,
    tally: Tally,
    inline: bool,
    /// The ends of what is open.
    ends: Vec<TagEnd>,
    ids: HeadingIds,
    headings: Vec<(u8, String, String)>,
    /// Where the paragraph at hand begins in `out`, and the picture that may be all of it.
    paragraph: Option<usize>,
    picture: Option<(usize, String, String)>,
    heading: Option<(usize, String, String)>,
    image: Option<(String, String, String, Range<usize>)>,
    /// How the picture at hand was written, if as `![[…]]`.
    wiki_image: Option<LinkType>,
    /// The text that may be all of the paragraph at hand, and the number of those before it.
    embed: Option<(usize, String, Range<usize>)>,
    embeds: usize,
    /// Bytes of HTML of all of them.
    embedded: usize,
    within: Option<&'o Within>,
    /// Whether an entry of a list has begun that has no paragraph yet.
    entry: bool,
    code: Option<(String, String)>,
    /// Bytes of code that were coloured.
    coloured: usize,
    /// What closes each link.
    links: Vec<&'static str>,
    skip_link_text: bool,
    tables: usize,
    alignments: Vec<Alignment>,
    cell: usize,
    in_head: bool,
    alerts: Vec<bool>,
    containers: Vec<(usize, usize, usize)>,
    notes: Notes<'a>,
    cited: HashMap<usize, usize>,
    fragments: Vec<(String, Range<usize>)>,
    raw_html_told: bool,
    /// Links around names, those done, and where the one at hand ends.
    auto: &'o [AutoLink],
    auto_done: usize,
    auto_end: Option<usize>,
}

/// Footnotes: numbers by first reference, and their texts.
#[derive(Default)]
struct Notes<'a> {
    numbers: HashMap<String, usize>,
    order: Vec<String>,
    references: HashMap<String, usize>,
    open: Vec<(String, usize)>,
    texts: BTreeMap<String, Vec<Event<'a>>>,
}

impl<'a, 'o> Writer<'a, 'o> {
    fn new(
        body: &'o Body<'o>,
        options: &'o MarkdownOptions,
        resolver: &'o dyn Resolver,
        prepared: &'o Prepared<'o>,
    ) -> Self {
        Self {
            body,
            options,
            resolver,
            prepared,
            out: Vec::with_capacity(256),
            diagnostics: Vec::new(),
            tally: Tally::default(),
            inline: false,
            ends: Vec::new(),
            ids: HeadingIds::default(),
            headings: Vec::new(),
            paragraph: None,
            picture: None,
            heading: None,
            image: None,
            wiki_image: None,
            embed: None,
            embeds: 0,
            embedded: 0,
            within: None,
            entry: false,
            code: None,
            coloured: 0,
            links: Vec::new(),
            skip_link_text: false,
            tables: 0,
            alignments: Vec::new(),
            cell: 0,
            in_head: false,
            alerts: Vec::new(),
            containers: Vec::new(),
            notes: Notes::default(),
            cited: HashMap::new(),
            fragments: Vec::new(),
            raw_html_told: false,
            auto: &[],
            auto_done: 0,
            auto_end: None,
        }
    }

    fn tell(&mut self, diagnostic: Diagnostic, range: Range<usize>) {
        let span = self.prepared.in_file(range);
        self.push(diagnostic.at(Place::span(self.body.path, span)));
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        self.tally.tell(&mut self.diagnostics, diagnostic);
    }

    fn raw(&mut self, html: impl Into<CowStr<'a>>) {
        self.out.push(Event::InlineHtml(html.into()));
    }

    /// Takes one event; `false` when the text must not be followed further.
    fn event(&mut self, event: Event<'a>, range: Range<usize>) -> bool {
        if self.options.plain {
            self.out.push(event);
            return true;
        }
        let id = self.ids.take(&event);
        if !matches!(event, Event::Text(_) | Event::SoftBreak | Event::HardBreak) {
            self.close_auto();
        }
        if std::mem::take(&mut self.entry) {
            // A loose entry has paragraphs, which have marks of their own.
            match &event {
                Event::TaskListMarker(_) => self.entry = true,
                Event::Start(
                    Tag::Emphasis
                    | Tag::Strong
                    | Tag::Strikethrough
                    | Tag::Superscript
                    | Tag::Subscript
                    | Tag::Link { .. },
                )
                | Event::Text(_)
                | Event::Code(_)
                | Event::InlineMath(_) => {
                    let mark = self.portion();
                    self.out.extend(mark);
                }
                _ => {}
            }
        }
        match event {
            Event::Start(tag) => {
                if self.ends.len() >= DEEPEST {
                    let fault =
                        Diagnostic::error("too-deep", format!("blocks are nested more than {DEEPEST} deep here"));
                    self.tell(fault.help("take out the outer lists or quotations"), range);
                    while let Some(end) = self.ends.pop() {
                        let id = self.ids.take(&Event::End(end));
                        self.end(end, id);
                    }
                    return false;
                }
                self.ends.push(tag.to_end());
                self.start(tag, range);
            }
            Event::End(tag) => {
                self.ends.pop();
                self.end(tag, id);
            }
            Event::Text(text) => self.text(text, range),
            Event::Code(text) => {
                if let Some((_, alt, _, _)) = &mut self.image {
                    alt.push_str(&text);
                } else {
                    self.add_to_heading(&text);
                    self.out.push(Event::Code(text));
                }
            }
            Event::Html(html) => self.html(html, range, true),
            Event::InlineHtml(html) => self.html(html, range, false),
            Event::FootnoteReference(label) => self.footnote_reference(&label),
            Event::InlineMath(tex) => self.math(&tex, false, range),
            Event::DisplayMath(tex) => self.math(&tex, true, range),
            Event::TaskListMarker(done) => {
                let (checked, key) = if done { (" checked", "task-done") } else { ("", "task-to-do") };
                let label = escape_html(self.resolver.language().text(key));
                self.raw(format!("<input type=\"checkbox\" disabled{checked} aria-label=\"{label}\"> "));
            }
            Event::SoftBreak | Event::HardBreak if self.image.is_some() => self.text(CowStr::Borrowed(" "), range),
            event => {
                if matches!(event, Event::SoftBreak | Event::HardBreak) {
                    self.add_to_heading(" ");
                }
                self.out.push(event);
            }
        }
        true
    }

    fn add_to_heading(&mut self, text: &str) {
        if let Some((_, title, _)) = &mut self.heading {
            title.push_str(text);
        }
    }

    fn text(&mut self, text: CowStr<'a>, range: Range<usize>) {
        if let Some((code, _)) = &mut self.code {
            code.push_str(&text);
        } else if let Some((_, alt, _, _)) = &mut self.image {
            alt.push_str(&text);
        } else if !self.skip_link_text {
            self.add_to_heading(&text);
            if self.auto_end.is_none() && self.auto.get(self.auto_done).is_none_or(|link| link.range.start >= range.end)
            {
                self.out.push(Event::Text(text));
            } else {
                self.linked_text(&text, range);
            }
        }
    }

    /// Writes text in which links around names begin or end.
    fn linked_text(&mut self, text: &str, range: Range<usize>) {
        // Text that the parser rewrote is not cut.
        let alike = text.len() == range.len();
        let (mut rest, mut at) = (text, range.start);
        let mut put = |writer: &mut Self, upto: usize| {
            let cut = upto.min(range.end) - at;
            if cut > 0 && alike && rest.is_char_boundary(cut) {
                let (head, tail) = rest.split_at(cut);
                writer.out.push(Event::Text(head.to_string().into()));
                (rest, at) = (tail, at + cut);
            }
            (rest.is_empty(), at)
        };
        loop {
            if let Some(end) = self.auto_end {
                if end < range.end {
                    put(self, end);
                    self.close_auto();
                    continue;
                }
            } else if let Some(link) = self.auto.get(self.auto_done).filter(|link| link.range.start < range.end) {
                self.auto_done += 1;
                let (_, here) = put(self, link.range.start.max(range.start));
                if here == link.range.start && self.links.is_empty() {
                    self.raw(format!("<a class=\"{}\" href=\"{}\">", link.class, escape_html(&link.href)));
                    self.auto_end = Some(link.range.end);
                }
                continue;
            }
            break;
        }
        if !rest.is_empty() {
            self.out.push(Event::Text(rest.to_string().into()));
        }
        if self.auto_end.is_some_and(|end| end <= range.end) {
            self.close_auto();
        }
    }

    fn close_auto(&mut self) {
        if self.auto_end.take().is_some() {
            self.raw("</a>");
        }
    }

    fn start(&mut self, tag: Tag<'a>, range: Range<usize>) {
        match tag {
            Tag::Paragraph => {
                self.paragraph = Some(self.out.len());
                self.picture = None;
                self.embed = None;
                self.out.push(Event::Start(Tag::Paragraph));
            }
            Tag::Heading { classes, .. } => {
                let classes = if classes.is_empty() {
                    String::new()
                } else {
                    format!(" class=\"{}\"", escape_html(&classes.join(" ")))
                };
                self.heading = Some((self.out.len(), String::new(), classes));
            }
            Tag::BlockQuote(kind) => {
                self.alerts.push(kind.is_some());
                match kind {
                    Some(kind) => {
                        let class = alert(kind);
                        let title = escape_html(self.resolver.language().text(&format!("alert-{class}")));
                        self.raw(format!(
                            "<aside class=\"alert alert-{class}\"><p class=\"alert-title\">{title}</p>\n"
                        ));
                    }
                    None => self.out.push(Event::Start(Tag::BlockQuote(None))),
                }
            }
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((String::new(), info.split([' ', ',', '{']).next().unwrap_or("").to_string()));
            }
            Tag::HtmlBlock => {}
            Tag::FootnoteDefinition(label) => self.notes.open.push((label.to_string(), self.out.len())),
            Tag::Table(alignments) => {
                self.alignments = alignments;
                self.tables += 1;
                // Regions of a page are told apart by their names.
                let number = ("number", Arg::Number(i64::try_from(self.tables).unwrap_or(i64::MAX)));
                let language = self.resolver.language();
                let label = match self.within {
                    Some(from) => language.say("table-of", &[number, ("title", Arg::Text(&from.title))]),
                    None => language.say("table", &[number]),
                };
                self.raw(format!(
                    "<div class=\"table-wrap\" role=\"region\" aria-label=\"{}\" tabindex=\"0\"><table>\n",
                    escape_html(&label)
                ));
            }
            Tag::TableHead => {
                self.in_head = true;
                self.cell = 0;
                self.raw("<thead><tr>");
            }
            Tag::TableRow => {
                self.cell = 0;
                self.raw("<tr>");
            }
            Tag::TableCell => {
                let alignment = self.alignments.get(self.cell);
                self.cell += 1;
                self.raw(match (self.in_head, alignment) {
                    (true, Some(Alignment::Left)) => "<th scope=\"col\" class=\"left\">",
                    (true, Some(Alignment::Center)) => "<th scope=\"col\" class=\"center\">",
                    (true, Some(Alignment::Right)) => "<th scope=\"col\" class=\"right\">",
                    (true, _) => "<th scope=\"col\">",
                    (false, Some(Alignment::Left)) => "<td class=\"left\">",
                    (false, Some(Alignment::Center)) => "<td class=\"center\">",
                    (false, Some(Alignment::Right)) => "<td class=\"right\">",
                    (false, _) => "<td>",
                });
            }
            Tag::Link { link_type, dest_url, title, id } => self.link(link_type, &dest_url, &title, &id, range),
            Tag::Image { link_type, dest_url, title, .. } => {
                let src = match link_type {
                    LinkType::WikiLink { .. } => dest_url.trim().to_string(),
                    _ => dest_url.to_string(),
                };
                self.wiki_image = matches!(link_type, LinkType::WikiLink { .. }).then_some(link_type);
                self.image = Some((src, String::new(), title.to_string(), range));
            }
            tag => {
                self.entry = matches!(tag, Tag::Item) && self.options.portion_marks && !self.inline;
                self.out.push(Event::Start(tag));
            }
        }
    }

    /// The marking of the text at hand, as it stands in front of it.
    fn portion(&self) -> Option<Event<'a>> {
        if !self.options.portion_marks || self.inline {
            return None;
        }
        let calls = self.containers.iter().rev().map(|(index, ..)| &self.prepared.calls[*index]);
        let own = calls.filter(|call| call.name == "tlp").find_map(|call| Tlp::parse(&call.words.join(" ")));
        let label = own.or(self.options.portion)?.label();
        Some(Event::InlineHtml(format!("<span class=\"portion\">({label})</span> ").into()))
    }

    fn end(&mut self, tag: TagEnd, id: Option<String>) {
        match tag {
            TagEnd::Paragraph => self.end_paragraph(),
            TagEnd::Heading(level) => self.end_heading(level as u8, id),
            TagEnd::BlockQuote(_) => {
                if self.alerts.pop() == Some(true) {
                    self.raw("</aside>\n");
                } else {
                    self.out.push(Event::End(tag));
                }
            }
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock => {}
            TagEnd::FootnoteDefinition => {
                if let Some((label, start)) = self.notes.open.pop() {
                    let text = self.out.split_off(start.min(self.out.len()));
                    self.notes.texts.entry(label).or_insert(text);
                }
            }
            TagEnd::Table => self.raw("</tbody></table></div>\n"),
            TagEnd::TableHead => {
                self.in_head = false;
                self.raw("</tr></thead>\n<tbody>\n");
            }
            TagEnd::TableRow => self.raw("</tr>\n"),
            TagEnd::TableCell => self.raw(if self.in_head { "</th>" } else { "</td>" }.to_string()),
            TagEnd::Link => {
                self.skip_link_text = false;
                if let Some(close) = self.links.pop().filter(|close| !close.is_empty()) {
                    self.raw(close);
                }
            }
            TagEnd::Image => self.end_image(),
            tag => self.out.push(Event::End(tag)),
        }
    }

    /// A paragraph that is one picture is a figure.
    fn end_paragraph(&mut self) {
        let start = self.paragraph.take();
        if let (Some(start), Some((at, caption, placeholder))) = (start, self.picture.take())
            && at == start + 1
            && self.out.len() == at + 1
            && let Some(Event::InlineHtml(image)) = self.out.pop()
        {
            self.out.truncate(start);
            let caption = if caption.is_empty() {
                String::new()
            } else {
                format!("<figcaption>{}</figcaption>", escape_html(&caption))
            };
            let image = match placeholder.as_str() {
                "" => image.into_string(),
                seen => format!("<span class=\"picture\">{seen}{image}</span>"),
            };
            self.raw(format!("<figure>{image}{caption}</figure>\n"));
            return;
        }
        if let (Some(start), Some((at, html, range))) = (start, self.embed.take()) {
            // Its link is three events: the tag, the name, the end.
            if at == start + 1 && self.out.len() == at + 3 {
                self.out.truncate(start);
                self.raw(html);
                return;
            }
            self.embed_in_line(range);
        }
        if let (Some(start), Some(mark)) = (start, self.portion()) {
            self.out.insert((start + 1).min(self.out.len()), mark);
        }
        self.out.push(Event::End(TagEnd::Paragraph));
    }

    fn embed_in_line(&mut self, range: Range<usize>) {
        let fault =
            Diagnostic::warning("embed-in-line", "this text is shown as a link, since other words stand beside it");
        self.tell(fault.help("put `![[…]]` on a line of its own with an empty line before and after it"), range);
    }

    /// Shows the text of another page.
    fn end_embed(&mut self, link_type: LinkType, name: &str, words: &str, range: Range<usize>) {
        let target = LinkTarget::of(link_type, name);
        let shown = |writer: &mut Self, fault: Option<Box<Diagnostic>>| {
            if let Some(fault) = fault {
                writer.tell(*fault, range.clone());
            }
            writer.out.push(Event::Text(words.to_string().into()));
        };
        let link = match self.resolver.link(&target) {
            Ok(link) if !link.href.is_empty() => link,
            Ok(_) => {
                let fault = Diagnostic::error("broken-embed", "a text cannot show itself");
                return shown(self, Some(Box::new(fault.help("name another briefing: `![[name#section]]`"))));
            }
            Err(fault) => return shown(self, Some(fault)),
        };
        let at = self.out.len();
        let text = match (link_type, link.text) {
            (LinkType::WikiLink { has_pothole: false }, Some(text)) => text,
            _ => words.to_string(),
        };
        self.raw(format!("<a href=\"{}\">", escape_html(&link.href)));
        self.out.push(Event::Text(text.into()));
        self.raw("</a>");
        if self.within.is_some() {
            return;
        }
        if self.paragraph.is_none() || self.inline {
            return self.embed_in_line(range);
        }
        self.embeds += 1;
        if self.embeds > MOST_EMBEDS || self.embedded > MOST_EMBEDDED {
            let fault = Diagnostic::error("too-large", "this page shows too much of other pages");
            let most = format!("at most {MOST_EMBEDS} texts and {} MiB are shown", MOST_EMBEDDED >> 20);
            return self.tell(fault.help(format!("{most}; link to the others")), range);
        }
        match self.resolver.embed(&target, self.embeds) {
            Ok(html) => {
                self.embedded += html.len();
                self.embed = Some((at, format!("{}\n", html.trim()), range));
            }
            Err(fault) => self.tell(*fault, range),
        }
    }

    fn end_heading(&mut self, level: u8, id: Option<String>) {
        let Some(((start, title, classes), id)) = self.heading.take().zip(id) else { return };
        let title = title.trim().to_string();
        // The page has its one h1 already, and what another page shows stands below its headings.
        let shown = if self.within.is_some() { (level.max(2) + 1).min(6) } else { level.max(2) };
        let mut inner = String::new();
        let events = self.out.split_off(start.min(self.out.len()));
        push_html(&mut inner, events, self.options);
        if self.within.is_some() {
            self.raw(format!("<h{shown}>{inner}</h{shown}>\n"));
            return;
        }
        let anchor = if self.options.heading_anchors {
            let label = self.resolver.language().say("link-to-section", &[("title", Arg::Text(&title))]);
            format!("<a class=\"anchor\" href=\"#{id}\" aria-label=\"{}\"></a>", escape_html(&label))
        } else {
            String::new()
        };
        self.raw(format!("<h{shown} id=\"{id}\"{classes}>{inner}{anchor}</h{shown}>\n"));
        self.headings.push((level, id, title));
    }

    fn end_code(&mut self) {
        let Some((text, language)) = self.code.take() else { return };
        let language: String = language.chars().filter(|c| c.is_ascii_alphanumeric() || "+-#.".contains(*c)).collect();
        let class = if language.is_empty() { String::new() } else { format!(" class=\"language-{language}\"") };
        let room = self.options.highlight_code && self.coloured + text.len() <= MOST_COLOURED;
        let coloured = if room { code::highlighted(&text, &language) } else { None };
        self.coloured += coloured.as_ref().map_or(0, |_| text.len());
        let inner = coloured.unwrap_or_else(|| escape_html(&text));
        self.raw(format!("<pre class=\"code\" tabindex=\"0\"><code{class}>{inner}</code></pre>\n"));
    }

    fn end_image(&mut self) {
        let Some((src, alt, caption, range)) = self.image.take() else { return };
        let wiki = self.wiki_image.take();
        if let Some(link_type) = wiki.filter(|_| !is_picture(&src)) {
            return self.end_embed(link_type, &src, &alt, range);
        }
        // `![[a.png]]` has no words of its own, and `![[a.png|300]]` only a width.
        let asked = wiki.and_then(|_| width(&alt));
        let wordless = wiki == Some(LinkType::WikiLink { has_pothole: false }) || asked.is_some();
        let alt = if wordless { String::new() } else { alt };
        let plain = |writer: &mut Self| writer.out.push(Event::Text(alt.clone().into()));
        if !scheme_is_safe(&src) {
            self.tell(
                Diagnostic::error("unsafe-link", "this address may run a script or read a file")
                    .help("write an address that begins with `https://`, or a path"),
                range,
            );
            return plain(self);
        }
        if let LinkTarget::External(_) = LinkTarget::of_address(&src) {
            self.tell(
                Diagnostic::error("remote-image", "this picture lies on another site, which would see every reader")
                    .help("save it beside the text and write its file name"),
                range,
            );
            return plain(self);
        }
        match self.resolver.image(&src) {
            Ok(info) => {
                let size = info.size.map(|(width, height)| match asked.filter(|asked| *asked < width) {
                    Some(asked) => (asked, (height * asked).div_ceil(width.max(1)).max(1)),
                    None => (width, height),
                });
                let size =
                    size.map_or_else(String::new, |(width, height)| format!(" width=\"{width}\" height=\"{height}\""));
                self.picture = Some((self.out.len(), caption, info.placeholder));
                let versions = match info.srcset.as_str() {
                    "" => String::new(),
                    all => format!(" srcset=\"{}\" sizes=\"{}\"", escape_html(all), ImageInfo::SIZES),
                };
                let (mut before, mut behind) = (String::new(), "");
                if !info.sources.is_empty() {
                    before.push_str("<picture>");
                    behind = "</picture>";
                }
                for source in &info.sources {
                    before.push_str(&format!(
                        "<source type=\"{}\" srcset=\"{}\" sizes=\"{}\">",
                        source.media_type,
                        escape_html(&source.srcset),
                        ImageInfo::SIZES
                    ));
                }
                self.raw(format!(
                    "{before}<img src=\"{}\" alt=\"{}\"{size}{versions} loading=\"lazy\" decoding=\"async\">{behind}",
                    escape_html(&info.url),
                    escape_html(&alt)
                ));
            }
            Err(fault) => {
                self.tell(*fault, range);
                plain(self);
            }
        }
    }

    fn link(&mut self, link_type: LinkType, address: &str, title: &str, id: &str, range: Range<usize>) {
        if let (LinkType::ShortcutUnknown, Some(ids)) = (link_type, citation(id)) {
            self.cite(&ids, range);
            self.skip_link_text = true;
            self.links.push("");
            return;
        }
        if let (LinkType::WikiLink { has_pothole }, Some(name)) = (link_type, plain_wikilink(address)) {
            if !has_pothole {
                self.add_to_heading(name);
                self.out.push(Event::Text(name.to_string().into()));
                self.skip_link_text = true;
            }
            self.links.push("");
            return;
        }
        if !matches!(link_type, LinkType::WikiLink { .. }) && !scheme_is_safe(address) {
            let shown = crate::base::text::excerpt(address, 40);
            self.tell(
                Diagnostic::error("unsafe-link", format!("the address `{shown}` may run a script or read a file"))
                    .help("links begin with `https://`, `http://`, `mailto:` or `tel:`, or are paths"),
                range,
            );
            self.links.push("");
            return;
        }
        let title = if title.is_empty() { String::new() } else { format!(" title=\"{}\"", escape_html(title)) };
        match LinkTarget::of(link_type, address) {
            LinkTarget::External(url) => {
                self.raw(format!("<a class=\"external\" rel=\"noopener\" href=\"{}\"{title}>", escape_html(&url)));
                self.links.push("</a>");
            }
            LinkTarget::Fragment(fragment) => self.fragment(&fragment, &title, range),
            LinkTarget::Wiki { name, fragment: Some(fragment), .. } if name.is_empty() => {
                // `[[#section]]` may give the heading's text instead of its id.
                let id = Ids::default().next(&fragment, None);
                self.fragment(&id, &title, range);
            }
            target => match self.resolver.link(&target) {
                Ok(resolved) => {
                    let class = resolved.class.map_or_else(String::new, |class| format!(" class=\"{class}\""));
                    self.raw(format!("<a{class} href=\"{}\"{title}>", escape_html(&resolved.href)));
                    self.links.push("</a>");
                    if let (LinkType::WikiLink { has_pothole: false }, Some(text)) = (link_type, resolved.text) {
                        self.out.push(Event::Text(text.clone().into()));
                        self.add_to_heading(&text);
                        self.skip_link_text = true;
                    }
                }
                Err(fault) => {
                    self.tell(*fault, range);
                    self.links.push("");
                }
            },
        }
    }

    fn fragment(&mut self, fragment: &str, title: &str, range: Range<usize>) {
        if let Some(from) = self.within {
            self.raw(format!("<a href=\"{}#{}\"{title}>", escape_html(&from.href), escape_html(fragment)));
            self.links.push("</a>");
            return;
        }
        self.fragments.push((fragment.to_string(), range));
        self.raw(format!("<a href=\"#{}\"{title}>", escape_html(fragment)));
        self.links.push("</a>");
    }

    fn cite(&mut self, ids: &[&str], range: Range<usize>) {
        let mut marks = Vec::new();
        for id in ids {
            match self.resolver.citation(id) {
                Ok(source) => {
                    let time = self.cited.entry(source.number).or_default();
                    *time += 1;
                    // One-line fields stand apart from the text: their citations need no way back.
                    let apart = self.inline || self.within.is_some();
                    let anchor = if apart { String::new() } else { format!(" id=\"cite-{}-{time}\"", source.number) };
                    let page = self.within.map_or_else(String::new, |from| escape_html(&from.href));
                    marks.push(format!(
                        "<a href=\"{page}#source-{0}\"{anchor} title=\"{1}\">{0}</a>",
                        source.number,
                        escape_html(&source.title)
                    ));
                }
                Err(fault) => self.tell(*fault, range.clone()),
            }
        }
        if !marks.is_empty() {
            self.close_up();
            self.raw(format!("<sup class=\"cite\">{}</sup>", marks.join(", ")));
        }
    }

    /// Takes out the white space before a mark: it stands close to what it proves, however it was typed. Two marks stay
    /// apart.
    fn close_up(&mut self) {
        let after_mark = |writer: &Self| match writer.out.last() {
            Some(Event::Html(html) | Event::InlineHtml(html)) => html.ends_with("</sup>"),
            _ => false,
        };
        match self.out.pop() {
            Some(Event::Text(text)) if !text.trim().is_empty() || !after_mark(self) => {
                self.out.push(Event::Text(match text {
                    CowStr::Borrowed(text) => CowStr::Borrowed(text.trim_end()),
                    text => CowStr::from(text.trim_end().to_string()),
                }));
            }
            Some(Event::SoftBreak) if !after_mark(self) => {}
            Some(other) => self.out.push(other),
            None => {}
        }
    }

    fn html(&mut self, html: CowStr<'a>, range: Range<usize>, block: bool) {
        match directives::marker(&html) {
            Some(Marker::Open(index)) if index < self.prepared.calls.len() => return self.open(index),
            Some(Marker::Close) => return self.close(),
            _ => {}
        }
        let bare = html.trim();
        if bare.starts_with("<!--") && bare.ends_with("-->") && bare.matches("<!--").count() == 1 {
            return;
        }
        if self.options.raw_html {
            self.out.push(if block { Event::Html(html) } else { Event::InlineHtml(html) });
            return;
        }
        if !self.raw_html_told {
            self.raw_html_told = true;
            let note = Diagnostic::warning("raw-html", "raw HTML is shown as text");
            self.tell(
                note.help("use Markdown or a shortcode, or allow it with `raw_html: true` in `site.yaml`"),
                range,
            );
        }
        self.out.push(Event::Text(html));
    }

    fn open(&mut self, index: usize) {
        if self.prepared.calls[index].container {
            self.containers.push((index, self.out.len(), self.ends.len()));
        } else {
            self.component(index, None);
        }
    }

    fn close(&mut self) {
        let Some((index, start, depth)) = self.containers.pop() else { return };
        if depth != self.ends.len() {
            let call = &self.prepared.calls[index];
            let fault = Diagnostic::error(
                "bad-directive",
                format!("`:::{}` begins inside a list or quotation and ends outside", call.name),
            );
            let place = Place::span(self.body.path, call.span.clone());
            self.push(fault.at(place).help("put both lines at the margin"));
            return;
        }
        let events = self.out.split_off(start.min(self.out.len()));
        let mut body = String::new();
        push_html(&mut body, events, self.options);
        if self.prepared.calls[index].name == "timeline" {
            body = dated_items(&body, self.resolver);
        }
        self.component(index, Some(&body));
    }

    fn component(&mut self, index: usize, body: Option<&str>) {
        let call = &self.prepared.calls[index];
        match self.resolver.component(call, body) {
            Ok(html) => self.raw(format!("{}\n", html.trim())),
            Err(fault) => {
                let place = Place::span(self.body.path, call.span.clone());
                self.push(Diagnostic::error("bad-shortcode", fault.message).at(place).maybe_help(fault.help));
            }
        }
    }

    fn footnote_reference(&mut self, label: &str) {
        let next = self.notes.order.len() + 1;
        let number = *self.notes.numbers.entry(label.to_string()).or_insert(next);
        if number == next {
            self.notes.order.push(label.to_string());
        }
        let time = self.notes.references.entry(label.to_string()).or_default();
        *time += 1;
        let prefix = self.within.map_or("", |from| from.prefix.as_str());
        let html = format!(
            "<sup class=\"footnote-ref\"><a href=\"#fn-{prefix}{number}\" id=\"fnref-{prefix}{number}-{time}\">{number}</a></sup>"
        );
        self.raw(html);
    }

    fn math(&mut self, tex: &str, display: bool, range: Range<usize>) {
        // Facts count it to the heading too, whether it can be read or not.
        self.add_to_heading(tex);
        match mathml(tex, display) {
            Ok(math) => self.raw(math),
            Err(message) => {
                self.tell(
                    Diagnostic::error("bad-math", format!("this formula cannot be read: {message}"))
                        .help("write LaTeX between the signs, or `\\$` for a dollar sign"),
                    range,
                );
                self.out.push(Event::Code(tex.to_string().into()));
            }
        }
    }

    fn finish(mut self, diagnostics: &mut Vec<Diagnostic>) -> Html {
        while !self.containers.is_empty() {
            self.close();
        }
        let fragments = std::mem::take(&mut self.fragments);
        let ids: HashSet<String> = self.headings.iter().map(|(_, id, _)| id.clone()).collect();
        for (fragment, range) in fragments {
            let known = ids.contains(&fragment) || fragment.starts_with("source-") || fragment.starts_with("kj");
            if !known {
                // Looking for what is near takes long on a page of many headings, and helps with the first ones.
                let near = self.headings.iter().map(|(_, id, _)| id.as_str()).take(HEADINGS_COMPARED);
                let help = if self.diagnostics.len() < Tally::MOST {
                    crate::base::suggest::did_you_mean(&fragment, near)
                } else {
                    None
                };
                self.tell(
                    Diagnostic::error("broken-link", format!("there is no section `#{fragment}` on this page"))
                        .maybe_help(help),
                    range,
                );
            }
        }
        let mut content = String::with_capacity(self.body.text.len() * 3 / 2);
        push_html(&mut content, self.out, self.options);
        let within = self.within.map(|from| from.prefix.as_str());
        push_notes(&mut content, self.notes, self.options, within, self.resolver.language());
        diagnostics.extend(self.diagnostics);
        Html { content, headings: self.headings }
    }
}

fn alert(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "note",
        BlockQuoteKind::Tip => "tip",
        BlockQuoteKind::Important => "important",
        BlockQuoteKind::Warning => "warning",
        BlockQuoteKind::Caution => "caution",
    }
}

/// The footnotes that were referred to, in the order of their numbers, each with its ways back. Those of a text within
/// another's page have ids with a prefix, and no heading.
fn push_notes(
    content: &mut String,
    mut notes: Notes,
    options: &MarkdownOptions,
    within: Option<&str>,
    language: &Language,
) {
    let defined: Vec<(usize, String)> = notes
        .order
        .iter()
        .enumerate()
        .map(|(index, label)| (index + 1, label.clone()))
        .filter(|(_, label)| notes.texts.contains_key(label))
        .collect();
    if defined.is_empty() {
        return;
    }
    let prefix = within.unwrap_or_default();
    match within {
        Some(_) => content.push_str("<div class=\"footnotes\"><ol>\n"),
        None => content.push_str(&format!(
            "<section class=\"footnotes\" aria-labelledby=\"footnotes-title\">\n<h2 id=\"footnotes-title\">{}</h2>\n<ol>\n",
            escape_html(language.text("notes"))
        )),
    }
    let back_to_text = escape_html(language.text("back-to-text"));
    for (number, label) in defined {
        let mut text = String::new();
        push_html(&mut text, notes.texts.remove(&label).unwrap_or_default(), options);
        let times = notes.references.get(&label).copied().unwrap_or(1);
        let back: Vec<String> = (1..=times)
            .map(|time| {
                format!("<a class=\"footnote-back\" href=\"#fnref-{prefix}{number}-{time}\" aria-label=\"{back_to_text}\">↩</a>")
            })
            .collect();
        let back = back.join(" ");
        let text = text.trim_end();
        let text = match text.strip_suffix("</p>") {
            Some(text) => format!("{text} {back}</p>"),
            None => format!("{text}<p>{back}</p>"),
        };
        content.push_str(&format!("<li id=\"fn-{prefix}{number}\">{text}</li>\n"));
    }
    content.push_str(if within.is_some() { "</ol></div>\n" } else { "</ol>\n</section>\n" });
}

/// Gives the entries of a list that begin with a date and a colon a `time` element.
fn dated_items(body: &str, resolver: &dyn Resolver) -> String {
    let mut dated = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find("<li>") {
        let (before, item) = rest.split_at(at + "<li>".len());
        dated.push_str(before);
        rest = item;
        let text = item.trim_start();
        let (open, text) = text.strip_prefix("<p>").map_or(("", text), |text| ("<p>", text));
        if let Some((date, after)) = text.split_once(':')
            && let Ok(date) = PartialDate::parse(date)
        {
            dated.push_str(&format!("{open}<time datetime=\"{date}\">{}</time> ", resolver.language().date(date)));
            rest = after.trim_start();
        }
    }
    dated.push_str(rest);
    dated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::paths::SourcePath;

    static WORDS: std::sync::LazyLock<crate::words::Words> = std::sync::LazyLock::new(crate::words::Words::built_in);

    struct Fake;

    impl Resolver for Fake {
        fn link(&self, target: &LinkTarget) -> Result<Resolved, Box<Diagnostic>> {
            match target {
                LinkTarget::Wiki { name, .. } if name == "Nobody" => {
                    Err(Box::new(Diagnostic::error("broken-link", "there is nothing called `Nobody`")))
                }
                LinkTarget::Wiki { name, .. } => {
                    Ok(Resolved { href: "/e/".into(), class: Some("entity".into()), text: Some(name.clone()) })
                }
                LinkTarget::Relative { path, .. } => Ok(Resolved { href: format!("/{path}"), ..Resolved::default() }),
                _ => Ok(Resolved::default()),
            }
        }
        fn image(&self, src: &str) -> Result<ImageInfo, Box<Diagnostic>> {
            Ok(ImageInfo { url: format!("/{src}"), size: Some((4, 3)), ..ImageInfo::default() })
        }
        fn citation(&self, id: &str) -> Result<CitationInfo, Box<Diagnostic>> {
            match id.strip_prefix('s').and_then(|number| number.parse().ok()) {
                Some(number) => Ok(CitationInfo { number, title: "A \"title\"".into() }),
                None => Err(Box::new(Diagnostic::error("unknown-source", format!("there is no source `{id}`")))),
            }
        }
        fn component(&self, call: &Call, body: Option<&str>) -> Result<String, ComponentFault> {
            Ok(format!("<x-{}>{}</x-{}>", call.name, body.unwrap_or(""), call.name))
        }
        fn embed(&self, target: &LinkTarget, number: usize) -> Result<String, Box<Diagnostic>> {
            let LinkTarget::Wiki { name, fragment, .. } = target else { panic!("not a wikilink") };
            let path = SourcePath::new("b.md");
            let text = format!(
                "Of {name}[^1] [@s1].\n\n## A\n\nIn *a*.\n\n### B\n\nIn b [b](#b).\n\n## C\n\n![[D]]\n\n[^1]: Note."
            );
            let within = Within {
                href: "/b/".into(),
                title: "B".into(),
                prefix: format!("e{number}-"),
                section: fragment.clone(),
            };
            let body = Body { path: &path, text: &text, offset: 0 };
            Ok(format!("<section>{}</section>", embedded_html(&body, &MarkdownOptions::default(), self, &[], &within)))
        }
        fn language(&self) -> &Language {
            WORDS.of("en")
        }
    }

    fn render(text: &str) -> (String, Vec<String>) {
        let path = SourcePath::new("a.md");
        let (html, diagnostics) = html(&Body { path: &path, text, offset: 0 }, &MarkdownOptions::default(), &Fake, &[]);
        (
            html.content.trim().to_string(),
            diagnostics.into_iter().map(|diagnostic| diagnostic.code.to_string()).collect(),
        )
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(render(text), (expected.to_string(), vec![]));
    }

    #[test]
    fn headings_have_anchors() {
        check(
            "## Why it *matters*",
            "<h2 id=\"why-it-matters\">Why it <em>matters</em><a class=\"anchor\" href=\"#why-it-matters\" aria-label=\"Link to section: Why it matters\"></a></h2>",
        );
        check(
            "## A {#own onclick=x}",
            "<h2 id=\"own\">A<a class=\"anchor\" href=\"#own\" aria-label=\"Link to section: A\"></a></h2>",
        );
    }

    #[test]
    fn sources_are_cited_by_number() {
        check(
            "Said [@s2; @s1].",
            "<p>Said<sup class=\"cite\"><a href=\"#source-2\" id=\"cite-2-1\" title=\"A &quot;title&quot;\">2</a>, <a href=\"#source-1\" id=\"cite-1-1\" title=\"A &quot;title&quot;\">1</a></sup>.</p>",
        );
        assert_eq!(render("Said [@x].").1, ["unknown-source"]);
    }

    #[test]
    fn footnotes_stand_at_the_end() {
        check(
            "A[^b] and B[^b].\n\n[^b]: Note.",
            "<p>A<sup class=\"footnote-ref\"><a href=\"#fn-1\" id=\"fnref-1-1\">1</a></sup> and B<sup class=\"footnote-ref\"><a href=\"#fn-1\" id=\"fnref-1-2\">1</a></sup>.</p>\n<section class=\"footnotes\" aria-labelledby=\"footnotes-title\">\n<h2 id=\"footnotes-title\">Notes</h2>\n<ol>\n<li id=\"fn-1\"><p>Note. <a class=\"footnote-back\" href=\"#fnref-1-1\" aria-label=\"Back to text\">↩</a> <a class=\"footnote-back\" href=\"#fnref-1-2\" aria-label=\"Back to text\">↩</a></p></li>\n</ol>\n</section>",
        );
    }

    #[test]
    fn links_are_resolved() {
        check(
            "[[Xi Jinping]] and [[xi-jinping|the leader]]",
            "<p><a class=\"entity\" href=\"/e/\">Xi Jinping</a> and <a class=\"entity\" href=\"/e/\">the leader</a></p>",
        );
        check(
            "[a](b.md \"T\") [c](https://x.org/?a&b)",
            "<p><a href=\"/b.md\" title=\"T\">a</a> <a class=\"external\" rel=\"noopener\" href=\"https://x.org/?a&amp;b\">c</a></p>",
        );
        assert_eq!(render("[[Nobody]] [x](#none)").1, ["broken-link", "broken-link"]);
        check("\\[[Not a link]]", "<p>[[Not a link]]</p>");
        check("In [[!Georgia]] and [[!x|Georgia]].", "<p>In Georgia and Georgia.</p>");
    }

    #[test]
    fn names_become_links_where_that_is_asked() {
        let text = "Côte d'Ivoire & **Xi** met Xi\nJinping, [Xi](a.md).";
        let path = SourcePath::new("a.md");
        let body = Body { path: &path, text, offset: 0 };
        let options = MarkdownOptions::default();
        let run = &crate::content::markdown::prose(&body, &options).runs[0];
        let names = [("Côte d’Ivoire", 0), ("Xi", 0), ("Xi Jinping", 0)];
        let auto: Vec<AutoLink> = names
            .iter()
            .map(|(name, time)| {
                let (at, _) = run.text.match_indices(name).nth(*time).expect(name);
                let range = run.origin(at..at + name.len()).expect(name).prepared;
                AutoLink { range, href: "/x/".into(), class: "entity".into() }
            })
            .collect();
        let (made, _) = html(&body, &options, &Fake, &auto);
        assert_eq!(
            made.content.trim(),
            "<p><a class=\"entity\" href=\"/x/\">Côte d’Ivoire</a> &amp; <strong><a class=\"entity\" \
             href=\"/x/\">Xi</a></strong> met <a class=\"entity\" href=\"/x/\">Xi\nJinping</a>, <a href=\"/a.md\">Xi</a>.</p>"
        );
        // Ranges that fit nothing do no harm.
        for range in [0..3, 2..3, 14..20, 18..22, 30..90, 500..600] {
            let auto = [AutoLink { range, href: "/x/".into(), class: "entity".into() }];
            let (made, _) = html(&body, &options, &Fake, &auto);
            assert_eq!(made.content.matches("<a ").count(), made.content.matches("</a>").count(), "{}", made.content);
        }
    }

    #[test]
    fn texts_of_other_pages_are_shown() {
        check(
            "![[Xi#a]]",
            "<section><p>In <em>a</em>.</p>\n<h4>B</h4>\n<p>In b <a href=\"/b/#b\">b</a>.</p>\n</section>",
        );
        check(
            "![[Xi]]",
            "<section><p>Of Xi<sup class=\"footnote-ref\"><a href=\"#fn-e1-1\" id=\"fnref-e1-1-1\">1</a></sup> <sup \
             class=\"cite\"><a href=\"/b/#source-1\" title=\"A &quot;title&quot;\">1</a></sup>.</p>\n<h3>A</h3>\n<p>In \
             <em>a</em>.</p>\n<h4>B</h4>\n<p>In b <a href=\"/b/#b\">b</a>.</p>\n<h3>C</h3>\n<p><a \
             href=\"/e/\">D</a></p>\n<div class=\"footnotes\"><ol>\n<li id=\"fn-e1-1\"><p>Note. <a class=\"footnote-back\" \
             href=\"#fnref-e1-1-1\" aria-label=\"Back to text\">↩</a></p></li>\n</ol></div>\n</section>",
        );
        let link = "<a href=\"/e/\">Xi</a>".to_string();
        assert_eq!(render("See ![[Xi]]."), (format!("<p>See {link}.</p>"), vec!["embed-in-line".to_string()]));
        assert_eq!(render("![[Nobody]]"), ("<p>Nobody</p>".to_string(), vec!["broken-link".to_string()]));
    }

    #[test]
    fn a_lone_picture_is_a_figure() {
        check(
            "![Alt](a.png \"Caption\")",
            "<figure><img src=\"/a.png\" alt=\"Alt\" width=\"4\" height=\"3\" loading=\"lazy\" decoding=\"async\"><figcaption>Caption</figcaption></figure>",
        );
        check(
            "See ![Alt](a.png)",
            "<p>See <img src=\"/a.png\" alt=\"Alt\" width=\"4\" height=\"3\" loading=\"lazy\" decoding=\"async\"></p>",
        );
    }

    #[test]
    fn tables_have_classes_not_styles() {
        check(
            "|a|b|\n|-|-:|\n|1|2|",
            "<div class=\"table-wrap\" role=\"region\" aria-label=\"Table 1\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">a</th><th scope=\"col\" class=\"right\">b</th></tr></thead>\n<tbody>\n<tr><td>1</td><td class=\"right\">2</td></tr>\n</tbody></table></div>",
        );
    }

    #[test]
    fn shortcodes_hold_markdown() {
        check(
            ":::aside{title=\"T\"}\nSome *text*.\n:::\nAfter.",
            "<x-aside><p>Some <em>text</em>.</p>\n</x-aside>\n<p>After.</p>",
        );
        check(
            ":::timeline\n- 2022-02-24: War\n- 2025: More\n:::",
            "<x-timeline><ul>\n<li><time datetime=\"2022-02-24\">24 February 2022</time> War</li>\n<li><time datetime=\"2025\">2025</time> More</li>\n</ul>\n</x-timeline>",
        );
    }

    #[test]
    fn portions_are_marked_where_that_is_asked() {
        let path = SourcePath::new("a.md");
        let text = "One *two*.\n\n![Alt](a.png)\n\n- tight\n- **bold**\n\n:::tlp amber\nThree.\n\n1. loose\n\n2. entry\n:::\n\n> Four.\n";
        let options = MarkdownOptions { portion_marks: true, portion: Some(Tlp::Green), ..MarkdownOptions::default() };
        let (made, _) = html(&Body { path: &path, text, offset: 0 }, &options, &Fake, &[]);
        let marks: Vec<&str> = made.content.split("<span class=\"portion\">").skip(1).collect();
        let begins = [
            "(TLP:GREEN)</span> One",
            "(TLP:GREEN)</span> tight",
            "(TLP:GREEN)</span> <strong>bold",
            "(TLP:AMBER)</span> Three",
            "(TLP:AMBER)</span> loose",
            "(TLP:AMBER)</span> entry",
            "(TLP:GREEN)</span> Four",
        ];
        assert_eq!(marks.len(), begins.len(), "{}", made.content);
        for (mark, begin) in marks.iter().zip(begins) {
            assert!(mark.starts_with(begin), "{mark}");
        }
    }

    #[test]
    fn alerts_math_and_tasks() {
        check(
            "> [!NOTE]\n> Mind.",
            "<aside class=\"alert alert-note\"><p class=\"alert-title\">Note</p>\n<p>Mind.</p>\n</aside>",
        );
        assert!(render("$x^2$").0.contains("<math"));
        assert!(render("- [x] done").0.contains("<input type=\"checkbox\" disabled checked aria-label=\"done\">"));
    }

    #[test]
    fn what_is_too_deep_ends_all_the_same() {
        for text in [">".repeat(101) + "0", "- ".repeat(101) + "a", format!("> {}0\n\n# Then", "> - ".repeat(60))] {
            let (made, told) = render(&text);
            assert_eq!(told, ["too-deep"], "{text}");
            for tag in ["blockquote", "ul", "li", "p"] {
                let (begins, ends) =
                    (made.matches(&format!("<{tag}>")).count(), made.matches(&format!("</{tag}>")).count());
                assert_eq!(begins, ends, "{tag} in {made}");
            }
        }
    }

    #[test]
    fn a_heading_has_one_id_in_both_passes() {
        let path = SourcePath::new("a.md");
        for text in [
            "## A $\\frac$ b",
            "## A $$x$$ ![b](c.png)",
            "## `a` [b](c) [[d]] [@s1]",
            "# A\n\n# A\n\n## A 2",
            "## Of [[Xi Jinping#part]], [[xi-jinping]] and [[person:Xi Jinping]]",
            "## Of [[!Georgia]], [[#part]], [[Xi Jinping|*him*]] and ![[a.png]] ![*b*\nc](d.png)",
            "## `a`\\\nb\n===\n\nc[^1]\n===\n\n[^1]: ## d",
        ] {
            let body = Body { path: &path, text, offset: 0 };
            let (facts, _) = crate::content::markdown::facts(&body, &MarkdownOptions::default());
            let (made, _) = html(&body, &MarkdownOptions::default(), &Fake, &[]);
            let ids: Vec<_> = facts.headings.iter().map(|heading| heading.id.as_str()).collect();
            assert_eq!(ids, made.headings.iter().map(|(_, id, _)| id.as_str()).collect::<Vec<_>>(), "{text}");
        }
    }

    #[test]
    fn a_link_without_words_gives_a_heading_its_name() {
        let path = SourcePath::new("a.md");
        for (text, id) in [
            ("## Of [[country:Georgia]]", "of-georgia"),
            ("## Of [[Xi Jinping#part]]", "of-xi-jinping"),
            ("## Of [[#The part]]", "of-the-part"),
            ("## Of [[!Georgia]]", "of-georgia"),
            ("## Of [[Xi Jinping|him]] [@s1]", "of-him"),
        ] {
            let body = Body { path: &path, text, offset: 0 };
            let (facts, _) = crate::content::markdown::facts(&body, &MarkdownOptions::default());
            assert_eq!(facts.headings[0].id, id, "{text}");
        }
    }

    #[test]
    fn hostile_texts_are_only_text() {
        for text in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "[x](javascript:alert(1))",
            "[x](JaVa\tScript:alert(1))",
            "![x](data:image/svg+xml;base64,AAAA)",
            "<javascript:alert(1)>",
            "[x]: javascript:alert(1)\n\n[x]",
            "```\"><script>alert(1)</script>\nx\n```",
            "## A {onclick=alert(1)}",
            "[[\"><script>]]",
            "![\"><script>](a.png \"\\\"><script>\")",
            "[a](b \"\\\" onmouseover=alert(1) \\\"\")",
            "<a href=\"javascript:alert(1)\">x</a>",
            "[x](&#106;avascript:alert(1))",
            "[x](vbscript:x) [y](file:///etc/passwd)",
            "$\\text{<script>}$",
            ":::aside{title=\"<script>\"}\n<script>\n:::",
            "<!-- --><script>alert(1)</script><!-- -->",
        ] {
            let (html, _) = render(text);
            let lower = html.to_lowercase();
            assert!(
                !lower.contains("<script")
                    && !lower.contains("<a href=\"javascript")
                    && !lower.contains("src=\"data")
                    && !lower.contains("<img src=x"),
                "{text}: {html}"
            );
        }
    }

    /// HTML may write one and the same text in several ways; these are the ones that tell our output from the suite's.
    fn alike(html: &str) -> String {
        html.replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&gt;", ">")
            .replace("<li>\n", "<li>")
            .trim()
            .to_string()
    }

    #[test]
    fn commonmark_is_kept() {
        #[derive(serde::Deserialize)]
        struct Example {
            markdown: String,
            html: String,
            example: usize,
        }
        let examples: Vec<Example> =
            serde_json::from_str(include_str!("../../../tests/data/commonmark-0.31.json")).expect("a JSON file");
        assert_eq!(examples.len(), 652);
        let path = SourcePath::new("a.md");
        let options = MarkdownOptions::commonmark();
        let failed: Vec<usize> = examples
            .iter()
            .filter(|example| {
                let ours =
                    html(&Body { path: &path, text: &example.markdown, offset: 0 }, &options, &Fake, &[]).0.content;
                alike(&ours) != alike(&example.html)
            })
            .map(|example| example.example)
            .collect();
        assert!(failed.is_empty(), "{failed:?}");
    }

    #[test]
    fn the_extensions_of_github_are_kept() {
        #[derive(serde::Deserialize)]
        struct Example {
            example: usize,
            extension: String,
            markdown: String,
            html: String,
        }
        let examples: Vec<Example> =
            serde_json::from_str(include_str!("../../../tests/data/gfm-0.29.json")).expect("a JSON file");
        assert_eq!(examples.len(), 12);
        let path = SourcePath::new("a.md");
        let plain =
            MarkdownOptions { tables: true, strikethrough: true, task_lists: true, ..MarkdownOptions::commonmark() };
        // The same with our own markup, told back into that of the examples.
        let own = MarkdownOptions { plain: false, ..plain.clone() };
        let reworded = |html: &str| {
            let mut html = alike(html).replace('\n', "").replace("<tbody></tbody>", "");
            for (ours, theirs) in [
                (" scope=\"col\"", ""),
                (" role=\"region\" aria-label=\"Table 1\" tabindex=\"0\"", ""),
                (" class=\"left\"", " align=\"left\""),
                (" class=\"center\"", " align=\"center\""),
                (" class=\"right\"", " align=\"right\""),
                (" style=\"text-align: left\"", " align=\"left\""),
                (" style=\"text-align: center\"", " align=\"center\""),
                (" style=\"text-align: right\"", " align=\"right\""),
                ("<div class=\"table-wrap\">", ""),
                ("</table></div>", "</table>"),
                (" aria-label=\"done\"", ""),
                (" aria-label=\"to do\"", ""),
                (" checked=\"\"", " checked"),
                (" disabled=\"\"", " disabled"),
                (" type=\"checkbox\"", ""),
                ("<input checked disabled", "<input disabled checked"),
                ("/>", ">"),
                ("> ", ">"),
            ] {
                html = html.replace(ours, theirs);
            }
            html
        };
        for Example { example, extension, markdown, html: expected } in &examples {
            for options in [&plain, &own] {
                let made = html(&Body { path: &path, text: markdown, offset: 0 }, options, &Fake, &[]).0.content;
                assert_eq!(reworded(&made), reworded(expected), "example {example}, {extension}");
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic_or_hang() {
        // A small generator with a fixed seed: pieces of syntax in random order.
        let pieces = [
            "[", "]", "(", ")", "[^", "*", "_", "`", "```\n", "> ", "- ", "\n", "\n\n", "    ", ":::a\n", ":::\n",
            "::b{x=", "}", "\"", "$", "$$", "|", "|-|\n", "<", "<!--", "-->", "[[", "|x]]", "@s1", "é", "习",
            "\u{E000}", "\t", "# ", "![", "{#i}", "~", "^", ": ", "&#x41;", "\\",
        ];
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        for _ in 0..400 {
            let mut text = String::new();
            for _ in 0..60 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                text.push_str(pieces[(state % pieces.len() as u64) as usize]);
            }
            render(&text);
            let path = SourcePath::new("a.md");
            crate::content::markdown::facts(&Body { path: &path, text: &text, offset: 0 }, &MarkdownOptions::default());
        }
    }
}
