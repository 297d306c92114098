//! Finding names in running text: one automaton over all the names of a site.
//!
//! A [`Gazetteer`] knows names and says where they stand: leftmost first, of several at one place the longest, whole
//! words only, in the capitals that the name is written in. What a name means there, and whether it becomes a link, is
//! decided elsewhere; this module knows of no entity.

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};
use borsh::{BorshDeserialize, BorshSerialize};

use crate::base::text::{Folded, is_apostrophe};
use crate::content::beginnings::Beginnings;

/// One name of something.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Name {
    /// The name as it is written.
    pub text: String,
    /// Whose name it is; a number of the caller's.
    pub owner: u32,
    /// What sort of name it is; a number of the caller's, too.
    pub sort: u8,
    /// In which spellings it is recognised.
    pub spelling: Spelling,
}

impl Name {
    /// What is looked for in folded texts.
    pub fn folded(&self) -> String {
        Folded::new(self.text.trim()).text
    }
}

/// In which spellings a name is recognised. Accents and the forms of apostrophes and dashes never matter but in
/// [`Spelling::Exact`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Spelling {
    /// With its capitals, or all in capitals: `Turkey`, `TURKEY`, not `turkey`.
    #[default]
    Case,
    /// With or without capitals, but for capitals within a word: `Arms control` is `arms control`, `NATO` not `nato`.
    Any,
    /// Letter for letter.
    Exact,
}

/// Names, ready to be looked for.
#[derive(Debug)]
pub struct Gazetteer {
    all: Option<Finder>,
    /// The same for the few names that may begin with a small letter, with their places among the patterns: most words
    /// of a text are written small, and need not be held against all names.
    small: Option<Finder>,
    small_patterns: Vec<usize>,
    /// For each pattern of the automaton the names that fold to it.
    patterns: Vec<Vec<Name>>,
}

/// A place in a text where names stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<'g> {
    /// Bytes of the text, without a possessive ending.
    pub range: Range<usize>,
    /// The names that fit there, at least one.
    pub names: Vec<&'g Name>,
}

/// English words of few letters that are also names in capitals: in a text all in capitals they say nothing.
const WORDS_LIKE_NAMES: [&str; 12] = ["us", "it", "who", "ice", "aid", "act", "fed", "one", "un", "in", "is", "no"];

/// Fewest letters of a word in capitals that stands for the name in small letters.
const SHORTEST_IN_CAPITALS: usize = 4;

impl Gazetteer {
    /// Makes a gazetteer. The order of the names makes no difference to what is found.
    pub fn new(names: impl IntoIterator<Item = Name>) -> Self {
        let mut at: HashMap<String, usize> = HashMap::new();
        let mut patterns: Vec<Vec<Name>> = Vec::new();
        let mut keys: Vec<String> = Vec::new();
        for name in names {
            let key = name.folded();
            if !key.chars().any(char::is_alphanumeric) {
                continue;
            }
            let index = *at.entry(key.clone()).or_insert_with(|| {
                patterns.push(Vec::new());
                keys.push(key);
                patterns.len() - 1
            });
            if !patterns[index].contains(&name) {
                patterns[index].push(name);
            }
        }
        for names in &mut patterns {
            names.sort_by(|left, right| {
                (left.owner, left.sort, &left.text).cmp(&(right.owner, right.sort, &right.text))
            });
        }
        // All matches are asked for and sifted here: what the automaton takes for the longest may be half a word.
        let all = Finder::new(&keys.iter().collect::<Vec<_>>());
        let small_patterns: Vec<usize> =
            (0..keys.len()).filter(|index| patterns[*index].iter().any(may_begin_small)).collect();
        let small = Finder::new(&small_patterns.iter().map(|index| &keys[*index]).collect::<Vec<_>>());
        Self { all, small, small_patterns, patterns }
    }

