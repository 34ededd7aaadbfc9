//! Texts: comparison (D16, D17), lists, expressions. A test of a column with a constant is made once per
//! dictionary entry.

use std::sync::Arc;

use lead_data::{Bitmap, Dictionary, Texts, Values, fold_text};
use lead_hir::hir::{CompareOp, Ty, Value};

use crate::kernel::{Context, compare};
use crate::vector::{TextView, Tri, Vector, all_known, texts};

/// A comparison of two texts in every row.
pub(crate) fn text_compare(op: CompareOp, a: &Vector, b: &Vector, exact: bool, len: usize) -> Bitmap {
    let test = |a: &str, b: &str| match op {
        CompareOp::NotEqual => a != b,
        CompareOp::Contains => a.contains(b),
        CompareOp::StartsWith => a.starts_with(b),
        CompareOp::EndsWith => a.ends_with(b),
        _ => a == b,
    };
    let prepare = |text: &str| if exact { text.trim().to_string() } else { fold_text(text) };
    match (texts(a), texts(b)) {
        (TextView::Const(a), TextView::Const(b)) => Bitmap::filled(len, test(&prepare(a), &prepare(b))),
        (TextView::Texts(column), TextView::Const(text)) => {
            let text = prepare(text);
            per_entry(column, exact, |entry| test(entry, &text))
        }
        (TextView::Const(text), TextView::Texts(column)) => {
            let text = prepare(text);
            per_entry(column, exact, |entry| test(&text, entry))
        }
        (TextView::Texts(a), TextView::Texts(b)) => Bitmap::from_fn(len, |i| {
            if exact {
                test(a.get(i).trim(), b.get(i).trim())
            } else {
                test(a.dictionary.folded(a.codes[i]), b.dictionary.folded(b.codes[i]))
            }
        }),
    }
}

/// A test of each row's text, made once for each entry of the dictionary where that is less work.
fn per_entry(column: &Texts, exact: bool, test: impl Fn(&str) -> bool) -> Bitmap {
    let n = column.dictionary.len();
    if n == 0 {
        return Bitmap::filled(column.codes.len(), false);
    }
    let verdict =
        |code: u32| if exact { test(column.dictionary.get(code).trim()) } else { test(column.dictionary.folded(code)) };
    if n > column.codes.len() {
        return Bitmap::from_fn(column.codes.len(), |i| verdict(column.codes[i]));
    }
    let verdicts: Vec<bool> = (0..n as u32).map(verdict).collect();
    Bitmap::from_fn(column.codes.len(), |i| verdicts[column.codes[i] as usize])
}

/// `matches`: the text as it is, anywhere in it.
pub(crate) fn matches(cx: &Context, vector: &Vector, pattern: &str, len: usize) -> Tri {
    let known = all_known(&[vector], len);
    // The checker refuses what does not compile.
    let Some(regex) = cx.patterns.get(pattern) else { return Tri::of(&Vector::unknown(), len) };
    let test = match texts(vector) {
        TextView::Const(text) => Bitmap::filled(len, regex.is_match(text)),
        TextView::Texts(column) if column.dictionary.is_empty() => Bitmap::filled(len, false),
        TextView::Texts(column) if column.dictionary.len() > len => {
            Bitmap::from_fn(len, |i| regex.is_match(column.get(i)))
        }
        TextView::Texts(column) => {
            let verdicts: Vec<bool> = column.dictionary.iter().map(|entry| regex.is_match(entry)).collect();
            Bitmap::from_fn(len, |i| verdicts[column.codes[i] as usize])
        }
    };
    Tri::new(test, known)
}

/// `in`: is the first equal to one of the items, or to an item of a list among them? Unknown items never match (D9).
pub(crate) fn equal_any(cx: &Context, value: (&Vector, &Ty), items: &[(&Vector, &Ty)], len: usize) -> Tri {
    let known = all_known(&[value.0], len);
    let exact = matches!(value.1, Ty::Key);
    let mut found = Bitmap::filled(len, false);
    for (item, ty) in items {
        let yes = match (item, ty) {
            (Vector::Const(Some(Value::List(values))), Ty::List(item_ty)) => {
                constants(cx, value, values, item_ty, exact, len)
            }
            (item, Ty::List(_)) => Bitmap::from_fn(len, |i| match (value.0.value(i), item.value(i)) {
                (Some(x), Some(Value::List(values))) => values.iter().any(|v| same(&x, v, exact)),
                _ => false,
            }),
            (item, ty) => compare(cx, CompareOp::Equal, value, (item, ty), len).yes,
        };
        found = found.zip(&yes, |a, b| a | b);
    }
    Tri::new(found, known)
}

