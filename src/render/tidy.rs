//! HTML without the bytes that no browser needs, in one pass over the page.
//!
//! It follows what a browser does with white space: a run of it is one space; beside the edge of a block, after a line
//! break and after another space it is nothing, across inline tags too. Attributes lose quotation marks that they do
//! not need, text and values lose references that they do not need, comments go. Tags all stay.
//!
//! Only the HTML that well-behaved templates and our own writer make is known here. At anything else (processing
//! instructions, CDATA, capitals in tags, a tag that never ends) the pass gives up, and the caller takes a whole parser.

use memchr::{memchr, memmem};

/// Returns the shorter page, or `None` when there is something in it that this pass does not know.
pub fn tidy(page: &str) -> Option<Vec<u8>> {
    let mut pass = Pass {
        page: page.as_bytes(),
        out: Vec::with_capacity(page.len()),
        line: Line::Start,
        kept: Vec::new(),
        roots: [false; 2],
        drawn: false,
    };
    let mut at = 0;
    while at < page.len() {
        let next = memchr(b'<', &pass.page[at..]).map_or(page.len(), |found| at + found);
        if next > at {
            pass.text(at, next);
        }
        if next == page.len() {
            break;
        }
        at = pass.markup(next)?;
    }
    pass.end_of_block();
    Some(pass.out)
}

struct Pass<'a> {
    page: &'a [u8],
    out: Vec<u8>,
    line: Line,
    /// Names of the open elements in which white space is kept.
    kept: Vec<&'a [u8]>,
    /// Whether `html` and `body` began: of a second one the browser gives the first what it lacks.
    roots: [bool; 2],
    /// Whether a drawing or a formula began: where it ends, only a whole parser can tell for sure.
    drawn: bool,
}

/// What stands before the place at hand on its line of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// Nothing: a block begins, or ended, or the line was broken.
    Start,
    /// A space, at this byte of the output.
    Space(usize),
    /// Words, a picture or the like.
    Words,
}

/// What a tag does to the line of text that it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    /// It ends the line.
    Block,
    /// The line goes on.
    Inline,
    /// It stands in the line as a word does, and lines begin anew within.
    Word,
    /// It shows nothing.
    Unseen,
}

impl<'a> Pass<'a> {
    fn text(&mut self, from: usize, to: usize) {
        let text = &self.page[from..to];
        if !self.kept.is_empty() {
            references(text, Where::Text, &mut self.out);
            self.line = Line::Words;
            return;
        }
        let mut rest = text;
        while let Some(first) = rest.first() {
            if is_space(*first) {
                let after = rest.iter().position(|byte| !is_space(*byte)).unwrap_or(rest.len());
                if self.line == Line::Words {
                    self.line = Line::Space(self.out.len());
                    self.out.push(b' ');
                }
                rest = &rest[after..];
            } else {
                // A single space between words is left where it is.
                let mut end = 0;
                while end < rest.len()
                    && !(is_space(rest[end])
                        && (rest[end] != b' ' || rest.get(end + 1).is_none_or(|next| is_space(*next))))
                {
                    end += 1;
                }
                references(&rest[..end], Where::Text, &mut self.out);
                self.line = Line::Words;
                rest = &rest[end..];
            }
        }
    }

    /// Takes the space away that stands at the end of a line.
    fn end_of_block(&mut self) {
        if let Line::Space(at) = self.line {
            self.out.remove(at);
        }
        self.line = Line::Start;
    }

