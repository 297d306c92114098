//! YAML as a tree that knows where each value stands.
//!
//! Only read when there is something to report or to point at; the fast path never comes here. The tree is an arena:
//! an alias is a second way to the same node, so an alias bomb costs nothing, and what it would unfold to is counted
//! ([`Node::weight`]) and refused before anybody unfolds it.
//!
//! A mistake of syntax does not end the reading: the entry at the top level in which it lies is blanked out (positions
//! stay as they are) and the rest is read again, so that one run tells of every broken entry.

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use super::{Fault, LARGEST_TEXT, syntax};

/// Deepest nesting of lists and mappings.
pub(super) const DEEPEST: usize = 100;
/// Most values in one text, with aliases unfolded.
pub(super) const MOST_NODES: usize = 200_000;
/// Most mistakes of syntax that are told of one text.
const MOST_SYNTAX_FAULTS: usize = 20;

/// A node by its place in the arena.
pub(super) type NodeId = usize;

/// A value or a key.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Bytes of the text. Of a block list or mapping: from its first entry to the end of its last.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
    /// Levels of lists and mappings below and including it.
    height: usize,
    /// Nodes below and including it, with aliases unfolded.
    weight: usize,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// No value at all: a text without any.
    Nothing,
    /// A text, number, truth value or null.
    Scalar {
        /// Its text, without quotes.
        value: String,
        /// Whether it stands without quotes and is no block, so that it may be a number or null.
        plain: bool,
    },
    /// A list.
    List {
        /// Its entries.
        items: Vec<NodeId>,
        /// Whether it stands in brackets.
        flow: bool,
    },
    /// A mapping.
    Mapping {
        /// Keys and values.
        entries: Vec<(NodeId, NodeId)>,
        /// Whether it stands in braces.
        flow: bool,
    },
}

/// A text as a tree.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// The outermost value.
    pub root: NodeId,
}

/// A tree, and what was wrong on the way to it.
pub(super) struct Reading {
    /// What could be read.
    pub tree: Tree,
    /// Mistakes; the tree is without the entries that they are in.
    pub faults: Vec<Fault>,
    /// Whether some entries at the top were left out.
    pub incomplete: bool,
}

/// Reads `text`, leaving out what cannot be read.
pub(super) fn read(text: &str) -> Reading {
    if text.len() > LARGEST_TEXT {
        return Reading { tree: Tree::empty(), faults: vec![super::too_large(text.len())], incomplete: true };
    }
    let mut left = text.to_string();
    let mut faults = Vec::new();
    loop {
        let mut builder = Builder::new(&left);
        let Err(stop) = builder.run() else {
            let incomplete = !faults.is_empty();
            faults.append(&mut builder.faults);
            return Reading { tree: builder.finish(), faults, incomplete };
        };
        let fault = match stop {
            Stop::Syntax(error) => {
                syntax::explain(&left, builder.byte(error.marker().index()), error.info(), builder.open_bracket())
            }
            Stop::Refused(fault) => fault,
        };
        let entry = syntax::top_entry(&left, fault.span.start);
        let refused = fault.code == "too-large";
        faults.push(fault);
        let blank = |range: &Range<usize>| left[range.clone()].bytes().all(|byte| byte.is_ascii_whitespace());
        match entry {
            Some(entry) if !refused && faults.len() < MOST_SYNTAX_FAULTS && !blank(&entry) => {
                blank_out(&mut left, entry)
            }
            _ => {
                // What was read before the mistake is still worth looking at, so that positions can be found in it.
                faults.append(&mut builder.faults);
                return Reading { tree: builder.finish(), faults, incomplete: true };
            }
        }
    }
}

