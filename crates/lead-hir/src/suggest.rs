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

/// What tells cheaply that two names are far apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// A bit for each sign that occurs; few signs share one.
    signs: u64,
    length: u32,
}

impl Shape {
    /// Of a folded name.
    pub fn of(folded: &str) -> Shape {
        let bit = |c: char| 1u64 << (u32::from(c) % 64);
        let (signs, length) = folded.chars().fold((0, 0), |(signs, n), c| (signs | bit(c), n + 1));
        Shape { signs, length }
    }

    /// Whether one may be [`nearest`] to the other. A letter that differs changes two signs at most.
    pub fn may_be_near(self, written: Shape) -> bool {
        let limit = limit(written.length as usize) as u32;
        self.length.abs_diff(written.length) <= limit && (self.signs ^ written.signs).count_ones() <= 2 * limit
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
    let limit = limit(length);
    let mut best: Option<Near> = None;
    for name in candidates {
        // A name cannot be nearer than the difference of the lengths.
        if name.len().abs_diff(wanted.len()) > limit * 4 {
            continue;
        }
        let folded = fold_name(name);
        if folded.chars().count().abs_diff(length) > limit {
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
