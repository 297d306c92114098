//! What is published: each kind of output is one file here, with its plan and its recipe.
//!
//! [`plan`] lists every output before anything is rendered; two outputs on one path are an error then. A [`Recipe`]
//! makes the bytes of one output out of the site and knows nothing of the others.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Debug;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;
use tera::Context;

use crate::base::diagnostics::{Diagnostic, FieldPath, Place};
use crate::base::paths::{OutputPath, SourcePath, UrlPath};
use crate::base::text::excerpt;
use crate::outputs::versions::Versions;
use crate::render::pictures::Smaller;
use crate::render::templates::Templates;
use crate::render::view::PageView;
use crate::render::views::{Shared, Version, Views};
use crate::render::{json_ld, minify};
use crate::site::Site;
use crate::site::links::{self, Broken};

mod app;
mod archive;
mod articles;
mod authors;
mod cards;
mod contact;
mod entities;
mod feeds;
mod files;
mod graph;
mod home;
mod not_found;
mod open_search;
mod pages;
mod pairs;
mod pictures;
mod plain;
mod redirects;
mod registers;
pub mod search;
mod sections;
mod series;
mod sitemaps;
mod tombstones;
mod versions;

pub use files::Asset;

/// One output: where it goes and how it is made.
#[derive(Debug)]
pub struct Output {
    /// Where it goes.
    pub path: OutputPath,
    /// The source file that asks for it, for messages.
    pub origin: Option<SourcePath>,
    /// The entry of `redirect_from` that asks for it, when it only leads on.
    pub redirect: Option<Place>,
    /// The number of its edition.
    pub edition: usize,
    /// The same page in the other editions.
    pub versions: Vec<Version>,
    /// How it is made.
    pub recipe: Box<dyn Recipe>,
}

impl Output {
    /// How it looks at the site.
    pub fn views<'a>(&'a self, shared: &'a Shared<'a>) -> Views<'a> {
        let shared = shared.edition(self.edition);
        shared.views_in(self.recipe.language(shared.site_of_plan())).with_versions(&self.versions)
    }
}

/// Makes one output.
pub trait Recipe: Debug + Send + Sync {
    /// What sort of output it is, in a word or two, with all that makes it another output and that it does not look up
    /// in the site. An output whose recipe says the same and that sees the same is the same.
    fn name(&self) -> Cow<'static, str>;

    /// The language that it is in.
    fn language<'s>(&self, site: &'s Site) -> &'s str {
        &site.config.language
    }

    /// Whether other editions of the site may have the same page.
    fn has_versions(&self) -> bool {
        true
    }

    /// The file of the site that it is a copy of.
    fn source(&self) -> Option<&SourcePath> {
        None
    }

    /// Returns its bytes; what is wrong goes into `diagnostics`.
    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered>;
}

/// What a recipe gives.
#[derive(Debug)]
pub enum Rendered {
    /// Bytes.
    Bytes(Vec<u8>),
    /// A text that is too long to be held whole.
    Pieces(Box<dyn Pieces>),
    /// A file of the site's folder as it is.
    Copy(SourcePath),
    /// A drawing as a square PNG.
    Icon {
        /// The drawing.
        drawing: Drawing,
        /// How many pixels it is high and wide.
        size: u32,
        /// What stands where the drawing is transparent.
        background: Option<[u8; 3]>,
    },
    /// A smaller version of a picture.
    Smaller {
        /// The picture.
        of: SourcePath,
        /// What becomes of it.
        smaller: Smaller,
    },
    /// A social card, as its template wrote it.
    Card {
        /// The drawing.
        svg: String,
        /// The template.
        template: SourcePath,
        /// Address of the page whose card it is, for messages.
        of: String,
    },
}

/// An output that is written piece by piece.
pub trait Pieces: Debug {
    /// Writes it, the same each time; fails only where `to` does.
    fn write(&self, press: &Press, to: &mut dyn io::Write) -> io::Result<()>;
}

/// An SVG.
#[derive(Clone, Debug)]
pub enum Drawing {
    /// A file of the site.
    File(SourcePath),
    /// A file of a theme, with its bytes.
    Bytes(SourcePath, Arc<[u8]>),
}

/// All that a recipe works with.
#[derive(Debug)]
pub struct Press<'a> {
    /// The site, as far as the output looks at it.
    pub views: &'a Views<'a>,
    /// Templates.
    pub templates: &'a Templates,
}

impl Press<'_> {
    /// Gives a page its JSON-LD, with the node for `main` before that of its breadcrumbs, where its template shows it.
    fn describe(&self, template: &str, page: &mut PageView, main: impl FnOnce(&PageView) -> Value) {
        if self.templates.uses_of_page(template, "json_ld") {
            page.json_ld = Some(json_ld::graph(self.views, page, main(page)));
        }
    }

    /// Renders a template to a page; `values` are what it sees besides `page`.
    fn page(
        &self,
        template: &str,
        page: PageView,
        values: Values,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Rendered> {
        let mut context = values.0;
        let address = page.url.clone();
        context.insert("page", &page);
        self.views.note_template(template);
        let started = Instant::now();
        let rendered = self.templates.render(template, &context, &address, self.views.voice());
        self.views.note_time(template, started.elapsed());
        match rendered {
            Ok(html) if self.views.config().minify => Some(Rendered::Bytes(minify::html(html))),
            Ok(html) => Some(Rendered::Bytes(html.into_bytes())),
            Err(fault) => {
                diagnostics.push(*fault);
                None
            }
        }
    }
}

