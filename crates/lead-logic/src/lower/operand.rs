//! What is compared: values written out, measurements, and choices among such.

use std::sync::Arc;

use lead_hir::hir::{DefId, DefKind, Expr, ExprKind, Field, Target, Ty, Value};
use lead_hir::words;

use super::text::{Ctx, Env};
use super::{Info, Kind, Lowering, domain_of, plain};
use crate::diagram::Truth;
use crate::domain::{Domain, Point, Test};
use crate::space::{FormId, VarId};

/// A value as far as it can be seen through.
#[derive(Clone, Debug)]
pub enum Operand {
    /// The same for all.
    Const(Value),
    /// A measurement.
    Var(VarId),
    /// A yes/no.
    Form(FormId),
    /// The first whose condition is yes; unknown if none is.
    Pick(Vec<(FormId, Operand)>),
}

impl Lowering<'_, '_> {
    /// A value asked of a record.
    pub(crate) fn operand(&mut self, expr: &Expr, env: &Env, ctx: &Ctx) -> Operand {
        if self.nest > super::DEEPEST_NEST {
            return Operand::Var(self.whole(expr, env, ctx));
        }
        self.nest += 1;
        let operand = self.operand_of(expr, env, ctx);
        self.nest -= 1;
        operand
    }

    fn operand_of(&mut self, expr: &Expr, env: &Env, ctx: &Ctx) -> Operand {
        match &expr.kind {
            ExprKind::Literal(value) => Operand::Const(value.clone()),
            ExprKind::List(items) => {
                let values: Option<Vec<Value>> = items
                    .iter()
                    .map(|item| match self.operand(item, env, ctx) {
                        Operand::Const(value) => Some(value),
                        _ => None,
                    })
                    .collect();
                match values {
                    Some(values) => Operand::Const(Value::List(values)),
                    None => Operand::Var(self.whole(expr, env, ctx)),
                }
            }
            ExprKind::Windowed { value, window } => self.operand(value, env, &ctx.under(window.kind)),
            ExprKind::Get { up, path, target } => {
                let of = env.up(*up).follow(self.lexicon, path);
                match *target {
                    Target::Field(field) => {
                        let field = self.lexicon.field(of.table, field);
                        Operand::Var(self.field(&of, field))
                    }
                    Target::Record if path.is_empty() => Operand::Var(self.itself(&of)),
                    Target::Record => Operand::Var(self.reference(&of, expr.ty.clone())),
                    Target::Def(def) => {
                        let operand = self.definition_operand(def, &of, ctx);
                        if path.is_empty() {
                            return operand;
                        }
                        // Asked of a record that is not there, nothing can be told.
                        let there = self.known_record(&of);
                        Operand::Pick(vec![(there, operand)])
                    }
                }
            }
            ExprKind::Aggregate(aggregate) if expr.ty != Ty::YesNo => {
                Operand::Var(self.aggregate(aggregate, expr, env, ctx))
            }
            ExprKind::Sequence(sequence) if expr.ty != Ty::YesNo => Operand::Var(self.sequence(sequence, env, ctx)),
            _ if expr.ty == Ty::YesNo => Operand::Form(self.form(expr, env, ctx)),
            _ => Operand::Var(self.whole(expr, env, ctx)),
        }
    }

    /// A definition as a value, asked of a record.
    pub(crate) fn definition_operand(&mut self, id: DefId, env: &Env, ctx: &Ctx) -> Operand {
        let def = self.lexicon.def(id);
        let key = (id, env.key.clone(), ctx.clone());
        if env.outer.is_none()
            && let Some(done) = self.operands.get(&key)
        {
            return done.clone();
        }
        let operand = match &def.kind {
            DefKind::Value(_) | DefKind::Term(_) if def.ty == Ty::YesNo => Operand::Form(self.yes_no(id, env, ctx)),
            _ => match self.bring_in(id, env, ctx) {
                Some(operand) => operand,
                None => self.lower_definition(id, env, ctx),
            },
        };
        if env.outer.is_none() {
            self.operands.insert(key, operand.clone());
        }
        operand
    }