/// Replaces the bytes of `range` by spaces; lines stay lines.
fn blank_out(text: &mut String, range: Range<usize>) {
    let spaces: String = text[range.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(range, &spaces);
}

enum Stop {
    Syntax(ScanError),
    Refused(Fault),
}

impl Tree {
    /// A text without any value.
    pub fn empty() -> Self {
        Self { nodes: vec![Node { span: 0..0, kind: Kind::Nothing, height: 0, weight: 1 }], root: 0 }
    }

    /// The node with this id.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    /// The text of a scalar.
    pub fn scalar(&self, id: NodeId) -> Option<&str> {
        match &self.nodes[id].kind {
            Kind::Scalar { value, .. } => Some(value),
            _ => None,
        }
    }

    /// Takes `id` out of whatever holds it: the entry of a mapping with its key, or the entry of a list. Returns the
    /// mappings that lost an entry, with its key.
    pub fn detach(&mut self, id: NodeId) -> Vec<(NodeId, String)> {
        let mut lost = Vec::new();
        for holder in 0..self.nodes.len() {
            match &mut self.nodes[holder].kind {
                Kind::List { items, .. } => items.retain(|item| *item != id),
                Kind::Mapping { entries, .. } => {
                    let Some(at) = entries.iter().position(|(key, value)| *key == id || *value == id) else { continue };
                    let (key, _) = entries.remove(at);
                    lost.push((holder, self.scalar(key).unwrap_or_default().to_string()));
                }
                Kind::Nothing | Kind::Scalar { .. } => {}
            }
        }
        lost
    }

    /// Puts an empty text under `key` into a mapping, in the place of one that should be there; returns it.
    pub fn fill_in(&mut self, mapping: NodeId, key: &str) -> NodeId {
        let start = self.nodes[mapping].span.start;
        let mut scalar = |value: &str| {
            let kind = Kind::Scalar { value: value.to_string(), plain: false };
            self.nodes.push(Node { span: start..start, kind, height: 0, weight: 1 });
            self.nodes.len() - 1
        };
        let (key, value) = (scalar(key), scalar(""));
        if let Kind::Mapping { entries, .. } = &mut self.nodes[mapping].kind {
            entries.push((key, value));
        }
        value
    }

    /// What holds `id`: the list with the place in it, or the mapping with the key. The first one, when aliases make it
    /// more.
    pub fn holder(&self, id: NodeId) -> Option<Holder> {
        self.nodes.iter().enumerate().find_map(|(holder, node)| match &node.kind {
            Kind::List { items, .. } => {
                let index = items.iter().position(|item| *item == id)?;
                Some(Holder { node: holder, key: None, index })
            }
            Kind::Mapping { entries, .. } => {
                let (key, _) = entries.iter().find(|(key, value)| *key == id || *value == id)?;
                Some(Holder { node: holder, key: Some(*key), index: 0 })
            }
            Kind::Nothing | Kind::Scalar { .. } => None,
        })
    }

    /// Where to point when `id` is meant: at the key of a block list or mapping, since that line names it; at the key
    /// too when the value is empty; at the first key of a mapping that is an entry of a list.
    pub fn pointing(&self, id: NodeId, key: Option<NodeId>) -> Range<usize> {
        let node = &self.nodes[id];
        match &node.kind {
            Kind::List { flow: false, .. } | Kind::Mapping { flow: false, .. } => match (key, &node.kind) {
                (Some(key), _) => self.nodes[key].span.clone(),
                (None, Kind::Mapping { entries, .. }) => {
                    entries.first().map_or(0..0, |(key, _)| self.nodes[*key].span.clone())
                }
                (None, _) => node.span.start..node.span.start + 1,
            },
            _ if node.span.is_empty() => key.map_or(node.span.clone(), |key| self.nodes[key].span.clone()),
            _ => node.span.clone(),
        }
    }
}

/// What holds a node.
pub(super) struct Holder {
    /// The list or mapping.
    pub node: NodeId,
    /// The key in a mapping.
    pub key: Option<NodeId>,
    /// The place in a list.
    pub index: usize,
}

/// A list or mapping that is being read.
struct Open {
    node: NodeId,
    anchor: usize,
    /// The key that waits for its value.
    key: Option<NodeId>,
    /// Keys so far.
    keys: HashMap<String, NodeId>,
}

struct Builder<'a> {
    text: &'a str,
    /// Byte of every character, when some are longer than one byte.
    bytes: Option<Vec<usize>>,
    tree: Tree,
    open: Vec<Open>,
    anchors: HashMap<usize, NodeId>,
    has_root: bool,
    faults: Vec<Fault>,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        let bytes = (!text.is_ascii()).then(|| text.char_indices().map(|(byte, _)| byte).collect());
        Self {
            text,
            bytes,
            tree: Tree::empty(),
            open: Vec::new(),
            anchors: HashMap::new(),
            has_root: false,
            faults: Vec::new(),
        }
    }

    /// Byte of the character with this number.
    fn byte(&self, index: usize) -> usize {
        match &self.bytes {
            Some(bytes) => bytes.get(index).copied().unwrap_or(self.text.len()),
            None => index.min(self.text.len()),
        }
    }

    fn range(&self, span: Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }

    fn run(&mut self) -> Result<(), Stop> {
        let mut parser = Parser::new_from_str(self.text);
        while let Some(event) = parser.next_event() {
            let (event, span) = event.map_err(Stop::Syntax)?;
            self.event(event, self.range(span)).map_err(Stop::Refused)?;
        }
        Ok(())
    }

    fn event(&mut self, event: Event, span: Range<usize>) -> Result<(), Fault> {
        let tag = match &event {
            Event::Scalar(_, _, _, tag) | Event::SequenceStart(_, tag) | Event::MappingStart(_, tag) => tag.is_some(),
            _ => false,
        };
        if tag {
            let word = self.text[span.clone()].split_whitespace().next().unwrap_or("!").to_string();
            let span = span.start..span.start + word.len();
            return Err(Fault::new(
                "bad-yaml",
                format!("`{word}` is read as a YAML tag, and tags are not used here"),
                span,
            )
            .help("put the whole text in quotes when it begins with `!`"));
        }
        match event {
            Event::Scalar(value, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let span = if block { self.block_head(span) } else { self.after_anchor(span, anchor) };
                let node = self.add(Node {
                    span,
                    kind: Kind::Scalar { value: value.into_owned(), plain },
                    height: 0,
                    weight: 1,
                })?;
                self.anchor(anchor, node);
                self.put(node)
            }
            Event::SequenceStart(anchor, _) => {
                let flow = !span.is_empty() && self.text[span.clone()].ends_with('[');
                let span = self.collection_start(span, flow);
                self.start(Node { span, kind: Kind::List { items: Vec::new(), flow }, height: 1, weight: 1 }, anchor)
            }
            Event::MappingStart(anchor, _) => {
                let flow = !span.is_empty() && self.text[span.clone()].ends_with('{');
                let span = self.collection_start(span, flow);
                self.start(
                    Node { span, kind: Kind::Mapping { entries: Vec::new(), flow }, height: 1, weight: 1 },
                    anchor,
                )
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(()) };
                self.close(open.node, &span);
                self.anchor(open.anchor, open.node);
                self.put(open.node)
            }
            Event::Alias(id) => match self.anchors.get(&id) {
                Some(&node) => self.put(node),
                None => {
                    Err(Fault::new("bad-yaml", "this alias stands for something that it is itself a part of", span)
                        .help("write the value out"))
                }
            },
            Event::DocumentStart(_) if self.has_root => {
                Err(Fault::new("bad-yaml", "a second YAML document begins here", self.line_at(span.start))
                    .help("take out the line; everything belongs into one document"))
            }
            _ => Ok(()),
        }
    }

    fn add(&mut self, node: Node) -> Result<NodeId, Fault> {
        if self.tree.nodes.len() > MOST_NODES {
            return Err(Fault::new("too-large", "this holds more than 200,000 values", node.span)
                .help("split it into several files"));
        }
        self.tree.nodes.push(node);
        Ok(self.tree.nodes.len() - 1)
    }

    fn anchor(&mut self, anchor: usize, node: NodeId) {
        if anchor != 0 {
            self.anchors.insert(anchor, node);
        }
    }

    fn start(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        if self.open.len() >= DEEPEST {
            return Err(too_deep(node.span));
        }
        let node = self.add(node)?;
        self.open.push(Open { node, anchor, key: None, keys: HashMap::new() });
        Ok(())
    }

    /// Puts a finished node into what is open, or makes it the root.
    fn put(&mut self, node: NodeId) -> Result<(), Fault> {
        let Some(open) = self.open.last_mut() else {
            self.tree.root = node;
            self.has_root = true;
            return Ok(());
        };
        let Some(key) = open.key.take() else {
            if let Kind::List { items, .. } = &mut self.tree.nodes[open.node].kind {
                items.push(node);
                return self.grow(node);
            }
            return self.put_key(node);
        };
        let holder = open.node;
        if let Kind::Mapping { entries, .. } = &mut self.tree.nodes[holder].kind
            && key != SKIPPED
        {
            entries.push((key, node));
        }
        self.grow(node)
    }

    fn put_key(&mut self, node: NodeId) -> Result<(), Fault> {
        let Kind::Scalar { value, plain } = &self.tree.nodes[node].kind else {
            let span = self.tree.nodes[node].span.clone();
            return Err(Fault::new("bad-yaml", "a key has to be a word, not a list or a mapping", span)
                .help("put the text in quotes when it begins with `[` or `{`"));
        };
        let span = self.tree.nodes[node].span.clone();
        if *plain && value == "<<" {
            return Err(Fault::new("bad-yaml", "`<<` (YAML merge) is not supported", span).help("write the keys out"));
        }
        let key = value.clone();
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        match open.keys.get(&key) {
            Some(first) => {
                let first = self.tree.nodes[*first].span.clone();
                let message = format!("`{}` stands here twice", super::shown(&key));
                self.faults.push(
                    Fault::new("duplicate-key", message, span)
                        .label("the second time")
                        .also(first, "the first time")
                        .help("keep one of the two"),
                );
                open.key = Some(SKIPPED);
            }
            None => {
                open.keys.insert(key, node);
                open.key = Some(node);
            }
        }
        Ok(())
    }

    /// Counts `child` towards what holds it; refuses what would unfold to too much.
    fn grow(&mut self, child: NodeId) -> Result<(), Fault> {
        let Some(open) = self.open.last() else { return Ok(()) };
        let (height, weight) = (self.tree.nodes[child].height, self.tree.nodes[child].weight);
        let span = self.tree.nodes[child].span.clone();
        let holder = &mut self.tree.nodes[open.node];
        holder.height = holder.height.max(height + 1);
        holder.weight = holder.weight.saturating_add(weight);
        if holder.height > DEEPEST {
            return Err(too_deep(span));
        }
        if holder.weight > MOST_NODES {
            return Err(Fault::new("too-large", "the aliases here unfold to more than 200,000 values", span)
                .help("write the values out"));
        }
        Ok(())
    }

    /// Sets the end of a list or mapping.
    fn close(&mut self, id: NodeId, end: &Range<usize>) {
        let stop = match &self.tree.nodes[id].kind {
            Kind::List { items, flow: false } => items.last().map(|item| self.tree.nodes[*item].span.end),
            Kind::Mapping { entries, flow: false } => entries.last().map(|(_, value)| self.tree.nodes[*value].span.end),
            _ => Some(end.end),
        };
        let span = &mut self.tree.nodes[id].span;
        span.end = stop.unwrap_or(span.end).max(span.start);
    }

    /// The place of the bracket that the innermost open list or mapping begins with.
    fn open_bracket(&self) -> Option<usize> {
        let node = &self.tree.nodes[self.open.last()?.node];
        matches!(node.kind, Kind::List { flow: true, .. } | Kind::Mapping { flow: true, .. }).then_some(node.span.start)
    }

    /// Ends the reading; what is still open is closed as it is.
    fn finish(mut self) -> Tree {
        while let Some(open) = self.open.pop() {
            let end = self.tree.nodes[open.node].span.clone();
            self.close(open.node, &end);
            // The value that was being read when a mistake came up may be half; positions in it are right all the same.
            let _ = self.put(open.node);
        }
        self.tree
    }

    /// Where a flow collection begins without its anchor; where the first entry of a block collection stands.
    fn collection_start(&self, span: Range<usize>, flow: bool) -> Range<usize> {
        if flow { span.end - 1..span.end } else { span.end..span.end }
    }

    /// The part of `span` behind `&anchor`.
    fn after_anchor(&self, span: Range<usize>, anchor: usize) -> Range<usize> {
        let text = &self.text[span.clone()];
        match text.find(char::is_whitespace) {
            Some(at) if anchor != 0 && text.starts_with('&') => {
                let rest = text[at..].trim_start();
                span.end - rest.len()..span.end
            }
            _ => span,
        }
    }

    /// The first line of a block text (`|` or `>`), for which the parser gives all of it up to the next key.
    fn block_head(&self, span: Range<usize>) -> Range<usize> {
        let text = &self.text[span.clone()];
        let lead = text.len() - text.trim_start().len();
        let start = span.start + lead;
        start..start + text.trim_start().lines().next().map_or(0, |line| line.trim_end().len())
    }

    fn line_at(&self, at: usize) -> Range<usize> {
        let line = self.text[at..].lines().next().unwrap_or("");
        at..at + line.trim_end().len()
    }
}

/// Stands in for the key of an entry that is left out.
const SKIPPED: NodeId = usize::MAX;

fn too_deep(span: Range<usize>) -> Fault {
    Fault::new("too-large", "this is nested more than 100 levels deep", span).help("make it flatter")
}
