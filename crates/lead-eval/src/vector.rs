//! What nodes evaluate to: one value for all rows, or a column.

use std::sync::Arc;

use lead_data::{Bitmap, Column, Dictionary, NO_RECORD, Texts, Values};
use lead_hir::hir::Value;

/// A constant (`None` is unknown) or a column, borrowed from the data or made by a kernel.
#[derive(Clone, Debug)]
pub(crate) enum Vector<'a> {
    Const(Option<Value>),
    Borrowed(&'a Column),
    Owned(Arc<Column>),
}

impl<'a> Vector<'a> {
    pub(crate) fn owned(column: Column) -> Vector<'a> {
        Vector::Owned(Arc::new(column))
    }

    pub(crate) fn unknown() -> Vector<'a> {
        Vector::Const(None)
    }

    pub(crate) fn column(&self) -> Option<&Column> {
        match self {
            Vector::Const(_) => None,
            Vector::Borrowed(column) => Some(column),
            Vector::Owned(column) => Some(column),
        }
    }

    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Vector::Const(None))
    }

    /// Which rows are known.
    pub(crate) fn known(&self) -> Known<'_> {
        match self {
            Vector::Const(None) => Known::None,
            Vector::Const(Some(_)) => Known::All,
            other => match other.column() {
                Some(Column { values: Values::Record(rows), .. }) => {
                    Known::Made(Bitmap::from_fn(rows.len(), |i| rows[i] != NO_RECORD))
                }
                Some(Column { known: Some(known), .. }) => Known::Some(known),
                _ => Known::All,
            },
        }
    }

    pub(crate) fn is_known(&self, i: usize) -> bool {
        match self {
            Vector::Const(value) => value.is_some(),
            other => other.column().is_some_and(|c| c.is_known(i)),
        }
    }

    /// The value at a row, if known. Slow; for lists, explanations and output of single values.
    pub(crate) fn value(&self, i: usize) -> Option<Value> {
        match self {
            Vector::Const(value) => value.clone(),
            other => other.column().filter(|c| c.is_known(i)).and_then(|c| value_at(&c.values, i)),
        }
    }
}

/// The value in a slot, as kinds of values allow: integers come out as [`Value::Time`], which callers turn into money or durations.
pub(crate) fn value_at(values: &Values, i: usize) -> Option<Value> {
    Some(match values {
        Values::YesNo(v) => Value::YesNo(v.get(i)),
        Values::Number(v) => Value::Number(v[i]),
        Values::Int(v) => Value::Time(v[i]),
        Values::Date(v) => Value::Date(v[i]),
        Values::Text(v) => Value::Text(v.get(i).into()),
        Values::Record(v) => Value::Number(f64::from(v[i])),
        Values::List { offsets, items } => {
            let (from, to) = (offsets[i] as usize, offsets[i + 1] as usize);
            Value::List((from..to).filter_map(|k| value_at(items, k)).collect())
        }
    })
}

/// Which rows are known.
#[derive(Debug)]
pub(crate) enum Known<'a> {
    All,
    None,
    Some(&'a Bitmap),
    Made(Bitmap),
}

impl Known<'_> {
    #[inline]
    pub(crate) fn is(&self, i: usize) -> bool {
        match self {
            Known::All => true,
            Known::None => false,
            Known::Some(map) => map.get(i),
            Known::Made(map) => map.get(i),
        }
    }

    pub(crate) fn map(&self) -> Option<&Bitmap> {
        match self {
            Known::Some(map) => Some(map),
            Known::Made(map) => Some(map),
            _ => None,
        }
    }

    pub(crate) fn to_bitmap(&self, len: usize) -> Bitmap {
        match self {
            Known::All => Bitmap::filled(len, true),
            Known::None => Bitmap::filled(len, false),
            Known::Some(map) => (*map).clone(),
            Known::Made(map) => map.clone(),
        }
    }
}

/// Rows known in all of them; `None`: all rows.
pub(crate) fn all_known(vectors: &[&Vector], len: usize) -> Option<Bitmap> {
    let mut out: Option<Bitmap> = None;
    for vector in vectors {
        let known = vector.known();
        if matches!(known, Known::None) {
            return Some(Bitmap::filled(len, false));
        }
        let Some(map) = known.map() else { continue };
        out = Some(match out {
            None => map.clone(),
            Some(before) => before.zip(map, |a, b| a & b),
        });
    }
    out
}

