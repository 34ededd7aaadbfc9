//! The typed lexicon as text, for `lead debug hir` and the tests. One line per declaration; conditions in full parentheses.

use std::fmt::Write;

use lead_syntax::ast::Unit;

use crate::hir::{
    Aggregate, DefKind, Expr, ExprKind, FieldId, Hop, Lexicon, Moment, Records, Relation, ScoreLineKind, SourceFilter,
    Step, TableId, TableKind, Target, Ty, Value, Which, Window, WindowKind,
};

/// The whole lexicon.
pub fn debug(lexicon: &Lexicon) -> String {
    let mut out = String::new();
    for table in &lexicon.tables {
        let kind = if table.is_event() { "event" } else { "entity" };
        let _ = write!(out, "{kind} {} from {:?}", table.name.text, table.sources);
        if let TableKind::Event { subject: Some(subject), .. } = table.kind {
            let _ = write!(out, " of {}", table.fields[subject.0 as usize].name.text);
        }
        if let Some(filter) = &table.filter {
            let _ = write!(out, " where {}", source_filter(filter));
        }
        out.push('\n');
        for (i, field) in table.fields.iter().enumerate() {
            let _ = write!(out, "    {}: {}", field.name.text, ty(Some(lexicon), &field.ty));
            for header in &field.headers {
                let _ = write!(out, " from {:?}", header.header);
                if let Some(source) = &header.source {
                    let _ = write!(out, " in {source:?}");
                }
            }
            if table.key == Some(FieldId(i as u32)) {
                out.push_str(" (key)");
            }
            if table.time() == Some(FieldId(i as u32)) {
                out.push_str(" (time)");
            }
            out.push('\n');
        }
    }
    for def in &lexicon.defs {
        let subject = def.subject.map_or("-", |s| &lexicon.table(s).name.text);
        let _ = writeln!(out, "{} of {subject}: {}", def.name.text, ty(Some(lexicon), &def.ty));
        let printer = Printer { lexicon: Some(lexicon) };
        printer.definition(&def.kind, &mut out);
    }
    for example in &lexicon.examples {
        let covers: Vec<&str> = example.covers.iter().map(|d| lexicon.def(*d).name.text.as_str()).collect();
        let _ = writeln!(out, "example {:?} of {}", example.title, covers.join(", "));
    }
    out
}

/// An expression as one line that is equal for equal meanings at one place; what lints compare by.
pub(crate) fn fingerprint(expr: &Expr) -> String {
    Printer { lexicon: None }.expr(expr)
}

/// A value as it is written.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::YesNo(yes) => if *yes { "yes" } else { "no" }.into(),
        Value::Number(n) => format!("{n}"),
        Value::Percent(n) => format!("{}%", n * 100.0),
        Value::Money(n) => {
            let size = n.unsigned_abs();
            format!("{}{}.{:04}", if *n < 0 { "-" } else { "" }, size / 10_000, size % 10_000)
        }
        Value::Text(text) => format!("{text:?}"),
        Value::Date(days) => format!("day {days}"),
        Value::Time(at) => format!("time {at}"),
        Value::Duration(micros) => format!("{micros}us"),
        Value::List(items) => format!("[{}]", items.iter().map(self::value).collect::<Vec<_>>().join(", ")),
    }
}

/// A length of time as it is written.
pub(crate) fn duration(count: u32, unit: Unit) -> String {
    let unit = match unit {
        Unit::Minute => "min",
        Unit::Hour => "h",
        Unit::Day => "d",
        Unit::Week => "w",
        Unit::Month => "mo",
        Unit::Quarter => "q",
        Unit::Year => "y",
    };
    format!("{count}{unit}")
}

