//! From a changed site to the tree that is served: the one place where the preview calls the build.
//!
//! [`rebuild`] is all that knows how pages come about. It is given what was made before, so that whatever is able to
//! build on that may do so, and it returns everything anew: values in, values out.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;

use crate::base::diagnostics::{Diagnostic, Place, Severity};
use crate::base::paths::{OutputPath, SourcePath};
use crate::base::report::{self, Located};
use crate::build::again::load_again;
use crate::build::fs_error::FsError;
use crate::build::incremental::{self, Known, Rest};
use crate::build::kept::{self, Resumed, Sight};
use crate::build::memory::Memory;
use crate::build::revise::revise;
use crate::build::turns::Onlooker;
use crate::build::{self, Loaded, Request};
use crate::serve::coming::Coming;
use crate::serve::kept::{KeepingSink, Kept};
use crate::serve::tree::{Entry, Redirect, Routes, Tree};
use crate::site::Site;
use crate::site::faces::Faces;

/// A site as one audience sees it, and what is wrong with it.
#[derive(Debug)]
pub struct Made {
    /// What is served.
    pub tree: Tree,
    /// What is wrong, with places.
    pub problems: Vec<Located>,
    /// The site behind it, for the desk’s bar; none when it could not be read at all.
    pub loaded: Option<Arc<Loaded>>,
    /// What changed of late besides pages: pictures, styles.
    pub recent: Recent,
    /// Whether the texts of some articles are all that changed: no file has come or gone, and the settings are the same.
    pub is_revision: bool,
    /// Whether this is the site of an earlier preview, or little else.
    pub is_resumed: bool,
    /// What the next build may start from.
    kept: Option<Arc<Kept>>,
}

/// The files besides pages that changed of late.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    /// All changes after this generation are there.
    from: u64,
    /// Generation and address, oldest first.
    changes: Vec<(u64, String)>,
}

/// Most changes that are remembered: who missed more loads everything anew.
const MOST_RECENT: usize = 500;

impl Recent {
    /// The addresses that changed after a generation, each once; `None` when that is too long ago to know.
    pub fn since(&self, generation: u64) -> Option<BTreeSet<&str>> {
        let newer = self.changes.iter().filter(|(at, _)| *at > generation);
        (generation >= self.from).then(|| newer.map(|(_, address)| address.as_str()).collect())
    }

    fn with(&self, tree: &Tree, generation: u64) -> Self {
        let mut recent = self.clone();
        let new = tree.files().iter().filter(|(_, entry)| entry.since == generation && !entry.is_page());
        recent.changes.extend(new.map(|(path, _)| (generation, tree.address_of(path))));
        if let Some(over) = recent.changes.len().checked_sub(MOST_RECENT + 1) {
            recent.from = recent.changes[over].0;
            recent.changes.drain(..=over);
        }
        recent
    }
}

impl Made {
    /// Keeps the site for the next preview.
    pub fn keep(&self, place: &Path) -> std::io::Result<()> {
        let (Some(loaded), Some(kept)) = (&self.loaded, &self.kept) else { return Ok(()) };
        kept::write(loaded, kept.before().faces, place).map(drop)
    }

    /// The number of errors.
    pub fn errors(&self) -> usize {
        crate::base::report::count(&self.problems, Severity::Error)
    }

    /// When the site changes next by itself after `moment`.
    pub fn next_change(&self, moment: Timestamp) -> Option<Timestamp> {
        let scheduled = &self.loaded.as_ref()?.site.withheld.scheduled;
        scheduled.iter().map(|next| next.at.instant).find(|next| *next > moment)
    }
}

/// What a rebuild is given besides the site's folder.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// What to build, and for whom.
    pub request: &'a Request,
    /// The number of this version: entries that differ from those of `previous` carry it.
    pub generation: u64,
    /// The files that have changed since the version before; none when more may have: the moment, the settings.
    pub changed: Option<&'a BTreeSet<SourcePath>>,
    /// Whether pages that cannot be made stay as they were. Only where nobody but the author looks: what has become
    /// secret since must not stay.
    pub keep_good: bool,
    /// Where the site of an earlier preview may lie, for the first build.
    pub kept: Option<&'a Path>,
}

