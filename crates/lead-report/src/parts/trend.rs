//! How terms and funnels moved: a small picture and the numbers of each time, who moved where, and who stops being what.

use std::collections::BTreeMap;

use lead_hir::hir::DefId;
use lead_trend::{FunnelTrend, Trend};
use maud::{Markup, html};

use crate::chart::line::line;
use crate::entry::Book;
use crate::figures::{count, share};
use crate::parts::scroll;

const DAY: i64 = 86_400_000_000;

/// The section. `days` are the times as people write them.
pub(crate) fn trend(book: &Book, trend: &Trend, days: &[String]) -> Markup {
    let step = trend.times.windows(2).map(|w| w[1] - w[0]).max().unwrap_or(0);
    html! {
        p class="lede" { "The same definitions, asked at earlier times. Events count up to each time; fields, links and records are the present ones throughout." }
        @for funnel in &trend.funnels { (steps(book, funnel, days)) (moves(book, funnel)) (waits(book, funnel, step)) }
        @if !trend.terms.is_empty() { (terms(book, trend, days)) }
        (ageing(book, trend))
    }
}

fn name<'b>(book: &'b Book, id: DefId) -> &'b str {
    &book.lexicon.def(id).name.text
}

fn head(days: &[String], first: &str) -> Markup {
    html! {
        thead { tr {
            th scope="col" { (first) } th scope="col" class="line" { span class="hidden" { "Picture" } }
            @for day in days { th scope="col" class="num" { (day) } }
        } }
    }
}

/// A row of counts, with their picture.
fn row(book: &Book, id: DefId, counts: &[usize], days: &[String]) -> Markup {
    let (first, last) = (counts.first().copied().unwrap_or(0), counts.last().copied().unwrap_or(0));
    let ends = |at: Option<&String>| at.cloned().unwrap_or_default();
    let said = format!(
        "{}: {} on {}, {} on {}",
        name(book, id),
        count(first),
        ends(days.first()),
        count(last),
        ends(days.last())
    );
    html! {
        tr {
            th scope="row" { a href={ "#" (book.anchor(id)) } { (name(book, id)) } }
            td class="line" { (line(counts, &said)) }
            @for n in counts { td class="num" { (count(*n)) } }
        }
    }
}

fn reached(funnel: &FunnelTrend, step: usize) -> Vec<usize> {
    funnel.standing.iter().map(|s| s.iter().skip(step + 1).sum()).collect()
}

fn steps(book: &Book, funnel: &FunnelTrend, days: &[String]) -> Markup {
    let label = format!("{} over time", name(book, funnel.def));
    scroll(
        &label,
        &html! {
            table class="trend" {
                caption { strong { (name(book, funnel.def)) } ": how many had come how far, and the share of the step before" }
                (head(days, "Step"))
                tbody {
                    @for (i, step) in funnel.steps.iter().enumerate() {
                        @let counts = reached(funnel, i);
                        (row(book, *step, &counts, days))
                        @if i > 0 {
                            @let before = reached(funnel, i - 1);
                            tr class="part" {
                                th scope="row" { "of the step before" }
                                td class="line" {}
                                @for (n, all) in counts.iter().zip(&before) { td class="num" { (share(*n, *all)) } }
                            }
                        }
                    }
                }
            }
        },
    )
}

/// From which step to which, over the whole series.
fn moves(book: &Book, funnel: &FunnelTrend) -> Markup {
    let names: Vec<&str> = std::iter::once("none").chain(funnel.steps.iter().map(|s| name(book, *s))).collect();
    let sum = |from: usize, to: usize| -> usize { funnel.moved.iter().filter_map(|m| m.get(from)?.get(to)).sum() };
    let label = format!("Who moved in {}", name(book, funnel.def));
    scroll(
        &label,
        &html! {
            table {
                caption { "Who moved: from the step on the left to the step above, over all the times" }
                thead { tr { th scope="col" { "From" } @for to in &names { th scope="col" class="num" { (to) } } } }
                tbody {
                    @for (from, said) in names.iter().enumerate() {
                        tr {
                            th scope="row" { (said) }
                            @for to in 0..names.len() {
                                td class="num" { @if from == to { span class="none" { "–" } } @else { (count(sum(from, to))) } }
                            }
                        }
                    }
                }
            }
        },
    )
}

fn waits(book: &Book, funnel: &FunnelTrend, step: i64) -> Markup {
    let pairs = funnel.steps.iter().zip(funnel.steps.iter().skip(1)).zip(&funnel.waits);
    // Who was seen at both for the first time at one time took less than a step of the series.
    let days = |micros: i64| match micros / DAY {
        0 => format!("under {}", count((step / DAY).max(1) as usize)),
        days => count(days.max(0) as usize),
    };
    let label = format!("Time between the steps of {}", name(book, funnel.def));
    scroll(
        &label,
        &html! {
            table {
                caption { "Time from one step to the next in days, by the times at which each was first seen" }
                thead { tr {
                    th scope="col" { "From" } th scope="col" { "To" } th scope="col" class="num" { "Median" }
                    th scope="col" class="num" { "Half of them" } th scope="col" class="num" { "Arrived" } th scope="col" class="num" { "Still waiting" }
                } }
                tbody {
                    @for ((from, to), wait) in pairs {
                        tr {
                            th scope="row" { (name(book, *from)) }
                            td { (name(book, *to)) }
                            td class="num" { @match wait.quartiles { Some([_, middle, _]) => (days(middle)), None => "–" } }
                            td class="num" { @match wait.quartiles { Some([low, _, high]) => { (days(low)) " to " (days(high)) }, None => "–" } }
                            td class="num" { (count(wait.arrived)) }
                            td class="num" { (count(wait.waiting)) }
                        }
                    }
                }
            }
        },
    )
}

fn terms(book: &Book, trend: &Trend, days: &[String]) -> Markup {
    scroll(
        "Terms over time",
        &html! {
            table class="trend" {
                caption { "Terms: how many were yes" }
                (head(days, "Term"))
                tbody {
                    @for term in &trend.terms {
                        @let counts: Vec<usize> = term.counts.iter().map(|c| c.yes).collect();
                        (row(book, term.def, &counts, days))
                    }
                }
            }
        },
    )
}

fn ageing(book: &Book, trend: &Trend) -> Markup {
    let Some(ageing) = &trend.ageing else { return html! {} };
    let mut by: BTreeMap<DefId, usize> = BTreeMap::new();
    for fall in &ageing.falls {
        *by.entry(fall.term).or_default() += 1;
    }
    html! {
        h3 { "Tomorrow, if nothing happens" }
        @if by.is_empty() {
            p { "Nobody stops being anything." }
        } @else {
            p class="lede" { code { "lead trend" } " lists the records, and the condition that turns." }
            (scroll("Who stops being what tomorrow", &html! {
                table {
                    caption { "How many stop being what tomorrow if nothing happens" }
                    thead { tr { th scope="col" { "Term" } th scope="col" class="num" { "Records" } } }
                    tbody {
                        @for (term, n) in &by {
                            tr {
                                th scope="row" { a href={ "#" (book.anchor(*term)) } { (name(book, *term)) } }
                                td class="num" { (count(*n)) }
                            }
                        }
                    }
                }
            }))
        }
    }
}
