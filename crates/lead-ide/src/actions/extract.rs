//! Extract a value: the selected expression gets a name of its own, in a statement above, below the right `for`.

use lead_diag::{Edit, Span};
use lead_hir::hir::{self, AggregateFn, TableId, Ty};
use lead_syntax::ast::{AggregateBody, CompareOp, Expr, ExprKind, LiteralKind, StatementKind, fold_name};

use super::site::{Site, in_target, typed};
use super::{Action, ActionKind};
use crate::change::Select;
use crate::spelling::{reads_as_name, written};
use crate::{Change, selection};

pub(super) fn offer(site: &Site, out: &mut Vec<Action>) {
    if let Some(found) = extracted(site) {
        let title = format!("Extract a value `{}`", found.name);
        out.push(Action::new("extract", title, ActionKind::Extract));
    }
}

/// What is extracted.
struct Extracted {
    /// What is replaced.
    span: Span,
    /// What the new statement says.
    text: String,
    name: String,
    /// Whose value it is; `None`: it is the same for every record.
    subject: Option<TableId>,
}

fn extracted(site: &Site) -> Option<Extracted> {
    let (_, statement) = site.statement?;
    let fits = matches!(
        statement.kind,
        StatementKind::Value(_)
            | StatementKind::Term(_)
            | StatementKind::Choice(_)
            | StatementKind::Score(_)
            | StatementKind::Metric(_)
    );
    if !fits || site.range.is_empty() {
        return None;
    }
    let span = site.span();
    let chain = site.around(span);
    let selected = chain.iter().rev().find(|e| e.span == span)?;
    let mut inner = *selected;
    while let ExprKind::Paren(within) = &inner.kind {
        inner = within;
    }
    // The whole of a value has a name already.
    if matches!(&statement.kind, StatementKind::Value(v) if v.expr.span == span) {
        return None;
    }
    let outer = chain.iter().rev().find(|e| e.span != span);
    if in_target(&chain, span) || is_pattern(outer.copied(), span) || matches!(inner.kind, ExprKind::Error) {
        return None;
    }
    let ty = site.snapshot.checked().type_of(inner.span)?;
    if matches!(ty, Ty::Record(_) | Ty::Period | Ty::Error) {
        return None;
    }
    let subject = said_of(site, inner.span)?;
    let text = one_line(site.snapshot.slice(inner.span))?;
    let name = free_name(site, &suggested(inner, site));
    Some(Extracted { span, text, name, subject })
}

/// Whose value an expression would be. `None`: it cannot be taken out of where it stands.
fn said_of(site: &Site, span: Span) -> Option<Option<TableId>> {
    let def = site.def()?;
    let lexicon = site.lexicon();
    let found = typed(lexicon, def, span)?;
    let mut own = found.expr;
    // The operand of a test of time is what stands there.
    if let hir::ExprKind::TimeTest(inner) = &own.kind {
        own = inner;
    }
    let asks = Asks::of(own);
    if asks.escapes || asks.needs_window {
        return None;
    }
    if !asks.record {
        return Some(None);
    }
    let table = *found.frames.last()?;
    (!lexicon.table(table).is_event()).then_some(Some(table))
}

/// What an expression needs of the place where it stands.
#[derive(Default)]
struct Asks {
    /// It names something of a record further out.
    escapes: bool,
    /// It is tested by a window that stands outside of it.
    needs_window: bool,
    /// It names something of a record.
    record: bool,
}

impl Asks {
    fn of(expr: &hir::Expr) -> Asks {
        let mut asks = Asks::default();
        asks.look(expr, 0, false);
        asks
    }

    fn look(&mut self, expr: &hir::Expr, depth: u8, covered: bool) {
        use hir::ExprKind as Kind;
        let mut up = |n: u8| {
            self.escapes |= n > depth;
            self.record |= n == depth;
        };
        match &expr.kind {
            Kind::Get { up: n, .. } => up(*n),
            Kind::Was { up: n, .. } => up(*n),
            Kind::Became { up: n, .. } => {
                up(*n);
                self.needs_window |= !covered;
            }
            Kind::TimeTest(_) => self.needs_window |= !covered,
            Kind::Aggregate(aggregate) => {
                match aggregate.records.relation {
                    hir::Relation::Hops(_) => up(aggregate.records.up),
                    // All records of a table are a metric's alone.
                    hir::Relation::All => self.escapes = true,
                }
                let parts = aggregate.records.filter.iter().chain(&aggregate.argument);
                parts.for_each(|e| self.look(e, depth + 1, covered));
                return;
            }
            Kind::Sequence(sequence) => {
                up(sequence.up);
                sequence.steps.iter().filter_map(|s| s.filter.as_ref()).for_each(|e| self.look(e, depth + 1, covered));
                return;
            }
            Kind::Windowed { value, .. } => return self.look(value, depth, true),
            _ => {}
        }
        lead_hir::walk::parts(expr, &mut |part| self.look(part, depth, covered));
    }
}

/// Whether an expression is the regular expression of `matches`, which is written where it is used.
fn is_pattern(outer: Option<&Expr>, span: Span) -> bool {
    match outer.map(|e| &e.kind) {
        Some(ExprKind::Compare { op: CompareOp::Matches, right, .. }) => right.span == span,
        _ => false,
    }
}

