//! The histories of briefings, out of repositories that are made here: what is compared, and above all what is not.

#[path = "tiny/repository.rs"]
mod repository;
mod tiny;

use std::path::Path;

use crossbrief::build;
use crossbrief::build::sink::MemorySink;
use crossbrief::content::vocabulary::Tlp;
use repository::{commit, git};
use tiny::Built;

const SITE: &str =
    "title: Desk\nhistory: true\nmaps: {show: false}\nmarkdown_twins: true\nfeed: {content: full, rss: true}\n";

/// A site with one briefing, in a repository.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new(settings: &str) -> Self {
        let desk = Self(tempfile::tempdir().expect("a temporary folder"));
        desk.write("site.yaml", settings);
        desk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, text: &str) {
        tiny::write(self.path(), &format!("//- {path}\n{text}"));
    }

    /// Writes the briefing.
    fn put(&self, front: &str, text: &str) {
        self.write(ARTICLE, &article(front, text));
    }

    /// Commits the briefing as it is from a day of December 2025 on.
    fn on(&self, day: u8, front: &str, text: &str) {
        self.put(front, text);
        self.commit(day);
    }

    fn commit(&self, day: u8) {
        commit(self.path(), &format!("2025-12-{day:02}T12:00:00Z"));
    }

    fn build(&self) -> Built {
        tiny::build_at(self.path())
    }

    /// The words of all files that a site for these readers has.
    fn all_words(&self, clearance: Tlp) -> String {
        let loaded = build::load(&tiny::request(self.path(), clearance)).expect("a readable site");
        let sink = MemorySink::new();
        build::render(&loaded, &sink, &|| ()).expect("memory");
        let files = sink.into_files().into_iter();
        files.map(|(path, bytes)| format!("{path}\n{}\n", String::from_utf8_lossy(&bytes))).collect()
    }
}

const ARTICLE: &str = "content/briefings/a.md";
const PAGE: &str = "briefings/a/history";

fn article(front: &str, text: &str) -> String {
    format!("---\ntitle: A\ndate: 2025-12-01\nsummary: S\n{front}---\n{text}\n")
}

fn has_history(built: &Built) -> bool {
    built.files.contains_key("briefings/a/history/index.html")
}

fn has(page: &str, parts: &[&str]) {
    parts.iter().for_each(|part| assert!(page.contains(part), "no `{part}` in {page}"));
}

#[test]
fn revisions_are_compared_word_by_word() {
    let desk = Desk::new(SITE);
    let judged = |likelihood: &str| {
        format!("bottom_line: It holds.\nkey_judgments: [{{text: It **lasts**., likelihood: {likelihood}}}]\n")
    };
    let text = |number: &str| {
        format!(
            "Half stays.\n\nOne stays.\n\nTwo stay.\n\n{number} met [in Paris](https://example.org/zq).<!-- Zqnote -->\n\nMore stays."
        )
    };
    desk.on(1, &judged("likely"), &text("Two"));
    desk.on(3, &judged("unlikely"), &text("Three"));
    // The same words, and notes among editors, are no change.
    desk.on(
        4,
        &(judged("unlikely") + "ed_note: Zqed\n"),
        &text("Three").replace("[in Paris](https://example.org/zq)", "in\nParis"),
    );
    desk.on(5, &(judged("unlikely") + "updated: 2025-12-05\n"), &text("Four"));
    let built = desk.build();
    assert!(!built.messages.contains("no-history"), "{}", built.messages);
    let page = built.page(PAGE);
    has(
        page,
        &[
            "History: A",
            "since 1 December 2025",
            "<del><span class=hidden>removed: </span>Two</del> <ins><span class=hidden>added: </span>Three</ins> met in Paris.",
            "<h2 class=rule id=change-2><time datetime=2025-12-05T12:00:00+00:00>5 December 2025, 12:00</time></h2>",
            "<h2 class=rule id=change-1><time datetime=2025-12-03T12:00:00+00:00>",
            "2 paragraphs unchanged",
            "<p class=seen>Two stay.</p>",
            "Key judgments",
            "<meta name=robots content=noindex>",
        ],
    );
    assert!(page.find("change-2") < page.find("change-1"), "the latest comes first: {page}");
    for absent in ["Zq", "zq", "Bottom line", "change-3"] {
        assert!(!page.contains(absent), "{absent} in {page}");
    }
    has(built.page("briefings/a"), &["href=/desk/briefings/a/history/"]);
    // Nothing else leads there.
    for (path, text) in &built.files {
        let is_of_it = path.starts_with("briefings/a/");
        assert!(is_of_it || !text.contains("/history/"), "{path}");
    }
    // Another copy of the repository gives the same.
    let copy = tempfile::tempdir().expect("a temporary folder");
    git(copy.path(), "", &["clone", "--quiet", desk.path().to_str().expect("a path"), "copy"]);
    assert_eq!(tiny::build_at(&copy.path().join("copy")).files, built.files);
}

