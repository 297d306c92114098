//! What a page can see of a site, in the portions that pages look at, each with a digest.
//!
//! A page that has looked at some [`Face`]s is the same as long as their digests are: that is what the incremental
//! build rests on. So a face's digest covers all that its holder can be asked through it (see `render/views.rs`, which
//! is the only way from a page to the site). An article has several faces: lists see its card, pages of entities see
//! whom it names and where, and only its own page sees its text. A changed sentence then makes one page anew, not all
//! the lists that the article is in.
//!
//! Faces go by names, not by numbers: numbers shift when an article is added.

use std::collections::BTreeSet;

use borsh::{BorshDeserialize, BorshSerialize};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::hash::{Digest, Digester};
use crate::base::paths::SourcePath;
use crate::content::article::{ImageInput, Judgment, JudgmentInput, Notice};
use crate::content::read::Document;
use crate::site::ids::{ArticleId, AuthorId, EntityId, PageId, PairId, SectionId, SeriesId};
use crate::site::mentions::Found;
use crate::site::registers::{self, Month};
use crate::site::search::Search;
use crate::site::timelines::{self, What};
use crate::site::{Article, Entity, Site, history, links, sitemap};

mod known;

use known::Known;

/// A portion of a site that a page may look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Face {
    /// What lists show of an article.
    Card(ArticleId),
    /// All of an article, with the names of what it leads to.
    Article(ArticleId),
    /// Whom an article names, and the sentences that do.
    Naming(ArticleId),
    /// What an entity is called, and where its page is.
    Ref(EntityId),
    /// The roles of a person, in words.
    Roles(EntityId),
    /// All that an entity's file says, with the names of the entities around it.
    Entity(EntityId),
    /// The articles of an entity with their days, in order.
    EntityList(EntityId),
    /// Who appears with an entity, and which pairs have pages.
    Company(EntityId),
    /// What happened, by entity.
    Timeline(EntityId),
    /// What a section is called.
    SectionRef(SectionId),
    /// A section with its text and the sections below it.
    Section(SectionId),
    /// The articles of a section with their days, in order.
    SectionList(SectionId),
    /// What an author is called.
    AuthorRef(AuthorId),
    /// All that an author's file says.
    Author(AuthorId),
    /// The articles of an author with their days, in order.
    AuthorList(AuthorId),
    /// A series with its parts.
    Series(SeriesId),
    /// A loose page.
    Page(PageId),
    /// A pair with its articles, and who is in each.
    Pair(PairId),
    /// The index of a kind: its entities with counts and notes, and its pairs.
    Kind(usize),
    /// The day of the newest article.
    Latest,
    /// The highest marking of all.
    Highest,
    /// The text of the home page.
    Home,
    /// All articles in order: which are originals, which lead the home page, in which language they are.
    Front,
    /// All entities with their numbers of articles.
    Counts,
    /// All articles with their days, in order.
    Days,
    /// All authors, or all series, with their numbers of articles.
    Indexes,
    /// All cards, entities and appearances.
    Graph,
    /// Every page with what sitemaps tell of it, and how many loose pages there are.
    Sitemap,
    /// Which articles are news.
    News,
    /// The key judgments of a month, and which months are beside it.
    Judgments(usize),
    /// How many key judgments there are by month and by likelihood, and what came of them.
    Record,
    /// All corrections.
    Corrections,
    /// The revisions of an article that readers may compare.
    History(ArticleId),
    /// Some of the words by which articles and entities are found, with these.
    Words(usize),
    /// What all searching begins with: which shards there are, months, entities.
    Search,
}

/// A face by name: what it is a face of keeps its name from build to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FaceName {
    /// The sort of face.
    pub sort: u8,
    /// Stands for the address or path of what it is a face of.
    pub of: u64,
}

/// The digests of all faces of a site.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Faces {
    articles: Vec<ArticleFaces>,
    entities: Vec<EntityFaces>,
    sections: Vec<(u64, [Digest; 3])>,
    authors: Vec<(u64, [Digest; 3])>,
    series: Vec<(u64, Digest)>,
    pages: Vec<(u64, Digest)>,
    pairs: Vec<Named>,
    kinds: Vec<(u64, Digest)>,
    months: Vec<(u64, Digest)>,
    whole: [Digest; 12],
    words: Vec<(u64, Digest)>,
    search: Digest,
    /// Tells the names of an edition in another language apart from those of the others; nothing for the main one.
    edition: u64,
    /// The faces of the editions in other languages.
    editions: Vec<Faces>,
}

