//! The site as a whole: who is who, what links to what, where everything lives.
//!
//! [`gate`] decides what may be seen; [`assemble`] makes the [`Site`] of it, once, and nothing changes it after. Knows
//! nothing of templates, HTML or the disk.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::base::diagnostics::{FieldPath, Place};
use crate::base::hash::Digest;
use crate::base::held::Held;
use crate::base::paths::{SourcePath, UrlPath};
use crate::config::Config;
use crate::content::article::{ImageInput, Meta};
use crate::content::author::AuthorMeta;
use crate::content::countries::{self, Country};
use crate::content::entity::{EntityMeta, Relation, Role};
use crate::content::kinds::Kind;
use crate::content::page::PageMeta;
use crate::content::read::{Document, Parsed};
use crate::content::section::SectionMeta;
use crate::content::vocabulary::{ArticleType, Tlp};
use crate::content::world::World;
use crate::site::connections::Connections;
use crate::site::editions::Abroad;
use crate::site::gate::Withheld;
use crate::site::ids::{ArticleId, AuthorId, EntityId, PageId, SectionId, SeriesId};
use crate::site::mentions::Found;
use crate::site::search::Search;
use crate::site::timelines::Entry;
use crate::words::message::Arg;
use crate::words::{ENGLISH, Language, Words};

pub mod again;
mod alike;
pub mod assemble;
pub mod collate;
pub mod connections;
pub mod doubts;
pub mod edges;
pub mod editions;
pub mod elsewhere;
pub mod faces;
pub mod gate;
mod gathering;
pub mod history;
pub mod ids;
pub mod kept;
pub mod leaks;
pub mod links;
pub mod look_alikes;
pub mod mentions;
pub mod names;
mod references;
pub mod registers;
pub mod registry;
pub mod related;
mod remembered;
pub mod revise;
pub mod search;
pub mod sitemap;
pub mod suggestions;
pub mod timelines;
mod typography;
pub mod urls;

/// All that is published, immutable.
#[derive(Clone, Debug)]
pub struct Site {
    /// Settings.
    pub config: Arc<Config>,
    /// The moment of the build.
    pub now: Timestamp,
    /// The highest label that may be shown.
    pub clearance: Tlp,
    /// Articles, newest first; equal dates by path.
    pub articles: Vec<Held<Article>>,
    /// Entities by kind, then in the language's order of their names.
    pub entities: Held<Vec<Entity>>,
    /// Sections, by weight and title.
    pub sections: Held<Vec<Section>>,
    /// Text of the home page.
    pub home: Held<Option<Parsed<SectionMeta>>>,
    /// Authors in the language's order of their names.
    pub authors: Held<Vec<Author>>,
    /// Series, the one with the newest part first.
    pub series: Held<Vec<Series>>,
    /// Loose pages by path.
    pub pages: Held<Vec<Page>>,
    /// Addresses of canceled articles.
    pub tombstones: Held<Vec<Tombstone>>,
    /// Addresses that lead elsewhere.
    pub redirects: Held<Vec<Redirect>>,
    /// Files beside the texts, and those in `static/`, with what is known of them.
    pub attachments: Held<BTreeMap<SourcePath, Attachment>>,
    /// The attachments that something visible refers to, with their addresses.
    pub published: Held<BTreeMap<SourcePath, UrlPath>>,
    /// What each source file became.
    pub by_source: Held<BTreeMap<SourcePath, Target>>,
    /// The addresses that have a page.
    addresses: Held<HashSet<UrlPath>>,
    /// What names in a text can mean.
    pub names: Held<names::Names>,
    /// Entities by their names.
    pub registry: Held<registry::Registry>,
    /// Whether the file of an entity is left out, since something is wrong with it.
    pub left_out: bool,
    /// Articles by folded slug and title, for wikilinks.
    pub article_names: Held<BTreeMap<String, Vec<ArticleId>>>,
    /// Who and what appears together.
    pub connections: Held<Connections>,
    /// What articles have in common, for the site after this one; none when related articles are not wanted, or when this
    /// one was kept.
    pub likeness: Option<related::Likeness>,
    /// What readers can search, unless the settings say no.
    pub search: Option<Search>,
    /// The day of the newest article: roles are current as of this day.
    pub latest: Option<Date>,
    /// The highest marking of anything that is shown, when it is above CLEAR.
    pub highest: Option<Tlp>,
    /// The outlines of countries, when maps are shown.
    pub world: Option<Arc<World>>,
    /// What pages say besides their texts.
    pub words: Arc<Words>,
    /// Where the content folder lies: `content/`, or nothing for a bare folder.
    pub content_root: String,
    /// For messages only: what a link may not say more of than that it leads nowhere.
    pub withheld: Held<Withheld>,
    /// The lowest marking that each folder allows.
    pub floors: Held<gate::Floors>,
    /// What git knows of earlier revisions of articles, where their histories are shown.
    pub histories: Held<history::Histories>,
    /// Its editions in other languages; only the main one has any.
    pub editions: Vec<Arc<Site>>,
    /// What an edition in another language knows of the main one.
    pub abroad: Option<Abroad>,
    /// Of an edition in another language, the file of the main one that each article is a version of, whether there is one
    /// or not.
    pub places: BTreeMap<SourcePath, SourcePath>,
}

