//! The real process is ended at random moments, and at each call of the system, or such a call fails: the old site or
//! the new one stands whole, and the next run works and leaves nothing behind.
//!
//! `CROSSBRIEF_KILLS=1000` says how many processes are killed at random (60 without it), `CROSSBRIEF_SEED` when, and
//! `CROSSBRIEF_CALLS=all` that every call of the system is tried (one in a few without it). `CROSSBRIEF_BIN` names
//! another program, such as a release build.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::place::{Place, Tree, binary, has, skip};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// The two sites that take turns, each as a clean build makes it.
fn two_sites(place: &Place) -> [Tree; 2] {
    [0, 1].map(|turn| {
        place.change(turn);
        place.build().with(0, &[]);
        place.tree()
    })
}

/// Which of the two sites stands.
fn standing(place: &Place, sites: &[Tree; 2], told: &str) -> usize {
    let tree = place.tree();
    sites.iter().position(|site| *site == tree).unwrap_or_else(|| {
        let near = sites.each_ref().map(|site| {
            let differs = |path: &&std::path::PathBuf| site.get(*path) != tree.get(*path);
            site.keys().chain(tree.keys()).filter(differs).take(5).collect::<Vec<_>>()
        });
        panic!("{told}: neither the old site nor the new one stands; they differ in {near:?}")
    })
}

/// The next run works, gives the new site and leaves nothing beside it.
fn next_run(place: &Place, sites: &[Tree; 2], turn: usize, told: &str) {
    let ended = place.build();
    assert_eq!(ended.code, Some(0), "{told}: {ended:?}");
    assert!(place.tree() == sites[turn], "{told}: the next run gave another site");
    assert!(place.beside().is_empty(), "{told}: {:?}", place.beside());
}

/// Lets the reader end when the test does, well or not.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn row_01_killed_at_random_moments() {
    let (kills, seed) = (number("CROSSBRIEF_KILLS").unwrap_or(60), number("CROSSBRIEF_SEED").unwrap_or(1));
    let place = Place::new();
    let sites = two_sites(&place);
    let started = Instant::now();
    place.change(0);
    place.build().with(0, &[]);
    let whole = started.elapsed();
    let (mut killed, mut switched, mut busy) = (0, 0, 0);
    // Somebody reads the front page all the while.
    let (done, reads) = (AtomicBool::new(false), AtomicUsize::new(0));
    let page = place.public().join("index.html");
    let pages = sites.each_ref().map(|site| site[std::path::Path::new("index.html")].1.clone());
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                let read = std::fs::read(&page);
                assert!(read.as_ref().is_ok_and(|bytes| pages.contains(bytes)), "a reader found {read:?}");
                reads.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_micros(200));
            }
        });
        let _end = End(&done);
        let mut dice = seed;
        let mut old = 0;
        for round in 0..kills {
            // Knuth's MMIX generator.
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let moment = whole.mul_f64((dice >> 40) as f64 / (1_u64 << 24) as f64 * 1.1);
            let new = 1 - old;
            place.change(new);
            let mut child = place.crossbrief(&["build"]).stderr(Stdio::null()).spawn().expect("the binary runs");
            std::thread::sleep(moment);
            let was_running = child.try_wait().expect("a child").is_none();
            child.kill().expect("a signal");
            child.wait().expect("a child");
            let told = format!("CROSSBRIEF_SEED={seed}, round {round}, killed after {moment:?}");
            killed += usize::from(was_running);
            busy += usize::from(place.path().join(".public.crossbrief").exists());
            let stands = standing(&place, &sites, &told);
            switched += usize::from(stands == new);
            if reader.is_finished() {
                break;
            }
            // Every third time the next run is killed as well.
            if round % 3 != 0 {
                next_run(&place, &sites, new, &told);
            }
            old = standing(&place, &sites, &told);
        }
    });
    println!(
        "{killed} of {kills} processes killed ({busy} left a work folder, {switched} had switched already), all survived; \
         a reader read {} whole pages meanwhile",
        reads.into_inner()
    );
    assert!(killed as u64 * 2 > kills, "most had ended by themselves");
}

/// Calls of the system by what they do, each with the errors that it may fail with.
const CALLS: [(&str, &[&str]); 12] = [
    ("openat,openat2", &["EIO", "EACCES", "EMFILE", "ENOSPC"]),
    ("read,pread64", &["EIO"]),
    ("getdents64", &["EIO"]),
    ("statx,newfstatat,fstat", &["EIO", "EACCES"]),
    ("write", &["ENOSPC", "EIO", "EDQUOT"]),
    ("mkdir,mkdirat", &["ENOSPC", "EACCES"]),
    ("link,linkat", &["EIO", "EMLINK", "EPERM"]),
    ("rename,renameat,renameat2", &["EIO", "EACCES", "EINVAL", "EBUSY"]),
    ("unlink,unlinkat", &["EIO", "EACCES"]),
    ("rmdir", &["EIO", "EBUSY"]),
    ("flock,ftruncate", &["EIO", "ENOLCK"]),
    ("fchmod,chmod,fchmodat,readlink", &["EIO"]),
];

