//! Tables as CSV, JSON lines and Parquet.

use std::io::{self, Write};

use lead_data::Values;

use super::table::Table;
use crate::value::{Shown, is_text, json_text};

/// Writes a table as CSV with a header. Texts that a spreadsheet would take for a formula get a `'` before them
/// unless `raw`.
pub fn csv(out: impl Write, table: &Table, shown: &Shown<'_>, raw: bool) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    for column in &table.columns {
        writer.write_field(harmless(&column.name, raw).as_bytes())?;
    }
    writer.write_record(None::<&[u8]>)?;
    for row in 0..table.rows {
        for column in &table.columns {
            if let Values::YesNo(bits) = &column.column.values {
                let known = column.column.is_known(row);
                writer.write_field(if !known {
                    ""
                } else if bits.get(row) {
                    "true"
                } else {
                    "false"
                })?;
                continue;
            }
            let text = shown.text(&column.column, &column.ty, row).unwrap_or_default();
            writer.write_field(harmless(&text, raw || !is_text(&column.ty)).as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}

/// A text that no spreadsheet takes for a formula.
pub fn harmless(text: &str, raw: bool) -> std::borrow::Cow<'_, str> {
    if !raw && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return format!("'{text}").into();
    }
    text.into()
}

/// Writes a table as JSON lines, all columns in each.
pub fn jsonl(mut out: impl Write, table: &Table, shown: &Shown<'_>) -> io::Result<()> {
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
    let mut line = String::new();
    for row in 0..table.rows {
        line.clear();
        for (name, column) in names.iter().zip(&table.columns) {
            line.push_str(name);
            shown.json(&mut line, &column.column, &column.ty, row);
        }
        if names.is_empty() {
            line.push('{');
        }
        line.push_str("}\n");
        out.write_all(line.as_bytes())?;
    }
    out.flush()
}
