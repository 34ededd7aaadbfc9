//! From keys to rows, for millions of look-ups.
//!
//! While no key is longer than 15 bytes (ids of most systems), the key itself stands in its slot, so that a look-up waits for memory
//! once. The first longer key turns the table into one of words: the upper half of a slot holds bits of the hash, the lower
//! half the entry, and texts stand apart. A batch is looked up in steps, so that the waits for memory overlap.

use crate::column::NO_RECORD;
use crate::texts::{Hash, same};

const EMPTY: u64 = u64::MAX;

/// How many keys of a batch are looked up side by side.
const STEP: usize = 64;

/// Keys of an entity, each with a row.
#[derive(Debug)]
pub(crate) enum KeyTable {
    /// All keys have at most 15 bytes.
    Short(ShortKeys),
    /// Keys of any length.
    Long(LongKeys),
}

/// A key of at most 15 bytes as two words: its bytes, zeros, and its length plus one in the last byte, so that no key is all zeros.
type Packed = [u64; 2];

const NOTHING: Packed = [0, 0];

#[inline]
fn pack(key: &[u8]) -> Option<Packed> {
    let mut bytes = [0u8; 16];
    let len = key.len();
    if len > 15 {
        return None;
    }
    bytes[..len].copy_from_slice(key);
    bytes[15] = len as u8 + 1;
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = bytes;
    Some([u64::from_le_bytes([a, b, c, d, e, f, g, h]), u64::from_le_bytes([i, j, k, l, m, n, o, p])])
}

fn unpack(packed: Packed) -> ([u8; 16], usize) {
    let mut bytes = [0u8; 16];
    bytes[..8].copy_from_slice(&packed[0].to_le_bytes());
    bytes[8..].copy_from_slice(&packed[1].to_le_bytes());
    let len = usize::from(bytes[15]).saturating_sub(1).min(15);
    (bytes, len)
}

/// Keys in their slots.
#[derive(Debug)]
pub(crate) struct ShortKeys {
    seed: u64,
    slots: Vec<Packed>,
    rows: Vec<u32>,
    mask: usize,
    count: usize,
}

impl ShortKeys {
    fn with_capacity(keys: usize, seed: u64) -> ShortKeys {
        let size = (keys * 2).next_power_of_two().max(16);
        ShortKeys { seed, slots: vec![NOTHING; size], rows: vec![NO_RECORD; size], mask: size - 1, count: 0 }
    }

    /// Two rounds of a folded product: every bit of the key reaches every bit of the place.
    #[inline]
    fn place(&self, key: Packed) -> usize {
        let fold = |a: u64, b: u64| {
            let wide = u128::from(a) * u128::from(b);
            (wide as u64) ^ ((wide >> 64) as u64)
        };
        let mixed = fold(key[0] ^ self.seed, key[1] ^ 0x9e37_79b9_7f4a_7c15);
        fold(mixed ^ key[0], 0xd6e8_feb8_6659_fd93 ^ self.seed.rotate_left(32)) as usize & self.mask
    }

    /// The slot where a key is or would be.
    #[inline]
    fn slot(&self, key: Packed) -> usize {
        let mut at = self.place(key);
        while self.slots[at] != key && self.slots[at] != NOTHING {
            at = (at + 1) & self.mask;
        }
        at
    }

    fn add(&mut self, key: Packed, row: u32) -> Option<u32> {
        if (self.count + 1) * 2 > self.slots.len() {
            let mut wider = ShortKeys::with_capacity(self.slots.len(), self.seed);
            for (key, row) in self.slots.iter().zip(&self.rows).filter(|(key, _)| **key != NOTHING) {
                let at = wider.slot(*key);
                wider.slots[at] = *key;
                wider.rows[at] = *row;
            }
            wider.count = self.count;
            *self = wider;
        }
        let at = self.slot(key);
        if self.slots[at] == key {
            return Some(self.rows[at]);
        }
        self.slots[at] = key;
        self.rows[at] = row;
        self.count += 1;
        None
    }

    fn find(&self, key: Packed) -> u32 {
        // An empty slot's row is no record.
        self.rows[self.slot(key)]
    }

