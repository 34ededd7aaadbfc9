//! Parquet: its native types as cells and as columns, row groups, and what their statistics say of times.

use std::fmt::Write;
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use ::parquet::file::statistics::Statistics;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};

use crate::cells::{Cells, Entries};
use crate::chunks::Chunks;
use crate::input::SHORTER;
use crate::parse::civil::{DAY, date};
use crate::parse::time::TimeReader;

/// Rows of a batch.
const BATCH: usize = 1 << 15;

/// Rows of the parts of a row group. Tests have little data and want parts.
const PART: usize = if cfg!(debug_assertions) { 5 } else { 2 * BATCH };

/// An opened Parquet file: what its footer says.
#[derive(Clone)]
pub(crate) struct Footer {
    metadata: ArrowReaderMetadata,
}

/// A row group, or some rows of one, that is to be read.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub index: usize,
    /// Number of the group's first row in the file, from 1.
    first: u64,
    /// Which of the group's rows.
    rows: Range<usize>,
    whole: bool,
}

impl Footer {
    /// Reads the footer.
    pub fn open(path: &Path) -> Result<Footer, String> {
        let file = File::open(path).map_err(|e| e.to_string())?;
        let metadata = guarded(|| {
            let loaded = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new());
            loaded.map_err(|_| "it is damaged, or no Parquet file".to_owned())
        })?;
        Ok(Footer { metadata })
    }

    /// Names of the columns; those inside a structure as `a.b`.
    pub fn headers(&self) -> Vec<String> {
        self.metadata.schema().fields().iter().map(|f| f.name().clone()).collect()
    }

    /// The type of a column.
    pub fn data_type(&self, column: usize) -> &DataType {
        self.metadata.schema().field(column).data_type()
    }

    /// Its row groups in order, for so many threads: the last ones in parts, so that no thread is left with much while the others
    /// have nothing to do.
    pub fn groups(&self, threads: usize) -> Vec<Group> {
        let mut first = 1;
        let mut groups = Vec::new();
        let all = self.metadata.metadata().row_groups();
        for (index, group) in all.iter().enumerate() {
            let rows = usize::try_from(group.num_rows()).unwrap_or(0);
            let last = threads > 1 && index + threads >= all.len();
            let share = if last { PART } else { rows.max(1) };
            for start in (0..rows.max(1)).step_by(share) {
                let part = start..(start + share).min(rows);
                groups.push(Group { index, first, whole: part.len() == rows, rows: part });
            }
            first += rows as u64;
        }
        groups
    }

    /// The least and greatest time in a row group, in microseconds of UTC, if all rows have one.
    pub fn times(&self, group: usize, column: usize) -> Option<(i64, i64)> {
        let DataType::Timestamp(unit, zone) = self.data_type(column) else { return None };
        let leaf = self.leaf(column)?;
        let statistics = self.metadata.metadata().row_group(group).column(leaf).statistics()?;
        let Statistics::Int64(values) = statistics else { return None };
        if values.null_count_opt() != Some(0) {
            return None;
        }
        let (min, max) = (micros(*values.min_opt()?, *unit)?, micros(*values.max_opt()?, *unit)?);
        // Times without a zone are local: a day on either side is more than any offset.
        let slack = if zone.is_some() { 0 } else { DAY };
        Some((min.saturating_sub(slack), max.saturating_add(slack)))
    }

    fn leaf(&self, column: usize) -> Option<usize> {
        let schema = self.metadata.parquet_schema();
        (0..schema.num_columns()).find(|leaf| schema.get_column_root_idx(*leaf) == column)
    }

    /// Reads row groups, calling `take` for each batch with the number of its first row; it says whether to go on.
    pub fn read(
        &self,
        path: &Path,
        group: &Group,
        columns: &[usize],
        mut take: impl FnMut(&RecordBatch, u64) -> bool,
    ) -> Result<(), String> {
        let file = File::open(path).map_err(|e| e.to_string())?;
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), columns.iter().copied());
        let chunks = self.metadata.metadata().row_group(group.index).columns().iter().enumerate();
        let wanted = chunks.filter(|(leaf, _)| mask.leaf_included(*leaf)).map(|(_, chunk)| chunk.byte_range());
        let mut first = group.first + group.rows.start as u64;
        let mut reader = guarded(|| {
            let chunks = Chunks::read(file, wanted).map_err(|e| cause(&e.to_string()))?;
            let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(chunks, self.metadata.clone())
                .with_row_groups(vec![group.index])
                .with_projection(mask.clone())
                .with_batch_size(BATCH);
            if !group.whole {
                builder = builder.with_offset(group.rows.start).with_limit(group.rows.len());
            }
            builder.build().map_err(|e| cause(&e.to_string()))
        })?;
        loop {
            let next = guarded(|| reader.next().transpose().map_err(|e| cause(&e.to_string())))?;
            let Some(batch) = next else { return Ok(()) };
            if !take(&batch, first) {
                return Ok(());
            }
            first += batch.num_rows() as u64;
        }
    }

    /// The same file, its texts as dictionaries or views, which are quicker to take apart.
    pub fn with_quick_texts(self) -> Footer {
        let schema = self.metadata.schema();
        let mut changed = false;
        let fields: Vec<_> = schema
            .fields()
            .iter()
            .enumerate()
            .map(|(i, field)| match field.data_type() {
                DataType::Utf8 | DataType::LargeUtf8 => {
                    changed = true;
                    let text = if self.is_repetitive(i) {
                        DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
                    } else {
                        DataType::Utf8View
                    };
                    Arc::new(field.as_ref().clone().with_data_type(text))
                }
                _ => field.clone(),
            })
            .collect();
        if !changed {
            return self;
        }
        let wanted = Arc::new(arrow_schema::Schema::new_with_metadata(fields, schema.metadata().clone()));
        let options = ArrowReaderOptions::new().with_schema(wanted);
        match guarded(|| {
            ArrowReaderMetadata::try_new(self.metadata.metadata().clone(), options).map_err(|e| e.to_string())
        }) {
            Ok(metadata) => Footer { metadata },
            Err(_) => self,
        }
    }

    /// Whether the first row group holds few distinct texts of a column, by the size of its dictionary page.
    fn is_repetitive(&self, column: usize) -> bool {
        let (Some(leaf), Some(group)) = (self.leaf(column), self.metadata.metadata().row_groups().first()) else {
            return false;
        };
        let chunk = group.column(leaf);
        chunk.dictionary_page_offset().is_some_and(|page| chunk.data_page_offset() - page < 64 * 1024)
    }
}

