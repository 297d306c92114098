//! Every fault of a line on every host that is reached by one.
//!
//! A publication with a withdrawal, an edit and a new page goes through a line that breaks. It ends well, or with a word
//! of what is wrong; whatever lies there then is a site in which no link leads nowhere; and the next publication, on a
//! good line, makes it what it should be.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::process::Command;
use std::sync::Mutex;
use std::time::Instant;

use crate::contract::{Netlify, Pages};
use crate::desk::{Desk, git};
use crate::gcs::Gcs;
use crate::peers::{AZURE_KEY, KEYS, SECRET, Server, Sshd, azure, azurite, blob, moto, rclone_s3, s3, wsgidav};
use crate::proxy::{FAULTS, Fault, Proxy};

/// A host behind a line.
struct Peer<'a> {
    name: &'a str,
    line: Proxy,
    /// Whether it speaks HTTP, so that requests can be tried again one by one.
    is_http: bool,
    desk: Desk,
    variables: Vec<(&'a str, &'a str)>,
    read: &'a (dyn Fn(&str) -> Option<Vec<u8>> + Sync),
    /// Takes away what says that somebody is at work: a publisher that was cut off is forgotten after a while.
    unlock: &'a (dyn Fn() + Sync),
}

const OPEN: &str = "content/briefings/2025-06-02-open-talks.md";
const SECRET_TALKS: &str = "content/briefings/2025-06-03-secret-talks.md";

