//! The sources of an earlier publication, to be built anew for a rollback.
//!
//! No host keeps the bytes of earlier publications. Among them would be those of briefings that were withdrawn since, in
//! pages, lists, feeds and the search; to find and cut all of them would be a second gate, and everything that it missed
//! would lie open on the host. The sources are in git, and the one gate that there is can be asked again. So the commit
//! that was published is taken out of git into a folder of its own, and before it is built, the site as it is *now* has
//! its say, file by file:
//!
//! - A file that is withheld now, or is no more, is not put there. The build knows nothing of it.
//! - A file of which a part is withheld now is put there as it is now: nobody can tell which of its older words that part
//!   was.
//! - Where the settings have other rules now of what may be published, those of now hold.
//!
//! All else, templates and theme among it, is as it was.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::base::diagnostics::{Diagnostic, count_errors};
use crate::base::paths::SourcePath;
use crate::build::fs::{self, Role};
use crate::build::{self, Loaded};
use crate::config::{Config, Unmarked};
use crate::content::vocabulary::Tlp;

/// The sources of an earlier publication, less what may not be seen now. They are gone with this value.
#[derive(Debug)]
pub struct Earlier {
    /// The site’s folder.
    pub root: PathBuf,
    _work: tempfile::TempDir,
}

impl Earlier {
    /// Makes an empty folder for the sources of the site in `root`: somebody must put those of then there.
    pub fn new(root: &Path) -> std::io::Result<Self> {
        let work = tempfile::Builder::new().prefix("crossbrief-").tempdir()?;
        // A site without a title has that of its folder.
        let name = root.file_name().map_or_else(|| "site".into(), std::ffi::OsStr::to_os_string);
        let earlier = Self { root: work.path().join("site").join(name), _work: work };
        std::fs::create_dir_all(&earlier.root)?;
        Ok(earlier)
    }

    /// Takes away what may not be seen now: `present` is the site in the folder `now` as its readers would see it.
    pub fn obey(&self, now: &Path, present: &Loaded) -> std::io::Result<()> {
        let config = &present.site.config;
        let known: BTreeSet<&SourcePath> = present.sources().filter(|path| !is_ignored(config, path)).collect();
        let held: BTreeSet<&SourcePath> = present.site.withheld.files.iter().map(|file| &file.path).collect();
        let bare = fs::is_bare(&self.root);
        for (place, path) in files_below(&self.root)? {
            if !matches!(fs::role_of(&path, bare), Some(Role::Content | Role::Data | Role::Static)) {
                continue;
            }
            let source = SourcePath::new(&path);
            if !known.contains(&source) || present.site.withheld.holds(&source) {
                std::fs::remove_file(&place)?;
            } else if held.contains(&source) {
                std::fs::remove_file(&place)?;
                std::fs::copy(now.join(&path), &place)?;
            }
        }
        let before = build::settings(&self.root).ok().filter(|before| count_errors(&before.diagnostics) == 0);
        if before.is_none_or(|before| rules(&before.config) != rules(config)) {
            for name in ["site.yaml", "site.yml"] {
                let _ = std::fs::remove_file(self.root.join(name));
                if now.join(name).exists() {
                    std::fs::copy(now.join(name), self.root.join(name))?;
                }
            }
        }
        Ok(())
    }
}

/// What settings say of what may be published.
pub(super) fn rules(config: &Config) -> (Option<Tlp>, Unmarked, &[String], bool, bool) {
    (config.tlp, config.unmarked, &config.ignore, config.strip_metadata, config.markdown.raw_html)
}

fn is_ignored(config: &Config, path: &SourcePath) -> bool {
    config.ignore.iter().any(|pattern| fs::is_ignored(pattern, path.as_str()))
}

/// Files and links below a folder, with their paths from there.
fn files_below(root: &Path) -> std::io::Result<Vec<(PathBuf, String)>> {
    let (mut files, mut open) = (Vec::new(), vec![(root.to_path_buf(), String::new())]);
    while let Some((folder, path)) = open.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let path = format!("{path}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                open.push((entry.path(), format!("{path}/")));
            } else {
                files.push((entry.path(), path));
            }
        }
    }
    Ok(files)
}

/// Mistakes that come of what was taken away: links, pictures and names that lead nowhere any more. They are shown as
/// what leads nowhere is, and are no reason to keep the readers waiting. A folder without commits shows no histories.
const LEADS_NOWHERE: [&str; 7] =
    ["no-history", "broken-link", "broken-image", "broken-embed", "missing-file", "unknown-article", "unknown-entity"];

/// Whether a mistake of the earlier site comes of what was taken away.
pub fn is_expected(diagnostic: &Diagnostic) -> bool {
    LEADS_NOWHERE.contains(&&*diagnostic.code)
}
