//! Which folders may be written to.
//!
//! Other generators have emptied their users' projects and home folders because the output was mistyped. Here a folder
//! is written to only when it does not exist, is empty, or carries our list ([`crate::build::manifest`]); and never when
//! it is, holds or lies in something that is not an output. Looks at the disk, changes nothing.

use std::fmt;
use std::path::{Component, Path, PathBuf};

use crate::base::diagnostics::Diagnostic;
use crate::build::disk::{self, Disk, Kind};
use crate::build::fs_error::{Deed, FsError, shown};
use crate::build::manifest::MANIFEST_NAME;

/// What an output must not harm.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The folder of the site.
    pub site_root: PathBuf,
    /// The home folder of whoever runs us.
    pub home: Option<PathBuf>,
    /// Folders that sources are read from.
    pub sources: Vec<PathBuf>,
}

/// Folders of a site that hold sources.
pub const SOURCE_FOLDERS: [&str; 6] = ["content", "data", "static", "templates", "themes", "archetypes"];

impl Guard {
    /// Returns the guard of the site at `site_root`, with the usual source folders.
    pub fn new(site_root: &Path, home: Option<&Path>) -> Self {
        Self {
            site_root: site_root.to_path_buf(),
            home: home.map(Path::to_path_buf),
            sources: SOURCE_FOLDERS.iter().map(|name| site_root.join(name)).collect(),
        }
    }
}

/// An output folder that will not be written to; nothing was touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputRefused {
    /// The output folder as it was asked for.
    pub output: PathBuf,
    /// Why it is refused.
    pub why: Refusal,
}

/// Why an output folder is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No name was given.
    Empty,
    /// It is `/` or a drive.
    FileSystemRoot,
    /// It is the home folder.
    Home,
    /// It is the folder of the site.
    SiteRoot,
    /// It holds this folder, which is not an output.
    Holds(PathBuf),
    /// It is this source folder, or lies within it.
    Source(PathBuf),
    /// It lies within the inner folder of a git repository.
    InGit,
    /// It lies in the site by its name, and a link leads out of it to here.
    LeadsOut(PathBuf),
    /// It is a link that leads to nothing.
    DanglingLink,
    /// It is not a folder.
    NotAFolder,
    /// Another file system is mounted there, so it cannot be switched.
    MountPoint,
    /// It is a git repository that we have not written to before.
    GitRepository,
    /// It holds this, and we have not written to it before.
    NotOurs(PathBuf),
    /// Our list in it cannot be read, so nobody knows which files are ours.
    BrokenManifest(String),
    /// The place beside it where the new site is made holds this, which is not ours.
    WorkFolderTaken(PathBuf),
    /// Another build writes there; the number of its process when it is known.
    Locked(Option<u32>),
    /// Files that are not ours stand where the site needs to write: theirs and ours, by pairs.
    InTheWay(Vec<(PathBuf, String)>),
}

impl OutputRefused {
    /// Returns the refusal of `output`.
    pub fn new(output: &Path, why: Refusal) -> Self {
        Self { output: output.to_path_buf(), why }
    }

    /// What to do about it.
    pub fn help(&self) -> Vec<String> {
        let output = shown(&self.output);
        let name_another = "name a folder of its own, such as `--output public`".to_string();
        match &self.why {
            Refusal::Empty
            | Refusal::FileSystemRoot
            | Refusal::Home
            | Refusal::SiteRoot
            | Refusal::Holds(_)
            | Refusal::Source(_)
            | Refusal::InGit
            | Refusal::NotAFolder => vec![name_another],
            Refusal::LeadsOut(target) => {
                vec![format!("when that is meant, name the folder itself: `--output {}`", shown(target))]
            }
            Refusal::DanglingLink => vec!["remove the link, or make the folder that it leads to".to_string()],
            Refusal::MountPoint => vec![format!("name a folder within it: `--output {output}/site`")],
            Refusal::GitRepository | Refusal::NotOurs(_) => vec![
                name_another,
                format!(
                    "when it is meant for this site, make an empty file `{output}/{MANIFEST_NAME}`: what is there now is \
                     then kept as it is"
                ),
            ],
            Refusal::BrokenManifest(_) => vec![
                format!("when all in `{output}` came from crossbrief, remove the folder and build again"),
                format!(
                    "else empty the file `{output}/{MANIFEST_NAME}`, and remove what is not yours: all that is there is \
                     then kept"
                ),
            ],
            Refusal::WorkFolderTaken(_) => vec!["move it elsewhere".to_string()],
            Refusal::Locked(_) => vec!["wait until it is done, or end it".to_string()],
            Refusal::InTheWay(_) => {
                vec!["move your file elsewhere (files to publish belong in `static/`), or change the address of the page"
                    .to_string()]
            }
        }
    }

