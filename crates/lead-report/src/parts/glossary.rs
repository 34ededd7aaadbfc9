//! All definitions, by what they are said of, and what is known of records.

use lead_diag::InOrder;
use lead_hir::hir::{TableId, Ty};
use maud::{Markup, html};

use crate::entry::{Book, docs_of, type_word};
use crate::markdown::to_html;
use crate::parts::definition::card;
use crate::rule::Names;

/// `About a contact`
pub(crate) fn chapter_title(book: &Book, subject: Option<TableId>) -> String {
    match subject {
        Some(table) => {
            let name = &book.lexicon.table(table).name.text;
            format!("About {} {name}", lead_prose::article(name))
        }
        None => "For all".into(),
    }
}

/// Every definition as a card.
pub(crate) fn cards(book: &Book, names: &Names) -> Markup {
    html! {
        @for (subject, defs) in book.chapters() {
            p class="chapter" role="heading" aria-level="3" { (chapter_title(book, subject)) }
            @for id in defs { (card(book, names, id, &html! {})) }
        }
    }
}

/// Names in order of the alphabet.
pub(crate) fn index(book: &Book) -> Markup {
    let mut all: Vec<_> = book.lexicon.def_ids().map(|(id, d)| (d.name.key.as_str(), id, &d.name.text)).collect();
    all.in_order();
    html! {
        ul class="index" {
            @for (_, id, name) in all { li { a href={ "#" (book.anchor(id)) } { (name) } } }
        }
    }
}

/// Entities and events with their fields.
pub(crate) fn tables(book: &Book) -> Markup {
    html! {
        @for (id, table) in book.lexicon.table_ids() {
            article class="card" id=(book.table_anchor(id)) {
                header {
                    h3 { a href={ "#" (book.table_anchor(id)) } { (table.name.text) } }
                    p class="kind" { @if table.is_event() { "event" } @else { "entity" } ", from " (table.sources.join(", ")) }
                }
                @if let Some(docs) = docs_of(table.docs.as_deref()) { div class="docs" { (to_html(&docs)) } }
                div class="wide" role="group" aria-label={ "Fields of " (table.name.text) } tabindex="0" {
                    table {
                        thead { tr { th scope="col" { "Field" } th scope="col" { "Holds" } th scope="col" { "Meaning" } } }
                        tbody {
                            @for field in &table.fields {
                                tr {
                                    th scope="row" { (field.name.text) }
                                    td { (holds(book, &field.ty)) }
                                    td { @if let Some(docs) = docs_of(field.docs.as_deref()) { (to_html(&docs)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn holds(book: &Book, ty: &Ty) -> Markup {
    match ty {
        Ty::OneOf(values) => html! { (values.join(", ")) },
        Ty::Record(table) => {
            html! { "a " a href={ "#" (book.table_anchor(*table)) } { (book.lexicon.table(*table).name.text) } }
        }
        other => html! { (type_word(book.lexicon, other)) },
    }
}
