//! Paths as types: where a text comes from, where a page is found, what is written.
//!
//! A bare `String` path is a bug waiting for a slash. Each type is checked once, when it is made.

use std::fmt;
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

/// A file of the site's folder, relative to it, with `/` between its parts: `content/briefings/a.md`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(from = "String", into = "String")]
pub struct SourcePath(Arc<str>);

impl From<String> for SourcePath {
    fn from(path: String) -> Self {
        Self::new(&path)
    }
}

impl From<SourcePath> for String {
    fn from(path: SourcePath) -> Self {
        path.0.as_ref().to_string()
    }
}

impl SourcePath {
    /// Returns the path; backslashes become slashes.
    pub fn new(path: &str) -> Self {
        Self(path.replace('\\', "/").trim_start_matches("./").into())
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part: `a.md`.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The last part without its extension: `a`.
    pub fn stem(&self) -> &str {
        let name = self.file_name();
        name.rsplit_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem })
    }

    /// The extension in lower case, or nothing: `md`.
    pub fn extension(&self) -> String {
        self.file_name().rsplit_once('.').map(|(_, ext)| ext.to_ascii_lowercase()).unwrap_or_default()
    }

    /// The folder, without a slash at its end; empty for a file at the top.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Resolves `link` (as written in this file, `/` and `%20` decoded by the caller) against this file's folder.
    ///
    /// `..` is followed within the site's folder; `None` when it would lead out of it. A backslash parts folders as a
    /// slash does: Windows reads it so.
    pub fn join(&self, link: &str) -> Option<SourcePath> {
        let mut parts: Vec<&str> = self.folder().split('/').filter(|part| !part.is_empty()).collect();
        for part in link.split(['/', '\\']) {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        Some(Self(parts.join("/").into()))
    }
}

impl fmt::Display for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

/// An address within an edition of the site, without the path of `base_url` and that of the edition:
/// `/people/xi-jinping/`. One that is the same for all editions counts from the top of the site ([`UrlPath::outside`]).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct UrlPath(Arc<str>);

impl UrlPath {
    /// Returns the address; a slash is put in front where it is missing.
    pub fn new(path: &str) -> Self {
        Self(format!("/{}", path.trim_start_matches('/')).into())
    }

    /// The address as text, decoded.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address below this one: `/people/` and `xi-jinping/` give `/people/xi-jinping/`.
    pub fn join(&self, rest: &str) -> Self {
        let joined = Self::new(&format!("{}/{}", self.0.trim_end_matches('/'), rest.trim_start_matches('/')));
        if self.is_outside() { joined.outside() } else { joined }
    }

    /// The same address, counted from the top of the site, whatever edition names it.
    pub fn outside(&self) -> Self {
        if self.is_outside() { self.clone() } else { Self(format!("/{}", self.0).into()) }
    }

    /// Whether the address counts from the top of the site: it then begins with two slashes, as no other does.
    pub fn is_outside(&self) -> bool {
        self.0.starts_with("//")
    }

    /// The address as text, decoded, whatever it counts from.
    pub fn path(&self) -> &str {
        if self.is_outside() { &self.0[1..] } else { &self.0 }
    }

    /// The address as it is read from the home page of its edition, encoded: `people/xi-jinping/`, or `../flags/ua.svg`.
    pub fn seen_from_home(&self) -> String {
        let path = percent_encode(self.0.trim_start_matches('/'));
        if self.is_outside() { format!("../{path}") } else { path }
    }

    /// The address as it stands in an `href`: everything but unreserved characters and `/` percent-encoded (RFC 3986).
    pub fn encoded(&self) -> String {
        percent_encode(self.path())
    }

    /// The file that answers at this address: `index.html` within, for an address that ends in a slash.
    pub fn output(&self) -> Result<OutputPath, BadPath> {
        let path = self.0.trim_start_matches('/');
        if path.is_empty() || path.ends_with('/') {
            OutputPath::new(&format!("{path}index.html"))
        } else {
            OutputPath::new(path)
        }
    }
}

impl fmt::Display for UrlPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for UrlPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

/// Percent-encodes a path for use in an address; `/` stays (RFC 3986, sections 2.3 and 3.3).
pub fn percent_encode(path: &str) -> String {
    const PLAIN: [bool; 256] = {
        let mut plain = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            plain[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        let others = b"-._~/!$'()*,;=:@";
        let mut at = 0;
        while at < others.len() {
            plain[others[at] as usize] = true;
            at += 1;
        }
        plain
    };
    let is_plain = |byte: &u8| PLAIN[usize::from(*byte)];
    // Nearly every address is all plain, and each page has hundreds.
    if path.as_bytes().iter().all(is_plain) {
        return path.to_string();
    }
    let mut encoded = String::with_capacity(path.len() * 2);
    for byte in path.bytes() {
        if is_plain(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Undoes percent-encoding once; `None` when what comes out is not UTF-8. A stray `%` stays as it is.
pub fn percent_decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_string());
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match hex {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).ok()
}

/// A file of the published site, relative to its root: `people/xi-jinping/index.html`.
///
/// Holds only names that every usual file system and static host can store.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OutputPath(Arc<str>);

impl TryFrom<String> for OutputPath {
    type Error = BadPath;

    fn try_from(path: String) -> Result<Self, BadPath> {
        Self::new(&path)
    }
}

impl From<OutputPath> for String {
    fn from(path: OutputPath) -> Self {
        path.as_str().to_string()
    }
}

impl fmt::Display for BadPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.why)
    }
}

