//! Names in the articles that are no entity yet: what a desk may want pages for.
//!
//! A rough net on purpose: capitalised words that several articles have. It proposes, and a person decides.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rayon::prelude::*;

use crate::base::text::{fold, is_apostrophe};
use crate::content::countries;
use crate::content::markdown::{self, Run, RunKind};
use crate::site::Site;
use crate::site::ids::ArticleId;
use crate::site::mentions::sentences::{context, starts_sentence};
use crate::site::mentions::words::{FUNCTION_WORDS, HARMLESS, INSTITUTIONS, TITLES, Word, is_in, words};
use crate::site::mentions::{By, Context, Spot};

/// A name that may deserve a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The name, in the spelling that is seen most.
    pub name: String,
    /// Id of the kind it likely is of, where the words around it tell.
    pub kind: Option<String>,
    /// Articles with it, newest first.
    pub articles: Vec<ArticleId>,
    /// Times it stands there.
    pub count: usize,
    /// A sentence with it from the newest article.
    pub sample: Context,
}

/// A name where it stands.
struct Seen {
    name: String,
    /// Whether its capitals are those of a name: no sentence begins with it.
    firm: bool,
    titled: bool,
    sample: Context,
}

/// Small words within names: `Bank of England`, `Ursula von der Leyen`, `Mohammed bin Salman`.
const LINKS: &[Word] = &words([
    "al", "bin", "da", "das", "de", "del", "den", "der", "di", "do", "dos", "du", "el", "for", "ibn", "la", "le", "of",
    "on", "the", "van", "von", "y",
]);

/// Nouns of organisations, besides [`INSTITUTIONS`].
const BODIES: &[Word] = &words([
    "agency",
    "alliance",
    "assembly",
    "authority",
    "board",
    "bureau",
    "chamber",
    "commission",
    "committee",
    "congress",
    "council",
    "court",
    "department",
    "force",
    "fund",
    "ministry",
    "office",
    "organisation",
    "organization",
    "parliament",
    "party",
    "senate",
    "service",
    "union",
]);

/// Returns names that at least `fewest` articles have and no entity bears, the most frequent first.
pub fn find(site: &Site, fewest: usize) -> Vec<Suggestion> {
    let per_article: Vec<Vec<Seen>> =
        (0..site.articles.len()).into_par_iter().map(|index| names_of(site, ArticleId::at(index))).collect();
    let firm: BTreeSet<String> =
        per_article.iter().flatten().filter(|seen| seen.firm).map(|seen| fold(&seen.name)).collect();
    let mut gathered: BTreeMap<String, Vec<(ArticleId, Seen)>> = BTreeMap::new();
    for (index, names) in per_article.into_iter().enumerate() {
        for mut seen in names {
            // `Reporters Anna Smith said`: the first word of a sentence may not belong to the name behind it.
            if !seen.firm
                && !firm.contains(&fold(&seen.name))
                && let Some((_, rest)) = seen.name.split_once(' ')
                && firm.contains(&fold(rest))
            {
                seen.name = rest.to_string();
            }
            gathered.entry(fold(&seen.name)).or_default().push((ArticleId::at(index), seen));
        }
    }
    let mut found: Vec<Suggestion> = gathered
        .into_iter()
        .filter(|(key, seen)| firm.contains(key) || key.contains(' ') && seen.len() > 1)
        .filter(|(key, _)| site.registry.find_any(key).is_empty() && countries::resolve(key).is_none())
        .filter_map(|(_, seen)| suggestion(site, seen))
        .filter(|one| one.articles.len() >= fewest)
        .collect();
    found.sort_by(|left, right| {
        (right.articles.len(), right.count).cmp(&(left.articles.len(), left.count)).then(left.name.cmp(&right.name))
    });
    found
}

fn suggestion(site: &Site, seen: Vec<(ArticleId, Seen)>) -> Option<Suggestion> {
    let mut spellings: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, one) in &seen {
        *spellings.entry(&one.name).or_default() += 1;
    }
    let name = spellings.iter().rev().max_by_key(|(_, count)| **count)?.0.to_string();
    let mut articles: Vec<ArticleId> = seen.iter().map(|(id, _)| *id).collect();
    articles.dedup();
    let titled = seen.iter().any(|(_, one)| one.titled);
    let word = name.rsplit(' ').next().unwrap_or_default();
    let is_body = name.split(' ').any(|word| is_in(BODIES, word)) || is_in(INSTITUTIONS, word);
    let kind = site
        .config
        .kinds
        .iter()
        .find(|kind| if is_body { kind.id.starts_with("organi") } else { titled && kind.is_person() });
    Some(Suggestion {
        kind: kind.map(|kind| kind.id.clone()),
        count: seen.len(),
        sample: seen.first()?.1.sample.clone(),
        articles,
        name,
    })
}

