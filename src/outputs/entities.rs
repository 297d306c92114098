//! The page of each entity, and the A to Z index of each kind.

use std::borrow::Cow;

use crate::base::diagnostics::Diagnostic;
use crate::base::text::excerpt;
use crate::outputs::{Plan, Press, Recipe, Rendered, Values};
use crate::render::html::PageHtml;
use crate::render::{entities, feed_refs, json_ld, lists, social};
use crate::site::ids::EntityId;
use crate::site::{Site, urls};
use crate::words::message::Arg;

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    for (index, kind) in site.config.kinds.iter().enumerate() {
        if site.entities_of(index).next().is_some() {
            plan.add(&urls::kind(kind), site.config.path.as_ref(), KindPage(index));
        }
    }
    for (index, entity) in site.entities.iter().enumerate().filter(|(_, entity)| !entity.is_borrowed()) {
        for number in 1..=lists::page_count(entity.articles.len(), site.config.pagination.entity) {
            plan.add(
                &urls::list_page(&entity.url, number),
                Some(&entity.origin),
                EntityPage(EntityId::at(index), number),
            );
        }
    }
}

#[derive(Debug)]
struct EntityPage(EntityId, usize);

impl Recipe for EntityPage {
    fn name(&self) -> Cow<'static, str> {
        "entity page".into()
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let entity = views.profile(self.0);
        let kind = &views.config().kinds[entity.kind];
        let per_page = views.config().pagination.entity;
        let html = PageHtml::of_entity(views, press.templates, entity);
        let (view, found) = entities::entity(views, self.0, &html, per_page, self.1);
        // The profile stands on every page of the list, but is wrong only once.
        diagnostics.extend(found.into_iter().filter(|_| self.1 == 1));
        let mut page = views.page("entity", entity.name, &urls::list_page(entity.url, self.1));
        page.description = match view.summary.as_str() {
            "" => views.language().say("briefings-on", &[("name", Arg::Text(&views.in_phrase(self.0)))]),
            summary => excerpt(summary, 200),
        };
        if view.count > 0 {
            page.feeds.splice(0..0, feed_refs::of_list(views, entity.name, entity.url));
        }
        page.markdown = views.twin(entity.url).filter(|_| self.1 == 1);
        page.image = social::of_entity(views, entity.url, entity.name).or_else(|| view.image.clone());
        page.breadcrumbs.push(views.crumb(&views.kind_ref(entity.kind).plural, &urls::kind(kind)));
        let template = entity.meta.and_then(|meta| meta.input.template.as_deref()).unwrap_or("entity.html");
        let list = views.entity_list(self.0);
        press.describe(template, &mut page, |page| match self.1 {
            1 => json_ld::entity(views, self.0, page, view.image.as_ref()),
            _ => json_ld::list(views, page, &lists::addresses(views, &list, self.1, per_page), list.ids().len()),
        });
        let pager = lists::pager(views, &list, entity.url, self.1, per_page);
        press.page(template, page, Values::default().with("entity", &view).with("pager", &pager), diagnostics)
    }
}

#[derive(Debug)]
struct KindPage(usize);

impl Recipe for KindPage {
    fn name(&self) -> Cow<'static, str> {
        "index of a kind".into()
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let kind = &views.config().kinds[self.0];
        let plural = views.kind_ref(self.0).plural;
        let mut page = views.page("kind", &plural, &urls::kind(kind));
        let args = [("kind", Arg::Text(&plural)), ("site", Arg::Text(&views.config().title))];
        page.description = views.language().say("kind-described", &args);
        let entries = views.kind_entries(self.0);
        press.describe("kind.html", &mut page, |page| {
            let items: Vec<String> = entries.iter().map(|entry| views.entity_link(entry.id).0).take(30).collect();
            json_ld::list(views, page, &items, entries.len())
        });
        press.page("kind.html", page, Values::default().with("kind", &entities::kind(views, self.0)), diagnostics)
    }
}
