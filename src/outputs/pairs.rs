//! The page of each pair of entities that enough briefings are about.

use crate::base::diagnostics::Diagnostic;
use crate::outputs::{Plan, Press, Recipe, Rendered, Values};
use crate::render::{lists, pairs};
use crate::site::ids::PairId;
use crate::site::{Site, urls};

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
    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let (site, views) = (press.site(), press.views);
        let pair = site.connections.pair(self.0);
        let per_page = site.config.pagination.entity;
        let kind = site.kind_of(site.entity(pair.entities[0]));
        let mut page = views.page("pair", &pairs::title(views, pair), &urls::list_page(&pair.url, self.1));
        let [left, right] = pair.entities.map(|id| site.entity(id).in_phrase());
        page.description = format!("Briefings on both {left} and {right}.");
        page.breadcrumbs.push(views.crumb(&kind.plural, &urls::kind(kind)));
        let pager = lists::pager(views, &pair.articles, &pair.url, self.1, per_page);
        let view = pairs::pair(views, pair, self.1, per_page);
        press.page("pair.html", page, Values::default().with("pair", &view).with("pager", &pager), diagnostics)
    }
}
