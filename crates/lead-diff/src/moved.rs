//! What stands in another file or order than it did.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lead_diag::Span;
use lead_hir::hir::DefId;

use crate::compare::{Pairing, Version};
use crate::meaning::Item;

impl Pairing<'_> {
    /// What stands in another file, or in another order among what stands in its file on both sides.
    pub(crate) fn moved(&self, old: &HashMap<String, DefId>, new: &HashMap<String, DefId>) -> BTreeSet<Item> {
        let file = |version: &Version, span: Span| {
            let name = version.sources.file(span.file).name();
            name.strip_prefix(version.folder).unwrap_or(name).trim_start_matches(['/', '\\']).to_owned()
        };
        let mut moved = BTreeSet::new();
        let mut files: BTreeMap<String, Vec<(u32, u32, Item)>> = BTreeMap::new();
        let mut pair = |item: Item, was: Span, is: Span| {
            let (before, after) = (file(&self.base, was), file(&self.head, is));
            if before == after {
                files.entry(after).or_default().push((is.start, was.start, item));
            } else {
                moved.insert(item);
            }
        };
        for (id, table) in self.head.lexicon.table_ids() {
            if let Some(before) = self.base_names.table_named(self.head_names.table(id)) {
                pair(Item::Table(id), self.base.lexicon.table(before).span, table.span);
            }
        }
        for (name, id) in new {
            if let Some(before) = old.get(name) {
                pair(Item::Def(*id), self.base.lexicon.def(*before).span, self.head.lexicon.def(*id).span);
            }
        }
        for mut statements in files.into_values() {
            statements.sort_unstable();
            let order: Vec<u32> = statements.iter().map(|s| s.1).collect();
            let kept = longest_ascending(&order);
            moved.extend(statements.iter().enumerate().filter(|(i, _)| !kept.contains(i)).map(|(_, s)| s.2));
        }
        moved
    }
}

/// The places of a longest run that ascends.
fn longest_ascending(order: &[u32]) -> BTreeSet<usize> {
    // By length: where the run of this length ends that ends lowest; and what stands before each place in its run.
    let (mut ends, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), vec![None; order.len()]);
    for (i, value) in order.iter().enumerate() {
        let length = ends.partition_point(|e| order[*e] < *value);
        before[i] = length.checked_sub(1).map(|l| ends[l]);
        match ends.get_mut(length) {
            Some(end) => *end = i,
            None => ends.push(i),
        }
    }
    let mut out = BTreeSet::new();
    let mut at = ends.last().copied();
    while let Some(i) = at {
        out.insert(i);
        at = before[i];
    }
    out
}
