//! Who may see what: the only code that ever holds withheld content.
//!
//! [`gate`] takes every parsed file and lets through those that the audience may see at the moment of the build. What
//! it drops does not exist for any later stage: those take [`Visible`] values, which only this module can make. What
//! is left of the rest is a list for the desk's own eyes ([`Withheld`]), which no output reads.
//!
//! It fails closed: a marking that cannot be read counts as TLP:RED (see `content::article`), and a file may only be
//! marked higher than its section and site, never lower.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, Range};

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::Timestamp;

use crate::base::dates::Moment;
use crate::base::diagnostics::{Diagnostic, FieldPath, Place};
use crate::base::held::Held;
use crate::base::paths::SourcePath;
use crate::base::text::fold;
use crate::config::{Config, Unmarked};
use crate::content::markdown::Marked;
use crate::content::read::{Document, Parsed, ParsedEntity, ParsedFile};
use crate::content::vocabulary::{PubStatus, Tlp};
use crate::content::{article, author, page, section};
use crate::site::leaks::leaks;

/// Something that the audience may see.
#[derive(Clone, Debug)]
pub struct Visible<T>(T);

impl<T> Visible<T> {
    /// Gives up the proof.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Visible<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// For whom and when the site is made.
#[derive(Clone, Copy, Debug)]
pub struct Audience {
    /// The highest label that may be shown.
    pub clearance: Tlp,
    /// The moment of the build.
    pub now: Timestamp,
    /// Whether drafts are shown.
    pub drafts: bool,
    /// Whether what is under embargo is shown: for the preview alone.
    pub embargoed: bool,
}

/// An article that passed, with what its section and site add.
#[derive(Clone, Debug)]
pub struct ArticleFile {
    /// Where it stands.
    pub path: SourcePath,
    /// What its front matter says.
    pub meta: Held<article::Meta>,
    /// Its text.
    pub document: Held<Document>,
    /// Its folder below `content/`.
    pub folder: String,
    /// Its marking, own or by default, raised to that of the parts which are shown; its front matter has the former.
    pub marking: Option<Tlp>,
}

/// All that passed.
#[derive(Debug, Default)]
pub struct VisibleFiles {
    /// Articles.
    pub articles: Vec<Visible<ArticleFile>>,
    /// Canceled articles: folder, slug, path. Nothing else of them is told.
    pub canceled: Vec<Canceled>,
    /// Sections with their folders; the empty folder is the home page.
    pub sections: Vec<Visible<(String, Parsed<section::SectionMeta>)>>,
    /// Entities with the index of their kind.
    pub entities: Vec<Visible<(usize, ParsedEntity)>>,
    /// Authors.
    pub authors: Vec<Visible<Parsed<author::AuthorMeta>>>,
    /// Loose pages.
    pub pages: Vec<Visible<Parsed<page::PageMeta>>>,
}

/// A canceled article, as far as its tombstone tells.
#[derive(Clone, Debug)]
pub struct Canceled {
    /// The file.
    pub path: SourcePath,
    /// Its folder below `content/`.
    pub folder: String,
    /// Last part of its address.
    pub slug: String,
    /// Its earlier addresses.
    pub redirect_from: Vec<String>,
    /// Its marking.
    pub marking: Option<Tlp>,
}

/// Why a file is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Reason {
    /// It is a draft.
    Draft,
    /// Its embargo ends in the future.
    Embargo,
    /// It has expired.
    Expired,
    /// Its status says so.
    Status,
    /// Its marking is above the audience.
    Marking,
}

impl Reason {
    /// The word for lists.
    pub fn word(self) -> &'static str {
        match self {
            Reason::Draft => "draft",
            Reason::Embargo => "embargoed",
            Reason::Expired => "expired",
            Reason::Status => "withheld",
            Reason::Marking => "marked",
        }
    }
}

/// What was held back, for the desk alone.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Withheld {
    /// The files.
    pub files: Vec<WithheldFile>,
    /// When the site changes by itself next: the next end of an embargo or expiry after the build's moment, with the
    /// file.
    pub scheduled: Vec<Scheduled>,
    paths: BTreeSet<SourcePath>,
    slugs: BTreeSet<String>,
    /// Titles and names, folded.
    names: BTreeSet<String>,
    /// Sources of briefings that are shown: the briefing's file and the source's id.
    sources: BTreeSet<(SourcePath, String)>,
}

