//! The controlled words of the field: article types, TLP labels, likelihood, confidence, Admiralty grades.
//!
//! Sources: schema.org's `NewsArticle` subtypes; FIRST, *Traffic Light Protocol 2.0* (2022); Intelligence Community
//! Directive 203, table of likelihood terms; the Admiralty code (NATO AJP-2.1); AP's rules on corrections; IPTC ninjs
//! `pubStatus`.

use std::borrow::Cow;

use borsh::{BorshDeserialize, BorshSerialize};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

/// What kind of article it is.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    Deserialize,
    Serialize,
    JsonSchema,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum ArticleType {
    /// An account of events (schema.org `ReportageNewsArticle`).
    #[default]
    Report,
    /// Events explained and judged (`AnalysisNewsArticle`).
    Analysis,
    /// What one must know to follow the news (`BackgroundNewsArticle`).
    Background,
    /// The author's view (`OpinionNewsArticle`).
    Opinion,
    /// A few lines (`NewsArticle`).
    Brief,
    /// A running account (`LiveBlogPosting`).
    Live,
}

impl ArticleType {
    /// The word in front matter.
    pub fn id(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Analysis => "analysis",
            Self::Background => "background",
            Self::Opinion => "opinion",
            Self::Brief => "brief",
            Self::Live => "live",
        }
    }

    /// The message that says it to readers.
    pub fn message(self) -> &'static str {
        match self {
            Self::Report => "type-report",
            Self::Analysis => "type-analysis",
            Self::Background => "type-background",
            Self::Opinion => "type-opinion",
            Self::Brief => "type-brief",
            Self::Live => "type-live",
        }
    }
}

/// A TLP 2.0 label, in the order of who may see it: a build for one audience shows that label and those before it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, BorshSerialize, BorshDeserialize,
)]
pub enum Tlp {
    /// Anybody.
    Clear,
    /// The community.
    Green,
    /// The recipient's organisation and its clients, on need to know.
    Amber,
    /// The recipient's organisation only.
    AmberStrict,
    /// The recipients only.
    Red,
}

impl Tlp {
    /// All labels, from open to closed.
    pub const ALL: [Tlp; 5] = [Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict, Tlp::Red];

    /// The label as FIRST writes it; never translated.
    pub fn label(self) -> &'static str {
        match self {
            Tlp::Clear => "TLP:CLEAR",
            Tlp::Green => "TLP:GREEN",
            Tlp::Amber => "TLP:AMBER",
            Tlp::AmberStrict => "TLP:AMBER+STRICT",
            Tlp::Red => "TLP:RED",
        }
    }

    /// The word for class names.
    pub fn slug(self) -> &'static str {
        match self {
            Tlp::Clear => "clear",
            Tlp::Green => "green",
            Tlp::Amber => "amber",
            Tlp::AmberStrict => "amber-strict",
            Tlp::Red => "red",
        }
    }

    /// FIRST's text colour, to be shown on black.
    pub fn color(self) -> &'static str {
        match self {
            Tlp::Clear => "#FFFFFF",
            Tlp::Green => "#33FF00",
            Tlp::Amber | Tlp::AmberStrict => "#FFC000",
            Tlp::Red => "#FF2B2B",
        }
    }

    /// Reads a label with or without `TLP:`, in any case. `WHITE`, the old name of CLEAR, is not read here: see
    /// [`Tlp::is_old_name`].
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.trim().to_ascii_uppercase();
        let word = word.strip_prefix("TLP:").unwrap_or(&word);
        Self::ALL.into_iter().find(|label| &label.label()[4..] == word)
    }

    /// Whether `text` is `WHITE`, which TLP 2.0 renamed to CLEAR in August 2022.
    pub fn is_old_name(text: &str) -> bool {
        let word = text.trim().to_ascii_uppercase();
        word.strip_prefix("TLP:").unwrap_or(&word) == "WHITE"
    }
}

/// Whether an article may be used (IPTC ninjs `pubStatus`).
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    Deserialize,
    Serialize,
    JsonSchema,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum PubStatus {
    /// It may be published.
    #[default]
    Usable,
    /// It is held back: it reaches no output.
    Withheld,
    /// It was published and is taken back: its page says that, and nothing more.
    Canceled,
}

