//! Values as people and files read them: money exact, numbers as short as they read back, times in the lexicon's zone.

use jiff::Timestamp;
use jiff::civil::Date;
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
    pub key_of: &'a dyn Fn(TableId, u32) -> Option<String>,
}

impl Shown<'_> {
    /// The value of a row as text, `None` where it is unknown.
    pub fn text(&self, column: &Column, ty: &Ty, row: usize) -> Option<String> {
        column.is_known(row).then(|| self.known_text(&column.values, ty, row)).flatten()
    }

    fn known_text(&self, values: &Values, ty: &Ty, row: usize) -> Option<String> {
        Some(match values {
            Values::YesNo(bits) => if bits.get(row) { "true" } else { "false" }.to_owned(),
            Values::Number(v) => number(v[row]),
            Values::Int(v) => match ty {
                Ty::Money => money(v[row] as i128),
                Ty::Duration => duration(v[row]),
                _ => time(v[row], self.zone)?,
            },
            Values::Date(v) => date(v[row])?,
            Values::Text(v) => v.get(row).to_owned(),
            Values::Record(v) => match ty {
                Ty::Record(table) => (self.key_of)(*table, v[row])?,
                _ => return None,
            },
            Values::List { offsets, items } => {
                let item = item_type(ty);
                let range = offsets[row] as usize..offsets[row + 1] as usize;
                let texts: Vec<String> = range.filter_map(|i| self.known_text(items, item, i)).collect();
                texts.join(";")
            }
        })
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
            Values::YesNo(_) | Values::Number(_) => out.push_str(&self.known_text(values, ty, row).unwrap_or_default()),
            Values::Int(_) if *ty == Ty::Money => {
                out.push_str(&self.known_text(values, ty, row).unwrap_or_default());
            }
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
            _ => match self.known_text(values, ty, row) {
                Some(text) => json_text(out, &text),
                None => out.push_str("null"),
            },
        }
    }
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
    let n = if n == 0.0 { 0.0 } else { n };
    let size = n.abs();
    if size != 0.0 && !(1e-7..1e21).contains(&size) { format!("{n:e}") } else { format!("{n}") }
}

/// Ten-thousandths as a decimal without needless zeros.
pub fn money(units: i128) -> String {
    let size = units.unsigned_abs();
    let (whole, part) = (size / MONEY as u128, size % MONEY as u128);
    let sign = if units < 0 { "-" } else { "" };
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let digits = format!("{part:04}");
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
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
    let day = Date::new(1970, 1, 1).ok()?.checked_add(jiff::Span::new().try_days(i64::from(days)).ok()?).ok()?;
    Some(day.to_string())
}

/// A time as `2026-03-31T14:00:00+02:00`, with a fraction where there is one.
pub fn time(micros: i64, zone: &TimeZone) -> Option<String> {
    let at = Timestamp::from_microsecond(micros).ok()?.to_zoned(zone.clone());
    let part = micros.rem_euclid(SECOND as i64);
    let fraction = if part == 0 { String::new() } else { format!(".{part:06}").trim_end_matches('0').to_owned() };
    let civil = at.datetime();
    let seconds = at.offset().seconds();
    let (sign, size) = if seconds < 0 { ('-', -seconds) } else { ('+', seconds) };
    Some(format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}{sign}{:02}:{:02}",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second(),
        size / 3600,
        size / 60 % 60
    ))
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
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(time(i64::MAX, &zone), None);
        assert_eq!(date(20_543).as_deref(), Some("2026-03-31"));
        assert_eq!(date(i32::MAX), None);
    }
}
