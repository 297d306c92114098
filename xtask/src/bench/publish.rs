//! `cargo xtask bench publish`: what a publication costs, from the first one to a rollback, on a store of S3 that is started
//! here: seconds, requests, and the most memory that it held.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Scratch, crossbrief, measured, table};
use crate::test::{call, root};
use crate::{Result, corpus, setup};

/// What the command was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    size: usize,
    binary: Option<PathBuf>,
    show: bool,
}

impl Options {
    /// Reads them from the command line.
    pub fn read(words: &[&str]) -> Result<Self> {
        let mut options = Self { size: 10_000, binary: None, show: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("`{word}` needs a value"));
            match *word {
                "--size" => options.size = value()?.parse::<usize>()?.max(20),
                "--binary" => options.binary = Some(PathBuf::from(value()?)),
                "--show" => options.show = true,
                other => return Err(format!("there is no option `{other}`").into()),
            }
        }
        Ok(options)
    }
}

/// The store, which ends with its value.
struct Moto {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Moto {
    fn start(folder: &Path) -> Result<Self> {
        let program = setup::python().with_file_name("moto_server");
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = folder.join("moto.log");
        let file = fs::File::create(&log)?;
        let mut command = Command::new(&program);
        command.args(["--port", &port.to_string()]).stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = command.spawn().map_err(|error| format!("{}: {error}; `cargo xtask setup`", program.display()))?;
        let moto = Self { child, port, log };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if started.elapsed() > Duration::from_secs(60) {
                return Err("moto does not answer".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let bucket = format!("http://127.0.0.1:{port}/desk");
        call(Command::new("curl").args(["--silent", "--fail", "--output", "/dev/null", "--request", "PUT", &bucket]))?;
        Ok(moto)
    }

    /// How many requests it has had.
    fn requests(&self) -> Result<usize> {
        Ok(fs::read_to_string(&self.log)?.matches(" HTTP/1.1\"").count())
    }
}

/// A site under git, and what is done to it.
struct Desk {
    root: PathBuf,
}

impl Desk {
    fn new(size: usize, port: u16) -> Result<Self> {
        let root = root().join(format!("target/xtask/bench/publish-{size}"));
        if root.exists() {
            fs::remove_dir_all(&root)?;
        }
        corpus::write(size, &root)?;
        let settings = fs::read_to_string(root.join("site.yaml"))?;
        let target = format!("live: {{type: s3, bucket: desk, endpoint: 'http://127.0.0.1:{port}'}}");
        fs::write(root.join("site.yaml"), format!("{settings}targets:\n  {target}\n"))?;
        fs::write(root.join(".gitignore"), ".crossbrief\n")?;
        let desk = Self { root };
        desk.git(&["init", "--quiet"])?;
        desk.commit()?;
        Ok(desk)
    }

    fn git(&self, words: &[&str]) -> Result<()> {
        let who = ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0"];
        call(Command::new("git").args(who).args(words).current_dir(&self.root))
    }

    fn commit(&self) -> Result<()> {
        self.git(&["add", "--all"])?;
        self.git(&["commit", "--quiet", "--message", "bench"])
    }

    /// Changes the text of the newest briefings: of the last but `back`.
    fn change(&self, back: usize, change: impl Fn(String) -> String) -> Result<()> {
        let folder = self.root.join("content/briefings");
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
        files.sort();
        let file = files.iter().rev().nth(back).ok_or("there are too few briefings")?;
        fs::write(file, change(fs::read_to_string(file)?))?;
        self.commit()
    }
}

/// Measures, and prints a table.
pub fn run(options: &Options) -> Result<()> {
    let program = options.binary.clone().map_or_else(crossbrief, Ok)?;
    let scratch = Scratch::new()?;
    let moto = Moto::start(&scratch.0)?;
    let desk = Desk::new(options.size, moto.port)?;
    let mut rows = Vec::new();
    let mut step = |what: &str, words: &[&str]| -> Result<()> {
        let before = moto.requests()?;
        let mut command = Command::new(&program);
        command.args(words).current_dir(&desk.root);
        command.envs([("AWS_ACCESS_KEY_ID", "desk"), ("AWS_SECRET_ACCESS_KEY", "none")]);
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        let (cost, said) = measured(&mut command)?;
        if options.show {
            println!("$ crossbrief {}\n{said}", words.join(" "));
        }
        let compared = said.split_once("compared in ").and_then(|(_, rest)| rest.split_once(" s"));
        rows.push(vec![
            what.to_string(),
            format!("{:.1}", cost.wall.as_secs_f64()),
            format!("{:.1}", cost.user.as_secs_f64()),
            compared.map_or_else(String::new, |(seconds, _)| seconds.to_string()),
            (moto.requests()? - before).to_string(),
            (cost.peak >> 20).to_string(),
        ]);
        Ok(())
    };
    let built = scratch.0.join("public").display().to_string();
    step("a build alone", &["build", "--fresh", "--output", &built])?;
    fs::remove_dir_all(&built)?;
    step("first publication", &["publish", "--yes"])?;
    step("no change", &["publish", "--yes"])?;
    desk.change(3, |text| format!("{text}\nOne more sentence of today.\n"))?;
    step("one edit", &["publish", "--yes"])?;
    desk.change(0, |text| text.replacen("---\n", "---\ndraft: true\n", 1))?;
    step("a withdrawal", &["publish", "--yes"])?;
    step("a rollback", &["publish", "--rollback", "1", "--yes"])?;
    println!("{} briefings, moto:\n", options.size);
    print!("{}", table(&["", "seconds", "user", "comparing", "requests", "peak MiB"], &rows));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let read = Options::read(&["--size", "500", "--show"]).expect("sound options");
        assert_eq!(read, Options { size: 500, binary: None, show: true });
        assert!(Options::read(&["--size"]).is_err() && Options::read(&["--runs", "3"]).is_err());
    }
}