/// What a thing goes by, and the digest of its face.
type Named = (u64, Digest);

#[derive(Clone, Copy, Debug, BorshSerialize, BorshDeserialize)]
struct ArticleFaces {
    name: u64,
    card: Digest,
    whole: Digest,
    naming: Digest,
    judgments: Digest,
    history: Digest,
}

#[derive(Clone, Copy, Debug, BorshSerialize, BorshDeserialize)]
struct EntityFaces {
    name: u64,
    reference: Digest,
    roles: Digest,
    whole: Digest,
    list: Digest,
    company: Digest,
    timeline: Digest,
}

/// What stands for a path or an address in digests.
fn name_of(text: &str) -> u64 {
    Digest::of(text).number()
}

/// The names of what faces go by, for all numbers.
struct Names {
    articles: Vec<u64>,
    entities: Vec<u64>,
    references: Vec<Digest>,
}

impl Names {
    fn article(&self, id: ArticleId) -> u64 {
        self.articles[id.index()]
    }

    fn entity(&self, id: EntityId) -> u64 {
        self.entities[id.index()]
    }

    fn reference(&self, id: EntityId) -> Digest {
        self.references[id.index()]
    }

    fn take_found(&self, digester: &mut Digester, found: &Found<EntityId>) {
        digester.take(&found.mentions.len());
        for mention in &found.mentions {
            let crate::site::mentions::Mention { entity, spot, prepared, in_file, section, by, ground, link } = mention;
            digester.take(&(self.entity(*entity), spot, prepared, in_file, section, by, ground, link));
        }
        self.take_sentences(digester, found);
    }

    fn take_sentences(&self, digester: &mut Digester, found: &Found<EntityId>) {
        digester.take(&found.contexts.len());
        for (entity, context) in &found.contexts {
            digester.take(&(self.entity(*entity), context));
        }
        for ([left, right], context) in &found.together {
            digester.take(&(self.entity(*left), self.entity(*right), context));
        }
    }

    fn take_appearances(&self, digester: &mut Digester, article: &Article) {
        digester.take(&article.entities.len());
        for one in &article.entities {
            let crate::site::Appearance { entity, declared, about, mentions } = one;
            digester.take(&(self.reference(*entity), declared, about, mentions));
        }
    }
}

fn take_document(digester: &mut Digester, document: &Document) {
    digester.take(document);
}

fn take_picture(digester: &mut Digester, site: &Site, from: &SourcePath, image: Option<&ImageInput>) {
    let file = image.and_then(|image| links::attachment(site, from, &image.src));
    let url = file.as_ref().and_then(|file| site.published.get(file));
    let shown = file.as_ref().and_then(|file| site.attachments.get(file)).map(|file| (file.size, file.content));
    digester.take(&(image, url, shown));
}

fn list(site: &Site, names: &Names, articles: &[ArticleId]) -> Digest {
    let mut digester = Digester::default();
    for id in articles {
        let article = site.article(*id);
        digester.take(&(names.article(*id), &article.meta.date, article.marking));
    }
    digester.digest()
}

impl Faces {
    /// Looks at all of a site.
    pub fn of(site: &Site) -> Self {
        let names = Names {
            articles: site.articles.par_iter().map(|article| name_of(article.path.as_str())).collect(),
            entities: site.entities.par_iter().map(|entity| name_of(entity.url.as_str())).collect(),
            references: site.entities.par_iter().map(|entity| reference(site, entity)).collect(),
        };
        Self::find(site, &names, None)
    }

    /// Looks at all of a site, and takes over what is as it was in the site `before`, whose faces are `faces`.
    pub fn after(site: &Site, before: &Site, faces: &Self) -> Self {
        match Known::new(site, before, faces) {
            Some(known) => Self::find(site, &known.names(), Some(&known)),
            None => Self::of(site),
        }
    }

