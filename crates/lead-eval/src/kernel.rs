//! One step of a plan over rows: logic, comparison, choice. Arithmetic, texts and times have files of their own.

use std::collections::HashMap;

use lead_data::{Bitmap, Column, Values};
use lead_hir::hir::{CompareOp, Settings, Ty, Value};
use lead_plan::{NodeId, Op, Plan};
use regex::Regex;

use crate::number::{arithmetic, call_number, negate, score, to_money};
use crate::text::{contains_item, equal_any, matches, text_compare};
use crate::time::{Zone, call_time, in_range, shift};
use crate::vector::{Tri, Vector, all_known, dates, ints, map2, numbers, records, test2};

/// Money left its 64 bits (L0801).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Overflow;

/// What kernels need besides their operands.
pub(crate) struct Context<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) settings: &'a Settings,
    pub(crate) zone: Zone,
    pub(crate) patterns: HashMap<String, Regex>,
}

/// Rows at hand: how many, and what nodes evaluate to over them.
pub(crate) struct Rows<'r, 'a> {
    pub(crate) len: usize,
    pub(crate) slots: &'r [Option<Vector<'a>>],
}

impl<'r, 'a> Rows<'r, 'a> {
    pub(crate) fn get(&self, id: NodeId) -> &'r Vector<'a> {
        static NOTHING: Vector<'static> = Vector::Const(None);
        // Invariant *operands first*: a missing slot cannot be; unknown is the harmless reading.
        match self.slots.get(id.0 as usize) {
            Some(Some(vector)) => vector,
            _ => nothing(&NOTHING),
        }
    }

    pub(crate) fn tri(&self, id: NodeId) -> Tri {
        Tri::of(self.get(id), self.len)
    }
}

fn nothing<'r, 'a>(vector: &'r Vector<'static>) -> &'r Vector<'a> {
    vector
}

/// Carries out an op whose operands are rows at hand. `None`: the op is not of that kind (fields, measures, following).
pub(crate) fn kernel<'a>(cx: &Context, rows: &Rows<'_, 'a>, op: &Op, ty: &Ty) -> Result<Option<Vector<'a>>, Overflow> {
    let len = rows.len;
    let ty_of = |id: NodeId| &cx.plan.node(id).ty;
    Ok(Some(match op {
        Op::Const(value) | Op::Clock(value, _) => Vector::Const(Some(value.0.clone())),
        Op::Unknown => Vector::unknown(),
        Op::IsZero(id) => {
            let v = rows.get(*id);
            Tri::new(test2(len, numbers(v), crate::vector::View::Const(0.0), |a, b| a == b), all_known(&[v], len))
                .into_vector()
        }
        Op::IsYes(id) => Vector::owned(Column { values: Values::YesNo(rows.tri(*id).yes), known: None }),
        Op::Not(id) => rows.tri(*id).not().into_vector(),
        Op::And(ids) => fold(rows, ids, Tri::and).into_vector(),
        Op::Or(ids) => fold(rows, ids, Tri::or).into_vector(),
        Op::IsKnown(id) => {
            Vector::owned(Column { values: Values::YesNo(rows.get(*id).known().to_bitmap(len)), known: None })
        }
        Op::Compare(op, a, b) => {
            compare(cx, *op, (rows.get(*a), ty_of(*a)), (rows.get(*b), ty_of(*b)), len).into_vector()
        }
        Op::InList(id, items) => {
            let items: Vec<(&Vector, &Ty)> = items.iter().map(|i| (rows.get(*i), ty_of(*i))).collect();
            equal_any(cx, (rows.get(*id), ty_of(*id)), &items, len).into_vector()
        }
        Op::ListContains(list, item) => {
            contains_item(cx, (rows.get(*list), ty_of(*list)), (rows.get(*item), ty_of(*item)), len).into_vector()
        }
        Op::Matches(id, pattern) => matches(cx, rows.get(*id), pattern, len).into_vector(),
        Op::InRange(id, range, _) => in_range(cx, rows.get(*id), ty_of(*id), range, len).into_vector(),
        Op::Arithmetic(op, a, b) => arithmetic(cx, *op, (rows.get(*a), ty_of(*a)), (rows.get(*b), ty_of(*b)), ty, len)?,
        Op::Shift(id, by) => shift(cx, rows.get(*id), ty_of(*id), *by, len),
        Op::Negate(id) => negate(rows.get(*id), ty, len)?,
        Op::ToMoney(id) => to_money(rows.get(*id), len)?,
        Op::Call(function, args) => {
            let Some(first) = args.first() else { return Ok(Some(Vector::unknown())) };
            let (v, arg_ty) = (rows.get(*first), ty_of(*first));
            match call_time(cx, *function, v, arg_ty, len) {
                Some(vector) => vector,
                None => call_number(*function, v, arg_ty, len)?,
            }
        }
        Op::List(ids) => list(rows, ids),
        Op::Term { alternatives, exceptions } => {
            let holds = fold(rows, alternatives, Tri::or);
            if exceptions.is_empty() {
                holds.into_vector()
            } else {
                let blocked = fold(rows, exceptions, Tri::or).yes;
                // D10: an exception that is yes makes it no; one that cannot be told does not block.
                Tri { yes: holds.yes.zip(&blocked, |h, b| h & !b), no: holds.no.zip(&blocked, |h, b| h | b) }
                    .into_vector()
            }
        }
        Op::Choice(lines) => choose(rows, lines, ty),
        Op::Score { lines, at_most, at_least } => score(rows, lines, *at_most, *at_least),
        Op::Furthest(steps) => {
            let mut furthest: Vec<u32> = vec![0; len];
            for (k, (id, _)) in steps.iter().enumerate() {
                for i in rows.tri(*id).yes.ones() {
                    furthest[i] = k as u32 + 1;
                }
            }
            let known = Bitmap::from_fn(len, |i| furthest[i] > 0);
            let names = steps.iter().map(|(_, name)| if let Value::Text(t) = &name.0 { &**t } else { "" });
            let dictionary = lead_data::Dictionary::new(std::iter::once("").chain(names), false);
            let texts = lead_data::Texts { codes: furthest, dictionary: std::sync::Arc::new(dictionary) };
            Vector::owned(Column { values: Values::Text(texts), known: Some(known) })
        }
        Op::Field(_) | Op::Itself | Op::Follow { .. } | Op::OfRecord(_) | Op::OfSubject(_) | Op::Measure(_) => {
            return Ok(None);
        }
    }))
}

