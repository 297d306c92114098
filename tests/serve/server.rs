//! A preview that runs, and a client that sends exactly what it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long anything may take on a machine that is busy with other tests.
pub const LONG: Duration = Duration::from_secs(120);

/// Writes a site told as `//- path` lines, each with the text of a file below it.
pub fn write(folder: &Path, site: &str) {
    for file in site.split("//- ").skip(1) {
        let (path, text) = file.split_once('\n').expect("a line with a path");
        put(folder, path.trim(), text);
    }
}

/// Writes one file.
pub fn put(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
    std::fs::write(path, text).expect("a new file");
}

/// A preview in a process of its own; it ends with the value.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub at: SocketAddr,
    /// The whole address that it printed.
    pub address: String,
    /// The site's folder; gone with the value, unless it belongs to somebody else.
    pub folder: PathBuf,
    _owned: Option<tempfile::TempDir>,
    said: Arc<Mutex<String>>,
}

impl Server {
    /// Previews a tiny site.
    pub fn of(site: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        write(folder.path(), site);
        let mut server = Self::at(folder.path(), arguments);
        server._owned = Some(folder);
        server
    }

    /// Previews the site in a folder.
    pub fn at(folder: &Path, arguments: &[&str]) -> Self {
        Self::start(Command::new(env!("CARGO_BIN_EXE_crossbrief")).arg("serve").arg(folder).args(arguments), folder)
    }

    /// Runs a command that ends in `crossbrief serve`; a free port is added.
    pub fn start(command: &mut Command, folder: &Path) -> Self {
        let port = ["--port", "0"];
        let mut child = command
            .args(port)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let said = Arc::new(Mutex::new(String::new()));
        let stderr = child.stderr.take().expect("a pipe");
        let heard = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                heard.lock().expect("no panic").push_str(&format!("{line}\n"));
            }
        });
        let address = wait("an address", || {
            let said = said.lock().expect("no panic");
            Some(said.lines().find_map(|line| line.trim().strip_prefix("http://"))?.to_string())
        });
        let host = address.split('/').next().expect("a host");
        Self {
            at: host.parse().expect("an address in numbers"),
            address: format!("http://{address}"),
            child,
            folder: folder.to_path_buf(),
            _owned: None,
            said,
        }
    }

    /// Writes a file of the site.
    pub fn put(&self, path: &str, text: &str) {
        put(&self.folder, path, text);
    }

    /// All that it printed so far.
    pub fn said(&self) -> String {
        self.said.lock().expect("no panic").clone()
    }

    /// How many builds it told of.
    pub fn builds(&self) -> usize {
        self.said().lines().filter(|line| line.contains(" in ") && line.ends_with('s') && line.contains("file")).count()
    }

    /// Waits until the first build is whole: its pages are served before.
    pub fn wait_until_built(&self) {
        wait("the first build", || (self.builds() > 0).then_some(()));
    }

    /// The process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// A new connection.
    pub fn connect(&self) -> TcpStream {
        let socket = TcpStream::connect(self.at).expect("a connection");
        socket.set_read_timeout(Some(LONG)).expect("a time limit");
        socket
    }

    /// Sends bytes as they are and reads the answer to its end.
    pub fn raw(&self, request: &[u8]) -> Answer {
        let mut socket = self.connect();
        // It may close before all is written.
        let _ = socket.write_all(request);
        let _ = socket.shutdown(std::net::Shutdown::Write);
        let mut bytes = Vec::new();
        let _ = socket.read_to_end(&mut bytes);
        Answer::read(&bytes)
    }

    /// Asks with these lines in the head, besides the host.
    pub fn ask(&self, method: &str, path: &str, headers: &[&str]) -> Answer {
        let more: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        self.raw(format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{more}\r\n", self.at).as_bytes())
    }

    /// Asks for an address.
    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    /// Waits until an address answers with a text.
    pub fn wait_for(&self, path: &str, text: &str) -> Answer {
        wait(&format!("{text:?} at {path}; it said:\n{}", self.said()), || {
            Some(self.get(path)).filter(|answer| answer.text().contains(text))
        })
    }

    /// Waits until an address no longer answers with a text.
    pub fn wait_until_gone(&self, path: &str, text: &str) -> Answer {
        wait(&format!("no {text:?} at {path}; it said:\n{}", self.said()), || {
            Some(self.get(path)).filter(|answer| !answer.text().contains(text))
        })
    }

    /// Asks it to end; returns its exit code.
    pub fn interrupt(&mut self) -> Option<i32> {
        let kill = Command::new("kill").arg("-INT").arg(self.child.id().to_string()).status();
        assert!(kill.expect("kill").success());
        self.child.wait().expect("an end").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Tries until something is there.
pub fn wait<T>(what: &str, mut of: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(value) = of() {
            return value;
        }
        assert!(started.elapsed() < LONG, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// 0 when nothing came that looks like an answer.
    pub status: u16,
    head: String,
    /// The bytes of the body.
    pub body: Vec<u8>,
}

impl Answer {
    fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Self { status, head, body: bytes.get(end + 4..).unwrap_or_default().to_vec() }
    }

    /// The value of a header; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next().unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A tab’s reload channel.
pub struct Channel {
    socket: TcpStream,
    kept: Vec<u8>,
}

impl Channel {
    /// Opens one for a page that was loaded from a generation.
    pub fn open(server: &Server, page: &str, since: u64) -> Self {
        let mut socket = server.connect();
        let request = format!(
            "GET /_crossbrief/channel?page={page}&since={since} HTTP/1.1\r\nHost: {at}\r\nOrigin: http://{at}\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            at = server.at
        );
        socket.write_all(request.as_bytes()).expect("a request");
        let mut channel = Self { socket, kept: Vec::new() };
        let end = loop {
            if let Some(end) = channel.kept.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            assert!(channel.more(), "the channel was closed at once");
        };
        let head = String::from_utf8_lossy(&channel.kept[..end]).into_owned();
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        channel.kept.drain(..end);
        channel
    }

    fn more(&mut self) -> bool {
        let mut buffer = [0; 1 << 14];
        match self.socket.read(&mut buffer) {
            Ok(0) | Err(_) => false,
            Ok(count) => {
                self.kept.extend_from_slice(&buffer[..count]);
                true
            }
        }
    }

    /// The next message; none when the channel is closed or nothing comes for long.
    pub fn next(&mut self) -> Option<serde_json::Value> {
        loop {
            if let Some((kind, text, length)) = frame(&self.kept) {
                self.kept.drain(..length);
                match kind {
                    1 => return serde_json::from_slice(&text).ok(),
                    8 => return None,
                    _ => continue,
                }
            }
            if !self.more() {
                return None;
            }
        }
    }
}

/// The first whole frame (RFC 6455): its kind, what it says, its length.
fn frame(bytes: &[u8]) -> Option<(u8, Vec<u8>, usize)> {
    let kind = bytes.first()? & 0x0f;
    let (length, start) = match *bytes.get(1)? {
        126 => (usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)), 4),
        127 => (usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?, 10),
        short => (usize::from(short), 2),
    };
    Some((kind, bytes.get(start..start + length)?.to_vec(), start + length))
}