/// A damaged file must not end the run with a crash: whatever the library does with it is an error.
fn guarded<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)) {
        Ok(result) => result,
        Err(_) => Err("it is damaged".to_owned()),
    }
}

/// What is wrong, in plain words: a part that is missing was there when the footer was read.
fn cause(said: &str) -> String {
    if said.contains("failed to fill whole buffer") || said.contains("EOF") {
        return SHORTER.to_owned();
    }
    format!("it is damaged ({said})")
}

fn micros(value: i64, unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::Second => value.checked_mul(1_000_000),
        TimeUnit::Millisecond => value.checked_mul(1000),
        TimeUnit::Microsecond => Some(value),
        TimeUnit::Nanosecond => Some(value.div_euclid(1000)),
    }
}

/// The cells of an array.
#[derive(Clone, Copy)]
pub(crate) struct ArrayCells<'a> {
    array: &'a dyn Array,
    nulls: Option<&'a NullBuffer>,
    texts: Option<TextArray<'a>>,
}

#[derive(Clone, Copy)]
enum TextArray<'a> {
    Utf8(&'a arrow_array::StringArray),
    Large(&'a arrow_array::LargeStringArray),
    View(&'a arrow_array::StringViewArray),
    Dictionary(&'a arrow_array::Int32Array, &'a arrow_array::StringArray),
}

impl<'a> ArrayCells<'a> {
    pub fn new(array: &'a Arc<dyn Array>) -> ArrayCells<'a> {
        ArrayCells::of(array.as_ref())
    }

    fn of(array: &'a dyn Array) -> ArrayCells<'a> {
        let texts = match array.data_type() {
            DataType::Utf8 => array.as_string_opt::<i32>().map(TextArray::Utf8),
            DataType::LargeUtf8 => array.as_string_opt::<i64>().map(TextArray::Large),
            DataType::Utf8View => array.as_string_view_opt().map(TextArray::View),
            DataType::Dictionary(..) => array
                .as_dictionary_opt::<Int32Type>()
                .and_then(|d| Some(TextArray::Dictionary(d.keys(), d.values().as_string_opt::<i32>()?))),
            _ => None,
        };
        let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
        ArrayCells { array, nulls, texts }
    }
}

impl Cells for ArrayCells<'_> {
    #[inline]
    fn text<'a>(&'a self, row: usize, scratch: &'a mut String) -> &'a str {
        if let Some(text) = self.plain(row) {
            return text;
        }
        scratch.clear();
        write_value(self.array, row, scratch);
        crate::csv::rows::trim(scratch)
    }

    fn several<'b>(&'b self, rows: &[u32], out: &mut [&'b [u8]]) -> bool {
        let each = out.iter_mut().zip(rows);
        match (self.texts, self.nulls) {
            // Keys mostly; what each of them is was asked once.
            (Some(TextArray::View(views)), None) => {
                each.for_each(|(place, row)| *place = crate::csv::rows::trim(views.value(*row as usize)).as_bytes());
                true
            }
            _ => each
                .map(|(place, row)| self.plain(*row as usize).map(|text| *place = text.as_bytes()))
                .all(|found| found.is_some()),
        }
    }

    fn entries(&self) -> Option<Entries<'_>> {
        match self.texts? {
            TextArray::Dictionary(numbers, texts) => Some(Entries { numbers, texts }),
            _ => None,
        }
    }

    #[inline]
    fn plain(&self, row: usize) -> Option<&str> {
        let texts = self.texts?;
        if self.nulls.is_some_and(|nulls| nulls.is_null(row)) {
            return Some("");
        }
        Some(crate::csv::rows::trim(match texts {
            TextArray::Utf8(a) => a.value(row),
            TextArray::Large(a) => a.value(row),
            TextArray::View(a) => a.value(row),
            TextArray::Dictionary(keys, values) => {
                let key = keys.value(row) as usize;
                if key >= values.len() || values.is_null(key) { "" } else { values.value(key) }
            }
        }))
    }
}

/// A value as a cell of CSV would have it; nothing for null.
fn write_value(array: &dyn Array, row: usize, out: &mut String) {
    if array.is_null(row) {
        return;
    }
    macro_rules! number {
        ($($ty:ty)*) => { $( if let Some(a) = array.as_primitive_opt::<$ty>() { let _ = write!(out, "{}", a.value(row)); return; } )* };
    }
    match array.data_type() {
        DataType::Boolean => out.push_str(if array.as_boolean().value(row) { "true" } else { "false" }),
        DataType::Decimal128(_, scale) => {
            write_decimal(array.as_primitive::<Decimal128Type>().value(row), *scale, out);
        }
        DataType::Date32 => write_date(array.as_primitive::<Date32Type>().value(row), out),
        DataType::Date64 => {
            write_date(array.as_primitive::<Date64Type>().value(row).div_euclid(DAY / 1000) as i32, out);
        }
        DataType::Timestamp(unit, zone) => {
            if let Some(time) = timestamp(array, *unit, row) {
                write_time(time, zone.is_some(), out);
            }
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            let bytes = match array.data_type() {
                DataType::Binary => array.as_binary::<i32>().value(row),
                DataType::LargeBinary => array.as_binary::<i64>().value(row),
                _ => array.as_binary_view().value(row),
            };
            out.push_str(&String::from_utf8_lossy(bytes));
        }
        DataType::List(_) => write_list(array.as_list::<i32>().value(row).as_ref(), out),
        DataType::LargeList(_) => write_list(array.as_list::<i64>().value(row).as_ref(), out),
        DataType::Dictionary(..) => {
            if let Some(dictionary) = array.as_any_dictionary_opt() {
                let keys = dictionary.normalized_keys();
                write_value(dictionary.values().as_ref(), keys[row], out);
            }
        }
        DataType::Struct(_) => write_object(array, row, out),
        _ => {
            number!(Int64Type Int32Type Float64Type Float32Type Int16Type Int8Type UInt64Type UInt32Type UInt16Type UInt8Type);
            let text = ArrayCells::of(array);
            if text.texts.is_some() {
                out.push_str(text.plain(row).unwrap_or_default());
            }
        }
    }
}

fn write_json(array: &dyn Array, row: usize, out: &mut String) {
    let mut text = String::new();
    write_value(array, row, &mut text);
    let bare = array.data_type().is_numeric()
        || matches!(
            array.data_type(),
            DataType::Boolean | DataType::List(_) | DataType::LargeList(_) | DataType::Struct(_)
        );
    if array.is_null(row) {
        out.push_str("null");
    } else if bare {
        out.push_str(&text);
    } else {
        out.push_str(&serde_json::Value::String(text).to_string());
    }
}

fn write_list(items: &dyn Array, out: &mut String) {
    if items.is_empty() {
        return;
    }
    for i in 0..items.len() {
        out.push(if i == 0 { '[' } else { ',' });
        write_json(items, i, out);
    }
    out.push(']');
}

fn write_object(array: &dyn Array, row: usize, out: &mut String) {
    let object = array.as_struct();
    for (i, (name, column)) in object.column_names().iter().zip(object.columns()).enumerate() {
        out.push(if i == 0 { '{' } else { ',' });
        out.push_str(&serde_json::Value::String((*name).to_owned()).to_string());
        out.push(':');
        write_json(column.as_ref(), row, out);
    }
    out.push('}');
}

fn write_decimal(value: i128, scale: i8, out: &mut String) {
    let places = usize::try_from(scale).unwrap_or(0);
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = places + 1);
    if value < 0 {
        out.push('-');
    }
    out.push_str(&digits[..digits.len() - places]);
    if places > 0 {
        out.push('.');
        out.push_str(&digits[digits.len() - places..]);
    }
    if scale < 0 {
        out.extend(std::iter::repeat_n('0', usize::from(scale.unsigned_abs())));
    }
}

fn write_date(days: i32, out: &mut String) {
    let (y, m, d) = date(days);
    let _ = write!(out, "{y:04}-{m:02}-{d:02}");
}

fn write_time(micros: i64, zoned: bool, out: &mut String) {
    write_date(micros.div_euclid(DAY) as i32, out);
    let clock = micros.rem_euclid(DAY);
    let (seconds, rest) = (clock / 1_000_000, clock % 1_000_000);
    let _ = write!(out, "T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest > 0 {
        let _ = write!(out, ".{rest:06}");
    }
    if zoned {
        out.push('Z');
    }
}

fn timestamp(array: &dyn Array, unit: TimeUnit, row: usize) -> Option<i64> {
    micros(*timestamps(array, unit)?.get(row)?, unit)
}

/// All values of an array of timestamps, in its unit.
fn timestamps(array: &dyn Array, unit: TimeUnit) -> Option<&[i64]> {
    Some(match unit {
        TimeUnit::Second => array.as_primitive_opt::<TimestampSecondType>()?.values(),
        TimeUnit::Millisecond => array.as_primitive_opt::<TimestampMillisecondType>()?.values(),
        TimeUnit::Microsecond => array.as_primitive_opt::<TimestampMicrosecondType>()?.values(),
        TimeUnit::Nanosecond => array.as_primitive_opt::<TimestampNanosecondType>()?.values(),
    })
}

/// Values, and places of unknown ones.
type Read<T> = Option<(Vec<T>, Vec<u32>)>;

fn read<T: Copy>(array: &dyn Array, rows: &[u32], nothing: T, value: impl Fn(usize) -> Option<T>) -> Read<T> {
    let mut unknown = Vec::new();
    let nulls = array.nulls();
    let mut out = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let row = *row as usize;
        let found = if nulls.is_some_and(|n| n.is_null(row)) { None } else { value(row) };
        if found.is_none() {
            unknown.push(i as u32);
        }
        out.push(found.unwrap_or(nothing));
    }
    Some((out, unknown))
}

