//! What many measures keep for each subject, side by side, so that a record that counts for several of them waits for memory once.
//!
//! A subject has a row of words. A count has a byte of it, a total of points a word, the distinct values seen 32 bits. What does
//! not fit is kept apart (`Spill`), so that nothing saturates: invariant *lane and spill*: what is kept of a measure
//! and a subject is what its lane says plus what is spilt. A count that nobody reads past a limit has the bits of its limit, and stays there.

use lead_diag::InOrder;
use std::ops::Range;

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use lead_data::{Bitmap, Column, Pages, Values};

use crate::accumulate::{Lost, lose, put};
use crate::decay::{SMALL, whole};
use crate::number::{from_points, to_points};

/// What is kept of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LaneKind {
    /// How many.
    Count,
    /// How many, up to so many.
    UpTo(u8),
    /// Points of a score, in billionths.
    Points,
    /// Which distinct values.
    Set,
}

impl LaneKind {
    /// How many bits of a row it takes.
    fn bits(self) -> u32 {
        match self {
            LaneKind::Count => 8,
            LaneKind::UpTo(most) => (8 - most.leading_zeros()).max(1),
            LaneKind::Points => 64,
            LaneKind::Set => SET_BITS,
        }
    }

    fn mask(self) -> u64 {
        u64::MAX >> (64 - self.bits())
    }
}

/// Where in a row it is kept.
#[derive(Clone, Copy, Debug)]
struct Lane {
    kind: LaneKind,
    word: usize,
    shift: u32,
}

/// Words that are fetched from memory together.
const LINE: usize = 8;

const COUNT_MASK: u64 = 0xff;
const SET_BITS: u32 = 32;
const SET_MASK: u64 = 0xffff_ffff;
/// The highest bit of each byte.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// What did not fit into the lanes.
#[derive(Debug, Default)]
struct Spill {
    /// By lane and subject: what a count or total is besides.
    more: HashMap<(u32, u32), i128, FixedState>,
    /// By lane: totals that are not in 128 bits.
    lost: HashMap<u32, Lost, FixedState>,
    /// Lane, subject and number of values past the lane's bits.
    values: HashSet<(u32, u32, u32), FixedState>,
}

/// The state of several measures of one table of subjects.
#[derive(Debug)]
pub(crate) struct Ledger {
    subjects: usize,
    /// Words of a row: a power of two or whole lines.
    stride: usize,
    lanes: Vec<Lane>,
    /// The rows; those of up to eight words never lie across two lines.
    words: Pages<u64>,
    spill: Spill,
}

impl Ledger {
    /// For some subjects and measures.
    pub(crate) fn new(subjects: usize, kinds: &[LaneKind]) -> Ledger {
        let mut lanes = Vec::with_capacity(kinds.len());
        // Bits are given out from the widest lanes to the narrowest, and none lies across two words.
        let mut bit = 0u32;
        let mut placed = vec![(0, 0); kinds.len()];
        let mut order: Vec<usize> = (0..kinds.len()).collect();
        order.in_order_by_key(|i| std::cmp::Reverse(kinds[*i].bits()));
        for i in order {
            let bits = kinds[i].bits();
            if bit % 64 + bits > 64 {
                bit = bit.next_multiple_of(64);
            }
            placed[i] = ((bit / 64) as usize, bit % 64);
            bit += bits;
        }
        for (kind, (word, shift)) in kinds.iter().zip(placed) {
            lanes.push(Lane { kind: *kind, word, shift });
        }
        let words = bit.div_ceil(64).max(1) as usize;
        let stride = if words <= LINE { words.next_power_of_two() } else { words.next_multiple_of(LINE) };
        Ledger { subjects, stride, lanes, words: Pages::zeroed(subjects * stride), spill: Spill::default() }
    }

    /// What is kept in a lane.
    pub(crate) fn kind(&self, lane: usize) -> LaneKind {
        self.lanes[lane].kind
    }

