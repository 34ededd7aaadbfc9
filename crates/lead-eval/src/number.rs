//! Numbers, money, durations and scores (D12, D18 to D22, D38).

use lead_data::{Bitmap, Column, Values};
use lead_hir::hir::{ArithmeticOp, Function, Ty};
use lead_plan::{NodeId, ScoreLine};

use crate::kernel::{Context, Overflow, Rows};
use crate::vector::{Known, Vector, View, all_known, dates, ints, map2, numbers, texts};

/// A float as money: ten-thousandths, half away from zero.
pub(crate) fn money_of(n: f64) -> Option<i64> {
    let scaled = (n * 10_000.0).round();
    (scaled.abs() < 9.2e18).then_some(scaled as i64)
}

fn div_half_away(n: i128, d: i128) -> Option<i128> {
    if d == 0 {
        return None;
    }
    let (n, d) = if d < 0 { (-n, -d) } else { (n, d) };
    let half = if n >= 0 { d / 2 } else { -(d / 2) };
    // An odd divisor has no exact half, so adding its rounded-down half is right for both.
    Some((n + half) / d)
}

/// The float in ten-thousandths, where it has no more than four decimal places.
fn exact(n: f64) -> Option<i128> {
    let q = (n * 10_000.0).round();
    (q.abs() < 1e15 && q / 10_000.0 == n).then_some(q as i128)
}

fn money_times(m: i64, n: f64) -> Option<i64> {
    match exact(n) {
        Some(q) => div_half_away(i128::from(m) * q, 10_000).and_then(|v| i64::try_from(v).ok()),
        None => in_range(m as f64 * n),
    }
}

fn money_by(m: i64, n: f64) -> Option<i64> {
    match exact(n) {
        Some(q) => div_half_away(i128::from(m) * 10_000, q).and_then(|v| i64::try_from(v).ok()),
        None => in_range(m as f64 / n),
    }
}

fn in_range(v: f64) -> Option<i64> {
    let v = v.round();
    (v.abs() < 9.2e18).then_some(v as i64)
}

/// The sum of money or durations as 64 bits.
pub(crate) fn narrow(total: i128) -> Result<i64, Overflow> {
    i64::try_from(total).map_err(|_| Overflow)
}

/// The mean, half away from zero.
pub(crate) fn mean(total: i128, count: u64) -> Result<i64, Overflow> {
    div_half_away(total, i128::from(count)).map_or(Ok(0), narrow)
}

/// A float as a multiple of 2^-64 (D18); `None` if it is too large.
#[inline]
pub(crate) fn to_fixed(n: f64) -> Option<i128> {
    const LIMIT: f64 = (1u64 << 62) as f64;
    (n.abs() < LIMIT).then(|| (n * 18_446_744_073_709_551_616.0).round_ties_even() as i128)
}

/// A multiple of 2^-64 as a float.
pub(crate) fn from_fixed(n: i128) -> f64 {
    n as f64 / 18_446_744_073_709_551_616.0
}

/// Points in billionths (D38); none of 2^62 or more in size.
#[inline]
pub(crate) fn to_points(n: f64) -> Option<i128> {
    const LIMIT: f64 = (1u64 << 62) as f64;
    (n.abs() < LIMIT).then(|| (n * 1e9).round_ties_even() as i128)
}

/// Billionths as points.
pub(crate) fn from_points(n: i128) -> f64 {
    n as f64 / 1e9
}

fn known_rows(known: Option<&Bitmap>, i: usize) -> bool {
    known.is_none_or(|k| k.get(i))
}

/// Money results; a row that overflows and is known is an error, a result that is not there is unknown.
fn money_rows<'a>(
    len: usize,
    known: Option<Bitmap>,
    f: impl Fn(usize) -> Result<Option<i64>, Overflow>,
) -> Result<Vector<'a>, Overflow> {
    let mut out = vec![0i64; len];
    let mut kept = known.unwrap_or_else(|| Bitmap::filled(len, true));
    for (i, slot) in out.iter_mut().enumerate() {
        if !kept.get(i) {
            continue;
        }
        match f(i)? {
            Some(v) => *slot = v,
            None => kept.set(i, false),
        }
    }
    let known = if kept.all() { None } else { Some(kept) };
    Ok(Vector::owned(Column { values: Values::Int(out), known }))
}

fn float_rows<'a>(values: Vec<f64>, known: Option<Bitmap>) -> Vector<'a> {
    // D18: a result that is not finite is unknown.
    let known = if values.iter().all(|v| v.is_finite()) {
        known
    } else {
        Some(Bitmap::from_fn(values.len(), |i| values[i].is_finite() && known_rows(known.as_ref(), i)))
    };
    Vector::owned(Column { values: Values::Number(values), known })
}

