//! `cargo xtask setup`: installs what the tests need and is not there yet.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;
use crate::test::{call, root};

/// Installs Chromium, Java, rsync, a keyring and an SSH server by apt where they are missing, the node packages at the versions of the
/// lock files, and the Python packages at those of the tests’ `requirements.txt`.
pub fn run() -> Result<()> {
    let mut missing = Vec::new();
    for (program, package) in [
        ("chromium", "chromium"),
        ("java", "default-jre-headless"),
        ("node", "nodejs"),
        ("npm", "npm"),
        ("curl", "curl"),
        ("rsync", "rsync"),
        ("openssl", "openssl"),
    ] {
        if !answers(program) {
            missing.push(package);
        }
    }
    if !Path::new("/usr/sbin/sshd").exists() {
        missing.extend(["openssh-server", "openssh-client"]);
    }
    if !Path::new("/usr/sbin/nginx").exists() && !Path::new("/usr/bin/nginx").exists() {
        missing.push("nginx-light");
    }
    let of_keyring = ["gnome-keyring-daemon", "secret-tool", "dbus-run-session"];
    if cfg!(target_os = "linux") && of_keyring.iter().any(|name| !Path::new("/usr/bin").join(name).exists()) {
        missing.extend(["gnome-keyring", "libsecret-tools", "dbus"]);
    }
    if !missing.is_empty() {
        if !answers("apt-get") {
            return Err(format!(
                "these programs are needed and missing: {}; install them, then run this again",
                missing.join(", ")
            )
            .into());
        }
        apt(&["update"])?;
        let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
        arguments.extend(missing);
        apt(&arguments)?;
    }
    let needed: [(&str, &[&str]); 3] = [
        ("tests/browser", &["axe-core", "lighthouse", "playwright-core", "schema-dts", "typescript", "vnu-jar"]),
        ("tests/observatory", &["@mdn/mdn-http-observatory"]),
        ("tests/publish/azure", &["azurite"]),
    ];
    for (folder, packages) in needed {
        let folder = root().join(folder);
        if packages.iter().any(|package| !folder.join("node_modules").join(package).is_dir()) {
            call(Command::new("npm").args(["ci", "--ignore-scripts"]).current_dir(&folder))?;
        }
    }
    let requirements =
        ["tests/exports/requirements.txt", "tests/publish/requirements.txt"].map(|path| root().join(path));
    let done = python().with_file_name("installed.txt");
    let mut wanted = String::new();
    for list in &requirements {
        wanted.push_str(&std::fs::read_to_string(list)?);
    }
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    // One of the judges is built here, against the ICU of the machine.
    let has_icu = Command::new("pkg-config").args(["--exists", "icu-uc"]).status().is_ok_and(|status| status.success());
    if !has_icu && answers("apt-get") {
        apt(&["update"])?;
        let build = ["libicu-dev", "pkg-config", "g++", "python3-dev", "python3-venv"];
        apt(&[["install", "--yes", "--no-install-recommends"].as_slice(), &build].concat())?;
    }
    let folder = root().join("target/xtask/python");
    call(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    for list in &requirements {
        call(Command::new(python()).args(pip).arg(list))?;
    }
    Ok(std::fs::write(done, wanted)?)
}

/// The Python in which the judges of exported graphs are installed.
pub fn python() -> PathBuf {
    root().join("target/xtask/python/bin/python")
}

fn answers(program: &str) -> bool {
    let option = match program {
        "java" => "-version",
        "openssl" => "version",
        _ => "--version",
    };
    Command::new(program)
        .arg(option)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs apt-get, through sudo for those who need it.
fn apt(arguments: &[&str]) -> Result<()> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let mut command =
        if is_root || !Path::new("/usr/bin/sudo").exists() { Command::new("apt-get") } else { Command::new("sudo") };
    if command.get_program() == "sudo" {
        command.arg("apt-get");
    }
    call(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}
