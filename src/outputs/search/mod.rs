//! Searching in the browser, with no server: the page, and the files that it reads.
//!
//! # How a query is answered
//!
//! The page (`themes/default/assets/search.js`) loads `search/index.json` once. It tells which *shards* of words there
//! are, where months begin, and the entities that most is told of. For each word of a query the page loads the shard that
//! the word is in: `search/words/KEY.bin` holds neighbouring words in the order of the alphabet, each with the articles
//! that have it and how much it says of each ([`crate::site::search::postings`]), and with the entities that go by it,
//! names and counts included, so that names are there at once. Of the articles that were found the page then loads those
//! it shows: `search/texts/N.bin` holds the titles, dates, markings and texts of a few neighbouring articles, and out of
//! the text the page takes the passage and marks it.
//!
//! A query so loads one shard or a few for each word, and a text for each hit that is shown. Both have an upper size
//! whatever the site's: a shard is cut where it would grow beyond [`crate::site::search::SHARD`]; of a word that a great
//! many articles have, only those are told that it says most of; and long texts are cut where they would weigh more than
//! [`MOST_PACKED`]. Texts are packed (DEFLATE, RFC 1951, which browsers unpack by themselves), so that they weigh the same
//! on a host that packs nothing.
//!
//! # What is made again
//!
//! The words are read out of the parsed texts when the site is assembled (`site/search`), in one pass over all articles;
//! nothing is read out of HTML. Articles go by numbers, the oldest first, so that a new article changes no other number.
//! Shards are cut by the beginnings of words (`site/search/cut.rs`), so that a new word moves no border but its own. Each
//! shard is a face of the site ([`crate::site::faces::Face::Words`]) whose digest covers all that it tells; a text is seen
//! through the faces of its articles. So an edited sentence makes the shards anew of the words that came or went, and one
//! file of texts. The preview, which puts a changed text into the site that there is, takes the difference of the
//! article's words before and now, and lets the site be assembled anew when the words would be cut otherwise
//! (`Search::revised`).
//!
//! # What it does not do
//!
//! Words are not stemmed, and scripts without spaces are indexed by pairs of letters: `site/search/words.rs` tells why.
//! What is withheld is in no [`Site`], so it is in no shard; what the audience may see is shown with its marking.

use std::borrow::Cow;

use crate::base::diagnostics::Diagnostic;
use crate::base::paths::SourcePath;
use crate::outputs::{Plan, Press, Recipe, Rendered, Values};
use crate::render::json_ld;
use crate::site::{Site, urls};
use crate::words::message::Arg;

mod start;
mod texts;
mod words;

pub use texts::{GROUP, MOST_PACKED};

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    let Some(search) = &site.search else { return };
    plan.add(&urls::search(), site.config.path.as_ref(), SearchPage);
    plan.add(&urls::search_file("index.json"), None, start::Start);
    for (at, shard) in search.shards.iter().enumerate() {
        plan.add(&urls::search_file(&format!("words/{}.bin", words::file_name(&shard.key))), None, words::Words(at));
    }
    for first in (0..search.articles).step_by(GROUP) {
        let paths: Vec<SourcePath> =
            search.numbered(site, first..first + GROUP).map(|article| article.path.clone()).collect();
        plan.add(&urls::search_file(&format!("texts/{}.bin", first / GROUP)), None, texts::Texts { first, paths });
    }
}

#[derive(Debug)]
struct SearchPage;

impl Recipe for SearchPage {
    fn name(&self) -> Cow<'static, str> {
        "search page".into()
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let mut page = press.views.page("search", press.views.language().text("search"), &urls::search());
        let site = Arg::Text(&press.views.config().title);
        page.description = press.views.language().say("search-described", &[("site", site)]);
        page.json_ld = Some(json_ld::graph(press.views, &page, json_ld::plain(&page, None)));
        press.page("search.html", page, Values::default(), diagnostics)
    }
}
