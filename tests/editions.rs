//! Tiny sites in several editions: which pages there are, where they lead, and what nobody is told of.

mod tiny;

use std::collections::{BTreeMap, BTreeSet};

/// An English site with a Ukrainian and an Arabic edition.
const DESK: &str = "\
//- site.yaml
title: The Desk
minify: false
languages:
  - en
  - tag: uk
    title: Бюро
    description: Про світ.
    menus: {footer: [{label: Про нас, url: about.md}]}
  - ar
menus: {footer: [{label: About, url: about.md}]}
//- content/about.md
---
title: About us
---
We write.
//- content/about.uk.md
---
title: Про нас
---
Ми пишемо.
//- content/briefings/_index.md
---
title: Briefings
summary: All that we know.
---
//- content/briefings/2025-12-10-warning.md
---
title: A warning
summary: It was given.
people: [Ada Lund]
countries: [Poland, Ukraine]
---
Ada Lund warned. See [the next](2025-12-11-talks.md).
//- content/briefings/2025-12-11-talks.md
---
title: Talks
summary: They were held.
countries: [France]
---
Said in [Ukrainian](2025-12-10-warning.uk.md) and [on people](/uk/people/).
//- content/uk/briefings/2025-12-10-warning.md
---
title: Попередження
summary: Його дано.
people: [Ада Лунд]
countries: [Україна]
---
Ада Лунд попередила. Див. [далі](../../briefings/2025-12-11-talks.md), [хто це](../people/ada-lund.md) і [Зошит](/about/).
//- content/people/ada-lund.md
---
name: Ada Lund
names: {uk: Ада Лунд}
summary: Who warns.
roles: [{title: Envoy, country: Poland, start: 2020-01-01}]
---
She warns of things.
//- content/people/bo-reyes.md
---
name: Bo Reyes
---
He talks.
//- content/people/bo-reyes.uk.md
---
name: Бо Реєс
slug: bo-reies
summary: Хто говорить.
---
Він говорить. Його знає Ада Лунд.
";

fn build(more: &str) -> tiny::Built {
    tiny::build(&format!("{DESK}{more}"))
}

/// The pages that a page says are itself in other languages.
fn hreflang(page: &str) -> BTreeMap<String, String> {
    let links = page.split("<link rel=\"alternate\" hreflang=\"").skip(1);
    let link = |rest: &str| {
        let (tag, rest) = rest.split_once("\" href=\"https://example.org/desk")?;
        Some((tag.to_string(), rest.split_once('"')?.0.to_string()))
    };
    links.filter_map(link).collect()
}

fn links<'a>(list: &[(&'a str, &'a str)]) -> BTreeMap<String, String> {
    list.iter().map(|(tag, url)| (tag.to_string(), url.to_string())).collect()
}

/// The text of a page between two marks.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    page.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map_or("", |(found, _)| found)
}

