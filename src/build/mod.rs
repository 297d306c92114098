//! The stages in order, and the only code that touches the disk.
//!
//! [`load`] goes from the folder to the plan; [`render`] makes every output of the plan and hands it to a
//! [`Sink`]. `build` and `check` run the same two; they differ in the sink.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::Timestamp;
use rayon::prelude::*;

use crate::base::diagnostics::{Diagnostic, FieldPath, Place};
use crate::base::hash::{Digest, Digester};
use crate::base::held::Held;
use crate::base::paths::SourcePath;
use crate::base::source_text;
use crate::base::suggest::did_you_mean;
use crate::build::cards::fonts::Fonts;
use crate::build::disk::{Disk, RealDisk};
use crate::build::fs::{DiscoverOptions, Role, SourceFile};
use crate::build::fs_error::FsError;
use crate::build::git::Head;
use crate::build::kept::Kept;
use crate::build::laps::Laps;
use crate::build::press::press;
use crate::build::sink::Sink;
use crate::build::theme::Theme;
use crate::config::cache::SharedCache;
use crate::config::cards::SocialCards;
use crate::config::{self, Config};
use crate::content::history::History;
use crate::content::read::{self, ParsedFile, Settings};
use crate::content::vocabulary::Tlp;
use crate::content::world::World;
use crate::outputs::{self, Asset, Output};
use crate::render::templates::{self, Surroundings, Templates};
use crate::render::views::Shared;
use crate::site::assemble::{self, assemble};
use crate::site::editions::{self, Texts};
use crate::site::gate::{Audience, Gated, gate, gate_edition};
use crate::site::history::Histories;
use crate::site::{Attachment, Placeholders, Site};
use crate::words::Words;

pub mod again;
mod assets;
pub mod built;
pub mod cache;
pub mod cards;
pub mod checkout;
pub mod data;
pub mod disk;
pub mod earlier;
#[cfg(test)]
mod faults;
pub mod folder_sink;
pub mod fs;
pub mod fs_error;
pub mod git;
mod history;
pub mod icons;
pub mod images;
pub mod incremental;
pub mod inputs;
pub mod kept;
pub mod laps;
pub mod manifest;
pub mod memory;
pub mod note;
pub mod output_guard;
pub mod packed;
mod press;
pub mod report;
pub mod revise;
pub mod silent;
pub mod sink;
pub mod spool;
pub mod staging;
pub mod strip;
pub mod svg;
pub mod theme;
pub mod traces;
pub mod turns;
pub mod variants;
mod work_folder;

/// What to build, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The site's folder.
    pub root: PathBuf,
    /// Folders that are not part of the site: the output.
    pub skip: Vec<PathBuf>,
    /// Highest label that may be shown.
    pub clearance: Tlp,
    /// Whether drafts are shown.
    pub drafts: bool,
    /// Whether what is under embargo is shown: for the preview alone, nothing that publishes may set it.
    pub embargoed: bool,
    /// The moment of the build.
    pub now: Timestamp,
    /// Address of the site, instead of that of `site.yaml`.
    pub base_url: Option<String>,
}

/// A site that is ready to be rendered.
#[derive(Debug)]
pub struct Loaded {
    /// The site.
    pub site: Site,
    /// Its templates.
    pub templates: Arc<Templates>,
    /// What is to be made.
    pub outputs: Arc<Vec<Output>>,
    /// What is wrong so far, strictness applied.
    pub diagnostics: Vec<Diagnostic>,
    /// The site's folder, resolved.
    pub root: PathBuf,
    /// What was asked for.
    request: Request,
    /// Its files, sorted by path.
    files: Arc<Vec<SourceFile>>,
    /// Stand for them, in the same order, as they are in the site.
    digests: Arc<Vec<Digest>>,
    /// Those that have changed since they were found: how they lay then says nothing of what they hold.
    since: BTreeSet<SourcePath>,
    /// Whether the folder itself is the content.
    bare: bool,
    /// What was told, by where it came from, strictness not applied.
    told: Held<Told>,
    /// Stands for all that the build is made of, besides the moment.
    pub inputs: Digest,
    /// How long it took so far.
    pub laps: Laps,
    /// The fonts that cards are drawn with.
    fonts: Arc<Fonts>,
    /// How its templates came about.
    look: Look,
    /// The files that go out with them.
    assets: Arc<Vec<Asset>>,
    /// The newest commit, where histories of briefings may be shown.
    head: Option<Head>,
    /// Stands for what all outputs depend on.
    salt: Digest,
    /// The same, without what differs between two machines that have the same files; where there is a shared cache.
    ground: Option<Digest>,
}

