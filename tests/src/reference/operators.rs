//! Comparison and arithmetic of the reference interpreter (D9, D16 to D22).

use std::cmp::Ordering;

use lead_syntax::ast::{ArithmeticOp, CompareOp, Expr, ExprKind, LiteralKind, Unit};

use super::Reference;
use super::calendar::duration_of;
use super::value::{RefValue, divide_half_away, fold, money_of_digits, money_of_number};

/// The literal that an expression is, with its sign.
fn written(expr: &Expr) -> Option<(bool, &LiteralKind)> {
    match &expr.kind {
        ExprKind::Paren(inner) => written(inner),
        ExprKind::Negate(inner) => written(inner).map(|(negative, l)| (!negative, l)),
        ExprKind::Literal(l) => Some((false, l)),
        _ => None,
    }
}

/// A number beside money as money (D19).
fn as_money(expr: &Expr, value: RefValue) -> RefValue {
    match (value, written(expr)) {
        (RefValue::Number(_), Some((negative, LiteralKind::Number(digits)))) => {
            let m = money_of_digits(digits);
            RefValue::Money(if negative { -m } else { m })
        }
        (RefValue::Number(x), _) => RefValue::Money(money_of_number(x)),
        (RefValue::List(items), _) => {
            let exprs = match &expr.kind {
                ExprKind::List(exprs) => exprs.as_slice(),
                _ => &[],
            };
            RefValue::List(
                items.into_iter().enumerate().map(|(i, v)| as_money(exprs.get(i).unwrap_or(expr), v)).collect(),
            )
        }
        (other, _) => other,
    }
}

/// A number of up to four places in ten-thousandths (D19).
fn exact_factor(x: f64) -> Option<i128> {
    let scaled = (x * 10_000.0).round();
    (scaled.abs() < 1e18 && scaled / 10_000.0 == x).then_some(scaled as i128)
}

fn money(total: i128) -> RefValue {
    RefValue::Money(i64::try_from(total).expect("money fits 64 bits in the tests"))
}

fn times(m: i64, x: f64) -> RefValue {
    match exact_factor(x) {
        Some(n) => money(divide_half_away(i128::from(m) * n, 10_000)),
        None => money((m as f64 * x).round() as i128),
    }
}

impl Reference {
    /// Order of two values of kinds that compare; `None` where they are not ordered.
    fn order(&self, a: &RefValue, b: &RefValue) -> Option<Ordering> {
        use RefValue::{Date, Duration, Key, Money, Number, Record, Text, Time, YesNo};
        match (a, b) {
            (Number(a), Number(b)) => a.partial_cmp(b),
            (Money(a), Money(b)) | (Time(a), Time(b)) | (Duration(a), Duration(b)) => Some(a.cmp(b)),
            (Date(a), Date(b)) => Some(a.cmp(b)),
            (Date(a), Time(b)) => Some(a.cmp(&self.calendar.day_of(*b))),
            (Time(a), Date(b)) => Some(self.calendar.day_of(*a).cmp(b)),
            (YesNo(a), YesNo(b)) => Some(a.cmp(b)),
            (Text(a), Text(b)) => Some(fold(a).cmp(&fold(b))),
            (Key(a), Key(b) | Text(b)) | (Text(a), Key(b)) => Some(a.trim().cmp(b.trim())),
            (Record(t, a), Record(u, b)) => Some((t, a).cmp(&(u, b))),
            (Record(t, r), Key(k) | Text(k)) => Some(self.key_of(*t, *r).as_str().cmp(k.trim())),
            (Key(k) | Text(k), Record(t, r)) => Some(k.trim().cmp(self.key_of(*t, *r).as_str())),
            (RefValue::List(a), RefValue::List(b)) => {
                let same = a.len() == b.len() && a.iter().zip(b).all(|(x, y)| self.same(x, y));
                Some(if same { Ordering::Equal } else { Ordering::Less })
            }
            _ => panic!("unlike things compared: {a:?} and {b:?}"),
        }
    }

    /// Whether two values are equal; unknown ones never are.
    fn same(&self, a: &RefValue, b: &RefValue) -> bool {
        !a.is_unknown() && !b.is_unknown() && self.order(a, b) == Some(Ordering::Equal)
    }

