//! The articles that hold a word, in few bytes: rising numbers, each with how much of the article the word is.
//!
//! Each entry is the distance from the last number and the impact in one number, seven bits a byte, the lowest first
//! (LEB128): `distance << 4 | impact`. The page of the search reads the same.

/// Greatest impact.
pub const MOST: u8 = 15;

/// Writes entries of rising numbers.
pub fn encode(entries: impl IntoIterator<Item = (u32, u8)>) -> Box<[u8]> {
    let mut bytes = Vec::new();
    let mut next = 0;
    for (number, impact) in entries {
        let mut value = u64::from(number - next) << 4 | u64::from(impact.min(MOST));
        next = number;
        while value >= 0x80 {
            bytes.push((value & 0x7F) as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
    }
    bytes.into()
}

/// Reads what [`encode`] wrote.
pub fn decode(bytes: &[u8]) -> impl Iterator<Item = (u32, u8)> {
    let mut rest = bytes.iter();
    let mut number: u32 = 0;
    std::iter::from_fn(move || {
        let (mut value, mut shift) = (0_u64, 0);
        loop {
            let byte = *rest.next()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                break;
            }
            shift += 7;
        }
        number = number.wrapping_add((value >> 4) as u32);
        Some((number, (value & 0xF) as u8))
    })
}

/// The entries with others in the place of some, more of them, or fewer, and how many they are then. The changes have
/// rising numbers.
pub fn with(bytes: &[u8], changes: &[(u32, Option<u8>)]) -> (Box<[u8]>, usize) {
    let mut entries: Vec<(u32, u8)> = Vec::new();
    let mut changes = changes.iter().peekable();
    for (number, impact) in decode(bytes) {
        while let Some((other, change)) = changes.next_if(|(other, _)| *other < number) {
            entries.extend(change.map(|impact| (*other, impact)));
        }
        match changes.next_if(|(other, _)| *other == number) {
            Some((_, change)) => entries.extend(change.map(|impact| (number, impact))),
            None => entries.push((number, impact)),
        }
    }
    entries.extend(changes.filter_map(|(number, change)| Some((*number, (*change)?))));
    let count = entries.len();
    (encode(entries), count)
}

/// The entries of greatest impact, the highest numbers first, no more than `most`; borrowed when that is all of them.
pub fn best(bytes: &[u8], count: usize, most: usize) -> std::borrow::Cow<'_, [u8]> {
    if count <= most {
        return bytes.into();
    }
    let mut entries: Vec<(u32, u8)> = decode(bytes).collect();
    entries.sort_unstable_by_key(|(number, impact)| (std::cmp::Reverse(*impact), std::cmp::Reverse(*number)));
    entries.truncate(most);
    entries.sort_unstable();
    encode(entries).into_vec().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let entries = [(0, 1), (1, 15), (9, 3), (70_000, 7), (u32::MAX, 2)];
        let bytes = encode(entries);
        assert!(decode(&bytes).eq(entries));
        assert_eq!(encode((0..8).map(|number| (number * 7, 15))).len(), 8, "what lies close takes a byte");
        assert_eq!(decode(&[0x80]).count(), 0);
    }

    #[test]
    fn an_entry_goes_and_comes() {
        let bytes = encode([(3, 1), (8, 2)]);
        let with = |changes: &[(u32, Option<u8>)]| {
            let (bytes, count) = with(&bytes, changes);
            let entries: Vec<(u32, u8)> = decode(&bytes).collect();
            assert_eq!(entries.len(), count);
            entries
        };
        assert_eq!(with(&[(5, Some(9))]), [(3, 1), (5, 9), (8, 2)]);
        assert_eq!(with(&[(8, Some(9))]), [(3, 1), (8, 9)]);
        assert_eq!(with(&[(3, None), (4, None)]), [(8, 2)]);
        assert_eq!(with(&[(1, Some(2)), (8, None), (9, Some(4)), (12, Some(1))]), [(1, 2), (3, 1), (9, 4), (12, 1)]);
    }

    #[test]
    fn of_too_many_the_best_stay() {
        let bytes = encode([(1, 4), (2, 9), (3, 4), (4, 1)]);
        assert!(decode(&best(&bytes, 4, 2)).eq([(2, 9), (3, 4)]));
        assert_eq!(&*best(&bytes, 4, 4), &*bytes);
    }
}
