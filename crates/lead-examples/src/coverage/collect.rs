//! What is to be seen of a lexicon, and what an example shows of it.

use lead_diag::InOrder;
use std::collections::HashMap;
use std::sync::Arc;

use lead_data::{Column, Data, World};
use lead_eval::{EvalError, observe};
use lead_hir::hir::{DefId, Lexicon, Ty, Value};
use lead_plan::{Border, Decision, Decisions, NodeId, OutcomeKind as Planned, Plan, Planner, Shape};

use super::logic::{Decided, Tri, answer, decides};
use super::reach::Reach;
use super::{
    BorderCoverage, ConditionCoverage, Coverage, DecisionCoverage, DefCoverage, Mark, OutcomeCoverage, OutcomeKind,
    Side, border,
};
use crate::value::value_at;

/// One thing to see of a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Goal {
    /// Of a condition, by the places of its decision and of itself.
    Condition(usize, usize, What),
    /// Of an outcome, by its place.
    Outcome(usize),
}

/// What is to be seen of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// It is yes.
    Yes,
    /// It is no.
    No,
    /// It cannot be told.
    Unknown,
    /// It is yes and decides.
    DecidesYes,
    /// It is no and decides.
    DecidesNo,
    /// Both sides are equal.
    At,
    /// They are one step apart.
    Beyond,
}

impl DefCoverage {
    /// What is still to be seen.
    pub fn missing(&self) -> Vec<Goal> {
        let mut out = Vec::new();
        for (d, decision) in self.decisions.iter().enumerate() {
            for (c, condition) in decision.conditions.iter().enumerate() {
                let all =
                    [What::Yes, What::No, What::Unknown, What::DecidesYes, What::DecidesNo, What::At, What::Beyond];
                let missing = |w: &What| condition.mark(*w).is_some_and(|m| m.missing());
                out.extend(all.into_iter().filter(missing).map(|w| Goal::Condition(d, c, w)));
            }
        }
        let missing = self.outcomes.iter().enumerate().filter(|(_, o)| o.mark.missing());
        out.extend(missing.map(|(i, _)| Goal::Outcome(i)));
        out
    }

    /// The mark of something to see.
    pub fn mark(&self, goal: Goal) -> Option<&Mark> {
        match goal {
            Goal::Condition(d, c, what) => self.decisions.get(d)?.conditions.get(c)?.mark(what),
            Goal::Outcome(i) => self.outcomes.get(i).map(|o| &o.mark),
        }
    }

    fn mark_mut(&mut self, goal: Goal) -> Option<&mut Mark> {
        match goal {
            Goal::Condition(d, c, what) => self.decisions.get_mut(d)?.conditions.get_mut(c)?.mark_mut(what),
            Goal::Outcome(i) => self.outcomes.get_mut(i).map(|o| &mut o.mark),
        }
    }

    pub(crate) fn note(&mut self, goal: Goal) {
        if let Some(mark) = self.mark_mut(goal) {
            mark.seen = mark.seen.saturating_add(1);
        }
    }
}

impl ConditionCoverage {
    /// The mark of something to see of it.
    pub fn mark(&self, what: What) -> Option<&Mark> {
        Some(match what {
            What::Yes => &self.yes,
            What::No => &self.no,
            What::Unknown => &self.unknown,
            What::DecidesYes => &self.decides_yes,
            What::DecidesNo => &self.decides_no,
            What::At => &self.border.as_ref()?.at,
            What::Beyond => &self.border.as_ref()?.beyond,
        })
    }

    fn mark_mut(&mut self, what: What) -> Option<&mut Mark> {
        Some(match what {
            What::Yes => &mut self.yes,
            What::No => &mut self.no,
            What::Unknown => &mut self.unknown,
            What::DecidesYes => &mut self.decides_yes,
            What::DecidesNo => &mut self.decides_no,
            What::At => &mut self.border.as_mut()?.at,
            What::Beyond => &mut self.border.as_mut()?.beyond,
        })
    }
}

impl Coverage {
    /// Adds what another tally of the same lexicon saw.
    pub(crate) fn add(&mut self, other: &Coverage) {
        for (mine, other) in self.defs.iter_mut().zip(&other.defs) {
            mine.examples += other.examples;
            let goals: Vec<(Goal, u32)> = other.seen();
            for (goal, seen) in goals {
                if let Some(mark) = mine.mark_mut(goal) {
                    mark.seen = mark.seen.saturating_add(seen);
                }
            }
        }
    }

