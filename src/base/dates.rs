//! Dates as authors write them: moments with or without a time, and partial dates.
//!
//! Nothing here asks what time it is; the one `now` of a run is an input of the stages that need it.

use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ZonedDateTime};

use crate::base::kept;
/// A moment of the site's time line.
///
/// Two moments compare by their instant. The day and the time of day are those of the zone that the text was written
/// in, or of the site when it names none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Moment {
    /// The instant. A day without a time stands for its first instant in the site's time zone.
    #[borsh(serialize_with = "kept::put_instant", deserialize_with = "kept::take_instant")]
    pub instant: Timestamp,
    /// The day in the site's time zone.
    #[borsh(serialize_with = "kept::put_day", deserialize_with = "kept::take_day")]
    pub day: Date,
    /// The time of day in the site's time zone, when a time was written.
    #[borsh(serialize_with = "kept::put_maybe_time", deserialize_with = "kept::take_maybe_time")]
    pub time: Option<Time>,
    /// RFC 3339 with the site's offset when a time was written, else the day alone.
    pub iso: String,
}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.instant.cmp(&other.instant).then_with(|| self.iso.cmp(&other.iso))
    }
}

/// Why a text is not a date, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateFault {
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to type.
    pub help: String,
}

const FORMS: &str = "write `2025-12-10`, `2025-12-10 14:30` (the site's time zone) or `2025-12-10T14:30:00+02:00`";

impl Moment {
    /// Reads a moment; `zone` is the site's time zone.
    ///
    /// Accepts RFC 3339 (`2025-12-10T14:30:00Z`), a local time (`2025-12-10 14:30`, seconds optional, `T` or a space
    /// between) and a day (`2025-12-10`). A local time that the clock shows twice, or skips, is read as the later
    /// instant, so that nothing is ever released early.
    pub fn parse(text: &str, zone: &TimeZone) -> Result<Self, DateFault> {
        let text = text.trim();
        let Some((day_text, rest)) = text.split_at_checked(10) else {
            return Err(not_a_date(text));
        };
        let day = parse_day(day_text, text)?;
        if rest.is_empty() {
            return Self::on_day(day, zone);
        }
        let Some(clock) = rest.strip_prefix(['T', 't', ' ']) else {
            return Err(not_a_date(text));
        };
        let (clock, offset) = split_offset(clock.trim());
        let time = parse_clock(clock, text)?;
        let instant = match offset {
            Offset::Local => later_instant(day.to_datetime(time), zone, text)?,
            Offset::Utc => later_instant(day.to_datetime(time), &TimeZone::UTC, text)?,
            Offset::Hours(written) => {
                let rfc3339 = format!("{day}T{time}{written}");
                rfc3339.parse::<Timestamp>().map_err(|_| DateFault {
                    message: format!("`{written}` is not an offset from UTC"),
                    help: "write an offset such as `+02:00`, or `Z` for UTC".to_string(),
                })?
            }
            Offset::Unknown(word) => {
                return Err(DateFault {
                    message: format!("`{word}` does not say one offset from UTC"),
                    help: "write an offset such as `+02:00`, or leave it out to mean the site's time zone".to_string(),
                });
            }
        };
        Ok(Self::at(instant, zone, true))
    }

    /// The first instant of `day` in `zone`.
    pub fn on_day(day: Date, zone: &TimeZone) -> Result<Self, DateFault> {
        let instant = later_instant(day.to_datetime(Time::midnight()), zone, &day.to_string())?;
        Ok(Self { instant, day, time: None, iso: day.to_string() })
    }

    /// The moment of an instant, as clocks in `zone` show it.
    pub fn at(instant: Timestamp, zone: &TimeZone, with_time: bool) -> Self {
        let zoned: ZonedDateTime = instant.to_zoned_datetime(zone.clone());
        let iso = if with_time { zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string() } else { zoned.date().to_string() };
        Self { instant, day: zoned.date(), time: with_time.then(|| zoned.time()), iso }
    }
}

