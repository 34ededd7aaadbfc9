//! Cells of text files: where records end, where cells are, and what they say.

pub(crate) mod chunk;
pub(crate) mod header;
mod marks;
pub(crate) mod rows;