/// The values that a template sees by name.
#[derive(Default)]
struct Values(Context);

impl Values {
    fn with(mut self, name: &'static str, value: &impl Serialize) -> Self {
        self.0.insert(name, value);
        self
    }
}

/// The outputs while they are listed.
#[derive(Debug, Default)]
pub struct Plan {
    outputs: Vec<Output>,
    diagnostics: Vec<Diagnostic>,
    /// Addresses at which files of the site or of its theme stand.
    files: HashSet<UrlPath>,
    /// The number of the edition whose outputs are listed.
    edition: usize,
    /// Where its home page is; empty for the main edition.
    home: String,
    /// The paths of the main edition, when the outputs of others are listed, and those that are the same for all.
    top: HashSet<OutputPath>,
}

impl Plan {
    /// Goes on with the outputs of another edition.
    fn begin(&mut self, edition: &Site) {
        if self.edition == 0 {
            self.top = self.outputs.iter().map(|output| output.path.clone()).collect();
        }
        self.turn_to(edition);
    }

    fn turn_to(&mut self, edition: &Site) {
        self.edition = edition.config.edition;
        self.home = edition.config.edition_path().to_string();
    }

    /// An address of the edition, counted from the top of the site.
    fn at_top(&self, url: &UrlPath) -> UrlPath {
        if self.home.is_empty() || url.is_outside() {
            return url.clone();
        }
        UrlPath::new(&format!("{}{}", self.home, url.as_str().trim_start_matches('/')))
    }

    /// Adds an output at an address, unless the site or its theme has a file there.
    fn add_unless_there(&mut self, url: &UrlPath, recipe: impl Recipe + 'static) {
        if !self.files.contains(&self.at_top(url)) {
            self.add(url, None, recipe);
        }
    }

    /// Adds an output that is the same for all editions, once.
    fn add_shared(&mut self, url: &UrlPath, origin: Option<&SourcePath>, recipe: impl Recipe + 'static) {
        if self.edition == 0 {
            self.add(url, origin, recipe);
        } else if url.output().is_ok_and(|path| self.top.insert(path)) {
            self.add(&url.outside(), origin, recipe);
        }
    }

    /// Adds an output at an address.
    fn add(&mut self, url: &UrlPath, origin: Option<&SourcePath>, recipe: impl Recipe + 'static) {
        match self.at_top(url).output() {
            Ok(path) => self.outputs.push(Output {
                path,
                origin: origin.cloned(),
                redirect: None,
                edition: self.edition,
                versions: Vec::new(),
                recipe: Box::new(recipe),
            }),
            Err(bad) => {
                let fault = Diagnostic::error("bad-address", format!("`{}` cannot be written: {}", bad.path, bad.why));
                let fault = fault.help("give the page another `slug:`, or the file another name");
                self.diagnostics.push(match origin {
                    Some(origin) => fault.at(Place::file(origin)),
                    None => fault,
                });
            }
        }
    }
}

/// Lists every output of a site, sorted by path. What stands on one path with another is an error that names both.
pub fn plan(site: &Site, assets: &[Asset]) -> (Vec<Output>, Vec<Diagnostic>) {
    let files = site.published.values().chain(assets.iter().map(|asset| &asset.url)).cloned().collect();
    let mut plan = Plan { files, ..Plan::default() };
    edition(site, assets, &mut plan);
    for other in &site.editions {
        plan.begin(other);
        edition(other, &[], &mut plan);
    }
    let versions = match site.editions.is_empty() {
        true => Versions::default(),
        false => versions::pair(site, &mut plan.outputs),
    };
    let versions = Arc::new(versions);
    for edition in site.all_editions() {
        plan.turn_to(edition);
        sitemaps::plan(edition, &versions, &mut plan);
        redirects::plan(edition, &mut plan);
    }
    let Plan { mut outputs, mut diagnostics, .. } = plan;
    // The sort is stable: of two outputs on one path, the one of the more important kind comes first.
    outputs.par_sort_by(|left, right| left.path.cmp(&right.path));
    collisions(&mut outputs, &mut diagnostics);
    site.all_editions().for_each(|edition| menus(edition, &outputs, &mut diagnostics));
    (outputs, diagnostics)
}

