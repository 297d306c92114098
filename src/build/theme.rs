//! Themes: those of the site's folder and those that come with Crossbrief.
//!
//! A theme is a folder with `theme.yaml`, `templates/`, `assets/` (see [`assets`]) and `static/` (copied as
//! it is). A theme may have a parent, on whose files it falls back.

use std::collections::BTreeMap;
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use schemars::JsonSchema;
use semver::{Version, VersionReq};
use serde::Deserialize;

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::paths::{SourcePath, UrlPath};
use crate::base::suggest::did_you_mean;
use crate::base::{source_text, yaml};
use crate::build::assets::{self, Options, Shelf};
use crate::build::fs::{self, Role, SourceFile};
use crate::build::fs_error::FsError;
use crate::config::Config;
use crate::outputs::Asset;
use crate::render::templates::{AssetLink, Layer, TemplateFile};
use crate::words::WordFile;

/// The themes that come with Crossbrief.
static THEMES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/themes");
/// The templates that every theme falls back on.
static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// `theme.yaml`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ThemeFile {
    /// Name for people.
    pub name: String,
    /// Version of the theme.
    pub version: String,
    /// Versions of Crossbrief that it works with, such as `>=0.1`.
    pub crossbrief: Option<String>,
    /// What it looks like, in a sentence.
    pub description: Option<String>,
    /// Licence, as an SPDX expression.
    pub license: Option<String>,
    /// The theme that it falls back on.
    pub parent: Option<String>,
}

/// The files of the themes in use, the site's own first.
#[derive(Debug, Default)]
pub struct Theme {
    /// Layers of templates.
    pub layers: Vec<Layer>,
    /// Fluent files, those that are asked first in front.
    pub words: Vec<WordFile>,
    /// Files that go out.
    pub assets: Vec<Asset>,
    /// What pages say of the files of `assets/`, by name.
    pub links: BTreeMap<String, AssetLink>,
    /// Whether a theme is missing: what the others lack because of it is not told of.
    pub broken: bool,
}

/// Whether a file of a site holds words: `languages/uk.ftl` of its own or of a theme.
pub(super) fn is_of_words(path: &SourcePath) -> bool {
    let inner = path.as_str().strip_prefix("themes/").and_then(|path| path.split_once('/'));
    let inner = inner.map_or(path.as_str(), |(_, inner)| inner);
    inner.starts_with("languages/") && inner.ends_with(".ftl")
}

/// Files of a theme or of the site, by their path within it.
type Files = BTreeMap<String, (SourcePath, Arc<[u8]>)>;

/// Reads the theme that the settings name, its parents, and the site's own templates and assets.
pub fn load(files: &[SourceFile], config: &Config) -> Result<(Theme, Vec<Diagnostic>), FsError> {
    let mut diagnostics = Vec::new();
    let mut layers: Vec<(String, Files)> = vec![(String::new(), own_files(files)?)];
    let asks = |path: &SourcePath, key: &str| Place::field(path, key);
    let mut wanted = Some((config.theme.clone(), config.path.as_ref().map(|path| asks(path, "theme"))));
    while let Some((name, asked_by)) = wanted.take() {
        if layers.iter().any(|(known, _)| *known == name) {
            let chain: Vec<&str> =
                layers.iter().skip(1).map(|(name, _)| name.as_str()).chain([name.as_str()]).collect();
            diagnostics.push(at(
                Diagnostic::error("circle", format!("a theme is its own parent: {}", chain.join(" → "))),
                asked_by,
            ));
            break;
        }
        let Some(found) = theme_files(&name, files)? else {
            let known = known_themes(files);
            let fault = Diagnostic::error("unknown-theme", format!("there is no theme `{name}`"))
                .maybe_help(did_you_mean(&name, known.iter().map(String::as_str)))
                .help(format!("there are: {}", known.join(", ")));
            diagnostics.push(at(fault, asked_by));
            break;
        };
        let file = found.get("theme.yaml").cloned();
        if let Some((path, bytes)) = file {
            let (file, faults) = theme_file(&path, &bytes);
            diagnostics.extend(faults);
            wanted = file.parent.map(|parent| (parent, Some(asks(&path, "parent"))));
        }
        layers.push((name, found));
    }
    let broken = diagnostics.iter().any(|fault| matches!(&*fault.code, "circle" | "unknown-theme"));
    if broken && layers.iter().all(|(name, _)| name != "default") {
        // The rest of the site is told of as it would look with the theme that comes along.
        layers.extend(theme_files("default", &[])?.map(|files| ("default".to_string(), files)));
    }
    if layers.iter().all(|(name, _)| name != "default")
        && let Some(built_in) = THEMES.get_dir("default")
    {
        // Whatever the theme: pages say what Crossbrief says.
        let words = embedded(built_in, "default", "themes/default/").into_iter();
        let words = words.filter(|(inner, _)| inner.starts_with("languages/")).collect();
        layers.push((String::new(), words));
    }
    layers.push(("builtin".to_string(), embedded(&BUILT_IN, "templates", "templates/")));
    let options = Options { minify: config.minify, browsers: config.browsers.clone() };
    Ok((Theme { broken, ..arrange(layers, &options, &mut diagnostics) }, diagnostics))
}

fn at(mut fault: Diagnostic, place: Option<Place>) -> Diagnostic {
    fault.place = place;
    fault
}

