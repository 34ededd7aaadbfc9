//! SQL as values: expressions, selects, statements. What the compiler makes and [`crate::print`] writes down.

use std::collections::HashMap;

/// How tightly an expression holds together; brackets are set where a looser one stands inside a tighter one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tight {
    /// Anything, as between brackets.
    Any,
    /// `OR`
    Or,
    /// `AND`
    And,
    /// `NOT`
    Not,
    /// Comparisons, `IS`, `IN`.
    Compare,
    /// `+ -` and text put together.
    Add,
    /// `* /`
    Multiply,
    /// A sign, `AT TIME ZONE`.
    Sign,
    /// Names, literals, calls.
    Atom,
}

/// Types that values have on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Yes or no.
    Bool,
    /// 64 bits, whole.
    Int,
    /// 128 bits or more, whole.
    Huge,
    /// 64-bit float.
    Double,
    /// Decimal with four places, 19 digits.
    Money,
    /// Text.
    Text,
    /// A day.
    Date,
    /// A time without a zone, in UTC, to the microsecond.
    Time,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Sql {
    /// A column; the relation is written only where several are at hand.
    Column {
        /// Name of the relation.
        of: String,
        /// Name of the column.
        name: String,
    },
    /// Unknown.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A number that is compared with.
    Number(f64),
    /// A number that is reckoned with: a 64-bit float.
    Double(f64),
    /// Ten-thousandths.
    Money(i64),
    /// A text.
    Text(String),
    /// Days since 1970.
    Date(i32),
    /// Microseconds since 1970 UTC.
    Time(i64),
    /// A function.
    Call(String, Vec<Sql>),
    /// Operands with an operator between them.
    Infix(Tight, &'static str, Vec<Sql>),
    /// `NOT`
    Not(Box<Sql>),
    /// `IS NULL`, or `IS NOT NULL` if negated.
    IsNull(Box<Sql>, bool),
    /// `IN`
    In(Box<Sql>, Vec<Sql>),
    /// `CASE`
    Case(Vec<(Sql, Sql)>, Option<Box<Sql>>),
    /// `CAST`
    Cast(Box<Sql>, Type),
    /// Text of the dialect with `{}` for operands: how tight it is, and how tight operands must be.
    Template(Tight, Tight, String, Vec<Sql>),
    /// An aggregate over the rows where all conditions are yes.
    Filtered(Box<Sql>, Vec<Sql>),
    /// Whether a query has a row.
    Exists(Box<Select>),
    /// A value with a name, which has a column of its own where a query asks for it more than once.
    Named(String, Box<Sql>),
}

impl Sql {
    /// A column.
    pub fn column(of: &str, name: &str) -> Sql {
        Sql::Column { of: of.to_owned(), name: name.to_owned() }
    }

    /// A function.
    pub fn call(name: &str, args: impl IntoIterator<Item = Sql>) -> Sql {
        Sql::Call(name.to_owned(), args.into_iter().collect())
    }

    /// A comparison.
    pub fn compare(left: Sql, op: &'static str, right: Sql) -> Sql {
        Sql::Infix(Tight::Compare, op, vec![left, right])
    }

    /// All of them; nothing is yes.
    pub fn and(mut parts: Vec<Sql>) -> Sql {
        match parts.len() {
            0 => Sql::Bool(true),
            1 => parts.swap_remove(0),
            _ => Sql::Infix(Tight::And, "AND", parts),
        }
    }

    /// One of them; nothing is no.
    pub fn or(mut parts: Vec<Sql>) -> Sql {
        match parts.len() {
            0 => Sql::Bool(false),
            1 => parts.swap_remove(0),
            _ => Sql::Infix(Tight::Or, "OR", parts),
        }
    }

    /// `+`
    pub fn plus(self, other: Sql) -> Sql {
        Sql::Infix(Tight::Add, "+", vec![self, other])
    }

    /// `-`
    pub fn minus(self, other: Sql) -> Sql {
        Sql::Infix(Tight::Add, "-", vec![self, other])
    }

    /// `*`
    pub fn times(self, other: Sql) -> Sql {
        Sql::Infix(Tight::Multiply, "*", vec![self, other])
    }

    /// `/`
    pub fn over(self, other: Sql) -> Sql {
        Sql::Infix(Tight::Multiply, "/", vec![self, other])
    }

    /// `CAST`; what is cast to that type already stays as it is.
    pub fn cast(self, ty: Type) -> Sql {
        match self {
            Sql::Cast(_, own) if own == ty => self,
            other => Sql::Cast(Box::new(other), ty),
        }
    }

    /// Under a name. What is no more than a column or a literal has no need of one.
    pub fn named(self, name: String) -> Sql {
        let mut parts = 0;
        walk(&self, &mut |_| parts += 1);
        if parts < 4 { self } else { Sql::Named(name, Box::new(self)) }
    }

    /// With some parts replaced: those for which `f` has another. Inside of what was replaced, and of selects, nothing is looked at.
    pub fn replaced(self, f: &mut dyn FnMut(&Sql) -> Option<Sql>) -> Sql {
        if let Some(other) = f(&self) {
            return other;
        }
        match self {
            Sql::Call(name, args) => Sql::Call(name, all_replaced(args, f)),
            Sql::Infix(tight, op, parts) => Sql::Infix(tight, op, all_replaced(parts, f)),
            Sql::Template(tight, inner, text, args) => Sql::Template(tight, inner, text, all_replaced(args, f)),
            Sql::Not(inner) => Sql::Not(Box::new(inner.replaced(f))),
            Sql::IsNull(inner, negated) => Sql::IsNull(Box::new(inner.replaced(f)), negated),
            Sql::Cast(inner, ty) => Sql::Cast(Box::new(inner.replaced(f)), ty),
            Sql::Named(name, inner) => Sql::Named(name, Box::new(inner.replaced(f))),
            Sql::In(inner, list) => Sql::In(Box::new(inner.replaced(f)), all_replaced(list, f)),
            Sql::Filtered(call, conditions) => Sql::Filtered(Box::new(call.replaced(f)), all_replaced(conditions, f)),
            Sql::Case(arms, otherwise) => {
                let arms = arms.into_iter().map(|(c, v)| (c.replaced(f), v.replaced(f))).collect();
                Sql::Case(arms, otherwise.map(|v| Box::new(v.replaced(f))))
            }
            other => other,
        }
    }

    /// `IS NULL`
    pub fn is_null(self) -> Sql {
        Sql::IsNull(Box::new(self), false)
    }

    /// `IS NOT NULL`
    pub fn is_known(self) -> Sql {
        Sql::IsNull(Box::new(self), true)
    }

    /// The first that is known.
    pub fn or_else(self, other: Sql) -> Sql {
        Sql::call("coalesce", [self, other])
    }

    /// One condition and its value, and perhaps another value.
    pub fn when(condition: Sql, then: Sql, otherwise: Option<Sql>) -> Sql {
        Sql::Case(vec![(condition, then)], otherwise.map(Box::new))
    }

    /// A call-like text of a dialect: tight outside, anything inside.
    pub fn form(text: &str, args: impl IntoIterator<Item = Sql>) -> Sql {
        Sql::Template(Tight::Atom, Tight::Any, text.to_owned(), args.into_iter().collect())
    }
}

/// Calls `f` with an expression and all inside it, selects left out.
pub fn walk(sql: &Sql, f: &mut dyn FnMut(&Sql)) {
    f(sql);
    match sql {
        Sql::Call(_, parts) | Sql::Infix(_, _, parts) | Sql::Template(_, _, _, parts) => {
            parts.iter().for_each(|p| walk(p, f));
        }
        Sql::Not(p) | Sql::IsNull(p, _) | Sql::Cast(p, _) | Sql::Named(_, p) => walk(p, f),
        Sql::In(p, parts) | Sql::Filtered(p, parts) => {
            walk(p, f);
            parts.iter().for_each(|p| walk(p, f));
        }
        Sql::Case(arms, otherwise) => {
            arms.iter().for_each(|(c, v)| {
                walk(c, f);
                walk(v, f);
            });
            otherwise.iter().for_each(|p| walk(p, f));
        }
        _ => {}
    }
}

fn all_replaced(parts: Vec<Sql>, f: &mut dyn FnMut(&Sql) -> Option<Sql>) -> Vec<Sql> {
    parts.into_iter().map(|p| p.replaced(f)).collect()
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// All columns of a relation.
    All(String),
    /// An expression under a name.
    Value {
        /// What it is.
        value: Sql,
        /// Its name.
        name: String,
        /// Said of it, a line each.
        comment: Vec<String>,
    },
}

impl Item {
    /// Without a comment.
    pub fn new(value: Sql, name: &str) -> Item {
        Item::Value { value, name: name.to_owned(), comment: Vec::new() }
    }
}

/// A table of the warehouse as its parts are named, or a query with a name.
#[derive(Clone, Debug, PartialEq)]
pub enum Relation {
    /// A table, as named in the target's settings: parts.
    Table(Vec<String>),
    /// A query of this statement.
    Query(String),
}

/// How a relation is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// Only rows that have a partner.
    Inner,
    /// All rows of the left.
    Left,
    /// All rows of both.
    Full,
    /// Each with each; `on` means nothing.
    Cross,
}

