//! Tables as Parquet with native types: nullable booleans, doubles, decimals, timestamps, days, strings and lists.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use lead_data::{Column, Values, side_by_side};
use lead_hir::hir::Ty;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::writer::{ColumnCloseResult, ColumnWriterImpl};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int32Type,
    Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::{ColumnDescPtr, Type, TypePtr};

use crate::table::{Table, TableColumn};
use crate::value::{Shown, item_type};

/// Digits behind the point of money.
const SCALE: i32 = 4;
/// Digits of money that 8 bytes hold, and its digits if an amount needs one more.
const DIGITS: i32 = 18;
const MORE_DIGITS: i32 = 19;
/// Bytes of money with more digits.
const WIDTH: usize = 9;
/// The least size that needs them.
const LARGE: u64 = 1_000_000_000_000_000_000;

/// Rows of a row group.
const GROUP: usize = 1 << 20;
/// Rows that are brought into the writer's form at once.
const PART: usize = 1 << 14;

/// Writes a table as Parquet. Times are microseconds in UTC, durations microseconds as integers. Columns are encoded side by
/// side by several threads.
///
/// # Errors
/// It cannot be written, or a list has too many items.
pub fn parquet(out: &mut (dyn Write + Send), table: &Table, shown: &Shown<'_>, threads: usize) -> io::Result<()> {
    let stored: Vec<Stored> = table.columns.iter().map(Stored::of).collect();
    let mut fields = Vec::new();
    for (column, stored) in table.columns.iter().zip(&stored) {
        fields.push(Arc::new(stored.field(&column.name).map_err(failed)?));
    }
    let schema = Type::group_type_builder("answers").with_fields(fields).build().map_err(failed)?;
    let mut properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
    let leaves = parquet::schema::types::SchemaDescriptor::new(Arc::new(schema.clone()));
    for (column, leaf) in table.columns.iter().zip(leaves.columns()) {
        if !repeats(&column.column.values) {
            properties = properties.set_column_dictionary_enabled(leaf.path().clone(), false);
        }
        if matches!(column.column.values, Values::YesNo(_)) {
            // Least and greatest of yes and no help nobody to skip rows.
            properties = properties.set_column_statistics_enabled(leaf.path().clone(), EnabledStatistics::None);
        }
    }
    let properties = Arc::new(properties.build());
    let mut file = SerializedFileWriter::new(out, TypePtr::new(schema), properties.clone()).map_err(failed)?;
    for start in (0..table.rows).step_by(GROUP) {
        let rows = start..(start + GROUP).min(table.rows);
        let ready = Ready::new(file.next_row_group().map_err(failed)?);
        let work = table.columns.iter().zip(&stored).zip(leaves.columns()).enumerate().collect();
        let encode = |(i, ((column, stored), leaf)): (usize, ((&TableColumn, &Stored), &ColumnDescPtr))| {
            let encoder = Encoder { column, stored, shown, leaf: leaf.clone(), properties: properties.clone() };
            ready.add(i, encoder.encode(rows.clone())?)
        };
        side_by_side(threads, work, encode).into_iter().collect::<io::Result<()>>()?;
        ready.close()?;
    }
    file.close().map_err(failed)?;
    Ok(())
}

/// A column of a row group, encoded.
type Chunk = (Bytes, ColumnCloseResult);

/// Encoded columns of a row group, which are written in their order: by whichever thread comes when one of them is due.
struct Ready<'f, W: Write + Send> {
    waiting: Mutex<BTreeMap<usize, Chunk>>,
    /// The number of the column that is due.
    group: Mutex<(usize, SerializedRowGroupWriter<'f, W>)>,
}

impl<'f, W: Write + Send> Ready<'f, W> {
    fn new(group: SerializedRowGroupWriter<'f, W>) -> Ready<'f, W> {
        Ready { waiting: Mutex::default(), group: Mutex::new((0, group)) }
    }

    /// Writes what is due, unless somebody else is about it.
    fn add(&self, number: usize, chunk: Chunk) -> io::Result<()> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(number, chunk);
        match self.group.try_lock() {
            Ok(mut group) => self.write(&mut group),
            Err(_) => Ok(()),
        }
    }

