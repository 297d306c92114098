//! What can be searched of a site that was assembled again: only what has changed is read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use crate::site::ids::EntityId;
use crate::site::search::{
    NameWords, Search, Word, differences, entities_by_word, impact, months, names_of_all, numbered, of_name, one,
    postings, records, shards_of,
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
        let renamed = then.renamed(&now, &ids);
        let added = self.added(&renamed);
        let look = |number: usize| {
            let is_there = |site: &Site| number < site.articles.len();
            if !is_there(before) || !is_there(site) {
                return Look::Read(number);
            }
            let (old, new) = (numbered(before, number), numbered(site, number));
            if is_alike((before, old), (site, new), &ids) {
                look_at_names(new, number as u32, &renamed, &added)
            } else {
                Look::Read(number)
            }
        };
        let looks: Vec<Look> = (0..numbers).into_par_iter().map(look).collect();
        let changed: Vec<usize> =
            looks.iter().filter_map(|look| if let Look::Read(number) = look { Some(*number) } else { None }).collect();
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
        let new_names =
            looks.into_iter().filter_map(|look| if let Look::Names(words) = look { Some(words) } else { None });
        let mut by_word: BTreeMap<Box<str>, Vec<Change>> = BTreeMap::new();
        for (word, change) in changes.into_iter().chain(new_names).flatten() {
            by_word.entry(word).or_default().push(change);
        }
        by_word.values_mut().for_each(|changes| changes.sort_unstable());
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

    /// The articles that have words already by which entities go now.
    fn added<'a>(&self, renamed: &'a [Renamed]) -> HashMap<&'a str, BTreeSet<u32>> {
        let words = renamed.iter().flat_map(|one| if let Renamed::Also(words) = one { words.as_slice() } else { &[] });
        let articles = |word: &str| {
            let shard = &self.shards[self.shard_of(word)?];
            let at = shard.words.binary_search_by(|other| (*other.text).cmp(word)).ok()?;
            Some(postings::decode(&shard.words[at].articles).map(|(number, _)| number).collect())
        };
        words.map(|word| (&**word, articles(word).unwrap_or_default())).collect()
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

    /// By which words each entity of now goes that it did not go by before.
    fn renamed(&self, now: &Seen, ids: &Ids) -> Vec<Renamed> {
        let mut renamed: Vec<Renamed> = now.site.entities.iter().map(|_| Renamed::Otherwise).collect();
        let words = |names: &NameWords, id: EntityId| -> BTreeSet<String> {
            names.get(&id).into_iter().flatten().cloned().collect()
        };
        for (index, id) in ids.now.iter().enumerate() {
            let Some(id) = id else { continue };
            let (old, new) = (&self.site.entities[index], now.site.entity(*id));
            let (then, now) = (words(&self.names, EntityId::at(index)), words(&now.names, *id));
            renamed[id.index()] = match old.url == new.url && then.is_subset(&now) {
                true => Renamed::Also(now.difference(&then).map(|word| word.as_str().into()).collect()),
                false => Renamed::Otherwise,
            };
        }
        renamed
    }
}

/// How the words have changed that an entity goes by.
enum Renamed {
    /// These came to them, if any did.
    Also(Vec<Box<str>>),
    /// Some went, or it was not there before.
    Otherwise,
}

/// What is to be done about an article.
enum Look {
    /// To read it, then and now.
    Read(usize),
    /// It has these words more, if any.
    Names(Vec<(Box<str>, Change)>),
}

/// What is to be done about an article whose text and entities are as they were.
fn look_at_names(article: &Article, number: u32, renamed: &[Renamed], added: &HashMap<&str, BTreeSet<u32>>) -> Look {
    let mut words: Vec<(Box<str>, Change)> = Vec::new();
    for one in &article.entities {
        let Renamed::Also(new) = &renamed[one.entity.index()] else { return Look::Read(number as usize) };
        for word in new {
            let is_known = added.get(&**word).is_some_and(|numbers| numbers.contains(&number));
            // How often the text has the word, too, is known only when it does not.
            if is_known || words.iter().any(|(other, _)| other == word) {
                return Look::Read(number as usize);
            }
            words.push((word.clone(), (number, Some(impact(of_name(one), article.document.facts.word_count)))));
        }
    }
    Look::Names(words)
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

/// Whether two articles have the same words in searching, by what they are made of, but for the names of their entities.
fn is_alike((before, old): (&Site, &Article), (site, new): (&Site, &Article), ids: &Ids) -> bool {
    let entities_then = old.entities.iter().map(|one| (ids.now[one.entity.index()], one.about));
    let entities_now = new.entities.iter().map(|one| (Some(one.entity), one.about));
    let authors_then = old.authors.iter().map(|id| &before.author(*id).name);
    let authors_now = new.authors.iter().map(|id| &site.author(*id).name);
    old.path == new.path
        && old.meta.is(&new.meta)
        && old.document.is(&new.document)
        && entities_then.eq(entities_now)
        && authors_then.eq(authors_now)
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
