//! Shares with their confidence intervals, and quartiles.

/// A part of a whole with its 95% interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// The part of the whole.
    pub share: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// The 0.975 quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's score interval at 95% of a share that was seen of `n` independent cases. `None` of nothing.
pub fn wilson(part: usize, whole: usize, n: usize) -> Option<Share> {
    if whole == 0 || n == 0 {
        return None;
    }
    let (p, n) = (part as f64 / whole as f64, n as f64);
    let z2 = Z * Z;
    let middle = p + z2 / (2.0 * n);
    let width = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    // Rounding must not put the share outside of its own interval.
    Some(Share {
        share: p,
        low: ((middle - width) / scale).clamp(0.0, p),
        high: ((middle + width) / scale).clamp(p, 1.0),
    })
}

/// Lower quartile, median and upper quartile: the least value that a quarter, a half, three quarters do not exceed.
pub fn quartiles(values: &mut [i64]) -> Option<[i64; 3]> {
    values.sort_unstable();
    let at = |quarters: usize| values.get((values.len() * quarters).div_ceil(4).saturating_sub(1)).copied();
    Some([at(1)?, at(2)?, at(3)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_the_books() {
        // Newcombe 1998: 81 of 263 has the interval 0.2553 to 0.3662; 0 of 20 has 0 to 0.1611; 15 of 148 has 0.0624 to 0.1605.
        for (part, n, low, high) in [(81, 263, 0.2553, 0.3662), (0, 20, 0.0, 0.1611), (15, 148, 0.0624, 0.1605)] {
            let found = wilson(part, n, n).expect("a share");
            assert!((found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5, "{found:?}");
        }
        assert_eq!(wilson(0, 0, 0), None);
        let all = wilson(4, 4, 4).expect("a share");
        assert!(all.share == 1.0 && all.high == 1.0 && all.low > 0.5);
    }

    #[test]
    fn the_same_case_seen_often_does_not_narrow_the_interval() {
        let (often, once) = (wilson(60, 120, 10).expect("a share"), wilson(5, 10, 10).expect("a share"));
        assert_eq!(often, once);
    }

    #[test]
    fn quartiles_are_values_that_were_seen() {
        assert_eq!(quartiles(&mut []), None);
        assert_eq!(quartiles(&mut [7]), Some([7, 7, 7]));
        assert_eq!(quartiles(&mut [4, 1, 3, 2]), Some([1, 2, 3]));
        assert_eq!(quartiles(&mut [5, 1, 4, 2, 3]), Some([2, 3, 4]));
    }
}
