//! What pages say besides their texts, in the languages that a site has words in.
//!
//! Words are messages in Fluent files: `languages/uk.ftl` of a site or of a theme. Of one message the first of site,
//! theme, parent and built-in theme is taken that has it; a message that a language lacks is said in English. A page is
//! worded in its own language, else in the nearest that there are words in (`pt` for `pt-BR`), else in English.
//!
//! To say a message without variables is to look it up ([`Language::text`]): all that can be found out beforehand is.
//! Knows nothing of pages, and not where files were read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use fluent_syntax::ast::{Entry, Pattern, Resource};
use fluent_syntax::parser::parse;
use icu_locale_core::LanguageIdentifier;
use serde_json::Value;

use crate::base::dates::PartialDate;
use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::hash::{Digest, Digester};
use crate::base::paths::SourcePath;
use crate::base::suggest::did_you_mean;
use crate::words::calendar::{Calendar, Length};
use crate::words::message::{Arg, Lacks, Message, Scope, Wrong};
use crate::words::rules::{Category, Rules};

pub mod calendar;
pub mod message;
pub mod rules;
pub mod tags;

/// What the names of messages for scripts begin with.
const SCRIPT: &str = "script-";

/// The language that has all words.
pub const ENGLISH: &str = "en";

/// The files of the built-in theme.
const BUILT_IN: [(&str, &str); 5] = [
    ("ar", include_str!("../../themes/default/languages/ar.ftl")),
    ("en", include_str!("../../themes/default/languages/en.ftl")),
    ("fr", include_str!("../../themes/default/languages/fr.ftl")),
    ("uk", include_str!("../../themes/default/languages/uk.ftl")),
    ("zh", include_str!("../../themes/default/languages/zh.ftl")),
];

/// A Fluent file.
#[derive(Clone, Debug)]
pub struct WordFile {
    /// The language that its name says: `uk` of `languages/uk.ftl`.
    pub tag: String,
    /// Where it lies.
    pub path: SourcePath,
    /// Its text.
    pub text: Arc<str>,
}

/// The words of a site.
#[derive(Debug)]
pub struct Words {
    languages: BTreeMap<String, Arc<Language>>,
    english: Arc<Language>,
    /// What the scripts of the built-in theme say when they are told nothing.
    scripts: BTreeMap<String, Value>,
    digest: Digest,
}

impl Default for Words {
    fn default() -> Self {
        Self::read(&[]).0
    }
}

/// What is said in one language.
#[derive(Debug)]
pub struct Language {
    tag: String,
    messages: HashMap<Box<str>, Said>,
    rules: Arc<Rules>,
    calendar: Calendar,
    /// Messages that are said in English for want of others.
    missing: Vec<String>,
    /// The file of the language that is asked first.
    file: Option<SourcePath>,
}

/// A message, with the rules of the language that it is really in.
#[derive(Clone, Debug)]
struct Said {
    message: Arc<Message>,
    rules: Arc<Rules>,
}

/// Why something cannot be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsaid {
    /// There is no such message; the name of one that is near.
    Unknown(Option<String>),
    /// It needs this variable.
    Lacks(String),
}

