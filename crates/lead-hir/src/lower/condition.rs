//! Places where a condition is wanted, and windows behind them (LANGUAGE section 5, D27 to D30).

use lead_diag::{Applicability, Diagnostic, Edit, Fix, Span, codes};
use lead_syntax::ast::{self, ExprKind as Ast};

use super::body::{Body, Covered, Wanted, make};
use super::cover::Stop;
use super::unknown::needs_backticks;
use crate::hir::{Expr, ExprKind, Target, Ty, Window};
use crate::index::Signal;

impl Body<'_, '_> {
    /// An expression where a condition is wanted: a yes or no, or a time that a window covers.
    pub fn condition(&mut self, expr: &ast::Expr) -> Expr {
        self.wanted = Wanted::Condition;
        let lowered = self.expr(expr);
        match &lowered.ty {
            Ty::YesNo | Ty::Error => lowered,
            Ty::Time | Ty::Date => self.time_test(lowered),
            _ => {
                self.not_a_condition(&lowered);
                super::body::error(expr.span)
            }
        }
    }

    /// A time as a test of the window in force (D30).
    fn time_test(&mut self, time: Expr) -> Expr {
        let span = time.span;
        if self.covered == Covered::No {
            let shown = self.shown(&time);
            self.report(
                Diagnostic::new(codes::NEEDS_WINDOW, "a time alone is no condition")
                    .label(span, format!("this is {}, and no window covers it", self.cx.describe(&time.ty)))
                    .help(format!("say when it must lie: `{shown} within 90d`; or ask `{shown} is known`")),
            );
            return super::body::error(span);
        }
        // The operand is measured without a window, so what needs one inside has none.
        if self.cx.reach(&time).tests {
            self.report(
                Diagnostic::new(
                    codes::NEEDS_WINDOW,
                    "a window behind a time tests the time, and does not reach inside",
                )
                .label(span, "something in here needs a window of its own")
                .help("write the inner window inside, just behind what it is for"),
            );
            return super::body::error(span);
        }
        let window = self.in_force();
        if let Some(index) = &mut self.cx.index {
            // What is measured inside of the operand is measured over all time.
            let inside = |s: Span| s.file == span.file && span.start <= s.start && s.end <= span.end;
            let reached = index.windows.iter_mut().filter(|w| w.window == window && inside(w.span));
            reached.for_each(|w| w.window = None);
        }
        self.cx.note_window(span, Signal::Time, window);
        make(ExprKind::TimeTest(Box::new(time)), Ty::YesNo, span)
    }

