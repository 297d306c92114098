//! What a site holds for search engines and other machines: sitemaps, `robots.txt`, `llms.txt`, Markdown twins, icons.

mod tiny;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crossbrief::base::paths::OutputPath;
use crossbrief::build::incremental::{self, Known, keep_all};
use crossbrief::build::memory::Memory;
use crossbrief::build::sink::MemorySink;
use crossbrief::build::{self, Request};
use crossbrief::content::vocabulary::Tlp;

const SITE: &str = "\
//- site.yaml
title: The Desk
description: What we [know].
markdown_twins: true
humans: |
  Made by us.
security: {contact: ['mailto:desk@example.org', 'https://example.org/report'], expires: 2026-06-01, preferred_languages: [en, uk]}
//- content/briefings/2025-12-31-new.md
---
title: New & <now>
date: 2025-12-30 01:00
updated: 2025-12-31
summary: What *is* new.
authors: [Ann Other]
countries: [Ukraine]
image: {src: p.svg, alt: A picture}
bottom_line: Kyiv decides.
sources: [{id: s1, title: A paper, url: 'https://example.com/'}]
---
## Part

Said [@s1]; see [the other](2025-12-01-old.md).

:::tlp amber
Hidden words.
:::
//- content/briefings/p.svg
<svg xmlns=\"http://www.w3.org/2000/svg\"/>
//- content/briefings/2025-12-01-old.md
---
title: Old
date: 2025-12-01
countries: [Ukraine]
---
Text.
//- content/briefings/2025-12-01-old-uk.md
---
title: Старе
date: 2025-12-01
lang: uk
translation_of: old
---
Текст.
//- content/about.md
---
title: About
summary: Who we are.
updated: 2025-11-01
---
We.
";

#[test]
fn the_sitemap_names_every_page() {
    let built = tiny::build(SITE);
    assert_eq!(built.messages, "");
    let index = &built.files["sitemap.xml"];
    assert!(
        index.contains(
            "<sitemap><loc>https://example.org/desk/sitemap-1.xml</loc><lastmod>2025-12-31</lastmod></sitemap>"
        ),
        "{index}"
    );
    let map = &built.files["sitemap-1.xml"];
    for part in [
        "<url><loc>https://example.org/desk/</loc><lastmod>2025-12-31</lastmod></url>",
        "<url><loc>https://example.org/desk/about/</loc><lastmod>2025-11-01</lastmod></url>",
        "<url><loc>https://example.org/desk/briefings/new/</loc><lastmod>2025-12-31</lastmod><image:image><image:loc>https://example.org/desk/briefings/p.svg</image:loc></image:image></url>",
        "<loc>https://example.org/desk/briefings/old-uk/</loc><lastmod>2025-12-01</lastmod>\
         <xhtml:link rel=\"alternate\" hreflang=\"en\" href=\"https://example.org/desk/briefings/old/\"/>\
         <xhtml:link rel=\"alternate\" hreflang=\"uk\" href=\"https://example.org/desk/briefings/old-uk/\"/>\
         <xhtml:link rel=\"alternate\" hreflang=\"x-default\" href=\"https://example.org/desk/briefings/old/\"/></url>",
    ] {
        assert!(map.contains(part), "{part} in {map}");
    }
    // Every page that may be found, and no other.
    let found = |path: &str| {
        map.contains(&format!("<loc>https://example.org/desk/{}</loc>", path.trim_end_matches("index.html")))
    };
    let pages = built.files.iter().filter(|(path, _)| path.ends_with(".html"));
    for (path, page) in pages {
        assert_eq!(found(path), !page.contains("noindex"), "{path}");
    }
}

type Tree = BTreeMap<OutputPath, Arc<[u8]>>;

