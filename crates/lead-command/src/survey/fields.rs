//! What the records hold in each field: which are never filled, and which values of a `one of` nobody has.

use std::collections::{BTreeMap, BTreeSet};

use lead_data::{Batch, Column, Data, EventSink, Needs, Problem, ScanRequest, Values, fold_text};
use lead_diag::{Diagnostic, Severity, codes};
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

/// Fields by table.
pub type Fields = BTreeMap<TableId, BTreeSet<FieldId>>;

/// Findings about the fields that were read; `asked`: those that rules ask for.
pub fn findings(lexicon: &Lexicon, data: &Data, needs: &Needs, asked: &Fields) -> Vec<Diagnostic> {
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
    let problems = data.report().problems;
    let mut out = Vec::new();
    let mut spare: BTreeMap<TableId, Vec<FieldId>> = BTreeMap::new();
    for ((table, field), seen) in &tally {
        let named = |name: &Option<String>, wanted: &str| name.as_deref() == Some(wanted);
        let (of, name) = (&lexicon.table(*table).name.text, &lexicon.field(*table, *field).name.text);
        let wrong = problems.iter().find(|p| named(&p.table, of) && named(&p.field, name) && p.count > 0);
        let is_asked = asked.get(table).is_some_and(|fields| fields.contains(field));
        if !is_asked && seen.rows > 0 && seen.known == 0 && wrong.is_none() {
            spare.entry(*table).or_default().push(*field);
            continue;
        }
        out.extend(said(lexicon, *table, *field, seen, wrong).map(|found| if is_asked { found } else { hint(found) }));
    }
    out.extend(spare.into_iter().map(|(table, fields)| hint(never_asked_for(lexicon, table, &fields))));
    out
}

/// What no rule asks for does no harm.
fn hint(found: Diagnostic) -> Diagnostic {
    Diagnostic { severity: Severity::Hint, ..found }
}

/// How many fields are named.
const FEW: usize = 6;

/// Empty fields of one table that no rule asks for: of exports that have hundreds, a finding each would hide the others.
fn never_asked_for(lexicon: &Lexicon, table: TableId, fields: &[FieldId]) -> Diagnostic {
    let of = lexicon.table(table);
    let names: Vec<&str> = fields.iter().map(|f| lexicon.field(table, *f).name.text.as_str()).collect();
    let more = names.len().saturating_sub(FEW);
    let listed = match more {
        0 => lead_hir::suggest::joined(names.iter().copied(), "or"),
        more => {
            let shown: Vec<String> = names.iter().take(FEW).map(|n| format!("`{n}`")).collect();
            format!("{} or {} more fields", shown.join(", "), grouped(more as i128))
        }
    };
    let place = match fields {
        [field] => lexicon.field(table, *field).span,
        _ => of.name_span,
    };
    finding(
        codes::NEVER_FILLED,
        format!("no record of `{}` fills {listed}", of.name.text),
        place,
        "no rule asks for it, either".to_owned(),
        "leave out of the schema what the export does not have",
    )
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
    seen.known += (0..rows).filter(|i| column.is_known(*i)).count();
    if let (Ty::OneOf(_), Values::Text(texts)) = (&lexicon.field(place.0, place.1).ty, &column.values) {
        let codes: BTreeSet<u32> = (0..rows).filter(|i| column.is_known(*i)).map(|i| texts.codes[i]).collect();
        seen.values.extend(codes.into_iter().map(|code| fold_text(texts.dictionary.get(code))));
    }
}

fn said(lexicon: &Lexicon, table: TableId, field: FieldId, seen: &Seen, wrong: Option<&Problem>) -> Option<Diagnostic> {
    let (declared, of) = (lexicon.field(table, field), &lexicon.table(table).name.text);
    let name = &declared.name.text;
    if seen.rows == 0 || matches!(declared.ty, Ty::Error) {
        return None;
    }
    if let (0, Some(wrong)) = (seen.known, wrong) {
        // Something is there, and none of it can be used.
        let help = wrong.help.as_deref().unwrap_or("`lead run` shows the first of them");
        let found = finding(
            codes::NEVER_FILLED,
            format!("no value of `{name}` can be used"),
            declared.span,
            String::new(),
            help,
        );
        return Some(found.note(wrong.message.clone()));
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