    /// What an expression may be called in an example.
    fn shown(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Get { up, path, target } => {
                let mut names = Vec::new();
                let mut table = self.frames.iter().rev().nth(usize::from(*up)).copied();
                for field in path {
                    let Some(at) = table else { break };
                    names.push(needs_backticks(&self.cx.table(at).fields[field.0 as usize].name.text));
                    table = if let Ty::Record(to) = self.cx.field_ty(at, *field) { Some(*to) } else { None };
                }
                match (target, table) {
                    (Target::Field(field), Some(at)) => {
                        names.push(needs_backticks(&self.cx.table(at).fields[field.0 as usize].name.text));
                    }
                    (Target::Def(def), _) => names.push(needs_backticks(&self.cx.def(*def).name.text)),
                    _ => {}
                }
                names.join(".")
            }
            _ => "…".into(),
        }
    }

    fn not_a_condition(&mut self, lowered: &Expr) {
        let shown = self.shown(lowered);
        let what = self.cx.describe(&lowered.ty);
        let found = Diagnostic::new(codes::NOT_A_CONDITION, "a condition is wanted here")
            .label(lowered.span, format!("this is {what}"));
        let found = match &lowered.ty {
            Ty::Number | Ty::Money | Ty::Percent | Ty::Duration => {
                found.help(format!("compare it, such as `{shown} > 0`, or ask `{shown} is known`"))
            }
            Ty::Text | Ty::OneOf(_) | Ty::Key => {
                found.help(format!("compare it, such as `{shown} = \"…\"`, or ask `{shown} is known`"))
            }
            Ty::List(_) => found.help(format!("ask what is in it: `{shown} contains \"…\"`")),
            Ty::Record(_) => {
                found.help(format!("ask a term of it, `{shown} is …`, or whether it is there, `{shown} is known`"))
            }
            _ => found.help("a condition is a yes or no"),
        };
        self.report(found);
    }

    /// A window and what it covers.
    pub fn windowed(&mut self, value: &ast::Expr, window: &ast::Window, wanted: Wanted, span: Span) -> Expr {
        let Some(window) = self.window(window) else {
            let lowered = self.with_window(Covered::ByError, |b| b.windowed_value(value, wanted));
            return Expr { span, ..lowered };
        };
        let lowered = self.with_window(Covered::By(window.kind, window.span), |b| b.windowed_value(value, wanted));
        if self.cx.reach(&lowered).nothing() {
            self.covers_nothing(&lowered, &window);
            return super::body::error(span);
        }
        let ty = lowered.ty.clone();
        make(ExprKind::Windowed { value: Box::new(lowered), window }, ty, span)
    }

    /// What stands before a window: a time is a test wherever it stands (D47).
    fn windowed_value(&mut self, value: &ast::Expr, wanted: Wanted) -> Expr {
        self.wanted = wanted;
        let lowered = self.expr(value);
        match lowered.ty {
            Ty::Time | Ty::Date => self.time_test(lowered),
            _ => lowered,
        }
    }

    /// The condition of a `where`, and the window at its top that belongs to the events themselves (D28).
    pub fn filter(&mut self, filter: &ast::Expr, events: bool) -> (Expr, Option<Window>) {
        match &filter.kind {
            Ast::Windowed { value, window } if events => self.filter_windowed(value, window, filter.span),
            Ast::And(parts) if events => {
                let Some((Ast::Windowed { value, window }, rest)) = parts.split_last().map(|(l, r)| (&l.kind, r))
                else {
                    return (self.condition(filter), None);
                };
                let mut lowered: Vec<Expr> = rest.iter().map(|p| self.condition(p)).collect();
                let last_span = parts.last().map_or(filter.span, |p| p.span);
                let (last, hoisted) = self.filter_windowed(value, window, last_span);
                lowered.push(last);
                (make(ExprKind::And(lowered), Ty::YesNo, filter.span), hoisted)
            }
            _ => (self.condition(filter), None),
        }
    }

    fn filter_windowed(&mut self, value: &ast::Expr, window: &ast::Window, span: Span) -> (Expr, Option<Window>) {
        let Some(window) = self.window(window) else {
            return (self.with_window(Covered::ByError, |b| b.condition(value)), None);
        };
        let lowered = self.with_window(Covered::By(window.kind, window.span), |b| b.condition(value));
        if self.cx.reach(&lowered).nothing() {
            return (lowered, Some(window));
        }
        (make(ExprKind::Windowed { value: Box::new(lowered), window }, Ty::YesNo, span), None)
    }

    /// L0401, with the reason.
    pub fn covers_nothing(&mut self, value: &Expr, window: &Window) {
        let found = Diagnostic::new(codes::WINDOW_COVERS_NOTHING, "this window covers nothing")
            .label(window.span, "has nothing to act on");
        let found = match self.cx.stop(value) {
            Some(Stop::Decision(span, name, kind)) => {
                let found = found
                    .label(span, format!("`{name}` is a {kind}: a decision is whole, and no window reaches into it"));
                if kind == "term" {
                    found.help(format!(
                        "ask for its past, `was {name} 30d ago` or `became {name} within 30d`, or put the window into the definition of `{name}`"
                    ))
                } else {
                    found.help(format!("put the window into the definition of `{name}`"))
                }
            }
            Some(Stop::Field(span)) => {
                let subject = self.frames.last().copied();
                let time = subject.and_then(|t| self.cx.time_field(t)).unwrap_or("created at").to_string();
                found
                    .label(span, "a field has no history: it is what it is today")
                    .help(format!("a window counts events, such as `count(visit) > 2 within 30d`, or tests a time, such as `{time} within 30d`"))
            }
            Some(Stop::OwnWindow(span)) => {
                let fix = Fix {
                    title: "take the outer window out".into(),
                    applicability: Applicability::Unsafe,
                    edits: vec![Edit { span: window.span, text: String::new() }],
                };
                found
                    .label(span, "this has a window of its own, which wins")
                    .help("keep one of the two windows")
                    .fix(fix)
            }
            Some(Stop::Value(span, name)) => found
                .label(span, format!("`{name}` measures no events, or measures them over a window of its own"))
                .help("a window acts on events that are counted, on times and on `became`"),
            None => found.help("a window acts on events that are counted, on times and on `became`"),
        };
        self.report(found);
    }
}
