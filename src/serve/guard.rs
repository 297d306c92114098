//! Who may ask: checked for every request before anything is looked up.
//!
//! Every page that a browser visits can send requests to this machine. So the host must be one of ours (a foreign name
//! that was made to lead here is refused: DNS rebinding), a request that another site's page makes must be a visit and
//! no more, and the reload channel wants its own origin. On a network there is a token besides: first in the address,
//! then in a cookie.

use std::net::IpAddr;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};

/// What is let in.
#[derive(Clone, Debug)]
pub struct Guard {
    /// Names under which the server may be asked for, lower case, besides those of this machine itself.
    pub names: Vec<String>,
    /// Whether any address in numbers will do: those cannot be rebound.
    pub any_number: bool,
    /// What a visitor must know.
    pub token: Option<String>,
    /// Name of the cookie that keeps the token: cookies do not tell ports apart, so it holds the port.
    pub cookie: String,
}

/// What becomes of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is answered.
    Pass,
    /// The token is right: it goes into a cookie, and the address is asked for again without it.
    Admit(String),
    /// It is refused, for this reason.
    Refuse(StatusCode, &'static str),
}

impl Guard {
    /// Judges a request by all but what it asks for.
    pub fn judge(&self, parts: &Parts) -> Verdict {
        use Verdict::Refuse;
        if parts.method != Method::GET && parts.method != Method::HEAD {
            return Refuse(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are answered");
        }
        let headers = &parts.headers;
        if headers.contains_key(header::TRANSFER_ENCODING)
            || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length != "0")
        {
            return Refuse(StatusCode::BAD_REQUEST, "a request here has no body");
        }
        let Some(host) = only(headers, &header::HOST) else {
            return Refuse(StatusCode::BAD_REQUEST, "a request names its host, once");
        };
        let is_other = |authority: &str| authority != host;
        if parts.uri.authority().is_some_and(|authority| is_other(authority.as_str())) {
            return Refuse(StatusCode::BAD_REQUEST, "the address and the host differ");
        }
        if !self.knows(host) {
            return Refuse(
                StatusCode::MISDIRECTED_REQUEST,
                "this preview is not found under that name; open the address that the terminal shows",
            );
        }
        if is_from_elsewhere(headers) {
            return Refuse(StatusCode::FORBIDDEN, "another site may link to this preview, and nothing more");
        }
        let Some(token) = &self.token else { return Verdict::Pass };
        if cookie(headers, &self.cookie).is_some_and(|given| is_same(given, token)) {
            return Verdict::Pass;
        }
        let query = parts.uri.query().unwrap_or_default();
        let given = query.split('&').find_map(|pair| pair.strip_prefix("token="));
        match given {
            Some(given) if is_same(given, token) => {
                let rest: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("token=")).collect();
                let mark = if rest.is_empty() { "" } else { "?" };
                // Never an address that begins with two slashes: that would be another host.
                let path = parts.uri.path().trim_start_matches('/');
                Verdict::Admit(format!("/{path}{mark}{}", rest.join("&")))
            }
            _ => Refuse(
                StatusCode::UNAUTHORIZED,
                "this preview is for those who have its address with the token; it is shown in the terminal",
            ),
        }
    }

    /// Whether a reload channel may be opened: by a page of this very server only.
    pub fn may_listen(&self, headers: &HeaderMap) -> bool {
        let (Some(host), Some(origin)) = (only(headers, &header::HOST), only(headers, &header::ORIGIN)) else {
            return false;
        };
        let origin = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        origin.is_some_and(|origin| origin.eq_ignore_ascii_case(host)) && self.knows(host)
    }

    fn knows(&self, host: &str) -> bool {
        let Some(name) = host_name(host) else { return false };
        let number = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        match number {
            Some(number) => number.is_loopback() || self.any_number,
            None => name == "localhost" || self.names.contains(&name),
        }
    }
}

/// The only value of a header; none when there are two.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// The name in a `Host`, lower case, without its port.
fn host_name(host: &str) -> Option<String> {
    let name = match host.strip_prefix('[') {
        Some(rest) => {
            let end = rest.find(']')?;
            let port = &rest[end + 1..];
            if !port.is_empty() && !is_port(port.strip_prefix(':')?) {
                return None;
            }
            &host[..end + 2]
        }
        None => match host.split_once(':') {
            Some((name, port)) if is_port(port) => name,
            Some(_) => return None,
            None => host,
        },
    };
    (!name.is_empty()).then(|| name.to_ascii_lowercase())
}

fn is_port(port: &str) -> bool {
    port.parse::<u16>().is_ok()
}

