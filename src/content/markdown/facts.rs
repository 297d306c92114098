//! What a text holds, without making HTML of it.

use std::collections::BTreeSet;
use std::ops::Range;

use borsh::{BorshDeserialize, BorshSerialize};
use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Parser, Tag, TagEnd};
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use crate::base::dates::PartialDate;
use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::paths::SourcePath;
use crate::base::suggest::did_you_mean;
use crate::base::text::tidy;
use crate::content::markdown::directives::{self, Call, Marker};
use crate::content::markdown::events::{HeadingIds, Undefined, citation, is_picture, plain_wikilink};
use crate::content::markdown::notes;
use crate::content::markdown::prose::{Outline, Reading};
use crate::content::markdown::url::is_external;
use crate::content::markdown::{Body, MarkdownOptions};
use crate::content::vocabulary::Tlp;

/// What a text holds. All spans are bytes of the file.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Facts {
    /// The `# heading` that the text begins with.
    pub title: Option<Title>,
    /// Headings.
    pub headings: Vec<Heading>,
    /// Links, wikilinks and `![[embeds]]` included.
    pub links: Vec<Link>,
    /// Pictures.
    pub images: Vec<Image>,
    /// Citations, one for each id.
    pub citations: Vec<Citation>,
    /// Shortcodes.
    pub components: Vec<Call>,
    /// Blocks with a marking of their own: `:::tlp amber`.
    pub marked: Vec<Marked>,
    /// Dated entries of `:::timeline`.
    pub dated: Vec<Dated>,
    /// Footnotes that no page shows, since nothing that is shown refers to them.
    pub loose_notes: Vec<Range<usize>>,
    /// Plain text before `<!-- more -->`, else of the first paragraph.
    pub excerpt: Option<String>,
    /// Words.
    pub word_count: usize,
    /// Minutes to read.
    pub reading_minutes: usize,
    /// Where its running text stands, until names are looked for in it; none when that has to be read anew.
    #[borsh(skip)]
    pub prose: Option<Outline>,
}

/// The heading that a text begins with.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Title {
    /// Its plain text.
    pub text: String,
    /// The byte of the file after it.
    pub end: usize,
}

/// A heading.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Heading {
    /// Level, 1 to 6.
    pub level: u8,
    /// Anchor.
    pub id: String,
    /// Plain text.
    pub title: String,
    /// Where.
    pub span: Range<usize>,
}

/// A link.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Link {
    /// Where it leads.
    pub target: LinkTarget,
    /// Where it stands.
    pub span: Range<usize>,
}

/// Where a link leads, as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
pub enum LinkTarget {
    /// A path on this site.
    Relative {
        /// The path, without fragment.
        path: String,
        /// The fragment, without `#`.
        fragment: Option<String>,
    },
    /// A wikilink.
    Wiki {
        /// `country` in `[[country:Georgia]]`.
        kind: Option<String>,
        /// The name; empty in `[[#section]]`.
        name: String,
        /// The fragment, without `#`.
        fragment: Option<String>,
    },
    /// A place on the same page.
    Fragment(String),
    /// An address elsewhere.
    External(String),
}

impl LinkTarget {
    /// The fragment, without `#`, of a link to a page of the site.
    pub fn fragment(&self) -> Option<&str> {
        match self {
            LinkTarget::Relative { fragment, .. } | LinkTarget::Wiki { fragment, .. } => fragment.as_deref(),
            LinkTarget::Fragment(_) | LinkTarget::External(_) => None,
        }
    }
}

/// A picture.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Image {
    /// Its address as written.
    pub src: String,
    /// Its text.
    pub alt: String,
    /// Where.
    pub span: Range<usize>,
}

/// A block with a marking of its own.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Marked {
    /// Its marking; the strictest, until a label that cannot be read is mended.
    pub label: Tlp,
    /// All of it.
    pub span: Range<usize>,
}

/// An entry of a `:::timeline` that begins with a date: `- 2025-12-10: What happened`.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Dated {
    /// Its date.
    pub date: PartialDate,
    /// Plain text after the date.
    pub text: String,
    /// Where.
    pub span: Range<usize>,
}

