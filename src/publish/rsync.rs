//! A folder behind SSH, by the machine’s own `rsync` and `ssh`.
//!
//! The order of a publication is kept by one run for each of its steps: which files a run sends, fetches or deletes is
//! told by a list on its standard input, never by what happens to lie in a folder. The host needs `rsync` and nothing
//! else, so that a key may be held to it (`rrsync`).

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::base::paths::OutputPath;
use crate::base::text::one_line;
use crate::build::staging::Staging;
use crate::publish::parcel::Parcel;
use crate::publish::piecemeal::Progress;
use crate::publish::store::{Store, StoreError, left_empty};

/// Turns of one run, and how long before the second.
const TURNS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(500);

/// Where files lie until they are whole: on the disk of the site, so that they can be moved into their places.
const PART: &str = ".crossbrief/part";

/// A folder behind SSH.
#[derive(Debug)]
pub struct Rsync {
    /// `user@host`.
    host: String,
    port: Option<String>,
    /// The folder on it.
    path: String,
    key: Option<String>,
    /// Where one connection for all runs is held.
    work: Staging,
}

/// How a run ended.
struct Ran {
    code: Option<i32>,
    said: String,
    told: String,
}

impl Rsync {
    /// Makes ready to speak to a host; nothing is sent yet.
    pub fn new(host: &str, path: &str) -> Result<Self, StoreError> {
        let (host, port) = match host.rsplit_once(':') {
            Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => {
                (host, Some(port.to_string()))
            }
            _ => (host, None),
        };
        let key = std::env::var("CROSSBRIEF_SSH_KEY").ok().filter(|key| !key.is_empty());
        if key.as_ref().is_some_and(|key| key.contains('\'')) {
            return Err(StoreError::new("the path in CROSSBRIEF_SSH_KEY holds a `'`").help("move the key elsewhere"));
        }
        let work = Staging::new().map_err(|error| no_disk(&error))?;
        Ok(Self { host: host.to_string(), port, path: format!("{}/", path.trim_end_matches('/')), key, work })
    }

    /// The arguments of ssh, without the host.
    fn ssh(&self) -> Vec<String> {
        let socket = format!("ControlPath={}", self.work.path().join("ssh").display());
        // Nobody is there to answer, and a host that is not known is another one.
        let fixed = ["BatchMode=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=30", "ServerAliveInterval=15"];
        let shared = ["ControlMaster=auto", "ControlPersist=60", &socket];
        let mut arguments: Vec<String> = fixed.iter().chain(&shared).map(|option| format!("-o{option}")).collect();
        arguments.extend(self.port.iter().map(|port| format!("-p{port}")));
        arguments.extend(self.key.iter().flat_map(|key| ["-i".to_string(), key.clone()]));
        arguments
    }

    fn remote(&self) -> String {
        format!("{}:{}", self.host, self.path)
    }

    /// Runs rsync, and again when the line breaks. `names` go to its standard input.
    fn run(&self, arguments: &[&str], names: &[&str], from: &str, to: &str) -> Result<Ran, StoreError> {
        let mut shell = "ssh".to_string();
        for argument in self.ssh() {
            shell.push_str(&format!(" '{argument}'"));
        }
        let list = names.join("\0");
        for turn in 1.. {
            let mut command = Command::new("rsync");
            // What a name holds is no matter of a shell.
            command.args(["--protect-args", "--timeout=60", "--8-bit-output", "--no-human-readable"]).args(arguments);
            if !names.is_empty() {
                command.args(["--from0", "--files-from=-"]);
            }
            command.arg("--").arg(from).arg(to);
            command.env("RSYNC_RSH", &shell).env("LC_ALL", "C");
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().map_err(|error| no_rsync(&error))?;
            let stdin = child.stdin.take();
            let done = std::thread::scope(|scope| {
                if let Some(mut stdin) = stdin {
                    let list = &list;
                    // Read and written at once, or both may wait for each other.
                    scope.spawn(move || stdin.write_all(list.as_bytes()));
                }
                child.wait_with_output()
            });
            let done = done.map_err(|error| no_rsync(&error))?;
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let ran = Ran { code: done.status.code(), said: text(&done.stdout), told: text(&done.stderr) };
            // The line, a protocol that was cut, a time-out; ssh itself is not tried again where it was refused.
            let is_refused = ["Permission denied", "verification failed", "Could not resolve"];
            let is_passing = matches!(ran.code, Some(10 | 12 | 20 | 30 | 35 | 255) | None)
                && !is_missing(&ran)
                && !is_refused.iter().any(|word| ran.told.contains(word));
            if !is_passing || turn == TURNS {
                return Ok(ran);
            }
            std::thread::sleep(PAUSE * 2_u32.pow(turn - 1));
        }
        Err(StoreError::new("rsync did not run"))
    }

