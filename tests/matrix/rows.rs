//! One test for each row of the matrix of faults, by its number. Rows 1 and 3 are in `kills.rs`; rows 12 to 24 are about
//! bad input and stand in `bad_inputs.rs` and `sites.rs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crossbrief::base::diagnostics::{Diagnostic, count_errors};
use crossbrief::base::paths::{OutputPath, SourcePath};
use crossbrief::build::disk::Disk;
use crossbrief::build::folder_sink::FolderSink;
use crossbrief::build::output_guard::Guard;
use crossbrief::build::sink::{MemorySink, Sink};
use crossbrief::build::{self, Loaded, Request};
use crossbrief::content::vocabulary::Tlp;
use crossbrief::outputs::{Output, Press, Recipe, Rendered};

use crate::place::{Ended, Mounted, NOBODY, Place, binary, give_away, has, is_root, skip, tree};
use crate::watched::Watched;

/// What the library is asked for, as the command does.
fn request(place: &Place, now: &str) -> Request {
    Request {
        root: place.path().to_path_buf(),
        skip: vec![place.public()],
        clearance: Tlp::Clear,
        drafts: false,
        embargoed: false,
        now: now.parse().expect("an instant"),
        base_url: None,
    }
}

fn told(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(|one| one.message.clone()).collect()
}

fn size_of(folder: &Path) -> u64 {
    // As a file system in memory counts: by pages, and one for each folder.
    tree(folder).values().map(|(_, bytes)| (bytes.len() as u64).div_ceil(4096).max(1) * 4096).sum()
}

#[test]
fn row_02_disk_full() {
    let Some(small) = Mounted::new("size=64m") else { return skip("row 2", "nothing can be mounted here") };
    let place = Place::new();
    let output = small.folder.join("public");
    let build = || place.run(&["build", "--output", &output.to_string_lossy()]);
    build().with(0, &[]);
    let (bytes, names) = (size_of(&output), tree(&output).len() as u64);
    let mut full = 0;
    let mut limits: Vec<String> =
        [102, 110, 130, 150, 170, 190].iter().map(|share| format!("size={}", bytes * share / 100)).collect();
    // The folder itself and the root have names as well.
    limits.extend([3, 10, names / 2, names - 5].map(|more| format!("size=64m,nr_inodes={}", names + 2 + more)));
    for (turn, limit) in limits.iter().enumerate() {
        let before = tree(&output);
        place.change(turn);
        small.resize(limit);
        let ended = build();
        if ended.code == Some(0) {
            assert_ne!(tree(&output), before, "{limit}");
        } else {
            ended.with(2, &["error: disk full while ", "hint: free some space (or inodes: `df -i`)"]);
            assert!(tree(&output) == before, "{limit}: the old site is not whole");
            full += 1;
        }
        small.resize("size=64m,nr_inodes=100000");
        assert_eq!(std::fs::read_dir(&small.folder).expect("a folder").count(), 1, "{limit}: something is left");
        build().with(0, &[]);
    }
    println!("{full} of {} builds found the disk full", limits.len());
    assert!(full >= 6, "only {full}");
}

#[test]
fn row_04_nothing_is_switched_before_it_reached_the_disk() {
    let place = Place::built();
    let steps: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = Arc::clone(&steps);
    let disk = Watched(move |name: &str, _: &Path| noted.lock().expect("one thread at a time").push(name.to_string()));
    let sink = FolderSink::open_on(Arc::new(disk), &place.public(), &Guard::new(place.path(), None)).expect("a folder");
    sink.put(&OutputPath::new("index.html").expect("a path"), b"new").expect("room");
    sink.survive_power_cut(true).finish().expect("a new site");
    let steps = steps.lock().expect("no other thread").clone();
    let at = |name: &str| steps.iter().position(|step| step == name);
    let last_write = steps.iter().rposition(|step| step == "write");
    assert!(last_write < at("sync") && at("sync") < at("exchange"), "{steps:?}");
}

