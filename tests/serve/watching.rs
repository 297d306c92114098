//! Every way in which files come to change, and what a preview makes of it: one change, one rebuild, the final state
//! right, and never a page that was half written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crossbrief::build::checkout::Checkout;
use crossbrief::serve::burst::Burst;
use crossbrief::serve::preview::Event;
use crossbrief::serve::watch::Hint;

use crate::answers::SITE;
use crate::server::{Channel, LONG, Server, put, wait, write};

const FILE: &str = "content/briefings/2025-12-10-warning.md";
const PAGE: &str = "/briefings/warning/";

fn text(sentence: &str) -> String {
    format!("---\ntitle: A warning\npeople: [Xi Jinping]\n---\n{sentence}\n")
}

/// Long enough for whatever a change may still set off.
fn settle() {
    std::thread::sleep(Duration::from_millis(900));
}

/// Watches a page while something is done: every version of it that was served.
fn versions_during(server: &Server, until: &str, deed: impl FnOnce(&Path)) -> Vec<String> {
    let mut tab = Channel::open(server, PAGE, 0);
    tab.next().expect("a first message");
    deed(&server.folder);
    let mut seen = Vec::new();
    let started = Instant::now();
    loop {
        assert!(started.elapsed() < LONG, "waited in vain for {until:?}: {}", server.said());
        let page = server.get(PAGE).text();
        let is_last = page.contains(until);
        seen.push(page);
        if is_last {
            return seen;
        }
        assert!(tab.next().is_some(), "no news of {until:?}: {}", server.said());
    }
}

/// Saves the file as an editor does, by its very operations; afterwards the page is new, was never empty or missing,
/// and was built once.
fn saves_as(name: &str, save: impl FnOnce(&PathBuf, &str)) {
    let server = Server::of(SITE, &[]);
    server.wait_for(PAGE, "The first sentence.");
    server.wait_until_built();
    settle();
    let before = server.builds();
    let sentence = format!("Saved as {name} does.");
    let seen = versions_during(&server, &sentence, |folder| save(&folder.join(FILE), &text(&sentence)));
    for page in seen {
        assert!(
            page.contains("A warning") && (page.contains("first sentence") || page.contains(&sentence)),
            "{name}: {page}"
        );
    }
    settle();
    assert_eq!(server.builds() - before, 1, "{name}: {}", server.said());
}

#[test]
fn vim_renames_the_old_file_and_writes_a_new_one() {
    saves_as("vim", |file, text| {
        let (folder, name) = (file.parent().unwrap(), file.file_name().unwrap().to_str().unwrap());
        fs::write(folder.join(format!(".{name}.swp")), "swap").unwrap();
        // It tries whether it may write here.
        fs::write(folder.join("4913"), "").unwrap();
        fs::remove_file(folder.join("4913")).unwrap();
        let backup = folder.join(format!("{name}~"));
        fs::rename(file, &backup).unwrap();
        fs::write(file, text).unwrap();
        fs::remove_file(backup).unwrap();
        fs::remove_file(folder.join(format!(".{name}.swp"))).unwrap();
    });
}

#[test]
fn emacs_locks_backs_up_and_writes_in_place() {
    saves_as("emacs", |file, text| {
        let (folder, name) = (file.parent().unwrap(), file.file_name().unwrap().to_str().unwrap());
        let lock = folder.join(format!(".#{name}"));
        #[cfg(unix)]
        std::os::unix::fs::symlink("me@machine.1234:1", &lock).unwrap();
        fs::write(folder.join(format!("#{name}#")), text).unwrap();
        fs::copy(file, folder.join(format!("{name}~"))).unwrap();
        fs::write(file, text).unwrap();
        fs::remove_file(folder.join(format!("#{name}#"))).unwrap();
        let _ = fs::remove_file(lock);
    });
}

#[test]
fn vs_code_truncates_and_writes_a_moment_later() {
    saves_as("VS Code", |file, text| {
        let mut open = fs::OpenOptions::new().write(true).truncate(true).open(file).unwrap();
        std::thread::sleep(Duration::from_millis(60));
        std::io::Write::write_all(&mut open, text.as_bytes()).unwrap();
    });
}

