//! Numbers, money, durations and scores (D12, D18 to D22, D38).

use lead_hir::hir::{ArithmeticOp, Function, Period, PeriodUnit, Ty, Value, Which};
use lead_plan::{MeasureKind, NodeId, Op, ScoreLine};

use super::{Compiler, Frame, Place, Wrong};
use crate::dialect::DayPart;
use crate::ir::{Sql, Tight, Type};

/// The float in ten-thousandths, where it has no more than four decimal places.
fn exact(n: f64) -> Option<i128> {
    let q = (n * 10_000.0).round();
    (q.abs() < 1e15 && q / 10_000.0 == n).then_some(q as i128)
}

impl Compiler<'_> {
    /// Whether a number is of a whole type in SQL: counts, and what is made of them.
    pub fn is_whole(&self, id: NodeId) -> bool {
        let node = self.plan.node(id);
        match &node.op {
            Op::Const(value) => {
                matches!(value.0, Value::Number(n) | Value::Percent(n) if n.fract() == 0.0 && n.abs() < 1e15)
            }
            Op::Measure(m) => {
                let measure = self.plan.measure(*m);
                match &measure.kind {
                    MeasureKind::Count | MeasureKind::Distinct | MeasureKind::Sequence(_) => true,
                    MeasureKind::Min | MeasureKind::Max | MeasureKind::First | MeasureKind::Last => {
                        measure.argument.is_some_and(|a| self.is_whole(a))
                    }
                    MeasureKind::Points { half_life: None, .. } => self.whole_points(*m),
                    _ => false,
                }
            }
            Op::Follow { node, .. } | Op::OfRecord(node) | Op::OfSubject(node) | Op::Negate(node) => {
                self.is_whole(*node) && matches!(self.ty(*node), Ty::Number | Ty::Percent)
            }
            Op::Arithmetic(op, a, b) => {
                *op != ArithmeticOp::Divide && self.is_whole(*a) && self.is_whole(*b) && self.most(id) < 1e15
            }
            Op::Call(Function::Year | Function::FiscalYear | Function::Length, _) => true,
            Op::Call(Function::Round | Function::Abs, args) => args.first().is_some_and(|a| self.is_whole(*a)),
            Op::Choice(lines) => {
                matches!(node.ty, Ty::Number | Ty::Percent) && lines.iter().all(|(_, r)| self.is_whole(*r))
            }
            Op::Score { lines, at_most, at_least } => self.whole_score(lines, *at_most, *at_least),
            _ => false,
        }
    }

    /// Whether points of events are whole numbers that add up in 64 bits.
    pub fn whole_points(&self, measure: lead_plan::MeasureId) -> bool {
        self.plan.measure(measure).argument.is_some_and(|a| self.is_whole(a) && self.most(a) < 1e6)
    }

    /// Whether points of an event may be more than a score takes: those of large numbers, and those that grow the further ahead an
    /// event is.
    pub fn large_points(&self, id: lead_plan::MeasureId) -> bool {
        let measure = self.plan.measure(id);
        let ahead = match (&measure.kind, &measure.times) {
            (MeasureKind::Points { half_life: Some(_), as_of, .. }, Some(times)) => times.end > as_of.saturating_add(1),
            _ => false,
        };
        ahead || measure.argument.is_none_or(|a| self.most(a) >= 4e18)
    }

    /// More than the size of any value that a number has.
    pub fn most(&self, id: NodeId) -> f64 {
        let node = self.plan.node(id);
        match &node.op {
            Op::Const(value) => match value.0 {
                Value::Number(n) | Value::Percent(n) => n.abs(),
                _ => f64::INFINITY,
            },
            Op::Measure(m) => {
                let measure = self.plan.measure(*m);
                match &measure.kind {
                    MeasureKind::Count | MeasureKind::Distinct | MeasureKind::Sequence(_) => 4.3e9,
                    MeasureKind::Sum | MeasureKind::Average => 9.3e18,
                    // Points of each, as many times as there may be events.
                    MeasureKind::Points { .. } if !self.large_points(*m) => {
                        measure.argument.map_or(1.8e29, |a| (self.most(a) * 4.3e9).min(1.8e29))
                    }
                    MeasureKind::Points { .. } | MeasureKind::PointsOf { .. } => 1.8e29,
                    _ => measure.argument.map_or(f64::INFINITY, |a| self.most(a)),
                }
            }
            Op::Follow { node, .. } | Op::OfRecord(node) | Op::OfSubject(node) | Op::Negate(node) => self.most(*node),
            Op::Arithmetic(op, a, b) => {
                let (x, y) = (self.most(*a), self.most(*b));
                match (op, self.written(*b)) {
                    (ArithmeticOp::Add | ArithmeticOp::Subtract, _) => x + y,
                    (ArithmeticOp::Multiply, _) => x * y,
                    (_, Some(Value::Number(n) | Value::Percent(n))) if *n != 0.0 => x / n.abs(),
                    _ if self.is_whole(*b) => x,
                    _ => f64::INFINITY,
                }
            }
            Op::Call(Function::Year | Function::FiscalYear, _) => 1e5,
            Op::Call(Function::Hours | Function::Days, _) => 3e9,
            Op::Call(Function::Length, _) => 4.3e9,
            Op::Call(_, args) => args.first().map_or(f64::INFINITY, |a| self.most(*a)),
            Op::Choice(lines) => lines.iter().map(|(_, r)| self.most(*r)).fold(0.0, f64::max),
            Op::Score { lines, .. } => lines.len() as f64 * 4.7e18,
            _ => f64::INFINITY,
        }
    }

    /// A number as a float.
    pub fn float(&mut self, id: NodeId, at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        let value = self.expr(id, at, frame)?;
        Ok(match value {
            Sql::Int(n) => Sql::Double(n as f64),
            value if self.is_whole(id) => value.cast(Type::Double),
            value => value,
        })
    }

    /// `+ - * /` by the operands' types.
    pub fn arithmetic(
        &mut self,
        id: NodeId,
        op: ArithmeticOp,
        a: NodeId,
        b: NodeId,
        at: &Place,
        frame: &mut Frame,
    ) -> Result<Sql, Wrong> {
        use ArithmeticOp::{Add, Divide, Multiply, Subtract};
        let (ta, tb) = (self.ty(a).clone(), self.ty(b).clone());
        let float = |t: &Ty| matches!(t, Ty::Number | Ty::Percent);
        let amount = |t: &Ty| matches!(t, Ty::Money | Ty::Duration);
        let word = |op| match op {
            Add => "+",
            Subtract => "-",
            Multiply => "*",
            Divide => "/",
        };
        match (&ta, &tb) {
            (x, y) if float(x) && float(y) => {
                if self.is_whole(id) {
                    let (left, right) = (self.expr(a, at, frame)?, self.expr(b, at, frame)?);
                    return Ok(infix(word(op), left, right));
                }
                let left = self.float(a, at, frame)?;
                let mut right = self.float(b, at, frame)?;
                let known = matches!(self.written(b), Some(Value::Number(n) | Value::Percent(n)) if *n != 0.0);
                if op == Divide && !known {
                    right = Sql::call("nullif", [right, Sql::Int(0)]);
                }
                let unbound = self.most(id) > f64::MAX;
                Ok(if unbound { self.dialect.reckoned(word(op), left, right) } else { infix(word(op), left, right) })
            }
            (x, y) if amount(x) && amount(y) && op == Divide => {
                let left = self.units(a, at, frame)?.cast(Type::Double);
                let right = self.units(b, at, frame)?.cast(Type::Double);
                Ok(left.over(Sql::call("nullif", [right, Sql::Int(0)])))
            }
            (Ty::Money, Ty::Money) => {
                let value = infix(word(op), self.expr(a, at, frame)?, self.expr(b, at, frame)?);
                Ok(value.cast(Type::Money))
            }
            (Ty::Duration, Ty::Duration) => Ok(infix(word(op), self.expr(a, at, frame)?, self.expr(b, at, frame)?)),
            (x, y) if amount(x) && float(y) => self.amount_by(op, a, b, at, frame),
            (x, y) if float(x) && amount(y) => self.amount_by(Multiply, b, a, at, frame),
            _ => self.time_arithmetic(id, op, a, b, at, frame),
        }
    }

    /// An amount in its smallest parts.
    fn units(&mut self, id: NodeId, at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        let value = self.expr(id, at, frame)?;
        Ok(match (self.ty(id), value) {
            (_, Sql::Money(m)) => Sql::Int(i128::from(m)),
            (Ty::Money, value) => self.dialect.ten_thousandths(value),
            (_, value) => value,
        })
    }

    /// Smallest parts as an amount of a type.
    fn amount(&self, ty: &Ty, units: Sql) -> Sql {
        if *ty == Ty::Money { self.dialect.money_of(units) } else { units.cast(Type::Int) }
    }

    /// An amount times a number, or divided by one (D19).
    fn amount_by(
        &mut self,
        op: ArithmeticOp,
        a: NodeId,
        n: NodeId,
        at: &Place,
        frame: &mut Frame,
    ) -> Result<Sql, Wrong> {
        let ty = self.ty(a).clone();
        let multiply = op == ArithmeticOp::Multiply;
        let units = self.units(a, at, frame)?;
        let whole = |q: Sql| {
            let huge = units.clone().cast(Type::Huge);
            if multiply { (huge.times(q), Sql::Int(10_000)) } else { (huge.times(Sql::Int(10_000)), q) }
        };
        let as_floats = |c: &Self, n: Sql| {
            let units = units.clone().cast(Type::Double);
            let value = if multiply { units.times(n) } else { units.over(Sql::call("nullif", [n, Sql::Int(0)])) };
            c.dialect.to_whole(c.dialect.rounded(value))
        };
        if let Some(Value::Number(number) | Value::Percent(number)) = self.written(n).cloned() {
            return Ok(match exact(number) {
                Some(0) if !multiply => Sql::Null,
                Some(q) => {
                    let (n, by) = whole(Sql::Int(q));
                    self.amount(&ty, self.dialect.divided(n, by))
                }
                None => {
                    let value = as_floats(self, Sql::Double(number));
                    self.amount(&ty, value)
                }
            });
        }
        if self.is_whole(n) {
            let count = self.expr(n, at, frame)?;
            let value = if multiply {
                units.cast(Type::Huge).times(count)
            } else {
                match self.never_negative(n) {
                    true => self.dialect.divided_by_count(units.cast(Type::Huge), count),
                    false => self.dialect.divided(units.cast(Type::Huge), count),
                }
            };
            return Ok(self.amount(&ty, value));
        }
        let number = self.float(n, at, frame)?;
        let q = self.dialect.rounded(number.clone().times(Sql::Int(10_000)));
        let few = Sql::and(vec![
            Sql::compare(Sql::call("abs", [q.clone()]), "<", Sql::Double(1e15)),
            Sql::compare(q.clone().over(Sql::Int(10_000)), "=", number.clone()),
        ]);
        let (n, by) = whole(self.dialect.small_to_whole(q));
        let exactly = self.dialect.divided(n, by);
        let roughly = as_floats(self, number);
        Ok(self.amount(&ty, Sql::when(few, exactly, Some(roughly))))
    }

    /// `-x`, money of a number, and functions.
    pub fn call(&mut self, id: NodeId, at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        let plan = self.plan;
        let (function, inner) = match &plan.node(id).op {
            Op::Negate(inner) => {
                let value = self.expr(*inner, at, frame)?;
                return Ok(Sql::Template(Tight::Sign, Tight::Atom, "-{}".to_owned(), vec![value]));
            }
            Op::ToMoney(inner) => {
                let n = self.float(*inner, at, frame)?;
                let whole = self.dialect.to_whole(self.dialect.rounded(n.times(Sql::Int(10_000))));
                return Ok(self.dialect.money_of(whole));
            }
            Op::Call(function, args) => match args.first() {
                Some(first) => (*function, *first),
                None => return Ok(Sql::Null),
            },
            _ => return Ok(Sql::Null),
        };
        let ty = self.ty(inner).clone();
        let value = self.expr(inner, at, frame)?;
        let float = |n: f64| Sql::Double(n);
        Ok(match function {
            Function::Hours => value.cast(Type::Double).over(float(3_600_000_000.0)),
            Function::Days => value.cast(Type::Double).over(float(86_400_000_000.0)),
            Function::Abs => Sql::call("abs", [value]),
            Function::Round if ty == Ty::Money => {
                let units = self.dialect.ten_thousandths(value);
                let whole = self.dialect.divided(units.cast(Type::Huge), Sql::Int(10_000));
                self.dialect.money_of(whole.times(Sql::Int(10_000)))
            }
            Function::Round if self.is_whole(inner) => value,
            Function::Round => self.dialect.rounded(value),
            Function::Length if matches!(ty, Ty::List(_)) => self.dialect.list_length(value),
            Function::Length => self.dialect.length(value),
            Function::Lower => self.dialect.lower(value),
            Function::Day | Function::Week | Function::Month | Function::Quarter | Function::Year => {
                let day = if ty == Ty::Date { value } else { self.local_day(value) };
                self.period_of(id, function, day)?
            }
            Function::FiscalQuarter | Function::FiscalYear => {
                let day = if ty == Ty::Date { value } else { self.local_day(value) };
                self.period_of(id, function, day)?
            }
        })
    }

    /// Where a value is the name of a period: the first day of that period, which tells periods apart as well as their names do.
    pub fn period_start_of(&mut self, id: NodeId, at: &Place, frame: &mut Frame) -> Result<Option<Sql>, Wrong> {
        let plan = self.plan;
        let (function, inner) = match &plan.node(id).op {
            Op::OfRecord(inner) => match frame.record.clone() {
                Some(place) => return self.period_start_of(*inner, &place, frame),
                None => return Ok(None),
            },
            Op::Call(function, args) => match args.first() {
                Some(inner) => (*function, *inner),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let (unit, fiscal) = match function {
            Function::Week => (PeriodUnit::Week, false),
            Function::Month => (PeriodUnit::Month, false),
            Function::Quarter => (PeriodUnit::Quarter, false),
            Function::FiscalQuarter => (PeriodUnit::Quarter, true),
            _ => return Ok(None),
        };
        let value = self.expr(inner, at, frame)?;
        let day = if *self.ty(inner) == Ty::Date { value } else { self.local_day(value) };
        Ok(Some(self.period_start(day, Period { which: Which::This, unit, fiscal }, 0)))
    }

    /// The period that holds a day (D26).
    fn period_of(&mut self, id: NodeId, function: Function, day: Sql) -> Result<Sql, Wrong> {
        let d = self.dialect;
        let fiscal = i128::from(self.lexicon.settings.fiscal_start);
        let part = |part: DayPart| d.day_part(day.clone(), part).cast(Type::Int);
        let year = |start: i128| match start {
            1 => part(DayPart::Year),
            n => {
                let later = Sql::compare(part(DayPart::Month), ">=", Sql::Int(n));
                part(DayPart::Year).plus(Sql::when(later, Sql::Int(1), Some(Sql::Int(0))))
            }
        };
        let quarter = |start: i128| {
            let months = d.remainder(part(DayPart::Month).plus(Sql::Int(12 - start)), 12);
            d.quotient(months, Sql::Int(3)).plus(Sql::Int(1)).cast(Type::Int)
        };
        let text = |t: &str| Sql::Text(t.to_owned());
        Ok(match function {
            Function::Day => day.clone(),
            Function::Year => year(1),
            Function::FiscalYear => year(fiscal),
            Function::Week => d.week(day.clone()).map_err(|l| self.lacks(l, id))?,
            Function::Month => d.joined(vec![d.digits(year(1), 4), text("-"), d.digits(part(DayPart::Month), 2)]),
            Function::FiscalQuarter => {
                d.joined(vec![text("FY"), d.digits(year(fiscal), 4), text("-Q"), d.digits(quarter(fiscal), 1)])
            }
            _ => d.joined(vec![d.digits(year(1), 4), text("-Q"), d.digits(quarter(1), 1)]),
        })
    }

    /// Whether all of a score is whole numbers that need no rounding.
    fn whole_score(&self, lines: &[ScoreLine], at_most: Option<NodeId>, at_least: Option<NodeId>) -> bool {
        let fits = |id: NodeId| self.is_whole(id) && self.most(id) < 1e14;
        lines.iter().all(|l| [Some(l.points), l.at_most, l.at_least].into_iter().flatten().all(fits))
            && at_most.into_iter().chain(at_least).all(fits)
    }

    /// D12, D38: each line within its bounds, added exactly, within the score's bounds.
    pub fn score(&mut self, id: NodeId, at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        let plan = self.plan;
        let Op::Score { lines, at_most, at_least } = &plan.node(id).op else { return Ok(Sql::Null) };
        let whole = self.whole_score(lines, *at_most, *at_least);
        let mut total: Option<Sql> = None;
        for line in lines {
            let part = self.line(line, whole, at, frame)?;
            total = Some(match (total, line.negative) {
                (None, false) => part,
                (None, true) => Sql::Template(Tight::Sign, Tight::Atom, "-{}".to_owned(), vec![part]),
                (Some(before), false) => before.plus(part),
                (Some(before), true) => before.minus(part),
            });
        }
        let mut total = total.unwrap_or(Sql::Int(0));
        if !whole {
            total = self.dialect.float_of(total).over(Sql::Double(1e9));
        }
        self.bound(total, *at_most, *at_least, whole, at, frame)
    }

    fn line(&mut self, line: &ScoreLine, whole: bool, at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        let constant = self.written(line.points).is_some();
        if let (false, Some(Value::Number(n) | Value::Percent(n)), None, None) =
            (whole, self.written(line.points), line.at_most, line.at_least)
            && n.abs() < 4e18
        {
            // Billionths of what is written out are written out.
            let billionths = Sql::Int((n * 1e9).round_ties_even() as i128);
            return Ok(match line.condition {
                Some(condition) => Sql::when(self.expr(condition, at, frame)?, billionths, Some(Sql::Int(0))),
                None => billionths,
            });
        }
        let mut points = if whole { self.expr(line.points, at, frame)? } else { self.float(line.points, at, frame)? };
        let zero = || if whole { Sql::Int(0) } else { Sql::Double(0.0) };
        if !constant && !self.is_certain_count(line.points) {
            points = points.or_else(zero());
        }
        if let Some(condition) = line.condition {
            points = Sql::when(self.expr(condition, at, frame)?, points, Some(zero()));
        }
        let points = self.bound(points, line.at_most, line.at_least, whole, at, frame)?;
        if whole {
            return Ok(points);
        }
        let most = self.most_of_line(line);
        let billionths = points.clone().times(Sql::Double(1e9));
        if most < 8e9 {
            return Ok(self.dialect.small_to_whole(billionths));
        }
        let billionths = self.dialect.to_whole(billionths);
        if most < 4e18 {
            return Ok(billionths);
        }
        // A line that leaves the range gives nothing.
        let size = Sql::compare(Sql::call("abs", [points]), "<", Sql::Double(4_611_686_018_427_387_904.0));
        Ok(Sql::when(size, billionths, Some(Sql::Int(0))))
    }

    /// More than the size of the points of a line, within its bounds.
    fn most_of_line(&self, line: &ScoreLine) -> f64 {
        let written = |id: Option<NodeId>| match self.written(id?) {
            Some(Value::Number(n) | Value::Percent(n)) => Some(*n),
            _ => None,
        };
        let most = self.most(line.points);
        let low = match written(line.at_least) {
            Some(n) => n,
            None if self.never_negative(line.points) => 0.0,
            None => -most,
        };
        let high = written(line.at_most).unwrap_or(most).min(most);
        // A bound of its own reaches farther than the points do.
        let others = line.at_most.into_iter().chain(line.at_least).filter(|id| self.written(*id).is_none());
        others.map(|id| self.most(id)).fold(low.abs().max(high.abs()), f64::max)
    }

    /// Whether a measure is a count or a total, which is 0 of nothing.
    fn is_certain_count(&self, id: NodeId) -> bool {
        match &self.plan.node(id).op {
            Op::Measure(m) => match self.plan.measure(*m).kind {
                MeasureKind::Count | MeasureKind::Distinct | MeasureKind::Sequence(_) => true,
                MeasureKind::Points { .. } => !self.large_points(*m),
                _ => false,
            },
            _ => false,
        }
    }

    fn never_negative(&self, id: NodeId) -> bool {
        match &self.plan.node(id).op {
            Op::Measure(m) => match self.plan.measure(*m).kind {
                MeasureKind::Count | MeasureKind::Distinct | MeasureKind::Sequence(_) => true,
                MeasureKind::Points { .. } => self.plan.measure(*m).argument.is_some_and(|a| self.never_negative(a)),
                _ => false,
            },
            Op::Const(value) => matches!(value.0, Value::Number(n) | Value::Percent(n) if n >= 0.0),
            _ => false,
        }
    }

    /// Within bounds; one that is unknown does not bind.
    fn bound(
        &mut self,
        value: Sql,
        at_most: Option<NodeId>,
        at_least: Option<NodeId>,
        whole: bool,
        at: &Place,
        frame: &mut Frame,
    ) -> Result<Sql, Wrong> {
        let mut value = value;
        for (bound, upper) in [(at_most, true), (at_least, false)] {
            let Some(id) = bound else { continue };
            let limit = if whole { self.expr(id, at, frame)? } else { self.float(id, at, frame)? };
            let limit = if self.written(id).is_some() { limit } else { limit.or_else(value.clone()) };
            value = if upper { self.dialect.least(value, limit) } else { self.dialect.greatest(value, limit) };
        }
        Ok(value)
    }
}

fn infix(op: &'static str, left: Sql, right: Sql) -> Sql {
    match op {
        "+" => left.plus(right),
        "-" => left.minus(right),
        "*" => left.times(right),
        _ => left.over(right),
    }
}
