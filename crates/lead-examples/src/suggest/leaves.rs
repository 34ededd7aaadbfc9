//! The answer of every condition for every combination of the values of its own columns.

use lead_diag::InOrder;
use std::collections::HashMap;
use std::sync::Arc;

use lead_data::{Cell, Column, Data, World};
use lead_eval::values;
use lead_hir::hir::{DefId, FieldId, Given, Lexicon, TableId, Ty, Value};
use lead_plan::{Condition, Decisions, NodeId, Op, Plan, Planner, Scope};

use super::mask::{self, Mask};
use crate::coverage::{Side, step_of};
use crate::suite::Suite;
use crate::value::value_at;

/// Combinations of one condition beyond this many are not tried.
const MOST: usize = 1 << 12;

/// A definition ready to be searched.
pub(crate) struct Ready {
    pub suite: Suite,
    pub def: DefId,
    pub table: TableId,
    pub columns: Vec<Given>,
    /// By column.
    pub domains: Vec<Vec<Option<Value>>>,
    pub as_of: i64,
    pub apart: Decisions,
    /// By decision that is not of a `where`, by condition.
    pub leaves: Vec<Vec<Leaf>>,
}

/// A condition.
pub(crate) struct Leaf {
    /// Its columns, ascending.
    pub columns: Vec<usize>,
    /// By combination of their values, the last column the fastest.
    pub entries: Vec<Entry>,
    /// What it can be at all.
    pub mask: Mask,
}

/// What a condition comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub answer: Option<bool>,
    pub side: Option<Side>,
}

impl Leaf {
    /// Its entry under an assignment of all of its columns; `None`: some are open.
    pub fn entry(&self, assigned: &[Option<usize>], domains: &[Vec<Option<Value>>]) -> Option<Entry> {
        let mut at = 0;
        for column in &self.columns {
            at = at * domains.get(*column)?.len() + (*assigned.get(*column)?)?;
        }
        self.entries.get(at).copied()
    }
}

/// A planner of a suite that gives the columns.
pub(crate) fn planner<'s>(suite: &'s Suite, columns: &[Given], as_of: i64) -> Planner<'s> {
    let mut planner = Planner::new(suite.lexicon(), as_of);
    for given in columns {
        if let Given::Def(def) = given
            && let Some(field) = suite.given(*def)
        {
            planner.give(*def, field);
        }
    }
    planner
}

/// The field that a column's values stand in.
pub(crate) fn field_of(suite: &Suite, given: Given) -> Option<FieldId> {
    match given {
        Given::Field(field) => Some(field),
        Given::Def(def) => suite.given(def),
        Given::Expected => None,
    }
}

/// A world of one record per row of values.
pub(crate) fn world<'v>(
    suite: &Suite,
    table: TableId,
    columns: &[Given],
    rows: impl Iterator<Item = Vec<(usize, &'v Option<Value>)>>,
) -> World {
    let mut world = World::new(suite.lexicon());
    for cells in rows {
        let row = world.record(table, Vec::new());
        for (column, value) in cells {
            let field = columns.get(column).and_then(|given| field_of(suite, *given));
            if let (Some(field), Some(value)) = (field, value) {
                world.fill(table, row, field.0 as usize, Cell::Value(value.clone()));
            }
        }
    }
    world
}

/// The columns that a node depends on, ascending.
fn depends(plan: &Plan, suite: &Suite, table: TableId, columns: &[Given], node: NodeId) -> Vec<usize> {
    let fields: Vec<Option<FieldId>> = columns.iter().map(|given| field_of(suite, *given)).collect();
    let mut out = Vec::new();
    let mut open = vec![node];
    let mut seen = std::collections::HashSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = plan.node(id);
        if let (Op::Field(field), Scope::Table(at)) = (&node.op, node.scope)
            && at == table
        {
            out.extend(fields.iter().position(|f| *f == Some(*field)));
        }
        node.op.operands(&mut |id| open.push(id));
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Works out all conditions of a definition. `None`: there is nothing to work with, or too much.
pub(crate) fn leaves(
    suite: &Suite,
    (def, table): (DefId, TableId),
    columns: &[Given],
    domains: &[Vec<Option<Value>>],
    as_of: i64,
) -> Option<(Decisions, Vec<Vec<Leaf>>)> {
    let lexicon = suite.lexicon();
    let mut planner = planner(suite, columns, as_of);
    let node = planner.answer(def)?;
    let apart = planner.planned(def).into_iter().find(|apart| apart.node == node)?;
    let plan = planner.finish();
    let main = || apart.decisions.iter().filter(|d| !d.inner);
    // One record for each combination of each condition.
    let mut rows: Vec<Vec<(usize, &Option<Value>)>> = Vec::new();
    let mut places: Vec<(Vec<usize>, usize, usize)> = Vec::new();
    for condition in main().flat_map(|d| &d.conditions) {
        let own = depends(&plan, suite, table, columns, condition.node);
        let sizes: Vec<usize> = own.iter().filter_map(|c| Some(domains.get(*c)?.len())).collect();
        let count = sizes.iter().try_fold(1usize, |n, size| n.checked_mul(*size).filter(|n| *n <= MOST))?;
        places.push((own.clone(), rows.len(), count));
        for combination in 0..count {
            let (mut rest, mut cells) = (combination, Vec::new());
            for (column, size) in own.iter().zip(&sizes).rev() {
                cells.push((*column, domains.get(*column)?.get(rest % size)?));
                rest /= size;
            }
            rows.push(cells);
        }
    }
    let data = Data::made(lexicon, world(suite, table, columns, rows.into_iter()));
    let mut nodes: Vec<NodeId> = Vec::new();
    for condition in main().flat_map(|d| &d.conditions) {
        nodes.push(condition.node);
        nodes.extend(condition.border.iter().flat_map(|b| [b.left.0, b.right.0]));
    }
    nodes.in_order();
    nodes.dedup();
    let found = values(lexicon, &plan, &data, &nodes).ok()?;
    let found: HashMap<NodeId, Arc<Column>> = nodes.into_iter().zip(found).filter_map(|(n, c)| Some((n, c?))).collect();
    let mut places = places.into_iter();
    let mut out = Vec::new();
    for decision in main() {
        let mut of_decision = Vec::new();
        for condition in &decision.conditions {
            let (columns, from, count) = places.next()?;
            let entries: Vec<Entry> =
                (from..from + count).map(|row| entry(lexicon, &plan, &found, condition, row)).collect();
            let mask = entries.iter().fold(0, |sum, e| sum | mask::of(e.answer));
            of_decision.push(Leaf { columns, entries, mask });
        }
        out.push(of_decision);
    }
    Some((apart, out))
}

fn entry(
    lexicon: &Lexicon,
    plan: &Plan,
    found: &HashMap<NodeId, Arc<Column>>,
    condition: &Condition,
    row: usize,
) -> Entry {
    let value = |node: NodeId, ty: &Ty| value_at(found.get(&node)?, ty, row);
    let answer = match value(condition.node, &Ty::YesNo) {
        Some(Value::YesNo(yes)) => Some(yes),
        _ => None,
    };
    let side = condition.border.as_ref().and_then(|b| {
        let (left, right) = (value(b.left.0, &b.left.1)?, value(b.right.0, &b.right.1)?);
        crate::coverage::side(b.op, &left, &right, &step_of(plan, b), &lexicon.settings.zone)
    });
    Entry { answer, side }
}
