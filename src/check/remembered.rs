//! What is known of addresses elsewhere from the last runs, so that they are not asked again at once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::check::Finding;

/// The name under which it is kept.
pub const NAME: &str = "links.json";

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// How long an address that nobody names any more is remembered, in seconds.
const LONGEST: i64 = 30 * DAY;

/// What is known of addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// What is known of each.
    addresses: BTreeMap<String, Known>,
}

/// What is known of an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// When it was asked, in seconds since 1970.
    asked: i64,
    /// What was found.
    finding: Finding,
    /// Whether there is an archived copy, once that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    copy: Option<Copied>,
}

/// Whether there is an archived copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Copied {
    /// There is none.
    Nowhere,
    /// There is this one.
    At(Copy),
}

/// An archived copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// Its address.
    pub url: String,
    /// The day that it is of: `2013-09-19`.
    pub day: Option<String>,
}

impl Copy {
    /// Reads what the Wayback Machine’s “available” says; none when it says that there is none.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let value: serde_json::Value = serde_json::from_slice(text).ok()?;
        let closest = &value["archived_snapshots"]["closest"];
        let is_there = closest["available"].as_bool() == Some(true) && closest["status"].as_str() == Some("200");
        let url = closest["url"].as_str().filter(|_| is_there)?;
        let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?.to_string();
        // It is reached by either, and says the old one.
        let secure = url.strip_prefix("http://web.archive.org/").map(|rest| format!("https://web.archive.org/{rest}"));
        let day = closest["timestamp"].as_str().and_then(|stamp| Date::strptime("%Y%m%d", stamp.get(..8)?).ok());
        let day = day.map(|day| day.to_string());
        Some(Self { url: secure.unwrap_or(url), day })
    }
}

impl Remembered {
    /// Reads what was kept; nothing where it cannot be read.
    pub fn parse(text: &[u8]) -> Self {
        serde_json::from_slice(text).unwrap_or_default()
    }

    /// As it is kept.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Whether an address need not be asked again now: for a week when it was there, for a day when it was not, and for
    /// an hour when nobody knows.
    pub fn knows(&self, address: &Url, now: Timestamp) -> bool {
        let Some(known) = self.addresses.get(address.as_str()) else { return false };
        let age = now.as_second() - known.asked;
        let longest = match known.finding {
            Finding::Alive { .. } | Finding::Closed { .. } => 7 * DAY,
            Finding::Gone { .. } | Finding::NoHost => DAY,
            Finding::Unknown { .. } => HOUR,
        };
        (0..longest).contains(&age)
    }

    /// Forgets what was asked long ago.
    pub fn forget(&mut self, now: Timestamp) {
        self.addresses.retain(|_, known| now.as_second() - known.asked < LONGEST);
    }

    /// Notes what was found; a copy that is known stays so.
    pub fn note(&mut self, address: &Url, finding: Finding, now: Timestamp) {
        let before = self.addresses.remove(address.as_str());
        let copy = before.and_then(|known| known.copy).filter(|_| finding.is_dead());
        // That there was none is asked again with the address itself.
        let copy = copy.filter(|copy| matches!(copy, Copied::At(_)));
        self.addresses.insert(address.to_string(), Known { asked: now.as_second(), finding, copy });
    }

    /// Notes whether there is an archived copy.
    pub fn note_copy(&mut self, address: &Url, copied: Copied) {
        if let Some(known) = self.addresses.get_mut(address.as_str()) {
            known.copy = Some(copied);
        }
    }

    /// Takes back that there is no host of this name.
    pub fn doubt(&mut self, address: &Url) {
        if let Some(known) = self.addresses.get_mut(address.as_str()).filter(|known| known.finding == Finding::NoHost) {
            known.finding = Finding::Unknown { why: "its host is not known here".to_string() };
        }
    }

    /// What is known of an address.
    pub fn finding(&self, address: &Url) -> Option<&Finding> {
        self.addresses.get(address.as_str()).map(|known| &known.finding)
    }

    /// The archived copy of an address, as far as it was asked for.
    pub fn copy(&self, address: &Url) -> Option<&Copied> {
        self.addresses.get(address.as_str())?.copy.as_ref()
    }

    /// Whether a copy was asked for.
    pub fn has_looked(&self, address: &Url) -> bool {
        self.copy(address).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_goes_out_of_date() {
        let address = |path: &str| Url::parse("https://example.org/").unwrap().join(path).unwrap();
        let then = Timestamp::from_second(1_700_000_000).unwrap();
        let mut remembered = Remembered::default();
        remembered.note(&address("there"), Finding::Alive { moved: None }, then);
        remembered.note(&address("gone"), Finding::Gone { status: 404 }, then);
        remembered.note(&address("who-knows"), Finding::Unknown { why: "?".to_string() }, then);
        let mut remembered = Remembered::parse(&remembered.to_json());
        let known = |seconds: i64| {
            let now = Timestamp::from_second(then.as_second() + seconds).unwrap();
            ["there", "gone", "who-knows"].map(|path| remembered.knows(&address(path), now))
        };
        assert_eq!(known(0), [true; 3]);
        assert_eq!(known(2 * HOUR), [true, true, false]);
        assert_eq!(known(2 * DAY), [true, false, false]);
        assert_eq!((known(8 * DAY), known(-HOUR)), ([false; 3], [false; 3]));
        remembered.forget(Timestamp::from_second(then.as_second() + LONGEST).unwrap());
        assert_eq!((remembered, Remembered::parse(b"{half")), Default::default());
    }

    #[test]
    fn copies_are_read() {
        let text = br#"{"url": "example.org", "archived_snapshots": {"closest": {"status": "200", "available": true,
            "url": "http://web.archive.org/web/20130919044612/http://example.org/", "timestamp": "20130919044612"}}}"#;
        let copy = Copy::parse(text).unwrap();
        assert_eq!(copy.url, "https://web.archive.org/web/20130919044612/http://example.org/");
        assert_eq!(copy.day.unwrap(), "2013-09-19");
        let none: [&[u8]; 3] = [b"{}", b"<html>", br#"{"archived_snapshots": {}}"#];
        assert!(none.into_iter().all(|text| Copy::parse(text).is_none()));
        let scheme =
            br#"{"archived_snapshots": {"closest": {"status": "200", "available": true, "url": "javascript:x"}}}"#;
        assert!(Copy::parse(scheme).is_none());
    }
}
