//! What a team made once is not made again: a cache that machines share.
//!
//! It lies in a [`Depot`], anything that keeps bytes by name. For each program, settings and audience (the *ground*) it
//! holds **tables** and **packs**. A table ([`table`]) has traces as the memory of a build has them: what each output
//! looked at, the digests of what it saw, and the fingerprint of its bytes. A pack ([`pack`]) has those bytes, in blocks.
//! A build reads all tables of its ground, holds them against its own site, and takes each output that would look at the
//! same; what it made itself it adds, in packs and a table of their own. So two desks that edited two briefings both find
//! what the other one made, and nothing is ever written over.
//!
//! **Nothing in it is trusted.** A table is named after the hash of its bytes, an output's bytes must have the hash that its
//! trace says, and what is not whole is as if it were not there. Whoever may write to the depot could still forget a page
//! and write another one under its trace: with a key ([`Seal`]) only tables of those who have it are read.
//!
//! **Nothing withheld gets into it.** Traces name what was looked at. All of that is visible, but for a link to something
//! withheld, whose name stands in the text: an output with a link that leads nowhere stays here, whether it is told of there
//! or where the text has its own page. So does what anything is told of, which must be told again.
//! A build for more readers than the cache is for neither reads nor writes it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::base::hash::Digest;
use crate::base::paths::OutputPath;
use crate::build::cache::pack::Packs;
use crate::build::cache::stock::Stock;
use crate::build::cache::table::Table;
use crate::build::incremental::Shares;
use crate::build::traces::{Traces, Verified};
use crate::build::{Request, memory};
use crate::config::cache::SharedCache;
use crate::render::reads::Sight;
use crate::site::faces::FaceName;

pub mod folder;
mod pack;
pub(super) use pack::LONGEST;
pub(super) mod stock;
mod table;

/// Keeps bytes by name. From many threads.
pub trait Depot: Send + Sync {
    /// The names that begin with `prefix`, which ends with a slash.
    fn list(&self, prefix: &str) -> Result<Vec<String>, String>;

    /// The bytes of a name, or this range of them; none when there is none, or fewer.
    fn read(&self, name: &str, range: Option<Range<u64>>) -> Result<Option<Vec<u8>>, String>;

    /// Puts bytes under a name. Nobody sees half of them.
    fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), String>;

    /// Removes a name; that there is none is no fault.
    fn remove(&self, name: &str) -> Result<(), String>;
}

/// What makes a table one's own: a key that all machines of a team have.
#[derive(Clone, Default)]
pub struct Seal(Option<[u8; 32]>);

/// Fewest characters of a key.
pub const SHORTEST_KEY: usize = 16;

impl Seal {
    /// The seal of a key; without one, tables are only named after their bytes. None when the key is too short.
    pub fn of(key: Option<&str>) -> Option<Self> {
        match key {
            None => Some(Self(None)),
            Some(key) if key.chars().count() < SHORTEST_KEY => None,
            Some(key) => Some(Self(Some(blake3::derive_key("crossbrief shared cache, tables, 1", key.as_bytes())))),
        }
    }

    fn hash(&self, bytes: &[u8]) -> blake3::Hash {
        match &self.0 {
            None => blake3::hash(bytes),
            Some(key) => blake3::keyed_hash(key, bytes),
        }
    }
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Seal(key)" } else { "Seal(none)" })
    }
}

/// Whether a build may use a cache; else why not.
pub fn may_use(cache: &SharedCache, request: &Request) -> Result<(), String> {
    if request.drafts || request.embargoed {
        return Err("drafts and what is under embargo do not go into a shared cache".to_string());
    }
    if request.clearance > cache.clearance {
        let (own, its) = (request.clearance.label(), cache.clearance.label());
        return Err(format!("this build is for {own}, the shared cache for {its}"));
    }
    Ok(())
}

/// Tables of one ground, at the most, before they are put together to one.
const MOST_TABLES: usize = 32;

/// Longest table that is read, packed.
const LONGEST_TABLE: usize = 1 << 28;

/// What there is in a cache for a build.
pub struct Cache {
    depot: Arc<dyn Depot>,
    seal: Seal,
    ground: Digest,
    /// All tables by name, the newest first; none of those that are not whole.
    tables: Vec<(String, Option<Table>)>,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache").field("ground", &self.ground).field("tables", &self.tables.len()).finish()
    }
}

impl Cache {
    /// Reads the tables of a ground. They are kept in the folder of the site in `root`, for the next build.
    pub fn read(depot: Arc<dyn Depot>, seal: Seal, ground: Digest, root: &Path) -> Result<Self, String> {
        let mut names = depot.list(&format!("{ground}/"))?;
        names.retain(|name| name.ends_with(TABLE));
        names.sort_unstable_by(|one, other| other.cmp(one));
        let near = root.join(memory::FOLDER).join("cache");
        let tables = in_threads(&names, |name| {
            let place = near.join(name.rsplit('/').next().unwrap_or_default());
            let is_whole = |bytes: &Vec<u8>| hash_in(name) == Some(seal.hash(bytes));
            let bytes = match fs::read(&place).ok().filter(is_whole) {
                Some(bytes) => Some(bytes),
                None => {
                    let there = depot.read(name, None)?.filter(|bytes| bytes.len() <= LONGEST_TABLE && is_whole(bytes));
                    if let Some(bytes) = &there {
                        // That it cannot be kept costs the next build its time.
                        let _ = memory::replace(&place, |file| io::Write::write_all(file, bytes));
                    }
                    there
                }
            };
            Ok((name.clone(), bytes.and_then(|bytes| Table::parse(&bytes)).filter(|table| table.traces.salt == ground)))
        })?;
        tidy(&near, &names);
        Ok(Self { depot, seal, ground, tables })
    }

