//! What a [`super::Session`] gives: the lexicon at one moment, and what stands where in its files.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use lead_diag::{Code, Diagnostic, FileId, Span};
use lead_syntax::ast;

use crate::hir::remap::Remap;
use crate::hir::{Def, DefId, Example, Lexicon, Table, TableId, Ty};
use crate::index::{Effective, Index, Place, Role, Target, Typed};
use crate::{Config, Linted};

/// A file of a [`Checked`] lexicon.
#[derive(Debug)]
pub struct CheckedFile {
    /// Its id in every span.
    pub id: FileId,
    /// As it was given to the session.
    pub name: Arc<str>,
    /// Its text.
    pub text: Arc<str>,
    pub(super) comments: Arc<[ast::Comment]>,
    /// Statements whose places count from where they start.
    pub(super) statements: Vec<(u32, Arc<Vec<ast::Statement>>)>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Lints that comments or settings silence.
    pub(super) silenced: Vec<(Code, Span)>,
    /// What stands where, likewise.
    pub(super) parts: Vec<(u32, Arc<Index>)>,
    /// Statements that define something.
    pub(super) defs: Vec<(u32, u32, DefId)>,
    tree: OnceLock<ast::File>,
    index: OnceLock<Index>,
}

impl CheckedFile {
    pub(super) fn new(id: FileId, name: Arc<str>, text: Arc<str>) -> CheckedFile {
        CheckedFile {
            id,
            name,
            text,
            comments: Arc::new([]),
            statements: Vec::new(),
            diagnostics: Vec::new(),
            silenced: Vec::new(),
            parts: Vec::new(),
            defs: Vec::new(),
            tree: OnceLock::new(),
            index: OnceLock::new(),
        }
    }

    /// Its syntax tree; empty for `lead.toml`.
    pub fn tree(&self) -> &ast::File {
        self.tree.get_or_init(|| {
            let place = |(base, statements): &(u32, Arc<Vec<ast::Statement>>)| {
                let mut statements = (**statements).clone();
                statements.iter_mut().for_each(|s| s.shift_into(self.id, i64::from(*base)));
                statements
            };
            ast::File { statements: self.statements.iter().flat_map(place).collect(), comments: self.comments.to_vec() }
        })
    }

    /// The text of a span of this file; empty if it lies outside.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut all = Index::default();
            for (base, part) in &self.parts {
                let at = |span: Span| Span { file: self.id, start: base + span.start, end: base + span.end };
                all.places.extend(part.places.iter().map(|p| Place { span: at(p.span), ..*p }));
                all.types.extend(part.types.iter().map(|t| Typed { span: at(t.span), ty: t.ty.clone() }));
                let window = |w: &Effective| w.window.map(|(kind, span)| (kind, at(span)));
                let windows = part.windows.iter();
                all.windows.extend(windows.map(|w| Effective { span: at(w.span), window: window(w), ..*w }));
            }
            all.tidy();
            all
        })
    }
}

/// A lexicon that was read and checked. Immutable; cheap to keep while the session goes on.
///
/// Spans and offsets are of the texts in here. A definition keeps its id from one check to the next as long as it stands where it
/// stood, whatever is written in it; ids of tables may change. Not every number below the highest need be in use: ask
/// [`Checked::defs`] and [`Checked::tables`] rather than counting.
#[derive(Debug)]
pub struct Checked {
    /// The typed lexicon.
    pub lexicon: Lexicon,
    /// `lead.toml`, or its defaults.
    pub config: Config,
    /// `lead.toml`, if there is one.
    pub config_file: Option<FileId>,
    pub(super) files: HashMap<FileId, Arc<CheckedFile>>,
    /// The `.lead` files by name.
    pub(super) order: Vec<FileId>,
    pub(super) placeless: Vec<Diagnostic>,
    /// All findings of the files to which lints of the whole lexicon added some.
    linted: HashMap<FileId, Arc<Vec<Diagnostic>>>,
    /// Definitions in order of file and place.
    def_order: Vec<DefId>,
    pub(super) uses: Vec<Arc<[(DefId, Span)]>>,
    users: OnceLock<Vec<Vec<DefId>>>,
}

