//! Rows of the reference interpreter: CSV text to values, sources merged (D42 to D45), references followed to rows.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::{Timestamp, fmt::temporal::DateTimeParser};
use lead_syntax::ast::{CompareOp, Expr, ExprKind, LiteralKind, fold_name};

use super::calendar::Calendar;
use super::schema::{FieldType, Schema, Table};
use super::value::{RefValue, fold, money_of_digits};

/// Rows of one table, each with a value per field.
pub type Rows = Vec<Vec<RefValue>>;

/// The records of a CSV text: the header, then every line. Quotes as usual; blank lines are no records.
pub fn parse_csv(text: &str) -> Vec<Vec<String>> {
    let mut records = Vec::new();
    let (mut record, mut cell, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => {
                quoted = !quoted;
                any = true;
            }
            ',' if !quoted => {
                record.push(std::mem::take(&mut cell));
                any = true;
            }
            '\r' if !quoted => {}
            '\n' if !quoted => {
                if any || !cell.is_empty() {
                    record.push(std::mem::take(&mut cell));
                    records.push(std::mem::take(&mut record));
                }
                any = false;
            }
            c => cell.push(c),
        }
    }
    if any || !cell.is_empty() {
        record.push(cell);
        records.push(record);
    }
    records
}

/// Reads every table: `text_of` gives the text of a source file.
pub fn read(schema: &Schema, calendar: &Calendar, text_of: impl Fn(&str) -> String) -> Vec<Rows> {
    let mut keys: Vec<HashMap<String, usize>> = Vec::new();
    let mut tables: Vec<Rows> = Vec::new();
    for table in &schema.tables {
        let mut by_source = Vec::new();
        for source in &table.sources {
            by_source.push(read_source(schema, table, source, &text_of(source), calendar));
        }
        let (rows, key) = if table.event {
            let time = table.time.expect("an event has a time");
            (by_source.into_iter().flatten().filter(|row| !row[time].is_unknown()).collect(), HashMap::new())
        } else {
            merge(table, by_source)
        };
        tables.push(rows);
        keys.push(key);
    }
    for (table, rows) in schema.tables.iter().zip(&mut tables) {
        for (i, field) in table.fields.iter().enumerate() {
            let FieldType::Reference(target) = field.ty else { continue };
            for row in rows.iter_mut() {
                let found = match &row[i] {
                    RefValue::Key(key) => keys[target].get(key).copied(),
                    _ => None,
                };
                row[i] = found.map_or(RefValue::Unknown, |r| RefValue::Record(target, r));
            }
        }
    }
    tables
}

fn read_source(schema: &Schema, table: &Table, source: &str, text: &str, calendar: &Calendar) -> Rows {
    let mut records = parse_csv(text).into_iter();
    let header = records.next().unwrap_or_default();
    let columns: Vec<Option<usize>> =
        table.fields.iter().map(|f| column_of(schema, &f.name, &f.ty, &f.headers, source, &header)).collect();
    let mut rows = Vec::new();
    for record in records {
        if let Some(filter) = &table.filter
            && source_test(filter, &header, &record) != Some(true)
        {
            continue;
        }
        let value = |(f, c): (&super::schema::Field, &Option<usize>)| {
            c.and_then(|c| record.get(c)).map_or(RefValue::Unknown, |cell| read_cell(cell, &f.ty, calendar))
        };
        rows.push(table.fields.iter().zip(&columns).map(value).collect());
    }
    rows
}

/// Headers match with case, spaces and underscores ignored; a reference also by its name with `id`, or by the header of
/// the key it points to.
fn column_of(
    schema: &Schema,
    name: &str,
    ty: &FieldType,
    headers: &[(String, Option<String>)],
    source: &str,
    header: &[String],
) -> Option<usize> {
    let squeeze = |s: &str| fold_name(s).replace(' ', "");
    let find = |wanted: &str| header.iter().position(|h| squeeze(h) == squeeze(wanted));
    let declared: Vec<&String> =
        headers.iter().filter(|(_, s)| s.as_deref().is_none_or(|s| s == source)).map(|(h, _)| h).collect();
    if !declared.is_empty() {
        return declared.into_iter().find_map(|h| find(h));
    }
    find(name).or_else(|| {
        let FieldType::Reference(target) = ty else { return None };
        find(&format!("{name} id")).or_else(|| {
            let target = &schema.tables[*target];
            let key = &target.fields[target.key?];
            key.headers.first().map_or_else(|| find(&key.name), |(h, _)| find(h))
        })
    })
}

