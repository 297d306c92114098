//! `crossbrief build` and `crossbrief check`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;

use crate::base::paths::OutputPath;
use crate::build::disk::RealDisk;
use crate::build::folder_sink::FolderSink;
use crate::build::fs_error::FsError;
use crate::build::incremental::{self, Built, Came, Known, Shares};
use crate::build::kept::{self, Continued, Kept};
use crate::build::memory::Memory;
use crate::build::output_guard::{Guard, SinkError, check_place};
use crate::build::report::Report;
use crate::build::silent::silent_edit;
use crate::build::sink::{Nowhere, Written};
use crate::build::{self, Loaded, Request, note};
use crate::check::asking::Manners;
use crate::check::remembered::{self, Remembered};
use crate::check::{self, Checked};
use crate::cli::sharing::{CacheUse, Sharing};
use crate::cli::timings;
use crate::cli::{Failure, MessageFormat, Outcome, SiteArgs, holds_a_site, interactive, load, number, print};
use crate::publish::git;
use crate::site::elsewhere::leads;

/// Build the site into a folder.
///
/// The new site is made beside the old one and put in its place in one step; when anything is wrong, the old site stays
/// as it is. Only files that an earlier build wrote are ever removed.
///
/// At the end it says what was made, what deserves attention, and when the site will change by itself.
#[derive(Debug, Args)]
pub(super) struct BuildArgs {
    /// Where the site goes [default: `public` in the site’s folder]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Make everything, as if there had been no build before, here or elsewhere
    #[arg(long)]
    fresh: bool,
    /// What becomes of the shared cache, where site.yaml names one [default: what CROSSBRIEF_CACHE says, or `use`]
    #[arg(long, value_name = "HOW")]
    cache: Option<CacheUse>,
    /// Tell why outputs are made again or not: those at PATH (`people/xi-jinping/`, `feed.xml`), or below it
    #[arg(long, value_name = "PATH")]
    explain: Option<String>,
    /// Tell where the time went, and write a page with a chart of it to `.crossbrief/timings.html`
    #[arg(long)]
    timings: bool,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    site: SiteArgs,
}

/// Report everything that is wrong, and write nothing.
///
/// Makes the whole site in memory, so that it tells all that `build` would tell. `--list` shows the lints; `lints:` in
/// site.yaml makes each a note, a warning or an error, or turns it off.
///
/// Links within the site are always checked. Addresses elsewhere are asked only with `--links external`: those that the
/// audience may see, one at a time of each host. What is known of them is kept in `.crossbrief/links.json`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// List all lints with their strictness
    #[arg(long)]
    list: bool,
    /// Which links are checked
    #[arg(long, value_name = "WHICH", default_value = "internal")]
    links: Links,
    /// With `--links external`: minutes after which the rest is left for the next run
    #[arg(long, value_name = "MINUTES", default_value = "10", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    within: u64,
    /// With `--links external`: ask all addresses, those too that are remembered from the last days
    #[arg(long)]
    fresh: bool,
    /// Tell of briefings that read otherwise than in COMMIT of git, and do not say that they changed (`silent-edit`)
    #[arg(long, value_name = "COMMIT")]
    since: Option<String>,
    #[command(flatten)]
    site: SiteArgs,
}

/// Which links are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Links {
    /// Those within the site; no network is needed
    Internal,
    /// Those that lead elsewhere too
    External,
}

/// Files of a site from which on the folder that is switched away is kept for the next build: with fewer it takes a few
/// milliseconds to make a new one.
const SPARE_FROM: usize = 2_000;

