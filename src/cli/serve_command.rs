//! `crossbrief serve`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::base::dates::Moment;
use crate::base::diagnostics::Severity;
use crate::base::report::{self, Located, harmless};
use crate::build::report::Report;
use crate::cli::{AudienceArg, Failure, Outcome, interactive, number, terminal_width};
use crate::config;
use crate::content::vocabulary::Tlp;
use crate::serve::answer::{Served, Server, Shown};
use crate::serve::editor::Editor;
use crate::serve::guard::Guard;
use crate::serve::hosted::Hosted;
use crate::serve::preview::{self, Settings, Sight, Told};
use crate::serve::rebuild::Made;
use crate::serve::server;
use crate::serve::tree::Addresses;

/// The port when none is named.
const PORT: u16 = 4400;
/// Most mistakes on the screen of somebody who watches it.
const MOST_SHOWN: usize = 4;

/// Show the site in a browser while it is written.
///
/// Every saved change is built at once and put into the open pages; one keeps one’s place in them. What is looked at is
/// made first. Of the pages nothing is written to the disk. The preview shows drafts and marked content, and nobody but this machine
/// can see it, unless `--host` lets others in.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The site's folder [default: .]
    #[arg(value_name = "DIR", conflicts_with = "source")]
    folder: Option<PathBuf>,
    /// The site's folder, as for `build`
    #[arg(long, short, value_name = "DIR")]
    source: Option<PathBuf>,
    /// Open it in the browser
    #[arg(long)]
    open: bool,
    /// Port to listen at [default: 4400, or the next that is free]
    #[arg(long, short, value_name = "PORT")]
    port: Option<u16>,
    /// Address to listen at: with `0.0.0.0` others on the network see the preview too. They need the token that is part
    /// of the printed address, and get neither drafts nor marked content unless `--drafts` and `--audience` say so
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: IpAddr,
    /// Name under which the preview may be visited besides those of this machine; may be repeated
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Highest TLP label that is shown [default: red, or clear when others are let in]
    #[arg(long, value_name = "LABEL")]
    audience: Option<AudienceArg>,
    /// Show drafts [default, unless others are let in]
    #[arg(long, overrides_with = "no_drafts")]
    drafts: bool,
    /// Show no drafts
    #[arg(long, overrides_with = "drafts")]
    no_drafts: bool,
    /// Show what is under embargo too
    #[arg(long)]
    future: bool,
    /// Show the site as it will be (or was) at another moment: `2026-06-01T09:00`, in the site’s time zone
    #[arg(long, value_name = "TIME", conflicts_with = "future")]
    at: Option<String>,
    /// Address of the site, instead of `base_url` of site.yaml
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Look at all files every so many seconds [default: 1], for network drives and others that tell of no changes
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "1")]
    poll: Option<f64>,
    /// Let open tabs go to the page whose file was saved
    #[arg(long)]
    follow: bool,
    /// How addresses are matched with files
    #[arg(long, value_name = "HOW", default_value = "folder")]
    addresses: AddressesArg,
    /// Serve a folder that was built, as a host will: with its `_headers`, `_redirects` and `404.html`, and without the
    /// preview’s own script
    #[arg(long, value_name = "DIR", conflicts_with_all = ["folder", "source", "audience", "drafts", "no_drafts", "future", "at", "poll", "follow"])]
    once_built: Option<PathBuf>,
}

/// How addresses are matched with files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AddressesArg {
    /// `/a` leads on to `/a/`, as on nginx and Apache
    Folder,
    /// `/a` also shows `a.html`, and `/a.html` leads on to it, as on Netlify and Cloudflare Pages
    Clean,
    /// Nothing leads on, as on plain object stores
    Exact,
}

impl From<AddressesArg> for Addresses {
    fn from(argument: AddressesArg) -> Self {
        match argument {
            AddressesArg::Folder => Addresses::Folder,
            AddressesArg::Clean => Addresses::Clean,
            AddressesArg::Exact => Addresses::Exact,
        }
    }
}

