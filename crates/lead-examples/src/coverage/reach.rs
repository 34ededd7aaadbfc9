//! Which records an example's questions come to: from what is asked down the references and measures of the plan.

use lead_data::{Column, Data, NO_RECORD, Values};
use lead_hir::hir::{Lexicon, TableId};
use lead_plan::{MeasureKind, NodeId, Op, Plan, Scope};

/// Which records of which nodes were asked.
pub(crate) struct Reach<'p> {
    lexicon: &'p Lexicon,
    plan: &'p Plan,
    data: &'p Data<'p>,
    /// By node: which of its records.
    rows: Vec<Vec<bool>>,
    open: Vec<(NodeId, u32)>,
}

impl<'p> Reach<'p> {
    pub(crate) fn new(lexicon: &'p Lexicon, plan: &'p Plan, data: &'p Data<'p>) -> Reach<'p> {
        Reach { lexicon, plan, data, rows: vec![Vec::new(); plan.nodes.len()], open: Vec::new() }
    }

    /// Whether a record of a node was asked.
    pub(crate) fn has(&self, node: NodeId, row: usize) -> bool {
        self.rows.get(node.0 as usize).and_then(|rows| rows.get(row)).is_some_and(|asked| *asked)
    }

    /// Whether any record of a node was asked.
    pub(crate) fn any(&self, node: NodeId) -> bool {
        self.rows.get(node.0 as usize).is_some_and(|rows| rows.contains(&true))
    }

    /// Asks a record of a node, and all that this comes to.
    pub(crate) fn ask(&mut self, node: NodeId, row: u32) {
        self.note(node, row);
        while let Some((node, row)) = self.open.pop() {
            self.below(node, row);
        }
    }

    fn note(&mut self, node: NodeId, row: u32) {
        let Some(rows) = self.rows.get_mut(node.0 as usize) else { return };
        let at = row as usize;
        if row == NO_RECORD || rows.get(at) == Some(&true) {
            return;
        }
        if rows.len() <= at {
            rows.resize(at + 1, false);
        }
        rows[at] = true;
        self.open.push((node, row));
    }

    fn below(&mut self, node: NodeId, row: u32) {
        let plan = self.plan;
        let at = plan.node(node);
        match &at.op {
            Op::Follow { reference, node: inner } => {
                let Scope::Table(table) = at.scope else { return };
                // A reference of an event is not in a table of records: all that it may lead to count.
                let Some(records) = self.data.records(table) else {
                    if let Scope::Table(to) = plan.node(*inner).scope {
                        self.all(*inner, to);
                    }
                    return;
                };
                if let Some(Column { values: Values::Record(to), .. }) =
                    records.columns.get(reference.0 as usize).and_then(|c| c.as_ref())
                    && let Some(to) = to.get(row as usize)
                {
                    self.note(*inner, *to);
                }
            }
            Op::Measure(measure) => {
                let measure = plan.measure(*measure);
                for input in measure.inputs() {
                    match plan.node(input).scope {
                        Scope::Pair(_) => self.pair(input, measure.table, row),
                        _ => self.all(input, measure.table),
                    }
                }
                if let MeasureKind::Sequence(steps) = &measure.kind {
                    steps.iter().filter_map(|s| Some((s.filter?, s.table))).for_each(|(f, t)| self.all(f, t));
                }
            }
            op => {
                let mut operands = Vec::new();
                op.operands(&mut |id| operands.push(id));
                operands.into_iter().for_each(|id| self.note(id, row));
            }
        }
    }

    /// Every record of a table; one stands for all events.
    fn all(&mut self, node: NodeId, table: TableId) {
        let rows = match self.lexicon.table(table).is_event() {
            true => 1,
            false => self.data.records(table).map_or(0, |r| r.rows as u32),
        };
        (0..rows).for_each(|row| self.note(node, row));
    }

    fn pair(&mut self, node: NodeId, table: TableId, subject: u32) {
        match &self.plan.node(node).op {
            Op::OfRecord(inner) => self.all(*inner, table),
            Op::OfSubject(inner) => self.note(*inner, subject),
            op => {
                let mut operands = Vec::new();
                op.operands(&mut |id| operands.push(id));
                operands.into_iter().for_each(|id| self.pair(id, table, subject));
            }
        }
    }
}
