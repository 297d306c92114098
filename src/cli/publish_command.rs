//! `crossbrief publish`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;

use crate::base::diagnostics::Diagnostic;
use crate::base::paths::OutputPath;
use crate::build::earlier::{self, Earlier};
use crate::build::incremental::{self, Known};
use crate::build::spool::{Content, Spool};
use crate::build::{self, Loaded, Request};
use crate::cli::sharing::Sharing;
use crate::cli::{AudienceArg, Failure, MessageFormat, Outcome, SiteArgs, holds_a_site, interactive, number, print};
use crate::config::targets::Target;
use crate::content::vocabulary::Tlp;
use crate::publish::headers::{Server, snippet};
use crate::publish::ledger::Ledger;
use crate::publish::piecemeal::Stopped;
use crate::publish::plan::Plan;
use crate::publish::store::StoreError;
use crate::publish::{self, Consent, Found, Gone, Host, Refusal, Version, git};

/// Publish the site to a host.
///
/// Builds the site afresh for the readers of the target, compares it with what lies there, says what it would do, and
/// asks. Then the difference is made good: what is withdrawn goes first; new files come before the pages that lead to
/// them; what is left over goes last. A publication that was cut off is taken up by the next one.
///
/// Tells of each briefing that the host shows with other words and that does not say that it changed (`silent-edit`), as
/// far as the last publication was made of a commit.
///
/// Targets stand in `site.yaml`, such as `targets: {live: {type: s3, bucket: desk-example}}`; the types are folder, s3,
/// gcs, azure, webdav, sftp, rsync, git, netlify and cloudflare-pages.
///
/// No secret stands there. Keys come from the environment or from where the host’s own tools keep them: AWS_* or
/// AWS_PROFILE; GOOGLE_APPLICATION_CREDENTIALS or CLOUDSDK_AUTH_ACCESS_TOKEN; AZURE_STORAGE_KEY or
/// AZURE_STORAGE_SAS_TOKEN; CROSSBRIEF_WEBDAV_USER and CROSSBRIEF_WEBDAV_PASSWORD; the ssh agent, or CROSSBRIEF_SSH_KEY;
/// whatever git uses; NETLIFY_AUTH_TOKEN; CLOUDFLARE_API_TOKEN. With `keyring: true` on the target, what the environment lacks comes from your keyring.
///
/// Exit status: 0 well, 1 the site has errors, 2 nothing was changed, since the host or the machine failed, 3 refused as
/// likely a mistake, 4 cut off midway: publish again.
#[derive(Debug, Args)]
pub(super) struct PublishArgs {
    /// The target, by its name in site.yaml; may be left out where there is but one
    #[arg(value_name = "TARGET")]
    target: Option<String>,
    /// The site’s folder
    #[arg(long, short, value_name = "DIR", default_value = ".")]
    source: PathBuf,
    /// Publish for readers of this label instead of the target’s `audience`; a higher one than that is refused
    #[arg(long, value_name = "LABEL")]
    audience: Option<AudienceArg>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Print the plan, or the list, as JSON
    #[arg(long)]
    json: bool,
    /// List what was published there, the newest first, and do nothing
    #[arg(long, conflicts_with = "dry_run")]
    list: bool,
    /// Go back to an earlier publication, by its number in `--list`, less what is withheld or gone now
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["list", "older"])]
    rollback: Option<u64>,
    /// Print the response headers of the site as settings of a server, and do nothing
    #[arg(long, value_name = "SERVER", conflicts_with_all = ["dry_run", "list", "rollback"])]
    emit: Option<EmitArg>,
    /// Publish although many pages would go
    #[arg(long)]
    accept_loss: bool,
    /// Publish to a place that holds files of somebody else’s: those of the same names are overwritten, the others stay
    #[arg(long)]
    adopt: bool,
    /// Publish although a newer version of the site’s sources is published there, or this one was taken back by a rollback
    #[arg(long)]
    older: bool,
    /// How mistakes of the site are told
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    message_format: MessageFormat,
}

