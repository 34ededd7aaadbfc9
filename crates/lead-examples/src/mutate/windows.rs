//! Small changes of windows and of moments: twice as long, half as long, the period before, none.

use lead_hir::hir::{Expr, ExprKind, Moment, Period, Step, Which, Window, WindowKind};
use lead_hir::walk;

use super::MutantKind;
use super::Piece;
use super::make::Change;

/// A window around an expression: other windows, and none where nothing in it needs one.
pub(crate) fn changes(expr: &Expr, value: &Expr, window: &Window, put: &mut dyn FnMut(Change, Expr)) {
    let bare = needs_window(value);
    variants(window, &mut |change, other| match other {
        Some(window) => {
            let kind = ExprKind::Windowed { value: Box::new(value.clone()), window };
            put(change, Expr { kind, ty: expr.ty.clone(), span: expr.span });
        }
        None if !bare => put(change, value.clone()),
        None => {}
    });
}

/// Whether an expression means nothing without a window: it tests a time, or asks what became.
fn needs_window(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::TimeTest(_) | ExprKind::Became { .. } => true,
        ExprKind::Windowed { .. } => false,
        _ => {
            let mut found = false;
            walk::parts(expr, &mut |part| found |= needs_window(part));
            found
        }
    }
}

/// Other windows in the place of one; `None`: without a window.
pub(crate) fn variants(window: &Window, put: &mut dyn FnMut(Change, Option<Window>)) {
    let mut with = |kind: WindowKind, to: String, help: String| {
        // What stands in brackets is said of the window, not written in its place.
        let to = match to.strip_prefix('(') {
            Some(note) => Piece::Note(note.trim_end_matches(')').to_string()),
            None => Piece::Word(to),
        };
        let change = Change { kind: MutantKind::Window, span: window.span, to: vec![to], help: vec![help.into()] };
        put(change, Some(Window { kind, span: window.span }));
    };
    match window.kind {
        WindowKind::Within(by) => {
            let (more, less) = (twice(by), half(by));
            with(WindowKind::Within(more), format!("within {}", words(more)), older(by, more));
            with(WindowKind::Within(less), format!("within {}", words(less)), older(less, by));
        }
        WindowKind::WithinNext(by) => {
            let (more, less) = (twice(by), half(by));
            with(WindowKind::WithinNext(more), format!("within next {}", words(more)), ahead(by, more));
            with(WindowKind::WithinNext(less), format!("within next {}", words(less)), ahead(less, by));
        }
        WindowKind::MoreThanAgo(by) => {
            let (more, less) = (twice(by), half(by));
            with(WindowKind::MoreThanAgo(more), format!("more than {} ago", words(more)), older(by, more));
            with(WindowKind::MoreThanAgo(less), format!("more than {} ago", words(less)), older(less, by));
        }
        WindowKind::BetweenAgo(from, to) => {
            let more = twice(from);
            let text = format!("between {} and {} ago", words(more), words(to));
            with(WindowKind::BetweenAgo(more, to), text, older(from, more));
            let less = half(to);
            if less != to {
                let text = format!("between {} and {} ago", words(from), words(less));
                with(WindowKind::BetweenAgo(from, less), text, older(less, to));
            }
        }
        WindowKind::Period(period) => {
            let other = Period {
                which: match period.which {
                    Which::This => Which::Last(1),
                    Which::Last(n) if n > 1 => Which::Last(n - 1),
                    Which::Next(n) if n > 1 => Which::Next(n - 1),
                    Which::Last(_) | Which::Next(_) => Which::This,
                },
                ..period
            };
            let text = match other.which {
                Which::This => "(as the present one)".to_string(),
                Which::Last(1) => "(as the one before)".to_string(),
                Which::Last(n) | Which::Next(n) => format!("(as {n} of them)"),
            };
            with(WindowKind::Period(other), text, "add an example with a time in one and not in the other".into());
        }
        WindowKind::Since(at) => {
            if let Some(later) = next_day(at) {
                let help = "add an example with a time on the first day".to_string();
                with(WindowKind::Since(later), "(a day later)".into(), help);
            }
        }
        WindowKind::Before(at) => {
            if let Some(later) = next_day(at) {
                let help = "add an example with a time on the day itself".to_string();
                with(WindowKind::Before(later), "(a day later)".into(), help);
            }
        }
        WindowKind::Between(from, to) => {
            if let Some(later) = next_day(from) {
                let help = "add an example with a time on the first day".to_string();
                with(WindowKind::Between(later, to), "(beginning a day later)".into(), help);
            }
            if let Some(later) = next_day(to) {
                let help = "add an example with a time on the day after the last".to_string();
                with(WindowKind::Between(from, later), "(ending a day later)".into(), help);
            }
        }
    }
    let help = "add an example with a time outside of the window";
    let change = Change { kind: MutantKind::Window, span: window.span, to: Vec::new(), help: vec![help.into()] };
    put(change, None);
}

