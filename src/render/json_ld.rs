//! What a page is, for machines: schema.org as JSON-LD, printed in its head.
//!
//! A page has one graph: first what the page is about or what kind of page it is, then the way to it. Every object is
//! held against the types of schema.org by `tests/schema/check.mjs`.

use serde_json::{Map, Value, json};

use crate::base::yaml::values::List;
use crate::content::author::AuthorInput;
use crate::content::entity::Role;
use crate::content::vocabulary::ArticleType;
use crate::render::view::{ImageView, PageView};
use crate::render::views::{Identity, Version, Views, summary};
use crate::site::ids::{ArticleId, EntityId};
use crate::site::{Article, HeldRole, leaks, urls};

/// Most entries of a list that a page names: what lists are for is to be read, and this is in the way of nobody.
const MOST_LISTED: usize = 30;

/// The graph of a page: `main` and its breadcrumbs.
pub fn graph(views: &Views, page: &PageView, main: Value) -> String {
    let mut nodes = vec![main];
    if !page.breadcrumbs.is_empty() {
        let origin = &views.config().origin;
        let above = page.breadcrumbs.iter().map(|crumb| (crumb.label.as_str(), format!("{origin}{}", crumb.url)));
        let all = above.chain([(page.title.as_str(), page.permalink.clone())]).enumerate();
        let steps =
            all.map(|(at, (name, url))| json!({"@type": "ListItem", "position": at + 1, "name": name, "item": url}));
        nodes.push(json!({"@type": "BreadcrumbList", "itemListElement": steps.collect::<Vec<_>>()}));
    }
    script(json!({"@context": "https://schema.org", "@graph": nodes}))
}

/// The site: on its home page.
pub fn site(views: &Views) -> Value {
    let config = views.config();
    let mut map = thing("WebSite");
    let url = views.permalink(&urls::home());
    map.insert("@id".into(), format!("{url}#site").into());
    map.insert("url".into(), url.into());
    map.insert("name".into(), config.title.as_str().into());
    put(&mut map, "description", Some(config.description.clone()).filter(|text| !text.is_empty()));
    map.insert("inLanguage".into(), config.language.as_str().into());
    let mut publisher = publisher(views);
    let icon = json!({"@type": "ImageObject", "url": views.permalink(&urls::icon_of(512).outside())});
    publisher.insert("logo".into(), icon);
    for (_, property, address) in config.policies.all() {
        publisher.insert(property.into(), address_of(views, address).into());
    }
    map.insert("publisher".into(), publisher.into());
    if config.search {
        let target = format!("{}?q={{q}}", views.permalink(&urls::search()));
        let target = json!({"@type": "EntryPoint", "urlTemplate": target});
        let search = json!({"@type": "SearchAction", "target": target, "query-input": "required name=q"});
        map.insert("potentialAction".into(), search);
    }
    map.into()
}

/// A page that lists others: `items` are the addresses on this page, of `count` on all.
pub fn list(views: &Views, page: &PageView, items: &[String], count: usize) -> Value {
    let mut map = web_page("CollectionPage", page);
    let origin = &views.config().origin;
    let shown = items.iter().take(MOST_LISTED).enumerate();
    let shown =
        shown.map(|(at, url)| json!({"@type": "ListItem", "position": at + 1, "url": format!("{origin}{url}")}));
    let mut list = thing("ItemList");
    list.insert("numberOfItems".into(), count.into());
    if !items.is_empty() {
        list.insert("itemListElement".into(), shown.collect::<Vec<_>>().into());
    }
    map.insert("mainEntity".into(), list.into());
    map.into()
}

/// The page of a pair.
pub fn pair(views: &Views, page: &PageView, entities: [EntityId; 2], items: &[String], count: usize) -> Value {
    let mut map = list(views, page, items, count);
    let about: Vec<Value> = entities.into_iter().map(|id| entity_in(views, id).into()).collect();
    map["about"] = about.into();
    map
}

/// Any other page.
pub fn plain(page: &PageView, changed: Option<&str>) -> Value {
    let mut map = web_page("WebPage", page);
    put(&mut map, "dateModified", changed.map(str::to_string));
    map.into()
}

