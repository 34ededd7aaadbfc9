//! Trees that move: text was added or taken away above a statement, and the statement itself is as it was.
//!
//! Invariant *own span*: each span of a tree is moved exactly once.

use lead_diag::{Diagnostic, FileId, Span};

use super::{
    Aggregate, AggregateBody, Clause, Expr, ExprKind, Field, Literal, Moment, MomentKind, Name, Path, Records,
    ScoreLineKind, ScoreOption, ScoreOptionKind, Statement, StatementKind, StoryItemKind, Text, Type, TypeKind, Window,
    WindowKind,
};

impl Statement {
    /// Moves the statement by so many bytes, down or up.
    pub fn shift(&mut self, by: i64) {
        if by != 0 {
            Shift { by, file: None }.statement(self);
        }
    }

    /// Moves the statement by so many bytes, into a file.
    pub fn shift_into(&mut self, file: FileId, by: i64) {
        Shift { by, file: Some(file) }.statement(self);
    }
}

/// Moves all places of a diagnostic by so many bytes.
pub(crate) fn shift_diagnostic(diagnostic: &mut Diagnostic, by: i64) {
    let shift = Shift { by, file: None };
    diagnostic.labels.iter_mut().for_each(|l| shift.span(&mut l.span));
    diagnostic.fixes.iter_mut().flat_map(|f| &mut f.edits).for_each(|e| shift.span(&mut e.span));
}

#[derive(Clone, Copy)]
struct Shift {
    by: i64,
    /// `None`: as it is.
    file: Option<FileId>,
}

impl Shift {
    fn span(self, span: &mut Span) {
        let moved = |at: u32| u32::try_from(i64::from(at) + self.by).unwrap_or(0);
        (span.start, span.end) = (moved(span.start), moved(span.end));
        span.file = self.file.unwrap_or(span.file);
    }

    fn name(self, name: &mut Name) {
        self.span(&mut name.span);
    }

    fn names(self, names: &mut [Name]) {
        names.iter_mut().for_each(|n| self.name(n));
    }

    fn text(self, text: &mut Text) {
        self.span(&mut text.span);
    }

