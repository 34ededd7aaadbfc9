//! L0621: two terms with one meaning. Only terms that rest on the same things, written with the same values, are compared.

use std::collections::HashMap;

use lead_diag::codes;
use lead_hir::hir::{Def, DefId, DefKind, ExprKind, Lexicon, Target};

use super::Linter;
use super::finding::Finding;
use crate::compare::{Verdict, compare_within};
use crate::diagram::Truth;

/// Of so many that look alike each is compared with the first ones only.
const MOST_ALIKE: usize = 8;

impl Linter {
    /// Looks at every pair that was not looked at since one of the two has changed.
    pub(super) fn same_meaning(&mut self, lexicon: &Lexicon) {
        let mut alike: HashMap<u64, Vec<DefId>> = HashMap::new();
        for (id, kept) in &self.kept {
            let term = matches!(lexicon.def(*id).kind, DefKind::Term(_));
            if let (true, Some(mark)) = (term, kept.footprint.mark) {
                alike.entry(mark).or_default().push(*id);
            }
        }
        let mut found = Vec::new();
        for mut group in alike.into_values().filter(|g| g.len() > 1) {
            group.sort_unstable_by_key(|id| {
                let span = lexicon.def(*id).span;
                (span.file, span.start)
            });
            for (at, second) in group.iter().enumerate() {
                for first in &group[..at.min(MOST_ALIKE)] {
                    if self.same.contains_key(&(*first, *second)) {
                        if self.same.get(&(*first, *second)).is_some_and(Option::is_some) {
                            break;
                        }
                        continue;
                    }
                    let finding = same(lexicon, *first, *second);
                    let is = finding.is_some();
                    found.push(((*first, *second), finding));
                    if is {
                        break;
                    }
                }
            }
        }
        self.same.extend(found);
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
