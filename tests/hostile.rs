//! Hostile content is only content: whole sites whose every field attacks, and what a browser and other readers make of
//! the pages.
//!
//! The judge is a twin: the same site with a harmless word in the place of each attack. What has an element or an
//! attribute that no page of the twin has was made by the content, and must not be. Addresses, scripts, JSON-LD, feeds
//! and graphs are judged for themselves.

#[allow(dead_code, reason = "shared with the fuzz targets")]
#[path = "../fuzz/src/oracle.rs"]
mod oracle;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crossbrief::base::diagnostics::{Diagnostic, count_errors};
use crossbrief::base::report::{self, Style};
use crossbrief::build::{self, Request, sink::MemorySink};
use crossbrief::content::vocabulary::Tlp;
use quick_xml::XmlVersion;
use quick_xml::events::Event;
use rayon::prelude::*;

/// Files of a site: path and text.
type Files = Vec<(String, String)>;

struct Built {
    files: BTreeMap<String, Arc<[u8]>>,
    diagnostics: Vec<Diagnostic>,
    messages: String,
}

fn build(files: &Files) -> Built {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        std::fs::write(path, text).expect("a new file");
    }
    let briefings = folder.path().join("content/briefings");
    std::fs::create_dir_all(&briefings).expect("a folder");
    std::fs::write(briefings.join("a.png"), PIXEL).expect("a new file");
    build_at(folder.path())
}

/// A picture of one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82";

fn build_at(root: &Path) -> Built {
    let request = Request {
        root: root.to_path_buf(),
        skip: Vec::new(),
        clearance: Tlp::Clear,
        drafts: false,
        embargoed: false,
        now: "2026-01-01T00:00:00Z".parse().expect("an instant"),
        base_url: Some("https://example.org/desk/".to_string()),
    };
    let loaded = build::load(&request).expect("a readable site");
    let sink = MemorySink::new();
    let mut diagnostics = loaded.diagnostics.clone();
    diagnostics.extend(build::render(&loaded, &sink, &|| ()).expect("memory"));
    assert!(diagnostics.iter().all(|diagnostic| diagnostic.code != "internal"), "{diagnostics:?}");
    let located = report::locate_all(&diagnostics, &|path| loaded.source_text(path));
    let messages = report::text(&located, Style { color: false, width: 100 });
    assert!(!messages.contains(|c: char| c.is_control() && c != '\n'), "{messages:?}");
    let files = sink.into_files().into_iter().map(|(path, bytes)| (path.to_string(), bytes)).collect();
    Built { files, diagnostics, messages }
}

/// Elements and their attributes, as `(name, attribute)`; an element by itself with an empty attribute.
type Vocabulary = BTreeSet<(String, String)>;

/// Judges every file, and says which elements and attributes there are.
fn judged(files: &BTreeMap<String, Arc<[u8]>>) -> Vocabulary {
    let found: Vec<Vocabulary> = files
        .par_iter()
        .map(|(path, bytes)| {
            let text = || str::from_utf8(bytes).unwrap_or_else(|_| panic!("{path} is no text"));
            match path.rsplit('.').next().unwrap_or_default() {
                "html" => page(path, text()),
                "xml" | "graphml" => xml(path, text()),
                "json" => {
                    // One value, or one a line.
                    let whole = serde_json::from_str::<serde_json::Value>(text()).is_ok();
                    let lines = || text().lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok());
                    assert!(whole || lines(), "{path} is no JSON");
                    Vocabulary::new()
                }
                _ => Vocabulary::new(),
            }
        })
        .collect();
    found.into_iter().flatten().collect()
}