/// A citation.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Citation {
    /// The source's id.
    pub id: String,
    /// Where.
    pub span: Range<usize>,
}

impl LinkTarget {
    /// Reads the address of a Markdown link.
    pub fn of_address(address: &str) -> Self {
        if is_external(address) {
            return LinkTarget::External(address.to_string());
        }
        match address.split_once('#') {
            Some(("", fragment)) => LinkTarget::Fragment(fragment.to_string()),
            Some((path, fragment)) => {
                LinkTarget::Relative { path: path.to_string(), fragment: Some(fragment.to_string()) }
            }
            None => LinkTarget::Relative { path: address.to_string(), fragment: None },
        }
    }

    /// Reads the inside of a wikilink, without its label.
    pub fn of_wikilink(inside: &str) -> Self {
        // In a table the bar is written `\|`, and the parser leaves the backslash.
        let inside = inside.trim().trim_end_matches('\\').trim();
        let (name, fragment) = match inside.split_once('#') {
            Some((name, fragment)) => (name.trim(), Some(fragment.trim().to_string())),
            None => (inside, None),
        };
        let (kind, name) = match name.split_once(':') {
            Some((kind, rest)) if !kind.is_empty() && kind.chars().all(|c| c.is_alphanumeric() || c == '-') => {
                (Some(kind.to_string()), rest.trim())
            }
            _ => (None, name),
        };
        LinkTarget::Wiki { kind, name: name.split_whitespace().collect::<Vec<_>>().join(" "), fragment }
    }

    /// Reads the target of a link that the parser found.
    pub(super) fn of(link_type: LinkType, address: &str) -> Self {
        match link_type {
            LinkType::WikiLink { .. } => Self::of_wikilink(address),
            LinkType::Email => LinkTarget::External(format!("mailto:{address}")),
            _ => Self::of_address(address),
        }
    }
}

/// Words read in a minute: the mean of adults reading English prose in silence (Brysbaert, 2019: 238).
const WORDS_A_MINUTE: usize = 238;
/// Characters of Chinese or Japanese read in a minute, in the round (Trauzettel-Klosinski and Dietz, 2012: 255 for
/// Chinese, 357 for Japanese).
const IDEOGRAPHS_A_MINUTE: usize = 300;

/// Says what a text holds.
pub fn facts(body: &Body, options: &MarkdownOptions) -> (Facts, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let prepared = directives::prepare(body, options.parser(), &mut diagnostics);
    let mut undefined: Vec<Undefined> = Vec::new();
    let callback = |link: BrokenLink| -> Option<(CowStr, CowStr)> {
        if citation(&link.reference).is_some() {
            return Some((CowStr::Borrowed(""), CowStr::Borrowed("")));
        }
        if matches!(link.link_type, LinkType::Reference | LinkType::Collapsed) {
            undefined.push(Undefined { span: link.span, reference: link.reference.to_string() });
        }
        None
    };
    let parser = Parser::new_with_broken_link_callback(&prepared.text, options.parser(), Some(callback));
    let mut gathering = Gathering { may_break_off: prepared.text.contains("<!--"), ..Gathering::default() };
    let mut reading = prepared.is_plain().then(|| Reading::of(&prepared.text));
    for (event, range) in parser.into_offset_iter() {
        if let Event::Html(html) = &event
            && let Some(marker) = directives::marker(html)
        {
            gathering.directive(marker, &prepared.calls);
        }
        if let Some(reading) = &mut reading {
            reading.event(&event, range.clone());
        }
        gathering.event(event, range, &|range| prepared.in_file(range));
    }
    let (mut facts, footnotes) = gathering.finish();
    // They are kept for as long as the site.
    facts.headings.shrink_to_fit();
    facts.links.shrink_to_fit();
    facts.citations.shrink_to_fit();
    facts.prose = reading.map(Reading::finish);
    facts.components.clone_from(&prepared.calls);
    facts.marked = marked(&prepared.calls, body.path, &mut diagnostics);
    for missing in undefined {
        let span = prepared.in_file(missing.span);
        diagnostics.push(
            Diagnostic::warning("undefined-reference", format!("there is no definition of `[{}]`", missing.reference))
                .at(Place::span(body.path, span))
                .help(format!("write `[{}]: https://…` on a line of its own", missing.reference)),
        );
    }
    for (label, range) in footnotes {
        diagnostics.push(
            Diagnostic::warning("unused-footnote", format!("nothing refers to the footnote `{label}`"))
                .at(Place::span(body.path, prepared.in_file(range.start..range.start + 1)))
                .help(format!("refer to it with `[^{label}]`, or take it out")),
        );
    }
    (facts, diagnostics)
}