/// What is wrong with a site, by the stages that found it.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
struct Told {
    /// Finding files, reading settings, the gate, theme, map and data.
    around: Vec<Diagnostic>,
    /// Reading texts, by file.
    files: BTreeMap<SourcePath, Vec<Diagnostic>>,
    /// Assembling.
    site: Vec<Diagnostic>,
    /// Planning.
    plan: Vec<Diagnostic>,
}

impl Told {
    /// All of it, with what is wrong with the templates; strictness applied.
    fn all(&self, look: &Look, config: &Config) -> Vec<Diagnostic> {
        let Self { around, files, site, plan } = self;
        let all = around.iter().chain(files.values().flatten()).chain(site).chain(&look.told).chain(plan);
        config.lints.apply(all.cloned().collect())
    }
}

/// The files of a site, and the texts among them read.
#[derive(Debug)]
pub struct Sources {
    found: fs::Discovered,
    /// Stand for the files, in their order.
    digests: Arc<Vec<Digest>>,
    /// The newest commit, where histories of briefings may be shown.
    head: Option<Head>,
    /// Stands for all that a build is made of, besides the moment.
    pub inputs: Digest,
    /// How long it took so far.
    pub laps: Laps,
    /// What is known of pictures, so that they need not be read again: from an earlier build.
    pub placeholders: Placeholders,
}

/// Finds the files of a site and reads its texts.
pub fn discover(request: &Request) -> Result<Sources, FsError> {
    discover_on(Arc::new(RealDisk), request, None)
}

/// As [`discover`], but leaves those texts unread that lie on the disk as they did when the site was kept.
pub fn discover_knowing(request: &Request, kept: Option<&Kept>) -> Result<Sources, FsError> {
    discover_on(Arc::new(RealDisk), request, kept)
}

fn discover_on(disk: Arc<dyn Disk>, request: &Request, kept: Option<&Kept>) -> Result<Sources, FsError> {
    let mut laps = Laps::default();
    let options = DiscoverOptions { skip: request.skip.clone(), disk, ..DiscoverOptions::default() };
    let mut found = fs::discover(&request.root, &options)?;
    let now = Timestamp::now().as_nanosecond();
    for file in &mut found.files {
        // The clock of a disk goes in steps: what changed just now may change again unseen.
        file.stamp = file.stamp.filter(|stamp| now - stamp.changed() > RACY);
    }
    laps.end("find files");
    // What the site is dressed in is small, and read each time.
    let known = |file: &SourceFile| kept.filter(|_| file.role == Role::Content)?.digest(&file.path, file.stamp?);
    let known: Vec<Option<Digest>> = found.files.par_iter().with_min_len(256).map(known).collect();
    fs::read_texts(&mut found.files, |at| known[at].is_none());
    let digest = |(file, known): (&SourceFile, &Option<Digest>)| known.unwrap_or_else(|| digest_of_file(file));
    let digests: Vec<Digest> = found.files.par_iter().zip(&known).map(digest).collect();
    let told: Vec<_> = found.diagnostics.iter().map(|told| (&told.code, &told.message, &told.place)).collect();
    let settings = found.files.iter().find(|file| file.role == Role::Config);
    let head = history::head_for(settings.and_then(|file| file.text.as_deref()), &request.root);
    let of_head = head.as_ref().map(|head| (&head.commit, head.is_shallow));
    let inputs = Digest::of(&(asked(request, found.bare), &digests, told, of_head));
    laps.end("read files");
    Ok(Sources { found, digests: digests.into(), head, inputs, laps, placeholders: Placeholders::new() })
}

/// Stands for the program and for what it is asked to make of the files.
fn asked(request: &Request, bare: bool) -> Digest {
    let whom = (&request.clearance, request.drafts, request.embargoed);
    Digest::of(&(memory::PROGRAM, whom, &request.base_url, folder_name(&request.root), bare))
}

/// How long after its last change a file's stamp says nothing yet, in nanoseconds: twice the longest step of the clocks
/// of disks that are met today (10 ms; FAT with its 2 s has no stamps to speak of).
const RACY: i128 = 20_000_000;