    /// A comparison; unknown where an operand is (D9).
    pub fn compare(&self, op: CompareOp, left: &Expr, right: &Expr, a: RefValue, b: RefValue) -> Option<bool> {
        if a.is_unknown() || b.is_unknown() {
            return None;
        }
        let is_money = |v: &RefValue| match v {
            RefValue::Money(_) => true,
            RefValue::List(items) => items.iter().any(|i| matches!(i, RefValue::Money(_))),
            _ => false,
        };
        let (a, b) = if is_money(&a) || is_money(&b) { (as_money(left, a), as_money(right, b)) } else { (a, b) };
        let order = || self.order(&a, &b).expect("an order");
        let texts = |test: fn(&str, &str) -> bool| match (&a, &b) {
            (RefValue::Text(a), RefValue::Text(b)) => test(&fold(a), &fold(b)),
            // Keys are exact (D17).
            (RefValue::Text(a) | RefValue::Key(a), RefValue::Text(b) | RefValue::Key(b)) => test(a.trim(), b.trim()),
            _ => panic!("no texts: {a:?}, {b:?}"),
        };
        Some(match op {
            CompareOp::Equal => order().is_eq(),
            CompareOp::NotEqual => order().is_ne(),
            CompareOp::Less => order().is_lt(),
            CompareOp::LessEqual => order().is_le(),
            CompareOp::Greater => order().is_gt(),
            CompareOp::GreaterEqual => order().is_ge(),
            CompareOp::In | CompareOp::NotIn => {
                let RefValue::List(items) = &b else { panic!("`in` no list: {b:?}") };
                items.iter().any(|i| self.same(&a, i)) == (op == CompareOp::In)
            }
            CompareOp::Contains => match &a {
                RefValue::List(items) => items.iter().any(|i| self.same(i, &b)),
                _ => texts(|a, b| a.contains(b)),
            },
            CompareOp::StartsWith => texts(|a, b| a.starts_with(b)),
            CompareOp::EndsWith => texts(|a, b| a.ends_with(b)),
            CompareOp::Matches => match (&a, &b) {
                (RefValue::Text(a) | RefValue::Key(a), RefValue::Text(b)) => {
                    regex::Regex::new(b).expect("an expression").is_match(a)
                }
                _ => panic!("no texts: {a:?}, {b:?}"),
            },
        })
    }

    /// Arithmetic; unknown where an operand is, and where a number is divided by zero or leaves the floats.
    pub fn arithmetic(&self, op: ArithmeticOp, left: &Expr, right: &Expr, a: RefValue, b: RefValue) -> RefValue {
        use ArithmeticOp::{Add, Divide, Multiply, Subtract};
        use RefValue::{Date, Duration, Money, Number, Time, Unknown};
        if a.is_unknown() || b.is_unknown() {
            return Unknown;
        }
        let (a, b) = match (op, &a, &b) {
            (Add | Subtract, Money(_), Number(_)) | (Add | Subtract, Number(_), Money(_)) => {
                (as_money(left, a), as_money(right, b))
            }
            _ => (a, b),
        };
        let start = |d: &jiff::civil::Date| self.calendar.start_of(*d);
        match (op, &a, &b) {
            (Add, Number(a), Number(b)) => RefValue::finite(a + b),
            (Subtract, Number(a), Number(b)) => RefValue::finite(a - b),
            (Multiply, Number(a), Number(b)) => RefValue::finite(a * b),
            (Divide, Number(_) | Money(_) | Duration(_), Number(b)) if *b == 0.0 => Unknown,
            (Divide, Money(_), Money(0)) | (Divide, Duration(_), Duration(0)) => Unknown,
            (Divide, Number(a), Number(b)) => RefValue::finite(a / b),
            (Add, Money(a), Money(b)) => money(i128::from(*a) + i128::from(*b)),
            (Subtract, Money(a), Money(b)) => money(i128::from(*a) - i128::from(*b)),
            (Multiply, Money(m), Number(x)) => times(*m, *x),
            (Multiply, Number(x), Money(m)) => times(*m, *x),
            (Divide, Money(m), Number(x)) => match exact_factor(*x) {
                Some(n) => money(divide_half_away(i128::from(*m) * 10_000, n)),
                None => money((*m as f64 / x).round() as i128),
            },
            (Divide, Money(a), Money(b)) => RefValue::finite(*a as f64 / *b as f64),
            (Subtract, Time(a), Time(b)) => Duration(a - b),
            (Subtract, Date(a), Date(b)) => {
                let days = a.since(*b).expect("days in range").get_days();
                Duration(i64::from(days) * 86_400_000_000)
            }
            (Subtract, Time(a), Date(b)) => Duration(a - start(b)),
            (Subtract, Date(a), Time(b)) => Duration(start(a) - b),
            (Add | Subtract, Time(t), Duration(d)) => match written(right) {
                Some((negative, l)) => Time(self.calendar.step(*t, duration_of(l), (op == Add) != negative)),
                None => Time(if op == Add { t + d } else { t - d }),
            },
            // A date moves by whole days; by hours it becomes a time.
            (Add | Subtract, Date(t), Duration(d)) => match written(right).map(|(n, l)| (n, duration_of(l))) {
                Some((negative, length)) if !matches!(length.1, Unit::Hour | Unit::Minute) => {
                    Date(self.calendar.step_day(*t, length, (op == Add) != negative))
                }
                _ => Time(if op == Add { start(t) + d } else { start(t) - d }),
            },
            (Add, Duration(_), Time(_) | Date(_)) => self.arithmetic(op, right, left, b, a),
            (Add, Duration(a), Duration(b)) => Duration(a + b),
            (Subtract, Duration(a), Duration(b)) => Duration(a - b),
            (Multiply, Duration(d), Number(x)) | (Multiply, Number(x), Duration(d)) => {
                Duration((*d as f64 * x).round() as i64)
            }
            (Divide, Duration(d), Number(x)) => Duration((*d as f64 / x).round() as i64),
            (Divide, Duration(a), Duration(b)) => RefValue::finite(*a as f64 / *b as f64),
            _ => panic!("no arithmetic of {a:?} and {b:?}"),
        }
    }
}