/// The blocks that have markings of their own.
fn marked(calls: &[Call], path: &SourcePath, diagnostics: &mut Vec<Diagnostic>) -> Vec<Marked> {
    let mut found = Vec::new();
    for call in calls.iter().filter(|call| call.name.eq_ignore_ascii_case("tlp")) {
        let written = call.words.join(" ");
        let fault = |code: &'static str, message: String| {
            Diagnostic::error(code, message).at(Place::span(path, call.span.clone()))
        };
        let label = if Tlp::is_old_name(&written) {
            let message = "TLP:WHITE is called TLP:CLEAR since TLP 2.0 (August 2022)";
            let told = Diagnostic::warning("tlp-white", message).at(Place::span(path, call.span.clone()));
            diagnostics.push(told.help("write `:::tlp clear`"));
            Some(Tlp::Clear)
        } else {
            Tlp::parse(&written)
        };
        if label.is_none() {
            let told = fault("unknown-marking", format!("`{written}` is not a TLP label"));
            diagnostics.push(
                told.maybe_help(did_you_mean(&written, ["clear", "green", "amber", "amber+strict", "red"]))
                    .help("write `:::tlp clear`, `green`, `amber`, `amber+strict` or `red`"),
            );
        }
        if !call.container || !call.args.is_empty() || call.name != "tlp" {
            let told =
                fault("bad-directive", "a marked block is written `:::tlp amber`, and ends with `:::`".to_string());
            diagnostics
                .push(told.help("write three colons, `tlp` in small letters and the label, on a line of its own"));
        }
        found.push(Marked { label: label.unwrap_or(Tlp::Red), span: call.block.clone() });
    }
    found
}

/// Reads `300` or `300x200`, which stand for a picture's width where its words would be.
pub(super) fn width(words: &str) -> Option<usize> {
    let (width, height) = words.trim().split_once('x').unwrap_or((words.trim(), "1"));
    let read = |digits: &str| digits.parse::<usize>().ok().filter(|number| (1..=10_000).contains(number));
    read(height).and(read(width))
}

#[derive(Default)]
struct Gathering {
    facts: Facts,
    ids: HeadingIds,
    /// Text of the heading, picture or paragraph at hand.
    text: String,
    heading: Option<(u8, Range<usize>)>,
    /// Whether the heading at hand is the first thing in the text.
    leads: bool,
    image: Option<(String, Range<usize>, String)>,
    /// Whether the picture at hand has no words of its own, or is a text after all.
    wordless: bool,
    embed: bool,
    first: bool,
    seen: bool,
    paragraph: Option<String>,
    /// Whether there may be a `<!-- more -->`.
    may_break_off: bool,
    before_more: String,
    more: bool,
    in_code: bool,
    in_citation: bool,
    words: usize,
    ideographs: usize,
    defined: Vec<(String, Range<usize>)>,
    /// Where in the file the footnotes stand, in the same order.
    notes: Vec<Range<usize>>,
    /// The footnotes around the text at hand.
    within: Vec<usize>,
    /// The labels that are referred to, each with the footnote from which.
    referred: BTreeSet<(Option<usize>, String)>,
    depth: usize,
    /// For each container that is open, whether it is a timeline.
    containers: Vec<bool>,
    /// The entry of a timeline at hand, its place in the file, and the lists within it.
    entry: Option<(String, Range<usize>, usize)>,
}

