//! The view of a pair: two countries, say, and every briefing on both.

use std::collections::{BTreeMap, BTreeSet};

use crate::render::activity::activity;
use crate::render::dates;
use crate::render::entities::{groups, years};
use crate::render::timelines::Timeline;
use crate::render::view::{PairRef, PairView, Side, Speaker, TopicCount, TopicView, YearCount};
use crate::render::views::{PairLens, Views};
use crate::site::connections::Pair;
use crate::site::ids::{ArticleId, EntityId};
use crate::site::timelines::{Entry, What};
use crate::words::message::Arg;

/// Most people, topics, and others of a kind that a page shows.
const PEOPLE: usize = 8;
const TOPICS: usize = 10;
const OTHERS: usize = 8;

/// A pair, as named in lists.
pub fn reference(views: &Views, pair: &Pair) -> PairRef {
    let [left, right] = pair.entities.map(|id| views.entity_ref(id));
    PairRef { title: title(views, pair), left, right, url: views.href(&pair.url), count: pair.articles.len() }
}

/// `China and Russia`.
pub fn title(views: &Views, pair: &Pair) -> String {
    let [left, right] = pair.entities.map(|id| views.name(id));
    views.language().say("pair-title", &[("left", Arg::Text(left)), ("right", Arg::Text(right))])
}

/// What happened that concerns both.
pub fn entries(views: &Views, pair: &Pair) -> Vec<Entry> {
    let [left, right] = pair.entities.map(|id| views.timeline(id));
    let of_right: BTreeSet<What> = right.iter().map(|entry| entry.what).collect();
    left.iter().filter(|entry| of_right.contains(&entry.what)).copied().collect()
}

/// Makes the view of page `number` of a pair.
///
/// Only the first page tells who and what else is in its briefings, as with entities.
pub fn pair(views: &Views, lens: PairLens, number: usize, per_page: usize) -> PairView {
    let (pair, list) = (lens.pair, lens.list());
    let entries = entries(views, pair);
    let timeline = Timeline { articles: list, entries: &entries, of: &pair.entities };
    let day = |at: Option<usize>| at.and_then(|at| list.date(at)).map(|date| dates::moment(date, views.language()));
    // By this alone the work for a pair is that of reading its briefings once, however many pages it has.
    let told: &[ArticleId] = if number == 1 { &pair.articles } else { &[] };
    let [left, right] = pair.entities.map(|id| side(views, lens, told, id));
    let mut counts: BTreeMap<EntityId, usize> = BTreeMap::new();
    for appearance in told.iter().flat_map(|id| lens.appearances(*id)) {
        if !pair.entities.contains(&appearance.entity) {
            *counts.entry(appearance.entity).or_default() += 1;
        }
    }
    let is_topic = |id: &EntityId| views.config().kinds[views.kind_of(*id)].is_topic();
    let others = counts.iter().filter(|(id, _)| !is_topic(id)).map(|(id, count)| (*id, *count)).collect();
    let mut topics: Vec<(EntityId, usize)> =
        counts.iter().filter(|(id, _)| is_topic(id)).map(|(id, count)| (*id, *count)).collect();
    topics.sort_by_key(|(id, count)| (std::cmp::Reverse(*count), *id));
    topics.truncate(TOPICS);
    let years = years(views, &list, &pair.url, per_page);
    PairView {
        pair: reference(views, pair),
        left,
        right,
        first: day(pair.articles.len().checked_sub(1)),
        latest: day(Some(0)),
        timeline: timeline.page(views, number, per_page),
        activity: if number == 1 { activity(views, &list) } else { None },
        topics: topics.into_iter().map(|(id, count)| topic(views, lens, id, count, &years)).collect(),
        years,
        with: groups(views, others, OTHERS, None),
    }
}

/// Who speaks for one side: people with a post there in briefings on both.
fn side(views: &Views, lens: PairLens, told: &[ArticleId], own: EntityId) -> Side {
    let holders: BTreeSet<EntityId> = views.profile(own).office_holders.iter().map(|(person, _)| *person).collect();
    let mut people: BTreeMap<EntityId, (usize, Option<String>)> = BTreeMap::new();
    for (id, date) in told.iter().zip(lens.list().dates()) {
        let day = date.map(|date| date.day);
        for one in lens.appearances(*id).iter().filter(|one| holders.contains(&one.entity)) {
            let roles = views.roles(one.entity);
            let mut here = roles.iter().filter(|held| [held.country, held.organization].contains(&Some(own)));
            let role = here.find(|held| day.is_none_or(|day| held.role.holds_on(day)));
            // The newest briefing comes first, and its day says what the person was.
            let Some(role) = role else { continue };
            let text = || (0, Some(views.role_text(one.entity, role)));
            people.entry(one.entity).or_insert_with(text).0 += 1;
        }
    }
    let mut people: Vec<(EntityId, (usize, Option<String>))> = people.into_iter().collect();
    people.sort_by_key(|(id, (count, _))| (std::cmp::Reverse(*count), *id));
    people.truncate(PEOPLE);
    let speaker = |(id, (count, role)): (EntityId, (usize, Option<String>))| Speaker {
        person: views.entity_ref(id),
        role,
        count,
    };
    Side { entity: views.entity_ref(own), people: people.into_iter().map(speaker).collect() }
}

fn topic(views: &Views, lens: PairLens, id: EntityId, count: usize, years: &[YearCount]) -> TopicView {
    let has = |year: i16| {
        let articles = lens.pair.articles.iter().zip(lens.list().dates());
        let of_year = articles.filter(|(_, date)| date.is_some_and(|date| date.day.year() == year));
        of_year.filter(|(article, _)| lens.appearances(**article).iter().any(|one| one.entity == id)).count()
    };
    let by_year = years.iter().map(|one| TopicCount { year: one.year, count: has(one.year) }).collect();
    TopicView { topic: views.entity_ref(id), count, by_year }
}