pub(super) fn build(args: &BuildArgs) -> Result<Outcome, Failure> {
    let started = Instant::now();
    args.site.exists()?;
    let beside =
        || if args.site.source.as_os_str() == "." { PathBuf::from("public") } else { args.site.source.join("public") };
    let output = args.output.clone().unwrap_or_else(beside);
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let guard = Guard::new(&args.site.source, home.as_deref());
    // Refused before any work; nothing is written until the site is known to be sound.
    let folder = check_place(&RealDisk, &output, &guard).map_err(refused)?;
    let place = Memory::place(&args.site.source, &folder);
    let request = args.site.request(Some(&output), Timestamp::now());
    let site_place = Kept::place(&place);
    let remember = || {
        let memory = if args.fresh { None } else { Memory::read(&place) };
        let is_of = |kept: &Kept| memory.as_ref().is_some_and(|memory| memory.kept == Some(kept.id));
        let kept = if args.fresh { None } else { Kept::open(&site_place).filter(is_of) };
        let sources = build::discover_knowing(&request, kept.as_ref());
        (memory, kept, sources)
    };
    let (sink, (memory, kept, sources)) = rayon::join(|| FolderSink::open(&output, &guard), remember);
    let sink = sink.map_err(refused)?.with_spare(&Memory::spare(&place), SPARE_FROM);
    let mut sources = sources.map_err(failed)?;
    sources.laps.by_output = args.timings;
    sources.placeholders = memory.as_ref().map(|memory| memory.placeholders.clone()).unwrap_or_default();
    if let Some(memory) = &memory
        && args.explain.is_none()
        && !args.timings
        && incremental::keep_all(&sources, request.now, memory, &sink).map_err(failed)?
    {
        args.site.tell(&memory.diagnostics, &|path| sources.source_text(path))?;
        let written = sink.finish().map_err(refused)?;
        let done = Done { made: 0, shared: None, written: &written };
        summary(args, &memory.report, &request, &done, &memory.diagnostics, started.elapsed(), &output)?;
        return Ok(Outcome::Well);
    }
    // What was kept so far is asked for again, output by output.
    sink.forget().map_err(refused)?;
    let revised = match memory.as_ref().zip(kept).filter(|_| args.explain.is_none()) {
        Some((memory, kept)) => kept.revised(&request, &sources, memory, &sink).map_err(failed)?,
        None => None,
    };
    let is_revised = revised.is_some();
    let mut sharing = Sharing::default();
    let (loaded, built, keep_anew) = match revised {
        Some(Continued { loaded, built, keep_anew }) => (loaded, built, keep_anew),
        None => {
            sink.forget().map_err(refused)?;
            let mut loaded = build::load_sources(&request, sources).map_err(failed)?;
            // No site comes after this one.
            loaded.site.likeness = None;
            holds_a_site(&loaded, &args.site.source)?;
            sharing = Sharing::of(&loaded, args.cache, args.fresh)?;
            let bar = progress(loaded.outputs.len());
            let earlier = Known { memory: memory.as_ref(), cache: sharing.cache() };
            let built = incremental::render(&loaded, earlier, &sink, &|| bar.inc(1));
            bar.finish_and_clear();
            (loaded, built.map_err(failed)?, true)
        }
    };
    if let Some(path) = &args.explain {
        explain(&built, path)?;
    }
    if args.site.tell(&built.diagnostics, &|path| loaded.source_text(path))? {
        drop(sink);
        if args.site.message_format == MessageFormat::Text {
            say!("{}; nothing was written", count(&built.diagnostics));
        }
        return Ok(Outcome::SiteHasErrors);
    }
    let written = sink.finish().map_err(refused)?;
    let made = built.made();
    let mut built = built;
    built.laps.end("switch");
    if keep_anew {
        built.memory.kept = kept::write(&loaded, &built.faces, &site_place).ok();
        built.memory.since.clear();
        built.laps.end("keep the site");
    }
    built.memory.stamp(&folder, !is_revised || written.restamped);
    // A memory that cannot be kept costs the next build its time, and nothing else.
    let _ = built.memory.write(&place);
    built.laps.end("keep the memory");
    sharing.give(&built, &|path| std::fs::read(folder.join(path.as_str())));
    if sharing.given.0 > 0 {
        built.laps.end("give to the cache");
    }
    if args.timings {
        eprint!("{}", timings::table(&built, &built.laps));
        let page = place.with_file_name("timings.html");
        std::fs::write(&page, timings::page(&built, &built.laps))?;
        eprintln!("\nas a chart: {}\n", page.display());
    }
    let (memory, shares) = (built.memory, built.shared);
    let done = Done { made, shared: Some((&shares, &sharing)), written: &written };
    summary(args, &memory.report, &request, &done, &memory.diagnostics, started.elapsed(), &output)?;
    // The process ends here: to let go of the site piece by piece would take a fiftieth of a build.
    std::mem::forget((loaded, memory));
    Ok(Outcome::Well)
}

