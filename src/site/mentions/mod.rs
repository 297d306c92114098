//! Whom and what the articles speak of: mentions found in their plain text.
//!
//! Names come from the site's entities and from the countries that are known by heart ([`Lexicon`]); the gazetteer
//! says where they stand, the rules say what they mean there. What stays in doubt is told, never guessed: a wrong link
//! in a briefing is worse than none.
//!
//! Works on one article at a time and on nothing but its text, so it runs on all threads, and its result can be kept
//! for as long as the text and the names stay the same.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::io::{self, Read, Write};
use std::ops::Range;

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::civil::Date;

use crate::base::kept;
use crate::base::text::{fold, push_closed_up};
use crate::config::linking::Linking;
use crate::content::article::Meta;
use crate::content::beginnings::Beginnings;
use crate::content::countries::{self, Country};
use crate::content::gazetteer::{Gazetteer, Name, Spelling};
use crate::content::markdown::{self, Body, GAP, MarkdownOptions, Outline, Run, RunKind};
use crate::site::ids::EntityId;

mod rules;
pub(crate) mod sentences;
pub(crate) mod words;

/// Where in an article a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub enum Spot {
    /// The title.
    Title,
    /// The summary.
    Summary,
    /// The bottom line.
    BottomLine,
    /// Why it matters.
    WhyItMatters,
    /// The key judgment at this place of the list.
    Judgment(u16),
    /// The text.
    Body,
    /// The event at this place of the list: what happened, and where.
    Event(u16),
}

impl Spot {
    /// Whether what is named here is what the article is about.
    pub fn is_key(self) -> bool {
        matches!(self, Spot::Title | Spot::BottomLine | Spot::Judgment(_))
    }

    /// The field's name in the front matter, or `text`.
    pub fn word(self) -> &'static str {
        match self {
            Spot::Title => "title",
            Spot::Summary => "summary",
            Spot::BottomLine => "bottom_line",
            Spot::WhyItMatters => "why_it_matters",
            Spot::Judgment(_) => "key_judgments",
            Spot::Body => "text",
            Spot::Event(_) => "events",
        }
    }

    /// Whether a link may stand here: titles and summaries are shown in lists, where they are links themselves, and
    /// events are plain text.
    fn takes_links(self) -> bool {
        !matches!(self, Spot::Title | Spot::Summary | Spot::Event(_))
    }
}

/// What sort of name a mention goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
#[repr(u8)]
pub enum By {
    /// The name.
    Name,
    /// An alias.
    Alias,
    /// The name in its own language.
    Native,
    /// A word for its people or things: `Chinese`.
    Demonym,
    /// The family name alone.
    FamilyName,
    /// A seat of power that stands for the country: `the Kremlin`.
    Metonym,
    /// The capital.
    Capital,
    /// A phrase in which names mean nothing.
    Blocker,
}

impl By {
    const ALL: [By; 8] =
        [By::Name, By::Alias, By::Native, By::Demonym, By::FamilyName, By::Metonym, By::Capital, By::Blocker];

    fn of(sort: u8) -> By {
        Self::ALL.get(usize::from(sort)).copied().unwrap_or(By::Blocker)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            By::Name => "name",
            By::Alias => "alias",
            By::Native => "native name",
            By::Demonym => "demonym",
            By::FamilyName => "family name",
            By::Metonym => "metonym",
            By::Capital => "capital",
            By::Blocker => "blocker",
        }
    }
}

/// Why a name means what it is taken to mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub enum Ground {
    /// Nothing else has this name.
    Only,
    /// The front matter names it.
    FrontMatter,
    /// The full name stands before it.
    FullName,
    /// A post in front of the name is held by nobody else of that name on the day of the article.
    Role,
    /// The article speaks of it elsewhere, beyond doubt.
    Nearby,
}

impl Ground {
    /// The reason in words.
    pub fn words(self) -> &'static str {
        match self {
            Ground::Only => "nothing else has this name",
            Ground::FrontMatter => "the front matter names it",
            Ground::FullName => "the full name stands before it",
            Ground::Role => "the post in front of it is held by nobody else of this name",
            Ground::Nearby => "the article names it elsewhere beyond doubt",
        }
    }
}

