//! Timelines: briefings and what happened, in one list by year.

use crate::base::dates::{Moment, PartialDate};
use crate::render::dates;
use crate::render::view::{Backlink, SentencePart, Shown, TimelineItem, TimelineYear};
use crate::render::views::{Listed, Naming, Told, Views};
use crate::site::ids::{ArticleId, EntityId};
use crate::site::mentions::Context;
use crate::site::timelines::Entry;

/// A list of briefings with what happened between them.
#[derive(Debug)]
pub struct Timeline<'a> {
    /// The briefings, newest first.
    pub articles: Listed<'a>,
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
        let articles = self.articles.ids();
        let start = ((number - 1) * per_page).min(articles.len());
        let end = (start + per_page).min(articles.len());
        // An entity in thousands of briefings has hundreds of pages: none looks at the days of all.
        let year = |index: usize| self.articles.date(index).map(|date| date.day.year());
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
        let is_later = |date: &Moment, entry: &Entry| PartialDate::from(date.day) >= entry.date;
        let behind = |entry: &Entry| self.articles.partition(|date| date.is_some_and(|date| is_later(date, entry)));
        let on_page = |behind: usize| start < behind && behind <= end || behind == 0 && number == 1;
        let mut entries =
            self.entries.iter().map(|entry| (behind(entry), entry)).filter(|(behind, _)| on_page(*behind)).peekable();
        let here = articles[start..end].iter().map(Some).chain([None]);
        for (index, id) in (start..).zip(here) {
            while let Some((_, entry)) = entries.next_if(|(behind, _)| *behind == index) {
                put(Some(entry.date.year), false, self.entry(views, entry));
            }
            if let Some(id) = id {
                let begins = index == 0 || year(index - 1) != year(index);
                put(year(index), begins, self.briefing(views, *id));
            }
        }
        years
    }

    fn briefing(&self, views: &Views, id: ArticleId) -> TimelineItem {
        let article = views.naming(id);
        TimelineItem {
            kind: "briefing",
            date: views.date_of(id),
            text: article.title().to_string(),
            url: Some(views.href(article.url())),
            person: None,
            briefing: Some(self.backlink(views, id, article)),
            told_by: None,
        }
    }

    fn entry(&self, views: &Views, entry: &Entry) -> TimelineItem {
        let item = |kind: &'static str, text: String| TimelineItem {
            kind,
            date: Some(Shown::new(&dates::partial(entry.date, views.language()))),
            text,
            url: None,
            person: None,
            briefing: None,
            told_by: None,
        };
        let told_by = |item: TimelineItem, id: ArticleId, url: String| TimelineItem {
            url: Some(url),
            told_by: Some(views.card_of(id)),
            ..item
        };
        match views.told(entry.what) {
            Told::Event(text, id, url) => told_by(item("event", text.to_string()), id, url),
            Told::Role(person, text) => TimelineItem {
                person: (!self.of.contains(&person)).then(|| views.entity_ref(person)),
                ..item("role", text)
            },
            Told::Correction(text, id, url) => told_by(item("correction", text), id, url),
        }
    }

    fn backlink(&self, views: &Views, id: ArticleId, article: Naming) -> Backlink {
        let found: Vec<_> = self.of.iter().filter_map(|entity| article.appearance(*entity)).collect();
        let context = match self.of {
            [left, right] => article.sentence_on_both(*left, *right),
            of => article.sentence(of),
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
