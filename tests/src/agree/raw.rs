//! The tables that statements read, filled with the cells that the readers take of the files, so that engine and evaluator
//! see the same values. Rows are as the files have them: neither filtered nor put together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lead_data::{Column, Data, Needs, Options, Values};
use lead_hir::hir::{Field, FieldId, HeaderDecl, Lexicon, Table, TableKind, Ty};
use lead_sql::{RawColumn, RawTable, Target};
use serde_json::{Value as Json, json};

use crate::pipeline::Checked;

/// The column with the day of each event.
pub const DAY: &str = "day of the event";

/// A target whose events are split by days, where those of one table have one time.
pub fn split(lexicon: &Lexicon, target: &Target) -> Target {
    let mut out = target.clone();
    let events = || lexicon.tables.iter().filter(|t| t.is_event());
    let times = |t: &Table| -> Vec<(Vec<String>, Option<String>)> {
        let column = |source: &Option<String>| t.time().map(|f| target.column(t, f, source.as_deref()));
        target.tables_of(t).into_iter().map(|(name, source)| (name, column(&source))).collect()
    };
    for event in events() {
        let own = times(event);
        let clash = |(name, time): &(Vec<String>, Option<String>)| own.iter().any(|o| o.0 == *name && o.1 != *time);
        if !events().flat_map(&times).any(|other| clash(&other)) {
            out.tables.entry(event.name.key.clone()).or_default().partition = Some(DAY.to_string());
        }
    }
    out
}

/// The column with the time of the events of a table that is split by days.
fn split_by(lexicon: &Lexicon, target: &Target, raw: &RawTable) -> Option<String> {
    lexicon.tables.iter().filter(|t| target.partition(t).is_some()).find_map(|t| {
        let (_, source) = target.tables_of(t).into_iter().find(|(name, _)| *name == raw.name)?;
        Some(target.column(t, t.time()?, source.as_deref()))
    })
}

/// The column with the number of each row in its file, in tables whose order of rows matters.
pub const ORDER: &str = "row in the file";

/// Tables with columns and rows, for an engine.
///
/// # Errors
/// What the readers say.
pub fn tables(checked: &Checked, target: &Target, dir: &Path) -> Result<Json, String> {
    let mut raw = lead_sql::raw_tables(&checked.lexicon, target);
    // Files need not have what no definition asks for.
    let needed = needed(&checked.lexicon, target);
    for table in &mut raw {
        table.columns.retain(|c| c.field.is_none() || needed.contains(&(table.name.clone(), c.name.clone())));
    }
    let lexicon = Lexicon {
        settings: checked.lexicon.settings.clone(),
        tables: raw.iter().map(|t| plain(&checked.lexicon, t)).collect(),
        defs: Vec::new(),
        examples: Vec::new(),
    };
    let mut needs = Needs { tables: BTreeMap::new() };
    for (id, table) in lexicon.table_ids() {
        needs.tables.insert(id, (0..table.fields.len()).map(|i| FieldId(i as u32)).collect());
    }
    let data = Data::open(&lexicon, &checked.config, dir, &needs, Options { threads: 1, ..Options::default() });
    let report = data.report();
    if report.is_fatal() {
        return Err(format!("the raw tables: {:?}", report.problems));
    }
    let mut out = Vec::new();
    for ((id, table), raw) in lexicon.table_ids().zip(&raw) {
        let Some(records) = data.records(id) else { continue };
        // Tables without columns cannot be made, and rows count all the same.
        let unused = raw.columns.is_empty();
        let mut columns: Vec<Json> =
            raw.columns.iter().zip(&table.fields).map(|(c, f)| json!([c.name, kind(&f.ty)])).collect();
        if unused {
            columns.push(json!(["unused", "text"]));
        }
        let ordered = checked
            .lexicon
            .tables
            .iter()
            .any(|t| !t.same_when.is_empty() && target.tables_of(t).iter().any(|(name, _)| *name == raw.name));
        if ordered {
            columns.push(json!([ORDER, "duration"]));
        }
        let split_by = split_by(&checked.lexicon, target, raw);
        let split_by = split_by.and_then(|time| raw.columns.iter().position(|c| c.name == time));
        if split_by.is_some() {
            columns.push(json!([DAY, "date"]));
        }
        let rows: Vec<Json> = (0..records.rows)
            .map(|row| {
                let cells = records.columns.iter().zip(&table.fields);
                let cells = cells.map(|(c, f)| c.as_ref().map_or(Json::Null, |c| cell(c, &f.ty, row)));
                let mut cells: Vec<Json> = if unused { vec![Json::Null] } else { cells.collect() };
                if ordered {
                    cells.push(json!(row.to_string()));
                }
                if let Some(time) = split_by {
                    let day = cells[time].as_str().and_then(|t| t.get(..10)).map(str::to_string);
                    cells.push(json!(day));
                }
                Json::Array(cells)
            })
            .collect();
        out.push(json!({ "name": raw.name, "columns": columns, "rows": rows }));
    }
    Ok(Json::Array(out))
}