#[test]
fn jetbrains_write_beside_and_rename_twice() {
    saves_as("JetBrains", |file, text| {
        let beside = |end: &str| file.with_file_name(format!("{}{end}", file.file_name().unwrap().to_str().unwrap()));
        fs::write(beside("___jb_tmp___"), text).unwrap();
        fs::rename(file, beside("___jb_old___")).unwrap();
        fs::rename(beside("___jb_tmp___"), file).unwrap();
        fs::remove_file(beside("___jb_old___")).unwrap();
    });
}

#[test]
fn sed_renames_a_new_file_over_the_old_one() {
    saves_as("sed", |file, text| {
        let new = file.with_file_name("sedAbC123");
        fs::write(&new, text).unwrap();
        fs::rename(new, file).unwrap();
    });
}

#[test]
fn some_remove_the_file_first() {
    saves_as("remove and create", |file, text| {
        fs::remove_file(file).unwrap();
        std::thread::sleep(Duration::from_millis(50));
        fs::write(file, text).unwrap();
    });
}

#[test]
fn a_touched_file_is_not_built_again() {
    let server = Server::of(SITE, &[]);
    server.wait_for(PAGE, "The first sentence.");
    server.wait_until_built();
    settle();
    let before = server.builds();
    let file = server.folder.join(FILE);
    let same = fs::read(&file).unwrap();
    fs::write(&file, same).unwrap();
    Command::new("touch").args(["-d", "2030-01-01"]).arg(&file).status().unwrap();
    settle();
    assert_eq!(server.builds(), before, "{}", server.said());
}

#[test]
fn new_and_removed_folders_are_seen() {
    let server = Server::of(SITE, &[]);
    server.wait_for("/", "Desk");
    let new = "content/briefings/deep/deeper/deepest/2025-12-11-new.md";
    server.put(new, &text("In a new folder.").replace("A warning", "New"));
    server.wait_for("/briefings/deep/deeper/deepest/new/", "In a new folder.");
    // The new folder is watched as well.
    server.put(new, &text("Changed there.").replace("A warning", "New"));
    server.wait_for("/briefings/deep/deeper/deepest/new/", "Changed there.");
    // A folder that comes by being renamed.
    let outside = tempfile::tempdir_in(server.folder.parent().unwrap()).unwrap();
    put(outside.path(), "moved/2025-12-12-moved.md", &text("Moved in.").replace("A warning", "Moved"));
    fs::rename(outside.path().join("moved"), server.folder.join("content/briefings/moved")).unwrap();
    server.wait_for("/briefings/moved/moved/", "Moved in.");
    fs::remove_dir_all(server.folder.join("content/briefings/deep")).unwrap();
    wait("the removed page to go", || (server.get("/briefings/deep/deeper/deepest/new/").status == 404).then_some(()));
    // A folder of the site that was not there when the preview began.
    server.put("templates/article.html", "<!doctype html><title>Mine</title><p>own template");
    server.wait_for(PAGE, "own template");
    server.put("data/x.yaml", "a: 1\n");
    server.put("templates/article.html", "<!doctype html><title>Mine</title><p>data {{ data.x.a }}");
    server.wait_for(PAGE, "data 1");
    fs::remove_dir_all(server.folder.join("templates")).unwrap();
    server.wait_for(PAGE, "The first sentence.");
    // Words of the site, too.
    server.put("languages/en.ftl", "cite-briefing = Quote it so\n");
    server.wait_for(PAGE, "Quote it so");
    server.put("languages/en.ftl", "cite-briefing = Or so\n");
    server.wait_for(PAGE, "Or so");
    fs::remove_dir_all(server.folder.join("languages")).unwrap();
    server.wait_for(PAGE, "Cite this briefing");
}

