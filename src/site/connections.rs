//! Who and what appears together, how often, and which pairs have pages of their own.
//!
//! Counted once for all pages, entity by entity on all threads: the work is that of reading each entity's articles and
//! who else is in them. A briefing in several languages counts once.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use rayon::prelude::*;

use crate::base::held::Held;
use crate::base::paths::UrlPath;
use crate::site::alike::is_numbered_alike;
use crate::site::ids::{ArticleId, EntityId, PairId};
use crate::site::{Appearance, Site, urls};

/// Who and what appears together.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Connections {
    /// For each entity those that appear with it, most often first.
    of: Vec<Held<Vec<Connection>>>,
    /// Pairs with pages, by kind and names.
    pairs: Vec<Pair>,
    /// The pairs by their entities, the smaller id first.
    by_entities: BTreeMap<[EntityId; 2], PairId>,
}

/// An entity that appears with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Connection {
    /// The other.
    pub entity: EntityId,
    /// Articles in which both appear.
    pub together: u32,
    /// Articles that are about both.
    pub about: u32,
}

/// Two entities that enough articles are about.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Pair {
    /// The two in the order of their names.
    pub entities: [EntityId; 2],
    /// Address.
    pub url: UrlPath,
    /// Articles about both, newest first.
    pub articles: Vec<ArticleId>,
}

impl Connections {
    /// Counts what appears together. What was counted in the site before is taken over where it holds.
    pub fn find(site: &Site, before: Option<&Site>) -> Self {
        let before = before.filter(|before| is_numbered_alike(before, site));
        let others = before.map(|before| others(before, site));
        // Side by side in one list: articles lie far apart, and each is looked at once for each of its entities.
        let mut starts: Vec<usize> = Vec::with_capacity(site.articles.len() + 1);
        let mut appearances: Vec<Appearance> = Vec::new();
        for article in &site.articles {
            starts.push(appearances.len());
            appearances.extend(&article.entities);
        }
        starts.push(appearances.len());
        let in_article = |id: ArticleId| &appearances[starts[id.index()]..starts[id.index() + 1]];
        let known = before.zip(others.as_deref()).map(|(before, others)| (&*before.connections, others));
        let of: Vec<Held<Vec<Connection>>> = (0..site.entities.len())
            .into_par_iter()
            .map_init(
                || vec![(0, 0); site.entities.len()],
                |counts, index| match known {
                    Some((connections, others)) if !others[index] => connections.of[index].clone(),
                    _ => company(site, EntityId::at(index), &in_article, counts).into(),
                },
            )
            .collect();
        let mut connections = Self { of, ..Self::default() };
        connections.find_pairs(site, known);
        connections
    }

    /// Those that appear with an entity, most often first; equal counts by the articles about both, then by kind and
    /// name.
    pub fn of(&self, entity: EntityId) -> &[Connection] {
        self.of.get(entity.index()).map_or(&[], |of| of.as_slice())
    }

    /// Whether an entity appears with the same others, as often, as in connections of the same entities.
    pub fn is_alike(&self, then: &Self, entity: EntityId) -> bool {
        match (self.of.get(entity.index()), then.of.get(entity.index())) {
            (Some(now), Some(then)) => now.is(then) || **now == **then,
            (now, then) => now.is_none() && then.is_none(),
        }
    }

    /// The pairs with pages.
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// A pair with a page.
    pub fn pair(&self, id: PairId) -> &Pair {
        &self.pairs[id.index()]
    }

    /// The page of two entities, when they have one.
    pub fn pair_of(&self, left: EntityId, right: EntityId) -> Option<&Pair> {
        self.id_of(left, right).map(|id| self.pair(id))
    }

    fn id_of(&self, left: EntityId, right: EntityId) -> Option<PairId> {
        self.by_entities.get(&[left.min(right), left.max(right)]).copied()
    }

    fn find_pairs(&mut self, site: &Site, known: Option<(&Self, &[bool])>) {
        let wanted = &site.config.pairs;
        let Some(least) = u32::try_from(wanted.least).ok().filter(|least| *least > 0) else { return };
        for (index, company) in self.of.iter().enumerate() {
            let left = EntityId::at(index);
            let kind = site.entity(left).kind;
            if !wanted.kinds.contains(&kind) {
                continue;
            }
            let mut others: Vec<EntityId> = company
                .iter()
                .filter(|one| one.about >= least && one.entity > left && site.entity(one.entity).kind == kind)
                .map(|one| one.entity)
                .collect();
            others.sort_unstable();
            for right in others {
                let old = known.filter(|(_, others)| !others[left.index()] || !others[right.index()]);
                let old = old.and_then(|(connections, _)| connections.pair_of(left, right));
                self.by_entities.insert([left, right], PairId::at(self.pairs.len()));
                self.pairs.push(Pair {
                    entities: [left, right],
                    url: urls::pair(&site.config.kinds[kind], [&site.entity(left).slug, &site.entity(right).slug]),
                    articles: old.map_or_else(|| articles_about(site, left, right), |old| old.articles.clone()),
                });
            }
        }
    }
}

impl Site {
    /// The pairs with pages that list an article.
    pub fn pairs_of(&self, article: ArticleId) -> Vec<PairId> {
        let about = || self.article(article).entities.iter().filter(|one| one.about).map(|one| one.entity);
        let pairs = about().enumerate().flat_map(|(at, left)| about().skip(at + 1).map(move |right| (left, right)));
        pairs.filter_map(|(left, right)| self.connections.id_of(left, right)).collect()
    }
}

/// For each entity whether it may appear with others than before, or elsewhere.
fn others(before: &Site, site: &Site) -> Vec<bool> {
    let mut others: Vec<bool> =
        before.entities.iter().zip(&site.entities).map(|(then, now)| then.articles != now.articles).collect();
    for (then, now) in before.articles.iter().zip(&site.articles) {
        if then.entities != now.entities {
            then.entities.iter().chain(&now.entities).for_each(|one| others[one.entity.index()] = true);
        }
    }
    others
}

/// Counts who appears with an entity; `counts` is scratch of a zero pair per entity, and is left so.
fn company<'a>(
    site: &Site,
    own: EntityId,
    in_article: &impl Fn(ArticleId) -> &'a [Appearance],
    counts: &mut [(u32, u32)],
) -> Vec<Connection> {
    let mut touched: Vec<EntityId> = Vec::new();
    for id in &site.entity(own).articles {
        let entities = in_article(*id);
        let about = entities.iter().any(|one| one.entity == own && one.about);
        for other in entities.iter().filter(|one| one.entity != own) {
            let count = &mut counts[other.entity.index()];
            if *count == (0, 0) {
                touched.push(other.entity);
            }
            count.0 += 1;
            count.1 += u32::from(about && other.about);
        }
    }
    let mut company: Vec<Connection> = touched
        .into_iter()
        .map(|entity| {
            let (together, about) = std::mem::take(&mut counts[entity.index()]);
            Connection { entity, together, about }
        })
        .collect();
    company.sort_unstable_by_key(|one| (std::cmp::Reverse((one.together, one.about)), one.entity));
    company
}

/// The articles about both, newest first.
fn articles_about(site: &Site, left: EntityId, right: EntityId) -> Vec<ArticleId> {
    let shorter = [left, right].into_iter().min_by_key(|id| site.entity(*id).articles.len()).unwrap_or(left);
    let is_about = |id: &ArticleId, entity: EntityId| {
        site.article(*id).entities.iter().any(|one| one.entity == entity && one.about)
    };
    let articles = site.entity(shorter).articles.iter().copied();
    articles.filter(|id| is_about(id, left) && is_about(id, right)).collect()
}
