//! What the editor tells about the functions, aggregates and types of the language.

use lead_hir::hir::{AggregateFn, Lexicon, Ty};

/// An aggregate as the editor shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AggregateFacts {
    /// Its word.
    pub name: &'static str,
    /// Which.
    pub function: AggregateFn,
    /// What it is asked of, as a form.
    pub form: &'static str,
    /// What it gives.
    pub gives: &'static str,
    /// What it gives of nothing.
    pub of_nothing: &'static str,
    /// An example.
    pub example: &'static str,
}

const fn aggregate_facts(
    name: &'static str,
    function: AggregateFn,
    form: &'static str,
    gives: &'static str,
    of_nothing: &'static str,
    example: &'static str,
) -> AggregateFacts {
    AggregateFacts { name, function, form, gives, of_nothing, example }
}

/// Every aggregate.
pub(crate) const AGGREGATES: &[AggregateFacts] = &[
    aggregate_facts("count", AggregateFn::Count, "records", "how many there are", "0", "count(page view) > 5"),
    aggregate_facts("any", AggregateFn::Any, "records", "is there one?", "no", "any(form submit) within 90d"),
    aggregate_facts("no", AggregateFn::No, "records", "is there none?", "yes", "no(visit) within 60d"),
    aggregate_facts(
        "every",
        AggregateFn::Every,
        "records where …",
        "do all fit?",
        "yes",
        "every(role where part = \"user\")",
    ),
    aggregate_facts("sum", AggregateFn::Sum, "records.value", "the total", "0", "sum(project.amount)"),
    aggregate_facts("average", AggregateFn::Average, "records.value", "the mean", "unknown", "average(project.amount)"),
    aggregate_facts("min", AggregateFn::Min, "records.value", "the least", "unknown", "min(project.due)"),
    aggregate_facts("max", AggregateFn::Max, "records.value", "the greatest", "unknown", "max(project.due)"),
    aggregate_facts(
        "first",
        AggregateFn::First,
        "event.value",
        "the value of the earliest event",
        "unknown",
        "first(visit.at)",
    ),
    aggregate_facts(
        "last",
        AggregateFn::Last,
        "event.value",
        "the value of the latest event",
        "unknown",
        "last(form submit.offer)",
    ),
];

/// The aggregate of a word.
pub(crate) fn aggregate(word: &str) -> Option<AggregateFn> {
    AGGREGATES.iter().find(|a| a.name == word).map(|a| a.function)
}

/// A function as the editor shows it.
#[derive(Clone, Debug)]
pub(crate) struct FunctionFacts {
    /// Its name.
    pub name: &'static str,
    /// The type that it is mostly asked of.
    pub wants: Ty,
    /// What it is asked of, in words.
    pub of: &'static str,
    /// What it gives, in words.
    pub gives: &'static str,
    /// The type that it gives; `None`: that of what it is asked of.
    ty: Option<Ty>,
}

impl FunctionFacts {
    /// The type of its answer.
    pub fn result(&self, argument: &Ty) -> Ty {
        self.ty.clone().unwrap_or_else(|| argument.clone())
    }
}

const fn function_facts(
    name: &'static str,
    wants: Ty,
    of: &'static str,
    gives: &'static str,
    ty: Option<Ty>,
) -> FunctionFacts {
    FunctionFacts { name, wants, of, gives, ty }
}

/// Every function (D26).
pub(crate) static FUNCTIONS: &[FunctionFacts] = &[
    function_facts("day", Ty::Time, "time or date", "its date", Some(Ty::Date)),
    function_facts("week", Ty::Time, "time or date", "its week, such as `2026-W13`", Some(Ty::Text)),
    function_facts("month", Ty::Time, "time or date", "its month, such as `2026-03`", Some(Ty::Text)),
    function_facts("quarter", Ty::Time, "time or date", "its quarter, such as `2026-Q1`", Some(Ty::Text)),
    function_facts("year", Ty::Time, "time or date", "its year, a number", Some(Ty::Number)),
    function_facts(
        "fiscal quarter",
        Ty::Time,
        "time or date",
        "its fiscal quarter, such as `FY2026-Q1`",
        Some(Ty::Text),
    ),
    function_facts("fiscal year", Ty::Time, "time or date", "the year in which its fiscal year ends", Some(Ty::Number)),
    function_facts("hours", Ty::Duration, "length of time", "its hours, with fractions", Some(Ty::Number)),
    function_facts("days", Ty::Duration, "length of time", "its days, with fractions", Some(Ty::Number)),
    function_facts("round", Ty::Number, "number or money", "the nearest whole, halves away from zero", None),
    function_facts("abs", Ty::Number, "number, money or length of time", "the same without its sign", None),
    function_facts("length", Ty::Text, "text or list", "how many characters or items", Some(Ty::Number)),
    function_facts("lower", Ty::Text, "text", "the text in lower case", Some(Ty::Text)),
];

/// The function of a folded name.
pub(crate) fn function(key: &str) -> Option<&'static FunctionFacts> {
    FUNCTIONS.iter().find(|f| f.name == key)
}

/// Whether a word is a unit of calendar periods.
pub(crate) fn is_period_unit(word: &str) -> bool {
    matches!(word.strip_suffix('s').unwrap_or(word), "day" | "week" | "month" | "quarter" | "year")
}

/// A type in the words of the language: `yes/no`, `list of text`, `-> company`.
pub(crate) fn type_text(lexicon: &Lexicon, ty: &Ty) -> String {
    match ty {
        Ty::YesNo => "yes/no".into(),
        Ty::Number => "number".into(),
        Ty::Percent => "percentage".into(),
        Ty::Money => "money".into(),
        Ty::Text => "text".into(),
        Ty::OneOf(values) => {
            let shown: Vec<String> = values.iter().take(8).map(|v| quoted(v)).collect();
            let more =
                if values.len() > shown.len() { format!(", … ({} in all)", values.len()) } else { String::new() };
            format!("one of {}{more}", shown.join(", "))
        }
        Ty::Date => "date".into(),
        Ty::Time => "time".into(),
        Ty::Duration => "duration".into(),
        Ty::List(item) => format!("list of {}", type_text(lexicon, item)),
        Ty::Key => "key".into(),
        Ty::Record(table) => format!("-> {}", lexicon.table(*table).name.text),
        Ty::Period => "period".into(),
        Ty::Error => "unknown".into(),
    }
}

/// A type in one or two words, for lists.
pub(crate) fn short_type(lexicon: &Lexicon, ty: &Ty) -> String {
    match ty {
        Ty::OneOf(_) => "one of".into(),
        Ty::Error => String::new(),
        other => type_text(lexicon, other),
    }
}

pub(crate) use lead_hir::words::quoted;
