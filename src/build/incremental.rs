//! A build that does nothing twice: what would be the same as at the last build is not made again.
//!
//! Knows of the last build what [`Memory`] tells. Without it, or with one of another program, everything is made; the
//! bytes are the same either way.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::base::diagnostics::{Diagnostic, Severity};
use crate::base::hash::Digest;
use crate::base::paths::OutputPath;
use crate::build::cache::stock::{Find, Stock};
use crate::build::cache::{Cache, LONGEST};
use crate::build::disk::{Disk, RealDisk};
use crate::build::fs_error::FsError;
use crate::build::laps::{Laps, Timed};
use crate::build::memory::Memory;
use crate::build::press::{Out, press};
use crate::build::report::Report;
use crate::build::sink::Sink;
use crate::build::traces::{Made, Noted, Notes, Trace, Traces, Why};
use crate::build::turns::{Onlooker, in_turn};
use crate::build::{Loaded, RACY, Sources, joined};
use crate::outputs::Output;
use crate::render::reads::Sight;
use crate::render::views::{Shared, Views};
use crate::site::faces::Faces;
use crate::site::ids::ArticleId;
use crate::site::sitemap;
use crate::site::{Placeholders, Site};

/// What came of a build.
#[derive(Debug)]
pub struct Built {
    /// What is wrong, strictness applied.
    pub diagnostics: Vec<Diagnostic>,
    /// What the next build may start from.
    pub memory: Memory,
    /// What there was to see of the site.
    pub faces: Faces,
    /// What was told of outputs, by their places in the plan, strictness not applied.
    pub told: BTreeMap<usize, Vec<Diagnostic>>,
    /// Each output, and how it came to be.
    pub outputs: Vec<(OutputPath, Came)>,
    /// How each output was made, in the same order; nothing where nobody asked for it.
    pub times: Vec<Timed>,
    /// How long all took.
    pub laps: Laps,
    /// What had to do with a shared cache.
    pub shared: Shares,
}

impl Built {
    /// Outputs that were made.
    pub fn made(&self) -> usize {
        self.outputs.iter().filter(|(_, came)| matches!(came, Came::Made(_))).count()
    }
}

/// How an output came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// It lay there from the last build.
    Kept,
    /// It came out of the shared cache.
    Shared,
    /// It was made.
    Made(Why),
}

/// What a build had to do with a shared cache.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// Outputs that came out of it.
    pub taken: usize,
    /// Bytes that came for that.
    pub bytes: u64,
    /// Outputs that may be in it, in the order of the plan.
    pub sharable: Vec<OutputPath>,
    /// Those of them that are not, or not as they should be.
    pub lacking: Vec<OutputPath>,
    /// What is wrong with it.
    pub told: Option<String>,
}

/// Keeps the whole site when nothing at all has changed since the last build; says whether it could.
pub fn keep_all(sources: &Sources, now: Timestamp, memory: &Memory, sink: &dyn Sink) -> Result<bool, FsError> {
    if memory.inputs != sources.inputs || !memory.holds_at(now) {
        return Ok(false);
    }
    keep_each(&memory.traces.outputs.iter().collect::<Vec<_>>(), sink)
}

/// Lets the sink keep outputs; says whether it could keep all.
fn keep_each(traces: &[(&OutputPath, &Trace)], sink: &dyn Sink) -> Result<bool, FsError> {
    let keep = |(path, trace): &(&OutputPath, &Trace)| sink.keep(path, &trace.fingerprint, trace.stamp);
    let kept: Result<Vec<bool>, FsError> = traces.par_iter().with_min_len(64).map(keep).collect();
    Ok(kept?.into_iter().all(|kept| kept))
}

/// What outputs may be taken from instead of being made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// What the last build here kept.
    pub memory: Option<&'a Memory>,
    /// What builds elsewhere made.
    pub cache: Option<&'a Cache>,
}

