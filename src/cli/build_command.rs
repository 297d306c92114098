//! `crossbrief build` and `crossbrief check`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::build::folder_sink::FolderSink;
use crate::build::output_guard::{Guard, SinkError};
use crate::build::sink::{MemorySink, Sink, Written};
use crate::build::{self, Loaded};
use crate::cli::{Failure, MessageFormat, Outcome, SiteArgs, interactive, load, print};

/// Build the site into a folder.
///
/// The new site is made beside the old one and put in its place in one step; when anything is wrong, the old site stays
/// as it is.
#[derive(Debug, Args)]
pub(super) struct BuildArgs {
    #[command(flatten)]
    site: SiteArgs,
    /// Where the site goes [default: `public` in the site’s folder]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// Report everything that is wrong, and write nothing.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    site: SiteArgs,
    /// List all lints with their strictness
    #[arg(long)]
    list: bool,
}

pub(super) fn build(args: &BuildArgs) -> Result<Outcome, Failure> {
    let started = Instant::now();
    args.site.exists()?;
    let output = args.output.clone().unwrap_or_else(|| args.site.source.join("public"));
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let guard = Guard::new(&args.site.source, home.as_deref());
    // Refused before any work; nothing is written until the site is known to be sound.
    let sink = FolderSink::open(&output, &guard).map_err(refused)?;
    let loaded = load(&args.site, Some(&output))?;
    let mut diagnostics = loaded.diagnostics.clone();
    diagnostics.extend(render(&loaded, &sink)?);
    if args.site.tell(&loaded, &diagnostics)? {
        drop(sink);
        if args.site.message_format == MessageFormat::Text {
            eprintln!("{}; nothing was written", count(&diagnostics));
        }
        return Ok(Outcome::SiteHasErrors);
    }
    let written = sink.finish().map_err(refused)?;
    summary(args, &loaded, &written, &diagnostics, started.elapsed(), &output)?;
    Ok(Outcome::Well)
}

pub(super) fn check(args: &CheckArgs) -> Result<Outcome, Failure> {
    if args.list {
        let levels = crate::config::lints::LINTS.iter().map(|lint| {
            format!("{:<20} {:<6} {}\n", lint.code, format!("{:?}", lint.level).to_lowercase(), lint.about)
        });
        print(&levels.collect::<String>())?;
        return Ok(Outcome::Well);
    }
    let loaded = load(&args.site, None)?;
    let mut diagnostics = loaded.diagnostics.clone();
    diagnostics.extend(render(&loaded, &MemorySink::new())?);
    let errors = args.site.tell(&loaded, &diagnostics)?;
    if args.site.message_format == MessageFormat::Text {
        let pages = loaded.outputs.len();
        eprintln!("{pages} outputs checked: {}", count(&diagnostics));
    }
    Ok(if errors { Outcome::SiteHasErrors } else { Outcome::Well })
}

/// Renders all outputs, with a progress bar when somebody watches a long build.
fn render(loaded: &Loaded, sink: &dyn Sink) -> Result<Vec<crate::base::diagnostics::Diagnostic>, Failure> {
    let bar = if interactive() && loaded.outputs.len() > 500 {
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} outputs")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(loaded.outputs.len() as u64).with_style(style)
    } else {
        ProgressBar::hidden()
    };
    let made = build::render(loaded, sink, &|| bar.inc(1));
    bar.finish_and_clear();
    made.map_err(|error| Failure {
        help: error.help().map(str::to_string).into_iter().collect(),
        message: error.to_string(),
    })
}

fn refused(error: SinkError) -> Failure {
    Failure { help: error.help(), message: error.to_string() }
}

fn count(diagnostics: &[crate::base::diagnostics::Diagnostic]) -> String {
    use crate::base::diagnostics::Severity;
    let of = |severity: Severity, word: &str| {
        let count = diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
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
    loaded: &Loaded,
    written: &Written,
    diagnostics: &[crate::base::diagnostics::Diagnostic],
    took: Duration,
    output: &Path,
) -> Result<(), Failure> {
    let site = &loaded.site;
    let next = site.withheld.scheduled.first();
    if args.json {
        let report = serde_json::json!({
            "output": output.display().to_string(),
            "now": site.now.to_string(),
            "audience": site.clearance.label(),
            "articles": site.articles.len(),
            "entities": site.entities.len(),
            "outputs": loaded.outputs.len(),
            "written": written.written,
            "unchanged": written.linked,
            "removed": written.removed,
            "bytes": written.bytes,
            "withheld": site.withheld.files.len(),
            "next_change": next.map(|next| next.at.instant.to_string()),
            "milliseconds": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        });
        return print(&format!("{report}\n"));
    }
    if args.site.message_format == MessageFormat::Json {
        return Ok(());
    }
    let kinds: Vec<String> = site
        .config
        .kinds
        .iter()
        .enumerate()
        .map(|(index, kind)| (site.entities_of(index).count(), kind.plural.to_lowercase()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, plural)| format!("{count} {plural}"))
        .collect();
    eprintln!("{} for {} as of {}", output.display(), site.clearance.label(), site.now.strftime("%Y-%m-%d %H:%M UTC"));
    eprintln!("  {} articles; {}", site.articles.len(), kinds.join(", "));
    eprintln!(
        "  {} files: {} written, {} unchanged, {} removed, in {:.2} s",
        loaded.outputs.len(),
        written.written,
        written.linked,
        written.removed,
        took.as_secs_f64()
    );
    if diagnostics.iter().any(|diagnostic| diagnostic.severity != crate::base::diagnostics::Severity::Note) {
        eprintln!("  {}", count(diagnostics));
    }
    if !site.withheld.files.is_empty() {
        eprintln!("  {} withheld (`crossbrief list --withheld` names them)", site.withheld.files.len());
    }
    if let Some(next) = next {
        eprintln!(
            "  next change by itself: {} ({} {})",
            next.at.iso,
            next.path,
            if next.appears { "appears" } else { "expires" }
        );
    }
    for path in &written.set_aside {
        eprintln!("warning: kept aside: {}", path.display());
    }
    for error in &written.untidy {
        eprintln!("warning: {error}");
    }
    Ok(())
}