#[test]
fn row_05_output_that_cannot_be_written() {
    let place = Place::built();
    let before = place.tree();
    let refused = |output: &str, words: &[&str]| place.run(&["build", "--output", output]).with(2, words);
    place.put("taken", b"a file");
    refused("taken", &["nothing is written to `taken`: it is not a folder", "hint: name a folder of its own"]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", place.path().join("dangling")).expect("a link");
        refused("dangling", &["it is a link that leads to nothing", "hint: remove the link"]);
        let home = tempfile::tempdir().expect("a temporary folder");
        std::os::unix::fs::symlink(home.path(), place.path().join("home")).expect("a link");
        let ended: Ended =
            place.crossbrief(&["build", "--output", "home"]).env("HOME", home.path()).output().expect("it runs").into();
        ended.with(2, &["it is your home folder"]);
    }
    assert!(place.tree() == before);
    if !is_root() || !has("setpriv") {
        return skip("row 5", "no other user can be had");
    }
    give_away(place.path());
    let chmod = |mode: &str| Command::new("chmod").arg(mode).arg(place.path()).status().expect("chmod runs");
    chmod("555");
    place.change(1);
    let ended = place.under(&NOBODY, &["build"]);
    ended.with(
        2,
        &["cannot make the folder", ".public.crossbrief: permission denied", "hint: the new site is made beside"],
    );
    chmod("777");
    place.under(&NOBODY, &["build"]).with(0, &[]);
    let Some(closed) = Mounted::new("size=1m") else { return skip("row 5", "nothing can be mounted here") };
    closed.resize("ro");
    let output = closed.folder.join("public");
    place.run(&["build", "--output", &output.to_string_lossy()]).with(2, &["the file system is read-only", "hint:"]);
}

#[test]
fn row_06_output_that_is_no_output() {
    let place = Place::new();
    place.put("content/.keep", b"");
    place.put("repository/.git/config", b"");
    place.put("notes/mine.txt", b"mine");
    let before = tree(place.path());
    for (output, words) in [
        (".", "it is the folder of the site itself"),
        ("..", "which is not output"),
        ("/", "it is the root of the file system"),
        ("content", "is a folder of sources"),
        ("content/briefings/public", "is a folder of sources"),
        ("repository", "it is a git repository, and crossbrief has not written to it before"),
        ("repository/.git/x", "it lies within the inner folder of a git repository"),
        ("notes", "it is not empty (it holds `mine.txt`), and crossbrief has not written to it before"),
        ("notes/../notes", "it is not empty"),
    ] {
        place.run(&["build", "--output", output]).with(2, &["nothing is written to", words, "hint: "]);
    }
    let output =
        place.crossbrief(&["build", "--output", "home/desk"]).env("HOME", place.path().join("home/desk")).output();
    Ended::from(output.expect("it runs")).with(2, &["it is your home folder"]);
    place.run(&["build", "--output", ""]).with(2, &["a value is required for '--output <DIR>'"]);
    assert!(tree(place.path()) == before, "something was touched");
}

#[test]
fn row_07_files_of_others_are_kept() {
    let place = Place::built();
    let theirs = ["CNAME", ".git/HEAD", "notes/deep/todo.txt", "briefings/mine.html"];
    for path in theirs {
        place.put(&format!("public/{path}"), path.as_bytes());
    }
    for turn in 0..3 {
        place.change(turn);
        place.build().with(0, &[]);
        for path in theirs {
            assert_eq!(std::fs::read(place.public().join(path)).ok().as_deref(), Some(path.as_bytes()), "{path}");
        }
    }
    // Even where the site wants to write.
    place.put("static/CNAME", b"ours");
    let before = place.tree();
    place
        .build()
        .with(2, &["`CNAME` there is not from crossbrief and stands where `CNAME` of the site belongs", "hint: "]);
    assert!(place.tree() == before);
}