/// One file that was held back.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct WithheldFile {
    /// The file.
    pub path: SourcePath,
    /// Its title or name.
    pub title: String,
    /// Why.
    pub reason: Reason,
}

/// A moment at which a file appears or goes by itself.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Scheduled {
    /// When.
    pub at: Moment,
    /// Whether it appears (an embargo ends) or goes (it expires).
    pub appears: bool,
    /// The file.
    pub path: SourcePath,
    /// Its title.
    pub title: String,
}

impl Withheld {
    /// Takes in what another edition of the site withholds.
    pub fn join(&mut self, other: Withheld) {
        // Taken apart whole, so that a new field cannot be forgotten here.
        let Withheld { files, scheduled, paths, slugs, names, sources } = other;
        self.files.extend(files);
        self.scheduled.extend(scheduled);
        self.scheduled.sort_by(|left, right| left.at.cmp(&right.at).then_with(|| left.path.cmp(&right.path)));
        self.paths.extend(paths);
        self.slugs.extend(slugs);
        self.names.extend(names);
        self.sources.extend(sources);
    }

    /// Whether something of this file is withheld, or will come or go by itself.
    pub fn knows(&self, path: &SourcePath) -> bool {
        self.files.iter().any(|file| file.path == *path) || self.scheduled.iter().any(|next| next.path == *path)
    }

    /// Whether a link to `path` would lead to something withheld: it is then shown as plain text, as a link to nothing
    /// is, and the author is told by a note instead of an error.
    pub fn holds(&self, path: &SourcePath) -> bool {
        self.paths.contains(path)
    }

    /// Whether something withheld has this slug.
    pub fn holds_slug(&self, slug: &str) -> bool {
        self.slugs.contains(slug)
    }

    /// Whether something withheld is called so.
    pub fn holds_name(&self, name: &str) -> bool {
        !self.names.is_empty() && self.names.contains(&fold(name))
    }

    /// Whether the briefing in `path` has a source of this id that is withheld. A citation of it is shown as one of
    /// nothing is, and the author told by a note instead of an error.
    pub fn holds_source(&self, path: &SourcePath, id: &str) -> bool {
        self.sources.contains(&(path.clone(), id.to_string()))
    }
}

/// The lowest marking that each folder allows: the highest of its own default and those above it.
pub type Floors = BTreeMap<String, Option<Tlp>>;

