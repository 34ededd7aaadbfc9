//! Three-valued logic and the calendar.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan, Zoned};

/// Yes, no or unknown.
pub type Tri = Option<bool>;

/// Kleene's and.
pub fn and(parts: &[Tri]) -> Tri {
    if parts.contains(&Some(false)) {
        Some(false)
    } else if parts.contains(&None) {
        None
    } else {
        Some(true)
    }
}

/// Kleene's or.
pub fn or(parts: &[Tri]) -> Tri {
    if parts.contains(&Some(true)) {
        Some(true)
    } else if parts.contains(&None) {
        None
    } else {
        Some(false)
    }
}

/// Kleene's not.
pub fn not(part: Tri) -> Tri {
    part.map(|p| !p)
}

/// A term: an alternative holds, and no exception is yes.
pub fn unless(alternative: Tri, exception: Tri) -> Tri {
    if exception == Some(true) { Some(false) } else { alternative }
}

/// Texts compare without regard to case and blanks around.
pub fn same(text: &Option<String>, wanted: &str) -> Tri {
    text.as_ref().map(|t| t.trim().to_lowercase() == wanted.to_lowercase())
}

/// Whether the text is one of several.
pub fn one_of(text: &Option<String>, wanted: &[&str]) -> Tri {
    or(&wanted.iter().map(|w| same(text, w)).collect::<Vec<_>>())
}

pub fn zone() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

/// The as-of time, and what is counted from it.
#[derive(Clone)]
pub struct Clock {
    now: Zoned,
}

/// Microseconds since 1970.
pub type Micros = i64;

impl Clock {
    pub fn as_of(text: &str) -> Clock {
        let local: DateTime = text.parse().unwrap();
        Clock { now: local.to_zoned(zone()).unwrap() }
    }

    pub fn now(&self) -> Micros {
        self.now.timestamp().as_microsecond()
    }

    /// The same lexicon, asked earlier.
    pub fn ago(&self, span: Span) -> Clock {
        Clock { now: self.now.checked_sub(span).unwrap() }
    }

    /// `within D`: after as-of minus D, not after as-of.
    pub fn within(&self, t: Micros, span: Span) -> bool {
        self.ago(span).now() < t && t <= self.now()
    }

    /// Happened by now.
    pub fn past(&self, t: Micros) -> bool {
        t <= self.now()
    }

    /// The fiscal year, which starts in April, that holds the as-of time: its first moment and the first after it.
    pub fn fiscal_year(&self) -> (Micros, Micros) {
        let year = fiscal_year_of(self.now.date()) - 1;
        (first_moment(jiff::civil::date(year, 4, 1)), first_moment(jiff::civil::date(year + 1, 4, 1)))
    }

    /// The complete fiscal year before.
    pub fn last_fiscal_year(&self) -> (Micros, Micros) {
        let year = fiscal_year_of(self.now.date()) - 2;
        (first_moment(jiff::civil::date(year, 4, 1)), first_moment(jiff::civil::date(year + 1, 4, 1)))
    }

    /// The lexicon asked at another moment.
    pub fn at(&self, moment: Micros) -> Clock {
        Clock { now: jiff::Timestamp::from_microsecond(moment).unwrap().to_zoned(zone()) }
    }
}

/// Named by the calendar year in which it ends.
pub fn fiscal_year_of(day: Date) -> i16 {
    if day.month() >= 4 { day.year() + 1 } else { day.year() }
}

pub fn first_moment(day: Date) -> Micros {
    day.to_zoned(zone()).unwrap().timestamp().as_microsecond()
}

/// A calendar quarter as a number that is different for every quarter.
pub fn quarter_of(t: Micros) -> i32 {
    let day = jiff::Timestamp::from_microsecond(t).unwrap().to_zoned(zone()).date();
    i32::from(day.year()) * 4 + i32::from((day.month() - 1) / 3)
}

pub fn days(n: i64) -> Span {
    n.days()
}

pub fn months(n: i64) -> Span {
    n.months()
}

/// Length of a day in microseconds.
pub const DAY: i64 = 86_400_000_000;