    fn find(site: &Site, names: &Names, known: Option<&Known>) -> Self {
        let look =
            |id: ArticleId| known.and_then(|known| known.article(id)).unwrap_or_else(|| of_article(site, names, id));
        let of_articles = || (0..site.articles.len()).into_par_iter().map(ArticleId::at).map(look).collect();
        let (articles, sitemap): (Vec<ArticleFaces>, Digest) = rayon::join(of_articles, || of_sitemap(site));
        let mut pairs_of: Vec<Vec<PairId>> = vec![Vec::new(); site.entities.len()];
        for (at, pair) in site.connections.pairs().iter().enumerate() {
            pair.entities.iter().for_each(|id| pairs_of[id.index()].push(PairId::at(at)));
        }
        let entities: Vec<EntityFaces> = (0..site.entities.len())
            .into_par_iter()
            .map(|at| {
                let known = known.and_then(|known| known.entity(EntityId::at(at)));
                known.unwrap_or_else(|| of_entity(site, names, EntityId::at(at), &pairs_of[at]))
            })
            .collect();
        let sections = site.sections.par_iter().map(|section| {
            let reference = Digest::of(&(&section.title, &section.url));
            let mut whole = Digester::default();
            whole.take(&(reference, &section.folder));
            if let Some(index) = &section.index {
                whole.take(&(&index.path, &index.meta));
                take_document(&mut whole, &index.document);
            }
            for child in section.children.iter().map(|id| site.section(*id)) {
                whole.take(&(&child.title, &child.url, child.articles.len()));
            }
            whole.take(&section.articles.len());
            (name_of(section.url.as_str()), [reference, whole.digest(), list(site, names, &section.articles)])
        });
        let authors = site.authors.par_iter().map(|author| {
            let reference = Digest::of(&(&author.name, &author.url));
            let mut whole = Digester::default();
            whole.take(&(reference, &author.slug, author.articles.len()));
            if let Some(file) = &author.file {
                whole.take(&(&file.path, &file.meta));
                take_document(&mut whole, &file.document);
                take_picture(&mut whole, site, &file.path, file.meta.input.image.as_ref());
            }
            (name_of(author.url.as_str()), [reference, whole.digest(), list(site, names, &author.articles)])
        });
        let series = site.series.iter().map(|series| {
            let digest = Digest::of(&(&series.name, &series.url, list(site, names, &series.articles)));
            (name_of(series.url.as_str()), digest)
        });
        let pages = site.pages.par_iter().map(|page| {
            let mut digester = Digester::default();
            digester.take(&(&page.path, &page.url, &page.meta));
            take_document(&mut digester, &page.document);
            (name_of(page.path.as_str()), digester.digest())
        });
        let pairs: Vec<Named> = (0..site.connections.pairs().len())
            .into_par_iter()
            .map(PairId::at)
            .map(|id| known.and_then(|known| known.pair(id)).unwrap_or_else(|| of_pair(site, names, id)))
            .collect();
        let mut faces = Self {
            sections: sections.collect(),
            authors: authors.collect(),
            series: series.collect(),
            pages: pages.collect(),
            kinds: Vec::new(),
            months: Vec::new(),
            whole: Default::default(),
            words: words(site),
            search: site.search.as_ref().map(Search::digest).unwrap_or_default(),
            edition: match site.config.edition {
                0 => 0,
                _ => name_of(site.config.edition_path()),
            },
            editions: site.editions.iter().map(|edition| Faces::of(edition)).collect(),
            articles,
            entities,
            pairs,
        };
        faces.kinds = (0..site.config.kinds.len()).into_par_iter().map(|kind| faces.kind(site, kind)).collect();
        let months = registers::judgment_months(site);
        faces.months = faces.months(&months);
        faces.whole = faces.wholes(site, sitemap, &months);
        faces
    }

