//! Calendar arithmetic: steps, days, periods and the ranges of windows (LANGUAGE 5.4, D21 to D24, D31 to D34).
//!
//! Instants are microseconds since 1970 UTC. Ranges are `start <= t < end`. What leaves the calendar's range is
//! held at its ends.

use std::ops::Range;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};
use lead_hir::hir::{Moment, Period, PeriodUnit, Settings, Step, Which, WindowKind};

const DAY: i64 = 86_400_000_000;

fn timestamp(t: i64) -> Timestamp {
    Timestamp::from_microsecond(t).unwrap_or(if t < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// The date of a number of days since 1970-01-01.
pub fn date_of_days(days: i32) -> Date {
    let epoch = Date::constant(1970, 1, 1);
    epoch.checked_add(Span::new().try_days(days).unwrap_or_default()).unwrap_or(if days < 0 {
        Date::MIN
    } else {
        Date::MAX
    })
}

/// Days since 1970-01-01 of a date.
pub fn days_of_date(date: Date) -> i32 {
    let midnight = date.at(0, 0, 0, 0);
    TimeZone::UTC.to_timestamp(midnight).map_or(0, |t| t.as_second().div_euclid(86_400)) as i32
}

/// An as-of time as people write it: a date stands for the end of its day (D24), a time is in the zone unless it has an offset.
pub fn moment(text: &str, zone: &TimeZone) -> Option<i64> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_microsecond());
    }
    if text.len() <= 10 {
        return Some(end_of_day(days_of_date(text.parse::<Date>().ok()?), zone));
    }
    text.parse::<DateTime>().ok().map(|local| instant(local, zone))
}

/// An instant of a local time (D23).
pub fn instant(local: DateTime, zone: &TimeZone) -> i64 {
    zone.to_ambiguous_timestamp(local).compatible().map_or_else(
        |_| if local.year() < 0 { Timestamp::MIN.as_microsecond() } else { Timestamp::MAX.as_microsecond() },
        |t| t.as_microsecond(),
    )
}

/// The first moment of a day.
pub fn start_of_day(days: i32, zone: &TimeZone) -> i64 {
    instant(date_of_days(days).at(0, 0, 0, 0), zone)
}

/// The last moment of a day: a microsecond before the next begins.
pub fn end_of_day(days: i32, zone: &TimeZone) -> i64 {
    start_of_day(days.saturating_add(1), zone) - 1
}

/// The local date of an instant.
pub fn local_day(t: i64, zone: &TimeZone) -> i32 {
    days_of_date(zone.to_datetime(timestamp(t)).date())
}

/// The instant a step after `t`, or before it if `back`.
pub fn step(t: i64, by: Step, back: bool, zone: &TimeZone) -> i64 {
    let sign = if back { -1 } else { 1 };
    let mut at = t;
    if by.months != 0 || by.days != 0 {
        let local = zone.to_datetime(timestamp(t));
        let moved = step_date(local.date(), by, back);
        at = instant(moved.to_datetime(local.time()), zone);
        // An instant a whole number of days away keeps its microseconds exactly: jiff keeps nanoseconds.
    }
    at.saturating_add(by.micros.saturating_mul(sign))
}

/// A date moved by the months and days of a step.
pub fn step_date(date: Date, by: Step, back: bool) -> Date {
    let sign = if back { -1 } else { 1 };
    let end = if (by.months < 0 || by.days < 0) != back { Date::MIN } else { Date::MAX };
    let months = by.months.saturating_mul(sign);
    let days = by.days.saturating_mul(sign);
    let moved = Span::new().try_months(months).ok().and_then(|s| date.checked_add(s).ok());
    moved.and_then(|d| Span::new().try_days(days).ok().and_then(|s| d.checked_add(s).ok())).unwrap_or(end)
}

/// Days since 1970 moved by a step; exact parts move by whole days, rounded down.
pub fn step_days(days: i32, by: Step, back: bool) -> i32 {
    let exact = (by.micros.div_euclid(DAY) as i32) * if back { -1 } else { 1 };
    days_of_date(step_date(date_of_days(days), by, back)).saturating_add(exact)
}

/// The instant of a moment; a date is its first moment.
pub fn moment_start(moment: Moment, as_of: i64, zone: &TimeZone) -> i64 {
    match moment {
        Moment::Date(days) => start_of_day(days, zone),
        Moment::Today => start_of_day(local_day(as_of, zone), zone),
        other => exact_moment(other, as_of, zone),
    }
}

/// The instant of a moment; a date is its last moment.
pub fn moment_end(moment: Moment, as_of: i64, zone: &TimeZone) -> i64 {
    match moment {
        Moment::Date(days) => end_of_day(days, zone),
        Moment::Today => end_of_day(local_day(as_of, zone), zone),
        other => exact_moment(other, as_of, zone),
    }
}

