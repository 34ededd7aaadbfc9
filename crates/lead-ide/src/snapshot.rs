//! A lexicon at one moment, as features see it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use lead_diag::{FileId, Span};
use lead_hir::hir::{Lexicon, TableId};
use lead_hir::{Checked, CheckedFile};

use crate::names::Names;
use crate::{Exports, LineIndex, NoExports};

/// A place in a file: a byte offset on a character boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FilePosition {
    /// The file.
    pub file: FileId,
    /// The offset.
    pub offset: u32,
}

/// A checked lexicon and what features need beside it. Immutable; cheap to make and to clone. Features are its methods,
/// each in the file of its name.
///
/// Offsets and spans are of the texts in [`Snapshot::checked`].
#[derive(Clone)]
pub struct Snapshot {
    inner: Arc<Inner>,
}

struct Inner {
    checked: Arc<Checked>,
    exports: Arc<dyn Exports>,
    as_of: Option<i64>,
    names: OnceLock<Names>,
    lines: Mutex<HashMap<FileId, Arc<LineIndex>>>,
}

impl Snapshot {
    /// A lexicon without exports beside it.
    pub fn new(checked: Arc<Checked>) -> Snapshot {
        Snapshot::with(checked, Arc::new(NoExports), None)
    }

    /// A lexicon, its exports, and the as-of time (microseconds since 1970-01-01T00:00Z) for what is shown of a run.
    pub fn with(checked: Arc<Checked>, exports: Arc<dyn Exports>, as_of: Option<i64>) -> Snapshot {
        let inner = Inner { checked, exports, as_of, names: OnceLock::new(), lines: Mutex::default() };
        Snapshot { inner: Arc::new(inner) }
    }

    /// The checked lexicon.
    pub fn checked(&self) -> &Checked {
        &self.inner.checked
    }

    /// The checked lexicon, to keep.
    pub fn checked_arc(&self) -> Arc<Checked> {
        self.inner.checked.clone()
    }

    /// Tables and definitions.
    pub fn lexicon(&self) -> &Lexicon {
        &self.inner.checked.lexicon
    }

    /// What is known of the export files.
    pub fn exports(&self) -> &dyn Exports {
        &*self.inner.exports
    }

    /// The as-of time, if the server has one.
    pub fn as_of(&self) -> Option<i64> {
        self.inner.as_of
    }

    /// A file of the lexicon.
    pub fn file(&self, file: FileId) -> Option<&CheckedFile> {
        self.inner.checked.file(file)
    }

    /// The text of a file; empty if there is no such file.
    pub fn text(&self, file: FileId) -> &str {
        self.file(file).map_or("", |f| &f.text)
    }

    /// The text of a span; empty if it lies outside of its file.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.range()).unwrap_or("")
    }

    /// The lines of a file.
    pub fn lines(&self, file: FileId) -> Arc<LineIndex> {
        let make = || Arc::new(LineIndex::new(self.file(file).map_or_else(|| "".into(), |f| f.text.clone())));
        match self.inner.lines.lock() {
            Ok(mut lines) => lines.entry(file).or_insert_with(make).clone(),
            Err(_) => make(),
        }
    }

    pub(crate) fn names(&self) -> &Names {
        self.inner.names.get_or_init(|| Names::new(&self.inner.checked))
    }

    /// The position moved down to a character boundary inside its file; `None` if there is no such file.
    pub(crate) fn clamp(&self, at: FilePosition) -> Option<FilePosition> {
        let text = &self.file(at.file)?.text;
        let mut offset = (at.offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        Some(FilePosition { offset: offset as u32, ..at })
    }

    /// The subject of the statements at a position.
    pub(crate) fn subject_at(&self, at: FilePosition) -> Option<TableId> {
        self.inner.checked.subject_at(at.file, at.offset)
    }
}
