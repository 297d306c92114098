//! Atom feeds (RFC 4287) of the site, of its sections, of every entity and of every pair with a page.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::base::diagnostics::Diagnostic;
use crate::base::paths::UrlPath;
use crate::base::text::escape_xml;
use crate::outputs::{Plan, Press, Recipe, Rendered};
use crate::render::pairs;
use crate::render::views::{Glance, Views};
use crate::site::ids::{ArticleId, EntityId, PairId, SectionId};
use crate::site::{Site, urls};

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    plan.add(&urls::feed(&urls::home()), None, Feed::Site);
    for (index, section) in site.sections.iter().enumerate() {
        plan.add(
            &urls::feed(&section.url),
            section.index.as_ref().map(|file| &file.path),
            Feed::Section(SectionId::at(index)),
        );
    }
    for (index, entity) in site.entities.iter().enumerate().filter(|(_, entity)| !entity.articles.is_empty()) {
        plan.add(&urls::feed(&entity.url), Some(&entity.origin), Feed::Entity(EntityId::at(index)));
    }
    for (index, pair) in site.connections.pairs().iter().enumerate() {
        let origin = &site.entity(pair.entities[0]).origin;
        plan.add(&urls::feed(&pair.url), Some(origin), Feed::Pair(PairId::at(index)));
    }
}

#[derive(Debug)]
enum Feed {
    Site,
    Section(SectionId),
    Entity(EntityId),
    Pair(PairId),
}

impl Recipe for Feed {
    fn name(&self) -> Cow<'static, str> {
        "feed".into()
    }

    fn render(&self, press: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let config = views.config();
        let (title, home, articles): (String, &UrlPath, &[ArticleId]) = match self {
            Feed::Site => {
                let newest = views.newest(config.feed.size);
                let title = config.title.clone();
                return Some(Rendered::Bytes(feed(press, &title, &urls::home(), &newest).into_bytes()));
            }
            Feed::Section(id) => {
                let (title, url) = views.section_name(*id);
                (format!("{title} – {}", config.title), url, views.section_list(*id).ids())
            }
            Feed::Entity(id) => {
                let entity = views.identity(*id);
                (format!("{} – {}", entity.name, config.title), entity.url, views.entity_list(*id).ids())
            }
            Feed::Pair(id) => {
                let pair = views.pair(*id).pair;
                (format!("{} – {}", pairs::title(views, pair), config.title), &pair.url, &pair.articles)
            }
        };
        // A section may list by weight or title; a feed is always newest first, which is the order of ids.
        let mut articles = articles.to_vec();
        articles.sort_unstable();
        articles.truncate(config.feed.size);
        Some(Rendered::Bytes(feed(press, &title, home, &articles).into_bytes()))
    }
}

fn feed(press: &Press, title: &str, home: &UrlPath, ids: &[ArticleId]) -> String {
    let views = press.views;
    let config = views.config();
    let articles: Vec<Glance> = ids.iter().map(|id| views.glance(*id)).collect();
    // The newest change of what the feed holds: no clock, so that the same site gives the same feed.
    let updated = articles.iter().filter_map(changed).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let text = escape_xml;
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    xml.push_str(&format!("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n", text(&config.language)));
    xml.push_str(&format!("<title>{}</title>\n<id>{}</id>\n", text(title), text(&views.permalink(home))));
    xml.push_str(&format!("<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n", text(&views.permalink(home))));
    xml.push_str(&format!(
        "<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n",
        text(&views.permalink(&urls::feed(home)))
    ));
    xml.push_str(&format!("<updated>{updated}</updated>\n<author><name>{}</name></author>\n", text(&config.title)));
    xml.push_str(&format!("<generator version=\"{}\">Crossbrief</generator>\n", env!("CARGO_PKG_VERSION")));
    for id in ids {
        // Those without any date bear that of the feed, so they cannot be shared.
        match views.glance(*id) {
            article if changed(&article).is_none() => xml.push_str(&entry(views, article, updated)),
            _ => xml.push_str(views.feed_entry(*id, |article| entry(views, article, updated))),
        }
    }
    xml.push_str(&text(views.secret("feed")));
    xml.push_str("</feed>\n");
    xml
}

/// The entry of an article; `updated` stands in for one that has no date.
fn entry(views: &Views, article: Glance, updated: Timestamp) -> String {
    let config = views.config();
    let text = escape_xml;
    let mut xml = String::new();
    let link = text(&views.permalink(article.url()));
    xml.push_str(&format!(
        "<entry xml:lang=\"{}\">\n<title>{}</title>\n<id>{link}</id>\n",
        text(article.lang()),
        text(article.title())
    ));
    xml.push_str(&format!("<link rel=\"alternate\" type=\"text/html\" href=\"{link}\"/>\n"));
    if let Some(date) = article.date() {
        xml.push_str(&format!("<published>{}</published>\n", date.instant));
    }
    xml.push_str(&format!("<updated>{}</updated>\n", changed(&article).unwrap_or(updated)));
    for author in article.authors() {
        xml.push_str(&format!("<author><name>{}</name></author>\n", text(author)));
    }
    for (kind, name) in article.about() {
        xml.push_str(&format!(
            "<category term=\"{}\" scheme=\"{}\"/>\n",
            text(name),
            text(&views.permalink(&urls::kind(&config.kinds[kind])))
        ));
    }
    if let Some(marking) = article.marking() {
        xml.push_str(&format!("<rights>{}</rights>\n", marking.label()));
    }
    xml.push_str(&format!("<summary>{}</summary>\n</entry>\n", text(&article.summary())));
    xml
}

/// When an article was last changed, or published.
fn changed(article: &Glance) -> Option<Timestamp> {
    article.updated().into_iter().chain(article.date()).map(|moment| moment.instant).max()
}
