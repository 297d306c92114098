//! The words of the built-in theme against who asks for them: templates, scripts and the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crossbrief::words::Words;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// What stands between `before` and the next quotation mark.
fn quoted<'t>(text: &'t str, before: &str) -> Vec<&'t str> {
    let starts = text.match_indices(before).map(|(at, _)| &text[at + before.len()..]);
    starts.filter_map(|rest| rest.split_once('"').map(|(key, _)| key)).collect()
}

/// What a template says: `name` of `"name" | t`.
fn said_in(text: &str) -> Vec<&str> {
    let ends = text
        .match_indices("\" | t")
        .filter(|(at, found)| !text[at + found.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'));
    ends.filter_map(|(at, _)| text[..at].rsplit('"').next()).collect()
}

#[test]
fn what_is_asked_for_is_there_and_what_is_there_is_asked_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let words = Words::built_in();
    let known: BTreeSet<String> = words.of("en").messages().into_keys().map(str::to_string).collect();
    let mut asked: BTreeSet<String> = BTreeSet::new();
    let mut found = Vec::new();
    for folder in ["src", "templates", "themes/default/templates"] {
        files(&root.join(folder), &mut found);
    }
    let is_text =
        |path: &PathBuf| path.extension().is_some_and(|ending| ["rs", "html", "svg"].iter().any(|one| ending == *one));
    for path in found.into_iter().filter(is_text) {
        let text = fs::read_to_string(&path).expect("a readable text");
        // Code goes through tests of its own too, which ask for what is not there.
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        if path.extension().is_some_and(|extension| extension == "rs") {
            asked.extend(known.iter().filter(|key| text.contains(&format!("\"{key}\""))).cloned());
            for before in
                [".language().text(\"", ".language().say(\"", "language.text(\"", "language.say(\"", "said(\""]
            {
                asked.extend(quoted(text, before).into_iter().map(str::to_string));
            }
        } else {
            asked.extend(said_in(text).into_iter().map(str::to_string));
        }
    }
    // What things are called is put together of their names.
    asked.extend(known.iter().filter(|key| key.starts_with("kind-") || key.starts_with("alert-")).cloned());
    for script in ["search", "reading", "preview"] {
        let text =
            fs::read_to_string(root.join(format!("themes/default/assets/{script}.js"))).expect("a readable script");
        let of = if script == "search" { "search" } else { "reading" };
        let names = known
            .iter()
            .filter_map(|key| Some((key, key.strip_prefix("script-")?.strip_prefix(of)?.strip_prefix('-')?)));
        let said = names.filter(|(_, name)| {
            text.contains(&format!("{name}: "))
                || text.contains(&format!("\"{name}\""))
                || text.contains(&format!("{name}: LATEST"))
        });
        asked.extend(said.map(|(key, _)| key.clone()));
    }
    let listed = |keys: Vec<&String>| keys.into_iter().cloned().collect::<Vec<String>>().join(" ");
    assert_eq!(listed(asked.difference(&known).collect()), "", "asked for, and not there");
    assert_eq!(listed(known.difference(&asked).collect()), "", "there, and never asked for");
    assert!(known.len() > 200, "{}", known.len());
}

#[test]
fn scripts_say_the_english_messages_when_they_are_told_nothing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/default/assets");
    let script = |name: &str| fs::read_to_string(root.join(name)).expect("a readable script");
    let (words, mut compared) = (Words::built_in(), 0);
    for (of, text) in [("search", script("search.js")), ("reading", script("reading.js") + &script("preview.js"))] {
        for (key, said) in words.of("en").for_scripts() {
            let Some(name) = key.strip_prefix("script-").and_then(|rest| rest.strip_prefix(of)?.strip_prefix('-'))
            else {
                continue;
            };
            let forms = said.as_object().map_or_else(|| vec![said.clone()], |forms| forms.values().cloned().collect());
            for form in forms {
                assert!(text.contains(&form.to_string()), "{name} of the script is not {form}");
                compared += 1;
            }
        }
    }
    assert!(compared > 15, "{compared}");
}
