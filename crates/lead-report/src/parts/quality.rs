//! What the data are like: rows taken and rejected, values that are missing, what dangles.

use lead_data::{Data, Report};
use lead_diag::Severity;
use maud::{Markup, html};

use crate::chart::bars;
use crate::entry::Book;
use crate::figures::{count, share};
use crate::parts::{num, scroll, ticked};

/// The section.
pub(crate) fn quality(book: &Book, data: &Data, report: &Report) -> Markup {
    html! {
        p class="lede" { "Answers are as good as the data. Rows that could not be read are left out and counted here; values that could not be read are unknown." }
        h3 { "What was read" }
        (files(report))
        h3 { "What was wrong" }
        (problems(report))
        h3 { "What is known" }
        p class="lede" { "Of the fields that the definitions read, how many records have a value." }
        (known(book, data))
    }
}

fn files(report: &Report) -> Markup {
    scroll(
        "Files",
        &html! {
            table class="rows files" {
                caption { "Files, and what became of their rows" }
                thead { tr {
                    th scope="col" { "File" } th scope="col" { "Read as" } th scope="col" class="num" { "Rows" }
                    th scope="col" class="num" { "Taken" } th scope="col" class="num" { "Rejected" }
                } }
                tbody {
                    @for source in &report.sources {
                        tr {
                            th scope="row" { (source.file) }
                            td { (source.table) }
                            (num("Rows", count(source.rows as usize)))
                            (num("Taken", count(source.taken as usize)))
                            (num("Rejected", count(source.rejected as usize)))
                        }
                    }
                }
            }
        },
    )
}

fn problems(report: &Report) -> Markup {
    if report.problems.is_empty() {
        return html! { p { "Nothing." } };
    }
    scroll(
        "Problems",
        &html! {
            table class="rows problems" {
                caption { "Problems of the data, with the first places" }
                thead { tr {
                    th scope="col" { "Problem" } th scope="col" class="num" { "How often" } th scope="col" { "First places" }
                } }
                tbody {
                    @for problem in &report.problems {
                        tr {
                            th scope="row" {
                                @match problem.severity { Severity::Error => "Error: ", Severity::Warning => "", _ => "Note: " }
                                (ticked(&problem.message))
                                @if let Some(help) = &problem.help { br; small { (ticked(help)) } }
                            }
                            (num("How often", count(problem.count as usize)))
                            td {
                                @for (i, place) in problem.places.iter().take(3).enumerate() {
                                    @if i > 0 { br; }
                                    (place.file) ":" (place.line)
                                    @if !place.value.is_empty() { " " code { (short(&place.value)) } }
                                }
                            }
                        }
                    }
                }
            }
        },
    )
}

fn short(text: &str) -> String {
    let mut out: String = text.chars().take(60).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

fn known(book: &Book, data: &Data) -> Markup {
    let tables = book.lexicon.table_ids().filter_map(|(id, table)| Some((id, table, data.records(id)?)));
    html! {
        @for (_, table, records) in tables.filter(|(_, t, _)| !t.is_event()) {
            (scroll(&format!("Fields of {}", table.name.text), &html! {
                table class="rows three" {
                    caption { (table.name.text) ": " (count(records.rows)) " records" }
                    thead { tr {
                        th scope="col" { "Field" } th scope="col" class="pic" { span class="hidden" { "Picture" } }
                        th scope="col" class="num" { "Known" } th scope="col" class="num" { "Missing" } th scope="col" class="num" { "Share missing" }
                    } }
                    tbody {
                        @for (field, column) in table.fields.iter().zip(&records.columns) {
                            @if let Some(column) = column {
                                @let known = (0..column.len()).filter(|i| column.is_known(*i)).count();
                                @let missing = column.len() - known;
                                tr {
                                    th scope="row" { (field.name.text) }
                                    td class="pic" { (bars::length(known as f64, column.len() as f64, &format!("{} known", share(known, column.len())))) }
                                    (num("Known", count(known)))
                                    (num("Missing", count(missing)))
                                    (num("Share missing", share(missing, column.len())))
                                }
                            }
                        }
                    }
                }
            }))
        }
    }
}
