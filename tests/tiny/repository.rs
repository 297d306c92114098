//! A site in a git repository, with commits at given moments.

#![allow(dead_code, reason = "each file of tests uses some of it")]

use std::path::Path;
use std::process::Command;

/// Runs git in a folder, as of a moment and free of the user’s settings.
pub fn git(folder: &Path, moment: &str, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .envs([("GIT_COMMITTER_DATE", moment), ("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z")])
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")])
        .output()
        .expect("git");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Commits all that is in a folder.
pub fn commit(folder: &Path, moment: &str) {
    if !folder.join(".git").exists() {
        git(folder, moment, &["init", "--quiet", "."]);
    }
    git(folder, moment, &["add", "--all", "."]);
    git(folder, moment, &["commit", "--quiet", "--allow-empty", "--message", "a"]);
}
