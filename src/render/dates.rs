//! Dates as readers see them.

use crate::base::dates::{Moment, PartialDate};
use crate::render::view::DateView;
use crate::words::Language;

/// A moment for templates.
pub fn moment(moment: &Moment, language: &Language) -> DateView {
    let day = PartialDate::from(moment.day);
    DateView {
        iso: moment.iso.clone(),
        time: moment.time.map(|time| format!("{:02}:{:02}", time.hour(), time.minute())),
        ..partial(day, language)
    }
}

/// A partial date for templates: `2025`, `December 2025` or `10 December 2025`.
pub fn partial(date: PartialDate, language: &Language) -> DateView {
    let (text, short) = (language.date(date), language.short_date(date));
    DateView { iso: date.to_string(), text, short, time: None, year: date.year }
}

/// A month for people to read, `December 2025`, by its year and number.
pub fn month(year: i16, month: i8, language: &Language) -> String {
    language.date(PartialDate { year, month: Some(month), day: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;
    use jiff::tz::TimeZone;

    #[test]
    fn moments_have_their_time() {
        let (words, _) = Words::read(&[]);
        let view = moment(&Moment::parse("2025-12-10 18:05", &TimeZone::UTC).unwrap(), words.of("en"));
        assert_eq!(
            (view.text.as_str(), view.short.as_str(), view.time.as_deref(), view.iso.as_str()),
            ("10 December 2025", "10 Dec 2025", Some("18:05"), "2025-12-10T18:05:00+00:00")
        );
    }
}