impl Words {
    /// Reads Fluent files; of one language, the first that has a message is heard. Those that cannot be read become
    /// diagnostics.
    pub fn read(files: &[WordFile]) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut by_tag: BTreeMap<String, Vec<Read>> = BTreeMap::new();
        let mut digester = Digester::default();
        for file in files {
            digester.take(&(&file.tag, &file.path, &*file.text));
            match LanguageIdentifier::try_from_str(&file.tag) {
                Ok(tag) => by_tag.entry(tag.to_string()).or_default().push(Read::of(file, &mut diagnostics)),
                Err(_) => diagnostics.push(
                    Diagnostic::error("words", format!("`{}` is not a language tag", file.tag))
                        .at(Place::file(&file.path))
                        .help("name the file after a BCP 47 tag: `uk.ftl`, `pt-BR.ftl`"),
                ),
            }
        }
        let english = Tongue::of(ENGLISH, by_tag.get(ENGLISH).map(Vec::as_slice), None, &mut diagnostics);
        let mut tongues: BTreeMap<&str, Tongue> = BTreeMap::new();
        for (tag, read) in by_tag.iter().filter(|(tag, _)| *tag != ENGLISH) {
            tongues.insert(tag, Tongue::of(tag, Some(read), Some(&english), &mut diagnostics));
        }
        let language = |tag: &str, tongue: &Tongue| {
            let mut messages = tongue.messages.clone();
            for broader in broader(tag).filter_map(|tag| tongues.get(tag)) {
                for (key, said) in &broader.messages {
                    messages.entry(key.clone()).or_insert_with(|| said.clone());
                }
            }
            let mut missing = Vec::new();
            for (key, said) in &english.messages {
                messages.entry(key.clone()).or_insert_with(|| {
                    missing.push(key.to_string());
                    said.clone()
                });
            }
            missing.sort_unstable();
            let file = tongue.file.clone();
            let calendar = Calendar::of(tag);
            Language { tag: tag.to_string(), messages, rules: tongue.rules.clone(), calendar, missing, file }
        };
        let of_english = Arc::new(language(ENGLISH, &english));
        let mut languages: BTreeMap<String, Arc<Language>> =
            tongues.iter().map(|(tag, tongue)| ((*tag).to_string(), Arc::new(language(tag, tongue)))).collect();
        languages.insert(ENGLISH.to_string(), of_english.clone());
        // They come with the last file of English, which is the built-in theme's.
        let last = by_tag.get(ENGLISH).and_then(|files| files.last());
        let last = last.map(|read| Tongue::of(ENGLISH, Some(std::slice::from_ref(read)), None, &mut Vec::new()));
        let scripts = last.map(|last| language(ENGLISH, &last).for_scripts()).unwrap_or_default();
        (Self { languages, english: of_english, scripts, digest: digester.digest() }, diagnostics)
    }

    /// The words of the built-in theme, for whoever has no site.
    pub fn built_in() -> Self {
        let file = |(tag, text): &(&str, &'static str)| WordFile {
            tag: (*tag).to_string(),
            path: SourcePath::new(&format!("themes/default/languages/{tag}.ftl")),
            text: (*text).into(),
        };
        Self::read(&BUILT_IN.iter().map(file).collect::<Vec<_>>()).0
    }

    /// The language in which pages in `tag` are worded: the nearest that there are words in, else English.
    pub fn of(&self, tag: &str) -> &Arc<Language> {
        let nearest = std::iter::once(tag).chain(broader(tag)).find_map(|tag| self.languages.get(tag));
        nearest.unwrap_or(&self.english)
    }

    /// All languages that there are words in.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Language>> {
        self.languages.values()
    }

    /// Stands for all words.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What each script is to say in a language, as JSON; scripts that say it anyhow are left out.
    pub fn of_scripts(&self, language: &Language) -> BTreeMap<String, String> {
        let mut scripts: BTreeMap<String, serde_json::Map<String, Value>> = BTreeMap::new();
        for (key, said) in language.for_scripts() {
            let Some((script, name)) = key.strip_prefix(SCRIPT).and_then(|rest| rest.split_once('-')) else { continue };
            if self.scripts.get(&key) != Some(&said) {
                scripts.entry(script.to_string()).or_default().insert(name.to_string(), said);
            }
        }
        scripts.into_iter().map(|(script, words)| (script, Value::Object(words).to_string())).collect()
    }

    /// Tells of the languages among `used` that have no words, or not all: each once.
    pub fn missing<'a>(&self, used: impl IntoIterator<Item = &'a str>) -> Vec<Diagnostic> {
        let used: BTreeSet<&str> = used.into_iter().collect();
        let mut told: BTreeSet<&str> = BTreeSet::new();
        let mut diagnostics = Vec::new();
        for tag in used {
            let language = self.of(tag);
            let is_english = tag.split('-').next() == Some(ENGLISH);
            if language.tag == ENGLISH && !is_english {
                let main = tag.split('-').next().unwrap_or(tag);
                if told.insert(main) {
                    diagnostics.push(
                        Diagnostic::warning(
                            "missing-words",
                            format!("there are no words in `{main}`: pages in this language are worded in English"),
                        )
                        .help(format!(
                            "put them into `languages/{main}.ftl`; the documentation on languages tells which messages there are"
                        ))
                        .help("or write `missing-words: off` under `lints:` in site.yaml"),
                    );
                }
            } else if !language.missing.is_empty() && told.insert(&language.tag) {
                let first: Vec<String> = language.missing.iter().take(3).map(|key| format!("`{key}`")).collect();
                let more = language.missing.len() - first.len();
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let message =
                    format!("`{}` has no words for {}{more}: they are said in English", language.tag, first.join(", "));
                let mut fault = Diagnostic::warning("missing-words", message);
                fault.place = language.file.as_ref().map(Place::file);
                diagnostics.push(
                    fault.help(format!("put them into `languages/{}.ftl` of the site or its theme", language.tag)),
                );
            }
        }
        diagnostics
    }
}

