//! The site as a graph, for notebooks, Gephi and the like: `graph.json`, `graph.graphml`, and `graph.ftm.json` in the
//! FollowTheMoney model (one entity a line, <https://followthemoney.tech>).
//!
//! What is in doubt or withheld is in none of them: they are made of the same [`Site`] as the pages.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use rayon::prelude::*;
use serde_json::{Map, Value, json};

use crate::base::dates::PartialDate;
use crate::base::diagnostics::Diagnostic;
use crate::base::hash::ContentHash;
use crate::base::text::escape_xml;
use crate::outputs::{Plan, Press, Recipe, Rendered};
use crate::render::views::{Shared, summary};
use crate::site::faces::Face;
use crate::site::ids::{ArticleId, EntityId};
use crate::site::{Article, Entity, HeldRole, Site, leaks, urls};

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    if site.config.pairs.graph > 0 && !site.entities.is_empty() {
        plan.add(&urls::graph("json"), None, Graph::Json);
        plan.add(&urls::graph("graphml"), None, Graph::Xml);
        plan.add(&urls::graph("ftm.json"), None, Graph::FollowTheMoney);
    }
}

#[derive(Debug)]
enum Graph {
    Json,
    Xml,
    FollowTheMoney,
}

impl Recipe for Graph {
    fn name(&self) -> Cow<'static, str> {
        "graph".into()
    }

    fn render(&self, press: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views.whole(Face::Graph);
        let text = match self {
            Graph::Json => json_graph(views),
            Graph::Xml => graph_ml(views),
            Graph::FollowTheMoney => follow_the_money(views),
        };
        Some(Rendered::Bytes(text.into_bytes()))
    }
}

/// What two entities have in common.
struct Edge {
    /// The one with the higher id.
    right: EntityId,
    /// Articles in which both appear.
    weight: u32,
    /// Articles that are about both.
    about: u32,
    /// Articles by year, the earliest first.
    years: Vec<(i16, u32)>,
    /// First and last day.
    days: Option<(jiff::civil::Date, jiff::civil::Date)>,
}

/// Finds the edges of one entity at a time, so that all of them are never in memory.
struct Edges<'a> {
    site: &'a Site,
    /// The entities of each article; a briefing in several languages counts once.
    listed: Vec<Vec<EntityId>>,
    least: u32,
}

impl<'a> Edges<'a> {
    fn new(site: &'a Site) -> Self {
        let mut listed: Vec<Vec<EntityId>> = vec![Vec::new(); site.articles.len()];
        for (index, entity) in site.entities.iter().enumerate() {
            for article in &entity.articles {
                listed[article.index()].push(EntityId::at(index));
            }
        }
        Self { site, listed, least: u32::try_from(site.config.pairs.graph).unwrap_or(u32::MAX) }
    }

    /// The edges to entities with higher ids that have enough articles, by these ids.
    fn of(&self, left: EntityId) -> Vec<Edge> {
        let mut found: Vec<(EntityId, Option<jiff::civil::Date>, bool)> = Vec::new();
        for id in &self.site.entity(left).articles {
            let article = self.site.article(*id);
            let is_about = |entity: EntityId| article.entities.iter().any(|one| one.entity == entity && one.about);
            let about = is_about(left);
            let day = article.meta.date.as_ref().map(|date| date.day);
            let higher = self.listed[id.index()].iter().filter(|right| **right > left);
            found.extend(higher.map(|right| (*right, day, about && is_about(*right))));
        }
        found.sort_unstable();
        let groups = found.chunk_by(|one, other| one.0 == other.0);
        let enough = |weight: &u32| *weight >= self.least;
        let edge = |group: &[(EntityId, Option<jiff::civil::Date>, bool)]| {
            let weight = u32::try_from(group.len()).ok().filter(enough)?;
            let days: Vec<jiff::civil::Date> = group.iter().filter_map(|one| one.1).collect();
            let years = days.chunk_by(|one, other| one.year() == other.year());
            Some(Edge {
                right: group[0].0,
                weight,
                about: group.iter().map(|one| u32::from(one.2)).sum(),
                years: years.map(|days| (days[0].year(), u32::try_from(days.len()).unwrap_or(u32::MAX))).collect(),
                days: days.first().copied().zip(days.last().copied()),
            })
        };
        groups.filter_map(edge).collect()
    }