/// Whether the page of another site asks for something that is not a visit. Other ports of this machine are another
/// site here, though a browser calls them the same.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let value = |name: &'static str| headers.get(name).and_then(|value| value.to_str().ok());
    match value("sec-fetch-site") {
        None | Some("same-origin" | "none") => false,
        Some(_) => value("sec-fetch-mode") != Some("navigate") || value("sec-fetch-dest") != Some("document"),
    }
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Compares in a time that does not tell where they differ.
fn is_same(given: &str, wanted: &str) -> bool {
    given.len() == wanted.len()
        && given.bytes().zip(wanted.bytes()).fold(0, |differs, (one, other)| differs | (one ^ other)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn guard(token: Option<&str>) -> Guard {
        Guard {
            names: vec!["desk.example".to_string()],
            any_number: token.is_some(),
            token: token.map(str::to_string),
            cookie: "crossbrief_1".to_string(),
        }
    }

    fn judge(guard: &Guard, address: &str, headers: &[(&str, &str)]) -> Verdict {
        let mut request = Request::builder().uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        guard.judge(&request.body(()).unwrap().into_parts().0)
    }

    fn status(verdict: &Verdict) -> u16 {
        match verdict {
            Verdict::Refuse(status, _) => status.as_u16(),
            Verdict::Admit(_) => 303,
            Verdict::Pass => 200,
        }
    }

    #[test]
    fn only_hosts_of_this_machine_are_answered() {
        for (host, wanted) in [
            ("localhost", 200),
            ("LOCALHOST:4000", 200),
            ("127.0.0.1:4000", 200),
            ("127.8.8.8", 200),
            ("[::1]:4000", 200),
            ("[::1]", 200),
            ("desk.example:4000", 200),
            ("evil.example:4000", 421),
            ("localhost.evil.example", 421),
            ("localhost:4000@evil.example", 421),
            ("192.168.1.2:4000", 421),
            ("[::1", 421),
            ("[::1]x", 421),
            ("", 421),
            ("127.0.0.1.evil.example", 421),
            ("0x7f000001", 421),
        ] {
            assert_eq!(status(&judge(&guard(None), "/", &[("host", host)])), wanted, "{host}");
        }
        assert_eq!(status(&judge(&guard(None), "/", &[])), 400);
        assert_eq!(status(&judge(&guard(None), "/", &[("host", "localhost"), ("host", "localhost")])), 400);
        assert_eq!(status(&judge(&guard(None), "http://evil.example/", &[("host", "localhost")])), 400);
    }

    #[test]
    fn pages_of_other_sites_may_link_and_no_more() {
        for (site, mode, dest, wanted) in [
            ("same-origin", "cors", "empty", 200),
            ("none", "navigate", "document", 200),
            ("cross-site", "navigate", "document", 200),
            ("cross-site", "navigate", "iframe", 403),
            ("cross-site", "no-cors", "script", 403),
            ("same-site", "cors", "empty", 403),
            ("cross-site", "websocket", "websocket", 403),
        ] {
            let headers =
                [("host", "localhost"), ("sec-fetch-site", site), ("sec-fetch-mode", mode), ("sec-fetch-dest", dest)];
            assert_eq!(status(&judge(&guard(None), "/", &headers)), wanted, "{site} {mode} {dest}");
        }
    }

    #[test]
    fn a_channel_wants_its_own_origin() {
        for (host, origin, wanted) in [
            ("localhost:4000", Some("http://localhost:4000"), true),
            ("localhost:4000", Some("http://localhost:3000"), false),
            ("localhost:4000", Some("http://evil.example"), false),
            ("evil.example", Some("http://evil.example"), false),
            ("localhost:4000", Some("null"), false),
            ("localhost:4000", None, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(guard(None).may_listen(&headers), wanted, "{host} {origin:?}");
        }
    }

    #[test]
    fn a_token_is_given_once_and_then_kept_in_a_cookie() {
        let guard = guard(Some("secret"));
        let host = ("host", "192.168.1.2:4000");
        assert_eq!(status(&judge(&guard, "/", &[host])), 401);
        assert_eq!(status(&judge(&guard, "/?token=secre", &[host])), 401);
        assert_eq!(judge(&guard, "/a/?x=1&token=secret", &[host]), Verdict::Admit("/a/?x=1".to_string()));
        assert_eq!(
            judge(&guard, "//evil.example/?token=secret", &[host]),
            Verdict::Admit("/evil.example/".to_string())
        );
        assert_eq!(judge(&guard, "/", &[host, ("cookie", "a=b; crossbrief_1=secret")]), Verdict::Pass);
        assert_eq!(status(&judge(&guard, "/", &[host, ("cookie", "crossbrief_1=secretx")])), 401);
        assert_eq!(status(&judge(&guard, "/", &[host, ("cookie", "crossbrief_11=secret")])), 401);
    }
}
