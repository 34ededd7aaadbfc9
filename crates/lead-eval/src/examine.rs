//! A run whose parts can be looked at afterwards, record by record: what an answer was made of, for many records after one run.

use lead_data::{Data, NO_RECORD};
use lead_hir::hir::{Lexicon, TableId, Value};
use lead_plan::{Explained, NodeId, Part, Plan};

use crate::answers::Answers;
use crate::engine::{Engine, EvalError, Wanted};
use crate::metric::shown_value;
use crate::why::row_of;

/// Answers, and the values of parts of them.
pub struct Examined<'a> {
    engine: Engine<'a>,
    answers: Answers,
}

/// Answers a plan as [`crate::evaluate`] does, and keeps what the parts have for every record.
///
/// # Errors
/// An amount of money that leaves its 64 bits.
pub fn examine<'a>(
    lexicon: &'a Lexicon,
    plan: &'a Plan,
    data: &'a Data<'a>,
    parts: &[Explained],
) -> Result<Examined<'a>, EvalError> {
    let mut keep = Vec::new();
    parts.iter().for_each(|part| nodes(part, &mut keep));
    let mut engine = Engine::new(lexicon, plan, data);
    engine.run(Wanted::These(&keep))?;
    let answers = engine.answers(false)?;
    Ok(Examined { engine, answers })
}

fn nodes(part: &Explained, out: &mut Vec<NodeId>) {
    out.push(part.node);
    if let Part::Line { result, .. } = part.part {
        out.push(result);
    }
    part.parts.iter().for_each(|inner| nodes(inner, out));
}

impl Examined<'_> {
    /// The answers.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// The row that a part is asked of, where the part above it is asked of `row` of `parent`; [`NO_RECORD`] where a reference leads
    /// nowhere. The part at the top is asked of its own table.
    pub fn row_of(&self, part: &Explained, parent: Option<TableId>, row: u32) -> u32 {
        row_of(&self.engine, part, parent, row)
    }

    /// The value of a part for its row; `None` is unknown.
    pub fn value(&self, part: &Explained, row: u32) -> Option<Value> {
        self.node(part.node, row)
    }

    /// The value of a node of a part for its row.
    pub fn node(&self, node: NodeId, row: u32) -> Option<Value> {
        if row == NO_RECORD {
            return None;
        }
        let ty = &self.engine.cx.plan.node(node).ty;
        shown_value(&self.engine, self.engine.stored(node).value(row as usize)?, ty)
    }
}
