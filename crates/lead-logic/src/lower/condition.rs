//! Conditions: logic, time tests, terms at other times.

use std::sync::Arc;

use lead_hir::hir::{AggregateFn, DefId, Expr, ExprKind, Moment, Step, Target, Ty, Value, WindowKind};
use lead_hir::words;

use super::text::{Ctx, Env};
use super::{Info, Kind, Lowering, Operand, TextTest, plain};
use crate::diagram::Truth;
use crate::domain::{Domain, Order, Point, Test};
use crate::edge::Range;
use crate::space::{Form, FormId, VarId};

impl Lowering<'_, '_> {
    /// A condition asked of a record.
    pub(crate) fn form(&mut self, expr: &Expr, env: &Env, ctx: &Ctx) -> FormId {
        if self.nest > super::DEEPEST_NEST {
            return self.opaque(expr, env, ctx);
        }
        self.nest += 1;
        let form = self.form_of(expr, env, ctx);
        self.nest -= 1;
        form
    }

    fn form_of(&mut self, expr: &Expr, env: &Env, ctx: &Ctx) -> FormId {
        match &expr.kind {
            ExprKind::Literal(Value::YesNo(yes)) => self.world.space.constant(Truth::of(*yes)),
            ExprKind::Not(inner) => {
                let inner = self.form(inner, env, ctx);
                self.world.space.not(inner)
            }
            ExprKind::And(parts) => {
                let parts = parts.iter().map(|p| self.form(p, env, ctx)).collect();
                self.world.space.and(parts)
            }
            ExprKind::Or(parts) => {
                let parts = parts.iter().map(|p| self.form(p, env, ctx)).collect();
                self.world.space.or(parts)
            }
            ExprKind::Windowed { value, window } => self.form(value, env, &ctx.under(window.kind)),
            ExprKind::Compare { op, left, right } => self.compare(*op, left, right, expr, env, ctx),
            ExprKind::Matches { value, pattern } => {
                let value = self.operand(value, env, ctx);
                self.text_test(value, TextTest::Matches(pattern.as_str().into()), expr, env, ctx)
            }
            ExprKind::IsKnown { value, unknown } => {
                let value = self.operand(value, env, ctx);
                let known = self.known(value);
                if *unknown { self.world.space.not(known) } else { known }
            }
            ExprKind::TimeTest(inner) => self.time_test(inner, expr, env, ctx),
            ExprKind::Was { up, path, term, at } => {
                let of = env.up(*up).follow(self.lexicon, path);
                let form = self.yes_no(*term, &of, &ctx.moved(*at));
                if path.is_empty() { form } else { self.of_record(form, &of) }
            }
            ExprKind::Became { up, path, term } => {
                let of = env.up(*up).follow(self.lexicon, path);
                self.became(*term, &of, !path.is_empty(), expr, env, ctx)
            }
            ExprKind::Aggregate(aggregate) => {
                let var = self.aggregate(aggregate, expr, env, ctx);
                match aggregate.function {
                    AggregateFn::Any | AggregateFn::No | AggregateFn::Every => {
                        self.is_any(var, aggregate.function == AggregateFn::Any)
                    }
                    // The first, last, least or greatest of yes/no values is one itself.
                    _ => self.world.space.test(var, Test::Yes),
                }
            }
            ExprKind::Sequence(sequence) => {
                let var = self.sequence(sequence, env, ctx);
                self.is_any(var, sequence.function == AggregateFn::Any)
            }
            ExprKind::Get { .. } => {
                let operand = self.operand(expr, env, ctx);
                self.as_form(operand)
            }
            ExprKind::Error => self.world.space.constant(Truth::Unknown),
            _ => self.opaque(expr, env, ctx),
        }
    }

    /// A condition that is not seen through.
    pub(crate) fn opaque(&mut self, expr: &Expr, env: &Env, ctx: &Ctx) -> FormId {
        let var = self.whole(expr, env, ctx);
        self.world.space.test(var, Test::Yes)
    }

    /// Are there any of what is counted (or none)?
    fn is_any(&mut self, count: VarId, any: bool) -> FormId {
        let some = self.world.space.test(count, Test::Compare(Order::Greater, Point::Float(0.0)));
        if any { some } else { self.world.space.not(some) }
    }

    /// A condition of a related record, which cannot be told where the record is not there.
    fn of_record(&mut self, form: FormId, of: &Env) -> FormId {
        let there = self.known_record(of);
        let unknown = self.world.space.constant(Truth::Unknown);
        self.world.space.pick(there, form, unknown)
    }

