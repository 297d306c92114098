//! Atom feeds (RFC 4287) of the site, of its sections, of every entity and of every pair with a page.

use crate::base::diagnostics::Diagnostic;
use crate::base::paths::UrlPath;
use crate::base::text::escape_xml;
use crate::outputs::{Plan, Press, Recipe, Rendered};
use crate::render::pairs;
use crate::render::views::summary;
use crate::site::ids::{ArticleId, EntityId, PairId, SectionId};
use crate::site::{Article, Site, leaks, urls};

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
    fn render(&self, press: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let site = press.site();
        let of_site: Vec<ArticleId>;
        let (title, home, articles): (String, &UrlPath, &[ArticleId]) = match self {
            Feed::Site => {
                of_site = (0..site.articles.len().min(site.config.feed.size)).map(ArticleId::at).collect();
                (site.config.title.clone(), &urls::home(), &of_site)
            }
            Feed::Section(id) => {
                let section = site.section(*id);
                (format!("{} – {}", section.title, site.config.title), &section.url, &section.articles)
            }
            Feed::Entity(id) => {
                let entity = site.entity(*id);
                (format!("{} – {}", entity.name, site.config.title), &entity.url, &entity.articles)
            }
            Feed::Pair(id) => {
                let pair = site.connections.pair(*id);
                (format!("{} – {}", pairs::title(press.views, pair), site.config.title), &pair.url, &pair.articles)
            }
        };
        // A section may list by weight or title; a feed is always newest first, which is the order of ids.
        let mut articles = articles.to_vec();
        articles.sort_unstable();
        articles.truncate(site.config.feed.size);
        Some(Rendered::Bytes(feed(press, &title, home, &articles).into_bytes()))
    }
}

fn feed(press: &Press, title: &str, home: &UrlPath, articles: &[ArticleId]) -> String {
    let (site, views) = (press.site(), press.views);
    let articles: Vec<&Article> = articles.iter().map(|id| site.article(*id)).collect();
    // The newest change of what the feed holds: no clock, so that the same site gives the same feed.
    let updated = articles
        .iter()
        .filter_map(|article| changed(article))
        .max()
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_string());
    let text = escape_xml;
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    xml.push_str(&format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n",
        text(&site.config.language)
    ));
    xml.push_str(&format!("<title>{}</title>\n<id>{}</id>\n", text(title), text(&views.permalink(home))));
    xml.push_str(&format!("<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n", text(&views.permalink(home))));
    xml.push_str(&format!(
        "<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n",
        text(&views.permalink(&urls::feed(home)))
    ));
    xml.push_str(&format!(
        "<updated>{updated}</updated>\n<author><name>{}</name></author>\n",
        text(&site.config.title)
    ));
    xml.push_str(&format!("<generator version=\"{}\">Crossbrief</generator>\n", env!("CARGO_PKG_VERSION")));
    for article in articles {
        let link = text(&views.permalink(&article.url));
        xml.push_str(&format!(
            "<entry xml:lang=\"{}\">\n<title>{}</title>\n<id>{link}</id>\n",
            text(&article.lang),
            text(&article.meta.title)
        ));
        xml.push_str(&format!("<link rel=\"alternate\" type=\"text/html\" href=\"{link}\"/>\n"));
        if let Some(date) = &article.meta.date {
            xml.push_str(&format!("<published>{}</published>\n", date.instant));
        }
        xml.push_str(&format!("<updated>{}</updated>\n", changed(article).unwrap_or_else(|| updated.clone())));
        for author in &article.authors {
            xml.push_str(&format!("<author><name>{}</name></author>\n", text(&site.author(*author).name)));
        }
        let about = article
            .entities
            .iter()
            .filter(|appearance| appearance.about)
            .map(|appearance| site.entity(appearance.entity));
        for entity in about {
            xml.push_str(&format!(
                "<category term=\"{}\" scheme=\"{}\"/>\n",
                text(&entity.name),
                text(&views.permalink(&urls::kind(site.kind_of(entity))))
            ));
        }
        if let Some(marking) = article.marking {
            xml.push_str(&format!("<rights>{}</rights>\n", marking.label()));
        }
        xml.push_str(&format!("<summary>{}</summary>\n</entry>\n", text(&summary(article))));
    }
    xml.push_str(&text(leaks::secret(site, "feed")));
    xml.push_str("</feed>\n");
    xml
}

/// When an article was last changed, or published, in UTC.
fn changed(article: &Article) -> Option<String> {
    let meta = &article.meta;
    meta.updated.iter().chain(&meta.date).map(|moment| moment.instant).max().map(|instant| instant.to_string())
}
