//! The order of names: that of the language, not of bytes.

use icu_collator::options::CollatorOptions;
use icu_collator::{CollatorBorrowed, CollatorPreferences};

/// Puts names in a language's order.
pub struct Order {
    collator: Option<CollatorBorrowed<'static>>,
}

impl Order {
    /// Returns the order of the language with this BCP 47 tag, or the root order of CLDR when it has none of its own.
    pub fn of(language: &str) -> Self {
        let preferences =
            icu_locale_core::Locale::try_from_str(language).map(CollatorPreferences::from).unwrap_or_default();
        let collator = CollatorBorrowed::try_new(preferences, CollatorOptions::default())
            .or_else(|_| CollatorBorrowed::try_new(CollatorPreferences::default(), CollatorOptions::default()))
            .ok();
        Self { collator }
    }

    /// Returns a key by which names sort as the language sorts them; names that the language holds equal still differ
    /// by their bytes, so the order is total.
    pub fn key(&self, name: &str) -> (Vec<u8>, String) {
        let mut key = Vec::with_capacity(name.len() * 2);
        if let Some(collator) = &self.collator {
            // Writing into a vector cannot fail.
            let _ = collator.write_sort_key_to(name, &mut key);
        }
        (key, name.to_string())
    }

    /// Returns the letter under which an A to Z index lists `name`: the first letter without its accent when the
    /// language sorts it there, else the letter itself; `#` for digits and signs.
    pub fn letter(&self, name: &str) -> String {
        use unicode_normalization::UnicodeNormalization;
        let Some(first) = name.chars().find(|c| c.is_alphanumeric()) else { return "#".to_string() };
        if !first.is_alphabetic() {
            return "#".to_string();
        }
        let upper = |c: char| c.to_uppercase().collect::<String>();
        let plain = std::iter::once(first).nfd().next().unwrap_or(first);
        if first.is_ascii() || plain != first && self.is_among(plain, first) {
            return upper(plain);
        }
        // Ø, Ł, Đ and Æ do not decompose, and still stand among the words of a plain letter in most languages.
        let latin = matches!(first, '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}');
        match ('A'..='Z').find(|plain| latin && self.is_among(*plain, first)) {
            Some(plain) => plain.to_string(),
            None => upper(first),
        }
    }

    /// Whether the language sorts a letter among the words that begin with a plain one: é is an e in French, å is no a
    /// in Danish.
    fn is_among(&self, plain: char, letter: char) -> bool {
        use std::cmp::Ordering::{Greater, Less};
        let Some(collator) = &self.collator else { return true };
        // Were it a letter of its own, then plain + "z" would still come before it.
        let letter = letter.to_lowercase().to_string();
        let plain = plain.to_lowercase().to_string();
        collator.compare(&plain, &letter) == Less && collator.compare(&format!("{plain}z"), &letter) == Greater
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted<'a>(language: &str, mut names: Vec<&'a str>) -> Vec<&'a str> {
        let order = Order::of(language);
        names.sort_by_cached_key(|name| order.key(name));
        names
    }

    #[test]
    fn names_sort_as_the_language_sorts_them() {
        assert_eq!(
            sorted("en", vec!["Zambia", "Åland", "Egypt", "Éire", "austria"]),
            ["Åland", "austria", "Egypt", "Éire", "Zambia"]
        );
        assert_eq!(sorted("sv", vec!["Zambia", "Åland", "Austria"]), ["Austria", "Zambia", "Åland"]);
        assert_eq!(sorted("uk", vec!["Їжак", "Йосип", "Іван", "Є"]), ["Є", "Іван", "Їжак", "Йосип"]);
    }

    #[test]
    fn letters_follow_the_language() {
        assert_eq!(Order::of("en").letter("Åland"), "A");
        assert_eq!(Order::of("sv").letter("Åland"), "Å");
        assert_eq!(Order::of("en").letter("“Élysée”"), "E");
        assert_eq!(Order::of("en").letter("7th Fleet"), "#");
        assert_eq!(Order::of("uk").letter("Йосип"), "Й");
        for (language, name, letter) in [
            ("en", "Ørsted", "O"),
            ("en", "Łódź", "L"),
            ("en", "Đorđe", "D"),
            ("en", "Æthel", "A"),
            ("de", "Ägypten", "A"),
            ("da", "Ørsted", "Ø"),
            ("da", "Æthel", "Æ"),
            ("pl", "Łódź", "Ł"),
            ("tr", "Çelik", "Ç"),
            ("en", "Çelik", "C"),
        ] {
            assert_eq!(Order::of(language).letter(name), letter, "{language} {name}");
        }
    }
}
