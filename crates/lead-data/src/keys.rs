//! From keys to rows, for millions of look-ups.
//!
//! An open table of one word a slot: the upper half holds bits of the hash, the lower half the entry. A batch is
//! looked up in steps (hashes, then slots, then texts), so that the waits for memory overlap.

use crate::column::NO_RECORD;
use crate::texts::Hash;

const EMPTY: u64 = u64::MAX;

/// Keys of an entity, each with a row.
#[derive(Debug)]
pub(crate) struct KeyTable {
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
    pub fn with_capacity(keys: usize) -> KeyTable {
        let size = (keys * 2).next_power_of_two().max(16);
        KeyTable {
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

    /// Adds a key. If it is there, nothing changes and the row it has is returned.
    pub fn add(&mut self, key: &str, row: u32) -> Option<u32> {
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
                if self.text_of(entry) == key {
                    return (at, Some(entry));
                }
            }
            at = (at + 1) & self.mask;
        }
    }

    /// The row of a key.
    pub fn find(&self, key: &str) -> Option<u32> {
        self.probe(self.hash.of(key.as_bytes()), key.as_bytes()).1.map(|e| self.rows[e])
    }

    /// The rows of many keys, [`NO_RECORD`] where there is none.
    pub fn find_all<'k>(&self, count: usize, key: impl Fn(usize) -> &'k str, out: &mut Vec<u32>) {
        const STEP: usize = 64;
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
                let direct = first[i] != EMPTY && first[i] >> 32 == hashes[i] >> 32 && self.text_of(entry) == bytes;
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
}
