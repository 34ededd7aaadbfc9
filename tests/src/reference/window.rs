//! Windows as spans of time (LANGUAGE section 5, D22, D31, D33).

use lead_syntax::ast::{ExprKind, LiteralKind, Moment, MomentKind, Which, Window, WindowKind};

use super::calendar::duration_of;
use super::{Env, Reference};

/// The times that a window holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// First time in it, in microseconds.
    pub first: i64,
    /// Last time in it.
    pub last: i64,
    /// Whether it looks forward, past the as-of time.
    pub forward: bool,
    /// Whether it has a start (`became` asks).
    pub started: bool,
    /// The time just before it; for `within D` the as-of time less D.
    pub before: i64,
}

impl Span {
    /// Whether a time lies in it.
    pub fn holds(&self, time: i64) -> bool {
        self.first <= time && time <= self.last
    }
}

const EVER: i64 = i64::MAX / 4;

enum Point {
    Time(i64),
    Day(jiff::civil::Date),
}

impl Reference {
    /// The span of a window at the as-of time in force.
    pub fn span(&self, window: &Window, env: &Env) -> Span {
        let calendar = &self.calendar;
        let back = |l: &LiteralKind| calendar.step(env.as_of, duration_of(l), false);
        // After `start`, up to and with `last`.
        let after = |start: i64, last: i64, forward: bool| Span {
            first: start + 1,
            last,
            forward,
            started: true,
            before: start,
        };
        match &window.kind {
            WindowKind::Within(d) => after(back(&d.kind), env.as_of, false),
            WindowKind::WithinNext(d) => after(env.as_of, calendar.step(env.as_of, duration_of(&d.kind), true), true),
            WindowKind::Period(period) => {
                let (first, end) = calendar.period(env.as_of, period);
                let forward = matches!(period.which, Which::Next(_));
                after(calendar.start_of(first) - 1, calendar.start_of(end) - 1, forward)
            }
            WindowKind::Named(name) => {
                let mut expr = self.value_named(&name.key());
                while let ExprKind::Paren(inner) = &expr.kind {
                    expr = inner;
                }
                match &expr.kind {
                    ExprKind::Period(window) => self.span(window, env),
                    ExprKind::Literal(l) => after(back(l), env.as_of, false),
                    _ => panic!("`{}` is no period", name.text),
                }
            }
            WindowKind::Since(moment) => {
                let first = match self.point(moment, env) {
                    Point::Time(t) => t,
                    Point::Day(d) => calendar.start_of(d),
                };
                after(first - 1, EVER, false)
            }
            WindowKind::Before(moment) => {
                let end = match self.point(moment, env) {
                    Point::Time(t) => t,
                    Point::Day(d) => calendar.start_of(d),
                };
                Span { first: -EVER, last: end - 1, forward: false, started: false, before: -EVER }
            }
            WindowKind::Between(low, high) => {
                let first = match self.point(low, env) {
                    Point::Time(t) => t,
                    Point::Day(d) => calendar.start_of(d),
                };
                let last = match self.point(high, env) {
                    Point::Time(t) => t,
                    Point::Day(d) => calendar.end_of(d),
                };
                after(first - 1, last, false)
            }
            WindowKind::BetweenAgo(from, to) => after(back(&from.kind), back(&to.kind), false),
            WindowKind::MoreThanAgo(d) => {
                Span { first: -EVER, last: back(&d.kind), forward: false, started: false, before: -EVER }
            }
        }
    }

    fn point(&self, moment: &Moment, env: &Env) -> Point {
        match &moment.kind {
            MomentKind::Ago(d) => Point::Time(self.calendar.step(env.as_of, duration_of(&d.kind), false)),
            MomentKind::Ahead(d) => Point::Time(self.calendar.step(env.as_of, duration_of(&d.kind), true)),
            MomentKind::At(l) => self.written_point(&l.kind),
            MomentKind::Today => Point::Day(self.calendar.day_of(env.as_of)),
            MomentKind::Now => Point::Time(env.as_of),
            MomentKind::Named(name) => match &self.value_named(&name.key()).kind {
                ExprKind::Literal(l) => self.written_point(l),
                _ => panic!("`{}` is no date written out", name.text),
            },
        }
    }

    fn written_point(&self, literal: &LiteralKind) -> Point {
        match self.literal(literal) {
            super::RefValue::Time(t) => Point::Time(t),
            super::RefValue::Date(d) => Point::Day(d),
            other => panic!("no moment: {other:?}"),
        }
    }

    /// The as-of time that `was … at` moves to: a day means its end (D24, D34).
    pub fn moved(&self, moment: &Moment, env: &Env) -> i64 {
        match self.point(moment, env) {
            Point::Time(t) => t,
            Point::Day(d) => self.calendar.end_of(d),
        }
    }
}