/// A server on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum EmitArg {
    /// For a `server` block of nginx
    Nginx,
    /// For a site block of Caddy
    Caddy,
    /// For `.htaccess` of Apache
    Apache,
    /// The file `_headers` of Netlify and Cloudflare Pages
    Headers,
}

fn unreachable(error: StoreError) -> Failure {
    Failure { message: error.message, help: error.help.into_iter().collect() }
}

pub(super) fn run(args: &PublishArgs) -> Result<Outcome, Failure> {
    let started = Instant::now();
    let whole = SiteArgs { message_format: args.message_format, ..SiteArgs::whole(&args.source) };
    whole.exists()?;
    if let Some(server) = args.emit {
        return emit(args, &whole, server);
    }
    let mut target = match chosen(args, &whole)? {
        Ok(target) => target,
        Err(outcome) => return Ok(outcome),
    };
    if let Some(label) = args.audience.map(Tlp::from) {
        if label > target.clearance {
            return Ok(refused(&Refusal {
                message: format!("`{}` is for {} and below", target.name, target.clearance.label()),
                help: "write another `audience:` to the target, or publish to one that is meant for such readers"
                    .to_string(),
                files: Vec::new(),
            }));
        }
        target.clearance = label;
    }
    let root = std::fs::canonicalize(&args.source)?;
    let mut host = Host::open(&target, &root).map_err(unreachable)?;
    if args.list {
        return list(args, &target, &host.look().map_err(unreachable)?);
    }
    let request = request(args, &target);
    let present = build::load(&request).map_err(failed)?;
    holds_a_site(&present, &args.source)?;
    let gone = Gone::of(&present);
    let version = match args.rollback {
        None => Made::of_now(present, &whole, &root)?,
        Some(number) => {
            let there = host.look().map_err(unreachable)?.ledger.unwrap_or_default();
            Made::of_then(present, &whole, &request, &root, &there, number)?
        }
    };
    let Some(Made { loaded, files, source, is_committed, rollback, .. }) = version else {
        return Ok(Outcome::SiteHasErrors);
    };
    let (built, made) = (started.elapsed(), Instant::now());
    let mut files = publish::pack(&loaded, &target, files);
    if !target.precompress.is_empty() {
        publish::precompress(&mut files, &target, &root).map_err(unreachable)?;
    }
    let found = host.look().map_err(unreachable)?;
    let there = found.ledger.clone().unwrap_or_default();
    if rollback.is_none() && tell_silent_edits(&loaded, &whole, &root, &there)? {
        return Ok(Outcome::SiteHasErrors);
    }
    let plan = Plan::of(&there, &files, &|origin| gone.has(origin), target.keep);
    tell_plan(args, &target, &plan, &there, &found, (built, made.elapsed()))?;
    if let Some(number) = rollback {
        tell_rollback(args, &there, number, &publish::digest(&files));
    }
    let articles = loaded.site.all_editions().flat_map(|site| &site.articles).filter(|one| !one.is_borrowed()).count();
    let title = loaded.site.config.title.clone();
    // All that is needed of it from now on lies on the disk.
    drop(loaded);
    let consent = Consent { loss: args.accept_loss, adopt: args.adopt, older: args.older };
    let version = Version { articles, source: source.as_deref(), is_committed, is_rollback: rollback.is_some() };
    if let Err(refusal) = publish::guard((&host, &target), &root, &found, (&plan, &files), version, consent) {
        return Ok(refused(&refusal));
    }
    if args.dry_run {
        return Ok(Outcome::Well);
    }
    if plan.is_empty() && there.complete {
        host.tidy(&there).map_err(unreachable)?;
        say!("nothing to do: {} is up to date (publication {})", target.place.words(), there.generation);
        return Ok(Outcome::Well);
    }
    if !args.yes && !asks(&plan)? {
        return Ok(Outcome::Well);
    }
    let mut after = plan.ledger(&there, &files);
    // A version that was taken back stays so until a newer one is published.
    let taken_back = rollback.and(there.taken_back.clone().or(there.source.clone()));
    let is_newer = |back: &String| source.as_ref().is_some_and(|here| git::is_before(&root, here, back));
    after.taken_back = taken_back.filter(is_newer);
    after.source.clone_from(&source);
    let by = std::env::var("CROSSBRIEF_BY").ok().filter(|name| !name.trim().is_empty());
    let committed = source.filter(|_| is_committed);
    after.note(publish::publication(&plan, &files, after.generation, request.now, by, committed, rollback));
    let bar = progress(&plan);
    let done = host.publish(&plan, &files, &there, &after, &title, &|bytes| bar.inc(bytes));
    bar.finish_and_clear();
    match done {
        Ok(()) => {
            say!(
                "published as number {}{}: {} sent, {} taken away, in {:.1} s",
                after.generation,
                rollback.map(|number| format!(", a rollback to {number}")).unwrap_or_default(),
                number(plan.new.len() + plan.changed.len(), "file", "files"),
                plan.withdrawn.len() + plan.removed.len(),
                started.elapsed().as_secs_f64()
            );
            Ok(Outcome::Well)
        }
        Err(Stopped::Before(error)) => {
            let mut failure = unreachable(error);
            failure.message = format!("nothing was published: {}", failure.message);
            Err(failure)
        }
        Err(Stopped::Midway(error)) => {
            let mut stderr = anstream::stderr();
            let _ = writeln!(stderr, "\u{1b}[1;31merror\u{1b}[0m: cut off midway: {}", error.message);
            for help in error.help.iter().map(String::as_str).chain([match rollback {
                None => "publish again: it goes on from here",
                Some(_) => "say the same again: it goes on from here",
            }]) {
                let _ = writeln!(stderr, "hint: {help}");
            }
            Ok(Outcome::CutOff)
        }
    }
}

