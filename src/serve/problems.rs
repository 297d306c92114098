//! What is wrong, as the panel in the browser shows it.
//!
//! Texts go out as JSON and into the page as text nodes, never as HTML. On a network only the number goes out: a
//! message shows lines of files that not everybody there may see.

use std::path::Path;

use serde_json::{Value, json};

use crate::base::diagnostics::Severity;
use crate::base::report::{self, Located, LocatedPlace, harmless};
use crate::serve::editor::Editor;

/// Most problems that a page is told: a panel of thousands helps nobody.
const MOST_TOLD: usize = 100;

/// Where files lie, and how they are opened.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// The site's folder.
    pub root: &'a Path,
    /// Opens files.
    pub editor: &'a Editor,
}

/// All problems: how many of each severity, and errors first the first of them in full. Without a desk only the numbers.
pub fn json(problems: &[Located], desk: Option<Desk>) -> Value {
    let count = |severity| report::count(problems, severity);
    let mut told: Vec<&Located> = problems.iter().collect();
    told.sort_by_key(|problem| problem.severity);
    told.truncate(MOST_TOLD);
    let list: Vec<Value> = desk.map_or_else(Vec::new, |desk| told.iter().map(|problem| one(problem, desk)).collect());
    json!({"errors": count(Severity::Error), "warnings": count(Severity::Warning), "list": list})
}

/// One problem in full.
pub fn one(problem: &Located, desk: Desk) -> Value {
    let related: Vec<Value> = problem
        .related
        .iter()
        .map(|(place, words)| json!({"words": harmless(words), "place": place_json(place, desk)}))
        .collect();
    let more = (problem.more > 0).then(|| report::more_like_this(problem));
    json!({
        "severity": problem.severity.as_str(),
        "code": problem.code,
        "message": harmless(&problem.message),
        "label": problem.label.as_deref().map(harmless),
        "help": problem.help.iter().map(|help| harmless(help)).chain(more).collect::<Vec<_>>(),
        "place": problem.place.as_ref().map(|place| place_json(place, desk)),
        "related": related,
    })
}

/// A place with its source line in three parts: before what is meant, that, and after it.
fn place_json(place: &LocatedPlace, desk: Desk) -> Value {
    let shown = place.shown.as_ref().map(|shown| {
        let (start, end) = shown.span;
        [&shown.text[..start], &shown.text[start..end], &shown.text[end..]]
    });
    json!({
        "path": harmless(place.path.as_str()),
        "line": place.line,
        "column": place.column,
        "shown": shown,
        "open": desk.editor.link(&desk.root.join(place.path.as_str()), place.line, place.column),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diagnostics::{Diagnostic, Place};
    use crate::base::paths::SourcePath;
    use crate::base::report::locate_all;

    #[test]
    fn problems_show_their_line_and_open_their_file() {
        let path = SourcePath::new("content/a.md");
        let diagnostics = [
            Diagnostic::warning("w", "second").at(Place::file(&path)),
            Diagnostic::error("e", "first \u{1b}").at(Place::span(&path, 2..5)).help("mend it"),
        ];
        let located = locate_all(&diagnostics, &|_| Some("a bcd e".into()));
        let editor = Editor::choose(None, &[]);
        let json = json(&located, Some(Desk { root: Path::new("/desk"), editor: &editor }));
        assert_eq!((json["errors"].as_u64(), json["warnings"].as_u64()), (Some(1), Some(1)));
        let first = &json["list"][0];
        assert_eq!(first["message"], "first ␛");
        assert_eq!(first["place"]["shown"], json!(["a ", "bcd", " e"]));
        assert_eq!(first["place"]["open"], "vscode://file/desk/content/a.md:1:3");
    }

    #[test]
    fn a_network_is_told_numbers_only() {
        let located = locate_all(&[Diagnostic::error("e", "secret")], &|_| None);
        assert_eq!(json(&located, None), json!({"errors": 1, "warnings": 0, "list": []}));
    }
}
