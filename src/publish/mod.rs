//! Publishing a site to a host: what lies there is compared with what shall lie there, and the difference made good in
//! an order that keeps readers safe.
//!
//! [`pack`] turns a built site into parcels; [`Host`] is where they go; [`Host::look`] says what lies there, and
//! [`plan`](plan::Plan) what there is to do; [`guard`] refuses what is likely a mistake; [`Host::publish`] does it. A
//! host takes files one by one ([`piecemeal`]), or the site as a whole: a folder that is switched, a branch that is
//! pushed, a service that shows it when it has all of it ([`deploys`]).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::base::content_types;
use crate::base::diagnostics::Diagnostic;
use crate::base::paths::{OutputPath, SourcePath};
use crate::build::Loaded;
use crate::build::earlier::Earlier;
use crate::build::folder_sink::FolderSink;
use crate::build::fs;
use crate::build::manifest::Fingerprint;
use crate::build::output_guard::Guard;
use crate::build::packed::Packer;
use crate::build::silent::silent_edit;
use crate::build::sink::{self, Sink};
use crate::build::spool::{Content, Spool};
use crate::config::targets::{Packing, Place, Target};
use crate::publish::deploys::Deploys;
use crate::publish::git::{Branch, Head};
use crate::publish::headers::Server;
use crate::publish::ledger::{LEDGER, Ledger, Publication};
use crate::publish::netlify::Netlify;
use crate::publish::objects::Objects;
use crate::publish::pages::Pages;
use crate::publish::parcel::{Parcel, origin_of};
use crate::publish::piecemeal::{Progress, Stopped};
use crate::publish::plan::Plan;
use crate::publish::rsync::Rsync;
use crate::publish::secrets::Secrets;
use crate::publish::store::{Store, StoreError};

pub mod deploys;
pub mod git;
pub mod headers;
pub mod ledger;
pub mod limits;
pub mod netlify;
pub mod objects;
pub mod pages;
pub mod parcel;
pub mod piecemeal;
pub mod plan;
pub mod rsync;
pub mod secrets;
pub mod store;
pub mod web;

/// Packs the outputs of a site for a target.
pub fn pack(loaded: &Loaded, target: &Target, mut made: BTreeMap<OutputPath, Content>) -> BTreeMap<OutputPath, Parcel> {
    let outputs = loaded.outputs.iter().filter_map(|output| {
        let content = made.remove(&output.path)?;
        Some((output.path.clone(), Parcel::of(&output.path, content, &output.recipe.name(), output.origin.as_ref())))
    });
    let mut files: BTreeMap<OutputPath, Parcel> = outputs.collect();
    if target.headers
        && let Ok(path) = OutputPath::new("_headers")
    {
        let config = &loaded.site.config;
        let is_https = config.origin.starts_with("https://");
        let text = headers::snippet(Server::HeadersFile, &config.base_path, is_https, &[]);
        // A site that has such a file of its own knows better.
        files.entry(path.clone()).or_insert_with(|| Parcel::of(&path, text.as_bytes(), "file ", None));
    }
    files
}

/// Adds packed files beside those that are the smaller for it, for a target whose server sends them; `root` is the site's
/// folder, where what was packed before is kept.
pub fn precompress(files: &mut BTreeMap<OutputPath, Parcel>, target: &Target, root: &Path) -> Result<(), StoreError> {
    let packer = Packer::new(root);
    let wanted: Vec<(&OutputPath, &Parcel, Packing)> = files
        .iter()
        .filter(|(_, parcel)| content_types::is_compressible(parcel.content_type))
        .flat_map(|(path, parcel)| target.precompress.iter().map(move |packing| (path, parcel, *packing)))
        .collect();
    let spool = Spool::new(root).map_err(|error| StoreError::new(format!("cannot lay packed files down: {error}")))?;
    let pack = |(path, parcel, packing): &(&OutputPath, &Parcel, Packing)| {
        let wrong = |error: &dyn std::fmt::Display| StoreError::new(format!("cannot pack `{path}`: {error}"));
        let packed = packer.pack(*packing, parcel.hash(), &parcel.bytes()?).map_err(|error| wrong(&error))?;
        let Some(packed) = packed else { return Ok(None) };
        let packed_path = OutputPath::new(&format!("{path}.{}", packing.extension())).map_err(|error| wrong(&error))?;
        spool.put(&packed_path, &packed).map_err(|error| wrong(&error))?;
        // It comes and goes with the file that it is made of.
        Ok(Some((packed_path, parcel.part, parcel.origin.clone())))
    };
    let made: Result<Vec<Option<_>>, StoreError> = wanted.par_iter().map(pack).collect();
    packer.tidy();
    let made = made?;
    let mut packed = spool.into_files();
    for (path, part, origin) in made.into_iter().flatten() {
        let Some(content) = packed.remove(&path) else { continue };
        let mut parcel = Parcel::of(&path, content, "", None);
        (parcel.part, parcel.origin) = (part, origin);
        // A site that has such a file of its own knows better.
        files.entry(path).or_insert(parcel);
    }
    Ok(())
}

