//! The views of the registers: of key judgments, and of corrections.

use jiff::Timestamp;

use crate::content::article::Judgment;
use crate::content::markdown::plain_text;
use crate::content::vocabulary::Likelihood;
use crate::render::articles::{likelihood, marks};
use crate::render::dates;
use crate::render::view::{
    CorrectionsView, Crumb, JudgedArticle, JudgmentsView, MonthCount, OutcomeView, RecordView, RegisteredArticle,
    RegisteredCorrection, RegisteredJudgment, SourceMark, TermRecord, YearCount,
};
use crate::render::views::{Views, marking};
use crate::site::faces::Face;
use crate::site::ids::ArticleId;
use crate::site::registers::{Month, anchors};
use crate::site::{Article, urls};
use crate::words::Language;
use crate::words::tags::direction;

/// The key judgments of the month at a place of the list of months, and with `whole` what came of all.
pub fn judgments(views: &Views, at: usize, whole: bool) -> Option<JudgmentsView> {
    let shared = views.whole(Face::Judgments(at));
    let (site, months) = (shared.site(), shared.judgment_months());
    let month = months.get(at)?;
    let beside = |at: Option<usize>| {
        let month = months.get(at?)?;
        Some(Crumb {
            label: month_title(&month.name, views.language()),
            url: views.href(&urls::judgments_of(&month.name)),
        })
    };
    let judged = month.articles.iter().map(|id| site.article(*id)).map(|article| JudgedArticle {
        article: registered(views, article),
        judgments: article.meta.key_judgments.iter().enumerate().map(|one| judgment(views, article, one)).collect(),
    });
    Some(JudgmentsView {
        month: month_title(&month.name, views.language()),
        articles: judged.collect(),
        months: if whole { months_with_counts(views, months) } else { Vec::new() },
        record: whole.then(|| record(views, months)),
        newer: beside(at.checked_sub(1)),
        older: beside(Some(at + 1)),
    })
}

/// A month for people to read: `December 2025`.
pub fn month_title(name: &str, language: &Language) -> String {
    let parts = name.split_once('-').and_then(|(year, month)| Some((year.parse().ok()?, month.parse().ok()?)));
    let undated = || language.text("undated").to_string();
    parts.map_or_else(undated, |(year, month)| dates::month(year, month, language))
}

fn judgment(views: &Views, article: &Article, (index, judgment): (usize, &Judgment)) -> RegisteredJudgment {
    RegisteredJudgment {
        url: format!("{}#kj{}", views.href(&article.url), index + 1),
        text: plain_text(&judgment.input.text),
        likelihood: judgment.input.likelihood.map(|one| likelihood(one, views.language())),
        confidence: judgment.input.confidence.map(|one| views.language().text(one.message()).to_string()),
        marking: judgment.tlp.map(marking),
        outcome: outcome(article, judgment, &views.href(&article.url), views.language()),
    }
}

/// What came of a key judgment of an article; `page` is the address of the article’s page, or nothing on that page.
pub(super) fn outcome(article: &Article, judgment: &Judgment, page: &str, language: &Language) -> Option<OutcomeView> {
    let outcome = judgment.input.outcome.as_ref()?;
    let sources = marks(article, &outcome.sources).into_iter();
    Some(OutcomeView {
        came_true: outcome.came_true,
        date: judgment.outcome_date.map(|date| dates::partial(date, language)),
        note: outcome.note.as_deref().map(plain_text),
        sources: sources.map(|mark| SourceMark { href: format!("{page}{}", mark.href), ..mark }).collect(),
        brier: score(judgment).map(|(likelihood, came_true)| shown(likelihood.brier(came_true), language)),
    })
}

/// The likelihood and the outcome of a key judgment that has both.
fn score(judgment: &Judgment) -> Option<(Likelihood, bool)> {
    Some((judgment.input.likelihood?, judgment.input.outcome.as_ref()?.came_true?))
}

fn shown(score: f64, language: &Language) -> String {
    language.rules().written_decimal(&format!("{score:.3}"))
}

fn months_with_counts(views: &Views, months: &[Month]) -> Vec<MonthCount> {
    let site = views.whole(Face::Record).site();
    let count = |month: &Month| month.articles.iter().map(|id| site.article(*id).meta.key_judgments.len()).sum();
    let month = |month: &Month| MonthCount {
        name: month_title(&month.name, views.language()),
        url: views.href(&urls::judgments_of(&month.name)),
        count: count(month),
    };
    months.iter().map(month).collect()
}

