//! What happened, by entity: events that briefings tell of, posts taken up and left, corrections.
//!
//! An event belongs to those whom it names: its people, and whoever its words or its place name. One that names nobody
//! belongs to the topics of its briefing alone, for an attack near Pahalgam is none on a country that only speaks of it. The same event in several briefings is told once, by the
//! newest.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::base::dates::PartialDate;
use crate::base::text::fold;
use crate::site::ids::{ArticleId, EntityId};
use crate::site::mentions::Spot;
use crate::site::{Article, Site};

/// An entry of a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Entry {
    /// When.
    pub date: PartialDate,
    /// What.
    pub what: What,
}

/// What an entry tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum What {
    /// The event at this place of an article's front matter.
    Event(ArticleId, usize),
    /// The entry at this place of the timelines in an article's text.
    Dated(ArticleId, usize),
    /// A person takes up the role at this place of their file.
    Begins(EntityId, usize),
    /// A person leaves the role at this place of their file.
    Ends(EntityId, usize),
    /// The correction at this place of an article.
    Correction(ArticleId, usize),
}

/// For each entity its timeline, newest first.
pub fn find(site: &Site) -> Vec<Vec<Entry>> {
    let mut timelines: Vec<Vec<Entry>> = vec![Vec::new(); site.entities.len()];
    for (index, article) in site.articles.iter().enumerate() {
        // A translation tells what its original tells.
        if article.original.is_none() {
            of_article(site, ArticleId::at(index), article, &mut timelines);
        }
    }
    for (index, person) in site.entities.iter().enumerate() {
        for (at, held) in person.roles.iter().enumerate() {
            let own = EntityId::at(index);
            let concerned: BTreeSet<EntityId> =
                [Some(own), held.country, held.organization].into_iter().flatten().collect();
            for entity in concerned {
                let timeline = &mut timelines[entity.index()];
                timeline.extend(held.role.start.map(|date| Entry { date, what: What::Begins(own, at) }));
                timeline.extend(held.role.end.map(|date| Entry { date, what: What::Ends(own, at) }));
            }
        }
    }
    for timeline in &mut timelines {
        tidy(site, timeline);
    }
    timelines
}

fn of_article(site: &Site, id: ArticleId, article: &Article, timelines: &mut [Vec<Entry>]) {
    let person = site.config.kinds.iter().position(|kind| kind.is_person());
    let mut put = |entities: BTreeSet<EntityId>, entry: Entry| {
        entities.into_iter().for_each(|entity| timelines[entity.index()].push(entry));
    };
    for (index, event) in article.meta.events.iter().enumerate() {
        let spot = u16::try_from(index).ok().map(Spot::Event);
        let named = article.found.mentions.iter().filter(|mention| Some(mention.spot) == spot);
        let people = event.people.iter().filter_map(|name| site.registry.find(person?, name).first().copied());
        let mut concerned: BTreeSet<EntityId> = named.map(|mention| mention.entity).chain(people).collect();
        if concerned.is_empty() {
            let declared = article.entities.iter().filter(|one| one.declared).map(|one| one.entity);
            concerned.extend(declared.filter(|id| site.kind_of(site.entity(*id)).is_topic()));
        }
        put(concerned, Entry { date: event.date, what: What::Event(id, index) });
    }
    for (index, dated) in article.document.facts.dated.iter().enumerate() {
        let mentions = article
            .found
            .mentions
            .iter()
            .filter(|mention| mention.spot == Spot::Body && dated.span.contains(&(mention.in_file.start as usize)));
        put(mentions.map(|mention| mention.entity).collect(), Entry { date: dated.date, what: What::Dated(id, index) });
    }
    let about: BTreeSet<EntityId> = article.entities.iter().filter(|one| one.about).map(|one| one.entity).collect();
    for (index, correction) in article.meta.corrections.iter().enumerate() {
        put(about.clone(), Entry { date: correction.date.day.into(), what: What::Correction(id, index) });
    }
}

/// Newest first, each event once.
fn tidy(site: &Site, timeline: &mut Vec<Entry>) {
    if timeline.len() > 1 {
        timeline.sort_by_key(|entry| (Reverse(entry.date), entry.what));
        let mut told: BTreeSet<(PartialDate, String)> = BTreeSet::new();
        timeline.retain(|entry| match text(site, entry.what) {
            Some(text) => told.insert((entry.date, fold(text))),
            None => true,
        });
    }
}

/// The words of an event.
pub fn text(site: &Site, what: What) -> Option<&str> {
    match what {
        What::Event(id, index) => Some(&site.article(id).meta.events[index].title),
        What::Dated(id, index) => Some(&site.article(id).document.facts.dated[index].text),
        _ => None,
    }
}