    /// Looks again at articles whose texts have changed; says which digests the faces have now that could have others.
    /// None when lists would show the articles otherwise: then more has changed than these faces.
    pub fn revise(&mut self, site: &Site, articles: &BTreeSet<ArticleId>) -> Option<Vec<(FaceName, Digest)>> {
        let names = Names {
            articles: self.articles.iter().map(|faces| faces.name).collect(),
            entities: self.entities.iter().map(|faces| faces.name).collect(),
            references: self.entities.iter().map(|faces| faces.reference).collect(),
        };
        let mut changed = Vec::new();
        for id in articles {
            let new = of_article(site, &names, *id);
            let old = std::mem::replace(&mut self.articles[id.index()], new);
            if new.card != old.card {
                return None;
            }
            changed.extend([Face::Article(*id), Face::Naming(*id), Face::History(*id)]);
        }
        let pairs: BTreeSet<PairId> = articles.iter().flat_map(|id| site.pairs_of(*id)).collect();
        for id in pairs {
            self.pairs[id.index()] = of_pair(site, &names, id);
            changed.push(Face::Pair(id));
        }
        // The words are cut as they were.
        let words = std::mem::replace(&mut self.words, words(site));
        let other = (0..words.len()).filter(|at| words.get(*at) != self.words.get(*at));
        changed.extend(other.map(Face::Words));
        Some(changed.into_iter().map(|face| (self.name(face), self.digest(face))).collect())
    }

    fn kind(&self, site: &Site, kind: usize) -> (u64, Digest) {
        let mut digester = Digester::default();
        digester.take(&site.latest);
        for (id, entity) in site.entities_of(kind) {
            let faces = &self.entities[id.index()];
            let input = entity.meta.as_ref().map(|meta| &meta.input);
            let (summary, image) = (input.map(|input| &input.summary), input.and_then(|input| input.image.as_ref()));
            digester.take(&(faces.reference, faces.roles, entity.articles.len(), summary, image));
        }
        for pair in site.connections.pairs() {
            if site.entity(pair.entities[0]).kind == kind {
                let references = pair.entities.map(|id| self.entities[id.index()].reference);
                digester.take(&(&pair.url, references, pair.articles.len()));
            }
        }
        (name_of(&site.config.kinds[kind].id), digester.digest())
    }

    /// The key judgments of each month.
    fn months(&self, months: &[Month]) -> Vec<(u64, Digest)> {
        let of_month = |(at, month): (usize, &Month)| {
            let beside = [at.checked_sub(1), Some(at + 1)].map(|at| months.get(at?).map(|month| &month.name));
            let mut digester = Digester::default();
            digester.take(&(&month.name, beside, month.articles.len()));
            for id in &month.articles {
                digester.take(&self.articles[id.index()].judgments);
            }
            (name_of(&month.name), digester.digest())
        };
        months.iter().enumerate().map(of_month).collect()
    }

    fn wholes(&self, site: &Site, sitemap: Digest, months: &[Month]) -> [Digest; 12] {
        let mut record = Digester::default();
        for month in months {
            let judgments = || month.articles.iter().flat_map(|id| &site.article(*id).meta.key_judgments);
            record.take(&(&month.name, judgments().count()));
            for Judgment { input, .. } in judgments() {
                let outcome = input.outcome.as_ref().map(|outcome| outcome.came_true);
                record.take(&(input.likelihood, outcome));
            }
        }
        let mut corrections = Digester::default();
        for (id, index) in registers::corrections(site) {
            let article = site.article(id);
            corrections.take(&(self.articles[id.index()].name, &article.url, &article.meta.title, &article.meta.date));
            let Notice { date, kind, text, index } = &article.meta.corrections[index];
            corrections.take(&(&article.lang, article.marking, date, kind, text, index));
            corrections.take(&article.meta.redirect_from.first());
        }
        let mut home = Digester::default();
        if let Some(file) = site.home.as_ref() {
            home.take(&(&file.path, &file.meta));
            take_document(&mut home, &file.document);
        }
        let articles = || site.articles.iter().zip(&self.articles);
        let of_graph = || {
            let mut graph = Digester::default();
            for (article, faces) in articles() {
                graph.take(&(faces.card, &article.meta.date, &article.meta.updated, &article.meta.summary));
                for one in &article.entities {
                    graph.take(&(self.entities[one.entity.index()].name, one.about, one.declared));
                }
            }
            for (entity, faces) in site.entities.iter().zip(&self.entities) {
                graph.take(&(faces.whole, faces.roles, faces.list, faces.reference, entity.articles.len()));
            }
            graph.digest()
        };
        let of_lists = || {
            let (mut front, mut days) = (Digester::default(), Digester::default());
            for (article, faces) in articles() {
                front.take(&(faces.name, article.original.is_none(), article.meta.featured, &article.lang));
                days.take(&(faces.name, &article.meta.date));
            }
            (front.digest(), days.digest())
        };
        let (graph, (front, days)) = rayon::join(of_graph, of_lists);
        let mut news = Digester::default();
        for id in sitemap::news(site) {
            news.take(&self.articles[id.index()].name);
        }
        let mut counts = Digester::default();
        for (entity, faces) in site.entities.iter().zip(&self.entities) {
            counts.take(&(faces.reference, entity.articles.len()));
        }
        let mut indexes = Digester::default();
        for author in &site.authors {
            indexes.take(&(
                &author.name,
                &author.url,
                author.articles.len(),
                author.file.as_ref().map(|file| &file.meta),
            ));
        }
        for (_, digest) in &self.series {
            indexes.take(digest);
        }
        [
            Digest::of(&site.latest),
            Digest::of(&site.highest),
            home.digest(),
            front,
            counts.digest(),
            days,
            indexes.digest(),
            graph,
            sitemap,
            news.digest(),
            record.digest(),
            corrections.digest(),
        ]
    }

