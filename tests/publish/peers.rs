//! Real servers, each started by the test that needs it. `CROSSBRIEF_PEERS` names the folder with their programs;
//! `cargo xtask test` sets it.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::desk::{Desk, Run};
use crate::gcs::Gcs;
use crate::proxy::Proxy;

/// A secret that must be seen nowhere.
pub const SECRET: &str = "zqsecret4f1c9aKEYzq";

/// A server, which ends with the test.
pub struct Server {
    child: Child,
    pub port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program(name: &str) -> PathBuf {
    let folder = std::env::var("CROSSBRIEF_PEERS").expect("CROSSBRIEF_PEERS: `cargo xtask test` sets it");
    PathBuf::from(folder).join(name)
}

impl Server {
    /// Starts a server and waits until it answers.
    fn start(command: impl FnOnce(u16) -> Command) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = command(port).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let server = Self { child: child.expect("the server starts"), port };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(60), "the server does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }
}

/// One desk's day: the first publication, none, an edit, a withdrawal, another publisher; and no secret in any word.
fn day(desk: &Desk, variables: &[(&str, &str)], read: &dyn Fn(&str) -> Option<Vec<u8>>, lock: &dyn Fn(Option<&[u8]>)) {
    let run = |arguments: &[&str]| -> Run {
        let all: Vec<(&str, &str)> = variables.iter().copied().chain([("RUST_LOG", "trace")]).collect();
        let run = desk.publish_with(arguments, &all);
        for secret in [SECRET, AZURE_KEY] {
            assert!(!run.told.contains(secret) && !run.printed.contains(secret), "a secret was told: {}", run.told);
        }
        run
    };
    let first = run(&["--yes"]);
    assert_eq!(first.code, 0, "{}", first.told);
    assert!(read("index.html").is_some() && read("briefings/secret-talks/index.html").is_some());
    let again = run(&["--yes"]);
    assert!(again.told.contains("nothing to do"), "{}", again.told);

    desk.edit("content/briefings/2025-06-02-open-talks.md", "They went on.", "They went on and on.");
    let edited = run(&["--yes"]);
    assert_eq!(edited.code, 0, "{}", edited.told);
    assert!(edited.told.contains("1 file sent, 0 taken away"), "{}", edited.told);
    let page = read("briefings/open-talks/index.html").expect("the page");
    assert!(String::from_utf8_lossy(&page).contains("on and on"));

    // Somebody else says that they are at work.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    lock(Some(format!("{{\"id\":\"other\",\"since\":{now}}}").as_bytes()));
    desk.edit(
        "content/briefings/2025-06-03-secret-talks.md",
        "title: Secret talks",
        "title: Secret talks\ndraft: true",
    );
    let busy = run(&["--yes"]);
    assert_eq!(busy.code, 2, "{}", busy.told);
    assert!(busy.told.contains("somebody else is publishing there at this moment"), "{}", busy.told);
    assert!(read("briefings/secret-talks/index.html").is_some(), "nothing was changed");
    lock(None);

    let gone = run(&["--yes"]);
    assert_eq!(gone.code, 0, "{}", gone.told);
    for path in ["briefings/secret-talks/index.html", "people/zora-quill/index.html", "briefings/p.png"] {
        assert!(read(path).is_none(), "{path} is still there");
    }
    assert!(read(".crossbrief/lock.json").is_none());
    assert_eq!(run(&["--list"]).printed.lines().count(), 3);
}

/// Asks a server with curl, signed as S3 wants it.
pub fn s3(server: &Server, method: &str, path: &str, body: Option<&[u8]>) -> Option<Vec<u8>> {
    let mut command = Command::new("curl");
    command.args(["--silent", "--fail", "--request", method, "--aws-sigv4", "aws:amz:us-east-1:s3"]);
    command.args(["--user", &format!("desk:{SECRET}")]);
    let file = tempfile::NamedTempFile::new().unwrap();
    if let Some(body) = body {
        fs::write(file.path(), body).unwrap();
        command.args(["--header", "content-type: application/octet-stream"]);
        command.arg("--data-binary").arg(format!("@{}", file.path().display()));
    }
    command.arg(format!("http://127.0.0.1:{}/{path}", server.port));
    let output = command.output().expect("curl");
    output.status.success().then_some(output.stdout)
}

/// A store of S3 that heeds conditions.
pub fn moto() -> Server {
    Server::start(|port| {
        let mut command = Command::new(program("moto_server"));
        command.args(["--port", &port.to_string()]);
        command
    })
}

/// A store of S3 that checks signatures, with the bucket `desk` in a folder.
pub fn rclone_s3(folder: &Path) -> Server {
    fs::create_dir(folder.join("desk")).unwrap();
    Server::start(|port| {
        let mut command = Command::new(program("rclone"));
        command.args(["serve", "s3", "--auth-key", &format!("desk,{SECRET}"), "--addr", &format!("127.0.0.1:{port}")]);
        // It asks the disk anew each time.
        command.args(["--dir-cache-time", "1ms", "--poll-interval", "0"]).arg(folder);
        command
    })
}

/// A server of WebDAV, with its files in `dav` below a folder.
pub fn wsgidav(folder: &Path) -> Server {
    let settings = folder.join("settings.yaml");
    fs::create_dir(folder.join("dav")).unwrap();
    fs::write(
        &settings,
        format!("simple_dc: {{user_mapping: {{'*': {{desk: {{password: {SECRET}}}}}}}}}\nverbose: 1\n"),
    )
    .unwrap();
    Server::start(|port| {
        let mut command = Command::new(program("wsgidav"));
        command.args(["--host", "127.0.0.1", "--port", &port.to_string(), "--config"]).arg(&settings);
        command.arg("--root").arg(folder.join("dav"));
        command
    })
}

/// The key of the account that Azurite knows, for everybody to see, and that is a secret all the same:
/// <https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key>.
pub const AZURE_KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// A store of Azure blobs that checks signatures.
pub fn azurite(folder: &Path) -> Server {
    Server::start(|port| {
        let mut command = Command::new("node");
        command.arg(root().join("tests/publish/azure/node_modules/azurite/dist/src/blob/main.js"));
        command.args(["--disableTelemetry", "--silent", "--skipApiVersionCheck"]);
        command.args(["--blobPort", &port.to_string(), "--location"]).arg(folder);
        command
    })
}

/// Asks Azurite, signed as Azure wants it.
pub fn azure(server: &Server, method: &str, path: &str, body: Option<&[u8]>) -> Option<Vec<u8>> {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new(program("python"));
    command.env("AZURE_STORAGE_KEY", AZURE_KEY).arg(root().join("tests/publish/azure/ask.py"));
    command.args([method, &format!("http://127.0.0.1:{}/devstoreaccount1", server.port), path]);
    if let Some(body) = body {
        fs::write(file.path(), body).unwrap();
        command.arg(file.path());
    }
    let output = command.output().expect("python");
    output.status.success().then_some(output.stdout)
}

/// A blob of the container `desk`, as everybody may read it.
pub fn blob(server: &Server, path: &str) -> Option<Vec<u8>> {
    let address = format!("http://127.0.0.1:{}/devstoreaccount1/desk/{path}", server.port);
    let output = Command::new("curl").args(["--silent", "--fail", &address]).output().expect("curl");
    output.status.success().then_some(output.stdout)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub const KEYS: [(&str, &str); 3] =
    [("AWS_ACCESS_KEY_ID", "desk"), ("AWS_SECRET_ACCESS_KEY", SECRET), ("AWS_EC2_METADATA_DISABLED", "true")];

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn s3_with_conditions() {
    let server = moto();
    s3(&server, "PUT", "desk", None).expect("a new bucket");
    let desk = Desk::new(&format!(
        "  live: {{type: s3, bucket: desk, prefix: site, endpoint: 'http://127.0.0.1:{}'}}\n",
        server.port
    ));
    s3(&server, "PUT", "desk/theirs.txt", Some(b"not ours")).expect("a file of others");
    day(&desk, &KEYS, &|path| s3(&server, "GET", &format!("desk/site/{path}"), None), &|lock| match lock {
        Some(text) => drop(s3(&server, "PUT", "desk/site/.crossbrief/lock.json", Some(text)).expect("a lock")),
        None => drop(s3(&server, "DELETE", "desk/site/.crossbrief/lock.json", None).expect("no lock")),
    });
    assert_eq!(s3(&server, "GET", "desk/theirs.txt", None).as_deref(), Some(b"not ours".as_slice()));
    // What browsers and caches are told.
    let head = Command::new("curl")
        .args(["--silent", "--head", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user", &format!("desk:{SECRET}")])
        .arg(format!("http://127.0.0.1:{}/desk/site/index.html", server.port))
        .output()
        .expect("curl");
    let head = String::from_utf8_lossy(&head.stdout).to_lowercase();
    assert!(
        head.contains("content-type: text/html; charset=utf-8") && head.contains("cache-control: no-cache"),
        "{head}"
    );
    long_file(&desk, &KEYS, &|path| s3(&server, "GET", &format!("desk/site/{path}"), None));
    // A bucket that is not there, and no credentials at all.
    desk.edit("site.yaml", "bucket: desk", "bucket: nowhere");
    let nowhere = desk.publish_with(&["--yes"], &KEYS);
    assert_eq!(nowhere.code, 2, "{}", nowhere.told);
    assert!(nowhere.told.contains("bucket"), "{}", nowhere.told);
    let nameless = desk.publish_with(&["--yes"], &[("AWS_EC2_METADATA_DISABLED", "true"), ("HOME", "/nowhere")]);
    assert_eq!(nameless.code, 2, "{}", nameless.told);
    assert!(nameless.told.contains("AWS_ACCESS_KEY_ID"), "{}", nameless.told);
}

/// Publishes a file of 20 MB, and whatever its readers get of it.
fn long_file(desk: &Desk, variables: &[(&str, &str)], read: &dyn Fn(&str) -> Option<Vec<u8>>) {
    let bytes: Vec<u8> = (0..20_000_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    fs::write(desk.path("content/briefings/report.pdf"), &bytes).unwrap();
    desk.edit("content/briefings/2025-06-02-open-talks.md", "They went", "[All of it](report.pdf). They went");
    let run = desk.publish_with(&["--yes"], variables);
    assert_eq!(run.code, 0, "{}", run.told);
    assert!(read("briefings/report.pdf").is_some_and(|there| there == bytes), "another file came");
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_cache_on_s3_is_shared_and_fails_softly() {
    let server = moto();
    s3(&server, "PUT", "desk", None).expect("a new bucket");
    let line = Proxy::start(server.port, 7);
    let cache = format!("cache: {{type: s3, bucket: desk, prefix: cache, endpoint: 'http://127.0.0.1:{}'}}", line.port);
    let build = |desk: &Desk, how: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_crossbrief"))
            .args(["build", "--json", "--cache", how])
            .current_dir(desk.root())
            .envs(KEYS)
            .env("RUST_LOG", "trace")
            .output()
            .expect("the binary runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!told.contains(SECRET), "a secret was told: {told}");
        assert_eq!(output.status.code(), Some(0), "{told}");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report");
        (report["made"].as_u64().unwrap(), report["shared"].clone())
    };
    let clone = || {
        let desk = Desk::new("");
        fs::write(desk.path("site.yaml"), fs::read_to_string(desk.path("site.yaml")).unwrap() + &cache).unwrap();
        desk
    };
    let first = clone();
    let (made, shared) = build(&first, "use");
    // A file that is but copied is not shared.
    assert!(made > 20 && shared["given"].as_u64().unwrap() == made - 1, "{made} {shared}");
    let (bytes, asked) = (first.all_bytes("site/public"), line.answered());
    assert!(asked.iter().all(|one| one.contains("/desk")) && asked.len() < 8, "{asked:?}");
    let second = clone();
    let (made, shared) = build(&second, "use");
    assert_eq!((made, shared["given"].as_u64()), (1, Some(0)), "{shared}");
    let tidied = |bytes: String, desk: &Desk| bytes.replace(&*desk.root().to_string_lossy(), "");
    assert_eq!(tidied(second.all_bytes("site/public"), &second), tidied(bytes.clone(), &first));
    let mut softly = 0;
    for fault in crate::proxy::FAULTS.map(|(fault, _)| fault) {
        for how in ["read", "use"] {
            let desk = clone();
            line.set(Some(fault));
            let (made, _) = build(&desk, how);
            softly += line.broken();
            line.set(None);
            assert_eq!(tidied(desk.all_bytes("site/public"), &desk), tidied(bytes.clone(), &first), "{fault:?}");
            println!("{fault:?}, {how}: {made} made");
        }
    }
    assert!(softly > 6, "only {softly} requests were broken");
    // What was written on a bad line is as good as before.
    assert_eq!(build(&clone(), "use").0, 1);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_withdrawal_is_followed_by_what_named_it() {
    let server = moto();
    s3(&server, "PUT", "desk", None).expect("a new bucket");
    let line = Proxy::start(server.port, 1);
    let desk = Desk::new(&format!("  live: {{type: s3, bucket: desk, endpoint: 'http://127.0.0.1:{}'}}\n", line.port));
    let publish = || {
        let run = desk.publish_with(&["--yes"], &KEYS);
        assert_eq!(run.code, 0, "{}", run.told);
        line.answered()
    };
    publish();
    let secret = "content/briefings/2025-06-03-secret-talks.md";
    desk.edit(secret, "title: Secret talks", "title: Secret talks\ndraft: true");
    let new = "---\ntitle: New talks\npeople: [Ada Lund]\n---\nThey spoke.\n";
    fs::write(desk.path("content/briefings/2025-06-04-new-talks.md"), new).unwrap();
    let asked = publish();
    let at = |what: &str| {
        let found = asked.iter().position(|one| one.split(['?', '%']).next() == Some(what));
        found.unwrap_or_else(|| panic!("{what}: {asked:#?}"))
    };
    let order = [
        "DELETE /desk/briefings/secret-talks/index.html",
        // It named her and leads to nothing new: it waits for nothing.
        "PUT /desk/people/index.html",
        "PUT /desk/briefings/new-talks/index.html",
        // These lead to the new briefing.
        "PUT /desk/index.html",
        "PUT /desk/briefings/open-talks/index.html",
    ];
    let places = order.map(at);
    assert!(places.is_sorted(), "{places:?} {asked:#?}");
    let first_put = asked.iter().position(|one| one.starts_with("PUT") && !one.contains(".crossbrief"));
    let last_withdrawn =
        ["people/zora-quill/index.html", "briefings/p.png"].map(|path| at(&format!("DELETE /desk/{path}")));
    assert!(last_withdrawn.into_iter().max() < first_put, "{asked:#?}");
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn s3_with_signatures() {
    let folder = tempfile::tempdir().unwrap();
    let server = rclone_s3(folder.path());
    let desk =
        Desk::new(&format!("  live: {{type: s3, bucket: desk, endpoint: 'http://127.0.0.1:{}'}}\n", server.port));
    let file = |path: &str| folder.path().join("desk").join(path);
    day(&desk, &KEYS, &|path| fs::read(file(path)).ok(), &|lock| match lock {
        Some(text) => fs::write(file(".crossbrief/lock.json"), text).unwrap(),
        None => fs::remove_file(file(".crossbrief/lock.json")).unwrap(),
    });
    long_file(&desk, &KEYS, &|path| fs::read(file(path)).ok());
    let wrong = [KEYS[0], ("AWS_SECRET_ACCESS_KEY", "zqother"), KEYS[2]];
    let refused = desk.publish_with(&["--yes"], &wrong);
    assert_eq!(refused.code, 2, "{}", refused.told);
    assert!(refused.told.contains("the host does not let us") && !refused.told.contains("zqother"), "{}", refused.told);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn azure_blobs() {
    let folder = tempfile::tempdir().unwrap();
    let server = azurite(folder.path());
    let desk = Desk::new(&format!(
        "  live: {{type: azure, bucket: desk, account: devstoreaccount1, prefix: site, endpoint: 'http://127.0.0.1:{}/devstoreaccount1'}}\n",
        server.port
    ));
    let keys = [("AZURE_STORAGE_KEY", AZURE_KEY)];
    let nowhere = desk.publish_with(&["--yes"], &keys);
    assert_eq!(nowhere.code, 2, "{}", nowhere.told);
    assert!(nowhere.told.contains("The specified container does not exist"), "{}", nowhere.told);
    assert!(!nowhere.told.contains("RequestId"), "{}", nowhere.told);
    azure(&server, "PUT", "/desk?restype=container", None).expect("a new container");
    azure(&server, "PUT", "/desk/theirs.txt", Some(b"not ours")).expect("a file of others");
    let held = "/desk/site/.crossbrief/lock.json";
    day(&desk, &keys, &|path| blob(&server, &format!("site/{path}")), &|lock| match lock {
        Some(text) => drop(azure(&server, "PUT", held, Some(text)).expect("a lock")),
        None => drop(azure(&server, "DELETE", held, None).expect("no lock")),
    });
    assert_eq!(blob(&server, "theirs.txt").as_deref(), Some(b"not ours".as_slice()));
    let head = azure(&server, "HEAD", "/desk/site/index.html", None).expect("the home page");
    let head = String::from_utf8_lossy(&head).into_owned();
    assert!(
        head.contains("content-type: text/html; charset=utf-8") && head.contains("cache-control: no-cache"),
        "{head}"
    );
    long_file(&desk, &keys, &|path| blob(&server, &format!("site/{path}")));
    // Anybody may read there, so only who has something to send is refused.
    desk.edit("content/briefings/2025-06-02-open-talks.md", "on and on", "on");
    let wrong = [("AZURE_STORAGE_KEY", "enFvdGhlcg==")];
    let refused = desk.publish_with(&["--yes"], &wrong);
    assert_eq!(refused.code, 2, "{}", refused.told);
    assert!(refused.told.contains("AZURE_STORAGE_KEY") && !refused.told.contains("enFvdGhlcg"), "{}", refused.told);
    let no_key = desk.publish_with(&["--yes"], &[("AZURE_STORAGE_KEY", "no key")]);
    assert_eq!(no_key.code, 2, "{}", no_key.told);
}

#[test]
fn google_cloud_storage() {
    let store = Gcs::start(SECRET);
    let port = store.lock().unwrap().port;
    let target = format!("{{type: gcs, bucket: desk, prefix: site, endpoint: 'http://127.0.0.1:{port}'}}");
    let desk = Desk::new(&format!("  live: {target}\n"));
    let token = [("CLOUDSDK_AUTH_ACCESS_TOKEN", SECRET)];
    store.lock().unwrap().set("theirs.txt", Some(b"not ours"));
    let read = |path: &str| store.lock().unwrap().object(&format!("site/{path}")).map(|object| object.bytes.clone());
    day(&desk, &token, &read, &|lock| store.lock().unwrap().set("site/.crossbrief/lock.json", lock));
    let store = store.lock();
    let mut store = store.unwrap();
    assert_eq!(store.object("theirs.txt").map(|object| &*object.bytes), Some(b"not ours".as_slice()));
    let page = store.object("site/index.html").expect("the home page");
    assert_eq!((&*page.content_type, &*page.cache_control), ("text/html; charset=utf-8", "no-cache"));
    assert!(store.pages > 6, "lists have several pages: {}", store.pages);
    store.pages = 0;
    drop(store);
    desk.edit("content/briefings/2025-06-02-open-talks.md", "on and on", "on");
    let wrong = desk.publish_with(&["--yes"], &[("CLOUDSDK_AUTH_ACCESS_TOKEN", "zqother")]);
    assert_eq!(wrong.code, 2, "{}", wrong.told);
    assert!(wrong.told.contains("CLOUDSDK_AUTH_ACCESS_TOKEN") && !wrong.told.contains("zqother"), "{}", wrong.told);
    desk.edit("site.yaml", "bucket: desk", "bucket: nowhere");
    let nowhere = desk.publish_with(&["--yes"], &token);
    assert_eq!(nowhere.code, 2, "{}", nowhere.told);
    assert!(nowhere.told.contains("bucket does not exist"), "{}", nowhere.told);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn webdav() {
    let folder = tempfile::tempdir().unwrap();
    let server = wsgidav(folder.path());
    let desk =
        Desk::new(&format!("  live: {{type: webdav, endpoint: 'http://127.0.0.1:{}', path: site}}\n", server.port));
    let file = |path: &str| folder.path().join("dav/site").join(path);
    let keys = [("CROSSBRIEF_WEBDAV_USER", "desk"), ("CROSSBRIEF_WEBDAV_PASSWORD", SECRET)];
    day(&desk, &keys, &|path| fs::read(file(path)).ok(), &|lock| match lock {
        Some(text) => fs::write(file(".crossbrief/lock.json"), text).unwrap(),
        None => fs::remove_file(file(".crossbrief/lock.json")).unwrap(),
    });
    long_file(&desk, &keys, &|path| fs::read(file(path)).ok());
}

/// A server of SSH with a key of its own, and what a desk needs to reach it.
pub struct Sshd {
    folder: tempfile::TempDir,
    pub server: Server,
    /// The PATH on which `ssh` knows the server.
    pub path: String,
    pub user: String,
}

impl Sshd {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["host", "user"] {
            let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(at(name)).status();
            assert!(made.expect("ssh-keygen").success());
        }
        let server = Server::start(|port| {
            let settings = format!(
                "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPasswordAuthentication no\nStrictModes no\nPidFile none\nSubsystem sftp internal-sftp\n",
                at("host").display(),
                at("user.pub").display()
            );
            fs::write(at("sshd.conf"), settings).unwrap();
            // Where it shuts itself in.
            let _ = fs::create_dir_all("/run/sshd");
            let mut command = Command::new("/usr/sbin/sshd");
            command.arg("-D").arg("-f").arg(at("sshd.conf"));
            command
        });
        // The user's own known hosts are left alone.
        fs::write(
            at("ssh.conf"),
            format!(
                "UserKnownHostsFile {}\nIdentityFile {}\nIdentitiesOnly yes\n",
                at("known").display(),
                at("user").display()
            ),
        )
        .unwrap();
        fs::create_dir(at("bin")).unwrap();
        fs::write(at("bin/ssh"), format!("#!/bin/sh\nexec /usr/bin/ssh -F {} \"$@\"\n", at("ssh.conf").display()))
            .unwrap();
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(at("bin/ssh"), fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", at("bin").display(), std::env::var("PATH").unwrap_or_default());
        let user = std::env::var("USER").unwrap_or_else(|_| "root".to_string());
        let sshd = Self { folder, server, path, user };
        sshd.known(true);
        sshd
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Whether the host is known by its own key, or by another one.
    fn known(&self, is_known: bool) {
        let key = fs::read_to_string(self.at(if is_known { "host.pub" } else { "user.pub" })).unwrap();
        fs::write(self.at("known"), format!("[127.0.0.1]:{} {key}", self.server.port)).unwrap();
    }

    /// Has the host known at another port, too.
    pub fn known_at(&self, port: u16) {
        let key = fs::read_to_string(self.at("host.pub")).unwrap();
        let known = fs::read_to_string(self.at("known")).unwrap();
        fs::write(self.at("known"), format!("{known}\n[127.0.0.1]:{port} {key}")).unwrap();
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn sftp() {
    let sshd = Sshd::start();
    let (at, server, path, user) = (|name: &str| sshd.at(name), &sshd.server, &sshd.path, &sshd.user);
    let desk = Desk::new(&format!(
        "  live: {{type: sftp, host: '{user}@127.0.0.1:{}', path: {}}}\n",
        server.port,
        at("site").display()
    ));
    // A host with another key than the one that is known.
    sshd.known(false);
    let refused = desk.publish_with(&["--yes"], &[("PATH", path)]);
    assert_eq!((refused.code, at("site").exists()), (2, false), "{}", refused.told);
    assert!(refused.told.contains("must work without a question"), "{}", refused.told);
    sshd.known(true);
    day(&desk, &[("PATH", path)], &|path| fs::read(at("site").join(path)).ok(), &|lock| match lock {
        Some(text) => fs::write(at("site/.crossbrief/lock.json"), text).unwrap(),
        None => fs::remove_file(at("site/.crossbrief/lock.json")).unwrap(),
    });
    long_file(&desk, &[("PATH", path)], &|path| fs::read(at("site").join(path)).ok());
    assert_eq!(fs::read_dir(at("site/.crossbrief/part")).map_or(0, Iterator::count), 0, "no half file is left");
    assert!(!at("site/briefings/secret-talks").exists(), "an empty folder would tell of it");
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn rsync() {
    let sshd = Sshd::start();
    let at = |name: &str| sshd.at(name);
    let desk = Desk::new(&format!(
        "  live: {{type: rsync, host: '{}@127.0.0.1:{}', path: '{}'}}\n",
        sshd.user,
        sshd.server.port,
        at("all sites/[desk]").display()
    ));
    let site = at("all sites/[desk]");
    sshd.known(false);
    let refused = desk.publish_with(&["--yes"], &[("PATH", &sshd.path)]);
    assert_eq!((refused.code, site.exists()), (2, false), "{}", refused.told);
    assert!(refused.told.contains("must work without a question"), "{}", refused.told);
    sshd.known(true);
    fs::create_dir_all(&site).unwrap();
    fs::write(site.join("theirs.txt"), "not ours").unwrap();
    let foreign = desk.publish_with(&["--yes"], &[("PATH", &sshd.path)]);
    assert_eq!(foreign.code, 3, "{}", foreign.told);
    assert!(foreign.told.contains("theirs.txt"), "{}", foreign.told);
    fs::remove_dir_all(at("all sites")).unwrap();
    let lock = site.join(".crossbrief/lock.json");
    day(&desk, &[("PATH", &sshd.path)], &|path| fs::read(site.join(path)).ok(), &|held| match held {
        Some(text) => fs::write(&lock, text).unwrap(),
        None => fs::remove_file(&lock).unwrap(),
    });
    assert_eq!(fs::read_dir(site.join(".crossbrief/part")).unwrap().count(), 0, "no half file is left");
    assert!(!site.join("briefings/secret-talks").exists(), "an empty folder would tell of it");
    // Names that mean something to shells, to rsync, and to lists of it.
    for name in ["a b", "c{d}", "e[1]", "f'g", "h;i", "-j", "#k"] {
        fs::create_dir_all(desk.path("static/odd")).unwrap();
        fs::write(desk.path(&format!("static/odd/{name}.txt")), name).unwrap();
    }
    let odd = desk.publish_with(&["--yes"], &[("PATH", &sshd.path)]);
    assert_eq!(odd.code, 0, "{}", odd.told);
    assert_eq!(fs::read(site.join("odd/c{d}.txt")).unwrap(), b"c{d}");
    fs::remove_file(desk.path("static/odd/c{d}.txt")).unwrap();
    fs::remove_file(desk.path("static/odd/e[1].txt")).unwrap();
    let odd = desk.publish_with(&["--yes"], &[("PATH", &sshd.path)]);
    assert_eq!(odd.code, 0, "{}", odd.told);
    assert_eq!(fs::read_dir(site.join("odd")).unwrap().count(), 5);
    // No rsync here.
    fs::create_dir(at("empty")).unwrap();
    let none = desk.publish_with(&["--yes"], &[("PATH", &at("empty").display().to_string())]);
    assert_eq!(none.code, 2, "{}", none.told);
    assert!(none.told.contains("install rsync"), "{}", none.told);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn nginx_sends_the_headers() {
    let desk = Desk::new(
        "  live: {type: folder, path: ../live, base_url: 'https://desk.example.org/desk/', precompress: [gz]}\n",
    );
    assert_eq!(desk.publish(&["--yes"]).code, 0);
    let snippet = desk.publish(&["live", "--emit", "nginx"]);
    assert_eq!(snippet.code, 0, "{}", snippet.told);
    fs::write(desk.beside("headers.conf"), &snippet.printed).unwrap();
    fs::create_dir_all(desk.beside("www")).unwrap();
    std::os::unix::fs::symlink(desk.beside("live"), desk.beside("www/desk")).unwrap();
    let server = Server::start(|port| {
        let settings = format!(
            "daemon off;\nmaster_process off;\npid {0}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n include /etc/nginx/mime.types;\n access_log off;\n client_body_temp_path {0}/b;\n proxy_temp_path {0}/p;\n fastcgi_temp_path {0}/f;\n uwsgi_temp_path {0}/u;\n scgi_temp_path {0}/s;\n server {{\n  listen 127.0.0.1:{port};\n  root {0}/www;\n  include {0}/headers.conf;\n }}\n}}\n",
            desk.beside("").display()
        );
        fs::write(desk.beside("nginx.conf"), settings).unwrap();
        // Its workers are another user's, and must reach the site.
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(desk.beside(""), fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new("nginx");
        command.arg("-c").arg(desk.beside("nginx.conf")).arg("-e").arg("stderr");
        command
    });
    let head = |path: &str| {
        let address = format!("http://127.0.0.1:{}/desk/{path}", server.port);
        let output = Command::new("curl").args(["--silent", "--head"]).arg(address).output().expect("curl");
        String::from_utf8_lossy(&output.stdout).to_lowercase()
    };
    // Packed for who takes it so.
    let packed = Command::new("curl")
        .args(["--silent", "--include", "--compressed", "--dump-header", "-", "--output", "/dev/null"])
        .arg(format!("http://127.0.0.1:{}/desk/", server.port))
        .output()
        .expect("curl");
    let packed = String::from_utf8_lossy(&packed.stdout).to_lowercase();
    let length = fs::metadata(desk.beside("live/index.html.gz")).unwrap().len();
    for wanted in [
        "content-encoding: gzip",
        "vary: accept-encoding",
        "content-type: text/html",
        &format!("content-length: {length}"),
    ] {
        assert!(packed.contains(wanted), "{wanted}: {packed}");
    }
    let asset = desk.plan()["unchanged"].as_u64().map(|_| {
        let all = desk.all_bytes("live/assets");
        let name =
            all.split("/live/assets/").find_map(|rest| rest.split_once(".css").map(|(name, _)| name.to_string()));
        format!("assets/{}.css", name.expect("a style sheet"))
    });
    let asset = asset.expect("a plan");
    for (path, status, cache) in [
        ("", "200", "no-cache"),
        ("briefings/open-talks/", "200", "no-cache"),
        (&*asset, "200", "public, max-age=31536000, immutable"),
        ("nothing/", "404", "no-cache"),
    ] {
        let head = head(path);
        assert!(head.lines().next().is_some_and(|line| line.contains(status)), "{path}: {head}");
        assert!(head.contains(&format!("cache-control: {cache}\r\n")), "{path}: {head}");
        for wanted in [
            "content-security-policy: default-src 'none'; script-src 'self';",
            "x-content-type-options: nosniff",
            "strict-transport-security: max-age=63072000",
            "referrer-policy: no-referrer",
            "charset=utf-8",
        ] {
            assert!(head.contains(wanted), "{path} lacks {wanted}: {head}");
        }
        assert_eq!(head.matches("content-security-policy:").count(), 1, "{path}: {head}");
    }
}
