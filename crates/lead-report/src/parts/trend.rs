//! How terms and funnels moved: pictures and the numbers of each time, who moved where, and who stops being what.

use std::collections::BTreeMap;

use lead_data::Data;
use lead_hir::hir::DefId;
use lead_trend::{Decided, Fall, FunnelTrend, Trend};
use maud::{Markup, html};

use crate::chart::line::line;
use crate::chart::lines::{Line, lines};
use crate::entry::Book;
use crate::figures::{count, share};
use crate::parts::{latest, num, scroll};

const DAY: i64 = 86_400_000_000;

/// The section. `days` are the times as people write them.
pub(crate) fn trend(book: &Book, trend: &Trend, days: &[String], data: &Data) -> Markup {
    let step = trend.times.windows(2).map(|w| w[1] - w[0]).max().unwrap_or(0);
    html! {
        p class="lede" { "The same definitions, asked at earlier times. Events count up to each time; fields, links and records are the present ones throughout." }
        @for funnel in &trend.funnels {
            h3 { (lead_prose::capital(name(book, funnel.def))) }
            (picture(book, funnel, days)) (steps(book, funnel, days)) (moves(book, funnel)) (waits(book, funnel, step))
        }
        @if !trend.terms.is_empty() { h3 { "Every term" } (terms(book, trend, days)) }
        (ageing(book, trend, data))
    }
}

fn name<'b>(book: &'b Book, id: DefId) -> &'b str {
    &book.lexicon.def(id).name.text
}

/// The picture of a funnel.
fn picture(book: &Book, funnel: &FunnelTrend, days: &[String]) -> Markup {
    let all: Vec<Line> = funnel
        .steps
        .iter()
        .enumerate()
        .map(|(i, step)| Line { name: name(book, *step), counts: reached(funnel, i) })
        .collect();
    let label = format!("{} over time; the table below has the numbers", name(book, funnel.def));
    latest(&format!("Picture of {}", name(book, funnel.def)), &lines(&all, days, &label))
}

/// The heads of times, the year on a line of its own.
fn times(days: &[String]) -> Markup {
    html! {
        @for day in days {
            @let (day, year) = day.rsplit_once(' ').unwrap_or((day.as_str(), ""));
            th scope="col" class="num" { (day) @if !year.is_empty() { " " br; (year) } }
        }
    }
}

fn reached(funnel: &FunnelTrend, step: usize) -> Vec<usize> {
    funnel.standing.iter().map(|s| s.iter().skip(step + 1).sum()).collect()
}