    /// Takes what begins at `<`; returns where it ends.
    fn markup(&mut self, start: usize) -> Option<usize> {
        let page = self.page;
        match page.get(start + 1)? {
            b'!' if page[start..].starts_with(b"<!--") => {
                // Comments for old browsers and those that end in odd ways are left to others.
                let end = start + 4 + memmem::find(&page[start + 4..], b"-->")?;
                let inner = &page[start + 4..end];
                // Browsers end one at `--!>`, too.
                let is_odd = memmem::find(inner, b"--!>").is_some();
                let plain =
                    !inner.starts_with(b">") && !inner.starts_with(b"->") && !inner.starts_with(b"[if") && !is_odd;
                plain.then_some(end + 3)
            }
            b'!' if self.out.is_empty() => {
                let doctype =
                    page.get(start..start + 15).filter(|begin| begin.eq_ignore_ascii_case(b"<!doctype html>"))?;
                self.out.extend_from_slice(doctype);
                Some(start + 15)
            }
            b'/' => {
                let name = name(&page[start + 2..])?;
                let end = start + 2 + name.len();
                let end = end + page[end..].iter().position(|byte| !is_space(*byte))?;
                if page[end] != b'>' {
                    return None;
                }
                match flow(name) {
                    Flow::Block => self.end_of_block(),
                    Flow::Word => {
                        self.end_of_block();
                        self.line = Line::Words;
                    }
                    Flow::Inline | Flow::Unseen => {}
                }
                if self.kept.last() == Some(&name) {
                    self.kept.pop();
                }
                self.out.extend_from_slice(b"</");
                self.out.extend_from_slice(name);
                self.out.push(b'>');
                Some(end + 1)
            }
            byte if byte.is_ascii_lowercase() => self.open(start),
            _ => None,
        }
    }

    fn open(&mut self, start: usize) -> Option<usize> {
        let page = self.page;
        let name = name(&page[start + 1..])?;
        if let Some(root) = [&b"html"[..], b"body"].iter().position(|root| *root == name)
            && std::mem::replace(&mut self.roots[root], true)
        {
            return None;
        }
        let flow = flow(name);
        if flow == Flow::Block {
            self.end_of_block();
        }
        self.out.push(b'<');
        self.out.extend_from_slice(name);
        let (end, closed) = self.attributes(start + 1 + name.len(), name)?;
        if flow == Flow::Word {
            self.line = if closed { Line::Words } else { Line::Start };
        }
        match name {
            b"svg" | b"math" if !closed => {
                self.drawn = true;
                Some(end)
            }
            b"script" | b"style" | b"title" | b"textarea" | b"iframe" | b"noscript" if !closed => self.raw(end, name),
            b"pre" | b"code" if !closed => {
                self.kept.push(name);
                Some(end)
            }
            b"plaintext" | b"xmp" | b"noembed" | b"noframes" | b"listing" => None,
            _ => Some(end),
        }
    }

    /// Takes the text of an element in which there are no tags.
    fn raw(&mut self, start: usize, name: &[u8]) -> Option<usize> {
        let page = self.page;
        let mut at = start;
        loop {
            let end = at + memmem::find(&page[at..], b"</")?;
            let after = end + 2 + name.len();
            if page.get(end + 2..after).is_some_and(|written| written.eq_ignore_ascii_case(name)) {
                // An end tag may be written in capitals and hold what counts for nothing; then the parser is asked.
                match page.get(after)? {
                    b'>' if page[end + 2..after] == *name => {}
                    byte if is_space(*byte) || matches!(byte, b'>' | b'/') => return None,
                    _ => {
                        at = after;
                        continue;
                    }
                }
                let inner = &page[start..end];
                // In a drawing, tags are tags there too (HTML Standard, section 13.2.6.5).
                if self.drawn && memchr(b'<', inner).is_some() {
                    return None;
                }
                // Behind `<!--` a script may hold another one (section 13.2.5.17).
                if name == b"script" && memmem::find(inner, b"<!--").is_some() {
                    return None;
                }
                match name {
                    b"title" => references(inner.trim_ascii(), Where::Text, &mut self.out),
                    b"script" | b"style" => self.out.extend_from_slice(inner.trim_ascii()),
                    _ => self.out.extend_from_slice(inner),
                }
                return self.markup(end);
            }
            at = end + 2;
        }
    }

