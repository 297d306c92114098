//! The countries that are known without a file: every ISO 3166-1 country and Kosovo, with names, codes and flag.
//!
//! The table is made by `cargo xtask countries` from packages that `THIRD_PARTY.md` names, and is part of the program.
//! A site's own `countries/` files may override any of it; this module knows nothing of them, nor of running text: it
//! says what a country is called, and the linker decides what becomes a link.
//!
//! ```
//! use crossbrief::content::countries;
//! let country = countries::resolve("the U.K.").expect("an alias of the United Kingdom");
//! assert_eq!(country.code, "GB");
//! assert_eq!(countries::suggest("Ukrane"), ["Ukraine"]);
//! ```

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::sync::LazyLock;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;

use crate::base::{suggest, text};

/// A country, or a territory that ISO 3166-1 gives a code.
///
/// Lists are empty and options none where nothing is known or nothing differs from the name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Country {
    /// ISO 3166-1 alpha-2, in capitals: `GB`. Kosovo has the customary `XK`.
    pub code: &'static str,
    /// ISO 3166-1 alpha-3: `GBR`. Kosovo has the customary `XKX`.
    pub alpha3: &'static str,
    /// ISO 3166-1 numeric, three digits: `826`. Kosovo has CLDR's `983`.
    pub numeric: &'static str,
    /// Customary English name: `United Kingdom`.
    pub name: &'static str,
    /// Name in an address: `united-kingdom`.
    pub slug: &'static str,
    /// Official English name, which may be the same as the name.
    pub official: &'static str,
    /// Name in (one of) the country's own languages.
    #[serde(default)]
    pub native: Option<&'static str>,
    /// Item in Wikidata: `Q145`.
    #[serde(default)]
    pub wikidata: Option<&'static str>,
    /// Capital.
    #[serde(default)]
    pub capital: Option<&'static str>,
    /// Region of UN M49: `Europe`.
    #[serde(default)]
    pub region: Option<&'static str>,
    /// Region within the region: `Northern Europe`.
    #[serde(default)]
    pub subregion: Option<&'static str>,
    /// Adjectives and nouns for its people, the adjective first: `British`, `Briton`. Regular plurals are not listed.
    #[serde(default)]
    pub demonyms: Vec<&'static str>,
    /// Other names that may be linked in running text, in each spelling: `UK`, `U.K.`, `Britain`.
    #[serde(default)]
    pub aliases: Vec<&'static str>,
    /// Further spellings that [`resolve`] understands, not fit to be looked for in a text: `Zaire`, `KSA`.
    #[serde(default)]
    pub lookup: Vec<&'static str>,
    /// Seats of power that stand for the state, besides the capital: `Downing Street`. Never a name of the country.
    #[serde(default)]
    pub metonyms: Vec<&'static str>,
    /// Those of the name, aliases and demonyms that often mean something else: `Georgia`, `Congolese`, `Polish`.
    #[serde(default)]
    pub ambiguous: Vec<&'static str>,
    /// Phrases in which a name of this country does not mean it: `New Jersey`, `Niger Delta`. They say nothing of
    /// other countries' names in them.
    #[serde(default)]
    pub blockers: Vec<&'static str>,
}

impl Country {
    /// All that the country is called in full: name, official and native name, aliases and lookups; no demonyms.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        let own = [self.name, self.official, self.slug].into_iter().chain(self.native);
        own.chain(self.aliases.iter().copied()).chain(self.lookup.iter().copied())
    }
}

impl Country {
    /// What it is called in the language with this tag, as CLDR has it; in English where that is not known here.
    pub fn name_in(&self, tag: &str) -> &'static str {
        let names = NAMES.names.get(tag.split('-').next().unwrap_or(tag));
        let at = position(self.code);
        names.zip(at).and_then(|(names, at)| names.get(at)).copied().unwrap_or(self.name)
    }
}

/// As [`resolve`], by its name in the language with this tag too.
pub fn resolve_in(value: &str, tag: &str) -> Option<&'static Country> {
    resolve(value).or_else(|| {
        let names = NAMES.names.get(tag.split('-').next().unwrap_or(tag))?;
        let value = fold(value);
        let at = names.iter().position(|name| fold(name) == value)?;
        TABLE.countries.get(at)
    })
}

