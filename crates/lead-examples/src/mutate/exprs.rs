//! Small changes of an expression, and of everything in it.

use lead_diag::Span;
use lead_hir::hir::{
    Aggregate, AggregateFn, ArithmeticOp, CompareOp, DefId, Expr, ExprKind, FieldId, Sequence, Target, Ty, Value,
};
use lead_hir::walk;

use super::make::Change;
use super::{MutantKind, Piece, windows};
use crate::coverage::beyond;

type Put<'p> = dyn FnMut(Change, Expr) + 'p;

/// Calls `put` with every small change of an expression: what it is, and the whole expression with it.
pub(crate) fn changes(expr: &Expr, put: &mut Put) {
    own(expr, put);
    let mut parts = Vec::new();
    walk::parts(expr, &mut |part| parts.push(part));
    for (i, part) in parts.into_iter().enumerate().filter(|(_, part)| !is_threshold(expr, part)) {
        changes(part, &mut |change, new| put(change, with_part(expr, i, new)));
    }
}

/// An expression with another part in the place of one.
fn with_part(expr: &Expr, place: usize, part: Expr) -> Expr {
    let mut out = expr.clone();
    let (mut at, mut part) = (0, Some(part));
    walk::parts_mut(&mut out, &mut |slot| {
        if at == place
            && let Some(part) = part.take()
        {
            *slot = part;
        }
        at += 1;
    });
    out
}

fn make(of: &Expr, kind: ExprKind) -> Expr {
    Expr { kind, ty: of.ty.clone(), span: of.span }
}

/// The changes of an expression itself.
fn own(expr: &Expr, put: &mut Put) {
    match &expr.kind {
        ExprKind::Compare { op, left, right } => compare(expr, *op, left, right, put),
        ExprKind::And(parts) | ExprKind::Or(parts) => joined(expr, parts, put),
        ExprKind::Not(inner) => {
            let change = Change {
                kind: MutantKind::Connective,
                span: expr.span,
                to: vec![inner.span.into()],
                help: vec!["add an example where `".into(), inner.span.into(), "` alone decides".into()],
            };
            put(change, (**inner).clone());
        }
        ExprKind::IsKnown { value, unknown } => {
            let word = if *unknown { " is known" } else { " is unknown" };
            let change = Change {
                kind: MutantKind::Operator,
                span: expr.span,
                to: vec![value.span.into(), word.into()],
                help: vec!["add an example where `".into(), value.span.into(), "` is unknown".into()],
            };
            put(change, make(expr, ExprKind::IsKnown { value: value.clone(), unknown: !unknown }));
        }
        ExprKind::Windowed { value, window } => windows::changes(expr, value, window, put),
        ExprKind::Aggregate(a) => aggregate(expr, a, put),
        ExprKind::Sequence(s) => sequence(expr, s, put),
        ExprKind::Was { up, path, term, at } => {
            now(expr, (*up, path, *term), "at another time", put);
            windows::moved(expr, *at, &|at| ExprKind::Was { up: *up, path: path.clone(), term: *term, at }, put);
        }
        ExprKind::Became { up, path, term } => now(expr, (*up, path, *term), "before the window too", put),
        ExprKind::Arithmetic { op, left, right } => arithmetic(expr, *op, left, right, put),
        ExprKind::List(items) if items.len() > 1 => {
            for (i, item) in items.iter().enumerate() {
                let mut rest = items.clone();
                rest.remove(i);
                let change = Change {
                    kind: MutantKind::Value,
                    span: item.span,
                    to: Vec::new(),
                    help: vec!["add an example with ".into(), item.span.into()],
                };
                put(change, make(expr, ExprKind::List(rest)));
            }
        }
        // What is written out beside a comparison is its threshold; truths and texts are not made up.
        ExprKind::Literal(value @ (Value::Number(_) | Value::Percent(_) | Value::Money(_) | Value::Duration(_))) => {
            if let Some(next) = beyond(CompareOp::Greater, value, false) {
                let change = Change {
                    kind: MutantKind::Value,
                    span: expr.span,
                    to: vec![Piece::Value(next.clone())],
                    help: vec!["add an example whose answer shows the ".into(), expr.span.into()],
                };
                put(change, make(expr, ExprKind::Literal(next)));
            }
        }
        _ => {}
    }
}