/// Whether a mention becomes a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub enum Link {
    /// It does.
    Yes,
    /// An earlier mention is linked already.
    Earlier,
    /// The author links to it by hand in this article.
    ByHand,
    /// It stands in a link.
    InLink,
    /// It stands in a heading.
    Heading,
    /// Bold or the like begins or ends in it.
    Markup,
    /// The article has as many links as its length bears.
    Enough,
    /// The page is about it.
    Subject,
    /// No link may stand here.
    Place,
    /// Links are off.
    Off,
}

impl Link {
    /// The reason in words.
    pub fn words(self) -> &'static str {
        match self {
            Link::Yes => "linked",
            Link::Earlier => "not linked: an earlier mention is",
            Link::ByHand => "not linked: the author links to it by hand",
            Link::InLink => "not linked: it stands in a link",
            Link::Heading => "not linked: it stands in a heading",
            Link::Markup => "not linked: bold or the like begins or ends in it",
            Link::Enough => "not linked: the article has as many links as its length bears",
            Link::Subject => "not linked: the page is about it",
            Link::Place => "not linked: titles, summaries and events have no links",
            Link::Off => "not linked: links are off",
        }
    }
}

/// A name in an article, and what it means. `E` says what: an owner of the lexicon first, an entity in the end.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Mention<E> {
    /// What is meant.
    pub entity: E,
    /// Where it stands.
    pub spot: Spot,
    /// Bytes of what the parser reads there: where a link goes.
    pub prepared: Range<u32>,
    /// Bytes of the file, for names in the text.
    pub in_file: Range<u32>,
    /// Number of headings above it.
    pub section: u16,
    /// The sort of name.
    pub by: By,
    /// Why it means this.
    pub ground: Ground,
    /// Whether it is a link.
    pub link: Link,
}

/// A name that may mean something, and is left alone.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Doubt {
    /// The name as it stands there.
    pub text: String,
    /// Where.
    pub spot: Spot,
    /// Bytes of the file, for names in the text.
    pub in_file: Range<u32>,
    /// What it may mean.
    pub candidates: Vec<Meant>,
    /// Why it is left alone.
    pub why: Why,
}

/// Something that a name may mean; by name, for it need not be an entity of the site.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Meant {
    /// Index of its kind in the settings.
    pub kind: usize,
    /// Its name.
    pub name: String,
    /// Last part of its address.
    pub slug: String,
}

/// Why a name is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Why {
    /// Several things have the name.
    Shared,
    /// The name often means something that the site does not know.
    Unsure,
    /// It is a seat of power, and the country's file does not list it.
    Metonym,
    /// It is a family name whose full name is not given before.
    Surname,
    /// It is part of a longer name.
    PartOfName,
    /// `nolink` says so.
    NoLink,
}

impl Why {
    /// The reason in words.
    pub fn words(self) -> &'static str {
        match self {
            Why::Shared => "several have this name",
            Why::Unsure => "the name often means something else, and nothing in the article decides",
            Why::Metonym => "a seat of power, which the country’s file does not list under `metonyms`",
            Why::Surname => "a family name, and the full name is not given before it",
            Why::PartOfName => "part of a longer name",
            Why::NoLink => "`nolink` says so",
        }
    }

    /// Whether an author should be told: the rest is only shown when asked for.
    pub fn is_lint(self) -> bool {
        matches!(self, Why::Shared | Why::Unsure)
    }
}

/// A sentence in which something is named; long ones are cut, with an ellipsis.
///
/// An archive has a hundred of them for each name, so each is one text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Context {
    /// What stands before the first name, the name, what stands before the next, the next, and so on, to the end: plain
    /// text and names in turn, with [`BETWEEN`] between them.
    text: Box<str>,
}

/// Stands between plain text and names: “unit separator”, which no sentence has.
const BETWEEN: char = '\u{1F}';

impl Context {
    /// Returns a sentence of plain text and names in turn, plain text first.
    fn of<'a>(parts: impl IntoIterator<Item = Cow<'a, str>>) -> Self {
        let mut text = String::with_capacity(256);
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                text.push(BETWEEN);
            }
            let from = text.len();
            push_closed_up(&mut text, &part);
            if text[from..].contains([GAP, BETWEEN]) {
                let cleaned = text[from..].replace(GAP, "…").replace(BETWEEN, " ");
                text.replace_range(from.., &cleaned);
            }
        }
        Self { text: text.into() }
    }

    /// The sentence, part by part, with whether it is a name.
    pub fn marked(&self) -> impl Iterator<Item = (&str, bool)> {
        self.text.split(BETWEEN).enumerate().map(|(index, part)| (part, index % 2 == 1))
    }

    /// The sentence.
    pub fn text(&self) -> String {
        self.text.split(BETWEEN).collect()
    }
}

