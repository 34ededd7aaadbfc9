//! Days, steps and periods of the reference interpreter, by `jiff` directly (D21 to D24, D26).

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};
use lead_syntax::ast::{LiteralKind, Period, PeriodUnit, Unit, Which};

/// Where and how days and years are counted.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The lexicon's zone.
    pub zone: TimeZone,
    /// First month of the fiscal year, 1 to 12.
    pub fiscal_start: i8,
}

impl Calendar {
    /// Microseconds of a local time (D23).
    pub fn moment(&self, local: DateTime) -> i64 {
        self.zone.to_ambiguous_zoned(local).compatible().expect("a time in range").timestamp().as_microsecond()
    }

    /// The first moment of a day (D22).
    pub fn start_of(&self, day: Date) -> i64 {
        self.moment(day.at(0, 0, 0, 0))
    }

    /// The last moment of a day (D24).
    pub fn end_of(&self, day: Date) -> i64 {
        self.start_of(day.tomorrow().expect("a day in range")) - 1
    }

    /// The time with its zone.
    pub fn zoned(&self, time: i64) -> Zoned {
        Timestamp::from_microsecond(time).expect("a time in range").to_zoned(self.zone.clone())
    }

    /// The local day of a time.
    pub fn day_of(&self, time: i64) -> Date {
        self.zoned(time).date()
    }

    /// A time moved by a calendar step, forward or back.
    pub fn step(&self, time: i64, length: (u32, Unit), forward: bool) -> i64 {
        let n = i64::from(length.0);
        let n = if forward { n } else { -n };
        let exact = match length.1 {
            Unit::Minute => Some(60_000_000),
            Unit::Hour => Some(3_600_000_000),
            _ => None,
        };
        if let Some(unit) = exact {
            return time + n * unit;
        }
        let zoned = self.zoned(time);
        let local = zoned.datetime().checked_add(calendar_span(n, length.1)).expect("a time in range");
        // A step of nothing stays where it is, also in the second of two equal hours.
        if local == zoned.datetime() { time } else { self.moment(local) }
    }

    /// A day moved by a calendar step of whole days.
    pub fn step_day(&self, day: Date, length: (u32, Unit), forward: bool) -> Date {
        let n = if forward { i64::from(length.0) } else { -i64::from(length.0) };
        day.checked_add(calendar_span(n, length.1)).expect("a day in range")
    }

    /// First day of the period that holds `day`, and the first day after it.
    fn around(&self, day: Date, unit: PeriodUnit, fiscal: bool) -> (Date, Date) {
        let first = |year: i16, month: i8| Date::new(year, month, 1).expect("a month");
        let year_start = if fiscal { self.fiscal_start } else { 1 };
        // Months since the last start of a year.
        let into_year = (day.month() - year_start).rem_euclid(12);
        let start = match unit {
            PeriodUnit::Day => day,
            PeriodUnit::Week => {
                let back = day.weekday().since(Weekday::Monday);
                day.checked_sub(Span::new().days(back)).expect("a day")
            }
            PeriodUnit::Month => first(day.year(), day.month()),
            PeriodUnit::Quarter => back_months(first(day.year(), day.month()), into_year % 3),
            PeriodUnit::Year => back_months(first(day.year(), day.month()), into_year),
        };
        (start, add_units(start, unit, 1))
    }

    /// First and one past the last day of a window's period.
    pub fn period(&self, as_of: i64, period: &Period) -> (Date, Date) {
        let (start, end) = self.around(self.day_of(as_of), period.unit, period.fiscal);
        match period.which {
            Which::This => (start, end),
            Which::Last(n) => (add_units(start, period.unit, -i64::from(n)), start),
            Which::Next(n) => (end, add_units(end, period.unit, i64::from(n))),
        }
    }

    /// The calendar year in which the fiscal year of a day ends (D26).
    pub fn fiscal_year(&self, day: Date) -> i16 {
        let (_, end) = self.around(day, PeriodUnit::Year, true);
        end.yesterday().expect("a day").year()
    }

    /// The fiscal quarter of a day, 1 to 4.
    pub fn fiscal_quarter(&self, day: Date) -> i8 {
        (day.month() - self.fiscal_start).rem_euclid(12) / 3 + 1
    }
}

fn calendar_span(n: i64, unit: Unit) -> Span {
    match unit {
        Unit::Minute => Span::new().minutes(n),
        Unit::Hour => Span::new().hours(n),
        Unit::Day => Span::new().days(n),
        Unit::Week => Span::new().days(n * 7),
        Unit::Month => Span::new().months(n),
        Unit::Quarter => Span::new().months(n * 3),
        Unit::Year => Span::new().months(n * 12),
    }
}

fn back_months(day: Date, months: i8) -> Date {
    day.checked_sub(Span::new().months(months)).expect("a month")
}

fn add_units(day: Date, unit: PeriodUnit, n: i64) -> Date {
    let span = match unit {
        PeriodUnit::Day => Span::new().days(n),
        PeriodUnit::Week => Span::new().days(n * 7),
        PeriodUnit::Month => Span::new().months(n),
        PeriodUnit::Quarter => Span::new().months(n * 3),
        PeriodUnit::Year => Span::new().months(n * 12),
    };
    day.checked_add(span).expect("a day")
}

/// The exact length of a duration in microseconds (D21).
pub fn exact_length(n: u32, unit: Unit) -> i64 {
    const HOUR: i64 = 3_600_000_000;
    const MONTH: i64 = 2_629_800_000_000; // 30.4375 days
    i64::from(n)
        * match unit {
            Unit::Minute => HOUR / 60,
            Unit::Hour => HOUR,
            Unit::Day => 24 * HOUR,
            Unit::Week => 7 * 24 * HOUR,
            Unit::Month => MONTH,
            Unit::Quarter => 3 * MONTH,
            Unit::Year => 12 * MONTH,
        }
}

/// The number and unit of a literal that is a duration.
pub fn duration_of(literal: &LiteralKind) -> (u32, Unit) {
    match literal {
        LiteralKind::Duration(n, unit) => (*n, *unit),
        other => panic!("not a duration: {other:?}"),
    }
}
