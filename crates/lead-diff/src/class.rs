//! How much a change weighs.

use std::collections::BTreeSet;

use lead_hir::hir::DefKind;

use crate::compare::{Change, How};

/// How much a change weighs, the lightest first. A change may be of several classes: what lets some in and keeps others out is
/// both wider and narrower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// No answer changes.
    Cosmetic,
    /// Something new, on which nothing depended.
    Added,
    /// Answers may change, neither towards more nor towards fewer records: values, choices, scores, funnels, metrics.
    Changed,
    /// Somebody is a member who was not.
    Wider,
    /// Somebody was a member who is none.
    Narrower,
    /// What used it finds it no more: a removed or renamed name, a column gone from the answers.
    Breaking,
}

impl Class {
    /// All, the lightest first.
    pub const ALL: [Class; 6] =
        [Class::Cosmetic, Class::Added, Class::Changed, Class::Wider, Class::Narrower, Class::Breaking];

    /// Its name, as `--fail-on` has it.
    pub fn word(self) -> &'static str {
        match self {
            Class::Cosmetic => "cosmetic",
            Class::Added => "added",
            Class::Changed => "changed",
            Class::Wider => "wider",
            Class::Narrower => "narrower",
            Class::Breaking => "breaking",
        }
    }
}

/// What is known of a change without its logic: a term that changed or rests on what did may be wider and narrower.
pub fn classes(change: &Change) -> BTreeSet<Class> {
    let mut out = BTreeSet::new();
    match &change.how {
        How::Added => drop(out.insert(Class::Added)),
        How::Removed | How::Renamed { .. } => {
            let class = if change.is_column || !change.used_by.is_empty() { Class::Breaking } else { Class::Cosmetic };
            out.insert(class);
        }
        How::Cosmetic(_) => drop(out.insert(Class::Cosmetic)),
        How::Changed | How::Affected { .. } => {
            if change.other_type {
                out.insert(Class::Breaking);
            }
            if change.is_term {
                out.extend([Class::Wider, Class::Narrower]);
            } else {
                out.insert(Class::Changed);
            }
        }
    }
    out
}

/// Whether a definition is a column or a file of the answers.
pub(crate) fn is_column(kind: &DefKind) -> bool {
    !matches!(kind, DefKind::Period(_) | DefKind::Error)
}
