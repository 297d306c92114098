//! `cargo xtask setup`: installs what the tests need and is not there yet.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;
use crate::test::{call, root};

/// Installs Chromium and Java by apt where they are missing, and the node packages at the versions of the lock file.
pub fn run() -> Result<()> {
    let mut missing = Vec::new();
    for (program, package) in
        [("chromium", "chromium"), ("java", "default-jre-headless"), ("node", "nodejs"), ("npm", "npm")]
    {
        if !answers(program) {
            missing.push(package);
        }
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
    let folder = root().join("tests/browser");
    if !folder.join("node_modules/vnu-jar").is_dir() || !folder.join("node_modules/playwright-core").is_dir() {
        call(Command::new("npm").args(["ci", "--ignore-scripts"]).current_dir(&folder))?;
    }
    Ok(())
}

fn answers(program: &str) -> bool {
    let option = if program == "java" { "-version" } else { "--version" };
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