/// What is to be published.
struct Made {
    loaded: Loaded,
    files: BTreeMap<OutputPath, Content>,
    /// The newest commit of its sources.
    source: Option<String>,
    /// Whether that commit holds all of them.
    is_committed: bool,
    /// The earlier publication that it is.
    rollback: Option<u64>,
    /// Where its sources lie until it is published.
    _sources: Option<Earlier>,
}

impl Made {
    /// Makes the site as it is; none when it has errors, which are told.
    fn of_now(loaded: Loaded, whole: &SiteArgs, root: &Path) -> Result<Option<Self>, Failure> {
        let Some(files) = rendered(&loaded, whole, Sharing::signed(&loaded)?, &|_| false)? else { return Ok(None) };
        let source = git::source_of(root);
        let is_committed = source.is_some() && git::is_committed(root, loaded.sources());
        Ok(Some(Self { loaded, files, source, is_committed, rollback: None, _sources: None }))
    }

    /// Makes the site as it was published then, less what is withheld or gone now.
    fn of_then(
        present: Loaded,
        whole: &SiteArgs,
        request: &Request,
        root: &Path,
        there: &Ledger,
        number: u64,
    ) -> Result<Option<Self>, Failure> {
        let Some(then) = there.history.iter().find(|one| one.generation == number) else {
            let help = match (there.history.last(), there.history.first()) {
                (Some(first), Some(last)) => {
                    format!("`--list` shows them: {} to {}", first.generation, last.generation)
                }
                _ => "nothing is published there yet".to_string(),
            };
            return Err(Failure::new(format!("there is no publication {number}"), help));
        };
        let Some(commit) = &then.source else {
            return Err(Failure::new(
                format!("publication {number} cannot be made again: no commit of git holds all of its sources"),
                "publications are rolled back to by the commit that they were made of; commit before you publish",
            ));
        };
        // With a text that cannot be read nobody knows what it withholds.
        if whole.tell(&present.diagnostics, &|path| present.source_text(path))? {
            say!("the site as it is now has errors, so that it is not known what it withholds; nothing was published");
            return Ok(None);
        }
        let sources = publish::earlier(root, commit, &present).map_err(unreachable)?;
        // One site at a time is enough.
        drop(present);
        let moved = |path: &PathBuf| path.strip_prefix(&request.root).map(|path| sources.root.join(path)).ok();
        let skip = request.skip.iter().filter_map(moved).collect();
        let request = Request { root: sources.root.clone(), skip, ..request.clone() };
        let loaded = build::load(&request).map_err(failed)?;
        // What nobody has published for a while is not looked for.
        let Some(files) = rendered(&loaded, whole, Sharing::default(), &earlier::is_expected)? else {
            return Ok(None);
        };
        let source = Some(commit.clone());
        Ok(Some(Self { loaded, files, source, is_committed: true, rollback: Some(number), _sources: Some(sources) }))
    }
}

