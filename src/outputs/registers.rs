//! The registers: key judgments by month with what came of them, and corrections by year.
//!
//! A register is split by time, so that an edit changes the page of its month alone, and the first page where numbers
//! change.

use std::borrow::Cow;

use crate::base::diagnostics::Diagnostic;
use crate::outputs::{Plan, Press, Recipe, Rendered, Values};
use crate::render::registers::{corrections_of, judgments, month_title};
use crate::render::{feed_refs, json_ld};
use crate::site::registers::{corrections, judgment_months};
use crate::site::{Site, urls};
use crate::words::message::Arg;

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    let months = judgment_months(site);
    if !months.is_empty() {
        plan.add(&urls::judgments(), None, Judgments { at: 0, month: None });
    }
    for (at, month) in months.into_iter().enumerate() {
        plan.add(&urls::judgments_of(&month.name), None, Judgments { at, month: Some(month.name) });
    }
    let mut years: Vec<i16> = corrections(site)
        .iter()
        .map(|(id, index)| site.article(*id).meta.corrections[*index].date.day.year())
        .collect();
    years.dedup();
    if let Some(newest) = years.first() {
        plan.add(&urls::corrections(), None, Corrections { year: *newest, head: true });
    }
    for year in years {
        plan.add(&urls::corrections_of(year), None, Corrections { year, head: false });
    }
}

#[derive(Debug)]
struct Judgments {
    at: usize,
    /// None for the first page of the register.
    month: Option<String>,
}

impl Recipe for Judgments {
    fn name(&self) -> Cow<'static, str> {
        "register of judgments".into()
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let view = judgments(views, self.at, self.month.is_none())?;
        let (title, language) = (Arg::Text(&views.config().title), views.language());
        let mut page = match &self.month {
            None => views.page("judgments", language.text("key-judgments"), &urls::judgments()),
            Some(month) => {
                let name = month_title(month, language);
                let title = language.say("key-judgments-of-month", &[("month", Arg::Text(&name))]);
                let mut page = views.page("judgments", &title, &urls::judgments_of(month));
                page.breadcrumbs.push(views.crumb(language.text("key-judgments"), &urls::judgments()));
                page
            }
        };
        page.description.push_str(&match &self.month {
            None => language.say("judgments-described", &[("site", title)]),
            Some(_) => {
                language.say("judgments-of-month-described", &[("site", title), ("month", Arg::Text(&view.month))])
            }
        });
        page.description.push_str(views.secret("judgments"));
        press.describe("judgments.html", &mut page, |page| {
            let mut items: Vec<String> = view.articles.iter().map(|one| one.article.url.clone()).collect();
            items.dedup();
            json_ld::list(views, page, &items, items.len())
        });
        press.page("judgments.html", page, Values::default().with("register", &view), diagnostics)
    }
}

#[derive(Debug)]
struct Corrections {
    year: i16,
    /// Whether it stands at the head of the register.
    head: bool,
}

impl Recipe for Corrections {
    fn name(&self) -> Cow<'static, str> {
        "register of corrections".into()
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let view = corrections_of(views, self.year);
        let language = views.language();
        let mut page = if self.head {
            views.page("corrections", language.text("corrections"), &urls::corrections())
        } else {
            let year = self.year.to_string();
            let title = language.say("corrections-of-year", &[("year", Arg::Text(&year))]);
            let mut page = views.page("corrections", &title, &urls::corrections_of(self.year));
            page.breadcrumbs.push(views.crumb(language.text("corrections"), &urls::corrections()));
            page
        };
        let site = Arg::Text(&views.config().title);
        page.description.push_str(&language.say("corrections-described", &[("site", site)]));
        page.description.push_str(views.secret("corrections"));
        page.feeds.splice(0..0, feed_refs::of_list(views, language.text("corrections"), &urls::corrections()));
        press.describe("corrections.html", &mut page, |page| {
            let mut items: Vec<String> = view.corrections.iter().map(|one| one.article.url.clone()).collect();
            items.dedup();
            json_ld::list(views, page, &items, items.len())
        });
        press.page("corrections.html", page, Values::default().with("register", &view), diagnostics)
    }
}
