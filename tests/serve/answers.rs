//! HTTP as hosts do it.

use std::process::Command;

use crate::server::{Server, write};

pub const SITE: &str = "\
//- site.yaml
title: Desk
//- content/briefings/2025-12-10-warning.md
---
title: A warning
people: [Xi Jinping]
---
The first sentence. [The figures](map.csv)
//- content/briefings/map.csv
012345678
//- content/briefings/2025-12-01-earlier.md
---
title: Earlier
redirect_from: [/old/, /very-old.html]
---
Text.
//- content/briefings/draft.md
---
title: A draft
draft: true
---
zqdraft
//- static/notes.txt
plain
";

#[test]
fn pages_files_and_what_is_missing() {
    let server = Server::of(SITE, &[]);
    let page = server.get("/briefings/warning/");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.text().contains("The first sentence.") && page.text().contains("/_crossbrief/preview.js"));
    for (path, content_type) in [
        ("/notes.txt", "text/plain; charset=utf-8"),
        ("/briefings/map.csv", "text/csv; charset=utf-8"),
        ("/feed.xml", "application/xml; charset=utf-8"),
        ("/favicon.svg", "image/svg+xml"),
        ("/graph.json", "application/json"),
        ("/fonts/source-serif-4-latin-400-normal.woff2", "font/woff2"),
        ("/_crossbrief/preview.js", "text/javascript; charset=utf-8"),
        ("/_crossbrief/preview.css", "text/css; charset=utf-8"),
        ("/_crossbrief/desk.json?page=/", "application/json"),
    ] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.header("content-type")), (200, content_type), "{path}");
    }
    let missing = server.get("/nothing/here");
    assert_eq!((missing.status, missing.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(missing.text().contains("Page not found"));
}

#[test]
fn old_addresses_lead_on() {
    let server = Server::of(SITE, &["--base-url", "https://example.org/desk/"]);
    assert!(server.address.ends_with("/desk/"), "{}", server.address);
    for (path, status, to) in [
        ("/desk/old/", 301, "/desk/briefings/earlier/"),
        ("/desk/very-old.html", 301, "/desk/briefings/earlier/"),
        ("/desk/briefings/earlier", 301, "/desk/briefings/earlier/"),
        ("/desk/briefings/earlier?a=b", 301, "/desk/briefings/earlier/?a=b"),
        ("/", 302, "/desk/"),
        ("/briefings/earlier/", 404, ""),
    ] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.header("location")), (status, to), "{path}");
    }
}

#[test]
fn tags_ranges_and_heads() {
    let server = Server::of(SITE, &[]);
    let path = "/briefings/map.csv";
    let whole = server.get(path);
    let tag = whole.header("etag").to_string();
    assert_eq!((whole.text().as_str(), whole.header("accept-ranges")), ("012345678\n", "bytes"));
    let known = server.ask("GET", path, &[&format!("If-None-Match: \"x\", {tag}")]);
    assert_eq!((known.status, known.body.len(), known.header("etag")), (304, 0, tag.as_str()));
    assert_eq!(server.ask("GET", path, &["If-None-Match: \"x\""]).status, 200);
    for (header, status, range, body) in [
        ("Range: bytes=2-4", 206, "bytes 2-4/10", "234"),
        ("Range: bytes=-3", 206, "bytes 7-9/10", "78\n"),
        ("Range: bytes=7-", 206, "bytes 7-9/10", "78\n"),
        ("Range: bytes=10-", 416, "bytes */10", ""),
        ("Range: bytes=0-1,4-5", 200, "", "012345678\n"),
        ("Range: bytes=2-4\r\nIf-Range: \"other\"", 200, "", "012345678\n"),
    ] {
        let answer = server.ask("GET", path, &[header]);
        assert_eq!(
            (answer.status, answer.header("content-range"), answer.text().as_str()),
            (status, range, body),
            "{header}"
        );
    }
    let head = server.ask("HEAD", path, &[]);
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, "10", 0));
    let head = server.ask("HEAD", path, &["Range: bytes=2-4"]);
    assert_eq!((head.status, head.header("content-length")), (200, "10"), "parts are for GET alone");
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "FOO"] {
        let answer = server.ask(method, path, &[]);
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"), "{method}");
    }
}

#[test]
fn a_draft_is_shown_here_unless_told_otherwise() {
    assert!(Server::of(SITE, &[]).get("/briefings/draft/").text().contains("zqdraft"));
    assert_eq!(Server::of(SITE, &["--no-drafts"]).get("/briefings/draft/").status, 404);
}

#[test]
fn addresses_are_matched_as_on_the_host_that_is_meant() {
    let site = format!("{SITE}//- static/loose.html\n<p>loose</p>\n");
    let clean = Server::of(&site, &["--addresses", "clean"]);
    assert_eq!(clean.get("/loose").status, 200);
    assert_eq!(clean.get("/loose.html").header("location"), "/loose");
    let exact = Server::of(&site, &["--addresses", "exact"]);
    assert_eq!(
        (exact.get("/loose").status, exact.get("/briefings").status, exact.get("/loose.html").status),
        (404, 404, 200)
    );
}

