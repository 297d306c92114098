//! Which pages of the editions are versions of each other.
//!
//! Pages are known by what they are of: briefings and loose pages by the file that they are versions of, entities by the
//! entity, all else (lists, indexes, registers, the home page) by its address within the edition. Looked for when all
//! outputs are planned, so that a page is only told of versions that there are, and each of them of it. A page is told of
//! no version that is marked higher than it is.

use std::collections::{BTreeMap, HashMap};

use crate::base::paths::{SourcePath, UrlPath};
use crate::content::vocabulary::Tlp;
use crate::outputs::Output;
use crate::render::views::Version;
use crate::site::{Entity, Site, Target};

/// What is known of a page besides its address.
struct Known<'a> {
    key: String,
    lang: &'a str,
    title: &'a str,
    marking: Option<Tlp>,
}

/// The versions of each page, by the address of the page from the top of the site.
pub(super) type Versions = HashMap<UrlPath, Vec<Version>>;

/// Tells all pages of their versions.
pub(super) fn pair(site: &Site, outputs: &mut [Output]) -> Versions {
    let editions: Vec<&Site> = site.all_editions().collect();
    let known: Vec<HashMap<UrlPath, Known>> = editions.iter().map(|edition| known(edition, site)).collect();
    let mut groups: BTreeMap<String, Vec<(usize, Version, Option<Tlp>)>> = BTreeMap::new();
    for (at, output) in outputs.iter().enumerate() {
        let Some(url) = address(output, editions[output.edition]) else { continue };
        let edition = editions[output.edition];
        let known = known[output.edition].get(&url);
        let key = known.map_or_else(|| url.as_str().to_string(), |known| known.key.clone());
        let version = Version {
            edition: output.edition,
            url: edition.config.at_top(&url).outside(),
            lang: known.map_or(&*edition.config.language, |known| known.lang).to_string(),
            title: known.map_or("", |known| known.title).to_string(),
        };
        groups.entry(key).or_default().push((at, version, known.and_then(|known| known.marking)));
    }
    let mut all = Versions::new();
    for group in groups.into_values().filter(|group| group.len() > 1) {
        for (at, own, marking) in &group {
            let clear = |marking: &Option<Tlp>| marking.unwrap_or(Tlp::Clear);
            let others = group.iter().filter(|(other, _, of_other)| other != at && clear(of_other) <= clear(marking));
            let mut versions: Vec<Version> = others.map(|(_, version, _)| version.clone()).collect();
            versions.sort_by_key(|version| version.edition);
            versions.dedup_by_key(|version| version.edition);
            versions.retain(|version| version.edition != own.edition);
            outputs[*at].versions = versions.clone();
            if !versions.is_empty() {
                all.insert(own.url.clone(), versions);
            }
        }
    }
    all
}

/// The address of an output within its edition, when it is a page that may have versions.
fn address(output: &Output, edition: &Site) -> Option<UrlPath> {
    if output.redirect.is_some() || !output.recipe.has_versions() {
        return None;
    }
    let path = output.path.as_str().strip_prefix(edition.config.edition_path())?;
    let folder = path.strip_suffix("index.html").filter(|folder| folder.is_empty() || folder.ends_with('/'))?;
    // Later pages of a list hold other articles in each edition.
    let mut parts = folder.trim_end_matches('/').rsplit('/');
    let is_later = parts.next().is_some_and(|last| last.parse::<usize>().is_ok()) && parts.next() == Some("page");
    (!is_later).then(|| UrlPath::new(folder))
}

/// The texts and entities of an edition by their addresses.
fn known<'a>(edition: &'a Site, main: &Site) -> HashMap<UrlPath, Known<'a>> {
    let place = |path: &SourcePath| {
        let of_article = edition.places.get(path).cloned();
        let place = of_article.or_else(|| edition.config.place_of(&edition.content_root, path));
        format!("text {}", place.as_ref().unwrap_or(path))
    };
    let articles = edition.articles.iter().filter(|article| !article.is_borrowed()).map(|article| {
        let known = Known {
            key: place(&article.path),
            lang: &article.lang,
            title: &article.meta.title,
            marking: article.marking,
        };
        (article.url.clone(), known)
    });
    let pages = edition.pages.iter().map(|page| {
        let known = Known {
            key: place(&page.path),
            lang: page.meta.lang.as_deref().unwrap_or(&edition.config.language),
            title: &page.meta.title,
            marking: page.meta.tlp,
        };
        (page.url.clone(), known)
    });
    let entities = edition.entities.iter().map(|entity| {
        let key = of_main(entity, edition, main).unwrap_or_else(|| entity.url.as_str().to_string());
        let known = Known {
            key,
            lang: &edition.config.language,
            title: &entity.name,
            marking: entity.meta.as_ref().and_then(|meta| meta.tlp),
        };
        (entity.url.clone(), known)
    });
    articles.chain(pages).chain(entities).collect()
}

/// Where the main edition has an entity whose file is a version of one there: it may have an address of its own here.
fn of_main(entity: &Entity, edition: &Site, main: &Site) -> Option<String> {
    let place = edition.config.place_of(&edition.content_root, &entity.origin)?;
    match main.by_source.get(&place)? {
        Target::Entity(id) => Some(main.entity(*id).url.as_str().to_string()),
        _ => None,
    }
}
