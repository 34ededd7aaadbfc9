//! The map of how terms build on each other, and the same as a table.

use maud::{Markup, html};

use crate::chart::map::{Graph, map};
use crate::entry::Book;

/// The map; nothing where no term builds on another.
pub(crate) fn terms_map(book: &Book) -> Option<Markup> {
    let graph = Graph::new(book);
    let joined: Vec<_> = graph.below.iter().filter(|(_, below)| !below.is_empty()).collect();
    if joined.is_empty() {
        return None;
    }
    let alone: Vec<_> = graph
        .below
        .iter()
        .filter(|(id, below)| below.is_empty() && !graph.below.values().any(|b| b.contains(*id)))
        .collect();
    let subjects = book.lexicon.tables.iter().filter(|t| !t.is_event()).enumerate();
    let drawn: Vec<_> = subjects
        .filter(|(_, t)| {
            graph
                .below
                .keys()
                .any(|id| book.lexicon.def(*id).subject.is_some_and(|s| book.lexicon.table(s).name.key == t.name.key))
        })
        .collect();
    Some(html! {
        p class="lede" { "From left to right: each term stands right of the terms that it builds on, directly or through a value." }
        @if graph.is_drawn() {
            @if drawn.len() > 1 {
                ul class="key" aria-label="Whose terms" {
                    @for (i, table) in &drawn { li { i class={ "tint-" (i % 5) } {} (table.name.text) } }
                }
            }
            div class="wide" role="group" aria-label="Map of terms, scrolls sideways" tabindex="0" { (map(book, &graph)) }
        }
        div class="wide" role="group" aria-label="Terms and what they build on" tabindex="0" {
            table {
                caption { "Terms and the terms that they build on" }
                thead { tr { th scope="col" { "Term" } th scope="col" { "Of" } th scope="col" { "Builds on" } } }
                tbody {
                    @for (id, below) in &joined {
                        @let def = book.lexicon.def(**id);
                        tr {
                            th scope="row" { a href={ "#" (book.anchor(**id)) } { (def.name.text) } }
                            td { @if let Some(t) = def.subject { (book.lexicon.table(t).name.text) } }
                            td { @for (i, (id, name)) in book.named(Some(below)).into_iter().enumerate() {
                                @if i > 0 { ", " }
                                a href={ "#" (book.anchor(id)) } { (name) }
                            } }
                        }
                    }
                }
            }
        }
        @if !alone.is_empty() {
            p { "Standing alone: "
                @for (i, (id, _)) in alone.iter().enumerate() {
                    @if i > 0 { ", " }
                    a href={ "#" (book.anchor(**id)) } { (book.lexicon.def(**id).name.text) }
                }
                "."
            }
        }
    })
}