/// Stands for a file: its bytes where it is a text, else its stamp. A file that cannot be told so is always another.
fn digest_of_file(file: &SourceFile) -> Digest {
    match (&file.text, file.stamp) {
        (Some(text), _) => digest_of_text(file, text),
        (None, Some(stamp)) => Digest::of(&(&file.path, file.role, stamp)),
        (None, None) => Digest::of(&(&file.path, Timestamp::now(), std::process::id())),
    }
}

fn digest_of_text(file: &SourceFile, text: &[u8]) -> Digest {
    Digest::of(&(&file.path, file.role, text))
}

/// The settings of a site.
#[derive(Debug)]
pub struct SiteSettings {
    /// What they say.
    pub config: Config,
    /// What is wrong with them, strictness applied.
    pub diagnostics: Vec<Diagnostic>,
    text: Option<Arc<str>>,
}

impl SiteSettings {
    /// Their text, for messages.
    pub fn text_of(&self, path: &SourcePath) -> Option<Arc<str>> {
        self.text.clone().filter(|_| self.config.path.as_ref() == Some(path))
    }
}

/// Reads the settings of the site in a folder, and nothing else.
pub fn settings(root: &Path) -> Result<SiteSettings, FsError> {
    let file = fs::config(root)?;
    let (config, diagnostics) = read_config(file.as_slice(), &folder_name(root))?;
    let text = file.first().and_then(|file| source_text::read(&file.path, &fs::read(file).ok()?).0).map(Arc::from);
    let diagnostics = config.lints.apply(diagnostics);
    Ok(SiteSettings { config, diagnostics, text })
}

/// Goes from a folder to the plan of its site.
pub fn load(request: &Request) -> Result<Loaded, FsError> {
    load_from(Arc::new(RealDisk), request)
}

/// As [`load`], from a disk of the caller's.
pub fn load_from(disk: Arc<dyn Disk>, request: &Request) -> Result<Loaded, FsError> {
    load_sources(request, discover_on(disk, request, None)?)
}

/// Goes from the files of a site to its plan.
pub fn load_sources(request: &Request, sources: Sources) -> Result<Loaded, FsError> {
    load_packing(request, sources, MANY)
}

