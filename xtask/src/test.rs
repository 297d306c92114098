//! `cargo xtask test`: everything that CI checks, in one run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::{Result, corpus, licences, setup};

/// Runs all steps and stops at the first that fails; `fast` leaves out the HTML checker and the browser.
pub fn run(fast: bool) -> Result<()> {
    let root = root();
    let mut times = Vec::new();
    let mut step = |name: &str, run: &mut dyn FnMut() -> Result<()>| -> Result<()> {
        println!("== {name}");
        let started = Instant::now();
        run().map_err(|error| format!("{name}: {error}"))?;
        times.push((name.to_string(), started.elapsed().as_secs_f64()));
        Ok(())
    };
    step("format", &mut || cargo(&root, &["fmt", "--all", "--check"]))?;
    step("licences", &mut licences::run)?;
    step("clippy", &mut || {
        cargo(&root, &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
    })?;
    step("tests", &mut || cargo(&root, &["test", "--workspace", "--locked"]))?;
    step("leaks are found", &mut || {
        cargo(
            &root,
            &["test", "--locked", "--features", "leaks", "--test", "withheld", "every_leak", "--", "--nocapture"],
        )
    })?;
    step("documentation", &mut || documentation(&root))?;
    let target = root.join("target/xtask");
    let (sample, docs) = (target.join("sample"), target.join("docs"));
    step("sample site", &mut || build_site(&root, &root, &sample))?;
    step("docs site", &mut || build_site(&root, &root.join("docs"), &docs))?;
    if !fast {
        step("setup", &mut setup::run)?;
        step("hosts to publish to", &mut || hosts(&root))?;
        step("headers are graded", &mut || observatory(&root))?;
        step("HTML checker", &mut || vnu(&root, &[&sample, &docs]))?;
        step("exported graphs", &mut || exports(&root, &sample))?;
        step("structured data", &mut || structured_data(&root, &sample))?;
        let written = target.join("as-written");
        step("sample as written", &mut || build_sample(&root, "minify: false", &written))?;
        step("feeds", &mut || feeds(&root, &sample, &target.join("feeds")))?;
        step("browser", &mut || browser(&root, &sample, "https://crossbrief.example/desk/", &written))?;
        step("reading in a browser", &mut || reading(&root, &sample, "https://crossbrief.example/desk/"))?;
        step("lighthouse", &mut || lighthouse(&root, &sample, "https://crossbrief.example/desk/"))?;
        step("preview in a browser", &mut || preview(&root))?;
        step("search in a browser", &mut || search(&root))?;
        step("how well it finds", &mut || quality(&root, &sample))?;
    }
    println!("\n{:<20} seconds", "step");
    for (name, seconds) in times {
        println!("{name:<20} {seconds:>7.1}");
    }
    Ok(())
}

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Runs a command to its end; what it prints is shown.
pub fn call(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}");
    let status = command.status().map_err(|error| format!("cannot run {shown}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown} ended with {status}").into()) }
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<()> {
    call(Command::new(env!("CARGO")).args(arguments).current_dir(root))
}

fn documentation(root: &Path) -> Result<()> {
    let arguments = ["doc", "--package", "crossbrief", "--no-deps", "--locked"];
    call(
        Command::new(env!("CARGO"))
            .args(arguments)
            .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links")
            .current_dir(root),
    )
}

/// Builds a site with the binary of this checkout, below a path so that addresses are tried too.
fn build_site(root: &Path, source: &Path, output: &Path) -> Result<()> {
    if output.exists() {
        std::fs::remove_dir_all(output)?;
    }
    if let Some(folder) = output.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let arguments = [
        "run",
        "--quiet",
        "--locked",
        "--package",
        "crossbrief",
        "--",
        "build",
        "--base-url",
        "https://crossbrief.example/desk/",
    ];
    call(
        Command::new(env!("CARGO"))
            .args(arguments)
            .arg("--source")
            .arg(source)
            .arg("--output")
            .arg(output)
            .current_dir(root),
    )
}

/// Has the W3C’s validator judge the feeds of the sample, and those of a sample whose feeds hold whole texts, in RSS too.
fn feeds(root: &Path, sample: &Path, whole: &Path) -> Result<()> {
    build_sample(root, "feed: {rss: true, content: full}", whole)?;
    let judge = root.join("tests/exports/feeds.py");
    call(Command::new(setup::python()).arg(judge).arg("https://crossbrief.example/desk/").args([sample, whole]))
}

