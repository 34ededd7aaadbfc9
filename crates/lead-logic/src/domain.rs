//! The values of a measurement, parted at the values that conditions compare it with. *Unknown* is a part like the others.
//!
//! Invariant *one side*: no test of a condition tells two values of one [`Cell`] apart.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::diagram::Truth;

/// A place on a line of values.
#[derive(Clone, Copy, Debug)]
pub enum Point {
    /// Numbers and percentages.
    Float(f64),
    /// Money in ten-thousandths, days, microseconds.
    Whole(i64),
}

impl Point {
    fn key(self) -> (u8, i64, u64) {
        match self {
            // Both zeros are one; the bits of a float in the order of floats.
            Point::Float(n) => {
                let bits = if n == 0.0 { 0 } else { n.to_bits() as i64 };
                (0, bits ^ (((bits >> 63) as u64) >> 1) as i64, 0)
            }
            Point::Whole(n) => (1, n, 0),
        }
    }

    /// As a float, for sizes.
    pub fn size(self) -> f64 {
        match self {
            Point::Float(n) => n,
            Point::Whole(n) => n as f64,
        }
    }
}

impl PartialEq for Point {
    fn eq(&self, other: &Point) -> bool {
        self.key() == other.key()
    }
}
impl Eq for Point {}
impl PartialOrd for Point {
    fn partial_cmp(&self, other: &Point) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Point {
    fn cmp(&self, other: &Point) -> Ordering {
        self.key().cmp(&other.key())
    }
}
impl std::hash::Hash for Point {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

/// What the values of a line are, for choosing plain ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A whole number of records, 0 or more.
    Count,
    /// Any number.
    Number,
    /// A number shown as a percentage.
    Percent,
    /// Ten-thousandths.
    Money,
    /// Days since 1970.
    Date,
    /// Microseconds since 1970.
    Time,
    /// Microseconds.
    Duration,
}

impl Unit {
    /// A step that is plain to read.
    fn plain(self) -> i64 {
        match self {
            Unit::Money => 10_000,
            Unit::Time | Unit::Duration => 86_400_000_000,
            Unit::Count | Unit::Number | Unit::Percent | Unit::Date => 1,
        }
    }
}

/// What values a measurement can have, besides unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Domain {
    /// Yes and no.
    Flag,
    /// Values in order, between bounds that belong to it.
    Line {
        /// What they are.
        unit: Unit,
        /// The least.
        low: Option<Point>,
        /// The greatest.
        high: Option<Point>,
    },
    /// Texts; where they are listed, no others.
    Text {
        /// All that there are, folded.
        listed: Option<Vec<Arc<str>>>,
    },
    /// Something of which only asked whether it is known.
    Thing,
}

/// A part of the values that all tests answer alike.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No.
    No,
    /// Yes.
    Yes,
    /// One value.
    At(Point),
    /// The values between two, without them; `None`: without end.
    Between(Option<Point>, Option<Point>),
    /// One text, folded.
    Text(Arc<str>),
    /// Every text that no condition names.
    Other,
    /// Known, whatever it is.
    Known,
    /// Unknown.
    Unknown,
}

/// How a value is compared with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// What a condition asks of one measurement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// Is it yes?
    Yes,
    /// Is it known? Never unknown.
    Known,
    /// How does it compare?
    Compare(Order, Point),
    /// Is it one of these texts, folded?
    Among(Vec<Arc<str>>),
}

impl Test {
    /// The answer for every value of a cell.
    pub fn of(&self, cell: &Cell) -> Truth {
        match (self, cell) {
            (Test::Known, cell) => Truth::of(*cell != Cell::Unknown),
            (_, Cell::Unknown) => Truth::Unknown,
            (Test::Yes, Cell::Yes) => Truth::Yes,
            (Test::Yes, Cell::No) => Truth::No,
            (Test::Compare(order, point), Cell::At(at)) => Truth::of(match order {
                Order::Equal => at == point,
                Order::Less => at < point,
                Order::AtMost => at <= point,
                Order::Greater => at > point,
                Order::AtLeast => at >= point,
            }),
            (Test::Compare(order, point), Cell::Between(_, high)) => {
                let below = high.is_some_and(|high| high <= *point);
                Truth::of(match order {
                    Order::Equal => false,
                    Order::Less | Order::AtMost => below,
                    Order::Greater | Order::AtLeast => !below,
                })
            }
            (Test::Among(texts), Cell::Text(text)) => Truth::of(texts.contains(text)),
            (Test::Among(_), Cell::Other) => Truth::No,
            // Of a test that does not fit its measurement nothing can be told.
            _ => Truth::Unknown,
        }
    }
}

