//! What readers can search: the words of all articles and the names of all entities, in shards.
//!
//! `outputs/search` tells how searching works as a whole and writes the shards to files. Articles go by numbers in
//! searching, the oldest first: a new article then has a number of its own and changes none.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use borsh::{BorshDeserialize, BorshSerialize};
use rayon::prelude::*;

use crate::base::hash::{Digest, Digester};
use crate::base::held::Held;
use crate::base::paths::UrlPath;
use crate::content::vocabulary::Tlp;
use crate::site::ids::{ArticleId, EntityId};
use crate::site::{Appearance, Article, Site};

mod again;
mod cut;
pub mod fields;
pub mod postings;
pub mod words;

use fields::Field;
use postings::MOST;

/// Most that a shard holds, in bytes as they are counted here, which are about those of its file.
pub const SHARD: usize = 8_000;

/// Most articles that a file tells for one word; of more it tells those that the word says most of. A word of so many is
/// no help in finding any of them, and without a limit its file would grow with the site.
pub const MOST_ARTICLES: usize = 8_192;

/// Most entities that a file tells for one word, those in the most articles first.
pub const MOST_ENTITIES: usize = 48;

/// Begins the words that stand for topics, which no text has: `@topics/energy`.
pub const TOPIC: char = '@';

/// What can be searched.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Search {
    /// Number of articles.
    pub articles: usize,
    /// Months with articles, the earliest first, each with the number of its first article.
    pub months: Vec<(String, usize)>,
    /// Entities, as they are found; by the numbers of the site's.
    pub records: Held<Vec<Record>>,
    /// The words.
    pub shards: Vec<Shard>,
}

/// What is shown of an entity that was found.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Record {
    /// Index of its kind in the settings.
    pub kind: usize,
    /// Name.
    pub name: String,
    /// Address.
    pub url: UrlPath,
    /// Number of its articles.
    pub count: usize,
    /// Code of a country, in small letters.
    pub code: Option<String>,
    /// Marking of what its file says.
    pub marking: Option<Tlp>,
}

/// Neighbouring words.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Shard {
    /// All its words are at least this; those of the next shard are at least that one's.
    pub key: Box<[u8]>,
    /// Its words in the order of their bytes.
    pub words: Held<Vec<Word>>,
    /// Stands for all of it, and for the records of the entities.
    pub digest: Digest,
}

/// A word, and where it is.
#[derive(Clone, Debug, Hash, BorshSerialize, BorshDeserialize)]
pub struct Word {
    /// The word as [`words::words`] gives it, or what stands for a topic.
    pub text: Box<str>,
    /// Number of articles.
    pub count: usize,
    /// The articles, as [`postings`] writes them.
    pub articles: Box<[u8]>,
    /// Entities that go by it.
    pub entities: Box<[EntityId]>,
}

impl Word {
    fn size(&self) -> usize {
        let articles = self.articles.len().min(2 * MOST_ARTICLES);
        self.text.len() + 12 + articles + 60 * self.entities.len().min(MOST_ENTITIES)
    }
}

/// Articles that one thread reads at a time.
const CHUNK: usize = 256;

impl Search {
    /// Reads all articles of a site.
    pub fn of(site: &Site) -> Self {
        let count = site.articles.len();
        let names = names_of_all(site);
        let chunks: Vec<usize> = (0..count).step_by(CHUNK).collect();
        let read = chunks.into_par_iter().map(|first| {
            let mut reading = Reading::default();
            for number in first..(first + CHUNK).min(count) {
                reading.article(site, &names, numbered(site, number), number as u32);
            }
            reading.finish()
        });
        let read: Vec<Vec<(Box<str>, Vec<(u32, u8)>)>> = read.collect();
        let entities = entities_by_word(site);
        let records = records(site);
        let mut shards = shards_of(gathered(read, entities));
        shards.par_iter_mut().for_each(|shard| shard.digest = shard.digest_now(&records));
        Self { articles: count, months: months(site), records: records.into(), shards }
    }

