//! Everything a template can see, and nothing else.
//!
//! These structs are the public API of themes: `crossbrief help templates` prints this file field by field, and
//! changing a field needs a line in the changelog. A view holds finished values (text, addresses, small lists), so
//! that a template never searches the archive.
//!
//! Rules that hold everywhere:
//! - `url` is an address on this site with the path of `base_url` in front, ready for `href`.
//! - `permalink` is the same address in full, with scheme and host.
//! - Fields that end in `_html`, and `content`, are HTML made by Crossbrief: print them with `| safe`.
//!   All other text is plain and is escaped by the template engine.
//! - A field that has nothing to say is `null` (`None`) or an empty list, never missing.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};
use tera::Value;

use crate::content::markdown::PictureSource;

/// What every template sees as `site`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SiteView {
    /// Title of the site.
    pub title: String,
    /// One or two sentences about the site.
    pub description: String,
    /// Full address of the home page, with a slash at its end.
    pub permalink: String,
    /// Address of the home page.
    pub url: String,
    /// Full address of the top of the site, where the files are that all editions have in common; of a site in one language
    /// and of the main edition it is `permalink`.
    pub top: String,
    /// BCP 47 tag of the site's main language, such as `en`; of an edition in another language, that of the edition.
    pub language: String,
    /// IANA name of the time zone that dates are shown in.
    pub time_zone: String,
    /// Name of the theme in use.
    pub theme: String,
    /// Menus by name (`main`, `footer`, ...), each a list of entries.
    pub menus: std::collections::BTreeMap<String, Vec<MenuEntry>>,
    /// The entity kinds that have at least one page, in the order of `site.yaml`.
    pub kinds: Vec<KindRef>,
    /// The sections that have at least one article.
    pub sections: Vec<SectionRef>,
    /// Numbers of what was published.
    pub counts: Counts,
    /// Whether there is an index of authors, of series, and a date archive.
    pub has: Parts,
    /// `name version` of the generator.
    pub generator: String,
    /// Highest marking that this build may show, such as `TLP:CLEAR`.
    pub audience: String,
    /// The `extra` of `site.yaml`, as written there.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub extra: Value,
}

/// Numbers of what was published.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Counts {
    /// Articles.
    pub articles: usize,
    /// Entities of all kinds.
    pub entities: usize,
    /// Years from the first article to the last, as text: `2025` or `2019–2025`.
    pub years: String,
}

/// Which of the optional parts of the site exist, each as the address of its index or `null`.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Parts {
    /// Index of authors.
    pub authors: Option<String>,
    /// Index of series.
    pub series: Option<String>,
    /// Date archive.
    pub archive: Option<String>,
    /// Page to search on.
    pub search: Option<String>,
    /// Register of key judgments.
    pub judgments: Option<String>,
    /// Register of corrections.
    pub corrections: Option<String>,
    /// What tells browsers how to search: for `<link rel="search">`.
    pub open_search: Option<String>,
}

/// One entry of a menu.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MenuEntry {
    /// Text of the entry.
    pub label: String,
    /// Where it leads.
    pub url: String,
    /// Whether it leads off this site.
    pub external: bool,
}

/// A view that is made once and shown on many pages: whoever shows it copies a pointer.
#[derive(Debug)]
pub struct Shown<T>(Value, PhantomData<fn() -> T>);

impl<T: Serialize> Shown<T> {
    /// Makes the view ready to be shown.
    pub fn new(view: &T) -> Self {
        Self(Value::from_serializable(view), PhantomData)
    }
}

impl<T> Clone for Shown<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<T> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Shown<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// An entity kind, as named in lists and menus.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct KindRef {
    /// Name of the kind in `site.yaml`: `person`, `country`, `topic`, ...
    pub id: String,
    /// Singular for people to read: `Person`.
    pub singular: String,
    /// Plural for people to read: `People`.
    pub plural: String,
    /// Address of its index.
    pub url: String,
}

/// A section, as named in lists and menus.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SectionRef {
    /// Title of the section.
    pub title: String,
    /// Address of its first list page.
    pub url: String,
}

/// A section with its number of articles.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SectionEntry {
    /// Title of the section.
    pub title: String,
    /// Address of its first list page.
    pub url: String,
    /// Number of its articles.
    pub count: usize,
}

/// What every template sees as `page`: the page itself, whatever its kind.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PageView {
    /// Which template family made it: `home`, `article`, `section`, `kind`, `entity`, `pair`, `author`, `authors`, `series`,
    /// `series_index`, `archive`, `archive_year`, `judgments`, `corrections`, `search`, `page`, `not_found`, `tombstone`.
    pub kind: &'static str,
    /// Title of the page, without the site's.
    pub title: String,
    /// Plain text for `meta name=description`; may be empty.
    pub description: String,
    /// Its address on this site.
    pub url: String,
    /// Its full address.
    pub permalink: String,
    /// BCP 47 tag of its language.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// The way from the home page to here, the page itself not included.
    pub breadcrumbs: Vec<Crumb>,
    /// The page's marking, when it has one.
    pub marking: Option<Marking>,
    /// The same text in other languages.
    pub translations: Vec<TranslationRef>,
    /// The full address of the text that the others translate, when there are translations: for `hreflang="x-default"`.
    pub original: Option<String>,
    /// The editions of the site in the order of `site.yaml`, this one with them; none on a site in one language.
    pub editions: Vec<EditionLink>,
    /// Whether search engines are asked to stay away (404, tombstones).
    pub noindex: bool,
    /// Its feeds, and those of the site: for `<link rel="alternate">`.
    pub feeds: Vec<FeedRef>,
    /// Its picture: for previews of links elsewhere.
    pub image: Option<ImageView>,
    /// Address of its Markdown twin, where the site has them.
    pub markdown: Option<String>,
    /// What the page is, in schema.org’s words: JSON-LD, safe to be printed with `| safe` in a
    /// `script type="application/ld+json"`. None where the page's template does not use it.
    pub json_ld: Option<String>,
}

