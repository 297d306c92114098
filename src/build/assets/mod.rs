//! What `assets/` of the site and of its themes becomes: style sheets and scripts ready for browsers, under names that
//! tell their content.
//!
//! All layers lie on one [`Shelf`], the site's own in front: whatever a sheet or a script imports is looked up there and
//! nowhere else, so a site replaces one file of its theme by one of the same name, and reaches the theme's own as
//! `@THEME/name`. Sass becomes CSS (`sass.rs`), style sheets are bundled, written for the site's browsers and minified
//! (`styles.rs`), scripts are minified, and name each other by the new names (`scripts.rs`). Knows no disk.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rayon::prelude::*;
use sha2::{Digest as _, Sha384};

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::hash::{ContentHash, Digest};
use crate::base::paths::{SourcePath, UrlPath};
use crate::base::suggest::did_you_mean;
use crate::config::browsers::Browser;
use crate::outputs::Asset;
use crate::render::templates::AssetLink;

mod sass;
mod scripts;
mod styles;

/// Longest sheet or script that is read, in bytes; a longer script goes out as it is.
const LONGEST: usize = 2 << 20;

/// Most brackets that may be open at once: readers of nested texts go as deep as these, and their stack has an end.
const DEEPEST: usize = 128;

/// How sheets and scripts are made.
#[derive(Clone, Debug, Hash)]
pub(super) struct Options {
    /// Whether they are minified.
    pub(super) minify: bool,
    /// The oldest browsers that they are for.
    pub(super) browsers: Vec<Browser>,
}

/// A file of some `assets/`.
#[derive(Clone, Debug, Hash)]
struct Source {
    path: SourcePath,
    bytes: Arc<[u8]>,
    /// Which layer has it, the site's own being the first.
    layer: usize,
}

/// The files of `assets/` in all layers, by name: `style.css`, and `@default/style.css` for that of one layer.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Shelf {
    files: BTreeMap<String, Source>,
}

/// What goes out of a shelf.
#[derive(Clone, Debug, Default)]
pub(super) struct Finished {
    /// The files.
    pub(super) assets: Vec<Asset>,
    /// How templates name them, by name.
    pub(super) links: BTreeMap<String, AssetLink>,
    /// What is wrong with them.
    pub(super) told: Vec<Diagnostic>,
}

/// One file while it is made.
struct Piece<'a> {
    /// Name under which templates ask for it: a Sass file's ends in `.css`.
    name: String,
    path: &'a SourcePath,
    bytes: Vec<u8>,
    told: Vec<Diagnostic>,
}

impl Shelf {
    /// Puts a file of a layer on the shelf; of one name, that of the first layer is found.
    pub(super) fn put(&mut self, layer: (usize, &str), name: &str, path: SourcePath, bytes: Arc<[u8]>) {
        let source = Source { path, bytes, layer: layer.0 };
        if !layer.1.is_empty() {
            self.files.insert(format!("@{}/{name}", layer.1), source.clone());
        }
        self.files.entry(name.to_string()).or_insert(source);
    }

    /// The file of this name.
    fn get(&self, name: &str) -> Option<&Source> {
        self.files.get(name)
    }

    /// The text of the file of this name.
    fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(&self.get(name)?.bytes).ok()
    }

    /// Where the file of this name lies, for messages.
    fn path(&self, name: &str) -> SourcePath {
        self.get(name).map_or_else(|| SourcePath::new(name), |source| source.path.clone())
    }

    /// The names of all files.
    fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Tells of an import that finds nothing; what has one of the extensions could be meant.
    fn missing(&self, wanted: &str, extensions: &[&str], code: &'static str, place: Place) -> Diagnostic {
        let names = self.names().filter(|name| extensions.contains(&extension(name)));
        let as_written = |name: &'_ str| match name.strip_suffix(".scss") {
            // Sass knows a part without its `_` and its extension.
            Some(stem) => match stem.rsplit_once('/') {
                Some((folder, file)) => format!("{folder}/{}", file.trim_start_matches('_')),
                None => stem.trim_start_matches('_').to_string(),
            },
            None => name.to_string(),
        };
        let names: Vec<String> = names.map(as_written).collect();
        Diagnostic::error(code, format!("there is no file `{wanted}` to import"))
            .at(place)
            .maybe_help(did_you_mean(wanted, names.iter().map(String::as_str)))
            .help("it is looked up in `assets/` of the site and then of its themes")
    }
}

/// The name of what `wanted` means in the file `from`; none when it leads out of the folder.
fn join(from: &str, wanted: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in wanted.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            // `@theme/x` begins at the top, wherever it is written.
            _ if part.starts_with('@') && part.len() > 1 => parts = vec![part],
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The shortest way from the file `from` to the file `to`, both below one folder.
fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let folders = &from[..from.len() - 1];
    let same = folders.iter().zip(&to[..to.len() - 1]).take_while(|(one, other)| one == other).count();
    let mut parts = vec![".."; folders.len() - same];
    parts.extend(&to[same..]);
    parts.join("/")
}

