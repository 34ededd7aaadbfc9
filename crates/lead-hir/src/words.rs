//! Values, windows and points in time as they are written in the language.

use crate::hir::{Lexicon, Moment, Period, Step, Value, Which, WindowKind};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A length of exact time in the largest unit that gives a whole number.
pub fn duration(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let size = micros.unsigned_abs();
    for (unit, letter) in [(DAY, "d"), (HOUR, "h")] {
        if size != 0 && size.is_multiple_of(unit as u64) {
            return format!("{sign}{}{letter}", size / unit as u64);
        }
    }
    format!("{sign}{}min", size / MINUTE as u64)
}

/// A step of the calendar: `90d`, `3mo`, `36h`.
pub fn step(by: Step) -> String {
    if by.months != 0 {
        let size = by.months.unsigned_abs();
        return if size.is_multiple_of(12) { format!("{}y", size / 12) } else { format!("{size}mo") };
    }
    if by.days != 0 {
        return format!("{}d", by.days.unsigned_abs());
    }
    duration(by.micros.abs())
}

/// A date of days since 1970.
pub fn date(days: i32) -> String {
    let first = jiff::civil::date(1970, 1, 1);
    first.saturating_add(jiff::Span::new().days(days.clamp(-2_000_000, 2_000_000))).to_string()
}

/// A time in the lexicon's zone, to the minute.
pub fn time(lexicon: &Lexicon, at: i64) -> String {
    match jiff::Timestamp::from_microsecond(at) {
        Ok(at) => at.to_zoned(lexicon.settings.zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string(),
        Err(_) => "now".to_string(),
    }
}

/// A point in time.
pub fn moment(lexicon: &Lexicon, at: Moment) -> String {
    match at {
        Moment::Date(days) => date(days),
        Moment::Time(at) => time(lexicon, at),
        Moment::Ago(by) => format!("{} ago", step(by)),
        Moment::Ahead(by) => format!("in {}", step(by)),
        Moment::Today => "today".into(),
        Moment::Now => "now".into(),
    }
}

/// A period of the calendar: `last 2 fiscal quarters`.
fn period(of: Period) -> String {
    let unit = of.unit.word();
    let fiscal = if of.fiscal { "fiscal " } else { "" };
    match of.which {
        Which::This => format!("this {fiscal}{unit}"),
        Which::Last(1) => format!("last {fiscal}{unit}"),
        Which::Next(1) => format!("next {fiscal}{unit}"),
        Which::Last(n) => format!("last {n} {fiscal}{unit}s"),
        Which::Next(n) => format!("next {n} {fiscal}{unit}s"),
    }
}

/// A window.
pub fn window(lexicon: &Lexicon, kind: WindowKind) -> String {
    match kind {
        WindowKind::Within(by) => format!("within {}", step(by)),
        WindowKind::WithinNext(by) => format!("within next {}", step(by)),
        WindowKind::Period(of) => format!("within {}", period(of)),
        WindowKind::Since(at) => format!("since {}", moment(lexicon, at)),
        WindowKind::Before(at) => format!("before {}", moment(lexicon, at)),
        WindowKind::Between(from, to) => format!("between {} and {}", moment(lexicon, from), moment(lexicon, to)),
        WindowKind::BetweenAgo(from, to) => format!("between {} and {} ago", step(from), step(to)),
        WindowKind::MoreThanAgo(by) => format!("more than {} ago", step(by)),
    }
}

/// A number as short as it reads back.
pub fn number(n: f64) -> String {
    format!("{n}")
}

/// A value as it is written.
pub fn value(lexicon: &Lexicon, value: &Value) -> String {
    match value {
        Value::YesNo(yes) => if *yes { "yes" } else { "no" }.into(),
        Value::Number(n) => number(*n),
        Value::Percent(n) => format!("{}%", number((n * 100.0 * 1e9).round() / 1e9)),
        Value::Money(n) => money(*n),
        Value::Text(text) => quoted(text),
        Value::Date(days) => date(*days),
        Value::Time(at) => time(lexicon, *at),
        Value::Duration(micros) => duration(*micros),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|i| self::value(lexicon, i)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// Ten-thousandths as an amount.
pub fn money(n: i64) -> String {
    let (whole, part) = (n.unsigned_abs() / 10_000, n.unsigned_abs() % 10_000);
    let sign = if n < 0 { "-" } else { "" };
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let digits = format!("{part:04}");
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
}

/// A text as it is written in the language.
pub fn quoted(value: &str) -> String {
    ["\"", &value.replace('"', "\"\""), "\""].concat()
}
