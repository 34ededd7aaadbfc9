//! A lexicon at one moment, as the handlers see it: what was checked, and which documents its files are.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use lead_diag::{Diagnostic, FileId, Span};
use lead_ide::{Encoding, FilePosition, LineColumn, Snapshot};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Location, Position, Range, Url};

use crate::errors;
use crate::place::{Home, Key};
use crate::settings::Settings;

/// A document of a lexicon.
#[derive(Clone, Debug)]
pub struct FileOf {
    /// As the editor names it, or would.
    pub uri: Url,
    /// The editor's count of changes, while it is open.
    pub version: Option<i32>,
}

/// A lexicon at one moment.
pub struct View {
    /// What it is called in tables.
    pub home: Home,
    /// What was checked.
    pub snapshot: Snapshot,
    /// Its documents, `lead.toml` among them.
    pub files: HashMap<FileId, FileOf>,
    /// By what tells documents apart.
    pub by_key: HashMap<Key, FileId>,
    /// What was found on the way to the texts: files that cannot be read, links that lead away.
    pub unread: Vec<(Url, Diagnostic)>,
    /// Where its exports are.
    pub data: PathBuf,
    /// How columns are counted.
    pub encoding: Encoding,
}

/// What a request is about.
#[derive(Clone)]
pub struct Asked {
    /// The lexicon of the document, and the document in it.
    pub about: Option<(Arc<View>, FileId)>,
    /// All lexicons, where the request names no document.
    pub all: Vec<Arc<View>>,
    /// The settings at that time.
    pub settings: Arc<Settings>,
}

impl Asked {
    /// The document that the request names; requests for documents that are not known are refused.
    pub fn document(&self) -> Result<(&View, FileId)> {
        match &self.about {
            Some((view, file)) => Ok((view, *file)),
            None => Err(errors::invalid("the document is not open, and not part of an open lexicon")),
        }
    }

    /// All lexicons that are at hand.
    pub fn views(&self) -> impl Iterator<Item = &View> {
        let own = self.about.iter().map(|(view, _)| view);
        own.chain(&self.all).map(|v| &**v)
    }
}

impl View {
    /// The offset of a position. Refused where it lies inside a character.
    pub fn offset(&self, file: FileId, at: Position) -> Result<u32> {
        let at = LineColumn { line: at.line, column: at.character };
        let lines = self.snapshot.lines(file);
        lines.offset(at, self.encoding).map_err(|_| errors::invalid("the position lies inside a character"))
    }

    /// The place of a position.
    pub fn place(&self, file: FileId, at: Position) -> Result<FilePosition> {
        Ok(FilePosition { file, offset: self.offset(file, at)? })
    }

    /// The offsets of a range.
    pub fn offsets(&self, file: FileId, range: Range) -> Result<std::ops::Range<u32>> {
        let (start, end) = (self.offset(file, range.start)?, self.offset(file, range.end)?);
        Ok(start.min(end)..end.max(start))
    }

    /// The position of an offset.
    pub fn position(&self, file: FileId, offset: u32) -> Position {
        let at = self.snapshot.lines(file).line_column(offset, self.encoding);
        Position::new(at.line, at.column)
    }

    /// The range between two offsets.
    pub fn range(&self, file: FileId, offsets: std::ops::Range<u32>) -> Range {
        let lines = self.snapshot.lines(file);
        let position = |offset| {
            let at = lines.line_column(offset, self.encoding);
            Position::new(at.line, at.column)
        };
        Range::new(position(offsets.start), position(offsets.end))
    }

    /// The range of a span in its file.
    pub fn range_of(&self, span: Span) -> Range {
        self.range(span.file, span.start..span.end)
    }

    /// The place of a span, if its file has an address.
    pub fn location(&self, span: Span) -> Option<Location> {
        Some(Location { uri: self.files.get(&span.file)?.uri.clone(), range: self.range_of(span) })
    }

    /// The address of a file.
    pub fn uri(&self, file: FileId) -> Option<&Url> {
        self.files.get(&file).map(|f| &f.uri)
    }
}
