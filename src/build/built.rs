//! A site that was built, read back into memory.

use std::collections::BTreeMap;
use std::path::Path;

use crate::base::paths::OutputPath;
use crate::build::disk::{Disk, Kind, RealDisk};
use crate::build::fs_error::{Deed, FsError};
use crate::build::manifest;
use crate::build::sink::read_file;

/// Reads all files below `folder`, by their paths in it. Links are not followed, and names that no host can store are
/// left out; so is the note of what Crossbrief wrote, which is never published.
pub fn read(folder: &Path) -> Result<BTreeMap<OutputPath, Vec<u8>>, FsError> {
    let mut files = BTreeMap::new();
    let mut open = vec![String::new()];
    while let Some(inner) = open.pop() {
        let path = folder.join(&inner);
        let entries = RealDisk.list(&path).map_err(|error| FsError::new(Deed::Read, &path, &error))?;
        for (name, kind) in entries {
            let Some(name) = name.to_str().filter(|name| *name != manifest::MANIFEST_NAME) else { continue };
            let inner = if inner.is_empty() { name.to_string() } else { format!("{inner}/{name}") };
            match kind {
                Kind::Folder => open.push(inner),
                Kind::File => {
                    if let Ok(output) = OutputPath::new(&inner) {
                        files.insert(output, read_file(&folder.join(&inner))?);
                    }
                }
                Kind::Link | Kind::Other => {}
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_and_links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        for path in ["index.html", "a/index.html", manifest::MANIFEST_NAME] {
            std::fs::write(folder.path().join(path), path).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("secret.txt")).unwrap();
        let files = read(folder.path()).unwrap();
        let paths: Vec<&str> = files.keys().map(OutputPath::as_str).collect();
        assert_eq!(paths, ["a/index.html", "index.html"]);
        assert!(read(&folder.path().join("none")).is_err());
    }
}
