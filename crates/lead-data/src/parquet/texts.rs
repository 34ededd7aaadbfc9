//! Texts of a column: its pages are handed on as pages of numbers into a list of texts, so that the library reads levels and numbers, and
//! no text is copied on its own.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use ::parquet::basic::{Encoding, Type as Physical};
use ::parquet::column::page::{Page, PageMetadata, PageReader};
use ::parquet::column::reader::ColumnReaderImpl;
use ::parquet::data_type::{ByteArrayType, Int32Type};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::serialized_reader::SerializedPageReader;
use ::parquet::schema::types::{ColumnDescPtr, ColumnDescriptor, ColumnPath, Type};
use bytes::Bytes;

use super::chunks::Chunks;
use super::leaf::{Levels, Source, Store};

/// The bytes before each text that say how long it is.
const LENGTH: usize = 4;
/// Lengths from here on are no ASCII.
const ASCII: usize = 0x80;

/// Texts that a column's numbers stand for.
#[derive(Default)]
pub(crate) struct Table {
    /// The dictionary, which stays, and pages without one.
    pages: Vec<Texts>,
    /// How many texts that were read before are gone.
    gone: usize,
}

/// Texts of one page.
struct Texts {
    /// The number of the first of them.
    first: usize,
    text: String,
    /// Where each of them begins, and after the last one where another would.
    starts: Vec<u32>,
    /// So many bytes before each of them are not its own.
    gap: u32,
}

impl Default for Texts {
    fn default() -> Texts {
        Texts { first: 0, text: String::new(), starts: vec![0], gap: 0 }
    }
}

impl Table {
    /// Texts of values that the library decoded; bytes that are no text are replaced.
    pub fn of<B: AsRef<[u8]>>(all: impl Iterator<Item = B>) -> Table {
        let mut texts = Texts::default();
        all.for_each(|bytes| texts.push(bytes.as_ref()));
        Table { pages: vec![texts], gone: 0 }
    }

    /// How many texts.
    pub fn len(&self) -> usize {
        self.pages.last().map_or(0, |last| last.first + last.len())
    }

    /// A text as it stands in the file.
    #[inline]
    pub fn get(&self, number: usize) -> &str {
        let page = self.page(number);
        page.range(number - page.first).map_or("", |range| &page.text[range])
    }

    #[inline]
    fn page(&self, number: usize) -> &Texts {
        // A batch is of few pages.
        let mut at = self.pages.len() - 1;
        while at > 0 && number < self.pages[at].first {
            at -= 1;
        }
        &self.pages[at]
    }

    /// The bytes of several texts; of a number below 0 there are none.
    #[inline]
    pub fn several<'t>(&'t self, numbers: impl Iterator<Item = i32>, out: &mut [&'t [u8]]) {
        let Some(mut page) = self.pages.first() else { return };
        for (place, number) in out.iter_mut().zip(numbers) {
            // Mostly it is the page of the text before. A number below 0 is past the end of any.
            let mut range = page.range((number as usize).wrapping_sub(page.first));
            if range.is_none()
                && let Ok(number) = usize::try_from(number)
            {
                page = self.page(number);
                range = page.range(number - page.first);
            }
            *place = range.map_or(b"", |range| &page.text.as_bytes()[range]);
        }
    }

    /// Forgets what was read to its end: all pages but the dictionary and the last.
    fn shorten(&mut self) {
        let last = self.pages.len().saturating_sub(1);
        if last > 1 {
            let first = self.pages[1].first;
            self.gone += self.pages[last].first - first;
            self.pages[last].first = first;
            self.pages.drain(1..last);
        }
    }

    /// Takes in a page; the first one is the dictionary.
    fn add(&mut self, page: Texts, is_dictionary: bool) {
        if self.pages.is_empty() && !is_dictionary {
            self.pages.push(Texts::default());
        }
        self.pages.push(Texts { first: self.len(), ..page });
    }

