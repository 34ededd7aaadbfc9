//! Parts of vectors, and vectors put together of parts.

use std::ops::Range;
use std::sync::Arc;

use lead_data::{Bitmap, Column, Dictionary, Texts, Values};
use lead_hir::hir::Ty;

use crate::vector::{Vector, to_column};

/// Some rows, one after the other.
pub(crate) fn slice<'a>(vector: &Vector<'a>, rows: &Range<usize>) -> Vector<'a> {
    let Some(column) = vector.column() else { return vector.clone() };
    if rows.start == 0 && rows.end == column.len() {
        return vector.clone();
    }
    let known = column.known.as_ref().map(|k| bits(k, rows)).filter(|k| !k.all());
    Vector::owned(Column { values: values(&column.values, rows), known })
}

fn bits(map: &Bitmap, rows: &Range<usize>) -> Bitmap {
    if rows.start.is_multiple_of(64) {
        return Bitmap::from_words(map.words()[rows.start / 64..rows.end.div_ceil(64)].to_vec(), rows.len());
    }
    Bitmap::from_fn(rows.len(), |i| map.get(rows.start + i))
}

fn values(all: &Values, rows: &Range<usize>) -> Values {
    let rows = rows.clone();
    match all {
        Values::YesNo(v) => Values::YesNo(bits(v, &rows)),
        Values::Number(v) => Values::Number(v[rows].to_vec()),
        Values::Int(v) => Values::Int(v[rows].to_vec()),
        Values::Date(v) => Values::Date(v[rows].to_vec()),
        Values::Record(v) => Values::Record(v[rows].to_vec()),
        Values::Text(v) => Values::Text(Texts { codes: v.codes[rows].to_vec(), dictionary: Arc::clone(&v.dictionary) }),
        Values::List { offsets, items } => {
            let (from, to) = (offsets[rows.start], offsets[rows.end]);
            let offsets = offsets[rows.start..=rows.end].iter().map(|o| o - from).collect();
            Values::List { offsets, items: Box::new(values(items, &(from as usize..to as usize))) }
        }
    }
}

/// One vector of parts; `len` gives the rows of each.
pub(crate) fn stack<'a>(mut parts: Vec<Vector<'a>>, len: &dyn Fn(usize) -> usize, ty: &Ty) -> Vector<'a> {
    if parts.len() <= 1 {
        return parts.pop().unwrap_or_else(Vector::unknown);
    }
    if let Some(Vector::Const(first)) = parts.first()
        && parts.iter().all(|p| matches!(p, Vector::Const(value) if value == first))
    {
        return parts.swap_remove(0);
    }
    let columns: Vec<Arc<Column>> = parts.into_iter().enumerate().map(|(i, p)| to_column(p, len(i), ty)).collect();
    let known = columns.iter().any(|c| c.known.is_some()).then(|| {
        let filled = |c: &Column| c.known.clone().unwrap_or_else(|| Bitmap::filled(c.len(), true));
        join_bits(&columns.iter().map(|c| filled(c)).collect::<Vec<_>>().iter().collect::<Vec<_>>())
    });
    let values: Vec<&Values> = columns.iter().map(|c| &c.values).collect();
    Vector::owned(Column { values: join(&values), known })
}

fn join_bits(parts: &[&Bitmap]) -> Bitmap {
    let len = parts.iter().map(|p| p.len()).sum();
    let whole = parts.split_last().is_none_or(|(_, before)| before.iter().all(|p| p.len().is_multiple_of(64)));
    if whole {
        return Bitmap::from_words(parts.iter().flat_map(|p| p.words()).copied().collect(), len);
    }
    let mut out = Bitmap::filled(0, false);
    parts.iter().for_each(|part| (0..part.len()).for_each(|i| out.push(part.get(i))));
    out
}