    fn fault(&self, doing: &str, ran: &Ran) -> StoreError {
        let lines = ran.told.lines().map(str::trim).filter(|line| !line.is_empty());
        // The last line tells where in its sources rsync stopped.
        let told: Vec<&str> = lines.filter(|line| !line.contains("rsync error:")).take(3).collect();
        let told: String = one_line(&told.join("; ")).chars().take(240).collect();
        let code = ran.code.map_or_else(|| "a signal".to_string(), |code| code.to_string());
        let error = StoreError::new(format!("cannot {doing}: rsync ended with {code}: {told}"));
        match ran.code {
            Some(12 | 255) => error.help(format!(
                "`ssh {} true` must work without a question: the host’s key known, yours accepted",
                self.host
            )),
            Some(127) => error.help("the host must have rsync"),
            Some(1 | 2 | 4) => error.help("rsync must be 3.2.3 or newer, here and there"),
            _ => error,
        }
    }

    /// All that lies there, folders with a slash behind them, with lengths.
    fn entries(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let ran =
            self.run(&["--recursive", "--list-only"], &[], &self.remote(), &self.work.path().display().to_string())?;
        if is_missing(&ran) {
            // A folder that nobody has made yet.
            return Ok(Vec::new());
        }
        if ran.code != Some(0) {
            return Err(self.fault("list the files", &ran));
        }
        Ok(ran.said.lines().filter_map(entry).filter(|(path, _)| path != "./").collect())
    }

    /// Sends files out of a folder.
    fn send(&self, staging: &Staging, names: &[&str], arguments: &[&str]) -> Result<(), StoreError> {
        let from = format!("{}/", staging.path().display());
        // Asked to be sent is sent: what lies there may have the same length and time.
        let fixed = ["--ignore-times", "--omit-dir-times", "--mkpath"];
        let ran = self.run(&[&fixed, arguments].concat(), names, &from, &self.remote())?;
        if ran.code == Some(0) { Ok(()) } else { Err(self.fault("send files", &ran)) }
    }
}

impl Drop for Rsync {
    fn drop(&mut self) {
        // Ends the connection that the runs have shared.
        let told =
            Command::new("ssh").args(self.ssh()).args(["-O", "exit", "--", &self.host]).stdin(Stdio::null()).output();
        drop(told);
    }
}

/// A line of a list: kind and rights, length, day, time, name.
fn entry(line: &str) -> Option<(String, u64)> {
    let mut rest = line;
    let mut word = || {
        let (word, more) = rest.trim_start().split_once(' ')?;
        rest = more;
        Some(word)
    };
    let (kind, length, _, _) = (word()?, word()?, word()?, word()?);
    let slash = match kind.as_bytes().first()? {
        b'-' => "",
        b'd' => "/",
        _ => return None,
    };
    Some((format!("{}{slash}", unescaped(rest)), length.parse().ok()?))
}