/// Whether brackets are nested deeper than any sheet or script has them.
fn is_too_deep(text: &str) -> bool {
    let mut open = 0_usize;
    text.bytes().any(|byte| {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > DEEPEST
    })
}

/// The sheets and scripts that were made of late in this process. Making is a function of shelf and options alone, and the
/// theme that comes along is the same in every build: only whoever changes a sheet or a script waits for it.
static LATELY: Mutex<VecDeque<(Digest, Arc<Finished>)>> = Mutex::new(VecDeque::new());

/// Makes all that goes out of a shelf.
pub(super) fn finish(shelf: &Shelf, options: &Options) -> Finished {
    let mut told = Vec::new();
    let names = published(shelf, &mut told);
    // What is neither sheet nor script is done: its name can stand in sheets.
    let (made, plain): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|(name, _)| matches!(extension(name), "css" | "js" | "mjs"));
    let mut urls: BTreeMap<String, UrlPath> = BTreeMap::new();
    let mut finished = Finished::default();
    for (name, source) in plain {
        let Some(file) = shelf.get(&source) else { continue };
        let url = fingerprinted(&name, ContentHash::of(&file.bytes));
        urls.insert(name.clone(), url.clone());
        finished.put(name, url, &file.path, file.bytes.clone(), Vec::new());
    }
    let made_of = shelf.files.iter().filter(|(name, _)| matches!(extension(name), "css" | "scss" | "js" | "mjs"));
    let names: Vec<&str> = shelf.names().collect();
    let key = Digest::of(&(made_of.collect::<Vec<_>>(), names, &urls, options));
    let lately = || LATELY.lock().unwrap_or_else(PoisonError::into_inner);
    let known = lately().iter().find(|(known, _)| *known == key).map(|(_, made)| made.clone());
    let made = known.unwrap_or_else(|| {
        let made = Arc::new(finish_texts(shelf, made, &urls, options));
        let mut lately = lately();
        lately.truncate(7);
        lately.push_front((key, made.clone()));
        made
    });
    finished.assets.extend(made.assets.iter().cloned());
    finished.links.extend(made.links.clone());
    told.extend(made.told.iter().cloned());
    told.sort_by(|one, other| (&one.place, &one.code, &one.message).cmp(&(&other.place, &other.code, &other.message)));
    told.dedup();
    Finished { told, ..finished }
}

/// Makes sheets and scripts, told as name and name on the shelf.
fn finish_texts(
    shelf: &Shelf,
    files: Vec<(String, String)>,
    urls: &BTreeMap<String, UrlPath>,
    options: &Options,
) -> Finished {
    let mut finished = Finished::default();
    let (sheets, scripts): (Vec<_>, Vec<_>) = files.into_iter().partition(|(name, _)| extension(name) == "css");
    let (sheets, scripts) = rayon::join(
        || sheets.par_iter().map(|(name, source)| styles::make(shelf, name, source, urls, options)).collect::<Vec<_>>(),
        || scripts::make(shelf, &scripts, options),
    );
    for Piece { name, path, bytes, told } in sheets {
        let url = fingerprinted(&name, ContentHash::of(&bytes));
        finished.put(name, url, path, bytes.into(), Vec::new());
        finished.told.extend(told);
    }
    for (Piece { name, path, bytes, told }, url, imports) in scripts {
        finished.put(name, url, path, bytes.into(), imports);
        finished.told.extend(told);
    }
    finished
}

impl Finished {
    fn put(&mut self, name: String, url: UrlPath, path: &SourcePath, bytes: Arc<[u8]>, imports: Vec<String>) {
        let is_checked = matches!(extension(&name), "css" | "js" | "mjs");
        let integrity = is_checked.then(|| format!("sha384-{}", STANDARD.encode(Sha384::digest(&bytes))));
        self.links.insert(name, AssetLink { url: url.clone(), integrity, imports });
        self.assets.push(Asset { url, path: path.clone(), bytes });
    }
}

/// The files that go out, by the name that templates know, with their names on the shelf. Sheets whose names begin with
/// `_` are parts of others.
fn published(shelf: &Shelf, told: &mut Vec<Diagnostic>) -> BTreeMap<String, String> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for (source, file) in shelf.files.iter().filter(|(name, _)| !name.starts_with('@')) {
        let is_sheet = matches!(extension(source), "css" | "scss" | "sass");
        if is_sheet && source.rsplit('/').next().is_some_and(|name| name.starts_with('_')) {
            continue;
        }
        if extension(source) == "sass" {
            let fault = Diagnostic::error("bad-style", "the indented syntax of Sass is not read");
            told.push(fault.at(Place::file(&file.path)).help("write it in the other one, and call the file `.scss`"));
            continue;
        }
        let name = source.strip_suffix(".scss").map_or_else(|| source.clone(), |stem| format!("{stem}.css"));
        let Some(other) = names.get(&name).and_then(|other| shelf.get(other)) else {
            names.insert(name, source.clone());
            continue;
        };
        // Of two layers, the first has its way.
        if other.layer == file.layer {
            let fault = Diagnostic::error("address-clash", format!("two files become the style sheet `{name}`"));
            let fault = fault.at(Place::file(&file.path)).also(Place::file(&other.path), "the other one stands here");
            told.push(fault.help("give one of them another name, or a `_` in front when it is part of another"));
        } else if file.layer < other.layer {
            names.insert(name, source.clone());
        }
    }
    names
}

