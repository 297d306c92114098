//! The history of a briefing: its revisions that readers have seen.
//!
//! Git knows what a file held, not who saw it. So `build/history.rs` takes a commit for a publication, and is strict about
//! which: a [`Revision`] was open to this audience, whole, when it was committed, and would be now, and so were all after
//! it. What is asked here is the article as it is now: [`revisions`] leaves out what is older than its publication, marked
//! higher than it is, or before the day from which its history is shown.
//!
//! A revision holds the words that readers saw and nothing else of the file: no comment, no note among editors, no address.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::Timestamp;

use crate::base::dates::Moment;
use crate::base::kept;
use crate::base::paths::SourcePath;
use crate::base::text::tidy;
use crate::config::Config;
use crate::content::markdown::{self, GAP, RunKind};
use crate::content::vocabulary::{Confidence, Likelihood, Tlp};
use crate::site::gate::ArticleFile;
use crate::site::{Article, Site, typography};

/// The histories of all briefings that have one.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Histories {
    /// By file, the newest revision first; none with fewer than two.
    pub by_path: BTreeMap<SourcePath, Vec<Revision>>,
    /// When the same commits give other histories: a revision expires.
    #[borsh(serialize_with = "put_maybe_instant", deserialize_with = "take_maybe_instant")]
    pub until: Option<Timestamp>,
}

fn put_maybe_instant<W: std::io::Write>(instant: &Option<Timestamp>, writer: &mut W) -> std::io::Result<()> {
    BorshSerialize::serialize(&instant.is_some(), writer)?;
    instant.iter().try_for_each(|instant| kept::put_instant(instant, writer))
}

fn take_maybe_instant<R: std::io::Read>(reader: &mut R) -> std::io::Result<Option<Timestamp>> {
    let is_there = bool::deserialize_reader(reader)?;
    is_there.then(|| kept::take_instant(reader)).transpose()
}

/// A briefing as it was published once.
#[derive(Clone, Debug, Hash, BorshSerialize, BorshDeserialize)]
pub struct Revision {
    /// When it was committed.
    pub made: Moment,
    /// When it says that it was published.
    pub date: Option<Moment>,
    /// How it was marked.
    pub marking: Option<Tlp>,
    /// Its words, in the order of the page.
    pub passages: Vec<Passage>,
}

/// A stretch of a briefing's words.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Passage {
    /// Which part of the page it belongs to.
    pub part: Part,
    /// Plain text.
    pub text: String,
    /// How likely a key judgment is said to be.
    pub likelihood: Option<Likelihood>,
    /// How confident the desk is of it.
    pub confidence: Option<Confidence>,
}

/// A part of a briefing's page; they stand in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub enum Part {
    /// Headline.
    Title,
    /// Summary.
    Summary,
    /// Bottom line.
    BottomLine,
    /// Why it matters.
    WhyItMatters,
    /// Key judgments.
    Judgments,
    /// Text, with its notes at the end.
    Text,
}

impl Part {
    /// All parts, in order.
    pub const ALL: [Part; 6] =
        [Part::Title, Part::Summary, Part::BottomLine, Part::WhyItMatters, Part::Judgments, Part::Text];
}

impl Revision {
    /// The words of a file that the gate let through whole.
    pub fn of(mut file: ArticleFile, made: Moment, marking: Option<Tlp>, config: &Config) -> Self {
        typography::set_article(&mut file, config);
        let ArticleFile { path, meta, document, .. } = &file;
        let options = &config.markdown;
        let mut passages = Vec::new();
        let mut put = |part: Part, text: String, of: (Option<Likelihood>, Option<Confidence>)| {
            let text = if text.contains(GAP) { tidy(&text.replace(GAP, " ")) } else { text };
            if !text.trim().is_empty() {
                passages.push(Passage { part, text, likelihood: of.0, confidence: of.1 });
            }
        };
        let line = |text: &str| markdown::inline_prose(text, options).map(|run| run.text).unwrap_or_default();
        let lines = [
            (Part::Title, Some(&meta.title)),
            (Part::Summary, meta.summary.as_ref()),
            (Part::BottomLine, meta.bottom_line.as_ref()),
            (Part::WhyItMatters, meta.why_it_matters.as_ref()),
        ];
        for (part, text) in lines {
            text.iter().for_each(|text| put(part, line(text), (None, None)));
        }
        for judgment in &meta.key_judgments {
            let input = &judgment.input;
            put(Part::Judgments, line(&input.text), (input.likelihood, input.confidence));
        }
        let opened = document.open(path);
        let prose = markdown::prose(&opened.body(), options);
        let (notes, main): (Vec<_>, Vec<_>) = prose.runs.into_iter().partition(|run| run.kind == RunKind::Note);
        main.into_iter().chain(notes).for_each(|run| put(Part::Text, run.text, (None, None)));
        Self { made, date: meta.date.clone(), marking, passages }
    }
}

/// The revisions of an article that its readers may compare, newest first: none, or at least two. Each has other words
/// than the one after it.
pub fn revisions<'s>(site: &'s Site, article: &Article) -> Vec<&'s Revision> {
    let all = site.histories.by_path.get(&article.path);
    // Of what has no date nobody knows since when it is there.
    let (Some(all), Some(published)) = (all, &article.meta.date) else { return Vec::new() };
    let is_shown = |one: &&Revision| {
        let made = one.made.instant;
        made >= published.instant
            && one.date.as_ref().is_none_or(|date| made >= date.instant)
            && one.marking <= article.marking
            && site.config.history.shows(made)
            && article.meta.history.shows(made)
    };
    let mut shown: Vec<&Revision> = all.iter().take_while(is_shown).collect();
    // Of those with the same words the first is the one that brought them.
    shown.reverse();
    shown.dedup_by(|later, earlier| later.passages == earlier.passages);
    shown.reverse();
    if shown.len() > 1 { shown } else { Vec::new() }
}
