//! Distinct short keys that all begin alike (ids of one system mostly do) or are shorter still: four of them with their entries
//! fill a line of memory, so that a look-up waits for memory once.
//!
//! Keys are settled: nothing is added later. Invariant *first room*: a key stands in the first bucket with room from its own one
//! on, so a bucket with room left ends a search.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u32x4};

use crate::column::NO_RECORD;
use crate::keys::{Packed, STEP, hash_of, pack};
use crate::pages::Pages;
use crate::side::side_by_side;

/// Keys of a bucket.
const WIDE: usize = 4;
/// Five buckets for so many keys: with more keys to a bucket too many would stand in the next one.
const KEYS_OF_FIVE: usize = 10;

/// What is left of a packed key in 12 bytes. The last byte holds the length plus one, so none is all zeros.
type Rest = (u64, u32);

/// How 16 bytes become 12 without loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// All begin with these four bytes.
    Alike(u32),
    /// None has more than eleven bytes.
    Shorter,
}

impl Form {
    /// That of some keys, if there is one.
    fn of(keys: &[Packed]) -> Option<Form> {
        let first = keys.first()?[0] as u32;
        let alike = Form::Alike(first);
        [alike, Form::Shorter].into_iter().find(|form| keys.iter().all(|key| form.rest(*key).1 != 0))
    }

    /// Zeros for a key that has another form.
    #[inline(always)]
    fn rest(self, [low, high]: Packed) -> Rest {
        let (rest, fits) = match self {
            Form::Alike(first) => ((low >> 32 | high << 32, (high >> 32) as u32), low as u32 == first),
            Form::Shorter => ((low, (high & 0xff_ffff | high >> 56 << 24) as u32), high >> 24 & 0xffff_ffff == 0),
        };
        if fits { rest } else { (0, 0) }
    }
}

/// Keys side by side, a line of memory: the low and the high halves of their low words, their high words, and their entries plus one;
/// 0: room.
type Bucket = [u32; 4 * WIDE];

const MIDDLE: usize = WIDE;
const HIGH: usize = 2 * WIDE;
const ENTRIES: usize = 3 * WIDE;

/// Whether a key stands in a place of a bucket.
#[inline(always)]
fn is_at(bucket: &Bucket, place: usize, (low, high): Rest) -> bool {
    (bucket[place] == low as u32) & (bucket[MIDDLE + place] == (low >> 32) as u32) & (bucket[HIGH + place] == high)
}

/// The entry of a key plus one, and whether the search ends here.
#[inline]
fn find_in(bucket: &Bucket, key: Rest) -> (u32, bool) {
    let found = (0..WIDE).find(|place| is_at(bucket, *place, key));
    (found.map_or(0, |place| bucket[ENTRIES + place]), found.is_some() || bucket[ENTRIES + WIDE - 1] == 0)
}

/// Puts a key where there is room; `None`: it is there already.
fn put(bucket: &mut Bucket, key: Rest, entry: u32) -> Option<bool> {
    for place in 0..WIDE {
        if bucket[ENTRIES + place] == 0 {
            (bucket[place], bucket[MIDDLE + place]) = (key.0 as u32, (key.0 >> 32) as u32);
            (bucket[HIGH + place], bucket[ENTRIES + place]) = (key.1, entry + 1);
            return Some(true);
        }
        if is_at(bucket, place, key) {
            return None;
        }
    }
    Some(false)
}

/// Keys by entry.
#[derive(Debug)]
pub(crate) struct Buckets {
    seed: u64,
    form: Form,
    buckets: Pages<Bucket>,
}

/// What came of filling buckets.
pub(crate) enum Filled {
    Done(Buckets),
    /// A key comes twice.
    Twice,
    /// The keys have nothing in common.
    Unlike,
}

