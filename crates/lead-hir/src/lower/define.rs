//! One definition after the other: values, terms, choices and funnels; scores and metrics have files of their own.

use std::sync::Arc;

use lead_diag::{Diagnostic, Span, codes};
use lead_syntax::ast::{self, ExprKind as Ast, LiteralKind, StatementKind};

use super::body::{Body, Wanted};
use super::declare::is_period;
use super::unknown::did_you_mean;
use super::{Cx, Facts, Item};
use crate::hir::{
    Choice, ChoiceLine, Clause, DefId, DefKind, Expr, ExprKind, Target, Term, Ty, Value, Window, WindowKind,
};
use crate::index::Index;
use crate::walk;

impl Cx<'_> {
    /// Lowers a definition. `Err`: these must be lowered first; nothing was kept.
    pub(crate) fn attempt(&mut self, id: DefId, keep: bool) -> Result<(), Vec<(DefId, Span)>> {
        self.begin();
        let mark = self.diagnostics.len();
        self.attempt_said(id, keep)?;
        self.keep(id, mark);
        Ok(())
    }

    fn attempt_said(&mut self, id: DefId, keep: bool) -> Result<(), Vec<(DefId, Span)>> {
        let at = id.0 as usize;
        let origin = self.origins[at];
        // Said of something unknown: every name in it would be a report with the same cause.
        let Some(subject) = origin.subject.or(self.defs[at].subject) else {
            let needs_none = matches!(&origin.statement.kind, StatementKind::Metric(_))
                || matches!(&origin.statement.kind, StatementKind::Value(v) if is_period(&v.expr));
            return if needs_none { self.attempt_with(id, None, keep) } else { Ok(()) };
        };
        let subject = self.defs[at].subject.map(|_| subject);
        self.attempt_with(id, subject, keep)
    }

    fn attempt_with(
        &mut self,
        id: DefId,
        subject: Option<crate::hir::TableId>,
        keep: bool,
    ) -> Result<(), Vec<(DefId, Span)>> {
        let at = id.0 as usize;
        let statement = self.origins[at].statement;
        let mark = self.diagnostics.len();
        let seen = self.index.as_ref().map(Index::mark);
        self.searches = super::SEARCHES;
        let mut body = Body::new(self, subject);
        body.own = Some(id);
        let (kind, ty) = match &statement.kind {
            StatementKind::Value(value) => body.value(value),
            StatementKind::Term(term) => body.term(term),
            StatementKind::Choice(choice) => body.choice(choice),
            StatementKind::Score(score) => body.score(score),
            StatementKind::Funnel(funnel) => body.funnel(funnel),
            StatementKind::Metric(metric) => body.metric(metric),
            _ => (DefKind::Error, Ty::Error),
        };
        let (pending, uses) = (body.pending, body.uses);
        if !pending.is_empty() {
            self.diagnostics.truncate(mark);
            if let (Some(index), Some(seen)) = (&mut self.index, seen) {
                index.back_to(seen);
            }
            return Err(pending);
        }
        if keep {
            self.facts[at] = self.facts_of(&kind, uses);
            let def = &mut self.defs[at];
            def.kind = kind;
            def.ty = ty;
        } else {
            self.facts[at].uses = uses;
        }
        Ok(())
    }

    fn facts_of(&self, kind: &DefKind, uses: Vec<(DefId, Span)>) -> Facts {
        let mut facts = Facts { uses, ..Facts::default() };
        if let DefKind::Value(expr) = kind {
            facts.open = self.reach(expr).events;
        }
        walk::of_def(kind, &mut |whole| {
            walk::all(whole, &mut |part| match &part.kind {
                ExprKind::Now
                | ExprKind::Today
                | ExprKind::TimeTest(_)
                | ExprKind::Was { .. }
                | ExprKind::Became { .. } => {
                    facts.moves = true;
                }
                ExprKind::Sequence(_) => facts.moves = true,
                ExprKind::Aggregate(aggregate) => facts.moves |= self.table(aggregate.records.table).is_event(),
                ExprKind::Get { target: Target::Field(_), .. } => facts.reads_fields = true,
                _ => {}
            });
        });
        if let DefKind::Score(score) = kind {
            let per_event = |l: &crate::hir::ScoreLine| matches!(&l.kind, crate::hir::ScoreLineKind::Per(records) if self.table(records.table).is_event());
            facts.moves |= score.lines.iter().any(per_event);
        }
        for (used, _) in &facts.uses {
            let other = self.facts(*used);
            facts.moves |= other.moves || matches!(self.def(*used).kind, DefKind::Error);
            facts.reads_fields |= other.reads_fields;
        }
        facts
    }
}

