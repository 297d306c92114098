//! The views that all pages share: the site, the page itself, references to entities, cards of articles.
//!
//! [`Shared`] holds what is made once and shown on many pages: a card is turned into a template value a single time, and
//! a list that shows it copies a pointer. [`Views`] is how one output looks at the site: there is no other way, and it
//! notes every [`Face`] that it is shown, so that the next build knows what the output depends on. What a method here
//! gives must be covered by the digest of the face that it notes.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use rayon::prelude::*;
use tera::Value;

use crate::base::dates::Moment;
use crate::base::diagnostics::Diagnostic;
use crate::base::held::Held;
use crate::base::paths::{SourcePath, UrlPath};
use crate::base::text::excerpt;
use crate::config::Config;
use crate::config::editions::Edition;
use crate::content::article::ImageInput;
use crate::content::countries::Country;
use crate::content::entity::{EntityMeta, Relation};
use crate::content::markdown::{ImageInfo, LinkTarget, Resolved};
use crate::content::read::{Document, Parsed};
use crate::content::section::SectionMeta;
use crate::content::vocabulary::Tlp;
use crate::content::world::World;
use crate::render::dates;
use crate::render::feed_refs;
use crate::render::leads;
use crate::render::pictures;
use crate::render::reads::Read;
use crate::render::templates::Voice;
use crate::render::view::{
    AuthorRef, Card, Counts, Crumb, DateView, EditionLink, EntityRef, ImageView, KindRef, Marking, MenuEntry,
    OutwardLink, PageView, Parts, PortraitView, SectionEntry, SectionRef, SeriesRef, Shown, SiteView, TranslationRef,
};
use crate::site::connections::{Connection, Pair};
use crate::site::edges::Edges;
use crate::site::faces::Face;
use crate::site::history::Revision;
use crate::site::ids::{ArticleId, AuthorId, EntityId, PageId, PairId, SectionId, SeriesId};
use crate::site::mentions::{Context, Found};
use crate::site::registers::{self, Month};
use crate::site::search::{Record, Shard};
use crate::site::timelines::{self, Entry, What};
use crate::site::urls::FeedFormat;
use crate::site::{
    Appearance, Article, Author, Entity, HeldRole, Page, Section, Series, Site, Target, history, leaks, links, urls,
};
use crate::words::Language;
use crate::words::message::Arg;
use crate::words::tags::{direction, language_name};

/// What all outputs of a site share.
#[derive(Debug)]
pub struct Shared<'a> {
    site: &'a Site,
    cards: Vec<OnceLock<Value>>,
    /// For each article the place of its date: briefings of one day stand together, and share one.
    date_of: Vec<u32>,
    dates: Vec<OnceLock<Shown<DateView>>>,
    entries: [Vec<Mutex<FeedEntry>>; 3],
    /// In how many feeds of a format each article is.
    in_feeds: OnceLock<Vec<u32>>,
    entities: Vec<OnceLock<Shown<EntityRef>>>,
    authors: Vec<OnceLock<Shown<AuthorRef>>>,
    /// By language, then by kind.
    kinds: HashMap<&'a str, Vec<KindRef>>,
    months: OnceLock<Vec<Month>>,
    corrections: OnceLock<Vec<(ArticleId, usize)>>,
    edges: OnceLock<Edges>,
    /// The same of the editions in other languages.
    editions: Vec<Shared<'a>>,
}

/// The entry of an article in feeds of a format, as long as there are feeds that have not shown it.
#[derive(Debug, Default)]
struct FeedEntry {
    /// Its text, and what it was made of.
    made: Option<(Arc<str>, Box<[Read]>)>,
    shown: u32,
}

/// In how many feeds of a format each article is: those of its lists in which it is among the newest.
fn in_feeds(site: &Site) -> Vec<u32> {
    let size = site.config.feed.size;
    let mut feeds = vec![0; site.articles.len()];
    let of_entities = site.entities.iter().map(|entity| &entity.articles);
    let of_authors = site.authors.iter().map(|author| &author.articles);
    let of_pairs = site.connections.pairs().iter().map(|pair| &pair.articles);
    for list in of_entities.chain(of_authors).chain(of_pairs) {
        list.iter().take(size).for_each(|id| feeds[id.index()] += 1);
    }
    for section in &*site.sections {
        // It may list by weight or title.
        let mut list = section.articles.clone();
        list.sort_unstable();
        list.iter().take(size).for_each(|id| feeds[id.index()] += 1);
    }
    feeds.iter_mut().take(size).for_each(|feeds| *feeds += 1);
    feeds
}

/// For each article a number that those with the same date in the same language have in common; then how many there are.
fn dates(articles: &[Held<Article>]) -> (Vec<u32>, usize) {
    fn date(article: &Article) -> (Option<&str>, &str) {
        (article.meta.date.as_ref().map(|date| date.iso.as_str()), &article.lang)
    }
    let mut number = 0;
    let numbers = articles.iter().enumerate().map(|(at, article)| {
        number += u32::from(at > 0 && date(&articles[at - 1]) != date(article));
        number
    });
    (numbers.collect(), number as usize + 1)
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The same page in another edition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    /// The number of the edition.
    pub edition: usize,
    /// Its address, counted from the top of the site.
    pub url: UrlPath,
    /// BCP 47 tag of its language.
    pub lang: String,
    /// Its title, when it is a text or the page of an entity; else empty.
    pub title: String,
}

fn empty<T>(count: usize) -> Vec<OnceLock<T>> {
    (0..count).map(|_| OnceLock::new()).collect()
}

/// The site as one output sees it.
#[derive(Debug)]
pub struct Views<'a> {
    shared: &'a Shared<'a>,
    /// The language of the output.
    lang: &'a str,
    /// The words that it is said in.
    language: &'a Language,
    /// The same page in other editions.
    versions: &'a [Version],
    reads: RefCell<Vec<Read>>,
    times: RefCell<Vec<(Box<str>, Duration)>>,
}

/// What is said of an entity in its own file, and who stands around it.
#[derive(Clone, Copy, Debug)]
pub struct Profile<'a> {
    /// Index of its kind in the settings.
    pub kind: usize,
    /// Name.
    pub name: &'a str,
    /// Last part of its address.
    pub slug: &'a str,
    /// Address.
    pub url: &'a UrlPath,
    /// Where it is told of.
    pub origin: &'a SourcePath,
    /// What its file or row says.
    pub meta: Option<&'a EntityMeta>,
    /// Its profile text.
    pub document: Option<&'a Document>,
    /// What is known of a country by heart.
    pub country: Option<&'static Country>,
    /// Countries that its file names.
    pub countries: &'a [EntityId],
    /// Roles of a person, as in the file.
    pub roles: &'a [HeldRole],
    /// Relations.
    pub relations: &'a [(EntityId, Relation)],
    /// The entity above.
    pub parent: Option<EntityId>,
    /// The entities below.
    pub children: &'a [EntityId],
    /// Those who hold or held a role here: person and role.
    pub office_holders: &'a [(EntityId, usize)],
    /// The names in its profile.
    pub found: &'a Found<EntityId>,
}

