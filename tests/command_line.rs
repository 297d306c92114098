//! The command line as people and scripts meet it: the real binary, its words, its files, its exit codes.
//!
//! The pages of `--help` are kept in `tests/data/help.txt`. After a change that was meant, write them anew with
//! `UPDATE_SNAPSHOTS=1 cargo test --test command_line`, and read them as somebody would who has never seen the program.

mod tiny;

use std::path::Path;

use tiny::{as_kept, crossbrief, run, write};

/// The commands, as `--help` names them.
fn commands() -> Vec<String> {
    let (help, _, _) = run(Path::new("."), &["--help"]);
    let (_, list) = help.split_once("Commands:\n").expect("a list of commands");
    let (list, _) = list.split_once("\n\n").expect("an end of the list");
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    names.filter(|name| *name != "help" && name.starts_with(char::is_alphabetic)).map(str::to_string).collect()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn help_reads_as_kept() {
    let (mut told, _, code) = run(Path::new("."), &["--help"]);
    assert_eq!(code, 0);
    for command in commands() {
        let (page, errors, code) = run(Path::new("."), &[&command, "--help"]);
        assert_eq!((errors.as_str(), code), ("", 0), "{command}");
        assert!(page.lines().all(|line| line.chars().count() <= 100), "{command}");
        told.push_str(&format!("\n==== crossbrief {command} --help\n{page}"));
    }
    as_kept("help.txt", &told);
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let commands = commands();
    assert!(commands.len() >= 10, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (script, _, code) = run(Path::new("."), &["completions", shell]);
        let missing: Vec<_> = commands.iter().filter(|command| !script.contains(command.as_str())).collect();
        assert_eq!((missing, code), (Vec::new(), 0), "{shell}");
    }
    let (page, _, _) = run(Path::new("."), &["man"]);
    for command in &commands {
        assert!(page.contains(&format!("crossbrief\\-{command}(1)")), "{command} in {page}");
        let (page, _, code) = run(Path::new("."), &["man", command]);
        assert!(code == 0 && page.contains(&format!(".TH crossbrief-{command} 1")), "{page}");
    }
    let folder = folder();
    assert_eq!(run(folder.path(), &["man", "--dir", "pages"]).2, 0);
    let pages = std::fs::read_dir(folder.path().join("pages")).expect("a folder of pages").count();
    assert_eq!(pages, commands.len() + 1);
    let (_, errors, code) = run(Path::new("."), &["man", "biuld"]);
    assert_eq!((errors.contains("did you mean `build`?"), code), (true, 2), "{errors}");
}

#[test]
fn a_new_site_builds_checks_and_grows() {
    let folder = folder();
    let ran = |arguments: &[&str]| {
        let (out, errors, code) = run(folder.path(), arguments);
        assert_eq!(code, 0, "{arguments:?}: {errors}");
        (out, errors)
    };
    ran(&["init", "desk", "--title", "Baltic: \"Desk\""]);
    let (_, told) = ran(&["build", "--source", "desk"]);
    assert!(told.contains("  1 article; 1 country, 1 topic\n"), "{told}");
    assert!(ran(&["check", "--source", "desk"]).1.ends_with("checked: no mistakes found\n"));
    let kinds = "kinds:\n  ship: {singular: Ship, plural: Ships, path: vessels}\n";
    let settings = folder.path().join("desk/site.yaml");
    std::fs::write(&settings, std::fs::read_to_string(&settings).expect("settings") + kinds).expect("a file");
    for (what, path) in [
        ("briefing", "content/briefings/"),
        ("article", "content/briefings/"),
        ("page", "content/unicode-"),
        ("author", "content/authors/"),
        ("person", "content/people/"),
        ("country", "content/countries/"),
        ("topic", "content/topics/"),
        ("ship", "content/vessels/"),
    ] {
        let made = ran(&["new", what, &format!("Ünïcode & more: {what}"), "--source", "desk"]).0;
        assert!(made.starts_with(path) && folder.path().join("desk").join(made.trim()).is_file(), "{what}: {made}");
    }
    ran(&["check", "--source", "desk", "--drafts"]);
    for (arguments, told) in [
        (["new", "persn", "X"], "did you mean `person`?"),
        (["new", "person", "Ünïcode & more: person"], "is there already"),
        (["new", "person", "?!"], "has no letter to name a file with"),
    ] {
        let (_, errors, code) = run(&folder.path().join("desk"), &arguments);
        assert!(code == 2 && errors.contains(told), "{errors}");
    }
    assert_eq!(crossbrief(folder.path(), &["init", "desk"]).status.code(), Some(2), "a site is left alone");
}

#[test]
fn a_site_has_its_own_archetypes() {
    let folder = folder();
    write(
        folder.path(),
        "//- archetypes/briefing.md\n---\ntitle: \"{{ title }}\"\ndate: {{ date }}\nslug: {{ slug }}\n---\n# {{ title }}\n//- archetypes/topic.md\n{{ titel }}\n//- content/about.md\nAbout\n",
    );
    let (made, _, code) = run(folder.path(), &["new", "briefing", "He said \"no\""]);
    let text = std::fs::read_to_string(folder.path().join(made.trim())).expect("the new file");
    assert!(text.contains("title: \"He said \\\"no\\\"\"\n") && text.ends_with("# He said \"no\"\n"), "{text}");
    assert_eq!((code, run(folder.path(), &["check"]).2), (0, 0));
    let (_, errors, code) = run(folder.path(), &["new", "topic", "X"]);
    assert!(code == 2 && errors.contains("archetypes/topic.md: there is no `{{ titel }}`"), "{errors}");
}

#[test]
fn a_bare_folder_stays_one() {
    let folder = folder();
    write(folder.path(), "//- one.md\n# One\n//- 2025-03-04.md\n# Day\n");
    assert_eq!(run(folder.path(), &["new", "person", "Ann"]).2, 2);
    let (made, _, code) = run(folder.path(), &["new", "briefing", "Two"]);
    assert!(code == 0 && made.ends_with("-two.md\n") && !made.contains('/'), "{made}");
    let (_, errors, code) = run(folder.path(), &["init"]);
    assert!(code == 2 && errors.contains("they would not be part of the new site"), "{errors}");
    assert!(!folder.path().join("content").exists() && !folder.path().join("site.yaml").exists());
    let (list, errors, code) = run(folder.path(), &["list", "--drafts"]);
    assert_eq!((list.lines().count(), code), (3, 0), "{list}{errors}");
    assert!(list.contains("2025-03-04  2025-03-04.md"), "{list}");
}

#[test]
fn an_empty_folder_is_no_site() {
    let folder = folder();
    for command in ["build", "check"] {
        let (_, errors, code) = run(folder.path(), &[command]);
        assert!(code == 2 && errors.contains("there is no site in this folder"), "{errors}");
        assert!(errors.contains("`crossbrief init` makes one"), "{errors}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing is written");
}

const DESK: &str = "\
//- site.yaml
title: Desk
time_zone: Europe/Kyiv
//- content/briefings/2025-12-10-one.md
---
title: One
countries: [UA]
---
//- content/briefings/two.md
---
title: Two
draft: true
---
//- content/briefings/three.md
---
title: Three
embargoed_until: 2040-01-01 06:00
---
//- content/briefings/four.md
---
title: Four
tlp: GREEN
expires: 2041-01-01
---
";

#[test]
fn lists_are_for_people_and_for_machines() {
    let folder = folder();
    write(folder.path(), DESK);
    for (arguments, lines) in [
        (&[][..], "2025-12-10  content/briefings/2025-12-10-one.md  One\n"),
        (&["--entities"], "country  1  Ukraine  /countries/ukraine/\n"),
        (
            &["--withheld"],
            "marked     content/briefings/four.md   Four\nembargoed  content/briefings/three.md  Three\ndraft      content/briefings/two.md    Two\n",
        ),
        (&["--scheduled"], "2040-01-01T06:00:00+02:00  appears  content/briefings/three.md  Three\n"),
        (
            &["--at", "2040-01-01 06:00"],
            "2025-12-10  content/briefings/2025-12-10-one.md  One\n            content/briefings/three.md           Three\n",
        ),
        (
            &["--drafts", "--audience", "amber"],
            "2025-12-10  content/briefings/2025-12-10-one.md  One\n            content/briefings/four.md            Four\n            content/briefings/two.md             Two\n",
        ),
    ] {
        let all: Vec<&str> = ["list"].into_iter().chain(arguments.iter().copied()).collect();
        let (told, _, code) = run(folder.path(), &all);
        assert_eq!((told.as_str(), code), (lines, 0), "{arguments:?}");
        let (json, _, _) = run(folder.path(), &[&all[..], &["--json"]].concat());
        assert_eq!(json.lines().count(), lines.lines().count(), "{json}");
        for line in json.lines() {
            assert!(serde_json::from_str::<serde_json::Value>(line).is_ok_and(|value| value.is_object()), "{line}");
        }
    }
    let (_, errors, code) = run(folder.path(), &["list", "--at", "2031-13-01"]);
    assert!(code == 2 && errors.contains("there is no month 13") && errors.contains("2025-12-10 14:30"), "{errors}");
}

#[test]
fn machines_read_json_and_pipes_are_quiet() {
    let folder = folder();
    write(folder.path(), DESK);
    for number in 0..600 {
        write(folder.path(), &format!("//- content/briefings/n{number}.md\n# N {number}\n"));
    }
    let (out, errors, code) = run(folder.path(), &["build", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&out).expect("one JSON object");
    assert_eq!((told["articles"].as_u64(), errors.as_str(), code), (Some(601), "", 0));
    let (out, errors, _) = run(folder.path(), &["build"]);
    assert_eq!((out.as_str(), errors.lines().count()), ("", 5), "{errors}");
    assert!(errors.starts_with("public for TLP:CLEAR as of ") && !errors.contains('\u{1b}'), "{errors}");
    assert!(errors.contains(" 0 written, "), "{errors}");
    write(folder.path(), "//- content/briefings/bad.md\n---\ntitle: B\nz: 1\na: 2\n---\n[x](gone.md)\n");
    let (out, errors, code) = run(folder.path(), &["build", "--message-format", "json"]);
    let lines: Vec<serde_json::Value> =
        out.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect();
    let places: Vec<u64> = lines.iter().filter_map(|line| line["line"].as_u64()).collect();
    assert_eq!((places, errors.as_str(), code), (vec![3, 4, 6], "", 1), "{out}");
}

#[test]
fn schemas_are_written_for_editors() {
    let folder = folder();
    assert_eq!(run(folder.path(), &["init"]).2, 0);
    let settings = std::fs::read_to_string(folder.path().join("site.yaml")).expect("settings");
    let schema = settings.lines().find_map(|line| line.split_once("$schema=")).expect("a line for editors").1;
    assert!(folder.path().join(schema).is_file(), "{schema}");
    write(folder.path(), "//- site.yaml\nkinds: {ship: {singular: Ship, plural: Ships}}\n");
    let (written, _, code) = run(folder.path(), &["schema", "--write"]);
    assert_eq!((written.lines().count(), code), (7, 0), "{written}");
    let article = std::fs::read_to_string(folder.path().join(".crossbrief/article.schema.json")).expect("a schema");
    assert!(article.contains("\"ships\""), "a kind of the site is a key of its articles");
    assert_eq!(run(folder.path(), &["check"]).2, 0, "the schemas are no part of the site");
}
