//! Many tabs at once.

use std::time::{Duration, Instant};

use crate::answers::SITE;
use crate::server::{Channel, Server, wait};

/// Descriptors that a process holds open.
#[cfg(target_os = "linux")]
fn descriptors(process: u32) -> usize {
    std::fs::read_dir(format!("/proc/{process}/fd")).expect("a process").count()
}

#[cfg(target_os = "linux")]
#[test]
fn a_thousand_tabs_are_told_and_leave_nothing_behind() {
    const TABS: usize = 1_000;
    // Our own end of a thousand connections needs descriptors too, more than the system gives at first.
    rustix::process::setrlimit(
        rustix::process::Resource::Nofile,
        rustix::process::Rlimit {
            current: Some(4_096),
            ..rustix::process::getrlimit(rustix::process::Resource::Nofile)
        },
    )
    .expect("4,096 descriptors");
    let server = Server::of(SITE, &[]);
    server.wait_for("/", "Desk");
    server.wait_until_built();
    let before = descriptors(server.process());
    let mut tabs: Vec<Channel> = (0..TABS)
        .map(|number| Channel::open(&server, if number % 2 == 0 { "/briefings/warning/" } else { "/" }, 1))
        .collect();
    let first: Vec<serde_json::Value> =
        tabs.iter_mut().map(|tab| tab.next().expect("a first message")["page"].clone()).collect();
    // Connections of before may have gone since.
    assert!(descriptors(server.process()) > before + TABS - 8);
    for edit in 0..3 {
        let started = Instant::now();
        let text = format!("---\ntitle: A warning\npeople: [Xi Jinping]\n---\nEdit number {edit}.\n");
        server.put("content/briefings/2025-12-10-warning.md", &text);
        for (tab, first) in tabs.iter_mut().zip(&first).step_by(2) {
            let message = tab.next().expect("a message");
            assert!(message["page"].is_string() && message["page"] != *first, "{message}");
        }
        // Pages are served while all are told.
        assert_eq!(server.get("/briefings/warning/").status, 200);
        println!("edit {edit}: {TABS} tabs were told within {:?}", started.elapsed());
    }
    drop(tabs);
    wait("all descriptors back", || (descriptors(server.process()) <= before + 1).then_some(()));
}

#[test]
fn a_tab_is_told_what_it_missed() {
    let server = Server::of(SITE, &[]);
    server.wait_for("/", "Desk");
    server.wait_until_built();
    let mut tab = Channel::open(&server, "/briefings/earlier/", 1);
    let first = tab.next().expect("a first message");
    assert!(first["page"].is_string() && first["problems"]["errors"] == 0 && first.get("files").is_none(), "{first}");
    // A page that did not change is no news; a file that did is.
    server.put("content/briefings/map.csv", "changed");
    let second = tab.next().expect("a message");
    assert!(second.get("page").is_none() && second["files"] == serde_json::json!(["/briefings/map.csv"]), "{second}");
    // Who comes later, from the first version, is told all at once.
    let late = Channel::open(&server, "/briefings/earlier/", 1).next().expect("a message");
    assert_eq!(late["files"], serde_json::json!(["/briefings/map.csv"]), "{late}");
    let generation = second["generation"].as_u64().expect("a number");
    let newest = Channel::open(&server, "/briefings/earlier/", generation).next().expect("a message");
    assert!(newest.get("files").is_none(), "{newest}");
}

#[test]
fn tabs_follow_what_is_saved_when_asked_to() {
    let server = Server::of(SITE, &["--follow"]);
    server.wait_for("/", "Desk");
    server.wait_until_built();
    let mut tab = Channel::open(&server, "/", 1);
    assert!(tab.next().expect("a first message").get("saved").is_none());
    server.put("content/briefings/2025-12-01-earlier.md", "---\ntitle: Earlier still\n---\nText.\n");
    assert_eq!(tab.next().expect("a message")["saved"], "/briefings/earlier/");
}

#[test]
fn a_view_for_readers_is_theirs() {
    let server = Server::of(SITE, &[]);
    let cookie = format!("Cookie: crossbrief_{}_view=clear", server.at.port());
    assert_eq!(server.get("/briefings/draft/").status, 200);
    assert_eq!(server.ask("GET", "/briefings/draft/", &[&cookie]).status, 404);
    server.put("content/briefings/draft.md", "---\ntitle: A draft\n---\nNo more.\n");
    let started = Instant::now();
    wait("the released draft", || {
        Some(server.ask("GET", "/briefings/draft/", &[&cookie])).filter(|answer| answer.status == 200)
    });
    assert!(started.elapsed() < Duration::from_secs(30));
    let desk = server.ask("GET", "/_crossbrief/desk.json?page=/briefings/warning/", &[]);
    let desk: serde_json::Value = serde_json::from_slice(&desk.body).expect("JSON");
    assert_eq!(desk["source"]["path"], "content/briefings/2025-12-10-warning.md");
    assert_eq!(desk["page"]["entities"][0]["name"], "Xi Jinping");
    let views: Vec<&str> =
        desk["views"].as_array().expect("views").iter().filter_map(|view| view["word"].as_str()).collect();
    assert_eq!(views, ["desk", "clear", "green", "amber", "amber-strict", "red"]);
}
