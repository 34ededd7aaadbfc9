//! Answers to tables for files, and to the overview.

use std::collections::BTreeMap;
use std::sync::Arc;

use lead_data::{Bitmap, Column, Dictionary, NO_RECORD, Texts, Values, fold_text};
use lead_eval::{Answers, DefAnswers, MetricAnswer, SubjectAnswers};
use lead_hir::hir::{ChoiceLine, Def, DefId, DefKind, ExprKind, Lexicon, TableId, Ty, Value};
use lead_hir::walk::is_constant;

use super::overview::{Answer, Funnel, Metric, Overview, Subject};
use super::summary::spread;
use lead_output::{Table, TableColumn};

/// The keys of the records of each entity that has them.
pub type Keys = BTreeMap<TableId, Arc<Column>>;

/// A table per subject, per funnel and per metric. `reasons`: with a column of reasons behind each term; `holding`: only the
/// records for which this term is yes, where a subject has a term of its name.
pub fn tables(lexicon: &Lexicon, answers: &Answers, keys: &Keys, reasons: bool, holding: Option<DefId>) -> Vec<Table> {
    let mut tables = Vec::new();
    for subject in &answers.subjects {
        let table = subject_table(lexicon, subject, keys, reasons);
        let is_named = |def: DefId| holding.is_some_and(|h| lexicon.def(h).name.key == lexicon.def(def).name.key);
        tables.push(match subject.defs.iter().find(|answer| is_named(answer.def)) {
            Some(answer) => only_yes(table, &answer.column),
            None => table,
        });
    }
    for subject in &answers.subjects {
        for answer in &subject.defs {
            if let Some(steps) = funnel(lexicon, answer) {
                tables.push(funnel_table(lexicon.def(answer.def), &steps));
            }
        }
    }
    tables.extend(answers.metrics.iter().map(|m| metric_table(lexicon.def(m.def), m)));
    tables
}

fn subject_table(lexicon: &Lexicon, subject: &SubjectAnswers, keys: &Keys, reasons: bool) -> Table {
    let table = lexicon.table(subject.table);
    let mut columns = Vec::new();
    if let (Some(key), Some(column)) = (table.key, keys.get(&subject.table)) {
        let name = lexicon.field(subject.table, key).name.snake();
        columns.push(TableColumn { name, ty: Ty::Key, column: column.clone() });
    }
    for answer in &subject.defs {
        let def = lexicon.def(answer.def);
        columns.push(TableColumn { name: def.name.snake(), ty: answer.ty.clone(), column: answer.column.clone() });
        if reasons && let Some(column) = reasons_of(def, answer, subject.rows) {
            let name = format!("{}_because", def.name.snake());
            columns.push(TableColumn { name, ty: Ty::Text, column: Arc::new(column) });
        }
    }
    Table::new(table.name.snake(), subject.rows, columns)
}

/// The rows of a table for which an answer is yes.
fn only_yes(table: Table, answer: &Column) -> Table {
    let yes = |row: &u32| {
        let row = *row as usize;
        answer.is_known(row) && matches!(&answer.values, Values::YesNo(bits) if bits.get(row))
    };
    let rows: Vec<u32> = (0..table.rows as u32).filter(yes).collect();
    let picked = |column: TableColumn| TableColumn { column: Arc::new(column.column.pick(&rows)), ..column };
    Table { rows: rows.len(), columns: table.columns.into_iter().map(picked).collect(), ..table }
}

/// For each record the reasons of the alternatives that held where the answer is yes, and of the exceptions that
/// blocked where an alternative held and the answer is no. Clauses without a reason are left out.
fn reasons_of(def: &Def, answer: &DefAnswers, rows: usize) -> Option<Column> {
    let DefKind::Term(term) = &def.kind else { return None };
    let yes = |column: &Column, row: usize| {
        column.is_known(row) && matches!(&column.values, Values::YesNo(bits) if bits.get(row))
    };
    let clauses: Vec<(bool, &str, &Column)> = term
        .alternatives
        .iter()
        .map(|c| (true, c))
        .chain(term.exceptions.iter().map(|c| (false, c)))
        .zip(&answer.clauses)
        .filter_map(|((for_it, clause), column)| Some((for_it, clause.because.as_deref()?, column.as_ref())))
        .collect();
    let texts = (0..rows).map(|row| {
        let for_it = yes(&answer.column, row);
        if !for_it && !answer.column.is_known(row) {
            return None;
        }
        let held: Vec<&str> =
            clauses.iter().filter(|(of, _, column)| *of == for_it && yes(column, row)).map(|c| c.1).collect();
        (!held.is_empty()).then(|| held.join("; "))
    });
    Some(text_column(texts.collect()))
}