    /// To enter records.
    pub(crate) fn open(&mut self) -> Open<'_> {
        Open { stride: self.stride, lanes: &self.lanes, words: &mut self.words, spill: &mut self.spill }
    }

    /// Takes in another worker's state of the same measures. `numbers`: by lane, what the other's values are numbered here.
    pub(crate) fn merge(&mut self, other: Ledger, numbers: &[Vec<u32>]) {
        let counts = self.count_words();
        let mut open = self.open();
        let others = other.words.iter().copied();
        for (at, theirs) in others.enumerate().filter(|(_, w)| *w != 0) {
            let mine = &mut open.words[at];
            if counts.get(at % open.stride) == Some(&true) && (*mine | theirs) & HIGH == 0 {
                // No byte of the sum reaches past itself.
                *mine += theirs;
            } else {
                open.merge_word(at, theirs, numbers);
            }
        }
        for ((lane, subject), n) in other.spill.more {
            if open.lanes[lane as usize].kind == LaneKind::Points {
                open.spill.points((lane, subject), Some(n));
            } else {
                *open.spill.more.entry((lane, subject)).or_default() += n;
            }
        }
        for (lane, lost) in other.spill.lost {
            let mine = open.spill.lost.entry(lane).or_default();
            lost.into_iter().for_each(|(subject, n)| lose(mine, subject, n));
        }
        for (lane, subject, number) in other.spill.values {
            let number = numbers.get(lane as usize).and_then(|n| n.get(number as usize)).copied().unwrap_or(number);
            open.lane(lane as usize).value(subject, number);
        }
    }

    /// By word of a row: whether it holds counts alone.
    fn count_words(&self) -> Vec<bool> {
        let others = |word: usize| self.lanes.iter().any(|l| l.word == word && l.kind != LaneKind::Count);
        (0..self.stride).map(|word| !others(word)).collect()
    }

    /// What a measure comes to for some subjects.
    pub(crate) fn column(&self, lane: usize, rows: Range<usize>) -> Column {
        let Lane { kind, word, shift } = self.lanes[lane];
        let rows = rows.start..rows.end.min(self.subjects);
        let words: &[u64] = &self.words;
        let slot = |row: usize| words[row * self.stride + word];
        let lane = lane as u32;
        let spilt = self.spill.more.iter().filter(|(at, _)| at.0 == lane && rows.contains(&(at.1 as usize)));
        let spilt = spilt.map(|(at, n)| (at.1 as usize, *n));
        let mut known = None;
        let mut out: Vec<f64> = match kind {
            LaneKind::Count | LaneKind::UpTo(_) => {
                rows.clone().map(|row| (slot(row) >> shift & kind.mask()) as f64).collect()
            }
            LaneKind::Set => rows.clone().map(|row| f64::from((slot(row) >> shift & SET_MASK).count_ones())).collect(),
            LaneKind::Points => rows.clone().map(|row| from_points(i128::from(slot(row) as i64))).collect(),
        };
        match kind {
            LaneKind::Count => spilt.for_each(|(row, n)| out[row - rows.start] += n as f64),
            LaneKind::UpTo(_) => {}
            LaneKind::Set => {
                let values = self.spill.values.iter().filter(|v| v.0 == lane && rows.contains(&(v.1 as usize)));
                values.for_each(|v| out[v.1 as usize - rows.start] += 1.0);
            }
            LaneKind::Points => {
                let mut lost = self.spill.lost.get(&lane).cloned().unwrap_or_default();
                for (row, n) in spilt {
                    let mut total = n;
                    put(&mut total, &mut lost, row as u32, Some(i128::from(slot(row) as i64)));
                    out[row - rows.start] = from_points(total);
                }
                let unknown: Vec<usize> = lost.iter().filter(|(_, n)| **n != 0).map(|(row, _)| *row as usize).collect();
                if unknown.iter().any(|row| rows.contains(row)) {
                    let mut map = Bitmap::filled(rows.len(), true);
                    let here = unknown.iter().filter(|row| rows.contains(row));
                    here.for_each(|row| map.set(row - rows.start, false));
                    known = Some(map);
                }
            }
        }
        Column { values: Values::Number(out), known }
    }
}

/// A ledger that records are entered into.
pub(crate) struct Open<'l> {
    stride: usize,
    lanes: &'l [Lane],
    words: &'l mut [u64],
    spill: &'l mut Spill,
}

/// A lane that records are entered into. Whoever has no place in the ledger ([`lead_data::NO_RECORD`]) is left out.
pub(crate) struct OpenLane<'o> {
    lane: u32,
    /// How far apart the words of two subjects are.
    stride: usize,
    shift: u32,
    /// The bits of the lane, at the low end of a word.
    mask: u64,
    /// From the lane's word of the first subject on.
    words: &'o mut [u64],
    spill: &'o mut Spill,
}

