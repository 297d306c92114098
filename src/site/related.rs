//! Related articles: those that share what is rare, use like words and are near in time.
//!
//! Works on an inverted index from entities and words to articles. What nearly all articles have tells little and
//! would cost much, so of each entity and word only the articles next in time are looked at: the work grows with the
//! number of articles, never with that of pairs.
//!
//! The likeness of two articles is the cosine of their weights, where an entity weighs `log2(1 + n / n_e)` (the inverse
//! document frequency: `n` articles, `n_e` of them with it) and a word a fifth of that, times `1 / (1 + years apart)`
//! to the power of a half.

use std::borrow::Cow;
use std::collections::HashMap;

use rayon::prelude::*;

use crate::base::held::Held;
use crate::base::text::fold;
use crate::site::ids::ArticleId;
use crate::site::mentions::words::{FUNCTION_WORDS, is_in};
use crate::site::{Article, Site};

/// Articles before and after one, in the list of an entity, that are compared with it.
const REACH: usize = 48;

/// Weight of an entity that an article is about, of one that it only mentions, and of a word.
const ABOUT: f32 = 1.0;
const MENTIONED: f32 = 0.4;
const WORD: f32 = 0.2;

/// Least likeness of articles that are related.
const LEAST: f32 = 0.08;

/// Shortest word that tells anything.
const SHORTEST_WORD: usize = 4;

/// Articles whose words are numbered by one thread at a time.
const CHUNK: usize = 256;

/// For each article the related ones, the nearest first; as many as the settings say at most.
pub fn find(site: &Site) -> Vec<Vec<ArticleId>> {
    let most = site.config.linking.related;
    if most == 0 {
        return vec![Vec::new(); site.articles.len()];
    }
    let index = Index::new(site);
    (0..site.articles.len())
        .into_par_iter()
        .map_init(
            || (vec![0.0_f32; site.articles.len()], Vec::new()),
            |(scores, touched), article| index.near(site, article, scores, touched, most),
        )
        .collect()
}

/// What an article has: an entity or a word.
#[derive(Clone, Copy)]
struct Feature {
    number: u32,
    weight: f32,
    /// Place of the article among those that have it.
    at: u32,
}

/// What articles have in common.
struct Index {
    /// For each article its features, by number.
    features: Vec<Vec<Feature>>,
    /// The articles that have the first feature, newest first, with its weight there; then those of the second, and so on.
    articles: Vec<(u32, f32)>,
    /// Where the articles of each feature begin, and where the last ones end.
    starts: Vec<usize>,
    /// For each article its moment in seconds.
    seconds: Vec<Option<i64>>,
}

