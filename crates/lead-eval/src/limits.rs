//! How far counts must be counted. Where all that is asked of a count is whether it is over five, six is as good as sixty: it needs three
//! bits for each subject instead of eight, and every event touches less memory.

use lead_hir::hir::Value;
use lead_plan::{NodeId, Op, Plan};

/// A count that needs more than this is counted in full.
const MOST: u8 = 127;

/// By measure: the least number from which on all counts mean the same to what reads them; `None`: each means something else, or
/// the count itself is seen. `keep`: the nodes whose values are seen.
pub(crate) fn limits(plan: &Plan, keep: &[bool]) -> Vec<Option<u8>> {
    let mut limits = vec![Some(0); plan.measures.len()];
    let counted = |id: NodeId| match plan.node(id).op {
        Op::Measure(measure) => Some(measure.0 as usize),
        _ => None,
    };
    for (node, seen) in plan.nodes.iter().zip(keep) {
        let mut note = |id: NodeId, limit: Option<u8>| {
            if let Some(measure) = counted(id) {
                limits[measure] = limits[measure].zip(limit).map(|(a, b)| a.max(b));
            }
        };
        match &node.op {
            Op::Measure(measure) if *seen => limits[measure.0 as usize] = None,
            Op::IsZero(id) => note(*id, Some(1)),
            Op::Compare(_, a, b) => {
                note(*a, past(plan, *b));
                note(*b, past(plan, *a));
            }
            op => op.operands(&mut |id| note(id, None)),
        }
    }
    limits
}

/// The least count that is greater than a constant.
fn past(plan: &Plan, id: NodeId) -> Option<u8> {
    let Op::Const(constant) = &plan.node(id).op else { return None };
    let Value::Number(number) = constant.0 else { return None };
    let least = number.max(-1.0).floor() + 1.0;
    (least <= f64::from(MOST)).then_some(least as u8)
}
