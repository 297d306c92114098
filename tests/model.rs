//! What a site may hold and what comes of it: dates, bundles, sections, entities, roles, pages, Markdown, themes.

mod tiny;

use tiny::{Built, build, run};

/// Builds a site that must have nothing wrong.
fn sound(site: &str) -> Built {
    let built = build(site);
    assert_eq!(built.messages, "");
    built
}

/// Wants each of `parts` in `page`.
fn has(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "`{part}` is not in\n{page}");
    }
}

/// Wants `parts` in `page`, in this order.
fn in_order(page: &str, parts: &[&str]) {
    let mut rest = page;
    for part in parts {
        rest = rest.split_once(part).unwrap_or_else(|| panic!("`{part}` does not follow in\n{page}")).1;
    }
}

#[test]
fn dates_may_be_written_in_every_form() {
    for (written, shown) in [
        ("2025-12-10", "datetime=2025-12-10>10 December 2025<"),
        ("2025-12-10 14:30", "datetime=2025-12-10T14:30:00+02:00>10 December 2025, 14:30<"),
        ("2025-12-10T14:30:15", "datetime=2025-12-10T14:30:15+02:00>"),
        ("2025-12-10T14:30:00Z", "datetime=2025-12-10T16:30:00+02:00>10 December 2025, 16:30<"),
        ("2025-12-10T14:30:00.5-05:00", "datetime=2025-12-10T21:30:00+02:00>"),
        ("'2025-07-01 08:00'", "datetime=2025-07-01T08:00:00+03:00>"),
    ] {
        let built = sound(&format!(
            "//- site.yaml\ntime_zone: Europe/Kyiv\n//- content/briefings/a.md\n---\ntitle: A\ndate: {written}\n---\nText\n"
        ));
        has(built.page("briefings/a"), &[shown]);
    }
}

#[test]
fn file_names_and_first_lines_say_what_front_matter_leaves_out() {
    let built = sound(
        "\
//- content/briefings/2025-12-10-from-the-name.md
# A title *in* the text

No front matter.
//- content/briefings/2025-12-09.md
# A day alone
//- content/briefings/deep/2025_x.md
# Below a folder
//- content/briefings/习近平.md
# 习近平
",
    );
    has(
        built.page("briefings/from-the-name"),
        &["<h1>A title in the text</h1>", "datetime=2025-12-10>", "No front matter."],
    );
    has(built.page("briefings/2025-12-09"), &["datetime=2025-12-09>"]);
    has(built.page("briefings/deep/2025-x"), &["<h1>Below a folder</h1>"]);
    has(built.page("briefings/xi-jin-ping"), &["<h1>习近平</h1>"]);
    assert!(!built.page("briefings/from-the-name").contains("<h1>A title in the text</h1><h1>"));
}

