//! Reading a site's folder: which files there are, and what is in one of them.
//!
//! Content may come from strangers, so nothing outside of the site's folder is ever read: symbolic links are followed
//! only within it, pipes and devices never opened, and nothing is read without a limit. What is wrong with a file is a
//! [`Diagnostic`], and the walk goes on, so that one build shows all. Knows nothing of what the files say.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::paths::SourcePath;
use crate::build::disk::{Disk, Kind, RealDisk, Stamp, Stat};
use crate::build::fs_error::shown;

pub use crate::build::fs_error::{Deed, FsError};

/// What to leave out, and how much is too much.
#[derive(Clone, Debug)]
pub struct DiscoverOptions {
    /// Files and folders that are never read, such as the output folder; relative ones start at the site's folder.
    pub skip: Vec<PathBuf>,
    /// Patterns of names to leave out: `*.bak` for any name, `content/private/**` with a slash for a whole path.
    pub ignore: Vec<String>,
    /// Longest text file in bytes; a longer one is an error.
    pub text_limit: u64,
    /// Longest other file that [`read`] reads, in bytes. Copying has no limit.
    pub other_limit: u64,
    /// Most files that a site may have.
    pub file_limit: usize,
    /// The disk that is read.
    pub disk: Arc<dyn Disk>,
}

impl Default for DiscoverOptions {
    fn default() -> Self {
        Self {
            skip: Vec::new(),
            ignore: Vec::new(),
            text_limit: 16 << 20,
            other_limit: 1 << 30,
            file_limit: 2_000_000,
            disk: Arc::new(RealDisk),
        }
    }
}

/// The files of a site.
#[derive(Clone, Debug, Default)]
pub struct Discovered {
    /// The folder of the site, all links followed.
    pub root: PathBuf,
    /// True when there is neither a `site.yaml` nor a `content` folder, and the folder itself is the content.
    pub bare: bool,
    /// The files, sorted by path.
    pub files: Vec<SourceFile>,
    /// What is wrong, sorted by path.
    pub diagnostics: Vec<Diagnostic>,
}

/// A file of a site.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Where it is in the site.
    pub path: SourcePath,
    /// Where it is on the disk, all links followed.
    pub absolute: PathBuf,
    /// Length in bytes when it was found.
    pub length: u64,
    /// What it is for.
    pub role: Role,
    /// Longest that [`read`] accepts.
    pub limit: u64,
    /// The disk that it is on.
    pub disk: Arc<dyn Disk>,
    /// Its bytes, once [`read_texts`] has read them.
    pub text: Option<Arc<[u8]>>,
    /// Changes whenever the file does, as far as the disk can tell without reading it.
    pub stamp: Option<Stamp>,
}

/// What a file of a site is for, by the folder it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// `site.yaml`.
    Config,
    /// `content/`: articles, and what lies beside them.
    Content,
    /// `data/`: tables and lists.
    Data,
    /// `static/`: copied as it is.
    Static,
    /// `templates/`, and the words in `languages/`.
    Template,
    /// `assets/`: style sheets, scripts and what they show.
    Asset,
    /// `themes/NAME/`.
    Theme,
    /// `archetypes/`: what a new article starts as.
    Archetype,
}

/// The folders of a site and what their files are for.
const FOLDERS: [(&str, Role); 8] = [
    ("archetypes", Role::Archetype),
    ("assets", Role::Asset),
    ("content", Role::Content),
    ("data", Role::Data),
    ("languages", Role::Template),
    ("static", Role::Static),
    ("templates", Role::Template),
    ("themes", Role::Theme),
];

/// Names of the configuration, the first one preferred.
const CONFIG_NAMES: [&str; 2] = ["site.yaml", "site.yml"];

/// Deepest folder below the site's.
const DEEPEST: usize = 64;

