//! One range of bytes of a file, as players of sound and film ask for it (RFC 9110, section 14).

use std::ops::Range;

/// What a `Range` header asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The whole file: there is no range, or one of a kind that may be ignored.
    Whole,
    /// These bytes.
    Part(Range<usize>),
    /// Bytes that the file does not have.
    Beyond,
}

/// Reads a `Range` header for a file of `length` bytes. Several ranges at once are answered with the whole file.
pub fn asked(header: Option<&str>, length: usize) -> Asked {
    let Some((first, last)) = header
        .and_then(|header| header.strip_prefix("bytes="))
        .filter(|ranges| !ranges.contains(','))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Asked::Whole;
    };
    let number = |text: &str| {
        (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().unwrap_or(usize::MAX))
    };
    match (number(first), number(last)) {
        (Some(first), last) if last.is_some() || header.is_some_and(|header| header.trim_end().ends_with('-')) => {
            let end = last.map_or(length, |last| last.saturating_add(1).min(length));
            if last.is_some_and(|last| last < first) {
                Asked::Whole
            } else if first >= length {
                Asked::Beyond
            } else {
                Asked::Part(first..end)
            }
        }
        (None, Some(count)) if first.is_empty() => {
            if count == 0 || length == 0 {
                Asked::Beyond
            } else {
                Asked::Part(length.saturating_sub(count)..length)
            }
        }
        _ => Asked::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        for (header, wanted) in [
            ("bytes=0-0", Asked::Part(0..1)),
            ("bytes=2-4", Asked::Part(2..5)),
            ("bytes=2-", Asked::Part(2..10)),
            ("bytes=-3", Asked::Part(7..10)),
            ("bytes=-30", Asked::Part(0..10)),
            ("bytes=5-99999999999999999999999", Asked::Part(5..10)),
            ("bytes=10-", Asked::Beyond),
            ("bytes=99999999999999999999999-", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=4-2", Asked::Whole),
            ("bytes=0-1,3-4", Asked::Whole),
            ("bytes=x-1", Asked::Whole),
            ("bytes=1-x", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("lines=1-2", Asked::Whole),
            ("bytes=+1-2", Asked::Whole),
        ] {
            assert_eq!(asked(Some(header), 10), wanted, "{header}");
        }
        assert_eq!(asked(None, 10), Asked::Whole);
        assert_eq!(asked(Some("bytes=0-"), 0), Asked::Beyond);
    }
}
