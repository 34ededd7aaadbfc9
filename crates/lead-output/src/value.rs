//! Values as people and files read them: money exact, numbers as short as they read back, times in the lexicon's zone.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lead_data::{Column, Values};
use lead_hir::hir::{TableId, Ty, Value};

/// How many units money is counted in.
const MONEY: i128 = 10_000;
const SECOND: i128 = 1_000_000;
const MINUTE: i128 = 60 * SECOND;
const HOUR: i128 = 60 * MINUTE;
const DAY: i128 = 24 * HOUR;

/// What values are shown with.
pub struct Shown<'a> {
    /// The lexicon's zone.
    pub zone: &'a TimeZone,
    /// The key of a record.
    pub key_of: &'a (dyn Fn(TableId, u32) -> Option<String> + Sync),
}

impl Shown<'_> {
    /// The value of a row as text, `None` where it is unknown.
    pub fn text(&self, column: &Column, ty: &Ty, row: usize) -> Option<String> {
        let mut out = String::new();
        (column.is_known(row) && self.write(&mut out, &column.values, ty, row)).then_some(out)
    }

    /// Writes the known value of a row as text. `false` if it cannot be shown: a time out of the calendar, a record
    /// without a key.
    pub fn write(&self, out: &mut String, values: &Values, ty: &Ty, row: usize) -> bool {
        match values {
            Values::YesNo(bits) => out.push_str(yes_no(bits.get(row))),
            Values::Number(v) => write_number(out, v[row]),
            Values::Int(v) => match ty {
                Ty::Money => write_money(out, v[row] as i128),
                Ty::Duration => out.push_str(&duration(v[row])),
                _ => return write_time(out, v[row], self.zone),
            },
            Values::Date(v) => return write_date(out, v[row]),
            Values::Text(v) => out.push_str(v.get(row)),
            Values::Record(v) => match ty {
                Ty::Record(table) => match (self.key_of)(*table, v[row]) {
                    Some(key) => out.push_str(&key),
                    None => return false,
                },
                _ => return false,
            },
            Values::List { offsets, items } => {
                let range = offsets[row] as usize..offsets[row + 1] as usize;
                let first = range.start;
                for i in range {
                    if i > first {
                        out.push(';');
                    }
                    self.write(out, items, item_type(ty), i);
                }
            }
        }
        true
    }

    /// The value of a row as JSON, `null` where it is unknown.
    pub fn json(&self, out: &mut String, column: &Column, ty: &Ty, row: usize) {
        if !column.is_known(row) {
            out.push_str("null");
            return;
        }
        self.known_json(out, &column.values, ty, row);
    }

    fn known_json(&self, out: &mut String, values: &Values, ty: &Ty, row: usize) {
        match values {
            Values::YesNo(_) | Values::Number(_) => {
                self.write(out, values, ty, row);
            }
            Values::Int(_) if *ty == Ty::Money => {
                self.write(out, values, ty, row);
            }
            Values::Text(v) => json_text(out, v.get(row)),
            Values::List { offsets, items } => {
                out.push('[');
                let range = offsets[row] as usize..offsets[row + 1] as usize;
                for (n, i) in range.enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    self.known_json(out, items, item_type(ty), i);
                }
                out.push(']');
            }
            _ => {
                let mut text = String::new();
                if self.write(&mut text, values, ty, row) {
                    json_text(out, &text);
                } else {
                    out.push_str("null");
                }
            }
        }
    }
}

/// Yes and no as files have them.
#[inline]
pub fn yes_no(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}

/// Type of the items of a list.
pub fn item_type(ty: &Ty) -> &Ty {
    match ty {
        Ty::List(item) => item,
        other => other,
    }
}

/// Whether a value of the type is free text, so that a spreadsheet could take it for a formula.
pub fn is_text(ty: &Ty) -> bool {
    matches!(item_type(ty), Ty::Text | Ty::OneOf(_) | Ty::Key | Ty::Record(_) | Ty::Error)
}

/// A number as short as it reads back; whole ones without a point.
pub fn number(n: f64) -> String {
    let mut out = String::new();
    write_number(&mut out, n);
    out
}

