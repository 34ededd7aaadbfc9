//! The work list of *cannot tell*: which missing values, on which records, stand between records and their answers.

use lead_diag::InOrder;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use lead_eval::{Gap, Missing};
use lead_hir::hir::{DefId, Lexicon, TableId};

/// What is missing, by kind and by value. Values of fields come before records that are not there: these can be found out, those come when
/// something happens.
#[derive(Clone, Debug, Default)]
pub struct WorkList {
    /// Kinds of missing values: fields, and records that are not there. Those that decide the most answers first.
    pub kinds: Vec<Lack>,
    /// Missing values one by one, those that decide the most answers first.
    pub values: Vec<LackingValue>,
}

/// A kind of missing value.
#[derive(Clone, Debug)]
pub struct Lack {
    /// Whose.
    pub table: TableId,
    /// What.
    pub missing: Missing,
    /// On how many records.
    pub records: usize,
    /// Answers for which nothing else is missing.
    pub alone: usize,
    /// Answers that hang on something else as well: it may decide them.
    pub others: usize,
    /// Of which definitions, in order of the lexicon.
    pub defs: Vec<DefId>,
}

/// A missing value.
#[derive(Clone, Debug)]
pub struct LackingValue {
    /// Whose.
    pub table: TableId,
    /// Of which record.
    pub row: u32,
    /// What.
    pub missing: Missing,
    /// Answers for which nothing else is missing.
    pub alone: usize,
    /// Answers that hang on something else as well: it may decide them.
    pub others: usize,
    /// Of which definitions, in order of the lexicon.
    pub defs: Vec<DefId>,
}

#[derive(Default)]
struct Tally {
    rows: BTreeSet<u32>,
    alone: usize,
    others: usize,
    defs: BTreeSet<DefId>,
}

impl Tally {
    fn add(&mut self, gap: &Gap) {
        self.rows.insert(gap.row);
        self.defs.insert(gap.def);
        if gap.alone {
            self.alone += 1
        } else {
            self.others += 1
        };
    }
}

/// The work list of answers; of the definitions `wanted` alone, if any are named.
pub fn work_list(gaps: &[Gap], wanted: Option<&[DefId]>) -> WorkList {
    let mut kinds: BTreeMap<(TableId, Missing), Tally> = BTreeMap::new();
    let mut values: BTreeMap<(TableId, Missing, u32), Tally> = BTreeMap::new();
    for gap in gaps.iter().filter(|g| wanted.is_none_or(|w| w.contains(&g.def))) {
        kinds.entry((gap.table, gap.missing)).or_default().add(gap);
        values.entry((gap.table, gap.missing, gap.row)).or_default().add(gap);
    }
    let mut list = WorkList::default();
    for ((table, missing), t) in kinds {
        let (records, defs) = (t.rows.len(), t.defs.into_iter().collect());
        list.kinds.push(Lack { table, missing, records, alone: t.alone, others: t.others, defs });
    }
    for ((table, missing, row), t) in values {
        let defs = t.defs.into_iter().collect();
        list.values.push(LackingValue { table, row, missing, alone: t.alone, others: t.others, defs });
    }
    // Equal ones stay in order of tables, fields and records.
    list.kinds.in_order_by_key(|k| (is_record(k.missing), Reverse((k.alone, k.others))));
    list.values.in_order_by_key(|v| (is_record(v.missing), Reverse((v.alone, v.others))));
    list
}

fn is_record(missing: Missing) -> bool {
    matches!(missing, Missing::Record(_))
}

/// What is missing in words: `employees`, `any discovery`.
pub fn missing_name(lexicon: &Lexicon, table: TableId, missing: Missing) -> String {
    match missing {
        Missing::Field(field) => lexicon.field(table, field).name.text.clone(),
        Missing::Record(of) => format!("any {}", lexicon.table(of).name.text),
    }
}
