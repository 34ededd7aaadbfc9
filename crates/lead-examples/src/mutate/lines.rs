//! Small changes of a definition's lines: alternatives and exceptions of a term, lines of a choice, lines and bounds of a score,
//! steps of a funnel.

use lead_diag::Span;
use lead_hir::hir::{Choice, Clause, DefKind, Expr, ExprKind, Score, ScoreLine, ScoreLineKind, Term, Ty};

use super::make::{Change, Maker};
use super::{MutantKind, Piece, windows};

pub(crate) fn changes(maker: &mut Maker) {
    match &maker.def.kind {
        DefKind::Term(term) => of_term(maker, term),
        DefKind::Choice(choice) => of_choice(maker, choice),
        DefKind::Score(score) => of_score(maker, score),
        DefKind::Funnel(steps) => {
            let (steps, span) = (steps.clone(), maker.def.name_span);
            for i in 0..steps.len() {
                let mut rest = steps.clone();
                rest.remove(i);
                let to = vec![Piece::Note(format!("without its step {}", i + 1))];
                let help = vec![format!("add an example whose furthest step is step {}", i + 1).into()];
                maker.put(Change { kind: MutantKind::Line, span, to, help }, DefKind::Funnel(rest));
            }
            for i in 1..steps.len() {
                let mut turned = steps.clone();
                turned.swap(i - 1, i);
                let to = vec![Piece::Note(format!("with steps {i} and {} the other way round", i + 1))];
                let help = vec![format!("add an example where steps {i} and {} both hold", i + 1).into()];
                maker.put(Change { kind: MutantKind::Line, span, to, help }, DefKind::Funnel(turned));
            }
        }
        DefKind::Value(_) | DefKind::Metric(_) | DefKind::Period(_) | DefKind::Error => {}
    }
}

fn out(kind: MutantKind, span: Span, help: Vec<Piece>) -> Change {
    Change { kind, span, to: Vec::new(), help }
}

fn of_term(maker: &mut Maker, term: &Term) {
    for (i, clause) in term.alternatives.iter().enumerate().filter(|_| term.alternatives.len() > 1) {
        let mut new = term.clone();
        new.alternatives.remove(i);
        let help = vec!["add an example where only this alternative holds".into()];
        maker.put(out(MutantKind::Connective, clause.span, help), DefKind::Term(new));
    }
    for (i, clause) in term.exceptions.iter().enumerate() {
        let mut new = term.clone();
        new.exceptions.remove(i);
        let help = vec!["add an example where an alternative holds and only this exception blocks".into()];
        maker.put(out(MutantKind::Exception, clause.span, help), DefKind::Term(new));
    }
    // A condition that has no parts of its own is turned around.
    let turned = |clause: &Clause| -> Option<(Change, Clause)> {
        let condition = bare(&clause.condition)?;
        let change = Change {
            kind: MutantKind::Connective,
            span: condition.span,
            to: vec!["not ".into(), condition.span.into()],
            help: vec!["add an example where `".into(), condition.span.into(), "` alone decides".into()],
        };
        Some((change, Clause { condition: negated(&clause.condition), ..clause.clone() }))
    };
    for (i, clause) in term.alternatives.iter().enumerate() {
        if let Some((change, clause)) = turned(clause) {
            let mut new = term.clone();
            new.alternatives[i] = clause;
            maker.put(change, DefKind::Term(new));
        }
    }
    for (i, clause) in term.exceptions.iter().enumerate() {
        if let Some((change, clause)) = turned(clause) {
            let mut new = term.clone();
            new.exceptions[i] = clause;
            maker.put(change, DefKind::Term(new));
        }
    }
}

/// A condition that names something, and neither compares nor joins.
fn bare(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Windowed { value, .. } => bare(value),
        ExprKind::Get { .. } => Some(expr),
        _ => None,
    }
}

fn negated(expr: &Expr) -> Expr {
    Expr { kind: ExprKind::Not(Box::new(expr.clone())), ty: Ty::YesNo, span: expr.span }
}

