//! The lists of sections.

use std::borrow::Cow;

use crate::base::diagnostics::Diagnostic;
use crate::outputs::{Plan, Press, Recipe, Rendered, Values};
use crate::render::html::PageHtml;
use crate::render::view::SectionView;
use crate::render::{feed_refs, json_ld, lists};
use crate::site::ids::SectionId;
use crate::site::{Site, urls};

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    for (index, section) in site.sections.iter().enumerate() {
        let origin = section.index.as_ref().map(|file| &file.path);
        for number in 1..=lists::page_count(section.articles.len(), site.config.pagination.articles) {
            plan.add(&urls::list_page(&section.url, number), origin, SectionPage(SectionId::at(index), number));
        }
    }
}

#[derive(Debug)]
struct SectionPage(SectionId, usize);

impl Recipe for SectionPage {
    fn name(&self) -> Cow<'static, str> {
        "section page".into()
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let section = views.section(self.0);
        let input = section.index.as_ref().map(|file| &file.meta.input);
        let mut content = String::new();
        if let Some(file) = section.index.as_ref().filter(|_| self.1 == 1) {
            let (html, _, found) = PageHtml::of_file(views, press.templates, &file.path, &views.config().language)
                .document(&file.document);
            diagnostics.extend(found);
            content = html;
        }
        let summary = input.and_then(|input| input.summary.clone()).unwrap_or_default();
        let mut page = views.page("section", &section.title, &urls::list_page(&section.url, self.1));
        page.description.clone_from(&summary);
        page.feeds.splice(0..0, feed_refs::of_list(views, &section.title, &section.url));
        let list = views.section_list(self.0);
        let per_page = views.config().pagination.articles;
        let template = input.and_then(|input| input.template.as_deref()).unwrap_or("section.html");
        press.describe(template, &mut page, |page| {
            json_ld::list(views, page, &lists::addresses(views, &list, self.1, per_page), list.ids().len())
        });
        let view = SectionView {
            section: views.section_entry(self.0),
            summary,
            content,
            children: section.children.iter().map(|id| views.section_entry(*id)).collect(),
        };
        let pager = lists::pager(views, &list, &section.url, self.1, per_page);
        press.page(template, page, Values::default().with("section", &view).with("pager", &pager), diagnostics)
    }
}