pub(super) fn run(args: &ServeArgs) -> Result<Outcome, Failure> {
    let poll = args.poll.map(Duration::try_from_secs_f64).transpose();
    let poll = poll.ok().filter(|poll| poll.is_none_or(|poll| poll >= Duration::from_millis(50)));
    let Some(poll) = poll else {
        return Err(Failure::new("that is no time to wait between two looks", "write seconds: `--poll 2`"));
    };
    // Two threads are enough to move bytes; the building has its own.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let outcome = runtime.block_on(serve(args, poll));
    runtime.shutdown_background();
    outcome
}

async fn serve(args: &ServeArgs, poll: Option<Duration>) -> Result<Outcome, Failure> {
    let ended = ended()?;
    let is_local = args.host.is_loopback();
    let folder = args.folder.as_deref().or(args.source.as_deref()).unwrap_or(Path::new("."));
    let wanted = args.once_built.as_deref().unwrap_or(folder);
    let root = std::fs::canonicalize(wanted).ok().filter(|root| root.is_dir()).ok_or_else(|| {
        let help =
            if args.once_built.is_some() { "build it with `crossbrief build`" } else { "name the site’s folder" };
        Failure::new(format!("there is no folder {}", wanted.display()), help)
    })?;
    let port = args.port.unwrap_or(PORT);
    let listener =
        server::listen(args.host, port, args.port.is_none()).await.map_err(|error| taken(&error, args.host, port))?;
    let port = listener.local_addr()?.port();
    let token = if is_local { None } else { Some(random()?) };
    let guard = Guard {
        names: names(args, is_local),
        any_number: !is_local,
        token: token.clone(),
        cookie: format!("crossbrief_{port}_token"),
    };
    let addresses = args.addresses.into();
    let mut screen = Screen {
        address: String::new(),
        shown: root.clone(),
        lines: Vec::new(),
        for_whom: String::new(),
        interactive: interactive(),
    };
    let site = if let Some(built) = &args.once_built {
        let base_path = base_path(args.base_url.as_deref())?;
        let hosted = Hosted::read(&root, &base_path).map_err(Failure::from)?;
        screen.address = address(args.host, port, &base_path, token.as_deref());
        screen.lines.push(format!(
            "{} as it will be hosted: {}",
            built.display(),
            counts(hosted.tree().files().len(), "file")
        ));
        screen.print(None);
        Served::Built(hosted)
    } else {
        let sight = Sight {
            clearance: args.audience.map_or(if is_local { Tlp::Red } else { Tlp::Clear }, Tlp::from),
            drafts: args.drafts || (is_local && !args.no_drafts),
            embargoed: args.future,
            at: args.at.as_deref().map(|text| moment(&root, text)).transpose()?,
        };
        let settings = Settings {
            skip: vec![root.join("public")],
            root: root.clone(),
            base_url: args.base_url.clone(),
            sight: sight.clone(),
            poll,
            keep_good: is_local,
        };
        screen.for_whom = for_whom(&sight);
        screen.shown = folder.to_path_buf();
        screen.address = address(args.host, port, &site_base_path(&root, args.base_url.as_deref()), token.as_deref());
        screen.print(None);
        let screen = Mutex::new(screen.clone());
        let root_of_site = root.clone();
        let tell = move |told: &Told| screen.lock().unwrap_or_else(PoisonError::into_inner).tell(told, &root_of_site);
        let (events, states) = preview::start(settings, Box::new(tell))?;
        let environment = ["VISUAL", "EDITOR"].map(|name| std::env::var(name).ok());
        Served::Preview(Arc::new(Shown {
            states,
            events,
            sight,
            editor: Editor::choose(site_editor(&root).as_deref(), &environment),
            root,
            local: is_local,
            follow: args.follow,
            addresses,
            view_cookie: format!("crossbrief_{port}_view"),
            run: random()?,
        }))
    };
    if args.open
        && let Err(error) = open::that_detached(&screen.address)
    {
        say!("warning: no browser could be opened: {error}");
    }
    let server = Arc::new(Server { guard, addresses, compress: !is_local || args.once_built.is_some(), site });
    tokio::select! {
        () = server::run(listener, server) => {}
        () = ended => {}
    }
    if interactive() {
        say!("");
    }
    Ok(Outcome::Well)
}

