//! `cargo xtask corpus N DIR`: a site of generated briefings, for measuring. The same N gives the same bytes.
//!
//! `cargo xtask bench peers` writes the same briefings in the [`Layout`] of other generators.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::Result;

const PEOPLE: usize = 2_000;
const TOPICS: usize = 300;
const COUNTRIES: &[&str] = &[
    "AF", "AL", "DZ", "AO", "AR", "AM", "AU", "AT", "AZ", "BH", "BD", "BY", "BE", "BJ", "BO", "BA", "BW", "BR", "BG",
    "BF", "BI", "KH", "CM", "CA", "CF", "TD", "CL", "CN", "CO", "CG", "CD", "CR", "HR", "CU", "CY", "CZ", "DK", "DJ",
    "DO", "EC", "EG", "SV", "ER", "EE", "ET", "FI", "FR", "GA", "GM", "GE", "DE", "GH", "GR", "GT", "GN", "HT", "HN",
    "HU", "IS", "IN", "ID", "IR", "IQ", "IE", "IL", "IT", "JM", "JP", "JO", "KZ", "KE", "KW", "KG", "LA", "LV", "LB",
    "LR", "LY", "LT", "LU", "MG", "MW", "MY", "ML", "MT", "MR", "MX", "MD", "MN", "ME", "MA", "MZ", "MM", "NA", "NP",
    "NL", "NZ", "NI", "NE", "NG", "KP", "MK", "NO", "OM", "PK", "PA", "PG", "PY", "PE", "PH", "PL", "PT", "QA", "RO",
    "RU", "RW", "SA", "SN", "RS", "SL", "SG", "SK", "SI", "SO", "ZA", "KR", "SS", "ES", "LK", "SD", "SE", "CH", "SY",
    "TW", "TJ", "TZ", "TH", "TG", "TN", "TR", "TM", "UG", "UA", "AE", "GB", "US", "UY", "UZ", "VE", "VN", "YE", "ZM",
    "ZW",
];
const SUBJECTS: &[&str] = &[
    "The ministry",
    "The delegation",
    "A spokesman",
    "The central bank",
    "The parliament",
    "The general staff",
    "The commission",
    "A senior official",
    "The opposition",
    "The regulator",
];
const VERBS: &[&str] = &[
    "confirmed",
    "rejected",
    "postponed",
    "announced",
    "reviewed",
    "questioned",
    "welcomed",
    "signed",
    "published",
    "withdrew",
];
const OBJECTS: &[&str] = &[
    "a draft agreement on grain transit",
    "the timetable for the next round of talks",
    "new limits on dual-use exports",
    "a plan to repair the port",
    "the budget for border posts",
    "an audit of fuel deliveries",
    "the mandate of the observers",
    "a list of detained crew members",
    "terms for the loan",
    "figures on cross-border trade",
];
const TAILS: &[&str] = &[
    "after two days of meetings",
    "despite objections from neighbours",
    "as the deadline came closer",
    "without naming a date",
    "in a statement of four lines",
    "while markets stayed calm",
    "before the summit in spring",
    "as prices rose again",
    "with effect from next month",
    "on condition of parity",
];

/// SplitMix64 (Steele, Lea, Flood, 2014): small, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// A rank below `limit`, low ones far more often: near to Zipf's law.
    fn zipf(&mut self, limit: usize) -> usize {
        let unit = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        ((limit as f64 + 1.0).powf(unit) as usize).saturating_sub(1).min(limit - 1)
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

/// Whose front matter, links and citations the texts are written with. Names, sentences and sizes are the same in all.
///
/// The others get links as ready-made addresses, which costs them nothing to resolve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Ours: links by file name, citations by id.
    Crossbrief,
    /// Hugo: terms at the top of the front matter.
    Hugo,
    /// Zola: terms under `taxonomies`, the rest under `extra`.
    Zola,
}

/// Writes the site and says so.
pub fn run(count: usize, folder: &Path) -> Result<()> {
    write(count, folder)?;
    println!("{count} briefings in {}", folder.display());
    Ok(())
}

/// Writes the site.
pub fn write(count: usize, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join("content"))?;
    fs::write(folder.join("site.yaml"), SETTINGS)?;
    fs::write(folder.join("content/people.yaml"), people())?;
    briefings(count, &folder.join("content/briefings"), Layout::Crossbrief)
}

