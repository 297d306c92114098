//! Asking hosts whether something is at an address: one request at a time to a host, with a pause between two, and no
//! wait without an end.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;

use crate::base::text::one_line;

/// Who asks: hosts that mind can say so.
const USER_AGENT: &str =
    concat!("crossbrief/", env!("CARGO_PKG_VERSION"), " (+", env!("CARGO_PKG_REPOSITORY"), "; looks for dead links)");

/// Most redirects that are followed.
const REDIRECTS: usize = 10;

/// Most times that a host is asked again which wants us to be slower.
const TURNS: u32 = 3;

/// Requests in a row without an answer after which a host is left alone.
const SILENT: u32 = 3;

/// Longest answer of an archive that is read.
const LONGEST: usize = 1 << 20;

/// How we behave towards hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manners {
    /// Hosts that are asked side by side.
    pub side_by_side: usize,
    /// Pause between an answer of a host and the next request to it.
    pub pause: Duration,
    /// Longest that one request may take.
    pub deadline: Duration,
    /// Longest that we wait because a host wants us to.
    pub patience: Duration,
    /// Longest that all of it may take; what is not asked by then is left for the next time.
    pub within: Duration,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            side_by_side: 16,
            pause: Duration::from_millis(500),
            deadline: Duration::from_secs(20),
            patience: Duration::from_secs(30),
            within: Duration::from_secs(600),
        }
    }
}

/// What is known of an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// Something is there.
    Alive {
        /// Where it has moved for good.
        moved: Option<String>,
    },
    /// The host lets us not see whether something is there: it wants a login, or no programs.
    Closed {
        /// What it answers.
        status: u16,
    },
    /// The host says that nothing is there.
    Gone {
        /// What it answers.
        status: u16,
    },
    /// There is no such host.
    NoHost,
    /// It cannot be known now.
    Unknown {
        /// Why.
        why: String,
    },
}

impl Finding {
    /// Whether something is there.
    pub fn is_alive(&self) -> bool {
        matches!(self, Finding::Alive { .. })
    }

    /// Whether nothing is there.
    pub fn is_dead(&self) -> bool {
        matches!(self, Finding::Gone { .. } | Finding::NoHost)
    }

    fn unknown(why: impl Into<String>) -> Self {
        Finding::Unknown { why: why.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Alive { .. } => f.write_str("it is there"),
            Finding::Closed { status } => write!(f, "the host lets us not see it ({status})"),
            Finding::Gone { status } => write!(f, "the host answers {status}"),
            Finding::NoHost => f.write_str("there is no such host"),
            Finding::Unknown { why } => f.write_str(why),
        }
    }
}

/// Why there is no answer.
enum Silence {
    /// There was no time to ask.
    NoTime,
    /// This came of asking.
    Found(Finding),
}

/// A host, for whoever is the one to ask it.
#[derive(Debug)]
struct Host {
    /// When it may be asked again.
    free_at: Instant,
    /// Requests in a row that it did not answer.
    unanswered: u32,
    /// What is known of all of its addresses: it is silent, or is no host.
    given_up: Option<Finding>,
    /// Whether it answered.
    answered: bool,
}

/// Asks.
#[derive(Debug)]
pub struct Asker {
    runtime: Runtime,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    client: Client,
    manners: Manners,
    end: Instant,
    side_by_side: Semaphore,
    hosts: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Host>>>>,
}

