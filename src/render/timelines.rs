//! Timelines: briefings and what happened, in one list by year.

use crate::base::dates::PartialDate;
use crate::content::vocabulary::CorrectionKind;
use crate::render::dates;
use crate::render::view::{Backlink, SentencePart, TimelineItem, TimelineYear};
use crate::render::views::Views;
use crate::site::ids::{ArticleId, EntityId};
use crate::site::mentions::Context;
use crate::site::timelines::{self, Entry, What};

/// A list of briefings with what happened between them.
#[derive(Debug)]
pub struct Timeline<'a> {
    /// The briefings, newest first.
    pub articles: &'a [ArticleId],
    /// What happened, newest first.
    pub entries: &'a [Entry],
    /// Whose timeline it is: one entity, or a pair.
    pub of: &'a [EntityId],
}

impl Timeline<'_> {
    /// The years on page `number` (from 1) of the list, with `per_page` briefings on a page.
    ///
    /// What happened stands behind the briefings of its day or of later days: on the first page what is newer than all
    /// briefings too, on the last what is older than all.
    pub fn page(&self, views: &Views, number: usize, per_page: usize) -> Vec<TimelineYear> {
        let start = ((number - 1) * per_page).min(self.articles.len());
        let end = (start + per_page).min(self.articles.len());
        let day = |id: &ArticleId| views.site.article(*id).meta.date.as_ref().map(|date| PartialDate::from(date.day));
        let year = |index: usize| day(&self.articles[index]).map(|day| day.year);
        let mut years: Vec<TimelineYear> = Vec::new();
        let mut put = |year: Option<i16>, anchor: bool, item: TimelineItem| {
            if years.last().is_none_or(|last| last.year != year) {
                years.push(TimelineYear { year, anchor: None, items: Vec::new() });
            }
            let Some(last) = years.last_mut() else { return };
            if anchor && last.anchor.is_none() {
                last.anchor = year.map(|year| format!("y{year}"));
            }
            last.items.push(item);
        };
        let behind = |entry: &Entry| self.articles.partition_point(|id| day(id).is_some_and(|day| day >= entry.date));
        let on_page = |behind: usize| start < behind && behind <= end || behind == 0 && number == 1;
        let mut entries =
            self.entries.iter().map(|entry| (behind(entry), entry)).filter(|(behind, _)| on_page(*behind)).peekable();
        for index in start..=end {
            while let Some((_, entry)) = entries.next_if(|(behind, _)| *behind == index) {
                put(Some(entry.date.year), false, self.entry(views, entry));
            }
            if index < end {
                let begins = index == 0 || year(index - 1) != year(index);
                put(year(index), begins, self.briefing(views, self.articles[index]));
            }
        }
        years
    }

    fn briefing(&self, views: &Views, id: ArticleId) -> TimelineItem {
        let article = views.site.article(id);
        TimelineItem {
            kind: "briefing",
            date: article.meta.date.as_ref().map(dates::moment),
            text: article.meta.title.clone(),
            url: Some(views.href(&article.url)),
            person: None,
            briefing: Some(self.backlink(views, id)),
            told_by: None,
        }
    }

    fn entry(&self, views: &Views, entry: &Entry) -> TimelineItem {
        let site = views.site;
        let item = |kind: &'static str, text: String| TimelineItem {
            kind,
            date: Some(dates::partial(entry.date)),
            text,
            url: None,
            person: None,
            briefing: None,
            told_by: None,
        };
        let told_by = |item: TimelineItem, id: ArticleId, anchor: &str| TimelineItem {
            url: Some(format!("{}{anchor}", views.href(&site.article(id).url))),
            told_by: Some(views.card_of(id)),
            ..item
        };
        let held = |person: EntityId, index: usize| {
            let entity = site.entity(person);
            let reference = (!self.of.contains(&person)).then(|| views.reference(entity));
            (site.role_text(&entity.roles[index]), reference)
        };
        match entry.what {
            What::Event(id, _) | What::Dated(id, _) => {
                let text = timelines::text(site, entry.what).unwrap_or_default().to_string();
                let anchor = if matches!(entry.what, What::Event(..)) { "#timeline" } else { "" };
                told_by(item("event", text), id, anchor)
            }
            What::Begins(person, index) => {
                let (role, person) = held(person, index);
                TimelineItem { person, ..item("role", format!("becomes {role}")) }
            }
            What::Ends(person, index) => {
                let (role, person) = held(person, index);
                TimelineItem { person, ..item("role", format!("ceases to be {role}")) }
            }
            What::Correction(id, index) => {
                let correction = &site.article(id).meta.corrections[index];
                let label: &str = CorrectionKind::label(correction.kind);
                let text = crate::content::markdown::plain_text(&correction.text);
                told_by(item("correction", format!("{label}: {text}")), id, "")
            }
        }
    }

    fn backlink(&self, views: &Views, id: ArticleId) -> Backlink {
        let article = views.site.article(id);
        let appearance = |entity: &EntityId| article.entities.iter().find(|one| one.entity == *entity);
        let found: Vec<_> = self.of.iter().filter_map(appearance).collect();
        let context = match self.of {
            [left, right] => {
                let is_both = |pair: &[EntityId; 2]| pair.contains(left) && pair.contains(right);
                let both = article.found.together.iter().find(|(pair, _)| is_both(pair));
                both.map(|(_, context)| context)
            }
            of => article.found.contexts.iter().find(|(entity, _)| of.contains(entity)).map(|(_, context)| context),
        };
        Backlink {
            card: views.card_of(id),
            sentence: context.map(sentence).unwrap_or_default(),
            mentions: found.iter().map(|appearance| appearance.mentions).sum(),
            about: found.iter().all(|appearance| appearance.about),
        }
    }
}

fn sentence(context: &Context) -> Vec<SentencePart> {
    let parts = context.marked().filter(|(text, _)| !text.is_empty());
    parts.map(|(text, name)| SentencePart { text: text.to_string(), name }).collect()
}
