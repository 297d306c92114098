//! A section: a folder of articles, told of by its `_index.md`.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::kept;
use crate::base::yaml::values::{List, written};
use crate::content::article::Check;
use crate::content::vocabulary::{ArticleType, Tlp};

/// The front matter of an `_index.md`.
#[derive(Clone, Debug, Default, Hash, Deserialize, JsonSchema, BorshSerialize, BorshDeserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SectionInput {
    /// Title. Comes from the folder's name otherwise.
    pub title: Option<String>,
    /// What the section is about, in a sentence or two.
    pub summary: Option<String>,
    /// Place among the sections; lighter ones first.
    pub weight: i64,
    /// Order of its articles.
    pub order: Order,
    /// What its articles have when they do not say otherwise.
    pub defaults: Defaults,
    /// Former addresses; each becomes a redirect.
    pub redirect_from: List,
    /// Note among editors. It reaches no output.
    pub ed_note: Option<String>,
    /// Template to use instead of `section.html` (or `home.html`).
    pub template: Option<String>,
    /// Anything else, for templates.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    #[borsh(serialize_with = "kept::put_mapping", deserialize_with = "kept::take_mapping")]
    pub extra: serde_yaml::Mapping,
}

/// Order of the articles of a section.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, JsonSchema, BorshSerialize, BorshDeserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Newest first.
    #[default]
    Date,
    /// By `weight`, lighter ones first.
    Weight,
    /// By title.
    Title,
}

/// What the articles of a section have when they do not say otherwise.
#[derive(Clone, Debug, Default, PartialEq, Hash, Deserialize, JsonSchema, BorshSerialize, BorshDeserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Defaults {
    /// Authors.
    pub authors: List,
    /// Kind of article.
    #[serde(rename = "type")]
    pub article_type: Option<ArticleType>,
    /// Language.
    pub lang: Option<String>,
    /// TLP label. An article may raise it; to lower it is an error.
    #[schemars(extend("enum" = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]))]
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String")]
    pub tlp: Option<String>,
    /// Template.
    pub template: Option<String>,
}

/// What is known of a section from its own file.
#[derive(Clone, Debug, Default, Hash, BorshSerialize, BorshDeserialize)]
pub struct SectionMeta {
    /// As written.
    pub input: SectionInput,
    /// Marking of its articles.
    pub tlp: Option<Tlp>,
}

/// Reads a section.
pub(crate) fn meta(mut input: SectionInput, check: &mut Check) -> SectionMeta {
    input.defaults.lang = check.language(input.defaults.lang.take());
    let tlp =
        check.tlp(crate::base::diagnostics::FieldPath::key("defaults").then("tlp"), input.defaults.tlp.as_deref());
    SectionMeta { tlp, input }
}
