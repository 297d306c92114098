//! The home page.

use std::borrow::Cow;

use crate::base::diagnostics::Diagnostic;
use crate::outputs::{Plan, Press, Recipe, Rendered, Values};
use crate::render::html::PageHtml;
use crate::render::view::HomeView;
use crate::render::{entities, feed_refs, json_ld};
use crate::site::faces::Face;
use crate::site::ids::{ArticleId, SeriesId};
use crate::site::{Site, urls};

/// Entities of a kind that the home page names.
const TOP: usize = 10;

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    plan.add(&urls::home(), site.home.as_ref().map(|home| &home.path), Home);
}

#[derive(Debug)]
struct Home;

impl Recipe for Home {
    fn name(&self) -> Cow<'static, str> {
        "home page".into()
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let site = views.whole(Face::Front).site();
        let ids = (0..site.articles.len()).map(ArticleId::at);
        // One version of a text leads; its translations are a click away.
        let originals: Vec<ArticleId> = ids.filter(|id| site.article(*id).original.is_none()).collect();
        let mut featured: Vec<ArticleId> =
            originals.iter().copied().filter(|id| site.article(*id).meta.featured).collect();
        if featured.is_empty() {
            featured.extend(originals.first());
        }
        let rest: Vec<ArticleId> =
            originals.into_iter().filter(|id| !featured.contains(id)).take(views.config().pagination.home).collect();
        let mut content = String::new();
        if let Some(home) = views.home() {
            let (html, _, found) = PageHtml::of_file(views, press.templates, &home.path, &views.config().language)
                .document(&home.document);
            diagnostics.extend(found);
            content = html;
        }
        let home = HomeView {
            featured: views.cards_of(&featured),
            latest: views.cards_of(&rest),
            top: entities::most_named(views, TOP),
            series: (0..views.whole(Face::Indexes).site().series.len())
                .map(|index| views.series_ref(SeriesId::at(index)))
                .collect(),
            sections: views.section_entries(),
            content,
        };
        let mut page = views.page("home", &views.config().title, &urls::home());
        page.description.clone_from(&views.config().description);
        page.feeds.extend(feed_refs::of_languages(views));
        let template = views.home().and_then(|home| home.meta.input.template.as_deref()).unwrap_or("home.html");
        press.describe(template, &mut page, |_| json_ld::site(views));
        press.page(template, page, Values::default().with("home", &home), diagnostics)
    }
}
