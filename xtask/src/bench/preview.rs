//! `cargo xtask bench preview`: from a saved edit to the changed page, as whoever looks at it would see it.
//!
//! The same briefings are previewed by each tool in turn, one at a time. A page is asked for every millisecond until it
//! shows what was saved; nothing is asked of the tool itself, so that all are measured alike. Then the preview is left
//! alone until it rests: an edit never waits for the work of the one before, and what is done after the page is served
//! is counted too.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::peers::machine;
use super::sites::{self, Tool, Way};
use super::{crossbrief, median, table};
use crate::Result;
use crate::test::root;

/// The way that others are compared with.
const BASE: &str = "hugo-plain";
/// How often a page is asked for.
const ASK: Duration = Duration::from_millis(1);
/// How often the work of a process is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// How long a process must do nothing to be at rest.
const REST: Duration = Duration::from_millis(400);
/// Longest wait for anything.
const LONGEST: Duration = Duration::from_secs(600);
/// Names that mean the same person by turns.
const ALIASES: [&str; 2] = ["Vorn Alphabet", "Vorn Betabet"];

/// What the command was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    size: usize,
    runs: usize,
    edits: usize,
    only: Vec<String>,
    binary: Option<PathBuf>,
}

impl Options {
    /// Reads them from the command line.
    pub fn read(words: &[&str]) -> Result<Self> {
        let mut options = Self { size: 10_000, runs: 3, edits: 3, only: Vec::new(), binary: None };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("`{word}` needs a value"))?;
            match *word {
                "--size" => options.size = value.parse::<usize>()?.max(1),
                "--runs" => options.runs = value.parse::<usize>()?.max(1),
                "--edits" => options.edits = value.parse::<usize>()?.max(1),
                "--only" => options.only = value.split(',').map(str::to_string).collect(),
                "--binary" => options.binary = Some(PathBuf::from(value)),
                other => return Err(format!("there is no option `{other}`").into()),
            }
        }
        Ok(options)
    }

    fn wants(&self, tool: &str, way: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|one| one == tool || one == way)
    }
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Cold,
    Warm,
    Body,
    Alias,
    Person,
    Template,
}

impl What {
    const ALL: [What; 6] = [What::Cold, What::Warm, What::Body, What::Alias, What::Person, What::Template];

    fn words(self) -> &'static str {
        match self {
            What::Cold => "started, nothing kept",
            What::Warm => "started again",
            What::Body => "body edited",
            What::Alias => "alias changed",
            What::Person => "person added",
            What::Template => "base template changed",
        }
    }
}

/// What one change took.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Took {
    what: What,
    /// Until the page showed it, in seconds.
    page: f64,
    /// Until the preview rested, in seconds.
    rest: f64,
    /// Work of the preview, in seconds.
    cpu: f64,
}

/// A way to preview, with what each change took.
struct Contestant {
    tool: Tool,
    way: Way,
    site: PathBuf,
    took: Vec<Took>,
}

/// Measures and prints.
pub fn run(options: &Options) -> Result<()> {
    let mut contestants = contestants(options)?;
    for run in 0..options.runs {
        for one in &mut contestants {
            eprintln!("run {} of {}: {}", run + 1, options.runs, one.way.title);
            round(one, options)?;
        }
    }
    println!("{}", as_text(&contestants, options));
    for one in &contestants {
        fs::remove_dir_all(&one.site)?;
    }
    Ok(())
}

