//! The view of a briefing's history: what became of its words from one revision to the next.

use imara_diff::{Algorithm, Diff, InternedInput};
use unicode_segmentation::UnicodeSegmentation;

use crate::base::text::{escape_html, excerpt};
use crate::render::dates;
use crate::render::view::{ChangeView, HistoryView, PartView, PassageView};
use crate::render::views::Views;
use crate::site::history::{Part, Passage, Revision};
use crate::site::ids::ArticleId;
use crate::words::Language;
use crate::words::message::Arg;

/// Letters of a line of context.
const CONTEXT: usize = 90;

/// Words of two passages together above which they are not compared word by word.
const MOST_WORDS: usize = 10_000;

/// The history of an article; none when it has none to show.
pub fn history(views: &Views, id: ArticleId) -> Option<HistoryView> {
    let revisions = views.history(id);
    let first = revisions.last()?;
    let article = views.glance(id);
    let changes = revisions.windows(2).map(|pair| change(pair[1], pair[0], views.language()));
    Some(HistoryView {
        title: article.title().to_string(),
        url: views.href(article.url()),
        first: dates::moment(&first.made, views.language()),
        changes: changes
            .enumerate()
            .map(|(at, change)| ChangeView { id: format!("change-{}", revisions.len() - 1 - at), ..change })
            .collect(),
    })
}

/// What the second of two revisions changed.
fn change(before: &Revision, after: &Revision, language: &Language) -> ChangeView {
    let parts = Part::ALL.into_iter().filter_map(|part| {
        let texts = |revision: &Revision| -> Vec<String> {
            let passages = revision.passages.iter().filter(|passage| passage.part == part);
            passages.map(|passage| words_of(passage, language)).collect()
        };
        let (before, after) = (texts(before), texts(after));
        let label = language.text(message(part)).to_string();
        (before != after).then(|| PartView { label, passages: passages(&before, &after, language) })
    });
    ChangeView { id: String::new(), date: dates::moment(&after.made, language), parts: parts.collect() }
}

/// The words for a part of a page.
fn message(part: Part) -> &'static str {
    match part {
        Part::Title => "part-title",
        Part::Summary => "part-summary",
        Part::BottomLine => "bottom-line",
        Part::WhyItMatters => "why-it-matters",
        Part::Judgments => "key-judgments",
        Part::Text => "part-text",
    }
}

/// What a passage says; a key judgment with its likelihood and confidence.
fn words_of(passage: &Passage, language: &Language) -> String {
    let likelihood = passage.likelihood.map(|one| language.text(one.message()).to_string());
    let confidence = passage
        .confidence
        .map(|one| language.say("confidence-in-text", &[("confidence", Arg::Text(language.text(one.message())))]));
    let estimate: Vec<String> = likelihood.into_iter().chain(confidence).collect();
    if estimate.is_empty() {
        return passage.text.clone();
    }
    format!("{} ({})", passage.text, estimate.join(language.text("list-comma")))
}

/// Holds the passages of a part against those before.
fn passages(before: &[String], after: &[String], language: &Language) -> Vec<PassageView> {
    let mut shown = Vec::new();
    let (mut old, mut new) = (0, 0);
    let hunks = hunks(before.iter().map(String::as_str), after.iter().map(String::as_str));
    for (removed, added) in hunks {
        unchanged(&after[new..added.start], new > 0, true, &mut shown);
        (old, new) = (removed.start, added.start);
        // Each old passage goes with the first new one that has most of its words.
        for text in &before[removed.clone()] {
            old += 1;
            match (new..added.end).find(|at| are_alike(text, &after[*at])) {
                Some(at) => {
                    shown.extend(after[new..at].iter().map(|text| whole("added", text, language)));
                    shown.push(compared(text, &after[at], language));
                    new = at + 1;
                }
                None => shown.push(whole("removed", text, language)),
            }
        }
        shown.extend(after[new..added.end].iter().map(|text| whole("added", text, language)));
        (old, new) = (old.max(removed.end), added.end);
    }
    unchanged(&after[new..], new > 0 || old > 0, false, &mut shown);
    shown
}

