//! What the names of an article mean, and which of them become links.
//!
//! In the order of reading: first every name is looked at with the words beside it (a name within a longer name means
//! nothing here), then what the article says beyond doubt decides the names that could be several things, and last the
//! links are dealt out.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::base::text::fold;
use crate::config::linking::{LinkWhere, Linking};
use crate::content::beginnings::Beginnings;
use crate::content::gazetteer::Hit;
use crate::content::markdown::{Run, RunKind};
use crate::site::mentions::sentences::{context, sentence, starts_sentence};
use crate::site::mentions::words::{
    BEFORE_LANGUAGES, COMPANY_HEADS, FAMILY_NAMES_TOO, FUNCTION_WORDS, HARMLESS, INSTITUTIONS, OF_HEADS, PREPOSITIONS,
    SOCIETIES, TITLES, is_in,
};
use crate::site::mentions::{
    By, Class, Context, Doubt, Found, Ground, Lexicon, Link, Meant, Mention, Owner, SITE, Spot, Text, Why,
};

/// Names of countries and their people that mean something else so often that the article has to decide.
const NEED_GROUNDS: [&str; 5] = ["georgia", "georgian", "georgians", "jersey", "saint martin"];

/// What speaks for the country where one of [`NEED_GROUNDS`] stands, by its code: countries and words that are seldom
/// named in one article with what else has the name.
const GROUNDS: [(&str, &[&str], &[&str]); 3] = [
    ("GE", &["AM", "AZ"], &["Abkhazia", "Batumi", "Caucasus", "Kutaisi", "Saakashvili", "South Ossetia"]),
    ("JE", &["GG", "IM"], &["Channel Islands", "Crown Dependenc", "Helier"]),
    ("MF", &["SX", "GP", "MQ", "AI"], &["Antilles", "Caribbean", "Leeward", "Marigot"]),
];

/// A name, what it may mean, and what has been found out of it.
struct Candidate<'g> {
    /// Index of the text it stands in.
    text: usize,
    range: Range<usize>,
    /// What it may mean and by which sort of name; none when the words beside it say that it means nothing.
    claims: Vec<(Owner, By)>,
    hit: Hit<'g>,
    part_of_name: bool,
    decided: Option<(Owner, By, Ground)>,
    why: Option<Why>,
}

/// The reading of one article.
pub struct Reading<'a> {
    lexicon: &'a Lexicon,
    linking: &'a Linking,
    article: &'a Text<'a>,
    texts: &'a [(Spot, Run)],
    candidates: Vec<Candidate<'a>>,
    beginnings: Beginnings,
}

impl<'a> Reading<'a> {
    /// Begins to read an article.
    pub fn new(lexicon: &'a Lexicon, linking: &'a Linking, article: &'a Text<'a>, texts: &'a [(Spot, Run)]) -> Self {
        let length = texts.iter().map(|(_, run)| run.text.len()).sum();
        Self { lexicon, linking, article, texts, candidates: Vec::new(), beginnings: Beginnings::of_length(length) }
    }

    /// Finds the names and decides what they mean.
    pub fn read(&mut self) {
        for (index, (_, run)) in self.texts.iter().enumerate() {
            self.look(index, run);
        }
        self.decide_plain();
        self.decide_family_names();
        self.decide_the_rest();
    }

    /// Finds the names of one text and holds the words beside them against them.
    fn look(&mut self, index: usize, run: &'a Run) {
        let text = run.text.as_str();
        let hits = self.lexicon.gazetteer.find_noting(text, self.article.lang, &mut self.beginnings);
        if hits.is_empty() {
            return;
        }
        let headline = run.kind == RunKind::Heading || self.texts[index].0 == Spot::Title || is_headline(text);
        let starts: Vec<usize> = hits.iter().map(|hit| hit.range.start).collect();
        let ends: Vec<usize> = hits.iter().map(|hit| hit.range.end).collect();
        for hit in hits {
            let all: Vec<(Owner, By)> = hit.names.iter().map(|name| (name.owner, By::of(name.sort))).collect();
            let blocked_by_site = all.contains(&(SITE, By::Blocker));
            let blocked = all.iter().any(|(_, by)| *by == By::Blocker);
            // A phrase that the site itself has something for is that thing.
            let own = |(owner, by): &(Owner, By)| *by != By::Blocker && self.class(*owner) != Class::Country;
            if blocked_by_site || blocked && !all.iter().any(own) {
                continue;
            }
            let beside = Beside { text, range: hit.range.clone(), starts: &starts, ends: &ends, headline };
            let mut claims: Vec<(Owner, By)> = Vec::new();
            let mut part_of_name = false;
            for (owner, by) in all {
                if by == By::Blocker || by == By::Demonym && !self.linking.demonyms {
                    continue;
                }
                if beside.is_part_of_name(self.class(owner), by, self.info(owner).family_first) {
                    part_of_name = true;
                } else if !claims.iter().any(|(other, _)| *other == owner) {
                    claims.push((owner, by));
                }
            }
            if claims.is_empty() && !part_of_name {
                continue;
            }
            self.candidates.push(Candidate {
                text: index,
                range: hit.range.clone(),
                claims,
                hit,
                part_of_name,
                decided: None,
                why: None,
            });
        }
    }

