//! The languages that a site is published in: each has an edition of the whole site.
//!
//! The edition of the first language lives at the top of the site, the others in a folder that is called by their tag.
//! Which edition a file belongs to is told by its path alone ([`Config::version`]): `briefings/x.uk.md` and
//! `uk/briefings/x.md` are the Ukrainian versions of `briefings/x.md`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use icu_locale_core::LanguageIdentifier;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};

use crate::base::diagnostics::FieldPath;
use crate::base::paths::{SourcePath, UrlPath};
use crate::base::text::{excerpt, one_line};
use crate::config::{Config, MenuInput, Reading};
use crate::words::tags::language_name;

/// A language of a site as it is written: a tag alone, or with what its edition has of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EditionInput {
    tag: String,
    rest: Detailed,
}

/// What an edition has of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Detailed {
    tag: String,
    label: Option<String>,
    title: Option<String>,
    description: Option<String>,
    menus: Option<BTreeMap<String, Vec<MenuInput>>>,
    fallback: Fallback,
}

/// What an edition has in the place of articles that are not translated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fallback {
    /// Nothing.
    #[default]
    Omit,
    /// The article of the main language: lists name it, and lead to where it lives.
    Show,
}

/// An edition of a site, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// Its place in the list of the settings; none for a main one that is not in it.
    pub index: Option<usize>,
    /// BCP 47 tag.
    pub tag: String,
    /// Its folder in the content and in addresses, with a slash at its end: `uk/`; empty for the main one.
    pub path: String,
    /// What its language is called on the other editions.
    pub label: String,
    /// Title of the site in it.
    pub title: Option<String>,
    /// Description of the site in it.
    pub description: Option<String>,
    /// Its own menus.
    pub menus: Option<BTreeMap<String, Vec<MenuInput>>>,
    /// What it has in the place of articles that are not translated.
    pub fallback: Fallback,
}

/// What a file is by its path: the text of an edition, and of which file it is a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The number of the edition.
    pub edition: usize,
    /// Where the main edition has the same, or would have it, below the content folder.
    pub place: String,
}

impl Config {
    /// The edition that these settings are of; none on a site in one language.
    pub fn own_edition(&self) -> Option<&Edition> {
        self.editions.get(self.edition)
    }

    /// The folder of this edition in addresses, with a slash at its end; empty for the main one.
    pub fn edition_path(&self) -> &str {
        self.own_edition().map_or("", |edition| &edition.path)
    }

    /// The menus that the settings give this edition, and where they do; none when it has those of the main one.
    pub fn own_menus(&self) -> Option<(&BTreeMap<String, Vec<MenuInput>>, FieldPath)> {
        match self.own_edition().and_then(|edition| Some((edition.menus.as_ref()?, edition.index?))) {
            Some((menus, index)) => Some((menus, FieldPath::key("languages").index(index).then("menus"))),
            None => (self.edition == 0).then(|| (&self.menus, FieldPath::key("menus"))),
        }
    }

    /// An address as it stands in an `href`.
    pub fn href(&self, url: &UrlPath) -> String {
        let edition = if url.is_outside() { "" } else { self.edition_path() };
        format!("{}{edition}{}", self.base_path, url.encoded().trim_start_matches('/'))
    }

    /// The settings of another edition of the same site.
    pub fn for_edition(&self, number: usize) -> Self {
        let mut config = Self { edition: number, ..self.clone() };
        if let Some(edition) = self.editions.get(number) {
            config.language.clone_from(&edition.tag);
            config.title = edition.title.clone().unwrap_or_else(|| self.title.clone());
            config.description = edition.description.clone().unwrap_or_else(|| self.description.clone());
            if let Some(menus) = &edition.menus {
                config.menus.clone_from(menus);
            }
        }
        config
    }

    /// The address, counted from the top of the site instead of that of the edition.
    pub fn at_top(&self, url: &UrlPath) -> UrlPath {
        match url.is_outside() || self.edition_path().is_empty() {
            true => url.clone(),
            false => UrlPath::new(&format!("{}{}", self.edition_path(), url.as_str().trim_start_matches('/'))),
        }
    }

