//! What each output looked at when it was made: an output that would see the same again is not made again.
//!
//! Verifying traces with early cutoff, as in Mokhov, Mitchell and Peyton Jones, "Build Systems à la Carte" (2018). Each
//! output notes what it read, by name; the digests of what it saw there are kept once for all outputs, since all of them
//! belong to one build. Nothing of this is trusted that a digest does not prove, and without it a build is only slower.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::hash::Digest;
use crate::base::held::Held;
use crate::base::layered::Layered;
use crate::base::paths::{OutputPath, SourcePath};
use crate::build::disk::Stamp;
use crate::build::manifest::Fingerprint;
use crate::content::markdown::LinkTarget;
use crate::content::vocabulary::Tlp;
use crate::render::reads::{Read, Sight};
use crate::site::faces::FaceName;

/// The traces of one build.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Traces {
    /// Stands for what all outputs depend on: the program, the settings, the audience.
    pub(super) salt: Digest,
    names: Held<Vec<Name>>,
    seen: Vec<Digest>,
    pub(super) outputs: Layered<OutputPath, Trace>,
}

/// The trace of one output.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trace {
    /// Stands for the recipe.
    pub(super) recipe: Digest,
    /// Places in the list of names.
    reads: Vec<u32>,
    /// Its bytes.
    pub(super) fingerprint: Fingerprint,
    /// The file, as it lay there after the build.
    pub(super) stamp: Option<Stamp>,
    /// Whether something was told of it: then it is made again, so that it is told again.
    pub(super) told: bool,
    /// Stands for what it was drawn from, when it is a drawing.
    pub(super) drawn: Option<Digest>,
}

/// Something that was looked at, by a name that it keeps from build to build.
///
/// Flat, since it is read from tables that anybody may have written: what nests can nest without end. And small, since most
/// are names of faces: what is longer lies elsewhere, and is shared with what was noted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Name {
    /// The number of the edition in which it was looked at; 0 for faces, whose names tell it.
    edition: usize,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum What {
    Face(FaceName),
    Link(Arc<(SourcePath, LinkTarget, Tlp)>),
    Picture(Arc<(SourcePath, String)>),
    Person(Box<str>),
    Template(Box<str>),
    Component(Box<str>),
}

impl Name {
    fn of(read: &Read, sight: &Sight) -> Self {
        let what = match read {
            Read::Face(face) => What::Face(sight.faces.name(*face)),
            Read::Link(link) => What::Link(link.clone()),
            Read::Picture(picture) => What::Picture(picture.clone()),
            Read::Person(name) => What::Person(name.clone()),
            Read::Template(name) => What::Template(name.clone()),
            Read::Component(name) => What::Component(name.clone()),
            Read::Of(number, read) => {
                let name = Name::of(read, &sight.of_edition(*number));
                let edition = if matches!(name.what, What::Face(_)) { 0 } else { *number };
                return Name { edition, ..name };
            }
        };
        Name { edition: 0, what }
    }

    /// What is seen there now; none when it is no more.
    fn digest(&self, faces: &HashMap<FaceName, Digest>, sight: &Sight) -> Option<Digest> {
        match &self.what {
            What::Face(name) => faces.get(name).copied(),
            _ => self.read().map(|read| read.digest(&sight.of_edition(self.edition))),
        }
    }

    /// What was looked at; none for a face, whose number is another in each site.
    fn read(&self) -> Option<Read> {
        Some(match &self.what {
            What::Face(_) => return None,
            What::Link(link) => Read::Link(link.clone()),
            What::Picture(picture) => Read::Picture(picture.clone()),
            What::Person(name) => Read::Person(name.clone()),
            What::Template(name) => Read::Template(name.clone()),
            What::Component(name) => Read::Component(name.clone()),
        })
    }
}

/// Why an output is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// No earlier build is remembered.
    NoMemory,
    /// The program, the settings or the audience are others than at the last build.
    Everything,
    /// It was not there before.
    New,
    /// Something else made the file at this path before.
    OtherRecipe,
    /// Something was told of it, and must be told again.
    Told,
    /// What it looks at has changed: what, in words.
    Changed(Vec<String>),
    /// The file that the last build wrote is not there any more as it was written.
    Touched,
}

