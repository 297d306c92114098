//! The same bytes, names and modes whatever the circumstances: threads, time zone, language, rights, folders, user, the
//! order in which the file system lists.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::{NOBODY, Place, Tree, binary, give_away, has, is_root, skip, tree};

/// Copies a folder; `shuffled` makes its files in another order, so that inodes and listings differ.
fn copy(from: &Path, to: &Path, shuffled: bool) {
    std::fs::create_dir_all(to).expect("a new folder");
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    if shuffled {
        entries.sort_by_key(|path| *blake3::hash(path.as_os_str().as_encoded_bytes()).as_bytes());
    }
    for path in entries {
        let to = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &to, shuffled);
        } else {
            std::fs::copy(&path, &to).expect("a copy");
        }
    }
}

/// The sample site of this checkout, copied.
fn sample(to: &Path, shuffled: bool) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    copy(&root.join("content"), &to.join("content"), shuffled);
    std::fs::copy(root.join("site.yaml"), to.join("site.yaml")).expect("a copy");
}

/// One circumstance: its name, and how the program is run in it.
struct Run<'a> {
    name: &'static str,
    wrapper: Vec<String>,
    set: Vec<(&'static str, String)>,
    source: &'a Path,
    /// What is left out of the comparison: rights, where they are what differs.
    modes: bool,
}

fn run(run: &Run, output: &Path, from: &Path) -> Tree {
    let source = run.source.to_string_lossy().into_owned();
    let target = output.to_string_lossy().into_owned();
    let mut words = run.wrapper.clone();
    words.push(binary().to_string_lossy().into_owned());
    words.extend(["build", "--source", &source, "--output", &target].map(str::to_string));
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).envs(run.set.iter().cloned()).current_dir(from);
    let ended = command.output().expect("the program runs");
    assert!(ended.status.success(), "{}: {}", run.name, String::from_utf8_lossy(&ended.stderr));
    let mut tree = tree(output);
    if !run.modes {
        tree.values_mut().for_each(|(mode, _)| *mode = 0);
    }
    tree
}

