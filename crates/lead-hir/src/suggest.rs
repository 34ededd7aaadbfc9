//! The nearest of what is legal at a place, for "did you mean". Only called once something is already wrong.

use lead_diag::Applicability;
use lead_syntax::ast::fold_name;

/// A name that may have been meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// As it is declared.
    pub name: String,
    /// Letters that differ.
    pub distance: usize,
    /// Whether another candidate is as near.
    pub tied: bool,
    length: usize,
}

impl Near {
    /// Safe where a slip of the hand is the only sensible reading: few letters differ in a name that is long enough, and
    /// no other name is as near.
    pub fn applicability(&self) -> Applicability {
        let slip =
            self.distance == 0 || self.distance == 1 && self.length >= 4 || self.distance == 2 && self.length >= 8;
        if slip && !self.tied { Applicability::Safe } else { Applicability::Unsafe }
    }
}

/// What tells cheaply that two names are far apart: their lengths, which signs occur, and how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// A bit for each sign that occurs; few signs share one.
    signs: u64,
    counts: [u8; 32],
    length: u32,
}

impl Shape {
    /// Of a folded name.
    pub fn of(folded: &str) -> Shape {
        let mut shape = Shape { signs: 0, counts: [0; 32], length: 0 };
        for sign in folded.chars() {
            shape.signs |= 1u64 << (u32::from(sign) % 64);
            let count = &mut shape.counts[(u32::from(sign) % 32) as usize];
            *count = count.saturating_add(1);
            shape.length += 1;
        }
        shape
    }

    /// How many letters may differ for a name to be near.
    fn limit(self) -> u32 {
        limit(self.length as usize) as u32
    }

    /// Whether one may be [`nearest`] to the other. A letter that differs changes two signs at most, and one count up and one
    /// down.
    pub fn may_be_near(self, written: Shape) -> bool {
        let limit = written.limit();
        if self.length.abs_diff(written.length) > limit || (self.signs ^ written.signs).count_ones() > 2 * limit {
            return false;
        }
        let (mut more, mut fewer) = (0u32, 0u32);
        for (a, b) in self.counts.iter().zip(&written.counts) {
            more += u32::from(a.saturating_sub(*b));
            fewer += u32::from(b.saturating_sub(*a));
        }
        more.max(fewer) <= limit
    }
}

/// Names by their shapes, those of one length together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shapes<T> {
    by_length: std::collections::BTreeMap<u32, Vec<(Shape, T)>>,
}

impl<T: Copy> Shapes<T> {
    /// Of folded names.
    pub fn of<'n>(names: impl Iterator<Item = (&'n str, T)>) -> Shapes<T> {
        let mut by_length: std::collections::BTreeMap<u32, Vec<(Shape, T)>> = Default::default();
        for (name, what) in names {
            let shape = Shape::of(name);
            by_length.entry(shape.length).or_default().push((shape, what));
        }
        Shapes { by_length }
    }

    /// Those that may be near to what was written, in no order.
    pub fn near(&self, written: Shape) -> impl Iterator<Item = T> + '_ {
        let limit = written.limit();
        let lengths = written.length.saturating_sub(limit)..=written.length + limit;
        let all = self.by_length.range(lengths).flat_map(|(_, names)| names);
        all.filter(move |(shape, _)| shape.may_be_near(written)).map(|(_, what)| *what)
    }
}

/// Whether a name may be [`nearest`] to what was written; both folded.
pub(crate) fn is_near(written: &str, name: &str) -> bool {
    Shape::of(name).may_be_near(Shape::of(written))
        && strsim::damerau_levenshtein(written, name) <= limit(written.chars().count())
}

/// How many letters may differ in a name of so many.
fn limit(length: usize) -> usize {
    (length / 3).clamp(1, 4)
}

/// The candidate that is nearest to what was written, if it is near enough to be worth naming.
pub fn nearest<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<Near> {
    let wanted = fold_name(written);
    let length = wanted.chars().count();
    let (limit, shape) = (limit(length), Shape::of(&wanted));
    let mut best: Option<Near> = None;
    for name in candidates {
        // A name cannot be nearer than the difference of the lengths.
        if name.len().abs_diff(wanted.len()) > limit * 4 {
            continue;
        }
        let folded = fold_name(name);
        // Nor than the best so far, which must be reached at least.
        let most = best.as_ref().map_or(limit, |b| b.distance.min(limit));
        if !Shape::of(&folded).may_be_near(shape) || folded.chars().count().abs_diff(length) > most {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&wanted, &folded);
        if distance > limit {
            continue;
        }
        match &mut best {
            Some(near) if near.distance < distance => {}
            Some(near) if near.distance == distance => {
                near.tied |= near.name != name;
                // Whichever order they come in, the same is named.
                if name < near.name.as_str() {
                    near.name = name.to_string();
                }
            }
            _ => best = Some(Near { name: name.to_string(), distance, tied: false, length }),
        }
    }
    best
}

/// `` `a`, `b` and `c` ``; long lists are cut.
pub fn list<'c>(names: impl IntoIterator<Item = &'c str>) -> String {
    joined(names, "and")
}

/// `` `a`, `b` or `c` ``; long lists are cut.
pub fn joined<'c>(names: impl IntoIterator<Item = &'c str>, last: &str) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names.iter().take(12).map(|n| format!("`{n}`")).collect();
    if names.len() > shown.len() {
        return format!("{}, … ({} in all)", shown.join(", "), names.len());
    }
    match shown.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => shown.join(""),
    }
}
