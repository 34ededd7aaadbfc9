//! Days and minutes of the made-up company's life, as text.

/// Days from 2024-04-01, the first day of the exports, to the as-of day 2026-07-01.
pub const AS_OF: i64 = 821;

/// A day, counted from 2024-04-01, as `2024-04-01`.
pub fn date(day: i64) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The first day of the month that is `months` after April 2024.
pub fn month_start(months: i64) -> i64 {
    let (year, month) = (2024 + (3 + months) / 12, (3 + months) % 12 + 1);
    // Walk from a day that is surely before; a month has at most 31 days.
    let mut day = months * 30 - 1;
    while civil(day) != (year, month, 1) {
        day += 1;
    }
    day
}

/// A day and a minute of it, as `2024-04-01 13:22`.
pub fn minute(at: i64) -> String {
    format!("{} {:02}:{:02}", date(at.div_euclid(1440)), at.rem_euclid(1440) / 60, at.rem_euclid(60))
}

/// The same as a time in UTC, `2024-04-01T13:22Z`.
pub fn minute_utc(at: i64) -> String {
    format!("{}Z", minute(at).replace(' ', "T"))
}

/// A minute between seven and seven on a day.
pub fn working_hours(random: &mut crate::random::Random, day: i64) -> i64 {
    day * 1440 + random.range(7 * 60, 19 * 60)
}

fn civil(day: i64) -> (i64, i64, i64) {
    // Years from March, so that the leap day is the last of its year; 2024-03-01 is 31 days before day 0.
    let mut left = day + 31;
    let mut year = 2024;
    loop {
        let length = if leap(year + 1) { 366 } else { 365 };
        if left < 0 {
            year -= 1;
            left += if leap(year + 1) { 366 } else { 365 };
        } else if left >= length {
            left -= length;
            year += 1;
        } else {
            break;
        }
    }
    let lengths = [31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 29];
    let mut month = 0;
    while left >= lengths[month] {
        left -= lengths[month];
        month += 1;
    }
    let month = month as i64 + 3;
    if month > 12 { (year + 1, month - 12, left + 1) } else { (year, month, left + 1) }
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(date(0), "2024-04-01");
        assert_eq!(date(-1), "2024-03-31");
        assert_eq!(date(-31), "2024-03-01");
        assert_eq!(date(-32), "2024-02-29");
        assert_eq!(date(364), "2025-03-31");
        assert_eq!(date(AS_OF), "2026-07-01");
        assert_eq!(date(1460), "2028-03-31");
        assert_eq!(date(month_start(9)), "2025-01-01");
        assert_eq!(minute(AS_OF * 1440 - 1), "2026-06-30 23:59");
    }
}
