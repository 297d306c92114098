//! Maps of which each new version differs little from the one before.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, btree_map};
use std::iter::Peekable;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An ordered map that is copied at the price of what changed since it was made whole.
///
/// A few entries lie on top of many that all copies share; when the few become too many, the map is made whole again.
#[derive(Clone, Debug)]
pub struct Layered<K, V> {
    below: Arc<BTreeMap<K, V>>,
    above: BTreeMap<K, V>,
}

/// Entries on top, at the least, before a map is made whole.
const FEW: usize = 64;

impl<K, V> Default for Layered<K, V> {
    fn default() -> Self {
        Self { below: Arc::default(), above: BTreeMap::new() }
    }
}

impl<K, V> From<BTreeMap<K, V>> for Layered<K, V> {
    fn from(map: BTreeMap<K, V>) -> Self {
        Self { below: Arc::new(map), above: BTreeMap::new() }
    }
}

impl<K: Ord + Clone, V: Clone> Layered<K, V> {
    /// Puts a value in the place of the one that the key had.
    pub fn insert(&mut self, key: K, value: V) {
        self.above.insert(key, value);
        if self.above.len() > FEW + self.below.len() / 16 {
            self.whole_mut();
        }
    }

    /// All entries in one map, to change many.
    pub fn whole_mut(&mut self) -> &mut BTreeMap<K, V> {
        let below = Arc::make_mut(&mut self.below);
        below.extend(std::mem::take(&mut self.above));
        below
    }
}

impl<K: Ord, V> Layered<K, V> {
    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.above.get(key).or_else(|| self.below.get(key))
    }

    /// A key as it lies in the map, and its value.
    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        self.above.get_key_value(key).or_else(|| self.below.get_key_value(key))
    }

    /// Whether there is such a key.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    /// The entries, by key.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { below: self.below.iter().peekable(), above: self.above.iter().peekable() }
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.below.len() + self.above.keys().filter(|key| !self.below.contains_key(key)).count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.below.is_empty() && self.above.is_empty()
    }
}

/// The entries of a map, by key.
#[derive(Debug)]
pub struct Iter<'a, K, V> {
    below: Peekable<btree_map::Iter<'a, K, V>>,
    above: Peekable<btree_map::Iter<'a, K, V>>,
}

impl<'a, K: Ord, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let order = match (self.below.peek(), self.above.peek()) {
            (Some((below, _)), Some((above, _))) => below.cmp(above),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        match order {
            Ordering::Less => self.below.next(),
            Ordering::Greater => self.above.next(),
            Ordering::Equal => {
                self.below.next();
                self.above.next()
            }
        }
    }
}

impl<'a, K: Ord, V> IntoIterator for &'a Layered<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Ord + Serialize, V: Serialize> Serialize for Layered<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (key, value) in self {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de, K: Ord + Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Layered<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_map_that_it_stands_for() {
        let mut plain: BTreeMap<u32, u32> = (0..500).map(|key| (key * 2, key)).collect();
        let mut layered = Layered::from(plain.clone());
        let first = layered.clone();
        let mut key = 1;
        for turn in 0..400 {
            key = key * 37 % 1009;
            plain.insert(key, turn);
            layered.insert(key, turn);
            assert!(layered.iter().eq(&plain), "{turn}");
            assert_eq!(layered.len(), plain.len());
            assert_eq!((layered.get(&key), layered.get(&2001)), (Some(&turn), None));
        }
        assert_eq!(first.len(), 500, "copies stay as they are");
        let bytes = postcard::to_stdvec(&layered).unwrap();
        assert!(postcard::from_bytes::<Layered<u32, u32>>(&bytes).unwrap().iter().eq(&plain));
    }
}
