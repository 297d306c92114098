//! Addresses elsewhere are asked politely, once, and only when that is wanted; a server that the test starts answers.

mod tiny;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crossbrief::base::report::{self, Style};
use crossbrief::build::{self, Request};
use crossbrief::check::asking::Manners;
use crossbrief::check::remembered::Remembered;
use crossbrief::check::{self, Checked};
use crossbrief::content::vocabulary::Tlp;
use crossbrief::site::elsewhere::leads;

use tiny::{request, run, write};

/// A host on the web.
struct Web {
    port: u16,
    seen: Arc<Seen>,
}

/// What a host was asked.
#[derive(Default)]
struct Seen {
    /// Method and path of each request, and when it came.
    asked: Mutex<Vec<(String, Instant)>>,
    /// What the last one said of who it is.
    agent: Mutex<String>,
    now: AtomicUsize,
    most_at_once: AtomicUsize,
}

/// What a host answers: by method and path, and how often it was asked the same before.
type Answers = fn(&str, &str, usize) -> Option<String>;

impl Web {
    fn new(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Seen::default());
        let of_thread = Arc::clone(&seen);
        std::thread::spawn(move || {
            // Those that get no answer stay open.
            let open = Arc::new(Mutex::new(Vec::new()));
            for stream in listener.incoming().map_while(Result::ok) {
                let (seen, open) = (Arc::clone(&of_thread), Arc::clone(&open));
                std::thread::spawn(move || {
                    if let Some(silent) = serve(stream, &seen, answers) {
                        open.lock().unwrap().push(silent);
                    }
                });
            }
        });
        Self { port, seen }
    }

    /// Method and path of all requests so far, sorted.
    fn asked(&self) -> Vec<String> {
        let mut asked: Vec<String> = self.seen.asked.lock().unwrap().iter().map(|(asked, _)| asked.clone()).collect();
        asked.sort();
        asked
    }
}

/// Answers the requests of one line; gives it back where one gets no answer.
fn serve(stream: TcpStream, seen: &Seen, answers: Answers) -> Option<TcpStream> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let (mut first, mut line) = (String::new(), String::new());
        reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
        while reader.read_line(&mut line).ok().filter(|read| *read > 2).is_some() {
            if let Some(agent) = line.to_lowercase().strip_prefix("user-agent: ") {
                *seen.agent.lock().unwrap() = agent.trim().to_string();
            }
            line.clear();
        }
        let (method, path) = first.split_once(' ')?;
        let path = path.split(' ').next()?;
        let asked = format!("{method} {path}");
        let now = seen.now.fetch_add(1, Ordering::SeqCst) + 1;
        seen.most_at_once.fetch_max(now, Ordering::SeqCst);
        let before = {
            let mut all = seen.asked.lock().unwrap();
            all.push((asked.clone(), Instant::now()));
            all.iter().filter(|(other, _)| *other == asked).count() - 1
        };
        let answer = answers(method, path, before);
        seen.now.fetch_sub(1, Ordering::SeqCst);
        let Some(answer) = answer else { return Some(stream) };
        (&stream).write_all(answer.as_bytes()).ok()?;
    }
}

fn answer(status: &str, headers: &str, body: &str, method: &str) -> Option<String> {
    let body = if method == "HEAD" { "" } else { body };
    Some(format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len()))
}

