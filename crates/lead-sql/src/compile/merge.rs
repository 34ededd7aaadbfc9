//! Rows that are one record by `same when` (D42, D45): which rows share a key or a second key, over any number of them in a
//! row; the record of each; and which key leads to which record.

use std::collections::BTreeSet;

use lead_hir::hir::{FieldId, Table, TableId, Ty};

use super::{Compiler, TableState, Wrong};
use crate::ir::{Cte, Item, Join, JoinKind, Relation, Select, Sql, Type};
use crate::names::Names;

/// Rows of a source are numbered from here on, so that those of the source before come first.
pub(crate) const SOURCE: i128 = 1_000_000_000_000;

/// How many rows of one record may hang together in a row where a query cannot be built from itself.
const ROUNDS: usize = 12;

/// An entity whose rows are put together, before its fields are.
#[derive(Clone, Debug)]
pub(crate) struct Merged {
    /// Columns of the records.
    state: TableState,
    /// The query of its rows, as they are in the sources, in order of the column `place`.
    rows: String,
    /// The query that names the first row of the record of each row: columns `place` and `record`.
    records: String,
    /// The query that names the record of each key: columns `any_key` and `record_key`.
    keys: String,
    /// Columns of `rows`: the number of the row, and its key.
    place: String,
    key: String,
}

