//! From edited texts to what they mean: only what depends on an edit is lowered again.
//!
//! A definition is lowered again if its own text has changed, or what it is said of, or something that it saw; and where what others
//! see of it has changed by that, they are next. Everything is lowered again where the shape of the tables or the settings have
//! changed, and where definitions are defined by themselves, since what is said of them depends on the order of all.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use lead_diag::{Diagnostic, FileId, Span};
use lead_syntax::ast::{self, Statement, StatementKind};

use super::read::{Part, Subjects, Text, Unit};
use super::state::{EXAMPLE, State, Tables, User};
use crate::hir::{Def, DefId, DefKind, NOWHERE, Name, TableId, TableKind, Ty};
use crate::index::Index;
use crate::lower::declare::{Statements, defined};
use crate::lower::track::{self, ALL_DEFS, ALL_FIELDS, Kept, Seen};
use crate::lower::{Cx, Facts, Item, Origin, State as Progress};

/// A statement of no definition, for numbers that none has.
static NOTHING: Statement = Statement {
    span: Span { file: NOWHERE, start: 0, end: 0 },
    docs: None,
    kind: StatementKind::Broken { name: None },
};

/// A definition that is none, for numbers that none has.
pub(super) fn nobody() -> Def {
    Def {
        name: Name { text: String::new(), key: String::new() },
        subject: None,
        kind: DefKind::Error,
        ty: Ty::Error,
        docs: None,
        span: NOTHING.span,
        name_span: NOTHING.span,
    }
}

/// What an edit has changed, as it is found out.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Names whose claims have changed, folded.
    pub names: BTreeSet<String>,
    /// Names that something more or something less bears, whatever they stand for.
    pub claimed: BTreeSet<String>,
    pub defs: HashSet<DefId>,
    pub examples: HashSet<u32>,
    /// A table's statement was read anew.
    pub tables: bool,
    /// Definitions stand in another order.
    pub order: bool,
    /// Everything is to be lowered.
    pub all: bool,
}

/// What was made anew.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub defs: HashSet<DefId>,
    pub examples: HashSet<u32>,
    pub tables: bool,
    /// Findings that belong to no statement alone.
    pub found: Vec<Diagnostic>,
}

/// One check.
pub(super) struct Update<'a, 's> {
    pub units: &'a [Option<Unit>],
    pub state: &'s mut State,
    pub cx: Cx<'a>,
    pub changes: Changes,
    pub made: Made,
}

