//! Metrics: groups of records, and an expression over the groups (D40).

use std::cmp::Ordering;
use std::collections::BTreeMap;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lead_data::{NO_RECORD, Values, fold_text};
use lead_hir::hir::{Ty, Value};
use lead_plan::{Measure, MetricPlan, NodeId, Op, Scope};

use crate::answers::{MetricAnswer, MetricRow};
use crate::engine::Engine;
use crate::hits::{Counted, Frame};
use crate::kernel::{Overflow, Rows, kernel};
use crate::vector::{TextView, Vector, gather, texts};

/// A dimension's value as it is compared and ordered; unknown last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    No,
    Yes,
    /// A float's bits, turned so that they order as the float does.
    Number(u64),
    Int(i64),
    Text(String),
    Unknown,
}

fn key(value: Option<&Value>, exact: bool) -> Key {
    match value {
        None => Key::Unknown,
        Some(Value::YesNo(true)) => Key::Yes,
        Some(Value::YesNo(false)) => Key::No,
        Some(Value::Number(n) | Value::Percent(n)) => {
            let bits = (n + 0.0).to_bits();
            Key::Number(if bits >> 63 == 1 { !bits } else { bits | 1 << 63 })
        }
        Some(Value::Money(n) | Value::Time(n) | Value::Duration(n)) => Key::Int(*n),
        Some(Value::Date(n)) => Key::Int(i64::from(*n)),
        Some(Value::Text(text)) if exact => Key::Text(text.trim().to_string()),
        Some(Value::Text(text)) => Key::Text(fold_text(text)),
        Some(Value::List(items)) => Key::Text(format!("{items:?}")),
    }
}

/// The groups that records of one measure fall into.
#[derive(Debug)]
pub(crate) struct Groups {
    ids: BTreeMap<Vec<Key>, u32>,
    /// What is shown of each group.
    shown: Vec<Vec<Option<Value>>>,
}

impl Groups {
    pub(crate) fn new(measure: &Measure) -> Groups {
        let mut groups = Groups { ids: BTreeMap::new(), shown: Vec::new() };
        if measure.by.is_empty() {
            groups.ids.insert(Vec::new(), 0);
            groups.shown.push(Vec::new());
        }
        groups
    }

    pub(crate) fn len(&self) -> usize {
        self.shown.len()
    }

    fn id(&mut self, key: Vec<Key>, shown: Vec<Option<Value>>) -> u32 {
        if let Some(id) = self.ids.get(&key) {
            let before = &mut self.shown[*id as usize];
            // D40: texts that compare equal show as the least spelling.
            for (before, now) in before.iter_mut().zip(shown) {
                if let (Some(Value::Text(a)), Some(Value::Text(b))) = (&before, &now)
                    && b.as_bytes() < a.as_bytes()
                {
                    *before = now;
                }
            }
            return *id;
        }
        let id = self.shown.len() as u32;
        self.ids.insert(key, id);
        self.shown.push(shown);
        id
    }

    /// Gives each record that counts the group it falls into as its subject.
    pub(crate) fn assign(&mut self, engine: &Engine, measure: &Measure, counted: &mut Counted, frame: &Frame) {
        let rows = Rows { len: frame.len, slots: frame.slots };
        let plan = engine.cx.plan;
        let vectors: Vec<(&Vector, &Ty)> = measure.by.iter().map(|id| (rows.get(*id), &plan.node(*id).ty)).collect();
        let mut find = |row: usize| {
            let value = |(v, ty): &(&Vector, &Ty)| v.value(row).and_then(|v| shown_value(engine, v, ty));
            let values: Vec<Option<Value>> = vectors.iter().map(value).collect();
            let keys = values.iter().zip(&vectors).map(|(v, (_, ty))| key(v.as_ref(), **ty == Ty::Key)).collect();
            self.id(keys, values)
        };
        // Records with the same text of a dictionary fall into one group, which is looked for once.
        let subjects: Vec<u32> = match vectors.as_slice() {
            [(vector, _)] if repeats(vector, frame.len) => {
                let (mut by_code, mut of_unknown) = (HashMap::<u32, u32, FixedState>::default(), None);
                let coded = texts(vector);
                let of = |row: &u32| {
                    let at = *row as usize;
                    match coded {
                        TextView::Texts(all) if vector.is_known(at) => {
                            *by_code.entry(all.codes[at]).or_insert_with(|| find(at))
                        }
                        _ => *of_unknown.get_or_insert_with(|| find(at)),
                    }
                };
                counted.rows().iter().map(of).collect()
            }
            _ => counted.rows().iter().map(|row| find(*row as usize)).collect(),
        };
        counted.subjects = subjects;
    }

    /// Takes in the groups of another worker; says where each of them is here.
    pub(crate) fn merge(&mut self, other: Groups) -> Vec<u32> {
        let mut places = vec![0; other.shown.len()];
        let mut shown: Vec<Option<Vec<Option<Value>>>> = other.shown.into_iter().map(Some).collect();
        for (key, id) in other.ids {
            if let Some(values) = shown[id as usize].take() {
                places[id as usize] = self.id(key, values);
            }
        }
        places
    }
}

