//! The page of each pair of entities that enough briefings are about.

use std::borrow::Cow;

use crate::base::diagnostics::Diagnostic;
use crate::outputs::{Plan, Press, Recipe, Rendered, Values};
use crate::render::{feed_refs, json_ld, lists, pairs};
use crate::site::ids::PairId;
use crate::site::{Site, urls};
use crate::words::message::Arg;

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    for (index, pair) in site.connections.pairs().iter().enumerate() {
        let origin = &site.entity(pair.entities[0]).origin;
        for number in 1..=lists::page_count(pair.articles.len(), site.config.pagination.entity) {
            plan.add(&urls::list_page(&pair.url, number), Some(origin), PairPage(PairId::at(index), number));
        }
    }
}

#[derive(Debug)]
struct PairPage(PairId, usize);

impl Recipe for PairPage {
    fn name(&self) -> Cow<'static, str> {
        "pair page".into()
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let lens = views.pair(self.0);
        let pair = lens.pair;
        let per_page = views.config().pagination.entity;
        let kind = views.kind_of(pair.entities[0]);
        let mut page = views.page("pair", &pairs::title(views, pair), &urls::list_page(&pair.url, self.1));
        let [left, right] = pair.entities.map(|id| views.in_phrase(id));
        page.description =
            views.language().say("briefings-on-pair", &[("left", Arg::Text(&left)), ("right", Arg::Text(&right))]);
        page.feeds.splice(0..0, feed_refs::of_list(views, &pairs::title(views, pair), &pair.url));
        page.breadcrumbs.push(views.crumb(&views.kind_ref(kind).plural, &urls::kind(&views.config().kinds[kind])));
        press.describe("pair.html", &mut page, |page| {
            let items = lists::addresses(views, &lens.list(), self.1, per_page);
            json_ld::pair(views, page, pair.entities, &items, pair.articles.len())
        });
        let pager = lists::pager(views, &lens.list(), &pair.url, self.1, per_page);
        let view = pairs::pair(views, lens, self.1, per_page);
        press.page("pair.html", page, Values::default().with("pair", &view).with("pager", &pager), diagnostics)
    }
}
