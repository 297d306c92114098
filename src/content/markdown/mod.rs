//! Markdown: what a text holds ([`facts`]), and its HTML ([`html()`]).
//!
//! Both passes read the same events (`events`), so they agree on every heading id and footnote number. Facts are taken
//! once per file and say what lists, links and checks need; HTML is made only for a page that is rendered, with a
//! [`Resolver`] that knows the rest of the site. This module knows of no other file.

mod code;
mod directives;
mod events;
mod facts;
mod html;
mod math;
mod notes;
mod options;
mod prose;
mod raised;
mod url;

pub use directives::Call;
pub use facts::{Citation, Dated, Facts, Heading, Image, Link, LinkTarget, Marked, Title, facts};
pub use html::{
    AutoLink, CitationInfo, ComponentFault, Html, ImageInfo, PictureSource, Resolved, Resolver, Within, embedded_html,
    html, inline_html, plain_text,
};
pub use options::MarkdownOptions;
pub use prose::{GAP, Origin, Outline, Prose, Run, RunKind, inline_prose, prose};
pub use url::scheme_is_safe;

use crate::base::paths::SourcePath;

/// A Markdown text and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a> {
    /// The file.
    pub path: &'a SourcePath,
    /// The text.
    pub text: &'a str,
    /// The byte of the file at which it begins.
    pub offset: usize,
}