/// Who is wanted and there, each with a site of its own.
fn contestants(options: &Options) -> Result<Vec<Contestant>> {
    let folder = root().join("target/xtask/bench");
    let mut contestants = Vec::new();
    for tool in ["crossbrief", "hugo", "zola"] {
        let ways: Vec<Way> = sites::previews(tool).into_iter().filter(|way| options.wants(tool, way.name)).collect();
        if ways.is_empty() {
            continue;
        }
        let tool = match tool {
            "crossbrief" => {
                let program = options.binary.clone().map_or_else(crossbrief, Ok)?;
                let version = sites::version(&program, "--version").ok_or("Crossbrief does not start")?;
                Tool { name: "crossbrief", program, version }
            }
            "hugo" => sites::hugo()?,
            _ => match sites::zola() {
                Some(zola) => zola,
                None => {
                    eprintln!("there is no `zola` on the path: it is left out");
                    continue;
                }
            },
        };
        for way in ways {
            let site = folder.join(format!("preview-{}-{}", way.name, options.size));
            eprintln!("{} briefings for {}", options.size, way.title);
            sites::write(tool.name, options.size, &site)?;
            way.prepare(&site)?;
            let base = site.join(way.base_template(&tool));
            if !base.exists() {
                fs::create_dir_all(base.parent().ok_or("a template lies in a folder")?)?;
                fs::copy(root().join("themes/default/templates/base.html"), base)?;
            }
            contestants.push(Contestant { tool: tool.clone(), way, site, took: Vec::new() });
        }
    }
    Ok(contestants)
}

/// Starts a preview twice, and changes everything a few times.
fn round(one: &mut Contestant, options: &Options) -> Result<()> {
    let site = one.site.clone();
    for folder in [".crossbrief", "public", "resources"] {
        if site.join(folder).exists() {
            fs::remove_dir_all(site.join(folder))?;
        }
    }
    let name = format!("briefing-{:06}", options.size / 2);
    let page = format!("/briefings/{name}/");
    let (body, text) = File::find(&site.join("content/briefings"), &format!("{name}.md"))?;
    // Names that an alias makes links, or not.
    let text = format!("{text}\nThen {} met {}.\n", ALIASES[0], ALIASES[1]);
    body.write(&text)?;
    let people = File(site.join("content/people.yaml"));
    let untouched = if one.way.links_names() { people.read()? } else { String::new() };
    let known = format!("{untouched}- {{name: Quill Benchperson}}\n");
    if one.way.links_names() {
        people.write(&known)?;
    }

    let (preview, took) = start(one, What::Cold, &page)?;
    one.took.push(took);
    if one.tool.name == "crossbrief" {
        // A preview that rests keeps its site for the next one.
        let (kept, started) = (site.join(".crossbrief/preview.site"), Instant::now());
        while !kept.exists() && started.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    preview.end()?;
    let (preview, took) = start(one, What::Warm, &page)?;
    one.took.push(took);

    let base = File(site.join(one.way.base_template(&one.tool)));
    let template = base.read()?;
    for edit in 0..options.edits {
        let mark = format!("zqbody{edit}");
        one.took.push(preview.change(What::Body, &page, &mark, || body.write(&format!("{text}\nSaved as {mark}.\n")))?);
        if one.way.links_names() {
            let (alias, other) = (ALIASES[edit % 2], ALIASES[(edit + 1) % 2]);
            let named = format!("{untouched}- {{name: Quill Benchperson, aliases: [{alias}]}}\n");
            let mark = format!(">{alias}</a>");
            one.took.push(preview.change(What::Alias, &page, &mark, || people.write(&named))?);
            let more = format!("{named}- {{name: Quire Benchperson, aliases: [{other}]}}\n");
            let mark = format!(">{other}</a>");
            one.took.push(preview.change(What::Person, &page, &mark, || people.write(&more))?);
            people.write(&known)?;
            preview.rest()?;
        }
        let mark = format!("zqbase{edit}");
        let changed = template.replace("</body>", &format!("<p>{mark}</p></body>"));
        one.took.push(preview.change(What::Template, &page, &mark, || base.write(&changed))?);
    }
    preview.end()?;
    base.write(&template)?;
    if one.way.links_names() {
        people.write(&untouched)?;
    }
    body.write(text.trim_end_matches(&format!("\nThen {} met {}.\n", ALIASES[0], ALIASES[1])))
}

/// A file that is edited.
struct File(PathBuf);

impl File {
    /// Finds the file whose name ends so, and reads it.
    fn find(folder: &Path, end: &str) -> Result<(Self, String)> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.to_string_lossy().ends_with(end) {
                let file = Self(path);
                let text = file.read()?;
                return Ok((file, text));
            }
        }
        Err(format!("no file {end} in {}", folder.display()).into())
    }

    fn read(&self) -> Result<String> {
        fs::read_to_string(&self.0).map_err(|error| format!("cannot read {}: {error}", self.0.display()).into())
    }

    fn write(&self, text: &str) -> Result<()> {
        fs::write(&self.0, text).map_err(|error| format!("cannot write {}: {error}", self.0.display()).into())
    }
}