impl Peer<'_> {
    fn publish(&self) -> (i32, String) {
        let run = self.desk.publish_with(&["--yes"], &self.variables);
        assert!(!run.told.contains(SECRET) && !run.told.contains("panicked"), "{}: {}", self.name, run.told);
        (run.code, run.told)
    }

    /// Follows all links from the home page within the site; says which lead nowhere, and what was found.
    fn crawl(&self) -> (Vec<String>, BTreeMap<String, Vec<u8>>) {
        let (mut found, mut broken) = (BTreeMap::new(), Vec::new());
        let mut open = vec!["index.html".to_string()];
        while let Some(path) = open.pop() {
            if found.contains_key(&path) || broken.contains(&path) {
                continue;
            }
            let Some(bytes) = (self.read)(&path) else {
                // What is withdrawn goes before the lists that name it.
                if !["secret-talks", "zora-quill", "p.png"].iter().any(|name| path.contains(name)) {
                    broken.push(path);
                }
                continue;
            };
            if path.ends_with(".html") {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                for mark in ["href=\"", "href=", "src=\"", "src="] {
                    for rest in text.split(mark).skip(1) {
                        let end = rest.find(['"', ' ', '>', '#']).unwrap_or(rest.len());
                        let Some(target) = rest[..end].strip_prefix('/') else { continue };
                        let is_page = target.is_empty() || target.ends_with('/');
                        open.push(if is_page { format!("{target}index.html") } else { target.to_string() });
                    }
                }
            }
            found.insert(path, bytes);
        }
        (broken, found)
    }

    /// One fault; returns a word for the table.
    fn suffer(&self, turn: usize, fault: Fault) -> String {
        // What the desk did meanwhile: a briefing was withdrawn, or is there again; one was changed; one is new.
        let text = fs::read_to_string(self.desk.path(SECRET_TALKS)).unwrap();
        let is_out = turn.is_multiple_of(2);
        let text = text.replace("draft: true\n", "");
        let text = if is_out { text.replace("people:", "draft: true\npeople:") } else { text };
        fs::write(self.desk.path(SECRET_TALKS), text).unwrap();
        let open = fs::read_to_string(self.desk.path(OPEN)).unwrap();
        fs::write(self.desk.path(OPEN), format!("{open}\nTurn {turn}.\n")).unwrap();
        let new = format!("content/briefings/2025-07-{:02}-turn-{turn}.md", turn + 1);
        fs::write(self.desk.path(&new), format!("---\ntitle: Turn {turn}\n---\nA [talk](2025-06-02-open-talks.md).\n"))
            .unwrap();

        self.line.set(Some(fault));
        let (code, told) = self.publish();
        let broken = self.line.broken();
        self.line.set(None);
        let what = format!("{}, {fault:?}: {told}", self.name);
        assert!(broken > 0, "nothing was broken: {what}");
        assert!(matches!(code, 0 | 2 | 4), "{code} {what}");
        assert!(code == 0 || told.contains("error"), "{what}");
        if fault == Fault::Expires {
            assert_ne!(code, 0, "{what}");
            assert!(told.contains("does not let us") || told.contains("credentials"), "{what}");
        } else if self.is_http {
            assert_eq!(code, 0, "what passes is waited for: {what}");
        }
        let (dead, _) = self.crawl();
        assert!(dead.is_empty(), "{dead:?} {what}");
        // What ended with 2 has changed nothing that readers see.
        let is_new = (self.read)(&format!("briefings/turn-{turn}/index.html")).is_some();
        assert!(code != 2 || !is_new, "{what}");

        (self.unlock)();
        let (last, told) = self.publish();
        assert_eq!(last, 0, "{}, {fault:?}, the next: {told}", self.name);
        let (dead, found) = self.crawl();
        assert!(dead.is_empty(), "{dead:?} {told}");
        assert_eq!(found.contains_key("briefings/secret-talks/index.html"), !is_out, "{what}");
        assert!((self.read)(&format!("briefings/turn-{turn}/index.html")).is_some());
        let page = String::from_utf8_lossy(&found["briefings/open-talks/index.html"]).into_owned();
        assert!(page.contains(&format!("Turn {turn}.")));
        let word = match code {
            0 => "got through",
            2 => "nothing changed",
            _ => "taken up",
        };
        format!("{word} ({broken})")
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn peers_by_faults() {
    let started = Instant::now();
    let token = "zqtoken81c2fKEYzq";
    let dav = tempfile::tempdir().unwrap();
    let of_rclone = tempfile::tempdir().unwrap();
    let of_azurite = tempfile::tempdir().unwrap();
    let servers: [Server; 4] = [moto(), rclone_s3(of_rclone.path()), wsgidav(dav.path()), azurite(of_azurite.path())];
    azure(&servers[3], "PUT", "/desk?restype=container", None).expect("a new container");
    s3(&servers[0], "PUT", "desk", None).expect("a new bucket");
    let (netlify, pages, gcs) = (Netlify::start(token), Pages::start(token), Gcs::start(token));
    let of_gcs = gcs.lock().unwrap().port;
    let ports = (netlify.lock().unwrap().port, pages.lock().unwrap().port);
    let in_dav = dav.path().join("dav/site");
    let in_rclone = of_rclone.path().join("desk");
    let rows: Mutex<BTreeMap<&str, Vec<String>>> = Mutex::default();
    let of = |name: &'static str, upstream: u16, target: &dyn Fn(u16) -> String| {
        let proxy = Proxy::start(upstream, 0x9E37_79B9_7F4A_7C15 ^ name.len() as u64);
        let desk = Desk::new(&format!("  live: {}\n", target(proxy.port)));
        (name, proxy, desk)
    };
    let from_moto = |path: &str| s3(&servers[0], "GET", &format!("desk/{path}"), None);
    let from_azurite = |path: &str| blob(&servers[3], path);
    let from_netlify = |path: &str| netlify.lock().unwrap().read(path);
    let from_pages = |path: &str| pages.lock().unwrap().read(path);
    let from_gcs = |path: &str| gcs.lock().unwrap().object(path).map(|object| object.bytes.clone());
    let from_dav = |path: &str| fs::read(in_dav.join(path)).ok();
    let from_rclone = |path: &str| fs::read(in_rclone.join(path)).ok();
    let lock = ".crossbrief/lock.json";
    let of_s3 = |port: u16| format!("{{type: s3, bucket: desk, endpoint: 'http://127.0.0.1:{port}'}}");
    let dav_keys = [("CROSSBRIEF_WEBDAV_USER", "desk"), ("CROSSBRIEF_WEBDAV_PASSWORD", SECRET)];
    let cloudflare_keys = [("CLOUDFLARE_API_TOKEN", token), ("CLOUDFLARE_ACCOUNT_ID", "acc")];
    type Reading<'a> = &'a (dyn Fn(&str) -> Option<Vec<u8>> + Sync);
    type Lines<'a> = Vec<((&'static str, Proxy, Desk), Vec<(&'a str, &'a str)>, Reading<'a>, &'a (dyn Fn() + Sync))>;
    let unlock_moto = || drop(s3(&servers[0], "DELETE", &format!("desk/{lock}"), None));
    let unlock_rclone = || drop(fs::remove_file(in_rclone.join(lock)));
    let unlock_azurite = || drop(azure(&servers[3], "DELETE", &format!("/desk/{lock}"), None));
    let unlock_gcs = || gcs.lock().unwrap().set(lock, None);
    let unlock_dav = || drop(fs::remove_file(in_dav.join(lock)));
    let lines: Lines = vec![
        (of("s3 (moto)", servers[0].port, &of_s3), KEYS.to_vec(), &from_moto, &unlock_moto),
        (of("s3 (rclone)", servers[1].port, &of_s3), KEYS.to_vec(), &from_rclone, &unlock_rclone),
        (
            of("webdav (wsgidav)", servers[2].port, &|port| {
                format!("{{type: webdav, endpoint: 'http://127.0.0.1:{port}', path: site}}")
            }),
            dav_keys.to_vec(),
            &from_dav,
            &unlock_dav,
        ),
        (
            of("azure (azurite)", servers[3].port, &|port| {
                let endpoint = format!("http://127.0.0.1:{port}/devstoreaccount1");
                format!("{{type: azure, bucket: desk, account: devstoreaccount1, endpoint: '{endpoint}'}}")
            }),
            vec![("AZURE_STORAGE_KEY", AZURE_KEY)],
            &from_azurite,
            &unlock_azurite,
        ),
        (
            of("gcs", of_gcs, &|port| format!("{{type: gcs, bucket: desk, endpoint: 'http://127.0.0.1:{port}'}}")),
            vec![("CLOUDSDK_AUTH_ACCESS_TOKEN", token)],
            &from_gcs,
            &unlock_gcs,
        ),
        (
            of("netlify", ports.0, &|port| {
                format!("{{type: netlify, site: desk.netlify.app, endpoint: 'http://127.0.0.1:{port}/api/v1'}}")
            }),
            vec![("NETLIFY_AUTH_TOKEN", token)],
            &from_netlify,
            &|| (),
        ),
        (
            of("cloudflare-pages", ports.1, &|port| {
                format!("{{type: cloudflare-pages, project: desk, endpoint: 'http://127.0.0.1:{port}/client/v4'}}")
            }),
            cloudflare_keys.to_vec(),
            &from_pages,
            &|| (),
        ),
    ];
    std::thread::scope(|scope| {
        for ((name, proxy, desk), variables, read, unlock) in lines {
            let rows = &rows;
            scope.spawn(move || {
                let peer = Peer { name, line: proxy, is_http: true, desk, variables, read, unlock };
                let (code, told) = peer.publish();
                assert_eq!(code, 0, "{name}: {told}");
                for (turn, (fault, _)) in FAULTS.into_iter().enumerate() {
                    let word = peer.suffer(turn, fault);
                    rows.lock().unwrap().entry(peer.name).or_default().push(word);
                }
            });
        }
    });
    // What is spoken by SSH, one after another: each has a server of its own.
    for name in ["sftp (sshd)", "rsync (sshd)", "git (sshd)"] {
        let sshd = Sshd::start();
        let wire = Proxy::wire(sshd.server.port, 0x9E37_79B9 ^ name.len() as u64);
        sshd.known_at(wire.port);
        let (at, site) = (format!("{}@127.0.0.1:{}", sshd.user, wire.port), sshd.at("site"));
        let target = match name {
            "git (sshd)" => {
                git(&sshd.at(""), &["init", "--quiet", "--bare", "site"]);
                format!("{{type: git, repository: 'ssh://{at}{}', branch: pages}}", site.display())
            }
            "sftp (sshd)" => format!("{{type: sftp, host: '{at}', path: {}}}", site.display()),
            _ => format!("{{type: rsync, host: '{at}', path: {}}}", site.display()),
        };
        let in_branch = |path: &str| {
            let output = Command::new("git").arg("-C").arg(&site).args(["show", &format!("pages:{path}")]).output();
            output.ok().filter(|output| output.status.success()).map(|output| output.stdout)
        };
        let in_folder = |path: &str| fs::read(site.join(path)).ok();
        let unlock = || drop(fs::remove_file(site.join(lock)));
        let peer = Peer {
            name,
            line: wire,
            is_http: false,
            desk: Desk::new(&format!("  live: {target}\n")),
            variables: vec![("PATH", &sshd.path)],
            read: if name.starts_with("git") { &in_branch } else { &in_folder },
            unlock: &unlock,
        };
        let (code, told) = peer.publish();
        assert_eq!(code, 0, "{name}: {told}");
        for (turn, (fault, _)) in FAULTS.into_iter().enumerate() {
            let is_known = matches!(fault, Fault::CutAsked | Fault::CutAnswer | Fault::Stall);
            let word = if is_known { peer.suffer(turn, fault) } else { "–".to_string() };
            rows.lock().unwrap().entry(name).or_default().push(word);
        }
    }
    let mut table = format!("\n{:<20}", "");
    for (_, name) in FAULTS {
        let _ = write!(table, "{name:<21}");
    }
    for (name, words) in rows.into_inner().unwrap() {
        let _ = write!(table, "\n{name:<20}");
        for word in words {
            let _ = write!(table, "{word:<21}");
        }
    }
    println!("{table}\n(in brackets: requests that were broken; {:.0} s)", started.elapsed().as_secs_f64());
}
