//! Where everything lives: the one place that makes addresses.

use crate::base::paths::{UrlPath, percent_decode};
use crate::content::focus::Focus;
use crate::content::kinds::Kind;
use crate::content::read::AUTHORS;

/// The home page.
pub fn home() -> UrlPath {
    UrlPath::new("/")
}

/// An article: `/briefings/russia-china/`.
pub fn article(folder: &str, slug: &str) -> UrlPath {
    UrlPath::new(&format!("{folder}/{slug}/"))
}

/// A section: `/briefings/`.
pub fn section(folder: &str) -> UrlPath {
    UrlPath::new(&format!("{folder}/"))
}

/// A loose page: `/about/`.
pub fn page(slug: &str) -> UrlPath {
    UrlPath::new(&format!("{slug}/"))
}

/// The A to Z index of a kind: `/people/`.
pub fn kind(kind: &Kind) -> UrlPath {
    UrlPath::new(&format!("{}/", kind.path))
}

/// An entity: `/people/xi-jinping/`.
pub fn entity(of: &Kind, slug: &str) -> UrlPath {
    kind(of).join(&format!("{slug}/"))
}

/// A pair of entities of one kind: `/countries/china+russia/`, the slugs in the order of their letters. Links write the
/// plus sign as `%2B`, for S3 and its like read a bare one as a space.
pub fn pair(of: &Kind, mut slugs: [&str; 2]) -> UrlPath {
    slugs.sort_unstable();
    entity(of, &slugs.join("+"))
}

/// The index of authors.
pub fn authors() -> UrlPath {
    UrlPath::new(&format!("{AUTHORS}/"))
}

/// An author: `/authors/europe-desk/`.
pub fn author(slug: &str) -> UrlPath {
    authors().join(&format!("{slug}/"))
}

/// The index of series.
pub fn series_index() -> UrlPath {
    UrlPath::new("series/")
}

/// A series: `/series/road-to-a-settlement/`.
pub fn series(slug: &str) -> UrlPath {
    series_index().join(&format!("{slug}/"))
}

/// The date archive.
pub fn archive() -> UrlPath {
    UrlPath::new("archive/")
}

/// A year of the date archive: `/archive/2025/`.
pub fn archive_year(year: i16) -> UrlPath {
    archive().join(&format!("{year}/"))
}

/// Page `number` of the list at `first`: the list itself, then `…/page/2/`.
pub fn list_page(first: &UrlPath, number: usize) -> UrlPath {
    if number <= 1 { first.clone() } else { first.join(&format!("page/{number}/")) }
}

/// A country's flag: `/flags/ua.svg`.
pub fn flag(code: &str) -> UrlPath {
    UrlPath::new(&format!("flags/{}.svg", code.to_ascii_lowercase()))
}

/// The site as a graph: `/graph.json`, `/graph.graphml`, `/graph.ftm.json`.
pub fn graph(extension: &str) -> UrlPath {
    UrlPath::new(&format!("graph.{extension}"))
}

/// The register of key judgments.
pub fn judgments() -> UrlPath {
    UrlPath::new("judgments/")
}

/// The key judgments of a month: `/judgments/2025-12/`.
pub fn judgments_of(month: &str) -> UrlPath {
    judgments().join(&format!("{month}/"))
}

/// The register of corrections.
pub fn corrections() -> UrlPath {
    UrlPath::new("corrections/")
}

/// The corrections of a year: `/corrections/2025/`.
pub fn corrections_of(year: i16) -> UrlPath {
    corrections().join(&format!("{year}/"))
}

/// The page on which readers search.
pub fn search() -> UrlPath {
    UrlPath::new("search/")
}

/// A smaller version of a picture: `/pictures/1a2b3c4d5e6f-480.jpg`.
pub fn smaller_picture(content: &str, width: u32, extension: &str) -> UrlPath {
    UrlPath::new(&format!("pictures/{content}-{width}.{extension}"))
}

/// A square piece of a picture around a place in it: `/pictures/1a2b3c4d5e6f-160-50-33.jpg`.
pub fn cropped_picture(content: &str, width: u32, focus: Focus, extension: &str) -> UrlPath {
    UrlPath::new(&format!("pictures/{content}-{width}-{}-{}.{extension}", focus.x, focus.y))
}