impl Open<'_> {
    /// Asks memory for the rows of subjects that are wanted soon: loads that wait for nothing else, many of them under way at
    /// once.
    pub(crate) fn fetch(&self, subjects: &[u32]) {
        let mut seen = 0;
        for subject in subjects {
            seen ^= self.words.get(*subject as usize * self.stride).copied().unwrap_or(0);
        }
        std::hint::black_box(seen);
    }

    /// One of its lanes.
    #[inline]
    pub(crate) fn lane(&mut self, lane: usize) -> OpenLane<'_> {
        let Lane { kind, word, shift } = self.lanes[lane];
        let words = self.words.get_mut(word..).unwrap_or_default();
        OpenLane { lane: lane as u32, stride: self.stride, shift, mask: kind.mask(), words, spill: self.spill }
    }

    fn merge_word(&mut self, at: usize, theirs: u64, numbers: &[Vec<u32>]) {
        let (subject, word) = ((at / self.stride) as u32, at % self.stride);
        for lane in 0..self.lanes.len() {
            let Lane { kind, word: of, shift } = self.lanes[lane];
            if of != word {
                continue;
            }
            let slot = &mut self.words[at];
            match kind {
                LaneKind::UpTo(most) => {
                    let mask = kind.mask();
                    let sum = ((*slot >> shift & mask) + (theirs >> shift & mask)).min(u64::from(most));
                    *slot = *slot & !(mask << shift) | sum << shift;
                }
                LaneKind::Count => {
                    let sum = (*slot >> shift & COUNT_MASK) + (theirs >> shift & COUNT_MASK);
                    *slot = *slot & !(COUNT_MASK << shift) | (sum & COUNT_MASK) << shift;
                    if sum > COUNT_MASK {
                        self.spill.count((lane as u32, subject), 1 + COUNT_MASK);
                    }
                }
                LaneKind::Points => match (*slot as i64).checked_add(theirs as i64) {
                    Some(total) => *slot = total as u64,
                    None => self.spill.points((lane as u32, subject), Some(i128::from(theirs as i64))),
                },
                LaneKind::Set => {
                    let mut rest = theirs >> shift & SET_MASK;
                    while rest != 0 {
                        let number = rest.trailing_zeros();
                        rest &= rest - 1;
                        let here = numbers.get(lane).and_then(|n| n.get(number as usize)).copied().unwrap_or(number);
                        self.lane(lane).value(subject, here);
                    }
                }
            }
        }
    }
}

impl OpenLane<'_> {
    /// Counts one more record of a subject.
    #[inline(always)]
    pub(crate) fn count(&mut self, subject: u32) {
        let Some(slot) = self.words.get_mut(subject as usize * self.stride) else { return };
        if *slot >> self.shift & COUNT_MASK == COUNT_MASK {
            *slot &= !(COUNT_MASK << self.shift);
            self.spill.count((self.lane, subject), 1 + COUNT_MASK);
        } else {
            *slot += 1 << self.shift;
        }
    }

    /// Counts one more record of a subject, unless there are `most` already.
    #[inline(always)]
    pub(crate) fn up_to(&mut self, subject: u32, most: u8) {
        let Some(slot) = self.words.get_mut(subject as usize * self.stride) else { return };
        // Without a branch: whether there are enough cannot be guessed.
        *slot += u64::from(*slot >> self.shift & self.mask < u64::from(most)) << self.shift;
    }

    /// Adds points to the total of a subject (D38).
    #[inline(always)]
    pub(crate) fn points(&mut self, subject: u32, points: f64) {
        let billionths = points * 1e9;
        if billionths.abs() < SMALL {
            self.billionths(subject, whole(billionths));
        } else if (subject as usize * self.stride) < self.words.len() {
            self.spill.points((self.lane, subject), to_points(points));
        }
    }

    /// Adds to the total of a subject.
    #[inline(always)]
    pub(crate) fn billionths(&mut self, subject: u32, share: i64) {
        let Some(slot) = self.words.get_mut(subject as usize * self.stride) else { return };
        match (*slot as i64).checked_add(share) {
            Some(total) => *slot = total as u64,
            None => self.spill.points((self.lane, subject), Some(i128::from(share))),
        }
    }

    /// Takes in a value, by its number.
    #[inline(always)]
    pub(crate) fn value(&mut self, subject: u32, number: u32) {
        let Some(slot) = self.words.get_mut(subject as usize * self.stride) else { return };
        if number >= SET_BITS {
            self.spill.values.insert((self.lane, subject, number));
        } else {
            *slot |= 1 << (self.shift + number);
        }
    }
}

impl Spill {
    #[cold]
    fn count(&mut self, at: (u32, u32), count: u64) {
        *self.more.entry(at).or_default() += i128::from(count);
    }

