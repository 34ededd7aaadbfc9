//! Expressions, records and windows to nodes and measures.

use lead_hir::hir::{
    Aggregate, AggregateFn, CompareOp, Expr, ExprKind, FieldId, Hop, Records, Relation, ScoreLine, Sequence, TableId,
    Target, Ty, Value,
};

use crate::build::{Ctx, Env, Planner};
use crate::calendar;
use crate::plan::{Constant, Measure, MeasureId, MeasureKind, NodeId, Op, Scope, SequenceStep};

impl Planner<'_> {
    /// An expression asked in `env`, with the as-of time and window of `ctx`.
    pub(crate) fn expr(&mut self, expr: &Expr, env: Env, ctx: Ctx) -> NodeId {
        let scope = env.scope();
        let ty = expr.ty.clone();
        let op = match &expr.kind {
            ExprKind::Literal(value) => return self.constant(scope, ty, value.clone()),
            ExprKind::Now => Op::Clock(Constant(Value::Time(self.moments.at(ctx.as_of))), ctx.as_of),
            ExprKind::Today => {
                let day = calendar::local_day(self.moments.at(ctx.as_of), &self.lexicon.settings.zone);
                Op::Clock(Constant(Value::Date(day)), ctx.as_of)
            }
            ExprKind::List(items) => Op::List(self.all(items, env, ctx)),
            ExprKind::Get { up, path, target } => return self.get_in(env, *up, path, *target, ctx),
            ExprKind::Call { function, args } => Op::Call(*function, self.all(args, env, ctx)),
            ExprKind::Aggregate(aggregate) => return self.aggregate(aggregate, &expr.ty, env, ctx),
            ExprKind::Sequence(sequence) => return self.sequence(sequence, env, ctx),
            ExprKind::Not(inner) => Op::Not(self.expr(inner, env, ctx)),
            ExprKind::Negate(inner) => Op::Negate(self.expr(inner, env, ctx)),
            ExprKind::Arithmetic { op, left, right } => {
                Op::Arithmetic(*op, self.expr(left, env, ctx), self.expr(right, env, ctx))
            }
            ExprKind::Shift { time, by } => Op::Shift(self.expr(time, env, ctx), *by),
            ExprKind::Compare { op, left, right } => return self.compare(*op, left, right, env, ctx),
            ExprKind::Matches { value, pattern } => Op::Matches(self.expr(value, env, ctx), pattern.clone()),
            ExprKind::ToMoney(inner) => Op::ToMoney(self.expr(inner, env, ctx)),
            ExprKind::IsKnown { value, unknown } => {
                let value = self.expr(value, env, ctx);
                let known = self.node(scope, Ty::YesNo, Op::IsKnown(value));
                if !unknown {
                    return known;
                }
                Op::Not(known)
            }
            ExprKind::And(parts) => Op::And(self.all(parts, env, ctx)),
            ExprKind::Or(parts) => Op::Or(self.all(parts, env, ctx)),
            ExprKind::Windowed { value, window } => {
                return self.expr(value, env, Ctx { window: Some(window.kind), ..ctx });
            }
            ExprKind::TimeTest(inner) => {
                let Some(window) = ctx.window else { return self.node(scope, Ty::YesNo, Op::Unknown) };
                let moments = self.moments.window(window, ctx.as_of, &self.lexicon.settings);
                Op::InRange(self.expr(inner, env, ctx.no_window()), self.moments.range(&moments), moments)
            }
            ExprKind::Was { up, path, term, at } => {
                let as_of = self.moments.moment_end(*at, ctx.as_of, &self.lexicon.settings);
                return self.get_in(env, *up, path, Target::Def(*term), Ctx { as_of, window: None });
            }
            ExprKind::Became { up, path, term } => {
                let Some(window) = ctx.window else { return self.node(scope, Ty::YesNo, Op::Unknown) };
                let (before, after) = self.moments.became(window, ctx.as_of, &self.lexicon.settings);
                let term = Target::Def(*term);
                let held = self.get_in(env, *up, path, term, Ctx { as_of: before, window: None });
                let holds = self.get_in(env, *up, path, term, Ctx { as_of: after, window: None });
                let not_held = self.node(scope, Ty::YesNo, Op::Not(held));
                Op::And(vec![holds, not_held])
            }
            ExprKind::Error => Op::Unknown,
        };
        self.node(scope, ty, op)
    }

    fn all(&mut self, exprs: &[Expr], env: Env, ctx: Ctx) -> Vec<NodeId> {
        exprs.iter().map(|e| self.expr(e, env, ctx)).collect()
    }

    fn compare(&mut self, op: CompareOp, left: &Expr, right: &Expr, env: Env, ctx: Ctx) -> NodeId {
        let scope = env.scope();
        let l = self.expr(left, env, ctx);
        let op = match op {
            CompareOp::In | CompareOp::NotIn => {
                let (items, list) = match &right.kind {
                    ExprKind::List(items) => (self.all(items, env, ctx), None),
                    _ => {
                        let list = self.expr(right, env, ctx);
                        let known = matches!(self.op(list), Op::Const(_) | Op::List(_));
                        (vec![list], (!known).then_some(list))
                    }
                };
                let mut found = self.node(scope, Ty::YesNo, Op::InList(l, items));
                // An item that is unknown never matches; of a list that is unknown nothing can be told (D9).
                if let Some(list) = list {
                    let known = self.node(scope, Ty::YesNo, Op::IsKnown(list));
                    found = self.node(scope, Ty::YesNo, Op::Choice(vec![(Some(known), found)]));
                }
                if op == CompareOp::In {
                    return found;
                }
                Op::Not(found)
            }
            CompareOp::Contains if matches!(left.ty, Ty::List(_)) => {
                let r = self.expr(right, env, ctx);
                Op::ListContains(l, r)
            }
            op => {
                let r = self.expr(right, env, ctx);
                Op::Compare(op, l, r)
            }
        };
        self.node(scope, Ty::YesNo, op)
    }

    /// What is asked of a record in scope, or of one that its references lead to.
    fn get_in(&mut self, env: Env, up: u8, path: &[FieldId], target: Target, ctx: Ctx) -> NodeId {
        match (env, up) {
            (Env::Record(table), 0) => self.get(table, path, target, ctx),
            (Env::Pair { record, .. }, 0) => {
                let node = self.get(record, path, target, ctx);
                self.of_record(env, node)
            }
            (Env::Pair { subject, .. }, _) => {
                let node = self.get(subject, path, target, ctx);
                self.of_subject(env, node)
            }
            // The checker lets no such name through.
            (Env::Record(_) | Env::Global, _) => self.node(env.scope(), Ty::Error, Op::Unknown),
        }
    }

    fn of_record(&mut self, env: Env, node: NodeId) -> NodeId {
        let ty = self.ty(node).clone();
        self.node(env.scope(), ty, Op::OfRecord(node))
    }

    fn of_subject(&mut self, env: Env, node: NodeId) -> NodeId {
        let ty = self.ty(node).clone();
        self.node(env.scope(), ty, Op::OfSubject(node))
    }

    /// Brings a node of the record that `path` leads to, from the record `up` levels out, into `env`.
    fn bring(&mut self, env: Env, up: u8, path: &[FieldId], node: NodeId) -> NodeId {
        let start = match (env, up) {
            (Env::Record(table), _) | (Env::Pair { record: table, .. }, 0) => table,
            (Env::Pair { subject, .. }, _) => subject,
            (Env::Global, _) => return node,
        };
        let mut tables = vec![start];
        for field in path {
            let at = tables[tables.len() - 1];
            match self.lexicon.field(at, *field).ty {
                Ty::Record(next) => tables.push(next),
                _ => return self.node(env.scope(), Ty::Error, Op::Unknown),
            }
        }
        let mut node = node;
        for (table, field) in tables.iter().zip(path).rev() {
            node = self.follow(*table, *field, node);
        }
        match (env, up) {
            (Env::Pair { .. }, 0) => self.of_record(env, node),
            (Env::Pair { .. }, _) => self.of_subject(env, node),
            _ => node,
        }
    }

    fn table_after(&self, start: TableId, path: &[FieldId]) -> TableId {
        path.iter().fold(start, |at, f| match self.lexicon.field(at, *f).ty {
            Ty::Record(next) => next,
            _ => at,
        })
    }

    fn base(env: Env, up: u8) -> Option<TableId> {
        match (env, up) {
            (Env::Record(table), _) | (Env::Pair { record: table, .. }, 0) => Some(table),
            (Env::Pair { subject, .. }, _) => Some(subject),
            (Env::Global, _) => None,
        }
    }

    fn aggregate(&mut self, a: &Aggregate, ty: &Ty, env: Env, ctx: Ctx) -> NodeId {
        let (kind, result) = match (a.function, a.distinct) {
            (AggregateFn::Count, true) => (MeasureKind::Distinct, Ty::Number),
            (AggregateFn::Count | AggregateFn::Any | AggregateFn::No | AggregateFn::Every, _) => {
                (MeasureKind::Count, Ty::Number)
            }
            (AggregateFn::Sum, _) => (MeasureKind::Sum, ty.clone()),
            (AggregateFn::Average, _) => (MeasureKind::Average, ty.clone()),
            (AggregateFn::Min, _) => (MeasureKind::Min, ty.clone()),
            (AggregateFn::Max, _) => (MeasureKind::Max, ty.clone()),
            (AggregateFn::First, _) => (MeasureKind::First, ty.clone()),
            (AggregateFn::Last, _) => (MeasureKind::Last, ty.clone()),
        };
        let every = a.function == AggregateFn::Every;
        let measured = Measured { records: &a.records, argument: a.argument.as_ref(), every, by: &a.by };
        let node = self.measured(measured, kind, result, env, ctx);
        let scope = env.scope();
        match a.function {
            AggregateFn::No | AggregateFn::Every => self.node(scope, Ty::YesNo, Op::IsZero(node)),
            AggregateFn::Any => {
                let none = self.node(scope, Ty::YesNo, Op::IsZero(node));
                self.node(scope, Ty::YesNo, Op::Not(none))
            }
            _ => node,
        }
    }

    /// The points of a `per` line of a score, not yet placed.
    pub(crate) fn points(&mut self, records: &Records, line: &ScoreLine, env: Env, ctx: Ctx) -> Prepared {
        let as_of = self.moments.at(ctx.as_of);
        let kind = MeasureKind::Points { half_life: line.half_life, as_of, moment: ctx.as_of };
        self.prepare(Measured { records, argument: Some(&line.points), every: false, by: &[] }, kind, env, ctx)
    }

    fn measured(&mut self, m: Measured, kind: MeasureKind, ty: Ty, env: Env, ctx: Ctx) -> NodeId {
        let up = m.records.up;
        let prepared = self.prepare(m, kind, env, ctx);
        self.place(prepared, ty, env, up, ctx)
    }

    /// The node of a prepared measure.
    pub(crate) fn place(&mut self, prepared: Prepared, ty: Ty, env: Env, up: u8, ctx: Ctx) -> NodeId {
        let Prepared { id, measure, path } = prepared;
        let id = id.unwrap_or_else(|| self.measure(measure));
        self.measure_node(id, ty, env, up, &path, ctx)
    }

    fn prepare(&mut self, m: Measured, kind: MeasureKind, env: Env, ctx: Ctx) -> Prepared {
        let r = m.records;
        let is_event = self.lexicon.table(r.table).is_event();
        let window = r.window.as_ref().map(|w| w.kind).or(ctx.window);
        let moments = is_event.then(|| self.moments.events(window, ctx.as_of, &self.lexicon.settings));
        let times = is_event.then(|| self.event_range(window, ctx.as_of));
        // D27: an aggregate over events takes the window; one over entities passes it on.
        let inner = if is_event { ctx.no_window() } else { ctx };
        let correlated = [r.filter.as_ref(), m.argument].into_iter().flatten().any(looks_out);
        let hops = match &r.relation {
            Relation::All => None,
            Relation::Hops(hops) => Some(hops.clone()),
        };
        // Leading references are followed to the record that the measure is of, unless it looks at the record they start from.
        let (mut path, mut hops) = (r.path.clone(), hops);
        if correlated {
            hops = hops.map(|h| path.drain(..).map(Hop::Forward).chain(h).collect());
        } else if let Some(list) = &mut hops {
            let lead = list.iter().take_while(|h| matches!(h, Hop::Forward(_))).count();
            path.extend(list.drain(..lead).filter_map(|h| match h {
                Hop::Forward(field) => Some(field),
                Hop::Back(..) => None,
            }));
        }
        let base = if hops.is_some() { Self::base(env, r.up) } else { None };
        let subject = base.map(|t| self.table_after(t, &path));
        let mut measure = Measure {
            subject: subject.map_or(Scope::Global, Scope::Table),
            table: r.table,
            hops,
            times,
            moments,
            filter: None,
            kind,
            argument: None,
            correlated,
            by: Vec::new(),
        };
        let (id, inner_env) = match (correlated, subject) {
            (true, Some(subject)) => {
                let id = self.reserve_measure(measure.clone());
                (Some(id), Env::Pair { measure: id, record: r.table, subject })
            }
            _ => (None, Env::Record(r.table)),
        };
        measure.filter = self.condition(&m, inner_env, inner);
        if !m.every {
            measure.argument = m.argument.map(|e| self.expr(e, inner_env, inner));
        }
        measure.by = m.by.iter().map(|e| self.expr(e, Env::Record(r.table), inner)).collect();
        if let Some(id) = id {
            self.fill_measure(id, measure.clone());
        }
        Prepared { id, measure, path }
    }

    fn measure_node(&mut self, id: MeasureId, ty: Ty, env: Env, up: u8, path: &[FieldId], ctx: Ctx) -> NodeId {
        let scope = self.measures[id.0 as usize].subject;
        let node = self.node(scope, ty.clone(), Op::Measure(id));
        if scope == Scope::Global {
            self.global_measures.push(id);
            return node;
        }
        let brought = self.bring(env, up, path, node);
        match &self.measures[id.0 as usize].kind {
            MeasureKind::Average | MeasureKind::Min | MeasureKind::Max | MeasureKind::First | MeasureKind::Last => {
                return brought;
            }
            _ if path.is_empty() => return brought,
            _ => {}
        }
        // Where the references lead to no record, the measure is that of nothing, never unknown (D13).
        let zero = match &ty {
            Ty::Money => Value::Money(0),
            Ty::Duration => Value::Duration(0),
            Ty::Percent => Value::Percent(0.0),
            _ => Value::Number(0.0),
        };
        let record = self.get_in(env, up, path, Target::Record, ctx);
        let there = self.node(env.scope(), Ty::YesNo, Op::IsKnown(record));
        let zero = self.constant(env.scope(), ty.clone(), zero);
        self.node(env.scope(), ty, Op::Choice(vec![(Some(there), brought), (None, zero)]))
    }

    /// Membership, `where`, and for `every` the failing of its condition, in one.
    fn condition(&mut self, m: &Measured, env: Env, ctx: Ctx) -> Option<NodeId> {
        let mut parts = Vec::new();
        if let Some(term) = m.records.member_of {
            let node = self.def_node(term, ctx.no_window());
            parts.push(if matches!(env, Env::Pair { .. }) { self.of_record(env, node) } else { node });
        }
        if let Some(filter) = &m.records.filter {
            parts.push(self.expr(filter, env, ctx));
        }
        if let (true, Some(condition)) = (m.every, m.argument) {
            let node = self.expr(condition, env, ctx);
            let yes = self.node(env.scope(), Ty::YesNo, Op::IsYes(node));
            parts.push(self.node(env.scope(), Ty::YesNo, Op::Not(yes)));
        }
        match parts.len() {
            0 => None,
            1 => parts.pop(),
            _ => Some(self.node(env.scope(), Ty::YesNo, Op::And(parts))),
        }
    }

    fn sequence(&mut self, s: &Sequence, env: Env, ctx: Ctx) -> NodeId {
        let Some(base) = Self::base(env, s.up) else { return self.node(env.scope(), Ty::Error, Op::Unknown) };
        let window = s.window.as_ref().map(|w| w.kind).or(ctx.window);
        let moments = self.moments.events(window, ctx.as_of, &self.lexicon.settings);
        let times = self.event_range(window, ctx.as_of);
        let ways: Vec<Vec<Hop>> = s.steps.iter().map(|step| hops_of(&step.relation)).collect();
        // References that all ways begin with lead to the record that the sequence is of: an event keeps nothing of its own.
        let lead = shared_lead(&ways);
        let mut path = s.path.clone();
        path.extend(ways.iter().take(1).flat_map(|w| &w[..lead]).filter_map(|h| match h {
            Hop::Forward(field) => Some(*field),
            Hop::Back(..) => None,
        }));
        let subject = self.table_after(base, &path);
        let mut steps = Vec::with_capacity(s.steps.len());
        for (step, way) in s.steps.iter().zip(ways) {
            let filter = step.filter.as_ref().map(|f| self.expr(f, Env::Record(step.table), ctx.no_window()));
            let hops = way[lead..].to_vec();
            steps.push(SequenceStep { within: step.within, table: step.table, hops, times: times.clone(), filter });
        }
        let first = steps.remove(0);
        let id = self.measure(Measure {
            subject: Scope::Table(subject),
            table: first.table,
            hops: Some(first.hops),
            times: Some(first.times),
            moments: Some(moments),
            filter: first.filter,
            kind: MeasureKind::Sequence(steps),
            argument: None,
            correlated: false,
            by: Vec::new(),
        });
        let count = self.measure_node(id, Ty::Number, env, s.up, &path, ctx);
        let scope = env.scope();
        match s.function {
            AggregateFn::Count => count,
            AggregateFn::No => self.node(scope, Ty::YesNo, Op::IsZero(count)),
            _ => {
                let none = self.node(scope, Ty::YesNo, Op::IsZero(count));
                self.node(scope, Ty::YesNo, Op::Not(none))
            }
        }
    }
}

