//! In which order entities' nodes and measures are computed, and which nodes are kept for all records.
//!
//! A pass over events ends a level (see `engine`). Within a level there are stages: first measures of entities, then nodes, table by
//! table. Invariant *stages ascend*: a node takes from its own table what was computed before it, and from other tables and
//! from measures what an earlier stage made for all their records.

use std::collections::BTreeMap;

use lead_hir::hir::TableId;
use lead_plan::{NodeId, Op, Scope};

use crate::engine::Engine;

/// What can be computed once the stages before are.
#[derive(Debug, Default)]
pub(crate) struct Stage {
    /// Measures of entities.
    pub(crate) measures: Vec<usize>,
    /// Nodes by table, operands first.
    pub(crate) tables: BTreeMap<TableId, Vec<NodeId>>,
}

/// The stages of each level.
pub(crate) fn stages(engine: &Engine, levels: &[usize]) -> Vec<Vec<Stage>> {
    let plan = engine.cx.plan;
    let top = levels.iter().copied().max().unwrap_or(0);
    let mut out: Vec<Vec<Stage>> = (0..=top).map(|_| Vec::new()).collect();
    for (i, stage) in numbers(engine, levels).into_iter().enumerate() {
        let node = &plan.nodes[i];
        let of_level = &mut out[levels[i]];
        if of_level.len() <= stage {
            of_level.resize_with(stage + 1, Stage::default);
        }
        let entity = match node.scope {
            Scope::Table(table) if !engine.is_event(table) => Some(table),
            Scope::Global => None,
            _ => continue,
        };
        if let Op::Measure(measure) = node.op {
            let index = measure.0 as usize;
            if !engine.is_event(plan.measures[index].table) && !of_level[stage].measures.contains(&index) {
                of_level[stage].measures.push(index);
            }
        }
        if let Some(table) = entity {
            of_level[stage].tables.entry(table).or_default().push(NodeId(i as u32));
        }
    }
    out
}

/// By node: its stage within its level.
fn numbers(engine: &Engine, levels: &[usize]) -> Vec<usize> {
    let plan = engine.cx.plan;
    let mut stage = vec![0usize; plan.nodes.len()];
    for (i, node) in plan.nodes.iter().enumerate() {
        let at = |id: &NodeId, after: usize| {
            let id = id.0 as usize;
            if levels[id] == levels[i] { stage[id] + after } else { 0 }
        };
        let mut mine = 0;
        match &node.op {
            Op::Follow { node, .. } => mine = at(node, 1),
            Op::Measure(measure) => {
                for id in plan.measure(*measure).inputs() {
                    mine = mine.max(at(&id, 1));
                }
            }
            op => op.operands(&mut |id| mine = mine.max(at(&id, 0))),
        }
        stage[i] = mine;
    }
    stage
}

/// By node: whether its value for all records is wanted when its stage is over. `everything`: that of every node.
pub(crate) fn kept(engine: &Engine, levels: &[usize], clauses: bool, everything: bool) -> Vec<bool> {
    let plan = engine.cx.plan;
    let mut keep = vec![everything; plan.nodes.len()];
    if everything {
        return keep;
    }
    let numbers = numbers(engine, levels);
    let mut want = |id: NodeId| keep[id.0 as usize] = true;
    for (_, node) in plan.subjects.iter().flat_map(|s| &s.defs) {
        want(*node);
        if let (Op::Term { alternatives, exceptions }, true) = (&plan.node(*node).op, clauses) {
            alternatives.iter().chain(exceptions).for_each(|id| want(*id));
        }
    }
    plan.measures.iter().flat_map(|m| m.inputs()).for_each(&mut want);
    for (i, node) in plan.nodes.iter().enumerate() {
        let at = |id: NodeId| (levels[id.0 as usize], numbers[id.0 as usize]);
        node.op.operands(&mut |id| {
            let elsewhere = plan.node(id).scope != node.scope;
            if elsewhere || at(id) != (levels[i], numbers[i]) {
                want(id);
            }
        });
    }
    keep
}
