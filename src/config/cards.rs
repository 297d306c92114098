//! The settings of social cards.

use schemars::JsonSchema;
use serde::Deserialize;

/// Which pages have a social card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SocialCards {
    /// None. Drawing takes longer than all else of a page: ten thousand cards take minutes.
    #[default]
    Off,
    /// Those of articles.
    Articles,
    /// Those of articles and of entities.
    All,
}
