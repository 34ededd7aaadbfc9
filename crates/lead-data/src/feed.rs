//! Which columns of which files feed the fields of a table.

use std::sync::Arc;

use lead_hir::hir::{FieldId, Lexicon, TableId, Ty};

use crate::cells::Block;
use crate::csv::chunk::{Chunk, StreamTrouble};
use crate::csv::rows::Rows;
use crate::file::{ExportFile, text_of};
use crate::headers::{self, Match};
use crate::input::Format;
use crate::jsonl::JsonRows;
use crate::parse::time::{DayOrder, day_and_month};
use crate::report::Spot;
use crate::settings::Settings;

/// One file for one table.
pub(crate) struct Feed {
    pub table: TableId,
    /// Number of the file.
    pub file: usize,
    pub settings: Arc<Settings>,
    /// By field: the column of the file, where one was looked for and found.
    pub columns: Vec<Option<usize>>,
    /// By field: what comes first in dates written with slashes.
    pub orders: Vec<DayOrder>,
    /// Header in a `where`, and its column.
    pub filter: Vec<(String, usize)>,
}

/// A header that could not be found, or not told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unmatched {
    /// `None`: a name in the source's `where`.
    pub field: Option<FieldId>,
    /// As named in the lexicon.
    pub wanted: String,
    /// Columns that fit equally well; none if nothing fits.
    pub repeated: Vec<usize>,
    /// The field names a header for this very source.
    pub declared: bool,
}

impl Feed {
    /// Finds the columns of the given fields and of the source's `where`.
    pub fn new(
        lexicon: &Lexicon,
        table: TableId,
        fields: &[FieldId],
        source: &str,
        file: (usize, &ExportFile),
        settings: Arc<Settings>,
    ) -> (Feed, Vec<Unmatched>) {
        let declared = lexicon.table(table);
        let mut unmatched = Vec::new();
        let mut columns = vec![None; declared.fields.len()];
        for id in fields {
            let field = lexicon.field(table, *id);
            match headers::of_field(lexicon, table, *id, source, &file.1.headers) {
                Match::Column(column) => columns[id.0 as usize] = Some(column),
                found => unmatched.push(Unmatched {
                    field: Some(*id),
                    wanted: field.headers.first().map_or(&field.name.text, |h| &h.header).clone(),
                    repeated: if let Match::Repeated(all) = found { all } else { Vec::new() },
                    declared: headers::is_declared_for(field, source),
                }),
            }
        }
        let mut filter = Vec::new();
        for header in declared.filter.as_ref().map(crate::filter::headers).unwrap_or_default() {
            match headers::of_filter(header, &file.1.headers) {
                Match::Column(column) => filter.push((header.to_owned(), column)),
                found => unmatched.push(Unmatched {
                    field: None,
                    wanted: header.to_owned(),
                    repeated: if let Match::Repeated(all) = found { all } else { Vec::new() },
                    declared: false,
                }),
            }
        }
        let orders = vec![DayOrder::default(); columns.len()];
        (Feed { table, file: file.0, settings, columns, orders, filter }, unmatched)
    }

    /// Whether every header of the `where` was found.
    pub fn can_filter(&self, lexicon: &Lexicon) -> bool {
        let wanted = lexicon.table(self.table).filter.as_ref().map(crate::filter::headers).unwrap_or_default();
        wanted.iter().all(|w| self.filter.iter().any(|f| f.0 == *w))
    }

    /// The date and time fields with a column.
    pub fn dated<'f>(&'f self, lexicon: &'f Lexicon) -> impl Iterator<Item = (usize, usize)> + 'f {
        self.columns.iter().enumerate().filter_map(|(i, column)| {
            let ty = &lexicon.table(self.table).fields[i].ty;
            let item = if let Ty::List(item) = ty { item } else { ty };
            matches!(item, Ty::Date | Ty::Time).then_some(()).and(column.map(|c| (i, c)))
        })
    }
}

