//! Tables as Parquet with native types: nullable booleans, doubles, decimals, timestamps, days, strings and lists.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, ListArray, StringArray,
    TimestampMicrosecondArray,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, Field, Schema};
use lead_data::{Bitmap, Values, side_by_side};
use lead_hir::hir::Ty;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, compute_leaves};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedRowGroupWriter;
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
        let path = || ColumnPath::from(column.name.as_str());
        if !repeats(&column.column.values) {
            properties = properties.set_column_dictionary_enabled(path(), false);
        }
        if matches!(column.column.values, Values::YesNo(_)) {
            // Least and greatest of yes and no help nobody to skip rows.
            properties = properties.set_column_statistics_enabled(path(), EnabledStatistics::None);
        }
    }
    let schema = Arc::new(Schema::new(fields));
    let writer = ArrowWriter::try_new(out, schema.clone(), Some(properties.build())).map_err(failed)?;
    let (mut file, factory) = writer.into_serialized_writer().map_err(failed)?;
    for (group, start) in (0..table.rows).step_by(GROUP).enumerate() {
        let rows = start..(start + GROUP).min(table.rows);
        let writers = factory.create_column_writers(group).map_err(failed)?;
        let ready = Ready::new(file.next_row_group().map_err(failed)?);
        let work = writers.into_iter().zip(&table.columns).enumerate().collect();
        let encode = |(i, (writer, column)): (usize, (ArrowColumnWriter, &TableColumn))| {
            ready.add(i, encoded(writer, schema.field(i), column, rows.clone(), shown)?)
        };
        side_by_side(threads, work, encode).into_iter().collect::<io::Result<()>>()?;
        ready.close()?;
    }
    file.close().map_err(failed)?;
    Ok(())
}

/// Encoded columns of a row group, which are written in their order: by whichever thread comes when one of them is due.
struct Ready<'f, W: Write + Send> {
    waiting: Mutex<BTreeMap<usize, ArrowColumnChunk>>,
    /// The number of the column that is due.
    group: Mutex<(usize, SerializedRowGroupWriter<'f, W>)>,
}

impl<'f, W: Write + Send> Ready<'f, W> {
    fn new(group: SerializedRowGroupWriter<'f, W>) -> Ready<'f, W> {
        Ready { waiting: Mutex::default(), group: Mutex::new((0, group)) }
    }

    /// Writes what is due, unless somebody else is about it.
    fn add(&self, number: usize, chunk: ArrowColumnChunk) -> io::Result<()> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(number, chunk);
        match self.group.try_lock() {
            Ok(mut group) => self.write(&mut group),
            Err(_) => Ok(()),
        }
    }

