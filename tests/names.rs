//! Names in texts, end to end: links that come by themselves, doubts, backlinks, and the `entities` command.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};

use crossbrief::base::report::{self, Style};
use crossbrief::build::{self, Request, sink::MemorySink};
use crossbrief::content::vocabulary::Tlp;

const SITE: &str = "\
//- site.yaml
title: Desk
//- content/briefings/2025-12-10-visit.md
---
title: A visit
bottom_line: France and Algeria talk again.
countries: [France]
---
Emmanuel Macron landed in Algiers. Macron spoke of Algeria’s gas; Monsieur E. smiled. The Élysée was silent.

## France and the sea

`France` and [France](https://example.org/) and [[!France]] stay as they are, as does the Bank of France. French ships left.
//- content/briefings/2025-12-01-grid.md
---
title: The grid
nolink: [Algeria]
---
Spain feeds Morocco. Algeria waits, and Georgia too.
//- content/people/emmanuel-macron.md
---
name: Emmanuel Macron
family_name: Macron
---
Born in Amiens in France.
";

fn write(folder: &Path, site: &str) {
    for file in site.split("//- ").skip(1) {
        let (path, text) = file.split_once('\n').expect("a line with a path");
        let path = folder.join(path.trim());
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        std::fs::write(path, text).expect("a new file");
    }
}

fn build(site: &str) -> (BTreeMap<String, String>, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), site);
    let request = Request {
        root: folder.path().to_path_buf(),
        skip: Vec::new(),
        clearance: Tlp::Clear,
        drafts: false,
        embargoed: false,
        now: "2026-01-01T00:00:00Z".parse().expect("an instant"),
        base_url: Some("https://example.org/".to_string()),
    };
    let loaded = build::load(&request).expect("a readable site");
    let sink = MemorySink::new();
    let mut diagnostics = loaded.diagnostics.clone();
    diagnostics.extend(build::render(&loaded, &sink, &|| ()).expect("memory"));
    let located = report::locate_all(&diagnostics, &|path| loaded.source_text(path));
    let messages = report::text(&located, Style { color: false, width: 100 });
    let text = |bytes: std::sync::Arc<[u8]>| String::from_utf8_lossy(&bytes).into_owned();
    (sink.into_files().into_iter().map(|(path, bytes)| (path.to_string(), text(bytes))).collect(), messages)
}

