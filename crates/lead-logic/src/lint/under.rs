//! Conditions inside of a definition: the `where` of what is measured, the lines of a score, a yes/no value.

use std::fmt;

use lead_hir::hir::{Def, DefId, DefKind, Expr, ExprKind, ScoreLineKind, Ty};
use lead_hir::walk;

use super::NODES;
use super::finding::Finding;
use super::term::{Asked, Condition};
use crate::lower::Modules;
use crate::lower::text::Env;
use crate::prove::Prover;

/// L0615 of everything but alternatives and lines of choices.
pub(super) fn check<'l>(modules: &'l Modules<'l>, id: DefId, out: &mut Vec<Finding>) {
    let lexicon = modules.lexicon();
    let def = lexicon.def(id);
    let Some(subject) = def.subject else { return };
    let env = Env::record(lexicon, subject);
    match &def.kind {
        DefKind::Value(expr) if expr.ty == Ty::YesNo => {
            one(modules, def, expr, &env, format_args!("`{}`", def.name.text), out);
        }
        DefKind::Score(score) => {
            for line in &score.lines {
                match &line.kind {
                    ScoreLineKind::When(condition) => {
                        one(modules, def, condition, &env, format_args!("this line of `{}`", def.name.text), out);
                    }
                    ScoreLineKind::Per(records) => {
                        if let Some(filter) = records.filter.as_ref().filter(|f| has_parts(f)) {
                            let inner = env.up(records.up).inner(lexicon, records.table);
                            one(modules, def, filter, &inner, format_args!("this condition on what is counted"), out);
                        }
                    }
                    ScoreLineKind::Always => {}
                }
            }
        }
        _ => {}
    }
    walk::of_def(&def.kind, &mut |whole| filters(modules, def, whole, &env, out));
}

/// A condition of one part alone is never worth a proof.
fn has_parts(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::And(_) => true,
        ExprKind::Windowed { value, .. } | ExprKind::Not(value) => has_parts(value),
        ExprKind::Or(parts) => parts.iter().any(has_parts),
        _ => false,
    }
}

fn filters<'l>(modules: &'l Modules<'l>, def: &Def, expr: &Expr, env: &Env, out: &mut Vec<Finding>) {
    let lexicon = modules.lexicon();
    if let ExprKind::Aggregate(aggregate) = &expr.kind {
        let inner = env.up(aggregate.records.up).inner(lexicon, aggregate.records.table);
        if let Some(filter) = aggregate.records.filter.as_ref().filter(|f| has_parts(f)) {
            one(modules, def, filter, &inner, format_args!("this condition on what is counted"), out);
        }
        walk::parts(expr, &mut |part| filters(modules, def, part, &inner, out));
        return;
    }
    walk::parts(expr, &mut |part| filters(modules, def, part, env, out));
}

fn one<'l>(modules: &'l Modules<'l>, def: &Def, expr: &Expr, env: &Env, what: fmt::Arguments, out: &mut Vec<Finding>) {
    modules.in_world(|world, room| {
        let condition = Condition::new(&mut modules.lowering(world), expr, env);
        let Ok(prover) = Prover::within(world, NODES, room) else { return };
        let mut asked = Asked { prover, lexicon: modules.lexicon(), base: def.span };
        let _ = asked.never(&condition, what, out);
        asked.prover.leave(room);
    });
}
