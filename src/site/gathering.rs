//! Who and what there is on a site: entities out of their files and of the names in front matter and texts.
//!
//! Numbered in the order in which they are found until all are known, then sorted and numbered anew.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use crate::base::diagnostics::{Diagnostic, FieldPath, Place};
use crate::base::held::Held;
use crate::base::paths::{SourcePath, UrlPath};
use crate::base::text::{fold, slugify};
use crate::config::Config;
use crate::content::aliases::Match;
use crate::content::countries;
use crate::content::entity::EntityMeta;
use crate::content::gazetteer::Spelling;
use crate::content::read::ParsedEntity;
use crate::site::collate::Order;
use crate::site::gate::ArticleFile;
use crate::site::ids::EntityId;
use crate::site::mentions::{By, Class, Found, Lexicon, Meant, Owner, OwnerInfo};
use crate::site::names::{Appearing, Hits, Names};
use crate::site::registry::{Registry, Spellings, country_help};
use crate::site::remembered::Remembered;
use crate::site::{Appearance, Entity, HeldRole, Site, urls};

/// Who and what there is on a site.
pub(super) struct Known {
    pub(super) entities: Vec<Entity>,
    /// Whether a file is in none of them, since something is wrong with it.
    pub(super) left_out: bool,
    pub(super) registry: Registry,
    pub(super) names: Names,
    /// Article by article.
    pub(super) appearances: Vec<Appearing>,
    /// Article by article.
    pub(super) found: Vec<Held<Found<EntityId>>>,
}

/// What all texts say of others, before the entities have their last numbers.
struct Spoken<'a> {
    /// Article by article.
    in_articles: Vec<Hits>,
    /// Entity by entity, in the order of discovery.
    in_profiles: Vec<Hits>,
    remembered: Option<Remembered<'a>>,
}

/// Makes the entities out of their files and of the names in front matter, and finds where they appear.
pub(super) fn entities(
    articles: &mut [ArticleFile],
    files: Vec<(usize, ParsedEntity)>,
    config: &Config,
    order: &Order,
    before: Option<&Site>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Known {
    let mut gathering = Gathering {
        config,
        entities: Vec::new(),
        registry: Registry::new(config.kinds.len()),
        countries: HashMap::new(),
        spellings: HashMap::new(),
        met: vec![HashMap::new(); config.kinds.len()],
    };
    let of_files = files.len();
    for (kind, file) in files {
        gathering.add_file(kind, file, diagnostics);
    }
    let left_out = gathering.entities.len() < of_files;
    let country = config.kinds.iter().position(|kind| kind.is_country());
    let person = config.kinds.iter().position(|kind| kind.is_person());
    // Countries that entity files name have pages too: no fact leads nowhere.
    if let Some(country) = country {
        gathering.countries_of_files(country, diagnostics);
    }
    let mut appearances = Vec::with_capacity(articles.len());
    for file in articles.iter() {
        let (path, meta) = (&file.path, &file.meta);
        let mut found: Vec<Appearance> = Vec::new();
        let mut put = |entity: EntityId, declared: bool| {
            if !found.iter().any(|appearance| appearance.entity == entity) {
                found.push(Appearance { entity, declared, about: declared, mentions: 0 });
            }
        };
        for named in &meta.entities {
            let Some(kind) = config.kinds.iter().position(|kind| kind.id == named.kind) else { continue };
            for (index, name) in named.names.iter().enumerate() {
                let field = FieldPath::key(&named.key).index(index);
                let entity = gathering.named(kind, name, path, field, diagnostics);
                entity.into_iter().for_each(|entity| put(entity, true));
            }
        }
        if let Some(person) = person {
            for (index, event) in meta.events.iter().enumerate() {
                for (at, name) in event.people.iter().enumerate() {
                    let field = FieldPath::key("events").index(index).then("people").index(at);
                    let entity = gathering.named(person, name, path, field, diagnostics);
                    entity.into_iter().for_each(|entity| put(entity, false));
                }
            }
        }
        appearances.push(found);
    }
    gathering.settle_names();
    let mut appearances: Vec<Appearing> = appearances.into_iter().map(Appearing::listed).collect();
    let (names, spoken) = gathering.mentions(articles, &mut appearances, before);
    let known = gathering.finish(names, appearances, spoken, order, diagnostics);
    Known { left_out, ..known }
}

/// In which spellings a name is recognised that is matched so; none when it never is.
fn spelling(matching: Match) -> Option<Spelling> {
    match matching {
        Match::Exact => Some(Spelling::Exact),
        Match::Case => Some(Spelling::Case),
        Match::Any => Some(Spelling::Any),
        Match::Never => None,
    }
}

/// Whether an entity is a country whose name in the site's language is not written in its file.
fn is_named_by_heart(entity: &Entity) -> bool {
    let is_translated = entity.country.is_some_and(|country| country.name != entity.name);
    is_translated && entity.meta.as_ref().is_none_or(|meta| meta.name.is_empty())
}

/// How an entity's own name is recognised, when an alias that repeats the name says so.
fn own_spelling(entity: &Entity) -> Option<Option<Spelling>> {
    let aliases = &entity.meta.as_ref()?.input.aliases.0;
    let own = aliases.iter().find(|alias| fold(&alias.name) == fold(&entity.name))?;
    own.matching.map(spelling)
}

/// Entities while they are gathered; numbered in order of discovery until all are known.
struct Gathering<'a> {
    config: &'a Config,
    entities: Vec<Entity>,
    registry: Registry,
    countries: HashMap<&'static str, EntityId>,
    spellings: HashMap<EntityId, Spellings>,
    /// By kind, the names as written that mean one entity: most are met many times, and need not be folded each time.
    met: Vec<HashMap<String, EntityId>>,
}

