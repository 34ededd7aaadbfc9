//! Parquet: its row groups as batches of rows, and what their statistics say of times.

mod cells;
mod chunks;
mod kind;
mod leaf;
mod nested;
mod texts;

use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use ::parquet::file::statistics::Statistics;

pub(crate) use self::cells::{LeafCells, dates, flags, numbers, times};
use self::chunks::Chunks;
use self::kind::Kind;
use self::leaf::Leaf;
use self::nested::Node;
pub(crate) use self::texts::Table;
use crate::cells::{Arena, ColumnData};
use crate::input::SHORTER;
use crate::parse::civil::DAY;

/// Rows of a batch. Tests have little data and want batches that end within pages.
const BATCH: usize = if cfg!(debug_assertions) { 64 } else { 1 << 14 };

/// Rows of the parts of a row group, for tests too.
const PART: usize = if cfg!(debug_assertions) { 5 } else { 1 << 16 };

/// An opened Parquet file: what its footer says.
#[derive(Clone)]
pub(crate) struct Footer {
    metadata: Arc<ParquetMetaData>,
    columns: Arc<[Node]>,
}

/// A row group, or some rows of one, that is to be read.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub index: usize,
    /// Number of the group's first row in the file, from 1.
    first: u64,
    /// Which of the group's rows.
    rows: Range<usize>,
}

impl Footer {
    /// Reads the footer.
    pub fn open(path: &Path) -> Result<Footer, String> {
        let file = File::open(path).map_err(|e| e.to_string())?;
        guarded(|| {
            let metadata = ParquetMetaDataReader::new().parse_and_finish(&file);
            let metadata = metadata.map_err(|_| "it is damaged, or no Parquet file".to_owned())?;
            let mut leaf = 0;
            let columns = metadata.file_metadata().schema_descr().root_schema().get_fields().iter().map(|field| {
                let node = Node::of(field, leaf);
                leaf = node.leaves().end;
                node
            });
            Ok(Footer { columns: columns.collect(), metadata: Arc::new(metadata) })
        })
    }

    /// Names of the columns.
    pub fn headers(&self) -> Vec<String> {
        let schema = self.metadata.file_metadata().schema_descr();
        schema.root_schema().get_fields().iter().map(|field| field.name().to_owned()).collect()
    }

    /// Whether a column holds texts.
    pub fn is_text(&self, column: usize) -> bool {
        self.kind(column) == Some(Kind::Text)
    }

    /// What a column holds, if it has no parts.
    fn kind(&self, column: usize) -> Option<Kind> {
        let leaf = self.columns[column].leaves().start;
        let schema = self.metadata.file_metadata().schema_descr();
        if self.columns[column].is_plain() { Kind::of(schema.column(leaf).self_type()) } else { None }
    }

    /// Its row groups in order, for so many threads: the last ones in parts, so that no thread is left with much while the others
    /// have nothing to do.
    pub fn groups(&self, threads: usize) -> Vec<Group> {
        let mut first = 1;
        let mut groups = Vec::new();
        let all = self.metadata.row_groups();
        for (index, group) in all.iter().enumerate() {
            let rows = usize::try_from(group.num_rows()).unwrap_or(0);
            let last = threads > 1 && index + threads >= all.len();
            let share = if last { PART } else { rows.max(1) };
            for start in (0..rows.max(1)).step_by(share) {
                groups.push(Group { index, first, rows: start..(start + share).min(rows) });
            }
            first += rows as u64;
        }
        groups
    }

    /// The least and greatest time in a row group, in microseconds of UTC, if all rows have one.
    pub fn times(&self, group: usize, column: usize) -> Option<(i64, i64)> {
        let Some(Kind::Moment { unit, utc }) = self.kind(column) else { return None };
        let leaf = self.columns[column].leaves().start;
        let Statistics::Int64(values) = self.metadata.row_group(group).column(leaf).statistics()? else { return None };
        if values.null_count_opt() != Some(0) {
            return None;
        }
        let (min, max) = (unit.micros(*values.min_opt()?)?, unit.micros(*values.max_opt()?)?);
        // Times without a zone are local: a day on either side is more than any offset.
        let slack = if utc { 0 } else { DAY };
        Some((min.saturating_sub(slack), max.saturating_add(slack)))
    }

