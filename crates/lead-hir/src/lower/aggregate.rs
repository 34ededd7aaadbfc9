//! `count(page view where …)` and its kin: which records, how they relate, what is measured of them (D6, D13, D27, D28).

use lead_diag::{Applicability, Diagnostic, Fix, Span, codes};
use lead_syntax::ast::{self, AggregateBody, ExprKind as Ast};

use super::body::{Body, Covered, Spot, error, make};
use super::collection::Collection;
use super::path::End;
use super::unknown::needs_backticks;
use crate::hir::{Aggregate, AggregateFn, Expr, ExprKind, Records, Relation, TableId, Target, Ty};
use crate::index::Signal;

impl<'a> Body<'_, 'a> {
    pub fn aggregate(&mut self, aggregate: &ast::Aggregate, span: Span) -> Expr {
        let records = match &aggregate.body {
            AggregateBody::Sequence { steps, window } => return self.sequence(aggregate, steps, window.as_ref(), span),
            AggregateBody::Records(records) => records,
        };
        let dimensions = self.by.take();
        let prefix = self.prefix.take();
        let lowered = self.aggregate_records(aggregate, records, dimensions, span);
        self.by = dimensions;
        self.prefix = prefix;
        lowered.unwrap_or_else(|| error(span))
    }

    fn aggregate_records(
        &mut self,
        aggregate: &ast::Aggregate,
        from: &ast::Records,
        dimensions: Option<&'a [ast::Dimension]>,
        span: Span,
    ) -> Option<Expr> {
        let collection = self.collection_of(&from.target)?;
        let mut records = self.records(&collection, from)?;
        let events = self.cx.table(collection.table).is_event();
        let window = if events { Covered::No } else { self.covered };
        let (argument, condition) = self.with_window(window, |b| {
            b.inside(collection.up, collection.table, |b| {
                let argument = b.argument(&from.target, &collection);
                let condition = from.filter.as_ref().map(|f| b.filter(f, events));
                (argument, condition)
            })
        });
        let argument = argument?;
        let (filter, hoisted) = condition.map_or((None, None), |(f, w)| (Some(f), w));
        if let Some(hoisted) = hoisted {
            match &records.window {
                Some(own) => {
                    let mut found = Diagnostic::new(codes::WINDOW_COVERS_NOTHING, "this window covers nothing")
                        .label(hoisted.span, "has nothing to act on")
                        .label(own.span, "the events have this window already");
                    found = found.help("keep one of the two windows");
                    self.report(found);
                }
                None => records.window = Some(hoisted),
            }
        }
        records.filter = filter;
        if events {
            let window = records.window.as_ref().map(|w| (w.kind, w.span)).or(self.in_force());
            self.cx.note_window(span, Signal::Events, window);
        }
        let by = match dimensions {
            Some(dimensions) => self.with_window(Covered::No, |b| {
                b.inside(collection.up, collection.table, |b| {
                    b.dimensions(dimensions, collection.table, collection.span)
                })
            })?,
            None => Vec::new(),
        };
        self.measured(aggregate, records, argument, by, span)
    }

    /// The typed aggregate, if its function can measure what it is given.
    fn measured(
        &mut self,
        aggregate: &ast::Aggregate,
        mut records: Records,
        argument: Option<Expr>,
        by: Vec<Expr>,
        span: Span,
    ) -> Option<Expr> {
        let function = aggregate.function;
        if argument.as_ref().is_some_and(|a| a.ty == Ty::Error) {
            return None;
        }
        if aggregate.distinct && function != AggregateFn::Count {
            let found =
                Diagnostic::new(codes::BAD_AGGREGATE, format!("`{}` does not tell values apart", function.word()))
                    .label(aggregate.function_span, "only `count` takes `distinct`")
                    .help("write `count(distinct …)`");
            self.report(found);
            return None;
        }
        let (argument, ty) = match function {
            AggregateFn::Count if aggregate.distinct => (argument.map(|a| self.keyed_record(a)), Ty::Number),
            AggregateFn::Count | AggregateFn::Any | AggregateFn::No => {
                if let Some(argument) = argument {
                    self.needs_no_argument(function, &records, &argument);
                    return None;
                }
                (None, if function == AggregateFn::Count { Ty::Number } else { Ty::YesNo })
            }
            AggregateFn::Every => {
                let condition = self.every(&records, argument, records.filter.clone(), span)?;
                records.filter = None;
                (Some(condition), Ty::YesNo)
            }
            _ => {
                let argument = self.needs_argument(function, &records, argument, aggregate.function_span)?;
                let ty = argument.ty.clone();
                (Some(argument), ty)
            }
        };
        let distinct = aggregate.distinct && argument.is_some();
        Some(make(ExprKind::Aggregate(Box::new(Aggregate { function, distinct, records, argument, by })), ty, span))
    }

    /// `every(task where done)` or `every(task.done)`: the condition.
    fn every(&mut self, records: &Records, argument: Option<Expr>, filter: Option<Expr>, span: Span) -> Option<Expr> {
        let name = self.cx.table_name(records.table).to_string();
        let found = match (argument, filter) {
            (None, Some(filter)) => return Some(filter),
            (Some(argument), None) if argument.ty == Ty::YesNo => return Some(argument),
            (Some(argument), None) => Diagnostic::new(codes::BAD_AGGREGATE, "`every` asks for a condition")
                .label(argument.span, format!("this is {}", self.cx.describe(&argument.ty)))
                .help(format!("write the condition behind `where`: `every({name} where …)`")),
            (None, None) => Diagnostic::new(codes::BAD_AGGREGATE, "`every` says of what, and not what holds")
                .label(span, "no condition")
                .help(format!("write it behind `where`: `every({name} where …)`")),
            (Some(argument), Some(filter)) => {
                Diagnostic::new(codes::BAD_AGGREGATE, "`every` takes one condition, and here are two")
                    .label(argument.span, "one condition")
                    .label(filter.span, "another")
                    .help(format!("say it the other way round: `no({name} where … and not …)`"))
            }
        };
        self.report(found);
        None
    }

    fn needs_no_argument(&mut self, function: AggregateFn, records: &Records, argument: &Expr) {
        let function = function.word();
        let name = self.cx.table_name(records.table).to_string();
        let mut found = Diagnostic::new(
            codes::BAD_AGGREGATE,
            format!("`{function}` asks about records, not about one of their values"),
        )
        .label(argument.span, format!("this is {}", self.cx.describe(&argument.ty)));
        found = if argument.ty == Ty::YesNo {
            found.help(format!("put the condition behind `where`: `{function}({name} where …)`"))
        } else if function == "count" {
            found.help("to count different values, write `count(distinct …)`").fix(Fix {
                title: "add `distinct`".into(),
                applicability: Applicability::Unsafe,
                edits: vec![lead_diag::Edit { span: argument.span.before(), text: "distinct ".into() }],
            })
        } else {
            found.help(format!("test the value behind `where`: `{function}({name} where … = …)`"))
        };
        self.report(found);
    }

    fn needs_argument(
        &mut self,
        function: AggregateFn,
        records: &Records,
        argument: Option<Expr>,
        at: Span,
    ) -> Option<Expr> {
        let word = function.word();
        let table = records.table;
        let name = self.cx.table_name(table).to_string();
        let ordered = matches!(function, AggregateFn::First | AggregateFn::Last);
        if ordered && !self.cx.table(table).is_event() {
            let found = Diagnostic::new(codes::BAD_AGGREGATE, format!("`{word}` goes by time, and `{name}` has none"))
                .label(at, "the order of what?")
                .label(records.span, "an entity, not an event")
                .help(format!(
                    "write `{}` with the field to go by",
                    if function == AggregateFn::First { "min" } else { "max" }
                ));
            self.report(found);
            return None;
        }
        let Some(argument) = argument else {
            let field = self.cx.time_field(table).filter(|_| ordered).map(str::to_string).or_else(|| {
                self.cx.see_all(super::track::ALL_FIELDS);
                let fields = &self.cx.table(table).fields;
                fields.iter().find(|f| matches!(f.ty, Ty::Number | Ty::Money)).map(|f| f.name.text.clone())
            });
            let mut found = Diagnostic::new(codes::BAD_AGGREGATE, format!("`{word}` does not say of which value"))
                .label(records.span, format!("all of a {name}"));
            found = match field {
                Some(field) => {
                    let text = format!(".{}", needs_backticks(&field));
                    found.help(format!("name a field: `{word}({name}{text})`")).fix(Fix {
                        title: format!("write `{name}{text}`"),
                        applicability: Applicability::Unsafe,
                        edits: vec![lead_diag::Edit { span: records.span.after(), text }],
                    })
                }
                None => found.help(format!("name a field: `{word}({name}.…)`")),
            };
            self.report(found);
            return None;
        };
        let argument = self.keyed_record(argument);
        let fits = match (function, &argument.ty) {
            (_, Ty::Number | Ty::Percent | Ty::Money | Ty::Duration) => true,
            (AggregateFn::Min | AggregateFn::Max, Ty::Date | Ty::Time) => true,
            (AggregateFn::First | AggregateFn::Last, ty) => !matches!(ty, Ty::List(_) | Ty::Record(_)),
            _ => false,
        };
        if fits {
            return Some(argument);
        }
        let mut found = Diagnostic::new(
            codes::BAD_AGGREGATE,
            format!("`{word}` cannot measure {}", self.cx.describe(&argument.ty)),
        )
        .label(argument.span, format!("this is {}", self.cx.describe(&argument.ty)));
        found = match argument.ty {
            Ty::YesNo => found.help(format!("count the records where it is yes: `count({name} where …)`")),
            Ty::Time | Ty::Date => found.help("times have no total: `min`, `max`, `first` and `last` take them; what lies between two is a length of time"),
            Ty::Text | Ty::OneOf(_) | Ty::Key => found.help("texts are counted, `count(distinct …)`, or taken from one event, `first(…)` or `last(…)`"),
            Ty::List(_) => found.help("a list holds several values: measure how many, `length(…)`, or ask for one in a `where … contains …`"),
            _ => found.help("it takes numbers, amounts of money and lengths of time"),
        };
        self.report(found);
        None
    }

    /// A record as what tells it apart: its key.
    pub fn keyed_record(&mut self, expr: Expr) -> Expr {
        let Ty::Record(table) = expr.ty else { return expr };
        match (&expr.kind, self.cx.table(table).key) {
            (ExprKind::Get { up, path, target: Target::Record }, Some(key)) => {
                Spot { up: *up, path: path.clone(), table }.get(Target::Field(key), Ty::Key, expr.span)
            }
            _ => expr,
        }
    }

    /// Lowers something about the records of an aggregate: its argument, its `where`.
    pub fn inside<T>(&mut self, up: u8, table: TableId, inner: impl FnOnce(&mut Self) -> T) -> T {
        // D3: where the records relate to the record outside, the one between cannot be named; nor can an event from
        // inside a measurement made for it, as events go by once.
        let between = if up == 0 { None } else { self.frames.pop() };
        let event = self.frames.last().is_some_and(|t| self.cx.table(*t).is_event());
        let kept = self.hidden.len();
        self.hidden.extend(between);
        let result = if event { self.alone(table, inner) } else { self.framed(table, inner) };
        self.hidden.truncate(kept);
        self.frames.extend(between);
        result
    }

    /// Lowers something that can name a record of `table` alone, and nothing outside of it (D3).
    pub fn alone<T>(&mut self, table: TableId, inner: impl FnOnce(&mut Self) -> T) -> T {
        let outside = std::mem::take(&mut self.frames);
        let kept = self.hidden.len();
        self.hidden.extend(&outside);
        let result = self.framed(table, inner);
        self.hidden.truncate(kept);
        self.frames = outside;
        result
    }

    fn framed<T>(&mut self, table: TableId, inner: impl FnOnce(&mut Self) -> T) -> T {
        self.frames.push(table);
        let result = inner(self);
        self.frames.pop();
        result
    }

    /// Relation and own window of records; the condition is added later.
    pub fn records(&mut self, collection: &Collection, from: &ast::Records) -> Option<Records> {
        let relation = match collection.from {
            None => Relation::All,
            Some(_) if collection.one => Relation::Hops(Vec::new()),
            Some(start) => self.relate(start, collection.table, from.via.as_ref(), from.target.span)?,
        };
        if let (Some(via), Relation::All) = (&from.via, &relation) {
            self.report(
                Diagnostic::new(codes::NO_RELATION, "a metric measures all records, related or not")
                    .label(via.span, "there is no way to choose")
                    .help("take `via` out"),
            );
        }
        let window = match &from.window {
            Some(window) => Some(self.window(window)?),
            None => None,
        };
        if let Some(window) = &window
            && !self.cx.table(collection.table).is_event()
        {
            let name = self.cx.table_name(collection.table).to_string();
            let found = Diagnostic::new(
                codes::WINDOW_ON_RECORDS,
                format!("`{name}` has no time of its own that a window could act on"),
            )
            .label(window.span, "a window stands behind events")
            .label(collection.span, "an entity, not an event");
            let found = match self.cx.time_field(collection.table) {
                Some(time) => found.help(format!("test a time of it: `{name} where {time} within 90d`")),
                None => found.help("put the window behind the events that count"),
            };
            self.report(found);
            return None;
        }
        Some(Records {
            up: collection.up,
            path: collection.path.clone(),
            relation,
            table: collection.table,
            member_of: collection.member_of,
            window,
            filter: None,
            span: collection.span,
        })
    }

    /// What is measured: the names behind the collection, or an expression over such a path. `Some(None)`: the records.
    fn argument(&mut self, target: &ast::Expr, collection: &Collection) -> Option<Option<Expr>> {
        let start = Spot { up: 0, path: Vec::new(), table: collection.table };
        if let Ast::Path(path) = &target.kind {
            let (taken, rest) = path.names.split_at(collection.names.len().min(path.names.len()));
            let (Some(last), false) = (taken.last(), rest.is_empty()) else { return Some(None) };
            let argument = match self.go_on(End::Record(start), last, rest)? {
                End::Record(spot) => spot.record(target.span),
                End::Value(value) => Expr { span: target.span, ..value },
            };
            self.cx.note_type(target.span, &argument.ty);
            return Some(Some(argument));
        }
        if let Ast::Paren(inner) = &target.kind {
            return self.argument(inner, collection);
        }
        let before = self.prefix.replace(collection.names.clone());
        let lowered = self.expr(target);
        self.prefix = before;
        (lowered.ty != Ty::Error).then_some(Some(lowered))
    }
}