    /// What `write` makes of the edges of each entity, in the order of their ids.
    fn written(&self, write: impl Fn(&mut String, EntityId, &Edge) + Sync) -> Vec<String> {
        let written = (0..self.site.entities.len()).into_par_iter().map(|index| {
            let left = EntityId::at(index);
            let mut text = String::new();
            self.of(left).iter().for_each(|edge| write(&mut text, left, edge));
            text
        });
        written.collect()
    }
}

/// The first and the last day of an entity's articles.
fn days(site: &Site, entity: &Entity) -> Option<(String, String)> {
    let day = |id: &ArticleId| site.article(*id).meta.date.as_ref().map(|date| date.day);
    let days: Vec<_> = entity.articles.iter().filter_map(day).collect();
    Some((days.iter().min()?.to_string(), days.iter().max()?.to_string()))
}

fn wikidata(entity: &Entity) -> Option<String> {
    let own = entity.meta.as_ref().and_then(|meta| meta.input.wikidata.clone());
    own.or_else(|| entity.country.and_then(|country| country.wikidata).map(str::to_string))
}

/// Puts a value under a key, unless there is none.
fn put(map: &mut Map<String, Value>, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        map.insert(key.to_string(), value.into());
    }
}

fn node_id(views: &Shared, id: EntityId) -> String {
    views.site().entity(id).url.as_str().to_string()
}

fn json_graph(views: &Shared) -> String {
    let site = views.site();
    let nodes = site.entities.iter().map(|entity| {
        let mut node = Map::new();
        node.insert("id".into(), entity.url.as_str().into());
        node.insert("kind".into(), site.kind_of(entity).id.as_str().into());
        node.insert("name".into(), entity.name.as_str().into());
        node.insert("url".into(), views.permalink(&entity.url).into());
        node.insert("briefings".into(), entity.articles.len().into());
        let days = days(site, entity);
        put(&mut node, "first", days.as_ref().map(|(first, _)| first.as_str()));
        put(&mut node, "last", days.as_ref().map(|(_, last)| last.as_str()));
        put(&mut node, "code", entity.country.map(|country| country.code));
        put(&mut node, "wikidata", wikidata(entity));
        Value::Object(node).to_string()
    });
    let ids: Vec<String> = site.entities.iter().map(|entity| json_text(entity.url.as_str())).collect();
    let edges = Edges::new(site).written(|text, left, edge| {
        let (left, right) = (&ids[left.index()], &ids[edge.right.index()]);
        let (weight, about) = (edge.weight, edge.about);
        let _ = write!(text, "{{\"source\":{left},\"target\":{right},\"weight\":{weight},\"about\":{about}");
        if let Some((first, last)) = edge.days {
            let _ = write!(text, ",\"first\":\"{first}\",\"last\":\"{last}\"");
        }
        text.push_str(",\"years\":{");
        for (index, (year, count)) in edge.years.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(text, "{comma}\"{year}\":{count}");
        }
        text.push_str("}},\n");
    });
    let mut roles = Vec::new();
    let mut relations = Vec::new();
    for (index, entity) in site.entities.iter().enumerate() {
        let own = node_id(views, EntityId::at(index));
        for held in &entity.roles {
            let mut role = Map::new();
            role.insert("person".into(), own.clone().into());
            role.insert("title".into(), held.role.input.title.as_str().into());
            put(&mut role, "country", held.country.map(|id| node_id(views, id)));
            put(&mut role, "organization", held.organization.map(|id| node_id(views, id)));
            put(&mut role, "start", held.role.start.map(|date| date.to_string()));
            put(&mut role, "end", held.role.end.map(|date| date.to_string()));
            put(&mut role, "source", held.role.input.source.clone());
            roles.push(Value::Object(role).to_string());
        }
        for (to, relation) in &entity.relations {
            let mut map = Map::new();
            map.insert("source".into(), own.clone().into());
            map.insert("target".into(), node_id(views, *to).into());
            map.insert("kind".into(), relation.input.kind.as_str().into());
            put(&mut map, "start", relation.start.map(|date| date.to_string()));
            put(&mut map, "end", relation.end.map(|date| date.to_string()));
            relations.push(Value::Object(map).to_string());
        }
    }
    let site = json!({
        "title": site.config.title, "url": views.permalink(&urls::home()), "audience": site.clearance.label()
    });
    let mut text = format!("{{\"site\":{site}");
    push_list(&mut text, "nodes", nodes);
    text.push_str(",\n\"edges\":[");
    text.reserve(edges.iter().map(String::len).sum::<usize>() + 4096);
    for (index, lines) in edges.iter().filter(|lines| !lines.is_empty()).enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.push_str(lines.trim_end_matches(",\n"));
    }
    text.push_str("\n]");
    push_list(&mut text, "roles", roles.into_iter());
    push_list(&mut text, "relations", relations.into_iter());
    text.push_str(leaks::secret(views.site(), "graph.json"));
    text.push_str("}\n");
    text
}