/// As [`load_sources`]; texts are kept packed where there are more than so many files, 30,000 otherwise.
pub fn load_packing(request: &Request, sources: Sources, many: usize) -> Result<Loaded, FsError> {
    let Sources { found, digests, head, inputs, mut laps, placeholders } = sources;
    let mut told = Told { around: found.diagnostics, ..Told::default() };
    let mut files = found.files;
    // Their texts are in the site; to keep them here too would be to have them twice.
    let all_files: Vec<SourceFile> = files.iter().map(without_text).collect();
    let Frame { config, salt, told: faults } = Frame::of(request, &files, found.bare)?;
    told.around.extend(faults);
    let ground = match config.cache {
        Some(_) => Some(ground_of(request, &files, &config, found.bare)?),
        None => None,
    };
    files.retain(|file| !is_left_out(file, &config));
    let content_root = content_root(found.bare);

    let settings = Settings { packed: files.len() > many, ..settings_of(&config) };
    let Read { parsed, mut of_editions, attachments, told: faults } =
        read_all(&mut files, &config, &content_root, found.bare, &settings, &placeholders)?;
    told.files = faults;
    laps.end("parse");
    let audience = Audience {
        clearance: request.clearance,
        now: request.now,
        drafts: request.drafts,
        embargoed: request.embargoed,
    };
    let Gated { visible, mut withheld, floors, diagnostics: faults } = gate(parsed, &audience, &config);
    told.around.extend(faults);
    let mut texts = Vec::new();
    for number in 1..config.editions.len() {
        let config = config.for_edition(number);
        let files = of_editions.remove(&number).unwrap_or_default();
        let gated = gate_edition(files, &audience, &config, &floors);
        withheld.join(gated.withheld);
        told.around.extend(gated.diagnostics);
        texts.push(Texts { config: config.into(), files: gated.visible, floors: gated.floors });
    }
    laps.end("gate");
    let mut histories = Histories::default();
    if config.history != History::Off {
        let held: HashSet<&SourcePath> = withheld.files.iter().map(|file| &file.path).collect();
        let of_editions = texts.iter().flat_map(|texts| &texts.files.articles);
        let articles = visible.articles.iter().chain(of_editions).map(|file| &file.path);
        let (found, faults) = history::histories(&history::Asked {
            request,
            config: &config,
            content_root: &content_root,
            bare: found.bare,
            head: head.as_ref(),
            shown: articles.filter(|path| !held.contains(path)).collect(),
            floors: std::iter::once(&floors).chain(texts.iter().map(|texts| &texts.floors)).collect(),
        });
        histories = found;
        told.around.extend(faults);
        laps.end("history");
    }
    let Dress { theme, of_theme, world, words, data, told: faults } = Dress::of(files, &config)?;
    told.around.extend(faults);
    laps.end("theme and data");

    let config = Arc::new(config);
    let input = assemble::Input {
        config: config.clone(),
        files: visible,
        withheld,
        floors,
        histories,
        now: request.now,
        clearance: request.clearance,
        attachments,
        world,
        words,
        content_root,
    };
    let (mut site, faults) = assemble(input);
    told.site = faults;
    for (edition, faults) in texts.into_par_iter().map(|texts| editions::assemble(&site, texts)).collect::<Vec<_>>() {
        told.site.extend(faults);
        site.editions.push(Arc::new(edition));
    }
    laps.end("assemble");
    let fonts = Arc::new(fonts_of(&all_files, &theme, &config));
    told.around.extend(fonts.faults().iter().cloned());
    let globals = Globals::of(&site, tera::Value::from_serializable(&data));
    let (assets, look) = Look::of(theme, of_theme, &config, &site.words, globals);
    laps.end("templates");
    let (outputs, faults) = plan(&site, &assets);
    told.plan = faults;
    laps.end("plan");
    let diagnostics = told.all(&look, &config);
    Ok(Loaded {
        site,
        templates: look.templates.clone(),
        look,
        outputs: outputs.into(),
        assets: assets.into(),
        diagnostics,
        root: found.root,
        request: request.clone(),
        files: Arc::new(all_files),
        digests,
        since: BTreeSet::new(),
        bare: found.bare,
        told: told.into(),
        inputs,
        head,
        salt,
        ground,
        laps,
        fonts,
    })
}

/// What is to be made of a site, and what is wrong with that.
fn plan(site: &Site, assets: &[Asset]) -> (Vec<Output>, Vec<Diagnostic>) {
    let (outputs, mut faults) = outputs::plan(site, assets);
    faults.extend(images::too_large(site));
    faults.extend(images::uncropped(site));
    faults.extend(site.words.missing(site.all_editions().flat_map(Site::tags)));
    (outputs, faults)
}

/// The fonts that cards may be drawn with, where there are cards.
fn fonts_of(files: &[SourceFile], theme: &Theme, config: &Config) -> Fonts {
    if config.social_cards == SocialCards::Off {
        return Fonts::default();
    }
    let is_own = |file: &&SourceFile| file.path.as_str().starts_with(FONTS) && !is_left_out(file, config);
    let own = files.iter().filter(is_own).filter(|file| Fonts::is_font(&file.path)).cloned().collect();
    let of_theme = theme.assets.iter().filter(|asset| asset.url.as_str().starts_with("/fonts/"));
    let of_theme = of_theme.filter(|asset| Fonts::is_font(&asset.path));
    Fonts::of(own, of_theme.map(|asset| (asset.path.clone(), asset.bytes.clone())).collect())
}

/// Where the fonts of a site lie.
const FONTS: &str = "static/fonts/";

fn without_text(file: &SourceFile) -> SourceFile {
    SourceFile { text: None, ..file.clone() }
}

fn content_root(bare: bool) -> String {
    if bare { String::new() } else { "content/".to_string() }
}

fn is_left_out(file: &SourceFile, config: &Config) -> bool {
    config.ignore.iter().any(|pattern| fs::is_ignored(pattern, file.path.as_str()))
}

/// What all templates see of a site and its data.
#[derive(Clone, Debug, PartialEq)]
struct Globals {
    data: tera::Value,
    /// What they see as `site`, by edition and by the language in which a page is worded.
    sites: BTreeMap<(usize, String), tera::Value>,
}

