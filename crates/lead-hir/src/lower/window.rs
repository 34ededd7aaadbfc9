//! Windows, moments and named periods (LANGUAGE section 5, D25).

use lead_diag::{Applicability, Diagnostic, Fix, Span, codes};
use lead_syntax::ast::{self, LiteralKind, MomentKind, WindowKind as Ast};

use super::Item;
use super::body::Body;
use super::declare::is_period;
use super::literal::{days, micros};
use super::unknown::did_you_mean;
use crate::hir::{DefKind, ExprKind, Moment, Step, Value, Which, Window, WindowKind};

impl Body<'_, '_> {
    /// `None`: reported, or not yet known.
    pub fn window(&mut self, window: &ast::Window) -> Option<Window> {
        let span = window.span;
        let kind = match &window.kind {
            Ast::Within(length) => WindowKind::Within(self.length(length)?),
            Ast::WithinNext(length) => WindowKind::WithinNext(self.length(length)?),
            Ast::Period(period) => {
                if matches!(period.which, Which::Last(0) | Which::Next(0)) {
                    return self.empty(span, "of no periods");
                }
                WindowKind::Period(*period)
            }
            Ast::Named(name) => self.named_period(name)?,
            Ast::Since(at) => WindowKind::Since(self.moment(at)?),
            Ast::Before(at) => WindowKind::Before(self.moment(at)?),
            Ast::Between(from, to) => {
                let (low, high) = (self.moment(from), self.moment(to));
                let (low, high) = (low?, high?);
                self.in_order(low, high, from, to)?;
                WindowKind::Between(low, high)
            }
            Ast::BetweenAgo(from, to) => {
                let (far, near) = (self.length(from), self.length(to));
                let (far, near) = (far?, near?);
                self.far_then_near(from, to)?;
                WindowKind::BetweenAgo(far, near)
            }
            Ast::MoreThanAgo(length) => WindowKind::MoreThanAgo(self.step_of(length)?),
        };
        Some(Window { kind, span })
    }

    fn empty<T>(&mut self, span: Span, what: &str) -> Option<T> {
        self.report(
            Diagnostic::new(codes::EMPTY_WINDOW, "no time lies in this window")
                .label(span, what)
                .help("write a window with some length, such as `within 30d`"),
        );
        None
    }

    /// A length of time that is not zero.
    fn length(&mut self, literal: &ast::Literal) -> Option<Step> {
        let step = self.step_of(literal)?;
        if step == Step::default() {
            return self.empty(literal.span, "no time at all");
        }
        Some(step)
    }

    /// A step written as a literal; `None`: reported.
    pub fn step_of(&mut self, literal: &ast::Literal) -> Option<Step> {
        if let LiteralKind::Duration(count, unit) = literal.kind {
            return self.cx.step(count, unit, literal.span);
        }
        self.report(
            Diagnostic::new(codes::NOT_A_PERIOD, "a length of time is wanted here")
                .label(literal.span, "not a length of time")
                .help("write a number and a unit: `36h`, `90d`, `2w`, `3mo`, `1q` or `2y`"),
        );
        None
    }

    fn far_then_near(&mut self, from: &ast::Literal, to: &ast::Literal) -> Option<()> {
        let size = |l: &ast::Literal| match l.kind {
            LiteralKind::Duration(count, unit) => micros(count, unit),
            _ => 0,
        };
        let text = |l: &ast::Literal| match l.kind {
            LiteralKind::Duration(count, unit) => crate::debug::duration(count, unit),
            _ => String::new(),
        };
        if size(from) > size(to) {
            return Some(());
        }
        if size(from) == size(to) {
            return self.empty(from.span.to(to.span), "begins where it ends");
        }
        let (near, far) = (text(from), text(to));
        self.report(
            Diagnostic::new(codes::EMPTY_WINDOW, "this window ends before it begins")
                .label(from.span.to(to.span), "the longer time ago comes first")
                .help(format!("write `between {far} and {near} ago`"))
                .fix(Fix {
                    title: format!("write `between {far} and {near} ago`"),
                    applicability: Applicability::Safe,
                    edits: vec![
                        lead_diag::Edit { span: from.span, text: far },
                        lead_diag::Edit { span: to.span, text: near },
                    ],
                }),
        );
        None
    }

    fn in_order(&mut self, low: Moment, high: Moment, from: &ast::Moment, to: &ast::Moment) -> Option<()> {
        let late = match (low, high) {
            (Moment::Date(a), Moment::Date(b)) => a > b,
            (Moment::Time(a), Moment::Time(b)) => a > b,
            _ => false,
        };
        if !late {
            return Some(());
        }
        self.report(
            Diagnostic::new(codes::EMPTY_WINDOW, "this window ends before it begins")
                .label(from.span.to(to.span), "the earlier of the two comes first")
                .help("turn the two around"),
        );
        None
    }

