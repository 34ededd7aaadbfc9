//! Pages that people read: the glossary of a lexicon, as HTML or Markdown.
//!
//! A page is one file without scripts: nothing is fetched, and nothing runs. Parts of pages are in `parts`, a file each; pictures are
//! in `chart`. What the pages say about definitions, without saying how it looks, is in [`entry`].
//!
//! Invariant *escaped*: text of lexicons and data reaches a page through maud's escaping, or through `markdown`, which keeps no markup
//! but that of Markdown; through nothing else.

mod chart;
mod entry;
mod handbook;
mod markdown;
mod page;
mod parts;
mod rule;
mod uses;

pub use handbook::{html, markdown};