/// The name of a page’s sheet, which has the hash of its bytes in it.
fn sheet(page: &str) -> String {
    page.split("/assets/").nth(1).and_then(|rest| rest.split([' ', '>']).next()).expect("a sheet").to_string()
}

#[test]
fn settings_and_styles_are_seen() {
    let server = Server::of(SITE, &[]);
    server.wait_for("/", "Desk");
    server.put("site.yaml", "title: Another desk\n");
    server.wait_for("/", "Another desk");
    server.put("assets-are-no-folder-of-a-site/x", "x");
    server.put("static/notes.txt", "other");
    server.wait_for("/notes.txt", "other");
    let before = sheet(&server.get(PAGE).text());
    server.put("themes/mine/theme.yaml", "name: Mine\nparent: default\n");
    server.put("themes/mine/assets/style.css", "p { color: #123456 }\n");
    server.put("site.yaml", "title: Another desk\ntheme: mine\n");
    let page = server.wait_until_gone(PAGE, &before).text();
    assert!(server.get(&format!("/assets/{}", sheet(&page))).text().contains("#123456"));
}

#[test]
fn what_lies_below_the_site_makes_no_loop() {
    let server = Server::of("//- one.md\n# First\n\nText.\n", &[]);
    server.wait_for("/briefings/one/", "Text.");
    server.wait_until_built();
    settle();
    let before = server.builds();
    // Builds into the watched folder, with all their files and folders.
    for _ in 0..2 {
        let built =
            Command::new(env!("CARGO_BIN_EXE_crossbrief")).args(["build", "--source"]).arg(&server.folder).output();
        assert!(server.folder.join("public/index.html").exists(), "{built:?}");
    }
    put(&server.folder, ".crossbrief/cache", "x");
    put(&server.folder, ".git/index", "x");
    put(&server.folder, "node_modules/a/b.md", "x");
    put(&server.folder, "target/doc/x.md", "x");
    settle();
    assert_eq!(server.builds(), before, "{}", server.said());
    server.put("one.md", "# First\n\nOther.\n");
    server.wait_for("/briefings/one/", "Other.");
    settle();
    assert_eq!(server.builds(), before + 1, "{}", server.said());
}

/// Settings and a template with which thousands of pages are made in little time.
const SMALL: &str = "\
//- site.yaml
title: Desk
minify: false
maps: {show: false}
linking: {links: off, related: 0}
pagination: {articles: 1000}
//- templates/article.html
<!doctype html><title>{{ page.title }}</title>{{ article.content | safe }}
";

#[test]
fn a_checkout_of_thousands_of_files_is_one_build() {
    const PAGES: usize = 100;
    const FILES: usize = 4_900;
    let folder = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("-C").arg(folder.path()).args(arguments).output().expect("git");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let fill = |branch: &str| {
        for number in 0..PAGES {
            let text = format!("# Page {number}\n\nOn {branch}.\n");
            put(folder.path(), &format!("content/briefings/{number:04}.md"), &text);
        }
        for number in 0..FILES {
            put(folder.path(), &format!("static/{}/{number:04}.txt", number % 70), &format!("{number} on {branch}"));
        }
    };
    write(folder.path(), SMALL);
    fill("one");
    git(&["init", "--quiet"]);
    git(&["config", "user.email", "desk@example.org"]);
    git(&["config", "user.name", "Desk"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "one"]);
    git(&["checkout", "--quiet", "-b", "two"]);
    fill("two");
    git(&["commit", "--quiet", "--all", "--message", "two"]);
    git(&["checkout", "--quiet", "-"]);
    let server = Server::at(folder.path(), &["--no-drafts"]);
    server.wait_for("/briefings/0000/", "On one.");
    server.wait_until_built();
    let before = server.builds();
    let started = Instant::now();
    git(&["checkout", "--quiet", "two"]);
    let took = started.elapsed();
    server.wait_for("/69/4899.txt", "on two");
    settle();
    for number in (0..FILES).step_by(97) {
        assert_eq!(server.get(&format!("/{}/{number:04}.txt", number % 70)).text(), format!("{number} on two"));
    }
    for number in (0..PAGES).step_by(7) {
        assert!(server.get(&format!("/briefings/{number:04}/")).text().contains("On two."), "{number}");
    }
    // Git needs a second, and on a machine that does much else, longer than the preview waits.
    let most = if took < Duration::from_secs(10) { 1 } else { 3 };
    assert!(server.builds() - before <= most, "{took:?}: {}", server.said());
}

