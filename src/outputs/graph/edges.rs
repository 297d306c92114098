//! Which entities appear together, and how often.
//!
//! The pairs of an archive grow faster than the archive: what a briefing names is joined with all else that it names. So
//! a graph has a most number of edges, and where there would be more, those of the fewest briefings are left out.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::site::Site;
use crate::site::ids::EntityId;

/// What two entities have in common.
pub(super) struct Edge {
    /// The one with the higher id.
    pub(super) right: EntityId,
    /// Articles in which both appear.
    pub(super) weight: u32,
    /// Articles that are about both.
    pub(super) about: u32,
    /// Articles by year, the earliest first.
    pub(super) years: Vec<(i16, u32)>,
    /// First and last day.
    pub(super) days: Option<(jiff::civil::Date, jiff::civil::Date)>,
}

/// Finds the edges of one entity at a time, so that all of them are never in memory.
pub(super) struct Edges<'a> {
    site: &'a Site,
    /// The entities of each article and whether it is about them; a briefing in several languages counts once.
    listed: Vec<Vec<(EntityId, bool)>>,
    /// Articles that an edge has at least.
    pub(super) least: u32,
}

impl<'a> Edges<'a> {
    /// Those of a site: each with as many articles as its settings ask for, or as it takes to have no more edges than
    /// they allow.
    pub(super) fn new(site: &'a Site) -> Self {
        let mut listed: Vec<Vec<(EntityId, bool)>> = vec![Vec::new(); site.articles.len()];
        for (index, entity) in site.entities.iter().enumerate() {
            for id in &entity.articles {
                let named = site.article(*id).entities.iter().find(|one| one.entity.index() == index);
                listed[id.index()].push((EntityId::at(index), named.is_some_and(|one| one.about)));
            }
        }
        let settings = &site.config.pairs;
        let mut edges = Self { site, listed, least: u32::try_from(settings.graph).unwrap_or(u32::MAX) };
        edges.least = least(edges.weights(), edges.least, settings.edges);
        edges
    }

    /// How many edges there are of each weight.
    fn weights(&self) -> BTreeMap<u32, usize> {
        let entities = (0..self.site.entities.len()).into_par_iter();
        let counted = entities.fold(
            || (BTreeMap::new(), self.tally()),
            |(mut weights, mut tally), index| {
                self.count(EntityId::at(index), &mut tally);
                for right in tally.met.drain(..) {
                    *weights.entry(std::mem::take(&mut tally.times[right.index()])).or_default() += 1;
                }
                (weights, tally)
            },
        );
        counted.map(|(weights, _)| weights).reduce(BTreeMap::new, |mut all, some| {
            some.into_iter().for_each(|(weight, edges)| *all.entry(weight).or_default() += edges);
            all
        })
    }

    fn tally(&self) -> Tally {
        Tally { times: vec![0; self.site.entities.len()], met: Vec::new() }
    }

    /// The entities with higher ids that an article of this one has.
    fn higher(&self, article: usize, left: EntityId) -> &[(EntityId, bool)] {
        let listed = &self.listed[article];
        &listed[listed.partition_point(|(right, _)| *right <= left)..]
    }

    /// Counts in how many articles each entity with a higher id appears with this one.
    fn count(&self, left: EntityId, tally: &mut Tally) {
        for id in &self.site.entity(left).articles {
            for (right, _) in self.higher(id.index(), left) {
                let times = &mut tally.times[right.index()];
                if *times == 0 {
                    tally.met.push(*right);
                }
                *times += 1;
            }
        }
    }

    /// The edges to entities with higher ids that have enough articles, by these ids.
    fn of(&self, left: EntityId, tally: &mut Tally) -> Vec<Edge> {
        self.count(left, tally);
        let mut found: Vec<(EntityId, Option<jiff::civil::Date>, bool)> = Vec::new();
        for id in &self.site.entity(left).articles {
            let listed = &self.listed[id.index()];
            let about = listed.binary_search_by_key(&left, |one| one.0).is_ok_and(|at| listed[at].1);
            let day = self.site.article(*id).meta.date.as_ref().map(|date| date.day);
            let enough = self.higher(id.index(), left).iter().filter(|one| tally.times[one.0.index()] >= self.least);
            found.extend(enough.map(|(right, is_about)| (*right, day, about && *is_about)));
        }
        tally.met.drain(..).for_each(|right| tally.times[right.index()] = 0);
        found.sort_unstable();
        let edge = |group: &[(EntityId, Option<jiff::civil::Date>, bool)]| {
            let days: Vec<jiff::civil::Date> = group.iter().filter_map(|one| one.1).collect();
            let years = days.chunk_by(|one, other| one.year() == other.year());
            Edge {
                right: group[0].0,
                weight: u32::try_from(group.len()).unwrap_or(u32::MAX),
                about: group.iter().map(|one| u32::from(one.2)).sum(),
                years: years.map(|days| (days[0].year(), u32::try_from(days.len()).unwrap_or(u32::MAX))).collect(),
                days: days.first().copied().zip(days.last().copied()),
            }
        };
        found.chunk_by(|one, other| one.0 == other.0).map(edge).collect()
    }

    /// What `write` makes of the edges of each entity, in the order of their ids.
    pub(super) fn written(&self, write: impl Fn(&mut String, EntityId, &Edge) + Sync) -> Vec<String> {
        let entities = (0..self.site.entities.len()).into_par_iter();
        let written = entities.map_init(
            || self.tally(),
            |tally, index| {
                let left = EntityId::at(index);
                let mut text = String::new();
                self.of(left, tally).iter().for_each(|edge| write(&mut text, left, edge));
                text
            },
        );
        written.collect()
    }
}

/// How often other entities were met, all zero between two uses.
struct Tally {
    times: Vec<u32>,
    /// Those that were met at all.
    met: Vec<EntityId>,
}

/// The least weight of an edge: the one asked for, or the lowest above it that leaves no more than `most` edges.
fn least(weights: BTreeMap<u32, usize>, asked: u32, most: usize) -> u32 {
    let mut edges = 0_usize;
    for (weight, count) in weights.into_iter().rev().take_while(|(weight, _)| *weight >= asked) {
        edges += count;
        if edges > most {
            return weight.saturating_add(1);
        }
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_weight_rises_until_the_edges_fit() {
        let weights = || BTreeMap::from([(1, 900), (2, 500), (3, 80), (5, 15), (9, 5)]);
        assert_eq!(least(weights(), 2, 600), 2);
        assert_eq!(least(weights(), 2, 599), 3, "600 edges of two and more");
        assert_eq!(least(weights(), 2, 100), 3);
        assert_eq!(least(weights(), 2, 99), 4, "no edge has four, and those of three are too many");
        assert_eq!(least(weights(), 6, 5), 6, "what is asked for holds, whatever there is");
        assert_eq!(least(weights(), 1, 4), 10, "none fit");
        assert_eq!(least(BTreeMap::new(), 2, 0), 2);
    }
}