impl Globals {
    fn of(site: &Site, data: tera::Value) -> Self {
        let shared = Shared::new(site);
        let mut sites = BTreeMap::new();
        for (number, edition) in site.all_editions().enumerate() {
            let shared = shared.edition(number);
            let tags: BTreeSet<&str> = edition.tags().into_iter().map(|tag| site.words.of(tag).tag()).collect();
            let seen = |tag: &str| tera::Value::from_serializable(&shared.views_in(tag).site_view());
            sites.extend(tags.into_iter().map(|tag| ((number, tag.to_string()), seen(tag))));
        }
        Self { data, sites }
    }
}

/// The settings that a site is made under.
struct Frame {
    config: Config,
    /// Stands for what all outputs depend on.
    salt: Digest,
    /// What is wrong with them.
    told: Vec<Diagnostic>,
}

impl Frame {
    fn of(request: &Request, files: &[SourceFile], bare: bool) -> Result<Self, FsError> {
        let settings = files.iter().filter(|file| matches!(file.role, Role::Config));
        let settings: Vec<Option<&[u8]>> = settings.map(|file| file.text.as_deref()).collect();
        let mut salt = Digester::default();
        salt.take(&(asked(request, bare), settings));
        let (mut config, mut told) = read_config(files, &folder_name(&request.root))?;
        if let Some(url) = &request.base_url {
            match config::split_base_url(url) {
                Some((origin, base_path)) => (config.origin, config.base_path) = (origin, base_path),
                None => told.push(Diagnostic::error("bad-url", format!("`{url}` is not the address of a site")).help(
                    "write scheme, host and path, such as `https://example.org/` or `https://example.org/desk/`",
                )),
            }
        }
        let own_map = own_map(&config);
        let map = files.iter().find(|file| file.path.as_str() == own_map && !is_left_out(file, &config));
        salt.take(&map.map(|file| (&file.text, file.stamp)));
        let words = files.iter().filter(|file| theme::is_of_words(&file.path) && !is_left_out(file, &config));
        salt.take(&words.map(|file| (&file.path, &file.text)).collect::<Vec<_>>());
        if config.social_cards != SocialCards::Off {
            // Which font has a letter is looked up while cards are drawn.
            let fonts = files.iter().filter(|file| Fonts::is_font(&file.path) && file.path.as_str().contains(FONTS));
            salt.take(&fonts.map(|file| (&file.path, file.stamp)).collect::<Vec<_>>());
        }
        Ok(Self { salt: salt.digest(), config, told })
    }
}

/// What all outputs depend on, wherever they are made: as the salt, but by what files hold, not by how they lie.
fn ground_of(request: &Request, files: &[SourceFile], config: &Config, bare: bool) -> Result<Digest, FsError> {
    let mut ground = Digester::default();
    // The folder names a site that has no title.
    ground.take(&(memory::PROGRAM, request.clearance, &request.base_url, bare, &config.title));
    let has_fonts = config.social_cards != SocialCards::Off;
    let is_of = |file: &&SourceFile| {
        let is_font = has_fonts && Fonts::is_font(&file.path) && file.path.as_str().contains(FONTS);
        let is_map = file.path.as_str() == own_map(config);
        file.role == Role::Config || (is_map || theme::is_of_words(&file.path) || is_font) && !is_left_out(file, config)
    };
    for file in files.iter().filter(is_of) {
        ground.take(&(&file.path, blake3::hash(&fs::read(file)?).as_bytes()));
    }
    Ok(ground.digest())
}

fn own_map(config: &Config) -> &str {
    config.maps.geometry.as_deref().unwrap_or_default()
}

/// What a site is shown with.
struct Dress {
    theme: Theme,
    of_theme: Vec<Diagnostic>,
    world: Option<Arc<World>>,
    words: Arc<Words>,
    data: serde_json::Value,
    /// What is wrong with words, map and data.
    told: Vec<Diagnostic>,
}

impl Dress {
    /// Reads theme, map and data out of the files of a site.
    fn of(mut files: Vec<SourceFile>, config: &Config) -> Result<Self, FsError> {
        let (theme, of_theme) = theme::load(&files, config)?;
        let (words, mut told) = Words::read(&theme.words);
        told.retain(|_| !theme.broken);
        let (world, faults) = read_world(&files, config)?;
        told.extend(faults);
        files.retain(|file| file.path.as_str() != own_map(config));
        let (data, faults) = data::load(&files)?;
        told.extend(faults);
        Ok(Self { theme, of_theme, world, words: words.into(), data, told })
    }
}

