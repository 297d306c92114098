//! The histories of briefings, out of the commits of git, for a site that shows them (`history:`).
//!
//! A commit of the branch that is built counts as a publication of what it holds; commits on branches that were merged do
//! not. What was never published must not come out here, so the newest commits are looked at first, and the history of a
//! file ends before the first revision
//!
//! - that was not open to this audience, whole, when it was committed: a draft, under embargo, withheld, marked above the
//!   audience, or with a part, judgment or source that was, by its own front matter and by the sections of then;
//! - that would not be open now: it has expired;
//! - that was made under other rules of who may see what (`site.yaml`), or that cannot be read;
//! - or before which the file lay in another folder. A new name in the same folder is followed when git sees the same
//!   bytes under it.
//!
//! What lies before such a revision is left out too: an editor who withdrew a briefing has withdrawn all of it. A file of
//! which anything is withheld now has no history. What the working tree holds besides commits has no part in all this, so
//! one commit gives one site.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::base::dates::Moment;
use crate::base::diagnostics::{Diagnostic, FieldPath, Place, count_errors};
use crate::base::paths::SourcePath;
use crate::base::source_text;
use crate::build::fs::{self, DiscoverOptions};
use crate::build::git::{self, Head};
use crate::build::{Request, content_role, earlier, folder_name, settings_of};
use crate::config::{self, Config};
use crate::content::read::{self, ParsedFile};
use crate::content::vocabulary::Tlp;
use crate::site::gate::{self, Audience, Floors, above};
use crate::site::history::{Histories, Revision};
use crate::site::leaks::leaks;

/// Most revisions of a file that are looked at.
const MOST: usize = 100;

/// The newest commit, where the settings in this text may ask for histories.
pub(super) fn head_for(settings: Option<&[u8]>, root: &Path) -> Option<Head> {
    let asks = settings.is_some_and(|text| memchr::memmem::find(text, b"history").is_some());
    asks.then(|| git::head(root)).flatten()
}

/// What there is to ask for histories.
pub(super) struct Asked<'a> {
    pub(super) request: &'a Request,
    pub(super) config: &'a Config,
    pub(super) content_root: &'a str,
    pub(super) bare: bool,
    pub(super) head: Option<&'a Head>,
    /// The articles of all editions that are shown, and of which nothing is withheld.
    pub(super) shown: HashSet<&'a SourcePath>,
    /// The lowest markings that folders allow, by edition.
    pub(super) floors: Vec<&'a Floors>,
}

/// Finds the histories of a site that shows them.
pub(super) fn histories(asked: &Asked) -> (Histories, Vec<Diagnostic>) {
    if asked.shown.is_empty() {
        return (Histories::default(), Vec::new());
    }
    let unknown = |why: &str, help: &str| {
        let settings = asked.config.path.clone().unwrap_or_else(|| SourcePath::new("site.yaml"));
        let message = format!("no briefing shows its history: {why}");
        let told = Diagnostic::warning("no-history", message).at(Place::field(&settings, FieldPath::key("history")));
        (Histories::default(), vec![told.help(help)])
    };
    let Some(head) = asked.head else {
        return unknown("git knows of no commit of this folder", "commit the site, or take `history:` out");
    };
    if head.is_shallow {
        let help = "fetch them: `git fetch --unshallow`, or `fetch-depth: 0` of actions/checkout";
        return unknown("not all commits are in this copy of the repository", help);
    }
    match Finding::new(asked, head).map(|finding| finding.all()) {
        Some(found) => (found, Vec::new()),
        None => unknown("git does not give what commits hold", "look whether `git log` and `git fsck` are well"),
    }
}

/// What a commit left in a file.
#[derive(Clone, Debug)]
struct State {
    /// The place of the commit, from the newest on.
    at: usize,
    /// The file's path then.
    path: String,
    /// None where there was no file.
    blob: Option<String>,
}

/// The commits of a site, by file.
struct Finding<'a> {
    asked: &'a Asked<'a>,
    made: Vec<Timestamp>,
    /// The revisions of each article by its path now, newest first.
    articles: BTreeMap<&'a SourcePath, Vec<State>>,
    /// The commits at which each section was marked otherwise than before, by folder: newest first.
    sections: BTreeMap<String, Vec<Vec<(usize, Option<Tlp>)>>>,
    /// The last place at which the settings had the rules of now.
    same_rules: Option<usize>,
    blobs: HashMap<String, Vec<u8>>,
}

