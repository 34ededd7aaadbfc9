//! Paths (D5): `company.parent.industry`, `company is target company`, `was lead 90d ago`, `became lead`.

use lead_diag::{Applicability, Diagnostic, Edit, Fix, Span, codes};
use lead_syntax::ast;

use super::Item;
use super::body::{Body, Covered, Spot, Wanted, error, make};
use super::lookup::{Found, Member};
use super::track::{ALL_DEFS, ALL_FIELDS};
use super::unknown::did_you_mean;
use crate::hir::{DefId, DefKind, Expr, ExprKind, FieldId, TableId, Target, Ty, WindowKind};
use crate::index::Signal;
use crate::suggest;

/// Where the references of a path end.
pub(crate) enum End {
    /// At a record.
    Record(Spot),
    /// At a field or definition of one.
    Value(Expr),
}

impl Body<'_, '_> {
    pub fn path(&mut self, path: &ast::Path, wanted: Wanted) -> Expr {
        match self.resolve(path, wanted) {
            Some(End::Value(value)) => Expr { span: path.span, ..value },
            Some(End::Record(spot)) => spot.record(path.span),
            None => error(path.span),
        }
    }

    /// `None`: reported.
    fn resolve(&mut self, path: &ast::Path, wanted: Wanted) -> Option<End> {
        if let Some(end) = self.on_records(path) {
            return end;
        }
        let (first, rest) = path.names.split_first()?;
        let end = match self.look_up(first) {
            Some(Found::Broken) => return None,
            Some(Found::Constant(def)) => End::Value(self.constant(def, first.span)),
            Some(Found::Record(spot)) => {
                self.cx.note_table(first.span, spot.table);
                End::Record(spot)
            }
            Some(Found::Def(spot, def)) => End::Value(self.definition(&spot, def, first.span)),
            Some(Found::Field(spot, field)) => self.arrive(spot, Member::Field(field), first.span),
            None => {
                self.unknown(first, rest, wanted);
                return None;
            }
        };
        self.go_on(end, first, rest)
    }

    /// A path in the target of an aggregate that begins with the names of its records: asked of one of them.
    fn on_records(&mut self, path: &ast::Path) -> Option<Option<End>> {
        let prefix = self.prefix.as_ref()?;
        let table = *self.frames.last()?;
        let (taken, rest) = path.names.split_at_checked(prefix.len())?;
        if !taken.iter().zip(prefix).all(|(name, key)| name.key() == *key) {
            return None;
        }
        let last = taken.last()?;
        Some(self.go_on(End::Record(Spot { up: 0, path: Vec::new(), table }), last, rest))
    }

    /// Follows the names of a path from where it has come.
    pub fn go_on(&mut self, mut end: End, first: &ast::Name, rest: &[ast::Name]) -> Option<End> {
        let mut last = first;
        for name in rest {
            end = match end {
                End::Record(spot) => {
                    let Some(member) = self.cx.member(spot.table, &name.key()) else {
                        if self.cx.named(&name.key()) != Some(Item::Broken) {
                            self.unknown_member(spot.table, name);
                        }
                        return None;
                    };
                    self.arrive(spot, member, name.span)
                }
                End::Value(value) => {
                    if value.ty != Ty::Error {
                        let what = self.cx.describe(&value.ty);
                        self.report(
                            Diagnostic::new(
                                codes::NOT_A_REFERENCE,
                                format!("`{}` leads to no record, so `.{}` cannot follow", last.text, name.text),
                            )
                            .label(last.span, format!("this is {what}"))
                            .label(name.span, "asked of it here")
                            .help("a dot follows a reference, declared as `company -> company`"),
                        );
                    }
                    return None;
                }
            };
            last = name;
        }
        Some(end)
    }

    fn arrive(&mut self, spot: Spot, member: Member, span: Span) -> End {
        if let Member::Field(field) = member {
            self.cx.note_field(span, spot.table, field);
        }
        match member {
            Member::Def(def) => End::Value(self.definition(&spot, def, span)),
            Member::Field(field) => match self.cx.field_ty(spot.table, field) {
                Ty::Record(to) => End::Record(spot.clone().follow(field, *to)),
                _ => End::Value(self.field(&spot, field, span)),
            },
        }
    }