/// The traces of the last build, held against the site as it is now.
#[derive(Debug)]
pub struct Verified<'a> {
    old: &'a Traces,
    same: Vec<bool>,
    fits: bool,
}

impl Traces {
    /// Looks at everything again that the last build looked at; `faces` are those of the site by name.
    pub(super) fn verify(&self, salt: Digest, faces: &HashMap<FaceName, Digest>, sight: &Sight) -> Verified<'_> {
        let fits = self.salt == salt;
        let same = if fits {
            let pairs = self.names.par_iter().zip(&self.seen).with_min_len(256);
            pairs.map(|(name, seen)| name.digest(faces, sight) == Some(*seen)).collect()
        } else {
            Vec::new()
        };
        Verified { old: self, same, fits }
    }

    /// The traces of a new build out of its outputs: those that were made, with all that was looked at, and those that
    /// were taken over from other traces, by their paths.
    pub(super) fn gather(
        salt: Digest,
        AllNoted(mut noted): AllNoted,
        made: Vec<(OutputPath, Trace)>,
        taken_over: Vec<(&Traces, Vec<OutputPath>)>,
    ) -> Self {
        let mut outputs = made;
        outputs.reserve(taken_over.iter().map(|(_, paths)| paths.len()).sum::<usize>());
        for (old, paths) in taken_over {
            let mut moved: Vec<Option<u32>> = vec![None; old.names.len()];
            for path in paths {
                let Some(trace) = old.outputs.get(&path) else { continue };
                let mut trace = trace.clone();
                for read in &mut trace.reads {
                    let at = *read as usize;
                    *read = *moved[at].get_or_insert_with(|| {
                        let entry = noted.entry(old.names[at].clone());
                        let place = entry.index() as u32;
                        entry.or_insert(old.seen[at]);
                        place
                    });
                }
                outputs.push((path, trace));
            }
        }
        let (names, seen): (Vec<Name>, Vec<Digest>) = noted.into_iter().unzip();
        Self { salt, names: names.into(), seen, outputs: outputs.into_iter().collect::<BTreeMap<_, _>>().into() }
    }

    /// The traces of some outputs alone, with another salt, and without what the disk tells.
    pub(super) fn part(&self, salt: Digest, paths: &BTreeSet<&OutputPath>) -> Self {
        let mut moved: Vec<Option<u32>> = vec![None; self.names.len()];
        let mut part = Self { salt, ..Self::default() };
        let mut outputs = BTreeMap::new();
        for path in paths {
            let Some((path, trace)) = self.outputs.get_key_value(*path) else { continue };
            let reads = trace.reads.iter().map(|read| {
                let at = *read as usize;
                *moved[at].get_or_insert_with(|| {
                    part.names.push(self.names[at].clone());
                    part.seen.push(self.seen[at]);
                    (part.names.len() - 1) as u32
                })
            });
            outputs.insert(path.clone(), Trace { reads: reads.collect(), stamp: None, ..trace.clone() });
        }
        part.outputs = outputs.into();
        part
    }

    /// The outputs that have looked at a link that leads nowhere: whether to something withheld, or to nothing, nobody else
    /// is to know.
    pub(super) fn with_dead_links(&self, sight: &Sight) -> HashSet<&OutputPath> {
        let is_link = |name: &Name| matches!(name.what, What::Link(..));
        let is_dead = |name: &Name| {
            is_link(name) && name.read().is_some_and(|read| read.is_dead(&sight.of_edition(name.edition)))
        };
        let dead: Vec<bool> = self.names.par_iter().with_min_len(256).map(is_dead).collect();
        let looks = |trace: &Trace| trace.reads.iter().any(|read| dead[*read as usize]);
        self.outputs.iter().filter(|(_, trace)| looks(trace)).map(|(path, _)| path).collect()
    }

    /// Whether all that they refer to is there: traces from elsewhere may be anything.
    pub(super) fn is_sound(&self) -> bool {
        let fits = |read: &u32| (*read as usize) < self.names.len();
        self.names.len() == self.seen.len() && self.outputs.iter().all(|(_, trace)| trace.reads.iter().all(fits))
    }
}