    /// What the program ends with.
    pub fn exit_code(&self) -> u8 {
        2
    }

    /// The refusal as a diagnostic.
    pub fn diagnostic(&self) -> Diagnostic {
        let mut diagnostic = Diagnostic::error("output-refused", self.to_string());
        diagnostic.help = self.help();
        diagnostic
    }
}

impl fmt::Display for OutputRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing is written to `{}`: ", shown(&self.output))?;
        match &self.why {
            Refusal::Empty => write!(f, "the name is empty"),
            Refusal::FileSystemRoot => write!(f, "it is the root of the file system"),
            Refusal::Home => write!(f, "it is your home folder"),
            Refusal::SiteRoot => write!(f, "it is the folder of the site itself"),
            Refusal::Holds(what) => write!(f, "it holds `{}`, which is not output", shown(what)),
            Refusal::Source(what) => write!(f, "`{}` is a folder of sources", shown(what)),
            Refusal::InGit => write!(f, "it lies within the inner folder of a git repository"),
            Refusal::LeadsOut(target) => write!(f, "a link leads out of the site, to `{}`", shown(target)),
            Refusal::DanglingLink => write!(f, "it is a link that leads to nothing"),
            Refusal::NotAFolder => write!(f, "it is not a folder"),
            Refusal::MountPoint => {
                write!(f, "a file system is mounted there, so the new site cannot take the place of the old one")
            }
            Refusal::GitRepository => write!(f, "it is a git repository, and crossbrief has not written to it before"),
            Refusal::NotOurs(entry) => {
                write!(f, "it is not empty (it holds `{}`), and crossbrief has not written to it before", shown(entry))
            }
            Refusal::BrokenManifest(what) => {
                write!(f, "its list of files, `{MANIFEST_NAME}`, cannot be understood ({what})")
            }
            Refusal::WorkFolderTaken(what) => write!(f, "`{}` beside it is not from crossbrief", shown(what)),
            Refusal::Locked(Some(process)) => write!(f, "another build (process {process}) writes there"),
            Refusal::Locked(None) => write!(f, "another build writes there"),
            Refusal::InTheWay(files) => {
                for (at, (theirs, ours)) in files.iter().take(3).enumerate() {
                    let gap = if at == 0 { "" } else { "; " };
                    let theirs = shown(theirs);
                    write!(
                        f,
                        "{gap}`{theirs}` there is not from crossbrief and stands where `{ours}` of the site belongs"
                    )?;
                }
                match files.len().saturating_sub(3) {
                    0 => Ok(()),
                    more => write!(f, "; and {more} more"),
                }
            }
        }
    }
}

impl std::error::Error for OutputRefused {}

/// What can be wrong with an output folder: it is refused, or the disk does not let us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SinkError {
    /// It is not an output folder; nothing was touched.
    Refused(OutputRefused),
    /// The disk said no.
    Disk(FsError),
}

impl SinkError {
    /// What to do about it.
    pub fn help(&self) -> Vec<String> {
        match self {
            SinkError::Refused(refused) => refused.help(),
            SinkError::Disk(error) => error.help().map(str::to_string).into_iter().collect(),
        }
    }

    /// What the program ends with.
    pub fn exit_code(&self) -> u8 {
        match self {
            SinkError::Refused(refused) => refused.exit_code(),
            SinkError::Disk(error) => error.exit_code(),
        }
    }
}

impl From<OutputRefused> for SinkError {
    fn from(refused: OutputRefused) -> Self {
        SinkError::Refused(refused)
    }
}

impl From<FsError> for SinkError {
    fn from(error: FsError) -> Self {
        SinkError::Disk(error)
    }
}

