//! Sentences: where they begin, and the one around a name.

use std::borrow::Cow;
use std::ops::Range;

use crate::base::dates::PartialDate;
use crate::content::markdown::GAP;
use crate::site::mentions::Context;

/// Longest part of a sentence that is shown on either side of a name, in characters.
const MARGIN: usize = 140;

/// So many characters more are shown rather than cut: an ellipsis for one word helps nobody.
const SLACK: usize = 30;

/// Whether a sentence begins at this byte, or may do so.
pub fn starts_sentence(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches(|c: char| c.is_whitespace() || "\"'“”‘’«»([*".contains(c));
    before.is_empty() || before.ends_with(['.', '!', '?', ':', ';', '…', '。', '！', '？', '—', GAP])
}

/// The sentence around names; they stand in one sentence, in order.
pub fn context(text: &str, names: &[Range<usize>]) -> Context {
    let (Some(first), Some(last)) = (names.first(), names.last()) else { return Context::default() };
    let sentence = sentence(text, &(first.start..last.end));
    let before = ending(undated(text[sentence.start..first.start].trim_start()), MARGIN);
    let rest = names.iter().enumerate().flat_map(|(index, name)| {
        let after = match names.get(index + 1) {
            Some(next) => middle(&text[name.end..next.start]),
            None => beginning(text[name.end..sentence.end].trim_end(), MARGIN),
        };
        [Cow::Borrowed(&text[name.clone()]), after]
    });
    Context::of(std::iter::once(before).chain(rest))
}

/// A text without the date in front that entries of a timeline have: `2025-12-10: `.
fn undated(text: &str) -> &str {
    match text.split_once(':') {
        Some((date, rest)) if PartialDate::parse(date).is_ok() => rest.trim_start(),
        _ => text,
    }
}

/// What stands between two names, without its middle when it is long.
fn middle(text: &str) -> Cow<'_, str> {
    if text.chars().count() <= 2 * MARGIN {
        return text.into();
    }
    format!("{} {}", beginning(text, MARGIN), ending(text, MARGIN).trim_start_matches('…')).into()
}

/// The bytes of the sentence around a range.
pub fn sentence(text: &str, name: &Range<usize>) -> Range<usize> {
    let mut start = 0;
    let mut next = 0;
    let bytes = text.as_bytes();
    // What all marks that end a sentence begin with, those of ASCII and the others: other letters need not be looked at.
    let has_others = memchr::memchr2(0xE3, 0xEF, bytes).is_some();
    let mark = |from: usize| match has_others {
        true => bytes[from..].iter().position(|byte| matches!(byte, b'.' | b'!' | b'?' | 0xE3 | 0xEF)),
        false => memchr::memchr3(b'.', b'!', b'?', &bytes[from..]),
    };
    while let Some(found) = mark(next) {
        let at = next + found;
        next = at + 1;
        let Some(c) = text[at..].chars().next().filter(|c| is_end(text, at, *c)) else { continue };
        let end = at + c.len_utf8();
        if end <= name.start {
            start = end;
        } else if at >= name.end {
            // What closes a quotation belongs to the sentence.
            let closing: usize = text[end..].chars().take_while(|c| "\"”’»)".contains(*c)).map(char::len_utf8).sum();
            return start..end + closing;
        }
    }
    start..text.len()
}

/// Whether the character at this byte ends a sentence.
fn is_end(text: &str, at: usize, c: char) -> bool {
    match c {
        '。' | '！' | '？' => true,
        '!' | '?' => text[at + 1..].chars().next().is_none_or(|next| next.is_whitespace() || "\"”’»)".contains(next)),
        '.' => {
            let rest = text[at + 1..].trim_start_matches(['"', '”', '’', '»', ')']);
            let mut next = rest.chars();
            if next.next().is_some_and(|c| !c.is_whitespace()) {
                return false;
            }
            let goes_on = rest.trim_start().chars().next().is_some_and(char::is_lowercase);
            !goes_on && !is_abbreviation(&text[..at])
        }
        _ => false,
    }
}