fn fold(rows: &Rows, ids: &[NodeId], f: impl Fn(&Tri, &Tri) -> Tri) -> Tri {
    let mut out: Option<Tri> = None;
    for id in ids {
        let next = rows.tri(*id);
        out = Some(match out {
            None => next,
            Some(before) => f(&before, &next),
        });
    }
    out.unwrap_or_else(|| Tri { yes: Bitmap::filled(rows.len, false), no: Bitmap::filled(rows.len, false) })
}

/// A list of constants is a constant; any other is made row by row, unknown items left out.
fn list<'a>(rows: &Rows<'_, 'a>, ids: &[NodeId]) -> Vector<'a> {
    let constants: Option<Vec<Value>> = ids
        .iter()
        .map(|id| if let Vector::Const(Some(value)) = rows.get(*id) { Some(value.clone()) } else { None })
        .collect();
    if let Some(values) = constants {
        return Vector::Const(Some(Value::List(values)));
    }
    let (mut items, mut offsets) = (Vec::new(), vec![0u32]);
    for i in 0..rows.len {
        items.extend(ids.iter().filter_map(|id| rows.get(*id).value(i)));
        offsets.push(items.len() as u32);
    }
    Vector::owned(Column {
        values: Values::List { offsets, items: Box::new(crate::vector::list_values(&items)) },
        known: None,
    })
}

/// D11: for each row the first line whose condition is yes.
fn choose<'a>(rows: &Rows<'_, 'a>, lines: &[(Option<NodeId>, NodeId)], ty: &Ty) -> Vector<'a> {
    let len = rows.len;
    let mut open = Bitmap::filled(len, true);
    let mut line_of: Vec<u32> = vec![u32::MAX; len];
    for (k, (condition, _)) in lines.iter().enumerate() {
        let taken = match condition {
            None => open.clone(),
            Some(id) => rows.tri(*id).yes.zip(&open, |y, o| y & o),
        };
        for i in taken.ones() {
            line_of[i] = k as u32;
        }
        open = open.zip(&taken, |o, t| o & !t);
    }
    let results: Vec<&Vector> = lines.iter().map(|(_, result)| rows.get(*result)).collect();
    merge(&line_of, &results, ty, len)
}