/// Each step of a funnel with how many records it was the furthest of, if the definition is one.
fn funnel(lexicon: &Lexicon, answer: &DefAnswers) -> Option<Vec<(String, usize)>> {
    let DefKind::Funnel(steps) = &lexicon.def(answer.def).kind else { return None };
    let mut counts = vec![0usize; steps.len()];
    let names: Vec<&str> = steps.iter().map(|s| lexicon.def(*s).name.text.as_str()).collect();
    if let Values::Text(texts) = &answer.column.values {
        let step_of: Vec<Option<usize>> = texts
            .dictionary
            .iter()
            .map(|entry| names.iter().position(|n| *n == entry || fold_text(n) == fold_text(entry)))
            .collect();
        for row in (0..answer.column.len()).filter(|r| answer.column.is_known(*r)) {
            if let Some(step) = step_of.get(texts.codes[row] as usize).copied().flatten() {
                counts[step] += 1;
            }
        }
    }
    Some(names.into_iter().map(String::from).zip(counts).collect())
}

/// For each step, how many records it or a later step was the furthest of.
fn reached(steps: &[(String, usize)]) -> Vec<usize> {
    let mut out = vec![0; steps.len()];
    let mut total = 0;
    for (i, (_, n)) in steps.iter().enumerate().rev() {
        total += n;
        out[i] = total;
    }
    out
}

fn funnel_table(def: &Def, steps: &[(String, usize)]) -> Table {
    let reached = reached(steps);
    let numbers = |numbers: Vec<f64>| Arc::new(Column { values: Values::Number(numbers), known: None });
    let conversion: Vec<Option<Value>> = (0..steps.len())
        .map(|i| {
            let before = *reached.get(i.checked_sub(1)?)?;
            (before > 0).then(|| Value::Number(reached[i] as f64 / before as f64))
        })
        .collect();
    let column = |name: &str, ty: Ty, column: Arc<Column>| TableColumn { name: name.to_owned(), ty, column };
    let terms = text_column(steps.iter().map(|s| Some(s.0.clone())).collect());
    let columns = vec![
        column("term", Ty::Text, Arc::new(terms)),
        column("furthest", Ty::Number, numbers(steps.iter().map(|s| s.1 as f64).collect())),
        column("reached", Ty::Number, numbers(reached.iter().map(|n| *n as f64).collect())),
        column("conversion", Ty::Number, Arc::new(column_of(&conversion, &Ty::Number))),
    ];
    Table::new(def.name.snake(), steps.len(), columns)
}

fn metric_table(def: &Def, metric: &MetricAnswer) -> Table {
    let mut columns = Vec::new();
    if let DefKind::Metric(written) = &def.kind {
        for (i, dimension) in written.by.iter().enumerate() {
            let values: Vec<Option<Value>> = metric.rows.iter().map(|r| r.by.get(i).cloned().flatten()).collect();
            columns.push(TableColumn {
                name: dimension.name.snake(),
                ty: dimension.ty.clone(),
                column: Arc::new(column_of(&values, &dimension.ty)),
            });
        }
    }
    let values: Vec<Option<Value>> = metric.rows.iter().map(|r| r.value.clone()).collect();
    let column = Arc::new(column_of(&values, &metric.ty));
    columns.push(TableColumn { name: def.name.snake(), ty: metric.ty.clone(), column });
    Table::new(def.name.snake(), metric.rows.len(), columns)
}