    fn texts<'a>(self, texts: impl IntoIterator<Item = &'a mut Text>) {
        texts.into_iter().for_each(|t| self.text(t));
    }

    fn literal(self, literal: &mut Literal) {
        self.span(&mut literal.span);
    }

    fn path(self, path: &mut Path) {
        self.span(&mut path.span);
        self.names(&mut path.names);
    }

    fn statement(self, statement: &mut Statement) {
        self.span(&mut statement.span);
        match &mut statement.kind {
            StatementKind::Entity(entity) => {
                self.name(&mut entity.name);
                self.texts(&mut entity.sources);
                self.exprs(&mut entity.filter);
                self.fields(&mut entity.fields);
                self.names(&mut entity.same_when);
            }
            StatementKind::Event(event) => {
                self.name(&mut event.name);
                self.names(event.of.as_mut_slice());
                self.texts(&mut event.sources);
                self.exprs(&mut event.filter);
                self.fields(&mut event.fields);
            }
            StatementKind::Subject(name) => self.name(name),
            StatementKind::Value(value) => {
                self.name(&mut value.name);
                self.expr(&mut value.expr);
            }
            StatementKind::Term(term) => {
                self.name(&mut term.name);
                term.alternatives.iter_mut().chain(&mut term.exceptions).for_each(|c| self.clause(c));
            }
            StatementKind::Choice(choice) => {
                self.name(&mut choice.name);
                for line in &mut choice.lines {
                    self.span(&mut line.span);
                    self.expr(&mut line.result);
                    self.exprs(&mut line.condition);
                    self.texts(&mut line.because);
                }
            }
            StatementKind::Score(score) => {
                self.name(&mut score.name);
                self.options(&mut score.options);
                for line in &mut score.lines {
                    self.span(&mut line.span);
                    self.expr(&mut line.points);
                    match &mut line.kind {
                        ScoreLineKind::When(condition) => self.expr(condition),
                        ScoreLineKind::Per(records) => self.records(records),
                        ScoreLineKind::Always => {}
                    }
                    self.options(&mut line.options);
                    self.texts(&mut line.because);
                }
            }
            StatementKind::Funnel(funnel) => {
                self.name(&mut funnel.name);
                self.names(&mut funnel.steps);
            }
            StatementKind::Metric(metric) => {
                self.name(&mut metric.name);
                self.expr(&mut metric.expr);
                for dimension in &mut metric.by {
                    self.expr(&mut dimension.expr);
                    self.names(dimension.name.as_mut_slice());
                }
            }
            StatementKind::Story(story) => {
                self.text(&mut story.title);
                story.as_of.iter_mut().for_each(|at| self.literal(at));
                for item in &mut story.items {
                    self.span(&mut item.span);
                    self.story_item(&mut item.kind);
                }
            }
            StatementKind::Table(table) => {
                self.name(&mut table.name);
                table.as_of.iter_mut().for_each(|at| self.literal(at));
                self.names(&mut table.columns);
                for row in &mut table.rows {
                    self.span(&mut row.span);
                    self.exprs(row.cells.iter_mut().flatten());
                }
            }
            StatementKind::Broken { name } => self.names(name.as_mut_slice()),
        }
    }

    fn fields(self, fields: &mut [Field]) {
        for field in fields {
            self.span(&mut field.span);
            self.name(&mut field.name);
            self.ty(&mut field.ty);
            for header in &mut field.headers {
                self.text(&mut header.header);
                self.texts(&mut header.source);
            }
        }
    }

    fn ty(self, ty: &mut Type) {
        self.span(&mut ty.span);
        match &mut ty.kind {
            TypeKind::List(inner) => self.ty(inner),
            TypeKind::OneOf(values) => self.texts(values),
            TypeKind::Reference(name) => self.name(name),
            TypeKind::Key
            | TypeKind::Text
            | TypeKind::Number
            | TypeKind::Money
            | TypeKind::YesNo
            | TypeKind::Time
            | TypeKind::Date
            | TypeKind::Duration
            | TypeKind::Error => {}
        }
    }

    fn clause(self, clause: &mut Clause) {
        self.span(&mut clause.span);
        self.expr(&mut clause.condition);
        self.texts(&mut clause.because);
    }

    fn options(self, options: &mut [ScoreOption]) {
        for option in options {
            self.span(&mut option.span);
            match &mut option.kind {
                ScoreOptionKind::HalfLife(length) => self.literal(length),
                ScoreOptionKind::AtMost(limit) | ScoreOptionKind::AtLeast(limit) => self.expr(limit),
            }
        }
    }

    fn story_item(self, item: &mut StoryItemKind) {
        let fields = match item {
            StoryItemKind::Record { entity, key, fields } => {
                self.name(entity);
                self.texts(key);
                fields
            }
            StoryItemKind::Event { event, of, at, fields } => {
                self.name(event);
                self.texts(of);
                self.moment(at);
                fields
            }
            StoryItemKind::Expect { key, condition, because } => {
                self.texts(key);
                self.expr(condition);
                return self.texts(because);
            }
        };
        for (name, value) in fields {
            self.name(name);
            self.expr(value);
        }
    }

    fn exprs<'a>(self, exprs: impl IntoIterator<Item = &'a mut Expr>) {
        exprs.into_iter().for_each(|e| self.expr(e));
    }

    fn expr(self, expr: &mut Expr) {
        self.span(&mut expr.span);
        match &mut expr.kind {
            ExprKind::Period(window) => self.window(window),
            ExprKind::List(items) | ExprKind::And(items) | ExprKind::Or(items) => self.exprs(items),
            ExprKind::Path(path) | ExprKind::Became { term: path } => self.path(path),
            ExprKind::Call { function, args } => {
                self.name(function);
                self.exprs(args);
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate),
            ExprKind::Paren(inner) | ExprKind::Not(inner) | ExprKind::Negate(inner) => self.expr(inner),
            ExprKind::Arithmetic { op_span, left, right, .. } | ExprKind::Compare { op_span, left, right, .. } => {
                self.span(op_span);
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Between { value, low, high } => self.exprs([&mut **value, &mut **low, &mut **high]),
            ExprKind::IsKnown { value, .. } => self.expr(value),
            ExprKind::IsTerm { record, term, .. } => {
                self.expr(record);
                self.name(term);
            }
            ExprKind::Windowed { value, window } => {
                self.expr(value);
                self.window(window);
            }
            ExprKind::Was { term, at } => {
                self.path(term);
                self.moment(at);
            }
            ExprKind::Literal(_) | ExprKind::Now | ExprKind::Today | ExprKind::Error => {}
        }
    }

    fn aggregate(self, aggregate: &mut Aggregate) {
        self.span(&mut aggregate.function_span);
        match &mut aggregate.body {
            AggregateBody::Records(records) => self.records(records),
            AggregateBody::Sequence { steps, window } => {
                for step in steps {
                    self.span(&mut step.span);
                    step.within.iter_mut().for_each(|w| self.literal(w));
                    self.path(&mut step.event);
                    self.exprs(&mut step.filter);
                }
                window.iter_mut().for_each(|w| self.window(w));
            }
        }
    }

    fn records(self, records: &mut Records) {
        self.expr(&mut records.target);
        self.names(records.via.as_mut_slice());
        records.window.iter_mut().for_each(|w| self.window(w));
        self.exprs(&mut records.filter);
    }

    fn window(self, window: &mut Window) {
        self.span(&mut window.span);
        match &mut window.kind {
            WindowKind::Within(length) | WindowKind::WithinNext(length) | WindowKind::MoreThanAgo(length) => {
                self.literal(length);
            }
            WindowKind::Named(name) => self.name(name),
            WindowKind::Since(at) | WindowKind::Before(at) => self.moment(at),
            WindowKind::Between(from, to) => {
                self.moment(from);
                self.moment(to);
            }
            WindowKind::BetweenAgo(from, to) => {
                self.literal(from);
                self.literal(to);
            }
            WindowKind::Period(_) => {}
        }
    }

    fn moment(self, moment: &mut Moment) {
        self.span(&mut moment.span);
        match &mut moment.kind {
            MomentKind::Ago(at) | MomentKind::Ahead(at) | MomentKind::At(at) => self.literal(at),
            MomentKind::Named(name) => self.name(name),
            MomentKind::Today | MomentKind::Now => {}
        }
    }
}
