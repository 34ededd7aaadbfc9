//! Texts of cells as codes of a dictionary that a worker keeps from batch to batch.
//!
//! What a text means (nothing, a label, a listed value) is worked out once for each distinct text. Columns with few
//! distinct texts keep one dictionary over many batches, so that what was found out about an entry stays good.

use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use hashbrown::HashTable;

use crate::column::{Dictionary, Texts, fold_text};
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
    ends: Vec<usize>,
    table: HashTable<u32>,
    hash: Hash,
}

impl TextSet {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, entry: u32) -> &str {
        let i = entry as usize;
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.text[start..self.ends[i]]
    }

    /// The number of a text, and whether it is new.
    #[inline]
    pub fn add(&mut self, text: &str) -> (u32, bool) {
        let hash = self.hash.of(text.as_bytes());
        let (all, ends) = (&self.text, &self.ends);
        let slice = |e: u32| {
            let i = e as usize;
            let start = if i == 0 { 0 } else { ends[i - 1] };
            &all.as_bytes()[start..ends[i]]
        };
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
    /// Short texts met lately, each at one place of its own.
    recent: Box<[Recent; RECENT]>,
    /// What is shown, where that may differ from the cell.
    shown: TextSet,
    kept: Option<Arc<Dictionary>>,
}

const RECENT: usize = 256;

/// A short text and what it means. The length 0 stands for none.
#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    ends: (u64, u64),
    length: u8,
    coded: Coded,
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
            recent: Box::new([Recent::default(); RECENT]),
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
        self.recent.fill(Recent::default());
        self.kept = None;
    }

    /// The code of a trimmed cell.
    #[inline]
    pub fn code(&mut self, cell: &str) -> Coded {
        if cell.is_empty() {
            return Coded::default();
        }
        if cell.len() > 16 {
            return self.look_up(cell);
        }
        let ends = ends(cell.as_bytes());
        let mixed = (ends.0 ^ ends.1.rotate_left(23) ^ cell.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let at = (mixed >> 56) as usize % RECENT;
        let recent = self.recent[at];
        if recent.ends == ends && usize::from(recent.length) == cell.len() {
            return recent.coded;
        }
        let coded = self.look_up(cell);
        self.recent[at] = Recent { ends, length: cell.len() as u8, coded };
        coded
    }

    fn look_up(&mut self, cell: &str) -> Coded {
        let (entry, new) = self.raw.add(cell);
        if new {
            let meaning = self.meaning(entry, cell);
            self.meanings.push(meaning);
        }
        self.meanings[entry as usize]
    }

    #[cold]
    fn meaning(&mut self, entry: u32, cell: &str) -> Coded {
        if self.rules.nulls.contains(cell) {
            return Coded { code: if self.rules.is_plain() { entry } else { 0 }, known: false, unlisted: false };
        }
        if self.rules.is_plain() {
            return Coded { code: entry, known: true, unlisted: false };
        }
        let label = self.rules.labels.as_ref().and_then(|l| l.get(&fold_text(cell))).map(|l| l.trim());
        let text = label.unwrap_or(cell);
        if text.is_empty() {
            return Coded { code: 0, known: false, unlisted: false };
        }
        let listed = self.rules.listed.get(&fold_text(text));
        let unlisted = listed.is_none() && !self.rules.listed.is_empty();
        Coded { code: self.shown.add(listed.map_or(text, |l| l)).0, known: true, unlisted }
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
