//! `policies` of `site.yaml`: where the newsroom says how it works.

use schemars::JsonSchema;
use serde::Deserialize;

/// Pages that say how the newsroom works: addresses on the site (`/corrections-policy/`) or full ones. Search engines
/// are told of them as schema.org’s properties of a `NewsMediaOrganization`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Policies {
    /// How mistakes are corrected.
    pub corrections: Option<String>,
    /// What is right and wrong in the work.
    pub ethics: Option<String>,
    /// When sources go unnamed.
    pub unnamed_sources: Option<String>,
    /// Who owns and pays.
    pub ownership: Option<String>,
    /// Who works here.
    pub masthead: Option<String>,
    /// What is covered first, and why.
    pub mission: Option<String>,
    /// How facts are checked.
    pub verification: Option<String>,
    /// How the newsroom sees to diversity.
    pub diversity: Option<String>,
    /// When there is no byline.
    pub no_bylines: Option<String>,
    /// How readers are heard.
    pub feedback: Option<String>,
    /// The principles of publishing as a whole.
    pub principles: Option<String>,
}

impl Policies {
    /// Key, property of schema.org, and address of each that is there.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &'static str, &str)> {
        let all = [
            ("corrections", "correctionsPolicy", &self.corrections),
            ("ethics", "ethicsPolicy", &self.ethics),
            ("unnamed_sources", "unnamedSourcesPolicy", &self.unnamed_sources),
            ("ownership", "ownershipFundingInfo", &self.ownership),
            ("masthead", "masthead", &self.masthead),
            ("mission", "missionCoveragePrioritiesPolicy", &self.mission),
            ("verification", "verificationFactCheckingPolicy", &self.verification),
            ("diversity", "diversityPolicy", &self.diversity),
            ("no_bylines", "noBylinesPolicy", &self.no_bylines),
            ("feedback", "actionableFeedbackPolicy", &self.feedback),
            ("principles", "publishingPrinciples", &self.principles),
        ];
        all.into_iter().filter_map(|(key, property, address)| Some((key, property, address.as_deref()?)))
    }
}
