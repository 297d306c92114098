//! Tiny sites in several languages: what their pages say besides their texts.

mod tiny;

const BRIEFING: &str = "\
//- content/briefings/2025-12-10-warning.md
---
title: Попередження
date: 2025-12-10 14:30
updated: 2025-12-11
authors: [Desk]
people: [Xi Jinping]
countries: [UA, CN]
topics: [Санкції]
bottom_line: Усе так.
key_judgments: [{text: Так і буде., likelihood: likely, confidence: high, sources: [s1]}]
sources: [{id: s1, title: A paper, date: 2025-11, accessed: 2025-12-01, reliability: B, credibility: 2}]
corrections: [{date: 2025-12-12, text: Ішлося про вівторок.}]
---
## Частина

Сказано [@s1][^1].

## Далі

| a | b |
|---|---|
| 1 | 2 |

[^1]: Примітка.
";

fn site(settings: &str, more: &str) -> tiny::Built {
    tiny::build(&format!("//- site.yaml\ntitle: Бюро\n{settings}\n{BRIEFING}{more}"))
}

/// The text between tags, and in labels, of a page: what somebody reads there.
fn words(page: &str) -> String {
    let body = page.split("<body").nth(1).unwrap_or_default();
    let mut text = String::new();
    for part in body.split('<').skip(1) {
        let (tag, rest) = part.split_once('>').unwrap_or((part, ""));
        for label in ["aria-label=\"", "title=\"", "placeholder=\"", "alt=\""] {
            text.push_str(tag.split(label).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default());
            text.push(' ');
        }
        if !tag.starts_with("script") && !tag.starts_with("pre") {
            text.push_str(rest);
            text.push(' ');
        }
    }
    text
}

#[test]
fn a_page_is_worded_in_its_language() {
    let built = site("language: uk\ntime_zone: Europe/Kyiv", "");
    assert_eq!(built.messages, "");
    let page = built.page("briefings/warning");
    for said in [
        "<html lang=uk dir=ltr>",
        ">10 грудня 2025\u{202f}р., 14:30</time>",
        "Оновлено <time",
        ">Ключові оцінки<",
        "імовірно</strong> <span class=range>55–80\u{a0}%<",
        ">Зазвичай надійне<",
        "Виправлення, <time",
        "Переглянуто: 1 грудня 2025\u{202f}р..",
        "aria-label=\"Посилання на розділ: Частина\"",
        "aria-label=\"Таблиця 1\"",
        ">Примітки</h2>",
        ">Люди</a>",
        "aria-label=\"На цій сторінці\"",
        "data-words=",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    // English that is left is a name, a mark of where the text comes from, or a form that has no other name.
    let allowed = [
        "Crossbrief",
        "Xi",
        "Jinping",
        "China",
        "Ukraine",
        "Desk",
        "A",
        "paper",
        "B2",
        "X",
        "Chicago",
        "APA",
        "BibTeX",
        "RIS",
        "b",
        "a",
        "CN",
        "CHN",
        "UA",
        "UKR",
        "IPTC",
        "ISO",
        "Eastern",
        "Asia",
        "Europe",
        "Beijing",
        "Kyiv",
        "Chinese",
        "Ukrainian",
        "Natural",
        "Earth",
        "visionscarto",
        "People",
        "s",
        "Republic",
        "of",
        "nbsp",
        "amp",
        "after",
        "Visionscarto",
        "Wikidata",
    ];
    let mut pages = 0;
    for (path, text) in built.files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let said = words(text);
        let left: Vec<&str> = said
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| word.chars().all(|letter| letter.is_ascii_alphabetic()) && !word.is_empty())
            .filter(|word| !allowed.contains(word))
            .collect();
        assert_eq!(left, Vec::<&str>::new(), "{path}");
        pages += 1;
    }
    assert!(pages > 12, "{pages}");
}

#[test]
fn an_article_in_another_language_is_worded_in_its_own() {
    let article = BRIEFING.replace("\ntitle: П", "\nlang: uk\ntitle: П");
    let more =
        "//- content/briefings/2025-12-09-other.md\n---\ntitle: Other\ndate: 2025-12-09\ncountries: [UA]\n---\nText.\n";
    let built = tiny::build(&format!(
        "//- site.yaml\ntitle: Desk\nmarkdown_twins: true\nfeed: {{content: full}}\n{article}{more}"
    ));
    assert_eq!(built.messages, "");
    assert!(built.page("briefings/warning").contains(">Ключові оцінки<"));
    assert!(built.page("briefings/other").contains(">Cite this briefing<"));
    // What templates see of the site is in it too.
    let menu = |page: &str| built.page(page).split("</nav>").next().expect("a menu").to_string();
    assert!(menu("briefings/warning").contains(">Країни</a>"), "{}", menu("briefings/warning"));
    assert!(menu("briefings/other").contains(">Countries</a>"));
    // Where it stands in a list of the site, its kind and day are said in its own language.
    let home = built.page("");
    assert!(home.contains("lang=uk dir=ltr><p class=kicker><span class=type>Повідомлення</span>"), "{home}");
    assert!(home.contains(">10 груд. 2025\u{202f}р.</time>") && home.contains(">Latest<"));
    assert!(built.files["feed.xml"].contains("&lt;h2&gt;Ключові оцінки&lt;/h2&gt;"));
    assert!(built.files["briefings/warning/index.md"].contains("оновлено 11 грудня 2025"));
    assert!(built.files["briefings/other/index.md"].contains("9 December 2025"));
}

