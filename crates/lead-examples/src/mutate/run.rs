//! Which mutants an example notices. The world of an example is made once, and one plan holds many mutants: what a mutant leaves
//! alone has the same nodes, and is computed once for all of them.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use lead_data::{Column, Data};
use lead_eval::{Why, values};
use lead_hir::hir::{DefId, Lexicon};
use lead_plan::{NodeId, Planner, on_a_deep_stack};

use super::{Fate, Mutant, Mutation};
use crate::run::{answer_at, as_expected, planner};
use crate::suite::Suite;
use crate::uses::Users;
use crate::world::{Asked, Case};

/// Mutants in one plan.
const TOGETHER: usize = 64;

/// What became of each mutant so far.
struct State {
    /// By mutant: [`UNTOUCHED`], then [`TOUCHED`], then [`NOTICED`].
    fates: Vec<AtomicU8>,
    answered: AtomicUsize,
}

/// No example has worked it out.
const UNTOUCHED: u8 = 0;
/// An example has worked it out, and none has noticed it.
const TOUCHED: u8 = 1;
/// An example is not as expected with it.
const NOTICED: u8 = 2;

impl State {
    fn alive(&self, mutant: usize) -> bool {
        self.fates.get(mutant).is_some_and(|fate| fate.load(Ordering::Relaxed) < NOTICED)
    }

    fn set(&self, mutant: usize, to: u8) {
        if let Some(fate) = self.fates.get(mutant) {
            fate.fetch_max(to, Ordering::Relaxed);
        }
    }
}

impl Suite {
    /// Answers the examples with each of `mutants`, on so many threads.
    pub fn try_mutants(&self, mutants: Vec<Mutant>, threads: usize) -> Mutation {
        let users = Users::of(self.lexicon());
        let mut affected: HashMap<DefId, HashSet<DefId>> = HashMap::new();
        for mutant in &mutants {
            affected.entry(mutant.def).or_insert_with(|| users.affected(mutant.def));
        }
        let state =
            State { fates: mutants.iter().map(|_| AtomicU8::new(UNTOUCHED)).collect(), answered: AtomicUsize::new(0) };
        let failing = Mutex::new(Vec::new());
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let example = next.fetch_add(1, Ordering::Relaxed);
                if example >= self.cases() {
                    return;
                }
                let Some(case) = self.case(example) else { continue };
                let trial = Trial { suite: self, example, case, mutants: &mutants, affected: &affected, state: &state };
                if trial.run().is_none() {
                    failing.lock().unwrap_or_else(PoisonError::into_inner).push(example);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads.clamp(1, self.cases().max(1)) {
                scope.spawn(|| on_a_deep_stack(work));
            }
            on_a_deep_stack(work);
        });
        let mut failing = failing.into_inner().unwrap_or_else(PoisonError::into_inner);
        failing.sort_unstable();
        let fates = state.fates.iter().map(|fate| match fate.load(Ordering::Relaxed) {
            UNTOUCHED => Fate::Untouched,
            TOUCHED => Fate::Survived,
            _ => Fate::Noticed,
        });
        let fates: Vec<Fate> = fates.collect();
        Mutation {
            mutants: mutants.into_iter().zip(fates).collect(),
            failing,
            answered: state.answered.load(Ordering::Relaxed),
        }
    }
}

/// One example and the mutants that it reaches.
struct Trial<'t> {
    suite: &'t Suite,
    example: usize,
    case: &'t Case,
    mutants: &'t [Mutant],
    affected: &'t HashMap<DefId, HashSet<DefId>>,
    state: &'t State,
}

