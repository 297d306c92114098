//! From a request to its answer. Reads the newest state and nothing else.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{State as Shared, WebSocketUpgrade};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use serde_json::json;
use tokio::sync::watch;

use crate::base::content_types::is_compressible;
use crate::base::paths::percent_decode;
use crate::base::security_headers::SECURITY_HEADERS;
use crate::serve::browser;
use crate::serve::channel::{self, Tab};
use crate::serve::connections::Seat;
use crate::serve::editor::Editor;
use crate::serve::guard::{Guard, Verdict, cookie};
use crate::serve::hosted::Hosted;
use crate::serve::preview::{Event, Seen, Sight, State, View};
use crate::serve::problems::Desk;
use crate::serve::ranges::{self, Asked};
use crate::serve::tree::{Addresses, Entry, Found, Redirect, Reply};
use crate::serve::{address, desk, inject};

/// Where what belongs to the preview itself is found.
pub const OWN: &str = "/_crossbrief/";
/// How long a request waits for a site that is not built yet.
const LONGEST_BUILD: Duration = Duration::from_secs(600);
/// What is said then.
const NOT_BUILT: &str = "the site could not be built";
/// Shortest body that is worth compressing: a network packet.
const SHORTEST_COMPRESSED: usize = 1_400;

/// All that answers are made of.
#[derive(Debug)]
pub struct Server {
    /// Who may ask.
    pub guard: Guard,
    /// How addresses are matched with files.
    pub addresses: Addresses,
    /// Whether bodies are compressed for those who ask: not worth it within one machine.
    pub compress: bool,
    /// What is served.
    pub site: Served,
}

/// What is served.
#[derive(Debug)]
pub enum Served {
    /// A site that is being written.
    Preview(Arc<Shown>),
    /// A folder that was built, as a host will serve it.
    Built(Hosted),
}

/// A site that is being written, as it is shown.
#[derive(Debug)]
pub struct Shown {
    /// The newest state.
    pub states: watch::Receiver<Arc<State>>,
    /// Wakes the builder.
    pub events: mpsc::Sender<Event>,
    /// What the desk sees.
    pub sight: Sight,
    /// The site’s folder.
    pub root: PathBuf,
    /// Opens source files.
    pub editor: Editor,
    /// Whether only this machine looks: then messages and titles of withheld files are shown.
    pub local: bool,
    /// Whether tabs go to the page that was saved.
    pub follow: bool,
    /// How addresses are matched with files.
    pub addresses: Addresses,
    /// Name of the cookie that keeps the view.
    pub view_cookie: String,
    /// Tells this run of the server from others.
    pub run: String,
}

impl Shown {
    /// Where source files lie, for those who may know.
    pub fn desk(&self) -> Option<Desk<'_>> {
        self.local.then_some(Desk { root: &self.root, editor: &self.editor })
    }

    /// Says that somebody looks with these eyes.
    pub fn wants(&self, view: View) {
        if view != View::Desk {
            let _ = self.events.send(Event::Wanted(view));
        }
    }

    /// With whose eyes a visitor looks.
    fn view(&self, headers: &HeaderMap) -> View {
        let word = cookie(headers, &self.view_cookie);
        self.sight.views().into_iter().find(|view| Some(view.word()) == word).unwrap_or(View::Desk)
    }
}

/// Answers a request.
pub async fn answer(
    Shared(server): Shared<Arc<Server>>,
    Extension(seat): Extension<Arc<Seat>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    parts: Parts,
) -> Response<Body> {
    seat.asks();
    match server.guard.judge(&parts) {
        Verdict::Pass => {}
        Verdict::Refuse(status, why) => return refusal(status, why),
        Verdict::Admit(address) => return admitted(&server.guard, &address),
    }
    let Some(address) = address::decode(parts.uri.path()) else {
        return missing(&server, &parts).await;
    };
    match &server.site {
        Served::Built(hosted) => hosted_answer(&server, hosted, &address, &parts),
        Served::Preview(shown) if address == format!("{OWN}channel") => {
            if !server.guard.may_listen(&parts.headers) {
                return refusal(StatusCode::FORBIDDEN, "only the pages of this preview may listen to it");
            }
            match upgrade {
                Ok(upgrade) => listen(shown, &seat, upgrade, &parts),
                Err(_) => refusal(StatusCode::UPGRADE_REQUIRED, "here is a WebSocket"),
            }
        }
        Served::Preview(shown) => preview(&server, shown, &address, &parts).await,
    }
}

/// The page of missing pages, for addresses that cannot even be read.
async fn missing(server: &Server, parts: &Parts) -> Response<Body> {
    match &server.site {
        Served::Built(hosted) => hosted_answer(server, hosted, "/\u{0}", parts),
        Served::Preview(shown) => preview(server, shown, "/\u{0}", parts).await,
    }
}

