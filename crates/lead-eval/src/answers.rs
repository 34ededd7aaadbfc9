//! The answers of a run.

use std::sync::Arc;

use lead_data::Column;
use lead_hir::hir::{DefId, TableId, Ty, Value};

/// All answers of a run at one as-of time.
#[derive(Clone, Debug)]
pub struct Answers {
    /// Microseconds since 1970 UTC.
    pub as_of: i64,
    /// Answers for the records of each subject, in order of tables.
    pub subjects: Vec<SubjectAnswers>,
    /// Metrics, in order of the lexicon.
    pub metrics: Vec<MetricAnswer>,
}

/// Answers for the records of an entity.
#[derive(Clone, Debug)]
pub struct SubjectAnswers {
    /// The entity.
    pub table: TableId,
    /// How many records.
    pub rows: usize,
    /// Definitions in order of the lexicon: type and answer of each record.
    pub defs: Vec<DefAnswers>,
}

/// The answers of one definition.
#[derive(Clone, Debug)]
pub struct DefAnswers {
    /// Which.
    pub def: DefId,
    /// Its type, which says what the numbers of the column mean.
    pub ty: Ty,
    /// An answer per record.
    pub column: Arc<Column>,
    /// For terms: which clauses were yes, alternatives before exceptions, in order of the term. Empty for others.
    pub clauses: Vec<Arc<Column>>,
}

/// A metric: a table.
#[derive(Clone, Debug)]
pub struct MetricAnswer {
    /// Which.
    pub def: DefId,
    /// Type of the values.
    pub ty: Ty,
    /// In order of D40; one row without dimensions.
    pub rows: Vec<MetricRow>,
}

/// A row of a metric.
#[derive(Clone, Debug)]
pub struct MetricRow {
    /// A value per dimension; `None` is unknown.
    pub by: Vec<Option<Value>>,
    /// `None` is unknown.
    pub value: Option<Value>,
}