#[test]
fn nothing_is_compared_unless_the_site_says_so() {
    let desk = Desk::new("title: Desk\n");
    desk.on(1, "", "Two met.");
    desk.on(2, "", "Three met.");
    assert!(!has_history(&desk.build()));
    desk.write("site.yaml", SITE);
    assert!(has_history(&desk.build()));
    // What is not committed is no part of it.
    desk.put("", "Four met.");
    let page = desk.build().page(PAGE).to_string();
    assert!(page.contains("Three") && !page.contains("Four"), "{page}");
    for none in ["history: false\n", "history: 2025-12-02\n"] {
        desk.put(none, "Three met.");
        assert!(!has_history(&desk.build()), "{none}");
    }
    desk.put("history: 2025-12-01 12:00\n", "Three met.");
    assert!(has_history(&desk.build()));
    desk.write("site.yaml", "title: Desk\nhistory: 2025-12-01 12:01\n");
    assert!(!has_history(&desk.build()));
    desk.put("history: true\n", "Three met.");
    has(&desk.build().messages, &["bad-history", "content/briefings/a.md:5:10", "the site’s settings turn it on"]);
    desk.write("site.yaml", "title: Desk\nhistory: soon\n");
    has(&desk.build().messages, &["site.yaml:2:10", "`soon` does not say", "write `true`, `false`, or a day"]);
}

#[test]
fn a_repository_without_its_commits_is_told_of() {
    let desk = Desk::new(SITE);
    desk.put("", "Two met.");
    let told = |built: &Built| {
        assert!(!has_history(built));
        has(&built.messages, &["warning[no-history]", "site.yaml:2:10"]);
        built.messages.clone()
    };
    has(&told(&desk.build()), &["git knows of no commit of this folder"]);
    desk.on(1, "", "Two met.");
    desk.on(2, "", "Three met.");
    assert!(has_history(&desk.build()));
    let copy = tempfile::tempdir().expect("a temporary folder");
    let from = format!("file://{}", desk.path().display());
    git(copy.path(), "", &["clone", "--quiet", "--depth=1", &from, "copy"]);
    has(&told(&tiny::build_at(&copy.path().join("copy"))), &["not all commits are in this copy", "--unshallow"]);
    // Nor is it silently another site where something is missing.
    git(desk.path(), "", &["repack", "-adq"]);
    let packs = desk.path().join(".git/objects/pack");
    for entry in std::fs::read_dir(packs).expect("a folder").flatten() {
        if entry.path().extension().is_some_and(|end| end == "pack") {
            let mut permissions = entry.metadata().expect("a file").permissions();
            #[expect(clippy::permissions_set_readonly_false, reason = "it is removed with its folder")]
            permissions.set_readonly(false);
            std::fs::set_permissions(entry.path(), permissions).expect("rights");
            std::fs::write(entry.path(), "spoiled").expect("a file");
        }
    }
    told(&desk.build());
}

#[test]
fn a_new_name_is_followed_and_another_folder_is_not() {
    let desk = Desk::new(SITE);
    desk.write("content/briefings/2025-12-01-old.md", &article("slug: a\n", "Two met."));
    desk.commit(1);
    git(desk.path(), "2025-12-02T12:00:00Z", &["mv", "content/briefings/2025-12-01-old.md", ARTICLE]);
    desk.commit(2);
    desk.on(3, "slug: a\n", "Three met.");
    has(desk.build().page(PAGE), &["Two</del>", "Three</ins>"]);
    // What lay elsewhere had other readers, for all that is known.
    let moved = Desk::new(SITE);
    moved.write("content/notes/a.md", &article("", "Zqsecret met."));
    moved.commit(1);
    moved.write("content/notes/a.md", &article("", "Two met."));
    moved.commit(1);
    std::fs::create_dir_all(moved.path().join("content/briefings")).expect("a folder");
    git(moved.path(), "2025-12-02T12:00:00Z", &["mv", "content/notes/a.md", ARTICLE]);
    moved.commit(2);
    moved.on(3, "", "Three met.");
    moved.on(4, "", "Four met.");
    let page = moved.build().page(PAGE).to_string();
    assert!(page.contains("Two</del>") && page.contains("Three</del>") && !page.contains("Zqsecret"), "{page}");
    // What a file of the same name was before, is another one's.
    let again = Desk::new(SITE);
    again.on(1, "", "Zqsecret met.");
    std::fs::remove_file(again.path().join(ARTICLE)).expect("a file");
    again.commit(2);
    again.on(3, "", "Three met.");
    again.on(4, "", "Four met.");
    assert!(again.all_words(Tlp::Clear).contains("Three</del>") && !again.all_words(Tlp::Clear).contains("Zqsecret"));
}

