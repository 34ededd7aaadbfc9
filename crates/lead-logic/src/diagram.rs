//! Decision diagrams with three ends: no, cannot tell, yes. Each node asks in which cell of its values a measurement lies and has
//! a child per cell; equal nodes exist once, so that two conditions mean the same exactly if they are one node.
//!
//! Knows nothing of the language. Invariants: *ordered*: a child asks of a later measurement than its parent; *reduced*: no node
//! has the same child for every cell.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::table::Table;

/// The three answers, in their order: `and` is the lesser of two, `or` the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Truth {
    /// No.
    No,
    /// Cannot tell.
    Unknown,
    /// Yes.
    Yes,
}

impl Truth {
    /// All three, in order.
    pub const ALL: [Truth; 3] = [Truth::No, Truth::Unknown, Truth::Yes];

    /// Kleene's `not`.
    pub fn negated(self) -> Truth {
        match self {
            Truth::No => Truth::Yes,
            Truth::Unknown => Truth::Unknown,
            Truth::Yes => Truth::No,
        }
    }

    /// Yes or no as an answer.
    pub fn of(yes: bool) -> Truth {
        if yes { Truth::Yes } else { Truth::No }
    }

    fn node(self) -> NodeId {
        NodeId(self as u32)
    }
}

/// A node, the three ends among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    /// The end of an answer.
    pub fn end(truth: Truth) -> NodeId {
        truth.node()
    }

    /// The answer of an end.
    pub fn answer(self) -> Option<Truth> {
        Truth::ALL.get(self.0 as usize).copied()
    }
}

/// More nodes were wanted than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// What is made of two answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Join {
    /// The lesser.
    And,
    /// The greater.
    Or,
    /// Yes where the first is this and the second that, else no.
    Are(Truth, Truth),
}

impl Join {
    fn of(self, a: Truth, b: Truth) -> Truth {
        match self {
            Join::And => a.min(b),
            Join::Or => a.max(b),
            Join::Are(first, second) => Truth::of(a == first && b == second),
        }
    }

    /// The answer where it is plain without a look into the diagrams.
    fn plain(self, a: NodeId, b: NodeId) -> Option<NodeId> {
        let (no, yes) = (Truth::No.node(), Truth::Yes.node());
        match self {
            Join::And | Join::Or if a == b => Some(a),
            Join::And if a == no || b == no => Some(no),
            Join::And if a == yes => Some(b),
            Join::And if b == yes => Some(a),
            Join::Or if a == yes || b == yes => Some(yes),
            Join::Or if a == no => Some(b),
            Join::Or if b == no => Some(a),
            _ => Some(self.of(a.answer()?, b.answer()?).node()),
        }
    }

    /// Another number for each.
    fn code(self) -> u8 {
        match self {
            Join::And => 0,
            Join::Or => 1,
            Join::Are(first, second) => 2 + 3 * first as u8 + second as u8,
        }
    }
}

/// What is made of one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Map {
    /// Kleene's `not`.
    Not,
    /// Yes where it is this answer, else no.
    Is(Truth),
    /// Yes where it is yes or no.
    IsKnown,
}

impl Map {
    fn of(self, a: Truth) -> Truth {
        match self {
            Map::Not => a.negated(),
            Map::Is(truth) => Truth::of(a == truth),
            Map::IsKnown => Truth::of(a != Truth::Unknown),
        }
    }

    /// Another number for each.
    fn code(self) -> u8 {
        match self {
            Map::Not => 0,
            Map::IsKnown => 1,
            Map::Is(truth) => 2 + truth as u8,
        }
    }
}

/// A node; its children stand among those of all nodes, from `first` on.
#[derive(Clone, Copy, Debug)]
struct Node {
    var: u32,
    first: u32,
    width: u32,
}

/// A node as a number; two nodes may have one.
fn mark(var: u32, children: &[NodeId]) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    hasher.write_u32(var);
    for pair in children.chunks(2) {
        hasher.write_u64(pair.iter().fold(0, |both, id| both << 32 | u64::from(id.0)));
    }
    hasher.finish()
}

/// Diagrams that share their nodes.
#[derive(Debug, Default)]
pub struct Diagrams {
    nodes: Vec<Node>,
    /// The children of all nodes, one node's after the other's.
    children: Vec<NodeId>,
    /// The children of nodes in the making, the innermost one's last.
    making: Vec<NodeId>,
    /// Places in `nodes`, by what stands there.
    unique: HashTable<u32>,
    /// By [`Join::code`] and both diagrams.
    joined: Table<(u64, u8), NodeId>,
    /// By the diagram and [`Map::code`].
    mapped: Table<u64, NodeId>,
    /// More than the greatest measurement of a node.
    vars: usize,
    /// No more nodes than this.
    limit: usize,
}