/// Finds the files of the site in `root`. The order does not depend on the file system.
pub fn discover(root: &Path, options: &DiscoverOptions) -> Result<Discovered, FsError> {
    let cannot_read = |error: io::Error| FsError::new(Deed::Read, root, &error);
    let disk = &*options.disk;
    let real_root = disk.real_path(root).map_err(cannot_read)?;
    let entries = disk.list(&real_root).map_err(cannot_read)?.into_iter();
    let top: BTreeMap<String, Kind> =
        entries.filter_map(|(name, kind)| Some((name.into_string().ok()?, kind))).collect();
    let bare = is_bare_with(|name| top.contains_key(name));
    let skip = options.skip.iter().map(|path| real_or_named(disk, &real_root.join(path))).collect();
    let mut walk = Walk { root: &real_root, options, skip, files: Vec::new(), diagnostics: Vec::new() };
    if bare {
        walk.folder(&real_root, "", Role::Content, &Trail::default());
    } else {
        if !top.contains_key("content") {
            let fault = Diagnostic::warning("no-content", "this site has no folder `content/`, and so no text");
            let name = CONFIG_NAMES.iter().find(|name| top.contains_key(**name)).map_or("", |name| *name);
            walk.diagnostics
                .push(fault.at(Place::file(&SourcePath::new(name))).help("put briefings into `content/briefings/`"));
        }
        walk.config(&top);
        for (name, role) in FOLDERS {
            if let Some(kind) = top.get(name) {
                walk.entry(&real_root.join(name), name, *kind, role, &Trail::default(), true);
            }
        }
    }
    let Walk { mut files, mut diagnostics, .. } = walk;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    diagnostics.sort_by(|a, b| (&a.place, &a.code, &a.message).cmp(&(&b.place, &b.code, &b.message)));
    Ok(Discovered { root: real_root, bare, files, diagnostics })
}

/// Finds the settings of the site in `root`, and nothing else: one file, or none.
pub fn config(root: &Path) -> Result<Vec<SourceFile>, FsError> {
    let cannot_read = |error: io::Error| FsError::new(Deed::Read, root, &error);
    let options = DiscoverOptions::default();
    let real_root = options.disk.real_path(root).map_err(cannot_read)?;
    let entries = options.disk.list(&real_root).map_err(cannot_read)?.into_iter();
    let top = entries.filter_map(|(name, kind)| Some((name.into_string().ok()?, kind))).collect();
    let mut walk =
        Walk { root: &real_root, options: &options, skip: Vec::new(), files: Vec::new(), diagnostics: Vec::new() };
    walk.config(&top);
    Ok(walk.files)
}

/// Reads a file that [`discover`] found, as it is now: at most its limit, and only when it is still a regular file that
/// no link leads to.
pub fn read(file: &SourceFile) -> Result<Cow<'_, [u8]>, FsError> {
    if let Some(text) = &file.text {
        return Ok(Cow::Borrowed(text));
    }
    let cannot_read = |error: io::Error| FsError::new(Deed::Read, file.path.as_str(), &error);
    let (open, length) = file.disk.open_without_links(&file.absolute).map_err(cannot_read)?;
    read_to_limit(&*file.disk, &open, length, file.limit).map(Cow::Owned).map_err(cannot_read)
}

/// Reads all texts, on all threads, so that what is looked at later is what they are now. What cannot be read is left to
/// [`read`] to tell of.
///
/// Only those are read, by their places, that are wanted.
pub fn read_texts(files: &mut [SourceFile], is_wanted: impl Fn(usize) -> bool + Sync) {
    let wanted = files.par_iter_mut().enumerate().filter(|(at, file)| is_read_as_text(file) && is_wanted(*at));
    wanted.for_each(|(_, file)| file.text = read(file).ok().map(|bytes| Arc::from(&*bytes)));
}

/// True for files that the site is made of, not for those that are published as they are.
fn is_read_as_text(file: &SourceFile) -> bool {
    match file.role {
        Role::Static | Role::Archetype => false,
        Role::Content => matches!(&*file.path.extension(), "md" | "markdown" | "yaml" | "yml" | "csv" | "json"),
        Role::Theme | Role::Asset => true,
        Role::Config | Role::Data | Role::Template => true,
    }
}

/// What the disk tells now of a file that [`discover`] found; none when it is no regular file any more.
pub fn stat(file: &SourceFile) -> Option<Stat> {
    file.disk.stat(&file.absolute).ok().filter(|found| found.kind == Kind::File)
}

/// Whether the folder of a site is itself the content, as in [`Discovered::bare`].
pub fn is_bare(root: &Path) -> bool {
    is_bare_with(|name| RealDisk.stat(&root.join(name)).is_ok())
}