    /// A name behind a dot that the record does not have.
    fn unknown_member(&mut self, table: TableId, name: &ast::Name) {
        let table_name = self.cx.table_name(table).to_string();
        let found = Diagnostic::new(codes::UNKNOWN_FIELD, format!("`{table_name}` has no `{}`", name.text))
            .label(name.span, format!("not known of a {table_name}"));
        let mut known: Vec<String> = self.cx.table(table).fields.iter().map(|f| f.name.text.clone()).collect();
        let declared = known.len();
        let near = self.cx.suggested(&name.text).into_iter().map(|d| self.cx.def(d));
        known.extend(near.filter(|d| d.subject == Some(table)).map(|d| d.name.text.clone()));
        self.cx.see_all(ALL_FIELDS);
        let found = match self.cx.nearest(&name.text, known.iter().map(String::as_str)) {
            Some(near) => did_you_mean(found, name.span, &near),
            None if declared == 0 => found.help(format!("declare it below `entity {table_name}`")),
            None => {
                found.help(format!("its fields are {}", suggest::list(known[..declared].iter().map(String::as_str))))
            }
        };
        self.report(found);
    }

    /// `company is target company`
    pub fn is_term(&mut self, record: &ast::Expr, negated: bool, term: &ast::Name, span: Span) -> Expr {
        let asked = self.expr(record);
        let spot = match (&asked.kind, &asked.ty) {
            (ExprKind::Get { up, path, target: Target::Record }, Ty::Record(table)) => {
                Spot { up: *up, path: path.clone(), table: *table }
            }
            (_, Ty::Error) => return error(span),
            (_, ty) => {
                let what = self.cx.describe(ty);
                self.is_of_value(record, &asked, what, negated, term);
                return error(span);
            }
        };
        let Some(member) = self.cx.member(spot.table, &term.key()) else {
            self.no_such_term(spot.table, term);
            return error(span);
        };
        let holds = match member {
            Member::Field(field) => {
                self.cx.note_field(term.span, spot.table, field);
                self.field(&spot, field, span)
            }
            Member::Def(def) => self.definition(&spot, def, term.span),
        };
        match holds.ty {
            Ty::Error => error(span),
            Ty::YesNo => {
                let holds = Expr { span, ..holds };
                if negated { make(ExprKind::Not(Box::new(holds)), Ty::YesNo, span) } else { holds }
            }
            ref ty => {
                let shown = self.path_text(&asked);
                let found = Diagnostic::new(
                    codes::NOT_A_TERM,
                    format!("`{}` is not a yes or no, so `is` cannot ask it", term.text),
                )
                .label(term.span, format!("this is {}", self.cx.describe(ty)))
                .help(format!("compare it: `{shown}.{} = …`", term.text));
                self.report(found);
                error(span)
            }
        }
    }

    fn is_of_value(&mut self, record: &ast::Expr, asked: &Expr, what: String, negated: bool, term: &ast::Name) {
        let mut found = Diagnostic::new(codes::NOT_A_TERM, "`is` asks a term of a record, and there is no record here")
            .label(record.span, format!("this is {what}"));
        if let Ty::Text | Ty::OneOf(_) = asked.ty {
            let sign = if negated { "!=" } else { "=" };
            let between = Span { start: record.span.end, ..term.span };
            found = found.help(format!("texts are compared with `{sign}`, and stand in quotes")).fix(Fix::replace(
                format!("write `{sign} \"{}\"`", term.text),
                Applicability::Unsafe,
                between,
                format!(" {sign} \"{}\"", term.text),
            ));
        } else {
            found = found.help("a comparison is written with `=`, `>` or another sign");
        }
        self.report(found);
    }

    fn no_such_term(&mut self, table: TableId, term: &ast::Name) {
        if matches!(self.cx.named(&term.key()), Some(Item::Broken)) {
            return;
        }
        let table_name = self.cx.table_name(table).to_string();
        let mut found =
            Diagnostic::new(codes::UNKNOWN_NAME, format!("no term of `{table_name}` is called `{}`", term.text));
        let other = match self.cx.named(&term.key()) {
            Some(Item::Def(def)) => self.cx.def(def).subject,
            _ => None,
        };
        if let Some(other) = other {
            let other = self.cx.table_name(other).to_string();
            found.code = codes::WRONG_SUBJECT;
            found.message = format!("`{}` is said of `{other}`, not of `{table_name}`", term.text);
            found = found.label(term.span, format!("a definition of `{other}`")).help(format!(
                "ask the related records, such as `any({other} where {})`, in a definition of `{table_name}`",
                term.text
            ));
        } else {
            found = found.label(term.span, "not defined");
            let known: Vec<String> = self.terms_of(table);
            found = match self.cx.nearest(&term.text, known.iter().map(String::as_str)) {
                Some(near) => did_you_mean(found, term.span, &near),
                None if known.is_empty() => {
                    found.help(format!("define it below `for {table_name}`: `{} when …`", term.text))
                }
                None => found.help(format!("its terms are {}", suggest::list(known.iter().map(String::as_str)))),
            };
        }
        self.report(found);
    }