/// The tags of which `tag` is a narrower one: `zh-Hant`, `zh` of `zh-Hant-TW`.
fn broader(tag: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(tag), |tag| tag.rsplit_once('-').map(|(broader, _)| broader)).skip(1)
}

impl Language {
    /// Its tag.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// A message that needs nothing; empty when there is none.
    pub fn text(&self, key: &str) -> &str {
        self.messages.get(key).and_then(|said| said.message.plain()).unwrap_or_default()
    }

    /// A message with what it needs; empty when there is none.
    pub fn say(&self, key: &str, args: &[(&str, Arg)]) -> String {
        self.said(key, false, &|name| args.iter().find(|(known, _)| *known == name).map(|(_, arg)| *arg))
            .unwrap_or_default()
    }

    /// A message with what it needs, as text or as HTML.
    pub fn said<'a>(&self, key: &str, html: bool, args: &dyn Fn(&str) -> Option<Arg<'a>>) -> Result<String, Unsaid> {
        let said = self.messages.get(key).ok_or_else(|| self.unknown(key))?;
        said.message.say(&said.rules, html, args).map_err(|Lacks(name)| Unsaid::Lacks(name))
    }

    /// The messages for scripts, with `{name}` where a variable stands: as a text, or, where there is `$count`, as a text
    /// for every sort of number that the language tells apart.
    pub fn for_scripts(&self) -> BTreeMap<String, Value> {
        let messages = self.messages.iter().filter(|(key, _)| key.starts_with(SCRIPT));
        let said = messages.map(|(key, Said { message, rules })| {
            let names: Vec<(&str, String)> =
                message.variables().into_iter().map(|name| (name, format!("{{{name}}}"))).collect();
            let say = |category: Category| {
                let arg = |name: &str| names.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str());
                let args = |name: &str| arg(name).map(|text| Arg::Any(category, text));
                message.say(rules, false, &args).unwrap_or_default()
            };
            let value = if names.iter().any(|(name, _)| *name == "count") {
                let sorts =
                    rules.categories().into_iter().map(|(category, name)| (name.to_string(), say(category).into()));
                Value::Object(sorts.collect())
            } else {
                say(Category::Other).into()
            };
            (key.to_string(), value)
        });
        said.collect()
    }

    fn unknown(&self, key: &str) -> Unsaid {
        Unsaid::Unknown(did_you_mean(key, self.messages.keys().map(|key| &**key)))
    }

    /// All messages that need nothing.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.messages.iter().filter_map(|(key, said)| Some((&**key, said.message.plain()?)))
    }

    /// All messages, with what each needs.
    pub fn messages(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        self.messages.iter().map(|(key, said)| (&**key, said.message.variables())).collect()
    }

    /// A whole number.
    pub fn number(&self, number: usize) -> String {
        self.rules.number(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// How numbers are written.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// A date with the whole name of its month.
    pub fn date(&self, date: PartialDate) -> String {
        self.calendar.date(date, Length::Long)
    }

    /// A date with a short name of its month.
    pub fn short_date(&self, date: PartialDate) -> String {
        self.calendar.date(date, Length::Short)
    }

    /// The name of a month, 1 to 12.
    pub fn month(&self, month: i8) -> String {
        self.calendar.month(month, Length::Long)
    }

    /// The name of a month, 1 to 12, as short as heads of tables need it.
    pub fn month_heading(&self, month: i8) -> String {
        self.calendar.heading(month)
    }

    /// `A`, `A and B`, `A, B and C`.
    pub fn list(&self, words: &[String]) -> String {
        let Some((last, first)) = words.split_last() else { return String::new() };
        if first.is_empty() {
            return last.clone();
        }
        let first = first.join(self.text("list-comma"));
        self.say("list-and", &[("first", Arg::Text(&first)), ("last", Arg::Text(last))])
    }
}

/// Deepest that braces and brackets may stand in each other.
const DEEPEST: usize = 32;

/// A file as it was read.
struct Read<'f> {
    file: &'f WordFile,
    resource: Resource<&'f str>,
}

