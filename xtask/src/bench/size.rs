//! `cargo xtask bench size`: what the bytes of article pages, and of a whole site, are made of.
//!
//! Knows the markup of the default theme by its classes; what it does not know is counted as the frame.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Scratch, crossbrief, measure, table};
use crate::Result;
use crate::corpus;
use crate::test::root;

/// Elements by tag and one of their classes (or nothing), and what part of the page they are; the innermost counts.
const PARTS: [(&str, &str, &str); 19] = [
    ("head", "", "head"),
    ("script", "", "JSON-LD"),
    ("a", "skip", "masthead"),
    ("header", "masthead", "masthead"),
    ("nav", "crumbs", "masthead"),
    ("header", "head", "title and byline"),
    ("section", "brief", "in brief"),
    ("div", "prose", "text"),
    ("a", "anchor", "text: anchors of headings"),
    ("sup", "cite", "text: citations"),
    ("a", "entity", "text: links on names"),
    ("section", "sources", "sources"),
    ("section", "cast", "people, countries, topics"),
    ("nav", "toc", "table of contents"),
    ("div", "side", "stories and backlinks"),
    ("section", "related", "related"),
    ("nav", "neighbours", "older and newer"),
    ("footer", "", "footer"),
    ("section", "events", "timeline"),
];

/// Builds the sample site and a generated one, or the site given, and prints.
pub fn run(words: &[&str]) -> Result<()> {
    let (mut size, mut site, mut binary) = (1_000, None, None);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("`{word}` needs a value"))?;
        match *word {
            "--size" => size = value.parse::<usize>()?,
            "--site" => site = Some(PathBuf::from(value)),
            "--binary" => binary = Some(PathBuf::from(value)),
            other => return Err(format!("there is no option `{other}`").into()),
        }
    }
    let binary = binary.map_or_else(crossbrief, Ok)?;
    let scratch = Scratch::new()?;
    let mut sites = vec![("sample".to_string(), root())];
    match site {
        Some(site) => sites = vec![(site.display().to_string(), site)],
        None => {
            let generated = scratch.0.join("generated");
            corpus::write(size, &generated)?;
            sites.push((format!("{size} generated"), generated));
        }
    }
    for (name, site) in sites {
        let output = scratch.0.join("site");
        if output.exists() {
            fs::remove_dir_all(&output)?;
        }
        measure(Command::new(&binary).arg("build").arg("--source").arg(&site).arg("--output").arg(&output))?;
        println!("{}", report(&name, &output)?);
    }
    Ok(())
}

/// What was found in the pages of articles.
#[derive(Debug, Default)]
struct Found {
    pages: usize,
    bytes: usize,
    parts: BTreeMap<&'static str, usize>,
    /// Bytes of ids that no link on the same page points to, by part.
    idle_ids: BTreeMap<&'static str, usize>,
    classes: BTreeMap<String, usize>,
}

fn report(name: &str, output: &Path) -> Result<String> {
    let (mut found, mut kinds) = (Found::default(), BTreeMap::<String, (usize, u64)>::new());
    let mut styles = String::new();
    let mut open = vec![output.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let inner = path.strip_prefix(output)?.to_string_lossy().replace('\\', "/");
            let bytes = fs::read(&path)?;
            let mut kind = format!("*.{}", inner.rsplit('.').next().unwrap_or_default());
            if inner.ends_with(".html") {
                let text = String::from_utf8(bytes.clone())?;
                let class = text.split("<body class=").nth(1).unwrap_or_default();
                let class = class.split(['>', ' ']).next().unwrap_or_default().trim_matches('"');
                kind = format!("{} pages", class.trim_start_matches("is-"));
                if class == "is-article" {
                    found.page(&text);
                }
            } else if inner.ends_with(".css") {
                styles.push_str(&String::from_utf8(bytes.clone())?);
            }
            let sum = kinds.entry(kind).or_default();
            *sum = (sum.0 + 1, sum.1 + bytes.len() as u64);
        }
    }
    if found.pages == 0 {
        return Err(format!("{name} has no pages of articles in the default theme").into());
    }
    Ok(found.told(name, kinds, &styles))
}