/// Builds with one call of the system tampered with: the `at`th of its kind in any thread.
fn tampered(place: &Place, calls: &str, deed: &str, at: u64) -> std::process::Output {
    let inject = format!("inject={calls}:{deed}:when={at}");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={calls}"), "-e", &inject]).arg(binary());
    command.arg("build").env("RAYON_NUM_THREADS", "1").current_dir(place.path()).output().expect("strace runs")
}

/// How often one thread makes each of these calls in a build, at the most.
fn most_calls(place: &Place) -> BTreeMap<String, u64> {
    let log = tempfile::NamedTempFile::new().expect("a temporary file");
    let all = CALLS.map(|(calls, _)| calls).join(",");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-e", &format!("trace={all}"), "-o"]).arg(log.path()).arg(binary()).arg("build");
    let output = command.env("RAYON_NUM_THREADS", "1").current_dir(place.path()).output().expect("strace runs");
    assert!(output.status.success(), "{output:?}");
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    for line in std::fs::read_to_string(log.path()).expect("a log").lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let name = rest.trim_start().split('(').next().unwrap_or_default();
        *counts.entry((thread.to_string(), name.to_string())).or_default() += 1;
    }
    let mut most = BTreeMap::new();
    for ((_, name), count) in counts {
        let entry: &mut u64 = most.entry(name).or_default();
        *entry = count.max(*entry);
    }
    most
}

fn can_trace() -> bool {
    has("strace")
        && Command::new("strace")
            .args(["-f", "-qq", "-o", "/dev/null", "true"])
            .status()
            .is_ok_and(|status| status.success())
}

/// Tries one deed at calls of all kinds; returns how many points there were, and how many runs failed.
fn at_each_call(share: usize, deeds: impl Fn(&'static [&'static str]) -> Vec<String>) -> (usize, usize) {
    let all = std::env::var("CROSSBRIEF_CALLS").is_ok_and(|calls| calls == "all");
    let place = Place::new();
    let sites = two_sites(&place);
    place.change(0);
    let most = most_calls(&place);
    let (mut points, mut failed, mut tick, mut old) = (0, 0, 0, 0);
    for (calls, errors) in CALLS {
        // strace counts the calls of each thread together when they are named together.
        let last: u64 = calls.split(',').filter_map(|call| most.get(call)).sum();
        for deed in deeds(errors) {
            for at in 1..=last + 1 {
                tick += 1;
                // The last few are the switch and what comes after it: they are tried more often.
                let near = calls.starts_with("rename") || calls.starts_with("flock");
                if !all && !near && tick % share != 0 {
                    continue;
                }
                let new = 1 - old;
                place.change(new);
                let output = tampered(&place, calls, &deed, at);
                let told = format!("{calls} {at} of {last}, {deed}: {output:?}");
                let stands = standing(&place, &sites, &told);
                if output.status.success() {
                    assert_eq!(stands, new, "{told}");
                } else {
                    failed += 1;
                }
                let text = String::from_utf8_lossy(&output.stderr);
                assert!(!text.contains("panicked") && !text.contains("Crossbrief failed"), "{told}");
                // An error that was told is about something, and the site is as it was.
                if text.contains("error: ") {
                    assert_eq!((output.status.code(), stands), (Some(2), old), "{told}");
                }
                next_run(&place, &sites, new, &told);
                old = new;
                points += 1;
            }
        }
    }
    (points, failed)
}

#[test]
fn row_01_killed_at_system_calls() {
    if !can_trace() {
        return skip("row 1, at each system call", "there is no strace, or it may trace nothing");
    }
    let (points, failed) = at_each_call(29, |_| vec!["signal=KILL".to_string()]);
    println!("killed at {failed} of {points} system calls, all survived");
    assert!(failed > 10, "only {failed} were killed");
}

#[test]
fn row_03_system_calls_that_fail() {
    if !can_trace() {
        return skip("row 3", "there is no strace, or it may trace nothing");
    }
    let (points, failed) = at_each_call(67, |errors| errors.iter().map(|error| format!("error={error}")).collect());
    println!("{points} system calls failed, {failed} builds with them, all survived");
}
