//! What a file and a lexicon hold, by name: document symbols by subject, workspace symbols by what was typed.

use lead_diag::InOrder;
use lead_diag::{FileId, Span};
use lead_hir::hir::{DefKind, Ty};
use lead_syntax::ast::{Field, StatementKind, TypeKind, fold_name};

use crate::completion::CompletionKind;
use crate::snapshot::Snapshot;
use crate::spelling::matched;
use crate::{Cancel, Cancelled};

/// What a symbol stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// `for contact`, and all below it.
    Subject,
    /// An entity.
    Entity,
    /// An event.
    Event,
    /// A field that is no reference.
    Field,
    /// A reference.
    Reference,
    /// A measurement.
    Value,
    /// A named window.
    Period,
    /// A decision.
    Term,
    /// A choice.
    Choice,
    /// A score.
    Score,
    /// A funnel.
    Funnel,
    /// A metric.
    Metric,
    /// An example.
    Example,
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentSymbol {
    /// Its name.
    pub name: String,
    /// More, in a few words.
    pub detail: Option<String>,
    /// What it is.
    pub kind: SymbolKind,
    /// All of it.
    pub whole: Span,
    /// Its name in it.
    pub focus: Span,
    /// Its parts.
    pub children: Vec<DocumentSymbol>,
}

/// A name of the lexicon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceSymbol {
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: SymbolKind,
    /// What it is said of, or the table that it is a field of.
    pub container: Option<String>,
    /// The name where it is declared.
    pub focus: Span,
}

/// As many names are found at most.
const MOST: usize = 128;

impl Snapshot {
    /// The outline of a file: tables with their fields, and definitions below the `for` that says whose they are.
    pub fn document_symbols(&self, file: FileId) -> Vec<DocumentSymbol> {
        let Some(checked) = self.file(file) else { return Vec::new() };
        let mut found: Vec<DocumentSymbol> = Vec::new();
        let mut open = false;
        for statement in &checked.tree().statements {
            let Some(symbol) = self.symbol(statement.span, &statement.kind) else { continue };
            let group = symbol.kind == SymbolKind::Subject;
            // Tables are said of nobody.
            let apart = matches!(symbol.kind, SymbolKind::Entity | SymbolKind::Event);
            if group {
                open = true;
                found.push(symbol);
            } else if open
                && !apart
                && let Some(last) = found.iter_mut().rev().find(|s| s.kind == SymbolKind::Subject)
            {
                last.whole = last.whole.to(symbol.whole);
                last.children.push(symbol);
            } else {
                found.push(symbol);
            }
        }
        found
    }

    fn symbol(&self, whole: Span, kind: &StatementKind) -> Option<DocumentSymbol> {
        let fields = |fields: &[Field]| fields.iter().map(|f| self.field_symbol(f)).collect::<Vec<_>>();
        let mut children = Vec::new();
        let mut detail = None;
        let (kind, name) = match kind {
            StatementKind::Entity(entity) => {
                children = fields(&entity.fields);
                (SymbolKind::Entity, &entity.name)
            }
            StatementKind::Event(event) => {
                children = fields(&event.fields);
                detail = event.of.as_ref().map(|of| format!("of {}", of.text));
                (SymbolKind::Event, &event.name)
            }
            StatementKind::Subject(name) => (SymbolKind::Subject, name),
            StatementKind::Value(value) => {
                let of_time = self.checked().lexicon.defs.is_empty();
                let period = !of_time && self.is_period(&value.name.key());
                (if period { SymbolKind::Period } else { SymbolKind::Value }, &value.name)
            }
            StatementKind::Term(term) => (SymbolKind::Term, &term.name),
            StatementKind::Choice(choice) => (SymbolKind::Choice, &choice.name),
            StatementKind::Score(score) => (SymbolKind::Score, &score.name),
            StatementKind::Funnel(funnel) => (SymbolKind::Funnel, &funnel.name),
            StatementKind::Metric(metric) => (SymbolKind::Metric, &metric.name),
            StatementKind::Table(table) => {
                detail = Some("table of examples".to_string());
                (SymbolKind::Example, &table.name)
            }
            StatementKind::Story(story) => {
                return Some(DocumentSymbol {
                    name: named(&story.title.value),
                    detail: Some("example".into()),
                    kind: SymbolKind::Example,
                    whole,
                    focus: story.title.span,
                    children,
                });
            }
            StatementKind::Broken { name } => (SymbolKind::Value, name.as_ref()?),
        };
        if kind == SymbolKind::Value && detail.is_none() {
            detail = self.type_detail(&name.key());
        }
        let shown = if kind == SymbolKind::Subject { format!("for {}", name.text) } else { named(&name.text) };
        Some(DocumentSymbol { name: shown, detail, kind, whole, focus: name.span, children })
    }