    /// What can be searched when one article has another text, and nothing else is different; none when the words would
    /// be cut into other shards.
    pub(super) fn revised(&self, old: &Site, new: &Site, id: ArticleId) -> Option<Self> {
        let names = names_of(old, &[old.article(id), new.article(id)]);
        let number = (old.articles.len() - 1 - id.index()) as u32;
        let (before, now) = (one(old, &names, old.article(id)), one(new, &names, new.article(id)));
        let mut search = self.clone();
        let mut touched = BTreeSet::new();
        for (word, impact) in differences(&before, &now) {
            let at = self.shard_of(&word)?;
            search.shards[at].put(&word, &[(number, impact)]);
            touched.insert(at);
        }
        for at in touched {
            search.shards[at].digest = search.shards[at].digest_now(&self.records);
        }
        search.is_cut_rightly().then_some(search)
    }

    /// The shard that a word is in.
    fn shard_of(&self, word: &str) -> Option<usize> {
        self.shards.partition_point(|shard| &*shard.key <= word.as_bytes()).checked_sub(1)
    }

    /// Whether the words would be cut into shards as they are.
    fn is_cut_rightly(&self) -> bool {
        let words = self.shards.iter().flat_map(|shard| shard.words.iter());
        let sizes: Vec<(&str, usize)> = words.map(|word| (&*word.text, word.size())).collect();
        let mut first = 0;
        let mut cuts = cut::cut(&sizes, SHARD).into_iter();
        let alike = self.shards.iter().all(|shard| {
            let is_alike = cuts.next().is_some_and(|(at, key)| at == first && *key == *shard.key);
            first += shard.words.len();
            is_alike
        });
        alike && cuts.next().is_none()
    }

    /// The articles that have a number in a range, the oldest first, as many as there are.
    pub fn numbered<'a>(&self, site: &'a Site, range: std::ops::Range<usize>) -> impl Iterator<Item = &'a Article> {
        range.take_while(|number| *number < site.articles.len()).map(|number| numbered(site, number))
    }

    /// Stands for what all searching begins with.
    pub(super) fn digest(&self) -> Digest {
        let mut digester = Digester::default();
        digester.take(&(self.articles, &self.months, &*self.records));
        for shard in &self.shards {
            digester.take(&shard.key);
        }
        digester.digest()
    }
}

/// The article of a number in searching.
fn numbered(site: &Site, number: usize) -> &Article {
    &site.articles[site.articles.len() - 1 - number]
}

impl Shard {
    fn digest_now(&self, records: &[Record]) -> Digest {
        let mut digester = Digester::default();
        for word in self.words.iter() {
            digester.take(&(&word.text, word.count, &word.articles, word.entities.len()));
            for entity in &word.entities {
                digester.take(&records[entity.index()]);
            }
        }
        digester.digest()
    }

    /// Notes that articles, in the order of their numbers, have a word now, more or less of it, or not any more.
    fn put(&mut self, text: &str, changes: &[(u32, Option<u8>)]) {
        self.change(text, |word| {
            (word.articles, word.count) = postings::with(&word.articles, changes);
        });
    }

    /// Changes a word, which may be a new one, and may be none after.
    fn change(&mut self, text: &str, change: impl FnOnce(&mut Word)) {
        let words = &mut *self.words;
        let at = words.binary_search_by(|word| (*word.text).cmp(text)).unwrap_or_else(|at| {
            let (articles, entities) = Default::default();
            words.insert(at, Word { text: text.into(), count: 0, articles, entities });
            at
        });
        change(&mut words[at]);
        if words[at].count == 0 && words[at].entities.is_empty() {
            words.remove(at);
        }
    }
}

/// Words in shards, which have no digests yet.
fn shards_of(words: Vec<Word>) -> Vec<Shard> {
    let sizes: Vec<(&str, usize)> = words.iter().map(|word| (&*word.text, word.size())).collect();
    let cuts: Vec<(usize, Box<[u8]>)> = cut::cut(&sizes, SHARD).into_iter().map(|(at, key)| (at, key.into())).collect();
    let mut rest = words;
    let mut shards = Vec::with_capacity(cuts.len());
    for (at, key) in cuts.into_iter().rev() {
        let words = rest.split_off(at).into();
        shards.push(Shard { key, words, digest: Digest::default() });
    }
    shards.reverse();
    shards
}

/// The words of one article, with how much each says of it.
fn one(site: &Site, names: &NameWords, article: &Article) -> BTreeMap<Box<str>, u8> {
    let mut reading = Reading::default();
    reading.article(site, names, article, 0);
    reading.finish().into_iter().filter_map(|(word, articles)| Some((word, articles.first()?.1))).collect()
}

