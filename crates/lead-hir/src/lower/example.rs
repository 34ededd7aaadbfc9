//! `examples TERM` and its table: the columns are names of the subject, the cells are values of their types.

use lead_diag::InOrder;
use lead_diag::{Applicability, Diagnostic, Edit, Fix, Span, codes};
use lead_syntax::ast::{self, ExprKind as Ast, LiteralKind};

use super::body::{Body, make};
use super::declare::Statements;
use super::literal::{days, digits};
use super::lookup::Member;
use super::unknown::did_you_mean;
use super::{Cx, Item, SEARCHES};
use crate::hir::{
    DefId, DefKind, Example, ExampleColumn, ExampleKind, ExampleRow, ExampleTable, Expr, ExprKind, Given, Moment,
    TableId, Ty, Value,
};
use crate::index::{Role, Target};
use crate::suggest::list;

impl Cx<'_> {
    pub(crate) fn check_examples(&mut self, statements: &Statements) {
        for (table, span) in &statements.tables {
            let example = self.table_example(table, *span);
            self.examples.push(example);
        }
        for (story, span) in &statements.stories {
            let example = self.story_example(story, *span);
            self.examples.push(example);
        }
        self.examples.in_order_by_key(|e| (e.span.file, e.span.start));
    }

    /// An `examples TERM`, checked.
    pub(crate) fn table_example(&mut self, table: &ast::Table, span: Span) -> Example {
        self.searches = SEARCHES;
        let as_of = self.example_as_of(table.as_of.as_ref());
        let read = self.example_table(table);
        let covers = read.iter().map(|t| t.def).collect();
        let kind = read.map_or(ExampleKind::Error, ExampleKind::Table);
        Example { title: table.name.text.clone(), span, title_span: table.name.span, covers, as_of, kind }
    }

    /// An `example "…"`, checked.
    pub(crate) fn story_example(&mut self, story: &ast::Story, span: Span) -> Example {
        self.searches = SEARCHES;
        let as_of = self.example_as_of(story.as_of.as_ref());
        let read = self.story(story);
        let mut covers: Vec<DefId> = read.expects.iter().flat_map(|e| e.uses.iter().copied()).collect();
        covers.in_order();
        covers.dedup();
        let (title, title_span) = (story.title.value.clone(), story.title.span);
        Example { title, span, title_span, covers, as_of, kind: ExampleKind::Story(read) }
    }

    fn example_as_of(&mut self, as_of: Option<&ast::Literal>) -> Option<Moment> {
        let literal = as_of?;
        match literal.kind {
            LiteralKind::Date(y, m, d) => Some(Moment::Date(days(y, m, d))),
            LiteralKind::Time(date, seconds, offset) => Some(Moment::Time(self.time(date, seconds, offset))),
            _ => {
                self.report(
                    Diagnostic::new(codes::BAD_EXAMPLE, "`as of` wants a date or a time")
                        .label(literal.span, "neither")
                        .help("write `as of 2026-06-01`"),
                );
                None
            }
        }
    }

    fn example_table(&mut self, table: &ast::Table) -> Option<ExampleTable> {
        let (def, subject) = self.tested(&table.name)?;
        let mut types: Vec<Option<(Given, Ty)>> = Vec::new();
        let mut seen: Vec<(String, Span)> = Vec::new();
        for column in &table.columns {
            let key = column.key();
            if let Some((_, first)) = seen.iter().find(|(k, _)| *k == key) {
                self.report(
                    Diagnostic::new(codes::BAD_EXAMPLE, format!("`{}` is a column twice", column.text))
                        .label(column.span, "and again here")
                        .label(*first, "here")
                        .help("take one of the two out"),
                );
            }
            seen.push((key.clone(), column.span));
            types.push(self.column_type(def, subject, column));
        }
        let key = table.name.key();
        if !seen.iter().any(|(k, _)| *k == key) {
            let end = table.columns.last().map_or(table.name.span, |c| c.span);
            self.report(
                Diagnostic::new(codes::BAD_EXAMPLE, format!("no column says what `{}` should be", table.name.text))
                    .label(end, "the columns stand here")
                    .label(table.name.span, "what the examples are of")
                    .help(format!("add a column `{}` with the answer that is expected of each row", table.name.text)),
            );
        }
        let mut rows = Vec::new();
        for row in &table.rows {
            let mut cells = Vec::new();
            for ((cell, ty), column) in row.cells.iter().zip(&types).zip(&table.columns) {
                if let Some((_, ty)) = ty {
                    if let Some(cell) = cell {
                        self.note_given(subject, column, cell, ty);
                    }
                    cells.push(cell.as_ref().and_then(|cell| self.given(cell, ty, &column.text)));
                }
            }
            rows.push(ExampleRow { cells, span: row.span });
        }
        let columns = types.iter().zip(&table.columns);
        let columns =
            columns.filter_map(|(ty, c)| Some(ExampleColumn { what: ty.as_ref()?.0, span: c.span })).collect();
        Some(ExampleTable { def, subject, columns, rows })
    }

    /// The definition that a table of examples is of.
    fn tested(&mut self, name: &ast::Name) -> Option<(DefId, TableId)> {
        match self.named(&name.key()) {
            Some(Item::Broken) => return None,
            Some(Item::Def(def)) => {
                // Its subject was reported.
                self.origin(def).subject?;
                self.note(name.span, Target::Def(def), Role::Use);
                if let Some(subject) = self.def(def).subject {
                    return Some((def, subject));
                }
                self.report(
                    Diagnostic::new(
                        codes::BAD_EXAMPLE,
                        format!("`{}` is not answered per record, so a table cannot test it", name.text),
                    )
                    .label(name.span, "a metric or a period")
                    .help("examples test a term, value, choice, score or funnel"),
                );
            }
            Some(Item::Table(_)) => self.report(
                Diagnostic::new(
                    codes::BAD_EXAMPLE,
                    format!("`{}` is a kind of record, and has no answer to test", name.text),
                )
                .label(name.span, "not a definition")
                .help("examples test a term, value, choice, score or funnel"),
            ),
            None => {
                let near = self.suggested(&name.text).into_iter().map(|d| self.def(d));
                let known: Vec<String> = near.filter(|d| d.subject.is_some()).map(|d| d.name.text.clone()).collect();
                let found = Diagnostic::new(codes::BAD_EXAMPLE, format!("nothing is defined as `{}`", name.text))
                    .label(name.span, "not defined");
                let found = match self.nearest(&name.text, known.iter().map(String::as_str)) {
                    Some(near) => did_you_mean(found, name.span, &near),
                    None => found.help(format!("define it: `{} when …`", name.text)),
                };
                self.report(found);
            }
        }
        None
    }

    fn column_type(&mut self, tested: DefId, subject: TableId, column: &ast::Name) -> Option<(Given, Ty)> {
        let member = self.member(subject, &column.key());
        match member {
            Some(Member::Field(field)) => self.note_field(column.span, subject, field),
            Some(Member::Def(def)) => self.note(column.span, Target::Def(def), Role::Use),
            None => {}
        }
        match member {
            Some(Member::Field(field)) => Some((Given::Field(field), self.field_ty(subject, field).clone())),
            Some(Member::Def(def)) => {
                let given = if def == tested { Given::Expected } else { Given::Def(def) };
                Some(match self.def(def).kind {
                    DefKind::Error => (given, Ty::Error),
                    _ => (given, self.def(def).ty.clone()),
                })
            }
            None => {
                if self.named(&column.key()) != Some(Item::Broken) {
                    self.unknown_column(subject, column);
                }
                None
            }
        }
    }

    fn unknown_column(&mut self, subject: TableId, column: &ast::Name) {
        let table = self.table_name(subject).to_string();
        let near = self.suggested(&column.text).into_iter().map(|d| self.def(d));
        let mut known: Vec<String> = near.filter(|d| d.subject == Some(subject)).map(|d| d.name.text.clone()).collect();
        known.extend(self.table(subject).fields.iter().map(|f| f.name.text.clone()));
        let found = Diagnostic::new(
            codes::BAD_EXAMPLE,
            format!("`{}` is neither a field nor a definition of `{table}`", column.text),
        )
        .label(column.span, "not known");
        let found = match self.nearest(&column.text, known.iter().map(String::as_str)) {
            Some(near) => did_you_mean(found, column.span, &near),
            None => found.help(format!("the columns of the table are names that are known of a `{table}`")),
        };
        self.report(found);
    }

    /// Notes a value out of the list of a field.
    pub(crate) fn note_given(&mut self, table: TableId, field: &ast::Name, value: &ast::Expr, ty: &Ty) {
        if let (Ast::Literal(LiteralKind::Text(text)), Ty::OneOf(values)) = (&value.kind, ty)
            && self.index.is_some()
            && let Some(field) = self.field(table, &field.key())
        {
            self.note_listed(table, field, values, text, value.span);
        }
    }

    /// A value given in an example, against the type it should have. `None`: reported.
    pub(crate) fn given(&mut self, value: &ast::Expr, ty: &Ty, name: &str) -> Option<Expr> {
        if *ty == Ty::Error || matches!(value.kind, Ast::Error) {
            return None;
        }
        if self.given_fits(value, ty, name) {
            return self.given_value(value, ty);
        }
        let wanted = match ty {
            Ty::Record(_) => "the key of a record, in quotes".to_string(),
            other => self.describe(other),
        };
        let mut found = Diagnostic::new(codes::BAD_EXAMPLE, format!("`{name}` is {wanted}"))
            .label(value.span, "something else stands here");
        let text = matches!(ty, Ty::Text | Ty::OneOf(_) | Ty::Key | Ty::Record(_));
        found = match &value.kind {
            Ast::Path(path) if text => {
                let written: Vec<&str> = path.names.iter().map(|n| n.text.as_str()).collect();
                let quoted = format!("\"{}\"", written.join("."));
                found.help(format!("a text stands in quotes: `{quoted}`")).fix(Fix {
                    title: format!("write `{quoted}`"),
                    applicability: Applicability::Safe,
                    edits: vec![Edit { span: value.span, text: quoted }],
                })
            }
            Ast::Literal(LiteralKind::Text(text)) if bare(text, ty).is_some() => {
                let bare = bare(text, ty).unwrap_or_default();
                found.help(format!("without quotes it is {wanted}: `{bare}`")).fix(Fix {
                    title: format!("write `{bare}`"),
                    applicability: Applicability::Safe,
                    edits: vec![Edit { span: value.span, text: bare }],
                })
            }
            _ => found.help(match ty {
                Ty::YesNo => "write `yes` or `no`; an empty cell is cannot tell".to_string(),
                Ty::OneOf(values) => format!("it is one of {}", list(values.iter().map(String::as_str))),
                Ty::Number | Ty::Money => "write a number, such as `5_000`".to_string(),
                Ty::Date | Ty::Time => "write a date or time, such as `2026-06-01`".to_string(),
                Ty::List(_) => "write the values in brackets: `[\"a\", \"b\"]`".to_string(),
                _ => "write a value of that kind".to_string(),
            }),
        };
        self.report(found);
        None
    }

    /// A value that fits its type: as a literal where it is one, money exact.
    fn given_value(&mut self, value: &ast::Expr, ty: &Ty) -> Option<Expr> {
        let span = value.span;
        let made = |kind| Some(make(kind, ty.clone(), span));
        match (&value.kind, ty) {
            (Ast::Paren(inner), _) => self.given_value(inner, ty),
            (Ast::List(items), Ty::List(item)) => {
                let items = items.iter().map(|i| self.given_value(i, item)).collect::<Option<Vec<Expr>>>()?;
                made(ExprKind::List(items))
            }
            (_, Ty::List(item)) => {
                let item = self.given_value(value, item)?;
                made(ExprKind::List(vec![item]))
            }
            (Ast::Literal(LiteralKind::Text(text)), Ty::Key | Ty::Record(_)) => {
                made(ExprKind::Literal(Value::Text(text.trim().into())))
            }
            (Ast::Literal(_) | Ast::Negate(_), Ty::Money) if digits(value).is_some() => {
                let (negative, digits) = digits(value)?;
                let money = self.money(digits, span)?;
                made(ExprKind::Literal(Value::Money(if negative { -money } else { money })))
            }
            (Ast::Literal(literal), _) => {
                let (value, _) = self.literal(literal, span)?;
                made(ExprKind::Literal(value))
            }
            (Ast::Now, _) => made(ExprKind::Now),
            (Ast::Today, _) => made(ExprKind::Today),
            _ => {
                let lowered = Body::new(self, None).expr(value);
                (lowered.ty != Ty::Error).then_some(lowered)
            }
        }
    }

    fn given_fits(&mut self, value: &ast::Expr, ty: &Ty, name: &str) -> bool {
        match (&value.kind, ty) {
            (Ast::Paren(inner), _) => self.given_fits(inner, ty, name),
            (Ast::Literal(LiteralKind::Text(text)), Ty::OneOf(values)) => {
                let values = values.clone();
                // Its own report says more than "something else".
                let _ = Body::new(self, None).check_listed(&values, text, value.span, Some(name));
                true
            }
            (Ast::Literal(LiteralKind::Text(_)), Ty::Text | Ty::Key | Ty::Record(_)) => true,
            (Ast::Literal(LiteralKind::Number(_)), Ty::Number | Ty::Money) => true,
            (Ast::Literal(LiteralKind::Percent(_)), Ty::Number | Ty::Percent) => true,
            (Ast::Literal(LiteralKind::Number(_)), Ty::Percent) => true,
            (Ast::Literal(LiteralKind::YesNo(_)), Ty::YesNo) => true,
            (Ast::Literal(LiteralKind::Duration(..)), Ty::Duration) => true,
            (Ast::Literal(LiteralKind::Date(..)), Ty::Date | Ty::Time) => true,
            (Ast::Literal(LiteralKind::Time(..)), Ty::Time) => true,
            (Ast::Negate(inner), Ty::Number | Ty::Money | Ty::Percent | Ty::Duration) => {
                self.given_fits(inner, ty, name)
            }
            (Ast::Now, Ty::Time) | (Ast::Today, Ty::Date | Ty::Time) => true,
            (Ast::List(items), Ty::List(item)) => {
                items.iter().for_each(|i| {
                    let _ = self.given(i, item, name);
                });
                true
            }
            (Ast::Literal(_), Ty::List(item)) => self.given_fits(value, item, name),
            (Ast::Arithmetic { .. }, Ty::Time | Ty::Date | Ty::Number | Ty::Money | Ty::Duration) => {
                let lowered = Body::new(self, None).expr(value);
                lowered.ty == *ty || lowered.ty == Ty::Error || (lowered.ty == Ty::Date && *ty == Ty::Time)
            }
            _ => false,
        }
    }
}

/// What a text in quotes would be without them, if that is a value of the type.
fn bare(text: &str, ty: &Ty) -> Option<String> {
    let text = text.trim().to_lowercase();
    let fits = match ty {
        Ty::YesNo => matches!(text.as_str(), "yes" | "no" | "true" | "false"),
        Ty::Number | Ty::Money => text.parse::<f64>().is_ok() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.'),
        Ty::Date | Ty::Time => text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(),
        _ => false,
    };
    fits.then_some(text)
}