/// All that was found in one article.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Found<E> {
    /// Names and what they mean, in the order of reading.
    pub mentions: Vec<Mention<E>>,
    /// Names that are left alone.
    pub doubts: Vec<Doubt>,
    /// For everything that is mentioned the sentence of its first mention in the text, or else elsewhere.
    pub contexts: Vec<(E, Context)>,
    /// For pairs of those that the article is about, of kinds whose pairs have pages, the first sentence that names
    /// both.
    pub together: Vec<([E; 2], Context)>,
    /// What its words begin with: whether another name may stand in it.
    pub beginnings: Beginnings,
}

impl<E> Default for Found<E> {
    fn default() -> Self {
        Self {
            mentions: Vec::new(),
            doubts: Vec::new(),
            contexts: Vec::new(),
            together: Vec::new(),
            beginnings: Beginnings::default(),
        }
    }
}

impl<E> Found<E> {
    /// Says the same of other numbers; `None` for what is not there.
    pub fn map<F: Clone>(self, mut of: impl FnMut(&E) -> F) -> Found<F> {
        Found {
            mentions: self
                .mentions
                .into_iter()
                .map(|mention| Mention {
                    entity: of(&mention.entity),
                    spot: mention.spot,
                    prepared: mention.prepared,
                    in_file: mention.in_file,
                    section: mention.section,
                    by: mention.by,
                    ground: mention.ground,
                    link: mention.link,
                })
                .collect(),
            doubts: self.doubts,
            contexts: self.contexts.into_iter().map(|(entity, context)| (of(&entity), context)).collect(),
            together: self.together.into_iter().map(|(pair, context)| (pair.map(|one| of(&one)), context)).collect(),
            beginnings: self.beginnings,
        }
    }
}

impl Found<EntityId> {
    /// The same in the order of the entities, in which it is kept: that in which names were met says nothing.
    pub fn in_order(mut self) -> Self {
        self.contexts.sort_by_key(|(entity, _)| *entity);
        self.together.iter_mut().for_each(|(pair, _)| pair.sort_unstable());
        self.together.sort_by_key(|(pair, _)| *pair);
        self.mentions.shrink_to_fit();
        self.contexts.shrink_to_fit();
        self
    }
}

/// What can be meant by a name, as a number of the lexicon.
pub type Owner = u32;

/// What the rules know of one thing.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct OwnerInfo {
    /// The sort of thing.
    pub class: Class,
    /// What it is called, to tell of it.
    pub meant: Meant,
    /// The country, when it is one.
    #[borsh(serialize_with = "countries::put_one", deserialize_with = "countries::take_one")]
    pub country: Option<&'static Country>,
    /// Whether the family name comes first, as in `Xi Jinping`.
    pub family_first: bool,
    /// Countries it belongs to: those of its file and of its roles.
    #[borsh(serialize_with = "countries::put_all", deserialize_with = "countries::take_all")]
    pub countries: Vec<&'static Country>,
    /// Posts: the title in small letters, first and last day.
    #[borsh(serialize_with = "put_roles", deserialize_with = "take_roles")]
    pub roles: Vec<Post>,
    names: Vec<Name>,
    /// All its names, folded, for `nolink`.
    folded: BTreeSet<String>,
}

/// What sorts of things the rules tell apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Class {
    /// A country.
    Country,
    /// A person.
    Person,
    /// A topic, which is mostly a common noun.
    Topic,
    /// Anything else: organisations, places, ships.
    #[default]
    Other,
}

impl OwnerInfo {
    /// Something without names yet.
    pub fn new(class: Class, meant: Meant) -> Self {
        Self {
            class,
            meant,
            country: None,
            family_first: false,
            countries: Vec::new(),
            roles: Vec::new(),
            names: Vec::new(),
            folded: BTreeSet::new(),
        }
    }

    /// All its names, folded.
    pub fn called(&self) -> &BTreeSet<String> {
        &self.folded
    }

    /// Whether the rules know the same of both, but for the names themselves.
    pub fn is_alike(&self, other: &Self) -> bool {
        let of = |info: &Self| (info.class, info.country.map(|country| country.code), info.family_first);
        let countries = |info: &Self| info.countries.iter().map(|country| country.code).collect::<Vec<_>>();
        of(self) == of(other)
            && self.meant == other.meant
            && self.roles == other.roles
            && countries(self) == countries(other)
    }