/// A term of likelihood in the words of ICD 203. The two words of a row mean the same range.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema, BorshSerialize, BorshDeserialize,
)]
pub enum Likelihood {
    /// 1 to 5 %.
    #[serde(rename = "almost no chance")]
    AlmostNoChance,
    /// 1 to 5 %.
    #[serde(rename = "remote")]
    Remote,
    /// 5 to 20 %.
    #[serde(rename = "very unlikely")]
    VeryUnlikely,
    /// 5 to 20 %.
    #[serde(rename = "highly improbable")]
    HighlyImprobable,
    /// 20 to 45 %.
    #[serde(rename = "unlikely")]
    Unlikely,
    /// 20 to 45 %.
    #[serde(rename = "improbable")]
    Improbable,
    /// 45 to 55 %.
    #[serde(rename = "roughly even chance")]
    RoughlyEvenChance,
    /// 45 to 55 %.
    #[serde(rename = "roughly even odds")]
    RoughlyEvenOdds,
    /// 55 to 80 %.
    #[serde(rename = "likely")]
    Likely,
    /// 55 to 80 %.
    #[serde(rename = "probable")]
    Probable,
    /// 80 to 95 %.
    #[serde(rename = "very likely")]
    VeryLikely,
    /// 80 to 95 %.
    #[serde(rename = "highly probable")]
    HighlyProbable,
    /// 95 to 99 %.
    #[serde(rename = "almost certain", alias = "almost certainly")]
    AlmostCertain,
    /// 95 to 99 %.
    #[serde(rename = "nearly certain")]
    NearlyCertain,
}

impl Likelihood {
    /// The words that readers see.
    pub fn term(self) -> &'static str {
        match self {
            Self::AlmostNoChance => "almost no chance",
            Self::Remote => "remote",
            Self::VeryUnlikely => "very unlikely",
            Self::HighlyImprobable => "highly improbable",
            Self::Unlikely => "unlikely",
            Self::Improbable => "improbable",
            Self::RoughlyEvenChance => "roughly even chance",
            Self::RoughlyEvenOdds => "roughly even odds",
            Self::Likely => "likely",
            Self::Probable => "probable",
            Self::VeryLikely => "very likely",
            Self::HighlyProbable => "highly probable",
            Self::AlmostCertain => "almost certain",
            Self::NearlyCertain => "nearly certain",
        }
    }

    /// The message that says it to readers.
    pub fn message(self) -> &'static str {
        match self {
            Self::AlmostNoChance => "likelihood-almost-no-chance",
            Self::Remote => "likelihood-remote",
            Self::VeryUnlikely => "likelihood-very-unlikely",
            Self::HighlyImprobable => "likelihood-highly-improbable",
            Self::Unlikely => "likelihood-unlikely",
            Self::Improbable => "likelihood-improbable",
            Self::RoughlyEvenChance => "likelihood-roughly-even-chance",
            Self::RoughlyEvenOdds => "likelihood-roughly-even-odds",
            Self::Likely => "likelihood-likely",
            Self::Probable => "likelihood-probable",
            Self::VeryLikely => "likelihood-very-likely",
            Self::HighlyProbable => "likelihood-highly-probable",
            Self::AlmostCertain => "likelihood-almost-certain",
            Self::NearlyCertain => "likelihood-nearly-certain",
        }
    }

    /// One term of each range, from the least likely to the most.
    pub const RANGES: [Likelihood; 7] = [
        Self::AlmostNoChance,
        Self::VeryUnlikely,
        Self::Unlikely,
        Self::RoughlyEvenChance,
        Self::Likely,
        Self::VeryLikely,
        Self::AlmostCertain,
    ];

    /// The term of the other row of ICD 203 that means the same range.
    pub fn twin(self) -> Self {
        match self {
            Self::AlmostNoChance => Self::Remote,
            Self::Remote => Self::AlmostNoChance,
            Self::VeryUnlikely => Self::HighlyImprobable,
            Self::HighlyImprobable => Self::VeryUnlikely,
            Self::Unlikely => Self::Improbable,
            Self::Improbable => Self::Unlikely,
            Self::RoughlyEvenChance => Self::RoughlyEvenOdds,
            Self::RoughlyEvenOdds => Self::RoughlyEvenChance,
            Self::Likely => Self::Probable,
            Self::Probable => Self::Likely,
            Self::VeryLikely => Self::HighlyProbable,
            Self::HighlyProbable => Self::VeryLikely,
            Self::AlmostCertain => Self::NearlyCertain,
            Self::NearlyCertain => Self::AlmostCertain,
        }
    }

    /// Whether it is one of `remote`, `highly improbable`, `improbable` and so on.
    pub fn is_of_second_row(self) -> bool {
        !Self::RANGES.contains(&self)
    }

    /// How far it was from what came of it, from 0 (certain and right) to 1 (certain and wrong): the square of the distance
    /// between the middle of its range and the outcome (Brier).
    pub fn brier(self, came_true: bool) -> f64 {
        let (low, high) = self.range();
        let stated = f64::from(low + high) / 200.0;
        let distance = stated - f64::from(u8::from(came_true));
        distance * distance
    }

    /// Lower and upper bound in percent, from the table of ICD 203.
    pub fn range(self) -> (u8, u8) {
        match self {
            Self::AlmostNoChance | Self::Remote => (1, 5),
            Self::VeryUnlikely | Self::HighlyImprobable => (5, 20),
            Self::Unlikely | Self::Improbable => (20, 45),
            Self::RoughlyEvenChance | Self::RoughlyEvenOdds => (45, 55),
            Self::Likely | Self::Probable => (55, 80),
            Self::VeryLikely | Self::HighlyProbable => (80, 95),
            Self::AlmostCertain | Self::NearlyCertain => (95, 99),
        }
    }
}

