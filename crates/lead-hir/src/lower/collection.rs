//! Which records an aggregate runs over (D6): references, then an event, an entity or the members of a term.

use lead_diag::{Applicability, Diagnostic, Fix, Span, codes};
use lead_syntax::ast::{self, ExprKind as Ast, StatementKind};

use super::Item;
use super::body::{Body, Spot};
use super::lookup::{Found, Member};
use super::unknown::{did_you_mean, needs_backticks};
use crate::hir::{DefId, FieldId, TableId, Ty};

/// Records that a path names.
#[derive(Clone, Debug)]
pub(crate) struct Collection {
    /// The record that they relate to.
    pub up: u8,
    pub path: Vec<FieldId>,
    pub from: Option<TableId>,
    pub table: TableId,
    pub member_of: Option<DefId>,
    /// The path ended at one record, which is all of the collection.
    pub one: bool,
    /// The names of the path that lead to it, folded.
    pub names: Vec<String>,
    pub span: Span,
}

impl Body<'_, '_> {
    /// The collection that the paths of a target share; `None`: reported.
    pub fn collection_of(&mut self, target: &ast::Expr) -> Option<Collection> {
        if let Ast::Path(path) = &target.kind {
            return self.collection(path);
        }
        let mut paths = Vec::new();
        paths_in(target, &mut paths);
        let mut shared: Option<(Collection, &ast::Path)> = None;
        for path in &paths {
            if !self.names_records(path) {
                continue;
            }
            let found = self.collection(path)?;
            match &shared {
                Some((first, at))
                    if first.table != found.table || first.member_of != found.member_of || first.path != found.path =>
                {
                    self.report(
                        Diagnostic::new(codes::NOT_RECORDS, "one measurement runs over records of one kind")
                            .label(path.span, "records of another kind")
                            .label(at.span, "records of one kind")
                            .help("measure each by itself and join the results, such as `sum(a.x) + sum(b.y)`"),
                    );
                    return None;
                }
                Some(_) => {}
                None => shared = Some((found, path)),
            }
        }
        if let Some((collection, _)) = shared {
            return Some(collection);
        }
        if let [path] = paths.as_slice() {
            // Says what is wrong with it.
            return self.collection(path);
        }
        if !matches!(target.kind, Ast::Error) {
            self.report(
                Diagnostic::new(codes::NOT_RECORDS, "this does not say which records are measured")
                    .label(target.span, "names no event, entity or term")
                    .help("begin with their name, such as `sum(deal.amount)`"),
            );
        }
        None
    }

    /// Whether a path leads to records without a report if it does not.
    fn names_records(&self, path: &ast::Path) -> bool {
        let Some(first) = path.names.first() else { return false };
        match self.look_up(first) {
            Some(Found::Field(spot, field)) => matches!(self.cx.field_ty(spot.table, field), Ty::Record(_)),
            Some(Found::Broken) => true,
            _ => self.named_records(first).is_some(),
        }
    }

    /// A table, or the members of a term.
    fn named_records(&self, name: &ast::Name) -> Option<(TableId, Option<DefId>)> {
        match self.cx.named(&name.key())? {
            Item::Table(table) => Some((table, None)),
            Item::Def(def) => {
                let term = matches!(self.cx.origin(def).statement.kind, StatementKind::Term(_));
                self.cx.def(def).subject.filter(|_| term).map(|table| (table, Some(def)))
            }
            Item::Broken => None,
        }
    }

    /// `[reference.]* collection` (D6).
    pub fn collection(&mut self, path: &ast::Path) -> Option<Collection> {
        let first = path.names.first()?;
        if let Some(Found::Broken) = self.look_up(first) {
            return None;
        }
        let mut spot: Option<Spot> = None;
        let mut names = 0;
        for name in &path.names {
            let field = match &spot {
                None => match self.look_up(name) {
                    Some(Found::Field(at, field)) => Some((at, field)),
                    _ => None,
                },
                Some(at) => match self.cx.member(at.table, &name.key()) {
                    Some(Member::Field(field)) => Some((at.clone(), field)),
                    _ => None,
                },
            };
            let Some((at, field)) = field else { break };
            match *self.cx.field_ty(at.table, field) {
                Ty::Record(to) => {
                    self.cx.note_field(name.span, at.table, field);
                    spot = Some(at.follow(field, to));
                }
                Ty::Error => return None,
                _ => break,
            }
            names += 1;
        }
        let keys = |names: usize| path.names.iter().take(names).map(ast::Name::key).collect();
        let span = |names: usize| path.names.get(names.max(1) - 1).map_or(path.span, |n| first.span.to(n.span));
        let next = path.names.get(names);
        let records = next.and_then(|n| self.named_records(n));
        match (spot, records) {
            (Some(spot), Some((table, member_of)))
                if next.is_some_and(|n| self.cx.field(spot.table, &n.key()).is_none()) =>
            {
                self.note_records(table, member_of, next);
                Some(Collection {
                    up: spot.up,
                    path: spot.path,
                    from: Some(spot.table),
                    table,
                    member_of,
                    one: false,
                    names: keys(names + 1),
                    span: span(names + 1),
                })
            }
            (Some(spot), _) => Some(Collection {
                up: spot.up,
                path: spot.path,
                from: Some(spot.table),
                table: spot.table,
                member_of: None,
                one: true,
                names: keys(names),
                span: span(names),
            }),
            (None, Some((table, member_of))) => {
                self.note_records(table, member_of, next);
                let up = self.nearest_related(table);
                let from = self.frames.iter().rev().nth(usize::from(up)).copied();
                Some(Collection {
                    up,
                    path: Vec::new(),
                    from,
                    table,
                    member_of,
                    one: false,
                    names: keys(1),
                    span: span(1),
                })
            }
            (None, None) => {
                self.not_records(first);
                None
            }
        }
    }

