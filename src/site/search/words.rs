//! Texts to the words that searching compares, without case, accents and the other differences that a reader who types
//! does not make.
//!
//! The search of a page does the same to what is typed (`words` in `themes/default/assets/search.js`), and
//! `tests/data/search-words.json` holds both to the same answers. That is why words are not stemmed and Chinese is not
//! taken apart by a dictionary: browsers have neither stemmers nor the same dictionary, and to ship them would weigh more
//! than the whole index of a small site. Instead, scripts that are written without spaces are indexed by pairs of
//! letters, as search engines do where they have no dictionary, and other words are compared by their beginnings.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest word in letters; what is longer is cut there.
pub const LONGEST: usize = 24;

/// Hands over the words of a text in their order.
pub fn words(text: &str, mut take: impl FnMut(&str)) {
    let mut splitter = Splitter::default();
    if text.is_ascii() {
        // The same as below, for the many texts that need no more.
        for byte in text.bytes() {
            match byte {
                b'a'..=b'z' | b'0'..=b'9' => splitter.letter(char::from(byte), &mut take),
                b'A'..=b'Z' => splitter.letter(char::from(byte.to_ascii_lowercase()), &mut take),
                b'.' => splitter.stop(&mut take),
                b'\0'..=b'\x08' | b'\x0E'..=b'\x1F' | 0x7F => {}
                _ => splitter.end(&mut take),
            }
        }
    } else {
        for letter in text.nfkd().filter(|c| !is_passed_over(*c)) {
            for c in letter.to_lowercase() {
                match plain(c) {
                    Some(plain) => plain.chars().for_each(|c| splitter.any(c, &mut take)),
                    None => splitter.any(c, &mut take),
                }
            }
        }
    }
    splitter.end(&mut take);
}

/// Takes letters, and gives words.
#[derive(Default)]
struct Splitter {
    word: String,
    /// Letters in the word.
    length: usize,
    /// Letters since its last full stop.
    since_stop: usize,
    /// Letters of a script without spaces.
    run: Vec<char>,
}

impl Splitter {
    fn any(&mut self, c: char, take: &mut impl FnMut(&str)) {
        if is_unspaced(c) {
            self.end_word(take);
            self.run.push(c);
        } else if c.is_alphanumeric() || is_combining_mark(c) {
            self.letter(c, take);
        } else if c == '.' {
            self.stop(take);
        } else {
            self.end(take);
        }
    }

    fn letter(&mut self, c: char, take: &mut impl FnMut(&str)) {
        if !self.run.is_empty() {
            self.end_run(take);
        }
        self.length += 1;
        self.since_stop += 1;
        if self.length <= LONGEST {
            self.word.push(c);
        }
    }

    /// A full stop ends a word, but not after one letter: `U.S.` is `us`.
    fn stop(&mut self, take: &mut impl FnMut(&str)) {
        if self.since_stop == 1 && self.word.ends_with(char::is_alphabetic) {
            self.since_stop = 0;
        } else {
            self.end(take);
        }
    }

    fn end(&mut self, take: &mut impl FnMut(&str)) {
        self.end_word(take);
        self.end_run(take);
    }

    fn end_word(&mut self, take: &mut impl FnMut(&str)) {
        // A letter alone is what is left of `don't` and `l'Europe`, or the number of a paragraph.
        if self.length > 1 || self.word.ends_with(char::is_numeric) {
            take(without_article(&self.word));
        }
        self.word.clear();
        (self.length, self.since_stop) = (0, 0);
    }

    /// Each letter with the next one, and the last one alone, so that a letter is found wherever it stands.
    fn end_run(&mut self, take: &mut impl FnMut(&str)) {
        for pair in self.run.chunks(1).enumerate().map(|(at, _)| &self.run[at..(at + 2).min(self.run.len())]) {
            take(&pair.iter().collect::<String>());
        }
        self.run.clear();
    }
}

/// An Arabic word without the article and what is written together with it, when enough of it is left.
fn without_article(word: &str) -> &str {
    if !word.starts_with(['ا', 'و', 'ب', 'ك', 'ف', 'ل']) {
        return word;
    }
    let articles = ["وال", "بال", "كال", "فال", "ال", "لل"];
    let rest = articles.iter().find_map(|article| word.strip_prefix(article));
    rest.filter(|rest| rest.chars().count() >= 3).unwrap_or(word)
}

/// Whether a letter makes no difference: accents, points of Arabic and Hebrew, voicing marks of kana, and what cannot be
/// seen.
fn is_passed_over(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}'..='\u{05C2}' | '\u{05C4}'..='\u{05C5}' | '\u{05C7}'
        | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{0640}' | '\u{06D6}'..='\u{06DC}'
        | '\u{3099}' | '\u{309A}'
        | '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
        | '\0'..='\x08' | '\x0E'..='\x1F' | '\x7F'..='\u{9F}'
    )
}

/// Whether a letter is of a script that is written without spaces.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3098}' | '\u{309B}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}'
        | '\u{0E01}'..='\u{0E4E}' | '\u{0E81}'..='\u{0EDF}' | '\u{1000}'..='\u{109D}' | '\u{1780}'..='\u{17D3}'
    )
}

/// What is typed for a letter that no decomposition takes apart.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        ..'ß' => return None,
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ə' => "a",
        'ς' => "σ",
        'ґ' => "г",
        'ٱ' => "ا",
        'ى' | 'ی' => "ي",
        'ک' => "ك",
        'ة' => "ه",
        '٠' | '۰' => "0",
        '١' | '۱' => "1",
        '٢' | '۲' => "2",
        '٣' | '۳' => "3",
        '٤' | '۴' => "4",
        '٥' | '۵' => "5",
        '٦' | '۶' => "6",
        '٧' | '۷' => "7",
        '٨' | '۸' => "8",
        '٩' | '۹' => "9",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn words_of(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        words(text, |word| found.push(word.to_string()));
        found
    }

    #[test]
    fn words_are_those_that_the_page_finds_in_what_is_typed() {
        let cases: BTreeMap<String, Vec<String>> =
            serde_json::from_str(include_str!("../../../tests/data/search-words.json")).unwrap();
        assert!(cases.len() > 20);
        for (text, expected) in cases {
            assert_eq!(words_of(&text), expected, "{text}");
        }
    }

    #[test]
    fn ascii_is_split_as_all_else() {
        for c in (0..0x80_u8).map(char::from) {
            let text = format!("ab{c}cd {c}e5{c} F.G.{c}");
            // A letter that is not ASCII takes the long way.
            let mut long = words_of(&format!("{text} é5"));
            assert_eq!(long.pop().as_deref(), Some("e5"));
            assert_eq!(words_of(&text), long, "{c:?}");
        }
    }

    #[test]
    fn no_word_is_longer_than_the_longest() {
        let long = "ж".repeat(100);
        assert_eq!(words_of(&long), ["ж".repeat(LONGEST)]);
        assert_eq!(words_of(&"字".repeat(50)).len(), 50);
    }
}
