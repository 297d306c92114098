//! What is wrong with a site, told so that its author can mend it.
//!
//! Mistakes of authors are data: every stage returns them beside its value and carries on. A [`Diagnostic`] says where
//! by a [`Place`]; that may be a field of the front matter (`sources[1].url`), whose position in the file is looked up
//! only when there is something to report. The renderers in [`report`](crate::base::report) turn them into rustc-like text or JSON.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::base::paths::SourcePath;

/// How bad it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, BorshSerialize, BorshDeserialize,
)]
pub enum Severity {
    /// The site cannot be published as it is.
    Error,
    /// The site can be published; somebody should look.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The word that is shown: `error`, `warning`, `note`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// One thing that is wrong, where, and what to type instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Stable name of the rule, such as `unknown-key`; `lints` in `site.yaml` goes by it.
    pub code: Cow<'static, str>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where; none when it is about the site as a whole.
    pub place: Option<Place>,
    /// A few words under the caret.
    pub label: Option<String>,
    /// Other places that belong to it, each with a few words.
    pub related: Vec<(Place, String)>,
    /// What to do about it, each a sentence.
    pub help: Vec<String>,
    /// How many more like it in this file are counted and not told.
    #[serde(default)]
    pub more: usize,
}

impl Diagnostic {
    /// Returns an error of the rule `code`.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// Returns a warning of the rule `code`.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// Returns a note of the rule `code`.
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, message)
    }

    /// Returns a diagnostic of the rule `code`.
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity,
            code: Cow::Borrowed(code),
            message: message.into(),
            place: None,
            label: None,
            related: Vec::new(),
            help: Vec::new(),
            more: 0,
        }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Puts a few words under the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Names another place that belongs to it.
    #[must_use]
    pub fn also(mut self, place: Place, words: impl Into<String>) -> Self {
        self.related.push((place, words.into()));
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Says what to do, when there is something to say.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help.extend(help);
        self
    }
}

/// A place in a source file.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, BorshSerialize, BorshDeserialize,
)]
pub struct Place {
    /// The file.
    pub path: SourcePath,
    /// Where in it.
    pub at: At,
}

/// Where in a file.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, BorshSerialize, BorshDeserialize,
)]
pub enum At {
    /// The file as a whole.
    File,
    /// Bytes of the file.
    Span(SpanRange),
    /// The value of a YAML field: in a Markdown file that of its front matter, else of the whole file.
    Field(FieldPath),
    /// The key of a YAML field.
    Key(FieldPath),
    /// Line and column, both from 1, as other tools tell them; the column counts characters.
    LineColumn(usize, usize),
}

/// A range of bytes that can be ordered.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, BorshSerialize, BorshDeserialize,
)]
pub struct SpanRange {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

impl From<Range<usize>> for SpanRange {
    fn from(range: Range<usize>) -> Self {
        Self { start: range.start, end: range.end }
    }
}

impl Place {
    /// The file as a whole.
    pub fn file(path: &SourcePath) -> Self {
        Self { path: path.clone(), at: At::File }
    }

    /// Bytes of the file.
    pub fn span(path: &SourcePath, range: Range<usize>) -> Self {
        Self { path: path.clone(), at: At::Span(range.into()) }
    }

    /// The value of a field.
    pub fn field(path: &SourcePath, field: impl Into<FieldPath>) -> Self {
        Self { path: path.clone(), at: At::Field(field.into()) }
    }

    /// The key of a field.
    pub fn key(path: &SourcePath, field: impl Into<FieldPath>) -> Self {
        Self { path: path.clone(), at: At::Key(field.into()) }
    }

    /// Line and column, both from 1.
    pub fn line_column(path: &SourcePath, line: usize, column: usize) -> Self {
        Self { path: path.clone(), at: At::LineColumn(line, column) }
    }
}

/// The way to a value within YAML: `sources[1].url`.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
)]
pub struct FieldPath(pub Vec<Step>);

/// One step of a [`FieldPath`].
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, BorshSerialize, BorshDeserialize,
)]
pub enum Step {
    /// Into a mapping.
    Key(String),
    /// Into a list, from 0.
    Index(usize),
}

impl FieldPath {
    /// The path to a key at the top.
    pub fn key(name: &str) -> Self {
        Self(vec![Step::Key(name.to_string())])
    }

    /// The path into a list entry below this one.
    #[must_use]
    pub fn index(mut self, index: usize) -> Self {
        self.0.push(Step::Index(index));
        self
    }

    /// The path into a key below this one.
    #[must_use]
    pub fn then(mut self, name: &str) -> Self {
        self.0.push(Step::Key(name.to_string()));
        self
    }
}

impl From<&str> for FieldPath {
    fn from(name: &str) -> Self {
        Self::key(name)
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(name) if at == 0 => write!(f, "{name}")?,
                Step::Key(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Counts what is told of one text, so that a text of a million faults does not fill the memory with them: of each sort
/// the first are told, and the last of those knows how many more there are.
#[derive(Clone, Debug, Default)]
pub struct Tally(HashMap<(Cow<'static, str>, Severity), (usize, usize)>);

impl Tally {
    /// Most faults of one sort that are told of one file: enough to see a pattern, few enough to see other sorts too.
    pub const MOST: usize = 20;

    /// Puts one more to what is told of the text, or counts it. Nothing may be taken out of `told` in between.
    pub fn tell(&mut self, told: &mut Vec<Diagnostic>, diagnostic: Diagnostic) {
        let (times, last) = self.0.entry((diagnostic.code.clone(), diagnostic.severity)).or_default();
        *times += 1;
        if *times <= Self::MOST {
            *last = told.len();
            told.push(diagnostic);
        } else if let Some(last) = told.get_mut(*last) {
            last.more += 1 + diagnostic.more;
        }
    }
}

/// The number of faults of this severity among `diagnostics`, told or only counted.
pub fn count(diagnostics: &[Diagnostic], severity: Severity) -> usize {
    diagnostics.iter().filter(|one| one.severity == severity).map(|one| 1 + one.more).sum()
}

/// The number of errors among `diagnostics`.
pub fn count_errors(diagnostics: &[Diagnostic]) -> usize {
    count(diagnostics, Severity::Error)
}