/// Numbers of a numeric array; what is not finite is unknown.
pub(crate) fn numbers(cells: &ArrayCells, rows: &[u32]) -> Read<f64> {
    fn of<P: ArrowPrimitiveType>(cells: &ArrayCells, rows: &[u32], f: impl Fn(P::Native) -> f64) -> Read<f64> {
        let array = cells.array.as_primitive_opt::<P>()?;
        read(array, rows, 0.0, |i| Some(f(array.value(i))).filter(|v| v.is_finite()))
    }
    match cells.array.data_type() {
        DataType::Int8 => of::<Int8Type>(cells, rows, f64::from),
        DataType::Int16 => of::<Int16Type>(cells, rows, f64::from),
        DataType::Int32 => of::<Int32Type>(cells, rows, f64::from),
        DataType::Int64 => of::<Int64Type>(cells, rows, |v| v as f64),
        DataType::UInt8 => of::<UInt8Type>(cells, rows, f64::from),
        DataType::UInt16 => of::<UInt16Type>(cells, rows, f64::from),
        DataType::UInt32 => of::<UInt32Type>(cells, rows, f64::from),
        DataType::UInt64 => of::<UInt64Type>(cells, rows, |v| v as f64),
        DataType::Float32 => of::<Float32Type>(cells, rows, f64::from),
        DataType::Float64 => of::<Float64Type>(cells, rows, |v| v),
        _ => None,
    }
}

