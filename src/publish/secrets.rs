//! Where keys, passwords and tokens come from: the environment, or the keyring of whoever publishes.
//!
//! The keyring is asked through the program that the system has for it, `secret-tool` where there is a Secret Service
//! (GNOME Keyring, KWallet, KeePassXC) and `security` on macOS, as ssh and git are asked through theirs. Why no crate:
//! `keyring` 4.2 is well kept and needs no service to be built, but brings 43 packages (29 with `secret-service` alone)
//! and, as its stores are put together, a second asynchronous runtime, for one question in a publication. The program's
//! answer comes through a pipe: a secret is in no argument, no file and no message.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::base::text::one_line;
use crate::publish::store::StoreError;

/// The name under which secrets lie in a keyring.
const SERVICE: &str = "crossbrief";

/// Longest wait for a keyring: somebody may have to open it.
const PATIENCE: Duration = Duration::from_secs(120);

/// Longest secret that is read.
const LONGEST: u64 = 1 << 16;

/// Where to look for secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secrets {
    /// Whether the keyring is asked for what is not in the environment.
    pub keyring: bool,
}

impl Secrets {
    /// The secret of a name: that of a variable of the environment, which goes before the keyring.
    pub fn get(self, name: &str) -> Result<Option<String>, StoreError> {
        match std::env::var(name).ok().filter(|value| !value.trim().is_empty()) {
            Some(value) => Ok(Some(value)),
            None if self.keyring => asked(name),
            None => Ok(None),
        }
    }

    /// Where a secret of this name may be put, for messages.
    pub fn place_of(self, name: &str) -> String {
        match self.keyring {
            true => format!("set it in the environment, or put it into the keyring: {}", how_to_put(name)),
            false => "set it in the environment".to_string(),
        }
    }
}

/// How to put a secret into the keyring.
fn how_to_put(name: &str) -> String {
    if cfg!(target_os = "macos") {
        format!("`security add-generic-password -s {SERVICE} -a {name} -w`")
    } else {
        format!("`secret-tool store --label=Crossbrief service {SERVICE} username {name}`")
    }
}

/// Asks the keyring; none when it has no such secret.
fn asked(name: &str) -> Result<Option<String>, StoreError> {
    let mut command = if cfg!(target_os = "macos") {
        let mut command = Command::new("security");
        command.args(["find-generic-password", "-s", SERVICE, "-a", name, "-w"]);
        command
    } else {
        let mut command = Command::new("secret-tool");
        command.args(["lookup", "service", SERVICE, "username", name]);
        command
    };
    let help = format!("set {name} in the environment, or take `keyring` out of the target");
    let fault = |why: &str| StoreError::new(format!("cannot ask the keyring: {why}")).help(help.as_str());
    let program = command.get_program().to_string_lossy().into_owned();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => fault(&format!("there is no `{program}` here (Debian: libsecret-tools)")),
        _ => fault(&error.to_string()),
    })?;
    let (Some(said), Some(told)) = (child.stdout.take(), child.stderr.take()) else { return Err(fault("no pipe")) };
    let (send, heard) = mpsc::channel();
    let read = move || {
        let (mut secret, mut words) = (String::new(), String::new());
        let read = said.take(LONGEST).read_to_string(&mut secret);
        let _ = told.take(LONGEST).read_to_string(&mut words);
        let _ = send.send(read.map(|_| (secret, words)));
    };
    std::thread::Builder::new().spawn(read).map_err(|error| fault(&error.to_string()))?;
    let heard = heard.recv_timeout(PATIENCE);
    if heard.is_err() {
        let _ = child.kill();
    }
    let status = child.wait().map_err(|error| fault(&error.to_string()))?;
    let (secret, words) = match heard {
        Ok(Ok(heard)) => heard,
        Ok(Err(_)) => return Err(fault("what it holds is no text")),
        Err(_) => return Err(fault("it does not answer")),
    };
    let secret = secret.strip_suffix('\n').unwrap_or(&secret);
    let is_missing = secret.is_empty() && (words.trim().is_empty() || status.code() == Some(44));
    match status.success() && !secret.is_empty() {
        true => Ok(Some(secret.to_string())),
        false if is_missing => Ok(None),
        // What it says when it fails holds no secret: it has found none.
        false => Err(fault(&one_line(&words).chars().filter(|c| !c.is_control()).take(160).collect::<String>())),
    }
}
