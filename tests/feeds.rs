//! Feeds of tiny sites: what they hold, in each format.

mod tiny;

use serde_json::{Value, json};

const SITE: &str = "\
//- site.yaml
title: The <Desk>
description: Briefings & more.
language: en
time_zone: Europe/Kyiv
feed: {size: 2, rss: true, hub: 'https://hub.example/?a=1&b=2'}
connections: {pairs: 2}
//- content/briefings/2025-12-10-warning.md
---
title: A warning & <more>
date: 2025-12-10 14:30
updated: 2025-12-11
summary: What <b>it</b> says.
authors: [Ann Other, desk]
countries: [Ukraine, China]
topics: [Sanctions]
image: {src: p.svg, alt: A picture}
redirect_from: [/old/ünë/, /older/]
bottom_line: It is [earlier](2025-12-01-earlier.md).
key_judgments: [{text: It holds., likelihood: likely, confidence: low, sources: [s1]}]
sources: [{id: s1, title: A paper, url: 'https://example.com/?a&b'}]
---
## Part

Said [@s1]; see [the other](2025-12-01-earlier.md) and ![a picture](p.svg).
//- content/briefings/p.svg
<svg xmlns=\"http://www.w3.org/2000/svg\"/>
//- content/briefings/2025-12-01-earlier.md
---
title: Earlier
date: 2025-12-01
lang: uk
authors: []
countries: [Ukraine, China]
---
Text.
//- content/briefings/2025-11-01-oldest.md
---
title: Oldest
date: 2025-11-01
tlp: CLEAR
countries: [Ukraine]
---
Text.
//- content/authors/desk.md
---
name: Night desk
---
";

/// The titles of the entries of an Atom feed.
fn titles(feed: &str) -> Vec<&str> {
    let entries = feed.split("<entry").skip(1);
    entries.map(|entry| entry.split("<title>").nth(1).unwrap().split("</title>").next().unwrap()).collect()
}

#[test]
fn every_list_has_feeds_in_every_format() {
    let built = tiny::build(SITE);
    assert_eq!(built.messages, "");
    for list in
        ["", "briefings/", "countries/ukraine/", "topics/sanctions/", "authors/ann-other/", "countries/china+ukraine/"]
    {
        for file in ["feed.xml", "feed.json", "rss.xml"] {
            assert!(built.files.contains_key(&format!("{list}{file}")), "{list}{file}");
        }
    }
    assert_eq!(titles(&built.files["feed.xml"]), ["A warning &amp; &lt;more&gt;", "Earlier"]);
    assert_eq!(titles(&built.files["countries/china+ukraine/feed.xml"]), ["A warning &amp; &lt;more&gt;", "Earlier"]);
    assert_eq!(titles(&built.files["authors/desk/feed.xml"]), ["A warning &amp; &lt;more&gt;"]);
    // Those of a language, beyond what the site’s feed has room for.
    assert_eq!(titles(&built.files["feed.en.xml"]), ["A warning &amp; &lt;more&gt;", "Oldest"]);
    assert_eq!(titles(&built.files["feed.uk.xml"]), ["Earlier"]);
    assert!(built.files["feed.uk.xml"].contains("xml:lang=\"uk\""));
    let alone = tiny::build(&SITE.replace("lang: uk\n", "").replace("rss: true, ", ""));
    assert!(!alone.files.keys().any(|path| path.contains("feed.uk") || path.contains("feed.en")));
    assert!(!alone.files.keys().any(|path| path.ends_with("rss.xml")));
    let atom = tiny::build(&SITE.replace("rss: true, ", "json: false, "));
    let others: Vec<&String> =
        atom.files.keys().filter(|path| path.ends_with("feed.json") || path.ends_with("rss.xml")).collect();
    assert!(others.is_empty() && atom.files.contains_key("briefings/feed.xml"), "{others:?}");
    assert!(!atom.page("briefings/warning").contains("feed+json"));
}

#[test]
fn pages_lead_to_their_feeds() {
    let built = tiny::build(&SITE.replace("title: The", "minify: false\ntitle: The"));
    let feeds = |page: &str| -> Vec<String> {
        let links = built.page(page).split("<link rel=\"alternate\" type=\"application/").skip(1);
        links.map(|link| link.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_string()).collect()
    };
    let site = ["/desk/feed.xml", "/desk/feed.json", "/desk/rss.xml"];
    assert_eq!(feeds("briefings/warning"), site);
    assert_eq!(
        feeds("countries/ukraine")[..2],
        ["/desk/countries/ukraine/feed.xml", "/desk/countries/ukraine/feed.json"]
    );
    assert_eq!(feeds("countries/ukraine")[3..], site);
    assert_eq!(feeds("briefings")[0], "/desk/briefings/feed.xml");
    assert_eq!(feeds("authors/desk")[0], "/desk/authors/desk/feed.xml");
    assert_eq!(feeds("countries/china+ukraine")[0], "/desk/countries/china%2Bukraine/feed.xml");
    assert_eq!(feeds("").len(), 9);
    assert!(feeds("").contains(&"/desk/feed.uk.json".to_string()));
}

