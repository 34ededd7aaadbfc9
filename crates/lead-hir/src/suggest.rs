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

/// The candidate that is nearest to what was written, if it is near enough to be worth naming.
pub fn nearest<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<Near> {
    let wanted = fold_name(written);
    let length = wanted.chars().count();
    let limit = (length / 3).clamp(1, 4);
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
            Some(near) if near.distance == distance => near.tied |= near.name != name,
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
