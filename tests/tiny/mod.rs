//! Tiny sites for tests: written as one string, built in memory by the library or on disk by the real binary.

#![allow(dead_code, reason = "each file of tests uses some of it")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use crossbrief::base::report::{self, Style};
use crossbrief::build::{self, Request, sink::MemorySink};
use crossbrief::content::vocabulary::Tlp;

/// Writes a site told as `//- path` lines, each with the text of a file below it.
pub fn write(folder: &Path, site: &str) {
    for file in site.split("//- ").skip(1) {
        let (path, text) = file.split_once('\n').expect("a line with a path");
        let path = folder.join(path.trim());
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        std::fs::write(path, text).expect("a new file");
    }
}

/// What came of a site.
pub struct Built {
    /// Files by path.
    pub files: BTreeMap<String, String>,
    /// Diagnostics as they are told in CI.
    pub messages: String,
}

impl Built {
    /// A page by its address without slashes at the ends; the empty one is the front page.
    pub fn page(&self, address: &str) -> &str {
        let path = if address.is_empty() { "index.html".to_string() } else { format!("{address}/index.html") };
        self.files.get(&path).unwrap_or_else(|| panic!("no {path} in {:?}\n{}", self.files.keys(), self.messages))
    }
}

/// Asks for the site in a folder, below `https://example.org/desk/`, as of the first day of 2026.
pub fn request(folder: &Path, clearance: Tlp) -> Request {
    Request {
        root: folder.to_path_buf(),
        skip: Vec::new(),
        clearance,
        drafts: false,
        embargoed: false,
        now: "2026-01-01T00:00:00Z".parse().expect("an instant"),
        base_url: Some("https://example.org/desk/".to_string()),
    }
}

/// Builds the site in a folder, for everybody, below `https://example.org/desk/`.
pub fn build_at(folder: &Path) -> Built {
    let loaded = build::load(&request(folder, Tlp::Clear)).expect("a readable site");
    let sink = MemorySink::new();
    let mut diagnostics = loaded.diagnostics.clone();
    diagnostics.extend(build::render(&loaded, &sink, &|| ()).expect("memory"));
    let located = report::locate_all(&diagnostics, &|path| loaded.source_text(path));
    let messages = report::text(&located, Style { color: false, width: 100 });
    let files = sink
        .into_files()
        .into_iter()
        .map(|(path, bytes)| (path.to_string(), String::from_utf8_lossy(&bytes).into_owned()))
        .collect();
    Built { files, messages }
}

/// Builds a site told as one string.
pub fn build(site: &str) -> Built {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), site);
    build_at(folder.path())
}

/// Runs the real binary.
pub fn crossbrief(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_crossbrief"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("COLUMNS")
        .output()
        .expect("the binary runs")
}

/// Runs the real binary; what it prints on both channels, and its exit code.
pub fn run(folder: &Path, arguments: &[&str]) -> (String, String, i32) {
    let output = crossbrief(folder, arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code().expect("an end by itself"))
}

/// Compares what is told with what is kept in `tests/data/NAME`; `UPDATE_SNAPSHOTS=1` keeps it anew.
pub fn as_kept(name: &str, told: &str) {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&kept, told).expect("a writable file");
    }
    let expected = std::fs::read_to_string(&kept).expect("the kept text");
    for (number, (found, expected)) in told.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "line {} of {}", number + 1, kept.display());
    }
    assert_eq!(told.lines().count(), expected.lines().count(), "{}", kept.display());
}