impl<'a> Known<'a> {
    /// From this machine alone.
    pub fn here(memory: Option<&'a Memory>) -> Self {
        Self { memory, cache: None }
    }
}

/// Makes what has changed since the last build, and keeps the rest.
///
/// The onlooker may say what is made first.
pub fn render(loaded: &Loaded, earlier: Known, sink: &dyn Sink, onlooker: &dyn Onlooker) -> Result<Built, FsError> {
    render_seen(loaded, Faces::of(&loaded.site), earlier, sink, onlooker)
}

/// As [`render`], for a caller who has looked at the site.
pub fn render_seen(
    loaded: &Loaded,
    faces: Faces,
    earlier: Known,
    sink: &dyn Sink,
    onlooker: &dyn Onlooker,
) -> Result<Built, FsError> {
    let shared = Shared::new(&loaded.site);
    let sight = Sight { shared: &shared, faces: &faces, templates: &loaded.templates };
    let by_name = LazyCell::new(|| faces.by_name());
    let old = earlier.memory.map(|memory| &memory.traces);
    let verified = old.map(|traces| traces.verify(loaded.salt, &by_name, &sight));
    let mut laps = loaded.laps.clone();
    let notes = Notes::new(sight);
    laps.end("look what has changed");
    let mut shares = Shares::default();
    let stock = earlier.cache.map(|cache| cache.against(&by_name, &sight));
    let (stock, finds) = match stock {
        None => (None, Vec::new()),
        Some(mut stock) => {
            let finds: Vec<Option<Find>> =
                loaded.outputs.par_iter().map(|output| found(loaded, &stock, output)).collect();
            let is_here = |output: &Output| {
                verified.as_ref().is_some_and(|here| here.trace(&output.path, recipe_of(loaded, output)).is_ok())
            };
            let there = loaded.outputs.iter().zip(&finds).filter(|(output, _)| !is_here(output));
            shares.told = stock.fetch(there.filter_map(|(_, find)| *find));
            laps.end("shared cache");
            (Some(stock), finds)
        }
    };
    let places: Vec<usize> = (0..loaded.outputs.len()).collect();
    let pressed = in_turn(&places, onlooker, |place| {
        let output = &loaded.outputs[place];
        let from = laps.now();
        let timed = |bytes: u64, templates| laps.by_output.then(|| laps.timed(output, from, templates, bytes));
        let done = |how: How, bytes: u64| {
            onlooker.done(place, &[]);
            Box::new(Pressed { how, diagnostics: Vec::new(), bytes, timed: timed(bytes, Vec::new()) })
        };
        let recipe = recipe_of(loaded, output);
        let why = match verified.as_ref().map(|verified| verified.trace(&output.path, recipe)) {
            None => Why::NoMemory,
            Some(Err(why)) => why,
            Some(Ok(trace)) if sink.keep(&output.path, &trace.fingerprint, trace.stamp)? => {
                return Ok(done(How::Kept, trace.fingerprint.length));
            }
            Some(Ok(_)) => Why::Touched,
        };
        if let Some((stock, find)) = stock.as_ref().zip(finds.get(place).copied().flatten())
            && let Some(bytes) = stock.take(&find)
        {
            sink.put(&output.path, &bytes)?;
            return Ok(done(How::Shared(find.table), bytes.len() as u64));
        }
        let mut diagnostics = Vec::new();
        let views = output.views(&shared);
        let earlier = old.and_then(|old| old.outputs.get(&output.path));
        let out = press(loaded, output, &views, sink, earlier, &mut diagnostics)?;
        let told = !diagnostics.is_empty();
        let bytes = out.map_or(0, |out| out.taken.fingerprint.length);
        let timed = timed(bytes, views.take_times());
        let reads = |views: Views| notes.take(views.into_reads());
        let made = out.map(|Out { taken, drawn }| Made {
            recipe,
            reads: reads(views),
            fingerprint: taken.fingerprint,
            told,
            drawn,
        });
        onlooker.done(place, &diagnostics);
        Ok(Box::new(Pressed { how: How::Made(why, made), diagnostics, bytes, timed }))
    })?;
    let noted = notes.finish();
    // What pages share is let go of before what is remembered of them is gathered.
    shared.let_go();
    laps.end("render");
    let mut told = BTreeMap::new();
    let mut times = Vec::new();
    let (mut made, mut kept) = (Vec::with_capacity(pressed.len()), Vec::new());
    let mut taken: BTreeMap<usize, Vec<OutputPath>> = BTreeMap::new();
    let mut outputs = Vec::with_capacity(loaded.outputs.len());
    for (at, (output, pressed)) in loaded.outputs.iter().zip(pressed).enumerate() {
        let Pressed { how, diagnostics, bytes, timed } = *pressed;
        let path = &output.path;
        if stock.is_some() && may_be_shared(output, bytes, &diagnostics) {
            shares.sharable.push(path.clone());
            let is_there = matches!(how, How::Shared(_)) || matches!(how, How::Kept) && finds[at].is_some();
            if !is_there && !matches!(how, How::Made(_, None)) {
                shares.lacking.push(path.clone());
            }
        }
        if !diagnostics.is_empty() {
            told.insert(at, diagnostics);
        }
        let came = match how {
            How::Kept => {
                kept.push(path.clone());
                Came::Kept
            }
            How::Shared(table) => {
                shares.taken += 1;
                taken.entry(table).or_default().push(path.clone());
                Came::Shared
            }
            How::Made(why, one) => {
                made.extend(one.map(|one| (path.clone(), Trace::from(one))));
                Came::Made(why)
            }
        };
        outputs.push((path.clone(), came));
        times.extend(timed);
    }
    shares.bytes = stock.as_ref().map_or(0, Stock::fetched);
    let from_stock = taken.into_iter().filter_map(|(table, paths)| Some((stock.as_ref()?.traces(table), paths)));
    let taken_over = old.map(|old| (old, kept)).into_iter().chain(from_stock).collect();
    let traces = Traces::gather(loaded.salt, noted, made, taken_over);
    if stock.is_some() {
        // Their traces may name what is withheld.
        let shared = Shared::new(&loaded.site);
        let dead = traces.with_dead_links(&Sight { shared: &shared, faces: &faces, templates: &loaded.templates });
        shares.sharable.retain(|path| !dead.contains(path));
        shares.lacking.retain(|path| !dead.contains(path));
    }
    let site = &loaded.site;
    let all = all_told(loaded, &told);
    let memory = Memory {
        inputs: loaded.inputs,
        from: site.now.as_nanosecond(),
        until: loaded.next_change().map(Timestamp::as_nanosecond),
        diagnostics: all.clone(),
        report: Report::of(site, loaded.outputs.len()),
        traces,
        told: told.clone(),
        placeholders: placeholders(site),
        kept: None,
        since: BTreeSet::new(),
    };
    laps.end("remember");
    drop(stock);
    Ok(Built { diagnostics: all, memory, faces, told, outputs, times, laps, shared: shares })
}

