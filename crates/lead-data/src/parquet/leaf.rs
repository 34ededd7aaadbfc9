//! One stored column of a row group: levels and values as the library reads them, a batch at a time.

use std::sync::Arc;

use ::parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use ::parquet::column::reader::ColumnReaderImpl;
use ::parquet::data_type::{
    BoolType, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type, Int64Type, Int96Type,
};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::metadata::RowGroupMetaData;
use ::parquet::file::serialized_reader::SerializedPageReader;
use ::parquet::schema::types::{ColumnDescPtr, Type};

use super::chunks::Chunks;
use super::kind::Kind;
use super::texts::{Reading, Table, TextSource};

/// Values of a column, those that are there one after the other.
pub(crate) enum Store {
    Flags(Vec<bool>),
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    /// Decimals of many digits.
    Wide(Vec<i128>),
    /// Numbers into a table; -1 for none.
    Texts(Vec<i32>, Table),
}

/// How deep each value is defined, and what it repeats.
#[derive(Default)]
pub(crate) struct Levels {
    pub defined: Vec<i16>,
    pub repeated: Vec<i16>,
    /// As many values are there as rows.
    pub whole: bool,
}

impl Levels {
    /// Reads so many rows; gives how many there were.
    pub fn read<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        most: usize,
        values: &mut Vec<T::T>,
    ) -> Result<usize> {
        self.defined.clear();
        self.repeated.clear();
        let (rows, there, _) = reader.read_records(most, Some(&mut self.defined), Some(&mut self.repeated), values)?;
        self.whole = there == rows;
        Ok(rows)
    }
}

/// What reads the values of a column.
pub(crate) trait Source {
    /// Reads the values of so many rows into a store in place of what is there; gives how many rows there were.
    fn read(&mut self, most: usize, levels: &mut Levels, store: &mut Store) -> Result<usize>;

    /// Passes over rows; gives how many there were.
    fn skip(&mut self, rows: usize, store: &mut Store) -> Result<usize>;
}

/// Values of a type of Parquet, brought into a store.
struct Typed<T: DataType> {
    reader: ColumnReaderImpl<T>,
    raw: Vec<T::T>,
    put: fn(&mut Vec<T::T>, &mut Store),
}

impl<T: DataType> Source for Typed<T> {
    fn read(&mut self, most: usize, levels: &mut Levels, store: &mut Store) -> Result<usize> {
        self.raw.clear();
        let rows = levels.read(&mut self.reader, most, &mut self.raw)?;
        (self.put)(&mut self.raw, store);
        Ok(rows)
    }

    fn skip(&mut self, rows: usize, _: &mut Store) -> Result<usize> {
        self.reader.skip_records(rows)
    }
}

/// A stored column: its values are those of a column of the file, or a part of them.
pub(crate) struct Leaf {
    pub kind: Kind,
    pub store: Store,
    pub levels: Levels,
    /// How deep a value is defined that is there.
    pub deepest: i16,
    /// By row: whether there is a value; empty where all rows have one, and where values repeat.
    pub known: Vec<bool>,
    source: Box<dyn Source>,
}

impl Leaf {
    /// Column number `number` of a row group.
    ///
    /// # Errors
    /// The file is damaged, or the column of a type that cannot be read.
    pub fn open(chunks: &Arc<Chunks>, group: &RowGroupMetaData, number: usize) -> Result<Leaf> {
        let chunk = group.column(number);
        let column = chunk.column_descr_ptr();
        let ty = column.self_type();
        let Some(kind) = Kind::of(ty) else {
            return Err(ParquetError::NYI(format!("its column `{}` is of {}", column.path().string(), named(ty))));
        };
        let pages = SerializedPageReader::new(chunks.clone(), chunk, group.num_rows() as usize, None)?;
        let (deepest, unsigned) = (column.max_def_level(), Kind::is_unsigned(ty));
        let (source, store): (Box<dyn Source>, Store) = match (column.physical_type(), kind) {
            (Physical::BOOLEAN, _) => (
                typed::<BoolType>(column, pages, |raw, store| {
                    if let Store::Flags(values) = store {
                        std::mem::swap(raw, values);
                    }
                }),
                Store::Flags(Vec::new()),
            ),
            (Physical::INT32, _) if unsigned => {
                (typed::<Int32Type>(column, pages, |raw, store| ints(raw, store, |v| (v as u32).into())), INTS)
            }
            (Physical::INT32, _) => (typed::<Int32Type>(column, pages, |raw, store| ints(raw, store, i64::from)), INTS),
            (Physical::INT64, _) => (
                typed::<Int64Type>(column, pages, |raw, store| {
                    if let Store::Ints(values) = store {
                        std::mem::swap(raw, values);
                    }
                }),
                INTS,
            ),
            (Physical::INT96, _) => {
                (typed::<Int96Type>(column, pages, |raw, store| ints(raw, store, |v| v.to_micros())), INTS)
            }
            (Physical::FLOAT, _) => (
                typed::<FloatType>(column, pages, |raw, store| {
                    if let Store::Floats(values) = store {
                        values.clear();
                        values.extend(raw.iter().map(|v| f64::from(*v)));
                    }
                }),
                Store::Floats(Vec::new()),
            ),
            (Physical::DOUBLE, _) => (
                typed::<DoubleType>(column, pages, |raw, store| {
                    if let Store::Floats(values) = store {
                        std::mem::swap(raw, values);
                    }
                }),
                Store::Floats(Vec::new()),
            ),
            (Physical::BYTE_ARRAY, Kind::Decimal(_)) => (
                typed::<ByteArrayType>(column, pages, |raw, store| wide(raw.iter().map(|v| v.data()), store)),
                Store::Wide(Vec::new()),
            ),
            (Physical::FIXED_LEN_BYTE_ARRAY, Kind::Decimal(_)) => (
                typed::<FixedLenByteArrayType>(column, pages, |raw, store| wide(raw.iter().map(|v| v.data()), store)),
                Store::Wide(Vec::new()),
            ),
            (Physical::FIXED_LEN_BYTE_ARRAY, Kind::Uuid) => (
                typed::<FixedLenByteArrayType>(column, pages, |raw, store| {
                    texts(raw.iter().map(|v| uuid(v.data())), store);
                }),
                Store::Texts(Vec::new(), Table::default()),
            ),
            (Physical::FIXED_LEN_BYTE_ARRAY, _) => (
                typed::<FixedLenByteArrayType>(column, pages, |raw, store| texts(raw.iter().map(|v| v.data()), store)),
                Store::Texts(Vec::new(), Table::default()),
            ),
            (Physical::BYTE_ARRAY, _) => {
                let reading = if is_said_to_be_text(ty) { Reading::Strict } else { Reading::Lossy };
                (
                    Box::new(TextSource::new(column, pages, reading, chunk.num_values())),
                    Store::Texts(Vec::new(), Table::default()),
                )
            }
        };
        Ok(Leaf { kind, store, levels: Levels::default(), deepest, known: Vec::new(), source })
    }

