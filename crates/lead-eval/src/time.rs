//! Times and dates: ranges, local days, calendar steps, periods (D22 to D26).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lead_data::{Bitmap, Column, Dictionary, Texts, Values};
use lead_hir::hir::{Function, Step, Ty};
use lead_plan::calendar;

use crate::kernel::Context;
use crate::vector::{Tri, Vector, View, all_known, dates, ints, map2, test2};

const DAY: i64 = 86_400_000_000;

/// A time zone with its changes laid out, so that a local day costs a search, not a calendar. They are laid out when a day is first
/// asked for: the small worlds of examples seldom do.
pub(crate) struct Zone {
    zone: TimeZone,
    /// From which instant (microseconds) which offset (microseconds) holds; covers `range`.
    changes: OnceLock<Vec<(i64, i64)>>,
    range: Range<i64>,
}

impl Zone {
    pub(crate) fn new(zone: &TimeZone) -> Zone {
        let at = |year: i16| calendar::instant(jiff::civil::Date::constant(year, 1, 1).at(0, 0, 0, 0), &TimeZone::UTC);
        Zone { zone: zone.clone(), changes: OnceLock::new(), range: at(1900)..at(2200) }
    }

    fn changes(&self) -> &[(i64, i64)] {
        let (zone, range) = (&self.zone, &self.range);
        self.changes.get_or_init(|| {
            let offset = |t: i64| {
                Timestamp::from_microsecond(t).map_or(0, |t| i64::from(zone.to_offset(t).seconds()) * 1_000_000)
            };
            let mut changes = vec![(range.start, offset(range.start))];
            if let Ok(start) = Timestamp::from_microsecond(range.start) {
                for change in zone.following(start) {
                    let t = change.timestamp().as_microsecond();
                    if t >= range.end {
                        break;
                    }
                    changes.push((t, i64::from(change.offset().seconds()) * 1_000_000));
                }
            }
            changes
        })
    }

    /// Days since 1970 of the local date of an instant.
    pub(crate) fn day(&self, t: i64) -> i32 {
        if !self.range.contains(&t) {
            return calendar::local_day(t, &self.zone);
        }
        let changes = self.changes();
        let i = changes.partition_point(|(from, _)| *from <= t);
        let offset = changes[i.saturating_sub(1)].1;
        (t + offset).div_euclid(DAY) as i32
    }

    /// The first moment of a local day.
    pub(crate) fn start_of_day(&self, day: i32) -> i64 {
        calendar::start_of_day(day, &self.zone)
    }
}

/// Does the time lie in the range? A date counts as its first moment.
pub(crate) fn in_range(cx: &Context, vector: &Vector, ty: &Ty, range: &Range<i64>, len: usize) -> Tri {
    let known = all_known(&[vector], len);
    let test = match ty {
        Ty::Date => {
            let first = first_day_from(&cx.zone, range.start);
            let end = first_day_from(&cx.zone, range.end);
            test2(len, dates(vector), View::Const(0), |d, _| first <= i64::from(d) && i64::from(d) < end)
        }
        _ => test2(len, ints(vector), View::Const(0), |t, _| range.contains(&t)),
    };
    Tri::new(test, known)
}

/// The first day whose first moment is not before `t`.
fn first_day_from(zone: &Zone, t: i64) -> i64 {
    if t == i64::MIN || t == i64::MAX {
        return t;
    }
    let day = zone.day(t);
    i64::from(day) + i64::from(zone.start_of_day(day) < t)
}

/// Times and dates moved by a calendar step.
pub(crate) fn shift<'a>(cx: &Context, vector: &Vector, ty: &Ty, by: Step, len: usize) -> Vector<'a> {
    if vector.is_unknown() {
        return Vector::unknown();
    }
    let known = all_known(&[vector], len);
    let values = match ty {
        Ty::Date => Values::Date(map2(len, dates(vector), View::Const(()), |d, ()| calendar::step_days(d, by, false))),
        _ => Values::Int(map2(len, ints(vector), View::Const(()), |t, ()| {
            calendar::step(t, by, false, &cx.settings.zone)
        })),
    };
    Vector::owned(Column { values, known })
}

/// `day week month quarter year fiscal quarter fiscal year`; `None` for other functions.
pub(crate) fn call_time<'a>(cx: &Context, f: Function, vector: &Vector, ty: &Ty, len: usize) -> Option<Vector<'a>> {
    let fiscal = cx.settings.fiscal_start;
    if !matches!(
        f,
        Function::Day
            | Function::Week
            | Function::Month
            | Function::Quarter
            | Function::Year
            | Function::FiscalQuarter
            | Function::FiscalYear
    ) {
        return None;
    }
    if vector.is_unknown() {
        return Some(Vector::unknown());
    }
    let known = all_known(&[vector], len);
    let days = match ty {
        Ty::Date => map2(len, dates(vector), View::Const(()), |d, ()| d),
        _ => map2(len, ints(vector), View::Const(()), |t, ()| cx.zone.day(t)),
    };
    let year = |start: i8| {
        let mut seen: HashMap<i32, f64> = HashMap::new();
        let mut of =
            |d: i32| *seen.entry(d).or_insert_with(|| f64::from(calendar::year_of(calendar::date_of_days(d), start)));
        Values::Number(days.iter().map(|d| of(*d)).collect())
    };
    let values = match f {
        Function::Day => Values::Date(days),
        Function::Year => year(1),
        Function::FiscalYear => year(fiscal),
        _ => named_periods(&days, |d| {
            let date = calendar::date_of_days(d);
            match f {
                Function::Week => {
                    let week = date.iso_week_date();
                    format!("{:04}-W{:02}", week.year(), week.week())
                }
                Function::Month => format!("{:04}-{:02}", date.year(), date.month()),
                Function::FiscalQuarter => {
                    let (year, quarter) = calendar::quarter_of(date, fiscal);
                    format!("FY{year:04}-Q{quarter}")
                }
                _ => {
                    let (year, quarter) = calendar::quarter_of(date, 1);
                    format!("{year:04}-Q{quarter}")
                }
            }
        }),
    };
    Some(Vector::owned(Column { values, known }))
}

/// Days as names of the periods that hold them: each day and each name worked out once.
fn named_periods(days: &[i32], name: impl Fn(i32) -> String) -> Values {
    let (mut by_day, mut by_name): (HashMap<i32, u32>, HashMap<String, u32>) = (HashMap::new(), HashMap::new());
    let mut entries: Vec<String> = Vec::new();
    let codes = days
        .iter()
        .map(|day| {
            *by_day.entry(*day).or_insert_with(|| {
                let name = name(*day);
                *by_name.entry(name.clone()).or_insert_with(|| {
                    entries.push(name);
                    entries.len() as u32 - 1
                })
            })
        })
        .collect();
    Values::Text(Texts { codes, dictionary: Arc::new(Dictionary::new(&entries, true)) })
}

/// Which rows of a column of times lie in a range.
pub(crate) fn times_in(times: &[i64], range: &Range<i64>) -> Bitmap {
    Bitmap::from_fn(times.len(), |i| range.contains(&times[i]))
}
