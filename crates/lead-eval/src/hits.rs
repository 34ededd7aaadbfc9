//! Which records of a batch (or of an entity) count for a measure, and for whom.

use std::borrow::Cow;

use lead_data::{Bitmap, Column, NO_RECORD, Values};
use lead_plan::{Measure, NodeId, Op, Scope};

use crate::engine::Engine;
use crate::kernel::{Overflow, Rows, kernel};
use crate::relation::Way;
use crate::vector::{Tri, Vector, gather};

/// Rows of one table at hand: events of a batch, or all records of an entity.
pub(crate) struct Frame<'r, 'a> {
    pub(crate) len: usize,
    /// Of events; empty for entities.
    pub(crate) times: &'r [i64],
    /// The least and the greatest of `times`.
    pub(crate) span: (i64, i64),
    /// By node.
    pub(crate) slots: &'r [Option<Vector<'a>>],
    /// Fields that are references, for ways.
    pub(crate) reference: &'r dyn Fn(lead_hir::hir::FieldId) -> Option<&'r Vector<'a>>,
}

/// The span of no times.
pub(crate) const NO_TIMES: (i64, i64) = (i64::MAX, i64::MIN);

/// Records that count, ready to be added: three lists of one length.
pub(crate) struct Counted<'a> {
    /// Where the argument stands: the record's row, or its pair where `argument` is measured per pair.
    pub(crate) at: Vec<u32>,
    /// The record's row, if that is not `at`.
    rows: Option<Vec<u32>>,
    /// Whose it is. Empty: there is one subject only.
    pub(crate) subjects: Vec<u32>,
    /// The argument of each pair, where the measure looks at both of a pair.
    pub(crate) argument: Option<Vector<'a>>,
}

impl Counted<'_> {
    /// The rows of the records, in the order of `at`.
    pub(crate) fn rows(&self) -> &[u32] {
        self.rows.as_deref().unwrap_or(&self.at)
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.at.len()
    }

    /// The subject of the record at a place.
    pub(crate) fn subject(&self, i: usize) -> u32 {
        self.subjects.get(i).copied().unwrap_or(0)
    }
}

/// Where records find their subjects, or where links to them start.
pub(crate) enum Owners<'f> {
    /// Each row is its own.
    Own,
    /// A row each, or [`NO_RECORD`].
    Rows(Cow<'f, [u32]>),
}

impl Owners<'_> {
    pub(crate) fn of(&self, row: usize) -> u32 {
        match self {
            Owners::Own => row as u32,
            Owners::Rows(rows) => rows[row],
        }
    }
}

pub(crate) fn owners<'f>(way: &Way, frame: &Frame<'f, '_>) -> Owners<'f> {
    let nobody = || Owners::Rows(Cow::Owned(vec![NO_RECORD; frame.len]));
    let own = match way.first {
        None => Owners::Own,
        Some(field) => match (frame.reference)(field).map(|vector| (vector.column(), vector)) {
            Some((Some(Column { values: Values::Record(rows), .. }), _)) => Owners::Rows(Cow::Borrowed(rows)),
            _ => return nobody(),
        },
    };
    let Some(tail) = &way.tail else { return own };
    let far = |row: usize| tail.get(own.of(row) as usize).copied().unwrap_or(NO_RECORD);
    Owners::Rows(Cow::Owned((0..frame.len).map(far).collect()))
}

/// The rows of a frame in a range of time for which a filter is yes; `None`: all.
pub(crate) fn mask(times: Option<&std::ops::Range<i64>>, filter: Option<NodeId>, frame: &Frame) -> Option<Bitmap> {
    let within = times.filter(|range| !(range.contains(&frame.span.0) && range.contains(&frame.span.1)));
    let within = within.map(|range| crate::time::times_in(frame.times, range));
    let Some(id) = filter else { return within };
    let yes = Tri::of(Rows { len: frame.len, slots: frame.slots }.get(id), frame.len).yes;
    Some(match within {
        None => yes,
        Some(before) => before.zip(&yes, |a, b| a & b),
    })
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
    let pair_measure = measure.filter(|(_, m)| m.correlated);
    let mask = mask(times, filter.filter(|_| pair_measure.is_none()), frame);
    let chosen = |f: &mut dyn FnMut(usize)| match &mask {
        Some(mask) => mask.ones().for_each(f),
        None => (0..len).for_each(f),
    };
    let expected = mask.as_ref().map_or(len, Bitmap::count);
    let mut at = Vec::with_capacity(expected);
    let Some(way) = way else {
        chosen(&mut |i| at.push(i as u32));
        return Ok(Counted { at, rows: None, subjects: Vec::new(), argument: None });
    };
    let own = owners(way, frame);
    let mut subjects = Vec::with_capacity(expected);
    chosen(&mut |i| {
        let owner = own.of(i);
        match &way.links {
            _ if owner == NO_RECORD => {}
            None => {
                at.push(i as u32);
                subjects.push(owner);
            }
            Some(links) => {
                for subject in links.of(owner) {
                    at.push(i as u32);
                    subjects.push(*subject);
                }
            }
        }
    });
    let Some((index, measure)) = pair_measure else {
        return Ok(Counted { at, rows: None, subjects, argument: None });
    };
    let slots = pair_slots(engine, index, frame, &at, &subjects)?;
    let pair = |id: NodeId| slots.get(id.0 as usize).cloned().flatten().unwrap_or_else(Vector::unknown);
    let argument = measure.argument.map(pair).unwrap_or_else(Vector::unknown);
    let mut places: Vec<u32> = (0..at.len() as u32).collect();
    if let Some(id) = filter {
        let yes = Tri::of(&pair(id), at.len()).yes;
        let pick = |list: &[u32]| yes.ones().map(|i| list[i]).collect::<Vec<u32>>();
        (places, at, subjects) = (pick(&places), pick(&at), pick(&subjects));
    }
    Ok(Counted { at: places, rows: Some(at), subjects, argument: Some(argument) })
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