impl<'a> Update<'a, '_> {
    /// Brings everything up to date. `edited`: the files whose pieces have changed.
    pub fn run(&mut self, files: &mut [&mut Text], edited: &HashSet<FileId>) {
        let broken = self.put_in_order(files);
        let fields = self.fill_tables();
        self.settle_subjects(files, edited);
        self.place_defs();
        let found_in_tables = self.made.tables;
        let changes = &self.changes;
        let any = changes.order || !changes.defs.is_empty() || !changes.names.is_empty() || !fields.is_empty();
        if self.state.cyclic && any {
            self.changes.all = true;
        }
        if !self.changes.all {
            self.touch_names(&fields);
            if !self.define_some() {
                self.changes.all = true;
            }
        }
        if self.changes.all {
            self.define_all();
        }
        self.clashes(found_in_tables);
        self.check_examples();
        self.found_by_all(broken);
    }

    /// The order of definitions and tables. Whether a statement could not be read.
    fn put_in_order(&mut self, files: &[&mut Text]) -> bool {
        let mut before = Vec::with_capacity(self.cx.order.len());
        std::mem::swap(&mut before, &mut self.cx.order);
        let mut tables = Vec::new();
        let mut broken = false;
        for at in files.iter().flat_map(|f| &f.pieces) {
            let Some(Some(unit)) = self.units.get(at.unit as usize) else { continue };
            for (i, part) in unit.parts.iter().enumerate() {
                match part {
                    Part::Def(id) => self.cx.order.push(*id),
                    Part::Table => tables.push((at.unit, i)),
                    Part::Nothing => broken = true,
                    _ => {}
                }
            }
        }
        if tables != self.state.tables.list {
            self.changes.tables = true;
            self.state.tables.list = tables;
        }
        // Moving alone changes which of two things of one name is the first.
        self.changes.order = before != self.cx.order;
        if self.changes.order || !self.changes.names.is_empty() || !self.changes.defs.is_empty() {
            self.cx.names_changed();
        }
        broken
    }

    fn statement(&self, unit: u32, at: usize) -> &'a Statement {
        let unit = self.units.get(unit as usize).and_then(Option::as_ref);
        unit.and_then(|u| u.statements.get(at)).unwrap_or(&NOTHING)
    }

    /// Lowers the tables if any has changed, and settles what names stand for. The names of fields that have changed.
    fn fill_tables(&mut self) -> Vec<String> {
        // A number that none has stands for nobody.
        self.cx.defs.resize_with(self.state.slots.len(), nobody);
        let looked_up = |name: &String| self.state.tables.seen.binary_search(&track::name(name)).is_ok();
        let anew = self.changes.tables || self.changes.all || self.changes.names.iter().any(looked_up);
        let list = self.state.tables.list.clone();
        let number: HashMap<(u32, usize), TableId> =
            list.iter().enumerate().map(|(i, at)| (*at, TableId(i as u32))).collect();
        let mut statements = Statements::default();
        if anew {
            self.cx.tables.clear();
            self.cx.fields.clear();
            self.cx.ways.clear();
            self.cx.begin();
            for (unit, at) in &list {
                let statement = self.statement(*unit, *at);
                match &statement.kind {
                    StatementKind::Entity(entity) => {
                        let id = self.cx.new_table(&entity.name, statement, &entity.sources);
                        statements.entities.push((id, entity));
                        self.changes.names.insert(entity.name.key());
                    }
                    StatementKind::Event(event) => {
                        let id = self.cx.new_table(&event.name, statement, &event.sources);
                        self.cx.tables[id.0 as usize].kind =
                            TableKind::Event { subject: None, time: crate::hir::FieldId(0) };
                        statements.events.push((id, event));
                        self.changes.names.insert(event.name.key());
                    }
                    _ => {}
                }
            }
        }
        self.settle_names(&number);
        if !anew {
            return Vec::new();
        }
        let mark = self.cx.diagnostics.len();
        self.cx.fill_tables(&statements);
        let mut kept = self.cx.kept(mark).unwrap_or_default();
        let shape = self.cx.shape();
        let fields = self.cx.field_signatures();
        let before = &self.state.tables;
        self.changes.all |= shape != before.shape;
        let differs = |key: &&String| fields.get(*key) != before.fields.get(*key);
        let mut changed: Vec<String> = fields.keys().chain(before.fields.keys()).filter(differs).cloned().collect();
        changed.sort();
        changed.dedup();
        let found = std::mem::take(&mut kept.found);
        let index = by_unit(&kept.index);
        self.state.tables = Tables { list, found, index, seen: kept.seen, shape, fields };
        self.made.tables = true;
        changed
    }

    /// Enters what changed names stand for now; what has changed stays in `changes.names`.
    fn settle_names(&mut self, number: &HashMap<(u32, usize), TableId>) {
        let mut names = std::mem::take(&mut self.changes.names);
        self.changes.claimed = names.clone();
        names.extend(self.state.contested.iter().cloned());
        for key in names {
            let item = self.state.claims.get(&key).and_then(|claims| {
                let table = claims.tables.iter().filter_map(|at| number.get(at)).min().copied();
                let first = || claims.defs.iter().min_by_key(|d| self.cx.ranks()[d.0 as usize]).copied();
                match table {
                    Some(table) => Some(Item::Table(table)),
                    None if claims.broken > 0 => Some(Item::Broken),
                    None => first().map(Item::Def),
                }
            });
            let before = match item {
                Some(item) => self.cx.names.insert(key.clone(), item),
                None => self.cx.names.remove(&key),
            };
            if before != item {
                self.changes.names.insert(key);
            }
        }
    }

    /// What each definition is said of, where a `for` or the tables may have changed.
    fn settle_subjects(&mut self, files: &mut [&mut Text], edited: &HashSet<FileId>) {
        let first = self.cx.tables.iter().position(|t| !t.is_event()).map(|i| TableId(i as u32));
        for file in files {
            let names = &self.changes.names;
            let stale = edited.contains(&file.id)
                || self.made.tables
                || names.iter().any(|n| file.subjects.seen.binary_search(&track::name(n)).is_ok());
            if !stale {
                continue;
            }
            self.cx.begin();
            let mark = self.cx.diagnostics.len();
            let mut subject = first;
            for at in &file.pieces {
                let Some(Some(unit)) = self.units.get(at.unit as usize) else { continue };
                for (part, statement) in unit.parts.iter().zip(unit.statements.iter()) {
                    match (part, &statement.kind) {
                        (Part::Subject, StatementKind::Subject(name)) => {
                            self.cx.searches = crate::lower::SEARCHES;
                            subject = self.cx.subject(name);
                        }
                        (Part::Def(id), _) => {
                            let slot = &mut self.state.slots[id.0 as usize];
                            if slot.subject != subject {
                                slot.subject = subject;
                                self.changes.defs.insert(*id);
                            }
                        }
                        _ => {}
                    }
                }
            }
            let mut kept = self.cx.kept(mark).unwrap_or_default();
            let found = std::mem::take(&mut kept.found);
            file.subjects = Subjects { found, seen: kept.seen, index: by_unit(&kept.index) };
        }
    }

    /// Gives every definition its statement, and those that have changed a fresh start.
    fn place_defs(&mut self) {
        let nothing = Origin { statement: &NOTHING, subject: None };
        let slots = &self.state.slots;
        let origin = |slot: &super::state::Slot| match slot.live {
            true => Origin { statement: self.statement(slot.unit, slot.statement), subject: slot.subject },
            false => nothing,
        };
        self.cx.origins = slots.iter().map(origin).collect();
        self.cx.states.resize(slots.len(), Progress::Done);
        self.cx.facts.resize_with(slots.len(), Facts::default);
        for id in self.state.free.clone() {
            self.cx.defs[id.0 as usize] = nobody();
            self.cx.facts[id.0 as usize] = Facts::default();
        }
        let changed: Vec<DefId> = self.changes.defs.iter().copied().collect();
        changed.into_iter().for_each(|id| self.start_afresh(id));
    }

    fn start_afresh(&mut self, id: DefId) {
        let at = id.0 as usize;
        let origin = self.cx.origins[at];
        let Some(name) = defined(&origin.statement.kind) else { return };
        self.cx.defs[at] = self.cx.placeholder(name, origin.statement, origin.subject);
        self.cx.facts[at] = Facts::default();
        self.cx.states[at] = Progress::Waiting;
    }

    /// Marks those who saw a name or a field that has changed.
    fn touch_names(&mut self, fields: &[String]) {
        let names: Vec<String> = self.changes.names.iter().cloned().collect();
        for name in &names {
            self.touch(track::name(name), u64::MAX);
        }
        let claimed = std::mem::take(&mut self.changes.claimed);
        for name in claimed.iter().chain(&names) {
            self.touch_near(name);
        }
        for field in fields {
            self.touch(track::field(field), u64::MAX);
            self.touch_near(field);
        }
        if !names.is_empty() || !claimed.is_empty() || self.changes.order {
            self.touch(ALL_DEFS, u64::MAX);
        }
        if !fields.is_empty() {
            self.touch(ALL_FIELDS, u64::MAX);
        }
    }

    fn touch(&mut self, seen: Seen, since: u64) {
        let users = self.state.users_of(seen);
        users.into_iter().for_each(|user| self.mark(user, since));
    }

    fn touch_near(&mut self, name: &str) {
        let users = self.state.near(name);
        users.into_iter().for_each(|user| self.mark(user, u64::MAX));
    }

    /// Marks a user that was made before `since`.
    fn mark(&mut self, user: User, since: u64) {
        if user & EXAMPLE != 0 {
            self.changes.examples.insert(user & !EXAMPLE);
        } else if self.state.slots[user as usize].made_at < since {
            self.changes.defs.insert(DefId(user));
        }
    }

    /// Lowers what has changed and what depends on it. `false`: definitions are defined by themselves, or it does not end.
    fn define_some(&mut self) -> bool {
        if let Some(track) = &mut self.cx.track {
            (track.stop_at_cycle, track.cycle) = (true, false);
        }
        let mut rounds = 0;
        let mut linked = Vec::new();
        while !self.changes.defs.is_empty() {
            let mut now: Vec<DefId> =
                self.changes.defs.drain().filter(|d| self.state.slots[d.0 as usize].live).collect();
            now.sort_unstable();
            rounds += now.len();
            if rounds > 2 * self.state.slots.len() + 64 {
                return false;
            }
            for id in &now {
                self.cx.states[id.0 as usize] = Progress::Waiting;
            }
            for id in now {
                if self.cx.states[id.0 as usize] == Progress::Waiting {
                    self.define_one(id);
                }
                if self.cx.track.as_ref().is_some_and(|t| t.cycle) {
                    return false;
                }
            }
            let made = self.cx.track.as_mut().map(|t| std::mem::take(&mut t.made)).unwrap_or_default();
            self.take_made(made, &mut linked);
        }
        !self.circle(&linked)
    }

    /// Lowers one definition; a statement that could not be read is one that had an error.
    fn define_one(&mut self, id: DefId) {
        if matches!(self.cx.origins[id.0 as usize].statement.kind, StatementKind::Broken { .. }) {
            self.cx.states[id.0 as usize] = Progress::Done;
            self.cx.begin();
            self.cx.keep(id, self.cx.diagnostics.len());
        } else {
            self.cx.define_from(id);
        }
    }

    /// Keeps what was made, and marks those who have seen it otherwise.
    fn take_made(&mut self, made: Vec<(DefId, Kept)>, linked: &mut Vec<DefId>) {
        let mut changed: Vec<(DefId, u64)> = Vec::new();
        for (id, kept) in made {
            self.state.clock += 1;
            let at = id.0 as usize;
            let signature = self.cx.signature(id);
            let mut used: Vec<DefId> = self.cx.facts[at].uses.iter().map(|(def, _)| *def).collect();
            used.sort_unstable();
            used.dedup();
            let slot = &mut self.state.slots[at];
            slot.made_at = self.state.clock;
            if used.iter().any(|d| slot.used.binary_search(d).is_err()) {
                linked.push(id);
            }
            slot.used = used;
            let before = std::mem::replace(&mut slot.kept, kept);
            if slot.signature != signature {
                slot.signature = signature;
                changed.push((id, slot.made_at));
            }
            self.state.register(id.0, &before);
            self.made.defs.insert(id);
        }
        if self.changes.all {
            return;
        }
        for (id, made_at) in &changed {
            self.touch(track::def(*id), *made_at);
            let key = self.cx.defs[id.0 as usize].name.key.clone();
            for user in self.state.near(&key) {
                self.mark(user, *made_at);
            }
        }
        if let Some((_, latest)) = changed.last() {
            self.touch(ALL_DEFS, *latest);
        }
    }

    /// Whether any of these is reached from itself.
    fn circle(&self, linked: &[DefId]) -> bool {
        #[derive(Clone, Copy, PartialEq)]
        enum Mark {
            New,
            Open,
            Closed,
        }
        let slots = &self.state.slots;
        let mut marks = vec![Mark::New; slots.len()];
        for root in linked {
            if marks[root.0 as usize] != Mark::New {
                continue;
            }
            let mut stack = vec![(*root, 0usize)];
            marks[root.0 as usize] = Mark::Open;
            while let Some((id, next)) = stack.last_mut() {
                let Some(used) = slots[id.0 as usize].used.get(*next).copied() else {
                    marks[id.0 as usize] = Mark::Closed;
                    stack.pop();
                    continue;
                };
                *next += 1;
                match marks[used.0 as usize] {
                    Mark::Open => return true,
                    Mark::Closed => {}
                    Mark::New => {
                        marks[used.0 as usize] = Mark::Open;
                        stack.push((used, 0));
                    }
                }
            }
        }
        false
    }

    /// Lowers every definition, in order.
    fn define_all(&mut self) {
        self.cx.diagnostics.clear();
        if let Some(track) = &mut self.cx.track {
            (track.stop_at_cycle, track.cycle) = (false, false);
            track.made.clear();
        }
        for id in self.cx.order.clone() {
            self.start_afresh(id);
        }
        for id in self.cx.order.clone() {
            if matches!(self.cx.origins[id.0 as usize].statement.kind, StatementKind::Broken { .. }) {
                self.define_one(id);
            }
        }
        self.cx.define_all();
        self.state.cycles = std::mem::take(&mut self.cx.diagnostics);
        self.state.cyclic = self.cx.track.as_ref().is_some_and(|t| t.cycle);
        self.state.users.clear();
        self.state.searchers.clear();
        let made = self.cx.track.as_mut().map(|t| std::mem::take(&mut t.made)).unwrap_or_default();
        for slot in &mut self.state.slots {
            slot.kept = Kept::default();
        }
        for slot in &mut self.state.examples {
            slot.kept = Kept::default();
        }
        for (at, slot) in self.state.examples.iter().enumerate() {
            if slot.live {
                self.changes.examples.insert(at as u32);
            }
        }
        self.take_made(made, &mut Vec::new());
        self.changes.defs.clear();
    }

    /// Definitions that bear the name of a field.
    fn clashes(&mut self, all: bool) {
        let ids: Vec<DefId> = if all { self.cx.order.clone() } else { self.made.defs.iter().copied().collect() };
        for id in ids {
            let clash = self.cx.field_of_the_name(id);
            let slot = &mut self.state.slots[id.0 as usize];
            if slot.clash != clash {
                slot.clash = clash;
                self.made.defs.insert(id);
            }
        }
    }

    fn check_examples(&mut self) {
        let mut changed: Vec<u32> = self.changes.examples.drain().collect();
        changed.sort_unstable();
        for at in changed {
            let slot = &self.state.examples[at as usize];
            if !slot.live {
                continue;
            }
            let statement = self.statement(slot.unit, slot.statement);
            self.cx.begin();
            let mark = self.cx.diagnostics.len();
            let example = match &statement.kind {
                StatementKind::Table(table) => self.cx.table_example(table, statement.span),
                StatementKind::Story(story) => self.cx.story_example(story, statement.span),
                _ => continue,
            };
            let kept = self.cx.kept(mark).unwrap_or_default();
            let slot = &mut self.state.examples[at as usize];
            slot.example = Some(example);
            let before = std::mem::replace(&mut slot.kept, kept);
            self.state.register(at | EXAMPLE, &before);
            self.made.examples.insert(at);
        }
    }

    /// What can only be found by looking at everything.
    fn found_by_all(&mut self, broken: bool) {
        let mark = self.cx.diagnostics.len();
        if self.cx.tables.iter().all(|t| t.is_event()) {
            let broken = broken || self.state.claims.values().any(|c| c.broken > 0);
            self.cx.no_subject(!broken);
        }
        self.cx.subjects_need_keys();
        let mut twice = Vec::new();
        for key in &self.state.contested {
            let Some(claims) = self.state.claims.get(key) else { continue };
            let item = self.cx.names.get(key).copied();
            let Some(item @ (Item::Table(_) | Item::Def(_))) = item else { continue };
            let table = |at: &(u32, usize)| match &self.statement(at.0, at.1).kind {
                StatementKind::Entity(ast::Entity { name, .. }) | StatementKind::Event(ast::Event { name, .. }) => {
                    Some((name.text.as_str(), name.span))
                }
                _ => None,
            };
            let def = |id: &DefId| {
                let def = &self.cx.defs[id.0 as usize];
                (def.name.text.as_str(), def.name_span)
            };
            let first = match item {
                Item::Table(id) => self.cx.tables[id.0 as usize].name_span,
                Item::Def(id) => self.cx.defs[id.0 as usize].name_span,
                Item::Broken => continue,
            };
            let all = claims.tables.iter().filter_map(table).chain(claims.defs.iter().map(def));
            for (text, span) in all.filter(|(_, span)| *span != first) {
                twice.push(self.cx.stands_for_two(text, span, item));
            }
        }
        self.made.found.extend(twice);
        let mut lints = Vec::new();
        crate::lint::of_all(&self.cx, &mut lints);
        self.cx.begin();
        self.made.found.extend(lints);
        self.made.found.extend(self.cx.diagnostics.split_off(mark));
        self.made.found.extend(self.state.cycles.iter().cloned());
        self.made.found.extend(self.state.tables.found.iter().cloned());
    }
}

/// An index by the units that its places are in.
fn by_unit(index: &Index) -> HashMap<u32, Arc<Index>> {
    let mut units: HashMap<u32, Index> = HashMap::new();
    for place in &index.places {
        units.entry(place.span.file.0).or_default().places.push(*place);
    }
    for typed in &index.types {
        units.entry(typed.span.file.0).or_default().types.push(typed.clone());
    }
    for window in &index.windows {
        units.entry(window.span.file.0).or_default().windows.push(*window);
    }
    units.into_iter().map(|(unit, index)| (unit, Arc::new(index))).collect()
}
