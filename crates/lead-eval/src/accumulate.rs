//! What a measure keeps for each subject while records go by. Adding is free of order (D18, D37), so that batches may
//! come in any order and from any worker.

use std::cmp::Ordering;

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use lead_data::{Bitmap, Column, Dictionary, NO_RECORD, Texts, Values, fold_text};
use lead_hir::hir::{Ty, Value};
use lead_plan::MeasureKind;

use crate::hits::Counted;
use crate::kernel::Overflow;
use crate::number::{from_fixed, from_points, mean, narrow, to_fixed, to_points};
use crate::vector::{Known, Vector, dates, ints, numbers, records, texts};

/// Texts by number.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    ids: HashMap<Box<str>, u32, FixedState>,
    entries: Vec<Box<str>>,
}

impl Interner {
    pub(crate) fn id(&mut self, text: &str) -> u32 {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = self.entries.len() as u32;
        self.entries.push(text.into());
        self.ids.insert(text.into(), id);
        id
    }

    /// The texts in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|e| &**e)
    }

    pub(crate) fn get(&self, id: u32) -> &str {
        self.entries.get(id as usize).map_or("", |e| e)
    }
}

/// Totals that are not in 128 bits: how often each went past their end, up less down, so that the order of values means
/// nothing; with a value that is too large itself, for ever.
pub(crate) type Lost = HashMap<u32, i64, FixedState>;

/// What no number of overflows outweighs.
pub(crate) const FOR_EVER: i64 = 1 << 48;

/// Adds a value to the total of a subject.
#[inline]
pub(crate) fn put(total: &mut i128, lost: &mut Lost, subject: u32, value: Option<i128>) {
    let Some(value) = value else { return lose(lost, subject, FOR_EVER) };
    let (sum, past) = total.overflowing_add(value);
    *total = sum;
    if past {
        lose(lost, subject, if value > 0 { 1 } else { -1 });
    }
}

#[cold]
pub(crate) fn lose(lost: &mut Lost, subject: u32, count: i64) {
    let before = lost.entry(subject).or_default();
    *before = before.saturating_add(count);
}

/// Whether the total of a subject is in its bits.
fn is_held(lost: &Lost, subject: usize) -> bool {
    lost.is_empty() || lost.get(&(subject as u32)).is_none_or(|n| *n == 0)
}

/// What is kept.
#[derive(Debug)]
pub(crate) enum Kept {
    Count(Vec<u32>),
    /// Fixed-point totals, counts, and what is lost.
    Number {
        total: Vec<i128>,
        count: Vec<u32>,
        lost: Lost,
        average: bool,
    },
    Money {
        total: Vec<i128>,
        count: Vec<u32>,
        average: bool,
    },
    Points {
        total: Vec<i128>,
        lost: Lost,
    },
    /// By value, or by time and value.
    Extreme {
        seen: Vec<bool>,
        times: Vec<i64>,
        values: Vec<u64>,
        texts: Interner,
        greatest: bool,
        by_time: bool,
    },
    Distinct {
        pairs: HashSet<(u32, u64), FixedState>,
        texts: Interner,
    },
    /// Subject, time and step of a sequence's events.
    Steps(Vec<(u32, i64, u8)>),
}

/// The state of one measure on one worker.
#[derive(Debug)]
pub(crate) struct Accumulator {
    pub(crate) kept: Kept,
    /// Type of the argument.
    ty: Ty,
    len: usize,
}

