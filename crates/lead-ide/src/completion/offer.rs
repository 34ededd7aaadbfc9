//! What may stand at the cursor.

use lead_hir::hir::{AggregateFn, TableId, Ty};

use crate::names::Member;

/// A fixed word or form of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// As shown and matched.
    pub label: &'static str,
    /// What is inserted, with the stops of a snippet; the label if empty.
    pub insert: &'static str,
    /// What it does, in a few words.
    pub detail: &'static str,
    /// The place in the list among words: lower is nearer to the top.
    pub order: u8,
}

/// What a value should be like.
#[derive(Clone, Debug, Default)]
pub(crate) struct Want {
    /// Its type, where the place asks for one.
    pub ty: Option<Ty>,
    /// A condition is wanted.
    pub condition: bool,
    /// What it is compared with.
    pub like: Option<Like>,
}

impl Want {
    /// A condition.
    pub fn condition() -> Want {
        Want { ty: Some(Ty::YesNo), condition: true, like: None }
    }

    /// A value of a type.
    pub fn of(ty: Ty) -> Want {
        Want { ty: Some(ty), condition: false, like: None }
    }
}

/// What a value is compared with, so that its values are known.
#[derive(Clone, Debug)]
pub(crate) enum Like {
    /// A field or definition.
    Member(Member),
    /// A column of the export whose `where` this is.
    Header(String),
}

/// One kind of thing that may stand at the cursor.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// The beginning of a statement.
    Statement,
    /// Words of the language.
    Words(&'static [Word]),
    /// A value or condition, asked of the records in scope (innermost last).
    Operand { frames: Vec<TableId>, want: Want },
    /// A value written out, as examples give it.
    Written { want: Want },
    /// A field or definition of a table.
    Member { table: TableId, want: Want },
    /// Records of an aggregate.
    Records { frames: Vec<TableId>, function: Option<AggregateFn>, distinct: bool },
    /// Events, perhaps those of a subject only.
    Events(Option<TableId>),
    /// Terms of a table.
    Terms(TableId),
    /// Terms of the records in scope, or references that lead to records.
    AskedTerms(Vec<TableId>),
    /// Terms of a table that are not yet steps of the funnel.
    Steps(TableId, Vec<String>),
    /// Entities.
    Entities,
    /// Definitions that a table of examples may test.
    Tested,
    /// Columns of a table of examples.
    Columns(TableId, Vec<String>),
    /// Operators that fit a value of this type.
    Operators(Ty),
    /// What may follow a complete condition or value: `and`, `or`, windows.
    Connectives { ty: Ty, tail: &'static [Word] },
    /// Windows alone.
    Windows,
    /// What may follow `within`.
    Within,
    /// What may follow `since` or `before`.
    Moments,
    /// A length of time.
    Durations,
    /// Types of fields.
    Types,
    /// A line of an entity or event, whose names are taken.
    FieldLine { sources: Vec<String>, taken: Vec<String>, event: bool },
    /// Column headers of exports.
    Headers(Vec<String>),
    /// Texts out of a column, for `one of`.
    ColumnValues { sources: Vec<String>, header: String },
    /// Column headers as names, in the `where` of a source.
    HeaderNames { sources: Vec<String>, want: Want },
    /// Export files.
    Files,
    /// The sources of this table.
    Sources(Vec<String>),
    /// References and tables on the ways between two tables.
    Vias { from: Option<TableId>, to: TableId },
    /// Entities and events, as a line of a story begins.
    StoryLine,
    /// Fields of a table that are not yet given.
    Fields(TableId, Vec<String>),
    /// Keys of records of a story.
    Keys(Vec<String>),
    /// Names of lints.
    Lints,
    /// Dimensions of a metric over these tables.
    Dimensions(Vec<TableId>),
}

/// Something that may stand at the cursor, and what of the text before the cursor it would replace.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    /// First byte (in the statement) of what is replaced.
    pub from: usize,
    /// What.
    pub what: What,
}
