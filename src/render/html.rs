//! The HTML of a text on a page of the site: a resolver for the Markdown renderer.

use tera::Context;

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::paths::SourcePath;
use crate::content::markdown::{
    self, AutoLink, Call, CitationInfo, ComponentFault, ImageInfo, LinkTarget, MarkdownOptions, Resolved, Resolver,
    Within,
};
use crate::content::read::Document;
use crate::content::vocabulary::Tlp;
use crate::render::articles::source_mark;
use crate::render::dates;
use crate::render::templates::Templates;
use crate::render::view::{EmbedView, TocEntry};
use crate::render::views::{Profile, Views};
use crate::site::ids::EntityId;
use crate::site::links::Destination;
use crate::site::mentions::{Found, Link, Spot};
use crate::site::{Article, Page, Target};
use crate::words::Language;

/// Makes the HTML of the texts of one source file.
pub struct PageHtml<'a> {
    views: &'a Views<'a>,
    templates: &'a Templates,
    path: &'a SourcePath,
    article: Option<&'a Article>,
    /// The names in the text.
    found: Option<&'a Found<EntityId>>,
    options: MarkdownOptions,
    /// The address of its own page, when another page shows the text.
    away: Option<String>,
    /// The marking of the page that shows the text: it tells of nothing marked higher.
    marking: Tlp,
    /// Whether something of a picture is seen while it loads.
    placeholders: bool,
}

impl<'a> PageHtml<'a> {
    /// The texts of an article.
    pub fn of_article(views: &'a Views<'a>, templates: &'a Templates, article: &'a Article) -> Self {
        let mut html = Self::of_file(views, templates, &article.path, &article.lang);
        html.options.portion = article.meta.tlp;
        let marking = article.marking.unwrap_or(Tlp::Clear);
        Self { article: Some(article), found: Some(&article.found), marking, ..html }
    }

    /// The profile of an entity.
    pub fn of_entity(views: &'a Views<'a>, templates: &'a Templates, entity: Profile<'a>) -> Self {
        let lang = views.language_of_file(entity.origin);
        Self { found: Some(entity.found), ..Self::of_file(views, templates, entity.origin, lang) }
    }

    /// The text of a loose page in the language `lang`.
    pub fn of_page(views: &'a Views<'a>, templates: &'a Templates, page: &'a Page, lang: &str) -> Self {
        let marking = page.meta.tlp.unwrap_or(Tlp::Clear);
        Self { marking, ..Self::of_file(views, templates, &page.path, lang) }
    }

    /// The texts of any other file, in the language `lang`, on a page that is marked as the highest of the site.
    pub fn of_file(views: &'a Views<'a>, templates: &'a Templates, path: &'a SourcePath, lang: &str) -> Self {
        let mut options = views.config().markdown.clone();
        // The parser knows the quotation marks of English only.
        options.portion_marks = views.config().portion_marks;
        options.smart_punctuation &= lang.split('-').next() == Some("en");
        let marking = views.highest().unwrap_or(Tlp::Clear);
        Self { views, templates, path, article: None, found: None, options, away: None, marking, placeholders: true }
    }

    /// The same for readers elsewhere, who have no style sheet of ours.
    pub fn without_placeholders(self) -> Self {
        Self { placeholders: false, ..self }
    }

    /// The HTML of a text with its table of contents.
    pub fn document(&self, document: &Document) -> (String, Vec<TocEntry>, Vec<Diagnostic>) {
        let (html, diagnostics) =
            markdown::html(&document.open(self.path).body(), &self.options, self, &self.names(Spot::Body));
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
                let (href, class) = self.views.entity_link(mention.entity);
                let range = mention.prepared.start as usize..mention.prepared.end as usize;
                AutoLink { range, href, class }
            })
            .collect();
        // Footnotes are read last and stand anywhere.
        names.sort_by_key(|name| name.range.start);
        names
    }
}