    fn info(&self, owner: Owner) -> &'a super::OwnerInfo {
        &self.lexicon.owners[owner as usize]
    }

    fn class(&self, owner: Owner) -> Class {
        self.lexicon.owners.get(owner as usize).map_or(Class::Other, |info| info.class)
    }

    fn text_of(&self, candidate: &Candidate) -> &'a str {
        &self.texts[candidate.text].1.text[candidate.range.clone()]
    }

    fn declared(&self, owner: Owner) -> bool {
        self.article.declared.contains(&owner) || self.article.by_hand.contains(&owner)
    }

    /// Decides the names that only one thing has and that seldom mean anything else.
    fn decide_plain(&mut self) {
        let taken = self.taken();
        for index in 0..self.candidates.len() {
            let candidate = &self.candidates[index];
            let full = |by: By| matches!(by, By::Name | By::Alias | By::Native | By::Demonym);
            let claims: Vec<(Owner, By)> = candidate.claims.iter().copied().filter(|(_, by)| full(*by)).collect();
            let [(owner, by)] = claims.as_slice() else { continue };
            let (owner, by) = (*owner, *by);
            // A family name that is the name of something else, too, waits for what is said of the person.
            let rivals = candidate.claims.iter().any(|(other, by)| *other != owner && *by == By::FamilyName);
            let unsure =
                self.class(owner) == Class::Country && self.needs_grounds(&fold(self.text_of(candidate)), &taken);
            if unsure && !self.article.declared.contains(&owner) || rivals {
                continue;
            }
            let ground = if unsure { Ground::FrontMatter } else { Ground::Only };
            self.candidates[index].decided = Some((owner, by, ground));
        }
    }

    /// Names that stand in longer names somewhere in this article: `Michael Jordan`.
    fn taken(&self) -> BTreeSet<String> {
        let parts = self.candidates.iter().filter(|candidate| candidate.part_of_name && candidate.claims.is_empty());
        parts.map(|candidate| fold(self.text_of(candidate))).collect()
    }

    /// Whether a name of a country means something else so often that the article has to decide.
    fn needs_grounds(&self, name: &str, taken: &BTreeSet<String>) -> bool {
        if NEED_GROUNDS.contains(&name) {
            return true;
        }
        is_in(FAMILY_NAMES_TOO, name) && taken.contains(name)
    }

    /// Decides family names: of the declared, and of those whose full name stands before.
    fn decide_family_names(&mut self) {
        let mut seen: BTreeSet<Owner> = BTreeSet::new();
        // The person of each family name that was named last in the same paragraph.
        for index in 0..self.candidates.len() {
            if let Some((owner, by, _)) = self.candidates[index].decided {
                if self.class(owner) == Class::Person && by != By::FamilyName {
                    seen.insert(owner);
                }
                continue;
            }
            let candidate = &self.candidates[index];
            let holders: Vec<Owner> =
                candidate.claims.iter().filter(|(_, by)| *by == By::FamilyName).map(|(owner, _)| *owner).collect();
            if holders.is_empty() {
                continue;
            }
            let active: Vec<Owner> =
                holders.iter().copied().filter(|owner| seen.contains(owner) || self.declared(*owner)).collect();
            let others = candidate.claims.iter().any(|(_, by)| *by != By::FamilyName);
            let decided = match active.as_slice() {
                [] => None,
                [one] if !others => {
                    let ground = if seen.contains(one) { Ground::FullName } else { Ground::FrontMatter };
                    Some((*one, ground))
                }
                [_] => None,
                several => self
                    .by_role(candidate, several)
                    .map(|owner| (owner, Ground::Role))
                    .or_else(|| self.named_here(index, several).map(|owner| (owner, Ground::Nearby))),
            };
            let candidate = &mut self.candidates[index];
            match decided {
                Some((owner, ground)) => candidate.decided = Some((owner, By::FamilyName, ground)),
                None if !others => {
                    candidate.why = Some(if active.len() > 1 { Why::Shared } else { Why::Surname });
                    if active.len() > 1 {
                        candidate.claims.retain(|(owner, _)| active.contains(owner));
                    }
                }
                // The person is not spoken of: the name is what else has it.
                None if active.is_empty() => candidate.claims.retain(|(_, by)| *by != By::FamilyName),
                None => {}
            }
        }
    }

    /// The only one of several people who holds the post that stands in front of the name, on the article's day.
    fn by_role(&self, candidate: &Candidate, people: &[Owner]) -> Option<Owner> {
        let before = self.texts[candidate.text].1.text[..candidate.range.start].trim_end().to_lowercase();
        let day = self.article.day?;
        let holds = |owner: &&Owner| {
            self.info(**owner).roles.iter().any(|(title, start, end)| {
                let held = start.is_none_or(|start| start <= day) && end.is_none_or(|end| end >= day);
                held && before.ends_with(title.as_str())
                    && !before[..before.len() - title.len()].ends_with(char::is_alphanumeric)
            })
        };
        match people.iter().filter(holds).collect::<Vec<_>>().as_slice() {
            [one] => Some(**one),
            _ => None,
        }
    }

    /// The only one of several people whose full name stands before in the same paragraph.
    fn named_here(&self, index: usize, people: &[Owner]) -> Option<Owner> {
        let text = self.candidates[index].text;
        let before = self.candidates[..index].iter().rev().take_while(|candidate| candidate.text == text);
        let named: BTreeSet<Owner> = before
            .filter_map(|candidate| candidate.decided)
            .filter(|(owner, by, _)| *by != By::FamilyName && people.contains(owner))
            .map(|(owner, ..)| owner)
            .collect();
        match named.len() {
            1 => named.first().copied(),
            _ => None,
        }
    }

    /// Decides what several things claim, and what often means something that the site does not know.
    fn decide_the_rest(&mut self) {
        let mut sure = self.sure();
        sure.extend(self.by_neighbours(&sure));
        let taken = self.taken();
        for index in 0..self.candidates.len() {
            let candidate = &self.candidates[index];
            if candidate.decided.is_some() || candidate.why.is_some() {
                continue;
            }
            let serious: Vec<(Owner, By)> = candidate
                .claims
                .iter()
                .copied()
                .filter(|(_, by)| match by {
                    By::Metonym => false,
                    By::Capital => self.linking.capitals,
                    _ => true,
                })
                .collect();
            let (decided, why) = match serious.as_slice() {
                [] if candidate.claims.iter().any(|(_, by)| *by == By::Metonym) => (None, Some(Why::Metonym)),
                [] if candidate.claims.is_empty() => (None, Some(Why::PartOfName)),
                [] => (None, None),
                [(owner, by)] => {
                    let unsure = self.class(*owner) == Class::Country
                        && self.needs_grounds(&fold(self.text_of(candidate)), &taken);
                    if !unsure {
                        (Some((*owner, *by, Ground::Only)), None)
                    } else if sure.contains(owner) || self.is_listed(index) {
                        (Some((*owner, *by, Ground::Nearby)), None)
                    } else {
                        (None, Some(Why::Unsure))
                    }
                }
                several => {
                    let only = |pick: &dyn Fn(Owner) -> bool| {
                        let picked: Vec<&(Owner, By)> = several.iter().filter(|(owner, _)| pick(*owner)).collect();
                        match picked.as_slice() {
                            [(owner, by)] => Some((*owner, *by)),
                            _ => None,
                        }
                    };
                    let people: Vec<Owner> = several.iter().map(|(owner, _)| *owner).collect();
                    let found = only(&|owner| self.declared(owner))
                        .map(|(owner, by)| (owner, by, Ground::FrontMatter))
                        .or_else(|| {
                            let role = self.by_role(candidate, &people)?;
                            only(&|owner| owner == role).map(|(owner, by)| (owner, by, Ground::Role))
                        })
                        .or_else(|| {
                            only(&|owner| sure.contains(&owner)).map(|(owner, by)| (owner, by, Ground::Nearby))
                        });
                    (found, if found.is_none() { Some(Why::Shared) } else { None })
                }
            };
            self.candidates[index].decided = decided;
            self.candidates[index].why = why;
        }
    }

    /// What the article speaks of beyond doubt: declared, named by a name that nothing else has, by its capital, or
    /// through a person who belongs to it.
    fn sure(&self) -> BTreeSet<Owner> {
        let mut sure: BTreeSet<Owner> = self.article.declared.union(&self.article.by_hand).copied().collect();
        for candidate in &self.candidates {
            if let Some((owner, ..)) = candidate.decided {
                sure.insert(owner);
                if self.class(owner) == Class::Person {
                    sure.extend(self.info(owner).countries.iter().filter_map(|country| self.lexicon.owner_of(country)));
                }
            }
            if let [(owner, By::Capital | By::Metonym)] = candidate.claims.as_slice() {
                sure.insert(*owner);
            }
        }
        sure
    }

    /// Countries of doubtful names that the company they keep tells of.
    fn by_neighbours(&self, sure: &BTreeSet<Owner>) -> Vec<Owner> {
        let owner = |code: &str| self.lexicon.by_country.get(code).copied();
        let named = |word: &&str| self.texts.iter().any(|(_, run)| run.text.contains(*word));
        GROUNDS
            .iter()
            .filter_map(|(code, near, words)| {
                let owner_of_name = owner(code)?;
                let is_asked = self.candidates.iter().any(|candidate| {
                    candidate.decided.is_none() && candidate.claims.iter().any(|(one, _)| *one == owner_of_name)
                });
                let tells = || near.iter().filter_map(|code| owner(code)).any(|one| sure.contains(&one));
                (is_asked && (tells() || words.iter().any(named))).then_some(owner_of_name)
            })
            .collect()
    }

    /// Whether a name stands in a list with a country that is beyond doubt: `Armenia, Georgia and Azerbaijan`.
    fn is_listed(&self, index: usize) -> bool {
        let candidate = &self.candidates[index];
        let text = self.texts[candidate.text].1.text.as_str();
        let is_country = |other: &Candidate| {
            other.text == candidate.text
                && other.decided.is_some_and(|(owner, by, _)| self.class(owner) == Class::Country && by != By::Demonym)
        };
        let joins = |between: &str| {
            matches!(between.trim(), "," | "and" | ", and" | "or" | ", or" | "–" | "-" | "—" | "/" | "with" | "&")
        };
        let before = index
            .checked_sub(1)
            .map(|before| &self.candidates[before])
            .is_some_and(|other| is_country(other) && joins(&text[other.range.end..candidate.range.start]));
        let after = self
            .candidates
            .get(index + 1)
            .is_some_and(|other| is_country(other) && joins(&text[candidate.range.end..other.range.start]));
        before || after
    }

    /// Deals out the links.
    pub fn finish(mut self) -> Found<Owner> {
        let nolink = super::folded(self.article.nolink);
        let most = (self.article.words * self.linking.per_hundred_words / 100).max(FEWEST_LINKS);
        let mut linked: BTreeSet<(Owner, usize)> = BTreeSet::new();
        let mut links = 0;
        let mut found = Found::default();
        let mut contexts: BTreeMap<Owner, (bool, Context)> = BTreeMap::new();
        for candidate in &self.candidates {
            let (spot, run) = &self.texts[candidate.text];
            let Some(origin) = run.origin(candidate.range.clone()) else { continue };
            let prepared = number(origin.prepared.start)..number(origin.prepared.end);
            let written = &run.text[candidate.range.clone()];
            let unlinked = candidate.decided.is_some_and(|(owner, ..)| self.is_unlinked(&nolink, owner, written));
            let Some((owner, by, ground)) = candidate.decided.filter(|_| !unlinked) else {
                if let Some(why) = candidate.why.or(unlinked.then_some(Why::NoLink)) {
                    let mut owners: Vec<Owner> = candidate.claims.iter().map(|(owner, _)| *owner).collect();
                    if owners.is_empty() {
                        owners.extend(candidate.hit.names.iter().map(|name| name.owner).filter(|one| *one != SITE));
                    }
                    let mut candidates: Vec<Meant> =
                        owners.into_iter().map(|owner| self.info(owner).meant.clone()).collect();
                    candidates.sort();
                    candidates.dedup();
                    found.doubts.push(Doubt {
                        text: written.to_string(),
                        spot: *spot,
                        in_file: prepared,
                        candidates,
                        why,
                    });
                }
                continue;
            };
            let section = match self.linking.links {
                LinkWhere::Section => run.section,
                _ => 0,
            };
            let is_heading = run.kind == RunKind::Heading;
            let link = if self.linking.links == LinkWhere::Off {
                Link::Off
            } else if self.article.subject == Some(owner) {
                Link::Subject
            } else if !spot.takes_links() {
                Link::Place
            } else if origin.in_link {
                Link::InLink
            } else if self.article.by_hand.contains(&owner) {
                Link::ByHand
            } else if is_heading && !self.linking.headings {
                Link::Heading
            } else if self.linking.links != LinkWhere::All && linked.contains(&(owner, section)) {
                Link::Earlier
            } else if !origin.linkable {
                Link::Markup
            } else if links >= most {
                Link::Enough
            } else {
                linked.insert((owner, section));
                links += 1;
                Link::Yes
            };
            let in_text = *spot == Spot::Body && !is_heading;
            match contexts.get(&owner) {
                Some((best, _)) if *best || !in_text => {}
                _ if *spot != Spot::Title => {
                    contexts.insert(owner, (in_text, context(&run.text, std::slice::from_ref(&candidate.range))));
                }
                _ => {}
            }
            found.mentions.push(Mention {
                entity: owner,
                spot: *spot,
                in_file: prepared.clone(),
                prepared,
                section: u16::try_from(run.section).unwrap_or(u16::MAX),
                by,
                ground,
                link,
            });
        }
        found.contexts = contexts.into_iter().map(|(owner, (_, context))| (owner, context)).collect();
        found.together = self.together(&found);
        found.beginnings = std::mem::take(&mut self.beginnings);
        found
    }

    /// For pairs of what the article is about the first sentence of the text that names both.
    fn together(&self, found: &Found<Owner>) -> Vec<([Owner; 2], Context)> {
        let is_paired = |owner: &Owner| self.lexicon.paired.contains(&self.info(*owner).meant.kind);
        let key = found.mentions.iter().filter(|mention| mention.spot.is_key()).map(|mention| mention.entity);
        let declared = self.article.declared.iter().copied();
        let is_named = |owner: &Owner| found.contexts.iter().any(|(named, _)| named == owner);
        let about: BTreeSet<Owner> = declared.chain(key).filter(is_paired).filter(is_named).collect();
        if about.len() < 2 {
            return Vec::new();
        }
        let mut pairs: BTreeMap<[Owner; 2], Context> = BTreeMap::new();
        let mut at: Option<(usize, Range<usize>)> = None;
        let mut here: Vec<(Owner, Range<usize>)> = Vec::new();
        let in_text = |candidate: &&Candidate| {
            let (spot, run) = &self.texts[candidate.text];
            *spot == Spot::Body && run.kind != RunKind::Heading
        };
        for candidate in self.candidates.iter().filter(in_text) {
            let Some((owner, ..)) = candidate.decided.filter(|(owner, ..)| about.contains(owner)) else { continue };
            let text = &self.texts[candidate.text].1.text;
            let same = at
                .as_ref()
                .is_some_and(|(run, sentence)| *run == candidate.text && sentence.end >= candidate.range.end);
            if !same {
                at = Some((candidate.text, sentence(text, &candidate.range)));
                here.clear();
            }
            for (other, range) in here.iter().filter(|(other, _)| *other != owner) {
                pairs
                    .entry([owner.min(*other), owner.max(*other)])
                    .or_insert_with(|| context(text, &[range.clone(), candidate.range.clone()]));
            }
            here.push((owner, candidate.range.clone()));
        }
        pairs.into_iter().collect()
    }

    /// Whether `nolink` gives the name as it is written here, or any of the names of what is meant.
    fn is_unlinked(&self, nolink: &BTreeSet<String>, owner: Owner, written: &str) -> bool {
        !nolink.is_empty()
            && (nolink.contains(&fold(written)) || self.info(owner).folded.iter().any(|name| nolink.contains(name)))
    }
}

