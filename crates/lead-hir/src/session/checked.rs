//! What a [`super::Session`] gives: the lexicon at one moment, and what stands where in its files.

use std::collections::HashMap;
use std::sync::Arc;

use lead_diag::{Diagnostic, FileId, Span};
use lead_syntax::ast;

use crate::Config;
use crate::hir::{Def, DefId, Example, Lexicon, Table, TableId, Ty};
use crate::index::{Effective, Index, Place, Role, Target, Typed};

/// A file of a [`Checked`] lexicon.
#[derive(Debug)]
pub struct CheckedFile {
    /// Its id in every span.
    pub id: FileId,
    /// As it was given to the session.
    pub name: Arc<str>,
    /// Its text.
    pub text: Arc<str>,
    tree: ast::File,
    diagnostics: Vec<Diagnostic>,
    index: Index,
}

impl CheckedFile {
    pub(super) fn new(id: FileId, name: Arc<str>, text: Arc<str>, tree: ast::File) -> CheckedFile {
        CheckedFile { id, name, text, tree, diagnostics: Vec::new(), index: Index::default() }
    }

    /// Its syntax tree; empty for `lead.toml`.
    pub fn tree(&self) -> &ast::File {
        &self.tree
    }

    /// The text of a span of this file; empty if it lies outside.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }
}

/// A lexicon that was read and checked. Immutable; cheap to keep while the session goes on.
///
/// Spans and offsets are of the texts in here. Ids of tables and definitions hold for this lexicon; from one check to the next
/// they may change, and not every number below the highest need be in use: ask [`Checked::defs`] and [`Checked::tables`]
/// rather than counting.
#[derive(Debug)]
pub struct Checked {
    /// The typed lexicon.
    pub lexicon: Lexicon,
    /// `lead.toml`, or its defaults.
    pub config: Config,
    /// `lead.toml`, if there is one.
    pub config_file: Option<FileId>,
    files: HashMap<FileId, CheckedFile>,
    /// The `.lead` files by name.
    pub(super) order: Vec<FileId>,
    /// Findings that have no place.
    placeless: Vec<Diagnostic>,
    uses: Vec<Vec<(DefId, Span)>>,
    users: Vec<Vec<DefId>>,
}

impl Checked {
    pub(super) fn new(lexicon: Lexicon, config: Config, uses: Vec<Vec<(DefId, Span)>>) -> Checked {
        let mut users: Vec<Vec<DefId>> = vec![Vec::new(); lexicon.defs.len()];
        for (i, used) in uses.iter().enumerate() {
            let user = DefId(i as u32);
            for (def, _) in used {
                if let Some(list) = users.get_mut(def.0 as usize)
                    && list.last() != Some(&user)
                {
                    list.push(user);
                }
            }
        }
        Checked {
            lexicon,
            config,
            config_file: None,
            files: HashMap::new(),
            order: Vec::new(),
            placeless: Vec::new(),
            uses,
            users,
        }
    }

    pub(super) fn add(&mut self, file: CheckedFile) {
        self.files.insert(file.id, file);
    }

    /// Gives each file what belongs to it. Both come in order of place.
    pub(super) fn fill(&mut self, diagnostics: Vec<Diagnostic>, index: Index) {
        for found in diagnostics {
            match found.span().and_then(|s| self.files.get_mut(&s.file)) {
                Some(file) => file.diagnostics.push(found),
                None => self.placeless.push(found),
            }
        }
        for place in index.places {
            if let Some(file) = self.files.get_mut(&place.span.file) {
                file.index.places.push(place);
            }
        }
        for typed in index.types {
            if let Some(file) = self.files.get_mut(&typed.span.file) {
                file.index.types.push(typed);
            }
        }
        for window in index.windows {
            if let Some(file) = self.files.get_mut(&window.span.file) {
                file.index.windows.push(window);
            }
        }
        for file in self.files.values_mut() {
            file.diagnostics.sort_by_key(|d| d.span().map(|s| (s.start, s.end)));
        }
    }

    /// The `.lead` files, in the order in which they are read.
    pub fn files(&self) -> impl Iterator<Item = &CheckedFile> {
        self.order.iter().filter_map(|id| self.files.get(id))
    }

    /// A file, `lead.toml` among them.
    pub fn file(&self, file: FileId) -> Option<&CheckedFile> {
        self.files.get(&file)
    }

    /// The file of a name.
    pub fn file_named(&self, name: &str) -> Option<&CheckedFile> {
        self.files.values().find(|f| &*f.name == name)
    }

    /// Everything found in a file, in order of place: what cannot be read, what cannot be meant, lints, settings.
    pub fn diagnostics(&self, file: FileId) -> &[Diagnostic] {
        self.files.get(&file).map_or(&[], |f| &f.diagnostics)
    }

    /// Findings that belong to no file.
    pub fn placeless(&self) -> &[Diagnostic] {
        &self.placeless
    }

    /// Whether nothing stands in the way of a run.
    pub fn is_sound(&self) -> bool {
        let files = self.files.values().flat_map(|f| &f.diagnostics);
        !files.chain(&self.placeless).any(Diagnostic::is_error)
    }

    /// The lexicon for the later stages (plan, run). Its ids are its own: find a definition in it by its name.
    pub fn to_run(&self) -> Lexicon {
        self.lexicon.clone()
    }

    /// All definitions in order of file and place.
    pub fn defs(&self) -> impl Iterator<Item = (DefId, &Def)> {
        self.lexicon.def_ids()
    }

    /// All entities and events in order of file and place.
    pub fn tables(&self) -> impl Iterator<Item = (TableId, &Table)> {
        self.lexicon.table_ids()
    }

    /// All examples in order of file and place.
    pub fn examples(&self) -> impl Iterator<Item = &Example> {
        self.lexicon.examples.iter()
    }

    /// The examples that expect an answer of a definition.
    pub fn examples_of(&self, def: DefId) -> impl Iterator<Item = &Example> {
        self.examples().filter(move |e| e.covers.contains(&def))
    }

    /// Every place in a file that names something, in order; where two begin together, the shorter first.
    pub fn places_in(&self, file: FileId) -> &[Place] {
        self.files.get(&file).map_or(&[], |f| &f.index.places)
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
        self.files.get(&file).map_or(&[], |f| &f.index.types)
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
        self.files.get(&file).map_or(&[], |f| &f.index.windows)
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
        self.users.get(def.0 as usize).map_or(&[], |u| u)
    }

    /// The definition whose statement an offset lies in.
    pub fn def_at(&self, file: FileId, offset: u32) -> Option<DefId> {
        self.defs().find(|(_, d)| d.span.file == file && d.span.touches(offset)).map(|(id, _)| id)
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
