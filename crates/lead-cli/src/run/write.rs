//! Tables as CSV and JSON lines. Parts of the rows are written side by side by several threads and joined in order, so
//! that the bytes do not depend on how many there are.

use std::io::{self, Write};
use std::ops::Range;

use lead_data::Values;

use super::table::Table;
use crate::value::{Shown, is_text, json_text};

/// Rows that a thread writes at once.
const PART: usize = 1 << 14;

/// Writes a table as CSV with a header. Texts that a spreadsheet would take for a formula get a `'` before them
/// unless `raw`.
pub fn csv(mut out: impl Write, table: &Table, shown: &Shown<'_>, raw: bool, threads: usize) -> io::Result<()> {
    let mut header = String::new();
    for (i, column) in table.columns.iter().enumerate() {
        if i > 0 {
            header.push(',');
        }
        quoted(&mut header, &column.name, raw);
    }
    header.push('\n');
    out.write_all(header.as_bytes())?;
    let alone = table.columns.len() == 1;
    in_parts(&mut out, table.rows, threads, &|rows, part| {
        for row in rows {
            for (i, column) in table.columns.iter().enumerate() {
                if i > 0 {
                    part.push(',');
                }
                let values = &column.column.values;
                if !column.column.is_known(row) {
                    // A line of nothing at all would be skipped by readers.
                    part.push_str(if alone { "\"\"" } else { "" });
                } else if let Values::Text(texts) = values {
                    quoted(part, texts.get(row), raw);
                } else if is_text(&column.ty) {
                    let mut text = String::new();
                    shown.write(&mut text, values, &column.ty, row);
                    quoted(part, &text, raw);
                } else {
                    shown.write(part, values, &column.ty, row);
                }
            }
            part.push('\n');
        }
    })
}

/// A text in quotes where it needs them, and harmless unless `raw`.
fn quoted(out: &mut String, text: &str, raw: bool) {
    let tick = !raw && text.starts_with(FORMULA);
    let plain = !text.bytes().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r'));
    if plain {
        out.push_str(if tick { "'" } else { "" });
        out.push_str(text);
        return;
    }
    out.push_str(if tick { "\"'" } else { "\"" });
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        out.push_str(&rest[..=at]);
        out.push('"');
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

/// What a spreadsheet takes a cell for a formula by.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text that no spreadsheet takes for a formula.
pub fn harmless(text: &str, raw: bool) -> std::borrow::Cow<'_, str> {
    if !raw && text.starts_with(FORMULA) {
        return format!("'{text}").into();
    }
    text.into()
}

/// Writes a table as JSON lines, all columns in each.
pub fn jsonl(mut out: impl Write, table: &Table, shown: &Shown<'_>, threads: usize) -> io::Result<()> {
    let names: Vec<String> = table
        .columns
        .iter()
        .enumerate()
        .map(|(i, c)| {
            let mut key = String::from(if i == 0 { "{" } else { "," });
            json_text(&mut key, &c.name);
            key.push(':');
            key
        })
        .collect();
    in_parts(&mut out, table.rows, threads, &|rows, part| {
        for row in rows {
            for (name, column) in names.iter().zip(&table.columns) {
                part.push_str(name);
                shown.json(part, &column.column, &column.ty, row);
            }
            part.push_str(if names.is_empty() { "{}\n" } else { "}\n" });
        }
    })
}

/// Writes all rows, each part made by one of several threads.
fn in_parts(
    out: &mut impl Write,
    rows: usize,
    threads: usize,
    make: &(dyn Fn(Range<usize>, &mut String) + Sync),
) -> io::Result<()> {
    let threads = threads.clamp(1, 64);
    let mut parts = vec![String::new(); threads.min(rows.div_ceil(PART)).max(1)];
    let mut at = 0;
    while at < rows {
        let from = at;
        let due: Vec<Range<usize>> = (0..parts.len())
            .map(|i| (from + i * PART).min(rows)..(from + (i + 1) * PART).min(rows))
            .filter(|r| !r.is_empty())
            .collect();
        at = due.last().map_or(rows, |r| r.end);
        std::thread::scope(|scope| {
            let mut work = due.iter().cloned().zip(parts.iter_mut());
            let mine = work.next();
            for (rows, part) in work {
                scope.spawn(move || {
                    part.clear();
                    make(rows, part);
                });
            }
            if let Some((rows, part)) = mine {
                part.clear();
                make(rows, part);
            }
        });
        for part in &parts[..due.len()] {
            out.write_all(part.as_bytes())?;
        }
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_formulas_made_harmless() {
        let cell = |text: &str, raw: bool| {
            let mut out = String::new();
            quoted(&mut out, text, raw);
            out
        };
        assert_eq!(cell("plain", false), "plain");
        assert_eq!(cell("a,b", false), "\"a,b\"");
        assert_eq!(cell("say \"x\"\n", false), "\"say \"\"x\"\"\n\"");
        assert_eq!(cell("=1+1", false), "'=1+1");
        assert_eq!(cell("@a,b", false), "\"'@a,b\"");
        assert_eq!(cell("-5", true), "-5");
        assert_eq!(cell("\t=1", false), "'\t=1");
    }
}