    /// Takes the attributes of a tag up to its end; says where that is, and whether the tag closes itself.
    fn attributes(&mut self, mut at: usize, tag: &[u8]) -> Option<(usize, bool)> {
        let page = self.page;
        let mut bare = false;
        loop {
            at += page[at..].iter().position(|byte| !is_space(*byte))?;
            match page[at] {
                b'>' => {
                    self.out.push(b'>');
                    return Some((at + 1, is_void(tag)));
                }
                b'/' if page.get(at + 1) == Some(&b'>') => {
                    // Tags of HTML that hold nothing need no slash; those of SVG do.
                    if is_void(tag) {
                        self.out.push(b'>');
                    } else {
                        self.out.extend_from_slice(if bare { b" />" } else { b"/>" });
                    }
                    return Some((at + 2, true));
                }
                _ => {}
            }
            let length = page[at..].iter().position(|byte| is_space(*byte) || matches!(byte, b'=' | b'>' | b'/'))?;
            let name = &page[at..at + length];
            if name.is_empty() || name.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'<') || byte.is_ascii_control())
            {
                return None;
            }
            at += length;
            let after = at + page[at..].iter().position(|byte| !is_space(*byte))?;
            if page[after] != b'=' {
                self.out.push(b' ');
                self.out.extend_from_slice(name);
                bare = true;
                continue;
            }
            let from = after + 1 + page[after + 1..].iter().position(|byte| !is_space(*byte))?;
            let value = match page[from] {
                quote @ (b'"' | b'\'') => {
                    let length = memchr(quote, &page[from + 1..])?;
                    at = from + length + 2;
                    &page[from + 1..from + 1 + length]
                }
                b'>' => return None,
                _ => {
                    let length = page[from..].iter().position(|byte| is_space(*byte) || *byte == b'>')?;
                    at = from + length;
                    &page[from..at]
                }
            };
            bare = self.attribute(name, value, bare);
        }
    }

    /// Writes an attribute; says whether the last one written ends without a quotation mark.
    fn attribute(&mut self, name: &[u8], value: &[u8], before: bool) -> bool {
        let value = match name {
            b"class" => value.trim_ascii(),
            _ => value,
        };
        if value.is_empty() && matches!(name, b"class" | b"id" | b"style") {
            return before;
        }
        self.out.push(b' ');
        self.out.extend_from_slice(name);
        if value.is_empty() || is_boolean(name) {
            return true;
        }
        self.out.push(b'=');
        let start = self.out.len();
        let plain = |byte: &u8| !is_space(*byte) && !matches!(byte, b'"' | b'\'' | b'=' | b'<' | b'>' | b'`' | b'&');
        if value.iter().all(plain) {
            self.out.extend_from_slice(value);
            return true;
        }
        references(value, Where::Value, &mut self.out);
        let written = &self.out[start..];
        let bare = written.iter().all(|byte| plain(byte) || *byte == b'&');
        if bare {
            return true;
        }
        let doubles = written.iter().filter(|byte| **byte == b'"').count();
        let singles = written.iter().filter(|byte| **byte == b'\'').count();
        let (quote, escaped): (u8, &[u8]) = if doubles <= singles { (b'"', b"&#34;") } else { (b'\'', b"&#39;") };
        let unescaped = self.out.split_off(start);
        self.out.push(quote);
        for byte in unescaped {
            if byte == quote {
                self.out.extend_from_slice(escaped);
            } else {
                self.out.push(byte);
            }
        }
        self.out.push(quote);
        false
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Text,
    Value,
}

/// Writes text in which the references that are not needed are the characters that they stand for.
fn references(text: &[u8], place: Where, out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let known: &[(&[u8], &[u8])] = &[
            (b"&quot;", b"\""),
            (b"&#34;", b"\""),
            (b"&#39;", b"'"),
            (b"&#x27;", b"'"),
            (b"&#x2F;", b"/"),
            (b"&gt;", b">"),
            (b"&nbsp;", "\u{a0}".as_bytes()),
        ];
        if let Some((written, meant)) = known.iter().find(|(written, _)| rest.starts_with(written)) {
            out.extend_from_slice(meant);
            rest = &rest[written.len()..];
        } else if let Some(after) = rest.strip_prefix(b"&amp;") {
            // An ampersand may stand alone where no reference could begin with it.
            let word = after.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(after.len());
            let next = after.get(word);
            let alone = match word {
                0 => next != Some(&b'#'),
                // The shortest name of a reference has two letters.
                1 => next != Some(&b';'),
                _ => place == Where::Value && next == Some(&b'='),
            };
            out.extend_from_slice(if alone { b"&" } else { b"&amp;" });
            rest = after;
        } else if place == Where::Value && rest.starts_with(b"&lt;") {
            out.push(b'<');
            rest = &rest[4..];
        } else {
            out.push(b'&');
            rest = &rest[1..];
        }
    }
    out.extend_from_slice(rest);
}

