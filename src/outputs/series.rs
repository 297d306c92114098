//! The page of each series, and their index.

use std::borrow::Cow;

use crate::base::diagnostics::Diagnostic;
use crate::outputs::{Plan, Press, Recipe, Rendered, Values};
use crate::render::json_ld;
use crate::render::view::{SeriesRef, SeriesView};
use crate::site::faces::Face;
use crate::site::ids::SeriesId;
use crate::site::{Site, urls};
use crate::words::message::Arg;

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    if !site.series.is_empty() {
        plan.add(&urls::series_index(), None, SeriesIndex);
    }
    for (index, series) in site.series.iter().enumerate() {
        let origin = series.articles.first().map(|id| &site.article(*id).path);
        plan.add(&series.url, origin, SeriesPage(SeriesId::at(index)));
    }
}

#[derive(Debug)]
struct SeriesPage(SeriesId);

impl Recipe for SeriesPage {
    fn name(&self) -> Cow<'static, str> {
        "series page".into()
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let series = views.series(self.0);
        let mut page = views.page("series", &series.name, &series.url);
        page.description = views.language().say("series-described", &[("series", Arg::Text(&series.name))]);
        page.breadcrumbs.push(views.crumb(views.language().text("series"), &urls::series_index()));
        press.describe("series.html", &mut page, |page| {
            let items: Vec<String> = series.articles.iter().map(|id| views.href(views.glance(*id).url())).collect();
            json_ld::list(views, page, &items, items.len())
        });
        let view = SeriesView { series: views.series_ref(self.0), parts: views.cards_of(&series.articles) };
        press.page("series.html", page, Values::default().with("series", &view), diagnostics)
    }
}

#[derive(Debug)]
struct SeriesIndex;

impl Recipe for SeriesIndex {
    fn name(&self) -> Cow<'static, str> {
        "index of series".into()
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let series: Vec<SeriesRef> = (0..views.whole(Face::Indexes).site().series.len())
            .map(|index| views.series_ref(SeriesId::at(index)))
            .collect();
        let mut page = views.page("series_index", views.language().text("series"), &urls::series_index());
        press.describe("series_index.html", &mut page, |page| {
            let items: Vec<String> = series.iter().map(|one| one.url.clone()).collect();
            json_ld::list(views, page, &items, items.len())
        });
        press.page("series_index.html", page, Values::default().with("series", &series), diagnostics)
    }
}
