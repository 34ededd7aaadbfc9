//! Expressions, values written out, aggregates, windows and points in time.

use lead_diag::Span;

use super::Name;

/// A value written out.
#[derive(Clone, Debug)]
pub struct Literal {
    /// Which.
    pub kind: LiteralKind,
    /// Its place.
    pub span: Span,
}

/// Literals. Numbers keep their digits, so that money is exact.
#[derive(Clone, Debug, PartialEq)]
pub enum LiteralKind {
    /// `5_000`: the digits without `_`.
    Number(String),
    /// `20%`: the digits of 20.
    Percent(String),
    /// `"text"`
    Text(String),
    /// `yes`, `no`, `true`, `false`
    YesNo(bool),
    /// `90d`
    Duration(u32, Unit),
    /// `2026-03-31`: year, month, day; a real day of the calendar.
    Date(i16, i8, i8),
    /// `2026-03-31T14:00`, `2026-03-31T14:00:00+02:00`: date, seconds of the day, offset in seconds if given.
    Time((i16, i8, i8), u32, Option<i32>),
}

/// Units of durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// `min`
    Minute,
    /// `h`
    Hour,
    /// `d`
    Day,
    /// `w`
    Week,
    /// `mo`
    Month,
    /// `q`
    Quarter,
    /// `y`
    Year,
}

/// Names joined by dots: `company.parent.industry`.
#[derive(Clone, Debug)]
pub struct Path {
    /// At least one.
    pub names: Vec<Name>,
    /// All of it.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Which.
    pub kind: ExprKind,
    /// Its place.
    pub span: Span,
}

/// Expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A value written out.
    Literal(LiteralKind),
    /// `now`
    Now,
    /// `today`
    Today,
    /// `this fiscal year`, `next 12mo`: a period of time as a value.
    Period(Box<Window>),
    /// `["a", "b"]`
    List(Vec<Expr>),
    /// `company.parent.industry`
    Path(Path),
    /// `quarter(at)`
    Call {
        /// The function.
        function: Name,
        /// Its arguments.
        args: Vec<Expr>,
    },
    /// `count(page view where …)`
    Aggregate(Box<Aggregate>),
    /// `( … )`
    Paren(Box<Expr>),
    /// `not …`
    Not(Box<Expr>),
    /// `- …`
    Negate(Box<Expr>),
    /// `a + b`
    Arithmetic {
        /// Which.
        op: ArithmeticOp,
        /// Where the sign stands.
        op_span: Span,
        /// Left.
        left: Box<Expr>,
        /// Right.
        right: Box<Expr>,
    },
    /// `a >= b`, `a contains b`
    Compare {
        /// Which.
        op: CompareOp,
        /// Where the sign stands.
        op_span: Span,
        /// Left.
        left: Box<Expr>,
        /// Right.
        right: Box<Expr>,
    },
    /// `x between a and b`, where a and b are not both dates or times written out (that is a window).
    Between {
        /// Tested.
        value: Box<Expr>,
        /// Least.
        low: Box<Expr>,
        /// Greatest.
        high: Box<Expr>,
    },
    /// `x is known`, `x is unknown`
    IsKnown {
        /// Tested.
        value: Box<Expr>,
        /// `is unknown`.
        unknown: bool,
    },
    /// `company is target company`, `company is not target company`
    IsTerm {
        /// The record asked.
        record: Box<Expr>,
        /// `is not`
        negated: bool,
        /// The term.
        term: Name,
    },
    /// `a and b and c`, two or more, flat.
    And(Vec<Expr>),
    /// `a or b or c`, two or more, flat.
    Or(Vec<Expr>),
    /// A window and all that stands in its `and`-chain to its left and is not inside an earlier `Windowed` of the
    /// chain: `a within 30d and b and c within 90d` is `And[Windowed(a), Windowed(And[b, c])]`.
    Windowed {
        /// What it stands behind.
        value: Box<Expr>,
        /// The window.
        window: Box<Window>,
    },
    /// `was lead 90d ago`
    Was {
        /// The term, perhaps of a related record.
        term: Path,
        /// When.
        at: Box<Moment>,
    },
    /// `became lead`; its window is the one that covers it.
    Became {
        /// The term, perhaps of a related record.
        term: Path,
    },
    /// Could not be read; reported.
    Error,
}

/// `+ - * /`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArithmeticOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// Comparisons of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `contains`
    Contains,
    /// `starts with`
    StartsWith,
    /// `ends with`
    EndsWith,
    /// `matches`
    Matches,
}

impl CompareOp {
    /// How it is written: `>=`, `starts with`.
    pub fn text(self) -> &'static str {
        match self {
            CompareOp::Equal => "=",
            CompareOp::NotEqual => "!=",
            CompareOp::Less => "<",
            CompareOp::LessEqual => "<=",
            CompareOp::Greater => ">",
            CompareOp::GreaterEqual => ">=",
            CompareOp::In => "in",
            CompareOp::NotIn => "not in",
            CompareOp::Contains => "contains",
            CompareOp::StartsWith => "starts with",
            CompareOp::EndsWith => "ends with",
            CompareOp::Matches => "matches",
        }
    }
}