/// The overview of all answers.
pub fn overview(lexicon: &Lexicon, answers: &Answers) -> Overview {
    let mut out = Overview {
        lexicon: lexicon.settings.name.clone(),
        as_of: answers.as_of,
        zone: lexicon.settings.zone_name.clone(),
        subjects: Vec::new(),
        funnels: Vec::new(),
        metrics: Vec::new(),
    };
    for subject in &answers.subjects {
        let entity = lexicon.table(subject.table).name.text.clone();
        let mut listed = Vec::new();
        for answer in &subject.defs {
            let def = lexicon.def(answer.def);
            if let Some(steps) = funnel(lexicon, answer) {
                let reached = reached(&steps);
                out.funnels.push(Funnel {
                    name: def.name.text.clone(),
                    entity: entity.clone(),
                    records: subject.rows,
                    steps: steps.into_iter().map(|s| s.0).zip(reached).collect(),
                });
                continue;
            }
            let kind = match &def.kind {
                DefKind::Term(_) => "term",
                DefKind::Choice(_) => "choice",
                DefKind::Score(_) => "score",
                _ => "value",
            };
            let order = match &def.kind {
                DefKind::Choice(choice) => written_results(&choice.lines),
                _ => Vec::new(),
            };
            let spread = spread(&answer.column, &answer.ty, &order);
            let written = matches!(&def.kind, DefKind::Value(expr) if is_constant(expr));
            listed.push(Answer { name: def.name.text.clone(), kind, written, spread });
        }
        out.subjects.push(Subject { entity, records: subject.rows, answers: listed });
    }
    for metric in &answers.metrics {
        let def = lexicon.def(metric.def);
        let mut heads: Vec<String> = match &def.kind {
            DefKind::Metric(written) => written.by.iter().map(|d| d.name.text.clone()).collect(),
            _ => Vec::new(),
        };
        heads.push(def.name.text.clone());
        out.metrics.push(Metric { name: def.name.text.clone(), heads, table: metric_table(def, metric) });
    }
    out
}

/// Texts that a choice's lines give, in order.
fn written_results(lines: &[ChoiceLine]) -> Vec<String> {
    lines
        .iter()
        .filter_map(|l| match &l.result.kind {
            ExprKind::Literal(Value::Text(text)) => Some(text.to_string()),
            _ => None,
        })
        .collect()
}

/// Values of a type as a column.
pub fn column_of(values: &[Option<Value>], ty: &Ty) -> Column {
    let known = Some(Bitmap::from_fn(values.len(), |i| values[i].is_some()));
    let values = match ty {
        Ty::YesNo => Values::YesNo(Bitmap::from_fn(values.len(), |i| values[i] == Some(Value::YesNo(true)))),
        Ty::Number | Ty::Percent => Values::Number(
            values
                .iter()
                .map(|v| match v {
                    Some(Value::Number(n) | Value::Percent(n)) => *n,
                    _ => 0.0,
                })
                .collect(),
        ),
        Ty::Money | Ty::Time | Ty::Duration => Values::Int(
            values
                .iter()
                .map(|v| match v {
                    Some(Value::Money(n) | Value::Time(n) | Value::Duration(n)) => *n,
                    _ => 0,
                })
                .collect(),
        ),
        Ty::Date => Values::Date(values.iter().map(|v| if let Some(Value::Date(d)) = v { *d } else { 0 }).collect()),
        Ty::Record(_) => Values::Record(
            values.iter().map(|v| if let Some(Value::Number(row)) = v { *row as u32 } else { NO_RECORD }).collect(),
        ),
        _ => return text_column(values.iter().map(|v| v.as_ref().map(plain_text)).collect()),
    };
    Column { values, known }
}

/// Texts are themselves; anything else that has no column of its own is shown as the language writes it.
fn plain_text(value: &Value) -> String {
    crate::value::value(value, &jiff::tz::TimeZone::UTC)
}

fn text_column(texts: Vec<Option<String>>) -> Column {
    let known = Some(Bitmap::from_fn(texts.len(), |i| texts[i].is_some()));
    let codes = (0..texts.len() as u32).collect();
    let dictionary = Arc::new(Dictionary::new(texts.iter().map(|t| t.as_deref().unwrap_or("")), false));
    Column { values: Values::Text(Texts { codes, dictionary }), known }
}

/// Whether a definition is among those named. Names fold as in the language.
pub fn is_named(lexicon: &Lexicon, only: &[String]) -> Result<Option<Vec<DefId>>, String> {
    if only.is_empty() {
        return Ok(None);
    }
    let mut wanted = Vec::new();
    for name in only {
        let key = lead_syntax::ast::fold_name(name.trim().trim_matches('`'));
        match lexicon.def_ids().find(|(_, d)| d.name.key == key) {
            Some((id, _)) => wanted.push(id),
            None => return Err(name.trim().to_owned()),
        }
    }
    Ok(Some(wanted))
}
