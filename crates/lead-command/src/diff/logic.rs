//! What logic alone says of a term that changed: without data, for every record that there could be.

use std::collections::BTreeSet;

use lead_diag::render::clean;
use lead_diff::{Change, Class, Diff, How, Item};
use lead_logic::{Comparison, Verdict, Witness};

use super::entry::listed;
use super::sides::Side;

/// What became of a term, proved or doubted.
pub struct Logic {
    /// `same`, `wider`, `narrower`, `disjoint`, `overlapping` or `undecided`.
    pub verdict: &'static str,
    /// Why it is undecided.
    pub why: Option<String>,
    /// Where it is undecided: what it is if it is not the same, as far as that is known.
    pub may: Option<&'static str>,
    /// The same records match, and others cannot be told than before.
    pub same_matches: bool,
    /// The plainest record that matches now and did not.
    pub enters: Option<String>,
    /// The plainest record that matched and does no more.
    pub leaves: Option<String>,
    classes: BTreeSet<Class>,
}

impl Logic {
    /// Of a change; `None` where it is no term, or is not on both sides.
    pub fn of(change: &Change, base: &Side, head: &Side) -> Option<Logic> {
        if !change.is_term || !matches!(change.how, How::Changed | How::Affected { .. }) {
            return None;
        }
        let (Some(Item::Def(before)), Some(Item::Def(after))) = (change.base, change.head) else { return None };
        let logic = Logic::new(&lead_logic::compare(&base.project.lexicon, before, &head.project.lexicon, after));
        Some(if change.reads.is_empty() { logic } else { logic.reading_otherwise(&change.reads) })
    }

    /// What is proved of conditions holds of records that are read alike.
    fn reading_otherwise(self, reads: &[String]) -> Logic {
        let changed = format!("it rests on {}, which changed", listed(reads, 5));
        let why = match self.verdict {
            "undecided" => changed,
            verdict => format!(
                "{changed}; by its conditions alone it is {}",
                if verdict == "same" { "the same" } else { verdict }
            ),
        };
        let classes = BTreeSet::from([Class::Wider, Class::Narrower]);
        Logic { verdict: "undecided", why: Some(why), may: None, same_matches: false, classes, ..self }
    }

    fn new(comparison: &Comparison) -> Logic {
        let both = || BTreeSet::from([Class::Wider, Class::Narrower]);
        let of = |verdict: &Verdict| match verdict {
            Verdict::Same => ("same", BTreeSet::from([Class::Cosmetic])),
            Verdict::Wider if comparison.same_matches => ("wider", BTreeSet::from([Class::Changed])),
            Verdict::Narrower if comparison.same_matches => ("narrower", BTreeSet::from([Class::Changed])),
            Verdict::Wider => ("wider", BTreeSet::from([Class::Wider])),
            Verdict::Narrower => ("narrower", BTreeSet::from([Class::Narrower])),
            Verdict::Disjoint => ("disjoint", both()),
            Verdict::Overlapping => ("overlapping", both()),
            Verdict::Undecided(_) => ("undecided", both()),
        };
        let (verdict, mut classes) = of(&comparison.verdict);
        let mut may = None;
        // What is not ruled out may be, and no more than that.
        if let Some(most) = &comparison.may {
            let (word, of_most) = of(most);
            (may, classes) = (Some(word).filter(|w| ["wider", "narrower"].contains(w)), of_most);
        }
        let why = match &comparison.verdict {
            Verdict::Undecided(why) => Some(why.clone()),
            _ => None,
        };
        let shown = |witness: Option<&Witness>| witness.map(|w| clean(&w.to_string()));
        Logic {
            verdict,
            why,
            may,
            same_matches: comparison.same_matches,
            enters: shown(comparison.only_head()),
            leaves: shown(comparison.only_base()),
            classes,
        }
    }

    /// What it weighs.
    pub fn classes(&self) -> BTreeSet<Class> {
        self.classes.clone()
    }

    /// The verdict, and the records that show it, a line each.
    pub fn lines(&self) -> Vec<String> {
        let verdict = match self.verdict {
            "same" => "the same: no record has another answer",
            "wider" if self.same_matches => "the same records match; some that were a no may match",
            "narrower" if self.same_matches => "the same records match; some that might have matched are a no",
            "wider" => "wider: what matched still does, and more",
            "narrower" => "narrower: what matches did before, and less",
            "disjoint" => "disjoint: nothing that matched still does",
            "overlapping" => "overlapping: some match no more, and some now do",
            _ => match self.may {
                Some("wider") => "whatever matched still does; whether more do cannot be decided without data",
                Some(_) => "whatever matches did before; whether less do cannot be decided without data",
                None => "cannot be decided without data",
            },
        };
        let why = self.why.as_ref().map(|w| format!(": {}", clean(w))).unwrap_or_default();
        let mut out = vec![format!("{verdict}{why}")];
        let doubt = if self.verdict == "undecided" { "may match" } else { "matches" };
        out.extend(self.enters.as_ref().map(|w| format!("{doubt} now: {w}")));
        out.extend(self.leaves.as_ref().map(|w| format!("{doubt} no more: {w}")));
        out
    }
}

/// The classes of each change: what is known of it, with what logic says in place of a guess.
pub fn classes(change: &Change, logic: Option<&Logic>) -> BTreeSet<Class> {
    let mut classes = lead_diff::classes(change);
    if let Some(logic) = logic {
        classes.remove(&Class::Wider);
        classes.remove(&Class::Narrower);
        classes.extend(logic.classes());
    }
    classes
}

/// What a change of definitions does to each of them.
pub fn all(diff: &Diff, base: &Side, head: &Side) -> Vec<Option<Logic>> {
    diff.changes.iter().map(|change| Logic::of(change, base, head)).collect()
}
