//! Conditions over measurements, and whether they can have an answer: conditions are turned into diagrams over the cells of their
//! measurements, what is known of two measurements together is taken away, and the cheapest record that is left is found.
//!
//! Knows nothing of the language. Invariant *more than there is*: the assignments that are looked at include every record that can
//! be; so what holds of all of them is proved, and what is found among them may still have to be looked at ([`crate::witness`]).

use std::hash::BuildHasher;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::diagram::{Diagrams, Join, Map, NodeId, TooLarge, Truth};
use crate::domain::{Cell, Domain, Point, Test, cells};
use crate::table::Table;

/// Index of a measurement in its [`Space`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VarId(pub u32);

/// Index of a condition in its [`Space`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FormId(pub u32);

/// A condition, three-valued. Equal ones exist once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// The same for all.
    Const(Truth),
    /// A test of a measurement.
    Test(VarId, Test),
    /// Kleene.
    Not(FormId),
    /// Kleene.
    And(Vec<FormId>),
    /// Kleene.
    Or(Vec<FormId>),
    /// Yes where it has this answer, else no.
    Is(FormId, Truth),
    /// Yes where it can be told, else no.
    IsKnown(FormId),
}

/// A measurement: its values and the places where conditions cut them.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its values.
    pub domain: Domain,
    /// Whether it can be unknown.
    pub unknowable: bool,
    cuts: Vec<Point>,
    texts: Vec<Arc<str>>,
}

/// Measurements and conditions over them.
#[derive(Debug, Default)]
pub struct Space {
    /// By [`VarId`].
    pub vars: Vec<Variable>,
    forms: Vec<Form>,
    /// By what they are.
    ids: HashTable<FormId>,
}

impl Space {
    /// A new measurement.
    pub fn var(&mut self, domain: Domain, unknowable: bool) -> VarId {
        self.vars.push(Variable { domain, unknowable, cuts: Vec::new(), texts: Vec::new() });
        VarId(self.vars.len() as u32 - 1)
    }

    /// What was added, without what only serves to add more; that stays here, empty, to be used again.
    pub fn settle(&mut self) -> Space {
        self.ids.clear();
        let vars = self.vars.drain(..).collect();
        let forms = self.forms.drain(..).collect();
        Space { vars, forms, ids: HashTable::new() }
    }

    /// Makes it empty, to be used again.
    pub fn clear(&mut self) {
        self.vars.clear();
        self.forms.clear();
        self.ids.clear();
    }

    /// How many conditions there are.
    pub fn size(&self) -> usize {
        self.forms.len()
    }

    /// The condition of an id.
    pub fn form(&self, id: FormId) -> &Form {
        // Ids come from `make` alone.
        &self.forms[id.0 as usize]
    }

    fn make(&mut self, form: Form) -> FormId {
        let Space { forms, ids, .. } = self;
        let hash = |form: Option<&Form>| FixedState::default().hash_one(form);
        let sought = hash(Some(&form));
        if let Some(id) = ids.find(sought, |id| forms.get(id.0 as usize) == Some(&form)) {
            return *id;
        }
        let id = FormId(forms.len() as u32);
        forms.push(form);
        ids.insert_unique(sought, id, |id| hash(forms.get(id.0 as usize)));
        id
    }

    /// An answer.
    pub fn constant(&mut self, truth: Truth) -> FormId {
        self.make(Form::Const(truth))
    }

    /// A test of a measurement, whose values are cut where the test asks.
    pub fn test(&mut self, var: VarId, test: Test) -> FormId {
        if let Some(variable) = self.vars.get_mut(var.0 as usize) {
            match &test {
                Test::Compare(_, point) => variable.cuts.push(*point),
                Test::Among(texts) => variable.texts.extend(texts.iter().cloned()),
                Test::Yes => {}
                Test::Known if !variable.unknowable => return self.constant(Truth::Yes),
                Test::Known => {}
            }
        }
        self.make(Form::Test(var, test))
    }

    /// Kleene's `not`.
    pub fn not(&mut self, of: FormId) -> FormId {
        match *self.form(of) {
            Form::Const(truth) => self.constant(truth.negated()),
            Form::Not(inner) => inner,
            _ => self.make(Form::Not(of)),
        }
    }

    /// Kleene's `and`.
    pub fn and(&mut self, parts: Vec<FormId>) -> FormId {
        self.chain(parts, Truth::Yes, Form::And)
    }

    /// Kleene's `or`.
    pub fn or(&mut self, parts: Vec<FormId>) -> FormId {
        self.chain(parts, Truth::No, Form::Or)
    }

