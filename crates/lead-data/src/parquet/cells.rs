//! Cells of a stored column: as texts, and as values that need no detour over text.

use std::fmt::Write;

use super::kind::{Kind, Unit};
use super::leaf::{Leaf, Store};
use crate::cells::{Cells, Entries};
use crate::csv::rows::trim;
use crate::parse::civil::{DAY, date};
use crate::parse::time::TimeReader;

/// The cells of a column with one value for each row, or none.
#[derive(Clone, Copy)]
pub(crate) struct LeafCells<'a> {
    leaf: &'a Leaf,
}

impl<'a> LeafCells<'a> {
    pub fn new(leaf: &'a Leaf) -> LeafCells<'a> {
        LeafCells { leaf }
    }
}

impl Cells for LeafCells<'_> {
    #[inline]
    fn text<'a>(&'a self, row: usize, scratch: &'a mut String) -> &'a str {
        if let Some(text) = self.plain(row) {
            return text;
        }
        scratch.clear();
        if is_known(&self.leaf.known, row) {
            write_value(self.leaf, row, scratch);
        }
        trim(scratch)
    }

    fn several<'b>(&'b self, rows: &[u32], out: &mut [&'b [u8]]) -> bool {
        let Store::Texts(numbers, table) = &self.leaf.store else { return false };
        table.several(rows.iter().map(|row| numbers[*row as usize]), out);
        let is_bare = |cell: &[u8]| match (cell.first(), cell.last()) {
            (Some(first), Some(last)) => first.is_ascii_graphic() & last.is_ascii_graphic(),
            _ => true,
        };
        if !out.iter().fold(true, |bare, cell| bare & is_bare(cell)) {
            for place in out.iter_mut().filter(|cell| !is_bare(cell)) {
                *place = std::str::from_utf8(place).map_or(&[], |text| text.trim().as_bytes());
            }
        }
        true
    }

    #[inline]
    fn is_nothing(&self, row: usize) -> bool {
        matches!(&self.leaf.store, Store::Texts(numbers, _) if numbers[row] < 0)
    }

    fn entries(&self) -> Option<Entries<'_>> {
        match &self.leaf.store {
            Store::Texts(numbers, table) => Some(Entries { numbers, table }),
            _ => None,
        }
    }

    #[inline]
    fn plain(&self, row: usize) -> Option<&str> {
        let Store::Texts(numbers, table) = &self.leaf.store else { return None };
        Some(usize::try_from(numbers[row]).map_or("", |number| trim(table.get(number))))
    }
}

/// Where nothing is said, all values are known.
fn is_known(known: &[bool], row: usize) -> bool {
    known.get(row).copied().unwrap_or(true)
}

/// A value as a cell of CSV would have it.
pub(super) fn write_value(leaf: &Leaf, at: usize, out: &mut String) {
    match &leaf.store {
        Store::Flags(values) => {
            if let Some(value) = values.get(at) {
                out.push_str(if *value { "true" } else { "false" });
            }
        }
        Store::Ints(values) => {
            if let Some(value) = values.get(at) {
                write_int(*value, leaf.kind, out);
            }
        }
        Store::Floats(values) => {
            if let Some(value) = values.get(at) {
                // As short as its bits allow.
                let _ =
                    if leaf.kind == Kind::Single { write!(out, "{}", *value as f32) } else { write!(out, "{value}") };
            }
        }
        Store::Wide(values) => {
            if let (Some(value), Kind::Decimal(scale)) = (values.get(at), leaf.kind) {
                write_decimal(*value, scale, out);
            }
        }
        Store::Texts(numbers, table) => {
            if let Some(number) = numbers.get(at).and_then(|n| usize::try_from(*n).ok()) {
                out.push_str(table.get(number));
            }
        }
    }
}

fn write_int(value: i64, kind: Kind, out: &mut String) {
    match kind {
        Kind::Decimal(scale) => write_decimal(value.into(), scale, out),
        Kind::Date => write_date(value as i32, out),
        Kind::Moment { unit, utc } => {
            if let Some(micros) = unit.micros(value) {
                write_date(micros.div_euclid(DAY) as i32, out);
                out.push('T');
                write_clock(micros.rem_euclid(DAY), out);
                if utc {
                    out.push('Z');
                }
            }
        }
        Kind::Clock(unit) => {
            if let Some(micros) = unit.micros(value) {
                write_clock(micros, out);
            }
        }
        Kind::Unsigned => {
            let _ = write!(out, "{}", value as u64);
        }
        _ => {
            let _ = write!(out, "{value}");
        }
    }
}

