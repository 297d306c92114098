//! How a language writes numbers and tells one from many, by the data of CLDR.

use std::borrow::Cow;

use icu_decimal::input::Decimal;
use icu_decimal::options::{DecimalFormatterOptions, GroupingStrategy};
use icu_decimal::{DecimalFormatter, DecimalFormatterPreferences};
use icu_locale_core::Locale;
use icu_plurals::{PluralOperands, PluralRules, PluralRulesPreferences};

pub use icu_plurals::PluralCategory as Category;

/// The numbers of a language.
#[derive(Debug)]
pub struct Rules {
    cardinal: Option<PluralRules>,
    ordinal: Option<PluralRules>,
    decimals: Option<DecimalFormatter>,
    is_english: bool,
    isolates: bool,
}

/// The locale of a language, with the digits that texts, notes and addresses have everywhere.
pub(super) fn locale(tag: &str) -> Locale {
    Locale::try_from_str(&format!("{tag}-u-nu-latn")).unwrap_or(Locale::UNKNOWN)
}

impl Rules {
    /// Returns the rules of the language with this tag; `isolates` where its script runs from right to left.
    pub fn of(tag: &str, isolates: bool) -> Self {
        let locale = locale(tag);
        let plurals = PluralRulesPreferences::from(&locale);
        let is_english = tag.split('-').next() == Some("en");
        let mut options = DecimalFormatterOptions::default();
        // Five digits and more are set in groups; English is written as it always was here.
        options.grouping_strategy = Some(if is_english { GroupingStrategy::Never } else { GroupingStrategy::Min2 });
        Self {
            cardinal: PluralRules::try_new_cardinal(plurals).ok(),
            ordinal: PluralRules::try_new_ordinal(plurals).ok(),
            decimals: DecimalFormatter::try_new(DecimalFormatterPreferences::from(&locale), options).ok(),
            is_english,
            isolates,
        }
    }

    /// A whole number as people read it.
    pub fn number(&self, number: i64) -> String {
        // No language here groups four digits, or has other ones.
        if self.is_english || (0..10_000).contains(&number) {
            return number.to_string();
        }
        self.formatted(&Decimal::from(number)).unwrap_or_else(|| number.to_string())
    }

    /// A number as people read it, with the digits after the point that it has.
    pub fn decimal(&self, number: f64) -> String {
        self.written_decimal(&number.to_string())
    }

    /// A number that is written with a point, such as `0.250`, as people read it.
    pub fn written_decimal(&self, number: &str) -> String {
        let read = Decimal::try_from_str(number).ok();
        read.and_then(|number| self.formatted(&number)).unwrap_or_else(|| number.to_string())
    }

    fn formatted(&self, number: &Decimal) -> Option<String> {
        Some(self.decimals.as_ref()?.format(number).to_string())
    }

    pub(super) fn category(&self, number: i64, is_ordinal: bool) -> Category {
        let rules = if is_ordinal { &self.ordinal } else { &self.cardinal };
        rules.as_ref().map_or(Category::Other, |rules| rules.category_for(PluralOperands::from(number)))
    }

    pub(super) fn category_of_decimal(&self, number: f64) -> Category {
        let read = Decimal::try_from_str(&number.to_string()).ok();
        let both = self.cardinal.as_ref().zip(read);
        both.map_or(Category::Other, |(rules, number)| rules.category_for(&number))
    }

    pub(super) fn category_name(&self, category: Category) -> &'static str {
        match category {
            Category::Zero => "zero",
            Category::One => "one",
            Category::Two => "two",
            Category::Few => "few",
            Category::Many => "many",
            Category::Other => "other",
        }
    }

    /// The categories that the language has.
    pub fn categories(&self) -> Vec<(Category, &'static str)> {
        let mut found: Vec<Category> = self.cardinal.iter().flat_map(|rules| rules.categories()).collect();
        if !found.contains(&Category::Other) {
            found.push(Category::Other);
        }
        found.sort_unstable();
        found.into_iter().map(|category| (category, self.category_name(category))).collect()
    }

    /// A text of unknown direction within a text of this language.
    pub(super) fn isolated<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.isolates { format!("\u{2068}{text}\u{2069}").into() } else { text.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_language_does() {
        let write = |tag: &str, number: i64| Rules::of(tag, false).number(number);
        assert_eq!(write("en", 1_234_567), "1234567");
        assert_eq!(write("uk", 9999), "9999");
        assert_eq!(write("uk", 12_345), "12\u{a0}345");
        assert_eq!(write("fr", 12_345), "12\u{202f}345");
        assert_eq!(write("ar", 12_345), "12,345");
        assert_eq!(write("zh", -12_345), "-12,345");
        let decimal = |tag: &str| Rules::of(tag, false).written_decimal("0.250");
        assert_eq!([decimal("en"), decimal("uk"), decimal("ar")], ["0.250", "0,250", "0.250"]);
    }

    #[test]
    fn one_is_told_from_many() {
        let rules = Rules::of("uk", false);
        let name = |number| rules.category_name(rules.category(number, false));
        assert_eq!([1, 2, 5, 11, 21, 22].map(name), ["one", "few", "many", "many", "one", "few"]);
        let arabic = Rules::of("ar", true);
        assert_eq!(
            arabic.categories().into_iter().map(|(_, name)| name).collect::<Vec<_>>(),
            ["zero", "one", "two", "few", "many", "other"]
        );
        assert_eq!(Rules::of("en", false).category(22, true), Category::Two);
    }
}
