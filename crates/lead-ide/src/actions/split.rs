//! Split an `or` into alternatives: each gets a `because` of its own, so that an answer says which one held.

use lead_diag::{Edit, Span};
use lead_syntax::ast::{Clause, Expr, ExprKind, StatementKind};
use lead_syntax::scan;

use super::site::Site;
use super::{Action, ActionKind};
use crate::change::Select;
use crate::facts::quoted;
use crate::{Change, tree};

pub(super) fn offer(site: &Site, out: &mut Vec<Action>) {
    if clause(site).is_some() {
        out.push(Action::new("split", "Split the `or` into alternatives with `because`", ActionKind::Rewrite));
    }
}

/// The clause at the selection whose condition is an `or`, its branches, and the word that begins a further clause.
fn clause<'s>(site: &Site<'s>) -> Option<(&'s Clause, &'s [Expr], &'static str)> {
    let (_, statement) = site.statement?;
    let StatementKind::Term(term) = &statement.kind else { return None };
    let of = |clauses: &'s [Clause], word: &'static str| {
        clauses.iter().filter(|c| site.touches(c.span)).find_map(|c| match &c.condition.kind {
            ExprKind::Or(parts) => Some((c, parts.as_slice(), word)),
            _ => None,
        })
    };
    of(&term.alternatives, "or when").or_else(|| of(&term.exceptions, "unless"))
}

pub(super) fn resolve(site: &Site) -> Option<Change> {
    let (clause, parts, word) = clause(site)?;
    let text = site.text();
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    // The reason of the whole holds for each of them; without one each says what it asks.
    let reason = |part: &Expr| match &clause.because {
        Some(because) => because.value.clone(),
        None => said(text.get(part.span.range()).unwrap_or("")),
    };
    let mut edits = Vec::new();
    let last = parts.len().checked_sub(1)?;
    for (i, part) in parts.iter().enumerate() {
        if i < last || clause.because.is_none() {
            edits.push(Edit { span: part.span.after(), text: format!("  because {}", quoted(&reason(part))) });
        }
        let Some(next) = parts.get(i + 1) else { break };
        let between = text.get(part.span.end as usize..next.span.start as usize)?;
        let or = scan::tokens(between).into_iter().find(|t| t.is_word(between, "or"))?;
        let (from, to) = (part.span.end as usize + or.start, part.span.end as usize + or.end);
        let line = tree::line_start(text, from as u32).max(part.span.end as usize);
        let begins_line = text.get(line..from).is_some_and(|t| t.trim().is_empty()) && line > part.span.end as usize;
        let before = text.get(part.span.end as usize..from)?;
        let start =
            if begins_line { line } else { part.span.end as usize + before.trim_end_matches([' ', '\t']).len() };
        let line_end = if begins_line { "" } else { line_end };
        edits.push(Edit { span: Span::new(site.id, start, to), text: format!("{line_end}    {word}") });
    }
    // Behind the part, whose own text is the reason.
    let first = parts.first()?;
    let said = said(text.get(first.span.range())?);
    let near = first.span.end + said.len() as u32;
    let select = clause.because.is_none().then_some(Select { file: site.id, text: said, near });
    Some(site.snapshot.change(edits, select))
}

/// A condition as a reason: on one line, without the quotes of its texts.
fn said(condition: &str) -> String {
    let mut out = String::new();
    for line in condition.lines() {
        let code = match line.find(" #") {
            Some(at) if line.get(..at).is_some_and(|l| l.matches('"').count() % 2 == 0) => line.get(..at).unwrap_or(""),
            _ => line,
        };
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(code.trim());
    }
    out.replace('"', "'")
}