/// `card.svg`: what a social card shows.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SocialCardView {
    /// Title of the article, or name of the entity.
    pub title: String,
    /// What sort of text or thing it is: `Analysis`, `Person`.
    pub label: Option<String>,
    /// Name of the entity in its own language.
    pub native_name: Option<String>,
    /// What it is about, or who it is; may be empty.
    pub summary: String,
    /// When the article was published.
    pub date: Option<DateView>,
    /// Codes of the countries that it is about: their flags are drawn by `<image href="flag:UA">`.
    pub flags: Vec<String>,
    /// Whether it is the card of a country.
    pub is_country: bool,
}

/// A feed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FeedRef {
    /// Its title.
    pub title: String,
    /// Its media type, such as `application/atom+xml`.
    pub media_type: &'static str,
    /// Its address.
    pub url: String,
    /// BCP 47 tag, when it is a feed of one language.
    pub lang: Option<String>,
}

/// One step of the breadcrumbs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Crumb {
    /// Text of the step.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

/// A TLP 2.0 marking. Labels are never translated.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Marking {
    /// `TLP:CLEAR`, `TLP:GREEN`, `TLP:AMBER`, `TLP:AMBER+STRICT` or `TLP:RED`.
    pub label: &'static str,
    /// For class names: `clear`, `green`, `amber`, `amber-strict`, `red`.
    pub slug: &'static str,
    /// FIRST's text colour for the label, always on black: `#FFC000` and so on.
    pub color: &'static str,
}

/// An edition of the site, as the switch of languages shows it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EditionLink {
    /// BCP 47 tag.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// What the language is called: `Українська`.
    pub label: String,
    /// Address of this page in it; its home page when it has no such page.
    pub url: String,
    /// Whether it is the edition that the page is in.
    pub is_current: bool,
    /// Whether the address is that of the same page.
    pub is_same_page: bool,
}

/// The same article in another language.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TranslationRef {
    /// BCP 47 tag.
    pub lang: String,
    /// Name of the language in itself: `Українська`.
    pub lang_name: String,
    /// Title in that language.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Its full address.
    pub permalink: String,
}

/// A date in the forms a template needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DateView {
    /// For `datetime` attributes: `2025-12-10`, or RFC 3339 with offset when a time is known. Partial dates stay
    /// partial (`2025`, `2025-12`).
    pub iso: String,
    /// For people, without the time: `10 December 2025`.
    pub text: String,
    /// For people, short: `10 Dec 2025`.
    pub short: String,
    /// Time of day `18:30`, when one was written.
    pub time: Option<String>,
    /// Year, such as `2025`.
    pub year: i16,
}

/// An entity, as named in lists and links.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EntityRef {
    /// Name of its kind in `site.yaml`: `person`, `country`, ...
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Address of the flag, for countries.
    pub flag: Option<String>,
    /// ISO 3166-1 alpha-2 code, for countries.
    pub code: Option<String>,
}

/// What `embed.html` sees as `embed`: the text of another page, as `![[name]]` shows it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EmbedView {
    /// Title of the page that it is from.
    pub title: String,
    /// The heading of the section, when only one is shown.
    pub section: Option<String>,
    /// Address of the page, or of the section on it.
    pub url: String,
    /// Date, of a briefing.
    pub date: Option<DateView>,
    /// The text.
    pub content: String,
}

/// An author, as named in bylines.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AuthorRef {
    /// Name.
    pub name: String,
    /// Address of the author's page.
    pub url: String,
}

/// An article, as it stands in lists.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Card {
    /// Headline.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Its full address.
    pub permalink: String,
    /// Plain text, one or two sentences; may be empty.
    pub summary: String,
    /// Date of publication.
    pub date: Option<Shown<DateView>>,
    /// Date of the last change that was made known.
    pub updated: Option<DateView>,
    /// `report`, `analysis`, `background`, `opinion`, `brief` or `live`.
    pub type_id: &'static str,
    /// The type for people to read, in the article’s language: `Analysis`.
    pub type_label: String,
    /// Free label of the front matter's `section` (a desk or theme), when given.
    pub label: Option<String>,
    /// BCP 47 tag of the article's language.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// Marking, when the article or its section states one.
    pub marking: Option<Marking>,
    /// Byline.
    pub authors: Vec<Shown<AuthorRef>>,
    /// Countries that the front matter names.
    pub countries: Vec<Shown<EntityRef>>,
    /// People that the front matter names.
    pub people: Vec<Shown<EntityRef>>,
    /// Topics that the front matter names.
    pub topics: Vec<Shown<EntityRef>>,
    /// Minutes to read, at least 1.
    pub reading_minutes: usize,
    /// Whether the front matter says `featured: true`.
    pub featured: bool,
    /// Whether there is a correction on it.
    pub corrected: bool,
    /// Picture of the article.
    pub image: Option<ImageView>,
}