/// Something happens to a file after it was found and before it is read.
#[cfg(unix)]
#[test]
fn row_08_files_that_change_under_the_build() {
    let page = "content/briefings/2025-12-01-earlier.md";
    let picture = "content/briefings/dot.gif";
    let file = "content/briefings/report.bin";
    let pipe = |path: &Path| {
        std::fs::remove_file(path).expect("a file");
        assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo runs").success());
    };
    let vanish = |path: &Path| std::fs::remove_file(path).expect("a file");
    let folder = |path: &Path| {
        std::fs::remove_file(path).expect("a file");
        std::fs::create_dir(path).expect("a folder");
    };
    let link = |path: &Path| {
        std::fs::remove_file(path).expect("a file");
        std::os::unix::fs::symlink("/etc/passwd", path).expect("a link");
    };
    let grow = |path: &Path| {
        let old = std::fs::read(path).expect("a file");
        std::fs::write(path, [&old[..], b"\nMore.\n"].concat()).expect("a file");
    };
    let shrink = |path: &Path| std::fs::write(path, "").expect("a file");
    type Deed<'a> = (&'a (dyn Fn(&Path) + Sync), &'a str);
    let deeds: [Deed; 4] = [
        (&vanish, "there is no such file or folder"),
        (&pipe, "it is not a regular file"),
        (&folder, "it is a folder"),
        (&link, "a symbolic link stands in the way"),
    ];
    for path in [page, picture, file] {
        for (deed, words) in deeds {
            let (ended, _) = meddled(path, deed);
            let expected = format!("cannot read {path}: {words}");
            match ended {
                Ok(diagnostics) => assert!(told(&diagnostics).contains(&expected), "{path}: {diagnostics:?}"),
                // A file that is only copied is known by where it really is.
                Err(error) => {
                    assert!(
                        error.starts_with("cannot read ") && error.ends_with(&format!("{path}: {words}")),
                        "{error}"
                    )
                }
            }
        }
    }
    let (grown, more) = meddled(page, &grow);
    assert!(count_errors(&grown.expect("a site")) == 0 && more.contains("More."), "it is read as it is then");
    let (shrunk, _) = meddled(page, &shrink);
    assert!(told(&shrunk.expect("a site")).iter().any(|message| message.contains("no title")));
    assert_eq!(meddled(file, &shrink).0.map(|diagnostics| count_errors(&diagnostics)), Ok(0));
    let (damaged, _) = meddled(picture, &shrink);
    assert!(
        told(&damaged.expect("a site")).iter().any(|message| message.starts_with("this picture cannot be published"))
    );
}

/// Builds; `deed` is done to a file right before it is read first. Gives the page of the briefing too.
fn meddled(path: &str, deed: &(dyn Fn(&Path) + Sync)) -> (Result<Vec<Diagnostic>, String>, String) {
    let place = Place::new();
    let victim = std::fs::canonicalize(place.path()).expect("a folder").join(path);
    let done = AtomicBool::new(false);
    // The thread that meddles borrows `deed`; the disk only tells it when.
    std::thread::scope(|scope| {
        let (tell, told) = std::sync::mpsc::channel::<PathBuf>();
        let (answer, answered) = std::sync::mpsc::channel::<()>();
        scope.spawn(move || {
            for path in told {
                deed(&path);
                let _ = answer.send(());
            }
        });
        let (tell, answered) = (Mutex::new(tell), Mutex::new(answered));
        let disk: Arc<dyn Disk> = Arc::new(Watched(move |name: &str, at: &Path| {
            if name == "open_without_links" && at == victim && !done.swap(true, Ordering::SeqCst) {
                let _ = tell.lock().expect("one thread").send(at.to_path_buf());
                let _ = answered.lock().expect("one thread").recv();
            }
        }));
        let guard = Guard::new(place.path(), None);
        let sink = FolderSink::open_on(Arc::clone(&disk), &place.public(), &guard).expect("a folder");
        let result = build::load_from(disk, &request(&place, "2026-01-01T00:00:00Z"))
            .map_err(|error| error.to_string())
            .and_then(|loaded| {
                let mut diagnostics = loaded.diagnostics.clone();
                diagnostics.extend(build::render(&loaded, &sink, &|| ()).map_err(|error| error.to_string())?);
                Ok(diagnostics)
            });
        if result.as_ref().is_ok_and(|diagnostics| count_errors(diagnostics) == 0) {
            sink.finish().expect("a new site");
        }
        (result, std::fs::read_to_string(place.public().join("briefings/earlier/index.html")).unwrap_or_default())
    })
}