/// A preview that runs; it ends with the value.
struct Preview {
    child: Child,
    at: SocketAddr,
    log: PathBuf,
    shown: String,
}

/// Starts a preview and waits for a page and for rest.
fn start(one: &Contestant, what: What, page: &str) -> Result<(Preview, Took)> {
    let at = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let mut command = one.way.preview(&one.tool, &one.site, at.port());
    let log = std::env::temp_dir().join(format!("xtask-bench-{}.log", std::process::id()));
    let file = fs::File::create(&log)?;
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    let shown = format!("{command:?}");
    let started = Instant::now();
    let child = command.spawn().map_err(|error| format!("cannot run {shown}: {error}"))?;
    let mut preview = Preview { child, at, log, shown };
    let seen = preview.wait_for(page, "Part 5", started)?;
    let rest = preview.rest()?.duration_since(started);
    let took = Took { what, page: seen.as_secs_f64(), rest: rest.as_secs_f64(), cpu: preview.cpu() };
    Ok((preview, took))
}

impl Preview {
    /// Measures a change: until the page shows `mark`, and until all is done.
    fn change(&self, what: What, page: &str, mark: &str, save: impl FnOnce() -> Result<()>) -> Result<Took> {
        let before = self.cpu();
        if self.ask(page).is_some_and(|page| contains(&page, mark)) {
            return Err(format!("{page} shows {mark:?} before it is saved").into());
        }
        let started = Instant::now();
        save()?;
        let seen = self.look_for(page, mark, started)?;
        let rest = self.rest()?.duration_since(started).max(seen);
        Ok(Took { what, page: seen.as_secs_f64(), rest: rest.as_secs_f64(), cpu: self.cpu() - before })
    }