/// As a checkout on a slow disk: long pauses between the files, and git at work all the time.
#[test]
fn while_git_is_at_work_nothing_is_built() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), SITE);
    put(folder.path(), ".git/HEAD", "ref: refs/heads/main\n");
    let server = Server::at(folder.path(), &[]);
    server.wait_until_built();
    settle();
    let before = server.builds();
    server.put(".git/index.lock", "");
    for part in 0..4 {
        for number in 0..30 {
            server.put(&format!("static/{part}/{number}.txt"), "checked out");
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    assert_eq!(server.builds(), before, "{}", server.said());
    fs::remove_file(folder.path().join(".git/index.lock")).unwrap();
    server.wait_for("/3/29.txt", "checked out");
    settle();
    assert_eq!(server.builds() - before, 1, "{}", server.said());
    // A lock that was left behind holds up nobody.
    server.put(".git/index.lock", "");
    server.put(FILE, &text("Saved beside a lock."));
    server.wait_for(PAGE, "Saved beside a lock.");
}

/// As on a slow machine: all that is told of is the folder, then it is quiet for longer than a change is waited for.
#[test]
fn git_that_makes_a_folder_is_waited_for() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path().to_path_buf();
    put(&root, ".git/index.lock", "");
    (0..40).for_each(|number| put(&root, &format!("new/{number}"), ""));
    let (tell, events) = mpsc::channel();
    tell.send(Event::Hint(Hint::NewFolder(root.join("new")))).expect("somebody who listens");
    let checkout = Checkout::around(&root);
    let gathered = std::thread::spawn(move || Burst::gather(&events, Duration::ZERO, &checkout));
    std::thread::sleep(Duration::from_millis(600));
    assert!(!gathered.is_finished());
    fs::remove_file(root.join(".git/index.lock")).expect("a lock");
    assert!(gathered.join().expect("no panic").has_hints());
}

/// The editor itself, in the ways in which it may be told to keep a backup.
#[test]
fn vim_itself_saves_in_each_of_its_ways() {
    if Command::new("vim").arg("--version").output().is_err() {
        println!("SKIPPED: there is no vim on this machine");
        return;
    }
    for options in
        ["nobackup nowritebackup", "writebackup backupcopy=no", "backup backupcopy=yes", "backup patchmode=.orig"]
    {
        saves_as(&format!("vim with {options}"), |file, text| {
            let sentence = text.lines().last().expect("a sentence");
            let command = format!("%s/The first sentence.*/{sentence}/");
            let set = format!("set {options} directory=. backupdir=.");
            let mut vim = Command::new("vim");
            // A swap file is made as by hand, although nobody looks.
            let vim = vim.args(["-N", "-u", "NONE", "-i", "NONE", "-e", "-s", "-c", &set, "-c", &command, "-c", "wq"]);
            assert!(vim.arg(file).output().expect("vim").status.success());
        });
    }
}

/// What the system could not tell, because too much happened at once, is found by looking.
#[cfg(target_os = "linux")]
#[test]
fn an_overflowing_queue_means_a_look_at_everything() {
    let most = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").expect("a number");
    let most: usize = most.trim().parse().expect("a number");
    let server = Server::of(SITE, &[]);
    server.wait_for(PAGE, "The first sentence.");
    server.wait_until_built();
    settle();
    let before = server.builds();
    let signal = |name: &str| {
        let status = Command::new("kill").arg(name).arg(server.process().to_string()).status();
        assert!(status.expect("kill").success());
    };
    signal("-STOP");
    // By turns, or the system takes the same event twice for one.
    for number in 0..most / 2 + 100 {
        put(&server.folder, &format!("content/briefings/.{}.swp", number % 2), "x");
    }
    put(&server.folder, FILE, &text("Saved after the queue was full."));
    put(&server.folder, "static/late/notes.txt", "late");
    signal("-CONT");
    server.wait_for(PAGE, "Saved after the queue was full.");
    server.wait_for("/late/notes.txt", "late");
    settle();
    assert!((1..=2).contains(&(server.builds() - before)), "{}", server.said());
    // The folder that nobody told of is watched.
    server.put("static/late/notes.txt", "later");
    server.wait_for("/late/notes.txt", "later");
}