    /// All names, in no order.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.patterns.iter().flatten()
    }

    /// Finds names in a text; `lang` is its language as a BCP 47 tag.
    pub fn find(&self, text: &str, lang: &str) -> Vec<Hit<'_>> {
        self.find_noting(text, lang, &mut Beginnings::default())
    }

    /// As [`Self::find`]; notes all places where names may begin, whether one does or not.
    pub fn find_noting(&self, text: &str, lang: &str, noted: &mut Beginnings) -> Vec<Hit<'_>> {
        let folded = Folded::new(text);
        let bytes = folded.text.as_bytes();
        let (Some(all), Some(small)) = (&self.all, &self.small) else {
            beginnings(bytes).for_each(|start| noted.note(bytes, start));
            return Vec::new();
        };
        let mut found: Vec<(Range<usize>, usize)> = Vec::new();
        let is_letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
        // Names begin where words do; in scripts other than Latin they may begin at any letter.
        for start in beginnings(bytes) {
            noted.note(bytes, start);
            let is_small = text.as_bytes().get(folded.in_text(start..start).start).is_some_and(u8::is_ascii_lowercase);
            let finder = if is_small { small } else { all };
            if !finder.may_begin(bytes, start) || !folded.text.is_char_boundary(start) {
                continue;
            }
            // Half a word is seen on the folded text already.
            let is_end = |end: usize| !(is_letter(end - 1) && is_letter(end)) && folded.text.is_char_boundary(end);
            finder.walk(bytes, start, |end, at| {
                let pattern = if is_small { self.small_patterns[at] } else { at };
                found.extend(is_end(end).then_some((start..end, pattern)));
            });
        }
        if found.is_empty() {
            return Vec::new();
        }
        // Leftmost, then longest.
        found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let shouted = is_shouted(text);
        let mut hits: Vec<Hit<'_>> = Vec::new();
        let mut done = 0;
        for (range, pattern) in found {
            if range.start < done {
                continue;
            }
            let in_text = folded.in_text(range.clone());
            if !is_whole(text, &in_text, lang) {
                continue;
            }
            let written = &text[in_text.clone()];
            let names: Vec<&Name> = self.patterns[pattern].iter().filter(|name| fits(name, written, shouted)).collect();
            if !names.is_empty() {
                done = range.end;
                hits.push(Hit { range: in_text, names });
            }
        }
        hits
    }
}

/// The places that a name may begin at: all bytes but spaces, and letters and digits of ASCII behind another one.
///
/// Eight bytes at a time: most of a text is the inside of words, and to ask at every byte costs as much as all else.
fn beginnings(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let mut before = 0;
    bytes.chunks(8).enumerate().flat_map(move |(index, chunk)| {
        // What is missing at the end is taken for spaces.
        let mut eight = [b' '; 8];
        eight[..chunk.len()].copy_from_slice(chunk);
        let (letters, spaces) = letters_and_spaces(u64::from_le_bytes(eight));
        let mut left = HIGH & !spaces & !(letters & (letters << 8 | before));
        before = letters >> 56;
        std::iter::from_fn(move || {
            let at = left.trailing_zeros() as usize / 8;
            left &= left.wrapping_sub(1);
            (at < 8).then_some(index * 8 + at)
        })
    })
}

/// The highest bit of each of eight bytes.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The highest bits of those bytes that are letters or digits of ASCII, and of those that are spaces.
fn letters_and_spaces(eight: u64) -> (u64, u64) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let ascii = !eight & HIGH;
    let low = eight & !HIGH;
    // Sets the highest bit of each byte that is at least so much; no sum goes over into the next byte.
    let at_least = |bytes: u64, least: u8| bytes + EACH * u64::from(0x80 - least);
    let between = |bytes: u64, first: u8, last: u8| at_least(bytes, first) & !at_least(bytes, last + 1);
    let small = low | (EACH * 0x20);
    let letters = (between(small, b'a', b'z') | between(low, b'0', b'9')) & ascii;
    (letters, between(low, b' ', b' ') & ascii)
}

/// The automaton of some names, and how they begin.
#[derive(Debug)]
struct Finder {
    automaton: NFA,
    /// For each pair of bytes whether a name begins with it: most words begin with none, and are done with at once.
    begins: Box<[u64; 1 << 10]>,
}