impl Accumulator {
    /// For `len` subjects. `ty` is the argument's type.
    pub(crate) fn new(kind: &MeasureKind, ty: Ty, len: usize) -> Accumulator {
        let is_int = matches!(ty, Ty::Money | Ty::Duration);
        let extreme = |greatest, by_time| Kept::Extreme {
            seen: vec![false; len],
            times: if by_time { vec![0; len] } else { Vec::new() },
            values: vec![0; len],
            texts: Interner::default(),
            greatest,
            by_time,
        };
        let total = |average| {
            let count = if average { vec![0; len] } else { Vec::new() };
            if is_int {
                Kept::Money { total: vec![0; len], count, average }
            } else {
                Kept::Number { total: vec![0; len], count, lost: Lost::default(), average }
            }
        };
        let kept = match kind {
            MeasureKind::Count => Kept::Count(vec![0; len]),
            MeasureKind::Distinct => Kept::Distinct { pairs: HashSet::default(), texts: Interner::default() },
            MeasureKind::Sum => total(false),
            MeasureKind::Average => total(true),
            MeasureKind::Min => extreme(false, false),
            MeasureKind::Max => extreme(true, false),
            MeasureKind::First => extreme(false, true),
            MeasureKind::Last => extreme(true, true),
            MeasureKind::Points { .. } | MeasureKind::PointsOf { .. } => {
                Kept::Points { total: vec![0; len], lost: Lost::default() }
            }
            MeasureKind::Sequence(_) => Kept::Steps(Vec::new()),
        };
        Accumulator { kept, ty, len }
    }

    /// Makes room for more subjects.
    pub(crate) fn grow(&mut self, len: usize) {
        if len <= self.len {
            return;
        }
        self.len = len;
        match &mut self.kept {
            Kept::Count(count) => count.resize(len, 0),
            Kept::Number { total, count, average, .. } | Kept::Money { total, count, average } => {
                total.resize(len, 0);
                if *average {
                    count.resize(len, 0);
                }
            }
            Kept::Points { total, .. } => total.resize(len, 0),
            Kept::Extreme { seen, times, values, by_time, .. } => {
                seen.resize(len, false);
                values.resize(len, 0);
                if *by_time {
                    times.resize(len, 0);
                }
            }
            Kept::Distinct { .. } | Kept::Steps(_) => {}
        }
    }

    /// Adds records. `decay` gives what points of a time are multiplied by; `None`: points stay as they are.
    pub(crate) fn add(
        &mut self,
        counted: &Counted,
        argument: Option<&Vector>,
        times: &[i64],
        step: u8,
        decay: Option<&dyn Fn(i64) -> f64>,
    ) {
        let ty = self.ty.clone();
        match &mut self.kept {
            Kept::Count(count) if counted.subjects.is_empty() && !count.is_empty() => count[0] += counted.len() as u32,
            Kept::Count(count) => counted.subjects.iter().for_each(|s| count[*s as usize] += 1),
            Kept::Steps(steps) => {
                let time = |row: &u32| times.get(*row as usize).copied().unwrap_or(0);
                let events = counted.rows().iter().enumerate().map(|(i, row)| (counted.subject(i), time(row), step));
                steps.extend(events);
            }
            Kept::Points { total, lost } => {
                let Some(argument) = argument else { return };
                let points = numbers(argument);
                let rows = counted.rows();
                known_places(counted, argument, |i, at, subject| {
                    let weight = decay.map_or(1.0, |d| times.get(rows[i] as usize).map_or(1.0, |t| d(*t)));
                    put(&mut total[subject], lost, subject as u32, to_points(points.get(at) * weight));
                });
            }
            Kept::Number { total, count, lost, average } => {
                let Some(argument) = argument else { return };
                let values = numbers(argument);
                known_places(counted, argument, |_, at, s| {
                    put(&mut total[s], lost, s as u32, to_fixed(values.get(at)));
                    if *average {
                        count[s] += 1;
                    }
                });
            }
            Kept::Money { total, count, average } => {
                let Some(argument) = argument else { return };
                let values = ints(argument);
                known_places(counted, argument, |_, at, s| {
                    total[s] += i128::from(values.get(at));
                    if *average {
                        count[s] += 1;
                    }
                });
            }
            Kept::Extreme { seen, times: kept_times, values, texts, greatest, by_time } => {
                let Some(argument) = argument else { return };
                let wanted = if *greatest { Ordering::Greater } else { Ordering::Less };
                let bits = bits_reader(argument, &ty);
                let rows = counted.rows();
                known_places(counted, argument, |i, at, s| {
                    let time = if *by_time { times.get(rows[i] as usize).copied().unwrap_or(0) } else { 0 };
                    let by = if *by_time && seen[s] { time.cmp(&kept_times[s]) } else { Ordering::Equal };
                    // Texts are looked at only where the time does not decide.
                    if seen[s] && by == wanted.reverse() {
                        return;
                    }
                    let bits = bits(at, texts);
                    if !seen[s] || by.then_with(|| compare_bits(&ty, bits, values[s], texts)) == wanted {
                        seen[s] = true;
                        values[s] = bits;
                        if *by_time {
                            kept_times[s] = time;
                        }
                    }
                });
            }
            Kept::Distinct { pairs, texts: interner } => {
                let Some(argument) = argument else { return };
                let mut key_of = key_reader(argument, &ty, interner);
                known_places(counted, argument, |_, at, s| {
                    pairs.insert((s as u32, key_of(at)));
                });
            }
        }
    }

