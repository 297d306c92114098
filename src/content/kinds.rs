//! Entity kinds: what a site calls the things that its articles speak of.
//!
//! Three are built in; a site adds its own in `site.yaml`. A kind is data: no code beyond this file asks for one by
//! name, but for countries, which are known by heart.

use crate::base::text::slugify;
use crate::words::Language;

/// The name of the built-in kind for people.
pub const PERSON: &str = "person";
/// The name of the built-in kind for countries.
pub const COUNTRY: &str = "country";
/// The name of the built-in kind for topics.
pub const TOPIC: &str = "topic";

/// One kind of entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name in `site.yaml` and in `[[kind:Name]]`: `person`.
    pub id: String,
    /// For readers: `Person`.
    pub singular: String,
    /// For readers: `People`.
    pub plural: String,
    /// Its folder under `content/` and its place in addresses: `people`.
    pub path: String,
    /// Its key in the front matter of articles: `people`.
    pub key: String,
    /// Its schema.org type: `Person`.
    pub schema_type: String,
    /// Whether it is called what it is called when the settings do not say.
    pub is_as_built_in: bool,
}

impl Kind {
    /// Returns the kinds that every site has.
    pub fn built_in() -> Vec<Kind> {
        vec![
            Kind::named(PERSON, "Person", "People", "Person"),
            Kind::named(COUNTRY, "Country", "Countries", "Country"),
            Kind::named(TOPIC, "Topic", "Topics", "DefinedTerm"),
        ]
    }

    /// Returns a kind whose folder and key follow from its plural.
    pub fn named(id: &str, singular: &str, plural: &str, schema_type: &str) -> Kind {
        let path = slugify(plural);
        Kind {
            id: id.to_string(),
            singular: singular.to_string(),
            plural: plural.to_string(),
            key: path.replace('-', "_"),
            path,
            schema_type: schema_type.to_string(),
            is_as_built_in: [PERSON, COUNTRY, TOPIC].contains(&id),
        }
    }

    /// What one of it is called in a language; `is_main` where that is the site's own. The settings name it in that one,
    /// and the words in others.
    pub fn singular_in<'a>(&'a self, language: &'a Language, is_main: bool) -> &'a str {
        self.name_in(language.text(&format!("kind-{}", self.id)), &self.singular, is_main)
    }

    /// What several of it are called, as [`Kind::singular_in`].
    pub fn plural_in<'a>(&'a self, language: &'a Language, is_main: bool) -> &'a str {
        self.name_in(language.text(&format!("kind-{}-many", self.id)), &self.plural, is_main)
    }

    fn name_in<'a>(&'a self, said: &'a str, own: &'a str, is_main: bool) -> &'a str {
        let of_site = is_main && !self.is_as_built_in;
        if of_site || said.is_empty() { own } else { said }
    }

    /// Whether its entities are people.
    pub fn is_person(&self) -> bool {
        self.id == PERSON
    }

    /// Whether its entities are countries.
    pub fn is_country(&self) -> bool {
        self.id == COUNTRY
    }

    /// Whether its entities are topics.
    pub fn is_topic(&self) -> bool {
        self.id == TOPIC
    }
}
