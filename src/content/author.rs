//! An author's own file.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::diagnostics::FieldPath;
use crate::base::kept;
use crate::base::text::{one_line, slugify};
use crate::base::yaml::values::{List, written};
use crate::content::article::{Check, ImageInput};
use crate::content::page::title_of;
use crate::content::vocabulary::Tlp;

/// The front matter of a file in `content/authors/`.
#[derive(Clone, Debug, Default, Hash, Deserialize, JsonSchema, BorshSerialize, BorshDeserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuthorInput {
    /// Name as it stands in bylines.
    pub name: Option<String>,
    /// Other spellings that bylines may use.
    pub aliases: List,
    /// `Editor`, `Europe desk`, ...
    pub role: Option<String>,
    /// Who it is, in one sentence.
    pub summary: Option<String>,
    /// What the author knows about and writes on, in a word or two each.
    pub expertise: List,
    /// Address for mail.
    pub email: Option<String>,
    /// Profiles elsewhere.
    pub same_as: List,
    /// Picture.
    pub image: Option<ImageInput>,
    /// Former addresses; each becomes a redirect.
    pub redirect_from: List,
    /// Whether the file is unfinished. A draft reaches no output unless asked for.
    pub draft: bool,
    /// TLP 2.0 label of the file.
    #[schemars(extend("enum" = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]))]
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String")]
    pub tlp: Option<String>,
    /// Note among editors. It reaches no output.
    pub ed_note: Option<String>,
    /// Anything else, for templates.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    #[borsh(serialize_with = "kept::put_mapping", deserialize_with = "kept::take_mapping")]
    pub extra: serde_yaml::Mapping,
}

/// What is known of an author from the own file.
#[derive(Clone, Debug, Hash, BorshSerialize, BorshDeserialize)]
pub struct AuthorMeta {
    /// As written.
    pub input: AuthorInput,
    /// Name.
    pub name: String,
    /// Last part of the address.
    pub slug: String,
    /// Marking as written.
    pub tlp: Option<Tlp>,
}

/// Reads an author.
pub(crate) fn meta(input: AuthorInput, check: &mut Check) -> AuthorMeta {
    let stem = check.place.stem();
    let name = input.name.as_deref().map(one_line).filter(|name| !name.is_empty()).unwrap_or_else(|| title_of(stem));
    for (index, url) in input.same_as.0.iter().enumerate() {
        check.web_address(FieldPath::key("same_as").index(index), url);
    }
    if let Some(image) = &input.image {
        check.portrait(FieldPath::key("image"), image);
    }
    let tlp = check.tlp("tlp", input.tlp.as_deref());
    AuthorMeta { name, slug: slugify(stem), tlp, input }
}