/// Renders a site and tells what is wrong with it, but for mistakes that are expected; none when it has errors.
fn rendered(
    loaded: &Loaded,
    whole: &SiteArgs,
    mut sharing: Sharing,
    is_expected: &dyn Fn(&Diagnostic) -> bool,
) -> Result<Option<BTreeMap<OutputPath, Content>>, Failure> {
    let sink = Spool::new(&loaded.root).map_err(|error| format!("cannot lay the site down: {error}"))?;
    let (mut diagnostics, built) = match sharing.cache() {
        None => {
            let told = build::render(loaded, &sink, &|| ()).map_err(failed)?;
            (loaded.diagnostics.iter().cloned().chain(told).collect::<Vec<_>>(), None)
        }
        cache => {
            let built = incremental::render(loaded, Known { memory: None, cache }, &sink, &|| ()).map_err(failed)?;
            (built.diagnostics.clone(), Some(built))
        }
    };
    diagnostics.retain(|diagnostic| !is_expected(diagnostic));
    if whole.tell(&diagnostics, &|path| loaded.source_text(path))? {
        say!("the site has errors; nothing was published");
        return Ok(None);
    }
    let files = sink.into_files();
    if let Some(built) = built {
        let gone = || io::Error::from(io::ErrorKind::NotFound);
        sharing.give(&built, &|path| files.get(path).ok_or_else(gone)?.read().map(Cow::into_owned));
        sharing.tell(&built.shared);
    }
    Ok(Some(files))
}

/// Tells of briefings that the host shows with other words, and that do not say that they changed; returns whether the site
/// takes that for an error.
fn tell_silent_edits(loaded: &Loaded, whole: &SiteArgs, root: &Path, there: &Ledger) -> Result<bool, Failure> {
    match publish::silent_edits(loaded, root, there) {
        Ok(told) => {
            let is_wrong = whole.tell(&told, &|path| loaded.source_text(path))?;
            if is_wrong {
                say!("briefings have changed with no word to their readers; nothing was published");
            }
            Ok(is_wrong)
        }
        Err(error) => {
            let help = error.help.map(|help| format!(" ({help})")).unwrap_or_default();
            say!("silent edits were not looked for: {}{help}", error.message);
            Ok(false)
        }
    }
}

/// Says what a rollback goes back to.
fn tell_rollback(args: &PublishArgs, there: &Ledger, number: u64, digest: &str) {
    let Some(then) = there.history.iter().find(|one| one.generation == number).filter(|_| !args.json) else { return };
    let commit: String = then.source.iter().flat_map(|commit| commit.chars()).take(10).collect();
    let by = then.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
    say!("  back to publication {number} of {}{by}, made anew of the commit {commit}", then.at);
    if then.digest == digest {
        say!("  the same files, byte for byte");
    } else {
        say!("  not the same byte for byte: what is withheld or gone now stays away, and Crossbrief may have changed");
    }
}

