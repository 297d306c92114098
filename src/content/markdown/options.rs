//! Which Markdown extensions a site uses.

use pulldown_cmark::Options;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::vocabulary::Tlp;

/// Markdown extensions; all harmless ones are on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MarkdownOptions {
    /// Tables with `|`.
    pub tables: bool,
    /// Footnotes: `[^1]`.
    pub footnotes: bool,
    /// `~~struck out~~`.
    pub strikethrough: bool,
    /// `- [x]` in lists.
    pub task_lists: bool,
    /// `{#id .class}` after headings.
    pub heading_attributes: bool,
    /// Typographic quotes, dashes and ellipses in English texts; other languages keep what was typed.
    pub smart_punctuation: bool,
    /// `> [!NOTE]` and the other alerts of GitHub.
    pub alerts: bool,
    /// A term on a line, and `: its definition` on the next.
    pub definition_lists: bool,
    /// `^raised^` and `~lowered~`. Off by default: both signs are common in plain text.
    pub superscript_subscript: bool,
    /// `$x$` and `$$x$$` as MathML.
    pub math: bool,
    /// `[[Name]]`.
    pub wikilinks: bool,
    /// Colours in code blocks.
    pub highlight_code: bool,
    /// A link to itself beside each heading.
    pub heading_anchors: bool,
    /// Whether raw HTML passes; set by `raw_html` of the site.
    #[serde(skip)]
    pub raw_html: bool,
    /// Whether paragraphs begin with their marking; set by `portion_marks` of the site.
    #[serde(skip)]
    pub portion_marks: bool,
    /// The marking of paragraphs outside of marked parts.
    #[serde(skip)]
    pub portion: Option<Tlp>,
    /// Nothing but CommonMark, without any markup of ours: for its test suite.
    #[serde(skip)]
    pub(crate) plain: bool,
}

impl Default for MarkdownOptions {
    fn default() -> Self {
        Self {
            tables: true,
            footnotes: true,
            strikethrough: true,
            task_lists: true,
            heading_attributes: true,
            smart_punctuation: true,
            alerts: true,
            definition_lists: true,
            superscript_subscript: false,
            math: true,
            wikilinks: true,
            highlight_code: true,
            heading_anchors: true,
            raw_html: false,
            portion_marks: false,
            portion: None,
            plain: false,
        }
    }
}

impl MarkdownOptions {
    /// CommonMark and nothing else, raw HTML included.
    pub fn commonmark() -> Self {
        Self {
            tables: false,
            footnotes: false,
            strikethrough: false,
            task_lists: false,
            heading_attributes: false,
            smart_punctuation: false,
            alerts: false,
            definition_lists: false,
            superscript_subscript: false,
            math: false,
            wikilinks: false,
            highlight_code: false,
            heading_anchors: false,
            raw_html: true,
            portion_marks: false,
            portion: None,
            plain: true,
        }
    }

    /// The same as the parser wants it.
    pub(super) fn parser(&self) -> Options {
        let mut options = Options::empty();
        for (on, flag) in [
            (self.tables, Options::ENABLE_TABLES),
            (self.footnotes, Options::ENABLE_FOOTNOTES),
            (self.strikethrough, Options::ENABLE_STRIKETHROUGH),
            (self.task_lists, Options::ENABLE_TASKLISTS),
            (self.heading_attributes, Options::ENABLE_HEADING_ATTRIBUTES),
            (self.smart_punctuation, Options::ENABLE_SMART_PUNCTUATION),
            (self.alerts, Options::ENABLE_GFM),
            (self.definition_lists, Options::ENABLE_DEFINITION_LIST),
            (self.superscript_subscript, Options::ENABLE_SUPERSCRIPT | Options::ENABLE_SUBSCRIPT),
            (self.math, Options::ENABLE_MATH),
            (self.wikilinks, Options::ENABLE_WIKILINKS),
        ] {
            options.set(flag, on);
        }
        options
    }
}
