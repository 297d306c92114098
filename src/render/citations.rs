//! How to cite an article: Chicago, APA, BibTeX and RIS, as plain text.
//!
//! Authors stand as they sign: a desk has no family name to put first, and what part of a person's name is one, nobody can
//! tell by the letters.

use jiff::civil::Date;

use crate::base::text::{one_line, slugify};
use crate::render::view::CitationView;
use crate::words::calendar::{Length, english};

/// What a citation tells of an article.
#[derive(Clone, Debug)]
pub struct Cited<'a> {
    /// Headline.
    pub title: &'a str,
    /// Names of the authors.
    pub authors: Vec<&'a str>,
    /// Title of the site.
    pub site: &'a str,
    /// Day of publication.
    pub day: Option<Date>,
    /// Full address.
    pub url: String,
    /// BCP 47 tag.
    pub lang: &'a str,
    /// Last part of the address.
    pub slug: &'a str,
}

/// The citations of an article.
pub fn citations(of: &Cited) -> Vec<CitationView> {
    let all = [("Chicago", chicago(of)), ("APA", apa(of)), ("BibTeX", bibtex(of)), ("RIS", ris(of))];
    all.into_iter().map(|(style, text)| CitationView { style, text }).collect()
}

/// The Chicago Manual of Style, bibliography: `Desk. “Title.” Site, December 11, 2025. https://….`
fn chicago(of: &Cited) -> String {
    let authors = joined(&of.authors, "and");
    let title = one_line(of.title).replace('“', "‘").replace('”', "’");
    let day = of.day.map_or("n.d".to_string(), |day| {
        format!("{} {}, {}", english(day.month(), Length::Long), day.day(), day.year())
    });
    let by = if authors.is_empty() { String::new() } else { format!("{} ", ended(&authors)) };
    format!("{by}“{}” {}, {day}. {}.", ended(&title), one_line(of.site), of.url)
}

/// The style of the American Psychological Association: `Desk. (2025, December 11). Title. Site. https://…`
fn apa(of: &Cited) -> String {
    let authors = joined(&of.authors, "&");
    let title = ended(&one_line(of.title));
    let day = of.day.map_or("n.d.".to_string(), |day| {
        format!("{}, {} {}", day.year(), english(day.month(), Length::Long), day.day())
    });
    let lead =
        if authors.is_empty() { format!("{title} ({day}).") } else { format!("{} ({day}). {title}", ended(&authors)) };
    format!("{lead} {} {}", ended(&one_line(of.site)), of.url)
}

/// An entry of BibTeX; `@online` is known to biblatex, and read as `@misc` by what does not know it.
fn bibtex(of: &Cited) -> String {
    let mut lines = vec![format!("@online{{{},", key(of))];
    let mut put = |name: &str, value: String| lines.push(format!("  {name} = {{{value}}},"));
    if !of.authors.is_empty() {
        // In braces of their own, so that no word of them is taken for a family name.
        let authors: Vec<String> = of.authors.iter().map(|name| format!("{{{}}}", tex(name))).collect();
        put("author", authors.join(" and "));
    }
    // And these keep their capitals.
    put("title", format!("{{{}}}", tex(of.title)));
    if let Some(day) = of.day {
        put("date", day.to_string());
        put("year", day.year().to_string());
    }
    put("organization", tex(of.site));
    put("url", of.url.clone());
    lines.push("}".to_string());
    lines.join("\n")
}

/// Letters, digits and hyphens, which all that reads BibTeX takes for a key: `title-of-it-2025`.
fn key(of: &Cited) -> String {
    let ascii: String = slugify(of.slug).chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let name = ascii.trim_matches('-');
    let name = if name.is_empty() { "briefing" } else { name };
    of.day.map_or(name.to_string(), |day| format!("{name}-{}", day.year()))
}

/// A text in which TeX finds no commands. Braces go by name: BibTeX counts them even behind a backslash.
fn tex(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in one_line(text).chars() {
        match letter {
            '\\' => safe.push_str("\\textbackslash{}"),
            '{' => safe.push_str("\\textbraceleft{}"),
            '}' => safe.push_str("\\textbraceright{}"),
            '~' => safe.push_str("\\textasciitilde{}"),
            '^' => safe.push_str("\\textasciicircum{}"),
            '&' | '%' | '$' | '#' | '_' => safe.extend(['\\', letter]),
            _ => safe.push(letter),
        }
    }
    safe
}