#[test]
fn row_09_sources_that_cannot_be_read() {
    if !is_root() || !has("setpriv") {
        return skip("row 9", "no other user can be had");
    }
    let place = Place::built();
    give_away(place.path());
    let closed =
        ["content/briefings/2025-12-01-earlier.md", "content/people/ada-novak.md", "content/briefings/dot.gif"];
    for path in closed {
        assert!(Command::new("chmod").arg("000").arg(place.path().join(path)).status().expect("it runs").success());
    }
    let before = place.tree();
    let ended = place.under(&NOBODY, &["build"]);
    let words = closed.map(|path| format!("cannot read {path}: permission denied"));
    ended.with(1, &words.each_ref().map(String::as_str));
    ended.with(1, &["nothing was written"]);
    assert!(place.tree() == before);
}

#[cfg(unix)]
#[test]
fn row_10_links_out_of_the_site() {
    use std::os::unix::fs::symlink;
    let place = Place::built();
    let before = place.tree();
    let content = place.path().join("content/briefings");
    for (target, name) in [
        ("/etc/passwd", "passwd.md"),
        ("/etc", "etc"),
        ("..", "up"),
        ("circle", "circle"),
        ("/proc/self/environ", "me.md"),
    ] {
        symlink(target, content.join(name)).expect("a link");
    }
    for at in 0..50 {
        symlink(format!("chain{}", at + 1), content.join(format!("chain{at}"))).expect("a link");
    }
    let ended = place.build();
    ended.with(
        1,
        &[
            "error[link-out-of-the-site]: the link leads out of the site, to `/etc/passwd`",
            "the link leads out of the site, to `/etc`",
            "to `/proc/self/environ`",
            "the link to `..` leads to a folder that holds it",
            "the link to `circle` leads in a circle",
            "content/briefings/passwd.md",
        ],
    );
    assert!(!ended.stderr.contains("root:"));
    assert!(place.tree() == before);
}

#[cfg(unix)]
#[test]
fn row_11_second_names_and_devices() {
    let place = Place::built();
    // A page of the site with a second name elsewhere: no build writes through it.
    let kept = place.path().join("kept.html");
    std::fs::hard_link(place.public().join("index.html"), &kept).expect("a second name");
    let was = std::fs::read(&kept).expect("a page");
    // A source with a second name outside is a source.
    std::fs::hard_link(place.path().join("content/briefings/report.bin"), place.path().join("outside.bin"))
        .expect("a second name");
    place.change(1);
    place.build().with(0, &[]);
    assert_eq!(std::fs::read(&kept).expect("a page"), was);
    assert_ne!(std::fs::read(place.public().join("index.html")).expect("a page"), was);
    let make = |arguments: &[&str]| {
        let (program, rest) = arguments.split_first().expect("a program");
        Command::new(program).args(rest).current_dir(place.path().join("content/briefings")).status()
    };
    assert!(make(&["mkfifo", "pipe.md"]).expect("mkfifo runs").success());
    let mut words = vec!["error[not-a-file]: this is neither a file nor a folder", "content/briefings/pipe.md"];
    if make(&["mknod", "zero.bin", "c", "1", "5"]).is_ok_and(|status| status.success()) {
        words.push("content/briefings/zero.bin");
    } else {
        skip("row 11", "no device can be made here");
    }
    place.build().with(1, &words);
}