    /// Numbers as pages were given them, as numbers of this table.
    fn renumber(&self, numbers: &mut [i32]) {
        let (fixed, gone) = (self.pages.first().map_or(0, Texts::len) as i32, self.gone as i32);
        if gone > 0 {
            numbers.iter_mut().for_each(|n| *n -= if *n < fixed { 0 } else { gone });
        }
    }
}

impl Texts {
    /// Takes apart texts with their lengths before them, from a byte on: no more than `most`.
    fn plain(bytes: Bytes, from: usize, most: usize, reading: Reading) -> Result<Texts> {
        let mut starts = Vec::with_capacity(most.min(bytes.len() / LENGTH) + 1);
        if reading == Reading::Lossy {
            starts.push(0);
            let (mut texts, mut at) = (Texts { starts, ..Texts::default() }, from);
            while at < bytes.len() {
                let (start, end) = place(&bytes, at)?;
                texts.push(&bytes[start..end]);
                at = end;
            }
            return Ok(texts);
        }
        let mut bytes = Vec::from(bytes);
        // What is no text is made ASCII, so that all is a text if each is.
        bytes[..from].fill(0);
        let mut at = from;
        while at < bytes.len() {
            let (start, end) = place(&bytes, at)?;
            if end - start >= ASCII {
                bytes[at..start].fill(0);
            }
            starts.push(start as u32);
            at = end;
        }
        starts.push((at + LENGTH) as u32);
        let text = String::from_utf8(bytes).map_err(|_| damaged("a text is not UTF-8"))?;
        Ok(Texts { first: 0, text, starts, gap: LENGTH as u32 })
    }

    /// Bytes that are no text are replaced.
    fn push(&mut self, bytes: &[u8]) {
        self.text.push_str(&String::from_utf8_lossy(bytes));
        self.starts.push(self.text.len() as u32);
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Where a text stands.
    #[inline]
    fn range(&self, at: usize) -> Option<Range<usize>> {
        let end = self.starts.get(at.checked_add(1)?)?;
        Some(self.starts[at] as usize..(end - self.gap) as usize)
    }
}

/// Whether what is said to be text has to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    Strict,
    /// It is not said to be text.
    Lossy,
}

/// Where the text stands whose length is at a byte.
fn place(bytes: &[u8], at: usize) -> Result<(usize, usize)> {
    let start = at + LENGTH;
    let length = bytes.get(at..start).and_then(|length| length.try_into().ok()).map(u32::from_le_bytes);
    let end = length.map(|length| start + length as usize).filter(|end| *end <= bytes.len());
    Ok((start, end.ok_or_else(|| damaged("a text is longer than its page"))?))
}