    /// Everything that can be seen of the definitions of a lexicon, nothing of it seen. Definitions may build on each other
    /// thousands deep: the caller sees to the stack.
    pub(crate) fn to_see(lexicon: &Lexicon, as_of: i64) -> Coverage {
        let mut planner = Planner::new(lexicon, as_of);
        // Definitions without a name are conditions of examples.
        let own = || lexicon.def_ids().filter(|(_, d)| !d.name.key.is_empty()).map(|(id, _)| id);
        for id in own() {
            planner.answer(id);
        }
        let apart: Vec<(DefId, Decisions)> =
            own().filter_map(|id| Some((id, planner.planned(id).into_iter().next()?))).collect();
        let plan = planner.finish();
        let open = plan.may_be_unknown();
        let defs = apart.iter().map(|(def, apart)| to_see(*def, apart, &plan, &open));
        Coverage { defs: defs.filter(|d| d.marks().any(|m| m.wanted)).collect() }
    }
}

impl DefCoverage {
    fn seen(&self) -> Vec<(Goal, u32)> {
        let mut out = Vec::new();
        for (d, decision) in self.decisions.iter().enumerate() {
            for (c, condition) in decision.conditions.iter().enumerate() {
                let mut put = |what, mark: &Mark| {
                    if mark.seen > 0 {
                        out.push((Goal::Condition(d, c, what), mark.seen));
                    }
                };
                put(What::Yes, &condition.yes);
                put(What::No, &condition.no);
                put(What::Unknown, &condition.unknown);
                put(What::DecidesYes, &condition.decides_yes);
                put(What::DecidesNo, &condition.decides_no);
                condition.border.iter().for_each(|b| {
                    put(What::At, &b.at);
                    put(What::Beyond, &b.beyond);
                });
            }
        }
        let outcomes = self.outcomes.iter().enumerate().filter(|(_, o)| o.mark.seen > 0);
        out.extend(outcomes.map(|(i, o)| (Goal::Outcome(i), o.mark.seen)));
        out
    }
}

fn to_see(def: DefId, apart: &Decisions, plan: &Plan, open: &[bool]) -> DefCoverage {
    let wanted = |wanted: bool| Mark { wanted, seen: 0 };
    let fixed = |id: NodeId| plan.constant(id).is_some();
    let decisions = apart.decisions.iter().map(|decision| {
        let conditions = decision.conditions.iter().map(|condition| {
            let varies = !fixed(condition.node);
            let unknown = varies && open.get(condition.node.0 as usize).copied().unwrap_or(true);
            let border = condition.border.as_ref().filter(|_| varies).map(|b| {
                let of = |id: NodeId| plan.constant(id).map(|c| c.0.clone());
                let (left, right) = (of(b.left.0), of(b.right.0));
                let turned = left.is_some();
                let threshold = right.or(left);
                let next = threshold.as_ref().and_then(|t| border::beyond(b.op, t, turned));
                BorderCoverage {
                    op: b.op,
                    left: b.left.2,
                    right: b.right.2,
                    threshold,
                    next,
                    at: wanted(true),
                    beyond: wanted(true),
                }
            });
            ConditionCoverage {
                span: condition.span,
                border,
                yes: wanted(varies),
                no: wanted(varies),
                unknown: wanted(unknown),
                decides_yes: wanted(varies),
                decides_no: wanted(varies),
            }
        });
        DecisionCoverage {
            span: decision.span,
            of: decision.inner.then_some(decision.table),
            conditions: conditions.collect(),
        }
    });
    let outcomes = apart.outcomes.iter().enumerate().map(|(i, outcome)| {
        let (kind, varies) = match &outcome.kind {
            Planned::Known(node) => (OutcomeKind::Known, !is_fixed(plan, *node)),
            Planned::Line(_) => (OutcomeKind::Line, true),
            Planned::Points(node) => (OutcomeKind::Points, !fixed(*node)),
            Planned::Capped(node, _) => (OutcomeKind::Capped, !fixed(*node)),
            Planned::Step(..) => (OutcomeKind::Step(i), true),
        };
        OutcomeCoverage { span: outcome.span, kind, mark: wanted(varies) }
    });
    DefCoverage { def, examples: 0, decisions: decisions.collect(), outcomes: outcomes.collect() }
}

