//! A rule as a plain English sentence, for hover: values are spelt out, windows stand where they act.
//!
//! A rule that would make a sentence nobody reads has none.

use lead_hir::hir::{
    AggregateFn, CompareOp, DefId, DefKind, Expr, ExprKind, FieldId, Lexicon, Moment, Period, PeriodUnit, Records,
    Sequence, Step, TableId, Target, Ty, Which, WindowKind,
};

use crate::words;

/// The longest sentence.
const LONGEST: usize = 420;
/// How deep values are spelt out.
const DEEPEST: u32 = 12;

/// The sentence of a term or a measurement; `None` for what reads better as it stands.
pub(crate) fn of_def(lexicon: &Lexicon, id: DefId) -> Option<String> {
    let def = lexicon.def(id);
    let subject = def.subject?;
    let mut speaker = Speaker { lexicon, frames: vec![subject], depth: 0 };
    let whose = article(&lexicon.table(subject).name.text);
    let text = match &def.kind {
        DefKind::Term(term) => {
            let say = |speaker: &mut Speaker, clauses: &[lead_hir::hir::Clause]| {
                let parts: Option<Vec<String>> =
                    clauses.iter().map(|c| speaker.condition(&c.condition, None)).collect();
                parts.map(|p| p.join("; or if "))
            };
            let holds = say(&mut speaker, &term.alternatives)?;
            let unless = match term.exceptions.as_slice() {
                [] => String::new(),
                exceptions => format!(", unless {}", say(&mut speaker, exceptions)?.replace("; or if ", ", or ")),
            };
            format!("{} is *{}* if {holds}{unless}.", capital(&whose), def.name.text)
        }
        DefKind::Value(expr) if def.ty != Ty::YesNo && !crate::names::is_constant(def) => {
            format!("Of {whose}: {}.", speaker.value(expr, None)?)
        }
        _ => return None,
    };
    (text.len() <= LONGEST).then_some(text)
}

struct Speaker<'l> {
    lexicon: &'l Lexicon,
    /// Records in scope, innermost last.
    frames: Vec<TableId>,
    depth: u32,
}

