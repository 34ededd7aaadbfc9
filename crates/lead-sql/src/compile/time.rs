//! Times and dates: local days, calendar steps, what lies between two.

use lead_hir::hir::{ArithmeticOp, Step, Ty, Value};
use lead_plan::NodeId;

use super::{Compiler, Frame, Place, Wrong};
use crate::dialect::Shift;
use crate::ir::{Sql, Type};

const DAY: i128 = 86_400_000_000;

impl Compiler<'_> {
    pub fn zone(&self) -> &str {
        &self.lexicon.settings.zone_name
    }

    pub fn is_utc(&self) -> bool {
        matches!(self.zone(), "UTC" | "Etc/UTC")
    }

    /// A time as local time.
    pub fn local(&self, time: Sql) -> Sql {
        if self.is_utc() { time } else { self.dialect.local(time, self.zone()) }
    }

    /// The local day of a time.
    pub fn local_day(&self, time: Sql) -> Sql {
        if let Sql::Time(t) = time {
            return Sql::Date(lead_plan::calendar::local_day(t, &self.lexicon.settings.zone));
        }
        self.local(time).cast(Type::Date)
    }

    /// A local time as a time.
    pub fn instant(&self, local: Sql) -> Sql {
        if self.is_utc() {
            return local;
        }
        // What it may be is asked for more than once.
        let local = local.named("local_time".to_owned());
        let tries = self.dialect.instant_tries(&local, self.zone());
        let tries: Vec<Sql> = tries.into_iter().map(|(word, time)| time.named(word.to_owned())).collect();
        self.dialect.instant_of(local, &tries, self.zone())
    }

    /// The first moment of a day.
    pub fn day_start(&self, day: Sql) -> Sql {
        if let Sql::Date(d) = day {
            return Sql::Time(lead_plan::calendar::start_of_day(d, &self.lexicon.settings.zone));
        }
        self.instant(day.cast(Type::Time))
    }

    /// A time moved by a calendar step, then exactly.
    pub fn stepped(&self, time: Sql, by: Step, back: bool) -> Sql {
        let sign = if back { -1 } else { 1 };
        let shift = Shift { months: by.months.saturating_mul(sign), days: by.days.saturating_mul(sign) };
        let mut out = time;
        if shift.months != 0 || shift.days != 0 {
            out = self.instant(self.dialect.moved(self.local(out), shift));
        }
        match by.micros {
            0 => out,
            micros => self.dialect.later(out, Sql::Int(i128::from(micros) * i128::from(sign))),
        }
    }

    pub fn shift(&mut self, id: NodeId, by: Step, at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        let value = self.expr(id, at, frame)?;
        if *self.ty(id) != Ty::Date {
            return Ok(self.stepped(value, by, false));
        }
        let moved = self.dialect.day_moved(value, Shift { months: by.months, days: by.days });
        match i128::from(by.micros).div_euclid(DAY) {
            0 => Ok(moved),
            days => Ok(self.dialect.day_plus(moved, Sql::Int(days))),
        }
    }

    /// What is left of arithmetic: times, dates and durations (D21, D22).
    pub fn time_arithmetic(
        &mut self,
        id: NodeId,
        op: ArithmeticOp,
        a: NodeId,
        b: NodeId,
        at: &Place,
        frame: &mut Frame,
    ) -> Result<Sql, Wrong> {
        let (ta, tb) = (self.ty(a).clone(), self.ty(b).clone());
        let minus = op == ArithmeticOp::Subtract;
        let written = self.written(b).cloned();
        let left = self.expr(a, at, frame)?;
        let right = self.expr(b, at, frame)?;
        let signed = |d: Sql| match (&written, minus) {
            (Some(Value::Duration(n)), true) => Sql::Int(-i128::from(*n)),
            (_, true) => Sql::Int(0).minus(d),
            (_, false) => d,
        };
        Ok(match (&ta, &tb) {
            (Ty::Time, Ty::Time) => self.dialect.between(right, left),
            (Ty::Date, Ty::Date) => self.dialect.days_between(right, left).cast(Type::Int).times(Sql::Int(DAY)),
            (Ty::Date, Ty::Time) => {
                let left = self.day_start(left);
                self.dialect.between(right, left)
            }
            (Ty::Time, Ty::Date) => {
                let right = self.day_start(right);
                self.dialect.between(right, left)
            }
            (Ty::Time, Ty::Duration) => self.dialect.later(left, signed(right)),
            (Ty::Duration, Ty::Time) => self.dialect.later(right, left),
            // A day that is moved by parts of days becomes a time.
            (Ty::Date, Ty::Duration) if *self.ty(id) == Ty::Time => {
                let start = self.day_start(left);
                self.dialect.later(start, signed(right))
            }
            (Ty::Duration, Ty::Date) if *self.ty(id) == Ty::Time => {
                let start = self.day_start(right);
                self.dialect.later(start, left)
            }
            (Ty::Date, Ty::Duration) => {
                let days = self.whole_days(signed(right));
                self.dialect.day_plus(left, days)
            }
            (Ty::Duration, Ty::Date) => {
                let days = self.whole_days(left);
                self.dialect.day_plus(right, days)
            }
            _ => Sql::Null,
        })
    }

    /// A duration in whole days, rounded down.
    fn whole_days(&self, duration: Sql) -> Sql {
        match duration {
            Sql::Int(n) => Sql::Int(n.div_euclid(DAY)),
            other => Sql::call("floor", [other.cast(Type::Double).over(Sql::Double(DAY as f64))]),
        }
    }
}
