//! The builder: one thread that waits for changes, rebuilds, and publishes what it made.
//!
//! Takes [`Event`]s, gives [`State`]s through a watch channel; whoever serves reads the newest and never waits for a
//! build, except for a view that does not exist yet. Hints of the file system are gathered until it is quiet for a
//! moment, and then held against the bytes; a file that is gone or empty is looked at again first, since many editors
//! make it so for an instant.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use tokio::sync::watch as channel;

use crate::base::paths::{SourcePath, percent_decode};
use crate::build::Request;
use crate::build::checkout::Checkout;
use crate::build::fs::DiscoverOptions;
use crate::build::fs_error::FsError;
use crate::build::inputs::{Difference, Inputs, Scope};
use crate::build::kept::Kept;
use crate::content::vocabulary::Tlp;
use crate::serve::burst::Burst;
use crate::serve::coming::Coming;
use crate::serve::rebuild::{Made, Order, rebuild, unreadable};
use crate::serve::watch::{Fault, Hint, Watcher};

/// How long a file may be gone or empty before that is taken to be meant: editors need a few milliseconds, network
/// drives some more.
const GRACE: Duration = Duration::from_millis(200);
/// How long after a new folder all files are looked at once more: some may have come before the folder was watched.
const SECOND_LOOK: Duration = Duration::from_millis(300);
/// How often the wall clock is compared with the other one, which stands still while the machine sleeps.
const TICK: Duration = Duration::from_secs(20);
/// How often a site's folder that is gone is looked for.
const SEARCH: Duration = Duration::from_millis(500);
/// How long a view that nobody asks for any more is kept up to date.
const VIEW_LIFE: Duration = Duration::from_secs(300);
/// Builds in a row that are thrown away because files changed under them.
const MOST_DISCARDED: u32 = 2;
/// How long nothing must happen before the site is kept for the next preview.
const IDLE: Duration = Duration::from_secs(1);
/// Files that are changed at once and still followed: more are no saving by an author.
const MOST_FOLLOWED: usize = 3;

/// For whose eyes a site is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum View {
    /// The desk’s: all that the options let through.
    Desk,
    /// As `build` makes it for an audience: no drafts, no embargoes.
    Readers(Tlp),
}

impl View {
    /// The word for it in cookies and scripts: `desk`, `clear`, `amber-strict`.
    pub fn word(self) -> &'static str {
        match self {
            View::Desk => "desk",
            View::Readers(label) => label.slug(),
        }
    }
}

impl Sight {
    /// The views that somebody with these eyes may take: no more than what they see anyway.
    pub fn views(&self) -> Vec<View> {
        let readers = Tlp::ALL.into_iter().filter(|label| *label <= self.clearance).map(View::Readers);
        std::iter::once(View::Desk).chain(readers).collect()
    }
}

/// What is shown to the desk.
#[derive(Clone, Debug)]
pub struct Sight {
    /// Highest label.
    pub clearance: Tlp,
    /// Drafts too.
    pub drafts: bool,
    /// What is under embargo too.
    pub embargoed: bool,
    /// The moment as of which all is shown, instead of the present.
    pub at: Option<Timestamp>,
}

/// What to preview.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The site's folder, all links followed.
    pub root: PathBuf,
    /// Folders that are not part of the site.
    pub skip: Vec<PathBuf>,
    /// Address of the site, instead of that of `site.yaml`.
    pub base_url: Option<String>,
    /// What the desk sees.
    pub sight: Sight,
    /// Looks at all files this often, instead of waiting to be told.
    pub poll: Option<Duration>,
    /// Whether pages that cannot be made stay as they were.
    pub keep_good: bool,
}

