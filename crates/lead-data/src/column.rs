//! Columns: values apart from which rows have them. What the readers make and the evaluator works on.

use std::sync::{Arc, OnceLock};

use crate::ends::Ends;

/// In a [`Values::Record`] column: no such record (empty, unreadable or dangling).
pub const NO_RECORD: u32 = u32::MAX;

/// Bits, 64 to a word. Invariant *clean tail*: bits past `len` are 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bitmap {
    words: Vec<u64>,
    len: usize,
}

impl Bitmap {
    /// `len` bits, all `value`.
    pub fn filled(len: usize, value: bool) -> Bitmap {
        let mut map = Bitmap { words: vec![if value { u64::MAX } else { 0 }; len.div_ceil(64)], len };
        map.clean_tail();
        map
    }

    /// From words; bits past `len` are cleared, missing words are 0.
    pub fn from_words(mut words: Vec<u64>, len: usize) -> Bitmap {
        words.resize(len.div_ceil(64), 0);
        let mut map = Bitmap { words, len };
        map.clean_tail();
        map
    }

    /// The bits that `bit` gives for `0..len`.
    pub fn from_fn(len: usize, mut bit: impl FnMut(usize) -> bool) -> Bitmap {
        let mut map = Bitmap::filled(len, false);
        for (w, word) in map.words.iter_mut().enumerate() {
            let base = w * 64;
            let mut bits = 0;
            for b in 0..64.min(len - base) {
                bits |= u64::from(bit(base + b)) << b;
            }
            *word = bits;
        }
        map
    }

    /// How many bits.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has no bits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bit at `i`, which is less than `len`.
    #[inline]
    pub fn get(&self, i: usize) -> bool {
        self.words[i >> 6] >> (i & 63) & 1 == 1
    }

    /// Sets the bit at `i`, which is less than `len`.
    #[inline]
    pub fn set(&mut self, i: usize, value: bool) {
        let mask = 1u64 << (i & 63);
        if value {
            self.words[i >> 6] |= mask;
        } else {
            self.words[i >> 6] &= !mask;
        }
    }

    /// Adds a bit at the end.
    pub fn push(&mut self, value: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        self.len += 1;
        if value {
            self.set(self.len - 1, true);
        }
    }

    /// How many bits are set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// Whether all bits are set.
    pub fn all(&self) -> bool {
        self.count() == self.len
    }

    /// The words.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Bit by bit `f(a, b)` of two maps of one length, 64 at a time.
    pub fn zip(&self, other: &Bitmap, f: impl Fn(u64, u64) -> u64) -> Bitmap {
        let words = self.words.iter().zip(&other.words).map(|(a, b)| f(*a, *b)).collect();
        Bitmap::from_words(words, self.len)
    }

    /// Every bit turned over.
    pub fn not(&self) -> Bitmap {
        Bitmap::from_words(self.words.iter().map(|w| !w).collect(), self.len)
    }

    /// The places of set bits, ascending.
    pub fn ones(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(w, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let b = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(w * 64 + b)
            })
        })
    }

    fn clean_tail(&mut self) {
        let tail = self.len & 63;
        if tail != 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1u64 << tail) - 1;
        }
    }
}

/// Values of one type and which of them are known. Where a value is unknown its slot holds anything of the type.
#[derive(Clone, Debug)]
pub struct Column {
    /// The values.
    pub values: Values,
    /// Which are known; `None`: all.
    pub known: Option<Bitmap>,
}

/// The values of a column.
#[derive(Clone, Debug)]
pub enum Values {
    /// Yes or no.
    YesNo(Bitmap),
    /// Numbers and percents.
    Number(Vec<f64>),
    /// Money (1/10000), times (microseconds since 1970 UTC) and durations (microseconds).
    Int(Vec<i64>),
    /// Days since 1970.
    Date(Vec<i32>),
    /// Texts, `one of` values and keys.
    Text(Texts),
    /// Rows of the referenced table, or [`NO_RECORD`], which counts as unknown.
    Record(Vec<u32>),
    /// Items of each row: `items[offsets[i]..offsets[i + 1]]`.
    List {
        /// One more than rows.
        offsets: Vec<u32>,
        /// All items; never unknown.
        items: Box<Values>,
    },
}

