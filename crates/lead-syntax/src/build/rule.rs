//! Definitions: values, terms, choices, scores, funnels, metrics.

use super::Builder;
use crate::ast::{
    Choice, ChoiceLine, Clause, Dimension, Expr, ExprKind, Funnel, Metric, Name, Path, Score, ScoreLine, ScoreLineKind,
    ScoreOption, ScoreOptionKind, Term, Value,
};
use lead_grammar::{Pair, Rule};

impl Builder<'_> {
    fn error_expr(&self) -> Expr {
        Expr { kind: ExprKind::Error, span: self.nowhere() }
    }

    /// The name inside a pair, for `subject` and its like.
    pub fn inner_name(&mut self, pair: Pair) -> Name {
        match pair.into_inner().find(|p| p.as_rule() == Rule::name) {
            Some(name) => self.name(&name),
            None => self.no_name(),
        }
    }

    /// `pages = count(page view)`
    pub fn value(&mut self, pair: Pair) -> Value {
        let mut value = Value { name: self.no_name(), expr: self.error_expr() };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => value.name = self.name(&part),
                Rule::expr => value.expr = self.expr(part),
                _ => {}
            }
        }
        value
    }

    /// `lead when …`
    pub fn term(&mut self, pair: Pair) -> Term {
        let parts = pair.into_inner();
        let alternatives = Vec::with_capacity(parts.count_of(&[Rule::first_clause, Rule::or_clause]));
        let exceptions = Vec::with_capacity(parts.count_of(&[Rule::unless_clause]));
        let mut term = Term { name: self.no_name(), alternatives, exceptions };
        for part in parts {
            match part.as_rule() {
                Rule::name => term.name = self.name(&part),
                Rule::unless_clause => term.exceptions.push(self.clause(part)),
                Rule::first_clause | Rule::or_clause => term.alternatives.push(self.clause(part)),
                _ => {}
            }
        }
        term
    }

    /// `when …`, `or when …`, `unless …`
    pub fn clause(&mut self, pair: Pair) -> Clause {
        let mut clause = Clause { condition: self.error_expr(), because: None, span: self.span(&pair) };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expr => {
                    clause.condition = self.expr(part);
                    clause.span.end = clause.condition.span.end;
                }
                Rule::because => {
                    clause.because = self.because(part);
                    clause.span.end = clause.because.as_ref().map_or(clause.span.end, |b| b.span.end);
                }
                _ => {}
            }
        }
        clause
    }

    /// `owner is …`
    pub fn choice(&mut self, pair: Pair) -> Choice {
        let parts = pair.into_inner();
        let lines = Vec::with_capacity(parts.count_of(&[Rule::choice_line]));
        let mut choice = Choice { name: self.no_name(), lines };
        for part in parts {
            match part.as_rule() {
                Rule::name => choice.name = self.name(&part),
                Rule::choice_line => choice.lines.push(self.choice_line(part)),
                _ => {}
            }
        }
        choice
    }

    /// `"field sales" when …`
    pub fn choice_line(&mut self, pair: Pair) -> ChoiceLine {
        let mut line = ChoiceLine { result: self.error_expr(), condition: None, because: None, span: self.span(&pair) };
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::operand => line.result = self.expr(part),
                Rule::expr => {
                    let condition = self.expr(part);
                    line.span.end = condition.span.end;
                    line.condition = Some(condition);
                }
                Rule::kw_otherwise => line.span.end = place.end,
                Rule::because => {
                    line.because = self.because(part);
                    line.span.end = line.because.as_ref().map_or(line.span.end, |b| b.span.end);
                }
                _ => {}
            }
        }
        line
    }

    /// `score engagement, …`
    pub fn score(&mut self, pair: Pair) -> Score {
        let parts = pair.into_inner();
        let lines = Vec::with_capacity(parts.count_of(&[Rule::score_line]));
        let mut score = Score { name: self.no_name(), options: Vec::new(), lines };
        for part in parts {
            match part.as_rule() {
                Rule::score_head => (score.name, score.options) = self.score_head(part),
                Rule::score_line => score.lines.push(self.score_line(part)),
                _ => {}
            }
        }
        score
    }

    /// The name and the options of a score.
    pub fn score_head(&mut self, pair: Pair) -> (Name, Vec<ScoreOption>) {
        let parts = pair.into_inner();
        let mut name = self.no_name();
        let mut options = Vec::with_capacity(parts.count_of(&[Rule::score_option]));
        for part in parts {
            match part.as_rule() {
                Rule::name => name = self.name(&part),
                Rule::score_option => options.extend(self.score_option(part)),
                _ => {}
            }
        }
        (name, options)
    }

    fn score_option(&mut self, pair: Pair) -> Option<ScoreOption> {
        let mut first = None;
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::duration => {
                    let kind = ScoreOptionKind::HalfLife(self.literal_or_zero(&part));
                    return Some(ScoreOption { kind, span: first.map_or(place, |(_, s)| place.to(s)) });
                }
                Rule::operand => {
                    let (rule, start) = first?;
                    let expr = self.expr(part);
                    let span = expr.span.to(start);
                    let most = rule == Rule::at_most;
                    let kind = if most { ScoreOptionKind::AtMost(expr) } else { ScoreOptionKind::AtLeast(expr) };
                    return Some(ScoreOption { kind, span });
                }
                rule => first = Some((rule, place)),
            }
        }
        None
    }

    /// `+10 when …`
    pub fn score_line(&mut self, pair: Pair) -> ScoreLine {
        let mut span = self.span(&pair);
        let parts = pair.into_inner();
        let mut line = ScoreLine {
            negative: false,
            points: self.error_expr(),
            kind: ScoreLineKind::Always,
            options: Vec::with_capacity(parts.count_of(&[Rule::score_option])),
            because: None,
            span,
        };
        for part in parts {
            match part.as_rule() {
                Rule::score_sign => line.negative = part.as_str() == "-",
                Rule::points => {
                    line.points = self.expr(part);
                    span.end = line.points.span.end;
                }
                Rule::expr => {
                    let condition = self.expr(part);
                    span.end = condition.span.end;
                    line.kind = ScoreLineKind::When(condition);
                }
                Rule::records => {
                    let records = self.records(part).0;
                    let places = [
                        Some(records.target.span),
                        records.via.as_ref().map(|v| v.span),
                        records.window.as_ref().map(|w| w.span),
                        records.filter.as_ref().map(|f| f.span),
                    ];
                    span.end = places.into_iter().flatten().map(|s| s.end).max().unwrap_or(span.end);
                    line.kind = ScoreLineKind::Per(records);
                }
                Rule::score_option => {
                    if let Some(option) = self.score_option(part) {
                        span.end = option.span.end;
                        line.options.push(option);
                    }
                }
                Rule::because => {
                    line.because = self.because(part);
                    span.end = line.because.as_ref().map_or(span.end, |b| b.span.end);
                }
                _ => {}
            }
        }
        line.span = span;
        line
    }

    /// `funnel buying journey …`
    pub fn funnel(&mut self, pair: Pair) -> Funnel {
        let mut funnel = Funnel { name: self.no_name(), steps: Vec::new() };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => funnel.name = self.name(&part),
                Rule::funnel_step => funnel.steps.push(self.inner_name(part)),
                _ => {}
            }
        }
        funnel
    }

    /// `metric cost per lead = … by …`
    pub fn metric(&mut self, pair: Pair) -> Metric {
        let mut metric = Metric { name: self.no_name(), expr: self.error_expr(), by: Vec::new() };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => metric.name = self.name(&part),
                Rule::expr => metric.expr = self.expr(part),
                Rule::dimension => metric.by.push(self.dimension(part)),
                _ => {}
            }
        }
        metric
    }

    fn dimension(&mut self, pair: Pair) -> Dimension {
        let mut dimension = Dimension { expr: self.error_expr(), name: None };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::plain_dimension => {
                    let path: Path = self.path(part);
                    let span = path.span;
                    dimension.expr = Expr { kind: ExprKind::Path(path), span };
                }
                Rule::expr => dimension.expr = self.expr(part),
                Rule::name => dimension.name = Some(self.name(&part)),
                _ => {}
            }
        }
        dimension
    }
}