fn steps(book: &Book, funnel: &FunnelTrend, days: &[String]) -> Markup {
    let label = format!("{} over time", name(book, funnel.def));
    latest(
        &label,
        &html! {
            table class="trend" {
                caption { span { "How many had come how far, and the share of the step before" } }
                thead { tr { th scope="col" { "Step" } (times(days)) } }
                tbody {
                    @for (i, step) in funnel.steps.iter().enumerate() {
                        @let counts = reached(funnel, i);
                        tr {
                            th scope="row" { a href={ "#" (book.anchor(*step)) } { (name(book, *step)) } }
                            @for n in &counts { td class="num" { (count(*n)) } }
                        }
                        @if i > 0 {
                            @let before = reached(funnel, i - 1);
                            tr class="part" {
                                th scope="row" { "of the step before" }
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
            table class="matrix" {
                caption { span { "Who moved: from the step on the left to the step above, over all the times" } }
                thead { tr { th scope="col" { "From" } @for to in &names { th scope="col" class="num" { (to) } } } }
                tbody {
                    @for (from, said) in names.iter().enumerate() {
                        tr {
                            th scope="row" { (said) }
                            @for to in 0..names.len() {
                                @let n = sum(from, to);
                                td class="num" { @if from == to { span class="none" { "–" } } @else if n == 0 { span class="none" { "0" } } @else { (count(n)) } }
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
    let under = format!("under {}", count((step / DAY).max(1) as usize));
    let days = |micros: i64| if micros < DAY { under.clone() } else { count((micros / DAY) as usize) };
    let half = |low: i64, high: i64| match (low < DAY, high < DAY) {
        (true, true) => under.clone(),
        (true, false) => format!("up to {}", days(high)),
        _ => format!("{} to {}", days(low), days(high)),
    };
    let label = format!("Time between the steps of {}", name(book, funnel.def));
    scroll(
        &label,
        &html! {
            table class="rows waits" {
                caption { "Time from one step to the next in days, by the times at which each was first seen" }
                thead { tr {
                    th scope="col" { "From one step to the next" } th scope="col" class="num" { "Median" }
                    th scope="col" class="num" { "Half of them" } th scope="col" class="num" { "Arrived" } th scope="col" class="num" { "Still waiting" }
                } }
                tbody {
                    @for ((from, to), wait) in pairs {
                        tr {
                            th scope="row" { (name(book, *from)) " → " (name(book, *to)) }
                            (num("Median", wait.quartiles.map_or("–".into(), |[_, middle, _]| days(middle))))
                            (num("Half of them", wait.quartiles.map_or("–".into(), |[low, _, high]| half(low, high))))
                            (num("Arrived", count(wait.arrived)))
                            (num("Still waiting", count(wait.waiting)))
                        }
                    }
                }
            }
        },
    )
}

fn terms(book: &Book, trend: &Trend, days: &[String]) -> Markup {
    let ends = |at: Option<&String>| at.cloned().unwrap_or_default();
    let said = |name: &str, counts: &[usize]| {
        let (first, last) = (counts.first().copied().unwrap_or(0), counts.last().copied().unwrap_or(0));
        format!("{name}: {} on {}, {} on {}", count(first), ends(days.first()), count(last), ends(days.last()))
    };
    latest(
        "Terms over time",
        &html! {
            table class="trend" {
                caption { span { "For how many each term was yes" } }
                thead { tr { th scope="col" { "Term" } th scope="col" class="line" { span class="hidden" { "Picture" } } (times(days)) } }
                tbody {
                    @for term in &trend.terms {
                        @let counts: Vec<usize> = term.counts.iter().map(|c| c.yes).collect();
                        tr {
                            th scope="row" { a href={ "#" (book.anchor(term.def)) } { (name(book, term.def)) } }
                            td class="line" { (line(&counts, &said(name(book, term.def), &counts))) }
                            @for n in &counts { td class="num" { (count(*n)) } }
                        }
                    }
                }
            }
        },
    )
}

/// Keys that are shown of those who stop being something for one reason.
const KEYS: usize = 8;

/// Who stops being a term for one reason: how many, and the first keys.
#[derive(Default)]
struct Falls {
    records: usize,
    keys: Vec<String>,
}

fn ageing(book: &Book, trend: &Trend, data: &Data) -> Markup {
    let Some(ageing) = &trend.ageing else { return html! {} };
    let mut by: BTreeMap<(DefId, Vec<String>), Falls> = BTreeMap::new();
    for fall in &ageing.falls {
        let group = by.entry((fall.term, turns(book, fall))).or_default();
        group.records += 1;
        if group.keys.len() < KEYS {
            let key = data.key(fall.table, fall.row).map(String::from);
            group.keys.push(key.unwrap_or_else(|| format!("row {}", fall.row + 1)));
        }
    }
    html! {
        h3 { "Tomorrow, if nothing happens" }
        @if by.is_empty() {
            p { "Nobody stops being anything." }
        } @else {
            (scroll("Who stops being what tomorrow", &html! {
                table class="rows ageing" {
                    caption { "Who stops being what within a day if nothing more happens, and the condition that turns" }
                    thead { tr {
                        th scope="col" { "No longer" } th scope="col" class="num" { "Records" } th scope="col" { "What turns" } th scope="col" { "Who" }
                    } }
                    tbody {
                        @for ((term, turned), falls) in &by {
                            tr {
                                th scope="row" { a href={ "#" (book.anchor(*term)) } { (name(book, *term)) } }
                                (num("Records", count(falls.records)))
                                td { @for (i, one) in turned.iter().enumerate() { @if i > 0 { br; } code { (one) } } }
                                td class="names" { (falls.keys.join(", ")) @if falls.records > falls.keys.len() { ", …" } }
                            }
                        }
                    }
                }
            }))
        }
    }
}

/// The conditions that turn, as they are written, with the window that moves on.
fn turns(book: &Book, fall: &Fall) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for decided in &fall.decided {
        let said = condition(book, decided);
        let inside = if decided.def == fall.term { String::new() } else { format!(", in {}", name(book, decided.def)) };
        let said = format!("{said}{inside}");
        if !out.contains(&said) {
            out.push(said);
        }
    }
    out
}

fn condition(book: &Book, decided: &Decided) -> String {
    let written = book.sources.slice(decided.span).split_whitespace().collect::<Vec<_>>().join(" ");
    match decided.window.map(|w| lead_hir::words::window(book.lexicon, w)) {
        Some(window) if !written.ends_with(&window) => format!("{written} {window}"),
        _ => written,
    }
}
