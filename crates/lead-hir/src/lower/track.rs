//! What lowering one statement looked at, so that it need be lowered again only when some of that has changed.
//!
//! Invariant *seen or unchanged*: besides its own text, the settings and the shape of the tables (names, kinds, keys, references),
//! what is made of a statement depends on nothing that is not logged here.

use std::cell::RefCell;

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use lead_diag::Diagnostic;

use super::Cx;
use crate::hir::{DefId, DefKind, ExprKind, Ty};
use crate::index::{Index, Role, Target};

/// Something that was looked at, as a number. Two things may share one: then a statement is lowered once too often.
pub(crate) type Seen = u64;

/// The names of all definitions were listed.
pub(crate) const ALL_DEFS: Seen = 1;
/// The fields of a table were listed.
pub(crate) const ALL_FIELDS: Seen = 2;

/// What a name stands for in the one namespace.
pub(crate) fn name(key: &str) -> Seen {
    hash(0x9E37_79B9_7F4A_7C15, key)
}

/// What a name stands for among the fields of the tables.
pub(crate) fn field(key: &str) -> Seen {
    hash(0xC2B2_AE3D_27D4_EB4F, key)
}

/// What is known of a definition from outside.
pub(crate) fn def(id: DefId) -> Seen {
    u64::from(id.0) << 8 | 3
}

/// FNV-1a.
pub(crate) fn hash(seed: u64, text: &str) -> u64 {
    text.bytes().fold(seed, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01B3))
}

/// What was looked at since the log was last emptied.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub seen: Vec<Seen>,
    /// Names, folded, that near ones were searched for.
    pub searched: Vec<String>,
}

/// What was made of one statement, besides the definition or example itself.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub found: Vec<Diagnostic>,
    pub index: Arc<Index>,
    /// In order.
    pub seen: Vec<Seen>,
    pub searched: Vec<String>,
}

/// Keeps the log, and what was made of each statement.
#[derive(Debug, Default)]
pub(crate) struct Track {
    pub log: RefCell<Log>,
    pub made: Vec<(DefId, Kept)>,
    /// A definition was reached again while it waited.
    pub cycle: bool,
    /// Then nothing more is to be lowered: the order in which all are lowered decides what is said of a cycle.
    pub stop_at_cycle: bool,
}

impl Track {
    pub fn see(&self, seen: Seen) {
        self.log.borrow_mut().seen.push(seen);
    }

    /// The log in order, without what stands in it twice.
    pub fn take(&self) -> Log {
        let mut log = std::mem::take(&mut *self.log.borrow_mut());
        log.seen.sort_unstable();
        log.seen.dedup();
        log.searched.sort();
        log.searched.dedup();
        log
    }
}

impl Cx<'_> {
    /// Begins the log of a statement.
    pub fn begin(&self) {
        if let Some(track) = &self.track {
            track.take();
        }
    }

    /// What was made of a statement since its log was begun, the diagnostics being those from `mark` on. Nothing unless statements
    /// are kept by themselves.
    pub fn kept(&mut self, mark: usize) -> Option<Kept> {
        let Log { seen, searched } = self.track.as_ref()?.take();
        let mut index = self.index.as_mut().map(std::mem::take).unwrap_or_default();
        index.tidy();
        Some(Kept { found: self.diagnostics.split_off(mark), index: Arc::new(index), seen, searched })
    }

    /// Keeps what was made of a definition, its lints among it.
    pub fn keep(&mut self, id: DefId, mark: usize) {
        if self.track.is_none() {
            return;
        }
        let mut lints = Vec::new();
        crate::lint::of_def(self, id, &mut lints);
        self.diagnostics.extend(lints);
        let name_span = self.defs[id.0 as usize].name_span;
        self.note(name_span, Target::Def(id), Role::Declaration);
        let Some(mut kept) = self.kept(mark) else { return };
        kept.seen.retain(|seen| *seen != def(id));
        if let Some(track) = &mut self.track {
            track.made.push((id, kept));
        }
    }
}

impl Cx<'_> {
    /// All that other statements can see of a definition, as a number.
    pub fn signature(&self, id: DefId) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let at = id.0 as usize;
        let (def, facts, origin) = (&self.defs[at], &self.facts[at], &self.origins[at]);
        let mut h = DefaultHasher::new();
        def.deprecated().hash(&mut h);
        (&def.name.text, def.name_span, def.subject, &def.ty, origin.subject.is_none()).hash(&mut h);
        (facts.open, facts.moves, facts.reads_fields).hash(&mut h);
        std::mem::discriminant(&origin.statement.kind).hash(&mut h);
        std::mem::discriminant(&def.kind).hash(&mut h);
        super::guess::of_statement(&origin.statement.kind).hash(&mut h);
        let constant = self.is_constant(id);
        constant.hash(&mut h);
        match &def.kind {
            DefKind::Value(value) => {
                let copied = matches!(
                    value.kind,
                    ExprKind::List(_) | ExprKind::Literal(_) | ExprKind::Shift { .. } | ExprKind::Now | ExprKind::Today
                );
                if constant || copied {
                    format!("{value:?}").hash(&mut h);
                }
            }
            DefKind::Period(window) => window.kind.hash(&mut h),
            DefKind::Term(term) => {
                term.alternatives.iter().chain(&term.exceptions).for_each(|c| c.because.hash(&mut h));
            }
            DefKind::Choice(choice) => choice.lines.iter().for_each(|l| l.because.hash(&mut h)),
            _ => {}
        }
        h.finish()
    }

    /// The shape of the tables, on which every definition depends: all but their ordinary fields.
    pub fn shape(&self) -> String {
        let mut shape = String::new();
        for table in &self.tables {
            let _ = write!(shape, "{:?} {:?} {:?} {:?}", table.name.text, table.kind, table.key, table.name_span);
            for (i, field) in table.fields.iter().enumerate() {
                if let Ty::Record(_) | Ty::Error = field.ty {
                    let _ = write!(shape, " {i} {:?} {:?}", field.name.text, field.ty);
                }
            }
        }
        shape
    }

    /// What each name of a field stands for in all tables, as a number.
    pub fn field_signatures(&self) -> HashMap<String, u64> {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut all: HashMap<String, DefaultHasher> = HashMap::new();
        for (t, table) in self.tables.iter().enumerate() {
            for (f, field) in table.fields.iter().enumerate() {
                let h = all.entry(field.name.key.clone()).or_default();
                (t, f, &field.name.text, &field.ty).hash(h);
            }
        }
        all.into_iter().map(|(key, h)| (key, h.finish())).collect()
    }
}

/// A map by what was seen, which is a hash already.
pub(crate) type SeenMap<T> = HashMap<Seen, T, std::hash::BuildHasherDefault<Spread>>;

/// Spreads a number over all bits.
#[derive(Default)]
pub(crate) struct Spread(u64);

impl std::hash::Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.write_u64(u64::from(*b)));
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }
}
