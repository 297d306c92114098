//! An entity's own file, or its row in a table.
//!
//! All kinds share one set of keys; a key that makes no sense for a kind (demonyms of a person) is an error. Names of
//! other entities stay names here; who they are is settled when the site is assembled.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use icu_locale_core::LanguageIdentifier;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::dates::PartialDate;
use crate::base::diagnostics::{Diagnostic, FieldPath, Place};
use crate::base::kept;
use crate::base::text::{one_line, slugify};
use crate::base::yaml::values::{List, written};
use crate::content::aliases::Aliases;
use crate::content::article::{Check, ImageInput, slug_fault, sound_slug};
use crate::content::kinds::Kind;
use crate::content::vocabulary::Tlp;

/// The front matter of an entity's file, or one row of a table of entities.
#[derive(Clone, Debug, Default, Hash, Deserialize, JsonSchema, BorshSerialize, BorshDeserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EntityInput {
    /// Name as it is shown and linked. For countries it may be left out: they are known by the file's name.
    pub name: Option<String>,
    /// What it is called in other languages, by their tags: `{uk: Володимир Зеленський}`. Front matter and wikilinks may
    /// say it so, and the edition in that language does.
    pub names: BTreeMap<String, String>,
    /// Last part of the address. Comes from the file's name, or else from the name.
    pub slug: Option<String>,
    /// Given name, for people.
    pub given_name: Option<String>,
    /// Family name, for people. In a later mention it may stand alone.
    pub family_name: Option<String>,
    /// Name in its own language and script.
    pub native_name: Option<String>,
    /// Form of address before the name: `President`, `Dr`.
    pub honorific: Option<String>,
    /// Other names that mean the entity in a text. `{name: ZE, match: exact}` says in which spellings one does: `exact`,
    /// `case` (the default but for topics), `any` (the default for topics) or `never`.
    pub aliases: Aliases,
    /// Other names that are shown and searched, but never linked.
    pub weak_aliases: List,
    /// Who or what it is, in one sentence.
    pub summary: Option<String>,
    /// Picture.
    pub image: Option<ImageInput>,
    /// Wikidata item, such as `Q3874799`.
    #[schemars(regex(pattern = r"^Q[1-9][0-9]*$"))]
    pub wikidata: Option<String>,
    /// Addresses of the same entity elsewhere.
    pub same_as: List,
    /// Offices and posts, for people.
    pub roles: Vec<RoleInput>,
    /// Date of birth, for people; may be partial.
    pub born: Option<String>,
    /// Countries it belongs to.
    pub countries: List,
    /// Relations to other entities.
    pub relations: Vec<RelationInput>,
    /// What the people of a country and its things are called, for countries.
    pub demonyms: List,
    /// Seats of power that stand for the country (`Kremlin`), for countries.
    pub metonyms: List,
    /// IPTC Media Topic, such as `medtop:20000065`, for topics.
    #[schemars(regex(pattern = r"^medtop:\d{8}$"))]
    pub iptc: Option<String>,
    /// The entity of the same kind above this one.
    pub parent: Option<String>,
    /// Former addresses of its page on this site; each becomes a redirect.
    pub redirect_from: List,
    /// TLP 2.0 label of the file.
    #[schemars(extend("enum" = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]))]
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String")]
    pub tlp: Option<String>,
    /// Whether the file is unfinished. A draft reaches no output unless asked for.
    pub draft: bool,
    /// Note among editors. It reaches no output.
    pub ed_note: Option<String>,
    /// Template to use instead of `entity.html`.
    pub template: Option<String>,
    /// Anything else, for templates.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    #[borsh(serialize_with = "kept::put_mapping", deserialize_with = "kept::take_mapping")]
    pub extra: serde_yaml::Mapping,
}

/// An office or post that a person holds or held.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleInput {
    /// Title: `President`.
    pub title: String,
    /// Organisation.
    pub organization: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// First day; may be partial.
    pub start: Option<String>,
    /// Last day; may be partial. Empty while it lasts.
    pub end: Option<String>,
    /// Address that says so.
    pub source: Option<String>,
}

/// A relation to another entity.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct RelationInput {
    /// The other entity, by name or `kind:Name`.
    pub to: String,
    /// What the relation is: `ally`, `member`.
    pub kind: String,
    /// Since when; may be partial.
    pub start: Option<String>,
    /// Until when; may be partial.
    pub end: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// Address that says so.
    pub source: Option<String>,
}

/// What is known of an entity from its own file or row.
#[derive(Clone, Debug, Hash, BorshSerialize, BorshDeserialize)]
pub struct EntityMeta {
    /// Name; empty for a country that goes by its code.
    pub name: String,
    /// Last part of the address.
    pub slug: String,
    /// As written.
    pub input: EntityInput,
    /// Roles with their dates read, in the order of the file.
    pub roles: Vec<Role>,
    /// Relations with their dates read.
    pub relations: Vec<Relation>,
    /// Date of birth.
    pub born: Option<PartialDate>,
    /// Marking as written.
    pub tlp: Option<Tlp>,
}