/// Prints the settings of a server.
fn emit(args: &PublishArgs, whole: &SiteArgs, server: EmitArg) -> Result<Outcome, Failure> {
    let settings = build::settings(&args.source).map_err(failed)?;
    if whole.tell(&settings.diagnostics, &|path| settings.text_of(path))? {
        return Ok(Outcome::SiteHasErrors);
    }
    let target = args.target.as_ref().and_then(|name| settings.config.targets.iter().find(|one| one.name == *name));
    if let (Some(name), None) = (&args.target, target) {
        return Err(Failure::new(
            format!("there is no target `{name}`"),
            "take it out, or write one that is in site.yaml",
        ));
    }
    let own = (settings.config.origin.clone(), settings.config.base_path.clone());
    let there = target.and_then(|target| crate::config::split_base_url(target.base_url.as_deref()?));
    let (origin, base_path) = there.unwrap_or(own);
    let server = match server {
        EmitArg::Nginx => Server::Nginx,
        EmitArg::Caddy => Server::Caddy,
        EmitArg::Apache => Server::Apache,
        EmitArg::Headers => Server::HeadersFile,
    };
    let packings = target.map(|target| target.precompress.as_slice()).unwrap_or_default();
    print(&snippet(server, &base_path, origin.starts_with("https://"), packings))?;
    Ok(Outcome::Well)
}

/// The target that is meant.
fn chosen(args: &PublishArgs, whole: &SiteArgs) -> Result<Result<Target, Outcome>, Failure> {
    let settings = build::settings(&args.source).map_err(failed)?;
    if whole.tell(&settings.diagnostics, &|path| settings.text_of(path))? {
        say!("the settings have errors; nothing was published");
        return Ok(Err(Outcome::SiteHasErrors));
    }
    let targets = settings.config.targets;
    let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
    let names_all = names.join(", ");
    let found = match &args.target {
        Some(name) => targets.iter().find(|target| target.name == *name),
        None if targets.len() == 1 => targets.first(),
        None => None,
    };
    match (found, &args.target) {
        (Some(target), _) => Ok(Ok(target.clone())),
        (None, _) if targets.is_empty() => Err(Failure::new(
            "this site has no target to publish to",
            "write one to site.yaml: `crossbrief publish --help` shows how",
        )),
        (None, Some(name)) => Err(Failure {
            message: format!("there is no target `{name}`"),
            help: crate::base::suggest::did_you_mean(name, names.iter().copied())
                .into_iter()
                .chain([format!("there are: {names_all}")])
                .collect(),
        }),
        (None, None) => Err(Failure::new("which target?", format!("there are: {names_all}"))),
    }
}

fn request(args: &PublishArgs, target: &Target) -> Request {
    let own = match &target.place {
        crate::config::targets::Place::Folder { path } => vec![args.source.join(path)],
        _ => Vec::new(),
    };
    Request {
        root: args.source.clone(),
        skip: own.into_iter().chain([args.source.join("public")]).collect(),
        clearance: target.clearance,
        drafts: false,
        embargoed: false,
        now: Timestamp::now(),
        base_url: target.base_url.clone(),
    }
}

/// Names that are shown of each sort.
const MOST_SHOWN: usize = 6;

