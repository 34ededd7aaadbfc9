//! What is missing, and what finding it out would decide.

use maud::{Markup, html};

use crate::entry::Book;
use crate::figures::count;
use crate::parts::scroll;
use crate::work_list::{Lack, missing_name};

/// Kinds of missing values as a table; `by` also says whose answers.
pub(crate) fn table(book: &Book, kinds: &[Lack], caption: &str, by: bool) -> Markup {
    scroll(
        caption,
        &html! {
            table {
                caption { (caption) }
                thead { tr {
                    th scope="col" { "Missing" } th scope="col" { "Of" } th scope="col" class="num" { "On records" }
                    th scope="col" class="num" { "Answers that it decides" } th scope="col" class="num" { "Answers that it helps with" }
                    @if by { th scope="col" { "Answers of" } }
                } }
                tbody {
                    @for kind in kinds {
                        tr {
                            th scope="row" { (missing_name(book.lexicon, kind.table, kind.missing)) }
                            td { (book.lexicon.table(kind.table).name.text) }
                            td class="num" { (count(kind.records)) }
                            td class="num" { (count(kind.alone)) }
                            td class="num" { (count(kind.others)) }
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