/// What came of the gate.
#[derive(Debug)]
pub struct Gated {
    /// What passed.
    pub visible: VisibleFiles,
    /// What did not.
    pub withheld: Withheld,
    /// The lowest marking that each folder with articles or a section allows.
    pub floors: Floors,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Lets through what `audience` may see.
pub fn gate(files: Vec<ParsedFile>, audience: &Audience, config: &Config) -> Gated {
    let floors = floors(&files, config);
    pass_all(files, audience, config, floors)
}

/// Lets through what `audience` may see of an edition in another language. `of_main` are the floors of the main edition: a
/// version may be marked higher than they say, never lower.
pub fn gate_edition(files: Vec<ParsedFile>, audience: &Audience, config: &Config, of_main: &Floors) -> Gated {
    let mut floors = floors(&files, config);
    for (folder, floor) in &mut floors {
        *floor = above(folder).filter_map(|folder| of_main.get(folder).copied().flatten()).chain(*floor).max();
    }
    pass_all(files, audience, config, floors)
}

fn pass_all(files: Vec<ParsedFile>, audience: &Audience, config: &Config, floors: Floors) -> Gated {
    let mut gate = Gate::new(audience, config, &floors);
    for file in files {
        gate.pass(file);
    }
    gate.withheld.scheduled.sort_by(|left, right| left.at.cmp(&right.at).then_with(|| left.path.cmp(&right.path)));
    let Gate { visible, withheld, diagnostics, .. } = gate;
    Gated { visible, withheld, floors, diagnostics }
}

/// Lets through one article, which stands beside the others that passed before; none when it does not pass whole, or
/// when there is something to tell of it.
pub fn gate_one(
    file: ParsedFile,
    audience: &Audience,
    config: &Config,
    floors: &Floors,
) -> Option<Visible<ArticleFile>> {
    let mut gate = Gate::new(audience, config, floors);
    gate.pass(file);
    gate.visible.articles.pop().filter(|_| gate.withheld.files.is_empty() && gate.diagnostics.is_empty())
}

/// What the audience may see of one article, whatever there is to tell of it.
pub fn visible_article(file: ParsedFile, audience: &Audience, config: &Config, floors: &Floors) -> Option<ArticleFile> {
    let mut gate = Gate::new(audience, config, floors);
    gate.pass(file);
    gate.visible.articles.pop().map(Visible::into_inner)
}

/// Lets through files that stand beside others which passed before; none when one does not pass whole, when there is
/// something to tell of one, or when one will come or go by itself.
pub fn gate_some(
    files: Vec<ParsedFile>,
    audience: &Audience,
    config: &Config,
    floors: &Floors,
) -> Option<VisibleFiles> {
    let mut gate = Gate::new(audience, config, floors);
    files.into_iter().for_each(|file| gate.pass(file));
    let Withheld { files, scheduled, .. } = &gate.withheld;
    (files.is_empty() && scheduled.is_empty() && gate.diagnostics.is_empty()).then_some(gate.visible)
}

fn floors(files: &[ParsedFile], config: &Config) -> Floors {
    let own: BTreeMap<&str, Option<Tlp>> = files
        .iter()
        .filter_map(|file| match file {
            ParsedFile::Section(section, folder) => Some((folder.as_str(), section.meta.tlp)),
            _ => None,
        })
        .collect();
    let floor =
        |folder: &str| above(folder).filter_map(|folder| own.get(folder).copied().flatten()).chain(config.tlp).max();
    files
        .iter()
        .filter_map(|file| match file {
            ParsedFile::Article(_, folder) | ParsedFile::Section(_, folder) => Some((folder.clone(), floor(folder))),
            _ => None,
        })
        .collect()
}

/// The folder and those above it, up to the content folder itself (the empty one).
pub fn above(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| match folder.rsplit_once('/') {
        Some((above, _)) => Some(above),
        None if folder.is_empty() => None,
        None => Some(""),
    })
}

struct Gate<'a> {
    audience: &'a Audience,
    config: &'a Config,
    floors: &'a Floors,
    visible: VisibleFiles,
    withheld: Withheld,
    diagnostics: Vec<Diagnostic>,
}

/// What the gate asks of a file.
struct Claims<'a> {
    path: &'a SourcePath,
    title: &'a str,
    draft: bool,
    embargoed_until: Option<&'a Moment>,
    expires: Option<&'a Moment>,
    status: PubStatus,
    marking: Option<Tlp>,
}

impl<'a> Gate<'a> {
    fn new(audience: &'a Audience, config: &'a Config, floors: &'a Floors) -> Self {
        Self {
            audience,
            config,
            floors,
            visible: VisibleFiles::default(),
            withheld: Withheld::default(),
            diagnostics: Vec::new(),
        }
    }

