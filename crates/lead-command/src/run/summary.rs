//! What answers come to: how many yes, no and cannot tell; how values are spread; how often each choice was made.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

use lead_data::{Column, Values, fold_text};
use lead_hir::hir::Ty;
use serde_json::{Map, Value as Json, json};

use crate::value::{self, Shown};

/// Texts that are listed besides those of a choice's lines.
const LISTED: usize = 100;

/// What a column of answers comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Spread {
    /// Terms, and values that are yes or no.
    Decisions {
        /// How many yes.
        yes: usize,
        /// How many no.
        no: usize,
        /// How many cannot be told.
        unknown: usize,
    },
    /// Numbers, money, percentages, durations, dates and times.
    Measured {
        /// How many are known.
        known: usize,
        /// How many are not.
        unknown: usize,
        /// Least, middle, mean and greatest; `None` where nothing is known.
        figures: Option<Figures>,
    },
    /// Texts, by how often.
    Counted {
        /// Texts with their counts: those of a choice's lines, then the most frequent others.
        counts: Vec<(String, usize)>,
        /// How many texts there are.
        distinct: usize,
        /// How many are known.
        known: usize,
        /// How many are unknown.
        unknown: usize,
    },
    /// Lists and other things that are only counted.
    Known {
        /// How many are known.
        known: usize,
        /// How many are not.
        unknown: usize,
    },
}

/// Figures of one type.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Least.
    pub min: Figure,
    /// The middle one; of an even number the mean of the middle two.
    pub median: Figure,
    /// Mean.
    pub mean: Figure,
    /// Greatest.
    pub max: Figure,
}

/// A number of one type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// Numbers.
    Number(f64),
    /// Percents, 20% as 0.2.
    Percent(f64),
    /// Ten-thousandths.
    Money(i64),
    /// Microseconds.
    Duration(i64),
    /// Microseconds since 1970.
    Time(i64),
    /// Days since 1970.
    Date(i32),
}

impl Figure {
    /// For people: rounded to what can be taken in at a glance.
    pub fn text(&self, shown: &Shown<'_>) -> String {
        match self {
            Figure::Number(n) => short_number(*n),
            Figure::Percent(n) => short_percent(*n),
            Figure::Money(m) => short_money(*m),
            Figure::Duration(d) => value::duration_short(*d),
            Figure::Time(t) => value::time(*t, shown.zone)
                .map(|t| t.chars().take(16).collect::<String>().replace('T', " "))
                .unwrap_or_default(),
            Figure::Date(d) => value::date(*d).unwrap_or_default(),
        }
    }

    /// For programs: as precise as it is known.
    pub fn json(&self, shown: &Shown<'_>) -> Json {
        match self {
            Figure::Number(n) | Figure::Percent(n) => value::number_json(*n),
            Figure::Money(m) => value::money_json(*m as i128),
            Figure::Duration(d) => value::duration(*d).into(),
            Figure::Time(t) => value::time(*t, shown.zone).into(),
            Figure::Date(d) => value::date(*d).into(),
        }
    }
}