fn write_number(out: &mut String, n: f64) {
    // Whole numbers up to here are exact, and integers print faster.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let size = n.abs();
    let whole = n as i64;
    // Writing to a text does not fail.
    let _ = if whole as f64 == n && size < EXACT {
        write_whole(out, whole);
        Ok(())
    } else if (1e-4..1e15).contains(&size) {
        out.push_str(zmij::Buffer::new().format_finite(n));
        Ok(())
    } else if (1e-7..1e21).contains(&size) {
        write!(out, "{n}")
    } else {
        write!(out, "{n:e}")
    };
}

/// The numbers below a hundred, two digits each.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut i = 0;
    while i < 100 {
        pairs[i] = [b'0' + i as u8 / 10, b'0' + i as u8 % 10];
        i += 1;
    }
    pairs
};

/// The digits of a number below 10^12.
fn twelve_digits(mut number: u64) -> [u8; 12] {
    let mut text = [b'0'; 12];
    for pair in text.as_chunks_mut::<2>().0.iter_mut().rev() {
        *pair = PAIRS[(number % 100) as usize];
        number /= 100;
    }
    text
}

fn write_whole(out: &mut String, n: i64) {
    if n < 0 {
        out.push('-');
    }
    let size = n.unsigned_abs();
    if size < 10 {
        out.push(char::from(b'0' + size as u8));
    } else if size < 1_000_000_000_000 {
        let text = twelve_digits(size);
        let first = text.iter().position(|b| *b != b'0').unwrap_or(0);
        out.push_str(std::str::from_utf8(&text[first..]).unwrap_or_default());
    } else {
        let _ = write!(out, "{size}");
    }
}

/// Ten-thousandths as a decimal without needless zeros.
pub fn money(units: i128) -> String {
    let mut out = String::new();
    write_money(&mut out, units);
    out
}

fn write_money(out: &mut String, units: i128) {
    let size = units.unsigned_abs();
    let (whole, part) = (size / MONEY as u128, size % MONEY as u128);
    if units < 0 {
        out.push('-');
    }
    let _ = write!(out, "{whole}");
    if part > 0 {
        let _ = write!(out, ".{part:04}");
        out.truncate(out.trim_end_matches('0').len());
    }
}

/// Microseconds as `12d 4h 30min 5.25s`, exact; days count 24 hours.
pub fn duration(micros: i64) -> String {
    duration_parts(micros, usize::MAX)
}

/// Microseconds with the two greatest units.
pub fn duration_short(micros: i64) -> String {
    let size = (micros as i128).abs();
    // Rounded to the second unit, so that 59.9 minutes are an hour.
    let unit = [(DAY, HOUR), (HOUR, MINUTE), (MINUTE, SECOND)].into_iter().find(|(u, _)| size >= *u).map_or(1, |u| u.1);
    let rounded = (size + unit / 2) / unit * unit;
    let rounded = i64::try_from(if micros < 0 { -rounded } else { rounded }).unwrap_or(micros);
    duration_parts(rounded, 2)
}

/// Microseconds to the day from two days on, so that a change of clocks does not show.
pub fn duration_in_days(micros: i64) -> String {
    if (micros as i128).abs() < 2 * DAY {
        return duration_short(micros);
    }
    let days = (micros as i128 + DAY / 2).div_euclid(DAY);
    format!("{days}d")
}

fn duration_parts(micros: i64, most: usize) -> String {
    let mut rest = (micros as i128).abs();
    let mut parts: Vec<String> = Vec::new();
    for (unit, name) in [(DAY, "d"), (HOUR, "h"), (MINUTE, "min")] {
        if rest >= unit && parts.len() < most {
            parts.push(format!("{}{name}", rest / unit));
            rest %= unit;
        }
    }
    if rest > 0 && parts.len() < most {
        let (whole, part) = (rest / SECOND, rest % SECOND);
        let fraction = if part == 0 { String::new() } else { format!(".{part:06}").trim_end_matches('0').to_owned() };
        parts.push(format!("{whole}{fraction}s"));
    }
    if parts.is_empty() {
        return "0d".to_owned();
    }
    format!("{}{}", if micros < 0 { "-" } else { "" }, parts.join(" "))
}

/// A day as `2026-03-31`.
pub fn date(days: i32) -> Option<String> {
    let mut out = String::new();
    write_date(&mut out, days).then_some(out)
}

/// Days of the years -9999 and 9999, beyond which nothing is written.
const DAYS: std::ops::RangeInclusive<i64> = -4_371_587..=2_932_896;