impl Settings {
    fn request(&self, view: View, now: Timestamp) -> Request {
        let (clearance, drafts, embargoed) = match view {
            View::Desk => (self.sight.clearance, self.sight.drafts, self.sight.embargoed),
            View::Readers(clearance) => (clearance, false, false),
        };
        Request {
            root: self.root.clone(),
            skip: self.skip.clone(),
            clearance,
            drafts,
            embargoed,
            now: self.sight.at.unwrap_or(now),
            base_url: self.base_url.clone(),
        }
    }
}

/// What the builder waits for.
#[derive(Debug)]
pub enum Event {
    /// Something may have changed.
    Hint(Hint),
    /// Somebody looks at the site with these eyes.
    Wanted(View),
    /// The end.
    Stop,
}

/// The newest of everything.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Counts the builds.
    pub generation: u64,
    /// The site for each pair of eyes that asked.
    pub views: BTreeMap<View, Arc<Made>>,
    /// The page of the file that was saved last, with the generation that made it.
    pub saved: Option<(u64, String)>,
    /// The site that is being made, and for whom.
    pub coming: Option<(View, Arc<Coming>)>,
}

impl State {
    /// What these eyes see: the site that is being made, else the one that was made last.
    pub fn of(&self, view: View) -> Option<Seen> {
        match self.coming.as_ref().filter(|(of, _)| *of == view) {
            Some((_, coming)) => Some(Seen::Coming(coming.clone())),
            None => self.views.get(&view).map(|made| Seen::Made(made.clone())),
        }
    }

    /// Whether this is the site that is being made.
    pub fn is_making(&self, site: &Arc<Coming>) -> bool {
        self.coming.as_ref().is_some_and(|(_, coming)| Arc::ptr_eq(coming, site))
    }
}

/// A site as somebody sees it.
#[derive(Clone, Debug)]
pub enum Seen {
    /// Made.
    Made(Arc<Made>),
    /// Being made.
    Coming(Arc<Coming>),
}

/// What the builder tells for the terminal.
#[derive(Debug)]
pub enum Told<'a> {
    /// A build is published.
    Built {
        /// What was made.
        made: &'a Made,
        /// The source files that changed; empty for the first build, and when only time has passed.
        changed: &'a BTreeSet<SourcePath>,
        /// Outputs that differ from those before.
        outputs: usize,
        /// How long it took.
        took: Duration,
    },
    /// Changes are found by looking every so often, for this reason.
    Polling(&'a str),
}

/// Told from the builder's thread.
pub type Tell = Box<dyn Fn(&Told) + Send>;

/// Starts the builder; the end of `events` ends it as [`Event::Stop`] does.
pub fn start(settings: Settings, tell: Tell) -> std::io::Result<(mpsc::Sender<Event>, channel::Receiver<Arc<State>>)> {
    let (sender, events) = mpsc::channel();
    let (publish, states) = channel::channel(Arc::new(State::default()));
    let hints = sender.clone();
    let thread = std::thread::Builder::new().name("builder".to_string());
    thread.spawn(move || Builder::new(settings, events, hints, publish, tell).run())?;
    Ok((sender, states))
}

struct Builder {
    settings: Settings,
    events: mpsc::Receiver<Event>,
    hints: mpsc::Sender<Event>,
    publish: channel::Sender<Arc<State>>,
    tell: Tell,
    watcher: Option<Watcher>,
    checkout: Checkout,
    /// Why all files are looked at now and then, when nobody tells of changes.
    poll: Option<Duration>,
    /// None while the site's folder cannot be read.
    inputs: Option<Inputs>,
    state: State,
    /// When each view but the desk's was asked for last.
    wanted: BTreeMap<View, Instant>,
    /// What was found to be gone or empty, and when it was last touched.
    held: Option<(Scope, Instant)>,
    second_look: Option<Instant>,
    next_poll: Instant,
    /// Changes that are built in no published state.
    unpublished: BTreeSet<SourcePath>,
    discarded: u32,
    /// True when what is published is not what was read last.
    stale: bool,
    /// The moment of the last build.
    built: Timestamp,
    /// When what may wait is done, if nothing happens before.
    leisure_at: Option<Instant>,
    /// Whether the site is to be kept for the next preview.
    is_unkept: bool,
}