/// The social card of a page.
pub fn social_card(page: &UrlPath) -> UrlPath {
    page.join("social-card.png")
}

/// What tells browsers how to search the site.
pub fn open_search() -> UrlPath {
    UrlPath::new("opensearch.xml")
}

/// A file that searching reads: `/search/index.json`, `/search/words/636f6e.bin`.
pub fn search_file(path: &str) -> UrlPath {
    search().join(path)
}

/// A format of feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedFormat {
    /// Atom.
    Atom,
    /// JSON Feed.
    Json,
    /// RSS 2.0.
    Rss,
}

impl FeedFormat {
    /// The name of the file, and what comes behind the last dot of it.
    fn file(self) -> (&'static str, &'static str) {
        match self {
            FeedFormat::Atom => ("feed", "xml"),
            FeedFormat::Json => ("feed", "json"),
            FeedFormat::Rss => ("rss", "xml"),
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            FeedFormat::Atom => "application/atom+xml",
            FeedFormat::Json => "application/feed+json",
            FeedFormat::Rss => "application/rss+xml",
        }
    }
}

/// A feed of the list at `list`: `/briefings/feed.xml`, `/briefings/feed.json`, `/briefings/rss.xml`.
pub fn feed(list: &UrlPath, format: FeedFormat) -> UrlPath {
    let (name, extension) = format.file();
    list.join(&format!("{name}.{extension}"))
}

/// The feed of a language: `/feed.uk.xml`.
pub fn feed_in(language: &str, format: FeedFormat) -> UrlPath {
    let (name, extension) = format.file();
    UrlPath::new(&format!("{name}.{language}.{extension}"))
}

/// The style sheet of feeds.
pub fn feed_style() -> UrlPath {
    UrlPath::new("feed.css")
}

/// The sitemap: an index of its parts.
pub fn sitemap() -> UrlPath {
    UrlPath::new("sitemap.xml")
}

/// A part of the sitemap, from 0: `/sitemap-1.xml`.
pub fn sitemap_part(part: usize) -> UrlPath {
    UrlPath::new(&format!("sitemap-{}.xml", part + 1))
}

/// The sitemap of the articles of the last two days.
pub fn news_sitemap() -> UrlPath {
    UrlPath::new("sitemap-news.xml")
}

/// What crawlers are asked for.
pub fn robots() -> UrlPath {
    UrlPath::new("robots.txt")
}

/// What the site holds, for machines that read plain text.
pub fn llms() -> UrlPath {
    UrlPath::new("llms.txt")
}

/// The Markdown twin of a page: `/people/xi-jinping/index.md`.
pub fn twin(page: &UrlPath) -> UrlPath {
    page.join("index.md")
}

/// The revisions of an article: `/briefings/russia-china/history/`.
pub fn history(article: &UrlPath) -> UrlPath {
    article.join("history/")
}

/// Who made the site.
pub fn humans() -> UrlPath {
    UrlPath::new("humans.txt")
}

/// Whom to tell of a hole in the site.
pub fn security() -> UrlPath {
    UrlPath::new(".well-known/security.txt")
}

/// The drawing that stands for the site.
pub fn icon() -> UrlPath {
    UrlPath::new("favicon.svg")
}

/// The same as a PNG of some size.
pub fn icon_of(size: u32) -> UrlPath {
    UrlPath::new(&format!("icon-{size}.png"))
}

/// The same for the home screens of Apple.
pub fn apple_icon() -> UrlPath {
    UrlPath::new("apple-touch-icon.png")
}

/// The web app manifest.
pub fn manifest() -> UrlPath {
    UrlPath::new("site.webmanifest")
}

/// Reads an address that something had earlier: `/2024/old-title` or `/old.html`.
pub fn former(text: &str) -> Option<UrlPath> {
    let path = percent_decode(text.trim())?;
    if path.is_empty() || path == "/" || path.contains("://") || path.contains(['?', '#']) {
        return None;
    }
    let is_file = path.rsplit('/').next().is_some_and(|name| name.ends_with(".html") || name.ends_with(".htm"));
    let path = if is_file { path } else { format!("{}/", path.trim_end_matches('/')) };
    let url = UrlPath::new(&path);
    url.output().ok().map(|_| url)
}
