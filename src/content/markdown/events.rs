//! What both passes over a text share: the parser, heading ids, citations.

use std::collections::HashMap;
use std::ops::Range;

use crate::base::text::slugify;

/// Makes the ids of headings: stable, and unique on the page.
#[derive(Debug, Default)]
pub struct Ids {
    used: HashMap<String, usize>,
}

impl Ids {
    /// Returns the id of the next heading.
    pub fn next(&mut self, title: &str, written: Option<&str>) -> String {
        let wanted = match written {
            Some(id) => id.chars().filter(|c| c.is_alphanumeric() || "-_.:".contains(*c)).collect(),
            None => slugify(title),
        };
        let mut wanted = if wanted.is_empty() { "section".to_string() } else { wanted };
        if is_ours(&wanted) {
            wanted.push_str("-section");
        }
        let times = self.used.entry(wanted.clone()).or_default();
        *times += 1;
        if *times == 1 {
            return wanted;
        }
        let id = format!("{wanted}-{times}");
        if self.used.contains_key(&id) {
            self.next(&id, None)
        } else {
            self.used.insert(id.clone(), 1);
            id
        }
    }
}

/// Ids that pages use for other things.
fn is_ours(id: &str) -> bool {
    let numbered = |prefix: &str| {
        id.strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'))
    };
    ["fn-", "fnref-", "source-", "cite-", "kj", "y", "correction-"].into_iter().any(numbered)
        || matches!(
            id,
            "footnotes-title"
                | "main"
                | "sources"
                | "top"
                | "judgments"
                | "timeline"
                | "briefings"
                | "updates"
                | "latest"
                | "toc"
        )
}

/// Reads the ids of a citation such as `@s1` or `@s1; @s2`; `None` when it is something else in brackets.
pub fn citation(reference: &str) -> Option<Vec<&str>> {
    if !reference.starts_with('@') {
        return None;
    }
    let ids: Vec<&str> =
        reference.split([';', ',']).map(str::trim).map(|part| part.strip_prefix('@').unwrap_or("")).collect();
    ids.iter().all(|id| !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || "-_.:".contains(c))).then_some(ids)
}

/// The name in `[[!name]]`, which says that a name is no link here.
pub fn plain_wikilink(target: &str) -> Option<&str> {
    target.trim().strip_prefix('!').map(str::trim)
}

/// Whether `![[target]]` shows a picture, by the end of its name; otherwise it shows a text.
pub fn is_picture(target: &str) -> bool {
    let name = target.trim().trim_end_matches('\\').trim();
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    ["avif", "bmp", "gif", "jpeg", "jpg", "png", "svg", "webp"].iter().any(|known| end.eq_ignore_ascii_case(known))
}

/// A link whose definition is missing, as the parser reports it.
#[derive(Clone, Debug)]
pub struct Undefined {
    /// Its bytes in the prepared text.
    pub span: Range<usize>,
    /// The reference.
    pub reference: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_leave_ours_alone() {
        let mut ids = Ids::default();
        let made: Vec<String> = [
            ("A b", None),
            ("A b", None),
            ("A b 2", None),
            ("x", Some("own")),
            ("Source 1", None),
            ("習", Some("")),
            ("…", None),
        ]
        .into_iter()
        .map(|(title, written)| ids.next(title, written))
        .collect();
        assert_eq!(made, ["a-b", "a-b-2", "a-b-2-2", "own", "source-1-section", "section", "section-2"]);
    }

    #[test]
    fn pictures_are_told_from_texts() {
        for (target, picture) in [("a.PNG", true), ("a/b c.svg ", true), ("Xi Jinping", false), ("png", false)] {
            assert_eq!(is_picture(target), picture, "{target}");
        }
    }

    #[test]
    fn citations_are_ids_with_an_at_sign() {
        assert_eq!(citation("@s1"), Some(vec!["s1"]));
        assert_eq!(citation("@s1; @s2"), Some(vec!["s1", "s2"]));
        assert_eq!(citation("@s1, @s2"), Some(vec!["s1", "s2"]));
        for other in ["s1", "@", "@s1; s2", "@a b", "1"] {
            assert_eq!(citation(other), None, "{other}");
        }
    }
}
