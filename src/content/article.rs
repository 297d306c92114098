//! An article: the front matter as written, and the typed metadata that comes of it.
//!
//! Knows one file at a time. Names of people and countries stay names here; who they are is settled when the site is
//! assembled.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::dates::{DateFault, Moment, PartialDate};
use crate::base::diagnostics::{Diagnostic, FieldPath, Place};
use crate::base::kept;
use crate::base::paths::{SourcePath, part_fault};
use crate::base::suggest::did_you_mean;
use crate::base::text::{excerpt, one_line, slugify};
use crate::base::yaml::values::{List, written};
use crate::content::focus::Focus;
use crate::content::history::{History, HistoryInput};
use crate::content::kinds::Kind;
use crate::content::vocabulary::{
    ArticleType, Confidence, CorrectionKind, Credibility, Likelihood, PubStatus, Reliability, Tlp, UpdateKind,
};

/// The front matter of an article.
///
/// Beside these keys, the front matter may name entities of every kind that `site.yaml` declares, under the kind's
/// key: `people`, `countries`, `topics` and so on.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FrontMatter {
    /// Headline. May be left out when the text begins with a `# heading`.
    pub title: Option<String>,
    /// Day or moment of publication: `2025-12-10`, `2025-12-10 14:30` (the site's time zone) or RFC 3339. May be left
    /// out when the file's name begins with the day.
    pub date: Option<String>,
    /// Day or moment of the last change that was made known to readers.
    pub updated: Option<String>,
    /// One or two sentences for lists and search results.
    pub summary: Option<String>,
    /// Names of the authors, or names of their files in `content/authors/`.
    pub authors: List,
    /// Last part of the address. Comes from the file's name, or else from the title.
    pub slug: Option<String>,
    /// Earlier addresses of the article on this site; each becomes a redirect.
    pub redirect_from: List,
    /// Kind of article. Default: `report`, or what the section says.
    #[serde(rename = "type")]
    pub article_type: Option<ArticleType>,
    /// Free label of the desk or theme, shown above the headline.
    pub section: Option<String>,
    /// Place that the article was filed from, as shown: `Kyiv`.
    pub dateline: Option<String>,
    /// The main point in one sentence (BLUF).
    pub bottom_line: Option<String>,
    /// Why the reader should care, in a sentence or two.
    pub why_it_matters: Option<String>,
    /// Key judgments, the most important first.
    pub key_judgments: Vec<JudgmentInput>,
    /// Sources, cited in the text as `[@id]`.
    pub sources: Vec<SourceInput>,
    /// Dated events that the article tells of.
    pub events: Vec<EventInput>,
    /// Corrections, clarifications and retractions.
    pub corrections: Vec<CorrectionInput>,
    /// Additions that were made known to readers.
    pub updates: Vec<UpdateInput>,
    /// Earlier articles of the same story, by slug or by path of their files.
    pub follows: List,
    /// `false` where readers may not compare revisions of this article though the site's settings let them; a day
    /// (`2025-06-01`) for those from then on.
    #[schemars(with = "HistoryInput")]
    pub history: Option<HistoryInput>,
    /// Name of the series that the article is part of.
    pub series: Option<String>,
    /// Moment after which no information was taken in.
    pub data_cutoff: Option<String>,
    /// Picture of the article.
    pub image: Option<ImageInput>,
    /// Language as a BCP 47 tag, when it is not the site's.
    pub lang: Option<String>,
    /// The article that this one translates, by slug or by path of its file.
    pub translation_of: Option<String>,
    /// Whether the article is unfinished. Drafts reach no output unless asked for.
    pub draft: bool,
    /// Moment before which the article reaches no output.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String")]
    pub embargoed_until: Option<String>,
    /// Moment from which the article reaches no output any more.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String")]
    pub expires: Option<String>,
    /// Whether the article may be used at all.
    pub pub_status: PubStatus,
    /// TLP 2.0 label: `CLEAR`, `GREEN`, `AMBER`, `AMBER+STRICT` or `RED`.
    #[schemars(extend("enum" = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]))]
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String")]
    pub tlp: Option<String>,
    /// Note among editors. It reaches no output.
    pub ed_note: Option<String>,
    /// Whether the article leads the home page.
    pub featured: bool,
    /// Place in a list that is ordered by weight; lighter ones first.
    pub weight: i64,
    /// Names that must not become links in this article.
    pub nolink: List,
    /// Template to use instead of `article.html`.
    pub template: Option<String>,
    /// Anything else, for templates.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub extra: serde_yaml::Mapping,
    /// Entities by the keys of their kinds; what is left over is unknown.
    #[serde(flatten)]
    #[schemars(skip)]
    pub rest: BTreeMap<String, serde_yaml::Value>,
}