fn write_decimal(value: i128, scale: u32, out: &mut String) {
    let places = scale as usize;
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = places + 1);
    if value < 0 {
        out.push('-');
    }
    out.push_str(&digits[..digits.len() - places]);
    if places > 0 {
        out.push('.');
        out.push_str(&digits[digits.len() - places..]);
    }
}

fn write_date(days: i32, out: &mut String) {
    let (y, m, d) = date(days);
    let _ = write!(out, "{y:04}-{m:02}-{d:02}");
}

fn write_clock(micros: i64, out: &mut String) {
    let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest > 0 {
        let _ = write!(out, ".{rest:06}");
    }
}

/// Values, and places of unknown ones.
type Read<T> = Option<(Vec<T>, Vec<u32>)>;

fn read<T: Copy>(leaf: &Leaf, rows: &[u32], nothing: T, value: impl Fn(usize) -> Option<T>) -> Read<T> {
    let mut unknown = Vec::new();
    let mut out = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let row = *row as usize;
        let found = if is_known(&leaf.known, row) { value(row) } else { None };
        if found.is_none() {
            unknown.push(i as u32);
        }
        out.push(found.unwrap_or(nothing));
    }
    Some((out, unknown))
}

/// Numbers of a column of numbers; what is not finite is unknown.
pub(crate) fn numbers(cells: &LeafCells, rows: &[u32]) -> Read<f64> {
    let leaf = cells.leaf;
    match (&leaf.store, leaf.kind) {
        (Store::Ints(values), Kind::Int) => read(leaf, rows, 0.0, |i| Some(values[i] as f64)),
        (Store::Ints(values), Kind::Unsigned) => read(leaf, rows, 0.0, |i| Some(values[i] as u64 as f64)),
        (Store::Floats(values), _) => read(leaf, rows, 0.0, |i| Some(values[i]).filter(|v| v.is_finite())),
        _ => None,
    }
}

/// Yes and no of a column of flags.
pub(crate) fn flags(cells: &LeafCells, rows: &[u32]) -> Read<bool> {
    let Store::Flags(values) = &cells.leaf.store else { return None };
    read(cells.leaf, rows, false, |i| Some(values[i]))
}

/// Moments of a column of times or dates; without a zone they are local.
pub(crate) fn times(cells: &LeafCells, rows: &[u32], reader: &mut TimeReader) -> Read<i64> {
    let leaf = cells.leaf;
    let Store::Ints(raw) = &leaf.store else { return None };
    match leaf.kind {
        Kind::Moment { unit, utc } => {
            let (mut times, unknown) = match unit {
                // All of them, as they are.
                Unit::Micro if leaf.known.is_empty() && rows.len() == raw.len() => (raw.clone(), Vec::new()),
                _ => read(leaf, rows, 0, |i| unit.micros(raw[i]))?,
            };
            if !utc {
                times.iter_mut().for_each(|t| *t = reader.local(*t));
            }
            Some((times, unknown))
        }
        Kind::Date => {
            let (days, unknown) = read(leaf, rows, 0, |i| i32::try_from(raw[i]).ok())?;
            Some((days.into_iter().map(|d| reader.start_of(d)).collect(), unknown))
        }
        _ => None,
    }
}

/// Local days of a column of dates or times.
pub(crate) fn dates(cells: &LeafCells, rows: &[u32], reader: &TimeReader) -> Read<i32> {
    let leaf = cells.leaf;
    let Store::Ints(raw) = &leaf.store else { return None };
    match leaf.kind {
        Kind::Date => read(leaf, rows, 0, |i| i32::try_from(raw[i]).ok()),
        Kind::Moment { unit, utc } => {
            let day = |time| if utc { reader.day_of(time) } else { time.div_euclid(DAY) as i32 };
            read(leaf, rows, 0, |i| unit.micros(raw[i]).map(day))
        }
        _ => None,
    }
}
