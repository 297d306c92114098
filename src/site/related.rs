//! Related articles: those that share what is rare, use like words and are near in time.
//!
//! Works on an inverted index from entities and words to articles. What nearly all articles have tells little and
//! would cost much, so of each entity and word only the articles next in time are looked at: the work grows with the
//! number of articles, never with that of pairs.
//!
//! The likeness of two articles is the cosine of their weights, where an entity weighs `log2(1 + n / n_e)` (the inverse
//! document frequency: `n` articles, `n_e` of them with it) and a word a fifth of that, times `1 / (1 + years apart)`
//! to the power of a half. Weights are whole numbers, so that no sum hangs on the order in which it is made.
//!
//! The index is kept with the site: in the next one only the articles are looked at anew that are like another one now.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::base::held::Held;
use crate::base::text::fold;
use crate::site::alike::is_numbered_alike;
use crate::site::ids::ArticleId;
use crate::site::mentions::words::{FUNCTION_WORDS, is_in};
use crate::site::{Article, Site, Target};

/// Articles before and after one, in the list of an entity, that are compared with it.
const REACH: usize = 48;

/// Weight of an entity that an article is about, of one that it only mentions, and of a word: in tenths.
const ABOUT: u32 = 10;
const MENTIONED: u32 = 4;
const WORD: u32 = 2;

/// The weights of an article are so long together, as a vector; a likeness is a share of its square.
const LENGTH: f64 = 32_768.0;

/// Least likeness of articles that are related.
const LEAST: f32 = 0.08;

/// Shortest word that tells anything.
const SHORTEST_WORD: usize = 4;

/// Articles whose words are numbered by one thread at a time.
const CHUNK: usize = 256;

/// Related articles are found anew for all when more than one in as many are like another one now.
const FEW: usize = 8;

/// What articles have in common, kept for the site after this one.
#[derive(Clone, Debug)]
pub struct Likeness {
    words: Words,
    index: Arc<Index>,
}

/// For each article the related ones, the nearest first; as many as the settings say at most. What is known from the
/// site before is taken over.
pub fn find(site: &Site, before: Option<&Site>) -> (Vec<Vec<ArticleId>>, Option<Likeness>) {
    let most = site.config.linking.related;
    if most == 0 {
        return (vec![Vec::new(); site.articles.len()], None);
    }
    let before = before.and_then(|before| Some((before, before.likeness.as_ref()?)));
    let words = match before {
        Some((before, likeness)) => likeness.words.after(before, site),
        None => Words::of(site),
    };
    let index = Index::new(site, &words);
    let anew = before.and_then(|(before, likeness)| others(site, before, &index, &likeness.index));
    let scratch = || (vec![0_u32; site.articles.len()], Vec::new());
    let related = (0..site.articles.len())
        .into_par_iter()
        .map_init(scratch, |(scores, touched), at| match (before, &anew) {
            (Some((before, _)), Some(anew)) if !anew[at] => before.articles[at].related.clone(),
            _ => index.near(at, scores, touched, most, |other| is_known(&site.articles[at], other)),
        })
        .collect();
    (related, Some(Likeness { words, index: Arc::new(index) }))
}

/// The words of all articles that tell what they are about.
#[derive(Clone, Debug)]
struct Words {
    /// The number of each word: what it is says nothing.
    numbers: Held<HashMap<String, u32>>,
    /// For each article the numbers of its words.
    of_articles: Vec<Arc<[u32]>>,
}

impl Words {
    fn of(site: &Site) -> Self {
        let chunks: Vec<Chunk> = site.articles.par_chunks(CHUNK).map(Chunk::of).collect();
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut of_articles: Vec<Arc<[u32]>> = Vec::with_capacity(site.articles.len());
        for Chunk { words, of_articles: own } in chunks {
            let of_chunk: Vec<u32> = words.into_iter().map(|word| number_of(word, &mut numbers)).collect();
            of_articles.extend(own.iter().map(|words| words.iter().map(|word| of_chunk[*word as usize]).collect()));
        }
        Self { numbers: numbers.into(), of_articles }
    }

    /// Those of the articles of now: a head that has not changed has the words that it had.
    fn after(&self, before: &Site, site: &Site) -> Self {
        let mut numbers = self.numbers.clone();
        let mut of_article = |article: &Article| -> Arc<[u32]> {
            if let Some(Target::Article(old)) = before.by_source.get(&article.path)
                && before.article(*old).meta.is(&article.meta)
            {
                return self.of_articles[old.index()].clone();
            }
            let number = |word: Cow<str>| match numbers.get(&*word) {
                Some(number) => *number,
                None => number_of(word.into_owned(), &mut numbers),
            };
            words_of(article).into_iter().map(number).collect()
        };
        let of_articles = site.articles.iter().map(|article| of_article(article)).collect();
        Self { numbers, of_articles }
    }
}

