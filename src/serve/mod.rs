//! The live preview: a site that is built into memory, served to browsers, and rebuilt while it is written.
//!
//! One thread builds ([`preview`]): it takes hints of changes ([`watch`]), holds them against the bytes of the files,
//! rebuilds ([`rebuild`], the only place that knows how) and publishes an immutable [`tree`]; while many pages are made, they
//! can be had one by one ([`coming`]). The HTTP side ([`server`],
//! [`answer`]) reads the newest one; nothing that is asked for ever becomes a path on the disk. Every request passes
//! [`guard`] first. In the browser, [`browser`] shows what [`channel`] tells.
//!
//! [`hosted`] serves a folder that was built instead, as a static host will.

pub mod address;
pub mod answer;
pub mod browser;
pub mod burst;
pub mod channel;
pub mod coming;
pub mod connections;
pub mod desk;
pub mod editor;
pub mod guard;
pub mod hosted;
pub mod inject;
pub mod kept;
pub mod preview;
pub mod problems;
pub mod ranges;
pub mod rebuild;
pub mod server;
pub mod tree;
pub mod watch;