/// The names of one article's text that are no mentions of what is known.
fn names_of(site: &Site, id: ArticleId) -> Vec<Seen> {
    let article = site.article(id);
    let opened = article.document.open(&article.path);
    let prose = markdown::prose(&opened.body(), &site.config.markdown);
    let mut seen = Vec::new();
    for run in prose.runs.iter().filter(|run| run.kind != RunKind::Heading) {
        let known: Vec<(Range<u32>, bool)> = article
            .found
            .mentions
            .iter()
            .filter(|mention| mention.spot == Spot::Body)
            .map(|mention| (mention.prepared.clone(), mention.by == By::Demonym))
            .collect();
        names_of_run(run, &known, &mut seen);
    }
    seen
}

/// Finds the names of a stretch of text; `known` are bytes of mentions, and whether each is a demonym, which may begin
/// a longer name.
fn names_of_run(run: &Run, known: &[(Range<u32>, bool)], seen: &mut Vec<Seen>) {
    let text = run.text.as_str();
    let tokens = tokens(text);
    // What each word is: `None` for one that ends a name.
    let taken = |range: &Range<usize>| {
        let origin = run.origin(range.clone())?;
        let at = u32::try_from(origin.prepared.start).ok()?;
        known.iter().find(|(range, _)| range.contains(&at)).map(|(_, demonym)| *demonym)
    };
    let capital = |range: &Range<usize>| text[range.clone()].chars().next().is_some_and(char::is_uppercase);
    let free = |range: &Range<usize>| capital(range) && taken(range).is_none();
    let beside = |left: &Range<usize>, right: &Range<usize>| matches!(&text[left.end..right.start], " " | "\u{A0}");
    let mut at = 0;
    while at < tokens.len() {
        let begins = free(&tokens[at]) || taken(&tokens[at]) == Some(true);
        if !begins {
            at += 1;
            continue;
        }
        let mut end = at;
        loop {
            let mut next = end + 1;
            while tokens.get(next).is_some_and(|word| is_in(LINKS, &text[word.clone()]) && !capital(word))
                && beside(&tokens[next - 1], &tokens[next])
                && next - end <= 2
            {
                next += 1;
            }
            let joined = tokens.get(next).is_some_and(|word| {
                free(word) && beside(&tokens[next - 1], word) && !text[tokens[end].clone()].ends_with(is_apostrophe)
            });
            if !joined {
                break;
            }
            end = next;
        }
        take(text, &tokens[at..=end], taken(&tokens[at]).is_some(), seen);
        at = end + 1;
    }
}

/// Takes a run of capitalised words for a name, without what does not belong to it.
fn take(text: &str, words: &[Range<usize>], known: bool, seen: &mut Vec<Seen>) {
    let mut words = words;
    let mut titled = false;
    // A demonym alone is known; with capitals behind it it begins a name: `French Navy`.
    if known && words.len() < 2 {
        return;
    }
    while let [first, rest @ ..] = words {
        let word = &text[first.clone()];
        let title = is_in(TITLES, word);
        if !(title || is_in(FUNCTION_WORDS, word) || is_in(HARMLESS, word)) {
            break;
        }
        titled |= title;
        words = rest;
    }
    while let [rest @ .., last] = words {
        let word = &text[last.clone()];
        if !(is_in(TITLES, word) || is_in(HARMLESS, word) || is_in(LINKS, word)) {
            break;
        }
        words = rest;
    }
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
    let range = first.start..last.end;
    let name = text[range.clone()].replace('\u{A0}', " ");
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 2 {
        return;
    }
    let firm = !starts_sentence(text, range.start);
    seen.push(Seen { firm, titled, sample: context(text, std::slice::from_ref(&range)), name });
}

/// The words of a text, without possessive endings.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '-' || c == '–' || is_apostrophe(c);
    let mut tokens = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (is_word(c), start) {
            (true, None) => start = Some(at),
            (false, Some(begin)) => {
                start = None;
                let word = text[begin..at].trim_end_matches(|c: char| c == '-' || c == '–' || is_apostrophe(c));
                let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
                if !word.is_empty() {
                    tokens.push(begin..begin + word.len());
                }
            }
            _ => {}
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::markdown::{MarkdownOptions, inline_prose};

    fn names(text: &str) -> Vec<(String, bool, bool)> {
        let run = inline_prose(text, &MarkdownOptions::default()).unwrap();
        let mut seen = Vec::new();
        names_of_run(&run, &[], &mut seen);
        seen.into_iter().map(|one| (one.name, one.firm, one.titled)).collect()
    }

    #[test]
    fn capitalised_words_are_names() {
        let found = names(
            "The envoy met Foreign Minister Sergei Lavrov’s aide at the Bank of Utopia on Monday. Reporters left.",
        );
        let found: Vec<(&str, bool, bool)> =
            found.iter().map(|(name, firm, titled)| (name.as_str(), *firm, *titled)).collect();
        assert_eq!(
            found,
            [("Sergei Lavrov", true, true), ("Bank of Utopia", true, false), ("Reporters", false, false)]
        );
    }

    #[test]
    fn small_words_do_not_join_what_is_apart() {
        let found: Vec<String> =
            names("a deal of Alpha, the Beta and of the Gamma Delta").into_iter().map(|one| one.0).collect();
        assert_eq!(found, ["Alpha", "Beta", "Gamma Delta"]);
    }

    #[test]
    fn lists_are_sorted() {
        for list in [LINKS, BODIES] {
            assert!(list.is_sorted());
        }
    }
}