#[test]
fn scripts_run_from_right_to_left() {
    let built = site("language: ar", "");
    assert_eq!(built.messages, "");
    let page = built.page("briefings/warning");
    for said in ["<html lang=ar dir=rtl>", ">10 ديسمبر 2025، 14:30<", ">التقديرات الرئيسية<", "55–80%"]
    {
        assert!(page.contains(said), "{said}\n{page}");
    }
    let person = built.page("people/xi-jinping");
    assert!(person.contains("إحاطات عن \u{2068}Xi Jinping\u{2069}."), "{person}");
}

#[test]
fn a_site_says_a_message_otherwise() {
    let built = site(
        "language: uk",
        "//- languages/uk.ftl\nsources = На чому це стоїть\n//- languages/en.ftl\nsources = Never seen\n",
    );
    assert_eq!(built.messages, "");
    assert!(built.page("briefings/warning").contains(">На чому це стоїть<"));
    let theme = "//- themes/own/theme.yaml\nparent: default\n//- themes/own/languages/uk.ftl\nsources = Тема\nfacts = Тема\n\
        //- languages/uk.ftl\nsources = Сайт\n";
    let built = site("language: uk\ntheme: own", theme);
    assert!(built.page("briefings/warning").contains(">Сайт<"));
    assert!(built.page("countries/ukraine").contains(">Тема<"));
}

#[test]
fn mistakes_in_words_have_a_place() {
    let check = |words: &str, wanted: &str| {
        let built = site("language: uk", &format!("//- languages/uk.ftl\n{words}"));
        assert!(built.messages.contains(wanted), "{wanted}\n{}", built.messages);
    };
    check("facts = Дані\nsources { x\n", "languages/uk.ftl:2:9");
    check("seen-on = { $dat }\n", "did you mean `date`?");
    let built = site("", "//- templates/page.html\n{{ \"sourcse\" | t }}\n//- content/about.md\nText\n");
    assert!(
        built.messages.contains("there is no message `sourcse`; did you mean `source` or `sources`?"),
        "{}",
        built.messages
    );
    assert!(built.messages.contains("templates/page.html:1:"), "{}", built.messages);
}

#[test]
fn a_language_without_words_is_told_once() {
    let more = "//- content/briefings/b.md\n---\ntitle: B\nlang: pl\n---\nText\n//- content/briefings/c.md\n---\ntitle: C\nlang: pl\n---\nText\n";
    let built = site("", more);
    assert_eq!(built.messages.matches("there are no words in `pl`").count(), 1, "{}", built.messages);
    assert!(built.page("briefings/b").contains(">Cite this briefing<"));
    let polish = format!("{more}//- languages/pl.ftl\ncite-briefing = Cytuj\n");
    let built = site("", &polish);
    assert!(built.page("briefings/b").contains(">Cytuj<"));
    assert_eq!(built.messages.matches("`pl` has no words for").count(), 1, "{}", built.messages);
    assert_eq!(site("lints: {missing-words: off}", more).messages, "");
}

#[test]
fn countries_are_called_as_the_language_calls_them() {
    let more = "//- content/briefings/b.md\n---\ntitle: Б\ncountries: [Польща, France, Малі]\n---\nТут [[Франція]]. Малі міста.\n\
        //- content/countries/fr.md\n---\n---\nТекст.\n//- content/countries/de.md\n---\nname: Федеративна Республіка\n---\nТекст.\n";
    let built = site("language: uk", more);
    assert_eq!(built.messages, "");
    for (address, name) in [
        ("poland", "Польща"),
        ("france", "Франція"),
        ("mali", "Малі"),
        ("ukraine", "Україна"),
        ("germany", "Федеративна Республіка"),
    ] {
        let page = built.page(&format!("countries/{address}"));
        assert!(page.contains(&format!("{name}</h1>")), "{name}\n{page}");
    }
    let page = built.page("briefings/b");
    assert!(page.contains("<a class=\"entity entity-country\" href=/desk/countries/france/>Франція</a>"), "{page}");
    assert!(page.contains("Малі міста."), "what is a word of the language is no link\n{page}");
    let english = site("", "");
    assert!(english.page("countries/ukraine").contains("Ukraine</h1>"));
}

#[test]
fn briefings_of_one_day_share_its_date_and_each_tells_it_in_its_language() {
    let article = |name: &str, date: &str, lang: &str| {
        format!(
            "//- content/briefings/{name}.md\n---\ntitle: {name}\ndate: {date}\nlang: {lang}\nsummary: S.\n---\nT.\n"
        )
    };
    let days = [("a", "2025-12-10", "en"), ("b", "2025-12-10", "en"), ("c", "2025-12-10", "fr")];
    let others = [("d", "2025-12-10 18:30", "en"), ("e", "2025-12-09", "en"), ("f", "2025-12-08", "fr")];
    let articles: String = days.iter().chain(&others).map(|(name, date, lang)| article(name, date, lang)).collect();
    let built = tiny::build(&format!("//- site.yaml\ntitle: T\nlanguage: en\ntime_zone: UTC\n{articles}"));
    let page = words(built.page("briefings"));
    for (text, times) in [("10 Dec 2025", 3), ("10 déc. 2025", 1), (" 9 Dec 2025", 1), (" 8 déc. 2025", 1)] {
        assert_eq!(page.matches(text).count(), times, "{text}: {page}");
    }
    assert_eq!(built.page("briefings").matches("2025-12-10T18:30:00").count(), 1, "it shares with none");
}
