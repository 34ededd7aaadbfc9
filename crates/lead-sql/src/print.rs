//! SQL written down: a clause to a line, long conditions over several, brackets only where they are needed.

use std::borrow::Cow;

use crate::dialect::Dialect;
use crate::ir::{Cte, Item, Join, JoinKind, Relation, Select, Sql, Statement, Tight, walk};
use crate::{names, rewrite};

/// Lines are broken where they would be longer.
const WIDTH: usize = 110;

/// What stands for an operand while its cast is written.
const HOLE: &str = "\u{1}";

/// A statement, with a semicolon behind it.
pub fn statement(statement: &Statement, dialect: &dyn Dialect) -> String {
    let mut statement = Cow::Borrowed(statement);
    if !dialect.has_stars() {
        statement = Cow::Owned(rewrite::spelled_out(statement.into_owned()));
    }
    let printer = Printer { dialect, qualified: false };
    let mut out = comment(&statement.comment, 0);
    if !out.is_empty() {
        out.push('\n');
    }
    let recursive = statement.ctes.iter().any(|c| c.recursive) && dialect.says_recursive();
    for (i, cte) in statement.ctes.iter().enumerate() {
        let start = match (i, recursive) {
            (0, true) => "WITH RECURSIVE ",
            (0, false) => "WITH ",
            _ => "",
        };
        if i > 0 {
            out.push_str(",\n\n");
            out.push_str(&comment(&cte.comment, 0));
        } else if !cte.comment.is_empty() {
            out.push_str(&comment(&cte.comment, 0));
        }
        out.push_str(&format!("{start}{} AS (\n{}\n)", names::quoted(&cte.name, dialect), printer.cte(cte)));
    }
    if !statement.ctes.is_empty() {
        out.push_str("\n\n");
    }
    out.push_str(&Printer::of(&statement.body, dialect).select(&statement.body, 0));
    out.push_str(dialect.ending());
    out.push_str(";\n");
    out
}

/// The query of a step on its own, with its comment. One that is built from itself stands in a `WITH` of its own.
pub fn step(cte: &Cte, dialect: &dyn Dialect) -> String {
    if cte.recursive {
        let from = Some((Relation::Query(cte.name.clone()), cte.name.clone()));
        let body = Select { items: vec![Item::All(cte.name.clone())], from, ..Select::default() };
        return statement(&Statement { comment: Vec::new(), ctes: vec![cte.clone()], body }, dialect);
    }
    let parts: Vec<String> = cte.selects.iter().map(|s| Printer::of(s, dialect).select(s, 0)).collect();
    comment(&cte.comment, 0) + &parts.join("\nUNION ALL\n") + dialect.ending() + ";\n"
}

/// Lines of a comment. A line break of any kind in one begins another.
fn comment(lines: &[String], indent: usize) -> String {
    let pad = " ".repeat(indent);
    let breaks = |c: char| matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    lines
        .iter()
        .flat_map(|l| l.split(breaks))
        .map(|l| {
            let text: String = l.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            format!("{pad}-- {}", text.trim_end()).trim_end().to_owned() + "\n"
        })
        .collect()
}

struct Printer<'d> {
    dialect: &'d dyn Dialect,
    /// Whether columns bear the names of their relations.
    qualified: bool,
}

