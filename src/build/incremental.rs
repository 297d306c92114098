//! A build that does nothing twice: what would be the same as at the last build is not made again.
//!
//! Knows of the last build what [`Memory`] tells. Without it, or with one of another program, everything is made; the
//! bytes are the same either way.

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
use crate::build::report::Report;
use crate::build::sink::Sink;
use crate::build::traces::{Made, Trace, Traces, Why};
use crate::build::{Loaded, RACY, Sources, joined, press};
use crate::outputs::Output;
use crate::render::reads::Sight;
use crate::render::views::Shared;
use crate::site::faces::Faces;

/// What came of a build.
#[derive(Debug)]
pub struct Built {
    /// What is wrong, strictness applied.
    pub diagnostics: Vec<Diagnostic>,
    /// What the next build may start from.
    pub memory: Memory,
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
    let traces: Vec<(&OutputPath, &Trace)> = memory.traces.outputs.iter().collect();
    let kept: Result<Vec<bool>, FsError> = traces
        .par_iter()
        .with_min_len(64)
        .map(|(path, trace)| sink.keep(path, &trace.fingerprint, trace.stamp))
        .collect();
    Ok(kept?.into_iter().all(|kept| kept))
}

/// Makes what has changed since the last build, and keeps the rest.
///
/// `done` is called after each output, on any thread.
pub fn render(
    loaded: &Loaded,
    memory: Option<&Memory>,
    sink: &dyn Sink,
    done: &(dyn Fn() + Sync),
) -> Result<Built, FsError> {
    let shared = Shared::new(&loaded.site);
    let faces = Faces::of(&loaded.site);
    let sight = Sight { shared: &shared, faces: &faces, templates: &loaded.templates };
    let old = memory.map(|memory| &memory.traces);
    let verified = old.map(|traces| traces.verify(loaded.salt, &sight));
    let mut laps = loaded.laps.clone();
    laps.end("look what has changed");
    let pressed: Result<Vec<Pressed>, FsError> = loaded
        .outputs
        .par_iter()
        .map(|output| {
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
                    done();
                    let timed = timed(trace.fingerprint.length, Vec::new());
                    return Ok(Pressed { why: None, made: None, diagnostics: Vec::new(), timed });
                }
                Some(Ok(_)) => Why::Touched,
            };
            let mut diagnostics = Vec::new();
            let views = shared.views();
            let taken = press(loaded, output, &views, sink, &mut diagnostics)?;
            let told = !diagnostics.is_empty();
            let timed = timed(taken.map_or(0, |taken| taken.fingerprint.length), views.take_times());
            let made =
                taken.map(|taken| Made { recipe, reads: views.into_reads(), fingerprint: taken.fingerprint, told });
            done();
            Ok(Pressed { why: Some(why), made, diagnostics, timed })
        })
        .collect();
    laps.end("render");
    let mut diagnostics = Vec::new();
    let mut times = Vec::with_capacity(loaded.outputs.len());
    let (mut made, mut kept) = (Vec::new(), Vec::new());
    let mut outputs = Vec::with_capacity(loaded.outputs.len());
    for (output, pressed) in loaded.outputs.iter().zip(pressed?) {
        diagnostics.extend(pressed.diagnostics);
        made.extend(pressed.made.map(|made| (output.path.clone(), made)));
        if pressed.why.is_none() {
            kept.push(output.path.clone());
        }
        outputs.push((output.path.clone(), pressed.why));
        times.push(pressed.timed);
    }
    let traces = Traces::gather(loaded.salt, &sight, old, made, kept);
    let site = &loaded.site;
    let later = site.articles.iter().filter_map(|article| article.meta.date.as_ref()).map(|date| date.instant);
    let changes = site.withheld.scheduled.iter().map(|next| next.at.instant);
    let mut all = loaded.diagnostics.clone();
    all.extend(site.config.lints.apply(joined(diagnostics)));
    let memory = Memory {
        inputs: loaded.inputs,
        from: site.now.as_nanosecond(),
        until: later.chain(changes).filter(|instant| *instant > site.now).min().map(Timestamp::as_nanosecond),
        diagnostics: all.clone(),
        report: Report::of(site, loaded.outputs.len()),
        traces,
    };
    laps.end("remember");
    Ok(Built { diagnostics: all, memory, outputs, times, laps })
}

/// What became of one output.
struct Pressed {
    why: Option<Why>,
    made: Option<Made>,
    diagnostics: Vec<Diagnostic>,
    timed: Timed,
}

/// Stands for all that makes an output another one and that it does not look up in the site.
fn recipe_of(loaded: &Loaded, output: &Output) -> Digest {
    let name = output.recipe.name();
    match output.recipe.source() {
        None => Digest::of(&*name),
        Some(source) => match loaded.file(source).ok().and_then(|file| file.stamp) {
            Some(stamp) => Digest::of(&(name, stamp)),
            // What the disk does not tell of is copied each time.
            None => Digest::of(&(name, Timestamp::now())),
        },
    }
}

impl Memory {
    /// Notes how the files of a site lie in its folder, so that the next build need not read them.
    pub fn stamp(&mut self, folder: &Path) {
        let now = Timestamp::now().as_nanosecond();
        self.traces.outputs.par_iter_mut().for_each(|(path, trace)| {
            let stamp = RealDisk.stat(&folder.join(path.as_str())).ok().and_then(|found| found.stamp);
            trace.stamp = stamp.filter(|stamp| now - stamp.changed() > RACY);
        });
    }

    /// Whether the site has errors.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}
