//! The typed lexicon: every name resolved, every expression typed, every window where it belongs.
//! Made by [`crate::lower`], read by `lead-plan`, the editor and the commands.
//!
//! Meanings are those of `docs/decisions.md` (D numbers).

mod example;
mod expr;
pub(crate) mod remap;
mod window;

use std::sync::Arc;

use jiff::tz::TimeZone;
use lead_diag::Span;

pub use example::{
    Example, ExampleColumn, ExampleKind, ExampleRow, ExampleTable, Expectation, Given, Story, StoryEvent, StoryRecord,
};
pub use expr::{Aggregate, Expr, ExprKind, Function, Hop, Records, Relation, Sequence, SequenceStep, Target};
pub use lead_syntax::ast::{AggregateFn, ArithmeticOp, CompareOp, KEYWORDS, Period, PeriodUnit, Which};
pub use window::{Moment, Window, WindowKind};

/// Index of a [`Table`] in [`Lexicon::tables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableId(pub u32);

/// Index of a [`Field`] in its table's `fields`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub u32);

/// Index of a [`Def`] in [`Lexicon::defs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DefId(pub u32);

/// The file of a definition that is none, for a number that is not in use.
pub(crate) const NOWHERE: lead_diag::FileId = lead_diag::FileId(u32::MAX);

/// A checked lexicon. Holds what could be understood; whether it may run, the diagnostics say.
#[derive(Clone, Debug)]
pub struct Lexicon {
    /// Settings of `lead.toml`, or their defaults.
    pub settings: Settings,
    /// Entities and events.
    pub tables: Vec<Table>,
    /// Values, terms, choices, scores, funnels, metrics, in order of file and place.
    pub defs: Vec<Arc<Def>>,
    /// Examples, checked but not run here.
    pub examples: Vec<Arc<Example>>,
}

impl Lexicon {
    /// The table of an id of this lexicon.
    pub fn table(&self, id: TableId) -> &Table {
        &self.tables[id.0 as usize]
    }

    /// The field of a table.
    pub fn field(&self, table: TableId, field: FieldId) -> &Field {
        &self.table(table).fields[field.0 as usize]
    }

    /// The definition of an id of this lexicon.
    pub fn def(&self, id: DefId) -> &Def {
        &self.defs[id.0 as usize]
    }

    /// All tables with their ids.
    pub fn table_ids(&self) -> impl Iterator<Item = (TableId, &Table)> {
        self.tables.iter().enumerate().map(|(i, t)| (TableId(i as u32), t))
    }

    /// All definitions with their ids; numbers that no definition has are left out.
    pub fn def_ids(&self) -> impl Iterator<Item = (DefId, &Def)> {
        let defs = self.defs.iter().enumerate().map(|(i, d)| (DefId(i as u32), &**d));
        defs.filter(|(_, d)| d.span.file != NOWHERE)
    }
}

/// What the meaning of definitions depends on besides their text.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Shown to people.
    pub name: String,
    /// Where days, months and quarters are counted.
    pub zone: TimeZone,
    /// Its IANA name.
    pub zone_name: String,
    /// First month of the fiscal year, 1 to 12.
    pub fiscal_start: i8,
}

/// A name as first written, and what it is compared by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// As written.
    pub text: String,
    /// Folded (see `lead_syntax::ast::fold_name`).
    pub key: String,
}

impl Name {
    /// `job title` as a column: `job_title`. Signs that are neither letter nor digit become `_`.
    pub fn snake(&self) -> String {
        self.key.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
    }
}

/// An entity or event.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: Name,
    /// Entity or event.
    pub kind: TableKind,
    /// Files or patterns, relative to the data folder, as written.
    pub sources: Vec<String>,
    /// `where` of the source, over headers.
    pub filter: Option<SourceFilter>,
    /// Fields; references among them.
    pub fields: Vec<Field>,
    /// The field of type key, if any.
    pub key: Option<FieldId>,
    /// `same when`.
    pub same_when: Vec<FieldId>,
    /// Documentation.
    pub docs: Option<String>,
    /// The whole statement.
    pub span: Span,
    /// The name in it.
    pub name_span: Span,
}

impl Table {
    /// The field of a folded name.
    pub fn field_named(&self, key: &str) -> Option<FieldId> {
        self.fields.iter().position(|f| f.name.key == key).map(|i| FieldId(i as u32))
    }

