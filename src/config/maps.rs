//! `maps` of `site.yaml`: where countries lie, and how often they are written about.

use schemars::JsonSchema;
use serde::Deserialize;

/// Maps on the pages of countries.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Maps {
    /// Whether there are maps. Default: yes.
    pub show: bool,
    /// A file of the site with the outlines of countries, instead of those that come along, which follow the view of the
    /// United Nations: TopoJSON with an object `countries`, or GeoJSON. Each shape has the country’s ISO 3166-1 code as
    /// its `id` or in its properties as `a3`, `iso_a3` or `iso_a2`.
    pub geometry: Option<String>,
    /// Whose outlines these are: the line below the maps.
    pub credit: Option<String>,
}

impl Default for Maps {
    fn default() -> Self {
        Self { show: true, geometry: None, credit: None }
    }
}
