//! Who appears with whom, end to end: pair pages, timelines, charts, diagrams.

use std::collections::BTreeMap;

use crossbrief::build::{self, Request, sink::MemorySink};
use crossbrief::content::vocabulary::Tlp;

/// Three briefings about both countries, one of them in two languages, and one about one of them.
const SITE: &str = "\
//- site.yaml
title: Desk
connections: {pairs: 3}
//- content/briefings/2024-12-30-talks.md
---
title: Talks begin
countries: [China, Russia]
topics: [Peace talks]
people: [Wang Yi]
---
Wang Yi spoke. China said nothing of Russia in public.
//- content/briefings/2025-03-01-visit.md
---
title: A visit
countries: [China, Russia]
topics: [Peace talks, Trade]
people: [Xi Jinping]
events:
  - {date: 2025-02-27, title: Xi Jinping lands in Moscow, place: Russia}
  - {date: 2025-02-28, title: The treaty is signed}
  - {date: 2025-02-25, title: Russian and Chinese officials meet}
corrections:
  - {date: 2025-03-02, text: The visit lasted **two** days.}
---
Xi Jinping came.

:::timeline
- 2024-06: China asks for talks
- 2024-07-01: A date is found
- 2025-02-25: Russian and Chinese officials meet
:::
//- content/briefings/2025-03-01-visit-uk.md
---
title: Візит
lang: uk
translation_of: visit
countries: [China, Russia]
---
Сі Цзіньпін приїхав.
//- content/briefings/2025-06-05-gas.md
---
title: Gas
countries: [Russia, China, Mongolia]
topics: [Trade]
---
Nothing is signed, and Mongolia waits.
//- content/briefings/2025-07-05-alone.md
---
title: Alone
countries: [China]
---
Only this.
//- content/people/xi-jinping.md
---
name: Xi Jinping
family_name: Xi
roles:
  - {title: President, country: China, start: 2013-03-14}
  - {title: Vice President, country: China, start: 2008-03-15, end: 2013-03-14}
---
//- content/people/wang-yi.md
---
name: Wang Yi
family_name: Wang
roles: [{title: Minister of Foreign Affairs, country: China, start: 2023-07}]
---
";

fn build(site: &str) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in site.split("//- ").skip(1) {
        let (path, text) = file.split_once('\n').expect("a line with a path");
        let path = folder.path().join(path.trim());
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
        base_url: Some("https://example.org/".to_string()),
    };
    let loaded = build::load(&request).expect("a readable site");
    let sink = MemorySink::new();
    let mut diagnostics = loaded.diagnostics.clone();
    diagnostics.extend(build::render(&loaded, &sink, &|| ()).expect("memory"));
    assert!(
        diagnostics.iter().all(|one| one.severity != crossbrief::base::diagnostics::Severity::Error),
        "{diagnostics:?}"
    );
    let text = |bytes: std::sync::Arc<[u8]>| String::from_utf8_lossy(&bytes).into_owned();
    sink.into_files().into_iter().map(|(path, bytes)| (path.to_string(), text(bytes))).collect()
}

/// The words of a page's timeline, one line for each entry.
fn timeline(page: &str) -> Vec<String> {
    let stream = page.split("<section class=year>").skip(1);
    let items = stream.flat_map(|year| year.split("<li class=").skip(1));
    items
        .map(|item| {
            let item = item.split("</section>").next().unwrap_or(item);
            let (class, rest) = item.split_once('>').expect("a tag");
            let mut words = String::new();
            for part in rest.split('<') {
                let text = part.rsplit_once('>').map_or(part, |(_, text)| text);
                words.push_str(text);
                words.push(' ');
            }
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ").replace(" ,", ",").replace(" .", ".");
            format!("{}: {words}", class.trim_matches('"'))
        })
        .collect()
}

#[test]
fn a_pair_has_a_page_when_enough_briefings_are_about_both() {
    let files = build(SITE);
    let page = &files["countries/china+russia/index.html"];
    // Of an article in two languages only the original counts, and that is the third.
    assert!(page.contains("3 briefings are about both"), "{page}");
    assert_eq!(
        timeline(page),
        [
            "told: Report 5 June 2025 Gas Nothing is signed, and Mongolia waits.",
            "fact correction: 2 Mar 2025 Correction: The visit lasted two days. The corrected briefing",
            "told: Report 1 Mar 2025 Corrected A visit Russian and Chinese officials meet",
            "fact event: 25 Feb 2025 Russian and Chinese officials meet Briefing",
            "told: Report 30 Dec 2024 Talks begin China said nothing of Russia in public.",
        ]
    );
    assert!(page.contains("<mark>China</mark> said nothing of <mark>Russia</mark> in public."));
    let speakers = &page[page.find("Who speaks for").expect("speakers")..];
    let (wang, xi) = (speakers.find("/people/wang-yi/"), speakers.find("/people/xi-jinping/"));
    assert!(wang.is_some() && wang < xi, "one briefing each, so by name");
    assert!(speakers.contains("Minister of Foreign Affairs of China"));
    assert!(!speakers.contains("Who speaks for <a href=/countries/russia/>"));
    for (years, topic) in [("2025 2024", ">Trade<"), ("2025 2024", ">Peace talks<")] {
        let table = &page[page.find("Topics over time").expect("topics")..];
        assert!(table.contains(topic), "{years}");
    }
    assert!(files.contains_key("countries/china+russia/feed.xml"));
    for (path, text) in [
        ("countries/china/index.html", "href=/countries/china%2Brussia/"),
        ("countries/index.html", "China and Russia"),
    ] {
        assert!(files[path].contains(text), "{path}");
    }
    assert!(!files.keys().any(|path| path.contains("mongolia+") || path.contains("+mongolia")));
    for off in ["connections: {pairs: 0}", "connections: {pairs: 4}", "connections: {kinds: [topic]}"] {
        let files = build(&SITE.replace("connections: {pairs: 3}", off));
        assert!(!files.keys().any(|path| path.starts_with("countries/china+")), "{off}");
    }
    assert!(
        build(&SITE.replace("{pairs: 3}", "{pairs: 1, kinds: [topic]}"))
            .contains_key("topics/peace-talks+trade/index.html")
    );
}