impl Finder {
    fn new(keys: &[&String]) -> Option<Self> {
        let automaton = NFA::builder().match_kind(MatchKind::Standard).build(keys).ok()?;
        let mut begins = Box::new([0; 1 << 10]);
        for key in keys {
            match *key.as_bytes() {
                [first, second, ..] => set(&mut begins, first, second),
                [first] => (0..=u8::MAX).for_each(|second| set(&mut begins, first, second)),
                [] => {}
            }
        }
        Some(Self { automaton, begins })
    }

    /// Whether a name may begin at a place, by the two bytes that stand there.
    fn may_begin(&self, bytes: &[u8], start: usize) -> bool {
        let pair = u16::from_be_bytes([bytes[start], bytes.get(start + 1).copied().unwrap_or_default()]);
        self.begins[usize::from(pair >> 6)] >> (pair & 63) & 1 == 1
    }

    /// Follows the automaton from a place for as long as some name goes on; tells where names that begin there end.
    ///
    /// Most words end this after two or three letters, near the root of the automaton, which stays in the cache: over a
    /// large gazetteer that is several times faster than to let it run over all the text.
    fn walk(&self, bytes: &[u8], start: usize, mut tell: impl FnMut(usize, usize)) {
        let automaton = &self.automaton;
        let Ok(mut state) = automaton.start_state(Anchored::Yes) else { return };
        for (at, byte) in bytes.iter().enumerate().skip(start) {
            state = automaton.next_state(Anchored::Yes, state, *byte);
            if automaton.is_dead(state) {
                return;
            }
            if automaton.is_match(state) {
                for index in 0..automaton.match_len(state) {
                    let pattern = automaton.match_pattern(state, index);
                    // Names that begin later end here too; their turn comes.
                    if automaton.pattern_len(pattern) == at + 1 - start {
                        tell(at + 1, pattern.as_usize());
                    }
                }
            }
        }
    }
}

fn set(begins: &mut [u64; 1 << 10], first: u8, second: u8) {
    let pair = u16::from_be_bytes([first, second]);
    begins[usize::from(pair >> 6)] |= 1 << (pair & 63);
}

/// Whether a name may be written with a small letter at its beginning.
fn may_begin_small(name: &Name) -> bool {
    name.spelling == Spelling::Any || !name.text.trim_start().starts_with(char::is_uppercase)
}

/// Whether most letters of a text are capitals, as in the headlines of some agencies.
fn is_shouted(text: &str) -> bool {
    if text.is_ascii() {
        let lower = text.bytes().filter(u8::is_ascii_lowercase).count();
        let upper = text.bytes().filter(u8::is_ascii_uppercase).count();
        return upper > 4 * lower && upper > 8;
    }
    let (mut upper, mut lower) = (0, 0);
    for c in text.chars() {
        upper += usize::from(c.is_uppercase());
        lower += usize::from(c.is_lowercase());
    }
    upper > 4 * lower && upper > 8
}

/// Whether words begin and end where the range does.
fn is_whole(text: &str, range: &Range<usize>, lang: &str) -> bool {
    let inside = &text[range.clone()];
    let (Some(first), Some(last)) = (inside.chars().next(), inside.chars().next_back()) else { return false };
    starts_word(&text[..range.start], first) && ends_word(&text[range.end..], last, lang)
}

fn starts_word(before: &str, first: char) -> bool {
    let mut back = before.chars().rev();
    let Some(previous) = back.next() else { return true };
    if is_unspaced(first) {
        return true;
    }
    if previous.is_alphanumeric() {
        // Arabic writes "and", "in", "to", "as" and "so" together with the word.
        return is_arabic(first)
            && matches!(previous, 'و' | 'ف' | 'ب' | 'ل' | 'ك')
            && back.next().is_none_or(|c| !c.is_alphanumeric());
    }
    match previous {
        '_' | '@' | '#' | '\\' => false,
        // French and Italian elision: `l’Ukraine`, `dell’Ucraina`, not `Xi’an`.
        c if is_apostrophe(c) => {
            let word: String = back.by_ref().take_while(|c| c.is_alphanumeric()).collect();
            let word: String = word.chars().rev().collect::<String>().to_lowercase();
            word.is_empty()
                || word.chars().count() == 1
                || matches!(word.as_str(), "qu" | "dell" | "nell" | "all" | "sull" | "dall" | "un")
        }
        // Within an address: `www.china.org`.
        '.' => !back.next().is_some_and(|c| c.is_lowercase()) || first.is_uppercase(),
        _ => true,
    }
}