/// Told of a site of which many pages are to be made, before the first is; says whether it may be shown already.
pub type Announce<'a> = &'a mut (dyn FnMut(Arc<Coming>) -> bool + Send);

/// Fewer outputs than these are made before anybody could ask for one of them.
const FEW: usize = 64;

/// Builds the site anew. Never fails: what is wrong is in the result, and what was good before stays.
pub fn rebuild(previous: Option<&Arc<Made>>, order: &Order, announce: Announce) -> Made {
    let made = || match revise_all(previous, order, announce)? {
        Some(made) => Ok(made),
        None => build_all(previous, order, announce),
    };
    let previous = previous.map(Arc::as_ref);
    match catch_unwind(AssertUnwindSafe(made)) {
        Ok(Ok(made)) => made,
        Ok(Err(error)) => unreadable(previous, &error),
        Err(_) => as_before(
            previous,
            Diagnostic::error("internal", "Crossbrief failed while building the site").help(
                "this is a mistake of Crossbrief, not of the site: please report it with the text that was just saved",
            ),
        ),
    }
}

/// What is served when the site cannot be read at all: what was served before.
pub fn unreadable(previous: Option<&Made>, error: &FsError) -> Made {
    let fault = Diagnostic::error("unreadable-site", error.to_string());
    as_before(previous, fault.maybe_help(error.help().map(str::to_string)))
}

fn as_before(previous: Option<&Made>, fault: Diagnostic) -> Made {
    Made {
        tree: previous.map(|made| made.tree.clone()).unwrap_or_default(),
        problems: report::locate_all(&[fault], &|_| None),
        loaded: previous.and_then(|made| made.loaded.clone()),
        recent: previous.map(|made| made.recent.clone()).unwrap_or_default(),
        is_revision: false,
        is_resumed: false,
        kept: previous.and_then(|made| made.kept.clone()),
    }
}

/// Makes the pages anew that show the texts which have changed, when that is all there is to do.
fn revise_all(previous: Option<&Arc<Made>>, order: &Order, announce: Announce) -> Result<Option<Made>, FsError> {
    let Some(previous) = previous.filter(|made| made.errors() == 0) else { return Ok(None) };
    let (Some(loaded), Some(kept), Some(changed)) = (&previous.loaded, &previous.kept, order.changed) else {
        return Ok(None);
    };
    if !kept.memory.holds_at(order.request.now) {
        return Ok(None);
    }
    let Some((loaded, articles)) = revise(loaded, order.request, changed) else { return Ok(None) };
    let loaded = Arc::new(loaded);
    let sink = KeepingSink::after(Some(kept));
    let course = Course::new(&loaded, &sink, Some(previous), order, true, announce);
    let built = incremental::render_revised(&loaded, &kept.before(), &articles, Rest::Elsewhere, &sink, &course)?;
    drop(course);
    let Some(built) = built else { return Ok(None) };
    let problems = report::locate_all(&built.diagnostics, &|path| loaded.source_text(path));
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return Ok(None);
    }
    let (mut tree, mut files) = (previous.tree.clone(), kept.files.clone());
    for (path, file) in sink.into_files() {
        let Some(last) = previous.tree.files().get(path.as_str()) else { return Ok(None) };
        let entry = Entry::of_file(&path, &file, last.origin.clone());
        let since = if entry.etag == last.etag { last.since } else { order.generation };
        tree.put(path.to_string(), Entry { since, ..entry });
        files.insert(path, file);
    }
    let recent = previous.recent.with(&tree, order.generation);
    let kept = Arc::new(Kept::new(files, built.memory, built.faces, built.told));
    Ok(Some(Made {
        tree,
        problems,
        loaded: Some(loaded),
        recent,
        is_revision: true,
        is_resumed: false,
        kept: Some(kept),
    }))
}

