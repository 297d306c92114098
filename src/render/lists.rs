//! Lists of articles over several pages.

use crate::base::paths::UrlPath;
use crate::render::view::{PageLink, Pager, YearGroup};
use crate::render::views::{Listed, Views};
use crate::site::ids::ArticleId;
use crate::site::urls;

/// The number of pages that a list of `count` articles fills; an empty list has one page.
pub fn page_count(count: usize, per_page: usize) -> usize {
    count.div_ceil(per_page).max(1)
}

/// Makes page `number` (from 1) of the list at `first`.
pub fn pager(views: &Views, list: &Listed, first: &UrlPath, number: usize, per_page: usize) -> Pager {
    let articles = list.ids();
    let total = page_count(articles.len(), per_page);
    let start = (number - 1) * per_page;
    let end = (start + per_page).min(articles.len());
    let here = articles.get(start..end).unwrap_or_default();
    let url = |number: usize| views.href(&urls::list_page(first, number));
    Pager {
        number,
        total,
        count: articles.len(),
        items: views.cards_of(here),
        by_year: by_year(list, here, start)
            .into_iter()
            .map(|Year { year, anchor, articles }| YearGroup { year, anchor, items: views.cards_of(&articles) })
            .collect(),
        newer: (number > 1).then(|| url(number - 1)),
        older: (number < total).then(|| url(number + 1)),
        pages: shown_pages(number, total)
            .into_iter()
            .map(|page| page.map(|page| PageLink { number: page, url: url(page), current: page == number }))
            .collect(),
    }
}

/// The addresses of what stands on page `number` of a list.
pub fn addresses(views: &Views, list: &Listed, number: usize, per_page: usize) -> Vec<String> {
    let here = list.ids().iter().skip((number - 1) * per_page).take(per_page);
    here.map(|id| views.href(views.glance(*id).url())).collect()
}

/// First, last and neighbouring pages; `None` where some are left out.
fn shown_pages(number: usize, total: usize) -> Vec<Option<usize>> {
    let mut shown: Vec<Option<usize>> = Vec::new();
    for page in (1..=total).filter(|page| *page == 1 || *page == total || page.abs_diff(number) <= 2) {
        match shown.last().copied().flatten() {
            // A gap of one page is shown as that page.
            Some(last) if page == last + 2 => shown.extend([Some(last + 1), Some(page)]),
            Some(last) if page > last + 2 => shown.extend([None, Some(page)]),
            _ => shown.push(Some(page)),
        }
    }
    shown
}

/// Articles of one year on one page of a list.
#[derive(Debug)]
struct Year {
    /// The year; none for articles without a date.
    year: Option<i16>,
    /// Anchor where the year begins in the whole list.
    anchor: Option<String>,
    /// Its articles on this page.
    articles: Vec<ArticleId>,
}

fn by_year(list: &Listed, here: &[ArticleId], start: usize) -> Vec<Year> {
    let year = |at: usize| list.date(at).map(|date| date.day.year());
    // A list by weight may come back to a year. Looked at once for each year, not for each page: the last one before is
    // nearly always of the same year.
    let begins = |at: usize| !(0..at).rev().any(|before| year(before) == year(at));
    let mut groups: Vec<Year> = Vec::new();
    for (index, id) in here.iter().enumerate() {
        let year = year(start + index);
        if groups.last().is_none_or(|last| last.year != year) {
            let anchor = year.filter(|_| begins(start + index)).map(|year| format!("y{year}"));
            groups.push(Year { year, anchor, articles: Vec::new() });
        }
        groups.last_mut().into_iter().for_each(|last| last.articles.push(*id));
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_show_the_pages_around() {
        let shown = |number, total| {
            shown_pages(number, total)
                .into_iter()
                .map(|page| page.map_or("…".to_string(), |page| page.to_string()))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(shown(1, 1), "1");
        assert_eq!(shown(1, 9), "1 2 3 … 9");
        assert_eq!(shown(5, 9), "1 2 3 4 5 6 7 8 9");
        assert_eq!(shown(6, 20), "1 … 4 5 6 7 8 … 20");
    }
}
