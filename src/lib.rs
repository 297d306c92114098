//! Crossbrief: a static site generator for briefings.
pub mod base;
