//! Folding of names and making of slugs.
//!
//! *Folding* decides whether two spellings are one name; a *slug* is what a name looks like in an address. Both are
//! pure functions of the text: no locale of the machine has a say.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Returns `name` with everything gone that does not make it another name: case, accents, apostrophes, full stops,
/// and the difference between hyphen, dash and space.
///
/// ```
/// use crossbrief::base::text::fold;
/// assert_eq!(fold("Côte d’Ivoire"), fold("cote d'ivoire"));
/// assert_eq!(fold("Recep  Tayyip Erdoğan"), "recep tayyip erdogan");
/// assert_ne!(fold("Zelensky"), fold("Zelenskyy"));
/// ```
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    let mut gap = false;
    if name.is_ascii() {
        // The same as below, for the many names that need no more.
        for byte in name.bytes() {
            match byte {
                b'\t'..=b'\r' | b' ' | b'-' | b'_' => gap = true,
                b'\'' | b'`' | b'.' | ..b' ' | 0x7F.. => {}
                _ => {
                    if gap && !folded.is_empty() {
                        folded.push(' ');
                    }
                    gap = false;
                    folded.push(char::from(byte.to_ascii_lowercase()));
                }
            }
        }
        return folded;
    }
    let mut put = |c: char| {
        if c.is_whitespace() || is_dash(c) || c == '_' {
            gap = true;
            return;
        }
        if is_apostrophe(c) || c == '.' || is_ignorable(c) {
            return;
        }
        if gap && !folded.is_empty() {
            folded.push(' ');
        }
        gap = false;
        match plain_latin(c) {
            Some(plain) => folded.push_str(plain),
            None => folded.extend(c.to_lowercase()),
        }
    };
    // What is not there for a reader is gone before anything is composed: it must not part a mark from its letter.
    let seen = name.chars().filter(|c| c.is_whitespace() || !is_ignorable(*c) && !is_apostrophe(*c));
    for letter in seen.nfkc() {
        if is_whole_letter(letter) {
            put(letter);
        } else {
            std::iter::once(letter).nfd().filter(|c| !is_accent(*c)).for_each(&mut put);
        }
    }
    // Where a full stop or an accent went, marks of other scripts may have met that stand in no order yet.
    if folded.is_ascii() || is_nfc(&folded) { folded } else { folded.nfc().collect() }
}

/// A text with case, accents and the many forms of apostrophe, dash and space gone, and the way back to the text.
///
/// Unlike [`fold`] it keeps apostrophes, dashes and full stops, so that words end where they end in the text.
#[derive(Clone, Debug, Default)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    /// Where it departs from the text: from the first byte on, it goes on byte by byte with the text's second byte.
    shifts: Vec<(u32, u32)>,
}

impl Folded {
    /// Folds a text.
    pub fn new(text: &str) -> Self {
        if let Some(text) = Self::simple(text) {
            return Self { text, shifts: Vec::new() };
        }
        let mut folded = Self { text: String::with_capacity(text.len()), shifts: Vec::new() };
        for (at, c) in text.char_indices() {
            folded.put(c, at);
        }
        folded.align(text.len());
        folded
    }

    /// Folds a text of ASCII without two spaces together, which most paragraphs are: byte by byte.
    fn simple(text: &str) -> Option<String> {
        if !text.is_ascii() {
            return None;
        }
        let bytes = text.as_bytes();
        // No early end: so the compiler looks at many bytes at once.
        let gaps =
            bytes.iter().zip(bytes.iter().skip(1)).fold(false, |gap, (left, right)| gap | (left.max(right) <= &b' '));
        if gaps {
            return None;
        }
        let mut folded = text.to_ascii_lowercase();
        if bytes.iter().fold(false, |odd, byte| odd | (*byte < b' ') | (*byte == b'`')) {
            folded = folded.replace('`', "'").replace(|c: char| c.is_whitespace(), " ");
        }
        Some(folded)
    }

    /// Notes that the next byte comes from this byte of the text.
    fn align(&mut self, at: usize) {
        if self.place(self.text.len()) != at {
            let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            self.shifts.push((number(self.text.len()), number(at)));
        }
    }

