//! What names can mean on a site, and whom one article names.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};

use borsh::{BorshDeserialize, BorshSerialize};

use crate::base::held::Held;
use crate::config::Config;
use crate::content::countries::{self, Country};
use crate::content::kinds::COUNTRY;
use crate::content::markdown::{Link, LinkTarget, Outline};
use crate::content::read::Document;
use crate::site::Appearance;
use crate::site::Entity;
use crate::site::gate::ArticleFile;
use crate::site::ids::EntityId;
use crate::site::mentions::{self, Found, Lexicon, Owner, Spot};
use crate::site::registry::Registry;
use crate::site::remembered::Remembered;

/// All that names in a text can mean: the entities of a site, then the countries that are known by heart and that no
/// file or front matter names. Numbers of the first are those in which they were discovered.
#[derive(Clone, Debug)]
pub struct Names {
    lexicon: std::sync::Arc<Lexicon>,
    /// Entities that there were before any text was read.
    known: usize,
    by_heart: Vec<&'static Country>,
    /// The entity of each owner, when there is one.
    entities: Vec<Option<EntityId>>,
    /// The owner of each entity.
    owners: Vec<Owner>,
}

impl Names {
    /// Returns the names of a site with as many entities, which are the first owners of the lexicon; `by_heart` are the
    /// others.
    pub(super) fn new(lexicon: Lexicon, known: usize, by_heart: Vec<&'static Country>) -> Self {
        let mut entities: Vec<Option<EntityId>> = (0..known).map(|index| Some(EntityId::at(index))).collect();
        entities.resize(known + by_heart.len(), None);
        let owners = (0..known).map(owner_at).collect();
        Self { lexicon: lexicon.into(), known, by_heart, entities, owners }
    }

    pub(super) fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// The countries that are known by heart, with their owners.
    pub(super) fn by_heart(&self) -> impl Iterator<Item = (Owner, &'static Country)> {
        self.by_heart.iter().enumerate().map(|(at, country)| (owner_at(self.known + at), *country))
    }

    /// How many things can be meant.
    pub(super) fn count(&self) -> usize {
        self.entities.len()
    }

    /// The country of an owner that is no entity yet.
    pub(super) fn unmade(&self, owner: Owner) -> Option<&'static Country> {
        self.entity(owner).is_none().then(|| self.by_heart.get((owner as usize).checked_sub(self.known)?).copied())?
    }

    /// Takes note that a country has become an entity.
    pub(super) fn make(&mut self, owner: Owner, entity: EntityId) {
        self.entities[owner as usize] = Some(entity);
        self.owners.push(owner);
    }

    /// The entity of an owner.
    pub(super) fn entity(&self, owner: Owner) -> Option<EntityId> {
        self.entities.get(owner as usize).copied().flatten()
    }

    /// Gives the entities other numbers.
    pub(super) fn renumber(&mut self, new_id: &[EntityId]) {
        self.entities.iter_mut().flatten().for_each(|id| *id = new_id[id.index()]);
        let mut owners = vec![0; self.owners.len()];
        for (old, owner) in self.owners.iter().enumerate() {
            owners[new_id[old].index()] = *owner;
        }
        self.owners = owners;
    }

    /// The owner that an entity is.
    pub(super) fn owner(&self, id: EntityId) -> Owner {
        self.owners.get(id.index()).copied().unwrap_or(Owner::MAX)
    }

    /// Finds whom an article names, and whom it links to by hand. Where its running text stands is forgotten.
    pub(super) fn in_article(
        &self,
        file: &mut ArticleFile,
        appearing: &Appearing,
        registry: &Registry,
        config: &Config,
        remembered: Option<&Remembered>,
    ) -> (Hits, BTreeSet<Owner>) {
        let linked = self.by_hand(&file.document.facts.links, registry, config);
        let declared: BTreeSet<Owner> =
            appearing.all[..appearing.listed].iter().map(|one| self.owner(one.entity)).collect();
        if let Some(found) = remembered.and_then(|one| one.in_article(file, &declared, &linked)) {
            return (Hits::Known(found), linked);
        }
        let prose = take_prose(&mut file.document);
        let opened = file.document.open(&file.path);
        let text = mentions::Text {
            lines: mentions::Text::lines_of(&file.meta),
            body: opened.body(),
            prose,
            lang: file.meta.lang.as_deref().unwrap_or(&config.language),
            day: file.meta.date.as_ref().map(|date| date.day),
            declared,
            by_hand: linked.clone(),
            subject: None,
            nolink: &file.meta.nolink,
            markdown: &config.markdown,
            words: file.document.facts.word_count,
        };
        (Hits::New(mentions::find(&self.lexicon, &config.linking, &text)), linked)
    }

    /// Finds whom the profile of an entity names, which is this owner. Where its running text stands is forgotten.
    pub(super) fn in_profile(
        &self,
        entity: &mut Entity,
        own: Owner,
        registry: &Registry,
        config: &Config,
        remembered: Option<&Remembered>,
    ) -> Hits {
        let Some(document) = &mut entity.document else { return Hits::New(Found::default()) };
        let by_hand = self.by_hand(&document.facts.links, registry, config);
        if let Some(found) = remembered.and_then(|one| one.in_profile(document, own, &by_hand)) {
            return Hits::Known(found);
        }
        let prose = take_prose(document);
        let opened = document.open(&entity.origin);
        let text = mentions::Text {
            lines: Vec::new(),
            body: opened.body(),
            prose,
            lang: &config.language,
            day: None,
            declared: [own].into(),
            by_hand,
            subject: Some(own),
            nolink: &[],
            markdown: &config.markdown,
            words: document.facts.word_count,
        };
        Hits::New(mentions::find(&self.lexicon, &config.linking, &text))
    }

    /// Those that a text links to.
    pub(super) fn by_hand(&self, links: &[Link], registry: &Registry, config: &Config) -> BTreeSet<Owner> {
        links.iter().filter_map(|link| self.linked(&link.target, registry, config)).collect()
    }

    /// What a wikilink means, if that is one entity. Countries that only texts name change nothing for other names.
    fn linked(&self, target: &LinkTarget, registry: &Registry, config: &Config) -> Option<Owner> {
        let LinkTarget::Wiki { kind, name, .. } = target else { return None };
        let found = match kind {
            Some(id) => {
                let kind = config.kinds.iter().position(|kind| kind.id == *id)?;
                registry.find(kind, name).to_vec()
            }
            None => registry.find_any(name),
        };
        let found: Vec<Owner> =
            found.into_iter().map(|id| self.owner(id)).filter(|owner| (*owner as usize) < self.known).collect();
        match found.as_slice() {
            [one] => Some(*one),
            [] => {
                let is_country = kind.as_ref().is_none_or(|id| id == COUNTRY);
                let country = countries::resolve_in(name, &config.language).filter(|_| is_country)?;
                let at = self.by_heart.iter().position(|one| one.code == country.code)?;
                Some(owner_at(self.known + at))
            }
            _ => None,
        }
    }
}