    fn write(&self, (due, group): &mut (usize, SerializedRowGroupWriter<'f, W>)) -> io::Result<()> {
        loop {
            let next = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(due);
            let Some((bytes, closed)) = next else { return Ok(()) };
            group.append_column(&bytes, closed).map_err(failed)?;
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

/// How the values of a column are stored.
#[derive(Clone, Copy)]
struct Stored {
    leaf: Leaf,
    /// They are items of lists.
    listed: bool,
}

#[derive(Clone, Copy)]
enum Leaf {
    YesNo,
    Number,
    Money,
    /// Money with an amount that 8 bytes do not hold.
    LargeMoney,
    Duration,
    Time,
    Date,
    Text,
}

impl Stored {
    fn of(column: &TableColumn) -> Stored {
        let values = &column.column.values;
        match values {
            Values::List { items, .. } => {
                Stored { leaf: leaf_of(items, item_type(&column.ty), |_| true), listed: true }
            }
            _ => Stored { leaf: leaf_of(values, &column.ty, |i| column.column.is_known(i)), listed: false },
        }
    }

    fn field(self, name: &str) -> Result<Type, ParquetError> {
        if !self.listed {
            return self.leaf.field(name);
        }
        let item = self.leaf.field("element")?;
        let items = Type::group_type_builder("list").with_repetition(Repetition::REPEATED);
        let items = items.with_fields(vec![Arc::new(item)]).build()?;
        let list = Type::group_type_builder(name).with_repetition(Repetition::OPTIONAL);
        list.with_logical_type(Some(LogicalType::List)).with_fields(vec![Arc::new(items)]).build()
    }
}

/// All parts of a column are stored in one way.
fn leaf_of(values: &Values, ty: &Ty, known: impl Fn(usize) -> bool) -> Leaf {
    match values {
        Values::YesNo(_) => Leaf::YesNo,
        Values::Number(_) => Leaf::Number,
        Values::Int(v) => match ty {
            Ty::Money => {
                let known = v.iter().enumerate().filter(|(i, _)| known(*i));
                let most = known.map(|(_, amount)| amount.unsigned_abs()).max().unwrap_or(0);
                if most < LARGE { Leaf::Money } else { Leaf::LargeMoney }
            }
            Ty::Duration => Leaf::Duration,
            _ => Leaf::Time,
        },
        Values::Date(_) => Leaf::Date,
        Values::Text(_) | Values::Record(_) | Values::List { .. } => Leaf::Text,
    }
}

impl Leaf {
    fn field(self, name: &str) -> Result<Type, ParquetError> {
        let (physical, logical) = match self {
            Leaf::YesNo => (Physical::BOOLEAN, None),
            Leaf::Number => (Physical::DOUBLE, None),
            Leaf::Money => (Physical::INT64, Some(LogicalType::decimal(SCALE, DIGITS))),
            Leaf::LargeMoney => (Physical::FIXED_LEN_BYTE_ARRAY, Some(LogicalType::decimal(SCALE, MORE_DIGITS))),
            Leaf::Duration => (Physical::INT64, None),
            Leaf::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
            Leaf::Date => (Physical::INT32, Some(LogicalType::Date)),
            Leaf::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let field = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
        let field = match self {
            Leaf::Money => field.with_precision(DIGITS).with_scale(SCALE),
            Leaf::LargeMoney => field.with_precision(MORE_DIGITS).with_scale(SCALE).with_length(WIDTH as i32),
            _ => field,
        };
        field.with_logical_type(logical).build()
    }
}

/// Levels of definition: a value that is there on its own; of lists one that is there and empty, and one with an item.
const ALONE: i16 = 1;
const EMPTY: i16 = 1;
const ITEM: i16 = 3;

struct Encoder<'a> {
    column: &'a TableColumn,
    stored: &'a Stored,
    shown: &'a Shown<'a>,
    leaf: ColumnDescPtr,
    properties: WriterPropertiesPtr,
}

/// Some rows of a column as Parquet has them: what is there, how deep it is defined, and what it repeats.
#[derive(Default)]
struct Levels {
    /// Where the values that are there stand; empty if it is those of all rows.
    places: Vec<u32>,
    defined: Vec<i16>,
    repeated: Vec<i16>,
}

impl Levels {
    /// Takes in rows; gives those whose values are there in their order, if it is all of them. `there` says which values can be written.
    fn take(
        &mut self,
        column: &Column,
        rows: Range<usize>,
        there: Option<&dyn Fn(usize) -> bool>,
    ) -> Option<Range<usize>> {
        self.places.clear();
        self.defined.clear();
        self.repeated.clear();
        if let Values::List { offsets, .. } = &column.values {
            for row in rows {
                let items = offsets[row] as usize..offsets[row + 1] as usize;
                if !column.is_known(row) || items.is_empty() {
                    self.defined.push(if column.is_known(row) { EMPTY } else { 0 });
                    self.repeated.push(0);
                    continue;
                }
                for at in items.clone() {
                    self.push(at, there.is_none_or(|there| there(at)), ITEM);
                    self.repeated.push(i16::from(at > items.start));
                }
            }
            return None;
        }
        if column.known.is_none() && there.is_none() {
            self.defined.resize(rows.len(), ALONE);
            return Some(rows);
        }
        if let (Some(known), None) = (&column.known, there) {
            self.defined.extend(rows.clone().map(|row| i16::from(known.get(row)) * ALONE));
            self.places.resize(rows.len(), 0);
            let mut count = 0;
            // Without a branch: whether a value is known nobody can guess.
            for (row, defined) in rows.zip(&self.defined) {
                self.places[count] = row as u32;
                count += usize::from(*defined == ALONE);
            }
            self.places.truncate(count);
            return None;
        }
        for row in rows {
            self.push(row, column.is_known(row) && there.is_none_or(|there| there(row)), ALONE);
        }
        None
    }

    fn push(&mut self, at: usize, there: bool, defined: i16) {
        self.defined.push(if there { defined } else { defined - 1 });
        if there {
            self.places.push(at as u32);
        }
    }
}

impl Encoder<'_> {
    fn encode(&self, rows: Range<usize>) -> io::Result<Chunk> {
        let values = match &self.column.column.values {
            Values::List { items, .. } => &**items,
            values => values,
        };
        match (self.stored.leaf, values) {
            (Leaf::YesNo, Values::YesNo(v)) => self.write::<BoolType>(rows, None, |at| v.get(at)),
            (Leaf::Number, Values::Number(v)) => self.write::<DoubleType>(rows, None, |at| v[at]),
            (Leaf::Money | Leaf::Duration | Leaf::Time, Values::Int(v)) => {
                self.write::<Int64Type>(rows, None, |at| v[at])
            }
            (Leaf::LargeMoney, Values::Int(v)) => self.write::<FixedLenByteArrayType>(rows, None, |at| {
                // The highest byte first.
                let bytes = i128::from(v[at]).to_be_bytes();
                FixedLenByteArray::from(bytes[bytes.len() - WIDTH..].to_vec())
            }),
            (Leaf::Date, Values::Date(v)) => self.write::<Int32Type>(rows, None, |at| v[at]),
            (_, Values::Text(v)) => {
                let mut texts = Shared::default();
                // What repeats itself is copied once.
                let entries = if repeats(values) { v.dictionary.len() } else { 0 };
                let mut met = vec![None::<ByteArray>; entries];
                self.write::<ByteArrayType>(rows, None, |at| match met.get_mut(v.codes[at] as usize) {
                    Some(met) => met.get_or_insert_with(|| texts.of(v.get(at))).clone(),
                    None => texts.of(v.get(at)),
                })
            }
            (_, Values::Record(v)) => {
                let ty = item_type(&self.column.ty);
                let key = |at: usize| match ty {
                    Ty::Record(table) => (self.shown.key_of)(*table, v[at]),
                    _ => None,
                };
                // A record may be without a key.
                self.write::<ByteArrayType>(rows, Some(&|at| key(at).is_some()), |at| {
                    ByteArray::from(key(at).unwrap_or_default().into_bytes())
                })
            }
            _ => Err(io::Error::other("a column has values of another type than it says")),
        }
    }

    /// Writes some rows.
    fn write<T: DataType>(
        &self,
        rows: Range<usize>,
        there: Option<&dyn Fn(usize) -> bool>,
        mut value: impl FnMut(usize) -> T::T,
    ) -> io::Result<Chunk> {
        let mut sink = TrackedWrite::new(Vec::new());
        let pages = Box::new(SerializedPageWriter::new(&mut sink));
        let mut writer = ColumnWriterImpl::<T>::new(self.leaf.clone(), self.properties.clone(), pages);
        let (mut values, mut levels) = (Vec::new(), Levels::default());
        let mut start = rows.start;
        while start < rows.end {
            let part = start..(start + PART).min(rows.end);
            start = part.end;
            values.clear();
            match levels.take(&self.column.column, part, there) {
                Some(all) => values.extend(all.map(&mut value)),
                None => values.extend(levels.places.iter().map(|at| value(*at as usize))),
            }
            let repeated = self.stored.listed.then_some(levels.repeated.as_slice());
            writer.write_batch(&values, Some(&levels.defined), repeated).map_err(failed)?;
        }
        let closed = writer.close().map_err(failed)?;
        Ok((sink.into_inner().map_err(failed)?.into(), closed))
    }
}

/// Texts that share what they stand in, so that not each is an allocation.
#[derive(Default)]
struct Shared {
    rest: bytes::BytesMut,
}

impl Shared {
    const ROOM: usize = 1 << 16;

    fn of(&mut self, text: &str) -> ByteArray {
        if self.rest.capacity() < text.len() {
            self.rest = bytes::BytesMut::with_capacity(text.len().max(Shared::ROOM));
        }
        self.rest.extend_from_slice(text.as_bytes());
        ByteArray::from(self.rest.split().freeze())
    }
}

fn failed(error: ParquetError) -> io::Error {
    match error {
        // What the file said is what people can do something about.
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(cause) => *cause,
            Err(cause) => io::Error::other(cause),
        },
        error => io::Error::other(error),
    }
}
