//! What a name stands for at a place (D3): the innermost record, an event's subject, then one record further out.

use lead_diag::{Diagnostic, Span, codes};
use lead_syntax::ast::{self, StatementKind};

use super::body::{Body, Spot};
use super::{Cx, Item};
use crate::hir::{DefId, DefKind, Expr, ExprKind, FieldId, TableId, TableKind, Ty};
use crate::index::Signal;

/// A name that was found.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// A field or reference of the record.
    Field(Spot, FieldId),
    /// A definition of the record.
    Def(Spot, DefId),
    /// The name of the record's own table.
    Record(Spot),
    /// A value that is the same for every record, of whatever subject (D46).
    Constant(DefId),
    /// Reported elsewhere.
    Broken,
}

/// A field or definition of one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    Field(FieldId),
    Def(DefId),
}

impl Cx<'_> {
    /// A field of the table, else a definition said of it.
    pub(crate) fn member(&self, table: TableId, key: &str) -> Option<Member> {
        if let Some(field) = self.field(table, key) {
            return Some(Member::Field(field));
        }
        match self.named(key) {
            Some(Item::Def(def)) if self.def(def).subject == Some(table) => Some(Member::Def(def)),
            _ => None,
        }
    }

    /// The subject of an event: the reference, and the entity it names.
    pub(crate) fn subject_of(&self, table: TableId) -> Option<(FieldId, TableId)> {
        let TableKind::Event { subject: Some(field), .. } = self.table(table).kind else { return None };
        match self.field_ty(table, field) {
            Ty::Record(to) => Some((field, *to)),
            _ => None,
        }
    }

    /// Whether a value is written with literals alone.
    pub(crate) fn is_constant(&self, def: DefId) -> bool {
        match &self.origin(def).statement.kind {
            StatementKind::Value(value) => constant(&value.expr),
            _ => false,
        }
    }
}

fn constant(expr: &ast::Expr) -> bool {
    use ast::ExprKind as Ast;
    match &expr.kind {
        Ast::Literal(_) | Ast::Now | Ast::Today => true,
        Ast::List(items) => items.iter().all(constant),
        Ast::Paren(inner) | Ast::Negate(inner) => constant(inner),
        Ast::Arithmetic { left, right, .. } => constant(left) && constant(right),
        Ast::Call { args, .. } => args.iter().all(constant),
        _ => false,
    }
}

impl Body<'_, '_> {
    /// Looks a name up in the records in scope. `None`: not there.
    pub fn look_up(&self, name: &ast::Name) -> Option<Found> {
        let key = name.key();
        for (up, table) in self.frames.iter().rev().take(2).enumerate() {
            let spot = Spot { up: up as u8, path: Vec::new(), table: *table };
            if let Some(found) = self.look_up_on(spot, &key) {
                return Some(found);
            }
        }
        match self.cx.named(&key) {
            Some(Item::Broken) => Some(Found::Broken),
            Some(Item::Def(def)) if self.cx.is_constant(def) && self.cx.def(def).subject.is_some() => {
                Some(Found::Constant(def))
            }
            // Its subject was reported.
            Some(Item::Def(def)) if self.cx.origin(def).subject.is_none() => Some(Found::Broken),
            _ => None,
        }
    }

    fn look_up_on(&self, spot: Spot, key: &str) -> Option<Found> {
        let member = |spot: &Spot| {
            self.cx.member(spot.table, key).map(|m| match m {
                Member::Field(field) => Found::Field(spot.clone(), field),
                Member::Def(def) => Found::Def(spot.clone(), def),
            })
        };
        if let Some(found) = member(&spot) {
            return Some(found);
        }
        let own = self.cx.table(spot.table).name.key == key;
        if let Some((field, to)) = self.cx.subject_of(spot.table)
            && let Some(found) = member(&spot.clone().follow(field, to))
        {
            return Some(found);
        }
        own.then_some(Found::Record(spot))
    }

    /// A value that is the same for every record, written in where it is used.
    pub fn constant(&mut self, def: DefId, span: Span) -> Expr {
        let Some(ty) = self.use_def(def, span) else { return super::body::error(span) };
        match &self.cx.def(def).kind {
            DefKind::Value(value) => Expr { kind: value.kind.clone(), ty, span },
            _ => super::body::error(span),
        }
    }

    /// A definition of a record as a value.
    pub fn definition(&mut self, spot: &Spot, def: DefId, span: Span) -> Expr {
        let Some(ty) = self.use_def(def, span) else { return super::body::error(span) };
        if matches!(self.cx.def(def).kind, DefKind::Value(_)) && self.cx.facts(def).open {
            let window = self.in_force();
            self.cx.note_window(span, Signal::Value(def), window);
        }
        match self.cx.def(def).kind {
            DefKind::Error => super::body::error(span),
            _ => spot.get(crate::hir::Target::Def(def), ty, span),
        }
    }

    /// A field or reference of a record as a value.
    pub fn field(&self, spot: &Spot, field: FieldId, span: Span) -> Expr {
        match self.cx.field_ty(spot.table, field).clone() {
            Ty::Record(to) => spot.clone().follow(field, to).record(span),
            Ty::Error => super::body::error(span),
            ty => spot.get(crate::hir::Target::Field(field), ty, span),
        }
    }

    /// Reports that a record is no value where a plain one is wanted.
    pub fn no_records(&mut self, expr: Expr) -> Expr {
        let Ty::Record(table) = expr.ty else { return expr };
        let shown = self.path_text(&expr);
        self.cx.see_all(super::track::ALL_FIELDS);
        let fields = &self.cx.table(table).fields;
        let example = fields.iter().find(|f| !matches!(f.ty, Ty::Record(_) | Ty::Key)).map_or("id", |f| &f.name.text);
        let found = Diagnostic::new(codes::RECORD_AS_VALUE, format!("`{shown}` is a whole record, not one value"))
            .label(expr.span, format!("a record of `{}`", self.cx.table_name(table)))
            .help(format!("name what is meant of it, such as `{shown}.{example}`"));
        self.report(found);
        super::body::error(expr.span)
    }

    /// The names of a path of references, as a writer would put them.
    pub fn path_text(&self, expr: &Expr) -> String {
        let ExprKind::Get { up, path, .. } = &expr.kind else { return "this".into() };
        let Some(mut table) = self.frames.iter().rev().nth(usize::from(*up)).copied() else { return "this".into() };
        let mut names = Vec::new();
        for field in path {
            names.push(self.cx.table(table).fields[field.0 as usize].name.text.clone());
            match self.cx.field_ty(table, *field) {
                Ty::Record(to) => table = *to,
                _ => break,
            }
        }
        if names.is_empty() { self.cx.table_name(table).to_string() } else { names.join(".") }
    }
}
