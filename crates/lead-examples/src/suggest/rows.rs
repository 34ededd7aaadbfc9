//! The rows of a suggested table: for each goal that is left one that shows it, and today's answer of each.

use lead_diag::InOrder;
use std::collections::BTreeSet;

use lead_data::Data;
use lead_eval::values;
use lead_hir::hir::{DefId, DefKind, Given, Ty, Value};
use lead_plan::{OutcomeKind, Planner, calendar};

use super::leaves::{Ready, leaves, planner, world};
use super::search::{Wanted, main, search};
use super::{SuggestedRow, Suggestion, columns, domain};
use crate::coverage::{Decided, Goal, Side, Tri, What, answer, decides};
use crate::suite::Suite;
use crate::value::value_at;

/// Rows that show what is missing of a definition. Definitions may build on each other thousands deep: the caller sees to the stack.
pub(crate) fn rows(of: &Suite, def: DefId, missing: &[Goal]) -> Option<Suggestion> {
    let ready = ready(of, def)?;
    let mut open: BTreeSet<Goal> = missing.iter().copied().collect();
    let mut found: Vec<(Vec<usize>, Vec<Goal>)> = Vec::new();
    // What says most comes first, and often shows the rest as well.
    let mut order: Vec<Goal> = missing.to_vec();
    order.in_order_by_key(|goal| (rank(goal), *goal));
    for goal in order {
        if !open.contains(&goal) {
            continue;
        }
        let wanted = |deciding| Wanted { goal, deciding };
        let row = made(&ready, goal).or_else(|| search(&ready, wanted(true)).or_else(|| search(&ready, wanted(false))));
        let Some(row) = row else { continue };
        let shows: Vec<Goal> = shown(&ready, &row).into_iter().filter(|goal| open.contains(goal)).collect();
        // Only what the whole row shows counts.
        if !shows.contains(&goal) {
            continue;
        }
        open.retain(|goal| !shows.contains(goal));
        found.push((row, shows));
    }
    let answers = answers(&ready, &found)?;
    let cells = |row: &[usize]| -> Vec<Option<Value>> {
        let value = |(column, at): (usize, &usize)| ready.domains.get(column)?.get(*at)?.clone();
        row.iter().enumerate().map(value).collect()
    };
    let mut rows = Vec::new();
    for ((row, shows), answer) in found.iter().zip(answers) {
        let known = |goal: &Goal| match goal {
            Goal::Outcome(i) => match ready.apart.outcomes.get(*i).map(|o| &o.kind) {
                Some(OutcomeKind::Known(_)) => answer.is_some(),
                _ => true,
            },
            Goal::Condition(..) => true,
        };
        if shows.iter().all(known) {
            rows.push(SuggestedRow { cells: cells(row), answer, shows: shows.clone() });
        } else {
            open.extend(shows);
        }
    }
    let timed = |given: &Given| matches!(columns::ty(ready.suite.lexicon(), ready.table, *given), Ty::Time | Ty::Date);
    let as_of = ready.columns.iter().any(timed).then_some(ready.as_of);
    Some(Suggestion { def, columns: ready.columns.clone(), rows, left: open.into_iter().collect(), as_of })
}

fn rank(goal: &Goal) -> u8 {
    match goal {
        Goal::Condition(_, _, What::DecidesYes) => 0,
        Goal::Condition(_, _, What::DecidesNo) => 1,
        Goal::Condition(_, _, What::Beyond) => 2,
        Goal::Condition(_, _, What::At) => 3,
        Goal::Outcome(_) => 4,
        Goal::Condition(_, _, What::Unknown) => 5,
        Goal::Condition(..) => 6,
    }
}

fn ready(of: &Suite, def: DefId) -> Option<Ready> {
    let table = of.lexicon().def(def).subject?;
    let columns = columns::of_def(of.lexicon(), def, table);
    if columns.is_empty() {
        return None;
    }
    let mut suite = Suite::bare(of);
    for given in &columns {
        if let Given::Def(def) = given {
            suite.give(*def);
        }
    }
    let lexicon = suite.lexicon();
    let zone = &lexicon.settings.zone;
    let timed = columns.iter().any(|g| matches!(columns::ty(lexicon, table, *g), Ty::Time | Ty::Date));
    let as_of = match timed {
        // A table says its day, whose end is meant (D24).
        true => calendar::end_of_day(calendar::local_day(of.usual_as_of(), zone), zone),
        false => of.usual_as_of(),
    };
    let unknown = unknown(&suite, &columns, as_of);
    let domains: Vec<Vec<Option<Value>>> = columns
        .iter()
        .zip(unknown)
        .map(|(given, unknown)| domain::of_column(lexicon, (def, table), *given, as_of, unknown))
        .collect();
    let (apart, leaves) = leaves(&suite, (def, table), &columns, &domains, as_of)?;
    Some(Ready { suite, def, table, columns, domains, as_of, apart, leaves })
}

