//! Expressions of the reference interpreter, asked of the records in scope.

use jiff::civil::Date;
use lead_syntax::ast::{self, Expr, ExprKind, LiteralKind, Path, fold_name};

use super::calendar::exact_length;
use super::scope::{Kind, Member};
use super::value::{RefValue, divide_half_away, fold};
use super::{Env, Reference};

/// Kleene `and`.
pub fn kleene_and(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let parts: Vec<Option<bool>> = parts.collect();
    if parts.contains(&Some(false)) {
        Some(false)
    } else if parts.contains(&None) {
        None
    } else {
        Some(true)
    }
}

/// Kleene `or`.
pub fn kleene_or(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    kleene_and(parts.map(|p| p.map(|b| !b))).map(|b| !b)
}

impl Reference {
    /// Whether a condition holds. A moment that stands here is tested against the window in force (D30).
    pub fn condition(&self, expr: &Expr, env: &Env) -> Option<bool> {
        match &expr.kind {
            ExprKind::Paren(inner) => return self.condition(inner, env),
            ExprKind::Not(inner) => return self.condition(inner, env).map(|b| !b),
            ExprKind::And(parts) => return kleene_and(parts.iter().map(|p| self.condition(p, env))),
            ExprKind::Or(parts) => return kleene_or(parts.iter().map(|p| self.condition(p, env))),
            ExprKind::Windowed { value, window } => {
                return self.condition(value, &env.windowed(Some(self.span(window, env))));
            }
            _ => {}
        }
        if self.kind(expr, &env.tables(), env.collected.as_deref()) == Kind::Moment {
            let window = env.window.unwrap_or_else(|| panic!("a time where a condition is wanted, and no window"));
            let time = match self.value(expr, &env.windowed(None)) {
                RefValue::Time(t) => t,
                RefValue::Date(d) => self.calendar.start_of(d),
                _ => return None,
            };
            return Some(window.holds(time));
        }
        match self.value(expr, env) {
            RefValue::YesNo(b) => Some(b),
            RefValue::Unknown => None,
            other => panic!("no condition: {other:?} of {expr:?}"),
        }
    }