impl Buckets {
    /// The entry of each key is its number.
    pub fn fill(keys: &[Packed], seed: u64, threads: usize) -> Filled {
        let Some(form) = Form::of(keys) else { return Filled::Unlike };
        let count = keys.len().div_ceil(KEYS_OF_FIVE) * 5;
        let mut made = Buckets { seed, form, buckets: Pages::zeroed(count) };
        let share = count.div_ceil(threads.max(1)).max(1);
        let parts = made.buckets.chunks_mut(share).enumerate().collect();
        let left = side_by_side(threads, parts, |(part, buckets): (usize, &mut [Bucket])| {
            fill_part(keys, (seed, form, count), part * share, buckets)
        });
        // What found no room up to the end of a share goes on in the next.
        for entries in left {
            let Some(entries) = entries else { return Filled::Twice };
            for entry in entries {
                let key = keys[entry as usize];
                let mut at = home(hash_of(seed, key), count);
                loop {
                    match put(&mut made.buckets[at], form.rest(key), entry) {
                        None => return Filled::Twice,
                        Some(true) => break,
                        Some(false) => at = after(at, count),
                    }
                }
            }
        }
        Filled::Done(made)
    }

    /// All keys, by entry.
    pub fn keys(&self) -> Vec<Packed> {
        let mut keys: Vec<(u32, Packed)> = Vec::new();
        for bucket in self.buckets.iter() {
            for i in (0..WIDE).filter(|i| bucket[ENTRIES + i] != 0) {
                let low = u64::from(bucket[i]) | u64::from(bucket[MIDDLE + i]) << 32;
                let high = u64::from(bucket[HIGH + i]);
                let packed = match self.form {
                    Form::Alike(first) => [low << 32 | u64::from(first), low >> 32 | high << 32],
                    Form::Shorter => [low, high & 0xff_ffff | high >> 24 << 56],
                };
                keys.push((bucket[ENTRIES + i], packed));
            }
        }
        keys.sort_unstable();
        keys.into_iter().map(|key| key.1).collect()
    }

    /// The entry of a key.
    pub fn find(&self, key: &[u8]) -> Option<u32> {
        let packed = pack(key)?;
        let found = self.search(home(hash_of(self.seed, packed), self.buckets.len()), self.form.rest(packed));
        found.checked_sub(1)
    }

    /// The entry of a key plus one, or 0.
    fn search(&self, mut at: usize, key: Rest) -> u32 {
        loop {
            match find_in(&self.buckets[at], key) {
                (found, true) => return found,
                _ => at = after(at, self.buckets.len()),
            }
        }
    }

    /// The entries of at most [`STEP`] keys, [`NO_RECORD`] where there is none.
    pub fn find_step(&self, keys: &[&[u8]], found: &mut [u32; STEP]) {
        dispatch!(Level::new(), simd => self.find_together(simd, keys, found));
    }

    #[inline(always)]
    fn find_together<S: Simd>(&self, simd: S, keys: &[&[u8]], found: &mut [u32; STEP]) {
        let buckets: &[Bucket] = &self.buckets;
        let mut rests = [(0, 0); STEP];
        let mut homes = [0u32; STEP];
        let n = keys.len().min(STEP);
        for ((rest, home_of), key) in rests.iter_mut().zip(&mut homes).zip(keys) {
            // A longer key is not among them.
            let packed = pack(key).unwrap_or_default();
            (*rest, *home_of) = (self.form.rest(packed), home(hash_of(self.seed, packed), buckets.len()) as u32);
        }
        // Loads that wait for nothing but memory: many are under way at once.
        let touched = homes[..n].iter().fold(0, |all, at| all ^ buckets[*at as usize][ENTRIES]);
        std::hint::black_box(touched);
        let (mut further, mut many) = ([0u32; STEP], 0);
        for (i, (key, found)) in rests[..n].iter().zip(found.iter_mut()).enumerate() {
            let bucket = &buckets[homes[i] as usize];
            // No branch: which of them it is cannot be guessed. Room may look like a key, and comes after all keys.
            let here = places(simd, bucket, *key);
            let entry = bucket[ENTRIES + here.trailing_zeros() as usize % WIDE];
            *found = if here == 0 { NO_RECORD } else { entry.wrapping_sub(1) };
            further[many] = i as u32;
            many += usize::from(here == 0);
        }
        // Those that stand further on are few; all of them are asked for before one is waited for.
        let next = |i: u32| after(homes[i as usize] as usize, buckets.len());
        let touched = further[..many].iter().fold(0, |all, i| all ^ buckets[next(*i)][ENTRIES]);
        std::hint::black_box(touched);
        for i in &further[..many] {
            let i = *i as usize;
            found[i] = self.search(homes[i] as usize, rests[i]).wrapping_sub(1);
        }
    }
}

