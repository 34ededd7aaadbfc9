//! Values out of columns, and when an answer is the one that was expected.

use lead_data::{Column, NO_RECORD, Values, fold_text};
use lead_hir::hir::{Settings, Ty, Value};
use lead_plan::calendar;

/// The value of a row; `None` is unknown. A record gives `None` too: see [`record_at`].
pub fn value_at(column: &Column, ty: &Ty, row: usize) -> Option<Value> {
    if row >= column.len() || !column.is_known(row) {
        return None;
    }
    known_value(&column.values, ty, row)
}

fn known_value(values: &Values, ty: &Ty, row: usize) -> Option<Value> {
    Some(match values {
        Values::YesNo(bits) => Value::YesNo(bits.get(row)),
        Values::Number(v) if *ty == Ty::Percent => Value::Percent(*v.get(row)?),
        Values::Number(v) => Value::Number(*v.get(row)?),
        Values::Int(v) => match ty {
            Ty::Money => Value::Money(*v.get(row)?),
            Ty::Duration => Value::Duration(*v.get(row)?),
            _ => Value::Time(*v.get(row)?),
        },
        Values::Date(v) => Value::Date(*v.get(row)?),
        Values::Text(v) => Value::Text(v.get(row).into()),
        Values::Record(_) => return None,
        Values::List { offsets, items } => {
            let item = if let Ty::List(item) = ty { item } else { ty };
            let range = *offsets.get(row)? as usize..*offsets.get(row + 1)? as usize;
            Value::List(range.filter_map(|i| known_value(items, item, i)).collect())
        }
    })
}

/// The record of a row.
pub(crate) fn record_at(column: &Column, row: usize) -> Option<u32> {
    match &column.values {
        Values::Record(rows) => rows.get(row).copied().filter(|r| *r != NO_RECORD),
        _ => None,
    }
}

/// How far numbers may lie apart, as a share of the larger: what is lost in writing a number out with ten digits.
const CLOSE: f64 = 1e-9;

/// Whether an answer is the one that is expected. Texts compare as in rules (D16), a date beside a time means its day (D22).
pub fn same(expected: &Value, answer: &Value, settings: &Settings) -> bool {
    match (expected, answer) {
        (Value::Number(a) | Value::Percent(a), Value::Number(b) | Value::Percent(b)) => {
            (a - b).abs() <= CLOSE * a.abs().max(b.abs())
        }
        (Value::Text(a), Value::Text(b)) => fold_text(a) == fold_text(b),
        (Value::Date(day), Value::Time(at)) | (Value::Time(at), Value::Date(day)) => {
            calendar::local_day(*at, &settings.zone) == *day
        }
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b, settings)),
        (a, b) => a == b,
    }
}
