//! What is gathered from all articles: key judgments by month, corrections by year.
//!
//! Of an article in several languages the original counts. A page that the site has at the address itself takes the
//! place of a register.

use std::collections::BTreeMap;

use crate::base::paths::UrlPath;
use crate::content::article::Notice;
use crate::content::vocabulary::CorrectionKind;
use crate::site::ids::ArticleId;
use crate::site::{Article, Site, urls};

/// The articles of a month that have key judgments.
#[derive(Clone, Debug)]
pub struct Month {
    /// `2025-12`, or `undated`.
    pub name: String,
    /// The articles, newest first.
    pub articles: Vec<ArticleId>,
}

/// The months in which there are key judgments, newest first; none when the site has no register of them.
pub fn judgment_months(site: &Site) -> Vec<Month> {
    let mut months: BTreeMap<Option<(i16, i8)>, Vec<ArticleId>> = BTreeMap::new();
    if site.config.judgments && is_free(site, &urls::judgments()) {
        for (at, article) in site.articles.iter().enumerate().filter(|(_, article)| has_judgments(article)) {
            let day = article.meta.date.as_ref().map(|date| date.day);
            months.entry(day.map(|day| (day.year(), day.month()))).or_default().push(ArticleId::at(at));
        }
    }
    let name = |(year, month)| format!("{year:04}-{month:02}");
    let month = |(month, articles): (Option<_>, _)| Month { name: month.map_or("undated".into(), name), articles };
    months.into_iter().rev().map(month).collect()
}

fn has_judgments(article: &Article) -> bool {
    article.original.is_none() && !article.meta.key_judgments.is_empty()
}

/// Whether the site has a register of key judgments.
pub fn has_judgment_register(site: &Site) -> bool {
    site.config.judgments
        && site.articles.iter().any(|article| has_judgments(article))
        && is_free(site, &urls::judgments())
}

/// All corrections, newest first: article, and place among its corrections. None when the site has no register of them.
pub fn corrections(site: &Site) -> Vec<(ArticleId, usize)> {
    if !site.config.corrections || !is_free(site, &urls::corrections()) {
        return Vec::new();
    }
    let articles = site.articles.iter().enumerate().filter(|(_, article)| article.original.is_none());
    let mut all: Vec<(ArticleId, usize)> = articles
        .flat_map(|(at, article)| (0..article.meta.corrections.len()).map(move |index| (ArticleId::at(at), index)))
        .collect();
    let date = |(id, index): &(ArticleId, usize)| &site.article(*id).meta.corrections[*index].date;
    all.sort_by(|left, right| date(right).cmp(date(left)));
    all
}

/// The anchors of an article's corrections, in their order: `correction-2025-07-20`, then `correction-2025-07-20-2`. They
/// stay when others are added.
pub fn anchors(corrections: &[Notice<CorrectionKind>]) -> Vec<String> {
    let number = |of: &Notice<CorrectionKind>| {
        corrections.iter().filter(|other| other.date.day == of.date.day && other.index <= of.index).count()
    };
    let anchors = corrections.iter().map(|one| match number(one) {
        0 | 1 => format!("correction-{}", one.date.day),
        number => format!("correction-{}-{number}", one.date.day),
    });
    anchors.collect()
}

/// Whether the site has no page of its own there.
fn is_free(site: &Site, url: &UrlPath) -> bool {
    !(site.pages.iter().any(|page| page.url == *url)
        || site.sections.iter().any(|section| section.url == *url)
        || site.config.kinds.iter().any(|kind| urls::kind(kind) == *url))
}
