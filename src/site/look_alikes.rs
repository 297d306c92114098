//! Names that are likely one: "Zelensky" beside "Zelenskyy".
//!
//! A warning, never a link: likeness is for the desk to judge. Names are grouped by a rough key and by leaving out one
//! letter, so the work grows with the number of names, not of pairs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::text::{fold, slugify};
use crate::site::{Entity, Site};

/// Returns a warning for each pair of entities of one kind whose names are nearly the same.
pub fn find(site: &Site) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for (index, kind) in site.config.kinds.iter().enumerate().filter(|(_, kind)| !kind.is_country()) {
        let entities: Vec<&Entity> = site.entities.iter().filter(|entity| entity.kind == index).collect();
        let mut pairs = pairs(&entities);
        if kind.is_person() {
            pairs.extend(surnames(&entities));
        }
        diagnostics.extend(pairs.into_iter().map(|(left, right)| tell(site, entities[left], entities[right])));
    }
    diagnostics
}

/// Pairs with one rough key, or that differ in one letter.
fn pairs(entities: &[&Entity]) -> BTreeSet<(usize, usize)> {
    let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, entity) in entities.iter().enumerate() {
        let name = fold(&entity.name);
        let mut keys = BTreeSet::from([rough_key(&name)]);
        if name.chars().count() >= SHORTEST_FOR_ONE_LETTER {
            keys.extend(without_one_letter(&name));
        }
        for key in keys {
            groups.entry(key).or_default().push(index);
        }
    }
    let mut pairs = BTreeSet::new();
    for group in groups.values() {
        for (at, left) in group.iter().enumerate() {
            // A group is a handful of spellings; a bound keeps a hostile list of names from growing it.
            pairs.extend(group[at + 1..].iter().take(8).map(|right| (*left.min(right), *left.max(right))));
        }
    }
    pairs.retain(|(left, right)| !differ_by_number(&entities[*left].name, &entities[*right].name));
    pairs
}

/// Shorter names often differ in one letter and are two all the same (Li Na, Li Ma).
const SHORTEST_FOR_ONE_LETTER: usize = 8;

/// A single word that sounds like the family name of exactly one other person.
fn surnames(entities: &[&Entity]) -> BTreeSet<(usize, usize)> {
    let mut by_family: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, entity) in entities.iter().enumerate() {
        let family = entity.meta.as_ref().and_then(|meta| meta.input.family_name.clone());
        let last = family.or_else(|| {
            entity.name.contains(' ').then(|| entity.name.rsplit(' ').next().unwrap_or_default().to_string())
        });
        if let Some(last) = last {
            by_family.entry(rough_key(&fold(&last))).or_default().push(index);
        }
    }
    let mut found = BTreeSet::new();
    for (index, entity) in entities.iter().enumerate().filter(|(_, entity)| !entity.name.trim().contains(' ')) {
        if let Some([one]) = by_family.get(&rough_key(&fold(&entity.name))).map(Vec::as_slice)
            && *one != index
        {
            found.insert((index.min(*one), index.max(*one)));
        }
    }
    found
}

/// A key that spellings of one name in Latin letters share: endings of Slavic names, doubled letters, apostrophes.
fn rough_key(folded: &str) -> String {
    let latin = slugify(folded).replace('-', " ");
    let words = latin.split(' ').map(|word| {
        let ending = ["skyy", "skyi", "skiy", "skij", "skii", "sky", "ski"]
            .into_iter()
            .find_map(|ending| word.strip_suffix(ending));
        let stem = ending.map_or_else(|| word.to_string(), |stem| format!("{stem}ski"));
        let mut letters: Vec<char> = stem.chars().collect();
        letters.dedup();
        letters.into_iter().collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// All forms of a name with one letter left out: two names that differ in one letter share at least one.
fn without_one_letter(name: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = name.chars().collect();
    (0..letters.len()).filter(move |at| letters[*at] != ' ').map({
        let letters: Vec<char> = name.chars().collect();
        move |at| letters.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, letter)| letter).collect()
    })
}

/// "18th sanctions package" and "19th sanctions package" are two things.
fn differ_by_number(left: &str, right: &str) -> bool {
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    digits(left) != digits(right)
}

fn tell(site: &Site, left: &Entity, right: &Entity) -> Diagnostic {
    // The one with a file of its own, or with more articles, is taken for the one that is meant.
    let rank = |entity: &Entity| (entity.meta.is_some(), entity.articles.len());
    let (main, other) = if rank(right) > rank(left) { (right, left) } else { (left, right) };
    let kind = site.kind_of(main);
    Diagnostic::warning(
        "look-alike",
        format!("`{}` and `{}` look like one {}", main.name, other.name, kind.singular.to_lowercase()),
    )
    .at(Place::file(&other.origin))
    .help(format!("if they are one, write `aliases: [{}]` in `content/{}/{}.md`", other.name, kind.path, main.slug))
    .help("if they are two, write `lints: {look-alike: off}` in `site.yaml`, or spell them further apart")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_share_a_key() {
        for other in ["Zelensky", "Zelenskiy", "Zelenskyi", "Zelenski", "Zelenskij", "Zełenski"] {
            assert_eq!(rough_key(&fold("Zelenskyy")), rough_key(&fold(other)), "{other}");
        }
        assert_ne!(rough_key(&fold("Li Qiang")), rough_key(&fold("Li Keqiang")));
    }

    #[test]
    fn one_letter_less_meets() {
        let forms = |name: &str| without_one_letter(name).collect::<BTreeSet<_>>();
        assert!(!forms("elections").is_disjoint(&BTreeSet::from(["election".to_string()])));
        assert!(!forms("rare earths").is_disjoint(&forms("rare earthx")));
    }
}