/// Lists the outputs of an edition.
fn edition(site: &Site, assets: &[Asset], plan: &mut Plan) {
    home::plan(site, plan);
    articles::plan(site, plan);
    sections::plan(site, plan);
    entities::plan(site, plan);
    pairs::plan(site, plan);
    authors::plan(site, plan);
    series::plan(site, plan);
    archive::plan(site, plan);
    registers::plan(site, plan);
    pages::plan(site, plan);
    tombstones::plan(site, plan);
    not_found::plan(plan);
    feeds::plan(site, plan);
    cards::plan(site, plan);
    plain::plan(site, plan);
    if site.config.edition == 0 {
        contact::plan(site, plan);
        app::plan(site, assets, plan);
    }
    graph::plan(site, plan);
    search::plan(site, plan);
    open_search::plan(site, plan);
    files::plan(site, assets, plan);
    pictures::plan(site, plan);
}

/// Reports outputs on one path: the same, the same on file systems that ignore case, or a file where a folder must be.
///
/// Of two that clash the first is made all the same, so that its own mistakes are told in the same run.
fn collisions(outputs: &mut Vec<Output>, diagnostics: &mut Vec<Diagnostic>) {
    let keys: Vec<String> = outputs.par_iter().map(|output| output.path.collision_key()).collect();
    let mut taken: foldhash::HashMap<&str, usize> = foldhash::HashMap::default();
    let mut dropped: BTreeSet<usize> = BTreeSet::new();
    for (index, output) in outputs.iter().enumerate() {
        match taken.entry(&keys[index]) {
            Entry::Occupied(other) => {
                diagnostics.push(collision(output, &outputs[*other.get()], "two pages would be written to"));
                dropped.insert(index);
            }
            Entry::Vacant(free) => drop(free.insert(index)),
        }
    }
    // Of each file that stands where a folder must be, the first that needs the folder.
    let mut folders: BTreeMap<&str, &str> = BTreeMap::new();
    for key in taken.keys() {
        for folder in key.rmatch_indices('/').map(|(at, _)| &key[..at]).filter(|folder| taken.contains_key(folder)) {
            let first = folders.entry(folder).or_insert(key);
            *first = key.min(first);
        }
    }
    for (file, other) in folders {
        let (file, other) = (taken[file], taken[other]);
        diagnostics.push(collision(&outputs[file], &outputs[other], "a file and a folder would both be"));
        dropped.insert(file);
    }
    let mut index = 0;
    outputs.retain(|_| {
        index += 1;
        !dropped.contains(&(index - 1))
    });
}

/// What to say of an output that clashes with another; of two, a redirect is the one to give way.
fn collision(output: &Output, other: &Output, what: &str) -> Diagnostic {
    let message = format!("{what} `{}`", output.path);
    let (output, other) =
        if other.redirect.is_some() && output.redirect.is_none() { (other, output) } else { (output, other) };
    let mut fault = Diagnostic::error("address-clash", message);
    fault.place = output.redirect.clone().or_else(|| output.origin.as_ref().map(Place::file));
    let fault = match (&other.redirect, &other.origin) {
        (Some(place), _) => fault.also(place.clone(), "the other one leads on from here"),
        (None, Some(origin)) => fault.also(Place::file(origin), "the other one comes from here"),
        (None, None) => fault.help("the other one is made by Crossbrief itself"),
    };
    fault.help(match output.redirect {
        Some(_) => "take this address out of `redirect_from`: something else stands there",
        None => "give one of them another `slug:`, or its file another name",
    })
}

/// Reports entries of menus, and policies, that lead nowhere.
fn menus(site: &Site, outputs: &[Output], diagnostics: &mut Vec<Diagnostic>) {
    let Some(settings) = &site.config.path else { return };
    let there = |url: UrlPath| {
        let output = url.output().ok();
        output.is_some_and(|path| outputs.binary_search_by(|output| output.path.cmp(&path)).is_ok())
    };
    // In another edition the main one's page will do.
    let planned = |path: &str| {
        let url = UrlPath::new(path);
        there(site.config.at_top(&url)) || site.config.edition > 0 && there(url)
    };
    // What an edition takes over is told of once.
    let Some((menus, place)) = site.config.own_menus() else { return };
    for (key, _, address) in site.config.policies.all().filter(|(_, _, address)| !address.contains("://")) {
        if !planned(address) {
            let fault = Diagnostic::error("broken-link", format!("`{}` is no page of this site", excerpt(address, 60)));
            let fault = fault.at(Place::field(settings, FieldPath::key("policies").then(key)));
            diagnostics.push(fault.help("write the address of a page, such as `/corrections-policy/`, or a full one"));
        }
    }
    for (name, entries) in menus {
        for (index, entry) in entries.iter().enumerate() {
            let Err(fault) = links::menu(site, &entry.url) else { continue };
            let path = entry.url.split(['#', '?']).next().unwrap_or_default();
            if fault == Broken::Withheld || planned(path) || planned(&format!("{}/", path.trim_end_matches('/'))) {
                continue;
            }
            let place = place.clone().then(name).index(index).then("url");
            diagnostics.push(fault.diagnostic(&entry.url).at(Place::field(settings, place)));
        }
    }
}
