//! Crossbrief: a static site generator for briefings.
pub mod base;
pub mod build;
pub mod check;
pub mod cli;
pub mod config;
pub mod content;
pub mod outputs;
pub mod publish;
pub mod render;
pub mod serve;
pub mod site;
pub mod words;