/// `+ - * /` by the operands' types; `ty` is that of the result.
pub(crate) fn arithmetic<'a>(
    cx: &Context,
    op: ArithmeticOp,
    a: (&Vector, &Ty),
    b: (&Vector, &Ty),
    ty: &Ty,
    len: usize,
) -> Result<Vector<'a>, Overflow> {
    use ArithmeticOp::{Add, Divide, Multiply, Subtract};
    if a.0.is_unknown() || b.0.is_unknown() {
        return Ok(Vector::unknown());
    }
    let known = all_known(&[a.0, b.0], len);
    let is_int = |ty: &Ty| matches!(ty, Ty::Money | Ty::Duration | Ty::Time);
    let float = |ty: &Ty| matches!(ty, Ty::Number | Ty::Percent);
    match (a.1, b.1) {
        (x, y) if float(x) && float(y) => {
            let (x, y) = (numbers(a.0), numbers(b.0));
            let values = match op {
                Add => map2(len, x, y, |a, b| a + b),
                Subtract => map2(len, x, y, |a, b| a - b),
                Multiply => map2(len, x, y, |a, b| a * b),
                Divide => map2(len, x, y, |a, b| if b == 0.0 { f64::NAN } else { a / b }),
            };
            Ok(float_rows(values, known))
        }
        // Two amounts of one kind: a ratio, a sum or a difference. Also time - time, time ± duration.
        (x, y) if is_int(x) && is_int(y) => {
            let (x, y) = (ints(a.0), ints(b.0));
            match op {
                Divide => {
                    Ok(float_rows(map2(len, x, y, |a, b| if b == 0 { f64::NAN } else { a as f64 / b as f64 }), known))
                }
                Add => money_rows(len, known, |i| x.get(i).checked_add(y.get(i)).map(Some).ok_or(Overflow)),
                _ => money_rows(len, known, |i| x.get(i).checked_sub(y.get(i)).map(Some).ok_or(Overflow)),
            }
        }
        (x, y) if is_int(x) && float(y) => {
            let (m, n) = (ints(a.0), numbers(b.0));
            money_rows(len, known, |i| match op {
                Multiply => money_times(m.get(i), n.get(i)).map(Some).ok_or(Overflow),
                _ if n.get(i) == 0.0 => Ok(None),
                _ => money_by(m.get(i), n.get(i)).map(Some).ok_or(Overflow),
            })
        }
        (x, y) if float(x) && is_int(y) => {
            let (n, m) = (numbers(a.0), ints(b.0));
            money_rows(len, known, |i| money_times(m.get(i), n.get(i)).map(Some).ok_or(Overflow))
        }
        (Ty::Date, Ty::Date) => {
            let (x, y) = (dates(a.0), dates(b.0));
            let days = map2(len, x, y, |a, b| (i64::from(a) - i64::from(b)) * 86_400_000_000);
            Ok(Vector::owned(Column { values: Values::Int(days), known }))
        }
        (Ty::Date, Ty::Duration) | (Ty::Duration, Ty::Date) => {
            let (d, by) = if *a.1 == Ty::Date { (dates(a.0), ints(b.0)) } else { (dates(b.0), ints(a.0)) };
            let sign = if op == Subtract { -1 } else { 1 };
            if *ty == Ty::Date {
                let days = map2(len, d, by, |d, by| {
                    (i64::from(d) + (by * sign).div_euclid(86_400_000_000))
                        .clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
                });
                return Ok(Vector::owned(Column { values: Values::Date(days), known }));
            }
            let times = map2(len, d, by, |d, by| cx.zone.start_of_day(d).saturating_add(by * sign));
            Ok(Vector::owned(Column { values: Values::Int(times), known }))
        }
        // D22: in subtraction a date beside a time stands for its first moment.
        (Ty::Date, Ty::Time) => {
            let values = map2(len, dates(a.0), ints(b.0), |d, t| cx.zone.start_of_day(d).saturating_sub(t));
            Ok(Vector::owned(Column { values: Values::Int(values), known }))
        }
        (Ty::Time, Ty::Date) => {
            let values = map2(len, ints(a.0), dates(b.0), |t, d| t.saturating_sub(cx.zone.start_of_day(d)));
            Ok(Vector::owned(Column { values: Values::Int(values), known }))
        }
        _ => Ok(Vector::unknown()),
    }
}

pub(crate) fn negate<'a>(vector: &Vector, ty: &Ty, len: usize) -> Result<Vector<'a>, Overflow> {
    if vector.is_unknown() {
        return Ok(Vector::unknown());
    }
    let known = all_known(&[vector], len);
    match ty {
        Ty::Money | Ty::Duration => {
            let v = ints(vector);
            money_rows(len, known, |i| v.get(i).checked_neg().map(Some).ok_or(Overflow))
        }
        _ => Ok(float_rows(map2(len, numbers(vector), View::Const(()), |n, ()| -n), known)),
    }
}

pub(crate) fn to_money<'a>(vector: &Vector, len: usize) -> Result<Vector<'a>, Overflow> {
    if vector.is_unknown() {
        return Ok(Vector::unknown());
    }
    let known = all_known(&[vector], len);
    let v = numbers(vector);
    money_rows(len, known, |i| money_of(v.get(i)).map(Some).ok_or(Overflow))
}

