//! Metrics of the reference interpreter (D40).

use std::collections::BTreeMap;
use std::rc::Rc;

use lead_syntax::ast::{Aggregate, AggregateBody, Expr, ExprKind, fold_name};

use super::schema::{DefBody, FieldType};
use super::scope::Member;
use super::value::{OrderKey, RefValue, fold};
use super::{Env, Reference};

/// A row of a metric: its dimensions and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricRow {
    /// One value per dimension.
    pub by: Vec<RefValue>,
    /// The measure.
    pub value: RefValue,
}

/// The dimensions of a metric and the row that is being filled.
pub struct Group {
    dimensions: Vec<Expr>,
    row: Option<Vec<OrderKey>>,
}

impl Reference {
    /// All rows of a metric, in order.
    pub fn metric(&self, name: &str, as_of: i64) -> Vec<MetricRow> {
        let def = self.schema.def(&fold_name(name)).unwrap_or_else(|| panic!("no metric `{name}`"));
        let DefBody::Metric(metric) = &self.schema.defs[def].body else { panic!("`{name}` is no metric") };
        let dimensions: Vec<Expr> = metric.by.iter().map(|d| d.expr.clone()).collect();
        let all = Env { as_of, ..Env::default() };
        let mut rows: BTreeMap<Vec<OrderKey>, Vec<RefValue>> = BTreeMap::new();
        if dimensions.is_empty() {
            rows.insert(Vec::new(), Vec::new());
        }
        self.each_aggregate(&metric.expr, &all, &mut |aggregate, env| {
            let AggregateBody::Records(records) = &aggregate.body else { panic!("a sequence in a metric") };
            let every = aggregate.function == lead_syntax::ast::AggregateFn::Every;
            for inner in self.taken(records, env, !every).records {
                let values: Vec<RefValue> = dimensions.iter().map(|d| self.dimension(d, &inner)).collect();
                let key = values.iter().cloned().map(OrderKey).collect();
                let shown = rows.entry(key).or_insert_with(|| values.clone());
                for (shown, value) in shown.iter_mut().zip(values) {
                    if let (RefValue::Text(a), RefValue::Text(b)) = (&*shown, &value)
                        && b < a
                    {
                        *shown = value;
                    }
                }
            }
        });
        rows.into_iter()
            .map(|(key, by)| {
                let group = Group { dimensions: dimensions.clone(), row: Some(key) };
                let env = Env { group: Some(Rc::new(group)), ..all.clone() };
                MetricRow { by, value: self.value(&metric.expr, &env) }
            })
            .collect()
    }

    /// Whether the record of `inner` belongs to the row that is being filled.
    pub fn in_group(&self, group: &Group, inner: &Env) -> bool {
        let Some(row) = &group.row else { return true };
        group.dimensions.iter().zip(row).all(|(d, k)| OrderKey(self.dimension(d, inner)) == *k)
    }

    /// A dimension of a record. Values of a `one of` are shown as the schema spells them.
    fn dimension(&self, dimension: &Expr, inner: &Env) -> RefValue {
        let value = match self.value(dimension, inner) {
            // A record is told apart by its key (D49).
            RefValue::Record(table, row) => RefValue::Key(self.key_of(table, row)),
            value => value,
        };
        if let (RefValue::Text(text), ExprKind::Path(path)) = (&value, &dimension.kind)
            && let Some((table, Member::Field(field))) = self.walk_path(path, &inner.tables(), None)
            && let FieldType::OneOf(spellings) = &self.schema.tables[table].fields[field].ty
            && let Some(spelling) = spellings.iter().find(|s| fold(s) == fold(text))
        {
            return RefValue::Text(spelling.clone());
        }
        value
    }

    /// The outermost aggregates of a metric, each with the window that covers it.
    fn each_aggregate(&self, expr: &Expr, env: &Env, f: &mut impl FnMut(&Aggregate, &Env)) {
        match &expr.kind {
            ExprKind::Aggregate(aggregate) => f(aggregate, env),
            ExprKind::Paren(e) | ExprKind::Not(e) | ExprKind::Negate(e) => self.each_aggregate(e, env, f),
            ExprKind::IsKnown { value, .. } => self.each_aggregate(value, env, f),
            ExprKind::And(items) | ExprKind::Or(items) | ExprKind::List(items) => {
                items.iter().for_each(|e| self.each_aggregate(e, env, f));
            }
            ExprKind::Call { args, .. } => args.iter().for_each(|e| self.each_aggregate(e, env, f)),
            ExprKind::Arithmetic { left, right, .. } | ExprKind::Compare { left, right, .. } => {
                self.each_aggregate(left, env, f);
                self.each_aggregate(right, env, f);
            }
            ExprKind::Between { value, low, high } => {
                for e in [value, low, high] {
                    self.each_aggregate(e, env, f);
                }
            }
            ExprKind::Windowed { value, window } => {
                let env = env.windowed(Some(self.span(window, env)));
                self.each_aggregate(value, &env, f);
            }
            _ => {}
        }
    }
}