impl Asker {
    /// One that asks until its time is over.
    pub fn new(manners: Manners) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .timeout(manners.deadline)
            .connect_timeout(manners.deadline)
            // Each host on the way is asked as politely as the first.
            .redirect(reqwest::redirect::Policy::none())
            .build();
        let inner = Inner {
            client: client.map_err(|error| format!("cannot start to ask: {error}"))?,
            manners,
            end: Instant::now() + manners.within,
            side_by_side: Semaphore::new(manners.side_by_side),
            hosts: Mutex::default(),
        };
        let runtime = runtime.map_err(|error| format!("cannot start to ask: {error}"))?;
        Ok(Self { runtime, inner: Arc::new(inner) })
    }

    /// Asks all of these, and tells of each as soon as it is known; not of those that there was no time for.
    pub fn ask_all(&self, addresses: Vec<Url>, told: &mut dyn FnMut(Url, Finding)) {
        let mut by_host: HashMap<String, Vec<Url>> = HashMap::new();
        for address in addresses {
            by_host.entry(host_of(&address)).or_default().push(address);
        }
        self.runtime.block_on(async {
            let (say, mut heard) = mpsc::unbounded_channel();
            for addresses in by_host.into_values() {
                let (inner, say) = (Arc::clone(&self.inner), say.clone());
                tokio::spawn(async move {
                    for address in addresses {
                        match inner.ask(&address).await {
                            Ok(finding) | Err(Silence::Found(finding)) => drop(say.send((address, finding))),
                            Err(Silence::NoTime) => return,
                        }
                    }
                });
            }
            drop(say);
            while let Some((address, finding)) = heard.recv().await {
                told(address, finding);
            }
        });
    }

    /// What an address holds; none when it cannot be read now.
    pub fn read(&self, address: &Url) -> Option<Vec<u8>> {
        self.runtime.block_on(async {
            let mut answer = self.inner.patiently(Method::GET, address).await.ok()?;
            let mut text = Vec::new();
            while let Some(part) = answer.chunk().await.ok()? {
                text.extend_from_slice(&part);
                if text.len() > LONGEST {
                    return None;
                }
            }
            answer.status().is_success().then_some(text)
        })
    }

    /// How many hosts were asked, and how many of them answered.
    pub fn hosts(&self) -> (usize, usize) {
        let hosts = self.inner.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        (hosts.len(), hosts.values().filter(|host| host.try_lock().is_ok_and(|host| host.answered)).count())
    }
}

impl Inner {
    /// Asks whether something is at an address, or where that leads to.
    async fn ask(&self, address: &Url) -> Result<Finding, Silence> {
        let mut at = address.clone();
        let (mut for_good, mut moved) = (true, None);
        for _ in 0..=REDIRECTS {
            let (status, headers) = self.answer(&at).await?;
            if !status.is_redirection() || status == StatusCode::NOT_MODIFIED {
                return Ok(finding(status, moved));
            }
            let next = headers.get(LOCATION).and_then(|value| at.join(&String::from_utf8_lossy(value.as_bytes())).ok());
            let Some(mut next) = next.filter(|next| matches!(next.scheme(), "http" | "https")) else {
                return Ok(Finding::unknown(format!("the host answers {} and leads nowhere", status.as_u16())));
            };
            if is_inner(&next) && !is_inner(address) {
                return Ok(Finding::unknown("it leads into the network of this machine"));
            }
            let _ = (next.set_username(""), next.set_password(None));
            for_good &= matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT);
            if for_good {
                moved = Some(next.to_string());
            }
            next.set_fragment(None);
            at = next;
        }
        Ok(Finding::unknown("it leads on and on"))
    }

    /// The head of what is at an address. Not every host answers `HEAD` as it answers browsers: a no is asked again.
    async fn answer(&self, address: &Url) -> Result<(StatusCode, HeaderMap), Silence> {
        let head = self.patiently(Method::HEAD, address).await;
        let is_yes = |status: StatusCode| status.is_success() || status.is_redirection();
        let answer = match head {
            Ok(answer) if is_yes(answer.status()) => answer,
            Ok(_) => self.patiently(Method::GET, address).await?,
            Err(silence) => return Err(silence),
        };
        Ok((answer.status(), answer.headers().clone()))
    }

    /// Asks once, and again as often as the host wants us to be slower and says for how long.
    async fn patiently(&self, method: Method, address: &Url) -> Result<Response, Silence> {
        for turn in 0..TURNS {
            let (answer, wait) = self.once(method.clone(), address, turn).await?;
            if wait.is_none() {
                return Ok(answer);
            }
        }
        Err(Silence::Found(Finding::unknown("the host wants us to be slower")))
    }

    /// Asks once, when it is our turn at the host; says also whether the host wants to be asked again later.
    async fn once(&self, method: Method, address: &Url, turn: u32) -> Result<(Response, Option<Duration>), Silence> {
        let host = self.host(address);
        let turn_at_host = tokio::time::timeout_at(self.end, async {
            let host = host.lock().await;
            if host.given_up.is_none() {
                tokio::time::sleep_until(host.free_at).await;
            }
            (host, self.side_by_side.acquire().await)
        });
        let (mut host, permit) = turn_at_host.await.map_err(|_| Silence::NoTime)?;
        if let Some(finding) = &host.given_up {
            return Err(Silence::Found(finding.clone()));
        }
        let asked = tokio::time::timeout_at(self.end, self.client.request(method, address.clone()).send()).await;
        drop(permit);
        host.free_at = Instant::now() + self.manners.pause;
        match asked.map_err(|_| Silence::NoTime)? {
            Ok(answer) => {
                (host.answered, host.unanswered) = (true, 0);
                let wait = self.wanted(&answer, turn);
                if let Some(wait) = wait {
                    if wait > self.manners.patience {
                        let why = format!("the host wants us to come back in {} seconds", wait.as_secs());
                        host.given_up = Some(Finding::unknown(why));
                    }
                    host.free_at = host.free_at.max(Instant::now() + wait.min(self.manners.patience));
                }
                Ok((answer, wait))
            }
            Err(error) => {
                let finding = silence(&error);
                host.unanswered += 1;
                if finding == Finding::NoHost || host.unanswered >= SILENT {
                    host.given_up = Some(finding.clone());
                }
                Err(Silence::Found(finding))
            }
        }
    }

    /// How long a host wants us to wait; none when it does not.
    fn wanted(&self, answer: &Response, turn: u32) -> Option<Duration> {
        let said = answer.headers().get(RETRY_AFTER).and_then(|value| retry_after(value.to_str().ok()?));
        match answer.status() {
            StatusCode::TOO_MANY_REQUESTS => Some(said.unwrap_or(Duration::from_secs(2 << turn))),
            StatusCode::SERVICE_UNAVAILABLE => said,
            _ => None,
        }
    }

    fn host(&self, address: &Url) -> Arc<tokio::sync::Mutex<Host>> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Host { free_at: Instant::now(), unanswered: 0, given_up: None, answered: false };
        Arc::clone(hosts.entry(host_of(address)).or_insert_with(|| Arc::new(tokio::sync::Mutex::new(new()))))
    }
}