impl Resolver for PageHtml<'_> {
    fn link(&self, target: &LinkTarget) -> Result<Resolved, Box<Diagnostic>> {
        match target {
            LinkTarget::Fragment(_) | LinkTarget::External(_) => Ok(Resolved::default()),
            _ => self.views.link(self.path, target, self.marking),
        }
    }

    fn image(&self, src: &str) -> Result<ImageInfo, Box<Diagnostic>> {
        let mut info = self.views.picture(self.path, src)?;
        if !self.placeholders {
            info.placeholder.clear();
        }
        Ok(info)
    }

    fn citation(&self, id: &str) -> Result<CitationInfo, Box<Diagnostic>> {
        if let Some(mark) = self.article.and_then(|article| source_mark(article, id)) {
            return Ok(CitationInfo { number: mark.number, title: mark.title });
        }
        Err(Box::new(if self.views.withholds_source(self.path, id) {
            Diagnostic::warning(
                "withheld-link",
                format!("the source `{id}` is withheld from this audience, and not cited"),
            )
        } else {
            Diagnostic::error("unknown-source", format!("there is no source `{id}`"))
                .help("`[@id]` names an entry of the article’s `sources:`")
        }))
    }

    fn component(&self, call: &Call, body: Option<&str>) -> Result<String, ComponentFault> {
        let mut args = call.args.clone();
        let mut context = Context::new();
        if call.name == "tlp" {
            // Labels that cannot be read were told of, and count as the strictest.
            let words = call.words.join(" ");
            let old = Tlp::is_old_name(&words).then_some(Tlp::Clear);
            let label = old.or_else(|| Tlp::parse(&words)).unwrap_or(Tlp::Red);
            args =
                vec![("label".to_string(), label.label().to_string()), ("slug".to_string(), label.slug().to_string())];
        }
        if let Some((_, src)) = args.iter_mut().find(|(name, _)| name == "src") {
            let info = self
                .image(src)
                .map_err(|fault| ComponentFault { message: fault.message, help: fault.help.into_iter().next() })?;
            *src = info.url;
            if let Some((width, height)) = info.size {
                context.insert("width", &width);
                context.insert("height", &height);
            }
            context.insert("srcset", &info.srcset);
            context.insert("sources", &info.sources);
            context.insert("placeholder", &info.placeholder);
        }
        if let Some(at) = args.iter().position(|(name, _)| name == "source") {
            let (_, id) = args.remove(at);
            match self.citation(&id) {
                Ok(cited) => {
                    let page = self.away.as_deref().unwrap_or_default();
                    context.insert("cite", &format!("{page}#source-{}", cited.number));
                    context.insert("number", &cited.number);
                }
                Err(_) if self.views.withholds_source(self.path, &id) => {}
                Err(fault) => {
                    let help = Some("`source` names an entry of the article’s `sources:`".to_string());
                    return Err(ComponentFault { message: fault.message, help });
                }
            }
        }
        self.views.note_component(&call.name);
        self.templates.component(&call.name, &args, context, body, self.views.voice())
    }

    fn embed(&self, target: &LinkTarget, number: usize) -> Result<String, Box<Diagnostic>> {
        let (LinkTarget::Wiki { name, fragment, .. }, Ok(Destination::Target(to))) =
            (target, self.views.embedded(self.path, target))
        else {
            return Err(Box::new(
                Diagnostic::warning("broken-embed", "only a briefing, a page or an entity can be shown here")
                    .help("take out the exclamation mark to link to it"),
            ));
        };
        self.embedded(to, name, fragment.as_deref().filter(|section| !section.is_empty()), number)
    }

    fn language(&self) -> &Language {
        self.views.language()
    }
}

/// What can be shown on another page.
struct Shown<'a> {
    title: &'a str,
    document: Option<&'a Document>,
    summary: String,
    html: PageHtml<'a>,
    marking: Option<Tlp>,
}

