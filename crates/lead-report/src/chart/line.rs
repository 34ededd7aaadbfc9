//! A small line of counts over time, from nothing at the bottom to the greatest at the top.

use maud::{Markup, html};

const WIDE: f64 = 120.0;
const TALL: f64 = 30.0;
const EDGE: f64 = 3.0;

/// The line, with a dot at its end.
pub(crate) fn line(counts: &[usize], said: &str) -> Markup {
    let greatest = counts.iter().max().copied().unwrap_or(0).max(1) as f64;
    let step = (WIDE - 2.0 * EDGE) / (counts.len().saturating_sub(1)).max(1) as f64;
    let points: Vec<(f64, f64)> = counts
        .iter()
        .enumerate()
        .map(|(i, n)| (EDGE + i as f64 * step, TALL - EDGE - *n as f64 / greatest * (TALL - 2.0 * EDGE)))
        .collect();
    let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    html! {
        svg class="spark" width=(WIDE) height=(TALL) viewBox={ "0 0 " (WIDE) " " (TALL) } role="img" aria-label=(said) {
            title { (said) }
            line x1=(EDGE) x2=(WIDE - EDGE) y1=(TALL - EDGE) y2=(TALL - EDGE) {}
            polyline points=(path.join(" ")) {}
            @if let Some((x, y)) = points.last() { circle cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="2.6" {} }
        }
    }
}