fn build_all(previous: Option<&Arc<Made>>, order: &Order, announce: Announce) -> Result<Made, FsError> {
    let before = previous.and_then(|made| made.kept.as_deref());
    let (loaded, seen, is_resumed) = match load_after(previous.map(Arc::as_ref), order) {
        Some((loaded, faces)) => (loaded, Some(faces), false),
        None => {
            let (loaded, seen) = load(order, before.map(|kept| &kept.memory))?;
            let is_resumed = seen.is_some();
            (loaded, seen, is_resumed)
        }
    };
    let loaded = Arc::new(loaded);
    let sink = KeepingSink::after(before);
    let course = Course::new(&loaded, &sink, previous, order, false, announce);
    let faces = seen.unwrap_or_else(|| Faces::of(&loaded.site));
    let built = incremental::render_seen(&loaded, faces, Known::here(before.map(|kept| &kept.memory)), &sink, &course)?;
    drop(course);
    let kept = Arc::new(Kept::new(sink.into_files(), built.memory, built.faces, built.told));
    let origins: BTreeMap<&OutputPath, Option<&SourcePath>> =
        loaded.outputs.iter().map(|output| (&output.path, output.origin.as_ref())).collect();
    let entries = kept.files.iter().map(|(path, file)| {
        let last = previous.and_then(|made| made.tree.files().get(path.as_str()));
        let entry = Entry::of_file(path, file, origins.get(path).copied().flatten().cloned());
        let since = last.filter(|last| last.etag == entry.etag).map_or(order.generation, |last| last.since);
        (path.to_string(), Entry { since, ..entry })
    });
    let tree = Tree::new(entries.collect(), routes(&loaded));
    let problems = report::locate_all(&built.diagnostics, &|path| loaded.source_text(path));
    // Of the first tree nothing is news.
    let recent = match previous {
        Some(made) => made.recent.with(&tree, order.generation),
        None => Recent { from: order.generation, changes: Vec::new() },
    };
    let made = Made { tree, problems, loaded: Some(loaded), recent, is_revision: false, is_resumed, kept: Some(kept) };
    Ok(match previous.filter(|_| order.keep_good && made.errors() > 0) {
        Some(good) => with_good(made, good, &errors_by_file(&built.diagnostics)),
        None => made,
    })
}

/// Loads the site out of that before, when it is known which files have changed and they are few.
fn load_after(previous: Option<&Made>, order: &Order) -> Option<(Loaded, Faces)> {
    let made = previous?;
    let kept = made.kept.as_ref().filter(|kept| kept.memory.holds_at(order.request.now))?;
    load_again(made.loaded.as_ref()?, kept.before().faces, order.request, order.changed?)
}

/// Loads the site: out of what an earlier preview kept, when little has changed since; then what is to be seen of it comes
/// with it.
fn load(order: &Order, memory: Option<&Memory>) -> Result<(Loaded, Option<Faces>), FsError> {
    let kept = order.kept.and_then(build::kept::Kept::open);
    let mut sources = build::discover_knowing(order.request, kept.as_ref())?;
    sources.placeholders = memory.map(|memory| memory.placeholders.clone()).unwrap_or_default();
    let resumed = kept.and_then(|kept| kept.resume(order.request, &sources, &BTreeSet::new()));
    if let Some(Resumed { loaded, sight, .. }) = resumed {
        match sight {
            Sight::Now(faces) => return Ok((loaded, Some(faces))),
            Sight::Then(mut faces, articles) => {
                if faces.revise(&loaded.site, &articles).is_some() {
                    return Ok((loaded, Some(faces)));
                }
            }
        }
    }
    Ok((build::load_sources(order.request, sources)?, None))
}

/// Shows the outputs of a build one by one, from the moment at which it is known which there will be.
struct Course<'a> {
    loaded: &'a Arc<Loaded>,
    sink: &'a KeepingSink<'a>,
    previous: Option<&'a Arc<Made>>,
    order: &'a Order<'a>,
    is_revision: bool,
    announce: Mutex<Announce<'a>>,
    coming: OnceLock<Arc<Coming>>,
}

impl<'a> Course<'a> {
    fn new(
        loaded: &'a Arc<Loaded>,
        sink: &'a KeepingSink<'a>,
        previous: Option<&'a Arc<Made>>,
        order: &'a Order<'a>,
        is_revision: bool,
        announce: Announce<'a>,
    ) -> Self {
        Self { loaded, sink, previous, order, is_revision, announce: Mutex::new(announce), coming: OnceLock::new() }
    }
}

