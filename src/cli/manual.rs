//! `crossbrief completions` and `crossbrief man`: the command line, told to shells and to `man`.

use std::path::PathBuf;

use clap::{Args, CommandFactory};

use crate::base::suggest::did_you_mean;
use crate::cli::{Cli, Failure, Outcome, print};

/// Print completions for a shell.
///
/// Where they go differs from shell to shell; for bash: `crossbrief completions bash >
/// ~/.local/share/bash-completion/completions/crossbrief`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

/// Print the manual page of Crossbrief or of one command.
///
/// `crossbrief man build | man -l -` shows one; `crossbrief man --dir man1` writes all of them, for packages.
#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The command; without it, the page that names all commands
    command: Option<String>,
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    dir: Option<PathBuf>,
}

pub(super) fn completions(args: &CompletionsArgs) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "crossbrief", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Well)
}

pub(super) fn man(args: &ManArgs) -> Result<Outcome, Failure> {
    let mut all = Cli::command();
    all.build();
    if let Some(dir) = &args.dir {
        std::fs::create_dir_all(dir).map_err(|error| format!("cannot make {}: {error}", dir.display()))?;
        clap_mangen::generate_to(Cli::command().disable_help_subcommand(true), dir)?;
        return Ok(Outcome::Well);
    }
    let wanted = match &args.command {
        None => &all,
        Some(name) => all.find_subcommand(name).ok_or_else(|| {
            let known = all.get_subcommands().map(clap::Command::get_name);
            let help = did_you_mean(name, known).unwrap_or_else(|| "`crossbrief --help` names all commands".into());
            Failure::new(format!("there is no command `{name}`"), help)
        })?,
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(wanted.clone()).render(&mut page)?;
    print(&String::from_utf8_lossy(&page))?;
    Ok(Outcome::Well)
}
