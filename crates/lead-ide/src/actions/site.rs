//! The place that code actions are asked for, and what stands around it.

use std::ops::Range;

use lead_diag::{Diagnostic, FileId, Span};
use lead_hir::CheckedFile;
use lead_hir::hir::{self, DefId, DefKind, Lexicon, ScoreLineKind, TableId};
use lead_hir::index::{Place, Role, Target};
use lead_syntax::ast::{AggregateBody, Expr, ExprKind, Statement};

use crate::Snapshot;
use crate::tree::{self, Node};

/// A selection in a file.
pub(super) struct Site<'s> {
    pub snapshot: &'s Snapshot,
    pub id: FileId,
    pub file: &'s CheckedFile,
    /// The selection without blanks around it.
    pub range: Range<u32>,
    /// The statement that the selection begins in, with its index.
    pub statement: Option<(usize, &'s Statement)>,
}

impl<'s> Site<'s> {
    pub fn new(snapshot: &'s Snapshot, id: FileId, range: Range<u32>) -> Option<Site<'s>> {
        let file = snapshot.file(id)?;
        let length = file.text.len() as u32;
        let (mut start, mut end) = (range.start.min(length), range.end.min(length).max(range.start.min(length)));
        let selected = file.text.get(start as usize..end as usize)?;
        if !selected.trim().is_empty() {
            start += (selected.len() - selected.trim_start().len()) as u32;
            end -= (selected.len() - selected.trim_end().len()) as u32;
        }
        let statement = tree::statement_at(file.tree(), start);
        Some(Site { snapshot, id, file, range: start..end, statement })
    }

    pub fn text(&self) -> &'s str {
        &self.file.text
    }

    pub fn lexicon(&self) -> &'s Lexicon {
        self.snapshot.lexicon()
    }

    /// The selection as a span.
    pub fn span(&self) -> Span {
        Span { file: self.id, start: self.range.start, end: self.range.end }
    }

    /// Whether a span and the selection touch.
    pub fn touches(&self, span: Span) -> bool {
        span.file == self.id && span.start <= self.range.end && self.range.start <= span.end
    }

    /// The file's diagnostics at the selection, with their index.
    pub fn diagnostics(&self) -> impl Iterator<Item = (usize, &'s Diagnostic)> {
        let all = self.snapshot.checked().diagnostics(self.id).iter().enumerate();
        let (id, range) = (self.id, self.range.clone());
        all.filter(move |(_, d)| d.span().is_some_and(|s| s.file == id && s.start <= range.end && range.start <= s.end))
    }

    /// The definition of the statement.
    pub fn def(&self) -> Option<DefId> {
        let (_, statement) = self.statement?;
        def_of(self.snapshot, statement)
    }

    /// What the name at the selection stands for.
    pub fn place(&self) -> Option<Place> {
        self.snapshot.checked().place_at(self.id, self.range.start).copied()
    }

    /// The expressions of the statement that hold a span, the outermost first.
    pub fn around(&self, span: Span) -> Vec<&'s Expr> {
        self.statement.map_or_else(Vec::new, |(_, statement)| around(statement, span))
    }
}

/// The expressions of a statement that hold a span, the outermost first.
pub(super) fn around(statement: &Statement, span: Span) -> Vec<&Expr> {
    let mut out = Vec::new();
    tree::statement(statement, &mut |node| {
        if let Node::Expr(expr) = node
            && expr.span.start <= span.start
            && span.end <= expr.span.end
        {
            out.push(expr);
        }
    });
    out
}

/// The definition that a statement makes.
pub(super) fn def_of(snapshot: &Snapshot, statement: &Statement) -> Option<DefId> {
    let name = tree::declared(statement)?;
    let places = snapshot.checked().places_at(name.span.file, name.span.start);
    places.filter(|p| p.span == name.span && p.role == Role::Declaration).find_map(|p| match p.target {
        Target::Def(id) => Some(id),
        _ => None,
    })
}

/// Whether a span lies in what an aggregate measures, where a name is that of records.
pub(super) fn in_target(chain: &[&Expr], span: Span) -> bool {
    chain.iter().any(|expr| match &expr.kind {
        ExprKind::Aggregate(aggregate) => match &aggregate.body {
            AggregateBody::Records(records) => {
                records.target.span.start <= span.start && span.end <= records.target.span.end
            }
            AggregateBody::Sequence { steps, .. } => {
                steps.iter().any(|s| s.event.span.start <= span.start && span.end <= s.event.span.end)
            }
        },
        _ => false,
    })
}

/// A typed expression found by its place, and the records in scope there, innermost last.
pub(super) struct Found<'l> {
    pub expr: &'l hir::Expr,
    pub frames: Vec<TableId>,
}

/// The outermost typed expression of a definition that stands exactly at a span.
pub(super) fn typed(lexicon: &Lexicon, def: DefId, span: Span) -> Option<Found<'_>> {
    let def = lexicon.def(def);
    let mut search = Search { span, frames: def.subject.into_iter().collect(), found: None };
    match &def.kind {
        DefKind::Score(score) => {
            for line in &score.lines {
                if let ScoreLineKind::Per(records) = &line.kind {
                    // Points of such a line are asked of the record.
                    search.frames.push(records.table);
                    search.expr(&line.points);
                    records.filter.iter().for_each(|f| search.expr(f));
                    search.frames.pop();
                } else {
                    search.expr(&line.points);
                }
                if let ScoreLineKind::When(condition) = &line.kind {
                    search.expr(condition);
                }
                line.at_most.iter().chain(&line.at_least).for_each(|e| search.expr(e));
            }
            score.at_most.iter().chain(&score.at_least).for_each(|e| search.expr(e));
        }
        DefKind::Metric(metric) => {
            search.frames.clear();
            search.expr(&metric.expr);
        }
        kind => lead_hir::walk::of_def(kind, &mut |expr| search.expr(expr)),
    }
    search.found
}

struct Search<'l> {
    span: Span,
    frames: Vec<TableId>,
    found: Option<Found<'l>>,
}

impl<'l> Search<'l> {
    fn expr(&mut self, expr: &'l hir::Expr) {
        if self.found.is_some() {
            return;
        }
        if expr.span == self.span {
            self.found = Some(Found { expr, frames: self.frames.clone() });
            return;
        }
        match &expr.kind {
            hir::ExprKind::Aggregate(aggregate) => {
                self.frames.push(aggregate.records.table);
                aggregate.records.filter.iter().chain(&aggregate.argument).for_each(|e| self.expr(e));
                self.frames.pop();
            }
            hir::ExprKind::Sequence(sequence) => {
                for step in &sequence.steps {
                    self.frames.push(step.table);
                    step.filter.iter().for_each(|e| self.expr(e));
                    self.frames.pop();
                }
            }
            _ => lead_hir::walk::parts(expr, &mut |part| self.expr(part)),
        }
    }
}