    /// `neutral` says nothing in the chain, and its opposite settles it.
    fn chain(&mut self, parts: Vec<FormId>, neutral: Truth, of: fn(Vec<FormId>) -> Form) -> FormId {
        let mut kept = Vec::with_capacity(parts.len());
        for part in parts {
            match *self.form(part) {
                Form::Const(truth) if truth == neutral => {}
                Form::Const(truth) if truth == neutral.negated() => return part,
                _ if kept.contains(&part) => {}
                _ => kept.push(part),
            }
        }
        match kept[..] {
            [] => self.constant(neutral),
            [one] => one,
            _ => self.make(of(kept)),
        }
    }

    /// Yes where it is yes, else no.
    pub fn is_yes(&mut self, of: FormId) -> FormId {
        self.is(of, Truth::Yes)
    }

    /// Yes where it has this answer, else no.
    pub fn is(&mut self, of: FormId, answer: Truth) -> FormId {
        match *self.form(of) {
            Form::Const(truth) => self.constant(Truth::of(truth == answer)),
            Form::Is(..) | Form::IsKnown(_) | Form::Test(_, Test::Known) if answer == Truth::Yes => of,
            _ => self.make(Form::Is(of, answer)),
        }
    }

    /// Yes where it can be told, else no.
    pub fn is_known(&mut self, of: FormId) -> FormId {
        match *self.form(of) {
            Form::Const(truth) => self.constant(Truth::of(truth != Truth::Unknown)),
            Form::Is(..) | Form::IsKnown(_) | Form::Test(_, Test::Known) => self.constant(Truth::Yes),
            _ => self.make(Form::IsKnown(of)),
        }
    }

    /// The second where the first is yes, else the third.
    pub fn pick(&mut self, when: FormId, then: FormId, otherwise: FormId) -> FormId {
        let yes = self.is_yes(when);
        let no = self.not(yes);
        let (first, second) = (self.and(vec![yes, then]), self.and(vec![no, otherwise]));
        self.or(vec![first, second])
    }

    /// Every measurement tested in a condition, each as often as it is.
    pub fn tests(&self, of: FormId) -> Vec<(VarId, &Test)> {
        let mut found = Vec::new();
        let mut stack = vec![of];
        while let Some(id) = stack.pop() {
            match self.form(id) {
                Form::Const(_) => {}
                Form::Test(var, test) => found.push((*var, test)),
                Form::Not(of) | Form::Is(of, _) | Form::IsKnown(of) => stack.push(*of),
                Form::And(parts) | Form::Or(parts) => stack.extend_from_slice(parts),
            }
            // A condition that shares much with itself is not worth writing out.
            if found.len() + stack.len() > 10_000 {
                break;
            }
        }
        found
    }
}

/// What is known of two measurements together: which pairs of cells can be.
#[derive(Clone, Debug)]
pub struct Link {
    /// One.
    pub first: VarId,
    /// Another.
    pub second: VarId,
    /// Whether a cell of the first can be beside a cell of the second, by their numbers.
    pub allowed: Vec<Vec<bool>>,
}

/// A cell for each measurement that matters; the others may be anything.
pub type Assignment = Vec<(VarId, usize)>;

/// What a solver works with, kept to be used again.
#[derive(Debug, Default)]
pub struct Workspace {
    diagrams: Diagrams,
    made: Table<FormId, NodeId>,
    links: Vec<(VarId, VarId, NodeId)>,
}

/// Finds answers to conditions of a space that no more is added to.
#[derive(Debug)]
pub struct Solver<'s> {
    /// The conditions.
    pub space: &'s Space,
    /// The cells of each measurement.
    pub cells: Vec<Rc<[Cell]>>,
    /// Diagrams of the conditions that were asked about.
    pub diagrams: Diagrams,
    made: Table<FormId, NodeId>,
    links: Vec<(VarId, VarId, NodeId)>,
}