    /// The value of an expression.
    pub fn value(&self, expr: &Expr, env: &Env) -> RefValue {
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal),
            ExprKind::Now => RefValue::Time(env.as_of),
            ExprKind::Today => RefValue::Date(self.calendar.day_of(env.as_of)),
            ExprKind::List(items) => RefValue::List(items.iter().map(|i| self.value(i, env)).collect()),
            ExprKind::Paren(inner) => self.value(inner, env),
            ExprKind::Path(path) => self.path(path, env),
            ExprKind::Call { function, args } => {
                let args: Vec<RefValue> = args.iter().map(|a| self.value(a, env)).collect();
                self.call(&function.key(), &args)
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate, env),
            ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => RefValue::logic(self.condition(expr, env)),
            ExprKind::Windowed { value, window } => {
                let env = env.windowed(Some(self.span(window, env)));
                if self.kind(value, &env.tables(), env.collected.as_deref()) == Kind::Moment {
                    RefValue::logic(self.condition(value, &env))
                } else {
                    self.value(value, &env)
                }
            }
            ExprKind::Negate(inner) => match self.value(inner, env) {
                RefValue::Number(x) => RefValue::Number(-x),
                RefValue::Money(m) => RefValue::Money(-m),
                RefValue::Duration(d) => RefValue::Duration(-d),
                RefValue::Unknown => RefValue::Unknown,
                other => panic!("no sign: {other:?}"),
            },
            ExprKind::Arithmetic { op, left, right, .. } => {
                self.arithmetic(*op, left, right, self.value(left, env), self.value(right, env))
            }
            ExprKind::Compare { op, left, right, .. } => {
                RefValue::logic(self.compare(*op, left, right, self.value(left, env), self.value(right, env)))
            }
            ExprKind::Between { value, low, high } => {
                let v = self.value(value, env);
                let (l, h) = (self.value(low, env), self.value(high, env));
                let at_least = self.compare(ast::CompareOp::GreaterEqual, value, low, v.clone(), l);
                let at_most = self.compare(ast::CompareOp::LessEqual, value, high, v, h);
                RefValue::logic(kleene_and([at_least, at_most].into_iter()))
            }
            ExprKind::IsKnown { value, unknown } => RefValue::YesNo(self.value(value, env).is_unknown() == *unknown),
            ExprKind::IsTerm { record, negated, term } => match self.value(record, env) {
                RefValue::Record(table, row) => match self.term_of(table, row, &term.key(), env.as_of) {
                    RefValue::YesNo(b) => RefValue::YesNo(b != *negated),
                    _ => RefValue::Unknown,
                },
                _ => RefValue::Unknown,
            },
            ExprKind::Was { term, at } => {
                let as_of = self.moved(at, env);
                self.term_at(term, env, as_of)
            }
            ExprKind::Became { term } => {
                let window = env.window.unwrap_or_else(|| panic!("`became` without a window"));
                assert!(window.started, "`became` in a window without a start");
                let logic = |v: RefValue| match v {
                    RefValue::YesNo(b) => Some(b),
                    _ => None,
                };
                let now = logic(self.term_at(term, env, window.last.min(env.as_of)));
                let then = logic(self.term_at(term, env, window.before));
                RefValue::logic(kleene_and([now, then.map(|b| !b)].into_iter()))
            }
            ExprKind::Period(_) => panic!("a period is no value"),
            ExprKind::Error => panic!("an expression that could not be read"),
        }
    }

    /// A value written out.
    pub fn literal(&self, literal: &LiteralKind) -> RefValue {
        let day = |(y, m, d): (i16, i8, i8)| Date::new(y, m, d).expect("a day of the calendar");
        match literal {
            LiteralKind::Number(digits) => RefValue::Number(digits.parse().expect("digits")),
            LiteralKind::Percent(digits) => RefValue::Number(digits.parse::<f64>().expect("digits") / 100.0),
            LiteralKind::Text(text) => RefValue::Text(text.clone()),
            LiteralKind::YesNo(b) => RefValue::YesNo(*b),
            LiteralKind::Duration(n, unit) => RefValue::Duration(exact_length(*n, *unit)),
            LiteralKind::Date(y, m, d) => RefValue::Date(day((*y, *m, *d))),
            LiteralKind::Time(date, seconds, offset) => {
                let local = day(*date).at(0, 0, 0, 0) + jiff::Span::new().seconds(i64::from(*seconds));
                RefValue::Time(match offset {
                    None => self.calendar.moment(local),
                    Some(offset) => {
                        let zone =
                            jiff::tz::TimeZone::fixed(jiff::tz::Offset::from_seconds(*offset).expect("an offset"));
                        zone.to_timestamp(local).expect("a time in range").as_microsecond()
                    }
                })
            }
        }
    }

    /// A member of a record.
    fn member_value(&self, table: usize, row: usize, member: Member, env: &Env) -> RefValue {
        match member {
            Member::Itself => RefValue::Record(table, row),
            Member::Field(f) => self.rows[table][row][f].clone(),
            Member::Def(d) => self.answer_of(d, row, env.as_of, env.window),
        }
    }

    /// The record and member that the first name of a path stands for.
    fn first_name(&self, key: &str, env: &Env) -> Option<(usize, usize, Member)> {
        let found = self.find(&env.tables(), key).unwrap_or_else(|| panic!("nothing is called `{key}`"));
        let (table, row) = env.records[env.records.len() - 1 - found.up];
        match found.on_subject {
            None => Some((table, row, found.member)),
            Some(of) => match self.rows[table][row][of] {
                RefValue::Record(t, r) => Some((t, r, found.member)),
                _ => None,
            },
        }
    }

    /// A path: unknown as soon as a reference on it is (D14).
    fn path(&self, path: &Path, env: &Env) -> RefValue {
        if self.is_constant_path(path, &env.tables(), env.collected.as_deref()) {
            return self.constant(&path.names[0].key()).map_or(RefValue::Unknown, |e| self.value(e, env));
        }
        let names: Vec<String> = path.names.iter().map(|n| n.key()).collect();
        let (mut at, rest) = match &env.collected {
            Some(prefix) if names.starts_with(prefix) => {
                let (t, r) = *env.records.last().expect("a record of the collection");
                (RefValue::Record(t, r), &names[prefix.len()..])
            }
            _ => match self.first_name(&names[0], env) {
                Some((t, r, member)) => (self.member_value(t, r, member, env), &names[1..]),
                None => return RefValue::Unknown,
            },
        };
        for name in rest {
            let RefValue::Record(t, r) = at else { return RefValue::Unknown };
            let member = self.member(t, name).unwrap_or_else(|| panic!("no `{name}` here"));
            at = self.member_value(t, r, member, env);
        }
        at
    }

    /// A term asked of a record; a term is whole, so no window goes with it.
    fn term_of(&self, table: usize, row: usize, key: &str, as_of: i64) -> RefValue {
        match self.member(table, key) {
            Some(Member::Def(d)) => self.answer_of(d, row, as_of, None),
            _ => panic!("no term `{key}` here"),
        }
    }

    /// The term at the end of a path, at another as-of time.
    fn term_at(&self, path: &Path, env: &Env, as_of: i64) -> RefValue {
        let (term, before) = path.names.split_last().expect("a path has a name");
        if before.is_empty() {
            return match self.first_name(&term.key(), env) {
                Some((t, r, _)) => self.term_of(t, r, &term.key(), as_of),
                None => RefValue::Unknown,
            };
        }
        match self.path(&Path { names: before.to_vec(), span: path.span }, env) {
            RefValue::Record(t, r) => self.term_of(t, r, &term.key(), as_of),
            _ => RefValue::Unknown,
        }
    }

    /// The functions of D26.
    fn call(&self, function: &str, args: &[RefValue]) -> RefValue {
        let arg = &args[0];
        if arg.is_unknown() {
            return RefValue::Unknown;
        }
        let day = || match arg {
            RefValue::Time(t) => self.calendar.day_of(*t),
            RefValue::Date(d) => *d,
            other => panic!("no day: {other:?}"),
        };
        match (fold_name(function).as_str(), arg) {
            ("day", _) => RefValue::Date(day()),
            ("week", _) => {
                let week = day().iso_week_date();
                RefValue::Text(format!("{:04}-W{:02}", week.year(), week.week()))
            }
            ("month", _) => RefValue::Text(format!("{:04}-{:02}", day().year(), day().month())),
            ("quarter", _) => RefValue::Text(format!("{:04}-Q{}", day().year(), (day().month() - 1) / 3 + 1)),
            ("year", _) => RefValue::Number(f64::from(day().year())),
            ("fiscal quarter", _) => {
                let (year, quarter) = (self.calendar.fiscal_year(day()), self.calendar.fiscal_quarter(day()));
                RefValue::Text(format!("FY{year:04}-Q{quarter}"))
            }
            ("fiscal year", _) => RefValue::Number(f64::from(self.calendar.fiscal_year(day()))),
            ("hours", RefValue::Duration(d)) => RefValue::Number(*d as f64 / 3_600_000_000.0),
            ("days", RefValue::Duration(d)) => RefValue::Number(*d as f64 / 86_400_000_000.0),
            ("round", RefValue::Money(m)) => RefValue::Money(divide_half_away((*m).into(), 10_000) as i64 * 10_000),
            ("round", RefValue::Number(x)) => RefValue::Number(x.round()),
            ("abs", RefValue::Number(x)) => RefValue::Number(x.abs()),
            ("abs", RefValue::Money(m)) => RefValue::Money(m.abs()),
            ("abs", RefValue::Duration(d)) => RefValue::Duration(d.abs()),
            ("length", RefValue::Text(t) | RefValue::Key(t)) => RefValue::Number(t.chars().count() as f64),
            ("length", RefValue::List(items)) => RefValue::Number(items.len() as f64),
            ("lower", RefValue::Text(t)) => RefValue::Text(t.chars().flat_map(char::to_lowercase).collect()),
            (name, other) => panic!("no function `{name}` of {other:?}"),
        }
    }

    /// Whether two texts are one (D16).
    pub fn same_text(a: &str, b: &str) -> bool {
        fold(a) == fold(b)
    }
}
