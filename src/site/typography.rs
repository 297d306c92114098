//! Typographic signs in titles and summaries, so that they read like the texts below them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::base::typography::typographic;
use crate::config::Config;
use crate::content::page::PageMeta;
use crate::content::read::{Parsed, ParsedEntity};
use crate::content::section::SectionMeta;
use crate::site::gate::ArticleFile;

/// Sets the signs in articles, sections, entities and pages whose language is English, when the Markdown of the site
/// has them too.
pub(super) fn set(
    articles: &mut [ArticleFile],
    sections: &mut BTreeMap<String, Parsed<SectionMeta>>,
    entities: &mut [(usize, ParsedEntity)],
    pages: &mut [Parsed<PageMeta>],
    config: &Config,
) {
    if !config.markdown.smart_punctuation {
        return;
    }
    let is_english = |lang: Option<&String>| is_english(lang, config);
    articles.iter_mut().for_each(|file| set_article(file, config));
    for page in pages {
        if is_english(page.meta.lang.as_ref()) {
            line(&mut page.meta.title);
            page.meta.input.summary.iter_mut().for_each(line);
        }
    }
    if is_english(None) {
        for section in sections.values_mut() {
            let input = &mut section.meta.input;
            input.title.iter_mut().chain(&mut input.summary).for_each(line);
        }
        for (_, entity) in entities {
            entity.meta.input.summary.iter_mut().for_each(line);
        }
    }
}

/// Sets the signs in one article.
pub(super) fn set_article(file: &mut ArticleFile, config: &Config) {
    let meta = &mut file.meta;
    if config.markdown.smart_punctuation && is_english(meta.lang.as_ref(), config) {
        line(&mut meta.title);
        meta.summary.iter_mut().for_each(line);
        meta.events.iter_mut().for_each(|event| line(&mut event.title));
    }
}

fn is_english(lang: Option<&String>, config: &Config) -> bool {
    lang.unwrap_or(&config.language).split('-').next() == Some("en")
}

fn line(text: &mut String) {
    if let Cow::Owned(set) = typographic(text) {
        *text = set;
    }
}