impl<'t> Trial<'t> {
    fn lexicon(&self) -> &'t Lexicon {
        self.suite.lexicon()
    }

    /// `None`: the example is not as expected to begin with.
    fn run(&self) -> Option<()> {
        let data = Data::made(self.lexicon(), self.case.world.clone());
        let mut planner = planner(self.suite, self.case);
        let (asked, nodes) = self.asked(&mut planner);
        let reached = planner.defs();
        let plan = planner.finish();
        let columns = values(self.lexicon(), &plan, &data, &nodes).ok()?;
        let known: Vec<bool> = asked.iter().map(|(place, asked)| self.holds(asked, columns.get(*place))).collect();
        if known.contains(&false) || !self.reasons(None, &asked)? {
            return None;
        }
        let given: HashSet<DefId> = self.case.given.iter().copied().collect();
        let mut due: Vec<usize> = Vec::new();
        for (i, mutant) in self.mutants.iter().enumerate() {
            if reached.contains(&mutant.def) && !given.contains(&mutant.def) && self.state.alive(i) {
                self.state.set(i, TOUCHED);
                due.push(i);
            }
        }
        for batch in due.chunks(TOGETHER) {
            if !self.together(batch, &data) {
                // One of them goes past what can be held: which one is found out apart.
                for mutant in batch {
                    if !self.together(std::slice::from_ref(mutant), &data) {
                        self.state.set(*mutant, NOTICED);
                    }
                }
            }
        }
        Some(())
    }

    /// The questions of the example, and the nodes of what they ask, each once.
    fn asked(&self, planner: &mut Planner<'t>) -> (Vec<(usize, &'t Asked)>, Vec<NodeId>) {
        let (mut asked, mut nodes) = (Vec::new(), Vec::new());
        for question in &self.case.asked {
            let Some(node) = planner.answer(question.def) else { continue };
            let place = nodes.iter().position(|n| *n == node).unwrap_or_else(|| {
                nodes.push(node);
                nodes.len() - 1
            });
            asked.push((place, question));
        }
        (asked, nodes)
    }

    fn holds(&self, asked: &Asked, column: Option<&Option<Arc<Column>>>) -> bool {
        let Some(Some(column)) = column else { return false };
        let answer = answer_at(self.suite, self.example, asked, column);
        as_expected(asked, answer.as_ref(), &self.lexicon().settings)
    }

    /// Answers the example with several mutants at once. Whether all could be answered.
    fn together(&self, batch: &[usize], data: &Data<'t>) -> bool {
        let mut planner = planner(self.suite, self.case);
        let (_, own) = self.asked(&mut planner);
        let mut tried = Vec::new();
        let mut before: Option<DefId> = None;
        let mut nodes: Vec<NodeId> = Vec::new();
        for index in batch {
            let Some(mutant) = self.mutants.get(*index) else { continue };
            let Some(affected) = self.affected.get(&mutant.def) else { continue };
            // What the mutant before it touched is planned anew as the lexicon has it.
            if let Some(old) = before.filter(|old| *old != mutant.def).and_then(|old| self.affected.get(&old)) {
                planner.change(None, old);
            }
            planner.change(Some((mutant.def, &mutant.changed)), affected);
            before = Some(mutant.def);
            let (asked, found) = self.asked(&mut planner);
            // The same nodes: in this world it is the same definition.
            if found == own {
                continue;
            }
            let places: Vec<usize> = found
                .iter()
                .map(|node| {
                    nodes.iter().position(|n| n == node).unwrap_or_else(|| {
                        nodes.push(*node);
                        nodes.len() - 1
                    })
                })
                .collect();
            tried.push((*index, asked, places));
        }
        if tried.is_empty() {
            return true;
        }
        self.state.answered.fetch_add(tried.len(), Ordering::Relaxed);
        let plan = planner.finish();
        let Ok(columns) = values(self.lexicon(), &plan, data, &nodes) else { return false };
        for (index, asked, places) in tried {
            let column = |place: usize| places.get(place).and_then(|at| columns.get(*at));
            let noticed = asked.iter().any(|(place, asked)| !self.holds(asked, column(*place)));
            let noticed = noticed
                || match self.mutants.get(index) {
                    Some(mutant) => self.reasons(Some(mutant), &asked) != Some(true),
                    None => false,
                };
            if noticed {
                self.state.set(index, NOTICED);
            }
        }
        true
    }

    /// Whether the reasons are those that are expected. `None`: they cannot be worked out.
    fn reasons(&self, mutant: Option<&'t Mutant>, asked: &[(usize, &Asked)]) -> Option<bool> {
        for (_, asked) in asked {
            let Some((because, _)) = &asked.because else { continue };
            let mut planner = planner(self.suite, self.case);
            if let Some(mutant) = mutant {
                planner.change(Some((mutant.def, &mutant.changed)), &HashSet::new());
            }
            let whys = crate::run::whys_of(self.suite, self.case, asked, planner).ok()?;
            if !whys.iter().flat_map(Why::reasons).any(|r| r == *because) {
                return Some(false);
            }
        }
        Some(true)
    }
}
