//! Secrets out of a keyring: a program in the place of the system’s own, and GNOME’s keyring as it is.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::contract::Netlify;
use crate::desk::{Desk, Run};
use crate::peers::{SECRET, rclone_s3};

const TOKEN: &str = "zqtoken5d0a7KEYzq";

/// Puts a program in the place of those that ask the keyring of the system; returns the folders of programs.
fn keyring(desk: &Desk, script: &str) -> String {
    let folder = desk.beside("bin");
    fs::create_dir_all(&folder).unwrap();
    for name in ["secret-tool", "security"] {
        let asked = desk.beside("asked");
        let text = format!("#!/bin/sh\necho \"$@\" >> '{}'\n{script}\n", asked.display());
        // A new file each time: one that is being run cannot be written.
        let _ = fs::remove_file(folder.join(name));
        fs::write(folder.join(name), text).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default())
}

/// What a run told, in which no secret is.
fn publish(desk: &Desk, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let all: Vec<(&str, &str)> = variables.iter().copied().chain([("RUST_LOG", "trace")]).collect();
    let run = desk.publish_with(arguments, &all);
    assert!(!run.told.contains(TOKEN) && !run.printed.contains(TOKEN), "a secret was told: {}", run.told);
    run
}

#[test]
fn what_the_environment_lacks_comes_from_the_keyring() {
    let host = Netlify::start(TOKEN);
    let target = format!(
        "  live: {{type: netlify, site: desk.netlify.app, keyring: true, endpoint: 'http://127.0.0.1:{}/api/v1'}}\n",
        host.lock().unwrap().port
    );
    let desk = Desk::new(&target);
    fs::write(desk.beside("secret"), format!("{TOKEN}\n")).unwrap();
    let path = keyring(&desk, &format!("cat '{}'", desk.beside("secret").display()));
    let first = publish(&desk, &["--yes"], &[("PATH", &path)]);
    assert_eq!(first.code, 0, "{}", first.told);
    assert!(host.lock().unwrap().read("index.html").is_some());
    let asked = || fs::read_to_string(desk.beside("asked")).unwrap_or_default();
    assert_eq!(asked().lines().count(), 1, "{}", asked());
    assert!(asked().contains("crossbrief") && asked().contains("NETLIFY_AUTH_TOKEN"), "{}", asked());
    assert!(!asked().contains(TOKEN) && !desk.all_bytes("site").contains(TOKEN), "it is written nowhere");

    // The environment goes before, and without the key nobody is asked.
    let known = publish(&desk, &["--yes"], &[("PATH", &path), ("NETLIFY_AUTH_TOKEN", TOKEN)]);
    assert_eq!((known.code, asked().lines().count()), (0, 1), "{}", known.told);
    desk.edit("site.yaml", "keyring: true", "keyring: false");
    let off = publish(&desk, &["--yes"], &[("PATH", &path)]);
    assert_eq!((off.code, asked().lines().count()), (2, 1), "{}", off.told);
    desk.edit("site.yaml", "keyring: false", "keyring: true");

    // It has none, it fails, it is not there.
    let none = publish(&desk, &["--yes"], &[("PATH", &keyring(&desk, "exit 1"))]);
    assert_eq!(none.code, 2, "{}", none.told);
    assert!(none.told.contains("no credentials were found") && none.told.contains("crossbrief"), "{}", none.told);
    let broken = publish(&desk, &["--yes"], &[("PATH", &keyring(&desk, "echo 'no bus' >&2; exit 1"))]);
    assert_eq!(broken.code, 2, "{}", broken.told);
    assert!(broken.told.contains("cannot ask the keyring: no bus"), "{}", broken.told);
    fs::create_dir_all(desk.beside("empty")).unwrap();
    let missing = publish(&desk, &["--yes"], &[("PATH", &desk.beside("empty").display().to_string())]);
    assert_eq!(missing.code, 2, "{}", missing.told);
    assert!(missing.told.contains("cannot ask the keyring: there is no `sec"), "{}", missing.told);

    let folder = Desk::new("  live: {type: folder, path: ../live, keyring: true}\n");
    assert!(folder.publish(&["--yes"]).told.contains("`keyring: true` means nothing here"));
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn keys_of_a_store_lie_in_gnomes_keyring() {
    let folder = tempfile::tempdir().unwrap();
    let server = rclone_s3(folder.path());
    let desk = Desk::new(&format!(
        "  live: {{type: s3, bucket: desk, keyring: true, endpoint: 'http://127.0.0.1:{}'}}\n",
        server.port
    ));
    let home = desk.beside("home");
    fs::create_dir_all(home.join("run")).unwrap();
    fs::set_permissions(home.join("run"), fs::Permissions::from_mode(0o700)).unwrap();
    let script = r#"
set -e
printf open | gnome-keyring-daemon --unlock --components=secrets > started
put() { secret-tool store --label=Crossbrief service crossbrief username "$1"; }
printf %s "$KEPT" | put AWS_SECRET_ACCESS_KEY
printf desk | put AWS_ACCESS_KEY_ID
unset KEPT
cd "$SITE"
code=0
"$PROGRAM" publish --yes || code=$?
# It would outlive its bus.
bus() { dbus-send --session --print-reply --dest=org.freedesktop.DBus / "org.freedesktop.DBus.$@"; }
kill "$(bus GetConnectionUnixProcessID string:org.freedesktop.secrets | sed -n 's/.*uint32 //p')"
exit $code
"#;
    let run = |secret: &str| -> Run {
        let output = Command::new("dbus-run-session")
            .args(["--", "sh", "-c", script])
            .current_dir(&home)
            .env("HOME", &home)
            .env("XDG_RUNTIME_DIR", home.join("run"))
            .env("SITE", desk.root())
            .env("PROGRAM", env!("CARGO_BIN_EXE_crossbrief"))
            .env("KEPT", secret)
            .env("RUST_LOG", "trace")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null())
            .output()
            .expect("dbus-run-session");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Run { code: output.status.code().unwrap_or(-1), printed: text(&output.stdout), told: text(&output.stderr) }
    };
    let first = run(SECRET);
    assert_eq!(first.code, 0, "{}", first.told);
    assert!(folder.path().join("desk/index.html").exists());
    // The server checks who signs.
    let wrong = run("zqother7c1");
    assert_eq!(wrong.code, 2, "{}", wrong.told);
    assert!(wrong.told.contains("the host does not let us"), "{}", wrong.told);
    for run in [first, wrong] {
        for secret in [SECRET, "zqother7c1"] {
            assert!(!run.told.contains(secret) && !run.printed.contains(secret), "a secret was told: {}", run.told);
        }
    }
    assert!(!desk.all_bytes("site").contains(SECRET));
}
