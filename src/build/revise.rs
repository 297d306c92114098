//! From a loaded site and the files that have changed since to the site as it is now, when that is little.
//!
//! What [`revise`] gives is what [`load`](super::load) would give; it gives nothing when it cannot be sure of that. It
//! knows what to do about texts of articles and about templates.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::diagnostics::{At, Diagnostic, Severity};
use crate::base::hash::Digest;
use crate::base::paths::SourcePath;
use crate::build::fs::{self, Role, SourceFile};
use crate::build::git;
use crate::build::laps::Laps;
use crate::build::{Loaded, Look, Request, content_role, digest_of_text, is_left_out, settings_of, theme};
use crate::content::history::History;
use crate::content::read;
use crate::site::gate::{self, Audience};
use crate::site::ids::ArticleId;
use crate::site::revise::{Revised, revise as revise_site};

/// Most files that are looked at one by one: with more, all are read anew.
const MOST: usize = 16;

/// Puts the texts of articles and the templates that have changed in the place of the old ones; says which articles they
/// are. None when something else has changed, or when the change can be seen elsewhere.
///
/// The caller knows that no other file has changed, and that the moment makes no difference.
pub fn revise(
    before: &Loaded,
    request: &Request,
    changed: &BTreeSet<SourcePath>,
) -> Option<(Loaded, BTreeSet<ArticleId>)> {
    let asks_alike = Request { now: before.request.now, ..request.clone() } == before.request;
    // What an edition in another language takes over is found by assembling all of them.
    let has_editions = !before.site.editions.is_empty();
    if !asks_alike || has_editions || changed.is_empty() || changed.len() > MOST || before.has_new_commit() {
        return None;
    }
    let mut laps = Laps::default();
    let mut loaded = Loaded {
        site: before.site.clone(),
        templates: before.templates.clone(),
        outputs: before.outputs.clone(),
        assets: before.assets.clone(),
        diagnostics: before.diagnostics.clone(),
        root: before.root.clone(),
        request: request.clone(),
        files: before.files.clone(),
        digests: before.digests.clone(),
        since: before.since.clone(),
        bare: before.bare,
        told: before.told.clone(),
        inputs: before.inputs,
        head: before.head.clone(),
        laps: Laps::default(),
        fonts: before.fonts.clone(),
        look: before.look.clone(),
        salt: before.salt,
        ground: before.ground,
    };
    loaded.site.now = request.now;
    let mut articles = BTreeSet::new();
    let mut has_templates = false;
    for path in changed {
        match loaded.file(path).ok()?.role {
            Role::Content => drop(articles.insert(loaded.put(path)?)),
            // Words are seen everywhere, by the site too.
            Role::Template | Role::Theme if theme::is_of_words(path) => return None,
            Role::Template | Role::Asset | Role::Theme => has_templates = true,
            _ => return None,
        }
    }
    if has_templates {
        loaded.dress()?;
    }
    laps.end("read what has changed");
    loaded.laps = laps;
    Some((loaded, articles))
}

impl Loaded {
    /// Reads all templates anew.
    fn dress(&mut self) -> Option<()> {
        let config = self.site.config.clone();
        let files = self.files_of_look();
        for file in &files {
            self.note(file, &read_again(file)?);
        }
        let (theme, told) = theme::load(&files, &config).ok()?;
        let (_, look) = Look::of(theme, told, &config, &self.site.words, self.look.globals.clone());
        // With other assets the pages have other addresses to load them from, and there are other outputs.
        if look.assets != self.look.assets {
            return None;
        }
        self.tell_instead(&self.look.told.clone(), &look.told)?;
        self.templates = look.templates.clone();
        self.look = look;
        Some(())
    }

    /// Whether there is another commit than when the site was loaded, and histories are shown.
    pub(super) fn has_new_commit(&self) -> bool {
        self.site.config.history != History::Off && git::head(&self.root) != self.head
    }

    /// Notes what a file holds now: the next run may go on from here.
    fn note(&mut self, file: &SourceFile, bytes: &[u8]) {
        let digest = digest_of_text(file, bytes);
        self.inputs = Digest::of(&(self.inputs, digest));
        if let Ok(at) = self.files.binary_search_by(|other| other.path.cmp(&file.path)) {
            Arc::make_mut(&mut self.digests)[at] = digest;
        }
        self.since.insert(file.path.clone());
    }

    /// The files of themes and templates, to be read.
    pub(super) fn files_of_look(&self) -> Vec<SourceFile> {
        let is_of_look = |file: &&SourceFile| matches!(file.role, Role::Template | Role::Asset | Role::Theme);
        let files = self.files.iter().filter(is_of_look);
        files.filter(|file| !is_left_out(file, &self.site.config)).cloned().collect()
    }

    /// Tells some things instead of others; none when one of them is an error: a page with errors may be none at all.
    fn tell_instead(&mut self, before: &[Diagnostic], now: &[Diagnostic]) -> Option<()> {
        let lints = &self.site.config.lints;
        let (before, now) = (lints.apply(before.to_vec()), lints.apply(now.to_vec()));
        if before.iter().chain(&now).any(|one| one.severity == Severity::Error) {
            return None;
        }
        for one in before {
            let at = self.diagnostics.iter().position(|other| *other == one)?;
            self.diagnostics.remove(at);
        }
        self.diagnostics.extend(now);
        Some(())
    }

    /// Takes the text that a file has now; returns whose it is.
    fn put(&mut self, path: &SourcePath) -> Option<ArticleId> {
        let file = self.file(path).ok()?.clone();
        let bytes = read_again(&file)?;
        self.note(&file, &bytes);
        let config = self.site.config.clone();
        let role = content_role(path, &self.site.content_root, self.bare, &config);
        let read::Role::Article { .. } = role else { return None };
        let (parsed, told) = read::parse(path, &role, &bytes, &settings_of(&config));
        let audience = Audience {
            clearance: self.request.clearance,
            now: self.request.now,
            drafts: self.request.drafts,
            embargoed: self.request.embargoed,
        };
        let visible = gate::gate_one(parsed?, &audience, &config, &self.site.floors)?;
        let Revised { site, article, told_before, told: doubts } = revise_site(&self.site, visible)?;
        let of_file = self.told.files.get(path).into_iter().flatten();
        let before: Vec<Diagnostic> = of_file.chain(&told_before).cloned().collect();
        let now: Vec<Diagnostic> = told.iter().chain(&doubts).cloned().collect();
        if told_before != doubts {
            self.told.site.retain(|one| !told_before.contains(one));
            self.told.site.extend(doubts);
        }
        self.tell_instead(&before, &[])?;
        if self.diagnostics.iter().any(|other| points_into(other, path)) {
            return None;
        }
        self.tell_instead(&[], &now)?;
        if told.is_empty() {
            if self.told.files.contains_key(path) {
                self.told.files.remove(path);
            }
        } else {
            self.told.files.insert(path.clone(), told);
        }
        self.site = site;
        Some(article)
    }
}

/// The bytes of a file that was found before, if it is a file in the same place still.
pub(super) fn read_again(file: &SourceFile) -> Option<Cow<'_, [u8]>> {
    let real = file.disk.real_path(&file.absolute).ok()?;
    if real == file.absolute { fs::read(file).ok() } else { None }
}

/// Whether something is told of bytes of this file: they may stand elsewhere now.
fn points_into(told: &Diagnostic, path: &SourcePath) -> bool {
    let mut places = told.place.iter().chain(told.related.iter().map(|(place, _)| place));
    places.any(|place| place.path == *path && matches!(place.at, At::Span(_) | At::LineColumn(..)))
}
