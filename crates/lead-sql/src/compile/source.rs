//! Clean sources: a query for each entity and event with its fields under the lexicon's names, texts without blanks around
//! them, listed values as they are listed, rows of several sources put together (D42 to D45).

use lead_diag::InOrder;
use std::collections::{BTreeMap, BTreeSet};

use lead_hir::hir::{CompareOp, FieldId, SourceFilter, Table, TableId, Ty, Value};
use lead_plan::{Op, Scope};

use super::expr::fold_text;
use super::{Compiler, TableState, Wrong};
use crate::ir::{Cte, Item, Join, JoinKind, Relation, Select, Sql, Type, walk};
use crate::names::Names;

impl Compiler<'_> {
    /// The fields that the statement needs, by table.
    fn needed(&self) -> BTreeMap<TableId, BTreeSet<FieldId>> {
        let mut needs = self.plan.needs(self.lexicon);
        for node in &self.plan.nodes {
            if let (Op::Field(_), Ty::Record(target)) = (&node.op, &node.ty) {
                needs.entry(*target).or_default();
            }
        }
        for (table, fields) in &mut needs {
            let table = self.lexicon.table(*table);
            fields.extend(table.key.iter().chain(&table.time()).chain(&table.same_when));
        }
        needs
    }

    /// A query for each table that is needed.
    pub fn sources(&mut self) -> Result<(), Wrong> {
        let needs = self.needed();
        self.sources_of(&needs)
    }

    /// A query for each of these tables, with these fields.
    pub fn sources_of(&mut self, needs: &BTreeMap<TableId, BTreeSet<FieldId>>) -> Result<(), Wrong> {
        // References to records that have several keys are looked up: which row is of which record is told before all others.
        for id in needs.keys().filter(|t| !self.lexicon.table(**t).same_when.is_empty()) {
            let state = self.names_of(*id, &needs[id]);
            self.merge(*id, state)?;
        }
        let mut feeds: Vec<Vec<TableId>> = Vec::new();
        for id in needs.keys().copied() {
            let table = self.lexicon.table(id);
            let tables = self.options.target.tables_of(table);
            // Events of one table are read once, together.
            let joint = |f: &&mut Vec<TableId>| {
                let first = self.lexicon.table(f[0]);
                table.is_event() && first.is_event() && tables.len() == 1 && {
                    let of_first = self.options.target.tables_of(first);
                    of_first.len() == 1 && of_first[0].0 == tables[0].0
                }
            };
            match feeds.iter_mut().find(joint) {
                Some(feed) => feed.push(id),
                None => feeds.push(vec![id]),
            }
        }
        for feed in feeds {
            match feed.as_slice() {
                [one] if self.merged.contains_key(one) => self.merged_source(*one, &needs[one])?,
                [one] => self.source(*one, &needs[one])?,
                many => self.shared_source(many, needs)?,
            }
        }
        Ok(())
    }

    fn names_of(&mut self, id: TableId, fields: &BTreeSet<FieldId>) -> TableState {
        let table = self.lexicon.table(id);
        let limit = self.dialect.name_limit();
        let mut state = TableState::default();
        for field in fields {
            let name = state.names.fresh(&table.fields[field.0 as usize].name.snake(), limit);
            state.fields.insert(*field, name);
        }
        state.key = table.key.and_then(|k| state.fields.get(&k).cloned());
        // What is measured of records that have no key is told apart by their number.
        let measured = self.plan.measures.iter().any(|m| m.subject == Scope::Table(id));
        if state.key.is_none() && measured && !table.is_event() {
            state.key = Some(state.names.fresh("row_number", limit));
        }
        for field in fields {
            if matches!(table.fields[field.0 as usize].ty, Ty::Text | Ty::OneOf(_)) && self.is_folded(*field, id) {
                let name = state.names.fresh(&format!("{}_folded", state.fields[field]), limit);
                state.folded.insert(*field, name);
            }
        }
        state
    }

    /// The query of one table.
    fn source(&mut self, id: TableId, fields: &BTreeSet<FieldId>) -> Result<(), Wrong> {
        let table = self.lexicon.table(id);
        let mut state = self.names_of(id, fields);
        let sources = self.options.target.tables_of(table);
        let name = self.query_name(&table.name.snake());
        let comment: Vec<String> = table.docs.iter().flat_map(|d| d.lines()).map(str::to_owned).collect();
        (state.head, state.source) = (name.clone(), name.clone());
        let several = sources.len() > 1 && table.key.is_some();
        let mut selects = Vec::new();
        for (i, (parts, source)) in sources.iter().enumerate() {
            let mut select = self.raw_select(id, parts, source.as_deref(), &state, !several)?;
            for item in &mut select.items {
                if let (None, Item::Value { value, name, .. }) = (table.key, item)
                    && i > 0
                    && Some(&*name) == state.key.as_ref()
                {
                    *value = value.clone().plus(Sql::Int(i as i128 * super::merge::SOURCE));
                }
            }
            // A row without a time is in no window, and one without a key is no record (D35, D43).
            for field in table.time().into_iter().chain(table.key) {
                let raw = parts.last().cloned().unwrap_or_default();
                let column = Sql::column(&raw, &self.options.target.column(table, field, source.as_deref()));
                select.filter.push(column.is_known());
            }
            selects.push(select);
        }
        if !several {
            self.tables.insert(id, state);
            self.ctes.push(Cte { name, comment, selects, recursive: false });
            return Ok(());
        }
        // Rows of several sources with one key are one record: the first source wins, the others fill its gaps.
        let key = state.key.clone().unwrap_or_default();
        let mut parts = Vec::new();
        for select in selects {
            let part = self.query_name(&format!("{name}_{}", parts.len() + 1));
            self.cte(&part, Vec::new(), select);
            parts.push(part);
        }
        let first_of = |column: &str, parts: &[String]| match parts {
            [one] => Sql::column(one, column),
            many => Sql::call("coalesce", many.iter().map(|p| Sql::column(p, column))),
        };
        let joins = (1..parts.len()).map(|i| Join {
            kind: JoinKind::Full,
            relation: Relation::Query(parts[i].clone()),
            alias: parts[i].clone(),
            on: Sql::compare(Sql::column(&parts[i], &key), "=", first_of(&key, &parts[..i])),
        });
        let from = Some((Relation::Query(parts[0].clone()), parts[0].clone()));
        let mut select = Select { from, joins: joins.collect(), ..Select::default() };
        // A list may be unknown without being NULL.
        let first_list = |column: &str| {
            let own = |part: &String| Sql::column(part, column);
            let known = |part: &String| self.dialect.list_known(own(part));
            if parts.first().is_none_or(|p| known(p) == own(p).is_known()) {
                return first_of(column, &parts);
            }
            let (last, before) = parts.split_last().map_or((Sql::Null, &[][..]), |(l, b)| (own(l), b));
            before.iter().rev().fold(last, |rest, part| Sql::when(known(part), own(part), Some(rest)))
        };
        for field in fields {
            let column = &state.fields[field];
            let is_list = matches!(table.fields[field.0 as usize].ty, Ty::List(_));
            let first = if is_list { first_list(column) } else { first_of(column, &parts) };
            let value = self.looked_up(table, *field, first, &mut select);
            select.items.push(Item::new(value, column));
        }
        for column in fields.iter().filter_map(|f| state.folded.get(f)) {
            select.items.push(Item::new(first_of(column, &parts), column));
        }
        self.cte(&name, comment, select);
        self.tables.insert(id, state);
        Ok(())
    }

    /// What a table takes of a table of the warehouse. `resolved`: references name records, not only keys.
    pub fn raw_select(
        &mut self,
        id: TableId,
        parts: &[String],
        source: Option<&str>,
        state: &TableState,
        resolved: bool,
    ) -> Result<Select, Wrong> {
        let table = self.lexicon.table(id);
        let raw = parts.last().cloned().unwrap_or_default();
        let written = Relation::Table(self.options.target.written(parts));
        let mut select = Select { from: Some((written, raw.clone())), ..Select::default() };
        let mut fields: Vec<(&FieldId, &String)> = state.fields.iter().collect();
        fields.in_order();
        for (field, name) in fields {
            let column = Sql::column(&raw, &self.options.target.column(table, *field, source));
            let mut value = self.clean(table, *field, column);
            if resolved {
                value = self.looked_up(table, *field, value, &mut select);
            }
            select.items.push(Item::new(value, name));
        }
        let mut folded: Vec<(&FieldId, &String)> = state.folded.iter().collect();
        folded.in_order();
        for (field, name) in folded {
            let column = Sql::column(&raw, &self.options.target.column(table, *field, source));
            let text = self.dialect.trimmed(column);
            select.items.push(Item::new(self.dialect.lower(text), name));
        }
        if let (None, Some(key)) = (table.key, &state.key) {
            // Rows that have all in common may take each other's number.
            let values = select
                .items
                .iter()
                .filter_map(|i| if let Item::Value { value, .. } = i { Some(value.clone()) } else { None });
            let values: Vec<Sql> = values.collect();
            let places = vec!["{}"; values.len()].join(",\n");
            let order = if values.is_empty() { String::new() } else { format!("ORDER BY\n{places}") };
            let number = Sql::form(&format!("row_number() OVER ({order})"), values);
            select.items.push(Item::new(number, key));
        }
        if select.items.is_empty() {
            // Rows that nothing is asked of still count.
            select.items.push(Item::new(Sql::Int(1), "one"));
        }
        if table.is_event() {
            select.filter.extend(self.partition(&[id], &raw));
        }
        if let Some(filter) = &table.filter {
            select.filter.push(self.selected(table, filter, &raw, &BTreeMap::new())?);
        }
        Ok(select)
    }

    /// A column as the lexicon reads it.
    pub fn clean(&self, table: &Table, field: FieldId, column: Sql) -> Sql {
        let text = |column: Sql| self.dialect.trimmed(column);
        match &table.fields[field.0 as usize].ty {
            Ty::Key | Ty::Record(_) => text(column.cast(Type::Text)),
            Ty::Text => text(column),
            Ty::OneOf(values) => {
                let trimmed = text(column);
                let arms = values.iter().map(|v| (Sql::Text(fold_text(v)), Sql::Text(v.clone())));
                let folded = self.dialect.lower(trimmed.clone());
                let mut places = String::from("CASE {}");
                let mut args = vec![folded];
                for (from, to) in arms {
                    places.push_str("\nWHEN {} THEN {}");
                    args.extend([from, to]);
                }
                args.push(trimmed);
                Sql::form(&format!("{places}\nELSE {{}}\rEND"), args)
            }
            Ty::Number | Ty::Percent => column.cast(Type::Double),
            Ty::Money => column.cast(Type::Money),
            Ty::YesNo => column.cast(Type::Bool),
            Ty::Date => column.cast(Type::Date),
            Ty::Time => column.cast(Type::Time),
            Ty::Duration => column.cast(Type::Int),
            Ty::List(_) | Ty::Period | Ty::Error => column,
        }
    }

    /// Names of columns in small letters.
    pub fn folded_columns(&self) -> BTreeSet<String> {
        self.tables.values().flat_map(|s| s.folded.values().chain(s.looked_up.values()).cloned()).collect()
    }

    /// One query for several events of one table: a column for each says which rows are of it.
    fn shared_source(&mut self, ids: &[TableId], needs: &BTreeMap<TableId, BTreeSet<FieldId>>) -> Result<(), Wrong> {
        let first = self.lexicon.table(ids[0]);
        let (parts, source) = match self.options.target.tables_of(first).into_iter().next() {
            Some(found) => found,
            None => return Ok(()),
        };
        let raw = parts.last().cloned().unwrap_or_default();
        let limit = self.dialect.name_limit();
        let name = self.query_name(&format!("{raw}_read"));
        let mut names = Names::default();
        let mut made: Vec<(Sql, String)> = Vec::new();
        let written = Relation::Table(self.options.target.written(&parts));
        let (read, folds) = self.texts(ids, needs, written, &raw, source.as_deref());
        let mut select = Select { from: Some((read, raw.clone())), ..Select::default() };
        if folds.is_empty() {
            select.filter.extend(self.partition(ids, &raw));
        }
        let mut columns = |value: Sql, wanted: &str, table: &str, select: &mut Select| -> String {
            if let Some((_, name)) = made.iter().find(|m| m.0 == value && m.1 == wanted) {
                return name.clone();
            }
            // A name that stands for something else in another event bears the event's name.
            let clashes = made.iter().any(|m| m.1 == wanted);
            let name = names.fresh(&if clashes { format!("{table}_{wanted}") } else { wanted.to_owned() }, limit);
            select.items.push(Item::new(value.clone(), &name));
            made.push((value, name.clone()));
            name
        };
        let mut conditions: Vec<(TableId, Vec<Sql>)> = Vec::new();
        for id in ids {
            let table = self.lexicon.table(*id);
            let own = table.name.snake();
            let fields = &needs[id];
            let mut state = TableState { head: name.clone(), source: name.clone(), ..TableState::default() };
            for field in fields {
                let column = Sql::column(&raw, &self.options.target.column(table, *field, source.as_deref()));
                let value = self.clean(table, *field, column.clone());
                let value = self.looked_up(table, *field, value, &mut select);
                let wanted = table.fields[field.0 as usize].name.snake();
                let made = columns(value, &wanted, &own, &mut select);
                let is_text = matches!(table.fields[field.0 as usize].ty, Ty::Text | Ty::OneOf(_));
                if is_text && self.is_folded(*field, *id) {
                    let text = self.dialect.trimmed(column);
                    let folded = columns(self.dialect.lower(text), &format!("{made}_folded"), &own, &mut select);
                    state.folded.insert(*field, folded);
                }
                state.fields.insert(*field, made);
            }
            let mut own = Vec::new();
            if let Some(filter) = &table.filter {
                own.push(self.selected(table, filter, &raw, &folds)?);
            }
            if let Some(time) = table.time() {
                let column = self.options.target.column(table, time, source.as_deref());
                own.push(Sql::column(&raw, &column).is_known());
            }
            conditions.push((*id, own));
            self.tables.insert(*id, state);
        }
        // What all of them ask for is asked once.
        let mut common = conditions[0].1.clone();
        common.retain(|c| conditions.iter().all(|(_, own)| own.contains(c)));
        let mut any = Vec::new();
        for (id, mut own) in conditions {
            own.retain(|c| !common.contains(c));
            any.push(Sql::and(own.clone()));
            let marker = if own.is_empty() { Sql::Bool(true) } else { Sql::and(own).or_else(Sql::Bool(false)) };
            let table = self.lexicon.table(id).name.snake();
            let marker = columns(marker, &format!("is_{table}"), &table, &mut select);
            if let Some(state) = self.tables.get_mut(&id) {
                state.marker = Some(marker);
            }
        }
        select.filter.extend(common);
        if !any.contains(&Sql::Bool(true)) {
            select.filter.push(Sql::or(any));
        }
        let listed: Vec<&str> = ids.iter().map(|id| self.lexicon.table(*id).name.text.as_str()).collect();
        let comment = vec![format!("Read once for: {}.", listed.join(", "))];
        self.cte(&name, comment, select);
        Ok(())
    }

    /// A query of a table with the columns that conditions of sources look at in small letters, too; and the name of that column for each
    /// of their headers.
    fn texts(
        &mut self,
        ids: &[TableId],
        needs: &BTreeMap<TableId, BTreeSet<FieldId>>,
        written: Relation,
        raw: &str,
        source: Option<&str>,
    ) -> (Relation, BTreeMap<String, String>) {
        let limit = self.dialect.name_limit();
        let mut headers: Vec<(String, String)> = Vec::new();
        let mut columns: Vec<String> = Vec::new();
        for id in ids {
            let table = self.lexicon.table(*id);
            columns.extend(needs[id].iter().map(|f| self.options.target.column(table, *f, source)));
            let mut own = Vec::new();
            table.filter.iter().for_each(|f| crate::target::headers_of(f, &mut own));
            headers.extend(own.into_iter().map(|h| (self.options.target.header(table, &h), h)));
        }
        columns.extend(headers.iter().map(|h| h.0.clone()));
        let mut seen = BTreeSet::new();
        columns.retain(|c| seen.insert(c.clone()));
        let mut names = Names::default();
        columns.iter().for_each(|c| names.reserve(c));
        let mut items: Vec<Item> = columns.iter().map(|c| Item::new(Sql::column(raw, c), c)).collect();
        let mut made: BTreeMap<String, String> = BTreeMap::new();
        let mut folds = BTreeMap::new();
        for (column, header) in headers {
            let name = made.entry(column.clone()).or_insert_with(|| {
                let plain = |c: char| if c.is_alphanumeric() { c } else { '_' };
                let wanted: String = column.to_lowercase().chars().map(plain).collect();
                let name = names.fresh(&format!("{wanted}_folded"), limit);
                let text = self.dialect.trimmed(Sql::column(raw, &column));
                items.push(Item::new(self.dialect.lower(text), &name));
                name
            });
            folds.insert(header, name.clone());
        }
        if folds.is_empty() {
            return (written, folds);
        }
        let name = self.query_name(&format!("{raw}_texts"));
        let from = Some((written, raw.to_owned()));
        let filter = self.partition(ids, raw);
        self.cte(&name, Vec::new(), Select { items, from, filter, ..Select::default() });
        (Relation::Query(name), folds)
    }

    /// A source's condition on its headers. `folds`: columns of headers in small letters.
    fn selected(
        &self,
        table: &Table,
        filter: &SourceFilter,
        raw: &str,
        folds: &BTreeMap<String, String>,
    ) -> Result<Sql, Wrong> {
        let column = |header: &str| Sql::column(raw, &self.options.target.header(table, header));
        let text = |header: &str| self.dialect.trimmed(column(header));
        Ok(match filter {
            SourceFilter::And(parts) => {
                let parts: Result<Vec<Sql>, Wrong> =
                    parts.iter().map(|p| self.selected(table, p, raw, folds)).collect();
                Sql::and(parts?)
            }
            SourceFilter::Or(parts) => {
                let parts: Result<Vec<Sql>, Wrong> =
                    parts.iter().map(|p| self.selected(table, p, raw, folds)).collect();
                Sql::or(parts?)
            }
            SourceFilter::Not(inner) => Sql::Not(Box::new(self.selected(table, inner, raw, folds)?)),
            SourceFilter::Known { header, negated: false, .. } => text(header).is_known(),
            SourceFilter::Known { header, .. } => text(header).is_null(),
            SourceFilter::Yes { header, .. } => column(header).cast(Type::Bool),
            SourceFilter::Compare { header, op, values, span } => {
                let is_text = values.iter().all(|v| matches!(v, Value::Text(_)));
                let (left, right): (Sql, Vec<Sql>) = if is_text {
                    let texts = values.iter().map(|v| match v {
                        Value::Text(t) => Sql::Text(fold_text(t)),
                        _ => Sql::Null,
                    });
                    let folded = match folds.get(header) {
                        Some(name) => Sql::column(raw, name),
                        None => self.dialect.lower(text(header)),
                    };
                    (folded, texts.collect())
                } else {
                    let value = |v: &Value| match v {
                        Value::YesNo(b) => (Sql::Bool(*b), Type::Bool),
                        Value::Money(m) => (Sql::Money(*m), Type::Money),
                        Value::Date(d) => (Sql::Date(*d), Type::Date),
                        Value::Time(t) => (Sql::Time(*t), Type::Time),
                        Value::Number(n) | Value::Percent(n) => (Sql::Number(*n), Type::Double),
                        Value::Duration(d) => (Sql::Int(i128::from(*d)), Type::Int),
                        Value::Text(_) | Value::List(_) => (Sql::Null, Type::Text),
                    };
                    let ty = values.first().map_or(Type::Text, |v| value(v).1);
                    (column(header).cast(ty), values.iter().map(|v| value(v).0).collect())
                };
                let mut list = right;
                let sign = match op {
                    CompareOp::In => return Ok(Sql::In(Box::new(left), list)),
                    CompareOp::NotIn => return Ok(Sql::Not(Box::new(Sql::In(Box::new(left), list)))),
                    CompareOp::Equal => "=",
                    CompareOp::NotEqual => "<>",
                    CompareOp::Less => "<",
                    CompareOp::LessEqual => "<=",
                    CompareOp::Greater => ">",
                    CompareOp::GreaterEqual => ">=",
                    other => {
                        let part = list.pop().unwrap_or(Sql::Null);
                        return match other {
                            CompareOp::Contains => Ok(self.dialect.contains(left, part)),
                            CompareOp::StartsWith => Ok(self.dialect.starts_with(left, part)),
                            CompareOp::EndsWith => Ok(self.dialect.ends_with(left, part)),
                            _ => match values.first() {
                                Some(Value::Text(pattern)) => self
                                    .dialect
                                    .matches(text(header), pattern)
                                    .map_err(|l| self.lacks_at(l, Some(*span))),
                                _ => Ok(Sql::Null),
                            },
                        };
                    }
                };
                Sql::compare(left, sign, list.pop().unwrap_or(Sql::Null))
            }
        })
    }
}

/// Leaves out those of the columns that nothing but columns of the same name is made of.
pub(crate) fn without_unused(ctes: &mut [Cte], bodies: &[Select], columns: &BTreeSet<String>) {
    let mut used = BTreeSet::new();
    for select in ctes.iter().flat_map(|c| &c.selects).chain(bodies) {
        let mut look = |sql: &Sql, own: &str| {
            walk(sql, &mut |s| {
                if let Sql::Column { name, .. } = s
                    && name != own
                {
                    used.insert(name.clone());
                }
            });
        };
        for item in &select.items {
            if let Item::Value { value, name, .. } = item {
                look(value, name);
            }
        }
        select.joins.iter().for_each(|j| look(&j.on, ""));
        select.filter.iter().chain(&select.group).chain(&select.order).for_each(|s| look(s, ""));
    }
    for select in ctes.iter_mut().flat_map(|c| &mut c.selects) {
        select
            .items
            .retain(|i| !matches!(i, Item::Value { name, .. } if columns.contains(name) && !used.contains(name)));
    }
}
