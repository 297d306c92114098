//! What is asked for: an address of the request, decoded once.
//!
//! What comes out is only ever looked up in the map of a [`Tree`](crate::serve::tree::Tree); no address becomes a path
//! on the disk. What could mean one thing here and another elsewhere is refused all the same.

use crate::base::paths::percent_decode;

/// Decodes the path of a request once. `None` for what no file of a site is called: bad encoding, parts that lead
/// elsewhere, backslashes, control characters.
pub fn decode(path: &str) -> Option<String> {
    let decoded = percent_decode(path)?;
    let fit = decoded.starts_with('/')
        && !decoded.contains(|c: char| c == '\\' || c.is_control())
        && decoded.split('/').all(|part| part != "." && part != "..");
    fit.then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_decoded_once() {
        assert_eq!(decode("/a%20b/").as_deref(), Some("/a b/"));
        assert_eq!(decode("/%C3%BC").as_deref(), Some("/ü"));
        assert_eq!(decode("/%252e%252e/x").as_deref(), Some("/%2e%2e/x"));
    }

    #[test]
    fn what_leads_elsewhere_is_refused() {
        for path in [
            "/..",
            "/../x",
            "/a/../b",
            "/a/%2e%2e/b",
            "/%2e%2e%2fetc/passwd",
            "/./a",
            "/a\\b",
            "/a%5cb",
            "/%c0%ae/",
            "/a%00b",
            "/a%0ab",
            "x",
            "",
        ] {
            assert_eq!(decode(path), None, "{path}");
        }
    }
}
