//! A small site in a folder of its own, and the real program run on it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The site at first: `//- path` lines, each with the text of a file below it.
const SITE: &str = "\
//- site.yaml
title: Desk
base_url: https://old.example/
minify: false
maps: {show: false}
//- content/briefings/2025-12-10-warning.md
---
title: A warning
summary: Something is said.
people: [Ada Novak]
countries: [Ukraine]
sources: [{id: s1, title: A paper}]
---
It is said [@s1] of [[Ada Novak]]. ![A dot](dot.gif) [All of it](report.bin)
//- content/briefings/2025-12-01-earlier.md
---
title: Earlier
summary: Something was said.
countries: [Ukraine]
redirect_from: [/old/]
---
Text.
//- content/briefings/2025-11-01-held.md
---
title: Held back
summary: Nothing.
tlp: RED
---
Zqkanari.
//- content/people/ada-novak.md
---
name: Ada Novak
---
Profile.
//- data/table.csv
a,b
1,2
";

/// The smallest picture: one pixel.
const DOT: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3B";

/// A folder with a site in it.
pub struct Place {
    folder: tempfile::TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    pub stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), stderr: text(&output.stderr) }
    }
}

impl Ended {
    /// Checks the exit code and that these words are told, and that nothing panicked.
    pub fn with(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(!self.stderr.contains("panicked") && !self.stderr.contains("RUST_BACKTRACE"), "{self:?}");
        for words in words {
            assert!(self.stderr.contains(words), "`{words}` is not in {}", self.stderr);
        }
    }
}

impl Place {
    /// The site, not built yet.
    pub fn new() -> Self {
        Self::within(&std::env::temp_dir())
    }

    /// The site in a folder below this one.
    pub fn within(parent: &Path) -> Self {
        let place = Self { folder: tempfile::tempdir_in(parent).expect("a temporary folder") };
        place.write(SITE);
        place.put("content/briefings/dot.gif", DOT);
        place.put("content/briefings/report.bin", &[7; 5000]);
        place
    }

    /// The site, built.
    pub fn built() -> Self {
        let place = Self::new();
        place.build().with(0, &[]);
        place
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn public(&self) -> PathBuf {
        self.path().join("public")
    }

    /// Writes files told as in [`SITE`].
    pub fn write(&self, files: &str) {
        for file in files.split("//- ").skip(1) {
            let (path, text) = file.split_once('\n').expect("a line with a path");
            self.put(path.trim(), text.as_bytes());
        }
    }

    pub fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        std::fs::write(path, bytes).expect("a new file");
    }

    /// Changes every page of the site: it moves to another address, and one briefing goes as another comes.
    pub fn change(&self, turn: usize) {
        let settings =
            format!("title: Desk\nbase_url: https://turn-{turn}.example/\nminify: false\nmaps: {{show: false}}\n");
        self.put("site.yaml", settings.as_bytes());
        let extra = |turn: usize| self.path().join(format!("content/briefings/2025-10-0{}-extra.md", 1 + turn % 2));
        let _ = std::fs::remove_file(extra(turn + 1));
        let text = format!("---\ntitle: Extra {turn}\nsummary: More.\nslug: extra-{}\n---\nText {turn}.\n", turn % 2);
        std::fs::write(extra(turn), text).expect("a new file");
    }

    /// The program, to be run in the site's folder.
    pub fn crossbrief(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(self.path());
        command
    }

    /// Another program that runs ours: `prlimit --nofile=32`.
    pub fn under(&self, program: &[&str], arguments: &[&str]) -> Ended {
        let mut command = Command::new(program[0]);
        command.args(&program[1..]).arg(binary()).args(arguments).current_dir(self.path());
        command.output().expect("the program runs").into()
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.crossbrief(arguments).output().expect("the binary runs").into()
    }

    pub fn build(&self) -> Ended {
        self.run(&["build"])
    }

    /// All files of the output with their bytes.
    pub fn tree(&self) -> Tree {
        tree(&self.public())
    }

    /// What lies in the site's folder that was not there at first, other than the output and what builds remember.
    pub fn beside(&self) -> Vec<String> {
        let names = |folder: &Path| -> Vec<String> {
            let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry"));
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
        };
        let mut beside = names(self.path());
        beside.retain(|name| !["site.yaml", "content", "data", "public", ".crossbrief"].contains(&name.as_str()));
        let remembered = names(&self.path().join(".crossbrief")).into_iter();
        let is_known =
            |name: &String| [".memory", ".site", "CACHEDIR.TAG", ".gitignore"].iter().any(|one| name.ends_with(one));
        beside.extend(remembered.filter(|name| !is_known(name)));
        beside
    }
}

/// Files, links and folders by path, each with its mode and bytes.
pub type Tree = BTreeMap<PathBuf, (u32, Vec<u8>)>;

/// All that is below a folder; nothing when there is none.
pub fn tree(root: &Path) -> Tree {
    fn walk(root: &Path, folder: &Path, tree: &mut Tree) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for entry in entries {
            let path = entry.expect("an entry").path();
            let metadata = std::fs::symlink_metadata(&path).expect("metadata");
            let bytes = if metadata.is_symlink() {
                std::fs::read_link(&path).expect("a link").to_string_lossy().into_owned().into_bytes()
            } else if metadata.is_dir() {
                walk(root, &path, tree);
                Vec::new()
            } else {
                std::fs::read(&path).expect("a file")
            };
            tree.insert(path.strip_prefix(root).expect("below").to_path_buf(), (mode(&metadata), bytes));
        }
    }
    let mut tree = Tree::new();
    walk(root, root, &mut tree);
    tree
}

#[cfg(unix)]
pub fn mode(metadata: &std::fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions())
}

#[cfg(not(unix))]
pub fn mode(_metadata: &std::fs::Metadata) -> u32 {
    0
}

/// The program that is tried: `CROSSBRIEF_BIN`, or that of this checkout.
pub fn binary() -> PathBuf {
    std::env::var_os("CROSSBRIEF_BIN").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_crossbrief")), PathBuf::from)
}

/// Says loudly that something was not tried here.
pub fn skip(what: &str, why: &str) {
    println!("SKIPPED {what}: {why}");
    eprintln!("SKIPPED {what}: {why}");
    assert!(std::env::var_os("CROSSBRIEF_NO_SKIPS").is_none(), "{what} was skipped: {why}");
}

/// Whether a program can be run here.
pub fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Whether we may do everything.
pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

/// A program that runs ours as a user who may nothing.
pub const NOBODY: [&str; 6] = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];

/// Lets everybody read and write all in a folder.
pub fn give_away(folder: &Path) {
    let done = Command::new("chmod").args(["-R", "a+rwX"]).arg(folder).status();
    assert!(done.is_ok_and(|status| status.success()));
}

/// A file system in memory, as large as it is told, for as long as this lives.
pub struct Mounted {
    pub folder: PathBuf,
    _parent: tempfile::TempDir,
}

impl Mounted {
    /// Mounts it; none where that is not allowed.
    pub fn new(options: &str) -> Option<Self> {
        let parent = tempfile::tempdir().expect("a temporary folder");
        let folder = parent.path().join("small");
        std::fs::create_dir(&folder).expect("a new folder");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&folder).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self { folder, _parent: parent })
    }

    /// Makes it as large as this.
    pub fn resize(&self, options: &str) {
        let option = format!("remount,{options}");
        let done = Command::new("mount").args(["-o", &option]).arg(&self.folder).status();
        assert!(done.is_ok_and(|status| status.success()));
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
    }
}