/// The cells of a domain that is cut at these points and texts.
pub fn cells(domain: &Domain, cuts: &[Point], texts: &[Arc<str>], unknowable: bool) -> Vec<Cell> {
    let mut cells = match domain {
        Domain::Flag => vec![Cell::No, Cell::Yes],
        Domain::Thing => vec![Cell::Known],
        Domain::Text { listed: Some(listed) } => listed.iter().cloned().map(Cell::Text).collect(),
        Domain::Text { listed: None } => {
            let mut texts = texts.to_vec();
            texts.sort();
            texts.dedup();
            texts.into_iter().map(Cell::Text).chain([Cell::Other]).collect()
        }
        Domain::Line { unit, low, high } => {
            let mut cuts: Vec<Point> = cuts.iter().chain(low).chain(high).copied().collect();
            cuts.sort();
            cuts.dedup();
            let mut line = Vec::with_capacity(cuts.len() * 2 + 1);
            let mut before = None;
            for cut in cuts {
                line.push(Cell::Between(before, Some(cut)));
                line.push(Cell::At(cut));
                before = Some(cut);
            }
            line.push(Cell::Between(before, None));
            line.retain(|cell| inside(cell, *low, *high) && sample(cell, *unit).is_some());
            line
        }
    };
    if unknowable || cells.is_empty() {
        cells.push(Cell::Unknown);
    }
    cells
}

fn inside(cell: &Cell, low: Option<Point>, high: Option<Point>) -> bool {
    match cell {
        Cell::At(at) => low.is_none_or(|low| *at >= low) && high.is_none_or(|high| *at <= high),
        Cell::Between(from, to) => {
            low.is_none_or(|low| from.is_some_and(|from| from >= low))
                && high.is_none_or(|high| to.is_some_and(|to| to <= high))
        }
        _ => true,
    }
}

/// The least value of a cell where it has one that is plain, else a plain one inside; `None` where it is empty.
pub fn sample(cell: &Cell, unit: Unit) -> Option<Point> {
    match *cell {
        Cell::At(Point::Float(n)) if unit == Unit::Count && (n < 0.0 || n.fract() != 0.0) => None,
        Cell::At(at) => Some(at),
        Cell::Between(Some(Point::Whole(low)), high) => {
            let plain = (low.div_euclid(unit.plain()).checked_add(1)?).checked_mul(unit.plain());
            let next = low.checked_add(1)?;
            match high {
                None => plain.map(Point::Whole),
                Some(Point::Whole(high)) => {
                    plain.filter(|p| *p < high).or(Some(next)).filter(|n| *n < high).map(Point::Whole)
                }
                Some(Point::Float(_)) => None,
            }
        }
        Cell::Between(None, Some(Point::Whole(high))) => {
            let next = high.checked_sub(1)?;
            Some(Point::Whole(next.div_euclid(unit.plain()).checked_mul(unit.plain()).unwrap_or(next)))
        }
        Cell::Between(Some(Point::Float(low)), high) => {
            let next = low.floor() + 1.0;
            let high = match high {
                Some(Point::Float(high)) => Some(high),
                Some(Point::Whole(_)) => return None,
                None => None,
            };
            if unit == Unit::Percent {
                let next = ((low * 100.0).floor() + 1.0) / 100.0;
                if high.is_none_or(|high| next < high) && next > low {
                    return Some(Point::Float(next));
                }
            } else if next > low && high.is_none_or(|high| next < high) {
                return Some(Point::Float(next));
            }
            let Some(bound) = high else { return Some(Point::Float(low.next_up())) };
            let middle = low + (bound - low) / 2.0;
            let inside = unit != Unit::Count && middle > low && high.is_some_and(|high| middle < high);
            inside.then_some(Point::Float(middle))
        }
        Cell::Between(None, Some(Point::Float(high))) => {
            let next = if unit == Unit::Percent { high - 0.01 } else { high.ceil() - 1.0 };
            if unit == Unit::Count && next < 0.0 {
                return None;
            }
            Some(Point::Float(if next < high { next } else { high.next_down() }))
        }
        Cell::Between(None, None) => Some(match unit {
            Unit::Count | Unit::Number | Unit::Percent => Point::Float(0.0),
            Unit::Money | Unit::Date | Unit::Time | Unit::Duration => Point::Whole(0),
        }),
        _ => None,
    }
}
