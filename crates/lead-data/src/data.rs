//! What the evaluator asks of the data, and what it gets.

use std::collections::{BTreeMap, BTreeSet};

use lead_hir::hir::{FieldId, TableId};

use crate::Column;

/// The fields that are needed, by table. Tables that are not named are not opened. Keys of entities that are referred to, subject
/// references and times of events are always read.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// Needed fields by table; a table without fields is read for its rows.
    pub tables: BTreeMap<TableId, BTreeSet<FieldId>>,
}

/// All records of an entity, after merging (D42); rows are numbered from 0 in the order of D44.
#[derive(Debug, Default)]
pub struct Records {
    /// How many.
    pub rows: usize,
    /// By field; `None` where it was not needed. References are [`crate::Values::Record`] with rows of the other table.
    pub columns: Vec<Option<Column>>,
}

/// A part of the events of one table, in no particular order. Only events that were taken (D35) are in it.
#[derive(Debug)]
pub struct Batch {
    /// Whose events.
    pub table: TableId,
    /// How many.
    pub rows: usize,
    /// Microseconds since 1970 UTC of each; a date is its first moment (D22). Always known.
    pub times: Vec<i64>,
    /// By field; `None` where it was not asked for. References are [`crate::Values::Record`].
    pub columns: Vec<Option<Column>>,
}

/// Events asked for in a scan.
#[derive(Clone, Debug)]
pub struct ScanRequest {
    /// Whose.
    pub table: TableId,
    /// Which fields.
    pub fields: BTreeSet<FieldId>,
    /// Events with `start <= time < end` (microseconds) are wanted; others may be left out.
    pub times: std::ops::Range<i64>,
}

/// Takes the batches of one worker of a scan.
pub trait EventSink: Send {
    /// Takes a batch. Batches come in no particular order, and which worker gets which is not fixed.
    fn batch(&mut self, batch: &Batch);
}
