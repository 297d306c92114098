//! A site with another text in one of its articles.
//!
//! An author who changes a sentence changes one page, and perhaps the lines that quote it. [`revise`] makes the new site
//! out of the old one when that is so: it looks whether anything else of the site could see the change, and if it might,
//! says so, and the site is assembled anew. What it makes is what [`assemble`](super::assemble::assemble) would make.

use crate::base::diagnostics::Diagnostic;
use crate::base::hash::Digest;
use crate::base::held::Held;
use crate::content::markdown::{Facts, LinkTarget};
use crate::site::assemble::{cascade, source_numbers};
use crate::site::gate::{ArticleFile, Visible};
use crate::site::ids::{ArticleId, EntityId};
use crate::site::mentions::{Found, Spot};
use crate::site::names::{Appearing, Hits};
use crate::site::references::{add_linked, resolve_article};
use crate::site::{Appearance, Article, Site, Target, doubts, typography};

/// A site in which one article has another text.
#[derive(Debug)]
pub struct Revised {
    /// The new site.
    pub site: Site,
    /// The article.
    pub article: ArticleId,
    /// What was told of the names in the old text.
    pub told_before: Vec<Diagnostic>,
    /// What is to tell of those in the new one.
    pub told: Vec<Diagnostic>,
}

/// Puts `file` in the place of the article that the same file was before; none when more than its own page, and what
/// quotes it or counts its mentions, could be another one.
pub fn revise(site: &Site, file: Visible<ArticleFile>) -> Option<Revised> {
    let mut file = file.into_inner();
    cascade(
        &mut file,
        |folder| match folder {
            "" => site.home.as_ref(),
            _ => site.sections.iter().find(|section| section.folder == folder)?.index.as_ref(),
        },
        &site.config,
    );
    typography::set_article(&mut file, &site.config);
    let Some(Target::Article(id)) = site.by_source.get(&file.path).copied() else { return None };
    let old = site.article(id);
    if site.withheld.files.iter().any(|withheld| withheld.path == old.path) {
        return None;
    }
    let same = Digest::of(&file.meta) == Digest::of(&old.meta)
        && file.marking == old.marking
        && is_alike(&old.document.facts, &file.document.facts);
    let shows_excerpt = old.meta.summary.is_none() && old.meta.bottom_line.is_none();
    if !same || shows_excerpt && old.document.facts.excerpt != file.document.facts.excerpt {
        return None;
    }
    let listed = old.entities[..old.listed].iter();
    let listed = listed.map(|one| Appearance { mentions: 0, about: one.declared, ..*one }).collect();
    let mut appearing = Appearing::listed(listed);
    let (hits, linked) = site.names.in_article(&mut file, &appearing, &site.registry, &site.config, None);
    let Hits::New(hits) = hits else { return None };
    let mut owners = hits.mentions.iter().map(|mention| mention.entity).chain(linked);
    if owners.any(|owner| site.names.entity(owner).is_none()) {
        // A country that had no page so far.
        return None;
    }
    // Each is an entity, as was just seen.
    let found = hits.map(|owner| site.names.entity(*owner).unwrap_or(EntityId::at(0))).in_order();
    found.mentions.iter().for_each(|mention| appearing.take(mention.entity, mention.spot));
    let article = Article {
        source_numbers: source_numbers(&file.meta, &file.document),
        document: file.document,
        found: found.into(),
        entities: appearing.all,
        ..old.clone()
    };
    let mut new = site.clone();
    new.articles[id.index()] = Held::from(article);
    let (resolved, _) = resolve_article(&new, id);
    let article = &mut *new.articles[id.index()];
    add_linked(&mut article.entities, &resolved.entities);
    if resolved.links != old.links_to || !name_alike(&old.found, &article.found) || !appear_alike(old, article) {
        return None;
    }
    if let Some(search) = &site.search {
        new.search = Some(search.revised(site, &new, id)?);
    }
    let told = |site: &Site| doubts::of_article(site, site.article(id));
    Some(Revised { article: id, told_before: told(site), told: told(&new), site: new })
}

/// Whether two texts are the same for all that looks at them from elsewhere: links to pages of the site, pictures, what
/// timelines and lists tell. Only their anchors may differ, which links are held against one by one.
fn is_alike(old: &Facts, new: &Facts) -> bool {
    fn inward(facts: &Facts) -> impl Iterator<Item = &LinkTarget> {
        let targets = facts.links.iter().map(|link| &link.target);
        targets.filter(|target| !matches!(target, LinkTarget::External(_) | LinkTarget::Fragment(_)))
    }
    fn calls(facts: &Facts) -> impl Iterator<Item = (&str, &[(String, String)])> {
        facts.components.iter().map(|call| (call.name.as_str(), call.args.as_slice()))
    }
    fn pictures(facts: &Facts) -> impl Iterator<Item = &str> {
        facts.images.iter().map(|one| one.src.as_str())
    }
    inward(old).eq(inward(new))
        && pictures(old).eq(pictures(new))
        && calls(old).eq(calls(new))
        && old.reading_minutes == new.reading_minutes
        && old.dated.is_empty()
        && new.dated.is_empty()
}

/// Whether the names outside of the text mean the same: an event belongs to those whom it names.
fn name_alike(old: &Found<EntityId>, new: &Found<EntityId>) -> bool {
    let outside = |found: &Found<_>| -> Vec<_> {
        let outside = found.mentions.iter().filter(|mention| mention.spot != Spot::Body);
        outside.map(|mention| (mention.entity, mention.spot)).collect()
    };
    outside(old) == outside(new)
}

/// Whether the same entities appear for the same reasons; how often each is named may differ.
fn appear_alike(old: &Article, new: &Article) -> bool {
    let why = |article: &Article| -> Vec<_> {
        article.entities.iter().map(|one| (one.entity, one.declared, one.about)).collect()
    };
    why(old) == why(new)
}
