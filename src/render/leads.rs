//! Where the links and pictures of a text lead, as a page shows it.
//!
//! Asked while a page is made, and again by the next build, to see whether the page would still lead to the same.

use crate::base::diagnostics::Diagnostic;
use crate::base::hash::Digest;
use crate::base::paths::{SourcePath, UrlPath, percent_decode};
use crate::base::suggest::did_you_mean;
use crate::content::markdown::{ImageInfo, LinkTarget, Resolved};
use crate::content::vocabulary::Tlp;
use crate::render::pictures;
use crate::render::views::Shared;
use crate::site::links::{self, Broken, Destination};
use crate::site::{Site, Target, leaks};

/// Where a link of the file `from` leads, on a page marked `own`.
pub(super) fn link(
    shared: &Shared,
    from: &SourcePath,
    target: &LinkTarget,
    own: Tlp,
) -> Result<Resolved, Box<Diagnostic>> {
    let site = shared.site();
    let (written, mut fragment) = match target {
        LinkTarget::Relative { path, fragment } => (path.clone(), fragment.clone()),
        LinkTarget::Wiki { kind, name, fragment } => {
            (kind.as_ref().map_or_else(|| name.clone(), |kind| format!("{kind}:{name}")), fragment.clone())
        }
        LinkTarget::Fragment(_) | LinkTarget::External(_) => return Ok(Resolved::default()),
    };
    let found = links::resolve(site, from, target);
    if found == Err(Broken::Withheld) && leaks::leaks("link") {
        return Ok(Resolved { href: "#".to_string(), ..Resolved::default() });
    }
    let destination = found.map_err(|why| Box::new(why.diagnostic(&written)))?;
    if let Some(label) = marking_of(site, &destination).filter(|label| *label > own) {
        return Err(Box::new(Broken::Higher(label).diagnostic(&written)));
    }
    let is_wiki = matches!(target, LinkTarget::Wiki { .. });
    let (href, class, text) = match destination {
        Destination::Target(to) => {
            if let Some(written) = fragment.take().filter(|written| !written.is_empty()) {
                fragment = Some(self::fragment(site, to, &written, is_wiki)?);
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
            (shared.href(&site.url_of(to)), class, text.filter(|_| is_wiki))
        }
        Destination::Other(page) => (shared.href(&page.url), None, Some(page.title).filter(|_| is_wiki)),
        Destination::File(file) => match site.published.get(&file) {
            Some(url) => (shared.href(url), None, None),
            None => return Err(Box::new(Broken::Nothing(Vec::new()).diagnostic(&written))),
        },
        Destination::Address(url) => (shared.href(&url), None, None),
        Destination::Here | Destination::Elsewhere => return Ok(Resolved::default()),
    };
    let href = match fragment {
        Some(fragment) if !fragment.is_empty() => format!("{href}#{fragment}"),
        _ => href,
    };
    Ok(Resolved { href, class, text })
}

/// The marking of the briefing or page that a link leads to, by whatever words it is named.
fn marking_of(site: &Site, destination: &Destination) -> Option<Tlp> {
    let by_address = |url: &UrlPath| site.by_source.values().find(|target| site.url_of(**target) == *url);
    let target = match destination {
        Destination::Target(target) => *target,
        Destination::Address(url) => match by_address(url) {
            Some(target) => *target,
            None => return site.marking_elsewhere(url),
        },
        Destination::Other(page) => return page.marking,
        _ => return None,
    };
    match target {
        Target::Article(id) => site.article(id).marking,
        Target::Page(id) => site.pages[id.index()].meta.tlp,
        _ => None,
    }
}

/// The anchor of the section that a link names, by its id or (in a wikilink) by the words of its heading; checked where
/// it can be known without making the page.
pub(super) fn fragment(site: &Site, target: Target, fragment: &str, is_wiki: bool) -> Result<String, Box<Diagnostic>> {
    let facts = match target {
        Target::Article(id) => &site.article(id).document.facts,
        Target::Page(id) => &site.pages[id.index()].document.facts,
        _ => return Ok(fragment.to_string()),
    };
    let known = |id: &str| facts.headings.iter().any(|heading| heading.id == id);
    if known(fragment) || fragment.starts_with("source-") || fragment.starts_with("kj") {
        return Ok(fragment.to_string());
    }
    let of_words = crate::base::text::slugify(fragment);
    if is_wiki && known(&of_words) {
        return Ok(of_words);
    }
    let ids = facts.headings.iter().map(|heading| heading.id.as_str());
    Err(Box::new(
        Diagnostic::error("broken-link", format!("there is no section `#{fragment}` on that page"))
            .maybe_help(did_you_mean(fragment, ids)),
    ))
}

/// A picture that the file `from` shows.
pub(super) fn picture(shared: &Shared, from: &SourcePath, src: &str) -> Result<ImageInfo, Box<Diagnostic>> {
    let site = shared.site();
    let file = links::attachment(site, from, src);
    match file.as_ref().and_then(|file| Some((site.published.get(file)?, site.attachments.get(file)?))) {
        Some((url, attachment)) => {
            let info = ImageInfo { url: shared.href(url), size: attachment.size, ..ImageInfo::default() };
            Ok(match file {
                Some(file) => ImageInfo {
                    srcset: pictures::srcset(site, &file),
                    sources: pictures::sources(site, &file),
                    placeholder: pictures::placeholder(site, &file),
                    ..info
                },
                None => info,
            })
        }
        None => {
            let name = percent_decode(src).unwrap_or_else(|| src.to_string());
            let here = site.attachments.keys().filter(|path| path.folder() == from.folder()).map(SourcePath::file_name);
            let fault = Diagnostic::error("broken-image", format!("there is no picture `{name}`"))
                .maybe_help(did_you_mean(&name, here));
            Err(Box::new(
                fault.help("put the file beside the text, or in `static/` and write its path with a slash in front"),
            ))
        }
    }
}

/// What a link shows; pages with a link that shows nothing are told of, and made anew each time.
pub(super) fn digest_of_link(shared: &Shared, from: &SourcePath, target: &LinkTarget, own: Tlp) -> Digest {
    let shown = link(shared, from, target, own).ok();
    Digest::of(&shown.map(|shown| (shown.href, shown.class, shown.text)))
}

/// What a picture shows.
pub(super) fn digest_of_picture(shared: &Shared, from: &SourcePath, src: &str) -> Digest {
    let file = links::attachment(shared.site(), from, src);
    let url = file.as_ref().and_then(|file| shared.site().published.get(file));
    let file = file.as_ref().and_then(|file| shared.site().attachments.get(file));
    Digest::of(&(url, file.map(|file| (file.size, file.content))))
}

/// Who a name in an event is.
pub(super) fn digest_of_person(shared: &Shared, name: &str) -> Digest {
    let site = shared.site();
    let person = site.config.kinds.iter().position(|kind| kind.is_person());
    let id = person.and_then(|person| site.registry.find(person, name).first());
    Digest::of(&id.map(|id| &site.entity(*id).url))
}