    /// The digest of a face.
    pub fn digest(&self, face: Face) -> Digest {
        self.look(face).1
    }

    /// The name of a face.
    pub fn name(&self, face: Face) -> FaceName {
        let (of, _) = self.look(face);
        FaceName { sort: sort(face), of: of ^ self.edition }
    }

    /// The faces of an edition.
    pub fn edition(&self, number: usize) -> &Faces {
        number.checked_sub(1).and_then(|at| self.editions.get(at)).unwrap_or(self)
    }

    /// The digests of all faces by their names.
    pub fn by_name(&self) -> std::collections::HashMap<FaceName, Digest> {
        let all = self.all();
        let mut named = std::collections::HashMap::with_capacity(all.len());
        for face in all {
            let (of, digest) = self.look(face);
            named.insert(FaceName { sort: sort(face), of: of ^ self.edition }, digest);
        }
        self.editions.iter().for_each(|edition| named.extend(edition.by_name()));
        named
    }

    fn all(&self) -> Vec<Face> {
        let mut all = Vec::with_capacity(self.articles.len() * 4 + self.entities.len() * 6 + 64);
        for id in (0..self.articles.len()).map(ArticleId::at) {
            all.extend([Face::Card(id), Face::Article(id), Face::Naming(id), Face::History(id)]);
        }
        for id in (0..self.entities.len()).map(EntityId::at) {
            all.extend([Face::Ref(id), Face::Roles(id), Face::Entity(id)]);
            all.extend([Face::EntityList(id), Face::Company(id), Face::Timeline(id)]);
        }
        for id in (0..self.sections.len()).map(SectionId::at) {
            all.extend([Face::SectionRef(id), Face::Section(id), Face::SectionList(id)]);
        }
        for id in (0..self.authors.len()).map(AuthorId::at) {
            all.extend([Face::AuthorRef(id), Face::Author(id), Face::AuthorList(id)]);
        }
        all.extend((0..self.series.len()).map(|at| Face::Series(SeriesId::at(at))));
        all.extend((0..self.pages.len()).map(|at| Face::Page(PageId::at(at))));
        all.extend((0..self.pairs.len()).map(|at| Face::Pair(PairId::at(at))));
        all.extend((0..self.kinds.len()).map(Face::Kind));
        all.extend([Face::Latest, Face::Highest, Face::Home, Face::Front, Face::Counts]);
        all.extend([Face::Days, Face::Indexes, Face::Graph, Face::Sitemap, Face::News, Face::Search]);
        all.extend([Face::Record, Face::Corrections]);
        all.extend((0..self.months.len()).map(Face::Judgments));
        all.extend((0..self.words.len()).map(Face::Words));
        all
    }

