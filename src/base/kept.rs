//! How values of other crates are kept in a file between two runs, for the fields that hold them.
//!
//! What is written here only the same program reads again. The names are those that `borsh` asks for.

use std::io::{Error, ErrorKind, Read, Result, Write};

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::Timestamp;
use jiff::civil::{Date, Time};

fn bad<E: std::fmt::Display>(error: E) -> Error {
    Error::new(ErrorKind::InvalidData, error.to_string())
}

/// Writes a moment: seconds and nanoseconds since 1970.
pub fn put_instant<W: Write>(instant: &Timestamp, writer: &mut W) -> Result<()> {
    (instant.as_second(), instant.subsec_nanosecond()).serialize(writer)
}

/// Reads a moment.
pub fn take_instant<R: Read>(reader: &mut R) -> Result<Timestamp> {
    let (second, nanosecond) = BorshDeserialize::deserialize_reader(reader)?;
    Timestamp::new(second, nanosecond).map_err(bad)
}

/// Writes a day.
pub fn put_day<W: Write>(day: &Date, writer: &mut W) -> Result<()> {
    (day.year(), day.month(), day.day()).serialize(writer)
}

/// Reads a day.
pub fn take_day<R: Read>(reader: &mut R) -> Result<Date> {
    let (year, month, day) = BorshDeserialize::deserialize_reader(reader)?;
    Date::new(year, month, day).map_err(bad)
}

/// Writes a day that may not be known.
pub fn put_maybe_day<W: Write>(day: &Option<Date>, writer: &mut W) -> Result<()> {
    day.map(|day| (day.year(), day.month(), day.day())).serialize(writer)
}

/// Reads a day that may not be known.
pub fn take_maybe_day<R: Read>(reader: &mut R) -> Result<Option<Date>> {
    let day: Option<(i16, i8, i8)> = BorshDeserialize::deserialize_reader(reader)?;
    day.map(|(year, month, day)| Date::new(year, month, day)).transpose().map_err(bad)
}

/// Writes a time of day that may not be known.
pub fn put_maybe_time<W: Write>(time: &Option<Time>, writer: &mut W) -> Result<()> {
    time.map(|time| (time.hour(), time.minute(), time.second(), time.subsec_nanosecond())).serialize(writer)
}

/// Reads a time of day that may not be known.
pub fn take_maybe_time<R: Read>(reader: &mut R) -> Result<Option<Time>> {
    let time: Option<(i8, i8, i8, i32)> = BorshDeserialize::deserialize_reader(reader)?;
    time.map(|(hour, minute, second, nano)| Time::new(hour, minute, second, nano)).transpose().map_err(bad)
}

/// Writes what an author has put under `extra:`. An error where YAML would not read it back as it is.
pub fn put_mapping<W: Write>(mapping: &serde_yaml::Mapping, writer: &mut W) -> Result<()> {
    if mapping.is_empty() {
        return String::new().serialize(writer);
    }
    let text = serde_yaml::to_string(mapping).map_err(bad)?;
    let again: serde_yaml::Mapping = serde_yaml::from_str(&text).map_err(bad)?;
    if again != *mapping {
        return Err(bad("not the same when it is read again"));
    }
    text.serialize(writer)
}

/// Reads what an author has put under `extra:`.
pub fn take_mapping<R: Read>(reader: &mut R) -> Result<serde_yaml::Mapping> {
    let text = String::deserialize_reader(reader)?;
    if text.is_empty() { Ok(serde_yaml::Mapping::new()) } else { serde_yaml::from_str(&text).map_err(bad) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::dates::Moment;

    #[test]
    fn what_is_kept_is_what_comes_back() {
        for text in ["2026-03-01T09:30:15.5Z", "-009999-01-02T01:59:59Z"] {
            let instant: Timestamp = text.parse().unwrap();
            let mut bytes = Vec::new();
            put_instant(&instant, &mut bytes).unwrap();
            assert_eq!(take_instant(&mut bytes.as_slice()).unwrap(), instant);
        }
        let zone = jiff::tz::TimeZone::get("Europe/Kyiv").unwrap();
        for has_time in [false, true] {
            let moment = Moment::at("2026-03-01T22:30:00Z".parse().unwrap(), &zone, has_time);
            let again: Moment = borsh::from_slice(&borsh::to_vec(&moment).unwrap()).unwrap();
            assert_eq!(again, moment);
        }
        let mapping: serde_yaml::Mapping =
            serde_yaml::from_str("a: '1'\nb: 1.5\nc: [x, {y: null, 2: true}]\nd: \"\\u0007 tab\\t\"\n'': ~").unwrap();
        let mut bytes = Vec::new();
        put_mapping(&mapping, &mut bytes).unwrap();
        assert_eq!(take_mapping(&mut bytes.as_slice()).unwrap(), mapping);
        assert!(take_mapping(&mut [3, 0, 0, 0, b'[', b']', b' '].as_slice()).is_err());
        assert!(take_day(&mut [1, 0, 13, 1].as_slice()).is_err(), "there is no thirteenth month");
    }
}
