//! The sockets: accepts connections, limits them, and hands their requests to [`answer`](crate::serve::answer).
//!
//! `axum::serve` sets no timer, so that its limits on slow clients would do nothing; connections are therefore served
//! by hyper itself, with one.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

use crate::serve::answer::{Server, answer};
use crate::serve::connections::{Connections, Seat};

/// How long a client may take for the head of a request; also how long it may stay without asking.
const HEAD: Duration = Duration::from_secs(10);
/// Longest head of a request in bytes.
const LONGEST_HEAD: usize = 16 << 10;
/// Most lines of a head.
const MOST_HEADERS: usize = 64;
/// Most connections, where the system lets us.
const MOST_CONNECTIONS: u64 = 4_096;
/// What a process needs to hold open besides.
const OTHER_FILES: u64 = 128;
/// Ports that are tried after a taken one.
const PORTS_TRIED: u16 = 20;

/// Listens at an address. When the port is taken, and `or_next` says so, at one of the next.
pub async fn listen(host: IpAddr, port: u16, or_next: bool) -> io::Result<TcpListener> {
    let tried = if or_next { PORTS_TRIED } else { 0 };
    let mut at = port;
    loop {
        match TcpListener::bind(SocketAddr::new(host, at)).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && at < port.saturating_add(tried) => at += 1,
            other => return other,
        }
    }
}

/// Answers requests for ever.
pub async fn run(listener: TcpListener, server: Arc<Server>) {
    let connections = Connections::new(most_connections());
    let router: Router = Router::new().fallback(answer).with_state(server);
    loop {
        match listener.accept().await {
            Ok((socket, _)) => {
                // Without a seat the socket is closed at once.
                if let Some(seat) = connections.enter() {
                    serve(socket, router.clone(), seat);
                }
            }
            // No descriptor is left, or the client went away: a moment later there may be one.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

fn serve(socket: TcpStream, router: Router, seat: Seat) {
    // Answers are small, and somebody waits for them.
    let _ = socket.set_nodelay(true);
    let seat = Arc::new(seat);
    let service = TowerToHyperService::new(router.layer(Extension(Arc::clone(&seat))));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(LONGEST_HEAD)
        .max_headers(MOST_HEADERS)
        // Whoever says no more may still listen.
        .half_close(true)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    let task = tokio::spawn(async move {
        // What a client does wrong is its own affair.
        let _ = connection.await;
    });
    seat.served_by(task.abort_handle());
}

/// As many connections as the system lets this process have.
fn most_connections() -> usize {
    let files = files_allowed().unwrap_or(256);
    usize::try_from(files.saturating_sub(OTHER_FILES).clamp(32, MOST_CONNECTIONS)).unwrap_or(32)
}

/// Raises the number of files that may be open to what the system allows at most, and returns it.
#[cfg(unix)]
fn files_allowed() -> Option<u64> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = MOST_CONNECTIONS + OTHER_FILES;
    let raised = limit.maximum.map_or(wanted, |most| most.min(wanted));
    if limit.current.is_some_and(|now| now < raised) {
        limit.current = Some(raised);
        let _ = setrlimit(Resource::Nofile, limit);
    }
    getrlimit(Resource::Nofile).current.or(Some(wanted))
}

#[cfg(not(unix))]
fn files_allowed() -> Option<u64> {
    Some(MOST_CONNECTIONS + OTHER_FILES)
}
