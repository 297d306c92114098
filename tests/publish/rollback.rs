//! Going back to an earlier publication, and what must not come back with it.

use std::fs;

use crate::desk::{Desk, git};

const OPEN: &str = "content/briefings/2025-06-02-open-talks.md";
const SECRET: &str = "content/briefings/2025-06-03-secret-talks.md";

fn desk() -> Desk {
    let desk = Desk::new("  live: {type: folder, path: ../live}\n");
    git(&desk.root(), &["init", "--quiet", "."]);
    fs::write(desk.path(".gitignore"), "/.crossbrief/\n").unwrap();
    desk
}

fn commit(desk: &Desk, message: &str) {
    git(&desk.root(), &["add", "--all"]);
    git(&desk.root(), &["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", message]);
}

fn publish(desk: &Desk) {
    let run = desk.publish_with(&["--yes"], &[("CROSSBRIEF_BY", "Ada")]);
    assert_eq!(run.code, 0, "{}", run.told);
}

fn live(desk: &Desk, path: &str) -> String {
    fs::read_to_string(desk.beside("live").join(path)).unwrap_or_default()
}

/// All files of the published site with their bytes, but for the ledger.
fn site(desk: &Desk) -> Vec<(String, Vec<u8>)> {
    let root = desk.beside("live");
    let (mut files, mut open) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&root).unwrap().display().to_string();
            if path.is_dir() {
                open.push(path);
            } else if !name.starts_with(".crossbrief") {
                files.push((name, fs::read(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn an_earlier_publication_comes_back_without_what_is_withheld_now() {
    let desk = desk();
    desk.edit(OPEN, "They went on.", "They went on. See [the other talks](2025-06-03-secret-talks.md).");
    commit(&desk, "one");
    publish(&desk);
    let first = site(&desk);
    assert!(live(&desk, "briefings/open-talks/index.html").contains("They went on."));
    desk.edit(OPEN, "They went on.", "They fell out.");
    commit(&desk, "two");
    publish(&desk);
    let back = desk.publish(&["--rollback", "1", "--yes"]);
    assert_eq!(back.code, 0, "{}", back.told);
    assert!(back.told.contains("back to publication 1 of 20") && back.told.contains(" by Ada"), "{}", back.told);
    assert!(back.told.contains("the same files, byte for byte"), "{}", back.told);
    assert_eq!(site(&desk), first);
    let list = desk.publish(&["--list"]).printed;
    assert!(list.lines().next().unwrap().contains("removed  rollback to 1"), "{list}");

    // By a clock, the same commit would be published again at once.
    let again = desk.publish(&["--yes"]);
    assert_eq!(again.code, 3, "{}", again.told);
    assert!(again.told.contains("this version of the site was taken back by publication 3"), "{}", again.told);

    // Withdrawn meanwhile.
    desk.edit(SECRET, "title: Secret talks", "title: Secret talks\ndraft: true");
    commit(&desk, "three");
    publish(&desk);
    let plan = desk.publish(&["--rollback", "1", "--dry-run", "--json"]);
    let plan: serde_json::Value = serde_json::from_str(&plan.printed).unwrap_or_else(|_| panic!("{}", plan.told));
    assert_eq!(plan["rollback"], 1);
    assert_eq!(plan["changed"], serde_json::json!(["briefings/open-talks/index.html"]));
    assert_eq!((&plan["new"], &plan["withdrawn"]), (&serde_json::json!([]), &serde_json::json!([])));
    assert!(live(&desk, "briefings/open-talks/index.html").contains("They fell out."), "a dry run does nothing");
    let back = desk.publish(&["--rollback", "1", "--yes"]);
    assert_eq!(back.code, 0, "{}", back.told);
    assert!(back.told.contains("what is withheld or gone now stays away"), "{}", back.told);
    assert!(live(&desk, "briefings/open-talks/index.html").contains("They went on."));
    let all = desk.all_bytes("live");
    for secret in ["Secret talks", "Zora Quill", "zora-quill", "secret-talks"] {
        assert!(!all.contains(secret), "{secret}");
    }
    // It is what the first one would have been had it never been written.
    let back = site(&desk);
    git(&desk.root(), &["checkout", "--quiet", "HEAD~2"]);
    fs::remove_file(desk.path(SECRET)).unwrap();
    desk.edit(OPEN, "[the other talks](2025-06-03-secret-talks.md)", "the other talks");
    let without = desk.publish(&["--yes", "--older"]);
    assert_eq!(without.code, 0, "{}", without.told);
    assert_eq!(site(&desk), back);
}

#[test]
fn what_is_gone_or_marked_now_does_not_come_back() {
    let desk = desk();
    desk.edit(OPEN, "They went on.", "They went on.\n\nThe host was Ivo Brandt.\n\n![A room](room.png)");
    fs::copy(desk.path("content/briefings/p.png"), desk.path("content/briefings/room.png")).unwrap();
    commit(&desk, "one");
    publish(&desk);
    assert!(live(&desk, "briefings/open-talks/index.html").contains("Ivo Brandt"));
    // A part of one briefing is marked, its picture is gone, and so is the other briefing.
    desk.edit(OPEN, "The host was Ivo Brandt.\n\n![A room](room.png)", ":::tlp red\nThe host was Ivo Brandt.\n:::");
    fs::remove_file(desk.path("content/briefings/room.png")).unwrap();
    fs::remove_file(desk.path(SECRET)).unwrap();
    fs::write(desk.path("content/briefings/2025-06-04-a-third.md"), "---\ntitle: A third\n---\nThey met.\n").unwrap();
    commit(&desk, "two");
    publish(&desk);
    let back = desk.publish(&["--rollback", "1", "--yes"]);
    assert_eq!(back.code, 0, "{}", back.told);
    assert!(live(&desk, "briefings/a-third/index.html").is_empty(), "it was not there then");
    let all = desk.all_bytes("live");
    for secret in ["Ivo Brandt", "room.png", "Secret talks", "Zora Quill"] {
        assert!(!all.contains(secret), "{secret}");
    }

    // Settings that allow less now hold for then.
    fs::remove_file(desk.path("content/briefings/2025-06-04-a-third.md")).unwrap();
    desk.edit("site.yaml", "search: false", "search: false\nignore: ['2025-06-03-*']");
    fs::write(desk.path(SECRET), "---\ntitle: Secret talks\n---\nOne.\n").unwrap();
    desk.edit(OPEN, "title: Open talks", "title: Open meetings");
    commit(&desk, "three");
    publish(&desk);
    let back = desk.publish(&["--rollback", "1", "--yes"]);
    assert_eq!(back.code, 0, "{}", back.told);
    assert!(!desk.all_bytes("live").contains("Secret talks"));
}

#[test]
fn a_rollback_that_cannot_be_trusted_is_not_made() {
    let desk = desk();
    let none = desk.publish(&["--rollback", "1", "--yes"]);
    assert_eq!(none.code, 2, "{}", none.told);
    assert!(none.told.contains("there is no publication 1"), "{}", none.told);
    commit(&desk, "one");
    desk.edit(OPEN, "They went on.", "They went on, it is said.");
    publish(&desk);
    let uncommitted = desk.publish(&["--rollback", "1", "--yes"]);
    assert_eq!(uncommitted.code, 2, "{}", uncommitted.told);
    assert!(uncommitted.told.contains("no commit of git holds all of its sources"), "{}", uncommitted.told);
    commit(&desk, "two");
    fs::write(desk.path("content/briefings/2025-06-05-new.md"), "---\ntitle: New\n---\nNew.\n").unwrap();
    publish(&desk);
    let untracked = desk.publish(&["--rollback", "2", "--yes"]);
    assert_eq!(untracked.code, 2, "{}", untracked.told);
    commit(&desk, "three");
    desk.edit(OPEN, "it is said", "we know");
    commit(&desk, "four");
    publish(&desk);
    // Nobody knows what a text that cannot be read withholds.
    desk.edit(SECRET, "people: [Zora Quill]", "tlp: RED\npeople: [Zora Quill");
    let before = site(&desk);
    let broken = desk.publish(&["--rollback", "3", "--yes"]);
    assert_eq!(broken.code, 1, "{}", broken.told);
    assert!(broken.told.contains("it is not known what it withholds"), "{}", broken.told);
    assert_eq!(site(&desk), before);
    // A clone that does not reach back.
    git(&desk.root(), &["checkout", "--quiet", "--", "."]);
    desk.edit(OPEN, "we know", "all know");
    commit(&desk, "five");
    publish(&desk);
    fs::rename(desk.path(".git"), desk.beside("whole.git")).unwrap();
    let whole = format!("file://{}", desk.beside("whole.git").display());
    git(&desk.root(), &["clone", "--quiet", "--depth=1", "--bare", &whole, ".git"]);
    git(&desk.root(), &["config", "core.bare", "false"]);
    let shallow = desk.publish(&["--rollback", "3", "--yes"]);
    assert_eq!(shallow.code, 2, "{}", shallow.told);
    assert!(
        shallow.told.contains("does not hold the commit") && shallow.told.contains("--unshallow"),
        "{}",
        shallow.told
    );
}

#[test]
fn readers_of_the_last_publication_are_to_be_told_of_other_words() {
    let desk = desk();
    let told = |arguments: &[&str]| {
        let run = desk.publish(arguments);
        (run.code, run.told.matches("[silent-edit]").count(), run.told)
    };
    commit(&desk, "one");
    assert_eq!(told(&["--dry-run"]).1, 0, "nothing is published yet");
    publish(&desk);
    assert_eq!(told(&["--dry-run"]).1, 0, "nothing has changed");
    desk.edit(OPEN, "They went on.", "They fell out.");
    for is_committed in [false, true] {
        if is_committed {
            commit(&desk, "two");
        }
        let (code, count, text) = told(&["--dry-run"]);
        assert_eq!((code, count), (0, 1), "{text}");
        for part in ["warning[silent-edit]", OPEN, "add an entry to `updates:`"] {
            assert!(text.contains(part), "no `{part}` in {text}");
        }
    }
    // A site may take it for an error.
    let settings = fs::read_to_string(desk.path("site.yaml")).unwrap();
    fs::write(desk.path("site.yaml"), format!("{settings}lints: {{silent-edit: error}}\n")).unwrap();
    let (code, _, text) = told(&["--yes"]);
    assert!(code == 1 && text.contains("no word to their readers; nothing was published"), "{text}");
    assert!(live(&desk, "briefings/open-talks/index.html").contains("They went on."));
    fs::write(desk.path("site.yaml"), settings).unwrap();
    // Its readers are told.
    let title = fs::read_to_string(desk.path(OPEN))
        .unwrap()
        .lines()
        .find(|line| line.starts_with("title:"))
        .unwrap()
        .to_string();
    desk.edit(OPEN, &title, &format!("{title}\nupdates: [{{date: 2025-06-04, text: They fell out.}}]"));
    assert_eq!(told(&["--dry-run"]).1, 0);
    commit(&desk, "three");
    publish(&desk);
    // A commit that is not here is told of, and stops nothing.
    desk.edit(OPEN, "They fell out.\n", "They met again.\n");
    let branch = git(&desk.root(), &["branch", "--show-current"]);
    git(&desk.root(), &["checkout", "--quiet", "--orphan", "other"]);
    git(&desk.root(), &["branch", "--quiet", "-D", branch.trim()]);
    git(&desk.root(), &["reflog", "expire", "--expire=now", "--all"]);
    git(&desk.root(), &["gc", "--quiet", "--prune=now"]);
    let (code, count, text) = told(&["--dry-run"]);
    assert_eq!((code, count), (0, 0), "{text}");
    assert!(text.contains("silent edits were not looked for: the repository"), "{text}");
}
