//! A run looked at as a whole, for reports: answers with their clauses, what each line of a score gave, and which missing values stand
//! between records and their answers.

use std::collections::{BTreeSet, HashSet};

use lead_data::{Data, NO_RECORD};
use lead_hir::hir::{ArithmeticOp, DefId, FieldId, Lexicon, TableId, Ty, Value};
use lead_plan::{MeasureKind, NodeId, Op, Plan, Scope};

use crate::answers::Answers;
use crate::engine::{Engine, EvalError, Wanted};
use crate::kernel::Rows;
use crate::vector::{Vector, records};

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Survey {
    /// All answers, with those of clauses.
    pub answers: Answers,
    /// Scores, in order of the lexicon.
    pub scores: Vec<ScoreLines>,
    /// Missing values that answers hang on.
    pub gaps: Vec<Gap>,
}

/// What each line of a score gave.
#[derive(Clone, Debug)]
pub struct ScoreLines {
    /// Which score.
    pub def: DefId,
    /// For each line, in order: points of each record, sign and bounds of the line applied.
    pub lines: Vec<Vec<f64>>,
}

/// A missing value that an answer which cannot be told hangs on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The definition that cannot be told.
    pub def: DefId,
    /// The record that it is asked of, a row of the definition's subject.
    pub asked: u32,
    /// Whose value is missing.
    pub table: TableId,
    /// Of which record: a row of that table.
    pub row: u32,
    /// What is missing.
    pub missing: Missing,
    /// Whether nothing else is missing for this answer: filled, it decides, whatever it comes to. A reference decides if the record that it
    /// will name has what is asked of it.
    pub alone: bool,
}

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// The value of a field, or the record that a reference names.
    Field(FieldId),
    /// There is no record of a table to take a value from.
    Record(TableId),
}

/// Surveys a run. `plan` measures each line of a score apart (see `Planner::new`).
///
/// # Errors
/// An amount of money that leaves its 64 bits (D19).
pub fn survey<'a>(lexicon: &'a Lexicon, plan: &'a Plan, data: &'a Data<'a>) -> Result<Survey, EvalError> {
    let mut engine = Engine::new(lexicon, plan, data);
    engine.run(Wanted::Everything)?;
    let (mut scores, mut gaps) = (Vec::new(), Vec::new());
    for subject in &plan.subjects {
        let len = data.records(subject.table).map_or(0, |r| r.rows);
        for (def, node) in &subject.defs {
            match &plan.node(*node).op {
                Op::Score { lines, .. } => {
                    let rows: Rows = engine.rows(len);
                    let lines = lines.iter().map(|line| crate::number::score_line(&rows, line)).collect();
                    scores.push(ScoreLines { def: *def, lines });
                }
                Op::Term { .. } | Op::Choice(_) => {
                    let either = either_way(plan, *node);
                    for row in 0..len as u32 {
                        missing_for(&engine, (*def, *node), &either, row, &mut gaps);
                    }
                }
                _ => {}
            }
        }
    }
    Ok(Survey { answers: engine.answers(true)?, scores, gaps })
}

/// A missing value: whose, of which record, what.
type Place = (TableId, u32, Missing);

/// What an answer that cannot be told hangs on.
#[derive(Default)]
struct Leaves {
    /// Known all together, they decide.
    needed: BTreeSet<Place>,
    /// They decide only if they come out in one way: conditions of choices, exceptions.
    other: BTreeSet<Place>,
    /// Something is unknown that no value can fill, such as a division by zero.
    stuck: bool,
}

/// The gaps of one answer: none where it can be told.
fn missing_for(
    engine: &Engine,
    (def, node): (DefId, NodeId),
    either: &BTreeSet<(TableId, FieldId)>,
    row: u32,
    gaps: &mut Vec<Gap>,
) {
    if engine.stored(node).is_known(row as usize) {
        return;
    }
    let mut found = Leaves::default();
    leaves(engine, node, row, &mut found);
    let alone = !found.stuck && found.needed.len() == 1;
    let others: Vec<Place> = found.other.difference(&found.needed).copied().collect();
    let certain = |place: &Place| match place.2 {
        Missing::Field(field) => !either.contains(&(place.0, field)),
        Missing::Record(_) => true,
    };
    let needed = found.needed.into_iter().map(|place| (place, alone && certain(&place)));
    let all = needed.chain(others.into_iter().map(|place| (place, false)));
    gaps.extend(all.map(|((table, at, missing), alone)| Gap { def, asked: row, table, row: at, missing, alone }));
}

