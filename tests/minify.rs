//! What minifying takes from the sample site's pages, beside what a whole HTML parser takes.

use std::path::Path;

use crossbrief::build::{self, Request, sink::MemorySink};
use crossbrief::content::vocabulary::Tlp;
use crossbrief::render::minify;

/// The pages of the sample site as their templates write them.
fn pages_as_written() -> Vec<(String, String)> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = std::fs::read_to_string(from.join("site.yaml")).expect("settings");
    std::fs::write(folder.path().join("site.yaml"), format!("{settings}\nminify: false\n")).expect("a new file");
    copy(&from.join("content"), &folder.path().join("content"));
    let request = Request {
        root: folder.path().to_path_buf(),
        skip: Vec::new(),
        clearance: Tlp::Clear,
        drafts: false,
        embargoed: false,
        now: "2026-01-01T00:00:00Z".parse().expect("an instant"),
        base_url: None,
    };
    let loaded = build::load(&request).expect("a readable site");
    let sink = MemorySink::new();
    build::render(&loaded, &sink, &|| ()).expect("memory");
    let pages = sink.into_files().into_iter().filter(|(path, _)| path.to_string().ends_with(".html"));
    pages.map(|(path, bytes)| (path.to_string(), String::from_utf8(bytes.to_vec()).expect("text"))).collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a new folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        if entry.file_type().expect("its type").is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
        }
    }
}

/// The text of a page without tags and without any white space.
fn words(page: &str) -> String {
    let mut words = String::new();
    for part in page.split('<') {
        let text = part.split_once('>').map_or(part, |(_, text)| text);
        words.extend(text.chars().filter(|c| !c.is_whitespace()));
    }
    let known = [
        ("&nbsp;", ""),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&gt;", ">"),
        ("&#x2F;", "/"),
        ("&amp;", "&"),
    ];
    known.into_iter().fold(words, |words, (written, meant)| words.replace(written, meant))
}

#[test]
fn no_page_is_larger_than_a_whole_parser_makes_it() {
    let cfg =
        minify_html::Cfg { keep_closing_tags: true, keep_html_and_head_opening_tags: true, ..minify_html::Cfg::new() };
    let (mut ours, mut theirs, mut larger) = (0, 0, Vec::new());
    let pages = pages_as_written();
    assert!(pages.len() > 200, "{}", pages.len());
    for (path, page) in pages {
        let made = String::from_utf8(minify::html(page.clone())).expect("text");
        assert!(words(&made) == words(&page), "{path} reads otherwise");
        let parsed = minify_html::minify(page.as_bytes(), &cfg).len();
        ours += made.len();
        theirs += parsed;
        if made.len() > parsed {
            larger.push(format!("{path}: {} and {parsed}", made.len()));
        }
    }
    println!("{ours} bytes in all, {theirs} by a whole parser");
    assert!(ours <= theirs && larger.is_empty(), "{larger:#?}");
}
