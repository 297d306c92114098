//! Silent edits: briefings that read otherwise than they once did, with no word to their readers.

use jiff::Timestamp;

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::hash::Digest;
use crate::base::paths::SourcePath;
use crate::build::{Loaded, content_role, settings_of};
use crate::content::read;
use crate::site::gate::{self, ArticleFile, Audience};

/// Tells when the article in the file at `path` reads otherwise now than its earlier bytes did, for readers who could see it
/// at the moment `then` and can now, and nothing in its front matter makes the change known.
pub fn silent_edit(loaded: &Loaded, path: &SourcePath, earlier: &[u8], then: Timestamp) -> Option<Diagnostic> {
    let now = loaded.source_text(path)?;
    let before = article(loaded, path, earlier, then)?;
    let after = article(loaded, path, now.as_bytes(), loaded.request.now)?;
    if shown(&before) == shown(&after) || announced(&before) != announced(&after) {
        return None;
    }
    let told = Diagnostic::warning(
        "silent-edit",
        "readers have seen this briefing with other words, and are not told that it changed",
    );
    Some(told.at(Place::file(path)).help(
        "add an entry to `updates:`, or to `corrections:` when something was wrong; for a slip of the pen, `updated:` is enough",
    ))
}

/// What the readers of this build could see of the article at a moment.
fn article(loaded: &Loaded, path: &SourcePath, bytes: &[u8], at: Timestamp) -> Option<ArticleFile> {
    let config = &loaded.site.config;
    let role = content_role(path, &loaded.site.content_root, loaded.bare, config);
    let read::Role::Article { .. } = role else { return None };
    let root = &loaded.site.content_root;
    let place = config.place_of(root, path).unwrap_or_else(|| path.clone());
    let (parsed, _) = read::parse_version(path, &place, &role, bytes, &settings_of(config));
    let clearance = loaded.request.clearance;
    let audience = Audience { clearance, now: at, drafts: false, embargoed: false };
    gate::visible_article(parsed?, &audience, config, &loaded.site.edition_with(path).floors)
}

/// Stands for what an article says, however its lines are broken.
fn shown(article: &ArticleFile) -> Digest {
    let ArticleFile { path, meta, document, .. } = article;
    let words = |text: &str| text.split_whitespace().map(str::to_string).collect::<Vec<_>>();
    let line = |text: &Option<String>| text.as_deref().map(words);
    let judgments: Vec<_> = meta
        .key_judgments
        .iter()
        .map(|one| (words(&one.input.text), one.input.likelihood, one.input.confidence))
        .collect();
    let lead = (words(&meta.title), line(&meta.summary), line(&meta.bottom_line), line(&meta.why_it_matters));
    Digest::of(&(lead, judgments, words(document.open(path).body().text)))
}

/// Stands for what an article tells of its changes.
fn announced(article: &ArticleFile) -> Digest {
    let meta = &article.meta;
    Digest::of(&(&meta.updated, &meta.updates, &meta.corrections))
}
