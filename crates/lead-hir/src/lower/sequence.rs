//! `any(page view where … then within 14d form submit where …)` (D36).

use lead_diag::{Diagnostic, Span, codes};
use lead_syntax::ast;

use super::body::{Body, Covered, error, make};
use crate::hir::{AggregateFn, Expr, ExprKind, FieldId, Relation, Sequence, SequenceStep, Ty, Window};
use crate::index::Signal;

impl Body<'_, '_> {
    pub fn sequence(
        &mut self,
        aggregate: &ast::Aggregate,
        steps: &[ast::SequenceStep],
        window: Option<&ast::Window>,
        span: Span,
    ) -> Expr {
        let function = aggregate.function;
        let ty = match function {
            AggregateFn::Any | AggregateFn::No => Ty::YesNo,
            AggregateFn::Count if !aggregate.distinct => Ty::Number,
            _ => {
                self.report(
                    Diagnostic::new(
                        codes::BAD_AGGREGATE,
                        format!("`{}` cannot measure events that follow each other", function.word()),
                    )
                    .label(aggregate.function_span, "only `any`, `no` and `count` can")
                    .help("ask whether they happened, `any(… then …)`, or how often, `count(… then …)`"),
                );
                return error(span);
            }
        };
        if self.frames.is_empty() {
            self.report(
                Diagnostic::new(
                    codes::BAD_METRIC,
                    "events that follow each other are asked of one record, and a metric measures all",
                )
                .label(span, "of whom?")
                .help("make it a term, such as `quick buyer when any(… then …)`, and count that: `count(quick buyer)`"),
            );
            return error(span);
        }
        let mut own = match window {
            Some(window) => match self.window(window) {
                Some(window) => Some(window),
                None => return error(span),
            },
            None => None,
        };
        let mut start: Option<(u8, Vec<FieldId>)> = None;
        let mut lowered = Vec::new();
        let mut broken = false;
        for (i, step) in steps.iter().enumerate() {
            let last = i + 1 == steps.len();
            match self.sequence_step(step, last, &mut start, &mut own) {
                Some(step) => lowered.push(step),
                None => broken = true,
            }
        }
        let (Some((up, path)), false) = (start, broken) else { return error(span) };
        if path.is_empty() && self.parted_ways(up, &lowered) {
            return error(span);
        }
        let window = own.as_ref().map(|w| (w.kind, w.span)).or(self.in_force());
        self.cx.note_window(span, Signal::Events, window);
        make(ExprKind::Sequence(Box::new(Sequence { function, up, path, window: own, steps: lowered })), ty, span)
    }

    /// Whether steps that are asked of an event relate to it by different references: then they belong to no one record.
    fn parted_ways(&mut self, up: u8, steps: &[SequenceStep]) -> bool {
        let asked = self.frames.iter().rev().nth(usize::from(up)).copied();
        if !asked.is_some_and(|t| self.cx.table(t).is_event()) {
            return false;
        }
        let first = |step: &SequenceStep| match &step.relation {
            Relation::Hops(hops) => hops.first().copied(),
            Relation::All => None,
        };
        let lead = steps.first().and_then(first);
        let Some(other) = steps.iter().find(|s| first(s) != lead) else { return false };
        self.report(
            Diagnostic::new(codes::NOT_RECORDS, "the events of a sequence belong to one record")
                .label(other.span, "of another record than the first")
                .help("begin each event with the same reference"),
        );
        true
    }

    fn sequence_step(
        &mut self,
        step: &ast::SequenceStep,
        last: bool,
        start: &mut Option<(u8, Vec<FieldId>)>,
        own: &mut Option<Window>,
    ) -> Option<SequenceStep> {
        let within = match &step.within {
            Some(length) => Some(self.step_of(length)?),
            None => None,
        };
        let collection = self.collection(&step.event)?;
        let table = collection.table;
        if !self.cx.table(table).is_event() || collection.member_of.is_some() {
            let name = step.event.names.last().map_or("", |n| &n.text);
            self.report(
                Diagnostic::new(codes::NOT_RECORDS, format!("only events follow each other, and `{name}` is not one"))
                    .label(step.event.span, "has no time")
                    .help("name an event on both sides of `then`"),
            );
            return None;
        }
        match start {
            None => *start = Some((collection.up, collection.path.clone())),
            Some((up, path)) if *up == collection.up && *path == collection.path => {}
            Some(_) => {
                self.report(
                    Diagnostic::new(codes::NOT_RECORDS, "the events of a sequence belong to one record")
                        .label(step.event.span, "of another record than the first")
                        .help("begin each event with the same references"),
                );
                return None;
            }
        }
        if !step.event.names.get(collection.names.len()..).unwrap_or(&[]).is_empty() {
            self.report(
                Diagnostic::new(codes::NOT_RECORDS, "a step of a sequence is an event, without a field")
                    .label(step.event.span, "names a value of the event")
                    .help("test the value behind `where`"),
            );
            return None;
        }
        let relation = self.relate(collection.from?, table, None, step.event.span)?;
        let filter = step
            .filter
            .as_ref()
            .map(|filter| self.with_window(Covered::No, |b| b.alone(table, |b| b.filter(filter, true))));
        let (filter, hoisted) = filter.map_or((None, None), |(f, w)| (Some(f), w));
        if let Some(window) = hoisted {
            // D28: at the end of the last step it belongs to all of them.
            if last && own.is_none() {
                *own = Some(window);
            } else {
                let found = Diagnostic::new(codes::WINDOW_COVERS_NOTHING, "this window covers nothing")
                    .label(window.span, "has nothing to act on")
                    .help("a window for the whole sequence stands behind its last event; the time between two events is `then within 14d`");
                self.report(found);
                return None;
            }
        }
        if filter.as_ref().is_some_and(|f| f.ty == Ty::Error) {
            return None;
        }
        Some(SequenceStep { within, table, relation, filter, span: step.span })
    }
}
