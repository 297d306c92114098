//! What the fuzz targets do with their bytes, and what must hold whatever these are.
//!
//! Each module has one function `run` that takes any bytes and panics when a promise is broken. libFuzzer calls it for
//! as long as it is let; `tests/fuzz.rs` of the main crate calls it for the seeds and for changes of them, so that it
//! compiles and holds without a nightly compiler.

pub mod front_matter;
pub mod markdown;
pub mod mentions;
pub mod oracle;
pub mod paths;
pub mod tidy;