/// Whether a column has few distinct texts.
fn repeats(vector: &Vector, rows: usize) -> bool {
    matches!(vector.column().map(|c| &c.values), Some(Values::Text(texts)) if texts.dictionary.len() <= rows)
}

/// The table of a metric.
pub(crate) fn metric_answer(engine: &Engine, metric: &MetricPlan) -> Result<MetricAnswer, Overflow> {
    let plan = engine.cx.plan;
    let mut all: BTreeMap<Vec<Key>, Vec<Option<Value>>> = BTreeMap::new();
    for measure in &metric.measures {
        let Some(groups) = &engine.groups[measure.0 as usize] else { continue };
        for (key, id) in &groups.ids {
            let shown = &groups.shown[*id as usize];
            let entry = all.entry(key.clone()).or_insert_with(|| shown.clone());
            for (before, now) in entry.iter_mut().zip(shown) {
                if let (Some(Value::Text(a)), Some(Value::Text(b))) = (&before, now)
                    && a.as_bytes().cmp(b.as_bytes()) == Ordering::Greater
                {
                    *before = now.clone();
                }
            }
        }
    }
    let len = all.len();
    let mut slots: Vec<Option<Vector>> = vec![None; plan.nodes.len()];
    for id in reached(engine, metric.node) {
        let node = plan.node(id);
        let vector = match &node.op {
            Op::Measure(measure) => {
                let index = measure.0 as usize;
                let places: Vec<u32> = all
                    .keys()
                    .map(|k| engine.groups[index].as_ref().and_then(|g| g.ids.get(k)).copied().unwrap_or(NO_RECORD))
                    .collect();
                match &engine.measured[index] {
                    Some(column) => {
                        of_nothing(plan.measure(*measure), gather(&Vector::Borrowed(column), &places), &places)
                    }
                    None => Vector::unknown(),
                }
            }
            op => kernel(&engine.cx, &Rows { len, slots: &slots }, op, &node.ty)?.unwrap_or_else(Vector::unknown),
        };
        slots[id.0 as usize] = Some(vector);
    }
    let rows = Rows { len, slots: &slots };
    let result = rows.get(metric.node);
    let ty = engine.lexicon.def(metric.def).ty.clone();
    let rows = all
        .into_values()
        .enumerate()
        .map(|(i, by)| MetricRow { by, value: result.value(i).map(|v| typed(v, &plan.node(metric.node).ty)) })
        .collect();
    Ok(MetricAnswer { def: metric.def, ty, rows })
}

/// Integers in slots come out as times; the type says what they are.
pub(crate) fn typed(value: Value, ty: &Ty) -> Value {
    match (value, ty) {
        (Value::Time(n), Ty::Money) => Value::Money(n),
        (Value::Time(n), Ty::Duration) => Value::Duration(n),
        (Value::Number(n), Ty::Percent) => Value::Percent(n),
        (Value::List(items), Ty::List(item)) => Value::List(items.into_iter().map(|v| typed(v, item)).collect()),
        (value, _) => value,
    }
}

/// A dimension's value as it is shown: a record by its key.
pub(crate) fn shown_value(engine: &Engine, value: Value, ty: &Ty) -> Option<Value> {
    match (value, ty) {
        (Value::Number(row), Ty::Record(table)) => Some(Value::Text(engine.data.key(*table, row as u32)?.into())),
        (value, ty) => Some(typed(value, ty)),
    }
}

/// A measure with no record in a row is what it is of nothing: 0 for counts and totals.
fn of_nothing<'a>(measure: &Measure, vector: Vector<'a>, places: &[u32]) -> Vector<'a> {
    use lead_plan::MeasureKind::{Count, Distinct, Points, Sum};
    if !matches!(measure.kind, Count | Distinct | Sum | Points { .. }) {
        return vector;
    }
    let Some(column) = vector.column() else { return vector };
    let mut column = column.clone();
    if let Some(known) = &mut column.known {
        for (i, place) in places.iter().enumerate() {
            if *place == NO_RECORD {
                known.set(i, true);
            }
        }
    }
    match &mut column.values {
        Values::Number(v) => v.iter_mut().zip(places).filter(|(_, p)| **p == NO_RECORD).for_each(|(v, _)| *v = 0.0),
        Values::Int(v) => v.iter_mut().zip(places).filter(|(_, p)| **p == NO_RECORD).for_each(|(v, _)| *v = 0),
        _ => {}
    }
    Vector::owned(column)
}

/// The global nodes that a node needs, operands first.
fn reached(engine: &Engine, node: NodeId) -> Vec<NodeId> {
    let plan = engine.cx.plan;
    let mut seen = std::collections::BTreeSet::new();
    let mut open = vec![node];
    while let Some(id) = open.pop() {
        if plan.node(id).scope == Scope::Global && seen.insert(id) {
            plan.node(id).op.operands(&mut |id| open.push(id));
        }
    }
    seen.into_iter().collect()
}