/// The names of the file with the settings.
const SETTINGS: [&str; 2] = ["site.yaml", "site.yml"];

impl<'a> Finding<'a> {
    /// Reads the commits; none when git does not give them.
    fn new(asked: &'a Asked<'a>, head: &Head) -> Option<Self> {
        let below = if asked.content_root.is_empty() { "." } else { asked.content_root };
        let commits = git::log(&asked.request.root, head, &[&[below], SETTINGS.as_slice()].concat())?;
        let mut names: HashMap<String, &'a SourcePath> =
            asked.shown.iter().map(|path| (path.as_str().to_string(), *path)).collect();
        let mut articles: BTreeMap<&'a SourcePath, Vec<State>> = BTreeMap::new();
        let mut of_sections: BTreeMap<String, Vec<State>> = BTreeMap::new();
        let mut of_settings: [Vec<State>; 2] = Default::default();
        for (at, commit) in commits.iter().enumerate() {
            // All of one commit is seen at once: two files may have changed their names with each other.
            let mut renamed = Vec::new();
            for change in &commit.changes {
                let state =
                    |path: &str, blob: Option<&String>| State { at, path: path.to_string(), blob: blob.cloned() };
                let paths = [(Some(&change.path), change.blob.as_ref()), (change.before.as_ref(), None)];
                for (path, blob) in paths.into_iter().filter_map(|(path, blob)| Some((path?, blob))) {
                    if let Some(which) = SETTINGS.iter().position(|name| name == path) {
                        of_settings[which].push(state(path, blob));
                    } else if is_index(path) {
                        of_sections.entry(path.clone()).or_default().push(state(path, blob));
                    }
                }
                let Some(path) = names.remove(&change.path) else { continue };
                if change.blob.is_none() {
                    continue;
                }
                articles.entry(path).or_default().push(state(&change.path, change.blob.as_ref()));
                match &change.before {
                    Some(before) if folder(before) == folder(&change.path) => renamed.push((before.clone(), path)),
                    Some(_) => {}
                    None if change.is_new => {}
                    None => renamed.push((change.path.clone(), path)),
                }
            }
            names.extend(renamed);
        }
        articles.retain(|_, states| states.len() > 1);
        articles.values_mut().for_each(|states| states.truncate(MOST));
        let of_files = articles.values().chain(of_sections.values()).chain(&of_settings).flatten();
        let wanted: BTreeSet<&str> = of_files.filter_map(|state| state.blob.as_deref()).collect();
        let blobs = git::blobs(&asked.request.root, &wanted, DiscoverOptions::default().text_limit)?;
        let mut finding = Self {
            asked,
            made: commits.iter().map(|commit| commit.made).collect(),
            articles,
            sections: BTreeMap::new(),
            same_rules: None,
            blobs,
        };
        finding.same_rules = finding.rules(&of_settings, commits.len());
        for states in of_sections.values() {
            let (folder, labels) = finding.section(states);
            finding.sections.entry(folder).or_default().push(labels);
        }
        Some(finding)
    }

    fn text(&self, state: &State) -> Option<&[u8]> {
        self.blobs.get(state.blob.as_ref()?).map(Vec::as_slice)
    }

    /// How far back the settings have the rules of now: the place of the oldest commit under them.
    fn rules(&self, of_settings: &[Vec<State>; 2], commits: usize) -> Option<usize> {
        let name = folder_name(&self.asked.request.root);
        let now = self.asked.config;
        let own = now.path.as_ref().map_or(SETTINGS[0], SourcePath::as_str);
        let alike = |then: &Config| earlier::rules(then) == earlier::rules(now) && then.zone_name == now.zone_name;
        let mut last = commits.checked_sub(1)?;
        for (which, states) in of_settings.iter().enumerate() {
            let is_own = SETTINGS[which] == own;
            let without = || !is_own || alike(&config::defaults(&name));
            let is_alike = |state: &State| match (&state.blob, self.text(state)) {
                (None, _) => without(),
                (Some(_), None) => false,
                (Some(_), Some(bytes)) => {
                    let path = SourcePath::new(&state.path);
                    let text = source_text::read(&path, bytes).0;
                    text.is_some_and(|text| {
                        let (then, faults) = config::read(&path, &text, &name);
                        count_errors(&faults) == 0 && alike(&then)
                    })
                }
            };
            match states.iter().position(|state| !is_alike(state)) {
                // The newest commit has other rules than the working tree.
                Some(0) => return None,
                Some(other) => last = last.min(states[other - 1].at),
                None if without() => {}
                // Before the file was there.
                None => last = last.min(states.last()?.at),
            }
        }
        Some(last)
    }