impl Printer<'_> {
    fn of<'d>(select: &Select, dialect: &'d dyn Dialect) -> Printer<'d> {
        // What a query inside asks of the rows outside bears their name.
        let inside = select.filter.iter().any(|f| matches!(f, Sql::Exists(_)));
        Printer { dialect, qualified: !select.joins.is_empty() || inside }
    }

    fn cte(&self, cte: &Cte) -> String {
        let parts: Vec<String> = cte.selects.iter().map(|s| Printer::of(s, self.dialect).select(s, 4)).collect();
        let union = if cte.recursive && self.dialect.recursive_union_is_distinct() { "UNION" } else { "UNION ALL" };
        parts.join(&format!("\n    {union}\n"))
    }

    fn name(&self, name: &str) -> String {
        names::quoted(name, self.dialect)
    }

    fn relation(&self, relation: &Relation, alias: &str) -> String {
        let (text, last) = match relation {
            Relation::Table(parts) => {
                let quoted: Vec<String> = parts.iter().map(|p| self.name(p)).collect();
                (quoted.join("."), parts.last().map(String::as_str))
            }
            Relation::Query(name) => (self.name(name), Some(name.as_str())),
        };
        let alias = if self.qualified { self.dialect.alias(alias) } else { alias.to_owned() };
        if last == Some(&alias) { text } else { format!("{text} AS {}", self.name(&alias)) }
    }

    fn select(&self, select: &Select, indent: usize) -> String {
        let pad = " ".repeat(indent);
        let word = if select.distinct { "SELECT DISTINCT" } else { "SELECT" };
        let items: Vec<String> = select.items.iter().map(|i| self.item(i, indent + 4)).collect();
        let commented = select.items.iter().any(|i| matches!(i, Item::Value { comment, .. } if !comment.is_empty()));
        let flat = items.iter().map(|i| i.trim_start()).collect::<Vec<_>>().join(", ");
        let one_line = !commented && !flat.contains('\n') && indent + word.len() + 1 + flat.len() <= WIDTH;
        let mut out =
            if one_line { format!("{pad}{word} {flat}") } else { format!("{pad}{word}\n{}", items.join(",\n")) };
        if let Some((relation, alias)) = &select.from {
            out.push_str(&format!("\n{pad}FROM {}", self.relation(relation, alias)));
        }
        for Join { kind, relation, alias, on } in &select.joins {
            let word = match kind {
                JoinKind::Inner => "JOIN",
                JoinKind::Left => "LEFT JOIN",
                JoinKind::Full => "FULL JOIN",
                JoinKind::Cross => {
                    out.push_str(&format!("\n{pad}CROSS JOIN {}", self.relation(relation, alias)));
                    continue;
                }
            };
            let relation = self.relation(relation, alias);
            let flat = self.flat(on, Tight::Any);
            let on = match indent + word.len() + relation.len() + flat.len() + 5 <= WIDTH + 20 {
                true => format!(" ON {flat}"),
                false => format!("\n{pad}    ON {}", self.expr(on, Tight::Any, indent + 4)),
            };
            out.push_str(&format!("\n{pad}{word} {relation}{on}"));
        }
        if !select.filter.is_empty() {
            let all = Sql::and(select.filter.clone());
            out.push_str(&format!("\n{pad}WHERE {}", self.expr(&all, Tight::Any, indent + 2)));
        }
        for (word, list) in [("GROUP BY", &select.group), ("ORDER BY", &select.order)] {
            if !list.is_empty() {
                let texts: Vec<String> = list.iter().map(|e| self.expr(e, Tight::Any, indent + 4)).collect();
                out.push_str(&format!("\n{pad}{word} {}", texts.join(", ")));
            }
        }
        out
    }

    fn item(&self, item: &Item, indent: usize) -> String {
        let pad = " ".repeat(indent);
        match item {
            Item::All(of) if self.qualified => format!("{pad}{}.*", self.name(&self.dialect.alias(of))),
            Item::All(_) => format!("{pad}*"),
            Item::Value { value, name, comment: said } => {
                let text = self.expr(value, Tight::Any, indent);
                // Beside other relations, a name of the engine's own making may not be that of the column.
                let kept = |of: &String| !self.qualified || self.dialect.alias(of) == *of;
                let named = matches!(value, Sql::Column { of, name: own } if own == name && kept(of));
                let said = comment(said, indent);
                if named { format!("{said}{pad}{text}") } else { format!("{said}{pad}{text} AS {}", self.name(name)) }
            }
        }
    }

    /// An expression, in brackets if it is looser than `need`. `indent`: where its first line stands.
    fn expr(&self, sql: &Sql, need: Tight, indent: usize) -> String {
        self.expr_beside(sql, need, indent, 0)
    }

    /// Likewise; `more`: how much else stands on its line.
    fn expr_beside(&self, sql: &Sql, need: Tight, indent: usize, more: usize) -> String {
        let flat = self.flat(sql, need);
        if indent + more + flat.len() <= WIDTH && !flat.contains('\n') {
            return flat;
        }
        self.broken(sql, need, indent, more).unwrap_or(flat)
    }

    /// An expression over several lines, if it has places for that. `more`: how much else stands on its first line.
    fn broken(&self, sql: &Sql, need: Tight, indent: usize, more: usize) -> Option<String> {
        let pad = " ".repeat(indent);
        let (text, tight) = match sql {
            Sql::Named(_, value) => return self.broken(value, need, indent, more),
            Sql::Infix(tight, op, parts) if matches!(tight, Tight::And | Tight::Or) => {
                let inner = next(*tight);
                let bracket = *tight < need;
                let at = if bracket { indent + 4 } else { indent };
                let here = " ".repeat(at);
                let lines: Vec<String> = parts.iter().map(|p| self.expr(p, inner, at + 4)).collect();
                let all = lines.join(&format!("\n{here}{op} "));
                return Some(if bracket { format!("(\n{here}{all}\n{pad})") } else { all });
            }
            Sql::Template(tight, inner, text, args) if text.contains('\n') => {
                let breaks = [&*format!("\n{pad}    "), &*format!("\n{pad}")];
                (self.template(*inner, text, args, breaks, Some(indent + 4)), *tight)
            }
            Sql::Template(Tight::Atom, inner, text, args) if args.len() == 1 && text.ends_with(')') => {
                let (open, close) = text.split_once("{}")?;
                (self.around([open, close], &args[0], *inner, indent, more), Tight::Atom)
            }
            Sql::Template(tight, inner, text, args) if !args.is_empty() => {
                (self.template(*inner, text, args, [" ", " "], Some(indent + 4)), *tight)
            }
            Sql::Cast(value, ty) => {
                let cast = self.dialect.cast(HOLE, *ty);
                let (open, close) = cast.split_once(HOLE)?;
                (self.around([open, close], value, Tight::Any, indent, more), Tight::Atom)
            }
            Sql::Case(arms, otherwise) => {
                let mut out = String::from("CASE");
                for (condition, value) in arms {
                    let when = self.expr(condition, Tight::Any, indent + 8);
                    let flat = self.flat(value, Tight::Any);
                    let fits = indent + last_line(&when) + flat.len() + 16 <= WIDTH && !flat.contains('\n');
                    let (gap, then) = match fits {
                        true => (" ".to_owned(), flat),
                        false => (format!("\n{pad}        "), self.expr(value, Tight::Any, indent + 12)),
                    };
                    out.push_str(&format!("\n{pad}    WHEN {when}{gap}THEN {then}"));
                }
                if let Some(value) = otherwise {
                    out.push_str(&format!("\n{pad}    ELSE {}", self.expr(value, Tight::Any, indent + 8)));
                }
                (out + &format!("\n{pad}END"), Tight::Atom)
            }
            Sql::Infix(tight, ..) => {
                let (first, rest) = chain(sql);
                let mut out = self.expr(first, next(*tight), indent);
                for (op, part) in rest {
                    let part = self.expr(part, next(*tight), indent + 4);
                    out.push_str(&format!("\n{pad}    {op} {part}"));
                }
                (out, *tight)
            }
            Sql::Filtered(call, conditions) => {
                let all = Sql::and(conditions.clone());
                if !self.dialect.has_filter() {
                    return self.broken(&conditional(call, &all), need, indent, more);
                }
                let call = self.expr_beside(call, Tight::Atom, indent, 10);
                let flat = self.flat(&all, Tight::Any);
                let condition = if call.contains('\n') && indent + flat.len() + 20 <= WIDTH {
                    format!("WHERE {flat}")
                } else {
                    format!("\n{pad}    WHERE {}\n{pad}", self.expr(&all, Tight::Any, indent + 8))
                };
                (format!("{call} FILTER ({condition})"), Tight::Atom)
            }
            Sql::Call(name, args) => match args.as_slice() {
                [one] => (self.around([&format!("{name}("), ")"], one, Tight::Any, indent, more), Tight::Atom),
                args => {
                    let here = " ".repeat(indent + 4);
                    let lines: Vec<String> =
                        args.iter().map(|a| format!("{here}{}", self.expr(a, Tight::Any, indent + 4))).collect();
                    (format!("{name}(\n{}\n{pad})", lines.join(",\n")), Tight::Atom)
                }
            },
            Sql::Not(inner) => (format!("NOT {}", self.expr(inner, next(Tight::Not), indent)), Tight::Not),
            Sql::IsNull(inner, negated) => {
                let word = if *negated { "IS NOT NULL" } else { "IS NULL" };
                (format!("{} {word}", self.expr(inner, next(Tight::Compare), indent)), Tight::Compare)
            }
            Sql::In(value, list) => {
                let value = self.expr(value, next(Tight::Compare), indent);
                let texts: Vec<String> = list.iter().map(|l| self.flat(l, Tight::Any)).collect();
                (format!("{value} IN (\n{}\n{pad})", filled(&texts, indent + 4)), Tight::Compare)
            }
            Sql::Exists(select) => {
                let printer = Printer { dialect: self.dialect, qualified: self.names_several(select) };
                (format!("EXISTS (\n{}\n{pad})", printer.select(select, indent + 4)), Tight::Atom)
            }
            _ => return None,
        };
        Some(if tight < need { format!("({text})") } else { text })
    }

    /// An operand between two texts: what is a call itself stands right behind the first, anything else on lines of its own.
    fn around(&self, texts: [&str; 2], value: &Sql, need: Tight, indent: usize, more: usize) -> String {
        let [open, close] = texts;
        let mut plain = value;
        while let Sql::Named(_, inner) = plain {
            plain = inner;
        }
        if matches!(plain, Sql::Call(..) | Sql::Cast(..) | Sql::Filtered(..) | Sql::Template(Tight::Atom, ..)) {
            return format!("{open}{}{close}", self.expr_beside(value, need, indent, more + open.len() + close.len()));
        }
        let pad = " ".repeat(indent);
        let inner = self.expr_beside(value, need, indent + 4, close.len());
        let close = close.strip_suffix(')').unwrap_or(close);
        format!("{open}\n{pad}    {inner}{close}\n{pad})")
    }

    fn flat(&self, sql: &Sql, need: Tight) -> String {
        let (text, tight) = self.text(sql);
        if tight < need { format!("({text})") } else { text }
    }

    fn text(&self, sql: &Sql) -> (String, Tight) {
        let any = |s: &Sql| self.flat(s, Tight::Any);
        let text = match sql {
            Sql::Column { of, name } if self.qualified && !of.is_empty() => {
                format!("{}.{}", self.name(&self.dialect.alias(of)), self.name(name))
            }
            Sql::Column { name, .. } => self.name(name),
            Sql::Named(_, value) => return self.text(value),
            Sql::Null => "NULL".to_owned(),
            Sql::Bool(true) => "TRUE".to_owned(),
            Sql::Bool(false) => "FALSE".to_owned(),
            Sql::Int(n) if i64::try_from(*n).is_err() => self.dialect.long(*n),
            Sql::Int(n) if *n < 0 => return (n.to_string(), Tight::Sign),
            Sql::Int(n) => n.to_string(),
            Sql::Number(n) => return (number(*n), if *n < 0.0 { Tight::Sign } else { Tight::Atom }),
            Sql::Double(n) => self.dialect.double(*n),
            Sql::Money(m) => return (self.dialect.money(*m), if *m < 0 { Tight::Sign } else { Tight::Atom }),
            Sql::Text(t) => self.dialect.text(t),
            Sql::Date(d) => self.dialect.date(*d),
            Sql::Time(t) => self.dialect.time(*t),
            Sql::Call(name, args) => {
                let args: Vec<String> = args.iter().map(any).collect();
                format!("{name}({})", args.join(", "))
            }
            Sql::Infix(tight, ..) => {
                let (first, rest) = chain(sql);
                let mut out = self.flat(first, next(*tight));
                for (op, part) in rest {
                    out.push_str(&format!(" {op} {}", self.flat(part, next(*tight))));
                }
                return (out, *tight);
            }
            Sql::Not(inner) => return (format!("NOT {}", self.flat(inner, next(Tight::Not))), Tight::Not),
            Sql::IsNull(inner, negated) => {
                let word = if *negated { "IS NOT NULL" } else { "IS NULL" };
                return (format!("{} {word}", self.flat(inner, next(Tight::Compare))), Tight::Compare);
            }
            Sql::In(value, list) => {
                let list: Vec<String> = list.iter().map(any).collect();
                let value = self.flat(value, next(Tight::Compare));
                return (format!("{value} IN ({})", list.join(", ")), Tight::Compare);
            }
            Sql::Case(arms, otherwise) => {
                let arms: String = arms.iter().map(|(c, v)| format!(" WHEN {} THEN {}", any(c), any(v))).collect();
                let otherwise = otherwise.as_ref().map(|v| format!(" ELSE {}", any(v))).unwrap_or_default();
                format!("CASE{arms}{otherwise} END")
            }
            Sql::Cast(inner, ty) => return (self.dialect.cast(&any(inner), *ty), Tight::Atom),
            Sql::Template(tight, inner, text, args) => {
                return (self.template(*inner, text, args, [" ", " "], None), *tight);
            }
            Sql::Filtered(call, conditions) => {
                let all = Sql::and(conditions.clone());
                if self.dialect.has_filter() {
                    format!("{} FILTER (WHERE {})", self.flat(call, Tight::Atom), any(&all))
                } else {
                    self.flat(&conditional(call, &all), Tight::Atom)
                }
            }
            Sql::Exists(select) => format!("EXISTS ({})", self.inner(select)),
        };
        (text, Tight::Atom)
    }

    /// A text of a dialect with its operands. Between two parts that may stand on lines of their own it has a line feed, and before a last
    /// one a carriage return; what is written there is given. `indent`: where operands that are broken stand.
    fn template(&self, inner: Tight, text: &str, args: &[Sql], breaks: [&str; 2], indent: Option<usize>) -> String {
        let own = |part: &str| match indent {
            Some(_) => part.replace('\n', breaks[0]).replace('\r', breaks[1]),
            None => part.replace("(\n", "(").replace("\r)", ")").replace('\n', breaks[0]).replace('\r', breaks[1]),
        };
        let mut args = args.iter();
        let mut parts = text.split("{}");
        let mut out = own(parts.next().unwrap_or_default());
        for part in parts {
            if let Some(arg) = args.next() {
                out.push_str(&match indent {
                    Some(indent) => self.expr(arg, inner, indent),
                    None => self.flat(arg, inner),
                });
            }
            out.push_str(&own(part));
        }
        out
    }

    /// Whether columns inside of a select that stands in an expression need the names of their relations.
    fn names_several(&self, select: &Select) -> bool {
        self.qualified || select.filter.iter().any(|f| several(f, &mut None))
    }

    /// A select inside an expression, on one line.
    fn inner(&self, select: &Select) -> String {
        let printer = Printer { dialect: self.dialect, qualified: self.names_several(select) };
        printer.select(select, 0).lines().map(str::trim_start).collect::<Vec<_>>().join(" ")
    }
}