impl<'a> PageHtml<'a> {
    fn shown(&self, target: Target) -> Option<Shown<'a>> {
        let (views, templates) = (self.views, self.templates);
        Some(match target {
            Target::Article(id) => {
                let article = views.article(id);
                Shown {
                    title: &article.meta.title,
                    document: Some(&article.document),
                    summary: crate::render::views::summary(article),
                    html: PageHtml::of_article(views, templates, article),
                    marking: article.marking,
                }
            }
            Target::Entity(id) => {
                let entity = views.profile(id);
                let summary = entity.meta.and_then(|meta| meta.input.summary.clone());
                Shown {
                    title: entity.name,
                    document: entity.document,
                    summary: summary.unwrap_or_default(),
                    html: PageHtml::of_entity(views, templates, entity),
                    marking: entity.meta.and_then(|meta| meta.tlp),
                }
            }
            Target::Page(id) => {
                let page = views.loose_page(id);
                let lang = page.meta.lang.as_deref().unwrap_or(&views.config().language);
                Shown {
                    title: &page.meta.title,
                    document: Some(&page.document),
                    summary: page.document.facts.excerpt.clone().unwrap_or_default(),
                    html: PageHtml::of_page(views, templates, page, lang),
                    marking: page.meta.tlp,
                }
            }
            _ => return None,
        })
    }

    /// The text of another page, or one section of it; `name` as the author wrote it.
    fn embedded(
        &self,
        target: Target,
        name: &str,
        section: Option<&str>,
        number: usize,
    ) -> Result<String, Box<Diagnostic>> {
        let fault = |message: String| Diagnostic::error("broken-embed", message);
        let own = self.views.target_of(self.path);
        if own == Some(target) {
            return Err(Box::new(fault("a text cannot show itself".to_string())));
        }
        let Some(mut shown) = self.shown(target) else {
            let why = fault(format!("`{name}` has no text that could be shown here"));
            return Err(Box::new(why.help("take out the exclamation mark to link to it")));
        };
        let own_marking = own.and_then(|own| self.shown(own)).and_then(|own| own.marking).unwrap_or(Tlp::Clear);
        if let Some(marking) = shown.marking.filter(|marking| *marking > own_marking) {
            let message =
                format!("this shows a text marked {} on a page marked {}", marking.label(), own_marking.label());
            return Err(Box::new(
                fault(message)
                    .help("mark this page as high as what it shows, or link to it without the exclamation mark"),
            ));
        }
        let (anchor, heading) = match (section, shown.document) {
            (None, _) => (None, None),
            (Some(section), document) => {
                let anchor = self.views.fragment(target, section)?;
                let mut headings = document.iter().flat_map(|document| &document.facts.headings);
                let Some(heading) = headings.find(|heading| heading.id == anchor) else {
                    return Err(Box::new(fault(format!("there is no section `#{section}` on that page"))));
                };
                (Some(anchor), Some(heading.title.clone()))
            }
        };
        let page = self.views.target_href(target);
        shown.html.away = Some(page.clone());
        shown.html.marking = self.marking;
        shown.html.placeholders = self.placeholders;
        let content = match shown.document.filter(|document| !document.is_empty()) {
            Some(document) => {
                let within = Within {
                    href: page.clone(),
                    title: shown.title.to_string(),
                    prefix: format!("e{number}-"),
                    section: anchor.clone(),
                };
                let names = shown.html.names(Spot::Body);
                let opened = document.open(shown.html.path);
                markdown::embedded_html(&opened.body(), &shown.html.options, &shown.html, &names, &within)
            }
            None => format!("<p>{}</p>\n", crate::base::text::escape_html(&shown.summary)),
        };
        let view = EmbedView {
            title: shown.title.to_string(),
            section: heading,
            url: anchor.map_or(page.clone(), |anchor| format!("{page}#{anchor}")),
            date: match target {
                Target::Article(id) => {
                    self.views.glance(id).date().map(|date| dates::moment(date, self.views.language()))
                }
                _ => None,
            },
            content,
        };
        let mut context = Context::new();
        context.insert("embed", &view);
        self.views.note_template("embed.html");
        self.templates.render("embed.html", &context, &page, self.views.voice())
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