#[test]
fn atom_tells_who_what_and_when() {
    let built = tiny::build(SITE);
    let feed = &built.files["feed.xml"];
    assert!(feed.starts_with(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<?xml-stylesheet type=\"text/css\" href=\"/desk/feed.css\"?>\n"
    ));
    for part in [
        "<title>The &lt;Desk&gt;</title>",
        "<link rel=\"self\" type=\"application/atom+xml\" href=\"https://example.org/desk/feed.xml\"/>",
        "<link rel=\"hub\" href=\"https://hub.example/?a=1&amp;b=2\"/>",
        "<updated>2025-12-10T22:00:00Z</updated>\n<author>",
        "<id>https://example.org/desk/old/%C3%BCn%C3%AB/</id>",
        "<link rel=\"alternate\" type=\"text/html\" href=\"https://example.org/desk/briefings/warning/\"/>",
        "<link rel=\"enclosure\" type=\"image/svg+xml\" href=\"https://example.org/desk/briefings/p.svg\"/>",
        "<published>2025-12-10T12:30:00Z</published>\n<updated>2025-12-10T22:00:00Z</updated>",
        "<author><name>Ann Other</name><uri>https://example.org/desk/authors/ann-other/</uri></author>",
        "<category term=\"Sanctions\" scheme=\"https://example.org/desk/topics/\"/>",
        "<summary>What it says.</summary>",
        "<rights>TLP:CLEAR</rights>",
    ] {
        let feeds = [feed, &built.files["feed.en.xml"]];
        assert!(feeds.iter().any(|feed| feed.contains(part)), "{part} in {feed}");
    }
    assert!(!feed.contains("<content"));
}

#[test]
fn json_feed_tells_the_same() {
    let built = tiny::build(SITE);
    let feed: Value = serde_json::from_str(&built.files["feed.json"]).unwrap();
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(feed["feed_url"], "https://example.org/desk/feed.json");
    assert_eq!(feed["hubs"], json!([{"type": "WebSub", "url": "https://hub.example/?a=1&b=2"}]));
    let item = &feed["items"][0];
    assert_eq!(item["id"], "https://example.org/desk/old/%C3%BCn%C3%AB/");
    assert_eq!(item["title"], "A warning & <more>");
    assert_eq!(item["content_text"], "What it says.");
    assert_eq!(item["date_modified"], "2025-12-10T22:00:00Z");
    assert_eq!(item["tags"], json!(["Ukraine", "China", "Sanctions"]));
    assert_eq!(item["image"], "https://example.org/desk/briefings/p.svg");
    assert_eq!(item["authors"][1]["url"], "https://example.org/desk/authors/desk/");
    assert_eq!(feed["items"][1]["language"], "uk");
    let english: Value = serde_json::from_str(&built.files["feed.en.json"]).unwrap();
    assert_eq!(english["items"][1]["_marking"]["label"], "TLP:CLEAR");
}

#[test]
fn rss_tells_the_same() {
    let built = tiny::build(SITE);
    let feed = &built.files["rss.xml"];
    for part in [
        "<lastBuildDate>Wed, 10 Dec 2025 22:00:00 GMT</lastBuildDate>",
        "<guid isPermaLink=\"false\">https://example.org/desk/old/%C3%BCn%C3%AB/</guid>",
        "<guid isPermaLink=\"true\">https://example.org/desk/briefings/earlier/</guid>",
        "<pubDate>Wed, 10 Dec 2025 12:30:00 GMT</pubDate>",
        "<dc:creator>Night desk</dc:creator>",
        "<enclosure url=\"https://example.org/desk/briefings/p.svg\" length=\"0\" type=\"image/svg+xml\"/>",
        "<atom:link rel=\"hub\" href=\"https://hub.example/?a=1&amp;b=2\"/>",
    ] {
        assert!(feed.contains(part), "{part} in {feed}");
    }
}

#[test]
fn full_texts_can_be_read_anywhere() {
    let built = tiny::build(&SITE.replace("size: 2", "size: 2, content: full"));
    let feed: Value = serde_json::from_str(&built.files["feed.json"]).unwrap();
    let text = feed["items"][0]["content_html"].as_str().unwrap();
    for part in [
        "<strong>Bottom line:</strong> It is <a href=\"https://example.org/desk/briefings/earlier/\">earlier</a>.",
        "It holds. [<a href=\"https://example.org/desk/briefings/warning/#source-1\">1</a>] <em>likelihood: likely (55–80 %), confidence: low</em>",
        "href=\"https://example.org/desk/briefings/earlier/\"",
        "src=\"https://example.org/desk/briefings/p.svg\"",
        "<a href=\"https://example.com/?a&amp;b\">A paper</a>",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("=\"/") && !text.contains("=\"#"), "{text}");
    let atom = &built.files["feed.xml"];
    assert!(atom.contains("<content type=\"html\">&lt;p&gt;&lt;strong&gt;Bottom line:"), "{atom}");
    assert!(built.files["rss.xml"].contains("<content:encoded>&lt;p&gt;&lt;strong&gt;Bottom line:"));
}

#[test]
fn a_site_may_dress_its_feeds_itself() {
    let built = tiny::build(&format!("{SITE}//- static/feed.css\nfeed {{ color: red }}\n"));
    assert_eq!((built.messages.as_str(), built.files["feed.css"].as_str()), ("", "feed { color: red }\n"));
}

#[test]
fn a_hub_has_an_address() {
    let built = tiny::build("//- site.yaml\nfeed: {hub: hub.example}\n");
    assert!(built.messages.contains("`hub.example` is not the address of a hub"), "{}", built.messages);
}
