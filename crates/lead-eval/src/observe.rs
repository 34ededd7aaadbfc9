//! The values of chosen nodes: what examples make of the parts of a definition.

use std::sync::{Arc, Mutex, PoisonError};

use lead_data::{Batch, Column, Data, EventSink};
use lead_hir::hir::{Lexicon, TableId};
use lead_plan::{NodeId, Plan, Scope};

use crate::engine::{Engine, EvalError, Wanted};
use crate::scan::{Job, Order, requests, with_frame};
use crate::vector::{Vector, to_column};

/// The value of each of `nodes` for every record of its entity, in that order.
///
/// `None`: the node is of events, or of pairs of records.
///
/// # Errors
/// An amount of money that leaves its 64 bits.
pub fn values<'a>(
    lexicon: &'a Lexicon,
    plan: &'a Plan,
    data: &'a Data<'a>,
    nodes: &[NodeId],
) -> Result<Vec<Option<Arc<Column>>>, EvalError> {
    let mut engine = Engine::new(lexicon, plan, data);
    engine.run(Wanted::These(nodes))?;
    Ok(nodes.iter().map(|id| of_entity(&engine, *id)).collect())
}

/// As [`values`], and the value of nodes of events for every event, in the order in which they were made, as far as measures read
/// them. For data that were made, and are one batch per event.
///
/// # Errors
/// An amount of money that leaves its 64 bits.
pub fn observe<'a>(
    lexicon: &'a Lexicon,
    plan: &'a Plan,
    data: &'a Data<'a>,
    nodes: &[NodeId],
) -> Result<Vec<Option<Arc<Column>>>, EvalError> {
    let mut engine = Engine::new(lexicon, plan, data);
    engine.run(Wanted::These(nodes))?;
    let mut out: Vec<Option<Arc<Column>>> = nodes.iter().map(|id| of_entity(&engine, *id)).collect();
    let of_event = |id: NodeId| match plan.node(id).scope {
        Scope::Table(table) if engine.is_event(table) => Some(table),
        _ => None,
    };
    let wanted: Vec<(usize, NodeId, TableId)> =
        nodes.iter().enumerate().filter_map(|(i, id)| Some((i, *id, of_event(*id)?))).collect();
    if wanted.is_empty() {
        return Ok(out);
    }
    let due: Vec<usize> = (0..plan.measures.len()).filter(|m| engine.is_event(plan.measures[*m].table)).collect();
    let jobs: Vec<Job> = due.iter().flat_map(|index| Job::all(&engine, *index)).collect();
    let (requests, order) = requests(&engine, &due, &jobs);
    let found = Mutex::new(Vec::new());
    data.scan(&requests, |_| Noter { engine: &engine, order: &order, wanted: &wanted, found: &found });
    for (place, column) in found.into_inner().unwrap_or_else(PoisonError::into_inner) {
        if let Some(slot) = out.get_mut(place) {
            *slot = Some(column);
        }
    }
    Ok(out)
}

fn of_entity(engine: &Engine, id: NodeId) -> Option<Arc<Column>> {
    let node = engine.cx.plan.node(id);
    let Scope::Table(table) = node.scope else { return None };
    let rows = engine.data.records(table).filter(|_| !engine.is_event(table))?.rows;
    Some(to_column(engine.stored(id).clone(), rows, &node.ty))
}

struct Noter<'e, 'a> {
    engine: &'e Engine<'a>,
    order: &'e Order,
    wanted: &'e [(usize, NodeId, TableId)],
    found: &'e Mutex<Vec<(usize, Arc<Column>)>>,
}

impl EventSink for Noter<'_, '_> {
    fn batch(&mut self, batch: &Batch) {
        let mut noted = Vec::new();
        // What overflows was reported by the run itself.
        let _ = with_frame(self.engine, self.order, batch, |engine, frame| {
            for (place, id, _) in self.wanted.iter().filter(|w| w.2 == batch.table) {
                if let Some(Some(vector)) = frame.slots.get(id.0 as usize) {
                    let vector: Vector = vector.clone();
                    noted.push((*place, to_column(vector, batch.rows, &engine.cx.plan.node(*id).ty)));
                }
            }
        });
        self.found.lock().unwrap_or_else(PoisonError::into_inner).append(&mut noted);
    }
}
