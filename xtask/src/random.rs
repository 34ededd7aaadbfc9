//! Seeded randomness, the same on every machine: SplitMix64, a stream of its own for every record, so that a new field of
//! one kind of record leaves all others as they were.

/// A stream of random numbers.
pub struct Random {
    state: u64,
}

impl Random {
    /// The stream of one record of one kind.
    pub fn of(kind: &str, index: usize) -> Random {
        let mut state = 0x6C65_6164_2026_0701_u64;
        for byte in kind.bytes().chain((index as u64).to_le_bytes()) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        let mut random = Random { state };
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both included.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        let width = (high - low).max(0) as u64 + 1;
        low + (self.next() % width) as i64
    }

    /// Yes in `percent` of cases.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.range(0, 99) < percent
    }

    /// One of several; `items` is not empty.
    pub fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.range(0, items.len() as i64 - 1) as usize]
    }

    /// One of several, each with a weight.
    pub fn weighted<'a>(&mut self, items: &[(&'a str, i64)]) -> &'a str {
        let total: i64 = items.iter().map(|i| i.1).sum();
        let mut left = self.range(0, total - 1);
        for (item, weight) in items {
            if left < *weight {
                return item;
            }
            left -= weight;
        }
        items[0].0
    }
}
