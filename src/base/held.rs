//! Values that are shared until they are changed.

use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::base::hash::Digest;

/// A value that many may hold at once; who changes it while others hold it too gets a copy of their own.
///
/// So a large value of which little differs from another one costs no more than what differs; and its digest is worked
/// out once for all who hold it.
#[derive(Debug, Default)]
pub struct Held<T>(Arc<Inner<T>>);

#[derive(Debug, Default)]
struct Inner<T> {
    value: T,
    digest: OnceLock<Digest>,
}

impl<T: Clone> Clone for Inner<T> {
    fn clone(&self) -> Self {
        // Who copies it is about to change it.
        Self { value: self.value.clone(), digest: OnceLock::new() }
    }
}

impl<T> Clone for Held<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> From<T> for Held<T> {
    fn from(value: T) -> Self {
        Self(Arc::new(Inner { value, digest: OnceLock::new() }))
    }
}

impl<T> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T: Clone> DerefMut for Held<T> {
    fn deref_mut(&mut self) -> &mut T {
        let inner = Arc::make_mut(&mut self.0);
        inner.digest.take();
        &mut inner.value
    }
}

impl<T: Hash> Held<T> {
    /// The digest of the value.
    pub fn digest(&self) -> Digest {
        *self.0.digest.get_or_init(|| Digest::of(&self.0.value))
    }

    /// Whether two hold values of one digest.
    pub fn is_like(&self, other: &Self) -> bool {
        self.is(other) || self.digest() == other.digest()
    }
}

impl<T: Hash> Hash for Held<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest().hash(state);
    }
}

impl<T> Held<T> {
    /// Whether two hold the very same value, rather than one like it.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<'a, T> IntoIterator for &'a Held<T>
where
    &'a T: IntoIterator,
{
    type Item = <&'a T as IntoIterator>::Item;
    type IntoIter = <&'a T as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        (&**self).into_iter()
    }
}

impl<T: Serialize> Serialize for Held<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Held<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}

impl<T: BorshSerialize> BorshSerialize for Held<T> {
    fn serialize<W: std::io::Write>(&self, writer: &mut W) -> std::io::Result<()> {
        (**self).serialize(writer)
    }
}

impl<T: BorshDeserialize> BorshDeserialize for Held<T> {
    fn deserialize_reader<R: std::io::Read>(reader: &mut R) -> std::io::Result<Self> {
        T::deserialize_reader(reader).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_seen_by_its_holder_alone() {
        let mut own: Held<Vec<u8>> = vec![1, 2].into();
        let other = own.clone();
        own.push(3);
        assert_eq!((&*own, &*other), (&vec![1, 2, 3], &vec![1, 2]));
        assert!(own.is(&own.clone()) && !own.is(&other));
        assert_ne!(own.digest(), other.digest());
        let place: *const u8 = other.as_ptr();
        let mut last = other;
        let digest = last.digest();
        last[0] = 9;
        assert_ne!(last.digest(), digest);
        assert_eq!(last.as_ptr(), place, "nobody else holds it, so it is changed in place");
        assert_eq!((&last).into_iter().copied().collect::<Vec<u8>>(), [9, 2]);
    }
}
