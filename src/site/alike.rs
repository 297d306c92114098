//! How a site is like the one before it, so that what was found out of that one holds for this one too.

use crate::site::Site;

/// Whether the articles and the entities of two sites are the same, each with its number; what is in them may differ.
pub(super) fn is_numbered_alike(before: &Site, now: &Site) -> bool {
    before.articles.len() == now.articles.len()
        && before.entities.len() == now.entities.len()
        && before.articles.iter().zip(&now.articles).all(|(then, now)| then.path == now.path)
        && before.entities.iter().zip(&now.entities).all(|(then, now)| then.url == now.url)
}
