//! Whole tiny sites: written as one string, built in memory by the library, or on disk by the real binary.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};

use crossbrief::base::paths::percent_decode;
use crossbrief::base::report::{self, Style};
use crossbrief::build::{self, Request, sink::MemorySink};
use crossbrief::content::vocabulary::Tlp;

/// Writes a site told as `//- path` lines, each with the text of a file below it.
fn write(folder: &Path, site: &str) {
    for file in site.split("//- ").skip(1) {
        let (path, text) = file.split_once('\n').expect("a line with a path");
        let path = folder.join(path.trim());
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        std::fs::write(path, text).expect("a new file");
    }
}

struct Built {
    files: BTreeMap<String, String>,
    messages: String,
}

fn build_at(folder: &Path, clearance: Tlp) -> Built {
    let request = Request {
        root: folder.to_path_buf(),
        skip: Vec::new(),
        clearance,
        drafts: false,
        embargoed: false,
        now: "2026-01-01T00:00:00Z".parse().expect("an instant"),
        base_url: Some("https://example.org/desk/".to_string()),
    };
    let loaded = build::load(&request).expect("a readable site");
    let sink = MemorySink::new();
    let mut diagnostics = loaded.diagnostics.clone();
    diagnostics.extend(build::render(&loaded, &sink, &|| ()).expect("memory"));
    let located = report::locate_all(&diagnostics, &|path| loaded.source_text(path));
    let messages = report::text(&located, Style { color: false, width: 100 });
    let files = sink
        .into_files()
        .into_iter()
        .map(|(path, bytes)| (path.to_string(), String::from_utf8_lossy(&bytes).into_owned()))
        .collect();
    Built { files, messages }
}

fn build(site: &str, clearance: Tlp) -> Built {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), site);
    build_at(folder.path(), clearance)
}