/// Says what there is to do.
fn tell_plan(
    args: &PublishArgs,
    target: &Target,
    plan: &Plan,
    there: &Ledger,
    found: &Found,
    (built, compared): (Duration, Duration),
) -> Result<(), Failure> {
    let names = |paths: &[OutputPath]| paths.iter().map(OutputPath::to_string).collect::<Vec<_>>();
    if args.json {
        let report = serde_json::json!({
            "target": target.name,
            "place": target.place.words(),
            "audience": target.clearance.label(),
            "generation": there.generation + 1,
            "rollback": args.rollback,
            "new": names(&plan.new),
            "changed": names(&plan.changed),
            "withdrawn": names(&plan.withdrawn),
            "removed": names(&plan.removed),
            "staying": names(&plan.staying),
            "unchanged": plan.unchanged,
            "bytes": plan.bytes,
            "seconds": {"build": built.as_secs_f64(), "compare": compared.as_secs_f64()},
        });
        return print(&format!("{report}\n"));
    }
    say!("{} → {}, for {}", target.name, target.place.words(), target.clearance.label());
    if target.clearance > Tlp::Clear {
        say!("  not for the public: see that only {} readers can open it", target.clearance.label());
    }
    match &found.ledger {
        None => say!("  nothing is published there yet"),
        Some(ledger) if !ledger.complete => say!("  the last publication was cut off; this one goes on from there"),
        Some(_) => {}
    }
    for (word, paths) in [
        ("withdrawn", &plan.withdrawn),
        ("new", &plan.new),
        ("changed", &plan.changed),
        ("removed", &plan.removed),
        ("staying a while", &plan.staying),
    ] {
        if !paths.is_empty() {
            let shown: Vec<&str> = paths.iter().take(MOST_SHOWN).map(OutputPath::as_str).collect();
            say!("  {:>6} {word}", paths.len());
            // All that vanishes is named; of what comes, the first few.
            let all = word == "withdrawn" || word == "removed";
            let shown = if all { paths.iter().map(OutputPath::as_str).collect() } else { shown };
            for path in &shown {
                say!("         {path}");
            }
            if shown.len() < paths.len() {
                say!("         and {} more", paths.len() - shown.len());
            }
        }
    }
    let (built, compared) = (built.as_secs_f64(), compared.as_secs_f64());
    let sent = size(plan.bytes);
    say!("  {:>6} unchanged; {sent} to send; built in {built:.1} s, compared in {compared:.1} s", plan.unchanged);
    Ok(())
}

/// A number of bytes for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

fn asks(plan: &Plan) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new("nobody is there to be asked", "say `--yes` to publish, or `--dry-run` to only look"));
    }
    let going = plan.withdrawn.len() + plan.removed.len();
    eprint!(
        "Send {} and take {} away? [y/N] ",
        number(plan.new.len() + plan.changed.len(), "file", "files"),
        if going == 0 { "none".to_string() } else { going.to_string() }
    );
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    let is_yes = matches!(answer.trim().to_lowercase().as_str(), "y" | "yes");
    if !is_yes {
        say!("nothing was published");
    }
    Ok(is_yes)
}

fn progress(plan: &Plan) -> ProgressBar {
    if !interactive() || plan.bytes == 0 {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left");
    ProgressBar::new(plan.bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn refused(refusal: &Refusal) -> Outcome {
    let mut stderr = anstream::stderr();
    let _ = writeln!(stderr, "\u{1b}[1;31mrefused\u{1b}[0m: {}; nothing was published", refusal.message);
    for path in &refusal.files {
        let _ = writeln!(stderr, "  {path}");
    }
    let _ = writeln!(stderr, "hint: {}", refusal.help);
    Outcome::Refused
}

/// Lists what was published.
fn list(args: &PublishArgs, target: &Target, found: &Found) -> Result<Outcome, Failure> {
    let ledger = found.ledger.clone().unwrap_or_default();
    if args.json {
        print(&format!("{}\n", serde_json::to_string(&ledger.history)?))?;
        return Ok(Outcome::Well);
    }
    if ledger.history.is_empty() {
        say!("nothing is published at {} yet", target.place.words());
    }
    let lines = ledger.history.iter().map(|one| {
        let by = one.by.as_ref().map(|by| format!("  {by}")).unwrap_or_default();
        let back = one.rollback.map(|number| format!("  rollback to {number}")).unwrap_or_default();
        format!(
            "{:>5}  {}  {} files: {} new, {} changed, {} removed{back}{by}\n",
            one.generation, one.at, one.files, one.new, one.changed, one.removed
        )
    });
    print(&lines.collect::<String>())?;
    Ok(Outcome::Well)
}

fn failed(error: crate::build::fs_error::FsError) -> Failure {
    Failure { help: error.help().map(str::to_string).into_iter().collect(), message: error.to_string() }
}