#[test]
fn timelines_gather_events_roles_and_corrections() {
    let files = build(SITE);
    assert_eq!(
        timeline(&files["people/xi-jinping/index.html"]),
        [
            "fact correction: 2 Mar 2025 Correction: The visit lasted two days. The corrected briefing",
            "told: Report 1 Mar 2025 Corrected A visit Xi Jinping came.",
            "fact event: 27 Feb 2025 Xi Jinping lands in Moscow Briefing",
            "fact role: 14 Mar 2013 becomes President of China",
            "fact role: 14 Mar 2013 ceases to be Vice President of China",
            "fact role: 15 Mar 2008 becomes Vice President of China",
        ]
    );
    let china = timeline(&files["countries/china/index.html"]);
    assert!(
        china.contains(&"fact role: July 2023 Wang Yi becomes Minister of Foreign Affairs of China".to_string()),
        "{china:?}"
    );
    assert!(china.contains(&"fact event: June 2024 China asks for talks Briefing".to_string()), "{china:?}");
    assert!(
        !china.iter().any(|line| line.contains("The treaty is signed") || line.contains("A date is found")),
        "{china:?}"
    );
    // What names nobody belongs to the topics of its briefing.
    let talks = timeline(&files["topics/peace-talks/index.html"]);
    assert!(talks.contains(&"fact event: 28 Feb 2025 The treaty is signed Briefing".to_string()), "{talks:?}");
}

#[test]
fn long_lists_keep_their_timeline_together() {
    let site = SITE.replace("title: Desk\n", "title: Desk\npagination: {entity: 1}\n");
    let files = build(&site);
    let pages: Vec<Vec<String>> = ["", "page/2/", "page/3/", "page/4/"]
        .iter()
        .map(|page| timeline(&files[&format!("countries/china/{page}index.html")]))
        .collect();
    assert_eq!(pages.concat(), timeline(&build(SITE)["countries/china/index.html"]));
    assert!(pages.iter().all(|page| page.iter().filter(|line| line.starts_with("told")).count() == 1));
    assert!(files["countries/china/index.html"].contains("Briefings per month"));
    assert!(!files["countries/china/page/2/index.html"].contains("Briefings per month"));
    assert!(!files["countries/china/page/2/index.html"].contains("class=diagram"));
}

#[test]
fn charts_and_diagrams_are_said_in_words_too() {
    let files = build(SITE);
    let page = &files["countries/russia/index.html"];
    assert!(page.contains("Most often with China (3 briefings), Peace talks (2 briefings) and Trade (2 briefings)."));
    assert_eq!(page.matches("role=listitem").count(), 6, "China, Mongolia, Wang, Xi, two topics");
    assert!(page.contains("aria-label=\"China, 3 briefings\""));
    let table = &page[page.find("<table").expect("a table")..page.find("</table>").expect("its end")];
    assert!(table.contains("2025") && table.contains("2024"), "{table}");
    let numbers: usize = table.split("<td>").filter(|cell| cell.split('<').next() == Some("1")).count();
    assert_eq!(numbers, 4, "three months with one briefing, and one of the two years with one: {table}");
}

#[test]
fn countries_have_maps_that_a_site_may_replace() {
    let files = build(SITE);
    let china = &files["countries/china/index.html"];
    assert!(china.contains("aria-label=\"Map: where China lies\"") && china.contains("Natural Earth"));
    let world = &files["countries/index.html"];
    for (name, count) in [("China", "4 briefings"), ("Russia", "3 briefings"), ("Mongolia", "1 briefing")] {
        let link = format!("href=/countries/{}/ aria-label=\"{name}, {count}\"", name.to_lowercase());
        assert!(world.contains(&link), "{link}");
    }
    assert!(!files["topics/trade/index.html"].contains("class=map"));
    assert!(!files["topics/index.html"].contains("class=map"));
    let square = "//- data/map.json\n{\"type\": \"FeatureCollection\", \"features\": [{\"type\": \"Feature\", \"id\": \"CN\", \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[80, 30], [120, 30], [120, 45], [80, 45], [80, 30]]]}}]}\n";
    let own = SITE.replace("title: Desk\n", "title: Desk\nmaps: {geometry: data/map.json, credit: The desk}\n");
    let files = build(&format!("{own}{square}"));
    assert!(files["countries/china/index.html"].contains("Map: The desk"));
    assert!(!files["countries/russia/index.html"].contains("class=map"), "the desk’s map has no Russia");
    let off = build(&SITE.replace("title: Desk\n", "title: Desk\nmaps: {show: false}\n"));
    assert!(off.values().all(|page| !page.contains("class=\"map")));
}

