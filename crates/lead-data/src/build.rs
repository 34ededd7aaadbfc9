//! Columns out of cells, by the types of fields.

use std::sync::Arc;

use lead_diag::{Code, codes};
use lead_hir::hir::{Field, Ty};

use crate::cells::{Arena, Cells, ColumnData};
use crate::column::{Bitmap, Column, Dictionary, NO_RECORD, Texts, Values, fold_text};
use crate::ends::Ends;
use crate::keys::{KeyTable, STEP};
use crate::parquet;
use crate::parse;
use crate::parse::number::{money, number};
use crate::parse::time::{DayOrder, TimeReader};
use crate::settings::Settings;
use crate::texts::{Coded, TextBuilder, TextRules};

/// A value that was not taken as it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Issue {
    /// Row of the block.
    pub row: u32,
    pub code: Code,
}

/// Makes the columns of one field, batch by batch.
pub(crate) struct Builder {
    kind: Kind,
    settings: Arc<Settings>,
    labels: Option<std::collections::BTreeMap<String, String>>,
}

enum Kind {
    /// Dictionary texts.
    Text(Box<TextBuilder>),
    /// Keys and references as written, an entry for each row.
    Raw,
    /// References resolved.
    Record(Arc<KeyTable>),
    YesNo,
    Number,
    Money,
    Date(TimeReader),
    Time(TimeReader),
    Duration,
    List(Box<Builder>),
    /// Cannot be read (its declaration had an error): always unknown.
    Nothing,
}

impl Builder {
    /// For a field. `keys`: of the table it refers to; without them references stay texts.
    pub fn new(field: &Field, settings: &Arc<Settings>, order: DayOrder, keys: Option<Arc<KeyTable>>) -> Builder {
        let labels = settings.labels.get(&crate::headers::fold_header(&field.name.text)).cloned();
        Builder::of(&field.ty, settings, order, keys, labels)
    }

    fn of(
        ty: &Ty,
        settings: &Arc<Settings>,
        order: DayOrder,
        keys: Option<Arc<KeyTable>>,
        labels: Option<std::collections::BTreeMap<String, String>>,
    ) -> Builder {
        let text = |labels, listed| {
            Kind::Text(Box::new(TextBuilder::new(TextRules { nulls: settings.nulls.clone(), labels, listed })))
        };
        let kind = match ty {
            Ty::Text => text(labels.clone(), Default::default()),
            Ty::OneOf(values) => text(labels.clone(), values.iter().map(|v| (fold_text(v), v.clone())).collect()),
            Ty::Key => Kind::Raw,
            Ty::Record(_) => keys.map_or(Kind::Raw, Kind::Record),
            Ty::YesNo => Kind::YesNo,
            Ty::Number | Ty::Percent => Kind::Number,
            Ty::Money => Kind::Money,
            Ty::Date => Kind::Date(TimeReader::new(settings, order)),
            Ty::Time => Kind::Time(TimeReader::new(settings, order)),
            Ty::Duration => Kind::Duration,
            Ty::List(item) => Kind::List(Box::new(Builder::of(item, settings, order, keys, labels.clone()))),
            Ty::Period | Ty::Error => Kind::Nothing,
        };
        Builder { kind, settings: settings.clone(), labels }
    }

    /// The column of the given rows of a block's column.
    pub fn build(&mut self, data: &ColumnData, rows: &[u32], issues: &mut Vec<Issue>) -> Column {
        match data {
            ColumnData::Csv(cells) => self.read(cells, rows, issues),
            ColumnData::Arena(cells) => self.read(cells, rows, issues),
            ColumnData::Leaf(cells) => {
                if let Some(column) = self.native(cells, rows) {
                    return column;
                }
                self.read(cells, rows, issues)
            }
        }
    }

    /// A column in which nothing is known.
    pub fn nothing(&mut self, rows: usize) -> Column {
        let values = self.empty_values(rows);
        Column { values, known: Some(Bitmap::filled(rows, false)) }
    }

