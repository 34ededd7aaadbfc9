//! The records of each entity and event as statements: what the first step of every other statement reads, on its own.

use lead_diag::InOrder;
use std::collections::{BTreeMap, BTreeSet};

use lead_diag::Diagnostic;
use lead_hir::hir::{Def, FieldId, Lexicon, TableId, Ty};
use lead_plan::Planner;

use super::{Compiler, Options, SOME_TIME, Wrong};
use crate::ir::{Item, Relation, Select, Sql, Statement};
use crate::print;

/// The fields that definitions ask for, by table.
pub type Needs = BTreeMap<TableId, BTreeSet<FieldId>>;

/// A statement that reads the records of an entity or event.
#[derive(Clone, Debug)]
pub struct Records {
    /// Which.
    pub table: TableId,
    /// Columns of its result, with the fields that they hold.
    pub columns: Vec<(String, FieldId)>,
    /// Its text.
    pub sql: String,
}

/// What definitions ask for, keys, times and the keys of what references name among it.
pub fn needs(lexicon: &Lexicon, wanted: &(dyn Fn(&Def) -> bool + Sync)) -> Needs {
    let plan = lead_plan::plan(lexicon, SOME_TIME, wanted);
    let mut needs = plan.needs(lexicon);
    let asked: Vec<(TableId, FieldId)> = needs.iter().flat_map(|(t, fields)| fields.iter().map(|f| (*t, *f))).collect();
    for (table, field) in asked {
        // A reference is known where there is such a record.
        if let Ty::Record(target) = lexicon.field(table, field).ty {
            needs.entry(target).or_default();
        }
    }
    for (id, fields) in &mut needs {
        let table = lexicon.table(*id);
        fields.extend(table.key.iter().chain(&table.time()).chain(&table.same_when));
    }
    needs
}

/// A statement for each table of these.
///
/// # Errors
/// What the dialect lacks (L0901), each with its place.
pub fn records(lexicon: &Lexicon, options: &Options<'_>, needs: &Needs) -> Result<Vec<Records>, Vec<Diagnostic>> {
    let (mut out, mut wrong) = (Vec::new(), Vec::new());
    for id in needs.keys() {
        match one(lexicon, options, *id, needs) {
            Ok(records) => out.push(records),
            Err(diagnostic) => wrong.push(*diagnostic),
        }
    }
    if wrong.is_empty() { Ok(out) } else { Err(wrong) }
}

fn one(lexicon: &Lexicon, options: &Options<'_>, id: TableId, needs: &Needs) -> Result<Records, Wrong> {
    let table = lexicon.table(id);
    let plan = Planner::new(lexicon, SOME_TIME).finish();
    let mut compiler = Compiler::new(lexicon, &plan, options);
    let mut own = Needs::new();
    own.insert(id, needs[&id].clone());
    // A reference to records with several keys is looked up among them.
    for field in &needs[&id] {
        if let Ty::Record(target) = lexicon.field(id, *field).ty
            && !lexicon.table(target).same_when.is_empty()
            && target != id
        {
            own.insert(target, needs.get(&target).cloned().unwrap_or_default());
        }
    }
    compiler.sources_of(&own)?;
    let state = compiler.state(id)?.clone();
    let mut columns: Vec<(String, FieldId)> = state.fields.iter().map(|(f, name)| (name.clone(), *f)).collect();
    columns.in_order_by_key(|c| c.1);
    let items = columns.iter().map(|c| Item::new(Sql::column(&state.source, &c.0), &c.0)).collect();
    let from = Some((Relation::Query(state.source.clone()), state.source));
    let body = Select { items, from, ..Select::default() };
    let name = &lexicon.settings.name;
    let comment = vec![format!("The records of each {} of {name}, as its definitions read them.", table.name.text)];
    let sql = print::statement(&Statement { comment, ctes: compiler.ctes, body }, options.dialect);
    Ok(Records { table: id, columns, sql })
}