/// A key judgment.
#[derive(Clone, Debug, Hash, Deserialize, JsonSchema, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgmentInput {
    /// The judgment in one sentence.
    pub text: String,
    /// How likely it is, in the words of ICD 203.
    pub likelihood: Option<Likelihood>,
    /// How confident the desk is.
    pub confidence: Option<Confidence>,
    /// Ids of the sources that it rests on.
    #[serde(default)]
    pub sources: List,
    /// What came of it.
    pub outcome: Option<OutcomeInput>,
    /// TLP 2.0 label, when fewer readers may see it than the article.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String")]
    pub tlp: Option<String>,
}

/// What came of a key judgment.
#[derive(Clone, Debug, Hash, Deserialize, JsonSchema, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeInput {
    /// Whether it came true; left out while nobody can tell.
    pub came_true: Option<bool>,
    /// When that was known; may be partial (`2026-02`).
    pub date: Option<String>,
    /// What happened, in a sentence.
    pub note: Option<String>,
    /// Ids of the sources that say so.
    #[serde(default)]
    pub sources: List,
}

impl JudgmentInput {
    /// The ids of the sources that it and its outcome cite.
    pub fn cites(&self) -> impl Iterator<Item = &String> {
        self.sources.0.iter().chain(self.outcome.iter().flat_map(|outcome| &outcome.sources.0))
    }
}

/// A source.
#[derive(Clone, Debug, Hash, Deserialize, JsonSchema, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceInput {
    /// Short name to cite it by: `s1`.
    pub id: String,
    /// Title.
    pub title: String,
    /// Address.
    pub url: Option<String>,
    /// Who published it.
    pub publisher: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was published; may be partial (`2025-12`).
    pub date: Option<String>,
    /// Day on which it was last seen.
    pub accessed: Option<String>,
    /// Address of an archived copy.
    pub archive_url: Option<String>,
    /// Reliability of the source, A to F (Admiralty code).
    pub reliability: Option<Reliability>,
    /// Credibility of what it says, 1 to 6 (Admiralty code).
    pub credibility: Option<Credibility>,
    /// What kind of source it is and what bears on its quality.
    pub descriptor: Option<String>,
    /// TLP 2.0 label, when fewer readers may see it than the article.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String")]
    pub tlp: Option<String>,
}

/// A dated event.
#[derive(Clone, Debug, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventInput {
    /// When; may be partial (`2025-12`).
    pub date: String,
    /// What happened.
    pub title: String,
    /// Where.
    pub place: Option<String>,
    /// Who took part.
    #[serde(default)]
    pub people: List,
}

/// A correction.
#[derive(Clone, Debug, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionInput {
    /// When it was made.
    pub date: String,
    /// What kind it is.
    #[serde(default)]
    pub kind: CorrectionKind,
    /// What was wrong and what is right.
    pub text: String,
}

/// An update.
#[derive(Clone, Debug, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateInput {
    /// When it was made.
    pub date: String,
    /// What kind it is.
    #[serde(default)]
    pub kind: UpdateKind,
    /// What is new.
    pub text: String,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageInput {
    /// File, relative to the article, or from the site's root with a slash in front.
    pub src: String,
    /// Text for those who cannot see it.
    #[serde(default)]
    pub alt: String,
    /// Text below it.
    pub caption: Option<String>,
    /// Whose it is.
    pub credit: Option<String>,
    /// For people and authors: where the face is, from the left and from the top (`50% 30%`), or `top`, `bottom left`. Their
    /// square pictures are cut around it. Default: `50% 33%`.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String")]
    pub focus: Option<String>,
}

impl ImageInput {
    /// Where its crops are made around.
    pub fn focus(&self) -> Focus {
        self.focus.as_deref().and_then(Focus::parse).unwrap_or(Focus::FACES)
    }
}

/// The keys of [`FrontMatter`], for suggestions.
pub const KEYS: [&str; 35] = [
    "title",
    "date",
    "updated",
    "summary",
    "authors",
    "slug",
    "redirect_from",
    "type",
    "section",
    "dateline",
    "bottom_line",
    "why_it_matters",
    "key_judgments",
    "sources",
    "events",
    "corrections",
    "updates",
    "follows",
    "history",
    "series",
    "data_cutoff",
    "image",
    "lang",
    "translation_of",
    "draft",
    "embargoed_until",
    "expires",
    "pub_status",
    "tlp",
    "ed_note",
    "featured",
    "weight",
    "nolink",
    "template",
    "extra",
];

