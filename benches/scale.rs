//! What an article costs as an archive grows: `cargo bench --bench scale [-- SIZE...]`.
//!
//! Generated archives (those of `cargo xtask corpus`) of 1,000, 10,000, 50,000 and 100,000 briefings, or of the sizes
//! asked for, are loaded and rendered into a sink that only counts and hashes, so that no disk takes part. Columns are
//! microseconds per article: a column that grows from line to line shows something that is not linear. The last table
//! tells what the outputs of each kind cost on one thread.
//!
//! Figures are medians of five runs (three from 20,000 briefings on). Threads: all, or `RAYON_NUM_THREADS`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crossbrief::base::paths::OutputPath;
use crossbrief::build::disk::Stamp;
use crossbrief::build::fs_error::FsError;
use crossbrief::build::manifest::Fingerprint;
use crossbrief::build::sink::{Nowhere, Sink, Taken, WritePieces};
use crossbrief::build::{self, Loaded, Request};
use crossbrief::content::vocabulary::Tlp;
use crossbrief::outputs::{Press, Rendered};
use crossbrief::render::views::Shared;
use rustix::time::{ClockId, clock_gettime};

#[path = "../src/allocator.rs"]
mod allocator;
#[path = "../xtask/src/corpus.rs"]
#[allow(dead_code, unused_imports, reason = "shared with xtask, which writes other layouts with it")]
mod corpus;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut sizes: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    if sizes.is_empty() {
        // `cargo test --benches` only asks whether it runs.
        sizes =
            if arguments.iter().any(|one| one == "--bench") { vec![1_000, 10_000, 50_000, 100_000] } else { vec![50] };
    }
    println!(
        "{:>9} {:>8} {:>8} {:>8} {:>8} {:>9} {:>8}",
        "articles", "load", "its CPU", "render", "its CPU", "outputs", "MB"
    );
    let folder = tempfile::tempdir()?;
    for &size in &sizes {
        let site = folder.path().join(size.to_string());
        corpus::write(size, &site)?;
        let runs = if size < 20_000 { 5 } else { 3 };
        let measured: Vec<Run> = (0..runs).map(|_| run(&site)).collect::<Result<_>>()?;
        let median = |of: fn(&Run) -> Duration| {
            let mut all: Vec<Duration> = measured.iter().map(of).collect();
            all.sort_unstable();
            all[all.len() / 2].as_secs_f64() * 1e6 / size as f64
        };
        println!(
            "{size:>9} {:>8.1} {:>8.1} {:>8.1} {:>8.1} {:>9} {:>8.1}",
            median(|run| run.load.wall),
            median(|run| run.load.cpu),
            median(|run| run.render.wall),
            median(|run| run.render.cpu),
            measured[0].outputs,
            measured[0].bytes as f64 / 1e6
        );
        if sizes.last() == Some(&size) {
            by_kind(&site, size)?;
        }
        std::fs::remove_dir_all(site)?;
    }
    Ok(())
}

/// One build.
struct Run {
    load: Spent,
    render: Spent,
    outputs: usize,
    bytes: u64,
}

/// Time that went by, and that all threads together worked.
struct Spent {
    wall: Duration,
    cpu: Duration,
}

fn spent<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, Spent)> {
    let cpu = || Duration::try_from(clock_gettime(ClockId::ProcessCPUTime));
    let (before, started) = (cpu()?, Instant::now());
    let done = work()?;
    Ok((done, Spent { wall: started.elapsed(), cpu: cpu()? - before }))
}

fn load(site: &Path) -> Result<Loaded> {
    let request = Request {
        root: site.to_path_buf(),
        skip: Vec::new(),
        clearance: Tlp::Clear,
        drafts: false,
        embargoed: false,
        now: "2026-06-01T00:00:00Z".parse()?,
        base_url: None,
    };
    Ok(build::load(&request)?)
}

fn run(site: &Path) -> Result<Run> {
    let (loaded, load) = spent(|| load(site))?;
    let sink = Counting::default();
    let (_, render) = spent(|| Ok(build::render(&loaded, &sink, &|| ())?))?;
    Ok(Run { load, render, outputs: loaded.outputs.len(), bytes: sink.bytes.into_inner() })
}

/// Counts bytes, hashes them as every sink does, and drops them.
#[derive(Default)]
struct Counting {
    to: Nowhere,
    bytes: AtomicU64,
}

impl Counting {
    fn count(&self, taken: std::result::Result<Taken, FsError>) -> std::result::Result<Taken, FsError> {
        let taken = taken?;
        self.bytes.fetch_add(taken.fingerprint.length, Ordering::Relaxed);
        Ok(taken)
    }
}

impl Sink for Counting {
    fn put(&self, path: &OutputPath, bytes: &[u8]) -> std::result::Result<Taken, FsError> {
        self.count(self.to.put(path, bytes))
    }

    fn put_pieces(&self, path: &OutputPath, write: &mut WritePieces) -> std::result::Result<Taken, FsError> {
        self.count(self.to.put_pieces(path, write))
    }

    fn copy(&self, path: &OutputPath, from: &Path) -> std::result::Result<Taken, FsError> {
        self.count(self.to.copy(path, from))
    }

    fn keep(&self, _: &OutputPath, _: &Fingerprint, _: Option<Stamp>) -> std::result::Result<bool, FsError> {
        Ok(false)
    }
}

/// Prints what outputs of each kind cost in CPU time, made one after another.
fn by_kind(site: &Path, size: usize) -> Result<()> {
    let loaded = load(site)?;
    let shared = Shared::new(&loaded.site);
    let mut kinds: BTreeMap<String, (usize, Duration, u64)> = BTreeMap::new();
    for output in loaded.outputs.iter() {
        let recipe = format!("{:?}", output.recipe);
        // `EntityPage(EntityId(7), 1)` is an entity page; feeds tell apart whose they are.
        let mut words = recipe.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        let kind = words.next().unwrap_or_default().to_string();
        let views = shared.views_in(output.recipe.language(&loaded.site));
        let press = Press { views: &views, templates: &loaded.templates };
        let (bytes, spent) = spent(|| match output.recipe.render(&press, &mut Vec::new()) {
            Some(Rendered::Bytes(bytes)) => Ok(bytes.len() as u64),
            Some(Rendered::Pieces(pieces)) => {
                let mut write = |to: &mut dyn std::io::Write| pieces.write(&press, to);
                Ok(Nowhere::default().put_pieces(&output.path, &mut write)?.fingerprint.length)
            }
            _ => Ok(0),
        })?;
        let sum = kinds.entry(kind).or_default();
        *sum = (sum.0 + 1, sum.1 + spent.cpu, sum.2 + bytes);
    }
    println!("\n{:<14} {:>8} {:>8} {:>9} {:>10}", format!("of {size}"), "outputs", "CPU ms", "µs each", "bytes each");
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, (_, took, _))| std::cmp::Reverse(*took));
    for (kind, (count, took, bytes)) in kinds {
        let micros = took.as_secs_f64() * 1e6;
        println!(
            "{kind:<14} {count:>8} {:>8.0} {:>9.1} {:>10}",
            micros / 1e3,
            micros / count as f64,
            bytes / count as u64
        );
    }
    Ok(())
}
