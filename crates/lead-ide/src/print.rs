//! Typed expressions as text of the language: what a definition says once its values are written out and its windows
//! stand where they act. Made for reading; related records are named by their table, without `via`.

use lead_hir::hir::{
    Aggregate, AggregateFn, ArithmeticOp, DefKind, Expr, ExprKind, FieldId, Lexicon, Records, Sequence, TableId,
    Target, Ty, WindowKind,
};

use crate::facts::quoted;
use crate::spelling::written;
use crate::words;

/// How tightly an expression holds together; a looser one inside a tighter one stands in parentheses.
pub(crate) mod rank {
    pub const OR: u8 = 0;
    pub const WINDOW: u8 = 1;
    pub const AND: u8 = 2;
    pub const NOT: u8 = 3;
    pub const COMPARE: u8 = 4;
    pub const SUM: u8 = 5;
    pub const PRODUCT: u8 = 6;
    pub const SIGN: u8 = 7;
    pub const PRIMARY: u8 = 8;
}

/// Writes expressions.
pub(crate) struct Printer<'l> {
    pub lexicon: &'l Lexicon,
    /// Records in scope, innermost last.
    frames: Vec<TableId>,
    /// The table whose name stands before names of the innermost record: inside the argument of an aggregate.
    prefix: Option<String>,
    /// Whether values are written out.
    pub inline: bool,
    /// How many more parts may be written.
    budget: usize,
    depth: usize,
}

/// Where a text would grow beyond reading it ends.
const MOST_PARTS: usize = 400;
/// How deep values are written out.
const DEEPEST: usize = 24;

