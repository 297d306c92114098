//! `cargo xtask fuzz`: looks for texts that break a promise of the fuzz targets, and tells how many were tried.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Result;
use crate::test::{call, root};

/// What one target did.
struct Done {
    target: String,
    minutes: f64,
    executions: u64,
    finds: Vec<PathBuf>,
    /// How the fuzzer ended when not as it should, and found nothing that can be kept.
    fault: Option<String>,
}

/// Runs the target that is named, or all, one after the other; each as long as `--minutes` says.
pub fn run(words: &[&str]) -> Result<()> {
    let known = targets()?;
    let (mut chosen, mut minutes) = (Vec::new(), 20.0);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--minutes" => {
                let number = words.next().and_then(|number| number.parse().ok());
                minutes = number.filter(|number: &f64| *number > 0.0).ok_or("`--minutes` is followed by a number")?;
            }
            name if known.iter().any(|target| target == name) => chosen.push(name.to_string()),
            name => return Err(format!("there is no target `{name}`; there are: {}", known.join(", ")).into()),
        }
    }
    needed()?;
    let chosen = if chosen.is_empty() { known } else { chosen };
    for target in &chosen {
        call(cargo_fuzz().args(["build", target]))?;
    }
    let mut all = Vec::new();
    for target in chosen {
        println!("{target}: {minutes} minutes, with the log in {}", log_of(&target).display());
        all.push(fuzz(target, minutes)?);
    }
    print!("\n{}", table(&all));
    let finds: Vec<String> = all.iter().flat_map(|done| &done.finds).map(|file| file.display().to_string()).collect();
    let faults: Vec<String> = all
        .iter()
        .filter_map(|done| done.fault.as_ref().map(|fault| format!("{}: {fault}, see its log", done.target)))
        .collect();
    if finds.is_empty() && faults.is_empty() {
        return Ok(());
    }
    let lines = finds.iter().chain(&faults).map(|line| format!("\n  {line}")).collect::<String>();
    Err(format!("something was found; mend it, and keep the text in fuzz/seeds/TARGET/:{lines}").into())
}

/// The names of the targets.
fn targets() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("fuzz/fuzz_targets"))? {
        names.extend(entry?.path().file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

/// libFuzzer needs what only a nightly compiler has, and `cargo fuzz` to put both together.
fn needed() -> Result<()> {
    let answers = |arguments: &[&str]| {
        let mut command = Command::new("cargo");
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        // The compiler that runs this task is not the one that is asked for.
        command.env_remove("RUSTUP_TOOLCHAIN").status().is_ok_and(|status| status.success())
    };
    let mut missing = Vec::new();
    if !answers(&["+nightly", "--version"]) {
        missing.push("a nightly compiler: `rustup toolchain install nightly --profile minimal`");
    }
    if !answers(&["fuzz", "--version"]) {
        missing.push("cargo-fuzz: `cargo install cargo-fuzz --locked`");
    }
    if missing.is_empty() { Ok(()) } else { Err(format!("fuzzing needs\n  {}", missing.join("\n  ")).into()) }
}

fn cargo_fuzz() -> Command {
    let mut command = Command::new("cargo");
    command.args(["+nightly", "fuzz"]).env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO").current_dir(root());
    command
}

fn log_of(target: &str) -> PathBuf {
    root().join("fuzz/corpus").join(format!("{target}.log"))
}

/// Runs one target. What it learns stays in `fuzz/corpus/`, for the next run; the seeds are never written to.
fn fuzz(target: String, minutes: f64) -> Result<Done> {
    let (corpus, seeds) = (root().join("fuzz/corpus").join(&target), root().join("fuzz/seeds").join(&target));
    let finds = root().join("fuzz/artifacts").join(&target);
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&finds)?;
    let before = files(&finds)?;
    let log = File::create(log_of(&target))?;
    let started = Instant::now();
    let status = cargo_fuzz()
        .args(["run", &target])
        .args([&corpus, &seeds])
        .args(["--", "-max_len=4096", "-timeout=20", "-rss_limit_mb=3000", "-print_final_stats=1"])
        .arg(format!("-max_total_time={}", (minutes * 60.0).ceil()))
        .stdout(log.try_clone()?)
        .stderr(log)
        .status()?;
    let minutes = started.elapsed().as_secs_f64() / 60.0;
    let finds: Vec<PathBuf> = files(&finds)?.difference(&before).cloned().collect();
    let said = String::from_utf8_lossy(&fs::read(log_of(&target))?).into_owned();
    let fault = (!status.success() && finds.is_empty()).then(|| format!("it ended with {status}"));
    Ok(Done { target, minutes, executions: executions(&said), finds, fault })
}

fn files(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

/// The number of texts that a log of libFuzzer tells.
fn executions(log: &str) -> u64 {
    let mut told = log.lines().filter_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    told.next_back().and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

fn table(all: &[Done]) -> String {
    let mut lines = format!("{:<14} {:>8} {:>12} {:>6}\n", "target", "minutes", "executions", "finds");
    for done in all {
        let Done { target, minutes, executions, finds, .. } = done;
        lines.push_str(&format!("{target:<14} {minutes:>8.1} {executions:>12} {:>6}\n", finds.len()));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_and_shown() {
        let log = "#9 DONE\nstat::number_of_executed_units: 177200\nstat::average_exec_per_sec:     140\n";
        assert_eq!(executions(log), 177_200);
        assert_eq!(executions("nothing"), 0);
        let finds = vec![PathBuf::from("crash-1")];
        let done = Done { target: "paths".into(), minutes: 20.04, executions: 177_200, finds, fault: None };
        assert_eq!(
            table(&[done]),
            "target          minutes   executions  finds\npaths              20.0       177200      1\n"
        );
    }

    #[test]
    fn every_target_has_seeds() {
        for target in targets().unwrap() {
            assert!(files(&root().join("fuzz/seeds").join(&target)).unwrap().len() >= 3, "{target}");
        }
    }
}
