//! Syntax trees to the typed lexicon: the stage between the parser and everything that means something.
//!
//! In order: names are declared ([`declare`]), tables get their fields ([`schema`]), then each definition is lowered once
//! all definitions that it uses are ([`Cx::define_all`]); examples and lints come last.
//!
//! Invariant *one cause, one report*: what was reported has type [`Ty::Error`] or kind [`DefKind::Error`], which fit everywhere.

mod aggregate;
pub(crate) mod allow;
mod arithmetic;
mod body;
mod call;
mod collection;
mod compare;
mod condition;
mod cover;
pub(crate) mod declare;
mod define;
mod example;
mod guess;
mod literal;
mod lookup;
mod metric;
mod path;
mod relation;
mod schema;
mod score;
mod sequence;
mod source_filter;
mod story;
pub(crate) mod track;
mod unknown;
mod window;

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use lead_diag::{Code, Diagnostic, FileId, Level, Span, codes};
use lead_syntax::ast;

use crate::Config;
use crate::index::{Effective, Index, Place, Role, Signal, Target, Typed};
use crate::suggest::{Shape, Shapes};
pub use schema::fold_text;
use track::Track;

use crate::hir::{Def, DefId, DefKind, Example, FieldId, Hop, Lexicon, Settings, Table, TableId, Ty, WindowKind};

/// A lexicon and what was found in it.
#[derive(Debug)]
pub struct Lowered {
    /// What could be understood.
    pub lexicon: Lexicon,
    /// Everything found, in order of file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// The lints that comments or settings silence, and where.
    pub silenced: Vec<(Code, Span)>,
}

/// Checks all files of a lexicon together.
pub fn lower(files: &[(FileId, &ast::File)], config: &Config) -> Lowered {
    let mut cx = Cx::new(config);
    let statements = cx.declare(files);
    cx.fill_tables(&statements);
    cx.definitions_and_fields();
    cx.define_all();
    cx.check_examples(&statements);
    let lints = crate::lint::lint(&cx);
    cx.diagnostics.extend(lints);
    let silenced = cx.apply_levels(files, config);
    let defs = cx.defs.into_iter().map(Arc::new).collect();
    let examples = cx.examples.into_iter().map(Arc::new).collect();
    let lexicon = Lexicon { settings: cx.settings, tables: cx.tables, defs, examples };
    let mut diagnostics = cx.diagnostics;
    sort(&mut diagnostics);
    Lowered { lexicon, diagnostics, silenced }
}

/// By place; what stands at one place in an order that depends on itself alone.
pub(crate) fn sort(diagnostics: &mut [Diagnostic]) {
    let key = |d: &Diagnostic| d.span().map(|s| (s.file, s.start, s.end));
    diagnostics.sort_by(|a, b| {
        key(a).cmp(&key(b)).then_with(|| a.code.id().cmp(b.code.id())).then_with(|| a.message.cmp(&b.message))
    });
}

/// What a name stands for in the one namespace (D4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// An entity or event.
    Table(TableId),
    /// A definition.
    Def(DefId),
    /// Of a statement that could not be read.
    Broken,
}

/// Where a definition stands in the order of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Not begun.
    Waiting,
    /// Waits for definitions that it uses.
    Active,
    /// Lowered, or known to be wrong.
    Done,
}

/// What is known of a definition beyond its tree, once it is done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// A window from outside reaches something in it (values alone).
    pub open: bool,
    /// Something in it, or in what it uses, moves with the as-of time.
    pub moves: bool,
    /// It reads a field, itself or through what it uses.
    pub reads_fields: bool,
    /// Definitions it names, with the place.
    pub uses: Vec<(DefId, Span)>,
}

/// A definition's statement and the subject it stands below.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    pub statement: &'a ast::Statement,
    /// `None`: the subject was reported, or may be in a broken statement; the definition is not looked at.
    pub subject: Option<TableId>,
}

/// The ways between two tables, by the groups of D7.
pub(crate) type Ways = Arc<[Vec<Vec<Hop>>; 3]>;

/// How many searches for near names one statement may cause.
pub(crate) const SEARCHES: u32 = 12;
/// How many all tables together may cause.
const TABLE_SEARCHES: u32 = 100;

