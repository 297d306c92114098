//! Dates as a language writes them.
//!
//! English is written as the press writes it, in the order of day, month and year, with `Sept` and whole names of up to
//! four letters; all other languages as CLDR has them, in the Gregorian calendar.

use icu_calendar::{Date, Gregorian};
use icu_datetime::fieldsets::{M, YM, YMD};
use icu_datetime::{DateTimeFormatterPreferences, FixedCalendarDateTimeFormatter};

use crate::base::dates::PartialDate;
use crate::words::rules::locale;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How long the name of a month is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// `September`.
    Long,
    /// `Sept`.
    Short,
}

/// How a language writes dates.
#[derive(Debug)]
pub struct Calendar(Option<Box<Forms>>);

/// The forms of a language, of each the long and the short one; English needs none.
#[derive(Debug)]
struct Forms {
    days: [FixedCalendarDateTimeFormatter<Gregorian, YMD>; 2],
    months: [FixedCalendarDateTimeFormatter<Gregorian, YM>; 2],
    names: [FixedCalendarDateTimeFormatter<Gregorian, M>; 2],
}

impl Forms {
    fn of(tag: &str) -> Option<Self> {
        let locale = locale(tag);
        let wanted = || DateTimeFormatterPreferences::from(&locale);
        let days = |fields| FixedCalendarDateTimeFormatter::try_new(wanted(), fields).ok();
        let months = |fields| FixedCalendarDateTimeFormatter::try_new(wanted(), fields).ok();
        let names = |fields| FixedCalendarDateTimeFormatter::try_new(wanted(), fields).ok();
        // A short form of digits alone, as Arabic has it, would be read in two ways.
        let is_of_digits = |date: String| !date.chars().any(char::is_alphabetic);
        let day = Date::try_new_gregorian(2025, 12, 10).ok()?;
        let (short, short_month) = (days(YMD::medium())?, months(YM::medium())?);
        let short = if is_of_digits(short.format(&day).to_string()) { days(YMD::long())? } else { short };
        let is_plain = is_of_digits(short_month.format(&day).to_string());
        let short_month = if is_plain { months(YM::long())? } else { short_month };
        Some(Self {
            days: [days(YMD::long())?, short],
            months: [months(YM::long())?, short_month],
            names: [names(M::long())?, names(M::medium())?],
        })
    }
}

impl Calendar {
    /// Returns the way in which the language with this tag writes dates; English, when CLDR knows nothing of it.
    pub fn of(tag: &str) -> Self {
        let is_english = tag.split('-').next() == Some("en");
        Self(if is_english { None } else { Forms::of(tag).map(Box::new) })
    }

    /// A date for people to read: `2025`, `December 2025` or `10 December 2025`.
    pub fn date(&self, date: PartialDate, length: Length) -> String {
        let PartialDate { year, month, day } = date;
        let Some(month) = month else { return year.to_string() };
        if let Some(forms) = &self.0
            && let Ok(first) = Date::try_new_gregorian(year.into(), of_month(month), of_month(day.unwrap_or(1)))
        {
            return match day {
                Some(_) => forms.days[length as usize].format(&first).to_string(),
                None => forms.months[length as usize].format(&first).to_string(),
            };
        }
        let month = english(month, length);
        match day {
            Some(day) => format!("{day} {month} {year}"),
            None => format!("{month} {year}"),
        }
    }

    /// The name of a month, 1 to 12, as it stands by itself.
    pub fn month(&self, month: i8, length: Length) -> String {
        if let Some(forms) = &self.0
            && let Ok(first) = Date::try_new_gregorian(2025, of_month(month), 1)
        {
            return forms.names[length as usize].format(&first).to_string();
        }
        english(month, length).to_string()
    }

    /// The name of a month, 1 to 12, as short as heads of tables need it.
    pub fn heading(&self, month: i8) -> String {
        match self.0 {
            Some(_) => self.month(month, Length::Short),
            None => english(month, Length::Long).chars().take(3).collect(),
        }
    }
}

fn of_month(number: i8) -> u8 {
    u8::try_from(number).unwrap_or(0)
}

/// The English name of a month.
pub fn english(month: i8, length: Length) -> &'static str {
    let name = usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or("");
    match (length, name) {
        (Length::Long, name) | (Length::Short, name @ ("June" | "July" | "")) => name,
        (Length::Short, "September") => "Sept",
        (Length::Short, name) => &name[..3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tag: &str, text: &str, long: &str, short: &str) {
        let (calendar, date) = (Calendar::of(tag), PartialDate::parse(text).unwrap());
        let both = [Length::Long, Length::Short].map(|length| calendar.date(date, length));
        assert_eq!(both, [long, short], "{tag} {text}");
    }

    #[test]
    fn dates_are_written_as_the_language_does() {
        check("en", "2025-12-10", "10 December 2025", "10 Dec 2025");
        check("en", "2025-09", "September 2025", "Sept 2025");
        check("en", "2025", "2025", "2025");
        check("uk", "2025-12-10", "10 грудня 2025\u{202f}р.", "10 груд. 2025\u{202f}р.");
        check("uk", "2025-09", "вересень 2025\u{202f}р.", "вер. 2025\u{202f}р.");
        check("fr", "2025-12-10", "10 décembre 2025", "10 déc. 2025");
        check("ar", "2025-12-10", "10 ديسمبر 2025", "10 ديسمبر 2025");
        check("zh", "2025-12-10", "2025年12月10日", "2025年12月10日");
        check("de", "2025-12", "Dezember 2025", "Dezember 2025");
    }

    #[test]
    fn months_stand_by_themselves() {
        let names = |tag: &str| [Length::Long, Length::Short].map(|length| Calendar::of(tag).month(12, length));
        assert_eq!(names("en"), ["December", "Dec"]);
        assert_eq!(names("uk"), ["грудень", "груд."]);
        assert_eq!(names("zh"), ["十二月", "12月"]);
        assert_eq!(Calendar::of("uk").month(13, Length::Long), "");
        assert_eq!([5, 6, 9].map(|month| english(month, Length::Short)), ["May", "June", "Sept"]);
    }
}
