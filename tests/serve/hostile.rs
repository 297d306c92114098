//! What hostile clients send, and what they get: nothing, while others are served.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::answers::SITE;
use crate::server::{LONG, Server, put, wait};

#[test]
fn every_answer_is_as_strict_as_what_is_published() {
    let server = Server::of(SITE, &[]);
    for path in ["/", "/nothing", "/old/", "/briefings/map.csv", "/_crossbrief/preview.js"] {
        let answer = server.get(path);
        assert!(
            answer.header("content-security-policy").starts_with("default-src 'none'; script-src 'self';"),
            "{path}"
        );
        assert!(!answer.header("content-security-policy").contains("unsafe"), "{path}");
        for (name, value) in [
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("x-robots-tag", "noindex"),
            ("cache-control", "no-store"),
            ("access-control-allow-origin", ""),
        ] {
            assert_eq!(answer.header(name), value, "{name} of {path}");
        }
    }
}

#[test]
fn malformed_requests_are_refused_and_do_no_harm() {
    let server = Server::of(SITE, &[]);
    let host = format!("Host: {}\r\n", server.at);
    let many: String = (0..100_000).map(|number| format!("X-{number}: 1\r\n")).collect();
    let cases: Vec<(&str, Vec<u8>, &[u16])> = vec![
        // RFC 9112, section 2.2, lets a server take a lone LF for the end of a line.
        ("bare LF", format!("GET / HTTP/1.1\nHost: {}\nConnection: close\n\n", server.at).into(), &[200, 400]),
        (
            "a head of a megabyte",
            format!("GET / HTTP/1.1\r\n{host}X: {}\r\n\r\n", "x".repeat(1 << 20)).into(),
            &[431, 0],
        ),
        ("100,000 headers", format!("GET / HTTP/1.1\r\n{host}{many}\r\n").into(), &[431, 0]),
        ("a long address", format!("GET /{} HTTP/1.1\r\n{host}\r\n", "x".repeat(1 << 20)).into(), &[414, 431, 0]),
        (
            "bad chunks",
            format!("POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\nzz\r\n").into(),
            &[400, 405],
        ),
        (
            "chunks with a GET",
            format!("GET / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\nzz\r\n").into(),
            &[400],
        ),
        (
            "length and chunks",
            format!("GET / HTTP/1.1\r\n{host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").into(),
            &[400],
        ),
        (
            "two lengths",
            format!("GET / HTTP/1.1\r\n{host}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd").into(),
            &[400],
        ),
        ("a body", format!("GET / HTTP/1.1\r\n{host}Content-Length: 4\r\n\r\nabcd").into(), &[400]),
        ("HTTP/0.9", b"GET /\r\n".to_vec(), &[400]),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &[400, 405, 505, 0]),
        ("another host in the address", format!("GET http://evil.example/ HTTP/1.1\r\n{host}\r\n").into(), &[400, 421]),
        ("two hosts", format!("GET / HTTP/1.1\r\n{host}{host}\r\n").into(), &[400]),
        ("no host", b"GET / HTTP/1.1\r\n\r\n".to_vec(), &[400]),
        ("an evil host", b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_vec(), &[421]),
        ("NUL in the address", format!("GET /\0 HTTP/1.1\r\n{host}\r\n").into(), &[400]),
        ("NUL in a header", format!("GET / HTTP/1.1\r\n{host}X: a\0b\r\n\r\n").into(), &[400]),
        ("a space in a name", format!("GET / HTTP/1.1\r\n{host}X Y: a\r\n\r\n").into(), &[400]),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), &[400, 0]),
        ("noise", (0..=255).cycle().take(4_096).collect(), &[400, 0]),
        ("CONNECT", format!("CONNECT evil.example:443 HTTP/1.1\r\n{host}\r\n").into(), &[400, 405]),
        ("nothing", Vec::new(), &[0]),
    ];
    for (what, request, wanted) in cases {
        let answer = server.raw(&request);
        assert!(wanted.contains(&answer.status), "{what}: {}", answer.status);
    }
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn no_address_leads_out_of_the_site() {
    let outside = tempfile::tempdir().expect("a temporary folder");
    let site = outside.path().join("_site");
    crate::server::write(&site, SITE);
    for path in ["canary.txt", "_site-leak/canary.txt", "_site/.env", "_site/.git/config", "_site/secret.txt"] {
        put(outside.path(), path, "zqcanary");
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path().join("canary.txt"), site.join("static/linked.txt")).expect("a link");
    let server = Server::at(&site, &[]);
    server.wait_for("/", "Desk");
    let mut paths: Vec<String> = [
        "/../canary.txt",
        "/..%2fcanary.txt",
        "/%2e%2e/canary.txt",
        "/%2e%2e%2fcanary.txt",
        "/%252e%252e%252fcanary.txt",
        "/..\\canary.txt",
        "/..%5ccanary.txt",
        "/%c0%ae%c0%ae/canary.txt",
        "/%e0%80%ae/canary.txt",
        "/.git/config",
        "/.env",
        "//etc/passwd",
        "/etc/passwd",
        "/_site-leak/canary.txt",
        "/../_site-leak/canary.txt",
        "/..%2f_site-leak%2fcanary.txt",
        "/secret.txt",
        "/site.yaml",
        "/content/briefings/draft.md",
        "/static/notes.txt",
        "/notes.txt%00",
        "/notes.txt%00.html",
        "/notes.txt::$DATA",
        "/notes.txt.",
        "/notes.txt%20",
        "/NOTES.TXT",
        "/./notes.txt",
        "/x/../notes.txt",
        "/linked.txt",
        "/@fs/etc/passwd",
        "/%00",
        "/%",
        "/%zz",
        "/%80",
        "/_crossbrief/",
        "/_crossbrief/../notes.txt",
        "/_crossbrief/%2e%2e/notes.txt",
        "/CON",
        "/aux.html",
        "/~root",
        "/notes.txt/",
        "/;/notes.txt",
    ]
    .map(str::to_string)
    .into();
    for file in [outside.path().join("canary.txt"), site.join("site.yaml")] {
        paths.push(file.display().to_string());
        paths.push(format!("/{}", file.display()));
        paths.push(format!("/%2f{}", file.display().to_string().trim_start_matches('/')));
    }
    for path in &paths {
        let answer = server.get(path);
        assert!([400, 404].contains(&answer.status), "{path}: {}", answer.status);
        assert!(!answer.text().contains("zqcanary") && !answer.text().contains("root:"), "{path}");
    }
    // A query means nothing here.
    for path in ["/notes.txt?import&raw??", "/notes.txt?url=file:///etc/passwd"] {
        assert_eq!(server.get(path).text(), "plain\n", "{path}");
    }
}

