//! Values as a lexicon writes them.

use jiff::Timestamp;
use lead_hir::hir::{KEYWORDS, Settings, Value};
use lead_plan::calendar;

const MINUTE: i64 = 60_000_000;
/// Units of a duration in microseconds, largest first.
const UNITS: [(i64, &str); 3] = [(24 * 60 * MINUTE, "d"), (60 * MINUTE, "h"), (MINUTE, "min")];
/// Units of money in one.
const MONEY: i64 = 10_000;

/// A value as a lexicon writes it: `"text"`, `5`, `20%`, `2026-03-31`. A time to the second, in the lexicon's zone; a duration in
/// its largest whole unit, rounded to minutes.
pub fn literal(value: &Value, settings: &Settings) -> String {
    match value {
        Value::YesNo(yes) => if *yes { "yes" } else { "no" }.to_string(),
        Value::Number(n) => number(*n),
        Value::Percent(n) => format!("{}%", number((n * 1e11).round() / 1e9)),
        Value::Money(units) => money(*units),
        Value::Text(text) => format!("\"{}\"", text.replace('"', "\"\"")),
        Value::Date(days) => calendar::date_of_days(*days).to_string(),
        Value::Time(at) => time(*at, settings),
        Value::Duration(micros) => duration(*micros),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|v| literal(v, settings)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// A name as a lexicon writes it: in backticks where its words or signs would be read as something else.
pub(crate) fn name_text(name: &str) -> String {
    let words: Vec<String> = name.split(' ').filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    let plain = |word: &String| {
        word.chars().next().is_some_and(char::is_alphabetic)
            && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '\'' | '&'))
            && !word.ends_with('-')
            && !KEYWORDS.contains(&word.as_str())
    };
    let is = |word: &String, of: &[&str]| of.contains(&word.as_str());
    let reads = match words.as_slice() {
        [] => false,
        [one] => plain(one) && !is(one, &["yes", "no", "true", "false", "now", "today", "known", "unknown"]),
        // `in` and `by` begin what follows them, and a period may begin with the others.
        [first, ..] => {
            let inner = words.iter().take(words.len() - 1).any(|w| is(w, &["in", "by"]));
            words.iter().all(plain) && !inner && !is(first, &["this", "last", "next", "starts", "ends"])
        }
    };
    if reads { name.to_string() } else { format!("`{name}`") }
}

fn number(n: f64) -> String {
    // Never with an exponent, which a lexicon does not read; minus zero is zero.
    format!("{}", if n == 0.0 { 0.0 } else { n })
}

fn money(units: i64) -> String {
    let (whole, part) = (units.unsigned_abs() / MONEY as u64, units.unsigned_abs() % MONEY as u64);
    let sign = if units < 0 { "-" } else { "" };
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let places = format!("{part:04}");
    format!("{sign}{whole}.{}", places.trim_end_matches('0'))
}

fn time(at: i64, settings: &Settings) -> String {
    let Ok(at) = Timestamp::from_microsecond(at) else { return String::new() };
    let local = at.to_zoned(settings.zone.clone()).datetime();
    let form = if local.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" };
    local.strftime(form).to_string()
}

fn duration(micros: i64) -> String {
    let whole = (micros.abs() + MINUTE / 2) / MINUTE * MINUTE;
    let (unit, name) = UNITS.into_iter().find(|(u, _)| whole % u == 0).unwrap_or((MINUTE, "min"));
    format!("{}{}{name}", if micros < 0 { "-" } else { "" }, whole / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let zone = jiff::tz::db().get("Europe/Berlin").unwrap();
        Settings { name: String::new(), zone, zone_name: "Europe/Berlin".into(), fiscal_start: 1 }
    }

    #[test]
    fn names_are_quoted_where_they_would_be_read_as_something_else() {
        let plain = ["opted in", "needed by", "e-mail", "job title", "R&D head"];
        assert!(plain.into_iter().all(|name| name_text(name) == name));
        let quoted = ["when", "in house", "last year", "now", "50 days", "a|b", "starts with"];
        assert!(quoted.into_iter().all(|name| name_text(name) == format!("`{name}`")));
    }

    #[test]
    fn values_are_written_as_a_lexicon_reads_them() {
        let cases = [
            (Value::YesNo(true), "yes"),
            (Value::Number(5.0), "5"),
            (Value::Number(-0.0), "0"),
            (Value::Number(1e21), "1000000000000000000000"),
            (Value::Percent(0.07), "7%"),
            (Value::Money(-1_000_500), "-100.05"),
            (Value::Text("a \"b\"".into()), "\"a \"\"b\"\"\""),
            (Value::Date(20_454), "2026-01-01"),
            (Value::Time(1_767_222_000_000_000), "2026-01-01T00:00"),
            (Value::Time(1_767_222_001_000_000), "2026-01-01T00:00:01"),
            (Value::Duration(36 * 60 * MINUTE), "36h"),
            (Value::Duration(48 * 60 * MINUTE), "2d"),
            (Value::Duration(-90 * MINUTE), "-90min"),
            (Value::List(vec![Value::Number(1.5), Value::Number(2.0)]), "[1.5, 2]"),
        ];
        for (value, want) in cases {
            assert_eq!(literal(&value, &settings()), want);
        }
    }
}
