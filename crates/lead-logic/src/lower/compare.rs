//! Comparisons: of a measurement with a value written out, of two measurements, of texts and lists.

use std::sync::Arc;

use lead_hir::hir::{CompareOp, Expr, Ty, Value};

use super::operand::money;
use super::text::{Ctx, Env};
use super::{Info, Kind, Lowering, Operand, TextTest, domain_of, plain};
use crate::diagram::Truth;
use crate::domain::{Domain, Order, Point, Test, Unit};
use crate::space::{FormId, VarId};

/// The comparison as it stands, for what is not seen through.
#[derive(Clone, Copy)]
struct Whole<'e> {
    expr: &'e Expr,
    env: &'e Env,
    ctx: &'e Ctx,
}

fn point(value: &Value) -> Option<Point> {
    Some(match value {
        Value::Number(n) | Value::Percent(n) => Point::Float(*n),
        Value::Money(n) | Value::Time(n) | Value::Duration(n) => Point::Whole(*n),
        Value::Date(n) => Point::Whole(i64::from(*n)),
        Value::YesNo(_) | Value::Text(_) | Value::List(_) => return None,
    })
}

/// The comparison with its sides changed.
fn flipped(op: CompareOp) -> Option<CompareOp> {
    Some(match op {
        CompareOp::Equal | CompareOp::NotEqual => op,
        CompareOp::Less => CompareOp::Greater,
        CompareOp::LessEqual => CompareOp::GreaterEqual,
        CompareOp::Greater => CompareOp::Less,
        CompareOp::GreaterEqual => CompareOp::LessEqual,
        _ => return None,
    })
}

fn order(op: CompareOp) -> Option<Order> {
    Some(match op {
        CompareOp::Equal | CompareOp::NotEqual => Order::Equal,
        CompareOp::Less => Order::Less,
        CompareOp::LessEqual => Order::AtMost,
        CompareOp::Greater => Order::Greater,
        CompareOp::GreaterEqual => Order::AtLeast,
        _ => return None,
    })
}

impl Lowering<'_, '_> {
    pub(crate) fn compare(
        &mut self,
        op: CompareOp,
        left: &Expr,
        right: &Expr,
        expr: &Expr,
        env: &Env,
        ctx: &Ctx,
    ) -> FormId {
        let (left, right) = (self.operand(left, env, ctx), self.operand(right, env, ctx));
        self.relate(op, left, right, Whole { expr, env, ctx })
    }

    fn relate(&mut self, op: CompareOp, left: Operand, right: Operand, whole: Whole) -> FormId {
        match (left, right) {
            (Operand::Pick(lines), right) => {
                self.fold(lines, &mut |this, left| this.relate(op, left, right.clone(), whole), Truth::Unknown)
            }
            (left, Operand::Pick(lines)) => {
                // Of nothing the choice says nothing, and of an unknown left side nothing can be told either way.
                self.fold(lines, &mut |this, right| this.relate(op, left.clone(), right, whole), Truth::Unknown)
            }
            (Operand::Const(left), Operand::Const(right)) => self.constants(op, &left, &right, whole),
            (Operand::Var(var), Operand::Const(value)) => self.with_value(op, var, &value, whole),
            (Operand::Const(value), Operand::Var(var)) => match (op, flipped(op)) {
                (_, Some(op)) => self.with_value(op, var, &value, whole),
                (CompareOp::In | CompareOp::NotIn, None) => {
                    let has = self.has(var, &value, whole);
                    if op == CompareOp::In { has } else { self.world.space.not(has) }
                }
                _ => self.opaque(whole.expr, whole.env, whole.ctx),
            },
            (Operand::Var(left), Operand::Var(right)) => self.two(op, left, right, whole),
            (left, right) => {
                let yes_no =
                    |o: &Operand| matches!(o, Operand::Form(_) | Operand::Const(Value::YesNo(_)) | Operand::Var(_));
                if !matches!(op, CompareOp::Equal | CompareOp::NotEqual) || !yes_no(&left) || !yes_no(&right) {
                    return self.opaque(whole.expr, whole.env, whole.ctx);
                }
                let (left, right) = (self.as_form(left), self.as_form(right));
                self.same_answer(op, left, right)
            }
        }
    }