/// The number of a word, a new one when it has none yet.
fn number_of(word: String, numbers: &mut HashMap<String, u32>) -> u32 {
    let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
    *numbers.entry(word).or_insert(next)
}

/// The words of some articles.
struct Chunk {
    /// Each word once, in the order in which the articles have them.
    words: Vec<String>,
    /// For each article the places of its words in that list.
    of_articles: Vec<Vec<u32>>,
}

impl Chunk {
    fn of(articles: &[Held<Article>]) -> Self {
        let mut places: HashMap<String, u32> = HashMap::new();
        let mut words: Vec<String> = Vec::new();
        let of_articles = articles
            .iter()
            .map(|article| {
                let place = |word: Cow<str>| match places.get(word.as_ref()) {
                    Some(place) => *place,
                    None => {
                        let place = u32::try_from(words.len()).unwrap_or(u32::MAX);
                        words.push(word.to_string());
                        places.insert(word.into_owned(), place);
                        place
                    }
                };
                words_of(article).into_iter().map(place).collect()
            })
            .collect();
        Self { words, of_articles }
    }
}

/// What an article has: an entity or a word.
#[derive(Clone, Copy, Debug)]
struct Feature {
    /// Entities have their own numbers, and words those after them.
    number: u32,
    weight: u32,
    /// Place of the article among those that have it.
    at: u32,
}

/// What articles have in common.
#[derive(Debug)]
struct Index {
    /// For each article its features, by number.
    features: Vec<Vec<Feature>>,
    /// The articles that have the first feature, newest first, with its weight there; then those of the second, and so on.
    articles: Vec<(u32, u32)>,
    /// Where the articles of each feature begin, and where the last ones end.
    starts: Vec<usize>,
    /// For each article its moment in seconds.
    seconds: Vec<Option<i64>>,
}

impl Index {
    fn new(site: &Site, words: &Words) -> Self {
        let first = u32::try_from(site.entities.len()).unwrap_or(u32::MAX);
        let count = site.entities.len() + words.numbers.len();
        let of_article = |(article, words): (&Held<Article>, &Arc<[u32]>)| {
            let mut own: Vec<Feature> = Vec::with_capacity(article.entities.len() + words.len());
            own.extend(article.entities.iter().map(|appearance| Feature {
                number: u32::try_from(appearance.entity.index()).unwrap_or(u32::MAX),
                weight: if appearance.about { ABOUT } else { MENTIONED },
                at: 0,
            }));
            let of_word = |word: &u32| Feature { number: first.saturating_add(*word), weight: WORD, at: 0 };
            own.extend(words.iter().map(of_word));
            own.sort_unstable_by_key(|feature| feature.number);
            own
        };
        let features = site.articles.par_iter().zip(&words.of_articles).with_min_len(CHUNK).map(of_article).collect();
        let second = |article: &Held<Article>| Some(article.meta.date.as_ref()?.instant.as_second());
        Self::of(features, count, site.articles.iter().map(second).collect())
    }

    /// Sets articles side by side by what they have: `count` is how many features there are, and weights are those that
    /// they have before it is known how rare they are.
    fn of(mut features: Vec<Vec<Feature>>, count: usize, seconds: Vec<Option<i64>>) -> Self {
        let mut counts = vec![0_u32; count];
        features.iter().flatten().for_each(|feature| counts[feature.number as usize] += 1);
        let all = features.len() as u64;
        let rarities: Vec<u32> = counts.par_iter().map(|count| rarity(all, u64::from(*count))).collect();
        features.par_iter_mut().with_min_len(CHUNK).for_each(|own| {
            own.iter_mut().for_each(|feature| feature.weight *= rarities[feature.number as usize]);
            let square: u64 = own.iter().map(|feature| u64::from(feature.weight).pow(2)).sum();
            let share = LENGTH / (square.max(1) as f64).sqrt();
            own.iter_mut().for_each(|feature| feature.weight = (f64::from(feature.weight) * share) as u32);
            // What one article alone has, no other shares.
            own.retain(|feature| counts[feature.number as usize] > 1);
        });
        let mut starts: Vec<usize> = Vec::with_capacity(count + 1);
        let mut next = 0;
        for count in counts {
            starts.push(next);
            next += if count > 1 { count as usize } else { 0 };
        }
        starts.push(next);
        let mut articles = vec![(0, 0); next];
        let mut filled = vec![0_u32; count];
        for (article, own) in (0..).zip(&mut features) {
            for feature in own {
                let filled = &mut filled[feature.number as usize];
                feature.at = *filled;
                articles[starts[feature.number as usize] + *filled as usize] = (article, feature.weight);
                *filled += 1;
            }
        }
        Self { features, articles, starts, seconds }
    }