fn is_order(op: CompareOp) -> bool {
    matches!(op, CompareOp::Less | CompareOp::LessEqual | CompareOp::Greater | CompareOp::GreaterEqual)
}

fn compare(expr: &Expr, op: CompareOp, left: &Expr, right: &Expr, put: &mut Put) {
    use CompareOp::{
        Contains, EndsWith, Equal, Greater, GreaterEqual, In, Less, LessEqual, Matches, NotEqual, NotIn, StartsWith,
    };
    let text =
        |op: CompareOp| -> Vec<Piece> { vec![left.span.into(), format!(" {} ", op.text()).into(), right.span.into()] };
    let with =
        |op: CompareOp| make(expr, ExprKind::Compare { op, left: left.clone().into(), right: right.clone().into() });
    // Where the border itself falls, and on which side it is yes.
    let equal =
        || -> Vec<Piece> { vec!["add an example where `".into(), left.span.into(), "` is ".into(), right.span.into()] };
    let others: Vec<(CompareOp, Vec<Piece>)> = match op {
        Less => vec![(LessEqual, equal()), (GreaterEqual, both(expr))],
        LessEqual => vec![(Less, equal()), (Greater, both(expr))],
        Greater => vec![(GreaterEqual, equal()), (LessEqual, both(expr))],
        GreaterEqual => vec![(Greater, equal()), (Less, both(expr))],
        Equal => vec![(NotEqual, both(expr))],
        NotEqual => vec![(Equal, both(expr))],
        In => vec![(NotIn, both(expr))],
        NotIn => vec![(In, both(expr))],
        StartsWith | EndsWith => {
            let within = vec![
                "add an example where ".into(),
                right.span.into(),
                " stands elsewhere in `".into(),
                left.span.into(),
                "`".into(),
            ];
            vec![(Contains, within)]
        }
        Contains if !matches!(left.ty, Ty::List(_)) => {
            let longer = vec![
                "add an example where `".into(),
                left.span.into(),
                "` has ".into(),
                right.span.into(),
                " behind other words".into(),
            ];
            vec![(StartsWith, longer)]
        }
        Contains | Matches => Vec::new(),
    };
    for (other, help) in others {
        let change = Change { kind: MutantKind::Operator, span: expr.span, to: text(other), help };
        put(change, with(other));
    }
    if is_order(op) {
        threshold(expr, op, left, right, put);
    }
}

/// A threshold one step farther from the border that the operator's own change moves to.
fn threshold(expr: &Expr, op: CompareOp, left: &Expr, right: &Expr, put: &mut Put) {
    let turned = matches!(left.kind, ExprKind::Literal(_));
    let at = if turned { left } else { right };
    let ExprKind::Literal(value) = &at.kind else { return };
    let Some(next) = beyond(op, value, turned) else { return };
    let other = if turned { right } else { left };
    let moved = Expr { kind: ExprKind::Literal(next.clone()), ..at.clone() };
    let (l, r) = if turned { (moved, right.clone()) } else { (left.clone(), moved) };
    let change = Change {
        kind: MutantKind::Threshold,
        span: at.span,
        to: vec![Piece::Value(next.clone())],
        help: vec!["add an example where `".into(), other.span.into(), "` is ".into(), Piece::Value(next)],
    };
    put(change, make(expr, ExprKind::Compare { op, left: l.into(), right: r.into() }));
}

fn both(expr: &Expr) -> Vec<Piece> {
    vec!["add an example where `".into(), expr.span.into(), "` alone decides".into()]
}

