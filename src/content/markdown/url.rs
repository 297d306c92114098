//! Addresses that a text may link to.

/// Whether an address leads nowhere harmful: it has no scheme, or one of `http`, `https`, `mailto`, `tel`.
///
/// Control characters and white space, which browsers leave out of a scheme, are left out before it is read; what the
/// Markdown parser decodes (entities) is decoded already, and percent signs never decode within a scheme.
pub fn scheme_is_safe(address: &str) -> bool {
    let mut bare = address.chars().filter(|c| !c.is_control() && !c.is_whitespace() && *c != '\u{FEFF}');
    let mut scheme = String::new();
    // As long as it may be: a long scheme is as unknown as a short one.
    match bare.find(|c| {
        let ends = matches!(c, ':' | '/' | '?' | '#');
        if !ends && scheme.len() < 16 {
            scheme.push(c.to_ascii_lowercase());
        }
        ends
    }) {
        Some(':') => matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel"),
        _ => true,
    }
}

/// Whether an address leads off the site: it has a scheme, or a host (`//host/`).
pub fn is_external(address: &str) -> bool {
    let address = address.trim_start();
    if address.starts_with("//") {
        return true;
    }
    match address.find([':', '/', '?', '#']) {
        Some(at) => address.as_bytes()[at] == b':' && at > 1,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_schemes_pass() {
        for safe in ["https://x.org/", "HTTP://x", "mailto:a@b", "tel:+1", "a/b.md", "#x", "/x?y=a:b", "x.md#a:b", ""] {
            assert!(scheme_is_safe(safe), "{safe}");
        }
        for unsafe_one in [
            "javascript:alert(1)",
            "JaVaScRiPt:x",
            " java\nscript:x",
            "\u{1}javascript:x",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc",
            "blob:x",
            "\u{FEFF}javascript:x",
            &format!("{}javascript:x", "x".repeat(100)),
            &format!("{}javascript:x", " ".repeat(100)),
        ] {
            assert!(!scheme_is_safe(unsafe_one), "{unsafe_one:?}");
        }
    }

    #[test]
    fn addresses_with_a_host_are_external() {
        assert!(is_external("https://x") && is_external("//x") && is_external("mailto:a@b"));
        assert!(!is_external("a.md") && !is_external("/a:b") && !is_external("#a"));
    }
}