fn page(path: &str, text: &str) -> Vocabulary {
    let mut found = Vocabulary::new();
    let mut ids = BTreeSet::new();
    for (name, attributes) in oracle::elements(text) {
        let of = |key: &str| attributes.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str());
        if name == "script" {
            assert!(of("type") == Some("application/ld+json") || of("src").is_some(), "a script in {path}: {text}");
        }
        if name == "meta" && of("http-equiv").is_some_and(|word| word.eq_ignore_ascii_case("refresh")) {
            let to = of("content").and_then(|content| content.split_once("url=")).map_or("", |(_, url)| url);
            assert!(to.starts_with("/desk/"), "{path} leads to {to:?}");
        }
        for (key, value) in &attributes {
            let refresh = name == "meta" && key == "http-equiv";
            if !refresh && key != "xmlns" {
                oracle::harmless(&name, key, value, path);
            }
            if key == "id" {
                assert!(ids.insert(value.clone()), "the id {value:?} stands twice in {path}");
            }
            found.insert((name.clone(), key.clone()));
        }
        found.insert((name, String::new()));
    }
    for script in oracle::texts(text, "script") {
        let sound = script.is_empty() || serde_json::from_str::<serde_json::Value>(&script).is_ok();
        assert!(sound, "the JSON-LD of {path} cannot be read: {script}");
    }
    found
}

fn xml(path: &str, text: &str) -> Vocabulary {
    let fault = |why: String| -> ! { panic!("{path} is not well-formed: {why}") };
    let legal = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    if let Some(c) = text.chars().find(|c| !legal(*c)) {
        fault(format!("U+{:04X} is no character of XML", u32::from(c)));
    }
    let mut found = Vocabulary::new();
    let mut reader = quick_xml::Reader::from_str(text);
    let mut depth = 0_usize;
    loop {
        match reader.read_event().unwrap_or_else(|error| fault(error.to_string())) {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.name().as_ref().to_string();
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap_or_else(|error| fault(error.to_string()));
                    let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                    let value = value.unwrap_or_else(|error| fault(error.to_string()));
                    let key = attribute.key.as_ref().to_string();
                    assert!(key != "href" || oracle::address_is_harmless(&value), "{value} in {path}");
                    found.insert((name.clone(), key));
                }
                found.insert((name, String::new()));
                depth += 1;
            }
            Event::End(_) => depth -= 1,
            Event::GeneralRef(name) => {
                let known = ["amp", "lt", "gt", "quot", "apos", "#39"].contains(&name.as_ref());
                assert!(known, "the entity {:?} in {path}", name.as_ref());
            }
            Event::Text(text) => drop(text),
            Event::Decl(_) => {}
            // The dress of a feed.
            Event::PI(told) => {
                let told = told.as_ref();
                assert_eq!(told, "xml-stylesheet type=\"text/css\" href=\"/desk/feed.css\"", "in {path}");
            }
            other => fault(format!("{other:?}")),
        }
    }
    let _ = depth;
    found
}

/// Asserts that an attacked site has nothing that its harmless twin has not.
fn alike(attacked: &Built, harmless: &Vocabulary) {
    let found = judged(&attacked.files);
    let new: Vec<_> = found.difference(harmless).collect();
    assert!(new.is_empty(), "the content made {new:?}");
}

/// A text as YAML: JSON's way of writing it is one of YAML's.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text")
}

/// Elements of running text that an attack may rightly make, since Markdown does; and the second line of a long name in a
/// diagram.
const OF_MARKDOWN: &str = "
a href title class rel, em, strong, code, del, p, br, hr, ul, ol start, li, blockquote, h2 id, h3 id, pre class tabindex,
code class, a aria-label, span class, div class role aria-label tabindex, table, thead, tbody, tr, th scope class, td class,
math display, mi mathvariant, mo stretchy symmetric, mn, mrow, mtext, tspan dy, aside class, sup class, img src alt width height loading decoding, dl, dt, dd,
figure, figcaption, a id, section class aria-labelledby, input type disabled checked aria-label
";

fn of_markdown() -> Vocabulary {
    let mut known = Vocabulary::new();
    for element in OF_MARKDOWN.split(',') {
        let mut words = element.split_whitespace();
        let name = words.next().expect("a name");
        known.insert((name.to_string(), String::new()));
        known.extend(words.map(|attribute| (name.to_string(), attribute.to_string())));
    }
    known
}