/// Fields whose value can also change what stands beside them in a rule, so that filling one may open another question: those that are asked
/// whether they are known, that choose lines or records, or that are asked in exceptions.
fn either_way(plan: &Plan, node: NodeId) -> BTreeSet<(TableId, FieldId)> {
    let (mut out, mut seen) = (BTreeSet::new(), HashSet::new());
    let mut open = vec![(node, false)];
    while let Some((id, under)) = open.pop() {
        if !seen.insert((id, under)) {
            continue;
        }
        let node = plan.node(id);
        let mut field = |field: FieldId| {
            if let (true, Scope::Table(table)) = (under, node.scope) {
                out.insert((table, field));
            }
        };
        match &node.op {
            Op::Field(f) => field(*f),
            Op::Follow { reference, node } => {
                field(*reference);
                open.push((*node, under));
            }
            Op::Measure(id) => open.extend(plan.measure(*id).inputs().iter().map(|i| (*i, true))),
            Op::Term { alternatives, exceptions } => {
                open.extend(alternatives.iter().map(|i| (*i, under)));
                open.extend(exceptions.iter().map(|i| (*i, true)));
            }
            Op::Choice(lines) => {
                open.extend(lines.iter().filter_map(|l| l.0).map(|i| (i, true)));
                open.extend(lines.iter().map(|l| (l.1, under)));
            }
            Op::InList(value, items) => {
                open.push((*value, under));
                open.extend(items.iter().map(|i| (*i, true)));
            }
            op @ (Op::IsKnown(_) | Op::IsYes(_) | Op::IsZero(_) | Op::Score { .. } | Op::Furthest(_)) => {
                op.operands(&mut |i| open.push((i, true)));
            }
            op => op.operands(&mut |i| open.push((i, under))),
        }
    }
    out
}

/// The missing values that make a node unknown for a record. By Kleene's rules what an unknown `and` or `or` hangs on are exactly its
/// parts that are unknown themselves.
fn leaves(engine: &Engine, node: NodeId, row: u32, out: &mut Leaves) {
    let plan = engine.cx.plan;
    // What is the same for all has one slot.
    let slot = |id: &NodeId| if matches!(plan.node(*id).scope, Scope::Table(_)) { row as usize } else { 0 };
    let unknown = |id: &NodeId| !engine.stored(*id).is_known(slot(id));
    if !unknown(&node) {
        return;
    }
    let Scope::Table(table) = plan.node(node).scope else {
        out.stuck = true;
        return;
    };
    match &plan.node(node).op {
        Op::Field(field) => {
            out.needed.insert((table, row, Missing::Field(*field)));
        }
        Op::Follow { reference, node } => {
            let to = engine.field(table, *reference).map(|c| records(&Vector::Borrowed(c)).get(row as usize));
            match to {
                Some(to) if to != NO_RECORD => leaves(engine, *node, to, out),
                _ => {
                    out.needed.insert((table, row, Missing::Field(*reference)));
                }
            }
        }
        Op::Measure(id) => {
            let measure = plan.measure(*id);
            let of_one = matches!(
                measure.kind,
                MeasureKind::First | MeasureKind::Last | MeasureKind::Min | MeasureKind::Max | MeasureKind::Average
            );
            if of_one {
                out.needed.insert((table, row, Missing::Record(measure.table)));
            } else {
                out.stuck = true;
            }
        }
        // An exception that cannot be told does not block; told, it may.
        Op::Term { alternatives, exceptions } => {
            alternatives.iter().for_each(|id| leaves(engine, *id, row, out));
            exceptions.iter().for_each(|id| perhaps(engine, *id, row, out));
        }
        // A line whose condition cannot be told does not match; told, it may.
        Op::Choice(lines) => {
            for (condition, result) in lines {
                match condition {
                    Some(condition) if unknown(condition) => perhaps(engine, *condition, row, out),
                    Some(condition) if !is_yes(engine, *condition, row) => {}
                    _ => {
                        leaves(engine, *result, row, out);
                        return;
                    }
                }
            }
            out.stuck = true;
        }
        Op::InList(value, _) => leaves(engine, *value, row, out),
        op if divides_by_zero(engine, op, row) => out.stuck = true,
        op => {
            let mut any = false;
            op.operands(&mut |id| {
                any |= unknown(&id);
                leaves(engine, id, row, out);
            });
            out.stuck |= !any;
        }
    }
}

/// What may decide, if it comes out in one way.
fn perhaps(engine: &Engine, node: NodeId, row: u32, out: &mut Leaves) {
    let mut found = Leaves::default();
    leaves(engine, node, row, &mut found);
    out.other.extend(found.needed);
    out.other.extend(found.other);
}

/// Whatever is divided by zero is unknown.
fn divides_by_zero(engine: &Engine, op: &Op, row: u32) -> bool {
    let Op::Arithmetic(ArithmeticOp::Divide, _, by) = op else { return false };
    let slot = if matches!(engine.cx.plan.node(*by).scope, Scope::Table(_)) { row as usize } else { 0 };
    match engine.stored(*by).value(slot) {
        Some(Value::Number(n) | Value::Percent(n)) => n == 0.0,
        Some(Value::Money(n) | Value::Duration(n) | Value::Time(n)) => n == 0,
        _ => false,
    }
}

fn is_yes(engine: &Engine, node: NodeId, row: u32) -> bool {
    engine.cx.plan.node(node).ty == Ty::YesNo && engine.stored(node).value(row as usize) == Some(Value::YesNo(true))
}