impl Compiler<'_> {
    /// Tells which rows of an entity are one record.
    pub fn merge(&mut self, id: TableId, state: TableState) -> Result<(), Wrong> {
        let table = self.lexicon.table(id);
        let limit = self.dialect.name_limit();
        let base = table.name.snake();
        let mut own: Names = state.names.clone();
        let place = own.fresh("place", limit);
        let key = state.key.clone().unwrap_or_default();
        let is_text =
            |f: &FieldId| matches!(table.fields[f.0 as usize].ty, Ty::Text | Ty::OneOf(_) | Ty::Key | Ty::Record(_));
        let seconds: Vec<(FieldId, String)> = table
            .same_when
            .iter()
            .filter(|f| Some(**f) != table.key && is_text(f))
            .map(|f| (*f, own.fresh(&format!("same_{}", table.fields[f.0 as usize].name.snake()), limit)))
            .collect();
        let mut selects = Vec::new();
        for (i, (parts, source)) in self.options.target.tables_of(table).iter().enumerate() {
            let raw = parts.last().cloned().unwrap_or_default();
            let mut select = self.raw_select(id, parts, source.as_deref(), &state, false)?;
            let text = |c: &Self, field: FieldId| {
                let column = Sql::column(&raw, &c.options.target.column(table, field, source.as_deref()));
                c.dialect.trimmed(column.cast(Type::Text))
            };
            // A row without a key of its own is named by its second key.
            let mut keys: Vec<Sql> = table.key.iter().map(|k| text(self, *k)).collect();
            keys.extend(seconds.iter().map(|(f, _)| text(self, *f)));
            let own_key = Sql::call("coalesce", keys);
            for item in &mut select.items {
                if let Item::Value { value, name, .. } = item
                    && *name == key
                {
                    *value = own_key.clone();
                }
            }
            for (field, name) in &seconds {
                select.items.push(Item::new(self.dialect.lower(text(self, *field)), name));
            }
            let order = match self.options.target.order(table) {
                Some(column) => Sql::column(&raw, column),
                None => self.dialect.row_order(&raw).ok_or_else(|| self.no_order(table))?,
            };
            let number = Sql::form("row_number() OVER (ORDER BY {})", [order]);
            let number = if i == 0 { number } else { number.plus(Sql::Int(i as i128 * SOURCE)) };
            select.items.push(Item::new(number, &place));
            select.filter.push(own_key.is_known());
            selects.push(select);
        }
        let rows = self.query_name(&format!("{base}_rows"));
        let said = vec![format!("The rows that records of {} are made of, in order.", table.name.text)];
        self.ctes.push(Cte { name: rows.clone(), comment: said, selects, recursive: false });
        let mut names = vec![(key.clone(), None)];
        names.extend(seconds.iter().map(|(_, name)| (name.clone(), Some(name))));
        let records = self.record_of(&base, &rows, &place, &names)?;
        let keys = self.keys_of(&base, &rows, &records, &place, &key);
        let merged = Merged { state, rows, records, keys, place, key };
        self.merged.insert(id, merged);
        Ok(())
    }

    fn no_order(&self, table: &Table) -> Wrong {
        let lacks = "no order of rows of its own, which `same when` asks for".to_owned();
        let diagnostic = *self.lacks_at(lacks, Some(table.span));
        Box::new(
            diagnostic.help("name a column that orders them: `order` of the table in `[targets.NAME]` of `lead.toml`"),
        )
    }

    /// The query with the first row of each row's record. `names`: columns by which rows are the same; those but the first may be unknown.
    fn record_of(
        &mut self,
        base: &str,
        rows: &str,
        place: &str,
        names: &[(String, Option<&String>)],
    ) -> Result<String, Wrong> {
        let own = || Sql::column(rows, place);
        let least = |of: Sql, by: &str, may_lack: bool| {
            let by = Sql::column(rows, by);
            let first = Sql::form("min({}) OVER (PARTITION BY {})", [of.clone(), by.clone()]);
            if may_lack { Sql::when(by.is_null(), of, Some(first)) } else { first }
        };
        let from = |name: &str| Some((Relation::Query(name.to_owned()), name.to_owned()));
        let records = self.query_name(&format!("{base}_records"));
        if let [(key, _)] = names {
            let items = vec![Item::new(own(), "place"), Item::new(least(own(), key, false), "record")];
            let said = vec!["The first row of the record that each row is part of.".to_owned()];
            self.cte(&records, said, Select { items, from: from(rows), ..Select::default() });
            return Ok(records);
        }
        if !self.dialect.recursive_union_is_distinct() {
            return Ok(self.in_rounds(base, rows, place, names, records));
        }
        // The first row with the same key, and the first with the same second key.
        let firsts = self.query_name(&format!("{base}_first_rows"));
        let columns: Vec<String> = (1..=names.len()).map(|i| format!("first_{i}")).collect();
        let mut items = vec![Item::new(own(), "place")];
        for ((name, lacks), column) in names.iter().zip(&columns) {
            items.push(Item::new(least(own(), name, lacks.is_some()), column));
        }
        let said = vec!["The first rows that each row shares a key with.".to_owned()];
        self.cte(&firsts, said, Select { items, from: from(rows), ..Select::default() });
        // From row to row, both ways.
        let links = self.query_name(&format!("{base}_links"));
        let column = |name: &str| Sql::column(&firsts, name);
        let mut selects = Vec::new();
        for other in &columns {
            for (a, b) in [("place", other.as_str()), (other.as_str(), "place")] {
                selects.push(Select {
                    items: vec![Item::new(column(a), "here"), Item::new(column(b), "there")],
                    from: from(&firsts),
                    filter: vec![Sql::compare(column("place"), "<>", column(other))],
                    ..Select::default()
                });
            }
        }
        self.ctes.push(Cte { name: links.clone(), comment: Vec::new(), selects, recursive: false });
        // From rows that are the first of all they share a key with, as far as it goes.
        let joined = self.query_name(&format!("{base}_joined"));
        let first = Select {
            items: vec![Item::new(column("place"), "record"), Item::new(column("place"), "place")],
            from: from(&firsts),
            filter: columns.iter().map(|c| Sql::compare(column(c), "=", column("place"))).collect(),
            ..Select::default()
        };
        let on = Sql::compare(Sql::column(&links, "here"), "=", Sql::column(&joined, "place"));
        let step = Select {
            items: vec![
                Item::new(Sql::column(&joined, "record"), "record"),
                Item::new(Sql::column(&links, "there"), "place"),
            ],
            from: from(&joined),
            joins: vec![Join {
                kind: JoinKind::Inner,
                relation: Relation::Query(links.clone()),
                alias: links.clone(),
                on,
            }],
            ..Select::default()
        };
        let selects = vec![first, step];
        self.ctes.push(Cte { name: joined.clone(), comment: Vec::new(), selects, recursive: true });
        let of = |name: &str| Sql::column(&joined, name);
        let select = Select {
            items: vec![Item::new(of("place"), "place"), Item::new(Sql::call("min", [of("record")]), "record")],
            from: from(&joined),
            group: vec![of("place")],
            ..Select::default()
        };
        let said = vec!["The first row of the record that each row is part of.".to_owned()];
        self.cte(&records, said, select);
        Ok(records)
    }

    /// Where a query cannot be built from itself: the least row that any row with the same key knows of, some times over.
    fn in_rounds(
        &mut self,
        base: &str,
        rows: &str,
        place: &str,
        names: &[(String, Option<&String>)],
        records: String,
    ) -> String {
        let mut before = (rows.to_owned(), place.to_owned());
        for round in 0..ROUNDS {
            let (from, known) = before;
            let last = round + 1 == ROUNDS;
            let (name, lacks) = &names[round % names.len()];
            let of = Sql::column(&from, &known);
            let by = Sql::column(&from, name);
            let mut least = Sql::form("min({}) OVER (PARTITION BY {})", [of.clone(), by.clone()]);
            if lacks.is_some() {
                least = Sql::when(by.is_null(), of, Some(least));
            }
            let own = if round == 0 { place } else { "place" };
            let mut items = vec![Item::new(Sql::column(&from, own), "place")];
            if !last {
                items.extend(names.iter().map(|(n, _)| Item::new(Sql::column(&from, n), n)));
            }
            items.push(Item::new(least, "record"));
            let query = if last { records.clone() } else { self.query_name(&format!("{base}_round_{}", round + 1)) };
            let select = Select { items, from: Some((Relation::Query(from.clone()), from)), ..Select::default() };
            self.cte(&query, Vec::new(), select);
            before = (query, "record".to_owned());
        }
        records
    }

    /// The query with the record of each key.
    fn keys_of(&mut self, base: &str, rows: &str, records: &str, place: &str, key: &str) -> String {
        let name = self.query_name(&format!("{base}_keys"));
        let first = format!("{records}_first");
        let relation = Relation::Query(rows.to_owned());
        let on = |alias: &str, column: &str| Sql::compare(Sql::column(alias, place), "=", Sql::column(records, column));
        let join = |alias: &str, column: &str| Join {
            kind: JoinKind::Inner,
            relation: relation.clone(),
            alias: alias.to_owned(),
            on: on(alias, column),
        };
        let select = Select {
            distinct: true,
            items: vec![
                Item::new(Sql::column(rows, key), "any_key"),
                Item::new(Sql::column(&first, key), "record_key"),
            ],
            from: Some((Relation::Query(records.to_owned()), records.to_owned())),
            joins: vec![join(rows, "place"), join(&first, "record")],
            ..Select::default()
        };
        let said = vec!["Every key, and the key that its record goes by.".to_owned()];
        self.cte(&name, said, select);
        name
    }

    /// The query of the records of an entity whose rows are put together: of each field the first value that is known.
    pub fn merged_source(&mut self, id: TableId, fields: &BTreeSet<FieldId>) -> Result<(), Wrong> {
        let table = self.lexicon.table(id);
        let Some(merged) = self.merged.get(&id).cloned() else { return Ok(()) };
        let Merged { mut state, rows, records, place, key, .. } = merged;
        let number = Sql::column(&rows, &place);
        let on = Sql::compare(number.clone(), "=", Sql::column(&records, "place"));
        let record = Sql::column(&records, "record");
        let mut columns: Vec<(String, Ty)> = Vec::new();
        for field in fields {
            columns.push((state.fields[field].clone(), table.fields[field.0 as usize].ty.clone()));
        }
        columns.extend(fields.iter().filter_map(|f| state.folded.get(f)).map(|c| (c.clone(), Ty::Text)));
        let is_list = |ty: &Ty| matches!(ty, Ty::List(_));
        // Lists are fetched from the row that has them.
        let references =
            |f: &&FieldId| matches!(table.fields[f.0 as usize].ty, Ty::Record(t) if self.merged.contains_key(&t));
        let later = columns.iter().any(|c| is_list(&c.1)) || fields.iter().any(|f| references(&f));
        let name = self.query_name(&table.name.snake());
        let first = if later { self.query_name(&format!("{}_merged", table.name.snake())) } else { name.clone() };
        let items = columns.iter().map(|(column, ty)| {
            let value = Sql::column(&rows, column);
            let value = match is_list(ty) {
                true => {
                    let known = self.dialect.list_known(value);
                    Sql::Filtered(Box::new(Sql::call("min", [number.clone()])), vec![known])
                }
                false => self.first_of(value, vec![number.clone()], false, ty),
            };
            Ok(Item::new(value, column))
        });
        let select = Select {
            items: items.collect::<Result<_, Wrong>>()?,
            from: Some((Relation::Query(rows.clone()), rows.clone())),
            joins: vec![Join { kind: JoinKind::Inner, relation: Relation::Query(records.clone()), alias: records, on }],
            group: vec![record],
            ..Select::default()
        };
        let said: Vec<String> = table.docs.iter().flat_map(|d| d.lines()).map(str::to_owned).collect();
        let select = self.over_columns(select, &name);
        self.cte(&first, said, select);
        if later {
            let from = Some((Relation::Query(first.clone()), first.clone()));
            let mut select = Select { from, ..Select::default() };
            for (column, ty) in &columns {
                let value = Sql::column(&first, column);
                let value = match is_list(ty) {
                    true => {
                        let alias = format!("row_of_{column}");
                        let on = Sql::compare(Sql::column(&alias, &place), "=", value);
                        let relation = Relation::Query(rows.clone());
                        select.joins.push(Join { kind: JoinKind::Left, relation, alias: alias.clone(), on });
                        Sql::column(&alias, column)
                    }
                    false => match fields.iter().find(|f| state.fields[*f] == *column && *column != key) {
                        Some(field) => self.looked_up(table, *field, value, &mut select),
                        None => value,
                    },
                };
                select.items.push(Item::new(value, column));
            }
            self.cte(&name, Vec::new(), select);
        }
        (state.head, state.source) = (name.clone(), name);
        self.tables.insert(id, state);
        Ok(())
    }

    /// The key of the record that a reference names, where records have several keys; what is no such reference stays.
    pub fn looked_up(&self, table: &Table, field: FieldId, value: Sql, select: &mut Select) -> Sql {
        let Ty::Record(target) = table.fields[field.0 as usize].ty else { return value };
        let Some(merged) = self.merged.get(&target) else { return value };
        let relation = Relation::Query(merged.keys.clone());
        let on = |alias: &str| Sql::compare(Sql::column(alias, "any_key"), "=", value.clone());
        let same = |j: &&Join| j.relation == relation && j.on == on(&j.alias);
        if let Some(join) = select.joins.iter().find(same) {
            return Sql::column(&join.alias, "record_key");
        }
        let alias = format!("{}_named", table.fields[field.0 as usize].name.snake());
        let alias = match select.joins.iter().filter(|j| j.alias.starts_with(&alias)).count() {
            0 => alias,
            n => format!("{alias}_{}", n + 1),
        };
        let on = on(&alias);
        select.joins.push(Join { kind: JoinKind::Left, relation, alias: alias.clone(), on });
        Sql::column(&alias, "record_key")
    }
}