impl Gathering {
    fn directive(&mut self, marker: Marker, calls: &[Call]) {
        match marker {
            Marker::Open(index) => {
                let container = calls.get(index).filter(|call| call.container);
                self.containers.extend(container.map(|call| call.name == "timeline"));
            }
            Marker::Close => {
                self.containers.pop();
            }
        }
    }

    fn event(&mut self, event: Event, range: Range<usize>, in_file: &dyn Fn(Range<usize>) -> Range<usize>) {
        let id = self.ids.take(&event);
        match event {
            Event::Start(tag) => {
                self.first = !self.seen;
                self.seen = true;
                self.depth += 1;
                self.start(tag, range, in_file);
            }
            Event::End(tag) => {
                self.depth -= 1;
                self.end(tag, id);
            }
            Event::Text(text) if !self.in_citation => self.put(&text),
            Event::Code(text) => self.put(&text),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.put(&text),
            Event::SoftBreak | Event::HardBreak => self.put(" "),
            Event::FootnoteReference(label) => {
                self.referred.insert((self.within.last().copied(), label.to_string()));
            }
            Event::Html(html) | Event::InlineHtml(html)
                if html.trim() == "<!-- more -->" || html.trim() == "<!--more-->" =>
            {
                self.more = true
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag, range: Range<usize>, in_file: &dyn Fn(Range<usize>) -> Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.text.clear();
                self.leads = self.first;
                self.heading = Some((level as u8, in_file(range)));
            }
            Tag::Paragraph => {
                self.text.clear();
                let is_wanted = self.facts.excerpt.is_none() || self.may_break_off && !self.more;
                self.paragraph = is_wanted.then(String::new);
            }
            Tag::CodeBlock(_) => self.in_code = true,
            Tag::Item => match &mut self.entry {
                Some((_, _, within)) => *within += 1,
                None if self.containers.last() == Some(&true) => self.entry = Some((String::new(), in_file(range), 0)),
                None => {}
            },
            Tag::Link { link_type, dest_url, id, .. } => {
                let span = in_file(range);
                if let (LinkType::ShortcutUnknown, Some(ids)) = (link_type, citation(&id)) {
                    self.in_citation = true;
                    self.facts
                        .citations
                        .extend(ids.into_iter().map(|id| Citation { id: id.to_string(), span: span.clone() }));
                } else if !matches!(link_type, LinkType::WikiLink { .. }) || plain_wikilink(&dest_url).is_none() {
                    self.facts.links.push(Link { target: LinkTarget::of(link_type, &dest_url), span });
                }
            }
            Tag::Image { link_type, dest_url, .. } => {
                let span = in_file(range);
                self.wordless = link_type == LinkType::WikiLink { has_pothole: false };
                self.embed = matches!(link_type, LinkType::WikiLink { .. }) && !is_picture(&dest_url);
                if self.embed {
                    self.facts.links.push(Link { target: LinkTarget::of(link_type, &dest_url), span: span.clone() });
                }
                self.image = Some((dest_url.trim().to_string(), span, String::new()));
            }
            Tag::FootnoteDefinition(label) => {
                self.within.push(self.defined.len());
                self.notes.push(in_file(range.clone()));
                self.defined.push((label.to_string(), range));
            }
            _ => {}
        }
    }

