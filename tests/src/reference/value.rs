//! Values of the reference interpreter: dynamic, one kind for everything the language can say.

use std::cmp::Ordering;

use jiff::civil::Date;

/// A value, or unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum RefValue {
    /// Nothing is known.
    Unknown,
    /// Yes or no.
    YesNo(bool),
    /// Numbers and percents.
    Number(f64),
    /// Ten-thousandths.
    Money(i64),
    /// Text as the data has it.
    Text(String),
    /// A key: compares exactly.
    Key(String),
    /// A day.
    Date(Date),
    /// Microseconds since 1970 UTC.
    Time(i64),
    /// Microseconds.
    Duration(i64),
    /// Items.
    List(Vec<RefValue>),
    /// A row of a table.
    Record(usize, usize),
}

impl RefValue {
    /// Whether it is unknown.
    pub fn is_unknown(&self) -> bool {
        matches!(self, RefValue::Unknown)
    }

    /// A yes, a no or an unknown.
    pub fn logic(value: Option<bool>) -> RefValue {
        value.map_or(RefValue::Unknown, RefValue::YesNo)
    }

    /// A finite number, else unknown (D18).
    pub fn finite(x: f64) -> RefValue {
        if x.is_finite() { RefValue::Number(x) } else { RefValue::Unknown }
    }
}

/// What texts are compared by (D16).
pub fn fold(text: &str) -> String {
    let mut out = String::new();
    for c in text.trim().chars() {
        for l in c.to_lowercase() {
            out.push(l);
        }
    }
    out
}

/// What a value is ordered and grouped by: a rank of its kind, then what the kind compares by. Unknown comes last.
#[derive(Clone, Debug)]
pub struct OrderKey(pub RefValue);

impl OrderKey {
    fn rank(&self) -> u8 {
        match &self.0 {
            RefValue::YesNo(_) => 0,
            RefValue::Number(_) => 1,
            RefValue::Money(_) => 2,
            RefValue::Text(_) => 3,
            RefValue::Key(_) => 4,
            RefValue::Date(_) => 5,
            RefValue::Time(_) => 6,
            RefValue::Duration(_) => 7,
            RefValue::List(_) => 8,
            RefValue::Record(..) => 9,
            RefValue::Unknown => 10,
        }
    }
}

impl Ord for OrderKey {
    fn cmp(&self, other: &OrderKey) -> Ordering {
        match (&self.0, &other.0) {
            (RefValue::YesNo(a), RefValue::YesNo(b)) => a.cmp(b),
            (RefValue::Number(a), RefValue::Number(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            (RefValue::Money(a), RefValue::Money(b)) => a.cmp(b),
            (RefValue::Text(a), RefValue::Text(b)) => fold(a).cmp(&fold(b)),
            (RefValue::Key(a), RefValue::Key(b)) => a.trim().cmp(b.trim()),
            (RefValue::Date(a), RefValue::Date(b)) => a.cmp(b),
            (RefValue::Time(a), RefValue::Time(b)) => a.cmp(b),
            (RefValue::Duration(a), RefValue::Duration(b)) => a.cmp(b),
            (RefValue::Record(t, a), RefValue::Record(u, b)) => (t, a).cmp(&(u, b)),
            (RefValue::List(a), RefValue::List(b)) => {
                let a: Vec<OrderKey> = a.iter().cloned().map(OrderKey).collect();
                let b: Vec<OrderKey> = b.iter().cloned().map(OrderKey).collect();
                a.cmp(&b)
            }
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for OrderKey {
    fn partial_cmp(&self, other: &OrderKey) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for OrderKey {
    fn eq(&self, other: &OrderKey) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for OrderKey {}

/// Ten-thousandths of a number written out in digits, `-` before it allowed; further places round half away from zero.
pub fn money_of_digits(digits: &str) -> i64 {
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits),
    };
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let mut amount: i128 = whole.parse::<i128>().unwrap_or(0) * 10_000;
    let mut weight = 1_000;
    for (i, digit) in places.bytes().enumerate() {
        let digit = i128::from(digit - b'0');
        if i < 4 {
            amount += digit * weight;
            weight /= 10;
        } else {
            if i == 4 && digit >= 5 {
                amount += 1;
            }
            break;
        }
    }
    i64::try_from(if negative { -amount } else { amount }).expect("money fits 64 bits in the tests")
}

/// Ten-thousandths of a number; half away from zero.
pub fn money_of_number(x: f64) -> i64 {
    let scaled = x * 10_000.0;
    let down = scaled.trunc();
    let rest = scaled - down;
    (if rest >= 0.5 {
        down + 1.0
    } else if rest <= -0.5 {
        down - 1.0
    } else {
        down
    }) as i64
}

/// `a / b` rounded half away from zero; b is not 0.
pub fn divide_half_away(a: i128, b: i128) -> i128 {
    let (a, b) = if b < 0 { (-a, -b) } else { (a, b) };
    let (quotient, rest) = (a / b, a % b);
    if rest.abs() * 2 >= b { quotient + a.signum() } else { quotient }
}

/// `x` as a count of 2^-`bits`, half to even, by its bits; `None` where |x| is 2^62 or more, or no number.
pub fn fixed(x: f64, bits: i32) -> Option<i128> {
    if !x.is_finite() || x.abs() >= 4_611_686_018_427_387_904.0 {
        return None;
    }
    let raw = x.to_bits();
    let exponent = ((raw >> 52) & 0x7ff) as i32;
    let fraction = i128::from(raw & ((1 << 52) - 1));
    let (mantissa, power) = if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    // x = mantissa * 2^power; wanted: mantissa * 2^(power + bits).
    let shift = power + bits;
    let size = if shift >= 0 {
        mantissa << shift
    } else if shift < -60 {
        0
    } else {
        let down = mantissa >> -shift;
        let rest = mantissa - (down << -shift);
        let half = 1i128 << (-shift - 1);
        match rest.cmp(&half) {
            Ordering::Less => down,
            Ordering::Greater => down + 1,
            Ordering::Equal => down + (down & 1),
        }
    };
    Some(if raw >> 63 == 1 { -size } else { size })
}

/// Points as a whole number of billionths (D38); `None` of 2^62 points or more.
pub fn billionths(x: f64) -> Option<i128> {
    (x.abs() < 4_611_686_018_427_387_904.0).then(|| (x * 1_000_000_000.0).round_ties_even() as i128)
}

/// A count of 2^-`bits` as the nearest float, half to even.
pub fn unfixed(total: i128, bits: i32) -> f64 {
    let size = total.unsigned_abs();
    let length = 128 - size.leading_zeros() as i32;
    let value = if length <= 53 {
        size as u64 as f64
    } else {
        let shift = length - 53;
        let down = size >> shift;
        let rest = size - (down << shift);
        let half = 1u128 << (shift - 1);
        let up = rest > half || (rest == half && down & 1 == 1);
        (down + u128::from(up)) as u64 as f64 * 2f64.powi(shift)
    };
    let value = value / 2f64.powi(bits);
    if total < 0 { -value } else { value }
}

/// The exact total of counts, in any order; `None` where one is missing or the total leaves 128 bits (D18).
pub fn total(parts: impl Iterator<Item = Option<i128>>) -> Option<i128> {
    // High and low halves apart, so that nothing on the way can leave the bits.
    let (mut high, mut low) = (0i128, 0i128);
    for part in parts {
        let part = part?;
        high += part >> 64;
        low += part & i128::from(u64::MAX);
    }
    high += low >> 64;
    high.checked_mul(1 << 64)?.checked_add(low & i128::from(u64::MAX))
}