impl Builder {
    fn new(
        settings: Settings,
        events: mpsc::Receiver<Event>,
        hints: mpsc::Sender<Event>,
        publish: channel::Sender<Arc<State>>,
        tell: Tell,
    ) -> Self {
        let poll = settings.poll;
        Self {
            checkout: Checkout::around(&settings.root),
            settings,
            events,
            hints,
            publish,
            tell,
            watcher: None,
            poll,
            inputs: None,
            state: State::default(),
            wanted: BTreeMap::new(),
            held: None,
            second_look: None,
            next_poll: Instant::now(),
            unpublished: BTreeSet::new(),
            discarded: 0,
            stale: false,
            built: Timestamp::now(),
            leisure_at: None,
            is_unkept: false,
        }
    }

    fn run(mut self) {
        self.open();
        let (mut clock, mut wall) = (Instant::now(), SystemTime::now());
        loop {
            let mut burst = Burst::gather(&self.events, self.patience(), &self.checkout);
            if burst.stop {
                return;
            }
            // The machine slept: what it missed is anybody's guess.
            burst.anything |= has_slept(wall.elapsed().unwrap_or_default(), clock.elapsed());
            (clock, wall) = (Instant::now(), SystemTime::now());
            self.turn(burst);
        }
    }

    /// Reads the site for the first time, or again after its folder was gone.
    fn open(&mut self) {
        // Watched first: what changes while the files are read is told.
        self.watch();
        let options = DiscoverOptions { skip: self.settings.skip.clone(), ..DiscoverOptions::default() };
        match Inputs::read(&self.settings.root, options) {
            Ok(inputs) => {
                self.inputs = Some(inputs);
                self.build_all(false);
            }
            Err(error) => self.lose(&error),
        }
    }

    fn watch(&mut self) {
        if self.poll.is_some() {
            return;
        }
        let hints = self.hints.clone();
        let bare = crate::build::fs::is_bare(&self.settings.root);
        let tell = move |hint| drop(hints.send(Event::Hint(hint)));
        match Watcher::new(&self.settings.root, bare, tell) {
            Ok(watcher) => self.watcher = Some(watcher),
            Err(fault) => self.poll_instead(&fault),
        }
    }

    /// Looks at all files now and then, because the system does not tell.
    fn poll_instead(&mut self, fault: &Fault) {
        if !self.settings.root.is_dir() {
            return;
        }
        self.watcher = None;
        self.poll = Some(Duration::from_secs(1));
        let why = match fault {
            Fault::Limit => {
                "the system’s limit of watched folders is reached (Linux: raise `fs.inotify.max_user_watches` and `max_user_instances`)"
            }
            Fault::Other(why) => why.as_str(),
        };
        (self.tell)(&Told::Polling(why));
    }

    /// How long there is nothing to do unless something happens.
    fn patience(&self) -> Duration {
        let until = |at: Instant| at.saturating_duration_since(Instant::now());
        let mut patience = TICK;
        if let Some((_, touched)) = &self.held {
            patience = patience.min(until(*touched + GRACE));
        }
        if let Some(at) = self.second_look {
            patience = patience.min(until(at));
        }
        if self.poll.is_some() {
            patience = patience.min(until(self.next_poll));
        }
        if let Some(at) = self.leisure_at {
            patience = patience.min(until(at));
        }
        if self.inputs.is_none() {
            patience = patience.min(SEARCH);
        }
        if let Some(change) = self.next_change() {
            let left = change.duration_since(Timestamp::now()).max(jiff::SignedDuration::ZERO).unsigned_abs();
            // A little late rather than a little early.
            patience = patience.min(left + Duration::from_millis(5));
        }
        patience
    }

