//! What is known of a site's faces from those of the site before.
//!
//! Most of what two sites hold is shared between them, so to see that an article is as it was costs far less than to take
//! its digest again. What the faces of one thing show of others is held together: when any of it may be another, nothing
//! is known.

use crate::base::held::Held;
use crate::content::entity::EntityMeta;
use crate::content::read::Document;
use crate::site::alike::is_numbered_alike;
use crate::site::ids::{ArticleId, EntityId, PairId};
use crate::site::mentions::Found;
use crate::site::timelines::What;
use crate::site::{Article, Entity, Site};

use super::{ArticleFaces, EntityFaces, Faces};

/// A site held against the one before.
pub(super) struct Known<'a> {
    now: &'a Site,
    then: &'a Site,
    faces: &'a Faces,
    /// For each article whether its file says the same.
    same_articles: Vec<bool>,
    /// For each entity whether its file says the same.
    same_entities: Vec<bool>,
    /// For each article whether the same appear in it.
    same_appearances: Vec<bool>,
    /// Whether the pairs with pages are the same.
    same_pairs: bool,
}

impl<'a> Known<'a> {
    /// Holds a site against the one before, whose faces are given; none when all must be looked at again: things have
    /// come, gone or moved, or are called or dated otherwise.
    pub(super) fn new(now: &'a Site, then: &'a Site, faces: &'a Faces) -> Option<Self> {
        let called_alike = |(now, then): (&Entity, &Entity)| now.name == then.name && linked(now) == linked(then);
        let listed_alike = |(now, then): (&Held<Article>, &Held<Article>)| {
            now.meta.date == then.meta.date && now.marking == then.marking
        };
        let is_framed_alike = is_numbered_alike(then, now)
            && now.articles.iter().zip(&then.articles).all(listed_alike)
            && now.entities.iter().zip(&then.entities).all(called_alike)
            && now.attachments.is(&then.attachments)
            && now.histories.is(&then.histories)
            && *now.published == *then.published
            && now.authors.len() == then.authors.len()
            && now
                .authors
                .iter()
                .zip(&then.authors)
                .all(|(now, then)| (&now.name, &now.url) == (&then.name, &then.url))
            && now.sections.len() == then.sections.len()
            && now.sections.iter().zip(&then.sections).all(|(now, then)| now.url == then.url)
            && now.series.len() == then.series.len()
            && now.series.iter().zip(&then.series).all(|(now, then)| now.url == then.url);
        if !is_framed_alike {
            return None;
        }
        let articles = now.articles.iter().zip(&then.articles);
        let entities = now.entities.iter().zip(&then.entities);
        let (pairs, then_pairs) = (now.connections.pairs(), then.connections.pairs());
        Some(Self {
            same_articles: articles
                .clone()
                .map(|(now, then)| now.meta.is_like(&then.meta) && now.document.is_like(&then.document))
                .collect(),
            same_appearances: articles.clone().map(|(now, then)| now.entities == then.entities).collect(),
            same_entities: entities.map(|(now, then)| is_written_alike(now, then)).collect(),
            same_pairs: pairs.len() == then_pairs.len()
                && pairs.iter().zip(then_pairs).all(|(now, then)| now.entities == then.entities),
            now,
            then,
            faces,
        })
    }

    /// What an article and an entity go by in digests: they are called as they were.
    pub(super) fn names(&self) -> super::Names {
        super::Names {
            articles: self.faces.articles.iter().map(|faces| faces.name).collect(),
            entities: self.faces.entities.iter().map(|faces| faces.name).collect(),
            references: self.faces.entities.iter().map(|faces| faces.reference).collect(),
        }
    }

    /// The faces of an article, when all that they show is as it was.
    pub(super) fn article(&self, id: ArticleId) -> Option<ArticleFaces> {
        let is_same = self.same_articles[id.index()] && self.is_alike(id);
        is_same.then(|| self.faces.articles[id.index()])
    }

