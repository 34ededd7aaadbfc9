//! Sentences with their names linked.

use lead_prose::{Piece, Prose, Sentence};
use maud::{Markup, html};

use crate::entry::Book;

/// Text whose definitions are links.
pub(crate) fn prose(book: &Book, said: &Prose) -> Markup {
    html! {
        @for piece in said.pieces() {
            @match piece {
                Piece::Words(text) | Piece::Theirs(text) => { (text) }
                Piece::Def(id, text) => { a href={ "#" (book.anchor(*id)) } { em { (text) } } }
            }
        }
    }
}

/// A definition in words.
pub(crate) fn sentence(book: &Book, said: &Sentence) -> Markup {
    html! {
        div class="sentence" {
            p { (prose(book, &said.text)) }
            @if !said.lines.is_empty() {
                ul { @for line in &said.lines { li { (prose(book, line)) } } }
            }
        }
    }
}