    fn find_all<'k>(&self, count: usize, key: impl Fn(usize) -> &'k str, out: &mut Vec<u32>) {
        let mut keys = [NOTHING; STEP];
        let mut places = [0usize; STEP];
        let mut slots = [NOTHING; STEP];
        let mut rows = [NO_RECORD; STEP];
        let mut at = 0;
        while at < count {
            let n = STEP.min(count - at);
            for i in 0..n {
                // A longer key is in no slot: as nothing it finds the empty slot it would be at.
                keys[i] = pack(key(at + i).as_bytes()).unwrap_or(NOTHING);
                places[i] = self.place(keys[i]);
            }
            // Loads that wait for nothing but memory: many are under way at once.
            for i in 0..n {
                slots[i] = self.slots[places[i]];
                rows[i] = self.rows[places[i]];
            }
            for i in 0..n {
                let found = if keys[i] == NOTHING {
                    NO_RECORD
                } else if slots[i] == keys[i] {
                    rows[i]
                } else {
                    self.find(keys[i])
                };
                out.push(found);
            }
            at += n;
        }
    }
}

/// Keys of any length.
#[derive(Debug)]
pub(crate) struct LongKeys {
    hash: Hash,
    slots: Vec<u64>,
    mask: usize,
    text: String,
    ends: Vec<usize>,
    /// Length of every key, if they have one length.
    stride: Option<usize>,
    rows: Vec<u32>,
}

impl Default for KeyTable {
    fn default() -> KeyTable {
        KeyTable::with_capacity(0)
    }
}

impl KeyTable {
    /// An empty table with room for `keys`.
    pub fn with_capacity(keys: usize) -> KeyTable {
        // Which slots keys fall into must not be known to who writes the export.
        let seed = Hash::default().of(b"slots") | 1;
        KeyTable::Short(ShortKeys::with_capacity(keys, seed))
    }

    /// Adds a key. If it is there, nothing changes and the row it has is returned.
    pub fn add(&mut self, key: &str, row: u32) -> Option<u32> {
        if let KeyTable::Short(short) = self {
            if let Some(packed) = pack(key.as_bytes()) {
                return short.add(packed, row);
            }
            let mut long = LongKeys::with_capacity(short.slots.len() / 2);
            for (packed, row) in short.slots.iter().zip(&short.rows).filter(|(key, _)| **key != NOTHING) {
                let (bytes, len) = unpack(*packed);
                long.add(std::str::from_utf8(&bytes[..len]).unwrap_or_default(), *row);
            }
            *self = KeyTable::Long(long);
        }
        match self {
            KeyTable::Long(long) => long.add(key, row),
            KeyTable::Short(_) => None,
        }
    }

    /// The row of a key.
    pub fn find(&self, key: &str) -> Option<u32> {
        match self {
            KeyTable::Short(short) => Some(short.find(pack(key.as_bytes())?)).filter(|row| *row != NO_RECORD),
            KeyTable::Long(long) => long.find(key),
        }
    }

    /// The rows of many keys, [`NO_RECORD`] where there is none.
    pub fn find_all<'k>(&self, count: usize, key: impl Fn(usize) -> &'k str, out: &mut Vec<u32>) {
        match self {
            KeyTable::Short(short) => short.find_all(count, key, out),
            KeyTable::Long(long) => long.find_all(count, key, out),
        }
    }
}

impl LongKeys {
    fn with_capacity(keys: usize) -> LongKeys {
        let size = (keys * 2).next_power_of_two().max(16);
        LongKeys {
            hash: Hash::default(),
            slots: vec![EMPTY; size],
            mask: size - 1,
            text: String::new(),
            ends: Vec::with_capacity(keys),
            stride: None,
            rows: Vec::with_capacity(keys),
        }
    }

    #[inline]
    fn text_of(&self, entry: usize) -> &[u8] {
        let bytes = self.text.as_bytes();
        if let Some(stride) = self.stride {
            return &bytes[entry * stride..(entry + 1) * stride];
        }
        let start = if entry == 0 { 0 } else { self.ends[entry - 1] };
        &bytes[start..self.ends[entry]]
    }

