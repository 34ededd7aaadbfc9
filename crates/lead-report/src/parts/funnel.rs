//! Funnels: how far records have come, and who cannot be told.

use lead_data::{Column, fold_text};
use lead_hir::hir::{DefId, DefKind};
use maud::{Markup, html};

use crate::chart::bars;
use crate::entry::Book;
use crate::figures::{column_of, count, decision, share, text};
use crate::parts::{num, scroll};

/// A step of a funnel.
pub(crate) struct Step {
    /// Its term.
    pub term: DefId,
    /// How many came at least so far.
    pub reached: usize,
    /// For how many that did not, the term cannot be told.
    pub unsure: usize,
}

/// The steps of a funnel.
pub(crate) fn steps(book: &Book, answers: &lead_eval::Answers, id: DefId) -> Vec<Step> {
    let DefKind::Funnel(terms) = &book.lexicon.def(id).kind else { return Vec::new() };
    let Some(found) = column_of(answers, id) else { return Vec::new() };
    let names: Vec<String> = terms.iter().map(|t| fold_text(&book.lexicon.def(*t).name.text)).collect();
    let decided: Vec<Option<&Column>> = terms.iter().map(|t| column_of(answers, *t).map(|a| &*a.column)).collect();
    let mut steps: Vec<Step> = terms.iter().map(|term| Step { term: *term, reached: 0, unsure: 0 }).collect();
    for row in 0..found.column.len() {
        let at = text(&found.column, row).map(fold_text).and_then(|t| names.iter().position(|n| *n == t));
        for (i, (step, answers)) in steps.iter_mut().zip(&decided).enumerate() {
            if at.is_some_and(|at| at >= i) {
                step.reached += 1;
            } else if answers.is_some_and(|a| decision(a, row).is_none()) {
                step.unsure += 1;
            }
        }
    }
    steps
}

/// A funnel as a picture and a table in one.
pub(crate) fn funnel(book: &Book, answers: &lead_eval::Answers, id: DefId) -> Markup {
    let steps = steps(book, answers, id);
    let def = book.lexicon.def(id);
    let all = column_of(answers, id).map_or(0, |a| a.column.len());
    let who = def.subject.map(|t| book.lexicon.table(t).name.text.as_str()).unwrap_or_default();
    scroll(
        &format!("Funnel {}", def.name.text),
        &html! {
            table class="funnel rows" {
                caption { strong { (def.name.text) } ": how far each of " (count(all)) " " (lead_prose::plural(who)) " has come" }
                thead { tr {
                    th scope="col" { "Step" } th scope="col" class="pic" { span class="hidden" { "Picture" } }
                    th scope="col" class="num" { "Reached" } th scope="col" class="num" { "Of all" }
                    th scope="col" class="num" { "Of the step before" } th scope="col" class="num" { "Cannot tell" }
                } }
                tbody {
                    @for (i, step) in steps.iter().enumerate() {
                        @let before = i.checked_sub(1).and_then(|b| steps.get(b));
                        tr {
                            th scope="row" { a href={ "#" (book.anchor(step.term)) } { (book.lexicon.def(step.term).name.text) } }
                            td class="pic" { (bars::reached(step.reached, step.unsure, all)) }
                            (num("Reached", count(step.reached)))
                            (num("Of all", share(step.reached, all)))
                            (num("Of the step before", before.map_or("–".into(), |b| share(step.reached, b.reached))))
                            (num("Cannot tell", count(step.unsure)))
                        }
                    }
                }
            }
        },
    )
}