#[test]
fn each_edition_has_pages_of_its_own() {
    let built = build("");
    assert_eq!(built.messages, "");
    let page = built.page("uk/briefings/warning");
    for said in [
        "<html lang=\"uk\" dir=\"ltr\">",
        "<title>Попередження – Бюро</title>",
        "<a href=\"/desk/uk/\">Бюро</a>",
        "<a href=\"/desk/uk/people/\">Люди</a>",
        // Named in the text by its name in this language.
        "<a class=\"entity entity-person\" href=\"/desk/uk/people/ada-lund/\">Ада Лунд</a> попередила",
        // Not translated: to where it lives.
        "<a href=\"/desk/briefings/talks/\">далі</a>",
        "<a class=\"entity entity-person\" href=\"/desk/uk/people/ada-lund/\">хто це</a>",
        "<a href=\"/desk/uk/about/\">Зошит</a>",
        "<a href=\"/desk/uk/about/\">Про нас</a>",
        "<a href=\"/desk/uk/feed.xml\">",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    let talks = built.page("briefings/talks");
    assert!(talks.contains("<a href=\"/desk/uk/briefings/warning/\">Ukrainian</a>"), "{talks}");
    assert!(talks.contains("<a href=\"/desk/uk/people/\">on people</a>"), "{talks}");
    assert!(!built.files.contains_key("uk/briefings/talks/index.html"));
    assert!(!built.files.contains_key("uk/briefings/2025-12-10-warning.uk/index.html"));
    // Lists hold the edition's own, and go by its words.
    let list = built.page("uk/briefings");
    assert!(list.contains("Попередження") && !list.contains("Talks"), "{list}");
    assert!(list.contains("<h1>Огляди</h1>"), "{list}");
    assert!(!list.contains("All that we know"), "{list}");
    assert!(built.page("uk/people").contains("Ада Лунд"));
    assert!(built.page("uk/countries").contains("Україна"));
    assert!(built.page("ar").contains("dir=\"rtl\""));
    // The main edition is as it was.
    let home = built.page("");
    assert!(home.contains("A warning") && home.contains("Talks") && !home.contains("Попередження"), "{home}");
    assert!(built.page("uk").contains("<title>Бюро</title>"));
    assert!(built.page("uk").contains("content=\"Про світ.\""));
    assert!(built.page("ar").contains(">About</a>"), "its menu is that of the main edition");
}

#[test]
fn pages_and_their_versions_tell_of_each_other() {
    let built = build("");
    let en = [("en", "/briefings/warning/"), ("uk", "/uk/briefings/warning/"), ("x-default", "/briefings/warning/")];
    assert_eq!(hreflang(built.page("briefings/warning")), links(&en));
    assert_eq!(hreflang(built.page("uk/briefings/warning")), links(&en));
    assert_eq!(hreflang(built.page("briefings/talks")), links(&[]));
    // An address of its own in one language.
    let bo = [("en", "/people/bo-reyes/"), ("uk", "/uk/people/bo-reies/"), ("x-default", "/people/bo-reyes/")];
    for page in ["people/bo-reyes", "uk/people/bo-reies"] {
        assert_eq!(hreflang(built.page(page)), links(&bo), "{page}");
    }
    let about = [("en", "/about/"), ("uk", "/uk/about/"), ("x-default", "/about/")];
    assert_eq!(hreflang(built.page("uk/about")), links(&about));
    let home = [("en", "/"), ("uk", "/uk/"), ("ar", "/ar/"), ("x-default", "/")];
    assert_eq!(hreflang(built.page("ar")), links(&home));
    // Every link is answered, and leads to a page.
    let mut all: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (path, page) in built.files.iter().filter(|(path, _)| path.ends_with("index.html")) {
        all.insert(format!("/{}", path.trim_end_matches("index.html")), hreflang(page));
    }
    assert!(all.values().filter(|links| !links.is_empty()).count() > 15);
    for (url, links) in all.iter().filter(|(_, links)| !links.is_empty()) {
        assert!(links.values().any(|own| own == url), "{url} names itself: {links:?}");
        for other in links.values() {
            assert_eq!(all.get(other), Some(links), "{other} of {url}");
        }
    }
}

#[test]
fn the_switch_leads_to_the_same_page_or_home() {
    let built = build("");
    let switch = |page: &str| {
        let nav = between(built.page(page), "<nav class=\"editions\" aria-label=\"", "</nav>").to_string();
        let links = nav.split("<li>").skip(1).map(|one| between(one, "href=\"", "\"").to_string());
        (nav.split('"').next().unwrap_or_default().to_string(), links.collect::<Vec<_>>(), nav.clone())
    };
    let (label, links, nav) = switch("uk/briefings/warning");
    assert_eq!(label, "Мови");
    assert_eq!(links, ["/desk/briefings/warning/", "/desk/uk/briefings/warning/", "/desk/ar/"]);
    assert!(nav.contains("hreflang=\"ar\" lang=\"ar\" dir=\"rtl\">العربية</a>"), "{nav}");
    assert!(nav.contains("aria-current=\"true\"><b>Українська</b></a>"), "{nav}");
    let (_, links, _) = switch("briefings/talks");
    assert_eq!(links, ["/desk/briefings/talks/", "/desk/uk/", "/desk/ar/"]);
    let (_, links, _) = switch("uk/people/bo-reies");
    assert_eq!(links, ["/desk/people/bo-reyes/", "/desk/uk/people/bo-reies/", "/desk/ar/"]);
}

#[test]
fn entities_are_called_as_the_language_calls_them() {
    let built = build("");
    let ada = built.page("uk/people/ada-lund");
    assert!(ada.contains("<h1>Ада Лунд</h1>"), "{ada}");
    assert!(ada.contains("Попередження"), "its timeline has the briefing: {ada}");
    // What is said in another language is left out.
    for words in ["Who warns", "She warns", "Envoy"] {
        assert!(!ada.contains(words), "{words} in {ada}");
    }
    let bo = built.page("uk/people/bo-reies");
    assert!(bo.contains("<h1>Бо Реєс</h1>") && bo.contains("Хто говорить.") && bo.contains("Він говорить."), "{bo}");
    assert!(bo.contains("href=\"/desk/uk/people/ada-lund/\">Ада Лунд</a>"), "names in its text are found: {bo}");
    assert!(bo.contains("Bo Reyes"), "the other name is one of its names: {bo}");
    // The front matter of the main edition may use any name, too.
    let built =
        build("//- content/briefings/2025-12-12-c.md\n---\ntitle: C\nsummary: S.\npeople: [Ада Лунд]\n---\nX.\n");
    assert!(built.page("people/ada-lund").contains(">C</a>"));
}

#[test]
fn what_is_not_translated_is_shown_where_the_edition_asks_for_it() {
    let site = DESK.replace("  - ar\n", "  - {tag: ar, fallback: show}\n");
    let built = tiny::build(&site);
    let home = built.page("ar");
    assert!(home.contains("lang=\"en\" dir=\"ltr\""), "{home}");
    assert!(home.contains("<a href=\"/desk/briefings/talks/\">Talks</a>"), "{home}");
    assert!(built.files.keys().all(|path| !path.starts_with("ar/briefings/talks")), "it has no page of its own");
    let list = built.page("ar/briefings");
    assert!(list.contains("href=\"/desk/briefings/warning/\""), "{list}");
    let ada = built.page("ar/people/ada-lund");
    assert!(ada.contains("<p class=\"standfirst\" lang=\"en\">Who warns.</p>") && ada.contains("Envoy"), "{ada}");
    assert!(ada.contains("lang=\"en\" dir=\"auto\"><p>She warns of things.</p>"), "{ada}");
    assert!(ada.contains("href=\"/desk/briefings/warning/\""), "{ada}");
    assert!(built.files["ar/feed.xml"].contains("<id>https://example.org/desk/briefings/talks/</id>"));
    assert!(!built.files["ar/sitemap-1.xml"].contains("/desk/briefings/talks/"), "it is told of by the main sitemap");
    // A version takes its place.
    let version = "//- content/briefings/2025-12-11-talks.ar.md\n---\ntitle: محادثات\nsummary: س.\n---\nنص.\n";
    let built = tiny::build(&format!("{site}{version}"));
    let home = built.page("ar");
    assert!(home.contains("<a href=\"/desk/ar/briefings/talks/\">محادثات</a>"), "{home}");
    assert!(!home.contains("Talks"), "{home}");
}

#[test]
fn a_version_that_is_withheld_leaves_no_trace() {
    let version = |more: &str| {
        format!(
            "//- content/briefings/2025-12-11-talks.uk.md\n---\ntitle: Таємне\nsummary: С.\npeople: [Ім’я Тайне]\n{more}---\nТайна.\n"
        )
    };
    for settings in ["", "    fallback: show\n"] {
        let site = DESK.replace("    title: Бюро\n", &format!("    title: Бюро\n{settings}"));
        let without = tiny::build(&site);
        let shown = tiny::build(&format!("{site}{}", version("")));
        assert!(shown.files.contains_key("uk/briefings/talks/index.html"));
        assert!(shown.page("briefings/talks").contains("/desk/uk/briefings/talks/"));
        for more in ["draft: true\n", "tlp: AMBER\n", "embargoed_until: 2026-02-01\n", "pub_status: withheld\n"] {
            let with = tiny::build(&format!("{site}{}", version(more)));
            let names = |built: &tiny::Built| built.files.keys().cloned().collect::<BTreeSet<_>>();
            assert_eq!(names(&with), names(&without), "{more}");
            for (path, text) in &with.files {
                assert_eq!(text, &without.files[path], "{path} with {more}");
            }
        }
    }
    // The main text is withheld, its version is not: each file decides for itself.
    let built = build(
        "//- content/briefings/2025-12-12-secret.md\n---\ntitle: Secret\nsummary: S.\ndraft: true\n---\nX.\n\
         //- content/briefings/2025-12-12-secret.uk.md\n---\ntitle: Відоме\nsummary: С.\n---\nX.\n",
    );
    let page = built.page("uk/briefings/secret");
    assert_eq!(hreflang(page), links(&[]));
    assert!(!built.files.values().any(|text| text.contains("Secret")));
    // A version that is marked higher is not told of on the page of the main text.
    let folder = tempfile::tempdir().unwrap();
    tiny::write(folder.path(), &format!("{DESK}{}", version("tlp: AMBER\n")));
    let loaded =
        crossbrief::build::load(&tiny::request(folder.path(), crossbrief::content::vocabulary::Tlp::Amber)).unwrap();
    let sink = crossbrief::build::sink::MemorySink::new();
    crossbrief::build::render(&loaded, &sink, &|| ()).unwrap();
    let files = sink.into_files();
    let page = |path: &str| {
        let found = files.iter().find(|(one, _)| one.as_str() == path);
        found.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
    };
    assert!(page("uk/briefings/talks/index.html").contains("Таємне"));
    assert!(
        !page("briefings/talks/index.html").contains("uk/briefings/talks"),
        "{}",
        page("briefings/talks/index.html")
    );
}

#[test]
fn machines_are_told_of_versions() {
    let built = build("");
    let sitemap = &built.files["uk/sitemap-1.xml"];
    let entry = between(sitemap, "<loc>https://example.org/desk/uk/briefings/warning/</loc>", "</url>");
    for link in [
        "hreflang=\"en\" href=\"https://example.org/desk/briefings/warning/\"",
        "hreflang=\"uk\" href=\"https://example.org/desk/uk/briefings/warning/\"",
        "hreflang=\"x-default\" href=\"https://example.org/desk/briefings/warning/\"",
    ] {
        assert!(entry.contains(link), "{entry}");
    }
    assert!(built.files["sitemap.xml"].contains("<loc>https://example.org/desk/sitemap-1.xml</loc>"));
    assert!(built.files["robots.txt"].contains("Sitemap: https://example.org/desk/uk/sitemap.xml\n"));
    let feed = &built.files["uk/feed.xml"];
    assert!(feed.contains("Попередження") && !feed.contains("Talks"), "{feed}");
    assert!(feed.contains("xml:lang=\"uk\""), "{feed}");
    assert!(feed.contains("href=\"/desk/feed.css\""), "{feed}");
    assert!(!built.files.contains_key("uk/feed.css"));
    assert!(built.files["uk/people/ada-lund/feed.xml"].contains("Попередження"));
    let json = |page: &str| between(built.page(page), "<script type=\"application/ld+json\">", "</script>").to_string();
    let (en, uk) = (json("briefings/warning"), json("uk/briefings/warning"));
    let work = |url: &str, lang: &str, title: &str| {
        let url = format!("https://example.org/desk{url}");
        format!(
            "{{\"@type\":\"NewsArticle\",\"@id\":\"{url}\",\"url\":\"{url}\",\"inLanguage\":\"{lang}\",\"headline\":\"{title}\"}}"
        )
    };
    let said = format!("\"workTranslation\":{}", work("/uk/briefings/warning/", "uk", "Попередження"));
    assert!(en.contains(&said), "{en}");
    let said = format!("\"translationOfWork\":{}", work("/briefings/warning/", "en", "A warning"));
    assert!(uk.contains(&said), "{uk}");
    assert!(uk.contains("\"@id\":\"https://example.org/desk/#publisher\""), "one publisher: {uk}");
    assert!(uk.contains("\"inLanguage\":\"uk\""));
    // Searching finds what is in the edition.
    let start = &built.files["uk/search/index.json"];
    assert!(start.contains("\"articles\":1"), "{start}");
    assert!(start.contains("Ада Лунд"), "{start}");
    assert!(built.page("uk/search").contains("data-site=\"/desk/uk/\""));
    assert!(built.files["uk/llms.txt"].contains("https://example.org/desk/uk/briefings/warning/"));
}

#[test]
fn a_version_may_have_another_name() {
    let built = build(
        "//- content/uk/briefings/2025-12-11-перемовини.md\n---\ntitle: Перемовини\nsummary: С.\nslug: peremovyny\n\
         translation_of: 2025-12-11-talks.md\nredirect_from: [/old/talks-uk/]\n---\nX.\n",
    );
    let both = [("en", "/briefings/talks/"), ("uk", "/uk/briefings/peremovyny/"), ("x-default", "/briefings/talks/")];
    assert_eq!(hreflang(built.page("briefings/talks")), links(&both));
    assert_eq!(hreflang(built.page("uk/briefings/peremovyny")), links(&both));
    assert!(built.page("old/talks-uk").contains("/desk/uk/briefings/peremovyny/"));
    assert!(built.page("uk/briefings/warning").contains("<a href=\"/desk/uk/briefings/peremovyny/\">далі</a>"));
}

#[test]
fn mistakes_are_told_where_they_are() {
    let built =
        build("//- content/briefings/2025-12-11-talks.uk.md\n---\ntitle: A\nsummary: S.\n---\n[x](nothing.md)\n");
    assert!(built.messages.contains("content/briefings/2025-12-11-talks.uk.md:5:1"), "{}", built.messages);
    assert!(built.messages.contains("there is nothing called `nothing.md`"), "{}", built.messages);
    // What is wrong with a text of the main edition is told once.
    let site =
        DESK.replace("  - ar\n", "  - {tag: ar, fallback: show}\n").replace("She warns", "[She](nothing.md) warns");
    let built = tiny::build(&site);
    assert_eq!(built.messages.matches("nothing.md").count(), 2, "{}", built.messages);
    // Two texts for one place.
    let built = build("//- content/briefings/2025-12-10-warning.uk.md\n---\ntitle: A\nsummary: S.\n---\nX.\n");
    assert!(
        built.messages.contains("two pages would be written to `uk/briefings/warning/index.html`"),
        "{}",
        built.messages
    );
    let built = build("//- content/uk/people/bo-reyes.md\n---\nname: Б\n---\nX.\n");
    assert!(built.messages.contains("the person `bo-reyes` is told of twice"), "{}", built.messages);
    // A page of the main edition where another edition begins.
    let built = build("//- content/uk.md\n---\ntitle: On Ukrainian\n---\nX.\n");
    assert!(built.messages.contains("two pages would be written to `uk/index.html`"), "{}", built.messages);
    // A menu of an edition that leads nowhere.
    let built = tiny::build(&DESK.replace("{label: Про нас, url: about.md}", "{label: Про нас, url: abuot.md}"));
    assert!(built.messages.contains("site.yaml:8:"), "{}", built.messages);
    assert!(built.messages.contains("there is nothing called `abuot.md`"), "{}", built.messages);
    // A text in the language of another edition.
    let built = build("//- content/briefings/2025-12-14-f.md\n---\ntitle: F\nsummary: S.\nlang: uk\n---\nX.\n");
    assert!(built.messages.contains("warning[other-edition]: this text is in `uk`"), "{}", built.messages);
    assert!(built.messages.contains("content/briefings/2025-12-14-f.md:4:7"), "{}", built.messages);
    // A version of nobody that says no name.
    let built = build("//- content/people/nobody.uk.md\n---\nsummary: Х.\n---\nX.\n");
    assert!(built.messages.contains("this person has no name"), "{}", built.messages);
}

#[test]
fn pictures_have_one_address() {
    let folder = tempfile::tempdir().unwrap();
    let more = "//- content/briefings/2025-12-13-map/index.md\n---\ntitle: Map\nsummary: S.\n---\n![A map](map.svg)\n\
                //- content/briefings/2025-12-13-map/index.uk.md\n---\ntitle: Мапа\nsummary: С.\n---\n![Мапа](map.svg) ![Своя](own.svg)\n\
                //- content/briefings/2025-12-13-map/map.svg\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n\
                //- content/briefings/2025-12-13-map/own.svg\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n";
    tiny::write(folder.path(), &format!("{DESK}{more}"));
    let built = tiny::build_at(folder.path());
    assert!(
        built.page("uk/briefings/map").contains("src=\"/desk/briefings/map/map.svg\""),
        "{}",
        built.page("uk/briefings/map")
    );
    assert!(built.page("uk/briefings/map").contains("src=\"/desk/uk/briefings/map/own.svg\""));
    assert!(built.files.contains_key("briefings/map/map.svg") && !built.files.contains_key("uk/briefings/map/map.svg"));
    assert!(built.files.contains_key("uk/briefings/map/own.svg"));
    assert!(built.page("uk/countries/ukraine").contains("src=\"/desk/flags/ua.svg\""));
    assert!(built.files.contains_key("flags/ua.svg") && !built.files.contains_key("uk/flags/ua.svg"));
    assert!(!built.files.contains_key("uk/icon-192.png") && !built.files.contains_key("uk/robots.txt"));
}

#[test]
fn a_page_of_an_entity_is_where_something_is_told_of_it() {
    let known = "//- content/people/cy-okoro.md\n---\nname: Cy Okoro\nnames: {uk: Сай Окоро}\nrelations: [{to: Ada Lund, kind: ally}]\n---\nX.\n\
                 //- content/authors/ann.md\n---\nname: Ann\n---\nX.\n//- content/notes/_index.md\n---\ntitle: Notes\n---\nX.\n";
    let built = build(known);
    // Nothing in the edition tells of them: no page, and links lead to the main edition.
    for path in ["uk/people/cy-okoro", "uk/countries/poland", "ar/people/ada-lund", "uk/authors/ann", "uk/notes"] {
        assert!(!built.files.contains_key(&format!("{path}/index.html")), "{path}");
    }
    assert!(!built.page("uk/people").contains("Сай Окоро"));
    assert!(!built.page("ar").contains("/desk/ar/people/"), "no index without entries: {}", built.page("ar"));
    let spoken = "//- content/briefings/2025-12-14-d.uk.md\n---\ntitle: Г\nsummary: С.\nauthors: [Ann]\n---\nПрийшов Сай Окоро, а [звідти](/countries/poland/) ніхто.\n";
    let built = build(&format!("{known}{spoken}"));
    assert!(built.page("uk/people/cy-okoro").contains("<h1>Сай Окоро</h1>"));
    assert!(
        built.page("uk/people/cy-okoro").contains("/desk/uk/people/ada-lund/"),
        "relations lead within the edition"
    );
    assert!(built.page("uk/authors/ann").contains(">Г</a>"));
    assert!(built.page("uk/briefings/d").contains("<a href=\"/desk/countries/poland/\">звідти</a>"));
    assert_eq!(built.messages, "");
    // A country that the main edition does not have.
    let chad = "//- content/briefings/2025-12-14-e.uk.md\n---\ntitle: Д\nsummary: С.\ncountries: [Чад]\n---\nX.\n";
    let built = build(chad);
    assert!(built.page("uk/countries/chad").contains("<h1>") && built.files.contains_key("flags/td.svg"));
    assert!(!built.files.contains_key("countries/chad/index.html"));
}

#[test]
fn a_folder_is_marked_in_all_editions_as_in_the_main_one() {
    let notes = "//- content/notes/_index.md\n---\ntitle: Notes\ndefaults: {tlp: AMBER}\n---\nX.\n";
    let text = "---\ntitle: Нотатка\nsummary: С.\n---\nX.\n";
    for path in ["content/notes/a.uk.md", "content/uk/notes/a.md", "content/uk/notes/deeper/a.md"] {
        let built = build(&format!("{notes}//- {path}\n{text}"));
        assert!(!built.files.values().any(|page| page.contains("Нотатка")), "{path}");
    }
    // To mark a version lower is a mistake.
    let lower = text.replace("title", "tlp: CLEAR\ntitle");
    let built = build(&format!("{notes}//- content/notes/a.uk.md\n{lower}"));
    assert!(built.messages.contains("error[loosened-marking]"), "{}", built.messages);
    // An edition may mark more than the main one does.
    let of_edition = "//- content/notes/_index.md\n---\ntitle: Notes\n---\nX.\n\
                      //- content/notes/_index.uk.md\n---\ntitle: Нотатки\ndefaults: {tlp: AMBER}\n---\nX.\n";
    let built = build(&format!("{of_edition}//- content/notes/a.uk.md\n{text}"));
    assert!(!built.files.values().any(|page| page.contains("Нотатк")));
}
