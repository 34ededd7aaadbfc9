//! From keys to rows, for millions of look-ups.
//!
//! A slot is one word: the entry, and bits of the key's hash that spare most looks at the keys themselves. While no key is
//! longer than 15 bytes (ids of most systems), keys stand packed in two words each. A batch is looked up in steps, so that the
//! waits for memory overlap. Distinct short keys that are all known from the start stand in [`Buckets`] instead, if they can.

use crate::buckets::{Buckets, Filled};
use crate::column::NO_RECORD;
use crate::ends::Ends;
use crate::side::side_by_side;
use crate::texts::{Hash, same};

/// Keys that are worth another thread.
const MANY: usize = 1 << 15;

/// How many keys of a batch are looked up side by side.
pub(crate) const STEP: usize = 256;

/// A key of at most 15 bytes as two words: its bytes, zeros, and its length plus one in the last byte, so that no key is all zeros.
pub(crate) type Packed = [u64; 2];

const NOTHING: Packed = [0, 0];

#[inline(always)]
pub(crate) fn pack(key: &[u8]) -> Option<Packed> {
    let len = key.len();
    let (low, high) = if let (Some(first), Some(last)) = (key.first_chunk::<8>(), key.last_chunk::<8>()) {
        if len > 15 {
            return None;
        }
        let high = u64::from_le_bytes(*last).checked_shr(8 * (16 - len as u32)).unwrap_or(0);
        (u64::from_le_bytes(*first), high)
    } else if let (Some(first), Some(last)) = (key.first_chunk::<4>(), key.last_chunk::<4>()) {
        (u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (len - 4)), 0)
    } else {
        (key.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0)
    };
    Some([low, high | (len as u64 + 1) << 56])
}

/// Two rounds of a folded product: every bit of the key reaches every bit of the hash.
#[inline(always)]
pub(crate) fn hash_of(seed: u64, key: Packed) -> u64 {
    let fold = |a: u64, b: u64| {
        let wide = u128::from(a) * u128::from(b);
        (wide as u64) ^ ((wide >> 64) as u64)
    };
    let mixed = fold(key[0] ^ seed, key[1] ^ 0x9e37_79b9_7f4a_7c15);
    fold(mixed ^ key[0], 0xd6e8_feb8_6659_fd93 ^ seed.rotate_left(32))
}

fn unpack(packed: Packed) -> ([u8; 16], usize) {
    let mut bytes = [0u8; 16];
    bytes[..8].copy_from_slice(&packed[0].to_le_bytes());
    bytes[8..].copy_from_slice(&packed[1].to_le_bytes());
    let len = usize::from(bytes[15]).saturating_sub(1).min(15);
    (bytes, len)
}

/// The keys themselves, by entry.
#[derive(Debug)]
enum Store {
    /// All have at most 15 bytes.
    Short(Vec<Packed>),
    /// Of any length, one after the other; where each ends.
    Long { text: String, ends: Ends },
}

impl Store {
    #[inline]
    fn is(&self, entry: usize, key: &[u8]) -> bool {
        match self {
            Store::Short(keys) => pack(key).is_some_and(|packed| keys.get(entry) == Some(&packed)),
            Store::Long { text, ends } => same(&text.as_bytes()[ends.range(entry)], key),
        }
    }
}

/// Keys packed on all threads; `Some(None)` if one is too long for it, `None` if one is missing.
fn all_packed<'k>(
    count: usize,
    threads: usize,
    key: &(impl Fn(usize) -> Option<&'k str> + Sync),
) -> Option<Option<Vec<Packed>>> {
    let mut packed = vec![NOTHING; count];
    let share = count.div_ceil(threads.max(1)).max(1);
    let parts = packed.chunks_mut(share).enumerate().collect();
    let known = side_by_side(threads, parts, |(part, places): (usize, &mut [Packed])| {
        for (i, place) in places.iter_mut().enumerate() {
            match key(part * share + i).map(|key| pack(key.as_bytes())) {
                Some(Some(packed)) => *place = packed,
                Some(None) => return Some(false),
                None => return None,
            }
        }
        Some(true)
    });
    let all_short = known.into_iter().collect::<Option<Vec<bool>>>()?.into_iter().all(|short| short);
    Some(all_short.then_some(packed))
}

