//! Texts of cells as codes of a dictionary that a worker keeps from batch to batch.
//!
//! What a text means (nothing, a label, a listed value) is worked out once for each distinct text. Columns with few
//! distinct texts keep one dictionary over many batches, so that what was found out about an entry stays good.

use std::hash::{BuildHasher, Hasher};
use std::ops::Range;
use std::sync::Arc;

use hashbrown::HashTable;

use crate::column::{Dictionary, Texts, fold_text};
use crate::ends::Ends;
use crate::settings::Nulls;

/// Dictionaries that grow beyond this are given away whole with their batch.
const KEPT: usize = 1 << 14;

/// Hashes bytes, with a seed of its own per process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hash(foldhash::fast::RandomState);

impl Hash {
    #[inline]
    pub fn of(&self, bytes: &[u8]) -> u64 {
        let mut hasher = self.0.build_hasher();
        hasher.write(bytes);
        hasher.finish()
    }
}

/// Whether two texts are equal; quick for short ones, which most keys and values are.
#[inline(always)]
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && if a.len() <= 16 { ends(a) == ends(b) } else { a == b }
}

/// A text of up to 16 bytes as two words; with its length they stand for no other text.
#[inline(always)]
fn ends(text: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        return (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)));
    }
    (text.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0)
}

/// Distinct texts by number.
#[derive(Debug, Default)]
pub(crate) struct TextSet {
    text: String,
    ends: Ends,
    table: HashTable<u32>,
    hash: Hash,
}

impl TextSet {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, entry: u32) -> &str {
        &self.text[self.ends.range(entry as usize)]
    }

    /// The number of a text, and whether it is new.
    #[inline]
    pub fn add(&mut self, text: &str) -> (u32, bool) {
        let hash = self.hash.of(text.as_bytes());
        let (all, ends) = (&self.text, &self.ends);
        let slice = |e: u32| &all.as_bytes()[ends.range(e as usize)];
        if let Some(entry) = self.table.find(hash, |e| same(slice(*e), text.as_bytes())) {
            return (*entry, false);
        }
        let entry = self.ends.len() as u32;
        let hasher = &self.hash;
        self.table.insert_unique(hash, entry, |e| hasher.of(slice(*e)));
        self.text.push_str(text);
        self.ends.push(self.text.len());
        (entry, true)
    }

    fn copy(&self) -> Dictionary {
        Dictionary::from_parts(self.text.clone(), self.ends.clone(), true)
    }

    /// Its entries, leaving it empty.
    pub fn take(&mut self) -> Dictionary {
        self.table.clear();
        Dictionary::from_parts(std::mem::take(&mut self.text), std::mem::take(&mut self.ends), true)
    }
}

/// A text of up to 16 bytes as two words, zeros behind it; with its length they stand for no other text.
#[inline(always)]
fn words(text: &[u8]) -> (u64, u64) {
    let len = text.len();
    if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        let last = u64::from_le_bytes(*last).checked_shr(8 * (16 - len.min(16) as u32)).unwrap_or(0);
        return (u64::from_le_bytes(*first), last);
    }
    if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        return (u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (len - 4)), 0);
    }
    (text.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0)
}

/// The same for the text at the start of 16 bytes, without asking how long it is: lengths come in no order that could be guessed.
#[inline(always)]
fn words_of(bytes: &[u8; 16], len: usize) -> (u64, u64) {
    let whole = u128::from_le_bytes(*bytes);
    let kept = u128::MAX.checked_shr(128 - 8 * len as u32).unwrap_or(0) & whole;
    (kept as u64, (kept >> 64) as u64)
}

/// How many texts met lately are at hand.
const RECENT: usize = 256;

/// Short texts met lately and what they stand for, each at one place of its own: most columns repeat a few texts.
#[derive(Debug)]
struct Recent<T> {
    places: Box<[Met<T>; RECENT]>,
}

/// A short text and what it stands for. The length 0 stands for none.
#[derive(Clone, Copy, Debug, Default)]
struct Met<T> {
    words: (u64, u64),
    length: u8,
    meaning: T,
}

impl<T: Copy + Default> Default for Recent<T> {
    fn default() -> Recent<T> {
        Recent { places: Box::new([Met::default(); RECENT]) }
    }
}

impl<T: Copy + Default> Recent<T> {
    fn clear(&mut self) {
        self.places.fill(Met::default());
    }

    /// What a text stands for; `look_up` is asked if it was not met lately. Not for the empty text.
    #[inline]
    fn get(&mut self, text: &str, look_up: impl FnOnce() -> T) -> T {
        if text.len() > 16 {
            return look_up();
        }
        self.of_words(words(text.as_bytes()), text.len(), look_up)
    }

