//! The nearest change that would make a decision a *yes*, where that is a matter of counts or thresholds.

use jiff::tz::TimeZone;
use lead_diag::Span;
use lead_hir::hir::{CompareOp, TableId, Ty, Value};

use crate::why::{Measured, Why, WhyKind, leaves};

/// One thing that would have to change.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// More records would have to count.
    More {
        /// How many more.
        records: u64,
        /// Whose.
        table: TableId,
        /// Before this time (microseconds since 1970 UTC), when one that counts now leaves the window.
        before: Option<i64>,
        /// What measures them.
        span: Span,
    },
    /// Fewer records would have to count: enough of them leave their window at a time.
    Fewer {
        /// How many fewer.
        records: u64,
        /// Whose.
        table: TableId,
        /// When enough of them have left the window, if no more come.
        from: i64,
        /// What measures them.
        span: Span,
    },
    /// A number would have to cross a threshold.
    Number {
        /// What it is.
        span: Span,
        /// What it is now.
        have: Value,
        /// How it must compare.
        op: CompareOp,
        /// With what.
        need: Value,
    },
}

/// What would make a part that is no a yes; `None` if that is no matter of counts and thresholds alone.
pub(crate) fn nearest(why: &Why, as_of: i64, zone: &TimeZone) -> Option<Vec<Change>> {
    turn(why, true, as_of, zone)
}

fn is(why: &Why, wanted: bool) -> bool {
    why.value == Some(Value::YesNo(wanted))
}

fn turn(why: &Why, wanted: bool, as_of: i64, zone: &TimeZone) -> Option<Vec<Change>> {
    if is(why, wanted) {
        return Some(Vec::new());
    }
    let go = |part: &Why, wanted: bool| turn(part, wanted, as_of, zone);
    let every = |parts: &mut dyn Iterator<Item = &Why>, wanted: bool| -> Option<Vec<Change>> {
        let mut all: Vec<Change> = Vec::new();
        for part in parts {
            for change in go(part, wanted)? {
                if !all.contains(&change) {
                    all.push(change);
                }
            }
        }
        Some(all)
    };
    let one = |parts: &mut dyn Iterator<Item = &Why>, wanted: bool| -> Option<Vec<Change>> {
        parts.filter_map(|part| go(part, wanted)).min_by_key(Vec::len)
    };
    let alternatives = || why.parts.iter().filter(|p| matches!(p.kind, WhyKind::Alternative));
    let exceptions = || why.parts.iter().filter(|p| matches!(p.kind, WhyKind::Exception));
    match &why.kind {
        WhyKind::Def(_) if alternatives().next().is_some() => {
            if wanted {
                let mut changes = one(&mut alternatives(), true)?;
                // An exception that is not yes does not block.
                let blocking = exceptions().filter(|e| is(e, true));
                changes.extend(every(&mut blocking.into_iter(), false)?);
                Some(changes)
            } else {
                every(&mut alternatives().filter(|a| !is(a, false)), false)
            }
        }
        WhyKind::Def(_) | WhyKind::Alternative | WhyKind::Exception => go(why.parts.first()?, wanted),
        WhyKind::And if wanted => every(&mut why.parts.iter(), true),
        WhyKind::And => one(&mut why.parts.iter(), false),
        WhyKind::Or if wanted => one(&mut why.parts.iter(), true),
        WhyKind::Or => every(&mut why.parts.iter(), false),
        WhyKind::Not => go(why.parts.first()?, !wanted),
        WhyKind::Compare(op) => {
            let (left, right) = (why.parts.first()?, why.parts.get(1)?);
            let op = if wanted { *op } else { opposite(*op)? };
            threshold(left, op, right, as_of, zone).map(|c| vec![c])
        }
        WhyKind::Measure(measured) if why.ty == Ty::YesNo => {
            let more = measured.none != wanted;
            if more {
                return Some(vec![Change::More { records: 1, table: measured.table, before: None, span: why.span }]);
            }
            Some(vec![fewer(measured, measured.count as u64, why.span, zone)?])
        }
        _ => None,
    }
}

fn opposite(op: CompareOp) -> Option<CompareOp> {
    Some(match op {
        CompareOp::Less => CompareOp::GreaterEqual,
        CompareOp::LessEqual => CompareOp::Greater,
        CompareOp::Greater => CompareOp::LessEqual,
        CompareOp::GreaterEqual => CompareOp::Less,
        _ => return None,
    })
}

fn mirrored(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Less => CompareOp::Greater,
        CompareOp::LessEqual => CompareOp::GreaterEqual,
        CompareOp::Greater => CompareOp::Less,
        CompareOp::GreaterEqual => CompareOp::LessEqual,
        other => other,
    }
}

/// The measure that a number is, through the names of values.
fn measure_of(why: &Why) -> Option<&Measured> {
    match &why.kind {
        WhyKind::Measure(measured) => Some(measured),
        WhyKind::Def(_) if why.parts.len() == 1 => measure_of(why.parts.first()?),
        _ => None,
    }
}

fn is_literal(why: &Why) -> bool {
    match why.kind {
        WhyKind::Literal => true,
        WhyKind::Made | WhyKind::Def(_) => !why.parts.is_empty() && why.parts.iter().all(is_literal),
        _ => false,
    }
}

fn threshold(left: &Why, op: CompareOp, right: &Why, as_of: i64, zone: &TimeZone) -> Option<Change> {
    let (what, op, limit) =
        if is_literal(left) && !is_literal(right) { (right, mirrored(op), left) } else { (left, op, right) };
    let (have, need) = (what.value.clone()?, limit.value.clone()?);
    if let (Some(measured), Value::Number(now), Value::Number(wanted)) = (measure_of(what), &have, &need)
        && *now == measured.count as f64
        && now.fract() == 0.0
    {
        let count = measured.count as u64;
        let least = match op {
            CompareOp::Greater => Some(wanted.floor() + 1.0),
            CompareOp::GreaterEqual | CompareOp::Equal => Some(wanted.ceil()),
            _ => None,
        };
        if let Some(least) = least.filter(|l| *l > *now) {
            let records = (least - now) as u64;
            // All that count now must still count when the last of the new ones comes.
            let before = measured.all_times.first().and_then(|t| leaves(measured.window, *t, zone));
            return Some(Change::More { records, table: measured.table, before, span: what.span });
        }
        let most = match op {
            CompareOp::Less => wanted.ceil() - 1.0,
            CompareOp::LessEqual | CompareOp::Equal => wanted.floor(),
            _ => return None,
        };
        return if most >= 0.0 { fewer(measured, count.saturating_sub(most as u64), what.span, zone) } else { None };
    }
    let _ = as_of;
    let ordered = matches!(op, CompareOp::Less | CompareOp::LessEqual | CompareOp::Greater | CompareOp::GreaterEqual);
    let number = matches!(have, Value::Number(_) | Value::Percent(_) | Value::Money(_) | Value::Duration(_));
    (ordered && number).then_some(Change::Number { span: what.span, have, op, need })
}

/// What happened cannot be undone, but events leave a window in time: only then is it a change that may come.
fn fewer(measured: &Measured, records: u64, span: Span, zone: &TimeZone) -> Option<Change> {
    let last = measured.all_times.get((records as usize).saturating_sub(1))?;
    let from = leaves(measured.window, *last, zone)?;
    Some(Change::Fewer { records, table: measured.table, from, span })
}
