//! Style sheets and scripts of a site: from `assets/` to the page that names them, and again when one changes.

#[path = "tiny/again.rs"]
mod again;
mod tiny;

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crossbrief::content::vocabulary::Tlp;
use sha2::{Digest, Sha384};

use crate::again::Made;
use crate::tiny::{build, write};

const SITE: &str = "\
//- site.yaml
title: Desk
assets: {browsers: [safari 13, chrome 80]}
//- assets/style.scss
@use \"@default/style\";
@use \"parts/tone\";
main { color: tone.$ink; user-select: none; &::before { content: url(mark.svg) } }
//- assets/parts/_tone.scss
$ink: #0000fe;
//- assets/mark.svg
<svg xmlns=\"http://www.w3.org/2000/svg\"/>
//- assets/app.js
import { longName } from \"./lib/one.js\";
longName();
//- assets/lib/one.js
// A comment.
export function longName() { document.title += \"!\"; }
//- templates/page.html
{% extends \"@default/page.html\" %}{% block head %}<script type=\"module\" src=\"{{ asset(path=\"app.js\") }}\" integrity=\"{{ asset_integrity(path=\"app.js\") }}\"></script>{% for one in asset_imports(path=\"app.js\") %}<link rel=\"modulepreload\" href=\"{{ one.url }}\" integrity=\"{{ one.integrity }}\">{% endfor %}{% endblock %}
//- content/about.md
About us.
//- content/briefings/a.md
---
title: A
---
Text.
";

fn site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), SITE);
    folder
}

fn make(folder: &Path, before: Option<&Made>) -> Made {
    again::make(folder, Tlp::Clear, before)
}

/// The file of a build whose path begins and ends so.
fn file<'a>(made: &'a Made, start: &str, end: &str) -> (&'a str, &'a [u8]) {
    let mut found = made.tree.iter().map(|(path, bytes)| (path.as_str(), &**bytes));
    found.find(|(path, _)| path.starts_with(start) && path.ends_with(end)).expect("a file")
}

fn text(made: &Made, path: &str) -> String {
    String::from_utf8_lossy(file(made, path, path).1).into_owned()
}

/// Every address of an asset on a page with the integrity beside it.
fn named(page: &str) -> Vec<(String, String)> {
    let tags = page.split('<').filter(|tag| tag.contains("integrity="));
    let attribute = |tag: &str, name: &str| {
        let value = tag.split(&format!("{name}=")).nth(1)?.trim_start_matches('"');
        value.split(['"', ' ', '>']).next().map(str::to_string)
    };
    let address = |tag: &str| attribute(tag, "src").or_else(|| attribute(tag, "href"));
    tags.map(|tag| (address(tag).expect("an address"), attribute(tag, "integrity").expect("a hash"))).collect()
}

#[test]
fn pages_name_sheets_and_scripts_with_their_hash() {
    let folder = site();
    let made = make(folder.path(), None);
    assert_eq!(made.told, Vec::<String>::new());
    for page in ["about/index.html", "search/index.html", "briefings/a/index.html"] {
        let text = text(&made, page);
        let named = named(&text);
        // Every sheet and script of the page, none without.
        let all = text.matches("/desk/assets/").count() - text.matches("data-preview").count();
        assert_eq!(named.len(), all, "{page}: {text}");
        for (address, integrity) in named {
            let (path, bytes) = file(&made, address.trim_start_matches("/desk/"), "");
            assert_eq!(integrity, format!("sha384-{}", STANDARD.encode(Sha384::digest(bytes))), "{path}");
        }
    }
    let sheet = String::from_utf8_lossy(file(&made, "assets/style.", ".css").1).into_owned();
    for part in ["main{color:#0000fe;-webkit-user-select:none;", "url(\"mark.", "url(\"../fonts/", "@media print{"] {
        assert!(sheet.contains(part), "{part} in {sheet}");
    }
    assert!(!sheet.contains("inset-inline-start:") && !sheet.contains("/*"), "not for these browsers: {sheet}");
    let (app, one) = (file(&made, "assets/app.", ".js"), file(&made, "assets/lib/one.", ".js"));
    let way = one.0.trim_start_matches("assets/");
    assert!(String::from_utf8_lossy(app.1).contains(&format!("from\"./{way}\"")), "{way}");
    let page = text(&made, "about/index.html");
    assert!(page.contains(&format!("rel=modulepreload href=/desk/{}", one.0)), "{page}");
    assert!(!made.tree.keys().any(|path| path.as_str().contains("_tone") || path.as_str().ends_with(".scss")));
}

#[test]
fn what_is_imported_makes_sheet_and_pages_anew() {
    let folder = site();
    let first = make(folder.path(), None);
    let same = make(folder.path(), Some(&first));
    assert_eq!(same.put.iter().filter(|path| path.ends_with(".html")).count(), 0, "{:?}", same.put);
    fs::write(folder.path().join("assets/parts/_tone.scss"), "$ink: #0000fd;").expect("a file");
    let second = make(folder.path(), Some(&same));
    assert_ne!(file(&first, "assets/style.", ".css").0, file(&second, "assets/style.", ".css").0);
    assert!(second.put.contains("briefings/a/index.html"), "{:?}", second.put);
    assert!(second.tree == make(folder.path(), None).tree);
    // A script that another imports gives both a new name; the sheet keeps its own.
    fs::write(folder.path().join("assets/lib/one.js"), "export function longName() {}").expect("a file");
    let third = make(folder.path(), Some(&second));
    assert_ne!(file(&second, "assets/app.", ".js").0, file(&third, "assets/app.", ".js").0);
    assert_eq!(file(&second, "assets/style.", ".css").0, file(&third, "assets/style.", ".css").0);
    assert!(third.tree == make(folder.path(), None).tree);
    // So do other settings.
    fs::write(folder.path().join("site.yaml"), "title: Desk\nminify: false\n").expect("a file");
    let fourth = make(folder.path(), Some(&third));
    assert!(String::from_utf8_lossy(file(&fourth, "assets/style.", ".css").1).contains("\n  user-select: none;"));
    assert!(fourth.tree == make(folder.path(), None).tree);
}

#[test]
fn templates_that_ask_for_too_much_are_told() {
    let built = build(
        "//- assets/x.txt\nx\n//- templates/home.html\n{{ asset_integrity(path=\"x.txt\") }}\n//- content/briefings/a.md\nA\n",
    );
    assert!(built.messages.contains("`x.txt` is neither style sheet nor script"), "{}", built.messages);
}