    fn write(&self, (due, group): &mut (usize, SerializedRowGroupWriter<'f, W>)) -> io::Result<()> {
        loop {
            let next = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(due);
            let Some(chunk) = next else { return Ok(()) };
            chunk.append_to_row_group(group).map_err(failed)?;
            *due += 1;
        }
    }

    /// Writes the rest.
    fn close(self) -> io::Result<()> {
        self.write(&mut self.group.lock().unwrap_or_else(PoisonError::into_inner))?;
        let (_, group) = self.group.into_inner().unwrap_or_else(PoisonError::into_inner);
        group.close().map_err(failed)?;
        Ok(())
    }
}

/// Whether values repeat themselves; where nearly all differ a dictionary is only in the way.
fn repeats(values: &Values) -> bool {
    /// Enough to tell.
    const SAMPLE: usize = 4096;
    match values {
        Values::Text(texts) => texts.dictionary.len() <= texts.codes.len() / 2,
        Values::Number(v) => {
            let sample = v.len().min(SAMPLE);
            let distinct: HashSet<u64> = v[..sample].iter().map(|n| n.to_bits()).collect();
            distinct.len() <= sample / 2
        }
        _ => true,
    }
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
    let nulls = match (&column.column.values, &column.column.known) {
        (Values::Record(_), _) => Some(rows.clone().map(|i| column.column.is_known(i)).collect::<Vec<_>>().into()),
        (_, known) => known.as_ref().map(|known| NullBuffer::new(bits(known, &rows))),
    };
    let nulls = nulls.filter(|n| n.null_count() > 0);
    // All parts of a column are of one type.
    let digits = match &column.column.values {
        Values::Int(v) if column.ty == Ty::Money => digits(v, |i| column.column.is_known(i)),
        _ => EIGHTEEN,
    };
    array_of(&column.column.values, &column.ty, rows, nulls, digits, shown)
}

/// Some bits of a map, as Arrow has them.
fn bits(map: &Bitmap, rows: &Range<usize>) -> BooleanBuffer {
    let words = &map.words()[rows.start / 64..rows.end.div_ceil(64)];
    let words: Vec<u64> = words.iter().map(|word| word.to_le()).collect();
    BooleanBuffer::new(Buffer::from_vec(words), rows.start % 64, rows.len())
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
    nulls: Option<NullBuffer>,
    digits: u8,
    shown: &Shown<'_>,
) -> Result<ArrayRef, ArrowError> {
    let known = nulls.clone();
    let slots = || rows.clone().enumerate().map(|(at, i)| (i, known.as_ref().is_none_or(|k| k.is_valid(at))));
    Ok(match values {
        Values::YesNo(map) => Arc::new(BooleanArray::new(bits(map, &rows), nulls)),
        Values::Number(v) => Arc::new(Float64Array::new(ScalarBuffer::from(v[rows.clone()].to_vec()), nulls)),
        Values::Int(v) => match ty {
            Ty::Money => {
                let wide: Vec<i128> = slots().map(|(i, k)| if k { i128::from(v[i]) } else { 0 }).collect();
                let amounts = Decimal128Array::new(ScalarBuffer::from(wide), nulls);
                Arc::new(amounts.with_precision_and_scale(digits, SCALE)?)
            }
            Ty::Duration => Arc::new(Int64Array::new(ScalarBuffer::from(v[rows.clone()].to_vec()), nulls)),
            _ => {
                let times = TimestampMicrosecondArray::new(ScalarBuffer::from(v[rows.clone()].to_vec()), nulls);
                Arc::new(times.with_timezone("UTC"))
            }
        },
        Values::Date(v) => Arc::new(Date32Array::new(ScalarBuffer::from(v[rows.clone()].to_vec()), nulls)),
        Values::Text(v) => Arc::new(slots().map(|(i, k)| k.then(|| v.get(i))).collect::<StringArray>()),
        Values::Record(v) => {
            let key = |row: u32| match ty {
                Ty::Record(table) => (shown.key_of)(*table, row),
                _ => None,
            };
            Arc::new(slots().map(|(i, k)| if k { key(v[i]) } else { None }).collect::<StringArray>())
        }
        Values::List { offsets, items } => {
            let offsets = &offsets[rows.start..rows.end + 1];
            let (first, last) = (offsets.first().copied().unwrap_or(0), offsets.last().copied().unwrap_or(0));
            let inner = first as usize..last as usize;
            let digits = match &**items {
                Values::Int(v) if *item_type(ty) == Ty::Money => self::digits(v, |_| true),
                _ => EIGHTEEN,
            };
            let items = array_of(items, item_type(ty), inner, None, digits, shown)?;
            let ends: Result<Vec<i32>, _> = offsets.iter().map(|o| i32::try_from(o - first)).collect();
            let ends = ends.map_err(|_| ArrowError::InvalidArgumentError("too many items".to_owned()))?;
            let field = Arc::new(Field::new("item", items.data_type().clone(), true));
            Arc::new(ListArray::try_new(field, OffsetBuffer::new(ScalarBuffer::from(ends)), items, nulls)?)
        }
    })
}

fn arrow(error: ArrowError) -> io::Error {
    io::Error::other(error)
}

fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error)
}
