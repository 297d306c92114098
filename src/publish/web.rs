//! Speaking to a host’s own interface over HTTP: requests that are tried again, answers in JSON, and no word of a secret.

use std::fmt;
use std::time::{Duration, Instant};

use reqwest::header::{HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, StatusCode};
use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;

use crate::base::text::one_line;
use crate::publish::secrets::Secrets;
use crate::publish::store::StoreError;

/// Longest that one request may take, and longest without a byte.
const DEADLINE: Duration = Duration::from_secs(180);
const SILENCE: Duration = Duration::from_secs(30);

/// Longest that one request is tried again.
const PATIENCE: Duration = Duration::from_secs(60);

/// Longest answer that is read.
const LONGEST: usize = 256 << 20;

/// A host’s interface.
pub struct Web {
    client: Client,
    runtime: Runtime,
    base: String,
    /// What to look at when the host refuses us.
    credentials: &'static str,
}

impl fmt::Debug for Web {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Web").field("base", &self.base).finish_non_exhaustive()
    }
}

/// A request.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// What it is for, for messages: `read the list of files`.
    pub doing: &'a str,
    /// Its method.
    pub method: Method,
    /// Its path below the address of the interface, or a whole address.
    pub path: String,
    /// Its headers, besides that which says who we are.
    pub headers: Vec<(&'static str, String)>,
    /// What says who we are; nothing for what everybody may read.
    pub token: Option<&'a Secret>,
    /// Its body, with the media type.
    pub body: Option<(&'static str, Vec<u8>)>,
}

/// A secret, which is never shown.
#[derive(Clone)]
pub struct Secret(HeaderValue);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Secret {
    /// A token that says who we are; none when it holds what no token does.
    pub fn bearer(token: &str) -> Option<Self> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", token.trim())).ok()?;
        value.set_sensitive(true);
        Some(Self(value))
    }

    /// The token of this name.
    pub fn of(name: &'static str, secrets: Secrets) -> Result<Self, StoreError> {
        let help = format!("the host knows you by {name}: {}", secrets.place_of(name));
        let value =
            secrets.get(name)?.ok_or_else(|| StoreError::new("no credentials were found").help(help.as_str()))?;
        Self::bearer(&value).ok_or_else(|| StoreError::new(format!("{name} holds no token")).help(help.as_str()))
    }
}

/// What a host says.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// What it holds.
    pub fn json<T: DeserializeOwned>(&self, doing: &str) -> Result<T, StoreError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| StoreError::new(format!("cannot {doing}: the answer is not as it should be ({error})")))
    }
}

impl<'a> Ask<'a> {
    /// A request without a body.
    pub fn get(doing: &'a str, path: impl Into<String>) -> Self {
        let (headers, token, body) = (Vec::new(), None, None);
        Self { doing, method: Method::GET, path: path.into(), headers, token, body }
    }

    /// The same with another method.
    #[must_use]
    pub fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// The same in the name of whom the token stands for.
    #[must_use]
    pub fn by(self, token: &'a Secret) -> Self {
        Self { token: Some(token), ..self }
    }

    /// The same with JSON, as a POST.
    #[must_use]
    pub fn json(self, value: &serde_json::Value) -> Self {
        self.body("application/json", value.to_string().into_bytes())
    }

    /// The same with a body, as a POST.
    #[must_use]
    pub fn body(self, content_type: &'static str, bytes: Vec<u8>) -> Self {
        Self { method: Method::POST, body: Some((content_type, bytes)), ..self }
    }
}

impl Web {
    /// Makes ready to speak to the interface at `base`.
    pub fn new(base: &str, credentials: &'static str) -> Result<Self, StoreError> {
        let wrong = |error: &dyn fmt::Display| StoreError::new(format!("cannot start: {error}"));
        let started = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let client = Client::builder()
            .user_agent(concat!("crossbrief/", env!("CARGO_PKG_VERSION")))
            .timeout(DEADLINE)
            .read_timeout(SILENCE)
            .connect_timeout(SILENCE)
            // An interface that sends us elsewhere is another one; a token must not go there.
            .redirect(reqwest::redirect::Policy::none())
            .build();
        Ok(Self {
            client: client.map_err(|error| wrong(&error))?,
            runtime: started.map_err(|error| wrong(&error))?,
            base: base.trim_end_matches('/').to_string(),
            credentials,
        })
    }

    /// Asks, and again where that can help: when the line breaks, the host fails, or wants us to be slower.
    pub fn ask(&self, ask: &Ask) -> Result<Answer, StoreError> {
        self.heard(ask, self.asked(ask)?)
    }