const SITE: &str = "\
//- site.yaml
title: Desk
//- content/briefings/2025-12-10-warning.md
---
title: A warning
people: [Xi Jinping, volodymyr-zelenskyy]
countries: [UA, china]
topics: [Sanctions]
sources: [{id: s1, title: Source, url: 'https://example.com/'}]
---
Said [@s1] of [[Xi Jinping]]; see [the other](2025-12-01-earlier.md#part).
//- content/briefings/2025-12-01-earlier.md
---
title: Earlier
countries: [Ukraine]
redirect_from: [/old/]
---
## Part

Text.
//- content/people/volodymyr-zelenskyy.md
---
name: Volodymyr Zelenskyy
roles: [{title: President, country: UA, start: 2019-05-20}]
---
Profile.
";

#[test]
fn articles_and_entities_link_to_each_other() {
    let built = build(SITE, Tlp::Clear);
    assert_eq!(built.messages, "");
    let article = &built.files["briefings/warning/index.html"];
    for link in [
        "/desk/people/xi-jinping/",
        "/desk/people/volodymyr-zelenskyy/",
        "/desk/countries/ukraine/",
        "/desk/topics/sanctions/",
        "/desk/briefings/earlier/#part",
    ] {
        assert!(
            article.contains(&format!("href={link}")) || article.contains(&format!("href=\"{link}\"")),
            "{link} in {article}"
        );
    }
    assert!(article.contains("President of Ukraine"));
    assert!(built.files["countries/ukraine/index.html"].contains("/desk/briefings/warning/"));
    assert!(built.files["old/index.html"].contains("/desk/briefings/earlier/"));
    assert!(built.files["people/xi-jinping/feed.xml"].contains("<title>A warning</title>"));
}

#[test]
fn a_bare_folder_of_markdown_builds() {
    let built = build(
        "//- one.md\n# First\n\nText.\n//- 2025-01-02-two.md\nNo heading at all.\n//- sub/three.md\n# Third\n",
        Tlp::Clear,
    );
    let pages: Vec<&str> = built
        .files
        .keys()
        .map(String::as_str)
        .filter(|path| path.starts_with("briefings/") && path.ends_with(".html"))
        .collect();
    assert_eq!(
        pages,
        [
            "briefings/index.html",
            "briefings/one/index.html",
            "briefings/sub/three/index.html",
            "briefings/two/index.html"
        ]
    );
    assert!(built.messages.contains("this article has no title"), "{}", built.messages);
}

const WITHHELD: &str = "\
//- content/briefings/draft.md
---
title: zqdraft
people: [Zqperson Draft]
draft: true
---
zqdraftbody
//- content/briefings/embargo.md
---
title: zqembargo
topics: [Zqtopic]
embargoed_until: 2026-01-01 00:00:01
---
//- content/briefings/expired.md
---
title: zqexpired
expires: 2026-01-01
---
//- content/briefings/held.md
---
title: zqheld
pub_status: withheld
---
//- content/briefings/amber.md
---
title: zqamber
tlp: AMBER
image: {src: zqpicture.png, alt: A}
---
//- content/briefings/gone.md
---
title: zqgone
pub_status: canceled
---
zqgonebody
";

const OPEN: &str = "\
//- site.yaml
title: Desk
//- content/briefings/open.md
---
title: Open
countries: [UA]
ed_note: zqnote
---
Text.
//- content/briefings/opens-now.md
---
title: Opens at this very instant
embargoed_until: 2026-01-01 00:00:00
---
";

#[test]
fn what_is_withheld_leaves_no_trace() {
    let with = build(&format!("{OPEN}{WITHHELD}"), Tlp::Clear);
    for (path, text) in &with.files {
        // Fonts are compressed, and hashes are chance: any two letters stand in them somewhere.
        let mut words = text.split("sha384-");
        let mut words: Vec<&str> = words.next().into_iter().chain(words.filter_map(|rest| rest.get(64..))).collect();
        words.retain(|part| part.to_lowercase().contains("zq"));
        let seen = !path.ends_with(".woff2") && !words.is_empty();
        assert!(!path.contains("zq") && !seen, "{path}");
    }
    assert!(with.files.contains_key("briefings/opens-now/index.html"));
    assert!(with.files["briefings/gone/index.html"].contains("withdrawn"));
    // Byte for byte the site without these files, but for the tombstone.
    let without = build(OPEN, Tlp::Clear);
    let mut rest = with.files.clone();
    rest.remove("briefings/gone/index.html");
    assert_eq!(rest.keys().collect::<Vec<_>>(), without.files.keys().collect::<Vec<_>>());
    assert!(rest == without.files);
}

#[test]
fn an_audience_sees_up_to_its_label() {
    let site = format!("{OPEN}{WITHHELD}");
    let seen = |clearance| build(&site, clearance).files.contains_key("briefings/amber/index.html");
    assert_eq!(
        [Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict, Tlp::Red].map(seen),
        [false, false, true, true, true]
    );
}

/// Builds a site and compares what is told.
fn told(site: &str, expected: &[&str]) {
    let messages = build(site, Tlp::Clear).messages;
    for part in expected {
        assert!(messages.contains(part), "`{part}` is not in\n{messages}");
    }
}

#[test]
fn bad_input_is_told_with_place_and_help() {
    told(
        "//- content/briefings/a.md\n---\ntitle: A\nembargoo: 2030-01-01\ncountries: [Ukrane]\ndate: 2026-02-30\ntype: analisys\n---\n[[Nobody]] [x](gone.md) [@s9]\n",
        &[
            "unknown key `embargoo`",
            "there is no country `Ukrane`",
            "did you mean `Ukraine`?",
            "there is no day `2026-02-30`",
            "there is nothing called `Nobody`",
            "gone.md",
            "there is no source `s9`",
            "content/briefings/a.md:3:1",
        ],
    );
    told("//- content/briefings/a.md\n---\ntitle: A\ntlp: red\ntlp: clear\n---\n", &["tlp"]);
    told("//- content/briefings/a.md\n---\ntitle: A\n", &["never closed"]);
    told("//- content/briefings/a.md\n---\ntitle: A\naliases: [/x/]\n---\n", &["redirect_from"]);
    told(
        "//- content/briefings/a.md\n---\ntitle: A\n---\n//- content/briefings/2025-01-01-A.md\n---\ntitle: B\n---\n",
        &["briefings/a/index.html", "content/briefings/2025-01-01-A.md"],
    );
    told(
        "//- content/briefings/a.md\n---\ntitle: A\nfollows: [b]\n---\n//- content/briefings/b.md\n---\ntitle: B\nfollows: [a]\n---\n",
        &["a story follows itself: a → b → a"],
    );
    told(
        "//- site.yaml\ntitel: X\ntheme: nope\n",
        &["unknown key `titel`", "did you mean `title`", "there is no theme `nope`"],
    );
    told(
        "//- content/people/zelenskyy.md\n---\nname: Volodymyr Zelenskyy\n---\n//- content/briefings/a.md\n---\ntitle: A\npeople: [Volodymyr Zelensky]\n---\n",
        &["look like one person", "aliases: [Volodymyr Zelensky]"],
    );
    told(
        "//- templates/article.html\n{{ nothing.here }}\n//- content/briefings/a.md\n---\ntitle: A\n---\n",
        &["templates/article.html:1:", "while making the page /desk/briefings/a/"],
    );
}

fn crossbrief(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_crossbrief"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary runs")
}