impl fmt::Display for SinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SinkError::Refused(refused) => refused.fmt(f),
            SinkError::Disk(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SinkError {}

/// Returns where `output` really is, when it is a place that an output may have.
pub fn check_place(disk: &dyn Disk, output: &Path, guard: &Guard) -> Result<PathBuf, SinkError> {
    let refuse = |why| Err(SinkError::Refused(OutputRefused::new(output, why)));
    if output.as_os_str().is_empty() {
        return refuse(Refusal::Empty);
    }
    let place = match real_place(disk, output) {
        Ok(Some(place)) => place,
        Ok(None) => return refuse(Refusal::DanglingLink),
        Err(error) => return Err(FsError::new(Deed::Read, output, &error).into()),
    };
    let site_root = real_or_same(disk, &guard.site_root);
    if place.parent().is_none() || place.file_name().is_none() {
        return refuse(Refusal::FileSystemRoot);
    }
    if place == site_root {
        return refuse(Refusal::SiteRoot);
    }
    if let Some(home) = guard.home.as_deref().map(|home| real_or_same(disk, home)) {
        if place == home {
            return refuse(Refusal::Home);
        }
        if home.starts_with(&place) {
            return refuse(Refusal::Holds(home));
        }
    }
    if site_root.starts_with(&place) {
        return refuse(Refusal::Holds(guard.site_root.clone()));
    }
    for source in &guard.sources {
        let real = real_or_same(disk, source);
        if place.starts_with(&real) {
            return refuse(Refusal::Source(source.clone()));
        }
        if real.starts_with(&place) {
            return refuse(Refusal::Holds(source.clone()));
        }
    }
    if place.components().any(|part| part == Component::Normal(".git".as_ref())) {
        return refuse(Refusal::InGit);
    }
    if by_name(output).starts_with(by_name(&guard.site_root)) && !place.starts_with(&site_root) {
        return refuse(Refusal::LeadsOut(place));
    }
    Ok(place)
}

/// Checks that what lies at `place` (see [`check_place`]) may become the site's output.
pub fn check_contents(disk: &dyn Disk, output: &Path, place: &Path) -> Result<(), SinkError> {
    let refuse = |why| Err(SinkError::Refused(OutputRefused::new(output, why)));
    let cannot_read = |error: std::io::Error| SinkError::Disk(FsError::new(Deed::Read, output, &error));
    match disk.stat(place) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(cannot_read(error)),
        Ok(stat) if stat.kind != Kind::Folder => return refuse(Refusal::NotAFolder),
        Ok(_) => {}
    }
    if disk::is_mount_point(place) {
        return refuse(Refusal::MountPoint);
    }
    if disk.stat(&place.join(MANIFEST_NAME)).is_ok_and(|stat| stat.kind == Kind::File) {
        return Ok(());
    }
    if disk.stat(&place.join(".git")).is_ok() {
        return refuse(Refusal::GitRepository);
    }
    match disk.list(place).map_err(cannot_read)?.into_iter().map(|(name, _)| name).min() {
        Some(name) => refuse(Refusal::NotOurs(PathBuf::from(name))),
        None => Ok(()),
    }
}

/// Returns where a path leads when all links are followed, also when its last parts do not exist; none when a link in
/// it leads to nothing.
fn real_place(disk: &dyn Disk, path: &Path) -> std::io::Result<Option<PathBuf>> {
    let mut existing = std::path::absolute(path)?;
    let mut missing = Vec::new();
    loop {
        match disk.real_path(&existing) {
            Ok(real) => {
                let mut place = real;
                for part in missing.into_iter().rev() {
                    match part {
                        MissingPart::Up => {
                            place.pop();
                        }
                        MissingPart::Down(name) => place.push(name),
                    }
                }
                return Ok(Some(place));
            }
            Err(error) => {
                if disk.stat(&existing).is_ok_and(|stat| stat.kind == Kind::Link) {
                    return Ok(None);
                }
                if error.kind() != std::io::ErrorKind::NotFound {
                    return Err(error);
                }
                match existing.components().next_back() {
                    Some(Component::Normal(name)) => missing.push(MissingPart::Down(name.to_os_string())),
                    Some(Component::ParentDir) => missing.push(MissingPart::Up),
                    _ => return Err(error),
                }
                existing.pop();
            }
        }
    }
}

/// A part of a path behind the last folder that exists.
enum MissingPart {
    Up,
    Down(std::ffi::OsString),
}

/// Returns where `path` leads, or the path made absolute when it does not exist.
fn real_or_same(disk: &dyn Disk, path: &Path) -> PathBuf {
    match real_place(disk, path) {
        Ok(Some(place)) => place,
        _ => by_name(path),
    }
}

