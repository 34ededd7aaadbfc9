//! Moving what was lowered: into another place, under other numbers.

use lead_diag::{Diagnostic, Span};

use super::{
    Def, DefId, DefKind, Example, ExampleKind, Expr, ExprKind, Given, Records, ScoreLineKind, SourceFilter, Table,
    Target, Window,
};

/// What is changed in everything that holds places and numbers of definitions.
pub(crate) trait Remap {
    fn span(&mut self, span: &mut Span);

    fn def_id(&mut self, _def: &mut DefId) {}

    fn window(&mut self, window: &mut Window) {
        self.span(&mut window.span);
    }

    fn diagnostic(&mut self, found: &mut Diagnostic) {
        found.labels.iter_mut().for_each(|l| self.span(&mut l.span));
        found.fixes.iter_mut().flat_map(|f| &mut f.edits).for_each(|e| self.span(&mut e.span));
    }

    fn table(&mut self, table: &mut Table) {
        self.span(&mut table.span);
        self.span(&mut table.name_span);
        table.filter.iter_mut().for_each(|f| self.source_filter(f));
        table.fields.iter_mut().for_each(|f| self.span(&mut f.span));
    }

    fn source_filter(&mut self, filter: &mut SourceFilter) {
        match filter {
            SourceFilter::And(parts) | SourceFilter::Or(parts) => parts.iter_mut().for_each(|p| self.source_filter(p)),
            SourceFilter::Not(inner) => self.source_filter(inner),
            SourceFilter::Compare { span, .. } | SourceFilter::Known { span, .. } | SourceFilter::Yes { span, .. } => {
                self.span(span);
            }
        }
    }

    fn def(&mut self, def: &mut Def) {
        self.span(&mut def.span);
        self.span(&mut def.name_span);
        match &mut def.kind {
            DefKind::Value(expr) => self.expr(expr),
            DefKind::Period(window) => self.window(window),
            DefKind::Term(term) => {
                for clause in term.alternatives.iter_mut().chain(&mut term.exceptions) {
                    self.span(&mut clause.span);
                    self.expr(&mut clause.condition);
                }
            }
            DefKind::Choice(choice) => {
                for line in &mut choice.lines {
                    self.span(&mut line.span);
                    self.expr(&mut line.result);
                    self.exprs(&mut line.condition);
                }
            }
            DefKind::Score(score) => {
                self.exprs(score.at_most.iter_mut().chain(&mut score.at_least));
                for line in &mut score.lines {
                    self.span(&mut line.span);
                    self.expr(&mut line.points);
                    match &mut line.kind {
                        ScoreLineKind::When(condition) => self.expr(condition),
                        ScoreLineKind::Per(records) => self.records(records),
                        ScoreLineKind::Always => {}
                    }
                    self.exprs(line.at_most.iter_mut().chain(&mut line.at_least));
                }
            }
            DefKind::Funnel(steps) => steps.iter_mut().for_each(|s| self.def_id(s)),
            DefKind::Metric(metric) => self.expr(&mut metric.expr),
            DefKind::Error => {}
        }
    }

    fn example(&mut self, example: &mut Example) {
        self.span(&mut example.span);
        self.span(&mut example.title_span);
        example.covers.iter_mut().for_each(|d| self.def_id(d));
        match &mut example.kind {
            ExampleKind::Table(table) => {
                self.def_id(&mut table.def);
                for column in &mut table.columns {
                    self.span(&mut column.span);
                    if let Given::Def(def) = &mut column.what {
                        self.def_id(def);
                    }
                }
                for row in &mut table.rows {
                    self.span(&mut row.span);
                    self.exprs(row.cells.iter_mut().flatten());
                }
            }
            ExampleKind::Story(story) => {
                for record in &mut story.records {
                    self.span(&mut record.span);
                    self.exprs(record.fields.iter_mut().map(|(_, e)| e));
                }
                for event in &mut story.events {
                    self.span(&mut event.span);
                    self.exprs(event.fields.iter_mut().map(|(_, e)| e));
                }
                for expect in &mut story.expects {
                    self.span(&mut expect.span);
                    self.expr(&mut expect.condition);
                    expect.because.iter_mut().for_each(|(_, s)| self.span(s));
                    expect.uses.iter_mut().for_each(|d| self.def_id(d));
                }
            }
            ExampleKind::Error => {}
        }
    }

    fn records(&mut self, records: &mut Records) {
        self.span(&mut records.span);
        records.member_of.iter_mut().for_each(|d| self.def_id(d));
        records.window.iter_mut().for_each(|w| self.window(w));
        self.exprs(&mut records.filter);
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e mut Expr>) {
        exprs.into_iter().for_each(|e| self.expr(e));
    }

    fn target(&mut self, target: &mut Target) {
        if let Target::Def(def) = target {
            self.def_id(def);
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        self.span(&mut expr.span);
        match &mut expr.kind {
            ExprKind::Literal(_) | ExprKind::Now | ExprKind::Today | ExprKind::Error => {}
            ExprKind::Get { target, .. } => self.target(target),
            ExprKind::List(items) | ExprKind::And(items) | ExprKind::Or(items) => self.exprs(items),
            ExprKind::Call { args, .. } => self.exprs(args),
            ExprKind::Aggregate(aggregate) => {
                self.records(&mut aggregate.records);
                self.exprs(aggregate.argument.iter_mut().chain(&mut aggregate.by));
            }
            ExprKind::Sequence(sequence) => {
                sequence.window.iter_mut().for_each(|w| self.window(w));
                for step in &mut sequence.steps {
                    self.span(&mut step.span);
                    self.exprs(&mut step.filter);
                }
            }
            ExprKind::Not(inner) | ExprKind::Negate(inner) | ExprKind::ToMoney(inner) | ExprKind::TimeTest(inner) => {
                self.expr(inner);
            }
            ExprKind::Shift { time, .. } => self.expr(time),
            ExprKind::Matches { value, .. } | ExprKind::IsKnown { value, .. } => self.expr(value),
            ExprKind::Windowed { value, window } => {
                self.expr(value);
                self.window(window);
            }
            ExprKind::Arithmetic { left, right, .. } | ExprKind::Compare { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Was { term, .. } | ExprKind::Became { term, .. } => self.def_id(term),
        }
    }
}