/// Yes and no of a boolean array.
pub(crate) fn flags(cells: &ArrayCells, rows: &[u32]) -> Read<bool> {
    let array = cells.array.as_boolean_opt()?;
    read(array, rows, false, |i| Some(array.value(i)))
}

/// Moments of an array of timestamps or dates; without a zone they are local.
pub(crate) fn times(cells: &ArrayCells, rows: &[u32], reader: &mut TimeReader) -> Read<i64> {
    let array = cells.array;
    match array.data_type() {
        DataType::Timestamp(unit, zone) => {
            let raw = timestamps(array, *unit)?;
            let (mut times, unknown) = match unit {
                // All of them, as they are.
                TimeUnit::Microsecond if cells.nulls.is_none() && rows.len() == raw.len() => (raw.to_vec(), Vec::new()),
                TimeUnit::Microsecond => read(array, rows, 0, |i| Some(raw[i]))?,
                _ => read(array, rows, 0, |i| micros(raw[i], *unit))?,
            };
            if zone.is_none() {
                times.iter_mut().for_each(|t| *t = reader.local(*t));
            }
            Some((times, unknown))
        }
        DataType::Date32 | DataType::Date64 => {
            let (days, unknown) = days(array, rows)?;
            Some((days.into_iter().map(|d| reader.start_of(d)).collect(), unknown))
        }
        _ => None,
    }
}

/// Local days of an array of dates or timestamps.
pub(crate) fn dates(cells: &ArrayCells, rows: &[u32], reader: &mut TimeReader) -> Read<i32> {
    let array = cells.array;
    let DataType::Timestamp(unit, zone) = array.data_type() else { return days(array, rows) };
    read(array, rows, 0, |i| {
        let time = timestamp(array, *unit, i)?;
        Some(if zone.is_some() { reader.day_of(time) } else { time.div_euclid(DAY) as i32 })
    })
}

fn days(array: &dyn Array, rows: &[u32]) -> Read<i32> {
    if let Some(a) = array.as_primitive_opt::<Date32Type>() {
        return read(array, rows, 0, |i| Some(a.value(i)));
    }
    let a = array.as_primitive_opt::<Date64Type>()?;
    read(array, rows, 0, |i| Some(a.value(i).div_euclid(DAY / 1000) as i32))
}
