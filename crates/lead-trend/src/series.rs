//! The times of a series: back from its end by calendar steps, or the ends of calendar and fiscal periods.

use lead_hir::hir::{Period, PeriodUnit, Settings, Step, Which};
use lead_plan::calendar;

/// More times than this are refused.
pub const MOST: usize = 1_000;

const HOUR: i64 = 3_600_000_000;

/// How the times of a series lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// A step apart, back from the last one. The end of a month steps to the ends of months.
    Step(Step),
    /// The ends of whole periods of the calendar, and the last time.
    End {
        /// Of which length.
        unit: PeriodUnit,
        /// Whether years and quarters are fiscal ones.
        fiscal: bool,
    },
}

impl Every {
    /// `1mo`, `2w`, `90d`, `1q`, `1y`, `36h`; or `day`, `week`, `month`, `quarter`, `year`, `fiscal quarter`, `fiscal year`.
    pub fn parse(text: &str) -> Option<Every> {
        let text = text.trim().to_lowercase();
        if let Some(step) = step(&text) {
            return Some(Every::Step(step));
        }
        let (fiscal, word) = match text.strip_prefix("fiscal") {
            Some(rest) => (true, rest.trim_start_matches([' ', '-', '_'])),
            None => (false, text.as_str()),
        };
        let unit = match word.strip_suffix('s').unwrap_or(word) {
            "day" => PeriodUnit::Day,
            "week" => PeriodUnit::Week,
            "month" => PeriodUnit::Month,
            "quarter" => PeriodUnit::Quarter,
            "year" => PeriodUnit::Year,
            _ => return None,
        };
        let may_be_fiscal = matches!(unit, PeriodUnit::Quarter | PeriodUnit::Year);
        (!fiscal || may_be_fiscal).then_some(Every::End { unit, fiscal })
    }

    /// As it is written.
    pub fn words(self) -> String {
        match self {
            Every::Step(by) => lead_hir::words::step(by),
            Every::End { unit, fiscal } => format!("{}{}", if fiscal { "fiscal " } else { "" }, unit.word()),
        }
    }
}

/// A duration as the language writes it: `90d`, `2w`, `3mo`, `1q`, `2y`, `36h`. Longer than nothing.
pub fn step(text: &str) -> Option<Step> {
    let text = text.trim();
    let at = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at(at);
    let n: i32 = digits.parse().ok().filter(|n| *n > 0)?;
    let nothing = Step::default();
    Some(match unit {
        "h" => Step { micros: i64::from(n) * HOUR, ..nothing },
        "d" => Step { days: n, ..nothing },
        "w" => Step { days: n.checked_mul(7)?, ..nothing },
        "mo" => Step { months: n, ..nothing },
        "q" => Step { months: n.checked_mul(3)?, ..nothing },
        "y" => Step { months: n.checked_mul(12)?, ..nothing },
        _ => return None,
    })
}

/// So many steps at once.
pub(crate) fn times_step(by: Step, n: usize) -> Step {
    let n = i32::try_from(n).unwrap_or(i32::MAX);
    Step {
        months: by.months.saturating_mul(n),
        days: by.days.saturating_mul(n),
        micros: by.micros.saturating_mul(i64::from(n)),
    }
}

/// The instant so many steps after `t`, or before it. A last moment of a day goes to last moments of days, that of a month to those of
/// months: what is stepped is the moment after it.
pub(crate) fn stepped(t: i64, by: Step, n: usize, back: bool, settings: &Settings) -> i64 {
    calendar::step(t.saturating_add(1), times_step(by, n), back, &settings.zone).saturating_sub(1)
}

/// The instant a step before `t`.
pub fn before(t: i64, by: Step, settings: &Settings) -> i64 {
    stepped(t, by, 1, true, settings)
}

/// The same moment of the next so many days.
pub fn days_ahead(t: i64, days: usize, settings: &Settings) -> Vec<i64> {
    let day = Step { days: 1, ..Step::default() };
    (1..=days).map(|n| stepped(t, day, n, false, settings)).collect()
}

