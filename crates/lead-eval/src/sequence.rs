//! Events one after the other (D36).

use lead_hir::hir::Step;
use lead_plan::calendar;

use jiff::tz::TimeZone;

/// For each subject how many first events start a whole sequence. `events`: subject, time, step; `within[k]` is the longest time from
/// step k to step k + 1.
pub(crate) fn count(
    mut events: Vec<(u32, i64, u8)>,
    within: &[Option<Step>],
    subjects: usize,
    zone: &TimeZone,
) -> Vec<f64> {
    let mut out = vec![0.0; subjects];
    events.sort_unstable();
    let mut from = 0;
    while from < events.len() {
        let subject = events[from].0;
        let to = from + events[from..].partition_point(|e| e.0 == subject);
        if let Some(slot) = out.get_mut(subject as usize) {
            *slot = of_one(&events[from..to], within, zone) as f64;
        }
        from = to;
    }
    out
}

/// `events` are in order of time. Walks backwards through the steps: an event of step k is good if a good event of
/// step k + 1 comes later and soon enough, and the earliest later one is the soonest.
fn of_one(events: &[(u32, i64, u8)], within: &[Option<Step>], zone: &TimeZone) -> usize {
    let last = within.len();
    let times = |step: usize| events.iter().filter(move |e| usize::from(e.2) == step).map(|e| e.1);
    let mut good: Vec<i64> = times(last).collect();
    for step in (0..last).rev() {
        good = times(step)
            .filter(|t| {
                let next = good.partition_point(|g| g <= t);
                good.get(next).is_some_and(|g| within[step].is_none_or(|d| *g <= calendar::step(*t, d, false, zone)))
            })
            .collect();
    }
    good.len()
}
