//! Looking for a row: columns get values one after the other, and what cannot lead to the goal any more is left.

use super::leaves::{Leaf, Ready};
use super::mask::{self, Mask, NO, UNKNOWN, YES};
use crate::coverage::{Goal, Side, What};
use lead_plan::{Decision, OutcomeKind};

/// Assignments that are looked at for one goal.
const MOST: usize = 100_000;

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub goal: Goal,
    /// The condition decides as well: such a row says more.
    pub deciding: bool,
}

/// A value of the domain for each column; `None`: there is no such row, or none was found in time.
pub(crate) fn search(ready: &Ready, wanted: Wanted) -> Option<Vec<usize>> {
    let mut order: Vec<usize> = Vec::new();
    if let Goal::Condition(d, c, _) = wanted.goal {
        order.extend(&ready.leaves.get(d)?.get(c)?.columns);
    }
    let rest = (0..ready.columns.len()).filter(|c| !order.contains(c)).collect::<Vec<_>>();
    order.extend(rest);
    let mut search = Search { ready, wanted, order, assigned: vec![None; ready.columns.len()], looked: 0 };
    search.from(0).then(|| search.assigned.iter().map(|a| a.unwrap_or(0)).collect())
}

struct Search<'r> {
    ready: &'r Ready,
    wanted: Wanted,
    order: Vec<usize>,
    assigned: Vec<Option<usize>>,
    looked: usize,
}

impl Search<'_> {
    fn from(&mut self, depth: usize) -> bool {
        self.looked += 1;
        if self.looked > MOST || !self.possible() {
            return false;
        }
        let Some(column) = self.order.get(depth).copied() else { return true };
        for value in 0..self.ready.domains.get(column).map_or(0, Vec::len) {
            self.assigned[column] = Some(value);
            if self.from(depth + 1) {
                return true;
            }
        }
        self.assigned[column] = None;
        false
    }

    fn mask(&self, leaf: &Leaf) -> Mask {
        leaf.entry(&self.assigned, &self.ready.domains).map_or(leaf.mask, |entry| mask::of(entry.answer))
    }

    fn masks(&self, d: usize) -> Vec<Mask> {
        self.ready.leaves.get(d).map_or(Vec::new(), |leaves| leaves.iter().map(|leaf| self.mask(leaf)).collect())
    }

    /// Whether what is assigned so far may lead to the goal.
    fn possible(&self) -> bool {
        match self.wanted.goal {
            Goal::Condition(d, c, what) => {
                let (Some(decision), Some(leaf)) =
                    (main(self.ready, d), self.ready.leaves.get(d).and_then(|l| l.get(c)))
                else {
                    return false;
                };
                let masks = self.masks(d);
                let own = masks.get(c).copied().unwrap_or(0);
                let side = |wanted: Side| match leaf.entry(&self.assigned, &self.ready.domains) {
                    Some(entry) => entry.side == Some(wanted),
                    None => leaf.entries.iter().any(|e| e.side == Some(wanted)),
                };
                let fits = match what {
                    What::Yes | What::DecidesYes => own & YES != 0,
                    What::No | What::DecidesNo => own & NO != 0,
                    What::Unknown => own & UNKNOWN != 0,
                    What::At => side(Side::At),
                    What::Beyond => side(Side::Beyond),
                };
                let decides = self.wanted.deciding || matches!(what, What::DecidesYes | What::DecidesNo);
                fits && (!decides || mask::may_decide(&decision.shape, &masks, c))
            }
            Goal::Outcome(i) => match self.ready.apart.outcomes.get(i).map(|o| &o.kind) {
                Some(OutcomeKind::Line(line)) => {
                    main(self.ready, 0).is_some_and(|d| mask::may_answer(&d.shape, &self.masks(0), *line))
                }
                _ => false,
            },
        }
    }
}

/// A decision that is not of a `where`.
pub(crate) fn main(ready: &Ready, d: usize) -> Option<&Decision> {
    ready.apart.decisions.get(d).filter(|decision| !decision.inner)
}
