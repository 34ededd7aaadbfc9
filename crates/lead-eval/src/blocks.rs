//! Nodes of an entity, block by block of its records, on all workers: what lies between is gone before the next block.

use std::ops::Range;

use lead_data::{Column, Values, side_by_side};
use lead_hir::hir::TableId;
use lead_plan::{NodeId, Op};

use crate::engine::Engine;
use crate::kernel::{Overflow, Rows, kernel};
use crate::parts::{slice, stack};
use crate::vector::{Vector, gather, records};

/// Records of a block; words of bitmaps are not torn apart. Tests have little data and want more than one block.
const BLOCK: usize = if cfg!(debug_assertions) { 13 } else { 1 << 14 };

/// Computes nodes for all records of an entity, operands first. Gives back those that are kept; the error names the first that overflows.
pub(crate) fn compute<'a>(
    engine: &Engine<'a>,
    table: TableId,
    nodes: &[NodeId],
    keep: &[bool],
) -> Result<Vec<(NodeId, Vector<'a>)>, NodeId> {
    let len = engine.data.records(table).map_or(0, |r| r.rows);
    let kept: Vec<NodeId> = nodes.iter().copied().filter(|id| keep[id.0 as usize]).collect();
    let outside = outside(engine, nodes);
    let count = len.div_ceil(BLOCK).max(1);
    let threads = engine.data.threads();
    let rows = |block: usize| block * BLOCK..((block + 1) * BLOCK).min(len);
    let blocks =
        side_by_side(threads, (0..count).collect(), |block| one(engine, table, nodes, &kept, &outside, rows(block)));
    // Whichever block met it first: the same failure each time.
    if let Some(failed) = blocks.iter().filter_map(|b| b.as_ref().err()).min() {
        return Err(*failed);
    }
    let mut columns: Vec<Vec<Vector<'a>>> = kept.iter().map(|_| Vec::with_capacity(count)).collect();
    for made in blocks {
        for (column, part) in columns.iter_mut().zip(made.unwrap_or_default()) {
            column.push(part);
        }
    }
    let ty = |id: &NodeId| &engine.cx.plan.node(*id).ty;
    let work = kept.into_iter().zip(columns).collect();
    let threads = if count > 1 { threads } else { 1 };
    Ok(side_by_side(threads, work, |(id, parts)| (id, stack(parts, &|block| rows(block).len(), ty(&id)))))
}

/// Operands that other stages computed.
fn outside(engine: &Engine, nodes: &[NodeId]) -> Vec<NodeId> {
    let mut out = Vec::new();
    for id in nodes {
        let op = &engine.cx.plan.node(*id).op;
        if !matches!(op, Op::Follow { .. }) {
            op.operands(&mut |id| {
                if nodes.binary_search(&id).is_err() && !out.contains(&id) {
                    out.push(id);
                }
            });
        }
    }
    out
}

fn one<'a>(
    engine: &Engine<'a>,
    table: TableId,
    nodes: &[NodeId],
    kept: &[NodeId],
    outside: &[NodeId],
    rows: Range<usize>,
) -> Result<Vec<Vector<'a>>, NodeId> {
    let mut slots: Vec<Option<Vector<'a>>> = vec![None; engine.cx.plan.nodes.len()];
    for id in outside {
        slots[id.0 as usize] = Some(slice(engine.stored(*id), &rows));
    }
    for id in nodes {
        slots[id.0 as usize] = Some(node(engine, table, *id, &slots, &rows).map_err(|Overflow| *id)?);
    }
    Ok(kept.iter().map(|id| slots[id.0 as usize].take().unwrap_or_else(Vector::unknown)).collect())
}

fn node<'a>(
    engine: &Engine<'a>,
    table: TableId,
    id: NodeId,
    slots: &[Option<Vector<'a>>],
    rows: &Range<usize>,
) -> Result<Vector<'a>, Overflow> {
    let node = engine.cx.plan.node(id);
    Ok(match &node.op {
        Op::Field(field) => match engine.field(table, *field) {
            Some(column) => slice(&Vector::Borrowed(column), rows),
            None => Vector::unknown(),
        },
        Op::Itself => {
            let all = rows.start as u32..rows.end as u32;
            Vector::owned(Column { values: Values::Record(all.collect()), known: None })
        }
        Op::Follow { reference, node } => match engine.field(table, *reference) {
            Some(Column { values: Values::Record(to), .. }) => gather(engine.stored(*node), &to[rows.clone()]),
            Some(column) => {
                let column = Vector::Borrowed(column);
                let to = records(&column);
                gather(engine.stored(*node), &rows.clone().map(|i| to.get(i)).collect::<Vec<_>>())
            }
            None => Vector::unknown(),
        },
        Op::Measure(measure) => engine.measured_rows(measure.0 as usize, rows),
        op => kernel(&engine.cx, &Rows { len: rows.len(), slots }, op, &node.ty)?.unwrap_or_else(Vector::unknown),
    })
}