#[test]
fn row_25_large_and_hostile_input() {
    let place = Place::new();
    let mut headings = String::from("---\ntitle: Headings\nsummary: Many.\n---\n");
    for number in 0..20_000 {
        let _ = write!(headings, "## Heading {number}\n\n");
    }
    place.put("content/briefings/headings.md", headings.as_bytes());
    let links: String = (0..20_000).map(|number| format!("[{number}](2025-12-01-earlier.md) ")).collect();
    place.put("content/briefings/links.md", format!("---\ntitle: Links\nsummary: Many.\n---\n{links}\n").as_bytes());
    // A picture that claims to be 50,000 pixels wide and high is not unpacked, but refused.
    let mut png = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\xC3\x50\0\0\xC3\x50\x08\0\0\0\0".to_vec();
    png.extend(crc(&png[12..29]).to_be_bytes());
    png.extend(b"\0\0\0\0IDAT\x35\xAF\x06\x1E\0\0\0\0IEND\xAE\x42\x60\x82");
    place.put("content/briefings/large.png", &png);
    // Ten thousand frames.
    let frame = b"\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    let gif = [b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF".as_slice(), &frame.repeat(10_000), b"\x3B"].concat();
    place.put("content/briefings/frames.gif", &gif);
    place.put(
        "content/briefings/pictures.md",
        b"---\ntitle: Pictures\nsummary: Large.\n---\n![b](frames.gif) [c](large.bin)\n",
    );
    let large = std::fs::File::create(place.path().join("content/briefings/large.bin")).expect("a file");
    large.set_len(256 << 20).expect("a hole");
    let (ended, most) = with_memory(place.crossbrief(&["build"]));
    ended.with(0, &[]);
    assert_eq!(std::fs::metadata(place.public().join("briefings/large.bin")).expect("a copy").len(), 256 << 20);
    match most {
        Some(most) => assert!(most < 400 << 20, "{} MiB were used", most >> 20),
        None => skip("row 25", "this system does not tell how much memory a process used"),
    }
    // Each of these is told of, all in one run.
    place.put("content/briefings/long.md", &vec![b'x'; 17 << 20]);
    place.put(
        "content/briefings/laughs.svg",
        b"<!DOCTYPE svg [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><svg>&b;</svg>",
    );
    place.put("content/briefings/short.jpg", b"\xFF\xD8\xFF\xE0\0\x10JFIF");
    place.put("content/briefings/script.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>");
    place.put("content/briefings/polyglot.jpg", b"<html><script>alert(1)</script></html>");
    place.put(
        "content/briefings/bad.md",
        b"---\ntitle: Bad\n---\n![a](laughs.svg) ![b](short.jpg) ![c](script.svg) ![d](polyglot.jpg) ![e](large.png)\n",
    );
    let before = place.tree();
    place.build().with(
        1,
        &[
            "the file has 17825792 bytes, a text may have 16777216",
            "content/briefings/laughs.svg",
            "content/briefings/short.jpg",
            "content/briefings/script.svg",
            "content/briefings/polyglot.jpg",
            "this picture has 50000 × 50000 pixels",
            "error[bad-image]",
        ],
    );
    assert!(place.tree() == before);
}

/// The check of a part of a PNG (ISO 3309), bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| crc >> 1 ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// Runs a program; gives the most memory that it held at once, in bytes, where the system tells.
fn with_memory(mut command: Command) -> (Ended, Option<u64>) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut most = None;
    while child.try_wait().expect("a child").is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
        most = kilobytes.map(|kilobytes| kilobytes << 10).or(most);
        std::thread::sleep(Duration::from_millis(2));
    }
    (child.wait_with_output().expect("a child").into(), most)
}

#[test]
fn row_26_few_files_threads_and_processors() {
    if !has("prlimit") {
        return skip("row 26", "there is no prlimit");
    }
    let place = Place::built();
    place.change(1);
    let few: Vec<String> = ["RAYON_NUM_THREADS=8", "prlimit", "--nofile=32"].map(str::to_string).to_vec();
    let program: Vec<&str> = std::iter::once("env").chain(few.iter().map(String::as_str)).collect();
    place.under(&program, &["build"]).with(0, &[]);
    place.change(2);
    place.under(&["prlimit", "--nofile=5"], &["build"]).with(2, &["cannot ", "too many open files"]);
    place.build().with(0, &[]);
    place.change(3);
    if has("taskset") {
        place.under(&["taskset", "-c", "0"], &["build"]).with(0, &[]);
    }
    if !is_root() || !has("setpriv") {
        return skip("row 26", "no other user can be had");
    }
    place.change(4);
    give_away(place.path());
    // Not one thread more: all is done in the only one.
    let alone = [&["prlimit", "--nproc=1"], &NOBODY[..]].concat();
    place.under(&alone, &["build"]).with(0, &[]);
    let alone = place.tree();
    place.change(4);
    std::fs::remove_dir_all(place.public()).expect("a folder");
    place.build().with(0, &[]);
    let bytes = |tree: &crate::place::Tree| {
        tree.iter().map(|(path, (_, bytes))| (path.clone(), bytes.clone())).collect::<Vec<_>>()
    };
    assert_eq!(bytes(&alone), bytes(&place.tree()));
}