/// What the answers in a column come to. `order`: the texts of a choice in the order of its lines.
pub fn spread(column: &Column, ty: &Ty, order: &[String]) -> Spread {
    let rows = column.len();
    let known = || (0..rows).filter(|i| column.is_known(*i));
    let unknown = rows - known().count();
    match &column.values {
        Values::YesNo(bits) => {
            let yes = known().filter(|i| bits.get(*i)).count();
            Spread::Decisions { yes, no: rows - unknown - yes, unknown }
        }
        Values::Number(v) => {
            let figure = if *ty == Ty::Percent { Figure::Percent } else { Figure::Number };
            let mut numbers: Vec<f64> = known().map(|i| v[i]).collect();
            let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
            let figures = ends(&mut numbers, f64::total_cmp).map(|(min, low, high, max)| Figures {
                min: figure(min),
                median: figure(low + (high - low) / 2.0),
                mean: figure(mean),
                max: figure(max),
            });
            Spread::Measured { known: rows - unknown, unknown, figures }
        }
        Values::Int(v) => {
            let figure = |n: i64| match ty {
                Ty::Money => Figure::Money(n),
                Ty::Duration => Figure::Duration(n),
                _ => Figure::Time(n),
            };
            let numbers = known().map(|i| v[i]).collect();
            Spread::Measured { known: rows - unknown, unknown, figures: whole_figures(numbers, figure) }
        }
        Values::Date(v) => {
            let numbers = known().map(|i| i64::from(v[i])).collect();
            let figure = |n: i64| Figure::Date(i32::try_from(n).unwrap_or(i32::MAX));
            Spread::Measured { known: rows - unknown, unknown, figures: whole_figures(numbers, figure) }
        }
        Values::Text(v) => {
            let mut by_code = vec![0usize; v.dictionary.len()];
            for i in known() {
                by_code[v.codes[i] as usize] += 1;
            }
            // Spellings that compare equal are one answer, shown as the choice spells it, else as the least spelling.
            let mut counts: HashMap<Cow<'_, str>, (&str, usize)> = HashMap::new();
            for (text, count) in v.dictionary.iter().zip(by_code).filter(|(_, n)| *n > 0) {
                let slot = counts.entry(folded(text)).or_insert((text, 0));
                slot.1 += count;
                slot.0 = slot.0.min(text);
            }
            let mut listed: Vec<(String, usize)> = Vec::new();
            for text in order {
                if !listed.iter().any(|(t, _)| fold_text(t) == fold_text(text)) {
                    let count = counts.remove(fold_text(text).as_str()).map_or(0, |c| c.1);
                    listed.push((text.clone(), count));
                }
            }
            let distinct = counts.len() + listed.iter().filter(|l| l.1 > 0).count();
            let mut rest: Vec<(&str, usize)> = counts.into_values().collect();
            let by_count = |a: &(&str, usize), b: &(&str, usize)| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0));
            if rest.len() > LISTED {
                rest.select_nth_unstable_by(LISTED, by_count);
                rest.truncate(LISTED);
            }
            rest.sort_unstable_by(by_count);
            listed.extend(rest.into_iter().map(|(text, n)| (text.to_owned(), n)));
            Spread::Counted { counts: listed, distinct, known: rows - unknown, unknown }
        }
        Values::Record(_) | Values::List { .. } => Spread::Known { known: rows - unknown, unknown },
    }
}

/// What a text is compared by; most are that already.
fn folded(text: &str) -> Cow<'_, str> {
    let ready = text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) && text.trim().len() == text.len();
    if ready { text.into() } else { fold_text(text).into() }
}

/// Least, the two in the middle, greatest.
fn ends<T: Copy>(values: &mut [T], order: impl Fn(&T, &T) -> Ordering + Copy) -> Option<(T, T, T, T)> {
    let n = values.len();
    let least = *values.iter().min_by(|a, b| order(a, b))?;
    let greatest = *values.iter().max_by(|a, b| order(a, b))?;
    let (below, high, _) = values.select_nth_unstable_by(n / 2, order);
    let high = *high;
    let low = if n.is_multiple_of(2) { *below.iter().max_by(|a, b| order(a, b))? } else { high };
    Some((least, low, high, greatest))
}

fn whole_figures(mut numbers: Vec<i64>, figure: impl Fn(i64) -> Figure) -> Option<Figures> {
    let (min, low, high, max) = ends(&mut numbers, i64::cmp)?;
    let total: i128 = numbers.iter().map(|n| i128::from(*n)).sum();
    let n = numbers.len() as i128;
    let mean = (2 * total + n).div_euclid(2 * n);
    let median = (i128::from(low) + i128::from(high)).div_euclid(2);
    let narrow = |n: i128| figure(i64::try_from(n).unwrap_or(i64::MAX));
    Some(Figures { min: figure(min), median: narrow(median), mean: narrow(mean), max: figure(max) })
}

impl Spread {
    /// As JSON, to be added to the name of a definition.
    pub fn json(&self, shown: &Shown<'_>) -> Map<String, Json> {
        let object = match self {
            Spread::Decisions { yes, no, unknown } => {
                json!({"yes": yes, "no": no, "cannot_tell": unknown, "share": share(*yes, yes + no + unknown)})
            }
            Spread::Measured { known, unknown, figures } => {
                let figure = |f: fn(&Figures) -> Figure| figures.as_ref().map(|x| f(x).json(shown));
                json!({
                    "known": known,
                    "unknown": unknown,
                    "min": figure(|f| f.min),
                    "median": figure(|f| f.median),
                    "mean": figure(|f| f.mean),
                    "max": figure(|f| f.max),
                })
            }
            Spread::Counted { counts, distinct, known, unknown } => {
                let answers: Vec<Json> = counts
                    .iter()
                    .map(|(text, n)| json!({"answer": text, "count": n, "share": share(*n, known + unknown)}))
                    .collect();
                json!({"known": known, "unknown": unknown, "distinct": distinct, "answers": answers})
            }
            Spread::Known { known, unknown } => json!({"known": known, "unknown": unknown}),
        };
        match object {
            Json::Object(map) => map,
            _ => Map::new(),
        }
    }
}

