//! Lines and columns of a text in the units that editors count in: bytes, UTF-16 units or characters.
//!
//! Lines end as editors see them: at `\n`, at `\r\n`, and at a `\r` that stands alone.

use std::sync::Arc;

/// The unit that an editor counts columns in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 units: a character beyond U+FFFF counts two.
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    fn length(self, c: char) -> u32 {
        match self {
            Encoding::Utf8 => c.len_utf8() as u32,
            Encoding::Utf16 => c.len_utf16() as u32,
            Encoding::Utf32 => 1,
        }
    }
}

/// A line and a column, both from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// Line, from 0.
    pub line: u32,
    /// Column in units of an [`Encoding`], from 0.
    pub column: u32,
}

/// A column that lies inside a character: between the halves of a surrogate pair, or between the bytes of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InsideCharacter;

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub struct LineIndex {
    text: Arc<str>,
    starts: Vec<u32>,
    ascii: bool,
}

impl LineIndex {
    /// Finds the lines of a text.
    pub fn new(text: Arc<str>) -> LineIndex {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (i, byte) in bytes.iter().enumerate() {
            let ends = match byte {
                b'\n' => true,
                b'\r' => bytes.get(i + 1) != Some(&b'\n'),
                _ => false,
            };
            if ends {
                starts.push(i as u32 + 1);
            }
        }
        let ascii = text.is_ascii();
        LineIndex { text, starts, ascii }
    }

    /// The text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// How many lines there are; at least one.
    pub fn lines(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The line that an offset lies in; past the end of the text the last.
    pub fn line_of(&self, offset: u32) -> u32 {
        self.starts.partition_point(|s| *s <= offset) as u32 - 1
    }

    /// The bytes of a line without its end; empty behind the last line.
    pub fn line_range(&self, line: u32) -> std::ops::Range<u32> {
        let length = self.text.len() as u32;
        let Some(start) = self.starts.get(line as usize).copied() else { return length..length };
        let next = self.starts.get(line as usize + 1).copied().unwrap_or(length);
        let whole = self.text.get(start as usize..next as usize).unwrap_or("");
        start..start + whole.trim_end_matches(['\n', '\r']).len() as u32
    }

    /// Line and column of an offset. Past the end counts as the end, inside a character as its beginning.
    pub fn line_column(&self, offset: u32, encoding: Encoding) -> LineColumn {
        let offset = (offset as usize).min(self.text.len());
        let line = self.line_of(offset as u32);
        let start = self.starts.get(line as usize).copied().unwrap_or(0);
        if self.ascii || encoding == Encoding::Utf8 {
            return LineColumn { line, column: offset as u32 - start };
        }
        let rest = self.text.get(start as usize..).unwrap_or("");
        let before = rest.char_indices().take_while(|(i, c)| start as usize + i + c.len_utf8() <= offset);
        LineColumn { line, column: before.map(|(_, c)| encoding.length(c)).sum() }
    }

    /// The offset of a line and column. A column past the end of its line is the end of the line, a line past the end of
    /// the text the end of the text.
    pub fn offset(&self, at: LineColumn, encoding: Encoding) -> Result<u32, InsideCharacter> {
        let range = self.line_range(at.line);
        let line = self.text.get(range.start as usize..range.end as usize).unwrap_or("");
        if self.ascii {
            return Ok(range.start + at.column.min(line.len() as u32));
        }
        let mut column = 0;
        for (i, c) in line.char_indices() {
            if column == at.column {
                return Ok(range.start + i as u32);
            }
            if column > at.column {
                return Err(InsideCharacter);
            }
            column += encoding.length(c);
        }
        if column > at.column { Err(InsideCharacter) } else { Ok(range.end) }
    }
}