/// What was found out of the pictures of a site.
fn placeholders(site: &Site) -> Placeholders {
    let all = site.attachments.values().filter(|_| site.config.placeholders);
    all.filter_map(|file| Some((file.content?, file.placeholder))).collect()
}

/// An output that a shared cache has, as it would be made here.
fn found<'a>(loaded: &Loaded, stock: &Stock<'a>, output: &Output) -> Option<Find<'a>> {
    let is_made = output.recipe.source().is_none();
    is_made.then(|| stock.find(&output.path, recipe_of(loaded, output))).flatten()
}

/// Whether an output may be in a shared cache: not what is but copied, and not what anything is told of, which must be
/// told again.
fn may_be_shared(output: &Output, bytes: u64, diagnostics: &[Diagnostic]) -> bool {
    diagnostics.is_empty() && output.recipe.source().is_none() && bytes <= LONGEST
}

impl Loaded {
    /// The next moment at which the same files give another site.
    pub(super) fn next_change(&self) -> Option<Timestamp> {
        let site = &self.site;
        let articles = || site.all_editions().flat_map(|edition| &edition.articles);
        let dates = || articles().filter_map(|article| article.meta.date.as_ref()).map(|date| date.instant);
        let news = dates().filter_map(sitemap::news_until);
        let changes = site.withheld.scheduled.iter().map(|next| next.at.instant);
        let of_histories = site.histories.until;
        dates().chain(changes).chain(news).chain(of_histories).filter(|instant| *instant > site.now).min()
    }
}

