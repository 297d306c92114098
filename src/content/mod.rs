//! Content: one source file in, typed values and diagnostics out. Knows nothing of any other file.

pub mod aliases;
pub mod article;
pub mod author;
pub mod beginnings;
pub mod countries;
pub mod entity;
pub mod estimates;
pub mod focus;
pub mod front_matter;
pub mod gazetteer;
pub mod history;
pub mod kinds;
pub mod markdown;
pub mod page;
pub mod read;
pub mod section;
pub mod table;
pub mod vocabulary;
pub mod world;