/// `and` for `or`, the other way round, and each part taken out.
fn joined(expr: &Expr, parts: &[Expr], put: &mut Put) {
    let is_and = matches!(expr.kind, ExprKind::And(_));
    let remade = |parts: Vec<Expr>| make(expr, if is_and { ExprKind::And(parts) } else { ExprKind::Or(parts) });
    // Both ends of a `between` stand in one place: each is a threshold of its own, and they are not parted.
    let one_place = parts.iter().all(|p| p.span == expr.span);
    if !one_place {
        let word = if is_and { " or " } else { " and " };
        let mut to: Vec<Piece> = Vec::new();
        for part in parts {
            if !to.is_empty() {
                to.push(word.into());
            }
            to.push(part.span.into());
        }
        let help = if is_and {
            "add an example where only some of the parts hold"
        } else {
            "add an example where only one of the parts holds"
        };
        let change = Change { kind: MutantKind::Connective, span: expr.span, to, help: vec![help.into()] };
        let kind = if is_and { ExprKind::Or(parts.to_vec()) } else { ExprKind::And(parts.to_vec()) };
        put(change, make(expr, kind));
    }
    for i in (0..parts.len()).filter(|_| !one_place) {
        let mut rest = parts.to_vec();
        let part = rest.remove(i);
        let new = if rest.len() == 1 { rest.remove(0) } else { remade(rest) };
        let help = match is_and {
            true => vec!["add an example where all holds but `".into(), part.span.into(), "`".into()],
            false => vec!["add an example where only `".into(), part.span.into(), "` holds".into()],
        };
        put(Change { kind: MutantKind::Connective, span: part.span, to: Vec::new(), help }, new);
    }
}

fn aggregate(expr: &Expr, a: &Aggregate, put: &mut Put) {
    use AggregateFn::{Any, Average, Every, First, Last, Max, Min, No, Sum};
    let other = match a.function {
        Any => Some(No),
        No => Some(Any),
        Every => None,
        Min => Some(Max),
        Max => Some(Min),
        First => Some(Last),
        Last => Some(First),
        Sum => Some(Average),
        Average => Some(Sum),
        AggregateFn::Count => None,
    };
    if let Some(function) = other {
        let change = Change {
            kind: MutantKind::Operator,
            span: expr.span,
            to: vec![format!("{}(…)", function.word()).into()],
            help: match a.function {
                Any | No => vec!["add an example with one `".into(), a.records.span.into(), "` that counts".into()],
                _ => vec!["add an example with several `".into(), a.records.span.into(), "`".into()],
            },
        };
        put(change, make(expr, ExprKind::Aggregate(Box::new(Aggregate { function, ..a.clone() }))));
    }
    if a.distinct {
        let change = Change {
            kind: MutantKind::Operator,
            span: expr.span,
            to: vec![Piece::Note("without `distinct`".into())],
            help: vec!["add an example where one value comes twice".into()],
        };
        let new = Aggregate { distinct: false, argument: None, ..a.clone() };
        put(change, make(expr, ExprKind::Aggregate(Box::new(new))));
    }
    if let Some(filter) = &a.records.filter {
        let mut without = a.clone();
        without.records.filter = None;
        let change = Change {
            kind: MutantKind::Where,
            span: filter.span,
            to: Vec::new(),
            help: vec![
                "add an example with a `".into(),
                a.records.span.into(),
                "` that does not count, since `".into(),
                filter.span.into(),
                "` does not hold".into(),
            ],
        };
        put(change, make(expr, ExprKind::Aggregate(Box::new(without))));
    }
    if let Some(window) = &a.records.window {
        windows::variants(window, &mut |change, window| {
            let mut new = a.clone();
            new.records.window = window;
            put(change, make(expr, ExprKind::Aggregate(Box::new(new))));
        });
    }
}