    /// Whether it is an event.
    pub fn is_event(&self) -> bool {
        matches!(self.kind, TableKind::Event { .. })
    }

    /// The time field of an event.
    pub fn time(&self) -> Option<FieldId> {
        match self.kind {
            TableKind::Event { time, .. } => Some(time),
            TableKind::Entity => None,
        }
    }
}

/// Entity or event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableKind {
    /// A kind of record.
    Entity,
    /// Records with a time.
    Event {
        /// The reference named by `of`.
        subject: Option<FieldId>,
        /// The field `at`, else the first field of type time, else the first of type date.
        time: FieldId,
    },
}

/// A field of a table.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Ty,
    /// Headers to look for, in order; empty: by name.
    pub headers: Vec<HeaderDecl>,
    /// Documentation.
    pub docs: Option<String>,
    /// The whole line (of the `of NAME` for a subject reference that has no line).
    pub span: Span,
}

/// A header that a field is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderDecl {
    /// The header.
    pub header: String,
    /// Only in this source (an entry of [`Table::sources`]).
    pub source: Option<String>,
}

/// Types of fields and expressions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ty {
    /// Yes or no.
    YesNo,
    /// A float.
    Number,
    /// A number written as `20%`, or made of such.
    Percent,
    /// Ten-thousandths in 64 bits.
    Money,
    /// Text.
    Text,
    /// Text out of a list; compares as text.
    OneOf(Arc<Vec<String>>),
    /// A day.
    Date,
    /// Microseconds since 1970-01-01T00:00Z.
    Time,
    /// Microseconds.
    Duration,
    /// Several of one type.
    List(Box<Ty>),
    /// A key: text that compares exactly.
    Key,
    /// A record of a table.
    Record(TableId),
    /// A period or duration for `within`.
    Period,
    /// Of an expression with an error: fits everything, so that one cause gives one report.
    Error,
}

/// A condition of a source on its headers.
#[derive(Clone, Debug, PartialEq)]
pub enum SourceFilter {
    /// All hold.
    And(Vec<SourceFilter>),
    /// One holds.
    Or(Vec<SourceFilter>),
    /// Kleene negation.
    Not(Box<SourceFilter>),
    /// The cell of a header against values; texts as D16, numbers and times as read from the cell.
    Compare {
        /// The header as written.
        header: String,
        /// `Equal NotEqual Less LessEqual Greater GreaterEqual In NotIn Contains StartsWith EndsWith Matches`.
        op: CompareOp,
        /// One value; several for `In` and `NotIn`.
        values: Vec<Value>,
        /// Where the header stands in the lexicon.
        span: Span,
    },
    /// `is known`: the cell is neither empty nor a word that means nothing.
    Known {
        /// The header as written.
        header: String,
        /// `is unknown`
        negated: bool,
        /// Where the header stands in the lexicon.
        span: Span,
    },
    /// The header alone: the cell reads as yes.
    Yes {
        /// The header as written.
        header: String,
        /// Where the header stands in the lexicon.
        span: Span,
    },
}

/// A value of the language.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Yes or no.
    YesNo(bool),
    /// A number.
    Number(f64),
    /// A percentage, as a number (20% is 0.2).
    Percent(f64),
    /// Ten-thousandths.
    Money(i64),
    /// Text.
    Text(Arc<str>),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00Z.
    Time(i64),
    /// Microseconds (D21).
    Duration(i64),
    /// Items.
    List(Vec<Value>),
}

/// A step of time: calendar months, then calendar days, then exact microseconds (LANGUAGE 5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Step {
    /// Calendar months.
    pub months: i32,
    /// Calendar days.
    pub days: i32,
    /// Exact.
    pub micros: i64,
}

/// A named definition.
#[derive(Clone, Debug)]
pub struct Def {
    /// Its name.
    pub name: Name,
    /// What its records are; `None` for metrics and periods.
    pub subject: Option<TableId>,
    /// What it is.
    pub kind: DefKind,
    /// Type of the answer.
    pub ty: Ty,
    /// Documentation.
    pub docs: Option<String>,
    /// The whole statement.
    pub span: Span,
    /// The name in it.
    pub name_span: Span,
}

impl Def {
    /// Who answers for it, if a line of the documentation says so: `owner: Marketing`.
    pub fn owner(&self) -> Option<&str> {
        self.docs.as_deref()?.lines().find_map(owner_of)
    }