/// A list of articles with their days.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    site: &'a Site,
    ids: &'a [ArticleId],
}

impl<'a> Listed<'a> {
    /// The articles in the list's order.
    pub fn ids(&self) -> &'a [ArticleId] {
        self.ids
    }

    /// When the article at a place of the list was published.
    pub fn date(&self, at: usize) -> Option<&'a Moment> {
        self.ids.get(at).and_then(|id| self.site.article(*id).meta.date.as_ref())
    }

    /// How many articles at the head of the list have dates that `is_before` holds of; it must hold of none behind them.
    pub fn partition(&self, is_before: impl Fn(Option<&'a Moment>) -> bool) -> usize {
        self.ids.partition_point(|id| is_before(self.site.article(*id).meta.date.as_ref()))
    }

    /// The years of a list by date, newest first: each with the place of its first article and the number of them.
    ///
    /// Looks at a few articles of each year, since every page of a long list asks.
    pub fn years(&self) -> Vec<(i16, usize, usize)> {
        let mut years = Vec::new();
        let mut at = 0;
        while let Some(date) = self.date(at) {
            let year = date.day.year();
            let is_of_year =
                |id: &ArticleId| self.site.article(*id).meta.date.as_ref().is_some_and(|date| date.day.year() >= year);
            let count = self.ids[at..].partition_point(is_of_year);
            years.push((year, at, count));
            // A list that is not by date has no such years: it must end all the same.
            at += count.max(1);
        }
        years
    }

    /// The dates, in the list's order.
    pub fn dates(&self) -> impl Iterator<Item = Option<&'a Moment>> + use<'a> {
        let site = self.site;
        self.ids.iter().map(move |id| site.article(*id).meta.date.as_ref())
    }
}

/// A pair with its articles, and who is in each.
#[derive(Clone, Copy, Debug)]
pub struct PairLens<'a> {
    site: &'a Site,
    /// The pair.
    pub pair: &'a Pair,
}

impl<'a> PairLens<'a> {
    /// Its articles.
    pub fn list(&self) -> Listed<'a> {
        Listed { site: self.site, ids: &self.pair.articles }
    }

    /// Who is in one of its articles.
    pub fn appearances(&self, id: ArticleId) -> &'a [Appearance] {
        &self.site.article(id).entities
    }
}

/// What lists and feeds tell of an article.
#[derive(Clone, Copy, Debug)]
pub struct Glance<'a> {
    site: &'a Site,
    article: &'a Article,
}

impl<'a> Glance<'a> {
    /// Headline.
    pub fn title(&self) -> &'a str {
        &self.article.meta.title
    }

    /// Address.
    pub fn url(&self) -> &'a UrlPath {
        &self.article.url
    }

    /// Language.
    pub fn lang(&self) -> &'a str {
        &self.article.lang
    }

    /// Summary, or what stands for it.
    pub fn summary(&self) -> String {
        summary(self.article)
    }

    /// Publication.
    pub fn date(&self) -> Option<&'a Moment> {
        self.article.meta.date.as_ref()
    }

    /// Last change.
    pub fn updated(&self) -> Option<&'a Moment> {
        self.article.meta.updated.as_ref()
    }

    /// Marking.
    pub fn marking(&self) -> Option<Tlp> {
        self.article.marking
    }

    /// The address that it had first: that which its file names first as a former one, if there is any.
    pub fn first_url(&self) -> UrlPath {
        self.article.first_url()
    }

    /// Names of the authors, and where their pages are.
    pub fn authors(&self) -> impl Iterator<Item = (&'a str, &'a UrlPath)> + use<'a> {
        let site = self.site;
        let authors = self.article.authors.iter().map(move |id| site.author(*id));
        authors.map(|author| (author.name.as_str(), &author.url))
    }

    /// What sort of text it is, for readers: the article's own word for it, or that of its type.
    pub fn label(&self) -> &'a str {
        let words = || self.site.words.of(&self.article.lang).text(self.article.article_type.message());
        self.article.meta.label.as_deref().unwrap_or_else(words)
    }

    /// The countries that the article is about.
    pub fn countries(&self) -> impl Iterator<Item = &'static Country> + use<'a> {
        let site = self.site;
        let about = self.article.entities.iter().filter(|one| one.about).map(move |one| site.entity(one.entity));
        about.filter_map(|entity| entity.country)
    }

    /// What the article is about: kind and name.
    pub fn about(&self) -> impl Iterator<Item = (usize, &'a str)> + use<'a> {
        let site = self.site;
        let about = self.article.entities.iter().filter(|one| one.about).map(move |one| site.entity(one.entity));
        about.map(|entity| (entity.kind, entity.name.as_str()))
    }
}

/// Whom an article names, and where.
#[derive(Clone, Copy, Debug)]
pub struct Naming<'a> {
    article: &'a Article,
}

impl<'a> Naming<'a> {
    /// Headline.
    pub fn title(&self) -> &'a str {
        &self.article.meta.title
    }

    /// Address.
    pub fn url(&self) -> &'a UrlPath {
        &self.article.url
    }

    /// Publication.
    pub fn date(&self) -> Option<&'a Moment> {
        self.article.meta.date.as_ref()
    }

    /// How an entity appears in it.
    pub fn appearance(&self, entity: EntityId) -> Option<&'a Appearance> {
        self.article.entities.iter().find(|one| one.entity == entity)
    }

    /// The sentence that names one of these first.
    pub fn sentence(&self, of: &[EntityId]) -> Option<&'a Context> {
        self.article.found.contexts.iter().find(|(entity, _)| of.contains(entity)).map(|(_, context)| context)
    }

    /// The sentence that names both.
    pub fn sentence_on_both(&self, left: EntityId, right: EntityId) -> Option<&'a Context> {
        let is_both = |pair: &[EntityId; 2]| pair.contains(&left) && pair.contains(&right);
        self.article.found.together.iter().find(|(pair, _)| is_both(pair)).map(|(_, context)| context)
    }
}

/// What searching begins with.
#[derive(Clone, Debug)]
pub struct SearchStart<'a> {
    /// Number of articles.
    pub articles: usize,
    /// Months with articles, the earliest first, each with the number of its first article.
    pub months: &'a [(String, usize)],
    /// All entities, in the order of the site.
    pub records: &'a [Record],
    /// The keys of the shards.
    pub keys: Vec<&'a [u8]>,
}

/// An entity in the index of its kind.
#[derive(Clone, Copy, Debug)]
pub struct KindEntry<'a> {
    /// Its number.
    pub id: EntityId,
    /// Name.
    pub name: &'a str,
    /// What is known of a country by heart.
    pub country: Option<&'static Country>,
    /// Summary of its file.
    pub summary: Option<&'a str>,
    /// Where it is told of.
    pub origin: &'a SourcePath,
    /// Picture of its file.
    pub image: Option<&'a ImageInput>,
    /// Number of its articles.
    pub count: usize,
}

