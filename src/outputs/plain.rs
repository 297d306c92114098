//! The site for machines that read plain text: `llms.txt` (<https://llmstxt.org/>), and, where the site asks for it, a
//! Markdown twin beside the page of each article and entity.

use std::borrow::Cow;

use crate::base::diagnostics::Diagnostic;
use crate::outputs::{Plan, Press, Recipe, Rendered};
use crate::render::feed_refs;
use crate::render::twins;
use crate::render::views::Views;
use crate::site::faces::Face;
use crate::site::ids::{ArticleId, EntityId, PageId};
use crate::site::urls::FeedFormat;
use crate::site::{Site, urls};

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    plan.add_unless_there(&urls::llms(), Overview);
    if !site.config.markdown_twins {
        return;
    }
    for (index, article) in site.articles.iter().enumerate().filter(|(_, article)| !article.is_borrowed()) {
        plan.add(&urls::twin(&article.url), Some(&article.path), Twin::Article(ArticleId::at(index)));
    }
    for (index, entity) in site.entities.iter().enumerate().filter(|(_, entity)| !entity.is_borrowed()) {
        plan.add(&urls::twin(&entity.url), Some(&entity.origin), Twin::Entity(EntityId::at(index)));
    }
}

#[derive(Debug)]
enum Twin {
    Article(ArticleId),
    Entity(EntityId),
}

impl Recipe for Twin {
    fn name(&self) -> Cow<'static, str> {
        "Markdown twin".into()
    }

    fn language<'s>(&self, site: &'s Site) -> &'s str {
        match self {
            Twin::Article(id) => &site.article(*id).lang,
            Twin::Entity(_) => &site.config.language,
        }
    }

    fn render(&self, press: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let mut text = match self {
            Twin::Article(id) => twins::article(press.views, press.templates, *id),
            Twin::Entity(id) => twins::entity(press.views, press.templates, *id),
        };
        text.push_str(press.views.secret("twin"));
        Some(Rendered::Bytes(text.into_bytes()))
    }
}

/// What the site holds, for those who read a page at a time.
#[derive(Debug)]
struct Overview;

/// Briefings that it names.
const BRIEFINGS: usize = 50;

impl Recipe for Overview {
    fn name(&self) -> Cow<'static, str> {
        "llms.txt".into()
    }

    fn render(&self, press: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let config = views.config();
        let mut text = format!("# {}\n", twins::escaped(&config.title));
        if !config.description.is_empty() {
            text.push_str(&format!("\n> {}\n", twins::escaped(&config.description)));
        }
        if config.markdown_twins {
            text.push_str("\nBriefings and the pages of those whom they name are here as Markdown: `index.md` beside each page.\n");
        }
        let briefings = views.newest(BRIEFINGS).into_iter().map(|id| {
            let article = views.glance(id);
            let url = if config.markdown_twins { urls::twin(article.url()) } else { article.url().clone() };
            let date = article.date().map_or(String::new(), |date| format!("{}, ", date.day));
            let marking = article.marking().map_or(String::new(), |label| format!(" ({})", label.label()));
            entry(article.title(), &views.permalink(&url), &format!("{date}{}{marking}", article.summary()))
        });
        list(&mut text, "Latest briefings", briefings);
        let sections = views.section_entries().into_iter().map(|section| {
            let url = format!("{}{}", config.origin, section.url);
            entry(&section.title, &url, &format!("{} briefings", section.count))
        });
        list(&mut text, "Sections", sections);
        let kinds = (0..config.kinds.len()).filter_map(|kind| {
            let entries = views.kind_entries(kind);
            let (named, kind) = (views.kind_ref(kind), &config.kinds[kind]);
            let what = format!("{} with pages of their own", entries.len());
            (!entries.is_empty()).then(|| entry(&named.plural, &views.permalink(&urls::kind(kind)), &what))
        });
        list(&mut text, "Indexes", kinds);
        let pages = 0..views.whole(Face::Sitemap).site().pages.len();
        let pages = pages.map(|at| {
            let page = views.loose_page(PageId::at(at));
            let summary = page.meta.input.summary.clone().unwrap_or_default();
            entry(&page.meta.title, &views.permalink(&page.url), &summary)
        });
        list(&mut text, "Pages", pages);
        list(&mut text, "Optional", optional(views).into_iter());
        text.push_str(views.secret("llms.txt"));
        Some(Rendered::Bytes(text.into_bytes()))
    }
}

fn optional(views: &Views) -> Vec<String> {
    let feeds = feed_refs::formats(views.config()).into_iter().map(|format| {
        let name = match format {
            FeedFormat::Atom => "Atom feed",
            FeedFormat::Json => "JSON Feed",
            FeedFormat::Rss => "RSS feed",
        };
        entry(name, &views.permalink(&urls::feed(&urls::home(), format)), "the newest briefings")
    });
    feeds.chain([entry("Sitemap", &views.permalink(&urls::sitemap()), "every page")]).collect()
}

fn entry(title: &str, url: &str, note: &str) -> String {
    let note = if note.is_empty() { String::new() } else { format!(": {}", twins::escaped(note)) };
    format!("- [{}]({url}){note}\n", twins::escaped(title))
}

/// Adds a list under a heading, unless it is empty.
fn list(text: &mut String, heading: &str, entries: impl Iterator<Item = String>) {
    let entries: String = entries.collect();
    if !entries.is_empty() {
        text.push_str(&format!("\n## {heading}\n\n{entries}"));
    }
}
