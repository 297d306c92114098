//! Small types that front matter and configuration are made of.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, SeqAccess, Unexpected, Visitor};

/// Reads a text that must be there when its key is: nothing behind `tlp:` is a mistake, not the lack of a marking.
pub fn written<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

/// Texts, written as a list or, when there is one only, as a text: `countries: [UA, RU]`, `countries: UA`.
///
/// Numbers and truth values in it are the texts as written: `007` and `1.10` stay what they are. Nothing (`countries:`)
/// is the empty list; an empty entry in a list is a mistake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct List(pub Vec<String>);

impl List {
    /// Reads a list out of a value that is decoded already; says what the value is when it is no list of texts.
    ///
    /// A number is written anew here (`1.10` becomes `1.1`), as the value does not know how it stood in the file.
    pub fn from_value(value: &serde_yaml::Value) -> Result<List, &'static str> {
        use serde_yaml::Value;
        fn text(value: &Value) -> Result<String, &'static str> {
            match value {
                Value::String(text) => Ok(text.clone()),
                Value::Number(number) => Ok(number.to_string()),
                Value::Bool(truth) => Ok(truth.to_string()),
                Value::Null => Err("a list with an empty entry"),
                Value::Sequence(_) => Err("a list of lists"),
                Value::Mapping(_) => Err("a list of mappings"),
                Value::Tagged(_) => Err("a tagged value"),
            }
        }
        match value {
            Value::Sequence(values) => values.iter().map(text).collect::<Result<_, _>>().map(List),
            Value::Null => Ok(List::default()),
            Value::Mapping(_) => Err("a mapping"),
            other => Ok(List(vec![text(other)?])),
        }
    }
}

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor)
    }
}

impl JsonSchema for List {
    fn schema_name() -> Cow<'static, str> {
        "List".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A text or a list of texts.",
            "anyOf": [
                { "type": ["string", "number", "boolean", "null"] },
                { "type": "array", "items": { "type": ["string", "number", "boolean"] } }
            ]
        })
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = List;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<List, E> {
        Ok(List(vec![text.to_string()]))
    }

    fn visit_bool<E: de::Error>(self, truth: bool) -> Result<List, E> {
        self.visit_str(if truth { "true" } else { "false" })
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<List, E> {
        Ok(List(vec![number.to_string()]))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<List, E> {
        Ok(List(vec![number.to_string()]))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<List, E> {
        Ok(List(vec![number.to_string()]))
    }

    fn visit_unit<E: de::Error>(self) -> Result<List, E> {
        Ok(List::default())
    }

    fn visit_none<E: de::Error>(self) -> Result<List, E> {
        Ok(List::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<List, A::Error> {
        let mut texts = Vec::new();
        while let Some(Entry(text)) = access.next_element()? {
            texts.push(text);
        }
        Ok(List(texts))
    }
}

/// An entry of a [`List`]: any scalar but nothing, as it is written.
struct Entry(String);

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Asked for as an option first, since a plain text may be anything, and `~` would be one.
        deserializer.deserialize_option(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_none<E: de::Error>(self) -> Result<Entry, E> {
        Err(E::invalid_type(Unexpected::Unit, &self))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Entry, E> {
        self.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Entry, D::Error> {
        String::deserialize(deserializer).map(Entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(yaml: &str) -> Option<Vec<String>> {
        serde_yaml::from_str::<List>(yaml).ok().map(|list| list.0)
    }

    #[test]
    fn a_list_is_read_as_written() {
        let texts = |texts: &[&str]| Some(texts.iter().map(|text| text.to_string()).collect::<Vec<_>>());
        assert_eq!(list("[UA, NO, 007, 1.10, true, '']"), texts(&["UA", "NO", "007", "1.10", "true", ""]));
        assert_eq!(list("NO"), texts(&["NO"]));
        assert_eq!(list("12"), texts(&["12"]));
        assert_eq!(list(""), texts(&[]));
        assert_eq!(list("[]"), texts(&[]));
        for wrong in ["[UA, ~]", "[UA, [RU]]", "{a: b}", "[{a: b}]", "- UA\n-\n"] {
            assert_eq!(list(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_decoded_value_is_read_alike() {
        for text in ["[UA, NO, true]", "NO", "~", "[UA, ~]", "{a: b}", "[[a]]", "7"] {
            let value: serde_yaml::Value = serde_yaml::from_str(text).unwrap();
            assert_eq!(List::from_value(&value).ok().map(|list| list.0), list(text), "{text}");
        }
    }
}