/// How the templates of a site came about.
#[derive(Clone, Debug)]
struct Look {
    templates: Arc<Templates>,
    /// Their texts: some are not on the disk, but come with Crossbrief.
    texts: Arc<BTreeMap<SourcePath, Arc<str>>>,
    /// Values that all of them see.
    globals: Globals,
    /// Stands for the files that go out with them.
    assets: Digest,
    /// What is wrong with theme and templates, strictness not applied.
    told: Vec<Diagnostic>,
}

impl Look {
    /// Reads the templates of a theme; `told` is what is wrong with the theme. Gives also the files that go out with it.
    fn of(
        theme: Theme,
        mut told: Vec<Diagnostic>,
        config: &Config,
        words: &Arc<Words>,
        globals: Globals,
    ) -> (Vec<Asset>, Self) {
        let Theme { layers, words: _, assets, links, broken } = theme;
        let texts = layers.iter().flat_map(|layer| &layer.files).map(|file| (file.path.clone(), file.text.clone()));
        let texts = Arc::new(texts.collect());
        let base_path = config.base_path.clone();
        let surroundings = Surroundings {
            base_path,
            assets: links,
            globals: vec![("data", globals.data.clone())],
            words: words.clone(),
            lang: config.language.clone(),
            editions: config.editions.iter().skip(1).map(|edition| edition.tag.clone()).collect(),
            sites: globals.sites.clone(),
        };
        let (templates, faults) = templates::load(&layers, surroundings);
        told.extend(faults.into_iter().filter(|_| !broken));
        let digest = Digest::of(&assets);
        (assets, Self { templates: Arc::new(templates), texts, globals, assets: digest, told })
    }
}

impl Loaded {
    /// The shared cache that outputs may be taken from and added to, with what they depend on besides what they look at. None
    /// where the site names none; else why not, when it is not for this build.
    pub fn shared_cache(&self) -> Option<Result<(&SharedCache, Digest), String>> {
        let (cache, ground) = self.site.config.cache.as_ref().zip(self.ground)?;
        Some(cache::may_use(cache, &self.request).map(|()| (cache, ground)))
    }

    /// The paths of all source files, those that are withheld too.
    pub fn sources(&self) -> impl Iterator<Item = &SourcePath> {
        self.files.iter().map(|file| &file.path)
    }

    /// The text of a source file, for messages.
    pub fn source_text(&self, path: &SourcePath) -> Option<Arc<str>> {
        if let Some(text) = self.look.texts.get(path) {
            return Some(text.clone());
        }
        match self.file(path) {
            Ok(file) => source_text::read(path, &fs::read(file).ok()?).0.map(Arc::from),
            Err(_) => theme::embedded_text(path),
        }
    }

    /// The file at `path`, where it really is: links within the site are followed once, when it is found.
    fn file(&self, path: &SourcePath) -> Result<&SourceFile, FsError> {
        let found = self.files.binary_search_by(|file| file.path.cmp(path));
        let gone = |_| FsError::new(fs::Deed::Read, path.as_str(), &std::io::ErrorKind::NotFound.into());
        found.map(|at| &self.files[at]).map_err(gone)
    }
}

impl Sources {
    /// The text of a source file, for messages.
    pub fn source_text(&self, path: &SourcePath) -> Option<Arc<str>> {
        let found = self.found.files.binary_search_by(|file| file.path.cmp(path)).ok();
        let own = found.and_then(|at| source_text::read(path, &fs::read(&self.found.files[at]).ok()?).0);
        own.map(Arc::from).or_else(|| theme::embedded_text(path))
    }
}

/// Makes every output and hands it to the sink; returns what is wrong, strictness applied.
///
/// `done` is called after each output, on any thread.
pub fn render(loaded: &Loaded, sink: &dyn Sink, done: &(dyn Fn() + Sync)) -> Result<Vec<Diagnostic>, FsError> {
    let shared = Shared::new(&loaded.site);
    let made: Result<Vec<Vec<Diagnostic>>, FsError> = loaded
        .outputs
        .par_iter()
        .map(|output| {
            let mut diagnostics = Vec::new();
            let views = output.views(&shared);
            press(loaded, output, &views, sink, None, &mut diagnostics)?;
            done();
            Ok(diagnostics)
        })
        .collect();
    Ok(loaded.site.config.lints.apply(joined(made?.into_iter().flatten().collect())))
}

