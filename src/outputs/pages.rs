//! Loose pages.

use std::borrow::Cow;

use crate::base::diagnostics::Diagnostic;
use crate::outputs::{Plan, Press, Recipe, Rendered, Values};
use crate::render::html::PageHtml;
use crate::render::view::LoosePageView;
use crate::render::views::{extra, marking};
use crate::render::{dates, json_ld};
use crate::site::Site;
use crate::site::ids::PageId;

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    for (index, page) in site.pages.iter().enumerate() {
        plan.add(&page.url, Some(&page.path), LoosePage(PageId::at(index)));
    }
}

#[derive(Debug)]
struct LoosePage(PageId);

impl Recipe for LoosePage {
    fn name(&self) -> Cow<'static, str> {
        "page".into()
    }

    fn language<'s>(&self, site: &'s Site) -> &'s str {
        site.pages[self.0.index()].meta.lang.as_deref().unwrap_or(&site.config.language)
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let loose = views.loose_page(self.0);
        let mut page = views.page("page", &loose.meta.title, &loose.url);
        page.description = loose.meta.input.summary.clone().unwrap_or_default();
        page.marking = loose.meta.tlp.map(marking);
        let (content, toc, found) =
            PageHtml::of_page(views, press.templates, loose, &page.lang).document(&loose.document);
        diagnostics.extend(found);
        let changed = loose.meta.updated.as_ref().map(|date| date.iso.as_str());
        let view = LoosePageView {
            content,
            toc,
            updated: loose.meta.updated.as_ref().map(|date| dates::moment(date, views.language())),
            extra: extra(&loose.meta.input.extra),
        };
        let template = loose.meta.input.template.as_deref().unwrap_or("page.html");
        press.describe(template, &mut page, |page| json_ld::plain(page, changed));
        press.page(template, page, Values::default().with("loose", &view), diagnostics)
    }
}
