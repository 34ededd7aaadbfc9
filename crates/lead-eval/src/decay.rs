//! What points of an event are worth at the as-of time (D38).
//!
//! D38 fixes every bit of a share: `exp2` of the `libm` crate, then points, then billionths, rounded. A quick way gives nearly
//! the same number and how far it may be off; where that could change the rounded result, the long way is taken.

use std::sync::LazyLock;

use fearless_simd::{Level, dispatch};

/// In the place of a share that the quick way does not settle; no share is as large.
pub(crate) const UNSETTLED: i64 = i64::MIN;

/// What points of an event are multiplied by.
#[derive(Clone, Copy)]
pub(crate) struct Decay {
    half_life: Option<i64>,
    as_of: i64,
    sign: f64,
    /// Steps of the table per microsecond.
    steps: f64,
}

/// Steps of the table to a half-life.
const STEPS: usize = 256;
/// Half-lives that the quick way is good for.
const MOST: f64 = 512.0;
/// How far the quick way may be off, as a part of its result: its terms make less than half of this for [`MOST`] half-lives.
const DOUBT: f64 = 1e-12;
/// Adding and taking away this number rounds a float of less than 2^51 to a whole one, half to even.
pub(crate) const ROUND: f64 = 6_755_399_441_055_744.0;
/// 2^51.
pub(crate) const SMALL: f64 = 2_251_799_813_685_248.0;

/// 2^(-i / STEPS).
static TABLE: LazyLock<[f64; STEPS]> =
    LazyLock::new(|| std::array::from_fn(|i| libm::exp2(-(i as f64) / STEPS as f64)));

impl Decay {
    pub(crate) fn new(half_life: Option<i64>, as_of: i64, negative: bool) -> Decay {
        let steps = half_life.map_or(0.0, |h| STEPS as f64 / h as f64);
        Decay { half_life, as_of, sign: if negative { -1.0 } else { 1.0 }, steps }
    }

    /// The factor for an event at a time.
    pub(crate) fn of(self, time: i64) -> f64 {
        self.half_life.map_or(self.sign, |h| self.sign * libm::exp2(-((self.as_of - time) as f64) / h as f64))
    }

    /// Whether shares decay at all; the quick way is for those.
    pub(crate) fn is_quick(self) -> bool {
        self.half_life.is_some()
    }

    /// The shares of many events in billionths, or [`UNSETTLED`]; whether the quick way settles each of them. `points` and `times` of each event.
    pub(crate) fn all_billionths(self, points: &[f64], times: &[i64], out: &mut [i64]) -> bool {
        // Asked for here: where it may have to be made first, nothing is worked on at once.
        let table = table();
        dispatch!(Level::new(), _ => self.in_turn(points, times, table, out))
    }

    #[inline(always)]
    fn in_turn(self, points: &[f64], times: &[i64], table: &[f64; STEPS], out: &mut [i64]) -> bool {
        let mut all = true;
        for ((points, time), out) in points.iter().zip(times).zip(out) {
            let (share, settled) = self.billionths(*points, *time, table);
            *out = if settled { share } else { UNSETTLED };
            all &= settled;
        }
        all
    }

    /// The share of an event in billionths, and whether the quick way settles it. There is no branch in it, so that many are under
    /// way at once.
    #[inline(always)]
    pub(crate) fn billionths(self, points: f64, time: i64, table: &[f64; STEPS]) -> (i64, bool) {
        // 2^(-f / STEPS) for f of at most a half, by its series.
        const A: f64 = -std::f64::consts::LN_2 / STEPS as f64;
        let at = self.as_of.wrapping_sub(time) as f64 * self.steps;
        let step = whole(at);
        let f = A * (at - (at + ROUND - ROUND));
        let series = 1.0 + f * (1.0 + f * (0.5 + f * (1.0 / 6.0)));
        let halves = f64::from_bits((1023i64.wrapping_sub(step >> STEPS.trailing_zeros()) as u64) << 52);
        let share = self.sign * points * (table[step as usize % STEPS] * halves * series) * 1e9;
        // A share that lies too near to the middle of two whole ones is not settled; one that is no number neither.
        let clear = (share - (share + ROUND - ROUND)).abs() < 0.5 - share.abs() * DOUBT;
        let settled = (at >= 0.0) & (at < MOST * STEPS as f64) & (share.abs() < SMALL) & clear;
        (whole(share), settled)
    }
}

/// The whole number next to a float of less than 2^51, half to even.
#[inline(always)]
pub(crate) fn whole(n: f64) -> i64 {
    ((n + ROUND).to_bits() as i64).wrapping_sub(ROUND.to_bits() as i64)
}

/// The table for [`Decay::billionths`].
pub(crate) fn table() -> &'static [f64; STEPS] {
    &TABLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::to_points;

    #[test]
    fn the_quick_way_settles_nothing_else_than_the_long_one() {
        let mut seed = 7u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed >> 20
        };
        let (mut settled, day) = (0, 86_400_000_000i64);
        for half_life in [day, 7 * day, 30 * day, 2_629_800_000_000, 365 * day, 1_000_001] {
            for negative in [false, true] {
                let decay = Decay::new(Some(half_life), 1_782_864_000_000_000, negative);
                let mut together = (Vec::new(), Vec::new(), Vec::new());
                for round in 0..20_000u64 {
                    let age = (next() as i64) % (half_life * if round % 5 == 0 { 600 } else { 20 });
                    let points = [1.0, 0.1, 2.5, 20.0, 1e6, -3.3, 0.0, 1e-9][(round % 8) as usize];
                    let time = 1_782_864_000_000_000 - age + i64::from(round % 97 == 0) * 5;
                    if let (quick, true) = decay.billionths(points, time, table()) {
                        together.0.push(points);
                        together.1.push(time);
                        together.2.push(quick);
                        settled += 1;
                        assert_eq!(
                            Some(i128::from(quick)),
                            to_points(points * decay.of(time)),
                            "{points} {age} {half_life}"
                        );
                    }
                }
                let (mut points, mut times, shares) = together;
                let mut out = vec![0; shares.len()];
                assert!(decay.all_billionths(&points, &times, &mut out));
                assert_eq!(out, shares);
                points.push(1.0);
                times.push(1_782_864_000_000_001);
                out.push(0);
                assert!(!decay.all_billionths(&points, &times, &mut out));
                assert_eq!(out[..shares.len()], shares);
                assert_eq!(out.last(), Some(&UNSETTLED));
            }
        }
        assert!(settled > 200_000, "{settled}");
        let unsettled = [(f64::NAN, 0), (f64::INFINITY, 0), (1e300, 0), (1.0, 1), (1.0, i64::MIN / 2)];
        for (points, time) in unsettled {
            assert!(!Decay::new(Some(day), 0, false).billionths(points, time, table()).1, "{points} {time}");
        }
        assert_eq!([2.5, 3.5, -0.5, -7.6, 1e15].map(whole), [2, 4, 0, -8, 1_000_000_000_000_000]);
    }
}
