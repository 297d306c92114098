//! Where the links of a text lead.
//!
//! One resolver for everything that points at something: Markdown links to files, wikilinks, names in front matter. It
//! says what a link means or why it means nothing; what is shown then is the renderer's affair.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::base::diagnostics::Diagnostic;
use crate::base::paths::{SourcePath, UrlPath, percent_decode};
use crate::base::suggest::{did_you_mean, nearest};
use crate::base::text::fold;
use crate::content::markdown::LinkTarget;
use crate::content::read::Document;
use crate::content::vocabulary::Tlp;
use crate::site::editions::OtherPage;
use crate::site::ids::{ArticleId, EntityId};
use crate::site::{Site, Target, leaks};

/// What a link means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A page of the site.
    Target(Target),
    /// A page of another edition of the site.
    Other(OtherPage),
    /// A file that is published as it is.
    File(SourcePath),
    /// An address of the site that no source file stands for (`/people/`, `/archive/`).
    Address(UrlPath),
    /// A place on the page itself.
    Here,
    /// An address elsewhere.
    Elsewhere,
}

/// Why a link means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// There is no such thing; the nearest names.
    Nothing(Vec<String>),
    /// What it names is withheld from this audience.
    Withheld,
    /// What it names is marked so, which is higher than the page that would tell of it.
    Higher(Tlp),
    /// It may be several things.
    Ambiguous(Vec<String>),
    /// It leads out of the site's folder.
    Outside,
    /// There is no kind of that name; the nearest ones.
    NoKind(String, Vec<String>),
}

impl Broken {
    /// Tells the author; `name` is the link as written.
    pub fn diagnostic(&self, name: &str) -> Diagnostic {
        match self {
            Broken::Nothing(near) => Diagnostic::error("broken-link", format!("there is nothing called `{name}`"))
                .maybe_help(
                    did_you_mean(name, near.iter().map(String::as_str)).or_else(|| list(near, "the nearest names are")),
                ),
            Broken::Withheld => Diagnostic::warning(
                "withheld-link",
                format!("`{name}` is withheld from this audience, and shown as plain text"),
            ),
            Broken::Higher(label) => Diagnostic::warning(
                "withheld-link",
                format!("`{name}` is marked {}, higher than this page, and shown as plain text", label.label()),
            )
            .help("mark this page as high, or take out the link"),
            Broken::Ambiguous(names) => {
                Diagnostic::error("ambiguous-name", format!("`{name}` may be {}", names.join(" or ")))
                    .help("write the kind in front, as in `[[country:Georgia]]`, or the path of the file")
            }
            Broken::Outside => Diagnostic::error("broken-link", format!("`{name}` leads out of the site’s folder")),
            Broken::NoKind(kind, near) => Diagnostic::error("broken-link", format!("there is no kind `{kind}`"))
                .maybe_help(did_you_mean(kind, near.iter().map(String::as_str))),
        }
    }
}