/// A name as it is: rsync writes `\#012` for letters that would break a line.
fn unescaped(name: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = name.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let code = more.get(..4).filter(|code| *first == b'\\' && code[0] == b'#');
        match code.and_then(|code| u8::from_str_radix(std::str::from_utf8(&code[1..]).ok()?, 8).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &more[4..];
            }
            None => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_missing(ran: &Ran) -> bool {
    // What ends with 12 is a server that did not even get into the folder.
    matches!(ran.code, Some(3 | 12 | 23)) && ran.told.contains("No such file or directory (2)")
}

/// Whether what was to be removed is: 24 says that it, or a folder above it, is not here, which is as it should be.
fn is_away(ran: &Ran) -> bool {
    matches!(ran.code, Some(0 | 24))
}

fn no_rsync(error: &std::io::Error) -> StoreError {
    StoreError::new(format!("rsync cannot be run: {error}")).help("install rsync, and look that it is on the PATH")
}

fn no_disk(error: &std::io::Error) -> StoreError {
    StoreError::new(format!("cannot write for rsync: {error}"))
}

impl Store for Rsync {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let staging = Staging::new().map_err(|error| no_disk(&error))?;
        let to = format!("{}/", staging.path().display());
        let ran = self.run(&["--no-links", "--no-devices"], &[path], &self.remote(), &to)?;
        match ran.code {
            Some(0) => staging.take(path).map_err(|error| no_disk(&error)),
            _ if is_missing(&ran) => Ok(None),
            _ => Err(self.fault(&format!("read `{path}`"), &ran)),
        }
    }

    fn write(&self, path: &str, parcel: &Parcel) -> Result<(), StoreError> {
        self.note(path, parcel.bytes()?.into_owned())
    }

    fn note(&self, path: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let staging = Staging::new().map_err(|error| no_disk(&error))?;
        staging.put(path, &bytes).and_then(|()| staging.folder(PART)).map_err(|error| no_disk(&error))?;
        self.send(&staging, &[path, PART], &["--dirs"])
    }

    fn create(&self, _: &str, _: Vec<u8>) -> Result<Option<bool>, StoreError> {
        // It looks first and writes then: two may both find nothing.
        Ok(None)
    }

    fn remove(&self, path: &str) -> Result<(), StoreError> {
        self.remove_all(&[path])
    }

    fn list(&self) -> Result<Vec<(String, u64)>, StoreError> {
        Ok(self.entries()?.into_iter().filter(|(path, _)| !path.ends_with('/')).collect())
    }

    fn write_all(&self, files: &[(&OutputPath, &Parcel)], progress: &Progress) -> Result<(), StoreError> {
        let staging = Staging::new().map_err(|error| no_disk(&error))?;
        for (path, parcel) in files {
            staging.put(path.as_str(), &parcel.bytes()?).map_err(|error| no_disk(&error))?;
        }
        let names: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        self.send(&staging, &names, &[&format!("--temp-dir={PART}")])?;
        progress(files.iter().map(|(_, parcel)| parcel.length()).sum());
        Ok(())
    }

    fn remove_all(&self, paths: &[&str]) -> Result<(), StoreError> {
        if paths.is_empty() {
            return Ok(());
        }
        let staging = Staging::new().map_err(|error| no_disk(&error))?;
        let from = format!("{}/", staging.path().display());
        let away = |names: &[&str]| self.run(&["--dirs", "--delete-missing-args"], names, &from, &self.remote());
        let ran = away(paths)?;
        if !is_away(&ran) {
            return Err(self.fault("remove files", &ran));
        }
        // The deepest first, each in a run of its own.
        for folder in left_empty(paths, &self.entries()?) {
            let ran = away(&[folder.trim_end_matches('/')])?;
            if !is_away(&ran) {
                return Err(self.fault("remove an empty folder", &ran));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read() {
        let read = |line: &str| entry(line);
        assert_eq!(
            read("-rw-r--r--          1,5 2025/06/02 10:00:00 a"),
            None,
            "a length that is written for people is not believed"
        );
        assert_eq!(
            read("-rw-r--r--             17 2025/06/02 10:00:00 a b/index.html"),
            Some(("a b/index.html".to_string(), 17))
        );
        assert_eq!(read("drwxr-xr-x          4,096 2025/06/02 10:00:00 a"), None);
        assert_eq!(read("drwxr-xr-x           4096 2025/06/02 10:00:00 a"), Some(("a/".to_string(), 4096)));
        assert_eq!(read("lrwxrwxrwx              9 2025/06/02 10:00:00 a -> b"), None);
        assert_eq!(unescaped("a\\#012b\\#x"), "a\nb\\#x");
    }
}