impl Index {
    fn new(site: &Site) -> Self {
        let (mut features, count) = features(site);
        let mut counts = vec![0_u32; count];
        features.iter().flatten().for_each(|feature| counts[feature.number as usize] += 1);
        let all = features.len() as u64;
        let rarities: Vec<f32> = counts.par_iter().map(|count| rarity(all, u64::from(*count))).collect();
        features.par_iter_mut().for_each(|own| {
            own.iter_mut().for_each(|feature| feature.weight *= rarities[feature.number as usize]);
            let length = own.iter().map(|feature| feature.weight * feature.weight).sum::<f32>().sqrt();
            own.iter_mut().for_each(|feature| feature.weight /= length.max(f32::MIN_POSITIVE));
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
        let mut articles = vec![(0, 0.0); next];
        let mut filled = vec![0_u32; count];
        for (article, own) in (0..).zip(&mut features) {
            for feature in own {
                let filled = &mut filled[feature.number as usize];
                feature.at = *filled;
                articles[starts[feature.number as usize] + *filled as usize] = (article, feature.weight);
                *filled += 1;
            }
        }
        let second = |article: &Held<Article>| Some(article.meta.date.as_ref()?.instant.as_second());
        let seconds = site.articles.iter().map(second).collect();
        Self { features, articles, starts, seconds }
    }

    /// The articles nearest to one; `scores` is scratch of a zero per article, and is left so, `touched` scratch of any
    /// kind.
    fn near(&self, site: &Site, own: usize, scores: &mut [f32], touched: &mut Vec<u32>, most: usize) -> Vec<ArticleId> {
        let mut count = 0;
        touched.resize(touched.len().max(self.features[own].len() * 2 * REACH), 0);
        for feature in &self.features[own] {
            let number = feature.number as usize;
            let articles = &self.articles[self.starts[number]..self.starts[number + 1]];
            let at = feature.at as usize;
            let (before, after) = (&articles[at.saturating_sub(REACH)..at], &articles[at + 1..]);
            for (other, weight) in before.iter().chain(&after[..REACH.min(after.len())]) {
                let score = &mut scores[*other as usize];
                // Written each time and kept the first time: whether it is the first no processor could guess.
                touched[count] = *other;
                count += usize::from(*score == 0.0);
                *score += feature.weight * weight;
            }
        }
        let article = &site.articles[own];
        let mut found: Vec<(f32, usize)> = Vec::with_capacity(most + 1);
        for other in &touched[..count] {
            let other = *other as usize;
            let likeness = std::mem::take(&mut scores[other]);
            // Distance in time only takes away: most end here.
            if likeness < LEAST {
                continue;
            }
            let score = likeness * nearness(self.seconds[own], self.seconds[other]);
            // Equal likeness: the newer one first.
            let at = found.partition_point(|(found, at)| found.total_cmp(&score).then(other.cmp(at)).is_gt());
            if score >= LEAST && at < most && !is_known(article, ArticleId::at(other)) {
                found.truncate(most - 1);
                found.insert(at, (score, other));
            }
        }
        found.into_iter().map(|(_, other)| ArticleId::at(other)).collect()
    }
}

/// The features of each article, by number and with their weights before rarity; and how many there are. Entities have
/// their own numbers, and words those after them in the order in which the articles have them.
fn features(site: &Site) -> (Vec<Vec<Feature>>, usize) {
    let chunks: Vec<Chunk> = site.articles.par_chunks(CHUNK).map(Chunk::of).collect();
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let first = u32::try_from(site.entities.len()).unwrap_or(u32::MAX);
    let mut of_chunks: Vec<Vec<u32>> = Vec::with_capacity(chunks.len());
    for chunk in &chunks {
        let mut own = Vec::with_capacity(chunk.words.len());
        for word in &chunk.words {
            let next = first.saturating_add(u32::try_from(numbers.len()).unwrap_or(u32::MAX));
            own.push(*numbers.entry(word).or_insert(next));
        }
        of_chunks.push(own);
    }
    let count = site.entities.len() + numbers.len();
    let features = site
        .articles
        .par_chunks(CHUNK)
        .zip(&chunks)
        .zip(&of_chunks)
        .flat_map_iter(|((articles, chunk), numbers)| {
            articles.iter().zip(&chunk.of_articles).map(move |(article, words)| {
                let mut own: Vec<Feature> = Vec::with_capacity(article.entities.len() + words.len());
                own.extend(article.entities.iter().map(|appearance| Feature {
                    number: u32::try_from(appearance.entity.index()).unwrap_or(u32::MAX),
                    weight: if appearance.about { ABOUT } else { MENTIONED },
                    at: 0,
                }));
                own.extend(words.iter().map(|word| Feature { number: numbers[*word as usize], weight: WORD, at: 0 }));
                own.sort_unstable_by_key(|feature| feature.number);
                own
            })
        })
        .collect();
    (features, count)
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

/// `log2(1 + all / count)` in steps of 1/256, in whole numbers: logarithms of floating point differ between machines.
fn rarity(all: u64, count: u64) -> f32 {
    const ONE: u64 = 1 << 31;
    let mut number = ((u128::from(all + count) << 31) / u128::from(count.max(1))).min(u128::from(u64::MAX)) as u64;
    let mut whole = 0_u32;
    while number >= 2 * ONE {
        number /= 2;
        whole += 1;
    }
    let mut log = whole << 8;
    for bit in (0..8).rev() {
        number = ((u128::from(number) * u128::from(number)) >> 31) as u64;
        if number >= 2 * ONE {
            number /= 2;
            log += 1 << bit;
        }
    }
    log as f32 / 256.0
}

/// How much nearness in time counts: 1 on the same day, 0.7 after a year.
fn nearness(left: Option<i64>, right: Option<i64>) -> f32 {
    let (Some(left), Some(right)) = (left, right) else { return 0.7 };
    let seconds = left.abs_diff(right);
    let years = seconds as f32 / (365.25 * 86_400.0);
    1.0 / (1.0 + years).sqrt()
}

/// Whether an article leads to another by other means, in either direction.
fn is_known(article: &Article, other: ArticleId) -> bool {
    [&article.follows, &article.followed_by, &article.translations, &article.linked_from]
        .iter()
        .any(|known| known.contains(&other))
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

    #[test]
    fn rarity_is_a_logarithm() {
        for (all, count) in [(1, 1), (10, 3), (10_000, 1), (10_000, 9_999), (123_456, 77), (u64::from(u32::MAX), 1)] {
            let expected = (1.0 + all as f64 / count as f64).log2();
            let found = f64::from(rarity(all, count));
            assert!((found - expected).abs() < 0.005, "{all} {count}: {found} {expected}");
        }
    }
}