/// The places of a bucket where a key stands, a bit for each.
#[inline(always)]
fn places<S: Simd>(simd: S, bucket: &Bucket, (low, high): Rest) -> u64 {
    let same = |at: usize, part: u32| u32x4::from_slice(simd, &bucket[at..at + WIDE]).simd_eq(u32x4::splat(simd, part));
    (same(0, low as u32) & same(MIDDLE, (low >> 32) as u32) & same(HIGH, high)).to_bitmask()
}

/// The bucket where the search for a key begins.
#[inline(always)]
fn home(hash: u64, count: usize) -> usize {
    ((u128::from(hash) * count as u128) >> 64) as usize
}

#[inline(always)]
fn after(at: usize, count: usize) -> usize {
    if at + 1 == count { 0 } else { at + 1 }
}

/// Enters those keys into some buckets that belong there. Gives back the entries that found no room; `None` if a key comes twice.
fn fill_part(
    keys: &[Packed],
    (seed, form, count): (u64, Form, usize),
    first: usize,
    buckets: &mut [Bucket],
) -> Option<Vec<u32>> {
    let mut left = Vec::new();
    let mut waiting = [(0usize, 0u32); STEP];
    let (mut many, mut entry) = (0, 0);
    while entry < keys.len() || many > 0 {
        while entry < keys.len() && many < STEP {
            let at = home(hash_of(seed, keys[entry]), count).wrapping_sub(first);
            waiting[many] = (at, entry as u32);
            // Without a branch: into whose buckets a key falls cannot be guessed.
            many += usize::from(at < buckets.len());
            entry += 1;
        }
        let touched =
            waiting[..many].iter().fold(0, |all, w| all ^ buckets.get(w.0).map_or(0, |bucket| bucket[ENTRIES]));
        std::hint::black_box(touched);
        for (at, entry) in &waiting[..many] {
            let key = form.rest(keys[*entry as usize]);
            let mut found = false;
            for bucket in buckets.iter_mut().skip(*at) {
                found = put(bucket, key, *entry)?;
                if found {
                    break;
                }
            }
            if !found {
                left.push(*entry);
            }
        }
        many = 0;
    }
    Some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(keys: &[String], threads: usize) -> Filled {
        let packed: Vec<Packed> = keys.iter().map(|key| pack(key.as_bytes()).unwrap()).collect();
        Buckets::fill(&packed, 77, threads)
    }

    #[test]
    fn keys_are_found_and_come_back_whatever_they_have_in_common() {
        let alike: Vec<String> = (0..5000).map(|i| format!("003L{:x}", i * 7919)).collect();
        let shorter: Vec<String> = (0..5000).map(|i| format!("{}", i * 104_729)).collect();
        for keys in [alike, shorter, vec![String::new(), "a".into(), "a\0".into()]] {
            for threads in [1, 2, 7] {
                let Filled::Done(made) = filled(&keys, threads) else { panic!() };
                for (i, key) in keys.iter().enumerate() {
                    assert_eq!(made.find(key.as_bytes()), Some(i as u32), "{key}");
                }
                let packed: Vec<Packed> = keys.iter().map(|key| pack(key.as_bytes()).unwrap()).collect();
                assert_eq!(made.keys(), packed);
                let others = ["none", "003Lxyz", "003Mxyz", "b\0", "a\0\0", "twelve bytes", "sixteen bytes or"];
                let asked = keys.iter().rev().take(40).map(String::as_str).chain(others);
                let asked: Vec<&[u8]> = asked.map(str::as_bytes).collect();
                let mut found = [0; STEP];
                made.find_step(&asked, &mut found);
                for (key, found) in asked.iter().zip(found) {
                    assert_eq!(found, made.find(key).unwrap_or(crate::NO_RECORD), "{key:?}");
                }
            }
        }
    }

    #[test]
    fn a_key_that_comes_twice_and_keys_without_a_form_are_told() {
        let mut keys: Vec<String> = (0..5000).map(|i| format!("003L{i}")).collect();
        keys.push("003L4999".into());
        assert!((1..5).all(|threads| matches!(filled(&keys, threads), Filled::Twice)));
        let unlike = ["003Lxxxxxxxxxxx", "004Lxxxxxxxxxxx"].map(String::from);
        assert!(matches!(filled(&unlike, 1), Filled::Unlike));
        assert!(matches!(filled(&[], 1), Filled::Unlike));
    }
}
