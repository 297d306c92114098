//! What can be searched of a site that was assembled again: only what has changed is read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use crate::site::ids::EntityId;
use crate::site::search::{
    NameWords, Search, Word, differences, entities_by_word, months, names_of_all, numbered, one, records, shards_of,
};
use crate::site::{Article, Entity, Site};

/// What an article has now of a word: its number, and how much the word says of it, if it has it.
type Change = (u32, Option<u8>);

impl Search {
    /// What can be searched of a site that came out of another one, of which this can be; none when so much has changed
    /// that it is as well to read everything.
    pub(crate) fn after(&self, before: &Site, site: &Site) -> Option<Self> {
        let numbers = before.articles.len().max(site.articles.len());
        let (then, now) = rayon::join(|| Seen::new(before), || Seen::new(site));
        let ids = Ids::new(before, site);
        let is_renamed = then.renamed(&now, &ids);
        let is_changed = |number: &usize| {
            let of = |site: &'_ Site| (*number < site.articles.len()).then_some(*number);
            match (of(before), of(site)) {
                (Some(_), Some(_)) => {
                    let (old, new) = (numbered(before, *number), numbered(site, *number));
                    !is_alike((before, old), (site, new), &ids, &is_renamed)
                }
                _ => true,
            }
        };
        let changed: Vec<usize> = (0..numbers).into_par_iter().filter(is_changed).collect();
        if changed.len() > MOST_CHANGED.max(numbers / 8) {
            return None;
        }
        let read = |seen: &Seen, number: usize| match number < seen.site.articles.len() {
            true => one(seen.site, &seen.names, numbered(seen.site, number)),
            false => BTreeMap::new(),
        };
        let changes: Vec<Vec<(Box<str>, Change)>> = changed
            .into_par_iter()
            .map(|number| {
                let words = differences(&read(&then, number), &read(&now, number));
                words.into_iter().map(|(word, impact)| (word, (number as u32, impact))).collect()
            })
            .collect();
        let mut by_word: BTreeMap<Box<str>, Vec<Change>> = BTreeMap::new();
        for (word, change) in changes.into_iter().flatten() {
            by_word.entry(word).or_default().push(change);
        }
        let records = records(site);
        let mut search = Self {
            articles: site.articles.len(),
            months: months(site),
            shards: self.shards.clone(),
            records: self.records.clone(),
        };
        let mut touched: BTreeSet<usize> = BTreeSet::new();
        for (word, changes) in &by_word {
            let at = self.shard_of(word)?;
            search.shards[at].put(word, changes);
            touched.insert(at);
        }
        for (word, entities) in other_entities(then.by_word, now.by_word, &ids) {
            let at = self.shard_of(&word)?;
            search.shards[at].change(&word, |word: &mut Word| word.entities = entities.into());
            touched.insert(at);
        }
        let are_records_alike = ids.are_same && *self.records == records;
        if !are_records_alike {
            search.records = records.into();
        }
        if !search.is_cut_rightly() {
            let words = search.shards.into_iter().flat_map(|shard| shard.words.to_vec()).collect();
            search.shards = shards_of(words);
            touched = (0..search.shards.len()).collect();
        }
        let records = &search.records;
        search.shards.par_iter_mut().enumerate().for_each(|(at, shard)| {
            if !are_records_alike || touched.contains(&at) {
                shard.digest = shard.digest_now(records);
            }
        });
        Some(search)
    }
}

/// With so many articles that have changed it is not asked which share of all they are.
const MOST_CHANGED: usize = 64;

/// A site with the words of its names.
struct Seen<'a> {
    site: &'a Site,
    names: NameWords,
    by_word: BTreeMap<String, Vec<EntityId>>,
}

impl<'a> Seen<'a> {
    fn new(site: &'a Site) -> Self {
        Self { site, names: names_of_all(site), by_word: entities_by_word(site) }
    }

    /// Whether each entity of now goes by other words than before, or by other ones as a topic.
    fn renamed(&self, now: &Seen, ids: &Ids) -> Vec<bool> {
        let mut renamed = vec![true; now.site.entities.len()];
        for (index, id) in ids.now.iter().enumerate() {
            let Some(id) = id else { continue };
            let (old, new) = (&self.site.entities[index], now.site.entity(*id));
            let is_same = old.url == new.url && self.names.get(&EntityId::at(index)) == now.names.get(id);
            renamed[id.index()] = !is_same;
        }
        renamed
    }
}

/// Which entities of now those before are.
struct Ids {
    now: Vec<Option<EntityId>>,
    /// Whether all have the numbers that they had.
    are_same: bool,
}

impl Ids {
    fn new(before: &Site, site: &Site) -> Self {
        let key = |entity: &'_ Entity| (entity.kind, entity.slug.clone());
        let known: HashMap<(usize, String), EntityId> =
            site.entities.iter().enumerate().map(|(index, entity)| (key(entity), EntityId::at(index))).collect();
        let now: Vec<Option<EntityId>> =
            before.entities.iter().map(|entity| known.get(&key(entity)).copied()).collect();
        let are_same = before.entities.len() == site.entities.len()
            && now.iter().enumerate().all(|(index, id)| *id == Some(EntityId::at(index)));
        Self { now, are_same }
    }
}

/// Whether two articles have the same words in searching, by what they are made of.
fn is_alike((before, old): (&Site, &Article), (site, new): (&Site, &Article), ids: &Ids, renamed: &[bool]) -> bool {
    let entities_then = old.entities.iter().map(|one| (ids.now[one.entity.index()], one.about));
    let entities_now = new.entities.iter().map(|one| (Some(one.entity), one.about));
    let authors_then = old.authors.iter().map(|id| &before.author(*id).name);
    let authors_now = new.authors.iter().map(|id| &site.author(*id).name);
    old.path == new.path
        && old.meta.is(&new.meta)
        && old.document.is(&new.document)
        && entities_then.eq(entities_now)
        && authors_then.eq(authors_now)
        && new.entities.iter().all(|one| !renamed[one.entity.index()])
}

/// The words by which other entities go than before, with these; or the same ones under other numbers.
fn other_entities(
    then: BTreeMap<String, Vec<EntityId>>,
    mut now: BTreeMap<String, Vec<EntityId>>,
    ids: &Ids,
) -> Vec<(String, Vec<EntityId>)> {
    let mut other = Vec::new();
    for (word, entities) in then {
        let new = now.remove(&word).unwrap_or_default();
        if !ids.are_same || new != entities {
            other.push((word, new));
        }
    }
    other.extend(now);
    other
}