/// The host of an address, with its port.
fn host_of(address: &Url) -> String {
    format!("{}:{}", address.host_str().unwrap_or_default(), address.port_or_known_default().unwrap_or_default())
}

/// What an answer means.
fn finding(status: StatusCode, moved: Option<String>) -> Finding {
    let number = status.as_u16();
    match number {
        200..=399 => Finding::Alive { moved },
        404 | 410 => Finding::Gone { status: number },
        // LinkedIn says 999 to all that is no browser.
        401..=403 | 407 | 451 | 999 => Finding::Closed { status: number },
        500..=599 => Finding::unknown(format!("the host fails ({number})")),
        _ => Finding::unknown(format!("the host answers {number}")),
    }
}

/// What a request means that had no answer.
fn silence(error: &reqwest::Error) -> Finding {
    if error.is_timeout() {
        return Finding::unknown("the host does not answer in time");
    }
    let mut deepest: &dyn std::error::Error = error;
    let mut is_of_names = false;
    while let Some(source) = deepest.source() {
        deepest = source;
        // What the resolver of the machine says has no type of its own.
        is_of_names |= error.is_connect() && deepest.to_string().starts_with("dns error");
    }
    let words = deepest.to_string();
    match is_of_names {
        true if words.contains("emporary failure") || words.contains("ry again") => {
            Finding::unknown("nobody could be asked for its host")
        }
        true => Finding::NoHost,
        false => Finding::unknown(format!("the line broke ({})", one_line(&words))),
    }
}

/// Reads `Retry-After`: seconds, or a moment.
fn retry_after(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    let seconds = moment.as_second() - Timestamp::now().as_second();
    Some(Duration::from_secs(seconds.max(0).unsigned_abs()))
}

/// Whether an address is one of this machine or of the network around it, as far as its words tell.
fn is_inner(address: &Url) -> bool {
    let host = address.host_str().unwrap_or_default().trim_matches(['[', ']']);
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified(),
        Ok(IpAddr::V6(ip)) => {
            let mapped =
                ip.to_ipv4_mapped().is_some_and(|ip| ip.is_loopback() || ip.is_private() || ip.is_link_local());
            ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local() || mapped
        }
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_say_when_to_come_back() {
        assert_eq!(retry_after("7"), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        let later = retry_after("Wed, 21 Oct 2099 07:28:00 GMT").unwrap();
        assert!(later > Duration::from_secs(3600));
        assert_eq!(retry_after("soon"), None);
    }

    #[test]
    fn addresses_of_this_network_are_known_by_their_words() {
        let is_inner = |address: &str| is_inner(&Url::parse(address).unwrap());
        for inner in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://localhost:80",
        ] {
            assert!(is_inner(inner), "{inner}");
        }
        assert!(is_inner("http://169.254.169.254/latest") && !is_inner("https://example.org/"));
    }
}