    fn put(&mut self, c: char, at: usize) {
        let start = self.text.len();
        let is_mark = !c.is_ascii() && !is_apostrophe(c) && !is_dash(c) && (is_ignorable(c) || is_accent(c));
        if is_mark || c.is_whitespace() && self.text.ends_with(' ') {
            return;
        }
        self.align(at);
        if c.is_ascii_alphanumeric() {
            self.text.push(c.to_ascii_lowercase());
        } else if c.is_whitespace() {
            self.text.push(' ');
        } else if is_apostrophe(c) {
            self.text.push('\'');
        } else if is_dash(c) {
            self.text.push('-');
        } else if c.is_ascii() {
            self.text.push(c);
        } else if let Some(plain) = plain_latin(c) {
            self.text.push_str(plain);
        } else if is_whole_letter(c) {
            self.text.extend(c.to_lowercase());
        } else {
            for part in std::iter::once(c).nfkd().filter(|part| !is_accent(*part)) {
                self.text.extend(part.to_lowercase());
            }
        }
        // All that a letter becomes comes from where it begins.
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.shifts.extend((start + 1..self.text.len()).map(|byte| (number(byte), number(at))));
    }

    /// The byte of the text that a byte of the folded text comes from.
    fn place(&self, byte: usize) -> usize {
        // The last shifts are asked for again and again while the text is folded.
        let before = match self.shifts.last() {
            None => return byte,
            Some((from, _)) if *from as usize <= byte => self.shifts.len(),
            _ => self.shifts.partition_point(|(from, _)| *from as usize <= byte),
        };
        before.checked_sub(1).map_or(byte, |last| {
            let (from, text) = self.shifts[last];
            text as usize + (byte - from as usize)
        })
    }

    /// The bytes of the text that bytes of the folded text come from.
    pub fn in_text(&self, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
        self.place(range.start)..self.place(range.end)
    }
}

/// Returns `text` as a slug in Latin letters: `Київ` gives `kyiv`-like transliteration, `习近平` its pinyin.
///
/// Empty when nothing in `text` can be written so (a title of emoji, say); the caller then has to ask for a slug.
pub fn slugify(text: &str) -> String {
    let ascii = if text.is_ascii() { text.to_string() } else { deunicode::deunicode_with_tofu(text, "") };
    let mut slug = String::with_capacity(ascii.len());
    let mut gap = false;
    for c in ascii.chars() {
        if c.is_ascii_alphanumeric() {
            if gap && !slug.is_empty() {
                slug.push('-');
            }
            gap = false;
            slug.push(c.to_ascii_lowercase());
        } else if !is_apostrophe(c) {
            gap = true;
        }
    }
    shorten_slug(slug)
}

/// Longest slug that we make by ourselves, in bytes: addresses stay readable and far from the 255 bytes of a file
/// name.
const LONGEST_SLUG: usize = 100;

/// Cuts a slug at the last hyphen before [`LONGEST_SLUG`].
fn shorten_slug(mut slug: String) -> String {
    if slug.len() > LONGEST_SLUG {
        let cut = slug[..LONGEST_SLUG].rfind('-').filter(|at| *at > 0).unwrap_or(LONGEST_SLUG);
        slug.truncate(cut);
    }
    slug
}

/// Returns `text` with control characters gone and every run of white space as one space.
pub fn one_line(text: &str) -> String {
    // Most texts are such a line already.
    let bytes = text.as_bytes();
    let is_space = |byte: Option<&u8>| byte == Some(&b' ');
    if bytes.iter().all(|byte| (b' '..0x7F).contains(byte))
        && !is_space(bytes.first())
        && !is_space(bytes.last())
        && !bytes.windows(2).any(|pair| pair == b"  ")
    {
        return text.to_string();
    }
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns the start of `text` up to `limit` characters, cut at a word, with an ellipsis when something was cut.
pub fn excerpt(text: &str, limit: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(limit) else {
        return text.to_string();
    };
    let head = &text[..end];
    let cut = head.rfind(char::is_whitespace).filter(|at| *at > end / 2).unwrap_or(end);
    format!("{}…", head[..cut].trim_end_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation()))
}

