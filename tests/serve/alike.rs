//! What is served is what `build` writes, byte for byte but for the preview's own script: after random edits too.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crossbrief::base::paths::{SourcePath, percent_encode};
use crossbrief::build::kept::Kept;
use crossbrief::build::{self, Request, sink::MemorySink};
use crossbrief::content::vocabulary::Tlp;
use crossbrief::serve::rebuild::{Made, Order, rebuild};

use crate::server::{Server, put, wait, write};

/// Edits in a run; `CROSSBRIEF_EDITS` asks for more.
const EDITS: u64 = 30;

const SITE: &str = "\
//- site.yaml
title: Desk
//- content/_index.md
---
title: Home
---
Welcome.
//- content/briefings/2025-12-10-one.md
---
title: One
people: [Ada Lovelace]
topics: [Sanctions]
---
Ada Lovelace met France. See [[Two]].
//- content/briefings/2025-12-11-two.md
---
title: Two
summary: In short.
people: [Ada Lovelace, Charles Babbage]
redirect_from: [/second/]
---
Text.
//- content/people/ada-lovelace.md
---
name: Ada Lovelace
aliases: [Countess of Lovelace]
---
Profile.
//- static/notes.txt
plain
";

/// A small generator of numbers that look random (SplitMix64), so that a run can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).expect("a small number")
    }
}

/// Changes the site in one way or another; returns what was done.
fn edit(folder: &Path, dice: &mut Dice, turn: u64) -> String {
    let number = dice.roll(6);
    let article = folder.join(format!("content/briefings/2025-12-{:02}-a{number}.md", 10 + number));
    let people = ["Ada Lovelace", "Charles Babbage", "Mary Somerville"][dice.roll(3)];
    let text = format!(
        "---\ntitle: Article {number} of {turn}\npeople: [{people}]\ncountries: [{}]\n{}---\n{people} said it in turn {turn}. See [[One]].\n",
        ["FR", "UA", "JP"][dice.roll(3)],
        [
            String::new(),
            "draft: true\n".into(),
            "tlp: amber\n".into(),
            "topics: [Trade]\n".into(),
            format!("redirect_from: [/old-{number}/]\n")
        ][dice.roll(5)],
    );
    let save = |path: PathBuf, text: &str| {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    match dice.roll(12) {
        0..=4 => save(article, &text),
        5 => {
            let _ = fs::remove_file(&article);
            format!("remove {}", article.display())
        }
        6 => save(
            folder.join("content/people/ada-lovelace.md"),
            &format!("---\nname: Ada Lovelace\naliases: [Countess {turn}]\n---\nTurn {turn}.\n"),
        ),
        7 => save(
            folder.join("site.yaml"),
            &format!("title: Desk {turn}\npagination: {{articles: {}}}\n", 1 + dice.roll(4)),
        ),
        8 => save(folder.join("static/notes.txt"), &format!("turn {turn}")),
        9 => save(folder.join("templates/not-used.html"), &format!("{{# {turn} #}}")),
        10 => save(
            folder.join("templates/page.html"),
            &format!(
                "{{% extends \"base.html\" %}}{{% block main %}}<p>{turn}</p>{{{{ loose.content | safe }}}}{{% endblock main %}}"
            ),
        ),
        _ => {
            let (from, to) = (
                folder.join("content/briefings/2025-12-11-two.md"),
                folder.join("content/briefings/2025-12-12-two.md"),
            );
            let _ = if from.exists() { fs::rename(from, to) } else { fs::rename(to, from) };
            "rename two".to_string()
        }
    }
}

/// What the preview asks for.
fn asked(folder: &Path) -> Request {
    Request {
        root: folder.to_path_buf(),
        skip: Vec::new(),
        clearance: Tlp::Red,
        drafts: true,
        embargoed: false,
        now: jiff::Timestamp::now(),
        base_url: None,
    }
}

/// What `build` makes of the folder for the desk; none when the site has errors.
fn built(folder: &Path) -> Option<BTreeMap<String, Vec<u8>>> {
    let loaded = build::load(&asked(folder)).expect("a readable site");
    let sink = MemorySink::new();
    let mut diagnostics = loaded.diagnostics.clone();
    diagnostics.extend(build::render(&loaded, &sink, &|| ()).expect("memory"));
    let errors = crossbrief::base::diagnostics::count_errors(&diagnostics);
    (errors == 0)
        .then(|| sink.into_files().into_iter().map(|(path, bytes)| (path.to_string(), bytes.to_vec())).collect())
}

/// The page without the preview's own script.
fn without_script(page: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(page.to_vec()).expect("text");
    let start = text.find("<script defer src=\"/_crossbrief/preview.js\"").expect("the script");
    let end = start + text[start..].find("</script>").expect("its end") + "</script>".len();
    format!("{}{}", &text[..start], &text[end..]).into_bytes()
}

/// The first difference between what is served and what was built.
fn difference(server: &Server, built: &BTreeMap<String, Vec<u8>>) -> Option<String> {
    for (path, bytes) in built {
        let answer = server.get(&format!("/{}", percent_encode(path)));
        // Old addresses lead on by themselves.
        if answer.status == 301 {
            assert!(String::from_utf8_lossy(bytes).contains("http-equiv"), "{path} leads on");
            continue;
        }
        let served = if path.ends_with(".html") && answer.status == 200 {
            without_script(&answer.body)
        } else {
            answer.body.clone()
        };
        if answer.status != 200 || served != *bytes {
            return Some(format!("{path}: {} {}", answer.status, String::from_utf8_lossy(&served)));
        }
    }
    None
}

#[test]
fn what_is_served_is_what_is_built_after_every_edit() {
    let edits = std::env::var("CROSSBRIEF_EDITS").ok().and_then(|edits| edits.parse().ok()).unwrap_or(EDITS);
    let seed = std::env::var("CROSSBRIEF_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(6);
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), SITE);
    let server = Server::at(folder.path(), &[]);
    server.wait_for("/", "Desk");
    let mut dice = Dice(seed);
    let (mut compared, mut gone) = (0, Vec::new());
    let mut before: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for turn in 0..edits {
        // Sometimes several files at once, as a save of all does.
        let done: Vec<String> = (0..=dice.roll(3)).map(|_| edit(folder.path(), &mut dice, turn)).collect();
        let Some(built) = built(folder.path()) else { continue };
        let what = format!("turn {turn} of seed {seed}, after {done:?}");
        let mut last = None;
        wait(&what, || {
            last = difference(&server, &built);
            if last.as_ref().is_some() { None } else { Some(()) }
        });
        gone.extend(before.keys().filter(|path| !built.contains_key(*path)).cloned());
        gone.retain(|path| !built.contains_key(path));
        for path in gone.iter().rev().take(5) {
            assert_ne!(server.get(&format!("/{}", percent_encode(path))).status, 200, "{path} is gone; {what}");
        }
        before = built;
        compared += 1;
    }
    assert!(compared * 2 > edits, "only {compared} of {edits} edits gave a sound site");
}