#[test]
fn the_same_bytes_under_all_circumstances() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = folder.path();
    let (plain, shuffled, odd) = (home.join("site"), home.join("copy"), home.join("o d\u{308}d 'path"));
    sample(&plain, false);
    sample(&shuffled, true);
    sample(&odd, false);
    // Times of the sources: the year 1970 for some, the future for others.
    for (index, path) in walk(&odd).into_iter().enumerate() {
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs((index as u64 % 2) << 32);
        std::fs::File::options().write(true).open(path).and_then(|file| file.set_modified(time)).expect("a time");
    }
    give_away(home);
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let base = |name, set: &[(&'static str, &str)]| Run {
        name,
        wrapper: Vec::new(),
        set: set.iter().map(|(key, value)| (*key, value.to_string())).collect(),
        source: &plain,
        modes: true,
    };
    let mut runs = vec![
        base("once more", &[]),
        base("1 thread", &[("RAYON_NUM_THREADS", "1")]),
        base("2 threads", &[("RAYON_NUM_THREADS", "2")]),
        base("8 threads", &[("RAYON_NUM_THREADS", "8")]),
        base("TZ Pacific/Kiritimati", &[("TZ", "Pacific/Kiritimati")]),
        base("TZ America/St_Johns", &[("TZ", "America/St_Johns")]),
        base("Turkish", &[("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8"), ("LANGUAGE", "tr")]),
        base("language C", &[("LC_ALL", "C")]),
        base("HOME elsewhere", &[("HOME", "/nonexistent"), ("USER", "nobody"), ("XDG_CACHE_HOME", "/nonexistent")]),
        base("SOURCE_DATE_EPOCH", &[("SOURCE_DATE_EPOCH", "1")]),
        base("narrow terminal", &[("COLUMNS", "20"), ("NO_COLOR", "1")]),
        Run { source: &shuffled, ..base("files made in another order", &[]) },
        Run { source: &odd, ..base("odd path, odd times", &[]) },
        Run { source: Path::new("."), ..base("from within", &[]) },
    ];
    for mask in ["000", "077"] {
        let name = if mask == "000" { "umask 000" } else { "umask 077" };
        let wrapper = vec!["sh".to_string(), "-c".into(), format!("umask {mask}; exec \"$@\""), "sh".into()];
        runs.push(Run { wrapper, modes: false, ..base(name, &[]) });
    }
    if is_root() && has("setpriv") {
        runs.push(Run { wrapper: words(&NOBODY), ..base("another user", &[]) });
    } else {
        skip("another user", "no other user can be had");
    }
    if has("taskset") {
        runs.push(Run { wrapper: words(&["taskset", "-c", "0"]), ..base("1 processor", &[]) });
    }
    if Command::new("unshare").args(["-u", "true"]).status().is_ok_and(|status| status.success()) {
        let rename = "hostname elsewhere; exec \"$@\"";
        runs.push(Run {
            wrapper: words(&["unshare", "-u", "sh", "-c", rename, "sh"]),
            ..base("another host name", &[])
        });
    } else {
        skip("another host name", "unshare is not to be had");
    }
    let disorder = Disordered::new(&plain);
    match &disorder {
        Some(disorder) => runs.push(Run { source: &disorder.folder, ..base("disorderfs", &[]) }),
        None => skip("disorderfs", "it is not installed, or may not mount"),
    }
    let expected = run(&base("first", &[]), &home.join("first/public"), home);
    let bare: Tree = expected.iter().map(|(path, (_, bytes))| (path.clone(), (0, bytes.clone()))).collect();
    println!("{:<28} {:>6} files  names, bytes, modes", "circumstance", expected.len());
    for (index, one) in runs.iter().enumerate() {
        // Its own folder, deeper and deeper, and run from there; the user of it may be another.
        let output = home.join(format!("{}{index}/public", "deep/".repeat(index % 4)));
        let from = if one.source == Path::new(".") { &plain } else { home };
        let made = run(one, &output, from);
        let against = if one.modes { &expected } else { &bare };
        if made != *against {
            let differs = |path: &&PathBuf| made.get(*path) != against.get(*path);
            let paths: Vec<_> = made.keys().chain(against.keys()).filter(differs).take(8).collect();
            panic!("{}: differs in {paths:?}", one.name);
        }
        println!(
            "{:<28} {:>6}        {}",
            one.name,
            made.len(),
            if one.modes { "the same" } else { "the same; modes as told" }
        );
        give_away(home);
    }
    // A program built otherwise, when it is there: compilers must not matter.
    let other = binary().parent().and_then(Path::parent).map(|target| target.join("release/crossbrief"));
    match other.filter(|other| is_of_this_source(other)) {
        Some(other) => {
            let output = home.join("other/public");
            let mut command = Command::new(other);
            command.arg("build").arg("--source").arg(&plain).arg("--output").arg(&output);
            assert!(command.output().expect("it runs").status.success());
            assert!(tree(&output) == expected, "the release build makes another site");
            println!("{:<28} {:>6}        the same", "release build", expected.len());
        }
        None => println!("{:<28} not tried: no release build that is newer than the sources", "release build"),
    }
}

/// Rights follow the umask, and nothing else: files are never executable, folders always.
#[cfg(unix)]
#[test]
fn rights_follow_the_umask() {
    let place = Place::new();
    for (mask, file, folder) in [("000", 0o666, 0o777), ("022", 0o644, 0o755), ("077", 0o600, 0o700)] {
        let output = format!("out-{mask}");
        let line = format!("umask {mask}; exec \"$@\"");
        place.under(&["sh", "-c", &line, "sh"], &["build", "--output", &output]).with(0, &[]);
        for (path, (mode, _)) in tree(&place.path().join(&output)) {
            let is_folder = mode & 0o170_000 == 0o040_000;
            assert_eq!(mode & 0o7777, if is_folder { folder } else { file }, "umask {mask}, {}", path.display());
        }
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// Whether a program is newer than all that it is made of.
fn is_of_this_source(program: &Path) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let changed = |path: &Path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let Some(built) = changed(program) else { return false };
    ["src", "themes", "templates"]
        .iter()
        .flat_map(|name| walk(&root.join(name)))
        .all(|path| changed(&path).is_some_and(|changed| changed < built))
}

/// A file system that lists every folder in another order.
struct Disordered {
    folder: PathBuf,
    _parent: tempfile::TempDir,
}

impl Disordered {
    fn new(of: &Path) -> Option<Self> {
        let parent = tempfile::tempdir().ok()?;
        let folder = parent.path().join("shuffled");
        std::fs::create_dir(&folder).ok()?;
        let mut command = Command::new("disorderfs");
        command.args(["--shuffle-dirents=yes", "--quiet"]).arg(of).arg(&folder);
        let mounted = command.output().is_ok_and(|output| output.status.success());
        (mounted && folder.join("site.yaml").exists()).then_some(Self { folder, _parent: parent })
    }
}

impl Drop for Disordered {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
    }
}