/// A picture with what belongs to it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ImageView {
    /// Its address.
    pub url: String,
    /// Its full address.
    pub permalink: String,
    /// Text for those who cannot see it.
    pub alt: String,
    /// Text below it.
    pub caption: Option<String>,
    /// Whose it is.
    pub credit: Option<String>,
    /// Width in pixels, when the file tells.
    pub width: Option<usize>,
    /// Height in pixels, when the file tells.
    pub height: Option<usize>,
    /// Its versions with their widths, for `srcset`; empty when there is only one.
    pub srcset: String,
    /// What it is offered as besides its own format, for `source` elements.
    pub sources: Vec<PictureSource>,
    /// The SVG that is seen while it loads, to be put behind it; empty for none.
    pub placeholder: String,
}

/// The picture of a person as a square, cut around the face.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PortraitView {
    /// The address of the smallest square; of the picture itself, where none can be made of it.
    pub url: String,
    /// Text for those who cannot see it.
    pub alt: String,
    /// Whose it is.
    pub credit: Option<String>,
    /// The squares with their widths, for `srcset`; empty where there is only one.
    pub srcset: String,
    /// What they are offered as besides the picture’s own format, for `source` elements.
    pub sources: Vec<PictureSource>,
}

/// An article with all that its own page shows.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ArticleView {
    /// What lists show of it.
    #[schemars(with = "Card")]
    pub card: Value,
    /// The summary, when the front matter has one; the card's is made out of the text otherwise.
    pub standfirst: Option<String>,
    /// Full addresses of the authors’ pages.
    pub author_permalinks: Vec<String>,
    /// Place that the report comes from: `Kyiv`.
    pub dateline: Option<String>,
    /// Bottom line up front, as inline HTML.
    pub bottom_line_html: Option<String>,
    /// Why it matters, as inline HTML.
    pub why_it_matters_html: Option<String>,
    /// Key judgments.
    pub key_judgments: Vec<JudgmentView>,
    /// The text.
    pub content: String,
    /// Headings of the text, nested.
    pub toc: Vec<TocEntry>,
    /// Numbered sources, in order of first citation, then those never cited.
    pub sources: Vec<SourceView>,
    /// Events of the front matter, oldest first.
    pub events: Vec<EventView>,
    /// Corrections, clarifications and retractions, newest first.
    pub corrections: Vec<NoticeView>,
    /// Other changes that were made known, newest first.
    pub updates: Vec<NoticeView>,
    /// Corrections and updates together, newest first.
    pub changes: Vec<NoticeView>,
    /// The page that compares its published revisions, where there is one.
    pub history: Option<String>,
    /// How to cite it.
    pub citations: Vec<CitationView>,
    /// What the article is about, by kind, in the order of `site.yaml`.
    pub entities: Vec<EntityGroup>,
    /// Earlier briefings of the same story.
    #[schemars(with = "Vec<Card>")]
    pub follows: Vec<Value>,
    /// Later briefings of the same story.
    #[schemars(with = "Vec<Card>")]
    pub followed_by: Vec<Value>,
    /// Briefings whose text links to this one, newest first.
    #[schemars(with = "Vec<Card>")]
    pub referenced_by: Vec<Value>,
    /// Briefings on the like, the nearest first, without those above.
    #[schemars(with = "Vec<Card>")]
    pub related: Vec<Value>,
    /// Place in a series.
    pub series: Option<SeriesPart>,
    /// The article published before this one in its section.
    #[schemars(with = "Option<Card>")]
    pub older: Option<Value>,
    /// The article published after this one in its section.
    #[schemars(with = "Option<Card>")]
    pub newer: Option<Value>,
    /// When the desk stopped taking in information.
    pub data_cutoff: Option<DateView>,
    /// When the article ceases to be valid.
    pub expires: Option<DateView>,
    /// Number of words.
    pub word_count: usize,
    /// Its section.
    pub section: Option<SectionRef>,
    /// The front matter's `extra`, as written there.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub extra: Value,
}

/// `history.html`: what became of a briefing's words since it was published.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HistoryView {
    /// Headline of the briefing as it is now.
    pub title: String,
    /// Its address.
    pub url: String,
    /// The earliest revision that is compared.
    pub first: DateView,
    /// What each later revision changed, newest first.
    pub changes: Vec<ChangeView>,
}

/// What a revision changed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChangeView {
    /// Anchor on the page: `change-3`; it stays when others are added.
    pub id: String,
    /// When it was made.
    pub date: DateView,
    /// The parts of the briefing that it changed, in the order of the page.
    pub parts: Vec<PartView>,
}

/// A part of a briefing that was changed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PartView {
    /// What it is called: `Bottom line`.
    pub label: String,
    /// Its passages, those that stayed folded.
    pub passages: Vec<PassageView>,
}

/// A passage of a part that was changed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PassageView {
    /// `changed`, `added`, `removed`, `same` (a line of context) or `folded`.
    pub kind: &'static str,
    /// Its words as HTML, with `<ins>` and `<del>`; empty when it is folded.
    pub html: String,
    /// How many passages it stands for: more than one only when they are folded.
    pub count: usize,
}

/// How to cite an article.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CitationView {
    /// `Chicago`, `APA`, `BibTeX` or `RIS`.
    pub style: &'static str,
    /// The citation, as plain text; that of BibTeX and RIS has several lines.
    pub text: String,
}

