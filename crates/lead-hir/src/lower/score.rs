//! Scores (D12, D38).

use lead_diag::{Diagnostic, Span, codes};
use lead_syntax::ast::{self, LiteralKind, ScoreOptionKind};

use super::body::{Body, Covered, error};
use super::literal;
use crate::hir::{DefKind, Expr, Records, Score, ScoreLine, ScoreLineKind, Ty};
use crate::index::Signal;

/// Options of a score or of one of its lines, each at most once.
#[derive(Default)]
struct Options {
    half_life: Option<(i64, Span)>,
    at_most: Option<Expr>,
    at_least: Option<Expr>,
}

impl Body<'_, '_> {
    pub fn score(&mut self, score: &ast::Score) -> (DefKind, Ty) {
        let options = self.options(&score.options);
        let half_life = options.half_life.map(|(h, _)| h);
        let lines = score.lines.iter().map(|l| self.score_line(l, half_life)).collect();
        let lowered = Score { half_life, at_most: options.at_most, at_least: options.at_least, lines };
        (DefKind::Score(lowered), Ty::Number)
    }

    fn options(&mut self, options: &[ast::ScoreOption]) -> Options {
        let mut taken = Options::default();
        for option in options {
            match &option.kind {
                ScoreOptionKind::HalfLife(length) => {
                    if let Some((_, first)) = taken.half_life {
                        self.twice("half-life", option.span, first);
                    } else if let Some(length) = self.half_life(length) {
                        taken.half_life = Some((length, option.span));
                    }
                }
                ScoreOptionKind::AtMost(bound) => match &taken.at_most {
                    Some(first) => {
                        let first = first.span;
                        self.twice("at most", option.span, first);
                    }
                    None => taken.at_most = self.number(bound, "the upper bound of a score"),
                },
                ScoreOptionKind::AtLeast(bound) => match &taken.at_least {
                    Some(first) => {
                        let first = first.span;
                        self.twice("at least", option.span, first);
                    }
                    None => taken.at_least = self.number(bound, "the lower bound of a score"),
                },
            }
        }
        taken
    }

    fn twice(&mut self, what: &str, span: Span, first: Span) {
        self.report(
            Diagnostic::new(codes::BAD_SCORE, format!("`{what}` is said twice"))
                .label(span, "and again here")
                .label(first, "said here")
                .help("take one of the two out"),
        );
    }

    fn half_life(&mut self, length: &ast::Literal) -> Option<i64> {
        self.step_of(length)?;
        let LiteralKind::Duration(count, unit) = length.kind else { return None };
        if count == 0 {
            self.report(
                Diagnostic::new(codes::BAD_SCORE, "a half-life has some length")
                    .label(length.span, "no time at all")
                    .help("write the time after which points count half, such as `half-life 30d`"),
            );
            return None;
        }
        Some(literal::micros(count, unit))
    }

    fn score_line(&mut self, line: &ast::ScoreLine, half_life: Option<i64>) -> ScoreLine {
        let options = self.options(&line.options);
        let mut lowered = ScoreLine {
            negative: line.negative,
            points: error(line.span),
            kind: ScoreLineKind::Always,
            half_life: None,
            at_most: options.at_most,
            at_least: options.at_least,
            because: line.because.as_ref().map(|b| b.value.clone()),
            span: line.span,
        };
        let mut decays = false;
        match &line.kind {
            ast::ScoreLineKind::When(condition) => {
                lowered.kind = ScoreLineKind::When(self.condition(condition));
                lowered.points = self.points(&line.points);
            }
            ast::ScoreLineKind::Always => lowered.points = self.points(&line.points),
            ast::ScoreLineKind::Per(from) => {
                if let Some((records, points)) = self.per(from, &line.points) {
                    decays = self.cx.table(records.table).is_event();
                    lowered.points = points;
                    lowered.kind = ScoreLineKind::Per(records);
                } else {
                    // The line was reported; it gives nothing.
                    return lowered;
                }
            }
        }
        if decays {
            lowered.half_life = options.half_life.map(|(h, _)| h).or(half_life);
        } else if let Some((_, span)) = options.half_life {
            self.report(
                Diagnostic::new(codes::BAD_SCORE, "only points per event fade with time")
                    .label(span, "this line has no events")
                    .help("write the line as `+… per event`, or take the half-life out"),
            );
        }
        lowered
    }

    fn points(&mut self, points: &ast::Expr) -> Expr {
        self.number(points, "the points of a line").unwrap_or_else(|| error(points.span))
    }

    /// `per page view where …`: the records, and the points asked of each.
    fn per(&mut self, from: &ast::Records, points: &ast::Expr) -> Option<(Records, Expr)> {
        let collection = self.collection_of(&from.target)?;
        let plain =
            matches!(&from.target.kind, ast::ExprKind::Path(path) if path.names.len() == collection.names.len());
        if !plain {
            self.report(
                Diagnostic::new(codes::BAD_SCORE, "points are given per record, not per value of one")
                    .label(from.target.span, "names a value")
                    .help("name the event alone; points that differ come first: `+seats per order`"),
            );
            return None;
        }
        let mut records = self.records(&collection, from)?;
        let events = self.cx.table(collection.table).is_event();
        let (filter, points) = self.with_window(Covered::No, |b| {
            b.inside(collection.up, collection.table, |b| {
                let filter = from.filter.as_ref().map(|f| b.filter(f, events));
                (filter, b.points(points))
            })
        });
        let (filter, hoisted) = filter.map_or((None, None), |(f, w)| (Some(f), w));
        if let Some(hoisted) = hoisted {
            if let Some(own) = &records.window {
                let found = Diagnostic::new(codes::WINDOW_COVERS_NOTHING, "this window covers nothing")
                    .label(hoisted.span, "has nothing to act on")
                    .label(own.span, "the events have this window already")
                    .help("keep one of the two windows");
                self.report(found);
            } else {
                records.window = Some(hoisted);
            }
        }
        records.filter = filter;
        if events {
            let window = records.window.as_ref().map(|w| (w.kind, w.span));
            self.cx.note_window(from.target.span, Signal::Events, window);
        }
        Some((records, points))
    }
}