/// Tells a fault once that a template makes on many pages, by the first of them and their number.
fn joined(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut told: Vec<(Diagnostic, usize)> = Vec::new();
    let mut known: HashMap<(Place, String), usize> = HashMap::new();
    for diagnostic in diagnostics {
        // What is wrong with a picture is found out for each of its versions.
        if diagnostic.code == "bad-image" && told.iter().any(|(known, _)| *known == diagnostic) {
            continue;
        }
        let is_one = matches!(&*diagnostic.code, "template" | "missing-glyph");
        let place = diagnostic.place.clone().filter(|_| is_one);
        match place.map(|place| known.entry((place, diagnostic.message.clone())).or_insert(told.len())) {
            Some(at) if *at < told.len() => told[*at].1 += 1,
            _ => told.push((diagnostic, 0)),
        }
    }
    let told = told.into_iter().map(|(diagnostic, more)| match more {
        0 => diagnostic,
        1 => diagnostic.help("one more page has it"),
        more => diagnostic.help(format!("{more} more pages have it")),
    });
    told.collect()
}

fn folder_name(root: &Path) -> String {
    let whole = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    whole.file_name().map_or_else(|| "Briefings".to_string(), |name| name.to_string_lossy().into_owned())
}

fn read_config(files: &[SourceFile], folder_name: &str) -> Result<(Config, Vec<Diagnostic>), FsError> {
    let Some(file) = files.iter().find(|file| file.role == Role::Config) else {
        return Ok((config::defaults(folder_name), Vec::new()));
    };
    let (text, mut diagnostics) = source_text::read(&file.path, &fs::read(file)?);
    let Some(text) = text else { return Ok((config::defaults(folder_name), diagnostics)) };
    let (config, faults) = config::read(&file.path, &text, folder_name);
    diagnostics.extend(faults);
    Ok((config, diagnostics))
}

/// Reads the outlines of countries that the site brings; else takes those that come along.
fn read_world(files: &[SourceFile], config: &Config) -> Result<(Option<Arc<World>>, Vec<Diagnostic>), FsError> {
    if !config.maps.show {
        return Ok((None, Vec::new()));
    }
    let Some(path) = &config.maps.geometry else { return Ok((Some(World::built_in()), Vec::new())) };
    let settings = config.path.clone().unwrap_or_else(|| SourcePath::new("site.yaml"));
    let Some(file) = files.iter().find(|file| file.path.as_str() == path) else {
        let json = files.iter().map(|file| file.path.as_str()).filter(|path| path.ends_with("json"));
        let fault = Diagnostic::error("missing-file", format!("there is no file `{path}`"))
            .at(Place::field(&settings, FieldPath::key("maps").then("geometry")))
            .maybe_help(did_you_mean(path, json))
            .help("write its path from the site’s folder, such as `data/world.json`");
        return Ok((None, vec![fault]));
    };
    let (text, mut diagnostics) = source_text::read(&file.path, &fs::read(file)?);
    let world = text.and_then(|text| match World::read(&text, config.maps.credit.clone()) {
        Ok(world) => Some(Arc::new(world)),
        Err(why) => {
            let message = format!("this map cannot be read: {}", crate::base::text::one_line(&why));
            diagnostics.push(
                Diagnostic::error("bad-map", message)
                    .at(Place::file(&file.path))
                    .help("it must be TopoJSON with an object `countries`, or a GeoJSON FeatureCollection"),
            );
            None
        }
    });
    Ok((world, diagnostics))
}

/// What the content of a site says.
#[derive(Default)]
struct Read {
    /// The texts of the main edition.
    parsed: Vec<ParsedFile>,
    /// Those of the others, by their numbers.
    of_editions: HashMap<usize, Vec<ParsedFile>>,
    attachments: BTreeMap<SourcePath, Attachment>,
    /// What is wrong, by file.
    told: BTreeMap<SourcePath, Vec<Diagnostic>>,
}

/// Files of an archive whose texts are kept packed: they are a fifth of what a build of it holds, and to pack and open them
/// takes a fiftieth of its time.
const MANY: usize = 30_000;

/// Bytes of a file that is read before shorter ones: it takes longer than all else that a thread takes on at once.
const LONG: usize = 1 << 16;