/// One key judgment, in the words of ICD 203.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct JudgmentView {
    /// Anchor on the page: `kj1`.
    pub id: String,
    /// The judgment, as inline HTML.
    pub html: String,
    /// Likelihood, when stated.
    pub likelihood: Option<LikelihoodView>,
    /// For people to read: `low`, `moderate` or `high` in the language of the page; when stated.
    pub confidence: Option<String>,
    /// Its own marking, when it has one.
    pub marking: Option<Marking>,
    /// The sources it rests on.
    pub sources: Vec<SourceMark>,
    /// What came of it, when that is told.
    pub outcome: Option<OutcomeView>,
}

/// What came of a key judgment.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OutcomeView {
    /// Whether it came true; `null` when nobody can tell.
    pub came_true: Option<bool>,
    /// When that was known.
    pub date: Option<DateView>,
    /// What happened.
    pub note: Option<String>,
    /// The sources that say so, with their places in the briefing’s list.
    pub sources: Vec<SourceMark>,
    /// Its Brier score, from `0.000` (certain and right) to `1.000`: only where likelihood and outcome are known.
    pub brier: Option<String>,
}

/// `judgments.html`: the key judgments of a month; the first page has the newest, and what came of all.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct JudgmentsView {
    /// The month, for people to read: `December 2025`.
    pub month: String,
    /// The articles with key judgments, newest first.
    pub articles: Vec<JudgedArticle>,
    /// All months, newest first: on the first page only.
    pub months: Vec<MonthCount>,
    /// What came of all: on the first page only.
    pub record: Option<RecordView>,
    /// The month after this one.
    pub newer: Option<Crumb>,
    /// The month before this one.
    pub older: Option<Crumb>,
}

/// A month with its number of key judgments.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MonthCount {
    /// For people to read: `December 2025`.
    pub name: String,
    /// Its page.
    pub url: String,
    /// Number of key judgments.
    pub count: usize,
}

/// An article in a register.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RegisteredArticle {
    /// Headline.
    pub title: String,
    /// Its address.
    pub url: String,
    /// BCP 47 tag.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// Publication.
    pub date: Option<DateView>,
    /// Its marking.
    pub marking: Option<Marking>,
}

/// An article with its key judgments.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct JudgedArticle {
    /// The article.
    pub article: RegisteredArticle,
    /// Its key judgments.
    pub judgments: Vec<RegisteredJudgment>,
}

/// A key judgment in the register.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RegisteredJudgment {
    /// Its place on the article's page.
    pub url: String,
    /// Plain text.
    pub text: String,
    /// Likelihood, when stated.
    pub likelihood: Option<LikelihoodView>,
    /// For people to read: `low`, `moderate` or `high` in the language of the page; when stated.
    pub confidence: Option<String>,
    /// Its own marking, when it has one.
    pub marking: Option<Marking>,
    /// What came of it, when that is told.
    pub outcome: Option<OutcomeView>,
}

/// What came of all key judgments.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecordView {
    /// Number of key judgments.
    pub count: usize,
    /// How many of them have a likelihood and came true or did not.
    pub scored: usize,
    /// The mean of their Brier scores.
    pub brier: Option<String>,
    /// By likelihood, from the least likely to the most; without those of which there are none.
    pub terms: Vec<TermRecord>,
}

/// What came of the key judgments of one likelihood.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TermRecord {
    /// The likelihood, by its more usual term.
    pub likelihood: LikelihoodView,
    /// Number of key judgments.
    pub count: usize,
    /// How many of them came true or did not.
    pub scored: usize,
    /// How many came true.
    pub came_true: usize,
    /// How many of a hundred that is.
    pub share: Option<usize>,
}

/// `corrections.html`: the corrections of a year; the first page has those of the newest.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CorrectionsView {
    /// The year.
    pub year: i16,
    /// All years with corrections, newest first.
    pub years: Vec<YearCount>,
    /// The corrections, newest first.
    pub corrections: Vec<RegisteredCorrection>,
}

/// A correction in the register.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RegisteredCorrection {
    /// The article.
    pub article: RegisteredArticle,
    /// Its place on the article's page.
    pub url: String,
    /// When it was made.
    pub date: DateView,
    /// `correction`, `clarification`, `retraction`.
    pub kind: &'static str,
    /// The kind for people to read: `Correction`.
    pub label: String,
    /// What was changed, as plain text.
    pub text: String,
}

/// A likelihood in the words and ranges of ICD 203.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LikelihoodView {
    /// For people to read, in the language of the page: `very likely`.
    pub term: String,
    /// Lower bound in percent.
    pub low: u8,
    /// Upper bound in percent.
    pub high: u8,
}

/// A source, as cited.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SourceMark {
    /// Number on the page, from 1.
    pub number: usize,
    /// Anchor of the entry in the source list, such as `#source-3`.
    pub href: String,
    /// Title of the source.
    pub title: String,
}

/// A source in the numbered list at the end of an article.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SourceView {
    /// Number on the page, from 1.
    pub number: usize,
    /// Anchor on the page, without `#`: `source-3`.
    pub anchor: String,
    /// Title.
    pub title: String,
    /// Address, when it has one.
    pub url: Option<String>,
    /// Host of the address, for people to read.
    pub host: Option<String>,
    /// Publisher.
    pub publisher: Option<String>,
    /// Author.
    pub author: Option<String>,
    /// Date of publication.
    pub date: Option<DateView>,
    /// Day on which it was last seen.
    pub accessed: Option<DateView>,
    /// Address of an archived copy.
    pub archive_url: Option<String>,
    /// Admiralty reliability.
    pub reliability: Option<GradeView>,
    /// Admiralty credibility.
    pub credibility: Option<GradeView>,
    /// What kind of source it is and what bears on its quality.
    pub descriptor: Option<String>,
    /// Its own marking, when it has one.
    pub marking: Option<Marking>,
    /// Anchors (with `#`) of the places that cite it, in order.
    pub cited_at: Vec<String>,
}

