//! What runs in the browser: scripts and styles of the preview itself.
//!
//! They are files of their own under [`OWN`](crate::serve::answer::OWN), since the published Content Security Policy
//! lets no text run, and the preview keeps to it.

/// The script: `idiomorph` (0BSD, see THIRD_PARTY.md) with the preview's own behind it.
const SCRIPT: &str = concat!(include_str!("browser/idiomorph.min.js"), "\n", include_str!("browser/preview.js"));
const STYLE: &str = include_str!("browser/preview.css");

/// Returns type and text of a file by its name.
pub fn file(name: &str) -> Option<(&'static str, &'static str)> {
    match name {
        "preview.js" => Some(("text/javascript; charset=utf-8", SCRIPT)),
        "preview.css" => Some(("text/css; charset=utf-8", STYLE)),
        _ => None,
    }
}

/// The element that brings the script into a page, with what it must know as `data-` attributes: words without quotes.
pub fn element(facts: &[(&str, &str)]) -> String {
    let facts: String = facts.iter().map(|(name, value)| format!(" data-{name}=\"{value}\"")).collect();
    format!("<script defer src=\"/_crossbrief/preview.js\"{facts}></script>")
}