/// Keys of an entity, each with a row.
#[derive(Debug)]
pub(crate) struct KeyTable {
    seed: u64,
    hash: Hash,
    /// 0, or an entry plus one in the bits of `entries`, and bits of the hash in the others.
    slots: Vec<u32>,
    mask: usize,
    entries: u32,
    store: Store,
    count: usize,
    /// Row of each entry; `None`: each is its own row.
    rows: Option<Vec<u32>>,
    /// All keys, if they were known from the start and have a form that is quicker to find: then nothing stands elsewhere.
    settled: Option<Buckets>,
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
        let hash = Hash::default();
        let seed = hash.of(b"slots") | 1;
        let store = Store::Short(Vec::with_capacity(keys));
        let mut table =
            KeyTable { seed, hash, slots: Vec::new(), mask: 0, entries: 0, store, count: 0, rows: None, settled: None };
        table.make_slots(keys);
        table
    }

    /// A table of keys whose rows are their numbers; `None` if a key is missing or comes twice.
    pub fn of_distinct<'k>(
        count: usize,
        threads: usize,
        key: impl Fn(usize) -> Option<&'k str> + Sync,
    ) -> Option<KeyTable> {
        let mut table = KeyTable::with_capacity(0);
        let threads = if count < MANY { 1 } else { threads };
        match all_packed(count, threads, &key)?.map(|keys| Buckets::fill(&keys, table.seed, threads)) {
            Some(Filled::Twice) => return None,
            Some(Filled::Done(buckets)) => {
                table.settled = Some(buckets);
                return Some(table);
            }
            Some(Filled::Unlike) | None => {}
        }
        let mut table = KeyTable::with_capacity(count);
        (0..count).all(|i| key(i).is_some_and(|key| table.add(key, i as u32).is_none())).then_some(table)
    }

    fn make_slots(&mut self, keys: usize) {
        let size = (keys * 2).next_power_of_two().max(16);
        self.slots = vec![0; size];
        self.mask = size - 1;
        self.entries = (size as u64 - 1).min(u64::from(u32::MAX)) as u32;
    }

    #[inline(always)]
    fn hash_of(&self, key: &[u8]) -> u64 {
        match pack(key) {
            Some(packed) => self.hash_of_packed(packed),
            None => self.hash.of(key),
        }
    }

    #[inline(always)]
    fn hash_of_packed(&self, key: Packed) -> u64 {
        hash_of(self.seed, key)
    }

    #[inline(always)]
    fn tag(&self, hash: u64) -> u32 {
        (hash >> 32) as u32 & !self.entries
    }

    /// Adds a key. If it is there, nothing changes and the row it has is returned.
    pub fn add(&mut self, key: &str, row: u32) -> Option<u32> {
        if let Some(settled) = self.settled.take() {
            self.unsettle(&settled);
        }
        let hash = self.hash_of(key.as_bytes());
        self.insert(key, hash, row)
    }

    /// From buckets, to which nothing can be added.
    #[cold]
    fn unsettle(&mut self, settled: &Buckets) {
        for (row, packed) in settled.keys().into_iter().enumerate() {
            let (bytes, len) = unpack(packed);
            self.add(std::str::from_utf8(&bytes[..len]).unwrap_or_default(), row as u32);
        }
    }

    #[inline]
    fn insert(&mut self, key: &str, hash: u64, row: u32) -> Option<u32> {
        if (self.count + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let (at, found) = self.probe(hash, key.as_bytes());
        if let Some(entry) = found {
            return Some(self.row(entry));
        }
        let entry = self.count;
        self.slots[at] = self.tag(hash) | (entry as u32 + 1);
        self.count += 1;
        match (&mut self.store, pack(key.as_bytes())) {
            (Store::Short(keys), Some(packed)) => keys.push(packed),
            (Store::Short(_), None) => {
                self.lengthen();
                self.push_text(key);
            }
            _ => self.push_text(key),
        }
        match &mut self.rows {
            Some(rows) => rows.push(row),
            None if row as usize == entry => {}
            None => {
                let mut rows: Vec<u32> = (0..entry as u32).collect();
                rows.push(row);
                self.rows = Some(rows);
            }
        }
        None
    }

    fn push_text(&mut self, key: &str) {
        if let Store::Long { text, ends } = &mut self.store {
            text.push_str(key);
            ends.push(text.len());
        }
    }

    /// From packed keys to texts.
    #[cold]
    fn lengthen(&mut self) {
        let Store::Short(keys) = &self.store else { return };
        let (mut text, mut ends) = (String::new(), Ends::default());
        for packed in keys {
            let (bytes, len) = unpack(*packed);
            text.push_str(std::str::from_utf8(&bytes[..len]).unwrap_or_default());
            ends.push(text.len());
        }
        self.store = Store::Long { text, ends };
    }

    #[cold]
    fn grow(&mut self) {
        self.make_slots(self.slots.len());
        let mut slots = std::mem::take(&mut self.slots);
        let mut put = |entry: usize, hash: u64| {
            let mut at = hash as usize & self.mask;
            while slots[at] != 0 {
                at = (at + 1) & self.mask;
            }
            slots[at] = self.tag(hash) | (entry as u32 + 1);
        };
        match &self.store {
            Store::Short(keys) => {
                keys.iter().enumerate().for_each(|(entry, key)| put(entry, self.hash_of_packed(*key)));
            }
            Store::Long { text, ends } => {
                (0..ends.len()).for_each(|entry| put(entry, self.hash_of(&text.as_bytes()[ends.range(entry)])));
            }
        }
        self.slots = slots;
    }

    #[inline]
    fn row(&self, entry: usize) -> u32 {
        self.rows.as_ref().map_or(entry as u32, |rows| rows[entry])
    }

    /// The slot where a key is or would be, and its entry.
    #[inline]
    fn probe(&self, hash: u64, key: &[u8]) -> (usize, Option<usize>) {
        let tag = self.tag(hash);
        let mut at = hash as usize & self.mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return (at, None);
            }
            let entry = (slot & self.entries) as usize;
            if slot & !self.entries == tag && entry > 0 && self.store.is(entry - 1, key) {
                return (at, Some(entry - 1));
            }
            at = (at + 1) & self.mask;
        }
    }

    /// The row of a key.
    pub fn find(&self, key: &str) -> Option<u32> {
        if let Some(settled) = &self.settled {
            return settled.find(key.as_bytes());
        }
        self.probe(self.hash_of(key.as_bytes()), key.as_bytes()).1.map(|entry| self.row(entry))
    }

    /// The rows of many keys, [`NO_RECORD`] where there is none.
    pub fn find_all<'k>(&self, count: usize, key: impl Fn(usize) -> &'k str, out: &mut Vec<u32>) {
        let mut keys: [&[u8]; STEP] = [b""; STEP];
        let mut at = 0;
        while at < count {
            let n = STEP.min(count - at);
            keys[..n].iter_mut().enumerate().for_each(|(i, place)| *place = key(at + i).as_bytes());
            self.find_step(&keys[..n], out);
            at += n;
        }
    }

    /// The rows of at most [`STEP`] keys.
    pub fn find_step(&self, keys: &[&[u8]], out: &mut Vec<u32>) {
        let mut found = [NO_RECORD; STEP];
        match (&self.settled, &self.store) {
            (Some(settled), _) => settled.find_step(keys, &mut found),
            (_, Store::Short(store)) => self.find_short(store, keys, &mut found),
            (_, Store::Long { .. }) => self.find_long(keys, &mut found),
        }
        if let Some(rows) = &self.rows {
            found[..keys.len()].iter_mut().filter(|f| **f != NO_RECORD).for_each(|f| *f = rows[*f as usize]);
        }
        out.extend_from_slice(&found[..keys.len().min(STEP)]);
    }

    fn find_short(&self, store: &[Packed], keys: &[&[u8]], found: &mut [u32; STEP]) {
        let mut packed = [NOTHING; STEP];
        let mut hashes = [0u64; STEP];
        let mut slots = [0u32; STEP];
        for (i, key) in keys.iter().take(STEP).enumerate() {
            // A longer key is not among them: as nothing it equals no other.
            packed[i] = pack(key).unwrap_or(NOTHING);
            hashes[i] = self.hash_of_packed(packed[i]);
        }
        let n = keys.len().min(STEP);
        // Loads that wait for nothing but memory: many are under way at once. First the slots, then the keys that they name;
        // what is decided by a load comes after all of them, since a wrong guess there would undo the loads behind it.
        for (slot, hash) in slots[..n].iter_mut().zip(&hashes) {
            *slot = self.slots[*hash as usize & self.mask];
        }
        for (slot, hash) in slots[..n].iter_mut().zip(&hashes) {
            let (tag, mut at) = (self.tag(*hash), *hash as usize & self.mask);
            while *slot != 0 && *slot & !self.entries != tag {
                at = (at + 1) & self.mask;
                *slot = self.slots[at];
            }
        }
        let mut there = [NOTHING; STEP];
        for (key, slot) in there[..n].iter_mut().zip(&slots) {
            let entry = (slot & self.entries).wrapping_sub(1) as usize;
            *key = store.get(entry).copied().unwrap_or(NOTHING);
        }
        for i in 0..n {
            found[i] = if packed[i] == NOTHING || slots[i] == 0 {
                NO_RECORD
            } else if there[i] == packed[i] {
                (slots[i] & self.entries) - 1
            } else {
                self.probe_short(store, hashes[i], packed[i])
            };
        }
    }

    fn probe_short(&self, store: &[Packed], hash: u64, key: Packed) -> u32 {
        let tag = self.tag(hash);
        let mut at = hash as usize & self.mask;
        loop {
            let slot = self.slots[at];
            let entry = (slot & self.entries).wrapping_sub(1);
            if slot == 0 {
                return NO_RECORD;
            } else if slot & !self.entries == tag && store.get(entry as usize) == Some(&key) {
                return entry;
            }
            at = (at + 1) & self.mask;
        }
    }

    fn find_long(&self, keys: &[&[u8]], found: &mut [u32; STEP]) {
        let mut hashes = [0u64; STEP];
        let n = keys.len().min(STEP);
        for (hash, key) in hashes.iter_mut().zip(keys) {
            *hash = self.hash_of(key);
        }
        let touched = hashes[..n].iter().fold(0, |all, hash| all ^ self.slots[*hash as usize & self.mask]);
        std::hint::black_box(touched);
        for i in 0..n {
            if let Some(entry) = self.probe(hashes[i], keys[i]).1 {
                found[i] = entry as u32;
            }
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
    fn packed_keys_are_their_bytes() {
        for len in 0..16 {
            let key: Vec<u8> = (0..len).map(|i| b'a' + i).collect();
            let (bytes, unpacked) = unpack(pack(&key).unwrap());
            assert_eq!((&bytes[..unpacked], unpacked), (key.as_slice(), len as usize));
            assert!(bytes[unpacked..15].iter().all(|b| *b == 0));
        }
        assert_eq!(pack(b"1234567890123456"), None);
    }

    #[test]
    fn distinct_keys_have_their_numbers_as_rows() {
        for width in [6, 30] {
            let keys: Vec<String> = (0..5000).map(|i| format!("{i:0width$}")).collect();
            let table = KeyTable::of_distinct(keys.len(), 2, |i| Some(&keys[i])).unwrap();
            for (i, key) in keys.iter().enumerate() {
                assert_eq!(table.find(key), Some(i as u32));
            }
            assert_eq!(table.find("5000"), None);
            assert!(KeyTable::of_distinct(keys.len() + 1, 2, |i| Some(&keys[i % 5000])).is_none());
            assert!(KeyTable::of_distinct(keys.len(), 2, |i| (i != 77).then_some(&keys[i])).is_none());
        }
    }

    #[test]
    fn any_number_of_threads_makes_the_same_table() {
        let mut keys: Vec<String> = (0..2 * MANY).map(|i| format!("{:x}", i * 7919)).collect();
        for threads in [1, 2, 3, 8, 64] {
            let table = KeyTable::of_distinct(keys.len(), threads, |i| Some(&keys[i])).unwrap();
            for (i, key) in keys.iter().enumerate() {
                assert_eq!(table.find(key), Some(i as u32));
            }
            assert_eq!((table.find("none"), table.find("")), (None, None));
            let twice = |i: usize| Some(keys[i.min(2 * MANY - 2)].as_str());
            assert!(KeyTable::of_distinct(keys.len(), threads, twice).is_none());
        }
        keys[MANY] = "longer than fifteen bytes".to_owned();
        let table = KeyTable::of_distinct(keys.len(), 3, |i| Some(&keys[i])).unwrap();
        assert!(keys.iter().enumerate().all(|(i, key)| table.find(key) == Some(i as u32)));
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