fn is_bare_with(has: impl Fn(&str) -> bool) -> bool {
    !has("content") && !CONFIG_NAMES.iter().any(|name| has(name))
}

/// What a path within a site is for, by its first part; `None` for what is no part of a site.
pub fn role_of(path: &str, bare: bool) -> Option<Role> {
    let first = path.split('/').next().unwrap_or(path);
    if CONFIG_NAMES.contains(&path) {
        Some(Role::Config)
    } else if bare {
        (!path.is_empty() && first != "target").then_some(Role::Content)
    } else {
        FOLDERS.iter().find(|(name, _)| *name == first).map(|(_, role)| *role)
    }
}

/// The folders in which the files of a site are, besides its configuration.
pub fn folders() -> impl Iterator<Item = &'static str> {
    FOLDERS.iter().map(|(name, _)| *name)
}

/// Reads all of an open file, unless it is longer than `limit`.
fn read_to_limit(disk: &dyn Disk, file: &File, length: u64, limit: u64) -> io::Result<Vec<u8>> {
    let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, "too large");
    if length > limit {
        return Err(too_large());
    }
    // One more than it holds, so that the end is seen without growing the buffer.
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0).saturating_add(1)];
    let mut filled = 0;
    loop {
        if filled == bytes.len() {
            // It grew since it was opened, or is one of the kernel's own, which say that they are empty.
            bytes.resize(filled.saturating_mul(2).max(1 << 12), 0);
        }
        match disk.read(file, &mut bytes[filled..])? {
            0 => break,
            read => filled += read,
        }
        if filled as u64 > limit {
            return Err(too_large());
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// The walk through a site's folder.
struct Walk<'a> {
    root: &'a Path,
    options: &'a DiscoverOptions,
    /// Real paths that are left out.
    skip: Vec<PathBuf>,
    files: Vec<SourceFile>,
    diagnostics: Vec<Diagnostic>,
}

/// Where a link leads.
enum Target {
    File(PathBuf),
    Folder(PathBuf),
    Skipped,
    NotAFile,
    Unreadable(io::Error),
    Refused(Box<Diagnostic>),
}

/// How the walk came to a folder.
#[derive(Clone, Default)]
struct Trail {
    depth: usize,
    /// True below a folder that a link led to.
    linked: bool,
}

impl Walk<'_> {
    /// Takes the configuration; two of them are an error.
    fn config(&mut self, top: &BTreeMap<String, Kind>) {
        let mut names = CONFIG_NAMES.iter().filter_map(|name| top.get(*name).map(|kind| (*name, *kind)));
        let Some((name, kind)) = names.next() else { return };
        self.entry(&self.root.join(name), name, kind, Role::Config, &Trail::default(), true);
        if let Some((second, _)) = names.next() {
            self.report(
                Diagnostic::error("two-configurations", format!("there are both `{name}` and `{second}`"))
                    .help("remove one of them"),
                second,
            );
        }
    }

    /// Takes all in a folder. `path` is its path in the site, `absolute` its real one.
    fn folder(&mut self, absolute: &Path, path: &str, role: Role, trail: &Trail) {
        let entries = match list(&*self.options.disk, absolute) {
            Ok(entries) => entries,
            Err(error) => return self.unreadable(path, &error),
        };
        if trail.depth > 0 && entries.iter().any(|(name, _)| name == "CACHEDIR.TAG") {
            return;
        }
        if trail.depth >= DEEPEST {
            let message = format!("folders are nested more than {DEEPEST} deep");
            return self.report(Diagnostic::error("nested-too-deep", message), path);
        }
        for (name, kind) in entries {
            let Some(name) = name.to_str() else {
                let name = shown(Path::new(&name));
                let diagnostic =
                    Diagnostic::error("unfit-file-name", format!("the name `{name}` is not valid Unicode"));
                self.report(diagnostic.help("rename the file"), &below(path, &name));
                continue;
            };
            let entry_path = below(path, name);
            if is_left_over(name, role) || (trail.depth == 0 && path.is_empty() && name == "target") {
                continue;
            }
            self.entry(&absolute.join(name), &entry_path, kind, role, trail, false);
        }
    }

    /// Takes one file, folder or link.
    fn entry(&mut self, absolute: &Path, path: &str, kind: Kind, role: Role, trail: &Trail, top: bool) {
        if self.skip.iter().any(|skip| skip == absolute)
            || self.options.ignore.iter().any(|pattern| is_ignored(pattern, path))
        {
            return;
        }
        if path.contains(|c: char| c == '\\' || c.is_control()) {
            let name = shown(Path::new(path));
            let diagnostic = Diagnostic::error(
                "unfit-file-name",
                format!("the name of `{name}` has a backslash or a control character"),
            );
            return self.report(diagnostic.help("rename the file"), &name);
        }
        if self.files.len() >= self.options.file_limit {
            let message = format!("the site has more than {} files", self.options.file_limit);
            if self.diagnostics.iter().all(|known| known.code != "too-many-files") {
                self.report(Diagnostic::error("too-many-files", message), path);
            }
            return;
        }
        match kind {
            Kind::File => self.file(absolute, path, role),
            Kind::Folder if top && role == Role::Config => self.not_a_file(path),
            Kind::Folder => {
                self.folder(absolute, path, role, &Trail { depth: trail.depth + 1, linked: trail.linked });
            }
            Kind::Link => self.link(absolute, path, role, trail),
            Kind::Other => self.not_a_file(path),
        }
    }

    /// Takes a regular file.
    fn file(&mut self, absolute: &Path, path: &str, role: Role) {
        let stat = match self.options.disk.stat(absolute) {
            Ok(stat) => stat,
            // It went away since the folder was listed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return self.unreadable(path, &error),
        };
        if stat.kind != Kind::File {
            return self.not_a_file(path);
        }
        let source_path = SourcePath::new(path);
        let limit = if is_text(&source_path, role) { self.options.text_limit } else { self.options.other_limit };
        if is_text(&source_path, role) && stat.length > limit {
            let message = format!("the file has {} bytes, a text may have {limit}", stat.length);
            let diagnostic = Diagnostic::error("file-too-large", message);
            return self.report(diagnostic.help("split it, or move it to `static/` to publish it as it is"), path);
        }
        self.files.push(SourceFile {
            path: source_path,
            absolute: absolute.to_path_buf(),
            length: stat.length,
            role,
            limit,
            disk: Arc::clone(&self.options.disk),
            text: None,
            stamp: stat.stamp,
        });
    }

    /// Follows a link that stays within the site.
    fn link(&mut self, absolute: &Path, path: &str, role: Role, trail: &Trail) {
        match self.link_target(absolute, role, trail) {
            Target::File(real) => self.file(&real, path, role),
            Target::Folder(real) => {
                self.folder(&real, path, role, &Trail { depth: trail.depth + 1, linked: true });
            }
            Target::Skipped => {}
            Target::NotAFile => self.not_a_file(path),
            Target::Unreadable(error) => self.unreadable(path, &error),
            Target::Refused(diagnostic) => self.report(*diagnostic, path),
        }
    }

    /// Says where a link leads, or why it is not followed.
    fn link_target(&self, absolute: &Path, role: Role, trail: &Trail) -> Target {
        let disk = &*self.options.disk;
        let target = disk.read_link(absolute).map(|target| shown(&target)).unwrap_or_default();
        let refused =
            |code, message: String, help: &str| Target::Refused(Box::new(Diagnostic::error(code, message).help(help)));
        let real = match disk.real_path(absolute) {
            Ok(real) => real,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return refused(
                    "broken-link-on-disk",
                    format!("the link to `{target}` leads to nothing"),
                    "remove the link",
                );
            }
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Target::Unreadable(error),
            Err(_) => {
                let message = format!("the link to `{target}` leads in a circle or through too many links");
                return refused("link-in-a-circle", message, "remove the link");
            }
        };
        let Ok(within) = real.strip_prefix(self.root) else {
            let help = "put a copy into the site: nothing outside of its folder is read";
            return refused("link-out-of-the-site", format!("the link leads out of the site, to `{target}`"), help);
        };
        if self.skip.iter().any(|skip| real.starts_with(skip)) {
            return Target::Skipped;
        }
        if within.components().any(|part| part.as_os_str().to_str().is_some_and(|part| is_left_over(part, role))) {
            let message = format!("the link leads to `{target}`, which is left out as hidden");
            return refused("link-to-hidden-file", message, "remove the link, or rename what it leads to");
        }
        match disk.stat(&real) {
            Ok(stat) if stat.kind == Kind::File => return Target::File(real),
            Ok(stat) if stat.kind == Kind::Folder => {}
            Ok(_) => return Target::NotAFile,
            Err(error) => return Target::Unreadable(error),
        }
        if absolute.parent().is_some_and(|folder| folder.starts_with(&real)) {
            let message = format!("the link to `{target}` leads to a folder that holds it");
            return refused("link-in-a-circle", message, "remove the link");
        }
        if trail.linked {
            // Else a few links could make a site of any size.
            let message =
                format!("the link to the folder `{target}` lies in a folder that a link led to; it is not followed");
            return refused("link-behind-a-link", message, "let the first link lead to where the files are");
        }
        Target::Folder(real)
    }

    fn unreadable(&mut self, path: &str, error: &io::Error) {
        let message = FsError::new(Deed::Read, if path.is_empty() { "." } else { path }, error).to_string();
        self.report(Diagnostic::error("unreadable-file", message), path);
    }

    fn not_a_file(&mut self, path: &str) {
        let message = "this is neither a file nor a folder, so it is not read".to_string();
        self.report(Diagnostic::error("not-a-file", message).help("remove it, or put a file in its place"), path);
    }

    fn report(&mut self, diagnostic: Diagnostic, path: &str) {
        self.diagnostics.push(diagnostic.at(Place::file(&SourcePath::new(path))));
    }
}