#[test]
fn exit_codes_tell_who_is_to_blame() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), SITE);
    let code = |arguments: &[&str]| crossbrief(folder.path(), arguments).status.code();
    assert_eq!(code(&["build"]), Some(0));
    assert_eq!(code(&["check"]), Some(0));
    assert_eq!(code(&["build", "--output", "."]), Some(2));
    assert_eq!(code(&["build", "--source", "nowhere"]), Some(2));
    assert_eq!(code(&["no-such-command"]), Some(2));
    let before = std::fs::read(folder.path().join("public/index.html")).expect("a built page");
    write(folder.path(), "//- content/briefings/bad.md\n---\ntitel: X\n---\n");
    assert_eq!(code(&["build"]), Some(1));
    assert_eq!(std::fs::read(folder.path().join("public/index.html")).expect("the old site stands"), before);
}

#[test]
fn a_new_site_builds_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ran = |arguments: &[&str]| {
        let output = crossbrief(folder.path(), arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    ran(&["init", "desk", "--title", "Baltic: \"Desk\""]);
    ran(&["new", "briefing", "Ünïcode & more", "--source", "desk"]);
    ran(&["new", "person", "Kaja Kallas", "--source", "desk"]);
    ran(&["build", "--source", "desk"]);
    assert!(folder.path().join("desk/public/index.html").is_file());
    assert!(!crossbrief(folder.path(), &["init", "desk"]).status.success(), "an existing site is left alone");
}

#[test]
fn the_sample_has_no_dead_end() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = build_at(root, Tlp::Clear);
    assert!(!built.messages.contains("error["), "{}", built.messages);
    let ids: BTreeMap<&str, BTreeSet<&str>> =
        built.files.iter().map(|(path, text)| (path.as_str(), attributes(text, "id").collect())).collect();
    let mut links = 0;
    for (path, text) in built.files.iter().filter(|(path, _)| path.ends_with(".html")) {
        for link in attributes(text, "href").chain(attributes(text, "src")) {
            let (target, fragment) = link.split_once('#').unwrap_or((link, ""));
            let target = match target.strip_prefix("/desk/") {
                Some(inner) => percent_decode(inner).expect("UTF-8"),
                None if target.is_empty() => path.trim_end_matches("index.html").to_string(),
                None => continue,
            };
            links += 1;
            let file = if target.is_empty() || target.ends_with('/') { format!("{target}index.html") } else { target };
            let known =
                ids.get(file.as_str()).unwrap_or_else(|| panic!("{path} links to {link}, and there is no {file}"));
            assert!(
                fragment.is_empty() || known.contains(fragment),
                "{path} links to {link}, and there is no such section"
            );
        }
    }
    assert!(links > 1_000, "only {links} links were checked");
}

/// The values of an attribute, with or without quotation marks around them.
fn attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let mark = format!(" {name}=");
    let starts: Vec<usize> = html.match_indices(&mark).map(|(at, _)| at + mark.len()).collect();
    starts.into_iter().map(|start| {
        let rest = &html[start..];
        match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or_default(),
            None => rest.split([' ', '>']).next().unwrap_or_default(),
        }
    })
}
