//! Walking syntax trees: every name, text, window and expression of a statement, with what it stands for there.
//! What tokens, selections, folds and code actions look at; knows nothing of meaning.

use lead_diag::Span;
use lead_syntax::ast::{
    Aggregate, AggregateBody, Choice, Clause, Expr, ExprKind, Field, File, Literal, Moment, MomentKind, Name, Path,
    Records, Score, ScoreLineKind, ScoreOption, ScoreOptionKind, Statement, StatementKind, Story, StoryItemKind, Text,
    Type, TypeKind, Window, WindowKind,
};

/// What a name is at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// An entity that is declared.
    Entity,
    /// An event that is declared.
    Event,
    /// A field that is declared.
    Field,
    /// A definition that is declared: value, term, choice, score, funnel or metric.
    Definition,
    /// Records that are named: behind `for`, `->`, `via`, in a story.
    Records,
    /// A field that is named: behind `of`, `same when`, in a story.
    FieldUse,
    /// A part of a path, and whatever else is looked up by meaning.
    Use,
    /// A function.
    Function,
    /// A header of a file, in the `where` of a source.
    Header,
    /// What a dimension is called.
    Dimension,
}

/// What a text in quotes is at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quoted {
    /// A file.
    Source,
    /// A header of a file.
    Header,
    /// A value of a `one of` that is declared.
    OneOf,
    /// A reason.
    Because,
    /// The title of a story.
    Title,
    /// The key of a story's record.
    Key,
}