impl<'a> Shared<'a> {
    /// What all outputs of a site share.
    pub fn new(site: &'a Site) -> Self {
        let kinds_in = |language: &Language| {
            // The settings name the kinds in the main language.
            let main = site.config.editions.first().map_or(&site.config.language, |edition| &edition.tag);
            let is_main = language.tag() == site.words.of(main).tag();
            let kinds = site.config.kinds.iter().map(|kind| KindRef {
                id: kind.id.clone(),
                singular: kind.singular_in(language, is_main).to_string(),
                plural: kind.plural_in(language, is_main).to_string(),
                url: href(&site.config, &urls::kind(kind)),
            });
            kinds.collect::<Vec<KindRef>>()
        };
        let (articles, entities) = (site.articles.len(), site.entities.len());
        let (date_of, dates) = dates(&site.articles);
        Self {
            site,
            cards: empty(articles),
            date_of,
            dates: empty(dates),
            entries: std::array::from_fn(|_| (0..articles).map(|_| Mutex::default()).collect()),
            in_feeds: OnceLock::new(),
            entities: empty(entities),
            authors: empty(site.authors.len()),
            kinds: site.words.all().map(|language| (language.tag(), kinds_in(language))).collect(),
            months: OnceLock::new(),
            corrections: OnceLock::new(),
            edges: OnceLock::new(),
            editions: site.editions.iter().map(|edition| Shared::new(edition)).collect(),
        }
    }

    /// Lets go of all of it, on all threads.
    pub fn let_go(self) {
        let Self { cards, dates, entries, entities, authors, editions, .. } = self;
        cards.into_par_iter().with_min_len(256).for_each(drop);
        entries.into_iter().for_each(|of_format| of_format.into_par_iter().with_min_len(256).for_each(drop));
        drop((dates, entities, authors));
        editions.into_iter().for_each(Shared::let_go);
    }

    /// What the outputs of an edition share.
    pub fn edition(&self, number: usize) -> &Shared<'a> {
        number.checked_sub(1).and_then(|at| self.editions.get(at)).unwrap_or(self)
    }

    /// The views of an output in the language of the site.
    pub fn views(&'a self) -> Views<'a> {
        self.views_in(&self.site.config.language)
    }

    /// The views of an output in the language with this tag.
    pub fn views_in(&'a self, lang: &'a str) -> Views<'a> {
        let language = self.site.words.of(lang);
        Views { shared: self, lang, language, versions: &[], reads: RefCell::default(), times: RefCell::default() }
    }

    /// The number of the edition.
    pub fn number(&self) -> usize {
        self.site.config.edition
    }

    /// The site, for the recipes that its plan holds.
    pub fn site_of_plan(&self) -> &'a Site {
        self.site
    }

    /// The site, for what answers a question about it and does not print it.
    pub(crate) fn site(&self) -> &'a Site {
        self.site
    }

    /// The months in which there are key judgments; found once for all pages of the register.
    pub(super) fn judgment_months(&self) -> &[Month] {
        self.months.get_or_init(|| registers::judgment_months(self.site))
    }

    /// All corrections; found once for all pages of the register.
    pub(super) fn corrections(&self) -> &[(ArticleId, usize)] {
        self.corrections.get_or_init(|| registers::corrections(self.site))
    }

    /// The edges of the graph; found once for all files of it.
    pub(crate) fn edges(&self) -> &Edges {
        self.edges.get_or_init(|| Edges::find(self.site))
    }

    /// The address as it stands in an `href`.
    pub fn href(&self, url: &UrlPath) -> String {
        href(&self.site.config, url)
    }

    /// The address with scheme and host.
    pub fn permalink(&self, url: &UrlPath) -> String {
        format!("{}{}", self.site.config.origin, self.href(url))
    }
}

/// The address as it stands in an `href`.
pub fn href(config: &Config, url: &UrlPath) -> String {
    config.href(url)
}

impl<'a> Views<'a> {
    /// What the output has looked at, each once, in the order of the first look.
    pub fn into_reads(self) -> Vec<Read> {
        let shared = self.shared;
        let mut reads = self.reads.into_inner();
        let mut known: std::collections::HashSet<Read> = std::collections::HashSet::with_capacity(reads.len());
        reads.retain(|read| known.insert(read.clone()));
        match shared.number() {
            0 => reads,
            // What was looked at in another edition is told apart from the same here.
            number => reads.into_iter().map(|read| read.of_edition(number)).collect(),
        }
    }

    /// The same views for a page that other editions have, too.
    pub fn with_versions(self, versions: &'a [Version]) -> Self {
        Self { versions, ..self }
    }

    /// The home pages of all editions, counted from the top of the site.
    pub fn homes(&self) -> Vec<UrlPath> {
        let editions = self.config().editions.iter().map(|edition| UrlPath::new(&edition.path).outside());
        let homes: Vec<UrlPath> = editions.collect();
        if homes.is_empty() { vec![urls::home()] } else { homes }
    }

    /// An address of the settings: in another edition it may be that of the main one's page.
    pub fn address_of(&self, written: &str) -> UrlPath {
        let url = UrlPath::new(written);
        if self.config().edition == 0 {
            return url;
        }
        self.note(Face::Sitemap);
        if self.shared.site.has_address(&url) { url } else { url.outside() }
    }

    /// Notes how long a template took.
    pub fn note_time(&self, template: &str, took: Duration) {
        self.times.borrow_mut().push((template.into(), took));
    }

    /// How long templates took so far.
    pub fn take_times(&self) -> Vec<(Box<str>, Duration)> {
        self.times.take()
    }

    fn note(&self, face: Face) {
        self.reads.borrow_mut().push(Read::Face(face));
    }

    /// Notes that a template was used.
    pub fn note_template(&self, name: &str) {
        self.reads.borrow_mut().push(Read::Template(name.into()));
    }

    /// Notes that a shortcode was used.
    pub fn note_component(&self, name: &str) {
        self.reads.borrow_mut().push(Read::Component(name.into()));
    }