fn crossbrief(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_crossbrief"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The links of a page's text by their words, in order, without those of its headings to themselves.
fn links_of(page: &str) -> Vec<(String, String)> {
    let from = page.find("<div class=prose>").expect("a text");
    let to = page[from..].find("<div class=side>").map_or(page.len(), |at| from + at);
    let links = page[from..to].split("<a ").skip(1).filter_map(|link| {
        let href = link.split("href=").nth(1)?.split([' ', '>']).next()?.trim_matches('"');
        let words = link.split_once('>')?.1.split('<').next()?;
        (!href.starts_with('#')).then(|| (words.to_string(), href.to_string()))
    });
    links.collect()
}

#[test]
fn plain_names_become_links_once() {
    let (files, _) = build(SITE);
    let links = links_of(&files["briefings/visit/index.html"]);
    let links: Vec<(&str, &str)> = links.iter().map(|(words, href)| (words.as_str(), href.as_str())).collect();
    assert_eq!(
        links,
        [("Emmanuel Macron", "/people/emmanuel-macron/"), ("France", "https://example.org/")],
        "the bottom line has the links to France and Algeria already"
    );
    let page = &files["briefings/visit/index.html"];
    let bottom_line = page.split("<p class=bluf>").nth(1).expect("a bottom line");
    for country in ["france", "algeria"] {
        assert!(bottom_line.contains(&format!("href=/countries/{country}/")), "{country}");
    }
    let grid = links_of(&files["briefings/grid/index.html"]);
    let grid: Vec<&str> = grid.iter().map(|(words, _)| words.as_str()).collect();
    assert_eq!(grid, ["Spain", "Morocco"]);
}

#[test]
fn pages_show_the_sentence_that_names_them() {
    let (files, _) = build(SITE);
    assert!(files["people/emmanuel-macron/index.html"].contains("<mark>Emmanuel Macron</mark> landed in Algiers."));
    assert!(files["countries/morocco/index.html"].contains("Spain feeds <mark>Morocco</mark>."));
    assert!(!files.contains_key("countries/georgia/index.html"), "what is in doubt has no page");
    assert!(
        !files["countries/algeria/index.html"].contains("/briefings/grid/"),
        "what `nolink` names does not appear there"
    );
}

#[test]
fn doubt_is_told_with_the_line_to_write() {
    let (_, messages) = build(SITE);
    for part in [
        "warning[ambiguous-mention]: `Georgia` may be Georgia (country), or something that this site does not know",
        "content/briefings/2025-12-01-grid.md:5:",
        "write `countries: [georgia]` in the front matter, or in the text `[[country:georgia|Georgia]]`",
        "write `nolink: [Georgia]`",
    ] {
        assert!(messages.contains(part), "`{part}` is not in\n{messages}");
    }
    let site = SITE.replace("nolink: [Algeria]", "nolink: [Algeria]\ncountries: [georgia]");
    let (files, messages) = build(&site);
    assert_eq!(messages, "");
    assert!(files["countries/georgia/index.html"].contains("/briefings/grid/"));
}

#[test]
fn one_new_alias_changes_the_pages_that_it_should() {
    let (before, _) = build(SITE);
    let (after, _) = build(
        &SITE.replace("family_name: Macron\n", "family_name: Macron\naliases: [{name: Monsieur E., match: exact}]\n"),
    );
    let changed: BTreeSet<&str> = before
        .keys()
        .chain(after.keys())
        .filter(|path| before.get(*path) != after.get(*path))
        .map(String::as_str)
        .collect();
    // The person's page, the exported graph and the search have the alias; the article has a mention more, but no new link.
    let expected = ["graph.ftm.json", "people/emmanuel-macron/index.html", "search/words/0.bin"];
    assert_eq!(changed.into_iter().collect::<Vec<_>>(), expected);
    let never =
        SITE.replace("family_name: Macron\n", "family_name: Macron\naliases: [{name: Algiers, match: never}]\n");
    let (files, _) = build(&never);
    assert!(files["people/emmanuel-macron/index.html"].contains("Algiers"));
    assert_eq!(files["briefings/visit/index.html"], before["briefings/visit/index.html"]);
}

#[test]
fn entities_tells_what_was_found_and_why() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), SITE);
    let told = stdout(&crossbrief(folder.path(), &["entities", "visit"]));
    let words: Vec<String> = told.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        words,
        [
            "content/briefings/2025-12-10-visit.md",
            "about: France (4), Algeria (2)",
            "mentions: Emmanuel Macron (2)",
            "bottom_line France France (country) name; the front matter names it; linked",
            "bottom_line Algeria Algeria (country) name; nothing else has this name; linked",
            "6:1 Emmanuel Macron Emmanuel Macron (person) name; nothing else has this name; linked",
            "6:36 Macron Emmanuel Macron (person) family name; the full name stands before it; not linked: an earlier mention is",
            "6:52 Algeria Algeria (country) name; nothing else has this name; not linked: an earlier mention is",
            "6:91 Élysée France (country)? no mention: a seat of power, which the country’s file does not list under `metonyms`",
            "8:4 France France (country) name; the front matter names it; not linked: it stands in a heading",
            "10:15 France France (country) name; the front matter names it; not linked: it stands in a link",
            "10:99 France France (country)? no mention: part of a longer name",
            "10:107 French France (country) demonym; nothing else has this name; not linked: an earlier mention is",
        ]
    );
    let json = stdout(&crossbrief(folder.path(), &["entities", "--json"]));
    let rows: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let linked = rows.iter().filter(|row| row["linked"] == true).count();
    assert_eq!(linked, 5, "{json}");
    let wrong = crossbrief(folder.path(), &["entities", "visti"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean `visit`?"));
}

#[test]
fn names_that_deserve_a_page_are_suggested_and_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), SITE);
    write(
        folder.path(),
        "//- content/briefings/a.md\n---\ntitle: A\n---\nThen Foreign Minister Sabri Boukadoum spoke.\n//- content/briefings/b.md\n---\ntitle: B\n---\nThe gas comes, said Sabri Boukadoum on Monday.\n",
    );
    let told = stdout(&crossbrief(folder.path(), &["entities", "--suggest"]));
    assert!(told.starts_with("Sabri Boukadoum (person?)  2 briefings, 2 times\n"), "{told}");
    let written = crossbrief(folder.path(), &["entities", "--suggest", "--write", "person:Sabri Boukadoum"]);
    assert_eq!(stdout(&written), "content/people/sabri-boukadoum.md\n");
    assert_eq!(crossbrief(folder.path(), &["check"]).status.code(), Some(0));
    assert!(!stdout(&crossbrief(folder.path(), &["entities", "--suggest"])).contains("Boukadoum"));
    let again = crossbrief(folder.path(), &["entities", "--suggest", "--write", "person:Sabri Boukadoum"]);
    assert_eq!(again.status.code(), Some(2));
    let kindless = crossbrief(folder.path(), &["entities", "--suggest", "--write", "Sabri"]);
    assert!(String::from_utf8_lossy(&kindless.stderr).contains("--write person:"));
}