    fn terms_of(&self, table: TableId) -> Vec<String> {
        if self.cx.searches == 0 {
            return Vec::new();
        }
        self.cx.see_all(ALL_DEFS);
        let said = |d: &&DefId| self.cx.defs[d.0 as usize].subject == Some(table);
        let yes_no = |d: &&DefId| {
            let statement = self.cx.origins[d.0 as usize].statement;
            super::guess::of_statement(&statement.kind) == Ty::YesNo
        };
        let terms = self.cx.order.iter().filter(said).filter(yes_no);
        terms.map(|d| self.cx.defs[d.0 as usize].name.text.clone()).collect()
    }

    pub fn was(&mut self, term: &ast::Path, at: &ast::Moment, span: Span) -> Expr {
        let asked = self.asked_term(term, "was");
        let moment = self.moment(at);
        let (Some((up, path, term)), Some(at)) = (asked, moment) else { return error(span) };
        make(ExprKind::Was { up, path, term, at }, Ty::YesNo, span)
    }

    pub fn became(&mut self, term: &ast::Path, span: Span) -> Expr {
        let shown = term.names.last().map_or("", |n| &n.text);
        let Some((up, path, term)) = self.asked_term(term, "became") else { return error(span) };
        match self.covered {
            Covered::No => {
                let found = Diagnostic::new(codes::NEEDS_WINDOW, format!("`became {shown}` does not say in what time"))
                    .label(span, "no window covers this")
                    .help(format!("add one: `became {shown} within 30d`"))
                    .fix(Fix {
                        title: "add `within 30d`".into(),
                        applicability: Applicability::Display,
                        edits: vec![Edit { span: span.after(), text: " within 30d".into() }],
                    });
                self.report(found);
                return error(span);
            }
            Covered::By(WindowKind::Before(_) | WindowKind::MoreThanAgo(_), at) => {
                self.report(
                    Diagnostic::new(
                        codes::WINDOW_WITHOUT_START,
                        format!("`became {shown}` needs a window with a beginning"),
                    )
                    .label(at, "this reaches back without end")
                    .label(span, "compares the beginning of its window with the end")
                    .help("write `within 90d`, `since 2026-01-01` or `between 2026-01-01 and 2026-03-31`"),
                );
                return error(span);
            }
            Covered::By(kind, at) if is_forward(&kind) => {
                self.report(
                    Diagnostic::new(
                        codes::WINDOW_WITHOUT_START,
                        format!("`became {shown}` cannot be told of the future"),
                    )
                    .label(at, "this window lies ahead")
                    .label(span, "asks what has happened")
                    .help("write a window that looks back, such as `within 90d`"),
                );
                return error(span);
            }
            _ => {}
        }
        let window = self.in_force();
        self.cx.note_window(span, Signal::Became, window);
        make(ExprKind::Became { up, path, term }, Ty::YesNo, span)
    }

    /// The term that `was` and `became` ask, perhaps of a related record.
    fn asked_term(&mut self, path: &ast::Path, word: &str) -> Option<(u8, Vec<FieldId>, DefId)> {
        let end = self.resolve(path, Wanted::Condition)?;
        let last = path.names.last()?;
        if let End::Value(value) = &end {
            if value.ty == Ty::Error {
                return None;
            }
            if let ExprKind::Get { up, path, target: Target::Def(def) } = &value.kind
                && matches!(self.cx.def(*def).kind, DefKind::Term(_))
            {
                return Some((*up, path.clone(), *def));
            }
        }
        let what = match &end {
            End::Value(value) if matches!(value.kind, ExprKind::Get { target: Target::Field(_), .. }) => {
                "a field has no history".to_string()
            }
            End::Value(value) => format!("this is {}", self.cx.describe(&value.ty)),
            End::Record(_) => "this is a record".to_string(),
        };
        self.report(
            Diagnostic::new(codes::NOT_A_TERM, format!("`{word}` asks a term, and `{}` is not one", last.text))
                .label(last.span, what)
                .help(format!("define a term that says when it holds, and ask `{word}` of that")),
        );
        None
    }
}

/// Whether a window lies ahead of the as-of time.
pub(crate) fn is_forward(kind: &WindowKind) -> bool {
    match kind {
        WindowKind::WithinNext(_) => true,
        WindowKind::Period(period) => matches!(period.which, crate::hir::Which::Next(_)),
        _ => false,
    }
}