    /// The edition of the file at `path`, which is below the content folder, and what it is a version of; none where its
    /// path tells of no edition: then it is a file of the main one.
    pub fn version(&self, path: &str) -> Option<Version> {
        if self.editions.is_empty() {
            return None;
        }
        let of_folder = path.split_once('/').and_then(|(top, rest)| Some((self.tagged(top)?, rest)));
        let rest = of_folder.map_or(path, |(_, rest)| rest);
        let (folder, name) = rest.rsplit_once('/').map_or(("", rest), |(folder, name)| (folder, name));
        let mut parts: Vec<&str> = name.rsplitn(3, '.').collect();
        let of_name = match parts.as_slice() {
            [_, tag, stem] if !stem.is_empty() => self.tagged(tag),
            _ => None,
        };
        let named = of_name.filter(|named| of_folder.is_none_or(|(edition, _)| edition == *named));
        let edition = named.or(of_folder.map(|(edition, _)| edition))?;
        let place = match named {
            Some(_) => {
                parts.remove(1);
                parts.reverse();
                let name = parts.join(".");
                if folder.is_empty() { name } else { format!("{folder}/{name}") }
            }
            None => rest.to_string(),
        };
        Some(Version { edition, place })
    }

    /// The edition of a source file.
    pub fn edition_of(&self, content_root: &str, path: &SourcePath) -> usize {
        let below = path.as_str().strip_prefix(content_root);
        below.and_then(|below| self.version(below)).map_or(0, |version| version.edition)
    }

    /// Where the main edition has what a source file is a version of, or would have it.
    pub fn place_of(&self, content_root: &str, path: &SourcePath) -> Option<SourcePath> {
        let version = self.version(path.as_str().strip_prefix(content_root)?)?;
        Some(SourcePath::new(&format!("{content_root}{}", version.place)))
    }

    fn tagged(&self, tag: &str) -> Option<usize> {
        self.editions.iter().position(|edition| edition.tag.eq_ignore_ascii_case(tag))
    }
}

/// The languages that have a code of two letters (ISO 639-1): with one that is not among them a country is meant.
const TWO_LETTERS: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de \
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it \
    iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd \
    ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su \
    sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Codes of countries that are often taken for those of their languages.
const COUNTRIES: [(&str, &str); 12] = [
    ("ua", "uk"),
    ("jp", "ja"),
    ("cn", "zh"),
    ("kr", "ko"),
    ("cz", "cs"),
    ("gr", "el"),
    ("dk", "da"),
    ("by", "be"),
    ("rs", "sr"),
    ("ir", "fa"),
    ("il", "he"),
    ("us", "en"),
];

/// Reads a tag; none when it names no language, with what to write instead.
pub(crate) fn read_tag(written: &str) -> Result<String, String> {
    let example = || "write a BCP 47 tag such as `en`, `uk` or `pt-BR`".to_string();
    let tag = LanguageIdentifier::try_from_str(written).map_err(|_| example())?.to_string();
    let main = tag.split('-').next().unwrap_or_default();
    if main.len() == 2 && !TWO_LETTERS.split_whitespace().any(|known| known == main) {
        let meant = COUNTRIES.iter().find(|(country, _)| *country == main);
        return Err(meant.map_or_else(example, |(_, meant)| format!("write the tag of the language: `{meant}`")));
    }
    Ok(tag)
}

