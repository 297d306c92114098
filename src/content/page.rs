//! A loose page: about, policies, contact. It has no date line, no sources, no entities.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::dates::Moment;
use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::kept;
use crate::base::text::{one_line, slugify};
use crate::base::yaml::values::{List, written};
use crate::content::article::{Check, slug_fault, sound_slug};
use crate::content::vocabulary::Tlp;

/// The front matter of a loose page.
#[derive(Clone, Debug, Default, Hash, Deserialize, JsonSchema, BorshSerialize, BorshDeserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PageInput {
    /// Title. May be left out when the text begins with a `# heading`.
    pub title: Option<String>,
    /// What the page is about, in one sentence.
    pub summary: Option<String>,
    /// Day of publication.
    pub date: Option<String>,
    /// Day of the last change.
    pub updated: Option<String>,
    /// Address of the page. Comes from the file's name otherwise.
    pub slug: Option<String>,
    /// Former addresses; each becomes a redirect.
    pub redirect_from: List,
    /// Language as a BCP 47 tag, when it is not the site's.
    pub lang: Option<String>,
    /// Whether the page is unfinished. A draft reaches no output unless asked for.
    pub draft: bool,
    /// TLP 2.0 label.
    #[schemars(extend("enum" = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]))]
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String")]
    pub tlp: Option<String>,
    /// Moment before which the page reaches no output.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String")]
    pub embargoed_until: Option<String>,
    /// Moment from which the page reaches no output any more.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String")]
    pub expires: Option<String>,
    /// Note among editors. It reaches no output.
    pub ed_note: Option<String>,
    /// Template to use instead of `page.html`.
    pub template: Option<String>,
    /// Anything else, for templates.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    #[borsh(serialize_with = "kept::put_mapping", deserialize_with = "kept::take_mapping")]
    pub extra: serde_yaml::Mapping,
}

/// What is known of a loose page from its own file, besides its text.
#[derive(Clone, Debug, Hash, BorshSerialize, BorshDeserialize)]
pub struct PageMeta {
    /// As written.
    pub input: PageInput,
    /// Title.
    pub title: String,
    /// Last part of the address.
    pub slug: String,
    /// Last change, or publication when there was none.
    pub updated: Option<Moment>,
    /// Language, when it is not the site's.
    pub lang: Option<String>,
    /// Marking as written.
    pub tlp: Option<Tlp>,
    /// Embargo.
    pub embargoed_until: Option<Moment>,
    /// Expiry.
    pub expires: Option<Moment>,
}

/// Reads a loose page.
pub(crate) fn meta(mut input: PageInput, first_heading: Option<&str>, check: &mut Check) -> PageMeta {
    let stem = check.place.stem();
    let title = input
        .title
        .as_deref()
        .or(first_heading)
        .map(one_line)
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| title_of(stem));
    let slug = match &input.slug {
        Some(slug) => {
            if let Some(why) = slug_fault(slug) {
                check.push(
                    Diagnostic::error("bad-slug", format!("`{slug}` cannot be part of an address: {why}"))
                        .at(Place::field(check.path, "slug"))
                        .help(format!("write `slug: {}`", sound_slug(slug, &[stem, &title]))),
                );
                sound_slug(slug, &[stem, &title])
            } else {
                slug.clone()
            }
        }
        None => Some(slugify(stem)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| slugify(&title)),
    };
    if slug.is_empty() {
        check.push(
            Diagnostic::error("bad-slug", "neither the file’s name nor the title has a letter to make an address of")
                .at(Place::file(check.path))
                .help("write `slug: some-words` in the front matter"),
        );
    }
    let date = check.optional_moment("date", input.date.as_deref());
    let updated = check.optional_moment("updated", input.updated.as_deref()).or(date);
    let lang = check.language(input.lang.take());
    let tlp = check.tlp("tlp", input.tlp.as_deref());
    let embargoed_until = check.optional_moment("embargoed_until", input.embargoed_until.as_deref());
    let expires = check.optional_moment("expires", input.expires.as_deref());
    PageMeta { title, slug, updated, lang, tlp, embargoed_until, expires, input }
}

/// Turns a file or folder name into a title: `corrections-policy` becomes `Corrections policy`.
pub fn title_of(stem: &str) -> String {
    let words = stem.replace(['-', '_'], " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}
