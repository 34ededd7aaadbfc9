//! What aggregates of one query share has a name and is worked out once: of each row in a step before the query that groups, of each
//! group in columns that what is made of them asks for later.

use lead_hir::hir::Ty;

use super::measure::aggregates;
use super::metric::type_of;
use super::{Compiler, moments};
use crate::ir::{Item, Relation, Select, Sql, walk};
use crate::names::Names;
use crate::rewrite;

/// The relation of columns that a step has made, while its name is not known.
const STEP: &str = "\0";

/// Functions that stand inside of an aggregate until the step before has a column for them.
const WINDOWS: [&str; 2] = ["first_value", "last_value"];

/// A value that has a name, as it is found in a query.
struct Found {
    name: String,
    value: Sql,
    times: usize,
    /// What holds wherever it is asked for.
    gate: Vec<Sql>,
}

/// A column of a step, for the rows where all of its conditions are yes.
struct Column {
    name: String,
    value: Sql,
    gate: Vec<Sql>,
}

impl Compiler<'_> {
    /// A query that groups, over steps in which each named value that it asks for more than once has a column. `record`: what a row is
    /// called.
    pub fn over_columns(&mut self, mut select: Select, record: &str) -> Select {
        let Some((Relation::Query(head), alias)) = select.from.clone() else { return select };
        let limit = self.dialect.name_limit();
        let mut names = Names::default();
        rewrite::columns_of(&self.ctes, &head).iter().for_each(|c| names.reserve(c));
        // The last stand first in the statement: what one is made of comes behind it here.
        let mut layers: Vec<Vec<Column>> = Vec::new();
        let windows = self.windows(&mut select, &mut names);
        if !windows.is_empty() {
            layers.push(windows);
        }
        loop {
            let found = found(&select, &layers);
            if found.is_empty() {
                break;
            }
            let mut layer = Vec::new();
            let mut made: Vec<(Sql, Sql)> = Vec::new();
            for Found { name, value, times, gate } in found {
                let whole = Sql::Named(name.clone(), Box::new(value.clone()));
                if times < 2 {
                    made.push((whole, value));
                    continue;
                }
                let name = names.fresh(&name, limit);
                made.push((whole, Sql::column(STEP, &name)));
                layer.push(Column { name, value, gate });
            }
            let other = |sql: &Sql| made.iter().find(|m| m.0 == *sql).map(|m| m.1.clone());
            each_value(&mut select, &mut layers, &mut |sql| sql.replaced(&mut |s| other(s)));
            if !layer.is_empty() {
                layers.push(layer);
            }
        }
        let Some(last) = layers.pop() else { return select };
        // Above the step that reads the records, their columns are those of the step, and those of relations beside them have names there.
        let mut carried: Vec<(Sql, String)> = Vec::new();
        each_value(&mut select, &mut layers, &mut |sql| {
            sql.replaced(&mut |s| match s {
                Sql::Column { of, name } if *of == alias => Some(Sql::column(STEP, name)),
                Sql::Column { of, name } if !of.is_empty() && of != STEP && of != moments::MOMENTS => {
                    let known = carried.iter().find(|c| c.0 == *s).map(|c| c.1.clone());
                    let name = known.unwrap_or_else(|| {
                        let fresh = names.fresh(&format!("{of}_{name}"), limit);
                        carried.push((s.clone(), fresh.clone()));
                        fresh
                    });
                    Some(Sql::column(STEP, &name))
                }
                _ => None,
            })
        });
        let mut items = vec![Item::All(alias)];
        items.extend(carried.into_iter().map(|(value, name)| Item::new(value, &name)));
        items.extend(last.iter().map(item));
        let bottom = Select {
            items,
            from: select.from.take(),
            joins: std::mem::take(&mut select.joins),
            filter: std::mem::take(&mut select.filter),
            ..Select::default()
        };
        let mut below = self.shared_step(record, &last, bottom);
        while let Some(layer) = layers.pop() {
            let mut items = vec![Item::All(below.clone())];
            items.extend(layer.iter().map(item));
            let from = Some((Relation::Query(below.clone()), below.clone()));
            let mut step = Select { items, from, ..Select::default() };
            each_value(&mut step, &mut [], &mut |sql| of_step(sql, &below));
            below = self.shared_step(record, &layer, step);
        }
        each_value(&mut select, &mut [], &mut |sql| of_step(sql, &below));
        select.from = Some((Relation::Query(below.clone()), below));
        select
    }

    /// The value of a type of the first row of a group, or the last.
    pub fn first_of(&self, value: Sql, order: Vec<Sql>, last: bool, ty: &Ty) -> Sql {
        let d = self.dialect;
        match d.first(value.clone(), order.clone(), last) {
            Some(first) if d.first_is_loose() => first.cast(type_of(ty)),
            Some(first) => first,
            None => {
                let mut args = vec![value];
                args.extend(order);
                let first = Sql::call(WINDOWS[usize::from(last)], args);
                if *ty == Ty::YesNo { d.extreme_yes_no(first, true) } else { Sql::call("max", [first]) }
            }
        }
    }

    /// The columns for first and last values that windows tell: of each group the same on all of its rows.
    fn windows(&self, select: &mut Select, names: &mut Names) -> Vec<Column> {
        let mut out = Vec::new();
        let group = select.group.clone();
        for item in &mut select.items {
            let Item::Value { value, name, .. } = item else { continue };
            let own = std::mem::replace(value, Sql::Null);
            *value = own.replaced(&mut |sql| {
                let (call, holds) = match sql {
                    Sql::Filtered(call, conditions) => (&**call, conditions.clone()),
                    other => (other, Vec::new()),
                };
                let Sql::Call(aggregate, args) = call else { return None };
                let [Sql::Call(window, args)] = args.as_slice() else { return None };
                let (true, Some((first, order))) = (WINDOWS.contains(&window.as_str()), args.split_first()) else {
                    return None;
                };
                let value = match holds.is_empty() {
                    true => first.clone(),
                    false => Sql::when(Sql::and(holds), first.clone(), None),
                };
                let places = |n: usize| vec!["{}"; n].join(", ");
                let groups =
                    if group.is_empty() { String::new() } else { format!("PARTITION BY {}\n", places(group.len())) };
                let text = format!(
                    "{window}({{}}) IGNORE NULLS OVER (\n{groups}ORDER BY {}\n\
                     ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING\r)",
                    places(order.len())
                );
                let operands = [&[value], group.as_slice(), order].concat();
                let column = names.fresh(name, self.dialect.name_limit());
                out.push(Column { name: column.clone(), value: Sql::form(&text, operands), gate: Vec::new() });
                Some(Sql::call(aggregate, [Sql::column(STEP, &column)]))
            });
        }
        out
    }

    /// The step with some columns more than the records have.
    fn shared_step(&mut self, record: &str, columns: &[Column], select: Select) -> String {
        let words = match columns {
            [one] => one.name.as_str(),
            _ => "values",
        };
        let name = self.query_name(&format!("{record}_with_{words}"));
        self.cte(&name, vec!["What is asked of each row beforehand.".to_owned()], select);
        name
    }
}

