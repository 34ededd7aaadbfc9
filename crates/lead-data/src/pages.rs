//! Much memory that is gone to and fro in: in pages as large as the system has them, which it finds sooner, and takes from
//! where they are first written.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use memmap2::{MmapMut, MmapOptions};
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// Less is not worth pages of its own.
const LARGE: usize = 4 << 20;

/// Where lines of memory begin: what is smaller than one and stands at a multiple of its size lies in one.
const LINE: usize = 64;

/// Values of plain bits, all zero at first. Their memory begins where a line does.
#[derive(Debug)]
pub struct Pages<T> {
    len: usize,
    memory: Memory,
    of: PhantomData<T>,
}

#[derive(Debug)]
enum Memory {
    Large(MmapMut),
    /// From a word on.
    Small(Vec<u64>, usize),
}

impl<T: FromBytes + IntoBytes + Immutable> Pages<T> {
    /// So many zeros.
    pub fn zeroed(len: usize) -> Pages<T> {
        let bytes = len.saturating_mul(size_of::<T>());
        if bytes >= LARGE
            && let Ok(map) = MmapOptions::new().len(bytes).map_anon()
        {
            // Without them it is slower, and no less right.
            #[cfg(target_os = "linux")]
            let _ = map.advise(memmap2::Advice::HugePage);
            return Pages { len, memory: Memory::Large(map), of: PhantomData };
        }
        let words = vec![0u64; bytes.div_ceil(size_of::<u64>()) + LINE];
        let first = words.as_ptr().align_offset(LINE).min(LINE);
        Pages { len, memory: Memory::Small(words, first), of: PhantomData }
    }
}

impl<T: FromBytes + IntoBytes + Immutable> Deref for Pages<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        let bytes = match &self.memory {
            Memory::Large(map) => &map[..],
            Memory::Small(words, first) => words[*first..].as_bytes(),
        };
        <[T]>::ref_from_prefix_with_elems(bytes, self.len).map_or(&[], |(values, _)| values)
    }
}

impl<T: FromBytes + IntoBytes + Immutable> DerefMut for Pages<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        let bytes = match &mut self.memory {
            Memory::Large(map) => &mut map[..],
            Memory::Small(words, first) => words[*first..].as_mut_bytes(),
        };
        <[T]>::mut_from_prefix_with_elems(bytes, self.len).map_or(&mut [], |(values, _)| values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_zero_holds_what_is_written_and_begins_with_a_line() {
        for len in [0, 1, 100, LARGE / 64, LARGE] {
            let mut pages: Pages<[u32; 16]> = Pages::zeroed(len);
            assert_eq!(pages.len(), len);
            assert!(pages.iter().all(|line| *line == [0; 16]));
            assert_eq!(pages.as_ptr().align_offset(LINE), 0);
            if let Some(last) = pages.last_mut() {
                last[15] = 7;
                assert_eq!(pages[len - 1][15], 7);
            }
        }
    }
}
