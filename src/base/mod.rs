//! Small things that every layer above stands on: paths, diagnostics, dates, text folding, hashes.
//!
//! Knows nothing of briefings, templates or the disk.

pub mod content_types;
pub mod dates;
pub mod diagnostics;
pub mod hash;
pub mod held;
pub mod kept;
pub mod layered;
pub mod paths;
pub mod report;
pub mod security_headers;
pub mod source_text;
pub mod suggest;
pub mod text;
pub mod typography;
pub mod yaml;
