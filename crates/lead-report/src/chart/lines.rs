//! Lines over time: one for each step of a funnel, named where it ends, so that no colour has to be looked up.

use lead_diag::InOrder;
use maud::{Markup, html};

use crate::figures::count;

const WIDE: f64 = 860.0;
const TALL: f64 = 300.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 200.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 40.0;
/// Names at the ends of lines stand at least so far apart.
const APART: f64 = 17.0;
/// Each line has a colour and a way of being dashed of its own, for this many.
const LOOKS: usize = 5;

/// A line: its name, and a count per time.
pub(crate) struct Line<'a> {
    pub name: &'a str,
    pub counts: Vec<usize>,
}

/// The picture. `days` are the times as people write them, `said` tells what it shows.
pub(crate) fn lines(lines: &[Line], days: &[String], said: &str) -> Markup {
    let greatest = lines.iter().flat_map(|l| &l.counts).max().copied().unwrap_or(0);
    let ticks = ticks(greatest);
    let top = ticks.last().copied().unwrap_or(1).max(1) as f64;
    let times = days.len().saturating_sub(1).max(1) as f64;
    let x = |i: usize| LEFT + i as f64 * (WIDE - LEFT - RIGHT) / times;
    let y = |n: usize| TOP + (1.0 - n as f64 / top) * (TALL - TOP - BOTTOM);
    let ends: Vec<f64> = lines.iter().map(|l| y(l.counts.last().copied().unwrap_or(0))).collect();
    let named = spread(&ends);
    let last = x(days.len().saturating_sub(1));
    let every = days.len().div_ceil(7).max(1);
    html! {
        svg class="lines" viewBox={ "0 0 " (WIDE) " " (TALL) } role="img" aria-label=(said) {
            title { (said) }
            @for tick in &ticks {
                line class="grid" x1=(LEFT) x2=(round(last)) y1=(round(y(*tick))) y2=(round(y(*tick))) {}
                text class="tick" x=(LEFT - 8.0) y=(round(y(*tick) + 4.0)) text-anchor="end" { (count(*tick)) }
            }
            @for (i, day) in days.iter().enumerate() {
                // The last time is always named, and every so many before it.
                @if (days.len() - 1 - i).is_multiple_of(every) {
                    @let (day, year) = day.rsplit_once(' ').unwrap_or((day.as_str(), ""));
                    text class="tick" x=(round(x(i))) y=(TALL - 20.0) text-anchor="middle" { (day) }
                    text class="tick" x=(round(x(i))) y=(TALL - 5.0) text-anchor="middle" { (year) }
                }
            }
            @for (i, line) in lines.iter().enumerate() {
                @let look = i % LOOKS;
                @let path: Vec<String> = line.counts.iter().enumerate().map(|(t, n)| format!("{},{}", round(x(t)), round(y(*n)))).collect();
                @let (end, name) = (ends.get(i).copied().unwrap_or(TOP), named.get(i).copied().unwrap_or(TOP));
                polyline class={ "look-" (look) } points=(path.join(" ")) {}
                circle class={ "look-" (look) } cx=(round(last)) cy=(round(end)) r="3.4" {}
                path class="lead-to" d={ "M" (round(last + 6.0)) " " (round(end)) "L" (round(last + 16.0)) " " (round(name)) } {}
                text class={ "name look-" (look) } x=(round(last + 20.0)) y=(round(name + 4.5)) {
                    (line.name) " " tspan class="amount" { (count(line.counts.last().copied().unwrap_or(0))) }
                }
            }
        }
    }
}

/// Four steps or so from nothing to at least the greatest.
fn ticks(greatest: usize) -> Vec<usize> {
    let wanted = greatest.max(1).div_ceil(4);
    let mut step = 1;
    'found: loop {
        for by in [1, 2, 5] {
            if step * by >= wanted {
                step *= by;
                break 'found;
            }
        }
        step *= 10;
    }
    (0..=greatest.max(1).div_ceil(step)).map(|i| i * step).collect()
}

/// Places for names near the ends of their lines, none above another.
fn spread(ends: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..ends.len()).collect();
    order.in_order_by(|a, b| ends[*a].total_cmp(&ends[*b]));
    let mut out = ends.to_vec();
    // From the lowest up, so that what is pushed goes where there is room.
    let mut floor = TALL - BOTTOM;
    for i in order.iter().rev() {
        out[*i] = out[*i].min(floor);
        floor = out[*i] - APART;
    }
    let mut ceiling = TOP;
    for i in order {
        out[i] = out[i].max(ceiling);
        ceiling = out[i] + APART;
    }
    out
}

fn round(n: f64) -> f64 {
    (n * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_the_greatest() {
        assert_eq!(ticks(0), [0, 1]);
        assert_eq!(ticks(3), [0, 1, 2, 3]);
        assert_eq!(ticks(99), [0, 50, 100]);
        assert_eq!(ticks(1250), [0, 500, 1000, 1500]);
    }

    #[test]
    fn names_stand_apart_in_the_order_of_their_lines() {
        let places = spread(&[250.0, 20.0, 251.0, 252.0]);
        let mut sorted = places.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|w| w[1] - w[0] >= APART - 1e-9), "{places:?}");
        assert!(places[0] < places[2] && places[2] < places[3] && places[1] < places[0]);
    }
}
