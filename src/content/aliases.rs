//! Other names of an entity, and in which spellings each of them is recognised.

use std::borrow::Cow;
use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};

/// Other names of an entity: `[Zelensky, {name: ZE, match: exact}]`, or one name alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Aliases(pub Vec<Alias>);

/// Another name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// Where texts mean the entity by it; the kind decides when nothing is said.
    pub matching: Option<Match>,
}

/// In which spellings a name in a text is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Match {
    /// Letter for letter, accents and capitals too.
    Exact,
    /// With its capitals, or all in capitals; accents make no difference. What people, countries and organisations do.
    Case,
    /// With or without capitals, as common nouns are written. What topics do.
    Any,
    /// Never: the name is shown and searched, and texts are not looked through for it.
    Never,
}

impl Aliases {
    /// The names as texts.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|alias| alias.name.as_str())
    }
}

impl From<Vec<String>> for Aliases {
    fn from(names: Vec<String>) -> Self {
        Self(names.into_iter().map(|name| Alias { name, matching: None }).collect())
    }
}

impl<'de> Deserialize<'de> for Aliases {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AliasesVisitor)
    }
}

impl JsonSchema for Aliases {
    fn schema_name() -> Cow<'static, str> {
        "Aliases".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A name or a list of names; `{name: …, match: …}` says in which spellings one is recognised.",
            "anyOf": [
                { "type": ["string", "number", "boolean", "null"] },
                {
                    "type": "array",
                    "items": {
                        "anyOf": [
                            { "type": ["string", "number", "boolean"] },
                            {
                                "type": "object",
                                "properties": {
                                    "name": { "type": "string", "description": "The name." },
                                    "match": {
                                        "enum": ["exact", "case", "any", "never"],
                                        "description": "exact: letter for letter. case: with its capitals or all in capitals. any: with or without capitals. never: shown and searched, never linked."
                                    }
                                },
                                "required": ["name"],
                                "additionalProperties": false
                            }
                        ]
                    }
                }
            ]
        })
    }
}

/// An alias with more than its name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Detailed {
    name: String,
    #[serde(rename = "match")]
    matching: Option<Match>,
}

impl<'de> Deserialize<'de> for Alias {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AliasVisitor)
    }
}

struct AliasVisitor;

impl<'de> Visitor<'de> for AliasVisitor {
    type Value = Alias;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name, or `{name: …, match: …}`")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Alias, E> {
        Ok(Alias { name: name.to_string(), matching: None })
    }

    fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Alias, E> {
        self.visit_str(if truth { "true" } else { "false" })
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Alias, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Alias, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Alias, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Alias, A::Error> {
        let Detailed { name, matching } = Detailed::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Alias { name, matching })
    }
}

struct AliasesVisitor;

impl<'de> Visitor<'de> for AliasesVisitor {
    type Value = Aliases;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name or a list of names")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Aliases, E> {
        AliasVisitor.visit_str(name).map(|alias| Aliases(vec![alias]))
    }

    fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Aliases, E> {
        AliasVisitor.visit_bool(truth).map(|alias| Aliases(vec![alias]))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Aliases, E> {
        AliasVisitor.visit_u64(number).map(|alias| Aliases(vec![alias]))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Aliases, E> {
        AliasVisitor.visit_i64(number).map(|alias| Aliases(vec![alias]))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Aliases, E> {
        AliasVisitor.visit_f64(number).map(|alias| Aliases(vec![alias]))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Aliases, E> {
        Ok(Aliases::default())
    }

    fn visit_none<E: de::Error>(self) -> Result<Aliases, E> {
        Ok(Aliases::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Aliases, A::Error> {
        let mut aliases = Vec::new();
        while let Some(alias) = access.next_element()? {
            aliases.push(alias);
        }
        Ok(Aliases(aliases))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<Vec<(String, Option<Match>)>, String> {
        let aliases = serde_yaml::from_str::<Aliases>(yaml).map_err(|error| error.to_string())?;
        Ok(aliases.0.into_iter().map(|alias| (alias.name, alias.matching)).collect())
    }

    #[test]
    fn names_and_their_spellings() {
        let plain = |name: &str| (name.to_string(), None);
        assert_eq!(read("[NATO, 14, true]").unwrap(), [plain("NATO"), plain("14"), plain("true")]);
        assert_eq!(read("Kim").unwrap(), [plain("Kim")]);
        assert_eq!(read("").unwrap(), []);
        assert_eq!(
            read("[{name: ZE, match: exact}, {name: Vova, match: never}, {name: Ze}]").unwrap(),
            [("ZE".into(), Some(Match::Exact)), ("Vova".into(), Some(Match::Never)), plain("Ze")]
        );
    }

    #[test]
    fn what_is_no_name_is_told() {
        for (yaml, said) in [
            ("[{name: ZE, match: sometimes}]", "unknown variant"),
            ("[{name: ZE, mach: exact}]", "unknown field `mach`"),
            ("[{match: exact}]", "missing field `name`"),
            ("[[a]]", "a name"),
        ] {
            let error = read(yaml).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}
