//! Names in the reference interpreter (D3 to D6), and the few things that must be known before a value is there: whether
//! an expression is a moment (time tests), and whether a window covers anything in it (D28).

use lead_syntax::ast::{
    Aggregate, AggregateBody, AggregateFn, ArithmeticOp, Expr, ExprKind, LiteralKind, Path, Records, Window,
};

use super::Reference;
use super::schema::{DefBody, FieldType};

/// What a name stands for on a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// A field or reference.
    Field(usize),
    /// A definition.
    Def(usize),
    /// The record itself, by the name of its table (D49).
    Itself,
}

/// Where a name was found.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// Records outward from the innermost.
    pub up: usize,
    /// On the subject of that record, which is an event.
    pub on_subject: Option<usize>,
    /// What it is there.
    pub member: Member,
}

/// What kind of thing an expression gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A time or date.
    Moment,
    /// Money: the sum of nothing is no money.
    Money,
    /// A duration.
    Duration,
    /// A record of a table.
    Record(usize),
    /// Anything else.
    Other,
}

/// The collection of an aggregate's target.
#[derive(Clone, Debug)]
pub struct Collection {
    /// Folded names that lead to it, itself included; they stand for one of its records.
    pub names: Vec<String>,
    /// The references among them.
    pub references: usize,
    /// Its table.
    pub table: usize,
    /// Only members of this term.
    pub member_of: Option<usize>,
    /// It is not a collection but the one record that the references lead to.
    pub single: bool,
}

impl Reference {
    /// A name on a record of a table: fields, then definitions.
    pub fn member(&self, table: usize, key: &str) -> Option<Member> {
        if let Some(f) = self.schema.tables[table].field(key) {
            return Some(Member::Field(f));
        }
        let def = |d: &super::schema::Def| d.name == key && d.subject == table && !matches!(d.body, DefBody::Metric(_));
        self.schema.defs.iter().position(def).map(Member::Def)
    }

    /// D3: the innermost record, its subject, one record further out, its subject.
    pub fn find(&self, tables: &[usize], key: &str) -> Option<Found> {
        for (up, table) in tables.iter().rev().take(2).enumerate() {
            if let Some(member) = self.member(*table, key) {
                return Some(Found { up, on_subject: None, member });
            }
            if let Some(of) = self.schema.tables[*table].subject
                && let FieldType::Reference(subject) = self.schema.tables[*table].fields[of].ty
                && let Some(member) = self.member(subject, key)
            {
                return Some(Found { up, on_subject: Some(of), member });
            }
            if self.schema.tables[*table].name == key {
                return Some(Found { up, on_subject: None, member: Member::Itself });
            }
        }
        None
    }

    /// A value of any subject that is the same for every record (D46).
    pub fn constant(&self, key: &str) -> Option<&Expr> {
        match &self.schema.defs[self.schema.def(key)?].body {
            DefBody::Value(expr) if is_constant(expr) => Some(expr),
            _ => None,
        }
    }

    /// The table that a name was found on.
    pub fn owner(&self, tables: &[usize], found: &Found) -> usize {
        let table = tables[tables.len() - 1 - found.up];
        match found.on_subject.map(|of| &self.schema.tables[table].fields[of].ty) {
            Some(FieldType::Reference(subject)) => *subject,
            _ => table,
        }
    }

    /// What a member of a table is.
    fn kind_of_member(&self, table: usize, member: Member) -> Kind {
        match member {
            Member::Field(f) => match self.schema.tables[table].fields[f].ty {
                FieldType::Time | FieldType::Date => Kind::Moment,
                FieldType::Reference(target) => Kind::Record(target),
                FieldType::Money => Kind::Money,
                FieldType::Duration => Kind::Duration,
                _ => Kind::Other,
            },
            Member::Itself => Kind::Record(table),
            Member::Def(d) => match &self.schema.defs[d].body {
                DefBody::Value(expr) => self.kind(expr, &[table], None),
                DefBody::Choice(c) => self.kind(&c.lines[0].result, &[table], None),
                _ => Kind::Other,
            },
        }
    }

    /// The member that a path ends at, and the table it is a member of; `None` for the bare collection of a target.
    pub fn walk_path(&self, path: &Path, tables: &[usize], collected: Option<&[String]>) -> Option<(usize, Member)> {
        let names: Vec<String> = path.names.iter().map(|n| n.key()).collect();
        let (mut at, rest): (Option<(usize, Member)>, &[String]) = match collected {
            Some(prefix) if names.starts_with(prefix) => (None, &names[prefix.len()..]),
            _ => {
                let found = self.find(tables, &names[0]).unwrap_or_else(|| panic!("nothing is called `{}`", names[0]));
                (Some((self.owner(tables, &found), found.member)), &names[1..])
            }
        };
        for name in rest {
            let table = match at {
                None => *tables.last().expect("a record of the collection"),
                Some((t, m)) => match self.kind_of_member(t, m) {
                    Kind::Record(target) => target,
                    _ => panic!("`{name}` is asked of what is no record"),
                },
            };
            let member = self.member(table, name).unwrap_or_else(|| panic!("no `{name}` here"));
            at = Some((table, member));
        }
        at
    }

