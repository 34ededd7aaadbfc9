//! The documents that are open in the editor, as the editor has them.
//!
//! Invariant *arrival order*: changes are applied where messages arrive, one after the other, before anything else is
//! looked at. The ranges of a change refer to the text before it, and so do those of the second change of a message to the
//! text after the first.

use std::collections::HashMap;
use std::sync::Arc;

use lead_ide::Encoding;
use tower_lsp::lsp_types::{Position, Range, TextDocumentContentChangeEvent, Url};

use crate::place::Key;

/// A document.
#[derive(Clone, Debug)]
pub struct Document {
    /// As the editor names it.
    pub uri: Url,
    /// The editor's count of its changes.
    pub version: i32,
    /// Its text.
    pub text: Arc<str>,
}

/// All that are open.
#[derive(Debug, Default)]
pub struct Documents {
    open: HashMap<Key, Document>,
}

/// Why changes do not fit a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// It is not open.
    NotOpen,
    /// A position lies inside a character.
    InsideCharacter,
    /// A range ends before it starts.
    Backwards,
}

impl Documents {
    /// Opens a document, or gives an open one a new text.
    pub fn open(&mut self, uri: Url, version: i32, text: String) -> Document {
        let document = Document { uri: uri.clone(), version, text: text.into() };
        self.open.insert(Key::of(&uri), document.clone());
        document
    }

    /// Applies the changes of one message: all of them, or none.
    pub fn change(
        &mut self,
        uri: &Url,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> Result<Document, Misfit> {
        let document = self.open.get_mut(&Key::of(uri)).ok_or(Misfit::NotOpen)?;
        let mut text: Option<String> = None;
        for change in changes {
            match change.range {
                None => text = Some(change.text),
                Some(range) => {
                    let text = text.get_or_insert_with(|| document.text.to_string());
                    let bytes = byte_range(text, range, encoding)?;
                    text.replace_range(bytes, &change.text);
                }
            }
        }
        if let Some(text) = text {
            document.text = text.into();
        }
        document.version = version;
        Ok(document.clone())
    }

    /// Closes a document; `None` where it was not open.
    pub fn close(&mut self, uri: &Url) -> Option<Document> {
        self.open.remove(&Key::of(uri))
    }
}

/// The bytes of a range. Past the end of a line is the end of the line, past the end of the text the end of the text.
fn byte_range(text: &str, range: Range, encoding: Encoding) -> Result<std::ops::Range<usize>, Misfit> {
    let (start, end) = (offset(text, range.start, encoding)?, offset(text, range.end, encoding)?);
    if end < start { Err(Misfit::Backwards) } else { Ok(start..end) }
}

fn offset(text: &str, at: Position, encoding: Encoding) -> Result<usize, Misfit> {
    let bytes = text.as_bytes();
    let mut start = 0;
    for _ in 0..at.line {
        let Some(end) = memchr::memchr2(b'\n', b'\r', &bytes[start..]).map(|i| start + i) else {
            return Ok(text.len());
        };
        start = if bytes[end] == b'\r' && bytes.get(end + 1) == Some(&b'\n') { end + 2 } else { end + 1 };
    }
    let mut column = 0;
    for (i, c) in text[start..].char_indices() {
        if column == at.character || matches!(c, '\n' | '\r') {
            return Ok(start + i);
        }
        if column > at.character {
            return Err(Misfit::InsideCharacter);
        }
        column += match encoding {
            Encoding::Utf8 => c.len_utf8() as u32,
            Encoding::Utf16 => c.len_utf16() as u32,
            Encoding::Utf32 => 1,
        };
    }
    if column > at.character { Err(Misfit::InsideCharacter) } else { Ok(text.len()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    fn uri() -> Url {
        Url::parse("file:///a.lead").unwrap()
    }

    fn changed(text: &str, changes: &[(u32, u32, u32, u32, &str)], encoding: Encoding) -> Result<String, Misfit> {
        let mut documents = Documents::default();
        documents.open(uri(), 1, text.to_owned());
        let changes = changes.iter().map(|(l1, c1, l2, c2, text)| TextDocumentContentChangeEvent {
            range: Some(Range::new(Position::new(*l1, *c1), Position::new(*l2, *c2))),
            range_length: None,
            text: (*text).to_owned(),
        });
        documents.change(&uri(), 2, changes.collect(), encoding).map(|d| d.text.to_string())
    }

    #[test]
    fn each_change_refers_to_the_text_that_the_one_before_it_left() {
        let text = changed("ab\ncd\n", &[(0, 1, 1, 1, "X"), (0, 2, 0, 3, "Y\nZ"), (1, 0, 1, 0, "_")], Encoding::Utf16);
        assert_eq!(text.unwrap(), "aXY\n_Z\n");
    }

    #[test]
    fn columns_count_in_what_was_agreed_on() {
        let text = "ä🙂b\nnext";
        for (encoding, after) in [(Encoding::Utf8, 6), (Encoding::Utf16, 3), (Encoding::Utf32, 2)] {
            assert_eq!(changed(text, &[(0, after, 0, after + 1, "c")], encoding).unwrap(), "ä🙂c\nnext");
        }
        assert_eq!(changed(text, &[(0, 2, 0, 2, "c")], Encoding::Utf16), Err(Misfit::InsideCharacter));
        assert_eq!(changed(text, &[(0, 1, 0, 2, "c")], Encoding::Utf8), Err(Misfit::InsideCharacter));
    }

    #[test]
    fn all_three_ends_of_lines_end_lines_and_past_the_end_is_the_end() {
        let text = "a\rb\r\nc\nd";
        assert_eq!(changed(text, &[(1, 9, 2, 0, "-")], Encoding::Utf8).unwrap(), "a\rb-c\nd");
        assert_eq!(changed(text, &[(3, 1, 99, 7, "!")], Encoding::Utf8).unwrap(), "a\rb\r\nc\nd!");
        assert_eq!(changed("a🙂", &[(0, 2, 0, 2, "!")], Encoding::Utf16), Err(Misfit::InsideCharacter));
    }

    #[test]
    fn a_message_whose_changes_do_not_all_fit_changes_nothing() {
        let mut documents = Documents::default();
        documents.open(uri(), 1, "🙂".to_owned());
        let change =
            |range: Option<Range>| TextDocumentContentChangeEvent { range, range_length: None, text: "x".into() };
        let inside = Range::new(Position::new(0, 1), Position::new(0, 1));
        let at = Range::new(Position::new(0, 2), Position::new(0, 2));
        let refused = documents.change(&uri(), 2, vec![change(Some(at)), change(Some(inside))], Encoding::Utf16);
        assert_eq!(refused.unwrap_err(), Misfit::InsideCharacter);
        assert_eq!(&*documents.close(&uri()).unwrap().text, "🙂");
        assert_eq!(documents.change(&uri(), 3, vec![change(None)], Encoding::Utf16).unwrap_err(), Misfit::NotOpen);
    }
}