/// A relation joined.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// How.
    pub kind: JoinKind,
    /// Which.
    pub relation: Relation,
    /// Under which name.
    pub alias: String,
    /// Where.
    pub on: Sql,
}

/// A select.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Select {
    /// No row twice.
    pub distinct: bool,
    /// Columns.
    pub items: Vec<Item>,
    /// From where, and under which name.
    pub from: Option<(Relation, String)>,
    /// What is joined.
    pub joins: Vec<Join>,
    /// All must hold.
    pub filter: Vec<Sql>,
    /// Grouped by.
    pub group: Vec<Sql>,
    /// Ordered by.
    pub order: Vec<Sql>,
}

/// A query with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Cte {
    /// Its name.
    pub name: String,
    /// Said of it, a line each.
    pub comment: Vec<String>,
    /// One select, or several put below each other.
    pub selects: Vec<Select>,
    /// Whether it is built from itself, row by row.
    pub recursive: bool,
}

/// A statement.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statement {
    /// Said of it, a line each.
    pub comment: Vec<String>,
    /// Queries with names, in order.
    pub ctes: Vec<Cte>,
    /// The result.
    pub body: Select,
}

impl Statement {
    /// How many queries an engine works out for it that copies each query with a name to every place that names it.
    pub fn copies(&self) -> u64 {
        let mut copies: HashMap<&str, u64> = HashMap::new();
        let add = |select: &Select, by: u64, copies: &mut HashMap<&str, u64>, own: &str| {
            let relations = select.from.iter().map(|(r, _)| r).chain(select.joins.iter().map(|j| &j.relation));
            for relation in relations {
                if let Relation::Query(name) = relation
                    && name != own
                    && let Some(of) = copies.get_mut(name.as_str())
                {
                    *of = of.saturating_add(by);
                }
            }
        };
        copies.extend(self.ctes.iter().map(|c| (c.name.as_str(), 0)));
        add(&self.body, 1, &mut copies, "");
        for cte in self.ctes.iter().rev() {
            let own = copies.get(cte.name.as_str()).copied().unwrap_or(0);
            cte.selects.iter().for_each(|s| add(s, own, &mut copies, &cte.name));
        }
        copies.values().fold(1, |sum: u64, n| sum.saturating_add(*n))
    }
}