    /// Ends what began; `id` is that of a heading.
    fn end(&mut self, tag: TagEnd, id: Option<String>) {
        match tag {
            TagEnd::Heading(_) => {
                let Some(((level, span), id)) = self.heading.take().zip(id) else { return };
                let title = std::mem::take(&mut self.text).trim().to_string();
                if level == 1 && self.facts.headings.is_empty() && self.leads {
                    self.facts.title = Some(Title { text: title.clone(), end: span.end });
                }
                self.facts.headings.push(Heading { level, id, title, span });
            }
            TagEnd::Paragraph => {
                if let Some(text) = self.paragraph.take() {
                    let text = text.trim();
                    if self.may_break_off && !self.more && !text.is_empty() {
                        self.before_more.push_str(text);
                        self.before_more.push(' ');
                    }
                    // The first paragraph outside lists and quotations speaks for the text.
                    if self.facts.excerpt.is_none() && self.depth == 0 && !text.is_empty() {
                        self.facts.excerpt = Some(text.to_string());
                    }
                }
            }
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::FootnoteDefinition => drop(self.within.pop()),
            TagEnd::Item => match self.entry.take() {
                Some((text, span, within)) if within > 0 => self.entry = Some((text, span, within - 1)),
                Some((text, span, _)) => {
                    let dated =
                        text.split_once(':').and_then(|(date, text)| Some((PartialDate::parse(date).ok()?, text)));
                    self.facts.dated.extend(dated.map(|(date, text)| Dated { date, text: tidy(text), span }));
                }
                None => {}
            },
            TagEnd::Link => self.in_citation = false,
            TagEnd::Image => {
                if let Some((src, span, alt)) = self.image.take()
                    && !self.embed
                {
                    let alt = if self.wordless || width(&alt).is_some() { String::new() } else { alt };
                    self.facts.images.push(Image { src, alt, span });
                }
            }
            _ => {}
        }
    }

    fn put(&mut self, text: &str) {
        if let Some((_, _, alt)) = &mut self.image {
            alt.push_str(text);
            return;
        }
        if self.heading.is_some() {
            self.text.push_str(text);
        }
        if let Some((entry, _, 0)) = &mut self.entry {
            entry.push_str(text);
        }
        if let Some(paragraph) = &mut self.paragraph {
            paragraph.push_str(text);
        }
        if !self.in_code {
            self.count(text);
        }
    }

    fn count(&mut self, text: &str) {
        if text.is_ascii() {
            self.words += text
                .split_ascii_whitespace()
                .filter(|word| word.bytes().any(|byte| byte.is_ascii_alphanumeric()))
                .count();
            return;
        }
        for word in text.unicode_words() {
            if word.chars().next().is_some_and(is_ideograph) {
                self.ideographs += word.chars().count()
            } else {
                self.words += 1
            }
        }
    }

    /// Returns the facts, and the footnotes that nothing refers to.
    fn finish(mut self) -> (Facts, Vec<(String, Range<usize>)>) {
        if self.more {
            self.facts.excerpt = Some(self.before_more.trim().to_string()).filter(|text| !text.is_empty());
        }
        self.facts.word_count = self.words + self.ideographs;
        self.facts.reading_minutes =
            (self.words.div_ceil(WORDS_A_MINUTE) + self.ideographs.div_ceil(IDEOGRAPHS_A_MINUTE)).max(1);
        let labels: Vec<&str> = self.defined.iter().map(|(label, _)| &**label).collect();
        let shown = notes::shown(&labels, self.referred.iter().map(|(from, to)| (*from, &**to)));
        let loose = self.notes.drain(..).zip(shown).filter(|(_, shown)| !shown);
        self.facts.loose_notes = loose.map(|(span, _)| span).collect();
        let referred: BTreeSet<String> = self.referred.into_iter().map(|(_, label)| label).collect();
        self.defined.retain(|(label, _)| !referred.contains(label));
        (self.facts, self.defined)
    }
}

