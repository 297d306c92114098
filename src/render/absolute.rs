//! HTML that may be read anywhere: every address in it is in full.

use memchr::memchr;

/// Attributes that hold one address.
const ADDRESSES: [&str; 6] = ["href", "src", "poster", "cite", "data", "longdesc"];

/// Returns `html` of the page at `page` (in full, with a slash at its end) with all addresses in full.
///
/// What it does not know as a tag it leaves alone; the text between tags it never touches.
pub fn absolute(html: &str, origin: &str, page: &str) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html;
    while let Some(at) = memchr(b'<', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = match rest.strip_prefix("<!--") {
            Some(comment) => comment.find("-->").map_or(rest.len(), |end| end + 7),
            None => tag_end(rest),
        };
        tag(&rest[..end], origin, page, &mut out);
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// Where a tag ends: behind the first `>` outside of quotation marks.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// Writes a tag with its addresses in full.
fn tag(tag: &str, origin: &str, page: &str, out: &mut String) {
    if !tag.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic) {
        return out.push_str(tag);
    }
    let mut rest = tag;
    // Each turn takes one attribute with what stands before it.
    while let Some(at) = rest.find('=') {
        let name_at = rest[..at].trim_end().rfind([' ', '\n', '\t', '\r', '\x0c', '/']).map_or(0, |space| space + 1);
        let name = rest[name_at..at].trim_end().to_ascii_lowercase();
        let value_at = at + 1 + (rest[at + 1..].len() - rest[at + 1..].trim_start().len());
        let (open, close) = match rest.as_bytes().get(value_at) {
            Some(quote @ (b'"' | b'\'')) => {
                let from = value_at + 1;
                (from, memchr(*quote, &rest.as_bytes()[from..]).map_or(rest.len(), |end| from + end))
            }
            _ => {
                let end = |c: char| c.is_ascii_whitespace() || c == '>';
                (value_at, rest[value_at..].find(end).map_or(rest.len(), |end| value_at + end))
            }
        };
        out.push_str(&rest[..open]);
        let value = &rest[open..close];
        if ADDRESSES.contains(&name.as_str()) {
            out.push_str(base_of(value.trim(), origin, page));
            out.push_str(value.trim());
        } else if name == "srcset" {
            // Addresses with their widths, separated by commas.
            for (at, candidate) in value.split(',').enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                out.push_str(base_of(candidate.trim(), origin, page));
                out.push_str(candidate.trim());
            }
        } else {
            out.push_str(value);
        }
        rest = &rest[close..];
    }
    out.push_str(rest);
}

/// What is missing before an address.
fn base_of<'a>(address: &str, origin: &'a str, page: &'a str) -> &'a str {
    let scheme = address.find([':', '/', '?', '#']).is_some_and(|at| address.as_bytes()[at] == b':');
    match address.as_bytes() {
        _ if scheme => "",
        [b'/', b'/', ..] => origin.split_once("//").map_or("", |(scheme, _)| scheme),
        [b'/', ..] => origin,
        _ => page,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(html: &str) -> String {
        absolute(html, "https://x.org", "https://x.org/desk/a/")
    }

    #[test]
    fn addresses_are_written_in_full() {
        for (html, expected) in [
            ("<a href=\"/desk/b/\">b</a>", "<a href=\"https://x.org/desk/b/\">b</a>"),
            ("<a class=x href=/b/>b</a>", "<a class=x href=https://x.org/b/>b</a>"),
            (
                "<sup><a href='#source-1' id=c>1</a></sup>",
                "<sup><a href='https://x.org/desk/a/#source-1' id=c>1</a></sup>",
            ),
            ("<img alt=\"a > b\" src=\"p.png\" />", "<img alt=\"a > b\" src=\"https://x.org/desk/a/p.png\" />"),
            ("<a href=\"//y.org/\">", "<a href=\"https://y.org/\">"),
            ("<a href=\"mailto:a@b.org\">", "<a href=\"mailto:a@b.org\">"),
            ("<a HREF = \"/b?x=1&amp;y=/c\">", "<a HREF = \"https://x.org/b?x=1&amp;y=/c\">"),
            (
                "<img srcset=\"/p/a-480.jpg 480w, b.jpg 900w\" src=b.jpg>",
                "<img srcset=\"https://x.org/p/a-480.jpg 480w, https://x.org/desk/a/b.jpg 900w\" src=https://x.org/desk/a/b.jpg>",
            ),
            ("<img src=\"\">", "<img src=\"https://x.org/desk/a/\">"),
        ] {
            assert_eq!(full(html), expected);
        }
    }

    #[test]
    fn nothing_else_is_touched() {
        for html in [
            "a < b href=\"/x\" > c",
            "<!-- <a href=\"/x\"> -->",
            "<a href=\"https://y.org/?u=/x\" title=\"href=/x src='/y'\">",
            "<p title='=/x'>href=/x</p></p href=/x>",
            "é<b>ü</b>",
        ] {
            assert_eq!(full(html), html);
        }
        assert_eq!(full("<a href=\"/x"), "<a href=\"https://x.org/x");
    }
}
