//! Yes, no and cannot tell in a column of answers.

use lead_data::{Bitmap, Column, Values};

/// A column of decisions.
#[derive(Clone, Copy)]
pub(crate) struct Decisions<'a> {
    values: Option<&'a Bitmap>,
    known: Option<&'a Bitmap>,
}

impl<'a> Decisions<'a> {
    /// Of an answer that is yes or no.
    pub(crate) fn of(column: &'a Column) -> Decisions<'a> {
        let values = if let Values::YesNo(bits) = &column.values { Some(bits) } else { None };
        Decisions { values, known: column.known.as_ref() }
    }

    /// The decision of a record; `None`: cannot tell.
    pub(crate) fn get(&self, row: usize) -> Option<bool> {
        let values = self.values?;
        self.known.is_none_or(|k| k.get(row)).then(|| values.get(row))
    }

    pub(crate) fn is_yes(&self, row: usize) -> bool {
        self.get(row) == Some(true)
    }

    /// Records that are yes, 64 to a word.
    pub(crate) fn yes_words(&self) -> Box<dyn Iterator<Item = u64> + 'a> {
        let Some(values) = self.values else { return Box::new(std::iter::empty()) };
        match self.known {
            None => Box::new(values.words().iter().copied()),
            Some(known) => Box::new(values.words().iter().zip(known.words()).map(|(v, k)| v & k)),
        }
    }

    /// How many are yes, and how many cannot be told.
    pub(crate) fn count(&self, rows: usize) -> (usize, usize) {
        if self.values.is_none() {
            return (0, rows);
        }
        let yes = self.yes_words().map(|w| w.count_ones() as usize).sum();
        (yes, self.known.map_or(0, |k| rows - k.count()))
    }
}
