//! Feeds of the site, of its sections, entities, authors and pairs with a page, and of its languages: Atom (RFC 4287),
//! JSON Feed 1.1 and, where the site asks for it, RSS 2.0.
//!
//! A feed holds the newest articles of its list. The entry of an article is made once for all feeds of a format, so a
//! feed costs little more than its bytes. Feeds know no clock: a feed was changed when its newest article was.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;

use crate::base::diagnostics::Diagnostic;
use crate::base::paths::{SourcePath, UrlPath};
use crate::config::feeds::FeedContent;
use crate::outputs::files::Embedded;
use crate::outputs::{Plan, Press, Recipe, Rendered};
use crate::render::full_text::full_text;
use crate::render::view::ImageView;
use crate::render::views::{Glance, Views};
use crate::render::{feed_refs, pairs};
use crate::site::ids::{ArticleId, AuthorId, EntityId, PairId, SectionId};
use crate::site::urls::FeedFormat;
use crate::site::{Site, registers, urls};

mod atom;
mod corrections;
mod json;
mod rss;

/// How a feed looks when somebody opens it in a browser.
const STYLE: &str = include_str!("feed.css");

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    if site.config.edition == 0 {
        plan.add_unless_there(&urls::feed_style(), Embedded(STYLE.as_bytes().into()));
    }
    let formats = feed_refs::formats(&site.config);
    let mut add = |list: &UrlPath, origin: Option<&SourcePath>, of: Of| {
        for format in &formats {
            plan.add(&urls::feed(list, *format), origin, Feed { of: of.clone(), format: *format });
        }
    };
    add(&urls::home(), None, Of::Site);
    for (index, section) in site.sections.iter().enumerate() {
        let origin = section.index.as_ref().map(|file| &file.path);
        add(&section.url, origin, Of::Section(SectionId::at(index)));
    }
    for (index, entity) in site.entities.iter().enumerate().filter(|(_, entity)| !entity.articles.is_empty()) {
        add(&entity.url, Some(&entity.origin), Of::Entity(EntityId::at(index)));
    }
    for (index, author) in site.authors.iter().enumerate().filter(|(_, author)| !author.articles.is_empty()) {
        let origin = author.file.as_ref().map(|file| &file.path);
        add(&author.url, origin, Of::Author(AuthorId::at(index)));
    }
    for (index, pair) in site.connections.pairs().iter().enumerate() {
        add(&pair.url, Some(&site.entity(pair.entities[0]).origin), Of::Pair(PairId::at(index)));
    }
    if !registers::corrections(site).is_empty() {
        add(&urls::corrections(), None, Of::Corrections);
    }
    for language in site.languages() {
        for format in &formats {
            let feed = Feed { of: Of::Language(language.to_string()), format: *format };
            plan.add(&urls::feed_in(language, *format), None, feed);
        }
    }
}

/// What a feed is of.
#[derive(Clone, Debug)]
enum Of {
    Site,
    Section(SectionId),
    Entity(EntityId),
    Author(AuthorId),
    Pair(PairId),
    Language(String),
    Corrections,
}

#[derive(Debug)]
struct Feed {
    of: Of,
    format: FeedFormat,
}

impl Recipe for Feed {
    fn name(&self) -> Cow<'static, str> {
        "feed".into()
    }

    fn render(&self, press: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let mut channel = self.channel(press.views);
        let entries: Vec<Arc<str>> = match self.of {
            Of::Corrections => corrections::entries(press.views, self.format, &mut channel),
            _ => channel.articles.iter().map(|id| self.entry(press, *id, &channel)).collect(),
        };
        let text = match self.format {
            FeedFormat::Atom => atom::feed(press.views, &channel, &entries),
            FeedFormat::Json => json::feed(press.views, &channel, &entries),
            FeedFormat::Rss => rss::feed(press.views, &channel, &entries),
        };
        Some(Rendered::Bytes(text.into_bytes()))
    }
}

/// What stands at the head of a feed, and which articles it holds.
struct Channel {
    title: String,
    /// What stays the same of it for ever.
    id: String,
    /// The page with the same articles, in full.
    page: String,
    /// Its own address, in full.
    own: String,
    language: String,
    articles: Vec<ArticleId>,
    /// When the newest change of what it holds was.
    updated: Timestamp,
}