impl Speaker<'_> {
    fn condition(&mut self, expr: &Expr, window: Option<WindowKind>) -> Option<String> {
        self.depth += 1;
        let said = if self.depth > DEEPEST { None } else { self.say(expr, window) };
        self.depth -= 1;
        said
    }

    fn say(&mut self, expr: &Expr, window: Option<WindowKind>) -> Option<String> {
        Some(match &expr.kind {
            ExprKind::And(parts) => self.all(parts, window)?.join(", and "),
            ExprKind::Or(parts) => format!("either {}", self.all(parts, window)?.join(" or ")),
            ExprKind::Windowed { value, window } => self.condition(value, Some(window.kind))?,
            ExprKind::Not(inner) => match &inner.kind {
                ExprKind::Get { up: 0, path, target: Target::Def(def) } if path.is_empty() && self.is_term(*def) => {
                    format!("it is not *{}*", self.lexicon.def(*def).name.text)
                }
                _ => format!("it is not so that {}", self.condition(inner, window)?),
            },
            ExprKind::Compare { op, left, right } => {
                let expr_ty = left.ty.clone();
                let (left, right) = (self.value(left, window)?, self.compared(*op, right, window)?);
                format!("{left} {} {right}", compared_by(*op, matches!(expr_ty, Ty::Date | Ty::Time)))
            }
            ExprKind::Matches { value, pattern } => {
                format!("{} fits the pattern `{pattern}`", self.value(value, window)?)
            }
            ExprKind::IsKnown { value, unknown } => {
                format!("{} is {}", self.value(value, window)?, if *unknown { "unknown" } else { "known" })
            }
            ExprKind::TimeTest(time) => format!("{} lies {}", self.value(time, None)?, self.when(window?)),
            ExprKind::Was { path, term, at, .. } => {
                let whose = self.whose(path);
                let at = match at {
                    Moment::Ago(step) => format!("{} ago", length(*step)),
                    other => format!("on {}", words::moment(self.lexicon, *other)),
                };
                format!("{whose} was *{}* {at}", self.lexicon.def(*term).name.text)
            }
            ExprKind::Became { path, term, .. } => {
                let whose = self.whose(path);
                format!("{whose} became *{}* {}", self.lexicon.def(*term).name.text, self.when(window?))
            }
            ExprKind::Aggregate(aggregate) => {
                let records = &aggregate.records;
                let name = self.records_name(records);
                match aggregate.function {
                    AggregateFn::Any => format!("there is {}{}", article(&name), self.which(records, window)?),
                    AggregateFn::No => format!("there is no {name}{}", self.which(records, window)?),
                    AggregateFn::Every => {
                        let condition = self.inside(records.table, aggregate.argument.as_ref()?, None)?;
                        format!("for every {name}{}, {condition}", self.which(records, window)?)
                    }
                    _ => return None,
                }
            }
            ExprKind::Sequence(sequence) if sequence.function != AggregateFn::Count => {
                self.sequence(sequence, window)?
            }
            ExprKind::Get { path, target: Target::Def(def), .. } if self.is_term(*def) => {
                format!("{} is *{}*", self.whose(path), self.lexicon.def(*def).name.text)
            }
            ExprKind::Get { path, target: Target::Def(def), .. } if path.is_empty() => {
                // A yes or no that is measured is spelt out.
                let lexicon = self.lexicon;
                match &lexicon.def(*def).kind {
                    DefKind::Value(value) => self.condition(value, window)?,
                    _ => return None,
                }
            }
            ExprKind::Get { .. } if expr.ty == Ty::YesNo => format!("{} is yes", self.value(expr, window)?),
            _ => return None,
        })
    }

    fn all(&mut self, parts: &[Expr], window: Option<WindowKind>) -> Option<Vec<String>> {
        parts.iter().map(|p| self.condition(p, window)).collect()
    }

    fn is_term(&self, def: DefId) -> bool {
        matches!(self.lexicon.def(def).kind, DefKind::Term(_))
    }

    /// What is measured or read.
    fn value(&mut self, expr: &Expr, window: Option<WindowKind>) -> Option<String> {
        self.depth += 1;
        let said = if self.depth > DEEPEST { None } else { self.measured(expr, window) };
        self.depth -= 1;
        said
    }

    fn measured(&mut self, expr: &Expr, window: Option<WindowKind>) -> Option<String> {
        let lexicon = self.lexicon;
        Some(match &expr.kind {
            ExprKind::Literal(value) => words::value(lexicon, value),
            ExprKind::Now => "now".into(),
            ExprKind::Today => "today".into(),
            ExprKind::ToMoney(inner) => self.value(inner, window)?,
            ExprKind::Call { function, args } => {
                format!("the {} of {}", crate::print::function_name(*function), self.value(args.first()?, window)?)
            }
            ExprKind::Windowed { value, window } => self.value(value, Some(window.kind))?,
            ExprKind::Get { path, target: Target::Field(field), .. } => {
                let table = self.arrives(&expr.kind)?;
                self.of(path, &lexicon.table(table).fields.get(field.0 as usize)?.name.text)
            }
            ExprKind::Get { up: 0, path, target: Target::Def(def) } => {
                let def = lexicon.def(*def);
                match &def.kind {
                    DefKind::Value(value) if path.is_empty() && !matches!(value.kind, ExprKind::List(_)) => {
                        self.value(value, window)?
                    }
                    _ => self.of(path, &def.name.text),
                }
            }
            ExprKind::Get { path, target: Target::Record, .. } if !path.is_empty() => self.whose(path),
            ExprKind::Aggregate(aggregate) => {
                let records = &aggregate.records;
                let name = self.records_name(records);
                let which = self.which(records, window)?;
                let argument = match &aggregate.argument {
                    Some(argument) if !matches!(aggregate.function, AggregateFn::Every) => {
                        Some(self.inside(records.table, argument, Some(()))?)
                    }
                    _ => None,
                };
                match (aggregate.function, argument) {
                    (AggregateFn::Count, None) => format!("the number of {}{which}", plural(&name)),
                    (AggregateFn::Count, Some(what)) => {
                        format!("the number of different values of {what} among {}{which}", plural(&name))
                    }
                    (AggregateFn::Sum, Some(what)) => format!("the total of {what} over {}{which}", plural(&name)),
                    (AggregateFn::Average, Some(what)) => {
                        format!("the average of {what} over {}{which}", plural(&name))
                    }
                    (AggregateFn::Min, Some(what)) => format!("the least of {what} among {}{which}", plural(&name)),
                    (AggregateFn::Max, Some(what)) => format!("the greatest of {what} among {}{which}", plural(&name)),
                    (AggregateFn::First, Some(what)) => format!("{what} of the first {name}{which}"),
                    (AggregateFn::Last, Some(what)) => format!("{what} of the last {name}{which}"),
                    _ => return None,
                }
            }
            _ => return None,
        })
    }

    /// The right side of a comparison.
    fn compared(&mut self, op: CompareOp, expr: &Expr, window: Option<WindowKind>) -> Option<String> {
        match (&expr.kind, op) {
            (ExprKind::List(items), CompareOp::In | CompareOp::NotIn) => {
                let items: Option<Vec<String>> = items.iter().map(|i| self.value(i, window)).collect();
                Some(items?.join(", "))
            }
            _ => self.value(expr, window),
        }
    }

    fn records_name(&self, records: &Records) -> String {
        match records.member_of {
            Some(term) => self.lexicon.def(term).name.text.clone(),
            None => self.lexicon.table(records.table).name.text.clone(),
        }
    }

    /// ` in the last 90 days whose …`
    fn which(&mut self, records: &Records, outer: Option<WindowKind>) -> Option<String> {
        let events = self.lexicon.table(records.table).is_event();
        let window = records.window.as_ref().map(|w| w.kind).or(outer.filter(|_| events));
        let mut text = window.map(|w| format!(" {}", self.when(w))).unwrap_or_default();
        if let Some(filter) = &records.filter {
            let passed = outer.filter(|_| !events);
            self.frames.push(records.table);
            let said = self.condition(filter, passed);
            self.frames.pop();
            text.push_str(&format!(" of which {}", said?));
        }
        Some(text)
    }

    fn inside(&mut self, table: TableId, expr: &Expr, value: Option<()>) -> Option<String> {
        self.frames.push(table);
        let said = if value.is_some() { self.value(expr, None) } else { self.condition(expr, None) };
        self.frames.pop();
        said
    }

    fn sequence(&mut self, sequence: &Sequence, outer: Option<WindowKind>) -> Option<String> {
        let mut text = String::new();
        for (i, step) in sequence.steps.iter().enumerate() {
            let name = article(&self.lexicon.table(step.table).name.text);
            match (i, step.within) {
                (0, _) => text.push_str(&name),
                (_, Some(within)) => text.push_str(&format!(" and within {} {name}", length(within))),
                (_, None) => text.push_str(&format!(" and later {name}")),
            }
            if let Some(filter) = &step.filter {
                text.push_str(&format!(" of which {}", self.inside(step.table, filter, None)?));
            }
        }
        let window = sequence.window.as_ref().map(|w| w.kind).or(outer);
        let when = window.map(|w| format!(", {}", self.when(w))).unwrap_or_default();
        let none = if sequence.function == AggregateFn::No { "there was never" } else { "there was" };
        Some(format!("{none} {text}{when}"))
    }

    /// The table that a path arrives at.
    fn arrives(&self, kind: &ExprKind) -> Option<TableId> {
        let ExprKind::Get { up, path, .. } = kind else { return None };
        let mut at = self.frames.iter().rev().nth(usize::from(*up)).copied()?;
        for field in path {
            match self.lexicon.table(at).fields.get(field.0 as usize)?.ty {
                Ty::Record(to) => at = to,
                _ => return None,
            }
        }
        Some(at)
    }

    /// `the employees of the company`
    fn of(&self, path: &[FieldId], name: &str) -> String {
        let mut text = name.to_string();
        for reference in self.names(path).iter().rev() {
            text.push_str(&format!(" of the {reference}"));
        }
        text
    }

    fn whose(&self, path: &[FieldId]) -> String {
        match self.names(path).as_slice() {
            [] => "it".into(),
            names => names.iter().rev().map(|n| format!("the {n}")).collect::<Vec<_>>().join(" of "),
        }
    }

    fn names(&self, path: &[FieldId]) -> Vec<String> {
        let mut names = Vec::new();
        let mut at = self.frames.last().copied();
        for field in path {
            let Some(declared) = at.and_then(|t| self.lexicon.table(t).fields.get(field.0 as usize)) else { break };
            names.push(declared.name.text.clone());
            at = if let Ty::Record(to) = declared.ty { Some(to) } else { None };
        }
        names
    }

    /// A window in words.
    fn when(&self, window: WindowKind) -> String {
        match window {
            WindowKind::Within(step) => format!("in the last {}", stretch(step)),
            WindowKind::WithinNext(step) => format!("in the next {}", stretch(step)),
            WindowKind::Period(period) => period_words(period),
            WindowKind::BetweenAgo(from, to) => format!("between {} and {} ago", length(from), length(to)),
            WindowKind::MoreThanAgo(step) => format!("more than {} ago", length(step)),
            other => words::window(self.lexicon, other),
        }
    }
}

