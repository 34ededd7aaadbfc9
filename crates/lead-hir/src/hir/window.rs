//! Windows and points in time (LANGUAGE section 5).

use lead_diag::Span;

use super::{Period, Step};

/// A window with its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// Which.
    pub kind: WindowKind,
    /// Where it was written.
    pub span: Span,
}

/// Windows; named ones are already what their name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WindowKind {
    /// `as-of - D < t <= as-of`
    Within(Step),
    /// `as-of < t <= as-of + D`
    WithinNext(Step),
    /// `start <= t < end`
    Period(Period),
    /// `t >= start`
    Since(Moment),
    /// `t < start`
    Before(Moment),
    /// `start <= t`, and `t < end of day` for a date, `t <= end` for a time
    Between(Moment, Moment),
    /// `as-of - from < t <= as-of - to`
    BetweenAgo(Step, Step),
    /// `t <= as-of - D`
    MoreThanAgo(Step),
}

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// Days since 1970-01-01: a whole day.
    Date(i32),
    /// Microseconds.
    Time(i64),
    /// As-of minus a step.
    Ago(Step),
    /// As-of plus a step.
    Ahead(Step),
    /// The as-of date.
    Today,
    /// The as-of time.
    Now,
}