/// The sources of the site in `root` as a commit has them, less what may not be seen now: `present` is that site as its
/// readers would see it.
pub fn earlier(root: &Path, commit: &str, present: &Loaded) -> Result<Earlier, StoreError> {
    let wrong = |error: std::io::Error| StoreError::new(format!("cannot prepare the earlier sources: {error}"));
    let earlier = Earlier::new(root).map_err(wrong)?;
    git::check_out(root, commit, &earlier.root)?;
    earlier.obey(root, present).map_err(wrong)?;
    Ok(earlier)
}

/// Tells of briefings that readers of the last publication have seen with other words, and that do not say that they
/// changed. Nothing is known of one whose sources no commit holds; an error when its commit is not in this repository.
pub fn silent_edits(loaded: &Loaded, root: &Path, there: &Ledger) -> Result<Vec<Diagnostic>, StoreError> {
    let Some((last, commit)) = there.history.first().and_then(|last| Some((last, last.source.as_ref()?))) else {
        return Ok(Vec::new());
    };
    let earlier = git::changed_since(root, commit)?;
    let then = last.at.parse().unwrap_or(earlier.made);
    let told = earlier.files.iter().filter_map(|(path, bytes)| silent_edit(loaded, path, bytes, then));
    Ok(loaded.site.config.lints.apply(told.collect()))
}

/// Which sources are held back now, or are no more, by what stands for them in a ledger.
#[derive(Debug)]
pub struct Gone {
    here: BTreeSet<String>,
}

impl Gone {
    /// Looks at a site.
    pub fn of(loaded: &Loaded) -> Self {
        let withheld: BTreeSet<_> = loaded.site.withheld.files.iter().map(|file| &file.path).collect();
        let ignored = &loaded.site.config.ignore;
        let is_ignored = |path: &SourcePath| ignored.iter().any(|pattern| fs::is_ignored(pattern, path.as_str()));
        let here = loaded.sources().filter(|path| !withheld.contains(path) && !is_ignored(path));
        Self { here: here.map(origin_of).collect() }
    }

    /// Whether the source that this stands for is held back or is no more.
    pub fn has(&self, origin: &str) -> bool {
        !self.here.contains(origin)
    }
}

/// Where a site is published.
#[derive(Debug)]
pub enum Host<'a> {
    /// A folder of this machine.
    Folder {
        /// The folder.
        path: PathBuf,
        /// The site's own folder.
        root: &'a Path,
    },
    /// A host that takes files one by one.
    Files(Box<dyn Store>),
    /// A branch.
    Branch(Branch<'a>, Box<Head>),
    /// A service that shows the site when it has all of it.
    Deploys(Box<dyn Deploys>),
}

/// What lies on a host.
#[derive(Debug, Default)]
pub struct Found {
    /// What was published there; none when nobody has.
    pub ledger: Option<Ledger>,
    /// Files that nobody published: some of them, when there is no ledger.
    pub foreign: Vec<String>,
}

/// Files that are named when a host is somebody else's.
const MOST_NAMED: usize = 5;

impl<'a> Host<'a> {
    /// Makes ready to speak to a target; `root` is the site's folder.
    pub fn open(target: &'a Target, root: &'a Path) -> Result<Self, StoreError> {
        let secrets = Secrets { keyring: target.keyring };
        match &target.place {
            Place::Folder { path } => Ok(Host::Folder { path: root.join(path), root }),
            Place::Git { repository, branch, domain } => {
                let branch = Branch::new(root, repository, branch, domain.as_deref())?;
                Ok(Host::Branch(branch, Box::default()))
            }
            Place::Netlify { site, endpoint } => {
                Ok(Host::Deploys(Box::new(Netlify::new(site, endpoint.as_deref(), secrets)?)))
            }
            Place::CloudflarePages { project, account, endpoint } => {
                Ok(Host::Deploys(Box::new(Pages::new(project, account.as_deref(), endpoint.as_deref(), secrets)?)))
            }
            Place::Rsync { host, path } => Ok(Host::Files(Box::new(Rsync::new(host, path)?))),
            place => Ok(Host::Files(Box::new(Objects::new(place, secrets)?))),
        }
    }

