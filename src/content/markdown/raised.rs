//! Raised and lowered letters within a word: `x^2^`, `H~2~O`.
//!
//! The parser takes these signs only where a word begins. What it passes on as text is looked through here, for sites
//! that turn the extension on.

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

/// Puts raised and lowered letters into the texts of a run of events.
pub fn raised(events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let mut made = Vec::with_capacity(events.len());
    let mut text = String::new();
    // Signs that were escaped: the parser begins a new text at each.
    let mut literal: Vec<usize> = Vec::new();
    for event in events {
        match event {
            Event::Text(piece) => {
                if piece.len() > 1 && piece.starts_with(['^', '~']) {
                    literal.push(text.len());
                }
                text.push_str(&piece);
            }
            other => {
                flush(&mut text, &mut literal, &mut made);
                made.push(other);
            }
        }
    }
    flush(&mut text, &mut literal, &mut made);
    made
}

fn flush<'a>(text: &mut String, literal: &mut Vec<usize>, made: &mut Vec<Event<'a>>) {
    let whole = std::mem::take(text);
    let literal = std::mem::take(literal);
    let plain = |made: &mut Vec<Event<'a>>, text: &str| {
        if !text.is_empty() {
            made.push(Event::Text(CowStr::from(text.to_string())));
        }
    };
    let mut done = 0;
    let mut at = 0;
    while let Some((open, close)) = next(&whole, at, &literal) {
        let (start, end) = match whole.as_bytes()[open] {
            b'^' => (Tag::Superscript, TagEnd::Superscript),
            _ => (Tag::Subscript, TagEnd::Subscript),
        };
        plain(made, &whole[done..open]);
        made.push(Event::Start(start));
        plain(made, &whole[open + 1..close]);
        made.push(Event::End(end));
        (done, at) = (close + 1, close + 1);
    }
    plain(made, &whole[done..]);
}

/// The next pair of equal signs around letters, the first of them right after a letter, from `from` on.
fn next(text: &str, from: usize, literal: &[usize]) -> Option<(usize, usize)> {
    let mut signs = text[from..].match_indices(['^', '~']).map(|(at, sign)| (from + at, sign));
    signs.find_map(|(open, sign)| {
        let before = text[..open].chars().next_back()?;
        if literal.contains(&open) || !(before.is_alphanumeric() || before == ')' || before == ']') {
            return None;
        }
        let inner = &text[open + 1..];
        let length = inner.find(|c: char| c.is_whitespace() || c == '^' || c == '~')?;
        let close = open + 1 + length;
        let closes = length > 0 && inner[length..].starts_with(sign) && !literal.contains(&close);
        (closes && !inner[length + 1..].starts_with(sign)).then_some((open, close))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulldown_cmark::{Options, Parser};

    fn html(text: &str) -> String {
        let options = Options::ENABLE_SUPERSCRIPT | Options::ENABLE_SUBSCRIPT | Options::ENABLE_STRIKETHROUGH;
        let mut html = String::new();
        pulldown_cmark::html::push_html(&mut html, raised(Parser::new_ext(text, options).collect()).into_iter());
        html.trim().trim_start_matches("<p>").trim_end_matches("</p>").to_string()
    }

    #[test]
    fn signs_within_words_raise_and_lower() {
        assert_eq!(html("H~2~O, x^2^ and 10 m^−2^."), "H<sub>2</sub>O, x<sup>2</sup> and 10 m<sup>−2</sup>.");
        assert_eq!(html("(a+b)^n^ ^up^ **b**~2~"), "(a+b)<sup>n</sup> <sup>up</sup> <strong>b</strong><sub>2</sub>");
        assert_eq!(html("CO~2~e ~~gone~~"), "CO<sub>2</sub>e <del>gone</del>");
    }

    #[test]
    fn other_signs_stay() {
        for text in ["x^2 and y^3", "a~b", "5~10 km or 6~11", "2^ ^", "`x^2^`"] {
            assert!(!html(text).contains("<su"), "{text}: {}", html(text));
        }
        assert_eq!(html("a\\~b\\~c x\\^2\\^"), "a~b~c x^2^");
    }
}
