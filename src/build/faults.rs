//! A disk that fails, for tests: at any one operation, from one on, or by ending the process.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::build::disk::{Disk, Kind, RealDisk, Stat};

/// What goes wrong, and when; operations are counted from 1.
#[derive(Default)]
pub(crate) struct FaultyDisk {
    /// The first operation that fails, and the error number it fails with.
    pub(crate) fail_at: Option<(usize, i32)>,
    /// True when all operations after it fail too.
    pub(crate) for_good: bool,
    /// Only operations of this name fail.
    pub(crate) only: Option<&'static str>,
    /// The operation before which the process ends.
    pub(crate) abort_at: Option<usize>,
    /// As on file systems that cannot exchange two names.
    pub(crate) no_exchange: bool,
    /// Reads give a few bytes at a time.
    pub(crate) short_reads: bool,
    /// As on file systems that have no second names for a file.
    pub(crate) no_hard_links: bool,
    /// Runs before each operation.
    pub(crate) before: Option<Box<dyn Fn(&'static str) + Send + Sync>>,
    /// How many operations there were.
    pub(crate) count: AtomicUsize,
}

impl FaultyDisk {
    /// How many operations there were.
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    fn step(&self, name: &'static str) -> io::Result<()> {
        if self.only.is_some_and(|only| only != name) {
            return Ok(());
        }
        let count = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        if self.abort_at == Some(count) {
            std::process::abort();
        }
        if let Some(before) = &self.before {
            before(name);
        }
        match self.fail_at {
            Some((at, number)) if count == at || (self.for_good && count > at) => {
                Err(io::Error::from_raw_os_error(number))
            }
            _ => Ok(()),
        }
    }
}

impl std::fmt::Debug for FaultyDisk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FaultyDisk").field("fail_at", &self.fail_at).finish_non_exhaustive()
    }
}