/// Lists a folder, sorted by name.
fn list(disk: &dyn Disk, folder: &Path) -> io::Result<Vec<(std::ffi::OsString, Kind)>> {
    let mut entries = disk.list(folder)?;
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(entries)
}

/// Returns the path of `name` in the folder `path`.
fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_string() } else { format!("{path}/{name}") }
}

/// Returns where a path leads, or the path itself when it does not exist.
fn real_or_named(disk: &dyn Disk, path: &Path) -> PathBuf {
    disk.real_path(path).unwrap_or_else(|_| {
        // A link that leads nowhere yet, or no such file; its folder may still be behind a link.
        match (path.parent().and_then(|parent| disk.real_path(parent).ok()), path.file_name()) {
            (Some(parent), Some(name)) => parent.join(name),
            _ => path.to_path_buf(),
        }
    })
}

/// Hidden files that a site may well want to publish.
const WANTED_HIDDEN: [&str; 3] = [".well-known", ".nojekyll", ".htaccess"];

/// True for hidden files, and for what editors, systems and package managers leave lying about.
pub fn is_left_over(name: &str, role: Role) -> bool {
    if name.starts_with('.') {
        return !(role == Role::Static && WANTED_HIDDEN.contains(&name));
    }
    name.ends_with('~')
        || (name.starts_with('#') && name.ends_with('#') && name.len() > 1)
        || name.ends_with("___jb_tmp___")
        || name.ends_with("___jb_old___")
        || matches!(extension(name), "swp" | "swo" | "swx")
        || matches!(name, "4913" | "node_modules" | "Thumbs.db" | "desktop.ini")
}