    fn add(&mut self, key: &str, row: u32) -> Option<u32> {
        if (self.rows.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let hash = self.hash.of(key.as_bytes());
        let (at, found) = self.probe(hash, key.as_bytes());
        if let Some(entry) = found {
            return Some(self.rows[entry]);
        }
        let entry = self.rows.len();
        self.slots[at] = (hash & !0xffff_ffff) | entry as u64;
        self.stride = (entry == 0 || self.stride == Some(key.len())).then_some(key.len());
        self.text.push_str(key);
        self.ends.push(self.text.len());
        self.rows.push(row);
        None
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 4;
        self.mask = size - 1;
        self.slots = vec![EMPTY; size];
        for entry in 0..self.rows.len() {
            let hash = self.hash.of(self.text_of(entry));
            let mut at = hash as usize & self.mask;
            while self.slots[at] != EMPTY {
                at = (at + 1) & self.mask;
            }
            self.slots[at] = (hash & !0xffff_ffff) | entry as u64;
        }
    }

    /// The slot where a key is or would be, and its entry.
    #[inline]
    fn probe(&self, hash: u64, key: &[u8]) -> (usize, Option<usize>) {
        let mut at = hash as usize & self.mask;
        loop {
            let slot = self.slots[at];
            if slot == EMPTY {
                return (at, None);
            }
            if slot >> 32 == hash >> 32 {
                let entry = (slot & 0xffff_ffff) as usize;
                if same(self.text_of(entry), key) {
                    return (at, Some(entry));
                }
            }
            at = (at + 1) & self.mask;
        }
    }

    fn find(&self, key: &str) -> Option<u32> {
        self.probe(self.hash.of(key.as_bytes()), key.as_bytes()).1.map(|e| self.rows[e])
    }

    fn find_all<'k>(&self, count: usize, key: impl Fn(usize) -> &'k str, out: &mut Vec<u32>) {
        let mut hashes = [0u64; STEP];
        let mut first = [0u64; STEP];
        let mut at = 0;
        while at < count {
            let n = STEP.min(count - at);
            for (i, hash) in hashes[..n].iter_mut().enumerate() {
                *hash = self.hash.of(key(at + i).as_bytes());
            }
            // Loads that wait for nothing but memory: many are under way at once.
            for (slot, hash) in first[..n].iter_mut().zip(&hashes) {
                *slot = self.slots[*hash as usize & self.mask];
            }
            for i in 0..n {
                let bytes = key(at + i).as_bytes();
                let entry = (first[i] & 0xffff_ffff) as usize;
                let direct = first[i] != EMPTY && first[i] >> 32 == hashes[i] >> 32 && same(self.text_of(entry), bytes);
                let found = if direct { Some(entry) } else { self.probe(hashes[i], bytes).1 };
                out.push(found.map_or(NO_RECORD, |e| self.rows[e]));
            }
            at += n;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_and_no_other() {
        let mut table = KeyTable::default();
        for i in 0..10_000u32 {
            assert_eq!(table.add(&format!("k{}", i * 7), i), None);
        }
        assert_eq!(table.add("k7", 99), Some(1));
        let keys: Vec<String> = (0..1000).map(|i| format!("k{i}")).collect();
        let mut rows = Vec::new();
        table.find_all(keys.len(), |i| &keys[i], &mut rows);
        for (i, row) in rows.iter().enumerate() {
            let want = if i % 7 == 0 { (i / 7) as u32 } else { NO_RECORD };
            assert_eq!(*row, want);
            assert_eq!(table.find(&keys[i]), (want != NO_RECORD).then_some(want));
        }
        assert_eq!(KeyTable::default().find(""), None);
    }

    #[test]
    fn keys_of_one_length_and_then_another() {
        let mut table = KeyTable::with_capacity(3);
        for (i, key) in ["aa", "bb", "ccc"].iter().enumerate() {
            table.add(key, i as u32);
        }
        assert_eq!((table.find("bb"), table.find("ccc"), table.find("cc")), (Some(1), Some(2), None));
    }

    #[test]
    fn short_keys_stay_found_when_a_long_one_comes() {
        let mut table = KeyTable::default();
        let keys: Vec<String> = (0..3000).map(|i| "x".repeat(i % 16) + &i.to_string()).collect();
        let mut first: std::collections::HashMap<&str, u32> = std::collections::HashMap::new();
        for (row, key) in keys.iter().enumerate() {
            let before = first.get(key.as_str()).copied();
            assert_eq!(table.add(key, row as u32), before, "{key}");
            first.entry(key).or_insert(row as u32);
        }
        for key in &keys {
            assert_eq!(table.find(key), first.get(key.as_str()).copied(), "{key}");
        }
        let mut short = KeyTable::default();
        for (row, key) in ["", "a", "a\0", "123456789012345"].iter().enumerate() {
            assert_eq!(short.add(key, row as u32), None);
        }
        let asked = ["a\0", "1234567890123456", "", "b", "123456789012345", "a"];
        let mut rows = Vec::new();
        short.find_all(asked.len(), |i| asked[i], &mut rows);
        assert_eq!(rows, [2, NO_RECORD, 0, NO_RECORD, 3, 1]);
    }
}