/// Parts of one kind of values.
fn join(parts: &[&Values]) -> Values {
    macro_rules! joined {
        ($kind:ident) => {{
            let mut out = Vec::with_capacity(parts.iter().map(|p| p.len()).sum());
            for part in parts {
                if let Values::$kind(v) = part {
                    out.extend_from_slice(v);
                }
            }
            Values::$kind(out)
        }};
    }
    match parts.first() {
        Some(Values::YesNo(_)) => {
            let maps: Vec<&Bitmap> =
                parts.iter().filter_map(|p| if let Values::YesNo(v) = p { Some(v) } else { None }).collect();
            Values::YesNo(join_bits(&maps))
        }
        Some(Values::Number(_)) | None => joined!(Number),
        Some(Values::Int(_)) => joined!(Int),
        Some(Values::Date(_)) => joined!(Date),
        Some(Values::Record(_)) => joined!(Record),
        Some(Values::Text(_)) => {
            let texts: Vec<&Texts> =
                parts.iter().filter_map(|p| if let Values::Text(v) = p { Some(v) } else { None }).collect();
            Values::Text(join_texts(&texts))
        }
        Some(Values::List { .. }) => {
            let (mut ends, mut all) = (vec![0u32], Vec::new());
            for part in parts {
                if let Values::List { offsets, items } = part {
                    let base = ends.last().copied().unwrap_or(0);
                    ends.extend(offsets.iter().skip(1).map(|o| o + base));
                    all.push(&**items);
                }
            }
            // An empty part may not know what its items are.
            let filled: Vec<&Values> = all.iter().copied().filter(|v| !v.is_empty()).collect();
            Values::List { offsets: ends, items: Box::new(join(if filled.is_empty() { &all } else { &filled })) }
        }
    }
}

/// Texts of parts: parts that share a dictionary keep it.
fn join_texts(parts: &[&Texts]) -> Texts {
    let shared = parts.windows(2).all(|p| Arc::ptr_eq(&p[0].dictionary, &p[1].dictionary));
    if let (true, Some(first)) = (shared, parts.first()) {
        let codes = parts.iter().flat_map(|p| &p.codes).copied().collect();
        return Texts { codes, dictionary: Arc::clone(&first.dictionary) };
    }
    let mut numbers: hashbrown::HashMap<&str, u32, foldhash::fast::FixedState> = hashbrown::HashMap::default();
    let mut entries: Vec<&str> = vec![""];
    numbers.insert("", 0);
    let mut codes = Vec::with_capacity(parts.iter().map(|p| p.codes.len()).sum());
    for part in parts {
        let mut places = vec![u32::MAX; part.dictionary.len()];
        for code in &part.codes {
            let Some(place) = places.get_mut(*code as usize) else {
                codes.push(0);
                continue;
            };
            if *place == u32::MAX {
                let text = part.dictionary.get(*code);
                *place = *numbers.entry(text).or_insert_with(|| {
                    entries.push(text);
                    entries.len() as u32 - 1
                });
            }
            codes.push(*place);
        }
    }
    Texts { codes, dictionary: Arc::new(Dictionary::new(entries, true)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: Values, known: Option<Bitmap>) -> Vector<'static> {
        Vector::owned(Column { values, known })
    }

    #[test]
    fn parts_put_together_are_what_was_taken_apart() {
        let n = 200;
        let dictionary = Arc::new(Dictionary::new(["", "a", "b", "c"], true));
        let texts = Texts { codes: (0..n as u32).map(|i| i % 4).collect(), dictionary };
        let all = [
            (Ty::YesNo, Values::YesNo(Bitmap::from_fn(n, |i| i % 3 == 0))),
            (Ty::Number, Values::Number((0..n).map(|i| i as f64).collect())),
            (Ty::Text, Values::Text(texts)),
            (
                Ty::List(Box::new(Ty::Money)),
                Values::List {
                    offsets: (0..=n as u32).map(|i| i / 2).collect(),
                    items: Box::new(Values::Int((0..n as i64 / 2).collect())),
                },
            ),
        ];
        for (ty, values) in all {
            for (step, known) in
                [(64, None), (7, Some(Bitmap::from_fn(n, |i| i % 5 > 0))), (64, Some(Bitmap::filled(n, false)))]
            {
                let vector = column(values.clone(), known);
                let rows = |i: usize| i * step..((i + 1) * step).min(n);
                let parts: Vec<Vector> = (0..n.div_ceil(step)).map(|i| slice(&vector, &rows(i))).collect();
                let again = stack(parts, &|i| rows(i).len(), &ty);
                for i in 0..n {
                    assert_eq!(again.value(i), vector.value(i), "{ty:?} {step} {i}");
                }
            }
        }
    }

    #[test]
    fn texts_of_several_dictionaries_become_texts_of_one() {
        let part = |texts: &[&str]| {
            let dictionary = Arc::new(Dictionary::new(texts, true));
            column(Values::Text(Texts { codes: (0..texts.len() as u32).collect(), dictionary }), None)
        };
        let whole =
            stack(vec![part(&["a", "b"]), Vector::unknown(), part(&["b", "", "c"])], &|i| [2, 1, 3][i], &Ty::Text);
        let seen: Vec<_> = (0..6).map(|i| whole.value(i)).collect();
        let text = |t: &str| Some(lead_hir::hir::Value::Text(t.into()));
        assert_eq!(seen, [text("a"), text("b"), None, text("b"), text(""), text("c")]);
    }
}