fn ty(lexicon: Option<&Lexicon>, of: &Ty) -> String {
    match of {
        Ty::YesNo => "yes/no".into(),
        Ty::OneOf(values) => format!("one of {values:?}"),
        Ty::List(item) => format!("list of {}", ty(lexicon, item)),
        Ty::Record(table) => {
            let name = lexicon.map_or(format!("table {}", table.0), |l| l.table(*table).name.text.clone());
            format!("-> {name}")
        }
        other => format!("{other:?}").to_lowercase(),
    }
}

fn source_filter(filter: &SourceFilter) -> String {
    let all = |parts: &[SourceFilter], word: &str| {
        format!("({})", parts.iter().map(source_filter).collect::<Vec<_>>().join(word))
    };
    match filter {
        SourceFilter::And(parts) => all(parts, " and "),
        SourceFilter::Or(parts) => all(parts, " or "),
        SourceFilter::Not(inner) => format!("not {}", source_filter(inner)),
        SourceFilter::Compare { header, op, values, .. } => {
            let values: Vec<String> = values.iter().map(value).collect();
            format!("{header:?} {} {}", op.text(), values.join(", "))
        }
        SourceFilter::Known { header, negated, .. } => {
            format!("{header:?} is {}", if *negated { "unknown" } else { "known" })
        }
        SourceFilter::Yes { header, .. } => format!("{header:?}"),
    }
}

/// A step: `3mo`, `90d`, `36h`.
fn step(step: Step) -> String {
    let mut parts = Vec::new();
    if step.months != 0 {
        parts.push(format!("{}mo", step.months));
    }
    if step.days != 0 {
        parts.push(format!("{}d", step.days));
    }
    if step.micros != 0 || parts.is_empty() {
        parts.push(format!("{}us", step.micros));
    }
    parts.join("+")
}

fn moment(at: Moment) -> String {
    match at {
        Moment::Date(day) => format!("day {day}"),
        Moment::Time(at) => format!("time {at}"),
        Moment::Ago(by) => format!("{} ago", step(by)),
        Moment::Ahead(by) => format!("in {}", step(by)),
        Moment::Today => "today".into(),
        Moment::Now => "now".into(),
    }
}

fn window(window: &Window) -> String {
    match window.kind {
        WindowKind::Within(by) => format!("within {}", step(by)),
        WindowKind::WithinNext(by) => format!("within next {}", step(by)),
        WindowKind::Period(period) => {
            let which = match period.which {
                Which::This => "this".to_string(),
                Which::Last(n) => format!("last {n}"),
                Which::Next(n) => format!("next {n}"),
            };
            let unit = period.unit.word();
            format!("within {which} {}{unit}", if period.fiscal { "fiscal " } else { "" })
        }
        WindowKind::Since(at) => format!("since {}", moment(at)),
        WindowKind::Before(at) => format!("before {}", moment(at)),
        WindowKind::Between(from, to) => format!("between {} and {}", moment(from), moment(to)),
        WindowKind::BetweenAgo(from, to) => format!("between {} and {} ago", step(from), step(to)),
        WindowKind::MoreThanAgo(by) => format!("more than {} ago", step(by)),
    }
}

/// Prints by name where the lexicon is at hand, else by number.
struct Printer<'l> {
    lexicon: Option<&'l Lexicon>,
}