    /// When a view changes next by itself.
    fn next_change(&self) -> Option<Timestamp> {
        if self.settings.sight.at.is_some() {
            return None;
        }
        self.state.views.values().filter_map(|made| made.next_change(self.built)).min()
    }

    /// Does what there is to do.
    fn turn(&mut self, burst: Burst) {
        let now = Instant::now();
        for view in &burst.views {
            self.wanted.insert(*view, now);
        }
        if self.inputs.is_none() {
            if self.settings.root.is_dir() {
                self.open();
            }
            return;
        }
        self.watch_new(&burst);
        let due = |at: Instant| at <= now;
        let mut everything = burst.anything;
        if self.poll.is_some() && due(self.next_poll) {
            everything = true;
        }
        if self.second_look.is_some_and(due) {
            self.second_look = None;
            everything = true;
        }
        let touched = burst.has_hints();
        let grace_over = self.held.as_ref().is_some_and(|(_, touched)| due(*touched + GRACE));
        let scope = match self.held.take() {
            Some((Scope::Everything, _)) => Some(Scope::Everything),
            _ if everything => Some(Scope::Everything),
            Some((Scope::Paths(mut held), at)) => {
                held.extend(burst.paths);
                if touched || grace_over {
                    Some(Scope::Paths(held))
                } else {
                    self.held = Some((Scope::Paths(held), at));
                    None
                }
            }
            None => touched.then_some(Scope::Paths(burst.paths)),
        };
        if let Some(scope) = scope {
            self.look(scope, grace_over && !touched);
        }
        match self.leisure_at {
            Some(_) if touched => self.leisure_at = Some(now + IDLE),
            Some(at) if due(at) => self.use_leisure(),
            _ => {}
        }
        if let Some(poll) = self.poll {
            self.next_poll = Instant::now() + poll;
        }
        if self.next_change().is_some_and(|change| change <= Timestamp::now()) {
            self.build_all(false);
        }
        self.build_missing_views();
    }

    /// Watches folders that came; all of them anew when nobody can tell which.
    fn watch_new(&mut self, burst: &Burst) {
        if burst.anything {
            self.watch();
            self.follow();
        }
        if !burst.new_folders.is_empty() {
            self.second_look = Some(Instant::now() + SECOND_LOOK);
        }
        let root = self.settings.root.clone();
        let top = burst.paths.iter().filter(|path| {
            path.parent() == Some(root.as_path()) && crate::build::fs::folders().any(|name| path.ends_with(name))
        });
        let mut fault = None;
        if let Some(watcher) = &mut self.watcher {
            for folder in top {
                fault = fault.or(watcher.add(folder).err());
            }
        }
        if let Some(fault) = fault {
            self.poll_instead(&fault);
        }
    }

    /// Looks at files and rebuilds when they hold other bytes; with `meant`, what is gone or empty is meant to be.
    fn look(&mut self, scope: Scope, meant: bool) {
        let Some(inputs) = &self.inputs else { return };
        match inputs.compare(&scope) {
            Err(error) => self.lose(&error),
            Ok(difference) if difference.is_empty() => {
                if self.stale {
                    self.build_all(false);
                }
            }
            Ok(difference) if difference.has_vanished() && !meant => self.held = Some((scope, Instant::now())),
            Ok(difference) => {
                self.accept(difference);
                self.build_all(true);
            }
        }
    }

    fn accept(&mut self, difference: Difference) {
        self.unpublished.extend(difference.paths().cloned());
        if let Some(inputs) = &mut self.inputs {
            inputs.accept(difference);
        }
    }

    /// The site's folder cannot be read.
    fn lose(&mut self, error: &FsError) {
        let started = Instant::now();
        self.inputs = None;
        self.watcher = None;
        self.held = None;
        self.state.generation += 1;
        let views: Vec<View> = std::iter::once(View::Desk).chain(self.state.views.keys().copied()).collect();
        for view in views {
            let made = Arc::new(unreadable(self.state.views.get(&view).map(Arc::as_ref), error));
            self.state.views.insert(view, made);
        }
        self.publish(started);
    }