fn listen(shown: &Arc<Shown>, seat: &Arc<Seat>, upgrade: WebSocketUpgrade, parts: &Parts) -> Response<Body> {
    if !seat.becomes_channel() {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "too many tabs listen already");
    }
    let address = asked_page(parts);
    let since = query(parts, "since").and_then(|since| since.parse().ok()).unwrap_or_default();
    let tab = Tab { address, view: shown.view(&parts.headers), since };
    let (shown, seat) = (Arc::clone(shown), Arc::clone(seat));
    // Tabs say nothing but that they are there.
    upgrade
        .max_message_size(1 << 10)
        .max_frame_size(1 << 10)
        .on_upgrade(move |socket| channel::run(socket, shown, tab, seat))
}

/// The decoded address of the page that a request is about; nothing for one that cannot be.
fn asked_page(parts: &Parts) -> String {
    query(parts, "page").and_then(|page| address::decode(&page)).unwrap_or_default()
}

/// A value of the query, decoded once.
fn query(parts: &Parts, name: &str) -> Option<String> {
    let pairs = parts.uri.query()?.split('&');
    percent_decode(pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?.1)
}

async fn preview(server: &Server, shown: &Arc<Shown>, address: &str, parts: &Parts) -> Response<Body> {
    if let Some((content_type, text)) = address.strip_prefix(OWN).and_then(browser::file) {
        let entry = Entry::of(content_type, Bytes::from_static(text.as_bytes()));
        return file(server, &entry, StatusCode::OK, entry.bytes.clone(), parts, preview_headers);
    }
    let view = shown.view(&parts.headers);
    shown.wants(view);
    if address == format!("{OWN}desk.json") {
        let mut states = shown.states.clone();
        let Ok(Some(made)) = tokio::time::timeout(LONGEST_BUILD, channel::view(&mut states, view)).await else {
            return refusal(StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT);
        };
        let page = asked_page(parts);
        let told = match shown.desk() {
            Some(desk) => desk::json(&made, &page, view, &shown.sight.views(), desk),
            None => json!({}),
        };
        let entry = Entry::of("application/json", Bytes::from(told.to_string()));
        return file(server, &entry, StatusCode::OK, entry.bytes.clone(), parts, preview_headers);
    }
    let Ok(Some((reply, generation))) = tokio::time::timeout(LONGEST_BUILD, newest(shown, address, view)).await else {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT);
    };
    let (entry, status) = match reply {
        Reply::Moved(redirect) => return moved(&redirect, parts, preview_headers),
        Reply::File(entry) => (entry, StatusCode::OK),
        Reply::Missing(page) => {
            (page.unwrap_or_else(|| Entry::of("text/html; charset=utf-8", NOTHING.into())), StatusCode::NOT_FOUND)
        }
    };
    let body = if entry.is_page() {
        let facts = [
            ("page", entry.etag.trim_matches('"')),
            ("view", view.word()),
            ("cookie", &shown.view_cookie),
            ("run", &shown.run),
            ("generation", &generation.to_string()),
        ];
        let element = browser::element(&facts);
        inject::inject(&entry.bytes, &element)
    } else {
        entry.bytes.clone()
    };
    file(server, &entry, status, body, parts, preview_headers)
}

/// Answers at an address out of the newest site there is, whether it is made or being made; with the generation of which
/// the answer knows all.
async fn newest(shown: &Shown, address: &str, view: View) -> Option<(Reply, u64)> {
    let mut states = shown.states.clone();
    loop {
        let state = states.wait_for(|state| state.of(view).is_some()).await.ok()?.clone();
        match state.of(view)? {
            Seen::Made(made) => return Some((made.tree.reply(address, shown.addresses), state.generation)),
            Seen::Coming(coming) => match coming.reply(address, shown.addresses).await {
                Some(reply) => return Some((reply, coming.since)),
                // It will never be made: what is shown instead is told next.
                None => drop(states.wait_for(|other| !other.is_making(&coming)).await.ok()?),
            },
        }
    }
}

/// What is shown where not even a page of missing pages can be made.
const NOTHING: &str = "<!doctype html><html lang=en><head><meta charset=utf-8><title>Not found</title></head>\
    <body><p>There is no page here.</p></body></html>";

fn hosted_answer(server: &Server, hosted: &Hosted, address: &str, parts: &Parts) -> Response<Body> {
    let (found, status) = hosted.find(address, server.addresses);
    let (entry, status) = match found {
        Found::Moved(redirect) => return moved(&redirect, parts, |headers| hosted.headers(address, headers)),
        Found::File(_, entry) => (entry.clone(), status),
        Found::Nothing => match hosted.tree().missing_page() {
            Some(entry) => (entry.clone(), StatusCode::NOT_FOUND),
            None => return refusal(StatusCode::NOT_FOUND, "there is no such file, and no 404.html"),
        },
    };
    file(server, &entry, status, entry.bytes.clone(), parts, |headers| hosted.headers(address, headers))
}