impl<'s> Solver<'s> {
    /// Looks at no more than `limit` nodes.
    pub fn new(space: &'s Space, limit: usize, workspace: Workspace) -> Solver<'s> {
        let cells = space.vars.iter().map(|v| cells(&v.domain, &v.cuts, &v.texts, v.unknowable).into()).collect();
        let Workspace { mut diagrams, mut made, mut links } = workspace;
        diagrams.clear(limit);
        made.clear();
        links.clear();
        Solver { space, cells, diagrams, made, links }
    }

    /// What it worked with.
    pub fn done(self) -> Workspace {
        Workspace { diagrams: self.diagrams, made: self.made, links: self.links }
    }

    /// The cells of a measurement.
    pub fn cells_of(&self, var: VarId) -> &[Cell] {
        self.cells.get(var.0 as usize).map_or(&[], |c| c)
    }

    /// The same, to be held while the solver is asked.
    pub fn own_cells_of(&self, var: VarId) -> Rc<[Cell]> {
        self.cells.get(var.0 as usize).cloned().unwrap_or_default()
    }

    /// The diagram of a condition.
    pub fn diagram(&mut self, form: FormId) -> Result<NodeId, TooLarge> {
        if let Some(made) = self.made.get(&form) {
            return Ok(*made);
        }
        let space = self.space;
        let node = match space.form(form) {
            Form::Const(truth) => NodeId::end(*truth),
            Form::Test(var, test) => {
                let cells = self.own_cells_of(*var);
                self.diagrams.node(var.0, cells.iter().map(|cell| NodeId::end(test.of(cell))))?
            }
            Form::Not(of) => {
                let of = self.diagram(*of)?;
                self.diagrams.map(Map::Not, of)?
            }
            Form::Is(of, truth) => {
                let of = self.diagram(*of)?;
                self.diagrams.map(Map::Is(*truth), of)?
            }
            Form::IsKnown(of) => {
                let of = self.diagram(*of)?;
                self.diagrams.map(Map::IsKnown, of)?
            }
            Form::And(parts) => self.chain(Join::And, Truth::Yes, parts)?,
            Form::Or(parts) => self.chain(Join::Or, Truth::No, parts)?,
        };
        self.made.insert(form, node);
        Ok(node)
    }

    fn chain(&mut self, join: Join, neutral: Truth, parts: &[FormId]) -> Result<NodeId, TooLarge> {
        let mut all = NodeId::end(neutral);
        for part in parts {
            let part = self.diagram(*part)?;
            all = self.diagrams.join(join, all, part)?;
        }
        Ok(all)
    }

    /// Adds what is known of two measurements together.
    pub fn link(&mut self, link: &Link) -> Result<(), TooLarge> {
        let (no, yes) = (NodeId::end(Truth::No), NodeId::end(Truth::Yes));
        let flipped = link.second < link.first;
        let (first, second) = if flipped { (link.second, link.first) } else { (link.first, link.second) };
        let (rows, columns) = (self.cells_of(first).len(), self.cells_of(second).len());
        let allowed = |a: usize, b: usize| {
            let (a, b) = if flipped { (b, a) } else { (a, b) };
            link.allowed.get(a).and_then(|row| row.get(b)).copied().unwrap_or(true)
        };
        let mut children = Vec::with_capacity(rows);
        for a in 0..rows {
            let row = (0..columns).map(|b| if allowed(a, b) { yes } else { no });
            children.push(self.diagrams.node(second.0, row)?);
        }
        let node = self.diagrams.node(first.0, children)?;
        if node != yes {
            self.links.push((first, second, node));
        }
        Ok(())
    }

    /// Leaves a measurement only some of its cells.
    pub fn only(&mut self, var: VarId, allowed: Vec<bool>) -> Result<(), TooLarge> {
        let ends = allowed.into_iter().map(|a| NodeId::end(Truth::of(a)));
        let node = self.diagrams.node(var.0, ends)?;
        self.links.push((var, var, node));
        Ok(())
    }

    /// A two-valued diagram without the assignments that links rule out: yes only where a record may be. `support`: what it depends on.
    pub fn possible(&mut self, target: NodeId, support: &[u32]) -> Result<NodeId, TooLarge> {
        let mut left = target;
        let has = |var: VarId| support.binary_search(&var.0).is_ok();
        for at in 0..self.links.len() {
            let (first, second, node) = self.links[at];
            if has(first) && has(second) {
                left = self.diagrams.join(Join::And, left, node)?;
            }
        }
        Ok(left)
    }

    /// The plainest assignment for which a two-valued diagram is yes. `support`: what it depends on.
    pub fn find(&mut self, target: NodeId, support: &[u32]) -> Result<Option<Assignment>, TooLarge> {
        let left = self.possible(target, support)?;
        let cells = &self.cells;
        let cost = |var: u32, cell: usize| cells.get(var as usize).and_then(|c| c.get(cell)).map_or(9, cost);
        let way = self.diagrams.cheapest(left, &cost);
        Ok(way.map(|way| way.into_iter().map(|(var, cell)| (VarId(var), cell)).collect()))
    }
}

/// How far a cell is from what goes without saying. Of cells that are as near the first is taken: the least values.
fn cost(cell: &Cell) -> u32 {
    let size = |p: &Point| (p.size().abs().max(1.0).log2().clamp(0.0, 60.0) / 10.0) as u32;
    match cell {
        Cell::No | Cell::Known => 10,
        Cell::At(at) if at.size() == 0.0 => 10,
        Cell::Yes | Cell::Text(_) => 12,
        Cell::At(at) => 12 + size(at),
        Cell::Between(from, to) => 12 + from.iter().chain(to).map(size).min().unwrap_or(0),
        Cell::Other => 14,
        Cell::Unknown => 25,
    }
}
