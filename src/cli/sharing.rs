//! The shared cache of a site, as a command uses it.

use std::io;
use std::sync::Arc;

use clap::ValueEnum;
use jiff::Timestamp;

use crate::base::paths::OutputPath;
use crate::build::Loaded;
use crate::build::cache::folder::FolderDepot;
use crate::build::cache::{Cache, Depot, SHORTEST_KEY, Seal};
use crate::build::incremental::{Built, Shares};
use crate::cli::{Failure, number};
use crate::config::targets::Place;
use crate::publish::objects::Objects;
use crate::publish::secrets::Secrets;

/// What becomes of the shared cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CacheUse {
    /// It is read, and what it lacks is written
    Use,
    /// It is only read
    Read,
    /// It is left alone
    Off,
}

/// The variable that says so for a machine.
const VARIABLE: &str = "CROSSBRIEF_CACHE";

/// The variable that holds the key of a team.
const KEY: &str = "CROSSBRIEF_CACHE_KEY";

/// A shared cache in use.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    cache: Option<Cache>,
    write: bool,
    /// Outputs and bytes that were given.
    pub(super) given: (usize, u64),
    /// What is wrong, or why it is not used.
    pub(super) told: Vec<String>,
}

impl Sharing {
    /// The same for what is published: only what somebody made who has our key may be taken, so without a key nothing is.
    pub(super) fn signed(loaded: &Loaded) -> Result<Self, Failure> {
        match key() {
            None => Ok(Self::default()),
            Some(_) => Self::of(loaded, None, false),
        }
    }

    /// Looks what there is in the shared cache of a site; nothing when it has none. With `fresh` nothing shall be taken.
    pub(super) fn of(loaded: &Loaded, how: Option<CacheUse>, fresh: bool) -> Result<Self, Failure> {
        let how = how.map_or_else(by_environment, Ok)?;
        let cache = match loaded.shared_cache() {
            None => return Ok(Self::default()),
            Some(_) if how == CacheUse::Off => return Ok(Self::default()),
            Some(Err(why)) => return Ok(Self { told: vec![format!("not used: {why}")], ..Self::default() }),
            Some(Ok(cache)) => cache,
        };
        let (settings, ground) = cache;
        let Some(seal) = Seal::of(key().as_deref()) else {
            let help = format!("take {SHORTEST_KEY} characters or more, such as what `openssl rand -hex 32` prints");
            return Err(Failure::new(format!("{KEY} is too short to protect anything"), help));
        };
        let depot: Result<Arc<dyn Depot>, String> = match &settings.place {
            Place::Folder { path } => Ok(Arc::new(FolderDepot::new(&loaded.root.join(path)))),
            place => Objects::of_cache(place, Secrets { keyring: settings.keyring })
                .map(|objects| Arc::new(objects) as Arc<dyn Depot>)
                .map_err(|error| error.message),
        };
        let opened = depot.and_then(|depot| match fresh {
            true => Ok(Cache::unread(depot, seal, ground)),
            false => Cache::read(depot, seal, ground, &loaded.root),
        });
        let where_it_is = settings.place.words();
        Ok(match opened {
            Err(why) => Self { told: vec![format!("{where_it_is} is not used: {why}")], ..Self::default() },
            Ok(cache) => {
                let strange = Some(cache.distrusted()).filter(|count| *count > 0);
                let told = strange.map(|count| {
                    let tables = number(count, "table is", "tables are");
                    format!("{tables} left aside: damaged, or of somebody without our {KEY}")
                });
                let write = settings.write && how == CacheUse::Use;
                Self { cache: Some(cache), write, told: told.into_iter().collect(), ..Self::default() }
            }
        })
    }

    /// What there is to take.
    pub(super) fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    /// Gives what a build made and the cache lacks; `read` gives the bytes of an output.
    pub(super) fn give(&mut self, built: &Built, read: &(dyn Fn(&OutputPath) -> io::Result<Vec<u8>> + Sync)) {
        self.told.extend(built.shared.told.iter().map(|why| format!("not all of it could be fetched: {why}")));
        let Some(cache) = self.cache.as_ref().filter(|_| self.write) else { return };
        let now = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0);
        match cache.add(&built.memory.traces, &built.shared, read, now) {
            Ok(given) => self.given = given,
            Err(why) => self.told.push(format!("nothing was given: {why}")),
        }
    }

    /// Says what was taken and given.
    pub(super) fn tell(&self, shares: &Shares) {
        let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
        let taken = (shares.taken > 0).then(|| format!("{} taken ({})", shares.taken, megabytes(shares.bytes)));
        let given = (self.given.0 > 0).then(|| format!("{} given ({})", self.given.0, megabytes(self.given.1)));
        let parts: Vec<String> = taken.into_iter().chain(given).collect();
        if !parts.is_empty() {
            say!("  shared cache: {}", parts.join(", "));
        }
        for told in &self.told {
            say!("  shared cache: {told}");
        }
    }
}

fn key() -> Option<String> {
    std::env::var(KEY).ok().map(|key| key.trim().to_string()).filter(|key| !key.is_empty())
}

fn by_environment() -> Result<CacheUse, Failure> {
    match std::env::var(VARIABLE).ok().filter(|value| !value.trim().is_empty()) {
        None => Ok(CacheUse::Use),
        Some(value) => CacheUse::from_str(value.trim(), true)
            .map_err(|_| Failure::new(format!("{VARIABLE} is `{value}`"), "it may be use, read or off")),
    }
}
