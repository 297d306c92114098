//! How a browser searches the site from its address bar: the OpenSearch 1.1 description at `/opensearch.xml`.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use crate::base::diagnostics::Diagnostic;
use crate::base::text::escape_xml as text;
use crate::outputs::{Plan, Press, Recipe, Rendered};
use crate::site::{Site, urls};

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    if site.search.is_some() {
        plan.add_unless_there(&urls::open_search(), Description);
    }
}

#[derive(Debug)]
struct Description;

/// Most characters of a short name, of a long one and of a description, as OpenSearch 1.1 has them.
const SHORT: usize = 16;
const LONG: usize = 48;
const MOST: usize = 1024;

impl Recipe for Description {
    fn name(&self) -> Cow<'static, str> {
        "OpenSearch description".into()
    }

    fn render(&self, press: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let config = views.config();
        let about = if config.description.is_empty() { &config.title } else { &config.description };
        let icon = views.permalink(&urls::icon().outside());
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
             <OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n\
             <ShortName>{}</ShortName>\n<LongName>{}</LongName>\n<Description>{}</Description>\n\
             <Image type=\"image/svg+xml\">{}</Image>\n\
             <Url type=\"text/html\" template=\"{}?q={{searchTerms}}\"/>\n\
             <Url type=\"application/opensearchdescription+xml\" rel=\"self\" template=\"{}\"/>\n\
             <Language>{}</Language>\n<InputEncoding>UTF-8</InputEncoding>\n</OpenSearchDescription>\n",
            text(&cut(&config.title, SHORT)),
            text(&cut(&config.title, LONG)),
            text(&cut(about, MOST)),
            text(&icon),
            text(&views.permalink(&urls::search())),
            text(&views.permalink(&urls::open_search())),
            text(&config.language),
        );
        Some(Rendered::Bytes(xml.into_bytes()))
    }
}

/// As many whole words of a text as fit into `most` characters; of a word that is too long, its beginning.
fn cut(text: &str, most: usize) -> String {
    let mut kept = String::new();
    for word in text.split_word_bounds() {
        if kept.chars().count() + word.chars().count() > most {
            break;
        }
        kept.push_str(word);
    }
    let kept = kept.trim_end();
    if kept.is_empty() { text.chars().take(most).collect() } else { kept.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_between_words() {
        assert_eq!(cut("The Desk", SHORT), "The Desk");
        assert_eq!(cut("The Foreign Affairs Desk", SHORT), "The Foreign");
        assert_eq!(cut("Außenwirtschaftsnachrichten", SHORT), "Außenwirtschafts");
        assert_eq!(cut("国際情勢ブリーフィング・デスク編集部", SHORT).chars().count(), 16);
    }
}