    fn empty_values(&mut self, rows: usize) -> Values {
        match &mut self.kind {
            Kind::Text(text) => Values::Text(text.finish(vec![0; rows])),
            Kind::Raw => {
                Values::Text(Texts { codes: vec![0; rows], dictionary: Arc::new(Dictionary::new([""], true)) })
            }
            Kind::Record(_) => Values::Record(vec![NO_RECORD; rows]),
            Kind::YesNo => Values::YesNo(Bitmap::filled(rows, false)),
            Kind::Number | Kind::Nothing => Values::Number(vec![0.0; rows]),
            Kind::Money | Kind::Time(_) | Kind::Duration => Values::Int(vec![0; rows]),
            Kind::Date(_) => Values::Date(vec![0; rows]),
            Kind::List(item) => Values::List { offsets: vec![0; rows + 1], items: Box::new(item.empty_values(0)) },
        }
    }

    /// Native types of Parquet that need no detour over text.
    fn native(&mut self, cells: &parquet::LeafCells, rows: &[u32]) -> Option<Column> {
        if self.labels.is_some() {
            return None;
        }
        let (values, unknown) = match &mut self.kind {
            Kind::Number => {
                let (v, u) = parquet::numbers(cells, rows)?;
                (Values::Number(v), u)
            }
            Kind::Time(times) => {
                let (v, u) = parquet::times(cells, rows, times)?;
                (Values::Int(v), u)
            }
            Kind::Date(times) => {
                let (v, u) = parquet::dates(cells, rows, times)?;
                (Values::Date(v), u)
            }
            Kind::YesNo => {
                let (v, u) = parquet::flags(cells, rows)?;
                (Values::YesNo(Bitmap::from_fn(rows.len(), |i| v[i])), u)
            }
            _ => return None,
        };
        Some(Column { values, known: known(rows.len(), &unknown) })
    }

    fn read<C: Cells>(&mut self, cells: &C, rows: &[u32], issues: &mut Vec<Issue>) -> Column {
        let comma = self.settings.decimal_comma;
        let each = Each { settings: &self.settings, labels: self.labels.as_ref(), rows };
        match &mut self.kind {
            Kind::Text(builder) => texts(builder, cells, rows, issues),
            Kind::Raw => raw(cells, rows, &self.settings),
            Kind::Record(keys) => records(keys, cells, rows, &self.settings, issues),
            Kind::YesNo => {
                let (values, known) = each.read(cells, codes::UNREADABLE_YES_NO, issues, false, parse::yes_no);
                Column { values: Values::YesNo(Bitmap::from_fn(values.len(), |i| values[i])), known }
            }
            Kind::Number => {
                let (v, known) = each.read(cells, codes::UNREADABLE_NUMBER, issues, 0.0, |t| number(t, comma));
                Column { values: Values::Number(v), known }
            }
            Kind::Money => {
                let (v, known) = each.read(cells, codes::UNREADABLE_MONEY, issues, 0, |t| money(t, comma));
                Column { values: Values::Int(v), known }
            }
            Kind::Date(times) => {
                let (v, known) = each.read(cells, codes::UNREADABLE_DATE, issues, 0, |t| times.date(t));
                Column { values: Values::Date(v), known }
            }
            Kind::Time(times) => {
                if let Some(all) = each.quick_times(cells, times) {
                    return Column { values: Values::Int(all), known: None };
                }
                let (v, known) = each.read(cells, codes::UNREADABLE_TIME, issues, 0, |t| times.time(t));
                Column { values: Values::Int(v), known }
            }
            Kind::Duration => {
                let (v, known) = each.read(cells, codes::UNREADABLE_DURATION, issues, 0, parse::duration);
                Column { values: Values::Int(v), known }
            }
            Kind::List(item) => lists(item, cells, rows, &self.settings, issues),
            Kind::Nothing => self.nothing(rows.len()),
        }
    }
}

fn known(rows: usize, unknown: &[u32]) -> Option<Bitmap> {
    if unknown.is_empty() {
        return None;
    }
    let mut map = Bitmap::filled(rows, true);
    for row in unknown {
        map.set(*row as usize, false);
    }
    Some(map)
}

