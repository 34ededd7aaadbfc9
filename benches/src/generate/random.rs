//! Seeded randomness: a stream of its own for every row of every table, so that rows can be made in any order and a table of
//! one size begins like no other's, yet is the same on every machine.

/// A stream of random numbers: a counter, and a hash of it.
pub struct Random {
    counter: u64,
}

/// Makes every bit of the result depend on every bit of `x`; different numbers stay different.
pub fn scatter(x: u64) -> u64 {
    let mut z = x ^ 0x1E5C_06A7_0B5E_2E11;
    z = (z ^ (z >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    z = (z ^ (z >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    z ^ (z >> 32)
}

impl Random {
    /// The stream of one row; `table` is any number that no other table has.
    pub fn of(table: u64, row: u64) -> Random {
        Random { counter: scatter(scatter(table).wrapping_add(row)) }
    }

    fn next(&mut self) -> u64 {
        self.counter = self.counter.wrapping_add(0xA076_1D64_78BD_642F);
        scatter(self.counter)
    }

    /// From 0 to below 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// From 0 to below `n`, which is above 0.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// Yes in this share of cases.
    pub fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// One of the items, each as likely as its weight says.
    pub fn weighted<'a>(&mut self, items: &[(&'a str, f64)]) -> &'a str {
        let total: f64 = items.iter().map(|i| i.1).sum();
        let mut left = self.unit() * total;
        for (item, weight) in items {
            if left < *weight {
                return item;
            }
            left -= weight;
        }
        items[items.len() - 1].0
    }

    /// Around 0, mostly within 1: the bell curve, as near as twelve dice come to it.
    pub fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// A key of fifteen letters and digits, as customer systems give them out.
pub fn key(prefix: &str, number: u64, out: &mut String) {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    out.clear();
    out.push_str(prefix);
    let mut rest = scatter(number);
    for _ in 0..11 {
        out.push(char::from(LETTERS[(rest % 62) as usize]));
        rest /= 62;
    }
}