    fn pass(&mut self, file: ParsedFile) {
        match file {
            ParsedFile::Article(parsed, folder) => self.article(parsed, folder),
            ParsedFile::Section(mut parsed, folder) => {
                // A section is marked as its articles are at the least, and as those above it.
                let floor = self.floors.get(&folder).copied().flatten();
                self.not_below(parsed.meta.tlp, floor, &parsed.path, FieldPath::key("defaults").then("tlp"));
                parsed.meta.tlp = floor;
                let title = parsed.meta.input.title.clone().unwrap_or_else(|| folder.clone());
                let claims = Claims::plain(&parsed.path, &title, false, parsed.meta.tlp);
                match self.judge(&claims).filter(|_| !leaks("section")) {
                    None => {
                        let shown = self.clear_text(&parsed.path, &title, &mut parsed.document);
                        parsed.meta.tlp = parsed.meta.tlp.max(shown);
                        self.visible.sections.push(Visible((folder, *parsed)));
                    }
                    Some(reason) => self.withhold(&claims, reason, None),
                }
            }
            ParsedFile::Entities(kind, rows) => rows.into_iter().for_each(|row| self.entity(kind, row)),
            ParsedFile::Author(mut parsed) => {
                parsed.meta.tlp = self.at_least_the_sites(parsed.meta.tlp, &parsed.path, FieldPath::key("tlp"));
                let claims = Claims::plain(&parsed.path, &parsed.meta.name, parsed.meta.input.draft, parsed.meta.tlp);
                match self.judge(&claims).filter(|_| !leaks("author")) {
                    None => {
                        let shown = self.clear_text(&parsed.path, &parsed.meta.name, &mut parsed.document);
                        parsed.meta.tlp = parsed.meta.tlp.max(shown);
                        self.visible.authors.push(Visible(*parsed));
                    }
                    Some(reason) => self.withhold(&claims, reason, None),
                }
            }
            ParsedFile::Page(mut parsed) => {
                parsed.meta.tlp = self.at_least_the_sites(parsed.meta.tlp, &parsed.path, FieldPath::key("tlp"));
                let meta = &parsed.meta;
                let claims = Claims {
                    embargoed_until: meta.embargoed_until.as_ref(),
                    expires: meta.expires.as_ref(),
                    ..Claims::plain(&parsed.path, &meta.title, meta.input.draft, meta.tlp)
                };
                match self.judge(&claims).filter(|_| !leaks("page")) {
                    None => {
                        self.schedule(&claims);
                        let shown = self.clear_text(&parsed.path, &parsed.meta.title, &mut parsed.document);
                        parsed.meta.tlp = parsed.meta.tlp.max(shown);
                        self.visible.pages.push(Visible(*parsed));
                    }
                    Some(reason) => {
                        self.schedule(&claims);
                        self.withhold(&claims, reason, Some(&meta.slug));
                    }
                }
            }
        }
    }

    fn article(&mut self, mut parsed: Box<Parsed<article::Meta>>, folder: String) {
        let floor = self.floors.get(&folder).copied().flatten();
        self.not_below(parsed.meta.tlp, floor, &parsed.path, FieldPath::key("tlp"));
        let marking = parsed.meta.tlp.max(floor);
        if marking.is_none() && self.config.unmarked == Unmarked::Refuse {
            self.diagnostics.push(
                Diagnostic::error("unmarked", "this article has no marking, and the site refuses such articles")
                    .at(Place::file(&parsed.path))
                    .help("write `tlp: CLEAR` (or GREEN, AMBER, AMBER+STRICT, RED) in its front matter"),
            );
        }
        parsed.meta.tlp = marking;
        let meta = &parsed.meta;
        let claims = Claims {
            path: &parsed.path,
            title: &meta.title,
            draft: meta.draft,
            embargoed_until: meta.embargoed_until.as_ref(),
            expires: meta.expires.as_ref(),
            status: meta.pub_status,
            marking,
        };
        let verdict = self.judge(&claims).filter(|_| !leaks("article"));
        self.schedule(&claims);
        match verdict {
            Some(reason) => self.withhold(&claims, reason, Some(&meta.slug)),
            None if meta.pub_status == PubStatus::Canceled && !leaks("canceled") => {
                self.withhold(&claims, Reason::Status, Some(&meta.slug));
                self.visible.canceled.push(Canceled {
                    path: parsed.path.clone(),
                    folder,
                    slug: meta.slug.clone(),
                    redirect_from: meta.redirect_from.clone(),
                    marking,
                });
            }
            None => {
                let cited = cited(&parsed);
                let shown = self.clear_text(&parsed.path, &parsed.meta.title, &mut parsed.document);
                let listed = self.clear_lists(&mut parsed);
                forget_sources(&mut parsed, &cited);
                let marking = marking.max(shown).max(listed);
                let Parsed { path, meta, document } = *parsed;
                let (meta, document) = (meta.into(), document.into());
                self.visible.articles.push(Visible(ArticleFile { path, meta, document, folder, marking }));
            }
        }
    }

