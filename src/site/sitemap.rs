//! Every page of a site that others may be told of: with the day of its last change, its picture and its translations.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use crate::base::dates::Moment;
use crate::base::paths::UrlPath;
use crate::site::ids::ArticleId;
use crate::site::{Article, Site, links, registers, urls};

/// A page as search engines are told of it.
#[derive(Clone, Debug)]
pub struct Listed<'a> {
    /// Its address.
    pub url: UrlPath,
    /// When it last changed, as far as readers were told.
    pub changed: Option<&'a Moment>,
    /// The address of its picture.
    pub picture: Option<&'a UrlPath>,
    /// The same text in all languages that it is in, its own included; none when it is in one.
    pub languages: Vec<(&'a str, UrlPath)>,
    /// The text that the others are translations of, when it is in several languages.
    pub original: Option<UrlPath>,
}

/// Most addresses in one file, by the protocol (<https://www.sitemaps.org/protocol.html>).
const MOST_ADDRESSES: usize = 50_000;

/// Most links to translations in one file: some 35 MB of the 50 MB that it may have.
const MOST_LINKS: usize = 200_000;

/// How long a briefing is news: what Google's news sitemap may hold.
const NEWS: SignedDuration = SignedDuration::from_hours(48);

/// Most articles in a news sitemap.
const MOST_NEWS: usize = 1_000;

/// When an article last changed, as far as readers were told.
pub fn changed(article: &Article) -> Option<&Moment> {
    article.meta.updated.iter().chain(&article.meta.date).max()
}

/// All pages, in an order that depends on nothing else: first those that lead, then the articles, newest first, then
/// entities and pairs. Later pages of lists are found from the first, and what asks not to be found is not here.
pub fn pages(site: &Site) -> Vec<Listed<'_>> {
    let plain = |url: UrlPath, changed| Listed { url, changed, picture: None, languages: Vec::new(), original: None };
    let newest = |ids: &[ArticleId]| ids.iter().filter_map(|id| changed(site.article(*id))).max();
    let whole = site.articles.iter().filter_map(|article| changed(article)).max();
    let mut pages = vec![plain(urls::home(), whole)];
    pages.extend(site.sections.iter().map(|section| plain(section.url.clone(), newest(&section.articles))));
    let kinds = site.config.kinds.iter().enumerate().filter(|(kind, _)| site.entities_of(*kind).next().is_some());
    pages.extend(kinds.map(|(_, kind)| plain(urls::kind(kind), whole)));
    pages.extend(site.pages.iter().map(|page| plain(page.url.clone(), page.meta.updated.as_ref())));
    if !site.authors.is_empty() {
        pages.push(plain(urls::authors(), whole));
    }
    pages.extend(site.authors.iter().map(|author| plain(author.url.clone(), newest(&author.articles))));
    if !site.series.is_empty() {
        pages.push(plain(urls::series_index(), whole));
    }
    pages.extend(site.series.iter().map(|series| plain(series.url.clone(), newest(&series.articles))));
    let dates = || site.articles.iter().filter_map(|article| article.meta.date.as_ref());
    if dates().next().is_some() {
        pages.push(plain(urls::archive(), whole));
    }
    let mut years: Vec<i16> = dates().map(|date| date.day.year()).collect();
    years.dedup();
    pages.extend(years.into_iter().map(|year| plain(urls::archive_year(year), None)));
    if site.search.is_some() {
        pages.push(plain(urls::search(), whole));
    }
    let months = registers::judgment_months(site);
    pages.extend(months.first().map(|_| plain(urls::judgments(), whole)));
    pages.extend(months.iter().map(|month| plain(urls::judgments_of(&month.name), newest(&month.articles))));
    let corrections = registers::corrections(site);
    let corrected = |(id, index): &(ArticleId, usize)| &site.article(*id).meta.corrections[*index].date;
    pages.extend(corrections.first().map(|newest| plain(urls::corrections(), Some(corrected(newest)))));
    let mut years: Vec<i16> = corrections.iter().map(|one| corrected(one).day.year()).collect();
    years.dedup();
    pages.extend(years.into_iter().map(|year| plain(urls::corrections_of(year), None)));
    let own = site.articles.iter().filter(|article| !article.is_borrowed());
    pages.extend(own.map(|article| of_article(site, article)));
    let entities = site.entities.iter().filter(|entity| !entity.is_borrowed());
    pages.extend(entities.map(|entity| plain(entity.url.clone(), newest(&entity.articles))));
    pages.extend(site.connections.pairs().iter().map(|pair| plain(pair.url.clone(), newest(&pair.articles))));
    pages
}

fn of_article<'a>(site: &'a Site, article: &'a Article) -> Listed<'a> {
    let picture = article.meta.image.as_ref().and_then(|image| links::attachment(site, &article.path, &image.src));
    let visible = |id: &&ArticleId| site.article(**id).marking <= article.marking;
    let others = article.translations.iter().filter(visible).map(|id| site.article(*id));
    let mut languages: Vec<(&str, UrlPath)> = others.map(|one| (one.lang.as_str(), one.url.clone())).collect();
    if !languages.is_empty() {
        languages.push((&article.lang, article.url.clone()));
        languages.sort();
    }
    let original = article.original.filter(|id| visible(&id)).map_or(&article.url, |id| &site.article(id).url);
    Listed {
        url: article.url.clone(),
        changed: changed(article),
        picture: picture.and_then(|file| site.published.get(&file)),
        original: (!languages.is_empty()).then(|| original.clone()),
        languages,
    }
}

/// The pages of each file of the sitemap; there is always one.
pub fn parts(pages: &[Listed]) -> Vec<Range<usize>> {
    parts_of(pages.iter().map(|page| page.languages.len()), MOST_ADDRESSES, MOST_LINKS)
}

fn parts_of(links: impl Iterator<Item = usize>, most: usize, most_links: usize) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = std::iter::once(0..0).collect();
    let mut held = 0;
    for (at, links) in links.enumerate() {
        let last = parts.len() - 1;
        if parts[last].len() == most || held + links > most_links && !parts[last].is_empty() {
            parts.push(at..at);
            held = 0;
        }
        let last = parts.len() - 1;
        parts[last].end = at + 1;
        held += links;
    }
    parts
}

/// The articles of the last two days, newest first.
pub fn news(site: &Site) -> Vec<ArticleId> {
    let is_news = |article: &Article| {
        let date = article.meta.date.as_ref().map(|date| date.instant);
        date.is_some_and(|date| date <= site.now && news_until(date).is_some_and(|until| site.now < until))
    };
    let own = site.articles.iter().enumerate().filter(|(_, article)| !article.is_borrowed());
    let articles = own.filter(|(_, article)| is_news(article));
    articles.map(|(at, _)| ArticleId::at(at)).take(MOST_NEWS).collect()
}

/// The moment at which an article ceases to be news.
pub fn news_until(date: Timestamp) -> Option<Timestamp> {
    date.checked_add(NEWS).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_cut_at_addresses_and_at_links() {
        let parts = |links: &[usize]| {
            let parts = parts_of(links.iter().copied(), 3, 10);
            parts.into_iter().map(|part| (part.start, part.end)).collect::<Vec<_>>()
        };
        assert_eq!(parts(&[]), [(0, 0)]);
        assert_eq!(parts(&[0, 0, 0]), [(0, 3)]);
        assert_eq!(parts(&[0, 0, 0, 0]), [(0, 3), (3, 4)]);
        assert_eq!(parts(&[5, 5, 1]), [(0, 2), (2, 3)]);
        assert_eq!(parts(&[20, 20]), [(0, 1), (1, 2)]);
    }
}