/// The extension of a name as it stands, or nothing.
fn extension(name: &str) -> &str {
    Path::new(name).extension().and_then(OsStr::to_str).unwrap_or_default()
}

/// True for files that are read as text, and so must not be long.
fn is_text(path: &SourcePath, role: Role) -> bool {
    match role {
        Role::Config | Role::Data | Role::Template | Role::Archetype => true,
        Role::Static => false,
        Role::Content => matches!(&*path.extension(), "md" | "markdown" | "yaml" | "yml"),
        Role::Theme | Role::Asset => {
            matches!(
                &*path.extension(),
                "html" | "xml" | "txt" | "md" | "yaml" | "yml" | "json" | "toml" | "css" | "scss" | "js" | "mjs"
            )
        }
    }
}

/// True when `pattern` means `path`: by the whole path when the pattern has a slash, else by any name in it.
pub fn is_ignored(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_end_matches('/');
    if pattern.is_empty() {
        return false;
    }
    if pattern.contains('/') {
        let pattern = pattern.trim_start_matches('/');
        // A pattern that ends in `/**` means the folder too, so that it need not be read.
        matches_pattern(pattern, path)
            || pattern.strip_suffix("/**").is_some_and(|folder| matches_pattern(folder, path))
    } else {
        // Folders above were asked already.
        path.rsplit('/').next().is_some_and(|name| matches_pattern(pattern, name))
    }
}

