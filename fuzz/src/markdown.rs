//! Markdown to HTML, all the way: what a text holds, its running text, and its HTML with raw HTML off.
//!
//! The bits of the first byte choose options.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, OnceLock};

use crossbrief::base::diagnostics::{At, Diagnostic, Place};
use crossbrief::base::paths::{SourcePath, percent_encode};
use crossbrief::base::source_text;
use crossbrief::content::markdown::{
    Body, Call, CitationInfo, ComponentFault, ImageInfo, LinkTarget, MarkdownOptions, Resolved, Resolver, Within,
    embedded_html, facts, html, inline_html, plain_text, prose,
};
use crossbrief::content::vocabulary::Tlp;
use crossbrief::render::templates::{self, Surroundings, Templates};
use crossbrief::words::{Language, Words};
use tera::Context;

use super::oracle;

/// Makes HTML of the bytes in each of the ways that there are.
pub fn run(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else { return };
    let path = SourcePath::new("content/a.md");
    let Some(text) = source_text::read(&path, bytes).0 else { return };
    let bit = |number: u8| first >> number & 1 == 1;
    let mut options = MarkdownOptions::default();
    options.superscript_subscript = bit(0);
    options.portion_marks = bit(1);
    options.portion = Some(Tlp::Green);
    options.smart_punctuation = !bit(2);
    options.heading_anchors = !bit(3);
    options.highlight_code = bit(4);
    let body = Body { path: &path, text: &text, offset: 0 };
    let (known, told) = facts(&body, &options);
    places(&text, &told);
    let spans = known.headings.iter().map(|heading| &heading.span);
    let spans = spans.chain(known.links.iter().map(|link| &link.span));
    let spans = spans.chain(known.images.iter().map(|image| &image.span));
    for span in spans.chain(known.marked.iter().map(|marked| &marked.span)) {
        assert!(text.get(span.clone()).is_some(), "{span:?} is no part of the text");
    }
    for run in prose(&body, &options).runs {
        assert!(run.text.is_empty() || run.origin(0..run.text.len()).is_some() || run.text.trim().is_empty());
    }
    let (made, told) = html(&body, &options, &Nowhere, &[]);
    places(&text, &told);
    oracle::text(&made.content);
    unique(&made.content);
    if !told.iter().any(|diagnostic| diagnostic.code == "too-deep") {
        let of_facts = known.headings.iter().map(|heading| heading.id.as_str());
        assert!(of_facts.eq(made.headings.iter().map(|(_, id, _)| id.as_str())), "the two passes differ: {made:?}");
    }
    let section = known.headings.first().map(|heading| heading.id.clone()).filter(|_| bit(5));
    let within = Within { href: "/b/".into(), title: "B <i>".into(), prefix: "e1-".into(), section };
    oracle::text(&embedded_html(&body, &options, &Nowhere, &[], &within));
    let (line, _) = inline_html(&text, &Place::file(&path), &options, &Nowhere, &[]);
    oracle::text(&line);
    drop(plain_text(&text));
}

fn places(text: &str, diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        if let Some(Place { at: At::Span(span), .. }) = &diagnostic.place {
            assert!(text.get(span.start..span.end).is_some(), "{span:?}: {}", diagnostic.message);
        }
    }
}

/// Asserts that no id stands twice.
fn unique(html: &str) {
    let mut ids = BTreeSet::new();
    for (_, attributes) in oracle::fragment(html) {
        for (_, id) in attributes.into_iter().filter(|(key, _)| key == "id") {
            assert!(ids.insert(id.clone()), "the id {id} stands twice in {html}");
        }
    }
}

static WORDS: LazyLock<Words> = LazyLock::new(Words::built_in);

/// A site on which every link leads somewhere, with the shortcodes that come along.
pub struct Nowhere;

impl Resolver for Nowhere {
    fn link(&self, target: &LinkTarget) -> Result<Resolved, Box<Diagnostic>> {
        let (path, fragment, text) = match target {
            LinkTarget::Relative { path, fragment } => (percent_encode(path), fragment, None),
            LinkTarget::Wiki { name, fragment, .. } => ("e/".to_string(), fragment, Some(name.clone())),
            _ => return Ok(Resolved::default()),
        };
        let fragment = fragment.as_ref().map_or_else(String::new, |fragment| format!("#{fragment}"));
        Ok(Resolved { href: format!("/x/{path}{fragment}"), class: Some("entity".into()), text })
    }

    fn image(&self, src: &str) -> Result<ImageInfo, Box<Diagnostic>> {
        Ok(ImageInfo { url: format!("/x/{}", percent_encode(src)), size: Some((4, 3)), ..ImageInfo::default() })
    }

    fn citation(&self, id: &str) -> Result<CitationInfo, Box<Diagnostic>> {
        let number = id.strip_prefix('s').and_then(|digits| digits.parse().ok()).filter(|number| *number < 10);
        let number = number.ok_or_else(|| Diagnostic::error("unknown-source", "there is no such source"))?;
        Ok(CitationInfo { number, title: format!("\"<b>{id}'") })
    }

    fn component(&self, call: &Call, body: Option<&str>) -> Result<String, ComponentFault> {
        let mut args = call.args.clone();
        if call.name == "tlp" {
            args = vec![("label".into(), call.words.join(" ")), ("slug".into(), "red".into())];
        }
        if let Some((_, src)) = args.iter_mut().find(|(name, _)| name == "src") {
            *src = format!("/x/{}", percent_encode(src));
        }
        shortcodes().component(&call.name, &args, Context::new(), body, self.language())
    }

    fn embed(&self, _: &LinkTarget, number: usize) -> Result<String, Box<Diagnostic>> {
        Ok(format!("<section>{number}</section>"))
    }

    fn language(&self) -> &Language {
        WORDS.of("en")
    }
}

/// The templates that come with Crossbrief.
fn shortcodes() -> &'static Templates {
    static TEMPLATES: OnceLock<Templates> = OnceLock::new();
    TEMPLATES.get_or_init(|| {
        let config = crossbrief::config::defaults("site");
        let (theme, faults) = crossbrief::build::theme::load(&[], &config).expect("themes that come along");
        assert!(faults.is_empty());
        let words = Arc::new(Words::built_in());
        let surroundings =
            Surroundings { base_path: "/".into(), assets: theme.links, words, ..Surroundings::default() };
        let (templates, faults) = templates::load(&theme.layers, surroundings);
        assert!(faults.is_empty(), "{faults:?}");
        templates
    })
}