/// By column: whether it can be unknown where it is worked out.
fn unknown(suite: &Suite, columns: &[Given], as_of: i64) -> Vec<bool> {
    let mut planner = Planner::new(suite.lexicon(), as_of);
    let nodes: Vec<_> = columns
        .iter()
        .map(|given| match given {
            Given::Def(def) => planner.answer(*def),
            _ => None,
        })
        .collect();
    let open = planner.finish().may_be_unknown();
    nodes.iter().map(|node| node.is_none_or(|n| open.get(n.0 as usize).copied().unwrap_or(true))).collect()
}

/// The row of a goal that needs no search: a step of a funnel, a value that is known.
fn made(ready: &Ready, goal: Goal) -> Option<Vec<usize>> {
    let Goal::Outcome(i) = goal else { return None };
    let at = |column: usize, value: Option<Value>| ready.domains.get(column)?.iter().position(|v| *v == value);
    match &ready.apart.outcomes.get(i)?.kind {
        OutcomeKind::Step(..) => {
            let DefKind::Funnel(steps) = &ready.suite.lexicon().def(ready.def).kind else { return None };
            let step = steps.get(i)?;
            let furthest = ready.columns.iter().position(|g| *g == Given::Def(*step))?;
            // Steps stand in their order, each once.
            (0..ready.columns.len()).map(|c| at(c, Some(Value::YesNo(c <= furthest)))).collect()
        }
        OutcomeKind::Known(_) => Some(vec![0; ready.columns.len()]),
        _ => None,
    }
}

/// Everything that a row shows.
fn shown(ready: &Ready, row: &[usize]) -> Vec<Goal> {
    let assigned: Vec<Option<usize>> = row.iter().map(|v| Some(*v)).collect();
    let mut out = Vec::new();
    for (d, leaves) in ready.leaves.iter().enumerate() {
        let Some(decision) = main(ready, d) else { continue };
        let entries: Vec<_> = leaves.iter().map(|leaf| leaf.entry(&assigned, &ready.domains)).collect();
        let seen: Vec<Tri> = entries.iter().map(|e| e.and_then(|e| e.answer)).collect();
        for (c, entry) in entries.iter().enumerate() {
            let Some(entry) = entry else { continue };
            let mut put = |what| out.push(Goal::Condition(d, c, what));
            let (is, decided) = match entry.answer {
                Some(true) => (What::Yes, What::DecidesYes),
                Some(false) => (What::No, What::DecidesNo),
                None => (What::Unknown, What::Unknown),
            };
            put(is);
            if decides(&decision.shape, &seen, c) {
                put(decided);
            }
            match entry.side {
                Some(Side::At) => put(What::At),
                Some(Side::Beyond) => put(What::Beyond),
                None => {}
            }
        }
        if let Decided::Line(Some(line)) = answer(&decision.shape, &seen) {
            let place = ready.apart.outcomes.iter().position(|o| o.kind == OutcomeKind::Line(line));
            out.extend(place.map(Goal::Outcome));
        }
    }
    for (i, outcome) in ready.apart.outcomes.iter().enumerate() {
        match &outcome.kind {
            // Whether it is known, its answer tells.
            OutcomeKind::Known(_) => out.push(Goal::Outcome(i)),
            OutcomeKind::Step(..) if made(ready, Goal::Outcome(i)).as_deref() == Some(row) => {
                out.push(Goal::Outcome(i));
            }
            _ => {}
        }
    }
    out
}

/// Today's answer of each row.
fn answers(ready: &Ready, found: &[(Vec<usize>, Vec<Goal>)]) -> Option<Vec<Option<Value>>> {
    let lexicon = ready.suite.lexicon();
    let mut planner = planner(&ready.suite, &ready.columns, ready.as_of);
    let node = planner.answer(ready.def)?;
    let plan = planner.finish();
    let cells = |row: &'_ Vec<usize>| -> Vec<(usize, &Option<Value>)> {
        row.iter().enumerate().filter_map(|(c, at)| Some((c, ready.domains.get(c)?.get(*at)?))).collect()
    };
    let world = world(&ready.suite, ready.table, &ready.columns, found.iter().map(|(row, _)| cells(row)));
    let data = Data::made(lexicon, world);
    let column = values(lexicon, &plan, &data, &[node]).ok()?.pop()??;
    let ty = &lexicon.def(ready.def).ty;
    Some((0..found.len()).map(|row| value_at(&column, ty, row)).collect())
}