    /// A yes/no value as a condition.
    pub(crate) fn as_form(&mut self, operand: Operand) -> FormId {
        match operand {
            Operand::Form(form) => form,
            Operand::Const(Value::YesNo(yes)) => self.world.space.constant(Truth::of(yes)),
            Operand::Var(var) => self.world.space.test(var, Test::Yes),
            Operand::Const(_) => self.world.space.constant(Truth::Unknown),
            Operand::Pick(lines) => self.fold(lines, &mut |this, operand| this.as_form(operand), Truth::Unknown),
        }
    }

    /// A condition of the first value whose own condition is yes, `none` if there is no such.
    pub(crate) fn fold(
        &mut self,
        lines: Vec<(FormId, Operand)>,
        of: &mut dyn FnMut(&mut Self, Operand) -> FormId,
        none: Truth,
    ) -> FormId {
        let mut form = self.world.space.constant(none);
        for (when, operand) in lines.into_iter().rev() {
            let then = of(self, operand);
            form = self.world.space.pick(when, then, form);
        }
        form
    }

    /// Is it known?
    pub(crate) fn known(&mut self, operand: Operand) -> FormId {
        match operand {
            Operand::Const(_) => self.world.space.constant(Truth::Yes),
            Operand::Var(var) => self.world.space.test(var, Test::Known),
            Operand::Form(form) => self.world.space.is_known(form),
            Operand::Pick(lines) => self.fold(lines, &mut |this, operand| this.known(operand), Truth::No),
        }
    }

    fn time_test(&mut self, inner: &Expr, expr: &Expr, env: &Env, ctx: &Ctx) -> FormId {
        let Some(window) = ctx.window else { return self.world.space.constant(Truth::Unknown) };
        let range = Arc::new(Range::of(window, &ctx.moves));
        let shown = words::window(self.lexicon, window);
        let operand = self.operand(inner, env, &ctx.no_window());
        self.in_range(operand, &range, &shown, expr, env, ctx)
    }

    fn in_range(
        &mut self,
        operand: Operand,
        range: &Arc<Range>,
        shown: &str,
        expr: &Expr,
        env: &Env,
        ctx: &Ctx,
    ) -> FormId {
        match operand {
            Operand::Var(base) => {
                let of = self.world.info(base).clone();
                let info = Info {
                    window: Some(shown.into()),
                    kind: Kind::Within(base, range.clone()),
                    doubt: of.doubt,
                    roots: of.roots,
                    ..plain(format!("{} in {range:?}", of.key), of.label, Ty::YesNo)
                };
                let unknowable = self.unknowable(base);
                let var = self.world.var(info, Domain::Flag, unknowable);
                self.world.space.test(var, Test::Yes)
            }
            Operand::Pick(lines) => {
                let range = range.clone();
                let each = &mut |this: &mut Self, operand| this.in_range(operand, &range, shown, expr, env, ctx);
                self.fold(lines, each, Truth::Unknown)
            }
            Operand::Const(_) | Operand::Form(_) => self.opaque(expr, env, ctx),
        }
    }

    pub(crate) fn unknowable(&self, var: VarId) -> bool {
        self.world.space.vars.get(var.0 as usize).is_none_or(|v| v.unknowable)
    }

    /// D33: holds at the end of the window, and did not just before its start.
    fn became(&mut self, term: DefId, of: &Env, related: bool, expr: &Expr, env: &Env, ctx: &Ctx) -> FormId {
        let nothing = Step::default();
        let (before, after) = match ctx.window {
            Some(WindowKind::Within(step)) => (step, nothing),
            Some(WindowKind::BetweenAgo(from, to)) => (from, to),
            _ => return self.opaque(expr, env, ctx),
        };
        let at = |step: Step| if step == nothing { ctx.no_window() } else { ctx.moved(Moment::Ago(step)) };
        let held = self.yes_no(term, of, &at(before));
        let holds = self.yes_no(term, of, &at(after));
        let not_held = self.world.space.not(held);
        let form = self.world.space.and(vec![holds, not_held]);
        if related { self.of_record(form, of) } else { form }
    }

    /// A yes/no value that only says whether there is any of something gives what is counted its name.
    pub(crate) fn named(&mut self, form: FormId, expr: &Expr, id: DefId, env: &Env, ctx: &Ctx) {
        let direct = match &expr.kind {
            ExprKind::Windowed { value, .. } => &value.kind,
            kind => kind,
        };
        let any = match direct {
            ExprKind::Aggregate(a) => a.function == AggregateFn::Any,
            ExprKind::Sequence(s) => s.function == AggregateFn::Any,
            ExprKind::Get { target: Target::Field(_), .. } => return,
            _ => false,
        };
        match self.world.space.form(form) {
            Form::Test(var, Test::Compare(Order::Greater, _)) if any => {
                let var = *var;
                self.name_var(var, id, env, ctx, true);
            }
            Form::Test(var, Test::Yes) => {
                let var = *var;
                self.name_var(var, id, env, ctx, false);
            }
            _ => {}
        }
    }
}