/// By folded name; looked up for every word of a lexicon, so by a quick hash.
pub(crate) type Named<T> = HashMap<String, T, foldhash::fast::FixedState>;

/// All that is known of the lexicon while it is lowered.
pub(crate) struct Cx<'a> {
    pub settings: Settings,
    pub tables: Vec<Table>,
    pub defs: Vec<Def>,
    pub examples: Vec<Example>,
    pub diagnostics: Vec<Diagnostic>,
    pub names: Named<Item>,
    pub fields: Vec<Named<FieldId>>,
    pub origins: Vec<Origin<'a>>,
    pub states: Vec<State>,
    pub facts: Vec<Facts>,
    pub ways: HashMap<(TableId, TableId), Ways>,
    /// Definitions in order of file and place.
    pub order: Vec<DefId>,
    /// Searches for near names that are still allowed in a statement, so that thousands of errors stay quick.
    pub searches: u32,
    /// The shapes of the definitions' names, once they are asked for.
    shapes: OnceCell<Shapes<DefId>>,
    /// Where each definition stands in [`Cx::order`], once it is asked for.
    ranks: OnceCell<Vec<u32>>,
    /// Lints that are off unless asked for, by code id.
    pub asked: Vec<Code>,
    /// What stands where, if anyone wants to know.
    pub index: Option<Index>,
    /// What is looked at and made, if each statement is to be kept by itself.
    pub track: Option<Track>,
    cyclic: Vec<DefId>,
}

