//! A rule as it is written, with its words coloured and its names linked.

use std::collections::HashMap;

use lead_hir::hir::DefId;
use lead_syntax::ast::fold_name;
use lead_syntax::scan::{self, Token, TokenKind};
use maud::{Markup, html};

use crate::entry::Book;

/// Names and where they lead.
pub(crate) struct Names {
    defs: HashMap<String, DefId>,
    others: HashMap<String, ()>,
    /// The most words that a name has.
    longest: usize,
}

impl Names {
    pub fn new(book: &Book) -> Names {
        let defs: HashMap<String, DefId> = book.lexicon.def_ids().map(|(id, d)| (d.name.key.clone(), id)).collect();
        let mut others = HashMap::new();
        for table in &book.lexicon.tables {
            others.insert(table.name.key.clone(), ());
            others.extend(table.fields.iter().map(|f| (f.name.key.clone(), ())));
        }
        let longest = defs.keys().chain(others.keys()).map(|k| k.split(' ').count()).max().unwrap_or(1);
        Names { defs, others, longest }
    }
}

/// Words that are the language's where no name has them.
const WORDS: &[&str] = &[
    "score",
    "funnel",
    "metric",
    "count",
    "any",
    "no",
    "every",
    "sum",
    "average",
    "min",
    "max",
    "first",
    "last",
    "distinct",
    "within",
    "in",
    "by",
    "per",
    "at",
    "most",
    "least",
    "otherwise",
    "is",
    "known",
    "unknown",
    "half-life",
    "starts",
    "ends",
    "with",
    "ago",
    "next",
    "this",
    "now",
    "today",
    "yes",
    "true",
    "false",
    "on",
    "as",
    "days",
    "hours",
    "quarter",
    "month",
    "week",
    "year",
    "day",
    "fiscal",
    "round",
    "abs",
    "length",
    "lower",
    "quarters",
    "years",
    "months",
    "weeks",
];

/// The text of a statement as HTML.
pub(crate) fn highlighted(book: &Book, names: &Names, text: &str, own: DefId) -> Markup {
    let tokens = scan::tokens(text);
    let mut parts: Vec<Markup> = Vec::new();
    let (mut at, mut i) = (0, 0);
    while let Some(token) = tokens.get(i) {
        parts.push(gap(text.get(at..token.start).unwrap_or("")));
        let (taken, part) = part(book, names, text, &tokens[i..], own);
        at = tokens.get(i + taken - 1).map_or(token.end, |t| t.end);
        parts.push(part);
        i += taken;
    }
    parts.push(gap(text.get(at..).unwrap_or("")));
    html! { pre class="rule" tabindex="0" { code { @for part in &parts { (part) } } } }
}

/// Blanks, and comments.
fn gap(text: &str) -> Markup {
    html! { @if text.trim().is_empty() { (text) } @else { span class="c" { (text) } } }
}

/// One token or one name, and how many tokens it is.
fn part(book: &Book, names: &Names, text: &str, tokens: &[Token], own: DefId) -> (usize, Markup) {
    let Some(first) = tokens.first() else { return (1, html! {}) };
    let word = first.text(text);
    match first.kind {
        TokenKind::Word | TokenKind::Quoted => {}
        TokenKind::Text => return (1, html! { span class="s" { (word) } }),
        TokenKind::Number => return (1, html! { span class="n" { (word) } }),
        _ => return (1, html! { (word) }),
    }
    if first.kind == TokenKind::Word && scan::is_keyword(word) {
        return (1, html! { span class="k" { (word) } });
    }
    // `at` may be a field as well.
    let next = tokens.get(1).map_or("", |t| t.text(text)).to_lowercase();
    if word.eq_ignore_ascii_case("at") && ["most", "least"].contains(&next.as_str()) {
        return (1, html! { span class="k" { (word) } });
    }
    let most = tokens
        .iter()
        .take(names.longest)
        .take_while(|t| t.kind == first.kind && same_line(text, first, t))
        .count()
        .max(1);
    for taken in (1..=most).rev() {
        let Some(last) = tokens.get(taken - 1) else { continue };
        let written = text.get(first.start..last.end).unwrap_or("");
        let key = fold_name(written.trim_matches('`'));
        if let Some(id) = names.defs.get(&key) {
            return (
                taken,
                html! {
                    @if *id == own { strong { (written) } } @else { a href={ "#" (book.anchor(*id)) } { (written) } }
                },
            );
        }
        if names.others.contains_key(&key) {
            return (taken, html! { span class="f" { (written) } });
        }
    }
    if WORDS.contains(&word.to_lowercase().as_str()) {
        return (1, html! { span class="k" { (word) } });
    }
    (1, html! { (word) })
}

fn same_line(text: &str, first: &Token, other: &Token) -> bool {
    !text.get(first.start..other.start).unwrap_or("").contains('\n')
}