/// Ends when the user or the system asks the preview to.
fn ended() -> Result<impl Future<Output = ()>, Failure> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn taken(error: &std::io::Error, host: IpAddr, port: u16) -> Failure {
    let message = format!("cannot listen at {host} port {port}: {}", report::harmless(&error.to_string()));
    match error.kind() {
        std::io::ErrorKind::AddrInUse => Failure::new(
            format!("port {port} of {host} is taken by another program"),
            "name another one with `--port`; without it the next free port is taken",
        ),
        std::io::ErrorKind::PermissionDenied => {
            Failure::new(message, "ports below 1024 are for the system: name a higher one")
        }
        std::io::ErrorKind::AddrNotAvailable => Failure::new(message, "this machine does not have that address"),
        _ => Failure { message, help: Vec::new() },
    }
}

/// Names under which the preview may be visited besides this machine's own.
fn names(args: &ServeArgs, is_local: bool) -> Vec<String> {
    let mut names: Vec<String> = args.allow_host.iter().map(|name| name.to_ascii_lowercase()).collect();
    #[cfg(unix)]
    if !is_local {
        let own = rustix::system::uname().nodename().to_string_lossy().to_ascii_lowercase();
        names.push(format!("{own}.local"));
        names.push(own);
    }
    names
}

/// Sixteen random bytes as hexadecimal digits.
fn random() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Failure::from(format!("no random numbers: {error}")))?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

/// The address that the user opens.
fn address(host: IpAddr, port: u16, base_path: &str, token: Option<&str>) -> String {
    let host = match host {
        // What listens everywhere is also found here.
        host if host.is_unspecified() => "127.0.0.1".to_string(),
        IpAddr::V6(host) => format!("[{host}]"),
        IpAddr::V4(host) => host.to_string(),
    };
    let token = token.map(|token| format!("?token={token}")).unwrap_or_default();
    format!("http://{host}:{port}{base_path}{token}")
}

fn base_path(base_url: Option<&str>) -> Result<String, Failure> {
    let Some(url) = base_url else { return Ok("/".to_string()) };
    let (_, path) = config::split_base_url(url).ok_or_else(|| {
        Failure::new(format!("`{url}` is not the address of a site"), "write `https://example.org/desk/`")
    })?;
    Ok(path)
}

/// Where on its host the site is, as far as can be told before it is built.
fn site_base_path(root: &Path, base_url: Option<&str>) -> String {
    let own = settings(root).map_or_else(|| "/".to_string(), |config| config.base_path);
    base_url.and_then(config::split_base_url).map_or(own, |(_, path)| path)
}

fn site_editor(root: &Path) -> Option<String> {
    settings(root)?.editor
}

fn settings(root: &Path) -> Option<config::Config> {
    let text = ["site.yaml", "site.yml"].iter().find_map(|name| std::fs::read_to_string(root.join(name)).ok())?;
    Some(config::read(&crate::base::paths::SourcePath::new("site.yaml"), &text, "").0)
}

/// A moment in the time zone of the site.
fn moment(root: &Path, text: &str) -> Result<jiff::Timestamp, Failure> {
    let zone = settings(root).map_or(jiff::tz::TimeZone::UTC, |config| config.zone);
    let at = Moment::parse(text, &zone).map_err(|fault| Failure::new(fault.message, fault.help))?;
    Ok(at.instant)
}

fn for_whom(sight: &Sight) -> String {
    let and = |shown, words: &str| if shown { words.to_string() } else { String::new() };
    format!(
        "{}{}{}{}",
        sight.clearance.label(),
        and(sight.drafts, ", drafts too"),
        and(sight.embargoed, ", embargoes lifted"),
        sight.at.map_or(String::new(), |at| format!(", as of {at}"))
    )
}

/// What the terminal shows: repainted as a whole for somebody who watches it, line by line for a log.
#[derive(Clone, Debug)]
struct Screen {
    address: String,
    shown: PathBuf,
    for_whom: String,
    /// What stays below the address.
    lines: Vec<String>,
    interactive: bool,
}