/// What a build did.
struct Done<'a> {
    /// Outputs that were made.
    made: usize,
    /// What had to do with the shared cache.
    shared: Option<(&'a Shares, &'a Sharing)>,
    /// What became of the folder.
    written: &'a Written,
}

/// Tells why the outputs at or below a path were made or kept.
fn explain(built: &Built, path: &str) -> Result<(), Failure> {
    let wanted =
        path.trim_start_matches('/').trim_end_matches('/').trim_end_matches("index.html").trim_end_matches('/');
    let below = format!("{wanted}/");
    let is_meant = |path: &OutputPath| {
        let path = path.as_str();
        wanted.is_empty() || path == wanted || path.starts_with(&below)
    };
    let meant: Vec<_> = built.outputs.iter().filter(|(path, _)| is_meant(path)).collect();
    if meant.is_empty() {
        let known = built.outputs.iter().map(|(path, _)| path.as_str());
        return Err(Failure {
            message: format!("there is no output at `{path}`"),
            help: crate::base::suggest::did_you_mean(&format!("{wanted}/index.html"), known).into_iter().collect(),
        });
    }
    let lines = meant.into_iter().map(|(path, came)| match came {
        Came::Made(why) => format!("{path}: made, since {why}\n"),
        Came::Kept => format!("{path}: kept, since all that it looks at is the same\n"),
        Came::Shared => format!("{path}: from the shared cache, where it was made of the same\n"),
    });
    print(&lines.collect::<String>())
}

pub(super) fn check(args: &CheckArgs) -> Result<Outcome, Failure> {
    if args.list {
        let levels = crate::config::lints::LINTS.iter().map(|lint| {
            format!("{:<26} {:<6} {}\n", lint.code, format!("{:?}", lint.level).to_lowercase(), lint.about)
        });
        print(&levels.collect::<String>())?;
        return Ok(Outcome::Well);
    }
    let loaded = load(&args.site, None)?;
    holds_a_site(&loaded, &args.site.source)?;
    let mut diagnostics = loaded.diagnostics.clone();
    let bar = progress(loaded.outputs.len());
    let found = build::render(&loaded, &Nowhere::default(), &|| bar.inc(1));
    bar.finish_and_clear();
    diagnostics.extend(found.map_err(failed)?);
    let elsewhere = match args.links {
        Links::Internal => None,
        Links::External => Some(check_elsewhere(args, &loaded)?),
    };
    let told = elsewhere.iter().flat_map(|checked| checked.diagnostics.iter().cloned()).collect();
    diagnostics.extend(loaded.site.config.lints.apply(told));
    if let Some(commit) = &args.since {
        let earlier = git::changed_since(&loaded.root, commit)
            .map_err(|error| Failure { message: error.message, help: error.help.into_iter().collect() })?;
        let told = earlier.files.iter().filter_map(|(path, bytes)| silent_edit(&loaded, path, bytes, earlier.made));
        diagnostics.extend(loaded.site.config.lints.apply(told.collect()));
    }
    let errors = args.site.tell(&diagnostics, &|path| loaded.source_text(path))?;
    if args.site.message_format == MessageFormat::Text {
        say!("{} checked: {}", number(loaded.outputs.len(), "file", "files"), count(&diagnostics));
        if let Some(checked) = &elsewhere {
            let of = number(checked.addresses, "address elsewhere", "addresses elsewhere");
            say!("{of}: {} alive, {} dead; {} asked now", checked.alive, checked.dead, checked.asked);
            if checked.left > 0 {
                say!("  {} not asked in {} min; the next run goes on", checked.left, args.within);
            }
        }
    }
    if elsewhere.is_some_and(|checked| checked.is_offline) {
        let help = "is this machine connected? A proxy is named by HTTPS_PROXY";
        return Err(Failure::new("none of the hosts elsewhere could be reached", help));
    }
    Ok(if errors { Outcome::SiteHasErrors } else { Outcome::Well })
}

/// Asks what the site leads to elsewhere.
fn check_elsewhere(args: &CheckArgs, loaded: &Loaded) -> Result<Checked, Failure> {
    let leads = leads(&loaded.site);
    let root = &args.site.source;
    let kept = if args.fresh { None } else { note::read(root, remembered::NAME) };
    let mut known = kept.map(|text| Remembered::parse(&text)).unwrap_or_default();
    // That it cannot be kept costs the next run its time.
    let keep = |known: &Remembered| drop(note::write(root, remembered::NAME, &known.to_json()));
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} addresses");
    let bar = if interactive() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let told = |number: usize| {
        bar.set_length(number as u64);
        bar.inc(1);
    };
    let manners = Manners { within: Duration::from_secs(60 * args.within), ..Manners::default() };
    let checked = check::check(&leads, &loaded.site.config, manners, &mut known, Timestamp::now(), &keep, &told);
    bar.finish_and_clear();
    checked.map_err(Failure::from)
}