fn constants(cx: &Context, value: (&Vector, &Ty), items: &[Value], item_ty: &Ty, exact: bool, len: usize) -> Bitmap {
    if let TextView::Texts(column) = texts(value.0)
        && matches!(value.0.column().map(|c| &c.values), Some(Values::Text(_)))
    {
        let exact = exact || matches!(item_ty, Ty::Key);
        let wanted: std::collections::HashSet<String> = items
            .iter()
            .filter_map(|v| if let Value::Text(t) = v { Some(t) } else { None })
            .map(|t| if exact { t.trim().to_string() } else { fold_text(t) })
            .collect();
        return per_entry(column, exact, |entry| wanted.contains(entry));
    }
    items.iter().fold(Bitmap::filled(len, false), |found, item| {
        let item = Vector::Const(Some(item.clone()));
        let yes = compare(cx, CompareOp::Equal, value, (&item, item_ty), len).yes;
        found.zip(&yes, |a, b| a | b)
    })
}

/// `contains` on a list.
pub(crate) fn contains_item(cx: &Context, list: (&Vector, &Ty), item: (&Vector, &Ty), len: usize) -> Tri {
    let known = all_known(&[list.0, item.0], len);
    let exact = matches!(item.1, Ty::Key) || matches!(list.1, Ty::List(t) if **t == Ty::Key);
    if let (Some(Values::List { offsets, items }), Vector::Const(Some(_))) =
        (list.0.column().map(|c| &c.values), item.0)
        && let Ty::List(item_ty) = list.1
    {
        // Once per item, then any of each row's.
        let column = lead_data::Column { values: (**items).clone(), known: None };
        let column = Vector::owned(column);
        let hits = compare(cx, CompareOp::Equal, (&column, item_ty), item, items.len()).yes;
        let test = Bitmap::from_fn(len, |i| (offsets[i]..offsets[i + 1]).any(|k| hits.get(k as usize)));
        return Tri::new(test, known);
    }
    let test = Bitmap::from_fn(len, |i| match (list.0.value(i), item.0.value(i)) {
        (Some(Value::List(values)), Some(wanted)) => values.iter().any(|v| same(v, &wanted, exact)),
        _ => false,
    });
    Tri::new(test, known)
}

/// Whether two values are equal as the language compares them.
pub(crate) fn same(a: &Value, b: &Value, exact: bool) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) if exact => a.trim() == b.trim(),
        (Value::Text(a), Value::Text(b)) => fold_text(a) == fold_text(b),
        (Value::Number(a) | Value::Percent(a), Value::Number(b) | Value::Percent(b)) => a == b,
        (
            Value::Money(a) | Value::Time(a) | Value::Duration(a),
            Value::Money(b) | Value::Time(b) | Value::Duration(b),
        ) => a == b,
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b, exact)),
        (a, b) => a == b,
    }
}

/// Row `i` from text vector `which[i]`: the dictionaries put one behind the other.
pub(crate) fn merge_texts(which: &[u32], vectors: &[&Vector], len: usize) -> Values {
    let (mut entries, mut starts): (Vec<&str>, Vec<u32>) = (vec![""], Vec::new());
    for vector in vectors {
        starts.push(entries.len() as u32);
        match texts(vector) {
            TextView::Const(text) => entries.push(text),
            TextView::Texts(column) => entries.extend(column.dictionary.iter()),
        }
    }
    let codes = (0..len)
        .map(|i| {
            let k = which[i] as usize;
            let Some(vector) = vectors.get(k).filter(|v| v.is_known(i)) else { return 0 };
            match texts(vector) {
                TextView::Const(_) => starts[k],
                TextView::Texts(column) => starts[k] + column.codes[i],
            }
        })
        .collect();
    Values::Text(Texts { codes, dictionary: Arc::new(Dictionary::new(entries, false)) })
}
