//! From the visible files to the [`Site`]: who is who, addresses, byline, series, story chains, links both ways.
//!
//! Assembled anew at every build and never patched, so it must stay cheap: one pass over the articles per question,
//! no pair of articles is ever compared with another.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::base::dates::Moment;
use crate::base::diagnostics::{Diagnostic, FieldPath, Place, Step};
use crate::base::held::Held;
use crate::base::paths::{SourcePath, UrlPath};
use crate::base::suggest::did_you_mean;
use crate::base::text::{fold, slugify};
use crate::config::Config;
use crate::content::aliases::Match;
use crate::content::countries;
use crate::content::entity::EntityMeta;
use crate::content::gazetteer::Spelling;
use crate::content::markdown;
use crate::content::page::{PageMeta, title_of};
use crate::content::read::{Parsed, ParsedEntity};
use crate::content::section::{Order as SectionOrder, SectionMeta};
use crate::content::vocabulary::Tlp;
use crate::content::world::World;
use crate::site::collate::Order;
use crate::site::connections::Connections;
use crate::site::gate::{ArticleFile, Canceled, Floors, Visible, VisibleFiles, Withheld, above};
use crate::site::ids::{ArticleId, AuthorId, EntityId, PageId, SectionId, SeriesId};
use crate::site::mentions::{self, By, Class, Found, Lexicon, Meant, Owner, OwnerInfo};
use crate::site::names::{Appearing, Names};
use crate::site::registry::{Registry, Spellings, country_help};
use crate::site::search::Search;
use crate::site::{
    Appearance, Article, Attachment, Author, Entity, HeldRole, Page, Redirect, Section, Series, Site, Target,
    Tombstone, doubts, leaks, links, look_alikes, related, timelines, typography, urls,
};

/// What assembling takes besides the files.
#[derive(Debug)]
pub struct Input {
    /// Settings.
    pub config: Arc<Config>,
    /// What the gate let through.
    pub files: VisibleFiles,
    /// What it did not, for messages only.
    pub withheld: Withheld,
    /// The lowest marking that each folder allows.
    pub floors: Floors,
    /// The moment of the build.
    pub now: Timestamp,
    /// The highest label that may be shown.
    pub clearance: Tlp,
    /// Files that are not texts.
    pub attachments: BTreeMap<SourcePath, Attachment>,
    /// The outlines of countries, when maps are shown.
    pub world: Option<Arc<World>>,
    /// Where the content folder lies: `content/`, or nothing for a bare folder.
    pub content_root: String,
}

/// Makes the site; every mistake becomes a diagnostic.
pub fn assemble(input: Input) -> (Site, Vec<Diagnostic>) {
    let Input { config, files, withheld, floors, now, clearance, attachments, world, content_root } = input;
    let mut diagnostics = Vec::new();
    let order = Order::of(&config.language);

    let VisibleFiles {
        articles: files,
        canceled,
        sections: section_files,
        entities: entity_files,
        authors: author_files,
        pages,
    } = files;
    let mut files: Vec<ArticleFile> = files.into_iter().map(Visible::into_inner).collect();
    let mut section_files: BTreeMap<String, Parsed<SectionMeta>> =
        section_files.into_iter().map(Visible::into_inner).collect();
    files.iter_mut().for_each(|file| cascade(file, |folder| section_files.get(folder), &config));
    let mut entity_files: Vec<(usize, ParsedEntity)> = entity_files.into_iter().map(Visible::into_inner).collect();
    let mut pages: Vec<Parsed<PageMeta>> = pages.into_iter().map(Visible::into_inner).collect();
    typography::set(&mut files, &mut section_files, &mut entity_files, &mut pages, &config);
    // Newest first; of one instant, by path, so that the order is the same everywhere.
    files.sort_by(|left, right| {
        right.parsed.meta.date.cmp(&left.parsed.meta.date).then_with(|| left.parsed.path.cmp(&right.parsed.path))
    });

    let Known { entities, registry, names, appearances, found } =
        entities(&mut files, entity_files, &config, &order, &mut diagnostics);
    let home = section_files.remove("");
    let (mut sections, section_of) = sections(&files, section_files, &order);
    let (mut authors, bylines) = authors(&files, author_files, &order);
    let mut pages: Vec<Page> = pages
        .into_iter()
        .map(|page| Page {
            url: urls::page(&page.meta.slug),
            path: page.path,
            meta: page.meta,
            document: page.document,
        })
        .collect();
    pages.sort_by(|left, right| left.path.cmp(&right.path));

    let mut articles: Vec<Article> = Vec::with_capacity(files.len());
    let parts = files.into_iter().zip(appearances).zip(found).zip(bylines).zip(section_of);
    for ((((file, Appearing { listed, all: entities }), found), authors), section) in parts {
        let ArticleFile { parsed, folder, marking } = file;
        let Parsed { path, meta, document } = *parsed;
        articles.push(Article {
            url: urls::article(&folder, &meta.slug),
            article_type: meta.article_type.unwrap_or_default(),
            lang: meta.lang.clone().unwrap_or_else(|| config.language.clone()),
            source_numbers: source_numbers(&meta, &document),
            path,
            meta,
            document,
            marking,
            section,
            authors,
            entities,
            listed,
            found,
            links_to: Vec::new(),
            linked_from: Vec::new(),
            follows: Vec::new(),
            followed_by: Vec::new(),
            series: None,
            translations: Vec::new(),
            original: None,
            related: Vec::new(),
            older: None,
            newer: None,
        });
    }
    for (index, article) in articles.iter().enumerate() {
        for author in &article.authors {
            authors[author.index()].articles.push(ArticleId::at(index));
        }
    }
    order_sections(&mut sections, &articles, &order);
    neighbours(&sections, &mut articles);
    let series = series(&mut articles);
    let tombstones: Vec<Tombstone> = canceled.iter().map(tombstone).collect();

    let mut site = Site {
        now,
        clearance,
        highest: highest(&articles, &entities, &sections, home.as_ref(), &pages, &authors),
        latest: (leaks::leaks("dates") && !withheld.files.is_empty())
            .then(|| Moment::at(now, &config.zone, false).day)
            .or_else(|| articles.iter().filter_map(|article| article.meta.date.as_ref()).map(|date| date.day).max()),
        addresses: Held::default(),
        by_source: by_source(&articles, &entities, &sections, &authors, &pages, home.as_ref()).into(),
        article_names: article_names(&articles).into(),
        articles: articles.into_iter().map(Held::from).collect(),
        entities: entities.into(),
        sections: sections.into(),
        home: home.into(),
        authors: authors.into(),
        series: series.into(),
        pages: pages.into(),
        tombstones: tombstones.into(),
        redirects: Held::default(),
        attachments: attachments.into(),
        published: Held::default(),
        names: names.into(),
        registry: registry.into(),
        connections: Held::default(),
        search: None,
        world,
        content_root,
        withheld: withheld.into(),
        floors: floors.into(),
        config,
    };
    site.addresses = site.page_addresses().into();
    link_articles(&mut site, &mut diagnostics);
    link_entities(&mut site, &mut diagnostics);
    let ((connections, timelines), (related, (doubtful, alike))) = rayon::join(
        || rayon::join(|| Connections::find(&site), || timelines::find(&site)),
        || rayon::join(|| related::find(&site), || rayon::join(|| doubts::find(&site), || look_alikes::find(&site))),
    );
    site.connections = connections.into();
    for (entity, timeline) in site.entities.iter_mut().zip(timelines) {
        entity.timeline = timeline;
    }
    for (article, related) in site.articles.iter_mut().zip(related) {
        article.related = related;
    }
    site.search = site.config.search.then(|| Search::of(&site));
    site.redirects = redirects(&site, &canceled, &mut diagnostics).into();
    site.published = links::published_attachments(&site).into();
    diagnostics.extend(doubtful);
    diagnostics.extend(alike);
    diagnostics.extend(future_dates(&site));
    diagnostics.extend(orphans(&site));
    (site, diagnostics)
}