impl Reading<'_> {
    /// The editions, the main one first; none when there is one alone. `language` is what the settings say besides.
    pub(super) fn editions(&mut self, inputs: Vec<EditionInput>, language: Option<&str>) -> Vec<Edition> {
        let mut editions: Vec<Edition> = Vec::new();
        for (index, EditionInput { tag: written, rest }) in inputs.into_iter().enumerate() {
            let field = FieldPath::key("languages").index(index);
            let tag = match read_tag(&written) {
                Ok(tag) => tag,
                Err(help) => {
                    let message = format!("`{}` is not a language", excerpt(&written, 40));
                    self.fault(field, "bad-language", message, help);
                    continue;
                }
            };
            if editions.iter().any(|other| other.tag == tag) {
                let message = format!("the language `{tag}` is named twice");
                self.fault(field, "bad-language", message, "take one of the two out");
                continue;
            }
            let Detailed { tag: _, label, title, description, menus, fallback } = rest;
            let line = |text: Option<String>| text.as_deref().map(one_line).filter(|text| !text.is_empty());
            let menus = menus.map(|menus| self.menus_at(menus, &field.then("menus")));
            editions.push(Edition {
                index: Some(index),
                path: format!("{}/", tag.to_ascii_lowercase()),
                label: line(label).unwrap_or_else(|| language_name(&tag).to_string()),
                title: line(title),
                description: line(description),
                menus,
                fallback,
                tag,
            });
        }
        if let Some(main) = language.and_then(|tag| Some(LanguageIdentifier::try_from_str(tag).ok()?.to_string())) {
            match editions.iter().position(|edition| edition.tag == main) {
                Some(at) => editions[..=at].rotate_right(1),
                None if editions.is_empty() => {}
                None => {
                    let (path, label) = (String::new(), language_name(&main).to_string());
                    let fallback = Fallback::default();
                    let (title, description, menus) = (None, None, None);
                    let main = Edition { index: None, tag: main, path, label, title, description, menus, fallback };
                    editions.insert(0, main);
                }
            }
        }
        if let Some(main) = editions.first_mut() {
            main.path = String::new();
        }
        editions
    }

    /// No folder of the site may be called as an edition is.
    pub(super) fn edition_clashes(&mut self, config: &Config) {
        for edition in config.editions.iter().skip(1) {
            let name = edition.path.trim_end_matches('/');
            if let Some(kind) = config.kinds.iter().find(|kind| kind.path == name) {
                let message =
                    format!("the edition `{}` and the kind `{}` would both be at `/{name}/`", edition.tag, kind.id);
                let field = FieldPath::key("languages").index(edition.index.unwrap_or_default());
                self.fault(field, "bad-language", message, format!("give the kind `{}` another `path:`", kind.id));
            }
        }
    }
}

impl<'de> Deserialize<'de> for EditionInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EditionVisitor)
    }
}

struct EditionVisitor;

impl<'de> Visitor<'de> for EditionVisitor {
    type Value = EditionInput;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a language tag, or `{tag: …, title: …}`")
    }

    fn visit_str<E: de::Error>(self, tag: &str) -> Result<EditionInput, E> {
        Ok(EditionInput { tag: tag.to_string(), rest: Detailed::default() })
    }

    // The tag of Norwegian reads as a truth in YAML 1.1.
    fn visit_bool<E: de::Error>(self, truth: bool) -> Result<EditionInput, E> {
        self.visit_str(if truth { "true" } else { "no" })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<EditionInput, A::Error> {
        let rest = Detailed::deserialize(MapAccessDeserializer::new(map))?;
        if rest.tag.is_empty() {
            return Err(de::Error::missing_field("tag"));
        }
        Ok(EditionInput { tag: rest.tag.clone(), rest })
    }
}