impl Printer<'_> {
    fn definition(&self, kind: &DefKind, out: &mut String) {
        let because = |b: &Option<String>| b.as_ref().map(|b| format!(" because {b:?}")).unwrap_or_default();
        match kind {
            DefKind::Value(expr) => drop(writeln!(out, "    = {}", self.expr(expr))),
            DefKind::Period(period) => drop(writeln!(out, "    = {}", window(period))),
            DefKind::Term(term) => {
                for clause in &term.alternatives {
                    let _ = writeln!(out, "    when {}{}", self.expr(&clause.condition), because(&clause.because));
                }
                for clause in &term.exceptions {
                    let _ = writeln!(out, "    unless {}{}", self.expr(&clause.condition), because(&clause.because));
                }
            }
            DefKind::Choice(choice) => {
                for line in &choice.lines {
                    let condition =
                        line.condition.as_ref().map_or("otherwise".into(), |c| format!("when {}", self.expr(c)));
                    let _ = writeln!(out, "    {} {condition}{}", self.expr(&line.result), because(&line.because));
                }
            }
            DefKind::Score(score) => {
                let bound = |word: &str, e: &Option<Expr>| {
                    e.as_ref().map(|e| format!(", {word} {}", self.expr(e))).unwrap_or_default()
                };
                let half = |h: Option<i64>| h.map(|h| format!(", half-life {h}us")).unwrap_or_default();
                let _ = writeln!(
                    out,
                    "    options{}{}{}",
                    half(score.half_life),
                    bound("at most", &score.at_most),
                    bound("at least", &score.at_least)
                );
                for line in &score.lines {
                    let sign = if line.negative { '-' } else { '+' };
                    let of = match &line.kind {
                        ScoreLineKind::When(condition) => format!("when {}", self.expr(condition)),
                        ScoreLineKind::Per(records) => format!("per {}", self.records(records)),
                        ScoreLineKind::Always => "always".into(),
                    };
                    let _ = writeln!(
                        out,
                        "    {sign}{} {of}{}{}{}{}",
                        self.expr(&line.points),
                        half(line.half_life),
                        bound("at most", &line.at_most),
                        bound("at least", &line.at_least),
                        because(&line.because)
                    );
                }
            }
            DefKind::Funnel(steps) => {
                let names: Vec<String> = steps.iter().map(|d| self.def(d.0)).collect();
                let _ = writeln!(out, "    {}", names.join(" > "));
            }
            DefKind::Metric(metric) => {
                let by: Vec<String> =
                    metric.by.iter().map(|d| format!("{}: {}", d.name.text, ty(self.lexicon, &d.ty))).collect();
                let _ = writeln!(out, "    = {} by [{}]", self.expr(&metric.expr), by.join(", "));
            }
            DefKind::Error => out.push_str("    error\n"),
        }
    }

    fn def(&self, id: u32) -> String {
        match self.lexicon.and_then(|l| l.defs.get(id as usize)) {
            Some(def) => def.name.text.clone(),
            None => format!("d{id}"),
        }
    }

    fn table(&self, id: TableId) -> String {
        match self.lexicon.and_then(|l| l.tables.get(id.0 as usize)) {
            Some(table) => table.name.text.clone(),
            None => format!("t{}", id.0),
        }
    }

    fn place(&self, up: u8, path: &[FieldId]) -> String {
        let mut text = "^".repeat(usize::from(up));
        for field in path {
            let _ = write!(text, "f{}.", field.0);
        }
        text
    }

    fn list(&self, items: &[Expr], between: &str) -> String {
        items.iter().map(|i| self.expr(i)).collect::<Vec<_>>().join(between)
    }

    fn records(&self, records: &Records) -> String {
        let mut text = self.place(records.up, &records.path);
        text.push_str(&self.table(records.table));
        if let Some(term) = records.member_of {
            let _ = write!(text, "[{}]", self.def(term.0));
        }
        text.push_str(&self.relation(&records.relation));
        if let Some(own) = &records.window {
            let _ = write!(text, " {}", window(own));
        }
        if let Some(filter) = &records.filter {
            let _ = write!(text, " where {}", self.expr(filter));
        }
        text
    }

    fn relation(&self, relation: &Relation) -> String {
        let Relation::Hops(hops) = relation else { return " of all".into() };
        let mut text = String::from(" via");
        for hop in hops {
            match hop {
                Hop::Forward(field) => drop(write!(text, " ->f{}", field.0)),
                Hop::Back(table, field) => drop(write!(text, " <-{}.f{}", self.table(*table), field.0)),
            }
        }
        if hops.is_empty() {
            text.push_str(" itself");
        }
        text
    }

    fn aggregate(&self, aggregate: &Aggregate) -> String {
        let distinct = if aggregate.distinct { "distinct " } else { "" };
        let argument = aggregate.argument.as_ref().map(|a| format!("{} over ", self.expr(a))).unwrap_or_default();
        let by =
            if aggregate.by.is_empty() { String::new() } else { format!(" by {}", self.list(&aggregate.by, ", ")) };
        format!("{}({distinct}{argument}{}{by})", aggregate.function.word(), self.records(&aggregate.records))
    }

    fn get(&self, target: Target, ty: &Ty) -> String {
        match target {
            Target::Field(field) => format!("f{}", field.0),
            Target::Def(def) => self.def(def.0),
            Target::Record => match ty {
                Ty::Record(table) => format!("<{}>", self.table(*table)),
                _ => "<record>".into(),
            },
        }
    }

    fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Literal(literal) => value(literal),
            ExprKind::Now => "now".into(),
            ExprKind::Today => "today".into(),
            ExprKind::List(items) => format!("[{}]", self.list(items, ", ")),
            ExprKind::Get { up, path, target } => format!("{}{}", self.place(*up, path), self.get(*target, &expr.ty)),
            ExprKind::Call { function, args } => format!("{function:?}({})", self.list(args, ", ")),
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate),
            ExprKind::Sequence(sequence) => {
                let mut text = format!("{}({}", sequence.function.word(), self.place(sequence.up, &sequence.path));
                for (i, s) in sequence.steps.iter().enumerate() {
                    let within = s.within.map(|w| format!(" within {}", step(w))).unwrap_or_default();
                    let then = if i == 0 { "" } else { " then" };
                    let gap = if i == 0 { "" } else { " " };
                    let filter = s.filter.as_ref().map(|f| format!(" where {}", self.expr(f))).unwrap_or_default();
                    let _ = write!(
                        text,
                        "{then}{within}{gap}{}{}{filter}",
                        self.table(s.table),
                        self.relation(&s.relation)
                    );
                }
                if let Some(own) = &sequence.window {
                    let _ = write!(text, " {}", window(own));
                }
                text + ")"
            }
            ExprKind::Not(inner) => format!("not {}", self.expr(inner)),
            ExprKind::Negate(inner) => format!("-{}", self.expr(inner)),
            ExprKind::Arithmetic { op, left, right } => {
                let sign = match op {
                    crate::hir::ArithmeticOp::Add => "+",
                    crate::hir::ArithmeticOp::Subtract => "-",
                    crate::hir::ArithmeticOp::Multiply => "*",
                    crate::hir::ArithmeticOp::Divide => "/",
                };
                format!("({} {sign} {})", self.expr(left), self.expr(right))
            }
            ExprKind::Shift { time, by } => format!("shift({}, {})", self.expr(time), step(*by)),
            ExprKind::Compare { op, left, right } => {
                format!("({} {} {})", self.expr(left), op.text(), self.expr(right))
            }
            ExprKind::Matches { value, pattern } => format!("({} matches {pattern:?})", self.expr(value)),
            ExprKind::ToMoney(inner) => format!("money({})", self.expr(inner)),
            ExprKind::IsKnown { value, unknown } => {
                format!("({} is {})", self.expr(value), if *unknown { "unknown" } else { "known" })
            }
            ExprKind::And(parts) => format!("({})", self.list(parts, " and ")),
            ExprKind::Or(parts) => format!("({})", self.list(parts, " or ")),
            ExprKind::Windowed { value, window: own } => format!("({} {})", self.expr(value), window(own)),
            ExprKind::TimeTest(inner) => format!("when({})", self.expr(inner)),
            ExprKind::Was { up, path, term, at } => {
                format!("(was {}{} {})", self.place(*up, path), self.def(term.0), moment(*at))
            }
            ExprKind::Became { up, path, term } => format!("(became {}{})", self.place(*up, path), self.def(term.0)),
            ExprKind::Error => "error".into(),
        }
    }
}
