//! The feed of corrections: an entry is a correction, not an article.

use std::sync::Arc;

use serde_json::json;

use crate::base::text::escape_xml as text;
use crate::outputs::feeds::{Channel, rss};
use crate::render::registers::{Announced, newest_corrections};
use crate::render::views::Views;
use crate::site::urls::FeedFormat;

/// The entries of the newest corrections; sets when the newest of them was made.
pub(super) fn entries(views: &Views, format: FeedFormat, channel: &mut Channel) -> Vec<Arc<str>> {
    let corrections = newest_corrections(views, views.config().feed.size);
    channel.updated = corrections.iter().map(|one| one.made).max().unwrap_or(channel.updated);
    let origin = &views.config().origin;
    let entry = |announced: &Announced| {
        let Announced { id, made, correction: one } = announced;
        let title = format!("{}: {}", one.label, one.article.title);
        let url = format!("{origin}{}", one.url);
        let marking = one.article.marking.as_ref().map(|marking| marking.label);
        match format {
            FeedFormat::Atom => {
                let rights = marking.map_or(String::new(), |label| format!("<rights>{label}</rights>\n"));
                format!(
                    "<entry xml:lang=\"{}\">\n<title>{}</title>\n<id>{}</id>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n\
                     <published>{made}</published>\n<updated>{made}</updated>\n<category term=\"{}\"/>\n{rights}<summary>{}</summary>\n</entry>\n",
                    text(&one.article.lang),
                    text(&title),
                    text(id),
                    text(&url),
                    one.kind,
                    text(&one.text),
                )
            }
            FeedFormat::Json => {
                let mut item = json!({
                    "id": id, "url": url, "title": title, "content_text": one.text, "date_published": made.to_string(),
                    "date_modified": made.to_string(), "tags": [one.kind], "language": one.article.lang,
                });
                if let Some(label) = marking {
                    item["_marking"] = json!({"about": "https://www.first.org/tlp/", "label": label});
                }
                item.to_string()
            }
            FeedFormat::Rss => {
                let rights = marking.map_or(String::new(), |label| format!("<dc:rights>{label}</dc:rights>\n"));
                format!(
                    "<item>\n<title>{}</title>\n<link>{}</link>\n<guid isPermaLink=\"{}\">{}</guid>\n<pubDate>{}</pubDate>\n<category>{}</category>\n\
                     {rights}<description>{}</description>\n</item>\n",
                    text(&title),
                    text(&url),
                    *id == url,
                    text(id),
                    rss::date(*made),
                    one.kind,
                    text(&text(&one.text)),
                )
            }
        }
    };
    corrections.iter().map(|one| entry(one).into()).collect()
}
