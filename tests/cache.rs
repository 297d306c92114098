//! The shared cache: what one machine made, another one takes, and what is wrong with the cache costs time alone.

mod tiny;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use crossbrief::build::cache::folder::FolderDepot;
use crossbrief::build::cache::{Cache, Depot, Seal};
use crossbrief::build::incremental::{self, Known};
use crossbrief::build::sink::MemorySink;
use crossbrief::build::{self, Request};
use crossbrief::content::vocabulary::Tlp;

const SITE: &str = "\
//- site.yaml
title: Desk
base_url: https://example.org/
cache: {type: folder, path: ../cache}
maps: {show: false}
social_cards: articles
markdown_twins: true
feed: {content: full}
//- content/briefings/2025-12-10-visit.md
---
title: A visit
summary: Two meet.
people: [Ada Lund]
countries: [France]
---
Ada Lund landed in Paris. Talks went on. See [what is held back](2025-11-01-zqsecret.md).

:::tlp amber
The zqmarked words.
:::
//- content/briefings/2025-12-01-grid.md
---
title: The grid
summary: Power is short.
countries: [Spain]
---
Spain has less of it.
//- content/briefings/2025-11-01-zqsecret.md
---
title: Zqsecret plans
draft: true
people: [Zqhidden Person]
---
Not yet.
//- content/briefings/2025-11-02-zqamber.md
---
title: Zqamber plans
tlp: AMBER
---
Not for everybody.
//- content/people/ada-lund.md
---
name: Ada Lund
family_name: Lund
---
A diplomat.
";

/// Outputs that hold the text with a link to something withheld, and stay at home: its page and twin, and the feeds with
/// whole texts of the site, the section, Ada Lund and France, each as Atom and JSON.
const AT_HOME: u64 = 10;

/// A folder with a cache and the desks that share it.
struct Team(tempfile::TempDir);

/// What a build gave.
struct Run {
    code: i32,
    told: String,
    json: serde_json::Value,
}

impl Run {
    fn number(&self, name: &str) -> u64 {
        let value = name.split('.').fold(&self.json, |value, key| &value[key]);
        value.as_u64().unwrap_or_else(|| panic!("{name} in {} {}", self.json, self.told))
    }
}

impl Team {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// A new clone of the site.
    fn clone_of(&self, name: &str) -> PathBuf {
        let desk = self.0.path().join(name);
        tiny::write(&desk, SITE);
        // Other machines have other times.
        let file = fs::File::open(desk.join("content/people/ada-lund.md")).expect("a file");
        file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(name.len() as u64 * 1000))
            .expect("a time");
        desk
    }

    fn cache(&self) -> PathBuf {
        self.0.path().join("cache")
    }

    /// All that lies in the cache, unpacked, with its names, in small letters.
    fn unpacked(&self) -> String {
        let mut all = String::new();
        for path in self.stored() {
            let bytes = fs::read(&path).expect("a file");
            all.push_str(&path.to_string_lossy());
            // Tables are packed whole, packs block by block.
            let mut rest = &bytes[..];
            while !rest.is_empty() {
                let length = zstd::zstd_safe::find_frame_compressed_size(rest).expect("a frame");
                let plain = zstd::stream::decode_all(&rest[..length]).expect("a block");
                all.push_str(&String::from_utf8_lossy(&plain).to_lowercase());
                rest = &rest[length..];
            }
        }
        all
    }

    /// All files of the cache.
    fn stored(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = folders(&self.cache()).into_iter().flat_map(|folder| folders(&folder)).collect();
        files.sort();
        files
    }
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

fn made(desk: &Path, arguments: &[&str]) -> Run {
    made_with(desk, arguments, &[])
}