    /// The same, from its rule.
    pub(super) fn lower_definition(&mut self, id: DefId, env: &Env, ctx: &Ctx) -> Operand {
        let def = self.lexicon.def(id);
        let inner = ctx.no_window();
        if self.too_deep() {
            return Operand::Var(self.unseen_var(id, env, ctx));
        }
        self.depth += 1;
        let operand = match &def.kind {
            DefKind::Value(_) | DefKind::Term(_) if def.ty == Ty::YesNo => {
                self.depth -= 1;
                return Operand::Form(self.lower_yes_no(id, env, ctx));
            }
            DefKind::Value(expr) => {
                let operand = self.operand(expr, env, ctx);
                if let Operand::Var(var) = operand {
                    self.name_var(var, id, env, ctx, false);
                }
                operand
            }
            DefKind::Choice(choice) => {
                let mut lines = Vec::with_capacity(choice.lines.len());
                for line in &choice.lines {
                    let condition = match &line.condition {
                        Some(condition) => self.form(condition, env, &inner),
                        None => self.world.space.constant(Truth::Yes),
                    };
                    let mut result = self.operand(&line.result, env, &inner);
                    if def.ty == Ty::Money
                        && let Operand::Const(Value::Number(n)) = result
                    {
                        result = money(n).map_or_else(
                            || Operand::Var(self.whole(&line.result, env, &inner)),
                            |m| Operand::Const(Value::Money(m)),
                        );
                    }
                    lines.push((condition, result));
                }
                Operand::Pick(lines)
            }
            DefKind::Funnel(steps) => {
                // The last of its terms that is yes (D39).
                let mut lines = Vec::with_capacity(steps.len());
                for step in steps.iter().rev() {
                    let name = self.lexicon.def(*step).name.text.as_str();
                    let holds = self.yes_no(*step, env, &inner);
                    lines.push((holds, Operand::Const(Value::Text(name.into()))));
                }
                Operand::Pick(lines)
            }
            DefKind::Score(score) => {
                let var = self.unseen_var(id, env, &inner);
                let bound = |e: &Option<Expr>| match e.as_ref().map(|e| &e.kind) {
                    Some(ExprKind::Literal(Value::Number(n))) => Some(Point::Float(*n)),
                    _ => None,
                };
                let (low, high) = (bound(&score.at_least), bound(&score.at_most));
                let label = format!("{}{}", env.label, def.name.text);
                if let Some(info) = self.world.infos.get_mut(var.0 as usize) {
                    info.doubt = Some(format!("the score `{label}` is not taken apart").into());
                    info.name = Some(label.into());
                }
                if let Some(variable) = self.world.space.vars.get_mut(var.0 as usize) {
                    // A score is never unknown (D12).
                    variable.unknowable = false;
                    if let Domain::Line { low: l, high: h, .. } = &mut variable.domain {
                        (*l, *h) = (low, high);
                    }
                }
                Operand::Var(var)
            }
            DefKind::Term(_) | DefKind::Metric(_) | DefKind::Period(_) | DefKind::Error => {
                Operand::Var(self.unseen_var(id, env, &inner))
            }
        };
        self.depth -= 1;
        operand
    }

    /// Gives a measurement the name of the value that it is.
    pub(crate) fn name_var(&mut self, var: VarId, id: DefId, env: &Env, ctx: &Ctx, as_any: bool) {
        let lexicon = self.lexicon;
        let Some(info) = self.world.infos.get_mut(var.0 as usize) else { return };
        // The first name stays, but for one that only says whether there is any.
        if info.name.is_some() && (as_any || !info.as_any) || matches!(info.kind, Kind::Record) {
            return;
        }
        let label: Arc<str> = [&env.label, lexicon.def(id).name.text.as_str()].concat().into();
        info.window = ctx.window.map(|w| words::window(lexicon, w).into()).or(info.window.take());
        info.label = label.clone();
        info.name = Some(label);
        info.as_any = as_any;
    }