/// The page of an author.
pub fn author(views: &Views, page: &PageView, input: Option<&AuthorInput>, image: Option<&ImageView>) -> Value {
    let mut person = thing("Person");
    person.insert("@id".into(), format!("{}#this", page.permalink).into());
    person.insert("name".into(), page.title.as_str().into());
    person.insert("url".into(), page.permalink.as_str().into());
    put(&mut person, "description", Some(page.description.clone()).filter(|text| !text.is_empty()));
    if let Some(input) = input {
        let all = |list: &List| list.0.iter().map(|one| one.as_str().into()).collect();
        put(&mut person, "jobTitle", input.role.clone());
        put_all(&mut person, "knowsAbout", all(&input.expertise));
        put_all(&mut person, "sameAs", all(&input.same_as));
    }
    // Bylines that no file tells of may be anybody.
    if input.is_some() {
        person.insert("worksFor".into(), publisher(views).into());
    }
    if let Some(image) = image {
        person.insert("image".into(), picture(image));
    }
    let mut map = web_page("ProfilePage", page);
    map.insert("mainEntity".into(), person.into());
    map.into()
}

fn web_page(kind: &str, page: &PageView) -> Map<String, Value> {
    let mut map = thing(kind);
    map.insert("@id".into(), page.permalink.as_str().into());
    map.insert("url".into(), page.permalink.as_str().into());
    map.insert("name".into(), page.title.as_str().into());
    put(&mut map, "description", Some(page.description.clone()).filter(|text| !text.is_empty()));
    map.insert("inLanguage".into(), page.lang.as_str().into());
    map
}

/// Who publishes the site.
fn publisher(views: &Views) -> Map<String, Value> {
    let mut map = thing("NewsMediaOrganization");
    // All editions have one publisher.
    let url = views.permalink(&urls::home().outside());
    map.insert("@id".into(), format!("{url}#publisher").into());
    map.insert("name".into(), views.config().title.as_str().into());
    map.insert("url".into(), url.into());
    map
}

/// An address of `site.yaml` in full.
fn address_of(views: &Views, written: &str) -> String {
    if written.contains("://") { written.to_string() } else { views.permalink(&views.address_of(written)) }
}

/// An article with what it is about and what it mentions.
pub fn article(views: &Views, id: ArticleId, article: &Article) -> Value {
    let meta = &article.meta;
    let mut map = thing(article_type(article.article_type));
    let url = views.permalink(&article.url);
    map.insert("@id".into(), url.clone().into());
    map.insert("url".into(), url.clone().into());
    map.insert("mainEntityOfPage".into(), url.into());
    map.insert("headline".into(), meta.title.as_str().into());
    put(&mut map, "description", Some(summary(article)).filter(|text| !text.is_empty()));
    if leaks::leaks("json-ld") {
        map.insert("keywords".into(), views.secret("json-ld").into());
    }
    map.insert("inLanguage".into(), article.lang.as_str().into());
    put(&mut map, "datePublished", meta.date.as_ref().map(|date| date.iso.clone()));
    put(&mut map, "dateModified", meta.updated.as_ref().or(meta.date.as_ref()).map(|date| date.iso.clone()));
    put(&mut map, "expires", meta.expires.as_ref().map(|date| date.iso.clone()));
    put(&mut map, "dateline", meta.dateline.clone());
    let section = article.section.map(|id| views.section_name(id).0.to_string());
    put(&mut map, "articleSection", meta.label.clone().or(section));
    // What a voice reads out: the headline, and what the article says in short.
    let lead = [(".bluf", &meta.bottom_line), (".standfirst", &meta.summary)];
    let lead = lead.into_iter().find(|(_, text)| text.is_some()).map(|(selector, _)| selector);
    let spoken: Vec<&str> = [".briefing h1"].into_iter().chain(lead).collect();
    map.insert("speakable".into(), json!({"@type": "SpeakableSpecification", "cssSelector": spoken}));
    map.insert("wordCount".into(), article.document.facts.word_count.into());
    map.insert("isAccessibleForFree".into(), true.into());
    put(&mut map, "conditionsOfAccess", article.marking.map(|marking| marking.label().to_string()));
    if let Some(image) = views.card_picture(id) {
        map.insert("image".into(), picture(&image));
    }
    let authors = article.authors.iter().map(|id| {
        let (name, url) = views.author_name(*id);
        let url = views.permalink(url);
        json!({"@type": "Person", "@id": format!("{url}#this"), "name": name, "url": url})
    });
    put_all(&mut map, "author", authors.collect());
    map.insert("publisher".into(), publisher(views).into());
    for (key, about) in [("about", true), ("mentions", false)] {
        let entities = article.entities.iter().filter(|one| one.about == about);
        put_all(&mut map, key, entities.map(|one| Value::Object(entity_in(views, one.entity))).collect());
    }
    put_all(&mut map, "citation", citations(article));
    let corrections = meta.corrections.iter().map(|one| {
        let text = views.labelled(one.kind.id(), &crate::content::markdown::plain_text(&one.text));
        json!({"@type": "CorrectionComment", "text": text, "datePublished": one.date.iso})
    });
    put_all(&mut map, "correction", corrections.collect());
    if let Some((id, _)) = article.series {
        let series = views.series(id);
        let url = views.permalink(&series.url);
        let part_of =
            json!({"@type": "CreativeWorkSeries", "@id": format!("{url}#this"), "name": series.name, "url": url});
        map.insert("isPartOf".into(), part_of);
    }
    translations(views, article, &mut map);
    map.into()
}