/// A role with its dates read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Role {
    /// As written.
    pub input: RoleInput,
    /// First day.
    pub start: Option<PartialDate>,
    /// Last day.
    pub end: Option<PartialDate>,
}

/// A relation with its dates read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Relation {
    /// As written.
    pub input: RelationInput,
    /// Since when.
    pub start: Option<PartialDate>,
    /// Until when.
    pub end: Option<PartialDate>,
}

/// Reads an entity; `prefix` leads to its fields (empty for a file of its own, `[3]` for a row of a table), `stem` is
/// the file's name when it is a file of its own.
pub(crate) fn meta(
    mut input: EntityInput,
    kind: &Kind,
    stem: Option<&str>,
    prefix: &FieldPath,
    check: &mut Check,
) -> EntityMeta {
    let at = |key: &str| prefix.clone().then(key);
    misplaced_keys(&input, kind, prefix, check);
    let name = input.name.as_deref().map(one_line).unwrap_or_default();
    if name.is_empty() && !(kind.is_country() && stem.is_some()) && !check.is_version() {
        check.push(
            Diagnostic::error("missing-key", format!("this {} has no name", kind.singular.to_lowercase()))
                .at(Place::key(check.path, prefix.clone()))
                .help("write `name: …`"),
        );
    }
    let slug = match &input.slug {
        Some(slug) => {
            if let Some(why) = slug_fault(slug) {
                check.push(
                    Diagnostic::error("bad-slug", format!("`{slug}` cannot be part of an address: {why}"))
                        .at(Place::field(check.path, at("slug")))
                        .help(format!("write `slug: {}`", sound_slug(slug, &[stem.unwrap_or_default(), &name]))),
                );
                sound_slug(slug, &[stem.unwrap_or_default(), &name])
            } else {
                slug.clone()
            }
        }
        None => stem.map(slugify).filter(|slug| !slug.is_empty()).unwrap_or_else(|| slugify(&name)),
    };
    if slug.is_empty() && !name.is_empty() {
        check.push(
            Diagnostic::error("bad-slug", format!("the name `{name}` has no letter to make an address of"))
                .at(Place::field(check.path, at("name")))
                .help("write `slug: some-words`"),
        );
    }
    let names = std::mem::take(&mut input.names);
    input.names = names.into_iter().filter_map(|(tag, name)| foreign_name(&tag, &name, at("names"), check)).collect();
    let roles = input
        .roles
        .iter()
        .enumerate()
        .map(|(index, role)| {
            let field = at("roles").index(index);
            let (start, end) = span(role.start.as_deref(), role.end.as_deref(), &field, check);
            if let Some(source) = &role.source {
                check.web_address(field.then("source"), source);
            }
            Role { input: role.clone(), start, end }
        })
        .collect();
    let relations = input
        .relations
        .iter()
        .enumerate()
        .map(|(index, relation)| {
            let field = at("relations").index(index);
            let (start, end) = span(relation.start.as_deref(), relation.end.as_deref(), &field, check);
            if let Some(source) = &relation.source {
                check.web_address(field.then("source"), source);
            }
            Relation { input: relation.clone(), start, end }
        })
        .collect();
    for (index, url) in input.same_as.0.iter().enumerate() {
        check.web_address(at("same_as").index(index), url);
    }
    pattern(
        &input.wikidata,
        at("wikidata"),
        is_wikidata_id,
        "a Wikidata item is a Q and a number, such as `Q3874799`",
        check,
    );
    pattern(
        &input.iptc,
        at("iptc"),
        is_media_topic,
        "a Media Topic is `medtop:` and eight digits, such as `medtop:20000065`",
        check,
    );
    if let Some(image) = &input.image {
        if kind.is_person() {
            check.portrait(at("image"), image);
        } else {
            check.uncropped(at("image"), image);
        }
    }
    let born = input.born.as_deref().filter(|text| !text.is_empty()).and_then(|text| check.partial(at("born"), text));
    let tlp = check.tlp("tlp", input.tlp.as_deref());
    EntityMeta { name, slug, roles, relations, born, tlp, input }
}

/// Reads the two ends of a span of time; an end before its start is an error.
fn span(
    start: Option<&str>,
    end: Option<&str>,
    field: &FieldPath,
    check: &mut Check,
) -> (Option<PartialDate>, Option<PartialDate>) {
    let mut read = |key: &str, text: Option<&str>| {
        text.filter(|text| !text.trim().is_empty()).and_then(|text| check.partial(field.clone().then(key), text))
    };
    let (start, end) = (read("start", start), read("end", end));
    if let (Some(from), Some(to)) = (start, end)
        && to.last_day() < from.first_day()
    {
        check.push(
            Diagnostic::error("bad-date", format!("it ends ({to}) before it begins ({from})"))
                .at(Place::field(check.path, field.clone().then("end"))),
        );
    }
    (start, end)
}