/// The highest marking of all, when it is above CLEAR.
fn highest(
    articles: &[Article],
    entities: &[Entity],
    sections: &[Section],
    home: Option<&Parsed<SectionMeta>>,
    pages: &[Page],
    authors: &[Author],
) -> Option<Tlp> {
    let of_articles = articles.iter().filter_map(|article| article.marking);
    let of_entities = entities.iter().filter_map(|entity| entity.meta.as_ref()?.tlp);
    let of_sections =
        sections.iter().filter_map(|section| section.index.as_ref()).chain(home).filter_map(|index| index.meta.tlp);
    let of_pages = pages.iter().filter_map(|page| page.meta.tlp);
    let of_authors = authors.iter().filter_map(|author| author.file.as_ref()?.meta.tlp);
    of_articles
        .chain(of_entities)
        .chain(of_sections)
        .chain(of_pages)
        .chain(of_authors)
        .max()
        .filter(|label| *label > Tlp::Clear)
}

/// Gives an article what its sections set by default, the nearest section first, then the site's authors.
pub(super) fn cascade<'a>(
    file: &mut ArticleFile,
    section: impl Fn(&str) -> Option<&'a Parsed<SectionMeta>>,
    config: &Config,
) {
    let meta = &mut file.parsed.meta;
    for defaults in above(&file.folder).filter_map(section).map(|section| &section.meta.input.defaults) {
        if meta.authors.is_empty() {
            meta.authors.clone_from(&defaults.authors.0);
        }
        meta.article_type = meta.article_type.or(defaults.article_type);
        meta.lang = meta.lang.take().or_else(|| defaults.lang.clone());
        meta.template = meta.template.take().or_else(|| defaults.template.clone());
    }
    if meta.authors.is_empty() {
        meta.authors.clone_from(&config.authors);
    }
}

/// Numbers the sources in the order in which the text cites them; those that it never cites come last.
pub(super) fn source_numbers(
    meta: &crate::content::article::Meta,
    document: &crate::content::read::Document,
) -> Vec<usize> {
    let mut numbers = vec![0; meta.sources.len()];
    let mut next = 1;
    let judgments = meta.key_judgments.iter().flat_map(|judgment| judgment.input.sources.0.iter());
    let cited = judgments.chain(document.facts.citations.iter().map(|citation| &citation.id));
    for id in cited {
        if let Some(index) = meta.sources.iter().position(|source| &source.input.id == id)
            && numbers[index] == 0
        {
            numbers[index] = next;
            next += 1;
        }
    }
    for number in numbers.iter_mut().filter(|number| **number == 0) {
        *number = next;
        next += 1;
    }
    numbers
}

/// Who and what there is on a site.
struct Known {
    entities: Vec<Entity>,
    registry: Registry,
    names: Names,
    /// Article by article.
    appearances: Vec<Appearing>,
    /// Article by article.
    found: Vec<Found<EntityId>>,
}

/// Makes the entities out of their files and of the names in front matter, and finds where they appear.
fn entities(
    articles: &mut [ArticleFile],
    files: Vec<(usize, ParsedEntity)>,
    config: &Config,
    order: &Order,
    diagnostics: &mut Vec<Diagnostic>,
) -> Known {
    let mut gathering = Gathering {
        config,
        entities: Vec::new(),
        registry: Registry::new(config.kinds.len()),
        countries: HashMap::new(),
        spellings: HashMap::new(),
    };
    for (kind, file) in files {
        gathering.add_file(kind, file, diagnostics);
    }
    let country = config.kinds.iter().position(|kind| kind.is_country());
    let person = config.kinds.iter().position(|kind| kind.is_person());
    // Countries that entity files name have pages too: no fact leads nowhere.
    if let Some(country) = country {
        gathering.countries_of_files(country, diagnostics);
    }
    let mut appearances = Vec::with_capacity(articles.len());
    for file in articles.iter() {
        let (path, meta) = (&file.parsed.path, &file.parsed.meta);
        let mut found: Vec<Appearance> = Vec::new();
        let mut put = |entity: EntityId, declared: bool| {
            if !found.iter().any(|appearance| appearance.entity == entity) {
                found.push(Appearance { entity, declared, about: declared, mentions: 0 });
            }
        };
        for named in &meta.entities {
            let Some(kind) = config.kinds.iter().position(|kind| kind.id == named.kind) else { continue };
            for (index, name) in named.names.iter().enumerate() {
                let field = FieldPath::key(&named.key).index(index);
                let entity = gathering.named(kind, name, path, field, diagnostics);
                entity.into_iter().for_each(|entity| put(entity, true));
            }
        }
        if let Some(person) = person {
            for (index, event) in meta.events.iter().enumerate() {
                for (at, name) in event.people.iter().enumerate() {
                    let field = FieldPath::key("events").index(index).then("people").index(at);
                    let entity = gathering.named(person, name, path, field, diagnostics);
                    entity.into_iter().for_each(|entity| put(entity, false));
                }
            }
        }
        appearances.push(found);
    }
    gathering.settle_names();
    let mut appearances: Vec<Appearing> = appearances.into_iter().map(Appearing::listed).collect();
    let (names, found) = gathering.mentions(articles, &mut appearances);
    gathering.finish(names, appearances, found, order, diagnostics)
}

/// In which spellings a name is recognised that is matched so; none when it never is.
fn spelling(matching: Match) -> Option<Spelling> {
    match matching {
        Match::Exact => Some(Spelling::Exact),
        Match::Case => Some(Spelling::Case),
        Match::Any => Some(Spelling::Any),
        Match::Never => None,
    }
}