/// The step of a comparison: that of its threshold, if one side is the same for all.
pub(crate) fn step_of(plan: &Plan, border: &Border) -> Value {
    let fixed = |id: NodeId| plan.constant(id).map(|c| c.0.clone());
    let threshold = fixed(border.right.0).or_else(|| fixed(border.left.0));
    threshold.map_or_else(|| border::usual_step(&border.right.1), |t| border::step(&t))
}

/// Whether a node is the same for all, lists of constants among them.
fn is_fixed(plan: &Plan, id: NodeId) -> bool {
    match &plan.node(id).op {
        lead_plan::Op::Const(_) | lead_plan::Op::Clock(..) => true,
        lead_plan::Op::List(items) => items.iter().all(|i| is_fixed(plan, *i)),
        _ => false,
    }
}

/// What is asked of a world, planned.
pub(crate) struct Asking<'p> {
    pub lexicon: &'p Lexicon,
    pub planner: Planner<'p>,
    /// Nodes of answers and the records that are asked for them.
    pub asked: Vec<(NodeId, u32)>,
    pub world: &'p World,
    pub data: &'p Data<'p>,
}

/// Notes everything that a world shows of the definitions in `of`: the place of the definition there, the goal, and the record.
pub(crate) fn tally(
    asking: Asking,
    of: &Coverage,
    note: &mut dyn FnMut(usize, Option<(Goal, u32)>),
) -> Result<(), EvalError> {
    let Asking { lexicon, mut planner, asked, world, data } = asking;
    let planned = planner.defs();
    let mut found: Vec<(usize, Vec<Decisions>)> = Vec::new();
    for (i, def) in of.defs.iter().enumerate() {
        if planned.contains(&def.def) {
            found.push((i, planner.planned(def.def)));
        }
    }
    let plan = planner.finish();
    let mut reach = Reach::new(lexicon, &plan, data);
    asked.iter().for_each(|(node, row)| reach.ask(*node, *row));
    let mut nodes: Vec<NodeId> = found.iter().flat_map(|(_, all)| all).flat_map(nodes_of).collect();
    nodes.in_order();
    nodes.dedup();
    let columns = observe(lexicon, &plan, data, &nodes)?;
    let columns: HashMap<NodeId, Arc<Column>> =
        nodes.into_iter().zip(columns).filter_map(|(id, c)| Some((id, c?))).collect();
    let seen = Seen { lexicon, world, data, plan: &plan, columns: &columns };
    for (i, all) in &found {
        let mut reached = false;
        for apart in all.iter().filter(|a| reach.any(a.node)) {
            reached = true;
            // The definition's own decisions are of its records, the others of all that are at hand.
            let own = |row: usize| reach.has(apart.node, row);
            for (d, decision) in apart.decisions.iter().enumerate() {
                let main = !decision.inner;
                seen.decision(d, decision, &|row| !main || own(row), &mut |goal, row| note(*i, Some((goal, row))));
                if let (Shape::Lines(_), true) = (&decision.shape, main) {
                    seen.lines(decision, &own, apart, &mut |goal, row| note(*i, Some((goal, row))));
                }
            }
            seen.outcomes(apart, &own, &mut |goal, row| note(*i, Some((goal, row))));
        }
        if reached {
            note(*i, None);
        }
    }
    Ok(())
}

fn nodes_of(apart: &Decisions) -> Vec<NodeId> {
    let mut out = Vec::new();
    for condition in apart.decisions.iter().flat_map(|d| &d.conditions) {
        out.push(condition.node);
        out.extend(condition.border.iter().flat_map(|b| [b.left.0, b.right.0]));
    }
    for outcome in &apart.outcomes {
        match &outcome.kind {
            Planned::Known(node) | Planned::Points(node) => out.push(*node),
            Planned::Capped(node, cap) => out.extend([*node, *cap]),
            Planned::Step(node, later) => {
                out.push(*node);
                out.extend(later);
            }
            Planned::Line(_) => {}
        }
    }
    out
}

/// What was computed for a world.
pub(crate) struct Seen<'s> {
    lexicon: &'s Lexicon,
    world: &'s World,
    data: &'s Data<'s>,
    plan: &'s Plan,
    columns: &'s HashMap<NodeId, Arc<Column>>,
}

