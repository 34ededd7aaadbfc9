//! L0621: two terms with one meaning. Only terms that rest on the same things, written with the same values, are compared.

use std::collections::BTreeSet;

use lead_diag::codes;
use lead_hir::hir::{Def, DefId, DefKind, ExprKind, Lexicon, Target};

use super::Linter;
use super::finding::Finding;
use crate::compare::{Verdict, compare_within};
use crate::diagram::Truth;

/// Of so many that look alike each is compared with the first ones only.
const MOST_ALIKE: usize = 8;

impl Linter {
    /// Looks at every pair of terms with one of these marks that was not looked at since one of the two has changed.
    pub(super) fn same_meaning(&mut self, lexicon: &Lexicon, marks: &BTreeSet<u64>) {
        for mark in marks {
            let Some(group) = self.alike.get(mark).filter(|g| g.len() > 1) else { continue };
            let mut group = group.clone();
            group.sort_unstable_by_key(|id| {
                let span = lexicon.def(*id).span;
                (span.file, span.start)
            });
            for (at, second) in group.iter().enumerate() {
                for first in &group[..at.min(MOST_ALIKE)] {
                    // Statements may have changed places since.
                    self.same.remove(&(*second, *first));
                    let finding = self.same.entry((*first, *second)).or_insert_with(|| same(lexicon, *first, *second));
                    if finding.is_some() {
                        break;
                    }
                }
            }
        }
    }
}

fn same(lexicon: &Lexicon, first: DefId, second: DefId) -> Option<Finding> {
    let (a, b) = (lexicon.def(first), lexicon.def(second));
    // A second name for a term is made on purpose.
    let names = |one: &Def, other: DefId| match &one.kind {
        DefKind::Term(term) => match &term.alternatives[..] {
            [clause] => {
                matches!(clause.condition.kind, ExprKind::Get { target: Target::Def(def), .. } if def == other)
            }
            _ => false,
        },
        _ => false,
    };
    if a.subject != b.subject || names(a, second) || names(b, first) {
        return None;
    }
    let found = compare_within(lexicon, first, second, super::NODES);
    if found.verdict != Verdict::Same {
        return None;
    }
    let shows = found.moved(Truth::Yes, Truth::Yes).witness()?.to_string();
    Some(
        Finding::new(codes::SAME_MEANING, format!("`{}` means the same as `{}`", b.name.text, a.name.text))
            .label(b.span, b.name_span, "every record has the same answer from both")
            .name_of(first, "the other")
            .help(format!("keep one of them: `{} when {}` if both names are wanted", b.name.text, a.name.text))
            .note(format!("both say yes of {shows}")),
    )
}