/// A part of a whole as a number with four places; `null` of nothing.
pub fn share(part: usize, whole: usize) -> Json {
    if whole == 0 { Json::Null } else { value::number_json(value::round_to(part as f64 / whole as f64, 4)) }
}

/// A part of a whole as `12.3%`; `–` of nothing.
pub fn percent(part: usize, whole: usize) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{:.1}%", part as f64 * 100.0 / whole as f64) }
}

/// A number with at most two places behind the point and its thousands parted.
pub fn short_number(n: f64) -> String {
    let rounded = if n.abs() >= 1.0 || n == 0.0 { value::round_to(n, 2) } else { value::round_to(n, 4) };
    grouped_decimal(&value::number(rounded))
}

/// A percentage with at most two places behind the point.
pub fn short_percent(n: f64) -> String {
    format!("{}%", short_number(n * 100.0))
}

/// Money to the cent, with its thousands parted.
pub fn short_money(units: i64) -> String {
    let cents = (i128::from(units).abs() + 50) / 100;
    let sign = if units < 0 && cents > 0 { "-" } else { "" };
    let part = if cents % 100 == 0 { String::new() } else { format!(".{:02}", cents % 100) };
    format!("{sign}{}{part}", crate::terminal::grouped(cents / 100))
}

/// A decimal with its thousands parted.
pub fn grouped_decimal(text: &str) -> String {
    if text.contains('e') {
        return text.to_owned();
    }
    let (whole, part) = text.split_once('.').map_or((text, None), |(w, p)| (w, Some(p)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |d| ("-", d));
    let whole = digits.parse::<i128>().map_or_else(|_| digits.to_owned(), crate::terminal::grouped);
    part.map_or_else(|| format!("{sign}{whole}"), |p| format!("{sign}{whole}.{p}"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use lead_data::{Bitmap, Dictionary, Texts};

    use super::*;

    #[test]
    fn decisions_count_yes_no_and_cannot_tell() {
        let column = Column {
            values: Values::YesNo(Bitmap::from_fn(5, |i| i < 3)),
            known: Some(Bitmap::from_fn(5, |i| i != 0 && i != 4)),
        };
        assert_eq!(spread(&column, &Ty::YesNo, &[]), Spread::Decisions { yes: 2, no: 1, unknown: 2 });
    }

    #[test]
    fn money_has_an_exact_mean_rounded_to_its_unit() {
        let column =
            Column { values: Values::Int(vec![10_000, 20_001, 40_000, 0]), known: Some(Bitmap::from_fn(4, |i| i < 3)) };
        let Spread::Measured { figures: Some(figures), .. } = spread(&column, &Ty::Money, &[]) else { unreachable!() };
        assert_eq!((figures.mean, figures.median), (Figure::Money(23_334), Figure::Money(20_001)));
    }

    #[test]
    fn choices_keep_the_order_of_their_lines_and_join_spellings() {
        let texts = Texts {
            codes: vec![0, 1, 1, 2, 3],
            dictionary: Arc::new(Dictionary::new(["nurture", "Field sales", "field sales ", "other"], true)),
        };
        let column = Column { values: Values::Text(texts), known: None };
        let order = ["field sales", "CEO", "nurture"].map(String::from);
        let counts = [("field sales", 3), ("CEO", 0), ("nurture", 1), ("other", 1)];
        assert_eq!(
            spread(&column, &Ty::Text, &order),
            Spread::Counted {
                counts: counts.map(|(t, n)| (t.to_owned(), n)).to_vec(),
                distinct: 3,
                known: 5,
                unknown: 0
            }
        );
    }

    #[test]
    fn shares_of_nothing_are_not_numbers() {
        assert_eq!((percent(0, 0), share(0, 0)), ("–".to_owned(), Json::Null));
        assert_eq!((percent(1, 3), share(1, 3)), ("33.3%".to_owned(), json!(0.3333)));
        assert_eq!(short_number(1234567.891), "1,234,567.89");
        assert_eq!(
            (short_money(-12_345_678), short_money(50_000), short_money(-1)),
            ("-1,234.57".into(), "5".into(), "0".into())
        );
    }
}