    /// Rebuilds all views, the desk's first, and publishes each; unless files changed meanwhile. With `changed`, nothing
    /// is different from what is published but the files that were found to have changed.
    fn build_all(&mut self, changed: bool) {
        let now = Instant::now();
        self.wanted.retain(|_, at| now.duration_since(*at) < VIEW_LIFE);
        let started = Instant::now();
        let changed = changed.then(|| self.unpublished.clone());
        let may_wait = self.discarded < MOST_DISCARDED && self.state.views.contains_key(&View::Desk);
        let (made, is_shown) = self.build(View::Desk, changed.as_ref(), may_wait);
        if may_wait && !is_shown && self.has_moved() {
            // Files were read while they were being written. What they hold now is built instead.
            self.discarded += 1;
            self.stale = true;
            return;
        }
        self.discarded = 0;
        self.stale = false;
        self.state.views.insert(View::Desk, made);
        self.state.views.retain(|view, _| *view == View::Desk || self.wanted.contains_key(view));
        self.publish(started);
        for view in self.wanted.keys().copied().collect::<Vec<_>>() {
            let (made, _) = self.build(view, changed.as_ref(), false);
            self.state.views.insert(view, made);
            self.publish.send_replace(Arc::new(self.state.clone()));
        }
    }

    fn build_missing_views(&mut self) {
        for view in self.wanted.keys().copied().collect::<Vec<_>>() {
            if !self.state.views.contains_key(&view) {
                let (made, _) = self.build(view, None, false);
                self.state.views.insert(view, made);
                self.publish.send_replace(Arc::new(self.state.clone()));
            }
        }
    }

    /// Builds a view. Says too whether it was shown already while its pages were made; with `may_wait` it is not when
    /// files have changed meanwhile.
    fn build(&mut self, view: View, changed: Option<&BTreeSet<SourcePath>>, may_wait: bool) -> (Arc<Made>, bool) {
        self.state.generation += 1;
        self.built = Timestamp::now();
        let request = self.settings.request(view, self.built);
        let keep_good = self.settings.keep_good && view == View::Desk;
        let place = Kept::of_preview(&self.settings.root);
        let may_be_kept = view == View::Desk && self.settings.sight.at.is_none();
        let is_first = !self.state.views.contains_key(&view);
        let kept = (may_be_kept && is_first).then_some(place.as_path());
        let order = Order { request: &request, generation: self.state.generation, changed, keep_good, kept };
        let previous = self.state.views.get(&view).cloned();
        let mut is_shown = false;
        let mut announce = |coming| {
            is_shown = !(may_wait && self.has_moved());
            if is_shown {
                self.publish.send_replace(Arc::new(State { coming: Some((view, coming)), ..self.state.clone() }));
            }
            is_shown
        };
        let made = rebuild(previous.as_ref(), &order, &mut announce);
        if view == View::Desk && !made.is_revision {
            self.settle(&made);
            let is_worth_it = may_be_kept && !made.is_resumed && made.errors() == 0;
            self.is_unkept |= is_worth_it;
            self.leisure_at = Some(Instant::now() + IDLE);
        }
        (Arc::new(made), is_shown)
    }

    /// Reads what was not read yet, and keeps the site for the next preview. That it cannot be kept is no fault: that one takes longer to begin.
    fn use_leisure(&mut self) {
        self.leisure_at = None;
        if let Some(inputs) = &mut self.inputs {
            inputs.read_rest();
        }
        if !self.is_unkept {
            return;
        }
        self.is_unkept = false;
        if let Some(made) = self.state.views.get(&View::Desk).filter(|made| made.errors() == 0) {
            let _ = made.keep(&Kept::of_preview(&self.settings.root));
        }
    }