/// A record of RIS: a tag and a value on each line, so a value holds no line break.
fn ris(of: &Cited) -> String {
    let mut lines = vec!["TY  - ELEC".to_string()];
    let mut put = |tag: &str, value: &str| lines.push(format!("{tag}  - {}", one_line(value)));
    of.authors.iter().for_each(|name| put("AU", name));
    put("TI", of.title);
    put("T2", of.site);
    if let Some(day) = of.day {
        put("PY", &day.year().to_string());
        put("DA", &format!("{:04}/{:02}/{:02}", day.year(), day.month(), day.day()));
    }
    put("LA", of.lang);
    put("UR", &of.url);
    lines.push("ER  - ".to_string());
    lines.join("\n")
}

/// `A`, `A and B`, `A, B, and C`.
fn joined(names: &[&str], and: &str) -> String {
    let names: Vec<String> = names.iter().map(|name| one_line(name)).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, other] => format!("{one} {and} {other}"),
        [first @ .., last] => format!("{}, {and} {last}", first.join(", ")),
    }
}

/// With a full stop, unless it ends with a mark of its own.
fn ended(text: &str) -> String {
    if text.ends_with(['.', '?', '!', '…', '。', '？', '！', '؟']) {
        text.to_string()
    } else {
        format!("{text}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, authors: &[&str], day: Option<&str>, expected: [&str; 4]) {
        let cited = Cited {
            title,
            authors: authors.to_vec(),
            site: "The Desk",
            day: day.map(|day| day.parse().unwrap()),
            url: "https://example.org/b/a%20b/".to_string(),
            lang: "en",
            slug: "a-b",
        };
        let found: Vec<String> = citations(&cited).into_iter().map(|one| one.text).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_briefing_is_cited_in_four_ways() {
        check(
            "Talks “go on”",
            &["Europe Desk", "Ann Lee", "Bo Li"],
            Some("2025-12-01"),
            [
                "Europe Desk, Ann Lee, and Bo Li. “Talks ‘go on’.” The Desk, December 1, 2025. https://example.org/b/a%20b/.",
                "Europe Desk, Ann Lee, & Bo Li. (2025, December 1). Talks “go on”. The Desk. https://example.org/b/a%20b/",
                "@online{a-b-2025,\n  author = {{Europe Desk} and {Ann Lee} and {Bo Li}},\n  title = {{Talks “go on”}},\n  date = {2025-12-01},\n  year = {2025},\n  organization = {The Desk},\n  url = {https://example.org/b/a%20b/},\n}",
                "TY  - ELEC\nAU  - Europe Desk\nAU  - Ann Lee\nAU  - Bo Li\nTI  - Talks “go on”\nT2  - The Desk\nPY  - 2025\nDA  - 2025/12/01\nLA  - en\nUR  - https://example.org/b/a%20b/\nER  - ",
            ],
        );
    }

    #[test]
    fn what_is_missing_is_left_out_and_nothing_breaks_out() {
        check(
            "What now?\nER  - \\input{x} 5 % of $1_000 #1 & ~^",
            &[],
            None,
            [
                "“What now? ER - \\input{x} 5 % of $1_000 #1 & ~^.” The Desk, n.d. https://example.org/b/a%20b/.",
                "What now? ER - \\input{x} 5 % of $1_000 #1 & ~^. (n.d.). The Desk. https://example.org/b/a%20b/",
                "@online{a-b,\n  title = {{What now? ER - \\textbackslash{}input\\textbraceleft{}x\\textbraceright{} 5 \\% of \\$1\\_000 \\#1 \\& \\textasciitilde{}\\textasciicircum{}}},\n  organization = {The Desk},\n  url = {https://example.org/b/a%20b/},\n}",
                "TY  - ELEC\nTI  - What now? ER - \\input{x} 5 % of $1_000 #1 & ~^\nT2  - The Desk\nLA  - en\nUR  - https://example.org/b/a%20b/\nER  - ",
            ],
        );
    }

    #[test]
    fn braces_stay_in_balance_whatever_a_title_holds() {
        for title in ["{", "}}", "\\{", "a \\", "{}{"] {
            let text = tex(title);
            let depth = text.chars().try_fold(0_i32, |depth, c| match c {
                '{' => Some(depth + 1),
                '}' => (depth > 0).then_some(depth - 1),
                _ => Some(depth),
            });
            assert_eq!(depth, Some(0), "{text}");
        }
    }
}
