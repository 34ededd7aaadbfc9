//! Values written out: numbers, money, dates and times, lengths of time.

use lead_diag::{Diagnostic, Span, codes};
use lead_syntax::ast::{self, ExprKind, LiteralKind, Unit};

use super::Cx;
use crate::hir::{Step, Ty, Value};

const HOUR: i64 = 3_600_000_000;
/// D21: a day counts 24 hours.
pub(crate) const DAY: i64 = 24 * HOUR;
/// D21: 30.4375 days.
const MONTH: i64 = 30 * DAY + DAY / 16 * 7;
/// Ten thousand years, in days: longer steps leave the calendar.
const LONGEST: i64 = 3_652_500;

/// Days since 1970-01-01 of a day of the calendar.
pub(crate) fn days(year: i16, month: i8, day: i8) -> i32 {
    // Years start in March, so that the leap day is the last.
    let (year, month) =
        if month <= 2 { (i64::from(year) - 1, i64::from(month) + 9) } else { (i64::from(year), i64::from(month) - 3) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + i64::from(day) - 1;
    (era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468) as i32
}

/// The exact length of a duration (D21).
pub(crate) fn micros(count: u32, unit: Unit) -> i64 {
    let unit = match unit {
        Unit::Minute => 60_000_000,
        Unit::Hour => HOUR,
        Unit::Day => DAY,
        Unit::Week => 7 * DAY,
        Unit::Month => MONTH,
        Unit::Quarter => 3 * MONTH,
        Unit::Year => 12 * MONTH,
    };
    i64::from(count).saturating_mul(unit)
}

impl Cx<'_> {
    /// A literal and its type; `None`: reported.
    pub(crate) fn literal(&mut self, literal: &LiteralKind, span: Span) -> Option<(Value, Ty)> {
        Some(match literal {
            LiteralKind::Number(digits) => (Value::Number(number(digits)), Ty::Number),
            LiteralKind::Percent(digits) => (Value::Percent(number(digits) / 100.0), Ty::Percent),
            LiteralKind::Text(text) => (Value::Text(text.as_str().into()), Ty::Text),
            LiteralKind::YesNo(yes) => (Value::YesNo(*yes), Ty::YesNo),
            LiteralKind::Duration(count, unit) => {
                self.step(*count, *unit, span)?;
                (Value::Duration(micros(*count, *unit)), Ty::Duration)
            }
            LiteralKind::Date(y, m, d) => (Value::Date(days(*y, *m, *d)), Ty::Date),
            LiteralKind::Time(date, seconds, offset) => (Value::Time(self.time(*date, *seconds, *offset)), Ty::Time),
        })
    }

    /// Microseconds of a time written out, in the lexicon's zone unless it has an offset (D23).
    pub(crate) fn time(&self, (y, m, d): (i16, i8, i8), seconds: u32, offset: Option<i32>) -> i64 {
        let local = i64::from(days(y, m, d)) * 86_400 + i64::from(seconds);
        if let Some(offset) = offset {
            return (local - i64::from(offset)) * 1_000_000;
        }
        let time = jiff::civil::Date::new(y, m, d).ok().and_then(|date| {
            let at = date.to_datetime(jiff::civil::Time::midnight());
            let at = at.checked_add(jiff::Span::new().try_seconds(i64::from(seconds)).ok()?).ok()?;
            self.settings.zone.to_ambiguous_zoned(at).compatible().ok()
        });
        time.map_or(local * 1_000_000, |t| t.timestamp().as_microsecond())
    }

    /// A step of the calendar; `None`: reported, it is too long.
    pub(crate) fn step(&mut self, count: u32, unit: Unit, span: Span) -> Option<Step> {
        if micros(count, unit) / DAY > LONGEST {
            self.report(
                Diagnostic::new(codes::OUT_OF_RANGE, "this is longer than the calendar")
                    .label(span, "more than 10,000 years")
                    .help("write a length such as `90d` or `2y`"),
            );
            return None;
        }
        let n = count as i32;
        Some(match unit {
            Unit::Minute | Unit::Hour => Step { micros: micros(count, unit), ..Step::default() },
            Unit::Day => Step { days: n, ..Step::default() },
            Unit::Week => Step { days: n * 7, ..Step::default() },
            Unit::Month => Step { months: n, ..Step::default() },
            Unit::Quarter => Step { months: n * 3, ..Step::default() },
            Unit::Year => Step { months: n * 12, ..Step::default() },
        })
    }

    /// Ten-thousandths of a number written out (D19): exact, further places rounded half away from zero.
    pub(crate) fn money(&mut self, digits: &str, span: Span) -> Option<i64> {
        let money = exact_money(digits);
        if money.is_none() {
            self.report(
                Diagnostic::new(codes::OUT_OF_RANGE, "this amount of money is too large")
                    .label(span, "more than 922 trillion")
                    .help("money is kept exactly, with four decimal places, up to 922,337,203,685,477"),
            );
        }
        money
    }
}

/// The digits of a number written out, perhaps in parentheses; the sign apart.
pub(crate) fn digits(expr: &ast::Expr) -> Option<(bool, &str)> {
    match &expr.kind {
        ExprKind::Literal(LiteralKind::Number(digits)) => Some((false, digits)),
        ExprKind::Paren(inner) => digits(inner),
        ExprKind::Negate(inner) => digits(inner).map(|(negative, text)| (!negative, text)),
        _ => None,
    }
}

fn number(digits: &str) -> f64 {
    digits.parse().unwrap_or(0.0)
}

fn exact_money(digits: &str) -> Option<i64> {
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let mut all = String::from(whole);
    all.extend(places.chars().chain("0000".chars()).take(4));
    let up = places.as_bytes().get(4).is_some_and(|d| *d >= b'5');
    all.parse::<i64>().ok()?.checked_add(i64::from(up))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn days_agree_with_the_calendar() {
        for (y, m, d) in [(1970, 1, 1), (2000, 2, 29), (1969, 12, 31), (2026, 3, 31), (1, 1, 1), (9999, 12, 31)] {
            let date = jiff::civil::Date::new(y, m, d).unwrap();
            let epoch = jiff::civil::Date::new(1970, 1, 1).unwrap();
            assert_eq!(days(y, m, d), epoch.until(date).unwrap().get_days());
        }
    }

    #[test]
    fn money_is_exact_and_rounds_half_away() {
        assert_eq!(exact_money("123456789012345.6789"), Some(1_234_567_890_123_456_789));
        assert_eq!(exact_money("0.00005"), Some(1));
        assert_eq!(exact_money("0.00004"), Some(0));
        assert_eq!(exact_money("5000"), Some(50_000_000));
        assert_eq!(exact_money("99999999999999999"), None);
    }

    #[test]
    fn a_month_counts_30_4375_days() {
        assert_eq!(micros(16, Unit::Month), 487 * DAY);
    }
}
