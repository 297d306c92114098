//! The command line: what a reader of `--help` sees, and what each command does.
//!
//! Data goes to stdout, words to stderr. Exit codes: 0 well, 1 the site has errors, 2 the tool or the machine failed; of
//! `publish` also 3 refused as likely a mistake, 4 cut off midway.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

use crate::base::paths::SourcePath;
use crate::build::{self, Loaded, Request};
use crate::content::vocabulary::Tlp;

/// Prints a line to stderr. Unlike `eprintln!`, which ends the program then, it does not mind that nobody listens any
/// more (`2>&1 | head`).
macro_rules! say {
    ($($words:tt)*) => {
        $crate::cli::say(format_args!($($words)*))
    };
}

mod build_command;
mod entities;
mod init;
mod list;
mod manual;
mod new;
mod publish_command;
mod schema;
mod serve_command;
mod sharing;
mod timings;

/// Turns a folder of Markdown briefings into a cross-linked site.
///
/// Each briefing is a Markdown file with YAML front matter. Crossbrief finds the people, countries, topics and other
/// entities that they name, links them to pages of their own, and those pages gather every briefing on them.
#[derive(Debug, Parser)]
#[command(name = "crossbrief", version, max_term_width = 100, after_long_help = AFTER)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER: &str = "\
From nothing to a site:
  crossbrief init desk
  cd desk
  crossbrief new briefing \"A headline that says it\"
  crossbrief check
  crossbrief build

Data goes to stdout, words to stderr. Exit status: 0 well, 1 the site has errors, 2 the tool or the
machine failed.";

// The words of a command are those of its arguments, where they have any: a comment here would hide them.
#[derive(Debug, Subcommand)]
enum Command {
    Init(init::InitArgs),
    New(new::NewArgs),
    Build(build_command::BuildArgs),
    Serve(serve_command::ServeArgs),
    Publish(publish_command::PublishArgs),
    Check(build_command::CheckArgs),
    List(list::ListArgs),
    Entities(entities::EntitiesArgs),
    Schema(schema::SchemaArgs),
    Templates(schema::TemplatesArgs),
    Completions(manual::CompletionsArgs),
    Man(manual::ManArgs),
}

/// Where the site is and for whom it is made.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "The site")]
struct SiteArgs {
    /// The site’s folder
    #[arg(long, short, value_name = "DIR", default_value = ".")]
    source: PathBuf,
    /// Highest TLP label that is shown; what is marked higher does not exist for this build
    #[arg(long, value_name = "LABEL", default_value = "clear")]
    audience: AudienceArg,
    /// Show drafts too
    #[arg(long)]
    drafts: bool,
    /// Address of the site, instead of `base_url` of site.yaml
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// How mistakes are told
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    message_format: MessageFormat,
}

/// A TLP label on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum AudienceArg {
    Clear,
    Green,
    Amber,
    #[value(name = "amber+strict")]
    AmberStrict,
    Red,
}

impl From<AudienceArg> for Tlp {
    fn from(label: AudienceArg) -> Self {
        match label {
            AudienceArg::Clear => Tlp::Clear,
            AudienceArg::Green => Tlp::Green,
            AudienceArg::Amber => Tlp::Amber,
            AudienceArg::AmberStrict => Tlp::AmberStrict,
            AudienceArg::Red => Tlp::Red,
        }
    }
}

/// How mistakes are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MessageFormat {
    /// For people
    Text,
    /// One JSON object a line, on stdout
    Json,
}

/// What a command ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Well,
    SiteHasErrors,
    /// Likely a mistake, so that nothing was done.
    Refused,
    /// Done in part; the next run goes on.
    CutOff,
}

/// A failure that is not the site's: the disk, the machine, the words of the command.
#[derive(Debug)]
struct Failure {
    message: String,
    help: Vec<String>,
}

impl<E: std::fmt::Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { message: error.to_string(), help: Vec::new() }
    }
}