fn write_date(out: &mut String, days: i32) -> bool {
    let days = i64::from(days);
    if !DAYS.contains(&days) {
        return false;
    }
    // Years begin in March here, so that the day that comes and goes is their last (400 years have 146,097 days).
    let day = days + 719_468;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day_of_month = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    if year < 0 {
        let _ = write!(out, "-{:06}", -year);
    } else {
        digits(out, (year / 100) as u32);
        digits(out, (year % 100) as u32);
    }
    out.push('-');
    digits(out, month as u32);
    out.push('-');
    digits(out, day_of_month as u32);
    true
}

/// Two digits.
fn digits(out: &mut String, n: u32) {
    out.push((b'0' + (n / 10 % 10) as u8) as char);
    out.push((b'0' + (n % 10) as u8) as char);
}

/// A time as `2026-03-31T14:00:00+02:00`, with a fraction where there is one.
pub fn time(micros: i64, zone: &TimeZone) -> Option<String> {
    let mut out = String::new();
    write_time(&mut out, micros, zone).then_some(out)
}

fn write_time(out: &mut String, micros: i64, zone: &TimeZone) -> bool {
    const DAY_SECONDS: i64 = 86_400;
    let Ok(at) = Timestamp::from_microsecond(micros) else { return false };
    let offset = i64::from(zone.to_offset(at).seconds());
    let seconds = micros.div_euclid(SECOND as i64) + offset;
    let Ok(day) = i32::try_from(seconds.div_euclid(DAY_SECONDS)) else { return false };
    if !write_date(out, day) {
        return false;
    }
    let clock = seconds.rem_euclid(DAY_SECONDS) as u32;
    for (sign, n) in [('T', clock / 3600), (':', clock / 60 % 60), (':', clock % 60)] {
        out.push(sign);
        digits(out, n);
    }
    let part = micros.rem_euclid(SECOND as i64);
    if part > 0 {
        let _ = write!(out, ".{part:06}");
        out.truncate(out.trim_end_matches('0').len());
    }
    out.push(if offset < 0 { '-' } else { '+' });
    let size = offset.unsigned_abs() as u32;
    digits(out, size / 3600);
    out.push(':');
    digits(out, size / 60 % 60);
    true
}

/// A value of the lexicon as text.
pub fn value(value: &Value, zone: &TimeZone) -> String {
    match value {
        Value::YesNo(v) => if *v { "yes" } else { "no" }.to_owned(),
        Value::Number(n) => number(*n),
        Value::Percent(n) => format!("{}%", number(round_to(*n * 100.0, 9))),
        Value::Money(m) => money(*m as i128),
        Value::Text(t) => t.to_string(),
        Value::Date(d) => date(*d).unwrap_or_default(),
        Value::Time(t) => time(*t, zone).unwrap_or_default(),
        Value::Duration(d) => duration(*d),
        Value::List(items) => items.iter().map(|v| self::value(v, zone)).collect::<Vec<_>>().join("; "),
    }
}

/// A value of the lexicon as JSON.
pub fn value_json(value: &Value, zone: &TimeZone) -> serde_json::Value {
    match value {
        Value::YesNo(v) => (*v).into(),
        Value::Number(n) | Value::Percent(n) => number_json(*n),
        Value::Money(m) => money_json(*m as i128),
        Value::List(items) => items.iter().map(|v| value_json(v, zone)).collect::<Vec<_>>().into(),
        other => self::value(other, zone).into(),
    }
}

/// A number as JSON; whole ones without a point.
pub fn number_json(n: f64) -> serde_json::Value {
    if n.fract() == 0.0 && n.abs() < 9e15 { (n as i64).into() } else { n.into() }
}

/// Money as a JSON number.
pub fn money_json(units: i128) -> serde_json::Value {
    if units % MONEY == 0
        && let Ok(whole) = i64::try_from(units / MONEY)
    {
        return whole.into();
    }
    // The text reads back as the nearest float, which prints as the same text up to 15 digits.
    money(units).parse::<f64>().map_or(serde_json::Value::Null, Into::into)
}

/// `n` with `places` behind the point.
pub fn round_to(n: f64, places: i32) -> f64 {
    let scale = 10f64.powi(places);
    let scaled = (n * scale).round() / scale;
    if scaled.is_finite() { scaled } else { n }
}

