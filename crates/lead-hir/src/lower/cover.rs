//! What a window reaches (D27), and why it reaches nothing (D29).

use lead_diag::Span;

use super::Cx;
use crate::hir::{DefKind, Expr, ExprKind, Target, Ty};
use crate::walk;

/// What a window that stands behind an expression would act on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reach {
    /// Events that are measured.
    pub events: bool,
    /// Time tests and `became`.
    pub tests: bool,
    /// Something that was reported, and might have been reached.
    pub error: bool,
}

impl Reach {
    pub fn nothing(self) -> bool {
        !self.events && !self.tests && !self.error
    }

    fn join(&mut self, other: Reach) {
        self.events |= other.events;
        self.tests |= other.tests;
        self.error |= other.error;
    }
}

/// Why a window does not reach into something.
#[derive(Clone, Debug)]
pub(crate) enum Stop {
    /// A term, choice, score or funnel.
    Decision(Span, String, &'static str),
    /// A field of no time.
    Field(Span),
    /// Events that have a window already.
    OwnWindow(Span),
    /// A value that measures no events.
    Value(Span, String),
}

impl Cx<'_> {
    pub(crate) fn reach(&self, expr: &Expr) -> Reach {
        let mut reach = Reach { error: expr.ty == Ty::Error, ..Reach::default() };
        match &expr.kind {
            ExprKind::Get { target: Target::Def(def), .. } => match self.def(*def).kind {
                DefKind::Value(_) => reach.events |= self.facts(*def).open,
                DefKind::Error => reach.error = true,
                _ => {}
            },
            ExprKind::Aggregate(aggregate) => {
                if self.table(aggregate.records.table).is_event() {
                    reach.events |= aggregate.records.window.is_none();
                } else {
                    walk::parts(expr, &mut |part| reach.join(self.reach(part)));
                }
            }
            ExprKind::Sequence(sequence) => reach.events |= sequence.window.is_none(),
            ExprKind::TimeTest(_) | ExprKind::Became { .. } => reach.tests = true,
            // An inner window wins.
            ExprKind::Windowed { .. } => {}
            _ => walk::parts(expr, &mut |part| reach.join(self.reach(part))),
        }
        reach
    }

    /// The first thing in an expression that holds a window off.
    pub(crate) fn stop(&self, expr: &Expr) -> Option<Stop> {
        let mut found = None;
        walk::all(expr, &mut |part| {
            if found.is_some() {
                return;
            }
            found = match &part.kind {
                ExprKind::Get { target: Target::Def(def), .. } => {
                    let def = self.def(*def);
                    let name = def.name.text.clone();
                    match def.kind {
                        DefKind::Term(_) => Some(Stop::Decision(part.span, name, "term")),
                        DefKind::Choice(_) => Some(Stop::Decision(part.span, name, "choice")),
                        DefKind::Score(_) => Some(Stop::Decision(part.span, name, "score")),
                        DefKind::Funnel(_) => Some(Stop::Decision(part.span, name, "funnel")),
                        _ => Some(Stop::Value(part.span, name)),
                    }
                }
                ExprKind::Was { term, .. } => {
                    Some(Stop::Decision(part.span, self.def(*term).name.text.clone(), "term"))
                }
                ExprKind::Aggregate(aggregate) => match aggregate.records.member_of {
                    Some(term) => {
                        Some(Stop::Decision(aggregate.records.span, self.def(term).name.text.clone(), "term"))
                    }
                    None if self.table(aggregate.records.table).is_event() => Some(Stop::OwnWindow(part.span)),
                    None => None,
                },
                ExprKind::Sequence(_) | ExprKind::Windowed { .. } => Some(Stop::OwnWindow(part.span)),
                ExprKind::Get { target: Target::Field(_), .. } => Some(Stop::Field(part.span)),
                _ => None,
            };
        });
        found
    }

    /// Fields of type time or date of a table, for examples of time tests.
    pub(crate) fn time_field(&self, table: crate::hir::TableId) -> Option<&str> {
        self.see_all(super::track::ALL_FIELDS);
        let fields = &self.table(table).fields;
        fields.iter().find(|f| matches!(f.ty, Ty::Time | Ty::Date)).map(|f| f.name.text.as_str())
    }
}
