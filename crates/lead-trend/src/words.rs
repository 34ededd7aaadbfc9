//! Steps and windows as the language writes them.

use lead_hir::hir::{Moment, PeriodUnit, Step, Which, WindowKind};
use lead_plan::calendar::date_of_days;

const HOUR: i64 = 3_600_000_000;

/// A step as a literal: `90d`, `3mo`, `1y`, `36h`.
pub fn step_words(step: Step) -> String {
    let mut parts = Vec::new();
    match step.months {
        0 => {}
        m if m % 12 == 0 => parts.push(format!("{}y", m / 12)),
        m => parts.push(format!("{m}mo")),
    }
    match step.days {
        0 => {}
        d if d % 7 == 0 => parts.push(format!("{}w", d / 7)),
        d => parts.push(format!("{d}d")),
    }
    if step.micros != 0 {
        let hours = step.micros as f64 / HOUR as f64;
        parts.push(format!("{hours}h"));
    }
    if parts.is_empty() { "0d".to_owned() } else { parts.join(" ") }
}

/// The word for a unit.
pub(crate) fn unit_word(unit: PeriodUnit) -> &'static str {
    match unit {
        PeriodUnit::Day => "day",
        PeriodUnit::Week => "week",
        PeriodUnit::Month => "month",
        PeriodUnit::Quarter => "quarter",
        PeriodUnit::Year => "year",
    }
}

fn moment_words(moment: Moment) -> String {
    match moment {
        Moment::Date(days) => date_of_days(days).to_string(),
        Moment::Time(at) => jiff::Timestamp::from_microsecond(at).map_or_else(|_| "?".to_owned(), |t| t.to_string()),
        Moment::Ago(by) => format!("{} ago", step_words(by)),
        Moment::Ahead(by) => format!("in {}", step_words(by)),
        Moment::Today => "today".to_owned(),
        Moment::Now => "now".to_owned(),
    }
}

/// A window: `within 90d`, `within last 2 fiscal quarters`.
pub fn window_words(window: WindowKind) -> String {
    match window {
        WindowKind::Within(by) => format!("within {}", step_words(by)),
        WindowKind::WithinNext(by) => format!("within next {}", step_words(by)),
        WindowKind::Period(period) => {
            let fiscal = if period.fiscal { "fiscal " } else { "" };
            let unit = unit_word(period.unit);
            match period.which {
                Which::This => format!("within this {fiscal}{unit}"),
                Which::Last(1) => format!("within last {fiscal}{unit}"),
                Which::Next(1) => format!("within next {fiscal}{unit}"),
                Which::Last(n) => format!("within last {n} {fiscal}{unit}s"),
                Which::Next(n) => format!("within next {n} {fiscal}{unit}s"),
            }
        }
        WindowKind::Since(at) => format!("since {}", moment_words(at)),
        WindowKind::Before(at) => format!("before {}", moment_words(at)),
        WindowKind::Between(from, to) => format!("between {} and {}", moment_words(from), moment_words(to)),
        WindowKind::BetweenAgo(from, to) => format!("between {} and {} ago", step_words(from), step_words(to)),
        WindowKind::MoreThanAgo(by) => format!("more than {} ago", step_words(by)),
    }
}