impl Body<'_, '_> {
    fn value(&mut self, value: &ast::Value) -> (DefKind, Ty) {
        if is_period(&value.expr) {
            return match self.period(&value.expr) {
                Some(window) => (DefKind::Period(window), Ty::Period),
                None => (DefKind::Error, Ty::Error),
            };
        }
        let expr = self.expr(&value.expr);
        let expr = self.no_records(expr);
        if expr.ty == Ty::Error {
            return (DefKind::Error, Ty::Error);
        }
        let ty = expr.ty.clone();
        (DefKind::Value(expr), ty)
    }

    fn period(&mut self, expr: &ast::Expr) -> Option<Window> {
        match &expr.kind {
            Ast::Paren(inner) => self.period(inner),
            Ast::Period(window) => self.window(window),
            Ast::Literal(LiteralKind::Duration(..)) => {
                let Ast::Literal(kind) = &expr.kind else { return None };
                let step = self.step_of(&ast::Literal { kind: kind.clone(), span: expr.span })?;
                Some(Window { kind: WindowKind::Within(step), span: expr.span })
            }
            _ => None,
        }
    }

    fn term(&mut self, term: &ast::Term) -> (DefKind, Ty) {
        let alternatives = term.alternatives.iter().map(|c| self.clause(c)).collect();
        let exceptions = term.exceptions.iter().map(|c| self.clause(c)).collect();
        // A term with a mistake in it is still a yes or no, so that uses of it are checked.
        (DefKind::Term(Term { alternatives, exceptions }), Ty::YesNo)
    }

    fn clause(&mut self, clause: &ast::Clause) -> Clause {
        Clause {
            condition: self.condition(&clause.condition),
            because: clause.because.as_ref().map(|b| b.value.clone()),
            span: clause.span,
        }
    }

    fn choice(&mut self, choice: &ast::Choice) -> (DefKind, Ty) {
        let mut lines = Vec::new();
        let mut otherwise: Option<Span> = None;
        for line in &choice.lines {
            if let Some(first) = otherwise {
                self.report(
                    Diagnostic::new(codes::OTHERWISE_NOT_LAST, "no record gets as far as this line")
                        .label(line.span, "below `otherwise`")
                        .label(first, "takes every record that is left")
                        .help("the line with `otherwise` is the last"),
                );
            }
            let result = self.expr(&line.result);
            let result = self.no_records(result);
            let condition = line.condition.as_ref().map(|c| self.condition(c));
            if condition.is_none() && otherwise.is_none() {
                otherwise = Some(line.span);
            }
            lines.push(ChoiceLine {
                result,
                condition,
                because: line.because.as_ref().map(|b| b.value.clone()),
                span: line.span,
            });
        }
        let ty = self.choice_type(&mut lines, choice);
        (DefKind::Choice(Choice { lines }), ty)
    }

    /// One type for all results: amounts of money where one is, a list of texts where all are written out.
    fn choice_type(&mut self, lines: &mut [ChoiceLine], choice: &ast::Choice) -> Ty {
        if lines.iter().any(|l| l.result.ty == Ty::Money) {
            for (line, from) in lines.iter_mut().zip(&choice.lines) {
                let result = std::mem::replace(&mut line.result, super::body::error(line.span));
                line.result = self.in_money(result, Some(&from.result));
            }
        }
        let known: Vec<&Expr> = lines.iter().map(|l| &l.result).filter(|r| r.ty != Ty::Error).collect();
        let Some(first) = known.first() else { return Ty::Error };
        let broad = |ty: &Ty| match ty {
            Ty::OneOf(_) => Ty::Text,
            Ty::Percent => Ty::Number,
            other => other.clone(),
        };
        let ty = broad(&first.ty);
        if let Some(odd) = known.iter().find(|r| broad(&r.ty) != ty) {
            let (a, b) = (self.cx.describe(&first.ty), self.cx.describe(&odd.ty));
            let found =
                Diagnostic::new(codes::MIXED_CHOICE, format!("`{}` answers with unlike things", choice.name.text))
                    .label(odd.span, format!("this is {b}"))
                    .label(first.span, format!("this is {a}"))
                    .help("all lines of a choice answer with the same kind of value");
            self.report(found);
            return Ty::Error;
        }
        if known.len() < lines.len() {
            return ty;
        }
        if lines.iter().all(|l| l.result.ty == Ty::Percent) {
            return Ty::Percent;
        }
        let texts: Option<Vec<String>> = known
            .iter()
            .map(|r| match &r.kind {
                ExprKind::Literal(Value::Text(text)) => Some(text.to_string()),
                _ => None,
            })
            .collect();
        match texts {
            Some(texts) => {
                let mut seen = std::collections::HashSet::new();
                let texts = texts.into_iter().filter(|t| seen.insert(super::schema::fold_text(t))).collect();
                Ty::OneOf(Arc::new(texts))
            }
            None => ty,
        }
    }