/// A text as JSON.
pub fn json_text(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| b < 0x20 || b == b'"' || b == b'\\') {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            other => {
                let _ = write!(out, "\\u{other:04x}");
            }
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_long_way_writes_them() {
        let mut seed = 3u64;
        for round in 0..200_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let scale = [1e2, 1e4, 1e9, 1e12, 3.0, 1.0, 7e16][round % 7];
            let n = ((seed >> 20) as i64 - (1 << 43)) as f64 / scale;
            // Smaller ones have an exponent.
            if n.abs() >= 1e-7 {
                assert_eq!(number(n), format!("{n}"));
            }
        }
        for n in
            [0.1, -12.000_5, 5.902_993_237_000_000_4, 1e-4, 9.9e-5, 999_999_999_999_999.9, 99_999_999_999.0, 1e12, -7.0]
        {
            assert_eq!(number(n), format!("{n}"));
        }
    }

    #[test]
    fn numbers_read_back_and_whole_ones_have_no_point() {
        assert_eq!(number(5.0), "5");
        assert_eq!(number(-0.0), "0");
        assert_eq!(number(0.1), "0.1");
        assert_eq!(number(1e300), "1e300");
        assert_eq!(number(1.0 / 3.0).parse::<f64>().ok(), Some(1.0 / 3.0));
    }

    #[test]
    fn money_is_exact() {
        assert_eq!(money(120_000), "12");
        assert_eq!(money(125_000), "12.5");
        assert_eq!(money(-1), "-0.0001");
        assert_eq!(money(i64::MIN as i128), "-922337203685477.5808");
    }

    #[test]
    fn durations_are_days_hours_minutes_and_seconds() {
        assert_eq!(duration(12 * DAY as i64 + 4 * HOUR as i64), "12d 4h");
        assert_eq!(duration(-90 * SECOND as i64), "-1min 30s");
        assert_eq!(duration(1_500_000), "1.5s");
        assert_eq!(duration(0), "0d");
        assert_eq!(duration_short(DAY as i64 - 1), "1d");
        assert_eq!(duration_short(3 * DAY as i64 + 29 * MINUTE as i64), "3d");
        assert_eq!(duration(i64::MIN), "-106751991d 4h 54.775808s");
    }

    #[test]
    fn times_carry_the_offset_of_the_zone_on_that_day() {
        let zone = TimeZone::get("Europe/Berlin").expect("a known zone");
        assert_eq!(time(1_774_958_400_000_000, &zone).as_deref(), Some("2026-03-31T14:00:00+02:00"));
        assert_eq!(time(1_767_225_600_500_000, &zone).as_deref(), Some("2026-01-01T01:00:00.5+01:00"));
        assert_eq!(time(-62_135_596_800_000_001, &TimeZone::UTC).as_deref(), Some("0000-12-31T23:59:59.999999+00:00"));
        assert_eq!(time(i64::MAX, &zone), None);
        assert_eq!(date(20_543).as_deref(), Some("2026-03-31"));
        assert_eq!(date(i32::MAX), None);
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        let mut day = jiff::civil::Date::new(-9999, 1, 1).expect("a day");
        let last = jiff::civil::Date::new(9999, 12, 31).expect("a day");
        let since = jiff::civil::Date::new(1970, 1, 1).expect("a day");
        loop {
            let days = since.until(day).expect("days").get_days();
            assert_eq!(date(days), Some(day.to_string()));
            let Ok(next) = day.checked_add(jiff::Span::new().days(97)) else { break };
            day = next;
        }
        let end = since.until(last).expect("days").get_days();
        assert_eq!((date(end), date(end + 1)), (Some("9999-12-31".to_owned()), None));
    }

    #[test]
    fn lengths_in_days_pass_over_a_change_of_clocks() {
        let hours = |h: i64| duration_in_days(h * 3_600_000_000);
        assert_eq!([hours(743), hours(745), hours(36), hours(0)], ["31d", "31d", "1d 12h", "0d"]);
    }

    #[test]
    fn json_texts_are_escaped() {
        let mut out = String::new();
        json_text(&mut out, "a\"b\\c\n\u{1}é");
        assert_eq!(serde_json::from_str::<String>(&out).ok().as_deref(), Some("a\"b\\c\n\u{1}é"));
    }
}
