//! The HTML of a text on a page of the site: a resolver for the Markdown renderer.

use tera::Context;

use crate::base::dates::PartialDate;
use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::paths::{SourcePath, percent_decode};
use crate::base::suggest::did_you_mean;
use crate::content::markdown::{
    self, AutoLink, Call, CitationInfo, ComponentFault, ImageInfo, LinkTarget, MarkdownOptions, Resolved, Resolver,
};
use crate::content::read::Document;
use crate::render::articles::source_mark;
use crate::render::dates;
use crate::render::templates::Templates;
use crate::render::view::TocEntry;
use crate::render::views::Views;
use crate::site::ids::EntityId;
use crate::site::links::{self, Broken, Destination};
use crate::site::mentions::{Found, Link, Spot};
use crate::site::{Article, Entity, Target};

/// Makes the HTML of the texts of one source file.
pub struct PageHtml<'a> {
    views: &'a Views<'a>,
    templates: &'a Templates,
    path: &'a SourcePath,
    article: Option<&'a Article>,
    /// The names in the text.
    found: Option<&'a Found<EntityId>>,
    options: MarkdownOptions,
}

impl<'a> PageHtml<'a> {
    /// The texts of an article.
    pub fn of_article(views: &'a Views<'a>, templates: &'a Templates, article: &'a Article) -> Self {
        let found = Some(&article.found);
        Self { article: Some(article), found, ..Self::of_file(views, templates, &article.path, &article.lang) }
    }

    /// The profile of an entity.
    pub fn of_entity(views: &'a Views<'a>, templates: &'a Templates, entity: &'a Entity) -> Self {
        let lang = &views.site.config.language;
        Self { found: Some(&entity.found), ..Self::of_file(views, templates, &entity.origin, lang) }
    }

    /// The texts of any other file, in the language `lang`.
    pub fn of_file(views: &'a Views<'a>, templates: &'a Templates, path: &'a SourcePath, lang: &str) -> Self {
        let mut options = views.site.config.markdown.clone();
        // The parser knows the quotation marks of English only.
        options.smart_punctuation &= lang.split('-').next() == Some("en");
        Self { views, templates, path, article: None, found: None, options }
    }

    /// The HTML of a text with its table of contents.
    pub fn document(&self, document: &Document) -> (String, Vec<TocEntry>, Vec<Diagnostic>) {
        let (html, diagnostics) =
            markdown::html(&document.markdown(self.path), &self.options, self, &self.names(Spot::Body));
        (html.content, toc(html.headings), diagnostics)
    }

    /// The HTML of one line of Markdown; `place` is where it is written, `spot` where the names in it were found.
    pub fn inline(&self, text: &str, place: &Place, spot: Option<Spot>) -> (String, Vec<Diagnostic>) {
        let names = spot.map(|spot| self.names(spot)).unwrap_or_default();
        markdown::inline_html(text, place, &self.options, self, &names)
    }

    /// The names that become links in one part of the file.
    fn names(&self, spot: Spot) -> Vec<AutoLink> {
        let Some(found) = self.found else { return Vec::new() };
        let linked = found.mentions.iter().filter(|mention| mention.spot == spot && mention.link == Link::Yes);
        let mut names: Vec<AutoLink> = linked
            .map(|mention| {
                let entity = self.site().entity(mention.entity);
                AutoLink {
                    range: mention.prepared.start as usize..mention.prepared.end as usize,
                    href: self.views.href(&entity.url),
                    class: format!("entity entity-{}", self.site().kind_of(entity).id),
                }
            })
            .collect();
        // Footnotes are read last and stand anywhere.
        names.sort_by_key(|name| name.range.start);
        names
    }

    fn site(&self) -> &crate::site::Site {
        self.views.site
    }

    /// Says why a link leads nowhere.
    fn broken(&self, written: &str, why: &Broken) -> Box<Diagnostic> {
        Box::new(why.diagnostic(written))
    }

    /// Checks that a page has the section that a link names; where it can be known without making the page.
    fn fragment(&self, target: Target, fragment: &str) -> Option<Diagnostic> {
        let site = self.site();
        let facts = match target {
            Target::Article(id) => &site.article(id).document.facts,
            Target::Page(id) => &site.pages[id.index()].document.facts,
            _ => return None,
        };
        let known = facts.headings.iter().any(|heading| heading.id == fragment)
            || fragment.starts_with("source-")
            || fragment.starts_with("kj");
        (!known).then(|| {
            let ids = facts.headings.iter().map(|heading| heading.id.as_str());
            Diagnostic::error("broken-link", format!("there is no section `#{fragment}` on that page"))
                .maybe_help(did_you_mean(fragment, ids))
        })
    }
}

