//! What developers and CI run: `cargo xtask help`.

use std::error::Error;
use std::process::ExitCode;

mod bench;
mod corpus;
mod countries;
mod dist;
mod fuzz;
mod licences;
mod setup;
mod test;
mod world;

const HELP: &str = "\
cargo xtask COMMAND

  test [--fast]      everything that CI checks; --fast leaves out the HTML checker and the browser
  setup              install what the tests need: node packages, chromium, java
  licences           check licences and sources of all dependencies, offline
  corpus N DIR       write a site of N generated briefings, the same every time
  bench peers        measure builds against Hugo and, where it is installed, Zola
       [--sizes 1000,10000,50000] [--runs 5] [--only hugo,crossbrief] [--binary PROGRAM] [--json]
  bench preview      measure from a saved edit to the changed page, beside Hugo and, where it is installed, Zola
       [--size 10000] [--runs 3] [--edits 3] [--only hugo,crossbrief] [--binary PROGRAM]
  bench publish      measure publications to a store of S3: the first, none, an edit, a withdrawal, a rollback
       [--size 10000] [--binary PROGRAM] [--show]
  bench size         tell what the bytes of article pages are made of
       [--size 1000] [--site DIR] [--binary PROGRAM]
  dist               compile the program as it is handed out: optimised for what it does while it builds sites
  fuzz [TARGET]      look for texts that break a promise of the parsers, target by target
       [--minutes 20]  needs a nightly compiler and cargo-fuzz
  countries          make the built-in country table anew [--check compares only]
";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test", options @ ..] => test::run(options.contains(&"--fast")),
        ["setup"] => setup::run(),
        ["licences"] => licences::run(),
        ["corpus", number, folder] => {
            number.parse().map_err(Into::into).and_then(|number| corpus::run(number, folder.as_ref()))
        }
        ["bench", words @ ..] => bench::run(words),
        ["dist"] => dist::run(),
        ["countries", ..] => countries::run(),
        ["fuzz", words @ ..] => fuzz::run(words),
        ["help" | "--help" | "-h"] | [] => {
            print!("{HELP}");
            Ok(())
        }
        _ => Err(format!("there is no such command\n\n{HELP}").into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(1)
        }
    }
}
