//! From the site to bytes: views, templates, HTML.
//!
//! Pure: takes the [`Site`](crate::site::Site) and the templates, gives bytes and diagnostics, and knows nothing of the
//! disk or of other outputs.

pub mod absolute;
pub mod activity;
pub mod articles;
pub mod citations;
mod closures;
pub mod dates;
pub mod diagram;
pub mod entities;
pub mod feed_refs;
pub mod full_text;
pub mod history;
pub mod html;
pub mod json_ld;
mod leads;
pub mod lists;
pub mod maps;
pub mod minify;
pub mod pairs;
pub mod pictures;
pub mod reads;
pub mod registers;
pub mod social;
pub mod templates;
pub mod tidy;
pub mod timelines;
pub mod twins;
pub mod view;
pub mod views;