/// `hours days round abs length lower`.
pub(crate) fn call_number<'a>(f: Function, vector: &Vector, ty: &Ty, len: usize) -> Result<Vector<'a>, Overflow> {
    if vector.is_unknown() {
        return Ok(Vector::unknown());
    }
    let known = all_known(&[vector], len);
    let unit = View::Const(());
    Ok(match (f, ty) {
        (Function::Hours, _) => float_rows(map2(len, ints(vector), unit, |d, ()| d as f64 / 3_600_000_000.0), known),
        (Function::Days, _) => float_rows(map2(len, ints(vector), unit, |d, ()| d as f64 / 86_400_000_000.0), known),
        (Function::Abs, Ty::Money | Ty::Duration) => {
            let v = ints(vector);
            money_rows(len, known, |i| v.get(i).checked_abs().map(Some).ok_or(Overflow))?
        }
        (Function::Round, Ty::Money) => {
            let v = ints(vector);
            money_rows(len, known, |i| {
                let whole = div_half_away(i128::from(v.get(i)), 10_000).unwrap_or(0) * 10_000;
                narrow(whole).map(Some)
            })?
        }
        (Function::Abs, _) => float_rows(map2(len, numbers(vector), unit, |n, ()| n.abs()), known),
        (Function::Round, _) => float_rows(map2(len, numbers(vector), unit, |n, ()| n.round()), known),
        (Function::Length, Ty::List(_)) => {
            let count = |i| match vector.value(i) {
                Some(lead_hir::hir::Value::List(items)) => items.len() as f64,
                _ => 0.0,
            };
            float_rows((0..len).map(count).collect(), known)
        }
        (Function::Length, _) => {
            let v = texts(vector);
            float_rows(
                (0..len).map(|i| if vector.is_known(i) { v.get(i).chars().count() as f64 } else { 0.0 }).collect(),
                known,
            )
        }
        (Function::Lower, _) => {
            let lower = |t: &str| t.chars().flat_map(char::to_lowercase).collect::<String>();
            match vector.column().map(|c| &c.values) {
                Some(Values::Text(column)) => {
                    let dictionary = lead_data::Dictionary::new(column.dictionary.iter().map(lower), false);
                    let texts = lead_data::Texts { codes: column.codes.clone(), dictionary: dictionary.into() };
                    Vector::owned(Column { values: Values::Text(texts), known })
                }
                _ => Vector::Const(Some(lead_hir::hir::Value::Text(lower(texts(vector).get(0)).into()))),
            }
        }
        _ => Vector::unknown(),
    })
}

/// D12, D38: each line within its bounds, added exactly, within the score's bounds.
pub(crate) fn score<'a>(
    rows: &Rows<'_, 'a>,
    lines: &[ScoreLine],
    at_most: Option<NodeId>,
    at_least: Option<NodeId>,
) -> Vector<'a> {
    let len = rows.len;
    let mut exact = vec![0i128; len];
    for line in lines {
        let part = score_line(rows, line);
        for (sum, part) in exact.iter_mut().zip(part) {
            // A line that leaves the range gives nothing, like one that cannot be told.
            *sum = sum.saturating_add(to_points(part).unwrap_or(0));
        }
    }
    let mut total: Vec<f64> = exact.into_iter().map(from_points).collect();
    bound(rows, &mut total, at_most, at_least);
    Vector::owned(Column { values: Values::Number(total), known: None })
}

/// What a line of a score gives each row, with its sign.
pub(crate) fn score_line(rows: &Rows, line: &ScoreLine) -> Vec<f64> {
    let len = rows.len;
    let points = rows.get(line.points);
    let known = points.known();
    let given = line.condition.map(|c| rows.tri(c).yes);
    let view = numbers(points);
    let mut part: Vec<f64> = (0..len)
        .map(|i| {
            let counts = given.as_ref().is_none_or(|g| g.get(i))
                && match &known {
                    Known::All => true,
                    Known::None => false,
                    Known::Some(map) => map.get(i),
                    Known::Made(map) => map.get(i),
                };
            if counts { view.get(i) } else { 0.0 }
        })
        .collect();
    bound(rows, &mut part, line.at_most, line.at_least);
    if line.negative {
        for value in &mut part {
            *value = -*value;
        }
    }
    part
}

/// An unknown bound does not bind.
fn bound(rows: &Rows, values: &mut [f64], at_most: Option<NodeId>, at_least: Option<NodeId>) {
    if let Some(id) = at_most {
        let (v, limit) = (rows.get(id), numbers(rows.get(id)));
        for (i, value) in values.iter_mut().enumerate() {
            if v.is_known(i) && *value > limit.get(i) {
                *value = limit.get(i);
            }
        }
    }
    if let Some(id) = at_least {
        let (v, limit) = (rows.get(id), numbers(rows.get(id)));
        for (i, value) in values.iter_mut().enumerate() {
            if v.is_known(i) && *value < limit.get(i) {
                *value = limit.get(i);
            }
        }
    }
}