impl Diagrams {
    /// Drops all, and keeps their room: none again, and never more than `limit`.
    pub fn clear(&mut self, limit: usize) {
        let Diagrams { nodes, children, making, unique, joined, mapped, vars, limit: most } = self;
        nodes.clear();
        children.clear();
        making.clear();
        unique.clear();
        joined.clear();
        mapped.clear();
        *vars = 0;
        *most = limit;
    }

    fn get(&self, id: NodeId) -> Option<Node> {
        self.nodes.get((id.0 as usize).checked_sub(Truth::ALL.len())?).copied()
    }

    /// The measurement that a node asks of, and its child per cell; `None` for an end.
    pub fn parts(&self, id: NodeId) -> Option<(u32, &[NodeId])> {
        let node = self.get(id)?;
        let first = node.first as usize;
        Some((node.var, self.children.get(first..first + node.width as usize)?))
    }

    /// The node that asks of `var` and has these children; they ask of later measurements.
    pub fn node(&mut self, var: u32, children: impl IntoIterator<Item = NodeId>) -> Result<NodeId, TooLarge> {
        let from = self.making.len();
        self.making.extend(children);
        self.made(var, from)
    }

    /// The node with the children that are in the making from a place on.
    fn made(&mut self, var: u32, from: usize) -> Result<NodeId, TooLarge> {
        let Diagrams { nodes, children, making, unique, vars, limit, .. } = self;
        let own = making.get(from..).unwrap_or(&[]);
        let Some(first) = own.first().copied() else { return Err(TooLarge) };
        if own.iter().all(|c| *c == first) {
            making.truncate(from);
            return Ok(first);
        }
        let numbered = |at: u32| NodeId(at + Truth::ALL.len() as u32);
        let of = |at: u32| {
            let node = nodes.get(at as usize)?;
            Some((node.var, children.get(node.first as usize..(node.first + node.width) as usize)?))
        };
        let sought = mark(var, own);
        if let Some(at) = unique.find(sought, |at| of(*at) == Some((var, own))) {
            let id = numbered(*at);
            making.truncate(from);
            return Ok(id);
        }
        if nodes.len() >= *limit {
            return Err(TooLarge);
        }
        let at = nodes.len() as u32;
        unique.insert_unique(sought, at, |at| of(*at).map_or(0, |(var, own)| mark(var, own)));
        nodes.push(Node { var, first: children.len() as u32, width: own.len() as u32 });
        children.extend_from_slice(own);
        making.truncate(from);
        *vars = (*vars).max(var as usize + 1);
        Ok(numbered(at))
    }

    /// Answers made of the answers of one diagram.
    pub fn map(&mut self, map: Map, a: NodeId) -> Result<NodeId, TooLarge> {
        if let Some(answer) = a.answer() {
            return Ok(map.of(answer).node());
        }
        let key = u64::from(a.0) << 8 | u64::from(map.code());
        if let Some(id) = self.mapped.get(&key) {
            return Ok(*id);
        }
        let Some(node) = self.get(a) else { return Ok(a) };
        let from = self.making.len();
        for at in node.first..node.first + node.width {
            let child = self.child(Some(at), a);
            let mapped = self.map(map, child)?;
            self.making.push(mapped);
        }
        let id = self.made(node.var, from)?;
        self.mapped.insert(key, id);
        Ok(id)
    }

    /// Answers made of the answers of two diagrams.
    pub fn join(&mut self, join: Join, a: NodeId, b: NodeId) -> Result<NodeId, TooLarge> {
        if let Some(plain) = join.plain(a, b) {
            return Ok(plain);
        }
        let (a, b) = match join {
            Join::And | Join::Or if b < a => (b, a),
            _ => (a, b),
        };
        let key = (u64::from(a.0) << 32 | u64::from(b.0), join.code());
        if let Some(id) = self.joined.get(&key) {
            return Ok(*id);
        }
        let (x, y) = (self.get(a), self.get(b));
        let top = match (x, y) {
            (Some(x), Some(y)) => {
                if x.var <= y.var {
                    x
                } else {
                    y
                }
            }
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => return Ok(a),
        };
        let first = |node: Option<Node>| node.filter(|n| n.var == top.var).map(|n| n.first);
        let (x, y) = (first(x), first(y));
        let from = self.making.len();
        for cell in 0..top.width {
            let (c, d) = (self.child(x.map(|x| x + cell), a), self.child(y.map(|y| y + cell), b));
            let joined = match join.plain(c, d) {
                Some(plain) => plain,
                None => self.join(join, c, d)?,
            };
            self.making.push(joined);
        }
        let id = self.made(top.var, from)?;
        self.joined.insert(key, id);
        Ok(id)
    }