#[test]
fn row_27_clocks_at_their_edges() {
    let place = Place::new();
    let files = |now: &str| {
        let loaded = build::load(&request(&place, now)).expect("a site");
        assert_eq!(count_errors(&loaded.diagnostics), 0, "{now}: {:?}", loaded.diagnostics);
        let sink = MemorySink::new();
        assert_eq!(count_errors(&build::render(&loaded, &sink, &|| ()).expect("memory")), 0, "{now}");
        sink.into_files()
    };
    let expected = files("2026-01-01T00:00:00Z");
    for now in [
        "1970-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2038-01-19T03:14:08Z",
        "2106-02-07T06:28:16Z",
        "-009999-01-02T01:59:59Z",
        "9999-12-30T22:00:00Z",
    ] {
        assert!(files(now) == expected, "the clock reaches the pages at {now}");
    }
    // Times of files are of no account.
    place.build().with(0, &[]);
    let before = place.tree();
    for (turn, seconds) in [0_u64, 1 << 32, 3_600].into_iter().enumerate() {
        for path in ["content/briefings/2025-12-01-earlier.md", "site.yaml", "public/index.html"] {
            let file = std::fs::File::options().write(true).open(place.path().join(path)).expect("a file");
            file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(seconds)).expect("a time");
        }
        let ended = place.build();
        ended.with(0, &[" 0 written"]);
        assert!(place.tree() == before, "turn {turn}");
    }
}

/// An output whose making fails by a mistake of ours.
#[derive(Debug)]
struct Mistake;

impl Recipe for Mistake {
    fn name(&self) -> std::borrow::Cow<'static, str> {
        "mistake".into()
    }

    fn render(&self, _press: &Press, _diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        panic!("this is the test of row 28")
    }
}

#[test]
fn row_28_a_mistake_of_ours_in_one_page() {
    let place = Place::built();
    let before = place.tree();
    place.change(1);
    let mut loaded: Loaded = build::load(&request(&place, "2026-01-01T00:00:00Z")).expect("a site");
    let path = SourcePath::new("content/briefings/2025-12-01-earlier.md");
    let count = loaded.outputs.len();
    let outputs = Arc::get_mut(&mut loaded.outputs).expect("nobody else holds it");
    outputs.insert(
        count / 2,
        Output {
            path: OutputPath::new("mistake.html").expect("a path"),
            origin: Some(path.clone()),
            recipe: Box::new(Mistake),
            redirect: None,
            edition: 0,
            versions: Vec::new(),
        },
    );
    let sink = FolderSink::open(&place.public(), &Guard::new(place.path(), None)).expect("a folder");
    let made = std::sync::atomic::AtomicUsize::new(0);
    let diagnostics = build::render(&loaded, &sink, &|| {
        made.fetch_add(1, Ordering::SeqCst);
    });
    let diagnostics = diagnostics.expect("a disk");
    assert_eq!(made.into_inner(), count + 1, "the others were made");
    let errors: Vec<&Diagnostic> = diagnostics.iter().filter(|one| one.code == "internal").collect();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].message, "Crossbrief failed while making `mistake.html`");
    assert_eq!(errors[0].place.as_ref().map(|place| &place.path), Some(&path));
    assert_eq!(count_errors(&diagnostics), 1);
    // As the command does then.
    drop(sink);
    assert!(place.tree() == before);
    assert!(place.beside().is_empty(), "{:?}", place.beside());
}

#[test]
fn row_29_two_builds_at_once() {
    let place = Place::built();
    let before = place.tree();
    place.change(1);
    let sink = FolderSink::open(&place.public(), &Guard::new(place.path(), None)).expect("a folder");
    let words =
        format!("error: nothing is written to `public`: another build (process {}) writes there", std::process::id());
    place.build().with(2, &[&words, "hint: wait until it is done, or end it"]);
    assert!(place.tree() == before);
    drop(sink);
    place.build().with(0, &[]);
    // What a killed build left locks nobody out, whatever number stands in it.
    place.put(".public.crossbrief/lock", b"1");
    place.change(2);
    place.build().with(0, &[]);
    assert!(place.beside().is_empty(), "{:?}", place.beside());
    // Many at once: one after the other, or told so.
    place.change(3);
    let mut children: Vec<_> =
        (0..6).map(|_| place.crossbrief(&["build"]).stderr(Stdio::piped()).spawn().expect("the binary runs")).collect();
    let ended: Vec<Ended> = children.drain(..).map(|child| child.wait_with_output().expect("a child").into()).collect();
    for one in &ended {
        match one.code {
            Some(0) => {}
            _ => one.with(2, &["another build (process ", ") writes there"]),
        }
    }
    assert!(ended.iter().any(|one| one.code == Some(0)), "{ended:?}");
    place.build().with(0, &[" 0 written"]);
    assert!(place.beside().is_empty(), "{:?}", place.beside());
}

