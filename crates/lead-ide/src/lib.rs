//! Editor features on offsets of a text, for whatever protocol carries them.
//!
//! Pure: a [`Snapshot`] of a checked lexicon in, plain data out. No clock, no files, no protocol. Positions are byte
//! offsets; [`LineIndex`] turns them into lines and columns. Features are methods of [`Snapshot`], a file each.
//!
//! Invariant *within bounds*: every span of an answer lies inside its file, on character boundaries.

mod call_hierarchy;
mod cancel;
mod completion;
mod exports;
mod facts;
mod file_operations;
mod glossary;
mod goto;
mod hover;
mod line_index;
mod links;
mod names;
mod plain;
mod rename;
mod signature_help;
mod snapshot;
mod spelling;
mod symbols;

pub use call_hierarchy::{Call, CallItem};
pub use cancel::{Cancel, Cancelled};
pub use completion::{CompletionItem, CompletionKind, Completions};
pub use exports::{Exports, NoExports};
pub use file_operations::FileRename;
pub use goto::{Goto, Highlight};
pub use hover::Hover;
pub use line_index::{Encoding, InsideCharacter, LineColumn, LineIndex};
pub use links::{DocumentLink, LinkTarget};
pub use plain::plain_text;
pub use rename::{Rename, RenameError, Renamed};
pub use signature_help::SignatureHelp;
pub use snapshot::{FilePosition, Snapshot};
pub use spelling::{reads_as_name, written};
pub use symbols::{DocumentSymbol, SymbolKind, WorkspaceSymbol};

mod actions;
mod change;
mod commands;
mod diagnostics;
mod folding;
mod format;
mod hints;
mod lens;
mod linked;
mod print;
mod selection;
mod tokens;
mod tree;
mod unfold;

pub use actions::{Action, ActionKind};
pub use change::Change;
pub use commands::{Command, ToExplain};
pub use diagnostics::{Report, Shown, Tag};
pub use folding::{Fold, FoldKind};
pub use hints::{Hint, HintKind, HintSettings, SubjectHints};
pub(crate) use lead_hir::words;
pub use lens::{Lens, LensKind, LensSettings};
pub use linked::Linked;
pub use tokens::{Class, Delta, Modifiers, Token, delta, encode};

pub use unfold::Unfolded;
