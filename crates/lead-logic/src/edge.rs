//! Ranges of time whose ends move with the as-of time, and what can be said of two of them at every as-of time.
//!
//! Invariant *at every as-of time*: [`Range::within`] and [`Range::apart`] say yes only if it is so whenever a rule is asked.

use std::fmt;

use lead_hir::hir::{Moment, Period, PeriodUnit, Step, Which, WindowKind};

/// An end of a range.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Edge {
    /// Before everything.
    Never,
    /// Behind everything.
    Forever,
    /// The as-of time, moved by steps; `true`: back.
    FromNow(Vec<(bool, Step)>),
    /// The start of a day, counted from 1970, where the lexicon is.
    Day(i32),
    /// A moment, in microseconds.
    Instant(i64),
    /// The start of the calendar period that many after the one that the as-of time, moved, lies in.
    Period(Vec<(bool, Step)>, PeriodUnit, bool, i64),
    /// The earlier of the as-of time, moved, and an edge.
    Capped(Vec<(bool, Step)>, Box<Edge>),
    /// One that is compared with itself alone.
    Own(String),
}

impl fmt::Display for Edge {
    /// Another text for each.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Edge::Never => f.write_str("never"),
            Edge::Forever => f.write_str("forever"),
            Edge::FromNow(steps) => from_now(steps, f),
            Edge::Day(day) => write!(f, "day {day}"),
            Edge::Instant(at) => write!(f, "at {at}"),
            Edge::Period(steps, unit, fiscal, n) => {
                write!(f, "{n} {}{unit:?} of ", if *fiscal { "fiscal " } else { "" })?;
                from_now(steps, f)
            }
            Edge::Capped(steps, edge) => {
                from_now(steps, f)?;
                write!(f, " or {edge}")
            }
            Edge::Own(text) => write!(f, "{text:?}"),
        }
    }
}

fn from_now(steps: &[(bool, Step)], f: &mut fmt::Formatter) -> fmt::Result {
    f.write_str("now")?;
    for (back, Step { months, days, micros }) in steps {
        f.write_str(if *back { " -" } else { " +" })?;
        for (size, unit) in [(i64::from(*months), "mo"), (i64::from(*days), "d"), (*micros, "us")] {
            if size != 0 {
                write!(f, "{size}{unit}")?;
            }
        }
    }
    Ok(())
}

const HOUR: f64 = 3_600e6;
const DAY: f64 = 24.0 * HOUR;

/// The least and the greatest length of steps in microseconds, whatever the months and the changes of the clock.
fn reach(steps: &[(bool, Step)]) -> (f64, f64) {
    let (mut least, mut most) = (0.0, 0.0);
    for (back, step) in steps {
        let months = f64::from(step.months);
        let days = f64::from(step.days);
        let fixed = days * DAY + step.micros as f64;
        let slack = if step.days != 0 || step.months != 0 { 3.0 * HOUR } else { 0.0 };
        let (short, long) = if step.months == 0 {
            (fixed - slack, fixed + slack)
        } else {
            // A run of months is never further than this from its mean length.
            let mean = months * 30.436_875 * DAY;
            (mean - 3.0 * DAY + fixed - slack, mean + 3.0 * DAY + fixed + slack)
        };
        let (from, to) = if *back { (-long, -short) } else { (short, long) };
        least += from;
        most += to;
    }
    (least, most)
}