fn ends_word(after: &str, last: char, lang: &str) -> bool {
    let mut rest = after.chars();
    let Some(next) = rest.next() else { return true };
    if is_unspaced(last) || is_hangul(last) {
        return true;
    }
    if next.is_alphanumeric() || next == '_' || next == '@' {
        return false;
    }
    let second = rest.next();
    if is_apostrophe(next) && second.is_some_and(char::is_alphanumeric) {
        let suffix: String = second.into_iter().chain(rest).take_while(|c| c.is_alphanumeric()).collect();
        // Turkish and Azerbaijani put an apostrophe between a name and its ending.
        return suffix.eq_ignore_ascii_case("s") || matches!(lang.split('-').next(), Some("tr" | "az"));
    }
    !(next == '.' && second.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit()))
}

/// Scripts that write words without spaces between them.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

/// Korean writes its particles together with the word before them.
fn is_hangul(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{AC00}'..='\u{D7AF}')
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{0600}'..='\u{06FF}')
}

/// Whether a name may be written so.
fn fits(name: &Name, written: &str, shouted: bool) -> bool {
    if name.spelling == Spelling::Exact || name.text == written {
        let word = written.to_lowercase();
        return name.text == written
            && !(shouted && WORDS_LIKE_NAMES.contains(&word.as_str()) && name.spelling != Spelling::Exact);
    }
    // Letters with their capitals, and whether each begins a word.
    let letters = |text: &str| -> Vec<(bool, bool, bool)> {
        let mut begins = true;
        let mut letters = Vec::with_capacity(text.len());
        for c in text.chars() {
            if c.is_alphabetic() {
                letters.push((c.is_uppercase(), c.is_lowercase(), begins));
            }
            begins = !c.is_alphanumeric() && !is_apostrophe(c);
        }
        letters
    };
    let (ours, theirs) = (letters(&name.text), letters(written));
    let capitals = theirs.iter().filter(|(upper, ..)| *upper).count();
    let small = theirs.iter().filter(|(_, lower, _)| *lower).count();
    if small == 0 && capitals >= SHORTEST_IN_CAPITALS || shouted && small == 0 && !written.contains('.') {
        return !WORDS_LIKE_NAMES.contains(&written.to_lowercase().as_str());
    }
    if ours.len() != theirs.len() {
        // A letter was written as two (`ß`, `æ`): capitals cannot be held against each other one by one.
        return theirs.first().map(|first| first.0) == ours.first().map(|first| first.0);
    }
    ours.iter().zip(&theirs).all(|((upper, _, begins), (theirs_upper, ..))| match (upper, theirs_upper) {
        (true, true) | (false, false) => true,
        // Titles write every word large.
        (false, true) => *begins,
        (true, false) => {
            let within_word = !begins;
            name.spelling == Spelling::Any && !within_word && !is_acronym_start(&name.text)
        }
    })
}