#[test]
fn a_built_folder_is_served_as_it_will_be_hosted() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), SITE);
    let headers = "/*\n  X-Desk: yes\n  Cache-Control: max-age=60\n";
    write(
        folder.path(),
        &format!(
            "//- static/_headers\n{headers}//- static/_redirects\n/go /briefings/earlier/ 302\n/gone /404.html 410\n"
        ),
    );
    let built = Command::new(env!("CARGO_BIN_EXE_crossbrief")).args(["build", "--source"]).arg(folder.path()).output();
    assert!(built.expect("a build").status.success());
    let public = folder.path().join("public");
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossbrief"));
    let server = Server::start(command.args(["serve", "--once-built"]).arg(&public), &public);
    let page = server.get("/briefings/warning/");
    assert_eq!(page.body, std::fs::read(public.join("briefings/warning/index.html")).expect("the page"));
    assert_eq!((page.header("x-desk"), page.header("cache-control")), ("yes", "max-age=60"));
    assert_eq!(
        (server.get("/go").status, server.get("/go").header("location").to_string()),
        (302, "/briefings/earlier/".into())
    );
    assert_eq!((server.get("/_headers").status, server.get("/.crossbrief.json").status), (404, 404));
    let packed = server.ask("GET", "/briefings/warning/", &["Accept-Encoding: br, gzip"]);
    assert_eq!((packed.header("content-encoding"), &packed.body[..2]), ("gzip", &[0x1f, 0x8b][..]));
    assert!(packed.body.len() < page.body.len() / 2);
    for (asked, wanted) in [
        ("gzip;q=0", ""),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "gzip"),
        ("gzip;q=0, *", ""),
        ("br", ""),
        ("gzip;q=0.1, identity;q=0.9", "gzip"),
    ] {
        let answer = server.ask("GET", "/briefings/warning/", &[&format!("Accept-Encoding: {asked}")]);
        assert_eq!((answer.header("content-encoding"), answer.header("vary")), (wanted, "accept-encoding"), "{asked}");
    }
    // Whoever keeps answers for others must know that, of all of them.
    let tag = packed.header("etag");
    let known = server.ask("GET", "/briefings/warning/", &[&format!("If-None-Match: {tag}"), "Accept-Encoding: gzip"]);
    assert_eq!((known.status, known.header("vary"), known.body.len()), (304, "accept-encoding", 0));
    let part = server.ask("GET", "/briefings/warning/", &["Range: bytes=0-8", "Accept-Encoding: gzip"]);
    assert_eq!((part.status, part.header("vary"), part.text().as_str()), (206, "accept-encoding", "<!doctype"));
    // A rule with another status sends what it leads to with it.
    let gone = server.get("/gone");
    assert_eq!((gone.status, gone.header("location")), (410, ""));
    assert!(gone.text().contains("Page not found"));
}

#[test]
fn a_taken_port_is_told_or_passed_by() {
    let first = Server::of(SITE, &[]);
    let port = first.at.port().to_string();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let serve = |arguments: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_crossbrief")).arg("serve").arg(folder.path()).args(arguments).output();
        let output = output.expect("the program runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = serve(&["--port", &port]);
    assert_eq!(code, Some(2));
    assert!(said.contains(&format!("port {port} of 127.0.0.1 is taken")) && said.contains("hint: "), "{said}");
    let (code, said) = serve(&["--host", "192.0.2.1", "--port", "0"]);
    assert!(code == Some(2) && said.contains("this machine does not have that address"), "{said}");
    let (code, said) = serve(&["nowhere"]);
    assert!(code == Some(2) && !said.contains("panicked"), "{said}");
}

#[test]
fn it_ends_when_it_is_told_to() {
    let mut server = Server::of(SITE, &[]);
    server.wait_for("/", "Desk");
    assert_eq!(server.interrupt(), Some(0));
}

#[test]
fn the_site_of_another_moment() {
    let site = "\
//- site.yaml
title: Desk
time_zone: Europe/London
//- content/briefings/later.md
---
title: Later
embargoed_until: 2100-06-01T09:00
---
zqlater
//- content/briefings/now.md
---
title: Now
expires: 2100-06-01T09:00
---
zqnow
";
    for (at, later, now) in [("2100-06-01T08:59", 404, 200), ("2100-06-01T09:00", 200, 404)] {
        let server = Server::of(site, &["--at", at, "--audience", "clear"]);
        assert_eq!(server.get("/briefings/later/").status, later, "{at}");
        assert_eq!(server.get("/briefings/now/").status, now, "{at}");
        assert!(server.said().contains("as of 2100-06-01T0"), "{}", server.said());
    }
    let refused = Command::new(env!("CARGO_BIN_EXE_crossbrief")).args(["serve", "--at", "soon"]).output();
    assert_eq!(refused.expect("the binary runs").status.code(), Some(2));
}
