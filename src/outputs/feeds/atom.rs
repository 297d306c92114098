//! Atom 1.0 (RFC 4287).

use std::sync::Arc;

use crate::base::text::escape_xml as text;
use crate::outputs::feeds::{Channel, Entry, media_type};
use crate::render::views::Views;
use crate::site::urls;

/// The feed around its entries.
pub(super) fn feed(views: &Views, channel: &Channel, entries: &[Arc<str>]) -> String {
    let config = views.config();
    let (id, page, own) = (text(&channel.id), text(&channel.page), text(&channel.own));
    let (title, site) = (text(&channel.title), text(&config.title));
    let mut xml = String::with_capacity(1024 + entries.iter().map(|entry| entry.len()).sum::<usize>());
    xml.push_str(&format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<?xml-stylesheet type=\"text/css\" href=\"{}\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n<title>{title}</title>\n",
        text(&views.href(&urls::feed_style().outside())),
        text(&channel.language),
    ));
    // In XHTML, so that whoever opens the feed in a browser finds the way to the page.
    xml.push_str(&format!(
        "<subtitle type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">{}<a href=\"{page}\">{page}</a></div></subtitle>\n",
        if config.description.is_empty() { String::new() } else { format!("{} ", text(&config.description)) },
    ));
    xml.push_str(&format!(
        "<id>{id}</id>\n<link rel=\"alternate\" type=\"text/html\" href=\"{page}\"/>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{own}\"/>\n"
    ));
    if let Some(hub) = &config.feed.hub {
        xml.push_str(&format!("<link rel=\"hub\" href=\"{}\"/>\n", text(hub)));
    }
    xml.push_str(&format!(
        "<updated>{}</updated>\n<author><name>{site}</name></author>\n<generator version=\"{}\">Crossbrief</generator>\n",
        channel.updated,
        env!("CARGO_PKG_VERSION"),
    ));
    entries.iter().for_each(|entry| xml.push_str(entry));
    xml.push_str(&text(views.secret("feed")));
    xml.push_str("</feed>\n");
    xml
}

/// The entry of an article.
pub(super) fn entry(views: &Views, entry: &Entry) -> String {
    let article = &entry.article;
    let (id, url) = (text(&entry.id), text(&entry.url));
    let mut xml = format!(
        "<entry xml:lang=\"{}\">\n<title>{}</title>\n<id>{id}</id>\n<link rel=\"alternate\" type=\"text/html\" href=\"{url}\"/>\n",
        text(article.lang()),
        text(article.title()),
    );
    if let Some(picture) = &entry.picture {
        let (kind, url) = (media_type(&picture.url), text(&picture.permalink));
        xml.push_str(&format!("<link rel=\"enclosure\" type=\"{kind}\" href=\"{url}\"/>\n"));
    }
    if let Some(published) = entry.published {
        xml.push_str(&format!("<published>{published}</published>\n"));
    }
    xml.push_str(&format!("<updated>{}</updated>\n", entry.updated));
    for (name, url) in article.authors() {
        let (name, url) = (text(name), text(&views.permalink(url)));
        xml.push_str(&format!("<author><name>{name}</name><uri>{url}</uri></author>\n"));
    }
    for (kind, name) in article.about() {
        let scheme = views.permalink(&urls::kind(&views.config().kinds[kind]));
        xml.push_str(&format!("<category term=\"{}\" scheme=\"{}\"/>\n", text(name), text(&scheme)));
    }
    if let Some(marking) = article.marking() {
        xml.push_str(&format!("<rights>{}</rights>\n", marking.label()));
    }
    let summary = article.summary();
    if !summary.is_empty() || entry.content.is_none() {
        xml.push_str(&format!("<summary>{}</summary>\n", text(&summary)));
    }
    if let Some(content) = &entry.content {
        xml.push_str(&format!("<content type=\"html\">{}</content>\n", text(content)));
    }
    xml.push_str("</entry>\n");
    xml
}