#[test]
fn related_briefings_share_what_is_rare() {
    let mut site = String::from("//- site.yaml\ntitle: Desk\n");
    for (index, (title, entities)) in [
        ("Cables", "topics: [Sea cables]\ncountries: [EE, FI]"),
        ("Budgets", "topics: [Budgets]\ncountries: [FI]"),
        ("More cables", "topics: [Sea cables]\ncountries: [LV, FI]"),
        ("Harvest", "topics: [Grain]\ncountries: [FI]"),
        ("Trains", "topics: [Rail]\ncountries: [FI]"),
    ]
    .iter()
    .enumerate()
    {
        site.push_str(&format!(
            "//- content/briefings/2025-12-0{}-{index}.md\n---\ntitle: {title}\n{entities}\n---\nText.\n",
            index + 1
        ));
    }
    let (files, _) = build(&site);
    let page = &files["briefings/0/index.html"];
    let related = &page[page.find("Related briefings").expect("a related briefing")..];
    let first = related.split("<h3>").nth(1).expect("a card");
    assert!(first.contains("More cables"), "{first}");
    let (off, _) = build(&site.replace("title: Desk\n", "title: Desk\nlinking: {related: 0}\n"));
    assert!(off.values().all(|text| !text.contains("Related briefings")));
}

#[test]
fn the_text_of_another_page_can_be_shown() {
    let (pages, messages) = build(
        "//- site.yaml
title: Desk
//- content/briefings/2025-12-10-host.md
---
title: The host
tlp: CLEAR
---
Before.

![[2025-12-01-ground#How it began]]

![[Emmanuel Macron]]

![[method]]

Data in ![[figures.csv]] and [[figures.csv|a file]].

![[Nobody at all]]

![[the-host]]

![[2025-12-01-ground#No such part]]
//- content/briefings/figures.csv
a,b
//- content/briefings/2025-12-01-ground.md
---
title: The ground
sources: [{id: s1, title: A report, url: 'https://example.org/r'}]
---
Not shown.

## How it began

France said so [@s1].[^a]

### Later

![[The host]]

## After

Not this.

[^a]: In a note.
//- content/people/emmanuel-macron.md
---
name: Emmanuel Macron
summary: President of France.
---
//- content/method.md
---
title: Method
---
We count twice.
",
    );
    let page = &pages["briefings/host/index.html"];
    let shown: Vec<&str> = page.split("<section class=embed").skip(1).collect();
    assert_eq!(shown.len(), 3, "{page}\n{messages}");
    for part in [
        "href=/briefings/ground/#how-it-began>The ground · How it began</a>",
        "href=/countries/france/>France</a> said so",
        "href=/briefings/ground/#source-1",
        "In a note.",
        "<h4>Later</h4>",
        "href=/briefings/host/>The host</a>",
    ] {
        assert!(shown[0].contains(part), "{part} in {}", shown[0]);
    }
    assert!(!page.contains("Not shown") && !page.contains("Not this"), "{page}");
    assert!(shown[1].contains("President of France.") && shown[2].contains("We count twice."));
    assert!(page.contains("<a href=/briefings/figures.csv>a file</a>") && pages.contains_key("briefings/figures.csv"));
    for message in [
        "only a briefing, a page or an entity can be shown here",
        "there is nothing called `Nobody at all`",
        "a text cannot show itself",
        "there is no section `#No such part` on that page",
    ] {
        assert!(messages.contains(message), "{message} in\n{messages}");
    }
    // To show a text is to refer to it.
    assert!(pages["briefings/ground/index.html"].contains("The host"));
}

#[test]
fn a_page_shows_no_text_of_a_higher_marking() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(
        folder.path(),
        "//- site.yaml
title: Desk
//- content/briefings/2025-12-10-host.md
---
title: The host
tlp: GREEN
---
![[ground]]
//- content/briefings/2025-12-01-ground.md
---
title: The ground
tlp: AMBER
---
Amber words.
",
    );
    for (audience, message) in [("amber", "is marked TLP:AMBER, higher than this page"), ("green", "withheld-link")] {
        let output = crossbrief(folder.path(), &["build", "--audience", audience]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(message), "{audience}: {told}");
    }
    let page = std::fs::read_to_string(folder.path().join("public/briefings/host/index.html")).expect("a page");
    assert!(!page.contains("Amber") && !page.contains("The ground"), "{page}");
}

#[test]
fn templates_see_how_often_and_where_a_name_stands() {
    let template = "\n//- templates/article.html\n{% for group in article.entities %}{% for one in group.entities %}\
        [about {{ one.entity.name }} {{ one.mentions }} {{ one.places | join(sep=\" \") }}]{% endfor %}{% for one in group.mentioned %}\
        [names {{ one.entity.name }} {{ one.mentions }} {{ one.places | join(sep=\" \") }}]{% endfor %}{% endfor %}";
    let (pages, messages) = build(&format!("{SITE}{template}"));
    let page = &pages["briefings/visit/index.html"];
    for part in ["[names Emmanuel Macron 2 #]", "[about France 4 bottom_line #france-and-the-sea]"] {
        assert!(page.contains(part), "{part} in {page}\n{messages}");
    }
}