/// Where a link leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum Target {
    /// The home page.
    Home,
    /// An article.
    Article(ArticleId),
    /// An entity.
    Entity(EntityId),
    /// A section.
    Section(SectionId),
    /// An author.
    Author(AuthorId),
    /// A loose page.
    Page(PageId),
}

/// A published article.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Article {
    /// Its file.
    pub path: SourcePath,
    /// Its folder below `content/`.
    pub folder: String,
    /// Its address.
    pub url: UrlPath,
    /// What its front matter says, section defaults applied.
    pub meta: Held<Meta>,
    /// Its text.
    pub document: Held<Document>,
    /// Kind of article.
    pub article_type: ArticleType,
    /// Language.
    pub lang: String,
    /// Marking of the whole page; that of the text outside of marked parts is in `meta`.
    pub marking: Option<Tlp>,
    /// Its section, when it is in one.
    pub section: Option<SectionId>,
    /// Byline.
    pub authors: Vec<AuthorId>,
    /// Its entities: first those of the front matter by kind, then those named in the text or in events.
    pub entities: Vec<Appearance>,
    /// How many of them the front matter names, under their kinds or in events: they come first.
    pub listed: usize,
    /// The names in its text.
    pub found: Held<Found<EntityId>>,
    /// Number of each source by its place in `meta.sources`, from 1, in order of first citation.
    pub source_numbers: Vec<usize>,
    /// Articles that its text links to.
    pub links_to: Vec<ArticleId>,
    /// Articles whose text links to it, newest first.
    pub linked_from: Vec<ArticleId>,
    /// Earlier articles of the story.
    pub follows: Vec<ArticleId>,
    /// Later articles of the story, oldest first.
    pub followed_by: Vec<ArticleId>,
    /// Series and place in it, from 0.
    pub series: Option<(SeriesId, usize)>,
    /// The same article in other languages.
    pub translations: Vec<ArticleId>,
    /// The article that it is a translation of.
    pub original: Option<ArticleId>,
    /// Articles on the like, the nearest first; without those that it refers to by other means.
    pub related: Vec<ArticleId>,
    /// The article behind it in its section's order, of those in its language: as a rule the next older one.
    pub older: Option<ArticleId>,
    /// The article before it in the same order.
    pub newer: Option<ArticleId>,
}

/// An entity in an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Appearance {
    /// The entity.
    pub entity: EntityId,
    /// Whether the front matter lists it under its kind.
    pub declared: bool,
    /// Whether the article is about it: its front matter, its title or its key points name it.
    pub about: bool,
    /// Times that its name was found in the article.
    pub mentions: u32,
}

/// A person, country, topic or the like.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Entity {
    /// Index of its kind in the settings.
    pub kind: usize,
    /// Name.
    pub name: String,
    /// Last part of its address.
    pub slug: String,
    /// Address.
    pub url: UrlPath,
    /// Where it is told of: its file or row, or the first article that names it.
    pub origin: SourcePath,
    /// The way to its fields there: empty for a file of its own, `[3]` for a row.
    pub field: FieldPath,
    /// What its file or row says.
    pub meta: Option<Held<EntityMeta>>,
    /// Its profile text.
    pub document: Option<Held<Document>>,
    /// What is known of a country by heart.
    #[borsh(serialize_with = "countries::put_one", deserialize_with = "countries::take_one")]
    pub country: Option<&'static Country>,
    /// Articles with it, newest first; of an article in several languages the original, unless only a translation has
    /// it.
    pub articles: Vec<ArticleId>,
    /// What happened, newest first.
    pub timeline: Vec<Entry>,
    /// Countries that its file names.
    pub countries: Vec<EntityId>,
    /// Roles of a person, as in the file.
    pub roles: Vec<HeldRole>,
    /// Relations.
    pub relations: Vec<(EntityId, Relation)>,
    /// The entity above.
    pub parent: Option<EntityId>,
    /// The entities below.
    pub children: Vec<EntityId>,
    /// Those who hold or held a role here: person and index of the role.
    pub office_holders: Vec<(EntityId, usize)>,
    /// The names in its profile.
    pub found: Held<Found<EntityId>>,
}

/// A role with who is who in it.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct HeldRole {
    /// Title, dates, source.
    pub role: Role,
    /// Country.
    pub country: Option<EntityId>,
    /// Organisation, when it is an entity.
    pub organization: Option<EntityId>,
}