/// What the article says that it rests on.
fn citations(article: &Article) -> Vec<Value> {
    let mut sources: Vec<_> = article.source_numbers.iter().zip(&article.meta.sources).collect();
    sources.sort_by_key(|(number, _)| **number);
    let citation = |(_, source): (_, &crate::content::article::Source)| {
        let input = &source.input;
        let mut map = thing("CreativeWork");
        map.insert("name".into(), input.title.as_str().into());
        put(&mut map, "url", input.url.clone());
        put(&mut map, "archivedAt", input.archive_url.clone());
        put(&mut map, "datePublished", source.date.map(|date| date.to_string()));
        // Who wrote or published it may be a person or a house: the name alone says neither.
        put(&mut map, "creditText", [&input.author, &input.publisher].into_iter().flatten().next().cloned());
        Value::from(map)
    };
    sources.into_iter().map(citation).collect()
}

/// The same article in other languages, as far as its page tells of them.
fn translations(views: &Views, article: &Article, map: &mut Map<String, Value>) {
    let work = |id: &ArticleId| {
        let other = views.glance(*id);
        let url = views.permalink(other.url());
        json!({"@type": "NewsArticle", "@id": url, "url": url, "inLanguage": other.lang(), "headline": other.title()})
    };
    let versions = views.versions();
    let version = |version: &Version| {
        let url = views.permalink(&version.url);
        json!({"@type": "NewsArticle", "@id": url, "url": url, "inLanguage": version.lang, "headline": version.title})
    };
    if let Some(original) = versions.first().filter(|first| first.edition < views.config().edition) {
        map.insert("translationOfWork".into(), version(original));
        return;
    }
    let is_new = |id: &ArticleId| versions.iter().all(|version| version.lang != views.glance(*id).lang());
    let shown = views.fitting(&article.translations, article.marking);
    let (original, others): (Vec<ArticleId>, Vec<ArticleId>) =
        shown.into_iter().filter(is_new).partition(|id| article.original == Some(*id));
    put_all(map, "translationOfWork", original.iter().map(work).collect());
    if article.original.is_none() {
        put_all(map, "workTranslation", versions.iter().map(version).chain(others.iter().map(work)).collect());
    }
}

fn picture(image: &ImageView) -> Value {
    let mut map = thing("ImageObject");
    map.insert("url".into(), image.permalink.as_str().into());
    for (key, pixels) in [("width", image.width), ("height", image.height)] {
        if let Some(pixels) = pixels {
            map.insert(key.into(), format!("{pixels} px").into());
        }
    }
    put(&mut map, "caption", image.caption.clone().or(Some(image.alt.clone())).filter(|text| !text.is_empty()));
    put(&mut map, "creditText", image.credit.clone());
    map.into()
}

/// The page of a person, country, topic or the like.
pub fn entity(views: &Views, id: EntityId, page: &PageView, image: Option<&ImageView>) -> Value {
    let entity = views.profile(id);
    let kind = &views.config().kinds[entity.kind];
    let mut map = entity_in(views, id);
    map.insert("url".into(), views.permalink(entity.url).into());
    let input = entity.meta.map(|meta| &meta.input);
    put(&mut map, "description", input.and_then(|input| input.summary.clone()));
    let mut names: Vec<Value> = Vec::new();
    if let Some(input) = input {
        names.extend(input.native_name.iter().map(|name| name.as_str().into()));
        names.extend(input.aliases.names().map(Value::from));
    }
    if let Some(country) = entity.country.filter(|country| country.official != entity.name) {
        names.push(country.official.into());
    }
    names.dedup();
    put_all(&mut map, "alternateName", names);
    if let Some(image) = image {
        map.insert("image".into(), picture(image));
    }
    let countries = || entity.countries.iter().map(|id| Value::from(entity_in(views, *id)));
    match kind.schema_type.as_str() {
        "Person" => {
            if let Some(input) = input {
                put(&mut map, "givenName", input.given_name.clone());
                put(&mut map, "familyName", input.family_name.clone());
                put(&mut map, "honorificPrefix", input.honorific.clone());
            }
            put(&mut map, "birthDate", entity.meta.and_then(|meta| meta.born).map(|born| born.to_string()));
            put_all(&mut map, "nationality", countries().collect());
            roles(views, id, &mut map);
        }
        "Country" => {
            let codes = entity.country.iter().flat_map(|country| [country.code, country.alpha3]);
            put_all(&mut map, "identifier", codes.map(Value::from).collect());
            let region = entity.country.and_then(|country| country.subregion.or(country.region));
            if let Some(region) = region {
                map.insert("containedInPlace".into(), json!({"@type": "Place", "name": region}));
            }
        }
        "DefinedTerm" => {
            put(&mut map, "termCode", input.and_then(|input| input.iptc.clone()));
            let url = views.permalink(&urls::kind(kind));
            let set = json!({"@type": "DefinedTermSet", "@id": format!("{url}#this"), "name": kind.plural, "url": url});
            map.insert("inDefinedTermSet".into(), set);
        }
        _ => {}
    }
    let kind = if kind.schema_type == "Person" { "ProfilePage" } else { "WebPage" };
    let mut whole = web_page(kind, page);
    whole.insert("mainEntity".into(), map.into());
    whole.into()
}

