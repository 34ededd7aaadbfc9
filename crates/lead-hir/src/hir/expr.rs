//! Typed expressions: conditions, measurements and the ways between records.

use lead_diag::Span;

use super::{AggregateFn, ArithmeticOp, CompareOp, DefId, FieldId, Moment, Step, TableId, Ty, Value, Window};

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Which.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Ty,
    /// Its place.
    pub span: Span,
}

/// Expressions. Unless said otherwise unknown operands give unknown.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A value written out. A number beside money is already money here, and so is `20%` a percent.
    Literal(Value),
    /// The as-of time in force.
    Now,
    /// Its local date.
    Today,
    /// Items of one type.
    List(Vec<Expr>),
    /// A field or definition of a record, or the record itself.
    Get {
        /// 0: the innermost record; 1: the record outside of the `where` (D3).
        up: u8,
        /// References followed from there, in order.
        path: Vec<FieldId>,
        /// What is asked of the record arrived at.
        target: Target,
    },
    /// Functions of D26.
    Call {
        /// Which.
        function: Function,
        /// Arguments.
        args: Vec<Expr>,
    },
    /// Records measured.
    Aggregate(Box<Aggregate>),
    /// Events one after the other; yes/no or a count.
    Sequence(Box<Sequence>),
    /// Kleene.
    Not(Box<Expr>),
    /// Sign.
    Negate(Box<Expr>),
    /// Numbers, money, percent, times, durations; types say which.
    Arithmetic {
        /// Which.
        op: ArithmeticOp,
        /// Left.
        left: Box<Expr>,
        /// Right.
        right: Box<Expr>,
    },
    /// `time + 30d`, `date - 3mo`: a calendar step (D21). Type of `time`.
    Shift {
        /// What is moved.
        time: Box<Expr>,
        /// By how much; negative for `-`.
        by: Step,
    },
    /// Operands are of kinds that compare: texts (D16), keys (D17), or both of one type; number beside percent; money beside money
    /// (see [`ExprKind::ToMoney`]); date beside time (D22); `In`/`NotIn` and `Contains` with a list.
    Compare {
        /// Which.
        op: CompareOp,
        /// Left.
        left: Box<Expr>,
        /// Right.
        right: Box<Expr>,
    },
    /// `value matches "…"`; the expression is known to compile.
    Matches {
        /// Text.
        value: Box<Expr>,
        /// As written.
        pattern: String,
    },
    /// A number as money (D19).
    ToMoney(Box<Expr>),
    /// Never unknown.
    IsKnown {
        /// Of any type.
        value: Box<Expr>,
        /// `is unknown`
        unknown: bool,
    },
    /// Kleene, two or more.
    And(Vec<Expr>),
    /// Kleene, two or more.
    Or(Vec<Expr>),
    /// The window passes down into `value` as D27 says.
    Windowed {
        /// What it covers.
        value: Box<Expr>,
        /// The window.
        window: Window,
    },
    /// A time or date where a condition is wanted: does it lie in the window in force? The operand itself is measured without a window.
    TimeTest(Box<Expr>),
    /// A term with the as-of time moved (D34).
    Was {
        /// As for [`ExprKind::Get`].
        up: u8,
        /// As for [`ExprKind::Get`].
        path: Vec<FieldId>,
        /// The term.
        term: DefId,
        /// When.
        at: Moment,
    },
    /// D33; uses the window in force.
    Became {
        /// As for [`ExprKind::Get`].
        up: u8,
        /// As for [`ExprKind::Get`].
        path: Vec<FieldId>,
        /// The term.
        term: DefId,
    },
    /// Had an error.
    Error,
}

/// What is asked of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A field that is no reference (the key among them), or a reference as a record (type [`Ty::Record`]).
    Field(FieldId),
    /// A definition of the record's entity (value, term, choice, score or funnel).
    Def(DefId),
    /// The record itself (type [`Ty::Record`]): known if it is there.
    Record,
}

/// Functions (D26).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// `day(time)`: date
    Day,
    /// `week(time)`: text
    Week,
    /// `month(time)`: text
    Month,
    /// `quarter(time)`: text
    Quarter,
    /// `year(time)`: number
    Year,
    /// `fiscal quarter(time)`: text
    FiscalQuarter,
    /// `fiscal year(time)`: number
    FiscalYear,
    /// `hours(duration)`: number
    Hours,
    /// `days(duration)`: number
    Days,
    /// `round(number)`: half away from zero
    Round,
    /// `abs(number or money or duration)`
    Abs,
    /// `length(text or list)`: characters or items
    Length,
    /// `lower(text)`
    Lower,
}

impl Function {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Function::Day => "day",
            Function::Week => "week",
            Function::Month => "month",
            Function::Quarter => "quarter",
            Function::Year => "year",
            Function::FiscalQuarter => "fiscal quarter",
            Function::FiscalYear => "fiscal year",
            Function::Hours => "hours",
            Function::Days => "days",
            Function::Round => "round",
            Function::Abs => "abs",
            Function::Length => "length",
            Function::Lower => "lower",
        }
    }
}

/// Records of a table that belong to a subject.
#[derive(Clone, Debug)]
pub struct Records {
    /// 0: related to the innermost record; 1: to the one outside.
    pub up: u8,
    /// References followed first, from that record.
    pub path: Vec<FieldId>,
    /// How records relate to the record arrived at.
    pub relation: Relation,
    /// Whose records.
    pub table: TableId,
    /// Only members of this term of `table` (D41).
    pub member_of: Option<DefId>,
    /// A window of their own (events only).
    pub window: Option<Window>,
    /// Only where this is yes. Innermost record: a record of `table`.
    pub filter: Option<Expr>,
    /// The place of the target.
    pub span: Span,
}

/// `count(…)` and its kin.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// Which.
    pub function: AggregateFn,
    /// Distinct values of `argument`; only with count.
    pub distinct: bool,
    /// Over what. For `every`, `records.filter` is empty and the condition is `argument`.
    pub records: Records,
    /// What is measured of each record; `None` for `count any no` without `distinct`.
    pub argument: Option<Expr>,
    /// In a metric: each dimension asked of a record of `records.table`.
    pub by: Vec<Expr>,
}

/// `any(a then within 14d b)` (D36). `function` is `Any`, `No` or `Count`.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// `Any`, `No` or `Count`.
    pub function: AggregateFn,
    /// As [`Records::up`].
    pub up: u8,
    /// As [`Records::path`].
    pub path: Vec<FieldId>,
    /// Window for all events of it.
    pub window: Option<Window>,
    /// Two or more, each related to the same record.
    pub steps: Vec<SequenceStep>,
}

/// A step of a sequence.
#[derive(Clone, Debug)]
pub struct SequenceStep {
    /// Longest time since the step before; `None`: any.
    pub within: Option<Step>,
    /// The event.
    pub table: TableId,
    /// How it relates to the record.
    pub relation: Relation,
    /// Only where this is yes.
    pub filter: Option<Expr>,
    /// The whole step.
    pub span: Span,
}

/// The way from a record to the records of another table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// All records of the table (metrics).
    All,
    /// Hops from the record, in order; none: the record itself (a reference used as a collection of one).
    Hops(Vec<Hop>),
}

/// One reference on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hop {
    /// From a record to the one its reference names.
    Forward(FieldId),
    /// From a record to those of `table` whose reference `field` names it.
    Back(TableId, FieldId),
}
