//! Values as the case files write them, for the reference's values and for comparing.

use crate::reference::{RefValue, Reference};

/// Ten-thousandths in digits.
pub fn money(m: i64) -> String {
    let size = m.unsigned_abs();
    let places = format!("{:04}", size % 10_000);
    let places = places.trim_end_matches('0');
    let sign = if m < 0 { "-" } else { "" };
    let point = if places.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{places} money", size / 10_000)
}

/// Microseconds since 1970 as a time in UTC.
pub fn time(t: i64) -> String {
    jiff::Timestamp::from_microsecond(t).map_or_else(|_| format!("{t} us"), |t| t.to_string())
}

/// Microseconds as seconds.
pub fn duration(d: i64) -> String {
    if d % 1_000_000 == 0 { format!("{} s", d / 1_000_000) } else { format!("{d} us") }
}

/// A number; zero has no sign.
pub fn number(x: f64) -> String {
    if x == 0.0 { "0".to_string() } else { format!("{x}") }
}

/// A value of the reference.
pub fn value(reference: &Reference, v: &RefValue) -> String {
    match v {
        RefValue::Unknown => "?".to_string(),
        RefValue::YesNo(b) => if *b { "yes" } else { "no" }.to_string(),
        RefValue::Number(x) => number(*x),
        RefValue::Money(m) => money(*m),
        RefValue::Text(t) | RefValue::Key(t) => format!("{t:?}"),
        RefValue::Date(d) => d.to_string(),
        RefValue::Time(t) => time(*t),
        RefValue::Duration(d) => duration(*d),
        RefValue::List(items) => {
            let items: Vec<String> = items.iter().map(|i| value(reference, i)).collect();
            format!("[{}]", items.join(", "))
        }
        RefValue::Record(t, r) => format!("record {}", reference.key_of(*t, *r)),
    }
}