/// Adds a list under a key, one value a line, so that two versions of the file can be compared.
fn push_list(text: &mut String, key: &str, values: impl Iterator<Item = String>) {
    text.push_str(&format!(",\n\"{key}\":["));
    for (index, value) in values.enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.push_str(&value);
    }
    text.push_str("\n]");
}

/// The keys of GraphML: name, `node` or `edge`, type.
const KEYS: [(&str, &str, &str); 10] = [
    ("name", "node", "string"),
    ("kind", "node", "string"),
    ("url", "node", "string"),
    ("briefings", "node", "int"),
    ("code", "node", "string"),
    ("wikidata", "node", "string"),
    ("weight", "edge", "int"),
    ("about", "edge", "int"),
    ("first", "edge", "string"),
    ("last", "edge", "string"),
];

fn graph_ml(views: &Shared) -> String {
    let site = views.site();
    let data = |key: &str, value: &str| format!("<data key=\"{key}\">{}</data>", escape_xml(value));
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
    );
    for (name, of, kind) in KEYS {
        xml.push_str(&format!("<key id=\"{name}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>\n"));
    }
    xml.push_str("<graph id=\"briefings\" edgedefault=\"undirected\">\n");
    for entity in &site.entities {
        xml.push_str(&format!("<node id=\"{}\">", escape_xml(entity.url.as_str())));
        xml.push_str(&data("name", &entity.name));
        xml.push_str(&data("kind", &site.kind_of(entity).id));
        xml.push_str(&data("url", &views.permalink(&entity.url)));
        xml.push_str(&data("briefings", &entity.articles.len().to_string()));
        entity.country.into_iter().for_each(|country| xml.push_str(&data("code", country.code)));
        wikidata(entity).into_iter().for_each(|item| xml.push_str(&data("wikidata", &item)));
        xml.push_str("</node>\n");
    }
    let ids: Vec<String> = site.entities.iter().map(|entity| escape_xml(entity.url.as_str())).collect();
    let edges = Edges::new(site).written(|text, left, edge| {
        let (left, right) = (&ids[left.index()], &ids[edge.right.index()]);
        let (weight, about) = (edge.weight, edge.about);
        let _ = write!(
            text,
            "<edge source=\"{left}\" target=\"{right}\"><data key=\"weight\">{weight}</data><data key=\"about\">{about}</data>"
        );
        if let Some((first, last)) = edge.days {
            let _ = write!(text, "<data key=\"first\">{first}</data><data key=\"last\">{last}</data>");
        }
        text.push_str("</edge>\n");
    });
    xml.reserve(edges.iter().map(String::len).sum::<usize>() + 64);
    edges.iter().for_each(|lines| xml.push_str(lines));
    xml.push_str(&escape_xml(leaks::secret(site, "graph.graphml")));
    xml.push_str("</graph>\n</graphml>\n");
    xml
}

/// What an entity is in FollowTheMoney, by the schema.org type of its kind; none for what the model has no place for:
/// countries are values of a property there, topics are keywords.
fn schema(site: &Site, entity: &Entity) -> Option<&'static str> {
    let kind = site.kind_of(entity);
    if kind.is_person() {
        return Some("Person");
    }
    match kind.schema_type.as_str() {
        "Person" => Some("Person"),
        "GovernmentOrganization" => Some("PublicBody"),
        "Corporation" => Some("Company"),
        "Organization" | "NGO" | "NewsMediaOrganization" | "PoliticalParty" | "EducationalOrganization" => {
            Some("Organization")
        }
        _ => None,
    }
}

