//! The view of one article.

use crate::base::diagnostics::{Diagnostic, FieldPath, Place};
use crate::base::yaml::values::List;
use crate::content::vocabulary::{Credibility, Likelihood, Reliability};
use crate::render::citations::{Cited, citations};
use crate::render::dates;
use crate::render::html::PageHtml;
use crate::render::registers;
use crate::render::view::{
    ArticleView, EntityGroup, EntityInArticle, EventView, GradeView, JudgmentView, LikelihoodView, NoticeView,
    SeriesPart, SourceMark, SourceView,
};
use crate::render::views::{Views, extra, host, marking};
use crate::site::Article;
use crate::site::ids::{ArticleId, EntityId};
use crate::site::mentions::Spot;
use crate::site::registers::anchors;
use crate::site::urls;
use crate::words::Language;

/// Makes the view of an article.
pub fn article(views: &Views, id: ArticleId, html: &PageHtml) -> (ArticleView, Vec<Diagnostic>) {
    let article = views.article(id);
    let (meta, language) = (&article.meta, views.language());
    let mut diagnostics = Vec::new();
    let mut inline = |field: FieldPath, text: &str, spot: Option<Spot>| {
        let (inline, found) = html.inline(text, &Place::field(&article.path, field), spot);
        diagnostics.extend(found);
        inline
    };
    let bottom_line_html =
        meta.bottom_line.as_deref().map(|text| inline("bottom_line".into(), text, Some(Spot::BottomLine)));
    let why_it_matters_html =
        meta.why_it_matters.as_deref().map(|text| inline("why_it_matters".into(), text, Some(Spot::WhyItMatters)));
    let key_judgments = meta.key_judgments.iter().enumerate().map(|(index, judgment)| JudgmentView {
        id: format!("kj{}", index + 1),
        html: inline(
            FieldPath::key("key_judgments").index(judgment.index).then("text"),
            &judgment.input.text,
            u16::try_from(judgment.index).ok().map(Spot::Judgment),
        ),
        likelihood: judgment.input.likelihood.map(|one| likelihood(one, language)),
        confidence: judgment.input.confidence.map(|one| language.text(one.message()).to_string()),
        marking: judgment.tlp.map(marking),
        outcome: registers::outcome(article, judgment, "", language),
        sources: marks(article, &judgment.input.sources),
    });
    let key_judgments = key_judgments.collect();
    let mut notice =
        |list: &str, index: usize, text: &str| inline(FieldPath::key(list).index(index).then("text"), text, None);
    let anchors = anchors(&meta.corrections);
    let corrections = meta.corrections.iter().zip(anchors).map(|(entry, id)| NoticeView {
        id,
        date: dates::moment(&entry.date, language),
        kind: entry.kind.id(),
        label: language.text(entry.kind.id()).to_string(),
        html: notice("corrections", entry.index, &entry.text),
    });
    let corrections: Vec<NoticeView> = corrections.collect();
    let updates = meta.updates.iter().map(|entry| NoticeView {
        id: String::new(),
        date: dates::moment(&entry.date, language),
        kind: entry.kind.id(),
        label: language.text(entry.kind.id()).to_string(),
        html: notice("updates", entry.index, &entry.text),
    });
    let updates: Vec<NoticeView> = updates.collect();
    let (content, toc, found) = html.document(&article.document);
    diagnostics.extend(found);
    // A page tells of nothing that is marked higher than itself.
    let cards = |ids: &[ArticleId]| views.cards_of(&views.fitting(ids, article.marking));
    let fits = |id: &ArticleId| !views.fitting(&[*id], article.marking).is_empty();
    let view = ArticleView {
        card: views.card_of(id),
        standfirst: meta.summary.as_deref().map(crate::content::markdown::plain_text),
        author_permalinks: article.authors.iter().map(|id| views.permalink(views.author_name(*id).1)).collect(),
        dateline: meta.dateline.clone(),
        bottom_line_html,
        why_it_matters_html,
        key_judgments,
        sources: sources(article, &content, language),
        content,
        toc,
        events: events(views, article),
        changes: changes(article, &corrections, &updates),
        history: (!views.history(id).is_empty()).then(|| views.href(&urls::history(&article.url))),
        citations: citations(&cited(views, article)),
        corrections,
        updates,
        entities: entity_groups(views, article),
        follows: cards(&article.follows),
        followed_by: cards(&article.followed_by),
        referenced_by: cards(&article.linked_from),
        related: cards(&article.related),
        series: series_part(views, id, article),
        older: article.older.filter(fits).map(|id| views.card_of(id)),
        newer: article.newer.filter(fits).map(|id| views.card_of(id)),
        data_cutoff: meta.data_cutoff.as_ref().map(|date| dates::moment(date, language)),
        expires: meta.expires.as_ref().map(|date| dates::moment(date, language)),
        word_count: article.document.facts.word_count,
        section: article.section.map(|section| views.section_ref(section)),
        extra: extra(&meta.extra),
    };
    (view, diagnostics)
}

/// Corrections and updates, newest first; of one moment, corrections first.
fn changes(article: &Article, corrections: &[NoticeView], updates: &[NoticeView]) -> Vec<NoticeView> {
    let meta = &article.meta;
    let corrections = meta.corrections.iter().map(|entry| &entry.date).zip(corrections);
    let updates = meta.updates.iter().map(|entry| &entry.date).zip(updates);
    let mut all: Vec<_> = corrections.chain(updates).collect();
    all.sort_by(|(left, _), (right, _)| right.cmp(left));
    all.into_iter().map(|(_, notice)| notice.clone()).collect()
}