    /// The words of the output, and how it writes dates and numbers; when they change, everything is made anew.
    pub fn language(&self) -> &'a Language {
        self.language
    }

    /// How templates speak in the output.
    pub fn voice(&self) -> Voice<'a> {
        Voice { edition: self.shared.number(), language: self.language }
    }

    /// The words in which something in the language `lang` is said.
    pub fn language_of(&self, lang: &str) -> &'a Language {
        self.shared.site.words.of(lang)
    }

    /// The tag of the language that the output is in.
    pub fn lang(&self) -> &'a str {
        self.lang
    }

    /// The settings; when they change, everything is made anew.
    pub fn config(&self) -> &'a Config {
        &self.shared.site.config
    }

    /// Whether a file is no text that this edition takes over from the main one.
    pub fn is_of_edition(&self, path: &SourcePath) -> bool {
        self.shared.site.is_of_edition(path)
    }

    /// The language of the texts that a file of this edition, or one that it takes over, holds by default.
    pub fn language_of_file(&self, path: &SourcePath) -> &'a str {
        let site = self.shared.site;
        let config = &site.config;
        if config.edition == 0 {
            return &config.language;
        }
        let number = config.edition_of(&site.content_root, path);
        config.editions.get(number).map_or(&config.language, |edition| &edition.tag)
    }

    /// The outlines of countries; they go with the settings.
    pub fn world(&self) -> Option<&'a World> {
        self.shared.site.world.as_deref()
    }

    /// The whole site, for an output that gathers from all over it; `face` covers what it gathers.
    pub fn whole(&self, face: Face) -> &'a Shared<'a> {
        self.note(face);
        self.shared
    }

    /// The title of something withheld, when a test of the tests leaks it.
    pub fn secret(&self, channel: &str) -> &'a str {
        leaks::secret(self.shared.site, channel)
    }

    /// The address as it stands in an `href`.
    pub fn href(&self, url: &UrlPath) -> String {
        self.shared.href(url)
    }

    /// The address with scheme and host.
    pub fn permalink(&self, url: &UrlPath) -> String {
        self.shared.permalink(url)
    }

    /// All of an article.
    pub fn article(&self, id: ArticleId) -> &'a Article {
        self.note(Face::Article(id));
        self.shared.site.article(id)
    }

    /// The revisions of an article that readers may compare, newest first: none, or at least two.
    pub fn history(&self, id: ArticleId) -> Vec<&'a Revision> {
        self.note(Face::History(id));
        history::revisions(self.shared.site, self.shared.site.article(id))
    }

    /// What lists and feeds tell of an article.
    pub fn glance(&self, id: ArticleId) -> Glance<'a> {
        self.note(Face::Card(id));
        Glance { site: self.shared.site, article: self.shared.site.article(id) }
    }

    /// Whom an article names, and where.
    pub fn naming(&self, id: ArticleId) -> Naming<'a> {
        self.note(Face::Naming(id));
        Naming { article: self.shared.site.article(id) }
    }

    /// The card of an article.
    pub fn card_of(&self, id: ArticleId) -> Value {
        self.note(Face::Card(id));
        let make = || Value::from_serializable(&self.card(id));
        self.shared.cards[id.index()].get_or_init(make).clone()
    }

    /// Those of `ids` that a page marked `own` may tell of: none of a higher marking. Whoever has the list has its
    /// markings.
    pub fn fitting(&self, ids: &[ArticleId], own: Option<Tlp>) -> Vec<ArticleId> {
        let marking = |marking: Option<Tlp>| marking.unwrap_or(Tlp::Clear);
        ids.iter().copied().filter(|id| marking(self.shared.site.article(*id).marking) <= marking(own)).collect()
    }

    /// The cards of articles, in the same order.
    pub fn cards_of(&self, ids: &[ArticleId]) -> Vec<Value> {
        ids.iter().map(|id| self.card_of(*id)).collect()
    }

    /// What is said of an entity in its own file.
    pub fn profile(&self, id: EntityId) -> Profile<'a> {
        self.note(Face::Entity(id));
        let entity = self.shared.site.entity(id);
        Profile {
            kind: entity.kind,
            name: &entity.name,
            slug: &entity.slug,
            url: &entity.url,
            origin: &entity.origin,
            meta: entity.meta.as_deref(),
            document: entity.document.as_deref(),
            country: entity.country,
            countries: &entity.countries,
            roles: &entity.roles,
            relations: &entity.relations,
            parent: entity.parent,
            children: &entity.children,
            office_holders: &entity.office_holders,
            found: &entity.found,
        }
    }

    /// The name of an entity.
    pub fn name(&self, id: EntityId) -> &'a str {
        self.note(Face::Ref(id));
        &self.shared.site.entity(id).name
    }

    /// The name of an entity within a phrase: `the United States`.
    pub fn in_phrase(&self, id: EntityId) -> String {
        self.note(Face::Ref(id));
        self.shared.site.entity(id).in_phrase(self.language)
    }

    /// The kind of an entity: part of its address, so of what it goes by.
    pub fn kind_of(&self, id: EntityId) -> usize {
        self.shared.site.entity(id).kind
    }

    /// What is known by heart of a country.
    pub fn country(&self, id: EntityId) -> Option<&'static Country> {
        self.note(Face::Ref(id));
        self.shared.site.entity(id).country
    }

    /// Address of an entity, and class of links to it.
    pub fn entity_link(&self, id: EntityId) -> (String, String) {
        self.note(Face::Ref(id));
        let entity = self.shared.site.entity(id);
        (self.href(&entity.url), format!("entity entity-{}", self.config().kinds[entity.kind].id))
    }

    /// What stands for an entity elsewhere: name, address, schema.org type, and links to the same thing.
    pub fn identity(&self, id: EntityId) -> Identity<'a> {
        self.note(Face::Ref(id));
        let entity = self.shared.site.entity(id);
        let input = entity.meta.as_ref().map(|meta| &meta.input);
        Identity {
            name: &entity.name,
            url: &entity.url,
            kind: entity.kind,
            wikidata: input
                .and_then(|input| input.wikidata.as_deref())
                .or_else(|| entity.country.and_then(|country| country.wikidata)),
            same_as: input.map_or(&[], |input| input.same_as.0.as_slice()),
        }
    }

    /// The articles of an entity.
    pub fn entity_list(&self, id: EntityId) -> Listed<'a> {
        self.note(Face::EntityList(id));
        Listed { site: self.shared.site, ids: &self.shared.site.entity(id).articles }
    }

    /// The roles of a person.
    pub fn roles(&self, id: EntityId) -> &'a [HeldRole] {
        self.note(Face::Roles(id));
        &self.shared.site.entity(id).roles
    }

    /// The role that a person holds on a day, in words.
    pub fn role_on(&self, id: EntityId, day: jiff::civil::Date) -> Option<String> {
        self.note(Face::Roles(id));
        self.shared.site.role_on(self.shared.site.entity(id), day, self.language)
    }

    /// A role of `holder` in words.
    pub fn role_text(&self, holder: EntityId, held: &HeldRole) -> String {
        self.note(Face::Roles(holder));
        self.shared.site.role_text(held, self.language)
    }

    /// Who appears with an entity.
    pub fn company(&self, id: EntityId) -> &'a [Connection] {
        self.note(Face::Company(id));
        self.shared.site.connections.of(id)
    }

    /// The address of the page of two entities, when they have one.
    pub fn pair_href(&self, beside: EntityId, other: EntityId) -> Option<String> {
        self.note(Face::Company(beside));
        Some(self.href(&self.shared.site.connections.pair_of(beside, other)?.url))
    }

    /// What happened to an entity.
    pub fn timeline(&self, id: EntityId) -> &'a [Entry] {
        self.note(Face::Timeline(id));
        &self.shared.site.entity(id).timeline
    }

    /// The words of an entry of a timeline that was looked at, and the address of the article that tells it.
    pub fn told(&self, what: What) -> Told<'a> {
        let site = self.shared.site;
        match what {
            What::Event(id, _) => Told::Event(
                timelines::text(site, what).unwrap_or_default(),
                id,
                format!("{}#timeline", self.url_of(id)),
            ),
            What::Dated(id, _) => Told::Event(timelines::text(site, what).unwrap_or_default(), id, self.url_of(id)),
            What::Begins(person, index) => Told::Role(person, self.change("becomes", person, index)),
            What::Ends(person, index) => Told::Role(person, self.change("ceases-to-be", person, index)),
            What::Correction(id, index) => {
                let correction = &site.article(id).meta.corrections[index];
                let text = crate::content::markdown::plain_text(&correction.text);
                Told::Correction(self.labelled(correction.kind.id(), &text), id, self.url_of(id))
            }
        }
    }

    fn change(&self, message: &str, person: EntityId, index: usize) -> String {
        let site = self.shared.site;
        let role = site.role_text(&site.entity(person).roles[index], self.language);
        self.language.say(message, &[("role", Arg::Text(&role))])
    }

    /// A text behind what it is: `Correction: …`.
    pub fn labelled(&self, message: &str, text: &str) -> String {
        let label = self.language.text(message);
        self.language.say("labelled", &[("label", Arg::Text(label)), ("text", Arg::Text(text))])
    }

    fn url_of(&self, id: ArticleId) -> String {
        self.href(&self.shared.site.article(id).url)
    }

    /// A section.
    pub fn section(&self, id: SectionId) -> &'a Section {
        self.note(Face::Section(id));
        self.note(Face::SectionList(id));
        self.shared.site.section(id)
    }

    /// The articles of a section.
    pub fn section_list(&self, id: SectionId) -> Listed<'a> {
        self.note(Face::SectionList(id));
        Listed { site: self.shared.site, ids: &self.shared.site.section(id).articles }
    }

    /// The address and title of a section.
    pub fn section_name(&self, id: SectionId) -> (&'a str, &'a UrlPath) {
        self.note(Face::SectionRef(id));
        let section = self.shared.site.section(id);
        (&section.title, &section.url)
    }

    /// An author.
    pub fn author(&self, id: AuthorId) -> &'a Author {
        self.note(Face::Author(id));
        self.note(Face::AuthorList(id));
        self.shared.site.author(id)
    }

    /// The articles of an author.
    pub fn author_list(&self, id: AuthorId) -> Listed<'a> {
        self.note(Face::AuthorList(id));
        Listed { site: self.shared.site, ids: &self.shared.site.author(id).articles }
    }

    /// A series.
    pub fn series(&self, id: SeriesId) -> &'a Series {
        self.note(Face::Series(id));
        &self.shared.site.series[id.index()]
    }

    /// A loose page.
    pub fn loose_page(&self, id: PageId) -> &'a Page {
        self.note(Face::Page(id));
        &self.shared.site.pages[id.index()]
    }

    /// A pair.
    pub fn pair(&self, id: PairId) -> PairLens<'a> {
        self.note(Face::Pair(id));
        PairLens { site: self.shared.site, pair: self.shared.site.connections.pair(id) }
    }

    /// The text of the home page.
    pub fn home(&self) -> Option<&'a Parsed<SectionMeta>> {
        self.note(Face::Home);
        self.shared.site.home.as_ref()
    }

    /// The day of the newest article.
    pub fn latest(&self) -> Option<jiff::civil::Date> {
        self.note(Face::Latest);
        self.shared.site.latest
    }

    /// The entities of a kind, in the order of their names, for its index.
    pub fn kind_entries(&self, kind: usize) -> Vec<KindEntry<'a>> {
        self.note(Face::Kind(kind));
        let entry = |(id, entity): (EntityId, &'a Entity)| KindEntry {
            id,
            name: &entity.name,
            country: entity.country,
            summary: entity.meta.as_ref().and_then(|meta| meta.input.summary.as_deref()),
            origin: &entity.origin,
            image: entity.meta.as_ref().and_then(|meta| meta.input.image.as_ref()),
            count: entity.articles.len(),
        };
        self.shared.site.entities_of(kind).map(entry).collect()
    }

    /// The pairs of a kind that have pages, for its index.
    pub fn kind_pairs(&self, kind: usize) -> Vec<&'a Pair> {
        self.note(Face::Kind(kind));
        let site = self.shared.site;
        site.connections.pairs().iter().filter(|pair| site.entity(pair.entities[0]).kind == kind).collect()
    }

    /// What searching begins with, when readers can search.
    pub fn search(&self) -> Option<SearchStart<'a>> {
        self.note(Face::Search);
        let search = self.shared.site.search.as_ref()?;
        Some(SearchStart {
            articles: search.articles,
            months: &search.months,
            records: &search.records,
            keys: search.shards.iter().map(|shard| &*shard.key).collect(),
        })
    }

    /// A shard of the words that are searched, and what is shown of the entities that they lead to.
    pub fn search_words(&self, at: usize) -> Option<(&'a Shard, &'a [Record])> {
        self.note(Face::Words(at));
        let search = self.shared.site.search.as_ref()?;
        Some((search.shards.get(at)?, &search.records))
    }

    /// The article of a number in searching; whoever asks knows which one that is.
    pub fn numbered(&self, number: usize) -> Option<ArticleId> {
        Some(ArticleId::at(self.shared.site.articles.len().checked_sub(number + 1)?))
    }

    /// All entities with their numbers of articles.
    pub fn counts(&self) -> impl Iterator<Item = (EntityId, usize)> + use<'a> {
        self.note(Face::Counts);
        let entities = self.shared.site.entities.iter().enumerate();
        entities.map(|(index, entity)| (EntityId::at(index), entity.articles.len()))
    }

    /// The person that an event names; the article that tells the event is the one looked at.
    pub fn person_named(&self, name: &str) -> Option<EntityId> {
        let person = self.config().kinds.iter().position(|kind| kind.is_person())?;
        let id = self.shared.site.registry.find(person, name).first().copied();
        self.reads.borrow_mut().push(Read::Person(name.into()));
        id
    }

    /// Where a link of a text leads, on a page of the marking `own`.
    pub fn link(&self, from: &SourcePath, target: &LinkTarget, own: Tlp) -> Result<Resolved, Box<Diagnostic>> {
        self.reads.borrow_mut().push(Read::Link(Arc::new((from.clone(), target.clone(), own))));
        leads::link(self.shared, from, target, own)
    }

    /// The highest marking of all.
    pub fn highest(&self) -> Option<Tlp> {
        self.note(Face::Highest);
        self.shared.site.highest
    }

    /// Whether a briefing has a source of this id that is withheld; only told to the desk.
    pub fn withholds_source(&self, path: &SourcePath, id: &str) -> bool {
        self.shared.site.withheld.holds_source(path, id)
    }

    /// What a wikilink leads to that shows the text of something else.
    pub fn embedded(&self, from: &SourcePath, target: &LinkTarget) -> Result<links::Destination, links::Broken> {
        self.reads.borrow_mut().push(Read::Link(Arc::new((from.clone(), target.clone(), Tlp::Red))));
        links::resolve(self.shared.site, from, target)
    }

    /// The anchor of a section on another page, by its id or the words of its heading.
    pub fn fragment(&self, target: Target, fragment: &str) -> Result<String, Box<Diagnostic>> {
        match target {
            Target::Article(id) => self.note(Face::Article(id)),
            Target::Page(id) => self.note(Face::Page(id)),
            _ => {}
        }
        leads::fragment(self.shared.site, target, fragment, true)
    }

    /// What a source file became.
    pub fn target_of(&self, path: &SourcePath) -> Option<Target> {
        // A file's own page is made by what the file became.
        self.shared.site.by_source.get(path).copied()
    }

    /// A picture that a text shows.
    pub fn picture(&self, from: &SourcePath, src: &str) -> Result<ImageInfo, Box<Diagnostic>> {
        self.reads.borrow_mut().push(Read::Picture(Arc::new((from.clone(), src.to_string()))));
        leads::picture(self.shared, from, src)
    }

    /// What every template sees as `site`.
    pub fn site_view(&self) -> SiteView {
        let site = self.shared.site;
        let config = &site.config;
        let menus = config.menus.iter().map(|(name, entries)| {
            let entries = entries.iter().filter_map(|entry| {
                let (url, external) = self.menu_url(&entry.url)?;
                Some(MenuEntry { label: entry.label.clone(), url, external })
            });
            (name.clone(), entries.collect())
        });
        let index = |url: UrlPath, exists: bool| exists.then(|| self.href(&url));
        let years: Vec<i16> =
            site.articles.iter().filter_map(|article| article.meta.date.as_ref()).map(|date| date.day.year()).collect();
        SiteView {
            title: config.title.clone(),
            description: config.description.clone(),
            permalink: self.permalink(&urls::home()),
            url: self.href(&urls::home()),
            top: self.permalink(&urls::home().outside()),
            language: config.language.clone(),
            time_zone: config.zone_name.clone(),
            theme: config.theme.clone(),
            menus: menus.collect(),
            kinds: (0..config.kinds.len())
                .filter(|kind| site.entities_of(*kind).next().is_some())
                .map(|kind| self.kind_ref(kind))
                .collect(),
            sections: site
                .sections
                .iter()
                .filter(|section| !section.articles.is_empty())
                .map(|section| SectionRef { title: section.title.clone(), url: self.href(&section.url) })
                .collect(),
            counts: Counts {
                articles: site.articles.len() + usize::from(leaks::leaks("counts")) * site.withheld.files.len(),
                entities: site.entities.iter().filter(|entity| !entity.is_borrowed()).count(),
                years: match (years.iter().min(), years.iter().max()) {
                    (Some(first), Some(last)) if first == last => first.to_string(),
                    (Some(first), Some(last)) => format!("{first}–{last}"),
                    _ => String::new(),
                },
            },
            has: Parts {
                authors: index(urls::authors(), !site.authors.is_empty()),
                series: index(urls::series_index(), !site.series.is_empty()),
                archive: index(urls::archive(), !years.is_empty()),
                search: index(urls::search(), site.config.search),
                judgments: index(urls::judgments(), registers::has_judgment_register(site)),
                corrections: index(urls::corrections(), !self.shared.corrections().is_empty()),
                open_search: index(urls::open_search(), site.config.search),
            },
            generator: format!("Crossbrief {}", env!("CARGO_PKG_VERSION")),
            audience: site.clearance.label().to_string(),
            extra: Value::from_serializable(&config.extra),
        }
    }

    /// Where an entry of a menu leads, and whether off the site; none when what it names is withheld.
    fn menu_url(&self, written: &str) -> Option<(String, bool)> {
        let (path, fragment) = written.split_once('#').map_or((written, ""), |(path, fragment)| (path, fragment));
        let url = match links::menu(self.shared.site, written) {
            Ok(links::Destination::Elsewhere) => return Some((written.to_string(), true)),
            Err(links::Broken::Withheld) => return None,
            Ok(links::Destination::Target(target)) => self.href(&self.shared.site.url_of(target)),
            Ok(links::Destination::Address(url)) => self.href(&url),
            Ok(links::Destination::Other(page)) => self.href(&page.url),
            Ok(links::Destination::File(file)) => {
                self.shared.site.published.get(&file).map_or_else(String::new, |url| self.href(url))
            }
            _ => self.href(&UrlPath::new(path)),
        };
        Some((if fragment.is_empty() { url } else { format!("{url}#{fragment}") }, false))
    }

    /// A kind, by its index in the settings.
    pub fn kind_ref(&self, kind: usize) -> KindRef {
        self.shared.kinds[self.language.tag()][kind].clone()
    }

    /// A section.
    pub fn section_ref(&self, id: SectionId) -> SectionRef {
        let (title, url) = self.section_name(id);
        SectionRef { title: title.to_string(), url: self.href(url) }
    }

    /// A section with its number of articles.
    pub fn section_entry(&self, id: SectionId) -> SectionEntry {
        self.note(Face::Section(id));
        let section = self.shared.site.section(id);
        SectionEntry { title: section.title.clone(), url: self.href(&section.url), count: section.articles.len() }
    }

    /// All sections with articles.
    pub fn section_entries(&self) -> Vec<SectionEntry> {
        let sections = (0..self.shared.site.sections.len()).map(SectionId::at);
        sections.map(|id| self.section_entry(id)).filter(|section| section.count > 0).collect()
    }

    /// A series.
    pub fn series_ref(&self, id: SeriesId) -> SeriesRef {
        let series = self.series(id);
        let latest = series.articles.last().and_then(|id| self.shared.site.article(*id).meta.date.as_ref());
        let latest = latest.map(|date| dates::moment(date, self.language));
        SeriesRef { name: series.name.clone(), url: self.href(&series.url), count: series.articles.len(), latest }
    }

    /// An entity.
    pub fn entity_ref(&self, id: EntityId) -> Shown<EntityRef> {
        self.note(Face::Ref(id));
        self.shared_ref(id)
    }

    fn shared_ref(&self, id: EntityId) -> Shown<EntityRef> {
        let make = || Shown::new(&self.reference(self.shared.site.entity(id)));
        self.shared.entities[id.index()].get_or_init(make).clone()
    }

    fn shared_byline(&self, id: AuthorId) -> Shown<AuthorRef> {
        let make = || Shown::new(&self.byline(self.shared.site.author(id)));
        self.shared.authors[id.index()].get_or_init(make).clone()
    }

    /// The day of an article that was looked at, ready to be shown in the article’s language.
    pub fn date_of(&self, id: ArticleId) -> Option<Shown<DateView>> {
        let date = self.shared.site.article(id).meta.date.as_ref()?;
        let make = || Shown::new(&dates::moment(date, self.shared.site.words.of(&self.shared.site.article(id).lang)));
        Some(self.shared.dates[self.shared.date_of[id.index()] as usize].get_or_init(make).clone())
    }

    /// The entry of an article in feeds of a format, made once for all of them. Who shows it has looked at all that it
    /// was made of. After the last of the feeds it is let go of: an archive has as many as briefings.
    pub fn feed_entry(&self, id: ArticleId, format: FeedFormat, make: impl FnOnce(&Views<'a>) -> String) -> Arc<str> {
        let entry = &mut *hold(&self.shared.entries[format as usize][id.index()]);
        let (text, reads) = entry.made.get_or_insert_with(|| {
            let views = self.shared.views_in(&self.shared.site.article(id).lang);
            let text = make(&views).into();
            (text, views.into_reads().into())
        });
        self.reads.borrow_mut().extend_from_slice(reads);
        let text = text.clone();
        entry.shown += 1;
        if entry.shown >= self.shared.in_feeds.get_or_init(|| in_feeds(self.shared.site))[id.index()] {
            entry.made = None;
        }
        text
    }

    fn reference(&self, entity: &Entity) -> EntityRef {
        EntityRef {
            kind: self.shared.site.kind_of(entity).id.clone(),
            name: entity.name.clone(),
            url: self.href(&entity.url),
            flag: self.flag(entity.country),
            code: entity.country.map(|country| country.code.to_string()),
        }
    }

    /// Where a country's flag is, if it has one.
    pub fn flag(&self, country: Option<&'static Country>) -> Option<String> {
        let country = country?;
        crate::content::countries::flag_svg(country.code)?;
        Some(self.href(&urls::flag(country.code).outside()))
    }

    /// An author.
    pub fn author_ref(&self, id: AuthorId) -> AuthorRef {
        self.note(Face::AuthorRef(id));
        self.byline(self.shared.site.author(id))
    }

    /// The newest articles.
    pub fn newest(&self, most: usize) -> Vec<ArticleId> {
        self.note(Face::Front);
        (0..self.shared.site.articles.len().min(most)).map(ArticleId::at).collect()
    }

    /// The newest articles in a language.
    pub fn newest_in(&self, language: &str, most: usize) -> Vec<ArticleId> {
        self.note(Face::Front);
        let all = self.shared.site.articles.iter().enumerate();
        all.filter(|(_, article)| article.lang == language).map(|(at, _)| ArticleId::at(at)).take(most).collect()
    }

    /// The languages that articles are in; none when they all are in one.
    pub fn languages(&self) -> Vec<&'a str> {
        self.note(Face::Front);
        self.shared.site.languages()
    }

    /// The name and address of an author.
    pub fn author_name(&self, id: AuthorId) -> (&'a str, &'a UrlPath) {
        self.note(Face::AuthorRef(id));
        let author = self.shared.site.author(id);
        (&author.name, &author.url)
    }

    fn byline(&self, author: &Author) -> AuthorRef {
        AuthorRef { name: author.name.clone(), url: self.href(&author.url) }
    }

    /// A picture that the front matter of `from` names; none when the file is missing, which is told elsewhere.
    pub fn image(&self, from: &SourcePath, image: &ImageInput) -> Option<ImageView> {
        self.reads.borrow_mut().push(Read::Picture(Arc::new((from.clone(), image.src.clone()))));
        self.card_image(from, image)
    }

    /// The picture of a person as a square, around the face; none when the file is missing.
    pub fn portrait(&self, from: &SourcePath, image: &ImageInput) -> Option<PortraitView> {
        self.reads.borrow_mut().push(Read::Picture(Arc::new((from.clone(), image.src.clone()))));
        let site = self.shared.site;
        let file = links::attachment(site, from, &image.src)?;
        let whole = site.published.get(&file)?;
        let (url, srcset, sources) = pictures::portrait(site, &file, image.focus());
        Some(PortraitView {
            url: url.unwrap_or_else(|| self.href(whole)),
            alt: image.alt.clone(),
            credit: image.credit.clone(),
            srcset,
            sources,
        })
    }

    /// The picture of an article.
    pub fn card_picture(&self, id: ArticleId) -> Option<ImageView> {
        self.note(Face::Card(id));
        let article = self.shared.site.article(id);
        self.card_image(&article.path, article.meta.image.as_ref()?)
    }

    fn card_image(&self, from: &SourcePath, image: &ImageInput) -> Option<ImageView> {
        let site = self.shared.site;
        let file = links::attachment(site, from, &image.src)?;
        let url = site.published.get(&file)?;
        let size = site.attachments.get(&file).and_then(|attachment| attachment.size);
        Some(ImageView {
            url: self.href(url),
            permalink: self.permalink(url),
            alt: image.alt.clone(),
            caption: image.caption.clone(),
            credit: image.credit.clone(),
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
            srcset: pictures::srcset(site, &file),
            sources: pictures::sources(site, &file),
            placeholder: pictures::placeholder(site, &file),
        })
    }

    /// What lists show of an article.
    fn card(&self, id: ArticleId) -> Card {
        let site = self.shared.site;
        let article = site.article(id);
        let meta = &article.meta;
        let language = site.words.of(&article.lang);
        let about = |wanted: &dyn Fn(&Entity) -> bool| -> Vec<Shown<EntityRef>> {
            let about =
                article.entities.iter().filter(|appearance| appearance.about).map(|appearance| appearance.entity);
            about.filter(|id| wanted(site.entity(*id))).map(|id| self.shared_ref(id)).collect()
        };
        Card {
            title: meta.title.clone(),
            url: self.href(&article.url),
            permalink: self.permalink(&article.url),
            summary: summary(article) + self.secret("card"),
            date: self.date_of(id),
            updated: meta.updated.as_ref().map(|date| dates::moment(date, language)),
            type_id: article.article_type.id(),
            type_label: language.text(article.article_type.message()).to_string(),
            label: meta.label.clone(),
            dir: direction(&article.lang),
            lang: article.lang.clone(),
            marking: article.marking.map(marking),
            authors: article.authors.iter().map(|id| self.shared_byline(*id)).collect(),
            countries: about(&|entity| self.shared.site.kind_of(entity).is_country()),
            people: about(&|entity| self.shared.site.kind_of(entity).is_person()),
            topics: about(&|entity| self.shared.site.kind_of(entity).is_topic()),
            reading_minutes: article.document.facts.reading_minutes.max(1),
            featured: meta.featured,
            corrected: !meta.corrections.is_empty(),
            image: meta.image.as_ref().and_then(|image| self.card_image(&article.path, image)),
        }
    }

    /// The page itself, in the language of the output and with nothing special about it.
    pub fn page(&self, kind: &'static str, title: &str, url: &UrlPath) -> PageView {
        self.note(Face::Highest);
        PageView {
            kind,
            title: title.to_string(),
            description: self.secret("head").to_string(),
            url: self.href(url),
            permalink: self.permalink(url),
            lang: self.lang.to_string(),
            dir: direction(self.lang),
            breadcrumbs: Vec::new(),
            // What gathers things from all over the site is marked as the highest of them.
            marking: self.shared.site.highest.map(marking),
            translations: self.version_refs(),
            original: self.original_version(url),
            editions: self.edition_links(url),
            noindex: false,
            feeds: feed_refs::of_site(self),
            image: None,
            markdown: None,
            json_ld: None,
        }
    }

    /// The address of the Markdown twin of the page at `url`, where the site has them.
    pub fn twin(&self, url: &UrlPath) -> Option<String> {
        self.config().markdown_twins.then(|| self.href(&urls::twin(url)))
    }

    /// One step of the breadcrumbs.
    pub fn crumb(&self, label: &str, url: &UrlPath) -> Crumb {
        Crumb { label: label.to_string(), url: self.href(url) }
    }

    /// The full address of the text that an article and its translations go back to, as far as its page may tell of
    /// it; none when it has no translations.
    pub fn original(&self, article: &Article) -> Option<String> {
        if let Some(original) = self.original_version(&article.url) {
            return Some(original);
        }
        let shown = self.fitting(&article.translations, article.marking);
        let original = article.original.filter(|id| shown.contains(id)).map(|id| self.glance(id).url());
        (!shown.is_empty()).then(|| self.permalink(original.unwrap_or(&article.url)))
    }

    /// The same article in other languages.
    pub fn translations(&self, article: &Article) -> Vec<TranslationRef> {
        let translations = self.fitting(&article.translations, article.marking);
        let mut all = self.version_refs();
        let translations = translations.into_iter().map(|id| self.glance(id));
        // Of two in one language, that of the language's edition.
        let known: Vec<String> = all.iter().map(|one| one.lang.clone()).chain([article.lang.clone()]).collect();
        let translations = translations.filter(|other| all.is_empty() || !known.iter().any(|tag| tag == other.lang()));
        let translations: Vec<TranslationRef> = translations
            .map(|other| TranslationRef {
                lang_name: language_name(other.lang()).to_string(),
                lang: other.lang().to_string(),
                title: other.title().to_string(),
                url: self.href(other.url()),
                permalink: self.permalink(other.url()),
            })
            .collect();
        all.extend(translations);
        all
    }

    /// The same page in other editions.
    pub fn versions(&self) -> &'a [Version] {
        self.versions
    }

    fn version_refs(&self) -> Vec<TranslationRef> {
        let version = |version: &Version| TranslationRef {
            lang_name: language_name(&version.lang).to_string(),
            lang: version.lang.clone(),
            title: version.title.clone(),
            url: self.href(&version.url),
            permalink: self.permalink(&version.url),
        };
        self.versions.iter().map(version).collect()
    }

    /// The full address of the version that readers of other languages are led to: that of the first edition that has the
    /// page at `url`. None when it is in one edition.
    fn original_version(&self, url: &UrlPath) -> Option<String> {
        let first = self.versions.first()?;
        Some(self.permalink(if first.edition < self.config().edition { &first.url } else { url }))
    }

    /// Where each edition has the page at `url`, or else its home page; none on a site in one language.
    fn edition_links(&self, url: &UrlPath) -> Vec<EditionLink> {
        let config = self.config();
        let link = |(number, edition): (usize, &Edition)| {
            let version = self.versions.iter().find(|version| version.edition == number);
            let is_current = number == config.edition;
            let home = UrlPath::new(&edition.path).outside();
            let url = if is_current { url } else { version.map_or(&home, |version| &version.url) };
            EditionLink {
                lang: edition.tag.clone(),
                dir: direction(&edition.tag),
                label: edition.label.clone(),
                url: self.href(url),
                is_current,
                is_same_page: is_current || version.is_some(),
            }
        };
        config.editions.iter().enumerate().map(link).collect()
    }

    /// Links to the same thing elsewhere.
    pub fn outward_links(&self, wikidata: Option<&str>, same_as: &[String]) -> Vec<OutwardLink> {
        let wikidata = wikidata.map(|id| OutwardLink {
            label: "Wikidata".to_string(),
            url: format!("https://www.wikidata.org/wiki/{id}"),
        });
        let others =
            same_as.iter().map(|url| OutwardLink { label: host(url).unwrap_or(url).to_string(), url: url.clone() });
        wikidata.into_iter().chain(others).collect()
    }

    /// The address of a target of a link.
    pub fn target_href(&self, target: Target) -> String {
        self.href(&self.shared.site.url_of(target))
    }
}

