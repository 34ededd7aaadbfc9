//! The glossary alone, without data: for a company's handbook.

mod as_markdown;

use lead_diag::SourceMap;
use lead_hir::hir::Lexicon;
use maud::html;

use crate::entry::Book;
use crate::page::{Front, Section, page};
use crate::parts::glossary::{cards, chapter_title, index, tables};
use crate::parts::terms_map::terms_map;
use crate::rule::Names;

pub use as_markdown::markdown;

/// The glossary as one HTML page.
pub fn html(lexicon: &Lexicon, sources: &SourceMap) -> String {
    let book = Book::new(lexicon, sources);
    let names = Names::new(&book);
    let count = lexicon.def_ids().count();
    let front = Front {
        what: "Glossary",
        title: &lexicon.settings.name,
        lines: vec![
            html! { "What our words mean: " (count) @if count == 1 { " definition." } @else { " definitions." } },
        ],
    };
    let chapters: Vec<_> = book.chapters();
    let within = chapters.iter().flat_map(|(subject, defs)| {
        let first = defs.first().map(|id| book.anchor(*id).to_string());
        first.map(|first| (first, chapter_title(&book, *subject)))
    });
    let mut sections = vec![
        Section { id: "words", title: "All words", body: index(&book), within: Vec::new() },
        Section { id: "glossary", title: "Definitions", body: cards(&book, &names), within: within.collect() },
    ];
    if let Some(body) = terms_map(&book) {
        sections.insert(1, Section { id: "map", title: "How terms build on each other", body, within: Vec::new() });
    }
    if !lexicon.tables.is_empty() {
        sections.push(Section {
            id: "data",
            title: "What is known of each record",
            body: tables(&book),
            within: Vec::new(),
        });
    }
    page(&front, &sections)
}