    /// The same for a text of 1 to 16 bytes as words.
    #[inline(always)]
    fn of_words(&mut self, words: (u64, u64), len: usize, look_up: impl FnOnce() -> T) -> T {
        let mixed = (words.0 ^ words.1.rotate_left(23) ^ len as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let place = &mut self.places[(mixed >> 56) as usize % RECENT];
        if place.words != words || usize::from(place.length) != len {
            *place = Met { words, length: len as u8, meaning: look_up() };
        }
        place.meaning
    }
}

/// Distinct texts by number, quick for short ones that repeat.
#[derive(Debug, Default)]
pub(crate) struct RecentTexts {
    set: TextSet,
    recent: Recent<u32>,
    empty: Option<u32>,
}

impl RecentTexts {
    /// How many.
    pub fn len(&self) -> usize {
        self.set.len()
    }

    /// The text of a number.
    pub fn get(&self, code: u32) -> &str {
        self.set.get(code)
    }

    /// The number of a text.
    #[inline]
    pub fn code(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return *self.empty.get_or_insert_with(|| self.set.add(text).0);
        }
        self.recent.get(text, || self.set.add(text).0)
    }

    /// The number of what a cell says, by `read`, that stands at a place of a text, which has more behind it mostly. Cells are met as
    /// they are written, so that a set of cells is never asked for [`RecentTexts::code`].
    #[inline]
    pub fn code_of_cell<'t, 'r>(
        &mut self,
        all: &'t str,
        at: Range<usize>,
        read: impl FnOnce(&'t str) -> &'r str,
    ) -> u32 {
        let RecentTexts { set, recent, empty } = self;
        if at.is_empty() {
            return *empty.get_or_insert_with(|| set.add("").0);
        }
        let bytes = all.as_bytes().get(at.start..).and_then(|b| b.first_chunk::<16>());
        let look_up = || set.add(read(&all[at.clone()])).0;
        match bytes {
            Some(bytes) if at.len() <= 16 => recent.of_words(words_of(bytes, at.len()), at.len(), look_up),
            _ => look_up(),
        }
    }
}

/// What cells of a text field mean.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextRules {
    pub nulls: Nulls,
    /// Internal value (folded) to label.
    pub labels: Option<std::collections::BTreeMap<String, String>>,
    /// Listed values, by folded text; empty: any text is fine.
    pub listed: std::collections::BTreeMap<String, String>,
}

impl TextRules {
    fn is_plain(&self) -> bool {
        self.labels.is_none() && self.listed.is_empty()
    }
}

/// Makes text columns.
#[derive(Debug)]
pub(crate) struct TextBuilder {
    rules: TextRules,
    raw: TextSet,
    meanings: Vec<Coded>,
    recent: Recent<Coded>,
    /// What is shown, where that may differ from the cell.
    shown: TextSet,
    kept: Option<Arc<Dictionary>>,
}

/// What a cell's text means.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Coded {
    pub code: u32,
    pub known: bool,
    pub unlisted: bool,
}

impl TextBuilder {
    pub fn new(rules: TextRules) -> TextBuilder {
        let mut builder = TextBuilder {
            rules,
            raw: TextSet::default(),
            meanings: Vec::new(),
            recent: Recent::default(),
            shown: TextSet::default(),
            kept: None,
        };
        builder.clear();
        builder
    }

    /// Invariant *entry of nothing*: entry 0 is the empty text, so that unknown rows have a code too.
    fn clear(&mut self) {
        self.raw.take();
        self.shown.take();
        self.raw.add("");
        self.shown.add("");
        self.meanings.clear();
        self.meanings.push(Coded::default());
        self.recent.clear();
        self.kept = None;
    }

    /// The code of a trimmed cell.
    #[inline]
    pub fn code(&mut self, cell: &str) -> Coded {
        if cell.is_empty() {
            return Coded::default();
        }
        let TextBuilder { rules, raw, meanings, recent, shown, .. } = self;
        recent.get(cell, || {
            let (entry, new) = raw.add(cell);
            if new {
                let meaning = meaning(rules, shown, entry, cell);
                meanings.push(meaning);
            }
            meanings[entry as usize]
        })
    }

    /// A batch is complete: its codes with the dictionary.
    pub fn finish(&mut self, codes: Vec<u32>) -> Texts {
        let set = if self.rules.is_plain() { &mut self.raw } else { &mut self.shown };
        if let Some(kept) = &self.kept
            && kept.len() == set.len()
        {
            return Texts { codes, dictionary: kept.clone() };
        }
        if set.len() > KEPT || self.meanings.len() > 4 * KEPT {
            let dictionary = Arc::new(set.take());
            self.clear();
            return Texts { codes, dictionary };
        }
        let dictionary = Arc::new(set.copy());
        self.kept = Some(dictionary.clone());
        Texts { codes, dictionary }
    }
}

