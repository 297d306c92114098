//! A site as bytes, for the next run of the same program on the same settings.
//!
//! To read it back takes a tenth of the time that it takes to make it anew. It comes in parts, so that all threads pack
//! and unpack. Settings, the moment, the outlines of countries and the words of pages are not in it: the next run has its
//! own. Nor is what makes related articles quick to find: it is found anew.

use std::io::{self, ErrorKind};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::base::held::Held;
use crate::config::Config;
use crate::content::vocabulary::Tlp;
use crate::content::world::World;
use crate::site::{Article, Site};
use crate::words::Words;

/// Articles in one part.
const IN_ONE: usize = 128;

/// Parts before those of the articles.
const FIRST: usize = 4;

/// What a site has that its bytes do not hold.
#[derive(Clone, Debug)]
pub struct Around {
    /// Settings; the same as when it was packed.
    pub config: Arc<Config>,
    /// The moment of the build.
    pub now: Timestamp,
    /// The highest label that may be shown; the same as when it was packed.
    pub clearance: Tlp,
    /// The outlines of countries, when maps are shown.
    pub world: Option<Arc<World>>,
    /// What pages say besides their texts; the same as when it was packed.
    pub words: Arc<Words>,
}

/// Gives a part of a packed site by its number.
pub type Part<'a> = dyn Fn(usize) -> io::Result<Vec<u8>> + Sync + 'a;

/// Into how many parts a site is packed.
pub fn parts(site: &Site) -> usize {
    FIRST + site.articles.len().div_ceil(IN_ONE)
}

/// Packs one part of a site; an error when it holds what cannot be kept.
pub fn pack(site: &Site, part: usize) -> io::Result<Vec<u8>> {
    // Taken apart whole, so that a new field cannot be forgotten here.
    let Site {
        config: _,
        now: _,
        clearance: _,
        articles,
        entities,
        sections,
        home,
        authors,
        series,
        pages,
        tombstones,
        redirects,
        attachments,
        published,
        by_source,
        addresses: _,
        names,
        registry,
        left_out,
        article_names,
        connections,
        likeness: _,
        search,
        latest,
        highest,
        world: _,
        words: _,
        content_root,
        withheld,
        floors,
        histories,
        // A site with these is not kept.
        editions: _,
        abroad: _,
        places: _,
    } = site;
    match part {
        0 => {
            let latest = latest.map(|day| (day.year(), day.month(), day.day()));
            let texts = (sections, home, authors, series, pages, tombstones, redirects);
            let files = (attachments, published, by_source, article_names);
            borsh::to_vec(&(texts, files, latest, highest, content_root, withheld, (floors, left_out, histories)))
        }
        1 => borsh::to_vec(&(entities, connections)),
        2 => borsh::to_vec(&(names, registry)),
        3 => borsh::to_vec(search),
        _ => borsh::to_vec(articles.chunks(IN_ONE).nth(part - FIRST).unwrap_or_default()),
    }
}

/// Unpacks the `count` parts that [`pack`] gave; `part` gives each, on any thread, and is asked for it when it is unpacked.
pub fn unpack(count: usize, part: &Part, around: Around) -> io::Result<Site> {
    if count < FIRST {
        return Err(ErrorKind::InvalidData.into());
    }
    let of_articles = (FIRST..count).into_par_iter();
    let (articles, (rest, (of_entities, (of_names, search)))) = rayon::join(
        || of_articles.map(|at| borsh::from_slice(&part(at)?)).collect::<io::Result<Vec<Vec<Held<Article>>>>>(),
        || {
            let names_and_words = || rayon::join(|| borsh::from_slice(&part(2)?), || borsh::from_slice(&part(3)?));
            let of_entities = || borsh::from_slice(&part(1)?);
            rayon::join(|| borsh::from_slice(&part(0)?), || rayon::join(of_entities, names_and_words))
        },
    );
    let (texts, files, latest, highest, content_root, withheld, (floors, left_out, histories)) = rest?;
    let latest: Option<(i16, i8, i8)> = latest;
    let (sections, home, authors, series, pages, tombstones, redirects) = texts;
    let (attachments, published, by_source, article_names) = files;
    let (entities, connections) = of_entities?;
    let (names, registry) = of_names?;
    let day = |(year, month, day)| jiff::civil::Date::new(year, month, day);
    let mut site = Site {
        config: around.config,
        now: around.now,
        clearance: around.clearance,
        articles: articles?.into_iter().flatten().collect(),
        entities,
        sections,
        home,
        authors,
        series,
        pages,
        tombstones,
        redirects,
        attachments,
        published,
        by_source,
        addresses: Held::default(),
        names,
        registry,
        left_out,
        article_names,
        connections,
        likeness: None,
        search: search?,
        latest: latest.map(day).transpose().map_err(|_| ErrorKind::InvalidData)?,
        highest,
        world: around.world,
        words: around.words,
        content_root,
        withheld,
        floors,
        histories,
        editions: Vec::new(),
        abroad: None,
        places: Default::default(),
    };
    site.addresses = site.page_addresses().into();
    Ok(site)
}