/// The name of a tag, if it is written as it should be.
fn name(text: &[u8]) -> Option<&[u8]> {
    let length = text.iter().position(|byte| is_space(*byte) || matches!(byte, b'>' | b'/'))?;
    let name = &text[..length];
    let known = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    let of_svg =
        || matches!(name, b"clipPath" | b"foreignObject" | b"linearGradient" | b"radialGradient" | b"textPath");
    (name.first().is_some_and(u8::is_ascii_lowercase) && (name.iter().all(known) || of_svg())).then_some(name)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | b'\x0c')
}

/// Elements of HTML that hold nothing (HTML Standard, section 13.1.2).
fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"area"
            | b"base"
            | b"br"
            | b"col"
            | b"embed"
            | b"hr"
            | b"img"
            | b"input"
            | b"link"
            | b"meta"
            | b"source"
            | b"track"
            | b"wbr"
    )
}

/// Attributes that say what they say by being there, with whatever value (HTML Standard, index of attributes).
pub fn is_boolean(name: &[u8]) -> bool {
    matches!(
        name,
        b"allowfullscreen"
            | b"async"
            | b"autofocus"
            | b"autoplay"
            | b"checked"
            | b"controls"
            | b"default"
            | b"defer"
            | b"disabled"
            | b"inert"
            | b"ismap"
            | b"itemscope"
            | b"loop"
            | b"multiple"
            | b"muted"
            | b"nomodule"
            | b"novalidate"
            | b"open"
            | b"playsinline"
            | b"readonly"
            | b"required"
            | b"reversed"
            | b"selected"
    )
}