/// Confidence in a judgment (ICD 203).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema, BorshSerialize, BorshDeserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Little or poor information.
    Low,
    /// Credible information, open to more than one reading.
    Moderate,
    /// Good information from more than one source.
    High,
}

impl Confidence {
    /// The word that readers see.
    pub fn message(self) -> &'static str {
        match self {
            Self::Low => "confidence-low",
            Self::Moderate => "confidence-moderate",
            Self::High => "confidence-high",
        }
    }
}

/// Reliability of a source (Admiralty code).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema, BorshSerialize, BorshDeserialize,
)]
pub enum Reliability {
    /// Completely reliable.
    A,
    /// Usually reliable.
    B,
    /// Fairly reliable.
    C,
    /// Not usually reliable.
    D,
    /// Unreliable.
    E,
    /// Reliability cannot be judged.
    F,
}

impl Reliability {
    /// The letter.
    pub fn grade(self) -> &'static str {
        ["A", "B", "C", "D", "E", "F"][self as usize]
    }

    /// What the letter means.
    pub fn message(self) -> &'static str {
        ["reliability-a", "reliability-b", "reliability-c", "reliability-d", "reliability-e", "reliability-f"]
            [self as usize]
    }
}

/// Credibility of a piece of information (Admiralty code), 1 to 6; judged apart from the source's reliability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Credibility(u8);

impl Credibility {
    /// The digit.
    pub fn grade(self) -> u8 {
        self.0
    }

    /// What the digit means.
    pub fn message(self) -> &'static str {
        ["credibility-1", "credibility-2", "credibility-3", "credibility-4", "credibility-5", "credibility-6"]
            [usize::from(self.0 - 1)]
    }
}

impl<'de> Deserialize<'de> for Credibility {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Credibility;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a whole number from 1 to 6")
            }

            fn visit_u64<E: de::Error>(self, digit: u64) -> Result<Credibility, E> {
                u8::try_from(digit)
                    .ok()
                    .filter(|digit| (1..=6).contains(digit))
                    .map(Credibility)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(digit), &self))
            }

            fn visit_i64<E: de::Error>(self, digit: i64) -> Result<Credibility, E> {
                u64::try_from(digit)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(digit), &self))
                    .and_then(|digit| self.visit_u64(digit))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Credibility, E> {
                let digit = text.trim().parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))?;
                self.visit_u64(digit)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for Credibility {
    fn schema_name() -> Cow<'static, str> {
        "Credibility".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Credibility of a piece of information (Admiralty code): 1 confirmed by other sources, 2 probably true, 3 possibly true, 4 doubtful, 5 improbable, 6 truth cannot be judged.",
            "type": "integer",
            "minimum": 1,
            "maximum": 6
        })
    }
}

/// What kind of notice of error it is. A correction is always called a correction.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    Deserialize,
    Serialize,
    JsonSchema,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum CorrectionKind {
    /// Something was wrong.
    #[default]
    Correction,
    /// Something could be misread.
    Clarification,
    /// The article no longer stands.
    Retraction,
}

impl CorrectionKind {
    /// The word in front matter.
    pub fn id(self) -> &'static str {
        match self {
            Self::Correction => "correction",
            Self::Clarification => "clarification",
            Self::Retraction => "retraction",
        }
    }
}

/// What kind of update it is.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    Deserialize,
    Serialize,
    JsonSchema,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum UpdateKind {
    /// Something new was added.
    #[default]
    Update,
    /// The desk says something about the article.
    EditorsNote,
}

impl UpdateKind {
    /// The word in front matter.
    pub fn id(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::EditorsNote => "editors-note",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_those_of_tlp_2() {
        for (text, label) in [
            ("CLEAR", Some(Tlp::Clear)),
            ("tlp:amber", Some(Tlp::Amber)),
            ("TLP:AMBER+STRICT", Some(Tlp::AmberStrict)),
            ("Red", Some(Tlp::Red)),
            ("WHITE", None),
            ("TLP: RED", None),
            ("AMBER STRICT", None),
            ("PURPLE", None),
        ] {
            assert_eq!(Tlp::parse(text), label, "{text}");
        }
        assert!(Tlp::is_old_name("tlp:white"));
        assert!(Tlp::Clear < Tlp::Green && Tlp::Amber < Tlp::AmberStrict && Tlp::AmberStrict < Tlp::Red);
    }

    #[test]
    fn credibility_is_a_digit_from_1_to_6() {
        let read = |text: &str| serde_yaml::from_str::<Credibility>(text).map(Credibility::grade).ok();
        assert_eq!(read("2"), Some(2));
        assert_eq!(read("'6'"), Some(6));
        for wrong in ["0", "7", "-1", "B", "1.5"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