/// Nobody is sent away because files are being changed: not by one edit, not by many, nor by broken ones.
#[test]
fn no_address_is_missing_while_the_site_is_rebuilt() {
    let server = Server::of(SITE, &[]);
    server.wait_for(PAGE, "The first sentence.");
    let ended = AtomicBool::new(false);
    let asked = std::thread::scope(|scope| {
        let visitors: Vec<_> = ["/", PAGE, "/people/xi-jinping/", "/notes.txt", "/feed.xml", "/briefings/"]
            .into_iter()
            .map(|address| {
                let (server, ended) = (&server, &ended);
                scope.spawn(move || {
                    let mut asked = 0;
                    while !ended.load(Ordering::Relaxed) {
                        let answer = server.get(address);
                        assert_eq!(answer.status, 200, "{address}: {}", answer.text());
                        asked += 1;
                    }
                    asked
                })
            })
            .collect();
        for number in 0..3 {
            server.put(FILE, &text(&format!("Edit {number}.")));
            server.wait_for(PAGE, &format!("Edit {number}."));
            server.put("site.yaml", "title: [\n");
            server.put(FILE, "---\ntitle: [\n---\n");
            server.put("templates/article.html", "{% if %}");
            server.put("site.yaml", &format!("title: Desk {number}\n"));
            server.put("static/notes.txt", &format!("{number}"));
            let mark = format!("zqmark{number}");
            server.put(
                "templates/article.html",
                &format!("<!doctype html><p>{mark}</p>{{{{ article.content | safe }}}}"),
            );
            server.put(FILE, &text("Mended."));
            server.wait_for(PAGE, &mark);
            fs::remove_dir_all(server.folder.join("templates")).unwrap();
            server.wait_until_gone(PAGE, &mark);
        }
        ended.store(true, Ordering::Relaxed);
        visitors.into_iter().map(|visitor| visitor.join().expect("always an answer")).min()
    });
    assert!(asked > Some(20), "{asked:?}");
}

#[test]
fn a_site_that_is_broken_stays_as_it_was_and_mends() {
    let server = Server::of(SITE, &[]);
    server.wait_for(PAGE, "The first sentence.");
    let mut tab = Channel::open(&server, PAGE, 0);
    assert_eq!(tab.next().expect("a first message")["problems"]["errors"], 0);
    for (what, path, broken, sound) in [
        ("front matter", FILE, "---\ntitle: [\n---\nzqbroken\n".to_string(), text("The first sentence.")),
        ("settings", "site.yaml", "title: Desk\nno_such_key: <b>\n".to_string(), "title: Desk\n".to_string()),
        ("a template", "templates/article.html", "{% if %}".to_string(), "<p>{{ article.content | safe }}".to_string()),
    ] {
        server.put(path, &broken);
        let message = tab.next().expect("a message");
        assert!(message["problems"]["errors"].as_u64() > Some(0), "{what}: {message}");
        let first = &message["problems"]["list"][0];
        assert_eq!(first["place"]["path"], path, "{what}: {message}");
        assert!(
            first["place"]["open"].as_str().is_some_and(|link| link.starts_with("vscode://file/")),
            "{what}: {message}"
        );
        for page in ["/", PAGE, "/people/xi-jinping/"] {
            assert_eq!(server.get(page).status, 200, "{what}: {page}");
        }
        let page = server.get(PAGE).text();
        assert!(page.contains("The first sentence.") && !page.contains("zqbroken"), "{what}: {page}");
        server.put(path, &sound);
        let message = tab.next().expect("a message");
        assert_eq!(message["problems"]["errors"], 0, "{what}: {message}");
    }
}