    /// One in which there is nothing, for a build that shall make everything.
    pub fn unread(depot: Arc<dyn Depot>, seal: Seal, ground: Digest) -> Self {
        Self { depot, seal, ground, tables: Vec::new() }
    }

    /// Tables that were not whole, or not of somebody with our key.
    pub fn distrusted(&self) -> usize {
        self.tables.iter().filter(|(_, table)| table.is_none()).count()
    }

    /// What of it a site can use.
    pub(super) fn against<'c>(&'c self, faces: &HashMap<FaceName, Digest>, sight: &Sight) -> Stock<'c> {
        let sound = self.tables.iter().filter_map(|(_, table)| table.as_ref());
        let verified = sound.map(|table| (table, table.traces.verify(self.ground, faces, sight)));
        Stock::new(&*self.depot, self.ground, verified.collect::<Vec<(&Table, Verified)>>())
    }

    /// Adds those outputs of a build that it lacks, with their `traces` and the bytes that `read` gives. Says how many outputs
    /// and bytes were sent.
    pub fn add(
        &self,
        traces: &Traces,
        shares: &Shares,
        read: &(dyn Fn(&OutputPath) -> io::Result<Vec<u8>> + Sync),
        milliseconds: u64,
    ) -> Result<(usize, u64), String> {
        if shares.lacking.is_empty() {
            return Ok((0, 0));
        }
        // When there are many tables, one of all that there is now takes their place.
        let is_full = self.tables.len() >= MOST_TABLES;
        let wanted = if is_full { &shares.sharable } else { &shares.lacking };
        let send = |name: &str, bytes: Vec<u8>| self.depot.write(&format!("{}/{name}", self.ground), bytes);
        let Packs { places, blocks, names, bytes } = pack::send(traces, wanted, read, &send)?;
        if places.is_empty() {
            return Ok((0, 0));
        }
        let table = Table::new(traces.part(self.ground, &places.keys().collect()), &places, blocks, names);
        let packed = table.packed();
        let length = bytes + packed.len() as u64;
        // The table comes last: what it names is there.
        send(&format!("{milliseconds:013x}-{}{TABLE}", self.seal.hash(&packed).to_hex()), packed)?;
        if is_full {
            self.remove_old(&table)?;
        }
        Ok((places.len(), length))
    }

    /// Removes the tables that were read, and packs that none names any more.
    fn remove_old(&self, new: &Table) -> Result<(), String> {
        let stay: BTreeSet<&str> = new.packs.iter().map(String::as_str).collect();
        let (mut tables, mut packs) = (Vec::new(), Vec::new());
        for (name, table) in &self.tables {
            tables.push(name.clone());
            let own = table.iter().flat_map(|table| &table.packs).filter(|pack| !stay.contains(pack.as_str()));
            packs.extend(own.map(|pack| format!("{}/{pack}", self.ground)));
        }
        // Tables go first: whoever reads one finds its packs, or makes what was in them.
        in_threads(&tables, |name| self.depot.remove(name))?;
        in_threads(&packs, |name| self.depot.remove(name)).map(drop)
    }
}

/// How the names of tables end.
const TABLE: &str = ".table";

/// The hash in the name of a table: `GROUND/TIME-HASH.table`.
fn hash_in(name: &str) -> Option<blake3::Hash> {
    let (_, hash) = name.rsplit('/').next()?.strip_suffix(TABLE)?.split_once('-')?;
    blake3::Hash::from_hex(hash).ok()
}

/// Removes the tables of former builds.
fn tidy(near: &Path, names: &[String]) {
    let names: BTreeSet<&str> = names.iter().filter_map(|name| name.rsplit('/').next()).collect();
    for entry in fs::read_dir(near).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.ends_with(TABLE) && !names.contains(name)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Requests at once.
const CONNECTIONS: usize = 8;

/// Does the same with each, some at a time, until something fails. Threads wait here, they do not work: those that render
/// are left alone.
fn in_threads<T: Sync, R: Send>(all: &[T], act: impl Fn(&T) -> Result<R, String> + Sync) -> Result<Vec<R>, String> {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Mutex, PoisonError};
    let next = AtomicUsize::new(0);
    let done: Mutex<BTreeMap<usize, Result<R, String>>> = Mutex::default();
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(at) else { return };
            let result = act(one);
            if result.is_err() {
                next.store(all.len(), Ordering::Relaxed);
            }
            done.lock().unwrap_or_else(PoisonError::into_inner).insert(at, result);
        }
    };
    std::thread::scope(|scope| (0..CONNECTIONS.min(all.len())).for_each(|_| drop(scope.spawn(work))));
    done.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
}
