//! Inline a value: what its name stands for is written where the name stands; here, or everywhere.

use lead_diag::{Edit, FileId, Span};
use lead_hir::hir::{self, DefId, DefKind};
use lead_hir::index::{Place, Role, Target};
use lead_syntax::ast::{AggregateBody, Expr, ExprKind, LiteralKind, MomentKind, Statement, StatementKind, WindowKind};

use super::extract::one_line;
use super::site::{Site, around, def_of, in_target, typed};
use super::{Action, ActionKind};
use crate::change::removal;
use crate::names::is_constant;
use crate::print::rank;
use crate::tree::{self, Node};
use crate::{Change, Snapshot};

/// More uses are not looked at before the action is chosen.
const MOST: usize = 100;

pub(super) fn offer(site: &Site, out: &mut Vec<Action>) {
    let Some((def, place)) = value_at(site) else { return };
    let name = &site.lexicon().def(def).name.text;
    if place.role == Role::Use && replacement(site.snapshot, def, place.span).is_some() {
        out.push(Action::new("inline:here", format!("Inline `{name}` here"), ActionKind::Inline));
    }
    let uses = uses(site.snapshot, def);
    if uses.is_empty() {
        return;
    }
    let title = match uses.len() {
        1 => format!("Inline the only use of `{name}` and remove it"),
        n => format!("Inline all {n} uses of `{name}` and remove it"),
    };
    let mut action = Action::new("inline:all", title, ActionKind::Inline);
    // Of very many the first tell enough; when the action is chosen all are looked at.
    if uses.iter().take(MOST).any(|p| replacement(site.snapshot, def, p.span).is_none()) {
        action.disabled = Some("one of its uses must be a name: a column, an expectation, or one of a related record");
    }
    out.push(action);
}

pub(super) fn resolve(site: &Site, rest: &str) -> Option<Change> {
    let (def, place) = value_at(site)?;
    let snapshot = site.snapshot;
    if rest == "here" {
        let text = replacement(snapshot, def, place.span)?;
        return Some(snapshot.change(vec![Edit { span: place.span, text }], None));
    }
    let mut edits = Vec::new();
    for place in uses(snapshot, def) {
        edits.push(Edit { span: place.span, text: replacement(snapshot, def, place.span)? });
    }
    let span = snapshot.lexicon().def(def).span;
    let file = snapshot.file(span.file)?;
    let (index, _) = tree::statement_at(file.tree(), span.start)?;
    edits.push(removal(span.file, file.tree(), &file.text, index));
    Some(snapshot.change(edits, None))
}

/// The value or period that is named at the selection.
fn value_at(site: &Site) -> Option<(DefId, Place)> {
    let place = site.place()?;
    let Target::Def(def) = place.target else { return None };
    let fits = matches!(site.lexicon().def(def).kind, DefKind::Value(_) | DefKind::Period(_));
    fits.then_some((def, place))
}

fn uses(snapshot: &Snapshot, def: DefId) -> Vec<Place> {
    let mut all = snapshot.checked().places_of(Target::Def(def));
    all.retain(|p| p.role == Role::Use);
    all
}

/// What is written in place of a use. `None`: a name is wanted there.
fn replacement(snapshot: &Snapshot, def: DefId, at: Span) -> Option<String> {
    let (value, file) = value_of(snapshot, def)?;
    let tree = snapshot.file(at.file)?.tree();
    let (_, statement) = tree::statement_at(tree, at.start)?;
    let text = one_line(snapshot.slice(Span { file, ..value.span }))?;
    if let Some(found) = in_window(statement, at) {
        return as_window(found, value, text);
    }
    let fits = matches!(
        statement.kind,
        StatementKind::Value(_)
            | StatementKind::Term(_)
            | StatementKind::Choice(_)
            | StatementKind::Score(_)
            | StatementKind::Metric(_)
    );
    if !fits || !matches!(snapshot.lexicon().def(def).kind, DefKind::Value(_)) {
        return None;
    }
    let chain = around(statement, at);
    let used = chain.iter().rposition(|e| e.span == at && matches!(e.kind, ExprKind::Path(_)))?;
    if in_target(&chain, at) {
        return None;
    }
    let constant = is_constant(snapshot.lexicon().def(def));
    if !constant && !asks_own_record(snapshot, statement, def, at) {
        return None;
    }
    if is_dimension(statement, at) {
        return None;
    }
    let least = wanted_rank(statement, chain.get(..used)?, at);
    let bare_number = matches!(value.kind, ExprKind::Literal(LiteralKind::Number(_)));
    if least > rank::PRIMARY && bare_number {
        return Some(text);
    }
    Some(if rank_of(value) < least { format!("({text})") } else { text })
}

/// The expression of a value, without parentheses around it, and its file.
fn value_of(snapshot: &Snapshot, def: DefId) -> Option<(&Expr, FileId)> {
    let span = snapshot.lexicon().def(def).span;
    let (_, statement) = tree::statement_at(snapshot.file(span.file)?.tree(), span.start)?;
    let StatementKind::Value(value) = &statement.kind else { return None };
    let mut expr = &value.expr;
    while let ExprKind::Paren(inner) = &expr.kind {
        expr = inner;
    }
    Some((expr, span.file))
}