/// Row `i` from vector `which[i]`, unknown where that is `u32::MAX`.
fn merge<'a>(which: &[u32], vectors: &[&Vector], ty: &Ty, len: usize) -> Vector<'a> {
    let known = Bitmap::from_fn(len, |i| vectors.get(which[i] as usize).is_some_and(|v: &&Vector| v.is_known(i)));
    let of = |i: usize| vectors.get(which[i] as usize).copied();
    let values = match ty {
        Ty::YesNo => {
            let tris: Vec<Tri> = vectors.iter().map(|v| Tri::of(v, len)).collect();
            Values::YesNo(Bitmap::from_fn(len, |i| tris.get(which[i] as usize).is_some_and(|t| t.yes.get(i))))
        }
        Ty::Number | Ty::Percent => {
            Values::Number((0..len).map(|i| of(i).map_or(0.0, |v| numbers(v).get(i))).collect())
        }
        Ty::Money | Ty::Time | Ty::Duration => {
            Values::Int((0..len).map(|i| of(i).map_or(0, |v| ints(v).get(i))).collect())
        }
        Ty::Date => Values::Date((0..len).map(|i| of(i).map_or(0, |v| dates(v).get(i))).collect()),
        Ty::Record(_) => {
            Values::Record((0..len).map(|i| of(i).map_or(lead_data::NO_RECORD, |v| records(v).get(i))).collect())
        }
        Ty::List(_) => {
            let (mut items, mut offsets) = (Vec::new(), vec![0u32]);
            for i in 0..len {
                if let Some(Value::List(values)) = of(i).and_then(|v| v.value(i)) {
                    items.extend(values);
                }
                offsets.push(items.len() as u32);
            }
            Values::List { offsets, items: Box::new(crate::vector::list_values(&items)) }
        }
        Ty::Text | Ty::OneOf(_) | Ty::Key | Ty::Period | Ty::Error => crate::text::merge_texts(which, vectors, len),
    };
    let known = if known.all() { None } else { Some(known) };
    Vector::owned(Column { values, known })
}

/// `=` and its kin, by the operands' types.
pub(crate) fn compare(cx: &Context, op: CompareOp, a: (&Vector, &Ty), b: (&Vector, &Ty), len: usize) -> Tri {
    use CompareOp::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
    let known = all_known(&[a.0, b.0], len);
    if a.0.is_unknown() || b.0.is_unknown() {
        return Tri { yes: Bitmap::filled(len, false), no: Bitmap::filled(len, false) };
    }
    macro_rules! ordered {
        ($a:expr, $b:expr) => {{
            let (a, b) = ($a, $b);
            match op {
                NotEqual => test2(len, a, b, |a, b| a != b),
                Less => test2(len, a, b, |a, b| a < b),
                LessEqual => test2(len, a, b, |a, b| a <= b),
                Greater => test2(len, a, b, |a, b| a > b),
                GreaterEqual => test2(len, a, b, |a, b| a >= b),
                _ => test2(len, a, b, |a, b| a == b),
            }
        }};
    }
    let test = match (a.1, b.1) {
        (Ty::Number | Ty::Percent, Ty::Number | Ty::Percent) => ordered!(numbers(a.0), numbers(b.0)),
        (Ty::Money | Ty::Time | Ty::Duration, Ty::Money | Ty::Time | Ty::Duration) => ordered!(ints(a.0), ints(b.0)),
        (Ty::Date, Ty::Date) => ordered!(dates(a.0), dates(b.0)),
        // D22: a time beside a date counts as its local day.
        (Ty::Time, Ty::Date) => {
            let days = map2(len, ints(a.0), crate::vector::View::Const(()), |t, ()| cx.zone.day(t));
            ordered!(crate::vector::View::Slice(&days), dates(b.0))
        }
        (Ty::Date, Ty::Time) => {
            let days = map2(len, ints(b.0), crate::vector::View::Const(()), |t, ()| cx.zone.day(t));
            ordered!(dates(a.0), crate::vector::View::Slice(&days))
        }
        (Ty::YesNo, Ty::YesNo) => {
            let (x, y) = (Tri::of(a.0, len), Tri::of(b.0, len));
            let same = x.yes.zip(&y.yes, |a, b| !(a ^ b));
            if op == Equal { same } else { same.not() }
        }
        (Ty::Record(_), Ty::Record(_)) => ordered!(records(a.0), records(b.0)),
        (Ty::List(_), _) | (_, Ty::List(_)) => {
            let exact = matches!(a.1, Ty::Key) || matches!(b.1, Ty::Key);
            Bitmap::from_fn(len, |i| {
                let same = match (a.0.value(i), b.0.value(i)) {
                    (Some(x), Some(y)) => crate::text::same(&x, &y, exact),
                    _ => false,
                };
                same == (op != NotEqual)
            })
        }
        _ => {
            let exact = matches!(a.1, Ty::Key) || matches!(b.1, Ty::Key);
            text_compare(op, a.0, b.0, exact, len)
        }
    };
    Tri::new(test, known)
}
