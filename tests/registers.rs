//! The registers of key judgments and of corrections.

mod tiny;

use tiny::{Built, build};

const SITE: &str = "\
//- content/briefings/2025-12-10-a.md
---
title: First & foremost
summary: S
key_judgments:
  - {text: \"The **treaty** holds.\", likelihood: likely, confidence: low, outcome: {came_true: true, date: 2025-12-20, note: It held., sources: [s1]}}
  - {text: It rains., likelihood: highly improbable, outcome: {came_true: true}}
  - {text: Who knows., outcome: {note: Nobody can tell.}}
  - {text: A secret of the desk., likelihood: likely, tlp: AMBER}
corrections:
  - {date: 2025-12-11, text: \"A name was *wrong*.\"}
  - {date: 2026-01-02, kind: clarification, text: It was Tuesday.}
  - {date: 2025-12-11, text: A date was wrong.}
sources: [{id: s1, title: The depositary’s note}]
---
Text
//- content/briefings/2025-12-09-a-uk.md
---
title: Переклад
summary: S
lang: uk
translation_of: a
key_judgments: [{text: Угода тримається., likelihood: likely}]
---
Text
//- content/briefings/2025-10-01-b.md
---
title: Second
summary: S
redirect_from: [/old/]
key_judgments: [{text: It snows., likelihood: improbable, outcome: {came_true: false}}]
corrections: [{date: 2025-10-02, text: Wrong.}]
---
Text
//- content/briefings/2025-09-01-hidden.md
---
title: Zqhidden
draft: true
key_judgments: [{text: Zqhidden., likelihood: likely}]
corrections: [{date: 2025-09-02, text: Zqhidden.}]
---
Text
";

fn has(page: &str, parts: &[&str]) {
    parts.iter().for_each(|part| assert!(page.contains(part), "no `{part}` in {page}"));
}

fn paths(built: &Built, folder: &str) -> Vec<String> {
    built.files.keys().filter(|path| path.starts_with(folder)).cloned().collect()
}

#[test]
fn an_outcome_cites_its_sources() {
    let page = build(SITE).page("briefings/a").to_string();
    let mark = "It held.<sup class=cite><a href=#source-1 title=\"The depositary’s note\">1</a></sup>";
    has(&page, &[mark, "id=source-1"]);
    // In full texts elsewhere, too.
    let built = build(&format!("//- site.yaml\nfeed: {{content: full}}\nmarkdown_twins: true\n{SITE}"));
    let json: serde_json::Value = serde_json::from_str(&built.files["feed.json"]).expect("JSON");
    let text = json["items"][0]["content_html"].as_str().expect("a text");
    let cited = "<a href=\"https://example.org/desk/briefings/a/#source-1\">1</a>]";
    has(text, &["<br>Outcome: <strong>came true, 20 December 2025</strong> It held. [", cited]);
    has(&built.files["briefings/a/index.md"], &["Outcome: **came true, 20 December 2025** It held."]);
    // A source that only fewer readers may see is named nowhere; one that there is none of is a mistake.
    let hidden = build(&SITE.replace("title: The depositary’s note}", "title: The depositary’s note, tlp: AMBER}"));
    assert!(hidden.page("judgments").contains("It held.") && !hidden.page("judgments").contains("depositary"));
    let wrong = build(&SITE.replace("note: It held., sources: [s1]", "note: It held., sources: [s2]"));
    has(&wrong.messages, &["error[unknown-source]", "there is no source `s2`", "content/briefings/2025-12-10-a.md:5:"]);
}

#[test]
fn judgments_stand_by_month_with_what_came_of_them() {
    let built = build(SITE);
    let expected = ["judgments/2025-10/index.html", "judgments/2025-12/index.html", "judgments/index.html"];
    assert_eq!(paths(&built, "judgments/"), expected);
    let first = built.page("judgments");
    // By hand: (0.675 - 1)² = 0.105625, (0.125 - 1)² = 0.765625, (0.325 - 0)² = 0.105625; their mean is 0.325625.
    has(
        first,
        &[
            "4 judgments, 3 with a known outcome",
            "<strong>0.326</strong>",
            "href=/desk/briefings/a/#kj1",
            ">The treaty holds.<",
            "First & foremost",
            "came true",
            "<strong>0.106</strong>",
            "<strong>0.766</strong>",
            "It held. <span class=says>(<a href=/desk/briefings/a/#source-1>The depositary’s note</a>)</span>",
            "<strong>open</strong>",
            "December 2025",
            "href=/desk/judgments/2025-10/",
        ],
    );
    for absent in ["secret of the desk", "тримається", "It snows", "Zqhidden"] {
        assert!(!first.contains(absent), "{absent}");
    }
    let october = built.page("judgments/2025-10");
    has(october, &["It snows.", "did not come true", "href=/desk/judgments/2025-12/", "October 2025"]);
    has(built.page("briefings/a"), &["It held.", "href=/desk/judgments/"]);
    has(&built.files["sitemap-1.xml"], &["/desk/judgments/2025-10/", "/desk/corrections/2026/"]);
}

#[test]
fn corrections_stand_by_year_and_have_a_feed() {
    let built = build(SITE);
    let feeds = ["corrections/feed.json", "corrections/feed.xml", "corrections/index.html"];
    let years = ["corrections/2025/index.html", "corrections/2026/index.html"];
    assert_eq!(paths(&built, "corrections/"), [years.as_slice(), &feeds].concat());
    let (first, earlier) = (built.page("corrections"), built.page("corrections/2025"));
    has(
        first,
        &[
            "Clarification",
            "It was Tuesday.",
            "href=/desk/briefings/a/#correction-2026-01-02",
            "type=application/atom+xml",
        ],
    );
    assert!(!first.contains("A date was wrong."));
    let order = ["A name was wrong.", "A date was wrong.", "Wrong."].map(|text| earlier.find(text).expect(text));
    assert!(order.is_sorted(), "{earlier}");
    // Each has an anchor of its own, which the page has too.
    for anchor in ["correction-2025-12-11", "correction-2025-12-11-2", "correction-2026-01-02"] {
        has(built.page("briefings/a"), &[&format!("id={anchor} ")]);
    }
    let atom = &built.files["corrections/feed.xml"];
    has(
        atom,
        &[
            "<title>Correction: First &amp; foremost</title>",
            "<updated>2026-01-02T00:00:00Z</updated>",
            // A feed does not show what it showed before as new when a briefing moves.
            "<id>https://example.org/desk/old/#correction-2025-10-02</id>",
            "href=\"https://example.org/desk/briefings/b/#correction-2025-10-02\"",
        ],
    );
    assert_eq!(atom.matches("<entry ").count(), 4);
    let json: serde_json::Value = serde_json::from_str(&built.files["corrections/feed.json"]).expect("JSON");
    assert_eq!(json["items"][0]["content_text"], "It was Tuesday.");
    assert!(!built.files.values().any(|text| text.contains("Zqhidden")));
}

#[test]
fn a_site_may_do_without_registers() {
    let without = build(&format!("//- site.yaml\njudgments: false\ncorrections: false\n{SITE}"));
    assert_eq!(paths(&without, "judgments/"), [""; 0]);
    assert_eq!(paths(&without, "corrections/"), [""; 0]);
    assert!(!without.page("").contains("/desk/judgments/") && !without.page("").contains("/desk/corrections/"));
    // A page of one's own takes the place.
    let own = build(&format!("{SITE}//- content/corrections.md\n---\ntitle: How we correct\n---\nThus.\n"));
    assert_eq!(paths(&own, "corrections/"), ["corrections/index.html"]);
    has(own.page("corrections"), &["Thus."]);
    assert!(!own.messages.contains("error"), "{}", own.messages);
    // Nothing to register: no register, and no link to one.
    let none = build("//- content/briefings/a.md\n---\ntitle: A\nsummary: S\n---\nText\n");
    assert!(paths(&none, "judgments/").is_empty() && !none.page("").contains("/desk/judgments/"));
}

#[test]
fn links_and_menus_may_lead_to_registers() {
    let built = build(&format!(
        "//- site.yaml\nmenus: {{main: [{{label: Judged, url: /judgments/}}]}}\n{SITE}//- content/about.md\n---\ntitle: About\n---\n\
         [What we got wrong](/corrections/)\n"
    ));
    assert!(!built.messages.contains("error"), "{}", built.messages);
    has(built.page("about"), &["href=/desk/corrections/", ">Judged<"]);
}

#[test]
fn estimates_are_worded_as_icd_203_wants() {
    let built = build(
        "\
//- content/briefings/a.md
---
title: A
summary: S
bottom_line: It will probably hold.
key_judgments:
  - {text: We judge with high confidence that it is likely., likelihood: likely}
  - {text: It falls., likelihood: improbable}
---
We have low confidence in this. It is unlikely.

Yet with moderate confidence we say that it is
very likely.
",
    );
    let told = |code: &str| built.messages.lines().filter(|line| line.contains(&format!("[{code}]"))).count();
    assert_eq!((told("likelihood-with-confidence"), told("mixed-likelihoods")), (2, 2), "{}", built.messages);
    has(
        &built.messages,
        &[
            "in one sentence: `We judge with high confidence that it is likely.`",
            "--> content/briefings/a.md:11:1",
            "`improbable` is of another row of ICD 203 than `likely`",
            "`unlikely` means the same as `improbable`: keep to one row",
            "`probable` is of another row",
        ],
    );
    let off = "//- site.yaml\nlints: {mixed-likelihoods: off}\n//- content/briefings/a.md\n---\ntitle: A\nsummary: S\nkey_judgments: [{text: A., likelihood: likely}, {text: B., likelihood: remote}]\n---\nText\n";
    assert!(!build(off).messages.contains("ICD 203"));
}

#[test]
fn what_changed_is_told_in_the_order_of_time() {
    let built = build(
        "\
//- content/briefings/a.md
---
title: A
date: 2025-12-01
summary: S
corrections: [{date: 2025-12-03, text: A name was wrong.}]
updates:
  - {date: 2025-12-02, text: The ministry answers.}
  - {date: 2025-12-04, text: \"It **ends**.\"}
---
Text
//- content/briefings/b.md
---
title: B
summary: S
---
Text
",
    );
    let page = built.page("briefings/a");
    let (_, list) = page.split_once("id=updates").expect("a section");
    let order = ["It <strong>ends</strong>.", "href=#correction-2025-12-03", "The ministry answers."];
    let order = order.map(|part| list.find(part).unwrap_or_else(|| panic!("no {part} in {list}")));
    assert!(order.is_sorted(), "{list}");
    // A correction is told in full once, at the head.
    assert_eq!(page.matches("A name was wrong.").count(), 2, "at the head, and in the data for machines");
    has(page, &["href=#updates", "id=correction-2025-12-03 "]);
    assert!(!built.page("briefings/b").contains("What changed"));
}

#[test]
fn a_briefing_says_how_to_cite_it() {
    let built = build(
        "\
//- site.yaml
title: The <Desk>
//- content/briefings/2025-12-10-a.md
---
title: Gas & power </pre> 5 %
summary: S
authors: [Ann Lee]
---
Text
",
    );
    has(
        built.page("briefings/a"),
        &[
            "Ann Lee. “Gas & power &lt;/pre> 5 %.” The &lt;Desk>, December 10, 2025. https://example.org/desk/briefings/a/.",
            "title = {{Gas \\& power &lt;/pre> 5 \\%}}",
            "TY  - ELEC\nAU  - Ann Lee\n",
        ],
    );
}

#[test]
fn silent_edits_are_told_of() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let site = folder.path().join("desk");
    let git = |arguments: &[&str]| {
        let output = std::process::Command::new("git")
            .arg("-C")
            .arg(folder.path())
            .args(["-c", "user.name=a", "-c", "user.email=a@example.org"])
            .args(arguments)
            .env("GIT_COMMITTER_DATE", "2025-12-05T00:00:00Z")
            .output()
            .expect("git");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let article = |name: &str, front: &str, text: &str| {
        format!(
            "//- content/briefings/{name}.md\n---\ntitle: {name}\ndate: 2025-12-01\nsummary: S\n{front}---\n{text}\n"
        )
    };
    let texts = |front: [&str; 6], text: &str| {
        ["silent", "updated", "corrected", "draft", "embargoed", "gone"]
            .iter()
            .zip(front)
            .map(|(name, front)| article(name, front, text))
            .collect::<String>()
    };
    tiny::write(&site, &texts(["", "", "", "draft: true\n", "embargoed_until: 2025-12-10\n", ""], "Two met."));
    git(&["init", "--quiet", "."]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "a"]);
    let corrected = "corrections: [{date: 2025-12-04, text: Three.}]\n";
    tiny::write(&site, &texts(["", "updated: 2025-12-04\n", corrected, "", "", ""], "Three\nmet."));
    std::fs::remove_file(site.join("content/briefings/gone.md")).expect("a file");
    let check = |commit: &str| tiny::run(&site, &["check", "--since", commit]);
    let (_, told, code) = check("HEAD");
    assert_eq!((told.matches("[silent-edit]").count(), code), (1, 0), "{told}");
    has(&told, &["content/briefings/silent.md", "not told that it changed"]);
    // Other breaks of lines are no other words.
    tiny::write(&site, &article("silent", "", "Two\n  met."));
    assert_eq!(check("HEAD").1.matches("[silent-edit]").count(), 0);
    tiny::write(&site, &article("silent", "bottom_line: They met.\n", "Two met."));
    tiny::write(&site, "//- site.yaml\nlints: {silent-edit: error}\n");
    assert_eq!(check("HEAD").2, 1);
    let (_, told, code) = check("--output=x");
    assert_eq!(code, 2, "{told}");
    let (_, told, _) = check("nonsense");
    has(&told, &["does not hold the commit nonsense"]);
}
