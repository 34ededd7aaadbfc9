//! Definitions of a lexicon, or of several, as conditions over shared measurements.
//!
//! A measurement is known by what it means, not by its name or number: the ways, windows, conditions and values in it are written
//! out in full ([`text`]), so that the same measurement of two lexicons is one. What is not seen through (regular expressions,
//! arithmetic, sequences, scores) is a measurement of its own, with a doubt about which values it really has.
//!
//! Invariant *taken at its word*: a `one of` field holds values of its list alone.

mod aggregate;
mod compare;
mod condition;
mod module;
mod operand;
pub mod text;

use std::hash::BuildHasher;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use lead_hir::hir::{DefId, DefKind, Expr, Lexicon, Ty};

use crate::diagram::Truth;
use crate::domain::{Domain, Unit};
use crate::edge::Range;
use crate::space::{FormId, Space, VarId};
use crate::table::Table;
use text::{Ctx, Env, Writer};

pub(crate) use module::Modules;
pub use operand::Operand;

/// What a text is tested for, besides being equal to others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TextTest {
    /// Folded.
    Contains(Arc<str>),
    /// Folded.
    Starts(Arc<str>),
    /// Folded.
    Ends(Arc<str>),
    /// A regular expression, which sees the text as it was written.
    Matches(Arc<str>),
}

impl TextTest {
    /// The answer for a folded text, where that is enough to tell.
    pub fn of(&self, text: &str) -> Option<bool> {
        match self {
            TextTest::Contains(part) => Some(text.contains(&**part)),
            TextTest::Starts(part) => Some(text.starts_with(&**part)),
            TextTest::Ends(part) => Some(text.ends_with(&**part)),
            TextTest::Matches(_) => None,
        }
    }
}

/// Which records a count is of.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The records before any condition: table and way.
    pub family: u32,
    /// The times that count; `None`: not of events.
    pub range: Option<Arc<Range>>,
    /// What must be yes of each; asked of measurements of the record.
    pub filter: Option<FormId>,
    /// The conditions that are joined by `and` in the filter.
    pub parts: Vec<FormId>,
    /// Only distinct values of something.
    pub distinct: bool,
}

/// What a measurement is to the language.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A field, a score, arithmetic.
    Plain,
    /// A related record: is it there?
    Record,
    /// How many records.
    Count(Counted),
    /// Something else of the records that a count counts.
    Measure(VarId),
    /// A test of a text.
    Text(VarId, TextTest),
    /// Whether a time lies in a range.
    Within(VarId, Arc<Range>),
    /// Whether a list holds something; unknown where the list is.
    Has(VarId),
    /// The local day of a time.
    Day(VarId),
    /// Made of others; unknown where one of them is.
    Made(Vec<VarId>),
}

/// A measurement.
#[derive(Clone, Debug)]
pub struct Info {
    /// What it means, exactly.
    pub key: Arc<str>,
    /// As the user wrote it: the name of a value, a path, an aggregate.
    pub label: Arc<str>,
    /// The window it is taken over, where that is not part of the label.
    pub window: Option<Arc<str>>,
    /// The name of the field or definition that an example can give for it.
    pub name: Option<Arc<str>>,
    /// Type of its values.
    pub ty: Ty,
    /// What it is.
    pub kind: Kind,
    /// Why it may not have every value that is looked at.
    pub doubt: Option<Arc<str>>,
    /// What it reads.
    pub roots: Vec<u32>,
    /// Whether the label is only that of a yes/no value `any(…)`: shown as yes or no.
    pub as_any: bool,
    /// The key as a number.
    mark: u64,
}

impl Info {
    /// The same of another world: what it is and what it reads have other numbers there.
    fn with(&self, kind: Kind, roots: Vec<u32>) -> Info {
        let Info { key, label, window, name, ty, doubt, as_any, mark, .. } = self;
        let (key, label, window, name) = (key.clone(), label.clone(), window.clone(), name.clone());
        Info {
            key,
            label,
            window,
            name,
            ty: ty.clone(),
            kind,
            doubt: doubt.clone(),
            roots,
            as_any: *as_any,
            mark: *mark,
        }
    }
}