enum Offset<'a> {
    Local,
    Utc,
    Hours(&'a str),
    Unknown(&'a str),
}

/// Parts `14:30:00+02:00` into clock and offset.
fn split_offset(clock: &str) -> (&str, Offset<'_>) {
    match clock.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.') {
        None => (clock, Offset::Local),
        Some(at) => {
            let (time, zone) = clock.split_at(at);
            let zone = zone.trim();
            let offset = match zone {
                "Z" | "z" | "UTC" | "GMT" => Offset::Utc,
                zone if zone.starts_with(['+', '-']) => Offset::Hours(zone),
                zone => Offset::Unknown(zone),
            };
            (time.trim_end(), offset)
        }
    }
}

/// Reads the day at the start of `whole`; of a day that does not exist it says so.
fn parse_day(text: &str, whole: &str) -> Result<Date, DateFault> {
    match PartialDate::parse(text) {
        Ok(PartialDate { year, month: Some(month), day: Some(day) }) => {
            Date::new(year, month, day).map_err(|_| not_a_date(whole))
        }
        Err(fault) if fault.message.starts_with("there is no") => Err(DateFault { help: FORMS.to_string(), ..fault }),
        _ => Err(not_a_date(whole)),
    }
}

fn parse_clock(clock: &str, whole: &str) -> Result<Time, DateFault> {
    let fault = |message: String| DateFault { message, help: FORMS.to_string() };
    let main = clock.split('.').next().unwrap_or(clock);
    let numbers: Option<Vec<i8>> =
        main.split(':').map(|part| (part.len() == 2).then(|| part.parse().ok()).flatten()).collect();
    let (hour, minute, second) = match numbers.as_deref() {
        Some([hour, minute]) => (*hour, *minute, 0),
        Some([hour, minute, second]) => (*hour, *minute, *second),
        _ => return Err(fault(format!("`{whole}` is not a date with a time"))),
    };
    if second == 60 {
        return Err(fault(format!("`{clock}` is a leap second, which clocks here do not have")));
    }
    Time::new(hour, minute, second, 0)
        .map_err(|_| fault(format!("there is no time `{clock}`: hours run from 00 to 23, minutes to 59")))
}

/// Turns a local time into an instant; of two candidates the later.
fn later_instant(local: DateTime, zone: &TimeZone, text: &str) -> Result<Timestamp, DateFault> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    let found = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => ambiguous.compatible(),
        AmbiguousOffset::Gap { .. } | AmbiguousOffset::Fold { .. } => ambiguous.later(),
    };
    found.map_err(|_| DateFault { message: format!("`{text}` is out of range"), help: FORMS.to_string() })
}

fn not_a_date(text: &str) -> DateFault {
    DateFault { message: format!("`{text}` is not a date"), help: FORMS.to_string() }
}

/// A date that may lack its day, or its day and month.
///
/// Orders by what is known, a year before its months and a month before its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct PartialDate {
    /// Year.
    pub year: i16,
    /// Month, 1 to 12.
    pub month: Option<i8>,
    /// Day, 1 to 31.
    pub day: Option<i8>,
}

impl PartialDate {
    /// Reads `2025`, `2025-12` or `2025-12-10`.
    pub fn parse(text: &str) -> Result<Self, DateFault> {
        let help = || "write `2025-12-10`, `2025-12` or `2025`".to_string();
        let fault = || DateFault { message: format!("`{text}` is not a date"), help: help() };
        let mut parts = text.trim().split('-');
        let mut number = |digits: usize| -> Result<Option<i16>, DateFault> {
            match parts.next() {
                None => Ok(None),
                Some(part) if part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()) => {
                    part.parse().map(Some).map_err(|_| fault())
                }
                Some(_) => Err(fault()),
            }
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        if parts.next().is_some() {
            return Err(fault());
        }
        let year = year.filter(|year| *year > 0).ok_or_else(fault)?;
        let no_such = |what: String| DateFault { message: format!("there is no {what}"), help: help() };
        let month = match month {
            None => return Ok(Self { year, month: None, day: None }),
            Some(month) if (1..=12).contains(&month) => month as i8,
            Some(month) => return Err(no_such(format!("month {month:02}"))),
        };
        let Some(day) = day else { return Ok(Self { year, month: Some(month), day: None }) };
        match i8::try_from(day).ok().and_then(|day| Date::new(year, month, day).ok()) {
            Some(date) => Ok(Self::from(date)),
            None => Err(no_such(format!("day `{text}`"))),
        }
    }

