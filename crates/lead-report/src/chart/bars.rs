//! Bars. Lengths are percentages, so that they fit any width; what cannot be told is hatched, so that it shows without colour.

use maud::{Markup, html};

use crate::figures::{Tri, count};

/// The pattern that bars refer to; once on a page.
pub(crate) fn patterns() -> Markup {
    html! {
        svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false" {
            defs {
                pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect class="hatch-ground" width="6" height="6" {}
                    rect class="hatch-line" width="3" height="6" {}
                }
            }
        }
    }
}

fn percent(part: f64, whole: f64) -> String {
    if whole <= 0.0 { "0%".into() } else { format!("{:.2}%", (part / whole * 100.0).clamp(0.0, 100.0)) }
}

/// Yes, cannot tell and no, side by side.
pub(crate) fn decisions(tri: Tri) -> Markup {
    let all = tri.all() as f64;
    let at = |n: usize| percent(n as f64, all);
    let said = format!("{} yes, {} cannot tell, {} no", count(tri.yes), count(tri.unknown), count(tri.no));
    html! {
        svg class="bar" width="100%" height="14" role="img" aria-label=(said) {
            title { (said) }
            rect class="no" width="100%" height="14" {}
            rect class="unknown" x=(at(tri.yes)) width=(at(tri.unknown)) height="14" fill="url(#hatch)" {}
            rect class="yes" width=(at(tri.yes)) height="14" {}
        }
    }
}

/// How many came so far out of all, and of how many it cannot be told.
pub(crate) fn reached(reached: usize, unsure: usize, all: usize) -> Markup {
    let at = |n: usize| percent(n as f64, all as f64);
    let said = format!("{} of {} reached, {} cannot tell", count(reached), count(all), count(unsure));
    html! {
        svg class="bar" width="100%" height="14" role="img" aria-label=(said) {
            title { (said) }
            rect class="ground" width="100%" height="14" {}
            rect class="unknown" x=(at(reached)) width=(at(unsure)) height="14" fill="url(#hatch)" {}
            rect class="yes" width=(at(reached)) height="14" {}
        }
    }
}

/// One length out of a greatest.
pub(crate) fn length(n: f64, greatest: f64, said: &str) -> Markup {
    html! {
        svg class="bar" width="100%" height="14" role="img" aria-label=(said) {
            title { (said) }
            rect class="ground" width="100%" height="14" {}
            rect class="yes" width=(percent(n, greatest)) height="14" {}
        }
    }
}

/// How values are spread: counts of ranges of equal width, with the limits between them.
pub(crate) fn histogram(counts: &[usize], limits: &[String], title: &str) -> Markup {
    let greatest = counts.iter().max().copied().unwrap_or(0).max(1) as f64;
    // Room at both ends for half of a limit.
    let wide = 96.0 / counts.len().max(1) as f64;
    let left = |i: usize| 2.0 + i as f64 * wide;
    html! {
        figure class="histogram" {
            svg width="100%" height="210" role="img" aria-label=(title) {
                title { (title) }
                @for (i, n) in counts.iter().enumerate() {
                    // What is there shows, however little it is.
                    @let tall = if *n == 0 { 0.0 } else { (*n as f64 / greatest * 160.0).max(2.0) };
                    rect class="yes" x=(format!("{:.2}%", left(i) + wide * 0.06)) width=(format!("{:.2}%", wide * 0.88))
                        y=(format!("{:.1}", 184.0 - tall)) height=(format!("{tall:.1}")) {}
                    text class="amount" x=(format!("{:.2}%", left(i) + wide / 2.0)) y=(format!("{:.1}", 179.0 - tall)) text-anchor="middle" { (count(*n)) }
                }
                line x1="0" x2="100%" y1="184" y2="184" {}
                @for (i, limit) in limits.iter().enumerate() {
                    text class="tick" x=(format!("{:.2}%", left(i))) y="202" text-anchor="middle" { (limit) }
                }
            }
        }
    }
}
