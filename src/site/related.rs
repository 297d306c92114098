//! Related articles: those that share what is rare, use like words and are near in time.
//!
//! Works on an inverted index from entities and words to articles. What nearly all articles have tells little and
//! would cost much, so of each entity and word only the articles next in time are looked at: the work grows with the
//! number of articles, never with that of pairs.
//!
//! The likeness of two articles is the cosine of their weights, where an entity weighs `log2(1 + n / n_e)` (the inverse
//! document frequency: `n` articles, `n_e` of them with it) and a word a fifth of that, times `1 / (1 + years apart)`
//! to the power of a half.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

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

/// For each article the related ones, the nearest first; as many as the settings say at most.
pub fn find(site: &Site) -> Vec<Vec<ArticleId>> {
    let most = site.config.linking.related;
    if most == 0 {
        return vec![Vec::new(); site.articles.len()];
    }
    let index = Index::new(site);
    (0..site.articles.len())
        .into_par_iter()
        .map_init(|| vec![0.0_f32; site.articles.len()], |scores, article| index.near(site, article, scores, most))
        .collect()
}

/// What articles have in common.
struct Index {
    /// For each article its features with their weights, by feature.
    features: Vec<Vec<(u32, f32)>>,
    /// For each feature the articles that have it, newest first, with its weight there.
    articles: Vec<Vec<(u32, f32)>>,
}

impl Index {
    fn new(site: &Site) -> Self {
        let words: Vec<Vec<String>> = site.articles.par_iter().map(words_of).collect();
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut next = u32::try_from(site.entities.len()).unwrap_or(u32::MAX);
        let mut features: Vec<Vec<(u32, f32)>> = Vec::with_capacity(words.len());
        for (article, words) in site.articles.iter().zip(&words) {
            let mut own: BTreeMap<u32, f32> = BTreeMap::new();
            for appearance in &article.entities {
                let number = u32::try_from(appearance.entity.index()).unwrap_or(u32::MAX);
                own.insert(number, if appearance.about { ABOUT } else { MENTIONED });
            }
            for word in words {
                let number = *numbers.entry(word).or_insert_with(|| {
                    next += 1;
                    next - 1
                });
                own.insert(number, WORD);
            }
            features.push(own.into_iter().collect());
        }
        let mut counts = vec![0_u32; next as usize];
        features.iter().flatten().for_each(|(feature, _)| counts[*feature as usize] += 1);
        let all = features.len() as u64;
        let mut articles: Vec<Vec<(u32, f32)>> = vec![Vec::new(); counts.len()];
        for (article, own) in (0..).zip(&mut features) {
            // What one article alone has, no other shares; what all have tells nothing.
            for (feature, weight) in own.iter_mut() {
                *weight *= rarity(all, u64::from(counts[*feature as usize]));
            }
            let length = own.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
            own.iter_mut().for_each(|(_, weight)| *weight /= length.max(f32::MIN_POSITIVE));
            own.retain(|(feature, _)| counts[*feature as usize] > 1);
            for (feature, weight) in own {
                articles[*feature as usize].push((article, *weight));
            }
        }
        Self { features, articles }
    }

    /// The articles nearest to one; `scores` is scratch of a zero per article, and is left so.
    fn near(&self, site: &Site, own: usize, scores: &mut [f32], most: usize) -> Vec<ArticleId> {
        let mut touched: Vec<usize> = Vec::new();
        for (feature, weight) in &self.features[own] {
            let articles = &self.articles[*feature as usize];
            let at = articles.partition_point(|(article, _)| (*article as usize) < own);
            let range = at.saturating_sub(REACH)..(at + 1 + REACH).min(articles.len());
            for (article, other) in &articles[range] {
                let other_article = *article as usize;
                if other_article != own {
                    if scores[other_article] == 0.0 {
                        touched.push(other_article);
                    }
                    scores[other_article] += weight * other;
                }
            }
        }
        let article = &site.articles[own];
        let mut found: Vec<(f32, usize)> = Vec::new();
        for other in touched {
            let score = std::mem::take(&mut scores[other]) * nearness(article, &site.articles[other]);
            if score >= LEAST && !is_known(article, ArticleId::at(other)) {
                found.push((score, other));
            }
        }
        // Equal likeness: the newer one first.
        found.sort_unstable_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
        found.into_iter().take(most).map(|(_, other)| ArticleId::at(other)).collect()
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
fn nearness(left: &Article, right: &Article) -> f32 {
    let (Some(left), Some(right)) = (&left.meta.date, &right.meta.date) else { return 0.7 };
    let seconds = left.instant.as_second().abs_diff(right.instant.as_second());
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
fn words_of(article: &Article) -> Vec<String> {
    let meta = &article.meta;
    let lines = [Some(meta.title.as_str()), meta.summary.as_deref(), meta.bottom_line.as_deref()];
    let judgments = meta.key_judgments.iter().map(|judgment| judgment.input.text.as_str());
    let mut words: Vec<String> = lines
        .into_iter()
        .flatten()
        .chain(judgments)
        .flat_map(|line| line.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.chars().count() >= SHORTEST_WORD && !is_in(FUNCTION_WORDS, word))
        .map(fold)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
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