fn list(names: &[String], words: &str) -> Option<String> {
    (!names.is_empty())
        .then(|| format!("{words} {}", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")))
}

/// Resolves a link in the text of the file `from`.
pub fn resolve(site: &Site, from: &SourcePath, target: &LinkTarget) -> Result<Destination, Broken> {
    match target {
        LinkTarget::Fragment(_) => Ok(Destination::Here),
        LinkTarget::External(_) => Ok(Destination::Elsewhere),
        LinkTarget::Relative { path, .. } => resolve_path(site, from, path),
        LinkTarget::Wiki { name, .. } if name.is_empty() => Ok(Destination::Here),
        LinkTarget::Wiki { kind, name, .. } => resolve_wiki(site, from, kind.as_deref(), name),
    }
}

/// The page of the site that a link in the text of the file `from` leads to; says nothing of what is wrong with others.
pub fn target(site: &Site, from: &SourcePath, target: &LinkTarget) -> Option<Target> {
    let found = match target {
        LinkTarget::Fragment(_) | LinkTarget::External(_) => return None,
        LinkTarget::Relative { path, .. } => find_path(site, from, path).ok()?,
        LinkTarget::Wiki { name, .. } if name.is_empty() => return None,
        LinkTarget::Wiki { kind, name, .. } => find_wiki(site, from, kind.as_deref(), name).ok()?,
    };
    match found {
        Destination::Target(target) => Some(target),
        _ => None,
    }
}

/// Resolves a path: to a source file beside or (with a slash in front) from the content folder, or to an address.
pub fn resolve_path(site: &Site, from: &SourcePath, written: &str) -> Result<Destination, Broken> {
    find_path(site, from, written).map_err(|broken| match broken {
        Broken::Nothing(_) => Broken::Nothing(nearest_files(site, from, written)),
        broken => broken,
    })
}

/// [`resolve_path`], without looking for what is near.
fn find_path(site: &Site, from: &SourcePath, written: &str) -> Result<Destination, Broken> {
    let nothing = || Broken::Nothing(Vec::new());
    let path = percent_decode(written).ok_or_else(nothing)?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() {
        return Ok(Destination::Here);
    }
    let candidates = source_candidates(site, from, path);
    if candidates.is_empty() && !path.starts_with('/') {
        return Err(Broken::Outside);
    }
    for source in &candidates {
        if let Some(target) = site.by_source.get(source) {
            return Ok(Destination::Target(*target));
        }
        if site.attachments.contains_key(source) {
            return Ok(Destination::File(source.clone()));
        }
    }
    if let Some(other) = candidates.iter().find_map(|source| site.page_elsewhere(source)) {
        return Ok(Destination::Other(other));
    }
    if candidates.iter().any(|source| site.withheld.holds(source)) {
        return Err(Broken::Withheld);
    }
    if path.starts_with('/') {
        let url = UrlPath::new(path);
        let with_slash = UrlPath::new(&format!("{}/", path.trim_end_matches('/')));
        let addresses = [with_slash, url];
        if let Some(found) = addresses.iter().find(|url| site.has_address(url)) {
            return Ok(Destination::Address(found.clone()));
        }
        if let Some(found) = addresses.iter().find_map(|url| site.address_elsewhere(url)) {
            return Ok(Destination::Address(found));
        }
    }
    Err(nothing())
}

/// The files whose paths are nearest to one that leads to nothing.
fn nearest_files(site: &Site, from: &SourcePath, written: &str) -> Vec<String> {
    let Some(path) = percent_decode(written) else { return Vec::new() };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let candidates = source_candidates(site, from, path);
    let wanted = candidates.first().map_or(path, |source| strip_root(site, source));
    let name = wanted.rsplit('/').next().unwrap_or(wanted);
    let known = || site.by_source.keys().chain(site.attachments.keys()).map(|path| strip_root(site, path));
    let same_name = known().filter(|path| path.rsplit('/').next() == Some(name));
    let near: Vec<String> = same_name.take(3).map(str::to_string).collect();
    if near.is_empty() { nearest(wanted, known()).into_iter().map(str::to_string).collect() } else { near }
}

/// Resolves an entry of a menu: a path from the content folder, or an address elsewhere.
pub fn menu(site: &Site, written: &str) -> Result<Destination, Broken> {
    if written.contains("://") || written.starts_with("mailto:") {
        return Ok(Destination::Elsewhere);
    }
    resolve_path(site, &menu_source(site), written)
}

/// The file that paths in menus start from.
fn menu_source(site: &Site) -> SourcePath {
    SourcePath::new(&format!("{}_index.md", site.content_root))
}

fn written_candidates(site: &Site, from: &SourcePath, path: &str) -> Vec<SourcePath> {
    match path.strip_prefix('/') {
        // A file at the top has no folder: joining to it starts from the site's root.
        Some(rest) => [site.content_root.as_str(), "static/", ""]
            .into_iter()
            .filter_map(|root| SourcePath::new("site.yaml").join(&format!("{root}{rest}")))
            .collect(),
        None => from.join(path).into_iter().collect(),
    }
}

/// The source files that a written path may mean, best first. In an edition in another language that is also what the main
/// one has in the place of a version.
fn source_candidates(site: &Site, from: &SourcePath, path: &str) -> Vec<SourcePath> {
    let written = written_candidates(site, from, path);
    if site.config.edition == 0 {
        return written;
    }
    let places: Vec<SourcePath> =
        written.iter().filter_map(|path| site.config.place_of(&site.content_root, path)).collect();
    written.into_iter().chain(places).collect()
}

fn strip_root<'a>(site: &Site, path: &'a SourcePath) -> &'a str {
    path.as_str().strip_prefix(site.content_root.as_str()).unwrap_or(path.as_str())
}

/// Resolves `[[name]]` or `[[kind:name]]`: an entity, else an article by slug or title, else a file.
fn resolve_wiki(site: &Site, from: &SourcePath, kind: Option<&str>, name: &str) -> Result<Destination, Broken> {
    find_wiki(site, from, kind, name).map_err(|broken| match broken {
        Broken::Nothing(_) => Broken::Nothing(site.registry.nearest(name)),
        broken => broken,
    })
}