/// What is known of an article from its own file, besides its text.
#[derive(Clone, Debug, Hash, BorshSerialize, BorshDeserialize)]
pub struct Meta {
    /// Headline.
    pub title: String,
    /// Publication.
    pub date: Option<Moment>,
    /// Last change that was made known.
    pub updated: Option<Moment>,
    /// Summary as written.
    pub summary: Option<String>,
    /// Authors as written.
    pub authors: Vec<String>,
    /// Last part of the address.
    pub slug: String,
    /// Earlier addresses.
    pub redirect_from: Vec<String>,
    /// Kind of article; none when the front matter leaves it to the section.
    pub article_type: Option<ArticleType>,
    /// Free label.
    pub label: Option<String>,
    /// Names of entities by kind id, in order, without doubles.
    pub entities: Vec<NamedEntities>,
    /// Dateline.
    pub dateline: Option<String>,
    /// Bottom line.
    pub bottom_line: Option<String>,
    /// Why it matters.
    pub why_it_matters: Option<String>,
    /// Key judgments.
    pub key_judgments: Vec<Judgment>,
    /// Sources.
    pub sources: Vec<Source>,
    /// Events, as in the file.
    pub events: Vec<Event>,
    /// Corrections, newest first.
    pub corrections: Vec<Notice<CorrectionKind>>,
    /// Updates, newest first.
    pub updates: Vec<Notice<UpdateKind>>,
    /// Earlier articles as written.
    pub follows: Vec<String>,
    /// Which of its revisions readers may compare, where the site's settings let them at all.
    pub history: History,
    /// Series.
    pub series: Option<String>,
    /// Moment after which no information was taken in.
    pub data_cutoff: Option<Moment>,
    /// Picture.
    pub image: Option<ImageInput>,
    /// Language, when it is not the site's.
    pub lang: Option<String>,
    /// Original as written.
    pub translation_of: Option<String>,
    /// Draft.
    pub draft: bool,
    /// Embargo.
    pub embargoed_until: Option<Moment>,
    /// Expiry.
    pub expires: Option<Moment>,
    /// Status.
    pub pub_status: PubStatus,
    /// Marking as written.
    pub tlp: Option<Tlp>,
    /// Leads the home page.
    pub featured: bool,
    /// Place in weighted lists.
    pub weight: i64,
    /// Names that must not become links.
    pub nolink: Vec<String>,
    /// Template.
    pub template: Option<String>,
    /// Free data.
    #[borsh(serialize_with = "kept::put_mapping", deserialize_with = "kept::take_mapping")]
    pub extra: serde_yaml::Mapping,
}

/// The entities of one kind that a front matter names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct NamedEntities {
    /// Id of the kind.
    pub kind: String,
    /// Key in the front matter.
    pub key: String,
    /// Names, slugs or codes, as written.
    pub names: Vec<String>,
}

/// A key judgment with its marking read.
#[derive(Clone, Debug, Hash, BorshSerialize, BorshDeserialize)]
pub struct Judgment {
    /// As written.
    pub input: JudgmentInput,
    /// Marking, when it has one of its own.
    pub tlp: Option<Tlp>,
    /// When its outcome was known.
    pub outcome_date: Option<PartialDate>,
    /// Its place in the front matter's list, for diagnostics.
    pub index: usize,
}

/// A source with its dates and marking read.
#[derive(Clone, Debug, Hash, BorshSerialize, BorshDeserialize)]
pub struct Source {
    /// As written.
    pub input: SourceInput,
    /// Publication.
    pub date: Option<PartialDate>,
    /// Last seen.
    pub accessed: Option<PartialDate>,
    /// Marking, when it has one of its own.
    pub tlp: Option<Tlp>,
    /// Its place in the front matter's list, for diagnostics.
    pub index: usize,
}

/// An event with its date read.
#[derive(Clone, Debug, Hash, BorshSerialize, BorshDeserialize)]
pub struct Event {
    /// When.
    pub date: PartialDate,
    /// What.
    pub title: String,
    /// Where.
    pub place: Option<String>,
    /// Who, as written.
    pub people: Vec<String>,
}

/// A correction or update with its date read.
#[derive(Clone, Debug, Hash, BorshSerialize, BorshDeserialize)]
pub struct Notice<K> {
    /// When.
    pub date: Moment,
    /// What kind.
    pub kind: K,
    /// Text.
    pub text: String,
    /// Its place in the front matter's list, for diagnostics.
    pub index: usize,
}

