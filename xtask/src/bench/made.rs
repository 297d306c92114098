//! What a generator made: its files by kind, and proof that they are not empty.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::Result;

/// Folders of term pages that all generators make alike.
const TERMS: [&str; 3] = ["people", "countries", "topics"];

/// The files of an output folder.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// Number of files by kind.
    pub kinds: BTreeMap<&'static str, usize>,
    /// Files.
    pub files: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// Bytes of the pages of articles.
    pub article_bytes: u64,
    /// Entries on the term pages.
    pub items: usize,
    /// Entries in the feeds of terms.
    pub entries: usize,
}

/// Looks through an output folder; a page that has no content is an error.
pub fn look(output: &Path) -> Result<Made> {
    let mut made = Made::default();
    let mut open = vec![output.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                open.push(entry.path());
                continue;
            }
            let path = entry.path();
            let inner = path.strip_prefix(output)?.to_string_lossy().replace('\\', "/");
            let kind = kind(&inner);
            let bytes = entry.metadata()?.len();
            made.files += 1;
            made.bytes += bytes;
            *made.kinds.entry(kind).or_default() += 1;
            match kind {
                "articles" => {
                    made.article_bytes += bytes;
                    let text = fs::read_to_string(&path)?;
                    if !(text.contains("Part 5") && text.contains("<h1") && text.contains("</table>")) {
                        return Err(format!("the article {} lacks its title or its text", path.display()).into());
                    }
                }
                "term pages" => {
                    let text = fs::read_to_string(&path)?;
                    let items = text.matches("class=\"item\"").count() + text.matches("class=item").count();
                    made.items += items;
                }
                "term feeds" => {
                    let entries = fs::read_to_string(&path)?.matches("<entry").count();
                    if entries == 0 {
                        return Err(format!("the feed {} is empty", path.display()).into());
                    }
                    made.entries += entries;
                }
                _ => {}
            }
        }
    }
    Ok(made)
}

/// What a file is, by its path.
fn kind(path: &str) -> &'static str {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        // Zola leads from the first page of every list to the list, and cannot be told to leave that.
        [.., "page", "1", "index.html"] => "redirects",
        ["briefings", name, "index.html"] if name.starts_with("briefing-") => "articles",
        [folder, name, ..] if TERMS.contains(folder) && name.contains('+') => "pairs",
        [folder, _, "feed.xml"] if TERMS.contains(folder) => "term feeds",
        [folder, _, .., "index.html"] if TERMS.contains(folder) => "term pages",
        ["archive", ..] => "archive",
        [name] if name.starts_with("graph.") => "graph",
        [.., name] if name.ends_with(".html") || name.ends_with(".xml") => "other lists",
        _ => "assets",
    }
}

/// Says why two outputs cannot be compared: the kinds that all have must be alike in number, within a hundredth.
pub fn unlike(one: &Made, other: &Made) -> Option<String> {
    let count = |made: &Made, kind: &str| made.kinds.get(kind).copied().unwrap_or(0);
    let rows = ["articles", "term pages", "term feeds"]
        .map(|kind| (kind, count(one, kind), count(other, kind)))
        .into_iter()
        .chain([("entries on term pages", one.items, other.items), ("entries in feeds", one.entries, other.entries)]);
    let unlike = rows.filter(|(_, one, other)| one.abs_diff(*other) * 100 > *one.max(other) || *one == 0);
    let told: Vec<String> = unlike.map(|(kind, one, other)| format!("{kind}: {one} and {other}")).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_path() {
        for (path, expected) in [
            ("briefings/briefing-000001/index.html", "articles"),
            ("briefings/page/2/index.html", "other lists"),
            ("people/elin-cordovic/index.html", "term pages"),
            ("people/elin-cordovic/page/2/index.html", "term pages"),
            ("people/elin-cordovic/page/1/index.html", "redirects"),
            ("people/index.html", "other lists"),
            ("topics/topic-001/feed.xml", "term feeds"),
            ("countries/china+russia/feed.xml", "pairs"),
            ("graph.ftm.json", "graph"),
            ("flags/de.svg", "assets"),
        ] {
            assert_eq!(kind(path), expected, "{path}");
        }
    }

    #[test]
    fn empty_pages_are_found() {
        let folder = std::env::temp_dir().join(format!("xtask-made-{}", std::process::id()));
        let page = folder.join("briefings/briefing-000001");
        fs::create_dir_all(&page).unwrap();
        fs::write(page.join("index.html"), "<h1>A</h1>").unwrap();
        assert!(look(&folder).unwrap_err().to_string().contains("lacks"));
        fs::write(page.join("index.html"), "<h1>A</h1><h2>Part 5</h2></table>").unwrap();
        let made = look(&folder).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!((made.files, made.kinds["articles"]), (1, 1));
        assert!(unlike(&made, &made).unwrap().starts_with("term pages: 0 and 0"), "lists must not be missing in both");
    }
}