    fn look(&self, face: Face) -> (u64, Digest) {
        let article = |id: ArticleId| &self.articles[id.index()];
        let entity = |id: EntityId| &self.entities[id.index()];
        let section = |id: SectionId, at: usize| (self.sections[id.index()].0, self.sections[id.index()].1[at]);
        let author = |id: AuthorId, at: usize| (self.authors[id.index()].0, self.authors[id.index()].1[at]);
        match face {
            Face::Card(id) => (article(id).name, article(id).card),
            Face::Article(id) => (article(id).name, article(id).whole),
            Face::Naming(id) => (article(id).name, article(id).naming),
            Face::History(id) => (article(id).name, article(id).history),
            Face::Ref(id) => (entity(id).name, entity(id).reference),
            Face::Roles(id) => (entity(id).name, entity(id).roles),
            Face::Entity(id) => (entity(id).name, entity(id).whole),
            Face::EntityList(id) => (entity(id).name, entity(id).list),
            Face::Company(id) => (entity(id).name, entity(id).company),
            Face::Timeline(id) => (entity(id).name, entity(id).timeline),
            Face::SectionRef(id) => section(id, 0),
            Face::Section(id) => section(id, 1),
            Face::SectionList(id) => section(id, 2),
            Face::AuthorRef(id) => author(id, 0),
            Face::Author(id) => author(id, 1),
            Face::AuthorList(id) => author(id, 2),
            Face::Series(id) => self.series[id.index()],
            Face::Page(id) => self.pages[id.index()],
            Face::Pair(id) => self.pairs[id.index()],
            Face::Kind(kind) => self.kinds[kind],
            Face::Latest => (0, self.whole[0]),
            Face::Highest => (0, self.whole[1]),
            Face::Home => (0, self.whole[2]),
            Face::Front => (0, self.whole[3]),
            Face::Counts => (0, self.whole[4]),
            Face::Days => (0, self.whole[5]),
            Face::Indexes => (0, self.whole[6]),
            Face::Graph => (0, self.whole[7]),
            Face::Sitemap => (0, self.whole[8]),
            Face::News => (0, self.whole[9]),
            Face::Record => (0, self.whole[10]),
            Face::Corrections => (0, self.whole[11]),
            Face::Judgments(at) => self.months[at],
            Face::Words(at) => self.words[at],
            Face::Search => (0, self.search),
        }
    }
}

/// The number that stands for a sort of face in the cache.
fn sort(face: Face) -> u8 {
    match face {
        Face::Card(_) => 0,
        Face::Article(_) => 1,
        Face::Naming(_) => 2,
        Face::Ref(_) => 3,
        Face::Roles(_) => 4,
        Face::Entity(_) => 5,
        Face::EntityList(_) => 6,
        Face::Company(_) => 7,
        Face::Timeline(_) => 8,
        Face::SectionRef(_) => 9,
        Face::Section(_) => 10,
        Face::SectionList(_) => 11,
        Face::AuthorRef(_) => 12,
        Face::Author(_) => 13,
        Face::AuthorList(_) => 14,
        Face::Series(_) => 15,
        Face::Page(_) => 16,
        Face::Pair(_) => 17,
        Face::Kind(_) => 18,
        Face::Latest => 19,
        Face::Highest => 20,
        Face::Home => 21,
        Face::Front => 22,
        Face::Counts => 23,
        Face::Days => 24,
        Face::Indexes => 25,
        Face::Graph => 26,
        Face::Sitemap => 27,
        Face::News => 28,
        Face::Words(_) => 29,
        Face::Search => 30,
        Face::Judgments(_) => 31,
        Face::Record => 32,
        Face::Corrections => 33,
        Face::History(_) => 34,
    }
}