fn damaged(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

/// Pages in their order, with whether they are the dictionary.
type Arrived = Vec<(Texts, bool)>;

/// The texts of a column, as numbers and what they stand for.
pub(crate) struct TextSource {
    reader: ColumnReaderImpl<Int32Type>,
    arrived: Arc<Mutex<Arrived>>,
}

impl TextSource {
    /// Reads the texts of a column's pages, which have so many values in all.
    pub fn new(column: ColumnDescPtr, pages: SerializedPageReader<Chunks>, reading: Reading, total: i64) -> TextSource {
        let arrived = Arc::<Mutex<Arrived>>::default();
        let pages = Numbered { pages, column: column.clone(), reading, total, sent: 0, arrived: arrived.clone() };
        TextSource { reader: ColumnReaderImpl::new(column, Box::new(pages)), arrived }
    }

    fn take(&self, table: &mut Table) {
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        arrived.drain(..).for_each(|(page, is_dictionary)| table.add(page, is_dictionary));
    }
}

impl Source for TextSource {
    fn read(&mut self, most: usize, levels: &mut Levels, store: &mut Store) -> Result<usize> {
        let Store::Texts(numbers, table) = store else { return Ok(0) };
        table.shorten();
        numbers.clear();
        let rows = levels.read(&mut self.reader, most, numbers)?;
        self.take(table);
        table.renumber(numbers);
        let end = table.len() as i32;
        if numbers.iter().fold(false, |odd, n| odd | (*n < 0) | (*n >= end)) {
            return Err(damaged("a text is not in the dictionary"));
        }
        Ok(rows)
    }

    fn skip(&mut self, rows: usize, store: &mut Store) -> Result<usize> {
        let skipped = self.reader.skip_records(rows)?;
        if let Store::Texts(_, table) = store {
            self.take(table);
        }
        Ok(skipped)
    }
}

/// Pages of texts, as pages of numbers.
struct Numbered {
    pages: SerializedPageReader<Chunks>,
    column: ColumnDescPtr,
    reading: Reading,
    /// How many values all pages have.
    total: i64,
    /// How many texts were numbered.
    sent: usize,
    arrived: Arc<Mutex<Arrived>>,
}

impl Numbered {
    /// Keeps texts, and gives their numbers in bytes, after the bytes of levels.
    fn number(&mut self, levels: &[u8], texts: Texts, is_dictionary: bool) -> Result<Bytes> {
        let (first, end) = (self.sent, self.sent + texts.len());
        let (Ok(first), Ok(end)) = (i32::try_from(first), i32::try_from(end)) else {
            return Err(damaged("a row group has too many texts"));
        };
        let mut bytes = Vec::with_capacity(levels.len() + texts.len() * size_of::<i32>());
        bytes.extend_from_slice(levels);
        let mut block = [0; 1024];
        for start in (first..end).step_by(block.len() / size_of::<i32>()) {
            let places = block.chunks_exact_mut(size_of::<i32>());
            let count =
                places.zip(start..end).map(|(place, number)| place.copy_from_slice(&number.to_le_bytes())).count();
            bytes.extend_from_slice(&block[..count * size_of::<i32>()]);
        }
        self.sent = end as usize;
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).push((texts, is_dictionary));
        Ok(bytes.into())
    }

    /// A page's bytes and encoding, its texts numbered, where they do not come as numbers already. `levels`: how many bytes stand before them;
    /// `most`: they are no more than that.
    fn numbered(&mut self, bytes: Bytes, encoding: Encoding, levels: usize, most: u32) -> Result<(Bytes, Encoding)> {
        if levels > bytes.len() {
            return Err(damaged("a page is too short"));
        }
        // What it says of itself is not believed: memory is taken for so many.
        if i64::from(most) > self.total {
            return Err(damaged("a page has more values than its column"));
        }
        #[allow(deprecated)]
        let numbers = matches!(encoding, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY);
        if numbers {
            return Ok((numbers_of(&bytes, levels, most as usize)?, Encoding::PLAIN));
        }
        let before = bytes[..levels].to_vec();
        let texts = match encoding {
            Encoding::PLAIN => Texts::plain(bytes, levels, most as usize, self.reading)?,
            _ => self.decoded(bytes.slice(levels..), encoding)?,
        };
        Ok((self.number(&before, texts, false)?, Encoding::PLAIN))
    }

    /// Texts in one of the less usual encodings, decoded by the library.
    fn decoded(&self, bytes: Bytes, encoding: Encoding) -> Result<Texts> {
        let count = delta_count(&bytes).ok_or_else(|| damaged("a page is too short"))?;
        let page = Page::DataPage {
            buf: bytes,
            num_values: count,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let required = Type::primitive_type_builder("text", Physical::BYTE_ARRAY).build()?;
        let column = Arc::new(ColumnDescriptor::new(Arc::new(required), 0, 0, ColumnPath::new(Vec::new())));
        let mut values = Vec::new();
        let mut reader = ColumnReaderImpl::<ByteArrayType>::new(column, Box::new(OnePage(Some(page))));
        reader.read_records(count as usize, None, None, &mut values)?;
        if self.reading == Reading::Strict && values.iter().any(|v| std::str::from_utf8(v.data()).is_err()) {
            return Err(damaged("a text is not UTF-8"));
        }
        let mut texts = Texts::default();
        values.iter().for_each(|value| texts.push(value.data()));
        Ok(texts)
    }

    fn levels_before(&self, bytes: &[u8], values: u32, encodings: [Encoding; 2]) -> Result<usize> {
        let most = [self.column.max_rep_level(), self.column.max_def_level()];
        let mut at = 0;
        for (most, encoding) in most.into_iter().zip(encodings).filter(|(most, _)| *most > 0) {
            at = if encoding == Encoding::RLE {
                place(bytes, at)?.1
            } else {
                let bits = i16::BITS - most.leading_zeros();
                at + (values as usize * bits as usize).div_ceil(8)
            };
        }
        Ok(at)
    }
}

/// The bytes of levels, and after them the numbers of a page, which are stored as runs and in few bits, in four bytes each: no more than
/// `most`. The library would look each of them up in a list of numbers.
///
/// The format: <https://github.com/apache/parquet-format/blob/master/Encodings.md#run-length-encoding--bit-packing-hybrid-rle--3>
fn numbers_of(bytes: &[u8], levels: usize, most: usize) -> Result<Bytes> {
    let short = || damaged("a page is too short");
    let mut out = Vec::with_capacity(levels + (most + GROUP) * size_of::<u32>());
    out.extend_from_slice(&bytes[..levels]);
    // Where all is null there is nothing.
    let Some((width, mut rest)) = bytes[levels..].split_first() else { return Ok(out.into()) };
    let width = usize::from(*width);
    if width > u32::BITS as usize {
        return Err(damaged("the number of a text has more than 32 bits"));
    }
    let mut left = most;
    while left > 0 && !rest.is_empty() {
        let (header, length) = varint(rest).ok_or_else(short)?;
        rest = &rest[length..];
        let is_packed = header % 2 == 1;
        let many = (header / 2) as usize * if is_packed { GROUP } else { 1 };
        let length = if is_packed { many / GROUP * width } else { width.div_ceil(8) };
        let count = many.min(left);
        let (stored, behind) = rest.split_at(length.min(rest.len()));
        if is_packed {
            // A page that ends early has no more.
            let there = (stored.len() * 8).checked_div(width).map_or(count, |there| there.min(count));
            let start = out.len();
            unpack(stored, rest, width, there.div_ceil(GROUP), &mut out);
            if there < count {
                out.truncate(start + there * size_of::<u32>());
                break;
            }
        } else if stored.len() < length {
            return Err(short());
        } else {
            let number = stored.iter().rev().fold(0u32, |sum, b| sum << 8 | u32::from(*b)).to_le_bytes();
            out.resize(out.len() + count * number.len(), 0);
            let start = out.len() - count * number.len();
            out[start..].chunks_exact_mut(number.len()).for_each(|place| place.copy_from_slice(&number));
        }
        rest = behind;
        left -= count;
    }
    Ok(out.into())
}

/// Numbers that are packed together.
const GROUP: usize = 8;

/// Unpacks groups of numbers of `width` bits each, the lowest bits first; `rest` begins with them and goes on behind them.
fn unpack(packed: &[u8], rest: &[u8], width: usize, groups: usize, out: &mut Vec<u8>) {
    let mask = (1u64 << width) - 1;
    let word = |bytes: &[u8], at: usize| {
        let bytes = bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
        bytes.map(u64::from_le_bytes)
    };
    for group in 0..groups {
        let start = group * width;
        let mut numbers = [0u8; GROUP * size_of::<u32>()];
        let places = numbers.chunks_exact_mut(size_of::<u32>()).enumerate();
        // Eight bytes from wherever a number begins hold all of it, and of numbers of a byte or less all eight.
        if let (true, Some(all)) = (width <= 8, word(rest, start)) {
            places.for_each(|(i, place)| place.copy_from_slice(&((all >> (i * width) & mask) as u32).to_le_bytes()));
        } else {
            // With room behind the last of them.
            let mut last = [0u8; 40];
            let stored = &packed[start.min(packed.len())..(start + width).min(packed.len())];
            last[..stored.len()].copy_from_slice(stored);
            places.for_each(|(i, place)| {
                let bit = i * width;
                let number = word(&last, bit / 8).unwrap_or(0) >> (bit % 8) & mask;
                place.copy_from_slice(&(number as u32).to_le_bytes());
            });
        }
        out.extend_from_slice(&numbers);
    }
}

/// A number in sevens of bits, and its length in bytes.
fn varint(bytes: &[u8]) -> Option<(u32, usize)> {
    const STOPS: u8 = 0x80;
    let end = bytes.iter().position(|b| *b < STOPS)?;
    let digits = &mut bytes[..=end].iter().rev();
    let number =
        digits.try_fold(0u32, |sum, b| sum.checked_mul(STOPS.into())?.checked_add((b & (STOPS - 1)).into()))?;
    Some((number, end + 1))
}

/// How many values a page has whose lengths are written as differences: the third of its first numbers.
fn delta_count(bytes: &[u8]) -> Option<u32> {
    let (_, first) = varint(bytes)?;
    let (_, second) = varint(&bytes[first..])?;
    Some(varint(&bytes[first + second..])?.0)
}

impl Iterator for Numbered {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Result<Page>> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Numbered {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        Ok(Some(match self.pages.get_next_page()? {
            None => return Ok(None),
            Some(Page::DictionaryPage { buf, num_values, .. }) => {
                if self.sent > 0 {
                    return Err(damaged("a dictionary comes after texts"));
                }
                let texts = Texts::plain(buf, 0, num_values as usize, self.reading)?;
                let count = texts.len() as u32;
                let buf = self.number(&[], texts, true)?;
                Page::DictionaryPage { buf, num_values: count, encoding: Encoding::PLAIN, is_sorted: false }
            }
            Some(Page::DataPage { buf, num_values, encoding, def_level_encoding, rep_level_encoding, statistics }) => {
                let levels = self.levels_before(&buf, num_values, [rep_level_encoding, def_level_encoding])?;
                let (buf, encoding) = self.numbered(buf, encoding, levels, num_values)?;
                Page::DataPage { buf, num_values, encoding, def_level_encoding, rep_level_encoding, statistics }
            }
            Some(Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                num_nulls,
                num_rows,
                def_levels_byte_len,
                rep_levels_byte_len,
                is_compressed,
                statistics,
            }) => {
                let levels = def_levels_byte_len as usize + rep_levels_byte_len as usize;
                let (buf, encoding) = self.numbered(buf, encoding, levels, num_values)?;
                Page::DataPageV2 {
                    buf,
                    num_values,
                    encoding,
                    num_nulls,
                    num_rows,
                    def_levels_byte_len,
                    rep_levels_byte_len,
                    is_compressed,
                    statistics,
                }
            }
        }))
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

/// A page that was read already.
struct OnePage(Option<Page>);

impl Iterator for OnePage {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Result<Page>> {
        self.0.take().map(Ok)
    }
}

impl PageReader for OnePage {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        Ok(self.0.take())
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        Ok(None)
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.0 = None;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> Texts {
        let mut texts = Texts::default();
        all.iter().for_each(|text| texts.push(text.as_bytes()));
        texts
    }

    #[test]
    fn several_texts_are_found_whichever_page_they_are_of_and_in_whatever_order() {
        let mut table = Table::default();
        table.add(texts(&["a", "bb"]), true);
        table.add(texts(&["ccc", ""]), false);
        table.add(texts(&["e"]), false);
        let numbers = [4, 3, 1, 2, -1, 0, 4, 0, i32::MIN, 3, 2, 1, -1, 1];
        let mut found = [&b"none"[..]; 14];
        table.several(numbers.into_iter(), &mut found);
        let right = numbers.map(|n| usize::try_from(n).map_or(&b""[..], |n| table.get(n).as_bytes()));
        assert_eq!(found, right);
        assert_eq!(found[..4], [&b"e"[..], b"", b"bb", b"ccc"]);
    }
}
