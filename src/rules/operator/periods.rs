//! The periods in which the autoscaler rests (`CalendarUtils` of the autoscaler): cron expressions of
//! Quartz and times of day. Tells only what certainly is neither.

/// Why a period is none; `None` for one that may be read.
pub(super) fn problem(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split("&&").map(str::trim).collect();
    if parts.len() > 2 {
        return Some("more than two parts with `&&`".to_owned());
    }
    let unread = parts.iter().find_map(|part| {
        if is_daily(part) {
            return None;
        }
        cron_problem(part)
    });
    if unread.is_some() {
        return unread;
    }
    let days = parts.iter().filter(|part| is_daily(part)).count();
    match (parts.len(), days) {
        (2, 2) => Some("two times of day with `&&`".to_owned()),
        (2, 0) => Some("two cron expressions with `&&`".to_owned()),
        _ => None,
    }
}

/// Whether a text is a range of times within a day: `9:30-17:00:00` (`DailyCalendar` of Quartz).
fn is_daily(text: &str) -> bool {
    let Some((start, end)) = text.split_once('-') else {
        return false;
    };
    match (time(start), time(end)) {
        (Some(start), Some(end)) => start < end,
        _ => false,
    }
}

/// Milliseconds since midnight.
fn time(text: &str) -> Option<u32> {
    const UNITS: [(u32, u32); 4] = [(24, 3_600_000), (60, 60_000), (60, 1000), (1000, 1)];
    let parts: Vec<&str> = text.split(':').map(str::trim).collect();
    if !(2..=4).contains(&parts.len()) {
        return None;
    }
    let mut sum = 0;
    for (part, (end, millis)) in parts.into_iter().zip(UNITS) {
        let number: u32 = part.parse().ok().filter(|number| *number < end)?;
        sum += number * millis;
    }
    Some(sum)
}

/// The fields of a cron expression with the numbers that they take.
const FIELDS: [(&str, u32, u32); 7] = [
    ("seconds", 0, 59),
    ("minutes", 0, 59),
    ("hours", 0, 23),
    ("days of the month", 1, 31),
    ("months", 1, 12),
    ("days of the week", 1, 7),
    ("years", 1970, 2199),
];

/// Why a text certainly is no cron expression (`CronExpression` of Quartz).
fn cron_problem(text: &str) -> Option<String> {
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    if fields.len() < 6 {
        return Some(format!(
            "neither a time of day nor a cron expression, which has 6 or 7 fields, seconds first, and not {}",
            fields.len()
        ));
    }
    for (field, (name, least, most)) in fields.iter().zip(FIELDS) {
        if let Some(number) = bad_number(field, least, most) {
            return Some(format!("{number} is none of the {name}, {least} to {most}"));
        }
    }
    let questions = [fields[3], fields[5]].map(|field| field.contains('?'));
    match questions {
        [true, true] => Some("`?` for both the day of the month and that of the week".to_owned()),
        [false, false] => {
            Some("a day of the month and one of the week: one of them must be `?`".to_owned())
        }
        _ => None,
    }
}

/// The first plain number of a field that is out of its range: `5`, `5-7`, `5,7`; steps are not looked
/// at, and neither are letters.
fn bad_number(field: &str, least: u32, most: u32) -> Option<u32> {
    let plain = field
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b",-/*".contains(&byte));
    if !plain {
        return None;
    }
    let parts = field
        .split(',')
        .map(|part| part.split('/').next().unwrap_or(part));
    let mut numbers = parts
        .flat_map(|part| part.split('-'))
        .filter_map(|own| own.parse().ok());
    numbers.find(|number: &u32| *number < least || *number > most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartz_and_times_of_day_are_read() {
        for text in [
            "* * 9-11,14-16 * * ?",
            "* * * ? * 2-6",
            "9:30:30-10:50:20 && * * * ? * 2,5",
            "* * * ? * 2,5 && 9:30-17:00",
            "9:00-17:00",
            "0 0/5 14 * * ? 2030",
            "0 15 10 ? * MON-FRI",
            "0 15 10 L * ?",
        ] {
            assert_eq!(problem(text), None, "{text}");
        }
    }

    #[test]
    fn what_neither_reads_is_told() {
        for text in [
            "* 9-11 * * *",
            "* * 9-11 * * *",
            "* * 9-11 ? * ?",
            "* * 25 * * ?",
            "* 60 * * * ?",
            "17:00-9:00",
            "9-17",
            "24:00-25:00",
            "9:00-10:00 && 11:00-12:00",
            "* * 9 * * ? && * * 10 * * ?",
            "9:00-10:00 && * * 9 * * ? && 1:00-2:00",
            "weekends",
            "",
        ] {
            assert!(problem(text).is_some(), "{text}");
        }
    }
}
