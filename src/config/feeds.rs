//! The settings of feeds.

use schemars::JsonSchema;
use serde::Deserialize;

/// Feeds: Atom and JSON Feed of the site, of every section, entity, author and pair, and of every language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Feeds {
    /// Articles in a feed. Default: 30.
    #[schemars(range(min = 1, max = 1000))]
    pub size: usize,
    /// What a feed holds of an article: its `summary` (the default), or its `full` text.
    pub content: FeedContent,
    /// Whether there is a JSON Feed beside each Atom feed. Default: yes.
    pub json: bool,
    /// Whether there is an RSS 2.0 feed beside each Atom feed. Default: no.
    pub rss: bool,
    /// Address of a WebSub hub that the feeds name. Whoever publishes tells the hub of news.
    pub hub: Option<String>,
}

impl Default for Feeds {
    fn default() -> Self {
        Self { size: 30, content: FeedContent::Summary, json: true, rss: false, hub: None }
    }
}

/// What a feed holds of an article.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FeedContent {
    /// Its summary.
    #[default]
    Summary,
    /// Its whole text.
    Full,
}