    /// The articles that are next to one in the lists of its features, those before it and those after it, with their
    /// weights there and the own one.
    fn neighbours(&self, own: usize) -> impl Iterator<Item = (u32, &(u32, u32))> {
        self.features[own].iter().flat_map(|feature| {
            let number = feature.number as usize;
            let articles = &self.articles[self.starts[number]..self.starts[number + 1]];
            let at = feature.at as usize;
            let (before, after) = (&articles[at.saturating_sub(REACH)..at], &articles[at + 1..]);
            before.iter().chain(&after[..REACH.min(after.len())]).map(|other| (feature.weight, other))
        })
    }

    /// The articles nearest to one; `scores` is scratch of a zero per article, and is left so, `touched` scratch of any
    /// kind.
    fn near(
        &self,
        own: usize,
        scores: &mut [u32],
        touched: &mut Vec<u32>,
        most: usize,
        is_known: impl Fn(ArticleId) -> bool,
    ) -> Vec<ArticleId> {
        let mut count = 0;
        touched.resize(touched.len().max(self.features[own].len() * 2 * REACH), 0);
        self.neighbours(own).for_each(|(weight, (other, other_weight))| {
            let score = &mut scores[*other as usize];
            // Written each time and kept the first time: whether it is the first no processor could guess.
            touched[count] = *other;
            count += usize::from(*score == 0);
            *score += weight * other_weight;
        });
        let mut found: Vec<(f32, usize)> = Vec::with_capacity(most + 1);
        for other in &touched[..count] {
            let other = *other as usize;
            let likeness = std::mem::take(&mut scores[other]) as f32 / (LENGTH * LENGTH) as f32;
            // Distance in time only takes away: most end here.
            if likeness < LEAST {
                continue;
            }
            let score = likeness * nearness(self.seconds[own], self.seconds[other]);
            // Equal likeness: the newer one first.
            let at = found.partition_point(|(found, at)| found.total_cmp(&score).then(other.cmp(at)).is_gt());
            if score >= LEAST && at < most && !is_known(ArticleId::at(other)) {
                found.truncate(most - 1);
                found.insert(at, (score, other));
            }
        }
        found.into_iter().map(|(_, other)| ArticleId::at(other)).collect()
    }

    /// For each article whether it may be like others than it was in an index of the same articles; none when it may be so
    /// for many.
    fn others(&self, then: &Self) -> Option<Vec<bool>> {
        if self.seconds != then.seconds {
            return None;
        }
        let mut others = vec![false; self.features.len()];
        let mut count = 0;
        for (at, (own, old)) in self.features.iter().zip(&then.features).enumerate() {
            let is_same = |(own, old): (&Feature, &Feature)| own.number == old.number && own.weight == old.weight;
            if own.len() == old.len() && own.iter().zip(old).all(is_same) {
                continue;
            }
            count += 1;
            if count * FEW > others.len() {
                return None;
            }
            others[at] = true;
            let near = self.neighbours(at).chain(then.neighbours(at));
            near.for_each(|(_, (other, _))| others[*other as usize] = true);
        }
        Some(others)
    }
}

/// For each article whether others may be related to it than in the site before; none when that is not to be told, or
/// when it may be so for many.
fn others(site: &Site, before: &Site, index: &Index, then: &Index) -> Option<Vec<bool>> {
    let mut others = is_numbered_alike(before, site).then(|| index.others(then))??;
    for ((others, now), then) in others.iter_mut().zip(&site.articles).zip(&before.articles) {
        *others |= known(now) != known(then);
    }
    Some(others)
}

/// `log2(1 + all / count)` in halves, in whole numbers: logarithms of floating point differ between machines. In
/// finer steps one briefing more of somebody would make each of their briefings like others than before.
fn rarity(all: u64, count: u64) -> u32 {
    const ONE: u64 = 1 << 31;
    let mut number = ((u128::from(all + count) << 31) / u128::from(count.max(1))).min(u128::from(u64::MAX)) as u64;
    let mut whole = 0_u32;
    while number >= 2 * ONE {
        number /= 2;
        whole += 1;
    }
    let half = (u128::from(number) * u128::from(number)) >> 31 >= u128::from(2 * ONE);
    2 * whole + u32::from(half)
}

