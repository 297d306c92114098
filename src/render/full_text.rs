//! The text of an article by itself, for readers elsewhere: feeds and Markdown twins.
//!
//! Holds what the article’s page holds of its own: bottom line, key judgments, text, events, corrections, sources. What
//! the page tells of the rest of the site is not in it. All addresses are in full.

use crate::base::diagnostics::{FieldPath, Place};
use crate::base::text::escape_html;
use crate::base::yaml::values::List;
use crate::content::article::Source;
use crate::render::absolute::absolute;
use crate::render::articles::source_mark;
use crate::render::html::PageHtml;
use crate::render::registers;
use crate::render::templates::Templates;
use crate::render::views::Views;
use crate::site::Article;
use crate::site::ids::ArticleId;
use crate::site::mentions::Spot;
use crate::words::Language;
use crate::words::message::Arg;

/// The HTML of an article’s text; what is wrong in it is told of its page.
pub fn full_text(views: &Views, templates: &Templates, id: ArticleId) -> String {
    let article = views.article(id);
    let (meta, language) = (&article.meta, views.language());
    let said = |message: &str| escape_html(language.text(message));
    let html = PageHtml::of_article(views, templates, article).without_placeholders();
    let inline = |text: &str, spot: Option<Spot>| {
        html.inline(text, &Place::field(&article.path, FieldPath::key("text")), spot).0
    };
    let mut text = String::new();
    let led = [
        ("bottom-line", &meta.bottom_line, Spot::BottomLine),
        ("why-it-matters", &meta.why_it_matters, Spot::WhyItMatters),
    ];
    for (label, words, spot) in led {
        if let Some(words) = words {
            text.push_str(&format!("<p><strong>{}:</strong> {}</p>\n", said(label), inline(words, Some(spot))));
        }
    }
    if !meta.key_judgments.is_empty() {
        text.push_str(&format!("<h2>{}</h2>\n<ol>\n", said("key-judgments")));
        for judgment in &meta.key_judgments {
            let spot = u16::try_from(judgment.index).ok().map(Spot::Judgment);
            let marking = judgment.tlp.map_or(String::new(), |label| format!("({}) ", label.label()));
            text.push_str(&format!("<li>{marking}{}", inline(&judgment.input.text, spot)));
            text.push_str(&cited(article, &judgment.input.sources));
            let likelihood = judgment.input.likelihood.map(|likelihood| {
                let (low, high) = likelihood.range();
                let range = [("low", Arg::Number(low.into())), ("high", Arg::Number(high.into()))];
                let range = language.say("percent-range", &range);
                let term = language.text(likelihood.message());
                language.say("likelihood-in-text", &[("term", Arg::Text(term)), ("range", Arg::Text(&range))])
            });
            let confidence = judgment.input.confidence.map(|confidence| {
                let word = language.text(confidence.message());
                language.say("confidence-in-text", &[("confidence", Arg::Text(word))])
            });
            let estimate: Vec<String> = likelihood.into_iter().chain(confidence).collect();
            if !estimate.is_empty() {
                text.push_str(&format!(" <em>{}</em>", escape_html(&estimate.join(language.text("list-comma")))));
            }
            if let Some(outcome) = registers::outcome(article, judgment, "", language) {
                let word = match outcome.came_true {
                    Some(true) => "outcome-true",
                    Some(false) => "outcome-false",
                    None => "outcome-open",
                };
                let word = [Some(language.text(word).to_string()), outcome.date.map(|date| date.text)];
                let word: Vec<String> = word.into_iter().flatten().collect();
                let note = outcome.note.map_or(String::new(), |note| format!(" {}", escape_html(&note)));
                let told = escape_html(&word.join(language.text("list-comma")));
                text.push_str(&format!("<br>{}: <strong>{told}</strong>{note}", said("outcome")));
                let sources = judgment.input.outcome.iter().map(|outcome| cited(article, &outcome.sources));
                text.extend(sources);
            }
            text.push_str("</li>\n");
        }
        text.push_str("</ol>\n");
    }
    text.push_str(&without_anchors(&html.document(&article.document).0));
    if !meta.events.is_empty() {
        text.push_str(&format!("<h2>{}</h2>\n<ul>\n", said("timeline")));
        let mut events: Vec<_> = meta.events.iter().collect();
        events.sort_by_key(|event| event.date);
        for event in events {
            let place = event.place.as_ref().map_or(String::new(), |place| format!(", {place}"));
            let line = format!("{}: {}{place}", language.date(event.date), event.title);
            text.push_str(&format!("<li>{}</li>\n", escape_html(&line)));
        }
        text.push_str("</ul>\n");
    }
    for notice in &meta.corrections {
        let (label, date) = (language.text(notice.kind.id()), language.date(notice.date.day.into()));
        let label = language.say("notice-on-date", &[("label", Arg::Text(label)), ("date", Arg::Text(&date))]);
        let label = escape_html(&label);
        text.push_str(&format!("<p><strong>{label}:</strong> {}</p>\n", inline(&notice.text, None)));
    }
    text.push_str(&sources(article, language));
    absolute(&text, &views.config().origin, &views.permalink(&article.url))
}

/// Marks of the sources with these ids.
fn cited(article: &Article, ids: &List) -> String {
    let mark = |id: &String| {
        let mark = source_mark(article, id)?;
        Some(format!(" [<a href=\"{}\">{}</a>]", mark.href, mark.number))
    };
    ids.0.iter().filter_map(mark).collect()
}

/// HTML without the links that headings have to themselves.
fn without_anchors(html: &str) -> String {
    let mut parts = html.split("<a class=\"anchor\"");
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        out.push_str(part.split_once("</a>").map_or("", |(_, rest)| rest));
    }
    out
}

/// The numbered list of sources.
fn sources(article: &Article, language: &Language) -> String {
    let mut sources: Vec<(&usize, &Source)> = article.source_numbers.iter().zip(&article.meta.sources).collect();
    if sources.is_empty() {
        return String::new();
    }
    sources.sort_by_key(|(number, _)| **number);
    let mut text = format!("<h2>{}</h2>\n<ol>\n", escape_html(language.text("sources")));
    for (_, source) in sources {
        let input = &source.input;
        let title = escape_html(&input.title);
        let title = match &input.url {
            Some(url) => format!("<a href=\"{}\">{title}</a>", escape_html(url)),
            None => title,
        };
        let marking = source.tlp.map_or(String::new(), |label| format!("({}) ", label.label()));
        let date = source.date.map(|date| language.date(date));
        let more: String = [&input.author, &input.publisher, &date]
            .into_iter()
            .flatten()
            .map(|part| format!(", {}", escape_html(part)))
            .collect();
        let archived = input.archive_url.as_ref().map_or(String::new(), |url| {
            format!(" <a href=\"{}\">{}</a>.", escape_html(url), escape_html(language.text("archived-copy")))
        });
        text.push_str(&format!("<li>{marking}{title}{more}.{archived}</li>\n"));
    }
    text.push_str("</ol>\n");
    text
}