fn sequence(expr: &Expr, s: &Sequence, put: &mut Put) {
    let mut with = |change: Change, new: Sequence| put(change, make(expr, ExprKind::Sequence(Box::new(new))));
    if let Some(function) = match s.function {
        AggregateFn::Any => Some(AggregateFn::No),
        AggregateFn::No => Some(AggregateFn::Any),
        _ => None,
    } {
        let change = Change {
            kind: MutantKind::Operator,
            span: expr.span,
            to: vec![format!("{}(…)", function.word()).into()],
            help: vec!["add an example with the whole sequence".into()],
        };
        with(change, Sequence { function, ..s.clone() });
    }
    for (i, step) in s.steps.iter().enumerate() {
        if let Some(filter) = &step.filter {
            let mut new = s.clone();
            new.steps[i].filter = None;
            let help = vec!["add an example where `".into(), filter.span.into(), "` does not hold".into()];
            with(Change { kind: MutantKind::Where, span: filter.span, to: Vec::new(), help }, new);
        }
        if step.within.is_some() {
            let mut new = s.clone();
            new.steps[i].within = None;
            let help = vec!["add an example where this step comes too late".into()];
            let to = vec![Piece::Note("without its `within`".into())];
            with(Change { kind: MutantKind::Window, span: step.span, to, help }, new);
        }
        if i > 0 && s.steps.len() > 2 {
            let mut new = s.clone();
            new.steps.remove(i);
            let help = vec!["add an example where all but this step happens".into()];
            with(Change { kind: MutantKind::Where, span: step.span, to: Vec::new(), help }, new);
        }
    }
    if let [first, second] = s.steps.as_slice() {
        let mut new = s.clone();
        new.steps.swap(0, 1);
        // The time that may pass belongs to the place, not to the event.
        new.steps[0].within = first.within;
        new.steps[1].within = second.within;
        let change = Change {
            kind: MutantKind::Where,
            span: Span { end: second.span.end, ..first.span },
            to: vec![Piece::Note("in the other order".into())],
            help: vec!["add an example where the two come the other way round".into()],
        };
        with(change, new);
    }
    if let Some(window) = &s.window {
        windows::variants(window, &mut |change, window| with(change, Sequence { window, ..s.clone() }));
    }
}

/// A term at another time, asked at the present.
fn now(expr: &Expr, (up, path, term): (u8, &Vec<FieldId>, DefId), when: &str, put: &mut Put) {
    let change = Change {
        kind: MutantKind::Window,
        span: expr.span,
        to: vec![Piece::Note("asked of today".into())],
        help: vec![format!("add an example where it holds today, and held {when}, or the other way round").into()],
    };
    put(change, make(expr, ExprKind::Get { up, path: path.clone(), target: Target::Def(term) }));
}

fn arithmetic(expr: &Expr, op: ArithmeticOp, left: &Expr, right: &Expr, put: &mut Put) {
    let plain = |ty: &Ty| matches!(ty, Ty::Number | Ty::Percent);
    let other = match op {
        ArithmeticOp::Add if left.ty == right.ty => ArithmeticOp::Subtract,
        ArithmeticOp::Subtract if left.ty == right.ty && left.ty == expr.ty => ArithmeticOp::Add,
        ArithmeticOp::Multiply if plain(&right.ty) && left.ty == expr.ty => ArithmeticOp::Divide,
        ArithmeticOp::Divide if plain(&right.ty) && left.ty == expr.ty => ArithmeticOp::Multiply,
        _ => return,
    };
    let sign = match other {
        ArithmeticOp::Add => "+",
        ArithmeticOp::Subtract => "-",
        ArithmeticOp::Multiply => "*",
        ArithmeticOp::Divide => "/",
    };
    let change = Change {
        kind: MutantKind::Operator,
        span: expr.span,
        to: vec![left.span.into(), format!(" {sign} ").into(), right.span.into()],
        help: vec!["add an example that expects what `".into(), expr.span.into(), "` comes to".into()],
    };
    put(change, make(expr, ExprKind::Arithmetic { op: other, left: left.clone().into(), right: right.clone().into() }));
}

/// Whether a part is the threshold of a comparison of sizes, which has a change of its own.
fn is_threshold(expr: &Expr, part: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Compare { op, .. } if is_order(*op)) && matches!(part.kind, ExprKind::Literal(_))
}