#[test]
fn it_starts_on_a_broken_site_and_outlives_a_removed_one() {
    let server = Server::of("//- site.yaml\ntitel: Desk\n//- content/briefings/a.md\n---\ntitle: [\n---\n", &[]);
    assert!([200, 404].contains(&server.get("/").status));
    let told = Channel::open(&server, "/", 0).next().expect("a message");
    assert!(told["problems"]["errors"].as_u64() >= Some(2), "{told}");
    server.put("site.yaml", "title: Desk\n");
    server.put("content/briefings/a.md", &text("Mended."));
    server.wait_for("/briefings/a/", "Mended.");
    // The whole folder goes, and comes back.
    let away = server.folder.with_extension("away");
    fs::rename(&server.folder, &away).unwrap();
    wait("a word about the folder", || server.said().contains("cannot read").then_some(()));
    assert!(server.get("/briefings/a/").text().contains("Mended."));
    fs::rename(&away, &server.folder).unwrap();
    server.put("content/briefings/a.md", &text("Back again."));
    server.wait_for("/briefings/a/", "Back again.");
}

#[test]
fn polling_finds_the_same() {
    let server = Server::of(SITE, &["--poll", "0.2"]);
    server.wait_for(PAGE, "The first sentence.");
    server.put(FILE, &text("Found by looking."));
    server.wait_for(PAGE, "Found by looking.");
    // The same length, within the step of a clock.
    server.put(FILE, &text("Found by lookinG."));
    server.wait_for(PAGE, "Found by lookinG.");
    fs::remove_file(server.folder.join(FILE)).unwrap();
    wait("the page to go", || (server.get(PAGE).status == 404).then_some(()));
}

/// A user namespace has a limit of its own for watches, so that the machine’s need not be touched.
#[cfg(target_os = "linux")]
#[test]
fn at_the_limit_of_watches_it_says_so_and_polls() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), SITE);
    for limit in ["max_inotify_watches", "max_inotify_instances"] {
        let limited = |number: u32| format!("echo {number} > /proc/sys/user/{limit} && exec \"$0\" \"$@\"");
        let limited = limited(u32::from(limit == "max_inotify_watches"));
        let may = Command::new("unshare").args(["--user", "--map-root-user", "sh", "-c", &limited, "true"]).output();
        if !may.is_ok_and(|may| may.status.success()) {
            println!("SKIPPED: this system gives no user namespaces");
            return;
        }
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "sh", "-c", &limited, env!("CARGO_BIN_EXE_crossbrief"), "serve"])
            .arg(folder.path());
        put(folder.path(), FILE, &text("The first sentence."));
        let server = Server::start(&mut command, folder.path());
        server.wait_for(PAGE, "The first sentence.");
        assert!(server.said().contains("limit of watched folders is reached"), "{limit}: {}", server.said());
        server.put(FILE, &text("Found by looking."));
        server.wait_for(PAGE, "Found by looking.");
    }
}

#[test]
fn an_embargo_ends_by_itself() {
    let server = Server::of(SITE, &[]);
    server.wait_for("/", "Desk");
    let end = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(6);
    let end = end.strftime("%Y-%m-%dT%H:%M:%SZ");
    server.put("content/briefings/later.md", &format!("---\ntitle: Later\nembargoed_until: {end}\n---\nNow public.\n"));
    wait("the file to be read", || server.said().contains("later.md").then_some(()));
    assert_eq!(server.get("/briefings/later/").status, 404, "{}", server.said());
    server.wait_for("/briefings/later/", "Now public.");
    let open = Server::of(
        "//- content/briefings/a.md\n---\ntitle: A\nembargoed_until: 2999-01-01\n---\nText.\n",
        &["--future"],
    );
    open.wait_for("/briefings/a/", "Text.");
}
