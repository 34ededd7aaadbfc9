//! Conditions put together again: what they come to, and which of them decides.

use lead_plan::{Logic, Shape};

/// Yes, no, or (`None`) cannot be told.
pub(crate) type Tri = Option<bool>;

/// What a decision comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decided {
    Answer(Tri),
    /// The line of a choice that answers.
    Line(Option<usize>),
}

impl Decided {
    /// Whether two are plain opposites: yes and no, or different lines.
    fn opposite(self, other: Decided) -> bool {
        match (self, other) {
            (Decided::Answer(Some(a)), Decided::Answer(Some(b))) => a != b,
            (Decided::Line(a), Decided::Line(b)) => a != b,
            _ => false,
        }
    }
}

pub(crate) fn and(parts: impl Iterator<Item = Tri>) -> Tri {
    let mut all = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => all = None,
        }
    }
    all
}

pub(crate) fn or(parts: impl Iterator<Item = Tri>) -> Tri {
    and(parts.map(|p| p.map(|p| !p))).map(|p| !p)
}

pub(crate) fn logic(logic: &Logic, seen: &[Tri]) -> Tri {
    match logic {
        Logic::And(parts) => and(parts.iter().map(|p| self::logic(p, seen))),
        Logic::Or(parts) => or(parts.iter().map(|p| self::logic(p, seen))),
        Logic::Not(inner) => self::logic(inner, seen).map(|p| !p),
        Logic::Condition(i) => seen.get(*i).copied().flatten(),
    }
}

/// What conditions come to (D10, D11).
pub(crate) fn answer(shape: &Shape, seen: &[Tri]) -> Decided {
    match shape {
        Shape::Whole(whole) => Decided::Answer(logic(whole, seen)),
        Shape::Term { alternatives, exceptions } => {
            let blocked = or(exceptions.iter().map(|e| logic(e, seen))) == Some(true);
            let holds = or(alternatives.iter().map(|a| logic(a, seen)));
            Decided::Answer(if blocked { Some(false) } else { holds })
        }
        Shape::Lines(lines) => Decided::Line(
            lines.iter().position(|line| line.as_ref().is_none_or(|line| logic(line, seen) == Some(true))),
        ),
    }
}

/// Whether the opposite of a condition alone would turn the answer around.
pub(crate) fn decides(shape: &Shape, seen: &[Tri], condition: usize) -> bool {
    let Some(Some(is)) = seen.get(condition).copied() else { return false };
    let mut other = seen.to_vec();
    if let Some(slot) = other.get_mut(condition) {
        *slot = Some(!is);
    }
    answer(shape, seen).opposite(answer(shape, &other))
}

#[cfg(test)]
mod tests {
    use super::*;

    const YES: Tri = Some(true);
    const NO: Tri = Some(false);

    fn of(parts: &[usize]) -> Vec<Logic> {
        parts.iter().map(|i| Logic::Condition(*i)).collect()
    }

    #[test]
    fn in_a_chain_of_and_a_part_decides_where_all_others_hold() {
        let shape = Shape::Whole(Logic::And(of(&[0, 1, 2])));
        assert!(decides(&shape, &[YES, YES, YES], 1));
        assert!(decides(&shape, &[YES, NO, YES], 1));
        assert!(!decides(&shape, &[YES, NO, NO], 1));
        assert!(!decides(&shape, &[YES, YES, None], 1), "what it would turn to cannot be told");
    }

    #[test]
    fn in_an_or_a_part_decides_where_no_other_holds() {
        let shape = Shape::Whole(Logic::Or(of(&[0, 1])));
        assert!(decides(&shape, &[YES, NO], 0) && decides(&shape, &[NO, NO], 0));
        assert!(!decides(&shape, &[YES, YES], 0) && !decides(&shape, &[NO, None], 0));
    }

    #[test]
    fn an_exception_decides_where_an_alternative_holds_and_an_untold_one_does_not_block() {
        let shape = Shape::Term { alternatives: of(&[0]), exceptions: of(&[1, 2]) };
        assert!(decides(&shape, &[YES, YES, NO], 1) && decides(&shape, &[YES, NO, None], 1));
        assert!(!decides(&shape, &[NO, YES, NO], 1) && !decides(&shape, &[YES, NO, YES], 1));
        assert_eq!(answer(&shape, &[YES, None, NO]), Decided::Answer(YES));
    }

    #[test]
    fn a_line_decides_where_none_before_it_answers() {
        let shape = Shape::Lines(vec![Some(Logic::Condition(0)), Some(Logic::Condition(1)), None]);
        assert_eq!(answer(&shape, &[None, YES]), Decided::Line(Some(1)));
        assert!(decides(&shape, &[NO, NO], 1) && !decides(&shape, &[YES, NO], 1));
    }
}