/// What citations tell of an article.
fn cited<'a>(views: &Views<'a>, article: &'a Article) -> Cited<'a> {
    Cited {
        title: &article.meta.title,
        authors: article.authors.iter().map(|id| views.author_name(*id).0).collect(),
        site: &views.config().title,
        day: article.meta.date.as_ref().map(|date| date.day),
        url: views.permalink(&article.url),
        lang: &article.lang,
        slug: &article.meta.slug,
    }
}

pub(super) fn likelihood(likelihood: Likelihood, language: &Language) -> LikelihoodView {
    let (low, high) = likelihood.range();
    LikelihoodView { term: language.text(likelihood.message()).to_string(), low, high }
}

/// The marks of the sources that an article cites by these ids.
pub(super) fn marks(article: &Article, ids: &List) -> Vec<SourceMark> {
    ids.0.iter().filter_map(|id| source_mark(article, id)).collect()
}

/// The number and anchor of a source that an article cites by its id.
pub fn source_mark(article: &Article, id: &str) -> Option<SourceMark> {
    let index = article.meta.sources.iter().position(|source| source.input.id == id)?;
    let number = article.source_numbers[index];
    Some(SourceMark {
        number,
        href: format!("#source-{number}"),
        title: article.meta.sources[index].input.title.clone(),
    })
}

/// The numbered list of sources; `content` tells where the text cites each.
fn sources(article: &Article, content: &str, language: &Language) -> Vec<SourceView> {
    let mut views: Vec<SourceView> = article
        .meta
        .sources
        .iter()
        .zip(&article.source_numbers)
        .map(|(source, number)| {
            let input = &source.input;
            SourceView {
                number: *number,
                anchor: format!("source-{number}"),
                title: input.title.clone(),
                host: input.url.as_deref().and_then(host).map(str::to_string),
                url: input.url.clone(),
                publisher: input.publisher.clone(),
                author: input.author.clone(),
                date: source.date.map(|date| dates::partial(date, language)),
                accessed: source.accessed.map(|date| dates::partial(date, language)),
                archive_url: input.archive_url.clone(),
                reliability: input.reliability.map(|grade| reliability(grade, language)),
                credibility: input.credibility.map(|grade| credibility(grade, language)),
                descriptor: input.descriptor.clone(),
                marking: source.tlp.map(marking),
                cited_at: cited_at(content, *number),
            }
        })
        .collect();
    views.sort_by_key(|source| source.number);
    views
}

/// The anchors at which the text cites a source: `#cite-3-1`, `#cite-3-2`, ...
fn cited_at(content: &str, number: usize) -> Vec<String> {
    (1..)
        .map(|time| format!("cite-{number}-{time}"))
        .take_while(|anchor| content.contains(&format!("id=\"{anchor}\"")))
        .map(|anchor| format!("#{anchor}"))
        .collect()
}

fn reliability(reliability: Reliability, language: &Language) -> GradeView {
    GradeView { grade: reliability.grade().to_string(), meaning: language.text(reliability.message()).to_string() }
}

fn credibility(credibility: Credibility, language: &Language) -> GradeView {
    GradeView { grade: credibility.grade().to_string(), meaning: language.text(credibility.message()).to_string() }
}

fn events(views: &Views, article: &Article) -> Vec<EventView> {
    let who = |name: &String| views.person_named(name).map(|id| views.entity_ref(id));
    let mut events: Vec<_> = article.meta.events.iter().collect();
    events.sort_by_key(|event| event.date);
    let view = |event: &&crate::content::article::Event| EventView {
        date: dates::partial(event.date, views.language()),
        title: event.title.clone(),
        place: event.place.clone(),
        people: event.people.iter().filter_map(who).collect(),
    };
    events.iter().map(view).collect()
}

/// The entities of an article by kind, each with the role it had on the article's date.
fn entity_groups(views: &Views, article: &Article) -> Vec<EntityGroup> {
    let day = article.meta.date.as_ref().map(|date| date.day);
    let groups = (0..views.config().kinds.len()).map(|kind| {
        let of_kind = article.entities.iter().filter(|appearance| views.kind_of(appearance.entity) == kind);
        let (entities, mentioned) = of_kind
            .map(|appearance| EntityInArticle {
                entity: views.entity_ref(appearance.entity),
                role: day.and_then(|day| views.role_on(appearance.entity, day)),
                about: appearance.about,
                mentions: appearance.mentions,
                places: places(article, appearance.entity),
            })
            .partition(|one: &EntityInArticle| one.about);
        EntityGroup { kind: views.kind_ref(kind), entities, mentioned }
    });
    groups.filter(|group| !group.entities.is_empty() || !group.mentioned.is_empty()).collect()
}

/// Where an article names an entity.
fn places(article: &Article, entity: EntityId) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    for mention in article.found.mentions.iter().filter(|mention| mention.entity == entity) {
        let place = match mention.spot {
            Spot::Body => {
                let heading = usize::from(mention.section).checked_sub(1);
                let heading = heading.and_then(|at| article.document.facts.headings.get(at));
                format!("#{}", heading.map_or("", |heading| &heading.id))
            }
            spot => spot.word().to_string(),
        };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

fn series_part(views: &Views, own: ArticleId, article: &Article) -> Option<SeriesPart> {
    let (id, _) = article.series?;
    let parts = views.fitting(&views.series(id).articles, article.marking);
    let position = parts.iter().position(|part| *part == own)?;
    Some(SeriesPart {
        series: views.series_ref(id),
        position: position + 1,
        previous: position.checked_sub(1).map(|before| views.card_of(parts[before])),
        next: parts.get(position + 1).map(|next| views.card_of(*next)),
        parts: views.cards_of(&parts),
    })
}