    /// Two yes/no values beside each other.
    fn same_answer(&mut self, op: CompareOp, left: FormId, right: FormId) -> FormId {
        let space = &mut self.world.space;
        let (not_left, not_right) = (space.not(left), space.not(right));
        let (yes, no) = (space.and(vec![left, right]), space.and(vec![not_left, not_right]));
        let same = space.or(vec![yes, no]);
        if op == CompareOp::NotEqual { space.not(same) } else { same }
    }

    fn constants(&mut self, op: CompareOp, left: &Value, right: &Value, whole: Whole) -> FormId {
        let answer = match (point(left), point(right), order(op)) {
            (Some(a), Some(b), Some(order)) if std::mem::discriminant(&a) == std::mem::discriminant(&b) => {
                let same_kind = std::mem::discriminant(left) == std::mem::discriminant(right)
                    || matches!((a, b), (Point::Float(_), Point::Float(_)));
                let holds = Test::Compare(order, b).of(&crate::domain::Cell::At(a)) == Truth::Yes;
                same_kind.then_some(holds != (op == CompareOp::NotEqual))
            }
            _ => match (left, right, op) {
                (Value::Text(a), Value::Text(b), CompareOp::Equal | CompareOp::NotEqual) => {
                    let same = lead_hir::fold_text(a) == lead_hir::fold_text(b);
                    Some(same == (op == CompareOp::Equal))
                }
                (Value::Text(a), Value::List(items), CompareOp::In | CompareOp::NotIn) => {
                    let a = lead_hir::fold_text(a);
                    let among = items.iter().any(|i| matches!(i, Value::Text(t) if lead_hir::fold_text(t) == a));
                    Some(among == (op == CompareOp::In))
                }
                (Value::YesNo(a), Value::YesNo(b), CompareOp::Equal | CompareOp::NotEqual) => {
                    Some((a == b) == (op == CompareOp::Equal))
                }
                _ => None,
            },
        };
        match answer {
            Some(yes) => self.world.space.constant(Truth::of(yes)),
            None => self.opaque(whole.expr, whole.env, whole.ctx),
        }
    }

    fn with_value(&mut self, op: CompareOp, var: VarId, value: &Value, whole: Whole) -> FormId {
        let ty = self.world.info(var).ty.clone();
        match (op, value) {
            (CompareOp::In | CompareOp::NotIn, Value::List(items)) => {
                let among = self.among(var, items, whole);
                if op == CompareOp::In { among } else { self.world.space.not(among) }
            }
            (CompareOp::Contains, value) if matches!(ty, Ty::List(_)) => self.has(var, value, whole),
            (CompareOp::Contains | CompareOp::StartsWith | CompareOp::EndsWith, Value::Text(text)) => {
                let text: Arc<str> = lead_hir::fold_text(text).into();
                let test = match op {
                    CompareOp::Contains => TextTest::Contains(text),
                    CompareOp::StartsWith => TextTest::Starts(text),
                    _ => TextTest::Ends(text),
                };
                self.text_test(Operand::Var(var), test, whole.expr, whole.env, whole.ctx)
            }
            (CompareOp::Equal | CompareOp::NotEqual, Value::Text(_) | Value::YesNo(_)) => {
                let equal = self.equals(var, value, whole);
                if op == CompareOp::NotEqual { self.world.space.not(equal) } else { equal }
            }
            _ => {
                let (Some(order), Some((var, point))) = (order(op), self.on_line(var, value)) else {
                    return self.opaque(whole.expr, whole.env, whole.ctx);
                };
                let form = self.world.space.test(var, Test::Compare(order, point));
                if op == CompareOp::NotEqual { self.world.space.not(form) } else { form }
            }
        }
    }

    /// The measurement to compare with a value, and the value as a point on its line.
    fn on_line(&mut self, var: VarId, value: &Value) -> Option<(VarId, Point)> {
        let at = point(value)?;
        let unit = match self.world.space.vars.get(var.0 as usize)?.domain {
            Domain::Line { unit, .. } => unit,
            _ => return None,
        };
        match (unit, value) {
            (Unit::Money, Value::Money(_))
            | (Unit::Date, Value::Date(_))
            | (Unit::Time, Value::Time(_))
            | (Unit::Duration, Value::Duration(_))
            | (Unit::Count | Unit::Number | Unit::Percent, Value::Number(_) | Value::Percent(_)) => Some((var, at)),
            (Unit::Money, Value::Number(n)) => Some((var, Point::Whole(money(*n)?))),
            // D22: the local day of the time is compared.
            (Unit::Time, Value::Date(_)) => {
                let of = self.world.info(var).clone();
                let info = Info {
                    kind: Kind::Day(var),
                    doubt: of.doubt,
                    roots: of.roots,
                    name: of.name,
                    window: of.window,
                    ..plain(format!("day of {}", of.key), of.label, Ty::Date)
                };
                let unknowable = self.unknowable(var);
                Some((self.world.var(info, domain_of(&Ty::Date), unknowable), at))
            }
            _ => None,
        }
    }

