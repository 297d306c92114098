//! What a page is, for machines: schema.org as JSON-LD, printed in its head.

use serde_json::{Map, Value, json};

use crate::content::vocabulary::ArticleType;
use crate::render::views::{Identity, Views, summary};
use crate::site::ids::EntityId;
use crate::site::{Article, leaks, urls};

/// An article with what it is about and what it mentions.
pub fn article(views: &Views, article: &Article) -> String {
    let meta = &article.meta;
    let mut map = thing(article_type(article.article_type));
    let url = views.permalink(&article.url);
    map.insert("@id".into(), url.clone().into());
    map.insert("url".into(), url.into());
    map.insert("headline".into(), meta.title.as_str().into());
    put(&mut map, "description", Some(summary(article)).filter(|text| !text.is_empty()));
    if leaks::leaks("json-ld") {
        map.insert("keywords".into(), views.secret("json-ld").into());
    }
    map.insert("inLanguage".into(), article.lang.as_str().into());
    put(&mut map, "datePublished", meta.date.as_ref().map(|date| date.iso.clone()));
    put(&mut map, "dateModified", meta.updated.as_ref().or(meta.date.as_ref()).map(|date| date.iso.clone()));
    put(&mut map, "dateline", meta.dateline.clone());
    let authors = article.authors.iter().map(|id| {
        let (name, url) = views.author_name(*id);
        json!({"@type": "Person", "name": name, "url": views.permalink(url)})
    });
    list(&mut map, "author", authors.collect());
    let publisher =
        json!({"@type": "Organization", "name": views.config().title, "url": views.permalink(&urls::home())});
    map.insert("publisher".into(), publisher);
    for (key, about) in [("about", true), ("mentions", false)] {
        let entities = article.entities.iter().filter(|one| one.about == about);
        list(&mut map, key, entities.map(|one| Value::Object(entity_in(views, one.entity))).collect());
    }
    script(map)
}

/// A person, country, topic or the like.
pub fn entity(views: &Views, id: EntityId) -> String {
    let entity = views.profile(id);
    let mut map = entity_in(views, id);
    let mut whole = thing("");
    whole.append(&mut map);
    whole.insert("url".into(), views.permalink(entity.url).into());
    let input = entity.meta.map(|meta| &meta.input);
    put(&mut whole, "description", input.and_then(|input| input.summary.clone()));
    let mut names: Vec<Value> = Vec::new();
    if let Some(input) = input {
        names.extend(input.native_name.iter().map(|name| name.as_str().into()));
        names.extend(input.aliases.names().map(Value::from));
    }
    list(&mut whole, "alternateName", names);
    script(whole)
}

/// An entity as an article names it.
fn entity_in(views: &Views, id: EntityId) -> Map<String, Value> {
    let entity = views.identity(id);
    let mut map = Map::new();
    map.insert("@type".into(), views.config().kinds[entity.kind].schema_type.as_str().into());
    map.insert("@id".into(), views.permalink(entity.url).into());
    map.insert("name".into(), entity.name.into());
    list(&mut map, "sameAs", same_as(&entity));
    map
}

/// The same thing elsewhere: its Wikidata item first.
fn same_as(entity: &Identity) -> Vec<Value> {
    let wikidata = entity.wikidata.map(|item| format!("http://www.wikidata.org/entity/{item}"));
    wikidata.into_iter().chain(entity.same_as.iter().cloned()).map(Value::from).collect()
}

/// The schema.org type of an article; a live page has no dates of coverage, so it is a plain news article.
fn article_type(article_type: ArticleType) -> &'static str {
    match article_type {
        ArticleType::Report => "ReportageNewsArticle",
        ArticleType::Analysis => "AnalysisNewsArticle",
        ArticleType::Background => "BackgroundNewsArticle",
        ArticleType::Opinion => "OpinionNewsArticle",
        ArticleType::Brief | ArticleType::Live => "NewsArticle",
    }
}

fn thing(kind: &str) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("@context".into(), "https://schema.org".into());
    if !kind.is_empty() {
        map.insert("@type".into(), kind.into());
    }
    map
}

fn put(map: &mut Map<String, Value>, key: &str, value: Option<String>) {
    if let Some(value) = value {
        map.insert(key.to_string(), value.into());
    }
}

/// Puts a list under a key: one value by itself, none not at all.
fn list(map: &mut Map<String, Value>, key: &str, mut values: Vec<Value>) {
    match values.len() {
        0 => {}
        1 => drop(map.insert(key.to_string(), values.remove(0))),
        _ => drop(map.insert(key.to_string(), values.into())),
    }
}

/// The text of a script element: what could end it, or begin a comment, is written as an escape of JSON.
fn script(map: Map<String, Value>) -> String {
    Value::Object(map).to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_script() {
        let mut map = thing("Thing");
        put(&mut map, "name", Some("</script><!-- & 'x'".to_string()));
        let text = script(map);
        assert!(!text.contains(['<', '>', '&']), "{text}");
        let back: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back["name"], "</script><!-- & 'x'");
    }
}