/// What outputs have looked at, noted while they are made, on many threads: each thing once, for all of them.
#[derive(Debug)]
pub(super) struct Notes<'a> {
    sight: Sight<'a>,
    noting: Mutex<Noting>,
}

#[derive(Debug, Default)]
struct Noting {
    by_read: foldhash::HashMap<Read, u32>,
    noted: IndexMap<Name, Digest, foldhash::fast::FixedState>,
}

/// What one output has looked at, by its places in the notes.
#[derive(Debug)]
pub(super) struct Noted(Vec<u32>);

/// All that outputs have looked at, with the digests of what they saw.
pub(super) struct AllNoted(IndexMap<Name, Digest, foldhash::fast::FixedState>);

impl From<Made<Noted>> for Trace {
    fn from(made: Made<Noted>) -> Self {
        let Made { recipe, reads: Noted(reads), fingerprint, told, drawn } = made;
        Self { recipe, reads, fingerprint, stamp: None, told, drawn }
    }
}

impl<'a> Notes<'a> {
    pub(super) fn new(sight: Sight<'a>) -> Self {
        Self { sight, noting: Mutex::default() }
    }

    /// All that was noted: outputs are made, and nobody looks any more.
    pub(super) fn finish(self) -> AllNoted {
        AllNoted(self.noting.into_inner().unwrap_or_else(PoisonError::into_inner).noted)
    }

    fn noting(&self) -> MutexGuard<'_, Noting> {
        self.noting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what one output has looked at.
    pub(super) fn take(&self, reads: Vec<Read>) -> Noted {
        let known: Vec<Option<u32>> = {
            let noting = self.noting();
            reads.iter().map(|read| noting.by_read.get(read).copied()).collect()
        };
        // Digests are taken while others may go on.
        let new = |(read, known): (Read, Option<u32>)| match known {
            Some(at) => Ok(at),
            None => Err((Name::of(&read, &self.sight), read.digest(&self.sight), read)),
        };
        let found: Vec<Result<u32, (Name, Digest, Read)>> = reads.into_iter().zip(known).map(new).collect();
        // Of its own length: to collect in place would keep room for what is not noted any more.
        let mut places = Vec::with_capacity(found.len());
        if found.iter().all(Result::is_ok) {
            places.extend(found.into_iter().flatten());
            return Noted(places);
        }
        let noting = &mut *self.noting();
        let note = |found: Result<u32, (Name, Digest, Read)>| {
            found.unwrap_or_else(|(name, digest, read)| {
                let entry = noting.noted.entry(name);
                let at = entry.index() as u32;
                entry.or_insert(digest);
                *noting.by_read.entry(read).or_insert(at)
            })
        };
        places.extend(found.into_iter().map(note));
        Noted(places)
    }
}

impl Traces {
    /// Takes note of the digests that some faces have now, and of what templates are now and where links to anchors lead;
    /// returns the outputs that have looked at what is different.
    pub(super) fn revise(&mut self, faces: &HashMap<FaceName, Digest>, sight: &Sight) -> HashSet<OutputPath> {
        let now = |name: &Name| match &name.what {
            What::Face(face) => faces.get(face).copied(),
            What::Link(link) if link.1.fragment().is_some() => name.digest(&HashMap::new(), sight),
            What::Template(_) | What::Component(_) => name.digest(&HashMap::new(), sight),
            _ => None,
        };
        let all = self.names.par_iter().zip(&self.seen).enumerate().with_min_len(4096);
        let new = all.filter_map(|(at, (name, seen))| now(name).filter(|now| now != seen).map(|now| (at, now)));
        let new: Vec<(usize, Digest)> = new.collect();
        let mut is_new = vec![false; self.names.len()];
        for (at, digest) in new {
            self.seen[at] = digest;
            is_new[at] = true;
        }
        let sees = |trace: &Trace| trace.reads.iter().any(|read| is_new[*read as usize]);
        let outputs: Vec<(&OutputPath, &Trace)> = self.outputs.iter().collect();
        let concerned = outputs.into_par_iter().with_min_len(1024).filter(|(_, trace)| sees(trace));
        concerned.map(|(path, _)| path.clone()).collect()
    }