/// A grade of the Admiralty scale.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GradeView {
    /// `A` to `F`, or `1` to `6`.
    pub grade: String,
    /// What it means: `Usually reliable`.
    pub meaning: String,
}

/// An event of an article.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EventView {
    /// When.
    pub date: DateView,
    /// What.
    pub title: String,
    /// Where, as written.
    pub place: Option<String>,
    /// Who.
    pub people: Vec<Shown<EntityRef>>,
}

/// A correction or an update.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NoticeView {
    /// Anchor on the page, of a correction; empty for updates.
    pub id: String,
    /// When.
    pub date: DateView,
    /// `correction`, `clarification`, `retraction`, `update`, `editors-note`.
    pub kind: &'static str,
    /// The kind for people to read: `Correction`.
    pub label: String,
    /// What was changed, as inline HTML.
    pub html: String,
}

/// The entities of one kind in an article.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EntityGroup {
    /// The kind.
    pub kind: KindRef,
    /// Those that the article is about, in the order of the front matter.
    pub entities: Vec<EntityInArticle>,
    /// Those that it only mentions, in the order of the text.
    pub mentioned: Vec<EntityInArticle>,
}

/// An entity in the light of one article.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EntityInArticle {
    /// The entity.
    pub entity: Shown<EntityRef>,
    /// What the entity held or was on the article's date: `President of Ukraine`.
    pub role: Option<String>,
    /// Whether the article is about it (front matter, title or key points) or only mentions it.
    pub about: bool,
    /// Times that its name was found in the article.
    pub mentions: u32,
    /// Where it is named, each place once and in their order: the field of the front matter (`title`, `bottom_line`), or
    /// the section of the text as the address of its heading (`#background`; `#` before the first heading).
    pub places: Vec<String>,
}

/// One heading of the table of contents.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TocEntry {
    /// Level, 1 to 6.
    pub level: u8,
    /// Anchor, without `#`.
    pub id: String,
    /// Text of the heading.
    pub title: String,
    /// Headings below it.
    pub children: Vec<TocEntry>,
}

/// An article's place in its series.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SeriesPart {
    /// The series.
    pub series: SeriesRef,
    /// Place in it, from 1.
    pub position: usize,
    /// The part before.
    #[schemars(with = "Option<Card>")]
    pub previous: Option<Value>,
    /// The part after.
    #[schemars(with = "Option<Card>")]
    pub next: Option<Value>,
    /// All parts, oldest first.
    #[schemars(with = "Vec<Card>")]
    pub parts: Vec<Value>,
}

/// A series, as named in lists.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SeriesRef {
    /// Name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Number of parts.
    pub count: usize,
    /// Date of the newest part.
    pub latest: Option<DateView>,
}

/// An entity with all that its own page shows.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EntityView {
    /// Name, address, flag.
    pub entity: Shown<EntityRef>,
    /// Its kind.
    pub kind: KindRef,
    /// Name in its own language and script.
    pub native_name: Option<String>,
    /// Given name of a person.
    pub given_name: Option<String>,
    /// Family name of a person.
    pub family_name: Option<String>,
    /// `President`, `Dr` and the like.
    pub honorific: Option<String>,
    /// Other names.
    pub aliases: Vec<String>,
    /// One sentence; may be empty.
    pub summary: String,
    /// The profile text.
    pub content: String,
    /// BCP 47 tag of the language of summary and profile, when it is not that of the page.
    pub text_lang: Option<String>,
    /// Picture, whole.
    pub image: Option<ImageView>,
    /// The picture of a person, as a square.
    pub portrait: Option<PortraitView>,
    /// Roles held on the day of the newest briefing on the site.
    pub roles: Vec<RoleView>,
    /// Roles held before.
    pub former_roles: Vec<RoleView>,
    /// For countries and organisations: people with a role here, present ones first.
    pub office_holders: Vec<OfficeHolder>,
    /// Short facts for a table: label and value.
    pub facts: Vec<FactView>,
    /// Countries it belongs to.
    pub countries: Vec<Shown<EntityRef>>,
    /// Relations to other entities.
    pub relations: Vec<RelationView>,
    /// The topic above this one.
    pub parent: Option<Shown<EntityRef>>,
    /// The topics below this one.
    pub children: Vec<Shown<EntityRef>>,
    /// What a country is known by.
    pub country: Option<CountryView>,
    /// Where the country lies; `null` when it is none, when the map does not have it, and after the first page of its
    /// list.
    pub locator: Option<LocatorView>,
    /// The same entity elsewhere: Wikidata and the like.
    pub links: Vec<OutwardLink>,
    /// Number of briefings.
    pub count: usize,
    /// Years with briefings, newest first.
    pub years: Vec<YearCount>,
    /// Briefings per month; `null` when there are fewer than two, and after the first page of its list.
    pub activity: Option<ActivityView>,
    /// Its timeline on this page of its list by year: the briefings, each with the sentence that names it, and between
    /// them what happened.
    pub timeline: Vec<TimelineYear>,
    /// Who and what appears with it most, by kind; empty after the first page of its list.
    pub appears_with: Vec<CompanyGroup>,
    /// The same as a picture; `null` when fewer than three appear with it, and after the first page of its list.
    pub diagram: Option<DiagramView>,
    /// The `extra` of its file, as written there.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub extra: Value,
}

