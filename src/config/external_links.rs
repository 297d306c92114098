//! The settings of the check of addresses elsewhere.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::yaml::values::List;

/// Addresses elsewhere, which `crossbrief check --links external` asks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ExternalLinks {
    /// Beginnings of addresses that are not asked: `https://intranet.example.org/`.
    pub ignore: List,
    /// Where archived copies are looked for: an address that answers as the Wayback Machine’s “available” does. Default:
    /// that one.
    pub archive: String,
}

impl Default for ExternalLinks {
    fn default() -> Self {
        Self { ignore: List::default(), archive: "https://archive.org/wayback/available".to_string() }
    }
}