/// What an element does to a line of text, as browsers' own style sheets have it (HTML Standard, section 15.3). What is
/// not known is taken for inline, which keeps all that could matter.
fn flow(name: &[u8]) -> Flow {
    match name {
        b"html" | b"head" | b"body" | b"address" | b"article" | b"aside" | b"blockquote" | b"br" | b"caption"
        | b"center" | b"col" | b"colgroup" | b"dd" | b"details" | b"dialog" | b"dir" | b"div" | b"dl" | b"dt"
        | b"fieldset" | b"figcaption" | b"figure" | b"footer" | b"form" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5"
        | b"h6" | b"header" | b"hgroup" | b"hr" | b"legend" | b"li" | b"main" | b"menu" | b"nav" | b"ol"
        | b"optgroup" | b"option" | b"p" | b"pre" | b"search" | b"section" | b"summary" | b"table" | b"tbody"
        | b"td" | b"tfoot" | b"th" | b"thead" | b"tr" | b"ul" => Flow::Block,
        // Parts of a drawing.
        b"circle" | b"clipPath" | b"defs" | b"desc" | b"ellipse" | b"g" | b"line" | b"linearGradient" | b"marker"
        | b"mask" | b"path" | b"pattern" | b"polygon" | b"polyline" | b"radialGradient" | b"rect" | b"stop"
        | b"symbol" | b"text" | b"title" | b"use" => Flow::Block,
        b"audio" | b"button" | b"canvas" | b"embed" | b"iframe" | b"img" | b"input" | b"math" | b"meter"
        | b"object" | b"picture" | b"progress" | b"select" | b"svg" | b"textarea" | b"video" => Flow::Word,
        b"base" | b"link" | b"meta" | b"script" | b"source" | b"style" | b"template" | b"track" => Flow::Unseen,
        _ => Flow::Inline,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &str, expected: &str) {
        assert_eq!(tidy(page).map(|made| String::from_utf8(made).expect("text")).as_deref(), Some(expected), "{page}");
    }

    #[test]
    fn white_space_goes_where_browsers_show_none() {
        check(
            "\n<!doctype html>\n<html lang=\"en\">\n<body>\n <p> a  b\n c </p>\n</body></html>",
            "<!doctype html><html lang=en><body><p>a b c</p></body></html>",
        );
        check("<div><a>x</a> <a>y</a> </div>", "<div><a>x</a> <a>y</a></div>");
        check("<p>a <b> b </b> c <i> </i></p>", "<p>a <b>b </b>c<i></i></p>");
        check("<p>a <br> b</p><ul>\n<li> c\n</li>\n</ul>", "<p>a<br>b</p><ul><li>c</li></ul>");
        check("a <button> b </button> c <img src=x /> d", "a <button>b</button> c <img src=x> d");
        check("<p>a <!-- b --> c</p> <script> x = 1 </script> <p>d</p>", "<p>a c</p><script>x = 1</script><p>d</p>");
        check("<p>a\u{a0} b</p>", "<p>a\u{a0} b</p>");
    }

    #[test]
    fn white_space_stays_in_code() {
        check("<pre>\n a  b\n</pre> <p>x <code>a  b</code>  y</p>", "<pre>\n a  b\n</pre><p>x <code>a  b</code> y</p>");
        check("<textarea> a  </textarea>", "<textarea> a  </textarea>");
        check(
            "<pre><code>a &quot;  <span class=\"k\">b</span>\n</code></pre>",
            "<pre><code>a \"  <span class=k>b</span>\n</code></pre>",
        );
    }

    #[test]
    fn values_lose_what_they_do_not_need() {
        check("<a class=\" \" href=\"/a/\" title='A &quot;b&quot;'>x</a>", "<a href=/a/ title='A \"b\"'>x</a>");
        check("<a title=\"a&#x27;b\" data-x=\"a=b\">", "<a title=\"a'b\" data-x=\"a=b\">");
        check("<img alt=\"\" src=\"?a=1&amp;b=2&amp;c\">", "<img alt src=\"?a=1&b=2&c\">");
        check("<p title='\"a\" &#39;b'>", "<p title='\"a\" &#39;b'>");
        check("<input checked=\"checked\" disabled>", "<input checked disabled>");
        check("<svg><path d=\"M0\"/><g fill=\"a b\"/></svg>", "<svg><path d=M0 /><g fill=\"a b\"/></svg>");
    }

    #[test]
    fn references_lose_what_they_do_not_need() {
        check(
            "a &amp; b &amp;c &lt; &gt; &quot; &#x27; &amp;quot; &amp;#39; &amp;&amp; &copy; S&amp;P&nbsp;5",
            "a & b &c &lt; > \" ' &amp;quot; &amp;#39; && &copy; S&P\u{a0}5",
        );
        check("<title> A &amp; B </title>", "<title>A & B</title>");
    }

    #[test]
    fn what_is_not_known_is_left_to_others() {
        for page in [
            "<!doctype html><script>a</script b=\"c\"><p>x</script>",
            "<!doctype html><script>a</SCRIPT><p>x</script>",
            // A browser gives the first body what a second one has.
            "<!doctype html><body class=\"\"><p>a<body class=b>",
            "<!doctype html><html id=\"\"><p>a<html id=b>",
            "<!doctype html><style>a</style/><p>x</style>",
            "<!doctype html><script><!-- <script></script> --></script>",
            "<DIV>",
            "a < b",
            "<?xml?>",
            "<p",
            "<p a=\"",
            "<script>a",
            "<![CDATA[x]]>",
            "<!--> a -->",
            "<!-- a --!><p>b<!-- c -->",
            "<p \"a>",
            "</p a>",
            "<sCRIPT>",
            "<p a=>",
            "<svg><script><b></script></svg>",
            "<svg><desc><p></svg></p></desc><style><i></style>",
            "<math><title><b></title></math>",
        ] {
            assert_eq!(tidy(page), None, "{page}");
        }
    }

    #[test]
    fn no_page_makes_it_panic_and_twice_is_once() {
        let pieces = [
            "<",
            ">",
            "</",
            "p",
            " ",
            "\n",
            "=",
            "\"",
            "'",
            "a",
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "<pre>",
            "</pre>",
            "&amp;",
            "&quot;",
            "&",
            ";",
            "<!--",
            "-->",
            "<script>",
            "</script>",
            "<br>",
            "<img alt=\"a b\">",
            "/",
            "é",
            "<svg>",
            "</svg>",
            "<button>",
            "</button>",
        ];
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..4_000 {
            let mut page = String::new();
            for _ in 0..12 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                page.push_str(pieces[(state % pieces.len() as u64) as usize]);
            }
            if let Some(once) = tidy(&page) {
                let once = String::from_utf8(once).expect("text stays text");
                assert!(once.len() <= page.len() + 8, "{page}");
                let twice = tidy(&once).map(|made| String::from_utf8(made).expect("text stays text"));
                assert_eq!(twice.as_deref(), Some(once.as_str()), "{page}");
            }
        }
    }
}
