//! The lines of a file that a diagnostic shows, made fit for a terminal.
//!
//! Tabs become blanks, control characters become pictures, and a line that is too wide keeps the part around its
//! label. Spans are carried over, so that marks stand below what they mean.

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::clean;
use crate::{FileId, Label, SourceMap};

const TAB: usize = 4;
/// A label that runs over more lines than this is marked in its first line alone.
const TALL: u32 = 6;

/// Lines as shown, and labels in them.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    /// Line of the file that the text starts with, from 0.
    first_line: usize,
    lines: usize,
    /// Where the primary label starts in the text, and its column in the file, from 0.
    primary: (usize, usize),
    labels: Vec<(std::ops::Range<usize>, String, bool)>,
}

/// A label by lines and byte columns of the file.
struct Placed {
    start: (u32, usize),
    end: (u32, usize),
}

impl Excerpt {
    /// The lines around `labels`, all of `file`; the first is the primary one.
    pub(super) fn new(labels: &[&Label], sources: &SourceMap, file: FileId, width: usize) -> Excerpt {
        let source = sources.file(file);
        let text = source.text();
        let place = |offset: u32| {
            let mut at = (offset as usize).min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let mut line = source.line_col(at as u32).line;
            let mut column = at - start_of_line(text, at);
            // An empty place behind the last line end belongs to the line before.
            if column == 0 && at == text.len() && line > 1 {
                line -= 1;
                column = usize::MAX;
            }
            (line, column.min(source.line(line).len()))
        };
        let placed: Vec<Placed> = labels
            .iter()
            .map(|l| {
                let start = place(l.span.start);
                let mut end = place(l.span.end.max(l.span.start));
                if end < start {
                    end = start;
                }
                if end.0 - start.0 > TALL {
                    end = (start.0, source.line(start.0).len());
                }
                Placed { start, end }
            })
            .collect();
        let first = placed.iter().map(|p| p.start.0).min().unwrap_or(1);
        let last = placed.iter().map(|p| p.end.0).max().unwrap_or(1);
        // A line of context on either side, if it says something.
        let from = if first > 1 && !source.line(first - 1).trim().is_empty() { first - 1 } else { first };
        let to = if source.line(last + 1).trim().is_empty() { last } else { last + 1 };

        let room = width.saturating_sub(8 + to.to_string().len()).max(30);
        let mut out = String::new();
        let mut ranges: Vec<(usize, usize)> = vec![(0, 0); placed.len()];
        for line in from..=to {
            let anchor = placed.iter().find(|p| p.start.0 == line).map(|p| p.start.1).unwrap_or(0);
            let shown = ShownLine::new(source.line(line), anchor, room);
            for (range, p) in ranges.iter_mut().zip(&placed) {
                if p.start.0 == line {
                    range.0 = out.len() + shown.offset(p.start.1);
                }
                if p.end.0 == line {
                    range.1 = out.len() + shown.offset(p.end.1);
                }
            }
            out.push_str(&shown.text);
            out.push('\n');
        }
        let primary_column = source.line_col(labels.first().map_or(0, |l| l.span.start)).column.max(1) as usize - 1;
        Excerpt {
            name: clean(source.name()),
            primary: (ranges.first().map_or(0, |r| r.0), primary_column),
            first_line: from as usize - 1,
            lines: (to - from + 1) as usize,
            text: out,
            labels: ranges
                .iter()
                .zip(labels)
                .enumerate()
                .map(|(i, (r, l))| (r.0..r.1.max(r.0), clean(&l.text), i == 0))
                .collect(),
        }
    }

    /// How many lines it has.
    pub(super) fn line_count(&self) -> usize {
        self.lines
    }

    /// Its labels for miette.
    pub(super) fn labels(&self) -> Box<dyn Iterator<Item = LabeledSpan> + '_> {
        Box::new(self.labels.iter().map(|(range, text, primary)| {
            let text = (!text.is_empty()).then(|| text.clone());
            if *primary {
                LabeledSpan::new_primary_with_span(text, range.clone())
            } else {
                LabeledSpan::new_with_span(text, range.clone())
            }
        }))
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.text.as_str().read_span(span, before, after)?;
        // Without context miette asks for the place that the excerpt is headed with.
        let column = if before == 0 && span.offset() == self.primary.0 { self.primary.1 } else { inner.column() };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line() + self.first_line,
            column,
            inner.line_count(),
        )))
    }
}