    /// Whether texts of a measurement compare with case.
    fn compares_exactly(&self, var: VarId) -> bool {
        matches!(self.world.info(var).ty, Ty::Key | Ty::Record(_))
    }

    fn equals(&mut self, var: VarId, value: &Value, whole: Whole) -> FormId {
        let domain = self.world.space.vars.get(var.0 as usize).map(|v| v.domain.clone());
        match (domain, value) {
            (Some(Domain::Flag), Value::YesNo(yes)) => {
                let form = self.world.space.test(var, Test::Yes);
                if *yes { form } else { self.world.space.not(form) }
            }
            (Some(Domain::Text { .. }), Value::Text(text)) => {
                let exact = self.compares_exactly(var);
                let text = self.world.folded(text, exact);
                if text.is_empty() {
                    return self.opaque(whole.expr, whole.env, whole.ctx);
                }
                self.world.space.test(var, Test::Among(vec![text]))
            }
            (Some(Domain::Line { .. }), _) => match self.on_line(var, value) {
                Some((var, point)) => self.world.space.test(var, Test::Compare(Order::Equal, point)),
                None => self.opaque(whole.expr, whole.env, whole.ctx),
            },
            _ => self.opaque(whole.expr, whole.env, whole.ctx),
        }
    }

    fn among(&mut self, var: VarId, items: &[Value], whole: Whole) -> FormId {
        let text = matches!(self.world.space.vars.get(var.0 as usize).map(|v| &v.domain), Some(Domain::Text { .. }));
        if text {
            let exact = self.compares_exactly(var);
            let mut texts: Vec<Arc<str>> = Vec::with_capacity(items.len());
            for item in items {
                let Value::Text(text) = item else { return self.opaque(whole.expr, whole.env, whole.ctx) };
                let text = self.world.folded(text, exact);
                if !text.is_empty() {
                    texts.push(text);
                }
            }
            texts.sort();
            texts.dedup();
            return self.world.space.test(var, Test::Among(texts));
        }
        // Unknown where the value is, even of an empty list.
        let known = self.known(Operand::Var(var));
        let mut parts = Vec::with_capacity(items.len());
        for item in items {
            parts.push(self.equals(var, item, whole));
        }
        let any = self.world.space.or(parts);
        let unknown = self.world.space.constant(Truth::Unknown);
        self.world.space.pick(known, any, unknown)
    }

    /// Does a list hold a value?
    fn has(&mut self, list: VarId, value: &Value, whole: Whole) -> FormId {
        let of = self.world.info(list).clone();
        let shown = lead_hir::words::value(self.lexicon, value);
        let item = match value {
            Value::Text(text) => format!("{:?}", lead_hir::fold_text(text)),
            other => format!("{other:?}"),
        };
        if !matches!(of.ty, Ty::List(_)) {
            return self.opaque(whole.expr, whole.env, whole.ctx);
        }
        let info = Info {
            kind: Kind::Has(list),
            doubt: of.doubt,
            roots: of.roots,
            window: of.window,
            ..plain(format!("{} has {item}", of.key), format!("{} contains {shown}", of.label), Ty::YesNo)
        };
        let unknowable = self.unknowable(list);
        let var = self.world.var(info, Domain::Flag, unknowable);
        self.world.space.test(var, Test::Yes)
    }

