//! Minified HTML.

use minify_html::Cfg;

use crate::render::tidy::tidy;

/// Minifies a page.
///
/// Closing tags and the tags of `html` and `head` stay, so that the page reads in any parser; scripts and styles are
/// not touched. Most pages are well-behaved enough for one quick pass; all others are parsed whole.
pub fn html(page: String) -> Vec<u8> {
    tidy(&page).unwrap_or_else(|| parsed(page))
}

/// Minifies any page. One that the minifier cannot take comes out as it went in.
fn parsed(page: String) -> Vec<u8> {
    let cfg = Cfg { keep_closing_tags: true, keep_html_and_head_opening_tags: true, ..Cfg::new() };
    let minified = std::panic::catch_unwind(|| minify_html::minify(page.as_bytes(), &cfg));
    minified.unwrap_or_else(|_| page.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_and_text_stays() {
        let page = "<!doctype html>\n<html lang=\"en\">\n<head><title>T</title></head>\n<body>\n  <p>One <b>two</b> <i>three</i>.</p>\n  <pre>a\n  b</pre></body></html>";
        for made in [html(page.to_string()), parsed(page.to_string()), html(page.replace("<p>", "<P>"))] {
            let made = String::from_utf8(made).unwrap();
            assert!(made.len() < page.len());
            assert!(
                made.contains("<p>One <b>two</b> <i>three</i>.</p>") && made.contains("<pre>a\n  b</pre>"),
                "{made}"
            );
        }
    }
}