fn compared_by(op: CompareOp, time: bool) -> &'static str {
    match op {
        CompareOp::Less if time => "is before",
        CompareOp::LessEqual if time => "is not after",
        CompareOp::Greater if time => "is after",
        CompareOp::GreaterEqual if time => "is not before",
        CompareOp::Equal => "is",
        CompareOp::NotEqual => "is not",
        CompareOp::Less => "is less than",
        CompareOp::LessEqual => "is at most",
        CompareOp::Greater => "is more than",
        CompareOp::GreaterEqual => "is at least",
        CompareOp::In => "is one of",
        CompareOp::NotIn => "is none of",
        CompareOp::Contains => "contains",
        CompareOp::StartsWith => "starts with",
        CompareOp::EndsWith => "ends with",
        CompareOp::Matches => "fits",
    }
}

fn period_words(period: Period) -> String {
    let unit = match period.unit {
        PeriodUnit::Day => "day",
        PeriodUnit::Week => "week",
        PeriodUnit::Month => "month",
        PeriodUnit::Quarter => "quarter",
        PeriodUnit::Year => "year",
    };
    let fiscal = if period.fiscal { "fiscal " } else { "" };
    match period.which {
        Which::This => format!("in this {fiscal}{unit}"),
        Which::Last(1) => format!("in the last complete {fiscal}{unit}"),
        Which::Last(n) => format!("in the last {n} complete {fiscal}{unit}s"),
        Which::Next(1) => format!("in the next {fiscal}{unit}"),
        Which::Next(n) => format!("in the next {n} {fiscal}{unit}s"),
    }
}

