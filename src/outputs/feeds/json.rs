//! JSON Feed 1.1 (<https://www.jsonfeed.org/version/1.1/>).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::outputs::feeds::{Channel, Entry, media_type};
use crate::render::views::Views;
use crate::site::urls;

/// The feed around its items, one a line.
pub(super) fn feed(views: &Views, channel: &Channel, items: &[Arc<str>]) -> String {
    let config = views.config();
    let mut head = Map::new();
    let mut put = |key: &str, value: Value| drop(head.insert(key.to_string(), value));
    put("version", "https://jsonfeed.org/version/1.1".into());
    put("title", channel.title.as_str().into());
    put("home_page_url", channel.page.as_str().into());
    put("feed_url", channel.own.as_str().into());
    if !config.description.is_empty() {
        put("description", config.description.as_str().into());
    }
    put("language", channel.language.as_str().into());
    put("authors", json!([{"name": config.title, "url": views.permalink(&urls::home())}]));
    if let Some(hub) = &config.feed.hub {
        put("hubs", json!([{"type": "WebSub", "url": hub}]));
    }
    let secret = views.secret("feed.json");
    if !secret.is_empty() {
        put("user_comment", secret.into());
    }
    let mut text = Value::Object(head).to_string();
    text.pop();
    text.push_str(",\"items\":[");
    for (index, item) in items.iter().enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.push_str(item);
    }
    text.push_str("\n]}\n");
    text
}

/// The item of an article.
pub(super) fn entry(views: &Views, entry: &Entry) -> String {
    let article = &entry.article;
    let mut item = Map::new();
    let mut put = |key: &str, value: Value| drop(item.insert(key.to_string(), value));
    put("id", entry.id.as_str().into());
    put("url", entry.url.as_str().into());
    put("title", article.title().into());
    let summary = article.summary();
    match &entry.content {
        Some(content) => {
            if !summary.is_empty() {
                put("summary", summary.into());
            }
            put("content_html", content.as_str().into());
        }
        // An item must have a text.
        None => put("content_text", if summary.is_empty() { article.title().into() } else { summary.into() }),
    }
    if let Some(picture) = &entry.picture {
        put("image", picture.permalink.as_str().into());
        put("attachments", json!([{"url": picture.permalink, "mime_type": media_type(&picture.url)}]));
    }
    if let Some(published) = entry.published {
        put("date_published", published.to_string().into());
        put("date_modified", entry.updated.to_string().into());
    }
    let author = |(name, url)| json!({"name": name, "url": views.permalink(url)});
    let authors: Vec<Value> = article.authors().map(author).collect();
    if !authors.is_empty() {
        put("authors", authors.into());
    }
    let mut tags: Vec<Value> = Vec::new();
    for (_, name) in article.about() {
        let tag = Value::from(name);
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if !tags.is_empty() {
        put("tags", tags.into());
    }
    put("language", article.lang().into());
    if let Some(marking) = article.marking() {
        put("_marking", json!({"about": "https://www.first.org/tlp/", "label": marking.label()}));
    }
    Value::Object(item).to_string()
}
