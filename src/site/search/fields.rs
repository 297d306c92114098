//! What of an article can be searched, field by field.

use std::borrow::Cow;

use crate::config::Config;
use crate::content::markdown::{self, GAP, RunKind};
use crate::site::mentions::{Spot, Text};
use crate::site::{Article, Entity};

/// What a stretch of an article's text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Its title.
    Title,
    /// Its summary, which lists show.
    Summary,
    /// Its bottom line, why it matters, and its key judgments.
    Key,
    /// A heading.
    Heading,
    /// A paragraph, an entry of a list, a cell of a table, a note, an event.
    Text,
}

/// The text of an article as readers see it, stretch by stretch in the order of its page.
pub fn fields(article: &Article, config: &Config) -> Vec<(Field, String)> {
    let options = &config.markdown;
    let mut events = Vec::new();
    let mut found = Vec::new();
    for (spot, line) in Text::lines_of(&article.meta) {
        let Some(run) = markdown::inline_prose(&line, options) else { continue };
        let text = shown(run.text);
        match spot {
            Spot::Title => found.push((Field::Title, text)),
            Spot::Summary => found.push((Field::Summary, text)),
            Spot::Event(_) => events.push((Field::Text, text)),
            _ => found.push((Field::Key, text)),
        }
    }
    let opened = article.document.open(&article.path);
    let prose = markdown::prose(&opened.body(), options);
    let (notes, main): (Vec<_>, Vec<_>) = prose.runs.into_iter().partition(|run| run.kind == RunKind::Note);
    found.extend(main.into_iter().map(|run| {
        let field = if run.kind == RunKind::Heading { Field::Heading } else { Field::Text };
        (field, shown(run.text))
    }));
    found.extend(events);
    found.extend(notes.into_iter().map(|run| (Field::Text, shown(run.text))));
    found
}

/// A line without the places where something is that is no prose.
fn shown(text: String) -> String {
    if text.contains(GAP) { crate::base::text::tidy(&text.replace(GAP, " ")) } else { text }
}

/// The names of an entity, in all spellings and scripts that are known.
pub fn names(entity: &Entity) -> Vec<Cow<'_, str>> {
    let mut names: Vec<Cow<str>> = vec![entity.name.as_str().into()];
    if let Some(meta) = &entity.meta {
        let input = &meta.input;
        names.extend(input.native_name.as_deref().map(Cow::from));
        names.extend(input.aliases.names().map(Cow::from));
        names.extend(input.weak_aliases.0.iter().map(|name| Cow::from(name.as_str())));
    }
    if let Some(country) = entity.country {
        names.extend([country.name, country.official].map(Cow::from));
        names.extend(country.native.map(Cow::from));
    }
    names
}

/// What else leads to an entity, though no briefing that names it need speak of that: what a country’s people are called,
/// and the posts of a person.
pub fn by_names(entity: &Entity) -> Vec<Cow<'_, str>> {
    let mut names: Vec<Cow<str>> = Vec::new();
    if let Some(country) = entity.country {
        names.extend([country.alpha3.into(), country.code.into()]);
        names.extend(country.demonyms.iter().map(|name| Cow::from(*name)));
    }
    if let Some(meta) = &entity.meta {
        names.extend(meta.input.demonyms.0.iter().map(|name| Cow::from(name.as_str())));
    }
    names.extend(entity.roles.iter().map(|held| Cow::from(held.role.input.title.as_str())));
    names
}
