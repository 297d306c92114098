//! The date archive: a page a year, and the newest year at its head.

use std::borrow::Cow;

use crate::base::diagnostics::Diagnostic;
use crate::outputs::{Plan, Press, Recipe, Rendered, Values};
use crate::render::view::{ArchiveMonth, ArchiveYear, YearCount};
use crate::render::views::Views;
use crate::render::{dates, json_ld};
use crate::site::faces::Face;
use crate::site::ids::ArticleId;
use crate::site::{Site, urls};

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    let years = years(site);
    if let Some((newest, _)) = years.first() {
        plan.add(&urls::archive(), None, Archive { year: *newest, head: true });
    }
    for (year, _) in years {
        plan.add(&urls::archive_year(year), None, Archive { year, head: false });
    }
}

/// Years with articles and their numbers, newest first.
fn years(site: &Site) -> Vec<(i16, usize)> {
    let mut years: Vec<(i16, usize)> = Vec::new();
    for date in site.articles.iter().filter_map(|article| article.meta.date.as_ref()) {
        let year = date.day.year();
        match years.last_mut().filter(|(last, _)| *last == year) {
            Some((_, count)) => *count += 1,
            None => years.push((year, 1)),
        }
    }
    years
}

#[derive(Debug)]
struct Archive {
    year: i16,
    /// Whether it stands at the head of the archive.
    head: bool,
}

impl Recipe for Archive {
    fn name(&self) -> Cow<'static, str> {
        "archive page".into()
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let site = views.whole(Face::Days).site();
        let years: Vec<YearCount> = years(site)
            .into_iter()
            .map(|(year, count)| YearCount { year, count, url: views.href(&urls::archive_year(year)) })
            .collect();
        let year = years.iter().find(|count| count.year == self.year)?.clone();
        let view = ArchiveYear { year, months: months(views, site, self.year) };
        let (kind, title, url, template) = if self.head {
            ("archive", views.language().text("archive").to_string(), urls::archive(), "archive.html")
        } else {
            ("archive_year", self.year.to_string(), urls::archive_year(self.year), "archive_year.html")
        };
        let mut page = views.page(kind, &title, &url);
        if !self.head {
            page.breadcrumbs.push(views.crumb(views.language().text("archive"), &urls::archive()));
        }
        press.describe(template, &mut page, |page| json_ld::list(views, page, &[], view.year.count));
        press.page(template, page, Values::default().with("years", &years).with("archive", &view), diagnostics)
    }
}

fn months(views: &Views, site: &Site, year: i16) -> Vec<ArchiveMonth> {
    let mut months: Vec<ArchiveMonth> = Vec::new();
    for (index, article) in site.articles.iter().enumerate() {
        let Some(day) = article.meta.date.as_ref().map(|date| date.day).filter(|day| day.year() == year) else {
            continue;
        };
        let iso = format!("{year:04}-{:02}", day.month());
        if months.last().is_none_or(|last| last.iso != iso) {
            months.push(ArchiveMonth {
                anchor: iso.clone(),
                iso,
                name: views.language().month(day.month()),
                title: dates::month(year, day.month(), views.language()),
                count: 0,
                articles: Vec::new(),
            });
        }
        if let Some(month) = months.last_mut() {
            month.count += 1;
            month.articles.push(views.card_of(ArticleId::at(index)));
        }
    }
    months
}
