//! `search/index.json`: what the page of the search loads before anything is typed.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::base::diagnostics::Diagnostic;
use crate::outputs::search::{texts::GROUP, words};
use crate::outputs::{Press, Recipe, Rendered};
use crate::site::search::{MOST_ARTICLES, Record, TOPIC};

/// Entities that are there at once, before a shard is loaded: what one or two letters lead to.
const TOP: usize = 150;

/// Most topics to choose from, those in the most articles.
const TOPICS: usize = 300;

#[derive(Debug)]
pub(super) struct Start;

impl Recipe for Start {
    fn name(&self) -> Cow<'static, str> {
        "start of searching".into()
    }

    fn render(&self, press: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let search = press.views.search()?;
        let kinds = &press.views.config().kinds;
        let most = |count: usize, is_wanted: &dyn Fn(&Record) -> bool| {
            let mut most: Vec<(usize, &Record)> =
                search.records.iter().enumerate().filter(|(_, one)| one.count > 0 && is_wanted(one)).collect();
            most.sort_by_key(|(_, one)| std::cmp::Reverse(one.count));
            most.truncate(count);
            most
        };
        let mut topics = most(TOPICS, &|one| kinds[one.kind].is_topic());
        topics.sort_by_key(|(at, _)| *at);
        let topics: Vec<Value> = topics
            .iter()
            .map(|(_, one)| json!([one.name, format!("{TOPIC}{}", one.url.as_str().trim_matches('/')), one.count]))
            .collect();
        let top: Vec<Value> = most(TOP, &|_| true).iter().map(|(_, one)| words::entity(one)).collect();
        let shown: Vec<usize> = search.records.iter().map(|one| one.kind).collect();
        let kinds: Vec<Value> = (0..kinds.len())
            .map(|at| {
                let kind = press.views.kind_ref(at);
                json!({"id": kind.id, "one": kind.singular, "many": kind.plural, "has": shown.contains(&at)})
            })
            .collect();
        let keys: Vec<String> = search.keys.iter().map(|key| words::hex(key)).collect();
        let start = json!({
            "articles": search.articles,
            "group": GROUP,
            "most": MOST_ARTICLES,
            "kinds": kinds,
            "months": search.months,
            "topics": topics,
            "top": top,
            "words": keys,
            "secret": press.views.secret("search"),
        });
        let mut start = start;
        // Only a test of the tests puts something there.
        if let Some(map) = start.as_object_mut() {
            map.retain(|key, value| key != "secret" || value != "");
        }
        Some(Rendered::Bytes(start.to_string().into_bytes()))
    }
}
