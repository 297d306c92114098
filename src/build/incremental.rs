//! A build that does nothing twice: what would be the same as at the last build is not made again.
//!
//! Knows of the last build what [`Memory`] tells. Without it, or with one of another program, everything is made; the
//! bytes are the same either way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::base::diagnostics::{Diagnostic, Severity};
use crate::base::hash::Digest;
use crate::base::paths::OutputPath;
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
    /// Each output, and why it was made; none when it was kept.
    pub outputs: Vec<(OutputPath, Option<Why>)>,
    /// How each output was made, in the same order.
    pub times: Vec<Timed>,
    /// How long all took.
    pub laps: Laps,
}

impl Built {
    /// Outputs that were made.
    pub fn made(&self) -> usize {
        self.outputs.iter().filter(|(_, why)| why.is_some()).count()
    }
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

/// Makes what has changed since the last build, and keeps the rest.
///
/// The onlooker may say what is made first.
pub fn render(
    loaded: &Loaded,
    memory: Option<&Memory>,
    sink: &dyn Sink,
    onlooker: &dyn Onlooker,
) -> Result<Built, FsError> {
    render_seen(loaded, Faces::of(&loaded.site), memory, sink, onlooker)
}

/// As [`render`], for a caller who has looked at the site.
pub fn render_seen(
    loaded: &Loaded,
    faces: Faces,
    memory: Option<&Memory>,
    sink: &dyn Sink,
    onlooker: &dyn Onlooker,
) -> Result<Built, FsError> {
    let shared = Shared::new(&loaded.site);
    let sight = Sight { shared: &shared, faces: &faces, templates: &loaded.templates };
    let old = memory.map(|memory| &memory.traces);
    let verified = old.map(|traces| traces.verify(loaded.salt, &sight));
    let mut laps = loaded.laps.clone();
    let notes = Notes::new(sight);
    laps.end("look what has changed");
    let places: Vec<usize> = (0..loaded.outputs.len()).collect();
    let pressed = in_turn(&places, onlooker, |place| {
        let output = &loaded.outputs[place];
        let from = laps.now();
        let timed = |bytes: u64, templates| Timed {
            from,
            took: laps.now() - from,
            thread: rayon::current_thread_index().unwrap_or(0),
            sort: output.recipe.name(),
            templates,
            bytes,
        };
        let recipe = recipe_of(loaded, output);
        let why = match verified.as_ref().map(|verified| verified.trace(&output.path, recipe)) {
            None => Why::NoMemory,
            Some(Err(why)) => why,
            Some(Ok(trace)) if sink.keep(&output.path, &trace.fingerprint, trace.stamp)? => {
                onlooker.done(place, &[]);
                let timed = timed(trace.fingerprint.length, Vec::new());
                return Ok(Pressed { why: None, made: None, diagnostics: Vec::new(), timed });
            }
            Some(Ok(_)) => Why::Touched,
        };
        let mut diagnostics = Vec::new();
        let views = output.views(&shared);
        let earlier = old.and_then(|old| old.outputs.get(&output.path));
        let out = press(loaded, output, &views, sink, earlier, &mut diagnostics)?;
        let told = !diagnostics.is_empty();
        let timed = timed(out.map_or(0, |out| out.taken.fingerprint.length), views.take_times());
        let reads = |views: Views| notes.take(views.into_reads());
        let made = out.map(|Out { taken, drawn }| Made {
            recipe,
            reads: reads(views),
            fingerprint: taken.fingerprint,
            told,
            drawn,
        });
        onlooker.done(place, &diagnostics);
        Ok(Pressed { why: Some(why), made, diagnostics, timed })
    })?;
    laps.end("render");
    let mut told = BTreeMap::new();
    let mut times = Vec::with_capacity(loaded.outputs.len());
    let (mut made, mut kept) = (Vec::new(), Vec::new());
    let mut outputs = Vec::with_capacity(loaded.outputs.len());
    for (at, (output, pressed)) in loaded.outputs.iter().zip(pressed).enumerate() {
        if !pressed.diagnostics.is_empty() {
            told.insert(at, pressed.diagnostics);
        }
        made.extend(pressed.made.map(|made| (output.path.clone(), made)));
        if pressed.why.is_none() {
            kept.push(output.path.clone());
        }
        outputs.push((output.path.clone(), pressed.why));
        times.push(pressed.timed);
    }
    let traces = Traces::gather(loaded.salt, notes, old, made, kept);
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
        kept: None,
        since: BTreeSet::new(),
    };
    laps.end("remember");
    Ok(Built { diagnostics: all, memory, faces, told, outputs, times, laps })
}

impl Loaded {
    /// The next moment at which the same files give another site.
    pub(super) fn next_change(&self) -> Option<Timestamp> {
        let site = &self.site;
        let articles = || site.all_editions().flat_map(|edition| &edition.articles);
        let dates = || articles().filter_map(|article| article.meta.date.as_ref()).map(|date| date.instant);
        let news = dates().filter_map(sitemap::news_until);
        let changes = site.withheld.scheduled.iter().map(|next| next.at.instant);
        dates().chain(changes).chain(news).filter(|instant| *instant > site.now).min()
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
        let timed = Timed {
            from,
            took: laps.now() - from,
            thread: rayon::current_thread_index().unwrap_or(0),
            sort: output.recipe.name(),
            templates: views.take_times(),
            bytes: out.map_or(0, |out| out.taken.fingerprint.length),
        };
        let made = out.map(|Out { taken, drawn }| Made {
            recipe,
            reads: views.into_reads(),
            fingerprint: taken.fingerprint,
            told,
            drawn,
        });
        onlooker.done(place, &diagnostics);
        Ok((made, diagnostics, timed))
    })?;
    laps.end("render");
    let mut told = before.told.clone();
    let mut made_all = Vec::with_capacity(concerned.len());
    let mut outputs = Vec::with_capacity(concerned.len());
    let mut times = Vec::with_capacity(concerned.len());
    for (at, (made, diagnostics, timed)) in concerned.into_iter().zip(pressed) {
        times.push(timed);
        let output = &loaded.outputs[at];
        told.remove(&at);
        if !diagnostics.is_empty() {
            told.insert(at, diagnostics);
        }
        let Some(made) = made else { return Ok(None) };
        made_all.push((output.path.clone(), made));
        outputs.push((output.path.clone(), Some(Why::Changed(Vec::new()))));
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
        kept: before.memory.kept,
        since: before.memory.since.clone(),
    };
    laps.end("remember");
    Ok(Some(Built { diagnostics: all, memory, faces, told, outputs, times, laps }))
}

/// What became of one output.
struct Pressed {
    why: Option<Why>,
    made: Option<Made<Noted>>,
    diagnostics: Vec<Diagnostic>,
    timed: Timed,
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
