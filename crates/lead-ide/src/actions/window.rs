//! Add the window that is missing: to a signal that is counted over all time, and to what cannot do without one.

use lead_diag::{Edit, Span, codes};
use lead_hir::index::{Effective, Signal};
use lead_syntax::ast::{AggregateBody, Expr, ExprKind};

use super::site::{Site, around, in_target};
use super::{Action, ActionKind};
use crate::Change;
use crate::change::Select;
use crate::tree::{self, Node};

/// The window that is offered where the statement has none.
const USUAL: &str = "within 90d";

pub(super) fn offer(site: &Site, out: &mut Vec<Action>) {
    let reported = |span: Span| {
        let codes = [codes::UNWINDOWED_SIGNAL, codes::NEEDS_WINDOW];
        site.diagnostics()
            .filter(|(_, d)| codes.contains(&d.code))
            .find(|(_, d)| d.span().is_some_and(|s| s.start <= span.start && span.end <= s.end))
            .map(|(i, _)| i)
    };
    let Some(missing) = missing(site) else { return };
    let diagnostic = reported(missing.signal);
    let kind = if diagnostic.is_some() { ActionKind::QuickFix } else { ActionKind::Rewrite };
    for (n, window) in windows(site).iter().enumerate() {
        let mut action = Action::new(format!("window:{n}"), format!("Add the window `{window}`"), kind);
        action.diagnostics.extend(diagnostic);
        out.push(action);
    }
    if moved(site).is_some() {
        let title = "Move the window to the end, so that it covers all";
        let mut action = Action::new("window:move", title, kind);
        action.diagnostics.extend(diagnostic);
        out.push(action);
    }
}

pub(super) fn resolve(site: &Site, rest: &str) -> Option<Change> {
    if rest == "move" {
        return Some(site.snapshot.change(moved(site)?, None));
    }
    let windows = windows(site);
    let window = windows.get(rest.parse::<usize>().ok()?)?;
    let missing = missing(site)?;
    let near = missing.signal.end;
    let length = window.split_whitespace().last().unwrap_or(window).to_string();
    let select = (window == USUAL).then_some(Select { file: site.id, text: length, near });
    Some(site.snapshot.change(edits(site, &missing, window)?, select))
}

/// A signal without a window, and where in the condition it stands.
struct Missing<'s> {
    signal: Span,
    /// The expressions around it, the outermost first.
    chain: Vec<&'s Expr>,
    /// The part of an `and` or `or`, or the whole condition, that the signal belongs to.
    part: &'s Expr,
}

fn missing<'s>(site: &Site<'s>) -> Option<Missing<'s>> {
    let (_, statement) = site.statement?;
    let windows = site.snapshot.checked().windows_in(site.id);
    let from = windows.partition_point(|w| w.span.start < statement.span.start);
    let inside = windows.iter().skip(from).take_while(|w| w.span.start < statement.span.end);
    let open = inside.filter(|w| w.window.is_none() && site.touches(w.span) && w.signal != Signal::Time);
    let Effective { span: signal, .. } = *open.min_by_key(|w| w.span.end - w.span.start)?;
    let chain = around(statement, signal);
    let at = chain.iter().position(|e| e.span == signal)?;
    // Out to the nearest `and`, `or`, parenthesis or condition of records.
    let mut part = *chain.get(at)?;
    for outer in chain.get(..at)?.iter().rev() {
        match outer.kind {
            ExprKind::Compare { .. }
            | ExprKind::Between { .. }
            | ExprKind::IsKnown { .. }
            | ExprKind::Not(_)
            | ExprKind::Arithmetic { .. }
            | ExprKind::Negate(_)
            | ExprKind::Call { .. } => part = outer,
            _ => break,
        }
    }
    // A window of a measurement stands inside of it; only a condition has one behind.
    let condition = site.snapshot.checked().type_of(part.span) == Some(&lead_hir::hir::Ty::YesNo);
    (condition && !in_target(&chain, signal)).then_some(Missing { signal, chain, part })
}

/// The windows to offer: those of the statement, else the usual one.
fn windows(site: &Site) -> Vec<String> {
    let Some((_, statement)) = site.statement else { return Vec::new() };
    let mut out: Vec<String> = Vec::new();
    tree::statement(statement, &mut |node| {
        if let Node::Window(window) = node {
            let text = site.snapshot.slice(window.span).split_whitespace().collect::<Vec<_>>().join(" ");
            // A period as a value has no word before it.
            let whole = ["within", "since", "before", "between", "more"].iter().any(|w| text.starts_with(w));
            if whole && !out.contains(&text) {
                out.push(text);
            }
        }
    });
    out.truncate(3);
    if out.is_empty() {
        out.push(USUAL.to_string());
    }
    out
}

/// Puts a window to a signal and to nothing else.
fn edits(site: &Site, missing: &Missing, window: &str) -> Option<Vec<Edit>> {
    let insert = |at: Span, text: String| Edit { span: at, text };
    if !covers_more(site, missing) {
        return Some(vec![insert(missing.part.span.after(), format!(" {window}"))]);
    }
    // Behind the part it would cover what stands to the left as well, so it goes inside.
    if let Some(ExprKind::Aggregate(aggregate)) =
        missing.chain.iter().find(|e| e.span == missing.signal).map(|e| &e.kind)
        && let AggregateBody::Records(records) = &aggregate.body
    {
        let behind = records.via.as_ref().map_or(records.target.span, |via| via.span).after();
        return Some(vec![insert(behind, format!(" {window}"))]);
    }
    let part = missing.part.span;
    Some(vec![insert(part.before(), "(".into()), insert(part.after(), format!(" {window})"))])
}

/// Whether a window behind the part would reach signals to its left.
fn covers_more(site: &Site, missing: &Missing) -> bool {
    let parent =
        missing.chain.iter().rev().skip_while(|e| e.span != missing.part.span).find(|e| e.span != missing.part.span);
    let Some(Expr { kind: ExprKind::And(parts), .. }) = parent else { return false };
    let Some(first) = parts.first() else { return false };
    let windows = site.snapshot.checked().windows_in(site.id);
    let inside = windows.iter().filter(|w| first.span.start <= w.span.start && w.span.end <= missing.part.span.start);
    inside.filter(|w| w.window.is_none()).count() > 0
}

/// The edits that take the only window of an `and` to its end.
fn moved(site: &Site) -> Option<Vec<Edit>> {
    let missing = missing(site)?;
    let and = missing.chain.iter().rev().find_map(|e| match &e.kind {
        ExprKind::And(parts) if parts.iter().any(|p| p.span == missing.part.span) => Some((*e, parts)),
        _ => None,
    })?;
    let (whole, parts) = and;
    let mut windowed = parts.iter().filter_map(|p| match &p.kind {
        ExprKind::Windowed { value, window } => Some((value, window)),
        _ => None,
    });
    let (value, window) = windowed.next()?;
    let last = parts.last()?;
    // Other windows keep what they cover, and one behind the whole would come twice.
    if windowed.next().is_some() || last.span.end == window.span.end || missing.signal.start < window.span.start {
        return None;
    }
    let parent = missing.chain.iter().rev().skip_while(|e| e.span != whole.span).find(|e| e.span != whole.span);
    if matches!(parent, Some(Expr { kind: ExprKind::Windowed { .. }, .. })) {
        return None;
    }
    let text = site.snapshot.slice(window.span).to_string();
    let out = Span { start: value.span.end, ..window.span };
    Some(vec![Edit { span: out, text: String::new() }, Edit { span: whole.span.after(), text: format!(" {text}") }])
}
