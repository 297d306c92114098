//! `cargo xtask bench peers`: the same briefings built by Crossbrief and by other generators.
//!
//! Every generator gets the corpus in its own layout ([`super::sites`]) and templates of like weight. Before anything is
//! timed, one build of each is looked through: like numbers of articles, lists and feeds, none empty ([`super::made`]).
//! Then runs go round, one build of each in turn, into a new folder in memory; sources are read from the disk's cache.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::made::{self, Made};
use super::sites::{self, Tool, Way};
use super::{Cost, Scratch, crossbrief, measure, median, table};
use crate::Result;
use crate::test::root;

/// The way that others are compared with.
const BASE: &str = "hugo-minify";

/// What the command was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    sizes: Vec<usize>,
    runs: usize,
    only: Vec<String>,
    binary: Option<PathBuf>,
    json: bool,
}

impl Options {
    /// Reads them from the command line.
    pub fn read(words: &[&str]) -> Result<Self> {
        let mut options =
            Self { sizes: vec![1_000, 10_000, 50_000], runs: 5, only: Vec::new(), binary: None, json: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("`{word}` needs a value"));
            match *word {
                "--sizes" => {
                    options.sizes = value()?.split(',').map(str::parse).collect::<std::result::Result<_, _>>()?
                }
                "--runs" => options.runs = value()?.parse::<usize>()?.max(1),
                "--only" => options.only = value()?.split(',').map(str::to_string).collect(),
                "--binary" => options.binary = Some(PathBuf::from(value()?)),
                "--json" => options.json = true,
                other => return Err(format!("there is no option `{other}`").into()),
            }
        }
        Ok(options)
    }

    fn wants(&self, tool: &str, way: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|one| one == tool || one == way)
    }
}

/// A way to build, with what it made and what each run took.
struct Contestant {
    tool: Tool,
    way: Way,
    site: PathBuf,
    made: Made,
    costs: Vec<Cost>,
}

/// Measures and prints.
pub fn run(options: &Options) -> Result<()> {
    let tools = tools(options)?;
    let folder = root().join("target/xtask/bench");
    let scratch = Scratch::new()?;
    let mut report = Vec::new();
    for &size in &options.sizes {
        let mut contestants = Vec::new();
        for tool in &tools {
            let site = folder.join(format!("{}-{size}", tool.name));
            eprintln!("{size} briefings for {}", tool.name);
            sites::write(tool.name, size, &site)?;
            for way in sites::ways(tool.name, size).into_iter().filter(|way| options.wants(tool.name, way.name)) {
                let mut one = Contestant {
                    tool: tool.clone(),
                    way,
                    site: site.clone(),
                    made: Made::default(),
                    costs: Vec::new(),
                };
                let output = scratch.0.join("site");
                build(&one, &output)?;
                one.made = made::look(&output).map_err(|why| format!("{}: {why}", one.way.name))?;
                contestants.push(one);
            }
        }
        compare(&contestants, size)?;
        for run in 0..options.runs {
            for one in &mut contestants {
                eprintln!("  run {} of {}: {}", run + 1, options.runs, one.way.name);
                let cost = build(one, &scratch.0.join("site"))?;
                one.costs.push(cost);
            }
        }
        report.push((size, contestants));
        for tool in &tools {
            std::fs::remove_dir_all(folder.join(format!("{}-{size}", tool.name)))?;
        }
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&as_json(&report, options))?);
    } else {
        println!("{}", as_text(&report, options));
    }
    Ok(())
}

/// The tools that are wanted and there.
fn tools(options: &Options) -> Result<Vec<Tool>> {
    let is_wanted = |tool: &str| sites::ways(tool, 0).iter().any(|way| options.wants(tool, way.name));
    let mut tools = Vec::new();
    if is_wanted("crossbrief") {
        let program = options.binary.clone().map_or_else(crossbrief, Ok)?;
        let version = sites::version(&program, "--version").ok_or("Crossbrief does not start")?;
        tools.push(Tool { name: "crossbrief", program, version });
    }
    if is_wanted("hugo") {
        tools.push(sites::hugo()?);
    }
    if is_wanted("zola") {
        match sites::zola() {
            Some(zola) => tools.push(zola),
            None => eprintln!("there is no `zola` on the path: it is left out"),
        }
    }
    Ok(tools)
}

