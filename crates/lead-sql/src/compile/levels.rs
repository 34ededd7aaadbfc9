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
        operands(&node.op, &mut |id| level = level.max(of[id.0 as usize]));
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
        operands(&plan.node(id).op, &mut |id| open.push(id));
        if let Op::Measure(measure) = plan.node(id).op {
            open.extend(plan.measure(measure).inputs());
        }
    }
    needed
}

/// The nodes that an op reads, inputs of measures left out.
pub(crate) fn operands(op: &Op, f: &mut dyn FnMut(NodeId)) {
    match op {
        Op::Const(_) | Op::Clock(..) | Op::Unknown | Op::Field(_) | Op::Itself | Op::Measure(_) => {}
        Op::Follow { node, .. } => f(*node),
        Op::OfRecord(id)
        | Op::OfSubject(id)
        | Op::IsZero(id)
        | Op::IsYes(id)
        | Op::Not(id)
        | Op::IsKnown(id)
        | Op::Matches(id, _)
        | Op::InRange(id, ..)
        | Op::Shift(id, _)
        | Op::Negate(id)
        | Op::ToMoney(id) => f(*id),
        Op::And(ids) | Op::Or(ids) | Op::Call(_, ids) | Op::List(ids) => ids.iter().for_each(|id| f(*id)),
        Op::Compare(_, a, b) | Op::ListContains(a, b) | Op::Arithmetic(_, a, b) => {
            f(*a);
            f(*b);
        }
        Op::InList(id, items) => {
            f(*id);
            items.iter().for_each(|id| f(*id));
        }
        Op::Term { alternatives, exceptions } => alternatives.iter().chain(exceptions).for_each(|id| f(*id)),
        Op::Choice(lines) => lines.iter().for_each(|(condition, result)| {
            condition.iter().for_each(|id| f(*id));
            f(*result);
        }),
        Op::Score { lines, at_most, at_least } => {
            for line in lines {
                f(line.points);
                line.condition.iter().chain(&line.at_most).chain(&line.at_least).for_each(|id| f(*id));
            }
            at_most.iter().chain(at_least).for_each(|id| f(*id));
        }
        Op::Furthest(steps) => steps.iter().for_each(|(id, _)| f(*id)),
    }
}