/// [`resolve_wiki`], without looking for what is near.
fn find_wiki(site: &Site, from: &SourcePath, kind: Option<&str>, name: &str) -> Result<Destination, Broken> {
    if let Some(wanted) = kind {
        let key = fold(wanted);
        let kinds = &site.config.kinds;
        let found = kinds
            .iter()
            .position(|kind| [&kind.id, &kind.singular, &kind.plural, &kind.path].iter().any(|word| fold(word) == key));
        let Some(kind) = found else {
            let ids: Vec<&str> = kinds.iter().map(|kind| kind.id.as_str()).collect();
            return Err(Broken::NoKind(wanted.to_string(), ids.into_iter().map(str::to_string).collect()));
        };
        return match entities_named(site, Some(kind), name).as_slice() {
            [one] => Ok(Destination::Target(Target::Entity(*one))),
            [] if site.withheld.holds_name(name) => Err(Broken::Withheld),
            [] => Err(Broken::Nothing(Vec::new())),
            several => Err(ambiguous(site, several)),
        };
    }
    match entities_named(site, None, name).as_slice() {
        [one] => return Ok(Destination::Target(Target::Entity(*one))),
        [] => {}
        several => return Err(ambiguous(site, several)),
    }
    match article_by_name(site, from, name) {
        Named::One(id) => Ok(Destination::Target(Target::Article(id))),
        Named::Several(ids) => {
            Err(Broken::Ambiguous(ids.iter().map(|id| format!("`{}`", site.article(*id).path)).collect()))
        }
        Named::Withheld => Err(Broken::Withheld),
        Named::None => {
            let page =
                site.pages.iter().position(|page| fold(&page.meta.title) == fold(name) || page.meta.slug == name);
            match page {
                Some(index) => Ok(Destination::Target(Target::Page(crate::site::ids::PageId::at(index)))),
                None if let Some(file) = attachment(site, from, name) => Ok(Destination::File(file)),
                None if let Some(other) = site.named_elsewhere(name) => Ok(Destination::Other(other)),
                None if site.withheld.holds_name(name) => Err(Broken::Withheld),
                None => Err(Broken::Nothing(Vec::new())),
            }
        }
    }
}

fn ambiguous(site: &Site, entities: &[EntityId]) -> Broken {
    let name = |id: &EntityId| {
        let entity = site.entity(*id);
        format!("`{}:{}`", site.kind_of(entity).id, entity.slug)
    };
    Broken::Ambiguous(entities.iter().map(name).collect())
}

/// The entities that a name in a text may mean. A country is known by all its names once it has a page.
fn entities_named(site: &Site, kind: Option<usize>, name: &str) -> Vec<EntityId> {
    let mut found = match kind {
        Some(kind) => site.registry.find(kind, name).to_vec(),
        None => site.registry.find_any(name),
    };
    let countries = site.config.kinds.iter().position(|kind| kind.is_country());
    if found.is_empty()
        && let Some(at) = countries.filter(|at| kind.is_none_or(|kind| kind == *at))
        && let Some(country) = crate::content::countries::resolve_in(name, &site.config.language)
    {
        found = site.registry.find(at, country.code).to_vec();
    }
    found
}

/// Finds the entity that `kind:name` or `name` means.
pub fn entity_by_name(site: &Site, name: &str) -> Result<EntityId, Broken> {
    let (kind, name) = match name.split_once(':') {
        Some((kind, rest)) => (site.config.kinds.iter().position(|one| one.id == kind.trim()), rest.trim()),
        None => (None, name.trim()),
    };
    match entities_named(site, kind, name).as_slice() {
        [one] => Ok(*one),
        [] => Err(Broken::Nothing(site.registry.nearest(name))),
        several => Err(ambiguous(site, several)),
    }
}

/// What a name means among articles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// One article.
    One(ArticleId),
    /// More than one.
    Several(Vec<ArticleId>),
    /// Something withheld.
    Withheld,
    /// Nothing.
    None,
}

/// Finds an article by the path of its file, its slug, file name or title.
pub fn article_by_name(site: &Site, from: &SourcePath, name: &str) -> Named {
    let candidates = source_candidates(site, from, name);
    for source in &candidates {
        if let Some(Target::Article(id)) = site.by_source.get(source) {
            return Named::One(*id);
        }
    }
    match site.article_names.get(&fold(name)).map(Vec::as_slice) {
        Some([one]) => Named::One(*one),
        Some(several) => Named::Several(several.to_vec()),
        None if candidates.iter().any(|source| site.withheld.holds(source)) || site.withheld.holds_slug(name) => {
            Named::Withheld
        }
        None => Named::None,
    }
}