impl BorshSerialize for Names {
    fn serialize<W: Write>(&self, writer: &mut W) -> io::Result<()> {
        let Self { lexicon, known, by_heart, entities, owners } = self;
        (lexicon, known, entities, owners).serialize(writer)?;
        countries::put_all(by_heart, writer)
    }
}

impl BorshDeserialize for Names {
    fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Self> {
        let (lexicon, known, entities, owners): (Lexicon, _, _, _) = BorshDeserialize::deserialize_reader(reader)?;
        Ok(Self { lexicon: lexicon.into(), known, by_heart: countries::take_all(reader)?, entities, owners })
    }
}

/// Where the running text of a document stands, if that is known; it has no further use there.
fn take_prose(document: &mut Held<Document>) -> Option<Outline> {
    // Of one that others hold it was taken before.
    if document.facts.prose.is_some() { document.facts.prose.take() } else { None }
}

fn owner_at(index: usize) -> Owner {
    Owner::try_from(index).unwrap_or(Owner::MAX)
}

/// What was found in a text.
pub(super) enum Hits {
    /// Just now.
    New(Found<Owner>),
    /// In the site before, whose numbers it goes by.
    Known(Held<Found<EntityId>>),
}

impl Default for Hits {
    fn default() -> Self {
        Self::New(Found::default())
    }
}

impl Hits {
    /// Whether nothing is mentioned.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::New(found) => found.mentions.is_empty(),
            Self::Known(found) => found.mentions.is_empty(),
        }
    }

    /// Tells of each mention, in the order of reading. What is known comes from what is `remembered`.
    pub(super) fn each(&self, remembered: Option<&Remembered>, mut tell: impl FnMut(Owner, Spot)) {
        match (self, remembered) {
            (Self::New(found), _) => found.mentions.iter().for_each(|one| tell(one.entity, one.spot)),
            (Self::Known(found), Some(then)) => {
                found.mentions.iter().for_each(|one| tell(then.owner_now(one.entity), one.spot));
            }
            (Self::Known(_), None) => {}
        }
    }

    /// What was found, when all entities have their last numbers; `numbers` has those of the entities of then, when they
    /// are others.
    pub(super) fn settled(self, names: &Names, numbers: Option<&[EntityId]>) -> Held<Found<EntityId>> {
        // What a text names has become an entity.
        let id_of = |owner: &Owner| names.entity(*owner).unwrap_or(EntityId::at(0));
        match (self, numbers) {
            (Self::New(found), _) => found.map(id_of).in_order().into(),
            (Self::Known(found), None) => found,
            (Self::Known(found), Some(now)) => (*found).clone().map(|id| now[id.index()]).in_order().into(),
        }
    }
}

/// The entities of one article, while they are gathered.
#[derive(Clone, Debug, Default)]
pub(super) struct Appearing {
    /// How many of them the front matter names.
    pub(super) listed: usize,
    /// First those of the front matter.
    pub(super) all: Vec<Appearance>,
}

impl Appearing {
    /// Those that the front matter names.
    pub(super) fn listed(all: Vec<Appearance>) -> Self {
        Self { listed: all.len(), all }
    }

    /// Adds one that a text mentions.
    pub(super) fn take(&mut self, entity: EntityId, spot: Spot) {
        let at = self.all.iter().position(|one| one.entity == entity).unwrap_or_else(|| {
            self.all.push(Appearance { entity, declared: false, about: false, mentions: 0 });
            self.all.len() - 1
        });
        self.all[at].mentions += 1;
        self.all[at].about |= spot.is_key();
    }
}