/// Han, kana: scripts whose characters are counted instead of words.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::paths::SourcePath;

    fn read(text: &str) -> (Facts, Vec<String>) {
        let path = SourcePath::new("a.md");
        let (facts, diagnostics) = facts(&Body { path: &path, text, offset: 100 }, &MarkdownOptions::default());
        (facts, diagnostics.into_iter().map(|diagnostic| diagnostic.code.to_string()).collect())
    }

    #[test]
    fn a_text_tells_what_it_holds() {
        let (facts, faults) = read(
            "# Title *here*\n\nFirst [@s1] words [a](b.md#c) and [[country:Georgia|G]].\n\n## Part\n\n![alt](x.png)\n\n> Not this\n",
        );
        assert_eq!(faults, Vec::<String>::new());
        let title = facts.title.unwrap();
        assert_eq!((title.text.as_str(), title.end), ("Title here", 115));
        assert_eq!(
            facts.headings.iter().map(|heading| heading.id.as_str()).collect::<Vec<_>>(),
            ["title-here", "part"]
        );
        assert_eq!(facts.excerpt.as_deref(), Some("First  words a and G."));
        assert_eq!(facts.citations[0].id, "s1");
        assert_eq!(facts.links[0].target, LinkTarget::Relative { path: "b.md".into(), fragment: Some("c".into()) });
        assert_eq!(
            facts.links[1].target,
            LinkTarget::Wiki { kind: Some("country".into()), name: "Georgia".into(), fragment: None }
        );
        assert_eq!((facts.images[0].src.as_str(), facts.images[0].alt.as_str()), ("x.png", "alt"));
    }

    #[test]
    fn embeds_are_links_and_pictures_pictures() {
        let (facts, _) = read("![[Xi Jinping]]\n\n![[a.png]] ![[b.png|300]] ![[c.png|A bridge]]\n\nText.");
        assert_eq!(facts.links.len(), 1);
        let images: Vec<_> = facts.images.iter().map(|image| (image.src.as_str(), image.alt.as_str())).collect();
        assert_eq!(images, [("a.png", ""), ("b.png", ""), ("c.png", "A bridge")]);
        assert_eq!((facts.excerpt.as_deref(), facts.word_count), (Some("Text."), 1));
    }

    #[test]
    fn marked_blocks_fail_closed() {
        let (facts, faults) = read(":::tlp amber+strict\nA\n:::\n:::tlp amberr\nB\n:::\n:::tlp white\nC\n:::\n");
        let labels: Vec<Tlp> = facts.marked.iter().map(|one| one.label).collect();
        assert_eq!(labels, [Tlp::AmberStrict, Tlp::Red, Tlp::Clear]);
        assert_eq!(faults, ["unknown-marking", "tlp-white"]);
        assert_eq!(read(":::TLP amber\nA\n:::\n").1, ["bad-directive"]);
        assert_eq!(read(":::tlp\nA\n:::\n").1, ["unknown-marking"]);
        assert_eq!(read("::tlp{amber}\n").1, ["unknown-marking", "bad-directive"]);
    }

    #[test]
    fn timelines_are_read() {
        let (facts, faults) = read(
            ":::timeline\n- 2025-12-10: [[Xi Jinping]] speaks [@s1].\n  - 2024: part of it\n- no date\n- 2025: More\n:::\n\n- 2020: elsewhere\n",
        );
        assert_eq!(faults, Vec::<String>::new());
        let dated: Vec<String> = facts.dated.iter().map(|one| format!("{} {}", one.date, one.text)).collect();
        assert_eq!(dated, ["2025-12-10 Xi Jinping speaks.", "2025 More"]);
        assert_eq!(facts.dated[0].span.start, 112);
    }

    #[test]
    fn notes_that_no_page_shows_are_told_apart() {
        let text = "Text[^a].\n\n[^a]: Shown, and refers to[^b].\n\n[^b]: Shown.\n\n[^c]: Loose, refers to[^d].\n\n[^d]: Loose too[^c].\n";
        let loose = read(text).0.loose_notes;
        let starts: Vec<&str> = loose.iter().map(|span| &text[span.start - 100..span.start - 96]).collect();
        assert_eq!(starts, ["[^c]", "[^d]"]);
    }

    #[test]
    fn words_are_counted_in_every_script() {
        assert_eq!(read("One two, three - four.\n\n```\nnot counted\n```").0.word_count, 4);
        assert_eq!(read("Слово про слово").0.word_count, 3);
        assert_eq!(read("习近平主席").0.word_count, 5);
    }

    #[test]
    fn loose_ends_are_told() {
        assert_eq!(read("[a][nowhere]\n\n[^1]: never used\n").1, ["undefined-reference", "unused-footnote"]);
    }

    #[test]
    fn more_ends_the_excerpt() {
        assert_eq!(read("One.\n\nTwo.\n\n<!-- more -->\n\nThree.").0.excerpt.as_deref(), Some("One. Two."));
    }
}