#[test]
fn other_sites_can_neither_read_nor_listen() {
    let server = Server::of(SITE, &[]);
    let host = server.at.to_string();
    for (site, mode, dest, wanted) in [
        ("cross-site", "cors", "empty", 403),
        ("same-site", "no-cors", "script", 403),
        ("cross-site", "no-cors", "image", 403),
        ("cross-site", "navigate", "iframe", 403),
        ("cross-site", "navigate", "document", 200),
        ("same-origin", "cors", "empty", 200),
    ] {
        let headers =
            [format!("Sec-Fetch-Site: {site}"), format!("Sec-Fetch-Mode: {mode}"), format!("Sec-Fetch-Dest: {dest}")];
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let answer = server.ask("GET", "/briefings/draft/", &headers);
        assert_eq!(answer.status, wanted, "{site} {mode} {dest}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    // An old browser says no more than its origin: it gets no permission to hand on what it reads.
    let answer = server.ask("GET", "/briefings/draft/", &["Origin: http://evil.example"]);
    assert_eq!(answer.header("access-control-allow-origin"), "");
    for (origin, host_line, wanted) in [
        (Some("http://evil.example".to_string()), host.clone(), 403),
        (Some("http://127.0.0.1:1".to_string()), host.clone(), 403),
        (Some("null".to_string()), host.clone(), 403),
        (None, host.clone(), 403),
        (Some("http://evil.example".to_string()), "evil.example".to_string(), 421),
        (Some(format!("http://{host}")), host.clone(), 101),
    ] {
        let origin = origin.map(|origin| format!("Origin: {origin}\r\n")).unwrap_or_default();
        let mut socket = server.connect();
        let request = format!(
            "GET /_crossbrief/channel?page=/ HTTP/1.1\r\nHost: {host_line}\r\n{origin}Connection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        socket.write_all(request.as_bytes()).expect("a request");
        let mut head = [0; 12];
        socket.read_exact(&mut head).expect("an answer");
        assert_eq!(String::from_utf8_lossy(&head[9..]), wanted.to_string(), "{origin} {host_line}");
    }
}

#[test]
fn a_network_needs_the_token_and_sees_no_draft() {
    let marked = "//- content/briefings/marked.md\n---\ntitle: Marked\ntlp: amber\n---\nzqamber\n\
        //- content/briefings/broken.md\n---\ntitle: Broken\nzqkey: zqsecret\n---\n";
    let server = Server::of(&format!("{SITE}{marked}"), &["--host", "0.0.0.0"]);
    let token = server.address.split("?token=").nth(1).expect("a token").to_string();
    assert!(token.len() == 32, "{token}");
    let host = format!("Host: 127.0.0.1:{}", server.at.port());
    let ask = |path: &str, cookie: &str| {
        let cookie = if cookie.is_empty() { String::new() } else { format!("Cookie: {cookie}\r\n") };
        server.raw(format!("GET {path} HTTP/1.1\r\n{host}\r\nConnection: close\r\n{cookie}\r\n").as_bytes())
    };
    for path in ["/", "/briefings/warning/", "/_crossbrief/preview.js", "/?token=", "/?token=0", "/nothing"] {
        assert_eq!(ask(path, "").status, 401, "{path}");
    }
    let admitted = ask(&format!("/briefings/warning/?token={token}"), "");
    assert_eq!((admitted.status, admitted.header("location")), (303, "/briefings/warning/"));
    let cookie = admitted.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().expect("a cookie").to_string();
    let page = ask("/briefings/warning/", &cookie);
    assert_eq!(page.status, 200);
    assert!(!page.text().contains(&token), "the token is in no page, so it is in no Referer and no screenshot");
    assert_eq!((ask("/briefings/draft/", &cookie).status, ask("/briefings/marked/", &cookie).status), (404, 404));
    // Neither the titles of what is withheld nor the lines of files that are wrong are told to a network.
    let desk = ask("/_crossbrief/desk.json?page=/", &cookie);
    assert_eq!((desk.status, desk.text().as_str()), (200, "{}"));
    // A cookie for another port, or a view above one's own, is none.
    let other = cookie.replace("_token", "_view").split('=').next().expect("a name").to_string();
    assert_eq!(ask("/briefings/marked/", &format!("{cookie}; {other}=red")).status, 404);
}

/// Connections that say little, while somebody else asks for a page.
#[test]
fn slow_clients_starve_nobody() {
    let server = Server::of(SITE, &[]);
    server.wait_for("/", "Desk");
    // Half a head each, then silence.
    let slow: Vec<TcpStream> = (0..600)
        .map(|_| {
            let mut socket = server.connect();
            socket.write_all(b"GET / HTTP/1.1\r\nHost: 127").expect("the start of a request");
            socket
        })
        .collect();
    // Some that never read what they asked for.
    let deaf: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut socket = server.connect();
            let request = format!("GET /_crossbrief/preview.js HTTP/1.1\r\nHost: {}\r\n\r\n", server.at).repeat(50);
            let _ = socket.set_write_timeout(Some(Duration::from_millis(200)));
            let _ = socket.write_all(request.as_bytes());
            socket
        })
        .collect();
    // Some that go away in the middle.
    for _ in 0..200 {
        let mut socket = server.connect();
        let _ = socket.write_all(b"GET / HTTP/1.1\r\nHo");
    }
    let started = Instant::now();
    for _ in 0..20 {
        assert_eq!(server.get("/briefings/warning/").status, 200);
    }
    let took = started.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?} for twenty pages");
    // Who says nothing for ten seconds is sent away.
    let mut first = &slow[0];
    let gone = wait("the end of a slow connection", || {
        let mut bytes = [0; 512];
        match first.read(&mut bytes) {
            Ok(0) | Err(_) => Some(true),
            Ok(_) => None,
        }
    });
    assert!(gone && started.elapsed() < LONG);
    drop(deaf);
}
