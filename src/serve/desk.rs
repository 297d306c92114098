//! What the desk's bar tells of a page: where it comes from, whom it names and why, and what is not shown.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::base::paths::SourcePath;
use crate::content::read::Document;
use crate::serve::preview::View;
use crate::serve::problems::{self, Desk};
use crate::serve::rebuild::Made;
use crate::serve::tree::{Addresses, Found};
use crate::site::ids::EntityId;
use crate::site::mentions::{Link, Mention};
use crate::site::{Appearance, Article, Site, Target};

/// Most withheld files that are named.
const MOST_NAMED: usize = 50;

/// Tells of the page at a decoded address.
pub fn json(made: &Made, address: &str, view: View, views: &[View], desk: Desk) -> Value {
    let views: Vec<Value> =
        views.iter().map(|one| json!({"word": one.word(), "label": label(*one), "here": *one == view})).collect();
    let Some(loaded) = &made.loaded else { return json!({"views": views}) };
    let site = &loaded.site;
    let origin = match made.tree.find(address, Addresses::Clean) {
        Found::File(_, entry) => entry.origin.clone(),
        _ => None,
    };
    json!({
        "views": views,
        "source": origin.as_ref().map(|path| json!({
            "path": path.as_str(),
            "open": desk.editor.link(&desk.root.join(path.as_str()), None, None),
        })),
        "page": origin.as_ref().and_then(|path| page(site, path)),
        "lints": origin.map(|path| {
            let here = made.problems.iter().filter(|problem| {
                problem.place.as_ref().is_some_and(|place| place.path == path)
            });
            here.map(|problem| problems::one(problem, desk)).collect::<Vec<_>>()
        }),
        "withheld": withheld(site),
    })
}

/// What a view is called.
fn label(view: View) -> String {
    match view {
        View::Desk => "Desk".to_string(),
        View::Readers(label) => label.label().to_string(),
    }
}

/// What is known of the page of a source file.
fn page(site: &Site, path: &SourcePath) -> Option<Value> {
    let site = site.edition_with(path);
    let words = |document: Option<&Document>| document.map_or(0, |document| document.facts.word_count);
    match *site.by_source.get(path)? {
        Target::Article(id) => Some(article(site, site.article(id))),
        Target::Entity(id) => Some(json!({"words": words(site.entity(id).document.as_deref())})),
        Target::Page(id) => Some(json!({"words": words(Some(&site.pages[id.index()].document))})),
        Target::Home | Target::Section(_) | Target::Author(_) => None,
    }
}

fn article(site: &Site, article: &Article) -> Value {
    let mut first: BTreeMap<EntityId, &Mention<EntityId>> = BTreeMap::new();
    for mention in &article.found.mentions {
        // The one that is a link tells more than the first.
        let known = first.entry(mention.entity).or_insert(mention);
        if known.link != Link::Yes && mention.link == Link::Yes {
            *known = mention;
        }
    }
    let entities: Vec<Value> = article
        .entities
        .iter()
        .map(|appearance| entity(site, appearance, first.get(&appearance.entity).copied()))
        .collect();
    let doubts: Vec<Value> = article
        .found
        .doubts
        .iter()
        .map(|doubt| {
            let names: Vec<&str> = doubt.candidates.iter().map(|meant| meant.name.as_str()).collect();
            json!({"text": doubt.text, "candidates": names, "why": doubt.why.words()})
        })
        .collect();
    json!({
        "words": article.document.facts.word_count,
        "marking": article.marking.map(|label| label.label()),
        "draft": article.meta.draft,
        "embargoed_until": article.meta.embargoed_until.as_ref().filter(|until| until.instant > site.now).map(|until| &until.iso),
        "expires": article.meta.expires.as_ref().map(|expires| &expires.iso),
        "entities": entities,
        "doubts": doubts,
    })
}

fn entity(site: &Site, appearance: &Appearance, mention: Option<&Mention<EntityId>>) -> Value {
    let entity = site.entity(appearance.entity);
    let mut why = Vec::new();
    if appearance.declared {
        why.push("front matter".to_string());
    }
    if let Some(mention) = mention {
        why.push(format!("{} in {}", mention.by.word(), mention.spot.word()));
        if !appearance.declared {
            why.push(mention.ground.words().to_string());
        }
        why.push(mention.link.words().to_string());
    }
    json!({
        "name": entity.name,
        "kind": site.kind_of(entity).singular,
        "address": site.config.href(&entity.url),
        "about": appearance.about,
        "mentions": appearance.mentions,
        "why": why.join("; "),
    })
}

/// What these readers do not see, with the moment at which they will.
fn withheld(site: &Site) -> Value {
    let appears: BTreeMap<&SourcePath, &str> = site
        .withheld
        .scheduled
        .iter()
        .filter(|next| next.appears)
        .map(|next| (&next.path, next.at.iso.as_str()))
        .collect();
    let files: Vec<Value> = site
        .withheld
        .files
        .iter()
        .take(MOST_NAMED)
        .map(|file| {
            json!({
                "path": file.path.as_str(),
                "title": file.title,
                "reason": file.reason.word(),
                "until": appears.get(&file.path),
            })
        })
        .collect();
    json!({"count": site.withheld.files.len(), "files": files})
}