/// What the reading of metadata needs to know besides the front matter.
#[derive(Clone, Copy, Debug)]
pub struct MetaInput<'a> {
    /// The file.
    pub path: &'a SourcePath,
    /// The file that it is a version of in another language; else the file itself.
    pub place: &'a SourcePath,
    /// The site's time zone.
    pub zone: &'a TimeZone,
    /// The site's kinds.
    pub kinds: &'a [Kind],
    /// Text of the first heading, when the text begins with one.
    pub first_heading: Option<&'a str>,
}

/// Reads the metadata of an article out of its front matter; every mistake becomes a diagnostic.
pub fn meta(front: FrontMatter, input: &MetaInput) -> (Meta, Vec<Diagnostic>) {
    let mut check = Check { path: input.path, place: input.place, zone: input.zone, diagnostics: Vec::new() };
    let name = FileName::read(input.place);
    let entities = check.entities(&front.rest, input.kinds);
    let title = check.title(front.title.as_deref(), input.first_heading, &name, &front.rest);
    if let Some(image) = &front.image {
        check.uncropped(FieldPath::key("image"), image);
    }
    let meta = Meta {
        date: match front.date.as_deref() {
            Some(text) => check.moment("date", text),
            None => name.day.and_then(|day| Moment::on_day(day.first_day(), input.zone).ok()),
        },
        updated: check.optional_moment("updated", front.updated.as_deref()),
        summary: front.summary.as_deref().map(one_line).filter(|text| !text.is_empty()),
        authors: front.authors.0,
        slug: check.slug(front.slug.as_deref(), &name, &title),
        redirect_from: front.redirect_from.0,
        article_type: front.article_type,
        label: front.section,
        entities,
        dateline: front.dateline,
        bottom_line: front.bottom_line,
        why_it_matters: front.why_it_matters,
        sources: check.sources(front.sources),
        key_judgments: check.judgments(front.key_judgments),
        events: check.events(front.events),
        corrections: check.notices("corrections", front.corrections, |entry| (entry.date, entry.kind, entry.text)),
        updates: check.notices("updates", front.updates, |entry| (entry.date, entry.kind, entry.text)),
        follows: front.follows.0,
        history: check.history(front.history),
        series: front.series.as_deref().map(one_line).filter(|name| !name.is_empty()),
        data_cutoff: check.optional_moment("data_cutoff", front.data_cutoff.as_deref()),
        image: front.image,
        lang: check.language(front.lang),
        translation_of: front.translation_of,
        draft: front.draft,
        embargoed_until: check.optional_moment("embargoed_until", front.embargoed_until.as_deref()),
        expires: check.optional_moment("expires", front.expires.as_deref()),
        pub_status: front.pub_status,
        tlp: check.tlp("tlp", front.tlp.as_deref()),
        featured: front.featured,
        weight: front.weight,
        nolink: front.nolink.0,
        template: front.template,
        extra: front.extra,
        title,
    };
    check.citations(&meta);
    (meta, check.diagnostics)
}

/// What the name of a file says: `2025-12-10-title.md` has a day and a slug.
struct FileName {
    day: Option<PartialDate>,
    slug: String,
}

impl FileName {
    fn read(path: &SourcePath) -> Self {
        let stem = path.stem();
        let name = if stem == "index" { path.folder().rsplit('/').next().unwrap_or(stem) } else { stem };
        let dated = name.split_at_checked(10).and_then(|(day, rest)| {
            let day = PartialDate::parse(day).ok().filter(|day| day.day.is_some())?;
            Some((day, if rest.is_empty() { name } else { rest.strip_prefix(['-', '_', ' '])? }))
        });
        match dated {
            Some((day, rest)) => Self { day: Some(day), slug: rest.to_string() },
            None => Self { day: None, slug: name.to_string() },
        }
    }
}