#[test]
fn a_bundle_brings_its_files() {
    let built = sound(
        "\
//- content/briefings/2025-12-10-sums/index.md
---
title: Sums
image: {src: lead.svg, alt: The lead, caption: A caption, credit: Desk}
---
See [the table](data/table.csv).

![A curve](curve.svg \"What it shows\")
//- content/briefings/2025-12-10-sums/lead.svg
<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\"/>
//- content/briefings/2025-12-10-sums/curve.svg
<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"60\" height=\"30\"/>
//- content/briefings/2025-12-10-sums/data/table.csv
a,b
//- content/briefings/2025-12-10-sums/notes.txt
Nothing refers to this file.
",
    );
    has(
        built.page("briefings/sums"),
        &[
            "href=/desk/briefings/sums/data/table.csv",
            "<img src=/desk/briefings/sums/lead.svg alt=\"The lead\" width=40 height=20",
            "<figcaption>A caption <span class=credit>Desk</span></figcaption>",
            "<figure><img src=/desk/briefings/sums/curve.svg alt=\"A curve\" width=60 height=30",
            "<figcaption>What it shows</figcaption>",
        ],
    );
    assert!(built.files.contains_key("briefings/sums/data/table.csv"));
    assert!(!built.files.keys().any(|path| path.ends_with("notes.txt")));
}

#[test]
fn a_section_tells_its_title_order_and_defaults() {
    let built = sound(
        "\
//- content/_index.md
Words of the home page.
//- content/analysis/_index.md
---
title: Analyses
summary: What it means.
weight: -5
order: title
defaults: {type: analysis, authors: [Jo Doe], lang: fr, tlp: CLEAR}
---
Words of the section.
//- content/analysis/sub/_index.md
---
defaults: {type: opinion}
---
//- content/analysis/sub/z.md
# Beta
//- content/analysis/a.md
# Gamma
//- content/analysis/b.md
---
title: Alpha
type: brief
authors: [Kim]
lang: en
---
Text
//- content/briefings/x.md
# X
",
    );
    let section = built.page("analysis");
    has(section, &["<h1>Analyses</h1>", "What it means.", "Words of the section."]);
    in_order(section, &["Alpha", "Beta", "Gamma"]);
    has(built.page("analysis/a"), &[">Analyse<", ">Jo Doe<", "lang=fr"]);
    has(built.page("analysis/b"), &[">Brief<", ">Kim<"]);
    has(built.page("analysis/sub/z"), &[">Opinion<", ">Jo Doe<", "lang=fr"]);
    in_order(built.page(""), &[">Analyses<", ">Briefings<", "Words of the home page."]);
}

const PEOPLE: &str = "\
//- site.yaml
title: Desk
pagination: {articles: 2, entity: 2}
kinds:
  ship: {singular: Ship, plural: Ships, schema_type: Vehicle}
//- content/people/zed.md
---
name: Zed Zedson
native_name: Зед
honorific: Dr
aliases: [Z. Zedson]
weak_aliases: [The Zed]
wikidata: Q42
same_as: ['https://zed.example/']
born: 1949
countries: [UA]
roles:
  - {title: Mayor, organization: City, start: 2018, end: 2019-12}
  - {title: President, country: UA, start: 2020-01, source: 'https://zed.example/'}
---
A profile.
//- content/people.yaml
- {name: Ann Table, countries: [DE]}
//- content/ships.csv
name,summary
Eventin,A tanker
//- content/topics.json
[{\"name\": \"Grain\", \"parent\": \"Trade\"}, {\"name\": \"Trade\"}]
//- content/briefings/2019-01-01-before.md
---
title: Before
people: [zed]
---
Text
//- content/briefings/2020-06-01-after.md
---
title: After
people: [Zed Zedson, ann table]
countries: [UA, ukraine, Holland, \"United Kingdom\", GBR, Burma, \"Côte d'Ivoire\", COTE DIVOIRE, Türkiye, Turkey]
topics: [Grain, grain, GRAIN]
ships: eventin
---
Text
//- content/briefings/2021-06-01-later.md
---
title: Later
people: [ZED ZEDSON]
---
Text
";

#[test]
fn an_entity_has_its_page_whether_told_of_or_only_named() {
    let built = sound(PEOPLE);
    let zed = built.page("people/zed");
    has(zed, &["<h1>Zed Zedson</h1>", "Зед", "President of Ukraine", "A profile.", "1949", "Z. Zedson", "The Zed"]);
    has(
        zed,
        &["Mayor of City", "https://www.wikidata.org/wiki/Q42", "https://zed.example/", "/desk/countries/ukraine/"],
    );
    // Newest first, in pages, by year.
    in_order(zed, &["Later", "After"]);
    has(built.page("people/zed/page/2"), &["Before"]);
    has(zed, &["2021", "2020"]);
    has(built.page("ships/eventin"), &["A tanker", "/desk/briefings/after/"]);
    has(built.page("topics/grain"), &["/desk/topics/trade/"]);
    has(built.page("topics/trade"), &["/desk/topics/grain/"]);
    has(built.page("people/ann-table"), &["/desk/countries/germany/"]);
    let countries: Vec<&str> = built
        .files
        .keys()
        .filter_map(|path| path.strip_prefix("countries/")?.strip_suffix("/index.html"))
        .filter(|name| !name.contains(['/', '+']))
        .collect();
    assert_eq!(
        countries,
        ["cote-divoire", "germany", "myanmar", "netherlands", "turkiye", "ukraine", "united-kingdom"]
    );
    has(built.page("countries/ukraine"), &["Kyiv", "Eastern Europe", "UA, UKR", "Ukrainian", "/desk/flags/ua.svg"]);
}

#[test]
fn a_role_is_shown_as_held_on_the_articles_date() {
    let built = sound(PEOPLE);
    let (before, after) = (built.page("briefings/before"), built.page("briefings/after"));
    assert!(before.contains("Mayor of City") && !before.contains("President of Ukraine"), "{before}");
    assert!(after.contains("President of Ukraine") && !after.contains("Mayor of City"), "{after}");
}

#[test]
fn an_index_is_sorted_as_the_language_sorts() {
    let index = |language: &str, names: &str| {
        let built = sound(&format!(
            "//- site.yaml\nlanguage: {language}\nlints: {{missing-words: off}}\n//- content/briefings/a.md\n---\ntitle: A\npeople: [{names}]\n---\nText\n"
        ));
        let page = built.page("people").to_string();
        let letters = page.split("<h2 id=").skip(1).filter_map(|part| part.split('>').nth(1)?.split('<').next());
        let letters: Vec<&str> = letters.collect();
        let index = page.split_once("<h2 id=").expect("an index").1;
        let mut names: Vec<(usize, &str)> =
            names.split(", ").filter_map(|name| Some((index.find(name)?, name))).collect();
        names.sort_unstable();
        (letters.join(" "), names.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(", "))
    };
    let names =
        "Zoe Z, Øyvind D, Łukasz N, Ängel B, Æthel R, Ozan T, Lviv P, Lukas M, Anna O, Олена П, Юрій Л, 7 of Nine";
    assert_eq!(
        index("en", names),
        (
            "# A L O Z О Ю".to_string(),
            "7 of Nine, Æthel R, Ängel B, Anna O, Lukas M, Łukasz N, Lviv P, Øyvind D, Ozan T, Zoe Z, Олена П, Юрій Л"
                .to_string()
        )
    );
    let (letters, order) = index("da", names);
    assert_eq!(letters, "# A L O Z Ä Æ Ø О Ю");
    assert!(order.contains("Zoe Z, Ängel B, Æthel R, Øyvind D, Олена П"), "{order}");
}

#[test]
fn two_spellings_that_fold_to_one_are_one() {
    let built = sound(
        "\
//- content/briefings/a.md
---
title: A
people: [Recep Tayyip Erdoğan, Jean-Luc O’Neil]
---
//- content/briefings/b.md
---
title: B
people: [recep tayyip erdogan, \"Jean Luc O'Neil\"]
---
",
    );
    for person in ["people/recep-tayyip-erdogan", "people/jean-luc-oneil"] {
        has(built.page(person), &["/desk/briefings/a/", "/desk/briefings/b/"]);
    }
}

#[test]
fn translations_know_each_other_and_count_once() {
    let built = sound(
        "\
//- content/briefings/2025-12-10-a.md
---
title: A warning
countries: [UA]
---
Text
//- content/briefings/2025-12-10-a-uk.md
---
title: Попередження
lang: uk
translation_of: a
countries: [UA]
---
Текст
//- content/briefings/2025-12-10-a-ar.md
---
title: تحذير
slug: a-ar
lang: ar
translation_of: a
countries: [UA]
---
نص
",
    );
    let (english, arabic) = (built.page("briefings/a"), built.page("briefings/a-ar"));
    has(english, &["hreflang=uk href=https://example.org/desk/briefings/a-uk/", ">Українська<", ">العربية<"]);
    has(built.page("briefings/a-uk"), &["hreflang=en", ">English<", "lang=uk"]);
    has(arabic, &["lang=ar dir=rtl", "<h1>تحذير</h1>"]);
    let ukraine = built.page("countries/ukraine");
    assert!(ukraine.contains("A warning") && !ukraine.contains("Попередження"), "{ukraine}");
}

#[test]
fn the_next_briefing_is_in_the_same_language() {
    let article = |day: u8, lang: &str| {
        format!("//- content/briefings/2025-12-{day:02}-b{day}.md\n---\ntitle: B{day}\nlang: {lang}\n---\nText\n")
    };
    let languages = ["en", "uk", "en", "en", "zh", "uk"];
    let built = sound(&(1..).zip(languages).map(|(day, lang)| article(day, lang)).collect::<String>());
    let neighbours = |day: u8| {
        let page = built.page(&format!("briefings/b{day}"));
        ["next", "prev"].map(|rel| {
            let link = page.split_once(&format!("rel={rel} href=/desk/briefings/b"));
            link.and_then(|(_, rest)| rest.split('/').next()).unwrap_or("none").to_string()
        })
    };
    assert_eq!(neighbours(1), ["3", "none"]);
    assert_eq!(neighbours(2), ["6", "none"]);
    assert_eq!(neighbours(3), ["4", "1"]);
    assert_eq!(neighbours(5), ["none", "none"]);
    assert_eq!(neighbours(6), ["none", "2"]);
}

#[test]
fn a_site_may_run_from_right_to_left() {
    let built = sound("//- site.yaml\nlanguage: ar\n//- content/briefings/a.md\n---\ntitle: تحذير\nslug: a\n---\nنص\n");
    for page in ["", "briefings", "briefings/a"] {
        has(built.page(page), &["<html lang=ar dir=rtl>"]);
    }
    has(&built.files["404.html"], &["<html lang=ar dir=rtl>"]);
}

#[test]
fn old_addresses_lead_on_and_withdrawn_ones_say_so() {
    let built = sound(
        "\
//- content/briefings/a.md
---
title: A
redirect_from: [/old/address, /2020/a.html, \"/mit leerzeichen/\"]
---
Text
//- content/briefings/gone.md
---
title: Gone
pub_status: canceled
redirect_from: /gone-too/
---
Never shown
//- content/topics/grain.md
---
name: Grain
redirect_from: [/corn/]
---
",
    );
    for old in ["old/address", "mit leerzeichen"] {
        has(built.page(old), &["url=/desk/briefings/a/", "noindex"]);
    }
    has(&built.files["2020/a.html"], &["/desk/briefings/a/"]);
    has(built.page("corn"), &["/desk/topics/grain/"]);
    has(built.page("gone-too"), &["/desk/briefings/gone/"]);
    let gone = built.page("briefings/gone");
    assert!(gone.contains("withdrawn") && !gone.contains("Never shown") && !gone.contains(">Gone<"), "{gone}");
    has(&built.files["404.html"], &["href=/desk/briefings/", "href=/desk/"]);
}

#[test]
fn no_page_is_a_dead_end() {
    let built = sound(
        "\
//- site.yaml
pagination: {articles: 2}
menus: {main: [{label: About us, url: about.md}, {label: Table, url: data.csv}, {label: Feed, url: /feed.xml}], footer: [{label: Elsewhere, url: 'https://x.example/'}]}
//- content/about.md
---
title: About
---
Text
//- content/data.csv
a,b
//- content/briefings/2025-01-01-one.md
---
title: One
series: Deals
authors: [Ann]
---
Text
//- content/briefings/2025-01-02-two.md
---
title: Two
series: Deals
follows: [one]
authors: [Ann]
---
Text
//- content/briefings/2024-01-03-three.md
---
title: Three
series: Deals
---
Text
",
    );
    let two = built.page("briefings/two");
    has(
        two,
        &["/desk/series/deals/", "/desk/authors/ann/", "/desk/briefings/one/", "rel=prev href=/desk/briefings/one/"],
    );
    has(built.page("briefings/one"), &["rel=next href=/desk/briefings/two/", "After this"]);
    in_order(built.page("series/deals"), &["Three", "One", "Two"]);
    has(built.page("authors/ann"), &["One", "Two"]);
    has(built.page("archive"), &["/desk/archive/2024/"]);
    has(built.page("archive/2024"), &["Three"]);
    has(built.page("briefings/page/2"), &["Three"]);
    has(built.page(""), &["<a href=/desk/about/>About us</a>", "href=/desk/data.csv", "href=/desk/feed.xml>Feed</a>"]);
    assert_eq!(built.files["data.csv"], "a,b\n");
}

#[test]
fn markdown_has_all_that_is_offered() {
    let built = build(
        "\
//- site.yaml
markdown: {superscript_subscript: true}
//- content/briefings/a.md
---
title: A
---
The *first* paragraph.

<!-- more -->

## Part

## Part

### Deeper {#own .class}

| a | b |
|---|--:|
| 1 | 2 |

~~gone~~ H~2~O x^2^ \"quoted\" -- and... [^n] $x^2$ <b>raw</b> [out](https://x.example/) [[a]]

- [x] done
- [ ] open

> [!WARNING]
> Careful

Term
: Its definition

```rust
fn main() {}
```

$$\\sum_i x_i$$

[^n]: A note.
",
    );
    let page = built.page("briefings/a");
    has(
        page,
        &[
            "<h2 id=part>",
            "<h2 id=part-2>",
            "<h3 id=own class=class>",
            "href=#own",
            "<td class=right>2</td>",
            "<del>gone</del>",
            "H<sub>2</sub>O x<sup>2</sup>",
            "“quoted”",
            "–",
            "…",
            "<math",
            "&lt;b>raw&lt;/b>",
            "class=external",
            "checked",
            "Careful",
            "<dt>Term</dt>",
            "<dd>Its definition</dd>",
            "hl-",
            "A note.",
            "1 min",
        ],
    );
    assert!(!page.contains("<script src") && built.messages.contains("raw-html"), "{}", built.messages);
    // A summary is what stands before the mark.
    in_order(built.page("briefings"), &[">A</a>", "The first paragraph."]);
    let raw = build("//- site.yaml\nraw_html: true\n//- content/briefings/a.md\n# A\n\n<b>raw</b>\n");
    has(raw.page("briefings/a"), &["<b>raw</b>"]);
    let off = build(
        "//- site.yaml\nmarkdown: {tables: false, strikethrough: false, math: false, smart_punctuation: false}\n//- content/briefings/a.md\n# A\n\n~~x~~ $y$ \"z\"\n\n| a |\n|---|\n| 1 |\n",
    );
    has(off.page("briefings/a"), &["~~x~~ $y$ \"z\"", "| a |"]);
}

#[test]
fn titles_and_marks_are_set_as_the_text_is() {
    let site = |lang: &str, smart: bool| {
        format!(
            "//- site.yaml\nlanguage: {lang}\nmarkdown: {{smart_punctuation: {smart}}}\n//- content/briefings/a.md\n---\ntitle: 'The \"desk\" isn''t open'\nsummary: 'Editors'' choice'\nslug: a\nsources: [{{id: s1, title: T}}]\n---\nSaid [@s1]. Said\n[@s1]; said.[@s1] *Said* [@s1]\n"
        )
    };
    let built = sound(&site("en", true));
    has(built.page("briefings/a"), &["<h1>The “desk” isn’t open</h1>", "Editors’ choice"]);
    has(built.page("briefings"), &[">The “desk” isn’t open</a>"]);
    has(&built.files["feed.xml"], &["The “desk” isn’t open"]);
    // A citation stands right behind what it proves.
    has(built.page("briefings/a"), &["Said<sup class=cite>", "; said.<sup", "<em>Said</em><sup"]);
    for (lang, smart) in [("fr", true), ("en", false)] {
        has(sound(&site(lang, smart)).page("briefings/a"), &["isn't open</h1>"]);
    }
}

#[test]
fn shortcodes_ask_no_other_host() {
    let built = sound(
        "\
//- templates/shortcodes/hello.html
{% component hello(name: string, times: number = 1) %}<p class=\"hello\">Hello {{ name }} {{ times }}</p>{% endcomponent hello %}
//- content/briefings/a.md
# A

::hello{name=\"<Kyiv>\" times=3}

:::quote{by=\"Somebody\" role=\"Somewhere\"}
Said.
:::

:::timeline{title=\"How\"}
- 2022-02-24: An event
- 2025-09: Another
:::

:::aside{title=\"Background\"}
Words.
:::

::map{lat=50.45 lon=30.52 label=\"Kyiv\"}
::youtube{id=\"abc\" title=\"A speech\"}
::figure{src=\"c.svg\" alt=\"A\" caption=\"C\" credit=\"D\"}
//- content/briefings/c.svg
<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\"/>
",
    );
    let page = built.page("briefings/a");
    has(
        page,
        &[
            "Hello &lt;Kyiv> 3",
            "Somebody</span><span class=as>, Somewhere",
            "datetime=2022-02-24>24 February 2022<",
            "datetime=2025-09>September 2025<",
            "Background",
            "50.45",
            "href=\"https://www.youtube.com/watch?v=abc\"",
            "width=40 height=20",
        ],
    );
    for loaded in [" src=http", "<iframe", "<script src", "url(http", "@import"] {
        assert!(!page.contains(loaded), "{loaded} in {page}");
    }
}

#[test]
fn templates_are_looked_up_site_first_then_theme_parent_and_our_own() {
    let built = sound(
        "\
//- site.yaml
title: Desk
theme: child
extra: {motto: Calm}
//- templates/section.html
SITE {{ page.title }} {{ site.extra.motto }}
//- themes/child/theme.yaml
name: Child
crossbrief: '>=0.1'
parent: middle
//- themes/child/templates/section.html
CHILD SECTION
//- themes/child/templates/page.html
{% extends \"@middle/page.html\" %}{% block main %}CHILD {{ super() }}{% endblock %}
//- themes/child/assets/style.css
body { color: red }
//- themes/middle/theme.yaml
name: Middle
parent: default
//- themes/middle/templates/page.html
{% extends \"base.html\" %}{% block main %}MIDDLE {{ page.title }} {{ url(path=\"/people/#x\") }} {{ asset(path=\"style.css\") }} {{ data.ports[0].name }} {{ data.sub.conf.a }} {{ data.j.k }} {{ data.t.x }}{% endblock %}
//- themes/middle/templates/author.html
MIDDLE AUTHOR
//- themes/middle/static/robots.txt
from the theme
//- data/ports.csv
name,lat
Odesa,46
//- data/sub/conf.yaml
a: one
//- data/j.json
{\"k\": \"two\"}
//- data/t.toml
x = 5
//- content/about.md
About us
//- content/briefings/a.md
---
title: A
authors: [Ann]
---
Text
",
    );
    assert_eq!(built.page("briefings").trim(), "SITE Briefings Calm");
    let about = built.page("about");
    has(about, &["CHILD MIDDLE About /desk/people/#x /desk/assets/style.", " Odesa one two 5"]);
    assert_eq!(built.page("authors/ann").trim(), "MIDDLE AUTHOR");
    has(built.page("briefings/a"), &["<h1>A</h1>"]);
    let style = built.files.iter().find(|(path, _)| path.starts_with("assets/style.")).expect("a style sheet");
    assert!(style.1.contains("red") && built.files["robots.txt"].contains("from the theme"));
}

#[test]
fn every_field_that_templates_see_is_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (told, _, code) = run(folder.path(), &["templates"]);
    assert_eq!(code, 0);
    let mut fields = 0;
    let lines: Vec<&str> = told.lines().collect();
    for pair in lines.windows(2) {
        let is_field = pair[0].starts_with("  ") && !pair[0].starts_with("   ") && pair[0].contains(": ");
        if is_field && pair[1].starts_with("      ") {
            assert!(!pair[1].trim().is_empty() && !pair[0].ends_with(": any "), "{}", pair[0]);
            fields += 1;
        }
    }
    assert!(fields > 150, "only {fields} fields");
    // Every template of the default theme that makes a page is named, with what it gets.
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/themes/default/templates")).expect("templates")
    {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let is_page = name.ends_with(".html") && name != "base.html";
        assert!(!is_page || told.contains(&format!("  {name} ")) || told.contains(&format!("  {name}\n")), "{name}");
    }
}
