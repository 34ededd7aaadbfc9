//! Pages that people read: the glossary of a lexicon, and the report of what it came to on data.
//!
//! A page is one file without scripts: nothing is fetched, and nothing runs. Parts of pages are in `parts`, a file each; pictures are
//! in `chart`. What the pages say about definitions, without saying how it looks, is in [`entry`].
//!
//! Invariant *escaped*: text of lexicons and data reaches a page through maud's escaping, or through `markdown`, which keeps no markup
//! but that of Markdown; through nothing else.

mod chart;
mod entry;
mod figures;
mod handbook;
mod markdown;
mod page;
mod parts;
mod report;
mod rule;
mod uses;
mod work_list;

pub use handbook::{html, markdown};
pub use report::{Facts, more_fields, report};
pub use work_list::{Lack, LackingValue, WorkList, missing_name, work_list};