/// The times from `from` on that lead up to `to`, in ascending order; `to` is the last of them. Without `from` there are `steps`
/// steps. There is at most one more than [`MOST`], so that too many can be told.
pub fn times(from: Option<i64>, to: i64, every: Every, steps: usize, settings: &Settings) -> Vec<i64> {
    let mut out = vec![to];
    let most = if from.is_some() { MOST } else { steps.min(MOST) };
    let mut at = to;
    while out.len() <= most {
        let next = match every {
            Every::Step(by) => stepped(to, by, out.len(), true, settings),
            Every::End { unit, fiscal } => {
                let period = Period { which: Which::This, unit, fiscal };
                let mut start = calendar::period_range(period, at, settings).start;
                if start == to {
                    // The first moment of a period stands for the end of the one before.
                    start = calendar::period_range(period, to.saturating_sub(1), settings).start;
                }
                start.saturating_sub(1)
            }
        };
        if next >= at || from.is_some_and(|from| next < from) {
            break;
        }
        at = next;
        out.push(next);
    }
    out.reverse();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let zone = jiff::tz::TimeZone::get("Europe/Berlin").expect("a zone");
        Settings { name: "Test".into(), zone, zone_name: "Europe/Berlin".into(), fiscal_start: 4 }
    }

    fn shown(from: Option<&str>, to: &str, every: &str, steps: usize) -> Vec<String> {
        let s = settings();
        let at = |text: &str| calendar::moment(text, &s.zone).expect("a time");
        let every = Every::parse(every).expect("a step");
        let found = times(from.map(at), at(to), every, steps, &s);
        let text = |t: i64| {
            let day = calendar::local_day(t, &s.zone);
            let date = calendar::date_of_days(day).to_string();
            if calendar::end_of_day(day, &s.zone) == t {
                return date;
            }
            let local = s.zone.to_datetime(jiff::Timestamp::from_microsecond(t).expect("a time"));
            format!("{date} {:02}:{:02}", local.hour(), local.minute())
        };
        found.into_iter().map(text).collect()
    }

    #[test]
    fn the_end_of_a_month_steps_to_the_ends_of_months() {
        assert_eq!(
            shown(None, "2026-06-30", "1mo", 4),
            ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"]
        );
        assert_eq!(shown(None, "2024-02-29", "1y", 2), ["2022-02-28", "2023-02-28", "2024-02-29"]);
    }

    #[test]
    fn a_moment_keeps_its_time_of_day_over_summer_time() {
        assert_eq!(
            shown(None, "2026-04-01T00:00", "1w", 2),
            ["2026-03-18 00:00", "2026-03-25 00:00", "2026-04-01 00:00"]
        );
    }

    #[test]
    fn a_series_begins_where_it_is_told_to() {
        assert_eq!(shown(Some("2026-04-30"), "2026-06-30", "month", 0), ["2026-04-30", "2026-05-31", "2026-06-30"]);
        assert_eq!(shown(Some("2026-05-01"), "2026-06-30", "1mo", 0), ["2026-05-31", "2026-06-30"]);
    }

    #[test]
    fn periods_end_as_the_calendar_and_the_fiscal_year_say() {
        assert_eq!(shown(None, "2026-07-01T00:00", "quarter", 2), ["2025-12-31", "2026-03-31", "2026-07-01 00:00"]);
        assert_eq!(shown(None, "2026-06-10", "fiscal year", 2), ["2025-03-31", "2026-03-31", "2026-06-10"]);
        assert_eq!(shown(None, "2026-03-31", "fiscal year", 1), ["2025-03-31", "2026-03-31"]);
    }

    #[test]
    fn steps_that_mean_nothing_are_none() {
        for text in ["", "mo", "0d", "5", "fiscal month", "fortnight", "-1d", "99999999999d"] {
            assert_eq!(Every::parse(text), None, "{text}");
        }
        assert_eq!(Every::parse("1Q").map(Every::words).as_deref(), Some("3mo"));
        assert_eq!(Every::parse("fiscal-quarters").map(Every::words).as_deref(), Some("fiscal quarter"));
    }

    #[test]
    fn no_more_times_come_than_can_be_asked_for() {
        assert_eq!(shown(Some("1990-01-01"), "2026-06-30", "1h", 0).len(), MOST + 1);
    }
}