fn read_cell(cell: &str, ty: &FieldType, calendar: &Calendar) -> RefValue {
    let trimmed = cell.trim();
    if trimmed.is_empty() {
        return RefValue::Unknown;
    }
    match ty {
        FieldType::Key | FieldType::Reference(_) => RefValue::Key(trimmed.to_string()),
        // Blanks around a cell are no part of it.
        FieldType::Text => RefValue::Text(trimmed.to_string()),
        FieldType::OneOf(spellings) => {
            let spelling = spellings.iter().find(|s| fold(s) == fold(cell));
            RefValue::Text(spelling.cloned().unwrap_or_else(|| trimmed.to_string()))
        }
        FieldType::Number => trimmed.parse().map_or(RefValue::Unknown, RefValue::finite),
        FieldType::Money => RefValue::Money(money_of_digits(trimmed)),
        FieldType::YesNo => match fold(trimmed).as_str() {
            "yes" | "true" | "1" => RefValue::YesNo(true),
            "no" | "false" | "0" => RefValue::YesNo(false),
            _ => RefValue::Unknown,
        },
        FieldType::Date => trimmed.parse::<Date>().map_or(RefValue::Unknown, RefValue::Date),
        FieldType::Time => read_time(trimmed, calendar),
        FieldType::Duration => RefValue::Unknown,
        FieldType::List(item) => {
            let items: Vec<RefValue> =
                trimmed.split(';').map(|i| read_cell(i.trim(), item, calendar)).filter(|v| !v.is_unknown()).collect();
            if items.is_empty() { RefValue::Unknown } else { RefValue::List(items) }
        }
    }
}

fn read_time(cell: &str, calendar: &Calendar) -> RefValue {
    if let Ok(time) = cell.parse::<Timestamp>() {
        return RefValue::Time(time.as_microsecond());
    }
    match DateTimeParser::new().parse_datetime(cell) {
        Ok(local) => RefValue::Time(calendar.moment(local)),
        Err(_) => RefValue::Unknown,
    }
}

/// Rows of several sources to records: rows that share a key, or a second key, are one (D42); the first known value wins a
/// field (D45). Also gives the row of every key that leads to it.
fn merge(table: &Table, sources: Vec<Rows>) -> (Rows, HashMap<String, usize>) {
    let rows: Rows = sources.into_iter().flatten().collect();
    let Some(key) = table.key else { return (rows, HashMap::new()) };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut group_of: HashMap<(usize, String), usize> = HashMap::new();
    for (i, row) in rows.iter().enumerate() {
        let names = names_of(table, key, row);
        let mut found: Vec<usize> = names.iter().filter_map(|n| group_of.get(n).copied()).collect();
        found.sort_unstable();
        found.dedup();
        let home = match found.first() {
            Some(home) => *home,
            None => {
                groups.push(Vec::new());
                groups.len() - 1
            }
        };
        for other in found.into_iter().skip(1) {
            let moved = std::mem::take(&mut groups[other]);
            groups[home].extend(moved);
            for place in group_of.values_mut() {
                if *place == other {
                    *place = home;
                }
            }
        }
        groups[home].push(i);
        for name in names {
            group_of.insert(name, home);
        }
    }
    let (mut records, mut keys) = (Rows::new(), HashMap::new());
    for mut group in groups {
        group.sort_unstable();
        if group.is_empty() {
            continue;
        }
        let mut record = vec![RefValue::Unknown; table.fields.len()];
        let stands = group.iter().find_map(|i| own_key(table, key, &rows[*i]));
        for i in group {
            for (value, found) in record.iter_mut().zip(&rows[i]) {
                if value.is_unknown() {
                    *value = found.clone();
                }
            }
            if let Some(k) = own_key(table, key, &rows[i]) {
                keys.insert(k, records.len());
            }
        }
        if let Some(k) = stands {
            record[key] = RefValue::Key(k);
            records.push(record);
        }
    }
    (records, keys)
}