    fn field(&mut self, of: &Env, field: &Field) -> VarId {
        let key = [&of.key, field.name.key.as_str()].concat();
        if let Some(var) = self.world.find(&key) {
            return var;
        }
        let label: Arc<str> = [&of.label, field.name.text.as_str()].concat().into();
        let (ty, name) = (field.ty.clone(), label.clone());
        let root = self.world.root(&key);
        let domain = domain_of(&ty);
        if let Ty::OneOf(values) = &ty {
            for value in values.iter() {
                self.world.folded(value, false);
            }
        }
        let info = Info { roots: vec![root], name: Some(name), ..plain(key, label, ty) };
        self.world.var(info, domain, true)
    }

    /// The record itself; always there.
    fn itself(&mut self, of: &Env) -> VarId {
        let key = of.key.to_string();
        let ty = Ty::Record(of.table);
        let label = self.lexicon.table(of.table).name.text.clone();
        let root = self.world.root(&key);
        self.world.var(Info { roots: vec![root], ..plain(key, label, ty) }, Domain::Text { listed: None }, false)
    }

    /// The record that references lead to, compared by its key.
    pub(crate) fn reference(&mut self, of: &Env, ty: Ty) -> VarId {
        let key = of.key.trim_end_matches('.').to_owned();
        let label: Arc<str> = of.label.trim_end_matches('.').into();
        let root = self.world.root(&key);
        let name = Some(label.clone());
        let info = Info { kind: Kind::Record, roots: vec![root], name, ..plain(key, label, ty) };
        self.world.var(info, Domain::Text { listed: None }, true)
    }

    /// Is the record there that references lead to?
    pub(crate) fn known_record(&mut self, of: &Env) -> FormId {
        let var = self.reference(of, Ty::Record(of.table));
        self.world.space.test(var, Test::Known)
    }

    /// An expression as a measurement of its own.
    pub(crate) fn whole(&mut self, expr: &Expr, env: &Env, ctx: &Ctx) -> VarId {
        let (key, roots) = self.exact(expr, env, ctx);
        if let Some(var) = self.world.find(&key) {
            return var;
        }
        let label = self.plain(expr, env);
        let (doubt, made) = match self.only_part(expr, env, ctx) {
            Some(part) => (None, vec![part]),
            None => (Some(format!("`{label}` is not worked out").into()), Vec::new()),
        };
        let kind = if made.is_empty() { Kind::Plain } else { Kind::Made(made) };
        let window = ctx.window.map(|w| words::window(self.lexicon, w).into());
        let info = Info { doubt, roots, kind, window, ..plain(key, label, expr.ty.clone()) };
        self.world.var(info, domain_of(&expr.ty), true)
    }

    /// The one measurement that an expression moves with, if it can have any value that way: how long ago a time is.
    fn only_part(&mut self, expr: &Expr, env: &Env, ctx: &Ctx) -> Option<VarId> {
        use lead_hir::hir::ArithmeticOp::Subtract;
        let ExprKind::Arithmetic { op: Subtract, left, right } = &expr.kind else { return None };
        let fixed = |e: &Expr| matches!(e.kind, ExprKind::Now | ExprKind::Today);
        let other = match (fixed(left), fixed(right)) {
            (true, false) => right,
            (false, true) => left,
            _ => return None,
        };
        let direct = matches!(other.kind, ExprKind::Get { target: Target::Field(_), .. });
        match self.operand(other, env, ctx) {
            Operand::Var(var) if direct => Some(var),
            _ => None,
        }
    }
}

/// A number as money, exactly; `None` where it does not fit.
pub(crate) fn money(n: f64) -> Option<i64> {
    let scaled = n * 10_000.0;
    (scaled.abs() < 9e15 && scaled.fract() == 0.0).then_some(scaled as i64)
}