#[test]
fn what_is_taken_back_after_the_site_was_kept_is_taken_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), SITE);
    // What is no text is known by its stamp alone, which says nothing while it is new.
    fs::remove_file(folder.path().join("static/notes.txt")).expect("a file");
    let place = Kept::of_preview(folder.path());
    let request = asked(folder.path());
    let path = SourcePath::new("content/briefings/2025-12-11-two.md");
    let changed = [path.clone()].into();
    let make = |before: Option<&Arc<Made>>, kept| {
        let changed = before.map(|_| &changed);
        let order = Order { request: &request, generation: 2, changed, keep_good: false, kept };
        Arc::new(rebuild(before, &order, &mut |_| false))
    };
    let text = fs::read_to_string(folder.path().join(path.as_str())).expect("a text");
    let sentence = |text: &str| format!("{text}\nOne more.\n");
    let title = text.replacen("title: Two", "title: Three", 1);
    // A sentence is put into the site that there is; for a title it is assembled again.
    for edits in [vec![sentence(&text)], vec![title.clone(), sentence(&title)]] {
        let mut made = make(None, None);
        for edit in &edits {
            put(folder.path(), path.as_str(), edit);
            made = make(Some(&made), None);
        }
        assert!(made.errors() == 0 && made.is_revision);
        made.keep(&place).expect("a kept site");
        put(folder.path(), path.as_str(), &text);
        let next = make(None, Some(&place));
        assert!(next.is_resumed);
        let served: BTreeMap<String, Vec<u8>> =
            next.tree.files().iter().map(|(path, entry)| (path.clone(), entry.bytes.to_vec())).collect();
        assert_eq!(Some(served), built(folder.path()));
    }
}

#[test]
fn a_preview_goes_on_from_the_last_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), SITE);
    let place = Kept::of_preview(folder.path());
    // A file that is not read is known by its stamp, which says something only when the disk’s clock has gone on.
    let notes = folder.path().join("static/notes.txt");
    let age = || notes.metadata().expect("a file").modified().expect("a time").elapsed().unwrap_or_default();
    wait("the disk’s clock", || (age() > Duration::from_millis(50)).then_some(()));
    let server = Server::at(folder.path(), &[]);
    wait("the site to be kept", || place.exists().then_some(()));
    drop(server);

    let started = |is_resumed: bool| {
        let request = asked(folder.path());
        let order =
            Order { request: &request, generation: 1, changed: None, keep_good: false, kept: Some(place.as_path()) };
        let made = rebuild(None, &order, &mut |_| false);
        assert_eq!((made.errors(), made.is_resumed), (0, is_resumed));
        let served: BTreeMap<String, Vec<u8>> =
            made.tree.files().iter().map(|(path, entry)| (path.clone(), entry.bytes.to_vec())).collect();
        assert_eq!(Some(served), built(folder.path()));
    };
    started(true);
    let two = "---\ntitle: Two\nsummary: In short.\npeople: [Ada Lovelace, Charles Babbage]\nredirect_from: [/second/]\n---\nOther words.\n";
    put(folder.path(), "content/briefings/2025-12-11-two.md", two);
    put(folder.path(), "templates/page.html", "{{ loose.content | safe }}");
    // A template that has come is more than one that has changed.
    started(false);
    fs::remove_file(folder.path().join("templates/page.html")).expect("a file");
    started(true);
    // A person without an alias is put in; settings are not.
    put(folder.path(), "content/people/ada-lovelace.md", "---\nname: Ada Lovelace\n---\nA profile.\n");
    started(true);
    put(folder.path(), "site.yaml", "title: Another desk\n");
    started(false);
    put(folder.path(), "site.yaml", "title: Desk\n");
    // What is damaged is not believed.
    put(
        folder.path(),
        "content/people/ada-lovelace.md",
        "---\nname: Ada Lovelace\naliases: [Countess of Lovelace]\n---\nProfile.\n",
    );
    started(true);
    let whole = fs::read(&place).expect("the kept site");
    for at in [3, 60, 100, whole.len() / 2, whole.len() - 2] {
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        fs::write(&place, &bytes).expect("a file");
        started(false);
    }
    fs::write(&place, &whole[..whole.len() - 1]).expect("a file");
    started(false);
    fs::write(&place, whole).expect("a file");
    started(true);
}