impl Edge {
    /// Whether it is never later than another.
    pub fn at_most(&self, other: &Edge) -> bool {
        match (self, other) {
            (Edge::Never, _) | (_, Edge::Forever) => true,
            (a, b) if a == b => true,
            (Edge::FromNow(a), Edge::FromNow(b)) => steps_at_most(a, b),
            (Edge::Day(a), Edge::Day(b)) => a <= b,
            (Edge::Instant(a), Edge::Instant(b)) => a <= b,
            // Days begin within a day of where they do in Greenwich.
            (Edge::Day(a), Edge::Instant(b)) => f64::from(*a) * DAY + DAY <= *b as f64,
            (Edge::Instant(a), Edge::Day(b)) => *a as f64 <= f64::from(*b) * DAY - DAY,
            (Edge::Period(a, unit, fiscal, m), Edge::Period(b, other, theirs, n)) => {
                a == b && unit == other && fiscal == theirs && m <= n
            }
            // The period that the as-of time lies in has begun, and the next has not.
            (Edge::Period(a, _, _, n), Edge::FromNow(b)) => *n <= 0 && steps_at_most(a, b),
            (Edge::FromNow(a), Edge::Period(b, _, _, n)) => *n >= 1 && steps_at_most(a, b),
            (Edge::Capped(steps, edge), other) => {
                edge.at_most(other)
                    || Edge::FromNow(steps.clone()).at_most(other)
                    || matches!(other, Edge::Capped(theirs, later) if steps_at_most(steps, theirs) && edge.at_most(later))
            }
            (_, Edge::Capped(steps, edge)) => self.at_most(&Edge::FromNow(steps.clone())) && self.at_most(edge),
            _ => false,
        }
    }
}

/// Whether one moved as-of time is never later than another.
fn steps_at_most(a: &[(bool, Step)], b: &[(bool, Step)]) -> bool {
    if a == b {
        return true;
    }
    // One more step on the same way, or the same way with one step that is longer in every part.
    if let ([first @ .., (back, last)], [second @ .., (other, theirs)]) = (a, b)
        && first == second
        && back == other
    {
        let (short, long) = if *back { (theirs, last) } else { (last, theirs) };
        if short.months <= long.months && short.days <= long.days && short.micros <= long.micros {
            return true;
        }
    }
    reach(a).1 <= reach(b).0
}

/// `start <= t < end`, or with the ends turned about for what counts back from the as-of time; the same for both ends of both
/// ranges that are compared, so neighbours tile.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    /// Where it begins.
    pub from: Edge,
    /// Where it ends.
    pub to: Edge,
}

impl fmt::Display for Range {
    /// Another text for each.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

impl Range {
    /// Whether everything in it lies in another.
    pub fn within(&self, other: &Range) -> bool {
        other.from.at_most(&self.from) && self.to.at_most(&other.to)
    }

    /// Whether nothing lies in both.
    pub fn apart(&self, other: &Range) -> bool {
        self.to.at_most(&other.from) || other.to.at_most(&self.from)
    }

    /// What a window covers, tested against any time; `moves` are the moments by which the as-of time was moved, outermost first
    /// (`was lead 90d ago`).
    pub fn of(window: WindowKind, moves: &[Moment]) -> Range {
        let now = now(moves);
        let stepped = |back: bool, step: Step| with(&now, back, step);
        match window {
            WindowKind::Within(step) => Range { from: stepped(true, step), to: now },
            WindowKind::WithinNext(step) => Range { from: now.clone(), to: stepped(false, step) },
            WindowKind::BetweenAgo(from, to) => Range { from: stepped(true, from), to: stepped(true, to) },
            WindowKind::MoreThanAgo(step) => Range { from: Edge::Never, to: stepped(true, step) },
            WindowKind::Since(at) => Range { from: start(at, &now), to: Edge::Forever },
            WindowKind::Before(at) => Range { from: Edge::Never, to: start(at, &now) },
            WindowKind::Between(from, to) => Range { from: start(from, &now), to: end(to, &now) },
            WindowKind::Period(period) => of_period(period, &now),
        }
    }