impl Found {
    fn told(&self, name: &str, kinds: BTreeMap<String, (usize, u64)>, styles: &str) -> String {
        let pages = self.pages;
        let share = |bytes: usize| format!("{:.1} %", bytes as f64 * 100.0 / self.bytes as f64);
        let mut parts: Vec<_> = self.parts.iter().map(|(part, bytes)| (*part, *bytes)).collect();
        parts.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        let rows =
            parts.iter().map(|(part, bytes)| vec![(*part).to_string(), (bytes / pages).to_string(), share(*bytes)]);
        let whole = vec!["the page".to_string(), (self.bytes / pages).to_string(), share(self.bytes)];
        let head = format!("{name}: {pages} article pages");
        let mut text = table(&[&head, "bytes each", "share"], &rows.chain([whole]).collect::<Vec<_>>());
        let idle: Vec<String> = self.idle_ids.iter().map(|(part, bytes)| format!("{part} {}", bytes / pages)).collect();
        text.push_str(&format!("\nBytes a page of ids that no link on the page points to: {}\n", idle.join(", ")));
        let ruled: BTreeSet<&str> = styles
            .split('.')
            .skip(1)
            .map(|rest| {
                rest.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').next().unwrap_or_default()
            })
            .collect();
        let idle: Vec<String> = self
            .classes
            .iter()
            .filter(|(class, _)| !ruled.contains(class.as_str()))
            .map(|(class, count)| format!("{class} {:.1}", *count as f64 / pages as f64))
            .collect();
        text.push_str(&format!("Classes without a rule, times a page: {}\n\n", idle.join(", ")));
        let all: u64 = kinds.values().map(|(_, bytes)| bytes).sum();
        let mut kinds: Vec<_> = kinds.into_iter().collect();
        kinds.sort_by_key(|(_, (_, bytes))| std::cmp::Reverse(*bytes));
        let rows = kinds.into_iter().map(|(kind, (count, bytes))| {
            let share = format!("{:.1} %", bytes as f64 * 100.0 / all as f64);
            vec![
                kind,
                count.to_string(),
                (bytes / count as u64).to_string(),
                format!("{:.2}", bytes as f64 / 1e6),
                share,
            ]
        });
        text.push_str(&table(&["the whole site", "files", "bytes each", "MB", "share"], &rows.collect::<Vec<_>>()));
        text
    }

