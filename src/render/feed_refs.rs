//! Which feeds there are, and how pages lead to them.

use crate::base::paths::UrlPath;
use crate::config::Config;
use crate::render::view::FeedRef;
use crate::render::views::Views;
use crate::site::urls::{self, FeedFormat};
use crate::words::tags::language_name;

/// The formats that a site has feeds in.
pub fn formats(config: &Config) -> Vec<FeedFormat> {
    let json = config.feed.json.then_some(FeedFormat::Json);
    let rss = config.feed.rss.then_some(FeedFormat::Rss);
    [FeedFormat::Atom].into_iter().chain(json).chain(rss).collect()
}

/// The title of the feed of a language.
pub fn title_in(config: &Config, language: &str) -> String {
    format!("{} – {}", config.title, language_name(language))
}

/// The feeds of the whole site.
pub fn of_site(views: &Views) -> Vec<FeedRef> {
    of_list(views, &views.config().title, &urls::home())
}

/// The feeds of the list at `list`, whose title is `title`.
pub fn of_list(views: &Views, title: &str, list: &UrlPath) -> Vec<FeedRef> {
    let feed = |format: FeedFormat| FeedRef {
        title: title.to_string(),
        media_type: format.media_type(),
        url: views.href(&urls::feed(list, format)),
        lang: None,
    };
    formats(views.config()).into_iter().map(feed).collect()
}

/// The feeds of the languages that articles are in, when there are several.
pub fn of_languages(views: &Views) -> Vec<FeedRef> {
    let formats = formats(views.config());
    let of_language = |language: &str| {
        let feed = |format: &FeedFormat| FeedRef {
            title: title_in(views.config(), language),
            media_type: format.media_type(),
            url: views.href(&urls::feed_in(language, *format)),
            lang: Some(language.to_string()),
        };
        formats.iter().map(feed).collect::<Vec<_>>()
    };
    views.languages().into_iter().flat_map(of_language).collect()
}
