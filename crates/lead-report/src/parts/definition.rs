//! What is to be said of a definition without data: documentation, sentence, rule, neighbours, owner and place.

use lead_hir::hir::DefId;
use maud::{Markup, html};

use crate::entry::{Book, docs_of, type_word};
use crate::markdown::to_html;
use crate::parts::prose::sentence;
use crate::rule::{Names, highlighted};

/// A definition as a card. `more` stands between the rule and the facts; `heading` is empty where something else links here.
pub(crate) fn card(book: &Book, names: &Names, id: DefId, more: &Markup) -> Markup {
    let def = book.lexicon.def(id);
    html! {
        article class="card" id=(book.anchor(id)) {
            header {
                h3 { a href={ "#" (book.anchor(id)) } { (def.name.text) } }
                p class="kind" { (kind(book, id)) }
            }
            @if let Some(docs) = docs_of(def.docs.as_deref()) { div class="docs" { (to_html(&docs)) } }
            @if let Some(said) = lead_prose::sentence(book.lexicon, id) { (sentence(book, &said)) }
            (highlighted(book, names, book.rule(def), id))
            (more)
            (facts(book, id))
        }
    }
}

/// `term about a contact`, `number of a company`
pub(crate) fn kind(book: &Book, id: DefId) -> String {
    let def = book.lexicon.def(id);
    let word = def.kind.word();
    let word = if word == "value" { type_word(book.lexicon, &def.ty) } else { word.to_string() };
    match def.subject {
        Some(table) => {
            let name = &book.lexicon.table(table).name.text;
            format!("{word}, of {} {name}", lead_prose::article(name))
        }
        None => word,
    }
}

fn facts(book: &Book, id: DefId) -> Markup {
    let def = book.lexicon.def(id);
    let (below, above) = (book.named(book.uses.of.get(&id)), book.named(book.uses.by.get(&id)));
    let (file, line) = book.place(def);
    html! {
        dl class="facts" {
            @for (title, named) in [("Builds on", &below), ("Used by", &above)] {
                @if !named.is_empty() {
                    dt { (title) }
                    dd { ul { @for (id, name) in named { li { a href={ "#" (book.anchor(*id)) } { (name) } } } } }
                }
            }
            @if let Some(owner) = def.owner() { dt { "Owner" } dd { (owner) } }
            dt { "Written in" }
            dd { (file) ", line " (line) }
        }
    }
}
