//! What a definition or table means, as one line: equal lines, equal meanings. Places, layout and the spelling of names leave no
//! trace; what is named is written by its canonical name, so that both sides of a comparison speak of the same things.

use std::collections::BTreeSet;
use std::fmt::Write;

use lead_hir::hir::{
    Aggregate, Def, DefId, DefKind, Expr, ExprKind, FieldId, Hop, Lexicon, Records, Relation, ScoreLineKind, Sequence,
    SourceFilter, Table, TableId, TableKind, Target, Ty, Value, Window,
};
use lead_hir::walk::Env;

use crate::names::Names;

/// What a definition may rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Item {
    /// An entity or event: its records.
    Table(TableId),
    /// A field.
    Field(TableId, FieldId),
    /// Another definition.
    Def(DefId),
}

/// The meaning of a definition.
#[derive(Clone, Debug, Default)]
pub struct Meaning {
    /// Equal for equal meanings. The name and the reasons are left out.
    pub text: String,
    /// Its reasons, in order.
    pub reasons: Vec<String>,
    /// What it rests on, directly.
    pub uses: BTreeSet<Item>,
    /// Whether days, months or the time of day have a part in it, which depend on the time zone and on when a year begins.
    pub is_timely: bool,
}

/// The meaning of a definition, by the names of its side.
pub fn of_def(lexicon: &Lexicon, names: &Names, def: &Def) -> Meaning {
    let mut writer = Writer { lexicon, names, out: Meaning::default() };
    let env = Env { inner: def.subject, outer: None };
    writer.definition(def, env);
    writer.out
}

/// The meaning of a field: its type, and the headers that it is read from.
pub fn of_field(lexicon: &Lexicon, names: &Names, table: TableId, field: FieldId) -> String {
    let mut writer = Writer { lexicon, names, out: Meaning::default() };
    let declared = lexicon.field(table, field);
    writer.ty(&declared.ty);
    if declared.headers.is_empty() {
        writer.push(&format!(" from {:?}", declared.name.key));
    }
    for header in &declared.headers {
        // A header is found with case and blanks around it ignored.
        let key = header_key(&header.header);
        writer.push(&format!(" from {key:?}"));
        if let Some(source) = &header.source {
            writer.push(&format!(" in {source:?}"));
        }
    }
    writer.out.text
}

/// The meaning of a table without its fields: where its records come from, and which of them are one.
pub fn of_table(lexicon: &Lexicon, names: &Names, id: TableId) -> String {
    table_meaning(lexicon, names, id).text
}

/// The meanings of all tables.
pub fn of_tables(lexicon: &Lexicon, names: &Names) -> Vec<(TableId, Meaning)> {
    lexicon.table_ids().map(|(id, _)| (id, table_meaning(lexicon, names, id))).collect()
}

fn table_meaning(lexicon: &Lexicon, names: &Names, id: TableId) -> Meaning {
    let mut writer = Writer { lexicon, names, out: Meaning::default() };
    writer.table(id, lexicon.table(id));
    writer.out
}

/// Whether a value is a time or a day, or a list of them.
fn is_of_time(ty: &Ty) -> bool {
    match ty {
        Ty::Time | Ty::Date => true,
        Ty::List(item) => is_of_time(item),
        _ => false,
    }
}

/// A header as it is compared.
fn header_key(header: &str) -> String {
    header.trim().to_lowercase()
}

struct Writer<'a> {
    lexicon: &'a Lexicon,
    names: &'a Names,
    out: Meaning,
}