    /// Puts two states of one measure together; `place` says where the other's subjects are here.
    pub(crate) fn merge(&mut self, other: Accumulator, place: &dyn Fn(u32) -> u32) {
        let ty = self.ty.clone();
        let at = |i: usize| place(i as u32) as usize;
        match (&mut self.kept, other.kept) {
            (Kept::Count(a), Kept::Count(b)) => b.iter().enumerate().for_each(|(i, n)| a[at(i)] += n),
            (Kept::Points { total, lost }, Kept::Points { total: t, lost: l }) => {
                for (i, n) in t.into_iter().enumerate() {
                    put(&mut total[at(i)], lost, place(i as u32), Some(n));
                }
                l.into_iter().for_each(|(s, n)| lose(lost, place(s), n));
            }
            (Kept::Number { total, count, lost, .. }, Kept::Number { total: t, count: c, lost: l, .. }) => {
                for (i, n) in t.into_iter().enumerate() {
                    put(&mut total[at(i)], lost, place(i as u32), Some(n));
                }
                c.iter().enumerate().for_each(|(i, n)| count[at(i)] += n);
                l.into_iter().for_each(|(s, n)| lose(lost, place(s), n));
            }
            (Kept::Money { total, count, .. }, Kept::Money { total: t, count: c, .. }) => {
                t.iter().enumerate().for_each(|(i, n)| total[at(i)] += n);
                c.iter().enumerate().for_each(|(i, n)| count[at(i)] += n);
            }
            (
                Kept::Extreme { seen, times, values, texts, greatest, by_time },
                Kept::Extreme { seen: s2, times: t2, values: v2, texts: x2, .. },
            ) => {
                for i in (0..s2.len()).filter(|i| s2[*i]) {
                    let to = at(i);
                    let bits = if is_text(&ty) { u64::from(texts.id(x2.get(v2[i] as u32))) } else { v2[i] };
                    let by = if *by_time && seen[to] { t2[i].cmp(&times[to]) } else { Ordering::Equal };
                    let wanted = if *greatest { Ordering::Greater } else { Ordering::Less };
                    if !seen[to] || by.then_with(|| compare_bits(&ty, bits, values[to], texts)) == wanted {
                        seen[to] = true;
                        values[to] = bits;
                        if *by_time {
                            times[to] = t2[i];
                        }
                    }
                }
            }
            (Kept::Distinct { pairs, texts }, Kept::Distinct { pairs: p2, texts: x2 }) => {
                for (subject, key) in p2 {
                    let key = if is_text(&ty) { u64::from(texts.id(x2.get(key as u32))) } else { key };
                    pairs.insert((place(subject), key));
                }
            }
            (Kept::Steps(a), Kept::Steps(b)) => a.extend(b),
            _ => {}
        }
    }

