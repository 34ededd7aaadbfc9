//! A funnel over a series: who stands where, who went from which step to which, and how long it took.

use lead_data::Column;
use lead_hir::hir::{DefId, TableId};

use crate::share::quartiles;
use crate::tri::Decisions;

/// A funnel over the series. Steps are numbered from 1; 0 is none of them.
#[derive(Clone, Debug)]
pub struct FunnelTrend {
    /// Which.
    pub def: DefId,
    /// Whose records.
    pub table: TableId,
    /// How many records there are.
    pub records: usize,
    /// Its terms, in order.
    pub steps: Vec<DefId>,
    /// At each time: how many stand at none of the steps, and at each step as their furthest.
    pub standing: Vec<Vec<usize>>,
    /// Between each time and the next: how many went from one step to another. `moved[i][from][to]`; who stays is counted too.
    pub moved: Vec<Vec<Vec<usize>>>,
    /// From each step to the next: how long it took.
    pub waits: Vec<Wait>,
    /// Each record that went from one step to another, if that was asked for.
    pub moves: Vec<Move>,
}

/// A record that went from one step to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Row of the record.
    pub row: u32,
    /// Number of the time at which it was first seen at the new step.
    pub time: usize,
    /// Step before.
    pub from: usize,
    /// Step after.
    pub to: usize,
}

/// The time from one step of a funnel to the next, by the first time of the series at which each was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The step that is waited at.
    pub from: usize,
    /// How many were seen to reach it and the next one.
    pub arrived: usize,
    /// How many were seen to reach it, and had not reached the next by the end of the series.
    pub waiting: usize,
    /// How many had reached it when the series began: since when is not known, and they are left out.
    pub before: usize,
    /// Lower quartile, median and upper quartile of those that arrived, in microseconds.
    pub quartiles: Option<[i64; 3]>,
}

impl FunnelTrend {
    /// `columns`: by step, its decisions at each time.
    pub(crate) fn new(
        (def, table): (DefId, TableId),
        steps: &[DefId],
        records: usize,
        columns: &[Vec<&Column>],
        (times, moves): (&[i64], bool),
    ) -> FunnelTrend {
        let count = steps.len() + 1;
        let mut out = FunnelTrend {
            def,
            table,
            records,
            steps: steps.to_vec(),
            standing: Vec::with_capacity(times.len()),
            moved: Vec::with_capacity(times.len().saturating_sub(1)),
            waits: Vec::new(),
            moves: Vec::new(),
        };
        // By step, then record: number of the first time at which it was reached.
        let mut reached = vec![vec![NEVER; records]; steps.len()];
        let mut before: Vec<u16> = Vec::new();
        for time in 0..times.len() {
            let now = furthest(columns, time, records);
            let mut standing = vec![0; count];
            for (row, step) in now.iter().enumerate() {
                standing[usize::from(*step)] += 1;
                for first in reached.iter_mut().take(usize::from(*step)) {
                    first[row] = first[row].min(time as u16);
                }
            }
            out.standing.push(standing);
            if time > 0 {
                let mut moved = vec![vec![0; count]; count];
                for (row, (from, to)) in before.iter().zip(&now).enumerate() {
                    let (from, to) = (usize::from(*from), usize::from(*to));
                    moved[from][to] += 1;
                    if moves && from != to {
                        out.moves.push(Move { row: row as u32, time, from, to });
                    }
                }
                out.moved.push(moved);
            }
            before = now;
        }
        let pairs = reached.windows(2).enumerate();
        out.waits = pairs.map(|(i, pair)| wait(i + 1, &pair[0], &pair[1], times)).collect();
        out
    }

    /// At a time: how many reached a step, that is stand there or further (D39).
    pub fn reached(&self, time: usize, step: usize) -> usize {
        self.standing.get(time).map_or(0, |s| s.iter().skip(step).sum())
    }

    /// How many went from one step to another over the whole series, summed over neighbouring times.
    pub fn moved_in_all(&self, from: usize, to: usize) -> usize {
        self.moved.iter().map(|m| m[from][to]).sum()
    }
}

/// The number of no time.
const NEVER: u16 = u16::MAX;

