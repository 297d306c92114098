//! Names in texts that may mean several things: told, with the line that settles it.

use std::collections::BTreeSet;

use crate::base::diagnostics::{Diagnostic, FieldPath, Place};
use crate::base::text::fold;
use crate::site::mentions::{Doubt, Meant, Spot, Why};
use crate::site::{Article, Site};

/// Returns a warning for each name of each article that is left without a link because its meaning is in doubt; a name
/// that stands there several times is told of once.
pub fn find(site: &Site) -> Vec<Diagnostic> {
    site.articles.iter().flat_map(|article| of_article(site, article)).collect()
}

/// The same for one article.
pub fn of_article(site: &Site, article: &Article) -> Vec<Diagnostic> {
    let mut told: BTreeSet<String> = BTreeSet::new();
    // `German` and `Germans` are one doubt.
    let key = |doubt: &Doubt| fold(&doubt.text).trim_end_matches('s').to_string();
    let lints = article.found.doubts.iter().filter(|doubt| doubt.why.is_lint());
    lints.filter(|doubt| told.insert(key(doubt))).map(|doubt| tell(site, article, doubt)).collect()
}

fn tell(site: &Site, article: &Article, doubt: &Doubt) -> Diagnostic {
    let name = &doubt.text;
    let message = match doubt.why {
        Why::Unsure => {
            let kinds: Vec<String> = doubt.candidates.iter().map(|meant| described(site, meant)).collect();
            format!("`{name}` may be {}, or something that this site does not know", kinds.join(" or "))
        }
        _ => {
            let candidates: Vec<String> = doubt.candidates.iter().map(|meant| described(site, meant)).collect();
            format!("`{name}` may be {}", candidates.join(" or "))
        }
    };
    let place = match doubt.spot {
        Spot::Body => Place::span(&article.path, doubt.in_file.start as usize..doubt.in_file.end as usize),
        Spot::Judgment(index) => {
            Place::field(&article.path, FieldPath::key("key_judgments").index(usize::from(index)).then("text"))
        }
        Spot::Event(index) => Place::field(&article.path, FieldPath::key("events").index(usize::from(index))),
        spot => Place::field(&article.path, spot.word()),
    };
    let mut told = Diagnostic::warning("ambiguous-mention", message).at(place).label("no link");
    if let Some(meant) = doubt.candidates.first() {
        let kind = &site.config.kinds[meant.kind];
        let by_hand = if doubt.spot == Spot::Body {
            format!(", or in the text `[[{}:{}|{name}]]`", kind.id, meant.slug)
        } else {
            String::new()
        };
        told = told.help(format!(
            "if it is {}, write `{}: [{}]` in the front matter{by_hand}",
            meant.name, kind.key, meant.slug
        ));
    }
    told.help(format!("if it is none of them, write `nolink: [{name}]`"))
}

/// `Georgia (country)`.
fn described(site: &Site, meant: &Meant) -> String {
    format!("{} ({})", meant.name, site.config.kinds[meant.kind].singular.to_lowercase())
}