fn item(column: &Column) -> Item {
    let value = match column.gate.as_slice() {
        [] => column.value.clone(),
        gate => Sql::when(Sql::and(gate.to_vec()), column.value.clone(), None),
    };
    Item::new(value, &column.name)
}

fn of_step(sql: Sql, step: &str) -> Sql {
    sql.replaced(&mut |s| match s {
        Sql::Column { of, name } if of == STEP => Some(Sql::column(step, name)),
        _ => None,
    })
}

/// Changes every value above the filter and the joins of a select, and every column of steps.
fn each_value(select: &mut Select, layers: &mut [Vec<Column>], f: &mut dyn FnMut(Sql) -> Sql) {
    let mut change = |sql: &mut Sql| {
        let own = std::mem::replace(sql, Sql::Null);
        *sql = f(own);
    };
    for item in &mut select.items {
        if let Item::Value { value, .. } = item {
            change(value);
        }
    }
    select.group.iter_mut().for_each(&mut change);
    for column in layers.iter_mut().flatten() {
        change(&mut column.value);
        column.gate.iter_mut().for_each(&mut change);
    }
}

/// The values with names that no other such value is made of.
fn found(select: &Select, layers: &[Vec<Column>]) -> Vec<Found> {
    let mut out = Vec::new();
    for item in &select.items {
        if let Item::Value { value, .. } = item {
            look(value, &[], &mut out);
        }
    }
    for column in layers.iter().flatten() {
        look(&column.value, &column.gate, &mut out);
    }
    // What another of them is made of stands below that one.
    let inside = |found: &Found, other: &Found| {
        let mut is = false;
        walk(&other.value, &mut |s| {
            is |= matches!(s, Sql::Named(name, value) if *name == found.name && **value == found.value);
        });
        is
    };
    let below: Vec<bool> = out.iter().map(|f| out.iter().any(|other| inside(f, other))).collect();
    let mut below = below.into_iter();
    out.retain(|_| !below.next().unwrap_or(false));
    out
}