    /// `None`: reported, or not yet known.
    pub fn moment(&mut self, moment: &ast::Moment) -> Option<Moment> {
        Some(match &moment.kind {
            MomentKind::Ago(length) => Moment::Ago(self.step_of(length)?),
            MomentKind::Ahead(length) => Moment::Ahead(self.step_of(length)?),
            MomentKind::At(literal) => match literal.kind {
                LiteralKind::Date(y, m, d) => Moment::Date(days(y, m, d)),
                LiteralKind::Time(date, seconds, offset) => Moment::Time(self.cx.time(date, seconds, offset)),
                _ => return self.bad_moment(literal.span, "not a date or time"),
            },
            MomentKind::Today => Moment::Today,
            MomentKind::Now => Moment::Now,
            MomentKind::Named(name) => self.named_moment(name)?,
        })
    }

    fn bad_moment<T>(&mut self, span: Span, what: &str) -> Option<T> {
        self.report(
            Diagnostic::new(codes::MOVING_BOUND, "a window is bounded by fixed points in time")
                .label(span, what)
                .help("write a date, `today`, or a value that is a date; a time that differs from record to record is compared instead: `at > created at`"),
        );
        None
    }

    fn named_moment(&mut self, name: &ast::Name) -> Option<Moment> {
        let def = match self.cx.named(&name.key()) {
            Some(Item::Def(def)) => def,
            Some(Item::Broken) => return None,
            _ if self.look_up(name).is_some() => {
                return self.bad_moment(name.span, "this differs from record to record");
            }
            _ => return self.unknown_period(name, false),
        };
        self.use_def(def, name.span)?;
        let moment = match &self.cx.def(def).kind {
            DefKind::Value(value) => match &value.kind {
                ExprKind::Literal(Value::Date(day)) => Some(Moment::Date(*day)),
                ExprKind::Literal(Value::Time(at)) => Some(Moment::Time(*at)),
                ExprKind::Today => Some(Moment::Today),
                ExprKind::Now => Some(Moment::Now),
                ExprKind::Shift { time, by } if matches!(time.kind, ExprKind::Today | ExprKind::Now) => {
                    let back = Step { months: -by.months, days: -by.days, micros: -by.micros };
                    Some(Moment::Ago(back))
                }
                _ => None,
            },
            DefKind::Error => return None,
            _ => None,
        };
        if moment.is_none() {
            return self.bad_moment(name.span, "not a fixed date or time");
        }
        moment
    }

    /// `within sales period`
    fn named_period(&mut self, name: &ast::Name) -> Option<WindowKind> {
        let def = match self.cx.named(&name.key()) {
            Some(Item::Def(def)) => def,
            Some(Item::Broken) => return None,
            _ => return self.unknown_period(name, true),
        };
        self.use_def(def, name.span)?;
        match &self.cx.def(def).kind {
            DefKind::Period(window) => return Some(window.kind),
            DefKind::Error => return None,
            _ => {}
        }
        let span = self.cx.def(def).name_span;
        self.report(
            Diagnostic::new(codes::NOT_A_PERIOD, format!("`{}` is not a period of time", name.text))
                .label(name.span, "a period is wanted behind `within`")
                .label(span, "defined here")
                .help("a period is defined as `sales period = this fiscal year` or `recently = 90d`"),
        );
        None
    }

    fn unknown_period<T>(&mut self, name: &ast::Name, period: bool) -> Option<T> {
        let fits = |statement: &ast::StatementKind| match statement {
            ast::StatementKind::Value(value) => is_period(&value.expr) == period,
            _ => false,
        };
        let near = self.cx.suggested(&name.text).into_iter();
        let periods = near.filter(|d| fits(&self.cx.origin(*d).statement.kind));
        let periods: Vec<String> = periods.map(|d| self.cx.def(d).name.text.clone()).collect();
        let code = if period { codes::NOT_A_PERIOD } else { codes::MOVING_BOUND };
        let what = if period { "no period is called" } else { "no date is called" };
        let found = Diagnostic::new(code, format!("{what} `{}`", name.text)).label(name.span, "not defined");
        let near = self.cx.nearest(&name.text, periods.iter().map(String::as_str));
        let found = match near {
            Some(near) => did_you_mean(found, name.span, &near),
            None if period => found.help(format!(
                "write a length such as `90d`, a period such as `this quarter`, or define `{} = 90d`",
                name.text
            )),
            None => found.help("write a date such as `2026-03-31`, or `today`"),
        };
        self.report(found);
        None
    }
}