    /// Looks at what lies there.
    pub fn look(&mut self) -> Result<Found, StoreError> {
        let named = |files: Vec<String>| {
            files.into_iter().filter(|path| !path.starts_with(".crossbrief/")).take(MOST_NAMED).collect()
        };
        match self {
            Host::Folder { path, .. } => {
                let text = sink::read_file(&path.join(LEDGER)).ok();
                let ledger = text.map(|text| Ledger::parse(&text)).transpose();
                let wrong =
                    |why| StoreError::new(format!("the list of what was published ({LEDGER}) cannot be read: {why}"));
                // What is not ours there is kept by the sink itself.
                Ok(Found { ledger: ledger.map_err(wrong)?, foreign: Vec::new() })
            }
            Host::Files(store) => {
                let ledger = piecemeal::look(&**store)?;
                let foreign = if ledger.is_none() {
                    store.list()?.into_iter().map(|(path, _)| path).collect()
                } else {
                    Vec::new()
                };
                Ok(Found { ledger, foreign: named(foreign) })
            }
            Host::Deploys(host) => {
                let found = host.look()?;
                Ok(Found { foreign: named(found.foreign), ..found })
            }
            Host::Branch(branch, head) => {
                **head = branch.look()?;
                let foreign = if head.ledger.is_none() { head.files.clone() } else { Vec::new() };
                Ok(Found { ledger: head.ledger.clone(), foreign: named(foreign) })
            }
        }
    }

    /// Does again what is done after a publication, where the last one was cut off there.
    pub fn tidy(&self, there: &Ledger) -> Result<(), StoreError> {
        match self {
            Host::Deploys(host) => host.forget(there.clean_since.unwrap_or(0)),
            _ => Ok(()),
        }
    }

    /// Looks whether the host takes these files.
    fn takes(&self, place: &Place, plan: &Plan, files: &BTreeMap<OutputPath, Parcel>) -> Result<(), Refusal> {
        let most = match self {
            Host::Deploys(host) => host.most_files(),
            _ => usize::MAX,
        };
        // The ledger goes along.
        limits::check(place, files, most, plan.staying.len() + 1)
    }

    /// Does what the plan says.
    pub fn publish(
        &mut self,
        plan: &Plan,
        files: &BTreeMap<OutputPath, Parcel>,
        there: &Ledger,
        after: &Ledger,
        title: &str,
        progress: &Progress,
    ) -> Result<(), Stopped> {
        match self {
            Host::Folder { path, root } => switch(path, root, plan, files, after, progress).map_err(Stopped::Before),
            Host::Files(store) => {
                let id = format!("{:016x}", rand_id());
                piecemeal::publish(&**store, plan, files, there, after, &id, progress)
            }
            Host::Deploys(host) => deploys::publish(&mut **host, plan, files, there, after, progress),
            Host::Branch(branch, head) => {
                let message = format!("{title}: publication {}", after.generation);
                branch.push(head, files, &plan.staying, after, &message).map_err(Stopped::Before)
            }
        }
    }
}

/// A number that no other publisher has.
fn rand_id() -> u64 {
    let mut bytes = [0; 8];
    // Without a source of chance, time and process tell publishers apart well enough.
    if getrandom::fill(&mut bytes).is_err() {
        let now = jiff::Timestamp::now().as_nanosecond() as u64;
        return now ^ u64::from(std::process::id());
    }
    u64::from_le_bytes(bytes)
}

/// Puts a site into a folder, switched as a whole.
fn switch(
    folder: &Path,
    root: &Path,
    plan: &Plan,
    files: &BTreeMap<OutputPath, Parcel>,
    after: &Ledger,
    progress: &Progress,
) -> Result<(), StoreError> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let guard = Guard::new(root, home.as_deref());
    let said = |error: &dyn std::fmt::Display| StoreError::new(error.to_string());
    let refused = |error: crate::build::output_guard::SinkError| {
        let help = error.help().into_iter().next();
        StoreError { message: error.to_string(), help }
    };
    let sink = FolderSink::open(folder, &guard).map_err(refused)?;
    let new: BTreeSet<&OutputPath> = plan.new.iter().chain(&plan.changed).collect();
    for (path, parcel) in files {
        sink.put(path, &parcel.bytes()?).map_err(|error| said(&error))?;
        if new.contains(path) {
            progress(parcel.length());
        }
    }
    for path in &plan.staying {
        let entry = after.files.get(path).and_then(|entry| {
            Some(Fingerprint { length: entry.length, hash: blake3::Hash::from_hex(&entry.hash).ok()? })
        });
        if let Some(fingerprint) = entry {
            // Somebody may have taken it away.
            sink.keep(path, &fingerprint, None).map_err(|error| said(&error))?;
        }
    }
    let ledger = OutputPath::new(LEDGER).map_err(|error| said(&error))?;
    sink.put(&ledger, &after.to_json()).map_err(|error| said(&error))?;
    sink.finish().map(drop).map_err(refused)
}