fn exact_moment(moment: Moment, as_of: i64, zone: &TimeZone) -> i64 {
    match moment {
        Moment::Time(t) => t,
        Moment::Ago(by) => step(as_of, by, true, zone),
        Moment::Ahead(by) => step(as_of, by, false, zone),
        Moment::Now | Moment::Today | Moment::Date(_) => as_of,
    }
}

/// The range of times of a window at an as-of time, for tests of times. Not capped at the as-of time.
pub fn window_range(window: WindowKind, as_of: i64, settings: &Settings) -> Range<i64> {
    let zone = &settings.zone;
    let next = |t: i64| t.saturating_add(1);
    match window {
        WindowKind::Within(by) => next(step(as_of, by, true, zone))..next(as_of),
        WindowKind::WithinNext(by) => next(as_of)..next(step(as_of, by, false, zone)),
        WindowKind::Period(period) => period_range(period, as_of, settings),
        WindowKind::Since(m) => moment_start(m, as_of, zone)..i64::MAX,
        WindowKind::Before(m) => i64::MIN..moment_start(m, as_of, zone),
        WindowKind::Between(a, b) => moment_start(a, as_of, zone)..next(moment_end(b, as_of, zone)),
        WindowKind::BetweenAgo(from, to) => next(step(as_of, from, true, zone))..next(step(as_of, to, true, zone)),
        WindowKind::MoreThanAgo(by) => i64::MIN..next(step(as_of, by, true, zone)),
    }
}

/// The range of times of events that a window takes (D31); `None`: no window.
pub fn event_range(window: Option<WindowKind>, as_of: i64, settings: &Settings) -> Range<i64> {
    let range = window.map_or(i64::MIN..i64::MAX, |w| window_range(w, as_of, settings));
    if is_forward(window) { range } else { range.start..range.end.min(as_of.saturating_add(1)) }
}

/// Whether a window takes what lies ahead (D31).
pub fn is_forward(window: Option<WindowKind>) -> bool {
    matches!(window, Some(WindowKind::WithinNext(_) | WindowKind::Period(Period { which: Which::Next(_), .. })))
}

/// The as-of times between which `became` looks for a change (D33): before, and after.
pub fn became_times(window: WindowKind, as_of: i64, settings: &Settings) -> (i64, i64) {
    let range = window_range(window, as_of, settings);
    (range.start.saturating_sub(1), range.end.saturating_sub(1).min(as_of))
}

/// Start and end of the calendar periods at an as-of time.
pub fn period_range(period: Period, as_of: i64, settings: &Settings) -> Range<i64> {
    let zone = &settings.zone;
    let today = zone.to_datetime(timestamp(as_of)).date();
    let this = period_start(period, today, settings.fiscal_start);
    let at = |n: i32| -> i64 {
        let span = match period.unit {
            PeriodUnit::Day => n.days(),
            PeriodUnit::Week => n.weeks(),
            PeriodUnit::Month => n.months(),
            PeriodUnit::Quarter => (n.saturating_mul(3)).months(),
            PeriodUnit::Year => n.years(),
        };
        let date = this.checked_add(span).unwrap_or(if n < 0 { Date::MIN } else { Date::MAX });
        instant(date.at(0, 0, 0, 0), zone)
    };
    // Longer than the calendar is as long as the calendar.
    let n = |n: u32| n.min(5_000) as i32;
    match period.which {
        Which::This => at(0)..at(1),
        Which::Last(k) => at(-n(k))..at(0),
        Which::Next(k) => at(1)..at(1 + n(k)),
    }
}

fn period_start(period: Period, date: Date, fiscal_start: i8) -> Date {
    let first = if period.fiscal { fiscal_start } else { 1 };
    match period.unit {
        PeriodUnit::Day => date,
        PeriodUnit::Week => {
            let back = i32::from(date.weekday().to_monday_zero_offset());
            date.checked_sub(back.days()).unwrap_or(date)
        }
        PeriodUnit::Month => date.first_of_month(),
        PeriodUnit::Quarter => {
            let back = i32::from((date.month() - first).rem_euclid(3));
            date.first_of_month().checked_sub(back.months()).unwrap_or(date)
        }
        PeriodUnit::Year => {
            let back = i32::from((date.month() - first).rem_euclid(12));
            date.first_of_month().checked_sub(back.months()).unwrap_or(date)
        }
    }
}

/// Quarter 1 to 4 and year of a date; for fiscal ones the year in which the fiscal year ends (D26).
pub fn quarter_of(date: Date, fiscal_start: i8) -> (i16, i8) {
    let months = (date.month() - fiscal_start).rem_euclid(12);
    (year_of(date, fiscal_start), months / 3 + 1)
}

/// The year of a date; for fiscal ones the calendar year in which the fiscal year ends (D26).
pub fn year_of(date: Date, fiscal_start: i8) -> i16 {
    if fiscal_start > 1 && date.month() >= fiscal_start { date.year() + 1 } else { date.year() }
}