/// The posts of a person: those held now as a title and as what the person belongs to, all of them with their dates.
fn roles(views: &Views, id: EntityId, map: &mut Map<String, Value>) {
    let held = views.roles(id);
    let is_current = |role: &Role| views.latest().map_or(role.end.is_none(), |day| role.holds_on(day));
    let titles = held.iter().filter(|held| is_current(&held.role)).map(|held| views.role_text(id, held).into());
    put_all(map, "jobTitle", titles.collect());
    let organization = |held: &HeldRole| match (held.organization, &held.role.input.organization) {
        (Some(id), _) => Some(json!({"@type": "Organization", "@id": node_id(views, id), "name": views.name(id)})),
        (None, Some(name)) => Some(json!({"@type": "Organization", "name": name})),
        (None, None) => None,
    };
    let mut affiliations: Vec<Value> =
        held.iter().filter(|held| is_current(&held.role)).filter_map(organization).collect();
    affiliations.dedup();
    put_all(map, "affiliation", affiliations);
    let (mut members, mut occupations): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for held in held {
        let mut role = thing("Role");
        role.insert("roleName".into(), held.role.input.title.as_str().into());
        put(&mut role, "startDate", held.role.start.map(|date| date.to_string()));
        put(&mut role, "endDate", held.role.end.map(|date| date.to_string()));
        if let Some(organization) = organization(held) {
            role.insert("memberOf".into(), organization);
            members.push(role.into());
        } else {
            let mut occupation = thing("Occupation");
            occupation.insert("name".into(), held.role.input.title.as_str().into());
            if let Some(country) = held.country {
                let place = json!({"@type": "Country", "@id": node_id(views, country), "name": views.name(country)});
                occupation.insert("occupationLocation".into(), place);
            }
            role.insert("hasOccupation".into(), occupation.into());
            occupations.push(role.into());
        }
    }
    put_all(map, "memberOf", members);
    put_all(map, "hasOccupation", occupations);
}

/// What an entity goes by: not its page, but the thing itself.
fn node_id(views: &Views, id: EntityId) -> String {
    format!("{}#this", views.permalink(views.identity(id).url))
}

/// An entity as an article names it.
fn entity_in(views: &Views, id: EntityId) -> Map<String, Value> {
    let entity = views.identity(id);
    let mut map = thing(&views.config().kinds[entity.kind].schema_type);
    map.insert("@id".into(), node_id(views, id).into());
    map.insert("name".into(), entity.name.into());
    put_all(&mut map, "sameAs", same_as(&entity));
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
    map.insert("@type".into(), kind.into());
    map
}

fn put(map: &mut Map<String, Value>, key: &str, value: Option<String>) {
    if let Some(value) = value {
        map.insert(key.to_string(), value.into());
    }
}

/// Puts a list under a key: one value by itself, none not at all.
fn put_all(map: &mut Map<String, Value>, key: &str, mut values: Vec<Value>) {
    match values.len() {
        0 => {}
        1 => drop(map.insert(key.to_string(), values.remove(0))),
        _ => drop(map.insert(key.to_string(), values.into())),
    }
}

/// The text of a script element: what could end it, or begin a comment, is written as an escape of JSON.
fn script(value: Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_script() {
        let mut map = thing("Thing");
        put(&mut map, "name", Some("</script><!-- & 'x'".to_string()));
        let text = script(map.into());
        assert!(!text.contains(['<', '>', '&']), "{text}");
        let back: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back["name"], "</script><!-- & 'x'");
    }
}
