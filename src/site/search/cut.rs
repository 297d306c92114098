//! Where the row of all words is cut into shards.
//!
//! Words stay together by their beginnings, since a reader who types the beginning wants them all. A beginning whose words
//! weigh too much for one shard is divided by its next letter, and neighbours that fit together share a shard. So a new
//! word moves no border, unless the shard it comes into grows too large.

/// Cuts sorted words, each with its size, into stretches of at most `most` (or of one word): the place of the first word
/// of each, and its key. A word is in the last shard whose key is not greater, by bytes.
pub fn cut<'a>(words: &[(&'a str, usize)], most: usize) -> Vec<(usize, &'a [u8])> {
    let mut sums = Vec::with_capacity(words.len() + 1);
    sums.push(0);
    for (_, size) in words {
        sums.push(sums.last().unwrap_or(&0) + size);
    }
    let mut cuts = Vec::new();
    if !words.is_empty() {
        Cutting { words, sums: &sums, most }.divide(0, words.len(), 0, b"", &mut cuts);
    }
    cuts
}

struct Cutting<'a, 'w> {
    words: &'w [(&'a str, usize)],
    sums: &'w [usize],
    most: usize,
}

impl<'a> Cutting<'a, '_> {
    fn size(&self, first: usize, end: usize) -> usize {
        self.sums[end] - self.sums[first]
    }

    /// Divides words that are alike in their first `depth` bytes; `key` is that of the first of them.
    fn divide(&self, first: usize, end: usize, depth: usize, key: &'a [u8], cuts: &mut Vec<(usize, &'a [u8])>) {
        if self.size(first, end) <= self.most || end - first == 1 {
            cuts.push((first, key));
            return;
        }
        let mut stretch: Option<usize> = None;
        let mut at = first;
        while at < end {
            let own = self.words[at].0.as_bytes();
            let is_alike = |(word, _): &(&str, usize)| word.as_bytes().get(depth) <= own.get(depth);
            let next = at + self.words[at..end].partition_point(is_alike);
            let own = if at == first { key } else { &own[..own.len().min(depth + 1)] };
            if self.size(at, next) > self.most {
                stretch = None;
                self.divide(at, next, depth + 1, own, cuts);
            } else if stretch.is_none_or(|begin| self.size(begin, next) > self.most) {
                stretch = Some(at);
                cuts.push((at, own));
            }
            at = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &[(&str, usize)], most: usize, expected: &[(usize, &str)]) {
        let cuts = cut(words, most);
        let shown: Vec<(usize, &str)> = cuts.iter().map(|(at, key)| (*at, std::str::from_utf8(key).unwrap())).collect();
        assert_eq!(shown, expected);
        for (index, (at, _)) in cuts.iter().enumerate() {
            let end = cuts.get(index + 1).map_or(words.len(), |(next, _)| *next);
            let size: usize = words[*at..end].iter().map(|(_, size)| size).sum();
            assert!(end > *at && (size <= most || end - at == 1), "{index}");
            // Each word is found by the keys.
            for (word, _) in &words[*at..end] {
                assert_eq!(cuts.partition_point(|(_, key)| *key <= word.as_bytes()) - 1, index, "{word}");
            }
        }
    }

    #[test]
    fn words_stay_with_those_that_begin_alike() {
        check(&[], 10, &[]);
        check(&[("a", 4), ("b", 4)], 10, &[(0, "")]);
        check(&[("a", 4), ("b", 4), ("c", 4)], 10, &[(0, ""), (2, "c")]);
        check(
            &[("a", 4), ("con", 3), ("cons", 4), ("cont", 4), ("conu", 4), ("d", 4), ("e", 4)],
            8,
            &[(0, ""), (1, "c"), (3, "cont"), (5, "d")],
        );
        check(&[("a", 40), ("b", 40), ("ba", 40)], 8, &[(0, ""), (1, "b"), (2, "ba")]);
        check(&[("aa", 5), ("ab", 5), ("b", 1), ("c", 1)], 8, &[(0, ""), (1, "ab"), (2, "b")]);
        check(
            &[("a", 1), ("ba", 5), ("bb", 5), ("ca", 5), ("cb", 5)],
            8,
            &[(0, ""), (1, "b"), (2, "bb"), (3, "c"), (4, "cb")],
        );
    }

    #[test]
    fn a_new_word_moves_no_other_border() {
        let mut words: Vec<(String, usize)> = (0..2_000_u32)
            .map(|n| (format!("{:x}", n.wrapping_mul(2_654_435_761) % 99_991), 5 + (n % 7) as usize))
            .collect();
        words.sort();
        words.dedup_by(|one, other| one.0 == other.0);
        let keys = |words: &[(String, usize)]| -> Vec<Vec<u8>> {
            let words: Vec<(&str, usize)> = words.iter().map(|(word, size)| (word.as_str(), *size)).collect();
            cut(&words, 400).into_iter().map(|(_, key)| key.to_vec()).collect()
        };
        let before = keys(&words);
        assert!(before.len() > 30);
        words.push(("7abba".to_string(), 6));
        words.sort();
        let after = keys(&words);
        let other = after.iter().filter(|key| !before.contains(key)).count();
        assert!(other <= 3, "{other} of {}", after.len());
    }
}