    /// Gives it a name.
    pub fn name(&mut self, text: &str, by: By) {
        let spelling = if self.class == Class::Topic { Spelling::Any } else { Spelling::Case };
        self.spelled(text, by, spelling);
    }

    /// Gives it a name that is recognised in these spellings.
    pub fn spelled(&mut self, text: &str, by: By, spelling: Spelling) {
        let text = text.trim();
        if !text.is_empty() {
            if by != By::Blocker {
                self.folded.insert(fold(text));
            }
            self.names.push(Name { text: text.to_string(), owner: 0, sort: by as u8, spelling });
        }
    }

    /// Gives it all the names that a country has by heart.
    pub fn country(&mut self, country: &'static Country) {
        self.country = Some(country);
        self.name(country.name, By::Name);
        self.name(country.official, By::Alias);
        country.native.into_iter().for_each(|native| self.name(native, By::Native));
        country.aliases.iter().for_each(|alias| self.name(alias, By::Alias));
        for demonym in &country.demonyms {
            self.demonym(demonym);
        }
        country.metonyms.iter().for_each(|metonym| self.name(metonym, By::Metonym));
        country.blockers.iter().for_each(|phrase| self.name(phrase, By::Blocker));
        if let Some(capital) = country.capital.filter(|capital| *capital != country.name) {
            let short = capital.split(',').next().unwrap_or(capital);
            self.name(short, By::Capital);
        }
    }

    /// Gives it a word for its people, with the plural when that is regular.
    pub fn demonym(&mut self, demonym: &str) {
        self.name(demonym, By::Demonym);
        let lower = demonym.to_lowercase();
        // `Chinese`, `British`, `Dutch`, `Swiss` and `Irishmen` are their own plurals or have none.
        let invariable = ["ese", "ish", "sh", "ch", "ss", "men", "women", "s", "x", "z"];
        if invariable.iter().any(|ending| lower.ends_with(ending)) {
            return;
        }
        match lower.strip_suffix("man") {
            // `Dutchman`, `Frenchwoman`; a German, a Roman and an Oman­i have an `s`.
            Some(stem)
                if ["dutch", "french", "irish", "english", "scots", "welsh", "wo", "cornish"]
                    .iter()
                    .any(|nation| stem.ends_with(nation)) =>
            {
                self.name(&format!("{}men", &demonym[..demonym.len() - 3]), By::Demonym);
            }
            _ => self.name(&format!("{demonym}s"), By::Demonym),
        }
    }
}

/// The owner of the blockers that a site sets itself: they win over everything.
const SITE: Owner = Owner::MAX;

/// All that can be meant by names in a text.
#[derive(Debug)]
pub struct Lexicon {
    gazetteer: Gazetteer,
    owners: Vec<OwnerInfo>,
    /// Countries by code, to settle doubt by what belongs to them.
    by_country: HashMap<&'static str, Owner>,
    /// Kinds whose pairs have pages.
    paired: Vec<usize>,
}

impl Lexicon {
    /// Makes a lexicon of things in the order of their numbers, and of phrases in which names mean nothing.
    pub fn new(mut owners: Vec<OwnerInfo>, blockers: &[String]) -> Self {
        let mut names: Vec<Name> = blockers
            .iter()
            .map(|phrase| Name { text: phrase.clone(), owner: SITE, sort: By::Blocker as u8, spelling: Spelling::Case })
            .collect();
        names.extend(GENERAL_BLOCKERS.iter().map(|phrase| Name {
            text: (*phrase).to_string(),
            owner: 0,
            sort: By::Blocker as u8,
            spelling: Spelling::Case,
        }));
        for (number, owner) in (0..).zip(&mut owners) {
            names.extend(std::mem::take(&mut owner.names).into_iter().map(|name| Name { owner: number, ..name }));
        }
        Self { gazetteer: Gazetteer::new(names), by_country: by_country(&owners), owners, paired: Vec::new() }
    }

    /// Lets the sentences be kept that name two things of one of these kinds.
    pub fn paired(self, kinds: Vec<usize>) -> Self {
        Self { paired: kinds, ..self }
    }

