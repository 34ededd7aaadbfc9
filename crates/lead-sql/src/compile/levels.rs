//! In which round each node can be worked out: a measure comes one round after what it looks at.

use lead_plan::{NodeId, Op, Plan};

/// Rounds of the nodes that answers need.
pub(crate) struct Levels {
    /// By node; `None`: no answer needs it.
    pub nodes: Vec<Option<usize>>,
    /// By measure; `None`: no answer needs it.
    pub measures: Vec<Option<usize>>,
    /// The last round.
    pub most: usize,
}

pub(crate) fn levels(plan: &Plan) -> Levels {
    let needed = needed(plan);
    let mut out = Levels { nodes: vec![None; plan.nodes.len()], measures: vec![None; plan.measures.len()], most: 0 };
    let mut of = vec![0; plan.nodes.len()];
    for (i, node) in plan.nodes.iter().enumerate() {
        let mut level = 0;
        node.op.operands(&mut |id| level = level.max(of[id.0 as usize]));
        if let Op::Measure(id) = node.op {
            let inner = plan.measure(id).inputs().iter().map(|n| of[n.0 as usize]).max().unwrap_or(0);
            level = level.max(inner + 1);
            if needed[i] {
                out.measures[id.0 as usize] = Some(inner + 1);
            }
        }
        of[i] = level;
        if needed[i] {
            out.nodes[i] = Some(level);
            out.most = out.most.max(level);
        }
    }
    out
}

/// The nodes that answers are made of.
fn needed(plan: &Plan) -> Vec<bool> {
    let mut needed = vec![false; plan.nodes.len()];
    let answers = plan.subjects.iter().flat_map(|s| s.defs.iter().map(|d| d.1));
    let mut open: Vec<NodeId> = answers.chain(plan.metrics.iter().map(|m| m.node)).collect();
    while let Some(id) = open.pop() {
        if std::mem::replace(&mut needed[id.0 as usize], true) {
            continue;
        }
        plan.node(id).op.operands(&mut |id| open.push(id));
        if let Op::Measure(measure) = plan.node(id).op {
            open.extend(plan.measure(measure).inputs());
        }
    }
    needed
}