impl Resolver for PageHtml<'_> {
    fn link(&self, target: &LinkTarget) -> Result<Resolved, Box<Diagnostic>> {
        let site = self.site();
        let (written, fragment) = match target {
            LinkTarget::Relative { path, fragment } => (path.clone(), fragment.clone()),
            LinkTarget::Wiki { kind, name, fragment } => {
                (kind.as_ref().map_or_else(|| name.clone(), |kind| format!("{kind}:{name}")), fragment.clone())
            }
            LinkTarget::Fragment(_) | LinkTarget::External(_) => return Ok(Resolved::default()),
        };
        let destination = links::resolve(site, self.path, target).map_err(|why| self.broken(&written, &why))?;
        let is_wiki = matches!(target, LinkTarget::Wiki { .. });
        let (href, class, text) = match destination {
            Destination::Target(to) => {
                if let Some(fault) = fragment.as_deref().and_then(|fragment| self.fragment(to, fragment)) {
                    return Err(Box::new(fault));
                }
                let (class, text) = match to {
                    Target::Entity(id) => {
                        let entity = site.entity(id);
                        // A wikilink shows what was written, unless that was a slug.
                        let shown = written.split_once(':').map_or(written.as_str(), |(_, name)| name);
                        let slug = shown == entity.slug && shown != entity.name;
                        let text = if slug { entity.name.clone() } else { shown.to_string() };
                        (Some(format!("entity entity-{}", site.kind_of(entity).id)), Some(text))
                    }
                    Target::Article(id) => (None, Some(site.article(id).meta.title.clone())),
                    Target::Page(id) => (None, Some(site.pages[id.index()].meta.title.clone())),
                    _ => (None, None),
                };
                (self.views.target_href(to), class, text.filter(|_| is_wiki))
            }
            Destination::File(file) => match site.published.get(&file) {
                Some(url) => (self.views.href(url), None, None),
                None => return Err(self.broken(&written, &Broken::Nothing(Vec::new()))),
            },
            Destination::Address(url) => (self.views.href(&url), None, None),
            Destination::Here | Destination::Elsewhere => return Ok(Resolved::default()),
        };
        let href = match fragment {
            Some(fragment) if !fragment.is_empty() => format!("{href}#{fragment}"),
            _ => href,
        };
        Ok(Resolved { href, class, text })
    }

    fn image(&self, src: &str) -> Result<ImageInfo, Box<Diagnostic>> {
        let site = self.site();
        let file = links::attachment(site, self.path, src);
        match file.as_ref().and_then(|file| Some((site.published.get(file)?, site.attachments.get(file)?))) {
            Some((url, attachment)) => Ok(ImageInfo { url: self.views.href(url), size: attachment.size }),
            None => {
                let name = percent_decode(src).unwrap_or_else(|| src.to_string());
                let here = site
                    .attachments
                    .keys()
                    .filter(|path| path.folder() == self.path.folder())
                    .map(SourcePath::file_name);
                let fault = Diagnostic::error("broken-image", format!("there is no picture `{name}`"))
                    .maybe_help(did_you_mean(&name, here));
                Err(Box::new(
                    fault
                        .help("put the file beside the text, or in `static/` and write its path with a slash in front"),
                ))
            }
        }
    }

    fn citation(&self, id: &str) -> Option<CitationInfo> {
        let mark = source_mark(self.article?, id)?;
        Some(CitationInfo { number: mark.number, title: mark.title })
    }

    fn component(&self, call: &Call, body: Option<&str>) -> Result<String, ComponentFault> {
        let mut args = call.args.clone();
        let mut context = Context::new();
        if let Some((_, src)) = args.iter_mut().find(|(name, _)| name == "src") {
            let info = self
                .image(src)
                .map_err(|fault| ComponentFault { message: fault.message, help: fault.help.into_iter().next() })?;
            *src = info.url;
            if let Some((width, height)) = info.size {
                context.insert("width", &width);
                context.insert("height", &height);
            }
        }
        if let Some(at) = args.iter().position(|(name, _)| name == "source") {
            let (_, id) = args.remove(at);
            let cited = self.citation(&id).ok_or_else(|| ComponentFault {
                message: format!("there is no source `{id}`"),
                help: Some("`source` names an entry of the article’s `sources:`".to_string()),
            })?;
            context.insert("cite", &format!("#source-{}", cited.number));
            context.insert("number", &cited.number);
        }
        self.templates.component(&call.name, &args, context, body)
    }

    fn date_text(&self, date: PartialDate) -> String {
        dates::partial(date).text
    }
}

/// Nests headings by their levels.
fn toc(headings: Vec<(u8, String, String)>) -> Vec<TocEntry> {
    let mut top: Vec<TocEntry> = Vec::new();
    for (level, id, title) in headings {
        let entry = TocEntry { level, id, title, children: Vec::new() };
        let mut list = &mut top;
        // Descend while the last entry is above the new one.
        while list.last().is_some_and(|last| last.level < level) {
            let last = list.len() - 1;
            list = &mut list[last].children;
        }
        list.push(entry);
    }
    top
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_nest_by_level() {
        let heading = |level: u8, id: &str| (level, id.to_string(), id.to_uppercase());
        let nested = toc(vec![heading(2, "a"), heading(3, "b"), heading(2, "c"), heading(4, "d"), heading(3, "e")]);
        let show = |entries: &[TocEntry]| {
            fn walk(entries: &[TocEntry]) -> String {
                entries.iter().map(|entry| format!("{}({})", entry.id, walk(&entry.children))).collect()
            }
            walk(entries)
        };
        assert_eq!(show(&nested), "a(b())c(d()e())");
    }
}