    /// All names, in the order in which those that are written alike are held against each other.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.gazetteer.names()
    }

    /// What is known of an owner.
    pub fn owner(&self, owner: Owner) -> Option<&OwnerInfo> {
        self.owners.get(owner as usize)
    }

    /// The owner that is this country.
    pub fn owner_of(&self, country: &Country) -> Option<Owner> {
        self.by_country.get(country.code).copied()
    }
}

/// A post: the title in small letters, first and last day.
type Post = (String, Option<Date>, Option<Date>);

fn put_roles<W: Write>(roles: &[Post], writer: &mut W) -> io::Result<()> {
    roles.len().serialize(writer)?;
    roles.iter().try_for_each(|(title, first, last)| {
        title.serialize(writer)?;
        kept::put_maybe_day(first, writer)?;
        kept::put_maybe_day(last, writer)
    })
}

fn take_roles<R: Read>(reader: &mut R) -> io::Result<Vec<Post>> {
    let roles = 0..usize::deserialize_reader(reader)?;
    let mut role = || {
        let title = String::deserialize_reader(reader)?;
        Ok((title, kept::take_maybe_day(reader)?, kept::take_maybe_day(reader)?))
    };
    roles.map(|_| role()).collect()
}

impl BorshSerialize for Lexicon {
    fn serialize<W: Write>(&self, writer: &mut W) -> io::Result<()> {
        let Self { gazetteer, owners, by_country: _, paired } = self;
        let names: Vec<&Name> = gazetteer.names().collect();
        (names, owners, paired).serialize(writer)
    }
}

impl BorshDeserialize for Lexicon {
    fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Self> {
        let (names, owners, paired): (Vec<Name>, Vec<OwnerInfo>, Vec<usize>) =
            BorshDeserialize::deserialize_reader(reader)?;
        Ok(Self { gazetteer: Gazetteer::new(names), by_country: by_country(&owners), owners, paired })
    }
}

/// The owners that are countries, by code.
fn by_country(owners: &[OwnerInfo]) -> HashMap<&'static str, Owner> {
    (0..).zip(owners).filter_map(|(number, owner)| Some((owner.country?.code, number))).collect()
}

/// Phrases with names of countries or their people in them that mean none of them, beyond those of single countries.
const GENERAL_BLOCKERS: &[&str] = &[
    "African American",
    "African-American",
    "African Americans",
    "African-Americans",
    "Native American",
    "Native Americans",
    "American Airlines",
    "American Express",
    "Asian American",
    "Asian Americans",
    "Bosnian Croat",
    "Bosnian Croats",
    "Bosnian Serb",
    "Bosnian Serbs",
    "Krajina Serb",
    "Krajina Serbs",
    "Kosovo Serb",
    "Kosovo Serbs",
    "British Airways",
    "British Petroleum",
    "British Steel",
    "British Telecom",
    "British Open",
    "Chinese Taipei",
    "Commonwealth of Independent States",
    "Dutch East India Company",
    "East Germany",
    "East German",
    "East Germans",
    "West Germany",
    "West German",
    "West Germans",
    "English Channel",
    "French Open",
    "German shepherd",
    "German Shepherd",
    "Indian Ocean",
    "Indian summer",
    "American Indian",
    "American Indians",
    "West Indian",
    "West Indians",
    "West Indies",
    "Persian Gulf",
    "Sea of Japan",
    "Gulf of Mexico",
    "Gulf of Oman",
    "Gulf of Thailand",
    "New Mexico",
    "New Mexican",
    "North Vietnam",
    "South Vietnam",
    "North Yemen",
    "South Yemen",
    "North Vietnamese",
    "South Vietnamese",
    "Panama Canal",
    "Panama hat",
    "Suez Canal",
    "Russian roulette",
    "Spanish flu",
    "Swiss cheese",
    "Turkish delight",
    "US Open",
    "U.S. Open",
    "Australian Open",
    "Japan Times",
    "Cuban cigar",
    "Soviet Russia",
    "Nazi Germany",
    "Third Reich",
    "Weimar Germany",
    "Chinatown",
    "Little Italy",
    "Wall Street",
    "Brazil nut",
    "Brazil nuts",
    "Jordan River",
    "Lake Chad",
    "Lake Malawi",
    "Niger Delta",
    "Niger River",
    "Mali Empire",
    "Benin City",
    "Kuwait City",
    "Mexico City",
    "Panama City",
    "Guatemala City",
    "Luxembourg Gardens",
    "Dominican Order",
    "Irish setter",
    "Irish Sea",
    "Norwegian Sea",
    "Philippine Sea",
    "Sea of Azov",
    "Georgia Tech",
    "RBC-Ukraine",
    "РБК-Україна",
    "РБК-Украина",
    "Interfax-Ukraine",
    "Інтерфакс-Україна",
    "Интерфакс-Украина",
    "Peru, Indiana",
    "Lebanon, Tennessee",
    "Cuba, New York",
];