/// `site.yaml` of the site.
pub const SETTINGS: &str = "title: Generated briefings\nbase_url: https://example.org/\nlanguage: en\ntime_zone: UTC\nlints: {look-alike: off}\n";

/// Writes the briefings alone.
pub fn briefings(count: usize, folder: &Path, layout: Layout) -> Result<()> {
    fs::create_dir_all(folder)?;
    for index in 0..count {
        fs::write(folder.join(file_name(index, count, layout)), briefing(index, count, layout))?;
    }
    Ok(())
}

/// The name of a person; all differ.
fn name(index: usize) -> (String, String) {
    const GIVEN: &[&str] = &[
        "Alba", "Boro", "Cemil", "Dara", "Elin", "Farid", "Goran", "Hania", "Ivo", "Jana", "Kemal", "Lena", "Marek",
        "Nadia", "Oskar", "Petra", "Rafi", "Selma", "Tomas", "Vera",
    ];
    const FIRST: &[&str] = &["Bar", "Cor", "Dal", "Fen", "Gor", "Hal", "Kel", "Lor", "Mar", "Nor"];
    const LAST: &[&str] = &["adin", "beko", "cenar", "dovic", "essen", "fani", "gardo", "himov", "issel", "jakov"];
    let given = GIVEN[index % GIVEN.len()];
    let rest = index / GIVEN.len();
    (given.to_string(), format!("{}{}", FIRST[rest % FIRST.len()], LAST[rest / FIRST.len() % LAST.len()]))
}

fn people() -> String {
    let mut random = Random(7);
    let mut text = String::new();
    for index in 0..PEOPLE {
        let (given, family) = name(index);
        let country = random.pick(COUNTRIES);
        let _ = writeln!(
            text,
            "- {{name: {given} {family}, given_name: {given}, family_name: {family}, countries: [\"{country}\"], roles: [{{title: Minister, country: \"{country}\", start: 20{:02}}}]}}",
            random.below(25)
        );
    }
    text
}

fn date(index: usize, count: usize) -> String {
    // Spread over twenty years, oldest first.
    let day = index * 20 * 336 / count.max(1);
    format!("{}-{:02}-{:02}", 2006 + day / 336, day % 336 / 28 + 1, day % 28 + 1)
}

fn file_name(index: usize, count: usize, layout: Layout) -> String {
    match layout {
        Layout::Crossbrief => format!("{}-briefing-{index:06}.md", date(index, count)),
        Layout::Hugo | Layout::Zola => format!("briefing-{index:06}.md"),
    }
}

/// Where one briefing finds another.
fn link(index: usize, count: usize, layout: Layout) -> String {
    match layout {
        Layout::Crossbrief => file_name(index, count, layout),
        Layout::Hugo | Layout::Zola => format!("/briefings/briefing-{index:06}/"),
    }
}

fn sentence(random: &mut Random) -> String {
    format!("{} {} {} {}.", random.pick(SUBJECTS), random.pick(VERBS), random.pick(OBJECTS), random.pick(TAILS))
}

