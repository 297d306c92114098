//! Names, slugs, addresses and paths: nothing leads out of the site, and what goes there comes back.

use std::path::{Component, Path};

use crossbrief::base::paths::{OutputPath, SourcePath, UrlPath, percent_decode, percent_encode};
use crossbrief::base::text::{Folded, escape_html, escape_xml, excerpt, fold, one_line, slugify};

/// Takes the bytes as text; a line feed parts a file's path from a link in it.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (path, link) = text.split_once('\n').unwrap_or((text, text));
    slugs(text);
    names(text);
    addresses(text);
    sources(path, link);
}

fn slugs(text: &str) {
    let slug = slugify(text);
    assert!(slug.len() <= 100 && !slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"), "{slug}");
    assert!(slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{slug}");
    assert_eq!(slugify(&slug), slug);
    if let Some(output) = (!slug.is_empty()).then(|| UrlPath::new(&format!("people/{slug}/")).output()) {
        // Names that Windows keeps for devices are told of by who plans the output.
        assert!(output.is_ok() || slug.len() <= 4, "{slug}");
    }
}

fn names(text: &str) {
    let folded = fold(text);
    assert_eq!(fold(&folded), folded, "folding twice is folding once");
    let with_places = Folded::new(text);
    let mut before = 0;
    for at in (0..=with_places.text.len()).filter(|at| with_places.text.is_char_boundary(*at)) {
        let place = with_places.in_text(at..at).start;
        assert!(text.is_char_boundary(place) && place >= before, "{at} comes from {place}");
        before = place;
    }
    let line = one_line(text);
    assert!(!line.contains(char::is_control) && one_line(&line) == line);
    assert!(excerpt(text, 20).chars().count() <= 21);
    assert!(!escape_html(text).contains(['<', '>', '"', '\'']));
    let xml = escape_xml(text);
    assert!(!xml.contains(|c: char| (c < ' ' && !"\t\r\n".contains(c)) || "\u{FFFE}\u{FFFF}".contains(c)));
}

fn addresses(text: &str) {
    let encoded = percent_encode(text);
    assert!(encoded.is_ascii() && !encoded.contains([' ', '"', '<', '>', '#', '?', '\\']), "{encoded}");
    assert_eq!(percent_decode(&encoded).as_deref(), Some(text));
    drop(percent_decode(text));
    let url = UrlPath::new(text);
    assert!(url.as_str().starts_with('/') && !url.as_str().starts_with("//"), "{url}");
    assert_eq!(UrlPath::new(url.as_str()), url);
    for output in [url.output(), url.join("a/").output(), OutputPath::new(text)].into_iter().flatten() {
        let inside = Path::new(output.as_str()).components().all(|part| matches!(part, Component::Normal(_)));
        assert!(inside && !output.as_str().contains(['\\', '\0', ':']), "{output}");
        assert!(OutputPath::new(output.as_str()).is_ok());
        assert!(!output.collision_key().is_empty());
    }
}

fn sources(path: &str, link: &str) {
    let source = SourcePath::new(path);
    assert_eq!(SourcePath::new(source.as_str()), source);
    assert!(!source.as_str().contains('\\'));
    let from = SourcePath::new("content/briefings/a.md");
    for link in [Some(link.to_string()), percent_decode(link)].into_iter().flatten() {
        if let Some(joined) = from.join(&link) {
            let inside = !joined.as_str().starts_with('/')
                && joined.as_str().split(['/', '\\']).all(|part| !matches!(part, "." | ".."));
            assert!(inside, "{joined}");
        }
    }
    assert!(source.file_name().starts_with(source.stem()));
}
