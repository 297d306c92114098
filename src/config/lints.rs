//! Lints: rules that a site may loosen or tighten in `site.yaml`, each by its code.
//!
//! Mistakes that would make the site wrong (an unknown key, a broken link) are errors and not in this list.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::diagnostics::{Diagnostic, Severity};

/// How strict a lint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LintLevel {
    /// It is not reported.
    Off,
    /// It is reported as a note.
    Note,
    /// It is reported, and the site is built.
    Warn,
    /// It is reported, and the site is not built.
    Error,
}

/// One lint: its code, how strict it is unless told otherwise, and what it finds.
#[derive(Clone, Copy, Debug)]
pub struct Lint {
    /// Code, as shown in brackets after the severity.
    pub code: &'static str,
    /// Strictness by default.
    pub level: LintLevel,
    /// What it finds.
    pub about: &'static str,
}

/// All lints.
pub const LINTS: &[Lint] = &[
    Lint {
        code: "ambiguous-mention",
        level: LintLevel::Warn,
        about: "a name in a text that may mean several things, or one that it often does not mean",
    },
    Lint { code: "look-alike", level: LintLevel::Warn, about: "two names that are likely one person or thing" },
    Lint { code: "unused-source", level: LintLevel::Warn, about: "a source that no text and no judgment cites" },
    Lint { code: "unsourced-judgment", level: LintLevel::Warn, about: "a key judgment that names no source" },
    Lint {
        code: "likelihood-with-confidence",
        level: LintLevel::Warn,
        about: "a sentence that has both a likelihood and a confidence (ICD 203)",
    },
    Lint {
        code: "mixed-likelihoods",
        level: LintLevel::Warn,
        about: "key judgments in the words of both rows of ICD 203",
    },
    Lint {
        code: "silent-edit",
        level: LintLevel::Warn,
        about: "a briefing that changed with no word to its readers (with `check --since COMMIT`, and at `publish`)",
    },
    Lint {
        code: "no-history",
        level: LintLevel::Warn,
        about: "a site that is to show histories of briefings, which git does not know here",
    },
    Lint { code: "unused-footnote", level: LintLevel::Warn, about: "a footnote that no text refers to" },
    Lint { code: "undefined-reference", level: LintLevel::Warn, about: "a reference link without its definition" },
    Lint {
        code: "dead-link",
        level: LintLevel::Warn,
        about: "an address elsewhere where nothing is any more (`check --links external`)",
    },
    Lint {
        code: "archived-link",
        level: LintLevel::Note,
        about: "a source that is gone, and whose archived copy readers have",
    },
    Lint {
        code: "moved-link",
        level: LintLevel::Off,
        about: "an address elsewhere that leads to another one for good",
    },
    Lint {
        code: "unanswered-link",
        level: LintLevel::Note,
        about: "an address elsewhere of which nobody knows now: its host fails or is silent",
    },
    Lint { code: "missing-alt", level: LintLevel::Warn, about: "a picture without a text for those who cannot see it" },
    Lint { code: "missing-glyph", level: LintLevel::Warn, about: "letters on a social card that no font has" },
    Lint {
        code: "missing-words",
        level: LintLevel::Warn,
        about: "a language of pages in which some of what they say besides their texts is said in English",
    },
    Lint {
        code: "other-edition",
        level: LintLevel::Warn,
        about: "a briefing in one edition that is in the language of another",
    },
    Lint { code: "missing-summary", level: LintLevel::Off, about: "an article without a summary" },
    Lint { code: "style-says", level: LintLevel::Warn, about: "what a Sass style sheet says by `@warn` or `@debug`" },
    Lint { code: "future-date", level: LintLevel::Warn, about: "a date of publication after the build" },
    Lint { code: "raw-html", level: LintLevel::Warn, about: "raw HTML in a text, shown as text" },
    Lint {
        code: "invisible-character",
        level: LintLevel::Warn,
        about: "characters that cannot be seen in a title or front matter",
    },
    Lint { code: "tlp-white", level: LintLevel::Warn, about: "the old name of TLP:CLEAR" },
    Lint { code: "orphan-entity", level: LintLevel::Off, about: "an entity with a file that no briefing names" },
];

/// Whether there is a lint `code`.
pub fn is_known(code: &str) -> bool {
    LINTS.iter().any(|lint| lint.code == code)
}

/// The codes of all lints.
pub fn known() -> impl Iterator<Item = &'static str> {
    LINTS.iter().map(|lint| lint.code)
}

/// How strict a site is.
#[derive(Clone, Debug, Default)]
pub struct Lints {
    levels: BTreeMap<String, LintLevel>,
}

impl Lints {
    /// Returns the strictness that `levels` sets, with defaults for the rest.
    pub fn new(levels: BTreeMap<String, LintLevel>) -> Self {
        Self { levels }
    }

    /// How strict the lint `code` is; none when it is no lint.
    pub fn level(&self, code: &str) -> Option<LintLevel> {
        let lint = LINTS.iter().find(|lint| lint.code == code)?;
        Some(self.levels.get(code).copied().unwrap_or(lint.level))
    }

    /// Sets the severity of each lint among `diagnostics`, and drops those that are off.
    pub fn apply(&self, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        diagnostics
            .into_iter()
            .filter_map(|mut diagnostic| {
                diagnostic.severity = match self.level(&diagnostic.code) {
                    None => diagnostic.severity,
                    Some(LintLevel::Off) => return None,
                    Some(LintLevel::Note) => Severity::Note,
                    Some(LintLevel::Warn) => Severity::Warning,
                    Some(LintLevel::Error) => Severity::Error,
                };
                Some(diagnostic)
            })
            .collect()
    }
}