/// Three-valued rows. Invariant *disjoint*: no row is both yes and no; a row that is neither cannot be told.
#[derive(Clone, Debug)]
pub(crate) struct Tri {
    pub(crate) yes: Bitmap,
    pub(crate) no: Bitmap,
}

impl Tri {
    pub(crate) fn of(vector: &Vector, len: usize) -> Tri {
        match vector {
            Vector::Const(Some(Value::YesNo(v))) => Tri { yes: Bitmap::filled(len, *v), no: Bitmap::filled(len, !*v) },
            other => match other.column() {
                Some(Column { values: Values::YesNo(values), known: None }) => {
                    Tri { yes: values.clone(), no: values.not() }
                }
                Some(Column { values: Values::YesNo(values), known: Some(known) }) => {
                    Tri { yes: values.zip(known, |v, k| v & k), no: values.zip(known, |v, k| !v & k) }
                }
                _ => Tri { yes: Bitmap::filled(len, false), no: Bitmap::filled(len, false) },
            },
        }
    }

    /// From a test of all rows and which rows were known.
    pub(crate) fn new(test: Bitmap, known: Option<Bitmap>) -> Tri {
        match known {
            None => Tri { no: test.not(), yes: test },
            Some(known) => Tri { yes: test.zip(&known, |t, k| t & k), no: test.zip(&known, |t, k| !t & k) },
        }
    }

    pub(crate) fn not(self) -> Tri {
        Tri { yes: self.no, no: self.yes }
    }

    pub(crate) fn and(&self, other: &Tri) -> Tri {
        Tri { yes: self.yes.zip(&other.yes, |a, b| a & b), no: self.no.zip(&other.no, |a, b| a | b) }
    }

    pub(crate) fn or(&self, other: &Tri) -> Tri {
        Tri { yes: self.yes.zip(&other.yes, |a, b| a | b), no: self.no.zip(&other.no, |a, b| a & b) }
    }

    pub(crate) fn into_vector<'a>(self) -> Vector<'a> {
        let known = self.yes.zip(&self.no, |a, b| a | b);
        let known = if known.all() { None } else { Some(known) };
        Vector::owned(Column { values: Values::YesNo(self.yes), known })
    }
}

/// Values of one machine type: the same for all rows, or one each.
#[derive(Clone, Copy)]
pub(crate) enum View<'a, T> {
    Const(T),
    Slice(&'a [T]),
}

impl<T: Copy> View<'_, T> {
    #[inline]
    pub(crate) fn get(&self, i: usize) -> T {
        match self {
            View::Const(v) => *v,
            View::Slice(v) => v[i],
        }
    }
}

/// Numbers and percents; anything else reads as 0 and is unknown besides.
pub(crate) fn numbers<'v>(vector: &'v Vector) -> View<'v, f64> {
    match vector {
        Vector::Const(Some(Value::Number(n) | Value::Percent(n))) => View::Const(*n),
        other => match other.column().map(|c| &c.values) {
            Some(Values::Number(v)) => View::Slice(v),
            _ => View::Const(0.0),
        },
    }
}

/// Money, times and durations.
pub(crate) fn ints<'v>(vector: &'v Vector) -> View<'v, i64> {
    match vector {
        Vector::Const(Some(Value::Money(n) | Value::Time(n) | Value::Duration(n))) => View::Const(*n),
        other => match other.column().map(|c| &c.values) {
            Some(Values::Int(v)) => View::Slice(v),
            _ => View::Const(0),
        },
    }
}

/// Dates.
pub(crate) fn dates<'v>(vector: &'v Vector) -> View<'v, i32> {
    match vector {
        Vector::Const(Some(Value::Date(n))) => View::Const(*n),
        other => match other.column().map(|c| &c.values) {
            Some(Values::Date(v)) => View::Slice(v),
            _ => View::Const(0),
        },
    }
}

/// Records.
pub(crate) fn records<'v>(vector: &'v Vector) -> View<'v, u32> {
    match vector.column().map(|c| &c.values) {
        Some(Values::Record(v)) => View::Slice(v),
        _ => View::Const(NO_RECORD),
    }
}