impl Checked {
    pub(super) fn new(lexicon: Lexicon, config: Config, def_order: Vec<DefId>) -> Checked {
        Checked {
            lexicon,
            config,
            config_file: None,
            files: HashMap::new(),
            order: Vec::new(),
            placeless: Vec::new(),
            linted: HashMap::new(),
            def_order,
            uses: Vec::new(),
            users: OnceLock::new(),
        }
    }

    /// Whether nothing about a file differs from what it was in another check, its diagnostics among it.
    pub fn same_file(&self, other: &Checked, file: FileId) -> bool {
        let same_lints = match (self.linted.get(&file), other.linted.get(&file)) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        match (self.files.get(&file), other.files.get(&file)) {
            (Some(a), Some(b)) => same_lints && Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }

    /// Adds what was found in the lexicon as a whole. `before`: the check before, whose lists are taken over where they are the same.
    pub(super) fn add_lints(&mut self, found: Vec<Diagnostic>, before: Option<&Checked>) {
        let sound = self.is_sound();
        let mut by_file: HashMap<FileId, Vec<Diagnostic>> = HashMap::new();
        for one in found {
            if let Some(span) = one.span() {
                by_file.entry(span.file).or_default().push(one);
            }
        }
        for id in &self.order {
            let Some(file) = self.files.get(id) else { continue };
            let (shown, silenced) = (&file.diagnostics[..], &file.silenced[..]);
            let linted =
                Linted { comments: &file.comments, shown, silenced, config: &self.config, sound, of_data: false };
            let statements = || file.tree().statements.iter().map(|s| s.span).collect();
            let added = linted.settle(by_file.remove(id).unwrap_or_default(), statements);
            if added.is_empty() {
                continue;
            }
            let mut all: Vec<Diagnostic> = shown.iter().filter(|d| !crate::says_less(d, &added)).cloned().collect();
            all.extend(added);
            crate::lower::sort(&mut all);
            let kept = before.and_then(|b| b.linted.get(id)).filter(|b| ***b == all);
            self.linted.insert(*id, kept.cloned().unwrap_or_else(|| Arc::new(all)));
        }
    }

    /// The `.lead` files, in the order in which they are read.
    pub fn files(&self) -> impl Iterator<Item = &CheckedFile> {
        self.order.iter().filter_map(|id| self.file(*id))
    }

    /// A file, `lead.toml` among them.
    pub fn file(&self, file: FileId) -> Option<&CheckedFile> {
        self.files.get(&file).map(|f| &**f)
    }

    /// The file of a name.
    pub fn file_named(&self, name: &str) -> Option<&CheckedFile> {
        self.files.values().find(|f| &*f.name == name).map(|f| &**f)
    }

    /// Everything found in a file, in order of place: what cannot be read, what cannot be meant, lints, settings.
    pub fn diagnostics(&self, file: FileId) -> &[Diagnostic] {
        match self.linted.get(&file) {
            Some(all) => all,
            None => self.files.get(&file).map_or(&[], |f| &f.diagnostics),
        }
    }

    /// Findings that belong to no file.
    pub fn placeless(&self) -> &[Diagnostic] {
        &self.placeless
    }

    /// Whether nothing stands in the way of a run.
    pub fn is_sound(&self) -> bool {
        let files = self.files.values().flat_map(|f| &f.diagnostics).chain(self.linted.values().flat_map(|l| l.iter()));
        !files.chain(&self.placeless).any(Diagnostic::is_error)
    }

    /// The lexicon for the later stages (plan, run): every number of a definition is in use. Its ids are its own, so find a
    /// definition in it by its name. Copies every definition.
    pub fn to_run(&self) -> Lexicon {
        struct Dense(Vec<DefId>);
        impl Remap for Dense {
            fn span(&mut self, _: &mut Span) {}

            fn def_id(&mut self, def: &mut DefId) {
                *def = self.0.get(def.0 as usize).copied().unwrap_or(*def);
            }
        }
        let mut dense = Dense(vec![DefId(0); self.lexicon.defs.len()]);
        for (number, id) in self.def_order.iter().enumerate() {
            dense.0[id.0 as usize] = DefId(number as u32);
        }
        let mut lexicon = self.lexicon.clone();
        let mut defs: Vec<Def> = self.defs().map(|(_, def)| def.clone()).collect();
        defs.iter_mut().for_each(|d| dense.def(d));
        lexicon.defs = defs.into_iter().map(Arc::new).collect();
        for example in &mut lexicon.examples {
            dense.example(Arc::make_mut(example));
        }
        lexicon
    }

    /// All definitions in order of file and place.
    pub fn defs(&self) -> impl Iterator<Item = (DefId, &Def)> {
        self.def_order.iter().map(|id| (*id, self.lexicon.def(*id)))
    }

    /// All entities and events in order of file and place.
    pub fn tables(&self) -> impl Iterator<Item = (TableId, &Table)> {
        self.lexicon.table_ids()
    }

    /// All examples in order of file and place.
    pub fn examples(&self) -> impl Iterator<Item = &Example> {
        self.lexicon.examples.iter().map(|e| &**e)
    }

    /// The examples that expect an answer of a definition.
    pub fn examples_of(&self, def: DefId) -> impl Iterator<Item = &Example> {
        self.examples().filter(move |e| e.covers.contains(&def))
    }

    /// Every place in a file that names something, in order; where two begin together, the shorter first.
    pub fn places_in(&self, file: FileId) -> &[Place] {
        self.files.get(&file).map_or(&[], |f| &f.index().places)
    }

    /// The places that an offset lies in or just behind. More than one where a name stands for several things: the dimension of
    /// a metric is found anew in each of its measurements.
    pub fn places_at(&self, file: FileId, offset: u32) -> impl Iterator<Item = &Place> {
        let places = self.places_in(file);
        let behind = places.partition_point(|p| p.span.start <= offset);
        // Names hold no names, so few begin between one that touches the offset and the offset.
        let first = behind.saturating_sub(16);
        places[first..behind].iter().filter(move |p| p.span.touches(offset))
    }

    /// The place that an offset lies in, else the one that it stands just behind.
    pub fn place_at(&self, file: FileId, offset: u32) -> Option<&Place> {
        let inside = self.places_at(file, offset).find(|p| offset < p.span.end);
        inside.or_else(|| self.places_at(file, offset).next())
    }

    /// Every place in all files that names this, in order of file and place.
    pub fn places_of(&self, target: Target) -> Vec<Place> {
        self.order.iter().flat_map(|f| self.places_in(*f)).filter(|p| p.target == target).copied().collect()
    }

    /// Where a name is declared, if it stands in a file.
    pub fn declaration(&self, target: Target) -> Option<Place> {
        let (file, start) = match target {
            Target::Table(id) => (self.lexicon.table(id).span.file, self.lexicon.table(id).name_span.start),
            Target::Def(id) => (self.lexicon.def(id).span.file, self.lexicon.def(id).name_span.start),
            Target::Field(table, _) | Target::Value(table, ..) => {
                let span = self.lexicon.table(table).span;
                (span.file, span.start)
            }
            Target::Dimension(def, _) => (self.lexicon.def(def).span.file, self.lexicon.def(def).span.start),
        };
        let places = self.places_in(file);
        let from = places.partition_point(|p| p.span.start < start);
        places[from..].iter().find(|p| p.target == target && p.role == Role::Declaration).copied()
    }

    /// The types of all expressions of a file, in order of place.
    pub fn types_in(&self, file: FileId) -> &[Typed] {
        self.files.get(&file).map_or(&[], |f| &f.index().types)
    }

    /// The smallest expression that an offset lies in or just behind, and its type.
    pub fn type_at(&self, file: FileId, offset: u32) -> Option<&Typed> {
        let types = self.types_in(file);
        let behind = types.partition_point(|t| t.span.start <= offset);
        types[..behind].iter().rev().filter(|t| t.span.touches(offset)).min_by_key(|t| t.span.end - t.span.start)
    }

    /// The type of the expression that is exactly this.
    pub fn type_of(&self, span: Span) -> Option<&Ty> {
        let types = self.types_in(span.file);
        let at = types.binary_search_by_key(&(span.start, span.end), |t| (t.span.start, t.span.end)).ok()?;
        types.get(at).map(|t| &t.ty)
    }

    /// The windows of all measurements and tests of a file, in order of place.
    pub fn windows_in(&self, file: FileId) -> &[Effective] {
        self.files.get(&file).map_or(&[], |f| &f.index().windows)
    }

    /// The window of the smallest measurement or test that an offset lies in.
    pub fn window_at(&self, file: FileId, offset: u32) -> Option<&Effective> {
        let all = self.windows_in(file).iter();
        all.filter(|w| w.span.touches(offset)).min_by_key(|w| w.span.end - w.span.start)
    }

    /// The definitions that a definition names, with the places; a name twice where it stands twice.
    pub fn uses(&self, def: DefId) -> &[(DefId, Span)] {
        self.uses.get(def.0 as usize).map_or(&[], |u| u)
    }

    /// The definitions that name a definition, each once.
    pub fn users(&self, def: DefId) -> &[DefId] {
        let users = self.users.get_or_init(|| {
            let mut users: Vec<Vec<DefId>> = vec![Vec::new(); self.uses.len()];
            for user in &self.def_order {
                for (def, _) in self.uses(*user) {
                    if let Some(list) = users.get_mut(def.0 as usize)
                        && list.last() != Some(user)
                    {
                        list.push(*user);
                    }
                }
            }
            users
        });
        users.get(def.0 as usize).map_or(&[], |u| u)
    }

    /// The definition whose statement an offset lies in.
    pub fn def_at(&self, file: FileId, offset: u32) -> Option<DefId> {
        let defs = &self.files.get(&file)?.defs;
        let (_, end, id) = defs.get(defs.partition_point(|(start, ..)| *start <= offset).checked_sub(1)?)?;
        (offset <= *end).then_some(*id)
    }

    /// The entity or event whose statement an offset lies in.
    pub fn table_at(&self, file: FileId, offset: u32) -> Option<TableId> {
        self.tables().find(|(_, t)| t.span.file == file && t.span.touches(offset)).map(|(id, _)| id)
    }

    /// What a folded name stands for in the one namespace of the lexicon (D4).
    pub fn named(&self, key: &str) -> Option<Target> {
        let table = self.tables().find(|(_, t)| t.name.key == key).map(|(id, _)| Target::Table(id));
        table.or_else(|| self.defs().find(|(_, d)| d.name.key == key).map(|(id, _)| Target::Def(id)))
    }

    /// The subject of the statements at an offset: what the nearest `for` above names, else the first entity.
    pub fn subject_at(&self, file: FileId, offset: u32) -> Option<TableId> {
        let statements = &self.files.get(&file)?.tree().statements;
        let above = statements.iter().take_while(|s| s.span.start <= offset);
        let subjects = above.filter_map(|s| match &s.kind {
            ast::StatementKind::Subject(name) => Some(name),
            _ => None,
        });
        match subjects.last() {
            Some(name) => match self.named(&name.key()) {
                Some(Target::Table(id)) if !self.lexicon.table(id).is_event() => Some(id),
                _ => None,
            },
            None => self.tables().find(|(_, t)| !t.is_event()).map(|(id, _)| id),
        }
    }
}