impl Gathering<'_> {
    fn add_file(&mut self, kind: usize, file: ParsedEntity, diagnostics: &mut Vec<Diagnostic>) {
        let ParsedEntity { path, field, meta, document } = file;
        let of = &self.config.kinds[kind];
        let country = of
            .is_country()
            .then(|| {
                [meta.slug.as_str(), meta.name.as_str()]
                    .into_iter()
                    .filter(|name| !name.is_empty())
                    .find_map(|name| countries::resolve_in(name, &self.config.language))
            })
            .flatten();
        let name = match country {
            Some(country) if meta.name.is_empty() => country.name_in(&self.config.language).to_string(),
            _ => meta.name.clone(),
        };
        if name.is_empty() {
            // A country's file whose name says nothing; any other lack of a name was told when it was read.
            if of.is_country() {
                diagnostics.push(
                    Diagnostic::error(
                        "unknown-country",
                        format!("`{}` is no country that is known by heart", path.stem()),
                    )
                    .at(Place::file(&path))
                    .maybe_help(Some(country_help(path.stem())))
                    .help("for a territory of your own write `name: …` in its file"),
                );
            }
            return;
        }
        let id = EntityId::at(self.entities.len());
        if let Some(other) = self.registry.find(kind, &name).first().copied() {
            let other = &self.entities[other.index()];
            diagnostics.push(
                Diagnostic::error(
                    "duplicate-entity",
                    format!("the {} `{name}` is told of twice", of.singular.to_lowercase()),
                )
                .at(entity_place(&path, &field))
                .also(Place::file(&other.origin), format!("`{}` is told of here already", other.name))
                .help("join the two, or give one of them another name"),
            );
            return;
        }
        let slug = match country {
            Some(country) if meta.input.slug.is_none() => country.slug.to_string(),
            _ => meta.slug.clone(),
        };
        self.register(kind, id, &name, &slug, country);
        for alias in meta
            .input
            .aliases
            .names()
            .chain(meta.input.native_name.as_deref())
            .chain(meta.input.names.values().map(String::as_str))
        {
            self.registry.add(kind, alias, id);
        }
        let url = urls::entity(of, &slug);
        let entity = bare_entity(kind, name, slug, url, path, country);
        self.entities.push(Entity { field, meta: Some(meta), document, ..entity });
    }

    /// Lets an entity be found by its name, its slug and, for a country, by all that it is known by.
    fn register(
        &mut self,
        kind: usize,
        id: EntityId,
        name: &str,
        slug: &str,
        country: Option<&'static countries::Country>,
    ) {
        if [name, slug].iter().any(|name| !self.registry.find(kind, name).is_empty()) {
            // It may mean two things from now on.
            self.met[kind].clear();
        }
        self.registry.add(kind, name, id);
        self.registry.add(kind, slug, id);
        if let Some(country) = country {
            self.countries.insert(country.code, id);
            self.registry.add(kind, country.name, id);
            self.registry.add(kind, country.code, id);
        }
    }

    /// Returns the entity that a front matter names, new when it is named for the first time.
    fn named(
        &mut self,
        kind: usize,
        name: &str,
        path: &SourcePath,
        field: FieldPath,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<EntityId> {
        if let Some(id) = self.met[kind].get(name).copied() {
            if let Some(spellings) = self.spellings.get_mut(&id) {
                spellings.count(name, path);
            }
            return Some(id);
        }
        let of = &self.config.kinds[kind];
        let known = self.registry.find(kind, name);
        match known {
            [one] => {
                let id = *one;
                self.met[kind].insert(name.to_string(), id);
                if let Some(spellings) = self.spellings.get_mut(&id) {
                    spellings.count(name, path);
                }
                return Some(id);
            }
            [] => {}
            several => {
                let mut names: Vec<String> =
                    several.iter().map(|id| format!("`{}`", self.entities[id.index()].slug)).collect();
                names.sort_unstable();
                diagnostics.push(
                    Diagnostic::error("ambiguous-name", format!("`{name}` may be {}", names.join(" or ")))
                        .at(Place::field(path, field))
                        .help("write the one that is meant by its slug"),
                );
                return None;
            }
        }
        if of.is_country() {
            return self.country(kind, name, path, field, diagnostics);
        }
        let slug = slugify(name);
        if slug.is_empty() {
            diagnostics.push(
                Diagnostic::error("bad-slug", format!("the name `{name}` has no letter to make an address of"))
                    .at(Place::field(path, field))
                    .help(format!("give it a file: `content/{}/SLUG.md` with `name: {name}`", of.path)),
            );
            return None;
        }
        let id = EntityId::at(self.entities.len());
        self.register(kind, id, name, &slug, None);
        let mut spellings = Spellings::default();
        spellings.count(name, path);
        self.spellings.insert(id, spellings);
        let url = urls::entity(of, &slug);
        self.entities.push(bare_entity(kind, name.to_string(), slug, url, path.clone(), None));
        Some(id)
    }

    fn country(
        &mut self,
        kind: usize,
        name: &str,
        path: &SourcePath,
        field: FieldPath,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<EntityId> {
        let Some(country) = countries::resolve_in(name, &self.config.language) else {
            diagnostics.push(
                Diagnostic::error("unknown-country", format!("there is no country `{name}`"))
                    .at(Place::field(path, field))
                    .help(country_help(name)),
            );
            return None;
        };
        if let Some(id) = self.countries.get(country.code) {
            // Remember the spelling, so that the next use is found at once.
            self.registry.add(kind, name, *id);
            return Some(*id);
        }
        Some(self.known_country(kind, name, country, path))
    }

    /// Makes an entity of a country that is known by heart.
    fn known_country(
        &mut self,
        kind: usize,
        name: &str,
        country: &'static countries::Country,
        path: &SourcePath,
    ) -> EntityId {
        let id = EntityId::at(self.entities.len());
        let own = country.name_in(&self.config.language);
        self.register(kind, id, own, country.slug, Some(country));
        self.registry.add(kind, name, id);
        let url = urls::entity(&self.config.kinds[kind], country.slug);
        self.entities.push(bare_entity(
            kind,
            own.to_string(),
            country.slug.to_string(),
            url,
            path.clone(),
            Some(country),
        ));
        id
    }

    /// Resolves the countries that the files of entities name.
    fn countries_of_files(&mut self, country: usize, diagnostics: &mut Vec<Diagnostic>) {
        for index in 0..self.entities.len() {
            let origin = self.entities[index].origin.clone();
            let Some(meta) = &self.entities[index].meta else { continue };
            let named = meta.input.countries.0.clone();
            let roles: Vec<Option<String>> = meta.roles.iter().map(|role| role.input.country.clone()).collect();
            let held: Vec<crate::content::entity::Role> = meta.roles.clone();
            let ids = named
                .iter()
                .enumerate()
                .filter_map(|(at, name)| {
                    self.named(country, name, &origin, FieldPath::key("countries").index(at), diagnostics)
                })
                .collect();
            let role_countries: Vec<Option<EntityId>> = roles
                .iter()
                .enumerate()
                .map(|(at, name)| {
                    let field = FieldPath::key("roles").index(at).then("country");
                    name.as_deref().and_then(|name| self.named(country, name, &origin, field, diagnostics))
                })
                .collect();
            self.entities[index].countries = ids;
            self.entities[index].roles = held
                .into_iter()
                .zip(role_countries)
                .map(|(role, country)| HeldRole { role, country, organization: None })
                .collect();
        }
    }

    /// Gives the entities that have no file the spelling of their names that most articles use.
    fn settle_names(&mut self) {
        for (id, spellings) in &self.spellings {
            let entity = &mut self.entities[id.index()];
            entity.name = spellings.best(&self.config.kinds[entity.kind]);
            if let Some(origin) = &spellings.origin {
                entity.origin = origin.clone();
            }
        }
    }

    /// Finds whom and what the texts speak of; what is named there appears in the article. Countries that only a text
    /// names get a page, too.
    fn mentions<'a>(
        &mut self,
        articles: &mut [ArticleFile],
        appearances: &mut [Appearing],
        before: Option<&'a Site>,
    ) -> (Names, Spoken<'a>) {
        let known = self.entities.len();
        let country = self.config.kinds.iter().position(|kind| kind.is_country());
        let by_heart: Vec<&'static countries::Country> =
            countries::all().iter().filter(|one| !self.countries.contains_key(one.code)).collect();
        let mut names = Names::new(self.lexicon(&by_heart), known, by_heart);
        let config = self.config;
        let remembered = before.map(|before| Remembered::new(before, &names, &self.entities));
        let (registry, reading, recalled) = (&self.registry, &names, remembered.as_ref());
        let in_articles: Vec<(Hits, BTreeSet<Owner>)> = articles
            .par_iter_mut()
            .zip(appearances.par_iter())
            .map(|(file, appearing)| reading.in_article(file, appearing, registry, config, recalled))
            .collect();
        let in_profiles: Vec<Hits> = self
            .entities
            .par_iter_mut()
            .enumerate()
            .map(|(index, entity)| {
                let own = Owner::try_from(index).unwrap_or(Owner::MAX);
                reading.in_profile(entity, own, registry, config, recalled)
            })
            .collect();
        // By-heart countries that are spoken of become entities, in the order of the articles.
        let kind = country.unwrap_or_default();
        let mut make = |gathering: &mut Self, owner: Owner, path: &SourcePath| {
            if let Some(country) = names.unmade(owner) {
                names.make(owner, gathering.known_country(kind, country.name, country, path));
            }
        };
        for (file, (hits, linked)) in articles.iter().zip(&in_articles) {
            linked.iter().for_each(|owner| make(self, *owner, &file.path));
            hits.each(recalled, |owner, _| make(self, owner, &file.path));
        }
        for (index, hits) in in_profiles.iter().enumerate().filter(|(_, hits)| !hits.is_empty()) {
            let path = self.entities[index].origin.clone();
            hits.each(recalled, |owner, _| make(self, owner, &path));
        }
        // What a text names was made just now.
        let id_of = |owner: Owner| names.entity(owner).unwrap_or(EntityId::at(0));
        in_articles.par_iter().zip(appearances.par_iter_mut()).for_each(|((hits, _), appearing)| {
            hits.each(recalled, |owner, spot| appearing.take(id_of(owner), spot));
        });
        let in_articles = in_articles.into_iter().map(|(hits, _)| hits).collect();
        (names, Spoken { in_articles, in_profiles, remembered })
    }

    /// All that names in a text can mean: the entities, then the countries that are known by heart.
    fn lexicon(&self, by_heart: &[&'static countries::Country]) -> Lexicon {
        let except: Vec<usize> = (0..self.config.kinds.len())
            .filter(|kind| self.config.linking.except.0.contains(&self.config.kinds[*kind].id))
            .collect();
        let mut owners: Vec<OwnerInfo> = Vec::with_capacity(self.entities.len() + by_heart.len());
        for (index, entity) in self.entities.iter().enumerate() {
            let kind = &self.config.kinds[entity.kind];
            let class = match kind {
                kind if kind.is_country() => Class::Country,
                kind if kind.is_person() => Class::Person,
                kind if kind.is_topic() => Class::Topic,
                _ => Class::Other,
            };
            let meant = Meant { kind: entity.kind, name: entity.name.clone(), slug: entity.slug.clone() };
            let mut owner = OwnerInfo::new(class, meant);
            if except.contains(&entity.kind) {
                owners.push(owner);
                continue;
            }
            if let Some(country) = entity.country {
                owner.country(country);
            }
            match self.spellings.get(&EntityId::at(index)) {
                Some(spellings) => spellings.names(kind).iter().for_each(|name| owner.name(name, By::Name)),
                None => match own_spelling(entity) {
                    // In other languages many are words of the language as well: `Малі` are small ones, too.
                    None if is_named_by_heart(entity) => {}
                    None => owner.name(&entity.name, By::Name),
                    Some(Some(spelling)) => owner.spelled(&entity.name, By::Name, spelling),
                    Some(None) => {}
                },
            }
            if let Some(meta) = &entity.meta {
                self.names_of(entity, meta, &mut owner);
            }
            owners.push(owner);
        }
        let country = self.config.kinds.iter().position(|kind| kind.is_country());
        for one in by_heart {
            let kind = country.unwrap_or_default();
            let meant =
                Meant { kind, name: one.name_in(&self.config.language).to_string(), slug: one.slug.to_string() };
            let mut owner = OwnerInfo::new(Class::Country, meant);
            if country.is_some_and(|kind| !except.contains(&kind)) {
                owner.country(one);
            }
            owners.push(owner);
        }
        let pairs = &self.config.pairs;
        let paired = if pairs.least > 0 { pairs.kinds.clone() } else { Vec::new() };
        Lexicon::new(owners, &self.config.linking.blockers.0).paired(paired)
    }

    /// The names that an entity's file or row gives.
    fn names_of(&self, entity: &Entity, meta: &EntityMeta, owner: &mut OwnerInfo) {
        let input = &meta.input;
        for alias in input.aliases.0.iter().filter(|alias| fold(&alias.name) != fold(&entity.name)) {
            match alias.matching.map(spelling) {
                None => owner.name(&alias.name, By::Alias),
                Some(Some(spelling)) => owner.spelled(&alias.name, By::Alias, spelling),
                Some(None) => {}
            }
        }
        let names = input.names.values().filter(|name| **name != entity.name);
        input.native_name.iter().chain(names).for_each(|name| owner.name(name, By::Native));
        input.demonyms.0.iter().for_each(|demonym| owner.demonym(demonym));
        // A seat of power that the country's own file lists means the country.
        input.metonyms.0.iter().for_each(|metonym| owner.name(metonym, By::Alias));
        if let Some(family) = &input.family_name {
            owner.name(family, By::FamilyName);
            owner.family_first = fold(&entity.name).starts_with(&format!("{} ", fold(family)));
        }
        let of = |id: &EntityId| self.entities[id.index()].country;
        owner.countries = entity
            .countries
            .iter()
            .filter_map(of)
            .chain(entity.roles.iter().filter_map(|held| of(held.country.as_ref()?)))
            .collect();
        owner.roles = entity
            .roles
            .iter()
            .map(|held| {
                let title = held.role.input.title.to_lowercase();
                (title, held.role.start.map(|start| start.first_day()), held.role.end.map(|end| end.last_day()))
            })
            .collect();
    }

    /// Sorts and renumbers.
    fn finish(
        mut self,
        mut names: Names,
        mut appearances: Vec<Appearing>,
        spoken: Spoken,
        order: &Order,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Known {
        slug_clashes(&self.entities, self.config, diagnostics);
        let mut sorted: Vec<usize> = (0..self.entities.len()).collect();
        sorted.sort_by_cached_key(|index| {
            let entity = &self.entities[*index];
            (entity.kind, order.key(&entity.name), entity.slug.clone())
        });
        let mut new_id = vec![EntityId::at(0); sorted.len()];
        for (new, old) in sorted.iter().enumerate() {
            new_id[*old] = EntityId::at(new);
        }
        let mut slots: Vec<Option<Entity>> = self.entities.into_iter().map(Some).collect();
        let mut entities: Vec<Entity> = sorted.iter().filter_map(|old| slots[*old].take()).collect();
        for entity in &mut entities {
            entity.countries.iter_mut().for_each(|id| *id = new_id[id.index()]);
            for country in entity.roles.iter_mut().filter_map(|held| held.country.as_mut()) {
                *country = new_id[country.index()];
            }
        }
        for appearance in appearances.iter_mut().flat_map(|appearing| &mut appearing.all) {
            appearance.entity = new_id[appearance.entity.index()];
        }
        self.registry.renumber(&new_id);
        names.renumber(&new_id);
        let Spoken { in_articles, mut in_profiles, remembered } = spoken;
        let numbers = remembered.and_then(|remembered| remembered.numbers(&names));
        let settle = |hits: Hits| hits.settled(&names, numbers.as_deref());
        let found = in_articles.into_par_iter().map(settle).collect();
        in_profiles.resize_with(entities.len(), Hits::default);
        for (old, hits) in in_profiles.into_iter().enumerate() {
            entities[new_id[old].index()].found = settle(hits);
        }
        Known { entities, left_out: false, registry: self.registry, names, appearances, found }
    }
}

fn bare_entity(
    kind: usize,
    name: String,
    slug: String,
    url: UrlPath,
    origin: SourcePath,
    country: Option<&'static countries::Country>,
) -> Entity {
    Entity {
        kind,
        name,
        slug,
        url,
        origin,
        field: FieldPath::default(),
        meta: None,
        document: None,
        country,
        articles: Vec::new(),
        countries: Vec::new(),
        roles: Vec::new(),
        relations: Vec::new(),
        parent: None,
        children: Vec::new(),
        office_holders: Vec::new(),
        timeline: Vec::new(),
        found: Held::default(),
    }
}

fn entity_place(path: &SourcePath, field: &FieldPath) -> Place {
    if field.0.is_empty() { Place::field(path, "name") } else { Place::field(path, field.clone().then("name")) }
}

/// Two entities of one kind at one address are an error that names both.
fn slug_clashes(entities: &[Entity], config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    let mut by_slug: BTreeMap<(usize, String), Vec<&Entity>> = BTreeMap::new();
    for entity in entities {
        by_slug.entry((entity.kind, entity.slug.to_lowercase())).or_default().push(entity);
    }
    for ((kind, slug), clashing) in by_slug.into_iter().filter(|(_, entities)| entities.len() > 1) {
        let mut names: Vec<(&SourcePath, &str)> =
            clashing.iter().map(|entity| (&entity.origin, entity.name.as_str())).collect();
        names.sort_unstable();
        let of = &config.kinds[kind];
        diagnostics.push(
            Diagnostic::error(
                "slug-clash",
                format!("`{}` and `{}` would have one address, `/{}/{slug}/`", names[0].1, names[1].1, of.path),
            )
            .at(Place::file(names[1].0))
            .also(Place::file(names[0].0), format!("`{}` is named here", names[0].1))
            .help(format!(
                "give one of them a file in `content/{}/` with a `slug:` of its own, or write both alike",
                of.path
            )),
        );
    }
}
