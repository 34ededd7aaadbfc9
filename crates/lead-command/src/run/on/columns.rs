//! Texts of a database to columns, by the types of the lexicon.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil;
use lead_data::{Bitmap, Column, Dictionary, Texts, Values};
use lead_hir::hir::Ty;

/// A column that grows.
pub struct Growing {
    values: Grown,
    known: Bitmap,
}

enum Grown {
    YesNo(Bitmap),
    Number(Vec<f64>),
    Money(Vec<i64>),
    Time(Vec<i64>),
    Duration(Vec<i64>),
    Date(Vec<i32>),
    Text { codes: Vec<u32>, entries: Vec<String>, places: HashMap<String, u32> },
    List { offsets: Vec<u32>, items: Box<Growing> },
}

impl Growing {
    /// Nothing so far.
    pub fn new(ty: &Ty) -> Growing {
        let values = match ty {
            Ty::YesNo => Grown::YesNo(Bitmap::default()),
            Ty::Number | Ty::Percent => Grown::Number(Vec::new()),
            Ty::Money => Grown::Money(Vec::new()),
            Ty::Time => Grown::Time(Vec::new()),
            Ty::Duration => Grown::Duration(Vec::new()),
            Ty::Date => Grown::Date(Vec::new()),
            Ty::List(item) => Grown::List { offsets: vec![0], items: Box::new(Growing::new(item)) },
            Ty::Text | Ty::OneOf(_) | Ty::Key | Ty::Record(_) | Ty::Period | Ty::Error => {
                Grown::Text { codes: Vec::new(), entries: Vec::new(), places: HashMap::new() }
            }
        };
        Growing { values, known: Bitmap::default() }
    }

    /// Adds a value. The error is a text that is none of the type.
    pub fn push(&mut self, cell: Option<&str>) -> Result<(), String> {
        self.known.push(cell.is_some());
        let odd = || cell.unwrap_or_default().to_owned();
        match &mut self.values {
            Grown::YesNo(bits) => bits.push(match cell {
                Some("t" | "true") => true,
                Some("f" | "false") | None => false,
                Some(_) => return Err(odd()),
            }),
            Grown::Number(list) => list.push(match cell {
                Some(text) => text.parse().ok().filter(|n: &f64| n.is_finite()).ok_or_else(odd)?,
                None => 0.0,
            }),
            Grown::Money(list) => list.push(cell.map_or(Some(0), money).ok_or_else(odd)?),
            Grown::Time(list) => list.push(cell.map_or(Some(0), time).ok_or_else(odd)?),
            Grown::Duration(list) => list.push(cell.map_or(Ok(0), str::parse).map_err(|_| odd())?),
            Grown::Date(list) => list.push(cell.map_or(Some(0), date).ok_or_else(odd)?),
            Grown::Text { codes, entries, places } => {
                let text = cell.unwrap_or_default();
                let code = match places.get(text) {
                    Some(code) => *code,
                    None => {
                        let code = entries.len() as u32;
                        entries.push(text.to_owned());
                        places.insert(text.to_owned(), code);
                        code
                    }
                };
                codes.push(code);
            }
            Grown::List { offsets, items } => {
                if let Some(text) = cell {
                    let list: Vec<Option<String>> = serde_json::from_str(text).map_err(|_| odd())?;
                    for item in list.iter().flatten() {
                        items.push(Some(item))?;
                    }
                }
                offsets.push(items.known.len() as u32);
            }
        }
        Ok(())
    }

    /// The column.
    pub fn done(self) -> Column {
        Column { known: Some(self.known), values: self.values.done() }
    }
}

impl Grown {
    fn done(self) -> Values {
        match self {
            Grown::YesNo(bits) => Values::YesNo(bits),
            Grown::Number(list) => Values::Number(list),
            Grown::Money(list) | Grown::Time(list) | Grown::Duration(list) => Values::Int(list),
            Grown::Date(list) => Values::Date(list),
            Grown::Text { codes, entries, .. } => {
                Values::Text(Texts { codes, dictionary: Arc::new(Dictionary::new(entries, true)) })
            }
            Grown::List { offsets, items } => Values::List { offsets, items: Box::new(items.values.done()) },
        }
    }
}

/// A decimal in ten-thousandths.
fn money(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |d| (-1, d));
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let places = places.trim_end_matches('0');
    let plain = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if places.len() > 4 || !plain(places) || !plain(whole) || whole.is_empty() {
        return None;
    }
    // The least amount has no counterpart of the other sign.
    let size: i128 = format!("{whole}{places:0<4}").parse().ok()?;
    i64::try_from(sign * size).ok()
}

/// A time in UTC in microseconds.
fn time(text: &str) -> Option<i64> {
    let at: civil::DateTime = text.replace(' ', "T").parse().ok()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

/// A day since 1970.
fn date(text: &str) -> Option<i32> {
    let day: civil::Date = text.get(..10).filter(|_| text.len() == 10 || text.ends_with(" 00:00:00"))?.parse().ok()?;
    let first = civil::date(1970, 1, 1);
    first.until(day).ok().map(|span| span.get_days())
}

#[cfg(test)]
mod tests {
    use lead_data::Values;
    use lead_hir::hir::Ty;

    use super::{Growing, date, money, time};

    #[test]
    fn texts_are_read_by_type() {
        assert_eq!(money("164110.0000"), Some(1_641_100_000));
        assert_eq!(money("-0.5"), Some(-5_000));
        assert_eq!(money("-922337203685477.5808"), Some(i64::MIN));
        assert_eq!((money("1.00001"), money("x"), money("1e5"), money("")), (None, None, None, None));
        assert_eq!(time("1970-01-02 00:00:00.000001"), Some(86_400_000_001));
        assert_eq!((date("1970-01-02"), date("1969-12-31"), date("infinity")), (Some(1), Some(-1), None));
    }

    #[test]
    fn lists_and_unknowns_keep_their_places() {
        let mut list = Growing::new(&Ty::List(Box::new(Ty::Text)));
        for cell in [Some(r#"["a","b, \"c\""]"#), None, Some("[]"), Some(r#"["a"]"#)] {
            assert!(list.push(cell).is_ok());
        }
        let column = list.done();
        assert!(!column.is_known(1) && column.is_known(2));
        let Values::List { offsets, items } = &column.values else { unreachable!() };
        assert_eq!((offsets.as_slice(), items.len()), (&[0, 2, 2, 2, 3][..], 3));
        assert!(Growing::new(&Ty::Number).push(Some("NaN")).is_err());
    }
}