/// What was told of a site and of its outputs, strictness applied.
fn all_told(loaded: &Loaded, of_outputs: &BTreeMap<usize, Vec<Diagnostic>>) -> Vec<Diagnostic> {
    let mut all = loaded.diagnostics.clone();
    let told = joined(of_outputs.values().flatten().cloned().collect());
    all.extend(loaded.site.config.lints.apply(told));
    all
}

/// What the last build made, as far as the next one in the same process needs to know it.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
    /// What it kept.
    pub memory: &'a Memory,
    /// What there was to see of the site.
    pub faces: &'a Faces,
    /// What was told of its outputs.
    pub told: &'a BTreeMap<usize, Vec<Diagnostic>>,
}

/// What becomes of the outputs that a revision does not make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// The sink is asked to keep them as they lie.
    Keep,
    /// The sink is not told of them.
    Elsewhere,
}

/// Makes the outputs that see something of articles whose texts have changed, and no others. None when something else
/// than these articles could be seen to have changed, when the sink cannot keep the rest, or when an output cannot be
/// made: then the sink is to forget what it got.
pub fn render_revised(
    loaded: &Loaded,
    before: &Before,
    articles: &BTreeSet<ArticleId>,
    rest: Rest,
    sink: &dyn Sink,
    onlooker: &dyn Onlooker,
) -> Result<Option<Built>, FsError> {
    let mut laps = loaded.laps.clone();
    let mut faces = before.faces.clone();
    let Some(changed) = faces.revise(&loaded.site, articles) else { return Ok(None) };
    let shared = Shared::new(&loaded.site);
    let sight = Sight { shared: &shared, faces: &faces, templates: &loaded.templates };
    let mut traces = before.memory.traces.clone();
    let seen = match rest {
        // The traces may be of a later site than the faces: what an edit did since that is taken back now is the same for
        // the faces, and another for the outputs.
        Rest::Keep => faces.by_name(),
        Rest::Elsewhere => changed.into_iter().collect(),
    };
    let mut concerned = traces.revise(&seen, &sight);
    // What is told of an error may name what stands elsewhere now.
    let is_wrong = |told: &[Diagnostic]| told.iter().any(|one| one.severity == Severity::Error);
    let wrong = before.told.iter().filter(|(_, told)| is_wrong(told)).map(|(at, _)| loaded.outputs[*at].path.clone());
    concerned.extend(wrong);
    laps.end("look what has changed");
    if rest == Rest::Keep {
        let old = &before.memory.traces.outputs;
        let others: Vec<(&OutputPath, &Trace)> = old.iter().filter(|(path, _)| !concerned.contains(*path)).collect();
        if old.len() != loaded.outputs.len() || !keep_each(&others, sink)? {
            return Ok(None);
        }
        laps.end("keep the rest");
    }
    let places = || (0..loaded.outputs.len()).into_par_iter().with_min_len(4096);
    let concerned: Vec<usize> = places().filter(|place| concerned.contains(&loaded.outputs[*place].path)).collect();
    let pressed = in_turn(&concerned, onlooker, |place| {
        let output = &loaded.outputs[place];
        let from = laps.now();
        let mut diagnostics = Vec::new();
        let views = output.views(&shared);
        let earlier = before.memory.traces.outputs.get(&output.path);
        let out = press(loaded, output, &views, sink, earlier, &mut diagnostics)?;
        let told = !diagnostics.is_empty();
        let recipe = recipe_of(loaded, output);
        let bytes = out.map_or(0, |out| out.taken.fingerprint.length);
        let timed = laps.by_output.then(|| laps.timed(output, from, views.take_times(), bytes));
        let made = out.map(|Out { taken, drawn }| Made {
            recipe,
            reads: views.into_reads(),
            fingerprint: taken.fingerprint,
            told,
            drawn,
        });
        onlooker.done(place, &diagnostics);
        Ok(Box::new((made, diagnostics, timed)))
    })?;
    laps.end("render");
    let mut told = before.told.clone();
    let mut made_all = Vec::with_capacity(concerned.len());
    let mut outputs = Vec::with_capacity(concerned.len());
    let mut times = Vec::new();
    for (at, pressed) in concerned.into_iter().zip(pressed) {
        let (made, diagnostics, timed) = *pressed;
        times.extend(timed);
        let output = &loaded.outputs[at];
        told.remove(&at);
        if !diagnostics.is_empty() {
            told.insert(at, diagnostics);
        }
        let Some(made) = made else { return Ok(None) };
        made_all.push((output.path.clone(), made));
        outputs.push((output.path.clone(), Came::Made(Why::Changed(Vec::new()))));
    }
    let all = all_told(loaded, &told);
    let memory = Memory {
        inputs: loaded.inputs,
        from: loaded.site.now.as_nanosecond(),
        until: before.memory.until,
        diagnostics: all.clone(),
        report: before.memory.report.clone(),
        traces: traces.with_made(&sight, made_all),
        told: told.clone(),
        placeholders: before.memory.placeholders.clone(),
        kept: before.memory.kept,
        since: before.memory.since.clone(),
    };
    laps.end("remember");
    Ok(Some(Built { diagnostics: all, memory, faces, told, outputs, times, laps, shared: Shares::default() }))
}