fn made_with(desk: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_crossbrief"))
        .args(["build", "--json"])
        .args(arguments)
        .current_dir(desk)
        .env_remove("CROSSBRIEF_CACHE")
        .env_remove("CROSSBRIEF_CACHE_KEY")
        .envs(variables.iter().copied())
        .output()
        .expect("the binary runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let json = serde_json::from_slice(&output.stdout).unwrap_or_default();
    Run { code: output.status.code().unwrap_or(-1), told, json }
}

fn tree(desk: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let public = desk.join("public");
    let mut files = BTreeMap::new();
    let mut open = vec![public.clone()];
    while let Some(next) = open.pop() {
        for path in folders(&next) {
            if path.is_dir() {
                open.push(path);
            } else {
                let bytes = fs::read(&path).expect("a file");
                files.insert(path.strip_prefix(&public).expect("below it").to_path_buf(), bytes);
            }
        }
    }
    files
}

/// Makes a desk a fresh clone again.
fn forget(desk: &Path) {
    for folder in ["public", ".crossbrief"] {
        fs::remove_dir_all(desk.join(folder)).expect("a folder");
    }
}

fn edit(desk: &Path, path: &str, old: &str, new: &str) {
    let path = desk.join("content/briefings").join(path);
    let text = fs::read_to_string(&path).expect("a text");
    assert!(text.contains(old), "no `{old}`");
    fs::write(path, text.replace(old, new)).expect("a text");
}

/// What a build makes without a cache.
fn clean(desk: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    assert_eq!(made(desk, &["--fresh", "--cache", "off"]).code, 0);
    tree(desk)
}

#[test]
fn what_one_desk_made_no_other_makes_again() {
    let team = Team::new();
    let (here, there) = (team.clone_of("here"), team.clone_of("there"));
    let first = made(&here, &[]);
    assert_eq!((first.code, first.number("shared.taken")), (0, 0), "{}", first.told);
    let given = first.number("shared.given");
    assert_eq!(given, first.number("outputs") - AT_HOME, "{}", first.told);
    let second = made(&there, &[]);
    assert_eq!((second.number("shared.taken"), second.number("made")), (given, AT_HOME), "{}", second.told);
    assert_eq!(second.number("shared.given"), 0);
    assert_eq!(tree(&there), tree(&here));
    assert_eq!(tree(&there), clean(&there));

    // Two desks edit two briefings, and a third has both.
    let third = team.clone_of("third");
    edit(&here, "2025-12-01-grid.md", "less of it", "much less of it");
    assert!(made(&here, &["--fresh"]).number("shared.given") > 0);
    edit(&there, "2025-12-10-visit.md", "title: A visit", "title: One visit");
    let other = made(&there, &[]);
    assert!(other.number("made") > 0 && other.number("shared.given") > 0, "{}", other.json);
    edit(&third, "2025-12-01-grid.md", "less of it", "much less of it");
    let both = made(&third, &[]);
    assert_eq!((both.number("made"), both.number("shared.given")), (AT_HOME, 0), "{}", both.told);
    edit(&third, "2025-12-10-visit.md", "title: A visit", "title: One visit");
    forget(&third);
    let both = made(&third, &[]);
    // What shows both is new; what shows one of them, or none, is there.
    assert!(both.number("shared.taken") > 15 && both.number("shared.given") > 0, "{}", both.json);
    assert_eq!(tree(&third), clean(&third));
}

#[test]
fn a_cache_can_be_read_only_and_left_alone() {
    let team = Team::new();
    let (here, there) = (team.clone_of("here"), team.clone_of("there"));
    let read = made_with(&here, &[], &[("CROSSBRIEF_CACHE", "read")]);
    assert_eq!((read.number("shared.given"), team.stored().len()), (0, 0));
    assert_eq!(made(&here, &["--fresh", "--cache", "off"]).number("shared.given"), 0);
    assert!(made(&here, &["--fresh"]).number("shared.given") > 0);
    assert_eq!(made_with(&there, &["--cache", "off"], &[]).number("shared.taken"), 0);
    assert!(made_with(&there, &["--fresh"], &[]).number("made") > 10, "everything is made");
    forget(&there);
    let wrong = made_with(&there, &[], &[("CROSSBRIEF_CACHE", "maybe")]);
    assert!(wrong.code == 2 && wrong.told.contains("it may be use, read or off"), "{}", wrong.told);
}

#[test]
fn a_damaged_cache_costs_time_alone() {
    let team = Team::new();
    let here = team.clone_of("here");
    made(&here, &[]);
    let expected = tree(&here);
    let files = team.stored();
    assert_eq!(files.len(), 2, "a table and a pack");
    for (number, path) in files.iter().enumerate() {
        let whole = fs::read(path).expect("a file");
        let hurt = |at: usize| {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x40;
            bytes
        };
        let end = whole.len();
        let damages = [hurt(0), hurt(end / 3), hurt(end / 2), hurt(end - 1), whole[..end / 2].to_vec(), Vec::new()];
        for (at, damage) in damages.into_iter().enumerate() {
            fs::write(path, damage).expect("a file");
            let desk = team.clone_of(&format!("desk-{number}-{at}"));
            let run = made_with(&desk, &[], &[("CROSSBRIEF_CACHE", "read")]);
            assert_eq!((run.code, tree(&desk)), (0, expected.clone()), "{path:?} {at}: {}", run.told);
            assert!(run.number("made") > AT_HOME, "{path:?} {at}: something had to be made: {}", run.json);
        }
        fs::remove_file(path).expect("a file");
        let desk = team.clone_of(&format!("desk-{number}"));
        let run = made_with(&desk, &[], &[("CROSSBRIEF_CACHE", "read")]);
        assert_eq!((run.code, tree(&desk)), (0, expected.clone()), "{}", run.told);
        fs::write(path, &whole).expect("a file");
    }
    // What is damaged is given again.
    let pack = files.iter().find(|path| path.extension().is_some_and(|end| end == "pack")).expect("a pack");
    fs::remove_file(pack).expect("a file");
    let mender = team.clone_of("mender");
    let run = made(&mender, &[]);
    assert!(run.number("shared.given") > 10, "{}", run.json);
    let told = run.json["shared"]["told"].to_string();
    assert!(told.contains("not all of it could be fetched"), "{told}");
    let after = made(&team.clone_of("after"), &[]);
    assert_eq!(after.number("made"), AT_HOME, "{}", after.json);
}

#[test]
fn a_table_that_somebody_wrote_by_hand_breaks_nothing() {
    let team = Team::new();
    let desk = team.clone_of("desk");
    made(&desk, &[]);
    let table = team.stored().into_iter().find(|path| path.extension().is_some_and(|end| end == "table"));
    let table = table.expect("a table");
    let plain = zstd::stream::decode_all(&fs::read(&table).expect("a file")[..]).expect("a table");
    fs::remove_file(&table).expect("a file");
    let request = Request { base_url: None, ..tiny::request(&desk, Tlp::Clear) };
    let loaded = build::load(&request).expect("a readable site");
    let (_, ground) = loaded.shared_cache().expect("a cache").expect("it may be used");
    let rendered = |cache: Option<&Cache>| {
        let sink = MemorySink::new();
        let built = incremental::render(&loaded, Known { memory: None, cache }, &sink, &|| ()).expect("memory");
        (built.shared.taken, sink.into_files())
    };
    let (_, expected) = rendered(None);
    let depot: Arc<dyn Depot> = Arc::new(FolderDepot::new(&team.cache()));
    let (mut used, mut read) = (0, 0);
    for number in 0..120 {
        let mut bytes = plain.clone();
        // Everywhere, and most of all where lengths and places stand: at either end.
        let at = match number % 3 {
            0 => number / 3 * plain.len() / 40,
            1 => number,
            _ => plain.len() - 1 - number,
        };
        bytes[at] = bytes[at].wrapping_add([1, 0x80, 0xFF][number % 3]);
        let packed = zstd::bulk::compress(&bytes, 1).expect("memory");
        let name = format!("0000000000000-{}.table", blake3::hash(&packed).to_hex());
        let place = table.with_file_name(name);
        fs::write(&place, packed).expect("a file");
        let cache = Cache::read(depot.clone(), Seal::of(None).expect("no key"), ground, &desk).expect("a folder");
        read += 1 - cache.distrusted();
        let (taken, files) = rendered(Some(&cache));
        assert_eq!(files, expected, "{number}");
        used += usize::from(taken > 0);
        fs::remove_file(place).expect("a file");
    }
    assert!(used > 20 && read < 120, "{used} were used, {read} were read");
}

#[test]
fn a_cache_that_cannot_be_reached_costs_nothing() {
    let team = Team::new();
    let here = team.clone_of("here");
    let expected = clean(&here);
    let settings = fs::read_to_string(here.join("site.yaml")).expect("settings");
    for (place, told) in [
        ("{type: folder, path: ../none/cache}", "is not used: "),
        ("{type: s3, bucket: b, endpoint: 'http://127.0.0.1:9'}", "s3://b is not used: "),
    ] {
        let text = settings.replace("{type: folder, path: ../cache}", place);
        fs::write(here.join("site.yaml"), text).expect("settings");
        let keys = [("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b"), ("AWS_EC2_METADATA_DISABLED", "true")];
        let run = made_with(&here, &["--fresh"], &keys);
        // With `--fresh` nothing is read, so only what is given is missed.
        assert_eq!(run.code, 0, "{}", run.told);
        fs::remove_dir_all(here.join("public")).expect("a site");
        fs::remove_dir_all(here.join(".crossbrief")).expect("a memory");
        let run = made_with(&here, &[], &keys);
        assert_eq!((run.code, tree(&here)), (0, expected.clone()), "{}", run.told);
        let all = run.json["shared"]["told"].to_string();
        assert!(all.contains(told), "{all}");
    }
}

#[test]
fn with_a_key_only_those_who_have_it_are_believed() {
    let team = Team::new();
    let key = [("CROSSBRIEF_CACHE_KEY", "a key that nobody guesses")];
    // Somebody without the key has written there.
    made(&team.clone_of("stranger"), &[]);
    let here = team.clone_of("here");
    let first = made_with(&here, &[], &key);
    assert_eq!(first.number("shared.taken"), 0, "{}", first.json);
    let told = first.json["shared"]["told"].to_string();
    assert!(told.contains("1 table is left aside"), "{told}");
    let second = made_with(&team.clone_of("second"), &[], &key);
    assert_eq!(second.number("made"), AT_HOME, "{}", second.json);
    let other = made_with(&team.clone_of("other"), &[], &[("CROSSBRIEF_CACHE_KEY", "another key, as long as it")]);
    assert_eq!(other.number("shared.taken"), 0, "{}", other.json);
    let short = made_with(&team.clone_of("short"), &[], &[("CROSSBRIEF_CACHE_KEY", "short")]);
    assert!(short.code == 2 && short.told.contains("too short"), "{}", short.told);
    assert!(!short.told.contains("`short`"), "no key is told");
}

#[test]
fn nothing_withheld_gets_into_a_cache_for_others() {
    let team = Team::new();
    let here = team.clone_of("here");
    // Builds for more readers than the cache is for do not touch it.
    for arguments in [&["--audience", "amber"][..], &["--drafts"]] {
        let run = made(&here, arguments);
        assert_eq!((run.code, team.stored().len()), (0, 0), "{arguments:?} {}", run.told);
        assert!(run.json["shared"]["told"].to_string().contains("not used: "), "{}", run.json);
    }
    let run = made(&here, &["--fresh"]);
    assert!(run.number("shared.given") > 10);
    let all = team.unpacked();
    assert!(all.contains("power is short"), "what is visible is there");
    for secret in ["zqsecret", "zqhidden", "zqamber", "zqmarked"] {
        let at = all.find(secret);
        let around = at.map(|at| all[at.saturating_sub(80)..].chars().take(200).collect::<String>());
        assert_eq!(around, None, "{secret}");
    }
    // Nor by an edition that shows a text of the main one, which is told of there.
    let languages = "languages: [en, {tag: uk, fallback: show}]\n//- content";
    let profile = "family_name: Lund\n---\nA diplomat, of [whom](../briefings/2025-11-01-zqsecret.md) more is known.\n";
    let two = team.0.path().join("two");
    let text = SITE.replacen("//- content", languages, 1).replace("family_name: Lund\n---\nA diplomat.\n", profile);
    tiny::write(
        &two,
        &(text
            + "//- content/briefings/2025-12-10-visit.uk.md\n---\ntitle: Візит\npeople: [Ada Lund]\n---\nAda Lund.\n"),
    );
    let run = made(&two, &[]);
    assert!(
        run.number("shared.given") > 10 && two.join("public/uk/people/ada-lund/index.html").exists(),
        "{}",
        run.told
    );
    let all = team.unpacked();
    assert!(all.contains("uk/people/index.html") && !all.contains("zqsecret"), "the link of the profile");

    // A cache for them is used by them, and says nothing to others.
    let text = SITE.replace("path: ../cache}", "path: ../cache, audience: AMBER}");
    let amber = team.0.path().join("amber");
    tiny::write(&amber, &text);
    let given = made(&amber, &["--audience", "amber"]);
    assert!(given.number("shared.given") > 10, "{}", given.told);
    let clear = team.0.path().join("clear");
    tiny::write(&clear, &text);
    let run = made(&clear, &[]);
    assert_eq!(run.number("shared.taken"), 0, "another ground: {}", run.json);
    assert!(!tree(&clear).iter().any(|(_, bytes)| String::from_utf8_lossy(bytes).contains("Zqamber")));
}

#[test]
fn many_tables_become_one() {
    let team = Team::new();
    let here = team.clone_of("here");
    let tables = || team.stored().into_iter().filter(|path| path.extension().is_some_and(|end| end == "table")).count();
    let mut most = 0;
    for number in 0..36 {
        fs::write(
            here.join("content/briefings/2025-12-01-grid.md"),
            format!("---\ntitle: The grid\ncountries: [Spain]\nsummary: Day {number}.\n---\nSpain has less of it.\n"),
        )
        .expect("a text");
        let run = made(&here, &[]);
        forget(&here);
        assert_eq!(run.code, 0, "{}", run.told);
        most = most.max(tables());
    }
    assert!(most >= 32 && tables() < 12, "{most} {}", tables());
    let after = made(&team.clone_of("after"), &[]);
    assert_eq!(after.code, 0);
    fs::copy(
        here.join("content/briefings/2025-12-01-grid.md"),
        team.0.path().join("after/content/briefings/2025-12-01-grid.md"),
    )
    .expect("a copy");
    forget(&team.0.path().join("after"));
    let last = made(&team.0.path().join("after"), &[]);
    assert_eq!(last.number("made"), AT_HOME, "all that there is now stayed: {}", last.json);
}

#[test]
fn what_is_published_is_taken_only_from_those_with_the_key() {
    let team = Team::new();
    let targets = "targets: {live: {type: folder, path: ../live}}\n//- content";
    let with_target = |name: &str| {
        let desk = team.0.path().join(name);
        tiny::write(&desk, &SITE.replacen("//- content", targets, 1));
        desk
    };
    let publish = |desk: &Path, variables: &[(&str, &str)]| {
        let output = Command::new(env!("CARGO_BIN_EXE_crossbrief"))
            .args(["publish", "--yes"])
            .current_dir(desk)
            .env_remove("CROSSBRIEF_CACHE_KEY")
            .envs(variables.iter().copied())
            .output()
            .expect("the binary runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let here = with_target("here");
    made(&here, &[]);
    let told = publish(&here, &[]);
    assert!(!told.contains("shared cache"), "{told}");
    let key = [("CROSSBRIEF_CACHE_KEY", "a key that nobody guesses")];
    let told = publish(&with_target("there"), &key);
    assert!(told.contains(" given (") && !told.contains(" taken ("), "{told}");
    let told = publish(&with_target("third"), &key);
    assert!(told.contains(" taken (") && told.contains("nothing to do"), "{told}");
}