/// Builds the site in a folder at some moment, on what was made before.
fn build_at(folder: &Path, now: &str, memory: Option<&Memory>, before: Tree) -> (bool, Memory, Tree) {
    let request = Request {
        root: folder.to_path_buf(),
        skip: Vec::new(),
        clearance: Tlp::Clear,
        drafts: false,
        embargoed: false,
        now: now.parse().expect("an instant"),
        base_url: None,
    };
    let sources = build::discover(&request).expect("a readable site");
    let sink = MemorySink::after(before);
    if let Some(memory) = memory
        && keep_all(&sources, request.now, memory, &sink).expect("memory")
    {
        return (true, memory.clone(), sink.into_files());
    }
    let loaded = build::load_sources(&request, sources).expect("a readable site");
    let built = incremental::render(&loaded, Known::here(memory), &sink, &|| ()).expect("memory");
    (false, built.memory, sink.into_files())
}

#[test]
fn news_is_of_the_last_two_days_at_every_moment() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    tiny::write(folder.path(), SITE);
    let news = |tree: &Tree| {
        let (_, bytes) = tree.iter().find(|(path, _)| path.as_str() == "sitemap-news.xml").expect("the news");
        String::from_utf8(bytes.to_vec()).expect("text")
    };
    // What was written a moment ago may change again unseen, and is not kept.
    std::thread::sleep(std::time::Duration::from_millis(60));
    // The briefing is of one o’clock on the thirtieth.
    let (_, memory, tree) = build_at(folder.path(), "2026-01-01T00:00:00Z", None, Tree::new());
    let told = news(&tree);
    for part in [
        "<news:name>The Desk</news:name><news:language>en</news:language>",
        "<news:publication_date>2025-12-30T01:00:00+00:00</news:publication_date><news:title>New &amp; &lt;now&gt;</news:title>",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert_eq!(told.matches("<url>").count(), 1);
    let (kept, memory, tree) = build_at(folder.path(), "2026-01-01T00:59:59Z", Some(&memory), tree);
    assert!(kept && news(&tree).contains("<url>"));
    let (kept, _, tree) = build_at(folder.path(), "2026-01-01T01:00:00Z", Some(&memory), tree);
    assert!(!kept && !news(&tree).contains("<url>"), "{}", news(&tree));
}

