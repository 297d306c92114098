//! Leaks on purpose, to see that the tests of withholding find each of them.
//!
//! Only with the feature `leaks`, which nothing but `cargo xtask test` turns on; without it there are none, and every
//! question here is answered at compile time. Each channel lets one sort of withheld thing through at one place.

/// All channels, with what leaks there.
pub const CHANNELS: [(&str, &str); 33] = [
    ("article", "a withheld briefing passes the gate"),
    ("entity", "a withheld profile passes the gate"),
    ("author", "a withheld author passes the gate"),
    ("page", "a withheld loose page passes the gate"),
    ("section", "a withheld section passes the gate"),
    ("canceled", "a canceled briefing passes the gate"),
    ("part", "a marked part of a text is not cut"),
    ("judgment", "a key judgment marked above the audience stays"),
    ("source", "a source marked above the audience stays"),
    ("sources", "sources that only something cut cites stay"),
    ("dates", "the newest day of the site is that of a withheld briefing"),
    ("counts", "the number of briefings counts withheld ones"),
    ("redirect", "a former address of a withheld briefing leads on"),
    ("attachment", "files that only withheld texts refer to are published"),
    ("link", "a link to something withheld looks otherwise than one to nothing"),
    ("head", "descriptions of pages name a withheld title"),
    ("card", "entries of lists name a withheld title"),
    ("tombstone", "the page of a canceled briefing tells a withheld title"),
    ("json-ld", "the data in the head names a withheld title"),
    ("judgments", "the register of judgments names a withheld title"),
    ("corrections", "the register of corrections names a withheld title"),
    ("history", "the history of a briefing shows revisions that were withheld"),
    ("feed", "Atom feeds name a withheld title"),
    ("feed.json", "JSON feeds name a withheld title"),
    ("rss", "RSS feeds name a withheld title"),
    ("sitemap", "sitemaps name a withheld title"),
    ("llms.txt", "`llms.txt` names a withheld title"),
    ("twin", "Markdown twins name a withheld title"),
    ("search", "what searching begins with names a withheld title"),
    ("social-card", "social cards name a withheld title"),
    ("graph.json", "the graph names a withheld title"),
    ("graph.graphml", "the graph in GraphML names a withheld title"),
    ("graph.ftm", "the FollowTheMoney entities name a withheld title"),
];

#[cfg(feature = "leaks")]
static OPEN: std::sync::Mutex<Option<String>> = std::sync::Mutex::new(None);

/// Opens one channel and closes the one that was open.
#[cfg(feature = "leaks")]
pub fn open(channel: Option<&str>) {
    if let Ok(mut open) = OPEN.lock() {
        *open = channel.map(str::to_string);
    }
}

/// Whether this channel leaks.
#[cfg(feature = "leaks")]
pub fn leaks(channel: &str) -> bool {
    OPEN.lock().is_ok_and(|open| open.as_deref() == Some(channel))
}

/// Whether this channel leaks.
#[cfg(not(feature = "leaks"))]
#[inline(always)]
pub const fn leaks(_: &str) -> bool {
    false
}

/// The title of something withheld, when this channel leaks it; nothing else.
pub fn secret<'a>(site: &'a super::Site, channel: &str) -> &'a str {
    if leaks(channel) { site.withheld.files.first().map_or("", |file| &file.title) } else { "" }
}
