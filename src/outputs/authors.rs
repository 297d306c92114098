//! The page of each author, and their index.

use std::borrow::Cow;

use crate::base::diagnostics::Diagnostic;
use crate::outputs::{Plan, Press, Recipe, Rendered, Values};
use crate::render::html::PageHtml;
use crate::render::view::{AuthorEntry, AuthorView};
use crate::render::{feed_refs, json_ld, lists};
use crate::site::faces::Face;
use crate::site::ids::AuthorId;
use crate::site::{Site, urls};

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    if !site.authors.is_empty() {
        plan.add(&urls::authors(), None, AuthorIndex);
    }
    for (index, author) in site.authors.iter().enumerate() {
        let origin = author.file.as_ref().map(|file| &file.path);
        for number in 1..=lists::page_count(author.articles.len(), site.config.pagination.articles) {
            plan.add(&urls::list_page(&author.url, number), origin, AuthorPage(AuthorId::at(index), number));
        }
    }
}

#[derive(Debug)]
struct AuthorPage(AuthorId, usize);

impl Recipe for AuthorPage {
    fn name(&self) -> Cow<'static, str> {
        "author page".into()
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let author = views.author(self.0);
        let input = author.file.as_ref().map(|file| &file.meta.input);
        let mut content = String::new();
        if let Some(file) = author.file.as_ref().filter(|_| self.1 == 1) {
            let (html, _, found) = PageHtml::of_file(views, press.templates, &file.path, &views.config().language)
                .document(&file.document);
            diagnostics.extend(found);
            content = html;
        }
        let view = AuthorView {
            author: views.author_ref(self.0),
            role: input.and_then(|input| input.role.clone()),
            summary: input.and_then(|input| input.summary.clone()).unwrap_or_default(),
            expertise: input.map_or_else(Vec::new, |input| input.expertise.0.clone()),
            content,
            email: input.and_then(|input| input.email.clone()),
            image: author.file.as_ref().and_then(|file| views.image(&file.path, file.meta.input.image.as_ref()?)),
            portrait: author.file.as_ref().and_then(|file| views.portrait(&file.path, file.meta.input.image.as_ref()?)),
            links: views.outward_links(None, input.map_or(&[], |input| input.same_as.0.as_slice())),
            count: author.articles.len(),
        };
        let mut page = views.page("author", &author.name, &urls::list_page(&author.url, self.1));
        page.description.clone_from(&view.summary);
        if !author.articles.is_empty() {
            page.feeds.splice(0..0, feed_refs::of_list(views, &author.name, &author.url));
        }
        page.breadcrumbs.push(views.crumb(views.language().text("authors"), &urls::authors()));
        press.describe("author.html", &mut page, |page| json_ld::author(views, page, input, view.image.as_ref()));
        let pager =
            lists::pager(views, &views.author_list(self.0), &author.url, self.1, views.config().pagination.articles);
        press.page("author.html", page, Values::default().with("author", &view).with("pager", &pager), diagnostics)
    }
}

#[derive(Debug)]
struct AuthorIndex;

impl Recipe for AuthorIndex {
    fn name(&self) -> Cow<'static, str> {
        "index of authors".into()
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let site = views.whole(Face::Indexes).site();
        let entries: Vec<AuthorEntry> = site
            .authors
            .iter()
            .enumerate()
            .map(|(index, author)| {
                let input = author.file.as_ref().map(|file| &file.meta.input);
                AuthorEntry {
                    author: views.author_ref(AuthorId::at(index)),
                    role: input.and_then(|input| input.role.clone()),
                    summary: input.and_then(|input| input.summary.clone()).unwrap_or_default(),
                    portrait: (author.file.as_ref())
                        .and_then(|file| views.portrait(&file.path, file.meta.input.image.as_ref()?)),
                    count: author.articles.len(),
                }
            })
            .collect();
        let mut page = views.page("authors", views.language().text("authors"), &urls::authors());
        press.describe("authors.html", &mut page, |page| {
            let items: Vec<String> = entries.iter().map(|entry| entry.author.url.clone()).collect();
            json_ld::list(views, page, &items, items.len())
        });
        press.page("authors.html", page, Values::default().with("authors", &entries), diagnostics)
    }
}