/// A folder of articles.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Section {
    /// Folder below `content/`.
    pub folder: String,
    /// Address.
    pub url: UrlPath,
    /// Title.
    pub title: String,
    /// Its `_index.md`, when it has one.
    pub index: Option<Parsed<SectionMeta>>,
    /// Its articles and those of the sections below it, in its order.
    pub articles: Vec<ArticleId>,
    /// Sections directly below it.
    pub children: Vec<SectionId>,
}

/// An author.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Author {
    /// Name.
    pub name: String,
    /// Last part of the address.
    pub slug: String,
    /// Address.
    pub url: UrlPath,
    /// The author's own file.
    pub file: Option<Parsed<AuthorMeta>>,
    /// Articles, newest first.
    pub articles: Vec<ArticleId>,
}

/// A series.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Series {
    /// Name.
    pub name: String,
    /// Address.
    pub url: UrlPath,
    /// Parts, oldest first.
    pub articles: Vec<ArticleId>,
}

/// A loose page.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Page {
    /// Its file.
    pub path: SourcePath,
    /// Address.
    pub url: UrlPath,
    /// What its front matter says.
    pub meta: PageMeta,
    /// Its text.
    pub document: Document,
}

/// The address of a canceled article.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Tombstone {
    /// Its file, for messages.
    pub path: SourcePath,
    /// Address.
    pub url: UrlPath,
    /// Earlier addresses.
    pub redirect_from: Vec<String>,
    /// Marking.
    pub marking: Option<Tlp>,
}

/// An address that leads elsewhere.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Redirect {
    /// The entry that asks for it.
    pub place: Place,
    /// The old address.
    pub from: UrlPath,
    /// The new address.
    pub to: UrlPath,
}

/// A file that is published as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Attachment {
    /// Length in bytes.
    pub len: u64,
    /// Width and height in pixels, for pictures that tell.
    pub size: Option<(usize, usize)>,
    /// Stands for its bytes, when smaller versions can be made of it.
    pub content: Option<Digest>,
    /// Whether it is a JPEG in the colours of screens (sRGB), so that it needs no colour profile.
    pub is_plain_photograph: bool,
    /// What is seen while it loads, where pages show that.
    pub placeholder: Option<Placeholder>,
}

/// What is seen of a picture while it loads: the colours of twelve fields, row by row from the top; four in a row of a
/// picture that is at least as wide as it is high, else three. Four bits each of red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
pub struct Placeholder(pub [u16; 12]);

/// What is known of pictures by their contents: none for those that have no placeholder.
pub type Placeholders = BTreeMap<Digest, Option<Placeholder>>;

impl Site {
    /// The pictures of people and authors: the file that names each, the way to what that file says of it, and that.
    pub fn portraits(&self) -> impl Iterator<Item = (&SourcePath, FieldPath, &ImageInput)> {
        let people = self.entities.iter().filter(|entity| self.kind_of(entity).is_person()).filter_map(|person| {
            let image = person.meta.as_ref()?.input.image.as_ref()?;
            Some((&person.origin, person.field.clone().then("image"), image))
        });
        let authors = self.authors.iter().filter_map(|author| author.file.as_ref()).filter_map(|file| {
            let image = file.meta.input.image.as_ref()?;
            Some((&file.path, FieldPath::key("image"), image))
        });
        people.chain(authors)
    }

    /// The article with this id.
    pub fn article(&self, id: ArticleId) -> &Article {
        &self.articles[id.index()]
    }

    /// The entity with this id.
    pub fn entity(&self, id: EntityId) -> &Entity {
        &self.entities[id.index()]
    }

    /// The kind of an entity.
    pub fn kind_of(&self, entity: &Entity) -> &Kind {
        &self.config.kinds[entity.kind]
    }

    /// The section with this id.
    pub fn section(&self, id: SectionId) -> &Section {
        &self.sections[id.index()]
    }

    /// The author with this id.
    pub fn author(&self, id: AuthorId) -> &Author {
        &self.authors[id.index()]
    }

    /// The entities of one kind that have a page in this edition, in order of their names.
    pub fn entities_of(&self, kind: usize) -> impl Iterator<Item = (EntityId, &Entity)> {
        self.entities
            .iter()
            .enumerate()
            .filter(move |(_, entity)| entity.kind == kind && !entity.is_borrowed())
            .map(|(index, entity)| (EntityId::at(index), entity))
    }

    /// The address of a target.
    pub fn url_of(&self, target: Target) -> UrlPath {
        match target {
            Target::Home => UrlPath::new("/"),
            Target::Article(id) => self.article(id).url.clone(),
            Target::Entity(id) => self.entity(id).url.clone(),
            Target::Section(id) => self.section(id).url.clone(),
            Target::Author(id) => self.author(id).url.clone(),
            Target::Page(id) => self.pages[id.index()].url.clone(),
        }
    }