/// What became of one output.
struct Pressed {
    how: How,
    diagnostics: Vec<Diagnostic>,
    bytes: u64,
    timed: Option<Timed>,
}

impl Laps {
    /// How an output was made that was begun at `from`.
    fn timed(&self, output: &Output, from: Duration, templates: Vec<(Box<str>, Duration)>, bytes: u64) -> Timed {
        let (took, thread) = (self.now() - from, rayon::current_thread_index().unwrap_or(0));
        Timed { from, took, thread, sort: output.recipe.name(), templates, bytes }
    }
}

/// How one output came to be.
enum How {
    Kept,
    /// Out of this table of the shared cache.
    Shared(usize),
    /// None when it could not be made.
    Made(Why, Option<Made<Noted>>),
}

/// Stands for all that makes an output another one and that it does not look up in the site.
fn recipe_of(loaded: &Loaded, output: &Output) -> Digest {
    let name = output.recipe.name();
    match output.recipe.source() {
        None if !output.versions.is_empty() => Digest::of(&(name, &output.versions)),
        None => Digest::of(&*name),
        Some(source) => match loaded.file(source).ok().and_then(|file| file.stamp) {
            Some(stamp) => Digest::of(&(name, stamp)),
            // What the disk does not tell of is copied each time.
            None => Digest::of(&(name, Timestamp::now())),
        },
    }
}

impl Memory {
    /// Notes how the files of a site lie in its folder, so that the next build need not read them: all of them, or those
    /// alone of which it is not known.
    pub fn stamp(&mut self, folder: &Path, all: bool) {
        let now = Timestamp::now().as_nanosecond();
        let traces = self.traces.outputs.whole_mut().par_iter_mut();
        traces.filter(|(_, trace)| all || trace.stamp.is_none()).for_each(|(path, trace)| {
            let stamp = RealDisk.stat(&folder.join(path.as_str())).ok().and_then(|found| found.stamp);
            trace.stamp = stamp.filter(|stamp| now - stamp.changed() > RACY);
        });
    }

    /// Whether the site has errors.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}