/// How an entity's own name is recognised, when an alias that repeats the name says so.
fn own_spelling(entity: &Entity) -> Option<Option<Spelling>> {
    let aliases = &entity.meta.as_ref()?.input.aliases.0;
    let own = aliases.iter().find(|alias| fold(&alias.name) == fold(&entity.name))?;
    own.matching.map(spelling)
}

/// Entities while they are gathered; numbered in order of discovery until all are known.
struct Gathering<'a> {
    config: &'a Config,
    entities: Vec<Entity>,
    registry: Registry,
    countries: HashMap<&'static str, EntityId>,
    spellings: HashMap<EntityId, Spellings>,
}

impl Gathering<'_> {
    fn add_file(&mut self, kind: usize, file: ParsedEntity, diagnostics: &mut Vec<Diagnostic>) {
        let ParsedEntity { path, field, meta, document } = file;
        let of = &self.config.kinds[kind];
        let country = of
            .is_country()
            .then(|| {
                [meta.slug.as_str(), meta.name.as_str()]
                    .into_iter()
                    .filter(|name| !name.is_empty())
                    .find_map(countries::resolve)
            })
            .flatten();
        let name = match country {
            Some(country) if meta.name.is_empty() => country.name.to_string(),
            _ => meta.name.clone(),
        };
        if name.is_empty() {
            // A country's file whose name says nothing; any other lack of a name was told when it was read.
            if of.is_country() {
                diagnostics.push(
                    Diagnostic::error(
                        "unknown-country",
                        format!("`{}` is no country that is known by heart", path.stem()),
                    )
                    .at(Place::file(&path))
                    .maybe_help(Some(country_help(path.stem())))
                    .help("for a territory of your own write `name: …` in its file"),
                );
            }
            return;
        }
        let id = EntityId::at(self.entities.len());
        if let Some(other) = self.registry.find(kind, &name).first().copied() {
            let other = &self.entities[other.index()];
            diagnostics.push(
                Diagnostic::error(
                    "duplicate-entity",
                    format!("the {} `{name}` is told of twice", of.singular.to_lowercase()),
                )
                .at(entity_place(&path, &field))
                .also(Place::file(&other.origin), format!("`{}` is told of here already", other.name))
                .help("join the two, or give one of them another name"),
            );
            return;
        }
        let slug = match country {
            Some(country) if meta.input.slug.is_none() => country.slug.to_string(),
            _ => meta.slug.clone(),
        };
        self.register(kind, id, &name, &slug, country);
        for alias in meta.input.aliases.names().chain(meta.input.native_name.as_deref()) {
            self.registry.add(kind, alias, id);
        }
        let url = urls::entity(of, &slug);
        self.entities.push(Entity { meta: Some(meta), document, ..bare_entity(kind, name, slug, url, path, country) });
    }

    /// Lets an entity be found by its name, its slug and, for a country, by all that it is known by.
    fn register(
        &mut self,
        kind: usize,
        id: EntityId,
        name: &str,
        slug: &str,
        country: Option<&'static countries::Country>,
    ) {
        self.registry.add(kind, name, id);
        self.registry.add(kind, slug, id);
        if let Some(country) = country {
            self.countries.insert(country.code, id);
            self.registry.add(kind, country.name, id);
            self.registry.add(kind, country.code, id);
        }
    }

    /// Returns the entity that a front matter names, new when it is named for the first time.
    fn named(
        &mut self,
        kind: usize,
        name: &str,
        path: &SourcePath,
        field: FieldPath,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<EntityId> {
        let of = &self.config.kinds[kind];
        let known = self.registry.find(kind, name);
        match known {
            [one] => {
                let id = *one;
                if let Some(spellings) = self.spellings.get_mut(&id) {
                    spellings.count(name, path);
                }
                return Some(id);
            }
            [] => {}
            several => {
                let mut names: Vec<String> =
                    several.iter().map(|id| format!("`{}`", self.entities[id.index()].slug)).collect();
                names.sort_unstable();
                diagnostics.push(
                    Diagnostic::error("ambiguous-name", format!("`{name}` may be {}", names.join(" or ")))
                        .at(Place::field(path, field))
                        .help("write the one that is meant by its slug"),
                );
                return None;
            }
        }
        if of.is_country() {
            return self.country(kind, name, path, field, diagnostics);
        }
        let slug = slugify(name);
        if slug.is_empty() {
            diagnostics.push(
                Diagnostic::error("bad-slug", format!("the name `{name}` has no letter to make an address of"))
                    .at(Place::field(path, field))
                    .help(format!("give it a file: `content/{}/SLUG.md` with `name: {name}`", of.path)),
            );
            return None;
        }
        let id = EntityId::at(self.entities.len());
        self.register(kind, id, name, &slug, None);
        let mut spellings = Spellings::default();
        spellings.count(name, path);
        self.spellings.insert(id, spellings);
        let url = urls::entity(of, &slug);
        self.entities.push(bare_entity(kind, name.to_string(), slug, url, path.clone(), None));
        Some(id)
    }

    fn country(
        &mut self,
        kind: usize,
        name: &str,
        path: &SourcePath,
        field: FieldPath,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<EntityId> {
        let Some(country) = countries::resolve(name) else {
            diagnostics.push(
                Diagnostic::error("unknown-country", format!("there is no country `{name}`"))
                    .at(Place::field(path, field))
                    .help(country_help(name)),
            );
            return None;
        };
        if let Some(id) = self.countries.get(country.code) {
            // Remember the spelling, so that the next use is found at once.
            self.registry.add(kind, name, *id);
            return Some(*id);
        }
        Some(self.known_country(kind, name, country, path))
    }

    /// Makes an entity of a country that is known by heart.
    fn known_country(
        &mut self,
        kind: usize,
        name: &str,
        country: &'static countries::Country,
        path: &SourcePath,
    ) -> EntityId {
        let id = EntityId::at(self.entities.len());
        self.register(kind, id, country.name, country.slug, Some(country));
        self.registry.add(kind, name, id);
        let url = urls::entity(&self.config.kinds[kind], country.slug);
        self.entities.push(bare_entity(
            kind,
            country.name.to_string(),
            country.slug.to_string(),
            url,
            path.clone(),
            Some(country),
        ));
        id
    }

    /// Resolves the countries that the files of entities name.
    fn countries_of_files(&mut self, country: usize, diagnostics: &mut Vec<Diagnostic>) {
        for index in 0..self.entities.len() {
            let origin = self.entities[index].origin.clone();
            let Some(meta) = &self.entities[index].meta else { continue };
            let named = meta.input.countries.0.clone();
            let roles: Vec<Option<String>> = meta.roles.iter().map(|role| role.input.country.clone()).collect();
            let held: Vec<crate::content::entity::Role> = meta.roles.clone();
            let ids = named
                .iter()
                .enumerate()
                .filter_map(|(at, name)| {
                    self.named(country, name, &origin, FieldPath::key("countries").index(at), diagnostics)
                })
                .collect();
            let role_countries: Vec<Option<EntityId>> = roles
                .iter()
                .enumerate()
                .map(|(at, name)| {
                    let field = FieldPath::key("roles").index(at).then("country");
                    name.as_deref().and_then(|name| self.named(country, name, &origin, field, diagnostics))
                })
                .collect();
            self.entities[index].countries = ids;
            self.entities[index].roles = held
                .into_iter()
                .zip(role_countries)
                .map(|(role, country)| HeldRole { role, country, organization: None })
                .collect();
        }
    }

    /// Gives the entities that have no file the spelling of their names that most articles use.
    fn settle_names(&mut self) {
        for (id, spellings) in &self.spellings {
            let entity = &mut self.entities[id.index()];
            entity.name = spellings.best(&self.config.kinds[entity.kind]);
            if let Some(origin) = &spellings.origin {
                entity.origin = origin.clone();
            }
        }
    }

    /// Finds whom and what the texts speak of; what is named there appears in the article. Countries that only a text
    /// names get a page, too.
    fn mentions(
        &mut self,
        articles: &mut [ArticleFile],
        appearances: &mut [Appearing],
    ) -> (Names, Vec<Found<EntityId>>) {
        let known = self.entities.len();
        let country = self.config.kinds.iter().position(|kind| kind.is_country());
        let by_heart: Vec<&'static countries::Country> =
            countries::all().iter().filter(|one| !self.countries.contains_key(one.code)).collect();
        // They have no further use.
        let outlines: Vec<Option<markdown::Outline>> =
            self.entities.iter_mut().map(|entity| entity.document.as_mut()?.facts.prose.take()).collect();
        let mut names = Names::new(self.lexicon(&by_heart), known, by_heart);
        let config = self.config;
        let (registry, reading) = (&self.registry, &names);
        let in_articles: Vec<(Found<Owner>, BTreeSet<Owner>)> = articles
            .par_iter_mut()
            .zip(appearances.par_iter())
            .map(|(file, appearing)| reading.in_article(&mut file.parsed, appearing, registry, config))
            .collect();
        let in_profiles: Vec<Found<Owner>> = self
            .entities
            .par_iter()
            .zip(outlines)
            .enumerate()
            .map(|(index, (entity, prose))| {
                let Some(document) = &entity.document else { return Found::default() };
                let own = Owner::try_from(index).unwrap_or(Owner::MAX);
                let text = mentions::Text {
                    lines: Vec::new(),
                    body: document.markdown(&entity.origin),
                    prose,
                    lang: &config.language,
                    day: None,
                    declared: [own].into(),
                    by_hand: reading.by_hand(&document.facts.links, registry, config),
                    subject: Some(own),
                    nolink: &[],
                    markdown: &config.markdown,
                    words: document.facts.word_count,
                };
                mentions::find(reading.lexicon(), &config.linking, &text)
            })
            .collect();
        // By-heart countries that are spoken of become entities, in the order of the articles.
        let kind = country.unwrap_or_default();
        let mut make = |gathering: &mut Self, owner: Owner, path: &SourcePath| {
            if let Some(country) = names.unmade(owner) {
                names.make(owner, gathering.known_country(kind, country.name, country, path));
            }
        };
        for (file, (hits, linked)) in articles.iter().zip(&in_articles) {
            let owners = linked.iter().copied().chain(hits.mentions.iter().map(|mention| mention.entity));
            owners.for_each(|owner| make(self, owner, &file.parsed.path));
        }
        for (index, hits) in in_profiles.iter().enumerate().filter(|(_, hits)| !hits.mentions.is_empty()) {
            let path = self.entities[index].origin.clone();
            hits.mentions.iter().for_each(|mention| make(self, mention.entity, &path));
        }
        // What a text names was made just now.
        let id_of = |owner: &Owner| names.entity(*owner).unwrap_or(EntityId::at(0));
        for (entity, hits) in self.entities.iter_mut().zip(in_profiles) {
            entity.found = hits.map(id_of);
        }
        let found = in_articles
            .into_par_iter()
            .zip(appearances.par_iter_mut())
            .map(|((hits, _), appearing)| {
                let hits = hits.map(id_of);
                appearing.take(&hits);
                hits
            })
            .collect();
        (names, found)
    }

    /// All that names in a text can mean: the entities, then the countries that are known by heart.
    fn lexicon(&self, by_heart: &[&'static countries::Country]) -> Lexicon {
        let except: Vec<usize> = (0..self.config.kinds.len())
            .filter(|kind| self.config.linking.except.0.contains(&self.config.kinds[*kind].id))
            .collect();
        let mut owners: Vec<OwnerInfo> = Vec::with_capacity(self.entities.len() + by_heart.len());
        for (index, entity) in self.entities.iter().enumerate() {
            let kind = &self.config.kinds[entity.kind];
            let class = match kind {
                kind if kind.is_country() => Class::Country,
                kind if kind.is_person() => Class::Person,
                kind if kind.is_topic() => Class::Topic,
                _ => Class::Other,
            };
            let meant = Meant { kind: entity.kind, name: entity.name.clone(), slug: entity.slug.clone() };
            let mut owner = OwnerInfo::new(class, meant);
            if except.contains(&entity.kind) {
                owners.push(owner);
                continue;
            }
            if let Some(country) = entity.country {
                owner.country(country);
            }
            match self.spellings.get(&EntityId::at(index)) {
                Some(spellings) => spellings.names(kind).iter().for_each(|name| owner.name(name, By::Name)),
                None => match own_spelling(entity) {
                    None => owner.name(&entity.name, By::Name),
                    Some(Some(spelling)) => owner.spelled(&entity.name, By::Name, spelling),
                    Some(None) => {}
                },
            }
            if let Some(meta) = &entity.meta {
                self.names_of(entity, meta, &mut owner);
            }
            owners.push(owner);
        }
        let country = self.config.kinds.iter().position(|kind| kind.is_country());
        for one in by_heart {
            let kind = country.unwrap_or_default();
            let meant = Meant { kind, name: one.name.to_string(), slug: one.slug.to_string() };
            let mut owner = OwnerInfo::new(Class::Country, meant);
            if country.is_some_and(|kind| !except.contains(&kind)) {
                owner.country(one);
            }
            owners.push(owner);
        }
        let pairs = &self.config.pairs;
        let paired = if pairs.least > 0 { pairs.kinds.clone() } else { Vec::new() };
        Lexicon::new(owners, &self.config.linking.blockers.0).paired(paired)
    }

    /// The names that an entity's file or row gives.
    fn names_of(&self, entity: &Entity, meta: &EntityMeta, owner: &mut OwnerInfo) {
        let input = &meta.input;
        for alias in input.aliases.0.iter().filter(|alias| fold(&alias.name) != fold(&entity.name)) {
            match alias.matching.map(spelling) {
                None => owner.name(&alias.name, By::Alias),
                Some(Some(spelling)) => owner.spelled(&alias.name, By::Alias, spelling),
                Some(None) => {}
            }
        }
        input.native_name.iter().for_each(|name| owner.name(name, By::Native));
        input.demonyms.0.iter().for_each(|demonym| owner.demonym(demonym));
        // A seat of power that the country's own file lists means the country.
        input.metonyms.0.iter().for_each(|metonym| owner.name(metonym, By::Alias));
        if let Some(family) = &input.family_name {
            owner.name(family, By::FamilyName);
            owner.family_first = fold(&entity.name).starts_with(&format!("{} ", fold(family)));
        }
        let of = |id: &EntityId| self.entities[id.index()].country;
        owner.countries = entity
            .countries
            .iter()
            .filter_map(of)
            .chain(entity.roles.iter().filter_map(|held| of(held.country.as_ref()?)))
            .collect();
        owner.roles = entity
            .roles
            .iter()
            .map(|held| {
                let title = held.role.input.title.to_lowercase();
                (title, held.role.start.map(|start| start.first_day()), held.role.end.map(|end| end.last_day()))
            })
            .collect();
    }

    /// Sorts and renumbers.
    fn finish(
        mut self,
        mut names: Names,
        mut appearances: Vec<Appearing>,
        found: Vec<Found<EntityId>>,
        order: &Order,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Known {
        slug_clashes(&self.entities, self.config, diagnostics);
        let mut sorted: Vec<usize> = (0..self.entities.len()).collect();
        sorted.sort_by_cached_key(|index| {
            let entity = &self.entities[*index];
            (entity.kind, order.key(&entity.name), entity.slug.clone())
        });
        let mut new_id = vec![EntityId::at(0); sorted.len()];
        for (new, old) in sorted.iter().enumerate() {
            new_id[*old] = EntityId::at(new);
        }
        let mut slots: Vec<Option<Entity>> = self.entities.into_iter().map(Some).collect();
        let mut entities: Vec<Entity> = sorted.iter().filter_map(|old| slots[*old].take()).collect();
        for entity in &mut entities {
            entity.countries.iter_mut().for_each(|id| *id = new_id[id.index()]);
            for country in entity.roles.iter_mut().filter_map(|held| held.country.as_mut()) {
                *country = new_id[country.index()];
            }
            let found = std::mem::take(&mut entity.found);
            entity.found = found.map(|id| new_id[id.index()]);
        }
        let found = found.into_par_iter().map(|found| found.map(|id| new_id[id.index()])).collect();
        for appearance in appearances.iter_mut().flat_map(|appearing| &mut appearing.all) {
            appearance.entity = new_id[appearance.entity.index()];
        }
        self.registry.renumber(&new_id);
        names.renumber(&new_id);
        Known { entities, registry: self.registry, names, appearances, found }
    }
}

fn bare_entity(
    kind: usize,
    name: String,
    slug: String,
    url: UrlPath,
    origin: SourcePath,
    country: Option<&'static countries::Country>,
) -> Entity {
    Entity {
        kind,
        name,
        slug,
        url,
        origin,
        meta: None,
        document: None,
        country,
        articles: Vec::new(),
        countries: Vec::new(),
        roles: Vec::new(),
        relations: Vec::new(),
        parent: None,
        children: Vec::new(),
        office_holders: Vec::new(),
        timeline: Vec::new(),
        found: Found::default(),
    }
}

fn entity_place(path: &SourcePath, field: &FieldPath) -> Place {
    if field.0.is_empty() { Place::field(path, "name") } else { Place::field(path, field.clone().then("name")) }
}

/// Two entities of one kind at one address are an error that names both.
fn slug_clashes(entities: &[Entity], config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    let mut by_slug: BTreeMap<(usize, String), Vec<&Entity>> = BTreeMap::new();
    for entity in entities {
        by_slug.entry((entity.kind, entity.slug.to_lowercase())).or_default().push(entity);
    }
    for ((kind, slug), clashing) in by_slug.into_iter().filter(|(_, entities)| entities.len() > 1) {
        let mut names: Vec<(&SourcePath, &str)> =
            clashing.iter().map(|entity| (&entity.origin, entity.name.as_str())).collect();
        names.sort_unstable();
        let of = &config.kinds[kind];
        diagnostics.push(
            Diagnostic::error(
                "slug-clash",
                format!("`{}` and `{}` would have one address, `/{}/{slug}/`", names[0].1, names[1].1, of.path),
            )
            .at(Place::file(names[1].0))
            .also(Place::file(names[0].0), format!("`{}` is named here", names[0].1))
            .help(format!(
                "give one of them a file in `content/{}/` with a `slug:` of its own, or write both alike",
                of.path
            )),
        );
    }
}

/// Makes the sections: top folders with articles, and every folder with an `_index.md`. Returns with them the section
/// of each article.
fn sections(
    articles: &[ArticleFile],
    mut files: BTreeMap<String, Parsed<SectionMeta>>,
    order: &Order,
) -> (Vec<Section>, Vec<Option<SectionId>>) {
    let tops = articles.iter().filter_map(|file| file.folder.split('/').next()).filter(|top| !top.is_empty());
    let folders: BTreeSet<String> = files.keys().cloned().chain(tops.map(str::to_string)).collect();
    let mut sections: Vec<Section> = folders
        .into_iter()
        .map(|folder| {
            let index = files.remove(&folder);
            let title = index.as_ref().and_then(|index| index.meta.input.title.clone());
            let name = folder.rsplit('/').next().unwrap_or(&folder);
            Section {
                url: urls::section(&folder),
                title: title.unwrap_or_else(|| title_of(name)),
                folder,
                index,
                articles: Vec::new(),
                children: Vec::new(),
            }
        })
        .collect();
    sections.sort_by_cached_key(|section| {
        let weight = section.index.as_ref().map_or(0, |index| index.meta.input.weight);
        (weight, order.key(&section.title), section.folder.clone())
    });
    let by_folder: HashMap<String, SectionId> =
        sections.iter().enumerate().map(|(index, section)| (section.folder.clone(), SectionId::at(index))).collect();
    let parent = |folder: &str| above(folder).skip(1).find_map(|folder| by_folder.get(folder).copied());
    for index in 0..sections.len() {
        if let Some(parent) = parent(&sections[index].folder) {
            sections[parent.index()].children.push(SectionId::at(index));
        }
    }
    let mut section_of = Vec::with_capacity(articles.len());
    for (index, file) in articles.iter().enumerate() {
        let mut nearest = None;
        for section in above(&file.folder).filter_map(|folder| by_folder.get(folder)) {
            nearest = nearest.or(Some(*section));
            sections[section.index()].articles.push(ArticleId::at(index));
        }
        section_of.push(nearest);
    }
    (sections, section_of)
}

/// Puts the articles of each section in its order; they come newest first.
fn order_sections(sections: &mut [Section], articles: &[Article], order: &Order) {
    for section in sections {
        let wanted = section.index.as_ref().map(|index| index.meta.input.order).unwrap_or_default();
        match wanted {
            SectionOrder::Date => {}
            SectionOrder::Weight => section.articles.sort_by_key(|id| articles[id.index()].meta.weight),
            SectionOrder::Title => {
                section.articles.sort_by_cached_key(|id| order.key(&articles[id.index()].meta.title))
            }
        }
    }
}

/// Tells each article those before and behind it in its own section.
fn neighbours(sections: &[Section], articles: &mut [Article]) {
    for (index, section) in sections.iter().enumerate() {
        for (at, id) in section.articles.iter().enumerate() {
            let article = &mut articles[id.index()];
            if article.section == Some(SectionId::at(index)) {
                article.older = section.articles.get(at + 1).copied();
                article.newer = at.checked_sub(1).map(|before| section.articles[before]);
            }
        }
    }
}

/// Makes the authors out of their files and of bylines; returns with them the byline of each article.
fn authors(
    articles: &[ArticleFile],
    files: Vec<Visible<Parsed<crate::content::author::AuthorMeta>>>,
    order: &Order,
) -> (Vec<Author>, Vec<Vec<AuthorId>>) {
    let mut authors: Vec<Author> = Vec::new();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for file in files.into_iter().map(Visible::into_inner) {
        let at = authors.len();
        let names = file.meta.input.aliases.0.iter().chain([&file.meta.name, &file.meta.slug]);
        names.for_each(|name| {
            by_name.entry(fold(name)).or_insert(at);
        });
        let (name, slug) = (file.meta.name.clone(), file.meta.slug.clone());
        authors.push(Author { name, url: urls::author(&slug), slug, file: Some(file), articles: Vec::new() });
    }
    let mut bylines: Vec<Vec<usize>> = Vec::with_capacity(articles.len());
    for file in articles {
        let mut byline = Vec::new();
        for name in &file.parsed.meta.authors {
            let at = *by_name.entry(fold(name)).or_insert_with(|| {
                let slug = slugify(name);
                let shown = if slug == *name { title_of(name) } else { name.clone() };
                authors.push(Author { name: shown, url: urls::author(&slug), slug, file: None, articles: Vec::new() });
                authors.len() - 1
            });
            if !byline.contains(&at) {
                byline.push(at);
            }
        }
        bylines.push(byline);
    }
    let mut sorted: Vec<usize> = (0..authors.len()).collect();
    sorted.sort_by_cached_key(|at| (order.key(&authors[*at].name), authors[*at].slug.clone()));
    let mut new_id = vec![AuthorId::at(0); sorted.len()];
    sorted.iter().enumerate().for_each(|(new, old)| new_id[*old] = AuthorId::at(new));
    let mut slots: Vec<Option<Author>> = authors.into_iter().map(Some).collect();
    let authors = sorted.iter().filter_map(|old| slots[*old].take()).collect();
    let bylines = bylines.into_iter().map(|byline| byline.into_iter().map(|at| new_id[at]).collect()).collect();
    (authors, bylines)
}

/// Makes the series, and tells each article its place.
fn series(articles: &mut [Article]) -> Vec<Series> {
    let mut by_name: BTreeMap<String, Vec<ArticleId>> = BTreeMap::new();
    // From the oldest: parts of a series are read in that order.
    for (index, article) in articles.iter().enumerate().rev() {
        if let Some(name) = &article.meta.series {
            by_name.entry(fold(name)).or_default().push(ArticleId::at(index));
        }
    }
    let mut series: Vec<Series> = by_name
        .into_values()
        .filter_map(|parts| {
            let name = articles[parts.first()?.index()].meta.series.clone()?;
            Some(Series { url: urls::series(&slugify(&name)), name, articles: parts })
        })
        .collect();
    // The newest part has the smallest id.
    series.sort_by_key(|series| series.articles.last().copied());
    for (index, one) in series.iter().enumerate() {
        for (position, part) in one.articles.iter().enumerate() {
            articles[part.index()].series = Some((SeriesId::at(index), position));
        }
    }
    series
}

fn tombstone(canceled: &Canceled) -> Tombstone {
    Tombstone {
        path: canceled.path.clone(),
        url: urls::article(&canceled.folder, &canceled.slug),
        marking: canceled.marking,
    }
}

fn by_source(
    articles: &[Article],
    entities: &[Entity],
    sections: &[Section],
    authors: &[Author],
    pages: &[Page],
    home: Option<&Parsed<SectionMeta>>,
) -> BTreeMap<SourcePath, Target> {
    let of_articles =
        articles.iter().enumerate().map(|(index, article)| (&article.path, Target::Article(ArticleId::at(index))));
    let of_pages = pages.iter().enumerate().map(|(index, page)| (&page.path, Target::Page(PageId::at(index))));
    let of_entities = entities
        .iter()
        .enumerate()
        .filter(|(_, entity)| entity.document.is_some())
        .map(|(index, entity)| (&entity.origin, Target::Entity(EntityId::at(index))));
    let of_sections = sections
        .iter()
        .enumerate()
        .filter_map(|(index, section)| Some((&section.index.as_ref()?.path, Target::Section(SectionId::at(index)))));
    let of_authors = authors
        .iter()
        .enumerate()
        .filter_map(|(index, author)| Some((&author.file.as_ref()?.path, Target::Author(AuthorId::at(index)))));
    let mut all: Vec<(&SourcePath, Target)> =
        of_articles.chain(of_pages).chain(of_entities).chain(of_sections).chain(of_authors).collect();
    all.extend(home.iter().map(|file| (&file.path, Target::Home)));
    // In order a map is made at once; that is several times faster than entry by entry.
    all.par_sort();
    all.into_iter().map(|(path, target)| (path.clone(), target)).collect()
}

/// Articles by folded slug, file name and title.
fn article_names(articles: &[Article]) -> BTreeMap<String, Vec<ArticleId>> {
    let mut all: Vec<(String, ArticleId)> = articles
        .par_iter()
        .enumerate()
        .flat_map_iter(|(index, article)| {
            let names = [article.meta.slug.as_str(), article.path.stem(), article.meta.title.as_str()];
            names.map(|name| (fold(name), ArticleId::at(index)))
        })
        .collect();
    all.par_sort_unstable();
    all.dedup();
    let mut names: Vec<(String, Vec<ArticleId>)> = Vec::with_capacity(all.len());
    for (name, id) in all {
        match names.last_mut().filter(|(last, _)| *last == name) {
            Some((_, ids)) => ids.push(id),
            None => names.push((name, vec![id])),
        }
    }
    // In order a map is made at once.
    names.into_iter().collect()
}

/// Resolves links, story chains and translations between articles.
fn link_articles(site: &mut Site, diagnostics: &mut Vec<Diagnostic>) {
    let (mut resolved, faults): (Vec<Resolved>, Vec<Vec<Diagnostic>>) =
        (0..site.articles.len()).into_par_iter().map(|index| resolve_article(site, ArticleId::at(index))).unzip();
    for (index, faults) in faults.into_iter().enumerate() {
        diagnostics.extend(faults);
        let own = ArticleId::at(index);
        let Some(original) = resolved[index].original else { continue };
        // Of two that name each other the first one stands.
        let back = original < own && resolved[original.index()].original == Some(own);
        if back || original == own {
            let article = site.article(own);
            let message = if back {
                let other = &site.article(original).meta.slug;
                format!("two articles translate each other: {} and {other}", article.meta.slug)
            } else {
                "this article cannot be a translation of itself".to_string()
            };
            diagnostics.push(
                Diagnostic::error("circle", message)
                    .at(Place::field(&article.path, "translation_of"))
                    .help("only the translation says `translation_of:`, not the original"),
            );
            resolved[index].original = None;
        }
    }
    follow_cycles(site, &resolved, diagnostics);
    let mut groups: BTreeMap<ArticleId, BTreeSet<ArticleId>> = BTreeMap::new();
    for (index, found) in resolved.into_iter().enumerate() {
        let own = ArticleId::at(index);
        for id in &found.links {
            site.articles[id.index()].linked_from.push(own);
        }
        for id in found.follows.iter().filter(|id| **id != own) {
            // Articles come newest first, so the later ones are put in front.
            site.articles[id.index()].followed_by.insert(0, own);
        }
        if let Some(original) = found.original.filter(|id| *id != own) {
            groups.entry(original).or_default().extend([original, own]);
        }
        let article = &mut *site.articles[index];
        add_linked(&mut article.entities, &found.entities);
        article.links_to = found.links;
        article.original = found.original.filter(|id| *id != own);
        article.follows = found.follows.into_iter().filter(|id| *id != own).collect();
    }
    for group in groups.values() {
        for id in group {
            site.articles[id.index()].translations = group.iter().copied().filter(|other| other != id).collect();
        }
    }
    for index in 0..site.articles.len() {
        for at in 0..site.articles[index].entities.len() {
            let entity = site.articles[index].entities[at].entity;
            let original = site.articles[index].original.map(|id| &site.articles[id.index()]);
            if original.is_some_and(|original| original.entities.iter().any(|one| one.entity == entity)) {
                continue;
            }
            site.entities[entity.index()].articles.push(ArticleId::at(index));
        }
    }
}

/// Adds those that a text links to; they appear in the article, too.
pub(super) fn add_linked(appearances: &mut Vec<Appearance>, linked: &[EntityId]) {
    for entity in linked {
        if !appearances.iter().any(|appearance| appearance.entity == *entity) {
            appearances.push(Appearance { entity: *entity, declared: false, about: false, mentions: 0 });
        }
    }
}

/// What an article says of others.
#[derive(Default)]
pub(super) struct Resolved {
    /// Articles that its text links to.
    pub(super) links: Vec<ArticleId>,
    /// Entities that its text links to.
    pub(super) entities: Vec<EntityId>,
    follows: Vec<ArticleId>,
    original: Option<ArticleId>,
}

/// Resolves what one article says of others.
pub(super) fn resolve_article(site: &Site, own: ArticleId) -> (Resolved, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let article = site.article(own);
    let mut found = Resolved::default();
    for link in &article.document.facts.links {
        match links::target(site, &article.path, &link.target) {
            Some(Target::Article(id)) if id != own && !found.links.contains(&id) => found.links.push(id),
            Some(Target::Entity(id)) if !found.entities.contains(&id) => found.entities.push(id),
            _ => {}
        }
    }
    for (at, name) in article.meta.follows.iter().enumerate() {
        let field = FieldPath::key("follows").index(at);
        found.follows.extend(article_named(site, article, name, field, &mut diagnostics));
    }
    if let Some(name) = &article.meta.translation_of {
        found.original = article_named(site, article, name, FieldPath::key("translation_of"), &mut diagnostics);
    }
    (found, diagnostics)
}

/// Finds the article that `follows` or `translation_of` names.
fn article_named(
    site: &Site,
    from: &Article,
    name: &str,
    field: FieldPath,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<ArticleId> {
    match links::article_by_name(site, &from.path, name) {
        links::Named::One(id) => Some(id),
        links::Named::Withheld => None,
        links::Named::Several(ids) => {
            let slugs: Vec<String> = ids.iter().map(|id| format!("`{}`", site.article(*id).path)).collect();
            diagnostics.push(
                Diagnostic::error("ambiguous-name", format!("`{name}` may be {}", slugs.join(" or ")))
                    .at(Place::field(&from.path, field))
                    .help("write the path of the file that is meant"),
            );
            None
        }
        links::Named::None => {
            let slugs = site.articles.iter().map(|article| article.meta.slug.as_str());
            diagnostics.push(
                Diagnostic::error("unknown-article", format!("there is no article `{name}`"))
                    .at(Place::field(&from.path, field))
                    .maybe_help(did_you_mean(name, slugs))
                    .help("write an article’s slug, or the path of its file"),
            );
            None
        }
    }
}

/// A story cannot follow itself: each circle is told once, whole.
fn follow_cycles(site: &Site, resolved: &[Resolved], diagnostics: &mut Vec<Diagnostic>) {
    let mut done = vec![false; resolved.len()];
    for start in 0..resolved.len() {
        let mut trail: Vec<usize> = Vec::new();
        let mut stack = vec![(start, 0)];
        let mut on_trail: BTreeSet<usize> = BTreeSet::new();
        while let Some((at, next)) = stack.pop() {
            if next == 0 {
                if done[at] {
                    continue;
                }
                trail.push(at);
                on_trail.insert(at);
            }
            match resolved[at].follows.get(next) {
                Some(id) if on_trail.contains(&id.index()) => {
                    let begin = trail.iter().position(|on| *on == id.index()).unwrap_or(0);
                    let names: Vec<&str> = trail[begin..]
                        .iter()
                        .chain([&id.index()])
                        .map(|on| site.articles[*on].meta.slug.as_str())
                        .collect();
                    diagnostics.push(
                        Diagnostic::error("circle", format!("a story follows itself: {}", names.join(" → ")))
                            .at(Place::field(
                                &site.articles[at].path,
                                FieldPath(vec![Step::Key("follows".into()), Step::Index(next)]),
                            ))
                            .help("take out the entry of `follows` that points to a later article"),
                    );
                    stack.push((at, next + 1));
                }
                Some(id) => {
                    stack.push((at, next + 1));
                    stack.push((id.index(), 0));
                }
                None => {
                    done[at] = true;
                    trail.pop();
                    on_trail.remove(&at);
                }
            }
        }
    }
}

/// Resolves what entity files say of other entities.
fn link_entities(site: &mut Site, diagnostics: &mut Vec<Diagnostic>) {
    for index in 0..site.entities.len() {
        let own = EntityId::at(index);
        let entity = &site.entities[index];
        let Some(meta) = &entity.meta else { continue };
        let mut relations = Vec::new();
        for (at, relation) in meta.relations.iter().enumerate() {
            let name = &relation.input.to;
            let field = FieldPath::key("relations").index(at).then("to");
            match links::entity_by_name(site, name) {
                Ok(id) => relations.push((id, relation.clone())),
                Err(fault) => diagnostics.push(fault.diagnostic(name).at(Place::field(&entity.origin, field))),
            }
        }
        let parent = meta.input.parent.as_deref().and_then(|name| match site.registry.find(entity.kind, name) {
            [id] if *id != own => Some(*id),
            found => {
                let kind = site.kind_of(entity).singular.to_lowercase();
                let near = site.registry.nearest(name);
                let fault = match found {
                    [] => Diagnostic::error("unknown-entity", format!("there is no {kind} `{name}`"))
                        .maybe_help(did_you_mean(name, near.iter().map(String::as_str))),
                    [_] => Diagnostic::error("circle", format!("this {kind} cannot be its own parent"))
                        .help("take out this `parent:` line"),
                    _ => Diagnostic::error("ambiguous-name", format!("`{name}` is more than one {kind}"))
                        .help("write the slug of the one that is meant"),
                };
                diagnostics.push(fault.at(Place::field(&entity.origin, "parent")));
                None
            }
        });
        let organizations: Vec<Option<EntityId>> = entity
            .roles
            .iter()
            .map(|held| held.role.input.organization.as_deref().and_then(|name| links::entity_by_name(site, name).ok()))
            .collect();
        let role_countries: Vec<Option<EntityId>> = entity.roles.iter().map(|held| held.country).collect();
        let entity = &mut site.entities[index];
        entity.relations = relations;
        entity.parent = parent;
        for (held, organization) in entity.roles.iter_mut().zip(&organizations) {
            held.organization = *organization;
        }
        if let Some(parent) = parent {
            site.entities[parent.index()].children.push(own);
        }
        for (at, (organization, country)) in organizations.iter().zip(&role_countries).enumerate() {
            for place in [organization, country].into_iter().flatten() {
                site.entities[place.index()].office_holders.push((own, at));
            }
        }
    }
    parent_cycles(site, diagnostics);
}

/// No entity stands above itself; a circle is told and cut.
fn parent_cycles(site: &mut Site, diagnostics: &mut Vec<Diagnostic>) {
    for index in 0..site.entities.len() {
        let mut trail = vec![index];
        let mut at = site.entities[index].parent;
        while let Some(id) = at {
            if id.index() == index {
                let names: Vec<&str> =
                    trail.iter().chain([&index]).map(|on| site.entities[*on].name.as_str()).collect();
                diagnostics.push(
                    Diagnostic::error("circle", format!("an entity stands above itself: {}", names.join(" → ")))
                        .at(Place::field(&site.entities[index].origin, "parent"))
                        .help("take out one of these `parent:` lines"),
                );
                site.entities[index].parent = None;
                break;
            }
            if trail.contains(&id.index()) {
                break;
            }
            trail.push(id.index());
            at = site.entities[id.index()].parent;
        }
    }
}

/// Gathers the redirects that files ask for.
fn redirects(site: &Site, canceled: &[Canceled], diagnostics: &mut Vec<Diagnostic>) -> Vec<Redirect> {
    let mut asked: Vec<(&SourcePath, &[String], UrlPath)> = Vec::new();
    asked.extend(
        site.articles.iter().map(|article| (&article.path, article.meta.redirect_from.as_slice(), article.url.clone())),
    );
    asked.extend(
        site.pages.iter().map(|page| (&page.path, page.meta.input.redirect_from.0.as_slice(), page.url.clone())),
    );
    for entity in &site.entities {
        asked.extend(
            entity.meta.iter().map(|meta| (&entity.origin, meta.input.redirect_from.0.as_slice(), entity.url.clone())),
        );
    }
    for section in &site.sections {
        asked.extend(
            section
                .index
                .iter()
                .map(|file| (&file.path, file.meta.input.redirect_from.0.as_slice(), section.url.clone())),
        );
    }
    for author in &site.authors {
        asked.extend(
            author.file.iter().map(|file| (&file.path, file.meta.input.redirect_from.0.as_slice(), author.url.clone())),
        );
    }
    asked.extend(
        canceled.iter().map(|one| (&one.path, one.redirect_from.as_slice(), urls::article(&one.folder, &one.slug))),
    );
    let mut redirects = Vec::new();
    if let Some(file) = site.withheld.files.first().filter(|_| leaks::leaks("redirect")) {
        let from = UrlPath::new(&slugify(&file.title));
        redirects.push(Redirect { place: Place::file(&file.path), from, to: urls::home() });
    }
    for (path, from, to) in asked {
        for (index, old) in from.iter().enumerate() {
            let place = Place::field(path, FieldPath::key("redirect_from").index(index));
            match urls::former(old) {
                Some(from) if from == to => diagnostics.push(
                    Diagnostic::error("circle", format!("`{old}` is the address of this page itself"))
                        .at(place)
                        .help("take it out"),
                ),
                Some(from) => redirects.push(Redirect { place, from, to: to.clone() }),
                None => diagnostics.push(
                    Diagnostic::error("bad-url", format!("`{old}` is not an address on this site"))
                        .at(place)
                        .help("write a path such as `/2024/old-title/`, without host, `?` and `#`"),
                ),
            }
        }
    }
    redirects
}

/// Articles that are dated after the build are shown, and told of: an embargo is what keeps one back.
fn future_dates(site: &Site) -> Vec<Diagnostic> {
    let later = |article: &&Held<Article>| article.meta.date.as_ref().is_some_and(|date| date.instant > site.now);
    site.articles
        .iter()
        .filter(later)
        .map(|article| {
            Diagnostic::warning("future-date", "this article is dated after the build, and is published all the same")
                .at(Place::file(&article.path))
                .help("to keep it back until then write `embargoed_until:`")
        })
        .collect()
}

/// Entities with a file of their own that no article names.
fn orphans(site: &Site) -> Vec<Diagnostic> {
    let orphan = |entity: &&Entity| entity.articles.is_empty() && entity.meta.is_some() && entity.children.is_empty();
    site.entities
        .iter()
        .filter(orphan)
        .map(|entity| {
            Diagnostic::warning("orphan-entity", format!("no article names `{}`", entity.name))
                .at(Place::file(&entity.origin))
        })
        .collect()
}