/// The attachments that something visible refers to, each with its address; all of `static/` besides.
///
/// A file beside an article in its own folder moves with the article's address; others keep their place.
pub fn published_attachments(site: &Site) -> BTreeMap<SourcePath, UrlPath> {
    let of_text = |(path, documents, images): Text| -> Vec<SourcePath> {
        let mut wanted = Vec::new();
        for document in documents {
            let links = document.facts.links.iter().filter_map(|link| match &link.target {
                LinkTarget::Relative { path, .. } => Some(path.as_str()),
                LinkTarget::Wiki { kind: None, name, .. } => Some(name.as_str()),
                _ => None,
            });
            let pictures = document.facts.images.iter().map(|image| image.src.as_str());
            let arguments =
                document.facts.components.iter().flat_map(|call| &call.args).filter(|(name, _)| name == "src");
            let arguments = arguments.map(|(_, value)| value.as_str());
            wanted.extend(links.chain(pictures).chain(arguments).filter_map(|link| attachment(site, path, link)));
        }
        wanted.extend(images.into_iter().filter_map(|image| attachment(site, path, image)));
        wanted
    };
    let mut wanted: BTreeSet<SourcePath> = if site.attachments.is_empty() {
        BTreeSet::new()
    } else {
        texts(site).into_par_iter().flat_map_iter(of_text).collect::<Vec<_>>().into_iter().collect()
    };
    let menus = site.config.menus.values().flatten();
    wanted.extend(menus.filter_map(|entry| attachment(site, &menu_source(site), &entry.url)));
    if leaks::leaks("attachment") {
        wanted.extend(site.attachments.keys().cloned());
    }
    let mut published: BTreeMap<SourcePath, UrlPath> = BTreeMap::new();
    for path in
        wanted.into_iter().chain(site.attachments.keys().filter(|path| path.as_str().starts_with("static/")).cloned())
    {
        // What the main edition publishes has one address.
        let of_main = site.abroad.as_ref().and_then(|abroad| abroad.file(&path));
        let url = of_main.unwrap_or_else(|| attachment_url(site, &path));
        published.insert(path, url);
    }
    published
}

/// A text or more of one file, and the pictures that its front matter names.
pub(super) type Text<'a> = (&'a SourcePath, Vec<&'a Document>, Vec<&'a str>);

/// Every visible text with its file.
pub(super) fn texts(site: &Site) -> Vec<Text<'_>> {
    let mut texts: Vec<Text> = Vec::new();
    for article in &site.articles {
        texts.push((
            &article.path,
            vec![&article.document],
            article.meta.image.iter().map(|image| image.src.as_str()).collect(),
        ));
    }
    for page in &site.pages {
        texts.push((&page.path, vec![&page.document], Vec::new()));
    }
    for entity in &site.entities {
        let images =
            entity.meta.iter().filter_map(|meta| meta.input.image.as_ref()).map(|image| image.src.as_str()).collect();
        texts.push((
            &entity.origin,
            entity.document.as_deref().into_iter().collect(),
            if entity.meta.is_some() { images } else { Vec::new() },
        ));
    }
    for author in site.authors.iter().filter_map(|author| author.file.as_ref()) {
        texts.push((
            &author.path,
            vec![&author.document],
            author.meta.input.image.iter().map(|image| image.src.as_str()).collect(),
        ));
    }
    for section in site.sections.iter().filter_map(|section| section.index.as_ref()).chain(&site.home) {
        texts.push((&section.path, vec![&section.document], Vec::new()));
    }
    texts
}

/// The attachment that `link` in the file `from` means, if it is one.
pub fn attachment(site: &Site, from: &SourcePath, link: &str) -> Option<SourcePath> {
    match resolve_file(site, from, link) {
        Some(path) if site.attachments.contains_key(&path) => Some(path),
        _ => None,
    }
}

fn resolve_file(site: &Site, from: &SourcePath, link: &str) -> Option<SourcePath> {
    let path = percent_decode(link)?;
    let path = path.split(['?', '#']).next()?;
    if path.is_empty() || path.contains("://") {
        return None;
    }
    source_candidates(site, from, path).into_iter().find(|source| site.attachments.contains_key(source))
}

/// The address of an attachment.
fn attachment_url(site: &Site, path: &SourcePath) -> UrlPath {
    if let Some(rest) = path.as_str().strip_prefix("static/") {
        return UrlPath::new(rest);
    }
    let mut folder = path.folder();
    // The nearest folder above that is a bundle gives the file its article's address.
    loop {
        for index in ["index.md", "index.markdown"] {
            let bundle = SourcePath::new(&format!("{folder}/{index}"));
            if let Some(target) = site.by_source.get(&bundle) {
                let rest = &path.as_str()[folder.len()..];
                return site.url_of(*target).join(rest);
            }
        }
        match folder.rsplit_once('/') {
            Some((above, _)) => folder = above,
            None => {
                let place = site.config.place_of(&site.content_root, path).filter(|_| site.config.edition > 0);
                return UrlPath::new(strip_root(site, place.as_ref().unwrap_or(path)));
            }
        }
    }
}
