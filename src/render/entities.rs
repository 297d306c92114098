//! The views of an entity and of the A to Z index of a kind.

use std::collections::BTreeMap;

use crate::base::diagnostics::Diagnostic;
use crate::base::paths::UrlPath;
use crate::base::text::excerpt;
use crate::render::activity::activity;
use crate::render::diagram::diagram;
use crate::render::html::PageHtml;
use crate::render::timelines::Timeline;
use crate::render::view::{
    Company, CompanyGroup, CountryView, EntityView, FactView, IndexEntry, KindView, LetterGroup, OfficeHolder,
    RelationView, RoleView, YearCount,
};
use crate::render::views::{KindEntry, Listed, Profile, Views, extra};
use crate::render::{dates, maps, pairs};
use crate::site::collate::Order;
use crate::site::connections::Pair;
use crate::site::ids::EntityId;
use crate::site::{HeldRole, urls};
use crate::words::Language;

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
    let entity = views.profile(id);
    let list = views.entity_list(id);
    let input = entity.meta.map(|meta| &meta.input);
    let (content, diagnostics) = match entity.document {
        Some(document) => {
            let (content, _, diagnostics) = html.document(document);
            (content, diagnostics)
        }
        None => (String::new(), Vec::new()),
    };
    let (roles, former_roles): (Vec<&HeldRole>, Vec<&HeldRole>) =
        sorted_roles(&entity).into_iter().partition(|held| is_current(views, held));
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
        given_name: input.and_then(|input| input.given_name.clone()),
        family_name: input.and_then(|input| input.family_name.clone()),
        honorific: text(|input| &input.honorific),
        aliases: input.map(other_names).unwrap_or_default(),
        summary: text(|input| &input.summary).unwrap_or_default(),
        content,
        text_lang: Some(views.language_of_file(entity.origin))
            .filter(|lang| *lang != views.config().language && entity.meta.is_some())
            .map(str::to_string),
        image: input.and_then(|input| input.image.as_ref()).and_then(|image| views.image(entity.origin, image)),
        portrait: input
            .and_then(|input| input.image.as_ref())
            .filter(|_| number == 1 && views.config().kinds[entity.kind].is_person())
            .and_then(|image| views.portrait(entity.origin, image)),
        roles: roles.into_iter().map(|held| role(views, id, held)).collect(),
        former_roles: former_roles.into_iter().map(|held| role(views, id, held)).collect(),
        office_holders: office_holders(views, &entity),
        facts: facts(&entity, views.language()),
        countries: entity.countries.iter().map(|id| views.entity_ref(*id)).collect(),
        relations: entity
            .relations
            .iter()
            .map(|(to, relation)| RelationView {
                to: views.entity_ref(*to),
                kind: relation.input.kind.clone(),
                start: relation.start.map(|date| dates::partial(date, views.language())),
                end: relation.end.map(|date| dates::partial(date, views.language())),
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
            flag: views.flag(Some(country)),
        }),
        locator: country.filter(|_| number == 1).and_then(|country| maps::locator(views.world()?, country)),
        links: views.outward_links(wikidata.as_deref(), input.map_or(&[], |input| input.same_as.0.as_slice())),
        count: list.ids().len(),
        years: years(views, &list, entity.url, per_page),
        activity: if number == 1 { activity(views, &list) } else { None },
        timeline: Timeline { articles: list, entries: views.timeline(id), of: &[id] }.page(views, number, per_page),
        appears_with: if number == 1 { company(views, id) } else { Vec::new() },
        diagram: if number == 1 { diagram(views, id) } else { None },
        extra: extra(input.map_or(&serde_yaml::Mapping::new(), |input| &input.extra)),
    };
    (view, diagnostics)
}

/// Roles, those that began last first; undated ones after them in the order of the file.
fn sorted_roles<'a>(entity: &Profile<'a>) -> Vec<&'a HeldRole> {
    let mut roles: Vec<&HeldRole> = entity.roles.iter().collect();
    roles.sort_by_key(|held| std::cmp::Reverse(held.role.start));
    roles
}

/// Whether a role is held on the day of the newest article; without articles, whether it has no end.
fn is_current(views: &Views, held: &HeldRole) -> bool {
    views.latest().map_or(held.role.end.is_none(), |day| held.role.holds_on(day))
}

fn role(views: &Views, holder: EntityId, held: &HeldRole) -> RoleView {
    RoleView {
        text: views.role_text(holder, held),
        title: held.role.input.title.clone(),
        country: held.country.map(|id| views.entity_ref(id)),
        organization: held.role.input.organization.clone(),
        start: held.role.start.map(|date| dates::partial(date, views.language())),
        end: held.role.end.map(|date| dates::partial(date, views.language())),
        source: held.role.input.source.clone(),
    }
}

/// People with a role at this country or organisation, present ones first, then those who began last.
fn office_holders(views: &Views, entity: &Profile) -> Vec<OfficeHolder> {
    let mut holders: Vec<(EntityId, &HeldRole, bool)> = entity
        .office_holders
        .iter()
        .map(|(person, index)| {
            let held = &views.roles(*person)[*index];
            (*person, held, is_current(views, held))
        })
        .collect();
    holders.sort_by_key(|(_, held, current)| (!current, std::cmp::Reverse(held.role.start)));
    let holder = |(person, held, current): (EntityId, &HeldRole, bool)| OfficeHolder {
        person: views.entity_ref(person),
        role: role(views, person, held),
        current,
    };
    holders.into_iter().map(holder).collect()
}

