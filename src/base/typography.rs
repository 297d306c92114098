//! Typographic signs for texts that are no Markdown: titles, summaries, names of events.
//!
//! English only, as in Markdown: other languages have quotation marks of their own.

use std::borrow::Cow;

/// Returns a text with typographic quotation marks, apostrophes, dashes and ellipses, as the Markdown parser sets them.
pub fn typographic(text: &str) -> Cow<'_, str> {
    if !text.contains(['\'', '"']) && !text.contains("--") && !text.contains("...") {
        return Cow::Borrowed(text);
    }
    let mut set = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (sign, length) = match c {
            '"' if opens(&set, &rest[1..]) => ('“', 1),
            '"' => ('”', 1),
            // An apostrophe before a digit is a left-out century: ’90s.
            '\'' if opens(&set, &rest[1..]) && !rest[1..].starts_with(|c: char| c.is_ascii_digit()) => ('‘', 1),
            '\'' => ('’', 1),
            '-' if rest.starts_with("---") => ('—', 3),
            '-' if rest.starts_with("--") => ('–', 2),
            '.' if rest.starts_with("...") => ('…', 3),
            c => (c, c.len_utf8()),
        };
        set.push(sign);
        rest = &rest[length..];
    }
    Cow::Owned(set)
}

/// Whether a quotation mark between two texts opens.
fn opens(before: &str, after: &str) -> bool {
    let apart = before.chars().next_back().is_none_or(|c| c.is_whitespace() || "([{“‘—–/".contains(c));
    apart && after.chars().next().is_some_and(|c| !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_set_as_a_typesetter_would() {
        for (text, set) in [
            ("Ukraine's president", "Ukraine’s president"),
            ("the \"obsolete\" chip (\"H20\")", "the “obsolete” chip (“H20”)"),
            ("He said 'no', the leaders' answer", "He said ‘no’, the leaders’ answer"),
            ("the '90s -- and after...", "the ’90s – and after…"),
            ("no signs – at all", "no signs – at all"),
            ("\"'Nested,' he said\"", "“‘Nested,’ he said”"),
        ] {
            assert_eq!(typographic(text), set);
        }
    }
}