/// What attacks: scripts by every door, addresses in every disguise, ends of whatever may stand around.
const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "\"><svg onload=alert(1)>",
    "'><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)' x='",
    "\" autofocus onfocus=alert(1) x=\"",
    "x onmouseover=alert(1) ",
    "</title></head><body onload=alert(1)>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "<!--<script>",
    "</style><script>alert(1)</script>",
    "</textarea></noscript></template><iframe src=javascript:alert(1)>",
    "<base href=//evil.example/><meta http-equiv=refresh content=0;url=//evil.example>",
    "<form action=javascript:alert(1)><button>x",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<svg><style><img title='</style><img src=x onerror=alert(1)>'>",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "javascript&colon;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)",
    "javascript&Tab;:alert(1)",
    "javascript://%0aalert(1)",
    "%6Aavascript:alert(1)",
    "  javascript:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "feed:javascript:alert(1)",
    "view-source:javascript:alert(1)",
    "//evil.example/x",
    "\\\\evil.example\\x",
    "../../../../etc/passwd",
    "{{ site.title }}{% include 'x' %}{# x #}",
    "{{ __tera_context }}",
    "$(x)`x`${7*7}",
    "=HYPERLINK(\"http://evil.example\")",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;b&amp;gt;",
    "\u{2028}\u{2029}\u{FEFF}x",
    "\u{202E}txt.exe",
    "a\u{7f}b\u{85}c",
    "[x](javascript:alert(1)) ![x](data:x,y) <javascript:x> [[\"><b>]]",
    "*a **b `c",
    "\\\"\\'\\<",
    "x\" style=\"position:fixed",
];

/// A site with `attack` in every field that takes words.
fn article(number: usize, attack: &str) -> Files {
    let it = quoted(attack);
    let raw = attack.replace(['\n', '\u{85}'], " ");
    let address = quoted(&format!("https://example.org/{attack}"));
    let mut files = vec![(
        format!("content/briefings/2025-01-02-a{number}.md"),
        format!(
            "---\ntitle: {it}\nsummary: {it}\nauthors: [{it}]\nsection: {it}\ndateline: {it}\nbottom_line: {it}\n\
             why_it_matters: {it}\nseries: {it}\ntopics: [{it}]\npeople: [p{number}]\ncountries: [UA, RU]\n\
             key_judgments: [{{text: {it}, sources: [s1]}}]\n\
             sources: [{{id: s1, title: {it}, publisher: {it}, author: {it}, descriptor: {it}, url: {address}}}]\n\
             events: [{{date: 2024, title: {it}, place: {it}}}]\ncorrections: [{{date: 2025-02-01, text: {it}}}]\n\
             updates: [{{date: 2025-02-01, text: {it}}}]\nimage: {{src: a.png, alt: {it}, caption: {it}, credit: {it}}}\n\
             extra: {{a: {it}}}\n---\n{}",
            body(&raw)
        ),
    )];
    files.push((
        format!("content/people/p{number}.md"),
        format!(
            "---\nname: {it}\ngiven_name: {it}\nfamily_name: {it}\nnative_name: {it}\nhonorific: {it}\naliases: [{it}]\n\
             weak_aliases: [{it}]\nsummary: {it}\nroles: [{{title: {it}, organization: {it}, start: 2020}}]\n\
             relations: [{{to: UA, kind: {it}, note: {it}}}]\nslug: p{number}\n---\n{raw}\n"
        ),
    ));
    files.push((
        format!("content/authors/w{number}.md"),
        format!("---\nname: {it}\nrole: {it}\nsummary: {it}\nemail: {it}\n---\n{raw}\n"),
    ));
    files.push((format!("content/page{number}.md"), format!("---\ntitle: {it}\nsummary: {it}\n---\n{raw}\n")));
    files
}