/// Reads and parses all texts; takes note of all other files.
///
/// The bytes of texts are let go of: what is needed of them is in what they were parsed to.
fn read_all(
    files: &mut [SourceFile],
    config: &Config,
    content_root: &str,
    bare: bool,
    settings: &Settings,
    placeholders: &Placeholders,
) -> Result<Read, FsError> {
    let placeholders = config.placeholders.then_some(placeholders);
    type One = (Option<ParsedFile>, Option<Attachment>, Vec<Diagnostic>);
    let read = |file: &mut SourceFile| -> Result<One, FsError> {
        let role = match file.role {
            Role::Content => content_role(&file.path, content_root, bare, config),
            Role::Static => read::Role::Attachment,
            _ => return Ok((None, None, Vec::new())),
        };
        let place = config.place_of(content_root, &file.path);
        let place = place.as_ref().unwrap_or(&file.path);
        if role == read::Role::Attachment {
            return match images::attachment(file, placeholders) {
                Ok(known) => Ok((None, Some(known), Vec::new())),
                Err(error) => Ok((None, None, vec![error.of_one_file(&file.path)?])),
            };
        }
        match fs::read(file) {
            Ok(bytes) => {
                let (parsed, diagnostics) = read::parse_version(&file.path, place, &role, &bytes, settings);
                drop(bytes);
                file.text = None;
                Ok((parsed, None, diagnostics))
            }
            Err(error) => Ok((None, None, vec![error.of_one_file(&file.path)?])),
        }
    };
    // Long files first, so that no thread waits at the end for one that reads a register of all people.
    let mut turns: Vec<(usize, &mut SourceFile)> = files.iter_mut().enumerate().collect();
    turns.sort_by_key(|(_, file)| Reverse(file.text.as_ref().map_or(0, |text| text.len() / LONG)));
    let each: Result<Vec<(usize, One)>, FsError> =
        turns.into_par_iter().map(|(at, file)| Ok((at, read(file)?))).collect();
    let mut each = each?;
    each.sort_unstable_by_key(|(at, _)| *at);
    let mut all = Read::default();
    for (file, (_, (parsed, attachment, diagnostics))) in files.iter().zip(each) {
        match config.edition_of(content_root, &file.path) {
            0 => all.parsed.extend(parsed),
            number => all.of_editions.entry(number).or_default().extend(parsed),
        }
        all.attachments.extend(attachment.map(|attachment| (file.path.clone(), attachment)));
        if !diagnostics.is_empty() {
            all.told.insert(file.path.clone(), diagnostics);
        }
    }
    Ok(all)
}

/// What a file of the content is. A bare folder of Markdown is a folder of briefings.
fn content_role(path: &SourcePath, content_root: &str, bare: bool, config: &Config) -> read::Role {
    let path = path.as_str().strip_prefix(content_root).unwrap_or(path.as_str());
    let version = config.version(path);
    let path = version.as_ref().map_or(path, |version| &version.place);
    if bare { read::role(&format!("briefings/{path}"), &config.kinds) } else { read::role(path, &config.kinds) }
}

fn settings_of(config: &Config) -> Settings<'_> {
    Settings { zone: &config.zone, kinds: &config.kinds, markdown: &config.markdown, packed: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::incremental::{Known, render};
    use crate::build::sink::MemorySink;

    #[test]
    fn a_site_is_the_same_when_its_texts_are_packed() {
        let request = Request {
            root: Path::new(env!("CARGO_MANIFEST_DIR")).into(),
            skip: Vec::new(),
            clearance: Tlp::Green,
            drafts: true,
            embargoed: false,
            now: "2026-06-01T00:00:00Z".parse().unwrap(),
            base_url: None,
        };
        let built = |many: usize| {
            let loaded = load_packing(&request, discover(&request).unwrap(), many).unwrap();
            let sink = MemorySink::new();
            let built = render(&loaded, Known::default(), &sink, &|| ()).unwrap();
            (sink.into_files(), built.diagnostics, built.faces.by_name(), loaded)
        };
        let (plain, packed) = (built(usize::MAX), built(0));
        let is_packed = |loaded: &Loaded| loaded.site.articles.iter().all(|one| one.document.is_packed());
        assert!(is_packed(&packed.3) && !is_packed(&plain.3) && plain.0.len() > 900);
        assert!(plain.0 == packed.0 && plain.1 == packed.1 && plain.2 == packed.2);
    }
}
