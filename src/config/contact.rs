//! Who is behind a site: `security` and `humans` of `site.yaml`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::yaml::values::List;

/// Whom to tell of a hole in the site: `/.well-known/security.txt` (RFC 9116).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SecurityInput {
    /// Where to write to, the best way first: `mailto:desk@example.org`, `https://example.org/report/`, `tel:+1-201-555-0123`.
    pub contact: List,
    /// Day or moment from which this no longer holds; within a year, RFC 9116 recommends.
    pub expires: Option<String>,
    /// Address of a key to encrypt to.
    pub encryption: Option<String>,
    /// Address of a page that thanks.
    pub acknowledgments: Option<String>,
    /// Address of the policy on reports.
    pub policy: Option<String>,
    /// Address of open posts.
    pub hiring: Option<String>,
    /// Languages in which reports are read: `[en, uk]`.
    pub preferred_languages: List,
}

/// The fields of `security.txt`, checked, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Security {
    /// Names and values, but for the address of the file itself.
    pub fields: Vec<(&'static str, String)>,
}
