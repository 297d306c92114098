//! How many briefings there were, month by month or year by year.

use crate::render::dates::month;
use crate::render::view::{ActivityView, ActivityYear, Bar};
use crate::render::views::{Listed, Views};
use crate::words::Language;

/// Fewest months that a chart shows: a single bar says nothing.
const FEWEST_MONTHS: i32 = 12;

/// Most months that a chart shows bar by bar; beyond that a bar is a year.
const MOST_MONTHS: i32 = 96;

/// Counts briefings by month from the first of them to the newest of the whole site; none when there are fewer than
/// two, or none has a date.
pub fn activity(views: &Views, articles: &Listed) -> Option<ActivityView> {
    let latest = views.latest()?;
    let language = views.language();
    let month = |year: i16, month: i8| i32::from(year) * 12 + i32::from(month) - 1;
    let mut counts: std::collections::BTreeMap<i32, usize> = std::collections::BTreeMap::new();
    for date in articles.dates().flatten() {
        *counts.entry(month(date.day.year(), date.day.month())).or_default() += 1;
    }
    if counts.values().sum::<usize>() < 2 {
        return None;
    }
    let last = month(latest.year(), latest.month()).max(*counts.keys().next_back()?);
    let first = (*counts.keys().next()?).min(last - FEWEST_MONTHS + 1);
    let by_month = last - first < MOST_MONTHS;
    let count = |months: std::ops::RangeInclusive<i32>| counts.range(months).map(|(_, count)| count).sum::<usize>();
    let spans: Vec<(i32, i32)> = if by_month {
        (first..=last).map(|month| (month, month)).collect()
    } else {
        (first / 12..=last / 12).map(|year| (year * 12, year * 12 + 11)).collect()
    };
    let values: Vec<usize> = spans.iter().map(|(from, to)| count(*from..=*to)).collect();
    let most = values.iter().copied().max().unwrap_or(1).max(1);
    let label = |at: i32| {
        let year = at.div_euclid(12);
        if by_month { title(year, at.rem_euclid(12) + 1, language) } else { year.to_string() }
    };
    let bars = spans.iter().zip(&values).map(|((from, _), count)| Bar {
        label: label(*from),
        count: *count,
        height: u8::try_from((count * 100).div_ceil(most)).unwrap_or(100),
    });
    let years = (first.div_euclid(12)..=last.div_euclid(12)).rev().map(|year| ActivityYear {
        year,
        months: (year * 12..year * 12 + 12)
            .map(|month| (first..=last).contains(&month).then(|| count(month..=month)))
            .collect(),
        count: count(year * 12..=year * 12 + 11),
    });
    Some(ActivityView {
        unit: if by_month { "month" } else { "year" },
        first: label(spans.first()?.0),
        last: label(spans.last()?.0),
        most,
        bars: bars.collect(),
        months: (1..=12).map(|month| language.month_heading(month)).collect(),
        years: years.collect(),
    })
}

fn title(year: i32, number: i32, language: &Language) -> String {
    month(i16::try_from(year).unwrap_or_default(), i8::try_from(number).unwrap_or(1), language)
}