fn of_choice(maker: &mut Maker, choice: &Choice) {
    for (i, line) in choice.lines.iter().enumerate().filter(|_| choice.lines.len() > 1) {
        let mut new = choice.clone();
        new.lines.remove(i);
        let help = vec!["add an example that this line answers".into()];
        maker.put(out(MutantKind::Line, line.span, help), DefKind::Choice(new));
    }
    for (i, pair) in choice.lines.windows(2).enumerate() {
        let [first, second] = pair else { continue };
        if second.condition.is_none() {
            continue;
        }
        let mut new = choice.clone();
        new.lines.swap(i, i + 1);
        let change = Change {
            kind: MutantKind::Line,
            span: Span { end: second.span.end, ..first.span },
            to: vec![Piece::Note("with the two lines the other way round".into())],
            help: vec!["add an example where the conditions of both lines hold".into()],
        };
        maker.put(change, DefKind::Choice(new));
    }
    for (i, line) in choice.lines.iter().enumerate() {
        let Some(condition) = line.condition.as_ref().and_then(bare) else { continue };
        let change = Change {
            kind: MutantKind::Connective,
            span: condition.span,
            to: vec!["not ".into(), condition.span.into()],
            help: vec!["add an example where `".into(), condition.span.into(), "` alone decides".into()],
        };
        let mut new = choice.clone();
        new.lines[i].condition = line.condition.as_ref().map(negated);
        maker.put(change, DefKind::Choice(new));
    }
}

fn of_score(maker: &mut Maker, score: &Score) {
    let whole = maker.def.name_span;
    let bound = |e: &Expr| out(MutantKind::Points, e.span, vec!["add an example where this bound is at work".into()]);
    if let Some(most) = &score.at_most {
        maker.put(bound(most), DefKind::Score(Score { at_most: None, ..score.clone() }));
    }
    if let Some(least) = &score.at_least {
        maker.put(bound(least), DefKind::Score(Score { at_least: None, ..score.clone() }));
    }
    if score.half_life.is_some() {
        let mut new = score.clone();
        new.half_life = None;
        new.lines.iter_mut().filter(|l| l.half_life == score.half_life).for_each(|l| l.half_life = None);
        let change = Change {
            kind: MutantKind::Points,
            span: whole,
            to: vec![Piece::Note("without its half-life".into())],
            help: vec!["add an example with something that was done a while ago".into()],
        };
        maker.put(change, DefKind::Score(new));
    }
    for (i, line) in score.lines.iter().enumerate() {
        of_line(maker, score, i, line);
    }
}

fn of_line(maker: &mut Maker, score: &Score, i: usize, line: &ScoreLine) {
    let gives = || vec![Piece::from("add an example that expects the score where this line gives points")];
    if score.lines.len() > 1 {
        let mut new = score.clone();
        new.lines.remove(i);
        maker.put(out(MutantKind::Points, line.span, gives()), DefKind::Score(new));
    }
    let with = |maker: &mut Maker, change: Change, new: ScoreLine| {
        let mut lines = score.lines.clone();
        if let Some(slot) = lines.get_mut(i) {
            *slot = new;
        }
        maker.put(change, DefKind::Score(Score { lines, ..score.clone() }));
    };
    let sign = if line.negative { "+" } else { "-" };
    let change = Change {
        kind: MutantKind::Points,
        span: line.points.span,
        to: vec![sign.into(), line.points.span.into()],
        help: gives(),
    };
    with(maker, change, ScoreLine { negative: !line.negative, ..line.clone() });
    let at_work = |e: &Expr| out(MutantKind::Points, e.span, vec!["add an example where this bound is at work".into()]);
    if let Some(most) = &line.at_most {
        with(maker, at_work(most), ScoreLine { at_most: None, ..line.clone() });
    }
    if let Some(least) = &line.at_least {
        with(maker, at_work(least), ScoreLine { at_least: None, ..line.clone() });
    }
    if line.half_life.is_some() && line.half_life != score.half_life {
        let change = Change {
            kind: MutantKind::Points,
            span: line.span,
            to: vec![Piece::Note("with the half-life of the score".into())],
            help: vec!["add an example with something that was done a while ago".into()],
        };
        with(maker, change, ScoreLine { half_life: score.half_life, ..line.clone() });
    }
    if let ScoreLineKind::Per(records) = &line.kind {
        if let Some(filter) = &records.filter {
            let mut new = records.clone();
            new.filter = None;
            let help = vec!["add an example where `".into(), filter.span.into(), "` does not hold".into()];
            let new = ScoreLine { kind: ScoreLineKind::Per(new), ..line.clone() };
            with(maker, out(MutantKind::Where, filter.span, help), new);
        }
        if let Some(window) = &records.window {
            windows::variants(window, &mut |change, window| {
                let new = ScoreLine {
                    kind: ScoreLineKind::Per(lead_hir::hir::Records { window, ..records.clone() }),
                    ..line.clone()
                };
                with(maker, change, new);
            });
        }
    }
}
