//! From the bytes of one file under `content/` to its typed form.
//!
//! The file's place says what it is ([`role`]); [`parse`] then reads it. Nothing here looks at a second file, so every
//! file can be parsed on a thread of its own and kept by its hash.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::tz::TimeZone;

use crate::base::diagnostics::{Diagnostic, FieldPath, Place, Tally};
use crate::base::held::Held;
use crate::base::paths::SourcePath;
use crate::base::source_text;
use crate::base::yaml;
use crate::content::article::{self, Check, MetaInput};
use crate::content::author::{self, AuthorMeta};
use crate::content::entity::{self, EntityMeta};
use crate::content::estimates;
use crate::content::front_matter;
use crate::content::kinds::Kind;
use crate::content::markdown::{self, Body, Facts, MarkdownOptions};
use crate::content::page::{self, PageMeta};
use crate::content::section::{self, SectionMeta};
use crate::content::table;

/// What a file under `content/` is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// An article in a folder (`briefings`, `briefings/2025`).
    Article {
        /// The folder below `content/`.
        folder: String,
    },
    /// The `_index.md` of a folder.
    Section {
        /// The folder below `content/`.
        folder: String,
    },
    /// `content/_index.md`.
    Home,
    /// An entity's own file, of the kind at this index.
    Entity(usize),
    /// A table of entities, of the kind at this index.
    Table(usize),
    /// An author's own file.
    Author,
    /// A loose page.
    Page,
    /// Anything else: a picture, a document; published when something visible refers to it.
    Attachment,
}

/// The folder of authors under `content/`.
pub const AUTHORS: &str = "authors";

/// Returns what the file at `path` is; `path` is relative to the content folder.
pub fn role(path: &str, kinds: &[Kind]) -> Role {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let top = folder.split('/').next().unwrap_or("");
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let extension = extension.to_ascii_lowercase();
    let kind_of = |folder: &str| kinds.iter().position(|kind| kind.path == folder);
    if folder.is_empty()
        && matches!(extension.as_str(), "yaml" | "yml" | "csv" | "json")
        && let Some(kind) = kind_of(stem)
    {
        return Role::Table(kind);
    }
    if !matches!(extension.as_str(), "md" | "markdown") {
        return Role::Attachment;
    }
    match (folder, stem) {
        ("", "_index") => Role::Home,
        ("", _) => Role::Page,
        (folder, "_index") => Role::Section { folder: folder.to_string() },
        _ if top == AUTHORS => Role::Author,
        _ => match kind_of(top) {
            Some(kind) => Role::Entity(kind),
            None => {
                // A bundle (`briefings/x/index.md`) is an article of the folder above it.
                let folder =
                    if stem == "index" { folder.rsplit_once('/').map_or(folder, |(above, _)| above) } else { folder };
                Role::Article { folder: folder.to_string() }
            }
        },
    }
}

/// The text of a file, with what was found in it.
///
/// The front matter is not kept: what it says is in what was read out of it.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Document {
    /// The Markdown text of the file.
    text: Text,
    /// The byte of the file at which it begins.
    offset: usize,
    /// How many lines of the file stand above it.
    lines_above: usize,
    /// The byte of the file at which the body begins: that of the text, or the end of its title.
    start: usize,
    /// Headings, links, words and so on.
    pub facts: Facts,
}

impl Hash for Document {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // What was found in a text follows from it, and how it is kept says nothing.
        self.text.open().as_bytes().hash(state);
        (self.offset, self.start).hash(state);
    }
}

/// The text of a document while it is read.
#[derive(Clone, Debug)]
pub struct Opened<'a> {
    path: &'a SourcePath,
    text: Cow<'a, str>,
    /// The byte of the text at which the body begins, and that of the file.
    begins: usize,
    start: usize,
}

impl Opened<'_> {
    /// The body with its place in the file.
    pub fn body(&self) -> Body<'_> {
        Body { path: self.path, text: &self.text[self.begins..], offset: self.start }
    }
}

impl Document {
    /// Returns the body of a file with what was found in it.
    fn new(file: &str, body: Range<usize>, facts: Facts, packed: bool) -> Self {
        let lines_above = memchr::memchr_iter(b'\n', &file.as_bytes()[..body.start]).count();
        Self { offset: body.start, start: body.start, lines_above, text: Text::new(&file[body], packed), facts }
    }

