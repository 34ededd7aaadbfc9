//! The glossary as Markdown.

use lead_diag::SourceMap;
use lead_hir::hir::{DefId, Lexicon, Ty};
use lead_prose::{Piece, Prose, escape_markdown};

use crate::entry::{Book, docs_of, type_word};
use crate::markdown::without_html;
use crate::parts::definition::kind;
use crate::parts::glossary::chapter_title;

/// The glossary as Markdown, with links between definitions.
pub fn markdown(lexicon: &Lexicon, sources: &SourceMap) -> String {
    let book = Book::new(lexicon, sources);
    let mut out = format!("# {}: glossary\n", escape_markdown(&lexicon.settings.name));
    for (subject, defs) in book.chapters() {
        out.push_str(&format!("\n## {}\n", escape_markdown(&chapter_title(&book, subject))));
        for id in defs {
            out.push_str(&entry(&book, id));
        }
    }
    if !lexicon.tables.is_empty() {
        out.push_str("\n## What is known of each record\n");
        for (id, table) in lexicon.table_ids() {
            let what = if table.is_event() { "event" } else { "entity" };
            out.push_str(&format!(
                "\n<a id=\"{}\"></a>\n\n### {}\n\n{what}, from {}\n",
                book.table_anchor(id),
                escape_markdown(&table.name.text),
                code(&table.sources.join(", ")),
            ));
            if let Some(docs) = docs_of(table.docs.as_deref()) {
                out.push_str(&format!("\n{}\n", without_html(&docs)));
            }
            out.push_str("\n| field | holds | meaning |\n| --- | --- | --- |\n");
            for field in &table.fields {
                let holds = match &field.ty {
                    Ty::OneOf(values) => values.join(", "),
                    other => type_word(lexicon, other),
                };
                let docs = docs_of(field.docs.as_deref()).unwrap_or_default();
                let docs = without_html(&docs).replace('\n', " ").replace('|', "\\|");
                out.push_str(&format!(
                    "| {} | {} | {docs} |\n",
                    escape_markdown(&field.name.text),
                    escape_markdown(&holds)
                ));
            }
        }
    }
    out
}

fn entry(book: &Book, id: DefId) -> String {
    let def = book.lexicon.def(id);
    let mut out = format!(
        "\n<a id=\"{}\"></a>\n\n### {}\n\n{}\n",
        book.anchor(id),
        escape_markdown(&def.name.text),
        escape_markdown(&kind(book, id)),
    );
    if let Some(docs) = docs_of(def.docs.as_deref()) {
        out.push_str(&format!("\n{}\n", without_html(&docs)));
    }
    if let Some(said) = lead_prose::sentence(book.lexicon, id) {
        out.push_str(&format!("\n> {}\n", linked(book, &said.text)));
        for (i, line) in said.lines.iter().enumerate() {
            out.push_str(if i == 0 { ">\n" } else { "" });
            out.push_str(&format!("> - {}\n", linked(book, line)));
        }
    }
    let rule = book.rule(def).trim_end();
    let fence = fence(rule);
    out.push_str(&format!("\n{fence}lead\n{rule}\n{fence}\n\n"));
    for (title, set) in [("Builds on", book.uses.of.get(&id)), ("Used by", book.uses.by.get(&id))] {
        let named: Vec<String> = book
            .named(set)
            .iter()
            .map(|(id, name)| format!("[{}](#{})", escape_markdown(name), book.anchor(*id)))
            .collect();
        if !named.is_empty() {
            out.push_str(&format!("- {title}: {}\n", named.join(", ")));
        }
    }
    if let Some(owner) = def.owner() {
        out.push_str(&format!("- Owner: {}\n", escape_markdown(owner)));
    }
    let (file, line) = book.place(def);
    out.push_str(&format!("- Written in: {}, line {line}\n", code(&file)));
    out
}

fn linked(book: &Book, said: &Prose) -> String {
    let text = |piece: &Piece| match piece {
        Piece::Words(text) => text.clone(),
        Piece::Theirs(text) => escape_markdown(text),
        Piece::Def(id, text) => format!("[*{}*](#{})", escape_markdown(text), book.anchor(*id)),
    };
    said.pieces().iter().map(text).collect()
}

/// A fence that nothing in the text closes.
fn fence(text: &str) -> String {
    "`".repeat(ticks_in(text).max(2) + 1)
}

/// The most backticks that stand side by side.
fn ticks_in(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Text as code, whatever backticks it has.
fn code(text: &str) -> String {
    let ticks = "`".repeat(ticks_in(text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{pad}{}{pad}{ticks}", text.replace('\n', " "))
}