/// A progress bar when somebody watches a long build.
fn progress(outputs: usize) -> ProgressBar {
    if interactive() && outputs > 500 {
        let style = ProgressStyle::with_template("{bar:30} {pos} of {len} files")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(outputs as u64).with_style(style)
    } else {
        ProgressBar::hidden()
    }
}

fn failed(error: FsError) -> Failure {
    Failure { help: error.help().map(str::to_string).into_iter().collect(), message: error.to_string() }
}

fn refused(error: SinkError) -> Failure {
    Failure { help: error.help(), message: error.to_string() }
}

fn count(diagnostics: &[crate::base::diagnostics::Diagnostic]) -> String {
    use crate::base::diagnostics::Severity;
    let of = |severity: Severity, word: &str| {
        let count = crate::base::diagnostics::count(diagnostics, severity);
        (count > 0).then(|| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
    };
    let parts: Vec<String> =
        [of(Severity::Error, "error"), of(Severity::Warning, "warning"), of(Severity::Note, "note")]
            .into_iter()
            .flatten()
            .collect();
    if parts.is_empty() { "no mistakes found".to_string() } else { parts.join(", ") }
}

/// Says what was done and what deserves attention.
fn summary(
    args: &BuildArgs,
    site: &Report,
    request: &Request,
    done: &Done,
    diagnostics: &[crate::base::diagnostics::Diagnostic],
    took: Duration,
    output: &Path,
) -> Result<(), Failure> {
    let next = site.next.as_ref();
    let Done { made, shared, written } = *done;
    if args.json {
        let shared = shared.map(|(shares, sharing)| {
            serde_json::json!({
                "taken": shares.taken,
                "given": sharing.given.0,
                "bytes": shares.bytes + sharing.given.1,
                "told": sharing.told,
            })
        });
        let report = serde_json::json!({
            "output": output.display().to_string(),
            "now": request.now.to_string(),
            "audience": request.clearance.label(),
            "articles": site.articles,
            "entities": site.entities,
            "outputs": site.outputs,
            "made": made,
            "shared": shared,
            "written": written.written,
            "unchanged": written.linked,
            "removed": written.removed,
            "bytes": written.bytes,
            "withheld": site.withheld,
            "next_change": next.map(|next| &next.instant),
            "milliseconds": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        });
        return print(&format!("{report}\n"));
    }
    if args.site.message_format == MessageFormat::Json {
        return Ok(());
    }
    let kinds: Vec<String> = site.kinds.iter().map(|(name, count)| format!("{count} {name}")).collect();
    let at = request.now.strftime("%Y-%m-%d %H:%M UTC");
    say!("{} for {} as of {at}", output.display(), request.clearance.label());
    let articles = number(site.articles, "article", "articles");
    say!("  {articles}{}{}", if kinds.is_empty() { "" } else { "; " }, kinds.join(", "));
    say!(
        "  {}: {made} made, {} written, {} unchanged, {} removed, in {:.2} s",
        number(site.outputs, "file", "files"),
        written.written,
        written.linked,
        written.removed,
        took.as_secs_f64()
    );
    if let Some((shares, sharing)) = shared {
        sharing.tell(shares);
    }
    if diagnostics.iter().any(|diagnostic| diagnostic.severity != crate::base::diagnostics::Severity::Note) {
        say!("  {}", count(diagnostics));
    }
    if site.withheld > 0 {
        say!("  {} withheld (`crossbrief list --withheld` names them)", site.withheld);
    }
    if let Some(next) = next {
        say!(
            "  next change by itself: {} ({} {})",
            next.iso,
            next.path,
            if next.appears { "appears" } else { "expires" }
        );
    }
    for path in &written.set_aside {
        say!("warning: kept aside: {}", path.display());
    }
    for error in &written.untidy {
        say!("warning: {error}");
    }
    Ok(())
}