    /// The role that a person holds on `day`, as words: `President of Ukraine`.
    pub fn role_on(&self, person: &Entity, day: Date, language: &Language) -> Option<String> {
        let held = person.roles.iter().filter(|held| held.role.holds_on(day));
        // Of several at once the one that began last: it is the one that made news.
        held.max_by_key(|held| held.role.start.map(|start| start.first_day()))
            .map(|held| self.role_text(held, language))
    }

    /// A role as words: `President of Ukraine`, `Secretary General of NATO`.
    pub fn role_text(&self, held: &HeldRole, language: &Language) -> String {
        let title = &held.role.input.title;
        let organization =
            held.organization.map(|id| self.entity(id).name.as_str()).or(held.role.input.organization.as_deref());
        let country = || held.country.map(|id| self.entity(id).in_phrase(language));
        match organization.map(str::to_string).or_else(country) {
            Some(whose) if !title.to_lowercase().contains(whose.trim_start_matches("the ").to_lowercase().as_str()) => {
                language.say("role-of", &[("title", Arg::Text(title)), ("whose", Arg::Text(&whose))])
            }
            _ => title.clone(),
        }
    }

    /// The words of the site's own language.
    pub fn language(&self) -> &Arc<Language> {
        self.words.of(&self.config.language)
    }

    /// The tags of all languages that pages are in, the site's own with them.
    pub fn tags(&self) -> BTreeSet<&str> {
        let pages = self.pages.iter().filter_map(|page| page.meta.lang.as_deref());
        let articles = self.articles.iter().map(|article| article.lang.as_str());
        articles.chain(pages).chain([self.config.language.as_str()]).collect()
    }

    /// The languages that articles are in, by their tags; none when they all are in one.
    pub fn languages(&self) -> Vec<&str> {
        let tags: BTreeSet<&str> = self.articles.iter().map(|article| article.lang.as_str()).collect();
        if tags.len() > 1 { tags.into_iter().collect() } else { Vec::new() }
    }

    /// Whether a page of the site has this address.
    pub fn has_address(&self, url: &UrlPath) -> bool {
        self.addresses.contains(url)
    }

    /// All addresses that have a page.
    fn page_addresses(&self) -> HashSet<UrlPath> {
        let of_sources = self.by_source.values().map(|target| self.url_of(*target));
        let mut addresses: HashSet<UrlPath> = of_sources.filter(|url| !url.is_outside()).collect();
        addresses.extend(self.entities.iter().filter(|one| !one.is_borrowed()).map(|entity| entity.url.clone()));
        addresses.extend(self.authors.iter().map(|author| author.url.clone()));
        addresses.extend(self.series.iter().map(|series| series.url.clone()));
        addresses.extend(self.sections.iter().map(|section| section.url.clone()));
        let is_listed = |kind: usize| self.abroad.is_none() || self.entities_of(kind).next().is_some();
        let kinds = self.config.kinds.iter().enumerate().filter(|(at, _)| is_listed(*at));
        addresses.extend(kinds.map(|(_, kind)| urls::kind(kind)));
        addresses.extend([urls::home(), urls::authors(), urls::series_index(), urls::archive()]);
        addresses.extend(self.config.search.then(urls::search));
        addresses.extend(registers::has_judgment_register(self).then(urls::judgments));
        addresses.extend((!registers::corrections(self).is_empty()).then(urls::corrections));
        addresses
    }
}

impl Article {
    /// Whether it lives in the main edition, and this one shows it for want of a version of its own.
    pub fn is_borrowed(&self) -> bool {
        self.url.is_outside()
    }

    /// The address that it had first: that which its file names first as a former one, if there is any.
    pub fn first_url(&self) -> UrlPath {
        let former = self.meta.redirect_from.first().and_then(|written| urls::former(written));
        // Wherever it lives now, that address counts from the top of the site.
        former.map_or_else(|| self.url.clone(), |former| former.outside())
    }
}

impl Entity {
    /// Whether its page is in the main edition alone, since nothing in this one tells of it.
    pub fn is_borrowed(&self) -> bool {
        self.url.is_outside()
    }

    /// The name within a phrase: `the United States`, `Ukraine`.
    pub fn in_phrase(&self, language: &Language) -> String {
        // Common names that English uses with the article: plurals, unions and republics by their common nouns.
        const WITH_ARTICLE: [&str; 11] = ["US", "GB", "NL", "AE", "PH", "BS", "GM", "MV", "CF", "DO", "KM"];
        match self.country {
            Some(country) if language.tag() == ENGLISH && WITH_ARTICLE.contains(&country.code) => {
                format!("the {}", self.name)
            }
            _ => self.name.clone(),
        }
    }
}