fn facts(entity: &Profile, language: &Language) -> Vec<FactView> {
    let mut facts = Vec::new();
    let mut put = |message: &str, value: Option<String>| {
        let label = language.text(message).to_string();
        facts.extend(value.filter(|value| !value.is_empty()).map(|value| FactView { label, value, url: None }));
    };
    put("born", entity.meta.and_then(|meta| meta.born).map(|born| language.date(born)));
    if let Some(country) = entity.country {
        put("official-name", Some(country.official.to_string()).filter(|official| *official != entity.name));
        put("capital", country.capital.map(str::to_string));
        put("region", country.subregion.or(country.region).map(str::to_string));
        put("iso-codes", Some(format!("{}, {}", country.code, country.alpha3)));
        put("demonym", country.demonyms.first().map(|demonym| demonym.to_string()));
    }
    put("media-topic", entity.meta.and_then(|meta| meta.input.iptc.clone()));
    facts
}

/// Years with articles, newest first, each with the page and anchor where its articles begin.
pub(super) fn years(views: &Views, list: &Listed, url: &UrlPath, per_page: usize) -> Vec<YearCount> {
    let years = list.years().into_iter().map(|(year, first, count)| {
        let page = urls::list_page(url, first / per_page + 1);
        YearCount { year, count, url: format!("{}#y{year}", views.href(&page)) }
    });
    years.collect()
}

/// Who and what appears in the same articles, by kind, most often first; equal counts by name.
fn company(views: &Views, id: EntityId) -> Vec<CompanyGroup> {
    let counts = views.company(id).iter().map(|one| (one.entity, one.together as usize)).collect();
    groups(views, counts, COMPANY_SIZE, Some(id))
}

/// For each kind the entities with most articles.
pub fn most_named(views: &Views, size: usize) -> Vec<CompanyGroup> {
    groups(views, views.counts().filter(|(_, count)| *count > 0).collect(), size, None)
}

/// Entities with numbers of briefings by kind, most first, at most `size` of each kind; `beside` is the entity that
/// they appear with, so that the pages of the two can be named.
pub(super) fn groups(
    views: &Views,
    mut counts: Vec<(EntityId, usize)>,
    size: usize,
    beside: Option<EntityId>,
) -> Vec<CompanyGroup> {
    let pair = |id: EntityId| views.pair_href(beside?, id);
    // Ids stand in the order of names, so equal counts come by name.
    counts.sort_unstable_by_key(|(id, count)| (views.kind_of(*id), std::cmp::Reverse(*count), *id));
    let kinds = 0..views.config().kinds.len();
    kinds
        .filter_map(|kind| {
            let mut of_kind = counts.iter().filter(|(id, _)| views.kind_of(*id) == kind).take(size).peekable();
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
    let config = views.config();
    let order = Order::of(&config.language);
    let entries = views.kind_entries(kind);
    let mut letters: Vec<LetterGroup> = Vec::new();
    // Names stand in the language's order, but a letter may come back after another (digits between signs): gather.
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    for entry in &entries {
        let letter = order.letter(entry.name);
        let index = *at.entry(letter.clone()).or_insert_with(|| {
            let anchor =
                if letter == "#" { "letter-other".to_string() } else { format!("letter-{}", letter.to_lowercase()) };
            letters.push(LetterGroup { letter, anchor, entries: Vec::new() });
            letters.len() - 1
        });
        letters[index].entries.push(IndexEntry {
            entity: views.entity_ref(entry.id),
            note: note(views, entry),
            portrait: entry
                .image
                .filter(|_| config.kinds[kind].is_person())
                .and_then(|image| views.portrait(entry.origin, image)),
            count: entry.count,
        });
    }
    let top = most_named(views, 12)
        .into_iter()
        .find(|group| group.kind.id == config.kinds[kind].id)
        .map(|group| group.entities);
    let mut pairs: Vec<&Pair> = views.kind_pairs(kind);
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.articles.len()));
    KindView {
        kind: views.kind_ref(kind),
        count: entries.len(),
        letters,
        top: top.unwrap_or_default(),
        world: views
            .world()
            .filter(|_| config.kinds[kind].is_country())
            .and_then(|world| maps::world(views, world, &entries)),
        pairs: pairs.into_iter().map(|pair| pairs::reference(views, pair)).collect(),
    }
}

/// What an entity is, in a few words.
fn note(views: &Views, entry: &KindEntry) -> Option<String> {
    let role = views.latest().and_then(|day| views.role_on(entry.id, day));
    let region = entry.country.and_then(|country| country.subregion.or(country.region)).map(str::to_string);
    role.or(region).or(entry.summary.map(|summary| excerpt(summary, 110)))
}

/// All other names of an entity, those that texts are not looked through for as well.
fn other_names(input: &crate::content::entity::EntityInput) -> Vec<String> {
    let aliases = input.aliases.names().map(str::to_string);
    aliases.chain(input.weak_aliases.0.iter().cloned()).collect()
}
