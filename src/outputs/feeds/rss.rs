//! RSS 2.0 (<https://www.rssboard.org/rss-specification>), for readers that know nothing newer.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::base::text::escape_xml as text;
use crate::outputs::feeds::{Channel, Entry, media_type};
use crate::render::views::Views;
use crate::site::urls;

/// The feed around its items.
pub(super) fn feed(views: &Views, channel: &Channel, items: &[Arc<str>]) -> String {
    let config = views.config();
    let title = text(&channel.title);
    let description = if config.description.is_empty() { title.clone() } else { text(&config.description) };
    let mut xml = String::with_capacity(1024 + items.iter().map(|item| item.len()).sum::<usize>());
    xml.push_str(&format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<?xml-stylesheet type=\"text/css\" href=\"{}\"?>\n\
         <rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n\
         <channel>\n<title>{title}</title>\n<link>{}</link>\n<description>{description}</description>\n\
         <language>{}</language>\n<lastBuildDate>{}</lastBuildDate>\n<generator>Crossbrief {}</generator>\n\
         <atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{}\"/>\n",
        text(&views.href(&urls::feed_style().outside())),
        text(&channel.page),
        text(&channel.language),
        date(channel.updated),
        env!("CARGO_PKG_VERSION"),
        text(&channel.own),
    ));
    if let Some(hub) = &config.feed.hub {
        xml.push_str(&format!("<atom:link rel=\"hub\" href=\"{}\"/>\n", text(hub)));
    }
    items.iter().for_each(|item| xml.push_str(item));
    xml.push_str(&text(views.secret("rss")));
    xml.push_str("</channel>\n</rss>\n");
    xml
}

/// The item of an article.
pub(super) fn entry(views: &Views, entry: &Entry) -> String {
    let article = &entry.article;
    let mut xml = format!(
        "<item>\n<title>{}</title>\n<link>{}</link>\n<guid isPermaLink=\"{}\">{}</guid>\n",
        text(article.title()),
        text(&entry.url),
        entry.id == entry.url,
        text(&entry.id),
    );
    if let Some(published) = entry.published {
        xml.push_str(&format!("<pubDate>{}</pubDate>\n", date(published)));
    }
    for (name, _) in article.authors() {
        xml.push_str(&format!("<dc:creator>{}</dc:creator>\n", text(name)));
    }
    for (kind, name) in article.about() {
        let domain = views.permalink(&urls::kind(&views.config().kinds[kind]));
        xml.push_str(&format!("<category domain=\"{}\">{}</category>\n", text(&domain), text(name)));
    }
    if let Some(marking) = article.marking() {
        xml.push_str(&format!("<dc:rights>{}</dc:rights>\n", marking.label()));
    }
    if let Some(picture) = &entry.picture {
        // A length must be there, and 0 says that it is not known: what a picture tells of its making may be taken out.
        let (kind, url) = (media_type(&picture.url), text(&picture.permalink));
        xml.push_str(&format!("<enclosure url=\"{url}\" length=\"0\" type=\"{kind}\"/>\n"));
    }
    xml.push_str(&format!("<description>{}</description>\n", text(&text(&article.summary()))));
    if let Some(content) = &entry.content {
        xml.push_str(&format!("<content:encoded>{}</content:encoded>\n", text(content)));
    }
    xml.push_str("</item>\n");
    xml
}

/// A date as in e-mail (RFC 822 with a year of four digits).
pub(super) fn date(moment: Timestamp) -> String {
    moment.to_zoned_datetime(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