/// Whether the name asks the record that it would ask at the value's own place.
fn asks_own_record(snapshot: &Snapshot, statement: &Statement, def: DefId, at: Span) -> bool {
    let lexicon = snapshot.lexicon();
    let Some(user) = def_of(snapshot, statement) else { return false };
    let Some(found) = typed(lexicon, user, at) else { return false };
    let mut expr = found.expr;
    while let hir::ExprKind::TimeTest(inner) | hir::ExprKind::ToMoney(inner) = &expr.kind {
        expr = inner;
    }
    let own = matches!(&expr.kind, hir::ExprKind::Get { up: 0, path, target: hir::Target::Def(d) } if path.is_empty() && *d == def);
    own && found.frames.last().copied() == lexicon.def(def).subject
}

fn is_dimension(statement: &Statement, at: Span) -> bool {
    match &statement.kind {
        StatementKind::Metric(metric) => {
            metric.by.iter().any(|d| d.expr.span.start <= at.start && at.end <= d.expr.span.end)
        }
        _ => false,
    }
}

/// The window or point in time that a name stands for.
#[derive(Clone, Copy)]
enum Named {
    Window,
    Moment,
}

fn in_window(statement: &Statement, at: Span) -> Option<Named> {
    let mut found = None;
    tree::statement(statement, &mut |node| match node {
        Node::Window(window) if matches!(&window.kind, WindowKind::Named(n) if n.span == at) => {
            found = Some(Named::Window);
        }
        Node::Moment(moment) if matches!(&moment.kind, MomentKind::Named(n) if n.span == at) => {
            found = Some(Named::Moment);
        }
        _ => {}
    });
    found
}

/// What stands behind `within`, or where a point in time stands.
fn as_window(found: Named, value: &Expr, text: String) -> Option<String> {
    let fits = match found {
        Named::Window => matches!(value.kind, ExprKind::Period(_) | ExprKind::Literal(LiteralKind::Duration(..))),
        Named::Moment => matches!(
            value.kind,
            ExprKind::Literal(LiteralKind::Date(..) | LiteralKind::Time(..)) | ExprKind::Now | ExprKind::Today
        ),
    };
    fits.then_some(text)
}

/// How tightly what stands at a place must hold together. Above [`rank::PRIMARY`]: a plain number, or parentheses.
fn wanted_rank(statement: &Statement, outer: &[&Expr], at: Span) -> u8 {
    let Some(parent) = outer.last() else { return at_top(statement, at) };
    match &parent.kind {
        ExprKind::Paren(_) | ExprKind::List(_) | ExprKind::Call { .. } => rank::OR,
        ExprKind::Or(_) => rank::AND,
        // Loose enough to read, tight enough that a window behind covers what it covered.
        ExprKind::And(_) | ExprKind::Not(_) | ExprKind::Windowed { .. } => rank::COMPARE,
        ExprKind::Aggregate(aggregate) => match &aggregate.body {
            AggregateBody::Records(_) | AggregateBody::Sequence { .. } => rank::COMPARE,
        },
        ExprKind::Arithmetic { op, right, .. } => {
            let own = match op {
                lead_syntax::ast::ArithmeticOp::Add | lead_syntax::ast::ArithmeticOp::Subtract => rank::SUM,
                _ => rank::PRODUCT,
            };
            if right.span == at { own + 1 } else { own }
        }
        ExprKind::Negate(_) => rank::PRIMARY,
        _ => rank::SUM,
    }
}

/// As [`wanted_rank`] where no expression stands around it.
fn at_top(statement: &Statement, at: Span) -> u8 {
    match &statement.kind {
        StatementKind::Score(score) if score.lines.iter().any(|l| l.points.span == at) => rank::PRIMARY + 1,
        StatementKind::Score(score) => {
            let when = |l: &lead_syntax::ast::ScoreLine| matches!(&l.kind, lead_syntax::ast::ScoreLineKind::When(e) if e.span == at);
            if score.lines.iter().any(when) { rank::OR } else { rank::SUM }
        }
        StatementKind::Choice(choice) if choice.lines.iter().any(|l| l.result.span == at) => rank::SUM,
        _ => rank::OR,
    }
}

fn rank_of(expr: &Expr) -> u8 {
    match &expr.kind {
        ExprKind::Or(_) => rank::OR,
        ExprKind::Windowed { .. } => rank::WINDOW,
        ExprKind::And(_) => rank::AND,
        ExprKind::Not(_) => rank::NOT,
        ExprKind::Compare { .. } | ExprKind::Between { .. } | ExprKind::IsKnown { .. } | ExprKind::IsTerm { .. } => {
            rank::COMPARE
        }
        ExprKind::Arithmetic { op, .. } => match op {
            lead_syntax::ast::ArithmeticOp::Add | lead_syntax::ast::ArithmeticOp::Subtract => rank::SUM,
            _ => rank::PRODUCT,
        },
        ExprKind::Negate(_) => rank::SIGN,
        // `was lead 90d ago` ends in words that a comparison would go on from.
        ExprKind::Was { .. } | ExprKind::Became { .. } => rank::COMPARE,
        _ => rank::PRIMARY,
    }
}
