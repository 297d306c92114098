//! `linking` of `site.yaml`: which names in the texts are found, and which of them become links.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::yaml::values::List;

/// How the names of people, countries and topics in plain text are found and linked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Linking {
    /// Which mentions of one thing become links: the first of the `article` (the default), the first of each `section`
    /// under a heading, `all`, or none (`off`). Mentions are found and counted all the same.
    pub links: LinkWhere,
    /// Whether names in headings may be links. Default: no.
    pub headings: bool,
    /// Whether words for a country's people and things stand for the country: `Chinese`. Default: yes.
    pub demonyms: bool,
    /// Whether capitals stand for their countries: `Beijing`. Default: no, for many mean the city.
    pub capitals: bool,
    /// Most links in a hundred words of an article, by length; a short text may always have twelve. Default: 6.
    #[schemars(range(min = 1, max = 100))]
    pub per_hundred_words: usize,
    /// Kinds whose names are left alone unless an author links them by hand: `[topic]`.
    pub except: List,
    /// Most related briefings under each; 0 for none. Default: 5.
    pub related: usize,
    /// Phrases in which names mean nothing: `Georgia Aquarium`.
    pub blockers: List,
}

impl Default for Linking {
    fn default() -> Self {
        Self {
            links: LinkWhere::Article,
            headings: false,
            demonyms: true,
            capitals: false,
            per_hundred_words: 6,
            except: List::default(),
            related: 5,
            blockers: List::default(),
        }
    }
}

/// Which mentions of one thing become links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkWhere {
    /// The first of the article.
    #[default]
    Article,
    /// The first of each section.
    Section,
    /// All.
    All,
    /// None.
    Off,
}