/// Reports the keys that mean nothing for `kind`.
fn misplaced_keys(input: &EntityInput, kind: &Kind, prefix: &FieldPath, check: &mut Check) {
    let person = [
        ("given_name", input.given_name.is_some()),
        ("family_name", input.family_name.is_some()),
        ("born", input.born.is_some()),
        ("roles", !input.roles.is_empty()),
    ];
    let country = [("demonyms", !input.demonyms.0.is_empty()), ("metonyms", !input.metonyms.0.is_empty())];
    let topic = [("iptc", input.iptc.is_some())];
    let rules: [(bool, &str, &[(&str, bool)]); 3] = [
        (kind.is_person(), "people", &person),
        (kind.is_country(), "countries", &country),
        (kind.is_topic(), "topics", &topic),
    ];
    for (fits, whose, keys) in rules {
        for (key, _) in keys.iter().filter(|(_, used)| *used && !fits) {
            check.push(
                Diagnostic::error(
                    "misplaced-key",
                    format!("`{key}` is for {whose}, and this is a {}", kind.singular.to_lowercase()),
                )
                .at(Place::key(check.path, prefix.clone().then(key)))
                .help("data of your own for templates goes under `extra:`"),
            );
        }
    }
}

/// A name in another language, under the tag in its usual form; none when the tag is none.
fn foreign_name(tag: &str, name: &str, field: FieldPath, check: &mut Check) -> Option<(String, String)> {
    match LanguageIdentifier::try_from_str(tag) {
        Ok(tag) => Some((tag.to_string(), one_line(name))).filter(|(_, name)| !name.is_empty()),
        Err(_) => {
            check.push(
                Diagnostic::error("bad-language", format!("`{tag}` is not a language tag"))
                    .at(Place::field(check.path, field.then(tag)))
                    .help("write a BCP 47 tag such as `en`, `uk` or `zh-Hans`"),
            );
            None
        }
    }
}

fn pattern(value: &Option<String>, field: FieldPath, fits: fn(&str) -> bool, help: &str, check: &mut Check) {
    if let Some(text) = value.as_deref().filter(|text| !fits(text)) {
        check.push(
            Diagnostic::error("wrong-form", format!("`{text}` has not the right form"))
                .at(Place::field(check.path, field))
                .help(help),
        );
    }
}

fn is_wikidata_id(text: &str) -> bool {
    text.strip_prefix('Q').is_some_and(|digits| {
        !digits.is_empty() && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn is_media_topic(text: &str) -> bool {
    text.strip_prefix("medtop:")
        .is_some_and(|digits| digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Role {
    /// Whether it is held on `day`. A span that begins or ends on that day, or may do so by its partial date, holds.
    pub fn holds_on(&self, day: jiff::civil::Date) -> bool {
        self.start.is_none_or(|start| start.first_day() <= day) && self.end.is_none_or(|end| end.last_day() >= day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::paths::SourcePath;
    use jiff::tz::TimeZone;

    fn read(kind: &Kind, yaml: &str) -> (EntityMeta, Vec<String>) {
        let path = SourcePath::new("content/x/some-file.md");
        let (input, mut diagnostics) = crate::base::yaml::decode::<EntityInput>(&path, yaml, 0);
        let mut check = Check { path: &path, place: &path, zone: &TimeZone::UTC, diagnostics: Vec::new() };
        let meta = meta(input.unwrap_or_default(), kind, Some("some-file"), &FieldPath::default(), &mut check);
        diagnostics.extend(check.diagnostics);
        (meta, diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect())
    }

    #[test]
    fn roles_hold_on_their_days() {
        let (meta, faults) = read(
            &Kind::built_in()[0],
            "name: A\nroles:\n- {title: President, start: 2019-05-20, end: }\n- {title: Deputy, start: 2015, end: 2019-05}\n",
        );
        assert_eq!(faults, Vec::<String>::new());
        let day = |text: &str| PartialDate::parse(text).unwrap().first_day();
        let held = |date: &str| {
            meta.roles
                .iter()
                .filter(|role| role.holds_on(day(date)))
                .map(|role| role.input.title.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(held("2014-12-31"), Vec::<&str>::new());
        assert_eq!(held("2015-01-01"), ["Deputy"]);
        assert_eq!(held("2019-05-20"), ["President", "Deputy"]);
        assert_eq!(held("2019-06-01"), ["President"]);
    }

    #[test]
    fn keys_of_other_kinds_are_refused() {
        let (_, faults) =
            read(&Kind::built_in()[2], "name: Trade\nborn: 1970\ndemonyms: [Traders]\nwikidata: 12\niptc: medtop:1\n");
        assert_eq!(
            faults,
            [
                "`born` is for people, and this is a topic",
                "`demonyms` is for countries, and this is a topic",
                "`12` has not the right form",
                "`medtop:1` has not the right form",
            ]
        );
    }
}