impl FaceName {
    /// What it is, in words, for those who ask why a page was made again.
    pub fn words(self) -> &'static str {
        const WORDS: [&str; 35] = [
            "the card of an article (title, summary, dates, marking, byline, what it is about)",
            "the article itself (text, front matter, what it leads to)",
            "whom an article names, and the sentences that do",
            "the name or address of an entity",
            "the roles of a person",
            "what the entity’s file says, or the entities around it",
            "the list of the entity’s articles",
            "who appears with the entity",
            "what happened to the entity",
            "the name of a section",
            "the section’s text",
            "the list of the section’s articles",
            "the name of an author",
            "what the author’s file says",
            "the list of the author’s articles",
            "a series",
            "the page’s text",
            "the pair’s articles",
            "the entities of the kind, with counts and notes",
            "the day of the newest article",
            "the highest marking of the site",
            "the text of the home page",
            "the order of all articles",
            "the numbers of articles of all entities",
            "the days of all articles",
            "all authors and series",
            "all cards, entities and appearances",
            "the pages of the site, with days, pictures and translations",
            "the articles of the last two days",
            "where some words stand that are searched",
            "what searching begins with (months, entities, which words there are)",
            "the key judgments of a month",
            "the numbers of key judgments, and what came of them",
            "the corrections of all articles",
            "the revisions of an article",
        ];
        WORDS.get(usize::from(self.sort)).copied().unwrap_or("something that is no more")
    }
}

fn of_sitemap(site: &Site) -> Digest {
    let mut digester = Digester::default();
    for page in sitemap::pages(site) {
        let sitemap::Listed { url, changed, picture, languages, original } = page;
        digester.take(&(url, changed, picture, languages, original));
    }
    digester.take(&site.pages.len());
    digester.digest()
}

/// The shards of words.
fn words(site: &Site) -> Vec<(u64, Digest)> {
    let shards = site.search.iter().flat_map(|search| &search.shards);
    shards.map(|shard| (Digest::of(&shard.key).number(), shard.digest)).collect()
}

fn reference(site: &Site, entity: &Entity) -> Digest {
    let code = entity.country.map(|country| country.code);
    let wikidata = entity.country.and_then(|country| country.wikidata);
    let own = entity.meta.as_ref().map(|meta| (&meta.input.wikidata, &meta.input.same_as));
    Digest::of(&(&site.kind_of(entity).id, &entity.name, &entity.slug, &entity.url, code, wikidata, own))
}

fn of_article(site: &Site, names: &Names, id: ArticleId) -> ArticleFaces {
    let article = site.article(id);
    // Taken apart whole, so that a new field cannot be forgotten here.
    let Article {
        path,
        folder: _,
        url,
        meta,
        document,
        article_type,
        lang,
        marking,
        section,
        authors,
        entities: _,
        listed: _,
        found,
        source_numbers,
        links_to,
        linked_from,
        follows,
        followed_by,
        series,
        translations,
        original,
        related,
        older,
        newer,
    } = article;
    let name = names.article(id);
    let bylines: Vec<_> = authors.iter().map(|id| site.author(*id)).map(|author| (&author.name, &author.url)).collect();
    let mut card = Digester::default();
    card.take(&(name, url, &meta.title, &meta.date, &meta.updated, article_type, &meta.label, lang, marking, bylines));
    card.take(&(&meta.summary, meta.featured, meta.corrections.is_empty(), document.facts.reading_minutes));
    card.take(&meta.redirect_from.first());
    if meta.summary.is_none() {
        card.take(&(&meta.bottom_line, meta.bottom_line.is_none().then_some(&document.facts.excerpt)));
    }
    take_picture(&mut card, site, path, meta.image.as_ref());
    for one in article.entities.iter().filter(|one| one.about) {
        card.take(&names.reference(one.entity));
    }
    let card = card.digest();

    let mut naming = Digester::default();
    naming.take(&(name, url, &meta.date, &meta.title));
    names.take_appearances(&mut naming, article);
    names.take_sentences(&mut naming, found);

    let mut whole = Digester::default();
    whole.take(&(card, meta, source_numbers, section.map(|id| &site.section(id).url)));
    whole.take(document);
    names.take_appearances(&mut whole, article);
    names.take_found(&mut whole, found);
    let series = series.map(|(id, position)| (&site.series[id.index()].url, position));
    whole.take(&(series, original.map(|id| names.article(id))));
    for ids in [links_to, linked_from, follows, followed_by, translations, related] {
        whole.take(&list(site, names, ids));
    }
    for neighbour in [older, newer] {
        whole.take(&neighbour.map(|id| (names.article(id), site.article(id).marking)));
    }
    let mut judgments = Digester::default();
    if !meta.key_judgments.is_empty() {
        judgments.take(&(name, url, &meta.title, &meta.date, lang, marking));
        for Judgment { input, tlp, outcome_date, index: _ } in &meta.key_judgments {
            let JudgmentInput { text, likelihood, confidence, sources: _, outcome, tlp: _ } = input;
            judgments.take(&(text, likelihood, confidence, outcome, tlp, outcome_date));
            // The sources of an outcome are named by the register.
            for id in outcome.iter().flat_map(|outcome| &outcome.sources.0) {
                let at = meta.sources.iter().position(|source| source.input.id == *id);
                judgments.take(&at.map(|at| (&meta.sources[at].input.title, source_numbers[at])));
            }
        }
    }
    let mut history = Digester::default();
    for revision in history::revisions(site, article) {
        history.take(revision);
    }
    ArticleFaces {
        name,
        card,
        whole: whole.digest(),
        naming: naming.digest(),
        judgments: judgments.digest(),
        history: history.digest(),
    }
}

