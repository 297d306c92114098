//! How ICD 203 wants estimates to be worded: a likelihood and a confidence never share a sentence, and the words of the two
//! rows of its table are not mixed.
//!
//! English words only. `remote` is not looked for in texts: most of what is remote there is far away.

use std::ops::Range;

use crate::base::diagnostics::{Diagnostic, FieldPath, Place};
use crate::base::paths::SourcePath;
use crate::base::text::{excerpt, one_line};
use crate::content::article::Meta;
use crate::content::read::Document;
use crate::content::vocabulary::Likelihood;

/// The words for a likelihood, those first that others are a part of.
const TERMS: [(&str, Likelihood); 15] = [
    ("roughly even chance", Likelihood::RoughlyEvenChance),
    ("roughly even odds", Likelihood::RoughlyEvenOdds),
    ("almost no chance", Likelihood::AlmostNoChance),
    ("highly improbable", Likelihood::HighlyImprobable),
    ("almost certainly", Likelihood::AlmostCertain),
    ("almost certain", Likelihood::AlmostCertain),
    ("nearly certain", Likelihood::NearlyCertain),
    ("highly probable", Likelihood::HighlyProbable),
    ("very unlikely", Likelihood::VeryUnlikely),
    ("very likely", Likelihood::VeryLikely),
    ("improbable", Likelihood::Improbable),
    ("unlikely", Likelihood::Unlikely),
    ("probably", Likelihood::Probable),
    ("probable", Likelihood::Probable),
    ("likely", Likelihood::Likely),
];

/// The words for a confidence.
const CONFIDENCE: [&str; 4] = ["low confidence", "moderate confidence", "medium confidence", "high confidence"];

/// Tells of estimates in an article that are worded otherwise than ICD 203 wants.
pub fn lint(path: &SourcePath, meta: &Meta, document: &Document) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    let lines = lines(meta);
    for (field, text) in &lines {
        if let Some(range) = both_in_one(text).into_iter().next() {
            told.push(both(Place::field(path, field.clone()), &text[range]));
        }
    }
    let opened = document.open(path);
    let body = opened.body();
    for range in both_in_one(body.text) {
        let start = body.offset + range.end - body.text[range.clone()].trim_start().len();
        told.push(both(Place::span(path, start..start + 1), &body.text[range]));
    }
    told.extend(mixed(path, meta, &lines));
    told
}

/// The texts of a front matter that hold estimates, with their places.
fn lines(meta: &Meta) -> Vec<(FieldPath, &str)> {
    let judgments = meta.key_judgments.iter().map(|judgment| {
        let field = FieldPath::key("key_judgments").index(judgment.index).then("text");
        (field, judgment.input.text.as_str())
    });
    let lead = [("bottom_line", &meta.bottom_line), ("why_it_matters", &meta.why_it_matters)];
    let lead = lead.into_iter().filter_map(|(key, text)| Some((FieldPath::key(key), text.as_deref()?)));
    judgments.chain(lead).collect()
}

fn both(place: Place, sentence: &str) -> Diagnostic {
    let shown = excerpt(&one_line(sentence), 80);
    Diagnostic::warning("likelihood-with-confidence", format!("likelihood and confidence in one sentence: `{shown}`"))
        .at(place)
        .help("ICD 203: say in a sentence of its own how confident the desk is")
}

/// The sentences that have both a likelihood and a confidence.
fn both_in_one(text: &str) -> Vec<Range<usize>> {
    // Nearly every text is done with here.
    if !text.contains("confidence") && !text.contains("Confidence") {
        return Vec::new();
    }
    let has_both = |range: &Range<usize>| {
        let sentence = text[range.clone()].to_lowercase();
        CONFIDENCE.iter().any(|words| at_words(&sentence, words).next().is_some()) && !terms(&sentence).is_empty()
    };
    sentences(text).into_iter().filter(has_both).collect()
}