    /// The times of events that count: none later than the as-of time but for windows that look ahead (D31).
    pub fn of_events(window: Option<WindowKind>, moves: &[Moment]) -> Range {
        let now = now(moves);
        let Some(window) = window else { return Range { from: Edge::Never, to: now } };
        let range = Range::of(window, moves);
        let ahead = match window {
            WindowKind::WithinNext(_) => true,
            WindowKind::Period(period) => matches!(period.which, Which::Next(_)),
            _ => false,
        };
        if ahead || range.to.at_most(&now) {
            return range;
        }
        let to = match (&now, range.to) {
            (now, Edge::Forever) => now.clone(),
            (now, Edge::Period(_, _, _, 1)) => now.clone(),
            (Edge::FromNow(steps), to) => Edge::Capped(steps.clone(), Box::new(to)),
            (now, to) => Edge::Own(format!("{to:?} before {now:?}")),
        };
        Range { from: range.from, to }
    }
}

/// The as-of time once it is moved.
fn now(moves: &[Moment]) -> Edge {
    let mut steps = Vec::new();
    let mut fixed = None;
    for at in moves {
        match *at {
            Moment::Ago(step) => steps.push((true, step)),
            Moment::Ahead(step) => steps.push((false, step)),
            Moment::Date(day) => (fixed, steps) = (Some(Edge::Day(day.saturating_add(1))), Vec::new()),
            Moment::Time(at) => (fixed, steps) = (Some(Edge::Instant(at)), Vec::new()),
            Moment::Now => {}
            // The end of the day is no fixed step away.
            Moment::Today => (fixed, steps) = (Some(Edge::Own(format!("{moves:?}"))), Vec::new()),
        }
    }
    match fixed {
        Some(edge) => moved(&edge, steps),
        None => Edge::FromNow(steps),
    }
}

fn steps_of(now: &Edge) -> Vec<(bool, Step)> {
    match now {
        Edge::FromNow(steps) => steps.clone(),
        _ => Vec::new(),
    }
}

/// The start of a calendar period as seen from an edge.
fn period(now: &Edge, unit: PeriodUnit, fiscal: bool, n: i64) -> Edge {
    match now {
        Edge::FromNow(steps) => Edge::Period(steps.clone(), unit, fiscal, n),
        other => Edge::Own(format!("{n} {fiscal} {unit:?} of {other:?}")),
    }
}

/// A moved edge. From a fixed day or moment only days and exact lengths are followed: what else there is has no order with others.
fn moved(now: &Edge, steps: Vec<(bool, Step)>) -> Edge {
    match now {
        Edge::FromNow(_) => Edge::FromNow(steps),
        Edge::Day(day) if steps.iter().all(|(_, s)| s.months == 0 && s.micros == 0) => {
            let by: i32 = steps.iter().map(|(back, s)| if *back { -s.days } else { s.days }).sum();
            Edge::Day(day.saturating_add(by))
        }
        edge if steps.is_empty() => edge.clone(),
        edge => Edge::Own(format!("{steps:?} from {edge:?}")),
    }
}

fn start(at: Moment, now: &Edge) -> Edge {
    match at {
        Moment::Date(day) => Edge::Day(day),
        Moment::Time(at) => Edge::Instant(at),
        Moment::Now => now.clone(),
        Moment::Ago(step) => with(now, true, step),
        Moment::Ahead(step) => with(now, false, step),
        Moment::Today => period(now, PeriodUnit::Day, false, 0),
    }
}

fn end(at: Moment, now: &Edge) -> Edge {
    match at {
        Moment::Date(day) => Edge::Day(day.saturating_add(1)),
        Moment::Time(at) => Edge::Instant(at.saturating_add(1)),
        Moment::Today => period(now, PeriodUnit::Day, false, 1),
        other => start(other, now),
    }
}

fn with(now: &Edge, back: bool, step: Step) -> Edge {
    let mut steps = steps_of(now);
    steps.push((back, step));
    moved(now, steps)
}

fn of_period(period: Period, now: &Edge) -> Range {
    let (first, last) = match period.which {
        Which::This => (0, 1),
        Which::Last(n) => (-i64::from(n), 0),
        Which::Next(n) => (1, 1 + i64::from(n)),
    };
    let edge = |n| self::period(now, period.unit, period.fiscal, n);
    Range { from: edge(first), to: edge(last) }
}
