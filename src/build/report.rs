//! The numbers of a build, for those who read its last lines.

use serde::{Deserialize, Serialize};

use crate::site::Site;

/// The numbers of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Articles.
    pub articles: usize,
    /// Entities by kind: the kind's name in small letters, in the number that they have, and how many.
    pub kinds: Vec<(String, usize)>,
    /// All entities.
    pub entities: usize,
    /// Outputs.
    pub outputs: usize,
    /// Files withheld.
    pub withheld: usize,
    /// The next change by itself.
    pub next: Option<NextChange>,
}

/// A moment at which the site changes by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextChange {
    /// When, in UTC.
    pub instant: String,
    /// When, with the offset of the site's zone.
    pub iso: String,
    /// Which file.
    pub path: String,
    /// Whether it appears; else it expires.
    pub appears: bool,
}

impl Report {
    /// The numbers of a site of so many outputs.
    pub fn of(site: &Site, outputs: usize) -> Self {
        let kinds = site.config.kinds.iter().enumerate();
        Self {
            articles: site.all_editions().flat_map(|site| &site.articles).filter(|one| !one.is_borrowed()).count(),
            kinds: kinds
                .map(|(index, kind)| (kind, site.entities_of(index).count()))
                .filter(|(_, count)| *count > 0)
                .map(|(kind, count)| (if count == 1 { &kind.singular } else { &kind.plural }.to_lowercase(), count))
                .collect(),
            entities: site.entities.len(),
            outputs,
            withheld: site.withheld.files.len(),
            next: site.withheld.scheduled.first().map(|next| NextChange {
                instant: next.at.instant.to_string(),
                iso: next.at.iso.clone(),
                path: next.path.to_string(),
                appears: next.appears,
            }),
        }
    }
}