    /// The traces after some outputs were made again.
    pub(super) fn with_made(self, sight: &Sight, made: Vec<(OutputPath, Made<Vec<Read>>)>) -> Self {
        let mut traces = self;
        // As a rule an output looks at what it looked at before.
        let before = made.iter().filter_map(|(path, _)| traces.outputs.get(path)).flat_map(|trace| &trace.reads);
        let mut numbers: HashMap<Name, u32> =
            before.map(|read| (traces.names[*read as usize].clone(), *read)).collect();
        let reads: Vec<Vec<Name>> =
            made.iter().map(|(_, made)| made.reads.iter().map(|read| Name::of(read, sight)).collect()).collect();
        let new: HashSet<&Name> = reads.iter().flatten().filter(|name| !numbers.contains_key(name)).collect();
        if !new.is_empty() {
            let known = (0..).zip(traces.names.iter()).filter(|(_, name)| new.contains(name));
            let known: Vec<(Name, u32)> = known.map(|(at, name)| (name.clone(), at)).collect();
            numbers.extend(known);
        }
        for ((path, made), names) in made.into_iter().zip(reads) {
            let Made { recipe, reads, fingerprint, told, drawn } = made;
            let reads = names.into_iter().zip(reads).map(|(name, read)| {
                *numbers.entry(name).or_insert_with(|| {
                    traces.names.push(Name::of(&read, sight));
                    traces.seen.push(read.digest(sight));
                    (traces.names.len() - 1) as u32
                })
            });
            let reads = reads.collect();
            traces.outputs.insert(path, Trace { recipe, reads, fingerprint, stamp: None, told, drawn });
        }
        traces
    }
}

/// An output that was made.
#[derive(Debug)]
pub(super) struct Made<R> {
    pub(super) recipe: Digest,
    /// What it looked at.
    pub(super) reads: R,
    pub(super) fingerprint: Fingerprint,
    pub(super) told: bool,
    pub(super) drawn: Option<Digest>,
}

impl<'a> Verified<'a> {
    /// The trace of an output that would be the same again; else why it would not.
    pub(super) fn trace(&self, path: &OutputPath, recipe: Digest) -> Result<&'a Trace, Why> {
        if !self.fits {
            return Err(Why::Everything);
        }
        let trace = self.old.outputs.get(path).ok_or(Why::New)?;
        if trace.recipe != recipe {
            return Err(Why::OtherRecipe);
        }
        if trace.reads.iter().any(|read| !self.same[*read as usize]) {
            let changed = trace.reads.iter().filter(|read| !self.same[**read as usize]);
            return Err(Why::Changed(changed.map(|read| self.old.names[*read as usize].words()).collect()));
        }
        if trace.told { Err(Why::Told) } else { Ok(trace) }
    }
}

impl Name {
    fn words(&self) -> String {
        match &self.what {
            What::Face(name) => name.words().to_string(),
            What::Link(link) => match &link.1 {
                LinkTarget::Relative { path, .. } => format!("where the link `{path}` in {} leads", link.0),
                LinkTarget::Wiki { name, .. } => format!("where the link `[[{name}]]` in {} leads", link.0),
                _ => format!("a link in {}", link.0),
            },
            What::Picture(picture) => format!("the picture `{}` in {}", picture.1, picture.0),
            What::Person(name) => format!("who `{name}` is"),
            What::Template(name) => format!("the template {name}, or what it uses"),
            What::Component(name) => format!("the shortcode {name}, or what it uses"),
        }
    }
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Why::NoMemory => f.write_str("no earlier build is remembered"),
            Why::Everything => f.write_str("the program, the settings or the audience have changed"),
            Why::New => f.write_str("it was not there before"),
            Why::OtherRecipe => f.write_str("something else stood at this path before"),
            Why::Told => f.write_str("something is told of it, and told again each time"),
            Why::Touched => f.write_str("its file is not as the last build left it"),
            Why::Changed(what) => write!(f, "what it looks at has changed: {}", what.join("; ")),
        }
    }
}