/// `style.css` becomes `/assets/style.1a2b3c4d5e.css`: a new content is a new address, so the old may be cached for ever.
fn fingerprinted(name: &str, content: ContentHash) -> UrlPath {
    let hash = content.short();
    // The dot of the last part: a folder may have dots, too.
    let file = name.rfind('/').map_or(0, |at| at + 1);
    match name[file..].rfind('.') {
        Some(at) => UrlPath::new(&format!("assets/{}.{hash}{}", &name[..file + at], &name[file + at..])),
        None => UrlPath::new(&format!("assets/{name}.{hash}")),
    }
}

fn extension(name: &str) -> &str {
    name.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, extension)| extension)
}

/// Runs something that reads a stranger's text: what fails in it is a failure of that text alone.
fn guarded<T>(run: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).ok()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::base::diagnostics::At;
    use crate::config::browsers;

    /// A shelf of a site and a theme `t`; files are told as `name: text`, the theme's after a line `--`.
    pub(super) fn shelf(files: &str) -> Shelf {
        let mut shelf = Shelf::default();
        let mut layer = (0, "");
        for line in files.lines() {
            if line == "--" {
                layer = (1, "t");
            } else if let Some((name, text)) = line.split_once(": ") {
                let folder = if layer.0 == 0 { "assets" } else { "themes/t/assets" };
                let text = text.replace("\\n", "\n");
                shelf.put(layer, name, SourcePath::new(&format!("{folder}/{name}")), text.as_bytes().into());
            }
        }
        shelf
    }

    pub(super) fn options() -> Options {
        Options { minify: true, browsers: browsers::DEFAULT.to_vec() }
    }

    /// What goes out, as `name text`, and what is told, as `path: message`.
    pub(super) fn made(files: &str) -> (BTreeMap<String, String>, Vec<String>) {
        let finished = finish(&shelf(files), &options());
        let bytes = |link: &AssetLink| {
            let asset = finished.assets.iter().find(|asset| asset.url == link.url).expect("an asset");
            String::from_utf8_lossy(&asset.bytes).into_owned()
        };
        let texts = finished.links.iter().map(|(name, link)| (name.clone(), bytes(link))).collect();
        let told = finished.told.iter().map(|one| {
            let place = one.place.as_ref().expect("a place");
            match place.at {
                At::LineColumn(line, column) => format!("{}:{line}:{column}: {}", place.path, one.message),
                _ => format!("{}: {}", place.path, one.message),
            }
        });
        (texts, told.collect())
    }

    #[test]
    fn an_asset_is_named_by_its_content() {
        let named = |name: &str, bytes: &[u8]| fingerprinted(name, ContentHash::of(bytes));
        let (one, two) = (named("css/a.css", b"a"), named("css/a.css", b"b"));
        assert!(one != two && one.as_str().starts_with("/assets/css/a.") && one.as_str().ends_with(".css"), "{one}");
        assert!(named("v1.2/licence", b"a").as_str().starts_with("/assets/v1.2/licence."));
    }

    #[test]
    fn names_lead_nowhere_but_to_the_shelf() {
        assert_eq!(join("a/b.css", "../c.css").as_deref(), Some("c.css"));
        assert_eq!(join("a/b.css", "@t/c.css").as_deref(), Some("@t/c.css"));
        assert_eq!(join("a/b.css", "../../c.css"), None);
        assert_eq!(relative("a/b.css", "a/c/d.png"), "c/d.png");
        assert_eq!(relative("a/b.css", "d.png"), "../d.png");
    }

    #[test]
    fn the_first_layer_has_its_way() {
        let (texts, told) = made("style.scss: a { b { color: red } }\n--\nstyle.css: p { color: blue }\nx.txt: x");
        assert_eq!(told, Vec::<String>::new());
        assert_eq!(texts["style.css"], "a b{color:red}");
        assert_eq!(texts.len(), 2);
        let (_, told) = made("style.scss: a{}\nstyle.css: p{}");
        assert_eq!(told, ["assets/style.scss: two files become the style sheet `style.css`"]);
    }

    #[test]
    fn what_is_imported_is_part_of_the_fingerprint() {
        let url = |files: &str| finish(&shelf(files), &options()).links["style.css"].url.clone();
        let one = url("style.scss: @use \"part\";\n_part.scss: a { color: red }");
        assert_ne!(one, url("style.scss: @use \"part\";\n_part.scss: a { color: blue }"));
        assert_eq!(one, url("style.scss: @use \"part\";\n_part.scss: a { color: red }\nother.css: b { color: red }"));
    }
}
