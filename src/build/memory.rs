//! What a build keeps for the next one: one file, outside of the output, that nothing depends on but time.
//!
//! It is trusted only when it is whole (a hash at its end says so) and was written by this very program; else it is as if
//! there were none. It names withheld files and so never leaves the desk.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::base::diagnostics::Diagnostic;
use crate::base::hash::Digest;
use crate::base::paths::SourcePath;
use crate::build::report::Report;
use crate::build::traces::Traces;
use crate::site::Placeholders;

/// Stands for the sources of this program.
pub const PROGRAM: &str = env!("CROSSBRIEF_BUILD");

/// The folder of a site in which it lies.
pub(super) const FOLDER: &str = ".crossbrief";

/// What a build keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Memory {
    /// Stands for all that the build was made of, besides the moment.
    pub inputs: Digest,
    /// The moment of the build, in nanoseconds since 1970.
    pub from: i128,
    /// The next moment at which the same files would give another site.
    pub until: Option<i128>,
    /// What was told, strictness applied.
    pub diagnostics: Vec<Diagnostic>,
    /// The numbers of the site.
    pub report: Report,
    /// What each output looked at.
    pub traces: Traces,
    /// What was told of outputs, by their places in the plan, strictness not applied.
    pub told: BTreeMap<usize, Vec<Diagnostic>>,
    /// What is seen of pictures while they load, by their contents.
    pub placeholders: Placeholders,
    /// The kept site that the build went on from, or that it kept.
    pub kept: Option<Digest>,
    /// The files that had changed since that was kept.
    pub since: BTreeSet<SourcePath>,
}

impl Memory {
    /// Whether the same files give the same site at another moment.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        let now = now.as_nanosecond();
        self.from <= now && self.until.is_none_or(|until| now < until)
    }

    /// Where the memory of builds of the site in `root` to `output` lies.
    pub fn place(root: &Path, output: &Path) -> PathBuf {
        let whole = fs::canonicalize(output).unwrap_or_else(|_| output.to_path_buf());
        let name = Digest::of(whole.as_os_str()).to_string();
        root.join(FOLDER).join(format!("{}.memory", &name[..16]))
    }

    /// Where the spare tree is kept (see [`FolderSink::with_spare`](super::sink::FolderSink::with_spare)) of the output whose
    /// memory lies at `memory`.
    pub fn spare(memory: &Path) -> PathBuf {
        memory.with_extension("spare")
    }

    /// Reads what the last build kept; none when there is nothing, or nothing that can be trusted.
    pub fn read(place: &Path) -> Option<Self> {
        let bytes = fs::read(place).ok()?;
        let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(32)?)?;
        let body = body.strip_prefix(head().as_bytes())?;
        (*blake3::hash(body).as_bytes() == *sum).then_some(())?;
        postcard::from_bytes(body).ok()
    }

    /// Keeps it, in one step. That it cannot be kept is no fault: the next build takes longer.
    pub fn write(&self, place: &Path) -> io::Result<()> {
        let body = postcard::to_stdvec(self).map_err(io::Error::other)?;
        replace(place, |file| {
            file.write_all(head().as_bytes())?;
            file.write_all(&body)?;
            file.write_all(blake3::hash(&body).as_bytes())
        })
    }
}

/// Writes a file of the folder in one step, and the folder if need be.
pub(super) fn replace(place: &Path, write: impl FnOnce(&mut fs::File) -> io::Result<()>) -> io::Result<()> {
    make_folder(place.parent().unwrap_or(place))?;
    // Always of this name, so that what a killed build left is overwritten. Two builds at once may spoil it for each
    // other, which the hash in it tells.
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let beside = place.with_file_name(format!("{name}.part"));
    let written = fs::File::create(&beside).and_then(|mut file| write(&mut file));
    let moved = written.and_then(|()| fs::rename(&beside, place));
    if moved.is_err() {
        let _ = fs::remove_file(&beside);
    }
    moved
}

/// Makes the folder that all this lies in, unless it is there.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // Other tools leave a folder with this file alone: it can be made again.
    let tag = folder.join("CACHEDIR.TAG");
    if !tag.exists() {
        fs::write(tag, "Signature: 8a477f597d28d172789f06886806bc55\n# Made by crossbrief; may be removed.\n")?;
    }
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        fs::write(ignore, "*\n")?;
    }
    Ok(())
}

fn head() -> String {
    format!("crossbrief memory {PROGRAM}\n")
}