    /// The body, to be read; `path` is that of the file.
    pub fn open<'a>(&'a self, path: &'a SourcePath) -> Opened<'a> {
        Opened { path, text: self.text.open(), begins: self.start - self.offset, start: self.start }
    }

    /// What stands at these bytes of the file, if that is in its text.
    pub fn written(&self, range: Range<usize>) -> Option<String> {
        let range = range.start.checked_sub(self.offset)?..range.end.checked_sub(self.offset)?;
        self.text.open().get(range).map(str::to_string)
    }

    /// Line and column of a byte of the file in its text, from 1.
    pub fn position(&self, at: usize) -> (usize, usize) {
        let (line, column) = source_text::position(&self.written(self.offset..at).unwrap_or_default());
        (self.lines_above + line, column)
    }

    /// The text without the stretches at `hidden` (bytes of the file), and without the footnotes that only they refer to.
    /// These become white space, so that all else keeps its place, and what they held is in none of the facts.
    pub(crate) fn without(&self, path: &SourcePath, hidden: &[Range<usize>], options: &MarkdownOptions) -> Self {
        let mut text: Vec<u8> = self.text.open().as_bytes().to_vec();
        for range in hidden {
            let range = range.start.saturating_sub(self.offset)..range.end.saturating_sub(self.offset);
            for byte in text.iter_mut().take(range.end).skip(range.start).filter(|byte| **byte != b'\n') {
                *byte = b' ';
            }
        }
        // Whole lines of text went: what is left is text still.
        let text = Text::new(&String::from_utf8_lossy(&text), self.text.is_packed());
        let mut without = Self { text, facts: Facts::default(), ..*self };
        let (facts, _) = markdown::facts(&without.open(path).body(), options);
        let was_shown = |note: &&Range<usize>| self.facts.loose_notes.iter().all(|other| other.start != note.start);
        let notes: Vec<Range<usize>> = facts.loose_notes.iter().filter(was_shown).cloned().collect();
        without.facts = facts;
        if notes.is_empty() { without } else { without.without(path, &notes, options) }
    }

    /// Whether the text is kept packed.
    pub fn is_packed(&self) -> bool {
        self.text.is_packed()
    }

    /// Whether there is any text.
    pub fn is_empty(&self) -> bool {
        self.text.open()[self.start - self.offset..].trim().is_empty()
    }
}

/// A text as it is kept: as it is, or packed where there are so many that they would be most of what a build holds.
#[derive(Clone, BorshSerialize, BorshDeserialize)]
enum Text {
    Plain(Arc<str>),
    /// A block of LZ4 with its length in front. Measured on briefings in English: two thirds of the bytes, for 9 µs to pack
    /// and 1 µs to open one of 5 kB.
    Packed(Arc<[u8]>),
}

impl Text {
    fn new(text: &str, packed: bool) -> Self {
        if packed {
            Self::Packed(lz4_flex::compress_prepend_size(text.as_bytes()).into())
        } else {
            Self::Plain(text.into())
        }
    }

    fn open(&self) -> Cow<'_, str> {
        match self {
            Self::Plain(text) => Cow::Borrowed(text),
            // Packed here, or read from a file whose hash is right: it can be opened.
            Self::Packed(bytes) => {
                let text =
                    lz4_flex::decompress_size_prepended(bytes).ok().and_then(|text| String::from_utf8(text).ok());
                Cow::Owned(text.unwrap_or_default())
            }
        }
    }

    fn is_packed(&self) -> bool {
        matches!(self, Self::Packed(_))
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::Plain("".into())
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.open().fmt(f)
    }
}

/// A parsed file.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Parsed<M> {
    /// Where it stands.
    pub path: SourcePath,
    /// What its front matter says.
    pub meta: M,
    /// Its text.
    pub document: Document,
}

