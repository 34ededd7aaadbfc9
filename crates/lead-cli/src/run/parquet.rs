//! Tables as Parquet with native types: nullable booleans, doubles, decimals, timestamps, days, strings and lists.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, ListArray, RecordBatch,
    StringArray, TimestampMicrosecondArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, Field, Schema};
use lead_data::Values;
use lead_hir::hir::Ty;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::table::Table;
use crate::value::{Shown, item_type};

/// Digits behind the point of money.
const SCALE: i8 = 4;
/// The least size that 18 digits cannot hold.
const EIGHTEEN_DIGITS: u64 = 1_000_000_000_000_000_000;

/// Writes a table as Parquet. Times are microseconds in UTC, durations microseconds as integers.
pub fn parquet(out: impl Write + Send, table: &Table, shown: &Shown<'_>) -> io::Result<()> {
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for column in &table.columns {
        let known: Vec<bool> = (0..table.rows).map(|i| column.column.is_known(i)).collect();
        let array = array(&column.column.values, &column.ty, &known, shown).map_err(arrow)?;
        fields.push(Field::new(&column.name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let schema = Arc::new(Schema::new(fields));
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(out, schema.clone(), Some(properties)).map_err(failed)?;
    if table.rows > 0 {
        writer.write(&RecordBatch::try_new(schema, arrays).map_err(arrow)?).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(())
}

fn array(values: &Values, ty: &Ty, known: &[bool], shown: &Shown<'_>) -> Result<ArrayRef, ArrowError> {
    let nulls = || Some(NullBuffer::from(known.to_vec()));
    Ok(match values {
        Values::YesNo(bits) => {
            Arc::new(known.iter().enumerate().map(|(i, k)| k.then(|| bits.get(i))).collect::<BooleanArray>())
        }
        Values::Number(v) => Arc::new(Float64Array::new(ScalarBuffer::from(v.clone()), nulls())),
        Values::Int(v) => match ty {
            Ty::Money => {
                let most = v.iter().zip(known).filter(|(_, k)| **k).map(|(m, _)| m.unsigned_abs()).max().unwrap_or(0);
                let digits = if most < EIGHTEEN_DIGITS { 18 } else { 19 };
                let wide: Vec<i128> = v.iter().zip(known).map(|(m, k)| if *k { i128::from(*m) } else { 0 }).collect();
                Arc::new(
                    Decimal128Array::new(ScalarBuffer::from(wide), nulls()).with_precision_and_scale(digits, SCALE)?,
                )
            }
            Ty::Duration => Arc::new(Int64Array::new(ScalarBuffer::from(v.clone()), nulls())),
            _ => Arc::new(TimestampMicrosecondArray::new(ScalarBuffer::from(v.clone()), nulls()).with_timezone("UTC")),
        },
        Values::Date(v) => Arc::new(Date32Array::new(ScalarBuffer::from(v.clone()), nulls())),
        Values::Text(v) => {
            Arc::new(known.iter().enumerate().map(|(i, k)| k.then(|| v.get(i))).collect::<StringArray>())
        }
        Values::Record(v) => {
            let key = |row: u32| match ty {
                Ty::Record(table) => (shown.key_of)(*table, row),
                _ => None,
            };
            let keys = v.iter().zip(known).map(|(row, k)| if *k { key(*row) } else { None });
            Arc::new(keys.collect::<StringArray>())
        }
        Values::List { offsets, items } => {
            let all = vec![true; items.len()];
            let items = array(items, item_type(ty), &all, shown)?;
            let ends: Result<Vec<i32>, _> = offsets.iter().map(|o| i32::try_from(*o)).collect();
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