    fn is_period(&self, key: &str) -> bool {
        self.def_named(key).is_some_and(|id| matches!(self.lexicon().def(id).kind, DefKind::Period(_)))
    }

    fn type_detail(&self, key: &str) -> Option<String> {
        let def = self.lexicon().def(self.def_named(key)?);
        let text = crate::facts::short_type(self.lexicon(), &def.ty);
        Some(text).filter(|t| !t.is_empty())
    }

    pub(crate) fn def_named(&self, key: &str) -> Option<lead_hir::hir::DefId> {
        match self.names().item(key)? {
            crate::names::Item::Def(def) => Some(def),
            crate::names::Item::Table(_) => None,
        }
    }

    fn field_symbol(&self, field: &Field) -> DocumentSymbol {
        let (kind, detail) = match &field.ty.kind {
            TypeKind::Reference(to) => (SymbolKind::Reference, format!("-> {}", to.text)),
            TypeKind::OneOf(_) => (SymbolKind::Field, "one of".to_string()),
            _ => (SymbolKind::Field, self.slice(field.ty.span).to_string()),
        };
        DocumentSymbol {
            name: named(&field.name.text),
            detail: Some(detail),
            kind,
            whole: field.span,
            focus: field.name.span,
            children: Vec::new(),
        }
    }

    /// Tables, fields and definitions of the lexicon whose names match what was typed, best first.
    pub fn workspace_symbols(&self, typed: &str, cancel: &Cancel) -> Result<Vec<WorkspaceSymbol>, Cancelled> {
        let typed = fold_name(typed);
        let lexicon = self.lexicon();
        let mut found: Vec<(i32, Named)> = Vec::new();
        for (id, def) in self.checked().defs() {
            if let Some(score) = matched(&typed, &def.name.key) {
                found.push((score + 10, Named::Def(id)));
            }
        }
        cancel.check()?;
        for (id, table) in self.checked().tables() {
            if let Some(score) = matched(&typed, &table.name.key) {
                found.push((score + 20, Named::Table(id)));
            }
            for (i, field) in table.fields.iter().enumerate() {
                if let Some(score) = matched(&typed, &field.name.key) {
                    found.push((score, Named::Field(id, lead_hir::hir::FieldId(i as u32))));
                }
            }
        }
        cancel.check()?;
        found.in_order_by_key(|(score, _)| std::cmp::Reverse(*score));
        let mut symbols = Vec::new();
        for (_, named) in found.into_iter().take(MOST) {
            let target = match named {
                Named::Def(id) => lead_hir::index::Target::Def(id),
                Named::Table(id) => lead_hir::index::Target::Table(id),
                Named::Field(table, field) => lead_hir::index::Target::Field(table, field),
            };
            let Some(place) = self.checked().declaration(target) else { continue };
            let (name, kind, container) = match named {
                Named::Def(id) => {
                    let def = lexicon.def(id);
                    let of = def.subject.map(|s| lexicon.table(s).name.text.clone());
                    (&def.name, def_symbol(crate::completion::def_kind(self, id)), of)
                }
                Named::Table(id) => {
                    let table = lexicon.table(id);
                    (&table.name, if table.is_event() { SymbolKind::Event } else { SymbolKind::Entity }, None)
                }
                Named::Field(table, field) => {
                    let (of, field) = (lexicon.table(table), lexicon.field(table, field));
                    let reference = matches!(field.ty, Ty::Record(_));
                    let kind = if reference { SymbolKind::Reference } else { SymbolKind::Field };
                    (&field.name, kind, Some(of.name.text.clone()))
                }
            };
            symbols.push(WorkspaceSymbol { name: name.text.clone(), kind, container, focus: place.span });
        }
        Ok(symbols)
    }
}

enum Named {
    Def(lead_hir::hir::DefId),
    Table(lead_hir::hir::TableId),
    Field(lead_hir::hir::TableId, lead_hir::hir::FieldId),
}

/// The same kind among symbols.
pub(crate) fn def_symbol(kind: CompletionKind) -> SymbolKind {
    match kind {
        CompletionKind::Term => SymbolKind::Term,
        CompletionKind::Choice => SymbolKind::Choice,
        CompletionKind::Score => SymbolKind::Score,
        CompletionKind::Funnel => SymbolKind::Funnel,
        CompletionKind::Metric => SymbolKind::Metric,
        CompletionKind::Period => SymbolKind::Period,
        _ => SymbolKind::Value,
    }
}

/// A symbol needs a name that can be seen.
fn named(name: &str) -> String {
    if name.trim().is_empty() { "…".into() } else { name.trim().to_string() }
}