impl Values {
    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Values::YesNo(v) => v.len(),
            Values::Number(v) => v.len(),
            Values::Int(v) => v.len(),
            Values::Date(v) => v.len(),
            Values::Text(v) => v.codes.len(),
            Values::Record(v) => v.len(),
            Values::List { offsets, .. } => offsets.len().saturating_sub(1),
        }
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Column {
    /// How many rows.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values at the given places, in that order.
    pub fn pick(&self, at: &[u32]) -> Column {
        let known = self.known.as_ref().map(|k| Bitmap::from_fn(at.len(), |i| k.get(at[i] as usize)));
        Column { values: crate::gather::values(&self.values, at), known: known.filter(|k| !k.all()) }
    }

    /// Whether the value at `i` is known.
    pub fn is_known(&self, i: usize) -> bool {
        self.known.as_ref().is_none_or(|k| k.get(i)) && !matches!(&self.values, Values::Record(r) if r[i] == NO_RECORD)
    }
}

/// Texts as codes into a dictionary. Two codes may stand for one text; compare texts, not codes, unless
/// the dictionary says [`Dictionary::is_unique`].
#[derive(Clone, Debug)]
pub struct Texts {
    /// Entry of each row.
    pub codes: Vec<u32>,
    /// The entries.
    pub dictionary: Arc<Dictionary>,
}

impl Texts {
    /// The text of row `i`.
    pub fn get(&self, i: usize) -> &str {
        self.dictionary.get(self.codes[i])
    }
}

/// Distinct texts (mostly), by number. A condition on a text is answered once per entry, not per row.
#[derive(Debug, Default)]
pub struct Dictionary {
    text: String,
    ends: Ends,
    unique: bool,
    folded: OnceLock<Box<[Box<str>]>>,
}

impl Dictionary {
    /// From entries in order. `unique`: no entry occurs twice.
    pub fn new<S: AsRef<str>>(entries: impl IntoIterator<Item = S>, unique: bool) -> Dictionary {
        let (mut text, mut ends) = (String::new(), Ends::default());
        for entry in entries {
            text.push_str(entry.as_ref());
            ends.push(text.len());
        }
        Dictionary { text, ends, unique, folded: OnceLock::new() }
    }

    /// From all entries in one text and where each ends (on character boundaries).
    pub(crate) fn from_parts(text: String, ends: Ends, unique: bool) -> Dictionary {
        Dictionary { text, ends, unique, folded: OnceLock::new() }
    }

    /// All entries one after the other, and where each ends.
    pub(crate) fn parts(&self) -> (&str, &Ends) {
        (&self.text, &self.ends)
    }

    /// The same, known to repeat no entry.
    pub(crate) fn without_repeats(mut self) -> Dictionary {
        self.unique = true;
        self
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether no entry occurs twice.
    pub fn is_unique(&self) -> bool {
        self.unique
    }

    /// The entry of a code of this dictionary.
    #[inline]
    pub fn get(&self, code: u32) -> &str {
        &self.text[self.ends.range(code as usize)]
    }

    /// All entries in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|c| self.get(c))
    }

    /// The entry as it is compared (D16), made at first use.
    pub fn folded(&self, code: u32) -> &str {
        &self.folded.get_or_init(|| self.iter().map(|e| fold_text(e).into()).collect())[code as usize]
    }
}

/// What texts are compared by (D16): trimmed of Unicode white space, lower-cased character by character.
pub fn fold_text(text: &str) -> String {
    text.trim().chars().flat_map(char::to_lowercase).collect()
}
