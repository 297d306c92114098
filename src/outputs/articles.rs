//! The page of each article, and that of its history.

use std::borrow::Cow;

use crate::base::diagnostics::Diagnostic;
use crate::outputs::{Plan, Press, Recipe, Rendered, Values};
use crate::render::html::PageHtml;
use crate::render::views::{marking, summary};
use crate::render::{self, articles, json_ld, social};
use crate::site::ids::ArticleId;
use crate::site::{Site, history, urls};
use crate::words::message::Arg;

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    for (index, article) in site.articles.iter().enumerate().filter(|(_, article)| !article.is_borrowed()) {
        plan.add(&article.url, Some(&article.path), ArticlePage(ArticleId::at(index)));
        if !history::revisions(site, article).is_empty() {
            plan.add(&urls::history(&article.url), Some(&article.path), HistoryPage(ArticleId::at(index)));
        }
    }
}

#[derive(Debug)]
struct ArticlePage(ArticleId);

impl Recipe for ArticlePage {
    fn name(&self) -> Cow<'static, str> {
        "article page".into()
    }

    fn language<'s>(&self, site: &'s Site) -> &'s str {
        &site.article(self.0).lang
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let article = views.article(self.0);
        let html = PageHtml::of_article(views, press.templates, article);
        let (view, found) = articles::article(views, self.0, &html);
        diagnostics.extend(found);
        let mut page = views.page("article", &article.meta.title, &article.url);
        page.description = summary(article);
        page.marking = article.marking.map(marking);
        page.markdown = views.twin(&article.url);
        page.translations = views.translations(article);
        page.original = views.original(article);
        page.image =
            social::of_article(views, &article.url, &article.meta.title).or_else(|| views.card_picture(self.0));
        if let Some((title, url)) = article.section.map(|id| views.section_name(id)) {
            page.breadcrumbs.push(views.crumb(title, url));
        }
        let template = article.meta.template.as_deref().unwrap_or("article.html");
        press.describe(template, &mut page, |_| json_ld::article(views, self.0, article));
        press.page(template, page, Values::default().with("article", &view), diagnostics)
    }
}

/// What became of an article's words.
#[derive(Debug)]
struct HistoryPage(ArticleId);

impl Recipe for HistoryPage {
    fn name(&self) -> Cow<'static, str> {
        "history page".into()
    }

    fn language<'s>(&self, site: &'s Site) -> &'s str {
        &site.article(self.0).lang
    }

    fn has_versions(&self) -> bool {
        false
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let view = render::history::history(views, self.0)?;
        let article = views.glance(self.0);
        let title = views.language().say("history-of", &[("title", Arg::Text(article.title()))]);
        let mut page = views.page("history", &title, &urls::history(article.url()));
        page.marking = article.marking().map(marking);
        // Words that were taken back are not to be found by them.
        page.noindex = true;
        page.breadcrumbs.push(views.crumb(article.title(), article.url()));
        press.page("history.html", page, Values::default().with("history", &view), diagnostics)
    }
}