/// Returns `text` with `&`, `<`, `>`, `"` and `'` as HTML entities: safe between tags and in quoted attributes.
pub fn escape_html(text: &str) -> String {
    let is_special = |byte: &u8| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'');
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut rest = text;
    // All five are ASCII, so a byte that looks like one is one.
    while let Some(at) = rest.as_bytes().iter().position(is_special) {
        escaped.push_str(&rest[..at]);
        escaped.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        });
        rest = &rest[at + 1..];
    }
    escaped.push_str(rest);
    escaped
}

/// Returns `text` for XML 1.0: escaped as for HTML, without the control characters that XML has no way to write.
pub fn escape_xml(text: &str) -> String {
    let refused = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t') || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    // Bytes that a refused character begins with; few texts have any, and most of those none that is refused.
    let may_begin = |byte: &u8| matches!(byte, 0..=0x1F | 0x7F | 0xC2 | 0xEF);
    if text.as_bytes().iter().any(may_begin) && text.contains(refused) {
        return escape_html(&text.replace(refused, ""));
    }
    escape_html(text)
}

/// Whether `c` changes how text is shown without being seen: bidi controls and zero-width characters.
pub fn is_invisible_control(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

fn is_ignorable(c: char) -> bool {
    is_invisible_control(c) || matches!(c, '\u{00AD}' | '\u{200C}' | '\u{200D}') || c.is_control()
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}')
}

/// Apostrophes of all keyboards, and the letters that stand for one in romanised names.
pub fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '\u{2018}'
            | '\u{2019}'
            | '\u{02BC}'
            | '\u{02BB}'
            | '\u{02B9}'
            | '\u{00B4}'
            | '`'
            | '\u{2032}'
            | '\u{FF07}'
    )
}

/// Marks that folding strips: accents. Marks of other scripts (Indic vowel signs, Arabic points) are letters of the
/// name there and stay.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}')
}

/// Cyrillic letters that carry an accent by nature: й is not и, ї is not і, ё is folded by choice of the press.
fn is_whole_letter(c: char) -> bool {
    matches!(c, 'й' | 'Й' | 'ї' | 'Ї')
}

/// Latin letters that no decomposition takes apart.
fn plain_latin(c: char) -> Option<&'static str> {
    Some(match c {
        'ł' | 'Ł' => "l",
        'ø' | 'Ø' => "o",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ħ' | 'Ħ' => "h",
        'ı' | 'İ' => "i",
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'þ' | 'Þ' => "th",
        'ə' | 'Ə' => "a",
        _ => return None,
    })
}

/// Takes the space in front of a stop away, which a citation leaves behind.
pub fn closed_up(text: &str) -> String {
    let mut closed = String::with_capacity(text.len());
    push_closed_up(&mut closed, text);
    closed
}

/// Adds to a text what [`closed_up`] makes of another.
pub fn push_closed_up(closed: &mut String, text: &str) {
    let mut from = 0;
    for at in memchr::memchr_iter(b' ', text.as_bytes()) {
        let after = &text.as_bytes()[at + 1..];
        if matches!(after.first(), Some(b'.' | b',' | b';' | b'!' | b'?' | b' ')) && !after.starts_with(b"...") {
            closed.push_str(&text[from..at]);
            from = at + 1;
        }
    }
    closed.push_str(&text[from..]);
}