    /// Whether what is around an article, and was found in it, is as it was.
    fn is_alike(&self, id: ArticleId) -> bool {
        // Taken apart whole, so that a new field cannot be forgotten here.
        let Article {
            path: _,
            folder: _,
            url,
            meta: _,
            document: _,
            article_type,
            lang,
            marking: _,
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
        } = self.now.article(id);
        let then = self.then.article(id);
        is_found_alike(found, &then.found)
            && *url == then.url
            && *article_type == then.article_type
            && *lang == then.lang
            && *section == then.section
            && *authors == then.authors
            && self.same_appearances[id.index()]
            && *source_numbers == then.source_numbers
            && *links_to == then.links_to
            && *linked_from == then.linked_from
            && *follows == then.follows
            && *followed_by == then.followed_by
            && *series == then.series
            && *translations == then.translations
            && *original == then.original
            && *related == then.related
            && *older == then.older
            && *newer == then.newer
    }

    /// The faces of an entity, when all that they show is as it was.
    pub(super) fn entity(&self, id: EntityId) -> Option<EntityFaces> {
        let Entity {
            kind: _,
            name: _,
            slug,
            url: _,
            origin,
            field: _,
            meta: _,
            document: _,
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
        } = self.now.entity(id);
        let then = self.then.entity(id);
        let places =
            |entity: &Entity| -> Vec<_> { entity.roles.iter().map(|held| (held.country, held.organization)).collect() };
        let is_same = self.same_entities[id.index()]
            && is_found_alike(found, &then.found)
            && *slug == then.slug
            && *origin == then.origin
            && country.map(|country| country.code) == then.country.map(|country| country.code)
            && *articles == then.articles
            && *timeline == then.timeline
            && *countries == then.countries
            && places(self.now.entity(id)) == places(then)
            && *relations == then.relations
            && *parent == then.parent
            && *children == then.children
            && *office_holders == then.office_holders
            && self.same_pairs
            && self.now.connections.is_alike(&self.then.connections, id);
        if !is_same {
            return None;
        }
        // How a country is called in a phrase, and what a role is, their own files say.
        let held = roles.iter().chain(office_holders.iter().map(|(person, at)| &self.now.entity(*person).roles[*at]));
        let places = held.flat_map(|held| [held.country, held.organization]).flatten();
        let mut around = places.chain(office_holders.iter().map(|(person, _)| *person));
        let tells_alike = timeline.iter().all(|entry| match entry.what {
            What::Event(id, _) | What::Dated(id, _) | What::Correction(id, _) => {
                self.same_articles[id.index()] && self.now.article(id).url == self.then.article(id).url
            }
            What::Begins(person, at) | What::Ends(person, at) => {
                let held = &self.now.entity(person).roles[at];
                [Some(person), held.country, held.organization]
                    .iter()
                    .flatten()
                    .all(|id| self.same_entities[id.index()])
            }
        });
        let is_same = tells_alike && around.all(|id| self.same_entities[id.index()]);
        is_same.then(|| self.faces.entities[id.index()])
    }

    /// The face of a pair, when all that it shows is as it was.
    pub(super) fn pair(&self, id: PairId) -> Option<super::Named> {
        let (now, then) = (self.now.connections.pairs(), self.then.connections.pairs());
        let (pair, old) = (&now[id.index()], then.get(id.index()).filter(|_| self.same_pairs)?);
        let is_same = pair.articles == old.articles
            && pair.url == old.url
            && pair.articles.iter().all(|id| self.same_appearances[id.index()]);
        is_same.then(|| self.faces.pairs[id.index()])
    }
}

/// Whether the same was found in two texts.
fn is_found_alike(now: &Held<Found<EntityId>>, then: &Held<Found<EntityId>>) -> bool {
    now.is(then) || **now == **then
}

/// What an entity's file says of it elsewhere.
fn linked(entity: &Entity) -> Option<(&Option<String>, &[String])> {
    entity.meta.as_ref().map(|meta| (&meta.input.wikidata, meta.input.same_as.0.as_slice()))
}

/// Whether the files of two entities say the same.
fn is_written_alike(now: &Entity, then: &Entity) -> bool {
    let metas: [Option<&Held<EntityMeta>>; 2] = [now.meta.as_ref(), then.meta.as_ref()];
    let documents: [Option<&Held<Document>>; 2] = [now.document.as_ref(), then.document.as_ref()];
    let is_meta = match metas {
        [Some(now), Some(then)] => now.is_like(then),
        [now, then] => now.is_none() && then.is_none(),
    };
    is_meta
        && match documents {
            [Some(now), Some(then)] => now.is_like(then),
            [now, then] => now.is_none() && then.is_none(),
        }
}
