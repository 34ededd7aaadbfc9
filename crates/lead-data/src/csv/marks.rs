//! The signs that matter in a chunk of CSV, 64 bytes at a time: a bit for each byte says where delimiters, line ends and
//! quotes are, and which bytes are inside of quotes.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, u8x64};

/// Bytes looked at in one go.
pub(crate) const WIDTH: usize = 64;

/// What the processor can do; known after the first call.
pub(crate) fn level() -> Level {
    Level::new()
}

/// Where a sign is among 64 bytes.
#[inline(always)]
fn places<S: Simd>(simd: S, bytes: u8x64<S>, sign: u8) -> u64 {
    bytes.simd_eq(u8x64::splat(simd, sign)).to_bitmask()
}

/// What stands in 64 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marks {
    /// Delimiters outside of quotes.
    pub delimiters: u64,
    /// Line ends outside of quotes.
    pub ends: u64,
    /// All line ends.
    pub lines: u64,
}

/// Goes through a text without looking at quotes. `take` gets where each 64 bytes start, and what stands in them.
#[inline(always)]
pub(crate) fn scan_plain<S: Simd>(simd: S, text: &[u8], delimiter: u8, mut take: impl FnMut(usize, Marks)) {
    each(
        simd,
        text,
        #[inline(always)]
        |at, bytes| {
            let ends = places(simd, bytes, b'\n');
            take(at, Marks { delimiters: places(simd, bytes, delimiter), ends, lines: ends });
            true
        },
    );
}

/// Goes through a text that starts outside of quotes, in which quotes stand around whole cells. Whether it ends inside of
/// quotes; `None` if a quote stands where it has no such meaning: then what was given to `take` is worth nothing.
///
/// Quotes toggle between inside and outside; a doubled one does so twice, which is as good as not at all.
#[inline(always)]
pub(crate) fn scan_quoted<S: Simd>(
    simd: S,
    text: &[u8],
    delimiter: u8,
    mut take: impl FnMut(usize, Marks),
) -> Option<bool> {
    let (mut inside, mut before) = (0u64, 1u64);
    let sound = each(
        simd,
        text,
        #[inline(always)]
        |at, bytes| {
            let (delimiters, lines) = (places(simd, bytes, delimiter), places(simd, bytes, b'\n'));
            let quotes = places(simd, bytes, b'"');
            let within = running_xor(quotes) ^ inside;
            // A quote that opens is the first sign of a cell, or the second one of a doubled quote.
            let signs = delimiters | lines | quotes;
            let opening = quotes & within & !(signs << 1 | before);
            take(at, Marks { delimiters: delimiters & !within, ends: lines & !within, lines });
            inside = ((within as i64) >> 63) as u64;
            before = signs >> 63;
            opening == 0
        },
    );
    sound.then_some(inside != 0)
}

/// How many lines end in a text, and whether there is a quote in it.
#[inline(always)]
pub(crate) fn survey<S: Simd>(simd: S, text: &[u8]) -> (u64, bool) {
    let (mut lines, mut quotes) = (0, 0);
    each(
        simd,
        text,
        #[inline(always)]
        |_, bytes| {
            lines += u64::from(places(simd, bytes, b'\n').count_ones());
            quotes |= places(simd, bytes, b'"');
            true
        },
    );
    (lines, quotes != 0)
}

/// Calls `take` with each 64 bytes, the last ones filled up with zeros, until it says no. Whether it never did.
#[inline(always)]
fn each<S: Simd>(simd: S, text: &[u8], mut take: impl FnMut(usize, u8x64<S>) -> bool) -> bool {
    let (blocks, rest) = text.as_chunks::<WIDTH>();
    for (i, block) in blocks.iter().enumerate() {
        if !take(i * WIDTH, u8x64::from_slice(simd, block)) {
            return false;
        }
    }
    if rest.is_empty() {
        return true;
    }
    let mut last = [0u8; WIDTH];
    last[..rest.len()].copy_from_slice(rest);
    take(blocks.len() * WIDTH, u8x64::from_slice(simd, &last))
}

/// Of each bit: whether an odd number of bits up to it is set.
#[inline(always)]
fn running_xor(mut bits: u64) -> u64 {
    for by in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << by;
    }
    bits
}

#[cfg(test)]
mod tests {
    use fearless_simd::dispatch;

    use super::*;

    #[test]
    fn every_sign_has_its_bit() {
        let text: Vec<u8> = (0..200u32).map(|i| b"a,\nb,"[(i * i % 5) as usize]).collect();
        let mut seen = Vec::new();
        let mut see = |at: usize, marks: Marks| {
            seen.extend((0..64).filter(|i| marks.delimiters >> i & 1 == 1).map(|i| (at + i, b',')));
            seen.extend((0..64).filter(|i| marks.lines >> i & 1 == 1).map(|i| (at + i, b'\n')));
        };
        dispatch!(level(), simd => scan_plain(simd, &text, b',', &mut see));
        seen.sort_unstable();
        let want: Vec<_> = text.iter().copied().enumerate().filter(|(_, b)| *b != b'a' && *b != b'b').collect();
        assert_eq!(seen, want);
    }

    #[test]
    fn a_survey_counts_lines_and_sees_a_quote_anywhere() {
        for len in [0, 1, 63, 64, 65, 200] {
            let mut text: Vec<u8> = (0..len).map(|i| if i % 7 == 3 { b'\n' } else { b'a' }).collect();
            let lines = text.iter().filter(|b| **b == b'\n').count() as u64;
            assert_eq!(dispatch!(level(), simd => survey(simd, &text)), (lines, false));
            for i in (0..text.len()).filter(|i| i % 7 != 3) {
                text[i] = b'"';
                assert_eq!(dispatch!(level(), simd => survey(simd, &text)), (lines, true));
                text[i] = b'a';
            }
        }
    }

    #[test]
    fn signs_inside_of_quotes_are_left_out() {
        let text = format!("{}\"a,\"\"\n,\",b\n\"\",\"\"\"\"\n", "x,".repeat(40));
        let quoted = |text: &[u8], mut take: &mut dyn FnMut(usize, Marks)| dispatch!(level(), simd => scan_quoted(simd, text, b',', &mut take));
        let mut ends = Vec::new();
        let open = quoted(text.as_bytes(), &mut |at, marks| {
            ends.extend((0..64).filter(|i| marks.ends >> i & 1 == 1).map(|i| at + i));
        });
        assert_eq!(open, Some(false));
        assert_eq!(ends, [90, 98]);
        assert_eq!(quoted(b"a,\"b", &mut |_, _| {}), Some(true));
        for odd in [&b"a\"b\n"[..], b"\"a\"b\"c\"\n", b"12\" valve,\"\"\n"] {
            assert_eq!(quoted(odd, &mut |_, _| {}), None);
        }
    }
}