/// Sorts the files of all layers into templates and assets; of one name, the first layer's is taken.
fn arrange(layers: Vec<(String, Files)>, options: &Options, diagnostics: &mut Vec<Diagnostic>) -> Theme {
    let mut theme = Theme::default();
    let mut statics: BTreeMap<String, Asset> = BTreeMap::new();
    let mut shelf = Shelf::default();
    for (at, (name, files)) in layers.into_iter().enumerate() {
        let mut layer = Layer { name, files: Vec::new() };
        for (inner, (path, bytes)) in files {
            if let Some(tag) = inner.strip_prefix("languages/").and_then(|name| name.strip_suffix(".ftl")) {
                let (text, faults) = source_text::read(&path, &bytes);
                diagnostics.extend(faults);
                theme.words.extend(text.map(|text| WordFile { tag: tag.to_string(), path, text: text.into() }));
            } else if let Some(name) = inner.strip_prefix("templates/") {
                let (text, faults) = source_text::read(&path, &bytes);
                diagnostics.extend(faults);
                layer.files.extend(text.map(|text| TemplateFile { name: name.to_string(), path, text: text.into() }));
            } else if let Some(name) = inner.strip_prefix("assets/") {
                shelf.put((at, &layer.name), name, path, bytes);
            } else if let Some(name) = inner.strip_prefix("static/") {
                statics.entry(name.to_string()).or_insert_with(|| Asset { url: UrlPath::new(name), path, bytes });
            }
        }
        theme.layers.push(layer);
    }
    let finished = assets::finish(&shelf, options);
    theme.assets.extend(finished.assets);
    theme.links = finished.links;
    diagnostics.extend(finished.told);
    theme.assets.extend(statics.into_values());
    theme
}

/// The site's own templates and assets.
fn own_files(files: &[SourceFile]) -> Result<Files, FsError> {
    let mut found = Files::new();
    for file in files.iter().filter(|file| matches!(file.role, Role::Template | Role::Asset)) {
        found.insert(file.path.as_str().to_string(), (file.path.clone(), fs::read(file)?.as_ref().into()));
    }
    Ok(found)
}

/// The files of a theme: from the site's folder, else of those that come with Crossbrief.
fn theme_files(name: &str, files: &[SourceFile]) -> Result<Option<Files>, FsError> {
    let folder = format!("themes/{name}/");
    let mut found = Files::new();
    for file in files.iter().filter(|file| file.role == Role::Theme) {
        if let Some(inner) = file.path.as_str().strip_prefix(&folder) {
            found.insert(inner.to_string(), (file.path.clone(), fs::read(file)?.as_ref().into()));
        }
    }
    if found.is_empty()
        && let Some(dir) = THEMES.get_dir(name)
    {
        found = embedded(dir, name, &folder);
        // `embedded` names files by their place below the theme.
    }
    Ok((!found.is_empty()).then_some(found))
}

/// The files of an embedded folder; `root` is what their paths begin with, `shown` where they lie in Crossbrief's source.
fn embedded(dir: &'static Dir<'static>, root: &str, shown: &str) -> Files {
    let mut files = Files::new();
    let mut open = vec![dir];
    while let Some(dir) = open.pop() {
        open.extend(dir.dirs());
        for file in dir.files() {
            let path = file.path().to_string_lossy().replace('\\', "/");
            let inner = path.strip_prefix(&format!("{root}/")).unwrap_or(&path);
            let name = if shown == "templates/" { format!("templates/{inner}") } else { inner.to_string() };
            files.insert(name, (SourcePath::new(&format!("{shown}{inner}")), file.contents().into()));
        }
    }
    files
}

/// The text of a template that comes with Crossbrief, by the path that messages show.
pub(super) fn embedded_text(path: &SourcePath) -> Option<Arc<str>> {
    let path = path.as_str();
    let file = path.strip_prefix("templates/").and_then(|inner| BUILT_IN.get_file(inner));
    let file = file.or_else(|| path.strip_prefix("themes/").and_then(|inner| THEMES.get_file(inner)))?;
    file.contents_utf8().map(Arc::from)
}

fn known_themes(files: &[SourceFile]) -> Vec<String> {
    let own = files
        .iter()
        .filter(|file| file.role == Role::Theme)
        .filter_map(|file| file.path.as_str().strip_prefix("themes/")?.split('/').next());
    let bundled = THEMES.dirs().filter_map(|dir| dir.path().to_str());
    let mut names: Vec<String> = own.chain(bundled).map(str::to_string).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn theme_file(path: &SourcePath, bytes: &[u8]) -> (ThemeFile, Vec<Diagnostic>) {
    let (text, mut diagnostics) = source_text::read(path, bytes);
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return (ThemeFile::default(), diagnostics) };
    let (file, faults) = yaml::decode::<ThemeFile>(path, &text, 0);
    diagnostics.extend(faults);
    let file = file.unwrap_or_default();
    if let Some(wanted) = &file.crossbrief {
        let here = Version::parse(env!("CARGO_PKG_VERSION")).unwrap_or(Version::new(0, 0, 0));
        match VersionReq::parse(wanted) {
            Ok(range) if range.matches(&here) => {}
            Ok(_) => diagnostics.push(
                Diagnostic::error(
                    "theme-version",
                    format!("this theme works with Crossbrief {wanted}, and this is {here}"),
                )
                .at(Place::field(path, "crossbrief"))
                .help("take another version of the theme or of Crossbrief"),
            ),
            Err(_) => diagnostics.push(
                Diagnostic::error("theme-version", format!("`{wanted}` is not a range of versions"))
                    .at(Place::field(path, "crossbrief"))
                    .help("write a range such as `>=0.1`"),
            ),
        }
    }
    (file, diagnostics)
}