/// Markdown with the attack in every construct.
fn body(raw: &str) -> String {
    let bare = raw.replace(['"', '\\'], "");
    format!(
        "Said {raw} of [@s1].\n\n## {raw}\n\n## Own {{#{raw} onclick={raw} .{raw}}}\n\n[a]({raw}) [b](<{raw}>) [c](/ \"{bare}\") \
         [d][r] ![{raw}](a.png \"{bare}\") ![e]({raw}) <{raw}>\n\n[r]: {raw} '{bare}'\n\n![{raw}](a.png '{bare}')\n\n\
         ```{raw}\n{raw}\n```\n\n~~~ {{{raw}}}\n~~~\n\nCited[^{raw}].\n\n[^{raw}]: {raw}\n\n[[{raw}]] [[UA|{raw}]] ![[{raw}]] \
         [[!{raw}]] [[#{raw}]]\n\n|{raw}|b|\n|-|-|\n|{raw}|`{raw}`|\n\n- [ ] {raw}\n- 2025: {raw}\n\n> [!NOTE]\n> {raw}\n\n\
         Term {raw}\n: {raw}\n\n$\\text{{{bare}}}$ ${bare}$ $$\n{bare}\n$$\n\n[@{raw}]\n\n:::aside{{title=\"{bare}\" kind=\"{bare}\"}}\n\
         {raw}\n:::\n\n:::quote{{by=\"{bare}\" role=\"{bare}\" source=\"s1\"}}\n{raw}\n:::\n\n:::timeline{{title=\"{bare}\"}}\n\
         - 2025-01-01: {raw}\n:::\n\n::figure{{src=\"a.png\" alt=\"{bare}\" caption=\"{bare}\" credit=\"{bare}\"}}\n\n\
         ::map{{lat=1 lon=2 label=\"{bare}\"}}\n\n::youtube{{id=\"{bare}\" title=\"{bare}\"}}\n\n::figure{{src=\"{bare}\" alt=x}}\n\n\
         :::{raw}\n\n::x{{{raw}}}\n"
    )
}

fn site(attacks: &[&str]) -> Files {
    let one = quoted(attacks[0]);
    let mut files: Files = attacks.iter().enumerate().flat_map(|(number, attack)| article(number, attack)).collect();
    files.push((
        "site.yaml".to_string(),
        format!(
            "title: {one}\ndescription: {one}\nauthors: [{one}]\nmenus: {{main: [{{label: {one}, url: {one}}}, {{label: {one}, \
             url: /about/}}], footer: [{{label: {one}, url: 'https://example.org/'}}]}}\nkinds: {{ship: {{singular: {one}, \
             plural: {one}, path: ships, key: ships}}}}\nextra: {{a: {one}}}\n"
        ),
    ));
    let rows: String =
        attacks.iter().map(|attack| format!("\"{0}\",\"{0}\",\"{0}\"\n", attack.replace('"', "\"\""))).collect();
    files.push(("content/topics.csv".to_string(), format!("name,summary,aliases\n{rows}")));
    files.push(("data/rows.csv".to_string(), format!("name,summary,aliases\n{rows}")));
    files.push(("data/one.json".to_string(), one.clone()));
    files.push((
        "content/briefings/_index.md".to_string(),
        format!("---\ntitle: {one}\nsummary: {one}\n---\n{}\n", attacks.join("\n\n")),
    ));
    files.push(("content/_index.md".to_string(), format!("---\ntitle: {one}\n---\n{}\n", attacks.join("\n\n"))));
    files
}

/// The elements and attributes that a harmless site has, with those of Markdown.
fn harmless() -> Vocabulary {
    let twin = build(&site(&["word", "other words", "third"]));
    let mut known = judged(&twin.files);
    known.extend(of_markdown());
    known
}

#[test]
fn no_field_makes_anything_but_text() {
    let known = harmless();
    for attacks in ATTACKS.chunks(12) {
        let built = build(&site(attacks));
        assert!(built.files.len() > 60, "{}", built.messages);
        assert!(count_errors(&built.diagnostics) > 0);
        alike(&built, &known);
    }
}