/// Why something cannot be an [`OutputPath`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPath {
    /// The path that was asked for.
    pub path: String,
    /// What is wrong with it, as the end of a sentence.
    pub why: &'static str,
}

impl OutputPath {
    /// Checks `path` and returns it.
    pub fn new(path: &str) -> Result<Self, BadPath> {
        match path_fault(path) {
            Some(why) => Err(BadPath { path: path.to_string(), why }),
            None => Ok(Self(path.into())),
        }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The extension in lower case, or nothing.
    pub fn extension(&self) -> String {
        let name = self.0.rsplit('/').next().unwrap_or(&self.0);
        name.rsplit_once('.').map(|(_, ext)| ext.to_ascii_lowercase()).unwrap_or_default()
    }

    /// The path as file systems that ignore case and Unicode form see it; two outputs must differ in it.
    pub fn collision_key(&self) -> String {
        use unicode_normalization::UnicodeNormalization;
        if self.0.is_ascii() {
            self.0.to_ascii_lowercase()
        } else {
            // By way of capitals: `ß` becomes `ss`, as it does for macOS.
            self.0.nfc().collect::<String>().to_uppercase().to_lowercase().nfc().collect()
        }
    }
}

/// Longest part of a path in bytes (the limit of ext4, APFS and NTFS).
const LONGEST_PART: usize = 255;
/// Longest path in bytes (S3 keys end at 1,024).
const LONGEST_PATH: usize = 1_024;

/// Says what makes `path` unfit to be written on every system, if anything.
fn path_fault(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("it is empty");
    }
    if path.len() > LONGEST_PATH {
        return Some("it is longer than 1,024 bytes");
    }
    path.split('/').find_map(part_fault)
}

/// Says what makes one part of a path unfit, if anything.
pub fn part_fault(part: &str) -> Option<&'static str> {
    if part.is_empty() {
        return Some("a part of it is empty");
    }
    if part == "." || part == ".." {
        return Some("`.` and `..` lead elsewhere");
    }
    if part.len() > LONGEST_PART {
        return Some("a part of it is longer than 255 bytes");
    }
    if part.ends_with(['.', ' ']) || part.starts_with(' ') {
        return Some("a part of it begins or ends with a space, or ends with a full stop");
    }
    // Nearly every part is all plain.
    let is_plain = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    let is_unfit = |c: char| c.is_control() || "\\:*?\"<>|".contains(c) || crate::base::text::is_invisible_control(c);
    if !is_plain && part.chars().any(is_unfit) {
        return Some("a part of it has a character that some systems cannot store");
    }
    let stem = part.split('.').next().unwrap_or(part).as_bytes();
    let is_one_of = |stem: &[u8], names: &[&str]| names.iter().any(|name| stem.eq_ignore_ascii_case(name.as_bytes()));
    let reserved = match stem {
        [_, _, _] => is_one_of(stem, &["CON", "PRN", "AUX", "NUL"]),
        [kind @ .., b'1'..=b'9'] => is_one_of(kind, &["COM", "LPT"]),
        _ => false,
    };
    reserved.then_some("Windows keeps the name of a part for a device")
}

impl fmt::Display for OutputPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for OutputPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_paths_join_within_the_site() {
        let path = SourcePath::new("content/briefings/a.md");
        assert_eq!(path.join("../about.md").unwrap().as_str(), "content/about.md");
        assert_eq!(path.join("img/x.png").unwrap().as_str(), "content/briefings/img/x.png");
        assert!(path.join("../../../etc/passwd").is_none() && path.join("..\\..\\..\\etc").is_none());
        assert_eq!(path.join("..\\about.md").unwrap().as_str(), "content/about.md");
        assert_eq!((path.stem(), path.extension().as_str(), path.folder()), ("a", "md", "content/briefings"));
    }

    #[test]
    fn addresses_map_to_files() {
        assert_eq!(UrlPath::new("/").output().unwrap().as_str(), "index.html");
        assert_eq!(UrlPath::new("people/x/").output().unwrap().as_str(), "people/x/index.html");
        assert_eq!(UrlPath::new("/404.html").output().unwrap().as_str(), "404.html");
        assert_eq!(UrlPath::new("/a b/é/").encoded(), "/a%20b/%C3%A9/");
    }

    #[test]
    fn unfit_names_are_refused() {
        for path in
            ["", "a//b", "../x", "a/..", "CON", "x/nul.txt", "com1", "a.", "a ", "a:b", "a\u{202E}b", "a\nb", "x/\u{0}"]
        {
            assert!(OutputPath::new(path).is_err(), "{path:?}");
        }
        for path in ["index.html", "people/ü/index.html", "console/x", "a-b_c.~1"] {
            assert!(OutputPath::new(path).is_ok(), "{path:?}");
        }
        assert!(OutputPath::new(&"x".repeat(256)).is_err());
    }

    #[test]
    fn decoding_is_done_once() {
        assert_eq!(percent_decode("a%20b%2").as_deref(), Some("a b%2"));
        assert_eq!(percent_decode("%252e").as_deref(), Some("%2e"));
        assert_eq!(percent_decode("%ff"), None);
    }

    #[test]
    fn collisions_ignore_case_and_unicode_form() {
        let key = |path| OutputPath::new(path).unwrap().collision_key();
        assert_eq!(key("People/A"), key("people/a"));
        assert_eq!(key("n\u{00E9}"), key("ne\u{0301}"));
    }
}
