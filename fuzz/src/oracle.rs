//! What may stand in HTML that a text became, as a browser's parser reads it.

use std::cell::RefCell;

use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::{ParseOpts, QualName, local_name, ns, parse_document, parse_fragment};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// An element with its attributes, sorted by name.
pub type Element = (String, Vec<(String, String)>);

/// Elements that our writer, its shortcodes and its formulas make.
const ELEMENTS: &str = "a aside b blockquote br code dd del div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img \
    input li ol p pre section span strong sub sup table tbody td th thead time tr ul \
    math maction menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace \
    msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics annotation";

/// Attributes whose value is an address that a browser goes to or loads from.
pub const ADDRESSES: [&str; 14] = [
    "href",
    "src",
    "srcset",
    "action",
    "formaction",
    "data",
    "poster",
    "cite",
    "background",
    "ping",
    "manifest",
    "longdesc",
    "profile",
    "codebase",
];

/// Elements without an end.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Asserts that the HTML of a text has only elements that our writer makes, no code, no address that could run one, and
/// that all elements end, in the order in which they began.
pub fn text(html: &str) {
    let found = fragment(html);
    for (name, attributes) in &found {
        assert!(ELEMENTS.split_whitespace().any(|known| known == name), "<{name}> in {html}");
        for (key, value) in attributes {
            harmless(name, key, value, html);
        }
    }
    let written = balanced(html).unwrap_or_else(|why| panic!("{why} in {html}"));
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, written, "a browser reads other elements than were written: {html}");
}

/// Asserts that an attribute runs nothing and leads nowhere harmful.
pub fn harmless(element: &str, key: &str, value: &str, html: &str) {
    assert!(!key.starts_with("on"), "{key} in {html}");
    let formula = element.starts_with('m');
    assert!(key != "style" || formula && !value.contains("url("), "a style in {html}");
    assert!(!matches!(key, "srcdoc" | "http-equiv" | "xmlns"), "{key} in {html}");
    let local = key.rsplit(':').next().unwrap_or(key);
    if ADDRESSES.contains(&local) {
        assert!(address_is_harmless(value), "{key}={value:?} in {html}");
    }
}

/// Whether an address has no scheme, or one of the list, read as the URL standard says: control characters and spaces at
/// either end count for nothing, nor do tabs and line ends anywhere.
pub fn address_is_harmless(address: &str) -> bool {
    let bare: String =
        address.trim_matches(|c: char| c <= ' ').chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let is_scheme = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    match bare.split_once(':') {
        Some((scheme, _)) if is_scheme(scheme) => {
            matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https" | "mailto" | "tel")
        }
        _ => true,
    }
}

/// All elements of a page, as a browser reads it.
pub fn elements(page: &str) -> Vec<Element> {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page);
    collected(&dom.document)
}

/// The texts of all elements of a name.
pub fn texts(page: &str, wanted: &str) -> Vec<String> {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page);
    let mut found = Vec::new();
    let mut open = vec![dom.document.clone()];
    while let Some(node) = open.pop() {
        if matches!(&node.data, NodeData::Element { name, .. } if &*name.local == wanted) {
            let children = node.children.borrow();
            let text = children.iter().filter_map(|child| match &child.data {
                NodeData::Text { contents } => Some(contents.borrow().to_string()),
                _ => None,
            });
            found.push(text.collect());
        }
        open.extend(node.children.borrow().iter().cloned());
    }
    found
}

/// All elements of HTML that stands within a page.
pub fn fragment(html: &str) -> Vec<Element> {
    let context = QualName::new(None, ns!(html), local_name!("div"));
    let dom = parse_fragment(RcDom::default(), ParseOpts::default(), context, Vec::new(), false).one(html);
    // All of it stands in one `html` that the parser puts around it.
    collected(&dom.document).split_off(1)
}

fn collected(root: &Handle) -> Vec<Element> {
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(node) = open.pop() {
        if let NodeData::Element { name, attrs, .. } = &node.data {
            let mut attributes: Vec<(String, String)> = attrs
                .borrow()
                .iter()
                .map(|attribute| {
                    let local = &attribute.name.local;
                    let key = attribute
                        .name
                        .prefix
                        .as_ref()
                        .map_or_else(|| local.to_string(), |prefix| format!("{prefix}:{local}"));
                    (key, attribute.value.to_string())
                })
                .collect();
            attributes.sort();
            found.push((name.local.to_string(), attributes));
        }
        open.extend(node.children.borrow().iter().rev().cloned());
    }
    found
}

/// Whether all elements of a page end in the order in which they began, and a browser reads those that were written.
pub fn is_sound(page: &str) -> bool {
    let found = elements(page);
    balanced(page).is_ok_and(|written| found.iter().map(|(name, _)| name).eq(&written))
}

/// The names of all elements as written; an error when they do not end in the order in which they began.
fn balanced(html: &str) -> Result<Vec<String>, String> {
    let tokenizer = Tokenizer::new(Tags::default(), TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    let tags = tokenizer.sink;
    if let Some(stray) = tags.stray.into_inner() {
        return Err(format!("{stray:?} ends what did not begin"));
    }
    match tags.open.into_inner().pop() {
        Some(open) => Err(format!("{open:?} never ends")),
        None => Ok(tags.all.into_inner()),
    }
}

#[derive(Default)]
struct Tags {
    all: RefCell<Vec<String>>,
    open: RefCell<Vec<String>>,
    stray: RefCell<Option<String>>,
}

impl TokenSink for Tags {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token {
            let name = tag.name.to_string();
            match tag.kind {
                TagKind::StartTag => {
                    self.all.borrow_mut().push(name.clone());
                    if !VOID.contains(&name.as_str()) && !tag.self_closing {
                        self.open.borrow_mut().push(name);
                    }
                }
                TagKind::EndTag => {
                    let last = self.open.borrow_mut().pop();
                    if last.as_ref() != Some(&name) {
                        self.stray.borrow_mut().get_or_insert(name);
                    }
                }
            }
        }
        TokenSinkResult::Continue
    }
}