impl Failure {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: vec![help.into()] }
    }
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match sheltered(|| run(cli.command)) {
        Ok(Outcome::Well) => ExitCode::SUCCESS,
        Ok(Outcome::SiteHasErrors) => ExitCode::from(1),
        Ok(Outcome::Refused) => ExitCode::from(3),
        Ok(Outcome::CutOff) => ExitCode::from(4),
        Err(failure) => {
            let mut stderr = anstream::stderr();
            let _ = writeln!(stderr, "\u{1b}[1;31merror\u{1b}[0m: {}", failure.message);
            for help in failure.help {
                let _ = writeln!(stderr, "hint: {help}");
            }
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<Outcome, Failure> {
    match command {
        Command::Init(args) => init::run(&args),
        Command::New(args) => new::run(&args),
        // On a thread of the pool: what it lets go of after parsing is at hand for assembling, and fresh memory is dear.
        Command::Build(args) => rayon::scope(|_| build_command::build(&args)),
        Command::Serve(args) => serve_command::run(&args),
        Command::Publish(args) => publish_command::run(&args),
        Command::Check(args) => build_command::check(&args),
        Command::List(args) => list::run(&args),
        Command::Entities(args) => entities::run(&args),
        Command::Schema(args) => schema::schema(&args),
        Command::Templates(args) => schema::templates(&args),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
    }
}

/// Runs a command so that a mistake of ours, and a machine that gives us no second thread, end in words.
fn sheltered(run: impl FnOnce() -> Result<Outcome, Failure>) -> Result<Outcome, Failure> {
    std::panic::set_hook(Box::new(|mistake| {
        let place = mistake.location().map(|place| format!(" at {}:{}", place.file(), place.line()));
        let words = mistake.payload_as_str().map(crate::base::text::one_line).unwrap_or_default();
        say!("note: Crossbrief failed{}: {words}", place.unwrap_or_default());
    }));
    make_do_with_few_threads();
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or_else(|_| {
        let help = "this is a mistake of Crossbrief, not of the site: please report it with the note above";
        Err(Failure::new("Crossbrief failed; the site is as it was", help))
    })
}

/// Sees to it that work is shared among no more threads than this machine gives us: a pool that cannot have all of its
/// threads has none, and cannot be asked for a second time.
fn make_do_with_few_threads() {
    let wanted =
        std::env::var("RAYON_NUM_THREADS").ok().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
    let wanted = wanted.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let ended = std::sync::Mutex::new(ended);
    let had = std::thread::scope(|scope| {
        // Each waits until all have begun.
        let wait = || drop(ended.lock().map(|ended| ended.recv()));
        let begun = (0..wanted).take_while(|_| std::thread::Builder::new().spawn_scoped(scope, wait).is_ok());
        let had = begun.count();
        drop(end);
        had
    });
    let pool = match had {
        all if all == wanted => return,
        0 => rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread(),
        some => rayon::ThreadPoolBuilder::new().num_threads(some),
    };
    let _ = pool.build_global();
}

impl SiteArgs {
    /// A site as the desk sees it, with all that is withheld: for commands that read its settings only.
    fn whole(source: &Path) -> Self {
        Self {
            source: source.to_path_buf(),
            audience: AudienceArg::Red,
            drafts: true,
            base_url: None,
            message_format: MessageFormat::Text,
        }
    }

    /// Fails when there is no such folder.
    fn exists(&self) -> Result<(), Failure> {
        if self.source.is_dir() {
            return Ok(());
        }
        Err(Failure::new(
            format!("there is no folder {}", self.source.display()),
            "name the site’s folder with `--source`",
        ))
    }

    /// The request that these arguments make; `output` is a folder that is not part of the site.
    ///
    /// No argument and no variable of the environment (`SOURCE_DATE_EPOCH`) sets the clock of a build: it would open
    /// embargoes.
    fn request(&self, output: Option<&Path>, now: Timestamp) -> Request {
        Request {
            root: self.source.clone(),
            skip: output.map(Path::to_path_buf).into_iter().collect(),
            clearance: self.audience.into(),
            drafts: self.drafts,
            embargoed: false,
            now,
            base_url: self.base_url.clone(),
        }
    }

    /// Tells what is wrong: text to stderr, JSON to stdout. Returns whether there are errors.
    fn tell(
        &self,
        diagnostics: &[crate::base::diagnostics::Diagnostic],
        source_text: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
    ) -> Result<bool, Failure> {
        use crate::base::report;
        let located = report::locate_all(diagnostics, source_text);
        match self.message_format {
            MessageFormat::Json => print(&report::json_lines(&located))?,
            MessageFormat::Text => {
                let width = terminal_width();
                let color = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
                let text = report::text(&located, report::Style { color, width });
                // Whoever closed it does not want to know; what is wrong is still counted.
                let _ = std::io::stderr().lock().write_all(text.as_bytes());
            }
        }
        Ok(crate::base::diagnostics::count_errors(diagnostics) > 0)
    }
}

/// Width of the terminal, or 100 where there is none.
fn terminal_width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(100)
}

/// Prints a line to stderr, if anybody listens: see `say!`.
fn say(words: std::fmt::Arguments) {
    let _ = writeln!(std::io::stderr().lock(), "{words}");
}

/// Prints to stdout; a reader that has gone away (`| head`) is no failure.
fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Loads a site, telling nothing yet.
fn load(args: &SiteArgs, output: Option<&Path>) -> Result<Loaded, Failure> {
    load_at(args, output, Timestamp::now())
}

/// Loads a site as it is at another moment, for the desk’s own eyes: nothing that publishes may call this.
fn load_at(args: &SiteArgs, output: Option<&Path>, now: Timestamp) -> Result<Loaded, Failure> {
    args.exists()?;
    build::load(&args.request(output, now)).map_err(|error| Failure {
        help: error.help().map(str::to_string).into_iter().collect(),
        message: error.to_string(),
    })
}

/// Fails when a folder holds neither settings nor a text: nothing was meant to be built there.
fn holds_a_site(loaded: &Loaded, source: &Path) -> Result<(), Failure> {
    let site = &loaded.site;
    let empty = site.config.path.is_none()
        && site.by_source.is_empty()
        && site.withheld.files.is_empty()
        && loaded.diagnostics.is_empty();
    if !empty {
        return Ok(());
    }
    let shown = if source.as_os_str() == "." { "this folder".to_string() } else { source.display().to_string() };
    Err(Failure {
        message: format!("there is no site in {shown}: neither `site.yaml` nor a Markdown file"),
        help: vec!["`crossbrief init` makes one; `--source DIR` names another folder".to_string()],
    })
}

/// `3 countries`, `1 country`.
fn number(count: usize, singular: &str, plural: &str) -> String {
    format!("{count} {}", if count == 1 { singular } else { plural })
}

/// Whether somebody watches.
fn interactive() -> bool {
    std::io::stderr().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_of_ours_ends_in_words() {
        let failure = sheltered(|| panic!("a page\nlost")).unwrap_err();
        assert_eq!(failure.message, "Crossbrief failed; the site is as it was");
        assert!(failure.help[0].contains("please report it"));
        assert_eq!(sheltered(|| Ok(Outcome::SiteHasErrors)).unwrap(), Outcome::SiteHasErrors);
        let _ = std::panic::take_hook();
    }
}