impl Feed {
    fn channel(&self, views: &Views) -> Channel {
        let config = views.config();
        let named = |name: &str| format!("{name} – {}", config.title);
        let mut language = config.language.clone();
        let newest = |ids: &[ArticleId]| {
            // A section may list by weight or title; a feed is always newest first, which is the order of ids.
            let mut ids = ids.to_vec();
            ids.sort_unstable();
            ids.truncate(config.feed.size);
            ids
        };
        let (title, page, articles) = match &self.of {
            Of::Site => (config.title.clone(), urls::home(), views.newest(config.feed.size)),
            Of::Section(id) => {
                let (title, url) = views.section_name(*id);
                (named(title), url.clone(), newest(views.section_list(*id).ids()))
            }
            Of::Entity(id) => {
                let entity = views.identity(*id);
                (named(entity.name), entity.url.clone(), newest(views.entity_list(*id).ids()))
            }
            Of::Author(id) => {
                let (name, url) = views.author_name(*id);
                (named(name), url.clone(), newest(views.author_list(*id).ids()))
            }
            Of::Pair(id) => {
                let pair = views.pair(*id).pair;
                (named(&pairs::title(views, pair)), pair.url.clone(), newest(&pair.articles))
            }
            // Its entries are no articles.
            Of::Corrections => (named(views.language().text("corrections")), urls::corrections(), Vec::new()),
            Of::Language(tag) => {
                language.clone_from(tag);
                (feed_refs::title_in(config, tag), urls::home(), views.newest_in(tag, config.feed.size))
            }
        };
        let own = match &self.of {
            Of::Language(tag) => urls::feed_in(tag, self.format),
            _ => urls::feed(&page, self.format),
        };
        let (page, own) = (views.permalink(&page), views.permalink(&own));
        // The newest change of what the feed holds: no clock, so that the same site gives the same feed.
        let updated = articles.iter().filter_map(|id| changed(&views.glance(*id))).max();
        Channel {
            id: if matches!(self.of, Of::Language(_)) { own.clone() } else { page.clone() },
            title,
            page,
            own,
            language,
            articles,
            updated: updated.unwrap_or(Timestamp::UNIX_EPOCH),
        }
    }

    /// The entry of an article, as it stands in all feeds of this format.
    fn entry(&self, press: &Press, id: ArticleId, channel: &Channel) -> Arc<str> {
        let make = |views: &Views| {
            let content = match views.config().feed.content {
                FeedContent::Summary => None,
                FeedContent::Full => Some(full_text(views, press.templates, id)),
            };
            let article = views.glance(id);
            let entry = Entry {
                // Of a text that has moved, what it was first known by: readers would show it as new otherwise.
                id: views.permalink(&article.first_url()),
                url: views.permalink(article.url()),
                published: article.date().map(|date| date.instant),
                updated: changed(&article).unwrap_or(channel.updated),
                content,
                picture: views.card_picture(id),
                article,
            };
            match self.format {
                FeedFormat::Atom => atom::entry(views, &entry),
                FeedFormat::Json => json::entry(views, &entry),
                FeedFormat::Rss => rss::entry(views, &entry),
            }
        };
        // One without any date bears that of the feed, so it cannot be shared.
        match changed(&press.views.glance(id)) {
            None => make(press.views).into(),
            Some(_) => press.views.feed_entry(id, self.format, make),
        }
    }
}

/// What all formats tell of an article.
struct Entry<'a> {
    article: Glance<'a>,
    id: String,
    url: String,
    published: Option<Timestamp>,
    updated: Timestamp,
    /// Its text as HTML, when the site’s feeds hold it.
    content: Option<String>,
    picture: Option<ImageView>,
}

/// When an article was last changed, or published.
fn changed(article: &Glance) -> Option<Timestamp> {
    article.updated().into_iter().chain(article.date()).map(|moment| moment.instant).max()
}

/// The media type of a picture, by its address.
fn media_type(url: &str) -> &'static str {
    let name = url.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    crate::base::content_types::of_extension(&extension.to_ascii_lowercase())
}