/// Whether a name begins with a word of capitals, which stay: `NATO summit`.
fn is_acronym_start(name: &str) -> bool {
    let word = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    word.chars().filter(|c| c.is_uppercase()).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[(&str, Spelling)], text: &str) -> Vec<String> {
        found_in(names, text, "en")
    }

    fn found_in(names: &[(&str, Spelling)], text: &str, lang: &str) -> Vec<String> {
        let names = names.iter().enumerate().map(|(owner, (text, spelling))| Name {
            text: text.to_string(),
            owner: owner as u32,
            sort: 0,
            spelling: *spelling,
        });
        Gazetteer::new(names).find(text, lang).into_iter().map(|hit| text[hit.range].to_string()).collect()
    }

    fn check(name: &str, text: &str, expected: &[&str]) {
        assert_eq!(found(&[(name, Spelling::Case)], text), expected, "{name} in {text}");
    }

    #[test]
    fn whole_words_only() {
        check("China", "Chinatown, Indochina, China", &["China"]);
        check("China", "China’s, China's, (China) Russia–China, pro-China, China-made", &["China"; 6]);
        check("Niger", "Nigeria and Nigerians, Niger.", &["Niger"]);
        check("Xi", "Xi’an, Xi's", &["Xi"]);
        check("Ukraine", "d’Ukraine, l'Ukraine", &["Ukraine", "Ukraine"]);
        check("China", "www.china.org China.org @China #China x_China", &[]);
        check("U.S.", "the U.S. and the U.S.-led U.S.’s", &["U.S.", "U.S.", "U.S."]);
        check("Philippines", "the Philippines’ coast", &["Philippines"]);
        assert_eq!(found_in(&[("Ankara", Spelling::Case)], "Ankara'da", "tr"), ["Ankara"]);
    }

    #[test]
    fn scripts_without_spaces_and_with_particles() {
        check("习近平", "国家主席习近平会见了", &["习近平"]);
        check("김정은", "김정은은 말했다", &["김정은"]);
        check("الصين", "روسيا والصين", &["الصين"]);
        check("Зеленський", "Володимир Зеленський сказав", &["Зеленський"]);
    }

    #[test]
    fn capitals_tell_names_from_words() {
        check("Turkey", "turkey TURKEY Turkey tUrkey", &["TURKEY", "Turkey"]);
        check("Mali", "MALI and mali", &["MALI"]);
        check("US", "tell us, the US", &["US"]);
        check("US", "THE PRESIDENT TELLS US EVERYTHING", &[]);
        check(
            "Ursula von der Leyen",
            "Ursula von der Leyen, Ursula Von der Leyen",
            &["Ursula von der Leyen", "Ursula Von der Leyen"],
        );
        check("Recep Tayyip Erdoğan", "Recep Tayyip Erdogan", &["Recep Tayyip Erdogan"]);
        let any = |name: &str, text: &str| found(&[(name, Spelling::Any)], text).len();
        assert_eq!(any("Arms control", "arms control, Arms Control, ARMS CONTROL, Arms control"), 4);
        assert_eq!(any("NATO enlargement", "nato enlargement, NATO enlargement, NATO Enlargement"), 2);
        assert_eq!(found(&[("Oblast", Spelling::Exact)], "OBLAST Oblast oblast"), ["Oblast"]);
    }

    #[test]
    fn the_longest_name_that_fits_wins() {
        let names = [
            ("New York", Spelling::Case),
            ("New York Times", Spelling::Case),
            ("Guinea", Spelling::Case),
            ("Guinea-Bissau", Spelling::Case),
        ];
        assert_eq!(
            found(&names, "The New York Times of New York; Guinea-Bissau, Guinea, New York Timeshare"),
            ["New York Times", "New York", "Guinea-Bissau", "Guinea", "New York"]
        );
    }

    #[test]
    fn spaces_and_accents_make_no_difference() {
        check("Xi Jinping", "Xi  Jinping, Xi\u{00A0}Jinping", &["Xi  Jinping", "Xi\u{00A0}Jinping"]);
        check("Côte d'Ivoire", "Cote d’Ivoire", &["Cote d’Ivoire"]);
        check("São Tomé", "Sa\u{0303}o Tome\u{0301} now", &["Sa\u{0303}o Tome\u{0301}"]);
    }

    #[test]
    fn beginnings_are_those_of_words() {
        let slowly = |bytes: &[u8]| -> Vec<usize> {
            let letter = |at: usize| bytes[at].is_ascii_alphanumeric();
            (0..bytes.len()).filter(|at| bytes[*at] != b' ' && !(*at > 0 && letter(*at) && letter(at - 1))).collect()
        };
        let mut bytes: Vec<u8> = (0..=u8::MAX).collect();
        bytes.extend("Пан Зеленський, (Xi) said:  a-b x.y 习近平 20th".bytes());
        bytes.extend((0..=u8::MAX).flat_map(|byte| [b'a', byte, b'Z', byte, b' ']));
        for start in 0..16 {
            for end in [bytes.len(), start, start + 3, start + 300] {
                let bytes = &bytes[start..end];
                assert_eq!(beginnings(bytes).collect::<Vec<_>>(), slowly(bytes));
            }
        }
    }

    #[test]
    fn no_name_finds_nothing() {
        assert!(found(&[], "China").is_empty());
        check("…", "China …", &[]);
    }
}
