//! What texts and files refer to: links both ways, stories and translations, roles, relations and the entities above.
//!
//! References that lead nowhere, or around in circles, are told of here.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::base::diagnostics::{Diagnostic, FieldPath, Place, Step};
use crate::base::suggest::did_you_mean;
use crate::site::ids::{ArticleId, EntityId};
use crate::site::{Appearance, Article, Site, Target, links};

/// Resolves links, story chains and translations between articles.
pub(super) fn link_articles(site: &mut Site, diagnostics: &mut Vec<Diagnostic>) {
    let (mut resolved, faults): (Vec<Resolved>, Vec<Vec<Diagnostic>>) =
        (0..site.articles.len()).into_par_iter().map(|index| resolve_article(site, ArticleId::at(index))).unzip();
    for (index, faults) in faults.into_iter().enumerate() {
        diagnostics.extend(faults);
        let own = ArticleId::at(index);
        let Some(original) = resolved[index].original else { continue };
        // Of two that name each other the first one stands.
        let back = original < own && resolved[original.index()].original == Some(own);
        if back || original == own {
            let article = site.article(own);
            let message = if back {
                let other = &site.article(original).meta.slug;
                format!("two articles translate each other: {} and {other}", article.meta.slug)
            } else {
                "this article cannot be a translation of itself".to_string()
            };
            diagnostics.push(
                Diagnostic::error("circle", message)
                    .at(Place::field(&article.path, "translation_of"))
                    .help("only the translation says `translation_of:`, not the original"),
            );
            resolved[index].original = None;
        }
    }
    follow_cycles(site, &resolved, diagnostics);
    let mut groups: BTreeMap<ArticleId, BTreeSet<ArticleId>> = BTreeMap::new();
    for (index, found) in resolved.into_iter().enumerate() {
        let own = ArticleId::at(index);
        for id in &found.links {
            site.articles[id.index()].linked_from.push(own);
        }
        for id in found.follows.iter().filter(|id| **id != own) {
            // Articles come newest first, so the later ones are put in front.
            site.articles[id.index()].followed_by.insert(0, own);
        }
        if let Some(original) = found.original.filter(|id| *id != own) {
            groups.entry(original).or_default().extend([original, own]);
        }
        let article = &mut *site.articles[index];
        add_linked(&mut article.entities, &found.entities);
        article.links_to = found.links;
        article.original = found.original.filter(|id| *id != own);
        article.follows = found.follows.into_iter().filter(|id| *id != own).collect();
    }
    for group in groups.values() {
        for id in group {
            site.articles[id.index()].translations = group.iter().copied().filter(|other| other != id).collect();
        }
    }
    for index in 0..site.articles.len() {
        for at in 0..site.articles[index].entities.len() {
            let entity = site.articles[index].entities[at].entity;
            let original = site.articles[index].original.map(|id| &site.articles[id.index()]);
            if original.is_some_and(|original| original.entities.iter().any(|one| one.entity == entity)) {
                continue;
            }
            site.entities[entity.index()].articles.push(ArticleId::at(index));
        }
    }
}

/// Adds those that a text links to; they appear in the article, too.
pub(super) fn add_linked(appearances: &mut Vec<Appearance>, linked: &[EntityId]) {
    for entity in linked {
        if !appearances.iter().any(|appearance| appearance.entity == *entity) {
            appearances.push(Appearance { entity: *entity, declared: false, about: false, mentions: 0 });
        }
    }
}

/// What an article says of others.
#[derive(Default)]
pub(super) struct Resolved {
    /// Articles that its text links to.
    pub(super) links: Vec<ArticleId>,
    /// Entities that its text links to.
    pub(super) entities: Vec<EntityId>,
    follows: Vec<ArticleId>,
    original: Option<ArticleId>,
}

/// Resolves what one article says of others.
pub(super) fn resolve_article(site: &Site, own: ArticleId) -> (Resolved, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let article = site.article(own);
    let mut found = Resolved::default();
    for link in &article.document.facts.links {
        match links::target(site, &article.path, &link.target) {
            Some(Target::Article(id)) if id != own && !found.links.contains(&id) => found.links.push(id),
            Some(Target::Entity(id)) if !found.entities.contains(&id) => found.entities.push(id),
            _ => {}
        }
    }
    for (at, name) in article.meta.follows.iter().enumerate() {
        let field = FieldPath::key("follows").index(at);
        found.follows.extend(article_named(site, article, name, field, &mut diagnostics));
    }
    if let Some(name) = &article.meta.translation_of {
        found.original = article_named(site, article, name, FieldPath::key("translation_of"), &mut diagnostics);
    }
    (found, diagnostics)
}