/// A name as a number; two names may have one.
fn mark(name: &str) -> u64 {
    FixedState::default().hash_one(name)
}

/// Measurements and conditions, of one lexicon or of two.
#[derive(Debug, Default)]
pub struct World {
    /// Conditions.
    pub space: Space,
    /// By [`VarId`].
    pub infos: Vec<Info>,
    /// Of two versions: the first measurement that only the newer one takes.
    pub newer: Option<u32>,
    /// By key.
    keys: HashTable<VarId>,
    /// Places of names, by name.
    roots: HashTable<u32>,
    root_names: Vec<Arc<str>>,
    /// Folded texts as they were written.
    pub spelled: Table<Arc<str>, Arc<str>>,
}

impl World {
    /// Empty.
    pub fn new() -> World {
        World::default()
    }

    /// What was added, without what only serves to add more; that stays here, empty, to be used again.
    fn settle(&mut self) -> World {
        let settled = World {
            space: self.space.settle(),
            infos: self.infos.drain(..).collect(),
            root_names: self.root_names.drain(..).collect(),
            spelled: std::mem::take(&mut self.spelled),
            ..World::default()
        };
        self.clear();
        settled
    }

    /// Makes it empty, to be used again.
    fn clear(&mut self) {
        let World { space, infos, newer, keys, roots, root_names, spelled } = self;
        space.clear();
        infos.clear();
        *newer = None;
        keys.clear();
        roots.clear();
        root_names.clear();
        spelled.clear();
    }

    /// What a measurement is.
    pub fn info(&self, var: VarId) -> &Info {
        // Every measurement of the space is made by `var`.
        &self.infos[var.0 as usize]
    }

    pub(crate) fn root(&mut self, name: &str) -> u32 {
        self.root_or(name, |name| name.into())
    }

    /// As [`World::root`], of a name that another world has.
    fn root_of(&mut self, name: &Arc<str>) -> u32 {
        self.root_or(name, |_| name.clone())
    }

    fn root_or(&mut self, name: &str, own: impl FnOnce(&str) -> Arc<str>) -> u32 {
        let World { roots, root_names, .. } = self;
        let (sought, named) = (mark(name), |at: u32| root_names.get(at as usize).map_or("", |n| n));
        if let Some(at) = roots.find(sought, |at| named(*at) == name) {
            return *at;
        }
        let at = root_names.len() as u32;
        roots.insert_unique(sought, at, |at| mark(named(*at)));
        root_names.push(own(name));
        at
    }

    fn find(&self, key: &str) -> Option<VarId> {
        self.find_marked(mark(key), key)
    }

    fn find_marked(&self, mark: u64, key: &str) -> Option<VarId> {
        let is =
            |var: &VarId| self.infos.get(var.0 as usize).is_some_and(|info| info.mark == mark && *info.key == *key);
        self.keys.find(mark, is).copied()
    }

    fn var(&mut self, info: Info, domain: Domain, unknowable: bool) -> VarId {
        if let Some(var) = self.find_marked(info.mark, &info.key) {
            return var;
        }
        let World { space, infos, keys, .. } = self;
        let var = space.var(domain, unknowable);
        keys.insert_unique(info.mark, var, |var| infos.get(var.0 as usize).map_or(0, |info| info.mark));
        infos.push(info);
        var
    }

    /// A text as conditions compare it.
    fn folded(&mut self, text: &str, exact: bool) -> Arc<str> {
        let folded: Arc<str> = if exact { text.trim().into() } else { lead_hir::fold_text(text).into() };
        self.spelled.entry(folded.clone()).or_insert_with(|| text.into());
        folded
    }
}

