//! The views of an entity and of the A to Z index of a kind.

use std::collections::BTreeMap;

use crate::base::diagnostics::Diagnostic;
use crate::base::text::excerpt;
use crate::render::activity::activity;
use crate::render::diagram::diagram;
use crate::render::html::PageHtml;
use crate::render::timelines::Timeline;
use crate::render::view::{
    Company, CompanyGroup, CountryView, EntityView, FactView, IndexEntry, KindView, LetterGroup, OfficeHolder,
    RelationView, RoleView, YearCount,
};
use crate::render::views::{Views, extra};
use crate::render::{dates, maps, pairs};
use crate::site::collate::Order;
use crate::site::connections::Pair;
use crate::site::ids::EntityId;
use crate::site::{Entity, HeldRole, urls};

/// Most entities of a kind that a page shows as the company of another.
const COMPANY_SIZE: usize = 8;

/// Makes the view of page `number` of an entity; `per_page` is the number of articles on one of its pages.
///
/// Only the first page tells who and what appears with it: to count that on every page of a long list is quadratic.
pub fn entity(
    views: &Views,
    id: EntityId,
    html: &PageHtml,
    per_page: usize,
    number: usize,
) -> (EntityView, Vec<Diagnostic>) {
    let site = views.site;
    let entity = site.entity(id);
    let input = entity.meta.as_ref().map(|meta| &meta.input);
    let (content, diagnostics) = match &entity.document {
        Some(document) => {
            let (content, _, diagnostics) = html.document(document);
            (content, diagnostics)
        }
        None => (String::new(), Vec::new()),
    };
    let (roles, former_roles): (Vec<&HeldRole>, Vec<&HeldRole>) =
        sorted_roles(entity).into_iter().partition(|held| is_current(views, held));
    let country = entity.country;
    let text =
        |pick: fn(&crate::content::entity::EntityInput) -> &Option<String>| input.and_then(|input| pick(input).clone());
    let wikidata =
        text(|input| &input.wikidata).or_else(|| country.and_then(|country| country.wikidata.map(str::to_string)));
    let view = EntityView {
        entity: views.entity_ref(id),
        kind: views.kind_ref(entity.kind),
        native_name: text(|input| &input.native_name)
            .or_else(|| country.and_then(|country| country.native.map(str::to_string)))
            .filter(|name| *name != entity.name),
        honorific: text(|input| &input.honorific),
        aliases: input.map(other_names).unwrap_or_default(),
        summary: text(|input| &input.summary).unwrap_or_default(),
        content,
        image: input.and_then(|input| input.image.as_ref()).and_then(|image| views.image(&entity.origin, image)),
        roles: roles.into_iter().map(|held| role(views, held)).collect(),
        former_roles: former_roles.into_iter().map(|held| role(views, held)).collect(),
        office_holders: office_holders(views, entity),
        facts: facts(entity),
        countries: entity.countries.iter().map(|id| views.entity_ref(*id)).collect(),
        relations: entity
            .relations
            .iter()
            .map(|(to, relation)| RelationView {
                to: views.entity_ref(*to),
                kind: relation.input.kind.clone(),
                start: relation.start.map(dates::partial),
                end: relation.end.map(dates::partial),
                note: relation.input.note.clone(),
                source: relation.input.source.clone(),
            })
            .collect(),
        parent: entity.parent.map(|id| views.entity_ref(id)),
        children: entity.children.iter().map(|id| views.entity_ref(*id)).collect(),
        country: country.map(|country| CountryView {
            code: country.code.to_string(),
            alpha3: country.alpha3.to_string(),
            official: country.official.to_string(),
            capital: country.capital.map(str::to_string),
            region: country.region.map(str::to_string),
            subregion: country.subregion.map(str::to_string),
            flag: views.flag(entity),
        }),
        locator: country.filter(|_| number == 1).and_then(|country| maps::locator(site.world.as_deref()?, country)),
        links: views.outward_links(wikidata.as_deref(), input.map_or(&[], |input| input.same_as.0.as_slice())),
        count: entity.articles.len(),
        years: years(views, entity, per_page),
        activity: activity(views, &entity.articles).filter(|_| number == 1),
        timeline: Timeline { articles: &entity.articles, entries: &entity.timeline, of: &[id] }
            .page(views, number, per_page),
        appears_with: if number == 1 { company(views, id) } else { Vec::new() },
        diagram: diagram(views, id).filter(|_| number == 1),
        extra: extra(input.map_or(&serde_yaml::Mapping::new(), |input| &input.extra)),
    };
    (view, diagnostics)
}