fn of_entity(site: &Site, names: &Names, id: EntityId, pairs: &[PairId]) -> EntityFaces {
    let entity = site.entity(id);
    let Entity {
        kind: _,
        name: _,
        slug,
        url: _,
        origin,
        field: _,
        meta,
        document,
        country,
        articles,
        timeline,
        countries,
        roles,
        relations,
        parent,
        children,
        office_holders,
        found,
    } = entity;
    let reference = names.reference(id);
    let mut of_roles = Digester::default();
    for held in roles {
        let places = [held.country, held.organization].map(|id| id.map(|id| names.reference(id)));
        of_roles.take(&(&held.role, places, site.role_text(held, site.language())));
    }
    let of_roles = of_roles.digest();

    let mut whole = Digester::default();
    whole.take(&(reference, of_roles, slug, origin, meta, country.map(|country| country.code)));
    if let Some(document) = document {
        whole.take(document);
    }
    names.take_found(&mut whole, found);
    take_picture(&mut whole, site, origin, meta.as_ref().and_then(|meta| meta.input.image.as_ref()));
    let references = |ids: &[EntityId]| ids.iter().map(|id| names.reference(*id)).collect::<Vec<_>>();
    whole.take(&(references(countries), parent.map(|id| names.reference(id)), references(children)));
    for (to, relation) in relations {
        whole.take(&(names.reference(*to), relation));
    }
    for (person, index) in office_holders {
        let held = &site.entity(*person).roles[*index];
        whole.take(&(names.reference(*person), &held.role, site.role_text(held, site.language())));
    }

    let mut company = Digester::default();
    for one in site.connections.of(id) {
        company.take(&(names.reference(one.entity), one.together, one.about));
    }
    for pair in pairs {
        company.take(&site.connections.pair(*pair).url);
    }

    let mut happened = Digester::default();
    for entry in timeline {
        happened.take(&(entry.date, timelines::text(site, entry.what)));
        match entry.what {
            What::Event(id, index) | What::Dated(id, index) => {
                let article = site.article(id);
                happened.take(&(names.article(id), index, &article.url));
            }
            What::Begins(person, index) | What::Ends(person, index) => {
                let begins = matches!(entry.what, What::Begins(..));
                let text = site.role_text(&site.entity(person).roles[index], site.language());
                happened.take(&(begins, names.reference(person), text));
            }
            What::Correction(id, index) => {
                let article = site.article(id);
                happened.take(&(names.article(id), &article.meta.corrections[index], &article.url));
            }
        }
    }
    EntityFaces {
        name: names.entity(id),
        reference,
        roles: of_roles,
        whole: whole.digest(),
        list: list(site, names, articles),
        company: company.digest(),
        timeline: happened.digest(),
    }
}

fn of_pair(site: &Site, names: &Names, id: PairId) -> Named {
    let pair = site.connections.pair(id);
    let mut digester = Digester::default();
    digester.take(&(pair.entities.map(|id| names.reference(id)), &pair.url, list(site, names, &pair.articles)));
    for id in &pair.articles {
        names.take_appearances(&mut digester, site.article(*id));
    }
    (name_of(pair.url.as_str()), digester.digest())
}