/// Stretches that end with a full stop, a question or exclamation mark and a space, or with an empty line or a list's entry.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut start = 0;
    for at in 0..bytes.len() {
        let next = bytes.get(at + 1).copied().unwrap_or(b'\n');
        let ends = match bytes[at] {
            b'.' | b'!' | b'?' => next.is_ascii_whitespace(),
            b'\n' => matches!(next, b'\n' | b'-' | b'*' | b'#' | b'|' | b'>'),
            _ => false,
        };
        if ends {
            found.push(start..at + 1);
            start = at + 1;
        }
    }
    found.push(start..text.len());
    found
}

/// The likelihoods that a text in small letters words.
fn terms(text: &str) -> Vec<Likelihood> {
    let mut taken: Vec<Range<usize>> = Vec::new();
    let mut found = Vec::new();
    for (words, likelihood) in TERMS {
        for at in at_words(text, words) {
            let range = at..at + words.len();
            if taken.iter().all(|other| range.end <= other.start || other.end <= range.start) {
                taken.push(range);
                found.push(likelihood);
            }
        }
    }
    found
}

/// Where words stand in a text, not as a part of other words.
fn at_words<'a>(text: &'a str, words: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(words).map(|(at, _)| at).filter(move |at| {
        let before = text[..*at].chars().next_back();
        let after = text[*at + words.len()..].chars().next();
        [before, after].into_iter().flatten().all(|c| !c.is_alphanumeric())
    })
}

/// Tells of estimates in the words of the other row of the table than the first one has.
fn mixed(path: &SourcePath, meta: &Meta, lines: &[(FieldPath, &str)]) -> Vec<Diagnostic> {
    let stated = meta.key_judgments.iter().filter_map(|judgment| {
        let field = FieldPath::key("key_judgments").index(judgment.index).then("likelihood");
        Some((field, judgment.input.likelihood?))
    });
    let worded = lines.iter().flat_map(|(field, text)| {
        terms(&text.to_lowercase()).into_iter().map(move |likelihood| (field.clone(), likelihood))
    });
    let all: Vec<(FieldPath, Likelihood)> = stated.chain(worded).collect();
    let Some((first_place, first)) = all.first() else { return Vec::new() };
    let others = all.iter().filter(|(_, likelihood)| likelihood.is_of_second_row() != first.is_of_second_row());
    let tell = |(field, likelihood): &(FieldPath, Likelihood)| {
        let (here, there, twin) = (likelihood.term(), first.term(), likelihood.twin().term());
        Diagnostic::warning("mixed-likelihoods", format!("`{here}` is of another row of ICD 203 than `{there}`"))
            .at(Place::field(path, field.clone()))
            .also(Place::field(path, first_place.clone()), format!("`{there}` is here"))
            .help(format!("`{twin}` means the same as `{here}`: keep to one row"))
    };
    others.map(tell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_found_as_a_whole() {
        let check = |text: &str, expected: &[Likelihood]| assert_eq!(terms(text), expected, "{text}");
        check("it is likely.", &[Likelihood::Likely]);
        check("it is very unlikely, and improbable", &[Likelihood::VeryUnlikely, Likelihood::Improbable]);
        check("almost certainly, with roughly even odds", &[Likelihood::RoughlyEvenOdds, Likelihood::AlmostCertain]);
        check("a likelier place, likelihoods, remote areas", &[]);
    }

    #[test]
    fn a_sentence_has_one_or_the_other() {
        fn both(text: &str) -> Vec<&str> {
            both_in_one(text).into_iter().map(|range| text[range].trim()).collect()
        }
        assert_eq!(both("We have high confidence. It is likely to hold."), [""; 0]);
        assert_eq!(
            both("So it goes. We judge with Moderate confidence that it\nwill likely hold. Yes."),
            ["We judge with Moderate confidence that it\nwill likely hold."]
        );
        assert_eq!(both("- likely\n- high confidence"), [""; 0]);
        assert_eq!(both("Investors’ confidence is likely to fall."), [""; 0]);
    }
}
