//! What is missing, and what finding it out would decide.

use maud::{Markup, html};

use crate::entry::Book;
use crate::figures::count;
use crate::parts::{num, scroll};
use crate::work_list::{Lack, missing_name};

/// Kinds of missing values as a table; `by` also says whose answers they are.
pub(crate) fn table(book: &Book, kinds: &[Lack], caption: &str, by: bool) -> Markup {
    scroll(
        caption,
        &html! {
            table class="rows work" {
                caption { (caption) }
                thead { tr {
                    th scope="col" { "Missing" } th scope="col" { "Of" } th scope="col" class="num" { "On records" }
                    th scope="col" class="num" { "Decides" } th scope="col" class="num" { "Helps with" }
                    @if by { th scope="col" { "Answers of" } }
                } }
                tbody {
                    @for kind in kinds {
                        tr {
                            th scope="row" { (missing_name(book.lexicon, kind.table, kind.missing)) }
                            td { (book.lexicon.table(kind.table).name.text) }
                            (num("On records", count(kind.records)))
                            (num("Decides", count(kind.alone)))
                            (num("Helps with", count(kind.others)))
                            @if by { td class="names" {
                                @for (i, id) in kind.defs.iter().enumerate() {
                                    @if i > 0 { ", " }
                                    a href={ "#" (book.anchor(*id)) } { (book.lexicon.def(*id).name.text) }
                                }
                            } }
                        }
                    }
                }
            }
        },
    )
}