/// Builds once, into a folder that was not there, with nothing remembered of an earlier build.
fn build(one: &Contestant, output: &Path) -> Result<Cost> {
    for folder in [output, &one.site.join(".crossbrief"), &one.site.join("resources")] {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
    }
    measure(&mut one.way.command(&one.tool, &one.site, output)?)
}

/// Refuses to compare what is not alike.
fn compare(contestants: &[Contestant], size: usize) -> Result<()> {
    for one in contestants {
        let articles = one.made.kinds.get("articles").copied().unwrap_or(0);
        if articles != size {
            return Err(format!("{} made {articles} pages of {size} articles", one.way.name).into());
        }
    }
    let mut alike = contestants.iter().filter(|one| one.way.alike);
    let Some(first) = alike.next() else { return Ok(()) };
    for other in alike {
        if let Some(why) = made::unlike(&first.made, &other.made) {
            return Err(format!("{} and {} cannot be compared: {why}", first.way.name, other.way.name).into());
        }
    }
    Ok(())
}

/// The figures of a row of runs.
struct Figures {
    wall: f64,
    /// Slowest less fastest run, as a share of the median.
    spread: f64,
    cpu: f64,
    system: f64,
    peak: f64,
}

fn figures(costs: &[Cost]) -> Figures {
    let of = |of: fn(&Cost) -> f64| costs.iter().map(of).collect::<Vec<f64>>();
    let walls = of(|cost| cost.wall.as_secs_f64());
    let (least, most) = walls.iter().fold((f64::MAX, 0.0_f64), |(least, most), one| (least.min(*one), most.max(*one)));
    let wall = median(walls);
    let seconds = |time: Duration| time.as_secs_f64();
    Figures {
        wall,
        spread: (most - least) / wall.max(f64::MIN_POSITIVE),
        cpu: median(costs.iter().map(|cost| seconds(cost.user) + seconds(cost.system)).collect()),
        system: median(of(|cost| cost.system.as_secs_f64())),
        peak: median(of(|cost| cost.peak as f64 / f64::from(1 << 20))),
    }
}

fn as_text(report: &[(usize, Vec<Contestant>)], options: &Options) -> String {
    let mut text = String::new();
    for (size, contestants) in report {
        let base = contestants.iter().find(|one| one.way.name == BASE).map(|one| figures(&one.costs));
        let ratio = |of: fn(&Figures) -> f64, own: &Figures| {
            base.as_ref().map_or_else(|| "-".to_string(), |base| format!("{:.3}", of(own) / of(base)))
        };
        let rows = contestants.iter().map(|one| {
            let own = figures(&one.costs);
            vec![
                one.way.title.to_string(),
                format!("{:.2}", own.wall),
                format!("{:.0} %", own.spread * 100.0),
                format!("{:.2}", own.cpu),
                format!("{:.0}", own.peak),
                one.made.files.to_string(),
                format!("{:.1}", one.made.bytes as f64 / 1e6),
                ratio(|one| one.wall, &own),
                ratio(|one| one.cpu, &own),
                ratio(|one| one.peak, &own),
            ]
        });
        let head = [
            format!("{size} briefings"),
            "wall s".into(),
            "spread".into(),
            "CPU s".into(),
            "peak MiB".into(),
            "files".into(),
            "MB".into(),
        ];
        let head: Vec<&str> = head.iter().map(String::as_str).chain(["× wall", "× CPU", "× peak"]).collect();
        text.push_str(&table(&head, &rows.collect::<Vec<_>>()));
        text.push('\n');
    }
    if let Some((size, contestants)) = report.last() {
        let kinds: std::collections::BTreeSet<&str> =
            contestants.iter().flat_map(|one| one.made.kinds.keys().copied()).collect();
        let head = format!("files of {size}");
        let head: Vec<&str> =
            [head.as_str()].into_iter().chain(kinds.iter().copied()).chain(["bytes per article page"]).collect();
        let rows = contestants.iter().map(|one| {
            let counts = kinds.iter().map(|kind| one.made.kinds.get(kind).copied().unwrap_or(0).to_string());
            let each = one.made.article_bytes / *size as u64;
            [one.way.title.to_string()].into_iter().chain(counts).chain([each.to_string()]).collect()
        });
        text.push_str(&table(&head, &rows.collect::<Vec<_>>()));
        text.push('\n');
    }
    text.push_str(&format!(
        "Medians of {} runs, tool by tool in turn; × against Hugo, minified, of the same size. {}\n",
        options.runs,
        machine().iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join("; ")
    ));
    let mut versions: Vec<&str> = report.iter().flat_map(|(_, all)| all).map(|one| one.tool.version.as_str()).collect();
    versions.dedup();
    versions.sort_unstable();
    versions.dedup();
    text.push_str(&format!("{}.\n", versions.join("; ")));
    text
}