impl<'l> Printer<'l> {
    pub fn new(lexicon: &'l Lexicon, subject: Option<TableId>) -> Printer<'l> {
        let frames = subject.into_iter().collect();
        Printer { lexicon, frames, prefix: None, inline: true, budget: MOST_PARTS, depth: 0 }
    }

    /// An expression as an operand of rank `least`, under the window in force.
    pub fn expr(&mut self, expr: &Expr, least: u8, window: Option<WindowKind>) -> String {
        if self.budget == 0 || self.depth > DEEPEST * 4 {
            return "…".into();
        }
        self.budget -= 1;
        self.depth += 1;
        let (text, rank) = self.ranked(expr, window);
        self.depth -= 1;
        if rank < least { format!("({text})") } else { text }
    }

    fn ranked(&mut self, expr: &Expr, window: Option<WindowKind>) -> (String, u8) {
        match &expr.kind {
            ExprKind::Literal(value) => {
                let text = words::value(self.lexicon, value);
                let rank = if text.starts_with('-') { rank::SIGN } else { rank::PRIMARY };
                (text, rank)
            }
            ExprKind::Now => ("now".into(), rank::PRIMARY),
            ExprKind::Today => ("today".into(), rank::PRIMARY),
            ExprKind::List(items) => (format!("[{}]", self.list(items, ", ", rank::OR, window)), rank::PRIMARY),
            ExprKind::Get { up, path, target } => self.get(*up, path, *target, window),
            ExprKind::Call { function, args } => {
                let args = self.list(args, ", ", rank::OR, window);
                (format!("{}({args})", function.word()), rank::PRIMARY)
            }
            ExprKind::Aggregate(aggregate) => (self.aggregate(aggregate, window), rank::PRIMARY),
            ExprKind::Sequence(sequence) => (self.sequence(sequence, window), rank::PRIMARY),
            ExprKind::Not(inner) => (format!("not {}", self.expr(inner, rank::NOT, window)), rank::NOT),
            ExprKind::Negate(inner) => (format!("-{}", self.expr(inner, rank::SIGN, window)), rank::SIGN),
            ExprKind::Arithmetic { op, left, right } => {
                let (sign, rank) = match op {
                    ArithmeticOp::Add => ("+", rank::SUM),
                    ArithmeticOp::Subtract => ("-", rank::SUM),
                    ArithmeticOp::Multiply => ("*", rank::PRODUCT),
                    ArithmeticOp::Divide => ("/", rank::PRODUCT),
                };
                let (left, right) = (self.expr(left, rank, window), self.expr(right, rank + 1, window));
                (format!("{left} {sign} {right}"), rank)
            }
            ExprKind::Shift { time, by } => {
                let back = by.months < 0 || by.days < 0 || by.micros < 0;
                let time = self.expr(time, rank::SUM, window);
                (format!("{time} {} {}", if back { "-" } else { "+" }, words::step(*by)), rank::SUM)
            }
            ExprKind::Compare { op, left, right } => {
                let (left, right) = (self.expr(left, rank::SUM, window), self.expr(right, rank::SUM, window));
                (format!("{left} {} {right}", op.text()), rank::COMPARE)
            }
            ExprKind::Matches { value, pattern } => {
                let value = self.expr(value, rank::SUM, window);
                (format!("{value} matches {}", quoted(pattern)), rank::COMPARE)
            }
            ExprKind::ToMoney(inner) => self.ranked(inner, window),
            ExprKind::IsKnown { value, unknown } => {
                let word = if *unknown { "unknown" } else { "known" };
                (format!("{} is {word}", self.expr(value, rank::SUM, window)), rank::COMPARE)
            }
            ExprKind::And(parts) => (self.list(parts, " and ", rank::NOT, window), rank::AND),
            ExprKind::Or(parts) => (self.list(parts, " or ", rank::WINDOW, window), rank::OR),
            // The window is written where it acts.
            ExprKind::Windowed { value, window } => self.ranked(value, Some(window.kind)),
            ExprKind::TimeTest(inner) => {
                let text = self.expr(inner, rank::COMPARE, None);
                (self.behind(text, window), rank::WINDOW)
            }
            ExprKind::Was { up, path, term, at } => {
                let name = self.path(*up, path, &self.lexicon.def(*term).name.text);
                let at = match words::moment(self.lexicon, *at) {
                    ago if ago.ends_with(" ago") => ago,
                    day => format!("on {day}"),
                };
                (format!("was {name} {at}"), rank::PRIMARY)
            }
            ExprKind::Became { up, path, term } => {
                let name = self.path(*up, path, &self.lexicon.def(*term).name.text);
                (self.behind(format!("became {name}"), window), rank::WINDOW)
            }
            ExprKind::Error => ("…".into(), rank::PRIMARY),
        }
    }

    fn behind(&self, text: String, window: Option<WindowKind>) -> String {
        match window {
            Some(window) => format!("{text} {}", words::window(self.lexicon, window)),
            None => text,
        }
    }

    fn list(&mut self, items: &[Expr], between: &str, least: u8, window: Option<WindowKind>) -> String {
        items.iter().map(|i| self.expr(i, least, window)).collect::<Vec<_>>().join(between)
    }

    /// Names joined by dots, from the record `up` levels out.
    fn path(&self, up: u8, path: &[FieldId], last: &str) -> String {
        let mut names = Vec::new();
        if up == 0 {
            names.extend(self.prefix.clone());
        }
        let mut at = self.frames.iter().rev().nth(usize::from(up)).copied();
        for field in path {
            let Some(table) = at else { break };
            let field = self.lexicon.field(table, *field);
            names.push(written(&field.name.text));
            at = match field.ty {
                Ty::Record(to) => Some(to),
                _ => None,
            };
        }
        if !last.is_empty() {
            names.push(written(last));
        }
        names.join(".")
    }

    /// The table that a path arrives at.
    fn arrives(&self, up: u8, path: &[FieldId]) -> Option<TableId> {
        let mut at = self.frames.iter().rev().nth(usize::from(up)).copied()?;
        for field in path {
            let Ty::Record(to) = self.lexicon.field(at, *field).ty else { return None };
            at = to;
        }
        Some(at)
    }

    fn get(&mut self, up: u8, path: &[FieldId], target: Target, window: Option<WindowKind>) -> (String, u8) {
        let lexicon = self.lexicon;
        match target {
            Target::Def(def) => {
                let def = lexicon.def(def);
                let here = up == 0 && path.is_empty() && self.prefix.is_none();
                if let DefKind::Value(expr) = &def.kind
                    && self.inline
                    && (here || matches!(expr.kind, ExprKind::Literal(_)))
                    && !matches!(expr.kind, ExprKind::List(_))
                {
                    return self.ranked(expr, window);
                }
                let constant = def.subject.is_none() || self.arrives(up, path).is_none();
                let name = if constant { written(&def.name.text) } else { self.path(up, path, &def.name.text) };
                (name, rank::PRIMARY)
            }
            Target::Field(field) => {
                let name = match self.arrives(up, path) {
                    Some(table) => self.path(up, path, &lexicon.field(table, field).name.text),
                    None => "…".into(),
                };
                (name, rank::PRIMARY)
            }
            Target::Record => {
                let name = self.path(up, path, "");
                let own = || self.arrives(up, path).map(|t| written(&lexicon.table(t).name.text));
                (if name.is_empty() { own().unwrap_or_default() } else { name }, rank::PRIMARY)
            }
        }
    }

    /// What is counted, by its name, with its window.
    pub fn records(&mut self, records: &Records, window: Option<WindowKind>) -> String {
        let target = self.target(records);
        let filter = records.filter.as_ref();
        self.measured(records, target, filter, window)
    }

    fn target(&self, records: &Records) -> String {
        let name = match records.member_of {
            Some(term) => &self.lexicon.def(term).name.text,
            None => &self.lexicon.table(records.table).name.text,
        };
        let inside = records.relation == lead_hir::hir::Relation::Hops(Vec::new());
        if inside { self.path(records.up, &records.path, "") } else { self.path(records.up, &records.path, name) }
    }

    fn measured(
        &mut self,
        records: &Records,
        target: String,
        filter: Option<&Expr>,
        outer: Option<WindowKind>,
    ) -> String {
        let events = self.lexicon.table(records.table).is_event();
        let own = records.window.as_ref().map(|w| w.kind).or(outer.filter(|_| events));
        let mut text = self.behind(target, own);
        if let Some(filter) = filter {
            // A window passes through entities, and stops at events.
            let inside = outer.filter(|_| !events);
            let filter = self.inside(records.table, None, filter, rank::OR, inside);
            text = format!("{text} where {filter}");
        }
        text
    }

    /// An expression asked of records of a table.
    fn inside(
        &mut self,
        table: TableId,
        prefix: Option<String>,
        expr: &Expr,
        least: u8,
        window: Option<WindowKind>,
    ) -> String {
        self.frames.push(table);
        let before = std::mem::replace(&mut self.prefix, prefix);
        let text = self.expr(expr, least, window);
        self.prefix = before;
        self.frames.pop();
        text
    }

    fn aggregate(&mut self, aggregate: &Aggregate, window: Option<WindowKind>) -> String {
        let records = &aggregate.records;
        let word = aggregate.function.word();
        let distinct = if aggregate.distinct { "distinct " } else { "" };
        let name = self.target(records);
        let body = match (&aggregate.argument, aggregate.function) {
            (Some(condition), AggregateFn::Every) => self.measured(records, name, Some(condition), window),
            (Some(argument), _) => {
                let events = self.lexicon.table(records.table).is_event();
                let passed = window.filter(|_| !events);
                let target = self.inside(records.table, Some(name), argument, rank::SUM, passed);
                self.measured(records, target, records.filter.as_ref(), window)
            }
            (None, _) => self.measured(records, name, records.filter.as_ref(), window),
        };
        format!("{word}({distinct}{body})")
    }

    fn sequence(&mut self, sequence: &Sequence, window: Option<WindowKind>) -> String {
        let mut out = String::new();
        let count = sequence.steps.len();
        for (i, step) in sequence.steps.iter().enumerate() {
            if i > 0 {
                out.push_str(" then ");
            }
            if let Some(within) = step.within {
                out.push_str(&format!("within {} ", words::step(within)));
            }
            let name = &self.lexicon.table(step.table).name.text;
            out.push_str(&if i == 0 { self.path(sequence.up, &sequence.path, name) } else { written(name) });
            if i + 1 == count {
                let own = sequence.window.as_ref().map(|w| w.kind).or(window);
                out = self.behind(out, own);
            }
            if let Some(filter) = &step.filter {
                let filter = self.inside(step.table, None, filter, rank::OR, None);
                out.push_str(&format!(" where {filter}"));
            }
        }
        format!("{}({out})", sequence.function.word())
    }
}
