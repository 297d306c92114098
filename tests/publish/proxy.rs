//! A line that fails as lines do: it stands between the program and a server of HTTP, and breaks what a fault says, at
//! requests that a seed chooses.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The line breaks within the request.
    CutAsked,
    /// The line breaks within the answer.
    CutAnswer,
    /// The server has done it, and its answer is lost.
    Lost,
    /// Nothing comes for a while, then the line breaks.
    Stall,
    /// The server wants us to be slower.
    Slower,
    /// The server fails.
    Fails,
    /// From some request on we are nobody any more.
    Expires,
}

pub const FAULTS: [(Fault, &str); 7] = [
    (Fault::CutAsked, "cut in the request"),
    (Fault::CutAnswer, "cut in the answer"),
    (Fault::Lost, "answer lost"),
    (Fault::Stall, "stall, then cut"),
    (Fault::Slower, "429, Retry-After"),
    (Fault::Fails, "500"),
    (Fault::Expires, "401 from then on"),
];

#[derive(Debug)]
struct Script {
    fault: Option<Fault>,
    state: u64,
    /// Requests that came since the fault was set.
    seen: usize,
    /// Requests, or connections, that were broken.
    broken: usize,
    /// Connections that were ever cut.
    cuts: usize,
    /// Method and path of the requests that were answered, in the order of the answers.
    answered: Vec<String>,
}

impl Script {
    /// A number that only the seed decides.
    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    /// What becomes of the next request.
    fn decide(&mut self) -> Option<(Fault, u64)> {
        let fault = self.fault?;
        self.seen += 1;
        let chance = self.next();
        let breaks = match fault {
            Fault::Expires => self.seen > 6,
            // Not for ever: whoever tries again gets through.
            // Some hosts are asked a dozen things only.
            _ => (chance.is_multiple_of(4) && self.broken < 3) || (self.seen == 5 && self.broken == 0),
        };
        self.broken += usize::from(breaks);
        breaks.then_some((fault, chance / 4))
    }

    /// What becomes of the next connection of a wire, and after how many bytes: the first cut comes while it is said who one
    /// is, later ones in the midst of the files.
    fn cut(&mut self) -> (Option<Fault>, u64) {
        let room = [2_000, 4_000, 5_000][self.cuts.min(2)];
        (self.fault.filter(|_| self.broken < 3), room + self.next() % (room / 2))
    }
}

/// A line that can be broken.
pub struct Proxy {
    pub port: u16,
    script: Arc<Mutex<Script>>,
}

impl Proxy {
    /// A line of HTTP to the server at this port.
    pub fn start(upstream: u16, seed: u64) -> Self {
        Self::listen(seed, move |stream, script| {
            std::thread::spawn(move || drop(pass(stream, upstream, &script)));
        })
    }

    /// A line of which nobody knows what is spoken on it, as that of SSH: all that can be done to it is to cut it.
    pub fn wire(upstream: u16, seed: u64) -> Self {
        Self::listen(seed, move |client, script| {
            let Ok(server) = TcpStream::connect(("127.0.0.1", upstream)) else { return };
            let (fault, room) = script.lock().unwrap().cut();
            let (asked, answered) = match fault {
                None => (u64::MAX, u64::MAX),
                Some(Fault::CutAnswer) => (u64::MAX, room),
                Some(_) => (room, u64::MAX),
            };
            let is_stalled = fault == Some(Fault::Stall);
            carry(&client, &server, asked, is_stalled, &script);
            carry(&server, &client, answered, is_stalled, &script);
        })
    }

    fn listen(seed: u64, take: impl Fn(TcpStream, Arc<Mutex<Script>>) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let script = Script { fault: None, state: seed, seen: 0, broken: 0, cuts: 0, answered: Vec::new() };
        let script = Arc::new(Mutex::new(script));
        let shared = script.clone();
        std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| take(stream, shared.clone())));
        Self { port, script }
    }

    /// From now on this goes wrong, or nothing.
    pub fn set(&self, fault: Option<Fault>) {
        let mut script = self.script.lock().unwrap();
        (script.fault, script.seen, script.broken) = (fault, 0, 0);
    }

    /// What was broken since: requests, or connections.
    pub fn broken(&self) -> usize {
        self.script.lock().unwrap().broken
    }

    /// Method and path of the requests that were answered since this was asked for last.
    pub fn answered(&self) -> Vec<String> {
        std::mem::take(&mut self.script.lock().unwrap().answered)
    }
}

