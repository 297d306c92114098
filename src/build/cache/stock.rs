//! What of a shared cache a build can use, and the bytes of it that it has fetched.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::base::hash::Digest;
use crate::base::paths::OutputPath;
use crate::build::cache::table::{Spot, Table};
use crate::build::cache::{Depot, in_threads};
use crate::build::manifest::Fingerprint;
use crate::build::traces::{Trace, Traces, Verified};

/// Longest wait for bytes: what has not come by then is made here.
const PATIENCE: Duration = Duration::from_secs(60);

/// Bytes of one request, about: blocks that lie side by side are asked for together.
const REQUEST: u64 = 1 << 21;

/// Answers that may fail before no more is asked.
const MOST_FAILURES: usize = 3;

/// What a site can use of a shared cache.
pub(in crate::build) struct Stock<'a> {
    depot: &'a dyn Depot,
    ground: Digest,
    tables: Vec<(&'a Table, Verified<'a>)>,
    blocks: HashMap<(usize, u32), Mutex<Held>>,
    fetched: AtomicU64,
}

/// A block, and how many outputs in it are still wanted.
enum Held {
    Missing,
    Packed(Vec<u8>, usize),
    Open(Arc<Vec<u8>>, usize),
}

/// An output in the stock.
#[derive(Clone, Copy)]
pub(in crate::build) struct Find<'a> {
    /// The table that it is in.
    pub(in crate::build) table: usize,
    trace: &'a Trace,
    spot: Spot,
}

impl<'a> Stock<'a> {
    pub(super) fn new(depot: &'a dyn Depot, ground: Digest, tables: Vec<(&'a Table, Verified<'a>)>) -> Self {
        Self { depot, ground, tables, blocks: HashMap::new(), fetched: AtomicU64::new(0) }
    }

    /// An output that would be the same, if there is one.
    pub(in crate::build) fn find(&self, path: &OutputPath, recipe: Digest) -> Option<Find<'a>> {
        self.tables.iter().enumerate().find_map(|(table, (there, verified))| {
            let trace = verified.trace(path, recipe).ok()?;
            Some(Find { table, trace, spot: *there.places.get(path)? })
        })
    }

    /// The traces of a table.
    pub(in crate::build) fn traces(&self, table: usize) -> &'a Traces {
        &self.tables[table].0.traces
    }

    /// Bytes that came.
    pub(in crate::build) fn fetched(&self) -> u64 {
        self.fetched.load(Ordering::Relaxed)
    }

    /// Fetches what is wanted, as far as it comes in time. Says what is wrong when something did not.
    pub(in crate::build) fn fetch(&mut self, wanted: impl Iterator<Item = Find<'a>>) -> Option<String> {
        let mut uses: BTreeMap<(usize, u32), usize> = BTreeMap::new();
        wanted.for_each(|find| *uses.entry((find.table, find.spot.block)).or_default() += 1);
        let runs = self.runs(&uses);
        self.blocks = uses.keys().map(|key| (*key, Mutex::new(Held::Missing))).collect();
        let (until, failures) = (Instant::now() + PATIENCE, AtomicUsize::new(0));
        let fetch = |run: &Vec<(usize, u32)>| {
            if failures.load(Ordering::Relaxed) >= MOST_FAILURES {
                return Ok(None);
            }
            if Instant::now() > until {
                return Ok(Some("it is too slow".to_string()));
            }
            Ok(self.fetch_run(run, &uses).err().inspect(|_| {
                failures.fetch_add(1, Ordering::Relaxed);
            }))
        };
        in_threads(&runs, fetch).ok()?.into_iter().flatten().next()
    }

    /// Blocks that are asked for together: they lie side by side in one pack.
    fn runs(&self, uses: &BTreeMap<(usize, u32), usize>) -> Vec<Vec<(usize, u32)>> {
        let mut runs: Vec<Vec<(usize, u32)>> = Vec::new();
        let (mut end, mut length) = (None, 0);
        for key @ (table, block) in uses.keys().copied() {
            let there = &self.tables[table].0.blocks[block as usize];
            let begins = Some((table, there.pack, there.at));
            match runs.last_mut().filter(|_| end == begins && length < REQUEST) {
                Some(run) => run.push(key),
                None => {
                    runs.push(vec![key]);
                    length = 0;
                }
            }
            length += u64::from(there.packed);
            end = Some((table, there.pack, there.at + u64::from(there.packed)));
        }
        runs
    }

    fn fetch_run(&self, run: &[(usize, u32)], uses: &BTreeMap<(usize, u32), usize>) -> Result<(), String> {
        let (Some((table, first)), Some((_, last))) = (run.first(), run.last()) else { return Ok(()) };
        let table = self.tables[*table].0;
        let (first, last) = (&table.blocks[*first as usize], &table.blocks[*last as usize]);
        let name = format!("{}/{}", self.ground, table.packs[first.pack as usize]);
        let range = first.at..last.at + u64::from(last.packed);
        let length = range.end - range.start;
        let bytes = self.depot.read(&name, Some(range))?.filter(|bytes| bytes.len() as u64 == length);
        let bytes = bytes.ok_or_else(|| "something that it names is not there".to_string())?;
        self.fetched.fetch_add(length, Ordering::Relaxed);
        for key in run {
            let block = &table.blocks[key.1 as usize];
            let from = (block.at - first.at) as usize;
            let packed = bytes[from..from + block.packed as usize].to_vec();
            if let Some(held) = self.blocks.get(key) {
                *hold(held) = Held::Packed(packed, uses.get(key).copied().unwrap_or(0));
            }
        }
        Ok(())
    }

    /// The bytes of an output that was fetched, if they are what its trace says. To be asked once for each.
    pub(in crate::build) fn take(&self, find: &Find) -> Option<Vec<u8>> {
        let mut held = hold(self.blocks.get(&(find.table, find.spot.block))?);
        let length = self.tables[find.table].0.blocks[find.spot.block as usize].length as usize;
        let (block, left) = match std::mem::replace(&mut *held, Held::Missing) {
            Held::Missing => return None,
            Held::Packed(packed, left) => match zstd::bulk::decompress(&packed, length) {
                Ok(block) if block.len() == length => (Arc::new(block), left),
                _ => return None,
            },
            Held::Open(block, left) => (block, left),
        };
        // What nobody wants any more is let go of.
        if left > 1 {
            *held = Held::Open(Arc::clone(&block), left - 1);
        }
        drop(held);
        let from = find.spot.at as usize;
        let bytes = block.get(from..from.checked_add(usize::try_from(find.trace.fingerprint.length).ok()?)?)?;
        (Fingerprint::of(bytes) == find.trace.fingerprint).then(|| bytes.to_vec())
    }
}

fn hold(held: &Mutex<Held>) -> std::sync::MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}