/// A role that somebody held.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RoleView {
    /// `President of Ukraine`: title with the organisation or country it belongs to.
    pub text: String,
    /// The title alone.
    pub title: String,
    /// Country of the role.
    pub country: Option<Shown<EntityRef>>,
    /// Organisation of the role, as text.
    pub organization: Option<String>,
    /// First day.
    pub start: Option<DateView>,
    /// Last day; none when it lasts.
    pub end: Option<DateView>,
    /// Address that says so.
    pub source: Option<String>,
}

/// A person who holds or held a role.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OfficeHolder {
    /// The person.
    pub person: Shown<EntityRef>,
    /// The role.
    pub role: RoleView,
    /// Whether the role lasts on the day of the newest briefing.
    pub current: bool,
}

/// A short fact.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FactView {
    /// `Born`, `Capital`, ...
    pub label: String,
    /// The value as text.
    pub value: String,
    /// Where the value leads.
    pub url: Option<String>,
}

/// A relation to another entity.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RelationView {
    /// The other entity.
    pub to: Shown<EntityRef>,
    /// `ally`, `member`, ...: as written.
    pub kind: String,
    /// Since when.
    pub start: Option<DateView>,
    /// Until when.
    pub end: Option<DateView>,
    /// Note.
    pub note: Option<String>,
    /// Address that says so.
    pub source: Option<String>,
}

/// What a country is known by.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CountryView {
    /// ISO 3166-1 alpha-2.
    pub code: String,
    /// ISO 3166-1 alpha-3.
    pub alpha3: String,
    /// Official name.
    pub official: String,
    /// Capital.
    pub capital: Option<String>,
    /// Region after the UN's M49.
    pub region: Option<String>,
    /// Subregion after the UN's M49.
    pub subregion: Option<String>,
    /// Address of the flag.
    pub flag: Option<String>,
}

/// Where a country lies, as paths of an SVG of this width and height.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LocatorView {
    /// Width of the `viewBox`.
    pub width: i32,
    /// Height of the `viewBox`.
    pub height: i32,
    /// The countries around.
    pub land: String,
    /// The country.
    pub own: String,
    /// Middle of the country’s main part.
    pub x: i32,
    /// Middle of the country’s main part.
    pub y: i32,
    /// Whether the country is so small that a circle should point it out.
    pub circle: bool,
    /// Whose map it is.
    pub credit: String,
}

/// The world by number of briefings, as paths of an SVG of this width and height.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WorldView {
    /// Width of the `viewBox`.
    pub width: i32,
    /// Height of the `viewBox`.
    pub height: i32,
    /// Land without a page.
    pub land: String,
    /// The countries with a page.
    pub countries: Vec<WorldCountry>,
    /// Largest number of briefings of a country.
    pub most: usize,
    /// Whose map it is.
    pub credit: String,
}

/// A country on the map of the world.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WorldCountry {
    /// The country.
    pub entity: Shown<EntityRef>,
    /// Number of briefings.
    pub count: usize,
    /// Shade from 0 (no briefing) to 5 (half of the largest number or more); each stands for twice the one before.
    pub shade: u8,
    /// Its outline.
    pub path: String,
    /// Its middle.
    pub x: i32,
    /// Its middle.
    pub y: i32,
    /// Whether it is so small that a circle should stand for it.
    pub circle: bool,
}

/// A link to the same thing elsewhere.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OutwardLink {
    /// `Wikidata`, or the host.
    pub label: String,
    /// The address.
    pub url: String,
}

/// A year with its number of briefings.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct YearCount {
    /// Year.
    pub year: i16,
    /// Number of briefings.
    pub count: usize,
    /// Where the year's list is.
    pub url: String,
}

/// Entities of one kind that appear together with another.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CompanyGroup {
    /// The kind.
    pub kind: KindRef,
    /// The entities with the number of shared briefings, most first.
    pub entities: Vec<Company>,
}

/// An entity with a number of briefings.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Company {
    /// The entity.
    pub entity: Shown<EntityRef>,
    /// Number of briefings.
    pub count: usize,
    /// The number as a share of the largest in its list, 1 to 100, for bars.
    pub share: u8,
    /// Address of the page of the two, when they have one.
    pub pair: Option<String>,
}

/// Who and what appears with an entity, as a picture. Places and lengths are in units of its `viewBox`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DiagramView {
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
    /// Where the entity itself stands.
    pub x: i32,
    /// Where the entity itself stands.
    pub y: i32,
    /// The others, most often first.
    pub nodes: Vec<DiagramNode>,
    /// The first of them in words: `Russia (12 briefings), China (9 briefings) and Xi Jinping (7 briefings)`.
    pub words: String,
}

/// One of those in a picture.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DiagramNode {
    /// Who.
    pub entity: Shown<EntityRef>,
    /// The name in one line or two, as far as there is room.
    pub lines: Vec<String>,
    /// Number of briefings with both.
    pub count: u32,
    /// Where the node stands.
    pub x: i32,
    /// Where the node stands.
    pub y: i32,
    /// Where the name begins or ends.
    pub label_x: i32,
    /// `start` or `end`, for `text-anchor`.
    pub anchor: &'static str,
    /// Radius of the node, 3 to 7.
    pub radius: f64,
    /// Width of the line to it, 1 to 6.
    pub width: f64,
}