    /// Counts the bytes of one page.
    fn page(&mut self, text: &str) {
        self.pages += 1;
        self.bytes += text.len();
        let mut open: Vec<(&str, &'static str)> = Vec::new();
        let mut ids: Vec<(&str, &'static str)> = Vec::new();
        let mut targets: BTreeSet<&str> = BTreeSet::new();
        let mut rest = text;
        while !rest.is_empty() {
            let piece = next_piece(rest);
            rest = &rest[piece.len()..];
            let around = open.last().map_or("frame", |(_, part)| *part);
            let mut part = around;
            if let Some(name) = piece.strip_prefix("</") {
                let name = name.trim_end_matches('>');
                if let Some(at) = open.iter().rposition(|(open, _)| *open == name) {
                    part = open[at].1;
                    open.truncate(at);
                }
            } else if piece.starts_with('<') && !piece.starts_with("<!") {
                let (name, attributes) = attributes(piece);
                let value =
                    |name: &str| attributes.iter().find(|(one, _)| *one == name).map_or("", |(_, value)| *value);
                let classes: Vec<&str> = value("class").split_ascii_whitespace().collect();
                let known =
                    PARTS.iter().find(|(tag, class, _)| *tag == name && (class.is_empty() || classes.contains(class)));
                // A link on a name outside the text is a part of what it stands in.
                let known = known.filter(|(_, class, _)| *class != "entity" || around == "text");
                part = known.map_or(around, |(.., part)| *part);
                classes.iter().for_each(|class| *self.classes.entry((*class).to_string()).or_default() += 1);
                if !value("id").is_empty() {
                    ids.push((value("id"), part));
                }
                for name in ["href", "aria-labelledby", "aria-describedby"] {
                    targets.extend(value(name).trim_start_matches('#').split_ascii_whitespace());
                }
                if !is_void(name) && !piece.ends_with("/>") {
                    open.push((name, part));
                }
            }
            *self.parts.entry(part).or_default() += piece.len();
        }
        for (id, part) in ids.into_iter().filter(|(id, _)| !targets.contains(id)) {
            *self.idle_ids.entry(part).or_default() += id.len() + " id=".len();
        }
    }
}

/// The next tag, or the text before it; a script or style sheet goes with its opening tag.
fn next_piece(rest: &str) -> &str {
    if !rest.starts_with('<') {
        return &rest[..rest.find('<').unwrap_or(rest.len())];
    }
    let mut quote = None;
    let end = rest.char_indices().find(|(_, letter)| {
        match (quote, letter) {
            (None, '>') => return true,
            (None, '"' | '\'') => quote = Some(*letter),
            (Some(open), letter) if open == *letter => quote = None,
            _ => {}
        }
        false
    });
    let end = end.map_or(rest.len(), |(at, _)| at + 1);
    for raw in ["script", "style"] {
        if rest[1..].starts_with(raw) {
            let close = format!("</{raw}");
            return &rest[..rest[end..].find(&close).map_or(rest.len(), |at| end + at)];
        }
    }
    &rest[..end]
}

/// The name and the attributes of an opening tag.
fn attributes(tag: &str) -> (&str, Vec<(&str, &str)>) {
    let inner = tag.trim_start_matches('<').split('>').next().unwrap_or_default();
    let mut rest = tag[1..].strip_suffix('>').unwrap_or(inner);
    let end = rest.find([' ', '\n', '/', '>']).unwrap_or(rest.len());
    let name = &rest[..end];
    rest = &rest[end..];
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\n', '/']);
        let end = rest.find(['=', ' ', '>']).unwrap_or(rest.len());
        if end == 0 {
            return (name, found);
        }
        let key = &rest[..end];
        rest = &rest[end..];
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let quote = after.chars().next().filter(|letter| matches!(letter, '"' | '\''));
            let after = if quote.is_some() { &after[1..] } else { after };
            let end = match quote {
                Some(quote) => after.find(quote),
                None => after.find([' ', '>']),
            };
            let end = end.unwrap_or(after.len());
            value = &after[..end];
            rest = after[end..].strip_prefix(quote.unwrap_or('\0')).unwrap_or(&after[end..]);
        }
        found.push((key, value));
    }
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "source"
            | "track"
            | "wbr"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_belong_to_the_innermost_part() {
        let page = "<html><head><meta a=b><script>{\"</p>\"}</script></head><body class=is-article><div class=prose>\
                    <h2 id=a>A<a class=anchor href=#a></a></h2><p id=b>x > y</p></div></body></html>";
        let mut found = Found::default();
        found.page(page);
        assert_eq!(found.parts.values().sum::<usize>(), page.len());
        assert_eq!(found.parts["JSON-LD"], "<script>{\"</p>\"}</script>".len());
        assert_eq!(found.parts["head"], "<head><meta a=b></head>".len());
        assert_eq!(found.parts["text: anchors of headings"], "<a class=anchor href=#a></a>".len());
        assert_eq!(found.parts["text"], "<div class=prose><h2 id=a>A</h2><p id=b>x > y</p></div>".len());
        assert_eq!(found.idle_ids.get("text"), Some(&" id=b".len()));
        assert_eq!(found.classes.keys().collect::<Vec<_>>(), ["anchor", "is-article", "prose"]);
    }

    #[test]
    fn attributes_are_read_quoted_or_not() {
        let (name, found) = attributes("<a href=/x/ title=\"a > b\" hidden id='c'>");
        assert_eq!((name, found), ("a", vec![("href", "/x/"), ("title", "a > b"), ("hidden", ""), ("id", "c")]));
        assert_eq!(attributes("<br/>"), ("br", Vec::new()));
    }
}