    #[cold]
    fn points(&mut self, at: (u32, u32), value: Option<i128>) {
        let total = self.more.entry(at).or_default();
        put(total, self.lost.entry(at.0).or_default(), at.1, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(ledger: &Ledger, lane: usize) -> Vec<f64> {
        match ledger.column(lane, 0..ledger.subjects).values {
            Values::Number(v) => v,
            _ => Vec::new(),
        }
    }

    const KINDS: [LaneKind; 5] = [LaneKind::Count, LaneKind::Points, LaneKind::Set, LaneKind::Count, LaneKind::Points];

    #[test]
    fn counts_go_past_a_byte_and_leave_their_neighbours_alone() {
        let mut ledger = Ledger::new(3, &KINDS);
        (0..70_000).for_each(|_| ledger.open().lane(0).count(1));
        (0..255).for_each(|_| ledger.open().lane(3).count(1));
        let mut other = Ledger::new(3, &KINDS);
        (0..1000).for_each(|_| other.open().lane(0).count(1));
        (0..5).for_each(|_| other.open().lane(3).count(1));
        other.open().lane(3).count(2);
        ledger.merge(other, &[]);
        assert_eq!(numbers(&ledger, 0), [0.0, 71_000.0, 0.0]);
        assert_eq!(numbers(&ledger, 3), [0.0, 260.0, 1.0]);
    }

    #[test]
    fn points_are_exact_and_what_is_too_large_is_unknown() {
        let mut ledger = Ledger::new(4, &KINDS);
        (0..10).for_each(|_| ledger.open().lane(1).points(0, 0.1));
        // Past 64 bits of billionths, and back.
        (0..5).for_each(|_| ledger.open().lane(1).points(1, 4e9));
        (0..5).for_each(|_| ledger.open().lane(1).points(1, -4e9));
        ledger.open().lane(1).points(1, 2.5e-9);
        ledger.open().lane(1).points(2, 1e300);
        ledger.open().lane(4).points(2, -3.0);
        let mut other = Ledger::new(4, &KINDS);
        (0..3).for_each(|_| other.open().lane(1).points(3, 9e9));
        other.open().lane(4).points(2, 1.0);
        ledger.merge(other, &[]);
        let column = ledger.column(1, 0..4);
        assert_eq!(numbers(&ledger, 1)[..2], [1.0, 2e-9]);
        assert_eq!((0..4).map(|i| column.is_known(i)).collect::<Vec<_>>(), [true, true, false, true]);
        assert_eq!(numbers(&ledger, 1)[3], 27e9);
        assert_eq!(numbers(&ledger, 4), [0.0, 0.0, -2.0, 0.0]);
    }

    #[test]
    fn counts_up_to_a_limit_stay_there_and_leave_their_neighbours_alone() {
        // Two words: 64 bits of points, and 5 x 7 + 3 + 1 in the other.
        let kinds: Vec<LaneKind> =
            [127, 5, 100, 1, 127, 64, 90].map(LaneKind::UpTo).into_iter().chain([LaneKind::Points]).collect();
        let (mut ledger, mut other) = (Ledger::new(2, &kinds), Ledger::new(2, &kinds));
        assert_eq!(ledger.stride, 2);
        let add = |ledger: &mut Ledger, lane: usize, times: usize| {
            let LaneKind::UpTo(most) = kinds[lane] else { return };
            (0..times).for_each(|_| ledger.open().lane(lane).up_to(1, most));
        };
        for (lane, times) in [(0, 500), (1, 4), (2, 99), (3, 1), (5, 63), (6, 0)] {
            add(&mut ledger, lane, times);
        }
        ledger.open().lane(7).points(1, -1.5);
        for (lane, times) in [(0, 1), (1, 4), (2, 1), (3, 1), (4, 7), (5, 2), (6, 2)] {
            add(&mut other, lane, times);
        }
        let seen = |ledger: &Ledger| (0..8).map(|lane| numbers(ledger, lane)[1]).collect::<Vec<_>>();
        assert_eq!(seen(&ledger), [127.0, 4.0, 99.0, 1.0, 0.0, 63.0, 0.0, -1.5]);
        ledger.merge(other, &[]);
        assert_eq!(seen(&ledger), [127.0, 5.0, 100.0, 1.0, 7.0, 64.0, 2.0, -1.5]);
        assert_eq!(numbers(&ledger, 0)[0], 0.0);
    }

    #[test]
    fn values_are_counted_once_whoever_numbered_them() {
        let mut ledger = Ledger::new(2, &KINDS);
        for number in [0, 3, 3, 40, 40, 31] {
            ledger.open().lane(2).value(1, number);
        }
        let mut other = Ledger::new(2, &KINDS);
        // The other's 0 is the 40 of here, its 1 the 3, its 50 a new one.
        for number in [0, 1, 50] {
            other.open().lane(2).value(1, number);
        }
        other.open().lane(2).value(0, 1);
        let mut names: Vec<u32> = (100..151).collect();
        (names[0], names[1]) = (40, 3);
        ledger.merge(other, &[Vec::new(), Vec::new(), names]);
        assert_eq!(numbers(&ledger, 2), [1.0, 5.0]);
        assert_eq!(numbers(&ledger, 0), [0.0, 0.0]);
    }
}
