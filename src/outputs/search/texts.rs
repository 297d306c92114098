//! `search/texts/N.bin`: what is shown of articles that were found, and the texts out of which passages are taken.
//!
//! Packed JSON: a list of objects, those of the articles with the numbers from `N * GROUP` on.

use std::borrow::Cow;
use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::{Map, Value, json};

use crate::base::diagnostics::Diagnostic;
use crate::base::paths::SourcePath;
use crate::outputs::{Press, Recipe, Rendered};
use crate::render::dates;
use crate::render::views::{Views, summary};
use crate::site::search::fields::{Field, fields};

/// Articles in a file.
pub const GROUP: usize = 2;

/// Most bytes of a file.
pub const MOST_PACKED: usize = 40_000;

/// Most bytes of an article's text. Half of it when the file would be too large, and so on; what is cut off is found all
/// the same, only without a passage.
const MOST: usize = 48_000;

/// The articles from a number on, and their files, by which they are looked up.
#[derive(Debug)]
pub(super) struct Texts {
    pub(super) first: usize,
    pub(super) paths: Vec<SourcePath>,
}

impl Recipe for Texts {
    fn name(&self) -> Cow<'static, str> {
        let paths = self.paths.iter().fold(String::new(), |text, path| text + " " + path.as_str());
        format!("texts to search{paths}").into()
    }

    fn render(&self, press: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let mut entries: Vec<(Map<String, Value>, String)> =
            (self.first..self.first + self.paths.len()).filter_map(|number| entry(press.views, number)).collect();
        let mut most = MOST;
        loop {
            let shown: Vec<Value> = entries
                .iter_mut()
                .map(|(entry, text)| {
                    text.truncate(text.floor_char_boundary(most));
                    entry.insert("text".into(), text.as_str().into());
                    Value::Object(entry.clone())
                })
                .collect();
            let packed = packed(Value::Array(shown).to_string().as_bytes());
            if packed.len() <= MOST_PACKED || most == 0 {
                return Some(Rendered::Bytes(packed));
            }
            most /= 2;
        }
    }
}

/// What is shown of an article, and its text.
fn entry(views: &Views, number: usize) -> Option<(Map<String, Value>, String)> {
    let article = views.article(views.numbered(number)?);
    let mut entry = Map::new();
    let mut put = |key: &str, value: Value| drop(entry.insert(key.to_string(), value));
    put("title", article.meta.title.as_str().into());
    put("url", article.url.seen_from_home().into());
    let language = views.language_of(&article.lang);
    put("type", language.text(article.article_type.message()).into());
    if let Some(date) = article.meta.date.as_ref().map(|date| dates::moment(date, language)) {
        put("date", json!([date.iso, date.short]));
    }
    if let Some(marking) = article.marking {
        put("marking", marking.label().into());
    }
    if article.lang != views.config().language {
        put("lang", json!([article.lang, crate::words::tags::direction(&article.lang)]));
    }
    put("summary", summary(article).into());
    let mut text = String::new();
    for (field, line) in fields(article, views.config()) {
        if !matches!(field, Field::Title | Field::Summary) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    Some((entry, text))
}

/// Packs bytes; writing into memory cannot fail.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(LEVEL));
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// The fastest: the next ones gain a tenth of the size and take twice the time.
const LEVEL: u32 = 1;