/// Briefings per month, or per year when there are more than 96 months.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ActivityView {
    /// `month` or `year`: what a bar is.
    pub unit: &'static str,
    /// Label of the first bar: `January 2025`, or `2014`.
    pub first: String,
    /// Label of the last bar.
    pub last: String,
    /// Number of briefings of the highest bar.
    pub most: usize,
    /// The bars, oldest first.
    pub bars: Vec<Bar>,
    /// Short names of the twelve months, for the head of a table.
    pub months: Vec<String>,
    /// The numbers by year, newest first.
    pub years: Vec<ActivityYear>,
}

/// A bar of a chart.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Bar {
    /// What it stands for: `January 2025`, or `2014`.
    pub label: String,
    /// Number of briefings.
    pub count: usize,
    /// The number as a share of the highest bar, 0 to 100.
    pub height: u8,
}

/// The numbers of a year.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ActivityYear {
    /// Year.
    pub year: i32,
    /// Number of briefings in each of the twelve months; `null` where the chart has no month.
    pub months: Vec<Option<usize>>,
    /// Number of briefings in the year.
    pub count: usize,
}

/// One letter of an A to Z index.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LetterGroup {
    /// The letter, or `#` for what has none.
    pub letter: String,
    /// Anchor, without `#`.
    pub anchor: String,
    /// Its entries, in the language's order.
    pub entries: Vec<IndexEntry>,
}

/// One line of an A to Z index.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IndexEntry {
    /// The entity.
    pub entity: Shown<EntityRef>,
    /// What it is: the present role of a person, the summary of a topic, the region of a country.
    pub note: Option<String>,
    /// The picture of a person.
    pub portrait: Option<PortraitView>,
    /// Number of briefings.
    pub count: usize,
}

/// One page of a longer list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Pager {
    /// Number of this page, from 1.
    pub number: usize,
    /// Number of pages.
    pub total: usize,
    /// Number of articles on all pages.
    pub count: usize,
    /// The articles of this page.
    #[schemars(with = "Vec<Card>")]
    pub items: Vec<Value>,
    /// The same articles by year, in the same order.
    pub by_year: Vec<YearGroup>,
    /// Address of the page with newer articles.
    pub newer: Option<String>,
    /// Address of the page with older articles.
    pub older: Option<String>,
    /// First, neighbouring and last pages; `null` stands for a gap.
    pub pages: Vec<Option<PageLink>>,
}

/// The articles of one year on one page of a longer list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct YearGroup {
    /// The year; `null` for articles without a date.
    pub year: Option<i16>,
    /// Anchor to set, without `#`, on the page where the year begins: `y2025`.
    pub anchor: Option<String>,
    /// Its articles.
    #[schemars(with = "Vec<Card>")]
    pub items: Vec<Value>,
}

/// What one year holds on one page of a timeline.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TimelineYear {
    /// The year; `null` for briefings without a date.
    pub year: Option<i16>,
    /// Anchor to set, without `#`, on the page where the briefings of the year begin: `y2025`.
    pub anchor: Option<String>,
    /// Its entries, newest first.
    pub items: Vec<TimelineItem>,
}

/// An entry of a timeline.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TimelineItem {
    /// `briefing`; `event`, which a briefing tells of; `role`, which a person takes up or leaves; `correction`.
    pub kind: &'static str,
    /// When.
    pub date: Option<Shown<DateView>>,
    /// What, as plain text: the title of a briefing, the words of an event, `becomes President of Ukraine`, a correction.
    pub text: String,
    /// The briefing itself, or the one that tells of it; `null` for roles.
    pub url: Option<String>,
    /// Whose role it is, when the page is not about that person.
    pub person: Option<Shown<EntityRef>>,
    /// The briefing, when it is one.
    pub briefing: Option<Backlink>,
    /// The briefing that tells of the event, or that was corrected.
    #[schemars(with = "Option<Card>")]
    pub told_by: Option<Value>,
}

/// A pair of entities, as named in lists.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PairRef {
    /// `China and Russia`.
    pub title: String,
    /// The one.
    pub left: Shown<EntityRef>,
    /// The other.
    pub right: Shown<EntityRef>,
    /// Address of their page.
    pub url: String,
    /// Number of briefings about both.
    pub count: usize,
}

/// A pair of entities with all that its own page shows.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PairView {
    /// Names, address, number of briefings.
    pub pair: PairRef,
    /// Who speaks for the one; nobody after the first page of the list.
    pub left: Side,
    /// Who speaks for the other; nobody after the first page.
    pub right: Side,
    /// Date of the first briefing on both.
    pub first: Option<DateView>,
    /// Date of the newest briefing on both.
    pub latest: Option<DateView>,
    /// Years with briefings, newest first.
    pub years: Vec<YearCount>,
    /// Briefings per month; `null` when there are fewer than two, and after the first page of its list.
    pub activity: Option<ActivityView>,
    /// The timeline on this page of its list by year: the briefings on both, each with the first sentence that names
    /// both, and between them what happened to both.
    pub timeline: Vec<TimelineYear>,
    /// Topics of these briefings, most often first; none after the first page.
    pub topics: Vec<TopicView>,
    /// Who and what else appears in these briefings, by kind, without topics; none after the first page.
    pub with: Vec<CompanyGroup>,
}