/// No more conditions than this, and no definition built on others deeper than that.
const MOST_FORMS: usize = 20_000;
const DEEPEST: usize = 60;
pub(crate) const DEEPEST_NEST: usize = 160;

/// Lowers definitions of one lexicon into a world.
#[derive(Debug)]
pub struct Lowering<'w, 'l> {
    /// Where to.
    pub world: &'w mut World,
    /// Where from.
    pub lexicon: &'l Lexicon,
    /// Definitions that were lowered before.
    modules: Option<&'l Modules<'l>>,
    /// Tells lexicons apart where something is too large to be compared.
    side: usize,
    depth: usize,
    /// How deep the expression at hand stands in others.
    pub(crate) nest: usize,
    done: Table<(DefId, Rc<str>, Ctx), FormId>,
    /// Values that are no yes or no.
    operands: Table<(DefId, Rc<str>, Ctx), Operand>,
}

impl<'w, 'l> Lowering<'w, 'l> {
    /// For the definitions of a lexicon; `side` is another for every lexicon.
    pub fn new(world: &'w mut World, lexicon: &'l Lexicon, side: usize) -> Lowering<'w, 'l> {
        Lowering {
            world,
            lexicon,
            modules: None,
            side,
            depth: 0,
            nest: 0,
            done: Table::default(),
            operands: Table::default(),
        }
    }

    /// The record that a definition is said of.
    pub fn env_of(&self, id: DefId) -> Option<Env> {
        Some(Env::record(self.lexicon, self.lexicon.def(id).subject?))
    }

    /// A term, or a yes/no value or choice, asked of a record of its subject.
    pub fn definition(&mut self, id: DefId) -> Option<FormId> {
        let env = self.env_of(id)?;
        let def = self.lexicon.def(id);
        match &def.kind {
            DefKind::Error | DefKind::Metric(_) | DefKind::Period(_) => None,
            _ if def.ty != Ty::YesNo => None,
            _ => Some(self.yes_no(id, &env, &Ctx::default())),
        }
    }

    /// A definition of type yes/no, asked of a record.
    pub(crate) fn yes_no(&mut self, id: DefId, env: &Env, ctx: &Ctx) -> FormId {
        let def = self.lexicon.def(id);
        let ctx = if matches!(def.kind, DefKind::Value(_)) { ctx.clone() } else { ctx.no_window() };
        let key = (id, env.key.clone(), ctx);
        if env.outer.is_none()
            && let Some(done) = self.done.get(&key)
        {
            return *done;
        }
        let ctx = &key.2;
        let form = match self.bring_in(id, env, ctx) {
            Some(operand) => self.as_form(operand),
            None => self.lower_yes_no(id, env, ctx),
        };
        self.done.insert(key, form);
        form
    }

    fn lower_yes_no(&mut self, id: DefId, env: &Env, ctx: &Ctx) -> FormId {
        let def = self.lexicon.def(id);
        match &def.kind {
            _ if self.too_deep() => self.unseen(id, env, ctx),
            DefKind::Term(term) => {
                self.depth += 1;
                let alternatives: Vec<FormId> =
                    term.alternatives.iter().map(|c| self.form(&c.condition, env, ctx)).collect();
                let exceptions: Vec<FormId> =
                    term.exceptions.iter().map(|c| self.form(&c.condition, env, ctx)).collect();
                self.depth -= 1;
                self.term(alternatives, exceptions)
            }
            DefKind::Value(expr) => {
                self.depth += 1;
                let form = self.form(expr, env, ctx);
                self.depth -= 1;
                self.named(form, expr, id, env, ctx);
                form
            }
            DefKind::Choice(_) => {
                let operand = self.definition_operand(id, env, ctx);
                self.as_form(operand)
            }
            _ => self.world.space.constant(Truth::Unknown),
        }
    }