    /// The folder of a section, and how its file marked it, newest first.
    fn section(&self, states: &[State]) -> (String, Vec<(usize, Option<Tlp>)>) {
        let config = self.asked.config;
        let role = |path: &str| content_role(&SourcePath::new(path), self.asked.content_root, self.asked.bare, config);
        let folder = match states.first().map(|state| role(&state.path)) {
            Some(read::Role::Section { folder }) => folder,
            _ => String::new(),
        };
        let label = |state: &State| {
            state.blob.as_ref()?;
            let path = SourcePath::new(&state.path);
            let parsed = self.text(state).and_then(|bytes| {
                let (parsed, faults) = read::parse(&path, &role(&state.path), bytes, &settings_of(config));
                parsed.filter(|_| count_errors(&faults) == 0)
            });
            match parsed {
                Some(ParsedFile::Section(parsed, _)) => parsed.meta.tlp,
                // Nobody knows what it said.
                _ => Some(Tlp::Red),
            }
        };
        (folder, states.iter().map(|state| (state.at, label(state))).collect())
    }

    /// The lowest marking that a folder allowed at a commit.
    fn floor_then(&self, folder: &str, at: usize) -> Option<Tlp> {
        let then = |labels: &Vec<(usize, Option<Tlp>)>| labels.iter().find(|(since, _)| *since >= at)?.1;
        above(folder).filter_map(|folder| self.sections.get(folder)).flatten().filter_map(then).max()
    }

    fn all(&self) -> Histories {
        let found: Vec<(SourcePath, Vec<(Revision, Option<Timestamp>)>)> = self
            .articles
            .par_iter()
            .map(|(path, states)| {
                ((*path).clone(), states.iter().map_while(|state| self.revision(path, state)).collect())
            })
            .collect();
        let found = found.into_iter().filter(|(_, revisions)| revisions.len() > 1);
        let mut histories = Histories::default();
        for (path, revisions) in found {
            let untils = revisions.iter().filter_map(|(_, until)| *until);
            histories.until = untils.chain(histories.until).min();
            histories.by_path.insert(path, revisions.into_iter().map(|(revision, _)| revision).collect());
        }
        histories
    }

    /// A revision that was published, and until when it may be shown; `now` is the article's path now.
    fn revision(&self, now: &SourcePath, state: &State) -> Option<(Revision, Option<Timestamp>)> {
        let Asked { request, config, content_root, bare, .. } = *self.asked;
        let made = *self.made.get(state.at)?;
        self.same_rules.filter(|last| state.at <= *last)?;
        let path = SourcePath::new(&state.path);
        let role = content_role(&path, content_root, bare, config);
        let read::Role::Article { folder } = &role else { return None };
        if config.ignore.iter().any(|pattern| fs::is_ignored(pattern, path.as_str())) {
            return None;
        }
        let place = config.place_of(content_root, &path).unwrap_or_else(|| path.clone());
        let (parsed, faults) = read::parse_version(&path, &place, &role, self.text(state)?, &settings_of(config));
        if count_errors(&faults) > 0 {
            return None;
        }
        // A clock that ran ahead opens no embargo.
        let then = made.min(request.now);
        let audience = Audience { clearance: request.clearance, now: then, drafts: false, embargoed: false };
        let floors = self.asked.floors.get(config.edition_of(content_root, now))?;
        let file = match leaks("history") {
            false => gate::gate_one(parsed?, &audience, config, floors)?.into_inner(),
            true => gate::visible_article(
                parsed?,
                &Audience { clearance: Tlp::Red, now: Timestamp::MAX, drafts: true, embargoed: true },
                config,
                floors,
            )?,
        };
        let marking = file.marking.max(self.floor_then(folder, state.at));
        if marking > Some(request.clearance) && !leaks("history") {
            return None;
        }
        let expires = file.meta.expires.as_ref().map(|expires| expires.instant);
        if expires.is_some_and(|expires| expires <= request.now) {
            return None;
        }
        let until = expires.into_iter().chain(Some(made).filter(|made| *made > request.now)).min();
        Some((Revision::of(file, Moment::at(made, &config.zone, true), marking, config), until))
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a file tells of its folder: `_index.md`, also in another language.
fn is_index(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("_index.") && (name.ends_with(".md") || name.ends_with(".markdown"))
}
