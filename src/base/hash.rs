//! Content hashes.

use std::fmt;
use std::hash::{Hash, Hasher};

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

/// A BLAKE3 hash of some bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Returns the hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// Returns the first ten hexadecimal digits: enough to tell the versions of one file apart in its name.
    pub fn short(&self) -> String {
        self.to_string()[..10].to_string()
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

/// A short hash of a value: the first 16 bytes of BLAKE3 over all that it holds. Two values of one digest are taken to
/// be the same; 128 bits make a chance meeting as good as impossible.
#[derive(
    Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, BorshSerialize, BorshDeserialize,
)]
pub struct Digest([u8; 16]);

impl Digest {
    /// Returns the digest of a value.
    pub fn of<T: Hash + ?Sized>(value: &T) -> Self {
        let mut digester = Digester::default();
        value.hash(&mut digester);
        digester.digest()
    }

    /// Its bytes.
    pub fn bytes(&self) -> [u8; 16] {
        self.0
    }

    /// Its first half as a number.
    pub fn number(&self) -> u64 {
        u64::from_le_bytes(std::array::from_fn(|at| self.0[at]))
    }

    /// The digest of these bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// Takes values one after another and gives their [`Digest`]: unlike the hashers of the standard library it gives the
/// same on every machine of one byte order, today and tomorrow.
///
/// Most of what it takes is a few bytes, and to hand each on to the hash would cost more than the hash itself.
#[derive(Clone, Debug, Default)]
pub struct Digester {
    /// What has not been handed on yet.
    waiting: Vec<u8>,
    /// What was, when that is anything.
    before: Option<Box<blake3::Hasher>>,
}

/// As many bytes are handed on at once.
const AT_ONCE: usize = 1 << 16;

impl Digester {
    /// Takes a value.
    pub fn take<T: Hash + ?Sized>(&mut self, value: &T) -> &mut Self {
        value.hash(self);
        self
    }

    /// The digest of all that was taken.
    pub fn digest(&self) -> Digest {
        let hash = match &self.before {
            None => blake3::hash(&self.waiting),
            Some(before) => before.clone().update(&self.waiting).finalize(),
        };
        Digest(std::array::from_fn(|at| hash.as_bytes()[at]))
    }
}

impl Hasher for Digester {
    fn write(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= AT_ONCE {
            self.before.get_or_insert_default().update(&self.waiting);
            self.waiting.clear();
        }
    }

    fn finish(&self) -> u64 {
        self.digest().number()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_cannot_run_together() {
        assert_ne!(Digest::of(&("ab", "c")), Digest::of(&("a", "bc")));
        assert_ne!(Digest::of(&vec!["a"]), Digest::of(&vec!["a", ""]));
        assert_ne!(Digest::of(&None::<&str>), Digest::of(&Some("")));
        assert_eq!(Digest::of("a"), Digester::default().take("a").digest());
    }

    #[test]
    fn much_is_hashed_as_little_is() {
        let mut digester = Digester::default();
        let mut hasher = blake3::Hasher::new();
        for part in (0..40_u8).map(|part| vec![part; 5_000]) {
            digester.write(&part);
            hasher.update(&part);
            assert_eq!(digester.digest().bytes(), hasher.finalize().as_bytes()[..16]);
        }
    }
}