#[test]
fn revisions_of_an_edition_are_compared_in_its_language() {
    let desk = Desk::new(&format!("{SITE}languages: [en, uk]\n"));
    desk.put("", "Two met.");
    let version = |text: &str| format!("---\ntitle: А\ndate: 2025-12-01\nsummary: К\n---\n{text}\n");
    desk.write("content/briefings/a.uk.md", &version("Двоє зустрілися."));
    desk.commit(1);
    desk.write("content/briefings/a.uk.md", &version("Троє зустрілися."));
    desk.commit(2);
    let built = desk.build();
    has(built.page("uk/briefings/a/history"), &["Двоє</del>", "вилучено:", "lang=uk"]);
    assert!(!has_history(&built));
}

/// Texts that were never published, or are not to be seen any more, each as revision before two that are open.
#[test]
fn what_was_not_open_is_in_no_file() {
    let secret = "Zqsecret words.";
    let fronts = [
        "draft: true\n",
        "tlp: AMBER\n",
        "pub_status: withheld\n",
        "pub_status: canceled\n",
        "embargoed_until: 2025-12-03\n",
        "embargoed_until: 2030-01-01\n",
        "expires: 2025-12-31\n",
        "expires: 2025-11-30\n",
        // Nothing that can be read says whom it was for.
        "tlp: PURPLE\n",
        "draft: perhaps\n",
        "title: [\n",
        // Parts of it were not open.
        "key_judgments: [{text: Zqjudged., likelihood: likely, tlp: RED}]\n",
        "sources: [{id: s1, title: Zqsource, tlp: RED}]\n",
    ];
    let parts = [":::tlp amber\nZqpart words.\n:::\n\nZqrest.", ":::tlp purple\nZqpart words.\n:::\n\nZqrest."];
    let withheld = fronts.iter().map(|front| (*front, secret)).chain(parts.iter().map(|text| ("", *text)));
    for (front, text) in withheld {
        let desk = Desk::new(SITE);
        // Before it, something that was open, and was taken back with it.
        desk.on(1, "", "Zqearlier words.");
        desk.on(2, front, text);
        desk.on(4, "", "Three met.");
        desk.on(5, "", "Four met.");
        let words = desk.all_words(Tlp::Clear);
        for word in ["Zqsecret", "Zqearlier", "Zqjudged", "Zqsource", "Zqpart", "Zqrest"] {
            assert!(!words.contains(word), "{front}{text}: {:?}", words.lines().find(|line| line.contains(word)));
        }
        assert!(words.contains("Three</del>"), "{front}{text}: what came after it is compared");
    }
    // For those who may see all of it there is more to compare, unless it is marked lower now.
    let desk = Desk::new(SITE);
    desk.on(1, "tlp: AMBER\n", "Zqsecret met.");
    desk.on(2, "tlp: AMBER\n", "Three met.");
    assert!(desk.all_words(Tlp::Amber).contains("Zqsecret</del>"));
    desk.put("", "Three met.");
    assert!(!desk.all_words(Tlp::Amber).contains("Zqsecret"));
    // What is withheld in part now has no history at all: nobody can tell which of its older words that part was.
    let desk = Desk::new(SITE);
    desk.on(1, "", "Zqsecret words.\n\nOpen words.");
    desk.on(2, "", "Zqsecret and more words.\n\nOpen words.");
    assert!(desk.all_words(Tlp::Clear).contains("Zqsecret"));
    desk.put("", ":::tlp red\nZqsecret and more words.\n:::\n\nOpen words.");
    assert!(!desk.all_words(Tlp::Clear).contains("Zqsecret"));
    desk.commit(3);
    desk.on(4, "", "Open words.");
    desk.on(5, "", "More open words.");
    let words = desk.all_words(Tlp::Clear);
    assert!(!words.contains("Zqsecret") && words.contains("More</ins>") | words.contains("More open</ins>"), "{words}");
}

