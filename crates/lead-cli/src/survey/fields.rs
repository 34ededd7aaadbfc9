//! What the records hold in each field: which are never filled, and which values of a `one of` nobody has.

use std::collections::{BTreeMap, BTreeSet};

use lead_data::{Batch, Column, Data, EventSink, Needs, ScanRequest, Values, fold_text};
use lead_diag::{Diagnostic, codes};
use lead_hir::hir::{FieldId, Lexicon, TableId, Ty};

use super::{finding, records};
use crate::terminal::grouped;

/// What was seen of a field.
#[derive(Default)]
struct Seen {
    rows: usize,
    known: usize,
    /// Folded values of a `one of`.
    values: BTreeSet<String>,
}

type Tally = BTreeMap<(TableId, FieldId), Seen>;

/// Findings about the fields that were read.
pub fn findings(lexicon: &Lexicon, data: &Data, needs: &Needs) -> Vec<Diagnostic> {
    let mut tally = Tally::new();
    let mut requests = Vec::new();
    for (table, fields) in &needs.tables {
        if lexicon.table(*table).is_event() {
            requests.push(ScanRequest { table: *table, fields: fields.clone(), times: i64::MIN..i64::MAX });
            continue;
        }
        let Some(stored) = data.records(*table) else { continue };
        for field in fields {
            let column = stored.columns.get(field.0 as usize).and_then(|c| c.as_ref());
            count(lexicon, (*table, *field), column, stored.rows, &mut tally);
        }
    }
    for counter in data.scan(&requests, |_| Counter { lexicon, tally: Tally::new() }) {
        for (place, seen) in counter.tally {
            let all = tally.entry(place).or_default();
            all.rows += seen.rows;
            all.known += seen.known;
            all.values.extend(seen.values);
        }
    }
    let mut out = Vec::new();
    for ((table, field), seen) in &tally {
        out.extend(said(lexicon, *table, *field, seen));
    }
    out
}

struct Counter<'l> {
    lexicon: &'l Lexicon,
    tally: Tally,
}

impl EventSink for Counter<'_> {
    fn batch(&mut self, batch: &Batch) {
        for (i, column) in batch.columns.iter().enumerate() {
            let place = (batch.table, FieldId(i as u32));
            if column.is_some() {
                count(self.lexicon, place, column.as_ref(), batch.rows, &mut self.tally);
            }
        }
    }
}

fn count(lexicon: &Lexicon, place: (TableId, FieldId), column: Option<&Column>, rows: usize, tally: &mut Tally) {
    let Some(column) = column else { return };
    let seen = tally.entry(place).or_default();
    seen.rows += rows;
    // A reference that leads nowhere is another finding.
    seen.known += (0..rows).filter(|i| column.is_known(*i)).count();
    if let (Ty::OneOf(_), Values::Text(texts)) = (&lexicon.field(place.0, place.1).ty, &column.values) {
        let codes: BTreeSet<u32> = (0..rows).filter(|i| column.is_known(*i)).map(|i| texts.codes[i]).collect();
        seen.values.extend(codes.into_iter().map(|code| fold_text(texts.dictionary.get(code))));
    }
}

fn said(lexicon: &Lexicon, table: TableId, field: FieldId, seen: &Seen) -> Option<Diagnostic> {
    let (declared, of) = (lexicon.field(table, field), &lexicon.table(table).name.text);
    let name = &declared.name.text;
    if seen.rows == 0 || matches!(declared.ty, Ty::Error) {
        return None;
    }
    if seen.known == 0 {
        return Some(finding(
            codes::NEVER_FILLED,
            format!("no record fills `{name}`"),
            declared.span,
            format!("empty in all {}", records(seen.rows, of)),
            "a rule that asks for it cannot tell; another column may hold it: name its header with `from \"…\"`",
        ));
    }
    let Ty::OneOf(values) = &declared.ty else { return None };
    let unseen: Vec<&str> =
        values.iter().filter(|v| !seen.values.contains(&fold_text(v))).map(String::as_str).collect();
    if unseen.is_empty() {
        return None;
    }
    let listed = lead_hir::suggest::joined(unseen.iter().copied(), "or");
    Some(finding(
        codes::VALUE_NOT_SEEN,
        format!("no record has the `{name}` {listed}"),
        declared.span,
        format!("none of the {} values that are known", grouped(seen.known as i128)),
        "it may be spelt otherwise in the export, or be out of use",
    ))
}