/// The page of one article with this text.
fn page_of(text: &str) -> (String, Built) {
    let file = ("content/briefings/2025-01-02-a.md".to_string(), format!("---\ntitle: A\n---\n{text}"));
    let built = build(&vec![file]);
    let bytes = &built.files["briefings/a/index.html"];
    (String::from_utf8_lossy(bytes).into_owned(), built)
}

/// Faults of other generators, as inputs of our own.
#[test]
fn what_others_let_through_does_not_pass() {
    let known = harmless();
    for (fault, text) in [
        // Hugo: the title of a link or picture stood unescaped in its attribute.
        ("CVE-2024-32875", "[a](/ 'x\" onclick=\"alert(1)') ![a](a.png 'x\" onerror=\"alert(1)')"),
        // Hugo: attributes of headings and blocks went into the page as they were written.
        ("CVE-2024-55601", "## A {onclick=\"alert(1)\" id='\"><script>alert(1)</script>' style=\"x\"}"),
        ("CVE-2024-55601", "> a\n{onclick=\"alert(1)\"}\n\n```js {onload=\"alert(1)\" .a}\nx\n```"),
        // Hugo: addresses of links and pictures were not escaped.
        (
            "CVE-2026-35166",
            "[a](</\"onmouseover=alert(1)//>) ![a](<a.png\"onerror=alert(1)//>) <https://x/\"onclick=alert(1)>",
        ),
        // Hugo: the words after a code fence became class and language unescaped.
        ("GHSA-q76j-gcg9-vxc6", "```\"><script>alert(1)</script>\nx\n```\n\n~~~js\" onclick=\"alert(1)\nx\n~~~"),
        // Hugo: an HTML file among the texts was published as it was.
        ("GHSA-c54g-xjwj-8g82", "[a](raw.html)"),
        // Goldmark: a scheme written with entities, or with white space in it, was not known again.
        (
            "Goldmark",
            "[a](javascript&colon;alert(1)) [b](java&Tab;script:alert(1)) [c](&#1;javascript:alert(1)) [d](java&NewLine;script&#58;x)",
        ),
        ("Goldmark", "[a]: <java&#10;script:alert(1)>\n\n[a] ![a] <javascript&colon;alert(1)>"),
        // mdBook: what was searched for stood in the page.
        ("RUSTSEC-2021-0001", "## <script>alert(1)</script> \"'>"),
        // comrak: autolinks, and characters that are no letters of a scheme.
        ("RUSTSEC-2021-0026", "<javascript:alert(1)> <vbscript:a> <data:text/html,x> <java\u{ad}script:alert(1)>"),
        // ammonia: what a parser moves out of foreign elements.
        (
            "RUSTSEC-2021-0074",
            "<math><annotation-xml encoding=\"text/html\"><style><img src onerror=alert(1)></style></annotation-xml></math>",
        ),
        // Attributes without the quotes escaped.
        ("CVE-2026-44429", "![\"onload=\"alert(1)](a.png) :::aside{title='\"onclick=\"alert(1)'}"),
    ] {
        let (page, built) = page_of(text);
        assert!(!page.contains("<script>alert"), "{fault}: {page}");
        let found = judged(&built.files);
        let new: Vec<_> = found.difference(&known).collect();
        assert!(new.is_empty(), "{fault}: {new:?}");
    }
}

#[test]
fn an_html_file_among_the_texts_is_a_file_and_no_page() {
    let files = vec![
        ("content/briefings/2025-01-02-a.md".to_string(), "---\ntitle: A\n---\nText\n".to_string()),
        ("content/briefings/raw.html".to_string(), "<script>alert(1)</script>".to_string()),
    ];
    let built = build(&files);
    assert_eq!(built.messages, "");
    assert!(built.files.values().all(|bytes| !String::from_utf8_lossy(bytes).contains("alert(1)")));
}