/// Answers with a file: whole, in part, or not at all when it is known already.
fn file(
    server: &Server,
    entry: &Entry,
    status: StatusCode,
    body: Bytes,
    parts: &Parts,
    more: impl FnOnce(&mut HeaderMap),
) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(entry.content_type));
    headers.insert(header::ETAG, value(&entry.etag));
    more(headers);
    let may_compress = server.compress && is_compressible(entry.content_type) && body.len() >= SHORTEST_COMPRESSED;
    if may_compress {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    let asked = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let is_known = |list: &str| {
        list.split(',').map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| tag == entry.etag || tag == "*")
    };
    if status == StatusCode::OK && asked(header::IF_NONE_MATCH).is_some_and(is_known) {
        response.headers_mut().remove(header::CONTENT_TYPE);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    let is_as_kept = body.len() == entry.bytes.len();
    // Parts are defined for GET alone (RFC 9110, section 14.2).
    if status == StatusCode::OK && is_as_kept && parts.method == Method::GET {
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        let range = asked(header::RANGE).filter(|_| asked(header::IF_RANGE).is_none_or(|tag| tag == entry.etag));
        match ranges::asked(range, body.len()) {
            Asked::Whole => {}
            Asked::Beyond => {
                headers.insert(header::CONTENT_RANGE, value(&format!("bytes */{}", body.len())));
                *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
                return response;
            }
            Asked::Part(part) => {
                let range = format!("bytes {}-{}/{}", part.start, part.end.saturating_sub(1), body.len());
                headers.insert(header::CONTENT_RANGE, value(&range));
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                *response.body_mut() = Body::from(body.slice(part));
                return response;
            }
        }
    }
    let mut body = body;
    if may_compress && asked(header::ACCEPT_ENCODING).is_some_and(accepts_gzip) {
        body = gzip(&body);
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        // Other bytes are another version; a weak tag says that they mean the same.
        headers.insert(header::ETAG, value(&format!("W/{}", entry.etag)));
        headers.remove(header::ACCEPT_RANGES);
    }
    *response.status_mut() = status;
    *response.body_mut() = Body::from(body);
    response
}

fn accepts_gzip(list: &str) -> bool {
    let weight = |wanted: &str| {
        list.split(',').find_map(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
            let is_it = name.trim().eq_ignore_ascii_case(wanted);
            is_it.then(|| weight.trim().trim_start_matches(['q', 'Q', '=']).parse::<f32>().unwrap_or(0.0))
        })
    };
    weight("gzip").or_else(|| weight("x-gzip")).or_else(|| weight("*")).is_some_and(|weight| weight > 0.0)
}

fn gzip(bytes: &[u8]) -> Bytes {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    // Writing into memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().map_or_else(|_| Bytes::copy_from_slice(bytes), Bytes::from)
}

/// The headers of everything that a preview sends.
fn preview_headers(headers: &mut HeaderMap) {
    for (name, text) in SECURITY_HEADERS {
        headers.insert(name, HeaderValue::from_static(text));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
}

fn moved(redirect: &Redirect, parts: &Parts, more: impl FnOnce(&mut HeaderMap)) -> Response<Body> {
    let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut response = Response::new(Body::empty());
    more(response.headers_mut());
    response.headers_mut().insert(header::LOCATION, value(&format!("{}{query}", redirect.to)));
    *response.status_mut() = StatusCode::from_u16(redirect.status).unwrap_or(StatusCode::MOVED_PERMANENTLY);
    response
}

/// Lets a visitor in who knows the token.
fn admitted(guard: &Guard, address: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    preview_headers(response.headers_mut());
    let token = guard.token.as_deref().unwrap_or_default();
    // Lax: the first visit often comes from a link in a message, and is then a visit from another site.
    let cookie = format!("{}={token}; HttpOnly; SameSite=Lax; Path=/", guard.cookie);
    response.headers_mut().insert(header::SET_COOKIE, value(&cookie));
    response.headers_mut().insert(header::LOCATION, value(address));
    *response.status_mut() = StatusCode::SEE_OTHER;
    response
}

/// Answers with a sentence.
fn refusal(status: StatusCode, why: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{why}\n")));
    preview_headers(response.headers_mut());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    // What was refused is not read to its end.
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    *response.status_mut() = status;
    response
}

/// A header value of text that was made here; characters that cannot stand in one end it.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
