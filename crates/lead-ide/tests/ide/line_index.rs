//! Lines and columns in the units of editors.

use lead_ide::{Encoding, InsideCharacter, LineColumn, LineIndex};

const TEXT: &str = "größe = 1\r\n# 🦀 and e\u{301}\rlast\n";

fn index() -> LineIndex {
    LineIndex::new(TEXT.into())
}

fn at(line: u32, column: u32) -> LineColumn {
    LineColumn { line, column }
}

#[test]
fn lines_end_at_each_of_the_three_line_ends() {
    let lines: Vec<&str> = (0..index().lines())
        .map(|l| &TEXT[index().line_range(l).start as usize..index().line_range(l).end as usize])
        .collect();
    assert_eq!(lines, ["größe = 1", "# 🦀 and e\u{301}", "last", ""]);
}

#[test]
fn every_boundary_of_a_character_comes_back_from_each_encoding() {
    let index = index();
    for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
        for (offset, c) in TEXT.char_indices() {
            // Between `\r` and `\n` there is no place of its own.
            if c == '\n' && TEXT[..offset].ends_with('\r') {
                continue;
            }
            let place = index.line_column(offset as u32, encoding);
            assert_eq!(index.offset(place, encoding), Ok(offset as u32), "{encoding:?} {c:?}");
        }
    }
}

#[test]
fn columns_count_in_units_of_the_encoding() {
    let crab = TEXT.find('🦀').unwrap() as u32 + 4;
    let column = |encoding| index().line_column(crab, encoding).column;
    assert_eq!([column(Encoding::Utf8), column(Encoding::Utf16), column(Encoding::Utf32)], [6, 4, 3]);
}

#[test]
fn a_column_inside_a_surrogate_pair_is_refused() {
    assert_eq!(index().offset(at(1, 3), Encoding::Utf16), Err(InsideCharacter));
    assert_eq!(index().offset(at(0, 3), Encoding::Utf8), Err(InsideCharacter));
    assert_eq!(LineIndex::new("x🦀".into()).offset(at(0, 2), Encoding::Utf16), Err(InsideCharacter));
}

#[test]
fn a_column_past_the_end_of_its_line_is_the_end_of_the_line() {
    assert_eq!(index().offset(at(0, 99), Encoding::Utf16), Ok(TEXT.find('\r').unwrap() as u32));
    assert_eq!(LineIndex::new("abc\r\nd".into()).offset(at(0, 99), Encoding::Utf16), Ok(3));
}

#[test]
fn a_line_past_the_end_of_the_text_is_the_end_of_the_text() {
    assert_eq!(index().offset(at(99, 0), Encoding::Utf16), Ok(TEXT.len() as u32));
    assert_eq!(index().line_column(9999, Encoding::Utf16), at(3, 0));
}
