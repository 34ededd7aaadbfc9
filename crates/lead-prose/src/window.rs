//! Windows, points in time and values in words.

use lead_hir::hir::{Lexicon, Moment, Period, Step, Value, Which, WindowKind};

use crate::english::{counted, grouped};
use crate::prose::Prose;

/// `in the last 90 days`
pub(crate) fn window(lexicon: &Lexicon, kind: WindowKind) -> String {
    match kind {
        WindowKind::Within(step) => format!("in the last {}", stretch(step)),
        WindowKind::WithinNext(step) => format!("in the next {}", stretch(step)),
        WindowKind::Period(of) => period(of),
        WindowKind::Since(at) => format!("since {}", moment(lexicon, at)),
        WindowKind::Before(at) => format!("before {}", moment(lexicon, at)),
        WindowKind::Between(from, to) => format!("from {} to {}", moment(lexicon, from), moment(lexicon, to)),
        WindowKind::BetweenAgo(from, to) => format!("between {} and {} ago", length(from), length(to)),
        WindowKind::MoreThanAgo(step) => format!("more than {} ago", length(step)),
    }
}

/// Whether a window ends before now, so that what did not happen there cannot happen any more.
pub(crate) fn is_over(kind: WindowKind) -> bool {
    matches!(
        kind,
        WindowKind::BetweenAgo(..)
            | WindowKind::MoreThanAgo(_)
            | WindowKind::Before(_)
            | WindowKind::Between(..)
            | WindowKind::Period(Period { which: Which::Last(_), .. })
    )
}

/// Whether a window lies ahead.
pub(crate) fn is_ahead(kind: WindowKind) -> bool {
    matches!(kind, WindowKind::WithinNext(_) | WindowKind::Period(Period { which: Which::Next(_), .. }))
}

/// A point in time: `90 days ago`, `on 2026-01-01`
pub(crate) fn when(lexicon: &Lexicon, at: Moment) -> String {
    match at {
        Moment::Date(_) | Moment::Time(_) => format!("on {}", moment(lexicon, at)),
        other => moment(lexicon, other),
    }
}

fn moment(lexicon: &Lexicon, at: Moment) -> String {
    match at {
        Moment::Date(days) => date(days),
        Moment::Time(at) => time(lexicon, at),
        Moment::Ago(by) => format!("{} ago", length(by)),
        Moment::Ahead(by) => format!("{} from now", length(by)),
        Moment::Today => "today".into(),
        Moment::Now => "now".into(),
    }
}

fn period(of: Period) -> String {
    let unit = of.unit.word();
    let fiscal = if of.fiscal { "fiscal " } else { "" };
    match of.which {
        Which::This => format!("in this {fiscal}{unit}"),
        Which::Last(1) => format!("in the last complete {fiscal}{unit}"),
        Which::Last(n) => format!("in the last {n} complete {fiscal}{unit}s"),
        Which::Next(1) => format!("in the next {fiscal}{unit}"),
        Which::Next(n) => format!("in the next {n} {fiscal}{unit}s"),
    }
}

/// `90 days`, `year`
fn stretch(step: Step) -> String {
    let text = length(step);
    text.strip_prefix("1 ").map(str::to_string).unwrap_or(text)
}

/// `90 days`
pub(crate) fn length(step: Step) -> String {
    match (step.months.unsigned_abs(), step.days.unsigned_abs()) {
        (0, 0) => duration(step.micros.saturating_abs()),
        (0, days) => counted(u64::from(days), "day"),
        (months, _) if months.is_multiple_of(12) => counted(u64::from(months / 12), "year"),
        (months, _) => counted(u64::from(months), "month"),
    }
}

/// A length of exact time.
pub(crate) fn duration(micros: i64) -> String {
    const MINUTE: u64 = 60_000_000;
    let sign = if micros < 0 { "minus " } else { "" };
    let size = micros.unsigned_abs();
    let said = match size {
        s if s != 0 && s.is_multiple_of(24 * 60 * MINUTE) => counted(s / (24 * 60 * MINUTE), "day"),
        s if s.is_multiple_of(60 * MINUTE) => counted(s / (60 * MINUTE), "hour"),
        s => counted(s / MINUTE, "minute"),
    };
    format!("{sign}{said}")
}

/// A value written out.
pub(crate) fn value(lexicon: &Lexicon, of: &Value) -> Prose {
    match of {
        Value::YesNo(yes) => if *yes { "yes" } else { "no" }.into(),
        Value::Number(n) => number(*n).into(),
        Value::Percent(n) => format!("{}%", number((n * 100.0 * 1e9).round() / 1e9)).into(),
        Value::Money(n) => money(*n).into(),
        Value::Text(text) => Prose::theirs(format!("“{text}”")),
        Value::Date(days) => date(*days).into(),
        Value::Time(at) => time(lexicon, *at).into(),
        Value::Duration(micros) => duration(*micros).into(),
        Value::List(items) => Prose::list(items.iter().map(|i| value(lexicon, i)).collect(), "or"),
    }
}

pub(crate) fn number(n: f64) -> String {
    grouped(&format!("{n}"))
}

fn money(n: i64) -> String {
    let (whole, part) = (n.unsigned_abs() / 10_000, n.unsigned_abs() % 10_000);
    let sign = if n < 0 { "-" } else { "" };
    let whole = grouped(&whole.to_string());
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let digits = format!("{part:04}");
    let digits = digits.trim_end_matches('0');
    format!("{sign}{whole}.{digits:0<2}")
}

fn date(days: i32) -> String {
    let start = jiff::civil::date(1970, 1, 1);
    start
        .checked_add(jiff::SignedDuration::from_hours(i64::from(days) * 24))
        .map_or_else(|_| "a day".into(), |d| d.to_string())
}

fn time(lexicon: &Lexicon, at: i64) -> String {
    match jiff::Timestamp::from_microsecond(at) {
        Ok(at) => at.to_zoned(lexicon.settings.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => "a time".into(),
    }
}