impl Onlooker for Course<'_> {
    fn begins(&self, places: &[usize]) {
        let is_wrong = self.loaded.diagnostics.iter().any(|one| one.severity == Severity::Error);
        // Which pages must stay as they were because of an error is known at the end.
        if places.len() <= FEW || (is_wrong && self.previous.is_some()) {
            return;
        }
        let routes = match self.previous.filter(|_| self.is_revision) {
            Some(made) => made.tree.routes().clone(),
            None => routes(self.loaded),
        };
        // Of the first site nobody can have missed anything.
        let since = if self.previous.is_some() { self.order.generation - 1 } else { self.order.generation };
        let (loaded, previous) = (self.loaded.clone(), self.previous.cloned());
        let coming = Coming::new(loaded, routes, places.to_vec(), previous, self.order.keep_good, since);
        let coming = Arc::new(coming);
        let mut announce = self.announce.lock().unwrap_or_else(PoisonError::into_inner);
        if announce(coming.clone()) {
            let _ = self.coming.set(coming);
        }
    }

    fn wants(&self) -> Option<usize> {
        self.coming.get()?.next()
    }

    fn done(&self, place: usize, told: &[Diagnostic]) {
        let Some(coming) = self.coming.get() else { return };
        let output = &self.loaded.outputs[place];
        let told = self.loaded.site.config.lints.apply(told.to_vec());
        let is_wrong = told.iter().any(|one| one.severity == Severity::Error);
        let file = self.sink.get(&output.path).filter(|_| !is_wrong || self.previous.is_none());
        coming.put(place, file.map(|file| Entry::of_file(&output.path, &file, output.origin.clone())));
    }
}

impl Drop for Course<'_> {
    fn drop(&mut self) {
        if let Some(coming) = self.coming.get() {
            coming.end();
        }
    }
}

/// How addresses lead to outputs. Old addresses stand by the path at which a host would look for them.
fn routes(loaded: &Loaded) -> Routes {
    let of_edition = |edition| {
        let Site { config, redirects, .. }: &Site = edition;
        redirects.iter().filter_map(|redirect| {
            let to = config.href(&redirect.to);
            Some((redirect.from.output().ok()?.to_string(), Redirect { to, status: 301 }))
        })
    };
    let redirects = loaded.site.all_editions().flat_map(of_edition);
    Routes::new(&loaded.site.config.base_path, redirects.collect())
}

/// The files that have errors.
fn errors_by_file(diagnostics: &[Diagnostic]) -> BTreeSet<SourcePath> {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors.filter_map(|error| error.place.as_ref().map(|place: &Place| place.path.clone())).collect()
}

/// Puts the last good version in the place of each page that is wrong or missing because of an error; with errors in
/// the settings, of all.
///
/// What was served last is good: it went through here itself.
fn with_good(made: Made, good: &Made, wrong: &BTreeSet<SourcePath>) -> Made {
    let is_settings =
        |path: &SourcePath| matches!(path.as_str(), "site.yaml" | "site.yml") || path.file_name() == "theme.yaml";
    if wrong.iter().any(is_settings) {
        return Made { tree: good.tree.clone(), loaded: good.loaded.clone().or(made.loaded), ..made };
    }
    let outputs = made.loaded.iter().flat_map(|loaded| loaded.outputs.iter());
    let planned: BTreeSet<&str> = outputs.map(|output| output.path.as_str()).collect();
    let is_wrong = |entry: &Entry| entry.origin.as_ref().is_some_and(|path| wrong.contains(path));
    let mut tree = made.tree.clone();
    for (path, entry) in good.tree.files() {
        let stays = match made.tree.files().get(path) {
            Some(now) => is_wrong(now),
            // Its page could not be made; or its file could not be read, so that it is not even planned.
            None => planned.contains(path.as_str()) || is_wrong(entry),
        };
        if stays {
            tree.put(path.clone(), entry.clone());
        }
    }
    Made { tree, ..made }
}
