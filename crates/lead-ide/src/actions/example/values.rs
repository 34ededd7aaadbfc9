//! Values that meet a comparison, for made-up examples.

use lead_hir::hir::{CompareOp, Lexicon, Step, Ty, Value};
use lead_plan::calendar;

use super::world::DAY;
use crate::facts::quoted;
use crate::words;

pub(super) fn minutes(by: Step) -> i64 {
    let days = f64::from(by.months) * 30.4375;
    days.ceil() as i64 * DAY + i64::from(by.days) * DAY + by.micros / (60 * 1_000_000)
}

pub(super) fn negated(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Equal => CompareOp::NotEqual,
        CompareOp::NotEqual
        | CompareOp::Contains
        | CompareOp::StartsWith
        | CompareOp::EndsWith
        | CompareOp::Matches => CompareOp::NotEqual,
        CompareOp::Less => CompareOp::GreaterEqual,
        CompareOp::LessEqual => CompareOp::Greater,
        CompareOp::Greater => CompareOp::LessEqual,
        CompareOp::GreaterEqual => CompareOp::Less,
        CompareOp::In => CompareOp::NotIn,
        CompareOp::NotIn => CompareOp::In,
    }
}

/// Values that compare as plain numbers do, as such.
pub(super) fn plain(value: &Value) -> Value {
    match value {
        Value::Money(n) => Value::Number(*n as f64 / 10_000.0),
        Value::Percent(n) => Value::Number(*n),
        other => other.clone(),
    }
}

/// Whether a comparison of constants holds.
pub(super) fn holds(op: CompareOp, left: &Value, right: &Value) -> bool {
    let order = match (plain(left), plain(right)) {
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(&b),
        (Value::Text(a), Value::Text(b)) => Some(a.trim().to_lowercase().cmp(&b.trim().to_lowercase())),
        (Value::YesNo(a), Value::YesNo(b)) => Some(a.cmp(&b)),
        _ => None,
    };
    let Some(order) = order else { return false };
    match op {
        CompareOp::Equal => order.is_eq(),
        CompareOp::NotEqual => order.is_ne(),
        CompareOp::Less => order.is_lt(),
        CompareOp::LessEqual => order.is_le(),
        CompareOp::Greater => order.is_gt(),
        CompareOp::GreaterEqual => order.is_ge(),
        _ => false,
    }
}

/// The value nearest to a bound that meets it.
pub(super) fn near(op: CompareOp, value: &Value) -> Value {
    let by: i64 = match op {
        CompareOp::Greater | CompareOp::NotEqual => 1,
        CompareOp::Less => -1,
        _ => 0,
    };
    const A_DAY: i64 = 86_400_000_000;
    match value {
        Value::Number(n) if n.fract() == 0.0 => Value::Number(n + by as f64),
        Value::Number(n) => Value::Number(((n + by as f64 * 0.1) * 1e6).round() / 1e6),
        Value::Percent(n) => Value::Percent(((n + by as f64 * 0.01) * 1e6).round() / 1e6),
        Value::Money(n) => Value::Money(n + by * 10_000),
        Value::Date(n) => Value::Date(n + by as i32),
        Value::Time(n) => Value::Time(n + by * A_DAY),
        Value::Duration(n) => Value::Duration(n + by * A_DAY),
        other => other.clone(),
    }
}

/// A value of a type that meets a comparison, as it is written in an example.
pub(super) fn fitting(lexicon: &Lexicon, ty: &Ty, op: CompareOp, value: &Value) -> Option<String> {
    let differs = matches!(op, CompareOp::NotEqual | CompareOp::NotIn);
    match (ty, value) {
        (Ty::YesNo, Value::YesNo(yes)) => Some(if *yes != differs { "yes" } else { "no" }.into()),
        (Ty::OneOf(values), _) if differs => {
            let refused = texts(value);
            let other = values.iter().find(|v| !refused.iter().any(|r| r.eq_ignore_ascii_case(v.trim())))?;
            Some(quoted(other))
        }
        (Ty::Text | Ty::Key, Value::Text(_) | Value::List(_)) if differs => Some(quoted("something else")),
        (Ty::Text | Ty::Key | Ty::OneOf(_), Value::Text(text)) => Some(quoted(text)),
        (_, Value::List(items)) if op == CompareOp::In => items.first().map(|i| words::value(lexicon, i)),
        (Ty::List(_), item) if op == CompareOp::Contains => Some(format!("[{}]", words::value(lexicon, item))),
        (Ty::List(item), value) => sample_text(lexicon, item, value).map(|text| format!("[{text}]")),
        (Ty::Number | Ty::Money | Ty::Percent, _) => match (near(op, value), ty) {
            (Value::Number(n), Ty::Percent) => Some(words::value(lexicon, &Value::Percent(n))),
            (Value::Number(n), _) => Some(words::number(n)),
            (Value::Money(n), Ty::Number) => Some(words::number(n as f64 / 10_000.0)),
            (Value::Money(n), _) => Some(words::money(n)),
            (Value::Percent(n), Ty::Number) => Some(words::number(n)),
            (percent @ Value::Percent(_), Ty::Percent) => Some(words::value(lexicon, &percent)),
            _ => None,
        },
        (Ty::Date, Value::Date(_) | Value::Time(_)) | (Ty::Time, Value::Date(_) | Value::Time(_)) => {
            match near(op, value) {
                Value::Date(days) => Some(words::date(days)),
                Value::Time(at) if *ty == Ty::Date => {
                    Some(words::date(calendar::local_day(at, &lexicon.settings.zone)))
                }
                time => Some(words::value(lexicon, &time)),
            }
        }
        (Ty::Duration, Value::Duration(_)) => Some(words::value(lexicon, &near(op, value))),
        _ => None,
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Text(text) => vec![text.trim().to_string()],
        Value::List(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn sample_text(lexicon: &Lexicon, item: &Ty, value: &Value) -> Option<String> {
    match value {
        Value::List(_) => None,
        other => fitting(lexicon, item, CompareOp::Equal, other),
    }
}

/// Any value of a type.
pub(super) fn sample(ty: &Ty, as_of: i64, lexicon: &Lexicon) -> Option<Value> {
    Some(match ty {
        Ty::YesNo => Value::YesNo(true),
        Ty::Number => Value::Number(1.0),
        Ty::Percent => Value::Percent(0.1),
        Ty::Money => Value::Money(1_000_000),
        Ty::Text | Ty::Key => Value::Text("example".into()),
        Ty::OneOf(values) => Value::Text(values.first()?.as_str().into()),
        Ty::Date | Ty::Time => Value::Date(calendar::local_day(as_of, &lexicon.settings.zone) - 1),
        Ty::Duration => Value::Duration(86_400_000_000),
        Ty::List(item) => return sample(item, as_of, lexicon),
        Ty::Record(_) | Ty::Period | Ty::Error => return None,
    })
}

/// A text that a plain regular expression matches.
pub(super) fn plain_pattern(pattern: &str) -> Option<String> {
    let first = pattern.trim_start_matches("(?i)").split('|').next()?;
    let text = first.replace(r"\b", "").replace(r"\s", " ").replace(r"\.", ".");
    let text = text.trim_start_matches('^').trim_end_matches('$').trim_start_matches('(').trim_end_matches(')');
    let plain = !text.is_empty() && !text.contains(['\\', '[', ']', '(', ')', '*', '+', '?', '{', '}', '^', '$']);
    plain.then(|| text.to_string())
}