/// What the rules are told of one text.
pub struct Text<'a> {
    /// Its lines besides the body, in the order of reading.
    pub lines: Vec<(Spot, Cow<'a, str>)>,
    /// The body.
    pub body: Body<'a>,
    /// Where the body's running text stands, when that was found already.
    pub prose: Option<Outline>,
    /// Its language.
    pub lang: &'a str,
    /// The day on which it was written.
    pub day: Option<Date>,
    /// What its front matter declares.
    pub declared: BTreeSet<Owner>,
    /// What the author links to by hand.
    pub by_hand: BTreeSet<Owner>,
    /// What the page is about, which needs no link to itself.
    pub subject: Option<Owner>,
    /// Names that mean nothing in this text.
    pub nolink: &'a [String],
    /// How the text is read.
    pub markdown: &'a MarkdownOptions,
    /// Number of words.
    pub words: usize,
}

impl<'a> Text<'a> {
    /// The lines of an article, in the order in which pages show them.
    pub fn lines_of(meta: &'a Meta) -> Vec<(Spot, Cow<'a, str>)> {
        let one = |spot: Spot, text: &'a Option<String>| text.as_deref().map(|text| (spot, Cow::Borrowed(text)));
        let mut lines = vec![(Spot::Title, Cow::Borrowed(meta.title.as_str()))];
        lines.extend(one(Spot::Summary, &meta.summary));
        lines.extend(one(Spot::BottomLine, &meta.bottom_line));
        lines.extend(one(Spot::WhyItMatters, &meta.why_it_matters));
        lines.extend(meta.key_judgments.iter().filter_map(|judgment| {
            let index = u16::try_from(judgment.index).ok()?;
            Some((Spot::Judgment(index), judgment.input.text.as_str().into()))
        }));
        let events = (0..=u16::MAX).zip(&meta.events);
        lines.extend(events.map(|(index, event)| {
            let line = match &event.place {
                Some(place) => Cow::Owned(format!("{} — {place}", event.title)),
                None => Cow::Borrowed(event.title.as_str()),
            };
            (Spot::Event(index), line)
        }));
        lines
    }
}

/// Finds what a text speaks of.
pub fn find(lexicon: &Lexicon, linking: &Linking, text: &Text) -> Found<Owner> {
    let mut texts: Vec<(Spot, Run)> = Vec::new();
    for (spot, line) in &text.lines {
        texts.extend(markdown::inline_prose(line, text.markdown).map(|run| (*spot, run)));
    }
    let mut prose = match &text.prose {
        Some(outline) => outline.prose(&text.body),
        None => markdown::prose(&text.body, text.markdown),
    };
    let (notes, main): (Vec<Run>, Vec<Run>) =
        std::mem::take(&mut prose.runs).into_iter().partition(|run| run.kind == RunKind::Note);
    texts.extend(main.into_iter().chain(notes).map(|run| (Spot::Body, run)));
    // Events stand below the text: who is named in full there goes by the family name here.
    texts.sort_by_key(|(spot, _)| matches!(spot, Spot::Event(_)));
    let mut reading = rules::Reading::new(lexicon, linking, text, &texts);
    reading.read();
    let mut found = reading.finish();
    for mention in found.mentions.iter_mut().filter(|mention| mention.spot == Spot::Body) {
        mention.in_file = in_file(&prose, &mention.prepared);
    }
    for doubt in found.doubts.iter_mut().filter(|doubt| doubt.spot == Spot::Body) {
        doubt.in_file = in_file(&prose, &doubt.in_file);
    }
    found
}

fn in_file(prose: &markdown::Prose, range: &Range<u32>) -> Range<u32> {
    let file = prose.in_file(range.start as usize..range.end as usize);
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    number(file.start)..number(file.end)
}

/// Names by what they fold to, for `nolink`.
fn folded(names: &[String]) -> BTreeSet<String> {
    names.iter().map(|name| fold(name)).collect()
}
