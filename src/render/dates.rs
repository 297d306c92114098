//! Dates as readers see them.

use crate::base::dates::{Moment, PartialDate};
use crate::render::view::DateView;

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

/// The name of a month, 1 to 12.
pub fn month_name(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or("")
}

/// A moment for templates.
pub fn moment(moment: &Moment) -> DateView {
    let day = PartialDate::from(moment.day);
    DateView {
        iso: moment.iso.clone(),
        time: moment.time.map(|time| format!("{:02}:{:02}", time.hour(), time.minute())),
        ..partial(day)
    }
}

/// A partial date for templates: `2025`, `December 2025` or `10 December 2025`.
pub fn partial(date: PartialDate) -> DateView {
    let name = date.month.map(month_name);
    let parts = |month: Option<&str>| {
        let day = date.day.map(|day| day.to_string());
        [day.as_deref(), month, Some(&format!("{}", date.year))].into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    // "Sept" rather than "Sep", as the press writes it; months of up to four letters stay whole.
    let short = name.map(|name| match name {
        "September" => "Sept",
        "June" | "July" => name,
        name => &name[..3],
    });
    DateView { iso: date.to_string(), text: parts(name), short: parts(short), time: None, year: date.year }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn dates_read_as_people_write_them() {
        let check = |text: &str, long: &str, short: &str| {
            let view = partial(PartialDate::parse(text).unwrap());
            assert_eq!((view.text.as_str(), view.short.as_str()), (long, short));
        };
        check("2025-12-10", "10 December 2025", "10 Dec 2025");
        check("2025-09", "September 2025", "Sept 2025");
        check("2025", "2025", "2025");
        let view = moment(&Moment::parse("2025-12-10 18:05", &TimeZone::UTC).unwrap());
        assert_eq!(
            (view.text.as_str(), view.time.as_deref(), view.iso.as_str()),
            ("10 December 2025", Some("18:05"), "2025-12-10T18:05:00+00:00")
        );
    }
}