/// `holds`: the conditions under which a value is asked for.
fn look(sql: &Sql, holds: &[Sql], out: &mut Vec<Found>) {
    match sql {
        Sql::Named(name, value) => match out.iter_mut().find(|f| f.name == *name && f.value == **value) {
            Some(found) => {
                found.times += 1;
                found.gate.retain(|c| holds.contains(c));
            }
            None => out.push(Found { name: name.clone(), value: (**value).clone(), times: 1, gate: holds.to_vec() }),
        },
        Sql::Filtered(call, conditions) => look(call, &[holds, conditions].concat(), out),
        Sql::Call(_, parts) | Sql::Infix(_, _, parts) | Sql::Template(_, _, _, parts) => {
            parts.iter().for_each(|p| look(p, holds, out));
        }
        Sql::Not(p) | Sql::IsNull(p, _) | Sql::Cast(p, _) | Sql::In(p, _) => look(p, holds, out),
        Sql::Case(arms, otherwise) => {
            arms.iter().flat_map(|(c, v)| [c, v]).for_each(|p| look(p, holds, out));
            otherwise.iter().for_each(|p| look(p, holds, out));
        }
        _ => {}
    }
}

/// The aggregates that a value is made of, each with a column, and the value over these columns of `query`; `None` where it asks for none
/// of them more than once.
pub(crate) fn in_parts(
    value: &Sql,
    query: &str,
    column: &str,
    fresh: &mut dyn FnMut(&str) -> String,
) -> Option<(Vec<(Sql, String)>, Sql)> {
    let mut parts: Vec<(Sql, usize)> = Vec::new();
    value.clone().replaced(&mut |sql| {
        if !matches!(sql, Sql::Filtered(..)) && !aggregates(sql) {
            return None;
        }
        match parts.iter_mut().find(|p| p.0 == *sql) {
            Some(part) => part.1 += 1,
            None => parts.push((sql.clone(), 1)),
        }
        Some(sql.clone())
    });
    if parts.iter().all(|p| p.1 < 2) {
        return None;
    }
    let named: Vec<(Sql, String)> = parts
        .into_iter()
        .map(|(part, _)| {
            let word = match &part {
                Sql::Filtered(call, _) => word(call),
                call => word(call),
            };
            (part, fresh(&format!("{column}_{word}")))
        })
        .collect();
    let made = value.clone().replaced(&mut |sql| {
        let part = named.iter().find(|n| n.0 == *sql)?;
        Some(Sql::column(query, &part.1))
    });
    Some((named, made))
}

/// What an aggregate says of its rows.
fn word(call: &Sql) -> &'static str {
    let name = match call {
        Sql::Call(name, _) => name.as_str(),
        Sql::Template(_, _, text, _) => text.split('(').next().unwrap_or_default(),
        _ => "",
    };
    match name {
        "sum" | "sumOrNull" => "total",
        "count" => "known",
        "max" | "maxOrNull" => "most",
        "min" | "minOrNull" => "least",
        _ => "part",
    }
}
