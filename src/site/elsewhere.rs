//! Where the site leads to elsewhere: the addresses of its sources, its texts, its profiles and its menus.
//!
//! It takes the assembled [`Site`], so what is withheld from the audience has no address here.

use jiff::civil::Date;

use crate::base::dates::PartialDate;
use crate::base::diagnostics::{FieldPath, Place};
use crate::base::paths::SourcePath;
use crate::content::markdown::LinkTarget;
use crate::content::read::Document;
use crate::site::{Site, Target, links};

/// An address elsewhere, and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// The address as written.
    pub address: String,
    /// Where it is written.
    pub place: Place,
    /// The archived copy that the source of this address names.
    pub archived: Option<String>,
    /// Whether it is the address of a source, which may name an archived copy.
    pub is_source: bool,
    /// When somebody saw it last, as far as that is known: an archived copy of then is the best.
    pub seen: Option<Date>,
}

/// All addresses on the web that the site leads to, file by file.
pub fn leads(site: &Site) -> Vec<Lead> {
    let mut leads = of_edition(site);
    for edition in &site.editions {
        // What it takes over from the main edition is there already.
        leads.extend(of_edition(edition).into_iter().filter(|lead| edition.is_of_edition(&lead.place.path)));
    }
    leads
}

fn of_edition(site: &Site) -> Vec<Lead> {
    let mut leads = Vec::new();
    for article in &site.articles {
        let day = article.meta.date.as_ref().map(|moment| moment.day);
        for source in &article.meta.sources {
            let seen = source.accessed.or(source.date).map(PartialDate::last_day).or(day);
            let field = |key: &str| FieldPath::key("sources").index(source.index).then(key);
            let of_source =
                |address: &str, key: &str| Lead { seen, ..lead(address, Place::field(&article.path, field(key))) };
            let archived = source.input.archive_url.clone();
            let copy = archived.as_deref().map(|url| of_source(url, "archive_url"));
            let own = source.input.url.as_deref().map(|url| of_source(url, "url"));
            leads.extend(own.map(|own| Lead { is_source: true, archived, ..own }));
            leads.extend(copy);
        }
    }
    for (path, documents, _) in links::texts(site) {
        let day = match site.by_source.get(path) {
            Some(Target::Article(id)) => site.article(*id).meta.date.as_ref().map(|moment| moment.day),
            _ => None,
        };
        leads.extend(documents.into_iter().flat_map(|document| of_text(path, document, day)));
    }
    for entity in site.entities.iter() {
        let same_as = entity.meta.iter().flat_map(|meta| meta.input.same_as.0.iter());
        let field = |index| entity.field.clone().then("same_as").index(index);
        leads.extend(same_as.enumerate().map(|(index, url)| lead(url, Place::field(&entity.origin, field(index)))));
    }
    for author in site.authors.iter().filter_map(|author| author.file.as_ref()) {
        let same_as = author.meta.input.same_as.0.iter().enumerate();
        let field = |index| FieldPath::key("same_as").index(index);
        leads.extend(same_as.map(|(index, url)| lead(url, Place::field(&author.path, field(index)))));
    }
    let settings = site.config.path.clone().unwrap_or_else(|| SourcePath::new("site.yaml"));
    let (menus, place) = match site.config.own_menus() {
        Some((menus, place)) => (Some(menus), place),
        None => (None, FieldPath::default()),
    };
    for (name, entries) in menus.into_iter().flatten() {
        let field = |index| place.clone().then(name).index(index).then("url");
        let entries = entries.iter().enumerate();
        leads.extend(entries.map(|(index, entry)| lead(&entry.url, Place::field(&settings, field(index)))));
    }
    leads.retain(|lead| is_on_the_web(&lead.address));
    leads
}

/// The addresses in a text: its links and pictures, and those that shortcodes are given.
fn of_text<'a>(path: &'a SourcePath, document: &'a Document, seen: Option<Date>) -> impl Iterator<Item = Lead> + 'a {
    let facts = &document.facts;
    let links = facts.links.iter().filter_map(|link| match &link.target {
        LinkTarget::External(address) => Some((address, &link.span)),
        _ => None,
    });
    let pictures = facts.images.iter().map(|image| (&image.src, &image.span));
    let arguments = facts.components.iter().flat_map(|call| call.args.iter().map(|(_, value)| (value, &call.span)));
    let all = links.chain(pictures).chain(arguments);
    all.map(move |(address, span)| Lead { seen, ..lead(address, Place::span(path, span.clone())) })
}

fn lead(address: &str, place: Place) -> Lead {
    Lead { address: address.trim().to_string(), place, archived: None, is_source: false, seen: None }
}

fn is_on_the_web(address: &str) -> bool {
    let start: String = address.chars().take(8).collect::<String>().to_ascii_lowercase();
    ["https://", "http://", "//"].iter().any(|scheme| start.starts_with(scheme))
}