/// Returns all countries, by alpha-2 code.
pub fn all() -> &'static [Country] {
    &TABLE.countries
}

/// Returns the country with this alpha-2 code, in capitals or not.
pub fn by_code(code: &str) -> Option<&'static Country> {
    position(code).map(|at| &TABLE.countries[at])
}

/// Returns the country that an author means by a code or a name.
///
/// Case, accents, apostrophes, hyphens, full stops and a leading "the" make no difference. A name that two countries
/// share (`Congo`) is none; nor are demonyms and metonyms names.
pub fn resolve(value: &str) -> Option<&'static Country> {
    by_code(value.trim()).or_else(|| match TABLE.by_name.get(&fold(value))?.as_slice() {
        [one] => Some(&TABLE.countries[*one]),
        _ => None,
    })
}

/// Returns the names of the countries whose names or demonyms are nearest to `value`, best first, at most three.
pub fn suggest(value: &str) -> Vec<&'static str> {
    let value = fold(value);
    let table = &*TABLE;
    // A shared name is no typing mistake: offer all who share it and nothing else.
    let near = match table.by_any_name.get_key_value(&value) {
        Some((name, _)) => vec![name.as_str()],
        None => suggest::nearest(&value, table.by_any_name.keys().map(String::as_str)),
    };
    let mut names: Vec<&'static str> = Vec::new();
    for at in near.iter().filter_map(|name| table.by_any_name.get(*name)).flatten() {
        let name = table.countries[*at].name;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.truncate(3);
    names
}

/// Returns the flag of the country with this alpha-2 code as an SVG document.
pub fn flag_svg(code: &str) -> Option<&'static str> {
    position(code).map(|at| TABLE.flags[at])
}

/// The embedded data, read once; constant, so a static does no harm.
static TABLE: LazyLock<Table> = LazyLock::new(Table::read);

/// What countries are called in other languages; read when the first is asked for, which no English site does.
static NAMES: LazyLock<Names> = LazyLock::new(Names::read);

/// By language, in the order of the countries.
struct Names {
    names: HashMap<&'static str, Vec<&'static str>>,
}

impl Names {
    fn read() -> Self {
        let lines = include_str!("country_names.txt").lines().skip(1).filter_map(|line| line.split_once('\t'));
        Self { names: lines.map(|(language, names)| (language, names.split('\t').collect())).collect() }
    }
}

/// The countries and the ways to find them; the lists of places are small, as few names are shared.
struct Table {
    countries: Vec<Country>,
    /// One for each country, in the same order.
    flags: Vec<&'static str>,
    /// Codes and names, folded.
    by_name: HashMap<String, Vec<usize>>,
    /// Names and demonyms, folded. No codes: each word of three letters is near to one.
    by_any_name: HashMap<String, Vec<usize>>,
}

impl Table {
    fn read() -> Table {
        let countries: Vec<Country> =
            serde_json::from_str(include_str!("countries.json")).expect("the embedded table is tested");
        let flags = include_str!("flags.txt").lines().filter_map(|line| line.split_once('\t'));
        let flags = flags.map(|(_, svg)| svg).collect();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_any_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, country) in countries.iter().enumerate() {
            add(&mut by_name, at, country.names().chain([country.code, country.alpha3]));
            add(&mut by_any_name, at, country.names().chain(country.demonyms.iter().copied()));
        }
        Table { countries, flags, by_name, by_any_name }
    }
}

fn add<'a>(places: &mut HashMap<String, Vec<usize>>, at: usize, names: impl Iterator<Item = &'a str>) {
    for name in names {
        let owners = places.entry(fold(name)).or_default();
        if !owners.contains(&at) {
            owners.push(at);
        }
    }
}

/// Where the country with this alpha-2 code stands in the table.
fn position(code: &str) -> Option<usize> {
    let code = code.to_ascii_uppercase();
    TABLE.countries.binary_search_by(|country| country.code.cmp(&code)).ok()
}