/// A part of a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node<'t> {
    /// A name.
    Name(&'t Name, Naming),
    /// A text that is no expression.
    Text(&'t Text, Quoted),
    /// A line or clause: a field, an alternative, a line of a score.
    Part(Span),
    /// An expression.
    Expr(&'t Expr),
    /// A window.
    Window(&'t Window),
    /// A point in time.
    Moment(&'t Moment),
    /// A value written out that is no expression.
    Literal(&'t Literal),
    /// The name of an aggregate.
    Aggregate(Span),
    /// The type of a field.
    Type(&'t Type),
}

impl Node<'_> {
    /// Its place.
    pub fn span(&self) -> Span {
        match self {
            Node::Name(name, _) => name.span,
            Node::Text(text, _) => text.span,
            Node::Part(span) | Node::Aggregate(span) => *span,
            Node::Expr(expr) => expr.span,
            Node::Window(window) => window.span,
            Node::Moment(moment) => moment.span,
            Node::Literal(literal) => literal.span,
            Node::Type(ty) => ty.span,
        }
    }
}

/// Calls `visit` with every part of a statement, outer before inner.
pub(crate) fn statement<'t>(statement: &'t Statement, visit: &mut dyn FnMut(Node<'t>)) {
    let mut walk = Walk { visit, headers: false };
    match &statement.kind {
        StatementKind::Entity(entity) => {
            walk.name(&entity.name, Naming::Entity);
            walk.texts(&entity.sources, Quoted::Source);
            walk.source_filter(entity.filter.as_ref());
            walk.fields(&entity.fields);
            entity.same_when.iter().for_each(|n| walk.name(n, Naming::FieldUse));
        }
        StatementKind::Event(event) => {
            walk.name(&event.name, Naming::Event);
            event.of.iter().for_each(|n| walk.name(n, Naming::FieldUse));
            walk.texts(&event.sources, Quoted::Source);
            walk.source_filter(event.filter.as_ref());
            walk.fields(&event.fields);
        }
        StatementKind::Subject(name) => walk.name(name, Naming::Records),
        StatementKind::Value(value) => {
            walk.name(&value.name, Naming::Definition);
            walk.expr(&value.expr);
        }
        StatementKind::Term(term) => {
            walk.name(&term.name, Naming::Definition);
            term.alternatives.iter().chain(&term.exceptions).for_each(|c| walk.clause(c));
        }
        StatementKind::Choice(choice) => walk.choice(choice),
        StatementKind::Score(score) => walk.score(score),
        StatementKind::Funnel(funnel) => {
            walk.name(&funnel.name, Naming::Definition);
            funnel.steps.iter().for_each(|n| walk.name(n, Naming::Use));
        }
        StatementKind::Metric(metric) => {
            walk.name(&metric.name, Naming::Definition);
            walk.expr(&metric.expr);
            for dimension in &metric.by {
                walk.expr(&dimension.expr);
                dimension.name.iter().for_each(|n| walk.name(n, Naming::Dimension));
            }
        }
        StatementKind::Story(story) => walk.story(story),
        StatementKind::Table(table) => {
            walk.name(&table.name, Naming::Use);
            table.as_of.iter().for_each(|l| walk.literal(l));
            table.columns.iter().for_each(|n| walk.name(n, Naming::Use));
            for row in &table.rows {
                walk.node(Node::Part(row.span));
                row.cells.iter().flatten().for_each(|e| walk.expr(e));
            }
        }
        StatementKind::Broken { name } => name.iter().for_each(|n| walk.name(n, Naming::Definition)),
    }
}

struct Walk<'v, 't> {
    visit: &'v mut dyn FnMut(Node<'t>),
    /// Names are headers of files.
    headers: bool,
}

impl<'t> Walk<'_, 't> {
    fn node(&mut self, node: Node<'t>) {
        (self.visit)(node);
    }

    fn name(&mut self, name: &'t Name, naming: Naming) {
        self.node(Node::Name(name, naming));
    }

    fn text(&mut self, text: &'t Text, quoted: Quoted) {
        self.node(Node::Text(text, quoted));
    }

    fn texts(&mut self, texts: &'t [Text], quoted: Quoted) {
        texts.iter().for_each(|t| self.text(t, quoted));
    }

    fn literal(&mut self, literal: &'t Literal) {
        self.node(Node::Literal(literal));
    }

    fn source_filter(&mut self, filter: Option<&'t Expr>) {
        self.headers = true;
        filter.into_iter().for_each(|e| self.expr(e));
        self.headers = false;
    }

    fn fields(&mut self, fields: &'t [Field]) {
        for field in fields {
            self.node(Node::Part(field.span));
            self.name(&field.name, Naming::Field);
            self.ty(&field.ty);
            for header in &field.headers {
                self.text(&header.header, Quoted::Header);
                header.source.iter().for_each(|t| self.text(t, Quoted::Source));
            }
        }
    }

    fn ty(&mut self, ty: &'t Type) {
        self.node(Node::Type(ty));
        match &ty.kind {
            TypeKind::List(inner) => self.ty(inner),
            TypeKind::OneOf(values) => self.texts(values, Quoted::OneOf),
            TypeKind::Reference(name) => self.name(name, Naming::Records),
            _ => {}
        }
    }

    fn clause(&mut self, clause: &'t Clause) {
        self.node(Node::Part(clause.span));
        self.expr(&clause.condition);
        clause.because.iter().for_each(|t| self.text(t, Quoted::Because));
    }

    fn choice(&mut self, choice: &'t Choice) {
        self.name(&choice.name, Naming::Definition);
        for line in &choice.lines {
            self.node(Node::Part(line.span));
            self.expr(&line.result);
            line.condition.iter().for_each(|e| self.expr(e));
            line.because.iter().for_each(|t| self.text(t, Quoted::Because));
        }
    }

    fn options(&mut self, options: &'t [ScoreOption]) {
        for option in options {
            self.node(Node::Part(option.span));
            match &option.kind {
                ScoreOptionKind::HalfLife(literal) => self.literal(literal),
                ScoreOptionKind::AtMost(expr) | ScoreOptionKind::AtLeast(expr) => self.expr(expr),
            }
        }
    }

    fn score(&mut self, score: &'t Score) {
        self.name(&score.name, Naming::Definition);
        self.options(&score.options);
        for line in &score.lines {
            self.node(Node::Part(line.span));
            self.expr(&line.points);
            match &line.kind {
                ScoreLineKind::When(condition) => self.expr(condition),
                ScoreLineKind::Per(records) => self.records(records),
                ScoreLineKind::Always => {}
            }
            self.options(&line.options);
            line.because.iter().for_each(|t| self.text(t, Quoted::Because));
        }
    }

    fn story(&mut self, story: &'t Story) {
        self.text(&story.title, Quoted::Title);
        story.as_of.iter().for_each(|l| self.literal(l));
        for item in &story.items {
            self.node(Node::Part(item.span));
            match &item.kind {
                StoryItemKind::Record { entity, key, fields } => {
                    self.name(entity, Naming::Records);
                    key.iter().for_each(|t| self.text(t, Quoted::Key));
                    self.given(fields);
                }
                StoryItemKind::Event { event, of, at, fields } => {
                    self.name(event, Naming::Records);
                    of.iter().for_each(|t| self.text(t, Quoted::Key));
                    self.moment(at);
                    self.given(fields);
                }
                StoryItemKind::Expect { key, condition, because } => {
                    key.iter().for_each(|t| self.text(t, Quoted::Key));
                    self.expr(condition);
                    because.iter().for_each(|t| self.text(t, Quoted::Because));
                }
            }
        }
    }

    fn given(&mut self, fields: &'t [(Name, Expr)]) {
        for (name, value) in fields {
            self.name(name, Naming::FieldUse);
            self.expr(value);
        }
    }

    fn path(&mut self, path: &'t Path) {
        let naming = if self.headers { Naming::Header } else { Naming::Use };
        path.names.iter().for_each(|n| self.name(n, naming));
    }

    fn moment(&mut self, moment: &'t Moment) {
        self.node(Node::Moment(moment));
        match &moment.kind {
            MomentKind::Ago(literal) | MomentKind::Ahead(literal) | MomentKind::At(literal) => self.literal(literal),
            MomentKind::Named(name) => self.name(name, Naming::Use),
            MomentKind::Today | MomentKind::Now => {}
        }
    }

    fn window(&mut self, window: &'t Window) {
        self.node(Node::Window(window));
        match &window.kind {
            WindowKind::Within(literal) | WindowKind::WithinNext(literal) | WindowKind::MoreThanAgo(literal) => {
                self.literal(literal);
            }
            WindowKind::Named(name) => self.name(name, Naming::Use),
            WindowKind::Since(moment) | WindowKind::Before(moment) => self.moment(moment),
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

    fn records(&mut self, records: &'t Records) {
        self.expr(&records.target);
        records.via.iter().for_each(|n| self.name(n, Naming::Use));
        records.window.iter().for_each(|w| self.window(w));
        records.filter.iter().for_each(|e| self.expr(e));
    }

    fn aggregate(&mut self, aggregate: &'t Aggregate) {
        self.node(Node::Aggregate(aggregate.function_span));
        match &aggregate.body {
            AggregateBody::Records(records) => self.records(records),
            AggregateBody::Sequence { steps, window } => {
                for step in steps {
                    self.node(Node::Part(step.span));
                    step.within.iter().for_each(|l| self.literal(l));
                    self.path(&step.event);
                    step.filter.iter().for_each(|e| self.expr(e));
                }
                window.iter().for_each(|w| self.window(w));
            }
        }
    }

    fn expr(&mut self, expr: &'t Expr) {
        self.node(Node::Expr(expr));
        match &expr.kind {
            ExprKind::Literal(_) | ExprKind::Now | ExprKind::Today | ExprKind::Error => {}
            ExprKind::Period(window) => self.window(window),
            ExprKind::List(items) | ExprKind::And(items) | ExprKind::Or(items) => {
                items.iter().for_each(|e| self.expr(e));
            }
            ExprKind::Path(path) => self.path(path),
            ExprKind::Call { function, args } => {
                self.name(function, Naming::Function);
                args.iter().for_each(|e| self.expr(e));
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate),
            ExprKind::Paren(inner) | ExprKind::Not(inner) | ExprKind::Negate(inner) => self.expr(inner),
            ExprKind::Arithmetic { left, right, .. } | ExprKind::Compare { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Between { value, low, high } => {
                self.expr(value);
                self.expr(low);
                self.expr(high);
            }
            ExprKind::IsKnown { value, .. } => self.expr(value),
            ExprKind::IsTerm { record, term, .. } => {
                self.expr(record);
                self.name(term, Naming::Use);
            }
            ExprKind::Windowed { value, window } => {
                self.expr(value);
                self.window(window);
            }
            ExprKind::Was { term, at } => {
                self.path(term);
                self.moment(at);
            }
            ExprKind::Became { term } => self.path(term),
        }
    }
}

/// The name that a statement defines, be it of records or a definition.
pub(crate) fn declared(statement: &Statement) -> Option<&Name> {
    match &statement.kind {
        StatementKind::Entity(entity) => Some(&entity.name),
        StatementKind::Event(event) => Some(&event.name),
        StatementKind::Value(value) => Some(&value.name),
        StatementKind::Term(term) => Some(&term.name),
        StatementKind::Choice(choice) => Some(&choice.name),
        StatementKind::Score(score) => Some(&score.name),
        StatementKind::Funnel(funnel) => Some(&funnel.name),
        StatementKind::Metric(metric) => Some(&metric.name),
        StatementKind::Broken { name } => name.as_ref(),
        StatementKind::Subject(_) | StatementKind::Story(_) | StatementKind::Table(_) => None,
    }
}

/// The statement that holds `offset`, or ends or begins there.
pub(crate) fn statement_at(file: &File, offset: u32) -> Option<(usize, &Statement)> {
    let after = file.statements.partition_point(|s| s.span.start <= offset);
    let index = after.checked_sub(1)?;
    let statement = file.statements.get(index)?;
    statement.span.touches(offset).then_some((index, statement))
}

/// The statements that lie in `from..to` in part or whole.
pub(crate) fn statements_in(file: &File, from: u32, to: u32) -> &[Statement] {
    let first = file.statements.partition_point(|s| s.span.end < from);
    let behind = file.statements.partition_point(|s| s.span.start <= to);
    file.statements.get(first..behind.max(first)).unwrap_or(&[])
}

/// The start of the line that `offset` lies in.
pub(crate) fn line_start(text: &str, offset: u32) -> usize {
    text.get(..offset as usize).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1)
}

/// The end of the line that `offset` lies in, before its line end.
pub(crate) fn line_end(text: &str, offset: u32) -> usize {
    let rest = text.get(offset as usize..).unwrap_or("");
    let end = offset as usize + rest.find('\n').unwrap_or(rest.len());
    if end > offset as usize && text.as_bytes().get(end - 1) == Some(&b'\r') { end - 1 } else { end }
}