impl<'f> Read<'f> {
    fn of(file: &'f WordFile, diagnostics: &mut Vec<Diagnostic>) -> Self {
        if let Some(at) = too_deep(&file.text) {
            diagnostics.push(
                Diagnostic::error("words", format!("braces stand more than {DEEPEST} deep in each other here"))
                    .at(Place::span(&file.path, at..at + 1))
                    .help("close them, or refer to another message"),
            );
            return Self { file, resource: Resource { body: Vec::new() } };
        }
        let (resource, errors) = match parse(&*file.text) {
            Ok(resource) => (resource, Vec::new()),
            Err((resource, errors)) => (resource, errors),
        };
        for error in errors {
            let end = file.text.len();
            let start = file.text.floor_char_boundary(error.pos.start.min(end));
            let stop = file.text[start..].chars().next().map_or(start, |letter| start + letter.len_utf8());
            let message = crate::base::text::one_line(&error.kind.to_string()).replace('"', "`");
            let mut letters = message.chars();
            let message: String = letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
            diagnostics.push(
                Diagnostic::error("words", format!("this message cannot be read: {message}"))
                    .at(Place::span(&file.path, start..stop))
                    .help("write `name = words`, further lines indented, and variables as `{ $name }`"),
            );
        }
        Self { file, resource }
    }

    /// Where a piece of the text stands.
    fn place(&self, piece: &str) -> Option<Place> {
        let (text, piece_at) = (self.file.text.as_ptr().addr(), piece.as_ptr().addr());
        let start = piece_at.checked_sub(text).filter(|start| start + piece.len() <= self.file.text.len())?;
        Some(Place::span(&self.file.path, start..start + piece.len()))
    }
}

/// Where braces and brackets stand too deep in each other: what reads them calls itself.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut is_quoted) = (0_usize, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\n' => is_quoted = false,
            b'"' if depth > 0 => is_quoted = !is_quoted,
            _ if is_quoted => {}
            b'{' => depth += 1,
            b'(' if depth > 0 => depth += 1,
            b'}' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Some(at);
        }
    }
    None
}

/// The messages that the files of one language have.
struct Tongue {
    messages: HashMap<Box<str>, Said>,
    rules: Arc<Rules>,
    file: Option<SourcePath>,
}

/// What messages of one language can refer to.
#[derive(Default)]
struct Patterns<'f> {
    messages: HashMap<String, &'f Pattern<&'f str>>,
    terms: HashMap<&'f str, &'f Pattern<&'f str>>,
}

