//! From the visible files to the [`Site`]: addresses, bylines, sections, series, and the order in which all the rest is
//! found out: who is who (`gathering.rs`), what leads to what (`references.rs`).
//!
//! Assembled anew at every build and never patched, so it must stay cheap: one pass over the articles per question,
//! no pair of articles is ever compared with another.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::base::dates::Moment;
use crate::base::diagnostics::{Diagnostic, FieldPath, Place};
use crate::base::held::Held;
use crate::base::paths::{SourcePath, UrlPath};
use crate::base::text::{fold, slugify};
use crate::config::Config;
use crate::content::author::AuthorMeta;
use crate::content::page::{PageMeta, title_of};
use crate::content::read::{Parsed, ParsedEntity};
use crate::content::section::{Order as SectionOrder, SectionMeta};
use crate::content::vocabulary::Tlp;
use crate::content::world::World;
use crate::site::collate::Order;
use crate::site::connections::Connections;
use crate::site::editions::{self, Abroad};
use crate::site::gate::{ArticleFile, Canceled, Floors, Visible, VisibleFiles, Withheld, above};
use crate::site::gathering::{Known, entities};
use crate::site::history::Histories;
use crate::site::ids::{ArticleId, AuthorId, EntityId, PageId, SectionId, SeriesId};
use crate::site::names::Appearing;
use crate::site::references::{link_articles, link_entities};
use crate::site::search::Search;
use crate::site::{
    Article, Attachment, Author, Entity, Page, Redirect, Section, Series, Site, Target, Tombstone, doubts, leaks,
    links, look_alikes, related, timelines, typography, urls,
};
use crate::words::{Language, Words};

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
    /// The histories of briefings, where they are shown.
    pub histories: Histories,
    /// The moment of the build.
    pub now: Timestamp,
    /// The highest label that may be shown.
    pub clearance: Tlp,
    /// Files that are not texts.
    pub attachments: BTreeMap<SourcePath, Attachment>,
    /// The outlines of countries, when maps are shown.
    pub world: Option<Arc<World>>,
    /// What pages say besides their texts.
    pub words: Arc<Words>,
    /// Where the content folder lies: `content/`, or nothing for a bare folder.
    pub content_root: String,
}

/// Makes the site; every mistake becomes a diagnostic.
pub fn assemble(input: Input) -> (Site, Vec<Diagnostic>) {
    let Input { config, files, withheld, floors, histories, now, clearance, attachments, world, words, content_root } =
        input;
    let VisibleFiles { articles, canceled, sections, entities, authors, pages } = files;
    let mut articles: Vec<ArticleFile> = articles.into_iter().map(Visible::into_inner).collect();
    let mut sections: BTreeMap<String, Parsed<SectionMeta>> = sections.into_iter().map(Visible::into_inner).collect();
    articles.iter_mut().for_each(|file| cascade(file, |folder| sections.get(folder), &config));
    let mut entities: Vec<(usize, ParsedEntity)> = entities.into_iter().map(Visible::into_inner).collect();
    let mut pages: Vec<Parsed<PageMeta>> = pages.into_iter().map(Visible::into_inner).collect();
    typography::set(&mut articles, &mut sections, &mut entities, &mut pages, &config);
    let files = Files {
        articles,
        tombstones: canceled.into_iter().map(tombstone).collect(),
        sections,
        entities,
        authors: authors.into_iter().map(Visible::into_inner).collect(),
        pages,
    };
    let (withheld, floors, attachments) = (withheld.into(), floors.into(), attachments.into());
    put_together(
        files,
        Frame {
            config,
            withheld,
            floors,
            histories: histories.into(),
            now,
            clearance,
            attachments,
            world,
            words,
            content_root,
            abroad: None,
            places: BTreeMap::new(),
        },
        None,
    )
}

/// The files of a site, with what their sections and the settings add to them.
pub(super) struct Files {
    pub(super) articles: Vec<ArticleFile>,
    pub(super) tombstones: Vec<Tombstone>,
    /// By folder; the empty one is the home page.
    pub(super) sections: BTreeMap<String, Parsed<SectionMeta>>,
    /// With the index of their kind, in the order of their files.
    pub(super) entities: Vec<(usize, ParsedEntity)>,
    /// In the order of their files.
    pub(super) authors: Vec<Parsed<AuthorMeta>>,
    pub(super) pages: Vec<Parsed<PageMeta>>,
}

