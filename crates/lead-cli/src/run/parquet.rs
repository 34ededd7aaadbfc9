//! Tables as Parquet with native types: nullable booleans, doubles, decimals, timestamps, days, strings and lists.

use std::io::{self, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, ListArray, StringArray,
    TimestampMicrosecondArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, Field, Schema};
use lead_data::Values;
use lead_hir::hir::Ty;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, compute_leaves};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use super::table::{Table, TableColumn};
use crate::value::{Shown, item_type};

/// Digits behind the point of money.
const SCALE: i8 = 4;
/// Digits of money, unless an amount needs one more.
const EIGHTEEN: u8 = 18;
/// The least size that 18 digits cannot hold.
const EIGHTEEN_DIGITS: u64 = 1_000_000_000_000_000_000;

/// Rows of a row group.
const GROUP: usize = 1 << 20;

/// Writes a table as Parquet. Times are microseconds in UTC, durations microseconds as integers. Columns are encoded side by
/// side by several threads.
pub fn parquet(out: impl Write + Send, table: &Table, shown: &Shown<'_>, threads: usize) -> io::Result<()> {
    let mut fields = Vec::new();
    let mut properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
    for column in &table.columns {
        let empty = array(column, 0..0, shown).map_err(arrow)?;
        fields.push(Field::new(&column.name, empty.data_type().clone(), true));
        // Where nearly all texts differ a dictionary is only in the way.
        if let Values::Text(texts) = &column.column.values
            && texts.dictionary.len() > table.rows / 2
        {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(column.name.as_str()), false);
        }
    }
    let schema = Arc::new(Schema::new(fields));
    let writer = ArrowWriter::try_new(out, schema.clone(), Some(properties.build())).map_err(failed)?;
    let (mut file, factory) = writer.into_serialized_writer().map_err(failed)?;
    for (group, start) in (0..table.rows).step_by(GROUP).enumerate() {
        let rows = start..(start + GROUP).min(table.rows);
        let writers = factory.create_column_writers(group).map_err(failed)?;
        let work = Mutex::new(writers.into_iter().zip(&table.columns).enumerate());
        let done: Mutex<Vec<(usize, io::Result<ArrowColumnChunk>)>> = Mutex::new(Vec::new());
        let encode = || {
            loop {
                let next = work.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some((i, (writer, column))) = next else { return };
                let chunk = encoded(writer, schema.field(i), column, rows.clone(), shown);
                done.lock().unwrap_or_else(PoisonError::into_inner).push((i, chunk));
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads.clamp(1, table.columns.len().max(1)) {
                scope.spawn(encode);
            }
            encode();
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|d| d.0);
        let mut row_group = file.next_row_group().map_err(failed)?;
        for (_, chunk) in done {
            chunk?.append_to_row_group(&mut row_group).map_err(failed)?;
        }
        row_group.close().map_err(failed)?;
    }
    file.close().map_err(failed)?;
    Ok(())
}

fn encoded(
    mut writer: ArrowColumnWriter,
    field: &Field,
    column: &TableColumn,
    rows: Range<usize>,
    shown: &Shown<'_>,
) -> io::Result<ArrowColumnChunk> {
    let array = array(column, rows, shown).map_err(arrow)?;
    for leaf in compute_leaves(field, &array).map_err(failed)? {
        writer.write(&leaf).map_err(failed)?;
    }
    writer.close().map_err(failed)
}

fn array(column: &TableColumn, rows: Range<usize>, shown: &Shown<'_>) -> Result<ArrayRef, ArrowError> {
    let known: Vec<bool> = rows.clone().map(|i| column.column.is_known(i)).collect();
    // All parts of a column are of one type.
    let digits = match &column.column.values {
        Values::Int(v) if column.ty == Ty::Money => digits(v, |i| column.column.is_known(i)),
        _ => EIGHTEEN,
    };
    array_of(&column.column.values, &column.ty, rows, &known, digits, shown)
}

/// Digits that hold all known amounts.
fn digits(amounts: &[i64], known: impl Fn(usize) -> bool) -> u8 {
    let most = amounts.iter().enumerate().filter(|(i, _)| known(*i)).map(|(_, m)| m.unsigned_abs()).max();
    if most.unwrap_or(0) < EIGHTEEN_DIGITS { EIGHTEEN } else { EIGHTEEN + 1 }
}

fn array_of(
    values: &Values,
    ty: &Ty,
    rows: Range<usize>,
    known: &[bool],
    digits: u8,
    shown: &Shown<'_>,
) -> Result<ArrayRef, ArrowError> {
    let nulls = || Some(NullBuffer::from(known.to_vec()));
    let slots = || rows.clone().zip(known);
    Ok(match values {
        Values::YesNo(bits) => Arc::new(slots().map(|(i, k)| k.then(|| bits.get(i))).collect::<BooleanArray>()),
        Values::Number(v) => Arc::new(Float64Array::new(ScalarBuffer::from(v[rows.clone()].to_vec()), nulls())),
        Values::Int(v) => match ty {
            Ty::Money => {
                let wide: Vec<i128> = slots().map(|(i, k)| if *k { i128::from(v[i]) } else { 0 }).collect();
                let amounts = Decimal128Array::new(ScalarBuffer::from(wide), nulls());
                Arc::new(amounts.with_precision_and_scale(digits, SCALE)?)
            }
            Ty::Duration => Arc::new(Int64Array::new(ScalarBuffer::from(v[rows.clone()].to_vec()), nulls())),
            _ => {
                let times = TimestampMicrosecondArray::new(ScalarBuffer::from(v[rows.clone()].to_vec()), nulls());
                Arc::new(times.with_timezone("UTC"))
            }
        },
        Values::Date(v) => Arc::new(Date32Array::new(ScalarBuffer::from(v[rows.clone()].to_vec()), nulls())),
        Values::Text(v) => Arc::new(slots().map(|(i, k)| k.then(|| v.get(i))).collect::<StringArray>()),
        Values::Record(v) => {
            let key = |row: u32| match ty {
                Ty::Record(table) => (shown.key_of)(*table, row),
                _ => None,
            };
            Arc::new(slots().map(|(i, k)| if *k { key(v[i]) } else { None }).collect::<StringArray>())
        }
        Values::List { offsets, items } => {
            let offsets = &offsets[rows.start..rows.end + 1];
            let (first, last) = (offsets.first().copied().unwrap_or(0), offsets.last().copied().unwrap_or(0));
            let inner = first as usize..last as usize;
            let all = vec![true; inner.len()];
            let digits = match &**items {
                Values::Int(v) if *item_type(ty) == Ty::Money => self::digits(v, |_| true),
                _ => EIGHTEEN,
            };
            let items = array_of(items, item_type(ty), inner, &all, digits, shown)?;
            let ends: Result<Vec<i32>, _> = offsets.iter().map(|o| i32::try_from(o - first)).collect();
            let ends = ends.map_err(|_| ArrowError::InvalidArgumentError("too many items".to_owned()))?;
            let field = Arc::new(Field::new("item", items.data_type().clone(), true));
            Arc::new(ListArray::try_new(field, OffsetBuffer::new(ScalarBuffer::from(ends)), items, nulls())?)
        }
    })
}

fn arrow(error: ArrowError) -> io::Error {
    io::Error::other(error)
}

fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error)
}