impl<'f> Scope<'f> for Patterns<'f> {
    fn message(&self, name: &str) -> Option<&'f Pattern<&'f str>> {
        self.messages.get(name).copied()
    }

    fn term(&self, name: &str) -> Option<&'f Pattern<&'f str>> {
        self.terms.get(name).copied()
    }
}

impl Tongue {
    /// Reads the messages of a language; `english` tells what each is given.
    fn of(tag: &str, files: Option<&[Read]>, english: Option<&Tongue>, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let files = files.unwrap_or_default();
        let rules = Arc::new(Rules::of(tag, tags::direction(tag) == "rtl"));
        let mut patterns = Patterns::default();
        // With what stands below it, in case it is not sound.
        let mut wanted: Vec<(String, &str, &Read, &Pattern<&str>)> = Vec::new();
        for read in files {
            let mut own: HashMap<String, &str> = HashMap::new();
            for entry in &read.resource.body {
                let (id, value, attributes, is_term) = match entry {
                    Entry::Message(message) => (message.id.name, message.value.as_ref(), &message.attributes, false),
                    Entry::Term(term) => (term.id.name, Some(&term.value), &term.attributes, true),
                    _ => continue,
                };
                let key = if is_term { format!("-{id}") } else { id.to_string() };
                if let Some(first) = own.insert(key.clone(), id) {
                    let mut fault = Diagnostic::error("words", format!("`{key}` stands twice in this file"));
                    fault.place = read.place(id);
                    let fault = fault.help("take one of the two out");
                    diagnostics.push(match read.place(first) {
                        Some(place) => fault.also(place, "the other one stands here"),
                        None => fault,
                    });
                    continue;
                }
                if is_term {
                    if let Some(value) = value {
                        patterns.terms.entry(id).or_insert(value);
                    }
                    continue;
                }
                let parts = attributes.iter().map(|one| (format!("{id}.{}", one.id.name), one.id.name, &one.value));
                for (key, name, pattern) in value.into_iter().map(|value| (id.to_string(), id, value)).chain(parts) {
                    patterns.messages.entry(key.clone()).or_insert(pattern);
                    wanted.push((key, name, read, pattern));
                }
            }
        }
        let mut messages: HashMap<Box<str>, Said> = HashMap::new();
        // From below, so that what a message replaces tells what it is given.
        for (key, name, read, pattern) in wanted.into_iter().rev() {
            let message = match message::read(pattern, &patterns) {
                Ok(message) => message,
                Err(Wrong { piece, message, help }) => {
                    let mut fault = Diagnostic::error("words", message).help(help);
                    fault.place = files.iter().find_map(|read| read.place(piece)).or_else(|| read.place(name));
                    diagnostics.push(fault);
                    continue;
                }
            };
            let replaced = messages.get(&*key).or_else(|| english.and_then(|english| english.messages.get(&*key)));
            let given: Option<BTreeSet<&str>> = replaced.map(|said| said.message.variables());
            let unknown =
                given.as_ref().and_then(|given| message.variables().into_iter().find(|name| !given.contains(name)));
            if let (Some(unknown), Some(given)) = (unknown, given) {
                let mut fault = Diagnostic::error("words", format!("`{key}` is given no `${unknown}`"));
                fault.place = read.place(name);
                let all: Vec<String> = given.iter().map(|name| format!("`${name}`")).collect();
                let help = if all.is_empty() {
                    "it is given nothing".to_string()
                } else {
                    format!("it is given {}", all.join(", "))
                };
                diagnostics.push(fault.maybe_help(did_you_mean(unknown, given.iter().copied())).help(help));
                continue;
            }
            messages.insert(key.into(), Said { message: Arc::new(message), rules: rules.clone() });
        }
        Self { messages, rules, file: files.first().map(|read| read.file.path.clone()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(tag: &str, folder: &str, text: &str) -> WordFile {
        let path = SourcePath::new(&format!("{folder}languages/{tag}.ftl"));
        WordFile { tag: tag.to_string(), path, text: text.into() }
    }

    fn told(files: &[WordFile]) -> Vec<String> {
        let (_, told) = Words::read(files);
        told.into_iter().map(|one| format!("{:?} {} | {}", one.place, one.message, one.help.join(" | "))).collect()
    }

    #[test]
    fn each_message_falls_back_by_itself() {
        let (words, told) = Words::read(&[
            file("uk", "", "a = сайт\n"),
            file("uk", "themes/x/", "a = тема\nb = тема\n"),
            file("en", "", "c = site\n"),
            file("en", "themes/x/", "a = theme\nb = theme\nc = theme\nd = theme\n"),
            file("pt-BR", "", "a = tema\n"),
        ]);
        assert_eq!(told, []);
        let all = |tag: &str| ["a", "b", "c", "d"].map(|key| words.of(tag).text(key).to_string());
        assert_eq!(all("uk"), ["сайт", "тема", "site", "theme"]);
        assert_eq!(all("uk-UA"), all("uk"));
        assert_eq!(all("pt-BR"), ["tema", "theme", "site", "theme"]);
        assert_eq!(all("pl"), ["theme", "theme", "site", "theme"]);
        assert_eq!(words.of("uk").text("nothing"), "");
        let missing = |used: &[&str]| -> Vec<String> {
            words.missing(used.iter().copied()).into_iter().map(|one| one.message).collect()
        };
        assert_eq!(
            missing(&["en", "en-GB", "pl", "pl-PL", "uk", "uk-UA"]),
            [
                "there are no words in `pl`: pages in this language are worded in English",
                "`uk` has no words for `c`, `d`: they are said in English",
            ]
        );
        assert_eq!(missing(&["en"]), Vec::<String>::new());
    }

    #[test]
    fn numbers_choose_and_references_are_put_in() {
        let english = "briefings = { $count ->\n    [0] none\n    [one] { $count } briefing of { -desk(case: \"of\") }\n   *[other] { NUMBER($count) } briefings\n}\n\
            place = { NUMBER($count, type: \"ordinal\") ->\n    [one] { $count }st\n    [two] { $count }nd\n   *[other] { $count }th\n}\n\
            both = { briefings } and { place }{\"\\u00A0\"}{\"{\"}\n\
            -desk = { $case ->\n    [of] the desk\n   *[is] The desk\n}\n";
        let (words, told) = Words::read(&[file("en", "", english)]);
        assert_eq!(told, []);
        let say = |key: &str, count: i64| words.of("en").say(key, &[("count", Arg::Number(count))]);
        assert_eq!(say("briefings", 0), "none");
        assert_eq!(say("briefings", 1), "1 briefing of the desk");
        assert_eq!(say("both", 22), "22 briefings and 22nd\u{a0}{");
        assert_eq!(words.of("en").said("both", false, &|_| None), Err(Unsaid::Lacks("count".to_string())));
        assert_eq!(
            words.of("en").said("booth", false, &|_| None),
            Err(Unsaid::Unknown(Some("did you mean `both`?".to_string())))
        );
    }

    #[test]
    fn a_message_in_another_language_goes_by_the_rules_of_that() {
        let english = "n = { $count ->\n    [one] one\n   *[other] { $count } many\n}\n";
        let (words, _) =
            Words::read(&[file("en", "", english), file("uk", "", "b = б\n"), file("ar", "", "x = { $y }\n")]);
        // In Ukrainian 21 would be one.
        assert_eq!(words.of("uk").say("n", &[("count", Arg::Number(21))]), "21 many");
        assert_eq!(words.of("ar").say("x", &[("y", Arg::Text("Kyiv"))]), "\u{2068}Kyiv\u{2069}");
    }

    #[test]
    fn mistakes_are_told_where_they_are() {
        let english = || file("en", "themes/default/", "a = { $count } briefings\nb = b\n");
        let check = |text: &str, wanted: &str| {
            let told = told(&[file("en", "", text), english()]);
            assert!(told.len() == 1 && told[0].contains(wanted), "{text}: {told:?}");
        };
        check(
            "a = { $cuont }\n",
            "start: 0, end: 1 }) }) `a` is given no `$cuont` | did you mean `count`? | it is given `$count`",
        );
        check("b = { $x }\n", "`b` is given no `$x` | it is given nothing");
        check("b = { c }\n", "there is no message `c` to refer to");
        check("b = { b }\n", "refers to itself");
        check("b = { DATETIME($x) }\n", "there is no function `DATETIME` here");
        check("a = x\nb { y\n", "start: 8, end: 9");
        check("b = x\nb = y\n", "`b` stands twice in this file");
        check(&format!("b = {}x\n", "{ ".repeat(40)), "more than 32 deep");
        check(&format!("b = {}\n", "{\"x\"}".repeat(2_000)), "too long");
        let long: String = (0..12).map(|at| format!("m{} = {{ m{at} }}{{ m{at} }}{{ m{at} }}\n", at + 1)).collect();
        assert!(told(&[file("en", "", &format!("m0 = x\n{long}"))]).iter().any(|one| one.contains("too long")));
        assert_eq!(told(&[file("u_k", "", "b = x\n"), english()]).len(), 1);
        // What is wrong is not heard, and the rest is.
        let (words, _) = Words::read(&[file("en", "", "a = { $no }\nb = own\nc { x\n"), english()]);
        assert_eq!(words.of("en").say("a", &[("count", Arg::Number(2))]), "2 briefings");
        assert_eq!(words.of("en").text("b"), "own");
    }

    #[test]
    fn scripts_are_told_what_they_would_not_say_anyhow() {
        let words = Words::built_in();
        assert_eq!(words.of_scripts(words.of("en")), BTreeMap::new());
        let ukrainian = words.of_scripts(words.of("uk"));
        let search: Value = serde_json::from_str(&ukrainian["search"]).unwrap();
        assert_eq!(search["briefings"]["few"], "{count} огляди");
        assert_eq!(search["nothing"], "За запитом «{query}» нічого не знайдено.");
        let own = file("en", "", "script-reading-copy = Copy it\n");
        let built_in = BUILT_IN.iter().map(|(tag, text)| file(tag, "themes/default/", text));
        let (words, _) = Words::read(&[own].into_iter().chain(built_in).collect::<Vec<_>>());
        assert_eq!(
            words.of_scripts(words.of("en")),
            BTreeMap::from([("reading".to_string(), r#"{"copy":"Copy it"}"#.to_string())])
        );
    }

    #[test]
    fn every_language_says_all_messages_of_the_same() {
        let (words, told) = Words::read(&BUILT_IN.iter().map(|(tag, text)| file(tag, "", text)).collect::<Vec<_>>());
        assert_eq!(told, []);
        assert_eq!(words.missing(BUILT_IN.iter().map(|(tag, _)| *tag)), []);
        let english = words.of("en").messages();
        assert!(english.len() > 200, "{}", english.len());
        for (tag, text) in BUILT_IN {
            assert_eq!(words.of(tag).messages(), english, "{tag}");
            let own = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase())).count();
            assert_eq!(own, english.len(), "{tag} says messages that are not there in English, or not all");
            // A message with a number has a form for each that the language tells apart, or one for all.
            for (key, said) in &words.of(tag).messages {
                let forms = said.message.forms("count");
                let wanted: Vec<&str> = said.rules.categories().into_iter().map(|(_, name)| name).collect();
                let lacks: Vec<&&str> = wanted
                    .iter()
                    .filter(|name| !matches!(**name, "other" | "many") && !forms.contains(**name))
                    .collect();
                assert!(forms.is_empty() || lacks.is_empty(), "{tag} {key} has no form for {lacks:?}");
            }
        }
    }
}
