//! A table as CSV and as Parquet, written batch by batch, so that no table is ever whole in memory.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

/// Rows of a batch, and of a row group of the Parquet file.
pub const ROWS: usize = 250_000;

/// What can go wrong while files are written.
pub type Failure = Box<dyn std::error::Error>;

/// Times of the tables: microseconds since 1970 UTC, without a zone.
pub const TIME: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

/// Columns by name and type; every one may have gaps.
pub fn schema(columns: &[(&str, DataType)]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(|(n, t)| Field::new(*n, t.clone(), true)).collect::<Vec<_>>()))
}

/// The files of a table.
pub struct TableWriter {
    csv: Option<BufWriter<File>>,
    parquet: ArrowWriter<File>,
    line: Vec<u8>,
}

impl TableWriter {
    /// `parquet/NAME.parquet` below the folder, and `csv/NAME.csv` where it has a folder for that.
    pub fn new(folder: &Path, name: &str, schema: &SchemaRef) -> Result<TableWriter, Failure> {
        let csv = if folder.join("csv").is_dir() {
            let mut csv = BufWriter::with_capacity(1 << 20, File::create(folder.join(format!("csv/{name}.csv")))?);
            let header: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
            writeln!(csv, "{}", header.join(","))?;
            Some(csv)
        } else {
            None
        };
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_max_row_group_row_count(Some(ROWS))
            .build();
        let file = File::create(folder.join(format!("parquet/{name}.parquet")))?;
        let parquet = ArrowWriter::try_new(file, schema.clone(), Some(properties))?;
        Ok(TableWriter { csv, parquet, line: Vec::new() })
    }

    /// Appends rows.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        self.parquet.write(batch)?;
        let Some(csv) = &mut self.csv else { return Ok(()) };
        for row in 0..batch.num_rows() {
            self.line.clear();
            for (i, column) in batch.columns().iter().enumerate() {
                if i > 0 {
                    self.line.push(b',');
                }
                if column.is_valid(row) {
                    cell(column.as_ref(), row, &mut self.line)?;
                }
            }
            self.line.push(b'\n');
            csv.write_all(&self.line)?;
        }
        Ok(())
    }

    /// Ends the files.
    pub fn close(self) -> Result<(), Failure> {
        if let Some(mut csv) = self.csv {
            csv.flush()?;
        }
        self.parquet.close()?;
        Ok(())
    }
}

/// A known value as the text of a cell.
fn cell(column: &dyn Array, row: usize, out: &mut Vec<u8>) -> Result<(), Failure> {
    match column.data_type() {
        DataType::Utf8 => text(column.as_string::<i32>().value(row), out),
        DataType::Int64 => write!(out, "{}", column.as_primitive::<Int64Type>().value(row))?,
        DataType::Float64 => write!(out, "{}", column.as_primitive::<Float64Type>().value(row))?,
        DataType::Boolean => write!(out, "{}", column.as_boolean().value(row))?,
        DataType::Timestamp(..) => time(column.as_primitive::<TimestampMicrosecondType>().value(row), out)?,
        other => return Err(format!("no way to write {other}").into()),
    }
    Ok(())
}

/// In quotes where a comma or a quote asks for them.
fn text(value: &str, out: &mut Vec<u8>) {
    if value.bytes().any(|b| matches!(b, b',' | b'"' | b'\n')) {
        out.push(b'"');
        out.extend(value.replace('"', "\"\"").bytes());
        out.push(b'"');
    } else {
        out.extend(value.bytes());
    }
}

/// `2026-03-31 14:00:00`.
fn time(micros: i64, out: &mut Vec<u8>) -> std::io::Result<()> {
    let seconds = micros.div_euclid(1_000_000);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Years begin in March here, so that the odd day of a leap year is the last one. 146097 days are 400 years.
    let shifted = days + 719_468;
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
    let year = year + era * 400;
    write!(out, "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    fn shown(micros: i64) -> String {
        let mut out = Vec::new();
        let _ = super::time(micros, &mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    #[test]
    fn times_are_written_by_the_calendar() {
        assert_eq!(shown(0), "1970-01-01 00:00:00");
        assert_eq!(shown(1_782_864_000_000_000), "2026-07-01 00:00:00");
        assert_eq!(shown(1_709_251_199_000_000), "2024-02-29 23:59:59");
        assert_eq!(shown(1_709_251_200_000_000), "2024-03-01 00:00:00");
    }

    #[test]
    fn cells_with_commas_are_quoted() {
        let mut out = Vec::new();
        super::text("Larch, Pine \"and\" sons", &mut out);
        assert_eq!(out, b"\"Larch, Pine \"\"and\"\" sons\"");
    }
}