/// One side of a pair.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Side {
    /// The entity.
    pub entity: Shown<EntityRef>,
    /// People in the briefings on both who held a post here on the day of the briefing.
    pub people: Vec<Speaker>,
}

/// A person who speaks for a side.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Speaker {
    /// The person.
    pub person: Shown<EntityRef>,
    /// The post on the day of the newest of these briefings.
    pub role: Option<String>,
    /// Number of briefings on both with this person.
    pub count: usize,
}

/// A topic over the years.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TopicView {
    /// The topic.
    pub topic: Shown<EntityRef>,
    /// Number of briefings.
    pub count: usize,
    /// Numbers by year, in the order of the years of the page.
    pub by_year: Vec<TopicCount>,
}

/// A number of briefings in a year.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TopicCount {
    /// Year.
    pub year: i16,
    /// Number of briefings.
    pub count: usize,
}

/// A briefing that names an entity.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Backlink {
    /// The briefing.
    #[schemars(with = "Card")]
    pub card: Value,
    /// The sentence in which it names the entity first, in parts; empty when its text does not name it.
    pub sentence: Vec<SentencePart>,
    /// Times that it names the entity.
    pub mentions: u32,
    /// Whether the briefing is about the entity, and does not only mention it.
    pub about: bool,
}

/// A part of a sentence; long sentences are cut, with an ellipsis.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SentencePart {
    /// Plain text.
    pub text: String,
    /// Whether it is the name, as it is written there.
    pub name: bool,
}

/// A link to a page of a longer list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PageLink {
    /// Its number, from 1.
    pub number: usize,
    /// Its address.
    pub url: String,
    /// Whether it is the page at hand.
    pub current: bool,
}

/// `home.html`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HomeView {
    /// Articles with `featured: true`, newest first; when there is none, the newest article.
    #[schemars(with = "Vec<Card>")]
    pub featured: Vec<Value>,
    /// The newest articles that are not among the featured.
    #[schemars(with = "Vec<Card>")]
    pub latest: Vec<Value>,
    /// For each kind the entities with most briefings.
    pub top: Vec<CompanyGroup>,
    /// Series, the one with the newest part first.
    pub series: Vec<SeriesRef>,
    /// Sections with articles, by weight and title.
    pub sections: Vec<SectionEntry>,
    /// Text of `content/_index.md`.
    pub content: String,
}

/// `section.html`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SectionView {
    /// Title, address, number of articles.
    pub section: SectionEntry,
    /// One sentence; may be empty.
    pub summary: String,
    /// Text of its `_index.md`, shown on the first page.
    pub content: String,
    /// Sections below it.
    pub children: Vec<SectionEntry>,
}

/// `kind.html`: the A to Z index of a kind.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct KindView {
    /// The kind.
    pub kind: KindRef,
    /// Number of entities of this kind.
    pub count: usize,
    /// Letters that have entries.
    pub letters: Vec<LetterGroup>,
    /// The entities with most briefings.
    pub top: Vec<Company>,
    /// The map of the world, for countries.
    pub world: Option<WorldView>,
    /// The pairs of this kind that have a page, most briefings first.
    pub pairs: Vec<PairRef>,
}

/// `author.html`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AuthorView {
    /// Name and address.
    pub author: AuthorRef,
    /// `Editor`, `Europe desk`, ...
    pub role: Option<String>,
    /// One sentence; may be empty.
    pub summary: String,
    /// What the author writes about.
    pub expertise: Vec<String>,
    /// The profile text.
    pub content: String,
    /// Address for mail.
    pub email: Option<String>,
    /// Picture, whole.
    pub image: Option<ImageView>,
    /// Picture, as a square.
    pub portrait: Option<PortraitView>,
    /// Profiles elsewhere.
    pub links: Vec<OutwardLink>,
    /// Number of articles.
    pub count: usize,
}

/// `authors.html`: one line of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AuthorEntry {
    /// Name and address.
    pub author: AuthorRef,
    /// `Editor`, `Europe desk`, ...
    pub role: Option<String>,
    /// One sentence; may be empty.
    pub summary: String,
    /// Picture.
    pub portrait: Option<PortraitView>,
    /// Number of articles.
    pub count: usize,
}

/// `series.html`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SeriesView {
    /// The series.
    pub series: SeriesRef,
    /// Its parts, oldest first.
    #[schemars(with = "Vec<Card>")]
    pub parts: Vec<Value>,
}

/// `archive.html`: a year of the date archive.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ArchiveYear {
    /// Year, number, address.
    pub year: YearCount,
    /// Its months with articles, newest first.
    pub months: Vec<ArchiveMonth>,
}

/// A month of the date archive.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ArchiveMonth {
    /// `2025-12`.
    pub iso: String,
    /// `December`.
    pub name: String,
    /// `December 2025`.
    pub title: String,
    /// Anchor on the year's page, without `#`: `2025-12`.
    pub anchor: String,
    /// Number of articles.
    pub count: usize,
    /// Its articles, newest first.
    #[schemars(with = "Vec<Card>")]
    pub articles: Vec<Value>,
}

/// `page.html`: a loose page.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LoosePageView {
    /// The text.
    pub content: String,
    /// Headings of the text, nested.
    pub toc: Vec<TocEntry>,
    /// Day of the last change, when the front matter tells.
    pub updated: Option<DateView>,
    /// The front matter's `extra`, as written there.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub extra: Value,
}

/// `tombstone.html`: all that is told of a canceled article.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TombstoneView {
    /// Always `canceled`.
    pub status: &'static str,
}
