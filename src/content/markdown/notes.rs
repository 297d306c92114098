//! Which footnotes a page shows.

use std::collections::HashSet;

/// For each footnote, by its label, whether something refers to it that is shown itself. `referred` are the labels that
/// are referred to, each with the footnote from which, if it is one.
pub(super) fn shown<'a>(
    labels: &[&'a str],
    referred: impl Iterator<Item = (Option<usize>, &'a str)> + Clone,
) -> Vec<bool> {
    let mut shown = vec![false; labels.len()];
    loop {
        let counts = |from: &Option<usize>| from.is_none_or(|note| shown[note]);
        let wanted: HashSet<&str> = referred.clone().filter(|(from, _)| counts(from)).map(|(_, to)| to).collect();
        let now: Vec<bool> = labels.iter().map(|label| wanted.contains(label)).collect();
        if now == shown {
            return shown;
        }
        shown = now;
    }
}