    /// The results, a row for each subject. Sequences are finished elsewhere.
    pub(crate) fn finish(self) -> Result<Column, Overflow> {
        let all = |values| Ok(Column { values, known: None });
        let floats = |n: Vec<f64>, known| Ok(Column { values: Values::Number(n), known });
        match self.kept {
            Kept::Count(count) => all(Values::Number(count.into_iter().map(f64::from).collect())),
            Kept::Points { total, lost } => {
                let known = Bitmap::from_fn(total.len(), |i| is_held(&lost, i));
                let known = if known.all() { None } else { Some(known) };
                floats(total.into_iter().map(from_points).collect(), known)
            }
            Kept::Number { total, count, lost, average } => {
                let mean = |i: usize| {
                    let sum = from_fixed(total[i]);
                    if !average {
                        sum
                    } else if count[i] == 0 {
                        0.0
                    } else {
                        sum / f64::from(count[i])
                    }
                };
                let known = Bitmap::from_fn(total.len(), |i| is_held(&lost, i) && !(average && count[i] == 0));
                let known = if known.all() { None } else { Some(known) };
                floats((0..total.len()).map(mean).collect(), known)
            }
            Kept::Money { total, count, average } => {
                if !average {
                    let sums: Result<Vec<i64>, Overflow> = total.into_iter().map(narrow).collect();
                    return all(Values::Int(sums?));
                }
                let means: Result<Vec<i64>, Overflow> =
                    total.into_iter().zip(&count).map(|(t, n)| mean(t, u64::from(*n))).collect();
                let known = Bitmap::from_fn(count.len(), |i| count[i] > 0);
                Ok(Column { values: Values::Int(means?), known: Some(known) })
            }
            Kept::Extreme { seen, values, texts, .. } => {
                let known = Bitmap::from_fn(seen.len(), |i| seen[i]);
                let values = match &self.ty {
                    Ty::YesNo => Values::YesNo(Bitmap::from_fn(seen.len(), |i| values[i] == 1)),
                    Ty::Number | Ty::Percent => Values::Number(values.into_iter().map(f64::from_bits).collect()),
                    Ty::Date => Values::Date(values.into_iter().map(|v| v as i64 as i32).collect()),
                    Ty::Money | Ty::Time | Ty::Duration => Values::Int(values.into_iter().map(|v| v as i64).collect()),
                    Ty::Record(_) => Values::Record(
                        values.into_iter().zip(seen).map(|(v, s)| if s { v as u32 } else { NO_RECORD }).collect(),
                    ),
                    _ => {
                        let entries = texts.entries.iter().map(|e| &**e).chain([""]);
                        let dictionary = Dictionary::new(entries, false);
                        Values::Text(Texts {
                            codes: values.into_iter().map(|v| v as u32).collect(),
                            dictionary: dictionary.into(),
                        })
                    }
                };
                Ok(Column { values, known: if known.all() { None } else { Some(known) } })
            }
            Kept::Distinct { pairs, .. } => {
                let mut count = vec![0.0; self.len];
                for (subject, _) in pairs {
                    if let Some(n) = count.get_mut(subject as usize) {
                        *n += 1.0;
                    }
                }
                floats(count, None)
            }
            Kept::Steps(_) => floats(vec![0.0; self.len], None),
        }
    }
}

pub(crate) fn is_text(ty: &Ty) -> bool {
    matches!(ty, Ty::Text | Ty::OneOf(_) | Ty::Key)
}

/// Calls `f` with place, row of the argument and subject of each record whose argument is known.
#[inline]
fn known_places(counted: &Counted, argument: &Vector, mut f: impl FnMut(usize, usize, usize)) {
    let known = argument.known();
    if matches!(known, Known::None) {
        return;
    }
    let known = known.map();
    for (i, at) in counted.at.iter().enumerate() {
        let at = *at as usize;
        if known.is_none_or(|k| k.get(at)) {
            f(i, at, counted.subject(i) as usize);
        }
    }
}