/// What operators of one rank stand between, from the left: `a + b - c` needs no brackets.
fn chain(sql: &Sql) -> (&Sql, Vec<(&'static str, &Sql)>) {
    let Sql::Infix(tight, op, parts) = sql else { return (sql, Vec::new()) };
    let Some((left, others)) = parts.split_first() else { return (sql, Vec::new()) };
    let alike = |other: &str| {
        [["+", "-"], ["*", "/"]].iter().any(|ops| ops.contains(op) && ops.contains(&other))
            || (*op == "||" && other == "||")
    };
    let (first, mut rest) = match left {
        Sql::Infix(own, other, _) if own == tight && alike(other) => chain(left),
        left => (left, Vec::new()),
    };
    rest.extend(others.iter().map(|p| (*op, p)));
    (first, rest)
}

/// How long the last line of a text is.
fn last_line(text: &str) -> usize {
    text.rsplit('\n').next().map_or(0, str::len)
}

/// Texts with commas between them, as many to a line as it holds.
fn filled(texts: &[String], indent: usize) -> String {
    let pad = " ".repeat(indent);
    let mut out = pad.clone();
    let mut long = indent;
    for (i, text) in texts.iter().enumerate() {
        let comma = if i + 1 < texts.len() { "," } else { "" };
        if i > 0 && long + text.len() + 2 > WIDTH {
            out.push_str(&format!("\n{pad}"));
            long = indent;
        } else if i > 0 {
            out.push(' ');
        }
        out.push_str(&format!("{text}{comma}"));
        long += text.len() + 2;
    }
    out
}

/// Whether an expression names columns of more than one relation.
fn several(sql: &Sql, seen: &mut Option<String>) -> bool {
    let mut many = false;
    walk(sql, &mut |s| {
        if let Sql::Column { of, .. } = s {
            match seen {
                Some(before) => many |= before != of,
                None => *seen = Some(of.clone()),
            }
        }
    });
    many
}

/// An aggregate over some rows where the dialect has no `FILTER`: what does not count is NULL, which aggregates skip.
fn conditional(call: &Sql, condition: &Sql) -> Sql {
    let only = |value: Sql| Sql::when(condition.clone(), value, None);
    match call {
        Sql::Call(name, args) if args.is_empty() || name == "count(*)" => Sql::call("count", [only(Sql::Int(1))]),
        Sql::Call(name, args) => {
            let mut args = args.clone();
            if let Some(first) = args.first_mut() {
                *first = only(first.clone());
            }
            Sql::Call(name.clone(), args)
        }
        Sql::Template(tight, inner, text, args) => {
            if text == "count(*)" {
                return Sql::call("count", [only(Sql::Int(1))]);
            }
            let mut args = args.clone();
            if let Some(first) = args.first_mut() {
                *first = only(first.clone());
            }
            Sql::Template(*tight, *inner, text.clone(), args)
        }
        other => other.clone(),
    }
}

/// The next tighter: what operands of an operator must be.
fn next(tight: Tight) -> Tight {
    match tight {
        Tight::Any => Tight::Or,
        Tight::Or => Tight::And,
        Tight::And => Tight::Not,
        Tight::Not => Tight::Compare,
        Tight::Compare => Tight::Add,
        Tight::Add => Tight::Multiply,
        Tight::Multiply => Tight::Sign,
        Tight::Sign | Tight::Atom => Tight::Atom,
    }
}

/// A number in digits.
pub fn number(n: f64) -> String {
    let text = format!("{n}");
    if text.len() > 20 { format!("{n:e}") } else { text }
}

/// Money in digits.
pub fn money(m: i64) -> String {
    let size = m.unsigned_abs();
    let sign = if m < 0 { "-" } else { "" };
    let places = format!("{:04}", size % 10_000);
    match places.trim_end_matches('0') {
        "" => format!("{sign}{}", size / 10_000),
        places => format!("{sign}{}.{places}", size / 10_000),
    }
}