fn briefing(index: usize, count: usize, layout: Layout) -> String {
    let mut random = Random(index as u64 + 1);
    let random = &mut random;
    let mut people: Vec<String> = Vec::new();
    for _ in 0..2 + random.below(5) {
        let (given, family) = name(random.zipf(PEOPLE));
        let full = format!("{given} {family}");
        if !people.contains(&full) {
            people.push(full);
        }
    }
    let mut countries: Vec<&str> = (0..1 + random.below(4)).map(|_| COUNTRIES[random.zipf(COUNTRIES.len())]).collect();
    let mut topics: Vec<String> =
        (0..1 + random.below(5)).map(|_| format!("Topic {:03}", random.zipf(TOPICS))).collect();
    if layout == Layout::Zola {
        // It lists a page twice that names a term twice; the others do not.
        let mut seen = std::collections::BTreeSet::new();
        countries.retain(|code| seen.insert(code.to_string()));
        topics.retain(|topic| seen.insert(topic.clone()));
    }
    let mut text = String::with_capacity(6_000);
    let title = sentence(random);
    let title = format!("title: \"{} ({index})\"", title.trim_end_matches('.'));
    let summary = sentence(random);
    let author = format!("Desk {}", random.below(12));
    let quoted: Vec<String> = countries.iter().map(|code| format!("\"{code}\"")).collect();
    let (people, countries, topics) = (people.join(", "), quoted.join(", "), topics.join(", "));
    let bottom_line = sentence(random);
    let source = sentence(random);
    let source = format!("title: \"{source}\", url: \"https://example.org/{index}\", publisher: Example");
    let date = date(index, count);
    let _ = match layout {
        Layout::Crossbrief => writeln!(
            text,
            "---\n{title}\nsummary: \"{summary}\"\nauthors: [{author}]\ntype: report\npeople: [{people}]\n\
             countries: [{countries}]\ntopics: [{topics}]\nbottom_line: \"{bottom_line}\"\n\
             sources:\n  - {{id: s1, {source}, reliability: B, credibility: 2}}\n---\n"
        ),
        Layout::Hugo => writeln!(
            text,
            "---\n{title}\ndate: {date}\nsummary: \"{summary}\"\nauthors: [{author}]\npeople: [{people}]\n\
             countries: [{countries}]\ntopics: [{topics}]\nbottom_line: \"{bottom_line}\"\nsources:\n  - {{{source}}}\n---\n"
        ),
        Layout::Zola => writeln!(
            text,
            "---\n{title}\ndate: {date}\ndescription: \"{summary}\"\ntaxonomies:\n  authors: [{author}]\n  people: [{people}]\n  \
             countries: [{countries}]\n  topics: [{topics}]\nextra:\n  bottom_line: \"{bottom_line}\"\n  sources:\n    - {{{source}}}\n---\n"
        ),
    };
    // Zola looks for the anchors of Markdown links in texts alone, and refuses those that a template makes.
    let cited = match layout {
        Layout::Crossbrief => "[@s1]",
        Layout::Hugo => "[1](#source-1)",
        Layout::Zola => "<a href=\"#source-1\">1</a>",
    };
    for part in 0..5 {
        let _ = writeln!(text, "## Part {}: {}\n", part + 1, random.pick(OBJECTS));
        for paragraph in 0..2 {
            let (given, family) = name(random.zipf(PEOPLE));
            let sentences: Vec<String> = (0..4).map(|_| sentence(random)).collect();
            let _ = writeln!(
                text,
                "{} {given} {family} spoke of it too {cited}.{}\n",
                sentences.join(" "),
                if part == 0 && paragraph == 0 { "[^n]" } else { "" }
            );
        }
        match part {
            1 => {
                for _ in 0..4 {
                    let _ = writeln!(text, "- {}", sentence(random));
                }
            }
            2 => {
                text.push_str("| Year | Value |\n|---|---:|\n");
                for year in 0..5 {
                    let _ = writeln!(text, "| {} | {} |", 2020 + year, random.below(10_000));
                }
            }
            3 => {
                let _ = writeln!(text, "> {}", sentence(random));
            }
            _ => {
                for _ in 0..1 + random.below(2) {
                    let other = random.below(count);
                    let _ = writeln!(text, "See [an earlier briefing]({}).\n", link(other, count, layout));
                }
            }
        }
        text.push('\n');
    }
    let _ = writeln!(text, "[^n]: {}", sentence(random));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_gives_the_same_bytes() {
        let all: String = (0..20).map(|index| briefing(index, 20, Layout::Crossbrief)).chain([people()]).collect();
        // FNV-1a of what the first version wrote: a change here makes figures measured before and after it unlike.
        let hash = all
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        assert_eq!(format!("{hash:016x}"), "bb2d26d76161e367");
        let words = briefing(3, 20, Layout::Crossbrief).split_whitespace().count();
        assert!((400..900).contains(&words), "{words}");
    }

    #[test]
    fn other_layouts_say_the_same() {
        let words = |layout| {
            let text = briefing(3, 20, layout);
            let (_, body) = text.split_once("\n---\n").expect("front matter");
            let body = body.replace("<a href=", "<a_href=");
            body.split_whitespace()
                .filter(|word| !word.contains(['[', ']', '<']))
                .map(str::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(words(Layout::Hugo), words(Layout::Crossbrief));
        assert_eq!(words(Layout::Zola), words(Layout::Crossbrief));
        assert!(briefing(3, 20, Layout::Hugo).contains("](/briefings/briefing-0000"));
    }

    #[test]
    fn all_people_differ() {
        let names: std::collections::BTreeSet<(String, String)> = (0..PEOPLE).map(name).collect();
        assert_eq!(names.len(), PEOPLE);
    }
}