/// Returns `path` made absolute by its name only: `..` goes up, links are not looked at.
fn by_name(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()).components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::build::disk::RealDisk;

    /// A home with a site in it; `check` says why an output named relative to the home is refused.
    struct Home {
        folder: tempfile::TempDir,
    }

    impl Home {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            for name in ["site/content/a", "site/static", "site/themes/x", "site/.git", "other"] {
                fs::create_dir_all(folder.path().join(name)).unwrap();
            }
            fs::write(folder.path().join("other/note.txt"), "mine").unwrap();
            Self { folder }
        }

        fn path(&self) -> PathBuf {
            fs::canonicalize(self.folder.path()).unwrap()
        }

        fn check(&self, output: &str) -> Option<Refusal> {
            let home = self.path();
            let output = home.join(output);
            let guard = Guard::new(&home.join("site"), Some(&home));
            match check_place(&RealDisk, &output, &guard).and_then(|place| check_contents(&RealDisk, &output, &place)) {
                Ok(()) => None,
                Err(SinkError::Refused(refused)) => {
                    assert!(!refused.help().is_empty());
                    assert!(!refused.to_string().contains('\n'));
                    Some(refused.why)
                }
                Err(SinkError::Disk(error)) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn places_that_are_no_output_are_refused() {
        let home = Home::new();
        let root = home.path();
        assert_eq!(home.check(""), Some(Refusal::Home));
        assert_eq!(home.check(".."), Some(Refusal::Holds(root.clone())));
        assert_eq!(home.check("/"), Some(Refusal::FileSystemRoot));
        assert_eq!(home.check("site"), Some(Refusal::SiteRoot));
        assert_eq!(home.check("site/public/.."), Some(Refusal::SiteRoot));
        assert_eq!(home.check("site/content"), Some(Refusal::Source(root.join("site/content"))));
        assert_eq!(home.check("site/content/a/public"), Some(Refusal::Source(root.join("site/content"))));
        assert_eq!(home.check("site/templates"), Some(Refusal::Source(root.join("site/templates"))));
        assert_eq!(home.check("site/.git/x"), Some(Refusal::InGit));
        let guard = Guard::new(&root.join("site"), None);
        assert!(matches!(
            check_place(&RealDisk, Path::new(""), &guard),
            Err(SinkError::Refused(OutputRefused { why: Refusal::Empty, .. }))
        ));
        assert_eq!(
            check_place(&RealDisk, &root, &guard).unwrap_err().to_string(),
            format!("nothing is written to `{0}`: it holds `{0}/site`, which is not output", root.display())
        );
    }

    #[test]
    fn folders_with_other_peoples_files_are_refused() {
        let home = Home::new();
        assert_eq!(home.check("other"), Some(Refusal::NotOurs("note.txt".into())));
        assert_eq!(home.check("other/note.txt"), Some(Refusal::NotAFolder));
        fs::create_dir_all(home.path().join("repo/.git")).unwrap();
        assert_eq!(home.check("repo"), Some(Refusal::GitRepository));
        fs::write(home.path().join("repo/.crossbrief.json"), "").unwrap();
        assert_eq!(home.check("repo"), None);
    }

    #[test]
    fn new_empty_and_marked_folders_are_taken() {
        let home = Home::new();
        assert_eq!(home.check("site/public"), None);
        assert_eq!(home.check("a/b/c"), None);
        assert_eq!(home.check("missing/../fresh"), None);
        fs::create_dir(home.path().join("site/empty")).unwrap();
        assert_eq!(home.check("site/empty"), None);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_only_where_that_is_meant() {
        use std::os::unix::fs::symlink;
        let home = Home::new();
        let root = home.path();
        fs::create_dir(root.join("empty")).unwrap();
        symlink(root.join("nowhere"), root.join("site/dangling")).unwrap();
        symlink(root.join("site/loop"), root.join("site/loop")).unwrap();
        symlink(&root, root.join("site/home")).unwrap();
        symlink(root.join("empty"), root.join("site/out")).unwrap();
        symlink(root.join("empty"), root.join("www")).unwrap();
        symlink(root.join("site/content"), root.join("www2")).unwrap();
        symlink("/dev/null", root.join("null")).unwrap();
        assert_eq!(home.check("site/dangling"), Some(Refusal::DanglingLink));
        assert_eq!(home.check("site/dangling/below"), Some(Refusal::DanglingLink));
        assert_eq!(home.check("site/loop"), Some(Refusal::DanglingLink));
        assert_eq!(home.check("site/home"), Some(Refusal::Home));
        assert_eq!(home.check("site/out"), Some(Refusal::LeadsOut(root.join("empty"))));
        assert_eq!(home.check("site/out/below"), Some(Refusal::LeadsOut(root.join("empty/below"))));
        assert_eq!(home.check("www"), None);
        assert_eq!(home.check("www2"), Some(Refusal::Source(root.join("site/content"))));
        assert_eq!(home.check("null"), Some(Refusal::NotAFolder));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn mount_points_are_told_from_folders() {
        assert!(disk::is_mount_point(Path::new("/proc")));
        assert!(!disk::is_mount_point(Path::new("/proc/self")));
    }
}