    /// Asks for a page until it shows something, while the process lives.
    fn wait_for(&mut self, page: &str, mark: &str, started: Instant) -> Result<Duration> {
        loop {
            if self.ask(page).is_some_and(|page| contains(&page, mark)) {
                return Ok(started.elapsed());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("{} ended with {status}\n{}", self.shown, self.said()).into());
            }
            self.not_for_ever(page, mark, started)?;
            std::thread::sleep(ASK);
        }
    }

    fn look_for(&self, page: &str, mark: &str, started: Instant) -> Result<Duration> {
        while !self.ask(page).is_some_and(|page| contains(&page, mark)) {
            self.not_for_ever(page, mark, started)?;
            std::thread::sleep(ASK);
        }
        Ok(started.elapsed())
    }

    fn not_for_ever(&self, page: &str, mark: &str, started: Instant) -> Result<()> {
        if started.elapsed() < LONGEST {
            return Ok(());
        }
        Err(format!("{} never showed {mark:?} at {page}\n{}", self.shown, self.said()).into())
    }

    /// The answer for an address; none unless it is there.
    fn ask(&self, page: &str) -> Option<Vec<u8>> {
        let mut socket = TcpStream::connect(self.at).ok()?;
        socket.set_read_timeout(Some(LONGEST)).ok()?;
        write!(socket, "GET {page} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.at).ok()?;
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes).ok()?;
        bytes.starts_with(b"HTTP/1.1 200 ").then_some(bytes)
    }

    /// Waits until the process does nothing; returns when it last did something.
    fn rest(&self) -> Result<Instant> {
        let started = Instant::now();
        let (mut last, mut before) = (started, self.cpu());
        while last.elapsed() < REST {
            std::thread::sleep(LOOK);
            let now = self.cpu();
            // A twentieth is what collecting garbage and looking at the clock take.
            if now - before > LOOK.as_secs_f64() / 20.0 {
                last = Instant::now();
            }
            before = now;
            if started.elapsed() > LONGEST {
                return Err(format!("{} never rests\n{}", self.shown, self.said()).into());
            }
        }
        Ok(last)
    }

    /// Work done so far by all threads, in seconds; nothing where the system does not tell.
    fn cpu(&self) -> f64 {
        let Ok(tasks) = fs::read_dir(format!("/proc/{}/task", self.child.id())) else { return 0.0 };
        let each = tasks.flatten().filter_map(|task| {
            let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<f64>().ok()
        });
        each.sum::<f64>() / 1e9
    }

    fn said(&self) -> String {
        let said = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Asks it to end, as Ctrl-C does.
    fn end(mut self) -> Result<()> {
        Command::new("kill").arg("-INT").arg(self.child.id().to_string()).status()?;
        let started = Instant::now();
        while self.child.try_wait()?.is_none() {
            if started.elapsed() > LONGEST {
                return Err(format!("{} does not end", self.shown).into());
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.log);
    }
}

fn contains(page: &[u8], mark: &str) -> bool {
    page.windows(mark.len()).any(|part| part == mark.as_bytes())
}

fn as_text(contestants: &[Contestant], options: &Options) -> String {
    let of = |one: &Contestant, what: What, of: fn(&Took) -> f64| -> Vec<f64> {
        one.took.iter().filter(|took| took.what == what).map(of).collect()
    };
    let base = contestants.iter().find(|one| one.way.name == BASE);
    let mut rows = Vec::new();
    for what in What::ALL {
        for one in contestants {
            let pages = of(one, what, |took| took.page);
            if pages.is_empty() {
                continue;
            }
            let (least, most) =
                pages.iter().fold((f64::MAX, 0.0_f64), |(least, most), page| (least.min(*page), most.max(*page)));
            let page = median(pages);
            let base = base.map(|base| median(of(base, what, |took| took.page))).filter(|base| *base > 0.0);
            let shown = |seconds: f64| format!("{:.1}", seconds * 1_000.0);
            rows.push(vec![
                format!("{}: {}", what.words(), one.way.title),
                shown(page),
                shown(least),
                shown(most),
                shown(median(of(one, what, |took| took.rest))),
                shown(median(of(one, what, |took| took.cpu))),
                base.map_or_else(|| "-".to_string(), |base| format!("{:.4}", page / base)),
            ]);
        }
    }
    let head = format!("{} briefings, ms", options.size);
    let mut text = table(&[&head, "page, median", "least", "most", "at rest", "work", "× Hugo"], &rows);
    let mut versions: Vec<&str> = contestants.iter().map(|one| one.tool.version.as_str()).collect();
    versions.dedup();
    text.push_str(&format!(
        "\nFrom the save, or the start, to the first answer that shows it, asked for every {} ms; then until the preview \
         rests, and the work of all its threads. Medians of {} runs with {} edits of each kind, tool by tool in turn; × \
         against Hugo. {}\n{}.\n",
        ASK.as_millis(),
        options.runs,
        options.edits,
        machine().iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join("; "),
        versions.join("; ")
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let options = Options::read(&["--size", "10", "--only", "hugo", "--edits", "2"]).unwrap();
        assert_eq!((options.size, options.runs, options.edits), (10, 3, 2));
        assert!(options.wants("hugo", "hugo-plain") && !options.wants("zola", "zola-fast"));
        assert!(Options::read(&["--sizes", "10"]).is_err());
        assert!(Options::read(&["--size"]).is_err());
    }

    #[test]
    fn all_is_in_one_table() {
        let contestant = |tool: &'static str, times: &[f64]| {
            let took = |page: &f64| Took { what: What::Body, page: *page, rest: 2.0 * page, cpu: *page };
            let tool = Tool { name: tool, program: PathBuf::new(), version: tool.to_string() };
            let way = sites::previews(tool.name)[0].clone();
            Contestant { tool, way, site: PathBuf::new(), took: times.iter().map(took).collect() }
        };
        let options = Options::read(&["--size", "10"]).unwrap();
        let text = as_text(&[contestant("crossbrief", &[0.03, 0.01, 0.02]), contestant("hugo", &[4.0])], &options);
        assert!(text.contains("own theme |         20.0 |   10.0 |   30.0 |    40.0 |   20.0 | 0.0050 |"), "{text}");
        assert!(!text.contains("alias"), "{text}");
    }
}
