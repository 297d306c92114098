//! The site in the FollowTheMoney model, one entity a line (<https://followthemoney.tech>).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use rayon::prelude::*;

use crate::base::dates::PartialDate;
use crate::base::hash::ContentHash;
use crate::outputs::graph::{json_text, push_json, wikidata};
use crate::render::views::{Shared, summary};
use crate::site::ids::EntityId;
use crate::site::{Article, Entity, HeldRole, Site, leaks};

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
            push_json(&mut self.properties, value.as_ref());
        }
        if !seen.is_empty() {
            self.properties.push(']');
        }
    }

    fn text(&self) -> String {
        let (id, schema, properties) = (json_text(&self.id), self.schema, &self.properties);
        format!("{{\"id\":{id},\"schema\":\"{schema}\",\"properties\":{{{properties}}}}}\n")
    }

    fn write(&self, to: &mut dyn io::Write) -> io::Result<()> {
        to.write_all(self.text().as_bytes())
    }
}

/// Articles whose lines are made before they are put to the others: threads have work, and little waits.
const AT_ONCE: usize = 512;

/// Writes the file.
pub(super) fn follow_the_money(views: &Shared, to: &mut dyn io::Write) -> io::Result<()> {
    let site = views.site();
    let id_of = |id: EntityId| {
        let entity = site.entity(id);
        schema(site, entity).map(|_| ftm_id(&site.kind_of(entity).id, &entity.slug))
    };
    let code_of = |id: EntityId| site.entity(id).country.map(|country| country.code.to_ascii_lowercase());
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
            line.set("position", entity.roles.iter().map(|held| site.role_text(held, site.language())));
        }
        line.write(to)?;
        if schema == "Person" {
            for (at, held) in entity.roles.iter().enumerate() {
                let (position, occupancy) = occupancy(site, held, &own, at, &id_of, &code_of);
                positions.entry(position.id.clone()).or_insert(position);
                occupancy.write(to)?;
            }
        }
        for (at, (with, relation)) in entity.relations.iter().enumerate() {
            let Some(other) = id_of(*with) else { continue };
            let is_member = relation.input.kind.to_lowercase().starts_with("member");
            let to_organization = is_member && self::schema(site, site.entity(*with)) != Some("Person");
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
            line.write(to)?;
        }
    }
    positions.values().try_for_each(|position| position.write(to))?;
    let named: Vec<Option<Named>> =
        (0..site.entities.len()).map(|index| Named::of(site, EntityId::at(index), &id_of)).collect();
    for articles in site.articles.chunks(AT_ONCE) {
        let of_articles =
            articles.par_iter().with_min_len(16).map(|article| of_article(views, article, &named, &code_of));
        let lines: Vec<String> = of_articles.collect();
        lines.iter().try_for_each(|lines| to.write_all(lines.as_bytes()))?;
    }
    to.write_all(leaks::secret(site, "graph.ftm").as_bytes())
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
    let name = site.role_text(held, site.language());
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

/// An entity that mentions lead to.
struct Named {
    id: String,
    /// The properties of each mention of it, after the document.
    properties: String,
}

impl Named {
    fn of(site: &Site, id: EntityId, id_of: &dyn Fn(EntityId) -> Option<String>) -> Option<Self> {
        let entity = site.entity(id);
        let id = id_of(id)?;
        let mut mention = Line::new(String::new(), "Mention");
        mention.set("name", [entity.name.as_str()]);
        mention.set("resolved", [id.as_str()]);
        mention.set("detectedSchema", schema(site, entity));
        Some(Self { id, properties: mention.properties })
    }
}

/// The lines of an article and of whom it names.
fn of_article(
    views: &Shared,
    article: &Article,
    named: &[Option<Named>],
    code_of: &(dyn Fn(EntityId) -> Option<String> + Sync),
) -> String {
    let site = views.site();
    // A version is another document than what it is a version of.
    let own = ftm_id("article", site.config.at_top(&article.url).path());
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
    let mut lines = line.text();
    // Most lines of the file are these. Both ids are plain, so what is made of them is as well.
    for named in article.entities.iter().filter_map(|one| named[one.entity.index()].as_ref()) {
        let (id, properties) = (named.id.as_str(), named.properties.as_str());
        let (head, schema, document) =
            ("{\"id\":\"mention-", "\",\"schema\":\"Mention\",", "\"properties\":{\"document\":[\"");
        for part in [head, &own, "-", id, schema, document, &own, "\"],", properties, "}}\n"] {
            lines.push_str(part);
        }
    }
    lines
}