/// Roles, those that began last first; undated ones after them in the order of the file.
fn sorted_roles(entity: &Entity) -> Vec<&HeldRole> {
    let mut roles: Vec<&HeldRole> = entity.roles.iter().collect();
    roles.sort_by_key(|held| std::cmp::Reverse(held.role.start));
    roles
}

/// Whether a role is held on the day of the newest article; without articles, whether it has no end.
fn is_current(views: &Views, held: &HeldRole) -> bool {
    views.site.latest.map_or(held.role.end.is_none(), |day| held.role.holds_on(day))
}

fn role(views: &Views, held: &HeldRole) -> RoleView {
    RoleView {
        text: views.site.role_text(held),
        title: held.role.input.title.clone(),
        country: held.country.map(|id| views.entity_ref(id)),
        organization: held.role.input.organization.clone(),
        start: held.role.start.map(dates::partial),
        end: held.role.end.map(dates::partial),
        source: held.role.input.source.clone(),
    }
}

/// People with a role at this country or organisation, present ones first, then those who began last.
fn office_holders(views: &Views, entity: &Entity) -> Vec<OfficeHolder> {
    let mut holders: Vec<(&Entity, &HeldRole, bool)> = entity
        .office_holders
        .iter()
        .map(|(person, index)| {
            let person = views.site.entity(*person);
            let held = &person.roles[*index];
            (person, held, is_current(views, held))
        })
        .collect();
    holders.sort_by_key(|(_, held, current)| (!current, std::cmp::Reverse(held.role.start)));
    let holder = |(person, held, current): (&Entity, &HeldRole, bool)| OfficeHolder {
        person: views.reference(person),
        role: role(views, held),
        current,
    };
    holders.into_iter().map(holder).collect()
}

fn facts(entity: &Entity) -> Vec<FactView> {
    let mut facts = Vec::new();
    let mut put = |label: &'static str, value: Option<String>| {
        facts.extend(value.filter(|value| !value.is_empty()).map(|value| FactView { label, value, url: None }));
    };
    put("Born", entity.meta.as_ref().and_then(|meta| meta.born).map(|born| dates::partial(born).text));
    if let Some(country) = entity.country {
        put("Official name", Some(country.official.to_string()).filter(|official| *official != entity.name));
        put("Capital", country.capital.map(str::to_string));
        put("Region", country.subregion.or(country.region).map(str::to_string));
        put("ISO codes", Some(format!("{}, {}", country.code, country.alpha3)));
        put("Demonym", country.demonyms.first().map(|demonym| demonym.to_string()));
    }
    put("Media topic", entity.meta.as_ref().and_then(|meta| meta.input.iptc.clone()));
    facts
}

/// Years with articles, newest first, each with the page and anchor where its articles begin.
fn years(views: &Views, entity: &Entity, per_page: usize) -> Vec<YearCount> {
    let mut years: Vec<YearCount> = Vec::new();
    for (index, id) in entity.articles.iter().enumerate() {
        let Some(date) = &views.site.article(*id).meta.date else { continue };
        let year = date.day.year();
        match years.last_mut().filter(|last| last.year == year) {
            Some(last) => last.count += 1,
            None => {
                let page = urls::list_page(&entity.url, index / per_page + 1);
                years.push(YearCount { year, count: 1, url: format!("{}#y{year}", views.href(&page)) });
            }
        }
    }
    years
}

/// Who and what appears in the same articles, by kind, most often first; equal counts by name.
fn company(views: &Views, id: EntityId) -> Vec<CompanyGroup> {
    let connections = &views.site.connections;
    let counts = connections.of(id).iter().map(|one| (one.entity, one.together as usize)).collect();
    groups(views, counts, COMPANY_SIZE, Some(id))
}