    /// The child that stands at a place, or the diagram itself where there is none.
    fn child(&self, at: Option<u32>, of: NodeId) -> NodeId {
        at.and_then(|at| self.children.get(at as usize)).copied().unwrap_or(of)
    }

    /// The least answer over all cells of the measurements for which `away` holds: yes only where it is yes whatever they are.
    pub fn least(&mut self, id: NodeId, away: &dyn Fn(u32) -> bool) -> Result<NodeId, TooLarge> {
        let mut memo = Table::default();
        self.least_in(id, away, &mut memo)
    }

    fn least_in(
        &mut self,
        id: NodeId,
        away: &dyn Fn(u32) -> bool,
        memo: &mut Table<NodeId, NodeId>,
    ) -> Result<NodeId, TooLarge> {
        if let Some(known) = memo.get(&id) {
            return Ok(*known);
        }
        let Some((var, children)) = self.parts(id) else { return Ok(id) };
        let children = children.to_vec();
        let children = children.into_iter().map(|c| self.least_in(c, away, memo)).collect::<Result<Vec<_>, _>>()?;
        let made = if away(var) {
            let mut least = Truth::Yes.node();
            for child in children {
                least = self.join(Join::And, least, child)?;
            }
            least
        } else {
            self.node(var, children)?
        };
        memo.insert(id, made);
        Ok(made)
    }

    /// The measurements that the answer depends on, in order.
    pub fn support(&self, id: NodeId) -> Vec<u32> {
        // Nodes stand behind their children: on the way down each is reached before it is looked at.
        let Some(top) = (id.0 as usize).checked_sub(Truth::ALL.len()) else { return Vec::new() };
        let mut reached = vec![0_u64; top / 64 + 1];
        let mut vars = vec![0_u64; self.vars / 64 + 1];
        let set =
            |bits: &mut [u64], at: usize| bits.get_mut(at / 64).into_iter().for_each(|word| *word |= 1 << (at % 64));
        set(&mut reached, top);
        for at in (0..=top).rev() {
            if reached.get(at / 64).is_none_or(|word| word >> (at % 64) & 1 == 0) {
                continue;
            }
            let Some((var, children)) = self.parts(NodeId((at + Truth::ALL.len()) as u32)) else { continue };
            set(&mut vars, var as usize);
            for child in children {
                if let Some(at) = (child.0 as usize).checked_sub(Truth::ALL.len()) {
                    set(&mut reached, at);
                }
            }
        }
        let mut support = Vec::new();
        for (at, word) in vars.into_iter().enumerate() {
            let mut left = word;
            while left != 0 {
                support.push(at as u32 * 64 + left.trailing_zeros());
                left &= left - 1;
            }
        }
        support
    }

    /// The cheapest way to yes: a cell for each measurement on it. `cost` is of a measurement and a cell.
    pub fn cheapest(&self, id: NodeId, cost: &dyn Fn(u32, usize) -> u32) -> Option<Vec<(u32, usize)>> {
        let mut memo: Table<NodeId, Option<(u32, usize)>> = Table::default();
        self.price(id, cost, &mut memo)?;
        let mut way = Vec::new();
        let mut at = id;
        while let Some((var, children)) = self.parts(at) {
            let (_, cell) = memo.get(&at).copied().flatten()?;
            way.push((var, cell));
            at = *children.get(cell)?;
        }
        Some(way)
    }

    /// The price of the cheapest way from a node, and the cell that it begins with.
    fn price(
        &self,
        id: NodeId,
        cost: &dyn Fn(u32, usize) -> u32,
        memo: &mut Table<NodeId, Option<(u32, usize)>>,
    ) -> Option<u32> {
        if let Some(answer) = id.answer() {
            return (answer == Truth::Yes).then_some(0);
        }
        if let Some(known) = memo.get(&id) {
            return known.map(|(price, _)| price);
        }
        let (var, children) = self.parts(id)?;
        let mut best: Option<(u32, usize)> = None;
        for (cell, child) in children.iter().enumerate() {
            let Some(rest) = self.price(*child, cost, memo) else { continue };
            let price = rest.saturating_add(cost(var, cell));
            if best.is_none_or(|(other, _)| price < other) {
                best = Some((price, cell));
            }
        }
        memo.insert(id, best);
        best.map(|(price, _)| price)
    }
}