fn record(views: &Views, months: &[Month]) -> RecordView {
    let site = views.whole(Face::Record).site();
    let ids = months.iter().flat_map(|month| &month.articles);
    let all: Vec<&Judgment> = ids.flat_map(|id| &site.article(*id).meta.key_judgments).collect();
    let scores: Vec<f64> = all.iter().filter_map(|one| score(one)).map(|(stated, came)| stated.brier(came)).collect();
    let terms = Likelihood::RANGES.into_iter().filter_map(|term| {
        let of_term =
            |one: &&&Judgment| one.input.likelihood.is_some_and(|stated| [term, term.twin()].contains(&stated));
        let outcomes: Vec<bool> =
            all.iter().filter(of_term).filter_map(|one| score(one)).map(|(_, came_true)| came_true).collect();
        let (count, scored) = (all.iter().filter(of_term).count(), outcomes.len());
        let came_true = outcomes.into_iter().filter(|came_true| *came_true).count();
        let share = (scored > 0).then(|| (came_true * 100 + scored / 2) / scored.max(1));
        (count > 0).then(|| TermRecord {
            likelihood: likelihood(term, views.language()),
            count,
            scored,
            came_true,
            share,
        })
    });
    #[expect(clippy::cast_precision_loss, reason = "no site has that many judgments")]
    let mean = (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64);
    RecordView {
        count: all.len(),
        scored: scores.len(),
        brier: mean.map(|score| shown(score, views.language())),
        terms: terms.collect(),
    }
}

/// The corrections of a year, and which years there are.
pub fn corrections_of(views: &Views, year: i16) -> CorrectionsView {
    let shared = views.whole(Face::Corrections);
    let year_of =
        |(id, index): &(ArticleId, usize)| shared.site().article(*id).meta.corrections[*index].date.day.year();
    let all = shared.corrections();
    let years = all.chunk_by(|one, other| year_of(one) == year_of(other)).map(|of_year| {
        let year = year_of(&of_year[0]);
        YearCount { year, count: of_year.len(), url: views.href(&urls::corrections_of(year)) }
    });
    let own = all.iter().filter(|one| year_of(one) == year);
    CorrectionsView { year, years: years.collect(), corrections: own.map(|one| correction(views, *one)).collect() }
}

/// A correction as feeds tell it.
pub struct Announced {
    /// What stays the same of it, even when its article moves.
    pub id: String,
    /// When it was made.
    pub made: Timestamp,
    /// The correction.
    pub correction: RegisteredCorrection,
}

/// The newest corrections.
pub fn newest_corrections(views: &Views, most: usize) -> Vec<Announced> {
    let shared = views.whole(Face::Corrections);
    let announced = |(id, index): &(ArticleId, usize)| {
        let article = shared.site().article(*id);
        let anchor = &anchors(&article.meta.corrections)[*index];
        Announced {
            id: format!("{}#{anchor}", views.permalink(&article.first_url())),
            made: article.meta.corrections[*index].date.instant,
            correction: correction(views, (*id, *index)),
        }
    };
    shared.corrections().iter().take(most).map(announced).collect()
}

/// The correction at a place among those of an article.
fn correction(views: &Views, (id, index): (ArticleId, usize)) -> RegisteredCorrection {
    let article = views.whole(Face::Corrections).site().article(id);
    let correction = &article.meta.corrections[index];
    RegisteredCorrection {
        article: registered(views, article),
        url: format!("{}#{}", views.href(&article.url), anchors(&article.meta.corrections)[index]),
        date: dates::moment(&correction.date, views.language()),
        kind: correction.kind.id(),
        label: views.language().text(correction.kind.id()).to_string(),
        text: plain_text(&correction.text),
    }
}

/// What a register tells of an article, covered by its face.
fn registered(views: &Views, article: &Article) -> RegisteredArticle {
    RegisteredArticle {
        title: article.meta.title.clone(),
        url: views.href(&article.url),
        lang: article.lang.clone(),
        dir: direction(&article.lang),
        date: article.meta.date.as_ref().map(|date| dates::moment(date, views.language())),
        marking: article.marking.map(marking),
    }
}