fn hops_of(relation: &Relation) -> Vec<Hop> {
    match relation {
        Relation::Hops(hops) => hops.clone(),
        Relation::All => Vec::new(),
    }
}

/// How many references all ways follow first, the same ones.
fn shared_lead(ways: &[Vec<Hop>]) -> usize {
    let Some((first, rest)) = ways.split_first() else { return 0 };
    let same = |i: usize| rest.iter().all(|w| w.get(i) == first.get(i));
    first.iter().enumerate().take_while(|(i, h)| matches!(h, Hop::Forward(_)) && same(*i)).count()
}

/// A measure before it has its place in the plan.
pub(crate) struct Prepared {
    /// Set where the measure had to have its place first (pairs).
    pub(crate) id: Option<MeasureId>,
    pub(crate) measure: Measure,
    /// References from the record that asks to the record that it is of.
    pub(crate) path: Vec<FieldId>,
}

/// An aggregate, or a line of a score, taken apart.
struct Measured<'a> {
    records: &'a Records,
    argument: Option<&'a Expr>,
    every: bool,
    by: &'a [Expr],
}

/// Whether an expression asked of a record of an aggregate also asks the record outside of it (D3).
pub(crate) fn looks_out(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Get { up, .. } | ExprKind::Was { up, .. } | ExprKind::Became { up, .. } => *up > 0,
        ExprKind::Aggregate(a) => a.records.up > 0,
        ExprKind::Sequence(s) => s.up > 0,
        ExprKind::List(parts) | ExprKind::And(parts) | ExprKind::Or(parts) | ExprKind::Call { args: parts, .. } => {
            parts.iter().any(looks_out)
        }
        ExprKind::Not(e) | ExprKind::Negate(e) | ExprKind::ToMoney(e) | ExprKind::TimeTest(e) => looks_out(e),
        ExprKind::Arithmetic { left, right, .. } | ExprKind::Compare { left, right, .. } => {
            looks_out(left) || looks_out(right)
        }
        ExprKind::Shift { time: e, .. } | ExprKind::Matches { value: e, .. } => looks_out(e),
        ExprKind::IsKnown { value: e, .. } | ExprKind::Windowed { value: e, .. } => looks_out(e),
        ExprKind::Literal(_) | ExprKind::Now | ExprKind::Today | ExprKind::Error => false,
    }
}