/// Carries bytes one way, as many as there is room for; then both ways end.
fn carry(from: &TcpStream, to: &TcpStream, room: u64, is_stalled: bool, script: &Arc<Mutex<Script>>) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    let script = script.clone();
    std::thread::spawn(move || {
        let (mut buffer, mut left) = ([0; 1 << 14], room);
        while let Ok(read) = from.read(&mut buffer) {
            let some = read.min(usize::try_from(left).unwrap_or(usize::MAX));
            left -= some as u64;
            let is_cut = some < read;
            if is_cut {
                let mut script = script.lock().unwrap();
                (script.broken, script.cuts) = (script.broken + 1, script.cuts + 1);
            }
            if read == 0 || to.write_all(&buffer[..some]).is_err() || is_cut {
                break;
            }
        }
        if is_stalled && left == 0 {
            std::thread::sleep(Duration::from_secs(1));
        }
        let _ = from.shutdown(std::net::Shutdown::Both);
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
}

/// One request for each connection: its head with an end of the connection asked for, and its body.
fn request(stream: &mut TcpStream) -> std::io::Result<Option<Vec<u8>>> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 1 << 16]);
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        match stream.read(&mut buffer)? {
            0 => return Ok(None),
            read => bytes.extend(&buffer[..read]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let value = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_string())
    };
    let length: usize = value("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    assert!(value("transfer-encoding").is_none(), "the proxy knows no chunks: {head}");
    while bytes.len() < end + 4 + length {
        match stream.read(&mut buffer)? {
            0 => return Ok(None),
            read => bytes.extend(&buffer[..read]),
        }
    }
    let lines = head.lines().filter(|line| !line.to_lowercase().starts_with("connection:"));
    let mut asked = lines.fold(String::new(), |head, line| head + line + "\r\n").into_bytes();
    asked.extend(b"connection: close\r\n\r\n");
    asked.extend(&bytes[end + 4..]);
    Ok(Some(asked))
}

fn pass(mut stream: TcpStream, upstream: u16, script: &Mutex<Script>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let decided = script.lock().unwrap().decide();
    let (fault, chance) = decided.map_or((None, 0), |(fault, chance)| (Some(fault), chance));
    if fault == Some(Fault::CutAsked) {
        let mut some = vec![0; 1 + chance as usize % 600];
        let _ = stream.read(&mut some)?;
        return Ok(());
    }
    let Some(asked) = request(&mut stream)? else { return Ok(()) };
    let said = match fault {
        Some(Fault::Stall) => {
            std::thread::sleep(Duration::from_millis(500));
            return Ok(());
        }
        Some(Fault::Slower) => Some("429 Too Many Requests\r\nretry-after: 1"),
        Some(Fault::Fails) => Some("500 Internal Server Error"),
        Some(Fault::Expires) => Some("401 Unauthorized"),
        _ => None,
    };
    if let Some(said) = said {
        let answer = format!("HTTP/1.1 {said}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        return stream.write_all(answer.as_bytes());
    }
    let mut server = TcpStream::connect(("127.0.0.1", upstream))?;
    server.write_all(&asked)?;
    let mut answer = Vec::new();
    server.set_read_timeout(Some(Duration::from_secs(20)))?;
    read_answer(&mut server, &mut answer, asked.starts_with(b"HEAD "))?;
    let first = asked.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let words: Vec<String> = String::from_utf8_lossy(first).split(' ').take(2).map(str::to_string).collect();
    script.lock().unwrap().answered.push(words.join(" "));
    match fault {
        Some(Fault::Lost) => return Ok(()),
        Some(Fault::CutAnswer) => answer.truncate(chance as usize % answer.len().max(1)),
        _ => {}
    }
    stream.write_all(&answer)
}

/// Reads an answer to its end: some servers leave the line open although they were asked to end it.
fn read_answer(server: &mut TcpStream, answer: &mut Vec<u8>, is_head: bool) -> std::io::Result<()> {
    let mut buffer = [0; 1 << 16];
    loop {
        if let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
            let is_empty = is_head || [" 204", " 304"].iter().any(|code| head.lines().next().unwrap().contains(code));
            if is_empty || length.is_some_and(|length| answer.len() >= end + 4 + length) {
                return Ok(());
            }
        }
        match server.read(&mut buffer)? {
            0 => return Ok(()),
            read => answer.extend(&buffer[..read]),
        }
    }
}
