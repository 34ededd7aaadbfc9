//! A draft in words: `lead.toml`, the schema, a few definitions to start from.

use std::collections::BTreeSet;
use std::fmt::Write;

use lead_data::fold_header;
use lead_diag::InOrder;

use crate::infer::{FieldModel, FieldType, Kind, Model, SUBJECTS, TableModel};
use crate::names::{free, quoted, written};
use crate::{Draft, DraftOptions};

/// The files of the lexicon.
pub(crate) fn write(model: &Model, mut left_out: Vec<(String, String)>, options: &DraftOptions) -> Draft {
    left_out.in_order();
    let events_of = |entity: usize| (0..model.tables.len()).filter(|e| subject(model, *e) == Some(entity)).count();
    let mut order: Vec<usize> = (0..model.tables.len()).collect();
    // The entity with most events first: it is the subject where nothing says otherwise.
    order.in_order_by_key(|t| {
        let table = &model.tables[*t];
        let rank = match table.kind {
            Kind::Entity { key: Some(_) } => 0,
            Kind::Entity { key: None } => 1,
            Kind::Event { .. } => 2,
        };
        let person = SUBJECTS.iter().position(|s| *s == table.name).unwrap_or(SUBJECTS.len());
        (rank, std::cmp::Reverse(events_of(*t)), person, std::cmp::Reverse(references_to(model, *t)), *t)
    });
    let mut schema =
        String::from("# Drafted from the exports: types, keys and references are what the files look like.\n");
    if !left_out.is_empty() {
        schema.push_str("#\n# Files that are left out:\n");
        for (file, why) in &left_out {
            let _ = writeln!(schema, "#   {file}: {}", one_line(why));
        }
    }
    for t in &order {
        schema.push('\n');
        table(model, *t, &mut schema);
    }
    let mut draft = Draft {
        lead_toml: settings(model, options),
        schema: String::new(),
        left_out,
        entities: Vec::new(),
        events: Vec::new(),
    };
    definitions(model, &order, &mut schema);
    draft.schema = schema;
    for t in order {
        let list =
            if matches!(model.tables[t].kind, Kind::Event { .. }) { &mut draft.events } else { &mut draft.entities };
        list.push(model.tables[t].name.clone());
    }
    draft
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The entity whose events a table holds.
fn subject(model: &Model, table: usize) -> Option<usize> {
    let Kind::Event { subject, .. } = model.tables[table].kind else { return None };
    model.tables[table].fields.iter().find_map(|f| match f.ty {
        FieldType::Reference(target) if Some(f.column) == subject => Some(target),
        _ => None,
    })
}

fn references_to(model: &Model, table: usize) -> usize {
    let fields = model.tables.iter().flat_map(|t| &t.fields);
    fields.filter(|f| f.ty == FieldType::Reference(table)).count()
}

fn table(model: &Model, at: usize, out: &mut String) {
    let table = &model.tables[at];
    let name = written(&table.name);
    let source = quoted(&table.profile.file);
    match table.kind {
        Kind::Entity { key } => {
            let _ = writeln!(out, "entity {name} from {source}");
            if key.is_none() {
                let why = if table.profile.rows == 0 { "the file has no rows" } else { "no column names each row" };
                let _ = writeln!(out, "    # without a key, as {why}: it can be counted, and nothing can refer to it");
            }
        }
        Kind::Event { subject, .. } => {
            let of = table.fields.iter().find(|f| Some(f.column) == subject && matches!(f.ty, FieldType::Reference(_)));
            let of = of.map_or(String::new(), |f| format!(" of {}", written(&f.name)));
            let _ = writeln!(out, "event {name}{of} from {source}");
        }
    }
    if table.from_events {
        let _ = writeln!(out, "    # the file holds events; its rows with one key are one record");
    }
    for skipped in &table.skipped {
        let _ = writeln!(out, "    # left out: {}", one_line(skipped));
    }
    for field in &table.fields {
        let _ = writeln!(out, "    {}", line(model, table, field));
    }
    if table.from_events {
        let key = table.fields.iter().find(|f| f.ty == FieldType::Key).map_or("id", |f| f.name.as_str());
        let _ = writeln!(out, "    same when {}", written(key));
    }
}

fn line(model: &Model, table: &TableModel, field: &FieldModel) -> String {
    let name = written(&field.name);
    let mut line = match &field.ty {
        FieldType::Reference(target) => format!("{name} -> {}", written(&model.tables[*target].name)),
        FieldType::OneOf(values) => {
            let values: Vec<String> = values.iter().map(|v| quoted(v)).collect();
            format!("{name}: one of {}", values.join(", "))
        }
        FieldType::Key => format!("{name}: key"),
        FieldType::Text => format!("{name}: text"),
        FieldType::Number => format!("{name}: number"),
        FieldType::Money => format!("{name}: money"),
        FieldType::YesNo => format!("{name}: yes/no"),
        FieldType::Time => format!("{name}: time"),
        FieldType::Date => format!("{name}: date"),
        FieldType::ListOfText => format!("{name}: list of text"),
    };
    let header = &table.profile.columns[field.column].header;
    if !found_by_name(table, field) {
        let _ = write!(line, " from {}", quoted(header));
    }
    if let Some(note) = field.note {
        let _ = write!(line, "  # {note}");
    }
    line
}

/// Whether the readers find the column by the field's name alone.
fn found_by_name(table: &TableModel, field: &FieldModel) -> bool {
    let fits = |wanted: &str| {
        let columns = table.profile.columns.iter().enumerate();
        let mut fitting = columns.filter(|(_, c)| fold_header(&c.header) == wanted).map(|(i, _)| i);
        (fitting.next(), fitting.next())
    };
    let folded = fold_header(&field.name);
    match (fits(&folded), &field.ty) {
        ((Some(one), None), _) => one == field.column,
        ((None, _), FieldType::Reference(_)) => fits(&format!("{folded}id")) == (Some(field.column), None),
        _ => false,
    }
}

fn settings(model: &Model, options: &DraftOptions) -> String {
    let mut out = String::from("[lexicon]\n");
    let name = options.name.as_deref().unwrap_or("Drafted lexicon");
    let zone = options.timezone.as_deref().unwrap_or("UTC");
    let _ = writeln!(out, "name = {}", basic(name));
    let _ = writeln!(out, "timezone = {}  # where days begin, and of times without an offset", basic(zone));
    if let Some(data) = &options.data {
        let _ = writeln!(out, "data = {}", basic(data));
    }
    for table in &model.tables {
        let profile = &table.profile;
        if profile.nulls.is_empty() && profile.encoding.is_none() {
            continue;
        }
        let _ = writeln!(out, "\n[sources.{}]", basic(&profile.file));
        if let Some(encoding) = &profile.encoding {
            let _ = writeln!(out, "encoding = {}", basic(encoding));
        }
        if !profile.nulls.is_empty() {
            let words: BTreeSet<String> = profile.nulls.iter().map(|w| basic(&w.to_lowercase())).collect();
            let words: Vec<String> = words.into_iter().collect();
            let _ = writeln!(out, "null = [{}]  # words that mean nothing", words.join(", "));
        }
    }
    out
}

/// A basic string of TOML.
fn basic(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// How many ways lead along references from a table to another, no table twice.
fn ways(model: &Model, from: usize, to: usize, seen: &mut Vec<usize>) -> usize {
    if from == to {
        return 1;
    }
    seen.push(from);
    let mut found = 0;
    for field in &model.tables[from].fields {
        if let FieldType::Reference(next) = field.ty
            && !seen.contains(&next)
            && found < 2
        {
            found += ways(model, next, to, seen);
        }
    }
    seen.pop();
    found
}

/// Counts of events, and who was active lately, for each entity that has events; metrics for the rest.
fn definitions(model: &Model, order: &[usize], out: &mut String) {
    let mut taken: Vec<String> = model.tables.iter().map(|t| t.name.clone()).collect();
    let mut text = String::new();
    for entity in order.iter().copied() {
        let Kind::Entity { key: Some(_) } = model.tables[entity].kind else { continue };
        let own: Vec<String> = model.tables[entity].fields.iter().map(|f| f.name.clone()).collect();
        let events: Vec<usize> = order
            .iter()
            .copied()
            .filter(|e| subject(model, *e) == Some(entity) && ways(model, *e, entity, &mut Vec::new()) == 1)
            .collect();
        if events.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\nfor {}\n", written(&model.tables[entity].name));
        let mut name = |base: String| {
            let all: Vec<String> = taken.iter().chain(&own).cloned().collect();
            let name = free(base, &all);
            taken.push(name.clone());
            name
        };
        let mut counts = Vec::new();
        for event in &events {
            let event = &model.tables[*event].name;
            let count = name(format!("{event} count"));
            let _ = writeln!(text, "{} = count({})", written(&count), written(event));
            counts.push(count);
        }
        let active = name(format!("active {}", model.tables[entity].name));
        let any: Vec<String> = counts.iter().map(|c| format!("{} >= 1", written(c))).collect();
        let _ = writeln!(text, "\n## Did or received something in the last 90 days.");
        let _ = writeln!(text, "{}", written(&active));
        for (i, condition) in any.iter().enumerate() {
            let lead = if i == 0 { "when" } else { "or when" };
            let _ = writeln!(text, "    {lead} {condition} within 90d");
        }
    }
    let mut metrics = String::new();
    for t in order.iter().copied() {
        let table = &model.tables[t];
        let counted = subject(model, t).is_none() && table.profile.rows > 0;
        if counted && (text.is_empty() || matches!(table.kind, Kind::Event { .. })) {
            let by = table.fields.iter().find(|f| matches!(&f.ty, FieldType::OneOf(v) if v.len() > 1));
            let base = match by {
                Some(field) => format!("{} by {}", table.name, field.name),
                None => format!("{} total", table.name),
            };
            let name = free(base, &taken);
            taken.push(name.clone());
            let by = by.map_or(String::new(), |f| format!(" by {}", written(&f.name)));
            let _ = writeln!(metrics, "metric {} = count({}){by}", written(&name), written(&table.name));
        }
    }
    if !text.is_empty() || !metrics.is_empty() {
        out.push_str("\n# Definitions to start from.\n");
    }
    out.push_str(&text);
    if !metrics.is_empty() {
        let _ = write!(out, "\n{metrics}");
    }
}