    /// D10: the alternatives, unless an exception is yes.
    pub fn term(&mut self, alternatives: Vec<FormId>, exceptions: Vec<FormId>) -> FormId {
        let space = &mut self.world.space;
        let any = space.or(alternatives);
        let mut parts = vec![any];
        for exception in exceptions {
            let yes = space.is_yes(exception);
            parts.push(space.not(yes));
        }
        space.and(parts)
    }

    pub(crate) fn too_deep(&self) -> bool {
        self.depth > DEEPEST || self.world.space.size() > MOST_FORMS
    }

    /// A definition that is not looked into.
    fn unseen(&mut self, id: DefId, env: &Env, ctx: &Ctx) -> FormId {
        let var = self.unseen_var(id, env, ctx);
        self.world.space.test(var, crate::domain::Test::Yes)
    }

    fn unseen_var(&mut self, id: DefId, env: &Env, ctx: &Ctx) -> VarId {
        let def = self.lexicon.def(id);
        let mut writer = Writer::exact(self.lexicon);
        writer.definition(id, env, ctx);
        let key = match writer.cut {
            true => format!("unseen {} {} {} {ctx:?}", self.side, env.key, def.name.key),
            false => writer.out,
        };
        let roots = self.roots_of(writer.roots);
        let domain = domain_of(&def.ty);
        let label = format!("{}{}", env.label, def.name.text);
        let info = Info {
            doubt: Some(format!("`{label}` is built on more than can be looked at").into()),
            roots,
            ..plain(key, label, def.ty.clone())
        };
        self.world.var(info, domain, true)
    }

    pub(crate) fn roots_of(&mut self, names: Vec<String>) -> Vec<u32> {
        let mut roots: Vec<u32> = names.iter().map(|n| self.world.root(n)).collect();
        roots.sort_unstable();
        roots.dedup();
        roots
    }

    /// What an expression means, exactly, and what it reads.
    pub(crate) fn exact(&mut self, expr: &Expr, env: &Env, ctx: &Ctx) -> (String, Vec<u32>) {
        let mut writer = Writer::exact(self.lexicon);
        writer.expr(expr, env, ctx);
        let mut key = writer.out;
        if writer.cut {
            key = format!("unseen {} {:?} {}", self.side, expr.span, key);
        }
        let roots = self.roots_of(writer.roots);
        (key, roots)
    }

    /// An expression as its user reads it.
    pub(crate) fn plain(&self, expr: &Expr, env: &Env) -> String {
        let mut writer = Writer::plain(self.lexicon);
        writer.expr(expr, env, &Ctx::default());
        writer.out
    }
}

/// A measurement of which nothing special is known.
pub(crate) fn plain(key: impl Into<Arc<str>>, label: impl Into<Arc<str>>, ty: Ty) -> Info {
    let (key, label) = (key.into(), label.into());
    let (kind, roots, mark) = (Kind::Plain, Vec::new(), mark(&key));
    Info { key, label, window: None, name: None, ty, kind, doubt: None, roots, as_any: false, mark }
}

/// The values of a type.
pub(crate) fn domain_of(ty: &Ty) -> Domain {
    let line = |unit| Domain::Line { unit, low: None, high: None };
    match ty {
        Ty::YesNo => Domain::Flag,
        Ty::Number => line(Unit::Number),
        Ty::Percent => line(Unit::Percent),
        Ty::Money => line(Unit::Money),
        Ty::Date => line(Unit::Date),
        Ty::Time => line(Unit::Time),
        Ty::Duration => line(Unit::Duration),
        Ty::Text | Ty::Key | Ty::Record(_) => Domain::Text { listed: None },
        Ty::OneOf(values) => {
            let mut listed: Vec<Arc<str>> = values.iter().map(|v| lead_hir::fold_text(v).into()).collect();
            let mut seen = std::collections::HashSet::new();
            listed.retain(|v| seen.insert(v.clone()));
            Domain::Text { listed: Some(listed) }
        }
        Ty::List(_) | Ty::Period | Ty::Error => Domain::Thing,
    }
}