/// Builds the sample with one more setting, out of a copy beside `output`.
fn build_sample(root: &Path, setting: &str, output: &Path) -> Result<()> {
    let source = &output.with_extension("source");
    if source.exists() {
        std::fs::remove_dir_all(source)?;
    }
    copy(&root.join("content"), &source.join("content"))?;
    let settings = std::fs::read_to_string(root.join("site.yaml"))?;
    std::fs::write(source.join("site.yaml"), format!("{settings}\n{setting}\n"))?;
    build_site(root, source, output)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()))?;
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

fn vnu(root: &Path, sites: &[&Path]) -> Result<()> {
    let jar = root.join("tests/browser/node_modules/vnu-jar/build/dist/vnu.jar");
    call(Command::new("java").arg("-jar").arg(jar).args(["--skip-non-html", "--errors-only"]).args(sites))
}

/// Publishes to real servers.
fn hosts(root: &Path) -> Result<()> {
    let programs = setup::python().parent().map(Path::to_path_buf).unwrap_or_default();
    call(
        Command::new(env!("CARGO"))
            .args(["test", "--locked", "--test", "publish", "--", "--ignored", "--nocapture"])
            .env("CROSSBRIEF_PEERS", programs)
            .current_dir(root),
    )
}

/// Has Mozilla’s observatory grade the sample behind nginx, with the headers that the program prints for it.
fn observatory(root: &Path) -> Result<()> {
    let program = root.join("target/debug").join(format!("crossbrief{}", std::env::consts::EXE_SUFFIX));
    call(Command::new("node").arg(root.join("tests/observatory/check.mjs")).arg(program).arg(root))
}

/// Holds the JSON-LD of every kind of page against the types of schema.org.
fn structured_data(root: &Path, site: &Path) -> Result<()> {
    call(Command::new("node").arg(root.join("tests/schema/check.mjs")).arg(site))
}

fn exports(root: &Path, site: &Path) -> Result<()> {
    call(Command::new(setup::python()).arg(root.join("tests/exports/check.py")).arg(site))
}

/// Edits a site while a browser looks at its preview; the program is the one that built the sites before.
fn preview(root: &Path) -> Result<()> {
    let program = root.join("target/debug").join(format!("crossbrief{}", std::env::consts::EXE_SUFFIX));
    call(Command::new("node").arg(root.join("tests/browser/preview.mjs")).arg(program))
}

/// Types into the search of a small site.
fn search(root: &Path) -> Result<()> {
    let program = root.join("target/debug").join(format!("crossbrief{}", std::env::consts::EXE_SUFFIX));
    call(Command::new("node").arg(root.join("tests/browser/search.mjs")).arg(program))
}

/// Puts queries with known answers to the search of the sample and of ten thousand generated briefings.
fn quality(root: &Path, sample: &Path) -> Result<()> {
    let (source, generated) = (root.join("target/xtask/corpus"), root.join("target/xtask/generated"));
    if source.exists() {
        std::fs::remove_dir_all(&source)?;
    }
    corpus::write(10_000, &source)?;
    build_site(root, &source, &generated)?;
    call(Command::new("node").arg(root.join("tests/search/quality.mjs")).arg(sample).arg(generated).arg(source))
}

/// Points at links, copies citations and prints.
fn reading(root: &Path, site: &Path, base_url: &str) -> Result<()> {
    call(Command::new("node").arg(root.join("tests/browser/reading.mjs")).arg(site).arg(base_url))
}

/// Asks Lighthouse what it thinks of the site.
fn lighthouse(root: &Path, site: &Path, base_url: &str) -> Result<()> {
    let reports = root.join("target/xtask/lighthouse");
    call(Command::new("node").arg(root.join("tests/browser/lighthouse.mjs")).arg(site).arg(base_url).arg(reports))
}

fn browser(root: &Path, site: &Path, base_url: &str, as_written: &Path) -> Result<()> {
    call(Command::new("node").arg(root.join("tests/browser/check.mjs")).arg(site).arg(base_url).arg(as_written))
}