impl Seen<'_> {
    fn value(&self, node: NodeId, ty: &Ty, row: usize) -> Option<Value> {
        value_at(self.columns.get(&node)?, ty, row)
    }

    fn tri(&self, node: NodeId, row: usize) -> Tri {
        match self.value(node, &Ty::YesNo, row) {
            Some(Value::YesNo(yes)) => Some(yes),
            _ => None,
        }
    }

    fn rows(&self, decision: &Decision) -> usize {
        match self.lexicon.table(decision.table).is_event() {
            true => self.world.rows(decision.table),
            false => self.data.records(decision.table).map_or(0, |r| r.rows),
        }
    }

    /// The values of a decision's conditions for a record; `None`: it is not asked.
    fn conditions(&self, decision: &Decision, row: usize) -> Option<Vec<Tri>> {
        if let (Some(times), Some(at)) = (&decision.times, self.world.times(decision.table).get(row))
            && !times.contains(at)
        {
            return None;
        }
        // What was never computed was never asked.
        let at_hand = decision.conditions.iter().all(|c| self.columns.contains_key(&c.node));
        at_hand.then(|| decision.conditions.iter().map(|c| self.tri(c.node, row)).collect())
    }

    fn decision(&self, d: usize, decision: &Decision, asked: &dyn Fn(usize) -> bool, note: &mut dyn FnMut(Goal, u32)) {
        for row in (0..self.rows(decision)).filter(|row| asked(*row)) {
            let Some(values) = self.conditions(decision, row) else { continue };
            for (c, value) in values.iter().enumerate() {
                let mut put = |what| note(Goal::Condition(d, c, what), row as u32);
                put(match value {
                    Some(true) => What::Yes,
                    Some(false) => What::No,
                    None => What::Unknown,
                });
                if let (true, Some(is)) = (decides(&decision.shape, &values, c), value) {
                    put(if *is { What::DecidesYes } else { What::DecidesNo });
                }
                match self.side(decision, c, row) {
                    Some(Side::At) => put(What::At),
                    Some(Side::Beyond) => put(What::Beyond),
                    None => {}
                }
            }
        }
    }

    fn side(&self, decision: &Decision, condition: usize, row: usize) -> Option<Side> {
        let border = decision.conditions.get(condition)?.border.as_ref()?;
        let left = self.value(border.left.0, &border.left.1, row)?;
        let right = self.value(border.right.0, &border.right.1, row)?;
        let step = step_of(self.plan, border);
        border::side(border.op, &left, &right, &step, &self.lexicon.settings.zone)
    }

    /// The lines of a choice that answered.
    fn lines(
        &self,
        decision: &Decision,
        asked: &dyn Fn(usize) -> bool,
        apart: &Decisions,
        note: &mut dyn FnMut(Goal, u32),
    ) {
        for row in (0..self.rows(decision)).filter(|row| asked(*row)) {
            let Some(values) = self.conditions(decision, row) else { continue };
            let Decided::Line(Some(line)) = answer(&decision.shape, &values) else { continue };
            let place = apart.outcomes.iter().position(|o| o.kind == Planned::Line(line));
            place.into_iter().for_each(|i| note(Goal::Outcome(i), row as u32));
        }
    }

    fn outcomes(&self, apart: &Decisions, asked: &dyn Fn(usize) -> bool, note: &mut dyn FnMut(Goal, u32)) {
        let lead_plan::Scope::Table(table) = self.plan.node(apart.node).scope else { return };
        let rows = self.data.records(table).map_or(0, |r| r.rows);
        let number = |node: NodeId, row| match self.value(node, &Ty::Number, row) {
            Some(Value::Number(n)) => n,
            _ => 0.0,
        };
        for row in (0..rows).filter(|row| asked(*row)) {
            for (i, outcome) in apart.outcomes.iter().enumerate() {
                let came = match &outcome.kind {
                    Planned::Known(node) => self.columns.get(node).is_some_and(|c| c.is_known(row)),
                    Planned::Line(_) => false,
                    Planned::Points(node) => number(*node, row) != 0.0,
                    Planned::Capped(node, cap) => number(*node, row) > number(*cap, row),
                    Planned::Step(node, later) => {
                        self.tri(*node, row) == Some(true) && later.iter().all(|l| self.tri(*l, row) != Some(true))
                    }
                };
                if came {
                    note(Goal::Outcome(i), row as u32);
                }
            }
        }
    }
}