    /// Reads so many rows; gives how many there were.
    pub fn read(&mut self, most: usize) -> Result<usize> {
        self.source.read(most, &mut self.levels, &mut self.store)
    }

    /// Passes over rows; gives how many there were.
    pub fn skip(&mut self, rows: usize) -> Result<usize> {
        if rows == 0 { Ok(0) } else { self.source.skip(rows, &mut self.store) }
    }

    /// Puts each value to its row: where no value repeats.
    pub fn spread(&mut self) {
        self.known.clear();
        if self.levels.whole {
            return;
        }
        let (defined, deepest) = (self.levels.defined.as_slice(), self.deepest);
        match &mut self.store {
            Store::Flags(values) => spread(values, defined, deepest, false),
            Store::Ints(values) => spread(values, defined, deepest, 0),
            Store::Floats(values) => spread(values, defined, deepest, 0.0),
            Store::Wide(values) => spread(values, defined, deepest, 0),
            // What is no number of a text says so itself.
            Store::Texts(values, _) => return spread(values, defined, deepest, -1),
        }
        self.known.extend(defined.iter().map(|level| *level == deepest));
    }
}

const INTS: Store = Store::Ints(Vec::new());

fn typed<T: DataType>(
    column: ColumnDescPtr,
    pages: SerializedPageReader<Chunks>,
    put: fn(&mut Vec<T::T>, &mut Store),
) -> Box<dyn Source> {
    Box::new(Typed::<T> { reader: ColumnReaderImpl::new(column, Box::new(pages)), raw: Vec::new(), put })
}

fn ints<T>(raw: &[T], store: &mut Store, int: impl Fn(T) -> i64)
where
    T: Copy,
{
    if let Store::Ints(values) = store {
        values.clear();
        values.extend(raw.iter().map(|v| int(*v)));
    }
}

fn wide<'b>(raw: impl Iterator<Item = &'b [u8]>, store: &mut Store) {
    if let Store::Wide(values) = store {
        values.clear();
        values.extend(raw.map(|bytes| {
            // The highest byte comes first, and has the sign.
            let sign = if bytes.first().is_some_and(|b| *b >= 0x80) { -1 } else { 0 };
            bytes.iter().fold(sign, |sum, byte| sum << 8 | i128::from(*byte))
        }));
    }
}

fn texts<B: AsRef<[u8]>>(raw: impl Iterator<Item = B>, store: &mut Store) {
    if let Store::Texts(numbers, table) = store {
        *table = Table::of(raw);
        numbers.clear();
        numbers.extend(0..table.len() as i32);
    }
}

fn uuid(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for (i, byte) in bytes.iter().enumerate() {
        let dash = if matches!(i, 4 | 6 | 8 | 10) { "-" } else { "" };
        let _ = write!(text, "{dash}{byte:02x}");
    }
    text
}

fn spread<T: Copy>(values: &mut Vec<T>, defined: &[i16], deepest: i16, nothing: T) {
    /// Rows that are looked at together.
    const STRETCH: usize = 16;
    let mut from = values.len();
    values.resize(defined.len(), nothing);
    for (stretch, levels) in defined.chunks(STRETCH).enumerate().rev() {
        let first = stretch * STRETCH;
        if levels.iter().all(|level| *level != deepest) {
            values[first..first + levels.len()].fill(nothing);
            continue;
        }
        for (row, level) in levels.iter().enumerate().rev() {
            // Without a branch, since nobody can guess it: there are as many values as rows that have one.
            let known = *level == deepest;
            from -= usize::from(known);
            let value = values[from];
            values[first + row] = if known { value } else { nothing };
        }
    }
}

fn is_said_to_be_text(ty: &Type) -> bool {
    let info = ty.get_basic_info();
    match info.logical_type_ref() {
        Some(logical) => matches!(logical, LogicalType::String | LogicalType::Json),
        None => matches!(info.converted_type(), ConvertedType::UTF8 | ConvertedType::JSON),
    }
}

/// A type as people know it.
fn named(ty: &Type) -> String {
    let info = ty.get_basic_info();
    match (info.logical_type_ref(), info.converted_type()) {
        (Some(LogicalType::Decimal(_)), _) | (None, ConvertedType::DECIMAL) => {
            "numbers with more than 38 digits".to_owned()
        }
        (Some(logical), _) => format!("type {logical:?}"),
        (None, converted) => format!("type {converted}"),
    }
}