#[test]
fn crawlers_are_told_where_the_sitemap_is() {
    let built = tiny::build(SITE);
    assert_eq!(
        built.files["robots.txt"],
        "User-agent: *\nAllow: /\n\nSitemap: https://example.org/desk/sitemap.xml\n\
         Sitemap: https://example.org/desk/sitemap-news.xml\n"
    );
    let own = tiny::build(&format!("{SITE}//- static/robots.txt\nUser-agent: *\n"));
    assert_eq!((own.messages.as_str(), own.files["robots.txt"].as_str()), ("", "User-agent: *\n"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    tiny::write(folder.path(), SITE);
    let (told, errors, code) = tiny::run(folder.path(), &["build", "--audience", "amber"]);
    assert_eq!(code, 0, "{told}{errors}");
    let robots = std::fs::read_to_string(folder.path().join("public/robots.txt")).expect("a file");
    assert_eq!(robots, "User-agent: *\nDisallow: /\n");
    assert!(folder.path().join("public/.well-known/security.txt").exists());
}

#[test]
fn the_contact_is_as_rfc_9116_wants_it() {
    let built = tiny::build(SITE);
    assert_eq!(built.files["humans.txt"], "Made by us.\n");
    assert_eq!(
        built.files[".well-known/security.txt"],
        "Contact: mailto:desk@example.org\nContact: https://example.org/report\nExpires: 2026-06-01T00:00:00Z\n\
         Preferred-Languages: en, uk\nCanonical: https://example.org/desk/.well-known/security.txt\n"
    );
    let wrong = tiny::build("//- site.yaml\nsecurity: {contact: [me, 'mailto:a@b.org'], policy: /policy/}\n");
    for message in [
        "`me` is not an address to report to",
        "`/policy/` is not an address to report to",
        "`security` says not until when it holds",
    ] {
        assert!(wrong.messages.contains(message), "{message} in {}", wrong.messages);
    }
    assert!(!wrong.files.contains_key(".well-known/security.txt"));
}

#[test]
fn plain_text_tells_what_the_site_holds() {
    let built = tiny::build(SITE);
    let text = &built.files["llms.txt"];
    assert!(text.starts_with("# The Desk\n\n> What we \\[know\\].\n"), "{text}");
    for part in [
        "## Latest briefings\n\n- [New & \\<now\\>](https://example.org/desk/briefings/new/index.md): 2025-12-30, What is new.",
        "- [Briefings](https://example.org/desk/briefings/): 3 briefings",
        "- [Countries](https://example.org/desk/countries/): 1 with pages of their own",
        "- [About](https://example.org/desk/about/): Who we are.",
        "## Optional\n\n- [Atom feed](https://example.org/desk/feed.xml): the newest briefings",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let plain = tiny::build(&SITE.replace("markdown_twins: true", "markdown_twins: false"));
    assert!(plain.files["llms.txt"].contains("](https://example.org/desk/briefings/new/): "));
    assert!(!plain.files.keys().any(|path| path.ends_with(".md")));
}

#[test]
fn twins_hold_what_the_page_holds() {
    let built = tiny::build(&SITE.replace("title: The Desk", "title: The Desk\nminify: false"));
    let twin = &built.files["briefings/new/index.md"];
    assert!(
        twin.starts_with(
            "# New & \\<now\\>\n\n30 December 2025 · updated 31 December 2025 · by [Ann Other](https://example.org/desk/authors/ann-other/)\n\n\
             <https://example.org/desk/briefings/new/>\n\n> What is new.\n\n**Bottom line:** Kyiv decides.\n\n## Part\n\n"
        ),
        "{twin}"
    );
    for part in [
        "Said \\[[1](https://example.org/desk/briefings/new/#source-1 \"A paper\")\\]; ",
        "see [the other](https://example.org/desk/briefings/old/)",
        "## Sources\n\n1. [A paper](https://example.com/).",
    ] {
        assert!(twin.contains(part), "{part} in {twin}");
    }
    assert!(!twin.contains("Hidden"), "{twin}");
    let country = &built.files["countries/ukraine/index.md"];
    assert!(country.starts_with("# Ukraine\n\nCountry · UA, UKR\n"), "{country}");
    assert!(
        country.contains("- 2025-12-30: [New & \\<now\\>](https://example.org/desk/briefings/new/index.md)\n"),
        "{country}"
    );
    let page = built.page("briefings/new");
    assert!(
        page.contains("<link rel=\"alternate\" type=\"text/markdown\" href=\"/desk/briefings/new/index.md\">"),
        "{page}"
    );
    assert!(page.contains("<link rel=\"describedby\" type=\"text/plain\" href=\"/desk/llms.txt\">"));
}

#[test]
fn icons_are_drawn_from_one_drawing() {
    let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 2 2\"><rect width=\"2\" height=\"2\" fill=\"red\"/></svg>";
    let built = tiny::build(&format!("{SITE}//- static/favicon.svg\n{drawing}\n"));
    assert_eq!(built.messages, "");
    let manifest: serde_json::Value = serde_json::from_str(&built.files["site.webmanifest"]).unwrap();
    assert_eq!(manifest["start_url"], "/desk/");
    assert_eq!(
        manifest["icons"][1],
        serde_json::json!({"src": "/desk/icon-192.png", "sizes": "192x192", "type": "image/png"})
    );
    let theirs = tiny::build(SITE);
    for icon in ["icon-192.png", "icon-512.png", "apple-touch-icon.png"] {
        assert!(built.files[icon].contains("PNG"), "{icon}");
        assert_ne!(built.files[icon], theirs.files[icon], "{icon}");
    }
    let broken = tiny::build(&format!("{SITE}//- static/favicon.svg\nno drawing\n"));
    assert!(broken.messages.contains("no icon can be made of this drawing"), "{}", broken.messages);
}

/// The graph in the head of a page.
fn graph(page: &str) -> Vec<serde_json::Value> {
    let text = page.split("application/ld+json\">").nth(1).expect("JSON-LD").split("</script>").next().expect("an end");
    let all: serde_json::Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(all["@context"], "https://schema.org");
    all["@graph"].as_array().expect("a graph").clone()
}

#[test]
fn pages_say_what_they_are() {
    let more = "minify: false\npolicies: {corrections: /about/, ethics: 'https://example.org/ethics'}\ntitle: The Desk";
    let article = "title: New & <now>\nseries: The grid\nexpires: 2026-02-01\ntopics: [Gas]\npeople: [Ann Lee]\n\
         corrections: [{date: 2025-12-31, text: It was *two*.}]";
    let site = SITE.replace("title: The Desk", more).replace("title: New & <now>", article);
    let person = "//- content/people/ann-lee.md\n---\nname: Ann Lee\ngiven_name: Ann\nfamily_name: Lee\nwikidata: Q42\n\
         roles: [{title: Minister, country: UA, start: 2020-01}, {title: Envoy, organization: NATO, start: 2010, end: 2012}, {title: Adviser, organization: EU, start: 2024}]\n---\nText.\n";
    let author = "//- content/authors/ann-other.md\n---\nname: Ann Other\nexpertise: [Gas, Grids]\n---\n";
    let built = tiny::build(&format!("{site}{person}{author}"));
    assert_eq!(built.messages, "");
    let page = built.page("briefings/new");
    let nodes = graph(page);
    let article = &nodes[0];
    assert_eq!(article["headline"], "New & <now>");
    // What is read out is on the page.
    let spoken = serde_json::json!({"@type": "SpeakableSpecification", "cssSelector": [".briefing h1", ".bluf"]});
    assert_eq!(article["speakable"], spoken);
    for part in ["<article class=\"briefing\">", "<h1>New", "<p class=\"bluf\">"] {
        assert!(page.contains(part), "{part}");
    }
    let brief = tiny::build(&site.replace("bottom_line: Kyiv decides.\n", ""));
    let spoken = &graph(brief.page("briefings/new"))[0]["speakable"]["cssSelector"];
    assert_eq!(*spoken, serde_json::json!([".briefing h1", ".standfirst"]));
    assert!(brief.page("briefings/new").contains("<p class=\"standfirst\">"));
    assert_eq!(article["citation"]["url"], "https://example.com/");
    assert_eq!(article["correction"]["text"], "Correction: It was two.");
    assert_eq!(article["isPartOf"]["url"], "https://example.org/desk/series/the-grid/");
    assert_eq!(article["about"][0]["@id"], "https://example.org/desk/people/ann-lee/#this");
    assert_eq!((&article["articleSection"], &article["expires"]), (&"Briefings".into(), &"2026-02-01".into()));
    assert_eq!(article["image"]["url"], "https://example.org/desk/briefings/p.svg");
    let steps = nodes[1]["itemListElement"].as_array().expect("steps");
    assert_eq!((steps.len(), &steps[1]["item"]), (2, &"https://example.org/desk/briefings/new/".into()));
    for tag in [
        "<meta property=\"og:type\" content=\"article\">",
        "<meta property=\"og:image\" content=\"https://example.org/desk/briefings/p.svg\">",
        "<meta property=\"article:author\" content=\"https://example.org/desk/authors/ann-other/\">",
        "<meta property=\"article:modified_time\" content=\"2025-12-31\">",
        "<meta property=\"article:tag\" content=\"Ukraine\">",
        "<meta name=\"twitter:card\" content=\"summary_large_image\">",
    ] {
        assert!(page.contains(tag), "{tag} in {page}");
    }
    let page = built.page("people/ann-lee");
    let person = &graph(page)[0]["mainEntity"];
    assert_eq!(
        (&person["familyName"], &person["jobTitle"]),
        (&"Lee".into(), &serde_json::json!(["Minister of Ukraine", "Adviser of EU"]))
    );
    assert_eq!(person["memberOf"][0]["memberOf"]["name"], "NATO");
    assert_eq!(
        (&person["affiliation"]["@type"], &person["affiliation"]["name"]),
        (&"Organization".into(), &"EU".into())
    );
    assert_eq!(person["hasOccupation"]["hasOccupation"]["occupationLocation"]["name"], "Ukraine");
    assert!(page.contains("<meta property=\"profile:last_name\" content=\"Lee\">"));
    assert_eq!(graph(built.page("countries/ukraine"))[0]["mainEntity"]["identifier"], serde_json::json!(["UA", "UKR"]));
    assert_eq!(graph(built.page("topics/gas"))[0]["mainEntity"]["inDefinedTermSet"]["name"], "Topics");
    assert_eq!(graph(built.page("briefings"))[0]["mainEntity"]["numberOfItems"], 3);
    assert_eq!(graph(built.page("briefings/old-uk"))[0]["translationOfWork"]["inLanguage"], "en");
    let author = &graph(built.page("authors/ann-other"))[0]["mainEntity"];
    assert_eq!(author["knowsAbout"], serde_json::json!(["Gas", "Grids"]));
    assert_eq!(author["worksFor"]["@id"], "https://example.org/desk/#publisher");
    assert!(built.page("authors/ann-other").contains("Writes on Gas, Grids."));
    let site = &graph(built.page(""))[0];
    assert_eq!(site["potentialAction"]["target"]["urlTemplate"], "https://example.org/desk/search/?q={q}");
    let publisher = &site["publisher"];
    assert_eq!(publisher["correctionsPolicy"], "https://example.org/desk/about/");
    assert_eq!(publisher["ethicsPolicy"], "https://example.org/ethics");
    let wrong = tiny::build(&SITE.replace("title: The Desk", "title: The Desk\npolicies: {ethics: /nowhere/}"));
    assert!(wrong.messages.contains("`/nowhere/` is no page of this site"), "{}", wrong.messages);
}

#[test]
fn browsers_are_told_how_to_search() {
    let site = SITE.replace("title: The Desk", "title: The Foreign & Other Affairs Desk\nminify: false");
    let built = tiny::build(&site);
    assert_eq!(built.messages, "");
    let told = &built.files["opensearch.xml"];
    for part in [
        "<ShortName>The Foreign &amp;</ShortName>\n<LongName>The Foreign &amp; Other Affairs Desk</LongName>\n<Description>What we [know].</Description>",
        "<Url type=\"text/html\" template=\"https://example.org/desk/search/?q={searchTerms}\"/>",
        "rel=\"self\" template=\"https://example.org/desk/opensearch.xml\"/>",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    // Browsers look for it where a site begins; ten thousand pages need not weigh more for it.
    let names = |path: &str| built.files[path].contains("href=\"/desk/opensearch.xml\"");
    assert!(names("index.html") && names("search/index.html") && !names("briefings/new/index.html"));
    let own = tiny::build(&format!("{site}//- static/opensearch.xml\nours\n"));
    assert_eq!((own.messages.as_str(), own.files["opensearch.xml"].as_str()), ("", "ours\n"));
    let without = tiny::build(&site.replace("minify: false", "minify: false\nsearch: false"));
    assert!(!without.files.contains_key("opensearch.xml"));
    assert!(
        !without.files["index.html"].contains("opensearch") && !without.files["index.html"].contains("SearchAction")
    );
}

#[test]
fn heads_name_the_text_that_translations_go_back_to() {
    let built = tiny::build(&SITE.replace("title: The Desk", "title: The Desk\nminify: false"));
    let original = "<link rel=\"alternate\" hreflang=\"x-default\" href=\"https://example.org/desk/briefings/old/\">";
    assert!(built.page("briefings/old").contains(original) && built.page("briefings/old-uk").contains(original));
    assert!(!built.page("briefings/new").contains("hreflang"));
}

#[test]
fn a_theme_without_a_search_page_is_told_two_ways_out() {
    let site = "//- site.yaml\ntheme: bare\n//- themes/bare/theme.yaml\nname: bare\n\
         //- themes/bare/templates/home.html\n<!doctype html><title>x</title>\n\
         //- themes/bare/templates/404.html\n<!doctype html><title>x</title>\n";
    let built = tiny::build(site);
    assert!(built.messages.contains("there is no template `search.html`"), "{}", built.messages);
    assert!(built.messages.contains("or write `search: false` in site.yaml"), "{}", built.messages);
    let without = tiny::build(&site.replace("theme: bare", "theme: bare\nsearch: false"));
    assert!(!without.messages.contains("search"), "{}", without.messages);
}
