//! From the name of a field (`sources[1].url`) to its place in the text.

use std::ops::Range;

use super::tree::{self, Kind, NodeId, Tree};
use crate::base::diagnostics::{FieldPath, Step};

/// Returns the place of a field's value, or of its key; places are bytes of the file, in which `text` begins at
/// `offset`.
///
/// A path that leads nowhere gives the place of what it passes last: the entry of a list without the key that is
/// missing. `None` when there is nothing at all.
pub fn locate(text: &str, offset: usize, field: &FieldPath, key: bool) -> Option<Range<usize>> {
    let tree = tree::read(text).tree;
    let (mut node, mut key_node) = (tree.root, None);
    let mut found_all = true;
    for step in &field.0 {
        let Some((next, next_key)) = enter(&tree, node, step) else {
            found_all = false;
            break;
        };
        (node, key_node) = (next, next_key);
    }
    let range = match key_node {
        Some(key_node) if key && found_all => tree.node(key_node).span.clone(),
        _ => tree.pointing(node, key_node),
    };
    (!matches!(tree.node(node).kind, Kind::Nothing)).then(|| range.start + offset..range.end + offset)
}

fn enter(tree: &Tree, node: NodeId, step: &Step) -> Option<(NodeId, Option<NodeId>)> {
    match (&tree.node(node).kind, step) {
        (Kind::Mapping { entries, .. }, Step::Key(name)) => entries
            .iter()
            .find(|(key, _)| tree.scalar(*key) == Some(name.as_str()))
            .map(|(key, value)| (*value, Some(*key))),
        (Kind::List { items, .. }, Step::Index(index)) => items.get(*index).map(|item| (*item, None)),
        // `countries: UA` is a list of one.
        (Kind::Scalar { .. }, Step::Index(0)) => Some((node, None)),
        _ => None,
    }
}

/// [`locate`] in a whole file: in its front matter when it is Markdown.
pub fn locate_in_file(is_markdown: bool, file: &str, field: &FieldPath, key: bool) -> Option<Range<usize>> {
    if !is_markdown {
        return locate(file, 0, field, key);
    }
    let block = front_matter_block(file);
    let yaml = block.yaml?;
    locate(&file[yaml.clone()], yaml.start, field, key)
}

/// Where the front matter of a Markdown file stands. Bytes of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontMatterBlock {
    /// What the file begins with.
    pub opening: Opening,
    /// The YAML between the lines of hyphens.
    pub yaml: Option<Range<usize>>,
    /// The text below.
    pub body: Range<usize>,
}

/// What the first line with anything on it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Text.
    Text,
    /// `---`, closed further down.
    Closed,
    /// `---` in this place, and no line that closes it.
    Unclosed(Range<usize>),
    /// `+++` in this place: TOML front matter, as other generators have it.
    Toml(Range<usize>),
}

/// Finds the front matter of a text with `\n` line ends: from a first line `---` (empty lines before it do not count)
/// to the next line `---` or `...`. A line of hyphens in the body is a rule and never front matter.
pub fn front_matter_block(text: &str) -> FrontMatterBlock {
    let start = leading_blank(text);
    let without = |opening| FrontMatterBlock { opening, yaml: None, body: 0..text.len() };
    let first = &text[start..];
    let line_end = first.find('\n').map_or(text.len(), |end| start + end);
    match text[start..line_end].trim_end() {
        "---" => {}
        "+++" => return without(Opening::Toml(start..start + 3)),
        _ => return without(Opening::Text),
    }
    let yaml_start = (line_end + 1).min(text.len());
    let mut at = yaml_start;
    for line in text[yaml_start..].split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            return FrontMatterBlock {
                opening: Opening::Closed,
                yaml: Some(yaml_start..at),
                body: at + line.len()..text.len(),
            };
        }
        at += line.len();
    }
    without(Opening::Unclosed(start..start + 3))
}

/// Bytes of empty lines that the text begins with.
fn leading_blank(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            break;
        }
        at += line.len();
    }
    at
}
