//! From a loaded site and the files that have changed since to the site as it is now, when [`revise`](super::revise) has
//! too little to say of it: what hangs on more than one file is found out anew, and no other text is read again.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::diagnostics::Diagnostic;
use crate::base::hash::Digest;
use crate::base::paths::SourcePath;
use crate::build::fs::Role;
use crate::build::laps::Laps;
use crate::build::revise::read_again;
use crate::build::{Globals, Loaded, Look, Request, content_role, digest_of_text, plan, settings_of, theme};
use crate::content::read;
use crate::site::again::assemble_again;
use crate::site::faces::Faces;
use crate::site::gate::{self, Audience};

/// Most files that are looked at one by one: with more, all are read anew.
pub(super) const MOST: usize = 64;

/// Loads the site in which files of articles and entities have changed, and looks at it; none when something else has
/// changed, when one of them is withheld or was, or when something is wrong. `faces` are those of the site before.
///
/// The caller knows that no other file has changed, that none has come or gone, and that the moment makes no difference.
pub fn load_again(
    before: &Loaded,
    faces: &Faces,
    request: &Request,
    changed: &BTreeSet<SourcePath>,
) -> Option<(Loaded, Faces)> {
    let asks_alike = Request { now: before.request.now, ..request.clone() } == before.request;
    let has_editions = !before.site.editions.is_empty();
    let is_much = changed.is_empty() || changed.len() > MOST;
    if !asks_alike || has_editions || before.site.left_out || is_much || before.has_new_commit() {
        return None;
    }
    // What the gate told of a file is not found out anew.
    let is_of_changed = |one: &Diagnostic| one.place.iter().any(|place| changed.contains(&place.path));
    if before.told.around.iter().any(is_of_changed) {
        return None;
    }
    let mut laps = Laps::default();
    let config = before.site.config.clone();
    let (mut told, mut inputs) = ((*before.told).clone(), before.inputs);
    let mut digests = (*before.digests).clone();
    let mut parsed = Vec::with_capacity(changed.len());
    for path in changed {
        let at = before.files.binary_search_by(|file| file.path.cmp(path)).ok()?;
        let file = &before.files[at];
        let role = content_role(path, &before.site.content_root, before.bare, &config);
        let is_known = matches!(role, read::Role::Article { .. } | read::Role::Entity(_) | read::Role::Table(_));
        if file.role != Role::Content || !is_known || before.site.withheld.knows(path) {
            return None;
        }
        let bytes = read_again(file)?;
        digests[at] = digest_of_text(file, &bytes);
        inputs = Digest::of(&(inputs, digests[at]));
        let (one, faults) = read::parse(path, &role, &bytes, &settings_of(&config));
        parsed.push(one?);
        told.files.remove(path);
        if !faults.is_empty() {
            told.files.insert(path.clone(), faults);
        }
    }
    let audience = Audience {
        clearance: request.clearance,
        now: request.now,
        drafts: request.drafts,
        embargoed: request.embargoed,
    };
    let visible = gate::gate_some(parsed, &audience, &config, &before.site.floors)?;
    laps.end("read what has changed");
    let (site, faults) = assemble_again(&before.site, request.now, changed, visible);
    told.site = faults;
    laps.end("assemble");
    let globals = Globals::of(&site, before.look.globals.data.clone());
    let look = if globals == before.look.globals {
        before.look.clone()
    } else {
        let (theme, faults) = theme::load(&before.files_of_look(), &config).ok()?;
        let (_, look) = Look::of(theme, faults, &config, &site.words, globals);
        (look.assets == before.look.assets).then_some(look)?
    };
    laps.end("templates");
    let ((outputs, faults), faces) =
        rayon::join(|| plan(&site, &before.assets), || Faces::after(&site, &before.site, faces));
    told.plan = faults;
    laps.end("plan");
    let loaded = Loaded {
        diagnostics: told.all(&look, &config),
        site,
        templates: look.templates.clone(),
        look,
        outputs: outputs.into(),
        assets: before.assets.clone(),
        fonts: before.fonts.clone(),
        root: before.root.clone(),
        request: request.clone(),
        files: before.files.clone(),
        digests: Arc::new(digests),
        since: before.since.union(changed).cloned().collect(),
        bare: before.bare,
        told: told.into(),
        inputs,
        head: before.head.clone(),
        salt: before.salt,
        ground: before.ground,
        laps,
    };
    Some((loaded, faces))
}