#[test]
fn what_was_withheld_by_others_than_its_file_is_in_no_file() {
    // The site was marked.
    let desk = Desk::new(&format!("{SITE}tlp: AMBER\n"));
    desk.on(1, "", "Zqsecret met.");
    desk.write("site.yaml", SITE);
    desk.commit(2);
    desk.on(3, "", "Three met.");
    desk.on(4, "", "Four met.");
    let words = desk.all_words(Tlp::Clear);
    assert!(!words.contains("Zqsecret") && words.contains("Three</del>"));
    // Its settings had another name, and were marked there.
    let desk = Desk::new(&format!("{SITE}tlp: AMBER\n"));
    desk.put("", "Zqsecret met.");
    std::fs::rename(desk.path().join("site.yaml"), desk.path().join("site.yml")).expect("a file");
    desk.commit(1);
    std::fs::remove_file(desk.path().join("site.yml")).expect("a file");
    desk.write("site.yaml", SITE);
    desk.commit(2);
    desk.on(3, "", "Three met.");
    desk.on(4, "", "Four met.");
    let words = desk.all_words(Tlp::Clear);
    assert!(!words.contains("Zqsecret") && words.contains("Three</del>"));
    // The folder was left alone.
    let desk = Desk::new(&format!("{SITE}ignore: [briefings]\n"));
    desk.on(1, "", "Zqsecret met.");
    desk.write("site.yaml", SITE);
    desk.on(2, "", "Three met.");
    desk.on(3, "", "Four met.");
    assert!(!desk.all_words(Tlp::Clear).contains("Zqsecret"));
    // The section was marked, or the one above it; by a file that cannot be read, too.
    for mark in ["defaults: {tlp: RED}\n", "defaults: {tlp: MAUVE}\n", "defaults: [\n"] {
        for path in ["content/briefings/_index.md", "content/_index.md"] {
            let desk = Desk::new(SITE);
            desk.write(path, &format!("---\ntitle: B\n{mark}---\n"));
            desk.on(1, "", "Zqsecret met.");
            desk.write(path, "---\ntitle: B\n---\n");
            desk.on(2, "", "Three met.");
            desk.on(3, "", "Four met.");
            let words = desk.all_words(Tlp::Clear);
            assert!(!words.contains("Zqsecret") && words.contains("Three</del>"), "{mark} in {path}");
        }
    }
    // It was tried out on a branch.
    let desk = Desk::new(SITE);
    desk.on(1, "", "Two met.");
    git(desk.path(), "", &["switch", "--quiet", "--create", "draft"]);
    desk.on(2, "", "Zqsecret met.");
    desk.on(3, "", "Three met.");
    git(desk.path(), "", &["switch", "--quiet", "main"]);
    git(desk.path(), "2025-12-04T12:00:00Z", &["merge", "--quiet", "--no-ff", "-m", "m", "draft"]);
    let words = desk.all_words(Tlp::Clear);
    assert!(!words.contains("Zqsecret") && words.contains("Three</ins>"));
    // It was there before its day, as it says now or said then.
    for [then, now] in [["2025-12-03", "2025-12-01"], ["2025-12-01", "2025-12-03"]] {
        let desk = Desk::new(SITE);
        for (day, date, text) in [(2, then, "Zqsecret met."), (3, now, "Three met."), (4, now, "Four met.")] {
            desk.write(ARTICLE, &article("", text).replace("2025-12-01", date));
            desk.commit(day);
        }
        let words = desk.all_words(Tlp::Clear);
        assert!(!words.contains("Zqsecret") && words.contains("Three</del>"), "{then} {now}");
    }
    // A clock that ran ahead opens nothing.
    let desk = Desk::new(SITE);
    desk.put("embargoed_until: 2030-01-01\n", "Zqsecret met.");
    commit(desk.path(), "2031-01-01T00:00:00Z");
    desk.put("", "Three met.");
    commit(desk.path(), "2031-01-02T00:00:00Z");
    assert!(!desk.all_words(Tlp::Clear).contains("Zqsecret"));
}