impl Screen {
    fn tell(&mut self, told: &Told, root: &Path) {
        match told {
            Told::Polling(why) => {
                let line = format!("looking at all files every second: {why}");
                if !self.interactive {
                    say!("  {line}");
                }
                self.lines.push(line);
            }
            Told::Built { made, changed, outputs, took } => {
                let is_first = self.lines.iter().all(|line| !line.starts_with("watching"));
                if is_first {
                    let watched = format!("watching {}", preview::watched(root).join(", "));
                    if !self.interactive {
                        say!("  {watched}");
                    }
                    self.lines.push(watched);
                }
                let zone = made.loaded.as_ref().map_or(TimeZone::UTC, |loaded| loaded.site.config.zone.clone());
                let time = zone.to_datetime(Timestamp::now()).strftime("%H:%M:%S").to_string();
                let mut names =
                    changed.iter().take(2).map(|path| harmless(path.as_str())).collect::<Vec<_>>().join(", ");
                if changed.len() > 2 {
                    names = format!("{names} and {} more", changed.len() - 2);
                }
                let what = match (is_first, changed.is_empty()) {
                    (true, _) => size(made),
                    (false, true) => "the time has come".to_string(),
                    (false, false) => names,
                };
                let last = format!("{time}  {what}: {} in {}", counts(*outputs, "file"), shown_time(*took));
                self.print(Some((&last, &made.problems)));
            }
        }
    }

    /// Prints what is new: the whole screen, or the last line and what is wrong.
    fn print(&self, last: Option<(&str, &[Located])>) {
        let mut out = String::new();
        if self.interactive {
            // Home, and clear what is below; what was above stays in the terminal's memory.
            out.push_str("\u{1b}[2J\u{1b}[H");
        }
        if self.interactive || last.is_none() {
            match self.for_whom.as_str() {
                "" => {}
                whom => {
                    let _ = writeln!(out, "Preview of {} for {whom}", self.shown.display());
                }
            }
            let _ = writeln!(out, "  {}", self.address);
            for line in &self.lines {
                let _ = writeln!(out, "  {line}");
            }
            if self.interactive {
                let _ = writeln!(out, "  Ctrl-C ends it\n");
            }
        }
        if let Some((line, problems)) = last {
            let _ = writeln!(out, "{line}");
            out.push_str(&self.problems(problems));
        }
        let _ = anstream::stderr().write_all(out.as_bytes());
    }

    fn problems(&self, problems: &[Located]) -> String {
        let of = |severity| problems.iter().filter(move |problem| problem.severity == severity);
        let (errors, warnings) = (report::count(problems, Severity::Error), report::count(problems, Severity::Warning));
        if errors + warnings == 0 {
            return String::new();
        }
        let most = if self.interactive { MOST_SHOWN } else { 20 };
        let worst: Vec<Located> = of(Severity::Error).chain(of(Severity::Warning)).take(most).cloned().collect();
        let color = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
        let mut out = format!("\n{}", report::text(&worst, report::Style { color, width: terminal_width() }));
        let more = (errors + warnings).saturating_sub(worst.iter().map(|one| 1 + one.more).sum());
        let all = format!("{}, {}", counts(errors, "error"), counts(warnings, "warning"));
        let _ = match (errors, more) {
            (0, 0) => Ok(()),
            (0, more) => writeln!(out, "{all}; {more} more: `crossbrief check`"),
            (_, 0) => writeln!(out, "{all}; pages stay as they were until this is mended"),
            (_, more) => {
                writeln!(out, "{all}; {more} more: `crossbrief check`. Pages stay as they were until this is mended")
            }
        };
        out
    }
}

/// How large a site is.
fn size(made: &Made) -> String {
    match &made.loaded {
        Some(loaded) => {
            let report = Report::of(&loaded.site, loaded.outputs.len());
            let kinds = report.kinds.iter().map(|(name, count)| format!(", {count} {name}"));
            format!("{}{}", counts(report.articles, "article"), kinds.collect::<String>())
        }
        None => "not readable".to_string(),
    }
}

/// `1 file`, `2 files`.
fn counts(count: usize, word: &str) -> String {
    number(count, word, &format!("{word}s"))
}

fn shown_time(took: Duration) -> String {
    let milliseconds = took.as_millis();
    if milliseconds < 1_000 { format!("{milliseconds} ms") } else { format!("{:.2} s", took.as_secs_f64()) }
}