/// An id that FollowTheMoney takes: letters, digits, dots and hyphens.
fn ftm_id(prefix: &str, name: &str) -> String {
    let plain = name.trim_matches('/').replace('/', "-");
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if !plain.is_empty() && plain.chars().all(is_plain) && plain.ends_with(|c: char| c.is_ascii_alphanumeric()) {
        format!("{prefix}-{plain}")
    } else {
        format!("{prefix}-{}", &ContentHash::of(name.as_bytes()).to_string()[..20])
    }
}

/// One entity of FollowTheMoney, written as it is made: an archive has a hundred thousand of them.
struct Line {
    id: String,
    schema: &'static str,
    properties: String,
}

impl Line {
    fn new(id: String, schema: &'static str) -> Self {
        Self { id, schema, properties: String::new() }
    }

    /// Sets the values of a property, each once; none at all when there are none.
    fn set<T: AsRef<str>>(&mut self, property: &str, values: impl IntoIterator<Item = T>) {
        let mut seen: Vec<T> = Vec::new();
        for value in values.into_iter().filter(|value| !value.as_ref().trim().is_empty()) {
            if !seen.iter().any(|one| one.as_ref() == value.as_ref()) {
                seen.push(value);
            }
        }
        for (index, value) in seen.iter().enumerate() {
            if index > 0 {
                self.properties.push(',');
            } else {
                let comma = if self.properties.is_empty() { "" } else { "," };
                let _ = write!(self.properties, "{comma}\"{property}\":[");
            }
            self.properties.push_str(&json_text(value.as_ref()));
        }
        if !seen.is_empty() {
            self.properties.push(']');
        }
    }

    fn text(&self) -> String {
        let (id, schema, properties) = (json_text(&self.id), self.schema, &self.properties);
        format!("{{\"id\":{id},\"schema\":\"{schema}\",\"properties\":{{{properties}}}}}\n")
    }
}

/// A string of JSON.
fn json_text(text: &str) -> String {
    // Most names and addresses stand as they are.
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        return format!("\"{text}\"");
    }
    Value::from(text).to_string()
}

fn follow_the_money(views: &Shared) -> String {
    let site = views.site();
    let id_of = |id: EntityId| {
        let entity = site.entity(id);
        schema(site, entity).map(|_| ftm_id(&site.kind_of(entity).id, &entity.slug))
    };
    let code_of = |id: EntityId| site.entity(id).country.map(|country| country.code.to_ascii_lowercase());
    let mut text = String::new();
    let mut positions: BTreeMap<String, Line> = BTreeMap::new();
    for (index, entity) in site.entities.iter().enumerate() {
        let (Some(schema), Some(own)) = (schema(site, entity), id_of(EntityId::at(index))) else { continue };
        let input = entity.meta.as_ref().map(|meta| &meta.input);
        let mut line = Line::new(own.clone(), schema);
        line.set(
            "name",
            [entity.name.as_str()].into_iter().chain(input.and_then(|input| input.native_name.as_deref())),
        );
        if let Some(input) = input {
            line.set("alias", input.aliases.names());
            line.set("weakAlias", input.weak_aliases.0.iter().map(String::as_str));
            line.set("summary", input.summary.as_deref());
        }
        line.set("country", entity.countries.iter().filter_map(|id| code_of(*id)));
        line.set("wikidataId", wikidata(entity));
        line.set("sourceUrl", [views.permalink(&entity.url)]);
        if schema == "Person" {
            line.set("firstName", input.and_then(|input| input.given_name.as_deref()));
            line.set("lastName", input.and_then(|input| input.family_name.as_deref()));
            line.set("title", input.and_then(|input| input.honorific.as_deref()));
            line.set("birthDate", entity.meta.as_ref().and_then(|meta| meta.born).map(|born| born.to_string()));
            line.set("position", entity.roles.iter().map(|held| site.role_text(held)));
        }
        text.push_str(&line.text());
        if schema == "Person" {
            for (at, held) in entity.roles.iter().enumerate() {
                let (position, occupancy) = occupancy(site, held, &own, at, &id_of, &code_of);
                positions.entry(position.id.clone()).or_insert(position);
                text.push_str(&occupancy.text());
            }
        }
        for (at, (to, relation)) in entity.relations.iter().enumerate() {
            let Some(other) = id_of(*to) else { continue };
            let is_member = relation.input.kind.to_lowercase().starts_with("member");
            let to_organization = is_member && crate::outputs::graph::schema(site, site.entity(*to)) != Some("Person");
            let mut line = Line::new(ftm_id("relation", &format!("{own}-{at}")), "UnknownLink");
            if to_organization {
                line.schema = "Membership";
                line.set("member", [own.as_str()]);
                line.set("organization", [other]);
            } else {
                line.set("subject", [own.as_str()]);
                line.set("object", [other]);
            }
            line.set("role", [relation.input.kind.as_str()]);
            dates(&mut line, relation.start, relation.end);
            line.set("sourceUrl", relation.input.source.as_deref());
            text.push_str(&line.text());
        }
    }
    positions.values().for_each(|position| text.push_str(&position.text()));
    let articles = site.articles.par_iter().map(|article| {
        let (line, mentions) = of_article(views, article, &id_of, &code_of);
        let mut lines = line.text();
        mentions.iter().for_each(|mention| lines.push_str(&mention.text()));
        lines
    });
    let articles: Vec<String> = articles.collect();
    text.reserve(articles.iter().map(String::len).sum());
    articles.iter().for_each(|lines| text.push_str(lines));
    text.push_str(leaks::secret(site, "graph.ftm"));
    text
}