/// Reads cells one by one.
struct Each<'a> {
    settings: &'a Settings,
    labels: Option<&'a std::collections::BTreeMap<String, String>>,
    rows: &'a [u32],
}

impl Each<'_> {
    /// The times of cells that are all written in the most usual way.
    fn quick_times<C: Cells>(&self, cells: &C, times: &mut TimeReader) -> Option<Vec<i64>> {
        if !self.settings.nulls.is_empty() || self.labels.is_some() {
            return None;
        }
        let mut reader = times.quickly();
        let mut quick = |row: &u32| cells.written(*row as usize).and_then(|cell| reader.read(cell));
        let mut values = Vec::with_capacity(self.rows.len());
        // Most often it is the same for all cells of a column.
        quick(self.rows.first()?)?;
        let mut all = true;
        values.extend(self.rows.iter().map(|row| {
            let value = quick(row);
            all &= value.is_some();
            value.unwrap_or_default()
        }));
        all.then_some(values)
    }

    fn read<C: Cells, T: Copy>(
        &self,
        cells: &C,
        code: Code,
        issues: &mut Vec<Issue>,
        nothing: T,
        mut read: impl FnMut(&str) -> Option<T>,
    ) -> (Vec<T>, Option<Bitmap>) {
        let mut values = Vec::with_capacity(self.rows.len());
        let (mut unknown, mut scratch) = (Vec::new(), String::new());
        for (i, row) in self.rows.iter().enumerate() {
            let mut text = cells.text(*row as usize, &mut scratch);
            let mut value = None;
            if !text.is_empty() && !self.settings.nulls.contains(text) {
                if let Some(label) = self.labels.and_then(|l| l.get(&fold_text(text))) {
                    text = label.trim();
                }
                value = read(text);
                if value.is_none() && !text.is_empty() {
                    issues.push(Issue { row: *row, code });
                }
            }
            if value.is_none() {
                unknown.push(i as u32);
            }
            values.push(value.unwrap_or(nothing));
        }
        let known = known(values.len(), &unknown);
        (values, known)
    }
}

fn texts<C: Cells>(builder: &mut TextBuilder, cells: &C, rows: &[u32], issues: &mut Vec<Issue>) -> Column {
    let mut out = Vec::with_capacity(rows.len());
    let (mut unknown, mut scratch) = (Vec::new(), String::new());
    let entries = cells.entries();
    // What the texts of a list mean is found out once for each that is used.
    let mut met: Vec<Option<Coded>> = entries.as_ref().map_or(Vec::new(), |e| vec![None; e.len()]);
    for (i, row) in rows.iter().enumerate() {
        let coded = match &entries {
            Some(entries) => entries
                .number(*row as usize)
                .map_or(Coded::default(), |n| *met[n].get_or_insert_with(|| builder.code(entries.text(n)))),
            None => builder.code(cells.text(*row as usize, &mut scratch)),
        };
        if !coded.known {
            unknown.push(i as u32);
        }
        if coded.unlisted {
            issues.push(Issue { row: *row, code: codes::VALUE_NOT_LISTED });
        }
        out.push(coded.code);
    }
    Column { known: known(out.len(), &unknown), values: Values::Text(builder.finish(out)) }
}

fn raw<C: Cells>(cells: &C, rows: &[u32], settings: &Settings) -> Column {
    let (mut text, mut ends) = (String::new(), Ends::default());
    let (mut unknown, mut scratch) = (Vec::new(), String::new());
    for (i, row) in rows.iter().enumerate() {
        let cell = cells.text(*row as usize, &mut scratch);
        if cell.is_empty() || settings.nulls.contains(cell) {
            unknown.push(i as u32);
        } else {
            text.push_str(cell);
        }
        ends.push(text.len());
    }
    let codes = (0..rows.len() as u32).collect();
    let dictionary = Arc::new(Dictionary::from_parts(text, ends, false));
    Column { known: known(rows.len(), &unknown), values: Values::Text(Texts { codes, dictionary }) }
}