/// For each kind the entities with most articles.
pub fn most_named(views: &Views, size: usize) -> Vec<CompanyGroup> {
    let counts =
        views.site.entities.iter().enumerate().map(|(index, entity)| (EntityId::at(index), entity.articles.len()));
    groups(views, counts.filter(|(_, count)| *count > 0).collect(), size, None)
}

/// Entities with numbers of briefings by kind, most first, at most `size` of each kind; `beside` is the entity that
/// they appear with, so that the pages of the two can be named.
pub(super) fn groups(
    views: &Views,
    mut counts: Vec<(EntityId, usize)>,
    size: usize,
    beside: Option<EntityId>,
) -> Vec<CompanyGroup> {
    let site = views.site;
    let pair = |id: EntityId| Some(views.href(&site.connections.pair_of(beside?, id)?.url));
    // Ids stand in the order of names, so equal counts come by name.
    counts.sort_unstable_by_key(|(id, count)| (site.entity(*id).kind, std::cmp::Reverse(*count), *id));
    let kinds = 0..site.config.kinds.len();
    kinds
        .filter_map(|kind| {
            let mut of_kind = counts.iter().filter(|(id, _)| site.entity(*id).kind == kind).take(size).peekable();
            let most = of_kind.peek()?.1;
            let entities = of_kind
                .map(|(id, count)| Company {
                    entity: views.entity_ref(*id),
                    count: *count,
                    share: share(*count, most),
                    pair: pair(*id),
                })
                .collect();
            Some(CompanyGroup { kind: views.kind_ref(kind), entities })
        })
        .collect()
}

/// `count` in hundredths of `most`, at least 1.
fn share(count: usize, most: usize) -> u8 {
    u8::try_from((count * 100 / most.max(1)).clamp(1, 100)).unwrap_or(100)
}

/// Makes the A to Z index of a kind.
pub fn kind(views: &Views, kind: usize) -> KindView {
    let site = views.site;
    let order = Order::of(&site.config.language);
    let mut letters: Vec<LetterGroup> = Vec::new();
    // Names stand in the language's order, but a letter may come back after another (digits between signs): gather.
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    for (_, entity) in site.entities_of(kind) {
        let letter = order.letter(&entity.name);
        let index = *at.entry(letter.clone()).or_insert_with(|| {
            let anchor =
                if letter == "#" { "letter-other".to_string() } else { format!("letter-{}", letter.to_lowercase()) };
            letters.push(LetterGroup { letter, anchor, entries: Vec::new() });
            letters.len() - 1
        });
        letters[index].entries.push(IndexEntry {
            entity: views.reference(entity),
            note: note(views, entity),
            count: entity.articles.len(),
        });
    }
    let top = most_named(views, 12)
        .into_iter()
        .find(|group| group.kind.id == site.config.kinds[kind].id)
        .map(|group| group.entities);
    let mut pairs: Vec<&Pair> =
        site.connections.pairs().iter().filter(|pair| site.entity(pair.entities[0]).kind == kind).collect();
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.articles.len()));
    KindView {
        kind: views.kind_ref(kind),
        letters,
        top: top.unwrap_or_default(),
        world: site
            .world
            .as_deref()
            .filter(|_| site.config.kinds[kind].is_country())
            .and_then(|world| maps::world(views, world, kind)),
        pairs: pairs.into_iter().map(|pair| pairs::reference(views, pair)).collect(),
    }
}

/// What an entity is, in a few words.
fn note(views: &Views, entity: &Entity) -> Option<String> {
    let role = views.site.latest.and_then(|day| views.site.role_on(entity, day));
    let region = entity.country.and_then(|country| country.subregion.or(country.region)).map(str::to_string);
    let summary =
        entity.meta.as_ref().and_then(|meta| meta.input.summary.as_deref()).map(|summary| excerpt(summary, 110));
    role.or(region).or(summary)
}

/// All other names of an entity, those that texts are not looked through for as well.
fn other_names(input: &crate::content::entity::EntityInput) -> Vec<String> {
    let aliases = input.aliases.names().map(str::to_string);
    aliases.chain(input.weak_aliases.0.iter().cloned()).collect()
}