#[test]
fn a_fault_of_a_template_is_told_once_with_its_pages() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in [
        ("site.yaml", "title: Desk\n"),
        ("content/briefings/a.md", "---\ntitle: A\ncountries: [China, Russia, Japan]\n---\nText.\n"),
        ("templates/entity.html", "{{ entity.nothing }}\n"),
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        std::fs::write(path, text).expect("a new file");
    }
    let built = std::process::Command::new(env!("CARGO_BIN_EXE_crossbrief"))
        .arg("check")
        .current_dir(folder.path())
        .output()
        .expect("the binary runs");
    assert_eq!(built.status.code(), Some(1));
    let told = String::from_utf8_lossy(&built.stderr);
    assert_eq!(told.matches("error[template]").count(), 1, "{told}");
    assert!(told.contains("while making the page /countries/china/"), "{told}");
    assert!(told.contains("2 more pages have it"), "{told}");
}

#[test]
fn the_graph_is_there_as_data() {
    let site = SITE.replace("connections: {pairs: 3}", "connections: {graph: 1}");
    let files = build(&site);
    let graph: serde_json::Value = serde_json::from_str(&files["graph.json"]).expect("JSON");
    let edges = graph["edges"].as_array().expect("edges");
    let between = |left: &str, right: &str| {
        edges.iter().find(|edge| {
            let ends = [&edge["source"], &edge["target"]].map(|end| end.as_str().unwrap_or_default());
            ends.contains(&left) && ends.contains(&right)
        })
    };
    let edge = between("/countries/china/", "/countries/russia/").expect("an edge");
    assert_eq!(
        (edge["weight"].as_u64(), edge["about"].as_u64(), edge["first"].as_str(), edge["last"].as_str()),
        (Some(3), Some(3), Some("2024-12-30"), Some("2025-06-05"))
    );
    assert_eq!(edge["years"].to_string(), "{\"2024\":1,\"2025\":2}");
    assert!(between("/countries/mongolia/", "/people/xi-jinping/").is_none());
    let once = between("/countries/china/", "/countries/mongolia/").expect("an edge of one briefing");
    assert_eq!(once["weight"].as_u64(), Some(1));
    let lines = files["graph.ftm.json"].lines();
    let rows: Vec<serde_json::Value> = lines.map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of = |schema: &str| rows.iter().filter(|row| row["schema"] == schema).count();
    // One post held twice by one man is two posts, for the titles differ; a translation is an article of its own.
    assert_eq!(
        [of("Person"), of("Position"), of("Occupancy"), of("Article"), of("Mention")],
        [2, 3, 3, 5, 2],
        "{}",
        files["graph.ftm.json"]
    );
    assert!(files["graph.graphml"].contains("<edge source=\"/countries/china/\" target=\"/countries/mongolia/\">"));
    let default = build(SITE);
    assert!(!default["graph.json"].contains("\"target\":\"/countries/mongolia/\""), "an edge needs two briefings");
    assert!(default["graph.json"].contains("\n\"least\":2,"), "{}", default["graph.json"]);
    // One edge has three briefings; with those of two there would be more than one.
    let few = build(&SITE.replace("connections: {pairs: 3}", "connections: {graph: 1, edges: 1}"));
    let graph: serde_json::Value = serde_json::from_str(&few["graph.json"]).expect("JSON");
    let weights = graph["edges"].as_array().expect("edges").iter().map(|edge| edge["weight"].as_u64());
    assert_eq!((weights.collect::<Vec<_>>(), graph["least"].as_u64()), (vec![Some(3)], Some(3)));
    assert!(few["graph.graphml"].contains("<data key=\"least\">3</data>"), "{}", few["graph.graphml"]);
    let off = build(&SITE.replace("connections: {pairs: 3}", "connections: {graph: 0}"));
    assert!(!off.keys().any(|path| path.starts_with("graph.")));
    let page = &files["briefings/gas/index.html"];
    let from = page.find("application/ld+json>").expect("JSON-LD") + "application/ld+json>".len();
    let json: serde_json::Value =
        serde_json::from_str(page[from..].split("</script>").next().unwrap_or("")).expect("JSON");
    let json = &json["@graph"][0];
    assert_eq!(json["@type"], "ReportageNewsArticle");
    let about: Vec<&str> =
        json["about"].as_array().expect("a list").iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(about, ["Russia", "China", "Mongolia", "Trade"]);
    assert_eq!(json["about"][1]["sameAs"], "http://www.wikidata.org/entity/Q148");
}