/// `90 days`, `year`
fn stretch(step: Step) -> String {
    let text = length(step);
    text.strip_prefix("1 ").map(str::to_string).unwrap_or(text)
}

/// `90 days`
fn length(step: Step) -> String {
    let counted = |n: u64, unit: &str| if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") };
    let minutes = step.micros.unsigned_abs() / 60_000_000;
    match (step.months.unsigned_abs(), step.days.unsigned_abs()) {
        (0, 0) if minutes.is_multiple_of(60) => counted(minutes / 60, "hour"),
        (0, 0) => counted(minutes, "minute"),
        (0, days) => counted(u64::from(days), "day"),
        (months, _) if months.is_multiple_of(12) => counted(u64::from(months / 12), "year"),
        (months, _) => counted(u64::from(months), "month"),
    }
}

/// `a contact`, `an opportunity`
fn article(name: &str) -> String {
    let vowel = name.chars().next().is_some_and(|c| matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u'));
    format!("{} {name}", if vowel { "an" } else { "a" })
}

/// The plural of a name, by the common rules.
fn plural(name: &str) -> String {
    let lower = name.to_lowercase();
    match lower.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{}ies", &name[..name.len() - 1]),
        _ if lower.ends_with(['s', 'x']) || lower.ends_with("ch") || lower.ends_with("sh") => format!("{name}es"),
        _ => format!("{name}s"),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
