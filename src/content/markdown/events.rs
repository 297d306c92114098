//! What both passes over a text share: the parser, heading ids, citations.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use crate::base::text::slugify;
use crate::content::markdown::facts::LinkTarget;

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

/// Gives the headings of a text their ids, out of its events. Every pass asks it, so that all give the same.
#[derive(Debug, Default)]
pub struct HeadingIds {
    ids: Ids,
    /// Of the heading at hand, the id that was written and the text.
    open: Option<(Option<String>, String)>,
    /// Pictures around the text at hand, whose words are not those of the heading.
    pictures: usize,
    /// Whether the words at hand are those of a citation, or of a link that was written by its target alone.
    unheard: bool,
}

impl HeadingIds {
    /// Takes the next event; where a heading ends, gives its id.
    pub fn take(&mut self, event: &Event) -> Option<String> {
        match event {
            Event::Start(Tag::Heading { id, .. }) => {
                self.open = Some((id.as_deref().map(str::to_string), String::new()));
            }
            Event::End(TagEnd::Heading(_)) => {
                let (written, text) = self.open.take()?;
                return Some(self.ids.next(text.trim(), written.as_deref()));
            }
            Event::Start(Tag::Image { .. }) => self.pictures += 1,
            Event::End(TagEnd::Image) => self.pictures = self.pictures.saturating_sub(1),
            Event::Start(Tag::Link { link_type, dest_url, id, .. }) => match link_type {
                LinkType::ShortcutUnknown => self.unheard = citation(id).is_some(),
                // What it will show is known of the whole site only: its name counts.
                LinkType::WikiLink { has_pothole: false } => {
                    match (plain_wikilink(dest_url), LinkTarget::of_wikilink(dest_url)) {
                        (Some(name), _) => self.put(name),
                        (None, LinkTarget::Wiki { name, fragment, .. }) if name.is_empty() => {
                            self.put(&fragment.unwrap_or_default());
                        }
                        (None, LinkTarget::Wiki { name, .. }) => self.put(&name),
                        _ => {}
                    }
                    self.unheard = true;
                }
                _ => {}
            },
            Event::End(TagEnd::Link) => self.unheard = false,
            Event::Text(text) if !self.unheard => self.put(text),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.put(text),
            Event::SoftBreak | Event::HardBreak => self.put(" "),
            _ => {}
        }
        None
    }

    fn put(&mut self, text: &str) {
        if let (Some((_, all)), 0) = (&mut self.open, self.pictures) {
            all.push_str(text);
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
