//! Small files that would cost much: each comes to an end, as an error that names it or as a page.
//!
//! Nothing is timed here. `cargo bench --bench bombs` shows how the time grows with the length of a text.

use crossbrief::base::diagnostics::{Severity, count_errors};
use crossbrief::base::report::{self, Style};
use crossbrief::build::{self, Request, sink::MemorySink};
use crossbrief::content::vocabulary::Tlp;

struct Built {
    errors: usize,
    pages: usize,
    bytes: usize,
    messages: String,
}

fn build(files: &[(&str, String)]) -> Built {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let article = ("content/briefings/2025-01-01-sound.md", "---\ntitle: Sound\n---\nText\n".to_string());
    for (path, text) in files.iter().chain([&article]) {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        std::fs::write(path, text).expect("a new file");
    }
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
    let mut diagnostics = loaded.diagnostics.clone();
    diagnostics.extend(build::render(&loaded, &sink, &|| ()).expect("memory"));
    diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
    assert!(diagnostics.iter().all(|diagnostic| diagnostic.code != "internal"), "{diagnostics:?}");
    let located = report::locate_all(&diagnostics, &|path| loaded.source_text(path));
    let messages = report::text(&located, Style { color: false, width: 100 });
    assert!(messages.len() < 1 << 20, "the messages themselves are a bomb: {}", &messages[..5_000]);
    let files = sink.into_files();
    let bytes = files.values().map(|bytes| bytes.len()).sum();
    Built { errors: count_errors(&diagnostics), pages: files.len(), bytes, messages }
}

/// A file that must be refused, with words of the message.
fn refused(path: &str, text: String, words: &str) {
    let built = build(&[(path, text)]);
    assert!(built.errors > 0 && built.messages.contains(path), "{path}: {}", built.messages);
    assert!(built.messages.contains(words), "{path}: {}", built.messages);
}

/// A file that is strange and sound: the site is built.
fn taken(path: &str, text: String) {
    let built = build(&[(path, text)]);
    assert_eq!(built.errors, 0, "{}", built.messages);
    assert!(built.pages > 5 && built.bytes < 64 << 20);
}

const ARTICLE: &str = "content/briefings/2025-01-02-a.md";

fn article(front_matter: &str, text: &str) -> String {
    format!("---\ntitle: A\n{front_matter}---\n{text}\n")
}

/// Ten aliases of ten aliases, `levels` times.
fn aliases(levels: usize) -> String {
    let mut yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_string();
    for level in 1..levels {
        let before = level - 1;
        yaml.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{before}"); 10].join(", ")));
    }
    yaml
}

#[test]
fn yaml_that_unfolds_is_refused() {
    let bomb = aliases(9);
    let indented: String = bomb.lines().map(|line| format!("  {line}\n")).collect();
    refused(ARTICLE, article(&format!("extra:\n{indented}"), ""), "");
    refused("data/bomb.yaml", bomb.clone(), "");
    refused("site.yaml", format!("extra:\n{indented}"), "");
    refused("content/people.yaml", format!("- name: A\n  extra:\n{}", indented.replace("  a", "    a")), "");
    let theme = [("site.yaml", "theme: own\n".to_string()), ("themes/own/theme.yaml", bomb)];
    assert!(build(&theme).messages.contains("themes/own/theme.yaml"));
}

#[test]
fn what_nests_without_end_is_refused() {
    for depth in [101, 5_000, 100_000] {
        let open = "[".repeat(depth);
        let closed = format!("{open}{}", "]".repeat(depth));
        let braces = format!("{}1{}", "{a: ".repeat(depth), "}".repeat(depth));
        if depth < 10_000 {
            refused(ARTICLE, article(&format!("extra: {{a: {closed}}}\n"), ""), "");
        }
        refused("data/bomb.yaml", format!("a: {closed}\n"), "");
        refused("data/open.yaml", format!("a: {open}\n"), "");
        refused("data/braces.yaml", braces.clone(), "");
        refused("data/blocks.yaml", format!("{}a\n", "- ".repeat(depth)), "");
        refused("data/keys.yaml", format!("{}a\n", "? ".repeat(depth)), "");
        refused("data/bomb.json", closed.clone(), "");
        refused("content/people.json", closed.clone(), "");
        refused("data/arrays.toml", format!("a = {closed}\n"), "");
        refused("data/tables.toml", format!("a = {}1{}\n", "{a = ".repeat(depth), "}".repeat(depth)), "");
        refused("data/dotted.toml", format!("{}a = 1\n", "a.".repeat(depth)), "");
        refused("data/header.toml", format!("[{}a]\nb = 1\n", "a.".repeat(depth)), "");
        refused("data/world.json", format!("{{\"type\": {closed}}}"), "");
    }
}

#[test]
fn what_is_merely_large_is_taken_or_refused() {
    refused(ARTICLE, article(&format!("summary: {}\n", "x".repeat(1 << 20)), ""), "64 KiB");
    let keys: String = (0..50_000).map(|number| format!("k{number}: v\n")).collect();
    taken("data/keys.yaml", keys.clone());
    refused("data/scalar.yaml", format!("a: {}\n", "x".repeat(5 << 20)), "KiB");
    taken("data/scalar.json", format!("{{\"a\": \"{}\"}}", "x".repeat(1 << 20)));
    let columns: Vec<String> = (0..20_000).map(|number| format!("c{number}")).collect();
    taken("data/wide.csv", format!("{}\n", columns.join(",")));
    refused("content/people.csv", format!("name,{}\n", columns.join(",")), "c0");
    refused("data/quote.csv", format!("a,b\n\"{}\n", "x,\n".repeat(100_000)), "");
}