/// Makes one tidy line of plain text: single spaces, none at the ends or in front of a stop.
pub fn tidy(text: &str) -> String {
    closed_up(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_joins_spellings_of_one_name() {
        for (left, right) in [
            ("Recep Tayyip Erdoğan", "recep tayyip erdogan"),
            ("Côte d’Ivoire", "COTE D'IVOIRE"),
            ("Lai Ching-te", "Lai Ching te"),
            ("U.K.", "UK"),
            ("Türkiye", "Turkiye"),
            ("İstanbul", "istanbul"),
            ("Łukasz", "lukasz"),
            ("Straße", "STRASSE"),
            ("Ne\u{0301}e", "N\u{00E9}e"),
        ] {
            assert_eq!(fold(left), fold(right), "{left} and {right}");
        }
    }

    #[test]
    fn ascii_folds_as_all_else() {
        for c in (0..0x80_u8).map(char::from) {
            // A letter that is not ASCII takes the long way.
            let long = fold(&format!("A{c}bé"));
            assert_eq!(fold(&format!("A{c}be")), long, "{c:?}");
            assert_eq!(fold(&format!("{c}be")), fold(&format!("{c}bé")), "{c:?}");
        }
    }

    #[test]
    fn folding_twice_is_folding_once() {
        for name in [
            "z\u{597}\u{2}\u{5b7}\u{2}",
            "z\u{597}.\u{5b7}",
            "か.\u{3099}",
            "и\u{AD}\u{306}",
            "\u{5b7}\u{301}\u{597}",
            "ا\u{301}\u{653}",
        ] {
            let folded = fold(name);
            assert_eq!(fold(&folded), folded, "{name:?}");
        }
        assert_eq!(fold("Андрии\u{AD}\u{306}"), fold("Андрий"));
        assert_eq!(fold("Côte d´Ivoire"), fold("Côte d’Ivoire"));
    }

    #[test]
    fn folded_texts_lead_back() {
        let back = |text: &str, name: &str| {
            let folded = Folded::new(text);
            let at = folded.text.find(name).unwrap_or_else(|| panic!("{name} in {}", folded.text));
            text[folded.in_text(at..at + name.len())].to_string()
        };
        assert_eq!(back("In Côte d’Ivoire’s north", "cote d'ivoire"), "Côte d’Ivoire");
        assert_eq!(back("Ne\u{0301}e Łukasz–Straße", "lukasz"), "Łukasz");
        assert_eq!(back("Ne\u{0301}e Łukasz–Straße", "strasse"), "Straße");
        assert_eq!(back("a  b\u{00A0}c", "a b c"), "a  b\u{00A0}c");
        assert_eq!(back("Пан Зеленський їде", "зеленський"), "Зеленський");
        assert_eq!(back("plain Text", "text"), "Text");
        assert_eq!(back("A\nB `C`", "b 'c'"), "B `C`");
        assert_eq!(back("ﬁne ½ \u{AD}x\u{200D}y Ⅷ end", "xy"), "x\u{200D}y");
    }

    #[test]
    fn every_letter_of_a_folded_text_leads_to_one_of_the_text() {
        for text in ["Straße ﬁ½ⅧÆ æ\u{301}", "\u{301}é\u{200D} \t\u{A0} 习近平", "İi̇ ŉ ǰ ﷺ", "a`b’c–d\u{AD}e\n\nf", ""]
        {
            let folded = Folded::new(text);
            let mut before = 0;
            for at in (0..=folded.text.len()).filter(|at| folded.text.is_char_boundary(*at)) {
                let place = folded.in_text(at..at).start;
                assert!(text.is_char_boundary(place) && place >= before, "{text:?} {at} {place}");
                before = place;
            }
            assert_eq!(folded.in_text(folded.text.len()..folded.text.len()).end, text.len(), "{text:?}");
        }
    }

    #[test]
    fn folding_keeps_other_names_apart() {
        for (left, right) in [("Zelensky", "Zelenskyy"), ("Li Qiang", "Li Qian"), ("Андрій", "Андрии")] {
            assert_ne!(fold(left), fold(right));
        }
    }

    #[test]
    fn slugs_are_latin() {
        assert_eq!(
            slugify("Zelenskyy Warns of Deepening Russia–China Cooperation"),
            "zelenskyy-warns-of-deepening-russia-china-cooperation"
        );
        assert_eq!(slugify("Côte d’Ivoire"), "cote-divoire");
        assert_eq!(slugify("习近平"), "xi-jin-ping");
        assert_eq!(slugify("  --  "), "");
    }

    #[test]
    fn slugs_are_cut_at_a_word() {
        let slug = slugify(&"word ".repeat(60));
        assert!(slug.len() <= LONGEST_SLUG && slug.ends_with("word"));
    }

    #[test]
    fn excerpts_end_at_a_word() {
        assert_eq!(excerpt("one two three", 20), "one two three");
        assert_eq!(excerpt("one two three four", 10), "one two…");
    }
}