    /// Heeds what a build says of the files themselves.
    fn settle(&mut self, made: &Made) {
        let (Some(loaded), Some(inputs)) = (&made.loaded, &mut self.inputs) else { return };
        if inputs.ignore(&loaded.site.config.ignore) {
            // What is no longer looked at is no change.
            if let Ok(difference) = inputs.compare(&Scope::Everything) {
                inputs.accept(difference);
            }
        }
        self.follow();
    }

    /// Watches the folders to which links lead.
    fn follow(&mut self) {
        let (Some(watcher), Some(inputs)) = (&mut self.watcher, &self.inputs) else { return };
        if let Err(fault) = watcher.follow(inputs.folders().into_iter(), inputs.is_bare()) {
            self.poll_instead(&fault);
        }
    }

    /// Whether files changed since the build began. What was told meanwhile is kept for the next turn.
    fn has_moved(&mut self) -> bool {
        let mut burst = Burst::default();
        while let Ok(event) = self.events.try_recv() {
            burst.take(event);
        }
        let now = Instant::now();
        for view in &burst.views {
            self.wanted.insert(*view, now);
        }
        if burst.stop {
            let _ = self.hints.send(Event::Stop);
            return false;
        }
        if !burst.has_hints() {
            return false;
        }
        self.watch_new(&burst);
        let scope = if burst.anything { Scope::Everything } else { Scope::Paths(burst.paths) };
        let Some(inputs) = &self.inputs else { return false };
        match inputs.compare(&scope) {
            Ok(difference) if difference.is_empty() => false,
            Ok(_) | Err(_) => {
                let hint = match scope {
                    Scope::Everything => Hint::Anything,
                    Scope::Paths(paths) => Hint::Paths(paths.into_iter().collect()),
                };
                let _ = self.hints.send(Event::Hint(hint));
                true
            }
        }
    }

    fn publish(&mut self, started: Instant) {
        let changed = std::mem::take(&mut self.unpublished);
        let generation = self.state.generation;
        let Some(made) = self.state.views.get(&View::Desk).cloned() else { return };
        if let Some(page) = page_of(&made, &changed) {
            self.state.saved = Some((generation, page));
        }
        self.publish.send_replace(Arc::new(self.state.clone()));
        let outputs = made.tree.files().iter().filter(|(_, entry)| entry.since == generation).count();
        (self.tell)(&Told::Built { made: &made, changed: &changed, outputs, took: started.elapsed() });
    }
}

/// Whether the machine slept in a time that took so long by the wall and by the clock that stands still meanwhile.
fn has_slept(wall: Duration, clock: Duration) -> bool {
    wall.saturating_sub(clock) > TICK / 2
}

/// The address of the page of the files that an author just saved.
fn page_of(made: &Made, changed: &BTreeSet<SourcePath>) -> Option<String> {
    let loaded = made.loaded.as_ref().filter(|_| changed.len() <= MOST_FOLLOWED)?;
    let site = &loaded.site;
    changed.iter().find_map(|path| {
        let edition = site.edition_with(path);
        edition.by_source.get(path).and_then(|target| percent_decode(&edition.href_of(*target)))
    })
}

/// The folders and files that are watched, as they are there.
pub fn watched(root: &Path) -> Vec<String> {
    if crate::build::fs::is_bare(root) {
        return vec!["this folder".to_string()];
    }
    let names = crate::build::fs::folders().chain(["site.yaml", "site.yml"]);
    names.filter(|name| root.join(name).exists()).map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_asleep_is_noticed_and_a_busy_minute_is_not() {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        assert!(has_slept(minutes(61), minutes(1)));
        assert!(has_slept(minutes(60), Duration::ZERO));
        assert!(!has_slept(minutes(1), minutes(1)));
        // A clock that was set back.
        assert!(!has_slept(Duration::ZERO, minutes(1)));
        assert!(!has_slept(Duration::from_millis(20_300), TICK));
    }
}
