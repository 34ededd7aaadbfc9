//! JSON lines: an object a line, its names as headers, names inside objects as `a.b`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cells::Arena;

/// Rows of a chunk of lines.
#[derive(Default)]
pub(crate) struct JsonRows {
    /// A needed column each.
    pub columns: Vec<Arena>,
    /// Number, start and end of each row's line.
    pub lines: Vec<(u64, u32, u32)>,
    /// Lines that are no objects, in the same way.
    pub broken: Vec<(u64, u32, u32)>,
}

impl JsonRows {
    /// Reads the needed columns of a chunk that starts in line `line`.
    pub fn index(&mut self, text: &str, line: u64, needed: &[&str]) {
        self.columns.resize_with(needed.len(), Arena::default);
        self.columns.iter_mut().for_each(Arena::clear);
        self.lines.clear();
        self.broken.clear();
        let (mut at, mut scratch) = (0, String::new());
        for (i, part) in text.split_inclusive('\n').enumerate() {
            let place = (line + i as u64, at as u32, (at + part.len()) as u32);
            at += part.len();
            if part.trim().is_empty() {
                continue;
            }
            match serde_json::from_str::<Value>(part) {
                Ok(object @ Value::Object(_)) => {
                    for (column, header) in self.columns.iter_mut().zip(needed) {
                        scratch.clear();
                        if let Some(value) = look_up(&object, header) {
                            write(value, &mut scratch);
                        }
                        column.push(&scratch);
                    }
                    self.lines.push(place);
                }
                _ => self.broken.push(place),
            }
        }
    }
}

/// The value of a header: a name as it is, else a way through objects.
fn look_up<'v>(object: &'v Value, header: &str) -> Option<&'v Value> {
    if let Some(found) = object.get(header) {
        return Some(found);
    }
    header.char_indices().filter(|(_, c)| *c == '.').find_map(|(dot, _)| {
        let inner = object.get(&header[..dot]).filter(|v| v.is_object())?;
        look_up(inner, &header[dot + 1..])
    })
}

/// A value as a cell; nothing for null.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => {}
        Value::String(text) => out.push_str(text),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Array(items) if items.is_empty() => {}
        other => out.push_str(&other.to_string()),
    }
}

/// The headers of some lines, in the order in which they first come.
pub(crate) fn headers(text: &str) -> Vec<String> {
    let (mut seen, mut all) = (BTreeSet::new(), Vec::new());
    for line in text.lines() {
        if let Ok(Value::Object(object)) = serde_json::from_str::<Value>(line) {
            for (name, value) in &object {
                collect(name, value, &mut seen, &mut all);
            }
        }
    }
    all
}

fn collect(name: &str, value: &Value, seen: &mut BTreeSet<String>, all: &mut Vec<String>) {
    match value {
        Value::Object(inner) => {
            for (key, value) in inner {
                collect(&format!("{name}.{key}"), value, seen, all);
            }
        }
        _ if seen.insert(name.to_owned()) => all.push(name.to_owned()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_inside_objects_have_a_header_of_their_way() {
        let text = "{\"id\":1,\"who\":{\"name\":\"Ann\",\"tags\":[\"a\",\"b\"]}}\n\n{\"id\":null,\"x.y\":2.5}\n[1]\n{\"id\":\n";
        assert_eq!(headers(text), ["id", "who.name", "who.tags", "x.y"]);
        let mut rows = JsonRows::default();
        rows.index(text, 10, &["id", "who.name", "who.tags", "x.y"]);
        let row = |i: usize| rows.columns.iter().map(|c| c.get(i).to_owned()).collect::<Vec<_>>();
        assert_eq!(row(0), ["1", "Ann", "[\"a\",\"b\"]", ""]);
        assert_eq!(row(1), ["", "", "", "2.5"]);
        assert_eq!(rows.lines.iter().map(|l| l.0).collect::<Vec<_>>(), [10, 12]);
        assert_eq!(rows.broken.iter().map(|l| l.0).collect::<Vec<_>>(), [13, 14]);
    }
}
