//! What a table of a definition can give: fields and definitions of the same record that it names.

use lead_hir::hir::{DefId, DefKind, Expr, ExprKind, Given, Lexicon, ScoreLineKind, TableId, Target, Ty};
use lead_hir::walk;

/// The columns of a definition, in the order in which it names them.
pub(crate) fn of_def(lexicon: &Lexicon, id: DefId, table: TableId) -> Vec<Given> {
    let def = lexicon.def(id);
    let mut out = Vec::new();
    if let DefKind::Funnel(steps) = &def.kind {
        steps.iter().for_each(|step| add(lexicon, table, Given::Def(*step), &mut out));
    }
    own(&def.kind).into_iter().for_each(|whole| of_expr(lexicon, table, whole, &mut out));
    // What is also asked at another time is not given: it would be the same at both.
    let mut moved = Vec::new();
    for whole in own(&def.kind) {
        walk::all(whole, &mut |e| {
            if let ExprKind::Was { term, .. } | ExprKind::Became { term, .. } = &e.kind {
                moved.push(Given::Def(*term));
            }
        });
    }
    out.retain(|given| !moved.contains(given));
    out
}

/// The expressions of a definition that are asked of its own records: not those of a line of a score for each of others.
pub(crate) fn own(kind: &DefKind) -> Vec<&Expr> {
    let mut out = Vec::new();
    match kind {
        DefKind::Score(score) => {
            for line in &score.lines {
                if let ScoreLineKind::When(condition) = &line.kind {
                    out.push(condition);
                }
                let per = matches!(line.kind, ScoreLineKind::Per(_));
                out.extend(Some(&line.points).filter(|_| !per));
                out.extend(line.at_most.iter().chain(&line.at_least));
            }
            out.extend(score.at_most.iter().chain(&score.at_least));
        }
        kind => walk::of_def(kind, &mut |whole| out.push(whole)),
    }
    out
}

/// The columns of an expression that is asked of the record itself.
pub(crate) fn of_expr(lexicon: &Lexicon, table: TableId, expr: &Expr, out: &mut Vec<Given>) {
    match &expr.kind {
        ExprKind::Get { up: 0, path, target } if path.is_empty() => match target {
            Target::Field(field) => add(lexicon, table, Given::Field(*field), out),
            Target::Def(def) => add(lexicon, table, Given::Def(*def), out),
            Target::Record => {}
        },
        // Their parts are asked of other records.
        ExprKind::Aggregate(_) | ExprKind::Sequence(_) => {}
        _ => walk::parts(expr, &mut |part| of_expr(lexicon, table, part, out)),
    }
}

fn add(lexicon: &Lexicon, table: TableId, given: Given, out: &mut Vec<Given>) {
    let ty = ty(lexicon, table, given);
    let fits = match &ty {
        Ty::List(item) => matches!(**item, Ty::Text | Ty::OneOf(_)),
        ty => !matches!(ty, Ty::Record(_) | Ty::Key | Ty::Period | Ty::Error),
    };
    let constant = match given {
        Given::Def(def) => is_constant(lexicon, def) || lexicon.def(def).subject != Some(table),
        _ => false,
    };
    if fits && !constant && !out.contains(&given) {
        out.push(given);
    }
}

/// The type of a column.
pub(crate) fn ty(lexicon: &Lexicon, table: TableId, given: Given) -> Ty {
    match given {
        Given::Field(field) => lexicon.field(table, field).ty.clone(),
        Given::Def(def) => lexicon.def(def).ty.clone(),
        Given::Expected => Ty::Error,
    }
}

/// A value that is the same for all (D46) is a setting of the lexicon, and not given.
fn is_constant(lexicon: &Lexicon, def: DefId) -> bool {
    matches!(&lexicon.def(def).kind, DefKind::Value(expr) if walk::is_constant(expr))
}