/// The words that say more or less of an article than before, or nothing any more.
fn differences(before: &BTreeMap<Box<str>, u8>, now: &BTreeMap<Box<str>, u8>) -> Vec<(Box<str>, Option<u8>)> {
    let gone = before.keys().filter(|word| !now.contains_key(*word)).map(|word| (word.clone(), None));
    let changed = now.iter().filter(|(word, impact)| before.get(*word) != Some(*impact));
    gone.chain(changed.map(|(word, impact)| (word.clone(), Some(*impact)))).collect()
}

/// The words by which articles and entities are found, sorted.
fn gathered(read: Vec<Vec<(Box<str>, Vec<(u32, u8)>)>>, entities: BTreeMap<String, Vec<EntityId>>) -> Vec<Word> {
    let mut all: Vec<(Box<str>, Vec<(u32, u8)>)> = read.into_iter().flatten().collect();
    all.par_sort_unstable_by(|(word, articles), (other, others)| {
        word.cmp(other).then_with(|| articles.first().cmp(&others.first()))
    });
    let groups: Vec<&[(Box<str>, Vec<(u32, u8)>)]> = all.chunk_by(|(word, _), (other, _)| word == other).collect();
    let word = |group: &&[(Box<str>, Vec<(u32, u8)>)]| {
        let text = &group[0].0;
        let articles = group.iter().flat_map(|(_, articles)| articles).copied();
        let entities = entities.get(&**text).map(|ids| ids.as_slice().into()).unwrap_or_default();
        let count = group.iter().map(|(_, articles)| articles.len()).sum();
        Word { text: text.clone(), count, articles: postings::encode(articles), entities }
    };
    let mut words: Vec<Word> = groups.par_iter().map(word).collect();
    let is_new = |text: &str| words.binary_search_by(|word| (*word.text).cmp(text)).is_err();
    let only: Vec<Word> = entities
        .iter()
        .filter(|(text, _)| is_new(text))
        .map(|(text, ids)| Word {
            text: text.as_str().into(),
            count: 0,
            articles: Box::default(),
            entities: ids.as_slice().into(),
        })
        .collect();
    words.extend(only);
    words.par_sort_unstable_by(|left, right| left.text.cmp(&right.text));
    words
}

/// The entities that go by each word, those in the most articles first.
fn entities_by_word(site: &Site) -> BTreeMap<String, Vec<EntityId>> {
    let mut by_word: BTreeMap<String, Vec<EntityId>> = BTreeMap::new();
    for (at, entity) in site.entities.iter().enumerate() {
        for name in fields::names(entity).into_iter().chain(fields::by_names(entity)) {
            words::words(&name, |word| {
                let ids = by_word.entry(word.to_string()).or_default();
                if ids.last() != Some(&EntityId::at(at)) {
                    ids.push(EntityId::at(at));
                }
            });
        }
    }
    for ids in by_word.values_mut() {
        ids.sort_by_key(|id| std::cmp::Reverse(site.entity(*id).articles.len()));
    }
    by_word
}

fn records(site: &Site) -> Vec<Record> {
    (0..site.entities.len()).map(|at| record(site, EntityId::at(at))).collect()
}

fn record(site: &Site, id: EntityId) -> Record {
    let entity = site.entity(id);
    Record {
        kind: entity.kind,
        name: entity.name.clone(),
        url: entity.url.clone(),
        count: entity.articles.len(),
        code: entity.country.map(|country| country.code.to_ascii_lowercase()),
        marking: entity.meta.as_ref().and_then(|meta| meta.tlp).filter(|label| *label > Tlp::Clear),
    }
}

/// Months with articles, the earliest first, each with the number of its first article.
fn months(site: &Site) -> Vec<(String, usize)> {
    let mut months: Vec<(String, usize)> = Vec::new();
    for (number, article) in site.articles.iter().rev().enumerate() {
        let Some(date) = &article.meta.date else { continue };
        let month = format!("{:04}-{:02}", date.day.year(), date.day.month());
        if months.last().is_none_or(|(last, _)| *last != month) {
            months.push((month, number));
        }
    }
    months
}

/// The words of the names of entities, by their numbers.
type NameWords = HashMap<EntityId, Vec<String>>;

fn names_of_all(site: &Site) -> NameWords {
    (0..site.entities.len()).map(EntityId::at).map(|id| (id, name_words(site, id))).collect()
}

fn names_of(site: &Site, articles: &[&Article]) -> NameWords {
    let ids = articles.iter().flat_map(|article| &article.entities).map(|one| one.entity);
    ids.map(|id| (id, name_words(site, id))).collect()
}