/// Texts: one for all, or a dictionary and codes.
#[derive(Clone, Copy)]
pub(crate) enum TextView<'v> {
    Const(&'v str),
    Texts(&'v Texts),
}

impl<'v> TextView<'v> {
    pub(crate) fn get(&self, i: usize) -> &'v str {
        match self {
            TextView::Const(text) => text,
            TextView::Texts(texts) => texts.get(i),
        }
    }
}

pub(crate) fn texts<'v>(vector: &'v Vector) -> TextView<'v> {
    match vector {
        Vector::Const(Some(Value::Text(text))) => TextView::Const(text),
        other => match other.column().map(|c| &c.values) {
            Some(Values::Text(texts)) => TextView::Texts(texts),
            _ => TextView::Const(""),
        },
    }
}

/// A test of two values in every row.
pub(crate) fn test2<T: Copy>(len: usize, a: View<T>, b: View<T>, f: impl Fn(T, T) -> bool) -> Bitmap {
    match (a, b) {
        (View::Slice(a), View::Slice(b)) => Bitmap::from_fn(len, |i| f(a[i], b[i])),
        (View::Slice(a), View::Const(b)) => Bitmap::from_fn(len, |i| f(a[i], b)),
        (View::Const(a), View::Slice(b)) => Bitmap::from_fn(len, |i| f(a, b[i])),
        (View::Const(a), View::Const(b)) => Bitmap::filled(len, f(a, b)),
    }
}

/// A value made of two in every row.
pub(crate) fn map2<A: Copy, B: Copy, T>(len: usize, a: View<A>, b: View<B>, f: impl Fn(A, B) -> T) -> Vec<T> {
    match (a, b) {
        (View::Slice(a), View::Slice(b)) => a.iter().zip(b).take(len).map(|(a, b)| f(*a, *b)).collect(),
        (View::Slice(a), View::Const(b)) => a.iter().take(len).map(|a| f(*a, b)).collect(),
        (View::Const(a), View::Slice(b)) => b.iter().take(len).map(|b| f(a, *b)).collect(),
        (View::Const(a), View::Const(b)) => (0..len).map(|_| f(a, b)).collect(),
    }
}

/// The rows of a vector in another order: row `i` of the result is row `rows[i]`, unknown where that is [`NO_RECORD`].
pub(crate) fn gather<'a>(vector: &Vector, rows: &[u32]) -> Vector<'a> {
    if let Vector::Const(value) = vector {
        let Some(value) = value else { return Vector::Const(None) };
        if !rows.contains(&NO_RECORD) {
            return Vector::Const(Some(value.clone()));
        }
    }
    // Of records the value itself says whether it is known.
    let known_before = match vector.column().map(|c| &c.values) {
        Some(Values::Record(_)) => Known::All,
        _ => vector.known(),
    };
    let known = Bitmap::from_fn(rows.len(), |i| rows[i] != NO_RECORD && known_before.is(rows[i] as usize));
    let known = if known.all() { None } else { Some(known) };
    let values = match vector.column() {
        Some(column) => gather_values(&column.values, rows),
        None => match vector {
            Vector::Const(Some(value)) => repeat(value, rows.len()),
            _ => Values::Number(vec![0.0; rows.len()]),
        },
    };
    Vector::owned(Column { values, known })
}

fn pick<T: Copy + Default>(values: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().map(|r| values.get(*r as usize).copied().unwrap_or_default()).collect()
}

fn gather_values(values: &Values, rows: &[u32]) -> Values {
    match values {
        Values::YesNo(v) => {
            Values::YesNo(Bitmap::from_fn(rows.len(), |i| rows[i] != NO_RECORD && v.get(rows[i] as usize)))
        }
        Values::Number(v) => Values::Number(pick(v, rows)),
        Values::Int(v) => Values::Int(pick(v, rows)),
        Values::Date(v) => Values::Date(pick(v, rows)),
        Values::Text(v) if v.dictionary.is_empty() => {
            Values::Text(Texts { codes: vec![0; rows.len()], dictionary: Arc::new(Dictionary::new([""], true)) })
        }
        Values::Text(v) => Values::Text(Texts { codes: pick(&v.codes, rows), dictionary: Arc::clone(&v.dictionary) }),
        Values::Record(v) => {
            Values::Record(rows.iter().map(|r| v.get(*r as usize).copied().unwrap_or(NO_RECORD)).collect())
        }
        Values::List { offsets, items } => {
            let mut new_offsets = Vec::with_capacity(rows.len() + 1);
            let mut kept = Vec::new();
            new_offsets.push(0);
            for row in rows {
                if *row != NO_RECORD {
                    kept.extend(offsets[*row as usize]..offsets[*row as usize + 1]);
                }
                new_offsets.push(kept.len() as u32);
            }
            Values::List { offsets: new_offsets, items: Box::new(gather_values(items, &kept)) }
        }
    }
}

