//! Days of the calendar. Knows no clock: whoever asks says what today is.

use std::fmt;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u32,
    month: u32,
    day: u32,
}

impl Date {
    /// Reads `2027-01-31`; `None` for any other shape and for days that there are not.
    pub fn parse(text: &str) -> Option<Self> {
        let number = |from: usize, to: usize| {
            let digits = text.get(from..to)?;
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| digits.parse::<u32>().ok())?
        };
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let date = Date {
            year: number(0, 4)?,
            month: number(5, 7)?,
            day: number(8, 10)?,
        };
        let days = days_of(date.year, date.month)?;
        (1..=days).contains(&date.day).then_some(date)
    }

    /// The day in UTC of a time in seconds since 1970-01-01.
    pub fn of_unix(seconds: u64) -> Self {
        let mut left = seconds / (24 * 60 * 60);
        let mut year = 1970;
        loop {
            let length = if is_leap(year) { 366 } else { 365 };
            if left < length {
                break;
            }
            left -= length;
            year += 1;
        }
        let mut month = 1;
        while let Some(days) = days_of(year, month) {
            if left < u64::from(days) {
                break;
            }
            left -= u64::from(days);
            month += 1;
        }
        let day = u32::try_from(left).unwrap_or_default() + 1;
        Date { year, month, day }
    }
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

/// How many days a month has, from 1; `None` for what is no month.
fn days_of(year: u32, month: u32) -> Option<u32> {
    match month {
        2 if is_leap(year) => Some(29),
        2 => Some(28),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_they_are_shown_and_others_are_none() {
        for text in ["2027-01-31", "2024-02-29", "2000-02-29", "9999-12-31"] {
            let date = Date::parse(text).expect("a date");
            assert_eq!(date.to_string(), text);
        }
        for text in [
            "2023-02-29",
            "1900-02-29",
            "2027-13-01",
            "2027-00-01",
            "2027-04-31",
            "2027-01-00",
            "2027-1-31",
            "27-01-31",
            "2027/01/31",
            "2027-01-3x",
            "+027-01-31",
            "2027-01-31 ",
            "",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_day_of_a_time_is_that_of_the_calendar() {
        // date -u -d @SECONDS +%F
        for (seconds, text) in [
            (0, "1970-01-01"),
            (86_399, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_798_761_599, "2026-12-31"),
            (1_798_761_600, "2027-01-01"),
        ] {
            assert_eq!(Date::of_unix(seconds).to_string(), text, "{seconds}");
        }
    }

    #[test]
    fn days_stand_in_their_order() {
        let date = |text| Date::parse(text).expect("a date");
        assert!(date("2026-12-31") < date("2027-01-01"));
        assert!(date("2027-02-01") > date("2027-01-31"));
    }
}
