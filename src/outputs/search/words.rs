//! `search/words/KEY.bin`: neighbouring words with the articles and entities that they lead to.
//!
//! Four bytes, the lowest first, tell the length of the head; the head is JSON; then come the articles of each word as
//! [`postings`] writes them, one after another. The head: `{"w": [[word, number of articles, bytes of postings,
//! [places in e]], …], "e": [[kind, name, address, number of articles, code of a country, marking], …]}`, in the order of
//! the words' bytes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::base::diagnostics::Diagnostic;
use crate::outputs::{Press, Recipe, Rendered};
use crate::site::ids::EntityId;
use crate::site::search::{MOST_ARTICLES, MOST_ENTITIES, Record, TOPIC, postings};

/// A shard, by its place.
#[derive(Debug)]
pub(super) struct Words(pub(super) usize);

impl Recipe for Words {
    fn name(&self) -> Cow<'static, str> {
        "words to search".into()
    }

    fn render(&self, press: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let (shard, records) = press.views.search_words(self.0)?;
        let mut places: HashMap<EntityId, usize> = HashMap::new();
        let mut entities: Vec<Value> = Vec::new();
        let mut words: Vec<Value> = Vec::with_capacity(shard.words.len());
        let mut articles: Vec<u8> = Vec::new();
        for word in shard.words.iter() {
            // A topic is a choice of the reader's, not a word among others: all its articles are told.
            let most = if word.text.starts_with(TOPIC) { 4 * MOST_ARTICLES } else { MOST_ARTICLES };
            let best = postings::best(&word.articles, word.count, most);
            articles.extend_from_slice(&best);
            let found: Vec<usize> = word
                .entities
                .iter()
                .take(MOST_ENTITIES)
                .map(|id| {
                    *places.entry(*id).or_insert_with(|| {
                        entities.push(entity(&records[id.index()]));
                        entities.len() - 1
                    })
                })
                .collect();
            words.push(match found.as_slice() {
                [] => json!([word.text, word.count, best.len()]),
                found => json!([word.text, word.count, best.len(), found]),
            });
        }
        let head = json!({"w": words, "e": entities}).to_string();
        let mut bytes = u32::try_from(head.len()).unwrap_or(u32::MAX).to_le_bytes().to_vec();
        bytes.extend_from_slice(head.as_bytes());
        bytes.append(&mut articles);
        Some(Rendered::Bytes(bytes))
    }
}

/// An entity as it is found.
pub(super) fn entity(record: &Record) -> Value {
    let mut entity = vec![
        record.kind.into(),
        record.name.as_str().into(),
        record.url.seen_from_home().into(),
        record.count.into(),
        record.code.as_deref().into(),
        record.marking.map(|marking| marking.label()).into(),
    ];
    while entity.last().is_some_and(Value::is_null) {
        entity.pop();
    }
    entity.into()
}

/// A key as hexadecimal digits: in that form it sorts as its bytes do, and is no name that a system keeps for itself.
pub(super) fn hex(key: &[u8]) -> String {
    key.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The name of a shard's file.
pub(super) fn file_name(key: &[u8]) -> String {
    if key.is_empty() { "0".to_string() } else { hex(key) }
}