impl<'a> Cx<'a> {
    /// All that outlives the trees, for the next time.
    pub(crate) fn rest(self) -> Cx<'static> {
        Cx {
            settings: self.settings,
            tables: self.tables,
            defs: self.defs,
            examples: self.examples,
            diagnostics: self.diagnostics,
            names: self.names,
            fields: self.fields,
            origins: Vec::new(),
            states: self.states,
            facts: self.facts,
            ways: self.ways,
            order: self.order,
            searches: self.searches,
            shapes: self.shapes,
            ranks: self.ranks,
            asked: self.asked,
            index: self.index,
            track: self.track,
            cyclic: self.cyclic,
        }
    }

    /// Forgets what was worked out from the names and the order of the definitions.
    pub(crate) fn names_changed(&mut self) {
        self.shapes = OnceCell::new();
        self.ranks = OnceCell::new();
    }

    pub(crate) fn new(config: &Config) -> Cx<'a> {
        let zone_name = config.timezone.as_ref().map_or("UTC", |(name, _)| name.as_str());
        // The name was checked when lead.toml was read.
        let zone = jiff::tz::db().get(zone_name).unwrap_or(jiff::tz::TimeZone::UTC);
        let asked = lead_diag::CODES.iter().copied().filter(|c| config.lints.contains_key(c.id())).collect();
        Cx {
            settings: Settings {
                name: config.name.clone().unwrap_or_default(),
                zone,
                zone_name: zone_name.to_string(),
                fiscal_start: config.fiscal_start.unwrap_or(1),
            },
            tables: Vec::new(),
            defs: Vec::new(),
            examples: Vec::new(),
            diagnostics: Vec::new(),
            names: Named::default(),
            fields: Vec::new(),
            origins: Vec::new(),
            states: Vec::new(),
            facts: Vec::new(),
            ways: HashMap::new(),
            order: Vec::new(),
            searches: SEARCHES,
            shapes: OnceCell::new(),
            ranks: OnceCell::new(),
            asked,
            index: None,
            track: None,
            cyclic: Vec::new(),
        }
    }

    pub fn table(&self, id: TableId) -> &Table {
        &self.tables[id.0 as usize]
    }

    pub fn def(&self, id: DefId) -> &Def {
        self.see_def(id);
        &self.defs[id.0 as usize]
    }

    pub fn facts(&self, id: DefId) -> &Facts {
        self.see_def(id);
        &self.facts[id.0 as usize]
    }

    /// The statement of a definition, and what it is said of.
    pub fn origin(&self, id: DefId) -> Origin<'a> {
        self.see_def(id);
        self.origins[id.0 as usize]
    }

    /// What a folded name stands for in the one namespace (D4).
    pub fn named(&self, key: &str) -> Option<Item> {
        if let Some(track) = &self.track {
            track.see(track::name(key));
        }
        self.names.get(key).copied()
    }

    fn see_def(&self, id: DefId) {
        if let Some(track) = &self.track {
            track.see(track::def(id));
        }
    }

    /// Notes that a list of many names was looked at.
    pub fn see_all(&self, what: track::Seen) {
        if let Some(track) = &self.track {
            track.see(what);
        }
    }

    pub fn field(&self, table: TableId, key: &str) -> Option<FieldId> {
        if let Some(track) = &self.track {
            track.see(track::field(key));
        }
        self.fields[table.0 as usize].get(key).copied()
    }

    pub fn field_ty(&self, table: TableId, field: FieldId) -> &Ty {
        &self.table(table).fields[field.0 as usize].ty
    }

    pub fn table_name(&self, id: TableId) -> &str {
        &self.table(id).name.text
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Notes that a name stands for something.
    pub fn note(&mut self, span: Span, target: Target, role: Role) {
        if let Some(index) = &mut self.index {
            index.places.push(Place { span, target, role });
        }
    }

    /// Notes a use of a table.
    pub fn note_table(&mut self, span: Span, table: TableId) {
        self.note(span, Target::Table(table), Role::Use);
    }

    /// Notes a use of a field.
    pub fn note_field(&mut self, span: Span, table: TableId, field: FieldId) {
        self.note(span, Target::Field(table, field), Role::Use);
    }

    /// Notes the type of an expression.
    pub fn note_type(&mut self, span: Span, ty: &Ty) {
        if let Some(index) = &mut self.index
            && *ty != Ty::Error
        {
            index.types.push(Typed { span, ty: ty.clone() });
        }
    }

    /// Notes the window of a measurement or test.
    pub fn note_window(&mut self, span: Span, signal: Signal, window: Option<(WindowKind, Span)>) {
        if let Some(index) = &mut self.index {
            index.windows.push(Effective { span, signal, window });
        }
    }

    /// Definitions whose names may be near what was written; none once the searches are used up.
    pub fn suggested(&self, written: &str) -> Vec<DefId> {
        if self.searches == 0 {
            return Vec::new();
        }
        let name = |id: &DefId| (self.defs[id.0 as usize].name.key.as_str(), *id);
        let shapes = self.shapes.get_or_init(|| Shapes::of(self.order.iter().map(name)));
        shapes.near(Shape::of(&ast::fold_name(written))).collect()
    }

    /// Where each definition stands in the order of files and places.
    pub fn ranks(&self) -> &[u32] {
        self.ranks.get_or_init(|| {
            let mut ranks = vec![u32::MAX; self.defs.len()];
            self.order.iter().enumerate().for_each(|(rank, def)| ranks[def.0 as usize] = rank as u32);
            ranks
        })
    }

    /// What can be told of the type of a definition from its form alone: suggestions do not depend on what was lowered before.
    pub fn guess(&self, id: DefId) -> Ty {
        guess::of_statement(&self.origin(id).statement.kind)
    }

    /// The nearest candidate, as long as there are searches left.
    pub fn nearest<'c>(
        &mut self,
        written: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Option<crate::suggest::Near> {
        self.searches = self.searches.checked_sub(1)?;
        if let Some(track) = &self.track {
            track.log.borrow_mut().searched.push(ast::fold_name(written));
        }
        crate::suggest::nearest(written, candidates)
    }

    /// Whether a lint is to be looked for at all.
    pub fn wants(&self, code: Code) -> bool {
        code.info().level != Level::Allow || self.asked.contains(&code)
    }

    /// Lowers every definition after those that it uses. Iterative: chains of any length are fine, and a definition that
    /// is reached again while it waits is a cycle.
    pub(crate) fn define_all(&mut self) {
        for at in 0..self.order.len() {
            let def = self.order[at];
            if self.states[def.0 as usize] == State::Waiting {
                self.define_from(def);
            }
        }
        // Whatever else is wrong in the definitions of a cycle is reported too, with their uses of each other silent.
        for def in std::mem::take(&mut self.cyclic) {
            let _ = self.attempt(def, false);
        }
    }

    pub(crate) fn define_from(&mut self, root: DefId) {
        self.states[root.0 as usize] = State::Active;
        let mut stack = vec![Waiting { def: root, todo: Vec::new(), used_at: None }];
        while let Some(top) = stack.last_mut() {
            let Some((next, span)) = top.todo.pop() else {
                let def = top.def;
                match self.attempt(def, true) {
                    Ok(()) => {
                        self.states[def.0 as usize] = State::Done;
                        stack.pop();
                    }
                    Err(mut pending) => {
                        pending.reverse();
                        top.todo = pending;
                    }
                }
                continue;
            };
            match self.states[next.0 as usize] {
                State::Done => {}
                State::Waiting => {
                    top.used_at = Some(span);
                    self.states[next.0 as usize] = State::Active;
                    stack.push(Waiting { def: next, todo: Vec::new(), used_at: None });
                }
                State::Active => {
                    if let Some(track) = &mut self.track {
                        track.cycle = true;
                        if track.stop_at_cycle {
                            return;
                        }
                    }
                    top.used_at = Some(span);
                    let first = stack.iter().position(|w| w.def == next).unwrap_or(0);
                    self.report_cycle(&stack[first..]);
                    for member in stack.drain(first..) {
                        self.states[member.def.0 as usize] = State::Done;
                        self.cyclic.push(member.def);
                    }
                }
            }
        }
    }

    fn report_cycle(&mut self, members: &[Waiting]) {
        // The path starts at the member that stands first in the lexicon, whichever was reached first.
        let ranks = self.ranks();
        let place = |w: &Waiting| ranks.get(w.def.0 as usize);
        let first = members.iter().enumerate().min_by_key(|(_, w)| place(w)).map_or(0, |(i, _)| i);
        let turned: Vec<&Waiting> = members[first..].iter().chain(&members[..first]).collect();
        let name = |w: &Waiting| self.def(w.def).name.text.clone();
        let start = turned.first().map(|w| name(w)).unwrap_or_default();
        let shown = 8;
        let mut path: Vec<String> = turned.iter().take(shown).map(|w| name(w)).collect();
        if turned.len() > shown {
            path.push("…".to_string());
        }
        path.push(start.clone());
        let mut found = Diagnostic::new(codes::CYCLE, format!("`{start}` is defined by itself: {}", path.join(" -> ")));
        for (i, w) in turned.iter().take(shown).enumerate() {
            let next = turned.get(i + 1).map_or_else(|| start.clone(), |n| name(n));
            let span = w.used_at.unwrap_or(self.def(w.def).name_span);
            found = found.label(span, format!("`{}` asks `{next}` here", name(w)));
        }
        self.report(found.help("one of these must be said without the others"));
    }

    /// Sets severities of lints by `[lints]`, and drops what is switched off or allowed by a comment; gives what was dropped.
    fn apply_levels(&mut self, files: &[(FileId, &ast::File)], config: &Config) -> Vec<(Code, Span)> {
        let mut allows = Vec::new();
        for (_, file) in files {
            allow::in_file(
                &file.comments,
                || file.statements.iter().map(|s| s.span).collect(),
                &mut allows,
                &mut self.diagnostics,
            );
        }
        let mut silenced = Vec::new();
        self.diagnostics.retain_mut(|found| {
            let keep = allow::leveled(found, &allows, config);
            if !keep {
                silenced.extend(found.span().map(|s| (found.code, s)));
            }
            keep
        });
        silenced
    }

    /// An empty definition, filled in when its turn comes.
    pub(crate) fn placeholder(&self, name: &ast::Name, statement: &ast::Statement, subject: Option<TableId>) -> Def {
        let global = match &statement.kind {
            ast::StatementKind::Metric(_) => true,
            ast::StatementKind::Value(value) => declare::is_period(&value.expr),
            _ => false,
        };
        Def {
            name: declare::name(name),
            subject: subject.filter(|_| !global),
            kind: DefKind::Error,
            ty: Ty::Error,
            docs: statement.docs.clone(),
            span: statement.span,
            name_span: name.span,
        }
    }
}

struct Waiting {
    def: DefId,
    todo: Vec<(DefId, Span)>,
    /// Where the definition above it on the stack is used.
    used_at: Option<Span>,
}