/// How much nearness in time counts: 1 on the same day, 0.7 after a year.
fn nearness(left: Option<i64>, right: Option<i64>) -> f32 {
    let (Some(left), Some(right)) = (left, right) else { return 0.7 };
    let seconds = left.abs_diff(right);
    let years = seconds as f32 / (365.25 * 86_400.0);
    1.0 / (1.0 + years).sqrt()
}

/// What an article leads to by other means, in either direction.
fn known(article: &Article) -> [&[ArticleId]; 4] {
    [&article.follows, &article.followed_by, &article.translations, &article.linked_from]
}

/// Whether an article leads to another by other means.
fn is_known(article: &Article, other: ArticleId) -> bool {
    known(article).iter().any(|known| known.contains(&other))
}

/// The words of an article's head that tell what it is about, each once.
fn words_of(article: &Article) -> Vec<Cow<'_, str>> {
    let meta = &article.meta;
    let lines = [Some(meta.title.as_str()), meta.summary.as_deref(), meta.bottom_line.as_deref()];
    let judgments = meta.key_judgments.iter().map(|judgment| judgment.input.text.as_str());
    let mut words: Vec<Cow<str>> = lines
        .into_iter()
        .flatten()
        .chain(judgments)
        .flat_map(|line| line.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| is_long(word) && !is_in(FUNCTION_WORDS, word))
        .map(|word| {
            // Letters and digits, mostly in small letters already: they fold to themselves.
            let folded = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
            if folded { Cow::Borrowed(word) } else { Cow::Owned(fold(word)) }
        })
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Whether a word is long enough to tell anything.
fn is_long(word: &str) -> bool {
    word.chars().nth(SHORTEST_WORD - 1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random (SplitMix64).
    fn dice(state: &mut u64, sides: u64) -> u64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33) % sides
    }

    #[test]
    fn what_is_not_looked_at_again_is_as_it_was() {
        const ARTICLES: usize = 3_000;
        const FEATURES: u64 = 2_000;
        let mut state = 7;
        let some = |state: &mut u64| {
            // A few that many have, many that few have.
            let numbers = (0..6).map(|at| dice(state, if at < 2 { 3 } else { FEATURES }) as u32);
            let numbers: std::collections::BTreeSet<u32> = numbers.collect();
            numbers.into_iter().map(|number| Feature { number, weight: WORD, at: 0 }).collect::<Vec<_>>()
        };
        let mut features: Vec<Vec<Feature>> = (0..ARTICLES).map(|_| some(&mut state)).collect();
        let seconds: Vec<Option<i64>> = (0..ARTICLES as i64).map(|day| Some(-day * 86_400)).collect();
        let index = |features: &[Vec<Feature>]| Index::of(features.to_vec(), FEATURES as usize, seconds.clone());
        let all = |index: &Index| -> Vec<Vec<ArticleId>> {
            let (mut scores, mut touched) = (vec![0; ARTICLES], Vec::new());
            (0..ARTICLES).map(|at| index.near(at, &mut scores, &mut touched, 4, |_| false)).collect()
        };
        let (mut kept, mut moved) = (0, 0);
        let mut before = index(&features);
        let mut then = all(&before);
        for _ in 0..40 {
            let place = dice(&mut state, ARTICLES as u64) as usize;
            features[place] = some(&mut state);
            let (own, old) = (index(&features), before);
            let now = all(&own);
            if let Some(others) = own.others(&old) {
                for at in 0..ARTICLES {
                    assert!(others[at] || now[at] == then[at], "{at} after {place}");
                    kept += usize::from(!others[at]);
                    moved += usize::from(now[at] != then[at]);
                }
            }
            (before, then) = (own, now);
        }
        assert!(kept > 1_000 && moved > 100, "{kept} {moved}");
    }

    #[test]
    fn rarity_is_a_logarithm() {
        for (all, count) in [(1, 1), (10, 3), (10_000, 1), (10_000, 9_999), (123_456, 77), (u64::from(u32::MAX), 1)] {
            let expected = (1.0 + all as f64 / count as f64).log2();
            let found = f64::from(rarity(all, count)) / 2.0;
            assert!((0.0..=0.5).contains(&(expected - found)), "{all} {count}: {found} {expected}");
        }
    }
}
