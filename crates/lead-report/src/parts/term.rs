//! What a term came to: how many, by source, for which reasons, and what is missing where it cannot be told.

use lead_data::Data;
use lead_eval::{Gap, Survey};
use lead_hir::hir::{DefId, DefKind};
use maud::{Markup, html};

use crate::chart::bars;
use crate::entry::Book;
use crate::figures::{Tri, by_source, column_of, count, decision, order_of, share, source_field};
use crate::parts::{num, scroll, work};
use crate::work_list::work_list;

/// The numbers of a term.
pub(crate) fn numbers(book: &Book, survey: &Survey, data: &Data, id: DefId) -> Markup {
    let Some(found) = column_of(&survey.answers, id) else { return html! {} };
    let tri = Tri::of(&found.column);
    html! {
        div class="result" {
            (bars::decisions(tri))
            dl class="counts" {
                div class="yes" { dt { "yes" } dd { (count(tri.yes)) " " small { (share(tri.yes, tri.all())) } } }
                div class="unknown" { dt { "cannot tell" } dd { (count(tri.unknown)) " " small { (share(tri.unknown, tri.all())) } } }
                div class="no" { dt { "no" } dd { (count(tri.no)) " " small { (share(tri.no, tri.all())) } } }
            }
        }
        (reasons(book, found, id))
        (sources(book, found, data, id))
        (missing(book, &survey.gaps, id))
    }
}

fn reasons(book: &Book, found: &lead_eval::DefAnswers, id: DefId) -> Markup {
    let DefKind::Term(term) = &book.lexicon.def(id).kind else { return html! {} };
    let named = term.alternatives.iter().chain(&term.exceptions).any(|c| c.because.is_some());
    if !named && term.alternatives.len() + term.exceptions.len() < 2 {
        return html! {};
    }
    let holds = |at: usize, answer: bool| {
        let Some(clause) = found.clauses.get(at) else { return 0 };
        let rows = 0..found.column.len();
        rows.filter(|r| decision(clause, *r) == Some(true) && decision(&found.column, *r) == Some(answer)).count()
    };
    let many = term.alternatives.len();
    scroll(
        "Reasons that held",
        &html! {
            table {
                caption { "Reasons that held" }
                thead { tr { th scope="col" { "Reason" } th scope="col" { "Makes it" } th scope="col" class="num" { "Records" } } }
                tbody {
                    @for (i, clause) in term.alternatives.iter().enumerate() {
                        tr {
                            th scope="row" { @match &clause.because { Some(why) => (why), None => { "alternative " (i + 1) } } }
                            td { "yes" }
                            td class="num" { (count(holds(i, true))) }
                        }
                    }
                    @for (i, clause) in term.exceptions.iter().enumerate() {
                        tr {
                            th scope="row" { @match &clause.because { Some(why) => (why), None => { "exception " (i + 1) } } }
                            td { "no" }
                            td class="num" { (count(holds(many + i, false))) }
                        }
                    }
                }
            }
        },
    )
}

fn sources(book: &Book, found: &lead_eval::DefAnswers, data: &Data, id: DefId) -> Markup {
    let by = book.lexicon.def(id).subject.and_then(|table| {
        let field = source_field(book.lexicon, table)?;
        let column = data.records(table)?.columns.get(field.0 as usize)?.as_ref()?;
        let declared = book.lexicon.field(table, field);
        Some((declared.name.text.as_str(), by_source(&found.column, column, order_of(&declared.ty))))
    });
    let Some((name, rows)) = by else { return html! {} };
    scroll(
        &format!("By {name}"),
        &html! {
            table class="rows tri" {
                caption { "By " (name) }
                thead { tr {
                    th scope="col" { (lead_prose::capital(name)) } th scope="col" class="pic" { span class="hidden" { "Picture" } }
                    th scope="col" class="num" { "Yes" } th scope="col" class="num" { "Share" }
                    th scope="col" class="num" { "Cannot tell" } th scope="col" class="num" { "No" }
                } }
                tbody {
                    @for (source, tri) in rows {
                        tr {
                            th scope="row" { @match source { Some(source) => (source), None => span class="none" { "not known" } } }
                            td class="pic" { (bars::decisions(tri)) }
                            (num("Yes", count(tri.yes)))
                            (num("Share", share(tri.yes, tri.all())))
                            (num("Cannot tell", count(tri.unknown)))
                            (num("No", count(tri.no)))
                        }
                    }
                }
            }
        },
    )
}

fn missing(book: &Book, gaps: &[Gap], id: DefId) -> Markup {
    let list = work_list(gaps, Some(&[id]));
    if list.kinds.is_empty() {
        return html! {};
    }
    work::table(book, &list.kinds, "What is missing where it cannot be told, and what filling it decides", false)
}

/// All terms at a glance.
pub(crate) fn overview(book: &Book, survey: &Survey, terms: &[DefId]) -> Markup {
    scroll(
        "All terms",
        &html! {
            table class="rows tri all" {
                caption { "All terms at a glance" }
                thead { tr {
                    th scope="col" { "Term" } th scope="col" { "Of" } th scope="col" class="pic" { span class="hidden" { "Picture" } }
                    th scope="col" class="num" { "Yes" } th scope="col" class="num" { "Share" }
                    th scope="col" class="num" { "Cannot tell" } th scope="col" class="num" { "No" }
                } }
                tbody {
                    @for id in terms {
                        @let def = book.lexicon.def(*id);
                        @let tri = column_of(&survey.answers, *id).map(|a| Tri::of(&a.column)).unwrap_or_default();
                        tr {
                            th scope="row" { a href={ "#" (book.anchor(*id)) } { (def.name.text) } }
                            td { @if let Some(table) = def.subject { (book.lexicon.table(table).name.text) } }
                            td class="pic" { (bars::decisions(tri)) }
                            (num("Yes", count(tri.yes)))
                            (num("Share", share(tri.yes, tri.all())))
                            (num("Cannot tell", count(tri.unknown)))
                            (num("No", count(tri.no)))
                        }
                    }
                }
            }
        },
    )
}