    /// What stands behind the word, if a line of the documentation begins with `deprecated`: what to use instead, or nothing.
    pub fn deprecated(&self) -> Option<&str> {
        self.docs.as_deref()?.lines().find_map(|line| {
            let line = line.trim_start();
            let (word, rest) = line.split_at_checked("deprecated".len())?;
            let whole = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_');
            (word.eq_ignore_ascii_case("deprecated") && whole)
                .then(|| rest.trim_start_matches([':', '.', ',', ' ']).trim_end())
        })
    }
}

/// Whom a line of documentation names as owner.
pub fn owner_of(line: &str) -> Option<&str> {
    let (word, name) = line.split_once(':')?;
    let name = name.trim();
    (word.trim().eq_ignore_ascii_case("owner") && !name.is_empty()).then_some(name)
}

/// The kinds of definitions. Invariant *no cycles*: following [`Target::Def`], members and funnel steps ends.
#[derive(Clone, Debug)]
pub enum DefKind {
    /// `=`
    Value(Expr),
    /// `=` with a period or duration for `within` (D25).
    Period(Window),
    /// `when`
    Term(Term),
    /// `is`
    Choice(Choice),
    /// `score`
    Score(Score),
    /// `funnel`: terms of one subject, in order.
    Funnel(Vec<DefId>),
    /// `metric`
    Metric(Metric),
    /// Had an error; uses of it are not reported again.
    Error,
}

impl DefKind {
    /// What such a definition is called.
    pub fn word(&self) -> &'static str {
        match self {
            DefKind::Value(_) => "value",
            DefKind::Period(_) => "period",
            DefKind::Term(_) => "term",
            DefKind::Choice(_) => "choice",
            DefKind::Score(_) => "score",
            DefKind::Funnel(_) => "funnel",
            DefKind::Metric(_) => "metric",
            DefKind::Error => "definition",
        }
    }
}

/// A term (D10).
#[derive(Clone, Debug)]
pub struct Term {
    /// At least one.
    pub alternatives: Vec<Clause>,
    /// Perhaps none.
    pub exceptions: Vec<Clause>,
}

/// A condition and its reason.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Yes or no.
    pub condition: Expr,
    /// Why.
    pub because: Option<String>,
    /// The whole clause.
    pub span: Span,
}

/// A choice (D11).
#[derive(Clone, Debug)]
pub struct Choice {
    /// In order; `otherwise` only last.
    pub lines: Vec<ChoiceLine>,
}

/// A line of a choice.
#[derive(Clone, Debug)]
pub struct ChoiceLine {
    /// The answer.
    pub result: Expr,
    /// `None`: otherwise.
    pub condition: Option<Expr>,
    /// Why.
    pub because: Option<String>,
    /// The whole line.
    pub span: Span,
}

/// A score (D12, D38).
#[derive(Clone, Debug)]
pub struct Score {
    /// Length of the half-life in microseconds (D21).
    pub half_life: Option<i64>,
    /// Upper bound of the total.
    pub at_most: Option<Expr>,
    /// Lower bound of the total.
    pub at_least: Option<Expr>,
    /// Lines in order.
    pub lines: Vec<ScoreLine>,
}

/// A line of a score.
#[derive(Clone, Debug)]
pub struct ScoreLine {
    /// `-`
    pub negative: bool,
    /// Points without the sign. In a `per` line asked of the record.
    pub points: Expr,
    /// For what.
    pub kind: ScoreLineKind,
    /// The half-life in force: the line's, else the score's. Set only where it has a meaning (per event).
    pub half_life: Option<i64>,
    /// Upper bound of the line's size, before the sign.
    pub at_most: Option<Expr>,
    /// Lower bound of the line's size, before the sign.
    pub at_least: Option<Expr>,
    /// Why.
    pub because: Option<String>,
    /// The whole line.
    pub span: Span,
}

/// What a line of a score is for.
#[derive(Clone, Debug)]
pub enum ScoreLineKind {
    /// Condition.
    When(Expr),
    /// Records; no argument.
    Per(Records),
    /// Always.
    Always,
}

/// A metric (D40).
#[derive(Clone, Debug)]
pub struct Metric {
    /// Over aggregates with [`Relation::All`].
    pub expr: Expr,
    /// Names of dimensions. Each aggregate of `expr` carries its own reading of them in [`Aggregate::by`].
    pub by: Vec<Dimension>,
}

/// A dimension of a metric.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// As written, or by `as`.
    pub name: Name,
    /// Its type.
    pub ty: Ty,
}