    fn note_records(&mut self, table: TableId, term: Option<DefId>, name: Option<&ast::Name>) {
        match (term, name) {
            (Some(term), Some(name)) => drop(self.use_def(term, name.span)),
            (None, Some(name)) => self.cx.note_table(name.span, table),
            _ => {}
        }
    }

    /// The innermost record that anything relates the table to (D3): the innermost, else the one outside.
    pub fn nearest_related(&mut self, table: TableId) -> u8 {
        let frames: Vec<TableId> = self.frames.iter().rev().take(2).copied().collect();
        let related = frames.into_iter().position(|from| self.cx.ways(from, table).iter().any(|g| !g.is_empty()));
        related.unwrap_or(0) as u8
    }

    fn not_records(&mut self, name: &ast::Name) {
        let found = match self.look_up(name) {
            Some(Found::Field(..) | Found::Def(..) | Found::Constant(_)) => {
                let kind = match self.cx.named(&name.key()) {
                    Some(Item::Def(_)) => "a definition with one answer",
                    _ => "a field",
                };
                Diagnostic::new(codes::NOT_RECORDS, format!("`{}` stands for no records that could be measured", name.text))
                    .label(name.span, kind)
                    .help("name an event, an entity or a term, such as `count(page view)`; a value of their records follows behind a dot")
            }
            _ => match self.cx.named(&name.key()) {
                Some(Item::Def(def)) => {
                    let subject = self.cx.def(def).subject.map_or("", |s| self.cx.table_name(s)).to_string();
                    let text = needs_backticks(&name.text);
                    let found = Diagnostic::new(
                        codes::NOT_RECORDS,
                        format!("`{}` stands for no records that could be measured", name.text),
                    )
                    .label(name.span, format!("a value of `{subject}`"));
                    if subject.is_empty() {
                        found.help("name an event, an entity or a term, such as `count(page view)`")
                    } else {
                        let write = format!("{subject}.{text}");
                        found.help(format!("say whose: `{write}`")).fix(Fix::replace(
                            format!("write `{write}`"),
                            Applicability::Unsafe,
                            name.span,
                            write,
                        ))
                    }
                }
                _ => self.unknown_records(name),
            },
        };
        self.report(found);
    }

    fn unknown_records(&mut self, name: &ast::Name) -> Diagnostic {
        let mut known: Vec<String> = self.cx.tables.iter().map(|t| t.name.text.clone()).collect();
        let tables = known.len();
        let near = self.cx.suggested(&name.text).into_iter();
        let terms = near.filter(|d| matches!(self.cx.origin(*d).statement.kind, StatementKind::Term(_)));
        known.extend(terms.map(|d| self.cx.def(d).name.text.clone()));
        let found =
            Diagnostic::new(codes::UNKNOWN_RECORDS, format!("no event, entity or term is called `{}`", name.text))
                .label(name.span, "not declared");
        match self.cx.nearest(&name.text, known.iter().map(String::as_str)) {
            Some(near) => did_you_mean(found, name.span, &near),
            None if tables == 0 => found.help(format!("declare it: `event {} of … from \"….csv\"`", name.text)),
            None => found.help(format!(
                "the events and entities are {}",
                crate::suggest::list(known[..tables].iter().map(String::as_str))
            )),
        }
    }
}

/// The paths of an expression, apart from those in aggregates of its own.
pub(crate) fn paths_in<'e>(expr: &'e ast::Expr, paths: &mut Vec<&'e ast::Path>) {
    match &expr.kind {
        Ast::Path(path) => paths.push(path),
        Ast::List(items) | Ast::And(items) | Ast::Or(items) => items.iter().for_each(|i| paths_in(i, paths)),
        Ast::Call { args, .. } => args.iter().for_each(|a| paths_in(a, paths)),
        Ast::Paren(inner) | Ast::Not(inner) | Ast::Negate(inner) => paths_in(inner, paths),
        Ast::Arithmetic { left, right, .. } | Ast::Compare { left, right, .. } => {
            paths_in(left, paths);
            paths_in(right, paths);
        }
        Ast::Between { value, low, high } => [value, low, high].into_iter().for_each(|e| paths_in(e, paths)),
        Ast::IsKnown { value, .. } | Ast::Windowed { value, .. } => paths_in(value, paths),
        Ast::IsTerm { record, .. } => paths_in(record, paths),
        Ast::Literal(_)
        | Ast::Now
        | Ast::Today
        | Ast::Period(_)
        | Ast::Aggregate(_)
        | Ast::Was { .. }
        | Ast::Became { .. }
        | Ast::Error => {}
    }
}