    /// The same, where an answer that says no is one too.
    pub fn asked(&self, ask: &Ask) -> Result<Answer, StoreError> {
        let started = Instant::now();
        for turn in 0.. {
            let (asked, wanted) = self.once(ask);
            let is_passing = match &asked {
                Ok(answer) => answer.status == StatusCode::TOO_MANY_REQUESTS || answer.status.is_server_error(),
                Err(error) => !error.is_builder(),
            };
            let wait = wanted.unwrap_or_else(|| pause(turn));
            if is_passing && started.elapsed() + wait < PATIENCE {
                std::thread::sleep(wait);
                continue;
            }
            return match asked {
                Ok(answer) => Ok(answer),
                Err(error) => Err(StoreError::new(format!("cannot {}: {}", ask.doing, cause(&error)))),
            };
        }
        Err(StoreError::new(format!("cannot {}", ask.doing)))
    }

    /// Asks once; says also how long the host wants us to wait.
    fn once(&self, ask: &Ask) -> (Result<Answer, reqwest::Error>, Option<Duration>) {
        let is_whole = ask.path.contains("://");
        let address = if is_whole { ask.path.clone() } else { format!("{}{}", self.base, ask.path) };
        let mut request = self.client.request(ask.method.clone(), address);
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        if let Some(Secret(value)) = ask.token {
            request = request.header("authorization", value.clone());
        }
        if let Some((content_type, bytes)) = &ask.body {
            request = request.header("content-type", *content_type).body(bytes.clone());
        }
        let mut wanted = None;
        let asked = self.runtime.block_on(async {
            let mut response = request.send().await?;
            let status = response.status();
            let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
            wanted = after.map(Duration::from_secs);
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await? {
                body.extend_from_slice(&chunk);
                if body.len() > LONGEST {
                    break;
                }
            }
            Ok(Answer { status, body })
        });
        (asked, wanted)
    }

    /// An answer, or what it says of why there is none. That there is no such thing is an answer.
    pub fn heard(&self, ask: &Ask, answer: Answer) -> Result<Answer, StoreError> {
        let is_asked = ask.method == Method::GET || ask.method == Method::DELETE;
        if answer.status.is_success() || (answer.status == StatusCode::NOT_FOUND && is_asked) {
            return Ok(answer);
        }
        let words = match answer.status.as_u16() {
            401 | 403 => "the host does not let us",
            404 => "there is no such thing there",
            413 => "it is too large for the host",
            429 => "the host wants us to be slower",
            300..=399 => "the host sends us elsewhere",
            _ => "the host fails",
        };
        let said =
            said(&answer.body).map_or_else(|| answer.status.as_u16().to_string(), |said| without_secret(&said, ask));
        let told = StoreError::new(format!("cannot {}: {words} ({said})", ask.doing));
        Err(match answer.status.as_u16() {
            401 | 403 => told.help(format!("the host knows you by {}", self.credentials)),
            404 => told.help("look at the names that the target has for it"),
            _ => told,
        })
    }
}

/// How long to wait before the next turn: longer each time, and never the same for two.
fn pause(turn: u32) -> Duration {
    let mut chance = [0];
    let _ = getrandom::fill(&mut chance);
    let most = 500 * 2_u64.pow(turn.min(5));
    Duration::from_millis(most / 2 + most * u64::from(chance[0]) / 512)
}

/// Why a request came to nothing, without its address.
fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "the host does not answer in time".to_string();
    }
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    if std::ptr::addr_eq(deepest, error) { "the line broke".to_string() } else { excerpt(&deepest.to_string()) }
}

/// What an answer in JSON says of what is wrong: in the words of Netlify or of Cloudflare.
fn said(body: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    let first = &value["errors"][0];
    let message = [&value["message"], &first["message"], &value["error"]].into_iter().find_map(|one| one.as_str())?;
    let code = [&first["code"], &value["code"]].into_iter().find_map(serde_json::Value::as_i64);
    Some(code.map_or_else(|| excerpt(message), |code| format!("{}, {code}", excerpt(message))))
}

fn excerpt(text: &str) -> String {
    one_line(text).chars().take(160).collect()
}

/// Words of a host’s that may hold what we told it.
fn without_secret(words: &str, ask: &Ask) -> String {
    let token = ask.token.and_then(|Secret(value)| value.to_str().ok()?.strip_prefix("Bearer ").map(str::to_string));
    token.map_or_else(|| words.to_string(), |token| words.replace(&token, "…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_understood_and_secrets_kept() {
        assert_eq!(said(br#"{"code":404,"message":"Not\nFound"}"#).as_deref(), Some("Not Found, 404"));
        let of_cloudflare = br#"{"success":false,"errors":[{"code":8000007,"message":"Project not found"}]}"#;
        assert_eq!(said(of_cloudflare).as_deref(), Some("Project not found, 8000007"));
        assert_eq!(said(b"<html>"), None);
        let token = Secret::bearer("zq-secret").unwrap();
        assert_eq!(format!("{token:?}"), "…");
        let ask = Ask::get("look", "/").by(&token);
        assert!(!format!("{ask:?}").contains("zq-secret"));
        assert_eq!(without_secret("bad token zq-secret", &ask), "bad token …");
        assert!(Secret::bearer("a\nb").is_none());
    }
}
