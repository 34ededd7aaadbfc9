//! Statements for engines that lack a way of saying something: said in another way.

use std::collections::HashMap;

use crate::ir::{Cte, Item, Relation, Select, Sql, Statement};

/// Names every column where all of one of several relations are asked for.
pub fn spelled_out(mut statement: Statement) -> Statement {
    let mut columns: HashMap<String, Vec<String>> = HashMap::new();
    for cte in &mut statement.ctes {
        cte.selects.iter_mut().for_each(|s| spell(s, &columns));
        let first = cte.selects.first().map(|s| names(s, &columns));
        columns.insert(cte.name.clone(), first.unwrap_or_default());
    }
    spell(&mut statement.body, &columns);
    statement
}

/// The columns of a query.
pub fn columns_of(ctes: &[Cte], query: &str) -> Vec<String> {
    let mut columns: HashMap<String, Vec<String>> = HashMap::new();
    for cte in ctes {
        let first = cte.selects.first().map(|s| names(s, &columns));
        columns.insert(cte.name.clone(), first.unwrap_or_default());
    }
    columns.remove(query).unwrap_or_default()
}

fn spell(select: &mut Select, columns: &HashMap<String, Vec<String>>) {
    if select.joins.is_empty() {
        return;
    }
    let items = std::mem::take(&mut select.items);
    for item in items {
        match item {
            Item::All(of) => {
                let names = relation(select, &of).and_then(|r| columns.get(r)).cloned().unwrap_or_default();
                select.items.extend(names.iter().map(|n| Item::new(Sql::column(&of, n), n)));
            }
            other => select.items.push(other),
        }
    }
}

/// The columns of a select.
fn names(select: &Select, columns: &HashMap<String, Vec<String>>) -> Vec<String> {
    let all = |of: &str| relation(select, of).and_then(|r| columns.get(r)).cloned().unwrap_or_default();
    let of_item = |item: &Item| match item {
        Item::All(of) => all(of),
        Item::Value { name, .. } => vec![name.clone()],
    };
    select.items.iter().flat_map(of_item).collect()
}

/// The query that stands under a name in a select.
fn relation<'s>(select: &'s Select, alias: &str) -> Option<&'s String> {
    let from = select.from.iter().map(|(r, a)| (r, a));
    let mut all = from.chain(select.joins.iter().map(|j| (&j.relation, &j.alias)));
    match all.find(|(_, a)| *a == alias)?.0 {
        Relation::Query(name) => Some(name),
        Relation::Table(_) => None,
    }
}