/// Matches `*` (any letters but a slash), `**` (any letters) and `?` (one letter but a slash).
///
/// Keeps the set of places in the pattern that could be reached, so that no pattern takes long.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let mut reached = vec![false; pattern.len() + 1];
    reached[0] = true;
    pass_stars(&pattern, &mut reached);
    for letter in text.chars() {
        let mut next = vec![false; pattern.len() + 1];
        for at in (0..pattern.len()).filter(|at| reached[*at]) {
            let in_double =
                pattern[at] == '*' && (pattern.get(at + 1) == Some(&'*') || (at > 0 && pattern[at - 1] == '*'));
            match pattern[at] {
                '*' if in_double || letter != '/' => next[at] = true,
                '*' => {}
                '?' => next[at + 1] |= letter != '/',
                wanted => next[at + 1] |= wanted == letter,
            }
        }
        pass_stars(&pattern, &mut next);
        reached = next;
    }
    reached[pattern.len()]
}

/// Adds the places behind stars, which may stand for nothing.
fn pass_stars(pattern: &[char], reached: &mut [bool]) {
    for at in 0..pattern.len() {
        if reached[at] && pattern[at] == '*' {
            reached[at + 1] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A folder with these files, each with its own path as text.
    fn site(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        folder
    }

    /// What is found: `role path` for files, `code path` for mistakes.
    fn found(folder: &tempfile::TempDir, options: &DiscoverOptions) -> Vec<String> {
        let discovered = discover(folder.path(), options).unwrap();
        let files = discovered.files.iter().map(|file| format!("{:?} {}", file.role, file.path));
        let mistakes = discovered
            .diagnostics
            .iter()
            .map(|mistake| format!("{} {}", mistake.code, mistake.place.as_ref().unwrap().path));
        files.chain(mistakes).collect()
    }

    fn check(files: &[&str], expected: &[&str]) {
        assert_eq!(found(&site(files), &DiscoverOptions::default()), expected);
    }

    #[test]
    fn finds_the_folders_of_a_site_and_nothing_else() {
        let files = "site.yaml content/b.md content/a/index.md content/a-b.md data/people.csv \
             static/.well-known/security.txt static/x.css templates/page.html themes/plain/theme.yaml \
             archetypes/briefing.md README.md public/index.html notes/x.md content/target/x.md";
        check(
            &files.split_whitespace().collect::<Vec<_>>(),
            &[
                "Archetype archetypes/briefing.md",
                "Content content/a-b.md",
                "Content content/a/index.md",
                "Content content/b.md",
                "Content content/target/x.md",
                "Data data/people.csv",
                "Config site.yaml",
                "Static static/.well-known/security.txt",
                "Static static/x.css",
                "Template templates/page.html",
                "Theme themes/plain/theme.yaml",
            ],
        );
        check(&["site.yml", "site.yaml"], &["Config site.yaml", "no-content site.yaml", "two-configurations site.yml"]);
    }

    #[test]
    fn a_bare_folder_is_content() {
        check(
            &["b.md", "sub/a.md", "target/x", "cache/CACHEDIR.TAG", "cache/x.md", ".git/config", "node_modules/x/y.md"],
            &["Content b.md", "Content sub/a.md"],
        );
        assert!(discover(site(&["a.md"]).path(), &DiscoverOptions::default()).unwrap().bare);
    }

    #[test]
    fn what_editors_leave_is_no_content() {
        let files = "content/a.md content/a.md~ content/.a.md.swp content/a.md.swp content/#a.md# content/.#a.md \
             content/4913 content/.hidden/x.md content/.env content/Thumbs.db content/#1.md";
        check(&files.split_whitespace().collect::<Vec<_>>(), &["Content content/#1.md", "Content content/a.md"]);
    }

    #[test]
    fn skips_the_output_and_what_is_ignored() {
        let folder = site(&["a.md", "public/index.html", "x.bak", "b/x.bak", "private/deep/a.md", "privately.md"]);
        let ignore = ["*.bak", "private/**", ""].map(str::to_string).to_vec();
        let options = DiscoverOptions { skip: vec!["public".into()], ignore, ..DiscoverOptions::default() };
        assert_eq!(found(&folder, &options), ["Content a.md", "Content privately.md"]);
    }

    #[test]
    fn patterns_match_as_people_expect() {
        for (pattern, path, expected) in [
            ("*.md", "a/b.md", true),
            ("a/*.md", "a/b.md", true),
            ("a/*.md", "a/b/c.md", false),
            ("a/**.md", "a/b/c.md", true),
            ("a/**", "a", true),
            ("**/c.md", "a/b/c.md", true),
            ("?.md", "ab.md", false),
            ("?.md", "\u{fc}.md", true),
            ("drafts", "x/drafts", true),
            ("drafts/", "x/drafts", true),
            ("drafts", "x/drafts-2", false),
            ("/a/b", "a/b", true),
        ] {
            assert_eq!(is_ignored(pattern, path), expected, "{pattern} {path}");
        }
        assert!(!matches_pattern(&"*a".repeat(200), &"a".repeat(199)));
    }

    #[test]
    fn long_texts_are_refused_and_long_files_are_not_read() {
        let folder = site(&["content/a.md", "content/a.png", "static/a.md"]);
        let options = DiscoverOptions { text_limit: 3, other_limit: 3, ..DiscoverOptions::default() };
        assert_eq!(
            found(&folder, &options),
            ["Content content/a.png", "Static static/a.md", "file-too-large content/a.md"]
        );
        let files = discover(folder.path(), &options).unwrap().files;
        assert_eq!(read(&files[0]).unwrap_err().to_string(), "cannot read content/a.png: the file is too large");
        let few = DiscoverOptions { file_limit: 1, ..DiscoverOptions::default() };
        assert_eq!(found(&folder, &few), ["Content content/a.md", "too-many-files content/a.png"]);
    }

    #[test]
    fn reading_names_the_file() {
        let folder = site(&["content/a.md"]);
        let files = discover(folder.path(), &DiscoverOptions::default()).unwrap().files;
        assert_eq!(*read(&files[0]).unwrap(), *b"content/a.md");
        fs::remove_file(folder.path().join("content/a.md")).unwrap();
        let error = read(&files[0]).unwrap_err();
        assert_eq!(error.to_string(), "cannot read content/a.md: there is no such file or folder");
        assert!(discover(&folder.path().join("none"), &DiscoverOptions::default()).is_err());
    }

    #[cfg(target_os = "linux")]
    mod on_linux {
        use super::*;
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::symlink;
        use std::os::unix::net::UnixListener;

        fn make_pipe(path: &Path) {
            use rustix::fs::{CWD, FileType, Mode, mknodat};
            mknodat(CWD, path, FileType::Fifo, Mode::RUSR, 0).unwrap();
        }

        #[test]
        fn links_are_followed_within_the_site_only() {
            let folder = site(&["content/a.md", "shared/x.png", "shared/deep/y.png", "data/t.csv", ".env"]);
            let content = folder.path().join("content");
            for (target, name) in [
                ("../shared", "images"),
                ("../shared/x.png", "one.png"),
                ("/etc/passwd", "passwd.md"),
                ("/etc", "etc"),
                ("..", "up"),
                ("loop", "loop"),
                ("nothing", "dangling.md"),
                ("../.env", "env.md"),
                ("../../data", "../shared/deep/again"),
            ] {
                symlink(target, content.join(name)).unwrap();
            }
            let mut found = found(&folder, &DiscoverOptions::default());
            found.sort();
            assert_eq!(
                found,
                [
                    "Content content/a.md",
                    "Content content/images/deep/y.png",
                    "Content content/images/x.png",
                    "Content content/one.png",
                    "Data data/t.csv",
                    "broken-link-on-disk content/dangling.md",
                    "link-behind-a-link content/images/deep/again",
                    "link-in-a-circle content/loop",
                    "link-in-a-circle content/up",
                    "link-out-of-the-site content/etc",
                    "link-out-of-the-site content/passwd.md",
                    "link-to-hidden-file content/env.md",
                ]
            );
            let diagnostics = discover(folder.path(), &DiscoverOptions::default()).unwrap().diagnostics;
            let passwd = diagnostics.iter().find(|diagnostic| diagnostic.message.contains("passwd")).unwrap();
            assert_eq!(passwd.message, "the link leads out of the site, to `/etc/passwd`");
        }

        #[test]
        fn a_chain_of_too_many_links_is_told() {
            let folder = site(&["content/a.md"]);
            let content = folder.path().join("content");
            for at in 0..60 {
                symlink(format!("chain{}", at + 1), content.join(format!("chain{at}"))).unwrap();
            }
            symlink("a.md", content.join("chain60")).unwrap();
            let found = found(&folder, &DiscoverOptions::default());
            assert!(found.contains(&"Content content/chain60".to_string()));
            assert!(found.contains(&"link-in-a-circle content/chain0".to_string()));
        }

        #[test]
        fn a_link_swapped_in_later_is_not_followed() {
            let folder = site(&["content/sub/a.md"]);
            let secret = site(&["a.md"]);
            let files = discover(folder.path(), &DiscoverOptions::default()).unwrap().files;
            fs::remove_dir_all(folder.path().join("content/sub")).unwrap();
            symlink(secret.path(), folder.path().join("content/sub")).unwrap();
            assert_eq!(
                read(&files[0]).unwrap_err().to_string(),
                "cannot read content/sub/a.md: a symbolic link stands in the way"
            );
        }

        #[test]
        fn pipes_and_sockets_are_never_opened() {
            let folder = site(&["content/a.md", "content/b.md"]);
            let content = folder.path().join("content");
            make_pipe(&content.join("pipe.md"));
            let _socket = UnixListener::bind(content.join("socket.md")).unwrap();
            assert_eq!(
                found(&folder, &DiscoverOptions::default()),
                [
                    "Content content/a.md",
                    "Content content/b.md",
                    "not-a-file content/pipe.md",
                    "not-a-file content/socket.md"
                ]
            );
            // Swapped in between finding and reading: no waiting either.
            let files = discover(folder.path(), &DiscoverOptions::default()).unwrap().files;
            for file in &files {
                fs::remove_file(&file.absolute).unwrap();
            }
            make_pipe(&files[0].absolute);
            let _other = UnixListener::bind(&files[1].absolute).unwrap();
            for file in &files {
                let expected = format!("cannot read {}: it is not a regular file", file.path);
                assert_eq!(read(file).unwrap_err().to_string(), expected);
            }
        }

        #[test]
        fn names_that_no_address_can_hold_are_told() {
            let folder = site(&["content/a.md", "content/x\\y.md", "content/\u{1b}[2J.md"]);
            fs::write(folder.path().join("content").join(OsStr::from_bytes(b"\xff.md")), "").unwrap();
            let discovered = discover(folder.path(), &DiscoverOptions::default()).unwrap();
            assert_eq!(discovered.files.len(), 1);
            assert_eq!(discovered.diagnostics.len(), 3);
            assert!(discovered.diagnostics.iter().all(|diagnostic| diagnostic.code == "unfit-file-name"));
            assert!(discovered.diagnostics.iter().all(|diagnostic| !diagnostic.message.contains('\u{1b}')));
        }

        #[test]
        fn endless_files_are_not_read() {
            let endless = RealDisk.open_without_links(Path::new("/dev/zero")).unwrap_err();
            assert_eq!(endless.to_string(), "it is not a regular file");
            // A file of the kernel's own says that it is empty, and is not.
            let (file, length) = RealDisk.open_without_links(Path::new("/proc/cpuinfo")).unwrap();
            assert_eq!(length, 0);
            assert_eq!(read_to_limit(&RealDisk, &file, length, 10).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        }

        #[test]
        fn folders_nested_without_end_are_told() {
            let deep = format!("content/{}a.md", "d/".repeat(70));
            let told = format!("nested-too-deep content{}", "/d".repeat(63));
            check(&["site.yaml", &deep], &["Config site.yaml", &told]);
        }
    }
}