/// Collects diagnostics about one file's fields. Also used for pages, sections and entities.
pub(crate) struct Check<'a> {
    pub(crate) path: &'a SourcePath,
    /// The file that it is a version of in another language; else the file itself.
    pub(crate) place: &'a SourcePath,
    pub(crate) zone: &'a TimeZone,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Check<'_> {
    /// Whether the file is a version of another one, and need not say again what that one says.
    pub(crate) fn is_version(&self) -> bool {
        self.path != self.place
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The picture of a person: where its crops are made around is a place in a picture.
    pub(crate) fn portrait(&mut self, field: FieldPath, image: &ImageInput) {
        if let Some(text) = image.focus.as_deref().filter(|text| Focus::parse(text).is_none()) {
            self.push(
                Diagnostic::error("wrong-form", format!("`{text}` is no place in a picture"))
                    .at(Place::field(self.path, field.then("focus")))
                    .help("write how far it is from the left and from the top, such as `50% 30%`, or `top`, `bottom left`"),
            );
        }
    }

    /// A picture that is never cropped.
    pub(crate) fn uncropped(&mut self, field: FieldPath, image: &ImageInput) {
        if image.focus.is_some() {
            self.push(
                Diagnostic::error("misplaced-key", "`focus` is for pictures of people, and this one is shown whole")
                    .at(Place::key(self.path, field.then("focus")))
                    .help("take it out"),
            );
        }
    }

    pub(crate) fn moment(&mut self, field: impl Into<FieldPath>, text: &str) -> Option<Moment> {
        let found = Moment::parse(text, self.zone);
        self.dated(field, found)
    }

    pub(crate) fn optional_moment(&mut self, field: &str, text: Option<&str>) -> Option<Moment> {
        text.and_then(|text| self.moment(field, text))
    }

    fn history(&mut self, input: Option<HistoryInput>) -> History {
        let Some(HistoryInput(text)) = input else { return History::On };
        let wrong = match History::parse(&text, self.zone) {
            Ok(History::On) => "`history: true` says nothing here: the site’s settings turn it on".to_string(),
            Ok(history) => return history,
            Err(_) => format!("`{}` does not say from when on revisions are shown", excerpt(&text, 40)),
        };
        self.push(
            Diagnostic::error("bad-history", wrong)
                .at(Place::field(self.path, "history"))
                .help("write `false`, or a day such as `2025-06-01`; or leave it out"),
        );
        // What cannot be read may have been meant to hide something.
        History::Off
    }

    pub(crate) fn partial(&mut self, field: impl Into<FieldPath>, text: &str) -> Option<PartialDate> {
        let found = PartialDate::parse(text).or_else(|fault| match Moment::parse(text, self.zone) {
            Ok(moment) => Ok(PartialDate::from(moment.day)),
            Err(_) => Err(fault),
        });
        self.dated(field, found)
    }

    fn dated<T>(&mut self, field: impl Into<FieldPath>, found: Result<T, DateFault>) -> Option<T> {
        found
            .map_err(|fault| {
                let place = Place::field(self.path, field);
                self.push(Diagnostic::error("bad-date", fault.message).at(place).help(fault.help));
            })
            .ok()
    }

    /// `rest` are the keys that are none: one that nearly is `title` is told of as that.
    fn title(
        &mut self,
        written: Option<&str>,
        heading: Option<&str>,
        name: &FileName,
        rest: &BTreeMap<String, serde_yaml::Value>,
    ) -> String {
        let title = written.map(one_line).filter(|title| !title.is_empty()).or_else(|| heading.map(one_line));
        if let Some(written) = written
            && written.chars().any(crate::base::text::is_invisible_control)
        {
            self.push(
                Diagnostic::warning("invisible-character", "the title holds characters that cannot be seen")
                    .at(Place::field(self.path, "title"))
                    .help("retype the title: text pasted from elsewhere may carry them"),
            );
        }
        title.filter(|title| !title.is_empty()).unwrap_or_else(|| {
            if rest.keys().all(|key| did_you_mean(key, ["title"]).is_none()) {
                self.push(
                    Diagnostic::error("missing-key", "this article has no title")
                        .at(Place::file(self.path))
                        .help("write `title: …` between two lines of `---`, or begin the text with `# …`"),
                );
            }
            name.slug.clone()
        })
    }

    fn slug(&mut self, written: Option<&str>, name: &FileName, title: &str) -> String {
        if let Some(slug) = written {
            if let Some(why) = slug_fault(slug) {
                self.push(
                    Diagnostic::error("bad-slug", format!("`{slug}` cannot be part of an address: {why}"))
                        .at(Place::field(self.path, "slug"))
                        .help(format!("write `slug: {}`", sound_slug(slug, &[&name.slug, title]))),
                );
                // One mistake is told once: the address is made of what comes nearest.
                return sound_slug(slug, &[&name.slug, title]);
            }
            return slug.to_string();
        }
        let slug = [name.slug.as_str(), title].into_iter().map(slugify).find(|slug| !slug.is_empty());
        slug.unwrap_or_else(|| {
            self.push(
                Diagnostic::error(
                    "bad-slug",
                    "neither the file’s name nor the title has a letter to make an address of",
                )
                .at(Place::file(self.path))
                .help("write `slug: some-words` in the front matter"),
            );
            "untitled".to_string()
        })
    }

    pub(crate) fn language(&mut self, lang: Option<String>) -> Option<String> {
        let lang = lang?;
        match icu_locale_core::LanguageIdentifier::try_from_str(&lang) {
            Ok(tag) => Some(tag.to_string()),
            Err(_) => {
                self.push(
                    Diagnostic::error("bad-language", format!("`{lang}` is not a language tag"))
                        .at(Place::field(self.path, "lang"))
                        .help("write a BCP 47 tag such as `en`, `uk` or `zh-Hans`"),
                );
                None
            }
        }
    }

    /// Reads the marking in `field`.
    pub(crate) fn tlp(&mut self, field: impl Into<FieldPath>, text: Option<&str>) -> Option<Tlp> {
        let text = text?;
        let place = Place::field(self.path, field);
        if Tlp::is_old_name(text) {
            self.push(
                Diagnostic::warning("tlp-white", "TLP:WHITE is called TLP:CLEAR since TLP 2.0 (August 2022)")
                    .at(place)
                    .help("write `tlp: CLEAR`"),
            );
            return Some(Tlp::Clear);
        }
        let label = Tlp::parse(text);
        if label.is_none() {
            self.push(
                Diagnostic::error("unknown-marking", format!("`{text}` is not a TLP label"))
                    .at(place)
                    .maybe_help(did_you_mean(text, ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]))
                    .help("the labels of TLP 2.0 are CLEAR, GREEN, AMBER, AMBER+STRICT and RED, without spaces"),
            );
        }
        // Fail closed: until it is mended, a mistyped marking counts as the strictest.
        Some(label.unwrap_or(Tlp::Red))
    }

    /// Takes the entity lists out of what the front matter holds besides its fixed keys.
    fn entities(&mut self, rest: &BTreeMap<String, serde_yaml::Value>, kinds: &[Kind]) -> Vec<NamedEntities> {
        for key in rest.keys().filter(|key| !kinds.iter().any(|kind| &kind.key == *key)) {
            let place = Place::key(self.path, key.as_str());
            self.push(unknown_key(key, kinds).at(place));
        }
        let mut found = Vec::new();
        for kind in kinds {
            let Some(value) = rest.get(&kind.key) else { continue };
            match List::from_value(value) {
                Ok(List(names)) => {
                    let mut seen = Vec::new();
                    for name in names {
                        let name = one_line(&name);
                        if !name.is_empty() && !seen.contains(&name) {
                            seen.push(name);
                        }
                    }
                    found.push(NamedEntities { kind: kind.id.clone(), key: kind.key.clone(), names: seen });
                }
                Err(what) => {
                    let place = Place::field(self.path, kind.key.as_str());
                    self.push(
                        Diagnostic::error("wrong-type", format!("`{}` is {what}", kind.key))
                            .at(place)
                            .help(format!("write a list of names: `{}: [One, Another]`", kind.key)),
                    );
                }
            }
        }
        found
    }

    fn judgments(&mut self, judgments: Vec<JudgmentInput>) -> Vec<Judgment> {
        let read = judgments.into_iter().enumerate().map(|(index, input)| {
            let field = || FieldPath::key("key_judgments").index(index);
            let known = input.outcome.as_ref().and_then(|outcome| outcome.date.as_deref());
            let outcome_date = known.and_then(|text| self.partial(field().then("outcome").then("date"), text));
            Judgment { tlp: self.tlp(field().then("tlp"), input.tlp.as_deref()), outcome_date, input, index }
        });
        read.collect()
    }

    fn sources(&mut self, sources: Vec<SourceInput>) -> Vec<Source> {
        let mut read: Vec<Source> = Vec::with_capacity(sources.len());
        for (index, input) in sources.into_iter().enumerate() {
            let field = |key: &str| FieldPath::key("sources").index(index).then(key);
            if let Some(first) = read.iter().position(|source| source.input.id == input.id) {
                let first = Place::field(self.path, FieldPath::key("sources").index(first).then("id"));
                self.push(
                    Diagnostic::error("duplicate-source", format!("two sources are called `{}`", input.id))
                        .at(Place::field(self.path, field("id")))
                        .also(first, "the first one")
                        .help("give each source an id of its own: `[@id]` must say which one is meant"),
                );
            }
            if input.id.is_empty() || !input.id.chars().all(|c| c.is_alphanumeric() || "-_.:".contains(c)) {
                self.push(
                    Diagnostic::error("bad-source-id", format!("`{}` cannot be cited", input.id))
                        .at(Place::field(self.path, field("id")))
                        .help("an id has letters, digits, `-`, `_`, `.` and `:` only, such as `s1`"),
                );
            }
            for (key, url) in [("url", &input.url), ("archive_url", &input.archive_url)] {
                if let Some(url) = url {
                    self.web_address(field(key), url);
                }
            }
            let date = input.date.as_deref().and_then(|text| self.partial(field("date"), text));
            let accessed = input.accessed.as_deref().and_then(|text| self.partial(field("accessed"), text));
            let tlp = self.tlp(field("tlp"), input.tlp.as_deref());
            read.push(Source { input, date, accessed, tlp, index });
        }
        read
    }

    /// Checks that an address leads to the web.
    pub(crate) fn web_address(&mut self, field: FieldPath, url: &str) {
        let address = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let sound = address.is_some_and(|rest| {
            !rest.is_empty()
                && !rest.starts_with('/')
                && !rest.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"".contains(c))
        });
        if !sound {
            let shown = crate::base::text::excerpt(url, 80);
            self.push(
                Diagnostic::error("bad-url", format!("`{shown}` is not an address on the web"))
                    .at(Place::field(self.path, field))
                    .help("write it in full, beginning with `https://` or `http://`, without spaces"),
            );
        }
    }

    fn events(&mut self, events: Vec<EventInput>) -> Vec<Event> {
        let mut read = Vec::with_capacity(events.len());
        for (index, event) in events.into_iter().enumerate() {
            let date = self.partial(FieldPath::key("events").index(index).then("date"), &event.date);
            read.extend(date.map(|date| Event {
                date,
                title: event.title,
                place: event.place,
                people: event.people.0,
            }));
        }
        read
    }

    fn notices<T, K>(
        &mut self,
        key: &str,
        entries: Vec<T>,
        parts: impl Fn(T) -> (String, K, String),
    ) -> Vec<Notice<K>> {
        let mut read = Vec::with_capacity(entries.len());
        for (index, entry) in entries.into_iter().enumerate() {
            let (date, kind, text) = parts(entry);
            let date = self.moment(FieldPath::key(key).index(index).then("date"), &date);
            read.extend(date.map(|date| Notice { date, kind, text, index }));
        }
        read.sort_by(|left: &Notice<K>, right| right.date.cmp(&left.date));
        read
    }

    /// Checks that judgments and their outcomes rest on sources that exist.
    fn citations(&mut self, meta: &Meta) {
        for (index, judgment) in meta.key_judgments.iter().enumerate() {
            let own = FieldPath::key("key_judgments").index(index);
            let of_outcome = judgment.input.outcome.iter().flat_map(|outcome| outcome.sources.0.iter().enumerate());
            let cited = judgment.input.sources.0.iter().enumerate().map(|one| (own.clone(), one));
            let cited = cited.chain(of_outcome.map(|one| (own.clone().then("outcome"), one)));
            for (field, (at, id)) in cited {
                if meta.sources.iter().any(|source| &source.input.id == id) {
                    continue;
                }
                let field = field.then("sources").index(at);
                self.push(
                    Diagnostic::error("unknown-source", format!("there is no source `{id}`"))
                        .at(Place::field(self.path, field))
                        .maybe_help(did_you_mean(id, meta.sources.iter().map(|source| source.input.id.as_str())))
                        .help("every id under `sources:` of a judgment names an entry of the article’s `sources:`"),
                );
            }
        }
    }
}