fn records<C: Cells>(keys: &KeyTable, cells: &C, rows: &[u32], settings: &Settings, issues: &mut Vec<Issue>) -> Column {
    let mut out = Vec::with_capacity(rows.len());
    let mut scratch = String::new();
    if let Some(entries) = cells.entries().filter(|e| e.len() <= rows.len()) {
        let mut found = Vec::with_capacity(entries.len());
        keys.find_all(entries.len(), |n| entries.text(n), &mut found);
        out.extend(rows.iter().map(|row| entries.number(*row as usize).map_or(NO_RECORD, |n| found[n])));
    } else if !plain_records(keys, cells, rows, &mut out) {
        out.clear();
        let (mut text, mut ends) = (String::new(), Ends::default());
        for row in rows {
            text.push_str(cells.text(*row as usize, &mut scratch));
            ends.push(text.len());
        }
        keys.find_all(rows.len(), |i| &text[ends.range(i)], &mut out);
    }
    // Most often there is none, and nothing to decide for each row.
    let missing = out.iter().fold(false, |any, found| any | (*found == NO_RECORD));
    for (row, found) in rows.iter().zip(&out).filter(|_| missing) {
        if *found == NO_RECORD && !cells.is_nothing(*row as usize) {
            let cell = cells.text(*row as usize, &mut scratch);
            if !cell.is_empty() && !settings.nulls.contains(cell) {
                issues.push(Issue { row: *row, code: codes::DANGLING_REFERENCE });
            }
        }
    }
    Column { values: Values::Record(out), known: None }
}

/// Looks up cells that stand in memory as they are; false if one does not.
fn plain_records<C: Cells>(keys: &KeyTable, cells: &C, rows: &[u32], out: &mut Vec<u32>) -> bool {
    let mut texts: [&[u8]; STEP] = [b""; STEP];
    for step in rows.chunks(STEP) {
        if !cells.several(step, &mut texts[..step.len()]) {
            return false;
        }
        keys.find_step(&texts[..step.len()], out);
    }
    true
}

fn lists<C: Cells>(
    item: &mut Builder,
    cells: &C,
    rows: &[u32],
    settings: &Settings,
    issues: &mut Vec<Issue>,
) -> Column {
    let (mut arena, mut owners, mut scratch) = (Arena::default(), Vec::new(), String::new());
    for (i, row) in rows.iter().enumerate() {
        let cell = cells.text(*row as usize, &mut scratch);
        if settings.nulls.contains(cell) {
            continue;
        }
        let mut add = |text: &str| {
            if !text.trim().is_empty() {
                arena.push(text);
                owners.push(i as u32);
            }
        };
        match json_items(cell) {
            Some(items) => items.iter().for_each(|t| add(t)),
            None => cell.split(settings.list_separator.as_str()).for_each(add),
        }
    }
    let all: Vec<u32> = (0..owners.len() as u32).collect();
    let mut found = Vec::new();
    let column = item.read(&&arena, &all, &mut found);
    issues.extend(found.iter().map(|i| Issue { row: rows[owners[i.row as usize] as usize], code: i.code }));
    let kept: Vec<u32> = all.into_iter().filter(|i| column.is_known(*i as usize)).collect();
    let mut offsets = vec![0u32; rows.len() + 1];
    for i in &kept {
        offsets[owners[*i as usize] as usize + 1] += 1;
    }
    for i in 0..rows.len() {
        offsets[i + 1] += offsets[i];
    }
    let unknown: Vec<u32> =
        (0..rows.len() as u32).filter(|i| offsets[*i as usize] == offsets[*i as usize + 1]).collect();
    let items = Box::new(crate::gather::values(&column.values, &kept));
    Column { values: Values::List { offsets, items }, known: known(rows.len(), &unknown) }
}

/// The items of a JSON array, texts without their quotes.
fn json_items(cell: &str) -> Option<Vec<String>> {
    if !cell.starts_with('[') || !cell.ends_with(']') {
        return None;
    }
    let items: Vec<serde_json::Value> = serde_json::from_str(cell).ok()?;
    Some(
        items
            .into_iter()
            .map(|item| match item {
                serde_json::Value::String(text) => text,
                serde_json::Value::Null => String::new(),
                other => other.to_string(),
            })
            .collect(),
    )
}
