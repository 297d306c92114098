//! Which entities appear together in enough articles to be told of, with when: the edges of the graph.
//!
//! The pairs of an archive grow faster than the archive: what a briefing names is joined with all else that it names. So
//! a graph has a most number of edges, and where there would be more, those of the fewest briefings are left out.

use std::collections::BTreeMap;
use std::io;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::site::Site;
use crate::site::ids::EntityId;

/// The edges of a site's graph.
#[derive(Debug)]
pub struct Edges {
    /// For each entity those to entities with higher ids, by these ids.
    of: Vec<Vec<Edge>>,
    /// Articles that an edge has at least.
    pub least: u32,
}

/// What two entities have in common.
#[derive(Debug, PartialEq, Eq)]
pub struct Edge {
    /// The one with the higher id.
    pub right: EntityId,
    /// Articles in which both appear.
    pub weight: u32,
    /// Articles that are about both.
    pub about: u32,
    /// Dated articles by year, the earliest first.
    pub years: Vec<(i16, u32)>,
    /// First and last day.
    pub days: Option<(Date, Date)>,
}

impl Edges {
    /// Finds those of as many articles as the settings ask for, or as it takes to have no more edges than they allow.
    ///
    /// On one thread: whoever waits for the edges might else be asked to find them.
    pub fn find(site: &Site) -> Self {
        let finder = Finder::new(site);
        let mut tally = Tally { times: vec![0; site.entities.len()], met: Vec::new() };
        let settings = &site.config.pairs;
        let asked = u32::try_from(settings.graph).unwrap_or(u32::MAX);
        let least = least(finder.weights(&mut tally), asked, settings.edges);
        let entities = (0..site.entities.len()).map(EntityId::at);
        Self { of: entities.map(|left| finder.edges(left, least, &mut tally)).collect(), least }
    }

    /// Hands to `put` what `line` makes of each edge, in the order of the ids of its entities, some thousand at once.
    pub fn write(
        &self,
        line: impl Fn(&mut String, EntityId, &Edge) + Sync,
        put: impl FnMut(&str) -> io::Result<()>,
    ) -> io::Result<()> {
        self.write_some(AT_ONCE, line, put)
    }

    fn write_some(
        &self,
        at_once: usize,
        line: impl Fn(&mut String, EntityId, &Edge) + Sync,
        mut put: impl FnMut(&str) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut from = 0;
        while from < self.of.len() {
            let (mut to, mut edges) = (from, 0);
            while to < self.of.len() && edges < at_once {
                edges += self.of[to].len();
                to += 1;
            }
            let lines = (from..to).into_par_iter().map(|left| {
                let mut text = String::new();
                self.of[left].iter().for_each(|edge| line(&mut text, EntityId::at(left), edge));
                text
            });
            let lines: Vec<String> = lines.collect();
            lines.iter().filter(|lines| !lines.is_empty()).try_for_each(|lines| put(lines))?;
            from = to;
        }
        Ok(())
    }
}

/// Edges that are written at once: threads have work, and little waits.
const AT_ONCE: usize = 1 << 14;

/// Finds the edges of one entity at a time, so that those of few articles are never all in memory.
struct Finder<'a> {
    site: &'a Site,
    /// The entities of each article and whether it is about them; a briefing in several languages counts once.
    listed: Vec<Vec<(EntityId, bool)>>,
}

/// How often other entities were met, all zero between two uses.
struct Tally {
    times: Vec<u32>,
    /// Those that were met at all.
    met: Vec<EntityId>,
}

impl<'a> Finder<'a> {
    fn new(site: &'a Site) -> Self {
        let mut listed: Vec<Vec<(EntityId, bool)>> = vec![Vec::new(); site.articles.len()];
        for (index, entity) in site.entities.iter().enumerate() {
            for id in &entity.articles {
                let named = site.article(*id).entities.iter().find(|one| one.entity.index() == index);
                listed[id.index()].push((EntityId::at(index), named.is_some_and(|one| one.about)));
            }
        }
        Self { site, listed }
    }

    /// How many edges there are of each weight.
    fn weights(&self, tally: &mut Tally) -> BTreeMap<u32, usize> {
        let mut weights = BTreeMap::new();
        for left in (0..self.site.entities.len()).map(EntityId::at) {
            self.count(left, tally);
            for right in tally.met.drain(..) {
                *weights.entry(std::mem::take(&mut tally.times[right.index()])).or_default() += 1;
            }
        }
        weights
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
    fn edges(&self, left: EntityId, least: u32, tally: &mut Tally) -> Vec<Edge> {
        self.count(left, tally);
        tally.met.sort_unstable();
        let mut edges: Vec<Edge> = Vec::new();
        // From now on the number of the edge to each, counted from 1.
        for right in &tally.met {
            let times = &mut tally.times[right.index()];
            let weight = std::mem::take(times);
            if weight >= least {
                edges.push(Edge { right: *right, weight, about: 0, years: Vec::new(), days: None });
                *times = u32::try_from(edges.len()).unwrap_or(0);
            }
        }
        for id in &self.site.entity(left).articles {
            let listed = &self.listed[id.index()];
            let about = listed.binary_search_by_key(&left, |one| one.0).is_ok_and(|at| listed[at].1);
            let day = self.site.article(*id).meta.date.as_ref().map(|date| date.day);
            for (right, is_about) in self.higher(id.index(), left) {
                let number = tally.times[right.index()] as usize;
                let Some(edge) = number.checked_sub(1).and_then(|at| edges.get_mut(at)) else { continue };
                edge.about += u32::from(about && *is_about);
                day.into_iter().for_each(|day| edge.add(day));
            }
        }
        tally.met.drain(..).for_each(|right| tally.times[right.index()] = 0);
        edges
    }
}

impl Edge {
    fn add(&mut self, day: Date) {
        let (first, last) = self.days.unwrap_or((day, day));
        self.days = Some((first.min(day), last.max(day)));
        match self.years.binary_search_by_key(&day.year(), |year| year.0) {
            Ok(at) => self.years[at].1 += 1,
            Err(at) => self.years.insert(at, (day.year(), 1)),
        }
    }
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
    fn edges_are_written_in_order_however_many_at_once() {
        let edge =
            |right: usize| Edge { right: EntityId::at(right), weight: 1, about: 0, years: Vec::new(), days: None };
        let of = [vec![1, 3], vec![2], vec![3, 4, 5], vec![4], vec![], vec![]];
        let of = of.map(|rights| rights.into_iter().map(edge).collect()).into();
        let edges = Edges { of, least: 1 };
        for at_once in [1, 2, 3, 100] {
            let mut written = String::new();
            let line = |text: &mut String, left: EntityId, edge: &Edge| {
                text.push_str(&format!("{}-{} ", left.index(), edge.right.index()));
            };
            let put = |lines: &str| {
                written.push_str(lines);
                Ok(())
            };
            edges.write_some(at_once, line, put).unwrap();
            assert_eq!(written, "0-1 0-3 1-2 2-3 2-4 2-5 3-4 ", "{at_once} at once");
        }
        let failed = edges.write(|text, _, _| text.push('x'), |_| Err(io::ErrorKind::StorageFull.into()));
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull);
    }

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