/// What a column's dates with slashes say of their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Evidence {
    pub order: DayOrder,
    /// Values that could be either, where no value decides; the first of them.
    pub unclear: u64,
    pub spots: Vec<Spot>,
}

/// Looks through a whole column, if its first rows have dates with slashes.
pub(crate) fn day_order(file: &ExportFile, column: usize) -> Result<Evidence, StreamTrouble> {
    if file.footer().is_some_and(|f| !f.is_text(column)) {
        return Ok(Evidence::default());
    }
    let mut seen = 0usize;
    let mut open = false;
    each_text(file, column, Some(64 << 10), &mut |_, text| {
        seen += 1;
        open |= day_and_month(text).is_some();
        seen < 2000 && !open
    })?;
    if !open {
        return Ok(Evidence::default());
    }
    let (mut day_first, mut month_first) = (false, false);
    let mut evidence = Evidence::default();
    each_text(file, column, None, &mut |line, text| {
        if let Some((a, b)) = day_and_month(text) {
            day_first |= a > 12 && b <= 12;
            month_first |= b > 12 && a <= 12;
            if a <= 12 && b <= 12 && a != b {
                evidence.unclear += 1;
                if evidence.spots.len() < crate::report::PLACES {
                    let column = file.headers[column].clone();
                    evidence.spots.push(Spot { line, column, value: crate::read::short(text) });
                }
            }
        }
        true
    })?;
    if day_first && !month_first {
        evidence.order = DayOrder::DayFirst;
    }
    if day_first != month_first {
        (evidence.unclear, evidence.spots) = (0, Vec::new());
    }
    Ok(evidence)
}

/// Calls `take` with the line and text of each cell of a column until it says no. `chunk`: size of the first reading.
pub(crate) fn each_text(
    file: &ExportFile,
    column: usize,
    chunk: Option<usize>,
    take: &mut dyn FnMut(u64, &str) -> bool,
) -> Result<(), StreamTrouble> {
    let mut scratch = String::new();
    each_block(file, &[column], chunk, &mut |block| {
        let data = block.column(0);
        for row in 0..block.len() {
            let text = data.text(row, &mut scratch);
            // Lines are counted only where they are asked for, which is seldom.
            let line = if day_and_month(text).is_some() { block.line(row) } else { 0 };
            if !take(line, text) {
                return false;
            }
        }
        true
    })
}

/// Calls `take` with each block of a file, in order, until it says no. `needed` ascending.
pub(crate) fn each_block(
    file: &ExportFile,
    needed: &[usize],
    chunk: Option<usize>,
    take: &mut dyn FnMut(&Block) -> bool,
) -> Result<(), StreamTrouble> {
    if let Some(footer) = file.footer() {
        let slots: Vec<usize> = (0..needed.len()).collect();
        let mut on = true;
        for group in footer.groups(1) {
            let read = footer.read(&file.path, &group, needed, |batch, first| {
                on = take(&Block::parquet(batch, &slots, first));
                on
            });
            read.map_err(StreamTrouble::Broken)?;
            if !on {
                break;
            }
        }
        return Ok(());
    }
    let Some(mut chunker) = file.chunks(None)? else { return Ok(()) };
    if let Some(size) = chunk {
        chunker = chunker.of_size(size);
    }
    let (mut chunk, mut rows, mut json) = (Chunk::default(), Rows::default(), JsonRows::default());
    let names: Vec<&str> = needed.iter().map(|c| file.headers[*c].as_str()).collect();
    while chunker.next(&mut chunk)? {
        let text = text_of(&chunk)?;
        let on = if file.format == Format::JsonLines {
            json.index(text, chunk.line, &names);
            take(&Block::json(&json.columns, &json.lines, text))
        } else {
            rows.index(chunk.bytes(), chunk.quotes, file.delimiter(), file.headers.len(), needed);
            take(&Block::csv(text, &rows, chunk.line))
        };
        if !on {
            break;
        }
    }
    Ok(())
}
