//! The site as a graph, for notebooks, Gephi and the like: `graph.json`, `graph.graphml`, and `graph.ftm.json` in the
//! FollowTheMoney model (one entity a line, <https://followthemoney.tech>).
//!
//! What is in doubt or withheld is in none of them: they are made of the same [`Site`] as the pages.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::base::diagnostics::Diagnostic;
use crate::base::text::escape_xml;
use crate::outputs::{Plan, Press, Recipe, Rendered};
use crate::render::views::Shared;
use crate::site::faces::Face;
use crate::site::ids::{ArticleId, EntityId};
use crate::site::{Entity, Site, leaks, urls};

use follow_the_money::follow_the_money;

mod follow_the_money;

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    if site.config.pairs.graph > 0 && !site.entities.is_empty() {
        plan.add(&urls::graph("json"), None, Graph::Json);
        // Between the two that wait for the same edges.
        plan.add(&urls::graph("ftm.json"), None, Graph::FollowTheMoney);
        plan.add(&urls::graph("graphml"), None, Graph::Xml);
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

/// A string of JSON.
fn json_text(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    push_json(&mut json, text);
    json
}

/// Adds a string of JSON.
fn push_json(json: &mut String, text: &str) {
    // Most names and addresses stand as they are.
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        json.extend(["\"", text, "\""]);
    } else {
        json.push_str(&Value::from(text).to_string());
    }
}

/// Puts a value under a key, unless there is none.
fn put(map: &mut Map<String, Value>, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        map.insert(key.to_string(), value.into());
    }
}

fn node_id(views: &Shared, id: EntityId) -> String {
    views.site().entity(id).url.path().to_string()
}

fn json_graph(views: &Shared) -> String {
    let site = views.site();
    let nodes = site.entities.iter().map(|entity| {
        let mut node = Map::new();
        node.insert("id".into(), entity.url.path().into());
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
    let ids: Vec<String> = site.entities.iter().map(|entity| json_text(entity.url.path())).collect();
    let found = views.edges();
    let edges = found.written(|text, left, edge| {
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
    let mut text = format!("{{\"site\":{site},\n\"least\":{}", found.least);
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

/// The keys of GraphML: name, what has it, type.
const KEYS: [(&str, &str, &str); 11] = [
    ("least", "graph", "int"),
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
    let found = views.edges();
    xml.push_str("<graph id=\"briefings\" edgedefault=\"undirected\">\n");
    xml.push_str(&data("least", &found.least.to_string()));
    xml.push('\n');
    for entity in &site.entities {
        xml.push_str(&format!("<node id=\"{}\">", escape_xml(entity.url.path())));
        xml.push_str(&data("name", &entity.name));
        xml.push_str(&data("kind", &site.kind_of(entity).id));
        xml.push_str(&data("url", &views.permalink(&entity.url)));
        xml.push_str(&data("briefings", &entity.articles.len().to_string()));
        entity.country.into_iter().for_each(|country| xml.push_str(&data("code", country.code)));
        wikidata(entity).into_iter().for_each(|item| xml.push_str(&data("wikidata", &item)));
        xml.push_str("</node>\n");
    }
    let ids: Vec<String> = site.entities.iter().map(|entity| escape_xml(entity.url.path())).collect();
    let edges = found.written(|text, left, edge| {
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