fn web(method: &str, path: &str, before: usize) -> Option<String> {
    let say = |status, headers| answer(status, headers, "", method);
    match path {
        "/ok" | "/ok-too" | "/copy" => say("200", ""),
        "/moved" => say("301", "Location: /ok\r\n"),
        "/elsewhere" => say("302", "Location: /ok\r\n"),
        "/moved-away" => say("301", "Location: /nothing\r\n"),
        "/circle" => say("302", "Location: /circle\r\n"),
        "/gone" | "/gone-with-copy" => say("410", ""),
        "/login" => say("403", ""),
        "/broken" => say("500", ""),
        "/no-head" if method == "HEAD" => say("405", ""),
        "/no-head" => say("200", ""),
        "/busy" if before == 0 => say("429", "Retry-After: 1\r\n"),
        "/busy" => say("200", ""),
        "/silent" => None,
        _ if path.starts_with("/available?") => {
            let is_known = path.contains("%2Fgone&");
            let copy = r#"{"archived_snapshots": {"closest": {"available": true, "status": "200", "timestamp": "20250102030405", "url": "http://web.archive.org/web/20250102030405/x"}}}"#;
            answer("200", "", if is_known { copy } else { r#"{"archived_snapshots": {}}"# }, method)
        }
        _ => say("404", ""),
    }
}

const MANNERS: Manners = Manners {
    side_by_side: 4,
    pause: Duration::from_millis(15),
    // Long enough for a machine that has much else to do.
    deadline: Duration::from_secs(2),
    patience: Duration::from_secs(5),
    within: Duration::from_secs(120),
};

/// What a check told, as in CI.
fn checked(folder: &Path, clearance: Tlp, remembered: &mut Remembered) -> (Checked, String) {
    let loaded = build::load(&Request { base_url: None, ..request(folder, clearance) }).expect("a readable site");
    let config = &loaded.site.config;
    let now = "2026-01-01T12:00:00Z".parse().expect("an instant");
    let found =
        check::check(&leads(&loaded.site), config, MANNERS, remembered, now, &|_| (), &|_| ()).expect("a client");
    let told = config.lints.apply(found.diagnostics.clone());
    let located = report::locate_all(&told, &|path| loaded.source_text(path));
    (found, report::text(&located, Style { color: false, width: 200 }))
}

fn settings(web: &Web) -> String {
    format!(
        "title: Desk\nsearch: false\nmaps: {{show: false}}\nlints: {{moved-link: note}}\nexternal_links:\n  archive: http://127.0.0.1:{}/available\n",
        web.port
    )
}

#[test]
fn what_is_dead_is_told_at_its_place_with_its_archived_copy() {
    let (host, slow) = (Web::new(web), Web::new(web));
    let folder = tempfile::tempdir().unwrap();
    let (at, slow_at) = (format!("http://127.0.0.1:{}", host.port), format!("http://127.0.0.1:{}", slow.port));
    let article = format!(
        "---\ntitle: Talks\ndate: 2025-06-02\nsources:\n  - {{id: s1, title: One, url: {at}/ok, accessed: 2025-06-01}}\n  - id: s2\n    title: Two\n    url: {at}/gone\n    accessed: 2025-05-01\n  - id: s3\n    title: Three\n    url: {at}/gone-with-copy\n    archive_url: {at}/copy\n---\nSee [@s1], [@s2], [@s3].\n\nHere is [nothing]({at}/nothing#part) and [that]({at}/moved), and [again]({at}/nothing).\n\n- [away]({at}/moved-away)\n- [temporary]({at}/elsewhere)\n- [no head]({at}/no-head)\n- [busy]({at}/busy)\n- [broken]({at}/broken)\n- [login]({at}/login)\n- [circle]({at}/circle)\n- [silent]({slow_at}/silent)\n- [mail](mailto:a@example.org)\n"
    );
    write(folder.path(), &format!("//- site.yaml\n{}//- content/briefings/talks.md\n{article}", settings(&host)));
    let mut remembered = Remembered::default();
    let (found, told) = checked(folder.path(), Tlp::Clear, &mut remembered);

    let line = |words: &str| article.lines().position(|line| line.contains(words)).unwrap() + 1;
    for (severity, code, message, place, help) in [
        (
            "warning",
            "dead-link",
            format!("`{at}/gone` is dead: the host answers 410"),
            (line("/gone"), 10),
            "there is an archived copy of 2025-01-02: add `archive_url: https://web.archive.org/web/20250102030405/x` to the source".to_string(),
        ),
        (
            "note",
            "archived-link",
            format!("`{at}/gone-with-copy` is dead: the host answers 410; readers have its archived copy"),
            (line("/gone-with-copy"), 10),
            format!("the copy is `{at}/copy`"),
        ),
        (
            "warning",
            "dead-link",
            format!("`{at}/nothing#part` is dead: the host answers 404"),
            (line("Here is"), 9),
            "the archive has no copy: link to another source, or take the link out".to_string(),
        ),
        ("note", "moved-link", format!("`{at}/moved` has moved to `{at}/ok` for good"), (line("Here is"), 0), String::new()),
        ("warning", "dead-link", format!("`{at}/moved-away` is dead: the host answers 404"), (line("away"), 3), String::new()),
        (
            "note",
            "unanswered-link",
            format!("nobody knows whether `{at}/broken` is there: the host fails (500)"),
            (line("broken"), 3),
            "it is asked again by the next check in an hour or later".to_string(),
        ),
        (
            "note",
            "unanswered-link",
            format!("nobody knows whether `{slow_at}/silent` is there: the host does not answer in time"),
            (line("silent"), 3),
            String::new(),
        ),
        (
            "note",
            "unanswered-link",
            format!("nobody knows whether `{at}/circle` is there: it leads on and on"),
            (line("circle"), 3),
            String::new(),
        ),
    ] {
        assert!(told.contains(&format!("{severity}[{code}]: {message}\n")), "{message}\n{told}");
        let (line, column) = place;
        let place = match column {
            0 => format!("talks.md:{line}:"),
            column => format!("talks.md:{line}:{column}\n"),
        };
        let after = told.split(&message).nth(1).unwrap();
        assert!(after.lines().take(2).any(|line| format!("{line}\n").contains(&place)), "{place}\n{told}");
        assert!(told.contains(&help), "{help}\n{told}");
    }
    for fine in ["/ok`", "elsewhere`", "no-head`", "busy`", "login`", "mailto"] {
        assert!(!told.contains(&format!("{fine} is")) && !told.contains(&format!("whether `{at}/{fine}")), "{told}");
    }
    assert_eq!((found.addresses, found.asked, found.left, found.is_offline), (14, 14, 0, false), "{told}");
    assert_eq!((found.alive, found.dead), (6, 4), "{told}");

    // One at a time, with a pause, once, by name.
    let asked = host.asked();
    let times = |asked_for: &str| asked.iter().filter(|one| one.as_str() == asked_for).count();
    assert_eq!((times("HEAD /nothing"), times("GET /nothing")), (2, 2), "its own, and behind a redirect: {asked:?}");
    assert_eq!((times("HEAD /busy"), times("GET /busy")), (2, 0));
    assert_eq!((times("HEAD /no-head"), times("GET /no-head"), times("GET /ok")), (1, 1, 0));
    assert_eq!(times("HEAD /circle"), 11);
    assert_eq!(host.seen.most_at_once.load(Ordering::SeqCst), 1);
    let moments: Vec<(String, Instant)> = host.seen.asked.lock().unwrap().clone();
    for pair in moments.windows(2) {
        let pause = pair[1].1 - pair[0].1;

        assert!(pause >= MANNERS.pause, "{pair:?}");
    }
    let busy: Vec<usize> = (0..moments.len()).filter(|at| moments[*at].0 == "HEAD /busy").collect();
    assert!(
        moments[busy[0] + 1].1 - moments[busy[0]].1 >= Duration::from_secs(1),
        "nobody asks a host that wants rest"
    );
    assert!(host.seen.agent.lock().unwrap().contains("+https://github.com/crossbrief/crossbrief"));
    let of_archive: Vec<&String> = asked.iter().filter(|asked| asked.contains("/available")).collect();
    assert_eq!(of_archive.len(), 3, "{of_archive:?}");
    assert!(of_archive.iter().any(|asked| asked.ends_with("%2Fgone&timestamp=20250501")), "{of_archive:?}");

    // What is known is not asked again, and told the same.
    let mut remembered = Remembered::parse(&remembered.to_json());
    let (again, told_again) = checked(folder.path(), Tlp::Clear, &mut remembered);
    assert_eq!((again.addresses, again.asked, told_again), (14, 0, told));
    assert_eq!((host.asked().len(), slow.asked().len()), (asked.len(), 1));
}

#[test]
fn a_host_that_wants_a_long_rest_or_is_silent_is_left_alone() {
    let host = Web::new(|method, _, _| answer("429", "Retry-After: 3600\r\n", "", method));
    let silent = Web::new(|_, _, _| None);
    let folder = tempfile::tempdir().unwrap();
    let links = |port: u16| (0..9).map(|at| format!("[x](http://127.0.0.1:{port}/{at})\n")).collect::<String>();
    let text = format!("//- content/briefings/2025-06-02-a.md\n# A\n\n{}\n{}", links(host.port), links(silent.port));
    write(folder.path(), &format!("//- site.yaml\ntitle: Desk\n{text}"));
    let (found, told) = checked(folder.path(), Tlp::Clear, &mut Remembered::default());
    assert_eq!((found.alive, found.dead, host.asked().len(), silent.asked().len()), (0, 0, 1, 3), "{told}");
    assert!(told.contains("the host wants us to come back in 3600 seconds"), "{told}");
}

#[test]
fn what_is_withheld_is_not_asked() {
    let host = Web::new(web);
    let folder = tempfile::tempdir().unwrap();
    let at = format!("http://127.0.0.1:{}", host.port);
    let site = [
        ("site.yaml", settings(&host)),
        (
            "content/briefings/2025-06-02-open.md",
            format!(
                "---\ntitle: Open\npeople: [Ada Lund]\nsources:\n  - {{id: s1, title: S, url: {at}/secret-source, tlp: AMBER}}\n  - {{id: s2, title: S, url: {at}/moved}}\n  - {{id: s3, title: S, url: {at}/secret-in-part}}\n---\nSee [@s2].\n\n:::tlp amber\n[x]({at}/secret-link) [@s3]\n:::\n"
            ),
        ),
        (
            "content/briefings/2025-06-03-marked.md",
            format!("---\ntitle: M\ntlp: AMBER\npeople: [Zora Quill]\n---\n[x]({at}/secret-marked)\n"),
        ),
        ("content/briefings/2025-06-04-draft.md", format!("---\ntitle: D\ndraft: true\n---\n[x]({at}/secret-draft)\n")),
        (
            "content/briefings/2025-06-05-later.md",
            format!("---\ntitle: L\nembargoed_until: 2999-01-01\n---\n[x]({at}/secret-later)\n"),
        ),
        (
            "content/people/zora-quill.md",
            format!(
                "---\nname: Zora Quill\ntlp: AMBER\nsame_as: [{at}/secret-person]\n---\n[x]({at}/secret-profile)\n"
            ),
        ),
        ("content/people/ada-lund.md", format!("---\nname: Ada Lund\nsame_as: [{at}/ok-too]\n---\n")),
    ];
    let site: String = site.iter().map(|(path, text)| format!("//- {path}\n{text}")).collect();
    write(folder.path(), &site);
    let (_, told) = checked(folder.path(), Tlp::Clear, &mut Remembered::default());
    assert_eq!(host.asked(), ["HEAD /moved", "HEAD /ok", "HEAD /ok-too"]);
    // The place is that of the source, though one before it is withheld.
    assert!(told.starts_with("note[moved-link]") && told.contains("2025-06-02-open.md:6:"), "{told}");
    assert_eq!(told.matches("[moved-link]").count(), told.matches(" --> ").count(), "{told}");
    // Those who may see it may ask.
    let (_, told) = checked(folder.path(), Tlp::Amber, &mut Remembered::default());
    for path in ["source", "in-part", "link", "marked", "person", "profile"] {
        assert!(told.contains(&format!("{at}/secret-{path}` is dead")), "{path}\n{told}");
    }
    for path in ["draft", "later"] {
        assert!(!host.asked().iter().any(|asked| asked.contains(&format!("secret-{path}"))), "{path}");
    }
}

#[test]
fn the_network_is_asked_only_when_it_is_wanted() {
    let host = Web::new(web);
    let folder = tempfile::tempdir().unwrap();
    let at = format!("http://127.0.0.1:{}", host.port);
    let settings = settings(&host);
    write(
        folder.path(),
        &format!(
            "//- site.yaml\n{settings}  ignore: ['{at}/private/']\n//- content/briefings/2025-06-02-a.md\n# A\n\n[x]({at}/nothing) [y]({at}/ok) [z]({at}/private/x)\n"
        ),
    );
    for command in [&["build"][..], &["check"], &["check", "--links", "internal"]] {
        assert_eq!(run(folder.path(), command).2, 0);
        assert_eq!(host.asked(), [""; 0], "{command:?}");
    }
    let external = ["check", "--links", "external"];
    let (_, told, code) = run(folder.path(), &external);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains(&format!("warning[dead-link]: `{at}/nothing` is dead: the host answers 404")), "{told}");
    assert!(told.ends_with("2 addresses elsewhere: 1 alive, 1 dead; 2 asked now\n"), "{told}");
    let before = host.asked();
    let (printed, told, code) = run(folder.path(), &[&external[..], &["--message-format", "json"]].concat());
    assert_eq!((code, told.as_str(), host.asked()), (0, "", before.clone()));
    let lines: Vec<serde_json::Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let dead: BTreeMap<&str, &serde_json::Value> =
        lines.iter().filter_map(|line| Some((line["code"].as_str()?, line))).collect();
    assert!(dead["dead-link"].to_string().contains("2025-06-02-a.md"), "{printed}");
    // Strict sites fail; what is fresh is asked again.
    std::fs::write(folder.path().join("site.yaml"), settings.replace("moved-link: note", "dead-link: error")).unwrap();
    let (_, told, code) = run(folder.path(), &[&external[..], &["--fresh"]].concat());
    assert_eq!(code, 1, "{told}");
    assert!(host.asked().len() > before.len() && told.contains("3 asked now"), "{told}");
    // A site that asks nobody says so.
    write(folder.path(), "//- content/briefings/2025-06-02-a.md\n# A\n\nText.\n");
    assert!(run(folder.path(), &external).1.ends_with("0 addresses elsewhere: 0 alive, 0 dead; 0 asked now\n"));
}

#[test]
fn a_machine_without_a_network_says_so() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody listens there any more.
    let ports = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let links = ports.iter().map(|port| format!("[x](http://{}/)\n", port.local_addr().unwrap())).collect::<String>();
    drop(ports);
    write(folder.path(), &format!("//- content/briefings/2025-06-02-a.md\n# A\n\n{links}"));
    let (_, told, code) = run(folder.path(), &["check", "--links", "external"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("none of the hosts elsewhere could be reached"), "{told}");
    assert!(!told.contains("dead-link"), "{told}");
}
