//! From when on the history of a briefing is shown: `history:` in `site.yaml` and in front matter.

use std::borrow::Cow;
use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};

use crate::base::dates::{DateFault, Moment};

/// Which revisions of a briefing its readers may compare.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub enum History {
    /// None.
    #[default]
    Off,
    /// All that were published.
    On,
    /// Those that were published from this moment on.
    Since(Moment),
}

impl History {
    /// Reads `true`, `false`, or a day or moment in the site's time zone.
    pub fn parse(text: &str, zone: &TimeZone) -> Result<Self, DateFault> {
        match text.trim() {
            "true" => Ok(History::On),
            "false" => Ok(History::Off),
            text => Moment::parse(text, zone).map(History::Since),
        }
    }

    /// Whether a revision of this moment is shown.
    pub fn shows(&self, at: Timestamp) -> bool {
        match self {
            History::Off => false,
            History::On => true,
            History::Since(from) => at >= from.instant,
        }
    }
}

/// The setting as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryInput(pub String);

impl<'de> Deserialize<'de> for HistoryInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InputVisitor)
    }
}

impl JsonSchema for HistoryInput {
    fn schema_name() -> Cow<'static, str> {
        "HistoryInput".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Whether, or from which day or moment on, revisions are shown.",
            "anyOf": [{ "type": "boolean" }, { "type": "string" }]
        })
    }
}

struct InputVisitor;

impl Visitor<'_> for InputVisitor {
    type Value = HistoryInput;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`true`, `false` or a day")
    }

    fn visit_bool<E: de::Error>(self, truth: bool) -> Result<HistoryInput, E> {
        Ok(HistoryInput(truth.to_string()))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<HistoryInput, E> {
        Ok(HistoryInput(text.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_yes_no_or_a_day() {
        let read = |text| History::parse(text, &TimeZone::UTC);
        assert_eq!((read("true"), read("false")), (Ok(History::On), Ok(History::Off)));
        let since = read("2025-06-01").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(since.shows(at("2025-06-01T00:00:00Z")) && !since.shows(at("2025-05-31T23:59:59Z")));
        assert!(!History::Off.shows(at("2025-06-01T00:00:00Z")));
        assert!(read("yes").is_err() && read("").is_err());
    }
}
