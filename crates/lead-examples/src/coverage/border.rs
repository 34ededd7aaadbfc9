//! The border of a comparison: what is at it, and what is just beyond.

use jiff::tz::TimeZone;
use lead_hir::hir::{CompareOp, Ty, Value};
use lead_plan::calendar;

/// Where a value stands to a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    At,
    Beyond,
}

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Units of money in one.
const MONEY: i64 = 10_000;
/// Finer steps of a number are not told apart.
const FINEST: i32 = 9;

/// The least step by which people change a value of this kind: the last place in which it is written.
pub(crate) fn step(threshold: &Value) -> Value {
    match threshold {
        Value::Number(n) => Value::Number(10f64.powi(-places(*n))),
        Value::Percent(n) => Value::Percent(10f64.powi(-places((n * 1e11).round() / 1e9) - 2)),
        Value::Money(units) => {
            let unit = [MONEY, MONEY / 10, MONEY / 100, MONEY / 1000].into_iter().find(|u| units % u == 0);
            Value::Money(unit.unwrap_or(1))
        }
        Value::Duration(length) => {
            let unit = [DAY, HOUR, MINUTE].into_iter().find(|u| length % u == 0);
            Value::Duration(unit.unwrap_or(1))
        }
        Value::Time(_) => Value::Duration(DAY),
        _ => Value::Number(1.0),
    }
}

/// Decimal places of a number, as it is written.
fn places(n: f64) -> i32 {
    let close = |places: i32| {
        let scaled = n * 10f64.powi(places);
        (scaled - scaled.round()).abs() <= 1e-9 * scaled.abs().max(1.0)
    };
    (0..FINEST).find(|p| close(*p)).unwrap_or(FINEST)
}

/// The first value on the side of a threshold where the comparison says something else than at it. `turned`: the threshold stands on
/// the left.
pub(crate) fn beyond(op: CompareOp, threshold: &Value, turned: bool) -> Option<Value> {
    // At `>` the border is no, and what is more is yes; at `>=` the border is yes, and what is less is no.
    let up = matches!(op, CompareOp::Greater | CompareOp::LessEqual) != turned;
    let sign = if up { 1 } else { -1 };
    Some(match (threshold, step(threshold)) {
        (Value::Number(n), Value::Number(by)) => Value::Number(tidy(n + f64::from(sign) * by)),
        (Value::Percent(n), Value::Percent(by)) => Value::Percent(tidy(n + f64::from(sign) * by)),
        (Value::Money(n), Value::Money(by)) => Value::Money(n.checked_add(i64::from(sign) * by)?),
        (Value::Duration(n), Value::Duration(by)) => Value::Duration(n.checked_add(i64::from(sign) * by)?),
        (Value::Time(n), Value::Duration(by)) => Value::Time(n.checked_add(i64::from(sign) * by)?),
        (Value::Date(day), _) => Value::Date(day.checked_add(sign)?),
        _ => return None,
    })
}

/// A sum of decimal numbers without what binary ones add to it.
fn tidy(n: f64) -> f64 {
    if n.abs() < 1e6 { (n * 1e9).round() / 1e9 } else { n }
}

/// Where the left side of a comparison stands to its right side. `step` is that of the threshold.
pub(crate) fn side(op: CompareOp, left: &Value, right: &Value, step: &Value, zone: &TimeZone) -> Option<Side> {
    let (apart, by) = match (left, right) {
        (Value::Number(a) | Value::Percent(a), Value::Number(b) | Value::Percent(b)) => {
            (a - b, if let Value::Number(s) | Value::Percent(s) = step { *s } else { 1.0 })
        }
        (Value::Money(a), Value::Money(b)) => whole(*a, *b, if let Value::Money(s) = step { *s } else { MONEY }),
        (Value::Duration(a), Value::Duration(b)) | (Value::Time(a), Value::Time(b)) => {
            whole(*a, *b, if let Value::Duration(s) = step { *s } else { DAY })
        }
        (Value::Date(a), Value::Date(b)) => (f64::from(*a) - f64::from(*b), 1.0),
        (Value::Time(a), Value::Date(b)) => (f64::from(calendar::local_day(*a, zone)) - f64::from(*b), 1.0),
        (Value::Date(a), Value::Time(b)) => (f64::from(*a) - f64::from(calendar::local_day(*b, zone)), 1.0),
        _ => return None,
    };
    let up = matches!(op, CompareOp::Greater | CompareOp::LessEqual);
    let toward = if up { apart } else { -apart };
    let close = 1e-9 * by.abs().max(1e-9);
    if apart.abs() <= close {
        Some(Side::At)
    } else if toward > 0.0 && toward <= by + close {
        Some(Side::Beyond)
    } else {
        None
    }
}

fn whole(a: i64, b: i64, step: i64) -> (f64, f64) {
    ((i128::from(a) - i128::from(b)) as f64, step as f64)
}

/// The step where no side is the same for all records.
pub(crate) fn usual_step(ty: &Ty) -> Value {
    match ty {
        Ty::Money => Value::Money(MONEY),
        Ty::Time | Ty::Duration => Value::Duration(DAY),
        Ty::Percent => Value::Percent(0.01),
        _ => Value::Number(1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CompareOp::{Greater, GreaterEqual, Less, LessEqual};

    #[test]
    fn a_step_is_the_last_place_that_is_written() {
        assert_eq!(step(&Value::Number(5.0)), Value::Number(1.0));
        assert_eq!(step(&Value::Number(2.5)), Value::Number(0.1));
        assert_eq!(step(&Value::Percent(0.2)), Value::Percent(0.01));
        assert_eq!(step(&Value::Money(2_500_000_000)), Value::Money(10_000));
        assert_eq!(step(&Value::Money(2_499_999_900)), Value::Money(100));
        assert_eq!(step(&Value::Duration(60 * DAY)), Value::Duration(DAY));
        assert_eq!(step(&Value::Duration(36 * HOUR)), Value::Duration(HOUR));
    }

    #[test]
    fn beyond_is_where_the_answer_is_another_one() {
        let next = |op, n| beyond(op, &Value::Number(n), false);
        assert_eq!(next(Greater, 5.0), Some(Value::Number(6.0)));
        assert_eq!(next(GreaterEqual, 2.0), Some(Value::Number(1.0)));
        assert_eq!(next(Less, 0.3), Some(Value::Number(0.2)));
        assert_eq!(next(LessEqual, 5.0), Some(Value::Number(6.0)));
        assert_eq!(beyond(Less, &Value::Number(5.0), true), Some(Value::Number(6.0)), "`5 < x`");
        assert_eq!(beyond(Greater, &Value::Money(i64::MAX), false), None);
    }

    #[test]
    fn a_value_is_at_the_border_beyond_it_or_neither() {
        let at = |op, n: f64| side(op, &Value::Number(n), &Value::Number(5.0), &Value::Number(1.0), &TimeZone::UTC);
        assert_eq!(at(Greater, 5.0), Some(Side::At));
        assert_eq!(at(Greater, 6.0), Some(Side::Beyond));
        assert_eq!(at(Greater, 4.0), None);
        assert_eq!(at(GreaterEqual, 4.0), Some(Side::Beyond));
        assert_eq!(at(LessEqual, 7.0), None);
    }
}
