//! The parser that pest makes from `grammar/lead.pest`. Only this crate knows its rules; no rule's name is ever
//! shown to a person.

// The rules' documentation lives in the grammar.
#![allow(missing_docs)]

use pest_derive::Parser;

/// See `grammar/lead.pest`.
#[derive(Parser)]
#[grammar = "../../grammar/lead.pest"]
pub(crate) struct Grammar;

/// A piece of parsed text.
pub(crate) type Pair<'i> = pest::iterators::Pair<'i, Rule>;
/// Pieces of parsed text in order.
pub(crate) type Pairs<'i> = pest::iterators::Pairs<'i, Rule>;
