//! Files of the content folder, settings and data: from bytes to typed values, and what is told of them.
//!
//! The first byte says which kind of file it is.

use std::sync::Arc;

use crossbrief::base::diagnostics::{At, Diagnostic, count_errors};
use crossbrief::base::paths::SourcePath;
use crossbrief::base::report::{self, Style};
use crossbrief::base::source_text;
use crossbrief::config;
use crossbrief::content::kinds::Kind;
use crossbrief::content::markdown::MarkdownOptions;
use crossbrief::content::read::{self, Settings};

const FILES: [&str; 10] = [
    "briefings/2025-01-02-a.md",
    "briefings/_index.md",
    "_index.md",
    "about.md",
    "authors/a.md",
    "people/a.md",
    "countries/a.md",
    "people.yaml",
    "topics.csv",
    "people.json",
];

/// Reads the bytes as the file that the first one names.
pub fn run(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else { return };
    let number = usize::from(*first) % (FILES.len() + 1);
    let Some(name) = FILES.get(number) else { return settings(bytes) };
    let kinds = Kind::built_in();
    let path = SourcePath::new(&format!("content/{name}"));
    let zone = crossbrief::config::defaults("site").zone;
    let settings = Settings { zone: &zone, kinds: &kinds, markdown: &MarkdownOptions::default(), packed: false };
    let (parsed, diagnostics) = read::parse(&path, &read::role(name, &kinds), bytes, &settings);
    assert!(parsed.is_some() || count_errors(&diagnostics) > 0, "nothing came of {name}, and nothing was told");
    told(&path, bytes, &diagnostics);
}

fn settings(bytes: &[u8]) {
    let path = SourcePath::new("site.yaml");
    let (text, mut diagnostics) = source_text::read(&path, bytes);
    if let Some(text) = text {
        diagnostics.extend(config::read(&path, &text, "site").1);
    }
    told(&path, bytes, &diagnostics);
}

/// What is told points into the text, and can be shown without doing anything to a terminal.
fn told(path: &SourcePath, bytes: &[u8], diagnostics: &[Diagnostic]) {
    let text = source_text::read(path, bytes).0;
    for diagnostic in diagnostics {
        assert!(!diagnostic.message.is_empty());
        if let (Some(text), Some(place)) = (&text, &diagnostic.place)
            && let At::Span(span) = &place.at
        {
            let part = text.get(span.start..span.end);
            assert!(part.is_some(), "{span:?} is no part of the text: {}", diagnostic.message);
        }
    }
    let shared: Option<Arc<str>> = text.map(Arc::from);
    let located = report::locate_all(diagnostics, &|_| shared.clone());
    let shown = report::text(&located, Style { color: false, width: 100 });
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
    assert!(report::json_lines(&located).lines().count() >= usize::from(!located.is_empty()));
}