fn name_words(site: &Site, id: EntityId) -> Vec<String> {
    let mut found = Vec::new();
    for name in fields::names(site.entity(id)) {
        words::words(&name, |word| found.push(word.to_string()));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Reads articles one after another.
#[derive(Default)]
struct Reading {
    known: HashMap<Box<str>, usize>,
    /// By the numbers of the words.
    articles: Vec<Vec<(u32, u8)>>,
    weights: Vec<Weight>,
    /// Words of the article at hand.
    here: Vec<usize>,
}

/// How much of an article a word is.
#[derive(Clone, Copy, Debug, Default)]
struct Weight {
    sum: u32,
    in_title: bool,
}

impl Reading {
    fn article(&mut self, site: &Site, names: &NameWords, article: &Article, number: u32) {
        for (field, text) in fields::fields(article, &site.config) {
            let weight = match field {
                Field::Title => Weight { sum: 3, in_title: true },
                Field::Summary | Field::Key => Weight { sum: 3, in_title: false },
                Field::Heading => Weight { sum: 2, in_title: false },
                Field::Text => Weight { sum: 1, in_title: false },
            };
            words::words(&text, |word| self.take(word, weight));
        }
        let labels = article.meta.label.iter().chain(&article.meta.dateline).chain(&article.meta.series);
        let authors = article.authors.iter().map(|id| &site.author(*id).name);
        for line in labels.chain(authors) {
            words::words(line, |word| self.take(word, Weight { sum: 2, in_title: false }));
        }
        for one in &article.entities {
            // By whatever name the text speaks of somebody, the others lead there too.
            let weight = of_name(one);
            for word in names.get(&one.entity).into_iter().flatten() {
                self.take(word, weight);
            }
            let entity = site.entity(one.entity);
            if site.config.kinds[entity.kind].is_topic() {
                let topic = format!("{TOPIC}{}", entity.url.as_str().trim_matches('/'));
                self.take(&topic, weight);
            }
        }
        let length = article.document.facts.word_count;
        for word in std::mem::take(&mut self.here) {
            let weight = std::mem::take(&mut self.weights[word]);
            self.articles[word].push((number, impact(weight, length)));
        }
    }

    fn take(&mut self, word: &str, weight: Weight) {
        let at = match self.known.get(word) {
            Some(at) => *at,
            None => {
                let at = self.articles.len();
                self.known.insert(word.into(), at);
                self.articles.push(Vec::new());
                self.weights.push(Weight::default());
                at
            }
        };
        let sum = &mut self.weights[at];
        if sum.sum == 0 {
            self.here.push(at);
        }
        sum.sum += weight.sum;
        sum.in_title |= weight.in_title;
    }

    /// The words with their articles.
    fn finish(mut self) -> Vec<(Box<str>, Vec<(u32, u8)>)> {
        self.known.into_iter().map(|(word, at)| (word, std::mem::take(&mut self.articles[at]))).collect()
    }
}

/// How much of an article a word is by which one of its entities goes.
fn of_name(one: &Appearance) -> Weight {
    Weight { sum: if one.about { 4 } else { 1 }, in_title: false }
}

/// How much a word says of an article of so many words, from 1 to [`MOST`]: more with each time that it stands there, but
/// less and less more, as in BM25 (Robertson and Zaragoza, 2009); a word of the title counts most.
///
/// Lengths go in steps, so that a sentence more changes no words but its own.
fn impact(weight: Weight, length: usize) -> u8 {
    const TITLE: f32 = 6.0;
    let half = [1.5, 2.2, 3.0, 4.0, 5.5][[150, 300, 700, 1_500].iter().filter(|step| length >= **step).count()];
    let sum = weight.sum as f32;
    let own = (f32::from(MOST) - TITLE) * sum / (sum + half);
    let title = if weight.in_title { TITLE } else { 0.0 };
    (own + title).round().clamp(1.0, f32::from(MOST)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_says_more_in_a_title_and_in_a_short_text() {
        let of = |sum, in_title, length| impact(Weight { sum, in_title }, length);
        assert!(of(3, true, 500) > of(60, false, 500));
        assert!(of(2, false, 100) > of(2, false, 1_000));
        assert!(of(1, false, 500) < of(4, false, 500));
        assert_eq!((of(1, false, 100_000), of(9_999, true, 10)), (1, MOST));
    }
}
