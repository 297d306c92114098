//! `cargo xtask dist`: the program as it is handed out, optimised for what builds of sites do.
//!
//! A first program counts what it does while it builds sites; the compiler then makes the second one for what was counted
//! (profile-guided optimisation, `-Cprofile-use`). The pages are the same bytes, whichever program makes them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;
use crate::corpus;
use crate::test::{call, root};

/// Briefings of the generated site that is built; the sample site adds what real texts hold.
const BRIEFINGS: usize = 2_000;

/// Makes the program, and prints where it lies.
pub fn run() -> Result<()> {
    let host = host()?;
    let merge = profdata(&host)?;
    let folder = root().join("target/xtask/dist");
    let (counts, merged) = (folder.join("counts"), folder.join("counts.profdata"));
    if counts.exists() {
        fs::remove_dir_all(&counts)?;
    }
    fs::create_dir_all(&counts)?;

    let counting = compile(&host, &folder.join("counting"), "-Cprofile-generate")?;
    practise(&counting, &counts, &folder.join("site"))?;
    call(Command::new(merge).arg("merge").arg("--output").arg(&merged).arg(&counts))?;

    let program = compile(&host, &root().join("target"), &format!("-Cprofile-use={}", merged.display()))?;
    println!("{} ({} MB)", program.display(), fs::metadata(&program)?.len() / 1_000_000);
    Ok(())
}

/// Compiles with one more flag; only what runs at the end gets it, not what runs while it is compiled.
fn compile(host: &str, target: &Path, flag: &str) -> Result<PathBuf> {
    let mut flags =
        std::env::var("RUSTFLAGS").unwrap_or_default().split_whitespace().map(str::to_string).collect::<Vec<_>>();
    flags.push(flag.to_string());
    let arguments = ["build", "--profile", "dist", "--locked", "--package", "crossbrief", "--bin", "crossbrief"];
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).args(["--target", host, "--target-dir"]).arg(target).current_dir(root());
    call(command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}")))?;
    Ok(target.join(host).join("dist").join(format!("crossbrief{}", std::env::consts::EXE_SUFFIX)))
}

/// Builds what a program shall be quick at: the sample, an archive from nothing, again after an edit, and with nothing
/// changed. What is counted is laid down in a folder.
fn practise(program: &Path, counts: &Path, site: &Path) -> Result<()> {
    let build = |source: &Path, output: &str, options: &[&str]| {
        let mut command = Command::new(program);
        command.arg("build").arg("--source").arg(source).arg("--output").arg(site.join(output)).args(options);
        // %m: a file for each program, to which later runs add.
        command.env("LLVM_PROFILE_FILE", counts.join("%m.profraw"));
        call(command.stdout(Stdio::null()).stderr(Stdio::null()))
    };
    if site.exists() {
        fs::remove_dir_all(site)?;
    }
    corpus::write(BRIEFINGS, site)?;
    build(&root(), "sample", &["--fresh"])?;
    build(site, "out", &["--fresh"])?;
    let first = fs::read_dir(site.join("content/briefings"))?.next().ok_or("the corpus is empty")??;
    let text = first.path();
    let words = fs::read_to_string(&text)?;
    fs::write(&text, words + "\nThe harbour was opened again.\n")?;
    build(site, "out", &[])?;
    build(site, "out", &[])
}

/// The machine that the compiler makes programs for.
fn host() -> Result<String> {
    let said = asked(&["-vV"])?;
    let line = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.ok_or("`rustc -vV` names no host")?.to_string())
}

/// The program that joins what was counted; it must be of the compiler's own LLVM.
fn profdata(host: &str) -> Result<PathBuf> {
    let sysroot = PathBuf::from(asked(&["--print", "sysroot"])?.trim());
    let program = sysroot.join(format!("lib/rustlib/{host}/bin/llvm-profdata{}", std::env::consts::EXE_SUFFIX));
    if program.is_file() {
        return Ok(program);
    }
    Err(format!("{} is missing: `rustup component add llvm-tools`", program.display()).into())
}

fn asked(arguments: &[&str]) -> Result<String> {
    let output = Command::new("rustc").args(arguments).current_dir(root()).output()?;
    if !output.status.success() {
        return Err(format!("`rustc {}` ended with {}", arguments.join(" "), output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
