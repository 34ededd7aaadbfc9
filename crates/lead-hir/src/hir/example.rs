//! Examples: small worlds, and what is expected of them.

use lead_diag::Span;

use super::{DefId, Expr, FieldId, Moment, TableId};

/// An example, checked.
#[derive(Clone, Debug)]
pub struct Example {
    /// Title of a story, or name of the table's definition.
    pub title: String,
    /// The whole statement.
    pub span: Span,
    /// The title or name in it.
    pub title_span: Span,
    /// Definitions whose answers it expects.
    pub covers: Vec<DefId>,
    /// A date or time; without it the lexicon's.
    pub as_of: Option<Moment>,
    /// What it says.
    pub kind: ExampleKind,
}

/// What an example says.
#[derive(Clone, Debug)]
pub enum ExampleKind {
    /// `examples TERM`
    Table(ExampleTable),
    /// `example "…"`
    Story(Story),
    /// Had an error.
    Error,
}

/// Rows of given values, each with the answer that is expected.
#[derive(Clone, Debug)]
pub struct ExampleTable {
    /// What is tested.
    pub def: DefId,
    /// Whose records the rows are.
    pub subject: TableId,
    /// In order.
    pub columns: Vec<ExampleColumn>,
    /// In order.
    pub rows: Vec<ExampleRow>,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct ExampleColumn {
    /// What its cells are.
    pub what: Given,
    /// Its name in the header line.
    pub span: Span,
}

/// What a cell of a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// The value of a field.
    Field(FieldId),
    /// The answer of another definition, which is then not worked out.
    Def(DefId),
    /// The answer that is expected.
    Expected,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct ExampleRow {
    /// A cell per column; `None` is cannot tell. References are texts: the key of the record.
    pub cells: Vec<Option<Expr>>,
    /// The whole line.
    pub span: Span,
}

/// A story.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// In order.
    pub records: Vec<StoryRecord>,
    /// In order.
    pub events: Vec<StoryEvent>,
    /// In order.
    pub expects: Vec<Expectation>,
}

/// A record of a story.
#[derive(Clone, Debug)]
pub struct StoryRecord {
    /// Of what entity.
    pub table: TableId,
    /// Its key; `None`: the only one of its entity without.
    pub key: Option<String>,
    /// Field and value; references are texts: the key of the record.
    pub fields: Vec<(FieldId, Expr)>,
    /// The whole line.
    pub span: Span,
}

/// An event of a story.
#[derive(Clone, Debug)]
pub struct StoryEvent {
    /// Which event.
    pub table: TableId,
    /// Whose: index of a record; `None`: the event has no subject.
    pub of: Option<usize>,
    /// When.
    pub at: Moment,
    /// Field and value; references are texts: the key of the record.
    pub fields: Vec<(FieldId, Expr)>,
    /// The whole line.
    pub span: Span,
}

/// A condition that must be yes.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Of which record.
    pub record: usize,
    /// The condition.
    pub condition: Expr,
    /// The reason that must be given.
    pub because: Option<(String, Span)>,
    /// The definitions that it names.
    pub uses: Vec<DefId>,
    /// The whole line.
    pub span: Span,
}