/// A line as shown, and where each of its characters went.
struct ShownLine {
    text: String,
    /// Byte in the line, byte in `text`; ascending, the line's end last.
    map: Vec<(usize, usize)>,
}

impl ShownLine {
    /// At most `room` columns of `line`, among them the one at byte `anchor`.
    fn new(line: &str, anchor: usize, room: usize) -> ShownLine {
        let (mut cells, mut column) = (Vec::new(), 0usize);
        let near = near(line, anchor, room);
        let (cut_before, cut_behind) = (near.start > 0, near.end < line.len());
        for (byte, c) in line[near.clone()].char_indices() {
            let byte = byte + near.start;
            let (c, wide) = if c == '\t' { ('\t', TAB - column % TAB) } else { (shown(c), width_of_char(shown(c))) };
            cells.push((byte, c, column, wide));
            column += wide;
        }
        let (from, to) = if column <= room {
            (0, column)
        } else {
            let at = cells.iter().find(|c| c.0 >= anchor).map_or(column, |c| c.2);
            let from = at.saturating_sub(room / 3).min(column - room);
            (from, from + room)
        };
        let mut out = ShownLine { text: String::new(), map: Vec::new() };
        if from > 0 || cut_before {
            out.text.push('…');
        }
        for (byte, c, at, wide) in cells {
            if at < from || at + wide > to {
                // Left of the part: behind the first sign; right of it: at its end.
                out.map.push((byte, out.text.len()));
                continue;
            }
            out.map.push((byte, out.text.len()));
            // A byte-order mark takes no room and says nothing.
            if c == '\u{feff}' {
                continue;
            }
            if c == '\t' {
                out.text.extend(std::iter::repeat_n(' ', wide));
            } else {
                out.text.push(c);
            }
        }
        out.map.push((line.len(), out.text.len()));
        if to < column || cut_behind {
            out.text.push('…');
        }
        out
    }

    fn offset(&self, byte: usize) -> usize {
        let i = self.map.partition_point(|(b, _)| *b < byte);
        self.map.get(i).or(self.map.last()).map_or(0, |m| m.1)
    }
}

/// The part of a long line that can be among what is shown: a line may be as long as a file, and each of its findings shows it.
fn near(line: &str, anchor: usize, room: usize) -> std::ops::Range<usize> {
    // No shown column takes more bytes than this, but for marks that take no room.
    let reach = room.saturating_mul(16);
    let boundary = |mut at: usize| {
        while !line.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let anchor = anchor.min(line.len());
    boundary(anchor.saturating_sub(reach))..boundary(anchor.saturating_add(reach).min(line.len()))
}

fn start_of_line(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |i| i + 1)
}

/// What a character is shown as: itself, or a picture if a terminal would act on it.
pub(super) fn shown(c: char) -> char {
    match c {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ => c,
    }
}

fn width_of_char(c: char) -> usize {
    c.width().unwrap_or(0)
}

pub(super) fn width_of(text: &str) -> usize {
    text.width()
}

/// A text cut to `room` columns with `…` where something is missing.
pub(super) fn clip(text: &str, room: usize) -> String {
    if width_of(text) <= room {
        return text.to_owned();
    }
    let (mut out, mut used) = (String::new(), 1);
    for c in text.chars() {
        used += width_of_char(c);
        if used > room {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_line_as_long_as_a_file_little_is_looked_at() {
        let line = "ä".repeat(500_000);
        for anchor in [0, 1, 499_999, 1_000_000, 2_000_000] {
            let part = near(&line, anchor, 80);
            assert!(part.len() <= 2 * 16 * 80 + 8, "{part:?}");
            assert!(line.get(part.clone()).is_some() && part.start <= anchor, "{part:?}");
        }
    }
}