/// Why a publication is not even begun: it is likely a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// The files that it is about.
    pub files: Vec<String>,
}

/// What the caller has said yes to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Consent {
    /// Many pages may go.
    pub loss: bool,
    /// What others put there becomes ours.
    pub adopt: bool,
    /// An older version of the site may take the place of a newer one.
    pub older: bool,
}

/// What is published.
#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    /// Briefings that its readers see.
    pub articles: usize,
    /// The newest commit of its sources.
    pub source: Option<&'a str>,
    /// Whether that commit holds all of them.
    pub is_committed: bool,
    /// Whether it is brought back on purpose.
    pub is_rollback: bool,
}

/// Looks whether a publication is likely a mistake, or more than the host takes.
pub fn guard(
    (host, target): (&Host, &Target),
    root: &Path,
    found: &Found,
    (plan, files): (&Plan, &BTreeMap<OutputPath, Parcel>),
    version: Version,
    consent: Consent,
) -> Result<(), Refusal> {
    if version.articles == 0 {
        return Err(Refusal {
            message: "this site has no briefing that its readers may see".to_string(),
            help: format!("`crossbrief list --withheld` tells what is held back from {}", target.clearance.label()),
            files: Vec::new(),
        });
    }
    if !found.foreign.is_empty() && !consent.adopt {
        return Err(Refusal {
            message: format!("{} holds files that Crossbrief did not put there", target.place.words()),
            help:
                "publish to an empty place, or say `--adopt`: files of the same names are overwritten, all others stay"
                    .to_string(),
            files: found.foreign.clone(),
        });
    }
    let wanted = version.source.filter(|_| !consent.older && !version.is_rollback);
    let of_ledger = |ask: &dyn Fn(&Ledger) -> Option<String>| found.ledger.as_ref().and_then(ask);
    if let (Some(back), Some(here)) = (of_ledger(&|ledger| ledger.taken_back.clone()), wanted)
        && version.is_committed
        && (here == back || git::is_before(root, here, &back))
    {
        let by = found.ledger.iter().flat_map(|ledger| &ledger.history).find(|one| one.rollback.is_some());
        let by = by.map_or_else(String::new, |one| format!(" by publication {}", one.generation));
        return Err(Refusal {
            message: format!("this version of the site was taken back{by}: {}", &here[..10]),
            help: "publish a commit that comes after it, or say `--older`".to_string(),
            files: Vec::new(),
        });
    }
    if let (Some(there), Some(here)) = (of_ledger(&|ledger| ledger.source.clone()), wanted)
        && git::is_before(root, here, &there)
    {
        return Err(Refusal {
            message: format!(
                "a newer version of the site is published there: {} comes after {}",
                &there[..10],
                &here[..10]
            ),
            help: "`git pull` first, or say `--older`".to_string(),
            files: Vec::new(),
        });
    }
    let (going, there) = (plan.pages_removed(), found.ledger.as_ref().map_or(0, pages));
    let too_many = going > target.most_removed || (going > 5 && going * 10 > there.max(1) * 3);
    if too_many && !consent.loss {
        let all = plan.withdrawn.iter().chain(&plan.removed).map(OutputPath::to_string);
        return Err(Refusal {
            message: format!("{going} of {there} pages would go"),
            help: format!(
                "if that is meant, say `--accept-loss`; up to {} go without a word (`most_removed` of the target), unless \
                 they are more than three tenths of all",
                target.most_removed
            ),
            files: all.filter(|path| path.ends_with(".html")).collect(),
        });
    }
    host.takes(&target.place, plan, files)
}

fn pages(ledger: &Ledger) -> usize {
    ledger.site().filter(|(path, _)| path.as_str().ends_with(".html")).count()
}

/// The line of a publication for the ledger; `source` is the commit that holds all of its sources.
pub fn publication(
    plan: &Plan,
    files: &BTreeMap<OutputPath, Parcel>,
    generation: u64,
    at: jiff::Timestamp,
    by: Option<String>,
    source: Option<String>,
    rollback: Option<u64>,
) -> Publication {
    Publication {
        generation,
        at: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        by,
        files: files.len(),
        new: plan.new.len(),
        changed: plan.changed.len(),
        removed: plan.withdrawn.len() + plan.removed.len(),
        source,
        digest: digest(files),
        rollback,
    }
}

/// Stands for the files of a site.
pub fn digest(files: &BTreeMap<OutputPath, Parcel>) -> String {
    let mut hasher = blake3::Hasher::new();
    for (path, parcel) in files {
        hasher.update(path.as_str().as_bytes()).update(&[0]).update(parcel.hash().as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_string()
}