    /// Whether a path is the name of a constant that stands in sight of no record that it is said of.
    pub fn is_constant_path(&self, path: &Path, tables: &[usize], collected: Option<&[String]>) -> bool {
        let key = path.names[0].key();
        let prefix = collected.is_some_and(|c| c.first() == Some(&key));
        path.names.len() == 1 && !prefix && self.find(tables, &key).is_none() && self.constant(&key).is_some()
    }

    /// What kind of thing an expression gives, asked of a record of the innermost table.
    pub fn kind(&self, expr: &Expr, tables: &[usize], collected: Option<&[String]>) -> Kind {
        let kind = |e: &Expr| self.kind(e, tables, collected);
        match &expr.kind {
            ExprKind::Literal(LiteralKind::Date(..) | LiteralKind::Time(..)) | ExprKind::Now | ExprKind::Today => {
                Kind::Moment
            }
            ExprKind::Literal(LiteralKind::Duration(..)) => Kind::Duration,
            ExprKind::Paren(inner) | ExprKind::Negate(inner) => kind(inner),
            ExprKind::Path(path) if self.is_constant_path(path, tables, collected) => {
                self.constant(&path.names[0].key()).map_or(Kind::Other, |e| self.kind(e, &[], None))
            }
            ExprKind::Path(path) => match self.walk_path(path, tables, collected) {
                Some((t, m)) => self.kind_of_member(t, m),
                None => Kind::Record(*tables.last().expect("a record of the collection")),
            },
            ExprKind::Call { function, .. } if function.key() == "day" => Kind::Moment,
            ExprKind::Call { function, args } if matches!(function.key().as_str(), "abs" | "round") => kind(&args[0]),
            ExprKind::Arithmetic { op, left, right, .. } => match (op, kind(left), kind(right)) {
                (ArithmeticOp::Subtract, Kind::Moment, Kind::Moment) => Kind::Duration,
                (_, Kind::Moment, _) | (_, _, Kind::Moment) => Kind::Moment,
                (ArithmeticOp::Divide, l, r) if l == r => Kind::Other,
                (_, Kind::Other, r) => r,
                (_, l, _) => l,
            },
            ExprKind::Aggregate(aggregate) => self.kind_of_aggregate(aggregate, tables),
            // A time before a window is a test, and so a yes or no.
            ExprKind::Windowed { value, .. } => match kind(value) {
                Kind::Moment => Kind::Other,
                other => other,
            },
            _ => Kind::Other,
        }
    }

    fn kind_of_aggregate(&self, aggregate: &Aggregate, tables: &[usize]) -> Kind {
        use AggregateFn::{Any, Count, Every, No};
        match &aggregate.body {
            AggregateBody::Records(records) if !matches!(aggregate.function, Count | Any | No | Every) => {
                let collection = self.collection(&records.target, tables);
                self.kind(&records.target, &self.tables_inside(tables, collection.table), Some(&collection.names))
            }
            _ => Kind::Other,
        }
    }

    /// The collection of a target: that of the first path in it which has one (D6).
    pub fn collection(&self, target: &Expr, tables: &[usize]) -> Collection {
        let mut paths = Vec::new();
        paths_in(target, &mut paths);
        paths
            .iter()
            .find_map(|p| self.collection_of(p, tables))
            .unwrap_or_else(|| panic!("no records in the target of an aggregate: {target:?}"))
    }

    fn collection_of(&self, path: &Path, tables: &[usize]) -> Option<Collection> {
        let names: Vec<String> = path.names.iter().map(|n| n.key()).collect();
        let mut at: Option<usize> = None;
        for (i, name) in names.iter().enumerate() {
            let member = match at {
                None => self.find(tables, name).map(|f| (self.owner(tables, &f), f.member)),
                Some(table) => self.member(table, name).map(|m| (table, m)),
            };
            if let Some((t, m @ Member::Field(_))) = member
                && let Kind::Record(target) = self.kind_of_member(t, m)
            {
                at = Some(target);
                continue;
            }
            let collection = |table, member_of| Collection {
                names: names[..=i].to_vec(),
                references: i,
                table,
                member_of,
                single: false,
            };
            if let Some(table) = self.schema.table(name) {
                return Some(collection(table, None));
            }
            if let Some(def) = self.schema.def(name)
                && matches!(self.schema.defs[def].body, DefBody::Term(_))
                && at.is_none_or(|t| self.member(t, name).is_none() || i + 1 == names.len())
            {
                return Some(collection(self.schema.defs[def].subject, Some(def)));
            }
            let table = at?;
            return Some(Collection {
                names: names[..i].to_vec(),
                references: i,
                table,
                member_of: None,
                single: true,
            });
        }
        let references = names.len();
        Some(Collection { names, references, table: at?, member_of: None, single: true })
    }