impl JsonSchema for EditionInput {
    fn schema_name() -> Cow<'static, str> {
        "Edition".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let menus = generator.subschema_for::<BTreeMap<String, Vec<MenuInput>>>();
        json_schema!({
            "description": "The tag of a language, or `{tag: …, title: …}`.",
            "anyOf": [
                { "type": "string" },
                {
                    "type": "object",
                    "properties": {
                        "tag": { "type": "string", "description": "BCP 47 tag." },
                        "label": { "type": "string", "description": "What the language is called in the switch. Default: its name in itself." },
                        "title": { "type": "string", "description": "Title of the site in this language." },
                        "description": { "type": "string", "description": "What the site is, in this language." },
                        "menus": { "description": "Menus of the edition. Default: those of the site.", "allOf": [menus] },
                        "fallback": {
                            "enum": ["omit", "show"],
                            "description": "What stands in lists for a briefing that is not translated: nothing (the default), or the briefing of the main language."
                        }
                    },
                    "required": ["tag"],
                    "additionalProperties": false
                }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> (Config, Vec<String>) {
        let (config, told) = crate::config::read(&SourcePath::new("site.yaml"), yaml, "desk");
        (config, told.into_iter().map(|told| format!("{}: {:?}", told.message, told.help)).collect())
    }

    #[test]
    fn the_path_of_a_file_tells_its_edition() {
        let (config, told) = read("languages: [en, uk, pt-BR]\n");
        assert_eq!(told, [] as [String; 0]);
        let version = |path: &str| {
            let version = config.version(path)?;
            Some((version.edition, version.place))
        };
        let is = |edition: usize, place: &str| Some((edition, place.to_string()));
        assert_eq!(version("briefings/x.uk.md"), is(1, "briefings/x.md"));
        assert_eq!(version("uk/briefings/x.md"), is(1, "briefings/x.md"));
        assert_eq!(version("uk/briefings/x.uk.md"), is(1, "briefings/x.md"));
        assert_eq!(version("uk/briefings/x.pt-BR.md"), is(1, "briefings/x.pt-BR.md"));
        assert_eq!(version("pt-br/_index.md"), is(2, "_index.md"));
        assert_eq!(version("_index.pt-br.md"), is(2, "_index.md"));
        assert_eq!(version("briefings/x/index.uk.md"), is(1, "briefings/x/index.md"));
        assert_eq!(version("people.uk.yaml"), is(1, "people.yaml"));
        assert_eq!(version("briefings/x.en.md"), is(0, "briefings/x.md"));
        for plain in ["briefings/x.md", "briefings/x.pl.md", "briefings/.uk.md", "uk.md", "briefings/uk/x.md"] {
            assert_eq!(version(plain), None, "{plain}");
        }
        assert_eq!(read("title: X\n").0.version("briefings/x.uk.md"), None);
    }

    #[test]
    fn the_first_language_or_that_of_the_site_is_the_main_one() {
        let editions = |yaml: &str| {
            let (config, told) = read(yaml);
            assert_eq!(told, [] as [String; 0]);
            let all = config.editions.iter().map(|one| format!("{} at /{}", one.label, one.path));
            (config.language.clone(), all.collect::<Vec<_>>())
        };
        let of = |language: &str, all: &[&str]| (language.to_string(), all.iter().map(|one| one.to_string()).collect());
        assert_eq!(editions("languages: [uk, en]\n"), of("uk", &["Українська at /", "English at /en/"]));
        assert_eq!(
            editions("language: en\nlanguages: [uk, ar, {tag: en, label: In English}]\n"),
            of("en", &["In English at /", "Українська at /uk/", "العربية at /ar/"])
        );
        assert_eq!(editions("language: en\nlanguages: [uk]\n"), of("en", &["English at /", "Українська at /uk/"]));
        assert_eq!(editions("language: en\nlanguages: [en]\n"), of("en", &[]));
        assert_eq!(editions("languages: []\n"), of("en", &[]));
    }

    #[test]
    fn mistakes_are_told() {
        let told = |yaml: &str| read(yaml).1.join("\n");
        assert!(
            told("languages: [en, ua]\n").contains("`ua` is not a language: [\"write the tag of the language: `uk`\"]")
        );
        assert!(told("languages: [en, '!']\n").contains("`!` is not a language"));
        assert!(told("languages: [en, qq]\n").contains("`qq` is not a language"));
        assert!(told("languages: [en, uk, UK]\n").contains("the language `uk` is named twice"));
        assert!(told("languages: [en, {tag: uk, titel: X}]\n").contains("titel"));
        assert!(told("languages: [en, {title: X}]\n").contains("tag"));
        let clash = told("languages: [en, uk]\nkinds: {ship: {path: uk}}\n");
        assert!(clash.contains("the edition `uk` and the kind `ship` would both be at `/uk/`"), "{clash}");
        let menu = "languages: [en, {tag: uk, menus: {main: [{label: A, url: 'javascript:alert(1)'}]}}]\n";
        assert!(told(menu).contains("may run a script"));
    }
}
