//! Names in running text: where they are found, and the way from there into the file and into links.
//!
//! The lines before the first empty one are names, the rest is the text. The first byte of all says how the names are
//! spelled and in which language the text is.

use crossbrief::base::paths::SourcePath;
use crossbrief::content::gazetteer::{Gazetteer, Name, Spelling};
use crossbrief::content::markdown::{AutoLink, Body, MarkdownOptions, html, inline_prose, prose};

use super::markdown::Nowhere;
use super::oracle;

const LANGUAGES: [&str; 6] = ["en", "tr", "de-AT", "ar", "zh", ""];
const SPELLINGS: [Spelling; 3] = [Spelling::Case, Spelling::Any, Spelling::Exact];

/// Looks for the names in the text, plain and as Markdown.
pub fn run(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (names, text) = text.split_once("\n\n").unwrap_or((text, text));
    let lang = LANGUAGES[usize::from(first & 7) % LANGUAGES.len()];
    let gazetteer = Gazetteer::new(names.lines().take(200).enumerate().map(|(number, name)| Name {
        text: name.to_string(),
        owner: (number / 2) as u32,
        sort: (number % 3) as u8,
        spelling: SPELLINGS[(number + usize::from(first >> 4)) % SPELLINGS.len()],
    }));
    let mut done = 0;
    for hit in gazetteer.find(text, lang) {
        assert!(hit.range.start >= done && !hit.range.is_empty(), "{:?} after {done}", hit.range);
        assert!(text.get(hit.range.clone()).is_some(), "{:?}", hit.range);
        assert!(!hit.names.is_empty());
        done = hit.range.end;
    }
    linked(text, lang, &gazetteer);
}

/// The names that are found in Markdown lead back into the file, and links around them leave the HTML whole.
fn linked(text: &str, lang: &str, gazetteer: &Gazetteer) {
    let path = SourcePath::new("content/a.md");
    let body = Body { path: &path, text, offset: 0 };
    let options = MarkdownOptions::default();
    let prose = prose(&body, &options);
    let mut auto = Vec::new();
    for run in &prose.runs {
        for hit in gazetteer.find(&run.text, lang) {
            let origin = run.origin(hit.range.clone()).expect("what was found comes from somewhere");
            let in_file = prose.in_file(origin.prepared.clone());
            assert!(text.get(in_file.clone()).is_some(), "{in_file:?} of {} bytes", text.len());
            if origin.linkable {
                auto.push(AutoLink { range: origin.prepared, href: "/x/".into(), class: "entity".into() });
            }
        }
    }
    auto.sort_by_key(|link| link.range.start);
    let (made, _) = html(&body, &options, &Nowhere, &auto);
    oracle::text(&made.content);
    if let Some(run) = inline_prose(text, &options) {
        for hit in gazetteer.find(&run.text, lang) {
            assert!(run.origin(hit.range).is_some());
        }
    }
}