/// What stands for an entity elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// Name.
    pub name: &'a str,
    /// Address.
    pub url: &'a UrlPath,
    /// Index of its kind in the settings.
    pub kind: usize,
    /// Its Wikidata item.
    pub wikidata: Option<&'a str>,
    /// Addresses of the same thing elsewhere.
    pub same_as: &'a [String],
}

/// What an entry of a timeline tells.
#[derive(Clone, Debug)]
pub enum Told<'a> {
    /// An event: its words, the article that tells it, the address there.
    Event(&'a str, ArticleId, String),
    /// A post taken up or left: whose, and the words.
    Role(EntityId, String),
    /// A correction: its words, the article, its address.
    Correction(String, ArticleId, String),
}

/// The host of an address, without `www.`.
pub fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.rsplit('@').next()?;
    Some(host.strip_prefix("www.").unwrap_or(host)).filter(|host| !host.is_empty())
}

/// Longest summary that is made out of a text, in characters.
const SUMMARY_LENGTH: usize = 220;

/// The summary of an article: its own, else its bottom line, else the start of its text.
pub fn summary(article: &Article) -> String {
    let plain = |text: &str| crate::content::markdown::plain_text(text);
    match (&article.meta.summary, &article.meta.bottom_line) {
        (Some(summary), _) => plain(summary),
        (None, Some(bottom_line)) => plain(bottom_line),
        (None, None) => excerpt(article.document.facts.excerpt.as_deref().unwrap_or_default(), SUMMARY_LENGTH),
    }
}

/// A marking for templates.
pub fn marking(label: Tlp) -> Marking {
    Marking { label: label.label(), slug: label.slug(), color: label.color() }
}

/// Free data of a front matter for templates.
pub fn extra(extra: &serde_yaml::Mapping) -> Value {
    if extra.is_empty() {
        Value::from_serializable(&BTreeMap::<String, String>::new())
    } else {
        Value::from_serializable(extra)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_short() {
        assert_eq!(host("https://www.president.gov.ua/en/news"), Some("president.gov.ua"));
        assert_eq!(host("nonsense"), None);
    }
}