/// `count(…)` and its kin.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// Which.
    pub function: AggregateFn,
    /// Where its name stands.
    pub function_span: Span,
    /// `distinct`
    pub distinct: bool,
    /// Over what.
    pub body: AggregateBody,
}

/// The aggregates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AggregateFn {
    /// How many records.
    Count,
    /// Is there one?
    Any,
    /// Is there none?
    No,
    /// Does each fit?
    Every,
    /// Total.
    Sum,
    /// Mean.
    Average,
    /// Least.
    Min,
    /// Greatest.
    Max,
    /// Earliest.
    First,
    /// Latest.
    Last,
}

impl AggregateFn {
    /// As it is written: `count`.
    pub fn word(self) -> &'static str {
        match self {
            AggregateFn::Count => "count",
            AggregateFn::Any => "any",
            AggregateFn::No => "no",
            AggregateFn::Every => "every",
            AggregateFn::Sum => "sum",
            AggregateFn::Average => "average",
            AggregateFn::Min => "min",
            AggregateFn::Max => "max",
            AggregateFn::First => "first",
            AggregateFn::Last => "last",
        }
    }
}

/// What an aggregate runs over.
#[derive(Clone, Debug)]
pub enum AggregateBody {
    /// Records of one event, entity or term.
    Records(Records),
    /// `a where … then within 14d b where …`
    Sequence {
        /// Two or more.
        steps: Vec<SequenceStep>,
        /// A window behind the last step's name, for all steps.
        window: Option<Window>,
    },
}

/// `form submit.offer within 30d via role where …`
#[derive(Clone, Debug)]
pub struct Records {
    /// A path to records, or an expression over one such path: `form submit`, `quarter(form submit.at)`.
    pub target: Expr,
    /// `via role`: the reference or entity that the relation goes through.
    pub via: Option<Name>,
    /// A window just behind the target.
    pub window: Option<Window>,
    /// `where …`
    pub filter: Option<Expr>,
}

/// A step of a sequence.
#[derive(Clone, Debug)]
pub struct SequenceStep {
    /// `then within 14d`: the longest time since the step before. `None` for the first step and a bare `then`.
    pub within: Option<Literal>,
    /// The event.
    pub event: Path,
    /// `where …`
    pub filter: Option<Expr>,
    /// The whole step.
    pub span: Span,
}

/// A window of time.
#[derive(Clone, Debug)]
pub struct Window {
    /// Which.
    pub kind: WindowKind,
    /// All of it, from its first keyword.
    pub span: Span,
}

/// The windows of LANGUAGE section 5.
#[derive(Clone, Debug)]
pub enum WindowKind {
    /// `within 90d`, `within last 90d`
    Within(Literal),
    /// `within next 12mo`
    WithinNext(Literal),
    /// `within this quarter`, `within last 2 fiscal quarters`, `within next fiscal year`
    Period(Period),
    /// `within sales period`: a value that is a period or a duration.
    Named(Name),
    /// `since 2026-01-01`
    Since(Moment),
    /// `before 2026-01-01`
    Before(Moment),
    /// `between 2026-01-01 and 2026-03-31`
    Between(Moment, Moment),
    /// `between 90d and 30d ago`
    BetweenAgo(Literal, Literal),
    /// `more than 90d ago`
    MoreThanAgo(Literal),
}

/// A calendar period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// This, the last n, the next n.
    pub which: Which,
    /// Whether years and quarters are fiscal.
    pub fiscal: bool,
    /// Of what.
    pub unit: PeriodUnit,
}

/// Which calendar periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Which {
    /// The one that holds the as-of time.
    This,
    /// The n complete ones before it.
    Last(u32),
    /// The n complete ones after it.
    Next(u32),
}

/// Units of calendar periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PeriodUnit {
    /// `day`
    Day,
    /// `week`, from Monday
    Week,
    /// `month`
    Month,
    /// `quarter`
    Quarter,
    /// `year`
    Year,
}

impl PeriodUnit {
    /// As it is written, of one.
    pub fn word(self) -> &'static str {
        match self {
            PeriodUnit::Day => "day",
            PeriodUnit::Week => "week",
            PeriodUnit::Month => "month",
            PeriodUnit::Quarter => "quarter",
            PeriodUnit::Year => "year",
        }
    }
}

/// A point in time: `90d ago`, `2026-01-01`, `today`, a value that is a date.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Which.
    pub kind: MomentKind,
    /// Its place.
    pub span: Span,
}

/// Points in time.
#[derive(Clone, Debug)]
pub enum MomentKind {
    /// `90d ago`
    Ago(Literal),
    /// `in 30d` (in stories: a planned event)
    Ahead(Literal),
    /// A date or time written out.
    At(Literal),
    /// `today`
    Today,
    /// `now`
    Now,
    /// A value of the lexicon that is a date or time.
    Named(Name),
}