/// A parsed file of any role.
#[derive(Clone, Debug)]
pub enum ParsedFile {
    /// An article with its folder.
    Article(Box<Parsed<article::Meta>>, String),
    /// A section with its folder; the empty folder is the home page.
    Section(Box<Parsed<SectionMeta>>, String),
    /// Entities of the kind at this index: one, or the rows of a table.
    Entities(usize, Vec<ParsedEntity>),
    /// An author.
    Author(Box<Parsed<AuthorMeta>>),
    /// A loose page.
    Page(Box<Parsed<PageMeta>>),
}

/// An entity of a file or of a row.
#[derive(Clone, Debug)]
pub struct ParsedEntity {
    /// Where it stands.
    pub path: SourcePath,
    /// The way to its fields: empty for a file of its own, `[3]` for a row.
    pub field: FieldPath,
    /// What is said of it.
    pub meta: Held<EntityMeta>,
    /// Its profile text, when it has a file of its own.
    pub document: Option<Held<Document>>,
}

/// What parsing needs to know of the site.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// Time zone of dates without an offset.
    pub zone: &'a TimeZone,
    /// Entity kinds.
    pub kinds: &'a [Kind],
    /// Markdown extensions.
    pub markdown: &'a MarkdownOptions,
    /// Whether texts are kept packed.
    pub packed: bool,
}

/// Parses one file of the content folder. `None` when nothing of it can be read, or when it is an attachment.
pub fn parse(
    path: &SourcePath,
    role: &Role,
    bytes: &[u8],
    settings: &Settings,
) -> (Option<ParsedFile>, Vec<Diagnostic>) {
    parse_version(path, path, role, bytes, settings)
}

/// As [`parse`], of a file that is a version of the one at `place` in another language: it goes by that one's name, and
/// need not say again what that one says.
pub fn parse_version(
    path: &SourcePath,
    place: &SourcePath,
    role: &Role,
    bytes: &[u8],
    settings: &Settings,
) -> (Option<ParsedFile>, Vec<Diagnostic>) {
    let (parsed, diagnostics) = parse_all(path, place, role, bytes, settings);
    let (mut tally, mut told) = (Tally::default(), Vec::new());
    diagnostics.into_iter().for_each(|diagnostic| tally.tell(&mut told, diagnostic));
    (parsed, told)
}

fn parse_all(
    path: &SourcePath,
    place: &SourcePath,
    role: &Role,
    bytes: &[u8],
    settings: &Settings,
) -> (Option<ParsedFile>, Vec<Diagnostic>) {
    match role {
        Role::Attachment => (None, Vec::new()),
        Role::Table(kind) => {
            let (rows, diagnostics) = table::parse(path, place, bytes, &settings.kinds[*kind], settings.zone);
            (Some(ParsedFile::Entities(*kind, rows)), diagnostics)
        }
        _ => {
            let (source, mut diagnostics) = front_matter::split(path, bytes);
            let Some(source) = source else { return (None, diagnostics) };
            let file = source.text;
            let yaml = source.yaml.map(|range| (range.start, &file[range]));
            let mut document = document(path, &file, source.body, settings, &mut diagnostics);
            if !matches!(role, Role::Article { .. } | Role::Entity(_)) {
                // Names are looked for in articles and profiles only.
                document.facts.prose = None;
            }
            let parsed = parse_text((path, place), role, yaml, &mut document, settings, &mut diagnostics);
            (parsed.map(|make| make(document)), diagnostics)
        }
    }
}

/// Finds what the text holds.
fn document(
    path: &SourcePath,
    file: &str,
    body: Range<usize>,
    settings: &Settings,
    diagnostics: &mut Vec<Diagnostic>,
) -> Document {
    let text = &file[body.clone()];
    let (facts, found) = markdown::facts(&Body { path, text, offset: body.start }, settings.markdown);
    diagnostics.extend(found);
    for image in facts.images.iter().filter(|image| image.alt.trim().is_empty()) {
        diagnostics.push(
            Diagnostic::warning("missing-alt", "this picture has no text for those who cannot see it")
                .at(Place::span(path, image.span.clone()))
                .help("write what it shows between the brackets: `![A bridge over the Dnipro](bridge.jpg)`"),
        );
    }
    Document::new(file, body, facts, settings.packed)
}

type Finish = Box<dyn FnOnce(Document) -> ParsedFile>;