    /// Reads rows of a row group, calling `take` for each batch with the number of its first row; it says whether to go on.
    ///
    /// # Errors
    /// What is wrong with the file, in words.
    pub fn read(
        &self,
        path: &Path,
        group: &Group,
        columns: &[usize],
        mut take: impl FnMut(&Batch, u64) -> bool,
    ) -> Result<(), String> {
        let file = File::open(path).map_err(|e| e.to_string())?;
        let mut batch = guarded(|| self.begin(file, group, columns).map_err(|e| cause(&e)))?;
        let mut at = group.rows.start;
        while at < group.rows.end {
            let most = BATCH.min(group.rows.end - at);
            guarded(|| batch.fill(most).map_err(|e| cause(&e)))?;
            if !take(&batch, group.first + at as u64) {
                break;
            }
            at += most;
        }
        Ok(())
    }

    fn begin(&self, file: File, group: &Group, columns: &[usize]) -> Result<Batch, ParquetError> {
        let meta = self.metadata.row_group(group.index);
        let wanted = columns.iter().flat_map(|column| self.columns[*column].leaves());
        let chunks = Arc::new(Chunks::read(file, wanted.map(|leaf| meta.column(leaf).byte_range()))?);
        let mut batch = Batch { rows: 0, columns: Vec::new() };
        let names = self.headers();
        for column in columns {
            let node = &self.columns[*column];
            let open = |leaf| {
                let mut leaf = Leaf::open(&chunks, meta, leaf)?;
                has(leaf.skip(group.rows.start)?, group.rows.start)?;
                Ok(leaf)
            };
            let leaves = node.leaves().map(open).collect::<Result<_, ParquetError>>()?;
            let texts = if node.is_plain() { None } else { Some((node.clone(), Arena::default())) };
            batch.columns.push(BatchColumn { name: names[*column].clone(), leaves, texts });
        }
        Ok(batch)
    }
}

/// Rows of a row group.
pub(crate) struct Batch {
    rows: usize,
    columns: Vec<BatchColumn>,
}

struct BatchColumn {
    name: String,
    leaves: Vec<Leaf>,
    /// Of a column whose values have parts.
    texts: Option<(Node, Arena)>,
}

impl Batch {
    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Names of the columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// A column.
    pub fn column(&self, number: usize) -> ColumnData<'_> {
        let column = &self.columns[number];
        match &column.texts {
            Some((_, texts)) => ColumnData::Arena(texts),
            None => ColumnData::Leaf(LeafCells::new(&column.leaves[0])),
        }
    }

    /// Reads so many rows in place of those that are here.
    fn fill(&mut self, rows: usize) -> Result<(), ParquetError> {
        self.rows = rows;
        for column in &mut self.columns {
            for leaf in &mut column.leaves {
                has(leaf.read(rows)?, rows)?;
            }
            match &mut column.texts {
                Some((node, texts)) => nested::put_together(node, &column.leaves, rows, texts),
                None => column.leaves[0].spread(),
            }
        }
        Ok(())
    }
}

/// Whether all rows that the footer speaks of are there.
fn has(rows: usize, wanted: usize) -> Result<(), ParquetError> {
    if rows == wanted {
        return Ok(());
    }
    Err(ParquetError::General("a column has fewer rows than the row group".to_owned()))
}

/// A damaged file must not end the run with a crash: whatever the library does with it is an error.
fn guarded<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)) {
        Ok(result) => result,
        Err(_) => Err("it is damaged".to_owned()),
    }
}

/// What is wrong, in plain words: a part that is missing was there when the footer was read.
fn cause(error: &ParquetError) -> String {
    if let ParquetError::NYI(what) = error {
        return format!("{what}, which cannot be read");
    }
    let said = error.to_string();
    if said.contains("failed to fill whole buffer") || said.contains("EOF") {
        return SHORTER.to_owned();
    }
    format!("it is damaged ({said})")
}