/// One value in every row.
pub(crate) fn repeat(value: &Value, len: usize) -> Values {
    match value {
        Value::YesNo(v) => Values::YesNo(Bitmap::filled(len, *v)),
        Value::Number(v) | Value::Percent(v) => Values::Number(vec![*v; len]),
        Value::Money(v) | Value::Time(v) | Value::Duration(v) => Values::Int(vec![*v; len]),
        Value::Date(v) => Values::Date(vec![*v; len]),
        Value::Text(v) => Values::Text(Texts { codes: vec![0; len], dictionary: Arc::new(Dictionary::new([v], true)) }),
        Value::List(items) => {
            let one = list_values(items);
            let n = items.len() as u32;
            let rows: Vec<u32> = (0..len).flat_map(|_| 0..n).collect();
            let offsets = (0..=len as u32).map(|i| i * n).collect();
            Values::List { offsets, items: Box::new(gather_values(&one, &rows)) }
        }
    }
}

/// The items of a list as a column of their own.
pub(crate) fn list_values(items: &[Value]) -> Values {
    match items.first() {
        Some(Value::Text(_)) => {
            let text = |v: &Value| if let Value::Text(t) = v { t.to_string() } else { String::new() };
            Values::Text(Texts {
                codes: (0..items.len() as u32).collect(),
                dictionary: Arc::new(Dictionary::new(items.iter().map(text), false)),
            })
        }
        Some(Value::YesNo(_)) => {
            Values::YesNo(Bitmap::from_fn(items.len(), |i| matches!(items[i], Value::YesNo(true))))
        }
        Some(Value::Date(_)) => {
            Values::Date(items.iter().map(|v| if let Value::Date(d) = v { *d } else { 0 }).collect())
        }
        Some(Value::Money(_) | Value::Time(_) | Value::Duration(_)) => Values::Int(
            items
                .iter()
                .map(|v| if let Value::Money(n) | Value::Time(n) | Value::Duration(n) = v { *n } else { 0 })
                .collect(),
        ),
        _ => Values::Number(
            items.iter().map(|v| if let Value::Number(n) | Value::Percent(n) = v { *n } else { 0.0 }).collect(),
        ),
    }
}

/// A vector as a column of its own, `len` rows long. An unknown constant becomes a column like `like`.
pub(crate) fn to_column(vector: Vector, len: usize, like: &lead_hir::hir::Ty) -> Arc<Column> {
    use lead_hir::hir::Ty;
    match vector {
        Vector::Owned(column) => column,
        Vector::Borrowed(column) => Arc::new(column.clone()),
        Vector::Const(Some(value)) => Arc::new(Column { values: repeat(&value, len), known: None }),
        Vector::Const(None) => {
            let values = match like {
                Ty::YesNo => Values::YesNo(Bitmap::filled(len, false)),
                Ty::Money | Ty::Time | Ty::Duration => Values::Int(vec![0; len]),
                Ty::Date => Values::Date(vec![0; len]),
                Ty::Text | Ty::OneOf(_) | Ty::Key => repeat(&Value::Text("".into()), len),
                Ty::Record(_) => Values::Record(vec![NO_RECORD; len]),
                Ty::List(_) => {
                    Values::List { offsets: vec![0; len + 1], items: Box::new(repeat(&Value::Text("".into()), 0)) }
                }
                Ty::Number | Ty::Percent | Ty::Period | Ty::Error => Values::Number(vec![0.0; len]),
            };
            Arc::new(Column { values, known: Some(Bitmap::filled(len, false)) })
        }
    }
}