/// What a text that is new means.
#[cold]
fn meaning(rules: &TextRules, shown: &mut TextSet, entry: u32, cell: &str) -> Coded {
    if rules.nulls.contains(cell) {
        return Coded { code: if rules.is_plain() { entry } else { 0 }, known: false, unlisted: false };
    }
    if rules.is_plain() {
        return Coded { code: entry, known: true, unlisted: false };
    }
    let label = rules.labels.as_ref().and_then(|l| l.get(&fold_text(cell))).map(|l| l.trim());
    let text = label.unwrap_or(cell);
    if text.is_empty() {
        return Coded { code: 0, known: false, unlisted: false };
    }
    let listed = rules.listed.get(&fold_text(text));
    let unlisted = listed.is_none() && !rules.listed.is_empty();
    Coded { code: shown.add(listed.map_or(text, |l| l)).0, known: true, unlisted }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dictionary_is_kept_until_a_new_text_comes() {
        let mut builder = TextBuilder::new(TextRules::default());
        let codes = ["a", "b", "a", ""].map(|t| builder.code(t).code).to_vec();
        let first = builder.finish(codes);
        let again = vec![builder.code("b").code];
        let second = builder.finish(again);
        assert!(Arc::ptr_eq(&first.dictionary, &second.dictionary));
        assert_eq!((second.get(0), first.get(2), first.get(3)), ("b", "a", ""));
        let new = vec![builder.code("c").code];
        assert_eq!(builder.finish(new).get(0), "c");
    }

    #[test]
    fn short_texts_are_equal_where_their_bytes_are() {
        let texts = [
            "",
            "a",
            "b",
            "ab",
            "ba",
            "abc",
            "abcd",
            "abcde",
            "abcdabcd",
            "abcdefgh",
            "abcdefghi",
            "abcdefghabcdefgh",
            "abcdefghabcdefghi",
        ];
        for (i, a) in texts.iter().enumerate() {
            for (j, b) in texts.iter().enumerate() {
                assert_eq!(same(a.as_bytes(), b.as_bytes()), i == j, "{a} {b}");
            }
        }
        let mut builder = TextBuilder::new(TextRules::default());
        let codes: Vec<u32> = (0..5000).map(|i| builder.code(texts[i * 7 % texts.len()]).code).collect();
        let made = builder.finish(codes);
        assert!((0..5000).all(|i| made.get(i) == texts[i * 7 % texts.len()]));
    }

    #[test]
    fn cells_inside_of_longer_texts_have_the_numbers_of_what_they_say() {
        let all = "abcdefghijklm nopqrstuvwxyz\"abc\" abc \"\"\"abc\"\"\" defghij";
        let (mut texts, mut alone, mut scratch) = (RecentTexts::default(), RecentTexts::default(), String::new());
        for _ in 0..2 {
            for start in 0..all.len() {
                for end in start..=all.len() {
                    let said = crate::csv::rows::unquote(&all[start..end], &mut scratch).to_owned();
                    let code = texts.code_of_cell(all, start..end, |_| &said);
                    assert_eq!(texts.get(code), said);
                    let code = alone.code(&said);
                    assert_eq!(alone.get(code), said);
                }
            }
        }
        for len in 1..=16 {
            let bytes: [u8; 16] = std::array::from_fn(|i| i as u8 + 1);
            assert_eq!(words_of(&bytes, len), words(&bytes[..len]), "{len}");
        }
    }

    #[test]
    fn listed_values_take_the_spelling_of_the_list() {
        let rules = TextRules {
            nulls: Nulls::new(&["Select".into()]),
            labels: Some([("closedwon".to_owned(), "Closed won".to_owned())].into()),
            listed: [("closed won".to_owned(), "Closed Won".to_owned())].into(),
        };
        let mut builder = TextBuilder::new(rules);
        let coded = ["CLOSED won", "closedwon", "Closed Won", "SELECT", "lost"].map(|t| builder.code(t));
        assert_eq!(coded.map(|c| c.known), [true, true, true, false, true]);
        assert_eq!(coded.map(|c| c.unlisted), [false, false, false, false, true]);
        let texts = builder.finish(coded.iter().map(|c| c.code).collect());
        assert_eq!(
            (0..5).map(|i| texts.get(i)).collect::<Vec<_>>(),
            ["Closed Won", "Closed Won", "Closed Won", "", "lost"]
        );
        assert!(texts.dictionary.is_unique());
    }

    #[test]
    fn many_texts_are_given_away_with_their_batch() {
        let mut builder = TextBuilder::new(TextRules::default());
        let codes = (0..40_000).map(|i| builder.code(&i.to_string()).code).collect();
        let texts = builder.finish(codes);
        assert_eq!(texts.get(39_999), "39999");
        let next = vec![builder.code("x").code];
        assert_eq!(builder.finish(next).get(0), "x");
    }
}
