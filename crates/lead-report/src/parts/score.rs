//! What a score came to: how it is spread, and what each line gave.

use lead_data::Values;
use lead_eval::Survey;
use lead_hir::hir::DefId;
use maud::{Markup, html};

use crate::chart::bars;
use crate::entry::Book;
use crate::figures::{column_of, count, number, share};
use crate::parts::prose::prose;
use crate::parts::scroll;

/// Into how many ranges a spread is cut.
const RANGES: usize = 12;

/// The numbers of a score.
pub(crate) fn numbers(book: &Book, survey: &Survey, id: DefId) -> Markup {
    let Some(found) = column_of(&survey.answers, id) else { return html! {} };
    let Values::Number(all) = &found.column.values else { return html! {} };
    let name = &book.lexicon.def(id).name.text;
    let (low, high) = all.iter().fold((f64::MAX, f64::MIN), |(l, h), n| (l.min(*n), h.max(*n)));
    html! {
        @if !all.is_empty() && low < high {
            @let counts = ranges(all, low, high);
            @let wide = (high - low) / RANGES as f64;
            (bars::histogram(&counts, &number(low), &number(high), &format!("How {name} is spread, from {} to {}", number(low), number(high))))
            (scroll(&format!("How {name} is spread"), &html! {
                table {
                    caption { "How many records have how many points: " (number(mean(all))) " on average" }
                    thead { tr { th scope="col" { "Points" } th scope="col" class="num" { "Records" } th scope="col" class="num" { "Share" } } }
                    tbody {
                        @for (i, n) in counts.iter().enumerate() {
                            tr {
                                th scope="row" { (number(low + wide * i as f64)) " to " @if i + 1 < RANGES { "below " } (number(low + wide * (i + 1) as f64)) }
                                td class="num" { (count(*n)) }
                                td class="num" { (share(*n, all.len())) }
                            }
                        }
                    }
                }
            }))
        } @else if !all.is_empty() {
            p { "All " (count(all.len())) " records have " (number(low)) " points." }
        }
        (lines(book, survey, id))
    }
}

fn mean(all: &[f64]) -> f64 {
    all.iter().sum::<f64>() / all.len().max(1) as f64
}

/// Counts of ranges of equal width; the last one holds its end.
fn ranges(all: &[f64], low: f64, high: f64) -> Vec<usize> {
    let mut counts = vec![0; RANGES];
    for n in all {
        let at = ((n - low) / (high - low) * RANGES as f64) as usize;
        if let Some(count) = counts.get_mut(at.min(RANGES - 1)) {
            *count += 1;
        }
    }
    counts
}

fn lines(book: &Book, survey: &Survey, id: DefId) -> Markup {
    let Some(score) = survey.scores.iter().find(|s| s.def == id) else { return html! {} };
    let said = lead_prose::sentence(book.lexicon, id).map(|s| s.lines).unwrap_or_default();
    let totals: Vec<f64> = score.lines.iter().map(|l| l.iter().sum()).collect();
    let greatest = totals.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
    scroll(
        "What each line gives",
        &html! {
            table {
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
                            td class="num" { (count(given)) }
                            td class="num" { (number(*total)) }
                            td class="num" { (number(*total / points.len().max(1) as f64)) }
                        }
                    }
                }
            }
        },
    )
}
