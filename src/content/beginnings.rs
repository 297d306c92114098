//! What the words of a text begin with, in so few bits that they can be kept for every text.
//!
//! A new name of something stands in few texts. Whether it may stand in one is known from these bits without reading it:
//! a Bloom filter over the first three and the first six bytes of all places where a name may begin.

use borsh::{BorshDeserialize, BorshSerialize};

/// Bits for each byte of text: four kilobits for a briefing of 800 words, of which its words set about a fifth, so that one
/// in thirty texts is read for a name that it does not have.
const BITS_PER_BYTE: (usize, usize) = (3, 4);

/// Fewest and most bits.
const LEAST: usize = 1 << 8;
const MOST: usize = 1 << 16;

/// Bytes that are looked at, the fewer and the more.
const SHORT: u32 = 3;
const LONG: u32 = 6;

/// The beginnings of the words of a folded text.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Beginnings {
    /// None when there was no text.
    bits: Box<[u64]>,
}

impl Beginnings {
    /// Returns the beginnings of no words yet, with room for a text of so many bytes.
    pub fn of_length(bytes: usize) -> Self {
        let bits = (bytes.min(MOST * 2) * BITS_PER_BYTE.0 / BITS_PER_BYTE.1).clamp(LEAST, MOST);
        Self { bits: vec![0; bits.div_ceil(64)].into() }
    }

    /// Notes that a word begins here in a text.
    pub fn note(&mut self, text: &[u8], start: usize) {
        let eight = eight_from(text, start);
        self.set(first(eight, SHORT));
        self.set(first(eight, LONG));
    }

    /// Whether a folded name may stand in the text. It does not when this says no; when it says yes it may or may not.
    pub fn may_have(&self, name: &str) -> bool {
        let eight = eight_from(name.as_bytes(), 0);
        let has = |bytes: u32| name.len() < bytes as usize || self.has(first(eight, bytes));
        !self.bits.is_empty() && has(SHORT) && has(LONG)
    }

    fn place(&self, number: u64) -> (usize, u64) {
        // A multiplicative hash (Knuth, The Art of Computer Programming 3, 6.4): the highest bits are the best ones.
        let hash = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        // Spread over any number of bits: Lemire, "A fast alternative to the modulo reduction" (2016).
        let bit = ((hash * (self.bits.len() * 64) as u64) >> 32) as usize;
        (bit / 64, 1 << (bit % 64))
    }

    fn set(&mut self, number: u64) {
        if !self.bits.is_empty() {
            let (word, bit) = self.place(number);
            self.bits[word] |= bit;
        }
    }

    fn has(&self, number: u64) -> bool {
        let (word, bit) = self.place(number);
        self.bits[word] & bit != 0
    }
}

/// The eight bytes from a place on; zeros stand for those behind the end.
fn eight_from(text: &[u8], start: usize) -> u64 {
    match text.get(start..start + 8) {
        Some(eight) => u64::from_le_bytes(eight.try_into().unwrap_or_default()),
        None => text[start.min(text.len())..].iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)),
    }
}

/// The first of eight bytes, and how many they are: `the` and `the\0\0\0` are two.
fn first(eight: u64, bytes: u32) -> u64 {
    eight & ((1 << (8 * bytes)) - 1) | u64::from(bytes) << 56
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_the_text_is_never_missed() {
        let text = "the president of ukraine met xi jinping, and so on";
        let mut beginnings = Beginnings::of_length(text.len());
        text.match_indices(' ').for_each(|(at, _)| beginnings.note(text.as_bytes(), at + 1));
        beginnings.note(text.as_bytes(), 0);
        for name in ["ukraine", "xi jinping", "president of ukraine", "xi", "so on", "on", "the president"] {
            assert!(beginnings.may_have(name), "{name}");
        }
        let others = ["zelenskyy", "kazakhstan", "merz", "imf", "world bank", "pre-war", "ukrainian"];
        assert!(others.iter().filter(|name| beginnings.may_have(name)).count() <= 1);
        assert!(!Beginnings::default().may_have("xi"), "in no text there is no name");
    }
}
