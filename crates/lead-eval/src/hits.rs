//! Which records of a batch (or of an entity) count for a measure, and for whom.

use lead_data::{Bitmap, NO_RECORD};
use lead_plan::{Measure, NodeId, Op, Scope};

use crate::accumulate::Hit;
use crate::engine::Engine;
use crate::kernel::{Overflow, Rows, kernel};
use crate::relation::Way;
use crate::vector::{Tri, Vector, gather, records};

/// Rows of one table at hand: events of a batch, or all records of an entity.
pub(crate) struct Frame<'r, 'a> {
    pub(crate) len: usize,
    /// Of events; empty for entities.
    pub(crate) times: &'r [i64],
    /// By node.
    pub(crate) slots: &'r [Option<Vector<'a>>],
    /// Fields that are references, for ways.
    pub(crate) reference: &'r dyn Fn(lead_hir::hir::FieldId) -> Option<&'r Vector<'a>>,
}

/// Records that count, ready to be added.
pub(crate) enum Counted<'a> {
    /// Row by row, at most one subject each.
    Rows { mask: Option<Bitmap>, subjects: Option<Vec<u32>> },
    /// Pairs of row and subject. `argument`: measured per pair.
    Pairs { rows: Vec<u32>, subjects: Vec<u32>, mask: Option<Bitmap>, argument: Option<Vector<'a>> },
}

impl Counted<'_> {
    /// Calls `f` for each.
    pub(crate) fn each(&self, len: usize, f: &mut dyn FnMut(Hit)) {
        match self {
            Counted::Rows { mask, subjects } => {
                let mut one = |i: usize| {
                    let subject = subjects.as_ref().map_or(0, |s| s[i]);
                    if subject != NO_RECORD {
                        f(Hit { at: i, row: i, subject });
                    }
                };
                match mask {
                    Some(mask) => mask.ones().for_each(&mut one),
                    None => (0..len).for_each(one),
                }
            }
            Counted::Pairs { rows, subjects, mask, argument } => {
                for (i, (row, subject)) in rows.iter().zip(subjects).enumerate() {
                    if mask.as_ref().is_none_or(|m| m.get(i)) {
                        let at = if argument.is_some() { i } else { *row as usize };
                        f(Hit { at, row: *row as usize, subject: *subject });
                    }
                }
            }
        }
    }
}

/// The subject of each row, if it has one at most: `None` where links spread it.
fn subjects_of(way: &Way, frame: &Frame) -> Vec<u32> {
    let own: Vec<u32> = match way.first {
        None => (0..frame.len as u32).collect(),
        Some(field) => match (frame.reference)(field) {
            Some(vector) => {
                let view = records(vector);
                (0..frame.len).map(|i| view.get(i)).collect()
            }
            None => vec![NO_RECORD; frame.len],
        },
    };
    match &way.tail {
        None => own,
        Some(tail) => own.into_iter().map(|r| tail.get(r as usize).copied().unwrap_or(NO_RECORD)).collect(),
    }
}

/// What counts of a frame for a measure. `times`, `filter`: those of the measure, or of a step of a sequence.
pub(crate) fn counted<'a>(
    engine: &Engine<'a>,
    measure: Option<(usize, &Measure)>,
    way: Option<&Way>,
    times: Option<&std::ops::Range<i64>>,
    filter: Option<NodeId>,
    frame: &Frame<'_, 'a>,
) -> Result<Counted<'a>, Overflow> {
    let len = frame.len;
    let mut mask = match times {
        Some(range) if range.start > i64::MIN || range.end < i64::MAX => {
            Some(crate::time::times_in(frame.times, range))
        }
        _ => None,
    };
    let pair_measure = measure.filter(|(_, m)| m.correlated);
    if let (Some(id), None) = (filter, pair_measure) {
        let rows = Rows { len, slots: frame.slots };
        let yes = Tri::of(rows.get(id), len).yes;
        mask = Some(match mask {
            None => yes,
            Some(before) => before.zip(&yes, |a, b| a & b),
        });
    }
    let Some(way) = way else { return Ok(Counted::Rows { mask, subjects: None }) };
    let own = subjects_of(way, frame);
    if way.links.is_none() && pair_measure.is_none() {
        return Ok(Counted::Rows { mask, subjects: Some(own) });
    }
    let (mut rows, mut subjects) = (Vec::new(), Vec::new());
    for (i, middle) in own.iter().enumerate() {
        if *middle == NO_RECORD || mask.as_ref().is_some_and(|m| !m.get(i)) {
            continue;
        }
        match &way.links {
            None => {
                rows.push(i as u32);
                subjects.push(*middle);
            }
            Some(links) => {
                for subject in links.of(*middle) {
                    rows.push(i as u32);
                    subjects.push(*subject);
                }
            }
        }
    }
    let Some((index, measure)) = pair_measure else {
        return Ok(Counted::Pairs { rows, subjects, mask: None, argument: None });
    };
    let slots = pair_slots(engine, index, frame, &rows, &subjects)?;
    let pair = |id: NodeId| slots.get(id.0 as usize).cloned().flatten().unwrap_or_else(Vector::unknown);
    let mask = filter.map(|id| Tri::of(&pair(id), rows.len()).yes);
    let argument = measure.argument.map(pair);
    Ok(Counted::Pairs { rows, subjects, mask, argument })
}

/// Evaluates the nodes of a measure's pairs.
fn pair_slots<'a>(
    engine: &Engine<'a>,
    index: usize,
    frame: &Frame<'_, 'a>,
    rows: &[u32],
    subjects: &[u32],
) -> Result<Vec<Option<Vector<'a>>>, Overflow> {
    let plan = engine.cx.plan;
    let mut slots: Vec<Option<Vector<'a>>> = vec![None; plan.nodes.len()];
    for id in &engine.pair_nodes[index] {
        let node = plan.node(*id);
        let vector = match &node.op {
            Op::OfRecord(inner) => {
                let of = Rows { len: frame.len, slots: frame.slots };
                gather(of.get(*inner), rows)
            }
            Op::OfSubject(inner) => gather(engine.stored(*inner), subjects),
            op => {
                let of = Rows { len: rows.len(), slots: &slots };
                kernel(&engine.cx, &of, op, &node.ty)?.unwrap_or_else(Vector::unknown)
            }
        };
        slots[id.0 as usize] = Some(vector);
    }
    Ok(slots)
}

/// Whether a scope is that of a measure's pairs.
pub(crate) fn is_pair(scope: Scope) -> Option<usize> {
    match scope {
        Scope::Pair(id) => Some(id.0 as usize),
        _ => None,
    }
}