    fn funnel(&mut self, funnel: &ast::Funnel) -> (DefKind, Ty) {
        let mut steps: Vec<DefId> = Vec::new();
        let mut broken = false;
        for step in &funnel.steps {
            match self.funnel_step(step) {
                // A step that is listed twice is kept once; a lint says so.
                Some(def) if steps.contains(&def) => self.repeated_step(step, funnel),
                Some(def) => steps.push(def),
                None => broken = true,
            }
        }
        if broken || steps.is_empty() {
            return (DefKind::Error, Ty::Error);
        }
        let names = steps.iter().map(|d| self.cx.def(*d).name.text.clone()).collect();
        (DefKind::Funnel(steps), Ty::OneOf(Arc::new(names)))
    }

    fn repeated_step(&mut self, step: &ast::Name, funnel: &ast::Funnel) {
        let key = step.key();
        let Some(first) = funnel.steps.iter().find(|s| s.key() == key) else { return };
        self.report(
            Diagnostic::new(codes::REPEATED_STEP, format!("`{}` is a step of this funnel twice", step.text))
                .label(step.span, "again here")
                .label(first.span, "the first time")
                .help("take one of the two out"),
        );
    }

    fn funnel_step(&mut self, step: &ast::Name) -> Option<DefId> {
        let subject = *self.frames.last()?;
        let subject_name = self.cx.table_name(subject).to_string();
        let def = match self.cx.named(&step.key()) {
            Some(Item::Broken) => return None,
            Some(Item::Def(def)) => def,
            _ => {
                let near = self.cx.suggested(&step.text).into_iter();
                let terms = near.filter(|d| {
                    let term = matches!(self.cx.origin(*d).statement.kind, StatementKind::Term(_));
                    term && self.cx.def(*d).subject == Some(subject)
                });
                let terms: Vec<String> = terms.map(|d| self.cx.def(d).name.text.clone()).collect();
                let found = Diagnostic::new(codes::UNKNOWN_NAME, format!("no term is called `{}`", step.text))
                    .label(step.span, "not defined");
                let found = match self.cx.nearest(&step.text, terms.iter().map(String::as_str)) {
                    Some(near) => did_you_mean(found, step.span, &near),
                    None => found.help(format!("define it: `{} when …`", step.text)),
                };
                self.report(found);
                return None;
            }
        };
        // Its subject was reported.
        self.cx.origin(def).subject?;
        self.use_def(def, step.span)?;
        let found = match (&self.cx.def(def).kind, self.cx.def(def).subject) {
            (DefKind::Error, _) => return None,
            (DefKind::Term(_), Some(of)) if of == subject => return Some(def),
            (DefKind::Term(_), Some(of)) => {
                let of = self.cx.table_name(of).to_string();
                Diagnostic::new(
                    codes::BAD_FUNNEL_STEP,
                    format!("`{}` is said of `{of}`, and this funnel of `{subject_name}`", step.text),
                )
                .label(step.span, format!("a term of `{of}`"))
                .help(format!("put the funnel below `for {of}`, or define a term of `{subject_name}` for this step"))
            }
            _ => {
                let what = self.cx.describe(&self.cx.def(def).ty);
                Diagnostic::new(
                    codes::BAD_FUNNEL_STEP,
                    format!("a step of a funnel is a term, and `{}` is not", step.text),
                )
                .label(step.span, format!("this is {what}"))
                .label(self.cx.def(def).name_span, "defined here")
                .help("define a term for the step, such as `engaged when engagement > 50`")
            }
        };
        self.report(found);
        None
    }

    /// A number in a score; `None`: reported.
    pub fn number(&mut self, expr: &ast::Expr, what: &str) -> Option<Expr> {
        self.wanted = Wanted::Any;
        let lowered = self.expr(expr);
        match lowered.ty {
            Ty::Number => Some(lowered),
            Ty::Error => None,
            _ => {
                let found = Diagnostic::new(codes::BAD_SCORE, format!("{what} must be a number"))
                    .label(lowered.span, format!("this is {}", self.cx.describe(&lowered.ty)))
                    .help("write a number, or a value or choice that is one");
                self.report(found);
                None
            }
        }
    }
}
