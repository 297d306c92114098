//! Imports go down only: the table of `ARCHITECTURE.md`, held against every `use crate::` line.

use std::path::{Path, PathBuf};

/// Modules by layer, from the ground up. A module may import those of lower layers, and itself.
const LAYERS: &[&[&str]] = &[
    &["base"],
    &["words"],
    &["config", "content"],
    &["site"],
    &["render"],
    &["outputs"],
    &["build"],
    &["serve", "publish", "check"],
    &["cli"],
];

/// What one layer may import of itself: settings hold the options that belong to the content.
const WITHIN: &[(&str, &str)] = &[("config", "content")];

/// The only modules that may name `std::fs`.
const DISK: &[&str] = &["build", "cli"];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn imports_go_down_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    let (mut faults, mut imports) = (Vec::new(), 0);
    for path in found {
        let inner = path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
        let Some(module) = inner.split('/').next().filter(|first| !first.ends_with(".rs")) else { continue };
        let own = layer(module).unwrap_or_else(|| panic!("the module `{module}` has no layer: add it to this table"));
        let text = std::fs::read_to_string(&path).expect("a readable file");
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for (at, _) in line.match_indices("crate::") {
                let other: String =
                    line[at + 7..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                let Some(theirs) = layer(&other) else { continue };
                imports += 1;
                let allowed = other == module || theirs < own || WITHIN.contains(&(module, &other));
                if !allowed {
                    faults.push(format!("src/{inner}:{}: `{module}` may not import `{other}`", number + 1));
                }
            }
            if line.contains("std::fs") && !DISK.contains(&module) {
                faults.push(format!("src/{inner}:{}: only {DISK:?} touch the disk", number + 1));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(imports > 100, "the test reads no imports any more");
}