    /// Whether a window behind the expression would cover something in it (D27, D29).
    pub fn covers(&self, expr: &Expr, tables: &[usize], condition: bool) -> bool {
        if condition && self.kind(expr, tables, None) == Kind::Moment {
            return true;
        }
        let covers = |e: &Expr| self.covers(e, tables, false);
        match &expr.kind {
            ExprKind::Paren(inner) | ExprKind::Not(inner) => self.covers(inner, tables, condition),
            ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().any(|p| self.covers(p, tables, true)),
            ExprKind::List(items) => items.iter().any(covers),
            ExprKind::Call { args, .. } => args.iter().any(covers),
            ExprKind::Negate(inner) => covers(inner),
            ExprKind::Arithmetic { left, right, .. } | ExprKind::Compare { left, right, .. } => {
                covers(left) || covers(right)
            }
            ExprKind::Between { value, low, high } => covers(value) || covers(low) || covers(high),
            ExprKind::IsKnown { value, .. } => covers(value),
            ExprKind::Became { .. } => true,
            ExprKind::Path(path) if self.is_constant_path(path, tables, None) => false,
            ExprKind::Path(path) => match self.walk_path(path, tables, None) {
                Some((table, Member::Def(d))) => match &self.schema.defs[d].body {
                    DefBody::Value(expr) => self.covers(expr, &[table], false),
                    _ => false,
                },
                _ => false,
            },
            ExprKind::Aggregate(aggregate) => match &aggregate.body {
                AggregateBody::Sequence { window, .. } => window.is_none(),
                AggregateBody::Records(records) => {
                    let collection = self.collection(&records.target, tables);
                    let inner = self.tables_inside(tables, collection.table);
                    if self.schema.tables[collection.table].event {
                        self.own_window(records, &inner).0.is_none()
                    } else {
                        records.filter.as_ref().is_some_and(|f| self.covers(f, &inner, true))
                            || self.covers_argument(&records.target, &inner, &collection)
                    }
                }
            },
            _ => false,
        }
    }

    fn covers_argument(&self, target: &Expr, tables: &[usize], collection: &Collection) -> bool {
        let mut paths = Vec::new();
        paths_in(target, &mut paths);
        paths.retain(|p| !self.is_constant_path(p, tables, Some(&collection.names)));
        paths.iter().any(|p| match self.walk_path(p, tables, Some(&collection.names)) {
            Some((table, Member::Def(d))) => match &self.schema.defs[d].body {
                DefBody::Value(expr) => self.covers(expr, &[table], false),
                _ => false,
            },
            _ => false,
        })
    }

    /// The window of the events of an aggregate and what is left of its `where` (D28).
    pub fn own_window<'a>(&self, records: &'a Records, tables: &[usize]) -> (Option<&'a Window>, Vec<&'a Expr>) {
        let Some(filter) = &records.filter else { return (records.window.as_ref(), Vec::new()) };
        if records.window.is_some() {
            return (records.window.as_ref(), vec![filter]);
        }
        let (before, last) = match &filter.kind {
            ExprKind::And(parts) => (&parts[..parts.len() - 1], &parts[parts.len() - 1]),
            _ => (&[][..], filter),
        };
        match &last.kind {
            ExprKind::Windowed { value, window } if !self.covers(value, tables, true) => {
                (Some(window.as_ref()), before.iter().chain([value.as_ref()]).collect())
            }
            _ => (None, vec![filter]),
        }
    }
}

/// Every path of an expression that is not inside of another aggregate.
pub fn paths_in<'a>(expr: &'a Expr, out: &mut Vec<&'a Path>) {
    match &expr.kind {
        ExprKind::Path(path) => out.push(path),
        ExprKind::Paren(e) | ExprKind::Not(e) | ExprKind::Negate(e) => paths_in(e, out),
        ExprKind::List(items) | ExprKind::And(items) | ExprKind::Or(items) => {
            items.iter().for_each(|e| paths_in(e, out));
        }
        ExprKind::Call { args, .. } => args.iter().for_each(|e| paths_in(e, out)),
        ExprKind::Arithmetic { left, right, .. } | ExprKind::Compare { left, right, .. } => {
            paths_in(left, out);
            paths_in(right, out);
        }
        ExprKind::Between { value, low, high } => {
            paths_in(value, out);
            paths_in(low, out);
            paths_in(high, out);
        }
        ExprKind::IsKnown { value, .. } => paths_in(value, out),
        ExprKind::IsTerm { record, .. } => paths_in(record, out),
        ExprKind::Windowed { value, .. } => paths_in(value, out),
        _ => {}
    }
}

/// Whether an expression is written with literals, `now` and `today` alone.
fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Now | ExprKind::Today => true,
        ExprKind::List(items) => items.iter().all(is_constant),
        ExprKind::Paren(e) | ExprKind::Negate(e) => is_constant(e),
        ExprKind::Arithmetic { left, right, .. } => is_constant(left) && is_constant(right),
        ExprKind::Call { args, .. } => args.iter().all(is_constant),
        _ => false,
    }
}
