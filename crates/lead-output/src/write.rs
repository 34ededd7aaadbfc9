//! Tables as CSV and JSON lines. Parts of the rows are written side by side by several threads and joined in order, so
//! that the bytes do not depend on how many there are.

use std::io::{self, Write};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use lead_data::Values;

use crate::table::Table;
use crate::value::{Shown, is_text, json_text, yes_no};

/// Rows that a thread writes at once.
const PART: usize = 1 << 14;

/// Writes a table as CSV with a header. Texts that a spreadsheet would take for a formula get a `'` before them
/// unless `raw`.
pub fn csv(
    out: &mut (dyn Write + Send),
    table: &Table,
    shown: &Shown<'_>,
    raw: bool,
    threads: usize,
) -> io::Result<()> {
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
    in_parts(out, table.rows, threads, &|rows, part| {
        for row in rows {
            for (i, column) in table.columns.iter().enumerate() {
                if i > 0 {
                    part.push(',');
                }
                let values = &column.column.values;
                if !column.column.is_known(row) {
                    // A line of nothing at all would be skipped by readers.
                    part.push_str(if alone { "\"\"" } else { "" });
                } else if let Values::YesNo(bits) = values {
                    part.push_str(yes_no(bits.get(row)));
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
pub fn jsonl(out: &mut (dyn Write + Send), table: &Table, shown: &Shown<'_>, threads: usize) -> io::Result<()> {
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
    in_parts(out, table.rows, threads, &|rows, part| {
        for row in rows {
            for (name, column) in names.iter().zip(&table.columns) {
                part.push_str(name);
                shown.json(part, &column.column, &column.ty, row);
            }
            part.push_str(if names.is_empty() { "{}\n" } else { "}\n" });
        }
    })
}

/// Where parts go, one after the other.
struct Turn<'w> {
    out: &'w mut (dyn Write + Send),
    /// The part that is next.
    next: usize,
    failed: Option<io::Error>,
}

/// Lets the others go on if a thread comes to a bad end, whose turn they would wait for.
struct Watch<'t, 'w>(&'t Mutex<Turn<'w>>, &'t Condvar);

impl Drop for Watch<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut turn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            turn.failed.get_or_insert_with(|| io::Error::other("a part of the rows could not be made"));
            self.1.notify_all();
        }
    }
}

/// Writes all rows: several threads make parts, and each writes its own when its turn comes.
fn in_parts(
    out: &mut (dyn Write + Send),
    rows: usize,
    threads: usize,
    make: &(dyn Fn(Range<usize>, &mut String) + Sync),
) -> io::Result<()> {
    let count = rows.div_ceil(PART);
    let (turn, turned) = (Mutex::new(Turn { out, next: 0, failed: None }), Condvar::new());
    let taken = AtomicUsize::new(0);
    let work = || {
        let _watch = Watch(&turn, &turned);
        let mut part = String::new();
        loop {
            let number = taken.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return;
            }
            part.clear();
            make(number * PART..((number + 1) * PART).min(rows), &mut part);
            let mut turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            while turn.next != number && turn.failed.is_none() {
                turn = turned.wait(turn).unwrap_or_else(PoisonError::into_inner);
            }
            if turn.failed.is_some() {
                return;
            }
            turn.failed = turn.out.write_all(part.as_bytes()).err();
            turn.next += 1;
            drop(turn);
            turned.notify_all();
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.clamp(1, 64).min(count) {
            scope.spawn(work);
        }
        work();
    });
    let turn = turn.into_inner().unwrap_or_else(PoisonError::into_inner);
    match turn.failed {
        Some(error) => Err(error),
        None => turn.out.flush(),
    }
}

#[cfg(test)]
mod tests {
    use super::{PART, in_parts, quoted};

    #[test]
    fn parts_come_in_order_from_any_number_of_threads() {
        let rows = 5 * PART + 3;
        let make = |rows: std::ops::Range<usize>, part: &mut String| {
            rows.for_each(|row| part.push_str(&format!("{row}\n")));
        };
        let of = |threads: usize| {
            let mut out = Vec::new();
            in_parts(&mut out, rows, threads, &make).map(|()| out).ok()
        };
        let one = of(1);
        assert!(one.as_ref().is_some_and(|out| out.ends_with(format!("\n{}\n", rows - 1).as_bytes())));
        assert!((2..9).all(|threads| of(threads) == one));
    }

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