/// The furthest step that holds for each record (D39).
fn furthest(columns: &[Vec<&Column>], time: usize, records: usize) -> Vec<u16> {
    let mut out = vec![0u16; records];
    for (step, times) in columns.iter().enumerate() {
        let Some(column) = times.get(time) else { continue };
        for (word, mut rest) in Decisions::of(column).yes_words().enumerate() {
            while rest != 0 {
                let row = word * 64 + rest.trailing_zeros() as usize;
                rest &= rest - 1;
                if let Some(slot) = out.get_mut(row) {
                    *slot = step as u16 + 1;
                }
            }
        }
    }
    out
}

fn wait(from: usize, here: &[u16], next: &[u16], times: &[i64]) -> Wait {
    let mut out = Wait { from, arrived: 0, waiting: 0, before: 0, quartiles: None };
    let at = |n: u16| times.get(usize::from(n)).copied().unwrap_or(0);
    let mut spans = Vec::new();
    for (here, next) in here.iter().zip(next).filter(|(here, _)| **here != NEVER) {
        match (*here, *next) {
            (0, _) => out.before += 1,
            (_, NEVER) => out.waiting += 1,
            (here, next) => spans.push(at(next) - at(here)),
        }
    }
    out.arrived = spans.len();
    out.quartiles = quartiles(&mut spans);
    out
}

#[cfg(test)]
mod tests {
    use lead_data::{Bitmap, Values};

    use super::*;

    const DAY: i64 = 86_400_000_000;

    /// Rows of `1` (yes), `0` (no) and `?` (cannot tell), a text per time.
    fn columns(times: &[&str]) -> Vec<Column> {
        let column = |text: &&str| {
            let signs: Vec<char> = text.chars().collect();
            let bits = |sign: char| Bitmap::from_fn(signs.len(), |i| signs[i] == sign);
            Column { values: Values::YesNo(bits('1')), known: Some(bits('?').not()) }
        };
        times.iter().map(column).collect()
    }

    fn funnel(steps: &[&[&str]], moves: bool) -> FunnelTrend {
        let all: Vec<Vec<Column>> = steps.iter().map(|s| columns(s)).collect();
        let borrowed: Vec<Vec<&Column>> = all.iter().map(|s| s.iter().collect()).collect();
        let times: Vec<i64> = (0..steps[0].len() as i64).map(|i| i * 30 * DAY).collect();
        let ids: Vec<DefId> = (0..steps.len() as u32).map(DefId).collect();
        let records = steps[0][0].len();
        FunnelTrend::new((DefId(9), TableId(0)), &ids, records, &borrowed, (&times, moves))
    }

    #[test]
    fn records_stand_at_the_last_step_that_holds_and_moves_are_counted() {
        let found = funnel(&[&["1100?", "1110?", "1110?"], &["00000", "10001", "01001"]], true);
        assert_eq!(found.standing, [vec![3, 2, 0], vec![1, 2, 2], vec![1, 2, 2]]);
        assert_eq!(found.reached(1, 1), 4);
        assert_eq!(found.moved[0], [vec![1, 1, 1], vec![0, 1, 1], vec![0, 0, 0]]);
        assert_eq!(found.moved_in_all(1, 2), 2);
        assert_eq!(found.moved_in_all(2, 1), 1);
        let list: Vec<_> = found.moves.iter().map(|m| (m.row, m.time, m.from, m.to)).collect();
        assert_eq!(list, [(0, 1, 1, 2), (2, 1, 0, 1), (4, 1, 0, 2), (0, 2, 2, 1), (1, 2, 1, 2)]);
    }

    #[test]
    fn times_between_steps_are_those_seen_from_both_ends() {
        // Row 0 was there before; rows 1 and 2 take one and two steps of the series; 3 comes at once, 4 waits, 5 never came.
        let found =
            funnel(&[&["100000", "111110", "111110", "111110"], &["000000", "000100", "110100", "111100"]], false);
        let days = |d: i64| d * 30 * DAY;
        let quartiles = Some([days(0), days(1), days(2)]);
        assert_eq!(found.waits, [Wait { from: 1, arrived: 3, waiting: 1, before: 1, quartiles }]);
        assert!(found.moves.is_empty());
    }
}
