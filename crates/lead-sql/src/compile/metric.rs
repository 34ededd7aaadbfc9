//! Metrics (D40): what each aggregate is in each combination of dimensions, put together, and an expression over it.

use lead_hir::hir::{DefId, DefKind, TableId, Ty};
use lead_plan::{MeasureId, MeasureKind, NodeId};

use super::measure::{filtered, without_zero};
use super::{Compiler, Frame, Place, Wrong, docs};
use crate::ir::{Cte, Item, Relation, Select, Sql, Type};

/// What aggregates of a metric have in common that are collected together: the table, and the dimensions asked of its records.
type Alike = (TableId, Vec<NodeId>);

impl Compiler<'_> {
    /// The rows of a metric.
    pub fn metric(&mut self, id: DefId) -> Result<(Select, Vec<(String, Ty)>), Wrong> {
        let plan = self.plan;
        let def = self.lexicon.def(id);
        let (Some(metric), DefKind::Metric(written)) = (plan.metrics.iter().find(|m| m.def == id), &def.kind) else {
            return Err(self.lacks_at("no such metric".to_owned(), Some(def.span)));
        };
        let limit = self.dialect.name_limit();
        let mut names = crate::names::Names::default();
        let dimensions: Vec<(String, Ty)> =
            written.by.iter().map(|d| (names.fresh(&d.name.snake(), limit), d.ty.clone())).collect();
        let answer = names.fresh(&def.name.snake(), limit);
        let keys: Vec<String> = dimensions.iter().map(|d| names.fresh(&format!("{}_key", d.0), limit)).collect();
        let mut measures: Vec<MeasureId> = metric.measures.clone();
        measures.dedup();
        let mut unique: Vec<MeasureId> = Vec::new();
        measures.into_iter().for_each(|m| {
            if !unique.contains(&m) {
                unique.push(m)
            }
        });
        let columns: Vec<String> =
            unique.iter().map(|m| names.fresh(&self.measure_name(NodeId(u32::MAX), *m), limit)).collect();
        // Aggregates over the same records with the same dimensions are collected together.
        let mut groups: Vec<(Alike, Vec<usize>)> = Vec::new();
        for (i, m) in unique.iter().enumerate() {
            let measure = plan.measure(*m);
            let key = (measure.table, measure.by.clone());
            match groups.iter_mut().find(|g| g.0 == key) {
                Some(group) => group.1.push(i),
                None => groups.push((key, vec![i])),
            }
        }
        let mut selects = Vec::new();
        let mut nothing: Vec<Option<Sql>> = vec![None; unique.len()];
        let mut doubtful = vec![false; unique.len()];
        for ((table, by), list) in groups {
            let head = self.state(table)?.head.clone();
            let mut frame = Frame::new(&head, table);
            let at = Place { alias: head.clone(), table };
            let mut items = Vec::new();
            let mut group = Vec::new();
            for (k, node) in by.iter().enumerate() {
                let key = self.key_of(*node, &at, &mut frame)?;
                let shown = self.expr(*node, &at, &mut frame)?;
                // Texts that compare equal are one row, shown as the least spelling.
                let shown = match dimensions[k].1 {
                    Ty::Text | Ty::OneOf(_) => Sql::call("min", [self.dialect.by_bytes(shown)]),
                    Ty::YesNo => self.dialect.extreme_yes_no(shown, false),
                    _ => Sql::call("min", [shown]),
                };
                items.push(Item::new(key.clone(), &keys[k]));
                items.push(Item::new(shown, &dimensions[k].0));
                group.push(key);
            }
            let mut conditions = Vec::new();
            let mut values: Vec<Option<Sql>> = vec![None; unique.len()];
            for i in &list {
                let measure = plan.measure(unique[*i]);
                let own = self.counted(measure, &at, &mut frame)?;
                let (value, none, doubt) = self.collected(unique[*i], metric.node, &at, &mut frame)?;
                values[*i] = Some(if none.is_some() && !doubt { without_zero(value) } else { value });
                (nothing[*i], doubtful[*i]) = (none, doubt);
                conditions.push(own);
            }
            let mut common = conditions[0].clone();
            common.retain(|c| conditions.iter().all(|own| own.contains(c)));
            conditions.iter_mut().for_each(|own| own.retain(|c| !common.contains(c)));
            let mut filter = common;
            if conditions.iter().all(|c| !c.is_empty()) && !by.is_empty() {
                filter.push(Sql::or(conditions.iter().map(|c| Sql::and(c.clone())).collect()));
            }
            for (i, own) in list.iter().zip(&conditions) {
                values[*i] = values[*i].take().map(|v| filtered(v, own));
            }
            for (i, value) in values.into_iter().enumerate() {
                let empty = Sql::Null.cast(self.measure_type(unique[i]));
                items.push(Item::new(value.unwrap_or(empty), &columns[i]));
                // Whether the aggregate has a row of its own tells an unknown total from none.
            }
            let select = Select {
                items,
                from: Some((Relation::Query(head.clone()), head)),
                joins: frame.joins,
                filter,
                group,
                ..Select::default()
            };
            selects.push(self.over_columns(select, &self.lexicon.table(table).name.snake()));
        }
        let parts = self.query_name(&format!("{}_parts", def.name.snake()));
        self.ctes.push(Cte { name: parts.clone(), comment: Vec::new(), selects, recursive: false });
        let rows = self.query_name(&format!("{}_rows", def.name.snake()));
        let column = |name: &str| Sql::column(&parts, name);
        let mut items: Vec<Item> = keys.iter().map(|k| Item::new(column(k), k)).collect();
        for (name, ty) in &dimensions {
            let shown = match ty {
                Ty::YesNo => self.dialect.extreme_yes_no(column(name), false),
                _ => Sql::call("min", [column(name)]),
            };
            items.push(Item::new(shown, name));
        }
        for (i, name) in columns.iter().enumerate() {
            let one = match self.measure_type(unique[i]) {
                Type::Bool => self.dialect.extreme_yes_no(column(name), true),
                _ => Sql::call("max", [column(name)]),
            };
            let value = match (&nothing[i], doubtful[i]) {
                (Some(nothing), false) => one.or_else(nothing.clone()),
                _ => one,
            };
            items.push(Item::new(value, name));
        }
        let select = Select {
            items,
            from: Some((Relation::Query(parts.clone()), parts.clone())),
            group: keys.iter().map(|k| column(k)).collect(),
            ..Select::default()
        };
        self.cte(&rows, docs(def), select);
        let mut frame = Frame::default();
        for (m, name) in unique.iter().zip(&columns) {
            frame.globals.insert(*m, Sql::column(&rows, name));
        }
        let nowhere = Place { alias: rows.clone(), table: TableId(u32::MAX) };
        let value = self.expr(metric.node, &nowhere, &mut frame)?;
        let mut items: Vec<Item> = dimensions.iter().map(|d| Item::new(Sql::column(&rows, &d.0), &d.0)).collect();
        items.push(Item::new(value, &answer));
        let is_text = |ty: &Ty| matches!(ty, Ty::Text | Ty::OneOf(_) | Ty::Key | Ty::Record(_));
        let types: Vec<bool> = dimensions.iter().map(|d| is_text(&d.1)).collect();
        let order = keys
            .iter()
            .zip(&types)
            .flat_map(|(k, text)| {
                let key = Sql::column(&rows, k);
                let unknown = Sql::when(key.clone().is_null(), Sql::Int(1), Some(Sql::Int(0)));
                [unknown, if *text { self.dialect.by_bytes(key) } else { key }]
            })
            .collect();
        let select = Select { items, from: Some((Relation::Query(rows.clone()), rows)), order, ..Select::default() };
        let mut types = dimensions;
        types.push((answer, def.ty.clone()));
        Ok((select, types))
    }

    /// The type of a measure's column.
    pub fn measure_type(&self, id: MeasureId) -> Type {
        let measure = self.plan.measure(id);
        match (&measure.kind, measure.argument) {
            (MeasureKind::Count | MeasureKind::Distinct | MeasureKind::Sequence(_), _) | (_, None) => Type::Int,
            (MeasureKind::Points { .. } | MeasureKind::PointsOf { .. }, _) => Type::Double,
            (_, Some(argument)) => type_of(self.ty(argument)),
        }
    }
}

/// The type that a value of the language has in SQL, lists left out.
pub(crate) fn type_of(ty: &Ty) -> Type {
    match ty {
        Ty::YesNo => Type::Bool,
        Ty::Money => Type::Money,
        Ty::Date => Type::Date,
        Ty::Time => Type::Time,
        Ty::Duration => Type::Int,
        Ty::Number | Ty::Percent => Type::Double,
        _ => Type::Text,
    }
}
