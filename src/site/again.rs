//! The site assembled again, when some files of articles and entities have changed.
//!
//! All that hangs on more than one file is found out anew by the same code that [`assemble`](super::assemble::assemble)
//! runs; what was found in the other texts is taken over (`remembered.rs`). What comes of it is what assembling all files
//! would give.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::base::diagnostics::Diagnostic;
use crate::base::paths::SourcePath;
use crate::content::page::PageMeta;
use crate::content::read::{Parsed, ParsedEntity};
use crate::site::assemble::{Files, Frame, cascade, put_together};
use crate::site::gate::{ArticleFile, Visible, VisibleFiles};
use crate::site::{Site, typography};

/// Assembles a site with other files: `changed` are the paths of those that are no more or are others now, `files` what
/// there is of them now, articles and entities.
pub fn assemble_again(
    before: &Site,
    now: Timestamp,
    changed: &BTreeSet<SourcePath>,
    files: VisibleFiles,
) -> (Site, Vec<Diagnostic>) {
    let config = &before.config;
    let mut all = files_of(before, changed);
    let mut articles: Vec<ArticleFile> = files.articles.into_iter().map(Visible::into_inner).collect();
    articles.iter_mut().for_each(|file| cascade(file, |folder| all.sections.get(folder), config));
    let mut entities: Vec<(usize, ParsedEntity)> = files.entities.into_iter().map(Visible::into_inner).collect();
    typography::set(&mut articles, &mut Default::default(), &mut entities, &mut [], config);
    all.articles.extend(articles);
    all.entities.extend(entities);
    all.entities.sort_by(|(_, left), (_, right)| (&left.path, &left.field).cmp(&(&right.path, &right.field)));
    let frame = Frame {
        config: config.clone(),
        withheld: before.withheld.clone(),
        floors: before.floors.clone(),
        histories: before.histories.clone(),
        now,
        clearance: before.clearance,
        attachments: before.attachments.clone(),
        world: before.world.clone(),
        words: before.words.clone(),
        content_root: before.content_root.clone(),
        abroad: None,
        places: BTreeMap::new(),
    };
    put_together(all, frame, Some(before))
}

/// The files that a site was put together of, but for some.
pub(super) fn files_of(site: &Site, without: &BTreeSet<SourcePath>) -> Files {
    let is_there = |path: &SourcePath| !without.contains(path);
    let articles = site.articles.iter().filter(|article| is_there(&article.path)).map(|article| ArticleFile {
        path: article.path.clone(),
        meta: article.meta.clone(),
        document: article.document.clone(),
        folder: article.folder.clone(),
        marking: article.marking,
    });
    let entities = site.entities.iter().filter(|entity| is_there(&entity.origin)).filter_map(|entity| {
        let meta = entity.meta.clone()?;
        let (path, field, document) = (entity.origin.clone(), entity.field.clone(), entity.document.clone());
        Some((entity.kind, ParsedEntity { path, field, meta, document }))
    });
    let sections = site.sections.iter().filter_map(|section| Some((section.folder.clone(), section.index.clone()?)));
    let home = site.home.iter().map(|home| (String::new(), home.clone()));
    let mut authors: Vec<_> = site.authors.iter().filter_map(|author| author.file.clone()).collect();
    authors.sort_by(|left, right| left.path.cmp(&right.path));
    let pages = site.pages.iter().map(|page| Parsed::<PageMeta> {
        path: page.path.clone(),
        meta: page.meta.clone(),
        document: page.document.clone(),
    });
    Files {
        articles: articles.collect(),
        tombstones: site.tombstones.to_vec(),
        sections: sections.chain(home).collect(),
        entities: entities.collect(),
        authors,
        pages: pages.collect(),
    }
}