/// Whether what stands before a full stop is an abbreviation that needs one.
fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || "(\"“".contains(c)).next().unwrap_or_default();
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    // `U.S`, `J`: initials.
    letters == 1 && word.chars().all(|c| c.is_uppercase())
        || word.contains('.') && letters <= 4
        || matches!(
            word,
            "Mr" | "Mrs"
                | "Ms"
                | "Dr"
                | "Gen"
                | "Col"
                | "Lt"
                | "Maj"
                | "Sgt"
                | "Gov"
                | "Sen"
                | "Rep"
                | "St"
                | "Prof"
                | "Adm"
                | "Capt"
                | "Jr"
                | "Sr"
                | "No"
                | "vs"
                | "Jan"
                | "Feb"
                | "Mar"
                | "Apr"
                | "Aug"
                | "Sept"
                | "Oct"
                | "Nov"
                | "Dec"
                | "approx"
                | "ca"
        )
}

/// The last characters of a text, cut at a word.
fn ending(text: &str, limit: usize) -> Cow<'_, str> {
    if text.chars().count() <= limit + SLACK {
        return text.into();
    }
    let Some((cut, _)) = text.char_indices().rev().nth(limit) else { return text.into() };
    let at = text[cut..].find(char::is_whitespace).map_or(cut, |space| cut + space);
    format!("…{}", text[at..].trim_start()).into()
}

/// The first characters of a text, cut at a word.
fn beginning(text: &str, limit: usize) -> Cow<'_, str> {
    if text.chars().count() <= limit + SLACK {
        return text.into();
    }
    let Some((cut, _)) = text.char_indices().nth(limit) else { return text.into() };
    let at = text[..cut].rfind(char::is_whitespace).unwrap_or(cut);
    format!("{}…", text[..at].trim_end()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(text: &str, name: &str) -> String {
        let at = text.find(name).unwrap();
        let context = context(text, std::slice::from_ref(&(at..at + name.len())));
        context.marked().map(|(part, name)| if name { format!("[{part}]") } else { part.to_string() }).collect()
    }

    #[test]
    fn the_sentence_around_a_name() {
        let text = "First one. The U.S. president met Mr. Xi in Rome at 3.30 p.m. on Tuesday. “Fine!” Last.";
        assert_eq!(around(text, "Xi"), "The U.S. president met Mr. [Xi] in Rome at 3.30 p.m. on Tuesday.");
        assert_eq!(around(text, "First"), "[First] one.");
        assert_eq!(around(text, "Fine"), "“[Fine]!”");
        assert_eq!(around("He met Xi , and left . Next", "met"), "He [met] Xi, and left.");
        assert_eq!(around("2025-12-10: The meeting with Xi", "Xi"), "The meeting with [Xi]");
        assert_eq!(around("一。习近平说。三。", "习近平"), "[习近平]说。");
        let long = format!("{} Xi {}", "word ".repeat(60).trim(), "word ".repeat(60).trim());
        let shown = around(&long, "Xi");
        assert!(shown.starts_with("…word") && shown.ends_with("word…") && shown.len() < 320, "{shown}");
    }

    #[test]
    fn a_sentence_may_have_two_names() {
        let text = "One. Ukraine and Russia talk. Two.";
        let context = context(text, &[5..12, 17..23]);
        let marked = [("", false), ("Ukraine", true), (" and ", false), ("Russia", true), (" talk.", false)];
        assert_eq!(context.marked().collect::<Vec<_>>(), marked);
        assert_eq!(context.text(), "Ukraine and Russia talk.");
    }

    #[test]
    fn a_sentence_has_no_more_parts_than_names_make() {
        let text = format!("Ukraine\u{1F}and{GAP}Russia talk .");
        let context = context(&text, std::slice::from_ref(&(0..7)));
        assert_eq!(
            context.marked().collect::<Vec<_>>(),
            [("", false), ("Ukraine", true), (" and…Russia talk.", false)]
        );
    }

    #[test]
    fn sentences_begin_after_stops_and_at_quotations() {
        let starts = |text: &str, name: &str| starts_sentence(text, text.find(name).unwrap());
        assert!(starts("Xi", "Xi") && starts("So. “Xi", "Xi") && starts("He said: Xi", "Xi"));
        assert!(!starts("He met Xi", "Xi"));
    }
}
