//! Logic over what is not settled yet: each condition may be some of yes, no and unknown, and so may what they come to.

use lead_plan::{Logic, Shape};

/// Some of yes, no and unknown.
pub(crate) type Mask = u8;

pub(crate) const YES: Mask = 1;
pub(crate) const NO: Mask = 2;
pub(crate) const UNKNOWN: Mask = 4;
const ALL: [Mask; 3] = [YES, NO, UNKNOWN];

/// The mask of one answer.
pub(crate) fn of(answer: Option<bool>) -> Mask {
    match answer {
        Some(true) => YES,
        Some(false) => NO,
        None => UNKNOWN,
    }
}

/// What conditions may come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Possible {
    Answers(Mask),
    /// Lines as bits; the highest is none of them.
    Lines(u64),
}

const NO_LINE: u32 = 63;

fn not(a: Mask) -> Mask {
    let turned = |from: Mask, to: Mask| if a & from != 0 { to } else { 0 };
    turned(YES, NO) | turned(NO, YES) | turned(UNKNOWN, UNKNOWN)
}

fn and(a: Mask, b: Mask) -> Mask {
    let mut out = 0;
    for x in ALL.into_iter().filter(|x| a & x != 0) {
        for y in ALL.into_iter().filter(|y| b & y != 0) {
            out |= match (x, y) {
                (NO, _) | (_, NO) => NO,
                (YES, YES) => YES,
                _ => UNKNOWN,
            };
        }
    }
    out
}

fn or(a: Mask, b: Mask) -> Mask {
    not(and(not(a), not(b)))
}

fn logic(logic: &Logic, masks: &[Mask]) -> Mask {
    match logic {
        Logic::And(parts) => parts.iter().fold(YES, |sum, p| and(sum, self::logic(p, masks))),
        Logic::Or(parts) => parts.iter().fold(NO, |sum, p| or(sum, self::logic(p, masks))),
        Logic::Not(inner) => not(self::logic(inner, masks)),
        Logic::Condition(i) => masks.get(*i).copied().unwrap_or(UNKNOWN),
    }
}

/// What conditions may come to; more than they can, where one condition stands in several places.
pub(crate) fn possible(shape: &Shape, masks: &[Mask]) -> Possible {
    match shape {
        Shape::Whole(whole) => Possible::Answers(logic(whole, masks)),
        Shape::Term { alternatives, exceptions } => {
            let any = |all: &[Logic]| all.iter().fold(NO, |sum, l| or(sum, logic(l, masks)));
            let (holds, blocked) = (any(alternatives), any(exceptions));
            // D10: an exception that cannot be told does not block.
            let mut out = if blocked & YES != 0 { NO } else { 0 };
            if blocked & (NO | UNKNOWN) != 0 {
                out |= holds;
            }
            Possible::Answers(out)
        }
        Shape::Lines(lines) => {
            let mut out = 0u64;
            for (i, line) in lines.iter().enumerate() {
                let mask = line.as_ref().map_or(YES, |line| logic(line, masks));
                if mask & YES != 0 {
                    out |= 1 << (i as u32).min(NO_LINE - 1);
                }
                if mask == YES {
                    return Possible::Lines(out);
                }
            }
            Possible::Lines(out | 1 << NO_LINE)
        }
    }
}

/// Whether a line may be the one that answers.
pub(crate) fn may_answer(shape: &Shape, masks: &[Mask], line: usize) -> bool {
    matches!(possible(shape, masks), Possible::Lines(lines) if lines & (1 << (line as u32).min(NO_LINE - 1)) != 0)
}

/// Whether the opposite of a condition may turn the answer around.
pub(crate) fn may_decide(shape: &Shape, masks: &[Mask], condition: usize) -> bool {
    let with = |mask: Mask| {
        let mut masks = masks.to_vec();
        if let Some(slot) = masks.get_mut(condition) {
            *slot = mask;
        }
        possible(shape, &masks)
    };
    match (with(YES), with(NO)) {
        (Possible::Answers(a), Possible::Answers(b)) => (a & YES != 0 && b & NO != 0) || (a & NO != 0 && b & YES != 0),
        (Possible::Lines(a), Possible::Lines(b)) => a != b || a.count_ones() > 1,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_settled_is_kleene() {
        assert_eq!((and(YES, UNKNOWN), and(NO, UNKNOWN), or(YES, UNKNOWN)), (UNKNOWN, NO, YES));
        assert_eq!(and(YES | NO, UNKNOWN), NO | UNKNOWN);
        assert_eq!(or(YES | NO, NO), YES | NO);
    }

    #[test]
    fn a_part_may_decide_while_the_others_may_hold() {
        let parts = Logic::And(vec![Logic::Condition(0), Logic::Condition(1)]);
        let shape = Shape::Whole(parts);
        assert!(may_decide(&shape, &[YES, YES | NO], 0) && !may_decide(&shape, &[YES, NO | UNKNOWN], 0));
        let lines = Shape::Lines(vec![Some(Logic::Condition(0)), None]);
        assert!(may_answer(&lines, &[YES | NO], 1) && !may_answer(&lines, &[YES], 1));
    }
}