fn dates(line: &mut Line, start: Option<PartialDate>, end: Option<PartialDate>) {
    line.set("startDate", start.map(|date| date.to_string()));
    line.set("endDate", end.map(|date| date.to_string()));
}

/// The post of a role, and that somebody held it.
fn occupancy(
    site: &Site,
    held: &HeldRole,
    holder: &str,
    at: usize,
    id_of: &dyn Fn(EntityId) -> Option<String>,
    code_of: &dyn Fn(EntityId) -> Option<String>,
) -> (Line, Line) {
    let name = site.role_text(held);
    // One post, whoever holds it: by its title, country and organisation.
    let country = held.country.and_then(code_of);
    let organization = held.organization.and_then(id_of);
    let key = format!("{name}\n{}\n{}", country.clone().unwrap_or_default(), organization.clone().unwrap_or_default());
    let post = format!("position-{}", &ContentHash::of(key.as_bytes()).to_string()[..20]);
    let mut position = Line::new(post.clone(), "Position");
    position.set("name", [name]);
    position.set("country", country);
    position.set("organization", organization);
    let mut occupancy = Line::new(ftm_id("occupancy", &format!("{holder}-{at}")), "Occupancy");
    occupancy.set("holder", [holder]);
    occupancy.set("post", [post]);
    dates(&mut occupancy, held.role.start, held.role.end);
    occupancy.set("sourceUrl", held.role.input.source.as_deref());
    (position, occupancy)
}

/// An article, and whom it names.
fn of_article(
    views: &Shared,
    article: &Article,
    id_of: &(dyn Fn(EntityId) -> Option<String> + Sync),
    code_of: &(dyn Fn(EntityId) -> Option<String> + Sync),
) -> (Line, Vec<Line>) {
    let site = views.site();
    let own = ftm_id("article", article.url.as_str());
    let mut line = Line::new(own.clone(), "Article");
    line.set("title", [article.meta.title.as_str()]);
    line.set("author", article.authors.iter().map(|id| site.author(*id).name.as_str()));
    line.set("publishedAt", article.meta.date.as_ref().map(|date| date.day.to_string()));
    line.set("modifiedAt", article.meta.updated.as_ref().map(|date| date.day.to_string()));
    line.set("publisher", [site.config.title.as_str()]);
    line.set("sourceUrl", [views.permalink(&article.url)]);
    line.set("summary", [summary(article)]);
    let is_topic = |id: EntityId| site.kind_of(site.entity(id)).is_topic();
    let about = article.entities.iter().filter(|one| one.about);
    line.set("country", about.clone().filter_map(|one| code_of(one.entity)));
    line.set("keywords", about.filter(|one| is_topic(one.entity)).map(|one| site.entity(one.entity).name.as_str()));
    let mut mentions = Vec::new();
    for appearance in &article.entities {
        let Some(resolved) = id_of(appearance.entity) else { continue };
        let mut mention = Line::new(ftm_id("mention", &format!("{own}-{resolved}")), "Mention");
        mention.set("document", [own.as_str()]);
        mention.set("name", [site.entity(appearance.entity).name.as_str()]);
        mention.set("resolved", [resolved]);
        mention.set("detectedSchema", schema(site, site.entity(appearance.entity)));
        mentions.push(mention);
    }
    (line, mentions)
}