/// Reads the front matter by the file's role; the caller puts the document to it.
fn parse_text(
    (path, place): (&SourcePath, &SourcePath),
    role: &Role,
    yaml: Option<(usize, &str)>,
    document: &mut Document,
    settings: &Settings,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Finish> {
    let mut check = Check { path, place, zone: settings.zone, diagnostics: Vec::new() };
    let own = path.clone();
    let finish: Finish = match role {
        Role::Article { folder } => {
            let front = decode::<article::FrontMatter>(path, yaml, diagnostics)?;
            let heading = take_title(document, front.title.as_deref());
            let input = MetaInput {
                path,
                place,
                zone: settings.zone,
                kinds: settings.kinds,
                first_heading: heading.as_deref(),
            };
            let (meta, found) = article::meta(front, &input);
            check.diagnostics = found;
            article_lints(&meta, document, &mut check);
            let folder = folder.clone();
            Box::new(move |document| ParsedFile::Article(Box::new(Parsed { path: own, meta, document }), folder))
        }
        Role::Section { folder } => {
            let meta = section::meta(decode(path, yaml, diagnostics)?, &mut check);
            let folder = folder.clone();
            Box::new(move |document| ParsedFile::Section(Box::new(Parsed { path: own, meta, document }), folder))
        }
        Role::Home => {
            let meta = section::meta(decode(path, yaml, diagnostics)?, &mut check);
            Box::new(move |document| ParsedFile::Section(Box::new(Parsed { path: own, meta, document }), String::new()))
        }
        Role::Entity(kind) => {
            let input = decode(path, yaml, diagnostics)?;
            let stem =
                if place.stem() == "index" { place.folder().rsplit('/').next().unwrap_or("") } else { place.stem() };
            let meta = entity::meta(input, &settings.kinds[*kind], Some(stem), &FieldPath::default(), &mut check);
            let kind = *kind;
            Box::new(move |document| {
                let (field, document) = (FieldPath::default(), Some(document.into()));
                let entity = ParsedEntity { path: own, field, meta: meta.into(), document };
                ParsedFile::Entities(kind, vec![entity])
            })
        }
        Role::Author => {
            let meta = author::meta(decode(path, yaml, diagnostics)?, &mut check);
            Box::new(move |document| ParsedFile::Author(Box::new(Parsed { path: own, meta, document })))
        }
        Role::Page => {
            let input = decode::<page::PageInput>(path, yaml, diagnostics)?;
            let heading = take_title(document, input.title.as_deref());
            let meta = page::meta(input, heading.as_deref(), &mut check);
            Box::new(move |document| ParsedFile::Page(Box::new(Parsed { path: own, meta, document })))
        }
        Role::Table(_) | Role::Attachment => return None,
    };
    diagnostics.extend(check.diagnostics);
    Some(finish)
}

fn decode<T: serde::de::DeserializeOwned + Default>(
    path: &SourcePath,
    yaml: Option<(usize, &str)>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<T> {
    let Some((offset, text)) = yaml.filter(|(_, text)| !text.trim().is_empty()) else {
        return Some(T::default());
    };
    let (value, found) = yaml::decode(path, text, offset);
    diagnostics.extend(found);
    value
}

/// Takes the heading that a text begins with as the title, unless the front matter has another; the text then begins
/// after it.
fn take_title(document: &mut Document, written: Option<&str>) -> Option<String> {
    let title = document.facts.title.as_ref()?;
    if written.is_some_and(|written| written.trim() != title.text.trim()) {
        return None;
    }
    document.start = title.end;
    let text = title.text.clone();
    document.facts.headings.retain(|heading| heading.span.start >= document.start);
    // It was taken of the whole text.
    document.facts.prose = None;
    Some(text)
}

/// What can be said of an article by its own file alone.
fn article_lints(meta: &article::Meta, document: &Document, check: &mut Check) {
    for (index, source) in meta.sources.iter().enumerate() {
        let id = &source.input.id;
        let cited = document.facts.citations.iter().any(|citation| &citation.id == id)
            || meta.key_judgments.iter().any(|judgment| judgment.input.cites().any(|cited| cited == id))
            || document.facts.components.iter().any(|call| call.args.iter().any(|(_, value)| value == id))
            || [&meta.bottom_line, &meta.why_it_matters]
                .into_iter()
                .flatten()
                .any(|text| text.contains(&format!("@{id}")));
        if !cited {
            check.push(
                Diagnostic::warning("unused-source", format!("nothing cites the source `{id}`"))
                    .at(Place::field(check.path, FieldPath::key("sources").index(index).then("id")))
                    .help(format!("cite it in the text as `[@{id}]`, or take it out")),
            );
        }
    }
    if !meta.sources.is_empty() {
        for (index, _) in
            meta.key_judgments.iter().enumerate().filter(|(_, judgment)| judgment.input.sources.0.is_empty())
        {
            check.push(
                Diagnostic::warning("unsourced-judgment", "this key judgment names no source")
                    .at(Place::field(check.path, FieldPath::key("key_judgments").index(index).then("text")))
                    .help("add `sources: [s1]` to it"),
            );
        }
    }
    estimates::lint(check.path, meta, document).into_iter().for_each(|told| check.push(told));
    if meta.summary.is_none() {
        check.push(
            Diagnostic::warning("missing-summary", "this article has no summary")
                .at(Place::file(check.path))
                .help("write `summary: …`; until then lists show the start of the text"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_same_when_it_is_packed() {
        let (kinds, zone, markdown) = (Kind::built_in(), TimeZone::UTC, MarkdownOptions::default());
        let path = SourcePath::new("content/briefings/2025-12-10-a.md");
        let file = "---\ntitle: Ä\n---\n# Ä\n\nÜber *Xi*.\n\n:::tlp red\nNo.[^1]\n:::\n\n[^1]: Nor this.\n";
        let article = |packed: bool| {
            let settings = Settings { zone: &zone, kinds: &kinds, markdown: &markdown, packed };
            match parse(&path, &Role::Article { folder: "briefings".into() }, file.as_bytes(), &settings) {
                (Some(ParsedFile::Article(article, _)), _) => article.document,
                other => panic!("{other:?}"),
            }
        };
        for packed in [false, true] {
            let document = article(packed);
            assert_eq!(document.is_packed(), packed);
            assert!(document.open(&path).body().text.starts_with("\nÜber *Xi*.\n"), "{document:?}");
            let xi = file.find("Xi").unwrap();
            assert_eq!(document.open(&path).body().offset, file.find("# Ä").unwrap() + "# Ä\n".len());
            assert_eq!((document.written(xi..xi + 2).as_deref(), document.position(xi)), (Some("Xi"), (6, 7)));
            assert_eq!(document.written(4..9), None, "the front matter is not kept");
            let marked = document.facts.marked[0].span.clone();
            let less = document.without(&path, &[marked], &markdown);
            assert_eq!(less.open(&path).body().text.split_whitespace().collect::<Vec<_>>(), ["Über", "*Xi*."]);
            assert_eq!((less.is_packed(), less.written(xi..xi + 2).as_deref()), (packed, Some("Xi")));
            assert_eq!(crate::base::hash::Digest::of(&document), crate::base::hash::Digest::of(&article(!packed)));
        }
    }

    #[test]
    fn the_place_of_a_file_says_what_it_is() {
        let kinds = Kind::built_in();
        let article = |folder: &str| Role::Article { folder: folder.to_string() };
        for (path, expected) in [
            ("briefings/2025-12-10-a.md", article("briefings")),
            ("briefings/2025/a.md", article("briefings/2025")),
            ("briefings/2025-12-10-a/index.md", article("briefings")),
            ("briefings/2025-12-10-a/chart.svg", Role::Attachment),
            ("briefings/_index.md", Role::Section { folder: "briefings".to_string() }),
            ("_index.md", Role::Home),
            ("about.md", Role::Page),
            ("people/xi-jinping.md", Role::Entity(0)),
            ("people.yaml", Role::Table(0)),
            ("countries.csv", Role::Table(1)),
            ("authors/desk.md", Role::Author),
            ("notes.txt", Role::Attachment),
        ] {
            assert_eq!(role(path, &kinds), expected, "{path}");
        }
    }
}
