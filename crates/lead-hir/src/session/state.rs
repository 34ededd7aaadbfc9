//! What a session knows between two checks.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use lead_diag::Diagnostic;

use super::read::Part;
use crate::Config;
use crate::hir::{DefId, Example, TableId};
use crate::index::Index;
use crate::lower::Cx;
use crate::lower::track::{Kept, Seen, SeenMap, Track};

/// A statement that is looked at again when something that it saw has changed: a definition, or with [`EXAMPLE`] an example.
pub(super) type User = u32;
pub(super) const EXAMPLE: User = 1 << 31;

/// A definition and what was made of it.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub live: bool,
    pub unit: u32,
    /// Which statement of the unit.
    pub statement: usize,
    /// What it is said of by its place.
    pub subject: Option<TableId>,
    pub kept: Kept,
    /// Counts what is made: whoever was made later has seen it.
    pub made_at: u64,
    pub signature: u64,
    /// The definitions it names, in order.
    pub used: Vec<DefId>,
    /// It bears the name of a field.
    pub clash: Option<Diagnostic>,
}

/// An example and what was made of it.
#[derive(Debug, Default)]
pub(super) struct ExampleSlot {
    pub live: bool,
    pub unit: u32,
    pub statement: usize,
    pub kept: Kept,
    pub example: Option<Example>,
}

/// What bears a name.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// By unit and statement.
    pub tables: Vec<(u32, usize)>,
    pub broken: usize,
    pub defs: Vec<DefId>,
}

impl Claims {
    pub fn count(&self) -> usize {
        self.tables.len() + self.broken + self.defs.len()
    }
}

/// The tables, which are lowered together.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// By unit and statement.
    pub list: Vec<(u32, usize)>,
    pub found: Vec<Diagnostic>,
    pub index: HashMap<u32, Arc<Index>>,
    pub seen: Vec<Seen>,
    pub shape: String,
    pub fields: HashMap<String, u64>,
}

/// All of it. Places are of units.
pub(super) struct State {
    pub cx: Cx<'static>,
    pub claims: HashMap<String, Claims>,
    /// Names that several things bear.
    pub contested: BTreeSet<String>,
    pub slots: Vec<Slot>,
    pub free: Vec<DefId>,
    pub examples: Vec<ExampleSlot>,
    pub free_examples: Vec<u32>,
    /// Who looked at something; may name some that no longer do.
    pub users: SeenMap<Vec<User>>,
    /// Those who searched for near names.
    pub searchers: HashSet<User>,
    pub tables: Tables,
    /// Some definitions are defined by themselves.
    pub cyclic: bool,
    pub cycles: Vec<Diagnostic>,
    pub clock: u64,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("definitions", &self.slots.len()).finish_non_exhaustive()
    }
}

/// A context in which each statement is kept by itself.
pub(super) fn tracked(config: &Config) -> Cx<'static> {
    let mut cx = Cx::new(config);
    cx.index = Some(Index::default());
    cx.track = Some(Track::default());
    cx
}

impl State {
    pub fn new(config: &Config) -> State {
        State {
            cx: tracked(config),
            claims: HashMap::new(),
            contested: BTreeSet::new(),
            slots: Vec::new(),
            free: Vec::new(),
            examples: Vec::new(),
            free_examples: Vec::new(),
            users: SeenMap::default(),
            searchers: HashSet::new(),
            tables: Tables::default(),
            cyclic: false,
            cycles: Vec::new(),
            clock: 0,
        }
    }

    /// What a user saw and searched for.
    pub fn kept(&self, user: User) -> Option<&Kept> {
        if user & EXAMPLE == 0 {
            self.slots.get(user as usize).filter(|s| s.live).map(|s| &s.kept)
        } else {
            self.examples.get((user & !EXAMPLE) as usize).filter(|s| s.live).map(|s| &s.kept)
        }
    }

    /// Those who saw something, which is what they are asked about; others are forgotten on the way.
    pub fn users_of(&mut self, seen: Seen) -> Vec<User> {
        let Some(mut users) = self.users.remove(&seen) else { return Vec::new() };
        users.retain(|user| self.kept(*user).is_some_and(|k| k.seen.binary_search(&seen).is_ok()));
        users.sort_unstable();
        users.dedup();
        self.users.insert(seen, users.clone());
        users
    }

    /// Those who searched for a name that this is near to.
    pub fn near(&self, name: &str) -> Vec<User> {
        let near = |user: &&User| {
            self.kept(**user).is_some_and(|k| k.searched.iter().any(|s| crate::suggest::is_near(s, name)))
        };
        self.searchers.iter().filter(near).copied().collect()
    }

    /// Notes what a user saw, who had seen something else before.
    pub fn register(&mut self, user: User, before: &Kept) {
        let Some(kept) = self.kept(user) else { return };
        let new: Vec<Seen> =
            kept.seen.iter().copied().filter(|seen| before.seen.binary_search(seen).is_err()).collect();
        let searches = !kept.searched.is_empty();
        for seen in new {
            self.users.entry(seen).or_default().push(user);
        }
        if searches {
            self.searchers.insert(user);
        } else {
            self.searchers.remove(&user);
        }
    }

    /// Takes up a definition's number again, or a new one.
    pub fn new_slot(&mut self) -> DefId {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            DefId(self.slots.len() as u32 - 1)
        })
    }

    /// As [`State::new_slot`], for an example.
    pub fn new_example(&mut self) -> u32 {
        self.free_examples.pop().unwrap_or_else(|| {
            self.examples.push(ExampleSlot::default());
            self.examples.len() as u32 - 1
        })
    }

    /// Gives up what a statement was.
    pub fn release(&mut self, part: Part) {
        match part {
            Part::Def(id) => {
                self.slots[id.0 as usize] = Slot::default();
                self.searchers.remove(&id.0);
                self.free.push(id);
            }
            Part::Example(at) => {
                self.examples[at as usize] = ExampleSlot::default();
                self.searchers.remove(&(at | EXAMPLE));
                self.free_examples.push(at);
            }
            _ => {}
        }
    }
}
