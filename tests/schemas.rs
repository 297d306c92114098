//! What `crossbrief schema` prints is what is read: an editor that checks by it agrees with the build.

mod tiny;

use std::path::{Path, PathBuf};

use crossbrief::base::paths::SourcePath;
use crossbrief::base::yaml::decode;
use crossbrief::content::front_matter::split;
use jsonschema::Validator;
use serde_json::{Value, json};
use tiny::{build, run};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The schema of one kind of file, for the site in `source`.
fn schema(source: &Path, what: &str) -> Validator {
    let (text, errors, code) = run(source, &["schema", what]);
    assert_eq!((errors.as_str(), code), ("", 0));
    let schema: Value = serde_json::from_str(&text).expect("a JSON Schema");
    jsonschema::meta::validate(&schema).expect("a sound schema");
    jsonschema::validator_for(&schema).expect("a schema")
}

/// YAML as an editor sees it.
fn yaml(text: &str) -> Value {
    let (value, faults) = decode::<Value>(&SourcePath::new("a.yaml"), text, 0);
    assert_eq!(faults, []);
    value.expect("a value")
}

fn markdown_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(markdown_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn the_sample_and_the_docs_are_as_their_schemas_say() {
    let mut checked = 0;
    for site in [root().to_path_buf(), root().join("docs")] {
        let of = |what: &str| schema(&site, what);
        let (article, entity, page, section, author) =
            (of("article"), of("entity"), of("page"), of("section"), of("author"));
        for path in markdown_below(&site.join("content")) {
            let inner = path.strip_prefix(site.join("content")).expect("a file of the content").to_string_lossy();
            let schema = match inner.split('/').next().expect("a first part") {
                _ if inner.ends_with("_index.md") => &section,
                "briefings" => &article,
                "authors" => &author,
                "people" | "countries" | "topics" | "organizations" => &entity,
                _ => &page,
            };
            let (source, _) = split(&SourcePath::new("a.md"), &std::fs::read(&path).expect("a file"));
            let source = source.expect("a readable file");
            let Some(front) = source.yaml.clone() else { continue };
            let front = yaml(&source.text[front]);
            let faults: Vec<String> = schema.iter_errors(&front).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "{inner}: {faults:?}");
            checked += 1;
        }
        let settings = yaml(&std::fs::read_to_string(site.join("site.yaml")).expect("settings"));
        let faults: Vec<String> = schema(&site, "site").iter_errors(&settings).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
    assert!(checked > 120, "only {checked} files were checked");
}

/// A file of each kind with every key that it may have, and what is wrong with others.
const FILES: &[(&str, &str, &str)] = &[
    (
        "article",
        "content/briefings/a.md",
        "title: A\ndate: 2025-12-10 14:30\nupdated: 2025-12-11\nsummary: S\nauthors: [Ann]\nslug: a-b\nredirect_from: [/old/]\ntype: analysis\nsection: Politics\npeople: Ann Lee\ncountries: [UA]\ntopics: [Trade]\ndateline: Kyiv\nhistory: 2025-12-11\nbottom_line: B\nwhy_it_matters: W\nkey_judgments: [{text: J, likelihood: likely, confidence: low, sources: [s1], outcome: {came_true: true, date: 2026-01, note: N}}]\nsources: [{id: s1, title: T, url: 'https://x.org/', publisher: P, author: A, date: 2025-12, accessed: 2026-01-02, archive_url: 'https://y.org/', reliability: A, credibility: 1, descriptor: D}]\nevents: [{date: 2025, title: E, place: Kyiv, people: [Ann Lee]}]\ncorrections: [{date: 2025-12-11, kind: clarification, text: C}]\nupdates: [{date: 2025-12-11, text: U}]\nfollows: []\nseries: Deals\ndata_cutoff: 2025-12-10\nlang: en\ndraft: false\nembargoed_until: 2025-12-10\nexpires: 2050-01-01\npub_status: usable\ntlp: CLEAR\ned_note: N\nfeatured: true\nweight: -3\nnolink: [Ann]\nextra: {a: [1]}",
    ),
    (
        "entity",
        "content/people/ann-lee.md",
        "name: Ann Lee\nslug: ann-lee\ngiven_name: Ann\nfamily_name: Lee\nnative_name: Анна\nhonorific: Dr\naliases: [A. Lee, {name: AL, match: exact}]\nweak_aliases: [Annie]\nsummary: S\nwikidata: Q42\nsame_as: ['https://x.org/']\nroles: [{title: Minister, country: UA, start: 2020-01, end: 2021, source: 'https://x.org/'}]\nborn: 1970-01\ncountries: [UA]\nrelations: [{to: 'country:Ukraine', kind: citizen, start: 2000, note: N}]\nredirect_from: [/x/]\ntlp: CLEAR\ndraft: false\ned_note: N\nextra: {}",
    ),
    (
        "page",
        "content/about.md",
        "title: T\nsummary: S\ndate: 2025-01-01\nupdated: 2025-01-02\nslug: about-us\nredirect_from: /x/\nlang: en\ndraft: false\ntlp: CLEAR\nembargoed_until: 2025-01-01\nexpires: 2050-01-01\ned_note: N\nextra: {}",
    ),
    (
        "section",
        "content/notes/_index.md",
        "title: T\nsummary: S\nweight: 2\norder: title\ndefaults: {authors: [A], type: brief, lang: en, tlp: CLEAR}\nredirect_from: [/n/]\ned_note: N\nextra: {}",
    ),
    ("author", "content/authors/ann.md", "name: Ann\nrole: Editor\nsummary: S\nexpertise: [Sanctions, gas]"),
    (
        "site",
        "site.yaml",
        "title: T\nlanguage: en\nlanguages: [en, {tag: uk, label: У, title: Т, description: О, menus: {main: [{label: A, url: 'https://x.org/'}]}, fallback: show}]\npagination: {articles: 5}\nhistory: 2025-12-11\nfeed: {size: 5, content: full, json: false, rss: true, hub: 'https://hub.example/'}\nmarkdown_twins: true\nsocial_cards: articles\nimages: {metadata: keep, widths: [100, 200]}\nhumans: Us\npolicies: {ethics: 'https://x.org/ethics'}\nsecurity: {contact: 'mailto:a@b.org', expires: 2050-01-01, policy: 'https://x.org/', preferred_languages: [en]}\njudgments: true\ncorrections: false\nlints: {orphan-entity: off}",
    ),
];

/// What makes a file wrong, by its kind.
const WRONG: &[(&str, &str)] = &[
    ("article", "titel: X"),
    ("article", "draft: maybe"),
    ("article", "tlp: PURPLE"),
    ("article", "type: reprot"),
    ("article", "sources: [{id: s1}]"),
    ("article", "sources: [{id: s1, title: T, reliability: G}]"),
    ("article", "sources: [{id: s1, title: T, credibility: 7}]"),
    ("article", "key_judgments: [{text: J, likelihood: maybe}]"),
    ("article", "key_judgments: [{text: J, outcome: {came_true: perhaps}}]"),
    ("article", "key_judgments: [{text: J, outcome: true}]"),
    ("article", "events: [{titel: E, date: 2025, title: E}]"),
    ("article", "image: a.png"),
    ("article", "history: [2025-12-11]"),
    ("article", "people: {a: 1}"),
    ("article", "pub_status: cancelled"),
    ("entity", "nmae: X"),
    ("entity", "name: X\nroles: [{start: 2020}]"),
    ("entity", "name: X\naliases: [{name: A, match: sometimes}]"),
    ("page", "topics: [A]"),
    ("section", "order: random"),
    ("section", "defaults: {titel: X}"),
    ("author", "nam: X"),
    ("site", "tme_zone: UTC"),
    ("site", "pagination: {articles: 0}"),
    ("site", "feed: {content: all}"),
    ("site", "history: {since: 2025-12-11}"),
    ("site", "feed: {rrs: true}"),
    ("site", "social_cards: some"),
    ("site", "images: {widths: [1]}"),
    ("site", "security: {contacts: x}"),
    ("site", "policies: {correction: x}"),
    ("site", "lints: {orphan-entity: loud}"),
    ("site", "kinds: {ship: {singluar: Ship}}"),
    ("site", "languages: [en, {tag: uk, titel: X}]"),
    ("site", "languages: [en, {title: X}]"),
    ("site", "languages: [en, {tag: uk, fallback: hide}]"),
];

#[test]
fn the_schema_and_the_build_agree() {
    let place = |what: &str| FILES.iter().find(|(kind, ..)| *kind == what).expect("a known kind").1;
    let told = |what: &str, text: &str| {
        let path = place(what);
        let file = if path.ends_with(".md") { format!("---\n{text}\n---\nText [@s1]\n") } else { format!("{text}\n") };
        let built = build(&format!("//- {path}\n{file}"));
        built.messages.lines().filter(|line| line.starts_with("error")).collect::<Vec<_>>().join("\n")
    };
    let empty = tempfile::tempdir().expect("a temporary folder");
    for (what, _, text) in FILES {
        let text = text.trim_end();
        let faults: Vec<String> =
            schema(empty.path(), what).iter_errors(&yaml(text)).map(|fault| fault.to_string()).collect();
        assert_eq!(
            (faults, told(what, text).replace("error[unknown-source]: there is no source `s1`", "")),
            (Vec::new(), String::new()),
            "{what}"
        );
    }
    for (what, text) in WRONG {
        assert!(!schema(empty.path(), what).is_valid(&yaml(text)), "the schema allows {what} {text}");
        assert!(!told(what, text).is_empty(), "the build allows {what} {text}");
    }
}

/// Adds the keys of a schema, each with those above it: `targets.NAME.host`.
fn keys(above: &str, schema: &Value, whole: &Value, found: &mut Vec<String>) {
    let inner = schema.get("$ref").and_then(Value::as_str).and_then(|to| whole.pointer(to.trim_start_matches('#')));
    let parts = ["anyOf", "allOf", "oneOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    for part in inner.into_iter().chain(parts).chain(schema.get("items")) {
        keys(above, part, whole, found);
    }
    if let Some(named) = schema.get("additionalProperties").filter(|schema| schema.is_object()) {
        keys(&format!("{above}NAME."), named, whole, found);
    }
    for (key, value) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        found.push(format!("{above}{key}"));
        keys(&format!("{above}{key}."), value, whole, found);
    }
}