/// Folds passages that stayed as they were: of those beside a change a line is shown.
fn unchanged(texts: &[String], after_change: bool, before_change: bool, shown: &mut Vec<PassageView>) {
    let context = |text: &String| PassageView { kind: "same", html: escape_html(&excerpt(text, CONTEXT)), count: 1 };
    let (head, tail) = (usize::from(after_change), usize::from(before_change));
    // What is folded takes a line itself.
    if texts.len() <= head + tail + 1 {
        shown.extend(texts.iter().map(context));
        return;
    }
    shown.extend(texts[..head].iter().map(context));
    let count = texts.len() - head - tail;
    shown.push(PassageView { kind: "folded", html: String::new(), count });
    shown.extend(texts[texts.len() - tail..].iter().map(context));
}

/// A passage that came or went as a whole.
fn whole(kind: &'static str, text: &str, language: &Language) -> PassageView {
    let mut html = String::new();
    mark(kind == "added", text, language, &mut html);
    PassageView { kind, html, count: 1 }
}

/// A passage that changed, with the words that went and came.
fn compared(before: &str, after: &str, language: &Language) -> PassageView {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.split_word_bounds().collect(), after.split_word_bounds().collect());
    let mut html = String::new();
    if old.len() + new.len() > MOST_WORDS {
        mark(false, before, language, &mut html);
        html.push(' ');
        mark(true, after, language, &mut html);
        return PassageView { kind: "changed", html, count: 1 };
    }
    let mut joined: Vec<(std::ops::Range<usize>, std::ops::Range<usize>)> = Vec::new();
    for (removed, added) in hunks(old.iter().copied(), new.iter().copied()) {
        match joined.last_mut() {
            // A space between two changed words has not stayed: it reads better with them.
            Some((last, into)) if new[into.end..added.start].iter().all(|word| word.trim().is_empty()) => {
                (last.end, into.end) = (removed.end, added.end);
            }
            _ => joined.push((removed, added)),
        }
    }
    let mut at = 0;
    for (removed, added) in joined {
        html.push_str(&escape_html(&new[at..added.start].concat()));
        mark(false, &old[removed.clone()].concat(), language, &mut html);
        at = added.end;
        if !removed.is_empty() && !added.is_empty() {
            html.push(' ');
        }
        mark(true, &new[added].concat(), language, &mut html);
    }
    html.push_str(&escape_html(&new[at..].concat()));
    PassageView { kind: "changed", html, count: 1 }
}

/// Marks words that came or went, also for those who hear the page.
fn mark(is_new: bool, text: &str, language: &Language, html: &mut String) {
    let words = text.trim();
    let Some((lead, trail)) = text.split_once(words).filter(|_| !words.is_empty()) else {
        return html.push_str(text);
    };
    let (element, message) = if is_new { ("ins", "words-added") } else { ("del", "words-removed") };
    let said = escape_html(language.text(message));
    // Spaces stand outside: those within would be one with that behind what is said.
    html.push_str(&format!(
        "{lead}<{element}><span class=\"hidden\">{said} </span>{}</{element}>{trail}",
        escape_html(words)
    ));
}

/// Whether one passage became the other: half of the words of the shorter one are in both, and a quarter of the longer’s,
/// since a sentence often grows.
fn are_alike(one: &str, other: &str) -> bool {
    let sorted = |text: &'_ str| -> Vec<String> {
        let mut words: Vec<String> = text.unicode_words().map(str::to_lowercase).collect();
        words.sort_unstable();
        words
    };
    let (one, other) = (sorted(one), sorted(other));
    let (mut left, mut right, mut common) = (0, 0, 0);
    while left < one.len() && right < other.len() {
        match one[left].cmp(&other[right]) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => (left, right, common) = (left + 1, right + 1, common + 1),
        }
    }
    let (shorter, longer) = (one.len().min(other.len()), one.len().max(other.len()));
    common > 0 && 2 * common >= shorter && 4 * common >= longer
}