/// Columns that definitions ask for, with their tables.
fn needed(lexicon: &Lexicon, target: &Target) -> BTreeSet<(Vec<String>, String)> {
    let plan = lead_plan::plan(lexicon, 0, |_| true);
    let mut out = BTreeSet::new();
    let mut needs = plan.needs(lexicon);
    // A reference is known where there is such a record.
    for target in needs.clone().iter().flat_map(|(t, fields)| fields.iter().map(|f| lexicon.field(*t, *f).ty.clone())) {
        if let Ty::Record(target) = target {
            needs.entry(target).or_default();
        }
    }
    for (id, mut fields) in needs {
        let table = lexicon.table(id);
        fields.extend(table.key.iter().chain(&table.time()).chain(&table.same_when).copied());
        for (name, source) in target.tables_of(table) {
            out.extend(fields.iter().map(|f| (name.clone(), target.column(table, *f, source.as_deref()))));
        }
    }
    out
}

/// A table of the warehouse as an entity without a key, whose rows are all taken.
fn plain(lexicon: &Lexicon, raw: &RawTable) -> Table {
    let span = lexicon.tables[0].span;
    let fields = raw.columns.iter().map(|c| field(lexicon, c, raw)).collect();
    let name = lead_hir::hir::Name { text: raw.name.join("."), key: raw.name.join(".") };
    Table {
        name,
        kind: TableKind::Entity,
        sources: raw.source.iter().cloned().collect(),
        filter: None,
        fields,
        key: None,
        same_when: Vec::new(),
        docs: None,
        span,
        name_span: span,
    }
}

fn field(lexicon: &Lexicon, column: &RawColumn, raw: &RawTable) -> Field {
    let header = |text: &str| HeaderDecl { header: text.to_string(), source: None };
    let Some((table, id)) = column.field else {
        let name = lead_hir::hir::Name { text: column.name.clone(), key: column.name.clone() };
        let span = lexicon.tables[0].span;
        return Field { name, ty: Ty::Text, headers: Vec::new(), docs: None, span };
    };
    let mut field = lexicon.field(table, id).clone();
    // What a header of the wrong source says is for that source alone.
    field.headers.retain(|h| h.source.is_none() || h.source == raw.source);
    if let (Ty::Record(target), true) = (&field.ty, field.headers.is_empty()) {
        // A reference also matches the header of the key it points to, or its own name with `id`.
        let own = field.name.text.clone();
        let target = lexicon.table(*target);
        let mut headers =
            vec![own.clone(), field.name.snake(), format!("{own} id"), format!("{}_id", field.name.snake())];
        if let Some(key) = target.key.map(|k| &target.fields[k.0 as usize]) {
            headers.extend(key.headers.iter().map(|h| h.header.clone()));
            headers.push(key.name.text.clone());
        }
        field.headers = headers.iter().map(|h| header(h)).collect();
    }
    field.ty = match field.ty {
        Ty::Key | Ty::Record(_) | Ty::OneOf(_) => Ty::Text,
        Ty::List(item) if matches!(*item, Ty::Key | Ty::Record(_) | Ty::OneOf(_)) => Ty::List(Box::new(Ty::Text)),
        other => other,
    };
    field
}

fn kind(ty: &Ty) -> &'static str {
    match ty {
        Ty::YesNo => "bool",
        Ty::Number | Ty::Percent => "number",
        Ty::Money => "money",
        Ty::Date => "date",
        Ty::Time => "time",
        Ty::Duration => "duration",
        Ty::List(item) if matches!(**item, Ty::Number | Ty::Percent) => "numbers",
        Ty::List(_) => "texts",
        _ => "text",
    }
}

fn cell(column: &Column, ty: &Ty, row: usize) -> Json {
    if column.is_known(row) { item(&column.values, ty, row) } else { Json::Null }
}

fn item(values: &Values, ty: &Ty, row: usize) -> Json {
    match values {
        Values::YesNo(v) => json!(if v.get(row) { "true" } else { "false" }),
        Values::Number(v) => json!(format!("{}", v[row])),
        Values::Int(v) => match ty {
            Ty::Money => {
                let (m, size) = (v[row], v[row].unsigned_abs());
                json!(format!("{}{}.{:04}", if m < 0 { "-" } else { "" }, size / 10_000, size % 10_000))
            }
            Ty::Time => json!(lead_sql::dialect::time_text(v[row])),
            _ => json!(v[row].to_string()),
        },
        Values::Date(v) => json!(lead_plan::calendar::date_of_days(v[row]).to_string()),
        Values::Text(v) => json!(v.get(row)),
        Values::Record(_) => Json::Null,
        Values::List { offsets, items } => {
            let ty = if let Ty::List(item) = ty { item } else { ty };
            Json::Array((offsets[row]..offsets[row + 1]).map(|i| item(items, ty, i as usize)).collect())
        }
    }
}