    /// A test of a text.
    pub(crate) fn text_test(&mut self, operand: Operand, test: TextTest, expr: &Expr, env: &Env, ctx: &Ctx) -> FormId {
        match operand {
            Operand::Pick(lines) => {
                let each = &mut |this: &mut Self, o| this.text_test(o, test.clone(), expr, env, ctx);
                self.fold(lines, each, Truth::Unknown)
            }
            Operand::Const(Value::Text(text)) => match test.of(&lead_hir::fold_text(&text)) {
                Some(yes) => self.world.space.constant(Truth::of(yes)),
                None => self.opaque(expr, env, ctx),
            },
            Operand::Var(base) if !self.compares_exactly(base) => {
                let of = self.world.info(base).clone();
                if let Ty::OneOf(values) = &of.ty
                    && !matches!(test, TextTest::Matches(_))
                {
                    // Of a list each text can be looked at.
                    let folded: Vec<Arc<str>> = values.iter().map(|v| self.world.folded(v, false)).collect();
                    let mut texts: Vec<Arc<str>> = folded.into_iter().filter(|v| test.of(v).unwrap_or(false)).collect();
                    texts.sort();
                    texts.dedup();
                    return self.world.space.test(base, Test::Among(texts));
                }
                let (word, part) = match &test {
                    TextTest::Contains(part) => ("contains", part),
                    TextTest::Starts(part) => ("starts with", part),
                    TextTest::Ends(part) => ("ends with", part),
                    TextTest::Matches(part) => ("matches", part),
                };
                let label = [&of.label, " ", word, " ", &lead_hir::words::quoted(part)].concat();
                let pattern = matches!(test, TextTest::Matches(_));
                let doubt = of.doubt.or_else(|| pattern.then(|| format!("`{label}` is not looked into").into()));
                let info = Info {
                    doubt,
                    roots: of.roots,
                    window: of.window,
                    kind: Kind::Text(base, test.clone()),
                    ..plain(format!("{} {word} {part:?}", of.key), label, Ty::YesNo)
                };
                let unknowable = self.unknowable(base);
                let var = self.world.var(info, Domain::Flag, unknowable);
                self.world.space.test(var, Test::Yes)
            }
            _ => self.opaque(expr, env, ctx),
        }
    }

    /// Two measurements beside each other.
    fn two(&mut self, op: CompareOp, left: VarId, right: VarId, whole: Whole) -> FormId {
        let domain = |this: &Self, var: VarId| this.world.space.vars.get(var.0 as usize).map(|v| v.domain.clone());
        let (a, b) = (self.world.info(left).clone(), self.world.info(right).clone());
        let line = |d: &Option<Domain>| match d {
            Some(Domain::Line { unit, .. }) => Some(*unit),
            _ => None,
        };
        let units = (line(&domain(self, left)), line(&domain(self, right)));
        let alike = match units {
            (Some(a), Some(b)) => {
                let number = |u: Unit| matches!(u, Unit::Count | Unit::Number | Unit::Percent);
                a == b || number(a) && number(b)
            }
            _ => false,
        };
        let (Some(order), true) = (order(op), alike) else { return self.opaque(whole.expr, whole.env, whole.ctx) };
        if left == right {
            let holds = matches!(order, Order::Equal | Order::AtMost | Order::AtLeast) != (op == CompareOp::NotEqual);
            let (known, answer) = (self.known(Operand::Var(left)), self.world.space.constant(Truth::of(holds)));
            let unknown = self.world.space.constant(Truth::Unknown);
            return self.world.space.pick(known, answer, unknown);
        }
        let (first, second, order) = if b.key < a.key {
            let order = match order {
                Order::Equal => Order::Equal,
                Order::Less => Order::Greater,
                Order::AtMost => Order::AtLeast,
                Order::Greater => Order::Less,
                Order::AtLeast => Order::AtMost,
            };
            (&b, &a, order)
        } else {
            (&a, &b, order)
        };
        let label = format!("{} - {}", first.label, second.label);
        let mut roots = [a.roots.clone(), b.roots.clone()].concat();
        roots.sort_unstable();
        roots.dedup();
        let plain_fields =
            [&a, &b].iter().all(|i| matches!(i.kind, Kind::Plain) && i.roots.len() == 1 && i.doubt.is_none());
        let apart = a.roots.iter().all(|r| !b.roots.contains(r));
        let doubt =
            (!plain_fields || !apart).then(|| format!("`{}` and `{}` are measured apart", a.label, b.label).into());
        let info = Info {
            doubt,
            roots,
            kind: Kind::Made(vec![left, right]),
            ..plain(format!("({}) - ({})", first.key, second.key), label, Ty::Number)
        };
        let unknowable = self.unknowable(left) || self.unknowable(right);
        let var = self.world.var(info, Domain::Line { unit: Unit::Number, low: None, high: None }, unknowable);
        let form = self.world.space.test(var, Test::Compare(order, Point::Float(0.0)));
        if op == CompareOp::NotEqual { self.world.space.not(form) } else { form }
    }
}