#[test]
fn a_drawing_that_runs_is_not_published() {
    for inner in ["<script>alert(1)</script>", "<a href=\"javascript:alert(1)\"/>", "<g onload=\"alert(1)\"/>"] {
        let files = vec![
            ("content/briefings/2025-01-02-a.md".to_string(), "---\ntitle: A\n---\n![A](b.svg)\n".to_string()),
            ("content/briefings/b.svg".to_string(), format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{inner}</svg>")),
            ("static/c.svg".to_string(), format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{inner}</svg>")),
        ];
        let built = build(&files);
        assert!(built.messages.contains("b.svg") && built.messages.contains("c.svg"), "{}", built.messages);
        assert!(count_errors(&built.diagnostics) >= 2);
        assert!(!built.files.values().any(|bytes| String::from_utf8_lossy(bytes).contains("alert(1)")));
    }
}

#[test]
fn a_file_that_runs_is_not_published() {
    let text = "---\ntitle: A\n---\n[A](a.html) [B](b.XHTML) [C](c.js) [D](d.xml) [E](e.pdf) [F](/static-page.html)\n";
    let script = "<script>alert(1)</script>".to_string();
    let mut files = vec![
        ("content/briefings/2025-01-02-a.md".to_string(), text.to_string()),
        ("static/static-page.html".to_string(), "<p>The site’s own.</p>".to_string()),
    ];
    files.extend(
        ["a.html", "b.XHTML", "c.js", "d.xml", "e.pdf"]
            .map(|name| (format!("content/briefings/{name}"), script.clone())),
    );
    let built = build(&files);
    assert_eq!(built.messages.matches("error[active-file]").count(), 4, "{}", built.messages);
    assert!(built.files.contains_key("briefings/e.pdf") && built.files.contains_key("static-page.html"));
    for name in ["a.html", "b.XHTML", "c.js", "d.xml"] {
        assert!(!built.files.contains_key(&format!("briefings/{name}")), "{name}");
    }
    files.push(("site.yaml".to_string(), "title: Desk\nraw_html: true\n".to_string()));
    let built = build(&files);
    assert!(built.files.contains_key("briefings/a.html"), "{}", built.messages);
}

/// A photograph of a format that cannot be cleaned is not published as if it were.
#[test]
fn a_picture_that_cannot_be_cleaned_is_refused() {
    for name in ["a.heic", "a.tif", "a.JFIF", "a.jxl", "a.dng"] {
        let files = vec![
            ("content/briefings/2025-01-02-a.md".to_string(), format!("---\ntitle: A\n---\n![A street]({name})\n")),
            (format!("content/briefings/{name}"), "MM\0*GPS 52 13".to_string()),
        ];
        let built = build(&files);
        assert!(built.messages.contains("this picture cannot be published"), "{name}: {}", built.messages);
        assert!(!built.files.values().any(|bytes| String::from_utf8_lossy(bytes).contains("GPS 52")), "{name}");
    }
}

/// Strings that break things, as titles, names and texts: each on a page of its own.
#[test]
fn naughty_strings_are_only_strings() {
    let list = include_str!("data/naughty-strings.json");
    let strings: Vec<String> = serde_json::from_str(list).expect("a list of texts");
    assert_eq!(strings.len(), 485);
    let known = harmless();
    let mut files: Files = Vec::new();
    for (number, text) in strings.iter().enumerate() {
        let it = quoted(text);
        // In a text the string stands by itself, and as link, heading and code.
        let line = text.replace(['\n', '\r'], " ");
        files.push((
            format!("content/briefings/2025-01-02-n{number}.md"),
            format!(
                "---\ntitle: {it}\nsummary: {it}\ntopics: [t{}]\nextra: {{a: {it}}}\n---\n{text}\n\n## {line}\n\n[a]({line}) `{line}`\n",
                number % 7
            ),
        ));
        files
            .push((format!("content/people/n{number}.md"), format!("---\nname: {it}\naliases: [{it}]\n---\n{text}\n")));
    }
    let built = build(&files);
    for (number, string) in strings.iter().enumerate() {
        let made = built.files.contains_key(&format!("briefings/n{number}/index.html"));
        assert!(made || built.messages.contains(&format!("-n{number}.md")), "nothing came of {string:?}");
    }
    alike(&built, &known);
}