/// What a site has besides its texts.
pub(super) struct Frame {
    pub(super) config: Arc<Config>,
    pub(super) withheld: Held<Withheld>,
    pub(super) floors: Held<Floors>,
    pub(super) histories: Held<Histories>,
    pub(super) now: Timestamp,
    pub(super) clearance: Tlp,
    pub(super) attachments: Held<BTreeMap<SourcePath, Attachment>>,
    pub(super) world: Option<Arc<World>>,
    pub(super) words: Arc<Words>,
    pub(super) content_root: String,
    /// What an edition in another language knows of the main one.
    pub(super) abroad: Option<Abroad>,
    /// The file of the main edition that each of its articles is a version of.
    pub(super) places: BTreeMap<SourcePath, SourcePath>,
}

/// Puts a site together out of its files. What was found in the texts of the site before is taken over where it holds.
pub(super) fn put_together(files: Files, frame: Frame, before: Option<&Site>) -> (Site, Vec<Diagnostic>) {
    let Files {
        articles: mut files,
        tombstones,
        sections: mut section_files,
        entities: entity_files,
        authors: author_files,
        pages,
    } = files;
    let Frame {
        config,
        withheld,
        floors,
        histories,
        now,
        clearance,
        attachments,
        world,
        words,
        content_root,
        abroad,
        places,
    } = frame;
    let mut diagnostics = Vec::new();
    let order = Order::of(&config.language);
    // Newest first; of one instant, by path, so that the order is the same everywhere.
    files.sort_by(|left, right| right.meta.date.cmp(&left.meta.date).then_with(|| left.path.cmp(&right.path)));

    let Known { entities, left_out, registry, names, appearances, found } =
        entities(&mut files, entity_files, &config, &order, before, &mut diagnostics);
    let home = section_files.remove("");
    let (mut sections, section_of) = sections(&files, section_files, &order, words.of(&config.language));
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

    let of_main = |path: &SourcePath| abroad.as_ref()?.article(path).cloned();
    let mut articles: Vec<Article> = Vec::with_capacity(files.len());
    let parts = files.into_iter().zip(appearances).zip(found).zip(bylines).zip(section_of);
    for ((((file, Appearing { listed, all: entities }), found), authors), section) in parts {
        let ArticleFile { path, meta, document, folder, marking } = file;
        articles.push(Article {
            url: of_main(&path).unwrap_or_else(|| urls::article(&folder, &meta.slug)),
            article_type: meta.article_type.unwrap_or_default(),
            lang: meta.lang.clone().unwrap_or_else(|| config.language.clone()),
            source_numbers: source_numbers(&meta, &document),
            path,
            folder,
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

    let mut site = Site {
        now,
        clearance,
        highest: highest(&articles, &entities, &sections, home.as_ref(), &pages, &authors),
        latest: (leaks::leaks("dates") && !withheld.files.is_empty())
            .then(|| Moment::at(now, &config.zone, false).day)
            .or_else(|| articles.iter().filter_map(|article| article.meta.date.as_ref()).map(|date| date.day).max()),
        addresses: Held::default(),
        by_source: with_places(
            by_source(&articles, &entities, &sections, &authors, &pages, home.as_ref()),
            &places,
            &config,
            &content_root,
        )
        .into(),
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
        attachments,
        published: Held::default(),
        names: names.into(),
        registry: registry.into(),
        left_out,
        connections: Held::default(),
        likeness: None,
        search: None,
        world,
        words,
        content_root,
        withheld,
        floors,
        histories,
        editions: Vec::new(),
        abroad,
        places,
        config,
    };
    site.addresses = site.page_addresses().into();
    link_articles(&mut site, &mut diagnostics);
    link_entities(&mut site, &mut diagnostics);
    if site.abroad.is_some() {
        site.lend_entities();
        site.addresses = site.page_addresses().into();
    }
    let find_search = || {
        let after = before.and_then(|before| before.search.as_ref()?.after(before, &site));
        site.config.search.then(|| after.unwrap_or_else(|| Search::of(&site)))
    };
    let ((connections, (timelines, search)), ((related, likeness), (doubtful, alike))) = rayon::join(
        || rayon::join(|| Connections::find(&site, before), || rayon::join(|| timelines::find(&site), find_search)),
        || {
            rayon::join(
                || related::find(&site, before),
                || rayon::join(|| doubts::find(&site), || look_alikes::find(&site)),
            )
        },
    );
    site.connections = connections.into();
    for (entity, timeline) in site.entities.iter_mut().zip(timelines) {
        entity.timeline = timeline;
    }
    for (article, related) in site.articles.iter_mut().zip(related) {
        article.related = related;
    }
    site.likeness = likeness;
    site.search = search;
    site.redirects = redirects(&site, &mut diagnostics).into();
    site.published = links::published_attachments(&site).into();
    diagnostics.extend(doubtful);
    diagnostics.extend(alike);
    diagnostics.extend(future_dates(&site));
    diagnostics.extend(editions::in_other_languages(&site));
    // An edition need not have as many articles as the main one.
    diagnostics.extend(if site.abroad.is_none() { orphans(&site) } else { Vec::new() });
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
    let meta = &mut file.meta;
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
    let judgments = meta.key_judgments.iter().flat_map(|judgment| judgment.input.cites());
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

/// The folder that every site has, which is called by a word of its language.
pub(super) const BRIEFINGS: &str = "briefings";

/// Makes the sections: top folders with articles, and every folder with an `_index.md`. Returns with them the section
/// of each article.
fn sections(
    articles: &[ArticleFile],
    mut files: BTreeMap<String, Parsed<SectionMeta>>,
    order: &Order,
    language: &Language,
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
                title: title.unwrap_or_else(|| match name {
                    // The folder that every site has.
                    BRIEFINGS => language.text("briefings").to_string(),
                    name => title_of(name),
                }),
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

/// Tells each article those before and behind it in its own section, of those in its language.
fn neighbours(sections: &[Section], articles: &mut [Article]) {
    for (index, section) in sections.iter().enumerate() {
        let own = Some(SectionId::at(index));
        let mut last: BTreeMap<String, ArticleId> = BTreeMap::new();
        for id in &section.articles {
            let lang = &articles[id.index()].lang;
            let before = match last.get_mut(lang) {
                Some(before) => std::mem::replace(before, *id),
                None => {
                    last.insert(lang.clone(), *id);
                    continue;
                }
            };
            if articles[id.index()].section == own {
                articles[id.index()].newer = Some(before);
            }
            if articles[before.index()].section == own {
                articles[before.index()].older = Some(*id);
            }
        }
    }
}

/// Makes the authors out of their files and of bylines; returns with them the byline of each article.
fn authors(
    articles: &[ArticleFile],
    files: Vec<Parsed<AuthorMeta>>,
    order: &Order,
) -> (Vec<Author>, Vec<Vec<AuthorId>>) {
    let mut authors: Vec<Author> = Vec::new();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for file in files {
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
        for name in &file.meta.authors {
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

pub(super) fn tombstone(canceled: Canceled) -> Tombstone {
    let Canceled { path, folder, slug, redirect_from, marking } = canceled;
    Tombstone { url: urls::article(&folder, &slug), path, redirect_from, marking }
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

/// On a site in several languages, links find the version of a file by the path of the file, too.
fn with_places(
    by_source: BTreeMap<SourcePath, Target>,
    places: &BTreeMap<SourcePath, SourcePath>,
    config: &Config,
    content_root: &str,
) -> BTreeMap<SourcePath, Target> {
    if config.editions.is_empty() {
        return by_source;
    }
    let mut all = by_source.clone();
    for (path, target) in by_source {
        let place = places.get(&path).cloned().or_else(|| config.place_of(content_root, &path));
        if let Some(place) = place {
            all.entry(place).or_insert(target);
        }
    }
    all
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

/// Gathers the redirects that files ask for.
fn redirects(site: &Site, diagnostics: &mut Vec<Diagnostic>) -> Vec<Redirect> {
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
    asked.extend(site.tombstones.iter().map(|one| (&one.path, one.redirect_from.as_slice(), one.url.clone())));
    let mut redirects = Vec::new();
    if let Some(file) = site.withheld.files.first().filter(|_| leaks::leaks("redirect")) {
        let from = UrlPath::new(&slugify(&file.title));
        redirects.push(Redirect { place: Place::file(&file.path), from, to: urls::home() });
    }
    for (path, from, to) in asked.into_iter().filter(|(_, _, to)| !to.is_outside()) {
        for (index, old) in from.iter().enumerate() {
            let place = Place::field(path, FieldPath::key("redirect_from").index(index));
            let former = urls::former(old);
            // Wherever the page lived, its old address counts from the top of the site.
            match if site.abroad.is_some() { former.map(|from| from.outside()) } else { former } {
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
