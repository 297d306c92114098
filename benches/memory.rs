//! What holds memory: `cargo bench --bench memory [-- SIZE]`, of 2,000 generated briefings or as many as asked for.
//!
//! Prints, by the place in our code that asked for it, what a loaded site holds; then what was held when rendering held
//! most; and how much each asked for in all. Every allocation is noted with its calls, so this takes minutes for 10,000.
//! What the compiler made one function of is told as one.

use std::collections::HashMap;
use std::path::Path;

use crossbrief::build::sink::Nowhere;
use crossbrief::build::{self, Request};
use crossbrief::content::vocabulary::Tlp;
use serde_json::Value;

#[path = "../xtask/src/corpus.rs"]
#[allow(dead_code, unused_imports, reason = "shared with xtask, which writes other layouts with it")]
mod corpus;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// Frames kept of each allocation: as deep as from an allocator through a library into our code.
const FRAMES: usize = 24;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` only asks whether it runs.
    let by_itself = if arguments.iter().any(|one| one == "--bench") { 2_000 } else { 20 };
    let size = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(by_itself);
    let folder = tempfile::tempdir()?;
    corpus::write(size, folder.path())?;
    let request = Request {
        root: folder.path().to_path_buf(),
        skip: Vec::new(),
        clearance: Tlp::Clear,
        drafts: false,
        embargoed: false,
        now: "2026-06-01T00:00:00Z".parse()?,
        base_url: None,
    };
    let file = folder.path().join("heap.json");
    let watch = || dhat::Profiler::builder().file_name(&file).trim_backtraces(Some(FRAMES)).build();

    let profiler = watch();
    let loaded = build::load(&request)?;
    drop(profiler);
    report(&format!("held by {size} loaded briefings"), &file, "eb", "ebk", size)?;
    report("asked for while loading", &file, "tb", "tbk", size)?;

    let profiler = watch();
    build::render(&loaded, &Nowhere::default(), &|| ())?;
    drop(profiler);
    report("held when rendering held most, besides the loaded", &file, "gb", "gbk", size)?;
    report("asked for while rendering", &file, "tb", "tbk", size)?;
    Ok(())
}

/// Prints the 25 places with most bytes; `bytes` and `blocks` are names of DHAT's format, version 2.
fn report(title: &str, file: &Path, bytes: &str, blocks: &str, size: usize) -> Result<()> {
    let heap: Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let frames: Vec<&str> = heap["ftbl"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut places: HashMap<String, (u64, u64)> = HashMap::new();
    let mut all = (0, 0);
    for point in heap["pps"].as_array().into_iter().flatten() {
        let stack = point["fs"].as_array().into_iter().flatten().filter_map(Value::as_u64);
        let named: Vec<String> = stack
            .filter_map(|index| frames.get(usize::try_from(index).ok()?))
            .filter_map(|frame| ours(frame))
            .collect();
        let mut place: Vec<&str> = named.iter().map(String::as_str).collect();
        place.dedup();
        place.truncate(3);
        let number = |name: &str| point[name].as_u64().unwrap_or(0);
        let sum = places.entry(if place.is_empty() { "not ours".into() } else { place.join(" < ") }).or_default();
        *sum = (sum.0 + number(bytes), sum.1 + number(blocks));
        all = (all.0 + number(bytes), all.1 + number(blocks));
    }
    let mut places: Vec<_> = places.into_iter().filter(|(_, (bytes, _))| *bytes > 0).collect();
    places.sort_by_key(|(name, (bytes, _))| (std::cmp::Reverse(*bytes), name.clone()));
    let each = |number: u64| number as f64 / size as f64;
    println!("\n{title}: {:.1} MB in {} blocks", all.0 as f64 / 1e6, all.1);
    println!("{:>10} {:>8} {:>8}  asked for by", "B/article", "blocks/a", "share");
    for (name, (bytes, blocks)) in places.into_iter().take(25) {
        let share = bytes as f64 * 100.0 / all.0.max(1) as f64;
        println!("{:>10.0} {:>8.2} {share:>6.1} %  {name}", each(bytes), each(blocks));
    }
    Ok(())
}

/// `0x1234: crossbrief::site::assemble::articles::{{closure}} (???:0:0)` without address and place; nothing where a
/// function is another's, be it with types of ours.
fn ours(frame: &str) -> Option<String> {
    let name = frame.split_once(": ").map_or(frame, |(_, frame)| frame);
    let name = name.rsplit_once(" (").map_or(name, |(name, _)| name);
    let is_ours = name.starts_with("crossbrief::") || name.starts_with("<crossbrief::");
    is_ours.then(|| name.replace("crossbrief::", "").replace("::{{closure}}", ""))
}
