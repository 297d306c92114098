//! What was found in texts of the site before that would be found in them again.
//!
//! Whom a text names hangs on the text, on what its front matter declares and its author links to by hand, and on the
//! names that stand in it. When these are as they were, so is what is found, but for the numbers of those who are named.

use std::collections::{BTreeSet, HashMap};

use crate::base::held::Held;
use crate::content::read::Document;
use crate::site::gate::ArticleFile;
use crate::site::ids::EntityId;
use crate::site::mentions::{By, Found, Lexicon, Owner, OwnerInfo};
use crate::site::names::Names;
use crate::site::{Entity, Site, Target};

/// An owner who is no more.
const GONE: Owner = Owner::MAX - 1;

/// The site before, held against the names of now.
pub(super) struct Remembered<'a> {
    before: &'a Site,
    /// The owner now of each owner then.
    owners: Vec<Owner>,
    /// The names, folded, that mean something else than before.
    other: Vec<String>,
    /// Whether something has other names: an article's `nolink` may mean it now, whatever stands in the text.
    renamed: bool,
    /// The entity then of each owner now, if it was one.
    entities: Vec<Option<EntityId>>,
}

/// What one thing is called, whether it is an entity already or not.
#[derive(PartialEq, Eq, Hash)]
enum Who<'a> {
    Country(&'static str),
    Entity(usize, &'a str),
}

impl<'a> Who<'a> {
    fn of(entity: &'a Entity) -> Self {
        match entity.country {
            Some(country) => Self::Country(country.code),
            None => Self::Entity(entity.kind, &entity.slug),
        }
    }
}

impl<'a> Remembered<'a> {
    /// Holds a site against the names of now and the entities that there are before any text is read, which are the
    /// first owners of these names.
    pub(super) fn new(before: &'a Site, names: &Names, entities: &[Entity]) -> Self {
        let mut now: HashMap<Who, Owner> =
            (0..).zip(entities).map(|(owner, entity)| (Who::of(entity), owner)).collect();
        now.extend(names.by_heart().map(|(owner, country)| (Who::Country(country.code), owner)));
        let owner_now = |who: Who| now.get(&who).copied().unwrap_or(GONE);
        let mut owners = vec![GONE; before.names.count()];
        for (owner, country) in before.names.by_heart() {
            owners[owner as usize] = owner_now(Who::Country(country.code));
        }
        for (index, entity) in before.entities.iter().enumerate() {
            let owner = before.names.owner(EntityId::at(index)) as usize;
            if let Some(place) = owners.get_mut(owner) {
                *place = owner_now(Who::of(entity));
            }
        }
        let (then, lexicon) = (before.names.lexicon(), names.lexicon());
        let other = other_names(then, lexicon, &owners);
        let called = OwnerInfo::called;
        let renamed =
            (0..).zip(&owners).any(|(owner, now)| then.owner(owner).map(called) != lexicon.owner(*now).map(called));
        let mut entities = vec![None; names.count()];
        for id in (0..before.entities.len()).map(EntityId::at) {
            let owner = owners.get(before.names.owner(id) as usize).copied().unwrap_or(GONE);
            if let Some(place) = entities.get_mut(owner as usize) {
                *place = Some(id);
            }
        }
        Self { before, owners, other, renamed, entities }
    }

    /// What is found in an article, when that is known.
    pub(super) fn in_article(
        &self,
        file: &ArticleFile,
        declared: &BTreeSet<Owner>,
        by_hand: &BTreeSet<Owner>,
    ) -> Option<Held<Found<EntityId>>> {
        let Target::Article(id) = self.before.by_source.get(&file.path)? else { return None };
        let old = self.before.article(*id);
        let may_mean_another = self.renamed && !file.meta.nolink.is_empty();
        if !old.document.is(&file.document) || !old.meta.is(&file.meta) || may_mean_another {
            return None;
        }
        let listed = old.entities[..old.listed].iter().map(|one| self.owner_now(one.entity));
        if listed.collect::<BTreeSet<Owner>>() != *declared {
            return None;
        }
        self.in_text(&old.document, &old.found, by_hand)
    }

    /// What is found in the profile of an owner, when that is known.
    pub(super) fn in_profile(
        &self,
        document: &Held<Document>,
        own: Owner,
        by_hand: &BTreeSet<Owner>,
    ) -> Option<Held<Found<EntityId>>> {
        let old = self.before.entity((*self.entities.get(own as usize)?)?);
        old.document.as_ref().filter(|before| before.is(document))?;
        self.in_text(document, &old.found, by_hand)
    }

    fn in_text(
        &self,
        document: &Document,
        found: &Held<Found<EntityId>>,
        by_hand: &BTreeSet<Owner>,
    ) -> Option<Held<Found<EntityId>>> {
        let before = self.before;
        let linked = before.names.by_hand(&document.facts.links, &before.registry, &before.config);
        let linked: BTreeSet<Owner> =
            linked.into_iter().map(|owner| self.owners.get(owner as usize).copied().unwrap_or(GONE)).collect();
        if linked != *by_hand || self.other.iter().any(|name| found.beginnings.may_have(name)) {
            return None;
        }
        Some(found.clone())
    }

    /// The number that each entity of then has now: none when all have the same.
    pub(super) fn numbers(&self, names: &Names) -> Option<Vec<EntityId>> {
        let ids = (0..self.before.entities.len()).map(EntityId::at);
        let is_same = ids.clone().all(|id| names.entity(self.owner_now(id)) == Some(id));
        // Those that are gone are in nothing that was taken over.
        let now = |id| names.entity(self.owner_now(id)).unwrap_or(EntityId::at(0));
        (!is_same).then(|| ids.map(now).collect())
    }

    /// The owner now of an entity of then.
    pub(super) fn owner_now(&self, id: EntityId) -> Owner {
        self.owners.get(self.before.names.owner(id) as usize).copied().unwrap_or(GONE)
    }
}

/// Whether the rules know the same of two owners.
fn are_alike(then: Option<&OwnerInfo>, now: Option<&OwnerInfo>) -> bool {
    then.zip(now).is_some_and(|(then, now)| then.is_alike(now))
}

/// The folded names that are not those of the same things as before, in the same order, or of things of which something
/// else is known. `owners` are the owners now of those before.
fn other_names(before: &Lexicon, now: &Lexicon, owners: &[Owner]) -> Vec<String> {
    type Name<'a> = (Owner, u8, crate::content::gazetteer::Spelling, &'a str);
    let is_other: Vec<bool> =
        (0..).zip(owners).map(|(then, owner)| !are_alike(before.owner(then), now.owner(*owner))).collect();
    let mut names: HashMap<String, [Vec<Name>; 2]> = HashMap::new();
    let mut other: BTreeSet<String> = BTreeSet::new();
    for (at, lexicon) in [before, now].into_iter().enumerate() {
        for name in lexicon.names() {
            let owner = match owners.get(name.owner as usize) {
                // Whose phrase it is in which names mean nothing makes no difference, unless it is the site's.
                Some(_) if name.sort == By::Blocker as u8 => 0,
                Some(owner) if at == 0 => {
                    if is_other[name.owner as usize] {
                        other.insert(name.folded());
                    }
                    *owner
                }
                _ => name.owner,
            };
            let all = names.entry(name.folded()).or_default();
            all[at].push((owner, name.sort, name.spelling, &name.text));
        }
    }
    other.extend(names.into_iter().filter(|(_, [then, now])| then != now).map(|(name, _)| name));
    other.into_iter().collect()
}