#[cfg(unix)]
#[test]
fn row_30_signals_and_readers_that_go_away() {
    use std::os::unix::process::ExitStatusExt;

    use rustix::process::Signal;
    let place = Place::built();
    const DEFAULT_SIGNALS: &str = "--default-signal=INT,TERM,HUP";
    let heeds = Command::new("env").args([DEFAULT_SIGNALS, "true"]).status().is_ok_and(|status| status.success());
    let mut turn = 0;
    for (name, signal, number) in [("INT", Signal::INT, 2), ("TERM", Signal::TERM, 15), ("HUP", Signal::HUP, 1)] {
        let mut before = place.tree();
        let mut interrupt = || {
            turn += 1;
            place.change(turn);
            let started = Instant::now();
            // What was started in the background of a script has INT ignored, and would hand that on.
            let mut build = if heeds { Command::new("env") } else { place.crossbrief(&["build"]) };
            if heeds {
                build.args([DEFAULT_SIGNALS]).arg(binary()).arg("build").current_dir(place.path());
            }
            let child = build.stderr(Stdio::piped()).spawn().expect("the binary runs");
            while !place.path().join(".public.crossbrief/new").exists() && started.elapsed() < Duration::from_secs(20) {
                std::thread::yield_now();
            }
            let process = rustix::process::Pid::from_raw(child.id().cast_signed()).expect("a process");
            rustix::process::kill_process(process, signal).expect("it has not been waited for");
            child.wait_with_output().expect("a child")
        };
        let mut output = interrupt();
        // On a busy machine the build may be done before this thread comes to send anything.
        for _ in 0..50 {
            if !output.status.success() {
                break;
            }
            before = place.tree();
            output = interrupt();
        }
        // A shell tells 128 and the number of the signal: 130, 143, 129.
        assert_eq!(output.status.signal(), Some(number), "{output:?}");
        assert!(place.tree() == before, "{name}");
        place.build().with(0, &[]);
        assert!(place.beside().is_empty(), "{name}: {:?}", place.beside());
    }
    // Readers that go away after the first line, or are not there at all.
    let shell = |line: &str| -> Ended {
        let program = place.crossbrief(&[]).get_program().to_string_lossy().into_owned();
        let line = format!("{}; exit ${{PIPESTATUS[0]}}", line.replace("crossbrief", &program));
        Command::new("bash").args(["-c", &line]).current_dir(place.path()).output().expect("bash runs").into()
    };
    for line in [
        "crossbrief build --json | true",
        "crossbrief build 2>&1 | true",
        "crossbrief build >&- 2>&-",
        "crossbrief build >/dev/full 2>/dev/full",
        "crossbrief list | head -1",
        "crossbrief list 2>&1 | true",
        "crossbrief check 2>&1 | true",
        "crossbrief entities 2>&1 | true",
        "crossbrief schema site | true",
        "crossbrief templates | true",
        "crossbrief man | true",
        "crossbrief completions bash | true",
        "crossbrief --help | true",
    ] {
        place.change(1);
        let ended = shell(line);
        ended.with(0, &[]);
    }
    place.build().with(0, &[]);
    // Errors are still counted when nobody reads them.
    place.put("content/briefings/bad.md", b"---\ntitel: X\n---\n");
    for line in
        ["crossbrief build 2>&1 | true", "crossbrief build 2>&-", "crossbrief check --message-format json | true"]
    {
        assert_eq!(shell(line).code, Some(1), "{line}");
    }
}