/// What is told of one file stays readable, and what is counted stays true.
#[test]
fn many_mistakes_of_one_sort_are_told_once_each_up_to_a_number() {
    let doubles: String = (0..20_000).map(|number| format!("k{number}: 1\nk{number}: 2\n")).collect();
    // Of the settings a hundred unknown keys are looked at, too.
    for (path, errors) in [("data/doubles.yaml", 20_000), ("site.yaml", 20_100)] {
        let built = build(&[(path, doubles.clone())]);
        assert_eq!(built.errors, errors, "{path}: {}", &built.messages);
        assert_eq!(built.messages.matches("error[duplicate-key]").count(), 20, "{path}");
        assert!(built.messages.contains("and 19,980 more like this in this file"), "{path}: {}", built.messages);
        assert!(built.messages.len() < 20_000, "{path}: {} bytes of messages", built.messages.len());
    }
    let links = "[x](#y)\n\n".repeat(20_000);
    let built = build(&[(ARTICLE, article("", &links))]);
    assert_eq!(built.errors, 20_000);
    assert!(built.messages.contains("and 19,980 more like this in this file"), "{}", built.messages);
    // Another sort of mistake in the same file is told beside them, and those of another file.
    let built = build(&[(ARTICLE, article("titel: X\n", &links)), ("content/briefings/b.md", article("", &links))]);
    assert_eq!(built.errors, 40_001);
    assert_eq!(built.messages.matches("and 19,980 more").count(), 2, "{}", built.messages);
    assert!(built.messages.contains("unknown key `titel`"), "{}", built.messages);
}

#[test]
fn programs_are_told_the_number_too() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir_all(folder.path().join("content/briefings")).expect("a new folder");
    std::fs::write(folder.path().join(ARTICLE), article("", &"[x](#y)\n\n".repeat(200))).expect("a new file");
    std::fs::write(folder.path().join("site.yaml"), "title: Desk\n").expect("a new file");
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_crossbrief"));
        let output = command.args(arguments).current_dir(folder.path()).output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(1));
        [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8"))
    };
    let [told, _] = run(&["check", "--message-format", "json"]);
    let lines: Vec<serde_json::Value> = told.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let links: Vec<_> = lines.iter().filter(|line| line["code"] == "broken-link").collect();
    assert_eq!(links.len(), 20);
    assert_eq!(links.iter().map(|line| 1 + line["more"].as_u64().unwrap_or(0)).sum::<u64>(), 200);
    let [_, told] = run(&["build"]);
    assert!(told.contains("and 180 more like this in this file") && told.contains("\n200 errors"), "{told}");
}

#[test]
fn texts_that_nest_without_end_are_refused() {
    for (text, words) in [
        (">".repeat(100_000), "too-deep"),
        ("> ".repeat(100_000), "too-deep"),
        (format!("{}a", "- ".repeat(100_000)), "too-deep"),
        (format!("{}a", "1. ".repeat(50_000)), "too-deep"),
        ((0..300).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect(), "too-deep"),
        (format!("{}a{}", "*a **b ".repeat(200), "** c* ".repeat(200)), "too-deep"),
        (":::aside\n".repeat(5_000), "too-deep"),
        ("::::aside\n".repeat(5_000) + &":::\n".repeat(5_000), "too-deep"),
        (":::\n".repeat(100_000), "stray-directive"),
        (format!("${}x$", "\\sqrt".repeat(5_000)), "bad-math"),
        (format!("$${}x$$", "\\frac a".repeat(5_000)), "bad-math"),
        (format!("${}$", "\\def\\a{\\a\\a}\\a"), "bad-math"),
        ("[x](#y)\n\n".repeat(20_000), "broken-link"),
        ("::none{}\n\n".repeat(20_000), "bad-shortcode"),
    ] {
        refused(ARTICLE, article("", &text), words);
    }
}

#[test]
fn texts_of_one_piece_come_to_an_end() {
    for piece in [
        "[", "![", "[^", "[^\n", "*", "**a", "_a*", "`", "``a`", "[a](<b", "[](", "a <!-- ", "<!-- ", "<", "$", "|",
        "\\", "&",
    ] {
        let built = build(&[(ARTICLE, article("", &piece.repeat(20_000)))]);
        assert!(built.pages > 5 && built.bytes < 64 << 20, "{piece:?}: {}", built.messages);
    }
}

#[test]
fn a_page_shows_only_so_much_of_others() {
    let other = ("content/briefings/2025-01-01-b.md", article("", &"Words and words.\n\n".repeat(200)));
    let built = build(&[(ARTICLE, article("", &"![[b]]\n\n".repeat(150))), other]);
    assert!(built.messages.contains("too-large") && built.messages.contains(ARTICLE), "{}", built.messages);
    assert!(built.bytes < 8 << 20, "{}", built.bytes);
}

#[test]
fn templates_come_to_an_end() {
    let flood = "{% for a in range(end=99999) %}{% for b in range(end=99999) %}".to_string()
        + &"x".repeat(64 << 10)
        + "{% endfor %}{% endfor %}";
    refused("templates/article.html", flood, "writes more than 64 MiB");
    refused("templates/article.html", "{% include \"article.html\" %}".to_string(), "includes itself");
    refused("templates/article.html", format!("{{{{ {}1{} }}}}", "(".repeat(10_000), ")".repeat(10_000)), "");
    refused("templates/article.html", "{% if 1 %}".repeat(10_000), "");
    refused("templates/shortcodes/deep.html", "{% component deep() %}{{ <deep /> }}".to_string(), "");
}
