//! A small file that a command keeps in `.crossbrief/` of a site for its next run, and that nothing depends on but time.

use std::io::{self, Write};
use std::path::Path;

use crate::build::memory;

/// Reads what was kept under a name; none when there is nothing.
pub fn read(root: &Path, name: &str) -> Option<Vec<u8>> {
    std::fs::read(root.join(memory::FOLDER).join(name)).ok()
}

/// Keeps something under a name, in one step.
pub fn write(root: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    memory::replace(&root.join(memory::FOLDER).join(name), |file| file.write_all(bytes))
}