/// Words of a name behind a demonym that are looked at.
const LONGEST_NAME: usize = 6;

/// A short text may have as many links as this.
const FEWEST_LINKS: usize = 12;

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Whether a text has most of its words in capitals or with capitals, as titles have.
fn is_headline(text: &str) -> bool {
    // No more words than this: a paragraph has soon too many in small letters, and need not be read to its end.
    let most = 1 + text.bytes().filter(|byte| *byte <= b' ' || !byte.is_ascii()).count();
    let (mut large, mut words) = (0, 0);
    for word in text.split_whitespace() {
        let Some(first) = word.chars().find(|c| c.is_alphanumeric()) else { continue };
        if !first.is_alphabetic() || is_in(FUNCTION_WORDS, word) {
            continue;
        }
        words += 1;
        large += usize::from(first.is_uppercase());
        if (words - large) * 10 > most {
            return false;
        }
    }
    words >= 3 && large * 10 >= words * 9
}

/// A name and the words beside it.
struct Beside<'t> {
    text: &'t str,
    range: Range<usize>,
    /// Where names begin and end in this text, in order.
    starts: &'t [usize],
    ends: &'t [usize],
    /// Whether capitals tell nothing here.
    headline: bool,
}

impl Beside<'_> {
    /// Whether the name is part of a longer name that the site does not know.
    fn is_part_of_name(&self, class: Class, by: By, family_first: bool) -> bool {
        if matches!(by, By::Capital | By::Metonym) || class == Class::Topic {
            return false;
        }
        let after = self.after();
        let before = self.before();
        let institution = after.is_some_and(|word| is_capital(word) && is_in(INSTITUTIONS, word));
        if institution && !(self.headline && by == By::Demonym) {
            return true;
        }
        // `U.S.` and `UK` stand in front of things as demonyms do.
        let like_demonym = class == Class::Country
            && (by == By::Demonym || by == By::Alias && self.name().chars().all(|c| c.is_uppercase() || c == '.'));
        if like_demonym && !self.headline && self.capitals_after().any(|word| is_in(SOCIETIES, word)) {
            return true;
        }
        if by == By::Demonym && self.is_language() {
            return true;
        }
        if by != By::FamilyName && class != Class::Person && self.head_of().is_some_and(|head| is_in(OF_HEADS, head)) {
            return true;
        }
        if self.headline {
            return false;
        }
        let family_name_too = class == Class::Country && is_in(FAMILY_NAMES_TOO, self.name());
        if family_name_too {
            let given = before.is_some_and(|(word, first)| self.is_name_word(word, first) && !is_adjective(word));
            if given {
                return true;
            }
        }
        match (class, by) {
            _ if like_demonym => false,
            (_, By::Demonym) => false,
            (_, By::FamilyName) => {
                // `Brigitte Macron` is somebody else, as is `Kim Jong Nam`.
                before.is_some_and(|(word, first)| self.is_name_word(word, first))
                    || family_first && after.is_some_and(|word| is_capital(word) && !is_known_beside(word))
            }
            // A full name is seldom part of another one but for that of a junior or a second family name.
            (Class::Person, _) => false,
            _ => {
                // `the president of Ukraine Petro Poroshenko`: the place ends where somebody’s name begins.
                let placed = class == Class::Country
                    && !family_name_too
                    && before.is_some_and(|(word, _)| is_in(PREPOSITIONS, word) && !is_capital(word))
                    && !self.capitals_after().any(|word| is_in(INSTITUTIONS, word) || is_in(SOCIETIES, word))
                    && self.capitals_after().count() > 1;
                let after = !placed
                    && after.is_some_and(|word| {
                        is_capital(word)
                            && !is_known_beside(word)
                            && self.starts.binary_search(&self.offset(word)).is_err()
                    });
                let before = before.is_some_and(|(word, first)| {
                    if first { is_in(COMPANY_HEADS, word) && is_capital(word) } else { self.is_name_word(word, first) }
                });
                after || before
            }
        }
    }

    /// The name itself.
    fn name(&self) -> &str {
        &self.text[self.range.clone()]
    }

    /// The capitalised words behind the name, up to the first other word; small words within names (`of`, `for`, `and`)
    /// do not end them.
    fn capitals_after(&self) -> impl Iterator<Item = &str> {
        let rest = &self.text[self.range.end..];
        let end = rest.find(|c: char| !is_word(c) && c != ' ').unwrap_or(rest.len());
        let words = rest[..end].split(' ').filter(|word| !word.is_empty());
        words
            .take_while(|word| is_capital(word) || matches!(*word, "of" | "for" | "and" | "the" | "de"))
            .filter(|word| is_capital(word))
            .take(LONGEST_NAME)
    }

    /// Whether a demonym is the name of a language here: `he spoke in Spanish`, `translated from Russian`.
    fn is_language(&self) -> bool {
        let before = self.before().is_some_and(|(word, _)| is_in(BEFORE_LANGUAGES, word));
        let rest = &self.text[self.range.end..];
        before
            && match rest.strip_prefix(' ').and_then(word_at) {
                Some(next) => is_in(FUNCTION_WORDS, next),
                None => !rest.starts_with(['-', '–', '’', '\'']),
            }
    }

    /// Whether a word in front of a name is part of it: a capital that no sentence begins, no title, no other name.
    fn is_name_word(&self, word: &str, begins: bool) -> bool {
        let end = self.offset(word) + word.len();
        // `China’s Huawei`: what belongs to something is no part of its name.
        let owns = word.strip_suffix(['s', 'S']).is_some_and(|rest| rest.ends_with(crate::base::text::is_apostrophe))
            || word.ends_with(crate::base::text::is_apostrophe);
        if !is_capital(word) || owns || is_in(TITLES, word) || is_in(FUNCTION_WORDS, word) || is_in(HARMLESS, word) {
            return false;
        }
        // `Neighbouring`, `Accused`, `Reportedly`.
        let lower = word.to_lowercase();
        if begins && ["ing", "ed", "ly", "ous", "less"].iter().any(|ending| lower.ends_with(ending)) {
            return false;
        }
        self.ends.binary_search(&end).is_err()
    }

    /// The word right behind the name.
    fn after(&self) -> Option<&str> {
        let rest = self.text[self.range.end..].strip_prefix(' ')?;
        word_at(rest)
    }

    /// The word right in front of the name, and whether a sentence begins with it.
    fn before(&self) -> Option<(&str, bool)> {
        let rest = self.text[..self.range.start].strip_suffix([' ', '\u{00A0}'])?;
        let start =
            rest.rfind(|c: char| !is_word(c)).map_or(0, |at| at + rest[at..].chars().next().map_or(1, char::len_utf8));
        let word = &rest[start..];
        (!word.is_empty()).then(|| (word, starts_sentence(self.text, start)))
    }

    /// `Bank` in `Bank of China`, `Bank of the Philippines`.
    fn head_of(&self) -> Option<&str> {
        let rest = self.text[..self.range.start].trim_end();
        let rest = rest.strip_suffix(" the").unwrap_or(rest);
        let rest = rest.strip_suffix(" of").or_else(|| rest.strip_suffix(" for"))?;
        let word = rest.rsplit(|c: char| !is_word(c)).next()?;
        is_capital(word).then_some(word)
    }

    fn offset(&self, word: &str) -> usize {
        word.as_ptr() as usize - self.text.as_ptr() as usize
    }
}

fn word_at(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !is_word(c)).unwrap_or(text.len());
    let word = text[..end].trim_end_matches(['-', '–']);
    (!word.is_empty()).then_some(word)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || crate::base::text::is_apostrophe(c)
}

fn is_capital(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

/// Whether a word has the ending of those that tell of what people a thing is, or of which faith: `Kurdish German`.
fn is_adjective(word: &str) -> bool {
    ["ish", "ese", "ian", "ic", "an", "al"].iter().any(|ending| word.to_lowercase().ends_with(ending))
}

/// Capitalised words beside a name that leave it what it is.
fn is_known_beside(word: &str) -> bool {
    is_in(TITLES, word) || is_in(HARMLESS, word) || is_in(FUNCTION_WORDS, word)
}
