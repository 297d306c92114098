//! "Did you mean": the nearest of the known names to a mistyped one.

/// Returns those of `candidates` that are near enough to `typed` to be what was meant, nearest first, at most three.
///
/// Near enough is a Damerau-Levenshtein distance (optimal string alignment) of a third of the longer name's
/// characters, and at least one. Case does not count. Ties keep the alphabetical order, so the answer is the same on
/// every run.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let typed: Vec<char> = typed.to_lowercase().chars().collect();
    let mut near: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let name: Vec<char> = candidate.to_lowercase().chars().collect();
            let longest = typed.len().max(name.len());
            let limit = (longest / 3).max(1);
            if typed.len().abs_diff(name.len()) > limit {
                return None;
            }
            let distance = distance(&typed, &name);
            // Words that share no letter are not near, however short they are.
            (distance <= limit && distance < longest).then_some((distance, candidate))
        })
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

/// Returns a help line such as ``did you mean `draft`?`` when something is near.
pub fn did_you_mean<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = nearest(typed, candidates);
    match near.as_slice() {
        [] => None,
        [one] => Some(format!("did you mean `{one}`?")),
        [rest @ .., last] => {
            let rest: Vec<String> = rest.iter().map(|name| format!("`{name}`")).collect();
            Some(format!("did you mean {} or `{last}`?", rest.join(", ")))
        }
    }
}

/// Number of insertions, deletions, replacements and swaps of neighbours between two words.
fn distance(left: &[char], right: &[char]) -> usize {
    let width = right.len() + 1;
    let mut before_last: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (i, &l) in left.iter().enumerate() {
        let mut row = vec![i + 1; width];
        for (j, &r) in right.iter().enumerate() {
            let mut best = (last[j + 1] + 1).min(row[j] + 1).min(last[j] + usize::from(l != r));
            if i > 0 && j > 0 && l == right[j - 1] && left[i - 1] == r {
                best = best.min(before_last[j - 1] + 1);
            }
            row[j + 1] = best;
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_mistyped_key() {
        let keys = ["draft", "date", "embargoed_until", "tlp", "title"];
        assert_eq!(nearest("Draft", keys), ["draft"]);
        assert_eq!(nearest("embargoed_untill", keys), ["embargoed_until"]);
        assert_eq!(nearest("tpl", keys), ["tlp"]);
        assert!(nearest("completely-other", keys).is_empty());
        assert!(nearest("X", ["A", "B"]).is_empty());
    }

    #[test]
    fn writes_a_help_line() {
        assert_eq!(did_you_mean("tilte", ["title", "date"]).as_deref(), Some("did you mean `title`?"));
        assert_eq!(did_you_mean("x9", ["title"]), None);
    }
}
