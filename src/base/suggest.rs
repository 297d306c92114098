//! "Did you mean": the nearest of the known names to a mistyped one.

/// Returns those of `candidates` that are near enough to `typed` to be what was meant, nearest first, at most three.
///
/// Near enough is a Damerau-Levenshtein distance (optimal string alignment) of a third of the longer name's
/// characters, and at least one. Case does not count. Ties keep the alphabetical order, so the answer is the same on
/// every run.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let typed: Vec<char> = typed.to_lowercase().chars().collect();
    let mut near: Vec<(usize, &str)> = Vec::new();
    let mut name: Vec<char> = Vec::new();
    for candidate in candidates {
        name.clear();
        if candidate.is_ascii() {
            name.extend(candidate.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
        } else {
            name.extend(candidate.to_lowercase().chars());
        }
        let longest = typed.len().max(name.len());
        let limit = (longest / 3).max(1);
        // Among many names three near ones are soon found, and what is farther off need not be measured to its end.
        let limit = near.get(MOST - 1).map_or(limit, |(farthest, _)| limit.min(*farthest));
        let Some(distance) = distance(&typed, &name, limit) else { continue };
        // Words that share no letter are not near, however short they are.
        if let Err(at) = near.binary_search(&(distance, candidate))
            && distance < longest
            && at < MOST
        {
            near.truncate(MOST - 1);
            near.insert(at, (distance, candidate));
        }
    }
    near.into_iter().map(|(_, name)| name).collect()
}

/// So many names are proposed at most.
const MOST: usize = 3;

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

/// Number of insertions, deletions, replacements and swaps of neighbours between two words, when it is at most `limit`.
fn distance(left: &[char], right: &[char], limit: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > limit {
        return None;
    }
    let width = right.len() + 1;
    // Far from the diagonal every distance is above the limit: those places hold this, and are not looked at.
    let far = limit + 1;
    let mut before_last: Vec<usize> = vec![far; width];
    let mut last: Vec<usize> = (0..width).collect();
    let mut row: Vec<usize> = vec![far; width];
    for (i, &l) in left.iter().enumerate() {
        let first = (i + 1).saturating_sub(limit);
        let end = (i + 1 + limit).min(right.len());
        row.fill(far);
        if first == 0 {
            row[0] = i + 1;
        }
        let mut least = row[0];
        for j in first.saturating_sub(1)..end {
            let r = right[j];
            let mut best = (last[j + 1] + 1).min(row[j] + 1).min(last[j] + usize::from(l != r));
            if i > 0 && j > 0 && l == right[j - 1] && left[i - 1] == r {
                best = best.min(before_last[j - 1] + 1);
            }
            row[j + 1] = best;
            least = least.min(best);
        }
        // A swap goes back two rows, so one row alone above the limit does not end it.
        if least > limit && last.iter().all(|distance| *distance > limit) {
            return None;
        }
        std::mem::swap(&mut before_last, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    Some(last[right.len()]).filter(|distance| *distance <= limit)
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
    fn distances_up_to_a_limit_are_those_without_one() {
        let letters = ['a', 'b', 'c'];
        let mut random = 11_u64;
        let mut word = || -> Vec<char> {
            let mut roll = |sides: usize| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (random >> 33) as usize % sides
            };
            (0..roll(9)).map(|_| letters[roll(3)]).collect()
        };
        for _ in 0..5_000 {
            let (left, right) = (word(), word());
            let whole = distance(&left, &right, 20);
            assert!(whole.is_some_and(|whole| whole <= left.len().max(right.len())));
            for limit in 0..9 {
                let expected = whole.filter(|whole| *whole <= limit);
                assert_eq!(distance(&left, &right, limit), expected, "{left:?} {right:?} {limit}");
            }
        }
        assert_eq!(distance(&['a', 'b', 'c'], &['b', 'a', 'c'], 20), Some(1));
    }

    #[test]
    fn the_three_nearest_are_those_of_the_alphabet() {
        assert_eq!(
            nearest("aaaaaa", ["aaaaab", "aaaaba", "aaabaa", "aabaaa", "aaaaaa", "aaaaab"]),
            ["aaaaaa", "aaaaab", "aaaaba"]
        );
    }

    #[test]
    fn writes_a_help_line() {
        assert_eq!(did_you_mean("tilte", ["title", "date"]).as_deref(), Some("did you mean `title`?"));
        assert_eq!(did_you_mean("x9", ["title"]), None);
    }
}