/// Reads a row of an argument as 64 bits.
type Bits<'v> = Box<dyn Fn(usize, &mut Interner) -> u64 + 'v>;

/// Reads arguments as 64 bits that [`compare_bits`] orders. Texts become numbers of the interner.
fn bits_reader<'v>(argument: &'v Vector, ty: &Ty) -> Bits<'v> {
    match ty {
        ty if is_text(ty) => {
            let view = texts(argument);
            Box::new(move |i, interner| u64::from(interner.id(view.get(i))))
        }
        Ty::Number | Ty::Percent => {
            let view = numbers(argument);
            Box::new(move |i, _| (view.get(i) + 0.0).to_bits())
        }
        Ty::Date => {
            let view = dates(argument);
            Box::new(move |i, _| i64::from(view.get(i)) as u64)
        }
        Ty::YesNo => match (argument, argument.column().map(|c| &c.values)) {
            (_, Some(Values::YesNo(map))) => Box::new(move |i, _| u64::from(map.get(i))),
            (Vector::Const(Some(Value::YesNo(v))), _) => {
                let v = u64::from(*v);
                Box::new(move |_, _| v)
            }
            _ => Box::new(|_, _| 0),
        },
        Ty::Record(_) => {
            let view = records(argument);
            Box::new(move |i, _| u64::from(view.get(i)))
        }
        _ => {
            let view = ints(argument);
            Box::new(move |i, _| view.get(i) as u64)
        }
    }
}

fn compare_bits(ty: &Ty, a: u64, b: u64, texts: &Interner) -> Ordering {
    match ty {
        Ty::Number | Ty::Percent => f64::from_bits(a).total_cmp(&f64::from_bits(b)),
        ty if is_text(ty) => {
            if a == b {
                return Ordering::Equal;
            }
            let (a, b) = (texts.get(a as u32), texts.get(b as u32));
            fold_text(a).cmp(&fold_text(b)).then_with(|| a.cmp(b))
        }
        _ => (a as i64).cmp(&(b as i64)),
    }
}

/// Reads arguments as keys that are equal where the language finds them equal.
pub(crate) fn key_reader<'v>(
    argument: &'v Vector,
    ty: &Ty,
    interner: &'v mut Interner,
) -> Box<dyn FnMut(usize) -> u64 + 'v> {
    match ty {
        ty if is_text(ty) => {
            let exact = *ty == Ty::Key;
            let view = texts(argument);
            let mut id = move |text: &str| {
                u64::from(if exact { interner.id(text.trim()) } else { interner.id(&fold_text(text)) })
            };
            let Some(Values::Text(Texts { codes, dictionary })) = argument.column().map(|c| &c.values) else {
                return Box::new(move |i| id(view.get(i)));
            };
            if dictionary.len() > codes.len() {
                return Box::new(move |i| id(view.get(i)));
            }
            // Each entry of the dictionary is looked at once.
            let mut by_code = vec![u64::MAX; dictionary.len()];
            Box::new(move |i| {
                let known = &mut by_code[codes[i] as usize];
                if *known == u64::MAX {
                    *known = id(view.get(i));
                }
                *known
            })
        }
        Ty::List(_) => Box::new(move |i| {
            let text = argument.value(i).map_or(String::new(), |v| folded_list(&v));
            u64::from(interner.id(&text))
        }),
        _ => {
            let bits = bits_reader(argument, ty);
            Box::new(move |i| bits(i, interner))
        }
    }
}

fn folded_list(value: &Value) -> String {
    match value {
        Value::Text(text) => fold_text(text),
        Value::List(items) => items.iter().map(folded_list).collect::<Vec<_>>().join("\u{1f}"),
        other => format!("{other:?}"),
    }
}
