//! What a score came to: how it is spread, and what each line gave.

use lead_data::Values;
use lead_eval::Survey;
use lead_hir::hir::DefId;
use maud::{Markup, html};

use crate::chart::bars;
use crate::entry::Book;
use crate::figures::{column_of, count, fixed, number, places, share};
use crate::parts::prose::prose;
use crate::parts::{num, scroll};

/// A spread is cut into no more ranges than this.
const MOST: usize = 12;

/// The numbers of a score.
pub(crate) fn numbers(book: &Book, survey: &Survey, id: DefId) -> Markup {
    let Some(found) = column_of(&survey.answers, id) else { return html! {} };
    let Values::Number(all) = &found.column.values else { return html! {} };
    let name = &book.lexicon.def(id).name.text;
    let (low, high) = all.iter().fold((f64::MAX, f64::MIN), |(l, h), n| (l.min(*n), h.max(*n)));
    html! {
        @if !all.is_empty() && low < high {
            @let ranges = Ranges::new(all, low, high);
            @let limits: Vec<String> = (0..=ranges.counts.len()).map(|i| number(ranges.limit(i))).collect();
            div class="pair" {
                (bars::histogram(&ranges.counts, &limits, &format!("How {name} is spread, from {} to {}", number(low), number(high))))
                (scroll(&format!("How {name} is spread"), &html! {
                    table class="close" {
                        caption { "How many records have how many points: " (number(mean(all))) " on average" }
                        thead { tr { th scope="col" { "Points" } th scope="col" class="num" { "Records" } th scope="col" class="num" { "Share" } } }
                        tbody {
                            @for (i, (n, pair)) in ranges.counts.iter().zip(limits.windows(2)).enumerate() {
                                tr {
                                    th scope="row" { (pair[0]) " to " @if i + 1 < ranges.counts.len() { "below " } (pair[1]) }
                                    td class="num" { (count(*n)) }
                                    td class="num" { (share(*n, all.len())) }
                                }
                            }
                        }
                    }
                }))
            }
        } @else if !all.is_empty() {
            p { "All " (count(all.len())) " records have " (number(low)) " points." }
        }
        (lines(book, survey, id))
    }
}

fn mean(all: &[f64]) -> f64 {
    all.iter().sum::<f64>() / all.len().max(1) as f64
}

/// Counts in ranges of equal width between round limits; the last one holds its end.
struct Ranges {
    start: f64,
    step: f64,
    counts: Vec<usize>,
}

impl Ranges {
    fn new(all: &[f64], low: f64, high: f64) -> Ranges {
        let mut step = 10f64.powf(((high - low) / MOST as f64).log10().floor());
        let many = |step: f64| {
            let start = (low / step).floor() * step;
            (start, (((high - start) / step).ceil() as usize).max(1))
        };
        // 1, 2, 5, 10, 20, …
        for by in [2.0, 2.5, 2.0, 2.0, 2.5].into_iter() {
            if many(step).1 <= MOST {
                break;
            }
            step *= by;
        }
        let (start, many) = many(step);
        let mut counts = vec![0; many];
        for n in all {
            let at = ((n - start) / step).floor() as usize;
            if let Some(count) = counts.get_mut(at.min(many - 1)) {
                *count += 1;
            }
        }
        Ranges { start, step, counts }
    }

    fn limit(&self, i: usize) -> f64 {
        self.start + self.step * i as f64
    }
}

fn lines(book: &Book, survey: &Survey, id: DefId) -> Markup {
    let Some(score) = survey.scores.iter().find(|s| s.def == id) else { return html! {} };
    let said = lead_prose::sentence(book.lexicon, id).map(|s| s.lines).unwrap_or_default();
    let totals: Vec<f64> = score.lines.iter().map(|l| l.iter().sum()).collect();
    let whole = places(totals.iter().copied());
    let greatest = totals.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
    scroll(
        "What each line gives",
        &html! {
            table class="rows three" {
                caption { "What each line gives, before the bounds of the whole" }
                thead { tr {
                    th scope="col" { "Line" } th scope="col" class="pic" { span class="hidden" { "Picture" } }
                    th scope="col" class="num" { "Records" } th scope="col" class="num" { "Points in all" } th scope="col" class="num" { "Per record" }
                } }
                tbody {
                    @for (i, (points, total)) in score.lines.iter().zip(&totals).enumerate() {
                        @let given = points.iter().filter(|p| **p != 0.0).count();
                        tr {
                            th scope="row" { @match said.get(i) { Some(line) => (prose(book, line)), None => { "line " (i + 1) } } }
                            td class="pic" { (bars::length(total.abs(), greatest, &format!("{} points in all", number(*total)))) }
                            (num("Records", count(given)))
                            (num("Points in all", fixed(*total, whole)))
                            (num("Per record", fixed(*total / points.len().max(1) as f64, 2)))
                        }
                    }
                }
            }
        },
    )
}
