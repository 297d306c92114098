//! The page of an article or entity as Markdown.
//!
//! What stands in the text is made of the same HTML as the page, so that links lead where the page's do and nothing is
//! there that the page does not show. Addresses are in full.

use htmd::HtmlToMarkdown;
use htmd::options::{BulletListMarker, Options};

use crate::base::text::one_line;
use crate::render::absolute::absolute;
use crate::render::full_text::full_text;
use crate::render::html::PageHtml;
use crate::render::templates::Templates;
use crate::render::views::{Views, marking};
use crate::site::ids::{ArticleId, EntityId};
use crate::words::message::Arg;

/// The twin of an article.
pub fn article(views: &Views, templates: &Templates, id: ArticleId) -> String {
    let text = full_text(views, templates, id);
    let article = views.article(id);
    let (meta, language) = (&article.meta, views.language());
    let mut facts: Vec<String> = Vec::new();
    facts.extend(meta.date.as_ref().map(|date| language.date(date.day.into())));
    facts.extend(meta.updated.as_ref().map(|date| {
        let date = language.date(date.day.into());
        language.say("updated-on", &[("date", Arg::Text(&date))])
    }));
    facts.extend(meta.dateline.as_deref().map(escaped));
    let authors: Vec<String> = article
        .authors
        .iter()
        .map(|id| {
            let (name, url) = views.author_name(*id);
            format!("[{}]({})", escaped(name), views.permalink(url))
        })
        .collect();
    facts
        .extend((!authors.is_empty()).then(|| {
            language.say("by-authors", &[("authors", Arg::Text(&authors.join(language.text("list-comma"))))])
        }));
    facts.extend(article.marking.map(|label| marking(label).label.to_string()));
    let summary = views.glance(id).summary();
    head(&meta.title, &facts, &views.permalink(&article.url), &summary) + &markdown(&text)
}

/// The twin of an entity: its profile, and its newest briefings.
pub fn entity(views: &Views, templates: &Templates, id: EntityId) -> String {
    let (entity, language) = (views.profile(id), views.language());
    let input = entity.meta.map(|meta| &meta.input);
    let mut facts = vec![escaped(&views.kind_ref(entity.kind).singular)];
    facts.extend(input.and_then(|input| input.native_name.as_deref()).map(escaped));
    facts.extend(entity.roles.iter().map(|held| {
        let day = |date: Option<_>| date.map_or(String::new(), |date| language.date(date));
        let role = escaped(&views.role_text(id, held));
        match (held.role.start, held.role.end) {
            (None, None) => role,
            (start, end) => format!("{role} ({}–{})", day(start), day(end)),
        }
    }));
    facts.extend(entity.country.map(|country| format!("{}, {}", country.code, country.alpha3)));
    let url = views.permalink(entity.url);
    let summary = input.and_then(|input| input.summary.as_deref()).unwrap_or_default();
    let mut text = head(entity.name, &facts, &url, summary);
    if let Some(document) = entity.document.filter(|document| !document.is_empty()) {
        let (content, _, _) = PageHtml::of_entity(views, templates, entity).document(document);
        text.push_str(&markdown(&absolute(&content, &views.config().origin, &url)));
    }
    let list = views.entity_list(id);
    let shown = list.ids().iter().take(views.config().pagination.entity);
    let lines: String = shown
        .map(|id| {
            let article = views.glance(*id);
            let date = article.date().map_or(String::new(), |date| format!("{}: ", date.day));
            let label = article.marking().map_or(String::new(), |label| format!(" ({})", label.label()));
            let twin = views.permalink(&crate::site::urls::twin(article.url()));
            format!("- {date}[{}]({twin}){label}\n", escaped(article.title()))
        })
        .collect();
    if !lines.is_empty() {
        text.push_str(&format!("\n## {}\n\n{lines}", language.text("briefings")));
    }
    text
}

fn head(title: &str, facts: &[String], url: &str, summary: &str) -> String {
    let mut text = format!("# {}\n\n{}\n\n<{url}>\n", escaped(title), facts.join(" · "));
    if !summary.is_empty() {
        text.push_str(&format!("\n> {}\n", escaped(summary)));
    }
    text
}

/// HTML of a text as Markdown, after an empty line.
fn markdown(html: &str) -> String {
    let options = Options {
        bullet_list_marker: BulletListMarker::Dash,
        ul_bullet_spacing: 1,
        ol_number_spacing: 1,
        ..Options::default()
    };
    let converter = HtmlToMarkdown::builder().options(options).skip_tags(vec!["script", "style", "svg"]).build();
    // Reading from memory does not fail; if it did, the page is there.
    let text = converter.convert(&with_brackets(html)).unwrap_or_default();
    if text.is_empty() { text } else { format!("\n{}\n", text.trim()) }
}

/// HTML in which numbers of sources and notes stand in brackets: nothing is raised in Markdown.
fn with_brackets(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + 64);
    let mut rest = html;
    while let Some(at) = rest.find("<sup class=\"") {
        let (before, sup) = rest.split_at(at);
        out.push_str(before);
        let (Some(open), Some(close)) = (sup.find('>'), sup.find("</sup>")) else {
            rest = sup;
            break;
        };
        if open >= close {
            rest = sup;
            break;
        }
        out.push_str(&format!(" [{}]", &sup[open + 1..close]));
        rest = &sup[close + "</sup>".len()..];
    }
    out.push_str(rest);
    out
}

/// A line of text in which nothing is markup.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 4);
    for letter in one_line(text).chars() {
        if matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_markup() {
        assert_eq!(escaped("a [b](c) *d*\n<e>"), "a \\[b\\](c) \\*d\\* \\<e\\>");
        assert_eq!(
            markdown("<p>1 * 2 <a href=\"https://x.org/\">x</a></p><ul><li>y</li></ul>"),
            "\n1 \\* 2 [x](https://x.org/)\n\n- y\n"
        );
        assert_eq!(
            markdown("a<sup class=\"cite\"><a href=\"https://x.org/#1\">1</a></sup>"),
            "\na \\[[1](https://x.org/#1)\\]\n"
        );
        assert_eq!(markdown(""), "");
    }
}
