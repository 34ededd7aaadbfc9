//! Rows of columns picked out, and columns of several parts put together.

use std::sync::Arc;

use crate::column::{Bitmap, Column, Dictionary, Texts, Values};
use crate::ends::Ends;
use crate::texts::TextSet;

/// The values at the given places, in that order.
pub(crate) fn values(values: &Values, at: &[u32]) -> Values {
    fn pick<T: Copy>(v: &[T], at: &[u32]) -> Vec<T> {
        at.iter().map(|i| v[*i as usize]).collect()
    }
    match values {
        Values::YesNo(v) => Values::YesNo(Bitmap::from_fn(at.len(), |i| v.get(at[i] as usize))),
        Values::Number(v) => Values::Number(pick(v, at)),
        Values::Int(v) => Values::Int(pick(v, at)),
        Values::Date(v) => Values::Date(pick(v, at)),
        Values::Record(v) => Values::Record(pick(v, at)),
        Values::Text(t) => Values::Text(Texts { codes: pick(&t.codes, at), dictionary: t.dictionary.clone() }),
        Values::List { offsets, items } => {
            let (mut ends, mut chosen) = (vec![0u32], Vec::new());
            for i in at {
                chosen.extend(offsets[*i as usize]..offsets[*i as usize + 1]);
                ends.push(chosen.len() as u32);
            }
            Values::List { offsets: ends, items: Box::new(self::values(items, &chosen)) }
        }
    }
}

/// Parts of one column, one below the other. `None` if there are none. `keep_texts`: texts are keys, each its own entry.
pub(crate) fn stack(parts: Vec<Column>, keep_texts: bool) -> Option<Column> {
    if parts.len() == 1 && (keep_texts || !matches!(&parts[0].values, Values::List { .. })) {
        return parts.into_iter().next();
    }
    let rows: usize = parts.iter().map(Column::len).sum();
    let known = if parts.iter().any(|p| p.known.is_some()) {
        let mut map = Bitmap::filled(rows, true);
        let mut at = 0;
        for part in &parts {
            if let Some(known) = &part.known {
                for i in known.not().ones() {
                    map.set(at + i, false);
                }
            }
            at += part.len();
        }
        Some(map)
    } else {
        None
    };
    let values = stack_values(parts.into_iter().map(|p| p.values).collect(), keep_texts)?;
    Some(Column { values, known })
}

fn stack_values(parts: Vec<Values>, keep_texts: bool) -> Option<Values> {
    let mut parts = parts.into_iter();
    let first = parts.next()?;
    Some(match first {
        Values::YesNo(v) => {
            let mut all = v;
            for part in parts {
                if let Values::YesNo(v) = part {
                    (0..v.len()).for_each(|i| all.push(v.get(i)));
                }
            }
            Values::YesNo(all)
        }
        Values::Number(v) => Values::Number(join(v, parts, |p| if let Values::Number(v) = p { Some(v) } else { None })),
        Values::Int(v) => Values::Int(join(v, parts, |p| if let Values::Int(v) = p { Some(v) } else { None })),
        Values::Date(v) => Values::Date(join(v, parts, |p| if let Values::Date(v) = p { Some(v) } else { None })),
        Values::Record(v) => Values::Record(join(v, parts, |p| if let Values::Record(v) = p { Some(v) } else { None })),
        Values::Text(t) => {
            let texts =
                std::iter::once(t).chain(parts.filter_map(|p| if let Values::Text(t) = p { Some(t) } else { None }));
            Values::Text(if keep_texts { one_after_the_other(texts.collect()) } else { one_dictionary(texts) })
        }
        Values::List { offsets, items } => {
            let (mut ends, mut all) = (offsets, vec![*items]);
            for part in parts {
                if let Values::List { offsets, items } = part {
                    let base = ends.last().copied().unwrap_or(0);
                    ends.extend(offsets.iter().skip(1).map(|o| o + base));
                    all.push(*items);
                }
            }
            Values::List { offsets: ends, items: Box::new(stack_values(all, keep_texts)?) }
        }
    })
}

fn join<T>(mut first: Vec<T>, rest: impl Iterator<Item = Values>, of: impl Fn(Values) -> Option<Vec<T>>) -> Vec<T> {
    let rest: Vec<Values> = rest.collect();
    first.reserve_exact(rest.iter().map(Values::len).sum());
    for part in rest {
        if let Some(mut more) = of(part) {
            first.append(&mut more);
        }
    }
    first
}

/// An entry for each row, in order.
fn one_after_the_other(parts: Vec<Texts>) -> Texts {
    let (mut text, mut ends) = (String::new(), Ends::default());
    text.reserve_exact(parts.iter().map(|p| p.dictionary.parts().0.len()).sum());
    for part in parts {
        let (all, of_each) = part.dictionary.parts();
        if of_each.len() == part.codes.len() && part.codes.iter().enumerate().all(|(i, code)| *code as usize == i) {
            ends.append(of_each, text.len());
            text.push_str(all);
            continue;
        }
        for i in 0..part.codes.len() {
            text.push_str(part.get(i));
            ends.push(text.len());
        }
    }
    Texts { codes: (0..ends.len() as u32).collect(), dictionary: Arc::new(Dictionary::from_parts(text, ends, false)) }
}

/// One dictionary without repeated entries.
fn one_dictionary(parts: impl Iterator<Item = Texts>) -> Texts {
    let mut set = TextSet::default();
    set.add("");
    let parts: Vec<Texts> = parts.collect();
    let mut codes = Vec::with_capacity(parts.iter().map(|p| p.codes.len()).sum());
    for part in parts {
        let mut map = vec![u32::MAX; part.dictionary.len()];
        for code in part.codes {
            let entry = &mut map[code as usize];
            if *entry == u32::MAX {
                *entry = set.add(part.dictionary.get(code)).0;
            }
            codes.push(*entry);
        }
    }
    Texts { codes, dictionary: Arc::new(set.take()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> Column {
        let codes = (0..all.len() as u32).collect();
        let dictionary = Arc::new(Dictionary::new(all, true));
        Column { values: Values::Text(Texts { codes, dictionary }), known: None }
    }

    #[test]
    fn parts_of_a_text_column_share_one_dictionary() {
        let column = stack(vec![texts(&["a", "b"]), texts(&["b", "c"])], false).unwrap();
        let Values::Text(t) = &column.values else { panic!() };
        assert_eq!((0..4).map(|i| t.get(i)).collect::<Vec<_>>(), ["a", "b", "b", "c"]);
        assert_eq!(t.codes[1], t.codes[2]);
        assert!(t.dictionary.is_unique());
    }

    #[test]
    fn known_rows_stay_known() {
        let half = Column { values: Values::Int(vec![1, 2]), known: Some(Bitmap::from_fn(2, |i| i == 1)) };
        let full = Column { values: Values::Int(vec![3]), known: None };
        let column = stack(vec![full, half], false).unwrap();
        assert_eq!((0..3).map(|i| column.is_known(i)).collect::<Vec<_>>(), [true, false, true]);
    }

    #[test]
    fn lists_are_picked_with_their_items() {
        let list = Values::List { offsets: vec![0, 2, 2, 3], items: Box::new(Values::Int(vec![1, 2, 3])) };
        let Values::List { offsets, items } = values(&list, &[2, 0]) else { panic!() };
        let Values::Int(items) = *items else { panic!() };
        assert_eq!((offsets, items), (vec![0, 1, 3], vec![3, 1, 2]));
    }
}
