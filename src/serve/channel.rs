//! The reload channel: one WebSocket a tab, over which the newest state of its page is told.
//!
//! A tab says which page it shows and which version of it it has; it is told whenever there is another, what else
//! changed since, and what is wrong. Only the newest counts: a tab that was away catches up with one message.
//! A WebSocket, since browsers open no more than six streams of events to one server.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::serve::answer::Shown;
use crate::serve::connections::Seat;
use crate::serve::preview::{Seen, State, View};
use crate::serve::problems;
use crate::serve::rebuild::Made;
use crate::serve::tree::Reply;

/// How often a tab is asked whether it is still there.
const PING: Duration = Duration::from_secs(25);
/// How long a tab may take to read what it is told.
const SEND: Duration = Duration::from_secs(10);

/// What a tab shows.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Decoded address of its page.
    pub address: String,
    /// With whose eyes.
    pub view: View,
    /// The generation that it was loaded from.
    pub since: u64,
}

/// Tells a tab of every new state until it goes.
pub async fn run(mut socket: WebSocket, shown: Arc<Shown>, tab: Tab, seat: Arc<Seat>) {
    let mut states = shown.states.clone();
    let mut told = Told { since: tab.since, ..Told::default() };
    let mut ping = tokio::time::interval(PING);
    ping.tick().await;
    let mut is_new = true;
    // The site that is being made: its page is waited for, and so is made first.
    let mut coming = None;
    loop {
        if is_new {
            let state = states.borrow_and_update().clone();
            coming = match state.of(tab.view) {
                Some(Seen::Coming(coming)) => Some(coming),
                _ => None,
            };
            let message = if coming.is_none() { told.next(&state, &shown, &tab) } else { None };
            if let Some(message) = message
                && !send(&mut socket, Message::Text(message.into())).await
            {
                break;
            }
        }
        let page = async {
            match &coming {
                Some(coming) => coming.reply(&tab.address, shown.addresses).await,
                None => std::future::pending().await,
            }
        };
        is_new = tokio::select! {
            reply = page => {
                coming = None;
                if let Some(message) = reply.and_then(|reply| told.page(tag(reply), &shown))
                    && !send(&mut socket, Message::Text(message.into())).await
                {
                    break;
                }
                false
            }
            changed = states.changed() => match changed {
                Ok(()) => true,
                Err(_) => break,
            },
            _ = ping.tick() => {
                shown.wants(tab.view);
                if !send(&mut socket, Message::Ping(Vec::new().into())).await {
                    break;
                }
                false
            }
            received = socket.recv() => match received {
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => false,
            },
        };
    }
    let _ = tokio::time::timeout(SEND, socket.close()).await;
    drop(seat);
}

async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(tokio::time::timeout(SEND, socket.send(message)).await, Ok(Ok(())))
}

/// What a tab was told last.
#[derive(Debug, Default)]
struct Told {
    /// The newest generation it knows.
    since: u64,
    /// The page's tag.
    page: Option<String>,
    problems: Option<Value>,
    saved: u64,
}

impl Told {
    /// The message for a page that is there before the rest of its site; none when the tab has it.
    fn page(&mut self, page: Option<String>, shown: &Shown) -> Option<String> {
        if page.is_none() || self.page == page {
            return None;
        }
        self.page = page;
        // What else there is to know of the new site comes with all of it.
        Some(json!({"page": self.page, "generation": self.since, "run": shown.run}).to_string())
    }

    /// The message for a new state; none when nothing in it concerns the tab.
    fn next(&mut self, state: &State, shown: &Shown, tab: &Tab) -> Option<String> {
        let made = state.views.get(&tab.view)?;
        let page = tag(made.tree.reply(&tab.address, shown.addresses));
        let changed = made.recent.since(self.since);
        let problems = problems::json(&made.problems, shown.desk());
        let saved = state.saved.as_ref().filter(|(generation, _)| shown.follow && *generation > self.saved);
        let mut message = serde_json::Map::new();
        let is_first = self.page.is_none() && self.problems.is_none();
        if is_first || self.page != page {
            message.insert("page".to_string(), json!(page));
        }
        if changed.as_ref().is_none_or(|changed| !changed.is_empty()) {
            message.insert("files".to_string(), json!(changed));
        }
        if self.problems.as_ref() != Some(&problems) {
            message.insert("problems".to_string(), problems.clone());
        }
        if let Some((generation, address)) = saved {
            // What was saved before the tab came is no news to it.
            if self.saved > 0 || *generation > self.since {
                message.insert("saved".to_string(), json!(address));
            }
        }
        *self = Self {
            since: state.generation,
            page,
            problems: Some(problems),
            saved: state.saved.as_ref().map_or(self.saved, |(generation, _)| *generation),
        };
        if message.is_empty() {
            return None;
        }
        message.insert("generation".to_string(), json!(state.generation));
        message.insert("run".to_string(), json!(shown.run));
        Some(Value::Object(message).to_string())
    }
}

/// The tag of a page, or of the page of missing pages.
fn tag(reply: Reply) -> Option<String> {
    match reply {
        Reply::File(entry) | Reply::Missing(Some(entry)) => Some(entry.etag.trim_matches('"').to_string()),
        Reply::Missing(None) | Reply::Moved(_) => None,
    }
}

/// Waits until a view exists.
pub async fn view(states: &mut watch::Receiver<Arc<State>>, view: View) -> Option<Arc<Made>> {
    let state = states.wait_for(|state| state.views.contains_key(&view)).await.ok()?;
    state.views.get(&view).cloned()
}