/// The last part of an address for a page whose `slug` cannot be one: out of it, else of its other names.
pub(crate) fn sound_slug(slug: &str, others: &[&str]) -> String {
    let mut names = [slug].into_iter().chain(others.iter().copied()).map(slugify);
    names.find(|slug| slug_fault(slug).is_none()).unwrap_or_else(|| "untitled".to_string())
}

/// Says what keeps `slug` from being one part of an address.
pub(crate) fn slug_fault(slug: &str) -> Option<&'static str> {
    if slug.contains('/') {
        return Some("it has a slash");
    }
    if slug.chars().any(char::is_whitespace) {
        return Some("it has a space");
    }
    if slug.chars().any(|c| "#?%&+[]@".contains(c)) {
        return Some("it has a character that means something else in an address");
    }
    part_fault(slug)
}

/// What to say of a key that no front matter has.
fn unknown_key(key: &str, kinds: &[Kind]) -> Diagnostic {
    let known = KEYS.into_iter().chain(kinds.iter().map(|kind| kind.key.as_str()));
    let diagnostic = Diagnostic::error("unknown-key", format!("unknown key `{key}`"));
    let word = slugify(key);
    let named = |kind: &&Kind| {
        let names = [&kind.id, &kind.singular, &kind.plural];
        names.iter().map(|name| slugify(name)).any(|name| name == word || format!("{name}s") == word)
    };
    if let Some(kind) = kinds.iter().find(named) {
        return diagnostic.help(format!("{} are named under `{}`", kind.plural, kind.key));
    }
    let advice = match key {
        "aliases" | "alias" => {
            return Diagnostic::error("unknown-key", "an article has no `aliases`")
                .help("for earlier addresses of the article write `redirect_from: [/old/address/]`")
                .help("other names of a person or country belong in its own file, such as `content/people/NAME.md`");
        }
        "description" => "write `summary`",
        "lastmod" | "modified" => "write `updated`",
        "tags" | "categories" | "keywords" => "write `topics`",
        "author" | "byline" => "write `authors`",
        "expiryDate" | "expiry_date" | "unpublishdate" => "write `expires`",
        "publishDate" | "publishdate" | "pubdate" | "published" => {
            "write `date`, or `embargoed_until` for a moment in the future"
        }
        "layout" => "write `template`",
        "permalink" | "url" => "write `slug` for the last part of the address",
        "classification" | "marking" => "write `tlp`",
        "embargo" | "embargoed" | "embargo_until" | "hold_until" | "not_before" | "release" => {
            "write `embargoed_until`"
        }
        "status" | "state" => "write `pub_status`, or `draft: true` for what is unfinished",
        "bluf" | "key_point" | "takeaway" => "write `bottom_line`",
        "language" | "locale" => "write `lang`",
        "subtitle" | "standfirst" | "excerpt" | "dek" => "write `summary`",
        "references" | "citations" => "write `sources`",
        _ => {
            return diagnostic.maybe_help(did_you_mean(key, known)).help(
                "data of your own for templates goes under `extra:`; a new kind of entity is declared in `site.yaml`",
            );
        }
    };
    diagnostic.help(advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, yaml: &str) -> (Meta, Vec<String>) {
        let path = SourcePath::new(path);
        let (front, mut diagnostics) = crate::base::yaml::decode::<FrontMatter>(&path, yaml, 0);
        let kinds = Kind::built_in();
        let input = MetaInput { path: &path, place: &path, zone: &TimeZone::UTC, kinds: &kinds, first_heading: None };
        let (meta, more) = meta(front.unwrap_or_default(), &input);
        diagnostics.extend(more);
        (
            meta,
            diagnostics.into_iter().map(|diagnostic| format!("{}: {}", diagnostic.code, diagnostic.message)).collect(),
        )
    }

    #[test]
    fn the_file_name_supplies_day_and_slug() {
        let (meta, faults) = read("content/briefings/2025-12-10-russia-china.md", "title: T");
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!((meta.slug.as_str(), meta.date.unwrap().iso.as_str()), ("russia-china", "2025-12-10"));
        let (meta, _) = read("content/briefings/2025-12-10-bundle/index.md", "title: T");
        assert_eq!(meta.slug, "bundle");
    }

    #[test]
    fn every_mistake_is_told() {
        let (_, faults) = read(
            "content/briefings/a.md",
            "title: T\ndate: 2026-02-30\nembargoo: x\naliases: [x]\ntlp: PURPLE\nslug: a/b\nlang: english-language-x\nsources: [{id: s1, title: A, url: nowhere}, {id: s1, title: B}]\nkey_judgments: [{text: J, sources: [s2], outcome: {sources: [s3]}}]\npeople: {a: 1}\n",
        );
        assert_eq!(
            faults,
            [
                "unknown-key: an article has no `aliases`",
                "unknown-key: unknown key `embargoo`",
                "wrong-type: `people` is a mapping",
                "bad-date: there is no day `2026-02-30`",
                "bad-slug: `a/b` cannot be part of an address: it has a slash",
                "bad-url: `nowhere` is not an address on the web",
                "duplicate-source: two sources are called `s1`",
                "bad-language: `english-language-x` is not a language tag",
                "unknown-marking: `PURPLE` is not a TLP label",
                "unknown-source: there is no source `s2`",
                "unknown-source: there is no source `s3`",
            ]
        );
    }

    #[test]
    fn a_mistyped_marking_counts_as_red() {
        assert_eq!(read("content/briefings/a.md", "title: T\ntlp: ambr").0.tlp, Some(Tlp::Red));
        assert_eq!(read("content/briefings/a.md", "title: T\ntlp: white").0.tlp, Some(Tlp::Clear));
    }

    #[test]
    fn the_list_of_keys_is_complete() {
        let schema = schemars::schema_for!(FrontMatter);
        let properties = schema.get("properties").and_then(|value| value.as_object()).expect("an object schema");
        let mut keys: Vec<&str> = properties.keys().map(String::as_str).collect();
        keys.sort_unstable();
        let mut known = KEYS;
        known.sort_unstable();
        assert_eq!(keys, known);
    }
}