/// A name without what makes no other country of it: as all names are folded, and without "the" or "&".
fn fold(name: &str) -> String {
    let folded = text::fold(&name.replace('&', " and "));
    match folded.trim().strip_prefix("the ") {
        Some(rest) => rest.to_string(),
        None => folded,
    }
}

/// Writes countries by their codes, for what is kept between two runs.
pub fn put_all<W: Write>(countries: &[&'static Country], writer: &mut W) -> io::Result<()> {
    countries.iter().map(|country| country.code).collect::<Vec<_>>().serialize(writer)
}

/// Reads what [`put_all`] wrote.
pub fn take_all<R: Read>(reader: &mut R) -> io::Result<Vec<&'static Country>> {
    let codes: Vec<String> = BorshDeserialize::deserialize_reader(reader)?;
    let countries = codes.iter().map(|code| by_code(code).ok_or_else(|| io::ErrorKind::InvalidData.into()));
    countries.collect()
}

/// Writes a country by its code, if there is one.
pub fn put_one<W: Write>(country: &Option<&'static Country>, writer: &mut W) -> io::Result<()> {
    put_all(country.as_slice(), writer)
}

/// Reads what [`put_one`] wrote.
pub fn take_one<R: Read>(reader: &mut R) -> io::Result<Option<&'static Country>> {
    take_all(reader).map(|countries| countries.first().copied())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// Every code of ISO 3166-1 alpha-2, and XK.
    const CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
        BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ \
        FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS \
        IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN \
        MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW \
        PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN \
        TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

    fn code_of(value: &str) -> Option<&'static str> {
        resolve(value).map(|country| country.code)
    }

    #[test]
    fn countries_are_called_otherwise_in_other_languages() {
        let name = |code: &str, tag: &str| by_code(code).map(|country| country.name_in(tag));
        assert_eq!(name("UA", "uk"), Some("Україна"));
        assert_eq!(name("CN", "zh-CN"), Some("中国"));
        assert_eq!(name("DE", "fr"), Some("Allemagne"));
        assert_eq!(name("EG", "ar"), Some("مصر"));
        assert_eq!([name("UA", "en"), name("UA", "tlh")], [Some("Ukraine"), Some("Ukraine")]);
        let find = |name: &str, tag: &str| resolve_in(name, tag).map(|country| country.code);
        assert_eq!([find("польща", "uk"), find("Poland", "uk"), find("Польща", "en")], [Some("PL"), Some("PL"), None]);
        let codes = include_str!("country_names.txt").lines().next().unwrap_or_default();
        assert!(codes.split('\t').skip(1).eq(all().iter().map(|country| country.code)), "another order");
        for (language, names) in &NAMES.names {
            assert_eq!(names.len(), all().len(), "{language}");
            assert!(names.iter().all(|name| !name.is_empty()), "{language}");
        }
        assert!(NAMES.names.len() > 30);
    }

    #[test]
    fn every_country_is_there_once() {
        let codes: Vec<&str> = all().iter().map(|country| country.code).collect();
        assert_eq!(codes, CODES.split_whitespace().collect::<Vec<_>>());
        assert_eq!(codes.len(), 249 + 1);
    }

    #[test]
    fn the_data_stays_small() {
        assert!(include_str!("countries.json").len() < 100_000);
        assert!(include_str!("flags.txt").len() < 200_000);
    }

    #[test]
    fn codes_slugs_and_items_are_unique_and_well_formed() {
        let parts: [fn(&Country) -> &'static str; 5] =
            [|c| c.alpha3, |c| c.numeric, |c| c.name, |c| c.slug, |c| c.wikidata.unwrap_or_default()];
        for part in parts {
            assert_eq!(all().iter().map(part).collect::<BTreeSet<_>>().len(), 250);
        }
        for country in all() {
            let Country { alpha3, numeric, slug, wikidata, .. } = country;
            assert!(alpha3.len() == 3 && alpha3.bytes().all(|b| b.is_ascii_uppercase()), "{country:?}");
            assert!(numeric.len() == 3 && numeric.bytes().all(|b| b.is_ascii_digit()), "{country:?}");
            assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{country:?}");
            assert_eq!(*slug, text::slugify(&country.name.replace('.', "")), "{country:?}");
            let item = wikidata.and_then(|item| item.strip_prefix('Q')).expect("an item for each country");
            assert!(item.bytes().all(|b| b.is_ascii_digit()), "{country:?}");
            assert!(country.region.is_some(), "{country:?}");
        }
    }

    #[test]
    fn fields_that_may_be_empty_seldom_are() {
        let missing = |pick: fn(&Country) -> bool| {
            all().iter().filter(|country| pick(country)).map(|country| country.code).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(missing(|country| country.capital.is_none()), "AQ BV HK HM IO MO TK UM");
        assert_eq!(missing(|country| country.subregion.is_none()), "AQ");
        assert_eq!(missing(|country| country.demonyms.is_empty()), "AQ BL BV GG GS HM IO JE SJ TF UM VA");
    }

    #[test]
    fn no_two_countries_share_a_name_unless_it_is_marked() {
        let shared = TABLE.by_any_name.iter().filter(|(_, owners)| owners.len() > 1);
        let shared: BTreeMap<&str, String> = shared
            .map(|(name, owners)| {
                for at in owners {
                    let country = &all()[*at];
                    assert!(country.ambiguous.iter().any(|word| fold(word) == *name), "{name} of {}", country.code);
                }
                (name.as_str(), owners.iter().map(|at| all()[*at].code).collect::<Vec<_>>().join(" "))
            })
            .collect();
        let known = [
            ("congo", "CD CG"),
            ("congolese", "CD CG"),
            ("dominican", "DM DO"),
            ("korea", "KP KR"),
            ("korean", "KP KR"),
            ("virgin islander", "VG VI"),
            ("virgin islands", "VG VI"),
        ];
        assert_eq!(shared, BTreeMap::from(known.map(|(name, codes)| (name, codes.to_string()))));
    }

    #[test]
    fn nothing_is_listed_twice_or_under_the_wrong_head() {
        for country in all() {
            let Country { name, aliases, demonyms, metonyms, ambiguous, blockers, .. } = country;
            let matched: Vec<&str> = aliases.iter().chain(demonyms).copied().chain([*name]).collect();
            assert_eq!(matched.iter().collect::<BTreeSet<_>>().len(), matched.len(), "{country:?}");
            assert!(ambiguous.iter().all(|word| matched.contains(word)), "{country:?}");
            assert!(blockers.iter().all(|phrase| matched.iter().any(|word| phrase.contains(word))), "{country:?}");
            assert!(
                metonyms.iter().all(|word| country.capital != Some(*word) && resolve(word).is_none()),
                "{country:?}"
            );
        }
    }

    #[test]
    fn codes_are_found_in_any_case() {
        assert_eq!(by_code("ua").map(|country| country.name), Some("Ukraine"));
        assert_eq!(by_code("XK").map(|country| country.name), Some("Kosovo"));
        for none in ["", "UK", "UKR", "XX", "ua ", "é"] {
            assert_eq!(by_code(none), None, "{none}");
        }
    }

    #[test]
    fn names_are_resolved() {
        for (value, code) in [
            ("UA", "UA"),
            ("ukr", "UA"),
            ("Ukraine", "UA"),
            ("the Ukraine", "UA"),
            ("Україна", "UA"),
            ("UK", "GB"),
            ("u.k.", "GB"),
            ("Britain", "GB"),
            ("united-kingdom", "GB"),
            ("Holland", "NL"),
            ("The Netherlands", "NL"),
            ("Burma", "MM"),
            ("U.S.", "US"),
            ("usa", "US"),
            ("中国", "CN"),
            ("cote d'ivoire", "CI"),
            ("Côte d’Ivoire", "CI"),
            ("Ivory Coast", "CI"),
            ("Turkey", "TR"),
            ("TURKIYE", "TR"),
            ("Reunion", "RE"),
            ("Timor Leste", "TL"),
            ("Guinea Bissau", "GW"),
            ("Guinea", "GN"),
            ("Trinidad & Tobago", "TT"),
            ("st vincent and the grenadines", "VC"),
            ("Czech Republic", "CZ"),
            ("Republic of Korea", "KR"),
            ("DPRK", "KP"),
            ("DR Congo", "CD"),
            ("Congo-Brazzaville", "CG"),
            ("Holy See", "VA"),
            ("Kosova", "XK"),
            ("Georgia", "GE"),
            (" Palestine ", "PS"),
            ("Republic of China", "TW"),
            ("People's Republic of China", "CN"),
            ("Macau", "MO"),
            ("Swaziland", "SZ"),
        ] {
            assert_eq!(code_of(value), Some(code), "{value}");
        }
    }

    #[test]
    fn each_country_is_resolved_by_each_of_its_names() {
        for country in all() {
            let names = country.names().chain([country.code, country.alpha3]);
            let shared: Vec<String> = country.ambiguous.iter().map(|word| fold(word)).collect();
            for name in names.filter(|name| !shared.contains(&fold(name))) {
                assert_eq!(code_of(name), Some(country.code), "{name}");
                assert_eq!(code_of(&name.to_ascii_uppercase()), Some(country.code), "{name} in capitals");
            }
        }
    }

    #[test]
    fn what_is_no_name_of_one_country_is_not_resolved() {
        for value in
            ["Atlantis", "Kremlin", "Kyiv", "Ukrainian", "England", "Congo", "Korea", "New Jersey", "the", "", "."]
        {
            assert_eq!(code_of(value), None, "{value}");
        }
    }

    #[test]
    fn the_nearest_names_are_suggested() {
        for (value, names) in [
            ("Ukrane", &["Ukraine"][..]),
            ("Ukrainian", &["Ukraine"]),
            ("Untied Kingdom", &["United Kingdom"]),
            ("Congo", &["DR Congo", "Republic of the Congo"]),
            ("Korea", &["North Korea", "South Korea"]),
            ("Atlantis", &[]),
            ("EU", &[]),
            ("coalition of the willing", &[]),
            ("", &[]),
        ] {
            assert_eq!(suggest(value), names, "{value}");
        }
        assert!(suggest("Austrlia").contains(&"Australia"));
        assert!(all().iter().all(|country| suggest(&format!("{}x", country.name)).len() <= 3));
    }

    #[test]
    fn every_flag_is_a_safe_document() {
        let codes: Vec<&str> =
            include_str!("flags.txt").lines().filter_map(|line| Some(line.split_once('\t')?.0)).collect();
        assert_eq!(codes, all().iter().map(|country| country.code).collect::<Vec<_>>());
        for country in all() {
            let svg = flag_svg(country.code).expect("a flag for each country");
            let head = svg.split('>').next().unwrap_or_default();
            assert!(head.starts_with("<svg ") && head.contains(" viewBox="), "{}", country.code);
            assert!(head.contains(r#" xmlns="http://www.w3.org/2000/svg""#), "{}", country.code);
            assert!(is_balanced(svg), "{}", country.code);
            for part in ["<script", "<style", "<image", "<!", "<?", "href", " id=", "url(", " on", "&"] {
                assert!(!svg.contains(part), "{part} in the flag of {}", country.code);
            }
        }
        assert_eq!(flag_svg("xk"), flag_svg("XK"));
        assert_eq!(flag_svg("XX"), None);
    }

    /// Whether each element of an XML text without comments or entities is closed in order and its quotes are paired.
    fn is_balanced(xml: &str) -> bool {
        let mut open: Vec<&str> = Vec::new();
        let mut roots = 0;
        for tag in xml.split('<').skip(1) {
            let Some((tag, after)) = tag.split_once('>') else { return false };
            if !after.is_empty() || tag.matches('"').count() % 2 == 1 {
                return false;
            }
            let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
            if tag.starts_with('/') {
                if open.pop() != Some(name) {
                    return false;
                }
            } else {
                roots += usize::from(open.is_empty());
                if !tag.ends_with('/') {
                    open.push(name);
                }
            }
        }
        open.is_empty() && roots == 1
    }

    #[test]
    fn unbalanced_markup_is_noticed() {
        assert!(is_balanced(r#"<svg a="b"><g><path d="M0"/></g></svg>"#));
        for bad in ["<svg>", "<svg></g>", "<svg/><svg/>", r#"<svg a="b></svg>"#, "<g><svg></g></svg>"] {
            assert!(!is_balanced(bad), "{bad}");
        }
    }
}