/// Finds the article that `follows` or `translation_of` names.
fn article_named(
    site: &Site,
    from: &Article,
    name: &str,
    field: FieldPath,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<ArticleId> {
    match links::article_by_name(site, &from.path, name) {
        links::Named::One(id) => Some(id),
        links::Named::Withheld => None,
        links::Named::Several(ids) => {
            let slugs: Vec<String> = ids.iter().map(|id| format!("`{}`", site.article(*id).path)).collect();
            diagnostics.push(
                Diagnostic::error("ambiguous-name", format!("`{name}` may be {}", slugs.join(" or ")))
                    .at(Place::field(&from.path, field))
                    .help("write the path of the file that is meant"),
            );
            None
        }
        links::Named::None => {
            let slugs = site.articles.iter().map(|article| article.meta.slug.as_str());
            diagnostics.push(
                Diagnostic::error("unknown-article", format!("there is no article `{name}`"))
                    .at(Place::field(&from.path, field))
                    .maybe_help(did_you_mean(name, slugs))
                    .help("write an article’s slug, or the path of its file"),
            );
            None
        }
    }
}

/// A story cannot follow itself: each circle is told once, whole.
fn follow_cycles(site: &Site, resolved: &[Resolved], diagnostics: &mut Vec<Diagnostic>) {
    let mut done = vec![false; resolved.len()];
    for start in 0..resolved.len() {
        let mut trail: Vec<usize> = Vec::new();
        let mut stack = vec![(start, 0)];
        let mut on_trail: BTreeSet<usize> = BTreeSet::new();
        while let Some((at, next)) = stack.pop() {
            if next == 0 {
                if done[at] {
                    continue;
                }
                trail.push(at);
                on_trail.insert(at);
            }
            match resolved[at].follows.get(next) {
                Some(id) if on_trail.contains(&id.index()) => {
                    let begin = trail.iter().position(|on| *on == id.index()).unwrap_or(0);
                    let names: Vec<&str> = trail[begin..]
                        .iter()
                        .chain([&id.index()])
                        .map(|on| site.articles[*on].meta.slug.as_str())
                        .collect();
                    diagnostics.push(
                        Diagnostic::error("circle", format!("a story follows itself: {}", names.join(" → ")))
                            .at(Place::field(
                                &site.articles[at].path,
                                FieldPath(vec![Step::Key("follows".into()), Step::Index(next)]),
                            ))
                            .help("take out the entry of `follows` that points to a later article"),
                    );
                    stack.push((at, next + 1));
                }
                Some(id) => {
                    stack.push((at, next + 1));
                    stack.push((id.index(), 0));
                }
                None => {
                    done[at] = true;
                    trail.pop();
                    on_trail.remove(&at);
                }
            }
        }
    }
}

/// Resolves what entity files say of other entities.
pub(super) fn link_entities(site: &mut Site, diagnostics: &mut Vec<Diagnostic>) {
    for index in 0..site.entities.len() {
        let own = EntityId::at(index);
        let entity = &site.entities[index];
        let Some(meta) = &entity.meta else { continue };
        let mut relations = Vec::new();
        for (at, relation) in meta.relations.iter().enumerate() {
            let name = &relation.input.to;
            let field = FieldPath::key("relations").index(at).then("to");
            match links::entity_by_name(site, name) {
                Ok(id) => relations.push((id, relation.clone())),
                Err(fault) => diagnostics.push(fault.diagnostic(name).at(Place::field(&entity.origin, field))),
            }
        }
        let parent = meta.input.parent.as_deref().and_then(|name| match site.registry.find(entity.kind, name) {
            [id] if *id != own => Some(*id),
            found => {
                let kind = site.kind_of(entity).singular.to_lowercase();
                let near = site.registry.nearest(name);
                let fault = match found {
                    [] => Diagnostic::error("unknown-entity", format!("there is no {kind} `{name}`"))
                        .maybe_help(did_you_mean(name, near.iter().map(String::as_str))),
                    [_] => Diagnostic::error("circle", format!("this {kind} cannot be its own parent"))
                        .help("take out this `parent:` line"),
                    _ => Diagnostic::error("ambiguous-name", format!("`{name}` is more than one {kind}"))
                        .help("write the slug of the one that is meant"),
                };
                diagnostics.push(fault.at(Place::field(&entity.origin, "parent")));
                None
            }
        });
        let organizations: Vec<Option<EntityId>> = entity
            .roles
            .iter()
            .map(|held| held.role.input.organization.as_deref().and_then(|name| links::entity_by_name(site, name).ok()))
            .collect();
        let role_countries: Vec<Option<EntityId>> = entity.roles.iter().map(|held| held.country).collect();
        let entity = &mut site.entities[index];
        entity.relations = relations;
        entity.parent = parent;
        for (held, organization) in entity.roles.iter_mut().zip(&organizations) {
            held.organization = *organization;
        }
        if let Some(parent) = parent {
            site.entities[parent.index()].children.push(own);
        }
        for (at, (organization, country)) in organizations.iter().zip(&role_countries).enumerate() {
            for place in [organization, country].into_iter().flatten() {
                site.entities[place.index()].office_holders.push((own, at));
            }
        }
    }
    parent_cycles(site, diagnostics);
}

/// No entity stands above itself; a circle is told and cut.
fn parent_cycles(site: &mut Site, diagnostics: &mut Vec<Diagnostic>) {
    for index in 0..site.entities.len() {
        let mut trail = vec![index];
        let mut at = site.entities[index].parent;
        while let Some(id) = at {
            if id.index() == index {
                let names: Vec<&str> =
                    trail.iter().chain([&index]).map(|on| site.entities[*on].name.as_str()).collect();
                diagnostics.push(
                    Diagnostic::error("circle", format!("an entity stands above itself: {}", names.join(" → ")))
                        .at(Place::field(&site.entities[index].origin, "parent"))
                        .help("take out one of these `parent:` lines"),
                );
                site.entities[index].parent = None;
                break;
            }
            if trail.contains(&id.index()) {
                break;
            }
            trail.push(id.index());
            at = site.entities[id.index()].parent;
        }
    }
}
