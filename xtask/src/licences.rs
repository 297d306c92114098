//! `cargo xtask licences`: licences, sources and known faults of all dependencies, checked offline.
//!
//! `cargo deny` would do the same, but takes minutes to compile in every CI run, and its advisory data base cannot be
//! fetched there. The advisories that concern our lock file are kept in [`ACCEPTED`] and [`BANNED`]; whoever updates a
//! dependency looks it up at rustsec.org and keeps these lists.

use std::process::Command;

use serde_json::Value;

use crate::Result;
use crate::test::root;

/// Licences that we may ship.
const ALLOWED: [&str; 16] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unlicense",
    "CC0-1.0",
    "MPL-2.0",
    "Unicode-3.0",
    "0BSD",
    "BSL-1.0",
    "MIT-0",
    "NCSA", // permissive; of libfuzzer-sys, which rav1e names for its own fuzzing and nothing here compiles
    "CDLA-Permissive-2.0", // data: the certificates of the public authorities
];

/// Crates that must not come in, each with the reason.
const BANNED: [(&str, &str); 5] = [
    ("serde_yml", "unsound and archived (RUSTSEC-2025-0068)"),
    ("libyml", "unsound and archived (RUSTSEC-2025-0067)"),
    ("yaml-rust", "unmaintained (RUSTSEC-2024-0320)"),
    ("html2md", "GPL-3.0-or-later"),
    ("openssl-sys", "we use rustls where we use TLS at all"),
];

/// Advisories that concern our lock file and are accepted, each with the reason.
const ACCEPTED: [(&str, &str, &str); 3] = [
    ("rkyv", "RUSTSEC-2026-0235", "through minify-html and lightningcss; no archives are read"),
    ("bincode", "RUSTSEC-2025-0141", "unmaintained; through syntect, reads only the grammars that syntect ships"),
    ("paste", "RUSTSEC-2024-0436", "unmaintained; a macro at compile time"),
];

/// Checks every package of the lock file.
pub fn run() -> Result<()> {
    let arguments = ["metadata", "--format-version", "1", "--locked"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    let mut faults = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        if !is_allowed(licence) {
            faults.push(format!("{name}: the licence `{licence}` is not on the list"));
        }
        if let Some((_, why)) = BANNED.iter().find(|(banned, _)| *banned == name) {
            faults.push(format!("{name} is banned: {why}"));
        }
        let source = package["source"].as_str();
        if source.is_some_and(|source| !source.starts_with("registry+") && !source.starts_with("sparse+")) {
            faults.push(format!("{name} comes from {}", source.unwrap_or_default()));
        }
    }
    for (name, advisory, why) in ACCEPTED {
        if packages.iter().any(|package| package["name"] == name) {
            println!("accepted: {name}, {advisory}: {why}");
        }
    }
    if faults.is_empty() {
        println!("{} packages", packages.len());
        Ok(())
    } else {
        Err(faults.join("\n").into())
    }
}

/// Whether an SPDX expression leaves us an allowed choice.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let text = expression.trim();
    if let Some(parts) = split_top(text, " AND ") {
        return parts.iter().all(|part| is_allowed(part));
    }
    if let Some(parts) = split_top(text, " OR ") {
        return parts.iter().any(|part| is_allowed(part));
    }
    match text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => is_allowed(inner),
        None => ALLOWED.contains(&text),
    }
}

/// Splits at a word that stands outside parentheses; `None` when there is none.
fn split_top<'a>(text: &'a str, word: &str) -> Option<Vec<&'a str>> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && at >= start && text[at..].starts_with(word) => {
                parts.push(&text[start..at]);
                start = at + word.len();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (parts.len() > 1).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read() {
        for allowed in [
            "MIT",
            "MIT OR GPL-3.0",
            "MIT/Apache-2.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR MIT",
        ] {
            assert!(is_allowed(allowed), "{allowed}");
        }
        for refused in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND LGPL-2.1"] {
            assert!(!is_allowed(refused), "{refused}");
        }
    }
}
