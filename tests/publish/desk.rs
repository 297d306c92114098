//! A small site in a folder of its own, and what publishing it says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const FILES: &[(&str, &str)] = &[
    (
        "content/briefings/2025-06-02-open-talks.md",
        "---\ntitle: Open talks\npeople: [Ada Lund]\n---\nAda Lund spoke in France.\n\nThey went on.\n",
    ),
    (
        "content/briefings/2025-06-03-secret-talks.md",
        "---\ntitle: Secret talks\npeople: [Zora Quill]\n---\nZora Quill spoke.\n\n![A room](p.png)\n",
    ),
];

/// A picture of one pixel.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82";

/// A site.
pub struct Desk(tempfile::TempDir);

/// What a run of the program gave.
pub struct Run {
    pub code: i32,
    pub printed: String,
    pub told: String,
}

impl Desk {
    /// A site with these targets, as they stand in `site.yaml`.
    pub fn new(targets: &str) -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        for (path, text) in FILES {
            let path = desk.path(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        fs::write(desk.path("content/briefings/p.png"), PICTURE).unwrap();
        let targets = if targets.is_empty() { String::new() } else { format!("targets:\n{targets}") };
        let site = format!(
            "title: The Desk\nbase_url: https://desk.example.org/\nmaps: {{show: false}}\nsearch: false\n{targets}"
        );
        fs::write(desk.path("site.yaml"), site).unwrap();
        desk
    }

    /// The site's folder.
    pub fn root(&self) -> PathBuf {
        self.0.path().join("site")
    }

    /// A file of the site.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// A file beside the site's folder.
    pub fn beside(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Puts other words into a file.
    pub fn edit(&self, path: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.path(path)).unwrap();
        assert!(text.contains(old), "{path} has no `{old}`");
        fs::write(self.path(path), text.replace(old, new)).unwrap();
    }

    /// Runs `crossbrief publish`.
    pub fn publish(&self, arguments: &[&str]) -> Run {
        self.publish_with(arguments, &[])
    }

    /// The same with these variables of the environment.
    pub fn publish_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_crossbrief"))
            .arg("publish")
            .args(arguments)
            .current_dir(self.root())
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Run { code: output.status.code().unwrap_or(-1), printed: text(&output.stdout), told: text(&output.stderr) }
    }

    /// What publishing would do.
    pub fn plan(&self) -> serde_json::Value {
        let run = self.publish(&["--dry-run", "--json"]);
        serde_json::from_str(&run.printed).unwrap_or_else(|_| panic!("{}", run.told))
    }

    /// All names and bytes in a folder beside the site's, as far as they are text.
    pub fn all_bytes(&self, folder: &str) -> String {
        let mut all = String::new();
        let mut open = vec![self.beside(folder)];
        while let Some(folder) = open.pop() {
            let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            entries.sort();
            for path in entries {
                all.push_str(&path.to_string_lossy());
                if path.is_dir() {
                    open.push(path);
                } else {
                    all.push_str(&String::from_utf8_lossy(&fs::read(path).unwrap()));
                }
            }
        }
        all
    }
}

/// Runs git in a folder.
pub fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output().expect("git");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