fn as_json(report: &[(usize, Vec<Contestant>)], options: &Options) -> Value {
    let run = |cost: &Cost| {
        json!({
            "wall": cost.wall.as_secs_f64(),
            "user": cost.user.as_secs_f64(),
            "system": cost.system.as_secs_f64(),
            "peak_bytes": cost.peak,
        })
    };
    let contestant = |one: &Contestant| {
        let own = figures(&one.costs);
        json!({
            "name": one.way.name,
            "title": one.way.title,
            "version": one.tool.version,
            "wall": own.wall,
            "spread": own.spread,
            "cpu": own.cpu,
            "system": own.system,
            "peak_mib": own.peak,
            "files": one.made.files,
            "bytes": one.made.bytes,
            "article_bytes": one.made.article_bytes,
            "kinds": one.made.kinds,
            "runs": one.costs.iter().map(run).collect::<Vec<_>>(),
        })
    };
    let sizes = report
        .iter()
        .map(|(size, all)| json!({"size": size, "contestants": all.iter().map(contestant).collect::<Vec<_>>()}));
    let machine: serde_json::Map<String, Value> =
        machine().into_iter().map(|(key, value)| (key.to_string(), value.into())).collect();
    json!({"machine": machine, "runs": options.runs, "sizes": sizes.collect::<Vec<_>>()})
}

/// What the figures were measured on.
pub fn machine() -> Vec<(&'static str, String)> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map(|(_, value)| value.trim().to_string()).unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory: f64 = field(&read("/proc/meminfo"), "MemTotal").trim_end_matches(" kB").parse().unwrap_or(0.0);
    let load = read("/proc/loadavg").split(' ').next().unwrap_or_default().to_string();
    vec![
        ("processor", format!("{}, {cores} cores", field(&read("/proc/cpuinfo"), "model name"))),
        ("memory", format!("{:.0} GiB", memory / f64::from(1 << 20))),
        ("system", format!("{} {}", std::env::consts::OS, read("/proc/sys/kernel/osrelease").trim())),
        ("load", load),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let options = Options::read(&["--sizes", "10,20", "--only", "hugo", "--json"]).unwrap();
        assert_eq!((options.sizes.clone(), options.runs, options.json), (vec![10, 20], 5, true));
        assert!(options.wants("hugo", "hugo-plain") && !options.wants("crossbrief", "crossbrief-full"));
        assert!(Options::read(&["--sizes", "many"]).is_err());
        assert!(Options::read(&["--size", "10"]).is_err());
    }

    #[test]
    fn what_is_not_alike_is_not_compared() {
        let contestant = |articles: usize, items: usize| {
            let mut made = Made { items, entries: 5, ..Made::default() };
            made.kinds = [("articles", articles), ("term pages", 7), ("term feeds", 7)].into_iter().collect();
            let tool = Tool { name: "hugo", program: PathBuf::new(), version: String::new() };
            Contestant { tool, way: sites::ways("hugo", 10)[0].clone(), site: PathBuf::new(), made, costs: Vec::new() }
        };
        assert!(compare(&[contestant(10, 20), contestant(10, 20)], 10).is_ok());
        let told = compare(&[contestant(10, 20), contestant(10, 0)], 10).unwrap_err().to_string();
        assert!(told.contains("entries on term pages: 20 and 0"), "{told}");
        assert!(compare(&[contestant(9, 20)], 10).unwrap_err().to_string().contains("9 pages of 10"));
    }

    #[test]
    fn figures_are_medians_with_their_spread() {
        let cost = |seconds| Cost {
            wall: Duration::from_secs(seconds),
            user: Duration::from_secs(1),
            system: Duration::ZERO,
            peak: 1 << 20,
        };
        let figures = figures(&[cost(4), cost(2), cost(3)]);
        assert_eq!((figures.wall, figures.cpu, figures.peak), (3.0, 1.0, 1.0));
        assert!((figures.spread - 2.0 / 3.0).abs() < 1e-9);
    }
}