/// Where two rows of tokens differ: the places that went and those that came, in order.
fn hunks<'t>(
    before: impl Iterator<Item = &'t str>,
    after: impl Iterator<Item = &'t str>,
) -> Vec<(std::ops::Range<usize>, std::ops::Range<usize>)> {
    let mut input = InternedInput::default();
    input.update_before(before);
    input.update_after(after);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    let places = |range: std::ops::Range<u32>| range.start as usize..range.end as usize;
    diff.hunks().map(|hunk| (places(hunk.before), places(hunk.after))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    /// What is shown of two texts whose passages stand on lines of their own: `-went-`, `+came+`, `~folded~`.
    fn shown(before: &str, after: &str) -> Vec<String> {
        let (words, _) = Words::read(&[]);
        let lines = |text: &str| text.lines().map(str::to_string).collect::<Vec<_>>();
        let plain = |view: PassageView| {
            let html = view.html.replace("<del><span class=\"hidden\"> </span>", "-").replace("</del>", "-");
            let html = html.replace("<ins><span class=\"hidden\"> </span>", "+").replace("</ins>", "+");
            if view.kind == "folded" { format!("~{}~", view.count) } else { format!("{}|{html}", view.kind) }
        };
        passages(&lines(before), &lines(after), words.of("en")).into_iter().map(plain).collect()
    }

    #[test]
    fn words_that_changed_are_marked() {
        assert_eq!(shown("Two met in Paris.", "Three met in Paris."), ["changed|-Two- +Three+ met in Paris."]);
        assert_eq!(
            shown("He saw the red fox, and left.", "He saw a brown fox, and left."),
            ["changed|He saw -the red- +a brown+ fox, and left."]
        );
        assert_eq!(shown("A <b> & c.", "A <b> & c, d."), ["changed|A &lt;b&gt; &amp; c+, d+."]);
        assert_eq!(
            shown("Repairs take two weeks.", "Repairs take three weeks, the ministry of ports says."),
            ["changed|Repairs take -two- +three+ weeks+, the ministry of ports says+."]
        );
        assert_eq!(shown("Yes.", "Yes, and much more than was ever asked.").len(), 2, "too little of it stayed");
        assert_eq!(shown("x", ""), ["removed|-x-"]);
        assert_eq!(shown("", "One.\nTwo."), ["added|+One.+", "added|+Two.+"]);
        assert_eq!(shown("他们在北京见面。", "他们在上海见面。"), ["changed|他们在-北京- +上海+见面。"]);
    }

    #[test]
    fn passages_go_with_those_that_they_became() {
        assert_eq!(
            shown(
                "The treaty holds for a year.\nNobody knows.",
                "It snows.\nThe treaty holds for two years.\nAll know."
            ),
            [
                "added|+It snows.+",
                "changed|The treaty holds for -a year- +two years+.",
                "removed|-Nobody knows.-",
                "added|+All know.+"
            ]
        );
    }

    #[test]
    fn what_stayed_is_folded() {
        let lines =
            |middle: &str| format!("A a.\nB b.\nC c.\nD d.\n{middle}\nE e.\nF f.\nG g.\n{}", "long ".repeat(40));
        let told = shown(&lines("Old."), &lines("New one."));
        assert_eq!(told[..5], ["~3~", "same|D d.", "removed|-Old.-", "added|+New one.+", "same|E e."]);
        assert_eq!(told[5..], ["~3~"]);
        assert!(shown("Same.", "Same.").len() == 1);
        // A fold of one would save nothing.
        assert_eq!(shown("A.\nB.\nOld.", "A.\nB.\nNew."), ["same|A.", "same|B.", "removed|-Old.-", "added|+New.+"]);
    }

    #[test]
    fn texts_of_any_sort_and_length_are_compared() {
        let long = |word: &str| word.repeat(20_000);
        assert_eq!(shown(&long("a b "), &(long("a b ") + "c")).len(), 1);
        let noise = |seed: u64| (0..4_000_u64).map(|n| format!("{} ", (n * seed * 7919) % 977)).collect::<String>();
        assert!(!shown(&noise(3), &noise(5)).is_empty());
        let many = |seed: u64| (0..2_000_u64).map(|n| format!("{}\n", (n * seed * 7919) % 977)).collect::<String>();
        assert!(!shown(&many(3), &many(5)).is_empty());
    }
}
