//! Windows and steps against dates worked out by hand.

// A test that cannot read its own dates has to fail.
#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lead_hir::hir::{Moment, Period, PeriodUnit, Settings, Step, Which, WindowKind};
use lead_plan::calendar::{became_times, event_range, moment_end, step, window_range};

fn settings(zone: &str, fiscal_start: i8) -> Settings {
    let zone_name = zone.to_string();
    Settings { name: String::new(), zone: TimeZone::get(zone).unwrap(), zone_name, fiscal_start }
}

fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_microsecond()
}

fn days(days: i32) -> Step {
    Step { days, ..Step::default() }
}

fn months(months: i32) -> Step {
    Step { months, ..Step::default() }
}

fn period(which: Which, fiscal: bool, unit: PeriodUnit) -> WindowKind {
    WindowKind::Period(Period { which, fiscal, unit })
}

fn day_number(text: &str) -> i32 {
    at(&format!("{text}T00:00Z")).div_euclid(86_400_000_000) as i32
}

#[test]
fn a_day_back_over_the_spring_change_keeps_the_wall_clock() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    // 2026-03-29 has 23 hours in Berlin.
    assert_eq!(step(at("2026-03-29T10:00:00Z"), days(1), true, &zone), at("2026-03-28T11:00:00Z"));
    let hours = Step { micros: 24 * 3_600_000_000, ..Step::default() };
    assert_eq!(step(at("2026-03-29T10:00:00Z"), hours, true, &zone), at("2026-03-28T10:00:00Z"));
}

#[test]
fn a_step_into_the_hour_that_does_not_exist_moves_past_it() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    // 02:30 on 29 March does not exist; a day after 28 March 02:30 is 03:30.
    assert_eq!(step(at("2026-03-28T01:30:00Z"), days(1), false, &zone), at("2026-03-29T01:30:00Z"));
}

#[test]
fn a_month_after_the_31st_is_the_last_day() {
    let zone = TimeZone::UTC;
    assert_eq!(step(at("2026-01-31T12:00:00Z"), months(1), false, &zone), at("2026-02-28T12:00:00Z"));
    assert_eq!(step(at("2024-03-31T12:00:00Z"), months(1), true, &zone), at("2024-02-29T12:00:00Z"));
}

#[test]
fn neighbouring_windows_tile() {
    let s = settings("Europe/Berlin", 1);
    let now = at("2026-07-01T00:00:00Z");
    let recent = window_range(WindowKind::Within(days(30)), now, &s);
    let older = window_range(WindowKind::BetweenAgo(days(90), days(30)), now, &s);
    let oldest = window_range(WindowKind::MoreThanAgo(days(90)), now, &s);
    assert_eq!(older.end, recent.start);
    assert_eq!(oldest.end, older.start);
    assert!(recent.contains(&now) && !recent.contains(&(now + 1)));
}

#[test]
fn a_fiscal_year_from_april_holds_march_of_the_next_year() {
    let s = settings("UTC", 4);
    let range = window_range(period(Which::This, true, PeriodUnit::Year), at("2026-02-10T00:00:00Z"), &s);
    assert_eq!(range, at("2025-04-01T00:00:00Z")..at("2026-04-01T00:00:00Z"));
    let range = window_range(period(Which::Last(2), true, PeriodUnit::Quarter), at("2026-07-15T00:00:00Z"), &s);
    assert_eq!(range, at("2026-01-01T00:00:00Z")..at("2026-07-01T00:00:00Z"));
    let s = settings("UTC", 2);
    let range = window_range(period(Which::This, true, PeriodUnit::Quarter), at("2026-01-15T00:00:00Z"), &s);
    assert_eq!(range, at("2025-11-01T00:00:00Z")..at("2026-02-01T00:00:00Z"));
}

#[test]
fn weeks_start_on_monday() {
    let s = settings("UTC", 1);
    // 2026-07-01 is a Wednesday.
    let range = window_range(period(Which::This, false, PeriodUnit::Week), at("2026-07-01T09:00:00Z"), &s);
    assert_eq!(range, at("2026-06-29T00:00:00Z")..at("2026-07-06T00:00:00Z"));
}

#[test]
fn a_date_stands_for_its_whole_day_in_the_zone() {
    let s = settings("Europe/Berlin", 1);
    let (from, to) = (Moment::Date(day_number("2026-01-01")), Moment::Date(day_number("2026-03-31")));
    let range = window_range(WindowKind::Between(from, to), at("2026-07-01T00:00:00Z"), &s);
    assert_eq!(range, at("2025-12-31T23:00:00Z")..at("2026-03-31T22:00:00Z"));
    assert_eq!(window_range(WindowKind::Before(from), 0, &s).end, at("2025-12-31T23:00:00Z"));
    assert_eq!(moment_end(to, 0, &s.zone), at("2026-03-31T22:00:00Z") - 1);
}

#[test]
fn events_after_the_as_of_time_exist_for_forward_windows_alone() {
    let s = settings("UTC", 1);
    let now = at("2026-07-01T00:00:00Z");
    assert_eq!(event_range(None, now, &s).end, now + 1);
    assert_eq!(event_range(Some(period(Which::This, false, PeriodUnit::Year)), now, &s).end, now + 1);
    assert!(event_range(Some(WindowKind::WithinNext(days(30))), now, &s).contains(&at("2026-07-20T00:00:00Z")));
    assert!(!event_range(Some(WindowKind::WithinNext(days(30))), now, &s).contains(&now));
}

#[test]
fn became_looks_at_the_start_and_the_end_of_its_window() {
    let s = settings("UTC", 1);
    let now = at("2026-07-01T12:00:00Z");
    assert_eq!(became_times(WindowKind::Within(days(90)), now, &s), (at("2026-04-02T12:00:00Z"), now));
    let quarter = period(Which::This, false, PeriodUnit::Quarter);
    assert_eq!(became_times(quarter, now, &s), (at("2026-07-01T00:00:00Z") - 1, now));
    let ago = WindowKind::BetweenAgo(days(90), days(30));
    assert_eq!(became_times(ago, now, &s), (at("2026-04-02T12:00:00Z"), at("2026-06-01T12:00:00Z")));
}

#[test]
fn times_beyond_the_calendar_are_held_at_its_ends() {
    let s = settings("Europe/Berlin", 1);
    let far = Step { months: i32::MAX, days: i32::MAX, micros: i64::MAX };
    for now in [i64::MIN, 0, i64::MAX] {
        assert!(step(now, far, false, &s.zone) >= step(now, far, true, &s.zone));
        let years = period(Which::Last(u32::MAX), false, PeriodUnit::Year);
        assert!(window_range(years, now, &s).start <= window_range(years, now, &s).end);
    }
}
