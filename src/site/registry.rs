//! Who is who: entities by all the names that may stand for them.
//!
//! Two spellings that fold to one (see [`fold`]) are one entity. Names found only in front matter make entities of
//! their own ("a name is enough").

use std::collections::BTreeMap;
use std::collections::HashMap;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::base::paths::SourcePath;
use crate::base::suggest;
use crate::base::text::{fold, slugify};
use crate::content::countries;
use crate::content::kinds::Kind;
use crate::site::ids::EntityId;

/// Entities by folded name, kind by kind.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Registry {
    names: Vec<HashMap<String, Vec<EntityId>>>,
}

impl Registry {
    /// Returns a registry of as many kinds, without any name.
    pub fn new(kinds: usize) -> Self {
        Self { names: vec![HashMap::new(); kinds] }
    }

    /// Lets `name` stand for `entity`.
    pub fn add(&mut self, kind: usize, name: &str, entity: EntityId) {
        let key = fold(name);
        if key.is_empty() {
            return;
        }
        let entities = self.names[kind].entry(key).or_default();
        if !entities.contains(&entity) {
            entities.push(entity);
        }
    }

    /// Returns the entities of `kind` that `name` may stand for.
    pub fn find(&self, kind: usize, name: &str) -> &[EntityId] {
        self.names.get(kind).and_then(|names| names.get(&fold(name))).map_or(&[], Vec::as_slice)
    }

    /// Returns the entities of all kinds that `name` may stand for, by kind.
    pub fn find_any(&self, name: &str) -> Vec<EntityId> {
        let key = fold(name);
        self.names.iter().filter_map(|names| names.get(&key)).flatten().copied().collect()
    }

    /// Renumbers all entities.
    pub fn renumber(&mut self, new_id: &[EntityId]) {
        for entities in self.names.iter_mut().flat_map(|names| names.values_mut()) {
            entities.iter_mut().for_each(|id| *id = new_id[id.index()]);
            entities.sort_unstable();
        }
    }

    /// Returns the known names nearest to `name`, best first.
    pub fn nearest(&self, name: &str) -> Vec<String> {
        let key = fold(name);
        let mut known: Vec<&str> = self.names.iter().flat_map(|names| names.keys()).map(String::as_str).collect();
        known.sort_unstable();
        suggest::nearest(&key, known).into_iter().map(str::to_string).collect()
    }
}

/// The spellings of one name that has no file: which of them shall be shown.
#[derive(Clone, Debug, Default)]
pub struct Spellings {
    counts: BTreeMap<String, usize>,
    /// The first file that has the name, for messages.
    pub origin: Option<SourcePath>,
}

impl Spellings {
    /// Counts one more use of a spelling.
    pub fn count(&mut self, spelling: &str, origin: &SourcePath) {
        match self.counts.get_mut(spelling) {
            Some(count) => *count += 1,
            None => drop(self.counts.insert(spelling.to_string(), 1)),
        }
        if self.origin.as_ref().is_none_or(|first| origin < first) {
            self.origin = Some(origin.clone());
        }
    }

    /// Returns the spellings that can stand in a text: those that are no slugs, or else the name to show.
    pub fn names(&self, kind: &Kind) -> Vec<String> {
        let mut names: Vec<String> = self
            .counts
            .keys()
            .filter(|name| slugify(name) != **name || !(name.contains('-') || kind.is_person()))
            .cloned()
            .collect();
        if names.is_empty() {
            names.push(self.best(kind));
        }
        names
    }

    /// Returns the spelling to show: the most used of those that look like a name; then the first by alphabet.
    pub fn best(&self, kind: &Kind) -> String {
        let looks_like_slug = |name: &str| slugify(name) == name && (name.contains('-') || kind.is_person());
        let named = self.counts.iter().filter(|(name, _)| !looks_like_slug(name));
        // `max_by_key` keeps the last of equals: reversed, that is the first by alphabet.
        match named.rev().max_by_key(|(_, count)| **count) {
            Some((name, _)) => name.clone(),
            None => self.counts.keys().next().map(|slug| name_of_slug(slug, kind)).unwrap_or_default(),
        }
    }
}

/// Turns a slug into a name: `xi-jinping` into `Xi Jinping`, `defence-industry` into `Defence industry`.
fn name_of_slug(slug: &str, kind: &Kind) -> String {
    let words: Vec<&str> = slug.split('-').collect();
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    if kind.is_topic() {
        capital(&words.join(" "))
    } else {
        words.into_iter().map(capital).collect::<Vec<_>>().join(" ")
    }
}

/// Returns help for a country that is not known.
pub fn country_help(name: &str) -> String {
    match countries::suggest(name).as_slice() {
        [] => "write a country’s name in English or its ISO 3166-1 code, such as `Ukraine` or `UA`; what is no country goes under `topics:` or another kind".to_string(),
        near => {
            let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
            format!("did you mean {}?", near.join(" or "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(kind: usize, spellings: &[&str]) -> String {
        let mut counted = Spellings::default();
        spellings.iter().for_each(|spelling| counted.count(spelling, &SourcePath::new("a.md")));
        counted.best(&Kind::built_in()[kind])
    }

    #[test]
    fn the_shown_spelling_is_the_most_used_name() {
        assert_eq!(best(0, &["xi-jinping", "xi-jinping", "Xi Jinping"]), "Xi Jinping");
        assert_eq!(best(0, &["xi-jinping"]), "Xi Jinping");
        assert_eq!(
            best(0, &["Recep Tayyip Erdogan", "Recep Tayyip Erdoğan", "Recep Tayyip Erdoğan"]),
            "Recep Tayyip Erdoğan"
        );
        assert_eq!(best(2, &["defence-industry"]), "Defence industry");
        assert_eq!(best(2, &["trade", "Trade"]), "Trade");
        assert_eq!(best(2, &["sanctions"]), "sanctions");
    }

    #[test]
    fn folded_names_are_one() {
        let mut registry = Registry::new(1);
        registry.add(0, "Recep Tayyip Erdoğan", EntityId::at(0));
        assert_eq!(registry.find(0, "recep-tayyip-erdogan"), [EntityId::at(0)]);
        assert!(registry.find(0, "Erdoğan").is_empty());
    }
}