impl Disk for FaultyDisk {
    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        self.step("real_path").and_then(|()| RealDisk.real_path(path))
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        self.step("stat").and_then(|()| RealDisk.stat(path))
    }

    fn list(&self, path: &Path) -> io::Result<Vec<(OsString, Kind)>> {
        self.step("list").and_then(|()| RealDisk.list(path))
    }

    fn open(&self, path: &Path) -> io::Result<(File, u64)> {
        self.step("open").and_then(|()| RealDisk.open(path))
    }

    fn open_without_links(&self, path: &Path) -> io::Result<(File, u64)> {
        self.step("open_without_links").and_then(|()| RealDisk.open_without_links(path))
    }

    fn read(&self, file: &File, buffer: &mut [u8]) -> io::Result<usize> {
        self.step("read")?;
        let length = if self.short_reads { buffer.len().min(7) } else { buffer.len() };
        RealDisk.read(file, &mut buffer[..length])
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        self.step("create").and_then(|()| RealDisk.create(path))
    }

    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<()> {
        // A disk that is full takes the first half.
        self.step("write").inspect_err(|_| {
            let _ = RealDisk.write(file, &bytes[..bytes.len() / 2]);
        })?;
        let (first, second) = bytes.split_at(bytes.len() / 2);
        RealDisk.write(file, first)?;
        self.step("write")?;
        RealDisk.write(file, second)
    }

    fn copy_attributes(&self, from: &File, to: &File) -> io::Result<()> {
        self.step("copy_attributes").and_then(|()| RealDisk.copy_attributes(from, to))
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.step("make_folder").and_then(|()| RealDisk.make_folder(path))
    }

    fn copy_rights(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("copy_rights").and_then(|()| RealDisk.copy_rights(from, to))
    }

    fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("hard_link")?;
        if self.no_hard_links { Err(io::ErrorKind::Unsupported.into()) } else { RealDisk.hard_link(from, to) }
    }

    fn read_link(&self, path: &Path) -> io::Result<PathBuf> {
        self.step("read_link").and_then(|()| RealDisk.read_link(path))
    }

    fn make_link(&self, target: &Path, path: &Path) -> io::Result<()> {
        self.step("make_link").and_then(|()| RealDisk.make_link(target, path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("rename").and_then(|()| RealDisk.rename(from, to))
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        self.step("exchange")?;
        if self.no_exchange { Err(io::ErrorKind::Unsupported.into()) } else { RealDisk.exchange(one, other) }
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step("remove_file").and_then(|()| RealDisk.remove_file(path))
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.step("remove_folder").and_then(|()| RealDisk.remove_folder(path))
    }

    fn lock(&self, path: &Path) -> io::Result<Option<File>> {
        self.step("lock").and_then(|()| RealDisk.lock(path))
    }

    fn sync(&self, _path: &Path) -> io::Result<()> {
        // Not really: it would wait for all that this machine writes.
        self.step("sync")
    }
}

mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::sync::Arc;

    use super::*;
    use crate::base::diagnostics::{Diagnostic, count_errors};
    use crate::build::folder_sink::FolderSink;
    use crate::build::output_guard::Guard;
    use crate::build::work_folder::walk;
    use crate::build::{Loaded, Request, load_from, render};
    use crate::content::vocabulary::Tlp;

    const NO_ACCESS: i32 = 13;
    const BROKEN: i32 = 5;
    const NO_SPACE: i32 = 28;
    const TOO_MANY_OPEN: i32 = 24;

    /// A site with something of each kind that is read, and with texts that only a marking elsewhere keeps back.
    fn site() -> tempfile::TempDir {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let files: [(&str, &[u8]); 12] = [
            (
                "site.yaml",
                b"title: Desk\nbase_url: https://example.org/\nmaps: {show: false}\nminify: false\ntheme: plain\n",
            ),
            (
                "content/briefings/one.md",
                b"---\ntitle: One\npeople: [Ada Novak]\n---\n![x](dot.gif) [y](more/data.bin)\n",
            ),
            (
                "content/briefings/dot.gif",
                b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3B",
            ),
            ("content/closed/_index.md", b"---\ntitle: Closed\ndefaults: {tlp: RED}\n---\n"),
            ("content/closed/two.md", b"---\ntitle: Zqkanari\n---\nText.\n"),
            ("content/people/ada-novak.md", b"---\nname: Ada Novak\n---\nProfile.\n"),
            ("content/about.md", b"---\ntitle: About\ndraft: true\n---\nZqkanari.\n"),
            ("data/table.csv", b"a,b\n1,2\n"),
            ("static/plain.txt", b"As it is."),
            ("templates/404.html", b"Nothing."),
            ("themes/plain/theme.yaml", b"name: Plain\nparent: default\n"),
            ("shared/data.bin", b"data"),
        ];
        for (path, bytes) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("../../shared", folder.path().join("content/briefings/more")).unwrap();
        folder
    }

    fn load_site(folder: &Path, disk: Arc<dyn Disk>) -> Result<Loaded, String> {
        let request = Request {
            root: folder.to_path_buf(),
            skip: vec![folder.join("public")],
            clearance: Tlp::Clear,
            drafts: false,
            embargoed: false,
            now: "2026-01-01T00:00:00Z".parse().unwrap(),
            base_url: None,
        };
        load_from(disk, &request).map_err(|error| error.to_string())
    }

    /// A whole build, as the command does it; errors of the site are told and nothing is switched.
    fn build(folder: &Path, disk: Arc<dyn Disk>) -> Result<Vec<Diagnostic>, String> {
        let output = folder.join("public");
        let sink = FolderSink::open_on(Arc::clone(&disk), &output, &Guard::new(folder, None));
        let sink = sink.map_err(|error| error.to_string())?;
        let loaded = load_site(folder, disk)?;
        let mut diagnostics = loaded.diagnostics.clone();
        diagnostics.extend(render(&loaded, &sink, &|| ()).map_err(|error| error.to_string())?);
        if count_errors(&diagnostics) == 0 {
            sink.finish().map_err(|error| error.to_string())?;
        }
        Ok(diagnostics)
    }

    fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let Ok(found) = walk(&RealDisk, &folder.join("public")) else { return BTreeMap::new() };
        let files = found.into_iter().filter(|found| found.kind == Kind::File);
        files.map(|found| (found.path.clone(), fs::read(folder.join("public").join(found.path)).unwrap())).collect()
    }

    #[test]
    fn reading_may_fail_at_every_operation() {
        let folder = site();
        let plan = |loaded: &Loaded| -> Vec<String> {
            let withheld = loaded.site.withheld.files.iter().map(|file| file.path.to_string());
            loaded.outputs.iter().map(|output| output.path.to_string()).chain(withheld).collect()
        };
        let whole = load_site(folder.path(), Arc::new(RealDisk)).unwrap();
        assert_eq!(count_errors(&whole.diagnostics), 0, "{:?}", whole.diagnostics);
        let expected = plan(&whole);
        let mut points = 0;
        for number in [BROKEN, NO_ACCESS, TOO_MANY_OPEN] {
            for for_good in [false, true] {
                let mut at = 1;
                loop {
                    let disk = Arc::new(FaultyDisk { fail_at: Some((at, number)), for_good, ..FaultyDisk::default() });
                    let result = load_site(folder.path(), Arc::clone(&disk) as Arc<dyn Disk>);
                    let told = format!("operation {at}, error {number}, for good {for_good}");
                    match result {
                        Err(error) => assert!(error.starts_with("cannot read "), "{told}: {error}"),
                        // What cannot be read must never make a briefing visible that another file keeps back.
                        Ok(loaded) if count_errors(&loaded.diagnostics) == 0 => {
                            assert_eq!(plan(&loaded), expected, "{told}")
                        }
                        Ok(_) => {}
                    }
                    if disk.count() < at {
                        break;
                    }
                    (at, points) = (at + 1, points + 1);
                }
            }
        }
        assert!(points > 200, "only {points} points");
        println!("{points} operations failed while reading");
    }

    /// `CROSSBRIEF_FAULTS=all` tries every operation, which takes minutes; without it one in 37.
    #[test]
    fn a_whole_build_may_fail_at_any_operation() {
        let folder = site();
        let change = |words: &str| {
            let text = format!("---\ntitle: One\npeople: [Ada Novak]\n---\n{words} ![x](dot.gif) [y](more/data.bin)\n");
            fs::write(folder.path().join("content/briefings/one.md"), text).unwrap();
        };
        let sound = |folder: &Path| assert_eq!(count_errors(&build(folder, Arc::new(RealDisk)).unwrap()), 0);
        change("New");
        sound(folder.path());
        let new = tree(folder.path());
        change("Old");
        sound(folder.path());
        let old = tree(folder.path());
        assert_ne!(old, new);
        let step = if std::env::var("CROSSBRIEF_FAULTS").is_ok_and(|faults| faults == "all") { 1 } else { 37 };
        let mut points = 0;
        for (number, for_good) in [(BROKEN, false), (NO_SPACE, true), (NO_ACCESS, false), (TOO_MANY_OPEN, true)] {
            let mut at = 1;
            loop {
                change("Old");
                sound(folder.path());
                change("New");
                let disk = Arc::new(FaultyDisk { fail_at: Some((at, number)), for_good, ..FaultyDisk::default() });
                let result = build(folder.path(), Arc::clone(&disk) as Arc<dyn Disk>);
                let told = format!("operation {at}, error {number}, for good {for_good}: {result:?}");
                let now = tree(folder.path());
                match &result {
                    Ok(diagnostics) if count_errors(diagnostics) == 0 => assert!(now == new, "{told}"),
                    _ => assert!(now == old, "{told}"),
                }
                sound(folder.path());
                assert!(tree(folder.path()) == new, "{told}");
                assert!(!folder.path().join(".public.crossbrief").exists(), "{told}");
                if disk.count() < at {
                    break;
                }
                (at, points) = (at + step, points + 1);
            }
        }
        println!("{points} operations failed in whole builds");
    }

    #[test]
    fn short_reads_and_writes_make_the_same_site() {
        let folder = site();
        build(folder.path(), Arc::new(RealDisk)).unwrap();
        let expected = tree(folder.path());
        assert!(expected.contains_key(Path::new("briefings/more/data.bin")), "{:?}", expected.keys());
        fs::remove_dir_all(folder.path().join("public")).unwrap();
        let disk = FaultyDisk { short_reads: true, ..FaultyDisk::default() };
        assert_eq!(count_errors(&build(folder.path(), Arc::new(disk)).unwrap()), 0);
        assert!(tree(folder.path()) == expected);
    }
}