    /// Takes the blocks out of a text that are marked above the audience; returns the highest marking of those left.
    fn clear_text(&mut self, path: &SourcePath, title: &str, document: &mut Document) -> Option<Tlp> {
        let is_hidden = |one: &&Marked| one.label > self.audience.clearance && !leaks("part");
        let hidden: Vec<Range<usize>> =
            document.facts.marked.iter().filter(is_hidden).map(|one| one.span.clone()).collect();
        if !hidden.is_empty() {
            *document = document.without(path, &hidden, &self.config.markdown);
            let title = format!("{} of “{title}”", if hidden.len() == 1 { "a part" } else { "parts" });
            self.withheld.files.push(WithheldFile { path: path.clone(), title, reason: Reason::Marking });
        }
        document.facts.marked.iter().map(|one| one.label).max()
    }

    /// Takes out the key judgments and sources that are marked above the audience; returns the highest marking of those
    /// left.
    fn clear_lists(&mut self, parsed: &mut Parsed<article::Meta>) -> Option<Tlp> {
        let Parsed { path, meta, .. } = parsed;
        let is_shown = |label: Option<Tlp>, channel| label <= Some(self.audience.clearance) || leaks(channel);
        let mut withheld = |count: usize, one: &str, more: &str| {
            if count > 0 {
                let title = format!("{} of “{}”", if count == 1 { one } else { more }, meta.title);
                self.withheld.files.push(WithheldFile { path: path.clone(), title, reason: Reason::Marking });
            }
        };
        let before = meta.key_judgments.len();
        meta.key_judgments.retain(|judgment| is_shown(judgment.tlp, "judgment"));
        withheld(before - meta.key_judgments.len(), "a key judgment", "key judgments");
        let hidden = meta.sources.extract_if(.., |source| !is_shown(source.tlp, "source"));
        let hidden: Vec<(SourcePath, String)> = hidden.map(|source| (path.clone(), source.input.id)).collect();
        withheld(hidden.len(), "a source", "sources");
        self.withheld.sources.extend(hidden);
        let judgments = meta.key_judgments.iter().map(|judgment| judgment.tlp);
        judgments.chain(meta.sources.iter().map(|source| source.tlp)).flatten().max()
    }

    fn entity(&mut self, kind: usize, mut row: ParsedEntity) {
        row.meta.tlp = self.at_least_the_sites(row.meta.tlp, &row.path, row.field.clone().then("tlp"));
        let claims = Claims::plain(&row.path, &row.meta.name, row.meta.input.draft, row.meta.tlp);
        match self.judge(&claims).filter(|_| !leaks("entity")) {
            None => {
                if let Some(document) = &mut row.document {
                    let shown = self.clear_text(&row.path, &row.meta.name, document);
                    row.meta.tlp = row.meta.tlp.max(shown);
                }
                self.visible.entities.push(Visible((kind, row)));
            }
            Some(reason) => {
                // A row is withheld alone; the table's other rows are not.
                let whole_file = row.document.is_some();
                let (path, title) = (row.path.clone(), row.meta.name.clone());
                if whole_file {
                    self.withheld.paths.insert(path.clone());
                }
                let aliases = row.meta.input.aliases.names();
                self.withheld.names.extend(aliases.chain([title.as_str()]).map(fold));
                self.withheld.files.push(WithheldFile { path, title, reason });
            }
        }
    }

    /// Says why the file must not be seen, if so.
    fn judge(&self, claims: &Claims) -> Option<Reason> {
        if claims.marking.is_some_and(|marking| marking > self.audience.clearance) {
            Some(Reason::Marking)
        } else if claims.status == PubStatus::Withheld {
            Some(Reason::Status)
        } else if claims.draft && !self.audience.drafts {
            Some(Reason::Draft)
        } else if !self.audience.embargoed
            && claims.embargoed_until.is_some_and(|until| until.instant > self.audience.now)
        {
            Some(Reason::Embargo)
        } else if claims.expires.is_some_and(|expires| expires.instant <= self.audience.now) {
            Some(Reason::Expired)
        } else {
            None
        }
    }

