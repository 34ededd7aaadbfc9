//! Asks of conditions: can they have an answer, and which record shows it?

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagram::{Join, Map, NodeId, TooLarge, Truth};
use crate::domain::Cell;
use crate::links::Tie;
use crate::lower::{Kind, TextTest, World};
use crate::space::{Assignment, FormId, Link, Solver, VarId, Workspace};
use crate::table::Table;

/// A record that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where its measurements lie.
    pub cells: Assignment,
    /// Why there may be no such record; `None`: there is.
    pub doubt: Option<String>,
}

/// What a prover works with, kept to be used again.
#[derive(Debug, Default)]
pub struct Room {
    workspace: Workspace,
    ties: Table<(VarId, VarId), Tie>,
}

/// More measurements than this are not looked at together.
const MOST_VARS: usize = 300;

/// Answers questions about the conditions of a world.
#[derive(Debug)]
pub struct Prover<'w> {
    pub(crate) world: &'w World,
    pub(crate) solver: Solver<'w>,
    ties: Table<(VarId, VarId), Tie>,
}

impl<'w> Prover<'w> {
    /// Looks at no more than `limit` nodes. The world may not grow any more.
    pub fn new(world: &'w World, limit: usize) -> Result<Prover<'w>, TooLarge> {
        Prover::within(world, limit, &mut Room::default())
    }

    /// The same, with what another has worked with.
    pub fn within(world: &'w World, limit: usize, room: &mut Room) -> Result<Prover<'w>, TooLarge> {
        if world.space.vars.len() > MOST_VARS {
            return Err(TooLarge);
        }
        let Room { workspace, mut ties } = std::mem::take(room);
        ties.clear();
        Ok(Prover { world, solver: Solver::new(&world.space, limit, workspace), ties })
    }

    /// Leaves what it worked with to another.
    pub fn leave(self, room: &mut Room) {
        *room = Room { workspace: self.solver.done(), ties: self.ties };
    }

    /// The diagram of a condition.
    pub fn diagram(&mut self, form: FormId) -> Result<NodeId, TooLarge> {
        self.solver.diagram(form)
    }

    /// Where the first has one answer and the second another.
    pub fn are(&mut self, a: NodeId, first: Truth, b: NodeId, second: Truth) -> Result<NodeId, TooLarge> {
        self.solver.diagrams.join(Join::Are(first, second), a, b)
    }

    /// Whether a two-valued diagram can be yes; if not, it is proved that there is no such record.
    pub fn can_be(&mut self, target: NodeId) -> Result<bool, TooLarge> {
        if let Some(answer) = target.answer() {
            return Ok(answer == Truth::Yes);
        }
        let support = self.link_all(target)?;
        let left = self.solver.possible(target, &support)?;
        Ok(left.answer() != Some(Truth::No))
    }

    /// The plainest record for which a two-valued diagram is yes; `None`: it is proved that there is none.
    pub fn find(&mut self, target: NodeId) -> Result<Option<Found>, TooLarge> {
        if target.answer() == Some(Truth::No) {
            return Ok(None);
        }
        let support = self.link_all(target)?;
        let Some(cells) = self.solver.find(target, &support)? else { return Ok(None) };
        let Some(doubt) = self.doubt(&cells)? else { return Ok(Some(Found { cells, doubt: None })) };
        // Perhaps there is one that holds whatever the doubtful measurements are.
        let world = self.world;
        let doubtful = |var: u32| world.info(VarId(var)).doubt.is_some();
        let sure = self.solver.diagrams.least(target, &doubtful)?;
        let support = self.solver.diagrams.support(sure);
        if let Some(cells) = self.solver.find(sure, &support)?
            && self.doubt(&cells)?.is_none()
        {
            return Ok(Some(Found { cells, doubt: None }));
        }
        Ok(Some(Found { cells, doubt: Some(doubt) }))
    }

    /// Adds what is known of the measurements that a diagram depends on. Returns those.
    pub(crate) fn link_all(&mut self, target: NodeId) -> Result<Vec<u32>, TooLarge> {
        let support = self.solver.diagrams.support(target);
        for (i, a) in support.iter().enumerate() {
            self.own_bounds(VarId(*a))?;
            for b in support.iter().skip(i + 1) {
                self.link(VarId(*a), VarId(*b))?;
            }
        }
        Ok(support)
    }

    /// A count of records that no record can be among is 0.
    fn own_bounds(&mut self, var: VarId) -> Result<(), TooLarge> {
        if self.ties.contains_key(&(var, var)) {
            return Ok(());
        }
        self.ties.insert((var, var), Tie::Known);
        let Kind::Count(counted) = &self.world.info(var).kind else { return Ok(()) };
        let Some(filter) = counted.filter else { return Ok(()) };
        let node = self.solver.diagram(filter)?;
        let yes = self.solver.diagrams.map(Map::Is(Truth::Yes), node)?;
        let support = self.link_all(yes)?;
        if self.solver.possible(yes, &support)?.answer() == Some(Truth::No) {
            let zero =
                |cell: &Cell| matches!(cell, Cell::At(at) if at.size() == 0.0) || matches!(cell, Cell::Between(..));
            let first = self.solver.cells_of(var).iter().position(zero);
            let allowed = (0..self.solver.cells_of(var).len()).map(|i| Some(i) == first).collect();
            self.solver.only(var, allowed)?;
        }
        Ok(())
    }

    fn link(&mut self, a: VarId, b: VarId) -> Result<Tie, TooLarge> {
        if let Some(tie) = self.ties.get(&(a, b)) {
            return Ok(*tie);
        }
        let (tie, allowed) = self.tie(a, b)?;
        self.ties.insert((a, b), tie);
        if let Some(allowed) = allowed {
            self.solver.link(&Link { first: a, second: b, allowed })?;
        }
        Ok(tie)
    }

    fn tie_of(&self, a: VarId, b: VarId) -> Tie {
        let turned = || self.ties.get(&(b, a)).copied();
        self.ties.get(&(a, b)).copied().or_else(turned).unwrap_or(Tie::Apart)
    }

    /// Why a record with these measurements may not exist.
    fn doubt(&self, cells: &Assignment) -> Result<Option<String>, TooLarge> {
        let world = self.world;
        for (var, _) in cells {
            if let Some(doubt) = &world.info(*var).doubt {
                return Ok(Some(doubt.to_string()));
            }
        }
        let label = |var: VarId| {
            let info = world.info(var);
            match &info.window {
                Some(window) => format!("`{}` {window}", info.label),
                None => format!("`{}`", info.label),
            }
        };
        for (i, (a, _)) in cells.iter().enumerate() {
            for (b, _) in cells.iter().skip(i + 1) {
                let tie = self.tie_of(*a, *b);
                if !tie.is_exact() {
                    return Ok(Some(format!("{} and {} hang together", label(*a), label(*b))));
                }
                // Parts of one whole add up to it.
                let whole = |c: &VarId| {
                    matches!(self.tie_of_turned(*a, *c), Tie::Inside)
                        && matches!(self.tie_of_turned(*b, *c), Tie::Inside)
                };
                let around = cells.iter().map(|(c, _)| *c).find(|c| c != a && c != b && whole(c));
                if let (Tie::Disjoint, Some(around)) = (tie, around) {
                    return Ok(Some(format!("{} and {} are parts of {}", label(*a), label(*b), label(around))));
                }
                if let (Tie::Disjoint, Kind::Within(_, x), Kind::Within(_, y)) =
                    (tie, &world.info(*a).kind, &world.info(*b).kind)
                    && [x, y].iter().any(|r| r.from == crate::edge::Edge::Never)
                    && [x, y].iter().any(|r| r.to == crate::edge::Edge::Forever)
                {
                    return Ok(Some(format!("{} and {} may be all there is", label(*a), label(*b))));
                }
            }
        }
        Ok(self.texts(cells).into_iter().find_map(|(base, text)| {
            text.is_none().then(|| format!("no text of `{}` was found that passes these tests", world.info(base).label))
        }))
    }

    /// The tie as seen from the first.
    pub(crate) fn tie_of_turned(&self, a: VarId, b: VarId) -> Tie {
        match self.ties.get(&(a, b)) {
            Some(tie) => *tie,
            None => match self.ties.get(&(b, a)) {
                Some(Tie::Inside) => Tie::Around,
                Some(Tie::Around) => Tie::Inside,
                Some(tie) => *tie,
                None => Tie::Apart,
            },
        }
    }

    /// A text for every measurement whose text is tested, or is to be none of those that conditions name; `None` where none was found.
    pub(crate) fn texts(&self, cells: &Assignment) -> BTreeMap<VarId, Option<String>> {
        struct Wanted<'t> {
            yes: Vec<&'t TextTest>,
            no: Vec<&'t TextTest>,
            named: Option<String>,
            not: Vec<String>,
            unknown: bool,
        }
        let mut all: BTreeMap<VarId, Wanted> = BTreeMap::new();
        for (var, cell) in cells {
            let Some(cell) = self.solver.cells_of(*var).get(*cell) else { continue };
            let empty = || Wanted { yes: Vec::new(), no: Vec::new(), named: None, not: Vec::new(), unknown: false };
            match (&self.world.info(*var).kind, cell) {
                (Kind::Text(base, test), cell) => {
                    let wanted = all.entry(*base).or_insert_with(empty);
                    match cell {
                        Cell::Yes => wanted.yes.push(test),
                        Cell::No => wanted.no.push(test),
                        _ => wanted.unknown = true,
                    }
                }
                (_, Cell::Other) => {
                    let named = self.solver.cells_of(*var).iter().filter_map(|c| match c {
                        Cell::Text(text) => Some(text.to_string()),
                        _ => None,
                    });
                    all.entry(*var).or_insert_with(empty).not.extend(named);
                }
                (_, Cell::Text(text)) => all.entry(*var).or_insert_with(empty).named = Some(text.to_string()),
                _ => {}
            }
        }
        let made = all.into_iter().filter(|(_, w)| !w.unknown).map(|(base, wanted)| {
            let text = match wanted.named {
                Some(named) => Some(named),
                None => fitting(&wanted.yes, &wanted.no, &wanted.not),
            };
            (base, text)
        });
        made.collect()
    }
}

/// A text that passes some tests, fails others and is none of these.
fn fitting(yes: &[&TextTest], no: &[&TextTest], not: &[String]) -> Option<String> {
    let longest = |of: &dyn Fn(&TextTest) -> Option<Arc<str>>| {
        yes.iter().filter_map(|t| of(t)).max_by_key(|t| t.len()).unwrap_or_default()
    };
    let start = longest(&|t| match t {
        TextTest::Starts(text) => Some(text.clone()),
        _ => None,
    });
    let end = longest(&|t| match t {
        TextTest::Ends(text) => Some(text.clone()),
        _ => None,
    });
    let middle: Vec<&str> = yes
        .iter()
        .filter_map(|t| match t {
            TextTest::Contains(text) => Some(&**text),
            _ => None,
        })
        .filter(|part| !start.contains(part) && !end.contains(part))
        .collect();
    let passes = |text: &String| {
        // As a value is read: blanks around it do not count, and nothing is unknown.
        let folded = lead_hir::fold_text(text);
        !folded.is_empty()
            && yes.iter().all(|t| t.of(&folded) == Some(true))
            && no.iter().all(|t| t.of(&folded) == Some(false))
            && !not.contains(&folded)
    };
    let fillers = ["", " ", "x", "other", "-", "z", "7", "q9"];
    let joined = |between: &str, extra: &str| {
        let mut parts: Vec<&str> = vec![&start];
        parts.extend(&middle);
        if !extra.is_empty() {
            parts.push(extra);
        }
        parts.push(&end);
        parts.retain(|p| !p.is_empty());
        parts.join(between)
    };
    let mut tried = Vec::new();
    if start == end && middle.is_empty() {
        tried.push(start.to_string());
    }
    for extra in fillers {
        tried.extend(fillers.iter().map(|between| joined(between, extra)));
    }
    tried.into_iter().find(passes)
}
