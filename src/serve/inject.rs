//! The preview's own script, put into a page as it goes out.
//!
//! What is kept in memory stays as `build` makes it; only the copy that is sent has one more element in its head.

use axum::body::Bytes;
use memchr::memmem;

/// Returns the page with `element` at the end of its head, or at its own end where it has none.
pub fn inject(page: &[u8], element: &str) -> Bytes {
    let at = memmem::find(page, b"</head>").unwrap_or(page.len());
    let mut whole = Vec::with_capacity(page.len() + element.len());
    whole.extend_from_slice(&page[..at]);
    whole.extend_from_slice(element.as_bytes());
    whole.extend_from_slice(&page[at..]);
    whole.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_element_goes_into_the_head() {
        assert_eq!(
            inject(b"<head><title>a</title></head><body></head>", "<x>"),
            "<head><title>a</title><x></head><body></head>"
        );
        assert_eq!(inject(b"text", "<x>"), "text<x>");
    }
}