/// The key of a row, or the second key where it has none.
fn own_key(table: &Table, key: usize, row: &[RefValue]) -> Option<String> {
    std::iter::once(&key).chain(&table.same_when).find_map(|f| match &row[*f] {
        RefValue::Key(k) | RefValue::Text(k) => Some(k.trim().to_string()),
        _ => None,
    })
}

fn names_of(table: &Table, key: usize, row: &[RefValue]) -> Vec<(usize, String)> {
    let mut names = Vec::new();
    if let Some(k) = own_key(table, key, row) {
        names.push((key, k));
    }
    for f in &table.same_when {
        if let RefValue::Text(t) = &row[*f] {
            names.push((*f, fold(t)));
        }
    }
    names
}

/// A condition on the cells of a row.
fn source_test(expr: &Expr, header: &[String], record: &[String]) -> Option<bool> {
    let cell = |expr: &Expr| -> Option<String> {
        let ExprKind::Path(path) = &expr.kind else { panic!("a header stands on the left in the `where` of a source") };
        let squeeze = |s: &str| fold_name(s).replace(' ', "");
        let at = header.iter().position(|h| squeeze(h) == squeeze(&path.names[0].text)).expect("a header of the file");
        record.get(at).filter(|c| !c.trim().is_empty()).cloned()
    };
    match &expr.kind {
        ExprKind::Paren(inner) => source_test(inner, header, record),
        ExprKind::Not(inner) => source_test(inner, header, record).map(|b| !b),
        ExprKind::And(parts) => super::expr::kleene_and(parts.iter().map(|p| source_test(p, header, record))),
        ExprKind::Or(parts) => super::expr::kleene_or(parts.iter().map(|p| source_test(p, header, record))),
        ExprKind::IsKnown { value, unknown } => Some(cell(value).is_some() != *unknown),
        ExprKind::Compare { op, left, right, .. } => {
            let cell = cell(left)?;
            let (a, number) = (fold(&cell), cell.trim().parse::<f64>());
            let texts: Vec<String> = match &right.kind {
                ExprKind::List(items) => items.iter().map(literal_text).collect(),
                _ => vec![literal_text(right)],
            };
            let order = match (&right.kind, number) {
                (ExprKind::Literal(LiteralKind::Number(n)), Ok(x)) => x.partial_cmp(&n.parse().expect("a number")),
                _ => Some(a.cmp(&texts[0])),
            };
            Some(match op {
                CompareOp::Equal => order?.is_eq(),
                CompareOp::NotEqual => order?.is_ne(),
                CompareOp::Less => order?.is_lt(),
                CompareOp::LessEqual => order?.is_le(),
                CompareOp::Greater => order?.is_gt(),
                CompareOp::GreaterEqual => order?.is_ge(),
                CompareOp::In => texts.contains(&a),
                CompareOp::NotIn => !texts.contains(&a),
                CompareOp::Contains => a.contains(&texts[0]),
                CompareOp::StartsWith => a.starts_with(&texts[0]),
                CompareOp::EndsWith => a.ends_with(&texts[0]),
                CompareOp::Matches => panic!("no `matches` in the sources of the tests"),
            })
        }
        ExprKind::Path(_) => cell(expr).map(|c| matches!(fold(&c).as_str(), "yes" | "true" | "1")),
        _ => panic!("not a condition of a source"),
    }
}

fn literal_text(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(LiteralKind::Text(t)) => fold(t),
        ExprKind::Literal(LiteralKind::Number(n)) => n.clone(),
        _ => panic!("a text or number stands on the right in the `where` of a source"),
    }
}