#[test]
fn the_reference_names_every_key_of_site_yaml() {
    let empty = tempfile::tempdir().expect("a temporary folder");
    let (text, _, _) = run(empty.path(), &["schema", "site"]);
    let schema: Value = serde_json::from_str(&text).expect("a JSON Schema");
    let mut known = Vec::new();
    keys("", &schema, &schema, &mut known);
    assert!(known.len() > 100 && known.contains(&"targets.NAME.host".to_string()), "{known:?}");
    let reference = std::fs::read_to_string(root().join("docs/content/reference.md")).expect("the reference");
    let (_, reference) = reference.split_once("## site.yaml").expect("the part on site.yaml");
    let row = |line: &str| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_string());
    let mut told: Vec<String> = reference.lines().filter_map(row).collect();
    known.sort();
    told.sort();
    assert_eq!(told, known);
}

#[test]
fn every_key_has_words() {
    let empty = tempfile::tempdir().expect("a temporary folder");
    let mut silent = Vec::new();
    for what in ["site", "article", "entity", "page", "section", "author", "theme"] {
        let (text, _, _) = run(empty.path(), &["schema", what]);
        let schema: Value = serde_json::from_str(&text).expect("a JSON Schema");
        look(what, &schema, &mut silent);
    }
    assert!(silent.is_empty(), "no description: {silent:?}");
}

/// Notes every property without a description, in definitions too.
fn look(at: &str, schema: &Value, silent: &mut Vec<String>) {
    if let Some(Value::Object(properties)) = schema.get("properties") {
        for (key, value) in properties {
            if value.get("description").and_then(Value::as_str).is_none_or(str::is_empty) {
                silent.push(format!("{at}.{key}"));
            }
        }
    }
    for (name, inner) in
        schema.get("$defs").and_then(Value::as_object).unwrap_or(&json!({}).as_object().expect("an object").clone())
    {
        look(&format!("{at}/{name}"), inner, silent);
    }
}