/// A text on one line; `None` where a comment stands in it.
pub(super) fn one_line(text: &str) -> Option<String> {
    if !text.contains('\n') {
        return Some(text.to_string());
    }
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted => return None,
            _ => {}
        }
    }
    Some(text.lines().map(str::trim).collect::<Vec<_>>().join(" "))
}

/// What the value might be called.
fn suggested(expr: &Expr, site: &Site) -> String {
    let slice = |span: Span| site.snapshot.slice(span).trim_matches('`').to_string();
    match &expr.kind {
        ExprKind::Aggregate(aggregate) => {
            let AggregateBody::Records(records) = &aggregate.body else { return "sequence".into() };
            let ExprKind::Path(path) = &records.target.kind else { return "new value".into() };
            let last = path.names.last().map(|n| n.text.clone()).unwrap_or_default();
            let first = path.names.first().map(|n| n.text.clone()).unwrap_or_default();
            match aggregate.function {
                AggregateFn::Count => format!("{last} count"),
                AggregateFn::Any => format!("has {last}"),
                AggregateFn::No => format!("without {last}"),
                AggregateFn::Every => format!("every {last}"),
                AggregateFn::Sum => format!("total {last}"),
                AggregateFn::Average => format!("average {last}"),
                AggregateFn::Min => format!("least {last}"),
                AggregateFn::Max => format!("greatest {last}"),
                AggregateFn::First if first != last => format!("first {first} {last}"),
                AggregateFn::Last if first != last => format!("latest {first} {last}"),
                AggregateFn::First => format!("first {last}"),
                AggregateFn::Last => format!("latest {last}"),
            }
        }
        ExprKind::Path(path) => path.names.iter().map(|n| n.text.as_str()).collect::<Vec<_>>().join(" "),
        ExprKind::Literal(LiteralKind::Number(_) | LiteralKind::Percent(_)) => "threshold".into(),
        ExprKind::Literal(LiteralKind::Date(..) | LiteralKind::Time(..)) => "start".into(),
        ExprKind::Literal(LiteralKind::Text(text)) => fold_name(text),
        ExprKind::List(_) => "choices".into(),
        ExprKind::Call { function, args } => match args.first().map(|a| &a.kind) {
            Some(ExprKind::Path(path)) => {
                let last = path.names.last().map(|n| n.text.clone()).unwrap_or_default();
                format!("{} of {last}", slice(function.span))
            }
            _ => slice(function.span),
        },
        ExprKind::Compare { .. }
        | ExprKind::Between { .. }
        | ExprKind::IsKnown { .. }
        | ExprKind::IsTerm { .. }
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Not(_) => "condition".into(),
        _ => "new value".into(),
    }
}

/// A name that nothing bears, made of a suggestion.
fn free_name(site: &Site, wanted: &str) -> String {
    let key = fold_name(wanted);
    let base = if reads_as_name(&key) && key.len() <= 40 { key } else { "new value".to_string() };
    let taken = |name: &str| {
        site.snapshot.names().item(name).is_some()
            || site.lexicon().tables.iter().any(|t| t.field_named(name).is_some())
    };
    if !taken(&base) {
        return base;
    }
    (2..).map(|n| format!("{base}{n}")).find(|name| !taken(name)).unwrap_or(base)
}

pub(super) fn resolve(site: &Site) -> Option<Change> {
    let found = extracted(site)?;
    let (index, statement) = site.statement?;
    let own = site.snapshot.checked().subject_at(site.id, statement.span.start);
    let name = written(&found.name);
    let line_end = if site.text().contains("\r\n") { "\r\n" } else { "\n" };
    let says = format!("{name} = {}", found.text);
    let insert = match found.subject {
        Some(table) if own != Some(table) => below(site, table, &says, line_end),
        _ => {
            let (at, _) = selection::with_docs(site.file.tree(), site.text(), index);
            Edit { span: Span::new(site.id, at, at), text: format!("{says}{line_end}{line_end}") }
        }
    };
    let near = insert.span.start;
    let edits = vec![insert, Edit { span: found.span, text: name.clone() }];
    Some(site.snapshot.change(edits, Some(Select { file: site.id, text: name, near })))
}

/// Puts a statement to the others of a subject: behind the last below its `for`, else below a new `for` at the end.
fn below(site: &Site, table: TableId, says: &str, line_end: &str) -> Edit {
    let text = site.text();
    let statements = &site.file.tree().statements;
    let of = |at: u32| site.snapshot.checked().subject_at(site.id, at);
    let heads = statements.iter().enumerate().filter(|(_, s)| matches!(s.kind, StatementKind::Subject(_)));
    for (i, head) in heads {
        if of(head.span.end) != Some(table) {
            continue;
        }
        let behind = statements.iter().skip(i + 1).take_while(|s| !matches!(s.kind, StatementKind::Subject(_)));
        let last = behind.last().unwrap_or(head);
        let at = crate::tree::line_end(text, last.span.end);
        return Edit { span: Span::new(site.id, at, at), text: format!("{line_end}{line_end}{says}") };
    }
    let name = written(&site.lexicon().table(table).name.text);
    let at = text.trim_end().len();
    let tail = if at == text.len() { line_end } else { "" };
    let new = format!("{line_end}{line_end}for {name}{line_end}{line_end}{says}{tail}");
    // A comment at the very end keeps its line.
    let at = crate::tree::line_end(text, at as u32);
    Edit { span: Span::new(site.id, at, at), text: new }
}