/// `was lead 1y ago`: at a moment twice as far.
pub(crate) fn moved(expr: &Expr, at: Moment, remade: &dyn Fn(Moment) -> ExprKind, put: &mut dyn FnMut(Change, Expr)) {
    let Moment::Ago(by) = at else { return };
    let more = twice(by);
    let change = Change {
        kind: MutantKind::Window,
        span: expr.span,
        to: vec![Piece::Note(format!("asked of {} ago", words(more)))],
        help: vec![format!("add an example where it held {} ago, and not {} ago", words(by), words(more)).into()],
    };
    put(change, Expr { kind: remade(Moment::Ago(more)), ty: expr.ty.clone(), span: expr.span });
}

fn older(from: Step, to: Step) -> String {
    format!("add an example with a time between {} and {} ago", words(from), words(to))
}

fn ahead(from: Step, to: Step) -> String {
    format!("add an example with a time between {} and {} from now", words(from), words(to))
}

fn next_day(at: Moment) -> Option<Moment> {
    match at {
        Moment::Date(day) => Some(Moment::Date(day.checked_add(1)?)),
        _ => None,
    }
}

fn twice(by: Step) -> Step {
    Step { months: by.months.saturating_mul(2), days: by.days.saturating_mul(2), micros: by.micros.saturating_mul(2) }
}

const HOUR: i64 = 3_600_000_000;

/// Half of a step: of one month 15 days, of one day 12 hours.
fn half(by: Step) -> Step {
    let mut out = Step { months: by.months / 2, days: by.days / 2, micros: by.micros / 2 };
    if by.months % 2 == 1 {
        out.days = out.days.saturating_add(15);
    }
    if by.days % 2 == 1 {
        out.micros = out.micros.saturating_add(12 * HOUR);
    }
    // A half day more or less says nothing where there are whole ones.
    if out.days > 0 {
        out.micros = 0;
    }
    out
}

/// A step as a lexicon writes it.
fn words(step: Step) -> String {
    let mut out = Vec::new();
    match step.months {
        0 => {}
        n if n % 12 == 0 => out.push(format!("{}y", n / 12)),
        n => out.push(format!("{n}mo")),
    }
    if step.days != 0 {
        out.push(format!("{}d", step.days));
    }
    if step.micros != 0 || out.is_empty() {
        let minutes = step.micros / (HOUR / 60);
        out.push(if minutes % 60 == 0 { format!("{}h", minutes / 60) } else { format!("{minutes}min") });
    }
    out.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_halved_in_whole_units() {
        let days = |days| Step { days, ..Step::default() };
        let months = |months| Step { months, ..Step::default() };
        assert_eq!(words(half(days(90))), "45d");
        assert_eq!(words(half(days(7))), "3d");
        assert_eq!(words(half(days(1))), "12h");
        assert_eq!(words(half(months(12))), "6mo");
        assert_eq!(words(half(months(1))), "15d");
        assert_eq!(words(twice(months(12))), "2y");
    }
}