    fn withhold(&mut self, claims: &Claims, reason: Reason, slug: Option<&str>) {
        self.withheld.paths.insert(claims.path.clone());
        self.withheld.slugs.extend(slug.map(str::to_string));
        self.withheld.names.insert(fold(claims.title));
        self.withheld.files.push(WithheldFile { path: claims.path.clone(), title: claims.title.to_string(), reason });
    }

    /// Notes when the file will appear or go by itself, unless something else withholds it.
    fn schedule(&mut self, claims: &Claims) {
        let held_anyway = claims.marking.is_some_and(|marking| marking > self.audience.clearance)
            || claims.status == PubStatus::Withheld
            || (claims.draft && !self.audience.drafts);
        if held_anyway {
            return;
        }
        for (moment, appears) in [(claims.embargoed_until, true), (claims.expires, false)] {
            let Some(at) = moment.filter(|moment| moment.instant > self.audience.now) else { continue };
            self.withheld.scheduled.push(Scheduled {
                at: at.clone(),
                appears,
                path: claims.path.clone(),
                title: claims.title.to_string(),
            });
        }
    }

    /// The marking of a file that lies in no section: its own, or that of the site.
    fn at_least_the_sites(&mut self, own: Option<Tlp>, path: &SourcePath, field: FieldPath) -> Option<Tlp> {
        self.not_below(own, self.config.tlp, path, field);
        own.max(self.config.tlp)
    }

    /// A stricter default can never be loosened silently.
    fn not_below(&mut self, own: Option<Tlp>, floor: Option<Tlp>, path: &SourcePath, field: FieldPath) {
        if let (Some(own), Some(floor)) = (own, floor)
            && own < floor
        {
            self.diagnostics.push(
                Diagnostic::error(
                    "loosened-marking",
                    format!("{} is below the {} of its section or site", own.label(), floor.label()),
                )
                .at(Place::field(path, field))
                .help(format!("write `tlp: {}` or higher, or move the file to another section", &floor.label()[4..])),
            );
        }
    }
}

/// The ids of the sources that an article cites in its text and key judgments.
fn cited(parsed: &Parsed<article::Meta>) -> BTreeSet<String> {
    let facts = &parsed.document.facts;
    let in_text = facts.citations.iter().map(|citation| &citation.id);
    let quotes = facts.components.iter().flat_map(|call| &call.args).filter(|(name, _)| name == "source");
    let judgments = parsed.meta.key_judgments.iter().flat_map(|judgment| judgment.input.cites());
    in_text.chain(quotes.map(|(_, id)| id)).chain(judgments).cloned().collect()
}

/// Takes the sources away that only hidden parts of the article cited; `before` is what the whole of it did.
fn forget_sources(parsed: &mut Parsed<article::Meta>, before: &BTreeSet<String>) {
    let left = cited(parsed);
    if left.len() == before.len() || leaks("sources") {
        return;
    }
    let meta = &mut parsed.meta;
    let lines = [&meta.bottom_line, &meta.why_it_matters];
    let in_lines = |id: &str| lines.into_iter().flatten().any(|line| cites(line, id));
    let is_gone = |id: &String| before.contains(id) && !left.contains(id) && !in_lines(id);
    let kept: Vec<bool> = meta.sources.iter().map(|source| !is_gone(&source.input.id)).collect();
    let mut kept = kept.into_iter();
    meta.sources.retain(|_| kept.next().unwrap_or(true));
}

/// Whether a line cites a source: `@s1`, which `@s10` is not.
fn cites(line: &str, id: &str) -> bool {
    let is_of_id = |c: char| c.is_alphanumeric() || "-_.:".contains(c);
    line.match_indices('@')
        .any(|(at, _)| line[at + 1..].strip_prefix(id).is_some_and(|rest| !rest.starts_with(is_of_id)))
}

impl<'a> Claims<'a> {
    /// The claims of a file that has no embargo, expiry or status.
    fn plain(path: &'a SourcePath, title: &'a str, draft: bool, marking: Option<Tlp>) -> Self {
        Self { path, title, draft, embargoed_until: None, expires: None, status: PubStatus::Usable, marking }
    }
}
