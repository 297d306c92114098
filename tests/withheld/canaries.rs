//! Looking for what is withheld in the bytes of a site, in all the forms in which a program might put it there.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;

/// Stands in everything that is withheld, and in nothing else. One word, so that what takes texts apart keeps it whole.
pub const CANARY: &str = "zqkanari";
/// The same for letters that are not ASCII: folding, slugs and addresses write them otherwise.
pub const ACCENTED: &str = "Zqŵîdé";
/// The same for a script without spaces and capitals.
pub const CHINESE: &str = "秘匿札";

/// Everything that must not be found, each with what it is.
pub struct Search {
    words: Vec<String>,
    /// Finds in texts that are in small letters.
    folded: AhoCorasick,
    /// Finds in bytes as they are.
    exact: AhoCorasick,
    number_of_folded: usize,
}

impl Search {
    /// The search for the three words, and for what tells of the bytes and paths of withheld files.
    pub fn new<'a>(withheld: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut folded: BTreeMap<Vec<u8>, String> = BTreeMap::new();
        let mut exact: BTreeMap<Vec<u8>, String> = BTreeMap::new();
        for word in [CANARY, ACCENTED, CHINESE] {
            let lower = word.to_lowercase();
            let mut put = |form: String, what: &str| {
                folded.entry(form.to_lowercase().into_bytes()).or_insert(format!("`{word}` {what}"));
            };
            put(lower.clone(), "as written");
            put(decomposed(&lower), "in decomposed letters");
            put(crossbrief::base::text::slugify(word), "as a slug");
            put(crossbrief::base::text::fold(word), "folded");
            put(percent(word), "percent-encoded");
            put(percent(&lower), "percent-encoded in small letters");
            put(lower.chars().rev().collect(), "backwards");
            put(hex(lower.as_bytes()), "in hexadecimal digits");
            put(escaped(&lower, |c| format!("\\u{:04x}", c as u32)), "in escapes of JSON");
            put(escaped(&lower, |c| format!("&#{};", c as u32)), "in escapes of HTML");
            put(escaped(&lower, |c| format!("&#x{:x};", c as u32)), "in escapes of HTML");
            let title_case: String = lower
                .chars()
                .enumerate()
                .flat_map(|(at, c)| if at == 0 { c.to_uppercase().collect::<Vec<_>>() } else { vec![c] })
                .collect();
            for case in [&lower, word, &title_case, &lower.to_uppercase()] {
                for (phase, text) in base64(case.as_bytes()).into_iter().enumerate() {
                    exact.insert(text.into_bytes(), format!("`{word}` in base64, phase {phase}"));
                }
                let units: Vec<u16> = case.encode_utf16().collect();
                exact.insert(
                    units.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
                    format!("`{word}` in UTF-16LE"),
                );
                exact.insert(
                    units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
                    format!("`{word}` in UTF-16BE"),
                );
            }
        }
        for (path, bytes) in withheld {
            for (of, bytes) in [("bytes", bytes), ("path", path.as_bytes())] {
                let hash = blake3::hash(bytes);
                let what = format!("the hash of the {of} of {path}");
                folded.insert(hash.to_hex()[..12].as_bytes().to_vec(), what.clone());
                exact.insert(base64(hash.as_bytes())[0].as_bytes()[..12].to_vec(), what);
            }
            if let Some(name) = path.rsplit('/').next().filter(|name| name.to_lowercase().contains(CANARY)) {
                folded.insert(name.to_lowercase().into_bytes(), format!("the name of {path}"));
            }
        }
        let (folded, mut words): (Vec<Vec<u8>>, Vec<String>) = folded.into_iter().unzip();
        let (exact, more): (Vec<Vec<u8>>, Vec<String>) = exact.into_iter().unzip();
        words.extend(more);
        Self {
            number_of_folded: folded.len(),
            folded: AhoCorasick::new(&folded).expect("few words"),
            exact: AhoCorasick::new(&exact).expect("few words"),
            words,
        }
    }

    /// Says what of it stands in these bytes.
    pub fn find(&self, bytes: &[u8]) -> Option<String> {
        let exact = self.exact.find(bytes).map(|found| (self.number_of_folded, found));
        let lower;
        let found = match exact {
            Some(found) => Some(found),
            None => {
                lower = match std::str::from_utf8(bytes) {
                    Ok(text) => text.to_lowercase().into_bytes(),
                    Err(_) => bytes.to_ascii_lowercase(),
                };
                self.folded.find(&lower).map(|found| (0, found))
            }
        };
        found.map(|(from, found)| self.words[from + found.pattern().as_usize()].clone())
    }
}

/// Outputs that are packed so that nothing can be found in them must not be there unknown to this search.
pub fn is_packed(path: &str) -> bool {
    [".gz", ".br", ".zst", ".zip", ".xz", ".bz2"].iter().any(|end| path.ends_with(end))
}

/// `text` with every accent a letter of its own.
fn decomposed(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfd().collect()
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The letters that are not ASCII written otherwise; nothing to look for when there are none.
fn escaped(text: &str, escape: impl Fn(char) -> String) -> String {
    text.chars().map(|c| if c.is_ascii() { c.to_string() } else { escape(c) }).collect()
}

/// What stands in base64 wherever these bytes stand in what was encoded: it depends on the place, modulo three, and the
/// letters at both ends on what stands around.
fn base64(bytes: &[u8]) -> [String; 3] {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    [0, 1, 2].map(|phase: usize| {
        let padded = [&vec![0; phase][..], bytes].concat();
        let bits: Vec<u8> = padded.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
        let letters: String = bits
            .chunks_exact(6)
            .map(|six| char::from(LETTERS[six.iter().fold(0, |sum, bit| sum * 2 + usize::from(*bit))]))
            .collect();
        // A letter that holds bits of what stands in front goes.
        letters[(phase * 8).div_ceil(6)..].to_string()
    })
}

/// The words, so that a site can be made that must be found.
#[test]
fn every_form_is_found() {
    let search = Search::new([("content/secret.bin", b"secret bytes".as_slice())]);
    let hash = blake3::hash(b"secret bytes");
    let mut forms = BTreeSet::from([
        "ZQKANARI".to_string(),
        "iranakqz".to_string(),
        "/zqwide/".to_string(),
        "Zq%C5%B5%C3%AEd%C3%A9".to_string(),
        "%e7%a7%98%e5%8c%bf%e6%9c%ad".to_string(),
        "zqw\u{302}i\u{302}de\u{301}".to_string(),
        "\\u79d8\\u533f\\u672d".to_string(),
        "&#31192;&#21311;&#26413;".to_string(),
        "7a716b616e617269".to_string(),
        format!("app.{}.css", &hash.to_hex()[..16]),
        format!("etag {}", &hash.to_hex().to_uppercase()[..12]),
    ]);
    // From an encoder of somebody else: `printf zqkanari | base64`, with one and two letters in front.
    forms.extend(["enFrYW5hcmk=", "IHpxa2FuYXJp", "ICB6cWthbmFyaQ=="].map(str::to_string));
    for form in forms {
        let text = format!("<p>Words {form} words</p>");
        assert!(search.find(text.as_bytes()).is_some(), "{form}");
    }
    let wide: Vec<u8> = "x Zqkanari".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(search.find(&wide).is_some());
    for innocent in ["Nothing of the kind, zq and kanari.", "", "\u{feff}"] {
        assert_eq!(search.find(innocent.as_bytes()), None, "{innocent}");
    }
    assert!(is_packed("a/index.html.gz") && !is_packed("a/index.html"));
}