impl Writer<'_> {
    fn push(&mut self, text: &str) {
        self.out.text.push_str(text);
    }

    fn debug(&mut self, value: &impl std::fmt::Debug) {
        let _ = write!(self.out.text, "{value:?}");
    }

    fn table(&mut self, id: TableId, table: &Table) {
        match table.kind {
            TableKind::Entity => self.push("entity"),
            TableKind::Event { subject, time } => {
                self.out.is_timely = true;
                self.push("event of ");
                if let Some(subject) = subject {
                    self.field(id, subject);
                }
                self.push(" at ");
                self.field(id, time);
            }
        }
        self.debug(&table.sources);
        if let Some(filter) = &table.filter {
            self.push(" where ");
            self.source_filter(filter);
        }
        if let Some(key) = table.key {
            self.push(" key ");
            self.field(id, key);
        }
        for field in &table.same_when {
            self.push(" same when ");
            self.field(id, *field);
        }
    }

    fn source_filter(&mut self, filter: &SourceFilter) {
        match filter {
            SourceFilter::And(parts) | SourceFilter::Or(parts) => {
                self.push(if matches!(filter, SourceFilter::And(_)) { "and(" } else { "or(" });
                for part in parts {
                    self.source_filter(part);
                    self.push(",");
                }
                self.push(")");
            }
            SourceFilter::Not(inner) => {
                self.push("not ");
                self.source_filter(inner);
            }
            SourceFilter::Compare { header, op, values, .. } => {
                self.push(&format!("{:?} {} ", header_key(header), op.text()));
                values.iter().for_each(|v| self.value(v));
            }
            SourceFilter::Known { header, negated, .. } => {
                self.push(&format!("{:?} known {negated}", header_key(header)));
            }
            SourceFilter::Yes { header, .. } => self.push(&format!("{:?}", header_key(header))),
        }
    }

    fn ty(&mut self, ty: &Ty) {
        match ty {
            Ty::Record(table) => {
                let name = format!("-> {}", self.names.table(*table));
                self.push(&name);
            }
            Ty::List(item) => {
                self.push("list of ");
                self.ty(item);
            }
            other => self.debug(other),
        }
    }

    fn value(&mut self, value: &Value) {
        self.out.is_timely |= matches!(value, Value::Time(_) | Value::Date(_));
        self.debug(value);
        self.push(";");
    }

    fn field(&mut self, table: TableId, field: FieldId) {
        self.out.is_timely |= is_of_time(&self.lexicon.field(table, field).ty);
        self.out.uses.insert(Item::Field(table, field));
        let name = format!("{}.{}", self.names.table(table), self.names.field(table, field));
        self.push(&name);
    }

    fn def(&mut self, def: DefId) {
        self.out.uses.insert(Item::Def(def));
        let name = format!("<{}>", self.names.def(def));
        self.push(&name);
    }

    fn records_of(&mut self, table: TableId) {
        self.out.uses.insert(Item::Table(table));
        let name = format!("[{}]", self.names.table(table));
        self.push(&name);
    }

    fn definition(&mut self, def: &Def, env: Env) {
        if let Some(subject) = def.subject {
            self.push("of ");
            self.records_of(subject);
        }
        match &def.kind {
            DefKind::Value(expr) => {
                self.push("value ");
                self.expr(expr, env);
            }
            DefKind::Period(window) => {
                self.out.is_timely = true;
                self.push("period ");
                self.debug(&window.kind);
            }
            DefKind::Term(term) => {
                self.push("term");
                let alternatives = term.alternatives.iter().map(|c| (" or when ", c));
                for (word, clause) in alternatives.chain(term.exceptions.iter().map(|c| (" unless ", c))) {
                    self.push(word);
                    self.expr(&clause.condition, env);
                    self.out.reasons.extend(clause.because.clone());
                }
            }
            DefKind::Choice(choice) => {
                self.push("choice");
                for line in &choice.lines {
                    self.push(" line ");
                    self.expr(&line.result, env);
                    self.optional(" when ", line.condition.as_ref(), env);
                    self.out.reasons.extend(line.because.clone());
                }
            }
            DefKind::Score(score) => {
                self.push("score ");
                self.optional(" at most ", score.at_most.as_ref(), env);
                self.optional(" at least ", score.at_least.as_ref(), env);
                for line in &score.lines {
                    self.push(if line.negative { " line - " } else { " line + " });
                    match &line.kind {
                        ScoreLineKind::When(condition) => {
                            self.expr(&line.points, env);
                            self.push(" when ");
                            self.expr(condition, env);
                        }
                        ScoreLineKind::Per(records) => {
                            self.expr(&line.points, env.inside(records.table));
                            self.push(" per ");
                            self.records(records, env);
                        }
                        ScoreLineKind::Always => self.expr(&line.points, env),
                    }
                    // The half-life in force is the line's; that of the score has no meaning of its own.
                    self.debug(&line.half_life);
                    self.optional(" at most ", line.at_most.as_ref(), env);
                    self.optional(" at least ", line.at_least.as_ref(), env);
                    self.out.reasons.extend(line.because.clone());
                }
            }
            DefKind::Funnel(steps) => {
                self.push("funnel");
                for step in steps {
                    self.push(" ");
                    self.def(*step);
                }
            }
            DefKind::Metric(metric) => {
                self.push("metric ");
                self.expr(&metric.expr, env);
                for dimension in &metric.by {
                    self.push(&format!(" by {:?}", dimension.name.key));
                }
            }
            DefKind::Error => self.push("error"),
        }
    }

    fn optional(&mut self, word: &str, expr: Option<&Expr>, env: Env) {
        if let Some(expr) = expr {
            self.push(word);
            self.expr(expr, env);
        }
    }

    fn window(&mut self, window: Option<&Window>) {
        if let Some(window) = window {
            self.out.is_timely = true;
            self.push(" window ");
            self.debug(&window.kind);
        }
    }

    /// The way along references; gives the table arrived at.
    fn path(&mut self, up: u8, path: &[FieldId], env: Env) -> Option<TableId> {
        let mut at = env.at(up);
        self.push(if up == 0 { "" } else { "outer " });
        for field in path {
            let table = at?;
            self.field(table, *field);
            self.push(".");
            at = match self.lexicon.field(table, *field).ty {
                Ty::Record(next) => Some(next),
                _ => None,
            };
        }
        at
    }

    fn relation(&mut self, relation: &Relation, from: Option<TableId>) {
        let Relation::Hops(hops) = relation else {
            self.push(" all ");
            return;
        };
        let mut at = from;
        for hop in hops {
            match *hop {
                Hop::Forward(field) => {
                    let Some(table) = at else { return };
                    self.push(" to ");
                    self.field(table, field);
                    at = match self.lexicon.field(table, field).ty {
                        Ty::Record(next) => Some(next),
                        _ => None,
                    };
                }
                Hop::Back(table, field) => {
                    self.push(" back ");
                    self.field(table, field);
                    at = Some(table);
                }
            }
        }
    }

    fn records(&mut self, records: &Records, env: Env) {
        let from = self.path(records.up, &records.path, env);
        self.records_of(records.table);
        self.relation(&records.relation, from);
        if let Some(member) = records.member_of {
            self.push(" member ");
            self.def(member);
        }
        self.window(records.window.as_ref());
        self.optional(" where ", records.filter.as_ref(), env.inside(records.table));
    }

    fn aggregate(&mut self, aggregate: &Aggregate, env: Env) {
        self.push(aggregate.function.word());
        self.push(if aggregate.distinct { " distinct (" } else { "(" });
        let inside = env.inside(aggregate.records.table);
        self.optional("", aggregate.argument.as_ref(), inside);
        self.push(" over ");
        self.records(&aggregate.records, env);
        for by in &aggregate.by {
            self.push(" by ");
            self.expr(by, inside);
        }
        self.push(")");
    }

    fn sequence(&mut self, sequence: &Sequence, env: Env) {
        self.push(sequence.function.word());
        self.push("(");
        let from = self.path(sequence.up, &sequence.path, env);
        for step in &sequence.steps {
            self.push(" then ");
            self.debug(&step.within);
            self.records_of(step.table);
            self.relation(&step.relation, from);
            self.optional(" where ", step.filter.as_ref(), env.inside(step.table));
        }
        self.window(sequence.window.as_ref());
        self.push(")");
    }

    fn all(&mut self, word: &str, parts: &[Expr], env: Env) {
        self.push(word);
        self.push("(");
        for part in parts {
            self.expr(part, env);
            self.push(", ");
        }
        self.push(")");
    }

    fn two(&mut self, sign: &str, left: &Expr, right: &Expr, env: Env) {
        self.push("(");
        self.expr(left, env);
        self.push(sign);
        self.expr(right, env);
        self.push(")");
    }

    fn expr(&mut self, expr: &Expr, env: Env) {
        match &expr.kind {
            ExprKind::Literal(value) => self.value(value),
            ExprKind::Now | ExprKind::Today => {
                self.out.is_timely = true;
                self.push(if matches!(expr.kind, ExprKind::Now) { "now" } else { "today" });
            }
            ExprKind::List(items) => self.all("list", items, env),
            ExprKind::Get { up, path, target } => {
                let table = self.path(*up, path, env);
                match (target, table) {
                    (Target::Field(field), Some(table)) => self.field(table, *field),
                    (Target::Field(field), None) => self.debug(field),
                    (Target::Def(def), _) => self.def(*def),
                    (Target::Record, _) => self.push("record"),
                }
            }
            ExprKind::Call { function, args } => {
                self.debug(function);
                self.all("", args, env);
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate, env),
            ExprKind::Sequence(sequence) => self.sequence(sequence, env),
            ExprKind::Not(inner) => self.all("not", std::slice::from_ref(inner), env),
            ExprKind::Negate(inner) => self.all("-", std::slice::from_ref(inner), env),
            ExprKind::ToMoney(inner) => self.all("money", std::slice::from_ref(inner), env),
            ExprKind::TimeTest(inner) => self.all("time test", std::slice::from_ref(inner), env),
            ExprKind::Arithmetic { op, left, right } => self.two(&format!(" {op:?} "), left, right, env),
            ExprKind::Compare { op, left, right } => self.two(&format!(" {} ", op.text()), left, right, env),
            ExprKind::Shift { time, by } => {
                self.all("shift", std::slice::from_ref(time), env);
                self.debug(by);
            }
            ExprKind::Matches { value, pattern } => {
                self.all("matches", std::slice::from_ref(value), env);
                self.debug(pattern);
            }
            ExprKind::IsKnown { value, unknown } => {
                self.all(if *unknown { "unknown" } else { "known" }, std::slice::from_ref(value), env);
            }
            ExprKind::And(parts) => self.all("and", parts, env),
            ExprKind::Or(parts) => self.all("or", parts, env),
            ExprKind::Windowed { value, window } => {
                self.all("windowed", std::slice::from_ref(value), env);
                self.window(Some(window));
            }
            ExprKind::Was { up, path, term, at } => {
                self.out.is_timely = true;
                self.push("was ");
                self.path(*up, path, env);
                self.def(*term);
                self.debug(at);
            }
            ExprKind::Became { up, path, term } => {
                self.out.is_timely = true;
                self.push("became ");
                self.path(*up, path, env);
                self.def(*term);
            }
            ExprKind::Error => self.push("error"),
        }
    }
}