    /// The first day that it may mean.
    pub fn first_day(self) -> Date {
        Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).unwrap_or(Date::MIN)
    }

    /// The last day that it may mean.
    pub fn last_day(self) -> Date {
        let month = Date::new(self.year, self.month.unwrap_or(12), 1).unwrap_or(Date::MAX);
        match self.day {
            Some(_) => self.first_day(),
            None => month.last_of_month(),
        }
    }
}

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self { year: date.year(), month: Some(date.month()), day: Some(date.day()) }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("bundled time zone")
    }

    fn instant(text: &str, zone_name: &str) -> String {
        match Moment::parse(text, &zone(zone_name)) {
            Ok(moment) => moment.instant.to_string(),
            Err(fault) => fault.message,
        }
    }

    #[test]
    fn reads_all_forms() {
        assert_eq!(instant("2025-12-10", "Europe/Kyiv"), "2025-12-09T22:00:00Z");
        assert_eq!(instant("2025-12-10 14:30", "Europe/Kyiv"), "2025-12-10T12:30:00Z");
        assert_eq!(instant("2025-12-10T14:30:05", "UTC"), "2025-12-10T14:30:05Z");
        assert_eq!(instant("2025-12-10T14:30Z", "Europe/Kyiv"), "2025-12-10T14:30:00Z");
        assert_eq!(instant("2025-12-10T14:30:00.5+02:00", "UTC"), "2025-12-10T12:30:00Z");
    }

    #[test]
    fn a_doubtful_local_time_is_the_later_instant() {
        assert_eq!(instant("2026-10-25 01:30", "Europe/London"), "2026-10-25T01:30:00Z");
        assert_eq!(instant("2027-03-28 01:30", "Europe/London"), "2027-03-28T01:30:00Z");
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, message) in [
            ("2026-02-30", "there is no day `2026-02-30`"),
            ("2025-13-01", "there is no month 13"),
            ("2025-12-10 24:00", "there is no time `24:00`: hours run from 00 to 23, minutes to 59"),
            ("2016-12-31T23:59:60Z", "`23:59:60` is a leap second, which clocks here do not have"),
            ("1733840000", "`1733840000` is not a date"),
            ("0000-01-01", "`0000-01-01` is not a date"),
            ("10000-01-01", "`10000-01-01` is not a date"),
            ("2025-12-10 14:30 EST", "`EST` does not say one offset from UTC"),
            ("soon", "`soon` is not a date"),
            ("ünïcödé dätes", "`ünïcödé dätes` is not a date"),
        ] {
            assert_eq!(instant(text, "UTC"), message);
        }
    }

    #[test]
    fn partial_dates_know_their_bounds() {
        let check = |text: &str, first: &str, last: &str| {
            let date = PartialDate::parse(text).unwrap();
            assert_eq!((date.first_day().to_string().as_str(), date.last_day().to_string().as_str()), (first, last));
            assert_eq!(date.to_string(), text);
        };
        check("2025", "2025-01-01", "2025-12-31");
        check("2024-02", "2024-02-01", "2024-02-29");
        check("2025-12-10", "2025-12-10", "2025-12-10");
        assert!(PartialDate::parse("2025-1").is_err());
        assert!(PartialDate::parse("2025-12-10-1").is_err());
    }
}
