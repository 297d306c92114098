//! `cargo xtask bench`: how long a build takes and how large a site is, measured.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use wait4::Wait4;

use crate::Result;
use crate::test::{call, root};

mod made;
mod peers;
mod preview;
mod publish;
mod sites;
mod size;

/// Runs `bench peers`, `bench preview`, `bench publish` or `bench size`.
pub fn run(words: &[&str]) -> Result<()> {
    match words {
        ["peers", options @ ..] => peers::run(&peers::Options::read(options)?),
        ["preview", options @ ..] => preview::run(&preview::Options::read(options)?),
        ["publish", options @ ..] => publish::run(&publish::Options::read(options)?),
        ["size", options @ ..] => size::run(options),
        _ => Err("`bench` is followed by `peers`, `preview`, `publish` or `size`".into()),
    }
}

/// What one run of a program took.
#[derive(Clone, Copy, Debug)]
struct Cost {
    wall: Duration,
    user: Duration,
    system: Duration,
    /// Most memory that it held at once, in bytes.
    peak: u64,
}

/// Runs a program to its end and measures it; what it says is shown only when it fails.
fn measure(command: &mut Command) -> Result<Cost> {
    measured(command).map(|(cost, _)| cost)
}

/// The same with what the program says.
fn measured(command: &mut Command) -> Result<(Cost, String)> {
    let shown = format!("{command:?}");
    let log = std::env::temp_dir().join(format!("xtask-bench-{}.log", std::process::id()));
    let file = std::fs::File::create(&log)?;
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    let started = std::time::Instant::now();
    let child = command.spawn().map_err(|error| format!("cannot run {shown}: {error}"))?;
    let used = child.wait4()?;
    let wall = started.elapsed();
    let said = std::fs::read_to_string(&log).unwrap_or_default();
    let _ = std::fs::remove_file(&log);
    if !used.status.success() {
        let end: Vec<&str> = said.lines().rev().take(20).collect();
        let end: Vec<&str> = end.into_iter().rev().collect();
        return Err(format!("{shown} ended with {}\n{}", used.status, end.join("\n")).into());
    }
    let (user, system, peak) = (used.rusage.utime, used.rusage.stime, used.rusage.maxrss);
    Ok((Cost { wall, user, system, peak }, said))
}

/// Compiles Crossbrief as users run it; returns the program.
fn crossbrief() -> Result<PathBuf> {
    let arguments = ["build", "--release", "--locked", "--package", "crossbrief"];
    call(Command::new(env!("CARGO")).args(arguments).current_dir(root()))?;
    Ok(root().join("target/release/crossbrief"))
}

/// A new folder for outputs, in memory where the machine has such a file system; removed when dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let memory = PathBuf::from("/dev/shm");
        let parent = if memory.is_dir() { memory } else { root().join("target/xtask/bench") };
        let folder = parent.join(format!("crossbrief-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The middle of a row of numbers; of an even row the mean of the two in the middle.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    match numbers.len() {
        0 => 0.0,
        even if even % 2 == 0 => f64::midpoint(numbers[middle - 1], numbers[middle]),
        _ => numbers[middle],
    }
}

/// A Markdown table with columns of even width; the first column is words, the others are numbers.
fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].chars().count(), 3]).max().unwrap_or(3)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let cells = cells
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(at, (cell, width))| if at == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") });
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let mut text = line(head.to_vec());
    let rule = widths
        .iter()
        .enumerate()
        .map(|(at, width)| if at == 0 { "-".repeat(*width) } else { format!("{}:", "-".repeat(width - 1)) });
    text.push_str(&format!("| {} |\n", rule.collect::<Vec<_>>().join(" | ")));
    rows.iter().for_each(|row| text.push_str(&line(row.iter().map(String::as_str).collect())));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(Vec::new()), 0.0);
    }

    #[test]
    fn a_table_is_markdown() {
        let rows = [vec!["é".to_string(), "1".to_string()], vec!["long".to_string(), "100".to_string()]];
        assert_eq!(table(&["a", "b"], &rows), "| a    |   b |\n| ---- | --: |\n| é    |   1 |\n| long | 100 |\n");
    }

    #[test]
    fn what_fails_says_why() {
        let error = measure(Command::new("sh").args(["-c", "echo the reason >&2; exit 3"])).expect_err("it fails");
        assert!(error.to_string().ends_with("the reason"), "{error}");
        let cost = measure(Command::new("sh").args(["-c", "true"])).expect("a shell");
        assert!(cost.peak > 100_000, "{cost:?}");
    }
}
