//! `connections` of `site.yaml`: which pairs of entities have a page of their own.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::yaml::values::List;

/// What is shown of entities that appear together.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// Briefings about both that give a pair a page of its own, such as `/countries/china+russia/`; 0 for no such pages.
    /// Default: 3.
    pub pairs: usize,
    /// Kinds whose pairs have pages: `[country, organization]`. Default: the countries.
    pub kinds: Option<List>,
    /// Briefings with both that make an edge of the graph in `/graph.json` and its like; 0 for no such files. Default: 2.
    pub graph: usize,
    /// Most edges of that graph. Where there would be more, those of the fewest briefings are left out, and the files
    /// say how many an edge has at least (`least`). Default: 50000.
    pub edges: usize,
}

impl Default for Connections {
    fn default() -> Self {
        Self { pairs: 3, kinds: None, graph: 2, edges: 50_000 }
    }
}

/// The same, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs {
    /// Briefings about both that give a pair a page; 0 for none.
    pub least: usize,
    /// Indices of the kinds whose pairs have pages.
    pub kinds: Vec<usize>,
    /// Briefings with both that make an edge of the graph; 0 for no graph.
    pub graph: usize,
    /// Most edges of the graph.
    pub edges: usize,
}
